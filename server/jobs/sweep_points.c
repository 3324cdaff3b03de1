/* Points by the calendar: what has expired by the shop's midnight is taken off, and tiers are looked at anew, once a day, all members a
 * few at a time. No sale waits for it but for a moment, where it is one of the members that something happens to. Then friends who have
 * paid. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "common/rules/programme.h"
#include "db/queries.h"
#include "server/jobs/inner.h"
#include "server/service/shop_day.h"

#define LOOK_MS INT64_C(10000) /* how late after midnight, at most, it begins */
#define BATCH   500            /* members a transaction */

/* Of the programme in force; lot_days 0: there is none. */
struct terms {
    uint32_t lot_days, tier_months;
    int64_t referrer_points, friend_points;
    struct programme_term tiers[TERM_NUMBER_MAX];
    size_t tier_count;
};

/*  DAY -> LOOK -> WRITE -> LOOK ... -> DAY, a transaction each */
struct review {
    enum { DAY, LOOK, WRITE } phase;
    struct rows *programme;
    struct terms terms;
    struct day today, reviewed;  /* in the shop where it is earliest */
    struct instant since, until; /* that tiers are by: the months up to the midnight with which today began */
    int64_t after_id;            /* the last member who was looked at */
    int64_t due[BATCH], changed[BATCH], locked[BATCH], tiers[BATCH], minor[BATCH];
    size_t due_count, changed_count, locked_count, expired_count;
    bool more;
};

static struct review *review_of(struct sweeper *s)
{
    if (!s->own) {
        s->own = calloc(1, sizeof(struct review));
        assert(s->own);
    }
    return s->own;
}

/* ---- which day, and by which programme ----------------------------------------------------------------------------- */

static struct terms terms_of(const struct rows *rows)
{
    struct terms terms = { 0 };

    if (rows_count(rows) == 0)
        return terms;
    terms.lot_days = (uint32_t)row_int(rows, 0, "lot_days");
    terms.tier_months = (uint32_t)row_int(rows, 0, "tier_months");
    terms.referrer_points = row_int(rows, 0, "referrer_points");
    terms.friend_points = row_int(rows, 0, "friend_points");
    for (size_t i = 0; i < rows_count(rows) && terms.tier_count < TERM_NUMBER_MAX; i++)
        if (row_int(rows, i, "number") != 0)
            terms.tiers[terms.tier_count++] = (struct programme_term){ .kind = TERM_TIER,
                                                                       .number = (uint8_t)row_int(rows, i, "number"),
                                                                       .value = row_int(rows, i, "value") };
    return terms;
}

/* Where it is earliest: members are the chain's, and a point is good until it has expired everywhere. NULL: no shop. */
static const struct zone *earliest(const struct rows *zones, struct instant now, struct day *today)
{
    const struct zone *found = NULL;

    for (size_t i = 0; i < rows_count(zones); i++) {
        struct shop shop = { .id = row_int(zones, i, "id"), .zone_name = row_text(zones, i, "zone") };
        const struct zone *zone = shop_zone(&shop);

        if (found == NULL || zone_day(zone, now).number < today->number) {
            found = zone;
            *today = zone_day(zone, now);
        }
    }
    return found;
}

static bool begin_day(struct sweeper *s, struct review *r)
{
    const struct zone *zone = earliest(s->rows, s->now, &r->today);

    if (zone == NULL || r->today.number == r->reviewed.number)
        return false;
    r->terms = terms_of(r->programme);
    if (r->terms.tier_count > 0)
        r->since = zone_day_start(zone, tier_first_day(r->today, r->terms.tier_months));
    r->until = zone_day_start(zone, r->today);
    r->after_id = 0;
    r->expired_count = 0;
    r->phase = LOOK;
    return true;
}

/* ---- a few members ------------------------------------------------------------------------------------------------- */

static void look_at(struct review *r, const struct rows *rows)
{
    const struct programme programme = { .terms = r->terms.tiers, .term_count = r->terms.tier_count };

    r->due_count = r->changed_count = r->locked_count = 0;
    for (size_t i = 0; i < rows_count(rows) && i < BATCH; i++) {
        int64_t id = row_int(rows, i, "id"), spent = row_int(rows, i, "spent_minor");
        unsigned tier = programme_tier(&programme, spent);
        bool due = row_bool(rows, i, "due");
        bool changed = tier != (unsigned)row_int(rows, i, "tier") || spent != row_int(rows, i, "tier_minor");

        if (due)
            r->due[r->due_count++] = id;
        if (changed) {
            r->changed[r->changed_count] = id;
            r->tiers[r->changed_count] = tier;
            r->minor[r->changed_count++] = spent;
        }
        if (due || changed)
            r->locked[r->locked_count++] = id;
        r->after_id = id;
    }
    r->more = rows_count(rows) == BATCH;
}

static void ask_writes(struct sweeper *s, struct review *r)
{
    struct id_source *ids = s->jobs->config.ids;

    txn_ask(&s->txn, &sql_sweep_points_lock, PARAMS(PARAM_INTS(r->locked, r->locked_count)));
    if (r->due_count > 0)
        s->rows = txn_ask(&s->txn, &sql_sweep_points_expire,
                          PARAMS(PARAM_INTS(r->due, r->due_count), PARAM_DAY(r->today), PARAM_INT(ids->next(ids)),
                                 PARAM_INSTANT(s->now)));
    if (r->changed_count > 0)
        txn_ask(&s->txn, &sql_sweep_points_tiers,
                PARAMS(PARAM_INTS(r->changed, r->changed_count), PARAM_INTS(r->tiers, r->changed_count),
                       PARAM_INTS(r->minor, r->changed_count)));
}

static void ask_review(struct sweeper *s)
{
    struct review *r = review_of(s);

    switch (r->phase) {
    case DAY:
        s->rows = txn_ask(&s->txn, &sql_sweep_points_zones, NO_PARAMS);
        r->programme = txn_ask(&s->txn, &sql_sweep_points_programme, NO_PARAMS);
        break;
    case LOOK:
        s->rows = txn_ask(&s->txn, &sql_sweep_points_look,
                          PARAMS(PARAM_INT(r->after_id), PARAM_INT(BATCH), PARAM_DAY(r->today), PARAM_INSTANT(r->since),
                                 PARAM_BOOL(r->terms.tier_count > 0), PARAM_INSTANT(r->until)));
        break;
    case WRITE:
        ask_writes(s, r);
        break;
    }
}

/* All were looked at, or there are more. */
static bool go_on(struct review *r)
{
    if (r->more) {
        r->phase = LOOK;
        return true;
    }
    if (r->expired_count > 0)
        log_event(LOG_INFO, "points_expired", "lots=%zu", r->expired_count);
    r->reviewed = r->today;
    r->phase = DAY;
    return false;
}

static bool reviewed(struct sweeper *s)
{
    struct review *r = review_of(s);

    switch (r->phase) {
    case DAY:
        return begin_day(s, r);
    case LOOK:
        look_at(r, s->rows);
        if (r->locked_count == 0)
            return go_on(r);
        r->phase = WRITE;
        return true;
    case WRITE:
        r->expired_count += r->due_count > 0 ? (size_t)row_int(s->rows, 0, "gone") : 0;
        return go_on(r);
    }
    return false;
}

const struct sweep sweep_points = { .name = "points", .every_ms = LOOK_MS, .ask = ask_review, .done = reviewed };

/* ---- friends ------------------------------------------------------------------------------------------------------- */

/* A page of those who were not paid for yet and have bought something, by an index of these alone; then one transaction for each of it who has paid. */
struct friends {
    struct rows *zones, *programme;
    struct terms terms;
    struct day today;
    int64_t after_id, ids[BATCH], friend_ids[BATCH], referrer_ids[BATCH]; /* whose referral, and who the two are now */
    size_t count, next;
    bool paying, more;
};

static struct friends *friends_of(struct sweeper *s)
{
    if (!s->own) {
        s->own = calloc(1, sizeof(struct friends));
        assert(s->own);
    }
    return s->own;
}

static void ask_pay(struct sweeper *s, struct friends *f)
{
    struct id_source *ids = s->jobs->config.ids;
    const int64_t both[] = { f->friend_ids[f->next], f->referrer_ids[f->next] };
    struct day expiry = { .number = f->today.number + (int32_t)f->terms.lot_days };

    txn_ask(&s->txn, &sql_sweep_points_lock, PARAMS(PARAM_INTS(both, 2)));
    txn_ask(&s->txn, &sql_sweep_referrals_pay,
            PARAMS(PARAM_INT(f->ids[f->next]), PARAM_INT(f->terms.friend_points), PARAM_INT(f->terms.referrer_points),
                   PARAM_INT(ids->next(ids)), PARAM_INT(ids->next(ids)), PARAM_DAY(f->today), PARAM_DAY(expiry),
                   PARAM_INSTANT(s->now), PARAM_INT(both[0]), PARAM_INT(both[1])));
}

static void ask_friends(struct sweeper *s)
{
    struct friends *f = friends_of(s);

    if (f->paying) {
        ask_pay(s, f);
        return;
    }
    f->zones = txn_ask(&s->txn, &sql_sweep_points_zones, NO_PARAMS);
    f->programme = txn_ask(&s->txn, &sql_sweep_points_programme, NO_PARAMS);
    s->rows = txn_ask(&s->txn, &sql_sweep_referrals_look, PARAMS(PARAM_INT(f->after_id), PARAM_INT(BATCH)));
}

static void take_page(struct sweeper *s, struct friends *f)
{
    f->count = f->next = 0;
    f->terms = terms_of(f->programme);
    f->more = rows_count(s->rows) == BATCH;
    for (size_t i = 0; i < rows_count(s->rows) && i < BATCH; i++) {
        f->after_id = row_int(s->rows, i, "friend_id");
        if (!row_bool(s->rows, i, "paid"))
            continue;
        f->ids[f->count] = row_int(s->rows, i, "id");
        f->friend_ids[f->count] = f->after_id;
        f->referrer_ids[f->count++] = row_int(s->rows, i, "referrer_id");
    }
    if (earliest(f->zones, s->now, &f->today) == NULL || f->terms.lot_days == 0)
        f->count = 0;
}

static bool looked_or_paid(struct sweeper *s)
{
    struct friends *f = friends_of(s);

    if (f->paying)
        f->next++;
    else
        take_page(s, f);
    f->paying = f->next < f->count;
    if (f->paying || f->more)
        return true;
    f->after_id = 0;
    return false;
}

const struct sweep sweep_referrals = {
    .name = "referrals", .every_ms = LOOK_MS, .ask = ask_friends, .done = looked_or_paid
};
