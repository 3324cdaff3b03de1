/* Follow the catalogue of this shop: every change is pushed from here on (catalogue_topic.c). */
#include "proto/catalogue.pb-c.h"
#include "server/service/message.h"

static enum step follow(struct call *c)
{
    const Caroline__V1__CatalogueFollow *request = (const Caroline__V1__CatalogueFollow *)c->message;
    Caroline__V1__CatalogueFollowed reply = CAROLINE__V1__CATALOGUE_FOLLOWED__INIT;

    if (!c->catalogue) /* on its way into memory */
        return STEP_FAILED;
    PUT(reply, version, catalogue_newest(c->catalogue));
    PUT(reply, snapshot, topic_follow(c, CAROLINE__V1__TOPIC__TOPIC_CATALOGUE, request->version));
    PUT(reply, product_count, catalogue_product_count(c->catalogue));
    return answer(c, &reply.base);
}

const struct op catalogue_follow = {
    .name = "catalogue_follow",
    .number = NUMBER(CATALOGUE_FOLLOW),
    .kind = OP_READS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .per_minute = 120, /* a snapshot is dear */
    .request = &caroline__v1__catalogue_follow__descriptor,
    .reply = &caroline__v1__catalogue_followed__descriptor,
    .stages = { follow },
};
