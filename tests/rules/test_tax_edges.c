/* Taxes at the ends of their ranges: halves, sums that no number holds, more components than a receipt has rows; and those
 * that were printed, spread over lines that may not bear them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/rules/tax.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LINES_MAX    (TAX_ROWS_MAX + 1)

enum { SEVEN = 1, NINETEEN, BOTH, HALF, HUGE, THREE_HUGE, EACH_ITS_OWN = 100 };

static struct till {
    struct catalogue *catalogue;
    struct arena *arena;
    struct product products[LINES_MAX];
    struct priced_line lines[LINES_MAX];
    struct taxes taxes;
} till;

static void put_class(int64_t id, const struct tax_rate *rates, size_t count)
{
    catalogue_put_tax_class(till.catalogue, 1, &(struct tax_class){ .id = id, .rates = rates, .rate_count = count });
}

static int open_till(void **state)
{
    static const struct tax_rate seven = { .code = "VAT7", .rate_ppm = 70000 },
                                 nineteen = { .code = "VAT19", .rate_ppm = 190000 },
                                 half = { .code = "HALF", .rate_ppm = 1000000 },
                                 huge = { .code = "HUGE", .rate_ppm = UINT32_MAX },
                                 both[] = { { .code = "VAT7", .rate_ppm = 70000 },
                                            { .code = "ECO", .rate_ppm = 20000 } },
                                 three[] = { { .code = "A", .rate_ppm = UINT32_MAX },
                                             { .code = "B", .rate_ppm = UINT32_MAX },
                                             { .code = "C", .rate_ppm = UINT32_MAX } };

    (void)state;
    memset(&till, 0, sizeof till);
    till.arena = arena_create(0);
    till.catalogue = catalogue_create();
    put_class(SEVEN, &seven, 1);
    put_class(NINETEEN, &nineteen, 1);
    put_class(BOTH, both, 2);
    put_class(HALF, &half, 1);
    put_class(HUGE, &huge, 1);
    put_class(THREE_HUGE, three, 3);
    for (uint32_t i = 0; i < LINES_MAX; i++) {
        const struct tax_rate own = { .code = "OWN", .rate_ppm = 10000 + i };

        put_class(EACH_ITS_OWN + i, &own, 1);
    }
    catalogue_seal(till.catalogue, 1, 0);
    return 0;
}

static int close_till(void **state)
{
    (void)state;
    catalogue_destroy(till.catalogue);
    arena_destroy(till.arena);
    return 0;
}

static void put(size_t at, int64_t tax_class_id, int64_t total_minor)
{
    till.products[at] = (struct product){ .id = (int64_t)at + 1, .tax_class_id = tax_class_id };
    till.lines[at] = (struct priced_line){
        .product = &till.products[at], .quantity_milli = 1000, .gross_minor = total_minor, .total_minor = total_minor
    };
}

/* ---- worked out ---- */

struct sold {
    int64_t tax_class_id, total_minor;
};

static const struct {
    const char *name;
    struct sold sold[3];
    bool included;
    enum tax_verdict verdict;
    int64_t taxes[2], line_taxes[3];
} worked_out[] = {
    /* Of 100 % a half of what it costs: a cent of odd sums is a half. */
    { "a half is rounded up", { { HALF, 101 } }, true, TAX_OK, { 51 }, { 51 } },
    { "a whole is not", { { HALF, 100 } }, true, TAX_OK, { 50 }, { 50 } },
    { "less than a half is rounded down", { { SEVEN, 7 } }, true, TAX_OK, { 0 }, { 0 } }, /* 0.46 */
    { "on top, a half is rounded up", { { SEVEN, 50 } }, false, TAX_OK, { 4 }, { 4 } },   /* 3.5 */
    { "one rounding for all lines of a tax, whose cents go to the largest rests",
      { { SEVEN, 50 }, { SEVEN, 50 }, { SEVEN, 51 } },
      false,
      TAX_OK,
      { 11 }, /* 10.57 */
      { 4, 3, 4 } },
    { "on top, lines that bear two", { { BOTH, 1000 }, { SEVEN, 1000 } }, false, TAX_OK, { 140, 20 }, { 90, 70 } },
    { "in the price, lines that bear two", /* 1090 without any is 1000, 1070 too */
      { { BOTH, 1090 }, { SEVEN, 1070 } },
      true,
      TAX_OK,
      { 140, 20 },
      { 90, 70 } },
    { "the last that a number holds",
      { { HUGE, INT64_C(2147483648000000) } },
      false,
      TAX_OK,
      { INT64_C(9223372034707292160) },
      { INT64_C(9223372034707292160) } },
    { "a tax that no number holds", { { HUGE, INT64_C(2147483649000000) } }, false, TAX_OVERFLOW, { 0 }, { 0 } },
    { "taxes of which each fits, and their sum does not",
      { { THREE_HUGE, INT64_C(1000000000000000) } },
      false,
      TAX_OVERFLOW,
      { 0 },
      { 0 } },
};

static void A8_each_row_is_as_worked_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(worked_out); i++) {
        size_t count = 0;

        for (; count < 3 && worked_out[i].sold[count].tax_class_id != 0; count++)
            put(count, worked_out[i].sold[count].tax_class_id, worked_out[i].sold[count].total_minor);
        enum tax_verdict verdict = tax_compute(till.catalogue, 1, SERVICE_TAKE_AWAY, worked_out[i].included, till.lines,
                                               count, till.arena, &till.taxes);
        if (verdict != worked_out[i].verdict)
            fail_msg("%s: verdict %d", worked_out[i].name, (int)verdict);
        if (verdict != TAX_OK)
            continue;
        for (size_t row = 0; row < till.taxes.count; row++)
            if (till.taxes.rows[row].tax_minor != worked_out[i].taxes[row])
                fail_msg("%s: tax %zu is %lld", worked_out[i].name, row, (long long)till.taxes.rows[row].tax_minor);
        for (size_t line = 0; line < count; line++)
            if (till.lines[line].tax_minor != worked_out[i].line_taxes[line])
                fail_msg("%s: line %zu bears %lld", worked_out[i].name, line, (long long)till.lines[line].tax_minor);
    }
}

/* ---- taken as printed ---- */

static const struct {
    const char *name;
    struct sold sold[3];
    bool included, taken;
    struct tax_row printed[2], filled[2];
    int64_t line_taxes[3];
} printed[] = {
    { "over the lines that bear it",
      { { SEVEN, 600 }, { NINETEEN, 400 }, { SEVEN, 300 } },
      true,
      true,
      { { "VAT7", 70000, 0, 60 }, { "VAT19", 190000, 0, 64 } },
      { { "VAT7", 70000, 840, 60 }, { "VAT19", 190000, 336, 64 } },
      { 40, 64, 20 } },
    { "on top, nets are what the lines cost",
      { { SEVEN, 600 }, { NINETEEN, 400 }, { SEVEN, 300 } },
      false,
      true,
      { { "VAT7", 70000, 0, 60 }, { "VAT19", 190000, 0, 76 } },
      { { "VAT7", 70000, 900, 60 }, { "VAT19", 190000, 400, 76 } },
      { 40, 76, 20 } },
    { "over all that cost something where none bears it, whose net stays as it was printed",
      { { SEVEN, 600 }, { NINETEEN, 0 }, { SEVEN, 300 } },
      true,
      true,
      { { "OLD", 50000, 850, 45 } },
      { { "OLD", 50000, 850, 45 } },
      { 30, 0, 15 } },
    { "more of it than its lines cost",
      { { SEVEN, 50 }, { NINETEEN, 900 } },
      true,
      false,
      { { "VAT7", 70000, 0, 51 } },
      { { .code = "" } },
      { 0 } },
    { "as much of it as its lines cost",
      { { SEVEN, 50 }, { NINETEEN, 900 } },
      true,
      true,
      { { "VAT7", 70000, 0, 50 } },
      { { "VAT7", 70000, 0, 50 } },
      { 50, 0 } },
    { "a tax where nothing costs anything",
      { { SEVEN, 0 } },
      true,
      false,
      { { "OLD", 50000, 0, 1 } },
      { { .code = "" } },
      { 0 } },
    { "less than nothing where something was sold",
      { { SEVEN, 100 } },
      true,
      false,
      { { "VAT7", 70000, 0, -5 } },
      { { .code = "" } },
      { 0 } },
    { "more than was taken back",
      { { SEVEN, -100 } },
      true,
      false,
      { { "VAT7", 70000, 0, -101 } },
      { { .code = "" } },
      { 0 } },
    { "something where all was taken back",
      { { SEVEN, -100 } },
      true,
      false,
      { { "VAT7", 70000, 0, 5 } },
      { { .code = "" } },
      { 0 } },
    /* 1.07 × 7 / 107 */
    { "what was taken back bears its own",
      { { SEVEN, 214 }, { SEVEN, -107 } },
      true,
      true,
      { { "VAT7", 70000, 0, 7 } },
      { { "VAT7", 70000, 100, 7 } },
      { 14, -7 } },
    { "no tax where nothing costs anything",
      { { SEVEN, 0 } },
      true,
      true,
      { { "OLD", 50000, 0, 0 } },
      { { "OLD", 50000, 0, 0 } },
      { 0 } },
};

static void A8_printed_taxes_are_spread_over_what_bears_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(printed); i++) {
        size_t count = 0;

        for (; count < 3 && printed[i].sold[count].tax_class_id != 0; count++) {
            put(count, printed[i].sold[count].tax_class_id, printed[i].sold[count].total_minor);
            till.lines[count].tax_minor = 999; /* what it was before does not matter */
        }
        till.taxes = (struct taxes){ .count = 0 };
        while (till.taxes.count < 2 && printed[i].printed[till.taxes.count].code[0] != '\0') {
            till.taxes.rows[till.taxes.count] = printed[i].printed[till.taxes.count];
            till.taxes.count++;
        }
        bool taken = tax_take(till.catalogue, 1, SERVICE_TAKE_AWAY, printed[i].included, till.lines, count, till.arena,
                              &till.taxes);
        if (taken != printed[i].taken)
            fail_msg("%s: %d", printed[i].name, taken);
        if (!taken)
            continue;
        for (size_t row = 0; row < till.taxes.count; row++)
            if (till.taxes.rows[row].net_minor != printed[i].filled[row].net_minor ||
                till.taxes.rows[row].tax_minor != printed[i].filled[row].tax_minor)
                fail_msg("%s: tax %zu is on %lld", printed[i].name, row, (long long)till.taxes.rows[row].net_minor);
        for (size_t line = 0; line < count; line++)
            if (till.lines[line].tax_minor != printed[i].line_taxes[line])
                fail_msg("%s: line %zu bears %lld", printed[i].name, line, (long long)till.lines[line].tax_minor);
    }
}

/* As many components as a receipt has rows, and one more. */
static void A8_a_receipt_has_so_many_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < LINES_MAX; i++)
        put(i, EACH_ITS_OWN + (int64_t)i, 1000);
    for (size_t count = TAX_ROWS_MAX; count <= TAX_ROWS_MAX + 1; count++) {
        bool fits = count <= TAX_ROWS_MAX;
        struct taxes none = { .rows = { { "OLD", 50000, 850, 45 } }, .count = 1 };

        assert_int_equal(
            tax_compute(till.catalogue, 1, SERVICE_TAKE_AWAY, false, till.lines, count, till.arena, &till.taxes),
            fits ? TAX_OK : TAX_TOO_MANY);
        assert_int_equal(tax_take(till.catalogue, 1, SERVICE_TAKE_AWAY, true, till.lines, count, till.arena, &none),
                         fits);
    }
}

/* Whose a row is: of lines that bear it, else of all that cost something; bits for so many rows as a receipt has. */
static void A8_a_row_is_borne_by_those_that_bear_it(void **state)
{
    struct tax_row rows[TAX_ROWS_MAX + 1] = { { "VAT7", 70000, 0, 0 },
                                              { "OLD", 50000, 0, 0 },
                                              { "VAT19", 190000, 0, 0 } };
    static const struct {
        size_t row_count;
        uint32_t bearers[3];
    } table[] = { { 0, { 0, 0, 0 } },
                  { 1, { 1, 0, 0 } },
                  { 2, { 3, 2, 0 } },
                  { 3, { 3, 6, 0 } },
                  { TAX_ROWS_MAX, { 0xfffffffb, 0xfffffffe, 0 } },
                  { TAX_ROWS_MAX + 1, { 0xfffffffb, 0xfffffffe, 0 } } };

    (void)state;
    for (size_t i = 3; i < COUNT(rows); i++)
        rows[i] = (struct tax_row){ "GONE", (uint32_t)i, 0, 0 };
    put(0, SEVEN, 100);
    put(1, NINETEEN, 100);
    put(2, SEVEN, 0); /* it costs nothing */
    for (size_t i = 0; i < COUNT(table); i++) {
        uint32_t bearers[3];

        tax_bearers(till.catalogue, 1, SERVICE_TAKE_AWAY, till.lines, 3, rows, table[i].row_count, till.arena, bearers);
        for (size_t line = 0; line < 3; line++)
            if (bearers[line] != table[i].bearers[line])
                fail_msg("%zu rows: line %zu bears %x", table[i].row_count, line, bearers[line]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(A8_each_row_is_as_worked_out, open_till, close_till),
        cmocka_unit_test_setup_teardown(A8_printed_taxes_are_spread_over_what_bears_them, open_till, close_till),
        cmocka_unit_test_setup_teardown(A8_a_row_is_borne_by_those_that_bear_it, open_till, close_till),
        cmocka_unit_test_setup_teardown(A8_a_receipt_has_so_many_rows, open_till, close_till),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
