/* What was taken off: by which promotion, coupon, reward or person, how much by its terms, and how that is spread over the lines. */
#include <inttypes.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/explain_parts.h"

/* ---- the rows of one ---- */

static bool is_of(const struct discount_row *row, const struct discount_row *whole)
{
    return row->kind == whole->kind && row->promotion_id == whole->promotion_id;
}

/* What each line bears of it. */
static int64_t *parts_of(const struct explaining *e, const struct discount_row *whole)
{
    const struct sale_rows *sale = e->sale;
    int64_t *parts = arena_array(e->arena, sale->line_count, sizeof *parts);

    for (size_t i = 0; i < sale->discount_count; i++) {
        const struct discount_row *row = &sale->discounts[i];

        if (row->line >= 0 && (size_t)row->line < sale->line_count && is_of(row, whole))
            parts[row->line] = row->amount_minor;
    }
    return parts;
}

static bool same_parts(const struct explaining *e, const int64_t *one, const int64_t *other)
{
    return memcmp(one, other, e->sale->line_count * sizeof *one) == 0;
}

/* Are its parts free pieces? */
static bool is_pieces(const struct sale_rows *sale, const struct discount_row *whole)
{
    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].line != NO_LINE && is_of(&sale->discounts[i], whole))
            return sale->discounts[i].times > 0;
    return false;
}

static const char *line_text(const struct explaining *e, size_t line)
{
    return arena_format(e->arena, "line %zu: %s", line + 1, e->sale->lines[line].name);
}

/* Of a line that a coupon made pieces of free. */
static const char *free_text(const struct explaining *e, const struct discount_row *whole, size_t line)
{
    for (size_t i = 0; i < e->sale->discount_count; i++) {
        const struct discount_row *row = &e->sale->discounts[i];

        if (row->kind == DISCOUNT_OF_COUPON && row->line == (int)line && row->times > 0 && is_of(row, whole))
            return arena_format(e->arena, ", %" PRIu32 " free", row->times);
    }
    return "";
}

static void explain_whole(struct explaining *e, const struct discount_row *whole, const char *what, const char *since)
{
    const int64_t *parts = parts_of(e, whole);

    explain_number(e, EXPLAIN_DISCOUNT, NO_LINE, whole->amount_minor, "%s %s%s", what, explain_text(e, whole->reason),
                   since);
    for (size_t i = 0; i < e->sale->line_count; i++)
        if (parts[i] != 0)
            explain_part(e, parts[i], "%s%s", line_text(e, i), free_text(e, whole, i));
}

static void check_parts(struct explaining *e, const struct discount_row *whole, const int64_t *by_rule)
{
    const int64_t *parts = parts_of(e, whole);

    for (size_t i = 0; i < e->sale->line_count; i++)
        explain_check(e, by_rule[i], parts[i], line_text(e, i));
}

/* ---- lines as they were before ---- */

static void take(struct priced_line *line, int64_t minor)
{
    line->discount_minor += minor;
    line->total_minor = line->gross_minor - line->discount_minor;
}

/* With the free pieces of rewards taken, and nothing else. */
static struct priced_line *lines_at_first(const struct explaining *e)
{
    struct priced_line *lines = arena_array(e->arena, e->sale->line_count, sizeof *lines);

    for (size_t i = 0; i < e->sale->line_count; i++) {
        lines[i] = e->lines[i];
        lines[i].discount_minor = lines[i].coupon_pieces = 0;
        take(&lines[i], lines[i].rewards * priced_unit_minor(&lines[i]));
    }
    return lines;
}

static void take_stored(const struct explaining *e, struct priced_line *lines, const struct discount_row *whole)
{
    const int64_t *parts = parts_of(e, whole);

    for (size_t i = 0; i < e->sale->line_count; i++) {
        take(&lines[i], parts[i]);
        lines[i].promotion_minor += whole->kind == DISCOUNT_OF_PROMOTION ? parts[i] : 0;
        lines[i].reward_minor += whole->kind == DISCOUNT_OF_REWARD ? parts[i] : 0;
    }
}

static struct priced_line *copy_of(const struct explaining *e, const struct priced_line *lines)
{
    return arena_copy(e->arena, lines, e->sale->line_count * sizeof *lines);
}

/* The next whole row of a kind from *at on; NULL: none. */
static const struct discount_row *next_whole(const struct sale_rows *sale, enum discount_kind kind, size_t *at)
{
    while (*at < sale->discount_count) {
        const struct discount_row *row = &sale->discounts[(*at)++];

        if (row->line == NO_LINE && row->kind == kind)
            return row;
    }
    return NULL;
}

/* ---- promotions ---- */

static const char *promotion_text(const struct explaining *e, const struct promotion *promotion)
{
    uint32_t pieces = 0;
    char percent[NUMBER_TEXT];

    for (size_t i = 0; i < promotion->part_count; i++)
        pieces += promotion->parts[i].pieces;
    switch (promotion->gift) {
    case PROMOTION_TOGETHER:
        return arena_format(e->arena, "%" PRIu32 " pieces together for %s", pieces, explain_money(e, promotion->value));
    case PROMOTION_AMOUNT_OFF:
        return arena_format(e->arena, "%s off %" PRIu32 " pieces", explain_money(e, promotion->value), pieces);
    case PROMOTION_RATE_OFF:
        return arena_format(e->arena, "%s %% off %" PRIu32 " pieces",
                            percent_format(percent, (uint32_t)promotion->value), pieces);
    default:
        return arena_format(e->arena, "of %" PRIu32 " pieces the cheapest free: %" PRId64, pieces, promotion->value);
    }
}

/* All promotions that took something off, once more: the best way to put the goods into these. false: one is not known. */
static bool promotions_again(const struct explaining *e, struct priced_line *lines, struct promotion_row **rows,
                             size_t *count)
{
    const struct promotion *taken[PROMOTIONS_MAX];
    const struct discount_row *whole;
    size_t at = 0, found = 0;

    while ((whole = next_whole(e->sale, DISCOUNT_OF_PROMOTION, &at)) != NULL) {
        const struct promotion *promotion =
            catalogue_promotion(e->facts->catalogue, e->facts->version, whole->promotion_id);

        if (promotion == NULL || found == PROMOTIONS_MAX)
            return false;
        taken[found++] = promotion;
    }
    *count = promotions_take(lines, e->sale->line_count, taken, found, e->arena, rows);
    return true;
}

static void explain_promotion(struct explaining *e, const struct discount_row *whole, const struct promotion_row *rows,
                              size_t count)
{
    const struct promotion *promotion =
        e->facts->catalogue == NULL ? NULL
                                    : catalogue_promotion(e->facts->catalogue, e->facts->version, whole->promotion_id);
    const struct explain_since *since = explain_since_of(e, EXPLAIN_THING_PROMOTION, whole->promotion_id);
    int64_t *by_rule = arena_array(e->arena, e->sale->line_count, sizeof *by_rule);

    explain_whole(e, whole, "Promotion", explain_since_text(e, EXPLAIN_THING_PROMOTION, whole->promotion_id));
    if (promotion != NULL) {
        explain_note(e, "%s, %" PRIu32 " %s", promotion_text(e, promotion), whole->times,
                     whole->times == 1 ? "time" : "times");
        if (since != NULL)
            explain_by(e, since->staff_id);
    }
    if (rows == NULL) {
        explain_note(e, "what its terms were is not known any more");
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (rows[i].promotion->id == whole->promotion_id && rows[i].line != NO_LINE)
            by_rule[rows[i].line] = rows[i].amount_minor;
    check_parts(e, whole, by_rule);
}

static void explain_promotions(struct explaining *e, struct priced_line *lines)
{
    const struct discount_row *whole;
    struct promotion_row *rows = NULL;
    size_t at = 0, count = 0;
    bool again = lines != NULL && promotions_again(e, copy_of(e, lines), &rows, &count) && rows != NULL;

    while ((whole = next_whole(e->sale, DISCOUNT_OF_PROMOTION, &at)) != NULL) {
        explain_promotion(e, whole, again ? rows : NULL, count);
        if (lines != NULL)
            take_stored(e, lines, whole);
    }
}

/* ---- rewards of the programme's terms ---- */

static void explain_pieces(struct explaining *e, const struct discount_row *whole)
{
    for (size_t i = 0; i < e->sale->discount_count; i++) {
        const struct discount_row *part = &e->sale->discounts[i];

        if (part->line == NO_LINE || !is_of(part, whole))
            continue;
        explain_note(e, "line %d: %" PRIu32 " x %s, free", part->line + 1, part->times,
                     explain_money(e, e->sale->lines[part->line].unit_price_minor));
        explain_check(e, part->times * e->sale->lines[part->line].unit_price_minor, part->amount_minor, "free pieces");
    }
}

/* What it takes off these lines, or off this one alone. */
static void take_reward(const struct programme_term *reward, size_t alone, struct priced_line *lines, size_t count,
                        struct arena *arena, int64_t *parts)
{
    const struct discount off = { .given = true, .fixed = reward->gives == REWARD_GIFT_AMOUNT, .value = reward->value };
    int64_t *weights = arena_array(arena, count, sizeof *weights), sum = 0;

    for (size_t i = 0; i < count; i++) {
        const struct priced_line *line = &lines[i];
        bool fits = !line->voided && !line->deposit && line->total_minor > 0 && (alone == count || alone == i) &&
                    term_is_of(reward, line->product->id, line->product->category_id);

        sum += weights[i] = fits ? line->total_minor : 0;
    }
    if (discount_of(&off, sum) > 0)
        spread_largest_remainder(discount_of(&off, sum), weights, count, parts);
}

/* Of one that was taken once: off all of its goods, or off the line that was chosen for it. */
static bool reward_fits(const struct explaining *e, const struct discount_row *whole,
                        const struct programme_term *reward, struct priced_line *lines)
{
    const int64_t *stored = parts_of(e, whole);
    size_t count = e->sale->line_count;

    for (size_t alone = 0; alone <= count; alone++) {
        int64_t *parts = arena_array(e->arena, count, sizeof *parts);

        take_reward(reward, alone, lines, count, e->arena, parts);
        if (same_parts(e, parts, stored))
            return true;
    }
    return false;
}

static size_t rewards_taken(const struct sale_rows *sale)
{
    const struct discount_row *whole;
    size_t at = 0, taken = 0;

    while ((whole = next_whole(sale, DISCOUNT_OF_REWARD, &at)) != NULL)
        taken += is_pieces(sale, whole) ? 0 : whole->times;
    return taken;
}

static void explain_value(struct explaining *e, const struct discount_row *whole, struct priced_line *lines)
{
    const struct programme *programme =
        e->facts->catalogue == NULL ? NULL : catalogue_programme(e->facts->catalogue, e->facts->version);
    const struct programme_term *reward = programme_term(programme, TERM_REWARD, (uint32_t)whole->promotion_id);
    char percent[NUMBER_TEXT];

    if (reward == NULL) {
        explain_note(e, "what its terms were is not known any more");
        return;
    }
    if (reward->gives == REWARD_GIFT_AMOUNT)
        explain_note(e, "%s off, %" PRIu32 " x %" PRId64 " points", explain_money(e, reward->value), whole->times,
                     reward->cost);
    else
        explain_note(e, "%s %% off, %" PRIu32 " x %" PRId64 " points", percent_format(percent, (uint32_t)reward->value),
                     whole->times, reward->cost);
    if (lines == NULL || rewards_taken(e->sale) != 1)
        return; /* of several it is not kept in which order they were chosen */
    if (!reward_fits(e, whole, reward, lines))
        explain_wrong(e, "by its terms it is another amount, or spread otherwise");
}

static void explain_rewards(struct explaining *e, struct priced_line *lines)
{
    const struct discount_row *whole;
    size_t at = 0;

    while ((whole = next_whole(e->sale, DISCOUNT_OF_REWARD, &at)) != NULL) {
        explain_whole(e, whole, "Reward", explain_since_text(e, EXPLAIN_THING_PROGRAMME, 0));
        if (is_pieces(e->sale, whole)) {
            explain_pieces(e, whole); /* which the lines have taken */
            continue;
        }
        explain_value(e, whole, lines);
        if (lines != NULL)
            take_stored(e, lines, whole);
    }
}

/* ---- coupons ---- */

static const struct coupon_terms *terms_of(const struct explaining *e, int64_t campaign_id)
{
    for (size_t i = 0; i < e->facts->campaign_count; i++)
        if (e->facts->campaigns[i].terms.id == campaign_id)
            return &e->facts->campaigns[i].terms;
    return NULL;
}

/* Which pieces it made free was not kept at first. */
static bool same_pieces(const struct sale_rows *sale, const struct discount_row *whole,
                        const struct priced_line *before, const struct priced_line *after)
{
    for (size_t i = 0; i < sale->discount_count; i++) {
        const struct discount_row *row = &sale->discounts[i];

        if (row->line >= 0 && (size_t)row->line < sale->line_count && row->times > 0 && is_of(row, whole) &&
            row->times != after[row->line].coupon_pieces - before[row->line].coupon_pieces)
            return false;
    }
    return true;
}

/* Each took off what those before it had left, in an order that nobody has written down: is there one that fits? */
static bool coupons_fit(const struct explaining *e, const struct discount_row *const *wholes, size_t count,
                        unsigned taken, const struct priced_line *lines)
{
    if (taken + 1 == 1u << count)
        return true;
    for (size_t c = 0; c < count; c++) {
        int64_t *parts = arena_array(e->arena, e->sale->line_count, sizeof *parts);
        struct priced_line *copy = copy_of(e, lines);
        const struct coupon_terms *terms = terms_of(e, wholes[c]->promotion_id);
        if ((taken >> c & 1) == 0 &&
            coupon_take(terms, copy, e->sale->line_count, e->arena, parts) == wholes[c]->amount_minor &&
            same_parts(e, parts, parts_of(e, wholes[c])) && same_pieces(e->sale, wholes[c], lines, copy) &&
            coupons_fit(e, wholes, count, taken | 1u << c, copy))
            return true;
    }
    return false;
}

static void explain_coupons(struct explaining *e, struct priced_line *lines)
{
    const struct discount_row *wholes[BASKET_COUPONS_MAX], *whole;
    size_t at = 0, count = 0;
    bool known = lines != NULL;

    while ((whole = next_whole(e->sale, DISCOUNT_OF_COUPON, &at)) != NULL && count < BASKET_COUPONS_MAX) {
        const struct coupon_terms *terms = terms_of(e, whole->promotion_id);

        wholes[count++] = whole;
        known = known && terms != NULL;
        explain_whole(e, whole, "Coupon", "");
        if (terms != NULL)
            explain_note(e, "%s", coupon_gift_text(terms, e->facts->shop->currency_exponent, e->arena));
        else
            explain_note(e, "what its terms are is not known any more");
    }
    if (count > 0 && known && !coupons_fit(e, wholes, count, 0, lines))
        explain_wrong(e, "%s",
                      count == 1 ? "by its terms it is another amount, or spread otherwise"
                                 : "by their terms, in whatever order, they are other amounts");
}

/* ---- what persons gave ---- */

/* What is left of a line behind everything but these. */
static int64_t left_of(const struct sale_rows *sale, size_t line, bool before_own)
{
    int64_t minor, left = sale->lines[line].gross_minor;

    explain_own_free(sale, line, &minor);
    left -= minor;
    for (size_t i = 0; i < sale->discount_count; i++) {
        const struct discount_row *row = &sale->discounts[i];

        if (row->line == (int)line && row->kind != DISCOUNT_OF_RECEIPT &&
            !(before_own && row->kind == DISCOUNT_OF_LINE))
            left -= row->amount_minor;
    }
    return left;
}

static struct discount asked(const struct discount_row *row)
{
    return (struct discount){ .given = true,
                              .fixed = row->rate_ppm == 0,
                              .value = row->rate_ppm == 0 ? row->amount_minor : row->rate_ppm };
}

/* Of who may give less by themselves. */
static void explain_allowed(struct explaining *e)
{
    if (e->sale->approved_by == 0)
        return;
    explain_note(e, "more than they give by themselves: allowed");
    explain_by(e, e->sale->approved_by);
}

static void explain_own(struct explaining *e, const struct discount_row *row)
{
    int64_t left = left_of(e->sale, (size_t)row->line, true);
    struct discount discount = asked(row);
    char percent[NUMBER_TEXT];

    explain_number(e, EXPLAIN_DISCOUNT, row->line, row->amount_minor, "Off line %d: %s", row->line + 1,
                   explain_text(e, row->reason));
    explain_by(e, e->sale->staff_id);
    if (discount.fixed)
        explain_part(e, discount_of(&discount, left), "an amount that was given, of %s", explain_money(e, left));
    else
        explain_part(e, discount_of(&discount, left), "%s %% of %s", percent_format(percent, row->rate_ppm),
                     explain_money(e, left));
    explain_allowed(e);
}

static void explain_of_receipt(struct explaining *e, const struct discount_row *whole)
{
    size_t count = e->sale->line_count;
    int64_t *weights = arena_array(e->arena, count, sizeof *weights),
            *parts = arena_array(e->arena, count, sizeof *parts);
    struct discount discount = asked(whole);
    int64_t left = 0;
    char percent[NUMBER_TEXT];

    for (size_t i = 0; i < count; i++)
        if ((e->sale->lines[i].flags & (LINE_DEPOSIT | LINE_CHARGE)) == 0)
            left += weights[i] = left_of(e->sale, i, false);
    explain_whole(e, whole, "Off the whole receipt:", "");
    if (discount.fixed)
        explain_note(e, "an amount that was given, of %s", explain_money(e, left));
    else
        explain_note(e, "%s %% of %s", percent_format(percent, whole->rate_ppm), explain_money(e, left));
    explain_by(e, e->sale->staff_id);
    explain_allowed(e);
    explain_check(e, discount_of(&discount, left), whole->amount_minor, "the discount");
    for (size_t i = 0; i < count; i++)
        if (weights[i] < 0) {
            explain_wrong(e, "%s: more was taken off than it cost", line_text(e, i));
            return;
        }
    spread_largest_remainder(discount_of(&discount, left), weights, count, parts);
    check_parts(e, whole, parts);
}

void explain_discounts(struct explaining *e)
{
    struct priced_line *lines = e->lines == NULL || e->printed ? NULL : lines_at_first(e);
    const struct discount_row *whole;
    size_t at = 0;

    if (e->sale->discount_count == 0)
        return;
    explain_head(e, "Taken off");
    explain_promotions(e, lines);
    explain_rewards(e, lines);
    explain_coupons(e, lines);
    for (size_t i = 0; i < e->sale->discount_count; i++)
        if (e->sale->discounts[i].line != NO_LINE && e->sale->discounts[i].kind == DISCOUNT_OF_LINE)
            explain_own(e, &e->sale->discounts[i]);
    while ((whole = next_whole(e->sale, DISCOUNT_OF_RECEIPT, &at)) != NULL)
        explain_of_receipt(e, whole);
    explain_end(e);
    if (e->sale->approved_by != 0) {
        explain_note(e, "another person allowed it");
        explain_by(e, e->sale->approved_by);
    }
}
