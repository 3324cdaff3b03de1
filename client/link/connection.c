/* A connection:  LOOKING_UP -> DIALLING -> SHAKING -> OPEN -> ENDED  (ENDED can follow each)
 *                                ^   |
 *                                +---+ the next address of the name */
#include "client/link/connection.h"

#include <assert.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/frame.h"

#define UNSENT_MAX   ((size_t)1024 * 1024)
#define RECEIVE_SIZE 65536u
#define KEEPALIVE_S  15
#define UNACKED_MS   20000u /* what the other machine has not acknowledged by then never will be */

enum stage { LOOKING_UP, DIALLING, SHAKING, OPEN, ENDED };

struct connection {
    uv_loop_t *loop;
    enum stage stage;
    struct connection_events events;
    void *owner;
    struct tls_context *context;
    struct tls *tls;
    struct instant now;
    char *server_name; /* NULL: not verified */

    uv_getaddrinfo_t lookup;
    struct addrinfo *addresses, *address;
    uv_connect_t dial;
    uv_tcp_t *socket; /* its own block: a failed one is closed while the next is tried */
    uv_write_t write;

    struct buffer plain, frame, out, writing;
    bool looking_up, is_writing, closed;
    unsigned sockets; /* not closed yet */
    uint8_t received[RECEIVE_SIZE];
};

static void dial_next(struct connection *c, int why);

/* The last of lookup, write and sockets to come back lets it go. */
static void let_go(struct connection *c)
{
    if (!c->closed || c->looking_up || c->is_writing || c->sockets > 0)
        return;
    if (c->tls != NULL)
        tls_destroy(c->tls);
    tls_context_destroy(c->context);
    uv_freeaddrinfo(c->addresses);
    buffer_fini(&c->plain);
    buffer_fini(&c->frame);
    buffer_fini(&c->out);
    buffer_fini(&c->writing);
    free(c->server_name);
    free(c);
}

static void on_closed(uv_handle_t *handle)
{
    struct connection *c = handle->data;

    free(handle);
    c->sockets--;
    let_go(c);
}

static void close_socket(struct connection *c)
{
    if (c->socket != NULL)
        uv_close((uv_handle_t *)c->socket, on_closed);
    c->socket = NULL;
}

static void end(struct connection *c, const char *sentence)
{
    if (c->stage == ENDED)
        return;
    c->stage = ENDED;
    close_socket(c);
    if (!c->closed)
        c->events.on_end(c->owner, sentence);
}

static void end_for(struct connection *c, const char *what, int why)
{
    char sentence[200];

    snprintf(sentence, sizeof sentence, "%s: %s", what, uv_strerror(why));
    end(c, sentence);
}

static void flush(struct connection *c);

static void on_written(uv_write_t *request, int status)
{
    struct connection *c = request->data;

    c->is_writing = false;
    buffer_clear(&c->writing);
    if (c->closed)
        let_go(c);
    else if (status < 0)
        end_for(c, "the connection was lost", status);
    else
        flush(c);
}

/* One write at a time; what comes meanwhile gathers in `out`. */
static void flush(struct connection *c)
{
    if (c->is_writing || c->out.size == 0 || c->socket == NULL)
        return;

    struct buffer swap = c->writing;
    c->writing = c->out;
    c->out = swap;
    uv_buf_t bytes = uv_buf_init((char *)c->writing.data, (unsigned)c->writing.size);
    c->write.data = c;
    int outcome = uv_write(&c->write, (uv_stream_t *)c->socket, &bytes, 1, on_written);
    c->is_writing = outcome == 0;
}

static void hand_out_frames(struct connection *c)
{
    size_t used = 0;

    while (c->stage == OPEN && !c->closed) {
        struct bytes payload;
        struct bytes rest = bytes_of(c->plain.data + used, c->plain.size - used);
        enum frame_verdict verdict = frame_next(rest, FRAME_MAX, &payload);

        if (verdict == FRAME_WAIT)
            break;
        if (verdict != FRAME_READY) {
            end(c, "the server sent what is no frame");
            return;
        }
        used += FRAME_HEAD + payload.size;
        c->events.on_frame(c->owner, payload);
    }
    buffer_consume(&c->plain, used);
}

static void take_in(struct connection *c, struct bytes received)
{
    enum tls_state state = tls_receive(c->tls, received, &c->plain, &c->out);

    flush(c);
    if (c->stage == SHAKING && (state == TLS_OPEN || state == TLS_ENDED)) {
        c->stage = OPEN;
        c->events.on_open(c->owner);
    }
    hand_out_frames(c);
    if (c->stage == ENDED || c->closed)
        return;
    if (state == TLS_BROKEN)
        end(c, tls_sentence(c->tls));
    else if (state == TLS_ENDED)
        end(c, "the server closed the connection");
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct connection *c = handle->data;

    (void)suggested;
    *buffer = uv_buf_init((char *)c->received, sizeof c->received);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct connection *c = stream->data;

    if (c->closed || c->stage == ENDED)
        return;
    if (size == UV_EOF)
        end(c, "the server closed the connection");
    else if (size < 0)
        end_for(c, "the connection was lost", (int)size);
    else if (size > 0)
        take_in(c, bytes_of(buffer->base, (size_t)size));
}

/* A cable that was pulled shows within half a minute even when nothing is asked. */
static void tune(uv_tcp_t *socket)
{
    unsigned unacked_ms = UNACKED_MS;
    int fd = -1;

    uv_tcp_nodelay(socket, 1);
    uv_tcp_keepalive(socket, 1, KEEPALIVE_S);
    if (uv_fileno((const uv_handle_t *)socket, &fd) == 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacked_ms, sizeof unacked_ms);
}

static void on_dialled(uv_connect_t *request, int status)
{
    struct connection *c = request->data;

    if (status == UV_ECANCELED || c->closed || c->stage == ENDED)
        return;
    if (status < 0) {
        close_socket(c);
        dial_next(c, status);
        return;
    }
    tune(c->socket);
    c->stage = SHAKING;
    c->tls = tls_create(c->context, c->server_name, c->now);
    int outcome = uv_read_start((uv_stream_t *)c->socket, on_allocate, on_read);
    if (outcome < 0)
        end_for(c, "the connection was lost", outcome);
    else
        take_in(c, (struct bytes){ NULL, 0 });
}

/* The next address of the name; when there is none, that was all. */
static void dial_next(struct connection *c, int why)
{
    c->stage = DIALLING;
    c->address = c->address == NULL ? c->addresses : c->address->ai_next;
    for (; c->address != NULL; c->address = c->address->ai_next) {
        c->socket = malloc(sizeof *c->socket);
        if (c->socket == NULL)
            abort();
        why = uv_tcp_init(c->loop, c->socket);
        assert(why == 0);
        c->socket->data = c;
        c->sockets++;
        c->dial.data = c;
        why = uv_tcp_connect(&c->dial, c->socket, c->address->ai_addr, on_dialled);
        if (why == 0)
            return;
        close_socket(c);
    }
    end_for(c, "the server cannot be reached", why);
}

static void on_looked_up(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
    struct connection *c = request->data;

    c->looking_up = false;
    c->addresses = addresses;
    if (c->closed)
        let_go(c);
    else if (status < 0)
        end_for(c, "the server's name cannot be looked up", status);
    else
        dial_next(c, UV_EADDRNOTAVAIL);
}

struct connection *connection_open(uv_loop_t *loop, const struct connection_address *address,
                                   struct tls_context *context, struct instant now,
                                   const struct connection_events *events, void *owner)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct connection *c = calloc(1, sizeof *c);

    if (c == NULL)
        abort();
    /* libuv writes without MSG_NOSIGNAL: a server that closes under our hands would end the program. */
    signal(SIGPIPE, SIG_IGN);
    c->loop = loop;
    c->context = context;
    c->now = now;
    c->events = *events;
    c->owner = owner;
    c->server_name = address->server_name != NULL ? strdup(address->server_name) : NULL;
    c->lookup.data = c;
    int outcome = uv_getaddrinfo(loop, &c->lookup, on_looked_up, address->host, address->port, &hints);
    assert(outcome == 0);
    c->looking_up = true;
    return c;
}

bool connection_send(struct connection *c, struct bytes payload)
{
    uint8_t head[FRAME_HEAD];

    assert(payload.size >= 1 && payload.size <= FRAME_MAX);
    if (c->stage != OPEN || c->out.size + payload.size > UNSENT_MAX)
        return false;
    put_u32(head, (uint32_t)payload.size);
    /* Together, for each call makes a TLS record of its own. */
    buffer_clear(&c->frame);
    if (!buffer_append(&c->frame, head, sizeof head, SIZE_MAX) ||
        !buffer_append(&c->frame, payload.data, payload.size, SIZE_MAX))
        abort();
    bool sent = tls_send(c->tls, bytes_of(c->frame.data, c->frame.size), &c->out) == TLS_OPEN;
    explicit_bzero(c->frame.data, c->frame.size); /* it may hold a PIN */
    flush(c);
    return sent;
}

void connection_close(struct connection *c)
{
    assert(!c->closed);
    if (c->stage == OPEN && c->socket != NULL && !c->is_writing) {
        /* Politely, as far as the socket takes it at once. */
        tls_end(c->tls, &c->out);
        uv_buf_t bytes = uv_buf_init((char *)c->out.data, (unsigned)c->out.size);
        if (c->out.size > 0)
            (void)uv_try_write((uv_stream_t *)c->socket, &bytes, 1);
    }
    c->closed = true;
    c->stage = ENDED;
    if (c->looking_up)
        uv_cancel((uv_req_t *)&c->lookup);
    close_socket(c);
    let_go(c);
}
