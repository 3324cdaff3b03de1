/* Who stands at the till, by keys and answers: signing in, another PIN, the shift that is asked for, the lock. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void a_cashier_signs_in(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_type(&d, "Ana");
    desk_type(&d, K_ENTER);
    desk_type(&d, "82");
    desk_golden(&d, "sign-in");
    desk_type(&d, "61");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SessionOpen *open = (const Caroline__V1__SessionOpen *)scripted_request(
        d.link, OP(SESSION_OPEN), &caroline__v1__session_open__descriptor);
    assert_true(open->has_name && !open->has_badge);
    assert_memory_equal(open->pin.data, "8261", 4);
    scripted_refuse(d.link, OP(SESSION_OPEN), CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED, "the name or the PIN is wrong",
                    NULL, NULL);
    desk_sees(&d, "the name or the PIN is wrong");
    assert_true(field_is_empty(&d.counter.sign_in.who.pin)); /* the name stays, the PIN is typed again */
    desk_sees(&d, "Ana");
    desk_scan(&d, "STAFF-00017"); /* a badge, in the middle of it */
    desk_type(&d, "8261");
    desk_type(&d, K_ENTER);
    open = (const Caroline__V1__SessionOpen *)scripted_request(d.link, OP(SESSION_OPEN),
                                                               &caroline__v1__session_open__descriptor);
    assert_true(open->has_badge && !open->has_name);
    desk_close(&d);
}

static void what_is_typed_ahead_waits_for_its_answer(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;

    desk_open(&d);
    scripted_state(d.link, LINK_CONNECTING, "connecting to bakery:7117");
    desk_type(&d, "Ana\r8261\r112\r2x\r"); /* all of it before there is a connection */
    assert_false(scripted_asked(d.link, OP(SESSION_OPEN)));
    desk_sees(&d, "Asking the server ...");
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    const Caroline__V1__SessionOpen *open = (const Caroline__V1__SessionOpen *)scripted_request(
        d.link, OP(SESSION_OPEN), &caroline__v1__session_open__descriptor);
    assert_int_equal(open->pin.len, 4);
    desk_type(&d, "113\r"); /* and more, while the PIN is looked at */
    scripted_session(d.link, "Ana", false);
    scripted_answer(d.link, OP(SESSION_OPEN), &opened.base);
    shift.has_open = shift.open = true;
    scripted_answer(d.link, OP(SHIFT_SHOW), &shift.base);
    desk_type(&d, "");
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 2000);
    assert_int_equal(d.counter.stage.kept_count, 0);
    desk_close(&d);
}

static void who_thinks_better_of_it_before_there_is_a_connection_is_not_signed_in(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    scripted_state(d.link, LINK_CONNECTING, "connecting to bakery:7117");
    desk_type(&d, "Ana\r8261\r");
    desk_sees(&d, "Asking the server ...");
    desk_type(&d, K_ESC);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    assert_false(scripted_asked(d.link, OP(SESSION_OPEN)));
    desk_type(&d, "Ana\r8261\r");
    assert_true(scripted_asked(d.link, OP(SESSION_OPEN)));
    desk_close(&d);
}

static void what_is_typed_ahead_of_a_refusal_is_for_nobody(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    scripted_state(d.link, LINK_CONNECTING, "connecting to bakery:7117");
    desk_type(&d, "Ana\r8261\r112\r");
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    scripted_fail(d.link, OP(SESSION_OPEN), "there is no connection to the server");
    desk_type(&d, "");
    desk_sees(&d, "there is no connection to the server");
    assert_true(field_is_empty(&d.counter.sign_in.who.pin));
    assert_string_equal(d.counter.sign_in.who.name.text, "Ana");
    desk_type(&d, "8261\r112\r");
    assert_int_not_equal(d.counter.stage.kept_count, 0);
    desk_type(&d, K_F12); /* other keys do not wait, and nothing waits behind them */
    desk_sees(&d, "Leave the counter?");
    assert_int_equal(d.counter.stage.kept_count, 0);
    desk_close(&d);
}

static void a_one_time_pin_is_exchanged(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;
    Caroline__V1__Staff ana = CAROLINE__V1__STAFF__INIT;
    Caroline__V1__StaffPutDone done = CAROLINE__V1__STAFF_PUT_DONE__INIT;

    desk_open(&d);
    desk_type(&d, "Ana\r");
    desk_type(&d, "9182");
    desk_type(&d, K_ENTER);
    ana.has_id = true;
    ana.id = 12;
    opened.staff = &ana;
    opened.has_must_change_pin = opened.must_change_pin = true;
    scripted_session(d.link, "Ana", false);
    scripted_answer(d.link, OP(SESSION_OPEN), &opened.base);
    desk_type(&d, "8261");
    desk_golden(&d, "new-pin");
    desk_type(&d, K_ENTER);
    desk_type(&d, "8262\r");
    desk_sees(&d, "these were two different PINs");
    desk_type(&d, "8261\r");
    desk_type(&d, "8261\r");
    const Caroline__V1__StaffPut *put =
        (const Caroline__V1__StaffPut *)scripted_request(d.link, OP(STAFF_PUT), &caroline__v1__staff_put__descriptor);
    assert_int_equal(put->id, 12);
    assert_memory_equal(put->pin.data, "8261", 4);
    scripted_session(d.link, NULL, false); /* which ends the session */
    scripted_answer(d.link, OP(STAFF_PUT), &done.base);
    const Caroline__V1__SessionOpen *open = (const Caroline__V1__SessionOpen *)scripted_request(
        d.link, OP(SESSION_OPEN), &caroline__v1__session_open__descriptor);
    assert_memory_equal(open->name.data, "Ana", 3);
    assert_memory_equal(open->pin.data, "8261", 4);
    opened.must_change_pin = false;
    scripted_answer(d.link, OP(SESSION_OPEN), &opened.base);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void a_shift_is_asked_for_when_none_is_open(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;

    desk_open(&d);
    desk_type(&d, "Ana\r");
    desk_type(&d, "8261\r");
    scripted_session(d.link, "Ana", false);
    scripted_answer(d.link, OP(SESSION_OPEN), &opened.base);
    shift.has_open = true;
    scripted_answer(d.link, OP(SHIFT_SHOW), &shift.base);
    desk_type(&d, "100");
    desk_golden(&d, "shift");
    desk_type(&d, K_ENTER);
    const Caroline__V1__ShiftOpen *open = (const Caroline__V1__ShiftOpen *)scripted_request(
        d.link, OP(SHIFT_OPEN), &caroline__v1__shift_open__descriptor);
    assert_int_equal(open->float_minor, 10000);
    shift.open = shift.has_shift_id = shift.has_number = shift.has_float_minor = true;
    shift.number = 1;
    shift.float_minor = 10000;
    scripted_answer(d.link, OP(SHIFT_OPEN), &shift.base);
    desk_golden(&d, "sale-empty");
    desk_close(&d);
}

/* Who begins to sell before the question was read: goods are scanned into the basket, and their number is no money unless it is meant. */
static void a_products_number_is_no_float(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;

    desk_open(&d);
    desk_type(&d, "Ana\r8261\r");
    scripted_session(d.link, "Ana", false);
    scripted_answer(d.link, OP(SESSION_OPEN), &opened.base);
    shift.has_open = true;
    scripted_answer(d.link, OP(SHIFT_SHOW), &shift.base);
    desk_type(&d, "112" K_ENTER);
    assert_false(scripted_asked(d.link, OP(SHIFT_OPEN)));
    desk_golden(&d, "shift-plu");
    desk_type(&d, "\b\b\b2000" K_ENTER);
    desk_sees(&d, "are 2000.00 in the drawer?");
    assert_false(scripted_asked(d.link, OP(SHIFT_OPEN)));
    desk_type(&d, "\b\b\b\b112" K_ENTER); /* asked for another sum meanwhile */
    assert_false(scripted_asked(d.link, OP(SHIFT_OPEN)));
    desk_type(&d, K_ENTER);
    const Caroline__V1__ShiftOpen *open = (const Caroline__V1__ShiftOpen *)scripted_request(
        d.link, OP(SHIFT_OPEN), &caroline__v1__shift_open__descriptor);
    assert_int_equal(open->float_minor, 11200);
    desk_close(&d);

    desk_open(&d);
    desk_type(&d, "Ana\r8261\r");
    scripted_session(d.link, "Ana", false);
    scripted_answer(d.link, OP(SESSION_OPEN), &opened.base);
    scripted_answer(d.link, OP(SHIFT_SHOW), &shift.base);
    desk_scan(&d, "4006381333931");
    assert_int_equal(d.counter.basket.line_count, 1); /* the float is asked for when it is paid */
    assert_false(scripted_asked(d.link, OP(SHIFT_OPEN)));
    desk_close(&d);
}

static void a_locked_till_takes_no_scan_in_silence(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SessionState session = CAROLINE__V1__SESSION_STATE__INIT;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F11);
    scripted_answer(d.link, OP(SESSION_LOCK), &session.base);
    scripted_session(d.link, "Ana", true);
    desk_golden(&d, "lock");
    desk_scan(&d, "4006381333931");
    desk_sees(&d, "4006381333931 was not taken: the till is locked: open it and scan again");
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_type(&d, "8261");
    desk_type(&d, K_ENTER);
    scripted_session(d.link, "Ana", false);
    scripted_answer(d.link, OP(SESSION_UNLOCK), &session.base);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

/* Who signs out with goods in the basket is asked, locked or not, and who comes next reads whose they are. */
static void a_basket_is_not_left_unseen(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SessionState session = CAROLINE__V1__SESSION_STATE__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F12 "1");
    desk_sees(&d, "Sign out? Ana's basket stays here: 5 lines, 22.64");
    desk_type(&d, K_ESC);
    desk_type(&d, K_F11);
    scripted_answer(d.link, OP(SESSION_LOCK), &session.base);
    scripted_session(d.link, "Ana", true);
    desk_type(&d, K_F12);
    desk_golden(&d, "lock-sign-out");
    assert_false(scripted_asked(d.link, OP(SESSION_CLOSE)));
    desk_type(&d, K_ENTER);
    assert_true(scripted_asked(d.link, OP(SESSION_CLOSE)));
    scripted_answer(d.link, OP(SESSION_CLOSE), &session.base);
    scripted_session(d.link, NULL, false);
    scripted_session(d.link, "Lena", false);
    sign_in_enter(&d.counter);
    desk_sees(&d, "this basket is Ana's: 5 lines, 22.64; F12, F2 parks it");
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

static void a_till_nobody_touches_locks_itself(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;
    desk_open(&d);
    desk_sign_in(&d);
    int64_t now = 1000 * SECOND_US;
    counter_tick(&d.counter, now, true);
    /* Whoever only scans is here all the same: the server hears of it. */
    assert_true(scripted_asked(d.link, OP(SHIFT_SHOW)));
    shift.has_open = shift.open = true;
    scripted_answer(d.link, OP(SHIFT_SHOW), &shift.base);
    counter_tick(&d.counter, now + 30 * SECOND_US, true);
    assert_false(scripted_asked(d.link, OP(SHIFT_SHOW)));
    counter_tick(&d.counter, now + 50 * SECOND_US, true);
    assert_true(scripted_asked(d.link, OP(SHIFT_SHOW)));
    scripted_answer(d.link, OP(SHIFT_SHOW), &shift.base);
    counter_tick(&d.counter, now + 169 * SECOND_US, false);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_false(scripted_asked(d.link, OP(SHIFT_SHOW))); /* nobody typed: nothing is said */
    counter_tick(&d.counter, now + 170 * SECOND_US, false);
    assert_ptr_equal(stage_top(&d.counter.stage), &lock_screen);
    assert_true(scripted_asked(d.link, OP(SESSION_LOCK)));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cashier_signs_in),
        cmocka_unit_test(what_is_typed_ahead_waits_for_its_answer),
        cmocka_unit_test(who_thinks_better_of_it_before_there_is_a_connection_is_not_signed_in),
        cmocka_unit_test(what_is_typed_ahead_of_a_refusal_is_for_nobody),
        cmocka_unit_test(a_one_time_pin_is_exchanged),
        cmocka_unit_test(a_shift_is_asked_for_when_none_is_open),
        cmocka_unit_test(a_products_number_is_no_float),
        cmocka_unit_test(a_locked_till_takes_no_scan_in_silence),
        cmocka_unit_test(a_basket_is_not_left_unseen),
        cmocka_unit_test(a_till_nobody_touches_locks_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
