/* Taxes, exact until the one rounding of each component. */
#include "common/rules/tax.h"

#include <stdio.h>
#include <string.h>

#define MILLION INT64_C(1000000)

/* A line as the taxes see it. */
struct tax_line {
    const struct tax_class *class; /* NULL: untaxed */
    int64_t rates_ppm;             /* the sum of its components' */
};

static bool rate_applies(const struct tax_rate *rate, enum service service, bool hot)
{
    return rate->service == service && rate->hot == hot;
}

static const struct tax_rate *component_of(const struct tax_class *class, const struct tax_row *row,
                                           enum service service, bool hot)
{
    for (size_t i = 0; class != NULL && i < class->rate_count; i++)
        if (rate_applies(&class->rates[i], service, hot) && class->rates[i].rate_ppm == row->rate_ppm &&
            strcmp(class->rates[i].code, row->code) == 0)
            return &class->rates[i];
    return NULL;
}

/* A line that costs nothing, voided or free, is not taxed and does not bring a row. */
static bool is_taxed(const struct priced_line *line)
{
    return !line->voided && line->total_minor != 0;
}

int64_t tax_pieces(int64_t tax_class_id, const struct priced_line *lines, size_t count)
{
    int64_t milli = 0;

    for (size_t i = 0; i < count; i++)
        if (!lines[i].voided && !lines[i].deposit && lines[i].product->unit == UNIT_PIECE &&
            lines[i].product->tax_class_id == tax_class_id)
            milli += lines[i].quantity_milli;
    return milli / 1000;
}

const struct tax_class *tax_class_of(const struct catalogue *catalogue, uint64_t version,
                                     const struct priced_line *line, const struct priced_line *lines, size_t count)
{
    const struct tax_class *class = catalogue_tax_class(catalogue, version, line->product->tax_class_id);

    if (class == NULL || class->switch_to_id == 0 || class->switch_at_count == 0)
        return class;
    if (tax_pieces(class->id, lines, count) < (int64_t) class->switch_at_count)
        return class;
    return catalogue_tax_class(catalogue, version, class->switch_to_id);
}

/* Rows for the line's components, in the order of the class; false when there are too many. */
static bool add_rows(struct taxes *taxes, struct tax_line *line, enum service service, bool hot)
{
    for (size_t i = 0; line->class != NULL && i < line->class->rate_count; i++) {
        const struct tax_rate *rate = &line->class->rates[i];
        size_t row = 0;

        if (!rate_applies(rate, service, hot))
            continue;
        line->rates_ppm += rate->rate_ppm;
        while (row < taxes->count &&
               (taxes->rows[row].rate_ppm != rate->rate_ppm || strcmp(taxes->rows[row].code, rate->code) != 0))
            row++;
        if (row < taxes->count)
            continue;
        if (taxes->count == TAX_ROWS_MAX)
            return false;
        memcpy(taxes->rows[taxes->count].code, rate->code, TAX_CODE_SIZE);
        taxes->rows[taxes->count++].rate_ppm = rate->rate_ppm;
    }
    return true;
}

/* A sum of fractions: whole + over / under, over < under. */
struct exact {
    unsigned __int128 whole, over, under;
};

/* Adds numerator / denominator (< 2^26); false when the common denominator grows too large. */
static bool exact_add(struct exact *sum, unsigned __int128 numerator, uint64_t denominator)
{
    if (sum->under >> 100 != 0)
        return false;
    sum->whole += numerator / denominator;
    sum->over = sum->over * denominator + numerator % denominator * sum->under;
    sum->under *= denominator;
    sum->whole += sum->over / sum->under;
    sum->over %= sum->under;
    return true;
}

/* Included tax of one component: gross × r / (1 + R), summed over the R of its lines, rounded once. Nearly always there
 * is one R; there are more where a component stands alone in one class and beside another in a second. */
static bool included_tax(const int64_t *totals_minor, const int64_t *rates_ppm, size_t count, uint32_t rate_ppm,
                         int64_t *tax)
{
    struct exact sum = { .under = 1 };

    for (size_t i = 0; i < count; i++) {
        int64_t gross = 0;
        bool first = true;

        for (size_t j = 0; j < i && first; j++)
            first = rates_ppm[j] != rates_ppm[i];
        if (!first)
            continue;
        for (size_t j = i; j < count; j++)
            if (rates_ppm[j] == rates_ppm[i])
                gross += totals_minor[j];
        if (!exact_add(&sum, (unsigned __int128)gross * rate_ppm, (uint64_t)(MILLION + rates_ppm[i])))
            return false;
    }
    *tax = (int64_t)sum.whole + (2 * sum.over >= sum.under);
    return true;
}

bool tax_of(const int64_t *totals_minor, const int64_t *rates_ppm, size_t count, uint32_t rate_ppm, bool included,
            int64_t *tax)
{
    int64_t net = 0;

    if (included)
        return included_tax(totals_minor, rates_ppm, count, rate_ppm, tax);
    for (size_t i = 0; i < count; i++)
        net += totals_minor[i];
    return multiply_divide(net, rate_ppm, MILLION, tax);
}

/* By their value; by their value without tax where their rates differ. */
void tax_spread(int64_t tax, const int64_t *totals_minor, const int64_t *rates_ppm, size_t count, bool included,
                struct arena *arena, int64_t *parts)
{
    int64_t *weights = arena_array(arena, count, sizeof *weights);
    bool mixed = false;

    for (size_t i = 0; included && i < count; i++)
        mixed = mixed || rates_ppm[i] != rates_ppm[0];
    for (size_t i = 0; i < count; i++) {
        weights[i] = totals_minor[i];
        if (mixed)
            multiply_divide(weights[i], MILLION, MILLION + rates_ppm[i], &weights[i]);
    }
    spread_largest_remainder(tax, weights, count, parts);
}

/* Lines of one component that cost something, or those of which something was given back: both as above nothing. */
struct side {
    size_t *members;
    int64_t *totals, *rates, *parts;
    size_t count;
    int sign;
};

static struct side side_of(const struct priced_line *lines, const struct tax_line *tax_lines, const size_t *members,
                           size_t count, int sign, struct arena *arena)
{
    struct side side = { .members = arena_array(arena, count, sizeof *side.members),
                         .totals = arena_array(arena, count, sizeof *side.totals),
                         .rates = arena_array(arena, count, sizeof *side.rates),
                         .parts = arena_array(arena, count, sizeof *side.parts),
                         .sign = sign };

    for (size_t i = 0; i < count; i++) {
        if ((lines[members[i]].total_minor < 0) != (sign < 0))
            continue;
        side.members[side.count] = members[i];
        side.totals[side.count] = sign * lines[members[i]].total_minor;
        side.rates[side.count++] = tax_lines[members[i]].rates_ppm;
    }
    return side;
}

/* The component's tax back to its lines. */
static void spread_to_side(const struct side *side, struct priced_line *lines, int64_t tax, bool included,
                           struct arena *arena)
{
    if (side->count == 0)
        return;
    tax_spread(tax, side->totals, side->rates, side->count, included, arena, side->parts);
    for (size_t i = 0; i < side->count; i++)
        lines[side->members[i]].tax_minor += side->sign * side->parts[i];
}

/* A tax that is given: of what was taken back what is due on that, the rest of the others. */
static void spread_to_lines(struct priced_line *lines, const struct tax_line *tax_lines, const size_t *members,
                            size_t count, const struct tax_row *row, bool included, struct arena *arena)
{
    struct side sold = side_of(lines, tax_lines, members, count, 1, arena);
    struct side back = side_of(lines, tax_lines, members, count, -1, arena);
    int64_t of_back = 0;

    if (sold.count == 0)
        of_back = -row->tax_minor;
    else if (back.count > 0 && !tax_of(back.totals, back.rates, back.count, row->rate_ppm, included, &of_back))
        of_back = 0;
    spread_to_side(&back, lines, of_back, included, arena);
    spread_to_side(&sold, lines, row->tax_minor + of_back, included, arena);
}

static size_t members_of(const struct tax_row *row, const struct priced_line *lines, const struct tax_line *tax_lines,
                         size_t count, enum service service, size_t *members)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        if (is_taxed(&lines[i]) && component_of(tax_lines[i].class, row, service, lines[i].hot) != NULL)
            members[found++] = i;
    return found;
}

/* Nets of the rows that lines bear: what is left of these without any tax, known once all rows have been spread. */
static void fill_nets(const struct priced_line *lines, const struct tax_line *tax_lines, size_t count,
                      enum service service, bool included, size_t *members, struct taxes *taxes)
{
    for (size_t row = 0; row < taxes->count; row++) {
        size_t member_count = members_of(&taxes->rows[row], lines, tax_lines, count, service, members);

        if (member_count > 0)
            taxes->rows[row].net_minor = 0;
        for (size_t i = 0; i < member_count; i++)
            taxes->rows[row].net_minor += lines[members[i]].total_minor - (included ? lines[members[i]].tax_minor : 0);
    }
}

enum tax_verdict tax_compute(const struct catalogue *catalogue, uint64_t version, enum service service, bool included,
                             struct priced_line *lines, size_t count, struct arena *arena, struct taxes *taxes)
{
    struct tax_line *tax_lines = arena_array(arena, count, sizeof *tax_lines);
    size_t *members = arena_array(arena, count, sizeof *members);

    int last_sign = 1; /* nearly always nothing is taken back */

    *taxes = (struct taxes){ 0 };
    for (size_t i = 0; i < count; i++) {
        if (!is_taxed(&lines[i]))
            continue;
        if (lines[i].total_minor < 0)
            last_sign = -1;
        tax_lines[i].class = tax_class_of(catalogue, version, &lines[i], lines, count);
        if (!add_rows(taxes, &tax_lines[i], service, lines[i].hot))
            return TAX_TOO_MANY;
    }
    for (size_t row = 0; row < taxes->count; row++) {
        size_t member_count = members_of(&taxes->rows[row], lines, tax_lines, count, service, members);

        for (int sign = 1; sign >= last_sign; sign -= 2) {
            struct side side = side_of(lines, tax_lines, members, member_count, sign, arena);
            int64_t tax = 0;

            if (side.count == 0)
                continue;
            if (!tax_of(side.totals, side.rates, side.count, taxes->rows[row].rate_ppm, included, &tax))
                return included ? TAX_TOO_MANY : TAX_OVERFLOW;
            taxes->rows[row].tax_minor += sign * tax;
            if (!add_checked(taxes->total_minor, sign * tax, &taxes->total_minor))
                return TAX_OVERFLOW;
            spread_to_side(&side, lines, tax, included, arena);
        }
    }
    fill_nets(lines, tax_lines, count, service, included, members, taxes);
    return TAX_OK;
}

static size_t costing(const struct priced_line *lines, size_t count, size_t *members)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        if (is_taxed(&lines[i]))
            members[found++] = i;
    return found;
}

void tax_bearers(const struct catalogue *catalogue, uint64_t version, enum service service,
                 const struct priced_line *lines, size_t count, const struct tax_row *rows, size_t row_count,
                 struct arena *arena, uint32_t *bearers)
{
    struct tax_line *tax_lines = arena_array(arena, count, sizeof *tax_lines);
    size_t *members = arena_array(arena, count, sizeof *members);

    for (size_t i = 0; i < count; i++) {
        bearers[i] = 0;
        if (is_taxed(&lines[i]))
            tax_lines[i].class = tax_class_of(catalogue, version, &lines[i], lines, count);
    }
    for (size_t row = 0; row < row_count && row < TAX_ROWS_MAX; row++) {
        size_t found = members_of(&rows[row], lines, tax_lines, count, service, members);

        if (found == 0)
            found = costing(lines, count, members);
        for (size_t i = 0; i < found; i++)
            bearers[members[i]] |= UINT32_C(1) << row;
    }
}

bool tax_take(const struct catalogue *catalogue, uint64_t version, enum service service, bool included,
              struct priced_line *lines, size_t count, struct arena *arena, struct taxes *taxes)
{
    struct tax_line *tax_lines = arena_array(arena, count, sizeof *tax_lines);
    const struct tax_line *unborne = arena_array(arena, count, sizeof *unborne); /* no rates: by the value alone */
    size_t *members = arena_array(arena, count, sizeof *members);
    struct taxes borne = { 0 };

    for (size_t i = 0; i < count; i++) {
        lines[i].tax_minor = 0;
        if (!is_taxed(&lines[i]))
            continue;
        tax_lines[i].class = tax_class_of(catalogue, version, &lines[i], lines, count);
        if (!add_rows(&borne, &tax_lines[i], service, lines[i].hot))
            return false;
    }
    for (size_t row = 0; row < taxes->count; row++) {
        size_t found = members_of(&taxes->rows[row], lines, tax_lines, count, service, members);
        const struct tax_line *by = tax_lines;

        if (found == 0) {
            found = costing(lines, count, members);
            by = unborne;
        }
        if (found == 0 && taxes->rows[row].tax_minor != 0)
            return false;
        spread_to_lines(lines, by, members, found, &taxes->rows[row], included, arena);
    }
    for (size_t i = 0; i < count; i++)
        if (lines[i].total_minor < 0 ? lines[i].tax_minor < lines[i].total_minor || lines[i].tax_minor > 0
                                     : lines[i].tax_minor > lines[i].total_minor || lines[i].tax_minor < 0)
            return false;
    fill_nets(lines, tax_lines, count, service, included, members, taxes);
    return true;
}

const char *tax_label(char *text, const char *code, uint32_t rate_ppm)
{
    char percent[NUMBER_TEXT];
    size_t length = strlen(code), rate = strlen(percent_format(percent, rate_ppm));

    if (length >= rate && strcmp(code + length - rate, percent) == 0 &&
        (length == rate || !strchr("0123456789.,", code[length - rate - 1])))
        length -= rate;
    while (length > 0 && code[length - 1] == ' ')
        length--;
    snprintf(text, TAX_LABEL_TEXT, "%.*s%s%s %%", (int)length, code, length > 0 ? " " : "", percent);
    return text;
}
