/* What a verb can't do without, read from what its help says of it, so that the two cannot disagree: "--id N [--name NAME]"
 * wants --id, "--product NAME --quantity N | FILE" either both options or a word. Looked at before anybody is asked. */
#include "client/cli/cli.h"

#include <string.h>

#include "client/link/op.h"

#define WANTED_MAX 8

/* One of the ways parted by " | ", without what stands in [brackets]. */
struct way {
    const char *options[WANTED_MAX]; /* "id" for --id */
    size_t option_count, word_count;
    const char *word; /* the first, as the help has it: "FILE" */
};

static int depth_behind(const char *token, size_t length, int depth)
{
    for (size_t i = 0; i < length; i++)
        depth += (token[i] == '[') - (token[i] == ']');
    return depth;
}

static bool is(const char *token, size_t length, const char *text)
{
    return strlen(text) == length && memcmp(token, text, length) == 0;
}

/* Reads one way; returns what is behind its bar, NULL at the end. */
static const char *read_way(struct cli *c, const char *at, struct way *way)
{
    int depth = 0;
    bool is_value = false; /* of the option before */

    *way = (struct way){ 0 };
    while (*(at += strspn(at, " ")) != '\0') {
        size_t length = strcspn(at, " ");
        bool optional = depth > 0 || at[0] == '[';

        if (depth == 0 && is(at, length, "|"))
            return at + length;
        if (!optional && strncmp(at, "--", 2) == 0 && way->option_count < WANTED_MAX) {
            way->options[way->option_count++] = arena_format(c->arena, "%.*s", (int)length - 2, at + 2);
            is_value = !option_is_flag(way->options[way->option_count - 1]);
        } else if (!optional && !is_value && !is(at, length, "...")) {
            if (way->word_count++ == 0)
                way->word = arena_format(c->arena, "%.*s", (int)strcspn(at, " ["), at);
        } else {
            is_value = false;
        }
        depth = depth_behind(at, length, depth);
        at += length;
    }
    return NULL;
}

/* Options may be written as their messages have them, too: --product_id. */
static bool means(const char *typed, const char *name)
{
    size_t i = 0;

    for (; name[i] != '\0'; i++)
        if (typed[i] != name[i] && !(typed[i] == '_' && name[i] == '-'))
            return false;
    return typed[i] == '\0' || strcmp(typed + i + 1, "id") == 0 || strcmp(typed + i + 1, "minor") == 0 ||
           strcmp(typed + i + 1, "milli") == 0;
}

/* In what the help says: "--role" is not in "--role-name". */
static bool is_offered(struct cli *c, const char *typed)
{
    for (const char *at = c->verb->arguments; (at = strstr(at, "--"));) {
        size_t length = strspn(at += 2, "abcdefghijklmnopqrstuvwxyz-");

        if (means(typed, option_name(c->verb, arena_format(c->arena, "%.*s", (int)length, at))))
            return true;
    }
    return false;
}

static bool is_a_field(struct cli *c, const char *typed)
{
    const struct client_op *op = c->verb->run ? NULL : client_op(c->verb->op);

    if (!op)
        return false;
    if (message_takes(c, op->request, typed))
        return true;
    const ProtobufCFieldDescriptor *inner =
        c->verb->inner ? protobuf_c_message_descriptor_get_field_by_name(op->request, c->verb->inner) : NULL;
    return inner && message_takes(c, inner->descriptor, typed);
}

int arguments_known(struct cli *c)
{
    for (size_t i = 0; i < c->option_count; i++) {
        const struct option_pair *option = &c->options[i];

        if (option->used || is_offered(c, option->name) || is_a_field(c, option->name))
            continue;
        if (strcmp(option->name, "pin") == 0) /* everybody on this machine can read what a program was started with */
            return usage(c, "a PIN is never given on the command line, but in a file or when asked for");
        return usage(c, "unknown option --%s", option->typed);
    }
    return EXIT_DONE;
}

static bool was_given(const struct cli *c, const char *name)
{
    for (size_t i = 0; i < c->option_count; i++)
        if (means(c->options[i].name, option_name(c->verb, name)))
            return true;
    return false;
}

/* "--reason" or "FILE": the first of it that is missing; NULL: nothing is. *had: how much of it is there. */
static const char *missing(struct cli *c, const struct way *way, size_t *had)
{
    const char *first = NULL;

    *had = 0;
    if (way->word_count > c->word_count)
        first = way->word;
    else
        *had += way->word_count;
    for (size_t i = way->option_count; i-- > 0;)
        if (was_given(c, way->options[i]))
            ++*had;
        else
            first = arena_format(c->arena, "--%s", way->options[i]);
    return first;
}

int arguments_wanted(struct cli *c)
{
    const char *at = c->verb->arguments, *nearest = NULL, *all = "";
    size_t ways = 0, nearest_had = 0;
    bool known = false; /* does any way begin like what was typed? */

    while (at) {
        struct way way;
        size_t had = 0;

        at = read_way(c, at, &way);
        const char *first = missing(c, &way, &had);
        if (!first)
            return EXIT_DONE;
        if (!nearest || had > nearest_had) {
            nearest = first;
            nearest_had = had;
        }
        known = known || had > 0;
        all = arena_format(c->arena, "%s%s%s", all, ways++ == 0 ? "" : at ? ", " : " or ", first);
    }
    return usage(c, "%s is missing", known || ways == 1 ? nearest : all);
}
