/* Chunks, cut from the front; what is given back waits in a list of its size. */
#include "tests/sim/store/sim_heap.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GAP 16 /* between two pieces: who writes past the end of one is caught */
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define GAP                                   0
#endif

#define STEP       ((size_t)8)
#define CHUNK      ((size_t)8 << 20)
#define HUGE_PAGE  ((size_t)2 << 20)
#define SMALL_MOST ((size_t)8 << 10) /* a larger piece has a chunk of its own */

/* At the front of a chunk, or of a large piece. */
struct chunk {
    struct chunk *next;
    uint8_t bytes[];
};

struct piece {
    struct piece *next;
};

static struct {
    unsigned databases;
    struct chunk *used, *spare, *large;
    struct chunk *ahead; /* the next one: not touched yet by this thread */
    void (*make)(void *chunk, size_t size);
    size_t filled; /* of the first one used */
    struct piece *given[SMALL_MOST / STEP + 1];
} heap;

void sim_heap_ahead(void (*make)(void *chunk, size_t size))
{
    heap.make = make;
}

void sim_heap_open(void)
{
    heap.databases++;
}

static void spare_all(void)
{
    for (size_t filled = heap.filled; heap.used != NULL; filled = CHUNK - sizeof(struct chunk)) {
        struct chunk *chunk = heap.used;
        heap.used = chunk->next;
        ASAN_POISON_MEMORY_REGION(chunk->bytes, filled);
        chunk->next = heap.spare;
        heap.spare = chunk;
    }
    while (heap.large != NULL) {
        struct chunk *chunk = heap.large;
        heap.large = chunk->next;
        free(chunk);
    }
    for (size_t i = 0; i < sizeof(heap.given) / sizeof(*heap.given); i++)
        heap.given[i] = NULL;
}

void sim_heap_close(void)
{
    assert(heap.databases > 0);
    if (--heap.databases == 0)
        spare_all();
}

/* In huge pages, where the kernel has some: rows are looked up all over a gigabyte. */
static struct chunk *new_chunk(void)
{
    struct chunk *chunk = aligned_alloc(HUGE_PAGE, CHUNK);

    if (chunk == NULL)
        abort();
    (void)madvise(chunk, CHUNK, MADV_HUGEPAGE);
    ASAN_POISON_MEMORY_REGION(chunk->bytes, CHUNK - sizeof(*chunk));
    return chunk;
}

static struct chunk *next_chunk(void)
{
    struct chunk *chunk = heap.spare;

    if (chunk != NULL) {
        heap.spare = chunk->next;
        return chunk;
    }
    chunk = heap.ahead != NULL ? heap.ahead : new_chunk();
    heap.ahead = NULL;
    if (heap.make != NULL) {
        heap.ahead = new_chunk();
        heap.make(heap.ahead, CHUNK);
    }
    return chunk;
}

static void *take_large(size_t size)
{
    struct chunk *chunk = malloc(sizeof(*chunk) + size);

    if (chunk == NULL)
        abort();
    chunk->next = heap.large;
    heap.large = chunk;
    return chunk->bytes;
}

static void *cut(size_t size)
{
    if (heap.used == NULL || CHUNK - sizeof(*heap.used) - heap.filled < size + GAP) {
        struct chunk *chunk = next_chunk();
        chunk->next = heap.used;
        heap.used = chunk;
        heap.filled = 0;
    }
    void *piece = heap.used->bytes + heap.filled;
    heap.filled += size + GAP;
    return piece;
}

static size_t stepped(size_t size)
{
    return (size + STEP - 1) / STEP * STEP;
}

void *sim_heap_take(size_t size)
{
    size_t taken = stepped(size);

    if (taken > SMALL_MOST)
        return take_large(size);
    struct piece **given = &heap.given[taken / STEP], *piece = *given;
    if (piece == NULL)
        piece = cut(taken);
    ASAN_UNPOISON_MEMORY_REGION(piece, size);
    if (piece == *given)
        *given = piece->next;
    return piece;
}

void sim_heap_give(void *given, size_t size)
{
    size_t taken = stepped(size);
    struct piece *piece = given;

    if (taken > SMALL_MOST)
        return; /* it goes with the last database: there are few */
    piece->next = heap.given[taken / STEP];
    heap.given[taken / STEP] = piece;
    ASAN_POISON_MEMORY_REGION(piece, taken);
}
