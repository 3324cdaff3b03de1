/* Erasures at the start, in a database that was restored from before them: who has no key any more and lives there is erased once more,
 * whatever the database does while it is asked. The vault is a real one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/queries.h"
#include "server/jobs/jobs.h"
#include "server/store/rows.h"

#define TURNS_MAX 100
#define FORGOTTEN 7

static struct world {
    struct store store;
    struct timers timers;
    struct thread_pool pool;
    struct clock clock;
    char directory[64];
    struct vault *vault;
    struct erasures *erasures;
    struct timer *timer;
    struct txn *txn; /* its end, or its beginning, is to be answered */
    txn_done_fn *done;
    bool compares; /* it asks who lives here and has no key */
    int away;      /* so often no answer to that comes */
    bool erased, is_ready;
    int64_t newest; /* a member of whom something is sealed; 0: there is none */
    size_t unknown; /* so many of the newest have no key: it was told */
} world;

static void begin(struct store *store, struct txn *txn, txn_done_fn *done)
{
    txn->store = store;
    world.txn = txn;
    world.done = done;
    world.compares = false;
}

/* The database knows the forgotten one as living until they are erased there. */
static struct rows *ask_store(struct txn *txn, const struct statement *statement, const struct param *params,
                              size_t count)
{
    struct rows *rows = rows_create(txn->arena, statement->name);
    struct column *columns = arena_array(txn->arena, 2, sizeof *columns);

    for (size_t i = 0; i < 2; i++)
        columns[i] = (struct column){ .name = i == 0 ? "member_id" : "points",
                                      .kind = COLUMN_INT,
                                      .integers = arena_alloc(txn->arena, sizeof(int64_t)) };
    rows->columns = columns;
    rows->column_count = 2;
    if (statement == &sql_member_erase_account) {
        assert_int_equal(params[0].as.integer, FORGOTTEN);
        world.erased = true;
    }
    if (statement == &sql_erasure_newest && world.newest != 0) {
        columns[0].integers[0] = world.newest;
        rows->count = 1;
    }
    if (statement != &sql_erasure_unknown)
        return rows;
    assert_true(count > 0);
    world.compares = true;
    for (size_t i = 0; i < params[0].count; i++)
        if (params[0].as.ints[i] == FORGOTTEN && !world.erased) {
            columns[0].integers[0] = FORGOTTEN;
            columns[1].integers[0] = 20;
            rows->count = 1;
        }
    return rows;
}

static void run(struct txn *txn, bool commit, txn_done_fn *done)
{
    assert_true(commit);
    world.txn = txn;
    world.done = done;
}

static void roll_back(struct txn *txn)
{
    (void)txn;
}

static void start(struct timers *timers, struct timer *timer, int64_t delay_ms)
{
    (void)timers, (void)delay_ms;
    world.timer = timer;
}

static void stop(struct timers *timers, struct timer *timer)
{
    (void)timers, (void)timer;
    world.timer = NULL;
}

static void submit(struct thread_pool *pool, struct job *job)
{
    (void)pool;
    job->work(job);
    job->done(job);
}

static struct instant now(struct clock *clock)
{
    (void)clock;
    return (struct instant){ INT64_C(1764000000) * SECOND_US };
}

static void ready(void *user)
{
    (void)user;
    world.is_ready = true;
}

static void newer(void *user, size_t unknown)
{
    (void)user;
    world.unknown = unknown;
}

static void answer_the_ask(void)
{
    struct txn *txn = world.txn;
    bool away = world.compares && world.away > 0;

    world.txn = NULL;
    world.away -= away;
    world.done(txn, away ? STORE_AWAY : STORE_OK);
}

static void go_on_until_ready(void)
{
    for (int i = 0; i < TURNS_MAX && !world.is_ready && world.unknown == 0; i++) {
        struct timer *timer = world.timer;

        if (world.txn != NULL) {
            answer_the_ask();
        } else {
            assert_non_null(timer);
            world.timer = NULL;
            timer->fire(timer);
        }
    }
    assert_true(world.is_ready || world.unknown > 0);
}

static int set_up(void **state)
{
    static const struct store_class class = { begin, ask_store, run, roll_back, NULL };
    const char *problem;
    (void)state;

    memset(&world, 0, sizeof world);
    world.store.class = &class;
    world.timers = (struct timers){ start, stop };
    world.pool = (struct thread_pool){ submit };
    world.clock = (struct clock){ .now = now };
    strcpy(world.directory, "/tmp/caroline-erasures-XXXXXX");
    if (!mkdtemp(world.directory) ||
        !vault_create(world.directory, "", "Shop", system_entropy(), system_clock(), &problem))
        return -1;
    world.vault = vault_open(world.directory, "", PIN_COST_TEST, system_entropy(), &problem);
    if (!world.vault || !vault_person_create(world.vault, FORGOTTEN) || !vault_person_create(world.vault, 8))
        return -1;
    vault_person_drop(world.vault, FORGOTTEN);
    return 0;
}

static void begin_erasures(int64_t newest, bool older_vault)
{
    world.newest = newest;
    world.erasures = erasures_create(&(struct jobs_config){ .store = &world.store,
                                                            .timers = &world.timers,
                                                            .pool = &world.pool,
                                                            .clock = &world.clock,
                                                            .vault = world.vault,
                                                            .older_vault = older_vault },
                                     ready, newer, NULL);
}

static int tear_down(void **state)
{
    char command[100];
    (void)state;

    erasures_stop(world.erasures);
    erasures_destroy(world.erasures);
    vault_close(world.vault);
    snprintf(command, sizeof command, "rm -rf '%s'", world.directory);
    return system(command);
}

static void who_was_forgotten_is_erased_before_anybody_is_served(void **state)
{
    (void)state;
    begin_erasures(8, false);
    go_on_until_ready();
    assert_true(world.erased && world.is_ready);
}

/* A key store that was put back and is older than its database: nothing is done with it. */
static void a_database_that_is_newer_than_its_key_store_is_not_served(void **state)
{
    (void)state;
    begin_erasures(9, false);
    go_on_until_ready();
    assert_int_equal(world.unknown, 1);
    assert_false(world.is_ready || world.erased);
}

static void it_is_where_somebody_said_so(void **state)
{
    (void)state;
    begin_erasures(9, true);
    go_on_until_ready();
    assert_int_equal(world.unknown, 0);
    assert_true(world.is_ready && world.erased);
}

/* Who was erased, and lives in a database from before, had a key: that is known still. */
static void who_had_a_key_once_makes_no_database_newer(void **state)
{
    (void)state;
    begin_erasures(FORGOTTEN, false);
    go_on_until_ready();
    assert_true(world.is_ready && world.erased);
}

/* What was asked and not answered is asked again, and no page of it is passed over. */
static void a_database_that_does_not_answer_makes_nobody_live(void **state)
{
    (void)state;
    world.away = 3;
    begin_erasures(8, false);
    go_on_until_ready();
    assert_int_equal(world.away, 0);
    assert_true(world.erased);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_was_forgotten_is_erased_before_anybody_is_served, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_database_that_does_not_answer_makes_nobody_live, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_database_that_is_newer_than_its_key_store_is_not_served, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_where_somebody_said_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_had_a_key_once_makes_no_database_newer, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
