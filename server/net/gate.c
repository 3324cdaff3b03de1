/* Chances and slots. */
#include "server/net/gate.h"

#include <netinet/in.h>
#include <string.h>

#define COMPLAINT_US INT64_C(60000000)

bool gate_drops(const struct gate *gate, size_t count, uint32_t chance)
{
    if (count < gate->begin)
        return false;
    if (count >= gate->full)
        return true;
    uint64_t above = count - gate->begin, range = gate->full - gate->begin;
    uint64_t percent = gate->begin_percent + (100 - gate->begin_percent) * above / range;
    return chance % 100 < percent;
}

static uint64_t number_of(const struct sockaddr *source)
{
    uint64_t number = 0;

    if (source->sa_family == AF_INET6) {
        const struct in6_addr *address = &((const struct sockaddr_in6 *)(const void *)source)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(address))
            memcpy(&number, address->s6_addr + 12, 4);
        else
            memcpy(&number, address->s6_addr, 8);
    } else if (source->sa_family == AF_INET) {
        memcpy(&number, &((const struct sockaddr_in *)(const void *)source)->sin_addr, 4);
    }
    return number;
}

static size_t slot_of(const struct complaints *complaints, uint64_t source)
{
    /* Multiply and fold under a secret key: which sources meet cannot be told from outside. */
    unsigned __int128 product = (unsigned __int128)(source ^ complaints->seed[0]) * (complaints->seed[1] | UINT64_C(1));

    return (size_t)((uint64_t)(product >> 64) ^ (uint64_t)product) % COMPLAINT_SLOTS;
}

bool complaint_is_due(struct complaints *complaints, const struct sockaddr *source, int64_t now_us, unsigned *unsaid)
{
    uint64_t number = number_of(source);
    struct complaint *slot = &complaints->slots[slot_of(complaints, number)];

    *unsaid = 0;
    if (slot->source == number && slot->until_us > now_us) {
        slot->unsaid++;
        return false;
    }
    if (slot->source == number)
        *unsaid = slot->unsaid;
    *slot = (struct complaint){ .source = number, .until_us = now_us + COMPLAINT_US };
    return true;
}
