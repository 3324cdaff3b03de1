/* One connection of libpq on the loop: connects, says when there is something to read, and connects again when it was
 * lost. What is spoken on it is its owner's (link.h, notify.h). */
#ifndef CAROLINE_SERVER_STORE_PQ_SOCKET_H
#define CAROLINE_SERVER_STORE_PQ_SOCKET_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <uv.h>

/*  PAUSING -> CONNECTING -> OPEN         CLOSED from any, for good
 *     ^           |          |
 *     +-----------+----------+
 */
enum pq_state { PQ_PAUSING, PQ_CONNECTING, PQ_OPEN, PQ_CLOSED };

struct pq_watch;
struct pq_socket {
    uv_loop_t *loop;
    const char *uri, *application; /* the owner's; they live as long */
    enum pq_state state;
    PGconn *conn; /* in CONNECTING and OPEN */
    struct pq_watch *watch;
    uv_timer_t timer; /* PAUSING: the pause; CONNECTING: its limit */
    int events;
    int64_t pause_ms;

    /* Set by the owner before pq_socket_open(). */
    void (*on_open)(struct pq_socket *socket);
    void (*on_input)(struct pq_socket *socket); /* bytes came and libpq has taken them */
    /* Not connected, or not any more; conn is gone. refused: by the owner, or by PostgreSQL for a reason that stays. */
    void (*on_lost)(struct pq_socket *socket, bool refused, const char *sentence);
    void (*on_closed)(struct pq_socket *socket);
    void *user;
};

void pq_socket_open(struct pq_socket *socket);
/* Send what is buffered; the rest goes by itself. */
void pq_socket_flush(struct pq_socket *socket);
/* The owner has had enough of this connection: on_lost comes from inside, a new one after a pause. */
void pq_socket_drop(struct pq_socket *socket, bool refused, const char *sentence);
/* The connection works: the next pause is short again. */
void pq_socket_works(struct pq_socket *socket);
/* No on_lost; on_closed when the loop holds nothing of it. */
void pq_socket_close(struct pq_socket *socket);

#endif
