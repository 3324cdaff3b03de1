/* The epoch keys: files epoch-N.key beside the key store, each of which wraps all persons' keys in its time. There is one, and two
 * while the survivors of an erasure are wrapped anew. Whoever has no epoch's key has none of the keys in an older copy of the store. */
#ifndef CAROLINE_SERVER_VAULT_EPOCHS_H
#define CAROLINE_SERVER_VAULT_EPOCHS_H

#include <pthread.h>

#include "server/vault/inner.h"

/* In guarded memory. One key is held, of whichever epoch was last asked for. */
struct epochs {
    pthread_mutex_t lock;
    char directory[PATH_SIZE];
    int64_t held; /* 0: none */
    uint8_t key[SECRET_SIZE];
};

/* NULL: no memory. */
struct epochs *epochs_create(const char *directory);
void epochs_destroy(struct epochs *epochs);
/* The oldest and the newest there are; false: there is none, or the directory cannot be read. */
bool epochs_range(const struct epochs *epochs, int64_t *oldest, int64_t *newest, const char **problem);
/* It is whole, and nobody else's to read. */
bool epochs_check(struct epochs *epochs, int64_t number, const char **problem);
/* false: that epoch's key is gone, or its file is not what it should be. */
bool epochs_key(struct epochs *epochs, int64_t number, uint8_t key[SECRET_SIZE]);
/* A new key, durable before it returns true. */
bool epochs_make(const struct epochs *epochs, int64_t number, struct entropy *entropy, const char **problem);
/* All before this one: overwritten, taken away, both on the disk; and out of memory. */
bool epochs_end_before(struct epochs *epochs, int64_t number, const char **problem);
/* The key that is held goes out of memory if its file is gone: another process has ended that epoch. */
void epochs_look(struct epochs *epochs);

#endif
