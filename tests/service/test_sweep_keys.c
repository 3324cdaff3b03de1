/* The sweep of keys, with days that pass when the test says so: who is known stays, who is on their way stays, who never
 * came to be goes, on whatever page they stand. The vault is a real one. */
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

#define TIMERS_MAX 16
#define ROUNDS_MAX 100
#define DAY_MS     INT64_C(86400000)
#define PAGE       1000 /* the sweep's */

/* The store knows the persons below `known_below` and those in `known`. What waits is done by turn(). */
static struct world {
    struct store store;
    struct timers timers;
    struct thread_pool pool;
    struct clock clock;
    char directory[64];
    struct vault *vault;
    struct jobs *jobs;
    int64_t now_ms;
    struct {
        struct timer *timer;
        int64_t due_ms;
    } waiting[TIMERS_MAX];
    struct {
        struct txn *txn;
        txn_done_fn *done;
    } answers[TIMERS_MAX];
    size_t answer_count;
    struct job *jobs_waiting[4];
    size_t job_count;
    int64_t known_below, known[4];
    bool is_away;
    int64_t page_ms; /* so long a page of keys takes */
    int pages;
} world;

static bool is_known(int64_t id)
{
    if (id < world.known_below)
        return true;
    for (size_t i = 0; i < sizeof world.known / sizeof *world.known; i++)
        if (world.known[i] == id)
            return true;
    return false;
}

static void answer_later(struct txn *txn, txn_done_fn *done)
{
    assert_true(world.answer_count < TIMERS_MAX);
    world.answers[world.answer_count].txn = txn;
    world.answers[world.answer_count++].done = done;
}

static void begin(struct store *store, struct txn *txn, txn_done_fn *done)
{
    txn->store = store;
    answer_later(txn, done);
}

static struct rows *ask_store(struct txn *txn, const struct statement *statement, const struct param *params,
                              size_t count)
{
    struct rows *rows = rows_create(txn->arena, statement->name);
    bool is_keys = statement == &sql_sweep_keys;
    size_t most = is_keys ? params[0].count : 1;
    struct column *column = arena_alloc(txn->arena, sizeof *column);

    if (strncmp(statement->name, "sweep_points", 12) == 0 || strncmp(statement->name, "sweep_referrals", 15) == 0)
        return rows; /* no shop, nobody */
    world.pages += is_keys;
    world.now_ms += is_keys ? world.page_ms : 0;
    assert_true(count > 0);
    *column = (struct column){ .name = is_keys ? "id" : "gone", .kind = COLUMN_INT };
    column->integers = arena_array(txn->arena, most + 1, sizeof *column->integers);
    rows->columns = column;
    rows->column_count = 1;
    rows->count = is_keys ? 0 : 1;
    for (size_t i = 0; is_keys && i < most; i++)
        if (!is_known(params[0].as.ints[i]))
            column->integers[rows->count++] = params[0].as.ints[i];
    return rows;
}

static void run(struct txn *txn, bool commit, txn_done_fn *done)
{
    assert_true(commit);
    answer_later(txn, done);
}

static void roll_back(struct txn *txn)
{
    (void)txn;
}

static void start(struct timers *timers, struct timer *timer, int64_t delay_ms)
{
    (void)timers;
    for (size_t i = 0; i < TIMERS_MAX; i++)
        if (!world.waiting[i].timer || world.waiting[i].timer == timer) {
            world.waiting[i].timer = timer;
            world.waiting[i].due_ms = world.now_ms + delay_ms;
            return;
        }
    fail_msg("too many timers");
}

static void stop(struct timers *timers, struct timer *timer)
{
    (void)timers;
    for (size_t i = 0; i < TIMERS_MAX; i++)
        if (world.waiting[i].timer == timer)
            world.waiting[i].timer = NULL;
}

static void submit(struct thread_pool *pool, struct job *job)
{
    (void)pool;
    world.jobs_waiting[world.job_count++] = job;
}

static struct instant now(struct clock *clock)
{
    (void)clock;
    return (struct instant){ INT64_C(1764000000) * SECOND_US + world.now_ms * 1000 };
}

static int64_t monotonic_us(struct clock *clock)
{
    (void)clock;
    return world.now_ms * 1000;
}

static bool turn_timers(void)
{
    for (size_t i = 0; i < TIMERS_MAX; i++)
        if (world.waiting[i].timer && world.waiting[i].due_ms <= world.now_ms) {
            struct timer *timer = world.waiting[i].timer;
            world.waiting[i].timer = NULL;
            timer->fire(timer);
            return true;
        }
    return false;
}

/* Everything that can happen by now happens. */
static void turn(void)
{
    for (int i = 0; i < ROUNDS_MAX * TIMERS_MAX; i++) {
        if (world.answer_count) {
            world.answer_count--;
            struct txn *txn = world.answers[world.answer_count].txn;
            world.answers[world.answer_count].done(txn, world.is_away ? STORE_AWAY : STORE_OK);
        } else if (world.job_count) {
            struct job *job = world.jobs_waiting[--world.job_count];
            job->work(job);
            job->done(job);
        } else if (!turn_timers()) {
            return;
        }
    }
    fail_msg("it never comes to rest");
}

static void a_day_passes(void)
{
    world.now_ms += DAY_MS;
    turn();
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
    world.clock = (struct clock){ .now = now, .monotonic_us = monotonic_us };
    strcpy(world.directory, "/dev/shm/caroline-sweep-XXXXXX"); /* no disk: thousands of keys are made */
    if (!mkdtemp(world.directory) ||
        !vault_create(world.directory, "", "Shop", system_entropy(), system_clock(), &problem))
        return -1;
    world.vault = vault_open(world.directory, "", PIN_COST_TEST, system_entropy(), &problem);
    world.jobs = jobs_create(&(struct jobs_config){ .store = &world.store,
                                                    .timers = &world.timers,
                                                    .pool = &world.pool,
                                                    .clock = &world.clock,
                                                    .vault = world.vault });
    return world.vault ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[100];
    (void)state;

    jobs_stop(world.jobs);
    jobs_destroy(world.jobs);
    vault_close(world.vault);
    snprintf(command, sizeof command, "rm -rf '%s'", world.directory);
    return system(command);
}

static void make_keys(int64_t from, int64_t below)
{
    for (int64_t id = from; id < below; id++)
        assert_true(vault_person_create(world.vault, id));
}

static void who_is_known_stays(void **state)
{
    (void)state;
    make_keys(1, 4);
    world.known_below = 4;
    for (int day = 0; day < 4; day++)
        a_day_passes();
    for (int64_t id = 1; id < 4; id++)
        assert_true(vault_person_exists(world.vault, id));
}

static void who_was_missed_twice_a_day_apart_goes(void **state)
{
    (void)state;
    make_keys(1, 4);
    world.known_below = 2;
    a_day_passes();
    assert_true(vault_person_exists(world.vault, 2)); /* missed once: they may be on their way */
    world.known[0] = 3;                               /* and this one was */
    a_day_passes();
    assert_false(vault_person_exists(world.vault, 2));
    assert_true(vault_person_exists(world.vault, 3));
    assert_true(vault_person_exists(world.vault, 1));
}

static void who_stands_on_a_later_page_goes_as_well(void **state)
{
    (void)state;
    make_keys(1, 2 * PAGE + 10);
    world.known_below = 2 * PAGE + 5;
    a_day_passes();
    a_day_passes();
    assert_true(vault_person_exists(world.vault, 2 * PAGE + 4));
    for (int64_t id = 2 * PAGE + 5; id < 2 * PAGE + 10; id++)
        assert_false(vault_person_exists(world.vault, id));
}

static void a_day_without_the_database_drops_nobody(void **state)
{
    (void)state;
    make_keys(1, 3);
    world.known_below = 3;
    world.is_away = true;
    a_day_passes();
    a_day_passes();
    world.is_away = false;
    a_day_passes();
    assert_true(vault_person_exists(world.vault, 1));
    assert_true(vault_person_exists(world.vault, 2));
}

static void pages_asked(int64_t later_ms, int pages)
{
    world.now_ms += later_ms;
    turn();
    assert_int_equal(world.pages, pages);
}

static void between_pages_it_rests_as_long_as_one_took(void **state)
{
    (void)state;
    make_keys(1, 3 * PAGE);
    world.known_below = 3 * PAGE;
    world.page_ms = 40;
    pages_asked(1000, 1);
    pages_asked(39, 1);
    world.page_ms = 7000;
    pages_asked(1, 2);
    pages_asked(999, 2); /* and a second at most */
    pages_asked(1, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_is_known_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_missed_twice_a_day_apart_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_stands_on_a_later_page_goes_as_well, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_day_without_the_database_drops_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(between_pages_it_rests_as_long_as_one_took, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
