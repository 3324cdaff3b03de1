/* The queue: a binary heap by time and by the order of asking. */
#include "tests/sim/world/events.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"

static bool before(const struct event *a, const struct event *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->sequence < b->sequence;
}

static void put(struct events *events, size_t place, struct event *event)
{
    events->heap[place] = event;
    event->place = place;
}

static void sift_up(struct events *events, size_t place, struct event *event)
{
    for (; place > 1 && before(event, events->heap[place / 2]); place /= 2)
        put(events, place, events->heap[place / 2]);
    put(events, place, event);
}

static void sift_down(struct events *events, size_t place, struct event *event)
{
    for (;;) {
        size_t child = place * 2;

        if (child > events->count)
            break;
        if (child < events->count && before(events->heap[child + 1], events->heap[child]))
            child++;
        if (!before(events->heap[child], event))
            break;
        put(events, place, events->heap[child]);
        place = child;
    }
    put(events, place, event);
}

void events_init(struct events *events, struct instant begin)
{
    *events = (struct events){ .now_us = SECOND_US, .wall_us = begin.us - SECOND_US };
}

void events_fini(struct events *events)
{
    assert(events->count == 0);
    free(events->heap);
}

struct instant events_wall(const struct events *events)
{
    return (struct instant){ events->now_us + events->wall_us };
}

void event_at(struct event *event, struct process *process, int64_t delay_us)
{
    struct events *events = process->events;

    assert(!process->killed && event->fire);
    event_cancel(event);
    event->process = process;
    event->at_us = events->now_us + (delay_us > 0 ? delay_us : 0);
    event->sequence = ++events->sequence;
    LIST_INSERT_HEAD(&process->pending, event, of_process);
    if (events->count + 1 >= events->capacity) {
        events->capacity = events->capacity * 2 + 64;
        events->heap = realloc(events->heap, events->capacity * sizeof(struct event *));
        assert(events->heap);
    }
    sift_up(events, ++events->count, event);
}

void event_cancel(struct event *event)
{
    struct events *events;
    struct event *last;
    size_t place = event->place;

    if (place == 0)
        return;
    events = event->process->events;
    event->place = 0;
    LIST_REMOVE(event, of_process);
    last = events->heap[events->count--];
    if (last == event)
        return;
    if (place > 1 && before(last, events->heap[place / 2]))
        sift_up(events, place, last);
    else
        sift_down(events, place, last);
}

bool events_step(struct events *events, int64_t until_us)
{
    struct event *next = events->count > 0 ? events->heap[1] : NULL;

    if (!next || next->at_us > until_us) {
        if (until_us > events->now_us)
            events->now_us = until_us;
        return false;
    }
    if (next->at_us > events->now_us)
        events->now_us = next->at_us;
    event_cancel(next);
    events->happened++;
    next->fire(next);
    return true;
}

/* ---- processes ---- */

static struct process *process_of_clock(struct clock *clock)
{
    return (struct process *)(void *)((char *)clock - offsetof(struct process, clock));
}

static struct instant now(struct clock *clock)
{
    const struct process *process = process_of_clock(clock);

    return (struct instant){ events_wall(process->events).us + process->skew_us };
}

static int64_t monotonic_us(struct clock *clock)
{
    return process_of_clock(clock)->events->now_us;
}

static void fill(struct entropy *entropy, void *bytes, size_t size)
{
    struct process *process = (struct process *)(void *)((char *)entropy - offsetof(struct process, entropy));
    uint8_t *at = bytes, chance[8];

    for (; size > 0; at += 8) {
        put_u64(chance, random_next(&process->chance));
        memcpy(at, chance, size < 8 ? size : 8);
        size -= size < 8 ? size : 8;
    }
}

void process_init(struct process *process, struct events *events, uint64_t seed, uint64_t stream)
{
    *process = (struct process){
        .events = events,
        .clock = { .now = now, .monotonic_us = monotonic_us },
        .entropy.fill = fill,
    };
    process->loop.data = process;
    LIST_INIT(&process->pending);
    random_seed(&process->chance, seed, stream);
}

void process_kill(struct process *process)
{
    struct event *event;

    process->killed = true;
    while ((event = LIST_FIRST(&process->pending))) {
        event_cancel(event);
        if (event->drop)
            event->drop(event);
    }
}
