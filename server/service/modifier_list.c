/* Modifiers by pages, from memory. */
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_message.h"
#include "server/service/message.h"

#define PAGE       40
#define PAGE_BYTES 60000u /* of an answer: one may have 20 options of long names */
#define FIELD_MOST 6      /* bytes in front of a message in a list */

static enum step list(struct call *c)
{
    const Caroline__V1__ModifierList *request = (const Caroline__V1__ModifierList *)c->message;
    Caroline__V1__ModifierListed reply = CAROLINE__V1__MODIFIER_LISTED__INIT;
    int64_t after_id = request->after_id > INT64_MAX ? INT64_MAX : (int64_t)request->after_id;
    const struct modifier *modifier;
    size_t used = 0;

    if (!c->catalogue) /* on its way into memory */
        return STEP_FAILED;
    PUT(reply, catalogue_version, catalogue_newest(c->catalogue));
    reply.modifiers = arena_array(c->txn.arena, PAGE, sizeof *reply.modifiers);
    while ((modifier = catalogue_next_modifier(c->catalogue, after_id, 0)) && reply.n_modifiers < PAGE) {
        Caroline__V1__Modifier *message = modifier_message_of(c->txn.arena, modifier);

        used += protobuf_c_message_get_packed_size(&message->base) + FIELD_MOST;
        if (used > PAGE_BYTES)
            break;
        reply.modifiers[reply.n_modifiers++] = message;
        after_id = modifier->id;
    }
    PUT(reply, more, modifier != NULL);
    return answer(c, &reply.base);
}

const struct op modifier_list = {
    .name = "modifier_list",
    .number = NUMBER(MODIFIER_LIST),
    .kind = OP_READS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__modifier_list__descriptor,
    .reply = &caroline__v1__modifier_listed__descriptor,
    .stages = { list },
};
