/* Configuration files, and command lines of the same settings. */
#include <ctype.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/config.h"
#include "common/base/option.h"
#include "file.h"
#include "target.h"

static const struct setting settings[] = {
    { .section = "net",
      .key = "listen",
      .flag = "listen",
      .letter = 'l',
      .fallback = "127.0.0.1:7117",
      .help = "address" },
    { .section = "net",
      .key = "backlog",
      .flag = "backlog",
      .kind = SETTING_INT,
      .fallback = "128",
      .least = 1,
      .most = 4096,
      .reloads = true,
      .help = "connections that wait" },
    { .section = "net", .key = "names", .flag = "name", .help = "names", .repeats = true },
    { .section = "log", .key = "trace", .flag = "trace", .kind = SETTING_BOOL, .fallback = "no", .help = "say all" },
    { .section = "database", .key = "uri", .flag = "database", .letter = 'd', .help = "where it is" },
    { .section = "database",
      .key = "offset",
      .kind = SETTING_INT,
      .fallback = "0",
      .least = INT64_MIN,
      .most = INT64_MAX },
    { 0 },
};

static const char *const words[] = { "[net]\n",
                                     "[log]\n",
                                     "[database]\n",
                                     "listen",
                                     "backlog",
                                     "names",
                                     "trace",
                                     "uri",
                                     "offset",
                                     " = ",
                                     "yes",
                                     "off",
                                     "4096",
                                     "-9223372036854775808",
                                     "postgresql://u:secret@h/d",
                                     "?password=secret",
                                     "password = secret",
                                     "\n",
                                     "#",
                                     ";",
                                     "\"",
                                     "\r\n",
                                     "\xef\xbb\xbf",
                                     "[",
                                     "]",
                                     "--listen=",
                                     "--trace",
                                     "--no-such",
                                     "--",
                                     "-l",
                                     "-d",
                                     "--help",
                                     "--version",
                                     "--script",
                                     "--name=a",
                                     NULL };

static void ask_all(const struct config *config)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert(out);
    config_dump(config, out);
    fclose(out);
    assert(!strstr(text, "postgresql://u:secret@") && !strstr(text, "password=secret") &&
           !strstr(text, "password = secret"));
    free(text);
    int64_t backlog = config_int(config, "net", "backlog");
    assert(backlog >= 1 && backlog <= 4096);
    config_bool(config, "log", "trace");
    config_int(config, "database", "offset");
}

/* ---- files ---- */

static bool run_file(struct bytes input)
{
    const char *path = file_of("settings", input), *problem = NULL;
    struct config *config = config_create(settings), *untouched = config_create(settings);
    char changed[200];

    if (config_read_file(config, path, &problem)) {
        config_needs_restart(untouched, config, changed, sizeof changed);
    } else { /* one sentence, and nothing has taken effect */
        assert(problem && problem[0] && !strchr(problem, '\n'));
        assert(config_needs_restart(untouched, config, changed, sizeof changed) == 0);
    }
    ask_all(config);
    config_destroy(config);
    config_destroy(untouched);
    return false;
}

const struct target target_config = { .name = "config", .run = run_file, .words = words };

/* ---- command lines: words parted by newlines ---- */

#define WORDS_MAX 32

static jmp_buf ended;
static bool catching;
_Noreturn void __real_exit(int status);
_Noreturn void __wrap_exit(int status);

/* The linker sends exit() here: a command line that is wrong ends the program, which is not to end. */
_Noreturn void __wrap_exit(int status)
{
    if (!catching)
        __real_exit(status);
    longjmp(ended, status + 1);
}

static int read_line(int argc, char **argv, struct config *config, int *first)
{
    static const char *script;
    static bool quiet;
    static const struct command_option options[] = {
        { .name = "script", .letter = 's', .argument = "FILE", .help = "read from it", .value = &script },
        { .name = "quiet", .letter = 'q', .help = "say less", .given = &quiet },
        { 0 },
    };
    static const struct command_line line = { .program = "fuzz",
                                              .about = "Reads command lines.",
                                              .operands = "[WORD]...",
                                              .options = options,
                                              .settings = settings };
    FILE *out = stdout, *err = stderr;
    static FILE *nowhere;

    if (!nowhere)
        nowhere = fopen("/dev/null", "we");
    assert(nowhere);
    stdout = stderr = nowhere;
    catching = true;
    int status = setjmp(ended);
    if (status == 0)
        *first = command_line_read(&line, argc, argv, config);
    catching = false;
    stdout = out;
    stderr = err;
    return status - 1;
}

static bool run_line(struct bytes input)
{
    struct arena *arena = arena_create(0);
    struct config *config = config_create(settings);
    char *rest = arena_alloc(arena, input.size + 1), *argv[WORDS_MAX + 2] = { NULL };
    int argc = 0, first = 0;

    if (input.size > 0)
        memcpy(rest, input.data, input.size);
    argv[argc++] = arena_text(arena, "fuzz");
    for (char *word; argc < WORDS_MAX && (word = strsep(&rest, "\n")) != NULL;)
        argv[argc++] = word;
    int status = read_line(argc, argv, config, &first);
    assert(status == -1 || status == 0 || status == EXIT_USAGE);
    assert(status != -1 || (first >= 1 && first <= argc));
    ask_all(config);
    config_destroy(config);
    arena_destroy(arena);
    return false;
}

const struct target target_options = { .name = "options", .run = run_line, .words = words };
