/* The checks of baskets that wait, and of those that were thrown away. */
#include "common/base/number.h"
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
    if (scan.hit.c[PARKED_BASKET_STAFF_ID].i != SIM_NULL)
        sim_sums_add(&parked, scan.hit.c[PARKED_BASKET_STAFF_ID].i, 0, 1);
    for
        EACH(k, scan, SIM_PARKED_BASKET)
        {
            const union sim_cell *p = scan.hit.c;
            bool left = p[PARKED_BASKET_NUMBER].i != SIM_NULL;
            const union sim_cell *s =
                left ? NULL : sim_find(k->x, SIM_STAFF, STAFF_BY_ID, KEY(p[PARKED_BASKET_STAFF_ID])).c;
            const union sim_cell *d = sim_find(k->x, SIM_DEVICE, DEVICE_BY_ID, KEY(p[PARKED_BASKET_DEVICE_ID])).c;
            if ((d != NULL && left != (d[DEVICE_KIND].i == 2)) ||
                (!left && !is_of_shop(s, STAFF_SHOP_ID, p[PARKED_BASKET_SHOP_ID])) ||
                !is_of_shop(d, DEVICE_SHOP_ID, p[PARKED_BASKET_SHOP_ID]) ||
                (!left && sim_sums_of(&parked, p[PARKED_BASKET_STAFF_ID].i, 0) > 20))
                sim_wrong(k, "parked=%lld shop=%lld staff=%lld device=%lld", LONG(p[PARKED_BASKET_ID]),
                          LONG(p[PARKED_BASKET_SHOP_ID]), LONG(p[PARKED_BASKET_STAFF_ID]),
                          LONG(p[PARKED_BASKET_DEVICE_ID]));
        }
    sim_sums_fini(&parked);
}

/* More than nothing, or less of what was ever a deposit good. */
static bool is_right_quantity(struct sim_checker *k, const union sim_cell *l)
{
    if (l[BASKET_VOID_LINE_QUANTITY_MILLI].i >= 0)
        return l[BASKET_VOID_LINE_QUANTITY_MILLI].i > 0;
    for (struct sim_scan scan = sim_scan(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                         KEY(l[BASKET_VOID_LINE_PRODUCT_ID]));
         sim_next(&scan);)
        if (scan.hit.c[PRODUCT_VERSION_DEPOSIT_KIND].i == 1)
            return true;
    return false;
}

static bool is_right_line(struct sim_checker *k, const union sim_cell *l)
{
    int64_t gross;

    return multiply_divide(l[BASKET_VOID_LINE_UNIT_PRICE_MINOR].i, l[BASKET_VOID_LINE_QUANTITY_MILLI].i, 1000,
                           &gross) &&
           gross == l[BASKET_VOID_LINE_GROSS_MINOR].i && is_right_quantity(k, l) &&
           sim_find(k->x, SIM_PRODUCT, PRODUCT_BY_ID, KEY(l[BASKET_VOID_LINE_PRODUCT_ID])).row != NULL;
}

static bool has_its_lines(struct sim_checker *k, const union sim_cell *v)
{
    int64_t lines = 0, sum = 0;
    bool right = true;

    for (struct sim_scan scan =
             sim_scan(k->x, SIM_BASKET_VOID_LINE, BASKET_VOID_LINE_BY_VOID_ID_LINE, KEY(v[BASKET_VOID_ID]));
         sim_next(&scan);) {
        right = right && is_right_line(k, scan.hit.c);
        sum += scan.hit.c[BASKET_VOID_LINE_GROSS_MINOR].i;
        lines++;
    }
    return right && lines == v[BASKET_VOID_LINE_COUNT].i && sum == v[BASKET_VOID_TOTAL_MINOR].i;
}

static void basket_voids(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_BASKET_VOID)
        {
            const union sim_cell *v = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_STAFF, STAFF_BY_ID, KEY(v[BASKET_VOID_STAFF_ID])).c;
            const union sim_cell *d = sim_find(k->x, SIM_DEVICE, DEVICE_BY_ID, KEY(v[BASKET_VOID_DEVICE_ID])).c;
            const union sim_cell *h = v[BASKET_VOID_SHIFT_ID].i == SIM_NULL
                                          ? NULL
                                          : sim_find(k->x, SIM_SHIFT, SHIFT_BY_ID, KEY(v[BASKET_VOID_SHIFT_ID])).c;
            if (!is_of_shop(s, STAFF_SHOP_ID, v[BASKET_VOID_SHOP_ID]) ||
                !is_of_shop(d, DEVICE_SHOP_ID, v[BASKET_VOID_SHOP_ID]) ||
                (v[BASKET_VOID_SHIFT_ID].i != SIM_NULL &&
                 (h == NULL || h[SHIFT_DEVICE_ID].i != v[BASKET_VOID_DEVICE_ID].i)) ||
                !has_its_lines(k, v))
                sim_wrong(k, "void=%lld shop=%lld device=%lld staff=%lld", LONG(v[BASKET_VOID_ID]),
                          LONG(v[BASKET_VOID_SHOP_ID]), LONG(v[BASKET_VOID_DEVICE_ID]), LONG(v[BASKET_VOID_STAFF_ID]));
        }
    for
        EACH(k, scan, SIM_BASKET_VOID_LINE)
    if (sim_find(k->x, SIM_BASKET_VOID, BASKET_VOID_BY_ID, KEY(scan.hit.c[BASKET_VOID_LINE_VOID_ID])).row == NULL)
        sim_wrong(k, "void=%lld", LONG(scan.hit.c[BASKET_VOID_LINE_VOID_ID]));
}

const struct sim_named_check sim_basket_checks[] = { { "parked_baskets", parked_baskets },
                                                     { "basket_voids", basket_voids },
                                                     { NULL, NULL } };
