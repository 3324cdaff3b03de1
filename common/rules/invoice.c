/* An invoice from a sale's rows: may it be, what its lines come to, and its document. */
#include "common/rules/invoice.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/base/number.h"
#include "common/base/text.h"

#define YEAR_MIN     1970
#define YEAR_MAX     9999
#define NUMBER_MAX   INT64_C(999999999999999)
#define ROWS_FIXED   112 /* all that are no lines, options or parts of an address */
#define TEXT_COLUMNS 120 /* a row holds so many */
#define TEXT_BYTES   480
#define NAME_COLUMNS 30
#define NAME_BYTES   120 /* two hundred lines still fit into one answer */
#define MANY_LINES   100 /* of which each is said in fewer bytes, for the same reason */
#define MANY_BYTES   60
#define REF_COLUMNS  20

/* ---- numbers ---- */

char *invoice_number_format(char *text, struct invoice_number number)
{
    snprintf(text, INVOICE_NUMBER_TEXT, "%04d-%06" PRId64, number.year, number.number);
    return text;
}

/* At least one digit; more than 0. */
static bool digits(struct bytes text, size_t from, size_t to, int64_t most, int64_t *value)
{
    assert(from < to);
    *value = 0;
    for (size_t i = from; i < to; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *value = *value * 10 + (text.data[i] - '0');
        if (*value > most)
            return false;
    }
    return *value > 0;
}

bool invoice_number_parse(struct bytes text, struct invoice_number *number)
{
    int64_t year, value;

    if (text.size < 6 || text.data[4] != '-' || !digits(text, 0, 4, YEAR_MAX, &year) || year < YEAR_MIN ||
        !digits(text, 5, text.size, NUMBER_MAX, &value))
        return false;
    *number = (struct invoice_number){ .year = (int)year, .number = value };
    return true;
}

/* ---- may it be ---- */

const char *invoice_sentence(enum invoice_verdict verdict)
{
    static const char *const sentences[INVOICE_VERDICT_COUNT] = {
        [INVOICE_OK] = "",
        [INVOICE_NO_ADDRESS] = "an invoice bears the shop's address, and none is set: a manager sets it by caroline "
                               "shop put --address",
        [INVOICE_NO_TAX_NUMBER] = "an invoice bears the shop's tax number, and none is set: a manager sets it by "
                                  "caroline shop put --tax-number",
        [INVOICE_TAX_UNKNOWN] = "this was sold offline with taxes that its goods do not have: give it back and ring it "
                                "up anew",
        [INVOICE_HOUSE] = "the house paid this: there is nobody to bill",
        [INVOICE_GIVEN_BACK] = "all of this receipt was given back",
        [INVOICE_PAID_OUT] = "the shop paid for what was taken back here: there is nothing to bill",
        [INVOICE_UNSOUND] = "lines, taxes and total of this receipt do not add up",
    };
    return sentences[verdict];
}

static bool is_house(const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->tender_count; i++)
        if (sale->tenders[i].kind == TENDER_HOUSE)
            return true;
    return false;
}

/* Taxes as printed by a till, which the catalogue does not give these goods, stand as one without a name. */
static bool has_unknown_tax(const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->taxes.count; i++)
        if (strcmp(sale->taxes.rows[i].code, "?") == 0)
            return true;
    return false;
}

/* Whether tax came on top was settled on the day of the sale, and the lines know it: they sum to the total with it or
 * without. */
static bool is_on_top(const struct sale_rows *sale)
{
    int64_t sum = 0;

    for (size_t i = 0; i < sale->line_count; i++)
        sum += sale->lines[i].total_minor;
    return sale->tax_minor != 0 && sum != sale->total_minor;
}

static void sum_line(struct invoice_sums *sums, const struct sale_line_row *line, size_t index)
{
    struct invoice_line *at = &sums->lines[sums->line_count++];

    *at = (struct invoice_line){ .line = line,
                                 .index = index,
                                 .net_minor = sums->on_top ? line->total_minor : line->total_minor - line->tax_minor,
                                 .tax_minor = line->tax_minor };
    at->gross_minor = at->net_minor + at->tax_minor;
    sums->net_minor += at->net_minor;
    sums->tax_minor += at->tax_minor;
    sums->total_minor += at->gross_minor;
}

/* What there is to give back: empties that were taken back in the sale are no part of it. */
static int64_t bought_minor(const struct invoice_sums *sums)
{
    int64_t sum = 0;

    for (size_t i = 0; i < sums->line_count; i++)
        if (sums->lines[i].line->quantity_milli > 0)
            sum += sums->lines[i].gross_minor;
    return sum;
}

static bool is_sound(const struct sale_rows *sale, const struct invoice_sums *sums)
{
    int64_t taxes = 0;

    for (size_t i = 0; i < sale->taxes.count; i++)
        taxes += sale->taxes.rows[i].tax_minor;
    return taxes == sale->tax_minor && sums->tax_minor == sale->tax_minor && sums->total_minor == sale->total_minor;
}

enum invoice_verdict invoice_judge(const struct sale_rows *sale, const struct shop *shop, int64_t refunded_minor,
                                   struct arena *arena, struct invoice_sums *sums)
{
    *sums = (struct invoice_sums){ .on_top = is_on_top(sale) };
    if (shop->tax_number[0] == '\0')
        return INVOICE_NO_TAX_NUMBER;
    if (shop->address[0] == '\0')
        return INVOICE_NO_ADDRESS;
    if (has_unknown_tax(sale))
        return INVOICE_TAX_UNKNOWN;
    if (is_house(sale))
        return INVOICE_HOUSE;
    if (sale->kind == SALE_SOLD && sale->total_minor < 0)
        return INVOICE_PAID_OUT;
    sums->lines = arena_array(arena, sale->line_count, sizeof *sums->lines);
    for (size_t i = 0; i < sale->line_count; i++)
        if ((sale->lines[i].flags & LINE_VOIDED) == 0)
            sum_line(sums, &sale->lines[i], i);
    if (sale->kind == SALE_SOLD && refunded_minor != 0 && refunded_minor == bought_minor(sums))
        return INVOICE_GIVEN_BACK;
    return is_sound(sale, sums) ? INVOICE_OK : INVOICE_UNSOUND;
}

/* ---- its document ---- */

struct paper {
    const struct invoice_order *order;
    struct arena *arena;
    struct receipt_row *rows;
    size_t count;
};

static void add(struct paper *paper, enum receipt_row_kind kind, const char *left, const char *right)
{
    paper->rows[paper->count++] = (struct receipt_row){ .kind = kind, .left = left, .right = right };
}

static const char *money(const struct paper *paper, int64_t minor)
{
    return minor_format(arena_alloc(paper->arena, NUMBER_TEXT), minor, paper->order->currency_exponent);
}

static void pair(struct paper *paper, const char *left, int64_t minor)
{
    add(paper, RECEIPT_ROW_PAIR, left, money(paper, minor));
}

/* At most so many columns and bytes of it, whole characters. */
static const char *cut_to(const struct paper *paper, const char *text, size_t columns, size_t bytes)
{
    size_t used, size = text_cut(text, columns, &used);

    while (size > bytes && columns > 1)
        size = text_cut(text, --columns, &used);
    return arena_format(paper->arena, "%.*s", (int)(size > bytes ? 0 : size), text);
}

static const char *cut_name(const struct paper *paper, const char *name)
{
    return cut_to(paper, name, NAME_COLUMNS, paper->order->sale->line_count > MANY_LINES ? MANY_BYTES : NAME_BYTES);
}

/* Lines parted by " / ". */
static void add_parted(struct paper *paper, enum receipt_row_kind kind, const char *text)
{
    while (*text != '\0') {
        const char *end = strstr(text, " / ");
        size_t size = end == NULL ? strlen(text) : (size_t)(end - text);

        if (size > 0)
            add(paper, kind,
                cut_to(paper, arena_format(paper->arena, "%.*s", (int)size, text), TEXT_COLUMNS, TEXT_BYTES), NULL);
        text += end == NULL ? size : size + 3;
    }
}

static const char *day_text(const struct paper *paper, struct day day)
{
    return day_format(arena_alloc(paper->arena, DAY_TEXT), day);
}

static const char *number_text(const struct paper *paper, struct invoice_number number)
{
    return invoice_number_format(arena_alloc(paper->arena, INVOICE_NUMBER_TEXT), number);
}

static const char *receipt_text_of(const struct paper *paper)
{
    return receipt_number_format(arena_alloc(paper->arena, RECEIPT_NUMBER_TEXT), paper->order->sale->number);
}

static void add_tax_number(struct paper *paper, enum receipt_row_kind kind, const char *tax_number)
{
    if (tax_number[0] != '\0')
        add(paper, kind, arena_format(paper->arena, "Tax number %s", tax_number), NULL);
}

/* Who supplied it, its number, and to whom. */
static void add_head(struct paper *paper)
{
    const struct invoice_order *order = paper->order;
    bool credit = order->kind == INVOICE_CREDIT_NOTE;

    add(paper, RECEIPT_ROW_TITLE, cut_to(paper, order->shop->name, TEXT_COLUMNS, TEXT_BYTES), NULL);
    add_parted(paper, RECEIPT_ROW_CENTRE, order->shop->address);
    add_tax_number(paper, RECEIPT_ROW_CENTRE, order->shop->tax_number);
    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    add(paper, RECEIPT_ROW_TITLE, credit ? "CREDIT NOTE" : "INVOICE", NULL);
    add(paper, RECEIPT_ROW_PAIR, number_text(paper, order->number), day_text(paper, order->issued));
    if (credit)
        add(paper, RECEIPT_ROW_PAIR, "Of invoice", number_text(paper, order->credit_of));
    add(paper, RECEIPT_ROW_PAIR, credit ? "Receipt of the refund" : "Receipt", receipt_text_of(paper));
    add(paper, RECEIPT_ROW_PAIR, credit ? "Given back on" : "Supplied on", day_text(paper, order->supplied));
    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    add(paper, RECEIPT_ROW_TEXT, "For", NULL);
    add(paper, RECEIPT_ROW_TEXT, cut_to(paper, order->customer->name, TEXT_COLUMNS, TEXT_BYTES), NULL);
    add_parted(paper, RECEIPT_ROW_TEXT, order->customer->address);
    add_tax_number(paper, RECEIPT_ROW_TEXT, order->customer->tax_number);
    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
}

/* "  3 x 1.95 less 0.50, tax 0.35": the amount at the right is without tax. */
static void add_quantity(struct paper *paper, const struct invoice_line *at)
{
    static const char *const units[] = { [UNIT_PIECE] = "", [UNIT_KILOGRAM] = " kg", [UNIT_LITRE] = " l" };
    const struct sale_line_row *line = at->line;
    char quantity[NUMBER_TEXT];
    const char *less =
        line->discount_minor == 0 ? "" : arena_format(paper->arena, " less %s", money(paper, line->discount_minor));
    const char *tax = at->tax_minor == 0 ? "" : arena_format(paper->arena, ", tax %s", money(paper, at->tax_minor));

    add(paper, RECEIPT_ROW_TEXT,
        arena_format(paper->arena, "  %s%s x %s%s%s", milli_format(quantity, line->quantity_milli),
                     line->unit <= UNIT_LITRE ? units[line->unit] : "", money(paper, line->unit_price_minor), less,
                     tax),
        NULL);
}

/* A deposit is said as on the receipt, whether the shop calls it so or just "Bottle". */
static const char *line_name(struct paper *paper, const struct sale_line_row *line)
{
    const char *name = cut_name(paper, line->name);
    bool back = line->quantity_milli < 0 && paper->order->sale->kind == SALE_SOLD;

    if ((line->flags & LINE_DEPOSIT) == 0)
        return name;
    if (back)
        return cut_name(paper, arena_format(paper->arena, "Deposit back, %s", name));
    return strncasecmp(name, "deposit", strlen("deposit")) == 0
               ? name
               : cut_name(paper, arena_format(paper->arena, "Deposit %s", name));
}

static void add_lines(struct paper *paper)
{
    const struct invoice_order *order = paper->order;
    const struct invoice_sums *sums = order->sums;

    if (sums->tax_minor != 0)
        add(paper, RECEIPT_ROW_TEXT,
            sums->on_top ? "Prices and amounts are without tax" : "Prices are with tax, amounts without", NULL);
    for (size_t i = 0; i < sums->line_count; i++) {
        const struct invoice_line *at = &sums->lines[i];

        pair(paper, line_name(paper, at->line), at->net_minor);
        add_quantity(paper, at);
        for (size_t k = 0; k < order->sale->option_count; k++)
            if (order->sale->options[k].line == (int)at->index)
                add(paper, RECEIPT_ROW_TEXT,
                    arena_format(paper->arena, "  %s", cut_name(paper, order->sale->options[k].name)), NULL);
    }
}

static void add_sums(struct paper *paper)
{
    const struct invoice_order *order = paper->order;
    const struct taxes *taxes = &order->sale->taxes;
    char label[TAX_LABEL_TEXT];

    add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    pair(paper, "Without tax", order->sums->net_minor);
    for (size_t i = 0; i < taxes->count; i++)
        pair(paper,
             arena_format(paper->arena, "%s on %s", tax_label(label, taxes->rows[i].code, taxes->rows[i].rate_ppm),
                          money(paper, taxes->rows[i].net_minor)),
             taxes->rows[i].tax_minor);
    add(paper, RECEIPT_ROW_TOTAL, arena_format(paper->arena, "Total %s", order->currency),
        money(paper, order->sums->total_minor));
}

/* What pays the total, and the rounding of what was paid in cash; tips and what was forfeited are no part of it. */
static void add_paid(struct paper *paper)
{
    const struct invoice_order *order = paper->order;
    int64_t sum = 0;

    if (order->paid_count > 0)
        add(paper, RECEIPT_ROW_RULE, NULL, NULL);
    for (size_t i = 0; i < order->paid_count; i++)
        sum += order->paid[i].amount_minor;
    if (order->paid_count > 0 && sum != order->sums->total_minor)
        pair(paper, "Cash rounding", sum - order->sums->total_minor);
    for (size_t i = 0; i < order->paid_count; i++) {
        const struct original_tender *tender = &order->paid[i];
        const char *reference =
            arena_format(paper->arena, "%.*s", (int)tender->reference.size, (const char *)tender->reference.data);

        if (tender->amount_minor != 0)
            pair(paper,
                 arena_format(paper->arena, "%s%s%s", cut_name(paper, tender->name),
                              tender->reference.size > 0 ? " " : "",
                              tender->reference.size > 0 ? cut_to(paper, reference, REF_COLUMNS, NAME_BYTES) : ""),
                 tender->amount_minor);
    }
}

struct receipt invoice_document(const struct invoice_order *order, struct arena *arena)
{
    struct paper paper = { .order = order, .arena = arena };
    size_t parted = (strlen(order->shop->address) + strlen(order->customer->address)) / 4 + 2;

    paper.rows = arena_array(
        arena, ROWS_FIXED + parted + 2 * order->sums->line_count + order->sale->option_count + order->paid_count,
        sizeof *paper.rows);
    add_head(&paper);
    add_lines(&paper);
    add_sums(&paper);
    add_paid(&paper);
    add(&paper, RECEIPT_ROW_RULE, NULL, NULL);
    add(&paper, RECEIPT_ROW_CENTRE, arena_format(arena, "One supply with receipt %s", receipt_text_of(&paper)), NULL);
    add(&paper, RECEIPT_ROW_CODE, receipt_text_of(&paper), NULL);
    return (struct receipt){ .rows = paper.rows, .count = paper.count };
}

struct receipt invoice_paper(struct receipt document, uint32_t copy, struct arena *arena)
{
    if (copy == 0 || document.count == 0)
        return document;
    struct receipt_row *rows = arena_array(arena, document.count + 2, sizeof *rows);
    const char *mark = arena_format(arena, "COPY %" PRIu32, copy);
    size_t count = 0;
    bool headed = false;

    for (size_t i = 0; i < document.count; i++) {
        if (i + 1 == document.count)
            rows[count++] = (struct receipt_row){ .kind = RECEIPT_ROW_CENTRE, .left = mark };
        rows[count++] = document.rows[i];
        if (document.rows[i].kind == RECEIPT_ROW_RULE && !headed) {
            rows[count++] = (struct receipt_row){ .kind = RECEIPT_ROW_TITLE, .left = mark };
            headed = true;
        }
    }
    return (struct receipt){ .rows = rows, .count = count };
}
