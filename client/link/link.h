/* A client's connection to the server: calls and answers, the session, the catalogue kept true, commands kept until
 * they are answered. Screens know this header and never a socket.
 *
 *               lost, refused, silent
 *            +--------------------------+
 *            v                          |
 *   OFFLINE --> CONNECTING --> ONLINE --+
 *      ^  backoff   |  TCP, TLS, Hello, session resumed
 *      +------------+  failed: the sentence says why
 *
 * Everything runs on one libuv loop, in one thread. Callbacks come from the loop, never from inside the call that
 * asked; within one, everything here may be called, link_close() too. */
#ifndef CAROLINE_CLIENT_LINK_LINK_H
#define CAROLINE_CLIENT_LINK_LINK_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/link/command_id.h"
#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/world.h"
#include "common/rules/catalogue.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/session.pb-c.h"

struct identity;
struct link;
struct spool;
struct uv_loop_s; /* uv_loop_t */

enum link_state { LINK_OFFLINE, LINK_CONNECTING, LINK_ONLINE };

enum link_outcome {
    LINK_OK,      /* `reply` is there */
    LINK_REFUSED, /* the server said no: `error` is there */
    LINK_FAILED,  /* no answer: not connected, or the deadline passed. What was done is not known */
};

/* Lives until the callback returns. */
struct link_answer {
    enum link_outcome outcome;
    const ProtobufCMessage *reply;    /* the op's reply message, checked: cast it */
    const Caroline__V1__Error *error; /* checked */
    unsigned code;                    /* the error's; 0 without one */
    bool later;                       /* of REFUSED: not for what was asked; asked again in a moment it may be done */
    const char *sentence;             /* of REFUSED and FAILED: for the person who waits; "" for OK */
    struct bytes body;                /* of OK: the reply as received */
};
typedef void link_answer_fn(void *owner, const struct link_answer *answer);

/* All may be NULL. */
struct link_events {
    /* "connected to bakery:7117", "the server cannot be reached; trying again soon" ... */
    void (*on_state)(void *owner, enum link_state state, const char *sentence);
    /* A part of a snapshot is in, of so many: what a first start waits for. */
    void (*on_progress)(void *owner, uint32_t part, uint32_t parts);
    /* A newer version holds. After a snapshot link_catalogue() is another object; the one before it, and every pointer
     * into it, ends when this returns. */
    void (*on_catalogue)(void *owner, uint64_t version);
    /* Signed in, signed out, locked, from wherever it came; open false: link_session() is NULL. */
    void (*on_session)(void *owner, bool open, bool locked);
    /* The answer to a command of an earlier run of this program, or of one whose callback is gone. */
    void (*on_recovered)(void *owner, unsigned op, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer);
    /* A push of a topic that the link does not keep itself. */
    void (*on_push)(void *owner, unsigned topic, uint64_t version, struct bytes body);
};

struct link_options {
    struct uv_loop_s *loop;
    const struct identity *identity; /* outlives the link */
    struct spool *spool;             /* outlives the link; NULL: commands are kept in memory only */
    Caroline__V1__ClientKind client;
    bool follow_catalogue;   /* keep link_catalogue() true, and its file in the identity's directory */
    bool unlocks_alone;      /* see link_alone() */
    struct clock *clock;     /* NULL: the system's */
    struct entropy *entropy; /* likewise */
    struct link_events events;
    void *owner; /* given to every event */
};

/* Begins to read the kept catalogue, takes up the spool's unanswered commands, begins to connect. */
struct link *link_open(const struct link_options *options);
/* Ends the connection and frees the link, once the loop has turned. No callback comes after this. Unanswered commands
 * stay in the spool. */
void link_close(struct link *link);

enum link_state link_state(const struct link *link);
const char *link_sentence(const struct link *link); /* of the state; lives until the next turn of the loop */
/* Why there is no connection, or a command that waits was not carried out yet: "the server cannot be reached: connection
 * refused". "": nothing is known to be wrong. Lives until the next turn of the loop. */
const char *link_trouble(const struct link *link);
/* The server answers, and will not serve this device: revoked, expired, unknown. Trying on goes on, slowly. */
bool link_hopeless(const struct link *link);
/* Its certificate is being renewed: who is about to close may want to wait a moment. */
bool link_renewing(const struct link *link);
/* End the connection, and with it what is its alone (a member's session at a kiosk); try another. sentence: why. */
void link_reconnect(struct link *link, const char *sentence);
/* Someone is waiting: try now, not when the backoff ends. */
void link_retry(struct link *link);
/* What Hello said; NULL before the first. The device is NULL while the server does not know it. */
const Caroline__V1__Helloed *link_hello(const struct link *link);
/* The server's clock, as well as it is known; the own one before the first Hello. */
struct instant link_now(const struct link *link);

/* ---- calls that read, and those that act (sign-in) ----
 * message: of the op's request type; packed at once. deadline_ms 0: 10,000. At most 16 calls are on their way at once;
 * more wait their turn. Offline, a call fails at once (the callback comes at the next turn). */
#define LINK_DEADLINE_MS 10000u
void link_call(struct link *link, unsigned op, const ProtobufCMessage *message, unsigned deadline_ms,
               link_answer_fn *answered, void *owner);

/* ---- commands: what changes something ----
 * The id and the body are on this machine's disk before the first byte leaves. Sent again, under the same id, after
 * every lost connection and every restart, until the server has answered; then the answer is on the disk before the
 * callback. Commands are sent in the order they were given. There is no deadline: show the state, and let the person go
 * on. Only LINK_OK and LINK_REFUSED come back; an answer that cannot be read is neither, and is asked for again until it
 * can, by another program if need be. LINK_FAILED comes for a secret one of an earlier run alone, which never arrived. */
struct link_command {
    unsigned op;
    const ProtobufCMessage *message;
    const uint8_t *id;        /* COMMAND_ID_SIZE bytes; NULL: a new one */
    bool takes_basket;        /* the spool's active basket: gone with LINK_OK, or the one that the answer brings
                               * (BasketResumed); free again with LINK_REFUSED */
    bool ends_basket;         /* the same basket, gone at once, in the transaction that keeps the command */
    bool follow;              /* LINK_OK says that it has begun: spool_followed() has it until spool_followed_ends() */
    link_answer_fn *answered; /* NULL: nobody waits */
    void *owner;
};
/* false: it could not be written to the disk, nothing was sent; *problem says why. id_out (may be NULL) gets its id. */
bool link_command(struct link *link, const struct link_command *command, uint8_t id_out[COMMAND_ID_SIZE],
                  const char **problem);
/* ---- what is sold offline ----
 * A sale that is over: on the disk under the next number of the till's X series (spool_next_number), with its receipt, the
 * basket (or the command that was put aside) gone, when this returns. OP_SALE_OFFLINE books it as soon as there is a connection, in order; the answer comes by
 * on_recovered. */
bool link_sell_offline(struct link *link, const ProtobufCMessage *message, int64_t number, struct bytes paper,
                       const uint8_t *aside, const char **problem);
/* What the server has refused of it goes once more, each under another command: something has changed. */
void link_book_again(struct link *link);

/* The callbacks of `owner` will not come (its screen is gone); its commands go on, and are reported by on_recovered. */
void link_forget(struct link *link, const void *owner);
/* Of one command likewise, whose screen was left. */
void link_let_go(struct link *link, const uint8_t id[COMMAND_ID_SIZE]);
/* Those of `owner` that are kept in memory alone are given up: not sent, nor sent again, nor asked for after a lost connection. One
 * that is on its way may be carried out all the same; nobody is told of it, on_recovered neither. */
void link_abandon(struct link *link, const void *owner);
/* Take back a command of which no byte has left. false: too late. */
bool link_withdraw(struct link *link, const uint8_t id[COMMAND_ID_SIZE]);
bool link_can_withdraw(const struct link *link, const uint8_t id[COMMAND_ID_SIZE]); /* now */
size_t link_unanswered(const struct link *link);                                    /* commands */

/* ---- the session ----
 * OP_SESSION_OPEN and _CLOSE are calls as any other; the link sees them go by, keeps the token in memory and shows it
 * again after a reconnect. Who signs out without a connection is signed out here; the server ends it by its own clock. */
/* The person signed in here; NULL when nobody is. Lives until on_session. */
const Caroline__V1__SessionOpened *link_session(const struct link *link);
/* From when OP_SESSION_LOCK is asked for, whether or not the server hears of it: it is asked again after a reconnect, and only
 * an unlocking opens it. */
bool link_locked(const struct link *link);
/* Of options.unlocks_alone: while there is no connection OP_SESSION_UNLOCK is answered by the link itself, whose PIN was right
 * when it was last given to the server. What proves it is in memory alone (pin_box.h); nobody signs in so. */
enum link_alone {
    LINK_ALONE_NO,  /* nothing proves it: another run's, or a session that is over, or a device that is not served */
    LINK_ALONE_PIN, /* their PIN opens it */
    LINK_ALONE_USED_UP, /* five wrong ones: the server alone opens it */
};
enum link_alone link_alone(const struct link *link);
bool link_may(const struct link *link, const char *permission);
/* It is in training (OP_TRAINING_BEGIN and _END are commands as any other): every request that has a field for it says so, and
 * commands are kept in memory alone. on_session tells when that changes. */
bool link_training(const struct link *link);
/* Somebody has touched this machine: told with each key, it makes a reconnect leave the session open for who went on
 * working meanwhile. Who never tells is taken for gone. */
void link_somebody_here(struct link *link);
/* For a program that runs once a command: take up a session that another run opened. Before the loop turns. */
void link_session_take(struct link *link, struct bytes token);
/* The token to keep for it; data NULL: nobody is signed in. */
struct bytes link_session_token(const struct link *link);

/* ---- the catalogue ---- */
/* NULL until the kept one is read, or the first is in. Changes only while the loop turns. Versions are sealed at link_now(). */
const struct catalogue *link_catalogue(const struct link *link);

#endif
