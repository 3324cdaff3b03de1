/* What all ways to a printer have in common: the address as words, and a job's beginning and end. */
#include "client/link/printer.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/printer_way.h"

#define TCP_PORT "9100" /* where printers listen */

/* ---- addresses ---- */

static bool is_port(const char *text)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);

    return *text >= '0' && *text <= '9' && *end == '\0' && port >= 1 && port <= 65535;
}

static bool tcp_of(const char *rest, struct arena *arena, struct printer_address *address, const char **problem)
{
    const char *colon = strrchr(rest, ':'), *end = colon != NULL ? colon : rest + strlen(rest);

    /* [2001:db8::7]:9100; without brackets a second colon would be anybody's. */
    if (*rest == '[') {
        const char *bracket = strchr(rest, ']');
        if (bracket == NULL || (bracket[1] != '\0' && bracket[1] != ':')) {
            *problem = arena_format(arena, "'%s' is no address: write [ADDRESS]:PORT", rest);
            return false;
        }
        colon = bracket[1] == ':' ? bracket + 1 : NULL;
        end = bracket;
        rest++;
    } else if (colon != NULL && strchr(rest, ':') != colon) {
        *problem = arena_format(arena, "'%s' is no address: write [ADDRESS]:PORT", rest);
        return false;
    }
    address->host = arena_format(arena, "%.*s", (int)(end - rest), rest);
    address->port = arena_text(arena, colon != NULL ? colon + 1 : TCP_PORT);
    if (*address->host == '\0' || !is_port(address->port)) {
        *problem = arena_text(arena, "a network printer is tcp:HOST or tcp:HOST:PORT");
        return false;
    }
    return true;
}

bool printer_parse(const char *words, struct arena *arena, struct printer_address *address, const char **problem)
{
    static const struct {
        const char *begins;
        enum printer_way way;
    } ways[] = {
        { "tcp:", PRINTER_TCP }, { "device:", PRINTER_DEVICE }, { "file:", PRINTER_FILE }, { "cups:", PRINTER_CUPS }
    };

    *address = (struct printer_address){ .way = PRINTER_NONE };
    if (*words == '\0' || strcmp(words, "none") == 0)
        return true;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        size_t size = strlen(ways[i].begins);
        if (strncmp(words, ways[i].begins, size) != 0 || words[size] == '\0')
            continue;
        address->way = ways[i].way;
        address->name = arena_text(arena, words + size);
        return address->way != PRINTER_TCP || tcp_of(words + size, arena, address, problem);
    }
    *problem =
        arena_format(arena, "'%s' is no printer: tcp:HOST[:PORT], device:PATH, file:PATH, cups:QUEUE, or none", words);
    return false;
}

/* ---- a job ---- */

int64_t sending_now_ms(const struct sending *sending)
{
    return (int64_t)uv_now(sending->timer.loop);
}

static void free_bytes(struct bytes bytes)
{
    free((uint8_t *)bytes.data);
}

static struct bytes copy_of(struct bytes bytes)
{
    uint8_t *data = malloc(bytes.size + 1);

    if (data == NULL)
        abort();
    if (bytes.size > 0)
        memcpy(data, bytes.data, bytes.size);
    return bytes_of(data, bytes.size);
}

void sending_came_back(struct sending *sending)
{
    assert(sending->open > 0);
    if (--sending->open > 0)
        return;
    assert(sending->printer == NULL);
    uv_freeaddrinfo(sending->addresses);
    free_bytes(sending->kick);
    free_bytes(sending->kick_now);
    free_bytes(sending->bytes);
    free(sending);
}

void sending_on_closed(uv_handle_t *handle)
{
    sending_came_back(handle->data);
}

/* Everything that is open begins to close; a second time does nothing. */
static void detach(struct sending *sending)
{
    if (sending->printer == NULL)
        return;
    sending->printer->sending = NULL;
    sending->printer = NULL;
    uv_close((uv_handle_t *)&sending->timer, sending_on_closed);
    if (sending->socket.data != NULL && !uv_is_closing((uv_handle_t *)&sending->socket))
        uv_close((uv_handle_t *)&sending->socket, sending_on_closed);
    if (sending->pipe.data != NULL && !uv_is_closing((uv_handle_t *)&sending->pipe))
        uv_close((uv_handle_t *)&sending->pipe, sending_on_closed);
    /* A program that is still about it ends by itself; it is nobody's child any more then. */
    if (sending->process.data != NULL && !uv_is_closing((uv_handle_t *)&sending->process))
        uv_close((uv_handle_t *)&sending->process, sending_on_closed);
    if (sending->file >= 0) {
        uv_fs_t request;
        uv_fs_close(NULL, &request, sending->file, NULL);
        uv_fs_req_cleanup(&request);
    }
}

void sending_end(struct sending *sending, enum printer_outcome outcome, const char *sentence)
{
    struct printer *printer = sending->printer;

    if (printer == NULL)
        return;
    detach(sending);
    printer->events.ended(printer->owner, outcome, sentence);
}

void sending_end_for(struct sending *sending, enum printer_outcome outcome, const char *what, int why)
{
    char sentence[200];

    snprintf(sentence, sizeof sentence, "%s: %s", what, uv_strerror(why));
    sending_end(sending, outcome, sentence);
}

bool sending_leaves(struct sending *sending)
{
    struct printer *printer = sending->printer;

    if (!printer->events.leaving(printer->owner)) {
        sending_end(sending, PRINTER_UNSENT, "this till's disk takes nothing");
        return false;
    }
    sending->has_left = true;
    return true;
}

static void on_begin(uv_timer_t *timer)
{
    struct sending *sending = timer->data;

    switch (sending->printer->address.way) {
    case PRINTER_TCP:
        printer_tcp_begin(sending);
        break;
    case PRINTER_DEVICE:
    case PRINTER_FILE:
        printer_file_begin(sending);
        break;
    case PRINTER_CUPS:
        printer_cups_begin(sending);
        break;
    case PRINTER_NONE:
        sending_end(sending, PRINTER_UNSENT, "there is no printer");
        break;
    }
}

void printer_send(struct printer *printer, const struct printer_job *job)
{
    struct sending *sending = calloc(1, sizeof *sending);

    assert(printer->sending == NULL);
    if (sending == NULL)
        abort();
    sending->printer = printer;
    sending->kick = copy_of(job->kick);
    sending->kick_now = copy_of(job->kick_now);
    sending->bytes = copy_of(job->bytes);
    sending->file = -1;
    uv_timer_init(printer->loop, &sending->timer);
    sending->timer.data = sending;
    sending_opened(sending);
    printer->sending = sending;
    printer->kicked = false;
    uv_timer_start(&sending->timer, on_begin, 0, 0);
}

struct printer *printer_create(uv_loop_t *loop, const struct printer_address *address,
                               const struct printer_events *events, void *owner)
{
    struct printer *printer = calloc(1, sizeof *printer);

    if (printer == NULL)
        abort();
    printer->loop = loop;
    printer->address = *address;
    printer->events = *events;
    printer->owner = owner;
    return printer;
}

bool printer_kick(struct printer *printer, struct bytes kick, struct bytes kick_now)
{
    struct sending *sending = printer->sending;

    if (sending == NULL || printer->address.way != PRINTER_TCP)
        return false;
    if (sending->phase == SENDING_PRINTS)
        return printer->kicked = printer_tcp_interject(sending, kick_now);
    if (sending->phase == SENDING_ENDS)
        return false;
    free_bytes(sending->kick);
    free_bytes(sending->kick_now);
    sending->kick = copy_of(kick);
    sending->kick_now = copy_of(kick_now);
    return true;
}

bool printer_has_kicked(const struct printer *printer)
{
    return printer->kicked;
}

void printer_close(struct printer *printer)
{
    if (printer == NULL)
        return;
    if (printer->sending != NULL)
        detach(printer->sending);
    free(printer);
}

/* ---- alone ---- */

struct waiting {
    struct arena *arena;
    enum printer_outcome outcome;
    const char *sentence; /* NULL: not yet */
};

static bool on_leaving(void *owner)
{
    (void)owner;
    return true;
}

static void on_ended(void *owner, enum printer_outcome outcome, const char *sentence)
{
    struct waiting *waiting = owner;

    waiting->outcome = outcome;
    waiting->sentence = arena_text(waiting->arena, sentence);
}

enum printer_outcome printer_print(const struct printer_address *address, struct bytes bytes, struct arena *arena,
                                   const char **sentence)
{
    static const struct printer_events events = { .leaving = on_leaving, .ended = on_ended };
    struct waiting waiting = { .arena = arena };
    uv_loop_t loop;

    uv_loop_init(&loop);
    struct printer *printer = printer_create(&loop, address, &events, &waiting);
    printer_send(printer, &(struct printer_job){ .bytes = bytes });
    while (waiting.sentence == NULL)
        uv_run(&loop, UV_RUN_ONCE);
    printer_close(printer);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    *sentence = waiting.sentence;
    return waiting.outcome;
}
