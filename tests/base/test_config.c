/* Settings: who wins, what a wrong one is told, what a dump and a reload show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "seed.h"
#include "common/base/config.h"
#include "common/base/nearest.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct setting settings[] = {
    { .section = "net",
      .key = "listen",
      .environment = "TEST_LISTEN",
      .flag = "listen",
      .letter = 'l',
      .fallback = "127.0.0.1:7117",
      .help = "address and port" },
    { .section = "net",
      .key = "backlog",
      .flag = "backlog",
      .kind = SETTING_INT,
      .fallback = "128",
      .least = 1,
      .most = 4096,
      .reloads = true,
      .help = "connections waiting" },
    { .section = "net",
      .key = "trace",
      .flag = "trace",
      .environment = "TEST_TRACE",
      .kind = SETTING_BOOL,
      .fallback = "no",
      .help = "say all" },
    { .section = "database", .key = "uri", .environment = "TEST_DATABASE", .flag = "database", .help = "where it is" },
    { .section = "database",
      .key = "pool",
      .kind = SETTING_INT,
      .fallback = "4",
      .least = -5,
      .most = 64,
      .help = "connections" },
    { 0 },
};

static char directory[] = "/tmp/caroline-config-XXXXXX";
static char path[64];
static struct config *config;

static void write_bytes(const char *bytes, size_t size)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/* NULL when the file is good, else the problem without the directory. */
static const char *problem_of(const char *bytes)
{
    const char *problem = NULL;

    write_bytes(bytes, strlen(bytes));
    if (config_read_file(config, path, &problem)) {
        assert_null(problem);
        return NULL;
    }
    assert_non_null(problem);
    return strncmp(problem, path, strlen(path)) == 0 ? problem + strlen(path) : problem;
}

static void a_file_changes_what_it_names(void **state)
{
    (void)state;
    assert_null(problem_of("\xEF\xBB\xBF; a comment\n# another\n\n[net]\n  \nlisten = 0.0.0.0:1  ; behind the value\r\n"
                           "backlog=7\ntrace: on\n[database]\nuri =\npool = -5"));
    assert_string_equal(config_text(config, "net", "listen"), "0.0.0.0:1");
    assert_int_equal(config_int(config, "net", "backlog"), 7);
    assert_true(config_bool(config, "net", "trace"));
    assert_string_equal(config_text(config, "database", "uri"), "");
    assert_int_equal(config_int(config, "database", "pool"), -5);
    assert_string_equal(config_text(config, "database", "pool"), "-5");
}

static void without_a_file_the_defaults_hold(void **state)
{
    (void)state;
    assert_string_equal(config_text(config, "net", "listen"), "127.0.0.1:7117");
    assert_int_equal(config_int(config, "net", "backlog"), 128);
    assert_false(config_bool(config, "net", "trace"));
    assert_string_equal(config_text(config, "database", "uri"), "");
    assert_null(problem_of(""));
}

static void a_mistake_is_named_by_file_and_line_and_changes_nothing(void **state)
{
    static const struct {
        const char *file, *problem;
    } cases[] = {
        { "[net]\nlisen = x\n", ":2: unknown key 'lisen' in [net]; did you mean 'listen'?" },
        { "[net]\nbackolg = 1\n", ":2: unknown key 'backolg' in [net]; did you mean 'backlog'?" },
        { "[net]\npool = 1\n", ":2: unknown key 'pool' in [net]; it belongs in [database]" },
        { "[net]\nelephant = 1\n", ":2: unknown key 'elephant' in [net]" },
        { "[nte]\nlisten = x\n", ":2: unknown section [nte]; did you mean [net]?" },
        { "listen = x\n", ":1: unknown section []" },
        { "\n\n[net]\nbacklog = 0\n", ":4: 'backlog' in [net] must be a whole number from 1 to 4096" },
        { "[net]\nbacklog = 4097\n", ":2: 'backlog' in [net] must be a whole number from 1 to 4096" },
        { "[net]\nbacklog = ten\n", ":2: 'backlog' in [net] must be a whole number from 1 to 4096" },
        { "[net]\nbacklog = 1.5\n", ":2: 'backlog' in [net] must be a whole number from 1 to 4096" },
        { "[net]\nbacklog = 0x10\n", ":2: 'backlog' in [net] must be a whole number from 1 to 4096" },
        { "[net]\nbacklog =\n", ":2: 'backlog' in [net] must be a whole number from 1 to 4096" },
        { "[net]\nbacklog = 99999999999999999999\n", ":2: 'backlog' in [net] must be a whole number from 1 to 4096" },
        { "[net]\ntrace = maybe\n", ":2: 'trace' in [net] must be yes or no" },
        { "[net]\nlisten = a\x1B[2J\n", ":2: 'listen' in [net] must be text without control characters" },
        { "[net]\nlisten = a\nlisten = b\n", "has a value already" },
        { "[net]\nlisten = a\n  b\n", "has a value already" }, /* a continued line */
        { "[net]\nlisten\n", ":2: neither [section] nor key = value" },
        { "[net\nlisten = a\n", ":1: neither [section] nor key = value" },
        { "[net]\njunk\nlisen = x\n", ":2: neither [section] nor key = value" }, /* the first of two */
        { "[net]\nlisen = x\njunk\n", ":2: unknown key" },
        { "[net]\nbacklog = 9\n\nlisen = x\n", ":4: unknown key" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *problem = problem_of(cases[i].file);
        if (!problem || !strstr(problem, cases[i].problem))
            fail_msg("row %zu: %s", i, problem ? problem : "taken");
        assert_string_equal(config_text(config, "net", "listen"), "127.0.0.1:7117");
        assert_int_equal(config_int(config, "net", "backlog"), 128);
    }
}

static void a_line_too_long_is_refused_never_cut(void **state)
{
    char file[400];
    const char *problem;

    (void)state;
    for (int length = 150; length < 300; length++) {
        snprintf(file, sizeof file, "[database]\nuri = %0*d\n", length, 7);
        problem = problem_of(file);
        if (length + 6 <= 198) {
            assert_null(problem);
            assert_int_equal(strlen(config_text(config, "database", "uri")), length);
        } else {
            assert_string_equal(
                problem, ":2: the line is longer than 198 characters; a long value can stand in the environment");
        }
    }
}

static void what_is_no_text_file_is_refused(void **state)
{
    const char *problem = NULL;

    (void)state;
    write_bytes("[net]\nlisten = a\0b\n", 20);
    assert_false(config_read_file(config, path, &problem));
    assert_non_null(strstr(problem, ":2: a NUL byte: this is no text file"));
    assert_false(config_read_file(config, "/dev/zero", &problem));
    assert_non_null(strstr(problem, "/dev/zero:1: a NUL byte"));
    assert_false(config_read_file(config, directory, &problem));
    assert_non_null(strstr(problem, "could not read the file"));
    assert_false(config_read_file(config, "/nonexistent/x.conf", &problem));
    assert_string_equal(problem, "could not open /nonexistent/x.conf: No such file or directory");
}

static void flags_win_over_environment_over_file_over_default_in_any_order(void **state)
{
    const char *problem = NULL;

    (void)state;
    assert_true(config_set_flag(config, "listen", "flag", &problem));
    setenv("TEST_LISTEN", "environment", 1);
    setenv("TEST_DATABASE", "environment", 1);
    setenv("TEST_TRACE", "", 1);
    assert_true(config_read_environment(config, &problem));
    assert_null(problem_of("[net]\nlisten = file\nbacklog = 7\ntrace = yes\n[database]\nuri = file\n"));
    unsetenv("TEST_LISTEN");
    unsetenv("TEST_DATABASE");
    unsetenv("TEST_TRACE");
    assert_string_equal(config_text(config, "net", "listen"), "flag");
    assert_string_equal(config_text(config, "database", "uri"), "environment");
    assert_int_equal(config_int(config, "net", "backlog"), 7);
    assert_true(config_bool(config, "net", "trace")); /* the variable is empty */
    assert_int_equal(config_int(config, "database", "pool"), 4);
    assert_true(config_set_flag(config, "listen", "second", &problem));
    assert_string_equal(config_text(config, "net", "listen"), "second");
}

static void wrong_flags_and_variables_are_named(void **state)
{
    const char *problem = NULL;

    (void)state;
    assert_false(config_set_flag(config, "backlog", "many", &problem));
    assert_string_equal(problem, "--backlog must be a whole number from 1 to 4096");
    assert_false(config_set_flag(config, "listen", NULL, &problem));
    assert_string_equal(problem, "--listen needs a value");
    assert_false(config_set_flag(config, "lisen", "x", &problem));
    assert_string_equal(problem, "unknown option --lisen; did you mean --listen?");
    assert_false(config_set_flag(config, "elephant", "x", &problem));
    assert_string_equal(problem, "unknown option --elephant");
    assert_true(config_set_flag(config, "trace", NULL, &problem));
    assert_true(config_bool(config, "net", "trace"));
    assert_true(config_set_flag(config, "trace", "off", &problem));
    assert_false(config_bool(config, "net", "trace"));
    setenv("TEST_TRACE", "perhaps", 1);
    assert_false(config_read_environment(config, &problem));
    assert_string_equal(problem, "TEST_TRACE must be yes or no");
    unsetenv("TEST_TRACE");
}

static void a_flag_that_repeats_adds_to_itself(void **state)
{
    static const struct setting repeating[] = {
        { .section = "net", .key = "listen", .flag = "listen", .fallback = "a", .help = "where", .repeats = true },
        { 0 },
    };
    struct config *list = config_create(repeating);
    const char *problem = NULL;

    (void)state;
    assert_null(problem_of("[net]\nlisten = b\n"));
    assert_true(config_read_file(list, path, &problem));
    assert_string_equal(config_text(list, "net", "listen"), "b");
    assert_true(config_set_flag(list, "listen", "c", &problem));
    assert_string_equal(config_text(list, "net", "listen"), "c");
    assert_true(config_set_flag(list, "listen", "d", &problem));
    assert_string_equal(config_text(list, "net", "listen"), "c,d");
    config_destroy(list);
}

static const char *dump_of(const struct config *dumped)
{
    static char text[4096];
    FILE *out = fmemopen(text, sizeof text, "w");

    config_dump(dumped, out);
    fclose(out);
    return text;
}

static void a_dump_says_origins_and_can_be_read_back(void **state)
{
    struct config *again = config_create(settings);
    const char *problem = NULL;
    char expected[500];

    (void)state;
    assert_null(problem_of("[net]\nbacklog = 7\n"));
    assert_true(config_set_flag(config, "database", "dbname=caroline", &problem));
    setenv("TEST_TRACE", "1", 1);
    assert_true(config_read_environment(config, &problem));
    unsetenv("TEST_TRACE");
    snprintf(expected, sizeof expected,
             "[net]\n; default\nlisten = 127.0.0.1:7117\n; %s:2\nbacklog = 7\n; TEST_TRACE\ntrace = 1\n\n"
             "[database]\n; --database\nuri = dbname=caroline\n; default\npool = 4\n",
             path);
    assert_string_equal(dump_of(config), expected);
    write_bytes(expected, strlen(expected));
    assert_true(config_read_file(again, path, &problem));
    assert_int_equal(config_int(again, "net", "backlog"), 7);
    assert_string_equal(config_text(again, "database", "uri"), "dbname=caroline");
    config_destroy(again);
}

static void a_dump_shows_no_password(void **state)
{
    static const struct {
        const char *uri, *line;
    } cases[] = {
        { "postgres://anna:secret@host/db", "; uri = postgres://anna:***@host/db\n" },
        { "postgres://anna@host/db", "\nuri = postgres://anna@host/db\n" },
        { "host=db password=secret user=anna", "; uri = host=db password=***\n" },
        { "host=db password = secret", "; uri = host=db password =***\n" },
        { "postgresql://anna@db/bakery?password=secret", "; uri = postgresql://anna@db/bakery?password=***\n" },
        { "postgresql://anna:se@cret@db/bakery?sslpassword=secret",
          "; uri = postgresql://anna:***@db/bakery?sslpassword=***\n" },
    };
    const char *problem = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_true(config_set_flag(config, "database", cases[i].uri, &problem));
        assert_non_null(strstr(dump_of(config), cases[i].line));
        assert_null(strstr(dump_of(config), "secret"));
    }
}

static void a_reload_tells_what_needs_a_restart(void **state)
{
    struct config *after = config_create(settings);
    const char *problem = NULL;
    char text[64], small[8];

    (void)state;
    assert_int_equal(config_needs_restart(config, after, text, sizeof text), 0);
    assert_string_equal(text, "");
    assert_true(config_set_flag(after, "backlog", "9", &problem)); /* takes effect at once */
    assert_int_equal(config_needs_restart(config, after, text, sizeof text), 0);
    assert_true(config_set_flag(after, "listen", "x", &problem));
    assert_true(config_set_flag(after, "database", "y", &problem));
    assert_int_equal(config_needs_restart(config, after, text, sizeof text), 2);
    assert_string_equal(text, "net.listen, database.uri");
    assert_int_equal(config_needs_restart(config, after, small, sizeof small), 2);
    assert_string_equal(small, "net.lis");
    config_destroy(after);
}

static void the_nearest_word_is_the_one_with_the_fewest_slips(void **state)
{
    static const struct {
        const char *word, *best;
    } cases[] = {
        { "lisen", "listen" },
        { "litsen", "listen" },
        { "Listen", "listen" },
        { "listenn", "listen" },
        { "po", NULL },
        { "pool", "pool" },
        { "poll", "pool" },
        { "xyz", NULL },
        { "", NULL },
        { "l", NULL },
        { "a_word_much_longer_than_anything_a_person_would_type_here", NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct nearest nearest = nearest_to(cases[i].word);
        nearest_offer(&nearest, "backlog");
        nearest_offer(&nearest, "pool");
        nearest_offer(&nearest, "listen");
        nearest_offer(&nearest, "a");
        if (!nearest.best != !cases[i].best || (nearest.best && strcmp(nearest.best, cases[i].best) != 0))
            fail_msg("\"%s\": %s", cases[i].word, nearest.best ? nearest.best : "none");
    }
}

static void no_file_of_any_bytes_breaks_it(void **state)
{
    static const char *const pieces[] = { "[",    "]", "net", "database", "listen", "backlog", "pool",
                                          "=",    ":", " ",   "\n",       "\n",     ";",       "\t",
                                          "\xFF", "7", "yes", "#",        "\r",     "[net]\n", "\nlisten = " };
    const uint64_t seed = test_seed();
    unsigned short random[3] = { (unsigned short)seed, (unsigned short)(seed >> 16), 14 };
    char file[1024];

    (void)state;
    for (int round = 0; round < 1000; round++) {
        struct config *fresh = config_create(settings);
        const char *problem = NULL;
        size_t size = 0, count = (size_t)nrand48(random) % 100;
        for (size_t i = 0; i < count; i++) {
            const char *piece = pieces[(size_t)nrand48(random) % COUNT(pieces)];
            memcpy(file + size, piece, strlen(piece));
            size += strlen(piece);
        }
        write_bytes(file, size);
        bool good = config_read_file(fresh, path, &problem);
        assert_int_equal(good, !problem);
        assert_in_range(config_int(fresh, "net", "backlog"), 1, 4096);
        config_destroy(fresh);
    }
}

static int set_up(void **state)
{
    (void)state;
    config = config_create(settings);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    config_destroy(config);
    return 0;
}

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/server.conf", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_changes_what_it_names),
        TEST(without_a_file_the_defaults_hold),
        TEST(a_mistake_is_named_by_file_and_line_and_changes_nothing),
        TEST(a_line_too_long_is_refused_never_cut),
        TEST(what_is_no_text_file_is_refused),
        TEST(flags_win_over_environment_over_file_over_default_in_any_order),
        TEST(a_flag_that_repeats_adds_to_itself),
        TEST(wrong_flags_and_variables_are_named),
        TEST(a_dump_says_origins_and_can_be_read_back),
        TEST(a_dump_shows_no_password),
        TEST(a_reload_tells_what_needs_a_restart),
        TEST(the_nearest_word_is_the_one_with_the_fewest_slips),
        TEST(no_file_of_any_bytes_breaks_it),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
