/* A printer on the network.
 *
 *   DIALS -> ASKS -> PRINTS -> ended
 *              |       |  ^
 *              |       +--+ asked again and again how it is
 *              +-> ended: no paper, offline, no answer; nothing of the job has left
 *
 * What is asked and what the answers mean: common/print/printer_talk.h. */
#include "client/link/printer_way.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PARTING_MS 3000

static uv_buf_t view(const void *bytes, size_t size)
{
    return uv_buf_init((char *)bytes, (unsigned)size);
}

/* ---- how it is ---- */

static void on_polled(uv_write_t *write, int status)
{
    struct sending *s = write->data;

    s->polling = false;
    if (status < 0 && s->printer != NULL)
        sending_end_for(s, sending_failed(s), "the connection was lost", status);
    sending_came_back(s);
}

static void ask(struct sending *s)
{
    if (s->polling)
        return;
    struct bytes question = printer_question(&s->talk);
    const uv_buf_t buffer = view(question.data, question.size);

    s->polling = true;
    s->poll.data = s;
    sending_opened(s);
    if (uv_write(&s->poll, (uv_stream_t *)&s->socket, &buffer, 1, on_polled) != 0) {
        s->polling = false;
        sending_end(s, sending_failed(s), "the connection was lost");
        sending_came_back(s);
    }
}

/* ---- printing ---- */

static void on_parted(uv_timer_t *timer)
{
    sending_end(timer->data, PRINTER_DONE, "");
}

static void on_shut_down(uv_shutdown_t *shutdown, int status)
{
    struct sending *s = shutdown->data;

    if (status < 0 && s->printer != NULL)
        sending_end_for(s, PRINTER_BROKEN, "the connection was lost", status);
    sending_came_back(s);
}

/* It says nothing: that it has taken all must do. */
static void part(struct sending *s)
{
    s->phase = SENDING_ENDS;
    s->shutdown.data = s;
    sending_opened(s);
    uv_timer_start(&s->timer, on_parted, PARTING_MS, 0);
    if (uv_shutdown(&s->shutdown, (uv_stream_t *)&s->socket, on_shut_down) != 0) {
        sending_end(s, PRINTER_BROKEN, "the connection was lost");
        sending_came_back(s);
    }
}

static void written(struct sending *s, int status)
{
    if (status < 0)
        sending_end_for(s, sending_failed(s), "the connection was lost", status);
    else if (s->bytes.size == 0)
        sending_end(s, PRINTER_DONE, "");
    else if (s->printer->address.silent)
        part(s);
    else
        printer_written(&s->talk, sending_now_ms(s));
}

static void on_written(uv_write_t *write, int status)
{
    struct sending *s = write->data;

    if (s->printer != NULL)
        written(s, status);
    sending_came_back(s);
}

static void say(struct sending *s, struct bytes first, struct bytes second, uv_write_cb then)
{
    struct bytes word = printer_word();
    uv_buf_t buffers[3] = { view(first.data, first.size), view(second.data, second.size), view(word.data, word.size) };
    bool wants_word = second.size > 0 && !s->printer->address.silent;

    s->write.data = s;
    sending_opened(s);
    if (uv_write(&s->write, (uv_stream_t *)&s->socket, buffers, wants_word ? 3 : 2, then) != 0) {
        sending_end(s, sending_failed(s), "the connection was lost");
        sending_came_back(s);
    }
}

struct interjection {
    uv_write_t write; /* first */
    struct sending *sending;
    uint8_t bytes[8];
};

static void on_interjected(uv_write_t *write, int status)
{
    struct interjection *interjection = (struct interjection *)write;

    (void)status; /* the job's own write says what is wrong */
    sending_came_back(interjection->sending);
    free(interjection);
}

bool printer_tcp_interject(struct sending *s, struct bytes bytes)
{
    struct interjection *interjection = calloc(1, sizeof *interjection);

    if (interjection == NULL)
        abort();
    assert(bytes.size <= sizeof interjection->bytes);
    memcpy(interjection->bytes, bytes.data, bytes.size);
    interjection->sending = s;
    const uv_buf_t buffer = view(interjection->bytes, bytes.size);
    if (uv_write(&interjection->write, (uv_stream_t *)&s->socket, &buffer, 1, on_interjected) != 0) {
        free(interjection);
        return false;
    }
    sending_opened(s);
    return true;
}

static void on_look(uv_timer_t *timer)
{
    struct sending *s = timer->data;

    switch (printer_look(&s->talk, sending_now_ms(s))) {
    case PRINTER_LOOK_DEAF:
        sending_end(s, PRINTER_BROKEN, "it does not answer any more");
        break;
    case PRINTER_LOOK_DONE:
        sending_end(s, PRINTER_DONE, "");
        break;
    case PRINTER_LOOK_ASK:
        ask(s);
        break;
    }
}

static void print(struct sending *s)
{
    s->phase = SENDING_PRINTS;
    printer_prints(&s->talk, sending_now_ms(s));
    uv_timer_stop(&s->timer);
    if (s->bytes.size > 0 && !sending_leaves(s))
        return;
    s->printer->kicked = s->kick.size > 0;
    if (!s->printer->address.silent)
        uv_timer_start(&s->timer, on_look, PRINTER_LOOK_MS, PRINTER_LOOK_MS);
    say(s, s->kick, s->bytes, on_written);
}

static void on_kicked(uv_write_t *write, int status)
{
    struct sending *s = write->data;

    (void)status;
    if (s->printer != NULL)
        sending_end(s, PRINTER_UNSENT, s->why);
    sending_came_back(s);
}

/* All three answers are here. why: NULL when it is well. */
static void judge(struct sending *s, const char *why)
{
    s->why = why;
    if (s->phase == SENDING_ASKS && why == NULL) {
        print(s);
    } else if (s->phase == SENDING_ASKS && s->kick_now.size > 0 && !s->printer->kicked) {
        s->printer->kicked = true;
        say(s, s->kick_now, bytes_of("", 0), on_kicked);
    } else if (why != NULL) {
        sending_end(s, sending_failed(s), why);
    }
}

static void take_byte(struct sending *s, uint8_t byte)
{
    const char *why = NULL;

    switch (printer_hear(&s->talk, byte, &why)) {
    case PRINTER_SAID_WELL:
    case PRINTER_SAID_ILL:
        judge(s, why);
        break;
    case PRINTER_SAID_PRINTED:
        if (s->phase == SENDING_PRINTS && s->bytes.size > 0)
            sending_end(s, PRINTER_DONE, "");
        break;
    case PRINTER_SAID_TOO_MUCH:
        sending_end(s, sending_failed(s), "it says more than a printer does");
        break;
    case PRINTER_SAID_NOTHING:
        break;
    }
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct sending *s = stream->data;

    if (s->printer == NULL || size == 0)
        return;
    if (size < 0) {
        if (s->phase == SENDING_ENDS && size == UV_EOF)
            sending_end(s, PRINTER_DONE, "");
        else
            sending_end(s, sending_failed(s), "the connection was lost");
        return;
    }
    printer_heard(&s->talk, sending_now_ms(s));
    for (ssize_t i = 0; i < size && s->printer != NULL; i++)
        take_byte(s, (uint8_t)buffer->base[i]);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct sending *s = handle->data;

    (void)suggested;
    *buffer = view(s->received, sizeof s->received);
}

/* ---- getting there ---- */

static void dial(struct sending *s);

static void on_no_answer(uv_timer_t *timer)
{
    struct sending *s = timer->data;

    sending_end(s, PRINTER_UNSENT, s->phase == SENDING_DIALS ? "it cannot be reached" : "it does not answer");
}

static void on_failed_closed(uv_handle_t *handle)
{
    struct sending *s = handle->data;

    s->socket.data = NULL;
    if (s->printer != NULL && s->address->ai_next != NULL) {
        s->address = s->address->ai_next;
        dial(s);
    } else if (s->printer != NULL) {
        sending_end(s, PRINTER_UNSENT, "it cannot be reached");
    }
    sending_came_back(s);
}

static void begin(struct sending *s)
{
    uv_tcp_nodelay(&s->socket, 1);
    uv_read_start((uv_stream_t *)&s->socket, on_room, on_read);
    if (s->printer->address.silent) {
        print(s);
        return;
    }
    s->phase = SENDING_ASKS;
    uv_timer_start(&s->timer, on_no_answer, PRINTER_ANSWER_MS, 0);
    ask(s);
}

static void on_connected(uv_connect_t *connect, int status)
{
    struct sending *s = connect->data;

    if (s->printer != NULL && status < 0)
        uv_close((uv_handle_t *)&s->socket, on_failed_closed);
    else if (s->printer != NULL)
        begin(s);
    sending_came_back(s);
}

static void dial(struct sending *s)
{
    uv_tcp_init(s->timer.loop, &s->socket);
    s->socket.data = s;
    sending_opened(s);
    s->dial.data = s;
    sending_opened(s);
    if (uv_tcp_connect(&s->dial, &s->socket, s->address->ai_addr, on_connected) != 0) {
        uv_close((uv_handle_t *)&s->socket, on_failed_closed);
        sending_came_back(s);
    }
}

static void on_looked_up(uv_getaddrinfo_t *lookup, int status, struct addrinfo *addresses)
{
    struct sending *s = lookup->data;

    if (s->printer != NULL && status < 0)
        sending_end_for(s, PRINTER_UNSENT, "its name is not known", status);
    s->addresses = s->address = addresses;
    if (s->printer != NULL)
        dial(s);
    sending_came_back(s);
}

void printer_tcp_begin(struct sending *s)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    const struct printer_address *address = &s->printer->address;

    uv_timer_start(&s->timer, on_no_answer, PRINTER_DIAL_MS, 0);
    s->lookup.data = s;
    sending_opened(s);
    if (uv_getaddrinfo(s->timer.loop, &s->lookup, on_looked_up, address->host, address->port, &hints) != 0) {
        sending_end(s, PRINTER_UNSENT, "its name is not known");
        sending_came_back(s);
    }
}
