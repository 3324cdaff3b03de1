/* Enrolment: who the server is, by the code's fingerprint; then who we are, by the code's secret. PROTOCOL.md,
 * section 4.
 *
 *   ASKING -> closed -> CHECKING -> ENROLLING -> done      ASKING: unverified, for the CA's certificate only
 *                          ^           |                   CHECKING: again, the server verified by that CA
 *                          +-----------+ lost: the same request under the same command id */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/link/connection.h"
#include "client/link/identity_file.h"
#include "client/link/inside.h"
#include "common/wire/code.h"
#include "common/wire/device_key.h"
#include "common/wire/digest.h"
#include "common/wire/walker.h"

#define MEMORY_MAX   ((size_t)8 * 1024 * 1024)
#define PATIENCE_MS  30000u
#define TRIES_MAX    3u
#define AGAIN_MS     500u
#define DEFAULT_PORT "7117"

enum enrol_phase { ASKING, CHECKING, ENROLLING };

struct enrolment {
    const struct enrol *wanted;
    struct arena *arena; /* the caller's: what stays */
    struct arena *frame;
    uv_loop_t loop;
    uv_timer_t patience, again;
    struct connection *connection;
    struct connection_address address;
    struct enrolment_code code;
    struct bytes ca;           /* DER, once the fingerprint fits */
    struct bytes key, request; /* PEM, DER */
    uint8_t command_id[COMMAND_ID_SIZE];
    enum enrol_phase phase;
    unsigned tries;
    bool over;
    enum enrol_outcome outcome;
    const char *problem;
};

static void dial(struct enrolment *e, enum enrol_phase phase);

static void finish(struct enrolment *e, enum enrol_outcome outcome, const char *problem)
{
    if (e->over)
        return;
    e->over = true;
    e->outcome = outcome;
    e->problem = problem;
    if (e->connection != NULL)
        connection_close(e->connection);
    e->connection = NULL;
    uv_close((uv_handle_t *)&e->patience, NULL);
    uv_close((uv_handle_t *)&e->again, NULL);
}

/* ---- what is said ---- */

static void say(struct enrolment *e, unsigned op, const ProtobufCMessage *message, const uint8_t *command_id)
{
    Caroline__V1__Request request = CAROLINE__V1__REQUEST__INIT;
    struct bytes body = message_encode(message, e->frame);

    request.has_id = true;
    request.id = op;
    request.has_op = true;
    request.op = op;
    request.has_body = true;
    request.body = (ProtobufCBinaryData){ .data = (uint8_t *)body.data, .len = body.size };
    if (command_id != NULL) {
        request.has_command_id = true;
        request.command_id = (ProtobufCBinaryData){ .data = (uint8_t *)command_id, .len = COMMAND_ID_SIZE };
    }
    (void)connection_send(e->connection, message_encode(&request.base, e->frame));
}

static void on_open(void *owner)
{
    struct enrolment *e = owner;
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;

    hello.has_protocol = true;
    hello.protocol = 1;
    hello.has_client = true;
    hello.client = CAROLINE__V1__CLIENT_KIND__CLIENT_CLI;
    hello.has_client_version = true;
    hello.client_version =
        (ProtobufCBinaryData){ .data = (uint8_t *)CAROLINE_VERSION, .len = strlen(CAROLINE_VERSION) };
    arena_reset(e->frame);
    say(e, CAROLINE__V1__OP__OP_HELLO, &hello.base, NULL);
}

static void say_enrol(struct enrolment *e)
{
    Caroline__V1__Enrol enrol = CAROLINE__V1__ENROL__INIT;

    e->phase = ENROLLING;
    enrol.has_secret = true;
    enrol.secret = (ProtobufCBinaryData){ .data = e->code.secret, .len = CODE_SECRET_SIZE };
    enrol.has_certificate_request = true;
    enrol.certificate_request = (ProtobufCBinaryData){ .data = (uint8_t *)e->request.data, .len = e->request.size };
    say(e, CAROLINE__V1__OP__OP_ENROL, &enrol.base, e->command_id);
}

/* ---- what comes back ---- */

static const char *text_of(ProtobufCBinaryData text, struct arena *arena)
{
    char *copy = arena_alloc(arena, text.len + 1);

    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    return copy;
}

static void on_ca(struct enrolment *e, const Caroline__V1__Helloed *hello)
{
    uint8_t digest[DIGEST_SIZE];

    if (!hello->has_ca_certificate) {
        finish(e, ENROL_REFUSED, "the server did not show the shop's certificate authority");
        return;
    }
    sha256(bytes_of(hello->ca_certificate.data, hello->ca_certificate.len), digest);
    if (memcmp(digest, e->code.fingerprint, CODE_FINGERPRINT_SIZE) != 0) {
        finish(e, ENROL_REFUSED,
               "this is not the server the code is from: its certificate authority has another fingerprint; "
               "the secret was not sent");
        return;
    }
    e->ca = bytes_of(arena_copy(e->arena, hello->ca_certificate.data, hello->ca_certificate.len),
                     hello->ca_certificate.len);
    connection_close(e->connection);
    e->connection = NULL;
    dial(e, CHECKING);
}

static void set_aside(const char *directory, struct arena *arena)
{
    /* Another device's: its catalogue is fetched anew, its commands are no business of this one's. */
    unlink(arena_format(arena, "%s/catalogue", directory));
    unlink(arena_format(arena, "%s/session", directory));
    /* ... but may hold what was sold and not booked: caroline spool send. The half that a killed program left goes first. */
    unlink(arena_format(arena, "%s/spool.db.before-wal", directory));
    rename(arena_format(arena, "%s/spool.db-wal", directory), arena_format(arena, "%s/spool.db.before-wal", directory));
    rename(arena_format(arena, "%s/spool.db", directory), arena_format(arena, "%s/spool.db.before", directory));
}

static void keep(struct enrolment *e, const Caroline__V1__Enrolled *enrolled)
{
    const Caroline__V1__Device *device = enrolled->device;
    const char *problem = NULL;
    struct bytes ca, both;

    if (device == NULL || !enrolled->has_server_name || !certificate_to_pem(e->ca, e->arena, &ca)) {
        finish(e, ENROL_REFUSED, "the server's answer is not complete");
        return;
    }
    both = identity_device_file(bytes_of(enrolled->certificate.data, enrolled->certificate.len), e->key, e->arena);
    if (both.data == NULL) {
        finish(e, ENROL_REFUSED, "the server sent a certificate that is none");
        return;
    }
    struct identity identity = {
        .directory = e->wanted->directory,
        .host = e->address.host,
        .port = e->address.port,
        .server_name = text_of(enrolled->server_name, e->arena),
        .device_name = text_of(device->name, e->arena),
        .device_id = (int64_t)device->id,
        .shop_id = (int64_t)device->shop_id,
        .till_number = device->till_number,
        .kind = device->kind,
    };
    set_aside(e->wanted->directory, e->arena);
    bool kept = identity_keep(&identity, ca, both, e->arena, &problem);
    bytes_wipe(both);
    finish(e, kept ? ENROL_DONE : ENROL_REFUSED, problem);
}

static void on_frame(void *owner, struct bytes payload)
{
    struct enrolment *e = owner;
    const ProtobufCMessage *message = NULL;
    const Caroline__V1__FromServer *frame;

    arena_reset(e->frame);
    frame = (const void *)message_decode(&caroline__v1__from_server__descriptor, payload, e->frame);
    if (frame == NULL || frame->reply == NULL) {
        finish(e, ENROL_REFUSED, "what answers there is no server of this shop's kind");
        return;
    }
    if (frame->reply->error != NULL) {
        finish(e, ENROL_REFUSED, text_of(frame->reply->error->sentence, e->arena));
        return;
    }
    message =
        reply_message(e->phase == ENROLLING ? &caroline__v1__enrolled__descriptor : &caroline__v1__helloed__descriptor,
                      frame->reply, e->frame);
    if (message == NULL)
        finish(e, ENROL_REFUSED, "the server's answer could not be understood");
    else if (e->phase == ASKING)
        on_ca(e, (const void *)message);
    else if (e->phase == CHECKING)
        say_enrol(e);
    else
        keep(e, (const void *)message);
}

/* ---- the connections ---- */

static void on_again(uv_timer_t *timer)
{
    dial(timer->data, CHECKING);
}

static void on_end(void *owner, const char *sentence)
{
    struct enrolment *e = owner;

    connection_close(e->connection);
    e->connection = NULL;
    if (e->phase == ENROLLING && ++e->tries < TRIES_MAX)
        uv_timer_start(&e->again, on_again, AGAIN_MS, 0);
    else
        finish(e, ENROL_UNREACHED, arena_format(e->arena, "%s:%s: %s", e->address.host, e->address.port, sentence));
}

static void dial(struct enrolment *e, enum enrol_phase phase)
{
    const struct connection_events events = { .on_open = on_open, .on_frame = on_frame, .on_end = on_end };
    struct bytes ca = phase == ASKING ? (struct bytes){ NULL, 0 } : e->ca;
    const char *problem;
    struct tls_context *tls = tls_client_create(ca, NULL, NULL, &problem);

    e->phase = phase;
    if (tls == NULL)
        finish(e, ENROL_REFUSED, arena_text(e->arena, problem));
    else
        e->connection = connection_open(&e->loop, &e->address, tls, system_clock()->now(system_clock()), &events, e);
}

static void on_impatience(uv_timer_t *timer)
{
    finish(timer->data, ENROL_UNREACHED, "the server did not answer in time");
}

/* "host", "host:port", "[::1]:port". */
static bool read_address(struct enrolment *e)
{
    char *text = arena_text(e->arena, e->wanted->server);
    char *end = *text == '[' ? strchr(text, ']') : NULL;
    char *colon = end != NULL ? (end[1] == ':' ? end + 1 : NULL) : strchr(text, ':');

    if (end != NULL) {
        *end = '\0';
        text++;
    }
    e->address.port = DEFAULT_PORT;
    if (colon != NULL) {
        *colon = '\0';
        e->address.port = colon + 1;
    }
    e->address.host = text;
    return *text != '\0' && strpbrk(text, " \t\n;#=/") == NULL && *e->address.port != '\0' &&
           strspn(e->address.port, "0123456789") == strlen(e->address.port);
}

static bool is_ready(struct enrolment *e)
{
    const char *directory = e->wanted->directory;

    if (!read_address(e))
        e->problem = arena_format(e->arena, "\"%s\" is no address; HOST or HOST:PORT", e->wanted->server);
    else if (code_parse(bytes_of_text(e->wanted->code), &e->code) != CODE_OK)
        e->problem = "the code is not complete, or has a character that no code has; it is 24 letters and digits";
    else if (!e->wanted->again && identity_exists(directory, e->arena))
        e->problem =
            arena_format(e->arena, "this machine is enrolled already, in %s; --again replaces that", directory);
    else
        return identity_make_directory(directory, e->arena, &e->problem);
    return false;
}

enum enrol_outcome identity_enrol(const struct enrol *wanted, struct arena *arena, const char **problem)
{
    struct enrolment e = { .wanted = wanted, .arena = arena, .outcome = ENROL_REFUSED };

    if (is_ready(&e)) {
        e.frame = arena_create(MEMORY_MAX);
        device_key_create(arena, &e.key, &e.request);
        command_id_make(e.command_id, system_clock(), system_entropy());
        uv_loop_init(&e.loop);
        uv_timer_init(&e.loop, &e.patience);
        uv_timer_init(&e.loop, &e.again);
        e.patience.data = &e;
        e.again.data = &e;
        uv_timer_start(&e.patience, on_impatience, PATIENCE_MS, 0);
        dial(&e, ASKING);
        uv_run(&e.loop, UV_RUN_DEFAULT);
        uv_loop_close(&e.loop);
        bytes_wipe(e.key);
        arena_destroy(e.frame);
    }
    explicit_bzero(&e.code, sizeof e.code);
    *problem = e.problem;
    return e.outcome;
}
