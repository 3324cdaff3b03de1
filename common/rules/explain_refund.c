/* What came back of a sale: each number is what of it had come back behind this refund, less what had before. */
#include <inttypes.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/deposit.h"
#include "common/rules/explain_parts.h"
#include "common/rules/refund_share.h"

/* The sale that it is of, and its shares. */
struct refunding {
    struct original *original;
    int64_t *before_milli, *after_milli; /* of each of its lines */
    struct refund_share before, after;
};

static size_t original_line_of(const struct original *original, int line)
{
    size_t at = 0;

    while (at < original->line_count && original->lines[at].line != line)
        at++;
    return at;
}

/* false: it names lines that its sale does not have, or more of them than were left. */
static bool find_shares(struct explaining *e, struct refunding *r)
{
    struct original *original = r->original = e->facts->original;
    bool all = true;

    if (!original_is_sound(original))
        return false;
    original_leave_out_back(original, e->arena);
    r->before_milli = arena_array(e->arena, original->line_count, sizeof *r->before_milli);
    r->after_milli = arena_array(e->arena, original->line_count, sizeof *r->after_milli);
    for (size_t i = 0; i < original->line_count; i++) {
        const struct original_line *line = &original->lines[i];

        if ((size_t)line->line < BASKET_LINES_MAX)
            r->before_milli[i] = e->facts->back_milli[line->line];
        r->after_milli[i] = r->before_milli[i];
    }
    for (size_t i = 0; i < e->sale->line_count; i++) {
        size_t at = original_line_of(original, e->sale->lines[i].refund_line);

        if (at == original->line_count)
            return false;
        r->after_milli[at] -= e->sale->lines[i].quantity_milli;
    }
    for (size_t i = 0; i < original->line_count; i++) {
        if (r->before_milli[i] < 0 || r->after_milli[i] < r->before_milli[i] ||
            r->after_milli[i] > original->lines[i].quantity_milli)
            return false;
        all = all && r->after_milli[i] == original->lines[i].quantity_milli;
    }
    refund_share(original, r->before_milli, false, e->arena, &r->before);
    refund_share(original, r->after_milli, all, e->arena, &r->after);
    return true;
}

/* What had come back is no part where nothing had. */
static void explain_difference(struct explaining *e, int64_t before, int64_t after)
{
    if (before != 0)
        explain_part(e, before, "had come back before");
    explain_part(e, -after, before != 0 ? "has come back with it" : "has come back");
}

static void explain_line(struct explaining *e, const struct refunding *r, size_t line)
{
    const struct sale_line_row *row = &e->sale->lines[line];
    size_t at = original_line_of(r->original, row->refund_line);
    const struct original_line *sold = &r->original->lines[at];
    const struct refund_share_line *before = &r->before.lines[at], *after = &r->after.lines[at];

    explain_head(e, "Line %zu: %s, line %d of the sale", line + 1, row->name, row->refund_line + 1);
    explain_note(e, "%s of %s that were sold for %s; %s had come back before",
                 explain_quantity(e, -row->quantity_milli, row->unit),
                 explain_quantity(e, sold->quantity_milli, row->unit), explain_money(e, sold->total_minor),
                 explain_quantity(e, r->before_milli[at], row->unit));
    explain_number(e, EXPLAIN_UNIT_PRICE, (int)line, row->unit_price_minor, "Price of a unit");
    explain_part(e, sold->unit_price_minor, "as it was sold");
    explain_number(e, EXPLAIN_LINE_AMOUNT, (int)line, row->gross_minor, "Amount");
    explain_difference(e, before->gross_minor, after->gross_minor);
    if (row->discount_minor != 0 || row->total_minor != row->gross_minor) {
        explain_number(e, EXPLAIN_LINE_TOTAL, (int)line, row->total_minor, "Given back");
        explain_difference(e, before->total_minor, after->total_minor);
        explain_note(e, "%s of the amount had been taken off when it was sold, and is not given back",
                     explain_money(e, -row->discount_minor));
    }
    if (after->free_milli > before->free_milli)
        explain_note(e, "what was paid comes back first: %s of it were free",
                     explain_quantity(e, after->free_milli - before->free_milli, row->unit));
    explain_number(e, EXPLAIN_LINE_TAX, (int)line, row->tax_minor, "Tax of it");
    explain_difference(e, before->tax_minor, after->tax_minor);
    explain_end(e);
}

static size_t original_tax_of(const struct original *original, const struct tax_row *tax)
{
    size_t at = 0;

    while (at < original->tax_count &&
           (original->taxes[at].rate_ppm != tax->rate_ppm || strcmp(original->taxes[at].code, tax->code) != 0))
        at++;
    return at;
}

static void explain_tax_rows(struct explaining *e, const struct refunding *r)
{
    char label[TAX_LABEL_TEXT];

    for (size_t i = 0; i < e->sale->taxes.count; i++) {
        const struct tax_row *tax = &e->sale->taxes.rows[i];
        size_t at = original_tax_of(r->original, tax);

        explain_head(e, "%s", tax_label(label, tax->code, tax->rate_ppm));
        explain_number(e, EXPLAIN_TAX, NO_LINE, tax->tax_minor, "Tax");
        if (at < r->original->tax_count)
            explain_difference(e, r->before.component_minor[at], r->after.component_minor[at]);
        explain_number(e, EXPLAIN_TAX_NET, NO_LINE, tax->net_minor, "Without tax");
        if (at < r->original->tax_count)
            explain_difference(e, r->before.net_minor[at], r->after.net_minor[at]);
    }
    explain_head(e, "Total");
    explain_number(e, EXPLAIN_TOTAL, NO_LINE, e->sale->total_minor, "Given back");
    explain_difference(e, r->before.total_minor, r->after.total_minor);
    explain_number(e, EXPLAIN_TOTAL_TAX, NO_LINE, e->sale->tax_minor, "Tax of it");
    for (size_t i = 0; i < e->sale->taxes.count; i++)
        explain_part(e, e->sale->taxes.rows[i].tax_minor, "%s",
                     tax_label(label, e->sale->taxes.rows[i].code, e->sale->taxes.rows[i].rate_ppm));
    explain_end(e);
}

/* What paid last is paid back first. */
static void explain_tenders(struct explaining *e, const struct refunding *r)
{
    size_t at = 0;

    explain_paid(e);
    for (size_t i = 0; i < r->original->tender_count; i++) {
        int64_t back = r->before.tender_minor[i] - r->after.tender_minor[i];

        if (back == 0)
            continue;
        if (at == e->sale->tender_count || e->sale->tenders[at].amount_minor != back) {
            explain_wrong(e, "by what paid the sale it is %s back to payment %zu", explain_money(e, -back), i + 1);
            return;
        }
        at++;
    }
    if (at < e->sale->tender_count)
        explain_wrong(e, "it gives back to more than paid the sale");
    explain_note(e, "back to what paid it, the last first");
    if (e->sale->rounding_minor != 0) {
        explain_number(e, EXPLAIN_ROUNDING, NO_LINE, e->sale->rounding_minor, "Cash rounding");
        explain_difference(e, r->before.rounding_minor, r->after.rounding_minor);
        explain_end(e);
    }
}

/* ---- points ---- */

static void explain_earned_back(struct explaining *e, const struct refunding *r)
{
    const struct original *original = r->original;
    const struct programme *programme =
        e->facts->catalogue == NULL ? NULL : catalogue_programme(e->facts->catalogue, e->facts->version);
    int64_t earned = 0;

    explain_number(e, EXPLAIN_POINTS_EARNED, NO_LINE, e->sale->points_earned, "Points taken back");
    for (size_t i = 0; i < original->lot_count; i++)
        earned += original->lots[i].earned;
    if (original->earning_count == 0) {
        explain_part(e, -(earned - r->before.earned), "what the sale had earned, net of what had come back before");
        explain_part(e, earned - r->after.earned, "what the rest of it earns");
        return;
    }
    for (size_t i = 0; i < original->earning_count && i < EARNINGS_MAX; i++) {
        const struct earning *gave = &original->earnings[i];
        const struct programme_term *term = programme_term(programme, TERM_EARN, gave->rule);
        const char *name = gave->rule == 0 ? "of what was paid"
                           : term == NULL  ? arena_format(e->arena, "rule %u", gave->rule)
                                           : term->name;

        explain_part(e, -(gave->points - r->before.earnings[i].points), "%s: earned before it, net", name);
        explain_part(e, gave->points - r->after.earnings[i].points, "%s: earned by the rest", name);
    }
}

static void explain_points_back(struct explaining *e, const struct refunding *r)
{
    const struct sale_rows *sale = e->sale;

    explain_head(e, "Points");
    if (e->facts->member_erased || sale->member_id == 0) {
        explain_note(e, e->facts->member_erased ? "the member was erased before: no points move any more"
                                                : "no member was named: nothing was earned");
        if (sale->points_earned != 0 || sale->points_spent != 0)
            explain_wrong(e, "points of nobody");
        return;
    }
    explain_earned_back(e, r);
    if (sale->points_gone != 0)
        explain_note(e, "%" PRId64 " of them expired before the return: they are gone already, and not taken again",
                     sale->points_gone);
    if (sale->points_spent != 0 || r->after.spent != r->before.spent) {
        explain_number(e, EXPLAIN_POINTS_SPENT, NO_LINE, sale->points_spent, "Points given back, for rewards");
        explain_difference(e, r->before.spent, r->after.spent);
    }
    explain_number(e, EXPLAIN_POINTS_AFTER, NO_LINE, sale->points_after,
                   sale->points_after < 0 ? "Points that are owed, less than nothing" : "Points that can be spent");
    explain_part(e, sale->points_after, "what has not expired behind it, debts taken off");
    explain_end(e);
}

static void explain_as_stored(struct explaining *e)
{
    const struct sale_rows *sale = e->sale;

    explain_number(e, EXPLAIN_TOTAL, NO_LINE, sale->total_minor, "Given back");
    explain_unknown(e, "its sale is not known");
    explain_paid(e);
}

void explain_refund(struct explaining *e)
{
    struct refunding r = { 0 };
    char number[RECEIPT_NUMBER_TEXT];

    explain_head(e, "Refund of %s", receipt_number_format(number, e->sale->refund_of_number));
    if (e->facts->original == NULL) {
        explain_as_stored(e);
        return;
    }
    explain_note(e, "each part is the share of the sale that has come back, less what had before");
    e->included = e->facts->original->prices_include_tax;
    if (!find_shares(e, &r)) {
        explain_wrong(
            e, "it gives back other lines than were sold, or more of them, or its sale has numbers that none can have");
        return;
    }
    for (size_t i = 0; i < e->sale->line_count; i++)
        explain_line(e, &r, i);
    explain_tax_rows(e, &r);
    explain_tenders(e, &r);
    explain_points_back(e, &r);
    explain_ledger(e);
}
