/* Pushes: what a server says unasked. No connection has a queue: a topic has one ring of encoded deltas for everybody,
 * a follower has a cursor into it, and the next push is written only while the follower's socket is empty.
 *
 *                    delta: in the ring?  -> that entry, then the next ...
 *   topic_follow ->        not any more?  -> one made for it, from its version on
 *                    version 0, or unknown -> a snapshot, shared by all who need one
 *
 * All of a catalogue is made and sent in steps, a few pushes a turn of the loop, so that a till that has been away delays
 * nobody's sale.
 *
 * Who is so slow that the ring has passed its cursor gets RESYNC and is forgotten: it follows again with the version it
 * has. Session state is pushed as the latest value only. */
#ifndef CAROLINE_SERVER_CALL_PUSH_H
#define CAROLINE_SERVER_CALL_PUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/rules/catalogue.h"

/* What a topic class adds its bodies to; the same from the first step of a making to the last. */
struct push_parts;
/* Scratch memory of this making. */
struct arena *push_arena(struct push_parts *parts);
/* One push's body: the topic's message, at most PUSH_BODY_MAX bytes. Copied. */
#define PUSH_BODY_MAX 60000u
void push_add(struct push_parts *parts, struct bytes body);

/* A topic that follows the catalogue of the follower's shop. */
struct topic_class {
    unsigned number;    /* CAROLINE__V1__TOPIC__... */
    size_t memory_size; /* of what it remembers from step to step; zeroed before the first */
    /* A step, of a millisecond at most, in making the pushes that lead from version `from` to `to`, which was the newest
     * when it began; from 0: from nothing (a snapshot). true: all are made. The loop turns between two steps: the
     * catalogue may have become newer, and pointers into it have ended. */
    bool (*make)(const struct catalogue *catalogue, uint64_t from, uint64_t to, void *memory, struct push_parts *parts);
};

#endif
