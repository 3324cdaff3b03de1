/* The device's certificate is renewed at two thirds of its life: a command as any other, for the same key.
 *
 * The key stays because a certificate for a new one could be lost on its way back: the server would then know a key
 * whose certificate this device never got, and nobody could tell it so. */
#include "client/link/inside.h"

static void on_renewed(void *owner, const struct link_answer *answer)
{
    struct link *link = owner;
    const Caroline__V1__Enrolled *enrolled = (const void *)answer->reply;
    const char *problem;

    if (answer->outcome != LINK_OK)
        return; /* the old one is good for a third of its life; the next connection asks again */
    arena_reset(link->scratch);
    (void)identity_renew(link->identity, bytes_of(enrolled->certificate.data, enrolled->certificate.len), link->scratch,
                         &problem);
}

void renew_if_due(struct link *link)
{
    Caroline__V1__DeviceRenew renew = CAROLINE__V1__DEVICE_RENEW__INIT;
    const char *problem;
    struct command *command;

    TAILQ_FOREACH(command, &link->commands, in_commands)
    if (command->op->number == CAROLINE__V1__OP__OP_DEVICE_RENEW)
        return; /* of the connection before, and still to be answered */
    if (!link->hello->has_renew_after_us || (int64_t)link->hello->renew_after_us > link_now(link).us)
        return;
    struct bytes request = identity_renewal_request(link->identity, link->frame, &problem);
    if (request.data == NULL)
        return;
    renew.has_certificate_request = true;
    renew.certificate_request = (ProtobufCBinaryData){ .data = (uint8_t *)request.data, .len = request.size };
    command_unspooled(link, &(struct link_command){ .op = CAROLINE__V1__OP__OP_DEVICE_RENEW,
                                                    .message = &renew.base,
                                                    .answered = on_renewed,
                                                    .owner = link });
}
