/* What is done to a gift card that is there: blocked and opened again, its money moved, given back; by who may, or another. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "gift_card_shown.h"

#define REQUEST(d, name, lower) scripted_request((d)->link, OP(name), &caroline__v1__##lower##__descriptor)

static void look_at_17(struct desk *d, Caroline__V1__GiftCard *card)
{
    desk_open(d);
    desk_sign_in(d);
    desk_type(d, K_F12 K_F11 "17" K_ENTER);
    card_of(card, 4200);
    answer_shown(d, card, false);
}

static void a_card_is_blocked_and_opened_again(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;
    Caroline__V1__GiftCardPutDone done = CAROLINE__V1__GIFT_CARD_PUT_DONE__INIT;

    look_at_17(&d, &card);
    desk_type(&d, K_F4 K_ENTER);
    desk_sees(&d, "this is done with a reason only");
    desk_type(&d, "reported stolen");
    desk_golden(&d, "gift-card-block");
    desk_type(&d, K_ENTER);
    const Caroline__V1__GiftCardPut *request = (const void *)REQUEST(&d, GIFT_CARD_PUT, gift_card_put);
    assert_int_equal(request->number, 17);
    assert_true(request->has_blocked && request->blocked);
    assert_false(request->has_expiry_day);
    assert_memory_equal(request->reason.data, "reported stolen", 15);
    desk_type(&d, K_ESC);
    desk_sees(&d, "Asking the server");
    desk_sees_not(&d, "Esc Back");
    card.has_blocked = card.blocked = true;
    card.left_minor = 0;
    done.card = &card;
    scripted_answer(d.link, OP(GIFT_CARD_PUT), &done.base);
    desk_sees(&d, "gift card 17 is blocked");
    desk_golden(&d, "gift-card-blocked");
    desk_sees_not(&d, "Give back"); /* nor topped up: what is blocked stays as it is */
    desk_type(&d, K_F4 "found" K_ENTER);
    request = (const void *)REQUEST(&d, GIFT_CARD_PUT, gift_card_put);
    assert_true(request->has_blocked && !request->blocked);
    card.blocked = false;
    scripted_answer(d.link, OP(GIFT_CARD_PUT), &done.base);
    desk_sees(&d, "gift card 17 is open again");
    desk_sees(&d, "F4 Block");
    desk_close(&d);
}

static void a_lost_cards_money_goes_to_a_new_one(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;
    Caroline__V1__GiftCardMoved moved = CAROLINE__V1__GIFT_CARD_MOVED__INIT;

    look_at_17(&d, &card);
    desk_type(&d, K_F5 "left in a taxi" K_ENTER "lost" K_ENTER);
    desk_sees(&d, "that is no gift card's code"); /* typed into the first line */
    desk_type(&d, K_ESC K_F5);
    desk_scan(&d, "9876543210987654");
    desk_type(&d, K_ENTER "left in a taxi");
    desk_golden(&d, "gift-card-lost");
    desk_type(&d, K_ENTER);
    const Caroline__V1__GiftCardMove *request = (const void *)REQUEST(&d, GIFT_CARD_MOVE, gift_card_move);
    assert_int_equal(request->number, 17);
    assert_memory_equal(request->code.data, "9876543210987654", 16);
    scripted_refuse(d.link, OP(GIFT_CARD_MOVE), CAROLINE__V1__ERROR_CODE__GIFT_CARD_TAKEN,
                    "there is a gift card with that code: it can be topped up", NULL, NULL);
    desk_sees(&d, "there is a gift card with that code");
    desk_type(&d, K_ESC K_F5 K_ENTER "left in a taxi" K_ENTER); /* the server makes a code */
    request = (const void *)REQUEST(&d, GIFT_CARD_MOVE, gift_card_move);
    assert_false(request->has_code);
    card_of(&card, 4200);
    card.number = 18;
    moved.card = &card;
    moved.has_code = true;
    moved.code = counter_text(CODE);
    scripted_answer(d.link, OP(GIFT_CARD_MOVE), &moved.base);
    desk_sees(&d, "gift card 18 has its money now");
    desk_sees(&d, "91234 56789");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_sees_not(&d, "56789");
    desk_close(&d);
}

static void what_was_paid_for_a_card_is_given_back(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;
    Caroline__V1__GiftCardUndone undone = CAROLINE__V1__GIFT_CARD_UNDONE__INIT;

    look_at_17(&d, &card);
    desk_type(&d, K_F6);
    desk_golden(&d, "gift-card-give-back"); /* the newest first: by card, and so with a reference */
    desk_type(&d, K_ENTER "changed mind" K_ENTER K_ENTER);
    desk_sees(&d, "give it back on the card machine");
    desk_type(&d, "R-9" K_ENTER);
    const Caroline__V1__GiftCardUndo *request = (const void *)REQUEST(&d, GIFT_CARD_UNDO, gift_card_undo);
    assert_int_equal(request->number, 17);
    assert_int_equal(request->entry, 3);
    assert_memory_equal(request->reference.data, "R-9", 3);
    scripted_refuse(d.link, OP(GIFT_CARD_UNDO), CAROLINE__V1__ERROR_CODE__GIFT_CARD_USED,
                    "the card has paid already: what was paid for it is not given back any more", NULL, NULL);
    desk_sees(&d, "the card has paid already");
    desk_type(&d, K_ESC K_F6 "\b2" K_ENTER "changed mind" K_ENTER);
    desk_sees(&d, "type the number of one of these"); /* entry 2 paid a sale */
    desk_type(&d, "\b1" K_ENTER K_ENTER);
    request = (const void *)REQUEST(&d, GIFT_CARD_UNDO, gift_card_undo);
    assert_int_equal(request->entry, 1);
    assert_false(request->has_reference);
    card_of(&card, 0);
    undone.card = &card;
    undone.has_amount_minor = undone.has_means = true;
    undone.amount_minor = -5000;
    undone.means = CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CASH;
    scripted_answer(d.link, OP(GIFT_CARD_UNDO), &undone.base);
    desk_sees(&d, "give 50.00 back out of the drawer");
    assert_ptr_equal(stage_top(&d.counter.stage), &gift_card_paper_screen);
    desk_golden(&d, "gift-card-given-back"); /* large is what is handed over, not what is left */
    desk_close(&d);
}

static void what_was_given_back_is_not_offered_again(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    newest_undone = true;
    look_at_17(&d, &card);
    newest_undone = false;
    desk_type(&d, K_F6);
    desk_sees(&d, "Entry 1: 50.00 in cash");
    desk_sees_not(&d, "Entry 3");
    desk_close(&d);
}

/* The gateway has its own reference: none is asked for. */
static void what_a_stored_card_paid_goes_back_to_it(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;
    Caroline__V1__GiftCardUndone undone = CAROLINE__V1__GIFT_CARD_UNDONE__INIT;

    newest_means = CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_GATEWAY;
    look_at_17(&d, &card);
    newest_means = CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CARD;
    desk_type(&d, K_F6 K_ENTER "wrong card");
    desk_golden(&d, "gift-card-give-back-stored");
    desk_type(&d, K_ENTER);
    const Caroline__V1__GiftCardUndo *request = (const void *)REQUEST(&d, GIFT_CARD_UNDO, gift_card_undo);
    assert_int_equal(request->entry, 3);
    assert_false(request->has_reference);
    card_of(&card, 3200);
    undone.card = &card;
    undone.has_amount_minor = undone.has_means = undone.has_charge_id = true;
    undone.amount_minor = -1000;
    undone.means = CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_GATEWAY;
    undone.charge_id = 551;
    scripted_answer(d.link, OP(GIFT_CARD_UNDO), &undone.base);
    desk_sees(&d, "10.00 goes back to the stored card: the payment gateway is asked for it");
    assert_ptr_equal(stage_top(&d.counter.stage), &gift_card_paper_screen);
    desk_close(&d);
}

/* Of a person's own way it went back before it was asked for, and the gateway pays its own: cash alone is to be given yet. */
static const struct {
    Caroline__V1__AccountMeans means;
    const char *says;
    bool orders; /* and it stays until it is read */
} ways_back[] = {
    { CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CASH, "gift card 17, ends in 6724: give 10.00 back out of the drawer: Enter",
      true },
    { CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CARD,
      "gift card 17, ends in 6724: 10.00 went back to the card, as it is in the books", false },
    { CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_TRANSFER,
      "gift card 17, ends in 6724: 10.00 went back by transfer, as it is in the books", false },
    { CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_GATEWAY,
      "gift card 17, ends in 6724: 10.00 goes back to the stored card: the payment", false },
};

static void undone_of(Caroline__V1__GiftCardUndone *undone, Caroline__V1__GiftCard *card,
                      Caroline__V1__AccountMeans means)
{
    caroline__v1__gift_card_undone__init(undone);
    card_of(card, 3200);
    undone->card = card;
    undone->has_amount_minor = undone->has_means = true;
    undone->amount_minor = -1000;
    undone->means = means;
}

static void is_told(struct desk *d, size_t way)
{
    desk_sees(d, ways_back[way].says);
    assert_int_equal(stage_holds(&d->counter.stage), ways_back[way].orders);
    if (!ways_back[way].orders)
        desk_sees_not(d, "give");
}

static void what_goes_back_late_is_ordered_once(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;
    Caroline__V1__GiftCardUndone undone;

    for (size_t way = 0; way < sizeof(ways_back) / sizeof(ways_back[0]); way++) {
        newest_means = ways_back[way].means;
        look_at_17(&d, &card);
        newest_means = CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CARD;
        desk_type(&d, K_F6 K_ENTER "wrong card" K_ENTER "R-9" K_ENTER);
        assert_true(scripted_asked(d.link, OP(GIFT_CARD_UNDO)));
        counter_tick(&d.counter, d.now_us + SECOND_US, false);
        counter_tick(&d.counter, d.now_us + 4 * SECOND_US, false);
        desk_type(&d, K_ESC);
        desk_sees(&d, "put aside, 10.00 back for gift card 17, ends in 6724");
        desk_type(&d, K_ESC K_ESC);
        assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
        undone_of(&undone, &card, ways_back[way].means);
        scripted_answer(d.link, OP(GIFT_CARD_UNDO), &undone.base);
        is_told(&d, way);
        desk_close(&d);
    }
}

static void what_an_earlier_run_gave_back_is_ordered_once(void **state)
{
    static const uint8_t id[COMMAND_ID_SIZE] = { 7 };
    struct desk d;
    Caroline__V1__GiftCard card;
    Caroline__V1__GiftCardUndone undone;
    const struct link_answer answer = { .outcome = LINK_OK, .reply = &undone.base, .sentence = "" };

    (void)state;
    for (size_t way = 0; way < sizeof(ways_back) / sizeof(ways_back[0]); way++) {
        desk_open(&d);
        undone_of(&undone, &card, ways_back[way].means);
        counter_events.on_recovered(&d.counter, OP(GIFT_CARD_UNDO), id, &answer);
        is_told(&d, way);
        desk_close(&d);
    }
}

/* Who may not has another person's PIN in place, who then has the card on the screen. */
static void who_may_not_lets_another_person_do_it(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;
    Caroline__V1__Staff staff = CAROLINE__V1__STAFF__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    scripted_forbids(d.link, "gift_card_edit");
    desk_type(&d, K_F12 K_F11 "17" K_ENTER);
    card_of(&card, 4200);
    answer_shown(&d, &card, false);
    desk_golden(&d, "gift-card-may-not");
    desk_type(&d, K_F4 K_F5);
    assert_ptr_equal(stage_top(&d.counter.stage), &gift_card_screen);
    desk_type(&d, K_F7 "Eve" K_ENTER "8261" K_ENTER);
    scripted_forbids(d.link, NULL);
    staff.has_id = staff.has_name = true;
    staff.id = 22;
    staff.name = counter_text("Eve");
    opened.staff = &staff;
    scripted_answer(d.link, OP(SESSION_OPEN), &opened.base);
    assert_int_equal(asked(&d)->number, 17);
    answer_shown(&d, &card, false);
    desk_sees(&d, "F4 Block");
    desk_sees_not(&d, "Who may more");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_is_blocked_and_opened_again),
        cmocka_unit_test(a_lost_cards_money_goes_to_a_new_one),
        cmocka_unit_test(what_was_paid_for_a_card_is_given_back),
        cmocka_unit_test(what_was_given_back_is_not_offered_again),
        cmocka_unit_test(what_a_stored_card_paid_goes_back_to_it),
        cmocka_unit_test(what_goes_back_late_is_ordered_once),
        cmocka_unit_test(what_an_earlier_run_gave_back_is_ordered_once),
        cmocka_unit_test(who_may_not_lets_another_person_do_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
