/* A member at the kiosk: what they asked, typed and chose there ends with their session, and is of nobody who comes next. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "visitor.h"

#define CLOSE   CAROLINE__V1__OP__OP_SESSION_CLOSE
#define PUT     CAROLINE__V1__OP__OP_SELF_PUT
#define ERASE   CAROLINE__V1__OP__OP_SELF_ERASE
#define SALES   CAROLINE__V1__OP__OP_SELF_SALES
#define SHOW    CAROLINE__V1__OP__OP_SELF_SHOW
#define SIGN_UP CAROLINE__V1__OP__OP_MEMBER_SIGN_UP

/* ---- what they asked goes with them ---- */

static void types_a_name(struct visitor *v)
{
    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "m41");
    visitor_type(v, "Zoe\r");
    const Caroline__V1__SelfPut *put =
        (const Caroline__V1__SelfPut *)scripted_request(v->link, PUT, &caroline__v1__self_put__descriptor);
    assert_true(put->has_session_member_id);
    assert_int_equal(put->session_member_id, 77);
}

static void B20_what_a_member_asked_is_not_asked_again_when_they_have_gone(void **state)
{
    struct visitor *v = *state;

    for (int i = 0; i < KIOSK_CALLS_MAX + 4; i++) { /* and holds no place of those who come */
        types_a_name(v);
        visitor_click(v, "Finish");
        assert_false(scripted_asked(v->link, PUT));
        visitor_sees(v, "Welcome to");
    }
    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "722");
    visitor_type(v, "8261\r");
    assert_true(scripted_asked(v->link, ERASE));
    visitor_waits(v, KIOSK_CLEAR_US);
    assert_false(scripted_asked(v->link, ERASE));
}

static void B20_what_a_member_asked_ends_with_their_session(void **state)
{
    struct visitor *v = *state;

    types_a_name(v);
    scripted_session(v->link, NULL, false);
    assert_false(scripted_asked(v->link, PUT));
    visitor_sees(v, "You were signed out.");
    visitor_sees(v, "not known");
    visitor_sees_not(v, "One moment");
    types_a_name(v);
    scripted_state(v->link, LINK_OFFLINE, "the server cannot be reached");
    assert_false(scripted_asked(v->link, PUT));
    visitor_sees(v, "not known");
}

/* The server says it before the kiosk knows: the session was a minute old. */
static void B20_who_was_signed_out_meanwhile_is_told_so(void **state)
{
    struct visitor *v = *state;

    types_a_name(v);
    scripted_refuse(v->link, PUT, CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FIRST, "sign in first", NULL, NULL);
    visitor_sees(v, "You were signed out, so that was not kept.");
    visitor_sees_not(v, "Mia");
    assert_false(v->kiosk.visit.account.open);
    assert_false(visitor_is_remembered(v, "Mia"));
    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "3");
    scripted_refuse(v->link, SALES, CAROLINE__V1__ERROR_CODE__MEMBER_SIGN_IN_FIRST, "sign in first", NULL, NULL);
    visitor_sees(v, "You were signed out. Please sign in again.");
    visitor_sees_not(v, "cannot be reached");
    visitor_sees_not(v, "What I bought");
}

static void B20_an_answer_of_who_is_signed_out_is_nobodys(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__SelfSalesShown none = CAROLINE__V1__SELF_SALES_SHOWN__INIT;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "3");
    scripted_session(v->link, NULL, false);
    visitor_sees_not(v, "One moment");
    visitor_signs_in(v);
    visitor_shown(v);
    scripted_answer(v->link, SALES, &none.base); /* of who was there before */
    assert_false(v->kiosk.visit.history.asked);
}

static void types_all_to_sign_up(struct visitor *v)
{
    visitor_type(v, "1");
    visitor_type(v, "Lou\r");
    visitor_type(v, "2");
    visitor_type(v, "0301234\r");
    visitor_type(v, "5");
    visitor_type(v, "4719\r");
    visitor_type(v, "4719\r");
    visitor_type(v, "64"); /* that allergens are kept */
    visitor_type(v, "0");
}

static void who_signs_up_twice_does_so_once(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__MemberSignedUp done = CAROLINE__V1__MEMBER_SIGNED_UP__INIT;

    visitor_type(v, "3");
    types_all_to_sign_up(v);
    visitor_type(v, "7");
    scripted_state(v->link, LINK_OFFLINE, "the server cannot be reached");
    scripted_state(v->link, LINK_ONLINE, "connected");
    visitor_type(v, "7");
    visitor_sees(v, "on its way to the counter");
    done.has_number = true;
    done.number = 51;
    scripted_answer(v->link, SIGN_UP, &done.base);
    visitor_sees(v, "say this number");
    assert_false(scripted_asked(v->link, SIGN_UP));
}

static void what_one_member_avoids_is_not_kept_of_the_next(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__MemberSignedUp done = CAROLINE__V1__MEMBER_SIGNED_UP__INIT;

    visitor_signs_in(v);
    visitor_shown(v);      /* nuts */
    visitor_type(v, "f1"); /* gluten, marked by hand */
    visitor_type(v, "m8");
    visitor_click(v, "Account");
    visitor_click(v, "I am no member yet");
    types_all_to_sign_up(v);
    visitor_type(v, "7");
    const Caroline__V1__MemberSignUp *asked = (const Caroline__V1__MemberSignUp *)scripted_request(
        v->link, SIGN_UP, &caroline__v1__member_sign_up__descriptor);
    assert_int_equal(asked->member->n_avoids, 1);
    assert_int_equal(asked->member->avoids[0], 1);
    done.has_number = true;
    done.number = 51;
    scripted_answer(v->link, SIGN_UP, &done.base);
    visitor_sees(v, "is not kept of you");
}

static void B19_who_could_not_be_signed_out_is_so_with_the_connection(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__SessionState closed = CAROLINE__V1__SESSION_STATE__INIT;
    Caroline__V1__KioskSignedIn late = CAROLINE__V1__KIOSK_SIGNED_IN__INIT;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "x");
    scripted_answer(v->link, CLOSE, &closed.base);
    assert_int_equal(scripted_reconnects(v->link), 0);
    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "x");
    scripted_refuse(v->link, CLOSE, CAROLINE__V1__ERROR_CODE__TRY_AGAIN, "please try again", NULL, NULL);
    assert_int_equal(scripted_reconnects(v->link), 1);
    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "8");
    scripted_fail(v->link, CLOSE, "the server did not answer in time");
    assert_int_equal(scripted_reconnects(v->link), 2);
    visitor_type(v, "m1");
    visitor_type(v, "0305550100\r");
    visitor_type(v, "8261\r");
    visitor_waits(v, KIOSK_CLEAR_US); /* and who signs in too late */
    late.has_member_id = true;
    late.member_id = 77;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_KIOSK_SIGN_IN, &late.base);
    scripted_refuse(v->link, CLOSE, CAROLINE__V1__ERROR_CODE__TOO_MANY_CALLS, "too many", NULL, NULL);
    assert_int_equal(scripted_reconnects(v->link), 3);
}

static void B19_who_works_without_asking_anything_is_not_signed_out_meanwhile(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__SelfShown nothing = CAROLINE__V1__SELF_SHOWN__INIT;

    visitor_signs_in(v);
    visitor_shown(v);
    v->kiosk.visit.account.idle_s = 60;
    visitor_type(v, "41");
    for (int i = 0; i < 29; i++) {
        visitor_waits(v, 900000);
        visitor_type(v, "o");
    }
    assert_false(scripted_asked(v->link, SHOW));
    visitor_waits(v, 2 * SECOND_US);
    const Caroline__V1__SelfShow *asked =
        (const Caroline__V1__SelfShow *)scripted_request(v->link, SHOW, &caroline__v1__self_show__descriptor);
    assert_true(asked->stay);
    visitor_sees_not(v, "One moment");
    scripted_answer(v->link, SHOW, &nothing.base);
    assert_true(v->kiosk.visit.account.shown);
    visitor_waits(v, KIOSK_ASK_US); /* no key any more: the program does not ask by itself */
    assert_false(scripted_asked(v->link, SHOW));
    visitor_sees(v, "Are you still there?");
    visitor_type(v, "o");
    visitor_waits(v, SECOND_US);
    assert_true(scripted_asked(v->link, SHOW));
}

#define VISIT(test) cmocka_unit_test_setup_teardown(test, visitor_before, visitor_after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VISIT(B20_what_a_member_asked_is_not_asked_again_when_they_have_gone),
        VISIT(B20_what_a_member_asked_ends_with_their_session),
        VISIT(B20_who_was_signed_out_meanwhile_is_told_so),
        VISIT(B20_an_answer_of_who_is_signed_out_is_nobodys),
        VISIT(who_signs_up_twice_does_so_once),
        VISIT(what_one_member_avoids_is_not_kept_of_the_next),
        VISIT(B19_who_works_without_asking_anything_is_not_signed_out_meanwhile),
        VISIT(B19_who_could_not_be_signed_out_is_so_with_the_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
