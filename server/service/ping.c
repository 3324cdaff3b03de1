/* The clock, and a sign of life. */
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "server/call/call.h"

static enum step pong(struct call *c)
{
    Caroline__V1__Pong reply = CAROLINE__V1__PONG__INIT;

    reply.has_now_us = true;
    reply.now_us = (uint64_t)c->now.us;
    return answer(c, &reply.base);
}

const struct op ping = {
    .name = "ping",
    .number = CAROLINE__V1__OP__OP_PING,
    .kind = OP_READS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__ping__descriptor,
    .reply = &caroline__v1__pong__descriptor,
    .stages = { pong },
};
