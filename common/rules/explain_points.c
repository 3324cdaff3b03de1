/* Points: what each rule of the programme gave and why others gave nothing, what rewards cost, and the ledger's entries. */
#include <inttypes.h>

#include "common/base/number.h"
#include "common/rules/explain_parts.h"

static const struct programme *programme_of(const struct explaining *e)
{
    return e->facts->catalogue == NULL ? NULL : catalogue_programme(e->facts->catalogue, e->facts->version);
}

/* ---- what was earned ---- */

static const char *unit_text(const struct explaining *e)
{
    int64_t unit = 1;

    for (unsigned i = 0; i < e->facts->shop->currency_exponent; i++)
        unit *= 10;
    return explain_money(e, unit);
}

/* "10 for each 1.00 of 14.53" */
static const char *earning_text(const struct explaining *e, const struct earning *earning)
{
    switch (earning->per) {
    case EARN_PER_MONEY:
        return arena_format(e->arena, "%" PRId64 " for each %s of %s", earning->value, unit_text(e),
                            explain_money(e, earning->basis));
    case EARN_PER_UNIT:
        return arena_format(e->arena, "%" PRId64 " for each of %s", earning->value,
                            explain_quantity(e, earning->basis, UNIT_PIECE));
    default:
        return arena_format(e->arena, "%" PRId64 " for a visit", earning->value);
    }
}

static const char *rule_name(const struct explaining *e, unsigned rule)
{
    const struct programme *programme = programme_of(e);
    const struct programme_term *term = programme_term(programme, TERM_EARN, rule);

    if (rule == 0)
        return programme == NULL ? "programme" : programme->name;
    return term == NULL ? arena_format(e->arena, "rule %u", rule) : term->name;
}

/* What was paid for a line, as rules of earning count it. */
static struct earn_line *earn_lines_of(const struct explaining *e)
{
    struct earn_line *lines = arena_array(e->arena, EARN_LINES_MAX, sizeof *lines);

    for (size_t i = 0; i < e->sale->line_count && i < EARN_LINES_MAX; i++) {
        const struct priced_line *line = &e->lines[i];

        if (!line->voided && !line->deposit)
            lines[i] = (struct earn_line){ .product_id = line->product->id,
                                           .category_id = line->product->category_id,
                                           .paid_minor = line->total_minor + (e->included ? 0 : line->tax_minor),
                                           .paid_milli = priced_paid_milli(line) };
    }
    return lines;
}

static int64_t goods_minor(const struct explaining *e)
{
    return e->sale->total_minor - e->sale->deposit_minor;
}

static void explain_rule(struct explaining *e, const struct earning *earning, const struct earn_line *lines)
{
    const struct programme_term *term = programme_term(programme_of(e), TERM_EARN, earning->rule);
    int64_t basis = goods_minor(e) > 0 ? goods_minor(e) : 0, points = 0;

    earn_points(earning->per, earning->value, earning->basis, e->facts->shop->currency_exponent, &points);
    explain_part(e, points, "%s: %s", rule_name(e, earning->rule), earning_text(e, earning));
    if (points != earning->points)
        explain_wrong(e, "%s gave %" PRId64 " by what was stored of it", rule_name(e, earning->rule), earning->points);
    if (earning->rule != 0 && lines != NULL && term != NULL)
        basis = earn_basis(earning->per, lines, EARN_LINES_MAX, term, NULL);
    else if (earning->rule != 0)
        return;
    if (basis != earning->basis)
        explain_wrong(e, "%s counted something else than what was paid for its goods", rule_name(e, earning->rule));
}

/* Why a rule gave nothing. */
static void explain_left_out(struct explaining *e, const struct programme_term *term, const struct earn_line *lines)
{
    const struct explain_facts *facts = e->facts;

    if (lines != NULL && earn_basis(term->gives, lines, EARN_LINES_MAX, term, NULL) <= 0) {
        explain_note(e, "%s: nothing, for none of its goods was paid for", term->name);
    } else if (!facts->has_earn_time) {
        explain_note(e, "%s: nothing; the tier and the hour by which that was so were not kept then", term->name);
    } else if (facts->earn_tier < term->tier) {
        const struct programme_term *tier = programme_term(programme_of(e), TERM_TIER, term->tier);

        explain_note(e, "%s: nothing, for it is for the tier %s and better ones", term->name,
                     tier == NULL ? "above" : tier->name);
    } else if ((term->weekdays >> facts->earn_time.weekday & 1) == 0) {
        explain_note(e, "%s: nothing, for it is not for this weekday", term->name);
    } else if (facts->earn_time.minute < term->from_minute || facts->earn_time.minute >= term->until_minute) {
        explain_note(e, "%s: nothing, for it holds from %02d:%02d to %02d:%02d, and it was %02u:%02u", term->name,
                     term->from_minute / 60, term->from_minute % 60, term->until_minute / 60, term->until_minute % 60,
                     facts->earn_time.minute / 60, facts->earn_time.minute % 60);
    } else if (lines == NULL) {
        explain_note(e, "%s: nothing; not all goods are known any more", term->name);
    } else {
        explain_note(e, "%s: nothing, for what it counts comes to less than a point", term->name);
    }
}

static bool gave(const struct sale_rows *sale, unsigned rule)
{
    for (size_t i = 0; i < sale->earning_count; i++)
        if (sale->earnings[i].rule == rule)
            return true;
    return false;
}

/* A rule that gave nothing and should have is found here: by what was kept it held, and its goods come to points. */
static void explain_others(struct explaining *e, const struct programme *programme, const struct earn_line *lines)
{
    for (size_t i = 0; programme != NULL && i < programme->term_count; i++) {
        const struct programme_term *term = &programme->terms[i];
        const struct explain_facts *facts = e->facts;
        int64_t points = 0;

        if (term->kind != TERM_EARN || gave(e->sale, term->number))
            continue;
        explain_left_out(e, term, lines);
        if (lines == NULL || !facts->has_earn_time ||
            !term_holds(term, facts->earn_tier, facts->earn_time.weekday, facts->earn_time.minute))
            continue;
        earn_points(term->gives, term->value, earn_basis(term->gives, lines, EARN_LINES_MAX, term, NULL),
                    facts->shop->currency_exponent, &points);
        if (points != 0)
            explain_wrong(e, "%s should have given %" PRId64, term->name, points);
    }
}

static void explain_tier(struct explaining *e, const struct programme *programme)
{
    const struct programme_term *tier;

    if (!programme_has(programme, TERM_TIER) || !e->facts->has_earn_time)
        return;
    tier = programme_term(programme, TERM_TIER, e->facts->earn_tier);
    explain_note(e, "the member's tier, as of the night before: %s", tier == NULL ? "none" : tier->name);
}

static void explain_earned(struct explaining *e)
{
    const struct programme *programme = programme_of(e);
    const struct sale_rows *sale = e->sale;
    const struct earn_line *lines = e->lines == NULL ? NULL : earn_lines_of(e);
    int64_t points = 0;

    explain_number(e, EXPLAIN_POINTS_EARNED, NO_LINE, sale->points_earned, "Points earned");
    if (sale->earning_count > 0) {
        for (size_t i = 0; i < sale->earning_count; i++)
            explain_rule(e, &sale->earnings[i], lines);
        explain_tier(e, programme);
        explain_others(e, programme, lines);
    } else if (programme != NULL) {
        points_earned(programme, goods_minor(e), e->facts->shop->currency_exponent, &points);
        explain_part(e, points, "%s: %" PRId64 " for each %s of %s", rule_name(e, 0), programme->points_per_unit,
                     unit_text(e), explain_money(e, goods_minor(e)));
    } else if (e->facts->catalogue == NULL) {
        explain_unknown(e, "which programme there was is not known");
    } else {
        explain_note(e, "there was no programme");
    }
    explain_note(e, "of what goods cost behind all that was taken off, rounded down%s",
                 explain_since_text(e, EXPLAIN_THING_PROGRAMME, 0));
    if (sale->deposit_minor != 0)
        explain_note(e, "deposits and charges earn nothing: %s", explain_money(e, sale->deposit_minor));
    if (sale->tip_minor != 0)
        explain_note(e, "tips earn nothing: %s", explain_money(e, sale->tip_minor));
}

/* ---- what was spent, and given ---- */

/* As far as it can be counted: what stands in the books may have been changed by hand. */
static int64_t less(int64_t points, int64_t other)
{
    add_most(&points, other == INT64_MIN ? INT64_MAX : -other);
    return points;
}

static void explain_spent(struct explaining *e)
{
    const struct programme *programme = programme_of(e);
    const struct sale_rows *sale = e->sale;
    int64_t pieces = 0, minor;

    if (sale->points_spent == 0)
        return;
    explain_number(e, EXPLAIN_POINTS_SPENT, NO_LINE, sale->points_spent, "Points spent");
    if (programme == NULL) {
        explain_unknown(e, "what a reward cost then is not known");
        return;
    }
    for (size_t i = 0; i < sale->line_count; i++)
        pieces += explain_own_free(sale, i, &minor);
    if (pieces > 0)
        explain_part(e, pieces * programme->reward_cost, "%" PRId64 " free of %s, %" PRId64 " each", pieces,
                     programme->reward_name, programme->reward_cost);
    for (size_t i = 0; i < sale->discount_count; i++) {
        const struct discount_row *row = &sale->discounts[i];
        const struct programme_term *term = programme_term(programme, TERM_REWARD, (uint32_t)row->promotion_id);

        if (row->kind == DISCOUNT_OF_REWARD && row->line == NO_LINE && term != NULL)
            explain_part(e, (int64_t)row->times * term->cost, "%" PRIu32 " x reward %s, %" PRId64 " each", row->times,
                         term->name, term->cost);
    }
}

static void explain_gifted(struct explaining *e)
{
    const struct programme *programme = programme_of(e);

    if (e->sale->points_gifted == 0)
        return;
    explain_number(e, EXPLAIN_POINTS_GIFTED, NO_LINE, e->sale->points_gifted, "Points given");
    if (programme == NULL)
        explain_unknown(e, "what a birthday was worth then is not known");
    else
        explain_part(e, programme->birthday_points, "the first visit on the birthday, once a year");
}

static void explain_after(struct explaining *e)
{
    const struct sale_rows *sale = e->sale;
    int64_t before =
        less(less(less(sale->points_after, sale->points_gifted), sale->points_earned), less(0, sale->points_spent));

    explain_number(e, EXPLAIN_POINTS_AFTER, NO_LINE, sale->points_after,
                   sale->points_after < 0 ? "Points that are owed, less than nothing" : "Points that can be spent");
    explain_part(e, before, "before it, what has expired and debts taken off");
    if (sale->points_gifted != 0)
        explain_part(e, sale->points_gifted, "given");
    if (sale->points_spent != 0)
        explain_part(e, less(0, sale->points_spent), "spent");
    if (sale->points_earned != 0)
        explain_part(e, sale->points_earned, "earned");
}

/* Whoever is not known earns nothing. */
void explain_points(struct explaining *e)
{
    const struct sale_rows *sale = e->sale;

    explain_head(e, "Points");
    if (sale->member_id == 0 && sale->points_earned == 0 && sale->points_spent == 0 && sale->points_gifted == 0) {
        explain_note(e, "no member was named: nothing is earned");
        return;
    }
    if (sale->member_id == 0)
        explain_wrong(e, "points of nobody");
    explain_earned(e);
    explain_spent(e);
    explain_gifted(e);
    explain_after(e);
    explain_end(e);
}

/* ---- the ledger ---- */

static void explain_entries(struct explaining *e, enum explain_about about, int64_t amount, enum points_kind one,
                            enum points_kind other, const char *what)
{
    bool any = amount != 0;

    for (size_t i = 0; i < e->facts->entry_count; i++)
        any = any || e->facts->entries[i].kind == one || e->facts->entries[i].kind == other;
    if (!any)
        return;
    explain_number(e, about, NO_LINE, amount, "%s", what);
    for (size_t i = 0; i < e->facts->entry_count; i++) {
        const struct explain_entry *entry = &e->facts->entries[i];

        if (entry->kind == one || entry->kind == other)
            explain_part(e, entry->points, "the lot of %s, good until %s", explain_day(e, entry->origin),
                         explain_day(e, entry->expiry));
    }
}

void explain_ledger(struct explaining *e)
{
    const struct sale_rows *sale = e->sale;

    if (e->facts->entry_count == 0 && sale->points_earned == 0 && sale->points_spent == 0 && sale->points_gifted == 0)
        return;
    explain_head(e, "In the ledger of points");
    explain_entries(e, EXPLAIN_LEDGER_EARNED, sale->points_earned, POINTS_EARNED, POINTS_TAKEN_BACK,
                    sale->kind == SALE_REFUND ? "Taken back" : "Earned");
    explain_entries(e, EXPLAIN_LEDGER_GONE, sale->points_gone, POINTS_GONE, POINTS_GONE, "Expired before the return");
    explain_entries(e, EXPLAIN_LEDGER_SPENT, less(0, sale->points_spent), POINTS_SPENT, POINTS_GIVEN_BACK,
                    sale->kind == SALE_REFUND ? "Given back" : "Spent, what expires first");
    explain_entries(e, EXPLAIN_LEDGER_GIFTED, sale->points_gifted, POINTS_BIRTHDAY, POINTS_BIRTHDAY, "Given");
    explain_end(e);
}
