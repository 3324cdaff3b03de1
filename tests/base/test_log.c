/* The log: one sound line an event, whatever it holds, and never a wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "seed.h"
#include "common/base/log.h"
#include "common/base/log_line.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct log_record sample = {
    .at_us = INT64_C(1795367045000012), /* 2026-11-22 17:04:05.000012 */
    .level = LOG_INFO,
    .program = "caroline-server",
    .event = "sale_committed",
    .message = "sale=77 till=3",
};

static const char *line_of(const char *message, enum log_format format, bool journal)
{
    static char line[LOG_LINE_SIZE + 1];
    struct log_record record = sample;

    record.message = message;
    line[log_line(line, &record, format, journal)] = '\0';
    return line;
}

static void a_line_says_time_level_program_event_and_ids(void **state)
{
    char expected[200];

    (void)state;
    snprintf(expected, sizeof expected,
             "2026-11-22T17:04:05.000012Z info caroline-server[%d] sale_committed sale=77 till=3\n", getpid());
    assert_string_equal(line_of("sale=77 till=3", LOG_TEXT, false), expected);
    assert_memory_equal(line_of("", LOG_TEXT, true), "<6>2026-11-22T", 14);
    assert_memory_equal(line_of("", LOG_JSON, true), "<6>{\"time\":\"2026-11-22T17:04:05.000012Z\"", 39);
}

/* What stands behind the event. */
static const char *text_of(const char *message)
{
    return strstr(line_of(message, LOG_TEXT, false), "sale_committed") + strlen("sale_committed");
}

static void control_characters_are_written_out(void **state)
{
    static const struct {
        const char *message, *text;
    } cases[] = {
        { "a=b", " a=b\n" },
        { "", "\n" },
        { "name=x\nfake line", " name=x\\nfake line\n" },
        { "\x1B[31mred\r\t", " \\x1b[31mred\\r\\t\n" },
        { "\x7F\xC2\x9B", " \\x7f\\u009b\n" },
        { "\u202Eevil", " \\u202eevil\n" },
        { "back\\slash", " back\\\\slash\n" },
        { "Éclair \xFF\xC3", " Éclair \\xff\\xc3\n" },
        { "say=\"hi\"", " say=\"hi\"\n" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(text_of(cases[i].message), cases[i].text);
}

static json_t *parsed(const char *line)
{
    json_error_t error;
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, &error);

    if (!object)
        fail_msg("%s: %s", error.text, line);
    return object;
}

static void json_has_the_ids_as_fields(void **state)
{
    static const struct {
        const char *message, *fields;
    } cases[] = {
        { "sale=77 till=3", "{\"sale\":77,\"till\":3}" },
        { "", "{}" },
        { "error=could not connect: no route attempt=2", "{\"error\":\"could not connect: no route\",\"attempt\":2}" },
        { "just words", "{\"text\":\"just words\"}" },
        { "words first a=1", "{\"text\":\"words first\",\"a\":1}" },
        { "empty= next=1", "{\"empty\":\"\",\"next\":1}" },
        { "balance=-5 zero=0 padded=007 minus=-0", "{\"balance\":-5,\"zero\":0,\"padded\":\"007\",\"minus\":\"-0\"}" },
        { "big=999999999999999 bigger=1000000000000000", "{\"big\":999999999999999,\"bigger\":\"1000000000000000\"}" },
        { "quote=\"x\\y\"", "{\"quote\":\"\\\"x\\\\\\\\y\\\"\"}" },
        { "uri=postgres://h/?a=b", "{\"uri\":\"postgres://h/?a=b\"}" },
        { "bad=\xFF\n", "{\"bad\":\"\\\\xff\\\\n\"}" },
        { "Upper=1", "{\"text\":\"Upper=1\"}" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *object = parsed(line_of(cases[i].message, LOG_JSON, false));
        char *fields = json_dumps(json_object_get(object, "fields"), JSON_COMPACT | JSON_PRESERVE_ORDER);
        assert_string_equal(fields, cases[i].fields);
        assert_string_equal(json_string_value(json_object_get(object, "event")), "sale_committed");
        assert_string_equal(json_string_value(json_object_get(object, "level")), "info");
        assert_string_equal(json_string_value(json_object_get(object, "program")), "caroline-server");
        assert_int_equal(json_integer_value(json_object_get(object, "pid")), getpid());
        free(fields);
        json_decref(object);
    }
}

static void a_line_of_any_bytes_and_length_is_one_sound_line(void **state)
{
    const uint64_t seed = test_seed();
    unsigned short random[3] = { (unsigned short)seed, (unsigned short)(seed >> 16), 12 };
    static char message[6000];

    (void)state;
    for (int round = 0; round < 3000; round++) {
        size_t size = (size_t)nrand48(random) % (round % 10 ? 200 : sizeof message - 1);
        const char *line;
        for (size_t i = 0; i < size; i++)
            message[i] = (char)(nrand48(random) % 4 ? 1 + nrand48(random) % 255 : "a= \"\\\n"[nrand48(random) % 6]);
        message[size] = '\0';
        line = line_of(message, LOG_TEXT, round % 2);
        assert_true(strlen(line) <= LOG_LINE_SIZE);
        assert_ptr_equal(strpbrk(line, "\n\r\x1B"), line + strlen(line) - 1);
        line = line_of(message, LOG_JSON, false);
        assert_true(strlen(line) <= LOG_LINE_SIZE);
        assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
        json_t *object = json_loads(line, 0, NULL);
        if (!object)
            fail_msg("no JSON: %s", line);
        json_decref(object);
    }
    memset(message, 'x', sizeof message - 1);
    assert_non_null(strstr(line_of(message, LOG_TEXT, false), "x ...\n"));
    assert_non_null(strstr(line_of(message, LOG_JSON, false), "},\"cut\":true}\n"));
}

static char directory[] = "/tmp/caroline-log-XXXXXX";
static char path[64], moved[64];

static const char *content(const char *name)
{
    static char bytes[200000];
    FILE *file = fopen(name, "r");
    size_t size = 0;

    if (file) {
        size = fread(bytes, 1, sizeof bytes - 1, file);
        fclose(file);
    }
    bytes[size] = '\0';
    return bytes;
}

static void levels_choose_what_is_written(void **state)
{
    enum log_level level = LOG_ERROR;
    enum log_format format = LOG_TEXT;

    (void)state;
    log_open("test", LOG_TEXT, LOG_WARN, path);
    log_event(LOG_INFO, "unseen", "a=1");
    log_event(LOG_WARN, "seen", "a=%d", 2);
    log_set_level(LOG_TRACE);
    log_event(LOG_TRACE, "seen_too", " ");
    assert_null(strstr(content(path), "unseen"));
    assert_non_null(strstr(content(path), " warn test["));
    assert_non_null(strstr(content(path), "seen a=2\n"));
    assert_non_null(strstr(content(path), " trace test["));
    assert_true(log_level_of("debug", &level) && level == LOG_DEBUG);
    assert_true(log_format_of("json", &format) && format == LOG_JSON);
    assert_false(log_level_of("loud", &level));
    assert_false(log_format_of("xml", &format));
    assert_int_equal(level, LOG_DEBUG);
}

static void a_file_moved_away_is_begun_anew(void **state)
{
    (void)state;
    log_open("test", LOG_TEXT, LOG_INFO, path);
    log_event(LOG_INFO, "before", "n=1");
    assert_int_equal(rename(path, moved), 0);
    log_event(LOG_INFO, "between", "n=2");
    log_reopen();
    log_event(LOG_INFO, "after", "n=3");
    assert_non_null(strstr(content(moved), "between"));
    assert_null(strstr(content(moved), "after"));
    assert_non_null(strstr(content(path), "after"));
    assert_null(strstr(content(path), "between"));
}

static void an_event_keeps_errno(void **state)
{
    (void)state;
    log_open("test", LOG_TEXT, LOG_INFO, path);
    errno = EDOM;
    log_event(LOG_INFO, "event", "error=%s", strerror(ENOENT));
    assert_int_equal(errno, EDOM);
}

/* Standard error as a pipe that nobody reads for a while. */
static int pipe_in_place_of_stderr(int *saved)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    *saved = dup(STDERR_FILENO);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    close(ends[1]);
    return ends[0];
}

static size_t drain(int fd, char *bytes, size_t size)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    size_t got = 0;

    while (got < size && poll(&ready, 1, 0) == 1 && (ready.revents & POLLIN)) {
        ssize_t count = read(fd, bytes + got, size - got);
        if (count <= 0)
            break;
        got += (size_t)count;
    }
    return got;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static void a_reader_that_never_reads_is_not_waited_for(void **state)
{
    enum { EVENTS = 10000 };
    static char bytes[1 << 20];
    unsigned long seen = 0, dropped = 0, last = 0;
    int saved, reader = pipe_in_place_of_stderr(&saved);
    int64_t began = now_ms();
    size_t size = 0;

    (void)state;
    log_open("test", LOG_TEXT, LOG_INFO, NULL);
    for (int i = 1; i <= EVENTS; i++)
        log_event(LOG_INFO, "tick", "n=%d", i);
    assert_true(now_ms() - began < 10000);
    size = drain(reader, bytes, sizeof bytes - 1);
    for (int i = 0; i < 5; i++) { /* what waited comes without a further event */
        log_flush();
        size += drain(reader, bytes + size, sizeof bytes - 1 - size);
    }
    bytes[size] = '\0';
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(reader);

    for (char *line = strtok(bytes, "\n"); line; line = strtok(NULL, "\n")) {
        char *n = strstr(line, " tick n="), *lines = strstr(line, " log_dropped lines=");
        assert_true(n || lines);
        if (lines) {
            dropped += strtoul(lines + strlen(" log_dropped lines="), NULL, 10);
            continue;
        }
        assert_true(strtoul(n + 8, NULL, 10) > last); /* whole lines, in order */
        last = strtoul(n + 8, NULL, 10);
        seen++;
    }
    assert_true(seen > 100 && dropped > 100);
    assert_int_equal(seen + dropped, EVENTS);
}

static void standard_error_that_is_the_journal_gets_prefixes(void **state)
{
    char stream[64], bytes[500];
    struct stat status;
    int saved, reader = pipe_in_place_of_stderr(&saved);
    size_t size;

    (void)state;
    assert_int_equal(fstat(STDERR_FILENO, &status), 0);
    snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    log_open("test", LOG_TEXT, LOG_INFO, NULL);
    log_event(LOG_ERROR, "broken", "n=1");
    setenv("JOURNAL_STREAM", "1:2", 1);
    log_open("test", LOG_TEXT, LOG_INFO, NULL);
    log_event(LOG_ERROR, "broken", "n=2");
    unsetenv("JOURNAL_STREAM");
    size = drain(reader, bytes, sizeof bytes - 1);
    bytes[size] = '\0';
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(reader);
    assert_memory_equal(bytes, "<3>2", 4);
    assert_memory_equal(strchr(bytes, '\n') + 1, "2", 1);
}

static void a_log_file_that_cannot_be_opened_is_said_on_standard_error(void **state)
{
    char bytes[500];
    int saved, reader = pipe_in_place_of_stderr(&saved);
    size_t size;

    (void)state;
    log_open("test", LOG_TEXT, LOG_INFO, "/nonexistent/caroline.log");
    log_event(LOG_INFO, "event", "n=1");
    size = drain(reader, bytes, sizeof bytes - 1);
    bytes[size] = '\0';
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(reader);
    assert_non_null(strstr(bytes, "log_file_failed path=/nonexistent/caroline.log error=No such file or directory\n"));
    assert_non_null(strstr(bytes, "event n=1\n"));
}

static void *log_much(void *name)
{
    for (int i = 0; i < 500; i++)
        log_event(LOG_INFO, name, "n=%d", i);
    return NULL;
}

static void lines_of_several_threads_do_not_mix(void **state)
{
    pthread_t threads[4];
    static char names[4][8] = { "one", "two", "three", "four" };
    size_t lines = 0;

    (void)state;
    unlink(path);
    log_open("test", LOG_JSON, LOG_INFO, path);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_much, names[i]), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    log_flush();
    FILE *file = fopen(path, "r");
    static char line[LOG_LINE_SIZE + 1];
    while (fgets(line, sizeof line, file)) {
        json_decref(parsed(line));
        lines++;
    }
    fclose(file);
    assert_int_equal(lines, 2000);
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/log", directory);
    snprintf(moved, sizeof moved, "%s/log.1", directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    log_open("test", LOG_TEXT, LOG_INFO, NULL);
    unlink(path);
    unlink(moved);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_time_level_program_event_and_ids),
        cmocka_unit_test(control_characters_are_written_out),
        cmocka_unit_test(json_has_the_ids_as_fields),
        cmocka_unit_test(a_line_of_any_bytes_and_length_is_one_sound_line),
        cmocka_unit_test(levels_choose_what_is_written),
        cmocka_unit_test(a_file_moved_away_is_begun_anew),
        cmocka_unit_test(an_event_keeps_errno),
        cmocka_unit_test(a_reader_that_never_reads_is_not_waited_for),
        cmocka_unit_test(standard_error_that_is_the_journal_gets_prefixes),
        cmocka_unit_test(a_log_file_that_cannot_be_opened_is_said_on_standard_error),
        cmocka_unit_test(lines_of_several_threads_do_not_mix),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
