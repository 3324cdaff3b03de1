/* basket.sql: baskets that wait. */
#include "tests/sim/store/sim_sales.h"
#include "tests/sim/store/sim_statement.h"

static void basket_park_lock(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(I(sim_int(x, 1))));

    if (hit.row != NULL && sim_lock(x, &hit))
        sim_emit(x, KEY(hit.c[STAFF_ID]));
}

/* Those of the person $1 in the shop $2, in no order. */
static struct sim_hits waiting(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_PARKED_BASKET, PARKED_BASKET_BY_STAFF_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (scan.hit.c[PARKED_BASKET_SHOP_ID].i == sim_int(x, 2))
            sim_gather(x, &hits, scan.hit);
    return hits;
}

static void basket_parked_count(struct sim_exec *x)
{
    sim_emit(x, KEY(I((int64_t)waiting(x).count)));
}

static void basket_park_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_PARKED_BASKET, 0,
               PUTS(FROM(PARKED_BASKET_ID, 1), FROM(PARKED_BASKET_SHOP_ID, 2), FROM(PARKED_BASKET_STAFF_ID, 3),
                    FROM(PARKED_BASKET_DEVICE_ID, 4), FROM(PARKED_BASKET_PARKED_AT, 5),
                    FROM(PARKED_BASKET_LINE_COUNT, 6), FROM(PARKED_BASKET_FIRST_PRODUCT_ID, 7),
                    FROM(PARKED_BASKET_BASKET, 8)));
}

static void basket_parked_list(struct sim_exec *x)
{
    struct sim_hits hits = waiting(x);

    sim_sort(&hits, SIM_PARKED_BASKET, PARKED_BASKET_PARKED_AT, PARKED_BASKET_ID, -1);
    for (size_t i = 0; i < hits.count && (int64_t)i < sim_int(x, 3); i++) {
        const union sim_cell *c = hits.hits[i].c;
        const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(c[PARKED_BASKET_DEVICE_ID])).c;
        if (d != NULL)
            sim_emit(x, KEY(c[PARKED_BASKET_ID], c[PARKED_BASKET_PARKED_AT], c[PARKED_BASKET_LINE_COUNT],
                            c[PARKED_BASKET_FIRST_PRODUCT_ID], d[DEVICE_TILL_NUMBER], c[PARKED_BASKET_BASKET]));
    }
}

static void basket_parked_members(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        int64_t id = sim_survivor_of(x, ids[i]);
        const union sim_cell *m = id == SIM_NULL ? NULL : sim_find(x, SIM_MEMBER, MEMBER_BY_ID, KEY(I(id))).c;

        if (m != NULL && sim_find_living(x, id).row != NULL)
            sim_emit(x, KEY(I(ids[i]), m[MEMBER_ID], m[MEMBER_NAME_SEALED]));
    }
}

static void basket_resume_take(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_PARKED_BASKET, PARKED_BASKET_BY_ID, KEY(I(sim_int(x, 1))));

    if (hit.row == NULL || hit.c[PARKED_BASKET_STAFF_ID].i != sim_int(x, 2) ||
        hit.c[PARKED_BASKET_SHOP_ID].i != sim_int(x, 3) || !sim_lock(x, &hit))
        return;
    const union sim_cell id = hit.c[PARKED_BASKET_ID], lines = hit.c[PARKED_BASKET_LINE_COUNT],
                         basket = hit.c[PARKED_BASKET_BASKET];
    if (sim_delete(x, &hit))
        sim_emit(x, KEY(id, lines, basket));
}

const struct sim_statement sim_basket_statements[] = {
    { &sql_basket_park_lock, basket_park_lock, "id" },
    { &sql_basket_parked_count, basket_parked_count, "parked" },
    { &sql_basket_park_insert, basket_park_insert, NULL },
    { &sql_basket_parked_list, basket_parked_list, "id parked_at@ line_count first_product_id till_number basket$" },
    { &sql_basket_parked_members, basket_parked_members, "member_id id name_sealed$" },
    { &sql_basket_resume_take, basket_resume_take, "id line_count basket$" },
    { NULL, NULL, NULL },
};
