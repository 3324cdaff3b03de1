/* What is to be printed, on this till's disk: a SQLite file beside the spool, every change on the disk (synchronous FULL)
 * when the call returns. Jobs are printed in the order they came; what was printed is remembered by its key for a while,
 * so that it is not printed once more. */
#ifndef CAROLINE_CLIENT_LINK_PRINT_QUEUE_H
#define CAROLINE_CLIENT_LINK_PRINT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

struct print_queue;

/* NULL: *problem (in the arena). A damaged file is put aside, as FILE.damaged: what had not been printed can be printed
 * again from the server, and a till that does not start can't sell. */
struct print_queue *print_queue_open(const char *path, struct arena *arena, const char **problem);
void print_queue_close(struct print_queue *queue);
/* No key was ever known here. */
bool print_queue_is_new(const struct print_queue *queue);

struct print_job {
    int64_t number; /* the order they came in */
    bool begun;     /* some of it may lie in the printer already */
    struct bytes bytes;
    const char *key;
};
/* key: "3T-000042"; one that is known is not put again, which is no failure. false: not on the disk, and *problem (of the
 * queue) says why. */
bool print_queue_put(struct print_queue *queue, const char *key, struct bytes bytes, const char **problem);
/* It was printed elsewhere, or is not to be: known from now on. */
bool print_queue_skip(struct print_queue *queue, const char *key);
/* The next one, in the arena; NULL: none. */
struct print_job *print_queue_next(struct print_queue *queue, struct arena *arena);
bool print_queue_begin(struct print_queue *queue, int64_t number);  /* before its first byte leaves */
bool print_queue_unsent(struct print_queue *queue, int64_t number); /* none has, after all */
bool print_queue_done(struct print_queue *queue, int64_t number);
size_t print_queue_waiting(struct print_queue *queue);

#endif
