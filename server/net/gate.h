/* Who waits at the door: random early drop of strangers, and a log that a flood cannot fill. */
#ifndef CAROLINE_SERVER_NET_GATE_H
#define CAROLINE_SERVER_NET_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/per_source.h"

struct sockaddr;

/* From `begin` on, newcomers are dropped with a chance of begin_percent, rising evenly to certainty at `full`. So a
 * flood keeps nobody out for long: an honest newcomer who tries again gets in sooner or later. */
struct gate {
    unsigned begin, begin_percent, full;
};
/* count: how many are inside. chance: evenly random. */
bool gate_drops(const struct gate *gate, size_t count, uint32_t chance);

/* An address as a number; of IPv6 its network of 64 bits. */
uint64_t source_number(const struct sockaddr *source);
/* May something be logged about this source at this instant? At most once a source and minute; *unsaid gets how often
 * the answer was no since it was last yes. */
bool complaint_is_due(struct per_source *complaints, const struct sockaddr *source, int64_t now_us, unsigned *unsaid);

#endif
