/* The driver's own life: its peers, its arenas, its sweep, and its end. */
#include "server/call/driver.h"

#include <assert.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "server/call/inner.h"

#define DEVICE_CONNECTIONS 16
#define IDLE_LOCK_MS       120000
#define MEMBER_IDLE_MS     60000
#define STORE_WAIT_MS      3000
#define GIVE_BACK_BYTES    ((size_t)1 << 20)
#define CLOCK_JUMP_US      (2 * SECOND_US) /* within a sweep: more than any slewing */

int64_t monotonic_us(const struct driver *driver)
{
    return driver->config.clock->monotonic_us(driver->config.clock);
}

const struct catalogue *catalogue_of_shop(const struct driver *driver, int64_t shop_id)
{
    return shop_id ? driver->config.keeper->catalogue(driver->config.keeper, shop_id) : NULL;
}

/* ---- arenas: taken and given back, a few are kept ---- */

static struct arena *take(struct arena **kept, size_t *count, size_t limit)
{
    return *count > 0 ? kept[--*count] : arena_create(limit);
}

static void give(struct arena **kept, size_t *count, struct arena *arena)
{
    if (*count == ARENAS_KEPT) {
        arena_destroy(arena);
        return;
    }
    arena_reset(arena);
    kept[(*count)++] = arena;
}

struct arena *arena_take(struct driver *driver, bool bounded)
{
    return bounded ? take(driver->bounded, &driver->bounded_count, REQUEST_ARENA_MAX)
                   : take(driver->arenas, &driver->arena_count, 0);
}

void arena_give(struct driver *driver, struct arena *arena)
{
    give(driver->arenas, &driver->arena_count, arena);
}

void arena_give_bounded(struct driver *driver, struct arena *arena)
{
    give(driver->bounded, &driver->bounded_count, arena);
}

/* ---- the driver ---- */

/* The wall clock against the one that only goes on. Strands go on from their last entry whatever it says; somebody should
 * set it right. */
static void watch_clock(struct driver *driver)
{
    int64_t apart_us = driver->config.clock->now(driver->config.clock).us - monotonic_us(driver);
    int64_t moved_us = apart_us - driver->clocks_apart_us;

    if (llabs(moved_us) > CLOCK_JUMP_US)
        log_event(LOG_WARN, "clock_jumped", "by_s=%lld", (long long)(moved_us / SECOND_US));
    driver->clocks_apart_us = apart_us;
}

/* What a snapshot took would stay with the allocator for the next one, which may never come: 8 MB of 100,000 products. */
static void give_back_memory(struct driver *driver)
{
    if (driver->freed_bytes < GIVE_BACK_BYTES)
        return;
    driver->freed_bytes = 0;
    malloc_trim(0);
}

static void on_sweep(struct timer *timer)
{
    struct driver *driver = timer->user;

    watch_clock(driver);
    sessions_sweep(driver);
    give_back_memory(driver);
    if (monotonic_us(driver) >= driver->stand_at_us)
        driver_look(driver);
    driver->config.timers->start(driver->config.timers, timer, SWEEP_MS);
}

struct driver *driver_create(const struct driver_config *config)
{
    struct driver *driver = calloc(1, sizeof *driver);

    assert(driver);
    driver->config = *config;
    if (!driver->config.device_connections)
        driver->config.device_connections = DEVICE_CONNECTIONS;
    if (!driver->config.idle_lock_ms)
        driver->config.idle_lock_ms = IDLE_LOCK_MS;
    if (!driver->config.member_idle_ms)
        driver->config.member_idle_ms = MEMBER_IDLE_MS;
    if (!driver->config.store_wait_ms)
        driver->config.store_wait_ms = STORE_WAIT_MS;
    TAILQ_INIT(&driver->peers);
    TAILQ_INIT(&driver->works);
    TAILQ_INIT(&driver->seeing);
    TAILQ_INIT(&driver->later);
    driver->later_turn = (struct timer){ .fire = work_later_turn, .user = driver };

    for (const struct op *const *op = config->ops; *op; op++) {
        if ((*op)->number >= driver->op_count)
            driver->op_count = (*op)->number + 1;
    }
    driver->ops = calloc(driver->op_count + 1, sizeof *driver->ops);
    assert(driver->ops);
    for (const struct op *const *op = config->ops; *op; op++) {
        assert(!driver->ops[(*op)->number] && (*op)->request && (*op)->reply);
        assert((*op)->kind == OP_GROUPED ? (*op)->group && (*op)->keys && (*op)->decide : (*op)->stages[0] != NULL);
        driver->ops[(*op)->number] = *op;
    }
    driver->hello = driver->op_count > CAROLINE__V1__OP__OP_HELLO ? driver->ops[CAROLINE__V1__OP__OP_HELLO] : NULL;

    config->entropy->fill(config->entropy, driver->wrongs.seed, sizeof driver->wrongs.seed);
    memcpy(driver->budgets.seed, driver->wrongs.seed, sizeof driver->budgets.seed);
    driver->counts.started = config->clock->now(config->clock);
    driver->clocks_apart_us = driver->counts.started.us - monotonic_us(driver);
    driver->stand_at_us = monotonic_us(driver) + STAND_US;
    driver->sweep = (struct timer){ .fire = on_sweep, .user = driver };
    config->timers->start(config->timers, &driver->sweep, SWEEP_MS);
    return driver;
}

void driver_destroy(struct driver *driver)
{
    if (!driver)
        return;
    assert(TAILQ_EMPTY(&driver->peers) && driver->in_flight == 0);
    driver->config.timers->stop(driver->config.timers, &driver->sweep);
    driver->config.timers->stop(driver->config.timers, &driver->later_turn);
    driver->config.timers->stop(driver->config.timers, &driver->drained_soon);
    groups_destroy(driver);
    holds_of_shops_destroy(driver);
    sights_destroy(driver);
    topics_destroy(driver);
    while (driver->arena_count > 0)
        arena_destroy(driver->arenas[--driver->arena_count]);
    while (driver->bounded_count > 0)
        arena_destroy(driver->bounded[--driver->bounded_count]);
    free(driver->ops);
    free(driver);
}

/* ---- peers ---- */

void driver_opened(struct driver *driver, struct peer *peer)
{
    if (!peer->number)
        peer->number = ++driver->next_peer;
    LIST_INIT(&peer->pending);
    SLIST_INIT(&peer->followers);
    peer->opened_us = monotonic_us(driver);
    TAILQ_INSERT_TAIL(&driver->peers, peer, link);
    kin_join(driver, peer);
    driver->counts.connections++;
}

void driver_closed(struct driver *driver, struct peer *peer)
{
    struct pending *p;

    while ((p = LIST_FIRST(&peer->pending))) {
        LIST_REMOVE(p, of_peer);
        p->peer = NULL;
        if (&p->work->asked == p)
            p->work->call.peer = NULL;
    }
    push_forget(driver, peer);
    kin_leave(driver, peer);
    TAILQ_REMOVE(&driver->peers, peer, link);
    driver->counts.connections--;
}

void peer_end(struct peer *peer, bool at_once, const char *reason)
{
    if (peer->closing && !at_once)
        return;
    peer->closing = true;
    peer->class->close(peer, at_once, reason);
}

size_t driver_frame_max(const struct peer *peer)
{
    return peer->staff_id || is_kiosk(peer) ? FRAME_MAX
                                            : FRAME_MAX_STRANGER; /* a basket is left with nobody signed in */
}

bool driver_reads(const struct peer *peer)
{
    return !peer->closing && !peer->greeting;
}

void driver_writable(struct driver *driver, struct peer *peer)
{
    push_next(driver, peer);
}

/* ---- answers ---- */

void pending_reply(struct driver *driver, struct pending *p, struct bytes reply)
{
    struct peer *peer = p->peer;

    if (!peer)
        return;
    LIST_REMOVE(p, of_peer);
    p->peer = NULL;
    peer->pending_count--;
    if (p->work->call.op == driver->hello)
        peer->greeting = false;
    peer_reply(driver, peer, p->id, reply);
}

static void on_drained(struct timer *timer)
{
    struct driver *driver = timer->user;

    if (driver->in_flight == 0 && !driver->touching && !driver->standing && !sights_look(driver) && driver->drained) {
        void (*drained)(void *) = driver->drained;

        driver->drained = NULL;
        drained(driver->drained_context);
    } else if (driver->drained) {
        driver->config.timers->start(driver->config.timers, timer, 10);
    }
}

/* The end of a call. Everything that pointed to it is gone before its memory is. */
void work_drop(struct work *w)
{
    struct driver *driver = w->call.driver;
    struct arena *request = w->request_arena, *call = w->call.arena, *try = w->try_arena;

    driver->config.timers->stop(driver->config.timers, &w->timer);
    TAILQ_REMOVE(&driver->works, w, link);
    driver->in_flight--;
    lane_leave(w);
    arena_give_bounded(driver, request);
    if (try)
        arena_give(driver, try);
    arena_give(driver, call);
}

void work_reply(struct work *w, struct bytes reply)
{
    struct driver *driver = w->call.driver;
    struct peer *peer = w->asked.peer;
    void (*done)(void *user, bool carried_out) = w->done;
    void *done_user = w->done_user;
    bool went_well = reply.size > 0 && reply.data[0] == REPLY_WENT_WELL;

    if (w->call.op->kind == OP_CHANGES || w->call.op->kind == OP_GROUPED) {
        driver->counts.commands++;
        if (peer && !w->call.device_id && w->is_refusal)
            per_source_add(&driver->wrongs, peer->source, monotonic_us(driver), NULL);
    }
    for (struct pending *p = &w->asked; p; p = p->next)
        pending_reply(driver, p, reply);
    if (peer && w->effects.close)
        peer_end(peer, false, w->call.op->name);
    if (peer && w->effects.follows && !w->is_refusal)
        push_follow(driver, peer, w->effects.topic, w->effects.version);
    if (peer && peer->look)
        standing_look(driver);
    work_drop(w);
    if (done)
        done(done_user, went_well);
}

void driver_do(struct driver *driver, const struct op *op, const ProtobufCMessage *message, int64_t shop_id,
               int64_t staff_id, void (*done)(void *user, bool carried_out), void *user)
{
    struct arena *arena = arena_take(driver, false);
    struct work *w = arena_alloc(arena, sizeof *w);

    assert(op->kind == OP_ACTS && op->needs == NEEDS_NOTHING);
    *w = (struct work){ .request_arena = arena_take(driver, true),
                        .deadline_us = monotonic_us(driver) + INT64_C(1000) * DEADLINE_MS,
                        .done = done,
                        .done_user = user };
    w->asked.work = w;
    w->call = (struct call){ .op = op,
                             .driver = driver,
                             .message = message,
                             .arena = arena,
                             .shop_id = shop_id,
                             .staff_id = staff_id,
                             .vault = driver->config.vault };
    TAILQ_INSERT_TAIL(&driver->works, w, link);
    driver->in_flight++;
    work_start(w);
}

void work_fail(struct work *w, int code)
{
    w->effects = (struct effects){ .close = code == CAROLINE__V1__ERROR_CODE__DEVICE_REVOKED };
    work_reply(w, failure_pack(w->call.arena, code));
}

void work_fail_away(struct work *w)
{
    w->effects = (struct effects){ 0 };
    work_reply(w, away_pack(w->call.arena));
}

/* ---- hearing and ending ---- */

static void cut_device(struct driver *driver, int64_t device_id)
{
    struct peer *peer;
    struct work *w;

    TAILQ_FOREACH(peer, &driver->peers, link)
    if (peer->device_id == device_id)
        peer_end(peer, true, "device_cut");
    TAILQ_FOREACH(w, &driver->works, link)
    if (w->call.op == driver->hello) /* it may have read the device's row before */
        w->effects.doubtful = true;
}

/* A session may be on disk whose COMMIT's answer is not here yet, and the notice that ends it may overtake that answer. */
static void sign_out(struct driver *driver, int64_t staff_id)
{
    struct peer *peer;
    struct work *w;

    TAILQ_FOREACH(peer, &driver->peers, link)
    if (peer->staff_id == staff_id)
        session_lost(driver, peer, "signed out");
    TAILQ_FOREACH(w, &driver->works, link)
    if (w->effects.session_set && w->effects.staff_id == staff_id)
        w->effects.doubtful = true;
}

/* Their sessions were ended, by a server that says so behind its COMMIT: they may have signed in again since. Who goes on is looked
 * up, and nobody acts meanwhile. */
static void look_at_staff(struct driver *driver, int64_t staff_id)
{
    struct peer *peer;
    struct work *w;

    TAILQ_FOREACH(peer, &driver->peers, link)
    if (peer->staff_id && peer->staff_id == staff_id)
        peer->look = peer->doubted = true;
    TAILQ_FOREACH(w, &driver->works, link)
    if (w->effects.session_set && w->effects.staff_id == staff_id)
        w->effects.doubtful = true;
    standing_look(driver);
}

/* The member was erased or merged, or has another secret: who of the sessions here may go on is looked up. */
static void look_at_member(struct driver *driver, int64_t member_id)
{
    struct peer *peer;
    struct work *w;

    TAILQ_FOREACH(peer, &driver->peers, link)
    peer->look = peer->look || (member_id && peer->member_id == member_id);
    TAILQ_FOREACH(w, &driver->works, link)
    if (w->effects.member_set && w->effects.member_id == member_id)
        w->effects.doubtful = true;
    standing_look(driver);
}

/* One of the device's sessions was locked or ended. */
static void look_at(struct driver *driver, int64_t device_id)
{
    struct peer *peer;

    TAILQ_FOREACH(peer, &driver->peers, link)
    peer->look = peer->look || (peer->device_id == device_id && peer->staff_id);
    standing_look(driver);
}

void driver_heard(struct driver *driver, const char *word, int64_t number)
{
    if (strcmp(word, "device") == 0)
        cut_device(driver, number);
    else if (strcmp(word, "staff") == 0)
        look_at_staff(driver, number);
    else if (strcmp(word, "member") == 0)
        look_at_member(driver, number);
    else if (strcmp(word, "session") == 0)
        look_at(driver, number);
}

void driver_cut(struct driver *driver, const char *word, int64_t number)
{
    if (strcmp(word, "staff") == 0)
        sign_out(driver, number);
    else
        driver_heard(driver, word, number);
}

void driver_catalogue_changed(struct driver *driver, int64_t shop_id)
{
    struct work *w = TAILQ_FIRST(&driver->seeing);

    sights_moved(driver, shop_id);
    while (w) {
        struct work *next = TAILQ_NEXT(w, seeing);

        if (shop_id == 0 || w->call.shop_id == shop_id)
            work_look(w);
        w = next;
    }
    group_catalogue_changed(driver, shop_id);
    push_changed(driver, shop_id);
}

void driver_drain(struct driver *driver, void (*drained)(void *context), void *context)
{
    driver->draining = true;
    driver->drained = drained;
    driver->drained_context = context;
    driver->drained_soon.fire = on_drained;
    driver->drained_soon.user = driver;
    driver->config.timers->start(driver->config.timers, &driver->drained_soon, 0);
}

size_t driver_in_flight(const struct driver *driver)
{
    return driver->in_flight;
}

const struct invariants_seen *driver_invariants(const struct driver *driver)
{
    static const struct invariants_seen nothing;

    return driver->config.invariants ? driver->config.invariants : &nothing;
}

const struct driver_counts *driver_counts(const struct driver *driver)
{
    return &driver->counts;
}

void driver_log_state(const struct driver *driver)
{
    const struct driver_counts *counts = &driver->counts;
    const struct work *w;

    log_event(LOG_INFO, "state",
              "connections=%llu in_flight=%zu calls=%llu commands=%llu groups=%llu grouped=%llu draining=%d",
              (unsigned long long)counts->connections, driver->in_flight, (unsigned long long)counts->calls,
              (unsigned long long)counts->commands, (unsigned long long)counts->groups,
              (unsigned long long)counts->grouped, driver->draining);
    TAILQ_FOREACH(w, &driver->works, link)
    {
        log_event(LOG_INFO, "state_call", "op=%s device=%lld state=%d stage=%u tries=%u waiting=%u", w->call.op->name,
                  (long long)w->call.device_id, (int)w->state, w->stage, w->tries, w->waiting);
    }
}
