/* getopt_long() from our own table, with sentences of our own. */
#include "common/base/option.h"

#include <assert.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/nearest.h"

#define ROWS_MOST   100
#define EXIT_IO     74
#define HELP_COLUMN 28
#define HELP_END    80

/* Every option of a program, wherever it comes from. */
struct row {
    const char *name, *argument, *help;
    char letter;
    bool may_have_argument; /* "--trace" and "--trace=no" */
    const struct command_option *option;
    const struct setting *setting;
};

struct rows {
    struct row at[ROWS_MOST];
    size_t count;
};

static const struct command_option own_options[] = {
    { .name = "help", .letter = 'h', .help = "print this help" },
    { .name = "version", .letter = 'V', .help = "print the version and those of the libraries" },
    { 0 },
};

static void add_row(struct rows *rows, struct row row)
{
    assert(rows->count < ROWS_MOST);
    for (size_t i = 0; i < rows->count; i++)
        assert(strcmp(rows->at[i].name, row.name) != 0 && (!row.letter || row.letter != rows->at[i].letter));
    rows->at[rows->count++] = row;
}

static void add_options(struct rows *rows, const struct command_option *options)
{
    for (const struct command_option *o = options; o && o->name; o++)
        add_row(rows,
                (struct row){
                    .name = o->name, .argument = o->argument, .help = o->help, .letter = o->letter, .option = o });
}

static void add_settings(struct rows *rows, const struct setting *settings)
{
    static const char *const arguments[] = { [SETTING_TEXT] = "VALUE", [SETTING_INT] = "N", [SETTING_BOOL] = NULL };

    for (const struct setting *s = settings; s && s->key; s++)
        if (s->flag)
            add_row(rows, (struct row){ .name = s->flag,
                                        .argument = arguments[s->kind],
                                        .help = s->help,
                                        .letter = s->letter,
                                        .may_have_argument = s->kind == SETTING_BOOL,
                                        .setting = s });
}

static struct rows rows_of(const struct command_line *line)
{
    struct rows rows = { .count = 0 };

    add_options(&rows, line->options);
    add_settings(&rows, line->settings);
    add_options(&rows, own_options);
    return rows;
}

/* --- help --- */

/* Words from column on, broken before the end of the line; column 0: at its beginning. */
static void print_wrapped(FILE *out, const char *text, int column, int *at)
{
    while (*text) {
        int length = (int)strcspn(text, " ");
        if (*at > column && *at + 1 + length > HELP_END)
            *at = fprintf(out, "\n%*s", column, "") - 1;
        else if (*at > column)
            *at += fprintf(out, " ");
        *at += fprintf(out, "%.*s", length, text);
        text += length;
        text += strspn(text, " ");
    }
}

static void print_row(FILE *out, const struct row *row)
{
    const struct setting *setting = row->setting;
    char origin[200] = "";
    int at = row->letter ? fprintf(out, "  -%c, --%s", row->letter, row->name) : fprintf(out, "      --%s", row->name);

    if (row->argument)
        at += fprintf(out, " %s", row->argument);
    if (at + 2 > HELP_COLUMN)
        at = fprintf(out, "\n") - 1;
    at += fprintf(out, "%*s", HELP_COLUMN - at, "");
    print_wrapped(out, row->help, HELP_COLUMN, &at);
    if (setting && setting->fallback && *setting->fallback)
        snprintf(origin, sizeof origin, "(default: %.99s%s%.80s)", setting->fallback, setting->environment ? "; $" : "",
                 setting->environment ? setting->environment : "");
    else if (setting && setting->environment)
        snprintf(origin, sizeof origin, "($%.80s)", setting->environment);
    print_wrapped(out, origin, HELP_COLUMN, &at);
    fprintf(out, "\n");
}

void command_line_help(const struct command_line *line, FILE *out)
{
    const struct rows rows = rows_of(line);
    int at = 0;

    fprintf(out, "usage: %s [OPTION]...%s%s\n", line->program, line->operands ? " " : "",
            line->operands ? line->operands : "");
    print_wrapped(out, line->about, 0, &at);
    fprintf(out, "\n\n");
    for (size_t i = 0; i < rows.count; i++)
        print_row(out, &rows.at[i]);
    if (line->notes)
        fprintf(out, "\n%s\n", line->notes);
}

/* Help into a full disk has not been given. */
static _Noreturn void exit_printed(void)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        exit(EXIT_IO);
    exit(0);
}

_Noreturn void command_line_wrong(const struct command_line *line, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "%s: ", line->program);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\n%s --help says what there is\n", line->program);
    exit(EXIT_USAGE);
}

/* --- parsing --- */

/* What getopt_long() returns for a row: its letter, or a number that is none. */
static int code_of(const struct rows *rows, size_t i)
{
    return rows->at[i].letter ? rows->at[i].letter : 256 + (int)i;
}

static const struct row *row_of(const struct rows *rows, int code)
{
    for (size_t i = 0; i < rows->count; i++)
        if (code_of(rows, i) == code)
            return &rows->at[i];
    return NULL;
}

static void fill_getopt(const struct rows *rows, bool stops_at_operand, struct option *longs, char *shorts)
{
    if (stops_at_operand)
        *shorts++ = '+';
    *shorts++ = ':'; /* tell a missing argument from an unknown option */
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->at[i];
        longs[i] = (struct option){ .name = row->name,
                                    .has_arg = row->argument            ? required_argument
                                               : row->may_have_argument ? optional_argument
                                                                        : no_argument,
                                    .val = code_of(rows, i) };
        if (row->letter)
            *shorts++ = row->letter;
        if (row->letter && row->argument)
            *shorts++ = ':';
    }
    longs[rows->count] = (struct option){ 0 };
    *shorts = '\0';
}

static _Noreturn void unknown(const struct command_line *line, const struct rows *rows, const char *word, int letter)
{
    char name[64];
    struct nearest nearest;

    if (letter)
        command_line_wrong(line, "unknown option -%c", letter);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    nearest = nearest_to(name);
    for (size_t i = 0; i < rows->count; i++)
        nearest_offer(&nearest, rows->at[i].name);
    if (nearest.best)
        command_line_wrong(line, "unknown option --%s; did you mean --%s?", name, nearest.best);
    command_line_wrong(line, "unknown option --%s", name);
}

static void take_row(const struct command_line *line, const struct row *row, const char *argument,
                     struct config *config)
{
    const char *problem;

    if (row->setting) {
        if (!config_set_flag(config, row->name, argument, &problem))
            command_line_wrong(line, "%s", problem);
        return;
    }
    if (strcmp(row->name, "help") == 0) {
        command_line_help(line, stdout);
        exit_printed();
    }
    if (strcmp(row->name, "version") == 0) {
        printf("%s %s%s%s%s\n", line->program, CAROLINE_VERSION, line->libraries ? " (" : "",
               line->libraries ? line->libraries : "", line->libraries ? ")" : "");
        exit_printed();
    }
    if (row->option->given)
        *row->option->given = true;
    if (row->option->value)
        *row->option->value = argument;
}

int command_line_read(const struct command_line *line, int argc, char **argv, struct config *config)
{
    const struct rows rows = rows_of(line);
    struct option longs[ROWS_MOST + 1];
    char shorts[2 * ROWS_MOST + 3];
    int code;

    fill_getopt(&rows, line->stops_at_operand, longs, shorts);
    opterr = 0;
    optind = 0; /* glibc: begin anew, a command's own table may come after the program's */
    while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        const struct row *row = row_of(&rows, code == ':' || code == '?' ? optopt : code);
        if (code == ':')
            command_line_wrong(line, "--%s needs a %s", row->name, row->argument);
        if (code == '?' && row)
            command_line_wrong(line, "--%s takes no value", row->name);
        if (code == '?')
            unknown(line, &rows, argv[optind - 1], optopt);
        take_row(line, row, optarg, config);
    }
    if (!line->operands && optind < argc)
        command_line_wrong(line, "unexpected argument '%s'", argv[optind]);
    return optind;
}
