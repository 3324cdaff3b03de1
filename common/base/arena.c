/* Chunks in a list, the newest first; memory is cut from the newest. */
#include "common/base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define GAP 16 /* between two pieces: who writes past the end of one is caught */
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define GAP                                   0
#endif

#define CHUNK_LEAST ((size_t)4 << 10)
#define CHUNK_MOST  ((size_t)64 << 10) /* a larger piece has a chunk of its own */

struct chunk {
    struct chunk *older;
    size_t capacity, filled;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    size_t limit, used;
    struct chunk *newest;
    size_t next_capacity;
};

static _Noreturn void die(const char *why)
{
    fprintf(stderr, "out of memory: %s\n", why);
    abort();
}

struct arena *arena_create(size_t limit)
{
    struct arena *arena = calloc(1, sizeof *arena);

    if (!arena)
        die("the machine has none left");
    arena->limit = limit ? limit : SIZE_MAX;
    arena->next_capacity = CHUNK_LEAST;
    return arena;
}

static void chunk_free(struct chunk *chunk)
{
    ASAN_UNPOISON_MEMORY_REGION(chunk->bytes, chunk->capacity);
    free(chunk);
}

void arena_reset(struct arena *arena)
{
    struct chunk *kept = NULL;

    while (arena->newest) {
        struct chunk *chunk = arena->newest;
        arena->newest = chunk->older;
        if (!kept && chunk->capacity <= CHUNK_MOST)
            kept = chunk;
        else
            chunk_free(chunk);
    }
    if (kept) {
        kept->older = NULL;
        kept->filled = 0;
        ASAN_POISON_MEMORY_REGION(kept->bytes, kept->capacity);
    }
    arena->newest = kept;
    arena->used = 0;
}

void arena_destroy(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    if (arena->newest)
        chunk_free(arena->newest);
    free(arena);
}

static bool grow(struct arena *arena, size_t size)
{
    size_t capacity = arena->next_capacity;
    struct chunk *chunk;

    if (size > capacity)
        capacity = size;
    if (capacity > SIZE_MAX - sizeof *chunk || !(chunk = malloc(sizeof *chunk + capacity)))
        return false;
    if (arena->next_capacity < CHUNK_MOST)
        arena->next_capacity *= 2;
    chunk->capacity = capacity;
    chunk->filled = 0;
    chunk->older = arena->newest;
    arena->newest = chunk;
    ASAN_POISON_MEMORY_REGION(chunk->bytes, chunk->capacity);
    return true;
}

/* size in steps of the alignment; 0 is a piece too, with an address of its own. 0 when that leaves size_t. */
static size_t step_up(size_t size)
{
    const size_t step = _Alignof(max_align_t);

    if (size > SIZE_MAX - step - GAP)
        return 0;
    return size ? (size + step - 1) / step * step : step;
}

void *arena_try(struct arena *arena, size_t size)
{
    size_t taken = step_up(size);
    struct chunk *chunk = arena->newest;
    unsigned char *piece;

    if (taken == 0 || taken > arena->limit - arena->used)
        return NULL;
    if (!chunk || chunk->capacity - chunk->filled < taken + GAP) {
        if (!grow(arena, taken + GAP))
            return NULL;
        chunk = arena->newest;
    }
    piece = chunk->bytes + chunk->filled;
    chunk->filled += taken + GAP;
    arena->used += taken;
    ASAN_UNPOISON_MEMORY_REGION(piece, size);
    return piece;
}

/* A piece that must be there. */
static void *take(struct arena *arena, size_t size)
{
    void *piece = arena_try(arena, size);

    if (!piece)
        die(size > arena->limit - arena->used ? "a call wants more than its limit" : "the machine has none left");
    return piece;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        die("an array larger than any memory");
    return arena_alloc(arena, bytes);
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *copy = take(arena, size);

    return size ? memcpy(copy, bytes, size) : copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return arena_copy(arena, text, strlen(text) + 1);
}

char *arena_vformat(struct arena *arena, const char *format, va_list arguments)
{
    char most[200];
    va_list again;

    va_copy(again, arguments);
    int length = vsnprintf(most, sizeof most, format, again);
    va_end(again);
    assert(length >= 0);
    if ((size_t)length < sizeof most)
        return arena_copy(arena, most, (size_t)length + 1);
    char *text = take(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *text = arena_vformat(arena, format, arguments);
    va_end(arguments);
    return text;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
