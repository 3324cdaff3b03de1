/* PostgreSQL and the simulated store side by side: the same statements, the same answers, the same rows. */
#ifndef CAROLINE_TESTS_SIM_STORE_TWINS_H
#define CAROLINE_TESTS_SIM_STORE_TWINS_H

#include "postgres_world.h"

#include "random_statement.h"
#include "seed.h"
#include "tests/sim/store/sim_inner.h"

static uint64_t twins_seed;
static struct postgres_world *postgres;
static struct sim_world {
    struct world world; /* first */
    struct sim_database *database;
    struct sim_store *store;
} sim;

static inline void sim_turn(struct world *world)
{
    (void)world;
    assert_true(sim_database_pending(sim.database) > 0);
    sim_database_step(sim.database, 0, SIM_FINE);
}

static inline bool never_overdue(struct world *world, bool restart)
{
    (void)world;
    (void)restart;
    return false;
}

/* ---- what they answer, as text ---- */

static inline char *cell_text(struct arena *arena, const struct column *column, size_t row)
{
    if (column->kind == COLUMN_OTHER)
        return arena_text(arena, "?"); /* of a function without a value */
    if (column->integers != NULL)
        return column->nulls != NULL && column->nulls[row]
                   ? arena_text(arena, "null")
                   : arena_format(arena, "%lld", (long long)column->integers[row]);
    struct bytes view = column->views[row];
    if (view.data == NULL)
        return arena_text(arena, "null");
    char *text = arena_alloc(arena, view.size * 2 + 2);
    for (size_t i = 0; i < view.size; i++)
        snprintf(text + 2 * i, 3, "%02x", view.data[i]);
    return text;
}

static inline int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static inline bool is_ordered(const struct statement *statement)
{
    const char *order = NULL, *at = statement->sql;

    while ((at = strstr(at, "ORDER BY")) != NULL)
        order = at++;
    return order != NULL && strchr(order, ')') == NULL;
}

/* columns: which to tell, by name, for both to tell the same. */
static inline char *rows_text(struct arena *arena, const struct statement *statement, const struct rows *rows,
                              const struct rows *like)
{
    char **lines = arena_array(arena, rows->count + 1, sizeof(*lines)), *text = arena_text(arena, "");

    for (size_t row = 0; row < rows->count; row++) {
        lines[row] = arena_text(arena, "");
        for (size_t i = 0; i < rows->column_count; i++)
            lines[row] =
                arena_format(arena, "%s %s=%s", lines[row], rows->columns[i].name,
                             like->columns[i].kind == COLUMN_OTHER ? "?" : cell_text(arena, &rows->columns[i], row));
    }
    if (rows->count > 1 && !is_ordered(statement))
        qsort(lines, rows->count, sizeof(*lines), compare_texts);
    for (size_t row = 0; row < rows->count; row++)
        text = arena_format(arena, "%s\n   %s", text, lines[row]);
    return text;
}

/* ---- the same statements ---- */

struct pair {
    const struct statement_kinds *kinds;
    struct rows *theirs, *ours;
};

static size_t succeeded[KINDS_COUNT];

static inline void same_rows(struct arena *arena, const struct pair *pair)
{
    const char *theirs = rows_text(arena, pair->kinds->statement, pair->theirs, pair->theirs);
    const char *ours = rows_text(arena, pair->kinds->statement, pair->ours, pair->theirs);

    succeeded[pair->kinds - statement_kinds]++;
    if (strcmp(theirs, ours) != 0)
        fail_msg("%s: PostgreSQL:%s\nsimulated:%s", pair->kinds->statement->name, theirs, ours);
}

/* Of a value by itself: which of several is told first is nobody's promise. */
static inline bool is_of_values(const char *problem)
{
    return strncmp(problem, "22003", 5) == 0 || strncmp(problem, "23514", 5) == 0 || strncmp(problem, "23502", 5) == 0;
}

static inline void same_outcome(const struct trial *theirs, const struct trial *ours)
{
    const char *their_problem = theirs->txn.problem == NULL ? "" : theirs->txn.problem;
    const char *our_problem = ours->txn.problem == NULL ? "" : ours->txn.problem;

    bool same =
        strncmp(their_problem, our_problem, 5) == 0 || (is_of_values(their_problem) && is_of_values(our_problem));

    if (theirs->outcome != ours->outcome || (theirs->outcome != STORE_OK && !same))
        fail_msg("PostgreSQL: %d %s; simulated: %d %s", (int)theirs->outcome, their_problem, (int)ours->outcome,
                 our_problem);
}

/* Any; one in four times one that has not gone well yet, if there is any. */
static inline const struct statement_kinds *next_statement(void)
{
    const struct statement_kinds *kinds = &statement_kinds[random_below(KINDS_COUNT)];

    for (size_t tries = random_below(4) == 0 ? KINDS_COUNT : 0; tries > 0 && succeeded[kinds - statement_kinds] > 0;
         tries--)
        if (++kinds == statement_kinds + KINDS_COUNT)
            kinds = statement_kinds;
    return kinds;
}

/* A run of one or two statements on both; false: the transaction is over. */
static inline bool run_both(struct trial *theirs, struct trial *ours, bool commit)
{
    struct pair pairs[2];
    size_t count = (size_t)random_below(2) + 1;

    for (size_t i = 0; i < count; i++) {
        struct param params[PARAMS_MAX];
        pairs[i].kinds = next_statement();
        size_t params_count = random_params(theirs->txn.arena, pairs[i].kinds->kinds, params);
        pairs[i].theirs = txn_ask(&theirs->txn, pairs[i].kinds->statement, params, params_count);
        pairs[i].ours = txn_ask(&ours->txn, pairs[i].kinds->statement, params, params_count);
    }
    if (commit) {
        trial_commit(theirs);
        trial_commit(ours);
    } else {
        trial_run(theirs);
        trial_run(ours);
    }
    same_outcome(theirs, ours);
    for (size_t i = 0; i < count && theirs->outcome == STORE_OK; i++)
        same_rows(theirs->txn.arena, &pairs[i]);
    return !commit && theirs->outcome == STORE_OK;
}

static inline void one_transaction(void)
{
    struct trial *theirs = trial_create(&postgres->world, TXN_WRITE, 0), *ours = trial_create(&sim.world, TXN_WRITE, 0);
    bool open = true;

    assert_int_equal(trial_begin(theirs), STORE_OK);
    assert_int_equal(trial_begin(ours), STORE_OK);
    for (int64_t runs = random_below(6); open && runs > 0; runs--)
        open = run_both(theirs, ours, false);
    if (open && random_below(4) > 0)
        run_both(theirs, ours, true);
    else if (open) {
        txn_rollback(&theirs->txn);
        txn_rollback(&ours->txn);
        while (sim_database_pending(sim.database) > 0)
            sim_turn(&sim.world);
    }
    trial_destroy(theirs);
    trial_destroy(ours);
}

/* ---- the shop they begin with ---- */

/* How many rows both answered. */
static inline size_t both(const struct statement *statement, const struct param *params, size_t count)
{
    struct trial *theirs = trial_create(&postgres->world, TXN_WRITE, 0), *ours = trial_create(&sim.world, TXN_WRITE, 0);
    size_t rows = 0;

    trial_begin(theirs);
    trial_begin(ours);
    struct rows *their_rows = txn_ask(&theirs->txn, statement, params, count);
    struct rows *our_rows = txn_ask(&ours->txn, statement, params, count);
    trial_commit(theirs);
    trial_commit(ours);
    same_outcome(theirs, ours);
    if (theirs->outcome == STORE_OK) {
        assert_string_equal(rows_text(theirs->txn.arena, statement, their_rows, their_rows),
                            rows_text(theirs->txn.arena, statement, our_rows, their_rows));
        rows = their_rows->count;
    }
    trial_destroy(theirs);
    trial_destroy(ours);
    return rows;
}

/* As --init makes it; the times that PostgreSQL's clock gave become ours. */
static inline void both_begin(void)
{
    static const uint8_t blind[16] = { 9 }, hash[32] = { 9 };
    struct bytes permissions[] = { bytes_of_text("sell"), bytes_of_text("refund") };

    both(&sql_init_lock, NO_PARAMS);
    both(&sql_init_shops, NO_PARAMS);
    for (int64_t shop = 1; shop <= 2; shop++) {
        both(&sql_init_shop, PARAMS(PARAM_INT(shop)));
        if (shop == 1)
            both(&sql_init_head, PARAMS(PARAM_INT(shop)));
        both(&sql_init_shop_version, PARAMS(PARAM_INT(shop), PARAM_TEXT("Bakery"), PARAM_TEXT(""), PARAM_TEXT(""),
                                            PARAM_TEXT(""), PARAM_TEXT(""), PARAM_TEXT("EUR"), PARAM_INT(2),
                                            PARAM_TEXT("UTC"), PARAM_BOOL(true), PARAM_INT(180), PARAM_TEXT("")));
    }
    both(&sql_init_first_shop, NO_PARAMS);
    both(&sql_init_role, PARAMS(PARAM_INT(51), PARAM_TEXT("manager"), PARAM_TEXTS(permissions, 2), PARAM_INT(1000000)));
    both(&sql_init_tax_class, PARAMS(PARAM_INT(31), PARAM_TEXT("untaxed")));
    both(&sql_init_tender_types, NO_PARAMS);
    both(&sql_init_programme, PARAMS(PARAM_INT(1), PARAM_TEXT("Points"), PARAM_TEXT("Free cookie")));
    both(&sql_init_manager, PARAMS(PARAM_INT(61), PARAM_INT(1), PARAM_INT(51), PARAM_BYTES(bytes_of("x", 1)),
                                   PARAM_BYTES(bytes_of(blind, 16)), PARAM_TEXT("z")));
    both(&sql_init_device_code, PARAMS(PARAM_INT(140), PARAM_INT(1), PARAM_TEXT("console"), PARAM_INT(1),
                                       PARAM_BYTES(bytes_of(hash, 32)), PARAM_TEXT("24 hours")));
    aside_do(postgres->owner, "UPDATE shop SET created_at = 'epoch'; UPDATE staff SET created_at = 'epoch';"
                              "UPDATE catalogue_version SET made_at = 'epoch'; UPDATE device_invite SET created_at = "
                              "'epoch', expires_at = timestamptz 'epoch' + interval '24 hours'");
}

/* member_id, refund_of: PARAM_NULL_INT, nobody's, no refund. */
static inline void both_sale(int64_t sale_id, int64_t member_id, int64_t refund_of, int64_t minor, struct instant at)
{
    uint8_t command[16] = { 7, (uint8_t)sale_id, (uint8_t)(sale_id >> 8) };
    struct bytes id = bytes_of(command, sizeof(command)), reason = { 0 }, series = bytes_of_text("T");
#define ONE(v)  PARAM_INTS(((int64_t[]){ (v) }), 1)
#define NOTHING ONE(PARAM_NULL_INT)

    if (refund_of != PARAM_NULL_INT)
        reason = bytes_of_text("stale");
    both(&sql_counter_sale_insert,
         PARAMS(PARAM_INT(1), PARAM_INSTANT(at), ONE(sale_id), ONE(11), ONE(900000 + sale_id),
                ONE(refund_of == PARAM_NULL_INT ? 1 : 2), ONE(refund_of), ONE(131), NOTHING, ONE(61), ONE(member_id),
                PARAM_BYTESES(&id, 1), ONE(0), ONE(1), ONE(minor), ONE(0), ONE(0), ONE(0), ONE(0), ONE(0),
                PARAM_TEXTS(&reason, 1), PARAM_DAYS(((struct day[]){ { 0 } }), 1),
                PARAM_INSTANTS(((struct instant[]){ { 0 } }), 1), NOTHING, NOTHING, PARAM_TEXTS(&series, 1), NOTHING));
#undef ONE
#undef NOTHING
}

/* A sale, and its invoice. */
static inline void both_invoice(void)
{
    both_sale(81, PARAM_NULL_INT, PARAM_NULL_INT, 250, (struct instant){ 0 });
    both(&sql_invoice_insert,
         PARAMS(PARAM_INT(81), PARAM_INT(1), PARAM_INT(2025), PARAM_INT(9), PARAM_INT(1), PARAM_INT(81),
                PARAM_INT(PARAM_NULL_INT), PARAM_INT(11), PARAM_INT(61), PARAM_INT(250), PARAM_INT(0),
                PARAM_BYTES(bytes_of_text("x")), PARAM_INSTANT(((struct instant){ 0 }))));
}

/* Enough for what comes at random to meet something: tills with drawers, goods, members, a sale. */
static inline void both_furnish(void)
{
    struct bytes name = bytes_of_text("z"), none = bytes_of_text("");
    static uint8_t bytes[8][32];

    both(&sql_category_put_create, PARAMS(PARAM_INT(21)));
    both(&sql_printer_insert, PARAMS(PARAM_INT(151), PARAM_INT(1), PARAM_TEXT("office"), PARAM_TEXT("printer"),
                                     PARAM_INT(9100), PARAM_INT(42), PARAM_INT(2)));
    for (int64_t i = 0; i < 3; i++) {
        memset(bytes[i], (int)i + 20, 32);
        struct bytes hash = bytes_of(bytes[i], 32), blind = bytes_of(bytes[i], 16);
        both(&sql_device_invite_write,
             PARAMS(PARAM_INT(141 + i), PARAM_INT(1), PARAM_INT(1), PARAM_TEXT("till"), PARAM_INT(1 + i), PARAM_INT(1),
                    PARAM_BYTES(hash), PARAM_INSTANT(((struct instant){ 0 })), PARAM_BYTES(blind),
                    PARAM_INSTANT(((struct instant){ 0 }))));
        both(&sql_enrol_device, PARAMS(PARAM_INT(141 + i), PARAM_INT(11 + i), PARAM_BYTES(hash),
                                       PARAM_INSTANT(((struct instant){ 0 })), PARAM_INSTANT(((struct instant){ 0 }))));
        both(&sql_product_put_create,
             PARAMS(PARAM_INTS(((int64_t[]){ 41 + i }), 1), PARAM_TEXTS(&none, 1), PARAM_INTS(((int64_t[]){ 0 }), 1)));
        both(&sql_member_write,
             PARAMS(PARAM_INT(71 + i), PARAM_INT(1), PARAM_NULL(), PARAM_NULL(), PARAM_NULL(), PARAM_NULL(),
                    PARAM_NULL(), PARAM_NULL(), PARAM_NULL(), PARAM_INSTANT(((struct instant){ 0 }))));
        both(&sql_shift_insert, PARAMS(PARAM_INT(131 + i), PARAM_INT(1), PARAM_INT(11 + i), PARAM_INT(1),
                                       PARAM_INSTANT(((struct instant){ 0 })), PARAM_INT(61), PARAM_INT(0),
                                       PARAM_INT(0), PARAM_INT(0), PARAM_INT(i == 2 ? 61 : 0)));
        if (i > 0) /* the first one's goes on */
            both(&sql_shift_z_insert,
                 PARAMS(PARAM_INT(131 + i), PARAM_INT(1), PARAM_INT(11 + i), PARAM_INT(1),
                        PARAM_INSTANT(((struct instant){ 0 })), PARAM_INT(61), PARAM_INT(1), PARAM_INT(0), PARAM_INT(0),
                        PARAM_INT(0), PARAM_INT(0), PARAM_INT(0), PARAM_INT(0), PARAM_INT(0), PARAM_INT(0),
                        PARAM_INT(0), PARAM_INT(0), PARAM_INT(0), PARAM_INT(0), PARAM_INT(0), PARAM_INT(0),
                        PARAM_INT(0), PARAM_INT(0), PARAM_NULL(), PARAM_INT(0), PARAM_INT(0), PARAM_INT(0),
                        PARAM_INT(0), PARAM_INT(0), PARAM_INT(0), PARAM_INT(0), PARAM_INT(0), PARAM_INT(0)));
        both(&sql_counter_line_insert, PARAMS(PARAM_INTS(((int64_t[]){ 81 + i }), 1), PARAM_INTS(((int64_t[]){ i }), 1),
                                              PARAM_INTS(((int64_t[]){ 41 }), 1), PARAM_INTS(((int64_t[]){ 1000 }), 1),
                                              PARAM_INTS(((int64_t[]){ 250 }), 1), PARAM_INTS(((int64_t[]){ 250 }), 1),
                                              PARAM_INTS(((int64_t[]){ 0 }), 1), PARAM_INTS(((int64_t[]){ 250 }), 1),
                                              PARAM_INTS(((int64_t[]){ 0 }), 1), PARAM_INTS(((int64_t[]){ 0 }), 1),
                                              PARAM_INTS(((int64_t[]){ PARAM_NULL_INT }), 1), PARAM_TEXTS(&name, 1)));
    }
    both_invoice();
}

/* ---- what they hold ---- */

static inline char **lines_of(char *text, size_t *count)
{
    char **lines = NULL, *rest = NULL;
    size_t capacity = 0;

    *count = 0;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        lines = sim_room(lines, *count, &capacity, sizeof(*lines));
        lines[(*count)++] = line;
    }
    if (*count > 1)
        qsort(lines, *count, sizeof(*lines), compare_texts);
    return lines;
}

static inline char *copied(PGconn *conn, const char *table)
{
    char sql[100], *text = NULL, *line;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    snprintf(sql, sizeof(sql), "COPY %s TO STDOUT", table);
    PQclear(PQexec(conn, sql));
    while (PQgetCopyData(conn, &line, 0) > 0) {
        fputs(line, out);
        PQfreemem(line);
    }
    PQclear(PQgetResult(conn));
    fclose(out);
    return text;
}

/* The block of a table in what the simulated store exports. */
static inline char *exported(const char *all, const char *table)
{
    char *head = NULL;

    if (asprintf(&head, "COPY %s (", table) < 0)
        abort();
    const char *begin = strchr(strstr(all, head), '\n') + 1;
    free(head);
    return strndup(begin, (size_t)(strstr(begin, "\\.\n") - begin));
}

static inline void same_table(PGconn *conn, const char *all, const char *table)
{
    char *their_text = copied(conn, table), *our_text = exported(all, table);
    size_t their_count, our_count;
    char **theirs = lines_of(their_text, &their_count), **ours = lines_of(our_text, &our_count);

    for (size_t i = 0; i < their_count && i < our_count; i++)
        if (strcmp(theirs[i], ours[i]) != 0)
            fail_msg("%s:\nPostgreSQL: %s\nsimulated:  %s", table, theirs[i], ours[i]);
    assert_int_equal(their_count, our_count);
    free(theirs);
    free(ours);
    free(their_text);
    free(our_text);
}

static inline void both_hold_the_same(void)
{
    PGconn *conn = PQconnectdb(postgres->owner);
    char *all = NULL;
    size_t size;
    FILE *out = open_memstream(&all, &size);

    sim_database_export(sim.database, out);
    fclose(out);
    for (enum sim_table_id table = 0; table < SIM_TABLES; table++)
        same_table(conn, all, sim_shapes[table].name);
    PQfinish(conn);
    free(all);
}

/* ---- beginning and end ---- */

static inline void twins_open(void)
{
    random_state = twins_seed = test_seed();
    postgres = world_open();
    sim.database = sim_database_create();
    sim.store = sim_store_create(sim.database, &(struct sim_store_config){ 0 });
    sim.world = (struct world){ sim_store_store(sim.store), 3, sim_turn, never_overdue };
}

static inline void twins_close(void)
{
    sim_store_destroy(sim.store);
    sim_database_destroy(sim.database);
    world_close(postgres);
}

#endif
