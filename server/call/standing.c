/* Whether those who are connected may still be: devices and sessions, looked up by one statement for all. Behind the
 * notices (driver_heard): some say no more than which device's sessions have changed, some are missed while nobody
 * listens, and one may come before the session that it ends is known here. */
#include "server/call/driver.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "db/queries.h"
#include "server/call/inner.h"

struct standing {
    struct driver *driver;
    struct txn txn;
    struct arena *arena;
    int64_t *devices, *roles, *members;
    struct bytes *hashes; /* of the sessions' tokens; roles: theirs */
    size_t device_count, session_count, member_count;
    struct rows *devices_left, *sessions_left, *members_left;
    struct instant now;
};

struct left {
    uint8_t hash[32]; /* first: by_hash() */
    bool locked;
    struct training training;
};

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, 32);
}

static void standing_end(struct standing *s)
{
    struct driver *driver = s->driver;

    driver->standing = NULL;
    arena_give(driver, s->arena);
    free(s);
    standing_look(driver);
}

static int64_t *devices_left(struct standing *s, size_t *count)
{
    *count = rows_count(s->devices_left);
    int64_t *devices = arena_array(s->arena, *count + 1, sizeof *devices);

    for (size_t i = 0; i < *count; i++)
        devices[i] = row_int(s->devices_left, i, "id");
    qsort(devices, *count, sizeof *devices, by_number);
    return devices;
}

static struct left *sessions_left(struct standing *s, size_t *count)
{
    *count = rows_count(s->sessions_left);
    struct left *sessions = arena_array(s->arena, *count + 1, sizeof *sessions);

    for (size_t i = 0; i < *count; i++) {
        memcpy(sessions[i].hash, row_bytes(s->sessions_left, i, "token_hash").data, sizeof sessions[i].hash);
        sessions[i].locked = row_bool(s->sessions_left, i, "locked");
        if (!row_is_null(s->sessions_left, i, "training_id"))
            sessions[i].training = (struct training){ .id = row_int(s->sessions_left, i, "training_id"),
                                                      .from = row_int(s->sessions_left, i, "training_from") };
    }
    qsort(sessions, *count, sizeof *sessions, by_hash);
    return sessions;
}

/* Their secret is the one they came with, and they are still somebody. */
static bool member_stands(const struct standing *s, const struct peer *peer)
{
    for (size_t i = 0; i < rows_count(s->members_left); i++)
        if (row_int(s->members_left, i, "id") == peer->member_id)
            return row_instant(s->members_left, i, "changed_at").us == peer->secret_changed.us;
    return false;
}

/* Who came since the question is not in it, and stays; so does a session that was opened or unlocked here since. */
static void end_what_ended(struct standing *s)
{
    struct driver *driver = s->driver;
    size_t device_count, session_count;
    const int64_t *devices = devices_left(s, &device_count);
    const struct left *sessions = sessions_left(s, &session_count), *left;
    struct peer *peer;

    TAILQ_FOREACH(peer, &driver->peers, link)
    {
        if (!peer->asked)
            continue;
        peer->asked = false;
        if (!bsearch(&peer->device_id, devices, device_count, sizeof *devices, by_number)) {
            peer_end(peer, true, "device_cut");
            continue;
        }
        if (!peer->staff_id && !peer->member_id)
            continue;
        peer->doubted = peer->doubted && peer->look;
        if (peer->member_id) {
            if (!member_stands(s, peer))
                session_lost(driver, peer, "ended elsewhere");
            continue;
        }
        left = bsearch(peer->token_hash, sessions, session_count, sizeof *sessions, by_hash);
        if (!left) {
            session_lost(driver, peer, "ended elsewhere");
            continue;
        }
        peer->training = left->training;
        if (left->locked && !peer->locked)
            session_lock_here(driver, peer);
    }
}

/* They are asked about again, by the next sweep. */
static void ask_again(struct standing *s)
{
    struct driver *driver = s->driver;
    struct peer *peer;

    log_event(LOG_WARN, "standing_not_read", "devices=%zu sessions=%zu", s->device_count, s->session_count);
    TAILQ_FOREACH(peer, &driver->peers, link)
    peer->asked = false;
    driver->stand_at_us = monotonic_us(driver);
}

static void on_answered(struct txn *txn, enum store_outcome outcome)
{
    struct standing *s = txn->user;

    if (outcome == STORE_OK)
        end_what_ended(s);
    else
        ask_again(s);
    standing_end(s);
}

static void on_begun(struct txn *txn, enum store_outcome outcome)
{
    struct standing *s = txn->user;

    if (outcome != STORE_OK) {
        on_answered(txn, outcome);
        return;
    }
    s->devices_left = txn_ask(txn, &sql_standing_devices, PARAMS(PARAM_INTS(s->devices, s->device_count)));
    s->sessions_left = txn_ask(txn, &sql_standing_sessions,
                               PARAMS(PARAM_BYTESES(s->hashes, s->session_count),
                                      PARAM_INTS(s->roles, s->session_count), PARAM_INSTANT(s->now)));
    if (s->member_count > 0)
        s->members_left = txn_ask(txn, &sql_standing_members, PARAMS(PARAM_INTS(s->members, s->member_count)));
    txn_commit(txn, on_answered);
}

static struct standing *standing_create(struct driver *driver, size_t count)
{
    struct standing *s = calloc(1, sizeof *s);

    assert(s);
    s->driver = driver;
    s->arena = arena_take(driver, false);
    s->now = driver->config.clock->now(driver->config.clock);
    s->devices = arena_array(s->arena, count, sizeof *s->devices);
    s->roles = arena_array(s->arena, count, sizeof *s->roles);
    s->members = arena_array(s->arena, count, sizeof *s->members);
    s->hashes = arena_array(s->arena, count, sizeof *s->hashes);
    return s;
}

static void ask_about(struct standing *s, struct peer *peer)
{
    peer->look = false;
    peer->asked = true;
    s->devices[s->device_count++] = peer->device_id;
    if (peer->staff_id) {
        s->hashes[s->session_count] =
            bytes_of(arena_copy(s->arena, peer->token_hash, sizeof peer->token_hash), sizeof peer->token_hash);
        s->roles[s->session_count++] = peer->role_id;
    }
    if (peer->member_id)
        s->members[s->member_count++] = peer->member_id;
}

/* What it is about to do to its own session is told by its answer, which the notice may have overtaken. */
static bool changes_its_session(const struct peer *peer)
{
    const struct pending *p;

    LIST_FOREACH(p, &peer->pending, of_peer)
    if (p->work->effects.session_set || p->work->effects.session_cleared || p->work->effects.member_set ||
        p->work->effects.trains)
        return true;
    return false;
}

static bool is_to_be_asked_about(const struct peer *peer)
{
    return peer->look && peer->device_id && !changes_its_session(peer);
}

void standing_look(struct driver *driver)
{
    struct peer *peer;
    size_t count = 0;

    if (driver->standing || driver->draining)
        return;
    TAILQ_FOREACH(peer, &driver->peers, link)
    count += is_to_be_asked_about(peer);
    if (count == 0)
        return;

    struct standing *s = standing_create(driver, count);
    driver->standing = s;
    TAILQ_FOREACH(peer, &driver->peers, link)
    if (is_to_be_asked_about(peer))
        ask_about(s, peer);
    s->txn = (struct txn){ .arena = s->arena, .kind = TXN_READ, .wait_ms = driver->config.store_wait_ms, .user = s };
    txn_begin(driver->config.store, &s->txn, on_begun);
}

void driver_look(struct driver *driver)
{
    struct peer *peer;

    driver->stand_at_us = monotonic_us(driver) + STAND_US;
    TAILQ_FOREACH(peer, &driver->peers, link)
    peer->look = true;
    standing_look(driver);
}
