/* A member at a kiosk: who they are here, their points and how these came and went, their coupons, what they agreed to. */
#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "server/service/consent_message.h"
#include "server/service/coupon_message.h"
#include "server/service/member_fields.h"
#include "server/service/member_in.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

#include <string.h>

struct showing {
    struct rows *member, *lots, *consents, *secret, *moves, *coupons, *campaigns, *products;
};

/* That it was asked is all. */
static enum step stay(struct call *c)
{
    Caroline__V1__SelfShown reply = CAROLINE__V1__SELF_SHOWN__INIT;

    return answer(c, &reply.base);
}

static enum step find(struct call *c)
{
    struct showing *s = c->shared;

    if (((const Caroline__V1__SelfShow *)c->message)->stay)
        return stay(c);
    const struct param id = PARAM_INT(c->member_id);
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));

    s->member = ask(c, &sql_member_show, &id, 1);
    s->lots = ask(c, &sql_member_show_lots, &id, 1);
    s->consents = ask(c, &sql_consent_newest, &id, 1);
    s->secret = ask(c, &sql_kiosk_own_secret, &id, 1);
    s->moves = ask(c, &sql_self_moves, &id, 1);
    s->coupons = ask(c, &sql_self_coupons, PARAMS(id, PARAM_DAY(shop_today(shop, c->now))));
    return STEP_NEXT;
}

static enum step find_campaigns(struct call *c)
{
    struct showing *s = c->shared;
    size_t count = rows_count(s->coupons);

    if (rows_count(s->member) == 0 || row_int(s->member, 0, "id") != c->member_id)
        return member_gone(c);
    if (count == 0)
        return STEP_NEXT;
    s->campaigns = ask(c, &sql_coupon_campaigns, PARAMS(PARAM_INTS(column_ints(s->coupons, "campaign_id"), count)));
    s->products =
        ask(c, &sql_coupon_campaign_products, PARAMS(PARAM_INTS(column_ints(s->coupons, "campaign_id"), count)));
    return STEP_NEXT;
}

static const struct coupon_campaign *campaign_of(const struct coupon_campaign *campaigns, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (campaigns[i].terms.id == id)
            return &campaigns[i];
    return NULL;
}

static void put_coupons(struct call *c, const struct showing *s, Caroline__V1__SelfShown *reply)
{
    size_t count, campaign_count;
    struct arena *arena = c->txn.arena;
    const struct coupon_state *coupons = coupon_states_of(s->coupons, arena, &count);
    const struct coupon_campaign *campaigns = coupon_campaigns_of(s->campaigns, s->products, arena, &campaign_count);

    reply->coupons = arena_array(arena, count + 1, sizeof *reply->coupons);
    for (size_t i = 0; i < count; i++) {
        const struct coupon_campaign *campaign = campaign_of(campaigns, campaign_count, coupons[i].campaign_id);
        Caroline__V1__SelfCoupon *coupon = arena_alloc(arena, sizeof *coupon);
        char *code = arena_alloc(arena, COUPON_CODE_TEXT);

        if (campaign == NULL)
            continue;
        caroline__v1__self_coupon__init(coupon);
        coupon->coupon = coupon_message(&coupons[i], arena);
        coupon->campaign = coupon_campaign_message(campaign, arena);
        coupon->campaign->n_product_ids = 0; /* which goods, the counter says: a page of coupons fits a frame */
        coupon_code_of(c->vault, coupons[i].id, code);
        PUT(*coupon, code, field_text(code));
        reply->coupons[reply->n_coupons++] = coupon;
    }
}

static enum step reply_with(struct call *c)
{
    const struct showing *s = c->shared;
    Caroline__V1__SelfShown reply = CAROLINE__V1__SELF_SHOWN__INIT;
    struct arena *arena = c->txn.arena;
    Caroline__V1__Member *member = member_message_of(c, s->member, 0);

    if (row_int(s->member, 0, "tier_minor") != 0)
        PUT(*member, tier_minor, row_int(s->member, 0, "tier_minor"));
    member->lots = arena_array(arena, rows_count(s->lots) + 1, sizeof *member->lots);
    for (; member->n_lots < rows_count(s->lots); member->n_lots++)
        member->lots[member->n_lots] = member_lot_of(c, s->lots, member->n_lots);
    member->consents = consents_standing(s->consents, arena, &member->n_consents);
    reply.member = member;
    PUT(reply, has_pin, rows_count(s->secret) > 0);
    reply.moves = arena_array(arena, rows_count(s->moves) + 1, sizeof *reply.moves);
    for (; reply.n_moves < rows_count(s->moves); reply.n_moves++)
        reply.moves[reply.n_moves] = member_move_of(c, s->moves, reply.n_moves);
    put_coupons(c, s, &reply);
    journal_note(c, c->member_id, "self_shown");
    return answer(c, &reply.base);
}

const struct op self_show = {
    .name = "self_show",
    .number = NUMBER(SELF_SHOW),
    .kind = OP_ACTS,
    .needs = NEEDS_MEMBER,
    .clients = CLIENT(KIOSK),
    .per_minute = 120,
    .request = &caroline__v1__self_show__descriptor,
    .reply = &caroline__v1__self_shown__descriptor,
    .shared_size = sizeof(struct showing),
    .stages = { find, find_campaigns, reply_with },
};
