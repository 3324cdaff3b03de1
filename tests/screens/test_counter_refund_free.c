/* Money for goods without a receipt, by keys and answers: what stands in the basket, why, for less, and by another's PIN. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#include "proto/session.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static const Caroline__V1__SaleRefundFree *asked(struct desk *d)
{
    return (const Caroline__V1__SaleRefundFree *)scripted_request(d->link, OP(SALE_REFUND_FREE),
                                                                  &caroline__v1__sale_refund_free__descriptor);
}

/* A croissant and two éclairs for 1.95 and 3.50. */
static void open_with_goods(struct desk *d)
{
    desk_open(d);
    desk_sign_in(d);
    desk_type(d, "112\r");
    desk_type(d, "2x113\r");
}

static void answer_with(struct desk *d, int64_t total_minor)
{
    static Caroline__V1__SaleRungUp sale;
    static Caroline__V1__SaleQuoted totals;

    caroline__v1__sale_rung_up__init(&sale);
    caroline__v1__sale_quoted__init(&totals);
    sale.has_receipt_number = sale.has_cash_minor = sale.has_free_refund = sale.free_refund = true;
    sale.receipt_number = counter_text("3T-000043");
    totals.has_total_minor = true;
    totals.total_minor = sale.cash_minor = total_minor;
    sale.totals = &totals;
    scripted_answer(d->link, OP(SALE_REFUND_FREE), &sale.base);
}

static void goods_of_the_basket_are_given_back(void **state)
{
    (void)state;
    struct desk d;

    open_with_goods(&d);
    desk_type(&d, K_F10);
    desk_sees(&d, "F4 Without receipt");
    desk_sees_not(&d, "No receipt"); /* that reads as a paper which is not printed */
    desk_type(&d, K_F4);
    assert_ptr_equal(stage_top(&d.counter.stage), &refund_free_screen);
    desk_sees(&d, "Back in cash: 8.95");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "a refund needs a reason");
    desk_type(&d, K_F7);
    desk_golden(&d, "refund-free");
    /* The éclairs for less, and never for more. */
    desk_type(&d, K_DOWN);
    desk_type(&d, K_F6);
    desk_golden(&d, "refund-free-price");
    desk_type(&d, K_F1); /* of the price, not of the money */
    desk_golden(&d, "refund-free-price-help");
    desk_type(&d, K_ESC);
    desk_type(&d, K_DOWN);
    desk_sees(&d, "Down: the price of this line first; Enter takes it, Esc leaves it as it was");
    desk_type(&d, "3.51" K_ENTER);
    desk_sees(&d, "a price up to today's, which is 3.50");
    desk_type(&d, K_ESC);
    desk_type(&d, K_F6);
    desk_type(&d, "2.00" K_ENTER);
    desk_sees(&d, "Back in cash: 5.95");
    desk_sees(&d, "LESS Éclair au");
    desk_sees(&d, "Less than today's 3.50 each");
    desk_sees_not(&d, "<");
    desk_golden(&d, "refund-free-less");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Give 5.95 back in cash, without a receipt?");
    assert_false(scripted_asked(d.link, OP(SALE_REFUND_FREE)));
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRefundFree *free_refund = asked(&d);
    assert_int_equal(free_refund->n_lines, 2);
    assert_int_equal(free_refund->lines[0]->product_id, 1);
    assert_false(free_refund->lines[0]->has_price_minor);
    assert_int_equal(free_refund->lines[1]->quantity_milli, 2000);
    assert_int_equal(free_refund->lines[1]->price_minor, 200);
    assert_int_equal(free_refund->total_minor, 595);
    assert_false(free_refund->has_approval);
    assert_memory_equal(free_refund->reason.data, "not fresh", 9);
    answer_with(&d, -595);
    desk_sees(&d, "Give back");
    desk_sees(&d, "3T-000043");
    desk_golden(&d, "refund-free-given");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_close(&d);
}

static void who_may_not_asks_another_in_place(void **state)
{
    static uint8_t token[32] = { 4, 5, 6 };
    Caroline__V1__ApprovalOpened opened = CAROLINE__V1__APPROVAL_OPENED__INIT;
    (void)state;
    struct desk d;

    open_with_goods(&d);
    scripted_forbids(d.link, "refund_free");
    desk_type(&d, K_F10 K_F4);
    desk_type(&d, "stale" K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &approval_screen);
    desk_sees(&d, "It takes the rights approve and refund_free");
    desk_golden(&d, "refund-free-approval");
    desk_scan(&d,
              "4006381333931"); /* a croissant is not theirs who allows, and comes to nothing that is being allowed */
    desk_sees(&d, "not taken");
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_scan(&d, "LENA-7788");
    desk_type(&d, "5739" K_ENTER);
    const Caroline__V1__ApprovalOpen *approval = (const Caroline__V1__ApprovalOpen *)scripted_request(
        d.link, OP(APPROVAL_OPEN), &caroline__v1__approval_open__descriptor);
    assert_true(approval->free_refund && !approval->has_discount_ppm);
    opened.has_token = true;
    opened.token = (ProtobufCBinaryData){ .len = sizeof token, .data = token };
    scripted_answer(d.link, OP(APPROVAL_OPEN), &opened.base);
    desk_sees(&d, "Give 8.95 back in cash, without a receipt?");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRefundFree *free_refund = asked(&d);
    assert_int_equal(free_refund->approval.len, sizeof token);
    assert_memory_equal(free_refund->approval.data, token, sizeof token);
    /* Refused: nothing is lost, and the word is asked for anew. */
    scripted_refuse(d.link, OP(SALE_REFUND_FREE), CAROLINE__V1__ERROR_CODE__FREE_REFUND_CAP,
                    "5.00 are left to be given back without receipts today, of 50.00 a day", NULL, NULL);
    desk_sees(&d, "5.00 are left");
    assert_ptr_equal(stage_top(&d.counter.stage), &refund_free_screen);
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &approval_screen);
    desk_type(&d, K_ESC K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

/* Who refunds no receipts either is there at once, of goods alone. */
static void a_cashier_gets_there_by_the_same_key(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    scripted_forbids(d.link, "refund");
    desk_sees_not(&d, "F10");
    desk_type(&d, K_F10);
    desk_golden(&d, "sale-goods-back-none");
    desk_type(&d, "112\r");
    desk_sees(&d, "F10 Goods back");
    desk_golden(&d, "sale-goods-back");
    desk_type(&d, K_F10);
    assert_ptr_equal(stage_top(&d.counter.stage), &refund_free_screen);
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_close(&d);
}

static void without_goods_it_says_what_to_do(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F10 K_F4);
    desk_sees(&d, "take what comes back into the basket");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void without_a_connection_nothing_is_given(void **state)
{
    (void)state;
    struct desk d;

    open_with_goods(&d);
    desk_type(&d, K_F10 K_F4);
    desk_type(&d, "stale");
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "until it is back");
    assert_false(scripted_asked(d.link, OP(SALE_REFUND_FREE)));
    desk_close(&d);
}

/* The server has it, and the till sells on: the goods are no basket any more, and its answer says what to give. */
static void what_is_not_answered_is_put_aside(void **state)
{
    (void)state;
    struct desk d;

    open_with_goods(&d);
    desk_type(&d, K_F10 K_F4);
    desk_type(&d, "stale" K_ENTER);
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_fill(&d);
    scripted_state(d.link, LINK_ONLINE, "connected");
    answer_with(&d, -895);
    desk_sees(&d, "refund 3T-000043 is in the books: give back 8.95 in cash: Enter");
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goods_of_the_basket_are_given_back),    cmocka_unit_test(who_may_not_asks_another_in_place),
        cmocka_unit_test(a_cashier_gets_there_by_the_same_key),  cmocka_unit_test(without_goods_it_says_what_to_do),
        cmocka_unit_test(without_a_connection_nothing_is_given), cmocka_unit_test(what_is_not_answered_is_put_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
