/* All campaigns, in the order of ids, page by page. */
#include "db/queries.h"
#include "server/service/coupon_message.h"
#include "server/service/message.h"

#define SHOWN 20 /* the statement asks for one more */

struct listing {
    struct rows *rows, *products;
};

static enum step find(struct call *c)
{
    const Caroline__V1__CouponCampaignList *request = (const Caroline__V1__CouponCampaignList *)c->message;
    struct listing *l = c->shared;

    l->rows = ask(c, &sql_coupon_campaign_list_page,
                  PARAMS(PARAM_INT(request->after_id > INT64_MAX ? INT64_MAX : (int64_t)request->after_id)));
    return STEP_NEXT;
}

static enum step find_products(struct call *c)
{
    struct listing *l = c->shared;
    size_t count = rows_count(l->rows);
    int64_t *ids = arena_array(c->txn.arena, count, sizeof *ids);

    for (size_t i = 0; i < count; i++)
        ids[i] = row_int(l->rows, i, "id");
    l->products = ask(c, &sql_coupon_campaign_products, PARAMS(PARAM_INTS(ids, count)));
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    const struct listing *l = c->shared;
    Caroline__V1__CouponCampaignListed reply = CAROLINE__V1__COUPON_CAMPAIGN_LISTED__INIT;
    size_t count;
    const struct coupon_campaign *campaigns = coupon_campaigns_of(l->rows, l->products, c->txn.arena, &count);

    reply.n_campaigns = count > SHOWN ? SHOWN : count;
    reply.campaigns = arena_array(c->txn.arena, reply.n_campaigns, sizeof *reply.campaigns);
    for (size_t i = 0; i < reply.n_campaigns; i++)
        reply.campaigns[i] = coupon_campaign_message(&campaigns[i], c->txn.arena);
    PUT(reply, more, count > SHOWN);
    return answer(c, &reply.base);
}

const struct op coupon_campaign_list = {
    .name = "coupon_campaign_list",
    .number = NUMBER(COUPON_CAMPAIGN_LIST),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_COUPON_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__coupon_campaign_list__descriptor,
    .reply = &caroline__v1__coupon_campaign_listed__descriptor,
    .shared_size = sizeof(struct listing),
    .stages = { find, find_products, reply_with },
};
