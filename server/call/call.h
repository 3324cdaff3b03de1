/* The driver: what every request has in common. A request is a row of the table of ops and a few stages that ask,
 * decide and answer; transactions, retries, permissions, idempotency, journal, replies and pushes are done here, once.
 *
 * This header is what server/service/ sees; server/call/driver.h is what main and server/net/ see. */
#ifndef CAROLINE_SERVER_CALL_CALL_H
#define CAROLINE_SERVER_CALL_CALL_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/rules/catalogue.h"
#include "server/call/permission.h"
#include "server/store/store.h"
#include "server/vault/vault.h"

struct call;
struct driver;
struct group;
struct group_kind;
struct holds;
struct peer;

/* STEP_NEXT: when all that was asked and offloaded is in, the next stage. STEP_REPLY: the answer is set; what was asked
 * is sent with the COMMIT. STEP_REFUSED: from refuse(). STEP_AGAIN: roll back and run all stages again. STEP_LATER:
 * of a read from memory that is long: this stage again, with what it shares as it is, in a turn of the loop to come, behind
 * the others that said so; a turn takes one. STEP_FAILED: the world said no (logged by who says it); the client gets
 * TRY_AGAIN. */
enum step { STEP_NEXT, STEP_REPLY, STEP_REFUSED, STEP_AGAIN, STEP_LATER, STEP_FAILED };
typedef enum step stage_fn(struct call *c);
#define STAGES_MAX      8
#define COMMAND_ID_SIZE 16
#define OP_BODY_MAX     4096u /* of an op that says nothing else */

enum op_kind {
    OP_READS,   /* no command id; stages run without a transaction, on a reading connection */
    OP_CHANGES, /* a command: its answer is kept with its id, in its own transaction, and a journal entry is written */
    OP_ACTS,    /* writes, but is not a command: sign-in, Hello. Journalled where it calls journal_note() */
    OP_GROUPED, /* a command of the hot path, committed with others */
};
enum op_needs {
    NEEDS_NOTHING, /* not even a device: Hello, Enrol */
    NEEDS_DEVICE,  /* an enrolled, active device: sign-in, ping */
    NEEDS_SESSION, /* a signed-in, unlocked person with the op's permission */
    NEEDS_MEMBER,  /* a member who signed in at a kiosk for themselves, and nobody else: their own session */
};
#define CLIENT_BIT(kind) (1u << (kind)) /* ClientKind of device.proto */
#define CLIENT_STAFF     (CLIENT_BIT(1) | CLIENT_BIT(3) | CLIENT_BIT(4))
#define CLIENT_ANY       (CLIENT_STAFF | CLIENT_BIT(2))

/* Who at a kiosk may ask an op that needs a session elsewhere. Nobody of the staff signs in there, so what has a kiosk among its
 * clients and says neither is a bug. The member is call.member_id, and never of the request. */
enum op_kiosk {
    KIOSK_NOBODY,
    KIOSK_MEMBER,  /* a member in their own session */
    KIOSK_ANYBODY, /* and with nobody signed in: member_id is 0 then */
};

/* A session that practises: an id for it all, and the number of its first entry in the device's strand S. 0: it is in none. */
struct training {
    int64_t id, from;
};

struct op {
    const char *name; /* "sale_ring_up", as in the .proto, the .sql and the file */
    unsigned number;  /* CAROLINE__V1__OP__... */
    enum op_kind kind;
    enum op_needs needs;
    enum permission permission; /* PERMISSION_NONE: any signed-in person */
    unsigned clients;           /* CLIENT_BITs */
    enum op_kiosk kiosk;        /* of NEEDS_SESSION */
    uint32_t body_max;          /* bytes; 0: OP_BODY_MAX */
    uint32_t per_minute;        /* of one device, over all its connections; of a stranger's one; 0: no limit */
    uint32_t kiosk_per_minute;  /* of a kiosk instead; 0: as of any device */
    enum txn_kind reads_in;     /* OP_READS: TXN_READ, or TXN_CHECK where all must be of one snapshot */
    const ProtobufCMessageDescriptor *request, *reply;
    bool
        locks_shop; /* OP_CHANGES: it holds the shop's lock, as groups do, and takes it before its device's row, as they do */
    size_t shared_size; /* what the stages share; zeroed for every try */
    stage_fn *stages[STAGES_MAX];
    bool after_one_time_pin; /* what a person may do who has yet to choose a PIN; all else is denied them */
    bool when_locked;        /* what a till brings of itself for who signed in there, and waits for no PIN */

    /* What the same request is in a session that is in training: an op that books nothing; this one itself, where it does
     * not matter; NULL: it is refused there. Of those that need a session. A request that has a field `training` has to say
     * by it what the session is in, whatever op it becomes. */
    const struct op *training;

    /* OP_GROUPED instead of stages */
    const struct group_kind *group;
    char strand;                                          /* that its entries are of: T (or 0), X, L or S */
    size_t (*lines)(const struct call *c);                /* how large is it? NULL: 1 */
    enum step (*keys)(struct call *c, struct group *g);   /* name the rows it needs; may refuse (shape only) */
    enum step (*decide)(struct call *c, struct group *g); /* upon the working set: STEP_REPLY, STEP_NEXT or refuse() */
    /* Of a decide() that says STEP_NEXT: its answer, made while the database stores what was decided already. */
    enum step (*answer)(struct call *c, struct group *g);
    /* Its answer or its entry is larger than a frame, and all is undone: refuse(), in its own words. NULL: TOO_LONG. */
    enum step (*too_long)(struct call *c, struct group *g);

    /* OP_CHANGES whose answer holds a secret (an enrolment code): what is kept is the answer of this instead; a
     * repeated command runs `stages` again with c->repeated set. NULL for all others. */
    ProtobufCMessage *(*kept)(struct call *c);
    /* Of those that can make what was left out again, for who sent the command and nobody else. whose(): ask() who that was, by the
     * answer as it was kept; NULL: it had nothing to be made again. restore(), in the next stage: put it into that answer. */
    struct rows *(*whose)(struct call *c, const ProtobufCMessage *first);
    void (*restore)(struct call *c, const struct rows *whose, ProtobufCMessage *first);
};

/* One request on its way. Services read it, and write `shared` and nothing else; everything else goes by functions. */
struct call {
    const struct op *op;
    struct driver *driver;
    struct peer *peer;               /* NULL once the connection is gone */
    const ProtobufCMessage *message; /* the request, checked by the walker; in `arena` */
    struct arena *arena;             /* of the call */
    struct txn txn;                  /* txn.arena: of this try */
    void *shared;
    struct instant now; /* of this try */
    bool repeated;
    struct bytes kept; /* of a repeated one: the reply's message as it was kept, without what is secret */

    /* who asks; 0 where there is nobody */
    int64_t device_id, shop_id, staff_id, role_id;
    uint32_t discount_ppm;               /* what their role may take off without asking */
    bool one_time_pin;                   /* signed in with one: nothing but another PIN is allowed */
    int64_t member_id;                   /* whose own session it is; staff_id is 0 then */
    struct instant member_until;         /* when their session is over, whatever happens */
    bool member_by_code;                 /* they came by a one-time code: no PIN of theirs was asked for */
    unsigned client;                     /* ClientKind */
    uint8_t command_id[COMMAND_ID_SIZE]; /* zero for reads */
    struct training training;            /* of the session, when the call arrived */
    /* Of a grouped op that books for another device: keys() says whose strand, and which. 0: its own. */
    int64_t strand_device_id;
    char strand;

    /* the world */
    struct vault *vault;
    const struct catalogue *catalogue; /* in memory, as new as this process has heard */
};

/* Queue a statement for this stage; rows are there in the next stage. */
struct rows *ask(struct call *c, const struct statement *statement, const struct param *params, size_t count);
/* Run on the thread pool; the next stage starts when it is done. `fn` touches `argument` only. */
void offload(struct call *c, void (*fn)(void *argument), void *argument);
/* Is there a payment gateway? What is written down for it is asked of it soon (server/jobs/payments.c). */
bool has_gateway(const struct call *c);
/* The answer; packed at once. Returns STEP_REPLY. */
enum step answer(struct call *c, const ProtobufCMessage *reply);
/* Of a call that is about to be refused: the refusal is not kept, for beside it would be a hash of the body, and a hash of a card's number is
 * the number to whoever tries them all. Of NO_SECRET_WANTED that is so anyway. */
void refusal_not_kept(struct call *c);
/* A rule said no. sentence: lower case, for a person, no names of functions, no personal data. What was asked is rolled
 * back; only the refusal is kept. */
enum step refuse(struct call *c, int code, const char *sentence, ...) __attribute__((format(printf, 3, 4)));
enum step refuse_field(struct call *c, int code, const char *field, const char *sentence, ...)
    __attribute__((format(printf, 4, 5)));
/* With a message in `detail`. */
enum step refuse_detail(struct call *c, int code, const ProtobufCMessage *detail, const char *sentence, ...)
    __attribute__((format(printf, 4, 5)));
/* Answer with this refusal, but COMMIT what was asked (a wrong PIN, a wrong code is counted). Not for groups. Returns
 * STEP_REPLY. */
enum step refuse_and_keep(struct call *c, int code, const char *sentence, ...) __attribute__((format(printf, 3, 4)));

bool may(const struct call *c, enum permission permission);
/* The op of that number, if who asks may ask it now (signed in, not locked, with its permission); otherwise NULL. */
const struct op *op_allowed(const struct call *c, unsigned number);
/* Under which id a command is kept. A member's in their own session: under one that nobody comes to in anybody else's, who knows what the
 * member's client said. member_id 0: as it was said. */
void kept_command_id(int64_t member_id, struct bytes said, uint8_t kept[COMMAND_ID_SIZE]);
/* The Reply that carries this message, as bytes of this try. */
struct bytes reply_bytes(struct call *c, const ProtobufCMessage *message);
int64_t next_id(struct call *c);
void random_bytes(struct call *c, void *bytes, size_t size);

/* The audit entry of a command: an L entry is written for every successful OP_CHANGES with op, person, command id and
 * the hash of the body; a service adds what was changed. object: the id of the thing; field: its name. before and after
 * are texts of numbers, codes and names of things; NULL where there was none. A personal field is named, its value
 * never given: pass NULL for both. Copied. */
void journal_change(struct call *c, int64_t object, const char *field, const char *before, const char *after);
/* Write an L entry for this (event: "sign_in", "sign_in_failed"): in an OP_ACTS, or beside refuse_and_keep(). */
void journal_note(struct call *c, int64_t object, const char *event);
/* The same of what happened so often, in one entry: its `times` is the number. */
void journal_note_times(struct call *c, int64_t object, const char *event, uint32_t times);
/* A limit beside the op's own, for those of its requests that make more be written: once more of this device in this minute? */
bool spend(struct call *c, uint32_t per_minute);
/* journal_note() of what a device may do as often as it likes: the first, second, fourth, eighth and so on within a minute are written, each with
 * how many there were (`times`). Counted apart for each who works at the device, and for each object: nobody's first hides behind another's
 * many. false: this one is not, and nothing is to be kept of it. */
bool journal_note_seldom(struct call *c, int64_t object, const char *event);

/* The catalogue changes in this transaction: raises catalogue_head for the shops (shop_id 0: all) and returns, in the
 * next stage, the new version by catalogue_version(). Everybody who watches hears of it after the COMMIT. */
void catalogue_raise(struct call *c, int64_t shop_id);
uint64_t catalogue_version(const struct call *c);

/* Sessions and devices, for the services that open and end them. The driver keeps them with the peer. */
void session_set(struct call *c, int64_t staff_id, int64_t role_id, const uint8_t token_hash[32],
                 struct instant expires, bool locked);
void session_clear(struct call *c);
/* The session of this connection, or the one that session_set() names, is in this training, or in none. */
void session_train(struct call *c, struct training training);
/* The hash of the token of the session that is open on this connection, locked or not; NULL when none is. */
const uint8_t *session_token_hash(const struct call *c);
bool session_locked(const struct call *c);
/* A member's own session. It has no row and no token: it is this connection's, and ends with it. Of an op that needs one it goes on
 * with this, if it has not ended meanwhile. secret_changed: of their secret, the
 * instant 0 where they have none; when it is another, the session has ended. */
void member_set(struct call *c, int64_t member_id, struct instant secret_changed, struct instant expires, bool by_code);
/* The member who asks is signed out, at once and not behind the COMMIT: whatever becomes of the call. */
void member_clear(struct call *c);
uint32_t member_idle_s(const struct call *c);
/* After this call's COMMIT: end every connection of the device, in every process; sign a person out everywhere. */
void device_cut(struct call *c, int64_t device_id);
void staff_cut(struct call *c, int64_t staff_id);
/* Likewise: the member was erased, merged into another, or their secret was changed: what this ends is looked up. */
void member_told(struct call *c, int64_t member_id);
/* Likewise: the session of this connection was locked or ended, or its training was, and is so wherever it was resumed. */
void session_told(struct call *c);
/* Hello: this connection is that device. */
void device_set(struct call *c, int64_t device_id, int64_t shop_id, unsigned client);
/* SHA-256 of the public key the connection's certificate carries; NULL without one. certificate_expired: by the clock.
 */
const uint8_t *peer_key_hash(const struct call *c);
bool peer_certificate_expired(const struct call *c);
/* Close the connection once the answer is out. */
void peer_close_after(struct call *c);

/* Topics: what is pushed (push.h). The pushes come behind this call's answer: from `version` on, or a snapshot when
 * that is 0 or no version of this catalogue. Returns whether it will be a snapshot. */
bool topic_follow(struct call *c, unsigned topic, uint64_t version);

/* Another shop's catalogue than the caller's (Hello has no caller yet); NULL: not in memory yet. */
const struct catalogue *catalogue_of(const struct call *c, int64_t shop_id);
uint32_t idle_lock_s(const struct call *c);

/* The stock of a shop that quotes promised to its tills (common/rules/hold.h): of this server, and gone with it. On the
 * loop only. */
struct holds *shop_holds(struct driver *driver, int64_t shop_id);

/* What the server has done since its start. */
struct driver_counts {
    struct instant started;
    uint64_t connections; /* now */
    uint64_t calls;       /* answered */
    uint64_t commands;    /* answered, of these */
    uint64_t groups;      /* committed */
    uint64_t grouped;     /* commands in them */
};
const struct driver_counts *driver_counts(const struct driver *driver);

/* What the watch over the invariants has seen; all zero before its first round, or where there is none. */
struct invariants_seen {
    struct instant looked; /* the end of the last round */
    uint32_t broken;       /* how many did not hold when they were last looked at */
    const char *first;     /* the first of them: a name of db/checks/ */
};
const struct invariants_seen *driver_invariants(const struct driver *driver);

/* ---- groups ------------------------------------------------------------------------------------------------------
 * A group is the commands of one shop that waited together. For each try: keys() of every member names rows; load()
 * asks for the union; decide() of each, in the order they came, upon the working set; store() asks for what they wrote;
 * the driver adds journal, heads, signature, commands, COMMIT. Devices, heads and command look-ups are the driver's. */
struct group_kind {
    const char *name;
    size_t set_size;               /* the working set: zeroed for every try */
    void (*load)(struct group *g); /* after all keys(): ask */
    enum step (*fill)(
        struct group
            *g); /* the rows are in: build the set. STEP_NEXT: decide; STEP_AGAIN: catalogue too old; STEP_FAILED:
                             a row is missing that nobody could name before, and all begin anew */
    void (*store)(struct group *g); /* ask the writes of all in g->calls: only those that said STEP_REPLY are left */
};

struct group {
    struct driver *driver;
    struct txn txn;     /* txn.arena: of this try */
    void *set;          /* set_size bytes */
    struct instant now; /* of this try: never before any till's last entry */
    int64_t shop_id;
    const struct catalogue *catalogue;
    struct vault *vault;
    struct call **calls; /* those still to be decided or decided: duplicates and misfits are gone */
    size_t call_count;
    unsigned misses; /* how often fill() found that a row is missing which one of these needs */
};

struct rows *group_ask(struct group *g, const struct statement *statement, const struct param *params, size_t count);
int64_t group_next_id(struct group *g);
/* The head of its strand of this call's device, as the calls before it left it: the number its receipt would get. */
uint64_t group_next_number(const struct group *g, const struct call *c);
/* In decide(), at most once: this call's entry in its strand of its device. bytes: canonical, PROTOCOL.md; copied. hash
 * gets the new head, for the receipt. The driver writes journal and head. */
void group_journal(struct group *g, struct call *c, struct bytes bytes, uint8_t hash[32]);
/* The same for an op of the strand L, or for one of S that sells nothing: with what journal_change() said in decide(). */
void group_journal_changes(struct group *g, struct call *c);
/* In load(): the catalogue as it was from a version on, of these products alone. In fill() and decide() it is there;
 * NULL: not asked for, or this shop never had such a version. Lives until the try is over. */
void group_want_past(struct group *g, uint64_t version, const int64_t *product_ids, size_t count);
const struct catalogue *group_past(struct group *g);
/* SHA-256 of the request's body, as it came. */
void request_digest(const struct call *c, uint8_t digest[32]);
/* The version read in load (catalogue_head, in the same snapshot as the locks). */
uint64_t group_catalogue_version(const struct group *g);

#endif
