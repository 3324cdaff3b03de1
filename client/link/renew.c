/* The device's certificate is renewed at two thirds of its life: a new key, and a command for its certificate.
 *
 * The old key is good until the new one is shown, so nothing is lost with the answer: the command is sent again while the
 * program runs, and a program that comes back asks with another key. The key waits in memory; the old pair stays in its
 * file until the new one takes its place at once. */
#include <stdlib.h>

#include "client/link/inside.h"
#include "common/wire/device_key.h"

void renew_forget(struct link *link)
{
    if (link->new_key.data == NULL)
        return;
    bytes_wipe(link->new_key);
    free((uint8_t *)link->new_key.data);
    link->new_key = (struct bytes){ NULL, 0 };
}

bool link_renewing(const struct link *link)
{
    return link->new_key.data != NULL;
}

static void on_renewed(void *owner, const struct link_answer *answer)
{
    struct link *link = owner;
    const Caroline__V1__Enrolled *enrolled = (const void *)answer->reply;
    const char *problem;

    /* Otherwise the old one is good for a third of its life, and the next connection asks again. */
    if (answer->outcome == LINK_OK) {
        arena_reset(link->scratch);
        (void)identity_renew(link->identity, bytes_of(enrolled->certificate.data, enrolled->certificate.len),
                             link->new_key, link->scratch, &problem);
    }
    renew_forget(link);
}

void renew_if_due(struct link *link)
{
    Caroline__V1__DeviceRenew renew = CAROLINE__V1__DEVICE_RENEW__INIT;
    struct bytes key, request;

    if (link->new_key.data != NULL || !link->hello->has_renew_after_us ||
        (int64_t)link->hello->renew_after_us > link_now(link).us)
        return; /* the first: of the connection before, and still to be answered */
    device_key_create(link->frame, &key, &request);
    link->new_key = owned_copy(key);
    bytes_wipe(key);
    renew.has_certificate_request = true;
    renew.certificate_request = (ProtobufCBinaryData){ .data = (uint8_t *)request.data, .len = request.size };
    command_unspooled(link, &(struct link_command){ .op = CAROLINE__V1__OP__OP_DEVICE_RENEW,
                                                    .message = &renew.base,
                                                    .answered = on_renewed,
                                                    .owner = link });
}
