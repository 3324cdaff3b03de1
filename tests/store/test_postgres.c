/* The store upon a real PostgreSQL: the contract of every store, and what only a database can do to one. */
#include "postgres_world.h"

#include <signal.h>
#include <stdio.h>

/* Statements made on the way, not of db/queries/. */
static struct statement sql(const char *name, const char *text, int params)
{
    return (struct statement){ .name = name, .sql = text, .param_count = params, .index = -1 };
}

static void waits_for_a_state(struct postgres_world *world, struct postgres *postgres, enum postgres_state wanted)
{
    loop_overdue(&world->world, true);
    while (postgres_state(postgres, NULL) != wanted) {
        assert_false(loop_overdue(&world->world, false));
        loop_turn(&world->world);
    }
}

static void every_kind_of_parameter_comes_back(void **state)
{
    struct trial *trial = trial_create(*state, TXN_READ, 0);
    struct statement all =
        sql("all",
            "SELECT $1::bigint AS i, $2::boolean AS b, $3::text AS t, $4::bytea AS y, $5::timestamptz AS at,"
            " $6::date AS d, $7::bigint[] AS ints, $8::text[] AS texts, $9::bytea[] AS byteses,"
            " $10::bigint AS none, $3::text IS NULL AS t_null, $5::timestamptz::text AS at_text,"
            " $6::date::text AS d_text, '-7'::smallint AS small, 'T'::\"char\" AS letter,"
            " array_length($11::boolean[], 1) AS bools, ($12::timestamptz[])[2]::text AS second_at,"
            " ($13::date[])[1]::text AS first_day, ($7::bigint[])[2] IS NULL AS int_null",
            13);
    int64_t ints[] = { INT64_MAX, PARAM_NULL_INT, -1 };
    struct bytes texts[] = { bytes_of_text("a"), { 0 }, bytes_of_text("") };
    bool bools[] = { true, false };
    struct instant instants[] = { { 0 }, { INT64_C(1700000000000001) } };
    struct day days[] = { { -1 } };

    assert_int_equal(trial_begin(trial), STORE_OK);
    struct rows *rows = txn_ask(
        &trial->txn, &all,
        PARAMS(PARAM_INT(INT64_MIN + 1), PARAM_BOOL(true), PARAM_TEXT("crème brûlée"),
               PARAM_BYTES(bytes_of("\0\1\xff", 3)), PARAM_INSTANT(((struct instant){ INT64_C(1700000000123456) })),
               PARAM_DAY(((struct day){ 20000 })), PARAM_INTS(ints, 3), PARAM_TEXTS(texts, 3), PARAM_BYTESES(texts, 0),
               PARAM_INT(PARAM_NULL_INT), PARAM_BOOLS(bools, 2), PARAM_INSTANTS(instants, 2), PARAM_DAYS(days, 1)));
    assert_int_equal(trial_run(trial), STORE_OK);
    assert_int_equal(rows_count(rows), 1);
    assert_true(row_int(rows, 0, "i") == INT64_MIN + 1);
    assert_true(row_bool(rows, 0, "b"));
    assert_string_equal(row_text(rows, 0, "t"), "crème brûlée");
    assert_true(bytes_equal(row_bytes(rows, 0, "y"), bytes_of("\0\1\xff", 3)));
    assert_true(row_instant(rows, 0, "at").us == INT64_C(1700000000123456));
    assert_string_equal(row_text(rows, 0, "at_text"), "2023-11-14 22:13:20.123456+00");
    assert_int_equal(row_day(rows, 0, "d").number, 20000);
    assert_string_equal(row_text(rows, 0, "d_text"), "2024-10-04");
    assert_true(row_is_null(rows, 0, "none"));
    assert_false(row_is_null(rows, 0, "i"));
    assert_false(row_bool(rows, 0, "t_null"));
    assert_int_equal(row_int(rows, 0, "small"), -7);
    assert_int_equal(row_int(rows, 0, "letter"), 'T');
    assert_int_equal(row_int(rows, 0, "bools"), 2);
    assert_string_equal(row_text(rows, 0, "second_at"), "2023-11-14 22:13:20.000001+00");
    assert_string_equal(row_text(rows, 0, "first_day"), "1969-12-31");
    assert_true(row_bool(rows, 0, "int_null"));
    size_t count;
    const int64_t *got = row_ints(rows, 0, "ints", &count);
    assert_int_equal(count, 3);
    assert_true(got[0] == INT64_MAX && got[1] == 0 && got[2] == -1);
    const struct bytes *views = row_texts(rows, 0, "texts", &count);
    assert_int_equal(count, 3);
    assert_true(bytes_equal(views[0], bytes_of_text("a")) && views[1].data == NULL && views[2].data != NULL &&
                views[2].size == 0);
    row_texts(rows, 0, "byteses", &count);
    assert_int_equal(count, 0);
    assert_int_equal(trial_commit(trial), STORE_OK);
    trial_destroy(trial);
}

static void a_large_answer_comes_whole(void **state)
{
    struct trial *trial = trial_create(*state, TXN_READ, 0);
    struct statement many = sql("many", "SELECT n, repeat('x', 100) || n AS t FROM generate_series(1, 20000) AS n", 0);

    assert_int_equal(trial_begin(trial), STORE_OK);
    struct rows *rows = txn_ask(&trial->txn, &many, NO_PARAMS);
    assert_int_equal(trial_run(trial), STORE_OK);
    assert_int_equal(rows_count(rows), 20000);
    const int64_t *n = column_ints(rows, "n");
    for (size_t i = 0; i < 20000; i++)
        assert_int_equal(n[i], i + 1);
    assert_string_equal(row_text(rows, 19999, "t") + 100, "20000");
    txn_rollback(&trial->txn);
    trial_destroy(trial);
}

static void a_large_question_goes_whole(void **state)
{
    struct trial *trial = trial_create(*state, TXN_READ, 0);
    struct statement total =
        sql("total", "SELECT sum(v)::bigint AS total, count(*) AS count FROM unnest($1::bigint[]) AS v", 1);
    static int64_t values[200000];

    for (int64_t i = 0; i < 200000; i++)
        values[i] = i;
    assert_int_equal(trial_begin(trial), STORE_OK);
    struct rows *rows = txn_ask(&trial->txn, &total, PARAMS(PARAM_INTS(values, 200000)));
    assert_int_equal(trial_run(trial), STORE_OK);
    assert_int_equal(row_int(rows, 0, "total"), INT64_C(19999900000));
    assert_int_equal(row_int(rows, 0, "count"), 200000);
    txn_rollback(&trial->txn);
    trial_destroy(trial);
}

static void a_snapshot_does_not_move(void **state)
{
    struct trial *trial = trial_create(*state, TXN_SNAPSHOT, 0);
    struct statement count =
        sql("count", "SELECT coalesce(sum(next_value), 0)::bigint AS n FROM id_block WHERE node = 40", 0);

    assert_int_equal(trial_begin(trial), STORE_OK);
    struct rows *before = txn_ask(&trial->txn, &count, NO_PARAMS);
    assert_int_equal(trial_run(trial), STORE_OK);
    aside_do(((struct postgres_world *)*state)->owner, "INSERT INTO id_block VALUES (40, 5)");
    struct rows *after = txn_ask(&trial->txn, &count, NO_PARAMS);
    assert_int_equal(trial_commit(trial), STORE_OK);
    assert_int_equal(row_int(before, 0, "n"), 0);
    assert_int_equal(row_int(after, 0, "n"), 0);
    trial_destroy(trial);
}

static void checks_run_as_the_reading_role(void **state)
{
    struct trial *trial = trial_create(*state, TXN_CHECK, 0);
    struct statement who = sql("who",
                               "SELECT current_user::text AS who, current_setting('transaction_isolation') AS level,"
                               " current_setting('transaction_read_only') AS read_only",
                               0);

    assert_int_equal(trial_begin(trial), STORE_OK);
    struct rows *rows = txn_ask(&trial->txn, &who, NO_PARAMS);
    assert_int_equal(trial_run(trial), STORE_OK);
    assert_string_equal(row_text(rows, 0, "who"), "caroline_read");
    assert_string_equal(row_text(rows, 0, "level"), "repeatable read");
    assert_string_equal(row_text(rows, 0, "read_only"), "on");
    txn_rollback(&trial->txn);
    trial_destroy(trial);
}

static void a_deadlock_is_tried_again(void **state)
{
    struct statement lock =
        sql("lock", "SELECT node FROM id_block WHERE node = $1::bigint::integer FOR NO KEY UPDATE", 1);
    struct trial *one = trial_create(*state, TXN_WRITE, 0), *two = trial_create(*state, TXN_WRITE, 0);

    aside_do(((struct postgres_world *)*state)->owner, "INSERT INTO id_block VALUES (50, 5), (51, 5)");
    assert_int_equal(trial_begin(one), STORE_OK);
    assert_int_equal(trial_begin(two), STORE_OK);
    txn_ask(&one->txn, &lock, PARAMS(PARAM_INT(50)));
    txn_ask(&two->txn, &lock, PARAMS(PARAM_INT(51)));
    assert_int_equal(trial_run(one), STORE_OK);
    assert_int_equal(trial_run(two), STORE_OK);
    txn_ask(&one->txn, &lock, PARAMS(PARAM_INT(51)));
    txn_ask(&two->txn, &lock, PARAMS(PARAM_INT(50)));
    txn_run(&one->txn, trial_done);
    txn_run(&two->txn, trial_done);
    trial_wait(one, 3);
    trial_wait(two, 3);
    struct trial *victim = one->outcome == STORE_OK ? two : one, *winner = victim == one ? two : one;
    assert_int_equal(victim->outcome, STORE_AGAIN);
    assert_int_equal(winner->outcome, STORE_OK);
    assert_int_equal(strncmp(victim->txn.problem, "40P01", 5), 0);
    assert_int_equal(trial_commit(winner), STORE_OK);
    trial_destroy(one);
    trial_destroy(two);
}

/* The pid of the only writer inside a transaction. */
static int pid_inside(struct postgres_world *world)
{
    char *pid = aside(world->admin, "SELECT pid FROM pg_stat_activity WHERE application_name = 'caroline writer' AND"
                                    " xact_start IS NOT NULL");
    assert_non_null(pid);
    int number = atoi(pid);
    free(pid);
    return number;
}

static void a_backend_ended_before_commit_has_done_nothing(void **state)
{
    struct postgres_world *world = *state;
    struct trial *trial = trial_create(*state, TXN_WRITE, 0);

    assert_int_equal(trial_begin(trial), STORE_OK);
    reserve(trial, 60, 10);
    assert_int_equal(trial_run(trial), STORE_OK);
    aside_do(world->admin,
             "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'caroline"
             " writer' AND xact_start IS NOT NULL");
    reserve(trial, 60, 10);
    /* Unknown, where COMMIT went out between PostgreSQL's last words and the end of the connection. */
    enum store_outcome outcome = trial_commit(trial);
    assert_true(outcome == STORE_AWAY || outcome == STORE_UNKNOWN);
    trial_destroy(trial);
    assert_int_equal(reserved(&world->world, 60), 0);
}

/* COMMIT waits here for a lock that a session beside holds: a trigger that runs at the very end of the transaction. */
static const char slow_commit[] = "CREATE TABLE slow (n bigint); GRANT SELECT, INSERT ON slow TO caroline_app;"
                                  "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
                                  "pg_advisory_xact_lock(4711); RETURN NULL; END $$;"
                                  "CREATE CONSTRAINT TRIGGER lingers AFTER INSERT ON slow DEFERRABLE INITIALLY "
                                  "DEFERRED FOR EACH ROW EXECUTE FUNCTION linger()";

static struct trial *commit_that_lingers(struct postgres_world *world, PGconn *holder)
{
    static struct statement insert = { .name = "slow", .sql = "INSERT INTO slow VALUES (1)", .index = -1 };
    struct trial *trial = trial_create(&world->world, TXN_WRITE, 0);

    PQclear(PQexec(holder, "SELECT pg_advisory_lock(4711)"));
    assert_int_equal(trial_begin(trial), STORE_OK);
    txn_ask(&trial->txn, &insert, NO_PARAMS);
    txn_commit(&trial->txn, trial_done);
    waits_until(world, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'caroline writer' AND"
                       " wait_event = 'advisory')");
    return trial;
}

static void a_backend_ended_in_its_commit_leaves_it_unknown(void **state)
{
    struct postgres_world *world = *state;
    PGconn *holder = PQconnectdb(world->admin);

    aside_do(world->owner, slow_commit);
    struct trial *trial = commit_that_lingers(world, holder);
    aside_do(world->admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'advisory'");
    assert_int_equal(trial_wait(trial, 2), STORE_UNKNOWN);
    trial_destroy(trial);
    PQfinish(holder);
}

static void a_backend_killed_in_its_commit_leaves_it_unknown(void **state)
{
    struct postgres_world *world = *state;
    PGconn *holder = PQconnectdb(world->admin);
    struct trial *trial = commit_that_lingers(world, holder);

    kill(pid_inside(world), SIGKILL); /* PostgreSQL recovers from that by ending everybody */
    assert_int_equal(trial_wait(trial, 2), STORE_UNKNOWN);
    PQfinish(holder);
    trial_destroy(trial);
    waits_for_a_state(world, world->postgres, POSTGRES_AWAY);
    assert_int_equal(reserved(&world->world, 59), 0); /* it works again, by itself */
}

static void the_database_may_go_and_come_back(void **state)
{
    struct postgres_world *world = *state;
    struct trial *trial = trial_create(*state, TXN_WRITE, 0), *reader = trial_create(*state, TXN_READ, 0);

    assert_int_equal(trial_begin(trial), STORE_OK);
    reserve(trial, 61, 10);
    assert_int_equal(trial_run(trial), STORE_OK);
    cluster_run(&world->cluster, "stop");
    reserve(trial, 61, 10);
    assert_int_equal(trial_commit(trial), STORE_AWAY);
    waits_for_a_state(world, world->postgres, POSTGRES_AWAY);
    trial->txn.wait_ms = 50;
    assert_int_equal(trial_begin(trial), STORE_AWAY);
    trial->txn.wait_ms = 30000;
    txn_begin(world->world.store, &trial->txn, trial_done); /* waits for it */
    cluster_run(&world->cluster, "start");
    assert_int_equal(trial_wait(trial, trial->answers + 1), STORE_OK);
    reserve(trial, 61, 3);
    assert_int_equal(trial_commit(trial), STORE_OK);
    trial_destroy(trial);
    assert_int_equal(trial_begin(reader), STORE_OK);
    txn_rollback(&reader->txn);
    trial_destroy(reader);
    assert_int_equal(reserved(&world->world, 61), 3);
}

static void a_statement_gone_stale_is_prepared_anew(void **state)
{
    struct postgres_world *world = *state;
    struct trial *trial = trial_create(*state, TXN_WRITE, 0);
    enum store_outcome outcome = STORE_OK;

    for (int i = 0; i < 6; i++)
        reserved(&world->world, 62); /* every writer's plan is made */
    aside_do(world->owner, "ALTER TABLE id_block ALTER next_value TYPE integer");
    int again = 0;
    do {
        assert_int_equal(trial_begin(trial), STORE_OK);
        reserve(trial, 62, 1);
        outcome = trial_commit(trial);
        again += outcome == STORE_AGAIN;
    } while (outcome == STORE_AGAIN && again < 10);
    aside_do(world->owner, "ALTER TABLE id_block ALTER next_value TYPE bigint");
    /* The type of an expression with a bigint parameter stays; what counts is that it ends well. */
    assert_int_equal(outcome, STORE_OK);
    trial_destroy(trial);
    assert_int_equal(reserved(&world->world, 62), 1);
}

static void a_statement_that_is_gone_is_prepared_anew(void **state)
{
    struct trial *trial = trial_create(*state, TXN_WRITE, 0);
    struct statement forget = sql("forget", "DEALLOCATE id_block_reserve", 0);

    enum store_outcome outcome;
    do { /* prepares it where it is not yet, or has gone stale */
        outcome = trial_begin(trial);
        reserve(trial, 63, 0);
        outcome = outcome == STORE_OK ? trial_run(trial) : outcome;
    } while (outcome == STORE_AGAIN);
    assert_int_equal(outcome, STORE_OK);
    txn_ask(&trial->txn, &forget, NO_PARAMS);
    reserve(trial, 63, 1);
    assert_int_equal(trial_commit(trial), STORE_AGAIN);
    assert_int_equal(strncmp(trial->txn.problem, "26000 id_block_reserve", 22), 0);
    trial_destroy(trial);
    for (int i = 0; i < 3; i++)
        assert_int_equal(reserved(*state, 63), 0);
}

/* Whether that connection has prepared it. */
static bool has_prepared(struct trial *trial, const char *name)
{
    char text[120];
    snprintf(text, sizeof(text), "SELECT count(*) AS n FROM pg_prepared_statements WHERE name = '%s'", name);
    struct statement count = sql("count", text, 0);

    struct rows *rows = txn_ask(&trial->txn, &count, NO_PARAMS);
    assert_int_equal(trial_run(trial), STORE_OK);
    return row_int(rows, 0, "n") == 1;
}

static void a_statement_is_prepared_when_it_is_first_asked(void **state)
{
    struct postgres_world *world = *state;
    struct postgres_config config = world_config(world);
    struct statement impossible = sql("impossible", "SELECT 1 / 0 AS n", 0);

    config.readers = 1;
    struct postgres *other = postgres_open(&world->loop, &config);
    struct store *saved = world->world.store;
    world->world.store = postgres_store(other);
    struct trial *trial = trial_create(&world->world, TXN_SNAPSHOT, 0);
    assert_int_equal(trial_begin(trial), STORE_OK);
    assert_false(has_prepared(trial, sql_server_show_database.name));
    txn_ask(&trial->txn, &impossible, NO_PARAMS);
    txn_ask(&trial->txn, &sql_server_show_database, NO_PARAMS); /* what prepares it is skipped as well */
    assert_int_equal(trial_run(trial), STORE_BROKEN);
    assert_int_equal(strncmp(trial->txn.problem, "22012 impossible", 16), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(trial_begin(trial), STORE_OK);
        struct rows *first = txn_ask(&trial->txn, &sql_server_show_database, NO_PARAMS);
        struct rows *second = txn_ask(&trial->txn, &sql_server_show_database, NO_PARAMS);
        assert_int_equal(trial_run(trial), STORE_OK);
        assert_string_equal(row_text(first, 0, "version"), row_text(second, 0, "version"));
        assert_true(has_prepared(trial, sql_server_show_database.name));
        assert_int_equal(trial_commit(trial), STORE_OK);
    }
    trial_destroy(trial);
    world->world.store = saved;
    postgres_close(other, NULL, NULL);
    loop_turn(&world->world);
}

/* A migration under way elsewhere, say: no reason to give up for good. */
static void a_table_that_is_locked_is_waited_for(void **state)
{
    struct postgres_world *world = *state;
    struct postgres_config config = world_config(world);
    const char *sentence;
    PGconn *locks = PQconnectdb(world->owner);

    PQclear(PQexec(locks, "BEGIN"));
    PGresult *locked = PQexec(locks, "LOCK TABLE product_version IN ACCESS EXCLUSIVE MODE");
    assert_int_equal(PQresultStatus(locked), PGRES_COMMAND_OK);
    PQclear(locked);
    config.lock_ms = 100;
    struct postgres *other = postgres_open(&world->loop, &config);
    loop_overdue(&world->world, true);
    do {
        loop_turn(&world->world);
        postgres_state(other, &sentence);
    } while (strstr(sentence, "lock timeout") == NULL && !loop_overdue(&world->world, false));
    assert_int_equal(postgres_state(other, &sentence), POSTGRES_AWAY);
    assert_non_null(strstr(sentence, "lock timeout"));
    PQfinish(locks);
    waits_for_a_state(world, other, POSTGRES_UP);
    postgres_close(other, NULL, NULL);
    loop_turn(&world->world);
}

static void a_statement_that_takes_too_long_is_ended(void **state)
{
    struct postgres_world *world = *state;
    struct postgres_config config = world_config(world);
    struct statement nap = sql("nap", "SELECT pg_sleep(20)", 0);

    config.statement_ms = 1000; /* time enough to connect and prepare */
    struct postgres *hasty = postgres_open(&world->loop, &config);
    struct store *saved = world->world.store;
    world->world.store = postgres_store(hasty);
    struct trial *trial = trial_create(&world->world, TXN_WRITE, 0);
    assert_int_equal(trial_begin(trial), STORE_OK);
    txn_ask(&trial->txn, &nap, NO_PARAMS);
    assert_int_equal(trial_run(trial), STORE_AWAY);
    assert_int_equal(strncmp(trial->txn.problem, "57014 nap", 9), 0);
    assert_int_equal(trial_begin(trial), STORE_OK);
    txn_rollback(&trial->txn);
    trial_destroy(trial);
    world->world.store = saved;
    postgres_close(hasty, NULL, NULL);
    loop_turn(&world->world);
}

/* Opens a store of its own and waits until it says what it thinks of the database. */
static void opens_to(struct postgres_world *world, enum postgres_state wanted, const char *part)
{
    struct postgres_config config = world_config(world);
    struct postgres *other = postgres_open(&world->loop, &config);
    const char *sentence;

    waits_for_a_state(world, other, wanted);
    postgres_state(other, &sentence);
    if (strstr(sentence, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", sentence, part);
    postgres_close(other, NULL, NULL);
    loop_turn(&world->world);
}

/* libpq goes from host to host with a new socket each time, often of the number it has just closed. */
static void finds_the_database_behind_hosts_that_are_not_there(void **state)
{
    struct postgres_world *world = *state;
    struct postgres_config config = world_config(world);
    char uri[600];

    snprintf(uri, sizeof(uri),
             "host=/nowhere,127.0.0.1,127.0.0.1,%s/socket port=5432,1,1,5432 user=caroline_app dbname=caroline",
             world->cluster.directory);
    config.uri = uri;
    struct postgres *other = postgres_open(&world->loop, &config);
    waits_for_a_state(world, other, POSTGRES_UP);
    postgres_close(other, NULL, NULL);
    loop_turn(&world->world);
}

static void a_server_that_says_nothing_is_given_up(void **state)
{
    struct postgres_world *world = *state;
    struct postgres_config config = world_config(world);
    struct store *saved = world->world.store;

    config.statement_ms = 1000; /* time enough to connect and prepare */
    config.writers = 1;
    struct postgres *hasty = postgres_open(&world->loop, &config);
    world->world.store = postgres_store(hasty);
    struct trial *trial = trial_create(&world->world, TXN_WRITE, 0);
    assert_int_equal(trial_begin(trial), STORE_OK);
    reserve(trial, 64, 1);
    assert_int_equal(trial_run(trial), STORE_OK);
    int pid = pid_inside(world);
    kill(pid, SIGSTOP);
    reserve(trial, 64, 1);
    assert_int_equal(trial_commit(trial), STORE_UNKNOWN); /* for COMMIT may still be carried out when it wakes */
    kill(pid, SIGCONT);
    trial_destroy(trial);
    world->world.store = saved;
    postgres_close(hasty, NULL, NULL);
    loop_turn(&world->world);
    int64_t count = reserved(&world->world, 64);
    assert_true(count == 0 || count == 2);
}

static void refuses_a_database_that_forgets(void **state)
{
    static const char *const settings[] = { "fsync", "full_page_writes", "synchronous_commit" };
    struct postgres_world *world = *state;
    char sql_text[100];

    for (size_t i = 0; i < 3; i++) {
        snprintf(sql_text, sizeof(sql_text), "ALTER SYSTEM SET %s = off", settings[i]);
        aside_do(world->admin, sql_text);
        aside_do(world->admin, "SELECT pg_reload_conf()");
        snprintf(sql_text, sizeof(sql_text), "SELECT current_setting('%s') = 'off'", settings[i]);
        waits_until(world, sql_text);
        opens_to(world, POSTGRES_REFUSED, settings[i]);
        snprintf(sql_text, sizeof(sql_text), "ALTER SYSTEM SET %s = on", settings[i]);
        aside_do(world->admin, sql_text);
        aside_do(world->admin, "SELECT pg_reload_conf()");
        snprintf(sql_text, sizeof(sql_text), "SELECT current_setting('%s') = 'on'", settings[i]);
        waits_until(world, sql_text);
    }
    opens_to(world, POSTGRES_UP, "");
}

static void refuses_a_schema_that_is_not_its_own(void **state)
{
    struct postgres_world *world = *state;

    aside_do(world->owner, "INSERT INTO schema_migration VALUES (9999, '9999_future', '', now(), '9')");
    opens_to(world, POSTGRES_REFUSED, "install the newer caroline-server");
    aside_do(world->owner, "DELETE FROM schema_migration WHERE version = 9999");
    aside_do(world->owner, "CREATE TABLE kept AS SELECT * FROM schema_migration; TRUNCATE schema_migration");
    opens_to(world, POSTGRES_REFUSED, "run caroline-server --migrate");
    aside_do(world->owner, "INSERT INTO schema_migration SELECT * FROM kept; DROP TABLE kept");
    opens_to(world, POSTGRES_UP, "");
}

static void closing_ends_what_is_under_way(void **state)
{
    struct postgres_world *world = *state;
    struct postgres_config config = world_config(world);
    struct statement nap = sql("nap", "SELECT pg_sleep(1)", 0);
    struct store *saved = world->world.store;
    struct postgres *other = postgres_open(&world->loop, &config);

    world->world.store = postgres_store(other);
    struct trial *running = trial_create(&world->world, TXN_WRITE, 5),
                 *waiting = trial_create(&world->world, TXN_WRITE, 5);
    assert_int_equal(trial_begin(running), STORE_OK);
    txn_begin(world->world.store, &waiting->txn, trial_done);
    txn_ask(&running->txn, &nap, NO_PARAMS);
    txn_run(&running->txn, trial_done);
    postgres_close(other, NULL, NULL);
    assert_int_equal(trial_wait(running, 2), STORE_AWAY);
    assert_int_equal(trial_wait(waiting, 1), STORE_AWAY);
    world->world.store = saved;
    trial_destroy(running);
    trial_destroy(waiting);
    loop_turn(&world->world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONTRACT_CASES,
        cmocka_unit_test(every_kind_of_parameter_comes_back),
        cmocka_unit_test(a_large_answer_comes_whole),
        cmocka_unit_test(a_large_question_goes_whole),
        cmocka_unit_test(a_snapshot_does_not_move),
        cmocka_unit_test(checks_run_as_the_reading_role),
        cmocka_unit_test(a_deadlock_is_tried_again),
        cmocka_unit_test(a_backend_ended_before_commit_has_done_nothing),
        cmocka_unit_test(a_backend_ended_in_its_commit_leaves_it_unknown),
        cmocka_unit_test(a_statement_gone_stale_is_prepared_anew),
        cmocka_unit_test(a_statement_that_is_gone_is_prepared_anew),
        cmocka_unit_test(a_statement_is_prepared_when_it_is_first_asked),
        cmocka_unit_test(a_table_that_is_locked_is_waited_for),
        cmocka_unit_test(a_statement_that_takes_too_long_is_ended),
        cmocka_unit_test(a_server_that_says_nothing_is_given_up),
        cmocka_unit_test(finds_the_database_behind_hosts_that_are_not_there),
        cmocka_unit_test(refuses_a_database_that_forgets),
        cmocka_unit_test(refuses_a_schema_that_is_not_its_own),
        cmocka_unit_test(closing_ends_what_is_under_way),
        cmocka_unit_test(a_backend_killed_in_its_commit_leaves_it_unknown),
        cmocka_unit_test(the_database_may_go_and_come_back),
    };
    struct postgres_world *world = world_open();
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
        ((struct CMUnitTest *)tests)[i].initial_state = world;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    world_close(world);
    return failed;
}
