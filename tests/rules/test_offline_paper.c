/* What a till says it printed: each number out of its bounds, and each way to differ from what the catalogue gives; a row each. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "offline_paper.h"

/* ---- papers that no till prints ---- */

struct change {
    int64_t *field;
    int64_t value;
};

static void with_too_many_lines(void)
{
    for (size_t i = LINES; i < LINES_ROOM; i++) {
        paper.basket[i] = (struct basket_line){ .product_id = ROLL, .quantity_milli = 1000, .voided = true };
        paper.lines[i] = (struct printed_line){ .unit_price_minor = 45 };
    }
    paper.command.sale.basket.line_count = PRINTED->line_count = LINES_ROOM;
}

static void with_a_line_more(void)
{
    PRINTED->line_count++;
}

static void with_too_many_taxes(void)
{
    for (size_t i = 2; i < COUNT(paper.taxes); i++)
        *TAX(i) = (struct tax_row){ .code = { 'A', (char)('A' + i) }, .rate_ppm = 10000 };
    PRINTED->tax_count = COUNT(paper.taxes);
}

static void with_a_tax_twice(void)
{
    *TAX(2) = (struct tax_row){ .code = "VAT7", .rate_ppm = 70000 };
    PRINTED->tax_count = 3;
}

static void with_a_tax_without_a_name(void)
{
    TAX(1)->code[0] = '\0';
}

static void with_a_tax_of_more_than_all(void)
{
    TAX(1)->rate_ppm = DISCOUNT_WHOLE_PPM + 1;
}

static const struct {
    const char *name;
    struct change changes[10];
    void (*spoil)(void);
} unsound[] = {
    { "a price below nothing", { { &LINE(0)->unit_price_minor, -1 } }, NULL },
    { "a price beyond money", { { &LINE(0)->unit_price_minor, MINOR_MAX + 1 } }, NULL },
    { "a price of a line that was taken back, below nothing", { { &LINE(2)->unit_price_minor, -1 } }, NULL },
    { "a price and a quantity whose product no number holds",
      { { &LINE(0)->unit_price_minor, MINOR_MAX }, { AMOUNT(0), MILLI_MAX } },
      NULL },
    { "a price and a quantity whose product is beyond money", { { &LINE(0)->unit_price_minor, MINOR_MAX } }, NULL },
    { "nothing of it", { { AMOUNT(0), 0 } }, NULL },
    { "less than nothing of it", { { AMOUNT(0), -1000 } }, NULL },
    { "more of it than a line holds", { { AMOUNT(0), MILLI_MAX + 1000 } }, NULL },
    { "more of it taken back than a line holds", { { AMOUNT(0), -MILLI_MAX - 1000 } }, NULL },
    { "it cost the least number there is", { { AMOUNT(0), -2000 }, { &LINE(0)->gross_minor, INT64_MIN } }, NULL },
    { "that is its tax",
      { { AMOUNT(0), -2000 }, { &LINE(0)->gross_minor, -500 }, { &LINE(0)->tax_minor, INT64_MIN } },
      NULL },
    { "it gave back more than money, on two lines",
      { { AMOUNT(0), -1000 },
        { &LINE(0)->unit_price_minor, MINOR_MAX },
        { &LINE(0)->gross_minor, -MINOR_MAX },
        { &LINE(0)->total_minor, -MINOR_MAX },
        { AMOUNT(1), -1000 },
        { &LINE(1)->unit_price_minor, MINOR_MAX },
        { &LINE(1)->gross_minor, -MINOR_MAX },
        { &LINE(1)->total_minor, -MINOR_MAX } },
      NULL },
    { "it cost less than nothing", { { &LINE(0)->gross_minor, -1 } }, NULL },
    { "it cost more than money", { { &LINE(0)->gross_minor, MINOR_MAX + 1 } }, NULL },
    { "it cost another sum than price × quantity",
      { { &LINE(0)->gross_minor, 501 }, { &LINE(0)->total_minor, 501 }, { &PRINTED->total_minor, 1401 } },
      NULL },
    { "a discount below nothing",
      { { &LINE(0)->discount_minor, -1 }, { &LINE(0)->total_minor, 501 }, { &PRINTED->total_minor, 1401 } },
      NULL },
    { "a discount beyond money", { { &LINE(0)->discount_minor, MINOR_MAX + 1 } }, NULL },
    { "a discount of more than it cost",
      { { &LINE(0)->discount_minor, 501 }, { &LINE(0)->total_minor, -1 }, { &PRINTED->total_minor, 899 } },
      NULL },
    { "a discount that its total does not show", { { &LINE(0)->discount_minor, 1 } }, NULL },
    { "a total that is not what is left of it",
      { { &LINE(0)->total_minor, 499 }, { &PRINTED->total_minor, 1399 } },
      NULL },
    { "a line's tax below nothing", { { &LINE(0)->tax_minor, -1 } }, NULL },
    { "a line's tax beyond money", { { &LINE(0)->tax_minor, MINOR_MAX + 1 } }, NULL },
    { "it was taken back, and cost something", { { &LINE(2)->gross_minor, 45 } }, NULL },
    { "it was taken back, and something was taken off", { { &LINE(2)->discount_minor, 45 } }, NULL },
    { "it was taken back, and paid", { { &LINE(2)->total_minor, 45 }, { &PRINTED->total_minor, 1445 } }, NULL },
    { "it was taken back, and taxed", { { &LINE(2)->tax_minor, 3 }, { &LINE(0)->tax_minor, 30 } }, NULL },
    { "a line that the basket does not have", { { 0 } }, with_a_line_more },
    { "more lines than a basket holds", { { 0 } }, with_too_many_lines },
    { "more taxes than a receipt holds", { { 0 } }, with_too_many_taxes },
    { "a tax twice", { { 0 } }, with_a_tax_twice },
    { "a tax without a name", { { 0 } }, with_a_tax_without_a_name },
    { "a tax of more than the whole", { { 0 } }, with_a_tax_of_more_than_all },
    { "a tax on less than nothing", { { &TAX(0)->net_minor, -1 } }, NULL },
    { "a tax on more than money", { { &TAX(0)->net_minor, MINOR_MAX + 1 } }, NULL },
    { "a tax on more than was sold", { { &TAX(0)->net_minor, 1401 } }, NULL },
    { "a tax below nothing",
      { { &TAX(0)->tax_minor, -1 }, { &TAX(1)->tax_minor, 178 }, { &LINE(0)->tax_minor, 33 } },
      NULL },
    { "a tax beyond money", { { &TAX(0)->tax_minor, MINOR_MAX + 1 } }, NULL },
    { "taxes that are not their sum", { { &PRINTED->tax_minor, 178 }, { &LINE(0)->tax_minor, 34 } }, NULL },
    { "taxes that are not those of the lines", { { &LINE(0)->tax_minor, 34 } }, NULL },
    { "more taxes than were paid for",
      { { &LINE(0)->tax_minor, 1257 }, { &TAX(0)->tax_minor, 1257 }, { &PRINTED->tax_minor, 1401 } },
      NULL },
    { "a total below nothing", { { &PRINTED->total_minor, -1 } }, NULL },
    { "a total below money", { { &PRINTED->total_minor, -MINOR_MAX - 1 } }, NULL },
    { "a total above money", { { &PRINTED->total_minor, MINOR_MAX + 1 } }, NULL },
    { "a total beyond money",
      { { AMOUNT(0), 1000 },
        { &LINE(0)->unit_price_minor, MINOR_MAX },
        { &LINE(0)->gross_minor, MINOR_MAX },
        { &LINE(0)->total_minor, MINOR_MAX },
        { &PRINTED->total_minor, MINOR_MAX + 900 } },
      NULL },
    { "a total of another sum", { { &PRINTED->total_minor, 1401 } }, NULL },
};

static void B1_refuses_a_paper_that_no_till_prints(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(unsound); i++) {
        struct small_shop *s = open_shop(true);
        struct sale_rows rows;

        write_paper(true);
        for (const struct change *change = unsound[i].changes; change->field != NULL; change++)
            *change->field = change->value;
        if (unsound[i].spoil != NULL)
            unsound[i].spoil();
        enum sale_verdict verdict = book(s, s->catalogue, &rows);
        if (verdict != SALE_OFFLINE_UNSOUND)
            fail_msg("%s: verdict %d", unsound[i].name, (int)verdict);
        assert_string_equal(rows.sentence, "what was printed does not add up: lines, taxes and total");
        nothing_has_changed(s);
        small_shop_close(s);
    }
}

/* On top, the total holds the taxes; a paper that adds up in the other way does not. */
static void B1_taxes_on_top_are_of_the_total(void **state)
{
    static const struct {
        bool shop_includes, paper_includes;
        enum sale_verdict verdict;
        int64_t total_minor;
    } rows[] = { { false, false, SALE_OK, 1606 },
                 { true, true, SALE_OK, 1400 },
                 { false, true, SALE_OFFLINE_UNSOUND, 0 },
                 { true, false, SALE_OFFLINE_UNSOUND, 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct small_shop *s = open_shop(rows[i].shop_includes);
        struct sale_rows sale;

        write_paper(rows[i].paper_includes);
        assert_int_equal(book(s, s->catalogue, &sale), rows[i].verdict);
        if (rows[i].verdict == SALE_OK) {
            assert_int_equal(sale.exception_count, 0);
            assert_int_equal(sale.total_minor, rows[i].total_minor);
        }
        small_shop_close(s);
    }
}

/* ---- papers that differ from the catalogue ---- */

static void with_a_tax_of_another_name(void)
{
    memcpy(TAX(0)->code, "OLD7", sizeof "OLD7");
}

static void with_a_tax_of_another_rate(void)
{
    TAX(0)->rate_ppm = 80000;
}

static void with_two_taxes_of_other_names(void)
{
    with_a_tax_of_another_name();
    memcpy(TAX(1)->code, "OLD19", sizeof "OLD19");
}

/* Each on the same goods, as an eco tax stands beside a value-added one. */
static void with_three_taxes_on_all(void)
{
    *TAX(0) = (struct tax_row){ "OLD1", 10000, 1300, 10 };
    *TAX(1) = (struct tax_row){ "OLD2", 20000, 1300, 20 };
    *TAX(2) = (struct tax_row){ "OLD3", 30000, 1300, 147 };
    PRINTED->tax_count = 3;
}

static void with_a_tax_in_two_halves(void)
{
    *TAX(0) = (struct tax_row){ "VAT7", 70000, 234, 17 };
    *TAX(2) = (struct tax_row){ "GST7", 70000, 233, 16 };
    PRINTED->tax_count = 3;
}

static void with_one_tax_for_all(void)
{
    *TAX(0) = (struct tax_row){ "VAT19", 190000, 1223, 177 };
    PRINTED->tax_count = 1;
}

static void with_a_tax_once_more_at_another_rate(void)
{
    *TAX(0) = (struct tax_row){ "VAT7", 70000, 300, 21 };
    *TAX(2) = (struct tax_row){ "VAT7", 75000, 167, 12 };
    PRINTED->tax_count = 3;
}

static void with_a_free_line_of_an_unknown_tax(void)
{
    paper.command.sale.basket.line_count = PRINTED->line_count = 1;
    *LINE(0) = (struct printed_line){ 250, 500, 500, 0, 0 };
    *TAX(0) = (struct tax_row){ .code = "OLD7", .rate_ppm = 70000 };
    PRINTED->tax_count = 1;
    PRINTED->total_minor = PRINTED->tax_minor = 0;
}

/* Both name a reason: what is left of the paper is one discount a line, for the first reason there is. */
static void with_a_discount_of_a_cent_less(void)
{
    static const struct discount own = { .given = true, .value = 100000, .reason = TEXT("old") },
                                 other = { .given = true, .fixed = true, .value = 45, .reason = TEXT("dented") };

    paper.basket[0].discount = own;
    paper.basket[1].discount = other;
    *LINE(0) = (struct printed_line){ 250, 500, 49, 451, 30 };
    *LINE(1) = (struct printed_line){ 900, 900, 45, 855, 137 };
    *TAX(0) = (struct tax_row){ "VAT7", 70000, 421, 30 };
    *TAX(1) = (struct tax_row){ "VAT19", 190000, 718, 137 };
    PRINTED->total_minor = 1306;
    PRINTED->tax_minor = 167;
}

static const struct {
    const char *name;
    struct change changes[6];
    void (*differ)(void);
    int64_t line_taxes[2];
    struct tax_row taxes[3];
    struct exception_row exceptions[2];
    struct discount_row discounts[2];
} differing[] = {
    { "as the catalogue has it",
      { { 0 } },
      NULL,
      { 33, 144 },
      { { "VAT7", 70000, 467, 33 }, { "VAT19", 190000, 756, 144 } },
      { { 0 } },
      { { 0 } } },
    { "another price",
      { { &LINE(0)->unit_price_minor, 240 },
        { &LINE(0)->gross_minor, 480 },
        { &LINE(0)->total_minor, 480 },
        { &PRINTED->total_minor, 1380 } },
      NULL,
      { 33, 144 },
      { { "VAT7", 70000, 447, 33 }, { "VAT19", 190000, 756, 144 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1380, 1400 }, { EXCEPTION_PRICE_CHANGED, 0, 240, 250 } },
      { { 0 } } },
    { "a price that rounds to the same sum", /* of a voided line nothing follows */
      { { &LINE(2)->unit_price_minor, 44 } },
      NULL,
      { 33, 144 },
      { { "VAT7", 70000, 467, 33 }, { "VAT19", 190000, 756, 144 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "a line's tax is another's", /* which line bears how much is worked out */
      { { &LINE(0)->tax_minor, 34 }, { &LINE(1)->tax_minor, 143 } },
      NULL,
      { 33, 144 },
      { { "VAT7", 70000, 467, 33 }, { "VAT19", 190000, 756, 144 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "a tax is a cent more, the other one less",
      { { &TAX(0)->tax_minor, 34 }, { &TAX(1)->tax_minor, 143 } },
      NULL,
      { 34, 143 },
      { { "VAT7", 70000, 466, 34 }, { "VAT19", 190000, 757, 143 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "a tax on a cent less",
      { { &TAX(0)->net_minor, 466 } },
      NULL,
      { 33, 144 },
      { { "VAT7", 70000, 467, 33 }, { "VAT19", 190000, 756, 144 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "a tax that the catalogue does not know",
      { { 0 } },
      with_a_tax_of_another_name,
      { 12, 144 + 21 },
      { { "?", 0, 467, 33 }, { "VAT19", 190000, 735, 144 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "a tax at another rate",
      { { 0 } },
      with_a_tax_of_another_rate,
      { 12, 144 + 21 },
      { { "?", 0, 467, 33 }, { "VAT19", 190000, 735, 144 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "two taxes that it does not know are one",
      { { 0 } },
      with_two_taxes_of_other_names,
      { 63, 114 },
      { { "?", 0, 1223, 177 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "on no more than was sold",
      { { 0 } },
      with_three_taxes_on_all,
      { 63, 114 },
      { { "?", 0, 1400, 177 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "a tax at the rate of another",
      { { 0 } },
      with_a_tax_in_two_halves,
      { 17 + 6, 144 + 10 },
      { { "VAT7", 70000, 477, 17 }, { "VAT19", 190000, 746, 144 }, { "?", 0, 233, 16 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "a tax less",
      { { 0 } },
      with_one_tax_for_all,
      { 0, 177 },
      { { "VAT19", 190000, 723, 177 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "a tax at its rate, and at one that was",
      { { 0 } },
      with_a_tax_once_more_at_another_rate,
      { 21 + 4, 144 + 8 },
      { { "VAT7", 70000, 475, 21 }, { "VAT19", 190000, 748, 144 }, { "?", 0, 167, 12 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "more of a tax than its goods cost is of all goods",
      { { &LINE(0)->tax_minor, 600 }, { &TAX(0)->tax_minor, 600 }, { &PRINTED->tax_minor, 744 } },
      NULL,
      { 266, 478 },
      { { "?", 0, 1223, 744 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1400, 1400 } },
      { { 0 } } },
    { "all was free, but for a tax that nobody knows",
      { { 0 } },
      with_a_free_line_of_an_unknown_tax,
      { 0, 0 },
      { { "?", 0, 0, 0 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 0, 500 }, { EXCEPTION_DISCOUNT, NO_LINE, 999000, 100000 } },
      { { .line = 0, .kind = DISCOUNT_OF_LINE, .amount_minor = 500 } } },
    { "a cent less off",
      { { 0 } },
      with_a_discount_of_a_cent_less,
      { 30, 137 },
      { { "VAT7", 70000, 421, 30 }, { "VAT19", 190000, 718, 137 } },
      { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 1306, 1305 } },
      { { .line = 0, .kind = DISCOUNT_OF_LINE, .amount_minor = 49, .reason = TEXT("old") },
        { .line = 1, .kind = DISCOUNT_OF_LINE, .amount_minor = 45, .reason = TEXT("old") } } },
};

static void check_taxes(const char *name, const struct tax_row *should, const struct sale_rows *sale)
{
    size_t count = 0;
    int64_t sum = 0;

    while (count < 3 && should[count].code[0] != '\0')
        count++;
    if (sale->taxes.count != count)
        fail_msg("%s: %zu taxes", name, sale->taxes.count);
    for (size_t i = 0; i < count; i++) {
        const struct tax_row *is = &sale->taxes.rows[i];

        if (strcmp(is->code, should[i].code) != 0 || is->rate_ppm != should[i].rate_ppm ||
            is->net_minor != should[i].net_minor || is->tax_minor != should[i].tax_minor)
            fail_msg("%s: tax %zu is %s %u on %lld: %lld", name, i, is->code, is->rate_ppm, (long long)is->net_minor,
                     (long long)is->tax_minor);
        sum += is->tax_minor;
    }
    assert_int_equal(sum, sale->tax_minor);
}

static void check_discounts(const char *name, const struct discount_row *should, const struct sale_rows *sale)
{
    size_t count = 0;

    while (count < 2 && should[count].kind != 0)
        count++;
    if (sale->discount_count != count)
        fail_msg("%s: %zu discounts", name, sale->discount_count);
    for (size_t i = 0; i < count; i++) {
        const struct discount_row *is = &sale->discounts[i];

        assert_int_equal(is->line, should[i].line);
        assert_int_equal(is->kind, should[i].kind);
        assert_int_equal(is->amount_minor, should[i].amount_minor);
        assert_int_equal(is->reason.size, should[i].reason.size);
        if (is->reason.size > 0)
            assert_memory_equal(is->reason.data, should[i].reason.data, is->reason.size);
    }
}

static void B1_what_was_printed_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(differing); i++) {
        struct small_shop *s = open_shop(true);
        struct sale_rows rows;

        write_paper(true);
        for (const struct change *change = differing[i].changes; change->field != NULL; change++)
            *change->field = change->value;
        if (differing[i].differ != NULL)
            differing[i].differ();
        enum sale_verdict verdict = book(s, s->catalogue, &rows);
        if (verdict != SALE_OK)
            fail_msg("%s: verdict %d: %s", differing[i].name, (int)verdict, rows.sentence);
        assert_int_equal(rows.total_minor, PRINTED->total_minor);
        assert_int_equal(rows.tax_minor, PRINTED->tax_minor);
        for (size_t line = 0; line < rows.line_count; line++) {
            int64_t tax = line < 2 ? differing[i].line_taxes[line] : 0;

            assert_int_equal(rows.lines[line].unit_price_minor, LINE(line)->unit_price_minor);
            assert_int_equal(rows.lines[line].total_minor, LINE(line)->total_minor);
            if (rows.lines[line].tax_minor != tax)
                fail_msg("%s: line %zu bears %lld", differing[i].name, line, (long long)rows.lines[line].tax_minor);
        }
        check_taxes(differing[i].name, differing[i].taxes, &rows);
        check_exceptions(differing[i].name, differing[i].exceptions, COUNT(differing[i].exceptions), &rows);
        check_discounts(differing[i].name, differing[i].discounts, &rows);
        small_shop_close(s);
    }
}

/* All that there is of money, in one line. */
static void B1_a_paper_may_go_up_to_the_range_of_money(void **state)
{
    struct small_shop *s = open_shop(true);
    struct sale_rows rows;

    (void)state;
    write_paper(true);
    *AMOUNT(0) = 1000;
    *LINE(0) = (struct printed_line){ MINOR_MAX - 900, MINOR_MAX - 900, 0, MINOR_MAX - 900, 33 };
    PRINTED->total_minor = MINOR_MAX;
    assert_int_equal(book(s, s->catalogue, &rows), SALE_OK);
    assert_int_equal(rows.total_minor, MINOR_MAX);
    assert_int_equal(rows.exception_count, 2);
    assert_int_equal(rows.exceptions[1].kind, EXCEPTION_PRICE_CHANGED);
    assert_int_equal(rows.exceptions[1].said, MINOR_MAX - 900);
    small_shop_close(s);
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B1_refuses_a_paper_that_no_till_prints),
        cmocka_unit_test(B1_taxes_on_top_are_of_the_total),
        cmocka_unit_test(B1_what_was_printed_holds),
        cmocka_unit_test(B1_a_paper_may_go_up_to_the_range_of_money),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
