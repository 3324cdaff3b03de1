/* A spool as a file: whose it is, and what is in one that was taken from another machine. */
#ifndef CAROLINE_CLIENT_LINK_SPOOL_FILE_H
#define CAROLINE_CLIENT_LINK_SPOOL_FILE_H

#include "client/link/spool.h"

/* ---- the own one ---- */

/* This spool is this device's, and in use until it is closed: a copy of the file alone, without what a killed program left
 * beside it, can be told by that. false: it is another device's, or the disk is full; *problem (in `arena`) says which. */
bool spool_claim(struct spool *spool, int64_t device_id, struct arena *arena, const char **problem);

/* ---- a dead till's ---- */

/* A sale that the server may not have. */
struct spool_sale {
    unsigned op;    /* OP_SALE_OFFLINE or OP_SALE_RING_UP */
    int64_t number; /* of the till's X series; 0: of a ring-up, which has none yet */
    uint8_t id[COMMAND_ID_SIZE];
    struct bytes body;
    int64_t made_us;
};
struct spool_contents {
    int64_t device_id;              /* 0: a file of before that was written down */
    int64_t newest_number;          /* that was ever given; 0: none */
    bool torn;                      /* what was written last cannot be read any more */
    const struct spool_sale *sales; /* those made offline in the order of their numbers, then ring-ups in theirs */
    size_t sale_count;
    const struct spooled *others; /* what else had no answer; nobody but the till sends it */
    size_t other_count;
};
/* Reads it, and what SQLite left beside it (FILE-wal), in a copy that is made in `directory` and taken away again: the file
 * itself is only read. All in the arena. own_path: this machine's own, which is not meant. false: *problem is a sentence:
 * not there, in use, no spool, torn, of a newer program, or without its other half. */
bool spool_read(const char *path, const char *own_path, const char *directory, struct arena *arena,
                struct spool_contents *contents, const char **problem);

#endif
