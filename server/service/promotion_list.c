/* Promotions by pages, from memory. */
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_message.h"
#include "server/service/message.h"

#define PAGE 40

static enum step list(struct call *c)
{
    const Caroline__V1__PromotionList *request = (const Caroline__V1__PromotionList *)c->message;
    Caroline__V1__PromotionListed reply = CAROLINE__V1__PROMOTION_LISTED__INIT;
    int64_t after_id = request->after_id > INT64_MAX ? INT64_MAX : (int64_t)request->after_id;
    const struct promotion *promotion;

    if (!c->catalogue) /* on its way into memory */
        return STEP_FAILED;
    PUT(reply, catalogue_version, catalogue_newest(c->catalogue));
    reply.promotions = arena_array(c->txn.arena, PAGE, sizeof *reply.promotions);
    while ((promotion = catalogue_next_promotion(c->catalogue, after_id, 0)) && reply.n_promotions < PAGE) {
        reply.promotions[reply.n_promotions++] = promotion_message_of(c->txn.arena, promotion);
        after_id = promotion->id;
    }
    PUT(reply, more, promotion != NULL);
    return answer(c, &reply.base);
}

const struct op promotion_list = {
    .name = "promotion_list",
    .number = NUMBER(PROMOTION_LIST),
    .kind = OP_READS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__promotion_list__descriptor,
    .reply = &caroline__v1__promotion_listed__descriptor,
    .stages = { list },
};
