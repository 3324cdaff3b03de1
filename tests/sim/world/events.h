/* What is still to happen, in the order of its time, and whom it happens to.
 *
 * Time is virtual: it stands while something happens and jumps to what happens next. Two things of one instant happen
 * in the order in which they were asked for. Everything belongs to a process; when that is killed, its events are gone
 * with it. */
#ifndef CAROLINE_TESTS_SIM_EVENTS_H
#define CAROLINE_TESTS_SIM_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#include "common/base/world.h"
#include "tests/sim/world/random.h"

struct process;

/* Embedded in what is to happen; zeroed before its first use. */
struct event {
    void (*fire)(struct event *event);
    void (*drop)(struct event *event); /* its process was killed; NULL: nothing to let go of */
    int64_t at_us;
    uint64_t sequence;
    size_t place; /* in the heap, from 1; 0: not in it */
    struct process *process;
    LIST_ENTRY(event) of_process;
};

struct events {
    struct event **heap; /* from 1 */
    size_t count, capacity;
    uint64_t sequence;
    int64_t now_us;  /* monotonic */
    int64_t wall_us; /* the wall clock's lead over it: nights make it jump */
    uint64_t happened;
};

/* A program on a machine of its own: its clock, its chance, and, for libuv's calls, its loop. */
struct process {
    struct events *events;
    LIST_HEAD(, event) pending;
    uv_loop_t loop;
    struct clock clock;
    struct entropy entropy;
    struct random chance;
    int64_t skew_us; /* its wall clock is wrong by so much */
    bool killed;
};

void events_init(struct events *events, struct instant begin);
void events_fini(struct events *events);
/* The next one happens. false: there is none until then, and the clock stands at until_us. */
bool events_step(struct events *events, int64_t until_us);
struct instant events_wall(const struct events *events);

void process_init(struct process *process, struct events *events, uint64_t seed, uint64_t stream);
/* Its events never happen. */
void process_kill(struct process *process);

/* Asked for anew, if it was asked for before. */
void event_at(struct event *event, struct process *process, int64_t delay_us);
void event_cancel(struct event *event);

#endif
