/* The link for a program that does one thing after another: each call runs the loop until its answer is there. */
#ifndef CAROLINE_CLIENT_LINK_WAIT_H
#define CAROLINE_CLIENT_LINK_WAIT_H

#include <stdbool.h>

#include "client/link/link.h"

struct waiter;

/* NULL: *problem (in the arena). spooled: commands go through the identity's spool. */
struct waiter *wait_open(const struct identity *identity, Caroline__V1__ClientKind client, bool spooled,
                         struct arena *arena, const char **problem);
void wait_close(struct waiter *waiter);
struct link *wait_link(struct waiter *waiter);

/* Until ONLINE; false after timeout_ms, or at once when trying on is of no use (revoked, unknown device): *problem, in
 * the arena. */
bool wait_online(struct waiter *waiter, unsigned timeout_ms, struct arena *arena, const char **problem);
/* The answer lives in the arena. A command's wait ends after deadline_ms with LINK_FAILED; it stays in the spool then,
 * and the sentence says so; of a secret one, that it is not known whether it was done. */
const struct link_answer *wait_call(struct waiter *waiter, unsigned op, const ProtobufCMessage *message,
                                    unsigned deadline_ms, struct arena *arena);

#endif
