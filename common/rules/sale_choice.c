/* Options and keyed prices of a sale's lines: refused by name, priced, and as rows. */
#include "common/rules/sale_parts.h"

static enum sale_verdict refuse(struct sale_rows *rows, struct arena *arena, enum sale_verdict verdict, size_t index,
                                const char *field, const char *sentence)
{
    return sale_refuse(rows, arena, verdict, arena_format(arena, "basket.lines[%zu].%s", index, field), "line %zu, %s",
                       index + 1, sentence);
}

static enum sale_verdict refuse_price(const struct sale_command *command, const struct catalogue *catalogue,
                                      size_t index, const struct product *product, struct arena *arena,
                                      struct sale_rows *rows)
{
    const struct shop *shop = catalogue_shop(catalogue, command->basket.catalogue_version);
    char least[NUMBER_TEXT], most[NUMBER_TEXT];

    return refuse(rows, arena, SALE_BAD_KEYED_PRICE, index, "keyed_price_minor",
                  arena_format(arena, "%s: its price is from %s to %s", product->name,
                               minor_format(least, product->open_min_minor, shop->currency_exponent),
                               minor_format(most, product->open_max_minor, shop->currency_exponent)));
}

static enum sale_verdict check(const struct sale_command *command, const struct catalogue *catalogue, size_t index,
                               const struct product *product, struct arena *arena, struct sale_rows *rows)
{
    const struct modifier *of = NULL;
    const char *name = product->name, *field;
    size_t at = 0;
    enum choice_verdict verdict = choice_check(&command->basket.lines[index].choice, product, catalogue,
                                               command->basket.catalogue_version, &of, &at);

    field = arena_format(arena, "options[%zu]", at);
    switch (verdict) {
    case CHOICE_OK:
        break;
    case CHOICE_UNKNOWN:
        return refuse(rows, arena, SALE_UNKNOWN_OPTION, index, field,
                      arena_format(arena, "%s: there is no such option of it", name));
    case CHOICE_INACTIVE:
        return refuse(rows, arena, SALE_UNKNOWN_OPTION, index, field,
                      arena_format(arena, "%s: an option of %s is not offered any more", name, of->name));
    case CHOICE_TWICE:
        return refuse(rows, arena, SALE_UNKNOWN_OPTION, index, field,
                      arena_format(arena, "%s: an option of %s is chosen twice", name, of->name));
    case CHOICE_TOO_FEW:
        return refuse(rows, arena, SALE_OPTION_WANTED, index, "options",
                      arena_format(arena, "%s: of %s at least %u is to be chosen", name, of->name, of->choose_min));
    case CHOICE_TOO_MANY:
        return refuse(rows, arena, SALE_TOO_MANY_OPTIONS, index, "options",
                      arena_format(arena, "%s: of %s at most %u may be chosen", name, of == NULL ? "all" : of->name,
                                   of == NULL ? LINE_OPTIONS_MAX : of->choose_max));
    case CHOICE_PRICE_WANTED:
        return refuse(rows, arena, SALE_PRICE_WANTED, index, "keyed_price_minor",
                      arena_format(arena, "%s: its price has to be keyed", name));
    case CHOICE_PRICE_FIXED:
        return refuse(rows, arena, SALE_BAD_KEYED_PRICE, index, "keyed_price_minor",
                      arena_format(arena, "%s: it has a price, none can be keyed", name));
    case CHOICE_PRICE_OUTSIDE:
        return refuse_price(command, catalogue, index, product, arena, rows);
    }
    return SALE_OK;
}

/* Nothing chosen, and nothing to choose: nearly every line. */
static bool is_plain(const struct line_choice *choice, const struct product *product)
{
    return choice->option_count == 0 && !choice->keyed && !product->open_price && product->modifier_count == 0;
}

enum sale_verdict sale_take_choice(const struct sale_command *command, const struct catalogue *catalogue, size_t index,
                                   bool is_sold, struct arena *arena, struct priced_line *line, struct sale_rows *rows)
{
    const struct line_choice *choice = &command->basket.lines[index].choice;
    const struct product *product = line->product;

    if (is_plain(choice, product))
        return SALE_OK;
    enum sale_verdict verdict = is_sold ? check(command, catalogue, index, product, arena, rows) : SALE_OK;
    if (verdict != SALE_OK)
        return verdict;
    rows->option_count += choice->option_count;
    if (rows->option_count > BASKET_OPTIONS_MAX)
        return refuse(
            rows, arena, SALE_TOO_MANY_OPTIONS, index, "options",
            arena_format(arena, "%s: a receipt has room for %d options in all", product->name, BASKET_OPTIONS_MAX));
    int64_t unit_minor = choice_unit_minor(choice, product, catalogue, command->basket.catalogue_version);
    if (unit_minor > UNIT_PRICE_MAX)
        return refuse(rows, arena, SALE_AMOUNT_OVERFLOW, index, "options",
                      arena_format(arena, "%s: the price leaves the range of money", product->name));
    line->apart_minor = unit_minor - product->price_minor;
    rows->keyed_count += choice_is_keyed(choice, product);
    return SALE_OK;
}

static void fill_options(const struct line_choice *choice, const struct product *product,
                         const struct catalogue *catalogue, uint64_t version, int line, struct sale_rows *rows)
{
    const struct modifier *of;

    for (size_t i = 0; i < choice->option_count; i++) {
        const struct modifier_option *option = choice_option(&choice->options[i], product, catalogue, version, &of);

        if (option != NULL) /* of what is not sold it may be gone */
            rows->options[rows->option_count++] = (struct option_row){ .line = line,
                                                                       .modifier_id = of->id,
                                                                       .option = option->number,
                                                                       .name = option->name,
                                                                       .price_minor = option->price_minor };
    }
}

/* A till prints what its catalogue has: of another, that nobody knows, it is listed. */
static void list_strange(const struct sale_command *command, const struct catalogue *catalogue,
                         const struct priced_line *lines, struct sale_rows *rows)
{
    const struct modifier *of;
    size_t at;

    for (size_t i = 0; i < command->basket.line_count; i++) {
        const struct line_choice *choice = &command->basket.lines[i].choice;

        if (lines[i].voided || is_plain(choice, lines[i].product) ||
            choice_check(choice, lines[i].product, catalogue, command->basket.catalogue_version, &of, &at) == CHOICE_OK)
            continue;
        sale_except(rows, EXCEPTION_CHOICE, NO_LINE, (int64_t)i, 0);
        return;
    }
}

void sale_fill_choices(const struct sale_command *command, const struct catalogue *catalogue,
                       const struct priced_line *lines, struct arena *arena, struct sale_rows *rows)
{
    if (command->printed != NULL)
        list_strange(command, catalogue, lines, rows);
    if (rows->option_count == 0 && rows->keyed_count == 0)
        return;
    rows->options = arena_array(arena, rows->option_count, sizeof *rows->options);
    rows->keyed = arena_array(arena, rows->keyed_count, sizeof *rows->keyed);
    rows->option_count = rows->keyed_count = 0;
    for (size_t i = 0; i < command->basket.line_count; i++) {
        const struct line_choice *choice = &command->basket.lines[i].choice;

        fill_options(choice, lines[i].product, catalogue, command->basket.catalogue_version, (int)i, rows);
        if (choice_is_keyed(choice, lines[i].product))
            rows->keyed[rows->keyed_count++] = (struct keyed_row){ .line = (int)i, .price_minor = choice->keyed_minor };
    }
}
