/* What customers bring from a kiosk, at the till: a basket's number, what they entered there; and the code that lets them in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"
#include "proto/kiosk.pb-c.h"

#define OP(name)   CAROLINE__V1__OP__OP_##name
#define CODE(name) CAROLINE__V1__ERROR_CODE__##name

static const Caroline__V1__BasketResume *resuming(struct desk *d)
{
    return (const Caroline__V1__BasketResume *)scripted_request(d->link, OP(BASKET_RESUME),
                                                                &caroline__v1__basket_resume__descriptor);
}

/* Signed in, with the list of parked baskets open; none waits. */
static void open_number(struct desk *d)
{
    Caroline__V1__ParkedBaskets none = CAROLINE__V1__PARKED_BASKETS__INIT;

    desk_open(d);
    desk_sign_in(d);
    scripted_answer(d->link, OP(BASKET_PARKED), &none.base);
    desk_type(d, K_F12);
    desk_type(d, K_F3);
    scripted_answer(d->link, OP(BASKET_PARKED), &none.base);
    desk_type(d, K_F5);
}

static void B19_a_basket_is_called_up_by_its_number_and_is_the_tills(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__BasketResumed resumed = CAROLINE__V1__BASKET_RESUMED__INIT;
    Caroline__V1__Basket basket = CAROLINE__V1__BASKET__INIT;
    Caroline__V1__BasketLine line = CAROLINE__V1__BASKET_LINE__INIT, *lines[] = { &line };

    open_number(&d);
    desk_golden(&d, "kiosk-number");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "type the number that the kiosk showed");
    desk_type(&d, "23" K_ENTER);
    assert_int_equal(resuming(&d)->number, 23);
    assert_false(resuming(&d)->has_parked_id);
    assert_false(resuming(&d)->throw_away);
    desk_sees(&d, "Asking the server");
    line.has_product_id = line.has_quantity_milli = true;
    line.product_id = BAKERY_ECLAIR;
    line.quantity_milli = 2000;
    basket.has_catalogue_version = true;
    basket.catalogue_version = catalogue_newest(d.catalogue);
    basket.n_lines = 1;
    basket.lines = lines;
    resumed.basket = &basket;
    resumed.has_kiosk = true;
    resumed.kiosk = counter_text("By the window");
    scripted_answer(d.link, OP(BASKET_RESUME), &resumed.base);
    desk_sees(&d, "the customer's basket is here");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 1);
    assert_int_equal(d.counter.basket.lines[0].product_id, BAKERY_ECLAIR);
    desk_close(&d);
}

static void a_number_that_was_called_up_is_gone(void **state)
{
    (void)state;
    struct desk d;

    open_number(&d);
    desk_type(&d, "7" K_ENTER);
    scripted_refuse(d.link, OP(BASKET_RESUME), CODE(KIOSK_BASKET_GONE),
                    "no basket of a kiosk waits under 7: it was called up already, or never left", "number", NULL);
    desk_sees(&d, "no basket of a kiosk waits under 7");
    assert_int_equal(d.counter.errand, ERRAND_NONE);
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_type(&d, K_F5); /* another number */
    desk_type(&d, "8" K_ENTER);
    assert_int_equal(resuming(&d)->number, 8);
    desk_close(&d);
}

static void only_an_empty_basket_makes_room(void **state)
{
    (void)state;
    struct desk d;

    open_number(&d);
    desk_type(&d, K_ESC);
    desk_type(&d, K_ESC);
    desk_fill(&d);
    desk_type(&d, K_F12);
    desk_type(&d, K_F3);
    Caroline__V1__ParkedBaskets none = CAROLINE__V1__PARKED_BASKETS__INIT;
    scripted_answer(d.link, OP(BASKET_PARKED), &none.base);
    desk_type(&d, K_F5);
    desk_type(&d, "23" K_ENTER);
    desk_sees(&d, "there is a basket here");
    assert_false(scripted_asked(d.link, OP(BASKET_RESUME)));
    desk_close(&d);
}

static void B20_who_signed_up_is_admitted_by_their_number(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberAdmitted admitted = CAROLINE__V1__MEMBER_ADMITTED__INIT;

    open_number(&d);
    desk_type(&d, "24" K_F6);
    const Caroline__V1__MemberAdmit *asked = (const Caroline__V1__MemberAdmit *)scripted_request(
        d.link, OP(MEMBER_ADMIT), &caroline__v1__member_admit__descriptor);
    assert_int_equal(asked->number, 24);
    scripted_refuse(d.link, OP(MEMBER_ADMIT), CODE(PHONE_TAKEN), "another member has this phone number", "member.phone",
                    NULL);
    desk_sees(&d, "another member has this phone number");
    desk_type(&d, K_F6);
    admitted.has_member_id = admitted.has_created = true;
    admitted.member_id = 55;
    admitted.created = true;
    scripted_answer(d.link, OP(MEMBER_ADMIT), &admitted.base);
    desk_sees(&d, "a new member; they can sign in at a kiosk");
    desk_close(&d);
}

static void who_may_not_make_members_admits_nobody(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    scripted_forbids(d.link, "member_edit");
    desk_sign_in(&d);
    Caroline__V1__ParkedBaskets none = CAROLINE__V1__PARKED_BASKETS__INIT;
    scripted_answer(d.link, OP(BASKET_PARKED), &none.base);
    desk_type(&d, K_F12);
    desk_type(&d, K_F3);
    scripted_answer(d.link, OP(BASKET_PARKED), &none.base);
    desk_type(&d, K_F5);
    desk_sees_not(&d, "Admit");
    desk_type(&d, "24" K_F6);
    assert_false(scripted_asked(d.link, OP(MEMBER_ADMIT)));
    desk_close(&d);
}

static void look_at_members(struct desk *d)
{
    desk_open(d);
    desk_sign_in(d);
    desk_find_members(d);
}

/* code NULL: it was made, and is not told. */
static void answer_code(struct desk *d, int64_t member_id, const char *code)
{
    Caroline__V1__MemberCodeMade made = CAROLINE__V1__MEMBER_CODE_MADE__INIT;

    made.has_member_id = true;
    made.member_id = (uint64_t)member_id;
    made.has_code = code != NULL;
    if (code != NULL)
        made.code = counter_text(code);
    scripted_answer(d->link, OP(MEMBER_CODE_MAKE), &made.base);
}

static const Caroline__V1__MemberCardMake *card_asked(struct desk *d)
{
    return (const Caroline__V1__MemberCardMake *)scripted_request(d->link, OP(MEMBER_CARD_MAKE),
                                                                  &caroline__v1__member_card_make__descriptor);
}

#define CARD "MC0123456789ABCX"

/* Of Mia Stone, who is the first of those that are found. */
static Caroline__V1__MemberCardMade card_made(void)
{
    Caroline__V1__MemberCardMade made = CAROLINE__V1__MEMBER_CARD_MADE__INIT;

    made.has_member_id = made.has_code = true;
    made.member_id = 77;
    made.code = counter_text(CARD);
    return made;
}

static void B20_a_code_for_the_selected_member_is_shown_and_forgotten(void **state)
{
    (void)state;
    struct desk d;

    look_at_members(&d);
    desk_type(&d, K_F4);
    const Caroline__V1__MemberCodeMake *asked = (const Caroline__V1__MemberCodeMake *)scripted_request(
        d.link, OP(MEMBER_CODE_MAKE), &caroline__v1__member_code_make__descriptor);
    assert_int_equal(asked->member_id, d.counter.member.rows[0].id);
    answer_code(&d, d.counter.member.rows[0].id, "04718265");
    desk_sees(&d, "At a kiosk: 0471 8265");
    desk_golden(&d, "member-code");
    desk_type(&d, K_ESC);
    desk_sees_not(&d, "0471");
    assert_int_equal(d.counter.member.code[0], 0);
    desk_close(&d);
}

static void a_code_that_did_not_come_is_made_once_more(void **state)
{
    (void)state;
    struct desk d;

    look_at_members(&d);
    desk_type(&d, K_F4);
    answer_code(&d, d.counter.member.rows[0].id, NULL);
    desk_sees(&d, "a code was made, and is not known here: make it once more");
    desk_sees_not(&d, "At a kiosk:");
    desk_close(&d);
}

static void A20_a_card_for_the_selected_member_is_made_when_that_is_meant(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberCardMade made = card_made();

    look_at_members(&d);
    desk_type(&d, K_F11);
    desk_sees(&d, "a new member's card for Mia Stone? One that they");
    desk_type(&d, K_ESC);
    assert_false(scripted_asked(d.link, OP(MEMBER_CARD_MAKE)));
    desk_type(&d, K_F11);
    desk_type(&d, K_ENTER);
    assert_int_equal(card_asked(&d)->member_id, 77);
    scripted_answer(d.link, OP(MEMBER_CARD_MAKE), &made.base);
    desk_sees(&d, "Their card: MC01 2345 6789 ABCX");
    desk_golden(&d, "member-card");
    desk_type(&d, K_F4); /* the one takes the other's place */
    scripted_request(d.link, OP(MEMBER_CODE_MAKE), &caroline__v1__member_code_make__descriptor);
    desk_sees_not(&d, "MC01");
    desk_close(&d);
}

/* Whoever looks elsewhere by then has not seen it. */
static void A20_a_card_whose_code_did_not_come_is_made_once_more(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberCardMade made = CAROLINE__V1__MEMBER_CARD_MADE__INIT;

    look_at_members(&d);
    desk_type(&d, K_F11);
    desk_type(&d, K_ENTER);
    card_asked(&d);
    scripted_answer(d.link, OP(MEMBER_CARD_MAKE), &made.base);
    desk_sees(&d, "a card was made, and its code is not known here: make it once more");
    desk_sees_not(&d, "Their card");
    desk_type(&d, K_F11);
    desk_type(&d, K_ENTER);
    card_asked(&d);
    desk_type(&d, K_ESC);
    made.has_code = true;
    made.code = counter_text(CARD);
    scripted_answer(d.link, OP(MEMBER_CARD_MAKE), &made.base);
    desk_sees(&d, "make it once more");
    desk_sees_not(&d, "MC01");
    desk_close(&d);
}

/* The first answer is late: by then another is looked at. */
static void A20_no_members_card_is_taken_for_anothers(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberCardMade made = card_made();

    look_at_members(&d);
    desk_type(&d, K_F11 K_ENTER);
    assert_int_equal(card_asked(&d)->member_id, 77);
    desk_type(&d, K_ESC);
    desk_find_members(&d);
    desk_type(&d, K_DOWN K_F11);
    desk_sees(&d, "the server is asked: once more in a moment");
    desk_type(&d, K_ENTER);
    desk_find_members(&d);
    desk_type(&d, K_DOWN K_F4);
    desk_sees(&d, "the server is asked: once more in a moment");
    assert_false(scripted_asked(d.link, OP(MEMBER_CODE_MAKE)));
    scripted_answer(d.link, OP(MEMBER_CARD_MAKE), &made.base);
    desk_sees(&d, "a card was made, and its code is not known here: make it once more");
    desk_sees_not(&d, "MC01");
    assert_false(scripted_asked(d.link, OP(MEMBER_CARD_MAKE)));
    desk_type(&d, K_F11 K_ENTER);
    assert_int_equal(card_asked(&d)->member_id, 78);
    scripted_answer(d.link, OP(MEMBER_CARD_MAKE), &made.base); /* it is not who was asked for */
    desk_sees(&d, "its code is not known here");
    desk_sees_not(&d, "MC01");
    desk_close(&d);
}

static void B20_no_members_code_is_taken_for_anothers(void **state)
{
    (void)state;
    struct desk d;

    look_at_members(&d);
    desk_type(&d, K_F4);
    desk_type(&d, K_ESC);
    desk_find_members(&d);
    desk_type(&d, K_DOWN K_F4);
    desk_sees(&d, "the server is asked: once more in a moment");
    answer_code(&d, 77, "04718265");
    desk_sees_not(&d, "0471");
    assert_false(scripted_asked(d.link, OP(MEMBER_CODE_MAKE)));
    desk_type(&d, K_F4);
    answer_code(&d, 77, "04718265");
    desk_sees_not(&d, "0471");
    desk_type(&d, K_F4);
    answer_code(&d, 78, "04718265");
    desk_sees(&d, "At a kiosk: 0471 8265");
    desk_close(&d);
}

/* Behind a lock, too: the form goes on. */
static void A20_an_answer_ends_the_asking_whatever_is_shown(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__MemberCardMade made = card_made();

    look_at_members(&d);
    desk_type(&d, K_F11 K_ENTER);
    desk_sees(&d, "Asking the server");
    scripted_session(d.link, "Ana", true);
    scripted_answer(d.link, OP(MEMBER_CARD_MAKE), &made.base);
    desk_sees_not(&d, "MC01");
    scripted_session(d.link, "Ana", false);
    assert_ptr_equal(stage_top(&d.counter.stage), &member_screen);
    desk_sees_not(&d, "Asking the server");
    desk_sees_not(&d, "MC01");
    desk_type(&d, K_F11 K_ENTER);
    assert_int_equal(card_asked(&d)->member_id, 77);
    desk_close(&d);
}

/* The till ended before the answer: whoever starts it hears that a card ended, and none is there in its place. */
static void A20_a_card_that_an_earlier_run_asked_for_is_made_once_more(void **state)
{
    (void)state;
    struct desk d;
    const uint8_t id[COMMAND_ID_SIZE] = { 7 };
    Caroline__V1__MemberCardMade made = CAROLINE__V1__MEMBER_CARD_MADE__INIT;
    const struct link_answer answers[] = {
        { .outcome = LINK_OK, .reply = &made.base, .sentence = "" },
        { .outcome = LINK_FAILED, .sentence = "it never arrived" },
    };

    look_at_members(&d);
    desk_type(&d, K_F11 K_ENTER);
    card_asked(&d);
    desk_restart(&d);
    made.has_member_id = made.has_code = true;
    made.member_id = 77;
    made.code = counter_text(CARD);
    counter_events.on_recovered(&d.counter, OP(MEMBER_CARD_MAKE), id, &answers[0]);
    desk_sees(&d, "a card was made, and its code is not known here: make it once more");
    desk_sees_not(&d, "MC01");
    counter_events.on_recovered(&d.counter, OP(MEMBER_CARD_MAKE), id, &answers[1]);
    desk_sees(&d, "a member's new card is not done: it never arrived");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B19_a_basket_is_called_up_by_its_number_and_is_the_tills),
        cmocka_unit_test(a_number_that_was_called_up_is_gone),
        cmocka_unit_test(only_an_empty_basket_makes_room),
        cmocka_unit_test(B20_who_signed_up_is_admitted_by_their_number),
        cmocka_unit_test(who_may_not_make_members_admits_nobody),
        cmocka_unit_test(B20_a_code_for_the_selected_member_is_shown_and_forgotten),
        cmocka_unit_test(a_code_that_did_not_come_is_made_once_more),
        cmocka_unit_test(A20_a_card_for_the_selected_member_is_made_when_that_is_meant),
        cmocka_unit_test(A20_a_card_whose_code_did_not_come_is_made_once_more),
        cmocka_unit_test(A20_no_members_card_is_taken_for_anothers),
        cmocka_unit_test(B20_no_members_code_is_taken_for_anothers),
        cmocka_unit_test(A20_an_answer_ends_the_asking_whatever_is_shown),
        cmocka_unit_test(A20_a_card_that_an_earlier_run_asked_for_is_made_once_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
