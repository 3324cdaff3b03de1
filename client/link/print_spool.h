/* A till's printing: receipts from the queue on the disk to the printer, one after the other, for as long as it takes;
 * and the drawer, at once or not at all. */
#ifndef CAROLINE_CLIENT_LINK_PRINT_SPOOL_H
#define CAROLINE_CLIENT_LINK_PRINT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "client/link/printer.h"
#include "common/base/receipt.h"
#include "common/print/escpos.h"

struct print_spool;

struct print_spool_options {
    struct uv_loop_s *loop;
    const char *path;               /* of the queue's file */
    struct printer_address address; /* its texts live longer */
    struct escpos printer;
    void (*changed)(void *owner); /* what print_spool_sentence() says; may be NULL */
    void *owner;
};

/* NULL: *problem (in the arena). Begins with what an earlier run left. */
struct print_spool *print_spool_open(const struct print_spool_options *options, struct arena *arena,
                                     const char **problem);
/* The loop must turn on until all is closed. */
void print_spool_close(struct print_spool *spool);

/* On the disk when this returns true, and printed once; a key that was there before is not printed again. false: the disk
 * takes nothing, *problem says why. */
bool print_spool_put(struct print_spool *spool, const char *key, const struct receipt *receipt, const char **problem);
/* What names a person is on no disk: it is printed behind what waits there, and gone with the program. false: too much of it waits. */
bool print_spool_put_personal(struct print_spool *spool, const struct receipt *receipt);
/* That key is not printed from here any more. If the disk does not take it, it may be, after a restart. */
void print_spool_skip(struct print_spool *spool, const char *key);
/* Nothing was ever put or skipped. */
bool print_spool_is_new(const struct print_spool *spool);
/* The drawer opens before anything that waits. A printer that is away then does not open it later, when nobody looks. */
void print_spool_kick(struct print_spool *spool);
bool print_spool_has_drawer(const struct print_spool *spool);
/* "" while all is well; else why, and what waits: "no paper; 3 receipts wait". */
const char *print_spool_sentence(const struct print_spool *spool);
size_t print_spool_waiting(const struct print_spool *spool);

#endif
