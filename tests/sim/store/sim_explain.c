/* sale_explain.sql: where the numbers of a sale come from. */
#include "tests/sim/store/sim_sales.h"

static struct sim_hit find_sale(struct sim_exec *x, union sim_cell id)
{
    return id.i == SIM_NULL ? (struct sim_hit){ 0 } : sim_find(x, SIM_SALE, SALE_BY_ID, KEY(id));
}

static void sale_explain_whose(struct sim_exec *x)
{
    const union sim_cell *s = find_sale(x, I(sim_int(x, 1))).c;
    union sim_cell whose = s == NULL ? I(SIM_NULL) : sim_member_of_sale(x, s);
    const union sim_cell *a =
        whose.i == SIM_NULL ? NULL : sim_find(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(whose)).c;

    if (a == NULL)
        return;
    int64_t member =
        a[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL ? a[MEMBER_ACCOUNT_MEMBER_ID].i : a[MEMBER_ACCOUNT_MERGED_INTO].i;
    if (member == sim_int(x, 2))
        sim_emit(x, KEY(s[SALE_ID], s[SALE_SHOP_ID]));
}

static void sale_explain_exceptions(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_SALE_EXCEPTION); sim_next(&scan);)
        if (scan.hit.c[SALE_EXCEPTION_SALE_ID].i == sim_int(x, 1))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_SALE_EXCEPTION, SALE_EXCEPTION_KIND, SALE_EXCEPTION_LINE, -1);
    for (size_t i = 0; i < hits.count; i++)
        sim_emit(x, KEY(hits.hits[i].c[SALE_EXCEPTION_KIND], hits.hits[i].c[SALE_EXCEPTION_LINE]));
}

static void sale_explain_points(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if ((scan.hit.c[POINTS_ENTRY_KIND].i >= 2 && scan.hit.c[POINTS_ENTRY_KIND].i <= 6) ||
            scan.hit.c[POINTS_ENTRY_KIND].i == 13)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_POINTS_ENTRY, POINTS_ENTRY_LOT_ID, POINTS_ENTRY_KIND, -1);
    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *e = hits.hits[i].c;
        const union sim_cell *l = sim_find(x, SIM_POINTS_LOT, POINTS_LOT_BY_ID, KEY(e[POINTS_ENTRY_LOT_ID])).c;

        if (l != NULL)
            sim_emit(x, KEY(e[POINTS_ENTRY_KIND], e[POINTS_ENTRY_POINTS], l[POINTS_LOT_ORIGIN_DAY],
                            l[POINTS_LOT_EXPIRY_DAY]));
    }
}

/* The shop's own goes before the chain's. */
static struct sim_hit price_of(struct sim_exec *x, union sim_cell shop_id, int64_t product_id, int64_t version)
{
    struct sim_hit price = sim_newest(x, SIM_PRICE_VERSION, PRICE_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION,
                                      KEY(shop_id, I(product_id)), version);

    return price.row != NULL ? price
                             : sim_newest(x, SIM_PRICE_VERSION, PRICE_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION,
                                          KEY(I(0), I(product_id)), version);
}

static void sale_explain_prices(struct sim_exec *x)
{
    const union sim_cell *s = find_sale(x, I(sim_int(x, 1))).c;
    struct sim_hits hits = { 0 };
    int64_t last = SIM_NULL;

    if (s == NULL)
        return;
    const union sim_cell *o = find_sale(x, s[SALE_REFUND_OF]).c;
    int64_t version = o == NULL ? s[SALE_CATALOGUE_VERSION].i : o[SALE_CATALOGUE_VERSION].i;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(s[SALE_ID]));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_SALE_LINE, SALE_LINE_PRODUCT_ID, -1, -1);
    for (size_t i = 0; i < hits.count; i++) {
        int64_t id = hits.hits[i].c[SALE_LINE_PRODUCT_ID].i;
        const union sim_cell *p = id == last ? NULL : price_of(x, s[SALE_SHOP_ID], id, version).c;

        if (p != NULL)
            sim_emit(x, KEY(I(id), I(p[PRICE_VERSION_SHOP_ID].i != 0), p[PRICE_VERSION_FROM_VERSION]));
        last = id;
    }
}

static void sale_explain_back(struct sim_exec *x)
{
    const union sim_cell *s = sim_find(x, SIM_SALE_REFUND, SALE_REFUND_BY_REFUND_ID, KEY(I(sim_int(x, 1)))).c;
    struct sim_hits hits = { 0 };

    if (s == NULL)
        return;
    for (struct sim_scan scan =
             sim_scan(x, SIM_SALE_REFUND, SALE_REFUND_BY_SALE_ID_NUMBER, KEY(s[SALE_REFUND_SALE_ID]));
         sim_next(&scan) && scan.hit.c[SALE_REFUND_NUMBER].i < s[SALE_REFUND_NUMBER].i;)
        for (struct sim_scan lines =
                 sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(scan.hit.c[SALE_REFUND_REFUND_ID]));
             sim_next(&lines);)
            sim_gather(x, &hits, lines.hit);
    sim_sort(&hits, SIM_SALE_LINE, SALE_LINE_REFUND_LINE, -1, -1);
    for (size_t i = 0; i < hits.count;) {
        int64_t line = hits.hits[i].c[SALE_LINE_REFUND_LINE].i, milli = 0;

        for (; i < hits.count && hits.hits[i].c[SALE_LINE_REFUND_LINE].i == line; i++)
            milli -= hits.hits[i].c[SALE_LINE_QUANTITY_MILLI].i;
        sim_emit(x, KEY(I(line), I(milli)));
    }
}

static void sale_explain_staff(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        const union sim_cell *c = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(I(ids[i]))).c;

        if (c != NULL && c[STAFF_SHOP_ID].i == sim_int(x, 2))
            sim_emit(x, KEY(c[STAFF_ID], c[STAFF_NAME_SEALED]));
    }
}

static void sale_explain_versions(struct sim_exec *x)
{
    size_t count;
    const int64_t *versions = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        const union sim_cell *c =
            sim_find(x, SIM_CATALOGUE_VERSION, CATALOGUE_VERSION_BY_VERSION, KEY(I(versions[i]))).c;

        if (c != NULL)
            sim_emit(x, KEY(c[CATALOGUE_VERSION_VERSION], c[CATALOGUE_VERSION_MADE_AT],
                            I(sim_or_zero(c[CATALOGUE_VERSION_STAFF_ID]))));
    }
}

const struct sim_statement sim_explain_statements[] = {
    { &sql_sale_explain_whose, sale_explain_whose, "id shop_id" },
    { &sql_sale_explain_exceptions, sale_explain_exceptions, "kind line" },
    { &sql_sale_explain_points, sale_explain_points, "kind points origin_day# expiry_day#" },
    { &sql_sale_explain_prices, sale_explain_prices, "id own? version" },
    { &sql_sale_explain_back, sale_explain_back, "line quantity_milli" },
    { &sql_sale_explain_staff, sale_explain_staff, "id name_sealed$" },
    { &sql_sale_explain_versions, sale_explain_versions, "version made_at@ staff_id" },
    { NULL, NULL, NULL },
};
