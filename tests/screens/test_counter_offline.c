/* Selling without the server, by keys: what is on the disk, on the paper and on the screen, and what comes of it later. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire/digest.h"
#include "common/wire/walker.h"
#include "common/rules/member_card.h"
#include "desk.h"

#define OP(name)     CAROLINE__V1__OP__OP_##name
#define REFUSE(name) CAROLINE__V1__ERROR_CODE__##name

static void open_offline(struct desk *d)
{
    desk_open(d);
    desk_sign_in(d);
    scripted_state(d->link, LINK_OFFLINE, "the server cannot be reached; trying again soon");
}

/* A basket, paid with a note of 50. */
static void sell(struct desk *d)
{
    desk_fill(d);
    desk_type(d, K_F2);
    desk_type(d, "50" K_ENTER);
}

static const Caroline__V1__SaleOffline *asked(struct desk *d)
{
    return (const Caroline__V1__SaleOffline *)scripted_request(d->link, OP(SALE_OFFLINE),
                                                               &caroline__v1__sale_offline__descriptor);
}

static void book(struct desk *d)
{
    Caroline__V1__SaleOfflineBooked booked = CAROLINE__V1__SALE_OFFLINE_BOOKED__INIT;
    scripted_answer(d->link, OP(SALE_OFFLINE), &booked.base);
}

static void a_sale_without_the_server_is_kept_printed_and_waits(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_golden(&d, "offline-pay");
    assert_false(scripted_asked(d.link, OP(SALE_QUOTE)));
    desk_type(&d, "50" K_ENTER);
    desk_golden(&d, "offline-receipt");
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));

    const Caroline__V1__SaleOffline *sale = asked(&d);
    assert_int_equal(sale->number, 1);
    assert_int_equal(sale->total_minor, 2264);
    assert_int_equal(sale->staff_id, 600 + 'A');
    assert_int_equal(sale->shift_id, 9);
    assert_int_equal(sale->n_lines, sale->basket->n_lines);
    assert_int_equal(sale->tenders[0]->amount_minor, 5000);
    /* What the paper bears is the digest of what is on the disk. */
    size_t size = protobuf_c_message_get_packed_size(&sale->base);
    uint8_t digest[DIGEST_SIZE], *body = malloc(size);
    char anchor[9];
    protobuf_c_message_pack(&sale->base, body);
    sha256(bytes_of(body, size), digest);
    free(body);
    snprintf(anchor, sizeof(anchor), "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
    const struct sold_offline *kept = spool_last_sold(d.spool, d.arena);
    assert_int_equal(kept->number, 1);
    assert_false(kept->booked);
    const Caroline__V1__SaleRungUp *paper =
        (const Caroline__V1__SaleRungUp *)message_decode(&caroline__v1__sale_rung_up__descriptor, kept->paper, d.arena);
    bool found = false;
    for (size_t i = 0; i < paper->receipt->n_rows; i++)
        found = found ||
                (paper->receipt->rows[i]->left.len == 8 && memcmp(paper->receipt->rows[i]->left.data, anchor, 8) == 0);
    assert_true(found);
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_close(&d);
}

/* The customer stands there for their change: it stays in sight, and so does why there is no invoice. */
static void its_invoice_is_made_once_it_is_booked(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_F5);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_golden(&d, "offline-receipt-invoice");
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    desk_type(&d, K_F5);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_sees(&d, "this sale waits to be booked: its invoice can be made once it is");
    book(&d);
    desk_type(&d, K_F5);
    assert_ptr_equal(stage_top(&d.counter.stage), &invoice_screen);
    desk_sees(&d, "3X-000001");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_sees(&d, "of 50.00 given");
    desk_close(&d);
}

/* Banners take rows from the screen, not from the help. */
static void the_help_is_whole_below_banners(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_ENTER);
    desk_fill(&d);
    desk_type(&d, K_F1);
    desk_golden(&d, "offline-help");
    desk_close(&d);
}

static void numbers_go_on_and_the_screen_says_how_many_wait(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "OFFLINE, 1 sale to be booked");
    sell(&d);
    desk_type(&d, K_ENTER);
    desk_golden(&d, "offline-waiting");
    desk_sees(&d, "OFFLINE, 2 sales to be booked");
    assert_int_equal(spool_next_number(d.spool), 3);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    desk_sees(&d, "2 sales made offline: being booked");
    assert_int_equal(asked(&d)->number, 1);
    book(&d);
    desk_sees(&d, "1 sale made offline: being booked");
    assert_int_equal(asked(&d)->number, 2);
    book(&d);
    desk_sees_not(&d, "made offline");
    assert_false(scripted_asked(d.link, OP(SALE_OFFLINE)));
    desk_close(&d);
}

static void ask_x(struct desk *d)
{
    desk_type(d, K_F12);
    desk_type(d, "7");
}

/* The shift is the server's to count; what was sold here since is known. */
static void an_x_is_what_the_till_sold_since(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    ask_x(&d);
    desk_sees(&d, "no connection: the X is the server's; nothing waits that it does not have");
    sell(&d);
    desk_type(&d, K_ENTER);
    ask_x(&d);
    desk_sees(&d, "22.64, of it 22.64 in cash");
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_type(&d, K_F3);
    desk_type(&d, "7781" K_ENTER);
    desk_type(&d, K_ENTER);
    ask_x(&d);
    desk_golden(&d, "offline-x");
    assert_false(scripted_asked(d.link, OP(SHIFT_REPORT)));
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    ask_x(&d);
    assert_true(scripted_asked(d.link, OP(SHIFT_REPORT)));
    desk_close(&d);
}

/* Each drawer has its own shift: another's is not told by the sales of one's own, and no list is needed to see these. */
static void an_x_is_of_the_drawer_that_was_meant(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_ENTER);
    d.counter.shift.others = 2;
    ask_x(&d);
    desk_sees(&d, "22.64, of it 22.64 in cash");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    report_x(&d.counter, 4711); /* the line has gone while their list was shown */
    desk_sees(&d, "no connection: the X is the server's; nothing waits that it does not have");
    report_x(&d.counter, d.counter.shift.id);
    desk_sees(&d, "22.64, of it 22.64 in cash");
    desk_close(&d);
}

static void a_server_that_does_not_answer_is_not_waited_for(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_sees(&d, "Asking the server");
    scripted_fail(d.link, OP(SALE_QUOTE), "the server does not answer");
    desk_sees(&d, "OFFLINE: this till sells by itself");
    desk_type(&d, K_ENTER);
    assert_int_equal(asked(&d)->number, 1);
    desk_close(&d);
}

static void an_impatient_enter_does_not_pay_what_nobody_has_seen(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2 K_ENTER K_ENTER K_ENTER);
    desk_sees(&d, "Asking the server");
    scripted_fail(d.link, OP(SALE_QUOTE), "the server does not answer");
    desk_sees(&d, "OFFLINE: this till sells by itself");
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);
    assert_false(open_basket_is_empty(&d.counter.basket));
    desk_type(&d, K_ENTER);
    assert_int_equal(asked(&d)->number, 1);
    desk_close(&d);
}

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

static void points_discounts_refunds_and_the_drawer_take_a_connection(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F5);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_F2);
    desk_sees(&d, "points cannot be spent now");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F5);
    d.counter.basket.discount = (struct open_discount){ .given = true, .value = 300000, .reason = "old" };
    sale_changed(&d.counter);
    desk_type(&d, K_F2);
    desk_sees(&d, "nobody can allow this discount now");
    d.counter.basket.discount.given = false;
    sale_changed(&d.counter);
    d.counter.shift.known = false;
    desk_type(&d, K_F2);
    desk_sees(&d, "the drawer's shift is not open");
    assert_int_equal(spool_unbooked(d.spool), 0);
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

/* Paid online, and the line goes before the answer comes. */
static void put_aside(struct desk *d)
{
    desk_open_paying(d);
    desk_type(d, K_ENTER);
    desk_sees(d, "Ringing up");
    scripted_state(d->link, LINK_OFFLINE, "the server cannot be reached");
    desk_sees(d, "F2 Next customer");
    desk_type(d, K_F2);
    desk_sees(d, "the next customer");
    assert_ptr_equal(stage_top(&d->counter.stage), &sale_screen);
    assert_true(open_basket_is_empty(&d->counter.basket));
}

static void a_sale_whose_answer_does_not_come_makes_room(void **state)
{
    struct desk d;

    (void)state;
    put_aside(&d);
    desk_sees(&d, "OFFLINE, 1 sale to be booked");
    sell(&d); /* the next one, offline */
    desk_sees(&d, "OFFLINE, 2 sales to be booked");
    assert_int_equal(asked(&d)->number, 1);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    desk_sees(&d, "2 sales made offline or put aside: being booked");
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    sale.has_receipt_number = true;
    sale.receipt_number = counter_text("3T-000042");
    scripted_answer(d.link, OP(SALE_RING_UP), &sale.base);
    desk_sees(&d, "the sale that was put aside is booked: 3T-000042");
    desk_sees(&d, "1 sale made offline: being booked");
    book(&d);
    assert_int_equal(spool_unbooked(d.spool), 0);
    desk_close(&d);
}

static void one_that_is_refused_after_all_is_this_tills_own(void **state)
{
    struct desk d;

    (void)state;
    put_aside(&d);
    desk_scan(&d, "4006381333931"); /* the next customer's */
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    scripted_refuse(d.link, OP(SALE_RING_UP), REFUSE(STOCK_SHORT), "line 1: 3 pieces wanted, 1 piece there", NULL,
                    NULL);
    const Caroline__V1__SaleOffline *sale = asked(&d);
    assert_int_equal(sale->number, 1);
    assert_int_equal(sale->total_minor, 2264);
    assert_int_equal(sale->shift_id, 9);
    assert_int_equal(sale->staff_id, 600 + 'A');
    assert_int_equal(d.counter.basket.line_count, 1); /* the next customer's is as it was */
    assert_null(spool_aside_refused(d.spool, 0, d.arena));
    book(&d);
    desk_close(&d);
}

/* Quoted by the server, which is gone when the money is there. */
static void a_sale_of_which_no_byte_has_left_is_this_tills_own(void **state)
{
    struct desk d;

    (void)state;
    desk_open_paying(&d);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    scripted_unsent(d.link);
    desk_type(&d, "50" K_ENTER);
    desk_sees(&d, "Receipt 3X-000001");
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    assert_int_equal(asked(&d)->total_minor, 2264);
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_close(&d);
}

static void so_is_one_that_waited_behind_others_when_the_line_went(void **state)
{
    struct desk d;

    (void)state;
    desk_open_paying(&d);
    scripted_unsent(d.link);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Ringing up");
    desk_scan(&d, "73513537");
    desk_type(&d, "999" K_ENTER); /* nothing has it */
    desk_sees(&d, "is kept for the next customer (2)");
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_sees(&d, "Receipt 3X-000001");
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));
    assert_int_equal(asked(&d)->number, 1);
    assert_int_equal(d.counter.basket.line_count, 1); /* the next customer's */
    assert_int_equal(d.counter.queued_count, 0);
    desk_sees(&d, "1 of 2 scans meanwhile: ");
    desk_close(&d);
}

static void the_change_is_told_before_the_answer_comes_and_after(void **state)
{
    struct desk d;

    (void)state;
    desk_open_paying(&d);
    desk_type(&d, "50" K_ENTER);
    desk_sees_not(&d, "Change");
    counter_tick(&d.counter, 1000000, false);
    counter_tick(&d.counter, 3500000, false);
    desk_golden(&d, "pay-slow-change");
    desk_type(&d, K_F2);
    desk_golden(&d, "sale-change-before");
    desk_sees(&d, "Before: change 27.36");
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_ESC);
    desk_sees(&d, "Before: change 27.36"); /* the next one has not paid yet */
    desk_type(&d, K_F2);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_ESC K_F2 K_ENTER); /* by the till alone */
    desk_scan(&d, "73513537");
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_sees_not(&d, "Before:");
    desk_close(&d);
}

static void nobody_signed_in_sells_nothing(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    desk_fill(&d);
    desk_restart(&d);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    assert_false(offline_can_sell(&d.counter));
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

static void a_till_that_died_goes_on_with_its_numbers(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_restart(&d);
    assert_true(open_basket_is_empty(&d.counter.basket)); /* sold is sold */
    assert_int_equal(spool_unbooked(d.spool), 1);
    assert_int_equal(spool_next_number(d.spool), 2);
    /* What it sold is there for the printer, should it not have come as far. */
    const Caroline__V1__SaleRungUp *last = offline_last(&d.counter);
    assert_non_null(last);
    assert_memory_equal(last->receipt_number.data, "3X-000001", 9);
    desk_close(&d);
}

static void what_is_refused_says_why_and_goes_again_when_it_may(void **state)
{
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_ENTER);
    sell(&d);
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    scripted_refuse(d.link, OP(SALE_OFFLINE), REFUSE(SHIFT_NOT_OPEN), "open the drawer's shift first", NULL, NULL);
    scripted_refuse(d.link, OP(SALE_OFFLINE), REFUSE(OFFLINE_NUMBER), "3X-000001 is expected next", NULL, NULL);
    desk_golden(&d, "offline-not-booked");
    assert_false(scripted_asked(d.link, OP(SALE_OFFLINE)));
    assert_int_equal(spool_unbooked(d.spool), 2);
    /* The shift is opened; the first is booked, and the one behind it comes by itself. */
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_type(&d, "100" K_ENTER);
    shift.has_open = shift.open = shift.has_shift_id = true;
    shift.shift_id = 10;
    scripted_answer(d.link, OP(SHIFT_OPEN), &shift.base);
    assert_int_equal(asked(&d)->number, 1);
    book(&d);
    assert_int_equal(asked(&d)->number, 2);
    book(&d);
    assert_int_equal(spool_unbooked(d.spool), 0);
    desk_sees_not(&d, "not booked");
    desk_close(&d);
}

static void a_till_that_lost_its_file_goes_on_behind_what_is_booked(void **state)
{
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    shift.has_offline_number = true;
    shift.offline_number = 41;
    offline_numbers_behind(&d.counter, &shift);
    assert_int_equal(spool_next_number(d.spool), 42);
    shift.offline_number = 7; /* booked so far: its own are further */
    offline_numbers_behind(&d.counter, &shift);
    assert_int_equal(spool_next_number(d.spool), 42);
    desk_close(&d);
}

static void something_that_changed_is_told_to_the_cashier(void **state)
{
    Caroline__V1__SaleOfflineBooked booked = CAROLINE__V1__SALE_OFFLINE_BOOKED__INIT;
    Caroline__V1__SaleException exception = CAROLINE__V1__SALE_EXCEPTION__INIT, *exceptions[] = { &exception };
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    exception.has_kind = true;
    exception.kind = CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_PRICE_CHANGED;
    booked.has_receipt_number = true;
    booked.receipt_number = counter_text("3X-000001");
    booked.n_exceptions = 1;
    booked.exceptions = exceptions;
    scripted_answer(d.link, OP(SALE_OFFLINE), &booked.base);
    desk_sees(&d, "3X-000001 is booked; something has changed since");
    desk_close(&d);
}

/* ---- the server is there, its database is not ---- */

static void refuse_for_want_of_the_database(struct desk *d)
{
    scripted_refuse(d->link, OP(SALE_QUOTE), REFUSE(TRY_AGAIN), "the shop's database is away: please try again", NULL,
                    NULL);
}

static void a_server_without_its_database_is_asked_again_and_not_waited_for(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    refuse_for_want_of_the_database(&d);
    desk_sees(&d, "the shop's database is away");
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);
    assert_false(scripted_asked(d.link, OP(SALE_QUOTE)));
    counter_tick(&d.counter, 2000000, false);
    refuse_for_want_of_the_database(&d); /* asked again */
    scripted_state(d.link, LINK_OFFLINE,
                   "the shop's database is away; trying again soon"); /* the link has had enough */
    desk_sees(&d, "OFFLINE: this till sells by itself");
    desk_golden(&d, "offline-database");
    desk_type(&d, K_ENTER);
    assert_int_equal(asked(&d)->number, 1);
    desk_close(&d);
}

static void a_database_that_is_back_at_once_is_no_outage(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    refuse_for_want_of_the_database(&d);
    counter_tick(&d.counter, 2000000, false);
    desk_quote(&d);
    desk_sees(&d, "Cash given");
    desk_sees_not(&d, "OFFLINE");
    desk_close(&d);
}

/* ---- what takes a connection ---- */

static void nobody_is_locked_out_or_signed_out_by_a_key_pressed_offline(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    desk_type(&d, K_F11);
    desk_sees(&d, "locking takes a connection");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F12);
    desk_type(&d, K_F12);
    desk_sees(&d, "Sign out without a connection?");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F12);
    desk_type(&d, K_F12);
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sign_in_screen);
    desk_sees_not(&d, "Ana");
    desk_close(&d);
}

static void a_key_tells_the_link_that_somebody_is_here(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    counter_tick(&d.counter, 2000000, true);
    counter_tick(&d.counter, 3000000, false);
    assert_int_equal(scripted_here(d.link), 1);
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

static void only_cash_and_cards_are_offered(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    bakery_take_vouchers(d.catalogue, 3);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_sees(&d, "F3 Card");
    desk_sees_not(&d, "voucher");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sale_without_the_server_is_kept_printed_and_waits),
        cmocka_unit_test(its_invoice_is_made_once_it_is_booked),
        cmocka_unit_test(the_help_is_whole_below_banners),
        cmocka_unit_test(numbers_go_on_and_the_screen_says_how_many_wait),
        cmocka_unit_test(an_x_is_what_the_till_sold_since),
        cmocka_unit_test(an_x_is_of_the_drawer_that_was_meant),
        cmocka_unit_test(a_server_that_does_not_answer_is_not_waited_for),
        cmocka_unit_test(an_impatient_enter_does_not_pay_what_nobody_has_seen),
        cmocka_unit_test(a_card_and_a_member_are_noted),
        cmocka_unit_test(a_card_that_is_scanned_offline_is_noted),
        cmocka_unit_test(F4_notes_a_card_offline),
        cmocka_unit_test(what_is_no_card_is_unknown_offline_too),
        cmocka_unit_test(one_of_our_cards_is_noted_as_it_is_written_or_not_at_all),
        cmocka_unit_test(who_was_named_stays_when_the_line_has_gone),
        cmocka_unit_test(points_discounts_refunds_and_the_drawer_take_a_connection),
        cmocka_unit_test(a_sale_whose_answer_does_not_come_makes_room),
        cmocka_unit_test(one_that_is_refused_after_all_is_this_tills_own),
        cmocka_unit_test(a_sale_of_which_no_byte_has_left_is_this_tills_own),
        cmocka_unit_test(so_is_one_that_waited_behind_others_when_the_line_went),
        cmocka_unit_test(the_change_is_told_before_the_answer_comes_and_after),
        cmocka_unit_test(nobody_signed_in_sells_nothing),
        cmocka_unit_test(a_till_that_died_goes_on_with_its_numbers),
        cmocka_unit_test(what_is_refused_says_why_and_goes_again_when_it_may),
        cmocka_unit_test(a_till_that_lost_its_file_goes_on_behind_what_is_booked),
        cmocka_unit_test(something_that_changed_is_told_to_the_cashier),
        cmocka_unit_test(a_server_without_its_database_is_asked_again_and_not_waited_for),
        cmocka_unit_test(a_database_that_is_back_at_once_is_no_outage),
        cmocka_unit_test(nobody_is_locked_out_or_signed_out_by_a_key_pressed_offline),
        cmocka_unit_test(a_key_tells_the_link_that_somebody_is_here),
        cmocka_unit_test(a_noted_card_says_what_it_cannot_do),
        cmocka_unit_test(only_cash_and_cards_are_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
