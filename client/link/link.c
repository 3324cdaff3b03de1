/* The life of a link: connecting, Hello, staying up, trying again. The picture is in link.h; inside.h has the stages.
 */
#include "client/link/link.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/link/inside.h"
#include "common/wire/walker.h"

#define MEMORY_MAX          ((size_t)8 * 1024 * 1024)
#define ATTEMPT_MS          10000u /* name, TCP, TLS and Hello, all in */
#define BACKOFF_FIRST_MS    250u
#define BACKOFF_MAX_MS      15000u
#define BACKOFF_HOPELESS_MS 60000u
#define SILENCE_MS          10000u          /* then a ping ... */
#define PONG_MS             5000u           /* ... whose answer takes at most so long */
#define AWAY_AFTER_US       (5 * SECOND_US) /* so long a server without its database is waited for */
#define PROTOCOL            1u

static void attempt(struct link *link);

int64_t link_monotonic(const struct link *link)
{
    return link->clock->monotonic_us(link->clock);
}

void link_say(struct link *link, enum link_state state, const char *format, ...)
{
    char sentence[sizeof link->sentence];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (state == link->state && strcmp(sentence, link->sentence) == 0)
        return;
    link->state = state;
    memcpy(link->sentence, sentence, sizeof sentence);
    if (link->options.events.on_state != NULL && !link->closing)
        link->options.events.on_state(link->options.owner, state, link->sentence);
}

/* ---- down, and up again ---- */

static void on_backoff(uv_timer_t *timer)
{
    attempt(timer->data);
}

/* Doubling, and anywhere in the upper half of it: a shop's tills do not come back in step. */
static unsigned backoff_ms(struct link *link)
{
    unsigned most =
        link->hopeless ? BACKOFF_HOPELESS_MS : BACKOFF_FIRST_MS << (link->failures < 6 ? link->failures : 6);
    uint32_t chance;

    if (!link->hopeless && most > BACKOFF_MAX_MS)
        most = BACKOFF_MAX_MS;
    link->failures++;
    link->entropy->fill(link->entropy, &chance, sizeof chance);
    return most / 2 + chance % (most / 2 + 1);
}

void link_lost(struct link *link, const char *sentence)
{
    char why[sizeof link->trouble];

    if (link->stage == STAGE_DOWN)
        return;
    snprintf(why, sizeof why, "%s", sentence);
    memcpy(link->trouble, why, sizeof why);
    if (link->stage == STAGE_UP) {
        link->failures = 0;
        link->alone_us = 0;
    }
    link->trouble_us = 0;
    link->stage = STAGE_DOWN;
    link->pinging = false;
    if (link->connection != NULL)
        connection_close(link->connection);
    link->connection = NULL;
    follow_lost(link);
    calls_lost(link, why);
    commands_lost(link);
    if (link->closing)
        return;
    unsigned wait_ms = backoff_ms(link);
    uv_timer_start(link->timer, on_backoff, wait_ms, 0);
    /* Seconds would stand still, or be drawn anew each second. */
    link_say(link, LINK_OFFLINE, "%s; trying again%s", why,
             wait_ms < 1000             ? ""
             : wait_ms > BACKOFF_MAX_MS ? " within a minute"
                                        : " soon");
}

void link_reconnect(struct link *link, const char *sentence)
{
    if (link->stage == STAGE_UP && !link->closing)
        link_lost(link, sentence);
}

void link_retry(struct link *link)
{
    if (link->stage == STAGE_DOWN && !link->closing)
        uv_timer_start(link->timer, on_backoff, 0, 0);
}

/* ---- a server that has lost its database ----
 * It is connected, and can do nothing. For this till that is no connection: it may sell by itself then, and what it has
 * sent is asked for by its id once the session can be resumed, which takes the database. */

void link_troubled(struct link *link, int64_t sent_us, bool told)
{
    if (link->stage != STAGE_UP || !link->has_token || link->closing || sent_us < link->well_us)
        return;
    if (link->trouble_us == 0)
        link->trouble_us = sent_us;
    if (link_monotonic(link) - link->trouble_us < AWAY_AFTER_US)
        return;
    link->away = told;
    link_lost(link, told ? DATABASE_AWAY : "the server does not answer");
}

void link_untroubled(struct link *link)
{
    link->trouble_us = 0;
    link->well_us = link_monotonic(link);
}

/* ---- staying up ---- */

static void on_pong(struct link *link, struct call *call, const Caroline__V1__Reply *reply, const char *sentence)
{
    (void)call, (void)sentence;
    link->pinging = false;
    if (reply == NULL)
        link_lost(link, "the server does not answer");
}

static void on_silence(uv_timer_t *timer)
{
    struct link *link = timer->data;
    int64_t silent_ms = (link_monotonic(link) - link->heard_us) / 1000;

    if (silent_ms < SILENCE_MS) {
        uv_timer_start(link->timer, on_silence, (uint64_t)(SILENCE_MS - silent_ms), 0);
        return;
    }
    if (!link->pinging) {
        link->pinging = true;
        call_add(link, client_op(CAROLINE__V1__OP__OP_PING), owned_copy(bytes_of("", 0)), PONG_MS, on_pong);
    }
    uv_timer_start(link->timer, on_silence, SILENCE_MS, 0);
    calls_pump(link);
}

void link_up(struct link *link)
{
    assert(link->stage == STAGE_GREETING || link->stage == STAGE_RESUMING);
    link->stage = STAGE_UP;
    link->trouble[0] = '\0';
    link->away = false;
    link->heard_us = link_monotonic(link);
    uv_timer_start(link->timer, on_silence, SILENCE_MS, 0);
    follow_start(link);
    renew_if_due(link);
    link_say(link, LINK_ONLINE, "connected to %s:%s", link->identity->host, link->identity->port);
    if (!link->closing)
        calls_pump(link);
}

/* ---- Hello ---- */

static const char *refusal_of(Caroline__V1__DeviceState state)
{
    switch ((unsigned)state) {
    case CAROLINE__V1__DEVICE_STATE__DEVICE_ACTIVE:
        return NULL;
    case CAROLINE__V1__DEVICE_STATE__DEVICE_STATE_REVOKED:
        return "this device was revoked; it must be enrolled again";
    case CAROLINE__V1__DEVICE_STATE__DEVICE_STATE_EXPIRED:
        return "this device's certificate has expired; it must be enrolled again";
    default: /* not enrolled, or unknown */
        return "the server does not know this device; it must be enrolled again";
    }
}

static void on_helloed(struct link *link, struct call *call, const Caroline__V1__Reply *reply, const char *sentence)
{
    struct link_answer answer = answer_of(link, call->op, reply, sentence);

    if (reply == NULL)
        return; /* the connection is gone, and someone else has said so */
    if (answer.outcome != LINK_OK) {
        link->hopeless = answer.code == CAROLINE__V1__ERROR_CODE__OLD_CLIENT;
        link->away = answer.error != NULL && error_means_away(answer.error);
        link_lost(link, link->away ? DATABASE_AWAY : answer.sentence);
        return;
    }
    arena_reset(link->hello_arena);
    link->hello = (const void *)message_decode(&caroline__v1__helloed__descriptor, answer.body, link->hello_arena);
    if (link->hello->has_now_us)
        link->clock_offset_us = (int64_t)link->hello->now_us - link->clock->now(link->clock).us;
    const char *refusal = refusal_of(link->hello->state);
    link->hopeless = refusal != NULL;
    if (refusal != NULL) {
        link_lost(link, refusal);
    } else if (link->has_token) {
        link->stage = STAGE_RESUMING;
        session_resume(link);
    } else {
        link_up(link);
    }
}

static void say_hello(struct link *link)
{
    Caroline__V1__Hello hello = CAROLINE__V1__HELLO__INIT;

    link->stage = STAGE_GREETING;
    hello.has_protocol = true;
    hello.protocol = PROTOCOL;
    hello.has_client = true;
    hello.client = link->options.client;
    hello.has_client_version = true;
    hello.client_version =
        (ProtobufCBinaryData){ .data = (uint8_t *)CAROLINE_VERSION, .len = strlen(CAROLINE_VERSION) };
    call_add(link, client_op(CAROLINE__V1__OP__OP_HELLO), packed(link, &hello.base), ATTEMPT_MS, on_helloed);
    calls_pump(link);
}

/* ---- the connection's events ---- */

static void on_open(void *owner)
{
    say_hello(owner);
}

static void push(struct link *link, const Caroline__V1__Push *push)
{
    struct bytes body = bytes_of(push->body.data, push->body.len);
    const Caroline__V1__Resync *resync;

    switch (push->topic) {
    case CAROLINE__V1__TOPIC__TOPIC_CATALOGUE:
        follow_push(link, body);
        break;
    case CAROLINE__V1__TOPIC__TOPIC_SESSION:
        session_push(link, body);
        break;
    case CAROLINE__V1__TOPIC__TOPIC_RESYNC:
        resync = (const void *)message_decode(&caroline__v1__resync__descriptor, body, link->frame);
        if (resync != NULL && resync->topic == CAROLINE__V1__TOPIC__TOPIC_CATALOGUE)
            follow_start(link);
        break;
    default:
        if (link->options.events.on_push != NULL)
            link->options.events.on_push(link->options.owner, push->topic, push->version, body);
    }
}

static void on_frame(void *owner, struct bytes payload)
{
    struct link *link = owner;
    const Caroline__V1__FromServer *frame;

    link->heard_us = link_monotonic(link);
    arena_reset(link->frame);
    frame = (const void *)message_decode(&caroline__v1__from_server__descriptor, payload, link->frame);
    if (frame == NULL || (frame->reply == NULL) == (frame->push == NULL)) {
        link_lost(link, "the server sent what could not be understood");
        return;
    }
    if (frame->push != NULL)
        push(link, frame->push);
    else
        calls_reply(link, frame->reply);
    if (!link->closing)
        calls_pump(link);
}

static void on_end(void *owner, const char *sentence)
{
    link_lost(owner, sentence);
}

static void on_attempt_end(uv_timer_t *timer)
{
    link_lost(timer->data, "the server does not answer");
}

/* The context is made anew for each attempt: the certificate may have been renewed. */
static struct tls_context *read_certificates(struct link *link, const char **problem)
{
    arena_reset(link->scratch);
    struct bytes ca = identity_ca(link->identity, link->scratch, problem);

    if (ca.data != NULL)
        return tls_client_create(ca, link->identity->device_path, link->identity->device_path, problem);
    return NULL;
}

static void attempt(struct link *link)
{
    const struct connection_events events = { .on_open = on_open, .on_frame = on_frame, .on_end = on_end };
    const struct identity *who = link->identity;

    const struct connection_address address = { .host = who->host, .port = who->port, .server_name = who->server_name };
    const char *problem;

    assert(link->stage == STAGE_DOWN);
    link->stage = STAGE_DIALLING;
    struct tls_context *tls = read_certificates(link, &problem);
    if (tls == NULL) {
        link_lost(link, problem);
        return;
    }
    link->connection = connection_open(link->options.loop, &address, tls, link->clock->now(link->clock), &events, link);
    uv_timer_start(link->timer, on_attempt_end, ATTEMPT_MS, 0);
    if (link->away)
        link_say(link, LINK_CONNECTING, DATABASE_AWAY "; trying again");
    else
        link_say(link, LINK_CONNECTING, "connecting to %s:%s", who->host, who->port);
}

/* ---- open and close ---- */

static uv_timer_t *stage_timer(struct link *link)
{
    uv_timer_t *timer = malloc(sizeof *timer);

    if (timer == NULL)
        abort();
    int outcome = uv_timer_init(link->options.loop, timer);
    assert(outcome == 0);
    timer->data = link;
    return timer;
}

struct link *link_open(const struct link_options *options)
{
    struct link *link = calloc(1, sizeof *link);

    if (link == NULL)
        abort();
    link->options = *options;
    link->identity = options->identity;
    link->clock = options->clock != NULL ? options->clock : system_clock();
    link->entropy = options->entropy != NULL ? options->entropy : system_entropy();
    link->frame = arena_create(MEMORY_MAX);
    link->scratch = arena_create(MEMORY_MAX);
    link->hello_arena = arena_create(MEMORY_MAX);
    link->session_arena = arena_create(MEMORY_MAX);
    link->timer = stage_timer(link);
    link->alarm = stage_timer(link);
    uv_unref((uv_handle_t *)link->alarm);
    TAILQ_INIT(&link->calls);
    TAILQ_INIT(&link->commands);
    link->state = LINK_CONNECTING;
    snprintf(link->sentence, sizeof link->sentence, "not connected yet");
    alone_open(link);
    follow_open(link);
    commands_take_up(link);
    uv_timer_start(link->timer, on_backoff, 0, 0);
    return link;
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle);
}

static void on_closed(uv_handle_t *handle)
{
    struct link *link = handle->data;

    arena_destroy(link->frame);
    arena_destroy(link->scratch);
    arena_destroy(link->hello_arena);
    arena_destroy(link->session_arena);
    free(link);
    free(handle);
}

void link_close(struct link *link)
{
    assert(!link->closing);
    link->closing = true;
    calls_drop(link);
    link_lost(link, "closed");
    commands_drop(link);
    follow_close(link);
    alone_close(link);
    renew_forget(link);
    explicit_bzero(link->token, sizeof link->token);
    uv_close((uv_handle_t *)link->alarm, on_timer_closed);
    uv_close((uv_handle_t *)link->timer, on_closed);
}

void link_somebody_here(struct link *link)
{
    int64_t now_us = link_monotonic(link);

    if (link->here_us != 0 && now_us - link->here_us > link->alone_us)
        link->alone_us = now_us - link->here_us;
    link->here_us = now_us;
}

/* ---- what is known ---- */

enum link_state link_state(const struct link *link)
{
    return link->state;
}

const char *link_sentence(const struct link *link)
{
    return link->sentence;
}

const char *link_trouble(const struct link *link)
{
    return link->trouble;
}

bool link_hopeless(const struct link *link)
{
    return link->hopeless;
}

const Caroline__V1__Helloed *link_hello(const struct link *link)
{
    return link->hello;
}

struct instant link_now(const struct link *link)
{
    return (struct instant){ .us = link->clock->now(link->clock).us + link->clock_offset_us };
}

const struct catalogue *link_catalogue(const struct link *link)
{
    return link->catalogue;
}
