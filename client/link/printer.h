/* A printer, wherever it is: bytes go in, and what became of them comes out. One job at a time; a connection is made for
 * each and let go behind it, so that two tills can share a printer. Nothing here waits inside a call. */
#ifndef CAROLINE_CLIENT_LINK_PRINTER_H
#define CAROLINE_CLIENT_LINK_PRINTER_H

#include <stdbool.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

struct uv_loop_s; /* uv_loop_t */

enum printer_way {
    PRINTER_NONE,
    PRINTER_TCP,    /* a network printer, which says how it is */
    PRINTER_DEVICE, /* /dev/usb/lp0: what it does not take now is offered again */
    PRINTER_FILE,   /* each job behind the one before */
    PRINTER_CUPS,   /* a queue of the system, by its program lp */
};

struct printer_address {
    enum printer_way way;
    const char *host, *port; /* of PRINTER_TCP */
    const char *name;        /* path or queue */
    bool silent;             /* PRINTER_TCP: it never answers, and is not asked */
};

/* "tcp:HOST[:PORT]", "device:PATH", "file:PATH", "cups:QUEUE", "none"; texts in the arena. false: *problem. */
bool printer_parse(const char *words, struct arena *arena, struct printer_address *address, const char **problem);

enum printer_outcome {
    PRINTER_DONE,   /* printed, as far as the way can tell: a printer that answers has said so */
    PRINTER_UNSENT, /* nothing of the job has left */
    PRINTER_BROKEN, /* some of it may be on paper */
};

struct printer_events {
    /* A job's first byte is about to leave. false: it may not; the job ends as unsent. */
    bool (*leaving)(void *owner);
    /* sentence: why, for a person ("no paper"); "" when done. Comes from the loop, never from printer_send(). */
    void (*ended)(void *owner, enum printer_outcome outcome, const char *sentence);
};

struct printer;
/* The address's texts live longer. */
struct printer *printer_create(struct uv_loop_s *loop, const struct printer_address *address,
                               const struct printer_events *events, void *owner);
/* No event comes after this; the loop must turn on until all is closed. */
void printer_close(struct printer *printer);

/* All of it is copied; any may be empty. kick: before the job, when the printer is well; kick_now: in its place, when the
 * printer says that it is not. */
struct printer_job {
    struct bytes kick, kick_now, bytes;
};
/* Not while another is under way. */
void printer_send(struct printer *printer, const struct printer_job *job);
/* The drawer, while a job is under way: before it, or at once. false: this way can't, or nothing is under way. */
bool printer_kick(struct printer *printer, struct bytes kick, struct bytes kick_now);
/* Whether the last job, or the one under way, has said it. */
bool printer_has_kicked(const struct printer *printer);

/* For a program that does nothing else: waits until it is done, or is not. *sentence in the arena. */
enum printer_outcome printer_print(const struct printer_address *address, struct bytes bytes, struct arena *arena,
                                   const char **sentence);

#endif
