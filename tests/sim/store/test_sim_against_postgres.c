/* The simulated store and PostgreSQL are asked the same, and must say the same. */
#include "postgres_world.h"

#include "random_statement.h"
#include "server/store/scripts.h"
#include "tests/sim/store/sim_inner.h"

#define TRANSACTIONS 1200
#define PAIRS        300

static struct postgres_world *postgres;
static struct sim_world {
    struct world world; /* first */
    struct sim_database *database;
    struct sim_store *store;
} sim;

static void sim_turn(struct world *world)
{
    (void)world;
    assert_true(sim_database_pending(sim.database) > 0);
    sim_database_step(sim.database, 0, SIM_FINE);
}

static bool never_overdue(struct world *world, bool restart)
{
    (void)world;
    (void)restart;
    return false;
}

/* ---- what they answer, as text ---- */

static char *cell_text(struct arena *arena, const struct column *column, size_t row)
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

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool is_ordered(const struct statement *statement)
{
    const char *order = NULL, *at = statement->sql;

    while ((at = strstr(at, "ORDER BY")) != NULL)
        order = at++;
    return order != NULL && strchr(order, ')') == NULL;
}

/* columns: which to tell, by name, for both to tell the same. */
static char *rows_text(struct arena *arena, const struct statement *statement, const struct rows *rows,
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

static void same_rows(struct arena *arena, const struct pair *pair)
{
    const char *theirs = rows_text(arena, pair->kinds->statement, pair->theirs, pair->theirs);
    const char *ours = rows_text(arena, pair->kinds->statement, pair->ours, pair->theirs);

    succeeded[pair->kinds - statement_kinds]++;
    if (strcmp(theirs, ours) != 0)
        fail_msg("%s: PostgreSQL:%s\nsimulated:%s", pair->kinds->statement->name, theirs, ours);
}

/* Of a value by itself: which of several is told first is nobody's promise. */
static bool is_of_values(const char *problem)
{
    return strncmp(problem, "22003", 5) == 0 || strncmp(problem, "23514", 5) == 0 || strncmp(problem, "23502", 5) == 0;
}

static void same_outcome(const struct trial *theirs, const struct trial *ours)
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
static const struct statement_kinds *next_statement(void)
{
    const struct statement_kinds *kinds = &statement_kinds[random_below(KINDS_COUNT)];

    for (size_t tries = random_below(4) == 0 ? KINDS_COUNT : 0; tries > 0 && succeeded[kinds - statement_kinds] > 0;
         tries--)
        if (++kinds == statement_kinds + KINDS_COUNT)
            kinds = statement_kinds;
    return kinds;
}

/* A run of one or two statements on both; false: the transaction is over. */
static bool run_both(struct trial *theirs, struct trial *ours, bool commit)
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

static void one_transaction(void)
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

static void both(const struct statement *statement, const struct param *params, size_t count)
{
    struct trial *theirs = trial_create(&postgres->world, TXN_WRITE, 0), *ours = trial_create(&sim.world, TXN_WRITE, 0);

    trial_begin(theirs);
    trial_begin(ours);
    struct rows *their_rows = txn_ask(&theirs->txn, statement, params, count);
    struct rows *our_rows = txn_ask(&ours->txn, statement, params, count);
    trial_commit(theirs);
    trial_commit(ours);
    same_outcome(theirs, ours);
    if (theirs->outcome == STORE_OK)
        assert_string_equal(rows_text(theirs->txn.arena, statement, their_rows, their_rows),
                            rows_text(theirs->txn.arena, statement, our_rows, their_rows));
    trial_destroy(theirs);
    trial_destroy(ours);
}

/* As --init makes it; the times that PostgreSQL's clock gave become ours. */
static void both_begin(void)
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
                                            PARAM_TEXT("UTC"), PARAM_BOOL(true), PARAM_INT(180)));
    }
    both(&sql_init_first_shop, NO_PARAMS);
    both(&sql_init_role, PARAMS(PARAM_INT(51), PARAM_TEXT("manager"), PARAM_TEXTS(permissions, 2)));
    both(&sql_init_tax_class, PARAMS(PARAM_INT(31), PARAM_TEXT("untaxed")));
    both(&sql_init_programme, PARAMS(PARAM_INT(1), PARAM_TEXT("Points"), PARAM_TEXT("Free cookie")));
    both(&sql_init_manager, PARAMS(PARAM_INT(61), PARAM_INT(1), PARAM_INT(51), PARAM_BYTES(bytes_of("x", 1)),
                                   PARAM_BYTES(bytes_of(blind, 16)), PARAM_TEXT("z")));
    both(&sql_init_device_code, PARAMS(PARAM_INT(140), PARAM_INT(1), PARAM_TEXT("console"), PARAM_INT(1),
                                       PARAM_BYTES(bytes_of(hash, 32)), PARAM_TEXT("24 hours")));
    aside_do(postgres->owner, "UPDATE shop SET created_at = 'epoch'; UPDATE staff SET created_at = 'epoch';"
                              "UPDATE catalogue_version SET made_at = 'epoch'; UPDATE device_invite SET created_at = "
                              "'epoch', expires_at = timestamptz 'epoch' + interval '24 hours'");
}

/* Enough for what comes at random to meet something: tills with drawers, goods, members, a sale. */
static void both_furnish(void)
{
    struct bytes name = bytes_of_text("z"), none = bytes_of_text("");
    static uint8_t bytes[8][32];

    both(&sql_category_put_create, PARAMS(PARAM_INT(21)));
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
        both(&sql_member_write, PARAMS(PARAM_INT(71 + i), PARAM_INT(1), PARAM_NULL(), PARAM_NULL(), PARAM_NULL(),
                                       PARAM_NULL(), PARAM_NULL(), PARAM_INSTANT(((struct instant){ 0 }))));
        both(&sql_shift_insert, PARAMS(PARAM_INT(131 + i), PARAM_INT(1), PARAM_INT(11 + i), PARAM_INT(1),
                                       PARAM_INSTANT(((struct instant){ 0 })), PARAM_INT(61), PARAM_INT(0)));
        both(&sql_counter_line_insert, PARAMS(PARAM_INTS(((int64_t[]){ 81 + i }), 1), PARAM_INTS(((int64_t[]){ i }), 1),
                                              PARAM_INTS(((int64_t[]){ 41 }), 1), PARAM_INTS(((int64_t[]){ 1000 }), 1),
                                              PARAM_INTS(((int64_t[]){ 250 }), 1), PARAM_INTS(((int64_t[]){ 250 }), 1),
                                              PARAM_INTS(((int64_t[]){ 0 }), 1), PARAM_INTS(((int64_t[]){ 250 }), 1),
                                              PARAM_INTS(((int64_t[]){ 0 }), 1), PARAM_INTS(((int64_t[]){ 0 }), 1),
                                              PARAM_INTS(((int64_t[]){ PARAM_NULL_INT }), 1), PARAM_TEXTS(&name, 1)));
    }
}

/* ---- two transactions at a time ---- */

/* The one of two stores, and the other: a transaction of each. */
struct twin {
    struct trial *theirs, *ours;
    struct pair asked;
    struct param params[PARAMS_MAX];
    size_t count;
    bool open;
};

/* What locks or writes. The simulated store has no key-share locks, which what changes a key would meet. */
static bool meets_others(const struct statement *statement)
{
    static const struct statement *const change_keys[] = { &sql_product_put_release, &sql_product_put_keys,
                                                           &sql_staff_update, &sql_device_renew_shown };

    for (size_t i = 0; i < sizeof(change_keys) / sizeof(*change_keys); i++)
        if (statement == change_keys[i])
            return false;
    return strstr(statement->sql, "FOR ") != NULL || strstr(statement->sql, "INSERT ") != NULL ||
           strstr(statement->sql, "UPDATE ") != NULL || strstr(statement->sql, "DELETE ") != NULL;
}

/* What comes next for one of ours, if anything may. */
static bool step_ours(const struct trial *trial)
{
    for (size_t i = 0; i < sim_database_pending(sim.database); i++)
        if (sim_database_event(sim.database, i).txn == &trial->txn) {
            sim_database_step(sim.database, i, SIM_FINE);
            return true;
        }
    return false;
}

static bool answers_ours(const struct trial *trial, int answers)
{
    while (trial->answers < answers && step_ours(trial))
        continue;
    return trial->answers == answers;
}

static void waits_for_a_lock(PGconn *conn, const struct trial *theirs, int answers)
{
    bool waits = false;

    loop_overdue(&postgres->world, true);
    while (!waits) {
        loop_turn(&postgres->world);
        PGresult *result = PQexec(conn, "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
        waits = PQntuples(result) > 0;
        PQclear(result);
        if (theirs->answers == answers)
            fail_msg("PostgreSQL does not wait, and says %d", (int)theirs->outcome);
        assert_false(loop_overdue(&postgres->world, false));
    }
}

static void compare_twin(struct twin *twin)
{
    same_outcome(twin->theirs, twin->ours);
    if (twin->ours->outcome == STORE_OK)
        same_rows(twin->ours->txn.arena, &twin->asked);
    else
        twin->open = false;
}

/* Asks both the same; false: both wait. before: what the other transaction has asked, for this to ask it as well. */
static bool ask_twin(PGconn *conn, struct twin *twin, struct twin *before)
{
    int answers = twin->ours->answers + 1;

    if (before->asked.kinds != NULL && random_below(2) == 0) {
        twin->asked.kinds = before->asked.kinds;
        memcpy(twin->params, before->params, sizeof(twin->params));
        twin->count = before->count;
    } else {
        do
            twin->asked.kinds = next_statement();
        while (!meets_others(twin->asked.kinds->statement));
        twin->count = random_params(twin->ours->txn.arena, twin->asked.kinds->kinds, twin->params);
    }
    const struct param *params = twin->params;
    size_t count = twin->count;
    twin->asked.theirs = txn_ask(&twin->theirs->txn, twin->asked.kinds->statement, params, count);
    twin->asked.ours = txn_ask(&twin->ours->txn, twin->asked.kinds->statement, params, count);
    txn_run(&twin->theirs->txn, trial_done);
    txn_run(&twin->ours->txn, trial_done);
    if (!answers_ours(twin->ours, answers)) {
        waits_for_a_lock(conn, twin->theirs, answers);
        return false;
    }
    trial_wait(twin->theirs, answers);
    compare_twin(twin);
    return true;
}

static void end_twin(struct twin *twin, bool commit)
{
    int answers = twin->ours->answers + 1;

    if (!twin->open)
        return;
    twin->open = false;
    if (commit) {
        txn_commit(&twin->theirs->txn, trial_done);
        txn_commit(&twin->ours->txn, trial_done);
        assert_true(answers_ours(twin->ours, answers));
        trial_wait(twin->theirs, answers);
        same_outcome(twin->theirs, twin->ours);
        return;
    }
    txn_rollback(&twin->theirs->txn);
    txn_rollback(&twin->ours->txn);
    while (sim_database_pending(sim.database) > 0 && sim_database_event(sim.database, 0).txn == NULL)
        sim_turn(&sim.world);
}

static size_t times_waited;

static void two_transactions(PGconn *conn)
{
    struct twin twins[2];
    bool answered = true;

    for (int i = 0; i < 2; i++) {
        twins[i] = (struct twin){ .theirs = trial_create(&postgres->world, TXN_WRITE, 0),
                                  .ours = trial_create(&sim.world, TXN_WRITE, 0),
                                  .open = true };
        assert_int_equal(trial_begin(twins[i].theirs), STORE_OK);
        assert_int_equal(trial_begin(twins[i].ours), STORE_OK);
    }
    struct twin *first = NULL, *other = NULL;
    for (int i = 0; i < 6 && answered && twins[0].open && twins[1].open; i++) {
        first = &twins[random_below(2)];
        other = first == &twins[0] ? &twins[1] : &twins[0];
        answered = ask_twin(conn, first, other);
    }
    if (!answered) {
        int answers = first->ours->answers + 1;
        times_waited++;
        end_twin(other, random_below(2) == 0);
        assert_true(answers_ours(first->ours, answers));
        trial_wait(first->theirs, answers);
        compare_twin(first);
    }
    for (int i = 0; i < 2; i++)
        end_twin(&twins[i], random_below(3) > 0);
    for (int i = 0; i < 2; i++) {
        trial_destroy(twins[i].theirs);
        trial_destroy(twins[i].ours);
    }
}

/* ---- what they hold ---- */

static char **lines_of(char *text, size_t *count)
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

static char *copied(PGconn *conn, const char *table)
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
static char *exported(const char *all, const char *table)
{
    char *head = NULL;

    if (asprintf(&head, "COPY %s (", table) < 0)
        abort();
    const char *begin = strchr(strstr(all, head), '\n') + 1;
    free(head);
    return strndup(begin, (size_t)(strstr(begin, "\\.\n") - begin));
}

static void same_table(PGconn *conn, const char *all, const char *table)
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

static void both_hold_the_same(void)
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

static void both_judge_the_same(void)
{
    struct sim_exec x = { .database = sim.database, .snapshot = UINT64_MAX };
    PGconn *conn = PQconnectdb(postgres->read);

    for (size_t i = 0; i < checks_count; i++) {
        char row[500];
        if (strcmp(checks[i].name, "entries_untouched") == 0)
            continue; /* PostgreSQL's own counts, of its own */
        PGresult *result = PQexec(conn, checks[i].sql);
        assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
        bool theirs = PQntuples(result) == 0, ours = sim_check_one(&x, checks[i].name, row, sizeof(row));
        PQclear(result);
        if (theirs != ours)
            fail_msg("%s holds for %s alone: %s", checks[i].name, theirs ? "PostgreSQL" : "the simulated store", row);
    }
    PQfinish(conn);
}

/* ---- tests ---- */

static enum column_kind kind_of_type(Oid type)
{
    switch (type) {
    case 20: /* bigint, integer, smallint, "char" */
    case 23:
    case 21:
    case 18:
        return COLUMN_INT;
    case 16:
        return COLUMN_BOOL;
    case 1184:
        return COLUMN_INSTANT;
    case 1082:
        return COLUMN_DAY;
    case 1009: /* text[] */
        return COLUMN_TEXTS;
    default:
        return COLUMN_BYTES;
    }
}

static void every_statement_answers_in_the_columns_that_postgresql_gives(void **state)
{
    PGconn *conn = PQconnectdb(postgres->app);

    (void)state;
    for (size_t i = 0; i < statement_count; i++) {
        const struct statement *statement = statements[i];
        const struct sim_known *known = &sim.database->known[i];
        PQclear(PQprepare(conn, statement->name, statement->sql, 0, NULL));
        PGresult *described = PQdescribePrepared(conn, statement->name);
        if (PQnfields(described) != (int)known->column_count)
            fail_msg("%s: PostgreSQL answers in %d columns", statement->name, PQnfields(described));
        for (int c = 0; c < PQnfields(described); c++)
            if (strcmp(PQfname(described, c), known->columns[c].name) != 0 ||
                kind_of_type(PQftype(described, c)) != known->columns[c].kind)
                fail_msg("%s: column %d is %s of type %u in PostgreSQL, and %s", statement->name, c,
                         PQfname(described, c), PQftype(described, c), known->columns[c].name);
        PQclear(described);
    }
    PQfinish(conn);
}

static void the_same_is_said_and_kept(void **state)
{
    const char *seed = getenv("CAROLINE_SEED");
    size_t never = 0;

    (void)state;
    random_serial = 0;
    random_state = seed == NULL ? 1 : strtoull(seed, NULL, 10);
    print_message("seed %llu\n", (unsigned long long)random_state);
    both_begin();
    both_furnish();
    both_hold_the_same();
    for (int i = 0; i < TRANSACTIONS; i++)
        one_transaction();
    both_hold_the_same();
    both_judge_the_same();
    for (size_t i = 0; i < KINDS_COUNT && seed == NULL; i++)
        if (succeeded[i] == 0) {
            print_error("%s never went well\n", statement_kinds[i].statement->name);
            never++;
        }
    assert_int_equal(never, 0);
}

/* On what the one before has left. */
static void each_waits_where_the_other_waits_and_sees_what_it_sees(void **state)
{
    PGconn *conn = PQconnectdb(postgres->admin);

    (void)state;
    for (int i = 0; i < PAIRS; i++)
        two_transactions(conn);
    print_message("%zu of %d waited\n", times_waited, PAIRS);
    assert_true(times_waited > PAIRS / 20);
    PQfinish(conn);
    both_hold_the_same();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_statement_answers_in_the_columns_that_postgresql_gives),
        cmocka_unit_test(the_same_is_said_and_kept),
        cmocka_unit_test(each_waits_where_the_other_waits_and_sees_what_it_sees),
    };

    postgres = world_open();
    sim.database = sim_database_create();
    sim.store = sim_store_create(sim.database, &(struct sim_store_config){ 0 });
    sim.world = (struct world){ sim_store_store(sim.store), 3, sim_turn, never_overdue };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sim_store_destroy(sim.store);
    sim_database_destroy(sim.database);
    world_close(postgres);
    return failed;
}
