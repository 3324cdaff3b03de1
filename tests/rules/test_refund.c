/* Refunds: everything goes back to where it came from, once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "small_shop.h"

static const struct basket_line two_cookies_and_a_cake[] = {
    { .product_id = COOKIE, .quantity_milli = 2000 },
    { .product_id = CAKE, .quantity_milli = 1000 },
    { .product_id = ROLL, .quantity_milli = 1000, .voided = true },
};

/* Anna buys two cookies, one of them for her points, and a cake: 11.50, of which 10.00 by card. */
static struct sale_rows annas_sale(struct small_shop *s)
{
    static const uint32_t reward = REWARD_DEAREST;
    static const struct tender tenders[] = {
        { .kind = TENDER_CARD, .amount_minor = 1000, .reference = { (const uint8_t *)"A1", 2 } },
        { .kind = TENDER_CASH, .amount_minor = 200 },
    };
    struct sale_command command = {
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION,
                    .lines = two_cookies_and_a_cake,
                    .line_count = 3,
                    .member_id = ANNA,
                    .rewards = &reward,
                    .reward_count = 1 },
        .tenders = tenders,
        .tender_count = 2,
        .shown_total_minor = 1150,
        .device_id = TILL,
        .series = 'T',
        .number = 42,
        .sale_id = 51,
        .new_lot_id = 61,
    };
    static struct sale_rows sale; /* the shop's memory of it points into it */

    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    return sale;
}

static enum sale_verdict refund(struct small_shop *s, int64_t device, struct sale_rows *rows)
{
    return refund_decide(&(struct refund_command){ .original = { .till = 3, .series = 'T', .number = 42 },
                                                   .device_id = device,
                                                   .series = 'T',
                                                   .number = 7,
                                                   .sale_id = 52 },
                         &s->set, NOW, rows);
}

static void everything_goes_back_to_where_it_came_from(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    assert_int_equal(s->members[0].points, 150 - 100 + 115);
    assert_int_equal(refund(s, TILL_2, &back), SALE_OK);
    assert_int_equal(back.total_minor, -1150);
    assert_int_equal(back.tax_minor, -75); /* 11.50 × 7 / 107 */
    assert_int_equal(back.line_count, 2);  /* the voided one never was sold */
    assert_int_equal(back.lines[0].quantity_milli, -2000);
    assert_int_equal(back.lines[0].discount_minor, -250);
    assert_int_equal(back.lines[1].refund_line, 1);
    assert_int_equal(back.tender_count, 2);
    assert_int_equal(back.tenders[0].amount_minor, -1000);
    assert_int_equal(back.tenders[0].reference.size, 2); /* which card to give it back to */
    assert_int_equal(back.tenders[1].amount_minor, -150);
    assert_int_equal(back.cash_minor, -150);
    assert_int_equal(s->drawers[0].cash_minor, 5150);
    assert_int_equal(s->drawers[1].cash_minor, -150);
    assert_int_equal(back.points_earned, -115);
    assert_int_equal(back.points_spent, -100);
    assert_int_equal(back.points_after, 120);
    assert_int_equal(s->members[0].points, 150);
    assert_int_equal(s->lots[0][1].remaining, 50);
    assert_int_equal(s->lots[0][2].remaining, 70);
    assert_int_equal(s->stock[COOKIE - 1].on_hand_milli, 10000);
    assert_int_equal(s->stock[CAKE - 1].on_hand_milli, 10000);
    small_shop_close(s);
}

static void points_spent_meanwhile_leave_a_debt(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    for (size_t i = 0; i < s->members[0].lot_count; i++) { /* all is spent before the refund */
        s->members[0].points -= s->members[0].lots[i].remaining;
        s->members[0].lots[i].remaining = 0;
    }
    assert_int_equal(refund(s, TILL, &back), SALE_OK);
    assert_int_equal(s->members[0].points, -15);
    assert_int_equal(back.points_after, -15);
    small_shop_close(s);
}

static void points_go_back_even_into_a_lot_that_has_expired(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    s->members[0].lots[1].expiry.number -= 300;
    assert_int_equal(refund(s, TILL, &back), SALE_OK);
    assert_int_equal(s->members[0].lots[1].remaining, 50);
    assert_int_equal(back.points_after, 70); /* what has expired cannot be spent */
    small_shop_close(s);
}

static void what_was_given_back_is_not_given_again(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    assert_int_equal(refund(s, TILL, &back), SALE_OK);
    assert_int_equal(refund(s, TILL_2, &back), SALE_ALREADY_REFUNDED);
    assert_int_equal(s->drawers[1].sale_count, 0);
    small_shop_close(s);
}

static void a_refund_is_not_refunded(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    s->original.kind = SALE_REFUND;
    assert_int_equal(refund(s, TILL, &back), SALE_REFUND_OF_REFUND);
    small_shop_close(s);
}

static void an_unknown_receipt_and_a_closed_drawer_are_refused(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    assert_int_equal(refund(s, TILL, &back), SALE_UNKNOWN_SALE);
    annas_sale(s);
    assert_int_equal(refund(s, SHUT_TILL, &back), SALE_SHIFT_NOT_OPEN);
    assert_int_equal(refund(s, CONSOLE, &back), SALE_NOT_A_TILL);
    small_shop_close(s);
}

static void neither_shelf_nor_drawer_leaves_its_range(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    s->stock[CAKE - 1].on_hand_milli = INT64_C(1000000000000);
    assert_int_equal(refund(s, TILL, &back), SALE_STOCK_OVERFLOW);
    s->stock[CAKE - 1].on_hand_milli = 0;
    s->drawers[0].cash_minor = -MINOR_MAX;
    assert_int_equal(refund(s, TILL, &back), SALE_AMOUNT_OVERFLOW);
    assert_int_equal(s->stock[CAKE - 1].on_hand_milli, 0);
    small_shop_close(s);
}

static void only_what_is_left_goes_back(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    ((struct original_line *)s->original.lines)[1].quantity_milli = 0;   /* the cake was given back before */
    ((struct original_tender *)s->original.tenders)[1].amount_minor = 0; /* and the cash */
    assert_int_equal(refund(s, TILL, &back), SALE_OK);
    assert_int_equal(back.line_count, 1);
    assert_int_equal(back.lines[0].product_id, COOKIE);
    assert_int_equal(back.tender_count, 1);
    assert_int_equal(back.drawer_minor, 0);
    assert_int_equal(s->stock[CAKE - 1].on_hand_milli, 9000);
    small_shop_close(s);
}

static void a_receipt_is_known_by_till_series_and_number(void **state)
{
    static const struct receipt_number others[] = { { 4, 'T', 42 }, { 3, 'X', 42 }, { 3, 'T', 43 } };
    struct small_shop *s = small_shop_open();
    struct refund_command command = { .device_id = TILL, .series = 'T', .number = 7, .sale_id = 52 };
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        command.original = others[i];
        assert_int_equal(refund_decide(&command, &s->set, NOW, &back), SALE_UNKNOWN_SALE);
    }
    small_shop_close(s);
}

static void a_shelf_below_its_range_takes_nothing_back(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    s->stock[CAKE - 1].on_hand_milli = INT64_C(-1000000002000);
    assert_int_equal(refund(s, TILL, &back), SALE_STOCK_OVERFLOW);
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_goes_back_to_where_it_came_from),
        cmocka_unit_test(points_spent_meanwhile_leave_a_debt),
        cmocka_unit_test(points_go_back_even_into_a_lot_that_has_expired),
        cmocka_unit_test(what_was_given_back_is_not_given_again),
        cmocka_unit_test(a_refund_is_not_refunded),
        cmocka_unit_test(an_unknown_receipt_and_a_closed_drawer_are_refused),
        cmocka_unit_test(neither_shelf_nor_drawer_leaves_its_range),
        cmocka_unit_test(only_what_is_left_goes_back),
        cmocka_unit_test(a_receipt_is_known_by_till_series_and_number),
        cmocka_unit_test(a_shelf_below_its_range_takes_nothing_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
