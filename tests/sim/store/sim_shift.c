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
    sim_emit(x, KEY(d[DEVICE_TILL_NUMBER], w == NULL ? null : w[DRAWER_SHIFT_ID], w == NULL ? null : w[DRAWER_NUMBER],
                    w == NULL ? null : w[DRAWER_CASH_MINOR], w == NULL ? null : w[DRAWER_SALE_COUNT],
                    s == NULL ? null : s[SHIFT_OPENED_AT], s == NULL ? null : s[SHIFT_OPENED_BY],
                    s == NULL ? null : s[SHIFT_FLOAT_MINOR]));
}

static void shift_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_SHIFT, 0,
               PUTS(FROM(SHIFT_ID, 1), FROM(SHIFT_SHOP_ID, 2), FROM(SHIFT_DEVICE_ID, 3), FROM(SHIFT_NUMBER, 4),
                    FROM(SHIFT_OPENED_AT, 5), FROM(SHIFT_OPENED_BY, 6), FROM(SHIFT_FLOAT_MINOR, 7)));
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
      "till_number shift_id number cash_minor sale_count opened_at@ opened_by float_minor" },
    { &sql_shift_insert, shift_insert, NULL },
    { &sql_shift_drawer_open, shift_drawer_open, NULL },
    { &sql_shift_float_insert, shift_float_insert, NULL },
    { &sql_stock_lock, sim_lock_stock_of_shops, "product_id on_hand_milli" },
    { &sql_stock_move, sim_move_stock, NULL },
    { &sql_stock_move_entries, stock_move_entries, NULL },
    { &sql_stock_show, sim_show_stock, "product_id on_hand_milli" },
    { NULL, NULL, NULL },
};
