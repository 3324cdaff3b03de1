/* What keystore.c and rewrap.c share. */
#ifndef CAROLINE_SERVER_VAULT_KEYSTORE_INNER_H
#define CAROLINE_SERVER_VAULT_KEYSTORE_INNER_H

#include "server/vault/epochs.h"
#include "server/vault/keyfile.h"

enum { FILE_FIRST, FILE_MIRROR, FILE_COUNT };

struct keystore {
    struct keyfile files[FILE_COUNT];
    pthread_mutex_t change; /* one change at a time in this process; lock_fd: on this machine */
    int lock_fd;
    struct epochs *epochs;
    struct entropy *entropy;
};

/* A file's keys under the newest epoch's key, and its head, in one transaction. The caller holds the change lock. false: logged, and
 * nothing is changed. */
bool keystore_rewrap(struct keystore *keystore, struct keyfile *file, const struct keyfile_head *head);

#endif
