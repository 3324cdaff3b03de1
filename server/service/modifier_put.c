/* Make a modifier, or change what may be chosen of it. Its options are given all together; none given: they stay. */
#include <stdlib.h>

#include "common/rules/modifier.h"
#include "db/queries.h"
#include "proto/catalogue.pb-c.h"
#include "server/service/catalogue_limits.h"
#include "server/service/message.h"
#include "server/service/put.h"
#include "server/service/typed.h"

#define NAME_MAX_LENGTH 40

struct putting {
    struct put put; /* first */
    const char *name;
    struct modifier_option *options; /* that the request gives, by number */
    size_t option_count;
    struct rows *before;
};

static const Caroline__V1__Modifier *modifier_of(const struct call *c)
{
    static const Caroline__V1__Modifier nothing = CAROLINE__V1__MODIFIER__INIT;
    const Caroline__V1__ModifierPut *request = (const Caroline__V1__ModifierPut *)c->message;

    return request->modifier ? request->modifier : &nothing;
}

/* ---- what the request says ---- */

static int by_number(const void *a, const void *b)
{
    const struct modifier_option *left = a, *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

static enum step read_option(struct call *c, struct putting *p, const Caroline__V1__ModifierOption *given)
{
    size_t at = p->option_count;
    struct modifier_option *option = &p->options[at];
    const char *path = arena_format(c->txn.arena, "modifier.options[%zu].", at);
    enum step step = typed_name(c, path, "name", given->name, NAME_MAX_LENGTH, &option->name);

    if (step != STEP_NEXT)
        return step;
    option->number = given->has_number ? given->number : 1;
    for (size_t i = 0; !given->has_number && i < at; i++)
        if (p->options[i].number >= option->number)
            option->number = p->options[i].number + 1;
    if (option->number < 1 || option->number > MODIFIER_OPTIONS_MAX)
        return refuse_field(c, REFUSAL(BAD_MODIFIER), arena_format(c->txn.arena, "%snumber", path),
                            "options have numbers from 1 to %d", MODIFIER_OPTIONS_MAX);
    for (size_t i = 0; i < at; i++)
        if (p->options[i].number == option->number)
            return refuse_field(c, REFUSAL(BAD_MODIFIER), arena_format(c->txn.arena, "%snumber", path),
                                "two options have the number %u", option->number);
    option->price_minor = given->price_minor;
    if (option->price_minor > UNIT_PRICE_MAX || option->price_minor < -UNIT_PRICE_MAX)
        return refuse_field(c, REFUSAL(BAD_PRICE), arena_format(c->txn.arena, "%sprice_minor", path),
                            "this price is above the limit");
    option->active = !given->has_active || given->active;
    p->option_count++;
    return STEP_NEXT;
}

static enum step check(struct call *c)
{
    const Caroline__V1__Modifier *given = modifier_of(c);
    struct putting *p = c->shared;
    enum step step = STEP_NEXT;

    if (given->has_name || !given->has_id)
        step = typed_name(c, "modifier.", "name", given->name, NAME_MAX_LENGTH, &p->name);
    p->options = arena_array(c->txn.arena, given->n_options, sizeof *p->options);
    for (size_t i = 0; step == STEP_NEXT && i < given->n_options; i++)
        step = read_option(c, p, given->options[i]);
    if (step != STEP_NEXT)
        return step;
    if (p->option_count > 1)
        qsort(p->options, p->option_count, sizeof *p->options, by_number);
    put_begin(c, given->has_id, given->id);
    p->put.all = ask(c, &sql_modifier_put_all, NO_PARAMS);
    p->before = ask(c, &sql_modifier_put_options, PARAMS(PARAM_INT(p->put.id)));
    return STEP_NEXT;
}

/* ---- beside what there is ---- */

static struct modifier modifier_before(struct call *c, const struct putting *p)
{
    struct modifier before = { .name = "", .choose_max = 1, .active = true };
    const struct rows *all = p->put.all;

    if (p->put.made)
        return before;
    size_t count = rows_count(p->before);
    struct modifier_option *options = arena_array(c->txn.arena, count, sizeof *options);
    for (size_t i = 0; i < count; i++)
        options[i] = (struct modifier_option){ .number = (uint32_t)row_int(p->before, i, "option"),
                                               .name = row_text(p->before, i, "name"),
                                               .price_minor = row_int(p->before, i, "price_minor"),
                                               .active = row_bool(p->before, i, "active") };
    before = (struct modifier){ .name = row_text(all, p->put.row, "name"),
                                .options = options,
                                .option_count = count,
                                .choose_min = (uint32_t)row_int(all, p->put.row, "choose_min"),
                                .choose_max = (uint32_t)row_int(all, p->put.row, "choose_max"),
                                .active = row_bool(all, p->put.row, "active") };
    return before;
}

static struct modifier modifier_after(const struct call *c, const struct putting *p, const struct modifier *before)
{
    const Caroline__V1__Modifier *given = modifier_of(c);
    struct modifier after = *before;

    after.id = p->put.id;
    if (p->name)
        after.name = p->name;
    if (p->option_count > 0) {
        after.options = p->options;
        after.option_count = p->option_count;
    }
    if (given->has_choose_min)
        after.choose_min = given->choose_min;
    if (given->has_choose_max)
        after.choose_max = given->choose_max;
    if (given->has_active)
        after.active = given->active;
    return after;
}

/* modifier_valid(), with a sentence for each reason. */
static enum step check_whole(struct call *c, const struct modifier *after)
{
    if (modifier_valid(after))
        return STEP_NEXT;
    if (after->option_count == 0)
        return refuse_field(c, REFUSAL(BAD_MODIFIER), "modifier.options",
                            "there is nothing to choose: give its options");
    if (after->choose_max < 1 || after->choose_max > MODIFIER_OPTIONS_MAX)
        return refuse_field(c, REFUSAL(BAD_MODIFIER), "modifier.choose_max", "of its options 1 to %d may be chosen",
                            MODIFIER_OPTIONS_MAX);
    if (after->choose_min > after->choose_max)
        return refuse_field(c, REFUSAL(BAD_MODIFIER), "modifier.choose_min",
                            "no more of its options have to be chosen than may be");
    return refuse_field(c, REFUSAL(BAD_MODIFIER), "modifier.choose_min",
                        "%u of its options have to be chosen, and fewer are active", after->choose_min);
}

/* As the journal has them: "1 Oat milk 40, 2 Soy milk 40 off". */
static const char *options_text(struct call *c, const struct modifier *modifier)
{
    const char *text = "";

    for (size_t i = 0; i < modifier->option_count; i++) {
        const struct modifier_option *option = &modifier->options[i];

        text = arena_format(c->txn.arena, "%s%s%u %s %lld%s", text, i ? ", " : "", option->number, option->name,
                            (long long)option->price_minor, option->active ? "" : " off");
    }
    return text;
}

static bool note_changes(struct call *c, const struct putting *p, const struct modifier *before,
                         const struct modifier *after)
{
    const int64_t id = p->put.id;
    const bool made = p->put.made;
    bool changed = changes_text(c, id, "name", made, before->name, after->name);

    changed |= changes_text(c, id, "options", made, options_text(c, before), options_text(c, after));
    changed |= changes_number(c, id, "choose_min", made, before->choose_min, after->choose_min);
    changed |= changes_number(c, id, "choose_max", made, before->choose_max, after->choose_max);
    changed |= changes_flag(c, id, "active", made, before->active, after->active);
    return changed;
}

static void ask_options(struct call *c, const struct modifier *after)
{
    struct arena *arena = c->txn.arena;
    size_t count = after->option_count;
    int64_t *numbers = arena_array(arena, count, sizeof *numbers), *prices = arena_array(arena, count, sizeof *prices);
    struct bytes *names = arena_array(arena, count, sizeof *names);
    bool *active = arena_array(arena, count, sizeof *active);

    for (size_t i = 0; i < count; i++) {
        numbers[i] = after->options[i].number;
        prices[i] = after->options[i].price_minor;
        names[i] = bytes_of_text(after->options[i].name);
        active[i] = after->options[i].active;
    }
    ask(c, &sql_modifier_put_option_versions,
        PARAMS(PARAM_INT(after->id), PARAM_INTS(numbers, count), PARAM_TEXTS(names, count), PARAM_INTS(prices, count),
               PARAM_BOOLS(active, count)));
}

static enum step write(struct call *c)
{
    struct putting *p = c->shared;
    enum step step = put_find(c, REFUSAL(UNKNOWN_MODIFIER), "modifier.", p->name);

    if (step != STEP_NEXT)
        return step;
    if (p->put.made && rows_count(p->put.all) >= MODIFIERS_KEPT_MAX)
        return refuse(c, REFUSAL(BAD_MODIFIER), "a shop has at most %d modifiers", MODIFIERS_KEPT_MAX);
    struct modifier before = modifier_before(c, p);
    struct modifier after = modifier_after(c, p, &before);
    if ((step = check_whole(c, &after)) != STEP_NEXT || !note_changes(c, p, &before, &after))
        return step;
    put_raise(c, 0);
    if (p->put.made)
        ask(c, &sql_modifier_put_create, PARAMS(PARAM_INT(after.id)));
    ask(c, &sql_modifier_put_version,
        PARAMS(PARAM_INT(after.id), PARAM_TEXT(after.name), PARAM_INT(after.choose_min), PARAM_INT(after.choose_max),
               PARAM_BOOL(after.active)));
    ask_options(c, &after);
    return STEP_NEXT;
}

const struct op modifier_put = {
    .name = "modifier_put",
    .number = NUMBER(MODIFIER_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_CATALOGUE_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__modifier_put__descriptor,
    .reply = &caroline__v1__catalogue_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { check, write, put_done },
};
