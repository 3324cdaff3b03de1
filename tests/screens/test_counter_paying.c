/* Paying, by keys and answers: cash, cards, refusals, a connection that goes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void cash_is_taken_and_change_shown_large(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_sees(&d, "Asking the server");
    desk_quote(&d);
    desk_type(&d, "50");
    desk_golden(&d, "pay");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Ringing up");
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 1);
    assert_int_equal(ring->tenders[0]->amount_minor, 5000);
    assert_int_equal(ring->total_minor, d.counter.basket.rows.total_minor);
    assert_int_equal(ring->shift_id, 9);
    desk_ring_up(&d, 5000);
    desk_golden(&d, "receipt");
    assert_true(open_basket_is_empty(&d.counter.basket));
    /* the next customer's goods need no key first */
    desk_scan(&d, "4006381333931");
    desk_sees(&d, "Croissant");
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_close(&d);
}

/* A note's key that comes too early: what is said of it is not so once the money is asked for. */
static void a_key_that_came_before_the_answer_is_not_told_behind_it(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_type(&d, K_F7);
    desk_sees(&d, "F7 does nothing here now");
    desk_quote(&d);
    desk_sees(&d, "F7 20 cash");
    desk_sees_not(&d, "does nothing here now");
    desk_close(&d);
}

/* As on a cash register, for a till that is set up so: what has no decimal sign is in cents, and a key 00 is two zeros at once. */
static void an_amount_may_be_typed_in_the_smallest_unit(void **state)
{
    static const struct {
        const char *typed;
        int64_t minor;
    } typed[] = { { "5000", 5000 }, { "50.00", 5000 }, { "50.5", 5050 }, { "2264", 2264 } };

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        struct desk d;

        desk_open_paying(&d); /* 22.64 */
        d.counter.amounts_minor = true;
        desk_type(&d, typed[i].typed);
        desk_type(&d, K_ENTER);
        assert_int_equal(desk_rung_up(&d)->tenders[0]->amount_minor, typed[i].minor);
        desk_close(&d);
    }
    struct desk d;
    desk_open_paying(&d);
    d.counter.amounts_minor = true;
    desk_type(&d, "30");
    desk_type(&d, "00");
    desk_golden(&d, "pay-minor");
    desk_type(&d, "\x7f\x7f\x7f" K_ENTER); /* 3 is 0.03 */
    desk_sees(&d, "Still to pay");
    assert_int_equal(d.counter.pay.tenders[0].amount_minor, 3);
    counter_say_amount(&d.counter);
    desk_sees(&d, "type how much it is: 5000 or 50.00");
    desk_close(&d);
}

static void notes_add_up_and_cards_have_a_reference(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d); /* 22.64 */
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_F6); /* a note of 10 */
    desk_sees(&d, "Still to pay");
    desk_type(&d, K_ESC);
    desk_sees(&d, "take the payment back first");
    desk_type(&d, K_F3);
    desk_type(&d, "APPR");
    desk_golden(&d, "pay-card");
    desk_type(&d, "7781");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 2);
    assert_int_equal(ring->tenders[0]->amount_minor + ring->tenders[1]->amount_minor, ring->total_minor);
    assert_memory_equal(ring->tenders[1]->reference.data, "APPR7781", 8);
    desk_close(&d);
}

static void money_taken_outlives_the_session(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, "10");
    desk_type(&d, K_F3);
    desk_type(&d, "APPR7781");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Still to pay");
    scripted_session(d.link, NULL, false); /* twelve hours are over */
    assert_ptr_equal(stage_top(&d.counter.stage), &sign_in_screen);
    desk_sign_in(&d);
    desk_sees(&d, "APPR7781");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 2);
    desk_close(&d);
}

/* Whoever walks away while the server is asked finds the till locked, with the sale made behind it. */
static void an_answer_does_not_open_a_locked_till(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Ringing up");
    scripted_session(d.link, "Ana", true);
    assert_ptr_equal(stage_top(&d.counter.stage), &lock_screen);
    desk_ring_up(&d, 2264);
    assert_ptr_equal(stage_top(&d.counter.stage), &lock_screen);
    desk_sees(&d, "LOCKED");
    assert_true(open_basket_is_empty(&d.counter.basket));
    scripted_session(d.link, "Ana", false);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void a_card_takes_no_more_than_is_due(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, "500");
    desk_type(&d, K_F3);
    desk_sees(&d, "only cash may be more than is due");
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    assert_string_equal(d.counter.pay.amount.text, "500"); /* it was given: Enter takes it, and not exact cash */
    desk_type(&d, K_ENTER);
    assert_int_equal(desk_rung_up(&d)->tenders[0]->amount_minor, 50000);
    desk_close(&d);
}

/* The help is of what is asked for now, and says of each key what it does there. */
static void the_help_is_of_what_is_asked(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, K_F1);
    desk_sees(&d, "Take what is typed as cash");
    desk_sees(&d, "Back to the sale");
    desk_type(&d, K_F1);
    desk_type(&d, K_F3);
    desk_type(&d, K_F1);
    desk_golden(&d, "pay-help-card");
    desk_sees_not(&d, "as cash");
    desk_sees_not(&d, "note key");
    desk_sees_not(&d, "Back to the sale");
    desk_close(&d);
}

static void another_total_is_shown_before_it_is_paid(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleQuoted other = CAROLINE__V1__SALE_QUOTED__INIT;

    desk_open_paying(&d);
    desk_type(&d, K_ENTER);
    other.has_total_minor = true;
    other.total_minor = 2500;
    scripted_refuse(d.link, OP(SALE_RING_UP), CAROLINE__V1__ERROR_CODE__TOTAL_DIFFERS, "the total is another", NULL,
                    &other.base);
    desk_sees(&d, "the total is 25.00 now, and nothing was sold");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->total_minor, 2500);
    desk_close(&d);
}

static void refusals_are_sentences_and_the_line_is_shown(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    scripted_refuse(d.link, OP(SALE_QUOTE), CAROLINE__V1__ERROR_CODE__STOCK_SHORT, "line 3: the shelf holds 0",
                    "basket.lines[2].quantity_milli", NULL);
    desk_sees(&d, "line 3: the shelf holds 0");
    assert_int_equal(d.counter.sale.lines.selected, 2);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F2);
    scripted_refuse(d.link, OP(SALE_QUOTE), CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN, "open the drawer's shift first",
                    NULL, NULL);
    assert_ptr_equal(stage_top(&d.counter.stage), &shift_screen);
    desk_type(&d, K_ESC);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_ENTER);
    /* A long sentence is not cut. */
    scripted_refuse(d.link, OP(SALE_RING_UP), CAROLINE__V1__ERROR_CODE__CARD_CHARGED,
                    "the card was charged 12.64 with the approval APPR7781, but the sale could not be made: this "
                    "product is no longer sold. cancel the payment on the card machine or give 12.64 back",
                    NULL, NULL);
    desk_golden(&d, "sale-card-charged");
    desk_close(&d);
}

static void a_lost_connection_is_shown_and_the_sale_waits(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, K_F8);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached; trying again soon");
    desk_golden(&d, "pay-offline");
    /* scans are for the next customer, and are not lost */
    desk_scan(&d, "73513537");
    desk_sees(&d, "73513537 is kept for the next customer");
    desk_sees_not(&d, "Withdraw"); /* a byte may have left: it cannot be taken back */
    desk_type(&d, K_ESC);
    assert_int_equal(d.counter.errand, ERRAND_SELL);
    scripted_state(d.link, LINK_ONLINE, "connected");
    desk_ring_up(&d, 5000);
    desk_sees(&d, "Change");
    assert_int_equal(d.counter.basket.line_count, 1);
    assert_int_equal(d.counter.basket.lines[0].product_id, BAKERY_ECLAIR);
    desk_close(&d);
}

static void a_sale_of_which_no_byte_has_left_can_be_taken_back(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    d.counter.basket.approved = true; /* which takes a server, so that it is not this till's own */
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    scripted_unsent(d.link);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Withdraw");
    desk_sees(&d, "F2 Next customer");
    desk_scan(&d, "73513537");
    desk_sees(&d, "73513537 is kept for the next customer (1)");
    desk_type(&d, K_ESC);
    /* The next customer's turn has not come, and their scan is not lost without a word. */
    desk_sees(&d, "taken back: nothing was sold, give the money back; 1 scan meanwhile: scan");
    assert_int_equal(d.counter.queued_count, 0);
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

/* What a card machine has charged stays charged until somebody says so there: the till says what, and which. */
static void what_a_card_paid_is_named_when_the_sale_is_taken_back(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    d.counter.basket.approved = true; /* which takes a server, so that it is not this till's own */
    desk_type(&d, "20");
    desk_type(&d, K_F3);
    desk_type(&d, "A-17");
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    scripted_unsent(d.link);
    desk_type(&d, K_ENTER); /* the rest in cash */
    desk_type(&d, K_ESC);
    desk_golden(&d, "pay-withdrawn");
    desk_sees(&d, "taken back: cancel on the card machine 20.00 (approval A-17); give the rest");
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    assert_int_equal(d.counter.pay.tender_count, 0);
    desk_close(&d);
}

/* What is typed while the server is asked what is to pay is the money; where it says no, it is nobody's. */
static void money_typed_ahead_is_taken_when_the_total_is_there(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_type(&d, "30");
    desk_type(&d, K_ENTER);
    desk_quote(&d);
    desk_type(&d, "");
    assert_int_equal(desk_rung_up(&d)->tenders[0]->amount_minor, 3000);
    desk_ring_up(&d, 3000);
    desk_type(&d, K_ENTER);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_type(&d, "112");
    desk_type(&d, K_ENTER);
    scripted_refuse(d.link, OP(SALE_QUOTE), CAROLINE__V1__ERROR_CODE__STOCK_SHORT, "line 1: 2 pieces there", NULL,
                    NULL);
    desk_type(&d, "");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 5);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 3000);
    desk_close(&d);
}

static void a_line_taken_back_after_the_total_needs_a_reason(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, K_ESC);
    desk_type(&d, K_F3);
    desk_golden(&d, "void");
    desk_type(&d, K_DOWN);
    desk_type(&d, K_ENTER);
    assert_true(d.counter.basket.lines[4].voided);
    assert_string_equal(d.counter.basket.lines[4].void_reason, "rung up by mistake");
    desk_close(&d);
}

/* A server that hangs with the line open. */
static void the_next_customer_does_not_wait_for_a_slow_server(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, K_ENTER);
    counter_tick(&d.counter, 1000000, true);
    desk_sees_not(&d, "Next customer");
    desk_type(&d, "3x112");
    desk_sees(&d, "The next customer's:");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "3x112 is kept for the next customer (1)");
    desk_type(&d, "2x");
    desk_scan(&d, "73513537");
    desk_type(&d, "clai");
    counter_tick(&d.counter, 2000000, false);
    counter_tick(&d.counter, 3000000, false);
    desk_sees(&d, "F2 Next customer");
    desk_golden(&d, "pay-slow");
    desk_type(&d, K_F2);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 3000);
    assert_int_equal(d.counter.basket.lines[1].quantity_milli, 2000);
    assert_string_equal(d.counter.sale.entry.text, "clai"); /* no key was lost */
    desk_close(&d);
}

/* Told 22.64; then the croissants go up, and the customer looks for their money. */
static void what_was_told_is_what_is_paid(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    bakery_raise(d.catalogue, 2, 295, link_now(d.link).us + SECOND_US);
    scripted_later(d.link, 14 * MINUTE_US);
    scripted_catalogue(d.link, d.catalogue);
    scripted_later(d.link, 6 * MINUTE_US);
    scripted_catalogue(d.link, d.catalogue);
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);
    desk_sees_not(&d, "prices have changed");
    assert_int_equal(d.counter.basket.rows.total_minor, 2264);
    assert_int_equal(d.counter.pay.total_minor, 2264);
    desk_type(&d, "50" K_ENTER);
    assert_int_equal(desk_rung_up(&d)->basket->catalogue_version, 1);
    assert_int_equal(desk_rung_up(&d)->total_minor, 2264);
    desk_close(&d);
}

static void who_comes_back_to_pay_is_told_the_price_of_now(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, K_ESC);
    bakery_raise(d.catalogue, 2, 295, link_now(d.link).us + SECOND_US);
    scripted_later(d.link, 20 * MINUTE_US);
    desk_type(&d, K_F2);
    desk_sees(&d, "prices have changed");
    desk_quote(&d);
    assert_int_equal(d.counter.basket.rows.total_minor, 2564);
    assert_int_equal(d.counter.pay.total_minor, 2564);
    desk_close(&d);
}

/* As after a server's restore: the catalogue that the total was of is not there any more. */
static void a_total_that_cannot_stay_is_told_anew(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    bakery_raise(d.catalogue, 2, 295, 2);
    scripted_catalogue(d.link, d.catalogue);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_sees(&d, "prices have changed");
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_F5); /* and with money on the counter */
    bakery_raise(d.catalogue, 3, 395, 3);
    catalogue_forget(d.catalogue, 4);
    scripted_catalogue(d.link, d.catalogue);
    assert_int_equal(d.counter.basket.rows.total_minor, 2864);
    assert_int_equal(d.counter.pay.total_minor, 2864);
    desk_sees(&d, "prices have changed");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cash_is_taken_and_change_shown_large),
        cmocka_unit_test(a_key_that_came_before_the_answer_is_not_told_behind_it),
        cmocka_unit_test(an_amount_may_be_typed_in_the_smallest_unit),
        cmocka_unit_test(notes_add_up_and_cards_have_a_reference),
        cmocka_unit_test(money_taken_outlives_the_session),
        cmocka_unit_test(an_answer_does_not_open_a_locked_till),
        cmocka_unit_test(a_card_takes_no_more_than_is_due),
        cmocka_unit_test(the_help_is_of_what_is_asked),
        cmocka_unit_test(another_total_is_shown_before_it_is_paid),
        cmocka_unit_test(refusals_are_sentences_and_the_line_is_shown),
        cmocka_unit_test(a_lost_connection_is_shown_and_the_sale_waits),
        cmocka_unit_test(a_sale_of_which_no_byte_has_left_can_be_taken_back),
        cmocka_unit_test(what_a_card_paid_is_named_when_the_sale_is_taken_back),
        cmocka_unit_test(money_typed_ahead_is_taken_when_the_total_is_there),
        cmocka_unit_test(a_line_taken_back_after_the_total_needs_a_reason),
        cmocka_unit_test(the_next_customer_does_not_wait_for_a_slow_server),
        cmocka_unit_test(what_was_told_is_what_is_paid),
        cmocka_unit_test(who_comes_back_to_pay_is_told_the_price_of_now),
        cmocka_unit_test(a_total_that_cannot_stay_is_told_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
