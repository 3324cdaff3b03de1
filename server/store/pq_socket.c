/* One connection of libpq on the loop. */
#include "server/store/pq_socket.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "server/store/outcome.h"

#define CONNECT_LIMIT_MS 10000
#define PAUSE_FIRST_MS   50
#define PAUSE_MOST_MS    2000

/* On the heap of its own: libuv lets go of it one turn of the loop after it is closed, and by then libpq may have a
 * new socket, even one of the same number. */
struct pq_watch {
    uv_poll_t poll;
};

static void pause_then_connect(struct pq_socket *socket);

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void unwatch(struct pq_socket *socket)
{
    if (socket->watch == NULL)
        return;
    uv_poll_stop(&socket->watch->poll);
    socket->watch->poll.data = socket->watch;
    uv_close((uv_handle_t *)&socket->watch->poll, on_watch_closed);
    socket->watch = NULL;
    socket->events = 0;
}

static void on_socket(uv_poll_t *poll, int status, int events);

static void watch(struct pq_socket *socket, int events)
{
    if (socket->watch == NULL) {
        socket->watch = calloc(1, sizeof(*socket->watch));
        if (socket->watch == NULL)
            abort();
        int failed = uv_poll_init(socket->loop, &socket->watch->poll, PQsocket(socket->conn));
        assert(failed == 0);
        (void)failed;
        socket->watch->poll.data = socket;
    }
    if (socket->events != events)
        uv_poll_start(&socket->watch->poll, events, on_socket);
    socket->events = events;
}

static void forget(struct pq_socket *socket)
{
    unwatch(socket);
    uv_timer_stop(&socket->timer);
    if (socket->conn != NULL)
        PQfinish(socket->conn);
    socket->conn = NULL;
}

void pq_socket_drop(struct pq_socket *socket, bool refused, const char *sentence)
{
    char text[400];

    if (socket->state == PQ_CLOSED || socket->state == PQ_PAUSING)
        return;
    outcome_sentence(text, sizeof(text), sentence); /* it may be libpq's own, and go with the connection */
    forget(socket);
    pause_then_connect(socket);
    socket->on_lost(socket, refused, text);
}

/* ---- connecting ---- */

/* The database is not there, a role is missing, a password is wrong: waiting alone does not mend these. libpq keeps no
 * SQLSTATE of a failed connect, so that only what we check ourselves counts as refused; all else is tried again. */
static void connect_step(struct pq_socket *socket, PostgresPollingStatusType next)
{
    switch (next) {
    case PGRES_POLLING_READING:
        watch(socket, UV_READABLE);
        return;
    case PGRES_POLLING_WRITING:
        watch(socket, UV_WRITABLE);
        return;
    case PGRES_POLLING_OK:
        uv_timer_stop(&socket->timer);
        socket->state = PQ_OPEN;
        PQsetnonblocking(socket->conn, 1);
        watch(socket, UV_READABLE);
        socket->on_open(socket);
        return;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
        break;
    }
    pq_socket_drop(socket, false, PQerrorMessage(socket->conn));
}

static void on_connect_limit(uv_timer_t *timer)
{
    pq_socket_drop(timer->data, false, "no answer while connecting");
}

static void on_notice(void *user, const PGresult *notice)
{
    const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);

    (void)user;
    log_event(LOG_DEBUG, "database_notice", "sqlstate=%s", state == NULL ? "" : state);
}

/* Keywords before dbname may be overridden by the URI in it, those behind it may not. Dead peers are noticed within
 * half a minute, so that a lost connection is not waited for and a frozen client's locks are not kept. */
static PGconn *start_connect(const struct pq_socket *socket)
{
    const char *keywords[] = { "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
                               "dbname",          "application_name",    "client_encoding",  NULL };
    const char *values[] = { "10", "5", "3", "20000", socket->uri, socket->application, "UTF8", NULL };

    return PQconnectStartParams(keywords, values, 1);
}

static void on_pause_over(uv_timer_t *timer)
{
    struct pq_socket *socket = timer->data;

    assert(socket->state == PQ_PAUSING);
    socket->state = PQ_CONNECTING;
    socket->conn = start_connect(socket);
    if (socket->conn == NULL)
        abort();
    if (PQstatus(socket->conn) == CONNECTION_BAD) {
        pq_socket_drop(socket, false, PQerrorMessage(socket->conn));
        return;
    }
    PQsetNoticeReceiver(socket->conn, on_notice, NULL);
    uv_timer_start(&socket->timer, on_connect_limit, CONNECT_LIMIT_MS, 0);
    connect_step(socket, PGRES_POLLING_WRITING); /* as libpq's manual has it: the first step waits to write */
}

static void pause_then_connect(struct pq_socket *socket)
{
    socket->state = PQ_PAUSING;
    uv_timer_start(&socket->timer, on_pause_over, (uint64_t)socket->pause_ms, 0);
    socket->pause_ms = socket->pause_ms < PAUSE_FIRST_MS      ? PAUSE_FIRST_MS
                       : socket->pause_ms * 2 > PAUSE_MOST_MS ? PAUSE_MOST_MS
                                                              : socket->pause_ms * 2;
}

void pq_socket_works(struct pq_socket *socket)
{
    socket->pause_ms = 0;
}

void pq_socket_open(struct pq_socket *socket)
{
    uv_timer_init(socket->loop, &socket->timer);
    socket->timer.data = socket;
    pause_then_connect(socket);
}

/* ---- open ---- */

/* libpq met the end while it wrote: on a turn of its own, for a caller of flush is not answered from inside. */
static void on_broken(uv_timer_t *timer)
{
    struct pq_socket *socket = timer->data;
    PGconn *conn = socket->conn;

    socket->on_input(socket); /* it may have read why */
    if (socket->conn == conn && socket->state == PQ_OPEN)
        pq_socket_drop(socket, false, PQerrorMessage(conn));
}

void pq_socket_flush(struct pq_socket *socket)
{
    int left = PQflush(socket->conn);

    if (PQstatus(socket->conn) == CONNECTION_BAD || PQsocket(socket->conn) < 0) {
        /* The descriptor is closed, its number free for anybody: stop watching it now. */
        unwatch(socket);
        uv_timer_start(&socket->timer, on_broken, 0, 0);
        return;
    }
    /* When only writing failed there may be something to read that says why; the end of file behind it ends it. */
    watch(socket, left == 1 ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct pq_socket *socket = poll->data;

    if (socket->state == PQ_CONNECTING) {
        /* libpq may close its socket in here and open another, to the next host or another address; the kernel then
         * forgets the old one silently. So each step watches afresh. */
        unwatch(socket);
        connect_step(socket, PQconnectPoll(socket->conn));
        return;
    }
    assert(socket->state == PQ_OPEN);
    /* An error of the socket is read as its end is: libpq has the better sentence. */
    if (status < 0 || events & UV_READABLE) {
        int read = PQconsumeInput(socket->conn);
        PGconn *conn = socket->conn;
        socket->on_input(socket); /* what came before the end counts */
        if (socket->conn != conn || socket->state != PQ_OPEN)
            return;
        if (status < 0 || !read || PQstatus(conn) == CONNECTION_BAD) {
            pq_socket_drop(socket, false, PQerrorMessage(conn));
            return;
        }
    }
    pq_socket_flush(socket);
}

/* ---- the end ---- */

static void on_timer_closed(uv_handle_t *handle)
{
    struct pq_socket *socket = handle->data;

    if (socket->on_closed != NULL)
        socket->on_closed(socket);
}

void pq_socket_close(struct pq_socket *socket)
{
    assert(socket->state != PQ_CLOSED);
    forget(socket);
    socket->state = PQ_CLOSED;
    uv_close((uv_handle_t *)&socket->timer, on_timer_closed);
}
