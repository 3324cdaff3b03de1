/* The driver in a world of scripts: a store that remembers only what the driver itself keeps (commands, heads) and
 * fails when it is told to, a clock that stands still, timers and threads that run when the test turns the world. */
#ifndef CAROLINE_TESTS_SERVICE_WORLD_H
#define CAROLINE_TESTS_SERVICE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"
#include "server/call/driver.h"

#define SHOP    7
#define DEVICE  11
#define DEVICE2 12
#define STAFF   21
#define ROLE    31
#define VERSION 40 /* of the catalogue */

struct world;
struct event;

/* What happens at one place of the store instead of going well. Taken in turn; OK lets one pass. */
struct mishap {
    const char *where; /* "BEGIN", "COMMIT", or a statement's name: the run or COMMIT it is sent with */
    enum store_outcome outcome;
    bool committed; /* UNKNOWN: it was, all the same */
    const char *problem;
};

#define SENT_MAX 512
struct test_peer {
    struct peer peer; /* first */
    struct world *world;
    struct bytes sent[SENT_MAX]; /* payloads */
    size_t sent_count, read_count;
    bool closed, at_once, gone;
    char reason[64];
    bool full; /* pushes have to wait */
    uint64_t next_id;
};

struct world {
    struct store store;
    struct timers timers;
    struct thread_pool pool;
    struct clock clock;
    struct entropy entropy;
    struct id_source ids;
    struct keeper keeper;
    struct suspects suspects;
    struct driver *driver;
    struct vault *vault;
    struct catalogue *catalogue;
    bool no_catalogue;
    struct arena *arena;

    char log[65536]; /* what was asked of the store, in order */
    int64_t now_us, monotonic_us;
    int64_t next_id;
    struct mishap mishaps[32];
    size_t mishap_count, mishap_next;
    bool hold;           /* the store does not answer */
    bool hold_committed; /* it carries a COMMIT out and does not say so, until world_tell_committed() */
    struct scripted *untold;
    enum store_outcome untold_outcome;
    bool revoked;
    int64_t revoked_device_id, missing_device_id; /* that one alone is revoked; that one has no row */
    uint64_t stored_version;                      /* of the catalogue, in the database */
    bool never_raised;                            /* there is no row for it */
    uint64_t wanted_version;
    int64_t *rows_for_probe; /* values that "hello_device" answers with: a stand-in for any query */
    size_t transactions, most_transactions;

    struct kept {
        int64_t device_id, op;
        uint8_t command_id[16], body_hash[32];
        struct bytes reply;
    } kept[1024];
    size_t kept_count;
    struct kept_head {
        int64_t device_id;
        char kind;
        int64_t number;
        uint8_t hash[32];
        struct instant at;
    } heads[64];
    size_t head_count;
    size_t journal_count, signature_count;
    struct bytes last_entry;
    size_t touched_count;
    bool sessions_gone;
    bool devices_ended, sessions_ended, sessions_locked; /* what standing_* finds; they are counted */
    int64_t session_training_id;                         /* likewise; 0: none */
    bool members_ended;                                  /* what standing_members finds, or this: */
    int64_t secret_changed_us;                           /* since when they have their secret */
    size_t standing_count;
    char told[256];

    uint8_t noted[200][16];
    size_t noted_count, most_noted;
    uint8_t killer[16];
    unsigned killer_crashes;

    struct event *first_event, **events_end;
    struct timer *running[64];
    int64_t due_us[64];
    char directory[64];
};

struct world *world_create(const struct op *const *ops, const struct topic_class *const *topics);
/* A device may have so many connections; 0: as many as unless configured. */
struct world *world_create_wide(const struct op *const *ops, const struct topic_class *const *topics,
                                size_t device_connections);
void world_destroy(struct world *world);
/* Until nothing is left to do without the clock moving. */
void world_settle(struct world *world);
/* The clock moves, timers fire on their way. */
void world_pass(struct world *world, int64_t ms);
void world_mishap(struct world *world, const char *where, enum store_outcome outcome, const char *problem);
void world_forget_log(struct world *world);

struct test_peer *peer_create(struct world *world);
void peer_destroy(struct test_peer *p);
/* As the network does when the other side is gone. */
void peer_gone(struct test_peer *p);

/* Send a request; returns its id. */
uint64_t peer_ask(struct test_peer *p, unsigned op, const uint8_t *command_id, const ProtobufCMessage *message);
void peer_send(struct test_peer *p, const Caroline__V1__Request *request);
/* The next that came in; fails the test when there is none. In the world's arena. */
Caroline__V1__FromServer *peer_next(struct test_peer *p);
/* The reply to that id, skipping others that came; NULL: none (yet). */
Caroline__V1__Reply *peer_reply_to(struct test_peer *p, uint64_t id);
/* The bytes behind the id field: what must be the same for every copy. */
struct bytes peer_raw_reply(struct test_peer *p, uint64_t id);
bool peer_has_more(const struct test_peer *p);
/* Hello as that device, then the session of STAFF. */
void peer_sign_in(struct test_peer *p, int64_t device_id);
/* The pin says what: "1111" signs in, "2222" locks, "3333" signs out, "4444" signs in by a transaction, "5555" another person. The reply's
 * code. */
int peer_session(struct test_peer *p, const char *pin);

#define CODE(name) CAROLINE__V1__ERROR_CODE__##name
/* The error's code of the reply to that id; 0 when it went well. */
int code_at(struct test_peer *p, uint64_t id);
/* Ask, settle, and the code. */
int code_of(struct test_peer *p, unsigned op, const uint8_t *command_id, const ProtobufCMessage *message);
const uint8_t *command(unsigned number); /* a command id, in static memory */

/* The tests' own ops are asked by a message with a number in it, which says what they are to do. */
#define NUMBER_ASKED .request = &caroline__v1__shift_open__descriptor, .reply = &caroline__v1__shift_shown__descriptor
int64_t number_asked(const struct call *c);
/* Without a command id where that is 0. */
uint64_t peer_ask_number(struct test_peer *p, unsigned op, unsigned command_id, int64_t number);
/* The same, settled: the reply's code. */
int code_of_number(struct test_peer *p, unsigned op, unsigned command_id, int64_t number);

/* ops that every test has */
extern const struct op test_hello, test_session;
extern const struct topic_class test_topic;
enum { OP_TEST_SESSION = 200 };

#endif
