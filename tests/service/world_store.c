/* The store of the scripted world: it knows the driver's own statements and keeps what they write, at COMMIT; any other
 * statement is noted and answers no row, but "hello_device", which answers the test's rows. */
#include "world_store.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/rows.h"

struct event {
    void (*fn)(struct world *world, void *argument);
    void *argument;
    bool store;
    struct event *next;
};

struct asked {
    const struct statement *statement;
    struct param params[8];
    struct rows *rows;
    struct asked *next;
};

/* One transaction as the store sees it. */
struct scripted {
    struct txn *txn;
    txn_done_fn *done;
    enum { BEGINS, RUNS, COMMITS } what;
    struct asked *queue, **queue_end; /* not sent yet */
    struct asked *sent, **sent_end;   /* all that was: applied at COMMIT */
    bool over;
    struct scripted *next_free;
};

static struct world *world_of(struct txn *txn)
{
    return (struct world *)(void *)((char *)txn->store - offsetof(struct world, store));
}

static void log_word(struct world *world, const char *word)
{
    size_t size = strlen(world->log);

    assert(size + strlen(word) + 2 < sizeof world->log);
    snprintf(world->log + size, sizeof world->log - size, "%s ", word);
}

/* ---- events -------------------------------------------------------------------------------------------------------*/

static void later(struct world *world, void (*fn)(struct world *world, void *argument), void *argument, bool store)
{
    struct event *event = arena_alloc(world->arena, sizeof *event);

    *event = (struct event){ .fn = fn, .argument = argument, .store = store };
    *world->events_end = event;
    world->events_end = &event->next;
}

void world_later(struct world *world, void (*fn)(struct world *world, void *argument), void *argument)
{
    later(world, fn, argument, false);
}

bool world_event(struct world *world)
{
    struct event **at = &world->first_event;

    while (*at && (*at)->store && world->hold)
        at = &(*at)->next;
    struct event *event = *at;
    if (!event)
        return false;
    *at = event->next;
    if (!event->next)
        world->events_end = at;
    event->fn(world, event->argument);
    return true;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------*/

struct cells {
    struct rows *rows;
    size_t count;
};

static struct column *add_column(struct cells *cells, const char *name, enum column_kind kind)
{
    struct rows *rows = cells->rows;
    struct column *columns = arena_array(rows->arena, rows->column_count + 1, sizeof *columns);

    if (rows->column_count)
        memcpy(columns, rows->columns, rows->column_count * sizeof *columns);
    rows->columns = columns;
    rows->count = cells->count;
    struct column *column = &columns[rows->column_count++];
    *column = (struct column){ .name = name, .kind = kind };
    if (kind == COLUMN_BYTES)
        column->views = arena_array(rows->arena, cells->count + 1, sizeof *column->views);
    else
        column->integers = arena_array(rows->arena, cells->count + 1, sizeof *column->integers);
    return column;
}

static struct kept *find_kept(struct world *world, int64_t device_id, struct bytes command_id)
{
    for (size_t i = 0; i < world->kept_count; i++) {
        if (world->kept[i].device_id == device_id && memcmp(world->kept[i].command_id, command_id.data, 16) == 0)
            return &world->kept[i];
    }
    return NULL;
}

static struct kept_head *find_head(struct world *world, int64_t device_id, char kind)
{
    for (size_t i = 0; i < world->head_count; i++) {
        if (world->heads[i].device_id == device_id && world->heads[i].kind == kind)
            return &world->heads[i];
    }
    return NULL;
}

static void answer_devices(struct world *world, struct rows *rows, const int64_t *ids, size_t count)
{
    struct cells cells = { .rows = rows };

    for (size_t i = 0; i < count; i++)
        cells.count += ids[i] != world->missing_device_id;
    int64_t *id = add_column(&cells, "id", COLUMN_INT)->integers;
    int64_t *revoked = add_column(&cells, "revoked", COLUMN_BOOL)->integers;
    for (size_t i = 0, row = 0; i < count; i++) {
        if (ids[i] == world->missing_device_id)
            continue;
        id[row] = ids[i];
        revoked[row++] = world->revoked || ids[i] == world->revoked_device_id;
    }
}

/* The kept commands among those asked for. */
static void answer_commands(struct world *world, struct rows *rows, const int64_t *devices, const struct bytes *ids,
                            const int64_t *positions, size_t count)
{
    struct kept *found[256];
    int64_t where[256];
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        struct kept *kept = find_kept(world, devices[i], ids[i]);

        if (kept) {
            found[n] = kept;
            where[n++] = positions ? positions[i] : 0;
        }
    }
    struct cells cells = { .rows = rows, .count = n };
    add_column(&cells, "position", COLUMN_INT);
    add_column(&cells, "op", COLUMN_INT);
    add_column(&cells, "body_hash", COLUMN_BYTES);
    add_column(&cells, "reply", COLUMN_BYTES);
    for (size_t i = 0; i < n; i++) {
        rows->columns[0].integers[i] = where[i];
        rows->columns[1].integers[i] = found[i]->op;
        rows->columns[2].views[i] = bytes_of(found[i]->body_hash, 32);
        rows->columns[3].views[i] = found[i]->reply;
    }
}

static void answer_heads(struct world *world, struct rows *rows, const int64_t *devices, size_t count, char kind)
{
    struct kept_head *found[256];
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        struct kept_head *head = find_head(world, devices[i], kind);

        if (head)
            found[n++] = head;
    }
    struct cells cells = { .rows = rows, .count = n };
    add_column(&cells, "device_id", COLUMN_INT);
    add_column(&cells, "number", COLUMN_INT);
    add_column(&cells, "hash", COLUMN_BYTES);
    add_column(&cells, "at", COLUMN_INSTANT);
    for (size_t i = 0; i < n; i++) {
        rows->columns[0].integers[i] = found[i]->device_id;
        rows->columns[1].integers[i] = found[i]->number;
        rows->columns[2].views[i] = bytes_of(found[i]->hash, 32);
        rows->columns[3].integers[i] = found[i]->at.us;
    }
}

/* 0: no row. */
static void answer_version(struct rows *rows, uint64_t version)
{
    struct cells cells = { .rows = rows, .count = version != 0 };

    add_column(&cells, "version", COLUMN_INT)->integers[0] = (int64_t)version;
}

static void answer_sessions(struct world *world, struct rows *rows, const struct bytes *hashes, size_t count)
{
    struct cells cells = { .rows = rows, .count = world->sessions_gone ? 0 : count };
    struct column *column = add_column(&cells, "token_hash", COLUMN_BYTES);

    world->touched_count += count;
    for (size_t i = 0; i < cells.count; i++)
        column->views[i] = hashes[i];
}

static void answer_trainings(const struct world *world, struct cells *cells)
{
    static const char *const names[] = { "training_id", "training_from" };

    for (size_t k = 0; k < 2; k++) {
        struct column *column = add_column(cells, names[k], COLUMN_INT);

        column->nulls = arena_array(cells->rows->arena, cells->count + 1, sizeof *column->nulls);
        for (size_t i = 0; i < cells->count; i++) {
            column->integers[i] = k == 0 ? world->session_training_id : 1;
            column->nulls[i] = world->session_training_id == 0;
        }
    }
}

static void answer_standing(struct world *world, struct rows *rows, const struct param *asked)
{
    bool devices = asked->kind == PARAM_KIND_INTS;
    struct cells cells = { .rows = rows,
                           .count = (devices ? world->devices_ended : world->sessions_ended) ? 0 : asked->count };
    struct column *column = add_column(&cells, devices ? "id" : "token_hash", devices ? COLUMN_INT : COLUMN_BYTES);
    struct column *locked = devices ? NULL : add_column(&cells, "locked", COLUMN_BOOL);

    if (!devices)
        answer_trainings(world, &cells);
    world->standing_count += devices;
    for (size_t i = 0; i < cells.count; i++) {
        if (devices)
            column->integers[i] = asked->as.ints[i];
        else
            column->views[i] = asked->as.views[i];
        if (locked)
            locked->integers[i] = world->sessions_locked;
    }
}

/* Each has the secret of that time. */
static void answer_members(struct world *world, struct rows *rows, const struct param *asked)
{
    struct cells cells = { .rows = rows, .count = world->members_ended ? 0 : asked->count };
    struct column *id = add_column(&cells, "id", COLUMN_INT);
    struct column *changed = add_column(&cells, "changed_at", COLUMN_INSTANT);

    for (size_t i = 0; i < cells.count; i++) {
        id->integers[i] = asked->as.ints[i];
        changed->integers[i] = world->secret_changed_us;
    }
}

static void answer_statement(struct world *world, const struct asked *a)
{
    const char *name = a->statement->name;
    const struct param *p = a->params;

    if (strcmp(name, "device_lock") == 0)
        answer_devices(world, a->rows, &p[0].as.integer, 1);
    else if (strcmp(name, "group_devices") == 0)
        answer_devices(world, a->rows, p[0].as.ints, p[0].count);
    else if (strcmp(name, "command_find") == 0)
        answer_commands(world, a->rows, &p[0].as.integer, &p[1].as.bytes, NULL, 1);
    else if (strcmp(name, "group_commands") == 0)
        answer_commands(world, a->rows, p[0].as.ints, p[1].as.views, p[2].as.ints, p[0].count);
    else if (strcmp(name, "strand_head") == 0)
        answer_heads(world, a->rows, &p[0].as.integer, 1, 'L');
    else if (strcmp(name, "group_heads") == 0)
        answer_heads(world, a->rows, p[0].as.ints, p[0].count, (char)p[1].as.bytes.data[0]);
    else if (strcmp(name, "group_catalogue") == 0)
        answer_version(a->rows, world->never_raised ? 0 : world->stored_version);
    else if (strcmp(name, "catalogue_head_of") == 0)
        answer_version(a->rows, world->stored_version);
    else if (strcmp(name, "catalogue_raise") == 0)
        answer_version(a->rows, world->stored_version + 1);
    else if (strcmp(name, "session_touch") == 0)
        answer_sessions(world, a->rows, p[0].as.views, p[0].count);
    else if (strcmp(name, "standing_devices") == 0 || strcmp(name, "standing_sessions") == 0)
        answer_standing(world, a->rows, &p[0]);
    else if (strcmp(name, "standing_members") == 0)
        answer_members(world, a->rows, &p[0]);
}

/* ---- what is written, at COMMIT -----------------------------------------------------------------------------------*/

static void keep_commands(struct world *world, const struct param *p)
{
    for (size_t i = 0; i < p[0].count; i++) {
        struct kept *kept = &world->kept[world->kept_count++];

        assert(!find_kept(world, p[0].as.ints[i], p[1].as.views[i]));
        kept->device_id = p[0].as.ints[i];
        kept->op = p[2].as.ints[i];
        memcpy(kept->command_id, p[1].as.views[i].data, 16);
        memcpy(kept->body_hash, p[3].as.views[i].data, 32);
        struct bytes reply = p[4].as.views[i];
        kept->reply = bytes_of(arena_copy(world->arena, reply.data, reply.size), reply.size);
    }
}

static void advance_heads(struct world *world, const struct param *p)
{
    for (size_t i = 0; i < p[0].count; i++) {
        char kind = (char)p[1].as.bytes.data[0];
        struct kept_head *head = find_head(world, p[0].as.ints[i], kind);

        if (!head) {
            head = &world->heads[world->head_count++];
            *head = (struct kept_head){ 0 };
            head->device_id = p[0].as.ints[i];
            head->kind = kind;
        }
        assert(p[2].as.ints[i] > head->number);
        head->number = p[2].as.ints[i];
        memcpy(head->hash, p[3].as.views[i].data, 32);
        head->at = p[4].as.instants[i];
    }
}

static void write_statement(struct world *world, const struct asked *a)
{
    const char *name = a->statement->name;
    const struct param *p = a->params;

    if (strcmp(name, "command_keep") == 0) {
        keep_commands(world, p);
    } else if (strcmp(name, "strand_advance") == 0) {
        advance_heads(world, p);
    } else if (strcmp(name, "journal_write") == 0) {
        world->journal_count += p[0].count;
        struct bytes entry = p[4].as.views[p[0].count - 1];
        world->last_entry = bytes_of(arena_copy(world->arena, entry.data, entry.size), entry.size);
    } else if (strcmp(name, "journal_sign") == 0) {
        world->signature_count++;
    } else if (strcmp(name, "catalogue_raise") == 0) {
        world->stored_version++;
    } else if (strcmp(name, "tell") == 0) {
        snprintf(world->told, sizeof world->told, "%.*s", (int)p[0].as.bytes.size, (const char *)p[0].as.bytes.data);
    }
}

/* ---- transactions -------------------------------------------------------------------------------------------------*/

/* The mishap that comes next, if this is its place. */
static struct mishap *mishap_at(struct world *world, const char *where)
{
    struct mishap *mishap = &world->mishaps[world->mishap_next];

    if (world->mishap_next == world->mishap_count || strcmp(mishap->where, where) != 0)
        return NULL;
    world->mishap_next++;
    return mishap->outcome == STORE_OK ? NULL : mishap;
}

static void over(struct world *world, struct scripted *s)
{
    s->over = true;
    world->transactions--;
}

static enum store_outcome send_all(struct world *world, struct scripted *s)
{
    for (struct asked *a = s->queue; a; a = a->next) {
        struct mishap *mishap = mishap_at(world, a->statement->name);

        log_word(world, a->statement->name);
        if (mishap) {
            s->txn->problem = mishap->problem;
            return mishap->outcome;
        }
        answer_statement(world, a);
    }
    if (s->queue) {
        *s->sent_end = s->queue;
        s->sent_end = s->queue_end;
    }
    s->queue = NULL;
    s->queue_end = &s->queue;
    return STORE_OK;
}

static enum store_outcome commit(struct world *world, struct scripted *s)
{
    struct mishap *mishap = mishap_at(world, "COMMIT");

    log_word(world, "COMMIT");
    if (!mishap || mishap->committed) {
        for (struct asked *a = s->sent; a; a = a->next)
            write_statement(world, a);
    }
    if (mishap)
        s->txn->problem = mishap->problem;
    return mishap ? mishap->outcome : STORE_OK;
}

static void happen(struct world *world, void *argument)
{
    struct scripted *s = argument;
    enum store_outcome outcome = STORE_OK;

    if (s->over)
        return; /* rolled back meanwhile */
    if (s->what == BEGINS) {
        struct mishap *mishap = mishap_at(world, "BEGIN");

        log_word(world, "BEGIN");
        if (mishap)
            outcome = mishap->outcome;
    } else {
        outcome = send_all(world, s);
        if (outcome == STORE_OK && s->what == COMMITS)
            outcome = commit(world, s);
    }
    if (outcome != STORE_OK || s->what == COMMITS)
        over(world, s);
    if (s->what == COMMITS && world->hold_committed) {
        assert(!world->untold);
        world->untold = s;
        world->untold_outcome = outcome;
        return;
    }
    s->done(s->txn, outcome);
}

void world_tell_committed(struct world *world)
{
    struct scripted *s = world->untold;

    assert(s);
    world->untold = NULL;
    s->done(s->txn, world->untold_outcome);
}

static void begin(struct store *store, struct txn *txn, txn_done_fn *done)
{
    struct world *world = (struct world *)(void *)((char *)store - offsetof(struct world, store));
    struct scripted *s = arena_alloc(world->arena, sizeof *s);

    s->txn = txn;
    s->done = done;
    s->what = BEGINS;
    s->queue_end = &s->queue;
    s->sent_end = &s->sent;
    txn->private_ = s;
    if (++world->transactions > world->most_transactions)
        world->most_transactions = world->transactions;
    later(world, happen, s, true);
}

/* Arrays and views are copied, as the contract says. */
static void copy_param(struct world *world, struct param *to, const struct param *from)
{
    *to = *from;
    if (from->kind == PARAM_KIND_TEXT || from->kind == PARAM_KIND_BYTES) {
        to->as.bytes.data = arena_copy(world->arena, from->as.bytes.data, from->as.bytes.size);
    } else if (from->kind == PARAM_KIND_INTS) {
        to->as.ints = arena_copy(world->arena, from->as.ints, from->count * sizeof(int64_t));
    } else if (from->kind == PARAM_KIND_INSTANTS) {
        to->as.instants = arena_copy(world->arena, from->as.instants, from->count * sizeof(struct instant));
    } else if (from->kind == PARAM_KIND_BYTESES) {
        struct bytes *views = arena_array(world->arena, from->count + 1, sizeof *views);

        for (size_t i = 0; i < from->count; i++)
            views[i] = bytes_of(arena_copy(world->arena, from->as.views[i].data, from->as.views[i].size),
                                from->as.views[i].size);
        to->as.views = views;
    }
}

static struct rows *ask_store(struct txn *txn, const struct statement *statement, const struct param *params,
                              size_t count)
{
    struct world *world = world_of(txn);
    struct scripted *s = txn->private_;
    struct asked *a = arena_alloc(world->arena, sizeof *a);

    assert(!s->over && count <= sizeof a->params / sizeof *a->params);
    a->statement = statement;
    for (size_t i = 0; i < count; i++)
        copy_param(world, &a->params[i], &params[i]);
    a->rows = rows_create(txn->arena, statement->name);
    *s->queue_end = a;
    s->queue_end = &a->next;
    return a->rows;
}

static void run(struct txn *txn, bool commits, txn_done_fn *done)
{
    struct scripted *s = txn->private_;

    assert(!s->over);
    s->done = done;
    s->what = commits ? COMMITS : RUNS;
    later(world_of(txn), happen, s, true);
}

static void rollback(struct txn *txn)
{
    struct scripted *s = txn->private_;

    assert(!s->over);
    log_word(world_of(txn), "ROLLBACK");
    over(world_of(txn), s);
}

const struct store_class scripted_store = { .begin = begin, .ask = ask_store, .run = run, .rollback = rollback };
