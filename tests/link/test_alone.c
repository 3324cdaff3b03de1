/* The lock of a till whose server is away: who opens it, who does not, and what the server hears of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "till.h"

static void lock(void)
{
    Caroline__V1__SessionLock message = CAROLINE__V1__SESSION_LOCK__INIT;
    unsigned answers = heard.answers;

    link_call(heard.link, CAROLINE__V1__OP__OP_SESSION_LOCK, &message.base, 0, on_answer, &heard);
    bakery_until(bakery, heard.answers > answers);
    assert_true(link_locked(heard.link));
}

static void ask_to_unlock(const char *pin)
{
    Caroline__V1__SessionUnlock message = CAROLINE__V1__SESSION_UNLOCK__INIT;

    message.has_pin = true;
    message.pin = (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)pin, .len = strlen(pin) };
    link_call(heard.link, CAROLINE__V1__OP__OP_SESSION_UNLOCK, &message.base, 0, on_answer, &heard);
}

static void unlock(const char *pin)
{
    unsigned answers = heard.answers;

    ask_to_unlock(pin);
    assert_int_equal(heard.answers, answers);
    bakery_until(bakery, heard.answers > answers);
}

static void lose_line(void)
{
    heard.patient = true;
    bakery_shut(bakery);
    bakery_until(bakery, link_state(heard.link) == LINK_OFFLINE);
}

static void line_is_back(void)
{
    bakery_reopen(bakery);
    link_retry(heard.link);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
}

static void open_till(bool gives_key)
{
    bakery_mind(bakery)->pin = TILL_PIN;
    bakery_mind(bakery)->gives_key = gives_key;
    heard.alone = true;
    go_online();
    sign_in();
}

static void the_pin_that_was_right_opens_it_and_the_server_goes_on(void **state)
{
    (void)state;
    open_till(true);
    lock();
    lose_line();
    assert_int_equal(link_alone(heard.link), LINK_ALONE_PIN);
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_false(link_locked(heard.link));
    assert_false(heard.session_locked);
    line_is_back();
    assert_false(link_locked(heard.link));
    assert_int_equal(bakery_tally(bakery)->keys, 1);
    assert_int_equal(bakery_tally(bakery)->opened_alone, 1);
    /* It is told once, and the next outage has the same PIN. */
    lose_line();
    line_is_back();
    assert_int_equal(bakery_tally(bakery)->keys, 1);
    lock();
    lose_line();
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_OK);
}

/* Nobody who stands there is surprised: it is asked for as it comes back. */
static void a_server_that_gave_no_key_asks_for_the_pin_again(void **state)
{
    (void)state;
    open_till(false);
    lock();
    lose_line();
    unlock(TILL_PIN);
    assert_false(link_locked(heard.link));
    line_is_back();
    assert_true(link_locked(heard.link));
    assert_true(heard.session_locked);
    assert_int_equal(bakery_tally(bakery)->keys, 0);
    assert_int_equal(bakery_tally(bakery)->opened_alone, 1);
    unlock(TILL_PIN);
    assert_false(link_locked(heard.link));
}

static void five_wrong_ones_leave_it_to_the_server(void **state)
{
    (void)state;
    open_till(true);
    lock();
    lose_line();
    for (int i = 0; i < 4; i++) {
        unlock("0000");
        assert_int_equal(heard.outcome, LINK_REFUSED);
        assert_int_equal(heard.code, CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED);
        assert_non_null(strstr(heard.sentence, "the PIN is wrong: while the server is away"));
        assert_int_equal(link_alone(heard.link), LINK_ALONE_PIN);
    }
    unlock("0000");
    assert_string_equal(heard.sentence, "five wrong PINs: this till stays locked until the server is back");
    assert_int_equal(link_alone(heard.link), LINK_ALONE_USED_UP);
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_FAILED);
    assert_string_equal(heard.sentence, "five wrong PINs: this till stays locked until the server is back");
    assert_true(link_locked(heard.link));
    line_is_back();
    assert_true(link_locked(heard.link));
    assert_int_equal(bakery_tally(bakery)->wrong_alone, 5);
    unlock("0000"); /* what the server says is no matter of the box */
    unlock(TILL_PIN);
    assert_false(link_locked(heard.link));
    lock();
    lose_line();
    unlock(TILL_PIN);
    assert_false(link_locked(heard.link));
}

/* A till that locks itself in an outage was left alone, and its PIN has seen to that: nobody is asked twice. */
static void a_lock_of_the_outage_is_over_with_it(void **state)
{
    (void)state;
    open_till(true);
    link_somebody_here(heard.link);
    lose_line();
    heard.ahead_us += 300 * SECOND_US;
    lock();
    heard.ahead_us += 300 * SECOND_US;
    link_somebody_here(heard.link);
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_OK);
    line_is_back();
    assert_false(link_locked(heard.link));
    assert_int_equal(bakery_tally(bakery)->locks, 0);
    assert_in_range(bakery_tally(bakery)->idle_s, 0, 20);
}

static void locked_again_it_is_locked_when_the_server_is_back(void **state)
{
    (void)state;
    open_till(true);
    lock();
    lose_line();
    unlock(TILL_PIN);
    lock();
    line_is_back();
    bakery_until(bakery, bakery_tally(bakery)->locks == 2);
    assert_true(link_locked(heard.link));
    assert_int_equal(bakery_tally(bakery)->keys, 0);
    assert_int_equal(bakery_tally(bakery)->opened_alone, 1); /* it is told all the same */
}

static void nobody_is_known_to_a_till_that_was_started_again(void **state)
{
    (void)state;
    open_till(true);
    link_close(heard.link);
    bakery_shut(bakery);
    heard = (struct heard){ .alone = true, .patient = true };
    open_link();
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_FAILED);
    assert_string_equal(heard.sentence, "there is no connection to the server");
    assert_int_equal(link_alone(heard.link), LINK_ALONE_NO);
}

static void who_has_signed_out_opens_nothing(void **state)
{
    Caroline__V1__SessionClose close = CAROLINE__V1__SESSION_CLOSE__INIT;

    (void)state;
    open_till(true);
    lose_line();
    link_call(heard.link, CAROLINE__V1__OP__OP_SESSION_CLOSE, &close.base, 0, NULL, NULL);
    bakery_until(bakery, !heard.session_open);
    assert_int_equal(link_alone(heard.link), LINK_ALONE_NO);
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_FAILED);
    assert_null(link_session(heard.link));
}

static void a_session_that_the_server_ended_is_not_opened(void **state)
{
    Caroline__V1__SessionState told = CAROLINE__V1__SESSION_STATE__INIT;

    (void)state;
    open_till(true);
    lock();
    told.has_open = told.has_locked = true;
    bakery_push(bakery, CAROLINE__V1__TOPIC__TOPIC_SESSION, &told.base);
    bakery_until(bakery, !heard.session_open);
    lose_line();
    assert_int_equal(link_alone(heard.link), LINK_ALONE_NO);
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_FAILED);
}

static void a_till_that_was_revoked_is_not_opened(void **state)
{
    (void)state;
    open_till(true);
    lock();
    bakery_mind(bakery)->device_state = CAROLINE__V1__DEVICE_STATE__DEVICE_STATE_REVOKED;
    heard.patient = true;
    bakery_tear(bakery);
    bakery_until(bakery, link_state(heard.link) == LINK_OFFLINE);
    link_retry(heard.link);
    bakery_until(bakery, link_hopeless(heard.link));
    assert_int_equal(link_alone(heard.link), LINK_ALONE_NO);
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_FAILED);
    assert_string_equal(heard.sentence, "the server does not serve this till any more: it stays locked");
    assert_true(link_locked(heard.link));
}

/* While it answers, it alone is asked: what the till knows counts for nothing then. */
static void with_a_server_the_server_is_asked(void **state)
{
    (void)state;
    open_till(true);
    lock();
    bakery_mind(bakery)->pin = "4711"; /* another till has changed it, say */
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_REFUSED);
    assert_true(link_locked(heard.link));
    unlock("4711");
    lock();
    lose_line();
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_REFUSED);
    unlock("4711");
    assert_int_equal(heard.outcome, LINK_OK);
}

static void a_pin_on_its_way_when_the_line_goes_is_not_typed_twice(void **state)
{
    (void)state;
    open_till(true);
    lock();
    bakery_mind(bakery)->deaf = true;
    ask_to_unlock(TILL_PIN);
    uv_run(bakery_loop(bakery), UV_RUN_NOWAIT);
    bakery_mind(bakery)->deaf = false;
    lose_line();
    unsigned answers = heard.answers;
    if (link_locked(heard.link))
        bakery_until(bakery, heard.answers > answers);
    assert_int_equal(heard.outcome, LINK_OK);
    assert_false(link_locked(heard.link));
}

static void closed_while_a_pin_is_looked_at_it_tells_nobody(void **state)
{
    (void)state;
    open_till(true);
    lock();
    lose_line();
    unsigned answers = heard.answers;
    ask_to_unlock(TILL_PIN);
    for (int i = 0; i < 3; i++)
        uv_run(bakery_loop(bakery), UV_RUN_NOWAIT);
    link_close(heard.link);
    heard.link = NULL;
    for (int i = 0; i < 20; i++)
        uv_run(bakery_loop(bakery), UV_RUN_NOWAIT);
    assert_int_equal(heard.answers, answers);
}

static void a_program_that_did_not_ask_for_it_stays_locked(void **state)
{
    (void)state;
    go_online();
    sign_in();
    lock();
    lose_line();
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_FAILED);
    assert_string_equal(heard.sentence, "there is no connection to the server");
    assert_true(link_locked(heard.link));
}

/* ---- what was tried is told in the end ---- */

static void try_wrong(unsigned times)
{
    while (times-- > 0)
        unlock("0000");
}

static void sign_out(void)
{
    Caroline__V1__SessionClose close = CAROLINE__V1__SESSION_CLOSE__INIT;

    link_call(heard.link, CAROLINE__V1__OP__OP_SESSION_CLOSE, &close.base, 0, NULL, NULL);
    bakery_until(bakery, !heard.session_open);
}

static void who_signs_in_next_tells_what_was_tried_before(void **state)
{
    (void)state;
    open_till(true);
    lock();
    lose_line();
    try_wrong(3);
    unlock(TILL_PIN);
    sign_out();
    line_is_back();
    assert_int_equal(bakery_tally(bakery)->wrong_alone, 0);
    sign_in();
    assert_int_equal(bakery_tally(bakery)->wrong_alone, 3);
    assert_int_equal(bakery_tally(bakery)->opened_alone, 1);
    sign_out();
    sign_in();
    lose_line();
    line_is_back();
    assert_int_equal(bakery_tally(bakery)->wrong_alone, 3); /* once */
    assert_int_equal(bakery_tally(bakery)->opened_alone, 1);
}

static void what_was_tried_in_a_session_that_ended_meanwhile_is_told(void **state)
{
    (void)state;
    open_till(true);
    lock();
    lose_line();
    try_wrong(2);
    bakery_mind(bakery)->knows_no_session = true;
    line_is_back();
    assert_false(heard.session_open);
    assert_int_equal(bakery_tally(bakery)->wrong_alone, 0);
    sign_in();
    assert_int_equal(bakery_tally(bakery)->wrong_alone, 2);
}

static void what_is_tried_while_the_server_is_told_waits_for_the_next_time(void **state)
{
    (void)state;
    open_till(true);
    lock();
    lose_line();
    try_wrong(1);
    bakery_mind(bakery)->holds_resumes = true;
    bakery_reopen(bakery);
    link_retry(heard.link);
    bakery_until(bakery, bakery_tally(bakery)->resumes == 1);
    try_wrong(2);
    bakery_mind(bakery)->holds_resumes = false;
    bakery_let_resume(bakery);
    bakery_until(bakery, link_state(heard.link) == LINK_ONLINE);
    assert_int_equal(bakery_tally(bakery)->wrong_alone, 1);
    lose_line();
    line_is_back();
    assert_int_equal(bakery_tally(bakery)->wrong_alone, 3);
}

/* Five are five, whoever looked at them. */
static void what_the_server_counted_is_counted_here(void **state)
{
    (void)state;
    open_till(true);
    bakery_mind(bakery)->unlock_refused_with = CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED;
    lock();
    try_wrong(3);
    lose_line();
    try_wrong(1);
    assert_int_equal(link_alone(heard.link), LINK_ALONE_PIN);
    try_wrong(1);
    assert_int_equal(link_alone(heard.link), LINK_ALONE_USED_UP);
    bakery_mind(bakery)->unlock_refused_with = 0;
    line_is_back();
    unlock(TILL_PIN);
    lock();
    lose_line();
    try_wrong(4); /* a right one makes an end of those before it */
    assert_int_equal(link_alone(heard.link), LINK_ALONE_PIN);
}

static void who_is_locked_out_by_the_server_is_locked_out_here(void **state)
{
    (void)state;
    open_till(true);
    lock();
    bakery_mind(bakery)->unlock_refused_with = CAROLINE__V1__ERROR_CODE__SIGN_IN_LOCKED;
    unlock(TILL_PIN);
    assert_true(link_locked(heard.link));
    lose_line();
    assert_int_equal(link_alone(heard.link), LINK_ALONE_USED_UP);
    unlock(TILL_PIN);
    assert_true(link_locked(heard.link));
}

static void try_to_sign_in(const char *name, const char *badge)
{
    Caroline__V1__SessionOpen open = CAROLINE__V1__SESSION_OPEN__INIT;
    unsigned answers = heard.answers;

    open.has_pin = true;
    open.pin = (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t) "0000", .len = 4 };
    open.has_name = name != NULL;
    if (name != NULL)
        open.name = (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)name, .len = strlen(name) };
    open.has_badge = badge != NULL;
    if (badge != NULL)
        open.badge = (ProtobufCBinaryData){ .data = (uint8_t *)(uintptr_t)badge, .len = strlen(badge) };
    link_call(heard.link, CAROLINE__V1__OP__OP_SESSION_OPEN, &open.base, 0, on_answer, &heard);
    bakery_until(bakery, heard.answers > answers);
    assert_int_equal(heard.code, CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED);
}

/* Who mistypes the PIN under their own name takes nothing away from who is signed in. */
static void anothers_wrong_pin_is_not_counted(void **state)
{
    (void)state;
    open_till(true);
    for (int i = 0; i < 6; i++)
        try_to_sign_in("Eve", NULL);
    assert_int_equal(link_alone(heard.link), LINK_ALONE_PIN);
    lock();
    lose_line();
    unlock(TILL_PIN);
    assert_int_equal(heard.outcome, LINK_OK);
}

/* A name is read as the server reads it; whose a badge is nobody here knows. */
static void a_wrong_pin_at_their_own_sign_in_is_counted(void **state)
{
    (void)state;
    open_till(true);
    try_to_sign_in(BAKERY_PERSON, NULL);
    try_to_sign_in("  ana STONE", NULL);
    try_to_sign_in(NULL, "BADGE-0001");
    try_to_sign_in(NULL, "BADGE-0001");
    assert_int_equal(link_alone(heard.link), LINK_ALONE_PIN);
    try_to_sign_in("Eve", NULL);
    assert_int_equal(link_alone(heard.link), LINK_ALONE_PIN);
    try_to_sign_in(BAKERY_PERSON, NULL);
    assert_int_equal(link_alone(heard.link), LINK_ALONE_USED_UP);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, till_begin, till_end)
    const struct CMUnitTest tests[] = {
        TEST(the_pin_that_was_right_opens_it_and_the_server_goes_on),
        TEST(a_server_that_gave_no_key_asks_for_the_pin_again),
        TEST(five_wrong_ones_leave_it_to_the_server),
        TEST(a_lock_of_the_outage_is_over_with_it),
        TEST(locked_again_it_is_locked_when_the_server_is_back),
        TEST(nobody_is_known_to_a_till_that_was_started_again),
        TEST(who_has_signed_out_opens_nothing),
        TEST(a_session_that_the_server_ended_is_not_opened),
        TEST(a_till_that_was_revoked_is_not_opened),
        TEST(with_a_server_the_server_is_asked),
        TEST(a_pin_on_its_way_when_the_line_goes_is_not_typed_twice),
        TEST(closed_while_a_pin_is_looked_at_it_tells_nobody),
        TEST(a_program_that_did_not_ask_for_it_stays_locked),
        TEST(who_signs_in_next_tells_what_was_tried_before),
        TEST(what_was_tried_in_a_session_that_ended_meanwhile_is_told),
        TEST(what_is_tried_while_the_server_is_told_waits_for_the_next_time),
        TEST(what_the_server_counted_is_counted_here),
        TEST(anothers_wrong_pin_is_not_counted),
        TEST(a_wrong_pin_at_their_own_sign_in_is_counted),
        TEST(who_is_locked_out_by_the_server_is_locked_out_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
