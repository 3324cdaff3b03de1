/* A loop for programs that hold several links and have no loop of their own: it ticks, and hears Ctrl-C. */
#ifndef CAROLINE_CLIENT_LINK_TURN_H
#define CAROLINE_CLIENT_LINK_TURN_H

struct turn;
struct uv_loop_s;

struct turn_events {
    void (*on_tick)(void *owner);
    void (*on_interrupt)(void *owner); /* each SIGINT */
};

struct turn *turn_open(unsigned tick_ms, const struct turn_events *events, void *owner);
struct uv_loop_s *turn_loop(struct turn *turn);
/* Turns until turn_end() was called and everything on the loop is closed. */
void turn_run(struct turn *turn);
/* From within it; more than once does no harm. No event comes after. */
void turn_end(struct turn *turn);
void turn_close(struct turn *turn);

#endif
