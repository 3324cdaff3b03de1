/* A program of a stage: what happens on the loop goes to its screens. */
#include "client/run/run.h"
#include "client/ui/stage.h"
#include "client/ui/terminal.h"

static void typed(void *owner, struct bytes bytes, int64_t now_us)
{
    const struct run_stage *program = owner;

    stage_input(program->stage, bytes, now_us);
    program->tick(program->owner, now_us, true);
}

static int64_t deadline_us(const void *owner)
{
    const struct run_stage *program = owner;
    return stage_deadline_us(program->stage);
}

static void expired(void *owner, int64_t now_us)
{
    const struct run_stage *program = owner;
    stage_expire(program->stage, now_us);
}

static void second(void *owner, int64_t now_us)
{
    const struct run_stage *program = owner;
    program->tick(program->owner, now_us, false);
}

static bool idle(void *owner)
{
    const struct run_stage *program = owner;
    return program->idle(program->owner);
}

static void show(void *owner)
{
    const struct run_stage *program = owner;
    terminal_show(program->stage);
}

static void resized(void *owner)
{
    const struct run_stage *program = owner;
    terminal_resize(program->stage);
}

static void continued(void *owner)
{
    const struct run_stage *program = owner;
    terminal_continue(program->stage);
}

static void ended(void *owner)
{
    const struct run_stage *program = owner;
    *program->leaving = true;
}

static bool leaving(const void *owner)
{
    const struct run_stage *program = owner;
    return *program->leaving;
}

static const struct run_events events = {
    .typed = typed,
    .deadline_us = deadline_us,
    .expired = expired,
    .second = second,
    .idle = idle,
    .show = show,
    .resized = resized,
    .continued = continued,
    .ended = ended,
    .leaving = leaving,
};

struct run *run_open_stage(struct run_stage *program)
{
    program->tick(program->owner, run_now_us(), true);
    /* Before the first picture: who sees it may stop and continue this program. */
    struct run *run = run_open(&events, program, false);
    terminal_show(program->stage);
    return run;
}
