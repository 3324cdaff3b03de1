/* Verbs about modifiers, and what is chosen of them in a sale. */
#include <stdio.h>
#include <string.h>

#include "client/cli/cli.h"
#include "common/base/number.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"

#define OP(name)    CAROLINE__V1__OP__OP_##name
#define OPTIONS_MAX 20

/* ---- what is typed ---- */

static char *trimmed(char *text)
{
    size_t size;

    text += strspn(text, " ");
    size = strlen(text);
    while (size > 0 && text[size - 1] == ' ')
        text[--size] = '\0';
    return text;
}

/* "Oat milk +0.40", "3 Small -0.20", "Sliced", "2 Soy off": a number if it has one, a name, what it adds, and whether not. */
static int read_option(struct cli *c, char *text, Caroline__V1__ModifierOption *option)
{
    char *last, *first = trimmed(text);
    uint64_t number = 0;

    caroline__v1__modifier_option__init(option);
    size_t digits = strspn(first, "0123456789");
    if (digits > 0 && first[digits] == ' ') {
        first[digits] = '\0';
        if (!whole_number(first, OPTIONS_MAX, &number) || number == 0)
            return usage(c, "options have numbers from 1 to %d, not %s", OPTIONS_MAX, first);
        option->has_number = true;
        option->number = (uint32_t)number;
        first = trimmed(first + digits + 1);
    }
    option->has_active = option->active = true;
    last = strrchr(first, ' ');
    if (last && strcmp(last, " off") == 0) {
        option->active = false;
        *last = '\0';
        first = trimmed(first);
        last = strrchr(first, ' ');
    }
    option->has_price_minor = true;
    if (last && (last[1] == '+' || last[1] == '-')) {
        if (!minor_parse(last + 1 + (last[1] == '+'), currency_exponent(c), true, &option->price_minor))
            return usage(c, "what an option adds is an amount like +0.40 or -0.20, not '%s'", last + 1);
        *last = '\0';
        first = trimmed(first);
    }
    set_text(&option->name, &option->has_name, first);
    return EXIT_DONE;
}

static int read_options(struct cli *c, const char *given, Caroline__V1__Modifier *modifier)
{
    char *rest = given ? arena_text(c->arena, given) : NULL;

    modifier->options = arena_array(c->arena, OPTIONS_MAX, sizeof *modifier->options);
    while (rest) {
        char *text = rest, *end = strchr(rest, ';');
        Caroline__V1__ModifierOption *option = arena_alloc(c->arena, sizeof *option);

        rest = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        if (modifier->n_options == OPTIONS_MAX)
            return usage(c, "a modifier has at most %d options", OPTIONS_MAX);
        int status = read_option(c, text, option);
        if (status != EXIT_DONE)
            return status;
        modifier->options[modifier->n_options++] = option;
    }
    return EXIT_DONE;
}

/* "1", "0 to 3": so many are chosen. */
static int read_choose(struct cli *c, const char *given, Caroline__V1__Modifier *modifier)
{
    uint64_t least = 0, most = 0;

    if (!given)
        return EXIT_DONE;
    char *text = arena_text(c->arena, given), *to = strstr(text, " to ");
    if (to)
        *to = '\0';
    if (!whole_number(text, UINT32_MAX, &least) || !whole_number(to ? to + 4 : text, UINT32_MAX, &most))
        return usage(c, "--choose wants how many, as 1 or '0 to 3', not '%s'", given);
    modifier->has_choose_min = modifier->has_choose_max = true;
    modifier->choose_min = (uint32_t)least;
    modifier->choose_max = (uint32_t)most;
    return EXIT_DONE;
}

int verb_modifier_put(struct cli *c)
{
    Caroline__V1__ModifierPut request = CAROLINE__V1__MODIFIER_PUT__INIT;
    Caroline__V1__Modifier *modifier = (void *)message_make(&caroline__v1__modifier__descriptor, c->arena);
    int status;

    if ((status = read_options(c, option_value(c, "options"), modifier)) != EXIT_DONE ||
        (status = read_choose(c, option_value(c, "choose"), modifier)) != EXIT_DONE ||
        (status = options_apply(c, &modifier->base, NULL)) != EXIT_DONE)
        return status;
    request.modifier = modifier;
    const ProtobufCMessage *reply = call_server(c, OP(MODIFIER_PUT), &request.base, &status);
    if (reply)
        print_message(c, reply);
    return status;
}

/* ---- what is shown ---- */

static void print_modifier(struct cli *c, const Caroline__V1__Modifier *modifier)
{
    char number[NUMBER_TEXT];

    printf("%llu  %s, ", (unsigned long long)modifier->id, text_of(c, modifier->name));
    if (modifier->choose_min == modifier->choose_max)
        printf("choose %u: ", modifier->choose_min);
    else
        printf("choose %u to %u: ", modifier->choose_min, modifier->choose_max);
    for (size_t i = 0; i < modifier->n_options; i++) {
        const Caroline__V1__ModifierOption *option = modifier->options[i];

        printf("%s%u %s", i > 0 ? "; " : "", option->number, text_of(c, option->name));
        if (option->price_minor != 0)
            printf(" %s%s", option->price_minor > 0 ? "+" : "",
                   minor_format(number, option->price_minor, currency_exponent(c)));
        if (!option->active)
            printf(" off");
    }
    printf("%s\n", modifier->active ? "" : "; switched off");
}

int verb_modifier_list(struct cli *c)
{
    Caroline__V1__Modifier **all;
    size_t count;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (!all_modifiers(c, &all, &count, &status))
        return status;
    if (c->json)
        print_messages(c, (ProtobufCMessage *const *)all, count);
    else if (count == 0)
        print_none(c);
    for (size_t i = 0; !c->json && i < count; i++)
        print_modifier(c, all[i]);
    return status;
}

/* ---- what is chosen ---- */

void line_cut(struct cli *c, char *word, char **chosen, char **keyed)
{
    (void)c;
    *keyed = strrchr(word, '@');
    if (*keyed)
        *(*keyed)++ = '\0';
    *chosen = strchr(word, '+');
    if (*chosen)
        *(*chosen)++ = '\0';
}

static bool is_of(const Caroline__V1__Modifier *modifier, const uint64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (modifier->id == ids[i])
            return true;
    return false;
}

static bool find_option(Caroline__V1__Modifier *const *all, size_t count, const uint64_t *ids, size_t id_count,
                        const char *name, Caroline__V1__LineOption *found)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; is_of(all[i], ids, id_count) && k < all[i]->n_options; k++) {
            const Caroline__V1__ModifierOption *option = all[i]->options[k];

            if (option->name.len != strlen(name) ||
                strncasecmp((const char *)option->name.data, name, option->name.len) != 0)
                continue;
            found->has_modifier_id = found->has_option = true;
            found->modifier_id = all[i]->id;
            found->option = option->number;
            return true;
        }
    }
    return false;
}

bool line_choose(struct cli *c, const uint64_t *modifier_ids, size_t modifier_count, char *chosen, const char *keyed,
                 Caroline__V1__BasketLine *line, int *status)
{
    Caroline__V1__Modifier **all;
    size_t count;
    char *part;

    if (keyed) {
        line->has_keyed_price_minor = true;
        if (!minor_parse(keyed, currency_exponent(c), false, &line->keyed_price_minor)) {
            *status = usage(c, "what is keyed behind @ is an amount of money, as 3.50, not '%s'", keyed);
            return false;
        }
    }
    if (!chosen)
        return true;
    if (!all_modifiers(c, &all, &count, status))
        return false;
    line->options = arena_array(c->arena, OPTIONS_MAX, sizeof *line->options);
    while ((part = strsep(&chosen, "+")) != NULL) {
        Caroline__V1__LineOption *option = arena_alloc(c->arena, sizeof *option);

        caroline__v1__line_option__init(option);
        if (line->n_options == OPTIONS_MAX) {
            *status = usage(c, "a line has at most %d options", OPTIONS_MAX);
            return false;
        }
        if (!find_option(all, count, modifier_ids, modifier_count, trimmed(part), option)) {
            *status = complain(EXIT_REFUSED, "the product has no option '%s'", trimmed(part));
            return false;
        }
        line->options[line->n_options++] = option;
    }
    return true;
}
