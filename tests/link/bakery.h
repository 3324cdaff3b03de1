/* A server for one test, on the test's own loop: TLS and frames as the real one has them, and a mind that the test
 * sets. It carries out each command once and keeps its answer; it can tear its connections at any byte. */
#ifndef CAROLINE_TESTS_BAKERY_H
#define CAROLINE_TESTS_BAKERY_H

#include <uv.h>

#include "client/link/link.h"

struct bakery;

#define BAKERY_PERSON "Ana Stone" /* who signs in */

/* What it does next; the test changes it at any time. */
struct bakery_mind {
    long cut_in_after;    /* tear the connection after so many more bytes have come in; -1: never */
    long cut_out_after;   /* ... have gone out */
    bool cut_once;        /* and then no more */
    unsigned refuse_with; /* an ErrorCode for every command and read but Hello; 0: none */
    bool refusal_is_kept; /* of a command */
    bool deaf;            /* reads nothing, answers nothing */
    bool mute_pings;
    Caroline__V1__DeviceState device_state;
    uint64_t renew_after_us;
    uint64_t catalogue_version; /* what CATALOGUE_FOLLOW leads to; 0: nothing is pushed */
    unsigned product_count;
    bool needs_session;           /* commands do */
    bool garbles;                 /* what it answers to commands can be read by nobody, nor what it kept of them */
    unsigned show_refused_with;   /* an ErrorCode for every COMMAND_SHOW; 0: none */
    unsigned resumes_later;       /* so many more resumes are answered "try again" */
    const char *pin;              /* opens a lock or a session, and no other does; NULL: any */
    unsigned unlock_refused_with; /* an ErrorCode for every unlocking; 0: none */
    bool gives_key;               /* for a PIN, which opens the lock at a resume */
    bool knows_no_session;        /* resumes are refused */
    bool holds_resumes;           /* one that comes is heard, and answered by bakery_let_resume() */
};

struct bakery_tally {
    unsigned connections, hellos, carried_out, commands_received, shows, follows, resumes, renewals, locks;
    uint64_t followed_from; /* the version named last */
    bool idle_told;         /* by the last resume */
    uint32_t idle_s;
    unsigned keys, opened_alone, wrong_alone; /* that were shown, and told, by resumes and sign-ins */
    bool full_sent;                           /* that follow led to a snapshot */
    long bytes_in, bytes_out;                 /* of this connection */
};

/* A loop of its own with a listener on a free port; identity: enrolled with it, in a directory of the test's. */
struct bakery *bakery_open(const char *directory);
void bakery_close(struct bakery *bakery);
uv_loop_t *bakery_loop(struct bakery *bakery);
const struct identity *bakery_identity(const struct bakery *bakery);
struct bakery_mind *bakery_mind(struct bakery *bakery);
struct bakery_tally *bakery_tally(struct bakery *bakery);
/* Tears every connection; the listener goes on. */
void bakery_tear(struct bakery *bakery);
void bakery_let_resume(struct bakery *bakery);
/* The listener itself, gone and back on the same port. */
void bakery_shut(struct bakery *bakery);
void bakery_reopen(struct bakery *bakery);
/* A push to every connection. */
void bakery_push(struct bakery *bakery, unsigned topic, const ProtobufCMessage *message);
/* One product changes: the version after the newest, as a delta to who follows. */
void bakery_change_price(struct bakery *bakery, int64_t product_id, int64_t price_minor);

/* Turn the loop until the condition holds; fails the test after 20 s. */
#define bakery_until(bakery, condition)                                                                                \
    do {                                                                                                               \
        bakery_patience(bakery);                                                                                       \
        while (!(condition)) {                                                                                         \
            uv_run(bakery_loop(bakery), UV_RUN_ONCE);                                                                  \
            bakery_check(bakery, #condition);                                                                          \
        }                                                                                                              \
    } while (0)
void bakery_patience(struct bakery *bakery);
void bakery_check(struct bakery *bakery, const char *condition);

#endif
