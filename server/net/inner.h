/* What the files of this room share. */
#ifndef CAROLINE_SERVER_NET_INNER_H
#define CAROLINE_SERVER_NET_INNER_H

#include <sys/queue.h>
#include <uv.h>

#include "common/wire/frame.h"
#include "common/wire/tls.h"
#include "server/call/driver.h"
#include "server/net/gate.h"
#include "server/net/net.h"

#define READ_SIZE          ((size_t)64 * 1024)
#define UNSENT_MAX         ((size_t)256 * 1024) /* then a reader is too slow */
#define UNSENT_US          (30 * SECOND_US)
#define YOUNG_US           (10 * SECOND_US) /* TLS and Hello; for a stranger, everything */
#define FRAME_US           (30 * SECOND_US) /* for what has begun to come in */
#define KEEPALIVE_S        30
#define LISTENERS_MAX      16
#define OTHERS_DESCRIPTORS 64 /* the database's connections, the vault's files, the log */
#define LISTEN_QUEUE       1024
#define SWEEP_INTERVAL_MS  500
#define LEAVE_US           (5 * SECOND_US) /* to write what was sent, and to linger */

/*  NEW -> SHAKING -> OPEN -> ENDING -> LINGERING -> CLOSING -> (freed)
 *   |        |        |        |                     ^
 *   +--------+--------+--------+---------------------+   whatever goes wrong
 *
 *  NEW        not a byte has come: it costs no TLS yet
 *  SHAKING    hands
 *  OPEN       frames go to the driver, which knows the peer from here on
 *  ENDING     nothing is read; what was sent is being written, then the TLS farewell
 *  LINGERING  all is written and our side is shut; what still comes in is thrown away, lest the kernel answer it with a
 *             reset that makes the other side lose our last words
 *  CLOSING    libuv is letting go
 */
enum conn_state { CONN_NEW, CONN_SHAKING, CONN_OPEN, CONN_ENDING, CONN_LINGERING, CONN_CLOSING };

TAILQ_HEAD(conn_list, conn);

struct conn {
    struct peer peer; /* first */
    struct net *net;
    uv_tcp_t tcp;
    struct tls *tls;
    struct buffer in;      /* plaintext not taken yet: a cut frame, or frames that must wait */
    struct buffer out;     /* encrypted, not given to libuv yet */
    struct buffer writing; /* with libuv */
    uv_write_t write;
    TAILQ_ENTRY(conn) of_age;     /* in net's young, known or leaving */
    TAILQ_ENTRY(conn) of_unsent;  /* in net's unsent, while libuv writes */
    TAILQ_ENTRY(conn) of_begun;   /* in net's begun, while a frame has begun to come in */
    TAILQ_ENTRY(conn) of_resumed; /* in net's resumed */
    struct conn_list *age;
    int64_t since_us;  /* monotonic: accepted, or began to leave */
    int64_t unsent_us; /* monotonic: libuv began to write */
    int64_t begun_us;  /* monotonic: the frame that is not whole began to come in */
    uint8_t state;     /* enum conn_state */
    bool is_writing, is_reading, is_resumed, is_stranger, has_begun, driver_knows;
    bool hung_up; /* the other side has shut its own */
};

struct net {
    struct net_config config;
    struct uv_tcp_s *listeners[LISTENERS_MAX];
    size_t listener_count;
    uv_timer_t sweep;
    uv_idle_t resume;
    unsigned handles; /* sweep and resume, until closed */

    struct conn_list young, known, leaving; /* each in the order of since_us, the oldest first */
    struct conn_list unsent;                /* in the order of unsent_us */
    struct conn_list begun;                 /* in the order of begun_us */
    struct conn_list resumed;               /* to be looked at again at the loop's next turn */
    size_t most;                            /* connections, for there are so many descriptors */
    size_t count, shaking_count, stranger_count, resumed_count;
    uint64_t next_number;

    uint8_t *read_buffer; /* READ_SIZE, for whichever connection libuv reads */
    struct buffer plain;  /* what it said */
    struct buffer frame;  /* what it is told, with its head */
    struct per_source complaints;
    int64_t accept_complaint_us; /* monotonic: nothing is said of newcomers that cannot be let in before */

    bool closing;
    void (*closed)(void *context);
    void *closed_context;
};

/* conn.c: the life of a connection */
void conn_accept(struct net *net, uv_stream_t *listener);
/* TLS is agreed: who is it? */
void conn_open(struct conn *conn);
/* Write what was sent, then part. */
void conn_end(struct conn *conn, const char *reason);
/* All is written: shut our side, wait for theirs. */
void conn_linger(struct conn *conn);
/* At once. */
void conn_close(struct conn *conn, const char *reason);
/* Young no more, when it is neither a stranger nor silent. */
void conn_come_of_age(struct conn *conn);

/* conn_bytes.c: what comes in and goes out */
extern const struct peer_class conn_class;
void conn_start_reading(struct conn *conn);
/* At the loop's next turn: take the frames that had to wait, read again. */
void conn_resume(struct conn *conn);
void conn_forget_resume(struct conn *conn);
/* No frame of it has begun to come in any more. */
void conn_forget_begun(struct conn *conn);
void conn_flush(struct conn *conn);
bool conn_is_empty(const struct conn *conn);

/* net.c */
int64_t net_now(const struct net *net);
uint32_t net_chance(const struct net *net);
void net_watch(struct net *net);
/* A connection is gone, its memory too. */
void net_left(struct net *net);
/* Where a connection comes from; false: it is gone. */
bool source_of(const uv_tcp_t *tcp, struct sockaddr_storage *source);
/* Nobody can be let in: once a minute. */
void net_complain_full(struct net *net, const char *reason);
/* About a connection that is not one of ours: once a source and minute. */
void net_complain(struct net *net, const uv_tcp_t *tcp, const char *event, const char *reason);

/* address.c: "127.0.0.1:40312" or "[::1]:40312". */
#define SOURCE_TEXT 64
const char *source_text(char text[SOURCE_TEXT], const struct sockaddr *address);
struct addrinfo;
/* The addresses of a setting; ended by freeaddrinfo(). NULL: *problem, as in net_listen(). */
struct addrinfo *addresses_of(const char *setting, const char **problem);
const char *net_problem(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
