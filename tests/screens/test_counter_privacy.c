/* What a member may ask at the counter: what they agreed to, set and taken back; to be forgotten, which takes a word. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "desk.h"

#include "proto/consent.pb-c.h"
#include "proto/privacy.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void consent_of(Caroline__V1__Consent *consent, uint32_t kind, const char *name, const char *text)
{
    caroline__v1__consent__init(consent);
    consent->has_kind = consent->has_name = consent->has_given = consent->has_newest_version = consent->has_text = true;
    consent->kind = kind;
    consent->name = counter_text(name);
    consent->newest_version = 1;
    consent->text = counter_text(text);
}

static void stands(Caroline__V1__Consent *consent, bool given, uint32_t version)
{
    consent->given = given;
    consent->has_text_version = consent->has_at_us = true;
    consent->text_version = version;
    consent->at_us = UINT64_C(1763808240000000); /* 2025-11-22 10:44 UTC */
}

/* F4 "mia", F9: Mia Stone agreed to the programme and took back news by e-mail. */
static void ask_privacy(struct desk *d)
{
    Caroline__V1__MemberShown shown = CAROLINE__V1__MEMBER_SHOWN__INIT;
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__Consent consents[3], *pointers[] = { &consents[0], &consents[1], &consents[2] };

    desk_find_members(d);
    desk_type(d, K_F9);
    const Caroline__V1__MemberShow *asked = (const Caroline__V1__MemberShow *)scripted_request(
        d->link, OP(MEMBER_SHOW), &caroline__v1__member_show__descriptor);
    consent_of(&consents[0], 1, "Points programme", "I take part in the points programme.");
    stands(&consents[0], true, 1);
    consent_of(&consents[1], 2, "News by e-mail", "You may send me news by e-mail.");
    stands(&consents[1], false, 1);
    consent_of(&consents[2], 4, "Allergies",
               "You may keep what I do not tolerate. This says something about my health.");
    member.has_id = member.has_points = true;
    member.id = asked->id;
    member.points = 230;
    member.consents = pointers;
    member.n_consents = 3;
    shown.member = &member;
    scripted_answer(d->link, OP(MEMBER_SHOW), &shown.base);
}

static void open_privacy(struct desk *d)
{
    desk_open(d);
    desk_sign_in(d);
    ask_privacy(d);
}

static void what_was_agreed_to_is_shown_with_its_text(void **state)
{
    (void)state;
    struct desk d;

    open_privacy(&d);
    desk_golden(&d, "privacy");
    desk_type(&d, K_DOWN);
    desk_sees(&d, "You may send me news by e-mail.");
    desk_type(&d, K_ESC);
    desk_sees(&d, "Mia Stone"); /* among those that were found */
    desk_close(&d);
}

static void it_is_taken_back_and_agreed_to_again(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ConsentPutDone done = CAROLINE__V1__CONSENT_PUT_DONE__INIT;
    Caroline__V1__Consent consent;

    open_privacy(&d);
    desk_type(&d, K_F2); /* they have agreed: it is not for now */
    assert_false(scripted_asked(d.link, OP(CONSENT_PUT)));
    desk_type(&d, K_F3);
    const Caroline__V1__ConsentPut *put = (const Caroline__V1__ConsentPut *)scripted_request(
        d.link, OP(CONSENT_PUT), &caroline__v1__consent_put__descriptor);
    assert_true(put->kind == 1 && put->has_given && !put->given);
    consent_of(&consent, 1, "Points programme", "I take part in the points programme.");
    stands(&consent, false, 1);
    done.has_member_id = true;
    done.member_id = put->member_id;
    done.consent = &consent;
    scripted_answer(d.link, OP(CONSENT_PUT), &done.base);
    desk_sees(&d, "taken back, and written down");
    desk_type(&d, K_F2);
    put = (const Caroline__V1__ConsentPut *)scripted_request(d.link, OP(CONSENT_PUT),
                                                             &caroline__v1__consent_put__descriptor);
    assert_true(put->kind == 1 && put->given && put->text_version == 1);
    consent.given = true;
    scripted_answer(d.link, OP(CONSENT_PUT), &done.base);
    desk_sees(&d, "agreed, and written down");
    desk_close(&d);
}

static void nobody_is_forgotten_without_the_word(void **state)
{
    (void)state;
    struct desk d;

    open_privacy(&d);
    desk_type(&d, K_F9);
    desk_golden(&d, "privacy-erase");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "nothing is done: the word is ERASE");
    desk_type(&d, "erase" K_ENTER);
    desk_sees(&d, "nothing is done: the word is ERASE");
    desk_type(&d, K_F9 K_F9 K_ENTER);
    desk_scan(&d, "ERASE-000001");
    assert_false(scripted_asked(d.link, OP(MEMBER_ERASE)));
    desk_type(&d, K_ESC);
    desk_sees(&d, "What they agreed to");
    desk_close(&d);
}

/* Goods are the customer's, whatever is asked; what is none is named, with a beep. */
static void goods_that_are_scanned_meanwhile_are_sold(void **state)
{
    (void)state;
    struct desk d;

    open_privacy(&d);
    for (int i = 0; i < 2; i++) {
        d.counter.stage.beep = false;
        desk_scan(&d, "MEMBER-000017");
        desk_sees(&d, "MEMBER-000017 was not taken: only goods are scanned here");
        assert_true(d.counter.stage.beep);
        desk_type(&d, K_F9);
        assert_ptr_equal(stage_top(&d.counter.stage), &erase_screen);
    }
    desk_scan(&d, "4006381333931");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 1);
    ask_privacy(&d);
    desk_scan(&d, "73513537");
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_false(scripted_asked(d.link, OP(MEMBER_ERASE)));
    desk_close(&d);
}

/* What is not known is not said to be nothing. */
static void nobody_is_forgotten_whose_points_are_not_known(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_F9);
    desk_sees_not(&d, "Forget them"); /* the server is asked */
    scripted_fail(d.link, OP(MEMBER_SHOW), "there is no connection to the server");
    desk_sees_not(&d, "Forget them");
    desk_type(&d, K_F9);
    desk_sees_not(&d, "0 points are lost");
    desk_close(&d);
}

static void with_the_word_they_are_forgotten_and_off_the_basket(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberErased done = CAROLINE__V1__MEMBER_ERASED__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    assert_true(d.counter.basket.member_id != 0);
    ask_privacy(&d);
    desk_type(&d, K_F9);
    desk_type(&d, "ERASE");
    desk_type(&d, K_ENTER);
    const Caroline__V1__MemberErase *erase = (const Caroline__V1__MemberErase *)scripted_request(
        d.link, OP(MEMBER_ERASE), &caroline__v1__member_erase__descriptor);
    assert_true(erase->id == (uint64_t)d.counter.basket.member_id && erase->confirm_id == erase->id);
    assert_int_equal(erase->reason, CAROLINE__V1__ERASE_REASON__ERASE_ASKED);
    done.has_id = true;
    done.id = erase->id;
    scripted_answer(d.link, OP(MEMBER_ERASE), &done.base);
    desk_sees(&d, "the member is forgotten");
    desk_sees_not(&d, "Mia Stone");
    assert_int_equal(d.counter.basket.member_id, 0);
    assert_int_equal(d.counter.privacy.id, 0);
    desk_close(&d);
}

static void a_forgetting_whose_answer_does_not_come_is_put_aside(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberErased done = CAROLINE__V1__MEMBER_ERASED__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    done.has_id = true;
    done.id = (uint64_t)d.counter.basket.member_id;
    ask_privacy(&d);
    desk_type(&d, K_F9);
    desk_type(&d, "ERASE");
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_ESC);
    desk_sees(&d, "put aside, a member who is to be forgotten");
    assert_int_equal(d.counter.privacy.id, 0);
    scripted_state(d.link, LINK_ONLINE, "connected");
    scripted_answer(d.link, OP(MEMBER_ERASE), &done.base);
    desk_sees(&d, "the member is forgotten");
    assert_int_equal(d.counter.basket.member_id, 0);
    desk_close(&d);
}

static void who_may_not_is_not_offered_it(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    scripted_forbids(d.link, "member_erase");
    ask_privacy(&d);
    desk_sees_not(&d, "Forget them");
    desk_type(&d, K_F9);
    desk_sees_not(&d, "Forget Mia");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_agreed_to_is_shown_with_its_text),
        cmocka_unit_test(it_is_taken_back_and_agreed_to_again),
        cmocka_unit_test(nobody_is_forgotten_without_the_word),
        cmocka_unit_test(goods_that_are_scanned_meanwhile_are_sold),
        cmocka_unit_test(nobody_is_forgotten_whose_points_are_not_known),
        cmocka_unit_test(with_the_word_they_are_forgotten_and_off_the_basket),
        cmocka_unit_test(a_forgetting_whose_answer_does_not_come_is_put_aside),
        cmocka_unit_test(who_may_not_is_not_offered_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
