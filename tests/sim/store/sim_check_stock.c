/* Checks of the shelf. */
#include "tests/sim/store/sim_check.h"

static void stock_on_hand(struct sim_checker *k)
{
    struct sim_sums entries = { 0 };

    for
        EACH(k, scan, SIM_STOCK_ENTRY)
    sim_sums_add(&entries, scan.hit.c[STOCK_ENTRY_SHOP_ID].i, scan.hit.c[STOCK_ENTRY_PRODUCT_ID].i,
                 scan.hit.c[STOCK_ENTRY_QUANTITY_MILLI].i);
    for
        EACH(k, scan, SIM_STOCK)
        {
            const union sim_cell *s = scan.hit.c;
            struct sim_sum *sum = sim_sums_find(&entries, s[STOCK_SHOP_ID].i, s[STOCK_PRODUCT_ID].i);
            if (sum != NULL)
                sum->seen = true;
            if (s[STOCK_ON_HAND_MILLI].i != (sum == NULL ? 0 : sum->sum))
                sim_wrong(k, "shop=%lld product=%lld on_hand_milli=%lld entries_milli=%lld", LONG(s[STOCK_SHOP_ID]),
                          LONG(s[STOCK_PRODUCT_ID]), LONG(s[STOCK_ON_HAND_MILLI]),
                          sum == NULL ? 0LL : (long long)sum->sum);
        }
    for (size_t i = 0; i < entries.capacity; i++)
        if (entries.list[i].count != 0 && !entries.list[i].seen)
            sim_wrong(k, "shop=%lld product=%lld moved and has no row", (long long)entries.list[i].a,
                      (long long)entries.list[i].b);
    sim_sums_fini(&entries);
}

static void stock_sales(struct sim_checker *k)
{
    int64_t expected = 0;

    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *l = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(l[SALE_LINE_SALE_ID])).c;
            if ((l[SALE_LINE_FLAGS].i & 16) == 0 || s == NULL)
                continue;
            expected++;
            const union sim_cell *e = sim_find(k->x, SIM_STOCK_ENTRY, STOCK_ENTRY_BY_ORIGIN_ID_LINE,
                                               KEY(l[SALE_LINE_SALE_ID], l[SALE_LINE_LINE]))
                                          .c;
            if (e == NULL || e[STOCK_ENTRY_KIND].i != s[SALE_KIND].i || e[STOCK_ENTRY_SHOP_ID].i != s[SALE_SHOP_ID].i ||
                e[STOCK_ENTRY_PRODUCT_ID].i != l[SALE_LINE_PRODUCT_ID].i ||
                e[STOCK_ENTRY_QUANTITY_MILLI].i != -l[SALE_LINE_QUANTITY_MILLI].i)
                sim_wrong(k, "sale=%lld line=%lld product=%lld quantity_milli=%lld", LONG(l[SALE_LINE_SALE_ID]),
                          LONG(l[SALE_LINE_LINE]), LONG(l[SALE_LINE_PRODUCT_ID]), LONG(l[SALE_LINE_QUANTITY_MILLI]));
        }
    for
        EACH(k, scan, SIM_STOCK_ENTRY)
    if (scan.hit.c[STOCK_ENTRY_KIND].i <= 2)
        expected--;
    if (expected != 0)
        sim_wrong(k, "%lld entries of sales too many", (long long)-expected);
}

const struct sim_named_check sim_stock_checks[] = {
    { "stock_on_hand", stock_on_hand },
    { "stock_sales", stock_sales },
    { NULL, NULL },
};
