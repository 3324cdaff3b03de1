/* What the files of this room share. */
#ifndef CAROLINE_SERVER_CALL_INNER_H
#define CAROLINE_SERVER_CALL_INNER_H

#include <sys/queue.h>
#include <uthash.h>

#include "common/base/budget.h"
#include "common/base/per_source.h"
#include "common/wire/digest.h"
#include "common/wire/frame.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "server/call/driver.h"

#define IN_FLIGHT_MAX      16
#define LANE_MAX           1000                     /* commands and acts of one device, over all its connections */
#define REQUEST_ARENA_MAX  ((size_t)1 << 20)        /* what a request may grow to when it is decoded */
#define REPLY_MAX          ((size_t)FRAME_MAX - 32) /* the envelope's own bytes come on top */
#define REPLY_WENT_WELL    (3 << 3 | 2)             /* a kept one's first byte: the field Reply.body */
#define ENTRY_MAX          (REPLY_MAX - 256) /* of the journal: each has to fit into an answer of OP_JOURNAL_LIST */
#define TRIES_MAX          5
#define DEADLINE_MS        30000
#define SWEEP_MS           5000
#define TOUCH_US           (60 * SECOND_US)
#define STAND_US           (60 * SECOND_US)
#define STRANGER_US        (10 * SECOND_US)
#define CATALOGUE_WAIT_MS  5000 /* for memory to become as new as the database, or to move on towards that */
#define GROUP_COMMANDS_FEW 16
#define GROUP_COMMANDS_MAX 200
#define GROUP_LINES_MAX    2000
#define ARENAS_KEPT        64
#define CUTS_MAX           4
#define SAID_MAX           256
#define SPENT_BESIDE       0x80000000u /* beside an op's number: what is spent of its other limit */
#define COUNTED_BESIDE     0x40000000u /* what is counted of it, and has no limit */
#define STRANGER_WRONGS    30          /* refused enrolments of one source in a minute; then it waits */

/* The first of the two numbers of an advisory lock; a shop's has one number, its id. */
enum { LOCK_COMMAND = 1, LOCK_STRAND = 2 };

struct work;

/* Somebody who waits for a call's answer: who asked first, or a copy of the same command that joined it. */
struct pending {
    LIST_ENTRY(pending) of_peer;
    struct pending *next; /* of the same call */
    struct peer *peer;    /* NULL: gone */
    uint64_t id;          /* Request.id */
    struct work *work;    /* who is to answer */
};

/* The end of a strand, advanced in memory and written at the end of the transaction. */
struct head {
    int64_t device_id;
    char strand; /* in a group: T, X, L or S; else 0, for L */
    uint64_t number;
    uint8_t hash[DIGEST_SIZE];
    struct instant at;
    bool advanced;
    bool in_service; /* in a group: its device is there and not revoked */
};

/* One entry of a strand, to be written. */
struct entry {
    int64_t device_id;
    uint64_t number;
    struct bytes bytes;
    uint8_t hash[DIGEST_SIZE];
    struct entry *next;
};

/* What was changed, for the L entry. */
struct change {
    int64_t object;
    const char *field, *before, *after; /* NULL: there was none */
    struct change *next;
};

/* What a call does to the world outside the database, once it is committed. */
struct effects {
    bool session_set, session_cleared, member_set, trains, device_set, close, follows;
    bool by_code;
    bool locked;
    bool doubtful; /* a cut was heard since the session or the device was looked up */
    int64_t staff_id, role_id, member_id, device_id, shop_id;
    unsigned client, topic;
    uint64_t version; /* of the topic */
    struct instant expires, secret_changed;
    struct training training; /* if trains */
    uint8_t token_hash[32];
    struct cut {
        const char *word; /* "device", "staff", "member", "session" */
        int64_t id;
    } cuts[CUTS_MAX];
    size_t cut_count;
};

struct offloaded {
    struct job job;
    struct work *work;
    void (*fn)(void *argument);
    void *argument;
    struct offloaded *next;
};

/*  Where a call is. Reads and acts that ask nothing never leave STAGES.
 *
 *  QUEUED -> BEGINNING -> LOCKING -> STAGES <-> WAITING       commands; acts without LOCKING's own trip
 *    |          ^                      |
 *    |          +---- RESTING <--------+-> ENDING -> SEEING -> over
 *    |                (again)          |   (commit)  (memory catches up with what was changed)
 *    +-> GROUPED -> over
 *
 *  LOCKING -> BEHIND -> BEGINNING                             memory is older than what the command has to know
 *  STAGES <-> LATER                                           long reads from memory
 *  STAGES -> LOOKING -> over, or STAGES                       reads that are to be refused
 *            LOOKING -> BEHIND -> STAGES
 */
enum work_state {
    WORK_QUEUED,
    WORK_BEGINNING,
    WORK_LOCKING,
    WORK_STAGES,
    WORK_WAITING,
    WORK_LATER,
    WORK_RESTING,
    WORK_ENDING,
    WORK_SEEING,
    WORK_LOOKING,
    WORK_BEHIND,
    WORK_GROUPED,
};

/* A call, and what only the driver knows of it. */
struct work {
    struct call call; /* first */
    enum work_state state;
    TAILQ_ENTRY(work) link;      /* all of the driver */
    TAILQ_ENTRY(work) of_lane;   /* commands and acts of one device */
    TAILQ_ENTRY(work) of_shop;   /* waiting for the shop's group */
    TAILQ_ENTRY(work) seeing;    /* waiting for the catalogue, or for what the database has of it */
    TAILQ_ENTRY(work) later;     /* waiting for a turn of the loop */
    struct lane *lane;           /* NULL: a read, or an act that asks nothing or is of no device */
    struct pending asked;        /* and those that joined, by next */
    struct arena *request_arena; /* bounded: the envelope and the message */
    struct arena *try_arena;     /* from the second try on; the first uses the call's */
    struct bytes body;           /* in the request's arena */
    uint8_t body_hash[DIGEST_SIZE];
    bool maybe_card;      /* in a field of any digits stands what looks like a card's number */
    uint32_t permissions; /* bits */
    int64_t deadline_us;  /* monotonic */
    unsigned tries;
    struct timer timer;
    uint64_t wanted_version;  /* that memory's catalogue has to have; 0: none yet */
    uint64_t decided_version; /* by which a read is to be refused */
    bool waited, looked;      /* for memory to have it, once; whether it has to, once */
    bool told_next;           /* by the look under way */

    /* the try */
    bool behind; /* memory does not have it, and was waited for */
    bool begun, wants_store, asked_some, only_selects;
    unsigned stage;
    unsigned waiting; /* the run, and what is offloaded */
    enum store_outcome outcome;
    struct offloaded *offloads;
    struct rows *locked, *found, *heads, *raised, *version;
    struct head head;
    bool head_known;
    struct change *changes, **changes_end;
    struct change *notes, **notes_end; /* field: the event */
    struct effects effects;
    bool raises;
    int64_t raise_shop_id;
    bool has_reply, is_refusal, keeps;          /* keeps: a refusal whose writes are committed */
    int refusal;                                /* its code */
    bool is_secret;                             /* refused for what may not be kept: refusal_not_kept() */
    struct bytes reply;                         /* a Reply without its id, packed; in the try's arena */
    bool settled;                               /* work_settle() */
    void (*done)(void *user, bool carried_out); /* of driver_do(); NULL: somebody else's request */
    void *done_user;

    /* in a group */
    bool too_long; /* its answer, or its entry: what decide did to the set has to be undone */
    struct head *group_head;
    struct entry *entry;
    unsigned misses; /* as struct group's: of this call */
    size_t lines;
    bool alone; /* it goes in a group of its own: one before it failed, or it may kill */
};
TAILQ_HEAD(work_list, work);

/* The connections of one device. */
struct kin {
    uint64_t number; /* kin_number() */
    LIST_HEAD(, peer) peers;
    UT_hash_handle hh;
};

/* The commands and acts of one device, in the order they came. */
struct lane {
    struct driver *driver;
    int64_t device_id;
    size_t count;
    bool pumping, moved;
    struct work_list works;
    UT_hash_handle hh;
};

/* The commands of one shop that wait for its next group; the group under way, and the one behind it. */
struct shop_queue {
    int64_t shop_id;
    struct driver *driver;
    struct work_list works;
    size_t work_count;
    struct group_run *ahead, *behind; /* behind is idle unless ahead commits */
    UT_hash_handle hh;
};

struct driver {
    struct driver_config config;
    const struct op **ops; /* by number */
    const struct op *hello;
    size_t op_count;
    struct peer_list peers;
    struct work_list works, seeing, later;
    size_t in_flight;
    struct lane *lanes;
    struct kin *kins;
    struct shop_queue *shops;
    struct shop_holds *holds;
    struct sight *sights;
    struct arena *arenas[ARENAS_KEPT], *bounded[ARENAS_KEPT];
    size_t arena_count, bounded_count;
    struct timer sweep, later_turn;
    struct touching *touching; /* session rows on their way */
    struct standing *standing; /* the question who may still be here, on its way */
    int64_t stand_at_us;       /* monotonic: the sweep asks from then on */
    int64_t clocks_apart_us;   /* the wall clock less the monotonic one */
    struct topic *topics;
    size_t freed_bytes; /* by pushes, since memory was last given back to the system */
    struct driver_counts counts;
    struct per_source wrongs; /* refused enrolments */
    struct budgets budgets;   /* what each device has asked, op by op */
    struct said {
        int64_t device_id, member_id;
        uint8_t command_id[COMMAND_ID_SIZE];
    } said[SAID_MAX]; /* members' commands as they came first, the last few; a ring */
    size_t said_count;
    uint64_t next_peer;
    uint8_t payload[FRAME_MAX]; /* where replies are put together */
    bool draining;
    void (*drained)(void *context);
    void *drained_context;
    struct timer drained_soon;
};

/* One for customers: nobody of the staff signs in there. */
static inline bool is_kiosk(const struct peer *peer)
{
    return peer->device_id && peer->client == CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK;
}

static inline struct work *work_of(struct call *c)
{
    return (struct work *)c;
}

/* driver.c */
int64_t monotonic_us(const struct driver *driver);
/* bounded: for what a stranger's bytes grow to. */
struct arena *arena_take(struct driver *driver, bool bounded);
void arena_give(struct driver *driver, struct arena *arena);
void arena_give_bounded(struct driver *driver, struct arena *arena);
const struct catalogue *catalogue_of_shop(const struct driver *driver, int64_t shop_id);
void peer_end(struct peer *peer, bool at_once, const char *reason);
/* The call is over: everybody who waits gets the reply. */
void work_reply(struct work *w, struct bytes reply);
void work_fail(struct work *w, int code); /* not kept; the codes of the world's failures */
void work_fail_away(struct work *w);      /* TRY_AGAIN, for want of the database */
void work_drop(struct work *w);           /* it is over, and answered by another */
void pending_reply(struct driver *driver, struct pending *p, struct bytes reply);
void peer_reply(struct driver *driver, struct peer *peer, uint64_t id, struct bytes reply);

/* reply.c */
struct bytes error_pack(struct arena *arena, int code, const char *field, const ProtobufCMessage *detail,
                        const char *sentence);
struct bytes failure_pack(struct arena *arena, int code);
struct bytes away_pack(struct arena *arena); /* TRY_AGAIN, for want of the database */
struct bytes reply_pack(struct arena *arena, const ProtobufCMessage *message);
const char *failure_sentence(int code);

/* call.c */
/* A turn of the loop: the first of those that wait for one goes on. */
void work_later_turn(struct timer *timer);
void work_start(struct work *w); /* acts, reads, and the head of its lane */
void work_try_reset(struct work *w, struct arena *arena);
/* The answer is out of the database's hands. */
void work_done(struct work *w);
/* From its first stage, and a command from its locks. */
void work_again(struct work *w);
/* The answer stands whatever becomes of the try: only keep it. */
void work_settle(struct work *w, struct bytes reply);
/* Refused, and neither the refusal nor a hash of what was refused is kept. */
bool leaves_no_trace(const struct work *w);
/* After the COMMIT: sessions, cuts, follows. */
void effects_apply(struct work *w);
/* Is the kept row this command's? Else the answer is COMMAND_REUSED. */
struct bytes kept_reply(struct work *w, const struct rows *rows, size_t row);
bool problem_is_the_commands(const char *problem);
/* Somebody else wrote the same name, key or id since it was looked for: the next try sees it and is refused as it
 * should. */
bool problem_is_a_race(const char *problem);
bool is_suspect(const struct driver *driver, const struct work *w);
void note_suspects(struct driver *driver, struct work *const *works, size_t count);
void clear_suspects(struct driver *driver);
struct bytes fault_reply(struct work *w, const char *why);

/* seeing.c */
/* Who has changed the catalogue finds the change in it: the answer waits for memory. */
void work_see(struct work *w);
/* Memory's catalogue has moved: can it go on? */
void work_look(struct work *w);
void work_ask_version(struct work *w);
/* That is in. true: memory is older than that; the command has let go of the database, and goes on when it is not, or after a time. */
bool work_waits_for_catalogue(struct work *w);
/* A read is to be refused: has the database something newer than memory? Then it is decided once more, when memory has it. */
bool work_may_be_behind(const struct work *w);
void work_look_behind(struct work *w);
/* What the database has; 0: it did not say in time. */
void work_looked(struct work *w, uint64_t version);

/* sight.c */
/* work_looked() comes later, never from inside. */
void sight_ask(struct work *w);
/* How long memory of this shop is still waited for, which is behind. */
int64_t sight_patience_ms(struct driver *driver, int64_t shop_id);
/* It has moved; shop_id 0: of all. */
void sights_moved(struct driver *driver, int64_t shop_id);
bool sights_look(const struct driver *driver); /* a question is on its way */
void sights_destroy(struct driver *driver);

/* finish.c: what closes a transaction */
void finish_ask(struct work *w);
/* Columns of the statements that write many rows at once. */
struct entry_columns {
    int64_t *device_ids, *numbers;
    struct instant *ats;
    struct bytes *bytes, *hashes;
    struct instant at;
    size_t count;
};
struct entry_columns entry_columns_of(struct arena *arena, size_t most, struct instant at);
void entry_columns_add(struct entry_columns *columns, const struct entry *entry);
/* Entries, the heads they moved, and one signature over these. */
void journal_ask(struct txn *txn, struct driver *driver, char kind, const struct entry_columns *columns,
                 struct head *const *heads, size_t head_count, struct instant now);
struct kept_columns {
    int64_t *device_ids, *ops;
    struct bytes *command_ids, *body_hashes, *replies;
    size_t count;
};
struct kept_columns kept_columns_of(struct arena *arena, size_t most);
void kept_columns_add(struct kept_columns *columns, const struct work *w, struct bytes reply);
void kept_ask(struct txn *txn, const struct kept_columns *columns, struct instant now);

/* lane.c */
bool lane_is_full(struct driver *driver, int64_t device_id);
/* It takes its place behind its device's others; a command may join the copy of it that is on its way. */
void lane_enter(struct work *w);
/* It is over: the next may start. */
void lane_leave(struct work *w);

/* kin.c */
/* Its device, or before Hello its key, as a number; 0: a stranger, who is nobody's. */
uint64_t kin_number(const struct peer *peer);
/* It is that device's, or key's, from now on; another may have to go for it. */
void kin_join(struct driver *driver, struct peer *peer);
void kin_leave(struct driver *driver, struct peer *peer);

/* group.c */
void group_submit(struct work *w);
void group_catalogue_changed(struct driver *driver, int64_t shop_id);
void groups_destroy(struct driver *driver);

/* journal.c */
struct bytes journal_l_entry(struct arena *arena, const struct head *head, const struct call *c, struct instant at,
                             const uint8_t body_hash[DIGEST_SIZE], const char *event, const struct change *changes);
/* previous || bytes; the head moves. */
void head_advance(struct head *head, struct bytes bytes, struct instant at);
/* Signed: the heads that moved, sorted by device, then kind. */
struct bytes heads_bytes(struct arena *arena, char kind, struct head *const *heads, size_t count);

/* session.c */
void session_end(struct driver *driver, struct peer *peer);
/* Signed out by somebody or something else: the screen is told. */
void session_lost(struct driver *driver, struct peer *peer, const char *why);
/* What was ended, or else locked, on this connection is so on all others that hold the session. */
void session_others(struct driver *driver, const struct peer *here, const uint8_t token_hash[32], bool ended);
/* Locks by the clock; false: there is no session (any more). */
bool session_alive(struct driver *driver, struct peer *peer);
/* Likewise of a member's own session; by the clock it is over, not locked. */
bool member_alive(struct driver *driver, struct peer *peer);
uint32_t session_permissions(const struct driver *driver, struct peer *peer);
void session_lock_here(struct driver *driver, struct peer *peer);
/* Of this connection's session, on all that hold it here. */
void session_train_here(struct driver *driver, const struct peer *here, struct training training);
void sessions_sweep(struct driver *driver);

/* standing.c */
/* Look up those whose `look` is set; behind the look under way, if there is one. */
void standing_look(struct driver *driver);
/* What this process has just committed: driver_heard(), but that nobody can be back yet. */
void driver_cut(struct driver *driver, const char *word, int64_t number);

/* holds.c */
void holds_of_shops_destroy(struct driver *driver);

/* push.c */
void push_follow(struct driver *driver, struct peer *peer, unsigned number, uint64_t version);
bool push_is_snapshot(const struct catalogue *catalogue, uint64_t version);
void push_next(struct driver *driver, struct peer *peer);
void push_forget(struct driver *driver, struct peer *peer);
void push_changed(struct driver *driver, int64_t shop_id);
void topics_destroy(struct driver *driver);

#endif
