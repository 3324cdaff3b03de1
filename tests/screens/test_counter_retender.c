/* What paid a receipt is put right, by keys and answers. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* 22.64: 12.64 by card, with a tip of 1.00 beside, and 10.00 in cash. */
static void answer_receipt(struct desk *d, bool came_back)
{
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;
    Caroline__V1__PaidTender paid[2], *tenders[] = { &paid[0], &paid[1] };

    for (uint32_t i = 0; i < 2; i++) {
        caroline__v1__paid_tender__init(&paid[i]);
        paid[i].has_position = paid[i].has_kind = paid[i].has_name = paid[i].has_amount_minor = true;
        paid[i].position = i;
    }
    paid[0].kind = CAROLINE__V1__TENDER_KIND__TENDER_CARD;
    paid[0].name = counter_text("Card");
    paid[0].amount_minor = 1264;
    paid[0].has_tip_minor = paid[0].has_reference = true;
    paid[0].tip_minor = 100;
    paid[0].reference = counter_text("4711");
    paid[1].kind = CAROLINE__V1__TENDER_KIND__TENDER_CASH;
    paid[1].name = counter_text("Cash");
    paid[1].amount_minor = 1000;
    sale.has_receipt_number = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000042");
    totals.total_minor = 2264;
    sale.totals = &totals;
    shown.sale = &sale;
    shown.tenders = tenders;
    shown.n_tenders = 2;
    shown.has_refunded_minor = came_back;
    shown.refunded_minor = came_back ? 585 : 0;
    scripted_answer(d->link, OP(SALE_SHOW), &shown.base);
}

/* 22.64: on account, or a staff meal, and in cash a tip alone; the other 10.00 by card where there are three. */
static void answer_paid_otherwise(struct desk *d, Caroline__V1__TenderKind kind, size_t count)
{
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;
    Caroline__V1__PaidTender paid[3], *tenders[] = { &paid[0], &paid[1], &paid[2] };

    for (uint32_t i = 0; i < 3; i++) {
        caroline__v1__paid_tender__init(&paid[i]);
        paid[i].has_position = paid[i].has_kind = paid[i].has_name = paid[i].has_amount_minor = true;
        paid[i].position = i;
    }
    paid[0].kind = kind;
    paid[0].name = counter_text(kind == CAROLINE__V1__TENDER_KIND__TENDER_ACCOUNT ? "On account" : "Staff meal");
    paid[0].amount_minor = 1264;
    paid[1].kind = CAROLINE__V1__TENDER_KIND__TENDER_CASH;
    paid[1].name = counter_text("Cash");
    paid[1].has_tip_minor = true;
    paid[1].tip_minor = 200;
    paid[2].kind = CAROLINE__V1__TENDER_KIND__TENDER_CARD;
    paid[2].name = counter_text("Card");
    paid[2].amount_minor = 1000;
    sale.has_receipt_number = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000042");
    totals.total_minor = 2264;
    sale.totals = &totals;
    shown.sale = &sale;
    shown.tenders = tenders;
    shown.n_tenders = count;
    scripted_answer(d->link, OP(SALE_SHOW), &shown.base);
}

static void open_receipt(struct desk *d)
{
    desk_open(d);
    bakery_take_vouchers(d->catalogue, 2);
    desk_sign_in(d);
    desk_type(d, K_F12 K_F7);
    desk_golden(d, "retender-number");
    desk_scan(d, "3T-000042");
    answer_receipt(d, false);
}

static const Caroline__V1__SaleRetender *asked(struct desk *d)
{
    return (const Caroline__V1__SaleRetender *)scripted_request(d->link, OP(SALE_RETENDER),
                                                                &caroline__v1__sale_retender__descriptor);
}

static void answer_done(struct desk *d)
{
    Caroline__V1__SaleRetendered done = CAROLINE__V1__SALE_RETENDERED__INIT;

    done.has_receipt_number = done.has_retender_id = true;
    done.receipt_number = counter_text("3T-000042");
    done.retender_id = 77;
    scripted_answer(d->link, OP(SALE_RETENDER), &done.base);
}

static void a_card_was_cash(void **state)
{
    (void)state;
    struct desk d;

    open_receipt(&d);
    desk_sees(&d, "Card 4711, a tip in it");
    desk_sees(&d, "In truth it was: Cash");
    desk_type(&d, K_ENTER K_ENTER);
    desk_sees(&d, "a payment is put right with a reason only");
    desk_type(&d, "wrong key");
    desk_golden(&d, "retender");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Was 13.64 paid by Cash, and not by Card?");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRetender *request = asked(&d);
    assert_memory_equal(request->receipt_number.data, "3T-000042", 9);
    assert_memory_equal(request->reason.data, "wrong key", 9);
    assert_int_equal(request->position, 0);
    assert_false(request->has_amount_minor);
    assert_int_equal(request->tender_type_id, TENDER_TYPE_CASH);
    assert_false(request->has_reference);
    desk_sees(&d, "Asking the server");
    desk_type(&d, K_F2 K_F5 K_ENTER K_ESC);
    desk_sees(&d, "Asking the server");
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_sees(&d, "Esc Put aside");
    scripted_state(d.link, LINK_ONLINE, "connected");
    answer_done(&d);
    desk_sees(&d, "3T-000042 is put right");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void a_part_of_the_cash_was_a_voucher_or_a_card(void **state)
{
    (void)state;
    struct desk d;

    open_receipt(&d);
    desk_type(&d, K_F5);
    desk_sees(&d, "In truth it was: Card");
    desk_type(&d, "11" K_ENTER K_ENTER "mistake" K_ENTER);
    desk_sees(&d, "so much was not paid by it");
    desk_type(&d, "\b\b4" K_ENTER K_ENTER K_ENTER);
    desk_sees(&d, "Card: its number is asked for");
    desk_type(&d, "4712");
    desk_golden(&d, "retender-card");
    desk_type(&d, K_F4);
    desk_sees(&d, "In truth it was: Voucher");
    desk_type(&d, K_F3 K_ENTER K_ENTER K_ENTER);
    desk_sees(&d, "Was 4.00 paid by Card, and not by Cash?");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRetender *request = asked(&d);
    assert_int_equal(request->position, 1);
    assert_int_equal(request->amount_minor, 400);
    assert_int_equal(request->tender_type_id, TENDER_TYPE_CARD);
    assert_memory_equal(request->reference.data, "4712", 4);
    scripted_refuse(d.link, OP(SALE_RETENDER), CAROLINE__V1__ERROR_CODE__RETENDER_OTHER_SHIFT,
                    "this receipt does not count in a shift that is open at this till", NULL, NULL);
    desk_sees(&d, "this receipt does not count in a shift");
    desk_type(&d, K_ESC K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void what_came_back_is_told_before(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12 K_F7 "3t42" K_ENTER);
    answer_receipt(&d, true);
    desk_sees(&d, "something of this receipt was given back");
    desk_close(&d);
}

static void what_cannot_be_put_right_is_not_offered(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12 K_F7 "3t42" K_ENTER);
    answer_paid_otherwise(&d, CAROLINE__V1__TENDER_KIND__TENDER_ACCOUNT, 3);
    desk_golden(&d, "retender-not-all"); /* the card is selected */
    desk_sees(&d, "Cash, a tip in it (is not put right)");
    assert_int_equal(d.counter.retender.list.selected, 2);
    desk_type(&d, K_F5);
    desk_sees(&d, "F5 does nothing here now");
    desk_type(&d, K_ESC);
    desk_type(&d, K_ENTER);
    answer_paid_otherwise(&d, CAROLINE__V1__TENDER_KIND__TENDER_ACCOUNT, 2);
    desk_sees(&d, "what went on account is not put right");
    desk_sees(&d, "Which receipt was paid otherwise?");
    desk_type(&d, K_ENTER);
    answer_paid_otherwise(&d, CAROLINE__V1__TENDER_KIND__TENDER_HOUSE, 1);
    desk_sees(&d, "what the house pays is not put right");
    desk_close(&d);
}

/* It is noticed at once: from the receipt that was just printed, by who may. */
static void from_the_receipt_on_the_screen(void **state)
{
    (void)state;
    struct desk d;

    desk_open_paying(&d);
    desk_type(&d, K_ENTER);
    desk_ring_up(&d, 2264);
    desk_sees(&d, "F7 Put right");
    desk_type(&d, K_F7);
    assert_ptr_equal(stage_top(&d.counter.stage), &retender_screen);
    answer_receipt(&d, false);
    desk_sees(&d, "Receipt 3T-000042, 22.64");
    desk_type(&d, K_ESC); /* back to where it came from, and nothing is asked */
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_sees(&d, "Enter Next");
    desk_close(&d);

    desk_open(&d);
    scripted_forbids(d.link, "retender");
    desk_sign_in(&d);
    desk_type(&d, K_F12);
    desk_sees_not(&d, "Put a payment right");
    desk_type(&d, K_F7);
    desk_sees(&d, "F7 does nothing here now");
    desk_type(&d, K_F1);
    desk_sees_not(&d, "Put right");
    desk_close(&d);
}

static void not_without_the_server(void **state)
{
    (void)state;
    struct desk d;

    open_receipt(&d);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_ENTER K_ENTER "wrong key" K_ENTER);
    desk_sees(&d, "no connection: this is done once the server is there");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_was_cash),
        cmocka_unit_test(a_part_of_the_cash_was_a_voucher_or_a_card),
        cmocka_unit_test(what_came_back_is_told_before),
        cmocka_unit_test(what_cannot_be_put_right_is_not_offered),
        cmocka_unit_test(from_the_receipt_on_the_screen),
        cmocka_unit_test(not_without_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
