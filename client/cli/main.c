/* caroline: the command line. Finds the verb, splits its options, connects where it must. */
#include "client/cli/cli.h"

#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/link/op.h"

int complain(int status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("caroline: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return status;
}

int usage(const struct cli *c, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("caroline: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    if (c->verb)
        fprintf(stderr, "usage: caroline %s %s\n", c->verb->words, c->verb->arguments);
    else
        fputs("try: caroline --help\n", stderr);
    return EXIT_USAGE;
}

static const char global_options[] =
    "options of every command:\n"
    "  --identity DIR     who this machine is: a directory, or a name under the state directory (CAROLINE_IDENTITY)\n"
    "  --as NAME          sign in as NAME, where nobody is signed in yet\n"
    "  --badge BADGE      likewise, by badge\n"
    "  --pin-file FILE    the PIN's file (CAROLINE_PIN_FILE): one line, the digits alone; without one it is asked for "
    "on the\n"
    "                     terminal; after 120 seconds without a command (the server's idle-lock-s) it is asked again\n"
    "  --json             one JSON object a line: money in minor units, ids as numbers\n"
    "  --timeout SECONDS  how long to wait for the server (10)\n"
    "  --help, --version\n"
    "exit status: 0 done, 1 refused, 2 a fault here, 3 the server can't be reached, 64 wrong usage, 130 interrupted\n";

/* "product" is the first word of "product list". */
static bool in_group(const struct verb *verb, const char *group)
{
    size_t length = strlen(group);
    return strncmp(verb->words, group, length) == 0 && verb->words[length] == ' ';
}

static bool is_group(const char *word)
{
    for (const struct verb *verb = verbs; verb->words; verb++)
        if (in_group(verb, word))
            return true;
    return false;
}

/* Of one verb, of a group of them, or of all. */
static void print_help(const struct verb *only, const char *group)
{
    if (only) {
        printf("caroline %s %s\n    %s\n\n", only->words, only->arguments, only->help);
        if (only->form)
            printf("%s\n", only->form);
    } else if (group && is_group(group)) {
        for (const struct verb *verb = verbs; verb->words; verb++)
            if (in_group(verb, group))
                printf("caroline %s %s\n    %s\n\n", verb->words, verb->arguments, verb->help);
    } else {
        puts("caroline COMMAND [OPTION ...]: the shop from the command line\n");
        for (const struct verb *verb = verbs; verb->words; verb++)
            printf("  %-20s  %s\n", verb->words, verb->help);
        putchar('\n');
    }
    fputs(global_options, stdout);
}

/* Is this verb what the words begin with? Then how many words it takes. */
static size_t verb_matches(const struct verb *verb, char **words, size_t count)
{
    const char *at = verb->words;
    size_t used = 0;

    while (*at) {
        size_t length = strcspn(at, " ");
        if (used == count || strlen(words[used]) != length || strncmp(words[used], at, length) != 0)
            return 0;
        used++;
        at += length;
        at += *at == ' ';
    }
    return used;
}

static const struct verb *find_verb(char **words, size_t count, size_t *used)
{
    const struct verb *best = NULL;

    *used = 0;
    for (const struct verb *verb = verbs; verb->words; verb++) {
        size_t matched = verb_matches(verb, words, count);
        if (matched > *used) {
            *used = matched;
            best = verb;
        }
    }
    return best;
}

/* Flags without a value; every other option takes one. */
bool option_is_flag(const char *name)
{
    static const char *const flags[] = { "json",  "help",        "version",     "dry-run",   "as-it-is",
                                         "again", "eat-in",      "gift",        "take-away", "last",
                                         "hot",   "clear-lists", "no-qr",       "print",     "back",
                                         "text",  "no-wait",     "with-avoids", NULL };

    for (const char *const *flag = flags; *flag; flag++) {
        if (strcmp(*flag, name) == 0)
            return true;
    }
    return false;
}

/* Split into words and options: --name value, --name=value; -- ends the options. */
static int split(struct cli *c, int argc, char **argv)
{
    bool only_words = false;

    c->words = arena_array(c->arena, (size_t)argc + 1, sizeof c->words[0]);
    c->options = arena_array(c->arena, (size_t)argc + 1, sizeof c->options[0]);
    for (int i = 1; i < argc; i++) {
        char *argument = argv[i];
        if (only_words || argument[0] != '-' || argument[1] == '\0') {
            c->words[c->word_count++] = argument;
        } else if (strcmp(argument, "--") == 0) {
            only_words = true;
        } else if (strcmp(argument, "-h") == 0) {
            c->options[c->option_count++] = (struct option_pair){ .name = "help" };
        } else if (strcmp(argument, "-V") == 0) {
            c->options[c->option_count++] = (struct option_pair){ .name = "version" };
        } else if (strncmp(argument, "--", 2) != 0) {
            return usage(c, "unknown option '%s': options are written out, as in --json", argument);
        } else {
            char *name = arena_text(c->arena, argument + 2);
            char *equals = strchr(name, '=');
            struct option_pair *option = &c->options[c->option_count++];

            option->name = name;
            if (equals) {
                *equals = '\0';
                option->value = equals + 1;
            } else if (!option_is_flag(name)) {
                if (i + 1 == argc)
                    return usage(c, "--%s wants a value", name);
                option->value = argv[++i];
            }
        }
    }
    return EXIT_DONE;
}

/* Other names of options: what their messages call them, and what they were called before. A number of a till or a shift is
 * --till-number and --shift-number everywhere; what a command is about alone is --id. */
const char *option_name(const struct verb *verb, const char *typed)
{
    static const struct {
        const char *verb, *typed, *name;
    } others[] = {
        { "shift z", "till", "till-number" },   { "voids", "till", "till-number" },
        { "voids", "shift", "shift-number" },   { "device invite", "till", "till-number" },
        { "device revoke", "id", "device-id" }, { "price set", "sku", "product" },
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(verb->words, others[i].verb) == 0 && strcmp(typed, others[i].typed) == 0)
            return others[i].name;
    return typed;
}

const char *option_value(struct cli *c, const char *name)
{
    for (size_t i = 0; i < c->option_count; i++) {
        if (strcmp(c->options[i].name, name) == 0 && c->options[i].value) {
            c->options[i].used = true;
            return c->options[i].value;
        }
    }
    return NULL;
}

bool option_given(struct cli *c, const char *name)
{
    for (size_t i = 0; i < c->option_count; i++) {
        if (strcmp(c->options[i].name, name) == 0) {
            c->options[i].used = true;
            return true;
        }
    }
    return false;
}

bool options_all_used(struct cli *c)
{
    for (size_t i = 0; i < c->option_count; i++) {
        if (!c->options[i].used) {
            usage(c, "unknown option --%s", c->options[i].name);
            return false;
        }
    }
    return true;
}

/* Reads page after page of a list until the reply has no `more`; the rows of all are printed as one. */
static int run_pages(struct cli *c, ProtobufCMessage *request)
{
    const struct client_op *op = client_op(c->verb->op);
    const ProtobufCFieldDescriptor *list =
        protobuf_c_message_descriptor_get_field_by_name(op->reply, c->verb->page_list);
    const ProtobufCFieldDescriptor *more = protobuf_c_message_descriptor_get_field_by_name(op->reply, "more");
    const char *problem;
    ProtobufCMessage **rows = NULL;
    size_t count = 0;
    int status;

    for (;;) {
        const ProtobufCMessage *reply = call_server(c, c->verb->op, request, &status);
        if (!reply)
            return status;
        size_t page = *(const size_t *)((const char *)reply + list->quantifier_offset);
        ProtobufCMessage *const *items = *(ProtobufCMessage *const *const *)((const char *)reply + list->offset);
        ProtobufCMessage **all = arena_array(c->arena, count + page + 1, sizeof *all);
        if (count > 0)
            memcpy(all, rows, count * sizeof *all);
        if (page > 0)
            memcpy(all + count, items, page * sizeof *all);
        rows = all;
        count += page;
        if (page == 0 || !*(const protobuf_c_boolean *)((const char *)reply + more->offset))
            break;
        const ProtobufCMessage *last = rows[count - 1];
        const ProtobufCFieldDescriptor *id = protobuf_c_message_descriptor_get_field_by_name(
            last->descriptor, c->verb->page_id ? c->verb->page_id : "id");
        uint64_t after = *(const uint64_t *)((const char *)last + id->offset);
        if (message_set(c, request, c->verb->page_key, arena_format(c->arena, "%llu", (unsigned long long)after),
                        &problem) != FIELD_SET)
            return complain(EXIT_FAULT, "could not ask for the next page");
    }
    print_messages(c, rows, count);
    return EXIT_DONE;
}

/* A verb that is one call: options into the request, the reply printed. */
static int run_call(struct cli *c)
{
    const struct client_op *op = client_op(c->verb->op);
    ProtobufCMessage *request = message_make(op->request, c->arena);
    int status = options_apply(c, request, c->verb->inner);

    if (status != EXIT_DONE)
        return status;
    if (c->word_count > 0)
        return usage(c, "'%s' is one word too many", c->words[0]);
    if (c->verb->page_list)
        return run_pages(c, request);
    const ProtobufCMessage *reply = call_server(c, c->verb->op, request, &status);
    if (reply)
        print_message(c, reply);
    return status;
}

static int run(struct cli *c, int argc, char **argv)
{
    size_t used = 0;
    int status = split(c, argc, argv);

    if (status != EXIT_DONE)
        return status;
    c->verb = find_verb(c->words, c->word_count, &used);
    if (option_given(c, "version")) {
        printf("caroline %s (libuv, OpenSSL, protobuf-c, SQLite)\n", CAROLINE_VERSION);
        return EXIT_DONE;
    }
    if (option_given(c, "help")) {
        bool other_word =
            !c->verb && c->word_count > 1; /* of a command that is none: help of its group, which there is */

        if (other_word)
            complain(EXIT_USAGE, "there is no command '%s %s'", c->words[0], c->words[1]);
        print_help(c->verb, c->word_count > 0 ? c->words[0] : NULL);
        return other_word ? EXIT_USAGE : EXIT_DONE;
    }
    if (!c->verb) {
        if (c->word_count > 0 && is_group(c->words[0]))
            return usage(c, "'%s' goes on with another word: see caroline %s --help", c->words[0], c->words[0]);
        if (c->word_count > 0)
            return usage(c, "unknown command '%s'", c->words[0]);
        print_help(NULL, NULL);
        return EXIT_USAGE;
    }
    c->words += used;
    c->word_count -= used;
    for (size_t i = 0; i < c->option_count; i++) {
        c->options[i].typed = c->options[i].name;
        c->options[i].name = option_name(c->verb, c->options[i].typed);
    }
    c->json = option_given(c, "json");
    c->as = option_value(c, "as");
    c->as_badge = strncmp(c->verb->words, "staff", 5) == 0 ? NULL : option_value(c, "badge");
    c->pin_file = option_value(c, "pin-file");
    if (!c->pin_file)
        c->pin_file = getenv("CAROLINE_PIN_FILE");
    c->directory = identity_directory(option_value(c, "identity"), c->arena);
    c->timeout_ms = 10000;
    const char *timeout = option_value(c, "timeout");
    if (timeout) {
        char *end;
        unsigned long seconds = strtoul(timeout, &end, 10);
        if (*end != '\0' || seconds < 1 || seconds > 3600)
            return usage(c, "--timeout is 1 to 3600 seconds, not '%s'", timeout);
        c->timeout_ms = (unsigned)seconds * 1000;
    }
    if ((status = arguments_known(c)) != EXIT_DONE)
        return status;
    if (c->verb->needs >= VERB_SERVER) {
        if ((status = arguments_wanted(c)) != EXIT_DONE)
            return status;
        status = connect_server(c);
        if (status != EXIT_DONE)
            return status;
    }
    return c->verb->run ? c->verb->run(c) : run_call(c);
}

int main(int argc, char **argv)
{
    struct cli c = { .arena = arena_create(0) };

    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    signal(SIGPIPE, SIG_IGN);
    int status = run(&c, argc, argv);
    if (c.waiter)
        wait_close(c.waiter);
    zone_destroy(c.zone);
    arena_destroy(c.arena);
    if (fflush(stdout) != 0 || ferror(stdout))
        status = complain(EXIT_FAULT, "could not write to standard output");
    return status;
}
