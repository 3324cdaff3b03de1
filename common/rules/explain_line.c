/* What a line costs: the price of a unit, how much of it, and what was taken off. */
#include <inttypes.h>

#include "common/base/number.h"
#include "common/rules/explain_parts.h"

static const struct keyed_row *keyed_of(const struct sale_rows *sale, size_t line)
{
    for (size_t i = 0; i < sale->keyed_count; i++)
        if (sale->keyed[i].line == (int)line)
            return &sale->keyed[i];
    return NULL;
}

/* "the shop's price list, since 2026-11-22 (version 12)" */
static void explain_list_price(struct explaining *e, const struct product *product)
{
    const struct explain_since *since = explain_since_of(e, EXPLAIN_THING_PRICE, product->id);
    const char *whose = since == NULL ? "" : since->own ? "the shop's " : "the chain's ";

    explain_part(e, product->price_minor, "%sprice list%s", whose,
                 explain_since_text(e, EXPLAIN_THING_PRICE, product->id));
    if (since != NULL)
        explain_by(e, since->staff_id);
}

static const struct product *product_of(const struct explaining *e, size_t line)
{
    return e->facts->catalogue == NULL
               ? NULL
               : catalogue_product(e->facts->catalogue, e->facts->version, e->sale->lines[line].product_id);
}

static void explain_options(struct explaining *e, size_t line)
{
    const struct sale_rows *sale = e->sale;

    for (size_t i = 0; i < sale->option_count; i++) {
        const struct option_row *option = &sale->options[i];
        const struct modifier *modifier =
            e->facts->catalogue == NULL
                ? NULL
                : catalogue_modifier(e->facts->catalogue, e->facts->version, option->modifier_id);

        if (option->line == (int)line)
            explain_part(e, option->price_minor, "%s%s%s", modifier == NULL ? "" : modifier->name,
                         modifier == NULL ? "" : ": ", option->name);
    }
}

static void explain_unit(struct explaining *e, size_t line)
{
    static const char *const units[] = { [UNIT_PIECE] = "piece", [UNIT_KILOGRAM] = "kg", [UNIT_LITRE] = "l" };
    const struct sale_line_row *row = &e->sale->lines[line];
    const struct keyed_row *keyed = keyed_of(e->sale, line);
    const struct product *product = product_of(e, line);

    explain_number(e, EXPLAIN_UNIT_PRICE, (int)line, row->unit_price_minor, "Price of a %s",
                   row->unit <= UNIT_LITRE ? units[row->unit] : "unit");
    if (keyed != NULL) {
        explain_part(e, keyed->price_minor, "keyed at the till");
        if (product != NULL)
            explain_note(e, "an open price, from %s to %s", explain_money(e, product->open_min_minor),
                         explain_money(e, product->open_max_minor));
    } else if (product != NULL) {
        explain_list_price(e, product);
    } else {
        explain_unknown(e, "what the price list said then is not known");
    }
    explain_options(e, line);
    if (e->sum < 0 && !e->partly)
        explain_part(e, -e->sum, "no price is below nothing");
}

static void explain_amount(struct explaining *e, size_t line)
{
    const struct sale_line_row *row = &e->sale->lines[line];
    bool rounded = (__int128)row->unit_price_minor * row->quantity_milli % 1000 != 0;
    int64_t amount = 0;

    multiply_divide(row->unit_price_minor, row->quantity_milli, 1000, &amount);
    explain_number(e, EXPLAIN_LINE_AMOUNT, (int)line, row->gross_minor, "Amount");
    explain_part(e, amount, "%s x %s%s", explain_quantity(e, row->quantity_milli, row->unit),
                 explain_money(e, row->unit_price_minor), rounded ? ", rounded" : "");
}

/* "10 % off: day-old" */
static const char *discount_text(const struct explaining *e, const struct discount_row *discount)
{
    const char *reason = explain_text(e, discount->reason);
    char percent[NUMBER_TEXT];

    switch (discount->kind) {
    case DISCOUNT_OF_LINE:
        if (discount->rate_ppm == 0)
            return arena_format(e->arena, "off: %s", reason);
        return arena_format(e->arena, "%s %% off: %s", percent_format(percent, discount->rate_ppm), reason);
    case DISCOUNT_OF_RECEIPT:
        return "its part of the receipt's discount";
    case DISCOUNT_OF_PROMOTION:
        return arena_format(e->arena, "promotion %s", reason);
    case DISCOUNT_OF_COUPON:
        return arena_format(e->arena, "coupon %s", reason);
    case DISCOUNT_OF_REWARD:
        return arena_format(e->arena, "reward %s, for points", reason);
    }
    return reason;
}

static void explain_line_total(struct explaining *e, size_t line)
{
    const struct sale_line_row *row = &e->sale->lines[line];
    int64_t free_minor, free_pieces = explain_own_free(e->sale, line, &free_minor);

    if (row->discount_minor == 0 && row->total_minor == row->gross_minor)
        return;
    explain_number(e, EXPLAIN_LINE_TOTAL, (int)line, row->total_minor, "Costs");
    explain_part(e, row->gross_minor, "amount");
    if (free_pieces > 0)
        explain_part(e, -free_minor, "%" PRId64 " free, for points", free_pieces);
    for (size_t i = 0; i < e->sale->discount_count; i++)
        if (e->sale->discounts[i].line == (int)line)
            explain_part(e, -e->sale->discounts[i].amount_minor, "%s", discount_text(e, &e->sale->discounts[i]));
}

static const char *what_it_is(const struct explaining *e, size_t line)
{
    const struct sale_line_row *row = &e->sale->lines[line];

    for (size_t i = 0; i < e->sale->deposit_count; i++)
        if (e->sale->deposits[i].line == (int)line && e->sale->deposits[i].goods_line != NO_LINE)
            return arena_format(e->arena, ", with line %d", e->sale->deposits[i].goods_line + 1);
    if ((row->flags & LINE_CHARGE) != 0)
        return ", a charge";
    if ((row->flags & LINE_DEPOSIT) != 0)
        return row->quantity_milli < 0 ? ", taken back" : ", a deposit";
    return (row->flags & LINE_HOT) != 0 ? ", hot" : "";
}

void explain_lines(struct explaining *e)
{
    for (size_t i = 0; i < e->sale->line_count; i++) {
        const struct sale_line_row *row = &e->sale->lines[i];
        bool voided = (row->flags & LINE_VOIDED) != 0;

        explain_head(e, "Line %zu: %s%s", i + 1, row->name,
                     voided ? ", taken off before it was paid" : what_it_is(e, i));
        explain_unit(e, i);
        if (voided && row->gross_minor == 0 && row->total_minor == 0) {
            explain_end(e);
            continue;
        }
        explain_amount(e, i);
        explain_line_total(e, i);
        explain_line_tax(e, i);
        explain_end(e);
    }
}
