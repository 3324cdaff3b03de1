/* What the shop takes, by keys: vouchers, tips, what is not taken, what the house pays, and what is more than anybody gives. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* ---- vouchers ---- */

static void begin_at(struct desk *d, size_t types)
{
    bakery_take_vouchers(d->catalogue, types);
    desk_sign_in(d);
    desk_fill(d); /* 22.64 */
    desk_type(d, K_F2);
    desk_quote(d);
}

static void begin(struct desk *d, size_t types)
{
    desk_open(d);
    begin_at(d, types);
}

static void A9_a_voucher_pays_a_part_and_cash_the_rest(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, 3);
    desk_sees(&d, "F10 Voucher");
    desk_type(&d, "30");
    desk_type(&d, K_F10);
    desk_sees(&d, "Voucher gives no change: at most 22.64");
    assert_string_equal(d.counter.pay.amount.text, "30");
    desk_type(&d, "10"); /* what was refused is not in the way */
    desk_type(&d, K_F10);
    desk_sees(&d, "Still to pay");
    desk_golden(&d, "pay-voucher");
    desk_type(&d, "20");
    desk_sees(&d, "change 7.36");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 2);
    assert_int_equal(ring->tenders[0]->tender_type_id, 71);
    assert_int_equal(ring->tenders[0]->kind, CAROLINE__V1__TENDER_KIND__TENDER_VOUCHER);
    assert_int_equal(ring->tenders[0]->amount_minor, 1000);
    assert_false(ring->tenders[0]->has_reference);
    assert_false(ring->tenders[1]->has_tender_type_id);
    assert_int_equal(ring->tenders[1]->amount_minor, 2000);
    desk_close(&d);
}

static void B43_what_is_forfeited_is_said_before(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, 3);
    desk_type(&d, "60");
    desk_type(&d, K_F11);
    desk_sees(&d, "Meal voucher: at most 50.00 a receipt");
    desk_type(&d, "25");
    desk_type(&d, K_F11);
    desk_sees(&d, "There is no change: 2.36 of it is forfeited.");
    desk_golden(&d, "pay-forfeit");
    desk_type(&d, K_F1);
    desk_sees(&d, "what is over is lost to the customer");
    desk_sees_not(&d, "as cash");
    desk_type(&d, K_F1);
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    desk_type(&d, K_ESC); /* another way */
    desk_sees(&d, "Cash given");
    desk_type(&d, "25");
    desk_type(&d, K_F11);
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 1);
    assert_int_equal(ring->tenders[0]->tender_type_id, 72);
    assert_int_equal(ring->tenders[0]->amount_minor, 2500);
    desk_close(&d);
}

static void A9_a_voucher_that_wants_its_number_is_asked_for_it(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, 3);
    desk_type(&d, K_F12);
    desk_sees(&d, "Its number:");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Town voucher: type its number");
    desk_type(&d, "T-4711");
    desk_golden(&d, "pay-number");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 1);
    assert_int_equal(ring->tenders[0]->tender_type_id, 73);
    assert_memory_equal(ring->tenders[0]->reference.data, "T-4711", 6);
    desk_close(&d);
}

/* Lunch cheque: its number first, then what is lost; staff meals are not this person's, and the old one is not taken. */
static void A9_more_than_have_keys_are_in_a_list(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    scripted_forbids(d.link, "staff_meal");
    begin_at(&d, 6);
    desk_sees(&d, "F12 Others");
    desk_type(&d, "25");
    desk_type(&d, K_F12);
    desk_golden(&d, "pay-others");
    desk_sees_not(&d, "Staff meal");
    desk_sees_not(&d, "Old voucher");
    desk_type(&d, K_DOWN K_DOWN K_DOWN);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Its number:");
    desk_type(&d, "L-1");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "There is no change: 2.36 of it is forfeited.");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->tenders[0]->tender_type_id, 76);
    assert_int_equal(ring->tenders[0]->amount_minor, 2500);
    desk_close(&d);
}

static void B43_a_tip_comes_with_the_card_or_the_cash(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);    /* 22.64 */
    desk_type(&d, "5" K_F2); /* a part of it that was to be paid is no tip by surprise */
    desk_sees(&d, "27.64 in all");
    assert_int_equal(d.counter.pay.tip_minor, 0);
    desk_type(&d, K_ESC);
    assert_string_equal(d.counter.pay.amount.text, "5");
    desk_sees_not(&d, "in all");
    desk_type(&d, "\177" K_F2);
    desk_type(&d, "2.36");
    desk_golden(&d, "pay-tip-asked");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "And a tip of 2.36: 25.00 in all");
    desk_type(&d, "30");
    desk_sees(&d, "change 5.00");
    desk_golden(&d, "pay-tip");
    desk_type(&d, "\177\177");
    desk_type(&d, "1");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "the tip alone is more than that");
    desk_type(&d, "\177");
    desk_type(&d, "26");
    desk_type(&d, K_F3);
    desk_sees(&d, "only cash may be more than is due");
    desk_type(&d, "\177\177");
    desk_type(&d, K_F3);
    desk_sees(&d, "Charge 25.00 on the card machine.");
    desk_type(&d, "A1");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 1);
    assert_int_equal(ring->tenders[0]->amount_minor, 2500);
    assert_int_equal(ring->tenders[0]->tip_minor, 236);
    assert_int_equal(ring->total_minor, 2264);
    desk_close(&d);
}

/* ---- what is not taken, and what is more than anybody gives ---- */

/* A shop that has switched a means of its own two off. */
static void begin_without(struct desk *d, int64_t type_id, const char *name)
{
    const struct tender_type type = { .id = type_id,
                                      .name = name,
                                      .permission = "",
                                      .kind = (uint8_t)type_id,
                                      .change = type_id == TENDER_TYPE_CASH ? CHANGE_GIVEN : CHANGE_NONE };

    desk_open(d);
    catalogue_put_tender_type(d->catalogue, 1, &type);
    begin_at(d, 0);
}

static void A9_a_card_that_is_not_taken_is_not_offered(void **state)
{
    (void)state;
    struct desk d;
    begin_without(&d, TENDER_TYPE_CARD, "Card");
    desk_sees_not(&d, "F3 Card");
    desk_type(&d, K_F3);
    desk_sees(&d, "F3 does nothing here now");
    desk_sees_not(&d, "Charge");
    desk_type(&d, K_ENTER);
    assert_int_equal(desk_rung_up(&d)->tenders[0]->kind, CAROLINE__V1__TENDER_KIND__TENDER_CASH);
    desk_close(&d);
}

static void A9_where_no_cash_is_taken_cards_pay(void **state)
{
    (void)state;
    struct desk d;
    begin_without(&d, TENDER_TYPE_CASH, "Cash");
    desk_sees_not(&d, "cash");
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F8);
    assert_int_equal(d.counter.pay.tender_count, 0);
    desk_type(&d, K_F3);
    desk_sees(&d, "Charge 22.64 on the card machine.");
    desk_close(&d);
}

/* Somebody switches it off while a customer is paying: no key becomes another one. */
static void A9_a_key_stays_what_it_was_when_paying_began(void **state)
{
    (void)state;
    struct desk d;
    begin(&d, 3);
    struct tender_type voucher = *tender_type_of(d.catalogue, 1, 71);
    voucher.active = false;
    catalogue_put_tender_type(d.catalogue, 1, &voucher);
    desk_sees(&d, "F10 Voucher");
    desk_sees(&d, "F11 Meal voucher");
    desk_type(&d, K_F10);
    desk_sees(&d, "Voucher is not taken any more");
    struct tender_type card = *tender_type_of(d.catalogue, 1, TENDER_TYPE_CARD);
    card.active = false;
    catalogue_put_tender_type(d.catalogue, 1, &card);
    desk_type(&d, K_F3);
    desk_sees(&d, "Card is not taken any more"); /* before anybody is charged */
    desk_sees_not(&d, "Charge");
    assert_int_equal(d.counter.pay.tender_count, 0);
    desk_close(&d);
}

static void A9_the_house_is_asked_before_it_pays(void **state)
{
    (void)state;
    struct desk d;
    const struct tender_type meal = { .id = 74,
                                      .name = "Staff meal",
                                      .permission = "staff_meal",
                                      .kind = TENDER_HOUSE,
                                      .change = CHANGE_NONE,
                                      .active = true };
    desk_open(&d);
    catalogue_put_tender_type(d.catalogue, 1, &meal);
    begin_at(&d, 0);
    desk_type(&d, K_F10);
    desk_sees(&d, "The house pays this, and nobody is charged.");
    desk_golden(&d, "pay-house");
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    desk_type(&d, K_ESC);
    desk_sees(&d, "Cash given");
    desk_type(&d, K_F10);
    desk_type(&d, K_ENTER);
    assert_int_equal(desk_rung_up(&d)->tenders[0]->tender_type_id, 74);
    desk_close(&d);
}

static void a_sum_that_nobody_gives_is_asked_about(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, "99999999");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Were 99999999.00 given in cash for 22.64?");
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    desk_type(&d, K_ESC);
    assert_int_equal(d.counter.pay.tender_count, 0);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_ENTER);
    assert_int_equal(desk_rung_up(&d)->tenders[0]->amount_minor, 9999999900);
    desk_close(&d);
}

static void a_cards_number_is_no_approval_and_why_is_said(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, K_F3);
    desk_type(&d, "4111111111111111");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "that is a payment card's number, and nothing of it was kept");
    desk_type(&d, "A1");
    desk_type(&d, K_ENTER);
    assert_memory_equal(desk_rung_up(&d)->tenders[0]->reference.data, "A1", 2);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A9_a_voucher_pays_a_part_and_cash_the_rest),
        cmocka_unit_test(B43_what_is_forfeited_is_said_before),
        cmocka_unit_test(A9_a_voucher_that_wants_its_number_is_asked_for_it),
        cmocka_unit_test(A9_more_than_have_keys_are_in_a_list),
        cmocka_unit_test(B43_a_tip_comes_with_the_card_or_the_cash),
        cmocka_unit_test(A9_a_card_that_is_not_taken_is_not_offered),
        cmocka_unit_test(A9_where_no_cash_is_taken_cards_pay),
        cmocka_unit_test(A9_a_key_stays_what_it_was_when_paying_began),
        cmocka_unit_test(A9_the_house_is_asked_before_it_pays),
        cmocka_unit_test(a_sum_that_nobody_gives_is_asked_about),
        cmocka_unit_test(a_cards_number_is_no_approval_and_why_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
