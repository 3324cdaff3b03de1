/* Who had forgotten their card: a receipt is given to them at the counter, by keys and answers. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* 22.64, whose member is asked for. */
static void show_last(struct desk *d, uint64_t member_id, bool refund)
{
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;

    sale.has_receipt_number = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000042");
    totals.total_minor = refund ? -2264 : 2264;
    sale.totals = &totals;
    shown.sale = &sale;
    shown.has_member_id = member_id != 0;
    shown.member_id = member_id;
    shown.has_refund_of = refund;
    shown.refund_of = counter_text(refund ? "3T-000041" : "");
    desk_type(d, K_F9);
    scripted_answer(d->link, OP(SALE_SHOW), &shown.base);
}

/* The receipt is asked for, by the number that stands there, and comes with its lines. */
static void show_it(struct desk *d, uint64_t member_id)
{
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;
    Caroline__V1__Receipt paper = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow one = CAROLINE__V1__RECEIPT_ROW__INIT, two = one, *rows[] = { &one, &two };

    one.has_kind = two.has_kind = one.has_left = one.has_right = two.has_left = two.has_right = true;
    one.kind = two.kind = CAROLINE__V1__RECEIPT_ROW_KIND__ROW_PAIR;
    one.left = counter_text("Rye bread");
    one.right = counter_text("3.40");
    two.left = counter_text("Birthday cake");
    two.right = counter_text("19.24");
    paper.rows = rows;
    paper.n_rows = 2;
    sale.has_receipt_number = totals.has_total_minor = sale.has_committed_us = true;
    sale.receipt_number = counter_text("3T-000042");
    sale.committed_us = UINT64_C(1773237600000000);
    sale.receipt = &paper;
    totals.total_minor = 2264;
    sale.totals = &totals;
    shown.sale = &sale;
    shown.has_member_id = member_id != 0;
    shown.member_id = member_id;
    assert_false(scripted_asked(d->link, OP(SALE_ATTACH)));
    scripted_answer(d->link, OP(SALE_SHOW), &shown.base);
}

static const Caroline__V1__SaleAttach *asked(struct desk *d)
{
    return (const Caroline__V1__SaleAttach *)scripted_request(d->link, OP(SALE_ATTACH),
                                                              &caroline__v1__sale_attach__descriptor);
}

static void answer_given(struct desk *d)
{
    Caroline__V1__SaleAttached done = CAROLINE__V1__SALE_ATTACHED__INIT;

    done.has_receipt_number = done.has_points_earned = done.has_points_after = done.has_member_id = true;
    done.receipt_number = counter_text("3T-000042");
    done.points_earned = 226;
    done.points_after = 456;
    done.member_id = 77;
    scripted_answer(d->link, OP(SALE_ATTACH), &done.base);
}

/* As desk_find_members(), on the screen that is open. */
static void find(struct desk *d)
{
    Caroline__V1__Member mia = CAROLINE__V1__MEMBER__INIT, *members[] = { &mia };
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;

    mia.has_id = mia.has_name = mia.has_phone = mia.has_points = true;
    mia.id = 77;
    mia.name = counter_text("Mia Stone");
    mia.phone = counter_text("+49 30 1234567");
    mia.points = 230;
    found.members = members;
    found.n_members = 1;
    desk_type(d, "mia" K_ENTER);
    scripted_answer(d->link, OP(MEMBER_FIND), &found.base);
}

static void the_receipt_on_the_screen_is_given_to_who_is_found(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    show_last(&d, 0, false);
    desk_golden(&d, "attach-receipt");
    desk_type(&d, K_F4);
    desk_sees(&d, "Whose is receipt 3T-000042?");
    desk_sees_not(&d, "F6 New"); /* that is not what is asked here */
    find(&d);
    desk_golden(&d, "attach-member");
    desk_type(&d, K_ENTER);
    assert_int_equal(d.counter.basket.member_id, 0); /* the sale under way is nobody's */
    desk_type(&d, K_ENTER);                          /* nothing is given that is not shown */
    show_it(&d, 0);
    desk_sees(&d, "Birthday cake");
    desk_golden(&d, "attach");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleAttach *request = asked(&d);
    assert_int_equal(request->member_id, 77);
    assert_int_equal(request->receipt_number.len, 9);
    assert_memory_equal(request->receipt_number.data, "3T-000042", 9);
    desk_sees(&d, "Asking the server");
    desk_type(&d, K_ENTER K_ESC); /* it is on its way */
    answer_given(&d);
    desk_sees(&d, "3T-000042 is Mia Stone's now: 226 points more, 456 points");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void any_receipt_is_given_to_the_selected_member(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_F10);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "type the receipt's number, or scan it");
    desk_golden(&d, "attach-asks");
    desk_type(&d, "3t41" K_ENTER);
    show_it(&d, 78);
    desk_sees(&d, "this receipt has a member already");
    desk_type(&d, K_ENTER); /* it is looked at again, and not given */
    show_it(&d, 78);
    desk_scan(&d, "3T-000042");
    show_it(&d, 0);
    desk_sees(&d, "3T-000042: 22.64");
    desk_type(&d, K_ENTER);
    assert_memory_equal(asked(&d)->receipt_number.data, "3T-000042", 9);
    scripted_refuse(d.link, OP(SALE_ATTACH), CAROLINE__V1__ERROR_CODE__RECEIPT_HAS_MEMBER,
                    "this receipt has its member already", NULL, NULL);
    desk_sees(&d, "this receipt has its member already");
    assert_ptr_equal(stage_top(&d.counter.stage), &attach_screen); /* another number may be typed */
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void is_offered_where_it_may_be(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    show_last(&d, 77, false); /* somebody's */
    desk_sees_not(&d, "F4 Member");
    desk_type(&d, K_ESC);
    show_last(&d, 0, true); /* a refund */
    desk_sees_not(&d, "F4 Member");
    desk_type(&d, K_ESC);
    show_last(&d, 0, false);
    desk_sees(&d, "F4 Member");
    desk_type(&d, K_ESC);
    scripted_forbids(d.link, "member_see");
    show_last(&d, 0, false);
    desk_sees_not(&d, "F4 Member");
    desk_close(&d);
}

/* Without an answer it is put aside, and told when it is there. */
static void what_is_not_answered_is_put_aside(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_F10);
    desk_type(&d, "3t42" K_ENTER);
    show_it(&d, 0);
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_sees(&d, "Esc Put aside");
    desk_type(&d, K_ESC);
    desk_sees(&d, "put aside, the receipt's member");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_receipt_on_the_screen_is_given_to_who_is_found),
        cmocka_unit_test(any_receipt_is_given_to_the_selected_member),
        cmocka_unit_test(is_offered_where_it_may_be),
        cmocka_unit_test(what_is_not_answered_is_put_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
