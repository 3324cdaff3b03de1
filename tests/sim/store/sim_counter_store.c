/* counter_group.sql, what a group of sales stores. */
#include "tests/sim/store/sim_sales.h"

static void counter_sale_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE,
                   PUTS(FROM(SALE_ID, 3), FROM(SALE_SHOP_ID, 1), FROM(SALE_DEVICE_ID, 4), FROM(SALE_SERIES, 26),
                        FROM(SALE_NUMBER, 5), FROM(SALE_KIND, 6), FROM(SALE_REFUND_OF, 7), FROM(SALE_SHIFT_ID, 8),
                        FROM(SALE_MADE_SHIFT_ID, 9), FROM(SALE_STAFF_ID, 10), FROM(SALE_MEMBER_ID, 11),
                        FROM(SALE_COMMAND_ID, 12), FROM(SALE_SERVICE, 13), FROM(SALE_CATALOGUE_VERSION, 14),
                        FROM(SALE_TOTAL_MINOR, 15), FROM(SALE_TAX_MINOR, 16), FROM(SALE_POINTS_EARNED, 17),
                        FROM(SALE_POINTS_SPENT, 18), FROM(SALE_POINTS_GIFTED, 19), FROM(SALE_POINTS_AFTER, 20),
                        FROM(SALE_REASON, 21), FROM(SALE_BUSINESS_DAY, 22), FROM(SALE_MADE_AT, 23), FROM(SALE_AT, 2),
                        FROM(SALE_ROUNDING_MINOR, 24), FROM(SALE_APPROVED_BY, 25), FROM(SALE_BROUGHT_BY, 27)));
}

static void counter_line_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_LINE,
                   PUTS(FROM(SALE_LINE_SALE_ID, 1), FROM(SALE_LINE_LINE, 2), FROM(SALE_LINE_PRODUCT_ID, 3),
                        FROM(SALE_LINE_QUANTITY_MILLI, 4), FROM(SALE_LINE_UNIT_PRICE_MINOR, 5),
                        FROM(SALE_LINE_GROSS_MINOR, 6), FROM(SALE_LINE_DISCOUNT_MINOR, 7),
                        FROM(SALE_LINE_TOTAL_MINOR, 8), FROM(SALE_LINE_TAX_MINOR, 9), FROM(SALE_LINE_FLAGS, 10),
                        FROM(SALE_LINE_REFUND_LINE, 11), FROM(SALE_LINE_VOID_REASON, 12)));
}

static void counter_tax_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_TAX,
                   PUTS(FROM(SALE_TAX_SALE_ID, 1), FROM(SALE_TAX_POSITION, 2), FROM(SALE_TAX_CODE, 3),
                        FROM(SALE_TAX_RATE_PPM, 4), FROM(SALE_TAX_NET_MINOR, 5), FROM(SALE_TAX_TAX_MINOR, 6)));
}

static void counter_discount_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_DISCOUNT,
                   PUTS(FROM(SALE_DISCOUNT_SALE_ID, 1), FROM(SALE_DISCOUNT_LINE, 2), FROM(SALE_DISCOUNT_KIND, 3),
                        FROM(SALE_DISCOUNT_RATE_PPM, 4), FROM(SALE_DISCOUNT_AMOUNT_MINOR, 5),
                        FROM(SALE_DISCOUNT_REASON, 6), FROM(SALE_DISCOUNT_PROMOTION_ID, 7),
                        FROM(SALE_DISCOUNT_TIMES, 8)));
}

static void counter_note_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_NOTE,
                   PUTS(FROM(SALE_NOTE_SALE_ID, 1), FROM(SALE_NOTE_LINE, 2), FROM(SALE_NOTE_NOTE, 3)));
}

static void counter_option_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_OPTION,
                   PUTS(FROM(SALE_OPTION_SALE_ID, 1), FROM(SALE_OPTION_LINE, 2), FROM(SALE_OPTION_POSITION, 3),
                        FROM(SALE_OPTION_MODIFIER_ID, 4), FROM(SALE_OPTION_OPTION, 5), FROM(SALE_OPTION_NAME, 6),
                        FROM(SALE_OPTION_PRICE_MINOR, 7)));
}

static void counter_keyed_insert(struct sim_exec *x)
{
    sim_insert_all(
        x, SIM_SALE_KEYED_PRICE,
        PUTS(FROM(SALE_KEYED_PRICE_SALE_ID, 1), FROM(SALE_KEYED_PRICE_LINE, 2), FROM(SALE_KEYED_PRICE_PRICE_MINOR, 3)));
}

static void counter_deposit_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_DEPOSIT,
                   PUTS(FROM(SALE_DEPOSIT_SALE_ID, 1), FROM(SALE_DEPOSIT_LINE, 2), FROM(SALE_DEPOSIT_GOODS_LINE, 3),
                        FROM(SALE_DEPOSIT_AMOUNT_MINOR, 4)));
}

static void counter_earning_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_EARNING,
                   PUTS(FROM(SALE_EARNING_SALE_ID, 1), FROM(SALE_EARNING_RULE, 2), FROM(SALE_EARNING_PER, 3),
                        FROM(SALE_EARNING_VALUE, 4), FROM(SALE_EARNING_BASIS, 5), FROM(SALE_EARNING_POINTS, 6),
                        FROM(SALE_EARNING_LINES, 7), FROM(SALE_EARNING_TIER, 8), FROM(SALE_EARNING_WEEK_MINUTE, 9)));
}

static void counter_approval_use(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = sim_find_approval(x, sim_bytes_at(x, 1, i));
        if (hit.row != NULL)
            sim_update(x, &hit, i, PUTS(FROM(APPROVAL_USED_SALE_ID, 2)));
    }
}

static void counter_tender_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_TENDER,
                   PUTS(FROM(TENDER_SALE_ID, 1), FROM(TENDER_POSITION, 2), FROM(TENDER_KIND, 3),
                        FROM(TENDER_AMOUNT_MINOR, 4), FROM(TENDER_CHANGE_MINOR, 5), FROM(TENDER_REFERENCE, 6),
                        FROM(TENDER_TENDER_TYPE_ID, 7), FROM(TENDER_FORFEITED_MINOR, 8), FROM(TENDER_TIP_MINOR, 9)));
}

static bool is_same_line(struct sim_exec *x, size_t i, size_t k)
{
    return sim_int_at(x, 1, i) == sim_int_at(x, 1, k) && sim_int_at(x, 2, i) == sim_int_at(x, 2, k);
}

static void counter_refund_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_REFUND,
                   PUTS(FROM(SALE_REFUND_REFUND_ID, 1), FROM(SALE_REFUND_SALE_ID, 2), FROM(SALE_REFUND_NUMBER, 3)));
}

/* A group may give back two parts of one line: these are one row. */
static void counter_refunded_add(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        int64_t quantity = 0, total = 0;
        size_t first = 0;

        while (!is_same_line(x, first, i))
            first++;
        if (first < i)
            continue;
        for (size_t k = i; k < sim_count(x, 1); k++) {
            if (!is_same_line(x, k, i))
                continue;
            quantity = sim_plus(x, quantity, sim_int_at(x, 3, k));
            total = sim_plus(x, total, sim_int_at(x, 4, k));
        }
        struct sim_hit hit = sim_conflict(x, SIM_REFUNDED, REFUNDED_BY_SALE_ID_LINE,
                                          KEY(I(sim_int_at(x, 1, i)), I(sim_int_at(x, 2, i))));
        /* The row that is proposed has to hold by itself, before anybody looks for the one that is there. */
        bool holds = quantity > 0 && total >= 0;
        if (holds && hit.row != NULL && sim_lock(x, &hit)) {
            quantity = sim_plus(x, hit.c[REFUNDED_QUANTITY_MILLI].i, quantity);
            total = sim_plus(x, hit.c[REFUNDED_TOTAL_MINOR].i, total);
            sim_update(x, &hit, i, PUTS(VALUE(REFUNDED_QUANTITY_MILLI, quantity), VALUE(REFUNDED_TOTAL_MINOR, total)));
        } else {
            sim_insert(x, SIM_REFUNDED, i,
                       PUTS(FROM(REFUNDED_SALE_ID, 1), FROM(REFUNDED_LINE, 2), VALUE(REFUNDED_QUANTITY_MILLI, quantity),
                            VALUE(REFUNDED_TOTAL_MINOR, total)));
        }
    }
}

static void counter_exception_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_EXCEPTION,
                   PUTS(FROM(SALE_EXCEPTION_SALE_ID, 1), FROM(SALE_EXCEPTION_KIND, 2), FROM(SALE_EXCEPTION_LINE, 3),
                        FROM(SALE_EXCEPTION_SAID, 4), FROM(SALE_EXCEPTION_FOUND, 5)));
}

static void counter_rescue_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_RESCUE,
                   PUTS(FROM(SALE_RESCUE_SALE_ID, 1), FROM(SALE_RESCUE_DEVICE_ID, 2), FROM(SALE_RESCUE_COMMAND_ID, 3)));
}

/* ---- the shelf ---- */

void sim_move_stock(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit hit =
            sim_conflict(x, SIM_STOCK, STOCK_BY_SHOP_ID_PRODUCT_ID, KEY(I(sim_int(x, 1)), I(sim_int_at(x, 2, i))));
        if (hit.row == NULL)
            sim_insert(x, SIM_STOCK, i,
                       PUTS(FROM(STOCK_SHOP_ID, 1), FROM(STOCK_PRODUCT_ID, 2), FROM(STOCK_ON_HAND_MILLI, 3)));
        else
            sim_update(
                x, &hit, i,
                PUTS(VALUE(STOCK_ON_HAND_MILLI, sim_plus(x, hit.c[STOCK_ON_HAND_MILLI].i, sim_int_at(x, 3, i)))));
    }
}

static void counter_stock_update(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = sim_find_stock(x, sim_int_at(x, 1, i), sim_int_at(x, 2, i));
        if (hit.row != NULL && sim_lock(x, &hit))
            sim_update(
                x, &hit, i,
                PUTS(VALUE(STOCK_ON_HAND_MILLI, sim_plus(x, hit.c[STOCK_ON_HAND_MILLI].i, sim_int_at(x, 3, i)))));
    }
}

static void counter_stock_entry_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_STOCK_ENTRY,
                   PUTS(FROM(STOCK_ENTRY_ORIGIN_ID, 3), FROM(STOCK_ENTRY_LINE, 4), FROM(STOCK_ENTRY_KIND, 5),
                        FROM(STOCK_ENTRY_SHOP_ID, 1), FROM(STOCK_ENTRY_PRODUCT_ID, 6),
                        FROM(STOCK_ENTRY_QUANTITY_MILLI, 7), FROM(STOCK_ENTRY_AT, 2)));
}

/* ---- the drawer ---- */

static void counter_drawer_update(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit =
            sim_find(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(I(sim_int_at(x, 1, i)), I(sim_int_at(x, 2, i))));
        if (hit.row != NULL)
            sim_update(x, &hit, i, PUTS(FROM(DRAWER_CASH_MINOR, 3), FROM(DRAWER_SALE_COUNT, 4)));
    }
}

static void counter_drawer_entry_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_DRAWER_ENTRY,
                   PUTS(FROM(DRAWER_ENTRY_ORIGIN_ID, 2), FROM(DRAWER_ENTRY_KIND, 3), FROM(DRAWER_ENTRY_SHIFT_ID, 4),
                        FROM(DRAWER_ENTRY_AMOUNT_MINOR, 5), FROM(DRAWER_ENTRY_AT, 1)));
}

/* ---- points ---- */

static void counter_member_update(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = sim_find(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(I(sim_int_at(x, 1, i))));
        if (hit.row != NULL)
            sim_update(x, &hit, i,
                       PUTS(FROM(MEMBER_ACCOUNT_POINTS, 2), FROM(MEMBER_ACCOUNT_BIRTHDAY_YEAR, 3),
                            VALUE(MEMBER_ACCOUNT_FRIEND, hit.c[MEMBER_ACCOUNT_FRIEND].i > 0 ? 2 : 0)));
    }
}

static void counter_lot_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_POINTS_LOT,
                   PUTS(FROM(POINTS_LOT_ID, 1), FROM(POINTS_LOT_MEMBER_ID, 2), FROM(POINTS_LOT_ORIGIN_DAY, 3),
                        FROM(POINTS_LOT_EXPIRY_DAY, 4), FROM(POINTS_LOT_REMAINING, 5)));
}

static void counter_lot_update(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = sim_find(x, SIM_POINTS_LOT, POINTS_LOT_BY_ID, KEY(I(sim_int_at(x, 1, i))));
        if (hit.row != NULL)
            sim_update(x, &hit, i, PUTS(FROM(POINTS_LOT_REMAINING, 2)));
    }
}

static void counter_lot_expired(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = sim_find(x, SIM_POINTS_LOT, POINTS_LOT_BY_ID, KEY(I(sim_int_at(x, 1, i))));
        if (hit.row != NULL)
            sim_update(x, &hit, i, PUTS(FROM(POINTS_LOT_EXPIRED, 2)));
    }
}

static void counter_points_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_POINTS_ENTRY,
                   PUTS(FROM(POINTS_ENTRY_ORIGIN_ID, 2), FROM(POINTS_ENTRY_LOT_ID, 3), FROM(POINTS_ENTRY_KIND, 4),
                        FROM(POINTS_ENTRY_MEMBER_ID, 5), FROM(POINTS_ENTRY_POINTS, 6), FROM(POINTS_ENTRY_STAFF_ID, 7),
                        FROM(POINTS_ENTRY_AT, 1)));
}

const struct sim_statement sim_counter_store_statements[] = {
    { &sql_counter_sale_insert, counter_sale_insert, NULL },
    { &sql_counter_line_insert, counter_line_insert, NULL },
    { &sql_counter_tax_insert, counter_tax_insert, NULL },
    { &sql_counter_discount_insert, counter_discount_insert, NULL },
    { &sql_counter_note_insert, counter_note_insert, NULL },
    { &sql_counter_option_insert, counter_option_insert, NULL },
    { &sql_counter_keyed_insert, counter_keyed_insert, NULL },
    { &sql_counter_deposit_insert, counter_deposit_insert, NULL },
    { &sql_counter_earning_insert, counter_earning_insert, NULL },
    { &sql_counter_approval_use, counter_approval_use, NULL },
    { &sql_counter_tender_insert, counter_tender_insert, NULL },
    { &sql_counter_refund_insert, counter_refund_insert, NULL },
    { &sql_counter_refunded_add, counter_refunded_add, NULL },
    { &sql_counter_exception_insert, counter_exception_insert, NULL },
    { &sql_counter_rescue_insert, counter_rescue_insert, NULL },
    { &sql_counter_stock_insert, sim_move_stock, NULL },
    { &sql_counter_stock_update, counter_stock_update, NULL },
    { &sql_counter_stock_entry_insert, counter_stock_entry_insert, NULL },
    { &sql_counter_drawer_update, counter_drawer_update, NULL },
    { &sql_counter_drawer_entry_insert, counter_drawer_entry_insert, NULL },
    { &sql_counter_member_update, counter_member_update, NULL },
    { &sql_counter_lot_insert, counter_lot_insert, NULL },
    { &sql_counter_lot_update, counter_lot_update, NULL },
    { &sql_counter_lot_expired, counter_lot_expired, NULL },
    { &sql_counter_points_insert, counter_points_insert, NULL },
    { NULL, NULL, NULL },
};
