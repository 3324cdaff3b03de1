/* Gift cards, by keys, scans and answers: what is left on one, paying by one, a new one, more onto one; and no code on the disk. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <uv.h>

#include "gift_card_shown.h"

static const struct tender_type gift_card = {
    .id = 82, .name = "Gift card", .permission = "", .kind = TENDER_GIFT_CARD, .change = CHANGE_NONE, .active = true
};

static void pay(struct desk *d)
{
    desk_open(d);
    catalogue_put_tender_type(d->catalogue, 1, &gift_card);
    desk_sign_in(d);
    desk_fill(d);
    desk_type(d, K_F2);
    desk_quote(d);
}

static void answer_ring_up(struct desk *d)
{
    Caroline__V1__SaleRungUp rung = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;

    totals.has_total_minor = rung.has_receipt_number = true;
    totals.total_minor = 2264;
    rung.receipt_number = counter_text("3T-000042");
    rung.totals = &totals;
    scripted_answer(d->link, OP(SALE_RING_UP), &rung.base);
}

/* ---- paying ---- */

static void a_card_pays_all_of_it(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    pay(&d);
    desk_sees(&d, "F10 Gift card");
    desk_type(&d, K_F10);
    desk_golden(&d, "gift-card-pay");
    desk_scan(&d, CODE);
    assert_memory_equal(asked(&d)->code.data, CODE, 20);
    card_of(&card, 5000);
    answer_shown(&d, &card, true);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 1);
    assert_int_equal(ring->tenders[0]->tender_type_id, 82);
    assert_int_equal(ring->tenders[0]->amount_minor, 2264);
    assert_int_equal(ring->tenders[0]->gift_card.len, GIFT_CARD_TOKEN_SIZE);
    assert_false(ring->tenders[0]->has_reference);
    answer_ring_up(&d);
    desk_close(&d);
}

/* At the paying screen a scan needs no key. */
static void a_scan_pays_what_there_is_and_cash_the_rest(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    pay(&d);
    desk_scan(&d, CODE);
    assert_ptr_equal(stage_top(&d.counter.stage), &gift_card_screen);
    card_of(&card, 1000);
    answer_shown(&d, &card, true);
    desk_sees(&d, "gift card 17 pays 10.00, all that was on it: take the rest");
    desk_golden(&d, "gift-card-part");
    desk_scan(&d, CODE);
    answer_shown(&d, &card, true);
    desk_sees(&d, "this card stands on the receipt already");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 2);
    assert_int_equal(ring->tenders[0]->amount_minor, 1000);
    assert_true(ring->tenders[0]->has_gift_card);
    assert_int_equal(ring->tenders[1]->kind, CAROLINE__V1__TENDER_KIND__TENDER_CASH);
    assert_false(ring->tenders[1]->has_gift_card);
    desk_close(&d);
}

/* Four means: Voucher and Meal voucher have a key each, the gift card is in the list. */
static void a_scan_in_the_list_of_others_pays(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    desk_open(&d);
    bakery_take_vouchers(d.catalogue, 3);
    catalogue_put_tender_type(d.catalogue, 1, &gift_card);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, "5" K_F12);
    assert_ptr_equal(stage_top(&d.counter.stage), &tender_screen);
    desk_scan(&d, CODE);
    assert_ptr_equal(stage_top(&d.counter.stage), &gift_card_screen);
    assert_true(stage_has(&d.counter.stage, &pay_screen));
    desk_sees(&d, "Which card pays 5.00"); /* as typed before the list */
    card_of(&card, 5000);
    answer_shown(&d, &card, true);
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);
    desk_sees(&d, "gift card 17: 45.00 stay on it");
    /* There is a payment already: a second card is one, too, from the list as well. */
    desk_type(&d, K_F12);
    assert_ptr_equal(stage_top(&d.counter.stage), &tender_screen);
    desk_scan(&d, CODE);
    answer_shown(&d, &card, true);
    desk_sees(&d, "this card stands on the receipt already");
    desk_close(&d);
}

/* A number that a voucher was to have, a tip that was not said yet: neither is taken, and the card pays what is due. */
static void a_scan_pays_instead_of_what_was_asked_about(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    desk_open(&d);
    bakery_take_vouchers(d.catalogue, 3);
    catalogue_put_tender_type(d.catalogue, 1, &gift_card);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, "5" K_F2);
    desk_scan(&d, CODE);
    desk_sees(&d, "Which card pays 22.64");
    assert_int_equal(d.counter.pay.tip_minor, 0);
    desk_type(&d, K_ESC);
    desk_type(&d, K_F12 K_DOWN K_DOWN K_ENTER);
    desk_sees(&d, "Its number:");
    desk_type(&d, "T-4");
    desk_scan(&d, CODE);
    desk_sees(&d, "Which card pays 22.64");
    card_of(&card, 5000);
    answer_shown(&d, &card, true);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 1);
    assert_int_equal(ring->tenders[0]->tender_type_id, 82);
    desk_close(&d);
}

/* Where the shop takes none as payment, or at the sale, the card is looked at: nobody takes that for paid. */
static void a_card_that_is_looked_at_pays_nothing(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    desk_open(&d);
    desk_sign_in(&d);
    desk_scan(&d, CODE);
    desk_sees_not(&d, "Nothing is paid by it here");
    desk_type(&d, K_ESC);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_scan(&d, CODE);
    assert_false(stage_has(&d.counter.stage, &pay_screen));
    desk_sees(&d, "Nothing is paid by it here");
    card_of(&card, 5000);
    answer_shown(&d, &card, false);
    desk_sees(&d, "Nothing is paid by it here");
    desk_golden(&d, "gift-card-looked-at");
    desk_close(&d);
}

static void what_is_taken_back_is_no_cards(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    pay(&d);
    desk_type(&d, "5" K_F10);
    desk_sees(&d, "Which card pays 5.00");
    desk_type(&d, CODE K_ENTER);
    card_of(&card, 5000);
    answer_shown(&d, &card, true);
    desk_sees(&d, "gift card 17: 45.00 stay on it");
    desk_type(&d, K_F4 K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 1);
    assert_false(ring->tenders[0]->has_gift_card);
    desk_close(&d);
}

static void what_does_not_pay_is_said(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    pay(&d);
    desk_type(&d, K_F10 "17" K_ENTER);
    desk_sees(&d, "that is no gift card's code"); /* its number pays nothing */
    desk_type(&d, "91234567890123456725" K_ENTER);
    desk_sees(&d, "that is no gift card's code"); /* a slip of a digit */
    desk_scan(&d, CODE);
    card_of(&card, 5000);
    card.has_blocked = card.blocked = true;
    card.left_minor = 0;
    answer_shown(&d, &card, true);
    desk_sees(&d, "gift card 17 is blocked: it pays nothing");
    desk_scan(&d, CODE);
    card.blocked = false;
    card.has_expired = card.expired = true;
    answer_shown(&d, &card, true);
    desk_sees(&d, "gift card 17 is expired: a manager can give it more time");
    desk_scan(&d, CODE);
    card.has_moved_to = true;
    card.moved_to = 18;
    answer_shown(&d, &card, true);
    desk_sees(&d, "gift card 17 is lost: another card has its money");
    desk_scan(&d, CODE);
    scripted_refuse(d.link, OP(GIFT_CARD_SHOW), CAROLINE__V1__ERROR_CODE__UNKNOWN_GIFT_CARD,
                    "there is no gift card with that code", NULL, NULL);
    desk_sees(&d, "there is no gift card with that code");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);

    desk_type(&d, K_F10);
    desk_scan(&d, CODE);
    card_of(&card, 5000);
    answer_shown(&d, &card, true);
    scripted_refuse(d.link, OP(SALE_RING_UP), CAROLINE__V1__ERROR_CODE__GIFT_CARD_BALANCE,
                    "gift card 17: 3.00 are left on it, and not 22.64", "tenders[0].gift_card", NULL);
    desk_sees(&d, "3.00 are left on it");
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen); /* another means pays it */
    desk_sees(&d, "To pay");
    desk_close(&d);
}

static void not_offline(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    catalogue_put_tender_type(d.catalogue, 1, &gift_card);
    desk_sign_in(&d);
    desk_fill(&d);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_F12 K_F11);
    desk_sees(&d, "no connection: what is left on a card is known to the server alone");
    desk_scan(&d, CODE); /* and it is not noted as a member's card */
    desk_sees(&d, "no connection: what is left on a card is known to the server alone");
    assert_int_equal(d.counter.basket.member_card[0], 0);
    desk_type(&d, K_F2);
    desk_sees(&d, "OFFLINE");
    desk_sees_not(&d, "Gift card");
    desk_close(&d);
}

/* ---- looked up, issued, topped up ---- */

static void a_scan_says_what_is_left(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    desk_open(&d);
    desk_sign_in(&d);
    desk_scan(&d, CODE);
    assert_ptr_equal(stage_top(&d.counter.stage), &gift_card_screen);
    card_of(&card, 3200);
    card.has_expiry_day = true;
    card.expiry_day = counter_text("2029-11-20");
    answer_shown(&d, &card, true);
    desk_golden(&d, "gift-card-shown");
    desk_type(&d, "17" K_ENTER);
    assert_int_equal(asked(&d)->number, 17);
    card.has_moved_to = true;
    card.moved_to = 18;
    card.balance_minor = card.left_minor = 0;
    answer_shown(&d, &card, false);
    desk_sees(&d, "Lost: card 18 has its money");
    desk_sees_not(&d, "Top up");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static const Caroline__V1__GiftCardLoad *loaded(struct desk *d)
{
    return (const Caroline__V1__GiftCardLoad *)scripted_request(d->link, OP(GIFT_CARD_LOAD),
                                                                &caroline__v1__gift_card_load__descriptor);
}

static void answer_loaded(struct desk *d, int64_t balance_minor, const char *code)
{
    Caroline__V1__GiftCardLoaded done = CAROLINE__V1__GIFT_CARD_LOADED__INIT;
    Caroline__V1__GiftCard card;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow rows[3], *pointers[] = { &rows[0], &rows[1], &rows[2] };

    done.has_amount_minor = true;
    done.amount_minor = 5000;
    for (size_t i = 0; i < 3; i++) {
        caroline__v1__receipt_row__init(&rows[i]);
        rows[i].has_kind = rows[i].has_left = true;
    }
    rows[0].kind = ROW(TITLE);
    rows[0].left = counter_text("GIFT CARD");
    rows[1].left = counter_text("Card 17, ends in 6724");
    rows[2].kind = ROW(PAIR);
    rows[2].left = counter_text("Received by cash EUR");
    rows[2].has_right = true;
    rows[2].right = counter_text("50.00");
    receipt.rows = pointers;
    receipt.n_rows = 3;
    card_of(&card, balance_minor);
    done.card = &card;
    done.has_entry = true;
    done.entry = 1;
    done.has_code = code != NULL;
    done.code = counter_text(code == NULL ? "" : code);
    done.receipt = &receipt;
    scripted_answer(d->link, OP(GIFT_CARD_LOAD), &done.base);
}

static void a_new_card_is_paid_in_cash(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12 K_F11 K_F3);
    desk_golden(&d, "gift-card-new");
    desk_type(&d, K_ENTER K_ENTER);
    desk_sees(&d, "type how much it is");
    desk_type(&d, "50" K_ENTER K_ENTER);
    const Caroline__V1__GiftCardLoad *request = loaded(&d);
    assert_false(request->has_number);
    assert_false(request->has_code);
    assert_false(request->has_reference);
    assert_int_equal(request->means, CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CASH);
    assert_int_equal(request->amount_minor, 5000);
    desk_type(&d, K_ESC); /* not yet */
    desk_sees(&d, "Asking the server");
    desk_sees_not(&d, "Back");
    answer_loaded(&d, 5000, CODE);
    desk_golden(&d, "gift-card-issued");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_sees_not(&d, "56789");
    desk_close(&d);
}

/* Sold on meanwhile; its code is in the answer, and is shown once to who sold it, at the sale. */
static void a_new_card_that_was_put_aside_shows_its_code_later(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12 K_F11 K_F3 "50" K_ENTER K_ENTER);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_ESC);
    desk_sees(&d, "put aside, 50.00 for a new gift card");
    desk_type(&d, K_ESC K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F12);
    scripted_state(d.link, LINK_ONLINE, "connected");
    answer_loaded(&d, 5000, CODE);
    desk_sees(&d, "50.00 are in the books, on gift card 17, ends in 6724: its code is");
    counter_tick(&d.counter, d.now_us, false);
    desk_sees_not(&d, "56789"); /* not over what is done there */
    scripted_session(d.link, "Ana", true);
    counter_tick(&d.counter, d.now_us, false);
    desk_sees_not(&d, "56789"); /* nor to whom it may concern */
    scripted_session(d.link, "Ana", false);
    while (stage_top(&d.counter.stage) != &sale_screen)
        desk_type(&d, K_ESC);
    counter_tick(&d.counter, d.now_us, false);
    desk_golden(&d, "gift-card-code-later");
    desk_type(&d, K_ENTER);
    counter_tick(&d.counter, d.now_us, false);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

/* Asked for before: of a ninth the code would have no place, and nobody else has it. */
static void only_eight_codes_are_waited_for_at_once(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    for (uint8_t i = 0; i < GIFT_CARD_CODES_MAX; i++) {
        struct spooled row = { .op = OP(GIFT_CARD_LOAD), .secret = true };

        memset(row.id, 20 + i, sizeof(row.id));
        assert_true(spool_put(d.spool, &row));
    }
    desk_type(&d, K_F12 K_F11 K_F3 "50" K_ENTER K_ENTER);
    assert_false(scripted_asked(d.link, OP(GIFT_CARD_LOAD)));
    desk_sees(&d, "8 new cards wait for the server, or for who made them: their codes come");
    desk_type(&d, K_ESC K_ESC);
    for (uint8_t i = 0; i < GIFT_CARD_CODES_MAX; i++) {
        uint8_t id[COMMAND_ID_SIZE];

        memset(id, 20 + i, sizeof(id));
        assert_true(spool_answer(d.spool, id, bytes_of_text(""), true, (struct bytes){ NULL, 0 }));
    }
    while (stage_top(&d.counter.stage) != &sale_screen)
        desk_type(&d, K_ESC);
    desk_type(&d, K_F12 K_F11 K_F3 "50" K_ENTER K_ENTER);
    assert_true(scripted_asked(d.link, OP(GIFT_CARD_LOAD)));
    desk_close(&d);
}

/* Whoever waited until the till was locked: it is theirs all the same, and nobody's before they open it. */
static void a_code_that_comes_to_a_locked_till_is_shown_behind_the_lock(void **state)
{
    (void)state;
    struct desk d;

    for (int put_aside = 0; put_aside < 2; put_aside++) {
        desk_open(&d);
        desk_sign_in(&d);
        desk_type(&d, K_F12 K_F11 K_F3 "50" K_ENTER K_ENTER);
        if (put_aside) {
            scripted_state(d.link, LINK_OFFLINE, "no connection");
            desk_type(&d, K_ESC);
            scripted_state(d.link, LINK_ONLINE, "connected");
        }
        scripted_session(d.link, "Ana", true);
        answer_loaded(&d, 5000, CODE);
        counter_tick(&d.counter, d.now_us, false);
        desk_sees(&d, "LOCKED");
        desk_sees_not(&d, "56789");
        scripted_session(d.link, "Ana", false);
        while (put_aside && stage_top(&d.counter.stage) != &sale_screen)
            desk_type(&d, K_ESC);
        counter_tick(&d.counter, d.now_us, false);
        desk_sees(&d, "56789");
        desk_type(&d, K_ENTER);
        assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
        desk_close(&d);
    }
}

static void a_printed_card_is_scanned_and_paid_by_card(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12 K_F11 K_F3 K_F3);
    desk_scan(&d, "9876543210987654");
    desk_type(&d, "20" K_ENTER K_ENTER K_ENTER);
    desk_sees(&d, "type what the card machine printed as its approval");
    desk_type(&d, "A-17");
    desk_golden(&d, "gift-card-by-card");
    desk_type(&d, K_ENTER);
    const Caroline__V1__GiftCardLoad *request = loaded(&d);
    assert_memory_equal(request->code.data, "9876543210987654", 16);
    assert_memory_equal(request->reference.data, "A-17", 4);
    assert_int_equal(request->means, CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CARD);
    scripted_refuse(d.link, OP(GIFT_CARD_LOAD), CAROLINE__V1__ERROR_CODE__GIFT_CARD_TAKEN,
                    "there is a gift card with that code: top it up", "code", NULL);
    desk_sees(&d, "there is a gift card with that code: top it up");
    assert_ptr_equal(stage_top(&d.counter.stage), &gift_card_load_screen);
    desk_close(&d);
}

static void a_card_is_topped_up(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__GiftCard card;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12 K_F11 "17" K_ENTER);
    card_of(&card, 3200);
    answer_shown(&d, &card, false);
    desk_type(&d, K_F2);
    desk_sees(&d, "More onto gift card 17");
    desk_type(&d, "18" K_ENTER);
    const Caroline__V1__GiftCardLoad *request = loaded(&d);
    assert_int_equal(request->number, 17);
    assert_int_equal(request->amount_minor, 1800);
    answer_loaded(&d, 5000, NULL);
    desk_sees(&d, "18.00 more are on gift card 17: 50.00 now");
    desk_sees_not(&d, "Its code");
    desk_close(&d);
}

/* ---- on paper, and on the disk ---- */

static bool file_has(const char *path, const char *text)
{
    char command[400];

    snprintf(command, sizeof(command), "grep -aqF '%s' %s* 2>/dev/null", text, path);
    return system(command) == 0;
}

/* The code is printed, and neither the queue's file nor the till's spool ever had it. */
static void the_paper_has_the_code_and_the_disk_has_not(void **state)
{
    (void)state;
    struct desk d;
    char paper[128], queue[128];
    const char *problem = "";
    uv_loop_t loop;

    desk_open(&d);
    desk_sign_in(&d);
    uv_loop_init(&loop);
    snprintf(paper, sizeof(paper), "%s/paper", d.directory);
    snprintf(queue, sizeof(queue), "%s/print.db", d.directory);
    struct print_spool_options options = {
        .loop = &loop,
        .path = queue,
        .address = { .way = PRINTER_FILE, .name = paper },
        .printer = { .columns = 42, .code = ESCPOS_CODE_TEXT, .cutter = true, .drawer_pin = 2 },
        .changed = printing_changed,
        .owner = &d.counter,
    };
    struct print_spool *printing = print_spool_open(&options, d.arena, &problem);
    if (printing == NULL)
        fail_msg("%s", problem);
    printing_attach(&d.counter, printing, true);
    desk_type(&d, K_F12 K_F11 K_F3 "50" K_ENTER K_ENTER);
    answer_loaded(&d, 5000, CODE);
    assert_false(file_has(queue, "56724"));
    while (print_spool_waiting(printing) > 0)
        uv_run(&loop, UV_RUN_ONCE);
    assert_true(file_has(paper, CODE_FIVES));
    assert_true(file_has(paper, CODE));
    assert_true(file_has(paper, "Card 17, ends in 6724"));
    d.counter.printing = NULL;
    print_spool_close(printing);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    unlink(paper);
    assert_false(file_has(d.directory, CODE));
    assert_false(file_has(queue, CODE_FIVES));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_pays_all_of_it),
        cmocka_unit_test(a_scan_pays_what_there_is_and_cash_the_rest),
        cmocka_unit_test(a_scan_in_the_list_of_others_pays),
        cmocka_unit_test(a_scan_pays_instead_of_what_was_asked_about),
        cmocka_unit_test(a_card_that_is_looked_at_pays_nothing),
        cmocka_unit_test(what_is_taken_back_is_no_cards),
        cmocka_unit_test(what_does_not_pay_is_said),
        cmocka_unit_test(not_offline),
        cmocka_unit_test(a_scan_says_what_is_left),
        cmocka_unit_test(a_new_card_is_paid_in_cash),
        cmocka_unit_test(a_new_card_that_was_put_aside_shows_its_code_later),
        cmocka_unit_test(only_eight_codes_are_waited_for_at_once),
        cmocka_unit_test(a_code_that_comes_to_a_locked_till_is_shown_behind_the_lock),
        cmocka_unit_test(a_printed_card_is_scanned_and_paid_by_card),
        cmocka_unit_test(a_card_is_topped_up),
        cmocka_unit_test(the_paper_has_the_code_and_the_disk_has_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
