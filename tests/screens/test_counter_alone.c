/* The lock while the server is away, by keys: what who stands there reads, who may lock, and what the server's return brings. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void open_locked(struct desk *d, enum link_alone alone)
{
    Caroline__V1__SessionState session = CAROLINE__V1__SESSION_STATE__INIT;

    desk_open(d);
    desk_sign_in(d);
    desk_fill(d);
    desk_type(d, K_F11);
    scripted_answer(d->link, OP(SESSION_LOCK), &session.base);
    scripted_session(d->link, "Ana", true);
    scripted_alone(d->link, alone);
    scripted_state(d->link, LINK_OFFLINE, "the server cannot be reached; trying again soon");
}

static void who_has_locked_it_opens_it_and_sells_on(void **state)
{
    Caroline__V1__SessionState session = CAROLINE__V1__SESSION_STATE__INIT;
    struct desk d;

    (void)state;
    open_locked(&d, LINK_ALONE_PIN);
    desk_golden(&d, "lock-offline");
    desk_type(&d, "8261" K_ENTER);
    desk_sees(&d, "Looking at the PIN ...");
    scripted_session(d.link, "Ana", false); /* the link's own answer is as the server's */
    scripted_answer(d.link, OP(SESSION_UNLOCK), &session.base);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_type(&d, K_F2);
    desk_type(&d, "50" K_ENTER);
    assert_true(scripted_asked(d.link, OP(SALE_OFFLINE)));
    desk_close(&d);
}

static void a_wrong_pin_is_said_and_wiped(void **state)
{
    struct desk d;

    (void)state;
    open_locked(&d, LINK_ALONE_PIN);
    desk_type(&d, "0000" K_ENTER);
    scripted_refuse(d.link, OP(SESSION_UNLOCK), CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED,
                    "the PIN is wrong: while the server is away only Ana's opens this till", NULL, NULL);
    desk_sees(&d, "only Ana's opens this till");
    assert_true(field_is_empty(&d.counter.lock.pin));
    assert_ptr_equal(stage_top(&d.counter.stage), &lock_screen);
    scripted_alone(d.link, LINK_ALONE_USED_UP);
    desk_type(&d, "0000" K_ENTER);
    scripted_fail(d.link, OP(SESSION_UNLOCK), "five wrong PINs: this till stays locked until the server is back");
    desk_golden(&d, "lock-offline-used-up");
    desk_type(&d, K_F12);
    desk_sees(&d, "Sign out without a connection?");
    desk_close(&d);
}

static void five_wrong_pins_are_over_once_the_server_is_back(void **state)
{
    struct desk d;

    (void)state;
    open_locked(&d, LINK_ALONE_PIN);
    desk_type(&d, "0000" K_ENTER);
    scripted_alone(d.link, LINK_ALONE_USED_UP);
    scripted_fail(d.link, OP(SESSION_UNLOCK), "five wrong PINs: this till stays locked until the server is back");
    desk_sees(&d, "Five wrong PINs: the till stays locked");
    scripted_alone(d.link, LINK_ALONE_NO);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    desk_sees_not(&d, "five wrong PINs");
    desk_sees(&d, "The server is back: your PIN again.");
    desk_close(&d);
}

static void a_till_that_knows_no_pin_says_that_it_waits(void **state)
{
    struct desk d;

    (void)state;
    open_locked(&d, LINK_ALONE_NO);
    desk_sees(&d, "No connection: the till stays locked until the server is back.");
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    desk_sees_not(&d, "until the server is back");
    desk_sees_not(&d, "The server is back");
    desk_close(&d);
}

/* It was opened without the server, which asks for the PIN after all. */
static void a_server_that_is_back_says_why_it_asks_for_the_pin(void **state)
{
    Caroline__V1__SessionState session = CAROLINE__V1__SESSION_STATE__INIT;
    struct desk d;

    (void)state;
    open_locked(&d, LINK_ALONE_PIN);
    scripted_session(d.link, "Ana", false);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    scripted_state(d.link, LINK_CONNECTING, "connecting to bakery:7117");
    scripted_session(d.link, "Ana", true);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    desk_golden(&d, "lock-server-back");
    desk_type(&d, "8261" K_ENTER);
    desk_sees(&d, "Asking the server ...");
    scripted_session(d.link, "Ana", false);
    scripted_answer(d.link, OP(SESSION_UNLOCK), &session.base);
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_type(&d, K_F11); /* by who works here: nothing has to be said */
    scripted_session(d.link, "Ana", true);
    desk_sees_not(&d, "The server is back");
    desk_close(&d);
}

static void a_till_whose_pin_is_known_is_locked_without_the_server(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    scripted_alone(d.link, LINK_ALONE_PIN);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached; trying again soon");
    desk_type(&d, K_F11);
    assert_ptr_equal(stage_top(&d.counter.stage), &lock_screen);
    assert_true(scripted_asked(d.link, OP(SESSION_LOCK))); /* the link asks for it again when the line is back */
    desk_close(&d);
}

static void left_alone_in_an_outage_it_locks_itself_where_it_can_be_opened(void **state)
{
    int64_t now = 1000 * SECOND_US;
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached; trying again soon");
    counter_tick(&d.counter, now, true);
    counter_tick(&d.counter, now + 600 * SECOND_US, false);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    scripted_alone(d.link, LINK_ALONE_PIN);
    counter_tick(&d.counter, now + 700 * SECOND_US, true);
    counter_tick(&d.counter, now + 819 * SECOND_US, false);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    counter_tick(&d.counter, now + 820 * SECOND_US, false);
    assert_ptr_equal(stage_top(&d.counter.stage), &lock_screen);
    desk_sees(&d, "No connection: your PIN opens the till all the same.");
    desk_close(&d);
}

static void nobody_else_signs_in_and_that_is_said(void **state)
{
    struct desk d;

    (void)state;
    open_locked(&d, LINK_ALONE_PIN);
    desk_type(&d, K_F12 K_ENTER);
    scripted_fail(d.link, OP(SESSION_CLOSE), "there is no connection to the server");
    scripted_session(d.link, NULL, false);
    desk_type(&d, "Lena\r4918\r");
    scripted_fail(d.link, OP(SESSION_OPEN), "there is no connection to the server");
    desk_sees(&d, "nobody can sign in until it is back");
    desk_close(&d);
}

static bool keeps(const struct desk *d, const char *digits)
{
    return memmem(&d->counter, sizeof(d->counter), digits, strlen(digits)) != NULL;
}

/* Neither typed key by key nor all at once. */
static void nothing_of_the_pin_stays_with_the_counter(void **state)
{
    Caroline__V1__SessionState session = CAROLINE__V1__SESSION_STATE__INIT;
    struct desk d;

    (void)state;
    for (int at_once = 0; at_once < 2; at_once++) {
        open_locked(&d, LINK_ALONE_PIN);
        for (const char *digit = "739184650273"; !at_once && *digit != 0; digit++)
            desk_type(&d, (char[]){ *digit, 0 });
        desk_type(&d, at_once ? "739184650273" : "");
        assert_true(keeps(&d, "7391846502"));
        desk_type(&d, K_ENTER);
        scripted_session(d.link, "Ana", false);
        scripted_answer(d.link, OP(SESSION_UNLOCK), &session.base);
        assert_false(keeps(&d, "7391846502"));
        assert_false(keeps(&d, "4650273"));
        desk_close(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_locked_it_opens_it_and_sells_on),
        cmocka_unit_test(five_wrong_pins_are_over_once_the_server_is_back),
        cmocka_unit_test(a_wrong_pin_is_said_and_wiped),
        cmocka_unit_test(a_till_that_knows_no_pin_says_that_it_waits),
        cmocka_unit_test(a_server_that_is_back_says_why_it_asks_for_the_pin),
        cmocka_unit_test(a_till_whose_pin_is_known_is_locked_without_the_server),
        cmocka_unit_test(left_alone_in_an_outage_it_locks_itself_where_it_can_be_opened),
        cmocka_unit_test(nobody_else_signs_in_and_that_is_said),
        cmocka_unit_test(nothing_of_the_pin_stays_with_the_counter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
