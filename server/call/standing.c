/* Whether those who are connected may still be: each device and each session, looked up by one statement for all. Behind
 * the notices (driver_heard), of which some are missed while nobody listens, and one may come before the session that
 * it ends is known here. */
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
    int64_t *devices, *roles;
    uint8_t (*hashes)[32]; /* of the sessions' tokens; roles: theirs */
    struct bytes *views;
    size_t device_count, session_count;
    struct rows *devices_left, *sessions_left;
    struct instant now;
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
    if (driver->stand_again)
        driver_look(driver);
}

/* Asked for, and not among those that are left. */
static bool has_ended(const void *key, const void *asked, size_t asked_count, const void *left, size_t left_count,
                      size_t size, int (*order)(const void *a, const void *b))
{
    return bsearch(key, asked, asked_count, size, order) && !bsearch(key, left, left_count, size, order);
}

/* Who came since the question is not in it, and stays. */
static void end_what_ended(struct standing *s)
{
    struct driver *driver = s->driver;
    size_t device_count = rows_count(s->devices_left), session_count = rows_count(s->sessions_left);
    int64_t *devices = arena_array(s->arena, device_count + 1, sizeof *devices);
    uint8_t(*hashes)[32] = arena_array(s->arena, session_count + 1, sizeof *hashes);
    struct peer *peer;

    for (size_t i = 0; i < device_count; i++)
        devices[i] = row_int(s->devices_left, i, "id");
    for (size_t i = 0; i < session_count; i++)
        memcpy(hashes[i], row_bytes(s->sessions_left, i, "token_hash").data, sizeof *hashes);
    qsort(devices, device_count, sizeof *devices, by_number);
    qsort(hashes, session_count, sizeof *hashes, by_hash);
    qsort(s->devices, s->device_count, sizeof *s->devices, by_number);
    qsort(s->hashes, s->session_count, sizeof *s->hashes, by_hash);

    TAILQ_FOREACH(peer, &driver->peers, link)
    {
        if (has_ended(&peer->device_id, s->devices, s->device_count, devices, device_count, sizeof *devices, by_number))
            peer_end(peer, true, "device_cut");
        else if (peer->staff_id && has_ended(peer->token_hash, s->hashes, s->session_count, hashes, session_count,
                                             sizeof *hashes, by_hash))
            session_lost(driver, peer, "ended elsewhere");
    }
}

static void on_answered(struct txn *txn, enum store_outcome outcome)
{
    struct standing *s = txn->user;
    struct driver *driver = s->driver;

    if (outcome == STORE_OK) {
        end_what_ended(s);
    } else {
        log_event(LOG_WARN, "standing_not_read", "devices=%zu sessions=%zu outcome=%d", s->device_count,
                  s->session_count, (int)outcome);
        driver->stand_at_us = monotonic_us(driver); /* the next sweep asks again */
    }
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
                               PARAMS(PARAM_BYTESES(s->views, s->session_count), PARAM_INTS(s->roles, s->session_count),
                                      PARAM_INSTANT(s->now)));
    txn_commit(txn, on_answered);
}

void driver_look(struct driver *driver)
{
    struct peer *peer;
    size_t count = 0;

    driver->stand_again = driver->standing != NULL; /* what is being read may be older than what made us look */
    if (driver->standing || driver->draining)
        return;
    driver->stand_at_us = monotonic_us(driver) + STAND_US;
    TAILQ_FOREACH(peer, &driver->peers, link)
    count += peer->device_id != 0;
    if (count == 0)
        return;

    struct standing *s = calloc(1, sizeof *s);
    assert(s);
    driver->standing = s;
    s->driver = driver;
    s->arena = arena_take(driver, false);
    s->now = driver->config.clock->now(driver->config.clock);
    s->devices = arena_array(s->arena, count, sizeof *s->devices);
    s->roles = arena_array(s->arena, count, sizeof *s->roles);
    s->hashes = arena_array(s->arena, count, sizeof *s->hashes);
    s->views = arena_array(s->arena, count, sizeof *s->views);
    TAILQ_FOREACH(peer, &driver->peers, link)
    {
        if (!peer->device_id)
            continue;
        s->devices[s->device_count++] = peer->device_id;
        if (!peer->staff_id)
            continue;
        memcpy(s->hashes[s->session_count], peer->token_hash, sizeof *s->hashes);
        s->views[s->session_count] = bytes_of(s->hashes[s->session_count], sizeof *s->hashes);
        s->roles[s->session_count++] = peer->role_id;
    }
    s->txn = (struct txn){ .arena = s->arena, .kind = TXN_READ, .wait_ms = driver->config.store_wait_ms, .user = s };
    txn_begin(driver->config.store, &s->txn, on_begun);
}
