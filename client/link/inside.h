/* What the files of the link share; screens include link.h only. */
#ifndef CAROLINE_CLIENT_LINK_INSIDE_H
#define CAROLINE_CLIENT_LINK_INSIDE_H

#include <sys/queue.h>
#include <uv.h>

#include "client/link/connection.h"
#include "client/link/identity.h"
#include "client/link/link.h"
#include "client/link/op.h"
#include "client/link/pin_box.h"
#include "client/link/spool.h"
#include "common/wire/device_key.h"
#include "common/wire/frame.h"

/* PROTOCOL.md: at most 16 calls in flight. Commands leave a few to those who only ask. */
#define CALLS_MAX         16u
#define COMMANDS_AT_ONCE  12u
#define COMMAND_WAIT_MS   30000u /* what the server is told */
#define COMMAND_SILENT_MS 45000u /* no answer at all by then: the connection is not what it seems */
#define TOKEN_SIZE        32u
#define BODY_MAX          (FRAME_MAX - 256u) /* of a request: a frame holds no more, with what stands around it */
#define TOO_LARGE         "it is more than can be sent at once: make two of it"
/* As people read it; the sentences of a server that has lost its database say no more to them. */
#define DATABASE_AWAY "the shop's database is away"

struct call;
/* reply NULL: none came; `sentence` says why. The call is freed afterwards. */
typedef void call_done_fn(struct link *link, struct call *call, const Caroline__V1__Reply *reply, const char *sentence);

/* A request on its way, or waiting for its turn. */
struct call {
    TAILQ_ENTRY(call) in_calls;
    const struct client_op *op;
    uint64_t id; /* 0: not sent yet */
    struct bytes body;
    bool borrowed;       /* the body is its command's */
    int64_t deadline_us; /* by link->monotonic */
    int64_t sent_us;
    uint32_t deadline_ms;
    bool over;          /* its deadline has passed and was told; the server's slot is still taken */
    const char *failed; /* fails with this at the next turn */
    call_done_fn *done;
    link_answer_fn *answered; /* of link_call() */
    void *owner;
    struct command *command; /* whose copy it is */
};
TAILQ_HEAD(calls, call);

/*  TO_ASK -> ASKED -> TO_SEND -> SENT -> settled        TO_ASK: a copy may have arrived before: ask first
 *     ^         |        ^ ^       |
 *     |         v        | +-------+ "try again": later
 *     |       HELD ------+           HELD: somebody must sign in first
 *     |      ASKED, SENT -> UNREAD -> ASKED   UNREAD: answered, and nobody can say how: asked for again, slowly
 *     +--- from all, when the connection is lost and a byte has left */
enum command_phase { COMMAND_TO_ASK, COMMAND_ASKED, COMMAND_HELD, COMMAND_TO_SEND, COMMAND_SENT, COMMAND_UNREAD };

struct command {
    TAILQ_ENTRY(command) in_commands;
    uint8_t id[COMMAND_ID_SIZE];
    const struct client_op *op;
    struct bytes body; /* owned; data NULL: secret, of an earlier run, lost */
    enum command_phase phase;
    bool spooled, left;    /* left: a byte of it may have left this machine */
    bool practised;        /* in a training: of no interest once that is over */
    bool abandoned;        /* on its way, and the answer or the lost connection ends it */
    int64_t not_before_us; /* TO_SEND, TO_ASK, UNREAD: wait so long */
    unsigned tries;
    link_answer_fn *answered;
    void *owner;
};
TAILQ_HEAD(commands, command);

/*  DOWN -> DIALLING -> GREETING -> RESUMING -> UP -> DOWN */
enum link_stage { STAGE_DOWN, STAGE_DIALLING, STAGE_GREETING, STAGE_RESUMING, STAGE_UP };

struct link {
    struct link_options options;
    const struct identity *identity;
    struct clock *clock;
    struct entropy *entropy;

    enum link_stage stage;
    enum link_state state; /* as shown */
    char sentence[300];
    char trouble[300]; /* what link_trouble() tells */
    bool hopeless;     /* the server knows this device and will not serve it */
    unsigned failures; /* in a row */
    struct connection *connection;
    uv_timer_t *timer; /* of the stage: backoff, hand-shake's end, silence */
    uv_timer_t *alarm; /* the earliest deadline or second try */
    int64_t heard_us;  /* the last frame */
    bool pinging, closing;
    int64_t trouble_us;  /* since when nothing comes back that takes the database; 0: it does */
    int64_t well_us;     /* when something last did */
    bool away;           /* the last connection ended for that */
    int64_t here_us;     /* when somebody last touched this machine; 0: nobody tells */
    int64_t alone_us;    /* the longest that nobody did since there was a connection */
    struct arena *frame; /* of the frame in hand */
    struct arena *scratch;

    struct calls calls;
    uint64_t last_id;
    unsigned in_flight;

    struct commands commands;
    unsigned commands_in_flight;

    struct arena *hello_arena, *session_arena;
    const Caroline__V1__Helloed *hello;
    int64_t clock_offset_us; /* the server's clock less ours */
    struct bytes new_key;    /* owned: whose certificate is on its way; data NULL: none */
    const Caroline__V1__SessionOpened *session;
    bool locked;    /* as the server last said */
    bool lock_owed; /* it was asked for, and the server has not said that it is: it is taken for locked */
    bool training;  /* the session is in one, as the server last said */
    uint8_t token[TOKEN_SIZE];
    bool has_token;

    struct pin_box *pin_box; /* NULL: a lock is opened with the server alone */
    bool unlocking;          /* a PIN is tried in it, and then: */
    link_answer_fn *unlocked;
    void *unlocked_owner;
    uint8_t unlock_key[PIN_BOX_KEY]; /* what was in it, opened by the PIN: the server has not heard of it yet */
    bool has_unlock_key;
    unsigned opened_alone,
        wrong_alone; /* so often, of which it has not heard either: kept until it has, whoever signs in */

    struct catalogue *catalogue, *incoming; /* incoming: a snapshot, part by part */
    uint32_t next_part;
    uint64_t touched; /* the highest version whose rows are in, sealed or not */
    bool follows, asking, unsaved;
    struct reading *reading; /* its file; NULL: done */
    struct saving *saving;
    int64_t saved_us;
};

/* link.c */
void link_lost(struct link *link, const char *sentence); /* end this connection, try another */
void link_say(struct link *link, enum link_state state, const char *format, ...) __attribute__((format(printf, 3, 4)));
int64_t link_monotonic(const struct link *link);
void link_up(struct link *link); /* the session's question is settled */
/* What was sent at `sent_us` could not be done for want of the database (told), or was not answered in time. If that goes
 * on, this is no connection. */
void link_troubled(struct link *link, int64_t sent_us, bool told);
void link_untroubled(struct link *link);
bool error_means_away(const Caroline__V1__Error *error);

/* calls.c */
struct call *call_add(struct link *link, const struct client_op *op, struct bytes body, uint32_t deadline_ms,
                      call_done_fn *done);
void calls_pump(struct link *link);                       /* send what may be sent */
void calls_lost(struct link *link, const char *sentence); /* the connection is gone */
void calls_drop(struct link *link);                       /* the link is closed: no callbacks */
bool call_unsent_drop(struct link *link,
                      const struct command *command); /* its copy that waits for its turn; false: none does */
void calls_reply(struct link *link, const Caroline__V1__Reply *reply);
void calls_alarm(struct link *link);                                     /* set the alarm anew */
struct bytes owned_copy(struct bytes bytes);                             /* on the heap; never NULL */
struct bytes packed(struct link *link, const ProtobufCMessage *message); /* likewise */
/* A reply (or its lack) as callers see it. */
struct link_answer answer_of(struct link *link, const struct client_op *op, const Caroline__V1__Reply *reply,
                             const char *sentence);
/* The body of a reply decoded and checked; NULL: not understood. In the arena. */
const ProtobufCMessage *reply_message(const ProtobufCMessageDescriptor *descriptor, const Caroline__V1__Reply *reply,
                                      struct arena *arena);
/* The text of an error, NUL behind it, in the arena. */
const char *error_sentence(const Caroline__V1__Error *error, struct arena *arena);
/* It is no answer to what was asked: the server could not, just now. */
bool error_means_later(const Caroline__V1__Error *error);
bool error_wants_sign_in(const Caroline__V1__Error *error);

/* commands.c */
/* As link_command(), but kept in memory only. */
void command_unspooled(struct link *link, const struct link_command *wanted);
void commands_take_up(struct link *link); /* from the spool */
void commands_pump(struct link *link);
void commands_lost(struct link *link);
void commands_signed_in(struct link *link);
void commands_trained(struct link *link); /* nobody waits for what was practised any more */
void commands_drop(struct link *link);
int64_t commands_next_us(const struct link *link); /* INT64_MAX: none waits */

/* session.c */
void session_resume(struct link *link);
void session_saw(struct link *link, const struct call *call, const struct link_answer *answer); /* an answer goes by */
void session_unlocked_alone(struct link *link, const uint8_t key[PIN_BOX_KEY]);
void session_locks(struct link *link); /* it is asked for */
/* The answer to a command that begins or ends a training. */
void session_trained(struct link *link, const struct link_answer *answer);
void session_closed_here(struct link *link); /* signed out, and the server could not be told */
void session_missed(struct link *link, const Caroline__V1__Error *error); /* a refusal may say that it is gone */
void session_push(struct link *link, struct bytes body);

/* alone.c */
void alone_open(struct link *link);
/* Its PIN was right; the answer may bring the key that is shown to the server after an outage. */
void alone_fill(struct link *link, const struct call *call, ProtobufCBinaryData *key);
void alone_forget(struct link *link); /* the session is over */
void alone_count(unsigned *count);    /* once more */
/* A sign-in, with what is to be told by it; the server has answered one, or a resumption: what it told is told. */
const ProtobufCMessage *alone_telling(struct link *link, const ProtobufCMessage *message);
void alone_told(struct link *link, const struct call *call);
/* The server has looked at a PIN, and what it said counts for the box, too. */
void alone_refused(struct link *link, const struct call *call, const Caroline__V1__Error *error);
void alone_forget_opened(struct link *link); /* the server has heard of it, or it is locked again */
/* An unlocking that did not reach the server, tried without it: answered later. false: that is no matter of this till's. */
bool alone_unlock(struct link *link, const struct call *call);
void alone_close(struct link *link);

/* follow.c */
void follow_open(struct link *link);
void follow_start(struct link *link);     /* after Hello, after RESYNC */
void follow_signed_in(struct link *link); /* unless it follows already */
void follow_push(struct link *link, struct bytes body);
void follow_lost(struct link *link);
void follow_close(struct link *link);

/* renew.c */
void renew_if_due(struct link *link);
void renew_forget(struct link *link);

#endif
