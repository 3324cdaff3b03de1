/* The points programme in force, from memory. */
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_message.h"
#include "server/service/message.h"

static enum step list(struct call *c)
{
    Caroline__V1__ProgrammeListed reply = CAROLINE__V1__PROGRAMME_LISTED__INIT;

    if (!c->catalogue) /* on its way into memory */
        return STEP_FAILED;
    const struct programme *programme = catalogue_programme(c->catalogue, catalogue_newest(c->catalogue));
    PUT(reply, catalogue_version, catalogue_newest(c->catalogue));
    reply.programme = programme == NULL ? NULL : programme_message_of(c->txn.arena, programme);
    return answer(c, &reply.base);
}

const struct op programme_list = {
    .name = "programme_list",
    .number = NUMBER(PROGRAMME_LIST),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_PROGRAMME_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__programme_list__descriptor,
    .reply = &caroline__v1__programme_listed__descriptor,
    .stages = { list },
};
