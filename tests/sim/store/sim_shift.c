/* shift.sql and stock.sql: the drawer and the shelf outside of sales. */
#include "tests/sim/store/sim_sales.h"

/* Into which of a till's open drawers goes what $2 does there, or that of the shift $3. */
static const union sim_cell *drawer_of(struct sim_exec *x, union sim_cell device)
{
    const union sim_cell *found = NULL;

    for (struct sim_scan scan = sim_scan(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(device)); sim_next(&scan);) {
        const union sim_cell *w = scan.hit.c;
        bool is = sim_int(x, 3) == SIM_NULL ? w[DRAWER_HOLDER_ID].i == 0 || w[DRAWER_HOLDER_ID].i == sim_int(x, 2)
                                            : w[DRAWER_SHIFT_ID].i == sim_int(x, 3);
        if (w[DRAWER_SHIFT_ID].i != SIM_NULL && is &&
            (found == NULL || w[DRAWER_HOLDER_ID].i < found[DRAWER_HOLDER_ID].i))
            found = w;
    }
    return found;
}

struct others {
    int64_t count, since;
};

/* That are open beside it. */
static struct others others_of(struct sim_exec *x, union sim_cell device, const union sim_cell *own)
{
    struct others others = { .since = SIM_NULL };

    for (struct sim_scan scan = sim_scan(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(device)); sim_next(&scan);) {
        const union sim_cell *w = scan.hit.c;
        if (w[DRAWER_SHIFT_ID].i == (own == NULL ? SIM_NULL : own[DRAWER_SHIFT_ID].i) ||
            w[DRAWER_SHIFT_ID].i == SIM_NULL)
            continue;
        const union sim_cell *t = sim_find(x, SIM_SHIFT, SHIFT_BY_ID, KEY(w[DRAWER_SHIFT_ID])).c;
        if (t == NULL)
            continue;
        others.count++;
        if (others.since == SIM_NULL || t[SHIFT_OPENED_AT].i < others.since)
            others.since = t[SHIFT_OPENED_AT].i;
    }
    return others;
}

static void shift_state(struct sim_exec *x)
{
    const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(sim_int(x, 1)))).c;
    union sim_cell null = I(SIM_NULL);

    if (d == NULL)
        return;
    const union sim_cell *w = drawer_of(x, d[DEVICE_ID]);
    const union sim_cell *s = w == NULL ? NULL : sim_find(x, SIM_SHIFT, SHIFT_BY_ID, KEY(w[DRAWER_SHIFT_ID])).c;
    const union sim_cell *n = sim_newest(x, SIM_SHIFT, SHIFT_BY_DEVICE_ID_NUMBER, KEY(d[DEVICE_ID]), INT64_MAX).c;
    const union sim_cell *h = sim_find(x, SIM_DEVICE_HEAD, DEVICE_HEAD_BY_DEVICE_ID_KIND, KEY(d[DEVICE_ID], I('X'))).c;
    struct others others = others_of(x, d[DEVICE_ID], w);
    union sim_cell newest = n == NULL ? null : n[SHIFT_NUMBER];
    sim_emit(x, KEY(d[DEVICE_TILL_NUMBER], w == NULL ? null : w[DRAWER_SHIFT_ID],
                    w == NULL ? null : w[DRAWER_HOLDER_ID], w == NULL ? newest : w[DRAWER_NUMBER],
                    w == NULL ? null : w[DRAWER_CASH_MINOR], w == NULL ? null : w[DRAWER_SALE_COUNT],
                    s == NULL ? null : s[SHIFT_OPENED_AT], s == NULL ? null : s[SHIFT_OPENED_BY],
                    s == NULL ? null : s[SHIFT_FLOAT_MINOR], h == NULL ? I(0) : h[DEVICE_HEAD_NUMBER],
                    n == NULL ? I(0) : newest, I(others.count), I(others.since)));
}

static void emit_drawer(struct sim_exec *x, const union sim_cell *d, const union sim_cell *w)
{
    union sim_cell null = I(SIM_NULL);
    const union sim_cell *s = w == NULL ? NULL : sim_find(x, SIM_SHIFT, SHIFT_BY_ID, KEY(w[DRAWER_SHIFT_ID])).c;
    const union sim_cell *p = w == NULL ? NULL : sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(w[DRAWER_HOLDER_ID])).c;

    sim_emit(x, KEY(d[DEVICE_TILL_NUMBER], w == NULL ? null : w[DRAWER_SHIFT_ID], w == NULL ? null : w[DRAWER_NUMBER],
                    w == NULL ? null : w[DRAWER_HOLDER_ID], p == NULL ? B(NULL) : p[STAFF_NAME_SEALED],
                    s == NULL ? null : s[SHIFT_OPENED_AT]));
}

static void shift_drawers(struct sim_exec *x)
{
    const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(sim_int(x, 1)))).c;
    struct sim_hits hits = { 0 };

    if (d == NULL)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(d[DEVICE_ID]));
         sim_next(&scan);)
        if (scan.hit.c[DRAWER_SHIFT_ID].i != SIM_NULL)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_DRAWER, DRAWER_NUMBER, DRAWER_HOLDER_ID, -1);
    for (size_t i = 0; i < hits.count; i++)
        emit_drawer(x, d, hits.hits[i].c);
    if (hits.count == 0)
        emit_drawer(x, d, NULL);
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
                    FROM(SHIFT_T_BEFORE, 8), FROM(SHIFT_X_BEFORE, 9), FROM(SHIFT_HOLDER_ID, 10)));
}

static void shift_drawer_open(struct sim_exec *x)
{
    struct sim_hit hit =
        sim_conflict(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(I(sim_int(x, 1)), I(sim_int(x, 5))));
    const struct sim_put puts[] = { FROM(DRAWER_SHIFT_ID, 2),    FROM(DRAWER_NUMBER, 3),    FROM(DRAWER_CASH_MINOR, 4),
                                    VALUE(DRAWER_SALE_COUNT, 0), FROM(DRAWER_DEVICE_ID, 1), FROM(DRAWER_HOLDER_ID, 5) };

    if (hit.row != NULL)
        sim_update(x, &hit, 0, puts, 4);
    else
        sim_insert(x, SIM_DRAWER, 0, puts, 6);
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

void sim_drawers_of_shift(struct sim_exec *x, int64_t device_id, int64_t shift_id, struct sim_hits *hits)
{
    for (struct sim_scan scan = sim_scan(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(I(device_id)));
         sim_next(&scan);)
        if (shift_id != SIM_NULL && scan.hit.c[DRAWER_SHIFT_ID].i == shift_id)
            sim_gather(x, hits, scan.hit);
}

static void shift_move_drawer(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    sim_drawers_of_shift(x, sim_int(x, 1), sim_int(x, 3), &hits);
    for (size_t i = 0; i < hits.count; i++)
        if (sim_lock(x, &hits.hits[i]))
            sim_update(x, &hits.hits[i], 0,
                       PUTS(VALUE(DRAWER_CASH_MINOR, sim_plus(x, hits.hits[i].c[DRAWER_CASH_MINOR].i, sim_int(x, 2)))));
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
      "till_number shift_id holder_id number cash_minor sale_count opened_at@ opened_by float_minor "
      "offline_number newest others others_since@" },
    { &sql_shift_drawers, shift_drawers, "till_number shift_id number holder_id name_sealed$ opened_at@" },
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
