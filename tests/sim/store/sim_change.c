/* Rows that change: locks, constraints, undoing, COMMIT. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/store/sim_inner.h"
#include "tests/sim/store/sim_statement.h"

/* ---- what is seen ---- */

/* What an update would build upon: the owner's own, or the newest. */
static struct sim_version *current(const struct sim_row *row)
{
    struct sim_version *version = row->pending != NULL ? row->pending : row->newest;

    return version == NULL || version->gone ? NULL : version;
}

/* ---- locks ---- */

_Noreturn void sim_block(struct sim_exec *x, struct sim_work *holder)
{
    for (const struct sim_work *other = holder; other != NULL; other = other->blocked_on)
        if (other == x->work)
            sim_fail(x, STORE_AGAIN, "40P01", "");
    x->work->blocked_on = holder;
    longjmp(x->leave, SIM_BLOCKED);
}

static void remember(struct sim_row ***rows, size_t *count, size_t *capacity, struct sim_row *row)
{
    *rows = sim_room(*rows, *count, capacity, sizeof(**rows));
    (*rows)[(*count)++] = row;
}

static void own(struct sim_exec *x, struct sim_row *row)
{
    struct sim_work *work = x->work;

    if (row->owner != NULL && row->owner != work)
        sim_block(x, row->owner);
    for (const struct sim_share *share = row->shares; share != NULL; share = share->next)
        if (share->work != work)
            sim_block(x, share->work);
    if (row->owner == work)
        return;
    row->owner = work;
    remember(&work->locks, &work->lock_count, &work->lock_capacity, row);
}

static bool is_still_there(struct sim_hit *hit)
{
    const struct sim_version *version = current(hit->row);

    hit->c = version == NULL ? NULL : version->cells;
    return version != NULL;
}

bool sim_lock(struct sim_exec *x, struct sim_hit *hit)
{
    own(x, hit->row);
    return is_still_there(hit);
}

bool sim_lock_free(struct sim_exec *x, struct sim_hit *hit)
{
    bool taken = hit->row->owner != NULL && hit->row->owner != x->work;

    for (const struct sim_share *share = hit->row->shares; share != NULL; share = share->next)
        taken = taken || share->work != x->work;
    return !taken && sim_lock(x, hit);
}

bool sim_lock_shared(struct sim_exec *x, struct sim_hit *hit)
{
    struct sim_work *work = x->work;
    struct sim_row *row = hit->row;

    if (row->owner != NULL && row->owner != work)
        sim_block(x, row->owner);
    for (const struct sim_share *share = row->shares; share != NULL; share = share->next)
        if (share->work == work)
            return is_still_there(hit);
    struct sim_share *share = malloc(sizeof(*share));
    if (share == NULL)
        abort();
    *share = (struct sim_share){ work, row->shares };
    row->shares = share;
    remember(&work->shares, &work->share_count, &work->share_capacity, row);
    return is_still_there(hit);
}

void sim_lock_number(struct sim_exec *x, int64_t space, int64_t number)
{
    struct sim_database *database = x->database;

    for (size_t i = 0; i < database->advisory_count; i++) {
        const struct sim_advisory *held = &database->advisories[i];
        if (held->space == space && held->number == number) {
            if (held->work != x->work)
                sim_block(x, held->work);
            return;
        }
    }
    database->advisories = sim_room(database->advisories, database->advisory_count, &database->advisory_capacity,
                                    sizeof(*database->advisories));
    database->advisories[database->advisory_count++] = (struct sim_advisory){ space, number, x->work };
}

/* ---- constraints ---- */

static bool key_has_null(const struct sim_shape *shape, const struct sim_index_shape *index,
                         const union sim_cell *cells)
{
    for (int i = 0; i < index->count; i++) {
        union sim_cell cell = cells[index->columns[i]];
        if (shape->columns[index->columns[i]].type < SIM_TEXT ? cell.i == SIM_NULL : cell.b == NULL)
            return true;
    }
    return false;
}

static bool key_is(const struct sim_shape *shape, const struct sim_index_shape *index,
                   const struct sim_version *version, const union sim_cell *cells)
{
    if (version == NULL || version->gone || (index->where != NULL && !index->where(version->cells)))
        return false;
    for (int i = 0; i < index->count; i++) {
        int column = index->columns[i];
        if (!sim_cell_equal(shape->columns[column].type, version->cells[column], cells[column]))
            return false;
    }
    return true;
}

/* Who has this key, committed or one's own; waits for another who is about to give it away or take it. */
static struct sim_row *key_holder(struct sim_exec *x, enum sim_table_id table, int which, const union sim_cell *cells,
                                  const struct sim_row *self)
{
    const struct sim_shape *shape = &sim_shapes[table];
    const struct sim_index_shape *index = &shape->indexes[which];
    struct sim_group *group =
        sim_group_find(&x->database->tables[table].indexes[which], sim_key_of_row(shape, index, cells));
    int64_t order = index->ordered ? cells[index->columns[index->count - 1]].i : 0;

    if (group == NULL)
        return NULL;
    uint32_t at = sim_group_seek(group, order), count = sim_group_count(group);
    for (; at < count && sim_group_at(group, at)->order == order; at++) {
        struct sim_row *row = sim_group_at(group, at)->row;
        if (row == self)
            continue;
        bool others = row->owner != NULL && row->owner != x->work && row->pending != NULL;
        if (others && (key_is(shape, index, row->pending, cells) || key_is(shape, index, row->newest, cells)))
            sim_block(x, row->owner);
        if (!others && key_is(shape, index, current(row), cells))
            return row;
    }
    return NULL;
}

static bool is_null(enum sim_type type, union sim_cell cell)
{
    return type < SIM_TEXT ? cell.i == SIM_NULL : cell.b == NULL;
}

static void check_rows(struct sim_exec *x, const struct sim_shape *shape, const union sim_cell *cells, bool early)
{
    for (int i = 0; i < shape->check_count; i++)
        if (shape->checks[i].early == early && !shape->checks[i].holds(cells))
            sim_fail(x, STORE_BROKEN, "23514", shape->checks[i].name);
}

/* In PostgreSQL's order: types, domains, NOT NULL, CHECK. */
static void check_values(struct sim_exec *x, const struct sim_shape *shape, const union sim_cell *cells)
{
    for (int i = 0; i < shape->column_count; i++) {
        enum sim_type type = shape->columns[i].type;
        int64_t most = type == SIM_INTEGER ? INT32_MAX : type == SIM_SMALLINT ? INT16_MAX : INT64_MAX;
        if (type < SIM_TEXT && cells[i].i != SIM_NULL && (cells[i].i > most || cells[i].i < -most - 1))
            sim_fail(x, STORE_BROKEN, "22003", "");
    }
    check_rows(x, shape, cells, true);
    for (int i = 0; i < shape->column_count; i++)
        if (shape->columns[i].not_null && is_null(shape->columns[i].type, cells[i]))
            sim_fail(x, STORE_BROKEN, "23502", shape->columns[i].name);
    check_rows(x, shape, cells, false);
}

static void check_keys(struct sim_exec *x, enum sim_table_id table, const union sim_cell *cells,
                       const struct sim_row *self)
{
    const struct sim_shape *shape = &sim_shapes[table];

    for (int i = 0; i < shape->index_count; i++) {
        const struct sim_index_shape *index = &shape->indexes[i];
        if (!index->unique || (index->where != NULL && !index->where(cells)) || key_has_null(shape, index, cells))
            continue;
        if (key_holder(x, table, i, cells, self) != NULL)
            sim_fail(x, STORE_BROKEN, "23505", index->name);
    }
}

/* The parent must be committed, or one's own. Nothing that is referred to is ever deleted. */
static void check_references(struct sim_exec *x, const struct sim_shape *shape, const union sim_cell *cells)
{
    for (int i = 0; i < shape->reference_count; i++) {
        const struct sim_reference *reference = &shape->references[i];
        union sim_cell key[SIM_KEY_MAX];
        bool null = false;
        for (int k = 0; k < reference->count; k++) {
            key[k] = cells[reference->columns[k]];
            null = null || key[k].i == SIM_NULL;
        }
        if (null)
            continue;
        struct sim_exec newest = { .database = x->database, .work = x->work, .snapshot = UINT64_MAX };
        if (sim_find(&newest, reference->parent, 0, key, reference->count).row == NULL)
            sim_fail(x, STORE_BROKEN, "23503", reference->name);
    }
}

void sim_check_references(struct sim_exec *x)
{
    for (size_t i = x->first_change; i < x->work->change_count; i++) {
        const struct sim_row *row = x->work->changes[i];
        if (!row->pending->gone)
            check_references(x, &sim_shapes[row->table], row->pending->cells);
    }
}

/* Has this statement changed the row already? */
static bool is_changed(const struct sim_exec *x, const struct sim_row *row)
{
    if (row->owner != x->work || row->pending == NULL)
        return false;
    for (size_t i = x->first_change; i < x->work->change_count; i++)
        if (x->work->changes[i] == row)
            return true;
    return false;
}

struct sim_hit sim_conflict(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key,
                            int count)
{
    const struct sim_index_shape *shape = &sim_shapes[table].indexes[index];
    union sim_cell cells[SIM_COLUMNS_MAX] = { 0 };

    assert(count == shape->count && shape->where == NULL);
    for (int i = 0; i < count; i++)
        cells[shape->columns[i]] = key[i];
    struct sim_row *row = key_holder(x, table, index, cells, NULL);
    struct sim_hit hit = { .row = row };
    if (row != NULL && is_changed(x, row)) /* it "cannot affect row a second time" */
        sim_fail(x, STORE_BROKEN, "21000", "");
    if (row != NULL && !sim_lock(x, &hit))
        hit.row = NULL;
    return hit;
}

/* ---- changes ---- */

static void add_pending(struct sim_exec *x, struct sim_row *row, struct sim_version *version)
{
    struct sim_work *work = x->work;

    assert(work->kind == TXN_WRITE || work->kind == TXN_READ);
    version->older = row->pending;
    sim_indexes_add(&x->database->tables[row->table], &sim_shapes[row->table], row, version);
    row->pending = version;
    remember(&work->changes, &work->change_count, &work->change_capacity, row);
}

/* What a put stands for; blobs live as long as the statement. */
static union sim_cell cell_of(struct sim_exec *x, enum sim_type type, const struct sim_put *put, size_t i)
{
    if (put->param == 0)
        return type < SIM_TEXT ? I(put->value) : B(put->blob);
    const struct param *param = &x->asked->params[put->param - 1];
    bool array = param->kind >= PARAM_KIND_INTS;
    if (type == SIM_TEXTS)
        return B(param->kind == PARAM_KIND_NULL ? NULL : sim_text_array(x, param->as.views, param->count));
    if (type >= SIM_TEXT)
        return B(sim_blob(x, array ? sim_bytes_at(x, put->param, i) : sim_bytes(x, put->param)));
    if (type == SIM_CHAR && (param->kind == PARAM_KIND_TEXT || param->kind == PARAM_KIND_TEXTS)) {
        struct bytes text = array ? sim_bytes_at(x, put->param, i) : sim_bytes(x, put->param);
        return I(text.data == NULL ? SIM_NULL : text.size == 0 ? 0 : text.data[0]);
    }
    return I(array ? sim_int_at(x, put->param, i) : sim_int(x, put->param));
}

static void put_cells(struct sim_exec *x, const struct sim_shape *shape, union sim_cell *cells, size_t i,
                      const struct sim_put *puts, size_t count)
{
    for (size_t p = 0; p < count; p++)
        cells[puts[p].column] = cell_of(x, shape->columns[puts[p].column].type, &puts[p], i);
}

/* A row to be inserted, its values checked. */
static void propose(struct sim_exec *x, const struct sim_shape *shape, union sim_cell *cells, size_t i,
                    const struct sim_put *puts, size_t count)
{
    assert(shape->column_count <= SIM_COLUMNS_MAX);
    for (int c = 0; c < shape->column_count; c++)
        cells[c] = shape->columns[c].type < SIM_TEXT ? I(shape->columns[c].initial) : B(NULL);
    put_cells(x, shape, cells, i, puts, count);
    check_values(x, shape, cells);
}

void sim_propose(struct sim_exec *x, enum sim_table_id table, size_t i, const struct sim_put *puts, size_t count)
{
    union sim_cell cells[SIM_COLUMNS_MAX];

    propose(x, &sim_shapes[table], cells, i, puts, count);
}

void sim_insert(struct sim_exec *x, enum sim_table_id table, size_t i, const struct sim_put *puts, size_t count)
{
    const struct sim_shape *shape = &sim_shapes[table];
    union sim_cell cells[SIM_COLUMNS_MAX];

    propose(x, shape, cells, i, puts, count);
    check_keys(x, table, cells, NULL);
    struct sim_row *row = sim_row_create(&x->database->tables[table], table);
    row->owner = x->work;
    add_pending(x, row, sim_version_create(shape, cells));
}

void sim_insert_all(struct sim_exec *x, enum sim_table_id table, const struct sim_put *puts, size_t count)
{
    size_t rows = 1;

    for (size_t p = 0; p < count; p++)
        if (puts[p].param != 0 && x->asked->params[puts[p].param - 1].kind >= PARAM_KIND_INTS &&
            sim_shapes[table].columns[puts[p].column].type != SIM_TEXTS) {
            rows = sim_count(x, puts[p].param);
            break;
        }
    for (size_t i = 0; i < rows; i++)
        sim_insert(x, table, i, puts, count);
}

bool sim_update(struct sim_exec *x, struct sim_hit *hit, size_t i, const struct sim_put *puts, size_t count)
{
    struct sim_row *row = hit->row;
    const struct sim_shape *shape = &sim_shapes[row->table];
    union sim_cell cells[SIM_COLUMNS_MAX];

    if (!sim_lock(x, hit))
        return false;
    if (is_changed(x, row)) /* UPDATE ... FROM takes the first of those that match */
        return true;
    memcpy(cells, hit->c, (size_t)shape->column_count * sizeof(*cells));
    put_cells(x, shape, cells, i, puts, count);
    check_values(x, shape, cells);
    check_keys(x, row->table, cells, row);
    struct sim_version *version = sim_version_create(shape, cells);
    add_pending(x, row, version);
    hit->c = version->cells;
    return true;
}

bool sim_delete(struct sim_exec *x, struct sim_hit *hit)
{
    if (!sim_lock(x, hit))
        return false;
    struct sim_version *version = sim_version_create(&sim_shapes[hit->row->table], hit->c);
    version->gone = true;
    add_pending(x, hit->row, version);
    return true;
}

int64_t sim_plus(struct sim_exec *x, int64_t a, int64_t b)
{
    int64_t sum;

    if (__builtin_add_overflow(a, b, &sum))
        sim_fail(x, STORE_BROKEN, "22003", "");
    return sum;
}

void sim_notify(struct sim_exec *x, const char *payload)
{
    struct sim_notice **at = &x->work->told, *notice = malloc(sizeof(*notice) + strlen(payload) + 1);

    if (notice == NULL)
        abort();
    for (; *at != NULL; at = &(*at)->next)
        if (strcmp((*at)->payload, payload) == 0) { /* told once a transaction */
            free(notice);
            return;
        }
    *notice = (struct sim_notice){ 0 };
    strcpy(notice->payload, payload);
    *at = notice;
}

/* ---- the end ---- */

static void drop_version(struct sim_database *database, struct sim_row *row, struct sim_version *version)
{
    const struct sim_shape *shape = &sim_shapes[row->table];

    sim_indexes_remove(&database->tables[row->table], shape, row, version);
    sim_version_drop(shape, version);
}

void sim_undo_to(struct sim_work *work, size_t change_count)
{
    struct sim_database *database = work->store->database;

    while (work->change_count > change_count) {
        struct sim_row *row = work->changes[--work->change_count];
        struct sim_version *version = row->pending;
        row->pending = version->older;
        drop_version(database, row, version);
        if (row->pending == NULL && row->newest == NULL)
            sim_row_remove(&database->tables[row->table], row);
    }
}

static void let_go(struct sim_work *work)
{
    struct sim_database *database = work->store->database;
    size_t kept = 0;

    for (size_t i = 0; i < work->lock_count; i++)
        work->locks[i]->owner = NULL;
    for (size_t i = 0; i < work->share_count; i++) {
        struct sim_share **at = &work->shares[i]->shares;
        while ((*at)->work != work)
            at = &(*at)->next;
        struct sim_share *share = *at;
        *at = share->next;
        free(share);
    }
    for (size_t i = 0; i < database->advisory_count; i++)
        if (database->advisories[i].work != work)
            database->advisories[kept++] = database->advisories[i];
    database->advisory_count = kept;
    work->lock_count = work->share_count = 0;
    work->has_snapshot = false;
    sim_work_ended(work);
}

static void commit_row(struct sim_database *database, struct sim_row *row)
{
    struct sim_version *version = row->pending;

    if (version == NULL)
        return; /* changed more than once */
    struct sim_version *older = version->older;
    version->older = row->newest;
    version->serial = (uint32_t)database->commits;
    row->newest = version;
    row->pending = NULL;
    row->owner = NULL;
    while (older != NULL) {
        struct sim_version *next = older->older;
        drop_version(database, row, older);
        older = next;
    }
    if ((version->older != NULL || version->gone) && !row->stale) {
        row->stale = true;
        remember(&database->stale, &database->stale_count, &database->stale_capacity, row);
    }
}

void sim_commit(struct sim_work *work)
{
    struct sim_database *database = work->store->database;

    if (work->change_count > 0)
        database->commits++;
    assert(database->commits < UINT32_MAX);
    for (size_t i = 0; i < work->change_count; i++)
        commit_row(database, work->changes[i]);
    work->change_count = 0;
    let_go(work);
    sim_vacuum(database);
}

void sim_roll_back(struct sim_work *work)
{
    /* Rows that were inserted go with the undoing; locked ones stay until they are let go of. */
    sim_undo_to(work, 0);
    let_go(work);
    sim_vacuum(work->store->database);
}

static uint64_t oldest_snapshot(const struct sim_database *database)
{
    uint64_t oldest = UINT64_MAX;
    const struct sim_work *work;

    TAILQ_FOREACH(work, &database->works, of_database)
    if (work->has_snapshot && work->snapshot < oldest)
        oldest = work->snapshot;
    return oldest;
}

/* True: nothing more can ever be let go of, but for another change. */
static bool vacuum_row(struct sim_database *database, struct sim_row *row, uint64_t oldest)
{
    struct sim_version *kept = row->newest;

    while (kept->serial > oldest && kept->older != NULL)
        kept = kept->older;
    while (kept->older != NULL) {
        struct sim_version *version = kept->older;
        kept->older = version->older;
        drop_version(database, row, version);
    }
    if (kept != row->newest)
        return false;
    if (!kept->gone)
        return true;
    if (kept->serial > oldest || row->owner != NULL || row->shares != NULL)
        return false;
    row->newest = NULL;
    drop_version(database, row, kept);
    sim_row_remove(&database->tables[row->table], row);
    return true;
}

void sim_vacuum(struct sim_database *database)
{
    uint64_t oldest = oldest_snapshot(database);
    size_t kept = 0;

    for (size_t i = 0; i < database->stale_count; i++) {
        struct sim_row *row = database->stale[i];
        row->stale = false;
        if (!vacuum_row(database, row, oldest)) {
            row->stale = true;
            database->stale[kept++] = row;
        }
    }
    database->stale_count = kept;
}
