/* Command lines, as a person at a shell sees them: what is printed where, and the exit code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/option.h"

#define WORDS_MOST 12

static bool script;
static const char *file, *count;

static const struct command_option options[] = {
    { .name = "script",
      .help = "ring up a scripted morning instead of opening the counter, and print its receipts",
      .given = &script },
    { .name = "config", .letter = 'c', .argument = "FILE", .help = "read settings from FILE", .value = &file },
    { .name = "a-very-long-option-name", .argument = "N", .help = "how many", .value = &count },
    { 0 },
};

static const struct setting settings[] = {
    { .section = "net",
      .key = "listen",
      .environment = "TEST_LISTEN",
      .flag = "listen",
      .letter = 'l',
      .fallback = "127.0.0.1:7117",
      .help = "address and port",
      .repeats = true },
    { .section = "net",
      .key = "backlog",
      .flag = "backlog",
      .kind = SETTING_INT,
      .fallback = "128",
      .least = 1,
      .most = 4096,
      .help = "connections waiting" },
    { .section = "net",
      .key = "quiet",
      .kind = SETTING_BOOL,
      .flag = "quiet",
      .letter = 'q',
      .fallback = "no",
      .help = "say less" },
    { .section = "net", .key = "hidden", .fallback = "in files only", .help = "no flag" },
    { .section = "database", .key = "uri", .environment = "TEST_DATABASE", .flag = "database", .help = "where it is" },
    { 0 },
};

static const struct command_line line = {
    .program = "caroline-test",
    .about = "Tests how a program of Caroline's reads its command line.",
    .operands = "[NAME]...",
    .libraries = "OpenSSL 3.0.22, libuv 1.44.2",
    .notes = "Exit codes: 0 done, 64 wrong usage.",
    .options = options,
    .settings = settings,
};

static struct outcome {
    int status;
    char out[4096], err[4096];
} seen;

static void read_back(FILE *stream, char *text, size_t size)
{
    rewind(stream);
    text[fread(text, 1, size - 1, stream)] = '\0';
    fclose(stream);
}

static size_t split(char *words, char **argv)
{
    static char name[] = "./caroline-test";
    size_t argc = 0;

    argv[argc++] = name;
    for (char *word = strtok(words, " "); word && argc < WORDS_MOST; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return argc;
}

/* What the child found, as words on its standard output. */
static void report(const struct command_line *described, size_t argc, char **argv)
{
    struct config *config = config_create(settings);
    int operand = command_line_read(described, (int)argc, argv, config);

    printf("listen=%s backlog=%d quiet=%d script=%d file=%s count=%s operands=", config_text(config, "net", "listen"),
           (int)config_int(config, "net", "backlog"), config_bool(config, "net", "quiet"), script, file ? file : "",
           count ? count : "");
    for (; operand < (int)argc; operand++)
        printf("%s,", argv[operand]);
    config_destroy(config);
    exit(0);
}

static const struct outcome *run(const struct command_line *described, const char *text)
{
    FILE *out = tmpfile(), *err = tmpfile();
    char words[200], *argv[WORDS_MOST + 1];
    size_t argc;
    int status;
    pid_t child;

    snprintf(words, sizeof words, "%s", text);
    argc = split(words, argv);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        dup2(fileno(out), STDOUT_FILENO);
        dup2(fileno(err), STDERR_FILENO);
        report(described, argc, argv);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    seen.status = WEXITSTATUS(status);
    read_back(out, seen.out, sizeof seen.out);
    read_back(err, seen.err, sizeof seen.err);
    return &seen;
}

static void options_settings_and_operands_are_read_in_any_order(void **state)
{
    static const struct {
        const char *words, *found;
    } cases[] = {
        { "", "listen=127.0.0.1:7117 backlog=128 quiet=0 script=0 file= count= operands=" },
        { "anna --script bert", "listen=127.0.0.1:7117 backlog=128 quiet=0 script=1 file= count= operands=anna,bert," },
        { "--backlog 5 -q -l x", "listen=x backlog=5 quiet=1 script=0 file= count= operands=" },
        { "--backlog=5 -ql x", "listen=x backlog=5 quiet=1 script=0 file= count= operands=" },
        { "--listen a -l b", "listen=a,b backlog=128 quiet=0 script=0 file= count= operands=" },
        { "-c one --config=two", "listen=127.0.0.1:7117 backlog=128 quiet=0 script=0 file=two count= operands=" },
        { "-q --quiet=no", "listen=127.0.0.1:7117 backlog=128 quiet=0 script=0 file= count= operands=" },
        { "--script -- --help -q",
          "listen=127.0.0.1:7117 backlog=128 quiet=0 script=1 file= count= operands=--help,-q," },
        { "--a-very-long-option-name 3", "listen=127.0.0.1:7117 backlog=128 quiet=0 script=0 file= count=3 operands=" },
        { "-", "listen=127.0.0.1:7117 backlog=128 quiet=0 script=0 file= count= operands=-," },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run(&line, cases[i].words);
        assert_string_equal(seen.out, cases[i].found);
        assert_string_equal(seen.err, "");
        assert_int_equal(seen.status, 0);
    }
}

static void help_goes_to_standard_output(void **state)
{
    (void)state;
    run(&line, "--backlog 5 --help --nonsense");
    assert_int_equal(seen.status, 0);
    assert_string_equal(seen.err, "");
    assert_string_equal(seen.out, "usage: caroline-test [OPTION]... [NAME]...\n"
                                  "Tests how a program of Caroline's reads its command line.\n"
                                  "\n"
                                  "      --script              ring up a scripted morning instead of opening the\n"
                                  "                            counter, and print its receipts\n"
                                  "  -c, --config FILE         read settings from FILE\n"
                                  "      --a-very-long-option-name N\n"
                                  "                            how many\n"
                                  "  -l, --listen VALUE        address and port (default: 127.0.0.1:7117;\n"
                                  "                            $TEST_LISTEN)\n"
                                  "      --backlog N           connections waiting (default: 128)\n"
                                  "  -q, --quiet               say less (default: no)\n"
                                  "      --database VALUE      where it is ($TEST_DATABASE)\n"
                                  "  -h, --help                print this help\n"
                                  "  -V, --version             print the version and those of the libraries\n"
                                  "\n"
                                  "Exit codes: 0 done, 64 wrong usage.\n");
}

static void the_version_is_one_line(void **state)
{
    (void)state;
    run(&line, "-V");
    assert_string_equal(seen.out, "caroline-test " CAROLINE_VERSION " (OpenSSL 3.0.22, libuv 1.44.2)\n");
    assert_int_equal(seen.status, 0);
}

static void a_mistake_is_told_on_standard_error_with_exit_64(void **state)
{
    static const struct {
        const char *words, *sentence;
    } cases[] = {
        { "--lisen x", "unknown option --lisen; did you mean --listen?" },
        { "--lisen=x", "unknown option --lisen; did you mean --listen?" },
        { "--elephant", "unknown option --elephant" },
        { "-x", "unknown option -x" },
        { "-qx", "unknown option -x" },
        { "--config", "--config needs a FILE" },
        { "-c", "--config needs a FILE" },
        { "--help=x", "--help takes no value" },
        { "--script=x", "--script takes no value" },
        { "--backlog many", "--backlog must be a whole number from 1 to 4096" },
        { "--quiet=perhaps", "--quiet must be yes or no" },
    };
    char expected[200];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run(&line, cases[i].words);
        snprintf(expected, sizeof expected, "caroline-test: %s\ncaroline-test --help says what there is\n",
                 cases[i].sentence);
        assert_string_equal(seen.err, expected);
        assert_string_equal(seen.out, "");
        assert_int_equal(seen.status, 64);
    }
}

static void a_program_without_operands_refuses_them(void **state)
{
    struct command_line bare = line;

    (void)state;
    bare.operands = NULL;
    run(&bare, "--script anna");
    assert_int_equal(seen.status, 64);
    assert_non_null(strstr(seen.err, "caroline-test: unexpected argument 'anna'\n"));
}

static void options_behind_the_first_operand_can_be_a_commands(void **state)
{
    struct command_line commands = line;

    (void)state;
    commands.stops_at_operand = true;
    run(&commands, "--script replay --help -x");
    assert_string_equal(seen.out,
                        "listen=127.0.0.1:7117 backlog=128 quiet=0 script=1 file= count= operands=replay,--help,-x,");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_settings_and_operands_are_read_in_any_order),
        cmocka_unit_test(help_goes_to_standard_output),
        cmocka_unit_test(the_version_is_one_line),
        cmocka_unit_test(a_mistake_is_told_on_standard_error_with_exit_64),
        cmocka_unit_test(a_program_without_operands_refuses_them),
        cmocka_unit_test(options_behind_the_first_operand_can_be_a_commands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
