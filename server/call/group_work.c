/* What a group does in one try: gather, load, decide, store. When, and what if it fails, is group.c's. */
#include "server/call/group_run.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "db/queries.h"

static struct driver *driver_of(const struct group_run *run)
{
    return run->queue->driver;
}

/* The strands that a group's commands write: receipts numbered by the server, and by the till; what changes none but has
 * to meet them behind the shop's lock; and what is practised. */
static const char strands[GROUP_STRANDS] = { 'T', 'X', 'L', 'S' };

static char strand_of(const struct call *c)
{
    if (c->strand != 0)
        return c->strand;
    return c->op->strand == 0 ? strands[0] : c->op->strand;
}

/* Whose strand it is written in. */
static int64_t writer_of(const struct call *c)
{
    return c->strand_device_id != 0 ? c->strand_device_id : c->device_id;
}

static struct group_run *run_of(struct group *g)
{
    return (struct group_run *)g;
}

/* Refused already: it only waits for its refusal to be kept. */
static bool is_decided(const struct work *w)
{
    return w->is_refusal;
}

/* ---- gather ---- */

/* Half of all that is here, and in any case a few: two groups of a size take turns, one in the database and one on its
 * way, where a large one and a small one would wait for each other. */
static size_t commands_at_most(const struct shop_queue *queue)
{
    size_t half = (queue->ahead->work_count + queue->work_count + 1) / 2;

    if (half < GROUP_COMMANDS_FEW)
        return GROUP_COMMANDS_FEW;
    return half < GROUP_COMMANDS_MAX ? half : GROUP_COMMANDS_MAX;
}

static bool goes_along(const struct group_run *run, const struct work *w, size_t most, size_t lines)
{
    if (run->work_count == 0)
        return true;
    return run->work_count < most && lines + w->lines <= GROUP_LINES_MAX && !w->alone && !run->works[0]->alone &&
           w->misses == run->works[0]->misses && w->call.op->group == run->kind;
}

/* What was on its way in a crash goes alone the next time; after two it goes nowhere. */
static void suspect(struct work *w)
{
    struct suspects *suspects = w->call.driver->config.suspects;
    unsigned crashes = suspects ? suspects->crashes(suspects, w->call.command_id) : 0;

    if (crashes > 0)
        w->alone = true;
    if (crashes >= 2 && !w->settled)
        work_settle(w, fault_reply(w, "this request brought the server down twice: it is not tried again"));
}

void group_gather(struct group_run *run)
{
    int64_t now_us = monotonic_us(driver_of(run));
    struct work *w;
    size_t most = commands_at_most(run->queue), lines = 0;

    while ((w = TAILQ_FIRST(&run->queue->works))) {
        suspect(w);
        if (!goes_along(run, w, most, lines))
            return;
        TAILQ_REMOVE(&run->queue->works, w, of_shop);
        run->queue->work_count--;
        if (now_us >= w->deadline_us && w->tries == 0) {
            work_fail(w, CAROLINE__V1__ERROR_CODE__DEADLINE);
            continue;
        }
        run->kind = w->call.op->group;
        run->works[run->work_count++] = w;
        lines += w->lines;
    }
}

/* ---- a new try ---- */

static void keep_undone(struct group_run *run, size_t count)
{
    run->work_count = count;
}

/* Those still to be decided, or decided well, for the kind to see. */
static void show_calls(struct group_run *run)
{
    struct group *g = &run->group;

    g->calls = run->calls;
    g->call_count = 0;
    for (size_t i = 0; i < run->work_count; i++) {
        if (!is_decided(run->works[i]))
            run->calls[g->call_count++] = &run->works[i]->call;
    }
}

static void name_keys(struct group_run *run)
{
    size_t left = 0;

    for (size_t i = 0; i < run->work_count; i++) {
        struct work *w = run->works[i];
        enum step step = STEP_NEXT;

        if (!w->settled)
            step = w->call.op->keys(&w->call, &run->group);
        if (step == STEP_FAILED || step == STEP_AGAIN) {
            work_fail(w, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
            continue;
        }
        assert((step == STEP_REFUSED) == (w->is_refusal && !w->settled));
        run->works[left++] = w;
    }
    keep_undone(run, left);
}

void group_reset(struct group_run *run)
{
    struct driver *driver = driver_of(run);
    struct group *g = &run->group;

    group_drop_past(run);
    if (!run->arena)
        run->arena = arena_take(driver, false);
    else
        arena_reset(run->arena);
    *g = (struct group){
        .driver = driver,
        .txn.arena = run->arena,
        .set = arena_alloc(run->arena, run->kind->set_size + 1),
        .now = driver->config.clock->now(driver->config.clock),
        .shop_id = run->queue->shop_id,
        .catalogue = catalogue_of_shop(driver, run->queue->shop_id),
        .vault = driver->config.vault,
    };
    for (size_t i = 0; i < run->work_count; i++) {
        work_try_reset(run->works[i], run->arena);
        run->works[i]->tries++;
    }
    note_suspects(driver, run->works, run->work_count);
    name_keys(run);
    clear_suspects(driver);
    show_calls(run);
}

/* ---- load ---- */

static int by_id(const void *a, const void *b)
{
    const struct head *left = a, *right = b;

    if (left->device_id != right->device_id)
        return left->device_id < right->device_id ? -1 : 1;
    return left->strand - right->strand;
}

static struct head *head_of(const struct group_run *run, int64_t device_id, char strand)
{
    struct head key = { .device_id = device_id, .strand = strand };

    return bsearch(&key, run->heads, run->head_count, sizeof key, by_id);
}

/* One head a device and strand, in the order of ids. */
static void make_heads(struct group_run *run)
{
    run->heads = arena_array(run->arena, run->work_count, sizeof *run->heads);
    for (size_t i = 0; i < run->work_count; i++) {
        run->heads[i].device_id = writer_of(&run->works[i]->call);
        run->heads[i].strand = strand_of(&run->works[i]->call);
    }
    qsort(run->heads, run->work_count, sizeof *run->heads, by_id);
    run->head_count = 0;
    for (size_t i = 0; i < run->work_count; i++) {
        if (i == 0 || by_id(&run->heads[i], &run->heads[run->head_count - 1]) != 0)
            run->heads[run->head_count++] = run->heads[i];
    }
}

static void ask_heads(struct group_run *run, size_t strand)
{
    int64_t *ids = arena_array(run->arena, run->head_count, sizeof *ids);
    size_t count = 0;

    for (size_t i = 0; i < run->head_count; i++)
        if (run->heads[i].strand == strands[strand])
            ids[count++] = run->heads[i].device_id;
    run->head_rows[strand] =
        count == 0 ? NULL
                   : txn_ask(&run->group.txn, &sql_group_heads,
                             PARAMS(PARAM_INTS(ids, count), PARAM_TEXT_VIEW(bytes_of(&strands[strand], 1))));
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* Who sends, and in whose strands is written: in the order of ids, each once. */
static int64_t *devices_of(const struct group_run *run, size_t *count)
{
    int64_t *ids = arena_array(run->arena, run->head_count + run->work_count, sizeof *ids);
    size_t all = 0;

    for (size_t i = 0; i < run->head_count; i++)
        ids[all++] = run->heads[i].device_id;
    for (size_t i = 0; i < run->work_count; i++)
        if (run->works[i]->call.strand_device_id != 0)
            ids[all++] = run->works[i]->call.device_id;
    if (all > run->head_count)
        qsort(ids, all, sizeof *ids, compare_ids);
    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (*count == 0 || ids[i] != ids[*count - 1])
            ids[(*count)++] = ids[i];
    return ids;
}

void group_load(struct group_run *run)
{
    struct txn *txn = &run->group.txn;
    struct arena *arena = run->arena;
    size_t count = run->work_count;
    struct bytes *command_ids = arena_array(arena, count, sizeof *command_ids);
    int64_t *senders = arena_array(arena, count, sizeof *senders);
    int64_t *positions = arena_array(arena, count, sizeof *positions);

    make_heads(run);
    size_t device_count;
    int64_t *device_ids = devices_of(run, &device_count);
    for (size_t i = 0; i < count; i++) {
        const struct call *c = &run->works[i]->call;

        senders[i] = c->device_id;
        command_ids[i] = bytes_of(c->command_id, sizeof c->command_id);
        positions[i] = (int64_t)i;
    }
    /* Each statement has its own snapshot: what comes behind the locks sees what their last holders wrote. */
    txn_ask(txn, &sql_group_lock, PARAMS(PARAM_INT(run->queue->shop_id)));
    run->devices = txn_ask(txn, &sql_group_devices, PARAMS(PARAM_INTS(device_ids, device_count)));
    run->commands =
        txn_ask(txn, &sql_group_commands,
                PARAMS(PARAM_INTS(senders, count), PARAM_BYTESES(command_ids, count), PARAM_INTS(positions, count)));
    for (size_t i = 0; i < GROUP_STRANDS; i++)
        ask_heads(run, i);
    run->version = txn_ask(txn, &sql_group_catalogue, PARAMS(PARAM_INT(run->queue->shop_id)));
    if (run->group.call_count > 0)
        run->kind->load(&run->group);
}

/* ---- the rows are in ---- */

static void take_heads(struct group_run *run, size_t strand)
{
    struct group *g = &run->group;
    const struct rows *rows = run->head_rows[strand];
    size_t count = rows == NULL ? 0 : rows_count(rows);

    for (size_t row = 0; row < count; row++) {
        struct head *head = head_of(run, row_int(rows, row, "device_id"), strands[strand]);

        assert(head);
        head->number = (uint64_t)row_int(rows, row, "number");
        memcpy(head->hash, row_bytes(rows, row, "hash").data, DIGEST_SIZE);
        head->at = row_instant(rows, row, "at");
        if (g->now.us < head->at.us)
            g->now = head->at; /* one instant a group, never before any till's last entry */
    }
}

static void take_devices(struct group_run *run)
{
    for (size_t row = 0; row < rows_count(run->devices); row++) {
        int64_t id = row_int(run->devices, row, "id");

        for (size_t i = 0; i < GROUP_STRANDS; i++) {
            struct head *head = head_of(run, id, strands[i]);

            if (head)
                head->in_service = !row_bool(run->devices, row, "revoked");
        }
    }
}

/* A till that is dead may be revoked: who sends may not. */
static bool is_in_service(const struct group_run *run, const struct call *c)
{
    if (c->strand_device_id != 0) {
        for (size_t row = 0; row < rows_count(run->devices); row++)
            if (row_int(run->devices, row, "id") == c->device_id)
                return !row_bool(run->devices, row, "revoked");
        return false;
    }
    const struct head *head = head_of(run, c->device_id, strand_of(c));
    assert(head);
    return head->in_service;
}

void group_take_locks(struct group_run *run)
{
    size_t left = 0;
    bool *answered = arena_array(run->arena, run->work_count, sizeof *answered);

    take_devices(run);
    for (size_t i = 0; i < GROUP_STRANDS; i++)
        take_heads(run, i);
    for (size_t row = 0; row < rows_count(run->commands); row++) {
        size_t i = (size_t)row_int(run->commands, row, "position");

        work_reply(run->works[i], kept_reply(run->works[i], run->commands, row));
        answered[i] = true;
    }
    for (size_t i = 0; i < run->work_count; i++) {
        struct work *w = run->works[i];

        if (answered[i]) /* and gone */
            continue;
        if (is_in_service(run, &w->call))
            run->works[left++] = w;
        else
            work_fail(w, CAROLINE__V1__ERROR_CODE__DEVICE_REVOKED);
    }
    keep_undone(run, left);
    show_calls(run);
    run->catalogue_version = rows_count(run->version) ? (uint64_t)row_int(run->version, 0, "version") : 0;
}

/* ---- decide ---- */

/* A refused command leaves no trace in its strand. */
static enum step decide_one(struct group_run *run, struct work *w)
{
    struct call *c = &w->call;

    c->now = run->group.now;
    c->catalogue = run->group.catalogue;
    w->group_head = head_of(run, writer_of(c), strand_of(c));
    assert(w->group_head);

    struct head before = *w->group_head;
    enum step step = c->op->decide(c, &run->group);
    if (step != STEP_REPLY && step != STEP_NEXT) {
        *w->group_head = before;
        w->entry = NULL;
    }
    return step;
}

static void settle_too_long(struct group_run *run, struct work *w)
{
    struct call *c = &w->call;
    enum step step = c->op->too_long ? c->op->too_long(c, &run->group)
                                     : refuse(c, CAROLINE__V1__ERROR_CODE__TOO_LONG,
                                              "the answer would be larger than a frame may be: nothing was done");

    assert(step == STEP_REFUSED);
    work_settle(w, w->reply);
}

/* Each remembers how often a set of its was not whole, and goes with those that it was so often for: who comes later has all its tries. */
static enum step fill(struct group_run *run)
{
    run->group.misses = run->works[0]->misses;
    enum step step = run->kind->fill(&run->group);
    for (size_t i = 0; step == STEP_FAILED && i < run->work_count; i++)
        run->works[i]->misses++;
    return step;
}

static enum step decide_all(struct group_run *run)
{
    size_t left = 0;
    enum step step = fill(run);

    if (step == STEP_AGAIN || step == STEP_FAILED)
        return step;
    assert(step == STEP_NEXT);
    for (size_t i = 0; i < run->work_count; i++) {
        struct work *w = run->works[i];

        if (!is_decided(w)) {
            step = decide_one(run, w);
            if (w->too_long) { /* nobody knows what deciding it did to the set: the group has to begin anew */
                settle_too_long(run, w);
                memmove(run->works + left, run->works + i, (run->work_count - i) * sizeof *run->works);
                keep_undone(run, left + run->work_count - i);
                return STEP_FAILED;
            }
            if (step != STEP_REPLY && step != STEP_REFUSED && !(step == STEP_NEXT && w->call.op->answer)) {
                work_fail(w, CAROLINE__V1__ERROR_CODE__TRY_AGAIN);
                continue;
            }
            assert(w->has_reply == (step != STEP_NEXT) && w->is_refusal == (step == STEP_REFUSED));
        }
        run->works[left++] = w;
    }
    keep_undone(run, left);
    return STEP_NEXT;
}

enum step group_decide(struct group_run *run)
{
    struct driver *driver = driver_of(run);
    const struct catalogue *catalogue = catalogue_of_shop(driver, run->queue->shop_id);

    if (run->group.call_count == 0) /* refused by their shape already: only to be kept */
        return STEP_NEXT;
    if (!catalogue || catalogue_newest(catalogue) < run->catalogue_version)
        return STEP_AGAIN;
    run->group.catalogue = catalogue; /* it may have moved since the keys were named */
    note_suspects(driver, run->works, run->work_count);
    enum step step = decide_all(run);
    clear_suspects(driver);
    show_calls(run);
    return step;
}

/* ---- store ---- */

static void store_journal(struct group_run *run, char strand)
{
    struct entry_columns columns = entry_columns_of(run->arena, run->work_count, run->group.now);
    struct head **advanced = arena_array(run->arena, run->head_count, sizeof(struct head *));
    size_t count = 0;

    for (size_t i = 0; i < run->work_count; i++) {
        if (run->works[i]->entry && run->works[i]->group_head->strand == strand)
            entry_columns_add(&columns, run->works[i]->entry);
    }
    for (size_t i = 0; i < run->head_count; i++) {
        if (run->heads[i].advanced && run->heads[i].strand == strand)
            advanced[count++] = &run->heads[i];
    }
    if (columns.count > 0)
        journal_ask(&run->group.txn, driver_of(run), strand, &columns, advanced, count, run->group.now);
}

/* The database is at work meanwhile. */
static enum step answer_all(struct group_run *run)
{
    for (size_t i = 0; i < run->work_count; i++) {
        struct work *w = run->works[i];

        if (w->has_reply)
            continue;
        enum step step = w->call.op->answer(&w->call, &run->group);
        if (w->too_long) {
            settle_too_long(run, w);
            return STEP_FAILED;
        }
        assert(step == STEP_REPLY);
        (void)step;
    }
    return STEP_NEXT;
}

enum step group_store(struct group_run *run)
{
    struct kept_columns columns = kept_columns_of(run->arena, run->work_count);

    if (run->group.call_count > 0) {
        note_suspects(driver_of(run), run->works, run->work_count);
        run->kind->store(&run->group);
        for (size_t i = 0; i < GROUP_STRANDS; i++)
            store_journal(run, strands[i]);
        txn_hurry(&run->group.txn);
        enum step step = answer_all(run);
        clear_suspects(driver_of(run));
        if (step != STEP_NEXT)
            return step;
    }
    for (size_t i = 0; i < run->work_count; i++)
        kept_columns_add(&columns, run->works[i], run->works[i]->reply);
    kept_ask(&run->group.txn, &columns, run->group.now);
    return STEP_NEXT;
}

/* ---- what services ask ---- */

struct rows *group_ask(struct group *g, const struct statement *statement, const struct param *params, size_t count)
{
    return txn_ask(&g->txn, statement, params, count);
}

int64_t group_next_id(struct group *g)
{
    return g->driver->config.ids->next(g->driver->config.ids);
}

uint64_t group_next_number(const struct group *g, const struct call *c)
{
    const struct work *w = (const struct work *)c;

    (void)g;
    assert(w->group_head);
    return w->group_head->number + 1;
}

void group_journal(struct group *g, struct call *c, struct bytes bytes, uint8_t hash[32])
{
    struct work *w = work_of(c);
    struct entry *entry = arena_alloc(g->txn.arena, sizeof *entry);

    assert(w->group_head && !w->entry);
    entry->bytes = bytes_of(arena_copy(g->txn.arena, bytes.data, bytes.size), bytes.size);
    w->too_long = bytes.size > ENTRY_MAX;
    head_advance(w->group_head, entry->bytes, g->now);
    entry->device_id = w->group_head->device_id;
    entry->number = w->group_head->number;
    memcpy(entry->hash, w->group_head->hash, DIGEST_SIZE);
    memcpy(hash, entry->hash, DIGEST_SIZE);
    w->entry = entry;
}

void group_journal_changes(struct group *g, struct call *c)
{
    struct work *w = work_of(c);
    uint8_t hash[DIGEST_SIZE];

    assert(w->group_head && (w->group_head->strand == 'L' || w->group_head->strand == 'S'));
    group_journal(g, c, journal_l_entry(g->txn.arena, w->group_head, c, g->now, w->body_hash, c->op->name, w->changes),
                  hash);
}

uint64_t group_catalogue_version(const struct group *g)
{
    return run_of((struct group *)(uintptr_t)g)->catalogue_version;
}

/* ---- the past of the catalogue ---- */

void group_drop_past(struct group_run *run)
{
    if (run->past)
        catalogue_destroy(run->past);
    run->past = NULL;
    run->past_load = (struct catalogue_load){ 0 };
}

void group_want_past(struct group *g, uint64_t version, const int64_t *product_ids, size_t count)
{
    struct group_run *run = run_of(g);

    if (version <= INT64_MAX)
        catalogue_load_ask_past(&run->past_load, &g->txn, g->shop_id, version, product_ids, count);
}

const struct catalogue *group_past(struct group *g)
{
    struct group_run *run = run_of(g);

    if (!run->past_load.txn || run->past)
        return run->past;
    run->past = catalogue_create();
    if (catalogue_load_fill_past(&run->past_load, run->past, g->now))
        return run->past;
    catalogue_destroy(run->past);
    run->past = NULL;
    run->past_load.txn = NULL;
    return NULL;
}

void request_digest(const struct call *c, uint8_t digest[DIGEST_SIZE])
{
    sha256(((const struct work *)c)->body, digest);
}
