/* A server that is there and does not answer, or has lost its database: what is paid is kept, and the next customer comes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "offline_sales.h"

static void a_server_that_does_not_answer_is_not_waited_for(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_sees(&d, "Asking the server");
    scripted_fail(d.link, OP(SALE_QUOTE), "the server does not answer");
    desk_sees(&d, "OFFLINE: this till sells by itself");
    desk_type(&d, K_ENTER);
    assert_int_equal(asked(&d)->number, 1);
    desk_close(&d);
}

static void an_impatient_enter_does_not_pay_what_nobody_has_seen(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2 K_ENTER K_ENTER K_ENTER);
    desk_sees(&d, "Asking the server");
    scripted_fail(d.link, OP(SALE_QUOTE), "the server does not answer");
    desk_sees(&d, "OFFLINE: this till sells by itself");
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);
    assert_false(open_basket_is_empty(&d.counter.basket));
    desk_type(&d, K_ENTER);
    assert_int_equal(asked(&d)->number, 1);
    desk_close(&d);
}

/* Paid online, and the line goes before the answer comes. */
static void put_aside(struct desk *d)
{
    desk_open_paying(d);
    desk_type(d, K_ENTER);
    desk_sees(d, "Ringing up");
    scripted_state(d->link, LINK_OFFLINE, "the server cannot be reached");
    desk_sees(d, "F2 Next customer");
    desk_type(d, K_F2);
    desk_sees(d, "the next customer");
    assert_ptr_equal(stage_top(&d->counter.stage), &sale_screen);
    assert_true(open_basket_is_empty(&d->counter.basket));
}

static void a_sale_whose_answer_does_not_come_makes_room(void **state)
{
    struct desk d;

    (void)state;
    put_aside(&d);
    desk_sees(&d, "OFFLINE, 1 sale to be booked");
    sell(&d); /* the next one, offline */
    desk_sees(&d, "OFFLINE, 2 sales to be booked");
    assert_int_equal(asked(&d)->number, 1);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    desk_sees(&d, "2 sales made offline or put aside: being booked");
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    sale.has_receipt_number = true;
    sale.receipt_number = counter_text("3T-000042");
    scripted_answer(d.link, OP(SALE_RING_UP), &sale.base);
    desk_sees(&d, "the sale that was put aside is booked: 3T-000042");
    desk_sees(&d, "1 sale made offline: being booked");
    book(&d);
    assert_int_equal(spool_unbooked(d.spool), 0);
    desk_close(&d);
}

static void one_that_is_refused_after_all_is_this_tills_own(void **state)
{
    struct desk d;

    (void)state;
    put_aside(&d);
    desk_scan(&d, "4006381333931"); /* the next customer's */
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    scripted_refuse(d.link, OP(SALE_RING_UP), REFUSE(STOCK_SHORT), "line 1: 3 pieces wanted, 1 piece there", NULL,
                    NULL);
    const Caroline__V1__SaleOffline *sale = asked(&d);
    assert_int_equal(sale->number, 1);
    assert_int_equal(sale->total_minor, 2264);
    assert_int_equal(sale->shift_id, 9);
    assert_int_equal(sale->staff_id, 600 + 'A');
    assert_int_equal(d.counter.basket.line_count, 1); /* the next customer's is as it was */
    assert_null(spool_aside_refused(d.spool, 0, d.arena));
    book(&d);
    desk_close(&d);
}

/* Quoted by the server, which is gone when the money is there. */
static void a_sale_of_which_no_byte_has_left_is_this_tills_own(void **state)
{
    struct desk d;

    (void)state;
    desk_open_paying(&d);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    scripted_unsent(d.link);
    desk_type(&d, "50" K_ENTER);
    desk_sees(&d, "Receipt 3X-000001");
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    assert_int_equal(asked(&d)->total_minor, 2264);
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_close(&d);
}

static void so_is_one_that_waited_behind_others_when_the_line_went(void **state)
{
    struct desk d;

    (void)state;
    desk_open_paying(&d);
    scripted_unsent(d.link);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Ringing up");
    desk_scan(&d, "73513537");
    desk_type(&d, "999" K_ENTER); /* nothing has it */
    desk_sees(&d, "is kept for the next customer (2)");
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_sees(&d, "Receipt 3X-000001");
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    assert_int_equal(asked(&d)->number, 1);
    assert_int_equal(d.counter.basket.line_count, 1); /* the next customer's */
    assert_int_equal(d.counter.queued_count, 0);
    desk_sees(&d, "1 of 2 scans meanwhile: ");
    desk_close(&d);
}

static void the_change_is_told_before_the_answer_comes_and_after(void **state)
{
    struct desk d;

    (void)state;
    desk_open_paying(&d);
    desk_type(&d, "50" K_ENTER);
    desk_sees_not(&d, "Change");
    counter_tick(&d.counter, 1000000, false);
    counter_tick(&d.counter, 3500000, false);
    desk_golden(&d, "pay-slow-change");
    desk_type(&d, K_F2);
    desk_golden(&d, "sale-change-before");
    desk_sees(&d, "Before: change 27.36");
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_ESC);
    desk_sees(&d, "Before: change 27.36"); /* the next one has not paid yet */
    desk_type(&d, K_F2);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_ESC K_F2 K_ENTER); /* by the till alone */
    desk_scan(&d, "73513537");
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_sees_not(&d, "Before:");
    desk_close(&d);
}

/* ---- the server is there, its database is not ---- */

static void refuse_for_want_of_the_database(struct desk *d)
{
    scripted_refuse(d->link, OP(SALE_QUOTE), REFUSE(TRY_AGAIN), "the shop's database is away: please try again", NULL,
                    NULL);
}

static void a_server_without_its_database_is_asked_again_and_not_waited_for(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    refuse_for_want_of_the_database(&d);
    desk_sees(&d, "the shop's database is away");
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);
    assert_false(scripted_asked(d.link, OP(SALE_QUOTE)));
    counter_tick(&d.counter, 2000000, false);
    refuse_for_want_of_the_database(&d); /* asked again */
    scripted_state(d.link, LINK_OFFLINE,
                   "the shop's database is away; trying again soon"); /* the link has had enough */
    desk_sees(&d, "OFFLINE: this till sells by itself");
    desk_golden(&d, "offline-database");
    desk_type(&d, K_ENTER);
    assert_int_equal(asked(&d)->number, 1);
    desk_close(&d);
}

static void a_database_that_is_back_at_once_is_no_outage(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    refuse_for_want_of_the_database(&d);
    counter_tick(&d.counter, 2000000, false);
    desk_quote(&d);
    desk_sees(&d, "Cash given");
    desk_sees_not(&d, "OFFLINE");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_that_does_not_answer_is_not_waited_for),
        cmocka_unit_test(an_impatient_enter_does_not_pay_what_nobody_has_seen),
        cmocka_unit_test(a_sale_whose_answer_does_not_come_makes_room),
        cmocka_unit_test(one_that_is_refused_after_all_is_this_tills_own),
        cmocka_unit_test(a_sale_of_which_no_byte_has_left_is_this_tills_own),
        cmocka_unit_test(so_is_one_that_waited_behind_others_when_the_line_went),
        cmocka_unit_test(the_change_is_told_before_the_answer_comes_and_after),
        cmocka_unit_test(a_server_without_its_database_is_asked_again_and_not_waited_for),
        cmocka_unit_test(a_database_that_is_back_at_once_is_no_outage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
