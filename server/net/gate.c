/* Chances and slots. */
#include "server/net/gate.h"

#include <netinet/in.h>
#include <string.h>

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

uint64_t source_number(const struct sockaddr *source)
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

bool complaint_is_due(struct per_source *complaints, const struct sockaddr *source, int64_t now_us, unsigned *unsaid)
{
    if (per_source_add(complaints, source_number(source), now_us, unsaid) > 1)
        return false;
    *unsaid -= *unsaid > 0; /* the first was said */
    return true;
}
