/* Options and keyed prices: what may be chosen, and what a unit costs with it. */
#include "common/rules/modifier.h"

bool modifier_valid(const struct modifier *modifier)
{
    uint32_t active = 0;

    if (modifier->option_count < 1 || modifier->option_count > MODIFIER_OPTIONS_MAX || modifier->choose_max < 1 ||
        modifier->choose_max > MODIFIER_OPTIONS_MAX || modifier->choose_min > modifier->choose_max)
        return false;
    for (size_t i = 0; i < modifier->option_count; i++) {
        const struct modifier_option *option = &modifier->options[i];

        if (option->number < 1 || option->number > MODIFIER_OPTIONS_MAX || option->price_minor > UNIT_PRICE_MAX ||
            option->price_minor < -UNIT_PRICE_MAX)
            return false;
        if (i > 0 && option->number <= modifier->options[i - 1].number)
            return false;
        active += option->active;
    }
    return !modifier->active || modifier->choose_min <= active;
}

const struct modifier_option *modifier_option(const struct modifier *modifier, uint32_t number)
{
    for (size_t i = 0; i < modifier->option_count; i++)
        if (modifier->options[i].number == number)
            return &modifier->options[i];
    return NULL;
}

size_t modifiers_of(const struct product *product, const struct catalogue *catalogue, uint64_t version,
                    const struct modifier *found[PRODUCT_MODIFIERS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < product->modifier_count; i++) {
        const struct modifier *modifier = catalogue_modifier(catalogue, version, product->modifier_ids[i]);

        if (modifier != NULL && modifier->active)
            found[count++] = modifier;
    }
    return count;
}

bool modifiers_ask(const struct product *product, const struct catalogue *catalogue, uint64_t version)
{
    const struct modifier *found[PRODUCT_MODIFIERS_MAX];
    size_t count = modifiers_of(product, catalogue, version, found);
    bool asks = product->open_price;

    for (size_t i = 0; i < count; i++)
        asks = asks || found[i]->choose_min > 0;
    return asks;
}

const struct modifier_option *choice_option(const struct line_option *asked, const struct product *product,
                                            const struct catalogue *catalogue, uint64_t version,
                                            const struct modifier **of)
{
    *of = NULL;
    for (size_t i = 0; i < product->modifier_count; i++)
        if (product->modifier_ids[i] == asked->modifier_id)
            *of = catalogue_modifier(catalogue, version, asked->modifier_id);
    return *of == NULL ? NULL : modifier_option(*of, asked->option);
}

static bool chosen_before(const struct line_choice *choice, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (choice->options[i].modifier_id == choice->options[at].modifier_id &&
            choice->options[i].option == choice->options[at].option)
            return true;
    return false;
}

static uint32_t chosen_of(const struct line_choice *choice, int64_t modifier_id)
{
    uint32_t count = 0;

    for (size_t i = 0; i < choice->option_count; i++)
        count += choice->options[i].modifier_id == modifier_id;
    return count;
}

static enum choice_verdict check_price(const struct line_choice *choice, const struct product *product)
{
    if (!product->open_price)
        return choice->keyed ? CHOICE_PRICE_FIXED : CHOICE_OK;
    if (!choice->keyed)
        return CHOICE_PRICE_WANTED;
    return choice->keyed_minor >= product->open_min_minor && choice->keyed_minor <= product->open_max_minor
               ? CHOICE_OK
               : CHOICE_PRICE_OUTSIDE;
}

enum choice_verdict choice_check(const struct line_choice *choice, const struct product *product,
                                 const struct catalogue *catalogue, uint64_t version, const struct modifier **of,
                                 size_t *at)
{
    const struct modifier *found[PRODUCT_MODIFIERS_MAX];

    *of = NULL;
    *at = 0;
    if (choice->option_count > LINE_OPTIONS_MAX)
        return CHOICE_TOO_MANY;
    for (; *at < choice->option_count; (*at)++) {
        const struct modifier_option *option = choice_option(&choice->options[*at], product, catalogue, version, of);

        if (option == NULL)
            return CHOICE_UNKNOWN;
        if (!option->active || !(*of)->active)
            return CHOICE_INACTIVE;
        if (chosen_before(choice, *at))
            return CHOICE_TWICE;
    }
    *at = 0;
    size_t count = product->modifier_count == 0 ? 0 : modifiers_of(product, catalogue, version, found);
    for (size_t i = 0; i < count; i++) {
        uint32_t chosen = chosen_of(choice, found[i]->id);

        *of = found[i];
        if (chosen < found[i]->choose_min)
            return CHOICE_TOO_FEW;
        if (chosen > found[i]->choose_max)
            return CHOICE_TOO_MANY;
    }
    *of = NULL;
    return check_price(choice, product);
}

struct line_choice choice_of_voided(const struct line_choice *choice, const struct product *product)
{
    struct line_choice voided = *choice;

    voided.keyed = check_price(choice, product) == CHOICE_OK && choice->keyed;
    return voided;
}

bool choice_is_keyed(const struct line_choice *choice, const struct product *product)
{
    return product->open_price && choice->keyed && choice->keyed_minor >= 0 && choice->keyed_minor <= UNIT_PRICE_MAX;
}

int64_t choice_unit_minor(const struct line_choice *choice, const struct product *product,
                          const struct catalogue *catalogue, uint64_t version)
{
    int64_t unit_minor = choice_is_keyed(choice, product) ? choice->keyed_minor : product->price_minor;
    const struct modifier *of;

    for (size_t i = 0; i < choice->option_count && i < LINE_OPTIONS_MAX; i++) {
        const struct modifier_option *option = choice_option(&choice->options[i], product, catalogue, version, &of);

        if (option != NULL) /* each within UNIT_PRICE_MAX: the sum is far from the end of numbers */
            unit_minor += option->price_minor;
    }
    return unit_minor < 0 ? 0 : unit_minor;
}
