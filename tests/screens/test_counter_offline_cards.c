/* A member's card while the server is away: noted, scanned or typed, where it is one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "common/rules/member_card.h"
#include "offline_sales.h"

static void a_card_and_a_member_are_noted(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_F2);
    desk_sees(&d, "The member is noted");
    desk_type(&d, K_F3);
    desk_type(&d, "APPR7781");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleOffline *sale = asked(&d);
    assert_true(sale->basket->has_member_id);
    assert_memory_equal(sale->tenders[0]->reference.data, "APPR7781", 8);
    desk_sees_not(&d, "points");
    desk_close(&d);
}

static void a_card_that_is_scanned_offline_is_noted(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    desk_fill(&d);
    desk_scan(&d, "MEMBER-0077");
    desk_sees(&d, "noted as a member's card");
    desk_golden(&d, "offline-card");
    desk_type(&d, K_F2);
    desk_sees(&d, "The member is noted");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleOffline *sale = asked(&d);
    assert_false(sale->basket->has_member_id);
    assert_memory_equal(sale->member_card.data, "MEMBER-0077", 11);
    desk_type(&d, K_ENTER);
    desk_scan(&d, "MEMBER-0078"); /* the next one's, who pays when the server is back */
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    book(&d);
    assert_int_equal(spool_last_sold(d.spool, d.arena)->body.size, 0);
    desk_fill(&d);
    desk_type(&d, K_F2);
    assert_true(scripted_asked(d.link, OP(MEMBER_FIND)));
    desk_close(&d);
}

/* F4 as ever: what is typed there is a card's number, for nobody can be looked up. */
static void F4_notes_a_card_offline(void **state)
{
    (void)state;
    struct desk d;

    open_offline(&d);
    desk_type(&d, K_F4);
    desk_golden(&d, "offline-member");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "scan the card, or type its number: it is noted, and the points come later");
    desk_type(&d, "mia");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "a card is noted by its number, nobody is looked up");
    desk_type(&d, "\177\177\177"
                  "AM-77" K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_string_equal(d.counter.basket.member_card, "AM-77");
    desk_sees(&d, "Member's card noted");
    desk_type(&d, K_F4);
    desk_type(&d, "8055550101");
    desk_type(&d, K_ENTER); /* it may be a telephone's */
    desk_golden(&d, "offline-member-asked");
    desk_type(&d, K_ESC);
    assert_string_equal(d.counter.basket.member_card, "AM-77");
    desk_type(&d, K_ENTER);
    desk_type(&d, K_ENTER);
    assert_string_equal(d.counter.basket.member_card, "8055550101");
    desk_type(&d, K_F4);
    desk_scan(&d, "MEMBER-0077"); /* what may be any code takes nobody's place */
    assert_string_equal(d.counter.basket.member_card, "8055550101");
    desk_close(&d);

    open_offline(&d);
    desk_type(&d, K_F4);
    desk_scan(&d, "MEMBER-0077"); /* scanned there, the sale goes on */
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_string_equal(d.counter.basket.member_card, "MEMBER-0077");
    desk_close(&d);
}

/* A bar code of goods is none, and who is named stays: goods that nobody knows are not sold in silence. */
static void what_is_no_card_is_unknown_offline_too(void **state)
{
    static const char *const barcodes[] = { "4006381333948", "042100005264", "96385074" };
    struct desk d;

    (void)state;
    open_offline(&d);
    for (size_t i = 0; i < sizeof barcodes / sizeof barcodes[0]; i++) {
        d.counter.stage.alarm = false;
        desk_scan(&d, barcodes[i]);
        desk_sees(&d, barcodes[i]);
        assert_true(d.counter.stage.alarm);
        assert_string_equal(d.counter.basket.member_card, "");
        desk_type(&d, K_ENTER);
    }
    desk_scan(&d, "MEMBER-0077");
    desk_sees(&d, "noted as a member's card");
    desk_scan(&d, "MEMBER-0077");
    desk_sees(&d, "this member's card is noted already");
    desk_scan(&d, "NEW-0000001");
    desk_sees(&d, "no product has the code NEW-0000001: Enter");
    assert_string_equal(d.counter.basket.member_card, "MEMBER-0077");
    desk_type(&d, K_ENTER);
    desk_close(&d);
}

/* The check character of ours needs no server. */
static void one_of_our_cards_is_noted_as_it_is_written_or_not_at_all(void **state)
{
    uint8_t bytes[MEMBER_CARD_DRAWN] = { 1, 2, 3 };
    char code[MEMBER_CARD_CODE_TEXT], other[MEMBER_CARD_CODE_TEXT];
    struct desk d;

    (void)state;
    member_card_code(bytes, code);
    bytes[0] = 9;
    member_card_code(bytes, other);
    open_offline(&d);
    memcpy(code + 3, code[3] == 'A' ? "B" : "A", 1); /* misread */
    desk_scan(&d, code);
    desk_sees(&d, "a letter of this member's card is wrong");
    assert_string_equal(d.counter.basket.member_card, "");
    desk_type(&d, K_ENTER);
    desk_scan(&d, "3T-000009");
    desk_sees(&d, "3T-000009");
    assert_string_equal(d.counter.basket.member_card, "");
    desk_type(&d, K_ENTER);
    bytes[0] = 1;
    member_card_code(bytes, code);
    desk_scan(&d, "MEMBER-0077");
    desk_scan(&d, code);
    desk_sees(&d, "instead of the one before");
    assert_string_equal(d.counter.basket.member_card, code);
    desk_scan(&d, other);
    assert_string_equal(d.counter.basket.member_card, other);
    desk_close(&d);
}

static void who_was_named_stays_when_the_line_has_gone(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_scan(&d, "MEMBER-0078");
    desk_sees(&d, "no product has the code MEMBER-0078: Enter");
    assert_int_equal(d.counter.basket.member_id, 77);
    assert_string_equal(d.counter.basket.member_card, "");
    desk_close(&d);
}

static void a_noted_card_says_what_it_cannot_do(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    desk_fill(&d);
    desk_scan(&d, "MEMBER-0077");
    desk_type(&d, K_F5);
    desk_sees(&d, "spending points takes a connection");
    desk_type(&d, K_HOME);
    desk_sees(&d, "the usual takes a connection");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_and_a_member_are_noted),
        cmocka_unit_test(a_card_that_is_scanned_offline_is_noted),
        cmocka_unit_test(F4_notes_a_card_offline),
        cmocka_unit_test(what_is_no_card_is_unknown_offline_too),
        cmocka_unit_test(one_of_our_cards_is_noted_as_it_is_written_or_not_at_all),
        cmocka_unit_test(who_was_named_stays_when_the_line_has_gone),
        cmocka_unit_test(a_noted_card_says_what_it_cannot_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
