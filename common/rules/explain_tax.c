/* Taxes: which goods bear which rate and why, what that comes to, and how it is spread over the lines. */
#include <inttypes.h>

#include "common/base/number.h"
#include "common/rules/explain_parts.h"

/* Those that bear a tax of what was sold, or of what was taken back: both as above nothing. */
struct bearing {
    size_t *lines;
    int64_t *totals, *rates, *parts;
    size_t count;
};

static int64_t rates_of(const struct sale_rows *sale, uint32_t bears)
{
    int64_t sum = 0;

    for (size_t row = 0; row < sale->taxes.count; row++)
        if ((bears >> row & 1) != 0)
            sum += sale->taxes.rows[row].rate_ppm;
    return sum;
}

static struct bearing bearing_of(const struct explaining *e, const uint32_t *bears, size_t row, int sign)
{
    size_t most = e->sale->line_count;
    struct bearing bearing = { .lines = arena_array(e->arena, most, sizeof *bearing.lines),
                               .totals = arena_array(e->arena, most, sizeof *bearing.totals),
                               .rates = arena_array(e->arena, most, sizeof *bearing.rates),
                               .parts = arena_array(e->arena, most, sizeof *bearing.parts) };

    for (size_t i = 0; i < most; i++) {
        if ((bears[i] >> row & 1) == 0 || (e->lines[i].total_minor < 0) != (sign < 0))
            continue;
        bearing.lines[bearing.count] = i;
        bearing.totals[bearing.count] = sign * e->lines[i].total_minor;
        bearing.rates[bearing.count++] = rates_of(e->sale, bears[i]);
    }
    return bearing;
}

/* What was taken back is taxed by itself. */
static void spread_row(struct explaining *e, const uint32_t *bears, size_t row)
{
    const struct tax_row *tax = &e->sale->taxes.rows[row];

    for (int sign = 1; sign >= -1; sign -= 2) {
        struct bearing bearing = bearing_of(e, bears, row, sign);
        int64_t minor = 0;

        if (bearing.count == 0 ||
            !tax_of(bearing.totals, bearing.rates, bearing.count, tax->rate_ppm, e->included, &minor))
            continue;
        tax_spread(minor, bearing.totals, bearing.rates, bearing.count, e->included, e->arena, bearing.parts);
        for (size_t i = 0; i < bearing.count; i++)
            e->line_taxes[row * e->sale->line_count + bearing.lines[i]] = sign * bearing.parts[i];
    }
}

void explain_spread_taxes(struct explaining *e)
{
    const struct taxes *taxes = &e->sale->taxes;
    size_t count = e->sale->line_count;
    uint32_t *bears;

    if (e->lines == NULL)
        return;
    bears = arena_array(e->arena, count, sizeof *bears);
    e->line_taxes = arena_array(e->arena, taxes->count * count, sizeof *e->line_taxes);
    e->bears = bears;
    tax_bearers(e->facts->catalogue, e->facts->version, e->sale->service, e->lines, count, taxes->rows, taxes->count,
                e->arena, bears);
    for (size_t row = 0; row < taxes->count; row++)
        spread_row(e, bears, row);
}

static int64_t tax_of_line(const struct explaining *e, size_t row, size_t line)
{
    return e->line_taxes[row * e->sale->line_count + line];
}

/* ---- why that rate ---- */

/* "taken away, cold: VAT7 7 %" */
static const char *rates_text(const struct explaining *e, const struct tax_class *class, size_t line)
{
    const char *text = "";
    char label[TAX_LABEL_TEXT];

    for (size_t i = 0; class != NULL && i < class->rate_count; i++)
        if (class->rates[i].service == e->sale->service && class->rates[i].hot == e->lines[line].hot)
            text = arena_format(e->arena, "%s%s%s", text, text[0] == '\0' ? "" : ", ",
                                tax_label(label, class->rates[i].code, class->rates[i].rate_ppm));
    return arena_format(e->arena, "%s, %s: %s", e->sale->service == SERVICE_EAT_IN ? "eaten in" : "taken away",
                        e->lines[line].hot ? "hot" : "cold", text[0] == '\0' ? "untaxed" : text);
}

static const char *class_name(const struct tax_class *class)
{
    return class == NULL ? "?" : class->name;
}

static void explain_why(struct explaining *e, size_t line)
{
    const struct product *product = e->lines[line].product;
    const struct tax_class *own = catalogue_tax_class(e->facts->catalogue, e->facts->version, product->tax_class_id);
    const struct tax_class *taxed =
        tax_class_of(e->facts->catalogue, e->facts->version, &e->lines[line], e->lines, e->sale->line_count);

    if (own != NULL && taxed != own)
        explain_note(e, "%" PRId64 " pieces of tax class %s, from %" PRIu32 " on they are taxed as %s",
                     tax_pieces(own->id, e->lines, e->sale->line_count), class_name(own), own->switch_at_count,
                     class_name(taxed));
    explain_note(e, "tax class %s%s; %s", class_name(taxed),
                 taxed == NULL ? "" : explain_since_text(e, EXPLAIN_THING_TAX_CLASS, taxed->id),
                 rates_text(e, taxed, line));
}

void explain_line_tax(struct explaining *e, size_t line)
{
    const struct sale_line_row *row = &e->sale->lines[line];
    char label[TAX_LABEL_TEXT];

    if (row->total_minor == 0 && row->tax_minor == 0)
        return; /* what costs nothing is not taxed */
    explain_number(e, EXPLAIN_LINE_TAX, (int)line, row->tax_minor, e->included ? "Tax in it" : "Tax on it");
    if (e->lines == NULL) {
        explain_unknown(e, "which tax class the goods were of is not known");
        return;
    }
    for (size_t i = 0; i < e->sale->taxes.count; i++)
        if (tax_of_line(e, i, line) != 0)
            explain_part(e, tax_of_line(e, i, line), "%s",
                         tax_label(label, e->sale->taxes.rows[i].code, e->sale->taxes.rows[i].rate_ppm));
    explain_why(e, line);
}

/* ---- of the sale ---- */

/* "of 12.50, rounded once", for prices that hold it: 12.50 x 7 / 107; where several rates are in them: of each line's. */
static void explain_formula(struct explaining *e, size_t row)
{
    const struct tax_row *tax = &e->sale->taxes.rows[row];
    int64_t sum = 0, rates = -1;
    bool mixed = false;
    char one[NUMBER_TEXT], all[NUMBER_TEXT];

    for (size_t i = 0; i < e->sale->line_count; i++) {
        if ((e->bears[i] >> row & 1) == 0)
            continue;
        sum += e->lines[i].total_minor;
        mixed = mixed || (rates >= 0 && rates != rates_of(e->sale, e->bears[i]));
        rates = rates_of(e->sale, e->bears[i]);
    }
    if (!e->included)
        explain_note(e, "%s %% of %s, rounded once", percent_format(one, tax->rate_ppm), explain_money(e, sum));
    else if (mixed || rates < 0)
        explain_note(e, "%s %%, within %s, beside other taxes in some of it; rounded once",
                     percent_format(one, tax->rate_ppm), explain_money(e, sum));
    else
        explain_note(e, "%s x %s / %s, rounded once", explain_money(e, sum), percent_format(one, tax->rate_ppm),
                     percent_format(all, (uint32_t)(1000000 + rates)));
}

static void explain_tax_parts(struct explaining *e, size_t row)
{
    const struct tax_row *tax = &e->sale->taxes.rows[row];

    explain_number(e, EXPLAIN_TAX, NO_LINE, tax->tax_minor, "Tax");
    for (size_t i = 0; i < e->sale->line_count; i++)
        if (tax_of_line(e, row, i) != 0)
            explain_part(e, tax_of_line(e, row, i), "line %zu: %s", i + 1, e->sale->lines[i].name);
    explain_formula(e, row);
    explain_number(e, EXPLAIN_TAX_NET, NO_LINE, tax->net_minor, "Without tax");
    for (size_t i = 0; i < e->sale->line_count; i++)
        if ((e->bears[i] >> row & 1) != 0)
            explain_part(e, e->lines[i].total_minor - (e->included ? e->lines[i].tax_minor : 0), "line %zu: %s%s",
                         i + 1, e->sale->lines[i].name, e->included ? ", less its tax" : "");
}

void explain_taxes(struct explaining *e)
{
    char label[TAX_LABEL_TEXT];

    for (size_t row = 0; row < e->sale->taxes.count; row++) {
        const struct tax_row *tax = &e->sale->taxes.rows[row];

        explain_head(e, "%s", tax_label(label, tax->code, tax->rate_ppm));
        if (e->lines != NULL) {
            explain_tax_parts(e, row);
        } else {
            explain_number(e, EXPLAIN_TAX, NO_LINE, tax->tax_minor, "Tax");
            explain_unknown(e, "which goods bear it is not known");
            explain_number(e, EXPLAIN_TAX_NET, NO_LINE, tax->net_minor, "Without tax");
            explain_unknown(e, "which goods bear it is not known");
        }
        explain_end(e);
    }
}
