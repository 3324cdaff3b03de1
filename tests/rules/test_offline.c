/* Sales that a till makes by itself, and what becomes of them when they are booked: a row each. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "offline_pair.h"

/* ---- meanwhile ---- */

static void cookies_are_gone(struct pair *p)
{
    put_product(p, COOKIE, 250, false, false);
}

static void cookies_are_sold_out(struct pair *p)
{
    put_product(p, COOKIE, 250, true, true);
}

static void shelf_is_empty(struct pair *p)
{
    p->shop->stock[COOKIE - 1].on_hand_milli = 1000;
}

static void anna_is_gone(struct pair *p)
{
    p->shop->set.members++;
    p->shop->set.member_count--;
}

static void another_shift_is_open(struct pair *p)
{
    p->command.sale.made_shift_id = OLD_SHIFT;
}

static void the_shift_never_was(struct pair *p)
{
    p->command.sale.made_shift_id = SHIFT_2;
}

static void the_shift_is_closed(struct pair *p)
{
    p->shop->drawers[0].shift_id = 0;
}

static void the_clock_is_wrong(struct pair *p)
{
    p->command.sale.made.us = NOW.us + 2 * DAY_S * SECOND_US;
}

static void the_clock_is_before_time(struct pair *p)
{
    p->command.sale.made.us = -1;
}

static void nobody_knows_the_version(struct pair *p)
{
    p->command.sale.basket.catalogue_version = 99;
}

static void no_version_can_be_so_great(struct pair *p)
{
    p->command.sale.basket.catalogue_version = (uint64_t)INT64_MAX + 1; /* a store's NULL, as a signed number */
}

static void otto_may_give_less(struct pair *p)
{
    p->command.brought_limit_ppm = 50000;
}

static void eve_brings_it_herself(struct pair *p)
{
    p->command.brought_by = EVE;
    p->command.brought_limit_ppm = 0; /* of a session that was opened before her role allowed it */
}

static void nobody_knows_it_and_cookies_are_dearer(struct pair *p)
{
    cookies_are_dearer(p);
    nobody_knows_the_version(p);
}

static void eve_is_unknown(struct pair *p)
{
    p->shop->set.staff_count = 0;
}

static void one_is_missing(struct pair *p)
{
    p->command.sale.number = 9;
}

static void it_came_before(struct pair *p)
{
    p->command.sale.number = 6;
}

static void number_is_none(struct pair *p)
{
    p->command.sale.number = 0;
}

static void number_is_beyond_all(struct pair *p)
{
    p->command.sale.number = -1; /* as what is greater than any number is read */
}

static void device_is_no_till(struct pair *p)
{
    p->command.sale.device_id = CONSOLE;
}

static void points_were_spent(struct pair *p)
{
    static const uint32_t dearest[] = { REWARD_DEAREST };

    p->command.sale.basket.rewards = dearest;
    p->command.sale.basket.reward_count = 1;
}

static void line_says_another_price(struct pair *p)
{
    p->lines[0].unit_price_minor--;
}

/* Sound in itself, and not what the catalogue gives: 2.40, whose tax is 0.16. */
static void till_printed_less(struct pair *p)
{
    p->lines[0] = (struct printed_line){ 240, 240, 0, 240, 16 };
    p->sold.taxes.rows[0].net_minor = 224;
    p->sold.taxes.rows[0].tax_minor = 16;
    p->command.printed.total_minor = 240;
    p->command.printed.tax_minor = 16;
}

static void till_gave_a_discount_it_did_not_name(struct pair *p)
{
    till_printed_less(p);
    p->lines[0] = (struct printed_line){ 250, 250, 10, 240, 16 };
}

static void taxes_do_not_sum(struct pair *p)
{
    p->command.printed.tax_minor++;
}

static void a_tax_stands_twice(struct pair *p)
{
    p->sold.taxes.rows[1] = p->sold.taxes.rows[0];
    p->sold.taxes.rows[1].tax_minor = 0;
    p->command.printed.tax_count = 2;
}

static void a_tax_has_no_name(struct pair *p)
{
    p->sold.taxes.rows[0].code[0] = 0;
}

static void a_line_is_missing(struct pair *p)
{
    p->command.printed.line_count--;
}

static void a_line_is_negative(struct pair *p)
{
    p->lines[0].tax_minor = -p->lines[0].tax_minor;
}

static void the_total_is_another(struct pair *p)
{
    p->command.printed.total_minor++;
}

static void more_was_taken_off_than_it_cost(struct pair *p)
{
    p->lines[0].discount_minor = 251;
    p->lines[0].total_minor = -1;
}

static void goods_are_worth_more_than_there_is(struct pair *p)
{
    for (size_t i = 0; i < 2; i++)
        p->lines[i] = (struct printed_line){ MINOR_MAX, MINOR_MAX, MINOR_MAX, 0, 0 };
    p->command.printed.tax_count = 0;
    p->command.printed.total_minor = p->command.printed.tax_minor = 0;
    p->command.sale.tender_count = 0;
}

/* ---- the rows ---- */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a row says what is its own */
static const struct row rows[] = {
    { "nothing has changed", { BUY(COOKIE, 2) }, { CASH(1000) }, .total = 500 },
    { "a card", { BUY(CAKE, 1) }, { CARD(900, "A1") }, .total = 900 },
    { "a card and cash", { BUY(CAKE, 1) }, { CARD(400, "A1"), CASH(600) }, .total = 900 },
    { "a tip in cash",
      { BUY(COOKIE, 1) },
      { { .kind = TENDER_CASH, .amount_minor = 300, .tip_minor = 50 } },
      .total = 250 },
    { "a voided line",
      { BUY(ROLL, 1), { .product_id = CAKE, .quantity_milli = 1000, .voided = true } },
      { CASH(45) },
      .total = 45 },
    { "a member is noted, and earns", { BUY(CAKE, 1) }, { CASH(900) }, .total = 900, .member = ANNA, .earned = 90 },
    { "a discount that the person may give",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      .total = 225,
      .discount_ppm = 100000,
      .limit_ppm = 100000 },

    { "a price has risen since",
      { BUY(ROLL, 1), BUY(COOKIE, 1) },
      { CASH(295) },
      cookies_are_dearer,
      .total = 295,
      .exceptions = { { EXCEPTION_PRICE_CHANGED, 1, 250, 275 } } },
    { "a product is no longer sold",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      cookies_are_gone,
      .total = 250,
      .exceptions = { { EXCEPTION_PRODUCT_GONE, 0, 0, 0 } } },
    { "a product was sold out",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      cookies_are_sold_out,
      .total = 250,
      .exceptions = { { EXCEPTION_PRODUCT_GONE, 0, 0, 0 } } },
    { "the shelf holds less",
      { BUY(COOKIE, 2) },
      { CASH(500) },
      shelf_is_empty,
      .total = 500,
      .exceptions = { { EXCEPTION_OVERSOLD, 0, 0, 0 } } },
    { "the member is gone",
      { BUY(CAKE, 1) },
      { CASH(900) },
      anna_is_gone,
      .total = 900,
      .member = ANNA,
      .exceptions = { { EXCEPTION_MEMBER_GONE, NO_LINE, ANNA, 0 } } },
    { "another shift is open",
      { BUY(ROLL, 1) },
      { CASH(45) },
      another_shift_is_open,
      .total = 45,
      .exceptions = { { EXCEPTION_OTHER_SHIFT, NO_LINE, 0, 0 } } },
    { "a shift of another till",
      { BUY(ROLL, 1) },
      { CASH(45) },
      the_shift_never_was,
      .total = 45,
      .exceptions = { { EXCEPTION_SHIFT_UNKNOWN, NO_LINE, SHIFT_2, 0 } } },
    { "a clock that is two days ahead",
      { BUY(ROLL, 1) },
      { CASH(45) },
      the_clock_is_wrong,
      .total = 45,
      .exceptions = { { EXCEPTION_TIME, NO_LINE, INT64_C(1763800000000000) + 2 * DAY_S *SECOND_US,
                        INT64_C(1763800000000000) } } },
    { "a clock before all time",
      { BUY(ROLL, 1) },
      { CASH(45) },
      the_clock_is_before_time,
      .total = 45,
      .exceptions = { { EXCEPTION_TIME, NO_LINE, -1, INT64_C(1763800000000000) } } },
    { "a version that nobody knows",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      nobody_knows_the_version,
      .total = 250,
      .exceptions = { { EXCEPTION_VERSION_UNKNOWN, NO_LINE, 99, VERSION } } },
    { "a version that cannot be",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      no_version_can_be_so_great,
      .total = 250,
      .exceptions = { { EXCEPTION_VERSION_UNKNOWN, NO_LINE, -1, VERSION } } },
    { "a discount that who brings it may not give",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      otto_may_give_less,
      .total = 225,
      .discount_ppm = 100000,
      .limit_ppm = 100000,
      .exceptions = { { EXCEPTION_DISCOUNT, NO_LINE, 98000, 50000 } } },
    { "nor what there is none of", { BUY(COOKIE, 1) }, { CASH(250) }, otto_may_give_less, .total = 250 },
    { "what she made and brings herself is within her role's right",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      eve_brings_it_herself,
      .total = 225,
      .discount_ppm = 100000,
      .limit_ppm = 100000 },
    { "a version that nobody knows, and another price",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      nobody_knows_it_and_cookies_are_dearer,
      .total = 250,
      .exceptions = { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 250, 275 },
                      { EXCEPTION_PRICE_CHANGED, 0, 250, 275 },
                      { EXCEPTION_VERSION_UNKNOWN, NO_LINE, 99, LATER } } },
    { "a person that nobody knows",
      { BUY(ROLL, 1) },
      { CASH(45) },
      eve_is_unknown,
      .total = 45,
      .exceptions = { { EXCEPTION_PERSON_UNKNOWN, NO_LINE, EVE, OTTO } } },
    { "a discount that nobody may give any more",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      eve_is_unknown,
      .total = 225,
      .discount_ppm = 100000,
      .limit_ppm = 100000,
      .exceptions = { { EXCEPTION_DISCOUNT, NO_LINE, 98000, 0 }, { EXCEPTION_PERSON_UNKNOWN, NO_LINE, EVE, OTTO } } },
    { "what was printed is not what the catalogue gives",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      till_printed_less,
      .total = 240,
      .exceptions = { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 240, 250 }, { EXCEPTION_PRICE_CHANGED, 0, 240, 250 } } },
    { "a discount that was not named",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      till_gave_a_discount_it_did_not_name,
      .total = 240,
      .exceptions = { { EXCEPTION_TOTAL_DIFFERS, NO_LINE, 240, 250 } } },

    { "one before it is missing",
      { BUY(ROLL, 1) },
      { CASH(45) },
      one_is_missing,
      SALE_OFFLINE_NUMBER,
      .sentence = "3X-000007 is expected next of this till, and this is 3X-000009" },
    { "it was booked before",
      { BUY(ROLL, 1) },
      { CASH(45) },
      it_came_before,
      SALE_OFFLINE_NUMBER,
      .sentence = "3X-000006 is booked already, by another command; 3X-000007 is expected next of this till" },
    { "no number",
      { BUY(ROLL, 1) },
      { CASH(45) },
      number_is_none,
      SALE_OFFLINE_NUMBER,
      .sentence = "3X-000007 is expected next of this till, and this is no number of a receipt" },
    { "a number beyond all numbers",
      { BUY(ROLL, 1) },
      { CASH(45) },
      number_is_beyond_all,
      SALE_OFFLINE_NUMBER,
      .sentence = "3X-000007 is expected next of this till, and this is no number of a receipt" },
    { "no till", { BUY(ROLL, 1) }, { CASH(45) }, device_is_no_till, SALE_NOT_A_TILL },
    { "no shift is open", { BUY(ROLL, 1) }, { CARD(45, "A1") }, the_shift_is_closed, SALE_SHIFT_NOT_OPEN },
    { "points were spent", { BUY(COOKIE, 1) }, { CASH(250) }, points_were_spent, SALE_OFFLINE_REWARD },
    { "a line that is not its price", { BUY(ROLL, 1) }, { CASH(45) }, line_says_another_price, SALE_OFFLINE_UNSOUND },
    { "taxes that do not sum", { BUY(ROLL, 1) }, { CASH(45) }, taxes_do_not_sum, SALE_OFFLINE_UNSOUND },
    { "a tax twice", { BUY(ROLL, 1) }, { CASH(45) }, a_tax_stands_twice, SALE_OFFLINE_UNSOUND },
    { "a tax without a name", { BUY(ROLL, 1) }, { CASH(45) }, a_tax_has_no_name, SALE_OFFLINE_UNSOUND },
    { "a line too few", { BUY(ROLL, 1), BUY(CAKE, 1) }, { CASH(945) }, a_line_is_missing, SALE_OFFLINE_UNSOUND },
    { "less than no tax", { BUY(ROLL, 1) }, { CASH(45) }, a_line_is_negative, SALE_OFFLINE_UNSOUND },
    { "another total", { BUY(ROLL, 1) }, { CASH(50) }, the_total_is_another, SALE_OFFLINE_UNSOUND },
    { "more off than it cost",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      more_was_taken_off_than_it_cost,
      SALE_OFFLINE_UNSOUND },

    { "goods for more than there is, all of it taken off",
      { BUY(ROLL, 1), BUY(CAKE, 1) },
      { CASH(945) },
      goods_are_worth_more_than_there_is,
      SALE_OFFLINE_UNSOUND },

    { "the till spends no points",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      .member = ANNA,
      .rewards = 1,
      .at_the_till = SALE_OFFLINE_REWARD },
    { "a voucher, whose worth nobody looks up",
      { BUY(COOKIE, 1) },
      { { .kind = TENDER_VOUCHER, .type_id = 9, .amount_minor = 250 } },
      .at_the_till = SALE_BAD_TENDER },
    { "an account, whose limit nobody looks up",
      { BUY(COOKIE, 1) },
      { { .kind = TENDER_ACCOUNT, .amount_minor = 250 } },
      .at_the_till = SALE_ACCOUNT_OFFLINE },
    { "a gift card, whose money nobody looks up",
      { BUY(COOKIE, 1) },
      { { .kind = TENDER_GIFT_CARD, .amount_minor = 250 } },
      .at_the_till = SALE_GIFT_CARD_OFFLINE },
    { "the till asks nobody",
      { BUY(COOKIE, 1) },
      { CASH(250) },
      .discount_ppm = 200000,
      .limit_ppm = 100000,
      .at_the_till = SALE_APPROVAL_NEEDED,
      .sentence = "a discount of 19.8 % is beyond the 10 % of your role: another person has to allow it, which takes a "
                  "connection" },
    { "the till sells nothing that is sold out",
      { BUY(SOLD_CAKE, 1) },
      { CASH(100) },
      .at_the_till = SALE_PRODUCT_SOLD_OUT },
    { "the till takes no less than is due", { BUY(COOKIE, 1) }, { CASH(249) }, .at_the_till = SALE_UNDERPAID },
};
#pragma GCC diagnostic pop

static size_t exceptions_of(const struct row *row)
{
    size_t count = 0;

    while (count < 6 && row->exceptions[count].kind != 0)
        count++;
    return count;
}

static void check_exceptions(const struct row *row, const struct sale_rows *sale)
{
    if (sale->exception_count != exceptions_of(row))
        fail_msg("%s: %zu exceptions, the first of kind %d", row->name, sale->exception_count,
                 sale->exception_count == 0 ? 0 : (int)sale->exceptions[0].kind);
    for (size_t i = 0; i < sale->exception_count; i++) {
        const struct exception_row *is = &sale->exceptions[i], *should = &row->exceptions[i];

        if (is->kind != should->kind || is->line != should->line || is->said != should->said ||
            is->found != should->found)
            fail_msg("%s: exception %zu is %d of line %d: %lld, %lld", row->name, i, (int)is->kind, is->line,
                     (long long)is->said, (long long)is->found);
    }
}

static void check_booked(const struct row *row, const struct pair *p)
{
    const struct sale_rows *sale = &p->booked;
    int64_t paid = 0, lines = 0, taxes = 0, discounts = 0, of_lines = 0;

    for (size_t i = 0; i < sale->tender_count; i++)
        paid += sale->tenders[i].amount_minor - sale->tenders[i].change_minor - sale->tenders[i].tip_minor;
    for (size_t i = 0; i < sale->line_count; i++) {
        lines += sale->lines[i].total_minor;
        of_lines += sale->lines[i].discount_minor;
    }
    for (size_t i = 0; i < sale->taxes.count; i++)
        taxes += sale->taxes.rows[i].tax_minor;
    for (size_t i = 0; i < sale->discount_count; i++)
        discounts += sale->discounts[i].line == NO_LINE ? 0 : sale->discounts[i].amount_minor;
    assert_int_equal(sale->total_minor, row->total);
    assert_int_equal(paid, row->total);
    assert_int_equal(lines, row->total);
    assert_int_equal(taxes, sale->tax_minor);
    assert_int_equal(discounts, of_lines);
    assert_int_equal(sale->points_earned, row->earned);
    assert_int_equal(sale->number.series, 'X');
    assert_int_equal(sale->number.number, 7);
    assert_int_equal(sale->number.till, 3);
    assert_int_equal(sale->shift_id, SHIFT);
    assert_int_equal(sale->brought_by, p->command.brought_by);
    assert_int_equal(p->shop->drawers[0].cash_minor, 5000 + sale->drawer_minor);
    assert_int_equal(p->shop->drawers[0].sale_count, 1);
    check_exceptions(row, sale);
}

static void rows_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct pair *p = pair_open();
        enum sale_verdict verdict = sell(p, row);
        const struct sale_rows *said = &p->sold;

        if (verdict != row->at_the_till)
            fail_msg("%s: the till says %d: %s", row->name, (int)verdict, p->sold.sentence);
        if (verdict == SALE_OK) {
            record(p, row);
            if (row->meanwhile != NULL)
                row->meanwhile(p);
            verdict = sale_offline_decide(&p->command, &p->shop->set, p->shop->catalogue, NOW, &p->booked);
            said = &p->booked;
            if (verdict != row->verdict)
                fail_msg("%s: verdict %d instead of %d: %s", row->name, (int)verdict, (int)row->verdict,
                         p->booked.sentence == NULL ? "" : p->booked.sentence);
            if (verdict == SALE_OK)
                check_booked(row, p);
            else
                assert_int_equal(p->shop->drawers[0].cash_minor, 5000);
        }
        if (verdict != SALE_OK)
            assert_non_null(said->sentence);
        if (row->sentence != NULL)
            assert_string_equal(said->sentence, row->sentence);
        pair_close(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rows_hold) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
