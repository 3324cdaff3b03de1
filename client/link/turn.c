/* A loop, a tick, a signal. */
#include "client/link/turn.h"

#include <assert.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <uv.h>

struct turn {
    uv_loop_t loop;
    uv_timer_t tick;
    uv_signal_t interrupt;
    struct turn_events events;
    void *owner;
    bool ended;
};

static void on_tick(uv_timer_t *timer)
{
    struct turn *turn = timer->data;

    turn->events.on_tick(turn->owner);
}

static void on_interrupt(uv_signal_t *handle, int number)
{
    struct turn *turn = handle->data;

    (void)number;
    turn->events.on_interrupt(turn->owner);
}

struct turn *turn_open(unsigned tick_ms, const struct turn_events *events, void *owner)
{
    struct turn *turn = calloc(1, sizeof *turn);

    if (turn == NULL)
        abort();
    turn->events = *events;
    turn->owner = owner;
    uv_loop_init(&turn->loop);
    uv_timer_init(&turn->loop, &turn->tick);
    uv_signal_init(&turn->loop, &turn->interrupt);
    turn->tick.data = turn->interrupt.data = turn;
    uv_timer_start(&turn->tick, on_tick, tick_ms, tick_ms);
    uv_signal_start(&turn->interrupt, on_interrupt, SIGINT);
    return turn;
}

struct uv_loop_s *turn_loop(struct turn *turn)
{
    return &turn->loop;
}

void turn_run(struct turn *turn)
{
    uv_run(&turn->loop, UV_RUN_DEFAULT);
}

void turn_end(struct turn *turn)
{
    if (turn->ended)
        return;
    turn->ended = true;
    uv_close((uv_handle_t *)&turn->tick, NULL);
    uv_close((uv_handle_t *)&turn->interrupt, NULL);
}

void turn_close(struct turn *turn)
{
    int outcome = uv_loop_close(&turn->loop);

    assert(outcome == 0);
    free(turn);
}
