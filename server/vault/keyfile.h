/* One of the key store's two SQLite files. */
#ifndef CAROLINE_SERVER_VAULT_KEYFILE_H
#define CAROLINE_SERVER_VAULT_KEYFILE_H

#include <pthread.h>
#include <sqlite3.h>

#include "common/wire/digest.h"
#include "server/vault/inner.h"

/* Where a file stands in the history of changes: two files with the same generation and chain hold the same. */
struct keyfile_head {
    uint8_t vault_id[16];
    int64_t generation;                /* changes so far */
    uint8_t chain[DIGEST_SIZE];        /* of all changes so far */
    uint8_t chain_before[DIGEST_SIZE]; /* of all but the last */
    int64_t last_person; /* whom the last change was about; 0: all, who were wrapped under another epoch's key */
};

/* wrapped_size 0: dropped; the row stays, so that nobody gets the id again. */
#define EPOCH_LOST 0 /* a key that does not open any more, whatever its bytes */
struct keyfile_person {
    int64_t id, epoch;
    uint8_t wrapped[WRAPPED_SIZE];
    size_t wrapped_size;
};

struct keyfile {
    pthread_mutex_t lock; /* of everything below */
    sqlite3 *db;
    sqlite3_stmt *get, *put, *list, *list_dropped, *count_lost, *scan, *head_get, *head_put;
    char path[PATH_SIZE];
};

enum keyfile_answer { KEYFILE_FOUND, KEYFILE_NONE, KEYFILE_BUSY, KEYFILE_BROKEN };

bool keyfile_create(const char *path, const uint8_t vault_id[16], const char **problem);
bool keyfile_open(struct keyfile *file, const char *path, const char **problem);
void keyfile_close(struct keyfile *file);
/* The caller holds the lock in all that follow. */
enum keyfile_answer keyfile_get(struct keyfile *file, int64_t id, struct keyfile_person *person);
enum keyfile_answer keyfile_head(struct keyfile *file, struct keyfile_head *head);
/* The person and the head, in one transaction, on the disk when it returns true; logged when not. */
bool keyfile_put(struct keyfile *file, const struct keyfile_person *person, const struct keyfile_head *head);
/* All persons with a key, so many at a time in the order of their ids changed by change(), and the head, in one transaction, on the disk when it returns true. false: logged,
 * and nothing is changed. */
#define KEYFILE_AT_ONCE 64
typedef bool keyfile_change_fn(void *user, struct keyfile_person *persons, size_t count);
typedef bool keyfile_after_fn(void *user); /* all were changed: is it to be kept? */
bool keyfile_change_all(struct keyfile *file, keyfile_change_fn *change, keyfile_after_fn *after, void *user,
                        const struct keyfile_head *head);
/* Persons whose key was found not to open. false: another process writes, or it is broken, which is logged. */
bool keyfile_count_lost(struct keyfile *file, size_t *count);
/* Ids of persons with a key, or whose key was dropped, in order. false: another process writes, or it is broken, which is logged. */
bool keyfile_list(struct keyfile *file, bool dropped, int64_t after_id, int64_t *ids, size_t most, size_t *count);
/* All persons in order of their ids, one a call; the first call with *begun false. */
enum keyfile_answer keyfile_next(struct keyfile *file, bool *begun, struct keyfile_person *person);

#endif
