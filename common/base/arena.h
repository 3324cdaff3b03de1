/* Memory that is let go all at once: one arena for a call, one for each try of it. */
#ifndef CAROLINE_BASE_ARENA_H
#define CAROLINE_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

/* limit: bytes the arena may hold in all; 0 for none. Dies when the machine has no memory left. */
struct arena *arena_create(size_t limit);
void arena_destroy(struct arena *arena);
/* Everything in it is gone; one chunk is kept for the next use. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for anything, lives until reset. Never NULL: the limits at the door make sure that it fits, and going
 * past the arena's limit is a bug that ends the process. */
void *arena_alloc(struct arena *arena, size_t size);
/* count * size bytes, checked for overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/* NULL past the limit: for input whose size a stranger chooses (protobuf). Not zeroed. */
void *arena_try(struct arena *arena, size_t size);
void *arena_copy(struct arena *arena, const void *bytes, size_t size);
char *arena_text(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vformat(struct arena *arena, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
size_t arena_used(const struct arena *arena);

#endif
