/* The memory of the simulated store's rows, versions and blobs: tens of millions of small pieces, cut one behind the other, so that
 * a row, its first version and what that holds lie side by side, and given back all at once. Not for threads. */
#ifndef CAROLINE_TESTS_SIM_STORE_SIM_HEAP_H
#define CAROLINE_TESTS_SIM_STORE_SIM_HEAP_H

#include <stddef.h>

/* A database begins and ends. With the last one all pieces are gone; their memory is the next one's. */
void sim_heap_open(void);
void sim_heap_close(void);

/* Whose pages are made by somebody else, before they are met: `make` is told of each chunk when the one before it is begun. */
void sim_heap_ahead(void (*make)(void *chunk, size_t size));

/* Not zeroed; never NULL. */
void *sim_heap_take(size_t size);
/* Of the size that was taken. */
void sim_heap_give(void *piece, size_t size);

#endif
