/* The store of the scripted world. */
#ifndef CAROLINE_TESTS_SERVICE_WORLD_STORE_H
#define CAROLINE_TESTS_SERVICE_WORLD_STORE_H

#include "world.h"

extern const struct store_class scripted_store;
/* Something that happens at the world's next turn. */
void world_later(struct world *world, void (*fn)(struct world *world, void *argument), void *argument);
/* One of them; false: nothing is left (or the store is held). */
bool world_event(struct world *world);
/* What became of the COMMIT that was carried out while hold_committed was set. */
void world_tell_committed(struct world *world);

#endif
