/* The check of baskets that wait. */
#include "tests/sim/store/sim_check.h"

static bool is_of_shop(const union sim_cell *row, int column, union sim_cell shop)
{
    return row != NULL && row[column].i == shop.i;
}

static void parked_baskets(struct sim_checker *k)
{
    struct sim_sums parked = { 0 };

    for
        EACH(k, scan, SIM_PARKED_BASKET)
    sim_sums_add(&parked, scan.hit.c[PARKED_BASKET_STAFF_ID].i, 0, 1);
    for
        EACH(k, scan, SIM_PARKED_BASKET)
        {
            const union sim_cell *p = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_STAFF, STAFF_BY_ID, KEY(p[PARKED_BASKET_STAFF_ID])).c;
            const union sim_cell *d = sim_find(k->x, SIM_DEVICE, DEVICE_BY_ID, KEY(p[PARKED_BASKET_DEVICE_ID])).c;
            if (!is_of_shop(s, STAFF_SHOP_ID, p[PARKED_BASKET_SHOP_ID]) ||
                !is_of_shop(d, DEVICE_SHOP_ID, p[PARKED_BASKET_SHOP_ID]) ||
                sim_sums_of(&parked, p[PARKED_BASKET_STAFF_ID].i, 0) > 20)
                sim_wrong(k, "parked=%lld shop=%lld staff=%lld device=%lld", LONG(p[PARKED_BASKET_ID]),
                          LONG(p[PARKED_BASKET_SHOP_ID]), LONG(p[PARKED_BASKET_STAFF_ID]),
                          LONG(p[PARKED_BASKET_DEVICE_ID]));
        }
    sim_sums_fini(&parked);
}

const struct sim_named_check sim_basket_checks[] = { { "parked_baskets", parked_baskets }, { NULL, NULL } };
