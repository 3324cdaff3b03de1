/* A printer's TCP connection.
 *
 *   LOOKS_UP -> DIALS -> ASKS -> WAITS -> PRINTS -> ended
 *      (a name)            |      (for line_go())  asked again and again how it is
 *                          +-> ended: no paper, offline, no answer; nothing has left
 *
 * What is said, and what the answers mean: common/print/printer_talk.h. */
#include "server/print/line.h"

#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <uv.h>

#include "common/print/printer_talk.h"

#define LOOK_UPS_MAX 2 /* they hold threads that others want, too */
#define HEARD_SIZE   256

struct line {
    LIST_ENTRY(line) link;
    struct print_lines *lines; /* NULL: they are closed */
    struct line_call *call;    /* NULL: it has ended */
    enum { LOOKS_UP, DIALS, ASKS, WAITS, PRINTS } phase;
    unsigned open; /* handles and requests that have not come back */
    uv_timer_t timer;
    uv_getaddrinfo_t look_up;
    uv_connect_t dial;
    uv_tcp_t socket;
    bool has_socket, polling;
    uv_write_t poll, write;
    uint64_t from_ms; /* its first byte */
    struct printer_talk talk;
    uint8_t heard[HEARD_SIZE];
};

struct print_lines {
    uv_loop_t *loop;
    LIST_HEAD(, line) list;
    unsigned look_ups;
};

static int64_t now_ms(const struct line *line)
{
    return (int64_t)uv_now(line->timer.loop);
}

static uv_buf_t view(struct bytes bytes)
{
    return uv_buf_init((char *)(uintptr_t)bytes.data, (unsigned)bytes.size);
}

/* ---- the end ---- */

static void came_back(struct line *line)
{
    assert(line->open > 0);
    if (--line->open > 0)
        return;
    assert(line->call == NULL);
    if (line->lines)
        LIST_REMOVE(line, link);
    free(line);
}

static void on_closed(uv_handle_t *handle)
{
    came_back(handle->data);
}

/* Everything that is open begins to close; who waited hears nothing. */
static void let_go(struct line *line)
{
    line->call->private_ = NULL;
    line->call = NULL;
    uv_close((uv_handle_t *)&line->timer, on_closed);
    if (line->has_socket && !uv_is_closing((uv_handle_t *)&line->socket))
        uv_close((uv_handle_t *)&line->socket, on_closed);
}

static void end(struct line *line, enum line_outcome outcome, const char *why)
{
    struct line_call *call = line->call;

    if (!call)
        return;
    let_go(line);
    call->done(call, outcome, why);
}

static void fail(struct line *line, const char *why)
{
    end(line, line->phase == PRINTS ? LINE_BROKEN : LINE_UNSENT, why);
}

/* ---- asking ---- */

static void on_polled(uv_write_t *write, int status)
{
    struct line *line = write->data;

    line->polling = false;
    if (status < 0)
        fail(line, "the connection was lost");
    came_back(line);
}

static void ask(struct line *line)
{
    if (line->polling)
        return; /* it does not read: it will be deaf soon */
    uv_buf_t buffer = view(printer_question(&line->talk));

    line->poll.data = line;
    if (uv_write(&line->poll, (uv_stream_t *)&line->socket, &buffer, 1, on_polled) != 0) {
        fail(line, "the connection was lost");
        return;
    }
    line->polling = true;
    line->open++;
}

/* ---- printing ---- */

static void on_look(uv_timer_t *timer)
{
    struct line *line = timer->data;

    if (uv_now(timer->loop) - line->from_ms >= LINE_PRINT_MS) {
        fail(line, "it takes too long");
        return;
    }
    switch (printer_look(&line->talk, now_ms(line))) {
    case PRINTER_LOOK_DEAF:
        fail(line, "it does not answer any more");
        break;
    case PRINTER_LOOK_DONE:
        end(line, LINE_PRINTED, "");
        break;
    case PRINTER_LOOK_ASK:
        ask(line);
        break;
    }
}

static void on_written(uv_write_t *write, int status)
{
    struct line *line = write->data;

    if (status < 0)
        fail(line, "the connection was lost");
    else
        printer_written(&line->talk, now_ms(line));
    came_back(line);
}

/* From the timer: line_go() ends nothing from inside. */
static void on_go(uv_timer_t *timer)
{
    struct line *line = timer->data;
    const uv_buf_t buffers[] = { view(line->call->bytes), view(printer_word()) };

    line->phase = PRINTS;
    line->from_ms = uv_now(timer->loop);
    printer_prints(&line->talk, now_ms(line));
    uv_timer_start(&line->timer, on_look, PRINTER_LOOK_MS, PRINTER_LOOK_MS);
    line->write.data = line;
    if (uv_write(&line->write, (uv_stream_t *)&line->socket, buffers, 2, on_written) != 0) {
        fail(line, "the connection was lost");
        return;
    }
    line->open++;
}

void line_go(struct line_call *call)
{
    struct line *line = call->private_;

    assert(line != NULL && line->phase == WAITS);
    uv_timer_start(&line->timer, on_go, 0, 0);
}

void line_stop(struct line_call *call)
{
    if (call->private_ != NULL)
        let_go(call->private_);
}

/* ---- hearing ---- */

static void on_too_late(uv_timer_t *timer)
{
    struct line *line = timer->data;

    fail(line, line->phase == WAITS  ? "this server was too slow"
               : line->phase == ASKS ? "it does not answer"
                                     : "it cannot be reached");
}

static void is_well(struct line *line)
{
    if (line->phase != ASKS)
        return;
    line->phase = WAITS;
    uv_timer_start(&line->timer, on_too_late, LINE_GO_MS, 0);
    line->call->well(line->call);
}

static void take_byte(struct line *line, uint8_t byte)
{
    const char *why = "";

    switch (printer_hear(&line->talk, byte, &why)) {
    case PRINTER_SAID_WELL:
        is_well(line);
        break;
    case PRINTER_SAID_ILL:
        fail(line, why);
        break;
    case PRINTER_SAID_PRINTED:
        end(line, LINE_PRINTED, "");
        break;
    case PRINTER_SAID_TOO_MUCH:
        fail(line, "it says more than a printer does");
        break;
    case PRINTER_SAID_NOTHING:
        break;
    }
}

static void on_heard(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct line *line = stream->data;

    if (line->call == NULL || size == 0)
        return;
    if (size < 0) {
        fail(line, "the connection was lost");
        return;
    }
    printer_heard(&line->talk, now_ms(line));
    for (ssize_t i = 0; i < size && line->call != NULL; i++)
        take_byte(line, (uint8_t)buffer->base[i]);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct line *line = handle->data;

    (void)suggested;
    *buffer = uv_buf_init((char *)line->heard, sizeof line->heard);
}

/* ---- getting there ---- */

static void on_connected(uv_connect_t *dial, int status)
{
    struct line *line = dial->data;

    if (line->call != NULL && status < 0) {
        fail(line, "it cannot be reached");
    } else if (line->call != NULL) {
        line->phase = ASKS;
        uv_tcp_nodelay(&line->socket, 1);
        uv_read_start((uv_stream_t *)&line->socket, on_room, on_heard);
        uv_timer_start(&line->timer, on_too_late, PRINTER_ANSWER_MS, 0);
        ask(line);
    }
    came_back(line);
}

static void dial(struct line *line, const struct sockaddr *address)
{
    line->phase = DIALS;
    uv_tcp_init(line->timer.loop, &line->socket);
    line->socket.data = line;
    line->has_socket = true;
    line->open++;
    line->dial.data = line;
    if (uv_tcp_connect(&line->dial, &line->socket, address, on_connected) != 0)
        fail(line, "it cannot be reached");
    else
        line->open++;
}

static void on_looked_up(uv_getaddrinfo_t *look_up, int status, struct addrinfo *addresses)
{
    struct line *line = look_up->data;

    if (line->lines)
        line->lines->look_ups--;
    if (line->call != NULL && status < 0)
        fail(line, "its name is not known");
    else if (line->call != NULL)
        dial(line, addresses->ai_addr);
    uv_freeaddrinfo(addresses);
    came_back(line);
}

static void look_up(struct line *line)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
    char port[8];

    if (line->lines->look_ups == LOOK_UPS_MAX) {
        fail(line, "its name is looked up behind others'");
        return;
    }
    snprintf(port, sizeof port, "%u", line->call->port);
    line->look_up.data = line;
    if (uv_getaddrinfo(line->timer.loop, &line->look_up, on_looked_up, line->call->host, port, &hints) != 0) {
        fail(line, "its name is not known");
        return;
    }
    line->lines->look_ups++;
    line->open++;
}

static void on_begin(uv_timer_t *timer)
{
    struct line *line = timer->data;
    struct sockaddr_in4_or_6 {
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address;

    uv_timer_start(&line->timer, on_too_late, PRINTER_DIAL_MS, 0);
    if (uv_ip4_addr(line->call->host, line->call->port, &address.v4) == 0)
        dial(line, (const struct sockaddr *)&address.v4);
    else if (uv_ip6_addr(line->call->host, line->call->port, &address.v6) == 0)
        dial(line, (const struct sockaddr *)&address.v6);
    else
        look_up(line);
}

void line_begin(struct print_lines *lines, struct line_call *call)
{
    struct line *line = calloc(1, sizeof *line);

    assert(line);
    line->lines = lines;
    line->call = call;
    call->private_ = line;
    LIST_INSERT_HEAD(&lines->list, line, link);
    uv_timer_init(lines->loop, &line->timer);
    line->timer.data = line;
    line->open++;
    uv_timer_start(&line->timer, on_begin, 0, 0);
}

struct print_lines *print_lines_open(uv_loop_t *loop)
{
    struct print_lines *lines = calloc(1, sizeof *lines);

    assert(lines);
    lines->loop = loop;
    LIST_INIT(&lines->list);
    return lines;
}

void print_lines_close(struct print_lines *lines)
{
    struct line *line;

    if (!lines)
        return;
    LIST_FOREACH(line, &lines->list, link)
    {
        line->lines = NULL;
        if (line->call != NULL)
            let_go(line);
    }
    free(lines);
}
