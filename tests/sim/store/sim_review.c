/* review.sql: reviews, what became of them, and whose they are. */
#include "tests/sim/store/sim_sales.h"

#define PAGE 21

static struct sim_hit find_review(struct sim_exec *x, int64_t id)
{
    return sim_find(x, SIM_REVIEW, REVIEW_BY_ID, KEY(I(id)));
}

/* ---- written ---- */

/* Nothing of a line that was voided, or is of a deposit or a charge. */
static bool is_rated(const union sim_cell *line, int64_t product_id)
{
    return line[SALE_LINE_PRODUCT_ID].i == product_id && (line[SALE_LINE_FLAGS].i & 98) == 0;
}

static void review_bought(struct sim_exec *x)
{
    int64_t product_id = sim_int(x, 3), left = 0;
    struct sim_hit sale = sim_find(x, SIM_SALE, SALE_BY_ID, KEY(I(sim_int(x, 1))));
    size_t lines = 0;

    if (sale.row == NULL || sale.c[SALE_KIND].i != 1)
        return;
    int64_t buyer = sim_member_of_sale(x, sale.c).i;
    if (buyer == SIM_NULL || sim_survivor_of(x, buyer) != sim_int(x, 2))
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale.c[SALE_ID]));
         sim_next(&scan);) {
        if (!is_rated(scan.hit.c, product_id))
            continue;
        const union sim_cell *back =
            sim_find(x, SIM_REFUNDED, REFUNDED_BY_SALE_ID_LINE, KEY(sale.c[SALE_ID], scan.hit.c[SALE_LINE_LINE])).c;
        left += scan.hit.c[SALE_LINE_QUANTITY_MILLI].i - (back == NULL ? 0 : back[REFUNDED_QUANTITY_MILLI].i);
        lines++;
    }
    bool reviewed =
        sim_find(x, SIM_REVIEW, REVIEW_BY_SALE_ID_PRODUCT_ID, KEY(sale.c[SALE_ID], I(product_id))).row != NULL;
    if (lines > 0)
        sim_emit(x, KEY(sale.c[SALE_SHOP_ID], I(left), I(reviewed)));
}

static void review_write(struct sim_exec *x)
{
    sim_insert(x, SIM_REVIEW, 0,
               PUTS(FROM(REVIEW_ID, 1), FROM(REVIEW_PRODUCT_ID, 2), FROM(REVIEW_MEMBER_ID, 3), FROM(REVIEW_SALE_ID, 4),
                    FROM(REVIEW_SHOP_ID, 5), FROM(REVIEW_RATING, 6), VALUE(REVIEW_STATE, 1), VALUE(REVIEW_REASON, 0),
                    FROM(REVIEW_TEXT_SEALED, 7), FROM(REVIEW_CREATED_AT, 8), FROM(REVIEW_CHANGED_AT, 8),
                    FROM(REVIEW_CHANGED_BY, 9)));
}

static void review_event_write(struct sim_exec *x)
{
    const union sim_cell *newest =
        sim_newest(x, SIM_REVIEW_EVENT, REVIEW_EVENT_BY_REVIEW_ID_NUMBER, KEY(I(sim_int(x, 1))), INT64_MAX).c;

    sim_insert(x, SIM_REVIEW_EVENT, 0,
               PUTS(FROM(REVIEW_EVENT_REVIEW_ID, 1),
                    VALUE(REVIEW_EVENT_NUMBER, newest == NULL ? 1 : newest[REVIEW_EVENT_NUMBER].i + 1),
                    FROM(REVIEW_EVENT_STATE, 2), FROM(REVIEW_EVENT_REASON, 3), FROM(REVIEW_EVENT_SHOP_ID, 4),
                    FROM(REVIEW_EVENT_DEVICE_ID, 5), FROM(REVIEW_EVENT_STAFF_ID, 6), FROM(REVIEW_EVENT_AT, 7)));
}

/* ---- read ---- */

static bool is_before(int64_t at, int64_t id, int64_t other_at, int64_t other_id)
{
    return at < other_at || (at == other_at && id < other_id);
}

static void review_list(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_REVIEW, REVIEW_BY_PRODUCT_ID, KEY(I(sim_int(x, 1)))); sim_next(&scan);)
        if (scan.hit.c[REVIEW_STATE].i == 2 &&
            is_before(scan.hit.c[REVIEW_CREATED_AT].i, scan.hit.c[REVIEW_ID].i, sim_int(x, 2), sim_int(x, 3)))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_REVIEW, SIM_DOWN(REVIEW_CREATED_AT), SIM_DOWN(REVIEW_ID), -1);
    for (size_t i = 0; i < hits.count && i < PAGE; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_REVIEW,
                         COLUMNS(REVIEW_ID, REVIEW_RATING, REVIEW_TEXT, REVIEW_CREATED_AT));
}

#define REVIEW_ANSWER                                                                                                  \
    "id product_id member_id rating state reason text_sealed$ text$ created_at@ changed_at@ changed_by"
static void emit_review(struct sim_exec *x, const union sim_cell *c)
{
    sim_emit_columns(x, c, SIM_REVIEW,
                     COLUMNS(REVIEW_ID, REVIEW_PRODUCT_ID, REVIEW_MEMBER_ID, REVIEW_RATING, REVIEW_STATE, REVIEW_REASON,
                             REVIEW_TEXT_SEALED, REVIEW_TEXT, REVIEW_CREATED_AT, REVIEW_CHANGED_AT, REVIEW_CHANGED_BY));
}

static void review_queue(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_REVIEW); sim_next(&scan);)
        if (scan.hit.c[REVIEW_STATE].i == sim_int(x, 1) &&
            is_before(sim_int(x, 2), sim_int(x, 3), scan.hit.c[REVIEW_CREATED_AT].i, scan.hit.c[REVIEW_ID].i))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_REVIEW, REVIEW_CREATED_AT, REVIEW_ID, -1);
    for (size_t i = 0; i < hits.count && i < PAGE; i++)
        emit_review(x, hits.hits[i].c);
}

static void review_waiting(struct sim_exec *x)
{
    int64_t count = 0;

    for (struct sim_scan scan = sim_all(x, SIM_REVIEW); sim_next(&scan);)
        count += scan.hit.c[REVIEW_STATE].i == 1;
    sim_emit(x, KEY(I(count < 1000 ? count : 1000)));
}

/* ---- moderated ---- */

static void review_lock(struct sim_exec *x)
{
    struct sim_hit hit = find_review(x, sim_int(x, 1));

    if (hit.row != NULL && sim_lock(x, &hit))
        emit_review(x, hit.c);
}

static void review_rating(struct sim_exec *x)
{
    struct sim_hit hit = find_review(x, sim_int(x, 1));

    if (hit.row == NULL)
        return;
    const union sim_cell *v = sim_newest(x, SIM_RATING_VERSION, RATING_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                         KEY(hit.c[REVIEW_PRODUCT_ID]), INT64_MAX)
                                  .c;
    if (v != NULL)
        sim_emit(x, KEY(v[RATING_VERSION_RATING_SUM], v[RATING_VERSION_RATING_COUNT]));
}

static void review_moderate(struct sim_exec *x)
{
    struct sim_hit hit = find_review(x, sim_int(x, 1));

    if (hit.row != NULL)
        sim_update(x, &hit, 0,
                   PUTS(FROM(REVIEW_STATE, 2), FROM(REVIEW_REASON, 3), FROM(REVIEW_TEXT_SEALED, 4),
                        FROM(REVIEW_TEXT, 5), FROM(REVIEW_CHANGED_AT, 6), FROM(REVIEW_CHANGED_BY, 7)));
}

static void review_rating_version(struct sim_exec *x)
{
    sim_insert(x, SIM_RATING_VERSION, 0,
               PUTS(FROM(RATING_VERSION_PRODUCT_ID, 1), VALUE(RATING_VERSION_FROM_VERSION, sim_greatest_version(x)),
                    FROM(RATING_VERSION_RATING_SUM, 2), FROM(RATING_VERSION_RATING_COUNT, 3)));
}

/* ---- whose they are ---- */

/* In the order of ids. */
static struct sim_hits reviews_of(struct sim_exec *x, int64_t member_id)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_REVIEW, REVIEW_BY_MEMBER_ID, KEY(I(member_id))); sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_REVIEW, REVIEW_ID, -1, -1);
    return hits;
}

static bool lock_theirs(struct sim_exec *x, struct sim_hit *review, int64_t member_id)
{
    return sim_lock(x, review) && review->c[REVIEW_MEMBER_ID].i == member_id;
}

static void member_merge_reviews(struct sim_exec *x)
{
    struct sim_hits hits = reviews_of(x, sim_int(x, 1));

    for (size_t i = 0; i < hits.count; i++)
        if (lock_theirs(x, &hits.hits[i], sim_int(x, 1)))
            sim_emit(x, KEY(hits.hits[i].c[REVIEW_ID], hits.hits[i].c[REVIEW_TEXT_SEALED]));
}

static void member_merge_reviews_write(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit hit = find_review(x, sim_int_at(x, 2, i));
        if (hit.row != NULL)
            sim_update(x, &hit, i, PUTS(FROM(REVIEW_MEMBER_ID, 1), FROM(REVIEW_TEXT_SEALED, 3)));
    }
}

static void erase_review(struct sim_exec *x, struct sim_hit *review)
{
    struct sim_put waiting[] = { VALUE(REVIEW_STATE, 3), VALUE(REVIEW_REASON, 7), FROM(REVIEW_CHANGED_AT, 5),
                                 FROM(REVIEW_CHANGED_BY, 4) };
    struct sim_put puts[8] = { VALUE(REVIEW_MEMBER_ID, SIM_NULL), VALUE(REVIEW_SALE_ID, SIM_NULL),
                               BLOB(REVIEW_TEXT_SEALED, NULL), BLOB(REVIEW_TEXT, NULL) };
    size_t count = 4;

    if (review->c[REVIEW_STATE].i == 1)
        for (size_t i = 0; i < 4; i++)
            puts[count++] = waiting[i];
    sim_update(x, review, 0, puts, count);
}

static void member_erase_reviews(struct sim_exec *x)
{
    struct sim_hits hits = reviews_of(x, sim_int(x, 1)), mine = { 0 };

    for (size_t i = 0; i < hits.count; i++)
        if (lock_theirs(x, &hits.hits[i], sim_int(x, 1)))
            sim_gather(x, &mine, hits.hits[i]);
    for (size_t i = 0; i < mine.count; i++) {
        union sim_cell id = mine.hits[i].c[REVIEW_ID];
        bool waiting = mine.hits[i].c[REVIEW_STATE].i == 1;

        erase_review(x, &mine.hits[i]);
        if (waiting)
            sim_insert(x, SIM_REVIEW_EVENT, 0,
                       PUTS(VALUE(REVIEW_EVENT_REVIEW_ID, id.i), VALUE(REVIEW_EVENT_NUMBER, 2),
                            VALUE(REVIEW_EVENT_STATE, 3), VALUE(REVIEW_EVENT_REASON, 7), FROM(REVIEW_EVENT_SHOP_ID, 2),
                            FROM(REVIEW_EVENT_DEVICE_ID, 3), FROM(REVIEW_EVENT_STAFF_ID, 4), FROM(REVIEW_EVENT_AT, 5)));
    }
}

static void member_export_reviews(struct sim_exec *x)
{
    struct sim_hits hits = reviews_of(x, sim_int(x, 1));
    size_t told = 0;

    for (size_t i = 0; i < hits.count && told < 20; i++) {
        if (hits.hits[i].c[REVIEW_ID].i <= sim_int(x, 2))
            continue;
        sim_emit_columns(x, hits.hits[i].c, SIM_REVIEW,
                         COLUMNS(REVIEW_ID, REVIEW_PRODUCT_ID, REVIEW_SALE_ID, REVIEW_SHOP_ID, REVIEW_RATING,
                                 REVIEW_STATE, REVIEW_REASON, REVIEW_TEXT_SEALED, REVIEW_TEXT, REVIEW_CREATED_AT,
                                 REVIEW_CHANGED_AT, REVIEW_CHANGED_BY));
        told++;
    }
}

const struct sim_statement sim_review_statements[] = {
    { &sql_review_bought, review_bought, "shop_id left_milli reviewed?" },
    { &sql_review_write, review_write, NULL },
    { &sql_review_event_write, review_event_write, NULL },
    { &sql_review_list, review_list, "id rating text$ created_at@" },
    { &sql_review_queue, review_queue, REVIEW_ANSWER },
    { &sql_review_waiting, review_waiting, "waiting" },
    { &sql_review_lock, review_lock, REVIEW_ANSWER },
    { &sql_review_rating, review_rating, "rating_sum rating_count" },
    { &sql_review_moderate, review_moderate, NULL },
    { &sql_review_rating_version, review_rating_version, NULL },
    { &sql_member_merge_reviews, member_merge_reviews, "id text_sealed$" },
    { &sql_member_merge_reviews_write, member_merge_reviews_write, NULL },
    { &sql_member_erase_reviews, member_erase_reviews, NULL },
    { &sql_member_export_reviews, member_export_reviews,
      "id product_id sale_id shop_id rating state reason text_sealed$ text$ created_at@ changed_at@ changed_by" },
    { NULL, NULL, NULL },
};
