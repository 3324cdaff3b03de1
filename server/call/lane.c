/* Lanes: the commands of one device, in the order they came. A command of several stages runs alone; commands of a
 * group kind that follow one another go to their shop's queue together. Copies of a command that is on its way join it.
 */
#include "server/call/call.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "server/call/inner.h"

static struct lane *lane_of(struct driver *driver, int64_t device_id)
{
    struct lane *lane;

    HASH_FIND(hh, driver->lanes, &device_id, sizeof device_id, lane);
    if (!lane) {
        lane = calloc(1, sizeof *lane);
        assert(lane);
        lane->device_id = device_id;
        TAILQ_INIT(&lane->works);
        HASH_ADD(hh, driver->lanes, device_id, sizeof lane->device_id, lane);
    }
    return lane;
}

/* Starts what may run now. Whatever it starts ends later, never from inside. */
static void lane_pump(struct lane *lane)
{
    struct work *w;

    TAILQ_FOREACH(w, &lane->works, of_lane)
    {
        if (w->call.op->kind != OP_GROUPED) {
            if (w->state == WORK_QUEUED && w == TAILQ_FIRST(&lane->works))
                work_start(w);
            return;
        }
        if (w->state == WORK_QUEUED)
            group_submit(w);
    }
}

static bool same_command(const struct work *a, const struct work *b)
{
    return a->call.op == b->call.op && memcmp(a->body_hash, b->body_hash, DIGEST_SIZE) == 0;
}

/* The copy's request waits with the first one; of its call nothing is left but the wait. */
static void join(struct work *first, struct work *copy)
{
    struct pending *p = arena_alloc(first->call.arena, sizeof *p);

    *p = (struct pending){ .peer = copy->asked.peer, .id = copy->asked.id, .work = first, .next = first->asked.next };
    first->asked.next = p;
    LIST_REMOVE(&copy->asked, of_peer);
    LIST_INSERT_HEAD(&p->peer->pending, p, of_peer);
    copy->asked.peer = NULL;
    copy->call.peer = NULL;
    work_drop(copy);
}

/* Keyed by the vault: a body may hold a PIN or a telephone number, which a plain hash would let be guessed from. */
static void body_hash(struct work *w)
{
    uint8_t digest[DIGEST_SIZE];

    sha256(w->body, digest);
    vault_token_hash(w->call.vault, bytes_of(digest, sizeof digest), w->body_hash);
}

void lane_enter(struct work *w)
{
    struct lane *lane = lane_of(w->call.driver, w->call.device_id);
    struct work *other;

    body_hash(w);
    TAILQ_FOREACH(other, &lane->works, of_lane)
    {
        if (memcmp(other->call.command_id, w->call.command_id, sizeof w->call.command_id) != 0)
            continue;
        if (same_command(other, w))
            join(other, w);
        else
            work_fail(w, CAROLINE__V1__ERROR_CODE__COMMAND_REUSED);
        return;
    }
    w->state = WORK_QUEUED;
    w->lane = lane;
    TAILQ_INSERT_TAIL(&lane->works, w, of_lane);
    lane_pump(lane);
}

void lane_leave(struct work *w)
{
    struct lane *lane = w->lane;

    if (!lane)
        return;
    w->lane = NULL;
    TAILQ_REMOVE(&lane->works, w, of_lane);
    if (!TAILQ_EMPTY(&lane->works)) {
        lane_pump(lane);
        return;
    }
    HASH_DEL(w->call.driver->lanes, lane);
    free(lane);
}
