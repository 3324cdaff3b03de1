/* A member's stored cards: listed, one removed after a question, a gift card topped up by one; the charge is followed to its end,
 * whatever is shown by then. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "gift_card_shown.h"

#include "common/wire/walker.h"
#include "proto/payment.pb-c.h"

#define STATE(name) CAROLINE__V1__CHARGE_STATE__CHARGE_##name

static void method_of(Caroline__V1__PaymentMethod *method, uint64_t id, const char *brand, const char *last_four,
                      uint32_t month, uint32_t year)
{
    caroline__v1__payment_method__init(method);
    method->has_id = method->has_brand = method->has_last_four = method->has_expiry_month = method->has_expiry_year =
        true;
    method->id = id;
    method->brand = counter_text(brand);
    method->last_four = counter_text(last_four);
    method->expiry_month = month;
    method->expiry_year = year;
}

/* F4 "mia", F3: Mia Stone has two, one of them expired. */
static void open_cards(struct desk *d)
{
    Caroline__V1__PaymentMethodListed listed = CAROLINE__V1__PAYMENT_METHOD_LISTED__INIT;
    Caroline__V1__PaymentMethod methods[2], *pointers[] = { &methods[0], &methods[1] };

    desk_open(d);
    desk_sign_in(d);
    desk_find_members(d);
    desk_type(d, K_F3);
    const Caroline__V1__PaymentMethodList *asked = (const Caroline__V1__PaymentMethodList *)scripted_request(
        d->link, OP(PAYMENT_METHOD_LIST), &caroline__v1__payment_method_list__descriptor);
    assert_int_equal(asked->member_id, 77);
    method_of(&methods[0], 31, "visa", "4242", 11, 2026); /* to the end of this month */
    method_of(&methods[1], 32, "mastercard", "4444", 10, 2026);
    listed.methods = pointers;
    listed.n_methods = 2;
    scripted_answer(d->link, OP(PAYMENT_METHOD_LIST), &listed.base);
}

static void they_are_listed(void **state)
{
    (void)state;
    struct desk d;

    open_cards(&d);
    desk_sees(&d, "visa");
    desk_sees(&d, "good to 11/2026");
    desk_sees(&d, "expired 10/2026");
    desk_golden(&d, "stored-cards");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &member_screen);
    desk_close(&d);
}

static void who_may_not_change_members_sees_none(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    scripted_forbids(d.link, "member_edit");
    desk_find_members(&d);
    desk_sees_not(&d, "Payment cards");
    desk_type(&d, K_F3);
    assert_false(scripted_asked(d.link, OP(PAYMENT_METHOD_LIST)));
    desk_close(&d);
}

static void one_is_removed_after_a_question(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__PaymentMethodRemoved removed = CAROLINE__V1__PAYMENT_METHOD_REMOVED__INIT;

    open_cards(&d);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_F3);
    desk_sees(&d, "Remove mastercard ending in 4444, stored for Mia");
    assert_false(scripted_asked(d.link, OP(PAYMENT_METHOD_REMOVE)));
    desk_type(&d, K_ESC);
    desk_type(&d, K_F3);
    desk_type(&d, K_ENTER);
    const Caroline__V1__PaymentMethodRemove *asked = (const Caroline__V1__PaymentMethodRemove *)scripted_request(
        d.link, OP(PAYMENT_METHOD_REMOVE), &caroline__v1__payment_method_remove__descriptor);
    assert_int_equal(asked->member_id, 77);
    assert_int_equal(asked->method_id, 32);
    removed.has_method_id = true;
    removed.method_id = 32;
    scripted_answer(d.link, OP(PAYMENT_METHOD_REMOVE), &removed.base);
    desk_sees(&d, "the stored card is removed");
    desk_sees_not(&d, "4444");
    desk_sees(&d, "4242");
    desk_close(&d);
}

static void one_that_pays_just_now_is_not_removed(void **state)
{
    (void)state;
    struct desk d;

    open_cards(&d);
    desk_type(&d, K_F3);
    desk_type(&d, K_ENTER);
    scripted_refuse(d.link, OP(PAYMENT_METHOD_REMOVE), CAROLINE__V1__ERROR_CODE__CHARGE_PENDING,
                    "a payment by this card is under way", NULL, NULL);
    desk_sees(&d, "a payment by this card is under way");
    desk_sees(&d, "4242");
    desk_close(&d);
}

static void a_second_later(struct desk *d)
{
    d->now_us += SECOND_US;
    counter_tick(&d->counter, d->now_us, false);
}

/* ---- storing one ---- */

/* Version 5, which has room at 80x24, and one that a gateway really says: 13, for a larger window, or paper. */
#define PAGE "https://pay.example/c/cs_test_a1b2c3d4e5f6"
#define LONG_PAGE                                                                                                      \
    "https://checkout.example.com/c/pay/"                                                                              \
    "cs_test_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6#fidkdWxOYHwnPyd1blp"                                 \
    "xYHZxWjA0SDdPVXBJVmRKNmpUZ0M0PGJzYXVAS3B9RDVDN1dPfFJUVWhOQk5VYGBzZ3FcUHxGfVdnTTZGVUJPZ0JtPUw8VkhLTjVnYFdIM2s1"    \
    "Q0k1fUQ1NTVxd0hEcHVDTScpJ2N3amhWYHdzYHcnP3F3cGApJ2lkfGpwcVF8dWAnPyd2bGtiaWBabHFgaCcpJ2BrZGdpYFVpZGZg"

static void answer_finished(struct desk *d, Caroline__V1__PaymentSetupState state, const char *url,
                            const char *sentence)
{
    Caroline__V1__PaymentMethodFinished finished = CAROLINE__V1__PAYMENT_METHOD_FINISHED__INIT;

    const Caroline__V1__PaymentMethodFinish *asked = (const Caroline__V1__PaymentMethodFinish *)scripted_request(
        d->link, OP(PAYMENT_METHOD_FINISH), &caroline__v1__payment_method_finish__descriptor);
    assert_int_equal(asked->setup_id, 9001);
    finished.has_state = true;
    finished.state = state;
    finished.has_url = url != NULL;
    finished.url = counter_text(url == NULL ? "" : url);
    finished.has_sentence = true;
    finished.sentence = counter_text(sentence);
    scripted_answer(d->link, OP(PAYMENT_METHOD_FINISH), &finished.base);
}

static void answer_page(struct desk *d, Caroline__V1__PaymentSetupState state, const char *url, const char *sentence)
{
    a_second_later(d);
    answer_finished(d, state, url, sentence);
}

static void open_page(struct desk *d)
{
    Caroline__V1__PaymentMethodAdding adding = CAROLINE__V1__PAYMENT_METHOD_ADDING__INIT;

    open_cards(d);
    desk_type(d, K_F4);
    const Caroline__V1__PaymentMethodAdd *asked = (const Caroline__V1__PaymentMethodAdd *)scripted_request(
        d->link, OP(PAYMENT_METHOD_ADD), &caroline__v1__payment_method_add__descriptor);
    assert_int_equal(asked->member_id, 77);
    adding.has_setup_id = true;
    adding.setup_id = 9001;
    scripted_answer(d->link, OP(PAYMENT_METHOD_ADD), &adding.base);
    desk_sees(d, "The gateway is asked for its page");
}

static void the_gateways_page_is_shown_as_a_code(void **state)
{
    (void)state;
    struct desk d;

    open_page(&d);
    answer_page(&d, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_MADE, NULL, "");
    desk_sees(&d, "The gateway is asked for its page");
    answer_page(&d, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_OPEN, PAGE, "");
    desk_golden(&d, "card-page");
    desk_type(&d, K_F9);
    desk_sees(&d, "F9: no printer is set up at this till");
    answer_page(&d, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_OPEN, LONG_PAGE, "");
    desk_golden(&d, "card-page-long");
    answer_page(&d, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_DONE, NULL, "");
    desk_sees(&d, "the card is stored");
    assert_ptr_equal(stage_top(&d.counter.stage), &stored_cards_screen);
    assert_true(scripted_asked(d.link, OP(PAYMENT_METHOD_LIST)));
    desk_close(&d);
}

/* On the Linux console: letters, and no half blocks. */
static void a_terminal_without_blocks_has_the_pages_address(void **state)
{
    (void)state;
    struct desk d;

    open_page(&d);
    answer_page(&d, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_OPEN, PAGE, "");
    theme_use(&(struct theme_options){ .ascii_lines = true });
    desk_sees(&d, "This terminal shows no codes. They open this on their telephone:");
    desk_sees(&d, PAGE);
    desk_sees_not(&d, "\u2584");
    desk_sees_not(&d, "larger");
    golden_terminal(false);
    desk_sees(&d, "points the camera of a");
    desk_close(&d);
}

static void what_the_gateway_refuses_and_who_leaves_end_it(void **state)
{
    (void)state;
    struct desk d;

    open_page(&d);
    answer_page(&d, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_FAILED, NULL, "the page was closed");
    desk_sees(&d, "no card was stored: the page was closed");
    desk_close(&d);
    open_page(&d);
    answer_page(&d, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_OPEN, PAGE, "");
    desk_type(&d, K_ESC);
    desk_sees(&d, "the page stays open for a while");
    a_second_later(&d);
    assert_false(scripted_asked(d.link, OP(PAYMENT_METHOD_FINISH)));
    desk_close(&d);
}

/* What the till was asked before it locked, and its answer behind the lock: the page goes on, or ends. */
static void a_lock_leaves_no_page_that_asks_nothing(void **state)
{
    static const struct {
        Caroline__V1__PaymentSetupState state;
        const char *sentence, *told;
    } ends[] = {
        { CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_DONE, "", "the card is stored" },
        { CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_FAILED, "the page was closed", "no card was stored" },
    };
    (void)state;
    struct desk d;

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        open_page(&d);
        answer_page(&d, CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_OPEN, PAGE, "");
        a_second_later(&d);
        scripted_session(d.link, "Ana", true);
        scripted_refuse(d.link, OP(PAYMENT_METHOD_FINISH), CAROLINE__V1__ERROR_CODE__SESSION_LOCKED, "unlock it first",
                        NULL, NULL);
        a_second_later(&d);
        assert_false(scripted_asked(d.link, OP(PAYMENT_METHOD_FINISH)));
        scripted_session(d.link, "Ana", false);
        desk_sees(&d, "points the camera of a");
        a_second_later(&d); /* asked again, and locked again */
        scripted_session(d.link, "Ana", true);
        answer_finished(&d, ends[i].state, NULL, ends[i].sentence);
        assert_ptr_equal(stage_top(&d.counter.stage), &lock_screen);
        desk_sees(&d, ends[i].told);
        a_second_later(&d);
        assert_false(scripted_asked(d.link, OP(PAYMENT_METHOD_LIST)));
        scripted_session(d.link, "Ana", false);
        assert_ptr_equal(stage_top(&d.counter.stage), &stored_cards_screen);
        a_second_later(&d);
        assert_int_equal(scripted_asked(d.link, OP(PAYMENT_METHOD_LIST)), i == 0);
        desk_close(&d);
    }
}

/* ---- charging ---- */

static void charge(struct desk *d)
{
    Caroline__V1__GiftCardCharging charging = CAROLINE__V1__GIFT_CARD_CHARGING__INIT;

    open_cards(d);
    desk_type(d, K_F2);
    desk_type(d, "1.7" K_ENTER "10" K_ENTER); /* no card has such a number, and 1 is not meant */
    desk_sees(d, "type the gift card's number");
    assert_false(scripted_asked(d->link, OP(GIFT_CARD_CHARGE)));
    desk_type(d, "\x7f\x7f\x7f"
                 "17" K_ENTER);
    desk_type(d, "\x7f\x7f" K_ENTER);
    desk_sees(d, "type how much it is");
    desk_type(d, "10");
    desk_golden(d, "stored-card-charge");
    desk_type(d, K_ENTER);
    const Caroline__V1__GiftCardCharge *asked = (const Caroline__V1__GiftCardCharge *)scripted_request(
        d->link, OP(GIFT_CARD_CHARGE), &caroline__v1__gift_card_charge__descriptor);
    assert_int_equal(asked->member_id, 77);
    assert_int_equal(asked->method_id, 31);
    assert_int_equal(asked->number, 17);
    assert_int_equal(asked->amount_minor, 1000);
    charging.has_charge_id = true;
    charging.charge_id = 551;
    scripted_answer(d->link, OP(GIFT_CARD_CHARGE), &charging.base);
}

static void answer_charged(struct desk *d, Caroline__V1__ChargeState state, const char *sentence)
{
    Caroline__V1__GiftCardCharged charged = CAROLINE__V1__GIFT_CARD_CHARGED__INIT;
    Caroline__V1__GiftCard card;

    const Caroline__V1__GiftCardChargeShow *asked = (const Caroline__V1__GiftCardChargeShow *)scripted_request(
        d->link, OP(GIFT_CARD_CHARGE_SHOW), &caroline__v1__gift_card_charge_show__descriptor);
    assert_int_equal(asked->charge_id, 551);
    card_of(&card, state == STATE(LOADED) ? 4200 : 3200);
    charged.has_state = charged.has_amount_minor = charged.has_sentence = true;
    charged.state = state;
    charged.amount_minor = 1000;
    charged.sentence = counter_text(sentence);
    charged.card = &card;
    scripted_answer(d->link, OP(GIFT_CARD_CHARGE_SHOW), &charged.base);
}

static void a_gift_card_is_topped_up_and_the_charge_is_followed(void **state)
{
    (void)state;
    struct desk d;

    charge(&d);
    desk_golden(&d, "stored-card-under-way");
    a_second_later(&d);
    answer_charged(&d, STATE(UNDER_WAY), "");
    assert_false(scripted_asked(d.link, OP(GIFT_CARD_CHARGE_SHOW)));
    a_second_later(&d);
    answer_charged(&d, STATE(LOADED), "");
    desk_golden(&d, "stored-card-loaded");
    a_second_later(&d);
    assert_false(scripted_asked(d.link, OP(GIFT_CARD_CHARGE_SHOW))); /* it is over */
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &stored_cards_screen);
    desk_close(&d);
}

static void each_end_has_its_sentence(void **state)
{
    static const struct {
        Caroline__V1__ChargeState state;
        const char *sentence, *told;
    } ends[] = {
        { STATE(DECLINED), "the card has not enough money: nothing was paid",
          "the card has not enough money: nothing" },
        { STATE(REFUNDED), "the gift card could not take it: what was paid was given back",
          "10.00 for gift card 17, ends in 6724: the gift card could not take it" },
        { STATE(GIVEN_UP), "", "nothing was loaded, and nothing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct desk d;

        charge(&d);
        a_second_later(&d);
        answer_charged(&d, ends[i].state, ends[i].sentence);
        desk_sees(&d, ends[i].told);
        desk_close(&d);
    }
}

static void it_is_told_wherever_the_cashier_is(void **state)
{
    (void)state;
    struct desk d;

    charge(&d);
    desk_type(&d, K_ESC);
    desk_sees(&d, "it goes on: what becomes of it is told wherever you are");
    desk_type(&d, K_F2); /* one at a time */
    desk_sees(&d, "another charge is under way");
    while (stage_top(&d.counter.stage) != &sale_screen)
        desk_type(&d, K_ESC);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    a_second_later(&d);
    assert_false(scripted_asked(d.link, OP(GIFT_CARD_CHARGE_SHOW)));
    scripted_state(d.link, LINK_ONLINE, "connected");
    a_second_later(&d);
    scripted_fail(d.link, OP(GIFT_CARD_CHARGE_SHOW), "the server did not answer in time");
    a_second_later(&d);
    answer_charged(&d, STATE(LOADED), "");
    desk_sees(&d, "10.00 are paid, and on gift card 17, ends in 6724: 42.00 now");
    desk_close(&d);
}

/* No answer to the charge itself: put aside, and followed once its number is known. */
static void what_is_put_aside_is_followed_too(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCardCharging charging = CAROLINE__V1__GIFT_CARD_CHARGING__INIT;

    open_cards(&d);
    desk_type(&d, K_F2);
    desk_type(&d, "17" K_ENTER "10" K_ENTER);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_ESC);
    desk_sees(&d, "put aside, 10.00 for gift card 17, by a stored card");
    scripted_state(d.link, LINK_ONLINE, "connected");
    charging.has_charge_id = true;
    charging.charge_id = 551;
    scripted_answer(d.link, OP(GIFT_CARD_CHARGE), &charging.base);
    a_second_later(&d);
    answer_charged(&d, STATE(DECLINED), "the card was declined: nothing was paid");
    desk_sees(&d, "10.00 for gift card 17, ends in 6724: the card was declined: nothing was paid");
    desk_close(&d);
}

/* The till ends without a word between the answer and the end of the charge. */
static void begun_and_killed(struct desk *d)
{
    Caroline__V1__GiftCardCharging charging = CAROLINE__V1__GIFT_CARD_CHARGING__INIT;
    Caroline__V1__Reply reply = CAROLINE__V1__REPLY__INIT;
    struct spooled row = { .id = { 9 }, .op = OP(GIFT_CARD_CHARGE), .body = bytes_of_text("x"), .follow = true };

    desk_open(d);
    charging.has_charge_id = true;
    charging.charge_id = 551;
    struct bytes body = message_encode(&charging.base, d->arena);
    reply.has_body = true;
    reply.body = (ProtobufCBinaryData){ body.size, (uint8_t *)(uintptr_t)body.data };
    assert_true(spool_put(d->spool, &row));
    assert_true(spool_answer(d->spool, row.id, message_encode(&reply.base, d->arena), true, (struct bytes){ NULL, 0 }));
    desk_restart(d);
    a_second_later(d);
    assert_false(scripted_asked(d->link, OP(GIFT_CARD_CHARGE_SHOW))); /* nobody is here */
    desk_sign_in(d);
    a_second_later(d);
}

static void what_an_earlier_run_began_is_followed(void **state)
{
    (void)state;
    struct desk d;

    begun_and_killed(&d);
    answer_charged(&d, STATE(UNDER_WAY), "");
    desk_sees(&d, "a charge that was begun before this till started is under way");
    desk_golden(&d, "stored-card-of-before");
    a_second_later(&d);
    answer_charged(&d, STATE(LOADED), "");
    desk_sees(&d, "10.00 are paid, and on gift card 17, ends in 6724: 42.00 now");
    desk_restart(&d); /* it was told */
    desk_sign_in(&d);
    a_second_later(&d);
    assert_false(scripted_asked(d.link, OP(GIFT_CARD_CHARGE_SHOW)));
    desk_close(&d);
}

/* Once to each who is here: asked again it would be refused again. */
static void what_cannot_be_told_is_asked_once(void **state)
{
    (void)state;
    struct desk d;

    begun_and_killed(&d);
    scripted_refuse(d.link, OP(GIFT_CARD_CHARGE_SHOW), CAROLINE__V1__ERROR_CODE__NO_GATEWAY,
                    "this shop has no payment gateway", NULL, NULL);
    desk_sees(&d, "what came of a charge cannot be told: this shop has no payment gateway");
    for (int i = 0; i < 3; i++)
        a_second_later(&d);
    assert_false(scripted_asked(d.link, OP(GIFT_CARD_CHARGE_SHOW)));
    scripted_session(d.link, NULL, false);
    scripted_session(d.link, "Zoe", false);
    a_second_later(&d);
    scripted_refuse(d.link, OP(GIFT_CARD_CHARGE_SHOW), CAROLINE__V1__ERROR_CODE__SESSION_LOCKED, "unlock it first",
                    NULL, NULL);
    a_second_later(&d);
    scripted_refuse(d.link, OP(GIFT_CARD_CHARGE_SHOW), CAROLINE__V1__ERROR_CODE__UNKNOWN_CHARGE, "no charge of that id",
                    NULL, NULL);
    desk_restart(&d);
    desk_sign_in(&d);
    a_second_later(&d);
    assert_false(scripted_asked(d.link, OP(GIFT_CARD_CHARGE_SHOW)));
    desk_close(&d);
}

/* Training asks nothing in earnest; what is asked already is refused, and was not told. */
static void a_charge_outlives_training_and_a_pin_that_is_to_be_chosen(void **state)
{
    (void)state;
    struct desk d;

    begun_and_killed(&d); /* and it is asked */
    scripted_training(d.link, true);
    scripted_refuse(d.link, OP(GIFT_CARD_CHARGE_SHOW), CAROLINE__V1__ERROR_CODE__TRAINING_ON,
                    "not in training: end the training first", NULL, NULL);
    desk_sees_not(&d, "cannot be told");
    a_second_later(&d);
    assert_false(scripted_asked(d.link, OP(GIFT_CARD_CHARGE_SHOW)));
    scripted_training(d.link, false);
    a_second_later(&d);
    scripted_refuse(d.link, OP(GIFT_CARD_CHARGE_SHOW), CAROLINE__V1__ERROR_CODE__CHOOSE_PIN_FIRST,
                    "this was a one-time PIN: choose another PIN first", NULL, NULL);
    a_second_later(&d);
    answer_charged(&d, STATE(LOADED), "");
    desk_sees(&d, "10.00 are paid, and on gift card 17, ends in 6724: 42.00 now");
    desk_close(&d);
}

static void a_scanned_code_gives_the_cards_number(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    open_cards(&d);
    desk_type(&d, K_F2);
    desk_scan(&d, CODE);
    assert_true(asked(&d)->has_code);
    card_of(&card, 3200);
    answer_shown(&d, &card, false);
    assert_string_equal(d.counter.stored_cards.number.text, "17");
    desk_close(&d);
}

/* It comes late: the form is another member's, or another card's, by then. */
static void a_late_answer_is_of_the_form_that_it_was_scanned_into(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    open_cards(&d);
    desk_type(&d, K_F2);
    desk_scan(&d, CODE);
    desk_type(&d, K_ESC);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_F2);
    desk_scan(&d, CODE);
    desk_sees(&d, "a gift card was not taken: the server is asked about another");
    card_of(&card, 3200);
    answer_shown(&d, &card, false);
    assert_true(field_is_empty(&d.counter.stored_cards.number));
    desk_scan(&d, CODE);
    answer_shown(&d, &card, false);
    assert_string_equal(d.counter.stored_cards.number.text, "17");
    desk_close(&d);
}

/* From the list as from the form; what is neither goods nor a gift card is named, with a beep. */
static void goods_that_are_scanned_meanwhile_are_sold(void **state)
{
    (void)state;
    struct desk d;

    open_cards(&d);
    desk_scan(&d, "MEMBER-000017");
    desk_sees(&d, "MEMBER-000017 was not taken: only goods are scanned here");
    assert_true(d.counter.stage.beep);
    desk_type(&d, K_F2);
    d.counter.stage.beep = false;
    desk_scan(&d, "MEMBER-000018");
    desk_sees(&d, "MEMBER-000018 was not taken: it is no gift card's code");
    assert_true(d.counter.stage.beep);
    desk_scan(&d, "4006381333931");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 1);
    stage_push(&d.counter.stage, &stored_cards_screen);
    desk_scan(&d, "73513537");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_listed),
        cmocka_unit_test(who_may_not_change_members_sees_none),
        cmocka_unit_test(one_is_removed_after_a_question),
        cmocka_unit_test(one_that_pays_just_now_is_not_removed),
        cmocka_unit_test(the_gateways_page_is_shown_as_a_code),
        cmocka_unit_test(a_terminal_without_blocks_has_the_pages_address),
        cmocka_unit_test(what_the_gateway_refuses_and_who_leaves_end_it),
        cmocka_unit_test(a_lock_leaves_no_page_that_asks_nothing),
        cmocka_unit_test(a_gift_card_is_topped_up_and_the_charge_is_followed),
        cmocka_unit_test(each_end_has_its_sentence),
        cmocka_unit_test(it_is_told_wherever_the_cashier_is),
        cmocka_unit_test(what_is_put_aside_is_followed_too),
        cmocka_unit_test(what_an_earlier_run_began_is_followed),
        cmocka_unit_test(what_cannot_be_told_is_asked_once),
        cmocka_unit_test(a_charge_outlives_training_and_a_pin_that_is_to_be_chosen),
        cmocka_unit_test(a_scanned_code_gives_the_cards_number),
        cmocka_unit_test(a_late_answer_is_of_the_form_that_it_was_scanned_into),
        cmocka_unit_test(goods_that_are_scanned_meanwhile_are_sold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
