/* The shares of a sale that comes back: lines first, what is summed from them next, who is paid last. */
#include "common/rules/refund_share.h"

#include <assert.h>

#include "common/rules/refund_part.h"

static int64_t part_of(int64_t whole, int64_t part, int64_t of)
{
    int64_t result = 0;

    if (of > 0) {
        bool fits = multiply_divide(whole, part, of, &result);

        assert(fits); /* no part is more than the whole */
        (void)fits;
    }
    return result;
}

static int64_t free_milli_of(const struct original_line *line)
{
    return line->free_minor == 0 ? 0 : 1000 * (line->free_minor / line->unit_price_minor);
}

static bool line_is_sound(const struct original_line *line)
{
    int64_t sign = line->quantity_milli < 0 ? -1 : 1;

    if (sign * line->gross_minor < 0 || sign * line->total_minor < 0 || sign * line->tax_minor < 0 ||
        line->discount_minor < 0 || line->discount_minor != line->gross_minor - line->total_minor ||
        line->free_minor < 0 || line->free_minor > line->discount_minor || line->reward_minor < 0)
        return false;
    if (line->free_minor > 0 && line->unit_price_minor <= 0)
        return false;
    int64_t free_milli = free_milli_of(line);
    if (line->quantity_milli < 0) /* taken back: nothing of it was free, nor comes back */
        return free_milli == 0 && line->coupon_milli == 0 && line->back_milli == 0;
    return line->coupon_milli >= 0 && line->coupon_milli <= line->quantity_milli &&
           free_milli <= line->quantity_milli - line->coupon_milli && line->back_milli >= 0 &&
           line->back_milli <= line->quantity_milli;
}

static bool is_within(int64_t number, int64_t most)
{
    return number >= -most && number <= most;
}

bool original_is_sound(const struct original *original)
{
    for (size_t i = 0; i < original->line_count; i++)
        if (!line_is_sound(&original->lines[i]))
            return false;
    for (size_t i = 0; i < original->lot_count; i++)
        if (original->lots[i].earned < 0 || original->lots[i].earned > POINTS_MAX || original->lots[i].spent < 0 ||
            original->lots[i].spent > POINTS_MAX)
            return false;
    for (size_t i = 0; i < original->earning_count; i++)
        if (!is_within(original->earnings[i].points, POINTS_MAX) || !is_within(original->earnings[i].basis, MINOR_MAX))
            return false;
    return true;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t original_paid_milli(const struct original_line *line, int64_t back_milli)
{
    int64_t paid_milli = line->quantity_milli - free_milli_of(line) - line->coupon_milli;

    return back_milli < paid_milli ? paid_milli - back_milli : 0;
}

static void share_line(const struct original_line *line, int64_t back_milli, struct refund_share_line *share)
{
    int64_t free_milli = free_milli_of(line), paid_milli = least(back_milli, line->quantity_milli - free_milli);
    struct line_amounts paid = {
        .quantity_milli = line->quantity_milli - free_milli,
        .gross_minor = line->gross_minor - line->free_minor,
        .discount_minor = line->discount_minor - line->free_minor,
        .total_minor = line->total_minor,
    };
    struct line_amounts part = { 0 };

    line_part(&paid, 0, paid_milli, &part); /* nothing of it: nothing it stays */
    share->free_milli = back_milli - paid_milli;
    int64_t free_minor = part_of(line->free_minor, share->free_milli, free_milli);
    share->gross_minor = part.gross_minor + free_minor;
    share->discount_minor = part.discount_minor + free_minor;
    share->total_minor = part.total_minor;
}

static bool is_borne(const struct original *original, size_t row)
{
    for (size_t i = 0; i < original->line_count; i++)
        if ((original->lines[i].tax_rows >> row & 1) != 0)
            return true;
    return false;
}

/* Each component's tax as it was spread over the lines when they were sold, and of each line what its share of the total
 * bears: by the quantity, a crumb could give back more tax than it cost. One that no line bears, of what was printed offline, was
 * spread over all (tax_take()). */
static void share_taxes(const struct original *original, bool included, struct arena *arena, struct refund_share *share)
{
    int64_t *totals = arena_array(arena, original->line_count, sizeof *totals);
    int64_t *rates = arena_array(arena, original->line_count, sizeof *rates);
    int64_t *parts = arena_array(arena, original->line_count, sizeof *parts);
    size_t *members = arena_array(arena, original->line_count, sizeof *members);

    for (size_t row = 0; row < original->tax_count; row++) {
        size_t count = 0;

        for (size_t i = 0; i < original->line_count; i++) {
            const struct original_line *line = &original->lines[i];

            if ((line->tax_rows >> row & 1) == 0)
                continue;
            totals[count] = line->total_minor;
            rates[count] = 0;
            for (size_t other = 0; other < original->tax_count; other++)
                rates[count] += (line->tax_rows >> other & 1) != 0 ? original->taxes[other].rate_ppm : 0;
            members[count++] = i;
        }
        for (size_t i = 0; !is_borne(original, row) && i < original->line_count; i++)
            if (original->lines[i].total_minor != 0) {
                totals[count] = original->lines[i].total_minor;
                rates[count] = 0;
                members[count++] = i;
            }
        if (count == 0)
            continue;
        tax_spread(original->taxes[row].tax_minor, totals, rates, count, included, arena, parts);
        for (size_t i = 0; i < count; i++) {
            const struct original_line *line = &original->lines[members[i]];
            int64_t tax = part_of(parts[i], share->lines[members[i]].total_minor, line->total_minor);

            share->lines[members[i]].tax_minor += tax;
            share->component_minor[row] += tax;
            share->tax_minor += tax;
        }
    }
    for (size_t row = 0; row < original->tax_count; row++)
        for (size_t i = 0; i < original->line_count; i++)
            if ((original->lines[i].tax_rows >> row & 1) != 0)
                share->net_minor[row] += share->lines[i].total_minor - (included ? share->lines[i].tax_minor : 0);
}

/* Who paid last is paid first; cash as one, where its last part stands, in what the shop paid in. */
static void share_tenders(const struct original *original, bool all, struct refund_share *share)
{
    const struct shop shop = { .cash_rounding_minor = original->cash_rounding_minor };
    int64_t cash_stayed = 0, cash_covered = original->total_minor, cash_left = 0, left = share->total_minor;
    bool cash_seen = false;

    for (size_t i = 0; i < original->tender_count; i++) {
        bool cash = original->tenders[i].kind == TENDER_CASH;

        cash_stayed += cash ? original->tenders[i].amount_minor : 0;
        cash_covered -= cash ? 0 : original->tenders[i].amount_minor;
    }
    for (size_t behind = original->tender_count; behind > 0; behind--) {
        size_t i = behind - 1;
        const struct original_tender *tender = &original->tenders[i];

        if (all) {
            share->tender_minor[i] = tender->amount_minor;
        } else if (tender->kind != TENDER_CASH) {
            share->tender_minor[i] = least(tender->amount_minor, left);
            left -= share->tender_minor[i];
        } else {
            if (!cash_seen) {
                int64_t covered = least(cash_covered, left);

                left -= covered;
                cash_left = least(cash_stayed, cash_due(&shop, covered));
                cash_seen = true;
            }
            share->tender_minor[i] = least(tender->amount_minor, cash_left);
            cash_left -= share->tender_minor[i];
        }
        share->rounding_minor += share->tender_minor[i];
    }
    share->rounding_minor -= share->total_minor;
}

/* What stays of the lines, as rules of earning see them: each in the place that it had in the sale. */
static struct earn_line *lines_that_stay(const struct original *original, const int64_t *back_milli, bool included,
                                         const struct refund_share *share, struct arena *arena)
{
    struct earn_line *stay = arena_array(arena, EARN_LINES_MAX, sizeof *stay);

    for (size_t i = 0; i < original->line_count; i++) {
        const struct original_line *line = &original->lines[i];
        const struct refund_share_line *back = &share->lines[i];

        if (line->line < 0 || line->line >= EARN_LINES_MAX)
            continue;
        stay[line->line] = (struct earn_line){
            .paid_minor = line->total_minor - back->total_minor + (included ? 0 : line->tax_minor - back->tax_minor),
            .paid_milli = original_paid_milli(line, back_milli[i]),
        };
    }
    return stay;
}

/* What each rule that gave something would have given for what stays, which is goods_minor in all. */
static void share_earnings(const struct original *original, const int64_t *back_milli, bool all, bool included,
                           int64_t goods_minor, struct arena *arena, struct refund_share *share)
{
    const struct earn_line *stay = lines_that_stay(original, back_milli, included, share, arena);

    for (size_t i = 0; i < original->earning_count && i < EARNINGS_MAX; i++) {
        const struct earning *gave = &original->earnings[i];
        int64_t basis = gave->rule == 0 ? goods_minor : earn_basis(gave->per, stay, EARN_LINES_MAX, NULL, gave);
        int64_t points = 0;

        basis = all || basis < 0 ? 0 : least(basis, gave->basis);
        earn_points(gave->per, gave->value, basis, original->currency_exponent, &points);
        points = least(points, gave->points);
        share->earnings[i].basis = gave->basis - basis;
        share->earnings[i].points = gave->points - points;
        share->earned += gave->points - points;
    }
}

/* By the pieces that came back free, or, where rewards took off something else as well, by what all of them took off: of an amount or a rate the
 * share of the line's quantity. */
static int64_t share_spent(const struct original *original, const int64_t *back_milli, int64_t spent,
                           const struct refund_share *share)
{
    int64_t free_milli = 0, free_back = 0, off_minor = 0, off_back = 0, values_minor = 0;

    for (size_t i = 0; i < original->line_count; i++) {
        const struct original_line *line = &original->lines[i];
        int64_t line_free = free_milli_of(line);

        free_milli += line_free;
        free_back += share->lines[i].free_milli;
        values_minor += line->reward_minor;
        off_minor += line->free_minor + line->reward_minor;
        off_back += part_of(line->free_minor, share->lines[i].free_milli, line_free) +
                    part_of(line->reward_minor, back_milli[i], line->quantity_milli);
    }
    return values_minor > 0 ? part_of(spent, off_back, off_minor) : part_of(spent, free_back, free_milli);
}

/* What it earned beyond what the rest would have earned, and the price of the rewards that came back. */
static void share_points(const struct original *original, const int64_t *back_milli, bool all, bool included,
                         struct arena *arena, struct refund_share *share)
{
    const struct programme programme = { .points_per_unit = original->points_per_unit };
    int64_t earned = 0, spent = 0, kept = 0, goods_minor = 0;

    for (size_t i = 0; i < original->lot_count; i++) {
        earned += original->lots[i].earned;
        spent += original->lots[i].spent;
    }
    for (size_t i = 0; i < original->line_count; i++)
        if ((original->lines[i].flags & (LINE_DEPOSIT | LINE_CHARGE)) != 0) /* which earn nothing */
            goods_minor -= original->lines[i].total_minor - share->lines[i].total_minor +
                           (included ? 0 : original->lines[i].tax_minor - share->lines[i].tax_minor);
    goods_minor += original->total_minor - share->total_minor;
    share->spent = all ? spent : share_spent(original, back_milli, spent, share);
    if (original->earning_count > 0) {
        share_earnings(original, back_milli, all, included, goods_minor, arena, share);
        return;
    }
    points_earned(&programme, goods_minor, original->currency_exponent, &kept);
    share->earned = all ? earned : earned - least(earned, kept);
}

void refund_share(const struct original *original, const int64_t *back_milli, bool all, struct arena *arena,
                  struct refund_share *share)
{
    int64_t sold_minor = 0;
    bool nothing = !all;

    *share = (struct refund_share){ .lines = arena_array(arena, original->line_count, sizeof *share->lines),
                                    .tender_minor =
                                        arena_array(arena, original->tender_count, sizeof *share->tender_minor) };
    for (size_t i = 0; i < original->line_count; i++) {
        share_line(&original->lines[i], back_milli[i], &share->lines[i]);
        sold_minor += original->lines[i].total_minor;
        share->total_minor += share->lines[i].total_minor;
        nothing = nothing && back_milli[i] == 0;
    }
    if (nothing)
        return;
    /* Prices that include the tax leave nothing to add to the lines. */
    bool included = sold_minor == original->total_minor;
    share_taxes(original, included, arena, share);
    share->total_minor += included ? 0 : share->tax_minor;
    if (all) {
        share->total_minor = original->total_minor;
        share->tax_minor = original->tax_minor;
        for (size_t row = 0; row < original->tax_count; row++) {
            share->net_minor[row] = original->taxes[row].net_minor;
            share->component_minor[row] = original->taxes[row].tax_minor;
        }
        for (size_t i = 0; i < original->line_count; i++)
            share->lines[i].tax_minor = original->lines[i].tax_minor;
    }
    share_tenders(original, all, share);
    share_points(original, back_milli, all, included, arena, share);
}
