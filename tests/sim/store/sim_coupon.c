/* coupon.sql, and what sales ask of coupons (counter_group.sql). */
#include "tests/sim/store/sim_sales.h"

static struct sim_hit find_campaign(struct sim_exec *x, union sim_cell id)
{
    return sim_find(x, SIM_CAMPAIGN, CAMPAIGN_BY_ID, KEY(id));
}

static struct sim_hit find_coupon(struct sim_exec *x, union sim_cell id)
{
    return sim_find(x, SIM_COUPON, COUPON_BY_ID, KEY(id));
}

static void emit_campaign(struct sim_exec *x, const union sim_cell *c)
{
    sim_emit(x, KEY(c[CAMPAIGN_ID], c[CAMPAIGN_NAME], c[CAMPAIGN_GIFT], c[CAMPAIGN_VALUE],
                    I(sim_or_zero(c[CAMPAIGN_CATEGORY_ID])), c[CAMPAIGN_LEAST_MINOR], c[CAMPAIGN_WEEKDAYS],
                    c[CAMPAIGN_FROM_MINUTE], c[CAMPAIGN_UNTIL_MINUTE], c[CAMPAIGN_FIRST_DAY], c[CAMPAIGN_LAST_DAY],
                    c[CAMPAIGN_MEMBERS_ONLY], c[CAMPAIGN_FIRST_PURCHASE], c[CAMPAIGN_WITH_PROMOTIONS],
                    c[CAMPAIGN_WITH_DISCOUNTS], c[CAMPAIGN_WITH_COUPONS], c[CAMPAIGN_PER_MEMBER], c[CAMPAIGN_USES_MAX],
                    c[CAMPAIGN_ACTIVE], c[CAMPAIGN_COUPON_COUNT], c[CAMPAIGN_USE_COUNT], c[CAMPAIGN_RECEIPT_MINOR]));
}

/* Nothing is left of the sale that earned it. */
static bool is_returned(struct sim_exec *x, const union sim_cell *c)
{
    const union sim_cell *sale =
        c[COUPON_SALE_ID].i == SIM_NULL ? NULL : sim_find(x, SIM_SALE, SALE_BY_ID, KEY(c[COUPON_SALE_ID])).c;

    return sale != NULL && sim_stayed_of(x, sale) <= 0;
}

static void emit_coupon(struct sim_exec *x, const union sim_cell *c)
{
    sim_emit(x, KEY(c[COUPON_ID], c[COUPON_CAMPAIGN_ID], c[COUPON_NUMBER],
                    I(sim_or_zero(I(sim_survivor_of(x, c[COUPON_MEMBER_ID].i)))), c[COUPON_USES_MAX],
                    c[COUPON_USE_COUNT], I(is_returned(x, c))));
}

/* ---- campaigns ---- */

static void coupon_campaign_insert(struct sim_exec *x)
{
    int64_t category = sim_int(x, 5);

    sim_insert(x, SIM_CAMPAIGN, 0,
               PUTS(FROM(CAMPAIGN_ID, 1), FROM(CAMPAIGN_NAME, 2), FROM(CAMPAIGN_GIFT, 3), FROM(CAMPAIGN_VALUE, 4),
                    VALUE(CAMPAIGN_CATEGORY_ID, category == 0 ? SIM_NULL : category), FROM(CAMPAIGN_LEAST_MINOR, 6),
                    FROM(CAMPAIGN_WEEKDAYS, 7), FROM(CAMPAIGN_FROM_MINUTE, 8), FROM(CAMPAIGN_UNTIL_MINUTE, 9),
                    FROM(CAMPAIGN_FIRST_DAY, 10), FROM(CAMPAIGN_LAST_DAY, 11), FROM(CAMPAIGN_MEMBERS_ONLY, 12),
                    FROM(CAMPAIGN_FIRST_PURCHASE, 13), FROM(CAMPAIGN_WITH_PROMOTIONS, 14),
                    FROM(CAMPAIGN_WITH_DISCOUNTS, 15), FROM(CAMPAIGN_WITH_COUPONS, 16), FROM(CAMPAIGN_PER_MEMBER, 17),
                    FROM(CAMPAIGN_USES_MAX, 18), FROM(CAMPAIGN_ACTIVE, 19), VALUE(CAMPAIGN_COUPON_COUNT, 0),
                    VALUE(CAMPAIGN_USE_COUNT, 0), FROM(CAMPAIGN_CREATED_AT, 20), FROM(CAMPAIGN_UPDATED_AT, 20),
                    FROM(CAMPAIGN_RECEIPT_MINOR, 21)));
}

static void coupon_campaign_product_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_CAMPAIGN_PRODUCT,
                   PUTS(FROM(CAMPAIGN_PRODUCT_CAMPAIGN_ID, 1), FROM(CAMPAIGN_PRODUCT_PRODUCT_ID, 2)));
}

static void coupon_campaign_stop(struct sim_exec *x)
{
    struct sim_hit hit = find_campaign(x, I(sim_int(x, 1)));

    if (hit.row != NULL)
        sim_update(x, &hit, 0, PUTS(FROM(CAMPAIGN_ACTIVE, 2), FROM(CAMPAIGN_UPDATED_AT, 3)));
}

static void coupon_campaign_by_name(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_CAMPAIGN, CAMPAIGN_BY_NAME, KEY(B(sim_blob(x, sim_bytes(x, 1)))));

    if (hit.row != NULL)
        sim_emit(x, KEY(hit.c[CAMPAIGN_ID]));
}

static void coupon_campaign_lock(struct sim_exec *x)
{
    struct sim_hit hit = find_campaign(x, I(sim_int(x, 1)));

    if (hit.row != NULL && sim_lock(x, &hit))
        emit_campaign(x, hit.c);
}

static void coupon_campaign_list_page(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_CAMPAIGN); sim_next(&scan);)
        if (scan.hit.c[CAMPAIGN_ID].i > sim_int(x, 1))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_CAMPAIGN, CAMPAIGN_ID, -1, -1);
    for (size_t i = 0; i < hits.count && i < 21; i++)
        emit_campaign(x, hits.hits[i].c);
}

static void coupon_campaign_products(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++)
        for (struct sim_scan scan = sim_range(x, SIM_CAMPAIGN_PRODUCT, CAMPAIGN_PRODUCT_BY_CAMPAIGN_ID_PRODUCT_ID,
                                              KEY(I(ids[i])), INT64_MIN, INT64_MAX, false);
             sim_next(&scan);)
            sim_emit_columns(x, scan.hit.c, SIM_CAMPAIGN_PRODUCT,
                             COLUMNS(CAMPAIGN_PRODUCT_CAMPAIGN_ID, CAMPAIGN_PRODUCT_PRODUCT_ID));
}

/* ---- issuing ---- */

static bool has_coupon(struct sim_exec *x, int64_t survivor, int64_t campaign_id)
{
    size_t count;
    const int64_t *ids = sim_one_person(x, survivor, &count);

    for (size_t i = 0; i < count; i++)
        for (struct sim_scan scan = sim_scan(x, SIM_COUPON, COUPON_BY_MEMBER_ID, KEY(I(ids[i]))); sim_next(&scan);)
            if (scan.hit.c[COUPON_CAMPAIGN_ID].i == campaign_id)
                return true;
    return false;
}

/* Since then; SIM_NULL: ever. */
static int64_t purchases(struct sim_exec *x, int64_t survivor, int64_t since)
{
    size_t people;
    const int64_t *ids = sim_one_person(x, survivor, &people);
    struct sim_boughts boughts = { 0 };
    int64_t count = 0;

    for (size_t i = 0; i < people; i++)
        sim_gather_bought(x, &boughts, ids[i]);
    for (size_t i = 0; i < boughts.count; i++)
        count += since == SIM_NULL || boughts.list[i].at >= since;
    return count;
}

/* Who got the last coupon of a campaign; 0: nobody of their own. */
static int64_t last_issued(struct sim_exec *x, int64_t campaign_id)
{
    struct sim_scan scan =
        sim_range(x, SIM_COUPON, COUPON_BY_CAMPAIGN_ID_NUMBER, KEY(I(campaign_id)), INT64_MIN, INT64_MAX, true);

    return sim_next(&scan) ? sim_or_zero(scan.hit.c[COUPON_MEMBER_ID]) : 0;
}

static void coupon_issue_members(struct sim_exec *x)
{
    int64_t joined = sim_int(x, 2), seen = sim_int(x, 3), visits = sim_int(x, 4);
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_MEMBER); sim_next(&scan);) {
        int64_t id = scan.hit.c[MEMBER_ID].i;

        if (sim_survivor_of(x, id) != id || sim_find_living(x, id).row == NULL)
            continue;
        if ((joined == SIM_NULL || scan.hit.c[MEMBER_CREATED_AT].i < joined) && !has_coupon(x, id, sim_int(x, 1)) &&
            (seen == SIM_NULL || purchases(x, id, seen) == 0) && (visits == 0 || visits <= purchases(x, id, SIM_NULL)))
            sim_gather(x, &hits, scan.hit);
    }
    sim_sort(&hits, SIM_MEMBER, MEMBER_ID, -1, -1);
    int64_t last = last_issued(x, sim_int(x, 1)), told = 0;
    for (int part = 1; part <= 2; part++)
        for (size_t i = 0; i < hits.count && told < sim_int(x, 5); i++)
            if ((hits.hits[i].c[MEMBER_ID].i > last) == (part == 1)) {
                sim_emit(x, KEY(hits.hits[i].c[MEMBER_ID]));
                told++;
            }
}

static void coupon_issue_taken(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 2, &count);

    for (size_t i = 0; i < count; i++)
        if (sim_find_account(x, ids[i]).row != NULL && has_coupon(x, ids[i], sim_int(x, 1)))
            sim_emit(x, KEY(I(ids[i])));
}

static void coupon_issue_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_COUPON,
                   PUTS(FROM(COUPON_CAMPAIGN_ID, 1), FROM(COUPON_ID, 2), FROM(COUPON_NUMBER, 3),
                        FROM(COUPON_CODE_BLIND, 4), FROM(COUPON_MEMBER_ID, 5), FROM(COUPON_USES_MAX, 6),
                        VALUE(COUPON_USE_COUNT, 0), FROM(COUPON_CREATED_AT, 7)));
}

static void coupon_issue_count(struct sim_exec *x)
{
    struct sim_hit hit = find_campaign(x, I(sim_int(x, 1)));

    if (hit.row != NULL)
        sim_update(x, &hit, 0, PUTS(FROM(CAMPAIGN_COUPON_COUNT, 2), FROM(CAMPAIGN_UPDATED_AT, 3)));
}

/* ---- showing ---- */

static void coupon_by_code(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_COUPON, COUPON_BY_CODE_BLIND, KEY(B(sim_blob(x, sim_bytes(x, 1)))));

    if (hit.row != NULL)
        emit_coupon(x, hit.c);
}

static void coupon_by_number(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_COUPON, COUPON_BY_CAMPAIGN_ID_NUMBER, KEY(I(sim_int(x, 1)), I(sim_int(x, 2))));

    if (hit.row != NULL)
        emit_coupon(x, hit.c);
}

static void coupon_uses(struct sim_exec *x)
{
    size_t count = 0;

    for (struct sim_scan scan = sim_range(x, SIM_COUPON_USE, COUPON_USE_BY_COUPON_ID_NUMBER, KEY(I(sim_int(x, 1))),
                                          INT64_MIN, INT64_MAX, true);
         count < 10 && sim_next(&scan);) {
        const union sim_cell *u = scan.hit.c;
        const union sim_cell *s = sim_find(x, SIM_SALE, SALE_BY_ID, KEY(u[COUPON_USE_SALE_ID])).c;
        const union sim_cell *d = s == NULL ? NULL : sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(s[SALE_DEVICE_ID])).c;

        if (s == NULL)
            continue;
        count++;
        sim_emit(x, KEY(u[COUPON_USE_NUMBER], u[COUPON_USE_AT], u[COUPON_USE_AMOUNT_MINOR], s[SALE_SERIES],
                        s[SALE_NUMBER], s[SALE_SHOP_ID], d == NULL ? I(SIM_NULL) : d[DEVICE_TILL_NUMBER]));
    }
}

/* ---- earning ---- */

static void coupon_earn_sale(struct sim_exec *x)
{
    struct sim_hit s = sim_find_receipt(x, sim_int(x, 1), sim_int(x, 2), sim_letter(x, 3), sim_int(x, 4));

    if (s.row == NULL)
        return;
    bool back = sim_find(x, SIM_SALE, SALE_BY_REFUND_OF, KEY(s.c[SALE_ID])).row != NULL, house = false;
    for (struct sim_scan scan =
             sim_range(x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(s.c[SALE_ID]), INT64_MIN, INT64_MAX, false);
         sim_next(&scan);)
        house = house || scan.hit.c[TENDER_KIND].i == 4;
    sim_emit(x, KEY(s.c[SALE_ID], s.c[SALE_KIND], s.c[SALE_TOTAL_MINOR], s.c[SALE_AT],
                    I(s.c[SALE_TOTAL_MINOR].i - sim_goods_of(x, s.c)), I(back), I(house)));
}

static bool has_earned(struct sim_exec *x, int64_t sale_id, union sim_cell campaign)
{
    for (struct sim_scan scan = sim_scan(x, SIM_COUPON, COUPON_BY_SALE_ID, KEY(I(sale_id))); sim_next(&scan);)
        if (scan.hit.c[COUPON_CAMPAIGN_ID].i == campaign.i)
            return true;
    return false;
}

static bool is_earned(struct sim_exec *x, const union sim_cell *c)
{
    return c[CAMPAIGN_RECEIPT_MINOR].i > 0 && c[CAMPAIGN_ACTIVE].i != 0 &&
           (c[CAMPAIGN_RECEIPT_MINOR].i <= sim_int(x, 1) || has_earned(x, sim_int(x, 4), c[CAMPAIGN_ID])) &&
           c[CAMPAIGN_CREATED_AT].i <= sim_int(x, 2) &&
           (c[CAMPAIGN_LAST_DAY].i == SIM_NULL || c[CAMPAIGN_LAST_DAY].i >= sim_int(x, 3));
}

static void coupon_earn_campaigns(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_CAMPAIGN); sim_next(&scan);)
        if (is_earned(x, scan.hit.c))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_CAMPAIGN, CAMPAIGN_ID, -1, -1);
    for (size_t i = 0; i < hits.count && i < 5; i++)
        if (sim_lock(x, &hits.hits[i]) && is_earned(x, hits.hits[i].c))
            emit_campaign(x, hits.hits[i].c);
}

static void coupon_earned(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_COUPON, COUPON_BY_SALE_ID, KEY(I(sim_int(x, 1)))); sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_COUPON, COUPON_CAMPAIGN_ID, -1, -1);
    for (size_t i = 0; i < hits.count; i++)
        emit_coupon(x, hits.hits[i].c);
}

static void coupon_earn_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_COUPON, 0,
               PUTS(FROM(COUPON_ID, 1), FROM(COUPON_CAMPAIGN_ID, 2), FROM(COUPON_NUMBER, 3), FROM(COUPON_CODE_BLIND, 4),
                    VALUE(COUPON_MEMBER_ID, SIM_NULL), VALUE(COUPON_USES_MAX, 1), VALUE(COUPON_USE_COUNT, 0),
                    FROM(COUPON_CREATED_AT, 5), FROM(COUPON_SALE_ID, 6), FROM(COUPON_GOODS_MINOR, 7)));
}

/* ---- of sales ---- */

static void show_all(struct sim_exec *x, enum sim_table_id table, bool locks)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = table == SIM_COUPON ? find_coupon(x, I(ids[i])) : find_campaign(x, I(ids[i]));

        if (hit.row == NULL || (locks && !sim_lock(x, &hit)))
            continue;
        if (table == SIM_COUPON)
            emit_coupon(x, hit.c);
        else
            emit_campaign(x, hit.c);
    }
}

static void coupon_campaigns(struct sim_exec *x)
{
    show_all(x, SIM_CAMPAIGN, false);
}

static void coupon_coupons(struct sim_exec *x)
{
    show_all(x, SIM_COUPON, false);
}

static void counter_campaigns(struct sim_exec *x)
{
    show_all(x, SIM_CAMPAIGN, true);
}

static void counter_coupons(struct sim_exec *x)
{
    show_all(x, SIM_COUPON, true);
}

static void coupon_members(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        int64_t campaign = sim_int_at(x, 1, i), member = i < sim_count(x, 2) ? sim_int_at(x, 2, i) : SIM_NULL, uses = 0;
        int64_t survivor = sim_survivor_of(x, member);
        struct sim_hit terms = find_campaign(x, I(campaign));
        size_t count;
        const int64_t *ids = sim_one_person(x, survivor, &count);

        if (terms.row == NULL || (terms.c[CAMPAIGN_PER_MEMBER].i == 0 && !terms.c[CAMPAIGN_FIRST_PURCHASE].i))
            continue;
        for (size_t k = 0; k < count; k++)
            for (struct sim_scan scan = sim_scan(x, SIM_COUPON_USE, COUPON_USE_BY_MEMBER_ID, KEY(I(ids[k])));
                 sim_next(&scan);)
                uses += scan.hit.c[COUPON_USE_CAMPAIGN_ID].i == campaign;
        sim_emit(x, KEY(I(campaign), I(member), I(uses), I(purchases(x, survivor, SIM_NULL) > 0)));
    }
}

static void counter_coupon_update(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = find_coupon(x, I(sim_int_at(x, 1, i)));
        if (hit.row != NULL)
            sim_update(x, &hit, i, PUTS(FROM(COUPON_USE_COUNT, 2)));
    }
}

static void counter_campaign_update(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = find_campaign(x, I(sim_int_at(x, 1, i)));
        if (hit.row != NULL)
            sim_update(x, &hit, i, PUTS(FROM(CAMPAIGN_USE_COUNT, 2)));
    }
}

static void counter_coupon_use_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_COUPON_USE,
                   PUTS(FROM(COUPON_USE_COUPON_ID, 2), FROM(COUPON_USE_NUMBER, 3), FROM(COUPON_USE_CAMPAIGN_ID, 4),
                        FROM(COUPON_USE_SALE_ID, 5), FROM(COUPON_USE_MEMBER_ID, 6), FROM(COUPON_USE_AMOUNT_MINOR, 7),
                        FROM(COUPON_USE_AT, 1)));
}

#define CAMPAIGN_ANSWER                                                                                                \
    "id name$ gift value category_id least_minor weekdays from_minute until_minute first_day# last_day# "              \
    "members_only? "                                                                                                   \
    "first_purchase? with_promotions? with_discounts? with_coupons? per_member uses_max active? coupon_count "         \
    "use_count receipt_minor"
#define COUPON_ANSWER "id campaign_id number member_id uses_max use_count returned?"

const struct sim_statement sim_coupon_statements[] = {
    { &sql_coupon_campaign_insert, coupon_campaign_insert, NULL },
    { &sql_coupon_campaign_product_insert, coupon_campaign_product_insert, NULL },
    { &sql_coupon_campaign_stop, coupon_campaign_stop, NULL },
    { &sql_coupon_campaign_by_name, coupon_campaign_by_name, "id" },
    { &sql_coupon_campaign_lock, coupon_campaign_lock, CAMPAIGN_ANSWER },
    { &sql_coupon_campaign_list_page, coupon_campaign_list_page, CAMPAIGN_ANSWER },
    { &sql_coupon_campaign_products, coupon_campaign_products, "campaign_id product_id" },
    { &sql_coupon_issue_members, coupon_issue_members, "id" },
    { &sql_coupon_issue_taken, coupon_issue_taken, "id" },
    { &sql_coupon_issue_insert, coupon_issue_insert, NULL },
    { &sql_coupon_issue_count, coupon_issue_count, NULL },
    { &sql_coupon_by_code, coupon_by_code, COUPON_ANSWER },
    { &sql_coupon_by_number, coupon_by_number, COUPON_ANSWER },
    { &sql_coupon_campaigns, coupon_campaigns, CAMPAIGN_ANSWER },
    { &sql_coupon_coupons, coupon_coupons, COUPON_ANSWER },
    { &sql_coupon_uses, coupon_uses, "number at@ amount_minor series receipt shop_id till_number" },
    { &sql_coupon_members, coupon_members, "campaign_id member_id use_count bought?" },
    { &sql_coupon_earn_sale, coupon_earn_sale, "id kind total_minor at@ deposit_minor came_back? house_paid?" },
    { &sql_coupon_earn_campaigns, coupon_earn_campaigns, CAMPAIGN_ANSWER },
    { &sql_coupon_earned, coupon_earned, COUPON_ANSWER },
    { &sql_coupon_earn_insert, coupon_earn_insert, NULL },
    { &sql_counter_coupons, counter_coupons, COUPON_ANSWER },
    { &sql_counter_campaigns, counter_campaigns, CAMPAIGN_ANSWER },
    { &sql_counter_coupon_update, counter_coupon_update, NULL },
    { &sql_counter_campaign_update, counter_campaign_update, NULL },
    { &sql_counter_coupon_use_insert, counter_coupon_use_insert, NULL },
    { NULL, NULL, NULL },
};
