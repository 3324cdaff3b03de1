/* What a sale earns: points_per_unit on what was paid for goods, and what the programme's rules give beside. */
#include "common/rules/sale_parts.h"

static struct earn_line *earn_lines_of(const struct priced_line *lines, size_t count, bool included,
                                       struct arena *arena)
{
    struct earn_line *earn = arena_array(arena, count, sizeof *earn);

    for (size_t i = 0; i < count; i++) {
        const struct priced_line *line = &lines[i];

        if (!line->voided && !line->deposit)
            earn[i] = (struct earn_line){ .product_id = line->product->id,
                                          .category_id = line->product->category_id,
                                          .paid_minor = line->total_minor + (included ? 0 : line->tax_minor),
                                          .paid_milli = priced_paid_milli(line) };
    }
    return earn;
}

bool sale_earn(const struct sale_command *command, const struct working_set *set, const struct shop *shop,
               const struct programme *programme, const struct member_state *member, struct instant now,
               const struct priced_line *lines, struct sale_rows *rows)
{
    int64_t paid_minor = rows->total_minor - rows->deposit_minor;
    size_t count = command->basket.line_count;

    if (!programme_has(programme, TERM_EARN))
        return points_earned(programme, paid_minor, shop->currency_exponent, &rows->points_earned);
    rows->earnings = arena_array(set->arena, EARNINGS_MAX, sizeof *rows->earnings);
    rows->has_earn_time = true;
    rows->earn_tier = member->tier;
    rows->earn_time = earn_time_of(set->zone, sale_priced_at(command, now));
    return programme_earn(programme, earn_lines_of(lines, count, shop->prices_include_tax, set->arena), count,
                          paid_minor, rows->earn_tier, rows->earn_time, shop->currency_exponent, rows->earnings,
                          &rows->earning_count, &rows->points_earned);
}
