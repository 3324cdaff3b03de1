/* A till killed outright, again and again, in the midst of selling: what it was told stays told, what it gave is done once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "till.h"
#include "seed.h"
#include "client/link/spool.h"
#include "proto/sale.pb-c.h"

#define KILLS 25

/* ---- the till's process ---- */

static struct {
    uv_loop_t loop;
    struct link *link;
    struct spool *spool;
    int told; /* a byte for every answer */
    bool gives;
} child;

static link_answer_fn on_told;

static void give(void)
{
    Caroline__V1__ShiftOpen open = CAROLINE__V1__SHIFT_OPEN__INIT;
    const char *problem;

    if (!link_command(
            child.link,
            &(struct link_command){ .op = CAROLINE__V1__OP__OP_SHIFT_OPEN, .message = &open.base, .answered = on_told },
            NULL, &problem))
        _exit(2);
}

static void on_told(void *owner, const struct link_answer *answer)
{
    (void)owner;
    if (answer->outcome != LINK_OK || write(child.told, "!", 1) != 1)
        _exit(3);
    give();
}

static void on_old_told(void *owner, unsigned op, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer)
{
    (void)owner, (void)op, (void)id;
    if (answer->outcome != LINK_OK || write(child.told, "!", 1) != 1)
        _exit(3);
}

static void run_till(int told, bool gives)
{
    const char *problem;

    child.told = told;
    child.spool = spool_open(bakery_identity(bakery)->spool_path, arena, &problem);
    if (child.spool == NULL)
        _exit(4);
    uv_loop_init(&child.loop);
    child.link = link_open(&(struct link_options){ .loop = &child.loop,
                                                   .identity = bakery_identity(bakery),
                                                   .spool = child.spool,
                                                   .client = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER,
                                                   .events = { .on_recovered = on_old_told } });
    for (int i = 0; gives && i < 3; i++) /* three at a time are under way */
        give();
    while (gives || link_unanswered(child.link) > 0)
        uv_run(&child.loop, UV_RUN_ONCE);
    _exit(0);
}

/* ---- the test ---- */

static unsigned hear(int from)
{
    char told[256];
    unsigned count = 0;
    ssize_t got;

    while ((got = read(from, told, sizeof told)) > 0)
        count += (unsigned)got;
    return count;
}

static pid_t start(int *from, bool gives)
{
    int ends[2];
    pid_t test = getpid();

    assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    pid_t till = fork();
    if (till == 0) {
        /* A test that fails leaves no till behind. */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != test)
            _exit(5);
        run_till(ends[1], gives);
    }
    close(ends[1]);
    *from = ends[0];
    return till;
}

static size_t unanswered(void)
{
    const char *problem;
    struct spool *spool = spool_open(bakery_identity(bakery)->spool_path, arena, &problem);
    size_t count;

    assert_non_null(spool);
    (void)spool_unanswered(spool, arena, &count);
    spool_close(spool);
    return count;
}

/* How many commands the spool was ever given, answered and let go ones too. */
static unsigned ever_put(void)
{
    sqlite3 *db;
    sqlite3_stmt *ask;

    assert_int_equal(sqlite3_open(bakery_identity(bakery)->spool_path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT seq FROM sqlite_sequence WHERE name = 'command'", -1, &ask, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(ask), SQLITE_ROW);
    unsigned count = (unsigned)sqlite3_column_int(ask, 0);
    sqlite3_finalize(ask);
    sqlite3_close(db);
    return count;
}

static void nothing_is_lost_and_nothing_done_twice_over_many_kills(void **state)
{
    unsigned told = 0;
    size_t waited = 0;
    int from;

    (void)state;
    srandom((unsigned)test_seed());
    for (unsigned round = 0; round < KILLS; round++) {
        unsigned before = told;
        pid_t till = start(&from, true);
        unsigned wanted = (unsigned)random() % 9;
        /* Killed somewhere behind its so-manieth answer, as the bakery's next turns happen to fall. */
        bakery_until(bakery, (told += hear(from)) >= before + wanted);
        for (long turns = random() % 6; turns > 0; turns--)
            uv_run(bakery_loop(bakery), UV_RUN_ONCE);
        kill(till, SIGKILL);
        assert_int_equal(waitpid(till, NULL, 0), till);
        told += hear(from);
        close(from);
        assert_true(bakery_tally(bakery)->carried_out >= told);
        waited += unanswered();
    }
    assert_true(waited > 0); /* some were killed with a command under way */

    size_t left = unanswered();
    pid_t till = start(&from, false);
    int status;
    bakery_until(bakery, waitpid(till, &status, WNOHANG) == till);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(hear(from), left);
    close(from);
    assert_int_equal(unanswered(), 0);
    assert_true(told + left <= bakery_tally(bakery)->carried_out);
    assert_int_equal(bakery_tally(bakery)->carried_out, ever_put());
    print_message("%u commands, %zu found unanswered after a kill\n", bakery_tally(bakery)->carried_out, waited);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_lost_and_nothing_done_twice_over_many_kills, till_begin, till_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
