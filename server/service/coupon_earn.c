/* What a sale has earned: a coupon of each campaign that its goods come to, for whoever holds the receipt. Made once, and told as often
 * as it is asked. */
#include <string.h>

#include "common/wire/walker.h"
#include "db/queries.h"
#include "server/service/coupon_message.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"

#define EARNED_MAX 5 /* as the statement has it */

struct coupon_earning {
    struct rows *sale, *campaigns, *earned, *products;
    Caroline__V1__CouponEarned reply; /* without the codes */
};

static enum step find(struct call *c)
{
    const Caroline__V1__CouponEarn *request = (const Caroline__V1__CouponEarn *)c->message;
    struct coupon_earning *e = c->shared;
    struct receipt_number number;

    if (!c->catalogue)
        return STEP_FAILED;
    if (c->repeated)
        return STEP_NEXT;
    enum step step = receipt_number_of(c, field_bytes(request->receipt_number), &number);
    if (step != STEP_NEXT)
        return step;
    e->sale = ask(c, &sql_coupon_earn_sale,
                  PARAMS(PARAM_INT(c->shop_id), PARAM_INT(number.till), PARAM_TEXT_VIEW(bytes_of(&number.series, 1)),
                         PARAM_INT(number.number)));
    return STEP_NEXT;
}

static bool earns(const struct coupon_earning *e)
{
    return row_int(e->sale, 0, "kind") == SALE_SOLD && !row_bool(e->sale, 0, "came_back") &&
           !row_bool(e->sale, 0, "house_paid");
}

static int64_t goods_of(const struct coupon_earning *e)
{
    return coupon_receipt_goods(row_int(e->sale, 0, "total_minor"), row_int(e->sale, 0, "deposit_minor"));
}

static enum step find_campaigns(struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct coupon_earning *e = c->shared;

    if (c->repeated)
        return STEP_NEXT;
    if (rows_count(e->sale) == 0)
        return refuse(c, REFUSAL(UNKNOWN_SALE), "no such receipt");
    if (!earns(e))
        return STEP_NEXT;
    e->campaigns = ask(c, &sql_coupon_earn_campaigns,
                       PARAMS(PARAM_INT(goods_of(e)), PARAM_INSTANT(row_instant(e->sale, 0, "at")),
                              PARAM_DAY(shop_today(shop, c->now)), PARAM_INT(row_int(e->sale, 0, "id"))));
    e->earned = ask(c, &sql_coupon_earned, PARAMS(PARAM_INT(row_int(e->sale, 0, "id"))));
    return STEP_NEXT;
}

static enum step find_products(struct call *c)
{
    struct coupon_earning *e = c->shared;

    if (e->campaigns == NULL)
        return STEP_NEXT;
    size_t count = rows_count(e->campaigns);
    int64_t *ids = arena_array(c->txn.arena, count, sizeof *ids);

    for (size_t i = 0; i < count; i++)
        ids[i] = row_int(e->campaigns, i, "id");
    e->products = ask(c, &sql_coupon_campaign_products, PARAMS(PARAM_INTS(ids, count)));
    return STEP_NEXT;
}

/* ---- codes ---- */

static void put_codes(struct call *c, const Caroline__V1__CouponEarned *kept, Caroline__V1__CouponEarned *reply)
{
    reply->coupons = arena_array(c->txn.arena, kept->n_coupons, sizeof *reply->coupons);
    for (size_t i = 0; i < kept->n_coupons; i++) {
        Caroline__V1__EarnedCoupon *earned = reply->coupons[i] = arena_alloc(c->txn.arena, sizeof *earned);
        char code[COUPON_CODE_TEXT];

        *earned = *kept->coupons[i];
        earned->coupon = arena_alloc(c->txn.arena, sizeof *earned->coupon);
        *earned->coupon = *kept->coupons[i]->coupon;
        coupon_code_of(c->vault, (int64_t)earned->coupon->id, code);
        PUT(*earned->coupon, code, field_text(arena_text(c->txn.arena, code)));
        explicit_bzero(code, sizeof code);
    }
}

static enum step reply_with(struct call *c, const Caroline__V1__CouponEarned *kept)
{
    Caroline__V1__CouponEarned reply = *kept;

    put_codes(c, kept, &reply);
    return answer(c, &reply.base);
}

static enum step again(struct call *c)
{
    const Caroline__V1__CouponEarned *before =
        (const void *)message_decode(&caroline__v1__coupon_earned__descriptor, c->kept, c->arena);

    for (size_t i = 0; before != NULL && i < before->n_coupons; i++)
        if (before->coupons[i]->coupon == NULL)
            return STEP_FAILED;
    return before == NULL ? STEP_FAILED : reply_with(c, before);
}

/* ---- what is written ---- */

static struct coupon_state make(struct call *c, const struct coupon_earning *e, const struct coupon_campaign *campaign)
{
    struct coupon_state coupon = {
        .id = next_id(c), .campaign_id = campaign->terms.id, .number = campaign->coupon_count + 1, .uses_max = 1
    };
    char code[COUPON_CODE_TEXT];

    coupon_code_of(c->vault, coupon.id, code);
    ask(c, &sql_coupon_earn_insert,
        PARAMS(PARAM_INT(coupon.id), PARAM_INT(coupon.campaign_id), PARAM_INT(coupon.number),
               PARAM_BYTES(coupon_blind(c->vault, code, c->txn.arena)), PARAM_INSTANT(c->now),
               PARAM_INT(row_int(e->sale, 0, "id")), PARAM_INT(goods_of(e))));
    explicit_bzero(code, sizeof code);
    ask(c, &sql_coupon_issue_count,
        PARAMS(PARAM_INT(coupon.campaign_id), PARAM_INT(coupon.number), PARAM_INSTANT(c->now)));
    journal_change(c, campaign->terms.id, "coupons",
                   arena_format(c->txn.arena, "%lld", (long long)campaign->coupon_count),
                   arena_format(c->txn.arena, "%lld", (long long)coupon.number));
    return coupon;
}

static const struct coupon_state *earned_of(const struct coupon_state *earned, size_t count, int64_t campaign_id)
{
    for (size_t i = 0; i < count; i++)
        if (earned[i].campaign_id == campaign_id)
            return &earned[i];
    return NULL;
}

static Caroline__V1__EarnedCoupon *message_of(const struct coupon_state *coupon, const struct coupon_campaign *campaign,
                                              struct arena *arena)
{
    Caroline__V1__EarnedCoupon *message = arena_alloc(arena, sizeof *message);

    caroline__v1__earned_coupon__init(message);
    message->coupon = arena_alloc(arena, sizeof *message->coupon);
    caroline__v1__issued_coupon__init(message->coupon);
    PUT(*message->coupon, id, (uint64_t)coupon->id);
    PUT(*message->coupon, number, (uint32_t)coupon->number);
    message->campaign = coupon_campaign_message(campaign, arena);
    return message;
}

static enum step earn(struct call *c)
{
    struct coupon_earning *e = c->shared;
    size_t campaign_count = 0, earned_count = 0;

    if (c->repeated)
        return again(c);
    caroline__v1__coupon_earned__init(&e->reply);
    const struct coupon_campaign *campaigns =
        coupon_campaigns_of(e->campaigns, e->products, c->txn.arena, &campaign_count);
    const struct coupon_state *earned = coupon_states_of(e->earned, c->txn.arena, &earned_count);
    e->reply.coupons = arena_array(c->txn.arena, EARNED_MAX, sizeof *e->reply.coupons);
    for (size_t i = 0; i < campaign_count && i < EARNED_MAX; i++) {
        const struct coupon_state *before = earned_of(earned, earned_count, campaigns[i].terms.id);

        if (before == NULL && campaigns[i].coupon_count >= INT32_MAX)
            continue;       /* there are no more numbers */
        if (before != NULL) /* whoever has the receipt's number could print it again */
            journal_note(c, before->id, "coupon_told_again");
        struct coupon_state coupon = before != NULL ? *before : make(c, e, &campaigns[i]);
        e->reply.coupons[e->reply.n_coupons++] = message_of(&coupon, &campaigns[i], c->txn.arena);
    }
    return reply_with(c, &e->reply);
}

static ProtobufCMessage *kept(struct call *c)
{
    return &((struct coupon_earning *)c->shared)->reply.base;
}

const struct op coupon_earn = {
    .name = "coupon_earn",
    .number = NUMBER(COUPON_EARN),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .per_minute = COUPONS_PER_MINUTE,
    .request = &caroline__v1__coupon_earn__descriptor,
    .reply = &caroline__v1__coupon_earned__descriptor,
    .shared_size = sizeof(struct coupon_earning),
    .stages = { find, find_campaigns, find_products, earn },
    .kept = kept,
};
