/* Pushes: what a server says unasked. No connection has a queue: a topic has one ring of encoded deltas for everybody,
 * a follower has a cursor into it, and the next push is written only while the follower's socket is empty.
 *
 *                    delta: in the ring?  -> that entry, then the next ...
 *   topic_follow ->        not any more?  -> one made for it, from its version on
 *                    version 0, or unknown -> a snapshot, shared by all who need one
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

/* What a topic class adds its bodies to. */
struct push_parts;
/* Scratch memory of this making. */
struct arena *push_arena(struct push_parts *parts);
/* One push's body: the topic's message, at most PUSH_BODY_MAX bytes. Copied. */
#define PUSH_BODY_MAX 60000u
void push_add(struct push_parts *parts, struct bytes body);

/* A topic that follows the catalogue of the follower's shop. */
struct topic_class {
    unsigned number; /* CAROLINE__V1__TOPIC__... */
    /* The pushes that lead from version `from` to catalogue_newest(); from 0: from nothing (a snapshot). */
    void (*make)(const struct catalogue *catalogue, uint64_t from, struct push_parts *parts);
};

#endif
