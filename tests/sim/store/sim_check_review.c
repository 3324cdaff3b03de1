/* Checks of reviews, and of the ratings they come to. */
#include "tests/sim/store/sim_check.h"
#include "tests/sim/store/sim_sales.h"

static void review_ratings(struct sim_checker *k)
{
    struct sim_sums found = { 0 };

    for
        EACH(k, scan, SIM_REVIEW)
    if (scan.hit.c[REVIEW_STATE].i == 2)
        sim_sums_add(&found, scan.hit.c[REVIEW_PRODUCT_ID].i, 0, scan.hit.c[REVIEW_RATING].i);
    for
        EACH(k, scan, SIM_PRODUCT)
        {
            union sim_cell id = scan.hit.c[PRODUCT_ID];
            const struct sim_sum *sum = sim_sums_find(&found, id.i, 0);
            const union sim_cell *kept =
                sim_newest(k->x, SIM_RATING_VERSION, RATING_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(id), INT64_MAX).c;
            if ((kept == NULL ? 0 : kept[RATING_VERSION_RATING_SUM].i) != (sum == NULL ? 0 : sum->sum) ||
                (kept == NULL ? 0 : kept[RATING_VERSION_RATING_COUNT].i) != (sum == NULL ? 0 : sum->count))
                sim_wrong(k, "product=%lld sum=%lld count=%lld", LONG(id), (long long)(sum == NULL ? 0 : sum->sum),
                          (long long)(sum == NULL ? 0 : sum->count));
        }
    sim_sums_fini(&found);
}

static const union sim_cell *event_of(struct sim_checker *k, union sim_cell review, int64_t number)
{
    return sim_find(k->x, SIM_REVIEW_EVENT, REVIEW_EVENT_BY_REVIEW_ID_NUMBER, KEY(review, I(number))).c;
}

static bool follows(const union sim_cell *before, const union sim_cell *e)
{
    if ((e[REVIEW_EVENT_NUMBER].i == 1) != (e[REVIEW_EVENT_STATE].i == 1))
        return false;
    if (before == NULL)
        return e[REVIEW_EVENT_NUMBER].i == 1;
    return e[REVIEW_EVENT_AT].i >= before[REVIEW_EVENT_AT].i && e[REVIEW_EVENT_STATE].i != before[REVIEW_EVENT_STATE].i;
}

static bool stands(struct sim_checker *k, const union sim_cell *r)
{
    const union sim_cell *first = event_of(k, r[REVIEW_ID], 1);
    const union sim_cell *newest =
        sim_newest(k->x, SIM_REVIEW_EVENT, REVIEW_EVENT_BY_REVIEW_ID_NUMBER, KEY(r[REVIEW_ID]), INT64_MAX).c;

    return first != NULL && first[REVIEW_EVENT_AT].i == r[REVIEW_CREATED_AT].i &&
           newest[REVIEW_EVENT_STATE].i == r[REVIEW_STATE].i && newest[REVIEW_EVENT_REASON].i == r[REVIEW_REASON].i &&
           newest[REVIEW_EVENT_AT].i == r[REVIEW_CHANGED_AT].i &&
           newest[REVIEW_EVENT_STAFF_ID].i == r[REVIEW_CHANGED_BY].i;
}

static void review_events(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_REVIEW)
    if (!stands(k, scan.hit.c))
        sim_wrong(k, "review=%lld state=%lld", LONG(scan.hit.c[REVIEW_ID]), LONG(scan.hit.c[REVIEW_STATE]));
    for
        EACH(k, scan, SIM_REVIEW_EVENT)
        {
            const union sim_cell *e = scan.hit.c;
            if (sim_find(k->x, SIM_REVIEW, REVIEW_BY_ID, KEY(e[REVIEW_EVENT_REVIEW_ID])).row == NULL ||
                !follows(event_of(k, e[REVIEW_EVENT_REVIEW_ID], e[REVIEW_EVENT_NUMBER].i - 1), e))
                sim_wrong(k, "review=%lld number=%lld", LONG(e[REVIEW_EVENT_REVIEW_ID]), LONG(e[REVIEW_EVENT_NUMBER]));
        }
}

static bool is_bought(struct sim_checker *k, const union sim_cell *r)
{
    const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(r[REVIEW_SALE_ID])).c;

    if (s == NULL || s[SALE_KIND].i != 1 || s[SALE_SHOP_ID].i != r[REVIEW_SHOP_ID].i)
        return false;
    int64_t buyer = sim_member_of_sale(k->x, s).i;
    if (buyer == SIM_NULL || sim_holder_of(k, buyer) != r[REVIEW_MEMBER_ID].i)
        return false;
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(s[SALE_ID]));
         sim_next(&scan);)
        if (scan.hit.c[SALE_LINE_PRODUCT_ID].i == r[REVIEW_PRODUCT_ID].i && (scan.hit.c[SALE_LINE_FLAGS].i & 98) == 0)
            return true;
    return false;
}

static void review_purchases(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_REVIEW)
    if (scan.hit.c[REVIEW_SALE_ID].i != SIM_NULL && !is_bought(k, scan.hit.c))
        sim_wrong(k, "review=%lld sale=%lld", LONG(scan.hit.c[REVIEW_ID]), LONG(scan.hit.c[REVIEW_SALE_ID]));
}

const struct sim_named_check sim_review_checks[] = { { "review_ratings", review_ratings },
                                                     { "review_events", review_events },
                                                     { "review_purchases", review_purchases },
                                                     { NULL, NULL } };
