/* shift.sql and stock.sql: the drawer and the shelf outside of sales. */
#include "tests/sim/store/sim_sales.h"

static void shift_state(struct sim_exec *x)
{
    const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(sim_int(x, 1)))).c;
    union sim_cell null = I(SIM_NULL);

    if (d == NULL)
        return;
    const union sim_cell *w = sim_find(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID, KEY(d[DEVICE_ID])).c;
    const union sim_cell *s = w == NULL || w[DRAWER_SHIFT_ID].i == SIM_NULL
                                  ? NULL
                                  : sim_find(x, SIM_SHIFT, SHIFT_BY_ID, KEY(w[DRAWER_SHIFT_ID])).c;
    const union sim_cell *h = sim_find(x, SIM_DEVICE_HEAD, DEVICE_HEAD_BY_DEVICE_ID_KIND, KEY(d[DEVICE_ID], I('X'))).c;
    sim_emit(x, KEY(d[DEVICE_TILL_NUMBER], w == NULL ? null : w[DRAWER_SHIFT_ID], w == NULL ? null : w[DRAWER_NUMBER],
                    w == NULL ? null : w[DRAWER_CASH_MINOR], w == NULL ? null : w[DRAWER_SALE_COUNT],
                    s == NULL ? null : s[SHIFT_OPENED_AT], s == NULL ? null : s[SHIFT_OPENED_BY],
                    s == NULL ? null : s[SHIFT_FLOAT_MINOR], h == NULL ? I(0) : h[DEVICE_HEAD_NUMBER]));
}

static int64_t newest_receipt(struct sim_exec *x, int64_t series)
{
    const union sim_cell *s =
        sim_newest(x, SIM_SALE, SALE_BY_DEVICE_ID_SERIES_NUMBER, KEY(I(sim_int(x, 1)), I(series)), INT64_MAX).c;

    return s == NULL ? 0 : s[SALE_NUMBER].i;
}

static void shift_newest_receipts(struct sim_exec *x)
{
    sim_emit(x, KEY(I(newest_receipt(x, 'T')), I(newest_receipt(x, 'X'))));
}

static void shift_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_SHIFT, 0,
               PUTS(FROM(SHIFT_ID, 1), FROM(SHIFT_SHOP_ID, 2), FROM(SHIFT_DEVICE_ID, 3), FROM(SHIFT_NUMBER, 4),
                    FROM(SHIFT_OPENED_AT, 5), FROM(SHIFT_OPENED_BY, 6), FROM(SHIFT_FLOAT_MINOR, 7),
                    FROM(SHIFT_T_BEFORE, 8), FROM(SHIFT_X_BEFORE, 9)));
}

static void shift_drawer_open(struct sim_exec *x)
{
    struct sim_hit hit = sim_conflict(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID, KEY(I(sim_int(x, 1))));
    const struct sim_put puts[] = { FROM(DRAWER_SHIFT_ID, 2), FROM(DRAWER_NUMBER, 3), FROM(DRAWER_CASH_MINOR, 4),
                                    VALUE(DRAWER_SALE_COUNT, 0), FROM(DRAWER_DEVICE_ID, 1) };

    if (hit.row != NULL)
        sim_update(x, &hit, 0, puts, 4);
    else
        sim_insert(x, SIM_DRAWER, 0, puts, 5);
}

static void shift_float_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_DRAWER_ENTRY, 0,
               PUTS(FROM(DRAWER_ENTRY_ORIGIN_ID, 1), VALUE(DRAWER_ENTRY_KIND, 1), FROM(DRAWER_ENTRY_SHIFT_ID, 1),
                    FROM(DRAWER_ENTRY_AMOUNT_MINOR, 2), FROM(DRAWER_ENTRY_AT, 3)));
}

static void shift_move_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_DRAWER_MOVE, 0,
               PUTS(FROM(DRAWER_MOVE_ID, 1), FROM(DRAWER_MOVE_SHIFT_ID, 2), FROM(DRAWER_MOVE_KIND, 3),
                    FROM(DRAWER_MOVE_AMOUNT_MINOR, 4), FROM(DRAWER_MOVE_REASON, 5), FROM(DRAWER_MOVE_STAFF_ID, 6),
                    FROM(DRAWER_MOVE_AT, 7)));
}

static void shift_move_entry(struct sim_exec *x)
{
    sim_insert(x, SIM_DRAWER_ENTRY, 0,
               PUTS(FROM(DRAWER_ENTRY_ORIGIN_ID, 1), FROM(DRAWER_ENTRY_KIND, 2), FROM(DRAWER_ENTRY_SHIFT_ID, 3),
                    FROM(DRAWER_ENTRY_AMOUNT_MINOR, 4), FROM(DRAWER_ENTRY_AT, 5)));
}

static void shift_move_drawer(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID, KEY(I(sim_int(x, 1))));

    if (hit.row != NULL && sim_lock(x, &hit))
        sim_update(x, &hit, 0, PUTS(VALUE(DRAWER_CASH_MINOR, sim_plus(x, hit.c[DRAWER_CASH_MINOR].i, sim_int(x, 2)))));
}

static void shift_no_sale_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_NO_SALE, 0,
               PUTS(FROM(NO_SALE_ID, 1), FROM(NO_SALE_SHIFT_ID, 2), FROM(NO_SALE_REASON, 3), FROM(NO_SALE_STAFF_ID, 4),
                    FROM(NO_SALE_AT, 5)));
}

static void stock_move_entries(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 4); i++)
        sim_insert(x, SIM_STOCK_ENTRY, i,
                   PUTS(FROM(STOCK_ENTRY_ORIGIN_ID, 1), FROM(STOCK_ENTRY_LINE, 4),
                        VALUE(STOCK_ENTRY_KIND, sim_int_at(x, 6, i) > 0 ? 3 : 4), FROM(STOCK_ENTRY_SHOP_ID, 2),
                        FROM(STOCK_ENTRY_PRODUCT_ID, 5), FROM(STOCK_ENTRY_QUANTITY_MILLI, 6), FROM(STOCK_ENTRY_AT, 3)));
}

const struct sim_statement sim_shift_statements[] = {
    { &sql_shift_state, shift_state,
      "till_number shift_id number cash_minor sale_count opened_at@ opened_by float_minor "
      "offline_number" },
    { &sql_shift_newest_receipts, shift_newest_receipts, "t_last x_last" },
    { &sql_shift_insert, shift_insert, NULL },
    { &sql_shift_drawer_open, shift_drawer_open, NULL },
    { &sql_shift_float_insert, shift_float_insert, NULL },
    { &sql_shift_move_insert, shift_move_insert, NULL },
    { &sql_shift_move_entry, shift_move_entry, NULL },
    { &sql_shift_move_drawer, shift_move_drawer, NULL },
    { &sql_shift_no_sale_insert, shift_no_sale_insert, NULL },
    { &sql_stock_lock, sim_lock_stock_of_shops, "product_id on_hand_milli" },
    { &sql_stock_move, sim_move_stock, NULL },
    { &sql_stock_move_entries, stock_move_entries, NULL },
    { &sql_stock_show, sim_show_stock, "product_id on_hand_milli" },
    { NULL, NULL, NULL },
};
