/* What is scanned or typed and not taken: it stays until somebody has read it, and none of it reaches the next customer. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "scans_world.h"

static void answer_nobody(struct desk *d)
{
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;

    scripted_answer(d->link, OP(MEMBER_FIND), &found.base);
}

static bool alarmed(struct desk *d)
{
    bool alarm = d->counter.stage.alarm;

    d->counter.stage.alarm = false;
    return alarm;
}

/* Goods that are known are rung up all the while; Enter is what is typed for as long as there is something. */
static void unknown_codes_stay_until_they_are_read(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_scan(&d, "LOST-00001");
    answer_nobody(&d);
    assert_true(alarmed(&d));
    desk_sees(&d, "no product and no member's card has the code LOST-00001: Enter");
    desk_scan(&d, "73513537");
    assert_false(alarmed(&d));
    desk_sees(&d, "LOST-00001: Enter");
    desk_scan(&d, "LOST-00002");
    answer_nobody(&d);
    assert_true(alarmed(&d));
    desk_scan(&d, "2100118003508"); /* nobody need be asked */
    assert_true(alarmed(&d));
    desk_sees(&d, "3 codes unknown: LOST-00001, LOST-00002, 2100118003508: Enter");
    desk_type(&d, "112\r");
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_golden(&d, "sale-unknown");
    desk_type(&d, K_F8);
    desk_sees(&d, "3 codes unknown");
    desk_type(&d, K_ESC); /* no other key reads it */
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_sees(&d, "3 codes unknown");
    desk_type(&d, K_ENTER);
    desk_sees_not(&d, "unknown");
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_scan(&d, "LOST-00003"); /* what was read is not told again */
    answer_nobody(&d);
    desk_sees(&d, "no product and no member's card has the code LOST-00003: Enter");
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_ENTER); /* it is read before it is paid */
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    desk_sees_not(&d, "LOST-00003");
    desk_type(&d, K_ENTER);
    assert_true(scripted_asked(d.link, OP(SALE_RING_UP)));
    desk_close(&d);
}

/* So do goods that are known and not sold. */
static void what_is_sold_out_is_told_until_it_is_read(void **state)
{
    static const char *const barcodes[] = { "4000417025005" };
    struct desk d;

    (void)state;
    open_shop(&d);
    struct product tart = *catalogue_product(d.catalogue, catalogue_newest(d.catalogue), BAKERY_SOLD_OUT);
    tart.barcodes = barcodes;
    tart.barcode_count = 1;
    catalogue_put_product(d.catalogue, 1, &tart);
    desk_scan(&d, "4000417025005");
    assert_true(alarmed(&d));
    desk_scan(&d, "LOST-00001");
    answer_nobody(&d);
    desk_scan(&d, "73513537");
    desk_sees(&d, "1 code unknown: LOST-00001; Lemon Tart is sold out: Enter");
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_type(&d, K_ENTER);
    desk_sees_not(&d, "sold out");
    desk_close(&d);
}

/* More than there is room for are counted. */
/* The stage has its own to say, and neither takes the other's place. */
static void scans_that_were_dropped_are_told_beside_unknown_codes(void **state)
{
    (void)state;
    struct desk d;
    char line[STAGE_TEXT];

    open_shop(&d);
    stage_hold(&d.counter.stage, "1 scan was not taken: scan again: Enter");
    told_say(&d.counter, "LOST-00001 is lost");
    assert_string_equal(d.counter.stage.held, "1 scan was not taken: scan again; LOST-00001 is lost: Enter");
    told_say(&d.counter, "LOST-00002 is lost");
    snprintf(line, sizeof(line), "2 scans were not taken: scan again; %.400s", d.counter.stage.held);
    stage_hold(&d.counter.stage, line); /* as the stage does */
    told_say(&d.counter, "LOST-00003 is lost");
    assert_string_equal(d.counter.stage.held,
                        "2 scans were not taken: scan again; 1 scan was not taken: scan again; LOST-00001 is lost; "
                        "LOST-00002 is lost; LOST-00003 is lost: Enter");
    desk_sees(&d, "1 scan was not taken");
    desk_type(&d, K_ENTER);
    desk_sees_not(&d, "not taken");
    told_say(&d.counter, "LOST-00004 is lost");
    assert_string_equal(d.counter.stage.held, "LOST-00004 is lost: Enter");
    desk_close(&d);
}

static void many_unknown_codes_are_counted(void **state)
{
    struct desk d;
    char code[24];

    (void)state;
    open_shop(&d);
    for (unsigned i = 1; i <= TOLD_MAX + 3; i++) {
        snprintf(code, sizeof(code), "LOST-%05u", i);
        desk_scan(&d, code);
        answer_nobody(&d);
    }
    desk_sees(&d, "8 codes unknown: LOST-00004, LOST-00005");
    desk_sees(&d, "LOST-00011; and 3 before: Enter");
    desk_type(&d, K_ENTER);
    desk_sees_not(&d, "LOST");
    desk_close(&d);
}

static void scan_unknown(struct desk *d, unsigned count)
{
    char code[24];

    for (unsigned i = 1; i <= count; i++) {
        snprintf(code, sizeof(code), "LOST-%05u", i);
        desk_scan(d, code);
        answer_nobody(d);
    }
}

/* A code can be scanned again; what became of a card, or of the drawer, is told once. */
static void codes_make_room_before_anything_else(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    told_say(&d.counter, "Mia Stone was not named");
    scan_unknown(&d, TOLD_MAX + 1);
    assert_non_null(strstr(d.counter.stage.held, "7 codes unknown: LOST-00003, "));
    assert_non_null(strstr(d.counter.stage.held, "; Mia Stone was not named; and 2 before: Enter"));
    desk_close(&d);
}

/* Three lines of the window are all there is: money stands first, in one sum however much else is told. */
static void money_is_told_whatever_else_there_is_to_tell(void **state)
{
    struct desk d;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;

    (void)state;
    open_shop(&d);
    sale.has_receipt_number = sale.has_cash_minor = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000043");
    sale.totals = &totals;
    sale.cash_minor = totals.total_minor = -585;
    scan_unknown(&d, 1);
    given_back_tell(&d.counter, &sale);
    for (unsigned i = 0; i < TOLD_MAX + 1; i++)
        told_say(&d.counter, "LOST-%05u was not taken", i);
    desk_sees(&d, "refund 3T-000043 is in the books: give back 5.85 in cash");
    sale.cash_minor = -15;
    sale.has_card_minor = true;
    sale.card_minor = totals.total_minor + 15;
    for (unsigned i = 1; i < TOLD_MAX + 2; i++)
        given_back_tell(&d.counter, &sale);
    desk_sees(&d, "10 refunds are in the books: give back 7.20 in cash, 51.30 on the card");
    desk_type(&d, K_ENTER);
    assert_false(stage_holds(&d.counter.stage));
    given_back_tell(&d.counter, &sale); /* what was read is over */
    assert_string_equal(d.counter.stage.held,
                        "refund 3T-000043 is in the books: give back 0.15 in cash, 5.70 on the card machine: Enter");
    given_back_tell(&d.counter, &sale);
    scan_unknown(&d, 2);
    desk_golden(&d, "sale-told-money");
    desk_close(&d);
}

/* Each answer is of the code that it was asked for. */
static void answers_are_of_their_own_codes(void **state)
{
    struct desk d;
    Caroline__V1__MemberFound badge = CAROLINE__V1__MEMBER_FOUND__INIT;

    (void)state;
    open_shop(&d);
    desk_scan(&d, "LOST-00001");
    desk_scan(&d, "LOST-00002");
    answer_nobody(&d);
    desk_sees(&d, "no product and no member's card has the code LOST-00001: Enter");
    scripted_fail(d.link, OP(MEMBER_FIND), "the server did not answer in time");
    desk_sees(&d, "1 code unknown: LOST-00001; LOST-00002 was not taken: the server did not");
    desk_type(&d, K_ENTER);
    desk_scan(&d, "BADGE-0001");
    desk_scan(&d, "LOST-00003");
    badge.has_badge = badge.badge = true;
    scripted_answer(d.link, OP(MEMBER_FIND), &badge.base);
    assert_ptr_equal(stage_top(&d.counter.stage), &switch_screen);
    assert_string_equal(d.counter.switching.who.name.text, "BADGE-0001");
    answer_nobody(&d);
    desk_sees(&d, "LOST-00003: Enter");
    desk_close(&d);
}

static void more_than_can_be_asked_at_once_are_named(void **state)
{
    struct desk d;
    char code[24];

    (void)state;
    open_shop(&d);
    for (unsigned i = 1; i <= CARD_LOOKS_MAX + 1; i++) {
        snprintf(code, sizeof(code), "LOST-%05u", i);
        desk_scan(&d, code);
    }
    desk_sees(&d, "LOST-00009 was not taken: the server is slow to say whose it is");
    for (unsigned i = 0; i < CARD_LOOKS_MAX; i++)
        answer_nobody(&d);
    desk_scan(&d, "LOST-00010");
    assert_true(scripted_asked(d.link, OP(MEMBER_FIND)));
    desk_close(&d);
}

/* The sale is faster than the answer, which is not the next customer's either. */
static void a_card_that_comes_too_late_is_told(void **state)
{
    static const char sentence[] = "Mia Stone was not named: the card came too late for its basket.";
    Caroline__V1__MemberFound found = CAROLINE__V1__MEMBER_FOUND__INIT;
    Caroline__V1__Member mia = CAROLINE__V1__MEMBER__INIT, *members[] = { &mia };
    struct desk d;

    (void)state;
    mia.has_id = mia.has_name = true;
    mia.id = 77;
    mia.name = counter_text("Mia Stone");
    found.members = members;
    found.n_members = 1;
    for (int booked = 0; booked < 2; booked++) {
        open_shop(&d);
        desk_fill(&d);
        desk_scan(&d, "MEMBER-000017");
        desk_type(&d, K_F2);
        desk_quote(&d);
        desk_type(&d, K_ENTER);
        assert_true(scripted_asked(d.link, OP(SALE_RING_UP)));
        if (booked)
            desk_ring_up(&d, 2264);
        scripted_answer(d.link, OP(MEMBER_FIND), &found.base);
        desk_sees(&d, sentence);
        assert_true(alarmed(&d));
        assert_int_equal(d.counter.basket.member_id, 0);
        desk_close(&d);
    }
}

/* ---- what is typed ---- */

static void what_is_typed_does_not_reach_the_next_customer(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "112\r");
    desk_type(&d, "3x");
    desk_type(&d, K_F2);
    desk_sees(&d, "3x is typed and not in the basket: Enter takes it, Esc clears it");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_ESC);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_ENTER);
    desk_ring_up(&d, 195);
    assert_true(field_is_empty(&d.counter.sale.entry));
    desk_type(&d, "5x"); /* and a basket that is thrown away takes with it what was typed */
    desk_scan(&d, "73513537");
    desk_type(&d, "1");
    desk_type(&d, K_ESC);
    desk_type(&d, K_ESC);
    desk_type(&d, K_DOWN K_F8);
    assert_true(field_is_empty(&d.counter.sale.entry));
    desk_close(&d);
}

/* Whatever was wrong: the text stays, and goes with the next character or with Esc. */
static void what_was_wrong_stays_until_something_else_is_typed(void **state)
{
    static const char *const wrong[] = { "999", "0x", "1.5x112", "no such name", "117" };
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        desk_type(&d, wrong[i]);
        desk_type(&d, K_ENTER);
        assert_int_equal(d.counter.stage.message_kind, MESSAGE_BAD);
        assert_string_equal(d.counter.sale.entry.text, wrong[i]);
        assert_true(d.counter.sale.entry.replaceable);
    }
    desk_type(&d, "112\r");
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_type(&d, "999\r");
    desk_type(&d, K_ESC); /* clears, and asks nothing */
    assert_true(field_is_empty(&d.counter.sale.entry));
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, "1.5x112\r");
    desk_type(&d, "\177\177\1773\r"); /* mended in place: 1.53 is none, either */
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_close(&d);
}

static void what_is_weighed_asks_for_its_weight(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "118\r");
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_type(&d, "0.35");
    desk_golden(&d, "sale-weight");
    desk_type(&d, "\r");
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 350);
    desk_sees(&d, "0.35 kg");
    desk_sees(&d, "1 line");
    desk_sees_not(&d, "piece");
    desk_type(&d, "rye\r"); /* by its name, too */
    desk_type(&d, K_F2);
    desk_sees(&d, "nothing was added to the 0.35 kg of Rye bread by weight: type how much, or Esc");
    desk_type(&d, "cro"); /* letters look for another product, which is said, and drop no question */
    desk_sees(&d, "Rye bread by weight waits for its weight: Esc goes back to it");
    desk_sees(&d, "Croissant");
    desk_golden(&d, "sale-weight-search");
    desk_type(&d, K_ESC);
    desk_sees(&d, "How much (kg): Rye bread by weight");
    desk_type(&d, "nothing\r");
    desk_type(&d, K_ESC);
    desk_sees(&d, "Rye bread by weight is sold by weight: type how much, or Esc");
    desk_type(&d, K_ESC);
    desk_sees(&d, "nothing was added to the 0.35 kg of Rye bread by weight");
    desk_sees(&d, "Scan, number or name");
    desk_type(&d, "118\r");
    desk_scan(&d, "73513537");
    desk_sees(&d, "nothing was added to the 0.35 kg of Rye bread by weight: its weight was not");
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_type(&d, "2x118\r"); /* said at once, as before */
    assert_int_equal(d.counter.basket.lines[2].quantity_milli, 2000);
    desk_close(&d);
}

/* Some of it is there from before: then it is not said to be missing. */
static void what_was_weighed_before_is_not_said_to_be_missing(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "118" K_ENTER);
    desk_type(&d, K_F2);
    desk_sees(&d, "Rye bread by weight is not in the basket: type how much, or Esc");
    desk_type(&d, K_ESC);
    desk_sees(&d, "Rye bread by weight is not in the basket");
    desk_type(&d, "118" K_ENTER);
    desk_scan(&d, "73513537");
    desk_sees(&d, "Rye bread by weight is not in the basket: its weight was not typed");
    desk_type(&d, K_ENTER);
    desk_type(&d, "118" K_ENTER "0.35kg" K_ENTER); /* as it stands on the scales */
    assert_int_equal(d.counter.basket.lines[1].quantity_milli, 350);
    desk_type(&d, "118" K_ENTER);
    desk_type(&d, K_F2);
    desk_sees(&d, "nothing was added to the 0.35 kg of Rye bread by weight: type how much, or Esc");
    desk_type(&d, K_ESC);
    desk_sees(&d, "nothing was added to the 0.35 kg of Rye bread by weight");
    desk_type(&d, "118" K_ENTER);
    desk_scan(&d, "73513537");
    desk_sees(&d, "nothing was added to the 0.35 kg of Rye bread by weight: its weight was not");
    desk_sees_not(&d, "is not in the basket");
    desk_close(&d);
}

/* Nobody has said yet how much it is. */
static void letters_that_find_what_is_weighed_say_no_weight(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "rye");
    desk_sees(&d, "Rye bread by weight at 6.40, by weight");
    desk_sees_not(&d, "1 kg");
    desk_close(&d);
}

/* Who presses a wrong key is told, and asked on. */
static void a_weight_is_asked_for_until_there_is_one(void **state)
{
    static const char *const wrong[] = { "-1", "-0.35", "0", "1.2.3" };
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "112\r");
    desk_type(&d, "118\r");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        desk_type(&d, wrong[i]);
        desk_type(&d, K_ENTER);
        desk_sees(&d, "that is no weight: type the kilograms of Rye bread by weight, 0.35 say, or Esc");
        desk_sees(&d, "How much (kg): Rye bread by weight");
    }
    desk_golden(&d, "sale-weight-wrong");
    desk_type(&d, "3x999" K_ENTER); /* nothing has that number */
    desk_sees(&d, "How much (kg): Rye bread by weight");
    desk_type(&d, K_F1);
    desk_golden(&d, "sale-weight-help");
    desk_type(&d, K_F1 "0.35" K_ENTER); /* any key goes back */
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_int_equal(d.counter.basket.lines[1].quantity_milli, 350);
    desk_type(&d, "118\r");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Rye bread by weight is sold by weight: type how much, or Esc");
    desk_scan(&d, "000117"); /* sold out: it is asked on */
    desk_sees(&d, "How much (kg): Rye bread by weight");
    desk_type(&d, K_ENTER);         /* it was read */
    desk_type(&d, "3x113" K_ENTER); /* as by a scan */
    desk_sees(&d, "nothing was added to the 0.35 kg of Rye bread by weight: its weight was not");
    desk_sees(&d, "Scan, number or name");
    assert_int_equal(d.counter.basket.line_count, 3);
    desk_type(&d, K_ENTER);
    desk_type(&d, "118\r");
    desk_type(&d, "0.35x118" K_ENTER); /* said at once after all, by number and by name */
    desk_sees_not(&d, "is not in the basket");
    desk_sees(&d, "Scan, number or name");
    desk_type(&d, "118\r");
    desk_type(&d, "0.35x rye" K_ENTER);
    desk_sees_not(&d, "is not in the basket");
    desk_sees(&d, "Scan, number or name");
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

static void so_much_at_once_is_asked_about(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "99999x112");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "99999 pieces of Croissant?");
    desk_type(&d, K_ESC);
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_ENTER);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 99999000);
    desk_sees(&d, "194998.05"); /* whole */
    desk_type(&d, "118\r");
    desk_type(&d, "112"); /* a number where a weight is asked for */
    desk_type(&d, K_ENTER);
    desk_sees(&d, "112 kg of Rye bread by weight?");
    desk_type(&d, K_ESC);
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_sees(&d, "How much (kg): Rye bread by weight");
    assert_string_equal(d.counter.sale.entry.text, ""); /* what was not meant */
    desk_type(&d, "350");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "350 kg of Rye bread by weight?");
    desk_type(&d, K_ESC);
    desk_type(&d, "0.350"); /* anew, and not "3500.350" */
    desk_type(&d, K_ENTER);
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_int_equal(d.counter.basket.lines[1].quantity_milli, 350);
    desk_type(&d, "118\r");
    desk_type(&d, "60");
    desk_type(&d, K_ENTER);
    desk_type(&d, K_ENTER); /* so much is meant */
    assert_int_equal(d.counter.basket.lines[d.counter.basket.line_count - 1].quantity_milli, 60000);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_codes_stay_until_they_are_read),
        cmocka_unit_test(what_is_sold_out_is_told_until_it_is_read),
        cmocka_unit_test(many_unknown_codes_are_counted),
        cmocka_unit_test(codes_make_room_before_anything_else),
        cmocka_unit_test(money_is_told_whatever_else_there_is_to_tell),
        cmocka_unit_test(scans_that_were_dropped_are_told_beside_unknown_codes),
        cmocka_unit_test(answers_are_of_their_own_codes),
        cmocka_unit_test(more_than_can_be_asked_at_once_are_named),
        cmocka_unit_test(a_card_that_comes_too_late_is_told),
        cmocka_unit_test(what_is_typed_does_not_reach_the_next_customer),
        cmocka_unit_test(what_was_wrong_stays_until_something_else_is_typed),
        cmocka_unit_test(what_is_weighed_asks_for_its_weight),
        cmocka_unit_test(what_was_weighed_before_is_not_said_to_be_missing),
        cmocka_unit_test(letters_that_find_what_is_weighed_say_no_weight),
        cmocka_unit_test(a_weight_is_asked_for_until_there_is_one),
        cmocka_unit_test(so_much_at_once_is_asked_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
