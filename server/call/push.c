/* Pushes: rings of encoded deltas, followers with cursors. push.h has the picture. */
#include "server/call/push.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "common/wire/walker.h"
#include "proto/session.pb-c.h"
#include "server/call/inner.h"

#define RING_BYTES_MAX   ((size_t)1 << 20)
#define RING_PARCELS_MAX 256
/* In one turn of the loop: pushes of one parcel to one follower, and followers that get some. A push of 60 KB takes some
 * 50 us. */
#define TURN_PARTS     4
#define TURN_FOLLOWERS 8
/* Not 0: libuv fires a timer that starts itself anew with 0 again and again before it looks at the sockets. */
#define TURN_MS 1

struct part {
    struct bytes payload;
    struct part *next;
};

struct push_parts {
    struct parcel *parcel;
    const struct topic_class *class;
    struct arena *scratch;
    void *memory; /* the class's */
};

/* The pushes that lead from one version to a later one: made once, encoded, shared by all who need them; sent as far as
 * they are made. */
struct parcel {
    TAILQ_ENTRY(parcel) link;      /* in the ring, or among those made for who could not use the ring */
    TAILQ_ENTRY(parcel) in_making; /* until it is whole */
    uint64_t from, to;             /* from 0: a snapshot */
    size_t refs;                   /* followers that are sending it, and the ring */
    bool in_ring, whole;
    struct push_parts parts;
    struct arena *arena; /* holds the payloads */
    struct part *first, **end;
    size_t bytes;
};
TAILQ_HEAD(parcel_list, parcel);

/* A topic of one shop. */
struct topic {
    struct topic *next;
    const struct topic_class *class;
    struct driver *driver;
    int64_t shop_id;
    uint64_t version; /* the ring's newest end */
    struct parcel_list ring, others, making;
    size_t ring_count, ring_bytes;
    TAILQ_HEAD(follower_queue, follower) followers, sending; /* sending: those with a parcel in hand */
    struct timer turn;
};

struct follower {
    SLIST_ENTRY(follower) of_peer;
    TAILQ_ENTRY(follower) of_topic, of_sending;
    struct topic *topic;
    struct peer *peer;
    uint64_t version;      /* the client has this, once all that was sent has arrived */
    struct parcel *parcel; /* on its way to the client; NULL: none */
    struct part *sent;     /* the last of it that was sent; NULL: none */
};

/* ---- parcels ---- */

struct arena *push_arena(struct push_parts *parts)
{
    return parts->scratch;
}

static struct bytes push_pack(struct arena *arena, unsigned topic, uint64_t version, struct bytes body)
{
    Caroline__V1__Push push = CAROLINE__V1__PUSH__INIT;
    Caroline__V1__FromServer envelope = CAROLINE__V1__FROM_SERVER__INIT;

    push.has_topic = true;
    push.topic = topic;
    if (version) {
        push.has_version = true;
        push.version = version;
    }
    push.has_body = true;
    push.body = (ProtobufCBinaryData){ .len = body.size, .data = (uint8_t *)(uintptr_t)body.data };
    envelope.push = &push;
    return message_encode(&envelope.base, arena);
}

void push_add(struct push_parts *parts, struct bytes body)
{
    struct parcel *parcel = parts->parcel;
    struct part *part = arena_alloc(parcel->arena, sizeof *part);

    assert(body.size <= PUSH_BODY_MAX);
    part->payload = push_pack(parcel->arena, parts->class->number, parcel->to, body);
    *parcel->end = part;
    parcel->end = &part->next;
    parcel->bytes += part->payload.size;
}

/* It is whole, or not wanted any more. */
static void stop_making(struct topic *topic, struct parcel *parcel)
{
    TAILQ_REMOVE(&topic->making, parcel, in_making);
    arena_give(topic->driver, parcel->parts.scratch);
}

static void make_step(struct topic *topic, const struct catalogue *catalogue, struct parcel *parcel)
{
    size_t before = parcel->bytes;

    parcel->whole = topic->class->make(catalogue, parcel->from, parcel->to, parcel->parts.memory, &parcel->parts);
    if (parcel->in_ring)
        topic->ring_bytes += parcel->bytes - before;
    if (parcel->whole)
        stop_making(topic, parcel);
}

static void turn_soon(struct topic *topic)
{
    topic->driver->config.timers->start(topic->driver->config.timers, &topic->turn, TURN_MS);
}

/* The first step is done at once: it is the last of nearly every change. */
static struct parcel *parcel_make(struct topic *topic, const struct catalogue *catalogue, uint64_t from)
{
    struct parcel *parcel = calloc(1, sizeof *parcel);

    assert(parcel);
    parcel->from = from;
    parcel->to = catalogue_newest(catalogue);
    parcel->arena = arena_create(0);
    parcel->end = &parcel->first;
    parcel->parts.parcel = parcel;
    parcel->parts.class = topic->class;
    parcel->parts.scratch = arena_take(topic->driver, false);
    parcel->parts.memory = arena_alloc(parcel->parts.scratch, topic->class->memory_size + 1);
    TAILQ_INSERT_TAIL(&topic->making, parcel, in_making);
    make_step(topic, catalogue, parcel);
    if (!parcel->whole)
        turn_soon(topic);
    return parcel;
}

static void parcel_let_go(struct topic *topic, struct parcel *parcel)
{
    if (--parcel->refs > 0)
        return;
    if (!parcel->in_ring)
        TAILQ_REMOVE(&topic->others, parcel, link);
    if (!parcel->whole)
        stop_making(topic, parcel);
    topic->driver->freed_bytes += parcel->bytes;
    arena_destroy(parcel->arena);
    free(parcel);
}

/* ---- the ring ---- */

static void ring_drop_oldest(struct topic *topic)
{
    struct parcel *oldest = TAILQ_FIRST(&topic->ring);

    TAILQ_REMOVE(&topic->ring, oldest, link);
    topic->ring_count--;
    topic->ring_bytes -= oldest->bytes;
    parcel_let_go(topic, oldest); /* who is sending it may finish */
}

static void ring_trim(struct topic *topic)
{
    while (topic->ring_count > 1 && (topic->ring_count > RING_PARCELS_MAX || topic->ring_bytes > RING_BYTES_MAX))
        ring_drop_oldest(topic);
}

static void ring_add(struct topic *topic, struct parcel *parcel)
{
    parcel->in_ring = true;
    parcel->refs = 1;
    TAILQ_INSERT_TAIL(&topic->ring, parcel, link);
    topic->ring_count++;
    topic->ring_bytes += parcel->bytes;
    ring_trim(topic);
}

/* What leads on from a version; NULL: the ring has passed it. */
static struct parcel *ring_find(const struct topic *topic, uint64_t version)
{
    struct parcel *parcel;

    TAILQ_FOREACH(parcel, &topic->ring, link)
    {
        if (parcel->from <= version && version < parcel->to)
            return parcel;
    }
    return NULL;
}

/* Made for who comes with a version that the ring does not lead on from; others who come with the same share it, as long
 * as the ring leads on from its end. */
static struct parcel *other_parcel(struct topic *topic, const struct catalogue *catalogue, uint64_t from)
{
    struct parcel *parcel;

    TAILQ_FOREACH(parcel, &topic->others, link)
    {
        if (parcel->from == from && (parcel->to == catalogue_newest(catalogue) || ring_find(topic, parcel->to)))
            return parcel;
    }
    parcel = parcel_make(topic, catalogue, from);
    TAILQ_INSERT_TAIL(&topic->others, parcel, link);
    return parcel;
}

/* ---- topics ---- */

static const struct topic_class *class_of(const struct driver *driver, unsigned number)
{
    for (const struct topic_class *const *class = driver->config.topics; class && *class; class ++) {
        if ((*class)->number == number)
            return *class;
    }
    return NULL;
}

static void on_turn(struct timer *timer);

static struct topic *topic_of(struct driver *driver, unsigned number, int64_t shop_id,
                              const struct catalogue *catalogue)
{
    struct topic *topic;

    for (topic = driver->topics; topic; topic = topic->next) {
        if (topic->class->number == number && topic->shop_id == shop_id)
            return topic;
    }
    topic = calloc(1, sizeof *topic);
    assert(topic);
    topic->class = class_of(driver, number);
    assert(topic->class);
    topic->driver = driver;
    topic->shop_id = shop_id;
    topic->version = catalogue_newest(catalogue);
    TAILQ_INIT(&topic->ring);
    TAILQ_INIT(&topic->others);
    TAILQ_INIT(&topic->making);
    TAILQ_INIT(&topic->followers);
    TAILQ_INIT(&topic->sending);
    topic->turn = (struct timer){ .fire = on_turn, .user = topic };
    topic->next = driver->topics;
    driver->topics = topic;
    return topic;
}

void topics_destroy(struct driver *driver)
{
    while (driver->topics) {
        struct topic *topic = driver->topics;

        driver->topics = topic->next;
        assert(TAILQ_EMPTY(&topic->followers) && TAILQ_EMPTY(&topic->others));
        while (!TAILQ_EMPTY(&topic->ring))
            ring_drop_oldest(topic);
        driver->config.timers->stop(driver->config.timers, &topic->turn);
        free(topic);
    }
}

/* ---- followers ---- */

static void follower_take(struct follower *f, struct parcel *parcel)
{
    parcel->refs++;
    f->parcel = parcel;
    f->sent = NULL;
    TAILQ_INSERT_TAIL(&f->topic->sending, f, of_sending);
}

static void follower_give_back(struct follower *f)
{
    TAILQ_REMOVE(&f->topic->sending, f, of_sending);
    parcel_let_go(f->topic, f->parcel);
    f->parcel = NULL;
}

static void follower_forget(struct follower *f)
{
    if (f->parcel)
        follower_give_back(f);
    SLIST_REMOVE(&f->peer->followers, f, follower, of_peer);
    TAILQ_REMOVE(&f->topic->followers, f, of_topic);
    free(f);
}

void push_forget(struct driver *driver, struct peer *peer)
{
    struct follower *f;

    (void)driver;
    while ((f = SLIST_FIRST(&peer->followers)))
        follower_forget(f);
}

bool push_is_snapshot(const struct catalogue *catalogue, uint64_t version)
{
    return version == 0 || !catalogue || version > catalogue_newest(catalogue);
}

void push_follow(struct driver *driver, struct peer *peer, unsigned number, uint64_t version)
{
    const struct catalogue *catalogue = catalogue_of_shop(driver, peer->shop_id);
    struct follower *f, *other;

    if (peer->closing || !catalogue)
        return;
    SLIST_FOREACH(other, &peer->followers, of_peer)
    {
        if (other->topic->class->number == number) {
            follower_forget(other); /* it follows anew */
            break;
        }
    }
    f = calloc(1, sizeof *f);
    assert(f);
    f->topic = topic_of(driver, number, peer->shop_id, catalogue);
    f->peer = peer;
    SLIST_INSERT_HEAD(&peer->followers, f, of_peer);
    TAILQ_INSERT_TAIL(&f->topic->followers, f, of_topic);

    bool snapshot = push_is_snapshot(catalogue, version);
    f->version = version;
    if (snapshot || (version < catalogue_newest(catalogue) && !ring_find(f->topic, version)))
        follower_take(f, other_parcel(f->topic, catalogue, snapshot ? 0 : version));
    push_next(driver, peer);
}

/* ---- sending ---- */

static void send_push(struct driver *driver, struct peer *peer, unsigned topic, const ProtobufCMessage *message)
{
    struct arena *arena = arena_take(driver, false);

    peer->class->send(peer, push_pack(arena, topic, 0, message_encode(message, arena)));
    arena_give(driver, arena);
}

static void send_session(struct driver *driver, struct peer *peer)
{
    Caroline__V1__SessionState state = CAROLINE__V1__SESSION_STATE__INIT;

    state.has_open = state.has_locked = true;
    state.open = peer->staff_id != 0 || peer->member_id != 0;
    state.locked = peer->locked;
    peer->session_news = false;
    send_push(driver, peer, CAROLINE__V1__TOPIC__TOPIC_SESSION, &state.base);
}

static void send_resync(struct driver *driver, struct follower *f)
{
    Caroline__V1__Resync resync = CAROLINE__V1__RESYNC__INIT;
    struct peer *peer = f->peer;

    resync.has_topic = true;
    resync.topic = f->topic->class->number;
    log_event(LOG_INFO, "follower_fell_behind", "connection=%llu topic=%u version=%llu",
              (unsigned long long)peer->number, resync.topic, (unsigned long long)f->version);
    follower_forget(f);
    send_push(driver, peer, CAROLINE__V1__TOPIC__TOPIC_RESYNC, &resync.base);
}

/* Of its parcel; NULL: the rest is not made yet, or there is none. */
static struct part *next_part(const struct follower *f)
{
    return f->sent ? f->sent->next : f->parcel->first;
}

static void send_part(struct follower *f)
{
    f->sent = next_part(f);
    f->peer->class->send(f->peer, f->sent->payload);
}

static bool has_arrived(const struct follower *f)
{
    return f->parcel->whole && !next_part(f);
}

/* One push of this follower, if there is one and it is its turn. */
static bool follower_next(struct driver *driver, struct follower *f, unsigned *left)
{
    if (f->parcel && has_arrived(f)) { /* the last step added nothing */
        f->version = f->parcel->to;
        follower_give_back(f);
    }
    if (!f->parcel) {
        if (f->version >= f->topic->version)
            return false;
        struct parcel *parcel = ring_find(f->topic, f->version);
        if (!parcel) {
            send_resync(driver, f);
            return true;
        }
        follower_take(f, parcel);
    }
    if (!next_part(f))
        return false; /* on_turn() makes it */
    if (*left == 0) {
        turn_soon(f->topic);
        return false;
    }
    send_part(f);
    if (!has_arrived(f)) {
        --*left;
        return true;
    }
    f->version = f->parcel->to;
    follower_give_back(f);
    return true;
}

static bool send_one(struct driver *driver, struct peer *peer, unsigned *left)
{
    struct follower *f;

    if (peer->session_news) {
        send_session(driver, peer);
        return true;
    }
    SLIST_FOREACH(f, &peer->followers, of_peer)
    {
        if (follower_next(driver, f, left))
            return true;
    }
    return false;
}

void push_next(struct driver *driver, struct peer *peer)
{
    unsigned left = TURN_PARTS;

    while (!peer->closing && peer->class->empty(peer)) {
        if (!send_one(driver, peer, &left))
            return;
    }
}

/* ---- in steps ---- */

static bool can_go_on(const struct follower *f)
{
    return !f->peer->closing && f->peer->class->empty(f->peer) && (next_part(f) || f->parcel->whole);
}

/* Those who have waited longest; who is served goes to the end. */
static void serve_some(struct topic *topic)
{
    unsigned served = 0;
    struct follower *f, *next, *last = TAILQ_LAST(&topic->sending, follower_queue);

    for (f = TAILQ_FIRST(&topic->sending); f; f = next) {
        next = f == last ? NULL : TAILQ_NEXT(f, of_sending);
        if (!can_go_on(f))
            continue;
        if (served++ == TURN_FOLLOWERS) {
            turn_soon(topic);
            return;
        }
        TAILQ_REMOVE(&topic->sending, f, of_sending);
        TAILQ_INSERT_TAIL(&topic->sending, f, of_sending);
        push_next(topic->driver, f->peer);
    }
}

static void on_turn(struct timer *timer)
{
    struct topic *topic = timer->user;
    const struct catalogue *catalogue = catalogue_of_shop(topic->driver, topic->shop_id);
    struct parcel *parcel = TAILQ_FIRST(&topic->making);

    if (parcel) {
        make_step(topic, catalogue, parcel);
        ring_trim(topic);
    }
    serve_some(topic);
    if (!TAILQ_EMPTY(&topic->making))
        turn_soon(topic);
}

void push_changed(struct driver *driver, int64_t shop_id)
{
    for (struct topic *topic = driver->topics; topic; topic = topic->next) {
        const struct catalogue *catalogue = catalogue_of_shop(driver, topic->shop_id);
        struct follower *f, *next;

        if ((shop_id != 0 && shop_id != topic->shop_id) || !catalogue || catalogue_newest(catalogue) <= topic->version)
            continue;
        ring_add(topic, parcel_make(topic, catalogue, topic->version));
        topic->version = catalogue_newest(catalogue);
        for (f = TAILQ_FIRST(&topic->followers); f; f = next) {
            next = TAILQ_NEXT(f, of_topic); /* who has fallen behind is forgotten */
            push_next(driver, f->peer);
        }
    }
}
