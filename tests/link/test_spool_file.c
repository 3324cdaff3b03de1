/* A spool as a file: it says whose it is, and what a till that was killed left is read from a copy of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/link/spool_file.h"

#define RING_UP 61
#define REFUND  62
#define OFFLINE 72
#define DEVICE  4711

static char directory[] = "/tmp/caroline-spool-file-XXXXXX";
static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    arena = arena_create(0);
    return 0;
}

static int end(void **state)
{
    char command[96];

    (void)state;
    arena_destroy(arena);
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

static const char *path_of(const char *name)
{
    return arena_format(arena, "%s/%s", directory, name);
}

static struct spool *opened(const char *name)
{
    const char *problem = "";
    struct spool *spool = spool_open(path_of(name), arena, &problem);

    if (spool == NULL)
        fail_msg("%s", problem);
    return spool;
}

static struct spooled command_of(uint8_t number, unsigned op, const char *body)
{
    struct spooled command = { .op = op, .made_us = 1795000000000000 + number, .body = bytes_of_text(body) };

    memset(command.id, number, sizeof command.id);
    return command;
}

static void fill(struct spool *spool)
{
    static const uint8_t none[COMMAND_ID_SIZE];
    struct spooled ring_up = command_of(1, RING_UP, "asked"), aside = command_of(2, RING_UP, "put aside");
    struct spooled refund = command_of(3, REFUND, "back"), first = command_of(4, OFFLINE, "first");
    struct spooled second = command_of(5, OFFLINE, "second"), booked = command_of(6, OFFLINE, "third");
    struct put_aside put = { .shift_id = 1, .staff_id = 2 };

    memcpy(put.id, aside.id, sizeof put.id);
    assert_true(spool_put(spool, &ring_up) && spool_put(spool, &aside) && spool_put(spool, &refund));
    assert_true(spool_put_aside(spool, &put));
    assert_true(spool_answer(spool, aside.id, bytes_of_text("no"), false, (struct bytes){ NULL, 0 }));
    assert_true(spool_sell(spool, &booked, 1, bytes_of_text("paper"), NULL));
    assert_true(spool_answer(spool, booked.id, bytes_of_text("yes"), true, (struct bytes){ NULL, 0 }));
    assert_true(spool_sell(spool, &first, 2, bytes_of_text("paper"), NULL));
    assert_true(spool_answer(spool, first.id, bytes_of_text("not yet"), false, (struct bytes){ NULL, 0 }));
    assert_true(spool_sell(spool, &second, 3, bytes_of_text("paper"), none));
}

/* The till dies with all that in its hand. */
static void killed_with(const char *name)
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        const char *problem = "";
        struct spool *spool = spool_open(path_of(name), arena, &problem);

        if (spool == NULL || !spool_claim(spool, DEVICE, arena, &problem))
            _exit(1);
        fill(spool);
        kill(getpid(), SIGKILL);
    }
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
}

static bool reads(const char *name, struct spool_contents *contents, const char **problem)
{
    bool good = spool_read(path_of(name), path_of("own.db"), directory, arena, contents, problem);

    assert_int_not_equal(access(path_of("spool.read"), F_OK), 0); /* the copy is gone */
    return good;
}

static void holds(const struct spool_contents *contents)
{
    static const struct {
        unsigned op;
        int64_t number;
        const char *body;
    } sales[] = {
        { OFFLINE, 2, "first" }, { OFFLINE, 3, "second" }, { RING_UP, 0, "asked" }, { RING_UP, 0, "put aside" }
    };

    assert_int_equal(contents->device_id, DEVICE);
    assert_int_equal(contents->newest_number, 3);
    assert_int_equal(contents->sale_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(contents->sales[i].op, sales[i].op);
        assert_int_equal(contents->sales[i].number, sales[i].number);
        assert_true(bytes_equal(contents->sales[i].body, bytes_of_text(sales[i].body)));
        assert_true(contents->sales[i].made_us > 1795000000000000);
    }
    assert_int_equal(contents->other_count, 1);
    assert_int_equal(contents->others[0].op, REFUND);
}

static void what_a_killed_till_left_is_read_and_left_as_it_is(void **state)
{
    struct spool_contents contents;
    struct stat before, after, wal;
    const char *problem = "";

    (void)state;
    killed_with("dead.db");
    assert_int_equal(stat(path_of("dead.db"), &before), 0);
    assert_int_equal(stat(path_of("dead.db-wal"), &wal), 0);
    for (int i = 0; i < 2; i++) {
        if (!reads("dead.db", &contents, &problem))
            fail_msg("%s", problem);
        holds(&contents);
        assert_false(contents.torn);
    }
    assert_int_equal(stat(path_of("dead.db"), &after), 0);
    assert_true(before.st_size == after.st_size && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    assert_int_equal(stat(path_of("dead.db-wal"), &after), 0);
    assert_int_equal(wal.st_size, after.st_size);

    /* Cut off anywhere, it never says less than it knows without a word. */
    for (off_t size = wal.st_size - 1; size > 0; size -= 997) {
        assert_int_equal(truncate(path_of("dead.db-wal"), size), 0);
        if (reads("dead.db", &contents, &problem) && contents.sale_count < 4)
            assert_true(contents.torn || size % 4120 == 32); /* at the end of a page it is one that died earlier */
    }
    assert_int_equal(unlink(path_of("dead.db-wal")), 0);
    assert_false(reads("dead.db", &contents, &problem));
    assert_non_null(strstr(problem, "dead.db-wal as well"));
}

static void one_that_ended_well_is_whole_by_itself(void **state)
{
    struct spool_contents contents;
    const char *problem = "";
    struct spool *spool = opened("well.db");

    (void)state;
    assert_true(spool_claim(spool, DEVICE, arena, &problem));
    fill(spool);
    spool_close(spool);
    assert_int_not_equal(access(path_of("well.db-wal"), F_OK), 0);
    assert_true(reads("well.db", &contents, &problem));
    holds(&contents);
}

static void a_spool_is_one_devices(void **state)
{
    const char *problem = "";
    struct spool *spool = opened("own.db");
    struct spool_contents contents;

    (void)state;
    assert_true(spool_claim(spool, DEVICE, arena, &problem));
    assert_true(spool_claim(spool, DEVICE, arena, &problem));
    assert_false(spool_claim(spool, DEVICE + 1, arena, &problem));
    assert_non_null(strstr(problem, "another till's"));
    assert_false(reads("own.db", &contents, &problem));
    assert_non_null(strstr(problem, "this machine's own"));
    spool_close(spool);
}

static void one_of_a_newer_program_is_left_alone(void **state)
{
    const char *problem = "";
    struct spool_contents contents;
    sqlite3 *db;

    (void)state;
    spool_close(opened("newer.db"));
    assert_int_equal(sqlite3_open(path_of("newer.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 3", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_null(spool_open(path_of("newer.db"), arena, &problem));
    assert_non_null(strstr(problem, "newer program"));
    assert_false(reads("newer.db", &contents, &problem));
    assert_non_null(strstr(problem, "newer program"));
}

static void an_older_one_is_read_and_says_no_device(void **state)
{
    const char *problem = "";
    struct spool_contents contents;
    struct spool *spool = opened("older.db");
    sqlite3 *db;

    (void)state;
    fill(spool);
    spool_close(spool);
    assert_int_equal(sqlite3_open(path_of("older.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DROP TABLE origin; PRAGMA user_version = 1", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_true(reads("older.db", &contents, &problem));
    assert_int_equal(contents.device_id, 0);
    assert_int_equal(contents.sale_count, 4);
    spool_close(opened("older.db")); /* and becomes one of today */
    assert_true(reads("older.db", &contents, &problem));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_killed_till_left_is_read_and_left_as_it_is),
        cmocka_unit_test(one_that_ended_well_is_whole_by_itself),
        cmocka_unit_test(a_spool_is_one_devices),
        cmocka_unit_test(one_of_a_newer_program_is_left_alone),
        cmocka_unit_test(an_older_one_is_read_and_says_no_device),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
