/* Issue coupons of a campaign: so many for whoever brings them, or one each to members of a segment. Their codes are answered once, and
 * again for the same command; they stand nowhere. Whom a segment has is looked for before the campaign is locked: that takes long where
 * there are many members, and sales with a coupon of it would wait. */
#include <string.h>

#include "common/wire/walker.h"
#include "db/queries.h"
#include "server/service/coupon_message.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

#define ISSUED_MAX 500

struct issuing {
    struct rows *campaign;
    struct rows *members;             /* of the segment, and one more if there is; NULL: for whoever brings them */
    struct rows *taken;               /* who of them has one by now */
    Caroline__V1__CouponIssued reply; /* without the codes */
};

static const Caroline__V1__CouponIssue *request_of(const struct call *c)
{
    return (const Caroline__V1__CouponIssue *)c->message;
}

/* Null: whenever. */
static enum step joined_before(struct call *c, struct param *param)
{
    const Caroline__V1__CouponSegment *segment = request_of(c)->segment;
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    ProtobufCBinaryData text = segment->joined_before;
    struct day day;

    *param = PARAM_NULL();
    if (text.len == 0)
        return STEP_NEXT;
    if (!day_parse(arena_format(c->txn.arena, "%.*s", (int)text.len, (const char *)text.data), &day))
        return refuse_field(c, REFUSAL(BAD_COUPON_ISSUE), "segment.joined_before", "a day is written 2026-12-24");
    *param = PARAM_INSTANT(zone_day_start(shop_zone(shop), day));
    return STEP_NEXT;
}

static enum step look_for_members(struct call *c)
{
    const Caroline__V1__CouponSegment *segment = request_of(c)->segment;
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct issuing *i = c->shared;
    struct param joined, seen = PARAM_NULL();
    enum step step = joined_before(c, &joined);

    if (step != STEP_NEXT)
        return step;
    if (segment->not_seen_days > 36500 || segment->visits_at_least > INT32_MAX)
        return refuse_field(c, REFUSAL(BAD_COUPON_ISSUE), "segment", "so long ago, or so often, nobody was here");
    if (segment->not_seen_days > 0) {
        struct day since = { shop_today(shop, c->now).number - (int32_t)segment->not_seen_days };

        seen = PARAM_INSTANT(zone_day_start(shop_zone(shop), since));
    }
    i->members = ask(c, &sql_coupon_issue_members,
                     PARAMS(PARAM_INT((int64_t)request_of(c)->campaign_id), joined, seen,
                            PARAM_INT(segment->visits_at_least), PARAM_INT((int64_t)request_of(c)->count + 1)));
    return STEP_NEXT;
}

static enum step look(struct call *c)
{
    const Caroline__V1__CouponIssue *request = request_of(c);

    if (!c->catalogue)
        return STEP_FAILED;
    if (request->count < 1 || request->count > ISSUED_MAX)
        return refuse_field(c, REFUSAL(BAD_COUPON_ISSUE), "count", "1 to %d coupons at once", ISSUED_MAX);
    if (request->uses_max > INT32_MAX)
        return refuse_field(c, REFUSAL(BAD_COUPON_ISSUE), "uses_max", "at most 2,147,483,647 uses");
    if (request->campaign_id > INT64_MAX)
        return refuse_field(c, REFUSAL(UNKNOWN_CAMPAIGN), "campaign_id", "no campaign of that id");
    return c->repeated || request->segment == NULL ? STEP_NEXT : look_for_members(c);
}

/* The members that get one: those that were found, but for the one more. */
static size_t member_count(struct call *c)
{
    const struct issuing *i = c->shared;

    return rows_count(i->members) > request_of(c)->count ? request_of(c)->count : rows_count(i->members);
}

static enum step lock(struct call *c)
{
    struct issuing *i = c->shared;

    if (c->repeated)
        return STEP_NEXT;
    i->campaign = ask(c, &sql_coupon_campaign_lock, PARAMS(PARAM_INT((int64_t)request_of(c)->campaign_id)));
    if (i->members != NULL && rows_count(i->members) > 0)
        i->taken = ask(c, &sql_coupon_issue_taken,
                       PARAMS(PARAM_INT((int64_t)request_of(c)->campaign_id),
                              PARAM_INTS(column_ints(i->members, "id"), member_count(c))));
    return STEP_NEXT;
}

/* ---- codes ---- */

static void put_codes(struct call *c, Caroline__V1__CouponIssued *reply)
{
    for (size_t i = 0; i < reply->n_coupons; i++) {
        char code[COUPON_CODE_TEXT];

        coupon_code_of(c->vault, (int64_t)reply->coupons[i]->id, code);
        PUT(*reply->coupons[i], code, field_text(arena_text(c->txn.arena, code)));
        explicit_bzero(code, sizeof code);
    }
}

static enum step again(struct call *c)
{
    Caroline__V1__CouponIssued *reply =
        (Caroline__V1__CouponIssued *)message_decode(&caroline__v1__coupon_issued__descriptor, c->kept, c->arena);

    if (reply == NULL)
        return STEP_FAILED;
    put_codes(c, reply);
    return answer(c, &reply->base);
}

/* ---- what is written ---- */

static void write(struct call *c, const struct issuing *i, size_t count)
{
    struct arena *arena = c->txn.arena;
    int64_t campaign_id = row_int(i->campaign, 0, "id"), before = row_int(i->campaign, 0, "coupon_count");
    int64_t *ids = arena_array(arena, count, sizeof *ids), *numbers = arena_array(arena, count, sizeof *numbers);
    int64_t *members = arena_array(arena, count, sizeof *members);
    struct bytes *blinds = arena_array(arena, count, sizeof *blinds);

    for (size_t at = 0; at < count; at++) {
        char code[COUPON_CODE_TEXT];

        ids[at] = next_id(c);
        numbers[at] = before + 1 + (int64_t)at;
        members[at] = i->members == NULL ? PARAM_NULL_INT : row_int(i->members, at, "id");
        coupon_code_of(c->vault, ids[at], code);
        blinds[at] = coupon_blind(c->vault, code, arena);
        explicit_bzero(code, sizeof code);
        Caroline__V1__IssuedCoupon *issued = i->reply.coupons[at];
        PUT(*issued, id, (uint64_t)ids[at]);
        PUT(*issued, number, (uint32_t)numbers[at]);
        if (i->members != NULL)
            PUT(*issued, member_id, (uint64_t)members[at]);
    }
    ask(c, &sql_coupon_issue_insert,
        PARAMS(PARAM_INT(campaign_id), PARAM_INTS(ids, count), PARAM_INTS(numbers, count), PARAM_BYTESES(blinds, count),
               PARAM_INTS(members, count),
               PARAM_INT(request_of(c)->has_uses_max ? (int64_t)request_of(c)->uses_max : 1), PARAM_INSTANT(c->now)));
    ask(c, &sql_coupon_issue_count,
        PARAMS(PARAM_INT(campaign_id), PARAM_INT(before + (int64_t)count), PARAM_INSTANT(c->now)));
    journal_change(c, campaign_id, "coupons", arena_format(arena, "%lld", (long long)before),
                   arena_format(arena, "%lld", (long long)before + (long long)count));
}

static enum step issue(struct call *c)
{
    struct issuing *i = c->shared;

    if (c->repeated)
        return again(c);
    if (rows_count(i->campaign) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_CAMPAIGN), "campaign_id", "no campaign of that id");
    if (i->taken != NULL && rows_count(i->taken) > 0)
        return STEP_AGAIN; /* somebody else issued to them meanwhile: others are looked for */
    size_t count = i->members == NULL ? request_of(c)->count : member_count(c);
    if (count == 0)
        return refuse_field(c, REFUSAL(BAD_COUPON_ISSUE), "segment",
                            "there is nobody in it who has no coupon of this campaign yet");
    if (row_int(i->campaign, 0, "coupon_count") + (int64_t)count > INT32_MAX)
        return refuse_field(c, REFUSAL(BAD_COUPON_ISSUE), "count", "there are no more numbers in this campaign");
    caroline__v1__coupon_issued__init(&i->reply);
    PUT(i->reply, campaign_id, request_of(c)->campaign_id);
    if (i->members != NULL)
        PUT(i->reply, more, rows_count(i->members) > count);
    i->reply.n_coupons = count;
    i->reply.coupons = arena_array(c->txn.arena, count, sizeof *i->reply.coupons);
    for (size_t at = 0; at < count; at++) {
        i->reply.coupons[at] = arena_alloc(c->txn.arena, sizeof *i->reply.coupons[at]);
        caroline__v1__issued_coupon__init(i->reply.coupons[at]);
    }
    write(c, i, count);
    Caroline__V1__CouponIssued reply = i->reply;
    reply.coupons = arena_array(c->txn.arena, count, sizeof *reply.coupons);
    for (size_t at = 0; at < count; at++) {
        reply.coupons[at] = arena_alloc(c->txn.arena, sizeof *reply.coupons[at]);
        *reply.coupons[at] = *i->reply.coupons[at];
    }
    put_codes(c, &reply);
    return answer(c, &reply.base);
}

static ProtobufCMessage *kept(struct call *c)
{
    return &((struct issuing *)c->shared)->reply.base;
}

const struct op coupon_issue = {
    .name = "coupon_issue",
    .number = NUMBER(COUPON_ISSUE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_COUPON_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__coupon_issue__descriptor,
    .reply = &caroline__v1__coupon_issued__descriptor,
    .shared_size = sizeof(struct issuing),
    .stages = { look, lock, issue },
    .kept = kept,
};
