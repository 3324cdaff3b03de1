/* A programme as a request has it: present fields, and whole terms, on top of what is there. */
#include "server/service/programme_draft.h"

#include <stdlib.h>

#include "common/base/number.h"
#include "server/service/message.h"
#include "server/service/typed.h"

#define NAME_MAX_LENGTH 40
#define LOT_DAYS_MAX    36500
/* What a programme that says nothing else has. */
#define LOT_DAYS    365
#define REWARD_COST 100
#define EVERY_DAY   0x7fu
#define DAY_MINUTES 1440u

static int64_t id_of(uint64_t id)
{
    return id > INT64_MAX ? -1 : (int64_t)id;
}

/* ---- terms -------------------------------------------------------------------------------------------------------- */

/* Numbers beyond their field's range stay out of range. */
static uint8_t small(uint32_t number)
{
    return number > UINT8_MAX ? UINT8_MAX : (uint8_t)number;
}

static uint16_t minute_of(bool given, uint32_t minute, uint16_t otherwise)
{
    if (!given)
        return otherwise;
    return minute > DAY_MINUTES ? UINT16_MAX : (uint16_t)minute;
}

static const int64_t *ids_of(struct call *c, const uint64_t *given, size_t count)
{
    int64_t *ids = arena_array(c->txn.arena, count, sizeof *ids);

    for (size_t i = 0; i < count; i++)
        ids[i] = id_of(given[i]);
    return ids;
}

static struct programme_term read_term(struct call *c, const Caroline__V1__ProgrammeTerm *given)
{
    uint32_t gives = given->kind == CAROLINE__V1__PROGRAMME_TERM_KIND__TERM_REWARD ? (uint32_t)given->gift
                     : given->kind == CAROLINE__V1__PROGRAMME_TERM_KIND__TERM_EARN ? (uint32_t)given->per
                                                                                   : 0;

    return (struct programme_term){
        .name = "",
        .category_ids = ids_of(c, given->category_ids, given->n_category_ids),
        .product_ids = ids_of(c, given->product_ids, given->n_product_ids),
        .category_count = (uint32_t)given->n_category_ids,
        .product_count = (uint32_t)given->n_product_ids,
        .value = given->value,
        .cost = given->cost,
        .from_minute = minute_of(given->has_from_minute, given->from_minute, 0),
        .until_minute = minute_of(given->has_until_minute, given->until_minute, DAY_MINUTES),
        .kind = small((uint32_t)given->kind),
        .number = small(given->number),
        .gives = small(gives),
        .tier = small(given->tier),
        .goods = small((uint32_t)given->goods),
        .weekdays = given->has_weekdays ? small(given->weekdays) : (uint8_t)EVERY_DAY,
    };
}

static enum step refuse_term(struct call *c, const char *path, size_t at, const char *sentence)
{
    return refuse_field(c, REFUSAL(BAD_TERM), arena_format(c->txn.arena, "%sterms[%zu]", path, at), "%s", sentence);
}

/* term_valid(), with a sentence for each reason. */
static enum step check_term(struct call *c, const char *path, size_t at, const struct programme_term *term)
{
    if (term->kind < TERM_EARN || term->kind > TERM_TIER || term->number < 1 || term->number > TERM_NUMBER_MAX)
        return refuse_term(c, path, at, "a term is a rule of earning, a reward or a tier, numbered from 1 to 20");
    if (term_valid(term))
        return STEP_NEXT;
    if (term->category_count + term->product_count > TERM_GOODS_MAX)
        return refuse_term(c, path, at, "a term names at most 20 categories and products");
    if ((term->goods == TERM_GOODS_ALL) != (term->category_count + term->product_count == 0) ||
        term->goods > TERM_GOODS_OTHERS)
        return refuse_term(c, path, at,
                           "it is of all goods and names none, or of these or all but these, and names them");
    if (term->weekdays == 0 || term->weekdays > EVERY_DAY || term->from_minute >= term->until_minute ||
        term->until_minute > DAY_MINUTES)
        return refuse_term(
            c, path, at, "weekdays are bits, 1 for Monday to 64 for Sunday; it begins before it ends, within one day");
    if (term->kind == TERM_EARN)
        return refuse_term(
            c, path, at,
            "a rule of earning gives 1 to 1,000,000,000 points per money, unit or visit, and costs nothing");
    if (term->kind == TERM_REWARD)
        return refuse_term(c, path, at,
                           "a reward costs 1 to 1,000,000,000 points at any hour, and gives a piece of named goods, an "
                           "amount of money, or up to 1,000,000 millionths");
    return refuse_term(c, path, at, "a tier has what is spent for it, above nothing, and nothing else");
}

static int by_number(const void *a, const void *b)
{
    const struct programme_term *left = a, *right = b;

    return left->kind != right->kind ? left->kind - right->kind : left->number - right->number;
}

/* Made, in the place of the one of that kind and number, or taken out. */
static enum step put_term(struct call *c, const char *path, const Caroline__V1__Programme *given, size_t at,
                          struct programme_term *terms, size_t *count)
{
    struct programme_term term = read_term(c, given->terms[at]);
    size_t place = 0;
    enum step step;

    while (place < *count && by_number(&terms[place], &term) != 0)
        place++;
    if (given->terms[at]->gone) {
        if (place == *count)
            return refuse_term(c, path, at, "there is no such term to take out");
        terms[place] = terms[--*count];
        return STEP_NEXT;
    }
    if ((step = check_term(c, path, at, &term)) != STEP_NEXT)
        return step;
    step = typed_name(c, arena_format(c->txn.arena, "%sterms[%zu].", path, at), "name", given->terms[at]->name,
                      NAME_MAX_LENGTH, &term.name);
    if (step != STEP_NEXT)
        return step;
    if (place == PROGRAMME_TERMS_MAX)
        return refuse_term(c, path, at, "a programme has at most 40 terms");
    terms[place] = term;
    *count += place == *count;
    return STEP_NEXT;
}

/* A better tier takes more; what a tier is wanted for there has to be. */
static enum step check_tiers(struct call *c, const char *path, const struct programme *after)
{
    const struct programme_term *below = NULL;

    for (size_t i = 0; i < after->term_count; i++) {
        const struct programme_term *term = &after->terms[i];

        if (term->tier != 0 && programme_term(after, TERM_TIER, term->tier) == NULL)
            return refuse_field(c, REFUSAL(BAD_TERM), arena_format(c->txn.arena, "%sterms", path),
                                "%s is for a tier that is not there", term->name);
        if (term->kind != TERM_TIER)
            continue;
        if (below != NULL && below->value >= term->value)
            return refuse_field(c, REFUSAL(BAD_TERM), arena_format(c->txn.arena, "%sterms", path),
                                "the tier %s has to take more than %s below it", term->name, below->name);
        below = term;
    }
    return STEP_NEXT;
}

static enum step put_terms(struct call *c, const char *path, const Caroline__V1__Programme *given,
                           const struct programme *before, struct programme *after)
{
    struct programme_term *terms = arena_array(c->txn.arena, PROGRAMME_TERMS_MAX, sizeof *terms);
    size_t count = 0;

    for (; before != NULL && count < before->term_count; count++)
        terms[count] = before->terms[count];
    for (size_t i = 0; i < given->n_terms; i++) {
        enum step step = put_term(c, path, given, i, terms, &count);

        if (step != STEP_NEXT)
            return step;
    }
    if (count > 0)
        qsort(terms, count, sizeof *terms, by_number);
    after->terms = terms;
    after->term_count = count;
    return check_tiers(c, path, after);
}

/* ---- numbers ------------------------------------------------------------------------------------------------------ */

static enum step put_points(struct call *c, const char *path, const char *field, bool given, int64_t points,
                            int64_t least, int64_t *into)
{
    if (given && (points < least || points > TERM_POINTS_MAX))
        return refuse_field(c, REFUSAL(BAD_FIELD), arena_format(c->txn.arena, "%s%s", path, field),
                            "%lld to %lld points", (long long)least, (long long)TERM_POINTS_MAX);
    if (given)
        *into = points;
    return STEP_NEXT;
}

static enum step put_times(struct call *c, const char *path, const Caroline__V1__Programme *given,
                           struct programme *after)
{
    if (given->has_lot_days && (given->lot_days < 1 || given->lot_days > LOT_DAYS_MAX))
        return refuse_field(c, REFUSAL(BAD_FIELD), arena_format(c->txn.arena, "%slot_days", path),
                            "points live 1 to %d days", LOT_DAYS_MAX);
    if (given->has_tier_months && (given->tier_months < 1 || given->tier_months > TIER_MONTHS_MAX))
        return refuse_field(c, REFUSAL(BAD_FIELD), arena_format(c->txn.arena, "%stier_months", path),
                            "tiers are by 1 to %d months", TIER_MONTHS_MAX);
    if (given->has_lot_days)
        after->lot_days = given->lot_days;
    if (given->has_tier_months)
        after->tier_months = given->tier_months;
    return STEP_NEXT;
}

static enum step put_numbers(struct call *c, const char *path, const Caroline__V1__Programme *given,
                             struct programme *after)
{
    const struct {
        const char *field;
        bool given;
        int64_t points, least, *into;
    } numbers[] = {
        { "sign_up_points", given->has_sign_up_points, given->sign_up_points, 0, &after->sign_up_points },
        { "birthday_points", given->has_birthday_points, given->birthday_points, 0, &after->birthday_points },
        { "points_per_unit", given->has_points_per_unit, given->points_per_unit, 0, &after->points_per_unit },
        { "reward_cost", given->has_reward_cost, given->reward_cost, 1, &after->reward_cost },
        { "referrer_points", given->has_referrer_points, given->referrer_points, 0, &after->referrer_points },
        { "friend_points", given->has_friend_points, given->friend_points, 0, &after->friend_points },
    };

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        enum step step = put_points(c, path, numbers[i].field, numbers[i].given, numbers[i].points, numbers[i].least,
                                    numbers[i].into);
        if (step != STEP_NEXT)
            return step;
    }
    if (given->has_reward_category_id)
        after->reward_category_id = id_of(given->reward_category_id);
    return put_times(c, path, given, after);
}

/* ---- both --------------------------------------------------------------------------------------------------------- */

enum step programme_draft(struct call *c, const char *path, const Caroline__V1__Programme *given,
                          const struct programme *before, struct programme *after)
{
    enum step step;

    *after = before != NULL ? *before
                            : (struct programme){ .name = "",
                                                  .reward_name = "",
                                                  .lot_days = LOT_DAYS,
                                                  .reward_cost = REWARD_COST,
                                                  .tier_months = TIER_MONTHS };
    step = put_numbers(c, path, given, after);
    if (step == STEP_NEXT && given->has_name)
        step = typed_name(c, path, "name", given->name, NAME_MAX_LENGTH, &after->name);
    if (step == STEP_NEXT && given->has_reward_name)
        step = typed_name(c, path, "reward_name", given->reward_name, NAME_MAX_LENGTH, &after->reward_name);
    return step == STEP_NEXT ? put_terms(c, path, given, before, after) : step;
}

size_t programme_names(struct call *c, const struct programme *programme, bool categories, int64_t **ids)
{
    size_t count = 0;

    *ids = arena_array(c->txn.arena, (size_t)PROGRAMME_TERMS_MAX * TERM_GOODS_MAX, sizeof **ids);
    for (size_t i = 0; i < programme->term_count; i++) {
        const struct programme_term *term = &programme->terms[i];
        const int64_t *named = categories ? term->category_ids : term->product_ids;
        size_t named_count = categories ? term->category_count : term->product_count;

        for (size_t j = 0; j < named_count; j++) {
            size_t at = 0;

            while (at < count && (*ids)[at] != named[j])
                at++;
            if (at == count)
                (*ids)[count++] = named[j];
        }
    }
    return count;
}

static const char *goods_text(struct call *c, const struct programme_term *term)
{
    const char *text = term->goods == TERM_GOODS_OTHERS ? " of all but" : " of";

    for (size_t i = 0; i < term->category_count; i++)
        text = arena_format(c->txn.arena, "%s category %lld", text, (long long)term->category_ids[i]);
    for (size_t i = 0; i < term->product_count; i++)
        text = arena_format(c->txn.arena, "%s %lld", text, (long long)term->product_ids[i]);
    return term->goods == TERM_GOODS_ALL ? "" : text;
}

const char *programme_term_name(struct call *c, const struct programme_term *term)
{
    static const char *const kinds[] = { "", "earn", "reward", "tier" };

    return arena_format(c->txn.arena, "%s %u", kinds[term->kind], term->number);
}

const char *programme_term_text(struct call *c, const struct programme_term *term)
{
    return arena_format(c->txn.arena, "%s: gives %u, value %lld, cost %lld, tier %u, days %u, %u-%u%s", term->name,
                        term->gives, (long long)term->value, (long long)term->cost, term->tier, term->weekdays,
                        term->from_minute, term->until_minute, goods_text(c, term));
}
