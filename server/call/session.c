/* Sessions as a connection holds them: who is signed in, what their role allows now, the lock by the clock, and the
 * session's row, touched at most once a minute for all at once. */
#include "server/call/call.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "db/queries.h"
#include "server/call/inner.h"

/* ---- what services say; it holds once their call is committed ---- */

void session_set(struct call *c, int64_t staff_id, int64_t role_id, const uint8_t token_hash[32],
                 struct instant expires, bool locked)
{
    struct effects *effects = &work_of(c)->effects;

    assert(staff_id > 0);
    effects->session_set = true;
    effects->session_cleared = false;
    effects->staff_id = staff_id;
    effects->role_id = role_id;
    effects->expires = expires;
    effects->locked = locked;
    memcpy(effects->token_hash, token_hash, sizeof effects->token_hash);
}

void session_clear(struct call *c)
{
    struct effects *effects = &work_of(c)->effects;

    effects->session_set = false;
    effects->session_cleared = true;
}

void member_set(struct call *c, int64_t member_id, struct instant secret_changed, struct instant expires, bool by_code)
{
    struct effects *effects = &work_of(c)->effects;

    assert(member_id > 0);
    effects->member_set = true;
    effects->member_id = member_id;
    effects->secret_changed = secret_changed;
    effects->expires = expires;
    effects->by_code = by_code;
}

void member_clear(struct call *c)
{
    struct peer *peer = c->peer;

    if (peer && c->member_id && peer->member_id == c->member_id)
        session_end(c->driver, peer);
}

void session_train(struct call *c, struct training training)
{
    struct effects *effects = &work_of(c)->effects;

    effects->trains = true;
    effects->training = training;
}

const uint8_t *session_token_hash(const struct call *c)
{
    return c->peer && c->peer->staff_id ? c->peer->token_hash : NULL;
}

bool session_locked(const struct call *c)
{
    return c->peer && c->peer->staff_id && c->peer->locked;
}

bool may(const struct call *c, enum permission permission)
{
    return permission == PERMISSION_NONE || (((const struct work *)c)->permissions >> permission & 1);
}

static void cut_later(struct call *c, const char *word, int64_t id)
{
    struct effects *effects = &work_of(c)->effects;

    assert(effects->cut_count < CUTS_MAX);
    effects->cuts[effects->cut_count++] = (struct cut){ .word = word, .id = id };
}

void device_cut(struct call *c, int64_t device_id)
{
    cut_later(c, "device", device_id);
}

void staff_cut(struct call *c, int64_t staff_id)
{
    cut_later(c, "staff", staff_id);
}

void member_told(struct call *c, int64_t member_id)
{
    cut_later(c, "member", member_id);
}

void session_told(struct call *c)
{
    cut_later(c, "session", c->device_id);
}

void device_set(struct call *c, int64_t device_id, int64_t shop_id, unsigned client)
{
    struct effects *effects = &work_of(c)->effects;

    effects->device_set = true;
    effects->device_id = device_id;
    effects->shop_id = shop_id;
    effects->client = client;
}

const uint8_t *peer_key_hash(const struct call *c)
{
    return c->peer && c->peer->has_key ? c->peer->key_hash : NULL;
}

bool peer_certificate_expired(const struct call *c)
{
    return c->peer && c->peer->certificate_expired;
}

void peer_close_after(struct call *c)
{
    work_of(c)->effects.close = true;
}

bool topic_follow(struct call *c, unsigned topic, uint64_t version)
{
    struct effects *effects = &work_of(c)->effects;

    effects->follows = true;
    effects->topic = topic;
    effects->version = version;
    return push_is_snapshot(c->catalogue, version);
}

/* ---- the connection's session ---- */

void session_end(struct driver *driver, struct peer *peer)
{
    (void)driver;
    peer->staff_id = peer->role_id = peer->member_id = 0;
    peer->secret_changed = (struct instant){ 0 };
    peer->permissions_version = 0;
    peer->training = (struct training){ 0 };
    peer->locked = peer->by_code = peer->doubted = false;
    memset(peer->token_hash, 0, sizeof peer->token_hash);
}

void session_lost(struct driver *driver, struct peer *peer, const char *why)
{
    log_event(LOG_INFO, "session_ended", "connection=%llu device=%lld staff=%lld member=%lld why=%s",
              (unsigned long long)peer->number, (long long)peer->device_id, (long long)peer->staff_id,
              (long long)peer->member_id, why);
    session_end(driver, peer);
    peer->session_news = true;
    push_next(driver, peer);
}

void session_lock_here(struct driver *driver, struct peer *peer)
{
    peer->locked = true;
    peer->session_news = true;
    push_next(driver, peer);
}

/* A reconnect leaves the connection before it behind for a while, with the same session. */
void session_others(struct driver *driver, const struct peer *here, const uint8_t token_hash[32], bool ended)
{
    struct peer *peer;

    TAILQ_FOREACH(peer, &driver->peers, link)
    {
        if (peer == here || !peer->staff_id || memcmp(peer->token_hash, token_hash, sizeof peer->token_hash) != 0)
            continue;
        if (ended)
            session_lost(driver, peer, "closed elsewhere");
        else if (!peer->locked)
            session_lock_here(driver, peer);
    }
}

void session_train_here(struct driver *driver, const struct peer *here, struct training training)
{
    struct peer *peer;

    TAILQ_FOREACH(peer, &driver->peers, link)
    if (peer->staff_id && memcmp(peer->token_hash, here->token_hash, sizeof peer->token_hash) == 0) {
        peer->training = training;
        peer->look = peer->look || peer->asked; /* what a look under way says is of what was before */
        peer->asked = false;
    }
}

bool session_alive(struct driver *driver, struct peer *peer)
{
    if (!peer->staff_id)
        return false;
    if (driver->config.clock->now(driver->config.clock).us >= peer->session_expires.us) {
        session_lost(driver, peer, "expired");
        return false;
    }
    if (!peer->locked && monotonic_us(driver) - peer->used_us >= driver->config.idle_lock_ms * 1000)
        session_lock_here(driver, peer);
    return true;
}

bool member_alive(struct driver *driver, struct peer *peer)
{
    if (!peer->member_id)
        return false;
    if (driver->config.clock->now(driver->config.clock).us >= peer->session_expires.us)
        session_lost(driver, peer, "expired");
    else if (monotonic_us(driver) - peer->used_us >= driver->config.member_idle_ms * 1000)
        session_lost(driver, peer, "idle");
    return peer->member_id != 0;
}

/* Looked up once a version of the catalogue. */
uint32_t session_permissions(const struct driver *driver, struct peer *peer)
{
    const struct catalogue *catalogue = catalogue_of_shop(driver, peer->shop_id);
    const struct role *role;

    _Static_assert(PERMISSION_COUNT <= 32, "a permission is a bit");
    if (!catalogue || !peer->staff_id)
        return 0;
    if (peer->permissions_version == catalogue_newest(catalogue))
        return peer->permissions;
    peer->permissions_version = catalogue_newest(catalogue);
    peer->permissions = 0;
    role = catalogue_role(catalogue, peer->permissions_version, peer->role_id);
    for (size_t i = 0; role && i < role->permission_count; i++)
        peer->permissions |= 1u << permission_of(bytes_of_text(role->permissions[i]));
    peer->permissions &= ~(1u << PERMISSION_NONE);
    peer->discount_ppm = role_discount_ppm(role);
    return peer->permissions;
}

/* ---- rows touched, sessions that ended elsewhere ---- */

#define TOUCHED_MAX 1000

struct touching {
    struct driver *driver;
    struct txn txn;
    struct arena *arena;
    uint8_t (*hashes)[32];
    struct bytes *views;
    size_t count;
    struct rows *alive;
    struct instant now;
};

static void touching_end(struct touching *t)
{
    struct driver *driver = t->driver;

    driver->touching = NULL;
    arena_give(driver, t->arena);
    free(t);
}

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static void on_touched(struct txn *txn, enum store_outcome outcome)
{
    struct touching *t = txn->user;
    struct driver *driver = t->driver;
    struct peer *peer;

    if (outcome != STORE_OK) { /* the next sweep asks again */
        log_event(LOG_WARN, "sessions_not_touched", "count=%zu outcome=%d", t->count, (int)outcome);
        touching_end(t);
        return;
    }
    size_t alive_count = rows_count(t->alive);
    uint8_t(*alive)[32] = arena_array(t->arena, alive_count + 1, 32);
    for (size_t i = 0; i < alive_count; i++)
        memcpy(alive[i], row_bytes(t->alive, i, "token_hash").data, 32);
    qsort(alive, alive_count, 32, by_hash);
    qsort(t->hashes, t->count, 32, by_hash);

    int64_t at_us = monotonic_us(driver);
    TAILQ_FOREACH(peer, &driver->peers, link)
    {
        if (!peer->staff_id || !bsearch(peer->token_hash, t->hashes, t->count, 32, by_hash))
            continue;
        peer->touched_us = at_us;
        if (!bsearch(peer->token_hash, alive, alive_count, 32, by_hash))
            session_lost(driver, peer, "closed elsewhere");
    }
    touching_end(t);
}

static void on_touch_begun(struct txn *txn, enum store_outcome outcome)
{
    struct touching *t = txn->user;

    if (outcome != STORE_OK) {
        on_touched(txn, outcome);
        return;
    }
    t->alive = txn_ask(txn, &sql_session_touch, PARAMS(PARAM_BYTESES(t->views, t->count), PARAM_INSTANT(t->now)));
    txn_commit(txn, on_touched);
}

static bool wants_touch(const struct peer *peer)
{
    return peer->staff_id && peer->used_us - peer->touched_us >= TOUCH_US;
}

static void touch_used(struct driver *driver)
{
    struct peer *peer;
    size_t count = 0;

    if (driver->touching)
        return;
    TAILQ_FOREACH(peer, &driver->peers, link)
    count += wants_touch(peer);
    if (count == 0)
        return;
    if (count > TOUCHED_MAX)
        count = TOUCHED_MAX; /* the others in the next sweep */

    struct touching *t = calloc(1, sizeof *t);
    assert(t);
    driver->touching = t;
    t->driver = driver;
    t->arena = arena_take(driver, false);
    t->now = driver->config.clock->now(driver->config.clock);
    t->hashes = arena_array(t->arena, count, 32);
    t->views = arena_array(t->arena, count, sizeof *t->views);
    TAILQ_FOREACH(peer, &driver->peers, link)
    {
        if (!wants_touch(peer) || t->count == count)
            continue;
        memcpy(t->hashes[t->count], peer->token_hash, 32);
        t->views[t->count] = bytes_of(t->hashes[t->count], 32);
        t->count++;
    }
    t->txn = (struct txn){ .arena = t->arena, .kind = TXN_WRITE, .wait_ms = driver->config.store_wait_ms, .user = t };
    txn_begin(driver->config.store, &t->txn, on_touch_begun);
}

void sessions_sweep(struct driver *driver)
{
    struct peer *peer;
    int64_t now_us = monotonic_us(driver);

    TAILQ_FOREACH(peer, &driver->peers, link)
    {
        session_alive(driver, peer);
        member_alive(driver, peer);
        if (!peer->device_id && now_us - peer->opened_us >= STRANGER_US && peer->pending_count == 0)
            peer_end(peer, true, "stranger_timeout");
    }
    touch_used(driver);
}
