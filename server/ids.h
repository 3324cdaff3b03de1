/* Ids of objects: 12 bits of node, 41 from blocks that are reserved in the database ahead of need. Blocks are disjoint
 * whoever reserves them: two processes of one node harm nothing. */
#ifndef CAROLINE_SERVER_IDS_H
#define CAROLINE_SERVER_IDS_H

#include "server/call/driver.h"

struct ids;
/* ready: the first block is there; never from inside. */
struct ids *ids_create(struct store *store, struct timers *timers, unsigned node, void (*ready)(void *user),
                       void *user);
struct id_source *ids_source(struct ids *ids);
/* Nothing is asked from here on: before the store closes. */
void ids_stop(struct ids *ids);
void ids_destroy(struct ids *ids);

#endif
