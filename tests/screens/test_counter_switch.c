/* Two people, one till: who comes sells in their own name, by badge or name and PIN; each finds their own basket again. And a
 * shift that nobody closed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name)   CAROLINE__V1__OP__OP_##name
#define CODE(name) CAROLINE__V1__ERROR_CODE__##name
#define NOW_US     (INT64_C(1795370400) * SECOND_US) /* of the scripted link: 2026-11-22 18:00 UTC */
#define BADGE      "STAFF-00017"

static const Caroline__V1__SessionOpen *opening(struct desk *d)
{
    return (const Caroline__V1__SessionOpen *)scripted_request(d->link, OP(SESSION_OPEN),
                                                               &caroline__v1__session_open__descriptor);
}

static uint64_t resuming(struct desk *d)
{
    return ((const Caroline__V1__BasketResume *)scripted_request(d->link, OP(BASKET_RESUME),
                                                                 &caroline__v1__basket_resume__descriptor))
        ->parked_id;
}

static void answer_park(struct desk *d, uint64_t parked_id)
{
    Caroline__V1__BasketParkDone done = CAROLINE__V1__BASKET_PARK_DONE__INIT;

    done.has_parked_id = done.has_parked_count = true;
    done.parked_id = parked_id;
    done.parked_count = 1;
    scripted_answer(d->link, OP(BASKET_PARK), &done.base);
}

/* The one that comes back has so many cookies. */
static void answer_resume(struct desk *d, int64_t cookies)
{
    Caroline__V1__BasketResumed resumed = CAROLINE__V1__BASKET_RESUMED__INIT;
    Caroline__V1__Basket basket = CAROLINE__V1__BASKET__INIT;
    Caroline__V1__BasketLine line = CAROLINE__V1__BASKET_LINE__INIT, *lines[] = { &line };

    line.has_product_id = line.has_quantity_milli = true;
    line.product_id = BAKERY_COOKIE;
    line.quantity_milli = 1000 * cookies;
    basket.has_catalogue_version = true;
    basket.catalogue_version = catalogue_newest(d->catalogue);
    basket.n_lines = 1;
    basket.lines = lines;
    resumed.basket = &basket;
    scripted_answer(d->link, OP(BASKET_RESUME), &resumed.base);
}

static void answer_open(struct desk *d, const char *name)
{
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;

    scripted_session(d->link, name, false);
    scripted_answer(d->link, OP(SESSION_OPEN), &opened.base);
}

static void answer_badge(struct desk *d, bool badge)
{
    Caroline__V1__MemberFound nobody = CAROLINE__V1__MEMBER_FOUND__INIT;

    nobody.has_badge = nobody.badge = badge;
    scripted_answer(d->link, OP(MEMBER_FIND), &nobody.base);
}

static void a_badge_is_enough_to_be_asked_for_the_pin(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_scan(&d, BADGE);
    answer_badge(&d, true);
    desk_golden(&d, "switch");
    desk_type(&d, "4711\r");
    assert_false(scripted_asked(d.link, OP(SESSION_OPEN))); /* first the basket goes to whose it is */
    const Caroline__V1__BasketPark *park = (const Caroline__V1__BasketPark *)scripted_request(
        d.link, OP(BASKET_PARK), &caroline__v1__basket_park__descriptor);
    assert_int_equal(park->basket->n_lines, 5);
    answer_park(&d, 801);
    assert_true(opening(&d)->has_badge && !opening(&d)->has_name);
    assert_memory_equal(opening(&d)->badge.data, BADGE, strlen(BADGE));
    answer_open(&d, "Ben");
    desk_sees(&d, "Ben sells now");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 0);
    assert_true(field_is_empty(&d.counter.switching.who.pin));
    desk_close(&d);
}

static void switch_to(struct desk *d, const char *name, uint64_t parked_id)
{
    desk_type(d, K_F12);
    desk_type(d, K_F4);
    desk_sees(d, "Who sells now?");
    desk_type(d, name);
    desk_type(d, K_ENTER);
    desk_type(d, "4711\r");
    if (parked_id != 0)
        answer_park(d, parked_id);
    answer_open(d, name);
}

static void each_finds_their_own_basket_again(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    switch_to(&d, "Ben", 801);
    assert_false(scripted_asked(d.link, OP(BASKET_RESUME)));
    desk_type(&d, "2x115\r");
    switch_to(&d, "Ana", 802);
    assert_int_equal(resuming(&d), 801);
    desk_scan(&d, "73513537"); /* of her customer, who is quick */
    answer_resume(&d, 5);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 5000);
    assert_int_equal(d.counter.basket.line_count, 2);
    switch_to(&d, "Ben", 803);
    assert_int_equal(resuming(&d), 802);
    answer_resume(&d, 2);
    desk_sees(&d, "the basket is here again");
    switch_to(&d, "Cleo", 804);
    assert_false(scripted_asked(d.link, OP(BASKET_RESUME)));
    /* an empty one needs no place to wait */
    switch_to(&d, "Ana", 0);
    assert_int_equal(resuming(&d), 803);
    scripted_refuse(d.link, OP(BASKET_RESUME), CODE(UNKNOWN_PARKED), "no basket of yours waits there any more", NULL,
                    NULL);
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    desk_close(&d);
}

static void a_wrong_pin_changes_nothing(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_scan(&d, BADGE);
    answer_badge(&d, true);
    desk_type(&d, "1111\r");
    answer_park(&d, 801);
    scripted_refuse(d.link, OP(SESSION_OPEN), CODE(SIGN_IN_FAILED), "the name or the PIN is wrong", NULL, NULL);
    desk_sees(&d, "the name or the PIN is wrong");
    desk_type(&d, "2222\r"); /* once more: it is parked already */
    assert_false(scripted_asked(d.link, OP(BASKET_PARK)));
    scripted_refuse(d.link, OP(SESSION_OPEN), CODE(SIGN_IN_LOCKED), "too many wrong PINs", NULL, NULL);
    assert_false(scripted_asked(d.link, OP(BASKET_RESUME)));
    desk_type(&d, K_ESC);
    assert_int_equal(resuming(&d), 801);
    answer_resume(&d, 3);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 3000);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void a_basket_that_cannot_wait_keeps_its_person(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F12);
    desk_type(&d, K_F4);
    desk_type(&d, "Ben\r4711\r");
    scripted_refuse(d.link, OP(BASKET_PARK), CODE(PARKED_FULL), "20 of your baskets wait already", NULL, NULL);
    desk_sees(&d, "20 of your baskets wait already");
    assert_false(scripted_asked(d.link, OP(SESSION_OPEN)));
    assert_int_equal(d.counter.basket.line_count, 5);
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    desk_type(&d, K_ESC);
    assert_false(scripted_asked(d.link, OP(BASKET_RESUME)));
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

/* Scanned goods are the customer's, whoever is asked for. */
static void goods_scanned_meanwhile_are_for_whoever_stays(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "115\r");
    desk_scan(&d, BADGE);
    answer_badge(&d, true);
    desk_type(&d, "1111\r");
    answer_park(&d, 801);
    scripted_refuse(d.link, OP(SESSION_OPEN), CODE(SIGN_IN_FAILED), "the name or the PIN is wrong", NULL, NULL);
    desk_scan(&d, "73513537");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(resuming(&d), 801);
    answer_resume(&d, 1);
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_close(&d);
}

static void what_is_no_badge_is_unknown_and_what_cannot_be_left_stays(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_scan(&d, "LOST-00001");
    answer_badge(&d, false);
    desk_sees(&d, "no product and no member's card has the code LOST-00001");
    desk_type(&d, "115\r");
    desk_type(&d, K_F3);
    desk_type(&d, K_F12 K_F4);
    desk_sees(&d, "throw this basket away first: every line of it was taken back");
    desk_type(&d, K_F3);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_F12 K_F4);
    desk_sees(&d, "no connection: who comes signs in with the server");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    scripted_state(d.link, LINK_ONLINE, "connected");
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, "1\r"); /* of 1.20 */
    assert_int_equal(d.counter.pay.tender_count, 1);
    desk_scan(&d, BADGE);
    desk_sees(&d, "the customer is paying");
    desk_close(&d);
}

static void a_member_alone_is_not_left_to_who_comes(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    switch_to(&d, "Ben", 0);
    assert_int_equal(d.counter.basket.member_id, 0);
    desk_close(&d);
}

/* ---- a shift that nobody closed ---- */

static void sign_in_with_shift_of(struct desk *d, int64_t opened_us)
{
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;

    desk_open(d);
    desk_type(d, "Ana\r8261\r");
    answer_open(d, "Ana");
    shift.has_open = shift.open = shift.has_shift_id = shift.has_opened_us = true;
    shift.shift_id = 9;
    shift.opened_us = (uint64_t)opened_us;
    scripted_answer(d->link, OP(SHIFT_SHOW), &shift.base);
}

static void a_forgotten_shift_is_named_until_it_is_closed(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftReported z = CAROLINE__V1__SHIFT_REPORTED__INIT;

    sign_in_with_shift_of(&d, NOW_US - DAY_S * SECOND_US);
    desk_sees(&d, "the shift of 2026-11-21 is still open: F12, 8 counts the drawer and closes it");
    desk_golden(&d, "sale-forgotten");
    desk_type(&d, "115\r"); /* nobody waits for it */
    desk_sees(&d, "Shift of 2026-11-21");
    desk_type(&d, K_F3);
    desk_type(&d, K_ESC);
    desk_type(&d, K_DOWN K_F8);
    desk_type(&d, K_F12);
    desk_type(&d, "8");
    desk_type(&d, "0" K_F2);
    desk_type(&d, K_ENTER);
    assert_true(scripted_asked(d.link, OP(SHIFT_CLOSE)));
    z.has_closed = z.closed = true;
    scripted_answer(d.link, OP(SHIFT_CLOSE), &z.base);
    desk_type(&d, K_ENTER);
    desk_sees_not(&d, "2026-11-21");
    desk_close(&d);
}

static void who_may_not_close_it_is_told_to_call_somebody(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;

    desk_open(&d);
    scripted_forbids(d.link, "shift_close");
    desk_type(&d, "Ana\r8261\r");
    answer_open(&d, "Ana");
    shift.has_open = shift.open = shift.has_opened_us = true;
    shift.opened_us = (uint64_t)(NOW_US - DAY_S * SECOND_US);
    scripted_answer(d.link, OP(SHIFT_SHOW), &shift.base);
    desk_sees(&d, "the shift of 2026-11-21 is still open: a shift lead counts the drawer and");
    desk_close(&d);
}

static void a_shift_of_today_is_no_news(void **state)
{
    (void)state;
    struct desk d;
    sign_in_with_shift_of(&d, NOW_US - 6 * 60 * MINUTE_US);
    desk_sees_not(&d, "is still open");
    desk_sees_not(&d, "Shift of");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_badge_is_enough_to_be_asked_for_the_pin),
        cmocka_unit_test(each_finds_their_own_basket_again),
        cmocka_unit_test(a_wrong_pin_changes_nothing),
        cmocka_unit_test(a_basket_that_cannot_wait_keeps_its_person),
        cmocka_unit_test(goods_scanned_meanwhile_are_for_whoever_stays),
        cmocka_unit_test(what_is_no_badge_is_unknown_and_what_cannot_be_left_stays),
        cmocka_unit_test(a_member_alone_is_not_left_to_who_comes),
        cmocka_unit_test(a_forgotten_shift_is_named_until_it_is_closed),
        cmocka_unit_test(who_may_not_close_it_is_told_to_call_somebody),
        cmocka_unit_test(a_shift_of_today_is_no_news),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
