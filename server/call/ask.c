/* What a stage may ask of the driver. */
#include "server/call/call.h"

#include <assert.h>
#include <string.h>

#include "db/queries.h"
#include "server/call/inner.h"

struct rows *ask(struct call *c, const struct statement *statement, const struct param *params, size_t count)
{
    struct work *w = work_of(c);

    if (!w->begun) { /* the stage is run again with a connection */
        w->wants_store = true;
        return NULL;
    }
    w->asked_some = true;
    w->only_selects = w->only_selects && strncmp(statement->sql, "SELECT", 6) == 0;
    return txn_ask(&c->txn, statement, params, count);
}

static void run_offloaded(struct job *job)
{
    struct offloaded *offloaded = (struct offloaded *)job;

    offloaded->fn(offloaded->argument);
}

void offload(struct call *c, void (*fn)(void *argument), void *argument)
{
    struct work *w = work_of(c);
    struct offloaded *offloaded = arena_alloc(c->txn.arena, sizeof *offloaded);

    *offloaded =
        (struct offloaded){ .job.work = run_offloaded, .work = w, .fn = fn, .argument = argument, .next = w->offloads };
    w->offloads = offloaded;
}

bool has_gateway(const struct call *c)
{
    return c->driver->config.has_gateway;
}

int64_t next_id(struct call *c)
{
    return c->driver->config.ids->next(c->driver->config.ids);
}

void random_bytes(struct call *c, void *bytes, size_t size)
{
    c->driver->config.entropy->fill(c->driver->config.entropy, bytes, size);
}

static const char *copied(struct call *c, const char *text)
{
    return text ? arena_text(c->txn.arena, text) : NULL;
}

void journal_change(struct call *c, int64_t object, const char *field, const char *before, const char *after)
{
    struct work *w = work_of(c);
    struct change *change = arena_alloc(c->txn.arena, sizeof *change);

    *change = (struct change){
        .object = object, .field = copied(c, field), .before = copied(c, before), .after = copied(c, after)
    };
    *w->changes_end = change;
    w->changes_end = &change->next;
}

static void add_note(struct call *c, int64_t object, const char *event, const char *times)
{
    struct work *w = work_of(c);
    struct change *note = arena_alloc(c->txn.arena, sizeof *note);

    assert(c->op->kind == OP_ACTS || c->op->kind == OP_CHANGES);
    *note = (struct change){ .object = object, .field = copied(c, event), .after = times };
    *w->notes_end = note;
    w->notes_end = &note->next;
}

void journal_note(struct call *c, int64_t object, const char *event)
{
    add_note(c, object, event, NULL);
}

void journal_note_times(struct call *c, int64_t object, const char *event, uint32_t times)
{
    add_note(c, object, event, arena_format(c->txn.arena, "%u", (unsigned)times));
}

bool spend(struct call *c, uint32_t per_minute)
{
    struct driver *driver = c->driver;

    return budget_spend(&driver->budgets, (uint64_t)c->device_id, SPENT_BESIDE | c->op->number, per_minute,
                        monotonic_us(driver));
}

/* A device, who works at it and whom it is about, as one number. The ids are the server's own, so nobody chooses two that are as one. */
static uint64_t counted_apart(const struct call *c, int64_t object)
{
    const uint64_t spread = UINT64_C(0x9e3779b97f4a7c15);

    return (((uint64_t)c->device_id * spread) ^ (uint64_t)c->staff_id) * spread ^ (uint64_t)object;
}

bool journal_note_seldom(struct call *c, int64_t object, const char *event)
{
    struct driver *driver = c->driver;
    uint32_t times =
        budget_count(&driver->budgets, counted_apart(c, object), COUNTED_BESIDE | c->op->number, monotonic_us(driver));

    if ((times & (times - 1)) != 0)
        return false;
    journal_note_times(c, object, event, times);
    return true;
}

void catalogue_raise(struct call *c, int64_t shop_id)
{
    struct work *w = work_of(c);

    assert(!w->raises && c->op->kind == OP_CHANGES);
    ask(c, &sql_catalogue_lock, NO_PARAMS);
    w->raised = ask(
        c, &sql_catalogue_raise,
        PARAMS(PARAM_INT(shop_id), PARAM_INSTANT(c->now), PARAM_INT(c->staff_id == 0 ? PARAM_NULL_INT : c->staff_id)));
    w->raises = true;
    w->raise_shop_id = shop_id;
}

uint64_t catalogue_version(const struct call *c)
{
    const struct work *w = (const struct work *)c;

    assert(w->raises);
    return (uint64_t)row_int(w->raised, 0, "version");
}

const struct catalogue *catalogue_of(const struct call *c, int64_t shop_id)
{
    return catalogue_of_shop(c->driver, shop_id);
}

uint32_t member_idle_s(const struct call *c)
{
    return (uint32_t)(c->driver->config.member_idle_ms / 1000);
}

uint32_t idle_lock_s(const struct call *c)
{
    return (uint32_t)(c->driver->config.idle_lock_ms / 1000);
}
