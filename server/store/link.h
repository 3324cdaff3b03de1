/* One connection that runs transactions, a pipeline a run. postgres.c lends it to one transaction at a time, and to the
 * next of its lane as soon as COMMIT is sent: what that one asks goes behind the COMMIT, so that the database finds its
 * next work while the answer to the last is on its way. */
#ifndef CAROLINE_SERVER_STORE_LINK_H
#define CAROLINE_SERVER_STORE_LINK_H

#include "server/store/binary.h"
#include "server/store/pq_socket.h"

/*  DOWN -> CHECKING -> PREPARING -> IDLE -> LENT <-> RUNNING
 *                          ^         ^ ^               |  |
 *                          |         | +---------------+  |  committed, or read
 *                          |         +--- CLEANING <------+  ROLLBACK: behind an error, or the caller's
 *                          +---------------- |               plans gone stale: prepare anew
 *  DOWN from any: lost; pq_socket connects again
 */
enum link_state { LINK_DOWN, LINK_CHECKING, LINK_PREPARING, LINK_IDLE, LINK_LENT, LINK_RUNNING, LINK_CLEANING };

enum link_use { LINK_WRITER, LINK_READER, LINK_CHECKER };
#define LINK_USES 3

struct asked {
    struct rows *rows;
    const struct statement *statement;
    bool prepares; /* sent with what prepares it, whose answer comes first */
    struct binary_params params;
    struct asked *next;
};

/* What a transaction is to the store, in the transaction's arena. */
struct work {
    struct txn *txn;
    struct link *link;            /* NULL: waits for one */
    txn_done_fn *done;            /* NULL between runs */
    struct asked *first, **last;  /* asked, not yet run */
    struct asked *sent;           /* the last of these that went out before the run; NULL: none did */
    bool unsendable;              /* libpq could not buffer one of them */
    enum store_outcome outcome;   /* to be told */
    int64_t deadline_ms;          /* of the loop's clock; while waiting for a connection */
    bool told_later;              /* in the list of those to be told on the next turn */
    struct work *previous, *next; /* in a list of postgres.c */
    bool begun;                   /* something was sent, BEGIN first */
    /* the run under way */
    bool running;
    bool commit;            /* it is the last ... */
    bool committing;        /* ... and COMMIT is sent behind it */
    struct asked *awaited;  /* whose answer is next */
    unsigned begin_awaited; /* answers to BEGIN and DISCARD, which come first */
    bool commit_awaited;    /* the answer to COMMIT, which comes last */
    bool failed, commit_tag;
};

struct link_settings; /* postgres.c's, for all links */
struct link {
    struct pq_socket socket;
    enum link_use use;
    enum link_state state;
    const struct link_settings *settings;
    bool proves;                /* prepares all statements when it opens; others prepare each when it is first asked */
    bool *prepared;             /* sent to be, by their index */
    struct work *work, *behind; /* behind: the next of its lane; only while the work RUNNING commits */
    int64_t lane;               /* kept until IDLE or DOWN: nobody else of it begins until the database has let go */
    bool plans_stale, leave;
    size_t transactions, replan_at; /* since PREPARING; when plans are made anew */
    bool answered;                  /* the current answer's result is in, its NULL is not */
    bool failed;                    /* CHECKING or PREPARING */
    bool refused;                   /* by check */
    bool deallocated;               /* PREPARING began with DEALLOCATE */
    size_t answers;                 /* PREPARING: how many have come */
    unsigned early_syncs;           /* of what went out before its run; they come before the run's */
    uv_timer_t limit;               /* a run that takes longer than the server's own limits */
    int closing;                    /* handles still to be closed */
    char sentence[400];
    void *owner;
};

struct link_settings {
    const char *uri[LINK_USES];
    bool private_cluster;
    int64_t statement_ms[LINK_USES];
    int64_t silence_ms; /* beyond a statement's limit */
    int64_t lock_ms, idle_transaction_ms;
    /* Events, never from inside a call of link.h but link_drop's: the run's outcome; IDLE again; up; lost or refused.
     */
    void (*on_done)(struct link *link, struct work *work, enum store_outcome outcome);
    void (*on_idle)(struct link *link);
    void (*on_down)(struct link *link, bool refused, const char *sentence);
    void (*on_silence)(struct link *link); /* behind on_down: it was lost because PostgreSQL said nothing */
    void (*on_closed)(struct link *link);
};

/* proves: what does not fit the schema is found as soon as this one opens. */
void link_open(struct link *link, uv_loop_t *loop, enum link_use use, bool proves, const struct link_settings *settings,
               void *user);
void link_lend(struct link *link, struct work *work);
/* Is the lane's transaction under way here committing, and nobody behind it yet? */
bool link_takes_behind(const struct link *link);
void link_lend_behind(struct link *link, struct work *work);
/* What work has asked goes out now, its answers come with the run's. */
void link_hurry(struct work *work);
/* Sends what work asked to the link it was lent, and COMMIT. False: there was nothing to send, and no transaction to
 * end. */
bool link_run(struct work *work, bool commit);
/* The caller is gone: ROLLBACK where something was begun. */
void link_give_back(struct work *work);
void link_close(struct link *link);

#endif
