/* One statement: its parameters, what it looks up, what it answers. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/store/sim_inner.h"
#include "tests/sim/store/sim_statement.h"

void *sim_room(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    array = realloc(array, *capacity * size);
    if (array == NULL)
        abort();
    return array;
}

/* ---- parameters ---- */

static const struct param *param_of(const struct sim_exec *x, int param)
{
    assert(param >= 1 && param <= x->asked->statement->param_count);
    return &x->asked->params[param - 1];
}

static _Noreturn void wrong_kind(const struct sim_exec *x, int param)
{
    fprintf(stderr, "%s: $%d is of another kind\n", x->asked->statement->name, param);
    abort();
}

int64_t sim_int(struct sim_exec *x, int param)
{
    const struct param *p = param_of(x, param);

    switch (p->kind) {
    case PARAM_KIND_NULL:
        return SIM_NULL;
    case PARAM_KIND_INT:
    case PARAM_KIND_INSTANT:
    case PARAM_KIND_DAY:
        return p->as.integer;
    case PARAM_KIND_BOOL:
        return p->as.boolean;
    case PARAM_KIND_TEXT:
    case PARAM_KIND_BYTES:
    case PARAM_KIND_INTS:
    case PARAM_KIND_BOOLS:
    case PARAM_KIND_TEXTS:
    case PARAM_KIND_BYTESES:
    case PARAM_KIND_INSTANTS:
    case PARAM_KIND_DAYS:
        break;
    }
    wrong_kind(x, param);
}

int64_t sim_int_at(struct sim_exec *x, int param, size_t i)
{
    const struct param *p = param_of(x, param);

    if (p->kind < PARAM_KIND_INTS)
        return sim_int(x, param);
    assert(i < p->count);
    switch (p->kind) {
    case PARAM_KIND_INTS:
        return p->as.ints[i];
    case PARAM_KIND_BOOLS:
        return p->as.bools[i];
    case PARAM_KIND_INSTANTS:
        return p->as.instants[i].us;
    case PARAM_KIND_DAYS:
        return p->as.days[i].number;
    case PARAM_KIND_NULL:
    case PARAM_KIND_INT:
    case PARAM_KIND_BOOL:
    case PARAM_KIND_TEXT:
    case PARAM_KIND_BYTES:
    case PARAM_KIND_INSTANT:
    case PARAM_KIND_DAY:
    case PARAM_KIND_TEXTS:
    case PARAM_KIND_BYTESES:
        break;
    }
    wrong_kind(x, param);
}

struct bytes sim_bytes(struct sim_exec *x, int param)
{
    const struct param *p = param_of(x, param);

    if (p->kind == PARAM_KIND_NULL)
        return (struct bytes){ 0 };
    if (p->kind != PARAM_KIND_TEXT && p->kind != PARAM_KIND_BYTES)
        wrong_kind(x, param);
    return p->as.bytes;
}

struct bytes sim_bytes_at(struct sim_exec *x, int param, size_t i)
{
    const struct param *p = param_of(x, param);

    if (p->kind != PARAM_KIND_TEXTS && p->kind != PARAM_KIND_BYTESES)
        wrong_kind(x, param);
    assert(i < p->count);
    return p->as.views[i];
}

size_t sim_count(struct sim_exec *x, int param)
{
    const struct param *p = param_of(x, param);

    if (p->kind == PARAM_KIND_NULL)
        return 0;
    if (p->kind < PARAM_KIND_INTS)
        wrong_kind(x, param);
    return p->count;
}

int64_t sim_letter(struct sim_exec *x, int param)
{
    struct bytes text = sim_bytes(x, param);

    return text.data == NULL ? SIM_NULL : text.size == 0 ? 0 : text.data[0];
}

struct sim_blob *sim_blob(struct sim_exec *x, struct bytes bytes)
{
    struct sim_database *database = x->database;

    if (bytes.data == NULL)
        return NULL;
    struct sim_blob *blob = sim_blob_create(bytes);
    database->temporary = sim_room(database->temporary, database->temporary_count, &database->temporary_capacity,
                                   sizeof(struct sim_blob *));
    database->temporary[database->temporary_count++] = blob;
    return blob;
}

struct sim_blob *sim_text(struct sim_exec *x, const char *text)
{
    return sim_blob(x, bytes_of_text(text));
}

struct sim_blob *sim_text_array(struct sim_exec *x, const struct bytes *texts, size_t count)
{
    size_t size = 20;

    for (size_t i = 0; i < count; i++)
        size += 4 + texts[i].size;
    uint8_t *array = sim_memory(x, size, 1), *at = array + 20;
    if (count == 0)
        size = 12; /* no dimension */
    else {
        put_u32(array, 1);
        put_u32(array + 12, (uint32_t)count);
        put_u32(array + 16, 1);
    }
    put_u32(array + 8, 25); /* of text */
    for (size_t i = 0; i < count; i++) {
        put_u32(at, texts[i].data == NULL ? UINT32_MAX : (uint32_t)texts[i].size);
        if (texts[i].size > 0)
            memcpy(at + 4, texts[i].data, texts[i].size);
        at += 4 + texts[i].size;
    }
    return sim_blob(x, bytes_of(array, size));
}

struct instant sim_now(struct sim_exec *x)
{
    return x->database->now;
}

void *sim_memory(struct sim_exec *x, size_t count, size_t size)
{
    return arena_array(x->work->txn->arena, count == 0 ? 1 : count, size);
}

/* ---- looking up ---- */

static inline bool has_key(const struct sim_scan *scan, const struct sim_entry *entry, const union sim_cell *cells)
{
    const struct sim_shape *shape = &sim_shapes[scan->table];
    const struct sim_index_shape *index = &shape->indexes[scan->index];

    /* The entry may be of another version of it. */
    if ((index->ordered && cells[index->columns[index->count - 1]].i != entry->order) ||
        (index->where != NULL && !index->where(cells)))
        return false;
    for (int i = 0; i < scan->count; i++)
        if (!sim_cell_equal(shape->columns[index->columns[i]].type, cells[index->columns[i]], scan->key[i]))
            return false;
    return true;
}

static inline struct sim_scan range(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key,
                                    int count, int64_t least, int64_t most, bool down)
{
    const struct sim_index_shape *shape = &sim_shapes[table].indexes[index];
    struct sim_scan scan = { .x = x, .table = table, .index = index, .key = key, .count = count, .down = down };

    scan.least = least;
    scan.most = most;
    scan.group =
        sim_group_find(&x->database->tables[table].indexes[index], sim_key_of(&sim_shapes[table], shape, key, count));
    if (scan.group == NULL)
        return scan;
    if (down)
        scan.at = most == INT64_MAX ? sim_group_count(scan.group) : sim_group_seek(scan.group, most + 1);
    else if (least != INT64_MIN)
        scan.at = sim_group_seek(scan.group, least);
    return scan;
}

/* The first of many are fetched at once. */
static struct sim_scan begun(struct sim_scan scan)
{
    size_t count = scan.group == NULL || scan.down ? 0 : sim_group_count(scan.group);

    if (count >= scan.at + SIM_FETCHED) {
        struct sim_entry *entry = sim_group_at(scan.group, (uint32_t)scan.at);
        for (size_t i = 0; i < SIM_FETCHED; i++)
            __builtin_prefetch(entry[i].row);
    }
    return scan;
}

struct sim_scan sim_range(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key, int count,
                          int64_t least, int64_t most, bool down)
{
    return begun(range(x, table, index, key, count, least, most, down));
}

static inline struct sim_scan scan_of(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key,
                                      int count)
{
    const struct sim_index_shape *shape = &sim_shapes[table].indexes[index];

    if (shape->ordered && count == shape->count)
        return range(x, table, index, key, count, key[count - 1].i, key[count - 1].i, false);
    return range(x, table, index, key, count, INT64_MIN, INT64_MAX, false);
}

struct sim_scan sim_scan(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key, int count)
{
    return begun(scan_of(x, table, index, key, count));
}

struct sim_scan sim_all(struct sim_exec *x, enum sim_table_id table)
{
    return (struct sim_scan){ .x = x, .table = table, .index = -1 };
}

static inline bool take(struct sim_scan *scan, struct sim_row *row, const struct sim_entry *entry)
{
    const struct sim_version *version = sim_visible(row, scan->x->work, scan->x->snapshot);

    if (version == NULL || (entry != NULL && !has_key(scan, entry, version->cells)))
        return false;
    scan->hit = (struct sim_hit){ row, version->cells };
    return true;
}

static bool next_of_all(struct sim_scan *scan)
{
    const struct sim_table *table = &scan->x->database->tables[scan->table];

    while (scan->at < table->count) {
        sim_table_fetch(table, scan->at);
        if (take(scan, table->rows[scan->at++], NULL))
            return true;
    }
    return false;
}

static inline bool next_of_group(struct sim_scan *scan)
{
    if (scan->group == NULL)
        return false;
    size_t count = sim_group_count(scan->group);
    while (scan->down ? scan->at > 0 : scan->at < count) {
        struct sim_entry *entry = sim_group_at(scan->group, (uint32_t)(scan->down ? --scan->at : scan->at++));
        if (entry->order < scan->least || entry->order > scan->most)
            return false;
        if (!scan->down)
            sim_group_fetch(entry, count - scan->at + 1);
        if (take(scan, entry->row, entry))
            return true;
    }
    return false;
}

bool sim_next(struct sim_scan *scan)
{
    return scan->index < 0 ? next_of_all(scan) : next_of_group(scan);
}

struct sim_hit sim_find(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key, int count)
{
    struct sim_scan scan = scan_of(x, table, index, key, count);

    return next_of_group(&scan) ? scan.hit : (struct sim_hit){ 0 };
}

struct sim_hit sim_newest(struct sim_exec *x, enum sim_table_id table, int index, const union sim_cell *key, int count,
                          int64_t most)
{
    struct sim_scan scan = sim_range(x, table, index, key, count, INT64_MIN, most, true);

    return sim_next(&scan) ? scan.hit : (struct sim_hit){ 0 };
}

int64_t sim_greatest_version(struct sim_exec *x)
{
    int64_t greatest = SIM_NULL;

    for (struct sim_scan scan = sim_all(x, SIM_CATALOGUE_HEAD); sim_next(&scan);)
        if (scan.hit.c[CATALOGUE_HEAD_VERSION].i > greatest)
            greatest = scan.hit.c[CATALOGUE_HEAD_VERSION].i;
    return greatest;
}

int64_t sim_or_zero(union sim_cell number)
{
    return number.i == SIM_NULL ? 0 : number.i;
}

/* ---- hits in an order ---- */

void sim_gather(struct sim_exec *x, struct sim_hits *hits, struct sim_hit hit)
{
    if (hits->count == hits->capacity) {
        struct sim_hit *old = hits->hits;
        hits->capacity = hits->capacity == 0 ? 16 : hits->capacity * 2;
        hits->hits = sim_memory(x, hits->capacity, sizeof(*hits->hits));
        if (hits->count > 0)
            memcpy(hits->hits, old, hits->count * sizeof(*old));
    }
    hits->hits[hits->count++] = hit;
}

struct order {
    const struct sim_shape *shape;
    int columns[3];
};

static int compare_hits(const void *left, const void *right, void *user)
{
    const struct sim_hit *a = left, *b = right;
    const struct order *order = user;

    for (int i = 0; i < 3 && order->columns[i] != -1; i++) {
        bool down = order->columns[i] < 0;
        int column = down ? SIM_DOWN(order->columns[i]) : order->columns[i];
        int compared;
        if (order->shape->columns[column].type < SIM_TEXT)
            compared = (a->c[column].i > b->c[column].i) - (a->c[column].i < b->c[column].i);
        else
            compared = bytes_compare(sim_blob_view(a->c[column].b), sim_blob_view(b->c[column].b));
        if (compared != 0)
            return down ? -compared : compared;
    }
    return 0;
}

void sim_sort(struct sim_hits *hits, enum sim_table_id table, int first, int second, int third)
{
    struct order order = { &sim_shapes[table], { first, second, third } };
    size_t sorted = 1; /* most come in their order */

    while (sorted < hits->count && compare_hits(&hits->hits[sorted - 1], &hits->hits[sorted], &order) <= 0)
        sorted++;
    if (sorted < hits->count)
        qsort_r(hits->hits, hits->count, sizeof(*hits->hits), compare_hits, &order);
}

static int compare_numbers(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

const int64_t *sim_sorted(struct sim_exec *x, const int64_t *numbers, size_t count, size_t *distinct)
{
    int64_t *sorted = sim_memory(x, count, sizeof(*sorted));
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (numbers[i] != SIM_NULL)
            sorted[kept++] = numbers[i];
    qsort(sorted, kept, sizeof(*sorted), compare_numbers);
    *distinct = 0;
    for (size_t i = 0; i < kept; i++)
        if (i == 0 || sorted[i] != sorted[i - 1])
            sorted[(*distinct)++] = sorted[i];
    return sorted;
}

const int64_t *sim_sorted_param(struct sim_exec *x, int param, size_t *distinct)
{
    return sim_sorted(x, param_of(x, param)->as.ints, sim_count(x, param), distinct);
}

/* ---- answering ---- */

void sim_emit(struct sim_exec *x, const union sim_cell *cells, int count)
{
    struct sim_database *database = x->database;

    assert((size_t)count == x->known->column_count);
    for (int i = 0; i < count; i++) {
        database->cells = sim_room(database->cells, database->cell_count, &database->cell_capacity, sizeof(*cells));
        database->cells[database->cell_count++] = cells[i];
    }
}

void sim_emit_columns(struct sim_exec *x, const union sim_cell *row, enum sim_table_id table, const int *columns,
                      int count)
{
    union sim_cell cells[SIM_COLUMNS_MAX];

    for (int i = 0; i < count; i++)
        cells[i] = row != NULL                                             ? row[columns[i]]
                   : sim_shapes[table].columns[columns[i]].type < SIM_TEXT ? I(SIM_NULL)
                                                                           : B(NULL);
    sim_emit(x, cells, count);
}

static void fill_integers(struct sim_exec *x, struct column *column, size_t at, size_t rows)
{
    size_t width = x->known->column_count;

    column->integers = sim_memory(x, rows, sizeof(*column->integers));
    for (size_t i = 0; i < rows; i++) {
        int64_t value = x->database->cells[i * width + at].i;
        if (value == SIM_NULL && column->nulls == NULL)
            column->nulls = sim_memory(x, rows, sizeof(*column->nulls));
        if (value == SIM_NULL)
            column->nulls[i] = true;
        else
            column->integers[i] = value;
    }
}

static void fill_views(struct sim_exec *x, struct column *column, size_t at, size_t rows)
{
    size_t width = x->known->column_count;

    column->views = sim_memory(x, rows, sizeof(*column->views));
    for (size_t i = 0; i < rows; i++) {
        const struct sim_blob *blob = x->database->cells[i * width + at].b;
        if (blob != NULL)
            column->views[i] =
                bytes_of(arena_copy(x->work->txn->arena, blob->data, (size_t)blob->size + 1), blob->size);
    }
}

static void fill_rows(struct sim_exec *x)
{
    struct rows *rows = x->asked->rows;

    rows->column_count = x->known->column_count;
    if (rows->column_count == 0)
        return;
    rows->count = x->database->cell_count / rows->column_count;
    rows->columns = sim_memory(x, rows->column_count, sizeof(*rows->columns));
    for (size_t i = 0; i < rows->column_count; i++) {
        struct column *column = &rows->columns[i];
        *column = x->known->columns[i];
        if (column->kind < COLUMN_BYTES)
            fill_integers(x, column, i, rows->count);
        else
            fill_views(x, column, i, rows->count);
    }
}

/* ---- carrying out ---- */

_Noreturn void sim_fail(struct sim_exec *x, enum store_outcome outcome, const char *state, const char *constraint)
{
    struct txn *txn = x->work->txn;

    x->work->outcome = outcome;
    txn->problem = arena_format(txn->arena, "%s %s %s", state, x->asked->statement->name, constraint);
    longjmp(x->leave, SIM_FAILED);
}

/* A statement made on the way: the check of this name. */
static void carry_out_check(struct sim_exec *x)
{
    char row[500];

    if (!sim_check_one(x, x->asked->statement->name, row, sizeof(row)))
        sim_emit(x, KEY(B(sim_text(x, row))));
}

static const struct sim_known *known_of(struct sim_database *database, const struct statement *statement)
{
    static const struct sim_known check = { .carry_out = carry_out_check,
                                            .columns = { { .name = "first_row", .kind = COLUMN_BYTES } },
                                            .column_count = 1 };
    const struct sim_known *known = statement->index >= 0 ? &database->known[statement->index] : &check;

    if (known->carry_out == NULL || (known == &check && !sim_check_known(statement->name))) {
        fprintf(stderr, "the simulated store does not know %s\n", statement->name);
        abort();
    }
    return known;
}

enum sim_end sim_carry_out(struct sim_work *work, const struct sim_asked *asked)
{
    struct sim_database *database = work->store->database;
    struct sim_exec x = { .database = database, .work = work, .asked = asked };

    x.first_change = work->change_count;
    x.known = known_of(database, asked->statement);
    x.snapshot = work->has_snapshot ? work->snapshot : database->commits;
    database->cell_count = 0;
    int end = setjmp(x.leave);
    if (end == SIM_DONE) {
        x.known->carry_out(&x);
        sim_check_references(&x);
        fill_rows(&x);
    } else
        sim_undo_to(work, x.first_change);
    for (size_t i = 0; i < database->temporary_count; i++)
        sim_blob_drop(database->temporary[i]);
    database->temporary_count = 0;
    if (work->kind == TXN_READ || work->kind == TXN_WRITE) {
        work->has_snapshot = end == SIM_BLOCKED; /* it goes on with what it saw */
        work->snapshot = x.snapshot;
    }
    return (enum sim_end)end;
}

/* ---- the statements there are ---- */

static enum column_kind kind_of(char letter)
{
    return letter == '?'   ? COLUMN_BOOL
           : letter == '@' ? COLUMN_INSTANT
           : letter == '#' ? COLUMN_DAY
           : letter == '$' ? COLUMN_BYTES
           : letter == '[' ? COLUMN_TEXTS
                           : COLUMN_INT;
}

static void know(struct sim_database *database, const struct sim_statement *statement)
{
    struct sim_known *known = &database->known[statement->statement->index];
    char *rest = NULL;

    assert(known->carry_out == NULL);
    known->carry_out = statement->carry_out;
    known->names = strdup(statement->columns == NULL ? "" : statement->columns);
    for (char *name = strtok_r(known->names, " ", &rest); name != NULL; name = strtok_r(NULL, " ", &rest)) {
        size_t size = strlen(name);
        assert(known->column_count < SIM_COLUMNS_MAX);
        struct column *column = &known->columns[known->column_count++];
        *column = (struct column){ .name = name, .kind = kind_of(name[size - 1]) };
        if (column->kind != COLUMN_INT)
            name[size - 1] = '\0';
    }
}

static const struct sim_statement *const rooms[] = {
    sim_call_statements,         sim_catalogue_statements,     sim_product_statements,   sim_put_statements,
    sim_counter_statements,      sim_counter_store_statements, sim_original_statements,  sim_sale_statements,
    sim_shift_statements,        sim_shift_sums_statements,    sim_shift_z_statements,   sim_session_statements,
    sim_staff_statements,        sim_device_statements,        sim_member_statements,    sim_init_statements,
    sim_sweep_statements,        sim_basket_statements,        sim_void_statements,      sim_retender_statements,
    sim_invoice_statements,      sim_training_statements,      sim_account_statements,   sim_gift_card_statements,
    sim_member_merge_statements, sim_coupon_statements,        sim_programme_statements, sim_points_statements,
    sim_privacy_statements,      sim_kiosk_statements,         sim_review_statements,    sim_explain_statements,
    sim_attach_statements,       sim_payment_statements,       sim_django_statements,    sim_payment_job_statements,
    sim_printer_statements,
};

bool sim_store_knows(const struct statement *wanted)
{
    for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++)
        for (const struct sim_statement *statement = rooms[i]; statement->statement != NULL; statement++)
            if (statement->statement == wanted)
                return true;
    return false;
}

void sim_known_init(struct sim_database *database)
{
    database->known = calloc(statement_count, sizeof(*database->known));
    if (database->known == NULL)
        abort();
    for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++)
        for (const struct sim_statement *statement = rooms[i]; statement->statement != NULL; statement++)
            know(database, statement);
}

void sim_known_fini(struct sim_database *database)
{
    for (size_t i = 0; i < statement_count; i++)
        free(database->known[i].names);
    free(database->known);
}
