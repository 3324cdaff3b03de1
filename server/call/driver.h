/* The driver as main and server/net/ see it: requests in, replies and pushes out. What services see is call.h.
 *
 * The driver has no sockets, no threads and no loop of its own. All that it needs of the world is handed to it as
 * interfaces below; main makes them of libuv, the simulator of nothing. It is not safe for two threads: everything is
 * called from the loop. Nothing calls back from inside the asking, peer_class.send and close excepted. */
#ifndef CAROLINE_SERVER_CALL_DRIVER_H
#define CAROLINE_SERVER_CALL_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/base/world.h"
#include "common/rules/catalogue.h"
#include "server/call/call.h"
#include "server/call/push.h"
#include "server/store/store.h"
#include "server/vault/vault.h"

/* ---- the world ---- */

/* Embedded in what waits for it. work runs on another thread; done comes back on the loop. */
struct job {
    void (*work)(struct job *job);
    void (*done)(struct job *job);
    void *private_; /* the pool's */
};
struct thread_pool {
    void (*submit)(struct thread_pool *pool, struct job *job);
};

/* Embedded likewise; zeroed before its first start. Starting one that runs sets it anew; stopping one that does not run
 * does nothing; it may be let go as soon as it is stopped or has fired. delay 0: from the loop, soon; one that starts
 * itself anew with 0 keeps the loop from its sockets. */
struct timer {
    void (*fire)(struct timer *timer);
    void *user;     /* the owner's */
    void *private_; /* the timers' */
};
struct timers {
    void (*start)(struct timers *timers, struct timer *timer, int64_t delay_ms);
    void (*stop)(struct timers *timers, struct timer *timer);
};

/* Who keeps the catalogues in memory true. */
struct keeper {
    /* NULL: not in memory (yet); the keeper fetches it and then says driver_catalogue_changed(). */
    const struct catalogue *(*catalogue)(struct keeper *keeper, int64_t shop_id);
    /* The database has this version (or a newer one): fetch it now instead of when the notification comes. */
    void (*want)(struct keeper *keeper, int64_t shop_id, uint64_t version);
};

/* Remembers across a crash which commands were being carried out. Only ever one list at a time: note before a piece of
 * service code that runs without waiting, clear behind it. */
struct suspects {
    void (*note)(struct suspects *suspects, const uint8_t (*command_ids)[16], size_t count);
    void (*clear)(struct suspects *suspects);
    /* In how many crashes of the last ones was it noted? */
    unsigned (*crashes)(struct suspects *suspects, const uint8_t command_id[16]);
};

/* ---- a connection ---- */

struct peer_class {
    /* One payload (a FromServer message) to the client, behind those before it. Copied, or on its way, when it returns.
     */
    void (*send)(struct peer *peer, struct bytes payload);
    /* End the connection: once all that was sent is out, or at once. reason: a word for the log. peer_closed() comes
     * later, never from inside. */
    void (*close)(struct peer *peer, bool at_once, const char *reason);
    /* Is nothing sent to it still unwritten? Pushes wait for this; then for driver_writable(). */
    bool (*empty)(const struct peer *peer);
};

TAILQ_HEAD(peer_list, peer);
LIST_HEAD(pending_list, pending);
SLIST_HEAD(follower_list, follower);

/* Embedded in the connection; zeroed, then filled down to `driver's` before driver_opened(). */
struct peer {
    const struct peer_class *class;
    bool has_key;             /* a client certificate of our CA was shown */
    bool certificate_expired; /* by the clock at the handshake */
    uint8_t key_hash[32];     /* SHA-256 of its public key's SPKI */
    uint64_t number;          /* for the log */
    uint64_t source;          /* without a key: a number for where it comes from */

    /* the driver's */
    TAILQ_ENTRY(peer) link;
    struct kin *kin; /* the connections of its device; NULL: it is nobody's */
    LIST_ENTRY(peer) of_kin;
    struct pending_list pending;    /* its calls in flight */
    struct follower_list followers; /* topics it follows */
    int64_t device_id, shop_id;     /* 0: none; from Hello */
    int64_t staff_id, role_id;      /* 0: nobody is signed in */
    int64_t member_id;              /* at a kiosk: a member, for themselves; 0: nobody */
    struct instant secret_changed;  /* theirs, when they signed in */
    struct training training;       /* of the session */
    struct instant session_expires;
    int64_t used_us;              /* monotonic: the last call of the person signed in */
    int64_t touched_us;           /* monotonic: when the session's row was last touched */
    int64_t opened_us;            /* monotonic */
    int64_t rate_from_us;         /* monotonic: a stranger's minute in which rate_count counts */
    uint8_t token_hash[32];       /* of the session */
    uint64_t permissions_version; /* of the catalogue by which permissions were looked up; 0: not yet */
    uint32_t permissions;         /* bits */
    uint32_t discount_ppm;        /* likewise */
    uint16_t rate_count;
    uint8_t client; /* ClientKind; 0: before Hello */
    uint8_t pending_count;
    bool greeted;      /* Hello was answered */
    bool greeting;     /* or will be; nothing is read meanwhile */
    bool locked;       /* the session */
    bool by_code;      /* the member came by a one-time code */
    bool session_news; /* a TOPIC_SESSION push waits for an empty socket */
    bool look;         /* the next look asks for it (standing.c) */
    bool asked;        /* the look under way does */
    bool doubted;      /* its session may have ended: it is not served before a look has said no */
    bool closing;      /* nothing more is read from it */
};

/* ---- the driver ---- */

struct driver_config {
    struct store *store;
    struct vault *vault;
    struct keeper *keeper;
    const struct op *const *ops;             /* ended by NULL */
    const struct topic_class *const *topics; /* ended by NULL */
    struct clock *clock;
    struct entropy *entropy;
    struct id_source *ids;
    struct thread_pool *pool;
    struct timers *timers;
    struct suspects *suspects;                /* NULL: none are kept */
    const struct invariants_seen *invariants; /* the watch's (server/jobs/); NULL: there is none */
    unsigned node;                            /* this server's: its own strand is node + 1 */
    size_t device_connections;                /* at most, of one device; 0: 16 */
    int64_t idle_lock_ms;                     /* 0: 120,000 */
    int64_t member_idle_ms;                   /* of a member's own session, which is over then; 0: 60,000 */
    int64_t store_wait_ms;                    /* how long a call waits for a connection to the database; 0: 3,000 */
    bool has_gateway;                         /* somebody asks a payment gateway what is written down for it */
};

struct driver *driver_create(const struct driver_config *config);
/* All peers are closed and nothing is in flight. */
void driver_destroy(struct driver *driver);

void driver_opened(struct driver *driver, struct peer *peer);
/* The peer is gone, and let go when this returns. Commands in flight are carried out all the same. */
void driver_closed(struct driver *driver, struct peer *peer);
/* One frame's payload, of 1 to driver_frame_max() bytes; a view that need not outlive the call. */
void driver_receive(struct driver *driver, struct peer *peer, struct bytes payload);
/* A frame whose length is 0 or above driver_frame_max(): an error reply, and the connection closes behind it. */
void driver_bad_frame(struct driver *driver, struct peer *peer);
/* FRAME_MAX_STRANGER until somebody has signed in. */
size_t driver_frame_max(const struct peer *peer);
/* All that was sent to it is written: the next push may go. */
void driver_writable(struct driver *driver, struct peer *peer);
/* Should net read from it? No while its Hello is in flight, or it closes; a call too many is read, and refused. When it
 * turns to yes again, driver_config has nothing to call: a reply is sent then, so net asks again after each send. */
bool driver_reads(const struct peer *peer);

/* The keeper's catalogue of the shop has become newer: waiting groups go on, deltas are pushed. */
void driver_catalogue_changed(struct driver *driver, int64_t shop_id);

/* What one process says to all, itself too: a NOTIFY on channel "caroline" with the payload "SHOP:WORD:NUMBER", sent in
 * the transaction that makes it true. Words: "catalogue" (the number is the shop's new version; SHOP 0: of every shop),
 * "device" (cut: the device's id), "staff" (their sessions until then have ended: the person's id), "member" (their own sessions may have ended: the member's id), "session" (locked or ended: the device's id).
 * main hands the first to the keeper, the others to the driver. */
#define NOTICE_CHANNEL "caroline"
void driver_heard(struct driver *driver, const char *word, int64_t number);
/* Some may have been missed: looks up which of the devices and sessions here have ended or are locked, and cuts them,
 * signs them out or locks them. It does so by itself once a minute. */
void driver_look(struct driver *driver);

/* A request of the server's own, in a transaction with an entry of the journal as any other: an op that acts and needs nothing, of no
 * connection and no device; its entries are of the server's own strand, in the name of a person (0: nobody's). The message lives until
 * done, which comes later, never from inside: was it carried out? Where it was not, or nobody knows, it may be asked again. */
void driver_do(struct driver *driver, const struct op *op, const ProtobufCMessage *message, int64_t shop_id,
               int64_t staff_id, void (*done)(void *user, bool carried_out), void *user);

/* From now on new calls are answered SHUTTING_DOWN; drained is called once nothing is in flight, never from inside. */
void driver_drain(struct driver *driver, void (*drained)(void *context), void *context);
size_t driver_in_flight(const struct driver *driver);
/* Its state to the log, for who looks into a running server. */
void driver_log_state(const struct driver *driver);

#endif
