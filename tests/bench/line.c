/* One connection of the load: opened and signed in as a counter does, then one request after another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/command_id.h"
#include "client/link/connection.h"
#include "client/link/identity_file.h"
#include "common/base/world.h"
#include "common/wire/walker.h"
#include "proto/catalogue.pb-c.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/session.pb-c.h"
#include "tests/bench/load.h"

static void ask(struct line *line, unsigned op, bool command, const ProtobufCMessage *message)
{
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;
    uint8_t command_id[COMMAND_ID_SIZE];
    struct bytes body = message_encode(message, line->arena);

    request.has_id = request.has_op = request.has_body = true;
    request.id = ++line->request_id;
    request.op = op;
    request.body = (ProtobufCBinaryData){ .len = body.size, .data = (uint8_t *)body.data };
    if (command) {
        command_id_make(command_id, system_clock(), system_entropy());
        request.has_command_id = true;
        request.command_id = (ProtobufCBinaryData){ .len = sizeof command_id, .data = command_id };
    }
    if (!connection_send(line->connection, message_encode(&request.base, line->arena)))
        load_fail(line, "the request could not be sent");
    arena_reset(line->arena);
}

void line_ask(struct line *line, uint64_t due_ns)
{
    const struct work *w = line->load->work;

    line->state = LINE_BUSY;
    line->sent_ns = due_ns;
    ask(line, w->op, w->command, w->make(line, line->arena));
}

static void greet(void *owner)
{
    struct line *line = owner;
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;

    hello.has_protocol = hello.has_client = hello.has_client_version = true;
    hello.protocol = 1;
    hello.client = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER;
    hello.client_version =
        (ProtobufCBinaryData){ .len = strlen(CAROLINE_VERSION), .data = (uint8_t *)CAROLINE_VERSION };
    line->state = LINE_GREETING;
    ask(line, CAROLINE__V1__OP__OP_HELLO, false, &hello.base);
}

static void resume(struct line *line)
{
    Caroline__V1__SessionResume message = CAROLINE__V1__SESSION_RESUME__INIT;

    message.has_token = true;
    message.token = (ProtobufCBinaryData){ .len = TOKEN_SIZE, .data = line->token };
    line->state = LINE_RESUMING;
    ask(line, CAROLINE__V1__OP__OP_SESSION_RESUME, false, &message.base);
}

static void follow(struct line *line)
{
    Caroline__V1__CatalogueFollow message = CAROLINE__V1__CATALOGUE_FOLLOW__INIT;

    message.has_version = true;
    message.version = line->load->takes_snapshot ? 0 : line->load->catalogue_version;
    line->state = LINE_FOLLOWING;
    ask(line, CAROLINE__V1__OP__OP_CATALOGUE_FOLLOW, false, &message.base);
}

static void fail_with(const struct line *line, const Caroline__V1__Error *error)
{
    char sentence[400];

    snprintf(sentence, sizeof sentence, "the server refused: code %d, %.*s", (int)error->code, (int)error->sentence.len,
             (const char *)error->sentence.data);
    load_fail(line, sentence);
}

static void take(struct line *line, const Caroline__V1__Reply *reply)
{
    if (reply->error != NULL)
        fail_with(line, reply->error);
    if (reply->id != line->request_id)
        load_fail(line, "an answer to something else");
    if ((line->state == LINE_BUSY || line->state == LINE_SELLING) &&
        !line->load->work->fits(line, bytes_of(reply->body.data, reply->body.len), line->arena))
        load_fail(line, "the answer does not fit what was asked");
}

/* version, part and parts stand first in a delta. The rest of a snapshot's 8 MB is not looked at: that would measure
 * ourselves. */
static void delta_head(struct line *line, const Caroline__V1__Push *push, uint64_t head[3])
{
    const uint8_t *at = push->body.data, *end = at + push->body.len;

    for (unsigned field = 1; field <= 3; field++) {
        unsigned shift = 0;
        bool more = true;

        if (at == end || *at++ != field << 3)
            load_fail(line, "a push that is no change of the catalogue");
        for (head[field - 1] = 0; more; shift += 7) {
            if (at == end || shift > 56)
                load_fail(line, "a push that ends within a number");
            head[field - 1] |= (uint64_t)(*at & 0x7f) << shift;
            more = (*at++ & 0x80) != 0;
        }
    }
}

static void ready(struct line *line)
{
    line->state = LINE_READY;
    load_ready(line->load);
}

/* It has the catalogue. */
static void settle(struct line *line)
{
    const struct work *w = line->load->work;

    if (!w->sells_first) {
        ready(line);
        return;
    }
    line->state = LINE_SELLING;
    ask(line, CAROLINE__V1__OP__OP_SALE_RING_UP, true, w->make(line, line->arena));
}

/* Was it the end of the snapshot that was waited for? */
static bool take_push(struct line *line, const Caroline__V1__Push *push)
{
    uint64_t head[3];

    if (push->topic == CAROLINE__V1__TOPIC__TOPIC_RESYNC)
        load_fail(line, "it was too slow for the pushes");
    if (push->topic != CAROLINE__V1__TOPIC__TOPIC_CATALOGUE)
        return false;
    delta_head(line, push, head);
    if (head[1] != head[2])
        return false;
    if (line->state == LINE_READY && line->load->work->op == 0)
        load_pushed(line->load, head[0]);
    return line->state == LINE_TAKING;
}

static void on_frame(void *owner, struct bytes payload)
{
    struct line *line = owner;
    const Caroline__V1__FromServer *frame =
        (const void *)message_decode(&caroline__v1__from_server__descriptor, payload, line->arena);

    if (frame == NULL || (frame->reply == NULL && frame->push == NULL))
        load_fail(line, "a frame that is none");
    if (frame->reply != NULL)
        take(line, frame->reply);
    bool is_push = frame->reply == NULL, is_last = is_push && take_push(line, frame->push);
    arena_reset(line->arena);
    if (is_last)
        settle(line);
    if (is_push)
        return;
    switch (line->state) {
    case LINE_GREETING:
        resume(line);
        return;
    case LINE_RESUMING:
        if (line->load->follows)
            follow(line);
        else
            ready(line);
        return;
    case LINE_FOLLOWING:
        line->state = LINE_TAKING;
        if (!line->load->takes_snapshot)
            settle(line);
        return;
    case LINE_SELLING:
        ready(line);
        return;
    case LINE_BUSY:
        line->state = LINE_READY;
        load_answered(line);
        if (line->load->stopping)
            line_close(line);
        else if (line->load->rate == 0)
            line_ask(line, uv_hrtime());
        return;
    case LINE_OPENING:
    case LINE_TAKING:
    case LINE_READY:
    case LINE_CLOSED:
        break;
    }
    load_fail(line, "an answer that nobody waits for");
}

static void on_end(void *owner, const char *sentence)
{
    load_fail(owner, sentence);
}

/* A path in its directory. Returns path. */
static const char *path_of(const struct line *line, char path[4096], const char *file)
{
    snprintf(path, 4096, "%s/%s", line->directory, file);
    return path;
}

void line_open(struct line *line)
{
    static const struct connection_events events = { .on_open = greet, .on_frame = on_frame, .on_end = on_end };
    const struct connection_address address = { "127.0.0.1", line->load->port, line->server_name };
    char path[4096], certificate[4096], key[4096];
    const char *problem;

    line->arena = arena_create(0);
    struct bytes ca = file_read(path_of(line, path, "ca.pem"), line->arena);
    if (ca.data == NULL)
        load_fail(line, "its ca.pem cannot be read");
    struct tls_context *context =
        tls_client_create(ca, path_of(line, certificate, "certificate.pem"), path_of(line, key, "key.pem"), &problem);
    if (context == NULL)
        load_fail(line, problem);
    arena_reset(line->arena);
    line->connection =
        connection_open(&line->load->loop, &address, context, system_clock()->now(system_clock()), &events, line);
}

void line_close(struct line *line)
{
    line->state = LINE_CLOSED;
    connection_close(line->connection);
    line->load->open_count--;
}
