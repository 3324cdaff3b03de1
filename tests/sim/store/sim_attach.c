/* attach.sql: a receipt is given to a member afterwards. */
#include "tests/sim/store/sim_sales.h"

union sim_cell sim_member_of_sale(struct sim_exec *x, const union sim_cell *sale)
{
    if (sale[SALE_MEMBER_ID].i != SIM_NULL)
        return sale[SALE_MEMBER_ID];
    const union sim_cell *a = sim_find(x, SIM_SALE_ATTACH, SALE_ATTACH_BY_SALE_ID, KEY(sale[SALE_ID])).c;

    return a == NULL ? I(SIM_NULL) : a[SALE_ATTACH_MEMBER_ID];
}

void sim_add_bought(struct sim_exec *x, struct sim_boughts *boughts, struct sim_bought bought)
{
    if (boughts->count == boughts->capacity) {
        struct sim_bought *old = boughts->list;

        boughts->capacity = boughts->capacity == 0 ? 32 : boughts->capacity * 2;
        boughts->list = sim_memory(x, boughts->capacity, sizeof(*boughts->list));
        for (size_t i = 0; i < boughts->count; i++)
            boughts->list[i] = old[i];
    }
    boughts->list[boughts->count++] = bought;
}

void sim_gather_bought(struct sim_exec *x, struct sim_boughts *boughts, int64_t member_id)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE, SALE_BY_MEMBER_ID, KEY(I(member_id))); sim_next(&scan);)
        if (scan.hit.c[SALE_KIND].i == 1)
            sim_add_bought(
                x, boughts,
                (struct sim_bought){ scan.hit.c, member_id, scan.hit.c[SALE_AT].i, 0, scan.hit.c[SALE_AT].i });
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_ATTACH, SALE_ATTACH_BY_MEMBER_ID, KEY(I(member_id)));
         sim_next(&scan);) {
        const union sim_cell *a = scan.hit.c;
        const union sim_cell *s = sim_find(x, SIM_SALE, SALE_BY_ID, KEY(a[SALE_ATTACH_SALE_ID])).c;

        if (s != NULL && a[SALE_ATTACH_SALE_ID].i == a[SALE_ATTACH_ATTACHED_ID].i)
            sim_add_bought(x, boughts,
                           (struct sim_bought){ s, member_id, a[SALE_ATTACH_SOLD_AT].i,
                                                a[SALE_ATTACH_POINTS_EARNED].i + a[SALE_ATTACH_POINTS_GIFTED].i,
                                                a[SALE_ATTACH_AT].i });
    }
}

static int sign_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int up_by_sale(const void *one, const void *other)
{
    const struct sim_bought *a = one, *b = other;
    int sign = sign_of(a->sale[SALE_AT].i, b->sale[SALE_AT].i);

    if (sign == 0)
        sign = sign_of(a->sale[SALE_ID].i, b->sale[SALE_ID].i);
    return sign != 0 ? sign : sign_of(a->member_id, b->member_id);
}

static int down_by_sale(const void *one, const void *other)
{
    const struct sim_bought *a = one, *b = other;
    int sign = sign_of(b->sale[SALE_AT].i, a->sale[SALE_AT].i);

    if (sign == 0)
        sign = sign_of(b->sale[SALE_ID].i, a->sale[SALE_ID].i);
    if (sign == 0)
        sign = sign_of(a->attached, b->attached);
    return sign != 0 ? sign : sign_of(a->member_id, b->member_id);
}

static int down_by_at(const void *one, const void *other)
{
    const struct sim_bought *a = one, *b = other;
    int sign = sign_of(b->at, a->at);

    return sign != 0 ? sign : sign_of(b->sale[SALE_ID].i, a->sale[SALE_ID].i);
}

void sim_sort_bought(struct sim_boughts *boughts, bool by_at, bool down)
{
    if (boughts->count > 1)
        qsort(boughts->list, boughts->count, sizeof(*boughts->list),
              by_at  ? down_by_at
              : down ? down_by_sale
                     : up_by_sale);
}

/* ---- the sale, as it was ---- */

static const union sim_cell *asked_for(struct sim_exec *x)
{
    return sim_find_receipt(x, sim_int(x, 1), sim_int(x, 2), sim_letter(x, 3), sim_int(x, 4)).c;
}

static const union sim_cell *programme_of(struct sim_exec *x, const union sim_cell *sale)
{
    return sim_newest(x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY,
                      sale[SALE_CATALOGUE_VERSION].i)
        .c;
}

static void attach_sale(struct sim_exec *x)
{
    const union sim_cell *s = asked_for(x), *p = s == NULL ? NULL : programme_of(x, s);

    if (s != NULL)
        sim_emit(x, KEY(s[SALE_ID], s[SALE_AT], s[SALE_MADE_AT], p == NULL ? I(0) : p[PROGRAMME_VERSION_FROM_VERSION],
                        p == NULL ? I(0) : p[PROGRAMME_VERSION_LOT_DAYS],
                        p == NULL ? I(0) : p[PROGRAMME_VERSION_BIRTHDAY_POINTS],
                        p == NULL ? I(0) : p[PROGRAMME_VERSION_TIER_MONTHS]));
}

static void attach_terms(struct sim_exec *x)
{
    const union sim_cell *s = asked_for(x), *p = s == NULL ? NULL : programme_of(x, s);

    if (p != NULL)
        sim_emit_terms_of(x, p[PROGRAMME_VERSION_FROM_VERSION], false);
}

static void attach_lines(struct sim_exec *x)
{
    const union sim_cell *s = asked_for(x);
    struct sim_hits lines = { 0 };

    if (s == NULL)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(s[SALE_ID]));
         sim_next(&scan);)
        sim_gather(x, &lines, scan.hit);
    sim_sort(&lines, SIM_SALE_LINE, SALE_LINE_LINE, -1, -1);
    for (size_t i = 0; i < lines.count; i++) {
        const union sim_cell *l = lines.hits[i].c;
        struct sim_hit p = sim_find_name(x, l[SALE_LINE_PRODUCT_ID].i, s[SALE_CATALOGUE_VERSION].i);

        if (p.row != NULL)
            sim_emit(x, KEY(l[SALE_LINE_LINE], I(sim_or_zero(p.c[PRODUCT_VERSION_CATEGORY_ID]))));
    }
}

static void attach_backs(struct sim_exec *x)
{
    const union sim_cell *s = asked_for(x);
    struct sim_hits backs = { 0 };

    if (s == NULL)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_REFUND, SALE_REFUND_BY_SALE_ID_NUMBER, KEY(s[SALE_ID]));
         sim_next(&scan);)
        sim_gather(x, &backs, sim_find(x, SIM_SALE, SALE_BY_ID, KEY(scan.hit.c[SALE_REFUND_REFUND_ID])));
    for (size_t i = 0; i < backs.count; i++) {
        const union sim_cell *b = backs.hits[i].c;
        struct sim_hits lines = { 0 };

        for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(b[SALE_ID]));
             sim_next(&scan);)
            if (scan.hit.c[SALE_LINE_REFUND_LINE].i != SIM_NULL)
                sim_gather(x, &lines, scan.hit);
        sim_sort(&lines, SIM_SALE_LINE, SALE_LINE_LINE, -1, -1);
        for (size_t j = 0; j < lines.count; j++)
            sim_emit(x, KEY(b[SALE_ID], b[SALE_AT], lines.hits[j].c[SALE_LINE_REFUND_LINE],
                            I(-lines.hits[j].c[SALE_LINE_QUANTITY_MILLI].i)));
    }
}

/* ---- the member, as they stood ---- */

static int64_t without_deposits(struct sim_exec *x, const union sim_cell *sale)
{
    int64_t minor = sale[SALE_TOTAL_MINOR].i;

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(sale[SALE_ID]));
         sim_next(&scan);)
        minor -= scan.hit.c[SALE_DEPOSIT_AMOUNT_MINOR].i;
    return minor;
}

static int64_t spent_between(struct sim_exec *x, int64_t member_id, int64_t from, int64_t until)
{
    struct sim_boughts boughts = { 0 };
    int64_t minor = 0;

    if (sim_find_account(x, member_id).row != NULL)
        sim_gather_bought(x, &boughts, member_id);
    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(member_id)));
         sim_next(&scan);)
        sim_gather_bought(x, &boughts, scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID].i);
    for (size_t i = 0; i < boughts.count; i++) {
        const struct sim_bought *b = &boughts.list[i];

        if (b->at < from || b->at >= until)
            continue;
        minor += without_deposits(x, b->sale);
        for (struct sim_scan scan = sim_scan(x, SIM_SALE, SALE_BY_REFUND_OF, KEY(b->sale[SALE_ID])); sim_next(&scan);)
            if (scan.hit.c[SALE_AT].i < until)
                minor += without_deposits(x, scan.hit.c);
    }
    return minor > 0 ? minor : 0;
}

static void attach_member(struct sim_exec *x)
{
    const union sim_cell *m = sim_find(x, SIM_MEMBER, MEMBER_BY_ID, KEY(I(sim_int(x, 1)))).c;

    if (m == NULL)
        return;
    bool asks = sim_int(x, 4) == 1;
    sim_emit(x,
             KEY(m[MEMBER_CREATED_AT], I(asks ? spent_between(x, m[MEMBER_ID].i, sim_int(x, 2), sim_int(x, 3)) : 0)));
}

/* ---- what is written, and shown ---- */

static void attach_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SALE_ATTACH,
                   PUTS(FROM(SALE_ATTACH_SALE_ID, 2), FROM(SALE_ATTACH_ATTACHED_ID, 1), FROM(SALE_ATTACH_MEMBER_ID, 3),
                        FROM(SALE_ATTACH_SOLD_AT, 4), FROM(SALE_ATTACH_POINTS_EARNED, 5),
                        FROM(SALE_ATTACH_POINTS_GIFTED, 6), FROM(SALE_ATTACH_POINTS_AFTER, 7),
                        FROM(SALE_ATTACH_SHOP_ID, 8), FROM(SALE_ATTACH_DEVICE_ID, 9), FROM(SALE_ATTACH_STAFF_ID, 10),
                        FROM(SALE_ATTACH_AT, 11)));
}

static void attach_show(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_SALE_ATTACH, SALE_ATTACH_BY_SALE_ID, KEY(I(sim_int(x, 1))));

    if (hit.row != NULL)
        sim_emit_columns(x, hit.c, SIM_SALE_ATTACH,
                         COLUMNS(SALE_ATTACH_MEMBER_ID, SALE_ATTACH_AT, SALE_ATTACH_POINTS_EARNED,
                                 SALE_ATTACH_POINTS_GIFTED, SALE_ATTACH_POINTS_AFTER));
}

const struct sim_statement sim_attach_statements[] = {
    { &sql_attach_sale, attach_sale, "id at@ made_at@ version lot_days birthday_points tier_months" },
    { &sql_attach_terms, attach_terms, SIM_TERM_ANSWER },
    { &sql_attach_lines, attach_lines, "line category_id" },
    { &sql_attach_backs, attach_backs, "id at@ line quantity_milli" },
    { &sql_attach_member, attach_member, "created_at@ spent_minor" },
    { &sql_attach_insert, attach_insert, NULL },
    { &sql_attach_show, attach_show, "member_id at@ points_earned points_gifted points_after" },
    { NULL, NULL, NULL },
};
