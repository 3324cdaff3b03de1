/* The table of all ops, and of all topics: what main hands to the driver. */
#ifndef CAROLINE_SERVER_SERVICE_OPS_H
#define CAROLINE_SERVER_SERVICE_OPS_H

#include <stdio.h>

#include "server/call/call.h"
#include "server/call/push.h"

extern const struct op *const all_ops[];             /* ended by NULL */
extern const struct topic_class *const all_topics[]; /* ended by NULL */

/* The rows of PROTOCOL.md, section 7. */
void ops_dump(FILE *out);

#endif
