/* Discounts, taken and measured. */
#include "common/rules/discount.h"

#include "common/base/number.h"
#include "common/rules/catalogue.h"
#include "common/rules/price.h"

bool discount_valid(const struct discount *discount)
{
    return discount->value > 0 && discount->value <= (discount->fixed ? MINOR_MAX : DISCOUNT_WHOLE_PPM);
}

bool approval_within(const struct role *role, const struct approval_wanted *wanted)
{
    return role_may(role, "approve") && wanted->discount_ppm <= role_discount_ppm(role) &&
           (!wanted->deposit_back || role_may(role, "refund")) &&
           (!wanted->free_refund || role_may(role, "refund_free"));
}

/* minor × ppm, at most all of it: it fits. */
static int64_t part_of(int64_t minor, int64_t ppm)
{
    int64_t part = 0;

    multiply_divide(minor, ppm, DISCOUNT_WHOLE_PPM, &part);
    return part;
}

int64_t discount_of(const struct discount *discount, int64_t minor)
{
    if (!discount->given)
        return 0;
    if (!discount->fixed)
        return part_of(minor, discount->value);
    return discount->value < minor ? discount->value : minor;
}

static void take(struct priced_line *line, int64_t minor)
{
    line->discount_minor += minor;
    line->total_minor = line->gross_minor - line->discount_minor;
}

static int64_t take_of_receipt(struct priced_line *lines, size_t count, const struct discount *discount,
                               struct arena *arena)
{
    int64_t *weights = arena_array(arena, count, sizeof *weights), *parts = arena_array(arena, count, sizeof *parts);
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += weights[i] = lines[i].deposit ? 0 : lines[i].total_minor;
    int64_t taken = discount_of(discount, sum);
    if (taken == 0)
        return 0;
    spread_largest_remainder(taken, weights, count, parts);
    for (size_t i = 0; i < count; i++) {
        lines[i].of_receipt_minor = parts[i];
        take(&lines[i], parts[i]);
    }
    return taken;
}

int64_t discounts_take(struct priced_line *lines, size_t count, const struct discount *of_receipt, struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        if (lines[i].voided || lines[i].deposit || lines[i].own == NULL)
            continue;
        lines[i].own_minor = discount_of(lines[i].own, lines[i].total_minor);
        take(&lines[i], lines[i].own_minor);
    }
    return of_receipt->given ? take_of_receipt(lines, count, of_receipt, arena) : 0;
}

bool discounts_within(const struct priced_line *lines, size_t count, uint32_t limit_ppm)
{
    int64_t taken = 0, before = 0, line_by_line = 0;

    for (size_t i = 0; i < count; i++) {
        if (lines[i].deposit)
            continue;
        int64_t discounts = lines[i].own_minor + lines[i].of_receipt_minor;
        int64_t allowed = part_of(lines[i].total_minor + discounts, limit_ppm);

        if (lines[i].own_minor > allowed)
            return false;
        taken += discounts;
        before += lines[i].total_minor + discounts;
        line_by_line += allowed;
    }
    return taken <= line_by_line || taken <= part_of(before, limit_ppm);
}

uint32_t discounts_need_ppm(const struct priced_line *lines, size_t count)
{
    uint32_t least = 0, most = DISCOUNT_WHOLE_PPM;

    while (least < most) {
        uint32_t middle = least + (most - least) / 2;

        if (discounts_within(lines, count, middle))
            most = middle;
        else
            least = middle + 1;
    }
    return least;
}

/* A floor above the price itself asks for no more than the price. */
static bool is_below_floor(const struct priced_line *line)
{
    int64_t lowest = line->product->floor_minor, least = 0;

    if (lowest == 0 || line->own_minor + line->of_receipt_minor == 0)
        return false;
    if (lowest > priced_unit_minor(line))
        lowest = priced_unit_minor(line);
    multiply_divide(lowest, line->quantity_milli - line->rewards * 1000, 1000, &least);
    return line->total_minor + line->reward_minor < least; /* points paid for that */
}

size_t discounts_below_floor(const struct priced_line *lines, size_t count)
{
    size_t line = 0;

    while (line < count && !is_below_floor(&lines[line]))
        line++;
    return line;
}
