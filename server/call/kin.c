/* The connections of one device: so many at most (driver_config). Whoever comes is let in and another goes, for what
 * stands may be dead without anybody knowing yet: a till whose cable was pulled is not to be kept out by its own
 * connections. The first to go is where nobody is signed in, so that who has a device's certificate and no PIN ends no
 * session of it. */
#include "server/call/call.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "server/call/inner.h"

/* Ids are below 2^53. */
uint64_t kin_number(const struct peer *peer)
{
    uint64_t number;

    if (peer->device_id)
        return (uint64_t)peer->device_id;
    if (!peer->has_key)
        return 0;
    memcpy(&number, peer->key_hash, sizeof number);
    return number | UINT64_C(1) << 63;
}

static int64_t last_used_us(const struct peer *peer)
{
    return peer->used_us > peer->opened_us ? peer->used_us : peer->opened_us;
}

static bool goes_before(const struct peer *a, const struct peer *b)
{
    bool a_has = a->staff_id || a->member_id, b_has = b->staff_id || b->member_id;

    if (a_has != b_has)
        return !a_has;
    return last_used_us(a) < last_used_us(b);
}

/* Of those that stand beside the newcomer; NULL: there is room. */
static struct peer *too_many(const struct kin *kin, const struct peer *newcomer, size_t most)
{
    struct peer *peer, *first = NULL;
    size_t count = 0;

    LIST_FOREACH(peer, &kin->peers, of_kin)
    {
        if (peer->closing)
            continue;
        count++;
        if (peer != newcomer && (!first || goes_before(peer, first)))
            first = peer;
    }
    return count > most ? first : NULL;
}

static struct kin *kin_of(struct driver *driver, uint64_t number)
{
    struct kin *kin;

    HASH_FIND(hh, driver->kins, &number, sizeof number, kin);
    if (!kin) {
        kin = calloc(1, sizeof *kin);
        assert(kin);
        kin->number = number;
        LIST_INIT(&kin->peers);
        HASH_ADD(hh, driver->kins, number, sizeof kin->number, kin);
    }
    return kin;
}

void kin_leave(struct driver *driver, struct peer *peer)
{
    struct kin *kin = peer->kin;

    if (!kin)
        return;
    peer->kin = NULL;
    LIST_REMOVE(peer, of_kin);
    if (LIST_EMPTY(&kin->peers)) {
        HASH_DEL(driver->kins, kin);
        free(kin);
    }
}

void kin_join(struct driver *driver, struct peer *peer)
{
    uint64_t number = kin_number(peer);
    struct peer *first;

    kin_leave(driver, peer);
    if (!number || peer->closing)
        return;
    peer->kin = kin_of(driver, number);
    LIST_INSERT_HEAD(&peer->kin->peers, peer, of_kin);
    while ((first = too_many(peer->kin, peer, driver->config.device_connections))) {
        if (budget_spend(&driver->budgets, number, 0, 1, monotonic_us(driver)))
            log_event(LOG_WARN, "too_many_connections_of_device", "device=%lld connection=%llu",
                      (long long)first->device_id, (unsigned long long)first->number);
        peer_end(first, false, "too_many_of_device");
        kin_leave(driver, first);
    }
}
