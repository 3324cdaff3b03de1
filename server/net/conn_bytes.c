/* What comes in on a connection and what goes out: socket, TLS, frames, driver. */
#include "server/net/inner.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"

/* ---- out ---- */

bool conn_is_empty(const struct conn *conn)
{
    return !conn->is_writing && conn->out.size == 0;
}

static size_t unsent(const struct conn *conn)
{
    return conn->out.size + (conn->is_writing ? uv_stream_get_write_queue_size((const uv_stream_t *)&conn->tcp) : 0);
}

static void on_written(uv_write_t *write, int status)
{
    struct conn *conn = write->data;

    conn->is_writing = false;
    buffer_fini(&conn->writing);
    if (conn->state == CONN_CLOSING)
        return;
    TAILQ_REMOVE(&conn->net->unsent, conn, of_unsent);
    if (status != 0) {
        conn_close(conn, uv_err_name(status));
        return;
    }
    conn_flush(conn);
    if (!conn_is_empty(conn))
        return;
    if (conn->state == CONN_ENDING)
        conn_linger(conn);
    if (conn->state == CONN_OPEN)
        driver_writable(conn->net->config.driver, &conn->peer);
    if (conn->state == CONN_OPEN)
        conn_resume(conn);
}

/* Most of what is sent fits into the socket at once; only the rest waits, and only then there is memory for it. */
void conn_flush(struct conn *conn)
{
    uv_buf_t buf = { .base = (char *)conn->out.data, .len = conn->out.size };
    uv_stream_t *stream = (uv_stream_t *)&conn->tcp;

    if (conn->is_writing || conn->out.size == 0 || conn->state == CONN_CLOSING)
        return;
    int written = uv_try_write(stream, &buf, 1);
    if (written < 0 && written != UV_EAGAIN) {
        conn_close(conn, uv_err_name(written));
        return;
    }
    size_t done = written > 0 ? (size_t)written : 0;
    if (done == conn->out.size) {
        buffer_fini(&conn->out);
        return;
    }
    conn->writing = conn->out;
    conn->out = (struct buffer){ 0 };
    buf.base = (char *)conn->writing.data + done;
    buf.len = conn->writing.size - done;
    conn->write.data = conn;
    conn->is_writing = true;
    conn->unsent_us = net_now(conn->net);
    TAILQ_INSERT_TAIL(&conn->net->unsent, conn, of_unsent);
    int result = uv_write(&conn->write, stream, &buf, 1, on_written);
    if (result != 0) {
        TAILQ_REMOVE(&conn->net->unsent, conn, of_unsent);
        conn->is_writing = false;
        conn_close(conn, uv_err_name(result));
    }
}

static void send_to(struct peer *peer, struct bytes payload)
{
    struct conn *conn = (struct conn *)peer;
    uint8_t head[FRAME_HEAD];

    if (conn->state != CONN_OPEN)
        return;
    assert(payload.size > 0 && payload.size <= FRAME_MAX);
    put_u32(head, (uint32_t)payload.size);
    struct buffer *frame = &conn->net->frame;
    buffer_clear(frame);
    if (!buffer_append(frame, head, sizeof head, SIZE_MAX) ||
        !buffer_append(frame, payload.data, payload.size, SIZE_MAX))
        abort();
    if (tls_send(conn->tls, bytes_of(frame->data, frame->size), &conn->out) == TLS_BROKEN) {
        conn_close(conn, tls_sentence(conn->tls));
        return;
    }
    conn_flush(conn);
    if (conn->state == CONN_OPEN && unsent(conn) > UNSENT_MAX) {
        log_event(LOG_INFO, "reader_too_slow", "peer=%llu unsent=%zu", (unsigned long long)peer->number, unsent(conn));
        conn_close(conn, "reader_too_slow");
    }
    /* A call has been answered: perhaps there is room for the next, but not from within this one. */
    if (conn->state == CONN_OPEN && !conn->is_reading)
        conn_resume(conn);
}

static void close_peer(struct peer *peer, bool at_once, const char *reason)
{
    struct conn *conn = (struct conn *)peer;

    if (at_once)
        conn_close(conn, reason);
    else
        conn_end(conn, reason);
}

static bool is_empty(const struct peer *peer)
{
    return conn_is_empty((const struct conn *)peer);
}

const struct peer_class conn_class = { .send = send_to, .close = close_peer, .empty = is_empty };

/* ---- in ---- */

/* One frame at a time is taken while its answer may go out: who does not read is not read from. */
static bool may_take(const struct conn *conn)
{
    return conn->state == CONN_OPEN && conn_is_empty(conn) && driver_reads(&conn->peer);
}

/* Hand on the frames at the front; how many bytes they were. */
static size_t take_frames(struct conn *conn, struct bytes bytes)
{
    struct driver *driver = conn->net->config.driver;
    size_t used = 0;

    while (may_take(conn)) {
        struct bytes payload, rest = bytes_of(bytes.data + used, bytes.size - used);
        enum frame_verdict verdict = frame_next(rest, driver_frame_max(&conn->peer), &payload);
        if (verdict == FRAME_WAIT)
            break;
        if (verdict != FRAME_READY) {
            driver_bad_frame(driver, &conn->peer);
            break;
        }
        used += FRAME_HEAD + payload.size;
        driver_receive(driver, &conn->peer, payload);
    }
    return used;
}

void conn_forget_begun(struct conn *conn)
{
    if (!conn->has_begun)
        return;
    conn->has_begun = false;
    TAILQ_REMOVE(&conn->net->begun, conn, of_begun);
}

/* Is there a part of a frame, or of a record that may hold one? Whole frames that wait are ours to take. */
static bool is_amid(const struct conn *conn)
{
    struct bytes payload;

    if (conn->in.size > 0)
        return frame_next(bytes_of(conn->in.data, conn->in.size), driver_frame_max(&conn->peer), &payload) ==
               FRAME_WAIT;
    return tls_waits_for_more(conn->tls);
}

/* A frame has so long from its first byte to its last, however its bytes drip. took: others were whole meanwhile. */
static void note_begun(struct conn *conn, bool took)
{
    bool amid = conn->state == CONN_OPEN && is_amid(conn);

    if (conn->has_begun && (took || !amid))
        conn_forget_begun(conn);
    if (!amid || conn->has_begun)
        return;
    conn->has_begun = true;
    conn->begun_us = net_now(conn->net);
    TAILQ_INSERT_TAIL(&conn->net->begun, conn, of_begun);
}

/* What the driver does not take now is kept with the connection; when all is taken it holds no memory. */
static void take(struct conn *conn, struct bytes plain)
{
    if (conn->in.size == 0) {
        size_t used = take_frames(conn, plain);
        if (conn->state == CONN_OPEN && used < plain.size &&
            !buffer_append(&conn->in, plain.data + used, plain.size - used, SIZE_MAX))
            abort();
        note_begun(conn, used > 0);
        return;
    }
    if (!buffer_append(&conn->in, plain.data, plain.size, SIZE_MAX))
        abort();
    size_t used = take_frames(conn, bytes_of(conn->in.data, conn->in.size));
    if (conn->state != CONN_OPEN)
        return;
    if (used == conn->in.size)
        buffer_fini(&conn->in);
    else
        buffer_consume(&conn->in, used);
    note_begun(conn, used > 0);
}

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
    struct conn *conn = handle->data;

    (void)wanted;
    buf->base = (char *)conn->net->read_buffer;
    buf->len = READ_SIZE;
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf);

/* As long as it is undecided who it is, and when it leaves, everything is read. */
static void set_reading(struct conn *conn)
{
    bool wanted = conn->state != CONN_OPEN || may_take(conn);

    if (conn->state == CONN_CLOSING || wanted == conn->is_reading)
        return;
    conn->is_reading = wanted;
    if (!wanted)
        uv_read_stop((uv_stream_t *)&conn->tcp);
    else if (uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read) != 0)
        conn_close(conn, "gone");
}

void conn_start_reading(struct conn *conn)
{
    set_reading(conn);
}

static void on_resume(uv_idle_t *idle)
{
    struct net *net = idle->data;
    struct conn *conn;

    /* Who is put on the list meanwhile waits for the turn after this. */
    for (size_t left = net->resumed_count; left > 0 && (conn = TAILQ_FIRST(&net->resumed)) != NULL; left--) {
        conn_forget_resume(conn);
        if (conn->state == CONN_OPEN)
            take(conn, (struct bytes){ 0 });
        set_reading(conn);
    }
    if (net->resumed_count == 0)
        uv_idle_stop(idle);
}

void conn_resume(struct conn *conn)
{
    if (conn->is_resumed)
        return;
    conn->is_resumed = true;
    TAILQ_INSERT_TAIL(&conn->net->resumed, conn, of_resumed);
    conn->net->resumed_count++;
    uv_idle_start(&conn->net->resume, on_resume);
}

void conn_forget_resume(struct conn *conn)
{
    if (!conn->is_resumed)
        return;
    conn->is_resumed = false;
    TAILQ_REMOVE(&conn->net->resumed, conn, of_resumed);
    conn->net->resumed_count--;
}

/* The connection ends by its own doing, or because of what it is. */
static void break_off(struct conn *conn)
{
    const char *event = tls_problem_of(conn->tls) == TLS_DEVICE_FOREIGN ? "foreign_certificate" : "tls_failed";

    net_complain(conn->net, &conn->tcp, event, tls_sentence(conn->tls));
    conn_end(conn, event);
}

static void receive(struct conn *conn, struct bytes received)
{
    struct buffer *plain = &conn->net->plain;

    enum tls_state state = tls_receive(conn->tls, received, plain, &conn->out);
    conn_flush(conn);
    if (conn->state == CONN_SHAKING && (state == TLS_OPEN || state == TLS_ENDED))
        conn_open(conn);
    if (conn->state == CONN_OPEN)
        take(conn, bytes_of(plain->data, plain->size));
    buffer_clear(plain);
    if (conn->state == CONN_CLOSING)
        return;
    if (state == TLS_BROKEN)
        break_off(conn);
    else if (state == TLS_ENDED)
        conn_end(conn, "said_good_bye");
}

/* Somebody else's protocol is not worth an answer. */
static void turn_away(struct conn *conn, const uint8_t *begin, size_t size)
{
    static const char *const verbs[] = { "GET ", "POST", "HEAD", "PUT ", "OPTI", "CONN", "DELE", "PRI " };
    const char *reason = "what came in is not TLS";

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (size >= 4 && memcmp(begin, verbs[i], 4) == 0)
            reason = "this port does not speak HTTP";
    }
    net_complain(conn->net, &conn->tcp, "not_tls", reason);
    conn_close(conn, "not_tls");
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct conn *conn = stream->data;
    struct net *net = conn->net;

    if (count == 0)
        return;
    if (count < 0) {
        conn->hung_up = count == UV_EOF;
        if (conn->hung_up && conn->state == CONN_OPEN)
            conn_end(conn, "hung_up");
        else if (!conn->hung_up || conn->state != CONN_ENDING)
            conn_close(conn, conn->hung_up ? "hung_up" : uv_err_name((int)count));
        return;
    }
    if (conn->state >= CONN_ENDING)
        return;
    if (conn->state == CONN_NEW) {
        if (!tls_begins((uint8_t)buf->base[0])) {
            turn_away(conn, (const uint8_t *)buf->base, (size_t)count);
            return;
        }
        conn->tls = tls_create(net->config.tls, NULL, net->config.clock->now(net->config.clock));
        conn->state = CONN_SHAKING;
    }
    receive(conn, bytes_of(buf->base, (size_t)count));
    set_reading(conn);
}
