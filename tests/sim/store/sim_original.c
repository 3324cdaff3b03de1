/* counter_group.sql, the sales that are to be refunded. */
#include "tests/sim/store/sim_sales.h"

struct sim_hit sim_find_receipt(struct sim_exec *x, int64_t shop_id, int64_t till, int64_t series, int64_t number)
{
    struct sim_hit none = { 0 };

    if (till == SIM_NULL)
        return none;
    struct sim_hit device = sim_find(x, SIM_DEVICE, DEVICE_BY_SHOP_ID_TILL_NUMBER, KEY(I(shop_id), I(till)));
    if (device.row == NULL)
        return none;
    return sim_find(x, SIM_SALE, SALE_BY_DEVICE_ID_SERIES_NUMBER, KEY(device.c[DEVICE_ID], I(series), I(number)));
}

struct sim_hit sim_find_name(struct sim_exec *x, int64_t product_id, int64_t version)
{
    return sim_newest(x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(I(product_id)), version);
}

/* The i-th original of a statement whose shop, tills, series and numbers are the parameters from `first` on. */
static struct sim_hit original(struct sim_exec *x, int first, size_t i)
{
    struct bytes series = sim_bytes_at(x, first + 2, i);

    return sim_find_receipt(x, sim_int(x, first), sim_int_at(x, first + 1, i), series.size == 0 ? 0 : series.data[0],
                            sim_int_at(x, first + 3, i));
}

static void counter_originals(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        const union sim_cell *c = original(x, 1, i).c;
        if (c != NULL)
            sim_emit(x, KEY(I((int64_t)i + 1), c[SALE_ID], c[SALE_KIND], c[SALE_SERVICE], c[SALE_MEMBER_ID],
                            c[SALE_CATALOGUE_VERSION], c[SALE_TOTAL_MINOR], c[SALE_TAX_MINOR],
                            I(sim_or_zero(c[SALE_ROUNDING_MINOR]))));
    }
}

static void emit_lines(struct sim_exec *x, size_t i, const union sim_cell *sale)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        if ((c[SALE_LINE_FLAGS].i & 2) != 0 ||
            sim_find(x, SIM_REFUNDED, REFUNDED_BY_SALE_ID_LINE, KEY(sale[SALE_ID], c[SALE_LINE_LINE])).row != NULL)
            continue;
        struct sim_hit p = sim_find_name(x, c[SALE_LINE_PRODUCT_ID].i, sale[SALE_CATALOGUE_VERSION].i);
        if (p.row != NULL)
            sim_emit(x, KEY(I((int64_t)i + 1), c[SALE_LINE_LINE], c[SALE_LINE_PRODUCT_ID], c[SALE_LINE_QUANTITY_MILLI],
                            c[SALE_LINE_UNIT_PRICE_MINOR], c[SALE_LINE_GROSS_MINOR], c[SALE_LINE_DISCOUNT_MINOR],
                            c[SALE_LINE_TOTAL_MINOR], c[SALE_LINE_TAX_MINOR], c[SALE_LINE_FLAGS],
                            p.c[PRODUCT_VERSION_NAME], p.c[PRODUCT_VERSION_UNIT]));
    }
}

static void counter_original_lines(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit sale = original(x, 1, i);
        if (sale.row != NULL)
            emit_lines(x, i, sale.c);
    }
}

static void counter_original_taxes(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit sale = original(x, 1, i);
        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan = sim_scan(x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(sale.c[SALE_ID]));
             sim_next(&scan);)
            sim_emit(x, KEY(I((int64_t)i + 1), scan.hit.c[SALE_TAX_CODE], scan.hit.c[SALE_TAX_RATE_PPM],
                            scan.hit.c[SALE_TAX_NET_MINOR], scan.hit.c[SALE_TAX_TAX_MINOR]));
    }
}

static void counter_original_tenders(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit sale = original(x, 1, i);
        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan = sim_scan(x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(sale.c[SALE_ID]));
             sim_next(&scan);) {
            const union sim_cell *c = scan.hit.c;
            sim_emit(x, KEY(I((int64_t)i + 1), c[TENDER_KIND], I(c[TENDER_AMOUNT_MINOR].i - c[TENDER_CHANGE_MINOR].i),
                            c[TENDER_REFERENCE]));
        }
    }
}

static void counter_original_points(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit sale = original(x, 1, i);
        struct sim_hits hits = { 0 };
        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan =
                 sim_scan(x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(sale.c[SALE_ID]));
             sim_next(&scan);)
            if (scan.hit.c[POINTS_ENTRY_KIND].i == 2 || scan.hit.c[POINTS_ENTRY_KIND].i == 4)
                sim_gather(x, &hits, scan.hit);
        sim_sort(&hits, SIM_POINTS_ENTRY, POINTS_ENTRY_LOT_ID, POINTS_ENTRY_KIND, -1);
        for (size_t h = 0; h < hits.count; h++)
            sim_emit(x, KEY(I((int64_t)i + 1), hits.hits[h].c[POINTS_ENTRY_LOT_ID], hits.hits[h].c[POINTS_ENTRY_KIND],
                            hits.hits[h].c[POINTS_ENTRY_POINTS]));
    }
}

/* ---- what they lock beside ---- */

/* The ids of a parameter, and one number more of each original that is there, ascending and once. */
static const int64_t *with_members(struct sim_exec *x, int ids, int first, size_t *distinct)
{
    size_t given = sim_count(x, ids), originals = sim_count(x, first + 1), count = 0;
    int64_t *all = sim_memory(x, given + originals, sizeof(*all));

    for (size_t i = 0; i < given; i++)
        all[count++] = sim_int_at(x, ids, i);
    for (size_t i = 0; i < originals; i++) {
        struct sim_hit sale = original(x, first, i);
        if (sale.row != NULL)
            all[count++] = sale.c[SALE_MEMBER_ID].i;
    }
    return sim_sorted(x, all, count, distinct);
}

static void counter_refund_members(struct sim_exec *x)
{
    size_t count;
    const int64_t *members = with_members(x, 1, 2, &count);

    sim_lock_members(x, members, count);
}

struct numbers {
    int64_t *list;
    size_t count, capacity;
};

static void add_number(struct sim_exec *x, struct numbers *numbers, int64_t number)
{
    if (numbers->count == numbers->capacity) {
        int64_t *old = numbers->list;
        numbers->capacity = numbers->capacity == 0 ? 32 : numbers->capacity * 2;
        numbers->list = sim_memory(x, numbers->capacity, sizeof(*numbers->list));
        for (size_t i = 0; i < numbers->count; i++)
            numbers->list[i] = old[i];
    }
    numbers->list[numbers->count++] = number;
}

static void counter_refund_lots(struct sim_exec *x)
{
    struct numbers touched = { 0 };
    size_t count;
    const int64_t *members = with_members(x, 1, 3, &count);

    for (size_t i = 0; i < sim_count(x, 4); i++) {
        struct sim_hit sale = original(x, 3, i);
        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan =
                 sim_scan(x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(sale.c[SALE_ID]));
             sim_next(&scan);)
            add_number(x, &touched, scan.hit.c[POINTS_ENTRY_LOT_ID].i);
    }
    sim_emit_lots(x, members, count, sim_int(x, 2), touched.list, touched.count);
}

static void counter_refund_stock(struct sim_exec *x)
{
    struct numbers products = { 0 };
    size_t count;

    for (size_t i = 0; i < sim_count(x, 2); i++)
        add_number(x, &products, sim_int_at(x, 2, i));
    for (size_t i = 0; i < sim_count(x, 3); i++) {
        struct bytes series = sim_bytes_at(x, 4, i);
        struct sim_hit sale = sim_find_receipt(x, sim_int(x, 1), sim_int_at(x, 3, i),
                                               series.size == 0 ? 0 : series.data[0], sim_int_at(x, 5, i));
        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale.c[SALE_ID]));
             sim_next(&scan);)
            add_number(x, &products, scan.hit.c[SALE_LINE_PRODUCT_ID].i);
    }
    const int64_t *sorted = sim_sorted(x, products.list, products.count, &count);
    sim_lock_stock(x, sim_int(x, 1), sorted, count);
}

const struct sim_statement sim_original_statements[] = {
    { &sql_counter_originals, counter_originals,
      "position id kind service member_id catalogue_version total_minor tax_minor rounding_minor" },
    { &sql_counter_original_lines, counter_original_lines,
      "position line product_id quantity_milli unit_price_minor gross_minor discount_minor total_minor tax_minor flags "
      "name$ unit" },
    { &sql_counter_original_taxes, counter_original_taxes, "position code$ rate_ppm net_minor tax_minor" },
    { &sql_counter_original_tenders, counter_original_tenders, "position kind stayed_minor reference$" },
    { &sql_counter_original_points, counter_original_points, "position lot_id kind points" },
    { &sql_counter_refund_members, counter_refund_members, "member_id points birthday_blind$ birthday_year" },
    { &sql_counter_refund_lots, counter_refund_lots, "id member_id origin_day# expiry_day# remaining" },
    { &sql_counter_refund_stock, counter_refund_stock, "product_id on_hand_milli" },
    { NULL, NULL, NULL },
};
