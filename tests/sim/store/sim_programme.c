/* programme_put.sql, what a draft of a programme would have given: members, and what they bought. */
#include "tests/sim/store/sim_sales.h"

static void programme_try_members(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    int64_t after = sim_int(x, 1), most = sim_int(x, 2);

    for (struct sim_scan scan = sim_all(x, SIM_MEMBER_ACCOUNT); sim_next(&scan);)
        if (scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID].i > after && scan.hit.c[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_MEMBER_ID, -1, -1);
    for (size_t i = 0; i < hits.count && (int64_t)i < most; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_MEMBER_ACCOUNT, COLUMNS(MEMBER_ACCOUNT_MEMBER_ID, MEMBER_ACCOUNT_TIER));
}

static int64_t given_for(struct sim_exec *x, const union sim_cell *sale)
{
    int64_t points = sale[SALE_POINTS_EARNED].i;

    for (struct sim_scan scan = sim_scan(x, SIM_SALE, SALE_BY_REFUND_OF, KEY(sale[SALE_ID])); sim_next(&scan);)
        points += scan.hit.c[SALE_POINTS_EARNED].i;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_ATTACH, SALE_ATTACH_BY_ATTACHED_ID, KEY(sale[SALE_ID]));
         sim_next(&scan);)
        points += scan.hit.c[SALE_ATTACH_POINTS_EARNED].i;
    return points;
}

static int64_t free_milli(struct sim_exec *x, const union sim_cell *l)
{
    int64_t taken = 0, pieces = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE,
                                         KEY(l[SALE_LINE_SALE_ID], l[SALE_LINE_LINE]));
         sim_next(&scan);) {
        const union sim_cell *d = scan.hit.c;

        if (d[SALE_DISCOUNT_KIND].i != 5 || d[SALE_DISCOUNT_TIMES].i == SIM_NULL)
            taken += d[SALE_DISCOUNT_AMOUNT_MINOR].i;
        if (d[SALE_DISCOUNT_KIND].i == 4)
            pieces += sim_or_zero(d[SALE_DISCOUNT_TIMES]);
    }
    if ((l[SALE_LINE_FLAGS].i & 4) != 0 && l[SALE_LINE_UNIT_PRICE_MINOR].i > 0)
        pieces += (l[SALE_LINE_DISCOUNT_MINOR].i - taken) / l[SALE_LINE_UNIT_PRICE_MINOR].i;
    return 1000 * pieces;
}

static void emit_sale(struct sim_exec *x, int64_t member_id, const union sim_cell *s, int64_t most, int64_t *emitted)
{
    struct sim_hits lines = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(s[SALE_ID]));
         sim_next(&scan);)
        if ((scan.hit.c[SALE_LINE_FLAGS].i & 98) == 0)
            sim_gather(x, &lines, scan.hit);
    sim_sort(&lines, SIM_SALE_LINE, SALE_LINE_LINE, -1, -1);
    for (size_t i = 0; i < lines.count && *emitted < most; i++, (*emitted)++) {
        const union sim_cell *l = lines.hits[i].c;
        const union sim_cell *r =
            sim_find(x, SIM_REFUNDED, REFUNDED_BY_SALE_ID_LINE, KEY(s[SALE_ID], l[SALE_LINE_LINE])).c;
        int64_t paid_milli =
            l[SALE_LINE_QUANTITY_MILLI].i - (r == NULL ? 0 : r[REFUNDED_QUANTITY_MILLI].i) - free_milli(x, l);

        sim_emit(x, KEY(I(member_id), s[SALE_ID], s[SALE_AT], I(given_for(x, s)), l[SALE_LINE_LINE],
                        l[SALE_LINE_PRODUCT_ID], I(paid_milli > 0 ? paid_milli : 0), l[SALE_LINE_TOTAL_MINOR],
                        l[SALE_LINE_TAX_MINOR], r == NULL ? I(0) : r[REFUNDED_TOTAL_MINOR]));
    }
}

static bool is_named(const int64_t *members, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (members[i] == id)
            return true;
    return false;
}

static void gather_sales(struct sim_exec *x, int64_t member_id, struct sim_boughts *sales)
{
    struct sim_boughts all = { 0 };

    sim_gather_bought(x, &all, member_id);
    for (size_t i = 0; i < all.count; i++) {
        const struct sim_bought *b = &all.list[i];

        if (b->sale[SALE_SHOP_ID].i == sim_int(x, 2) && b->at >= sim_int(x, 3) && b->at < sim_int(x, 4))
            sim_add_bought(x, sales, *b);
    }
}

static int by_id(const void *one, const void *other)
{
    int64_t a = ((const struct sim_bought *)one)->sale[SALE_ID].i,
            b = ((const struct sim_bought *)other)->sale[SALE_ID].i;

    return (a > b) - (a < b);
}

/* Of those who are named, and of who was merged into one of them, under who they are now. */
static void programme_try_lines(struct sim_exec *x)
{
    size_t count, now_count = 0, distinct;
    const int64_t *members = sim_sorted_param(x, 1, &count);
    int64_t *now = sim_memory(x, 2 * count, sizeof(*now)), emitted = 0;

    for (size_t i = 0; i < count; i++) {
        now[now_count++] = members[i];
        now[now_count++] = sim_survivor_of(x, members[i]);
    }
    const int64_t *ids = sim_sorted(x, now, now_count, &distinct);
    for (size_t i = 0; i < distinct; i++) {
        struct sim_boughts sales = { 0 };
        size_t person_count;
        const int64_t *person = sim_one_person(x, ids[i], &person_count);

        for (size_t j = 0; j < person_count; j++)
            if (sim_survivor_of(x, person[j]) == ids[i] &&
                (is_named(members, count, person[j]) || (j > 0 && is_named(members, count, ids[i]))))
                gather_sales(x, person[j], &sales);
        if (sales.count > 1)
            qsort(sales.list, sales.count, sizeof(*sales.list), by_id);
        for (size_t j = 0; j < sales.count; j++)
            emit_sale(x, ids[i], sales.list[j].sale, sim_int(x, 5), &emitted);
    }
}

const struct sim_statement sim_programme_statements[] = {
    { &sql_programme_try_members, programme_try_members, "id tier" },
    { &sql_programme_try_lines, programme_try_lines,
      "member_id sale_id at@ points_then line product_id paid_milli total_minor tax_minor back_minor" },
    { NULL, NULL, NULL },
};
