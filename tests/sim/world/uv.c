/* The few calls of libuv that client/link and the keeper of catalogues make, upon the simulator's queue.
 *
 * The program defines them itself, so the library's are never reached. A handle's own fields hold what is needed: its
 * event hangs in heap_node[0], which the real timers would use as well. Work for a thread is done at once; its end is
 * told later. */
#include <assert.h>
#include <stdlib.h>
#include <uv.h>

#include "tests/sim/world/events.h"

struct shot {
    struct event event; /* first */
    uv_timer_t *timer;
    uv_timer_cb callback;
    uint64_t repeat_ms;
};

struct closing {
    struct event event; /* first */
    uv_handle_t *handle;
    uv_close_cb closed;
};

struct done {
    struct event event; /* first */
    uv_work_t *work;
    uv_after_work_cb after;
};

static struct process *process_of(const uv_loop_t *loop)
{
    return loop->data;
}

static struct shot *shot_of(const uv_timer_t *timer)
{
    return timer->heap_node[0];
}

static void on_shot(struct event *event)
{
    struct shot *shot = (struct shot *)event;

    if (shot->repeat_ms > 0)
        event_at(event, event->process, (int64_t)shot->repeat_ms * 1000);
    shot->callback(shot->timer);
}

int uv_timer_init(uv_loop_t *loop, uv_timer_t *timer)
{
    struct shot *shot = calloc(1, sizeof *shot);

    assert(shot);
    shot->event.fire = on_shot;
    shot->timer = timer;
    timer->loop = loop;
    timer->heap_node[0] = shot;
    return 0;
}

int uv_timer_start(uv_timer_t *timer, uv_timer_cb callback, uint64_t timeout_ms, uint64_t repeat_ms)
{
    struct shot *shot = shot_of(timer);

    shot->callback = callback;
    shot->repeat_ms = repeat_ms;
    event_at(&shot->event, process_of(timer->loop), (int64_t)timeout_ms * 1000);
    return 0;
}

int uv_timer_stop(uv_timer_t *timer)
{
    event_cancel(&shot_of(timer)->event);
    return 0;
}

static void on_closing(struct event *event)
{
    struct closing *closing = (struct closing *)event;
    uv_handle_t *handle = closing->handle;
    uv_close_cb closed = closing->closed;

    free(closing);
    if (closed)
        closed(handle);
}

/* Only timers are closed here. */
void uv_close(uv_handle_t *handle, uv_close_cb closed)
{
    struct closing *closing = calloc(1, sizeof *closing);
    struct shot *shot = shot_of((uv_timer_t *)handle);

    assert(closing);
    event_cancel(&shot->event);
    free(shot);
    *closing = (struct closing){ .event = { .fire = on_closing, .drop = on_closing }, handle, closed };
    event_at(&closing->event, process_of(handle->loop), 0);
}

void uv_unref(uv_handle_t *handle)
{
    (void)handle;
}

static void on_work_done(struct event *event)
{
    struct done *done = (struct done *)event;
    uv_work_t *work = done->work;
    uv_after_work_cb after = done->after;

    free(done);
    after(work, 0);
}

int uv_queue_work(uv_loop_t *loop, uv_work_t *work, uv_work_cb callback, uv_after_work_cb after)
{
    struct done *done = calloc(1, sizeof *done);

    assert(done);
    callback(work);
    *done = (struct done){ .event = { .fire = on_work_done, .drop = on_work_done }, work, after };
    event_at(&done->event, process_of(loop), 1000);
    return 0;
}
