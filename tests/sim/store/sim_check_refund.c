/* Checks of what was given back. */
#include "tests/sim/store/sim_check.h"

static void refund_amounts(struct sim_checker *k)
{
    struct sim_sums quantities = { 0 }, totals = { 0 };

    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *l = scan.hit.c;
            struct sim_hit s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(l[SALE_LINE_SALE_ID]));
            if (s.row == NULL || s.c[SALE_KIND].i != 2)
                continue;
            sim_sums_add(&quantities, s.c[SALE_REFUND_OF].i, l[SALE_LINE_REFUND_LINE].i,
                         -l[SALE_LINE_QUANTITY_MILLI].i);
            sim_sums_add(&totals, s.c[SALE_REFUND_OF].i, l[SALE_LINE_REFUND_LINE].i, -l[SALE_LINE_TOTAL_MINOR].i);
        }
    for
        EACH(k, scan, SIM_REFUNDED)
        {
            const union sim_cell *r = scan.hit.c;
            struct sim_sum *given = sim_sums_find(&quantities, r[REFUNDED_SALE_ID].i, r[REFUNDED_LINE].i);
            struct sim_hit o =
                sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(r[REFUNDED_SALE_ID], r[REFUNDED_LINE]));
            if (given != NULL)
                given->seen = true;
            if (given == NULL || given->sum != r[REFUNDED_QUANTITY_MILLI].i ||
                sim_sums_of(&totals, r[REFUNDED_SALE_ID].i, r[REFUNDED_LINE].i) != r[REFUNDED_TOTAL_MINOR].i ||
                o.row == NULL || r[REFUNDED_QUANTITY_MILLI].i > o.c[SALE_LINE_QUANTITY_MILLI].i ||
                r[REFUNDED_TOTAL_MINOR].i > o.c[SALE_LINE_TOTAL_MINOR].i)
                sim_wrong(k, "sale=%lld line=%lld refunded_milli=%lld refunds_milli=%lld", LONG(r[REFUNDED_SALE_ID]),
                          LONG(r[REFUNDED_LINE]), LONG(r[REFUNDED_QUANTITY_MILLI]),
                          given == NULL ? 0LL : (long long)given->sum);
        }
    for (size_t i = 0; i < quantities.capacity; i++) /* a refund of what nobody counted */
        if (quantities.list[i].count != 0 && !quantities.list[i].seen)
            sim_wrong(k, "sale=%lld line=%lld refunds_milli=%lld", (long long)quantities.list[i].a,
                      (long long)quantities.list[i].b, (long long)quantities.list[i].sum);
    sim_sums_fini(&quantities);
    sim_sums_fini(&totals);
}

static bool gives_back(const union sim_cell *s, const union sim_cell *o, const union sim_cell *l,
                       const union sim_cell *p)
{
    return o[SALE_KIND].i == 1 && o[SALE_SHOP_ID].i == s[SALE_SHOP_ID].i &&
           o[SALE_MEMBER_ID].i == s[SALE_MEMBER_ID].i && p != NULL &&
           p[SALE_LINE_PRODUCT_ID].i == l[SALE_LINE_PRODUCT_ID].i &&
           p[SALE_LINE_UNIT_PRICE_MINOR].i == l[SALE_LINE_UNIT_PRICE_MINOR].i && l[SALE_LINE_QUANTITY_MILLI].i < 0;
}

static void refund_lines(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *l = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(l[SALE_LINE_SALE_ID])).c;
            if (s == NULL || s[SALE_REFUND_OF].i == SIM_NULL)
                continue;
            const union sim_cell *o = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(s[SALE_REFUND_OF])).c, *p = NULL;
            if (l[SALE_LINE_REFUND_LINE].i != SIM_NULL)
                p = sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE,
                             KEY(s[SALE_REFUND_OF], l[SALE_LINE_REFUND_LINE]))
                        .c;
            if (o != NULL && !gives_back(s, o, l, p))
                sim_wrong(k, "refund=%lld sale=%lld line=%lld refund_line=%lld", LONG(s[SALE_ID]),
                          LONG(s[SALE_REFUND_OF]), LONG(l[SALE_LINE_LINE]), LONG(l[SALE_LINE_REFUND_LINE]));
        }
}

/* Of a refund and its sale together: the rows of one component, which cancel each other. */
static void component_cancels(struct sim_checker *k, const union sim_cell *sides, const union sim_cell *like)
{
    int64_t rows = 0, net = 0, tax = 0;

    for (int i = 0; i < 2; i++)
        for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(sides[i]));
             sim_next(&scan);) {
            const union sim_cell *x = scan.hit.c;
            if (x[SALE_TAX_RATE_PPM].i != like[SALE_TAX_RATE_PPM].i ||
                !bytes_equal(sim_blob_view(x[SALE_TAX_CODE].b), sim_blob_view(like[SALE_TAX_CODE].b)))
                continue;
            rows++;
            net += x[SALE_TAX_NET_MINOR].i;
            tax += x[SALE_TAX_TAX_MINOR].i;
        }
    if (rows != 2 || net != 0 || tax != 0)
        sim_wrong(k, "refund=%lld sale=%lld rate_ppm=%lld kept_net_minor=%lld kept_tax_minor=%lld", LONG(sides[0]),
                  LONG(sides[1]), LONG(like[SALE_TAX_RATE_PPM]), (long long)net, (long long)tax);
}

static void lines_cancel(struct sim_checker *k, const union sim_cell *sides)
{
    struct sim_sums totals = { 0 }, taxes = { 0 };

    for (int i = 0; i < 2; i++)
        for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sides[i]));
             sim_next(&scan);) {
            const union sim_cell *l = scan.hit.c;
            int64_t line = l[SALE_LINE_REFUND_LINE].i == SIM_NULL ? l[SALE_LINE_LINE].i : l[SALE_LINE_REFUND_LINE].i;
            if ((l[SALE_LINE_FLAGS].i & 2) != 0 || l[SALE_LINE_QUANTITY_MILLI].i == 0)
                continue;
            sim_sums_add(&totals, line, 0, l[SALE_LINE_TOTAL_MINOR].i);
            sim_sums_add(&taxes, line, 0, l[SALE_LINE_TAX_MINOR].i);
        }
    for (size_t i = 0; i < taxes.capacity; i++) {
        const struct sim_sum *tax = &taxes.list[i];
        if (tax->count != 0 && (tax->count != 2 || tax->sum != 0 || sim_sums_of(&totals, tax->a, 0) != 0))
            sim_wrong(k, "refund=%lld sale=%lld line=%lld kept_net_minor=%lld kept_tax_minor=%lld", LONG(sides[0]),
                      LONG(sides[1]), (long long)tax->a, (long long)sim_sums_of(&totals, tax->a, 0),
                      (long long)tax->sum);
    }
    sim_sums_fini(&totals);
    sim_sums_fini(&taxes);
}

static void refund_taxes(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c, sides[] = { s[SALE_ID], s[SALE_REFUND_OF] };
            if (s[SALE_KIND].i != 2)
                continue;
            for (int i = 0; i < 2; i++)
                for (struct sim_scan rows = sim_scan(k->x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(sides[i]));
                     sim_next(&rows);)
                    component_cancels(k, sides, rows.hit.c);
            lines_cancel(k, sides);
        }
}

const struct sim_named_check sim_refund_checks[] = {
    { "refund_amounts", refund_amounts },
    { "refund_lines", refund_lines },
    { "refund_taxes", refund_taxes },
    { NULL, NULL },
};
