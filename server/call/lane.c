/* Lanes: the commands and acts of one device, in the order they came. One of several stages runs alone; commands of a
 * group kind that follow one another go to their shop's queue together. Copies of a command that is on its way join it, but where
 * its answer is secret and the copy another person's.
 *
 * Acts are in here because they meet at the device's row as commands do: those that wait for it wait here, and not each
 * with a connection to the database in its hand, which all other devices would then miss. */
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
        lane->driver = driver;
        lane->device_id = device_id;
        TAILQ_INIT(&lane->works);
        HASH_ADD(hh, driver->lanes, device_id, sizeof lane->device_id, lane);
    }
    return lane;
}

bool lane_is_full(struct driver *driver, int64_t device_id)
{
    struct lane *lane;

    HASH_FIND(hh, driver->lanes, &device_id, sizeof device_id, lane);
    return lane && lane->count >= LANE_MAX;
}

/* Starts what may run now. What needs no database is over when this returns, and has left the lane. */
static void start_those_in_front(struct lane *lane)
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

/* In turns, for thousands may be over at once: each of them leaving starts the next. An empty lane goes. */
static void lane_pump(struct lane *lane)
{
    lane->moved = true;
    if (lane->pumping)
        return;
    lane->pumping = true;
    while (lane->moved) {
        lane->moved = false;
        start_those_in_front(lane);
    }
    lane->pumping = false;
    if (TAILQ_EMPTY(&lane->works)) {
        HASH_DEL(lane->driver->lanes, lane);
        free(lane);
    }
}

static bool same_command(const struct work *a, const struct work *b)
{
    return a->call.op->number == b->call.op->number && memcmp(a->body_hash, b->body_hash, DIGEST_SIZE) == 0;
}

/* What is secret in an answer is told to who asked for it, and not to whoever is signed in at the device by now: their copy waits
 * for its turn, and the op sees whose the command was. */
static bool may_join(const struct work *first, const struct work *copy)
{
    return !copy->call.op->kept || first->call.staff_id == copy->call.staff_id;
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

/* The command of this id that is on its way; NULL: none. */
static struct work *find_command(const struct lane *lane, const uint8_t command_id[16])
{
    struct work *w;

    TAILQ_FOREACH(w, &lane->works, of_lane)
    if (w->call.op->kind != OP_ACTS && memcmp(w->call.command_id, command_id, sizeof w->call.command_id) == 0)
        return w;
    return NULL;
}

/* A command goes before the acts that are not begun: a sale does not wait for a queue of PINs. */
static void insert(struct lane *lane, struct work *w)
{
    struct work *before = TAILQ_LAST(&lane->works, work_list);

    while (w->call.op->kind != OP_ACTS && before && before->call.op->kind == OP_ACTS && before->state == WORK_QUEUED)
        before = TAILQ_PREV(before, work_list, of_lane);
    if (before)
        TAILQ_INSERT_AFTER(&lane->works, before, w, of_lane);
    else
        TAILQ_INSERT_HEAD(&lane->works, w, of_lane);
}

void lane_enter(struct work *w)
{
    struct lane *lane = lane_of(w->call.driver, w->call.device_id);

    if (w->call.op->kind != OP_ACTS) {
        struct work *first = find_command(lane, w->call.command_id);

        body_hash(w);
        if (first && !same_command(first, w)) {
            work_fail(w, CAROLINE__V1__ERROR_CODE__COMMAND_REUSED);
            return;
        }
        if (first && may_join(first, w)) {
            join(first, w);
            return;
        }
    }
    w->state = WORK_QUEUED;
    w->lane = lane;
    insert(lane, w);
    lane->count++;
    lane_pump(lane);
}

void lane_leave(struct work *w)
{
    struct lane *lane = w->lane;

    if (!lane)
        return;
    w->lane = NULL;
    TAILQ_REMOVE(&lane->works, w, of_lane);
    lane->count--;
    lane_pump(lane);
}
