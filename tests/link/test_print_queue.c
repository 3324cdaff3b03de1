/* The print queue: what is to be printed is on the disk, in order, and leaves it once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/link/print_queue.h"

static char directory[] = "/tmp/caroline-print-XXXXXX";
static char path[64];
static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    return 0;
}

static int end(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

static int fresh(void **state)
{
    static unsigned number;

    (void)state;
    snprintf(path, sizeof path, "%s/%u.db", directory, number++);
    arena = arena_create(0);
    return 0;
}

static int done(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static struct print_queue *opened(void)
{
    const char *problem = "";
    struct print_queue *queue = print_queue_open(path, arena, &problem);

    if (queue == NULL)
        fail_msg("%s", problem);
    return queue;
}

static void put(struct print_queue *queue, const char *key, const char *bytes)
{
    const char *problem = "";

    if (!print_queue_put(queue, key, bytes_of_text(bytes), &problem))
        fail_msg("%s", problem);
}

static int64_t next_is(struct print_queue *queue, const char *bytes, bool begun)
{
    const struct print_job *job = print_queue_next(queue, arena);

    assert_non_null(job);
    assert_int_equal(job->bytes.size, strlen(bytes));
    assert_memory_equal(job->bytes.data, bytes, job->bytes.size);
    assert_int_equal(job->begun, begun);
    return job->number;
}

static void jobs_come_in_order_and_once(void **state)
{
    struct print_queue *queue = opened();

    (void)state;
    assert_true(print_queue_is_new(queue));
    assert_null(print_queue_next(queue, arena));
    put(queue, "1", "one");
    put(queue, "2", "two");
    put(queue, "1", "one again");
    assert_false(print_queue_is_new(queue));
    assert_int_equal(print_queue_waiting(queue), 2);
    assert_true(print_queue_done(queue, next_is(queue, "one", false)));
    put(queue, "1", "one once more");
    assert_true(print_queue_done(queue, next_is(queue, "two", false)));
    assert_null(print_queue_next(queue, arena));
    assert_int_equal(print_queue_waiting(queue), 0);
    print_queue_close(queue);
}

static void what_was_begun_is_known_after_a_restart(void **state)
{
    struct print_queue *queue = opened();

    (void)state;
    put(queue, "1", "one");
    put(queue, "2", "two");
    assert_true(print_queue_begin(queue, next_is(queue, "one", false)));
    print_queue_close(queue);

    queue = opened();
    assert_false(print_queue_is_new(queue));
    int64_t first = next_is(queue, "one", true);
    assert_true(print_queue_unsent(queue, first));
    next_is(queue, "one", false);
    assert_true(print_queue_done(queue, first));
    next_is(queue, "two", false);
    print_queue_close(queue);
}

static void what_is_skipped_is_not_printed(void **state)
{
    struct print_queue *queue = opened();

    (void)state;
    assert_true(print_queue_skip(queue, "1"));
    assert_false(print_queue_is_new(queue));
    put(queue, "1", "one");
    assert_int_equal(print_queue_waiting(queue), 0);
    /* And one that waits goes on waiting. */
    put(queue, "2", "two");
    assert_true(print_queue_skip(queue, "2"));
    next_is(queue, "two", false);
    print_queue_close(queue);
}

static void it_does_not_grow_for_ever(void **state)
{
    struct print_queue *queue = opened();
    struct stat file;
    char key[16];

    (void)state;
    for (int i = 0; i < 1500; i++) {
        snprintf(key, sizeof key, "%d", i);
        put(queue, key, "a receipt of a hundred bytes or so, which nobody needs any more once it is on paper");
        assert_true(print_queue_done(queue, print_queue_next(queue, arena)->number));
    }
    print_queue_close(queue);
    assert_int_equal(stat(path, &file), 0);
    assert_true(file.st_size < 100000);
}

/* A child puts jobs and says each number when it is on the disk; it is killed at some moment. */
static void what_was_promised_outlives_a_kill(void **state)
{
    int pipes[2], last = -1, said;
    const struct print_job *job;
    char text[16];

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        struct print_queue *queue = opened();
        for (int i = 0;; i++) {
            snprintf(text, sizeof text, "%d", i);
            put(queue, text, text);
            if (write(pipes[1], &i, sizeof i) != sizeof i)
                _exit(1);
        }
    }
    close(pipes[1]);
    while (last < 40 && read(pipes[0], &said, sizeof said) == sizeof said)
        last = said;
    kill(child, SIGKILL);
    while (read(pipes[0], &said, sizeof said) == sizeof said)
        last = said;
    close(pipes[0]);
    waitpid(child, NULL, 0);

    struct print_queue *queue = opened();
    int count = 0;
    for (; (job = print_queue_next(queue, arena)) != NULL; count++) {
        snprintf(text, sizeof text, "%d", count);
        assert_true(print_queue_done(queue, next_is(queue, text, false)));
    }
    assert_true(count == last + 1 || count == last + 2); /* the last may be on the disk and not said */
    print_queue_close(queue);
}

static void two_programs_do_not_print_at_once(void **state)
{
    struct print_queue *queue = opened();
    const char *problem = "";

    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(print_queue_open(path, arena, &problem) == NULL && strstr(problem, "in use") != NULL ? 0 : 1);
    int status = -1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    print_queue_close(queue);
}

static void a_damaged_file_is_put_aside(void **state)
{
    char aside[80];
    FILE *file = fopen(path, "w");

    (void)state;
    fputs("this is no database, and longer than the header that one begins with, which has a hundred bytes; so here "
          "are some more",
          file);
    fclose(file);
    struct print_queue *queue = opened();
    put(queue, "1", "one");
    next_is(queue, "one", false);
    print_queue_close(queue);
    snprintf(aside, sizeof aside, "%s.damaged", path);
    assert_int_equal(access(aside, F_OK), 0);
}

#define A_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        A_TEST(jobs_come_in_order_and_once),       A_TEST(what_was_begun_is_known_after_a_restart),
        A_TEST(what_is_skipped_is_not_printed),    A_TEST(it_does_not_grow_for_ever),
        A_TEST(what_was_promised_outlives_a_kill), A_TEST(two_programs_do_not_print_at_once),
        A_TEST(a_damaged_file_is_put_aside),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
