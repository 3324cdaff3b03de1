/* An explanation, row by row: numbers whose parts are added up, and what a sale's sections are. */
#include "common/rules/explain.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/explain_parts.h"

/* ---- rows ---- */

static struct explain_row *add_row(struct explaining *e, enum explain_kind kind, const char *text)
{
    struct explanation *out = e->out;

    if (out->count == out->capacity) {
        size_t capacity = out->capacity == 0 ? 64 : out->capacity * 2;
        struct explain_row *larger = arena_array(e->arena, capacity, sizeof *larger);

        if (out->count > 0)
            memcpy(larger, out->rows, out->count * sizeof *larger);
        out->rows = larger;
        out->capacity = capacity;
    }
    struct explain_row *row = &out->rows[out->count++];
    *row = (struct explain_row){ .kind = kind, .about = e->about, .line = e->line, .text = text };
    out->numbers += kind == EXPLAIN_NUMBER;
    out->wrong += kind == EXPLAIN_WRONG;
    out->unknown += kind == EXPLAIN_UNKNOWN;
    return row;
}

#define FORMAT_TEXT(e, text, format)                                                                                   \
    do {                                                                                                               \
        va_list arguments_;                                                                                            \
        va_start(arguments_, format);                                                                                  \
        (text) = arena_vformat((e)->arena, format, arguments_);                                                        \
        va_end(arguments_);                                                                                            \
    } while (0)

void explain_head(struct explaining *e, const char *text, ...)
{
    const char *words;

    explain_end(e);
    e->about = EXPLAIN_NOTHING;
    e->line = NO_LINE;
    FORMAT_TEXT(e, words, text);
    add_row(e, EXPLAIN_HEAD, words);
}

static void add_amount(struct explaining *e, enum explain_kind kind, int64_t amount, const char *words)
{
    struct explain_row *row = add_row(e, kind, words);

    row->has_amount = true;
    row->points = e->points;
    row->amount = amount;
}

void explain_number(struct explaining *e, enum explain_about about, int line, int64_t amount, const char *text, ...)
{
    const char *words;

    explain_end(e);
    e->about = about;
    e->line = line;
    e->points = about >= EXPLAIN_POINTS_EARNED;
    e->open = true;
    e->partly = false;
    e->amount = amount;
    e->sum = 0;
    FORMAT_TEXT(e, words, text);
    add_amount(e, EXPLAIN_NUMBER, amount, words);
}

void explain_part(struct explaining *e, int64_t amount, const char *text, ...)
{
    const char *words;

    assert(e->open);
    add_most(&e->sum, amount);
    FORMAT_TEXT(e, words, text);
    add_amount(e, EXPLAIN_PART, amount, words);
}

void explain_note(struct explaining *e, const char *text, ...)
{
    const char *words;

    FORMAT_TEXT(e, words, text);
    add_row(e, EXPLAIN_NOTE, words);
}

void explain_unknown(struct explaining *e, const char *text, ...)
{
    const char *words;

    e->partly = true;
    FORMAT_TEXT(e, words, text);
    add_row(e, EXPLAIN_UNKNOWN, words);
}

void explain_wrong(struct explaining *e, const char *text, ...)
{
    const char *words;

    FORMAT_TEXT(e, words, text);
    add_row(e, EXPLAIN_WRONG, words);
}

void explain_by(struct explaining *e, int64_t staff_id)
{
    e->out->rows[e->out->count - 1].staff_id = staff_id;
}

/* What a till printed while it was offline holds, whatever the catalogue says: that is a part of it, too. Points are no part of the
 * paper. */
void explain_end(struct explaining *e)
{
    int64_t apart = 0;

    if (!e->open)
        return;
    e->open = false;
    if (e->partly || e->sum == e->amount)
        return;
    if (e->printed && !e->points && add_checked(e->amount, -e->sum, &apart)) {
        add_amount(e, EXPLAIN_PART, apart, "as the till printed it, offline: the receipt holds");
        return;
    }
    if (e->points)
        explain_wrong(e, "does not add up: the parts come to %" PRId64, e->sum);
    else
        explain_wrong(e, "does not add up: the parts come to %s", explain_money(e, e->sum));
}

void explain_check(struct explaining *e, int64_t by_rule, int64_t stored, const char *what)
{
    if (by_rule == stored)
        return;
    if (e->printed)
        explain_note(e, "%s: the till printed it otherwise", what);
    else
        explain_wrong(e, "%s: by the rule it is %s, and %s is stored", what, explain_money(e, by_rule),
                      explain_money(e, stored));
}

/* ---- words ---- */

const char *explain_money(const struct explaining *e, int64_t minor)
{
    return minor_format(arena_alloc(e->arena, NUMBER_TEXT), minor, e->facts->shop->currency_exponent);
}

const char *explain_day(const struct explaining *e, struct day day)
{
    return day_format(arena_alloc(e->arena, DAY_TEXT), day);
}

const char *explain_text(const struct explaining *e, struct bytes text)
{
    return arena_format(e->arena, "%.*s", (int)text.size, text.size == 0 ? "" : (const char *)text.data);
}

const char *explain_quantity(const struct explaining *e, int64_t milli, int unit)
{
    static const char *const units[] = { [UNIT_PIECE] = "", [UNIT_KILOGRAM] = " kg", [UNIT_LITRE] = " l" };
    char text[NUMBER_TEXT];

    return arena_format(e->arena, "%s%s", milli_format(text, milli), unit <= UNIT_LITRE ? units[unit] : "");
}

const struct explain_since *explain_since_of(const struct explaining *e, enum explain_thing thing, int64_t id)
{
    for (size_t i = 0; i < e->facts->since_count; i++)
        if (e->facts->since[i].thing == thing && e->facts->since[i].id == id)
            return &e->facts->since[i];
    return NULL;
}

const char *explain_since_text(const struct explaining *e, enum explain_thing thing, int64_t id)
{
    const struct explain_since *since = explain_since_of(e, thing, id);
    char day[DAY_TEXT];

    if (since == NULL || since->version == 0)
        return "";
    if (since->at.us == 0)
        return arena_format(e->arena, ", since version %" PRId64, since->version);
    return arena_format(e->arena, ", since %s (version %" PRId64 ")",
                        day_format(day, zone_day(e->facts->zone, since->at)), since->version);
}

/* ---- a sale ---- */

static bool has_exception(const struct sale_rows *sale, enum sale_exception kind)
{
    for (size_t i = 0; i < sale->exception_count; i++)
        if (sale->exceptions[i].kind == kind)
            return true;
    return false;
}

static int64_t free_of(const struct sale_rows *sale, size_t line, enum discount_kind kind)
{
    int64_t pieces = 0;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].line == (int)line && sale->discounts[i].kind == kind)
            pieces += sale->discounts[i].times;
    return pieces;
}

int64_t explain_term_free(const struct sale_rows *sale, size_t line)
{
    return free_of(sale, line, DISCOUNT_OF_REWARD);
}

int64_t explain_coupon_free(const struct sale_rows *sale, size_t line)
{
    return free_of(sale, line, DISCOUNT_OF_COUPON);
}

int64_t explain_own_free(const struct sale_rows *sale, size_t line, int64_t *minor)
{
    const struct sale_line_row *row = &sale->lines[line];

    *minor = row->discount_minor;
    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].line == (int)line)
            *minor -= sale->discounts[i].amount_minor;
    if ((row->flags & LINE_REWARD) == 0 || row->unit_price_minor <= 0 || *minor <= 0) {
        *minor = 0;
        return 0;
    }
    *minor -= *minor % row->unit_price_minor; /* of whole pieces: what is left over does not add up */
    return *minor / row->unit_price_minor;
}

static uint32_t deposit_of(const struct sale_rows *sale, size_t line)
{
    for (size_t i = 0; i < sale->deposit_count; i++)
        if (sale->deposits[i].line == (int)line && sale->deposits[i].goods_line != NO_LINE)
            return (uint32_t)sale->deposits[i].goods_line + 1;
    return 0;
}

/* Could the rules have made it? They are not asked about what they could not, for they take their own word for granted. */
static bool is_sound(const struct sale_rows *sale, size_t line)
{
    const struct sale_line_row *row = &sale->lines[line];
    int64_t minor,
        pieces = explain_own_free(sale, line, &minor) + explain_term_free(sale, line) + explain_coupon_free(sale, line);

    return row->unit_price_minor >= 0 && row->unit_price_minor <= MINOR_MAX && row->quantity_milli <= MILLI_MAX &&
           row->quantity_milli >= -MILLI_MAX && (pieces == 0 || pieces <= row->quantity_milli / 1000);
}

/* As they were priced, with what was stored of them. */
static struct priced_line *lines_of(struct explaining *e)
{
    const struct sale_rows *sale = e->sale;
    struct priced_line *lines = arena_array(e->arena, sale->line_count, sizeof *lines);

    for (size_t i = 0; i < sale->line_count; i++) {
        const struct sale_line_row *row = &sale->lines[i];
        const struct product *product =
            e->facts->catalogue == NULL ? NULL
                                        : catalogue_product(e->facts->catalogue, e->facts->version, row->product_id);
        int64_t minor;

        if (product != NULL && !is_sound(sale, i)) {
            explain_wrong(e, "line %zu has numbers that no line can have", i + 1);
            return NULL;
        }
        if (product == NULL)
            return NULL;
        lines[i] = (struct priced_line){
            .product = product,
            .quantity_milli = row->quantity_milli,
            .apart_minor = row->unit_price_minor - product->price_minor,
            .hot = (row->flags & LINE_HOT) != 0,
            .voided = (row->flags & LINE_VOIDED) != 0,
            .deposit = (row->flags & (LINE_DEPOSIT | LINE_CHARGE)) != 0,
            .deposit_of = deposit_of(sale, i),
            .gross_minor = row->gross_minor,
            .discount_minor = row->discount_minor,
            .total_minor = row->total_minor,
            .tax_minor = row->tax_minor,
            .rewards = explain_own_free(sale, i, &minor) + explain_term_free(sale, i),
            .coupon_pieces = explain_coupon_free(sale, i),
        };
    }
    return lines;
}

static void explain_sold(struct explaining *e)
{
    explain_head(e, "%s", e->sale->service == SERVICE_EAT_IN ? "Eaten in" : "Taken away");
    e->lines = lines_of(e);
    explain_note(e, "priced by version %" PRIu64 " of the catalogue", e->facts->version);
    if (e->facts->catalogue == NULL)
        explain_unknown(e, "that version is not known any more: what it said cannot be told");
    if (e->printed)
        explain_note(
            e, "printed by the till while it was offline, otherwise than its catalogue has it: what was printed holds");
    explain_spread_taxes(e);
    explain_lines(e);
    explain_discounts(e);
    explain_taxes(e);
    explain_total(e);
    explain_paid(e);
    explain_points(e);
    explain_ledger(e);
}

/* At most what the goods cost on its day, by which they are taxed too: more does not add up. */
static void explain_free_line(struct explaining *e, size_t line)
{
    const struct sale_line_row *row = &e->sale->lines[line];
    int64_t amount = 0;

    explain_head(e, "Line %zu: %s", line + 1, row->name);
    explain_number(e, EXPLAIN_UNIT_PRICE, (int)line, row->unit_price_minor, "Price of a unit");
    if (e->lines == NULL)
        explain_unknown(e, "what it cost that day is not known");
    else
        explain_part(e, e->lines[line].product->price_minor, "what it cost that day");
    if (e->lines != NULL && e->lines[line].apart_minor < 0)
        explain_part(e, e->lines[line].apart_minor, "less was given back for it");
    multiply_divide(row->unit_price_minor, row->quantity_milli, 1000, &amount);
    explain_number(e, EXPLAIN_LINE_AMOUNT, (int)line, row->gross_minor, "Given back");
    explain_part(e, amount, "%s at that price", explain_quantity(e, -row->quantity_milli, row->unit));
    explain_line_tax(e, line);
    explain_end(e);
}

static void explain_free_refund(struct explaining *e)
{
    explain_head(e, "Refund without a receipt");
    e->lines = lines_of(e);
    explain_note(e, "priced by version %" PRIu64 " of the catalogue", e->facts->version);
    if (e->facts->catalogue == NULL)
        explain_unknown(e, "that version is not known any more: what it said cannot be told");
    explain_spread_taxes(e);
    for (size_t i = 0; i < e->sale->line_count; i++)
        explain_free_line(e, i);
    explain_taxes(e);
    explain_total(e);
    explain_paid(e);
}

void explain_sale(const struct explain_facts *facts, struct arena *arena, struct explanation *explanation)
{
    struct explaining e = {
        .facts = facts,
        .sale = facts->sale,
        .arena = arena,
        .out = explanation,
        .included = facts->shop->prices_include_tax,
        .printed = has_exception(facts->sale, EXCEPTION_TOTAL_DIFFERS),
        .line = NO_LINE,
    };

    *explanation = (struct explanation){ 0 };
    if (sale_is_free_refund(facts->sale))
        explain_free_refund(&e);
    else if (facts->sale->kind == SALE_REFUND)
        explain_refund(&e);
    else
        explain_sold(&e);
    explain_end(&e);
}
