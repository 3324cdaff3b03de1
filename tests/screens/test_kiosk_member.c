/* What is a member's own at the kiosk: points, data, receipts, and to be forgotten. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "proto/explain.pb-c.h"
#include "visitor.h"

static void B20_a_member_sees_points_coupons_and_consents(void **state)
{
    struct visitor *v = *state;

    visitor_type(v, "m");
    visitor_golden(v, "sign-in");
    visitor_type(v, "0");
    visitor_signs_in(v);
    visitor_sees(v, "Hello Mia Stone!");
    visitor_shown(v);
    visitor_golden(v, "account");
    visitor_type(v, "1");
    visitor_golden(v, "points");
    visitor_type(v, "n");
    visitor_golden(v, "points-more");
    visitor_type(v, "02");
    visitor_golden(v, "coupons");
    visitor_type(v, "04");
    visitor_golden(v, "data");
    visitor_type(v, "05");
    visitor_golden(v, "consents");
    visitor_type(v, "2");
    visitor_golden(v, "consent");
    visitor_type(v, "1");
    const Caroline__V1__SelfPut *put = (const Caroline__V1__SelfPut *)scripted_request(
        v->link, CAROLINE__V1__OP__OP_SELF_PUT, &caroline__v1__self_put__descriptor);
    assert_int_equal(put->consent_kind, 2);
    assert_true(put->consent_given);
    assert_int_equal(put->consent_text_version, 1);
}

static void B17_who_comes_on_their_birthday_is_told_what_they_are_given(void **state)
{
    struct visitor *v = *state;

    visitor_signs_in_on(v, 100);
    visitor_sees(v, "Happy birthday, Mia Stone! 100 points are yours.");
}

static void A20_a_member_has_their_card_on_the_screen(void **state)
{
    struct visitor *v = *state;

    visitor_signs_in(v);
    visitor_shown(v);
    snprintf(v->kiosk.visit.account.card, sizeof(v->kiosk.visit.account.card), "MC0123456789ABCX");
    visitor_type(v, "m9");
    visitor_golden(v, "card");
    visitor_sees(v, "MC01 2345 6789 ABCX");
    theme_use(&(struct theme_options){ .ascii_lines = true }); /* the Linux console has no blocks for a code */
    visitor_sees(v, "MC01 2345 6789 ABCX");
    visitor_sees(v, "Write it down: it is typed at the till and here.");
    visitor_sees_not(v, "Photograph it");
    visitor_sees_not(v, "\u2584");
    golden_terminal(false);
    v->kiosk.visit.account.card[0] = 0;
    visitor_type(v, "0");
    visitor_type(v, "9");
    visitor_sees(v, "You have no card yet. The counter makes you one in a moment: please ask.");
}

/* A lot below nothing is a debt. While there is more than that, it takes its part; where there is not, it is what there is. */
static void B20_points_that_are_owed_are_said_to_be(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__SelfShown shown = CAROLINE__V1__SELF_SHOWN__INIT;
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__PointsLot lot[2], *lots[] = { &lot[0], &lot[1] };

    for (size_t i = 0; i < 2; i++) {
        caroline__v1__points_lot__init(&lot[i]);
        lot[i].has_remaining = lot[i].has_expiry_day = true;
        lot[i].remaining = i == 0 ? -30 : 200;
        lot[i].expiry_day = kiosk_bytes(i == 0 ? "2027-01-14" : "2027-11-22");
    }
    member.has_name = member.has_points = true;
    member.name = kiosk_bytes("Mia Stone");
    member.points = 170;
    member.lots = lots;
    member.n_lots = 2;
    shown.member = &member;
    visitor_signs_in(v);
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_SHOW, &shown.base);
    visitor_type(v, "1");
    visitor_golden(v, "points-less-debt");
    visitor_sees_not(v, "2027-01-14");
    visitor_type(v, "xm");
    member.points = -30;
    member.n_lots = 1;
    visitor_type(v, "0");
    visitor_signs_in(v);
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_SHOW, &shown.base);
    visitor_sees(v, "you owe 30");
    visitor_type(v, "1");
    visitor_golden(v, "points-owed");
}

static void B20_a_member_changes_data_and_pin(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__SelfPutDone done = CAROLINE__V1__SELF_PUT_DONE__INIT;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "41");
    visitor_type(v, "\x7f\x7f\x7f\x7f\x7fSteyn\r");
    const Caroline__V1__SelfPut *put = (const Caroline__V1__SelfPut *)scripted_request(
        v->link, CAROLINE__V1__OP__OP_SELF_PUT, &caroline__v1__self_put__descriptor);
    assert_memory_equal(put->name.data, "Mia Steyn", put->name.len);
    assert_false(put->has_phone || put->has_pin || put->has_set_avoids);
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_PUT, &done.base);
    visitor_shown(v);
    visitor_type(v, "2");
    visitor_sees(v, "At the counter it can be taken away.");
    for (size_t i = 0; i < sizeof("+49 30 5550100") - 1; i++)
        visitor_type(v, "\x7f");
    visitor_type(v, "\r"); /* the server would refuse it */
    visitor_sees(v, "Please type something first");
    assert_false(scripted_asked(v->link, CAROLINE__V1__OP__OP_SELF_PUT));
    visitor_type(v, "+49 30 55501001\r");
    done.has_number = true;
    done.number = 48;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_PUT, &done.base);
    visitor_shown(v);
    visitor_golden(v, "ticket");
    visitor_type(v, "05");
    visitor_type(v, "8261\r");
    visitor_type(v, "4719\r");
    visitor_type(v, "4718\r");
    visitor_sees(v, "The two were not the same");
    visitor_type(v, "47\r");
    visitor_sees(v, "a PIN has at least 4 digits");
    visitor_type(v, "1234\r");
    visitor_sees(v, "this PIN is too easy to guess");
    visitor_golden(v, "pin");
    visitor_type(v, "4719\r");
    visitor_type(v, "4719\r");
    put = (const Caroline__V1__SelfPut *)scripted_request(v->link, CAROLINE__V1__OP__OP_SELF_PUT,
                                                          &caroline__v1__self_put__descriptor);
    assert_memory_equal(put->pin.data, "4719", put->pin.len);
    assert_memory_equal(put->current.data, "8261", put->current.len);
    assert_false(visitor_is_remembered(v, "8261") && put == NULL);
}

/* Some by their names, the rest by two letters; none is a choice, too. */
static void B20_a_member_chooses_a_language(void **state)
{
    static const struct {
        const char *keys, *code;
    } cases[] = { { "3", "fr" }, { "8\x7f\x7fpt\r", "pt" }, { "8\x7f\x7f\r", "" } };
    struct visitor *v = *state;
    Caroline__V1__SelfPutDone done = CAROLINE__V1__SELF_PUT_DONE__INIT;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "4");
    visitor_sees(v, "Deutsch");
    visitor_sees(v, "CAR-7F3K-22");
    visitor_type(v, "6");
    visitor_golden(v, "language");
    visitor_type(v, "0");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        visitor_type(v, "6");
        visitor_type(v, cases[i].keys);
        const Caroline__V1__SelfPut *put = (const Caroline__V1__SelfPut *)scripted_request(
            v->link, CAROLINE__V1__OP__OP_SELF_PUT, &caroline__v1__self_put__descriptor);
        assert_true(put->has_language);
        assert_int_equal(put->language.len, strlen(cases[i].code));
        if (cases[i].code[0] != 0)
            assert_memory_equal(put->language.data, cases[i].code, put->language.len);
        assert_false(put->has_name || put->has_phone || put->has_email || put->has_pin || put->has_set_avoids);
        scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_PUT, &done.base);
        visitor_shown(v);
        visitor_sees(v, "That is kept.");
        visitor_sees(v, "Press what is to be changed.");
    }
    visitor_type(v, "6");
    visitor_type(v, "8\x7f\x7fzz\r");
    scripted_refuse(v->link, CAROLINE__V1__OP__OP_SELF_PUT, CAROLINE__V1__ERROR_CODE__BAD_FIELD,
                    "a language is written by its two letters: en, de, fr", "language", NULL);
    visitor_sees(v, "a language is written by its two letters");
}

/* A code lets choose a PIN without the one before, once: the server asks for it from then on. */
static void B20_a_pin_that_was_chosen_after_a_code_is_asked_for(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__SelfPutDone done = CAROLINE__V1__SELF_PUT_DONE__INIT;

    visitor_signs_in(v);
    visitor_shown(v);
    v->kiosk.visit.account.by_code = true;
    visitor_type(v, "45");
    visitor_sees(v, "Choose a PIN of 4 to 12 digits");
    visitor_type(v, "4719\r");
    visitor_type(v, "4719\r");
    scripted_request(v->link, CAROLINE__V1__OP__OP_SELF_PUT, &caroline__v1__self_put__descriptor);
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_PUT, &done.base);
    visitor_shown(v);
    visitor_type(v, "5");
    visitor_sees(v, "the PIN that you have now");
}

/* Half of it is typed, and something else is done: no PIN was chosen, and none is kept in mind. */
static void B20_a_pin_that_was_half_chosen_is_none(void **state)
{
    struct visitor *v = *state;
    static const char *const ways[] = { "\033", "\033m4" };
    Caroline__V1__SelfPutDone done = CAROLINE__V1__SELF_PUT_DONE__INIT;

    visitor_type(v, "35");
    visitor_type(v, "4719\r");
    visitor_sees(v, "The PIN once more");
    visitor_type(v, "\033");
    visitor_sees(v, "wanted: to sign in here");
    assert_false(visitor_is_remembered(v, "4719"));
    visitor_signs_in(v);
    visitor_shown(v);
    v->kiosk.visit.account.by_code = true;
    v->kiosk.visit.account.has_pin = false;
    visitor_type(v, "4");
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        visitor_type(v, "5");
        visitor_type(v, "4719\r");
        visitor_type(v, ways[i]);
        assert_false(visitor_is_remembered(v, "4719"));
        visitor_sees(v, "Choose a PIN");
    }
    visitor_type(v, "5");
    visitor_type(v, "4719\r");
    visitor_click(v, "Account"); /* past the question */
    assert_false(visitor_is_remembered(v, "4719"));
    visitor_type(v, "41");
    visitor_type(v, "x\r");
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_PUT, &done.base);
    assert_true(v->kiosk.visit.account.by_code);
}

/* What they avoid is kept with their agreement, which is asked for where it is entered. */
static void B22_what_is_avoided_is_kept_with_an_agreement(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__SelfPutDone done = CAROLINE__V1__SELF_PUT_DONE__INIT;
    Caroline__V1__Consent consent = CAROLINE__V1__CONSENT__INIT, *consents[] = { &consent };
    Caroline__V1__Member member = CAROLINE__V1__MEMBER__INIT;
    Caroline__V1__SelfShown shown = CAROLINE__V1__SELF_SHOWN__INIT;

    consent.has_kind = consent.has_newest_version = consent.has_name = consent.has_text = member.has_name = true;
    consent.kind = 4;
    consent.newest_version = 1;
    consent.name = kiosk_bytes("Allergies");
    consent.text = kiosk_bytes("You may keep what I do not tolerate, so that I am warned of it.");
    member.name = kiosk_bytes("Mia Stone");
    member.consents = consents;
    member.n_consents = 1;
    shown.member = &member;
    visitor_signs_in(v);
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_SHOW, &shown.base);
    visitor_type(v, "448");
    visitor_golden(v, "own-avoids");
    visitor_type(v, "y");
    visitor_sees(v, "Please read this first");
    visitor_golden(v, "avoids-consent");
    visitor_type(v, "1");
    const Caroline__V1__SelfPut *put = (const Caroline__V1__SelfPut *)scripted_request(
        v->link, CAROLINE__V1__OP__OP_SELF_PUT, &caroline__v1__self_put__descriptor);
    assert_true(put->consent_given && put->set_avoids);
    assert_int_equal(put->consent_kind, 4);
    assert_int_equal(put->n_avoids, 1);
    assert_int_equal(put->avoids[0], 8);
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_PUT, &done.base);
    visitor_sees(v, "That is noted.");
}

/* One receipt: a croissant, of which something came back. */
static void open_history(struct visitor *v)
{
    Caroline__V1__QuotedLine line = CAROLINE__V1__QUOTED_LINE__INIT, *lines[] = { &line };
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;
    Caroline__V1__SelfSale self = CAROLINE__V1__SELF_SALE__INIT, *sales[] = { &self };
    Caroline__V1__SelfSalesShown answer = CAROLINE__V1__SELF_SALES_SHOWN__INIT;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "3");
    line.has_product_id = line.has_quantity_milli = true;
    line.product_id = 1;
    line.quantity_milli = 1000;
    totals.lines = lines;
    totals.n_lines = 1;
    totals.has_total_minor = true;
    totals.total_minor = 195;
    sale.totals = &totals;
    sale.has_sale_id = sale.has_receipt_number = sale.has_committed_us = true;
    sale.sale_id = 9001;
    sale.receipt_number = kiosk_bytes("3T-000042");
    sale.committed_us = UINT64_C(1795370400000000);
    shown.sale = &sale;
    shown.has_text = true;
    shown.text = kiosk_bytes("Caroline's Cookies\n3T-000042\nCroissant                    1.95\n");
    shown.has_refunded_minor = true;
    shown.refunded_minor = 95;
    self.sale = &shown;
    answer.sales = sales;
    answer.n_sales = 1;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_SALES, &answer.base);
}

static void B20_history_has_receipts_and_takes_reviews(void **state)
{
    struct visitor *v = *state;

    open_history(v);
    visitor_golden(v, "history");
    visitor_type(v, "1");
    visitor_golden(v, "receipt");
    visitor_type(v, "1");
    visitor_golden(v, "rate");
    visitor_type(v, "4");
    visitor_type(v, "warm!\r");
    const Caroline__V1__ReviewPut *put = (const Caroline__V1__ReviewPut *)scripted_request(
        v->link, CAROLINE__V1__OP__OP_REVIEW_PUT, &caroline__v1__review_put__descriptor);
    assert_int_equal(put->sale_id, 9001);
    assert_int_equal(put->product_id, 1);
    assert_int_equal(put->rating, 4);
    assert_memory_equal(put->text.data, "warm!", put->text.len);
    assert_false(put->has_member_id);
    const Caroline__V1__ReviewPutDone done = CAROLINE__V1__REVIEW_PUT_DONE__INIT;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_REVIEW_PUT, &done.base);
    assert_ptr_equal(kiosk_page(&v->kiosk), &receipt_page);
    visitor_sees_not(v, "How was it? Press it:"); /* once a purchase */
    visitor_sees(v, "You have said how it was.");
}

/* A receipt of a croissant on each of two lines, and an éclair: so much has come back of each. */
static void open_sale(struct visitor *v, const int64_t back_milli[3], size_t reviewed_count)
{
    uint64_t reviewed[] = { 1, BAKERY_ECLAIR };
    Caroline__V1__QuotedLine line[3], *lines[] = { &line[0], &line[1], &line[2] };
    Caroline__V1__RefundedLine back[3], *refunded[] = { &back[0], &back[1], &back[2] };
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;
    Caroline__V1__SelfSale self = CAROLINE__V1__SELF_SALE__INIT, *sales[] = { &self };
    Caroline__V1__SelfSalesShown answer = CAROLINE__V1__SELF_SALES_SHOWN__INIT;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "3");
    for (size_t i = 0; i < 3; i++) {
        caroline__v1__quoted_line__init(&line[i]);
        caroline__v1__refunded_line__init(&back[i]);
        line[i].has_product_id = line[i].has_quantity_milli = true;
        line[i].product_id = i == 2 ? BAKERY_ECLAIR : 1;
        line[i].quantity_milli = 1000;
        back[i].has_line = back[i].has_quantity_milli = true;
        back[i].line = (uint32_t)i;
        back[i].quantity_milli = back_milli[i];
    }
    totals.lines = lines;
    totals.n_lines = 3;
    sale.totals = &totals;
    sale.has_sale_id = sale.has_receipt_number = true;
    sale.sale_id = 9001;
    sale.receipt_number = kiosk_bytes("3T-000042");
    shown.sale = &sale;
    shown.has_text = shown.has_refunded_minor = true;
    shown.text = kiosk_bytes("Caroline's Cookies\n3T-000042\n");
    shown.refunded_minor = 350;
    shown.refunded = refunded;
    shown.n_refunded = 3;
    self.sale = &shown;
    self.reviewed_product_ids = reviewed;
    self.n_reviewed_product_ids = reviewed_count;
    answer.sales = sales;
    answer.n_sales = 1;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_SALES, &answer.base);
    visitor_type(v, "1");
    visitor_sees(v, "Given back of it: 3.50");
}

static void open_given_back(struct visitor *v, const int64_t back_milli[3])
{
    open_sale(v, back_milli, 0);
}

/* As the server has it: what came back whole is not reviewed, and what was kept in part is. */
static void B20_nobody_is_asked_how_it_was_what_they_gave_back(void **state)
{
    struct visitor *v = *state;

    open_given_back(v, (const int64_t[]){ 1000, 0, 1000 }); /* one of the croissants was kept */
    visitor_sees(v, "How was it? Press it:");
    visitor_sees(v, "1  Croissant");
    visitor_sees_not(v, "clair");
    visitor_type(v, "2"); /* nothing stands there */
    assert_ptr_equal(kiosk_page(&v->kiosk), &receipt_page);
    visitor_type(v, "1");
    assert_ptr_equal(kiosk_page(&v->kiosk), &rate_page);
    assert_int_equal(v->kiosk.visit.review_product_id, 1);
}

/* By an earlier visit: what has its review is not offered, for the server would refuse it. */
static void B21_what_was_reviewed_is_not_offered_again(void **state)
{
    struct visitor *v = *state;

    open_sale(v, (const int64_t[]){ 0, 0, 0 }, 1);
    visitor_sees(v, "How was it? Press it:");
    visitor_sees_not(v, "1  Croissant");
    visitor_sees(v, "clair");
    visitor_type(v, "1");
    assert_int_equal(v->kiosk.visit.review_product_id, BAKERY_ECLAIR);
}

static void B21_of_what_was_reviewed_whole_nothing_is_asked(void **state)
{
    struct visitor *v = *state;

    open_sale(v, (const int64_t[]){ 0, 0, 0 }, 2);
    visitor_sees_not(v, "How was it? Press it:");
    visitor_golden(v, "receipt-reviewed");
}

static void B20_of_what_was_given_back_whole_nothing_is_asked(void **state)
{
    struct visitor *v = *state;

    open_given_back(v, (const int64_t[]){ 1000, 1000, 1000 });
    visitor_sees_not(v, "How was it?");
    visitor_sees_not(v, "Croissant");
}

#define ROW(name)    CAROLINE__V1__EXPLAIN_ROW_KIND__EXPLAIN_ROW_##name
#define NUMBER(name) CAROLINE__V1__EXPLAIN_NUMBER__EXPLAIN_NUMBER_##name

static const struct told {
    Caroline__V1__ExplainRowKind kind;
    Caroline__V1__ExplainNumber about;
    const char *text;
    int64_t amount;
    bool points;
} told[] = {
    { ROW(HEAD), NUMBER(NONE), "Line 1: Croissant", 0, false },
    { ROW(NUMBER), NUMBER(UNIT_PRICE), "Price of a piece", 195, false },
    { ROW(PART), NUMBER(UNIT_PRICE), "the shop's price list, since 2026-11-02 (version 9)", 195, false },
    { ROW(NUMBER), NUMBER(LINE_TAX), "Tax in it", 13, false },
    { ROW(PART), NUMBER(LINE_TAX), "VAT 7 %", 13, false },
    { ROW(NOTE), NUMBER(LINE_TAX), "tax class Bakery, since 2026-10-01 (version 3); taken away, cold: VAT 7 %", 0,
      false },
    { ROW(HEAD), NUMBER(NONE), "Points", 0, false },
    { ROW(NUMBER), NUMBER(POINTS_EARNED), "Points earned", 19, true },
    { ROW(PART), NUMBER(POINTS_EARNED), "Cookie club: 10 for each 1.00 of 1.95", 19, true },
};
#define TOLD (sizeof told / sizeof *told)

static void tell(struct visitor *v, size_t from, size_t to)
{
    Caroline__V1__SaleExplained page = CAROLINE__V1__SALE_EXPLAINED__INIT;
    Caroline__V1__ExplainRow rows[TOLD], *list[TOLD];

    for (size_t i = from; i < to; i++) {
        Caroline__V1__ExplainRow *row = list[page.n_rows++] = &rows[i];
        bool has_amount = told[i].kind == ROW(NUMBER) || told[i].kind == ROW(PART);

        caroline__v1__explain_row__init(row);
        row->has_kind = row->has_about = row->has_text = true;
        row->kind = told[i].kind;
        row->about = told[i].about;
        row->text = kiosk_bytes(told[i].text);
        row->has_points = has_amount && told[i].points;
        row->has_amount_minor = has_amount && !told[i].points;
        row->points = row->amount_minor = told[i].amount;
    }
    page.rows = list;
    page.has_sale_id = page.has_more = page.has_number_count = true;
    page.sale_id = 9001;
    page.more = to < TOLD;
    page.number_count = 3;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SALE_EXPLAIN, &page.base);
}

static const Caroline__V1__SaleExplain *explanation_asked(struct visitor *v)
{
    return (const Caroline__V1__SaleExplain *)scripted_request(v->link, CAROLINE__V1__OP__OP_SALE_EXPLAIN,
                                                               &caroline__v1__sale_explain__descriptor);
}

static void B18_a_receipts_numbers_are_explained(void **state)
{
    struct visitor *v = *state;

    open_history(v);
    visitor_type(v, "1w");
    assert_int_equal(explanation_asked(v)->sale_id, 9001);
    assert_int_equal(explanation_asked(v)->after_row, 0);
    assert_false(explanation_asked(v)->has_receipt_number);
    tell(v, 0, 4);
    visitor_sees(v, "A receipt"); /* not the half of it */
    assert_int_equal(explanation_asked(v)->sale_id, 9001);
    assert_int_equal(explanation_asked(v)->after_row, 4);
    tell(v, 4, TOLD);
    visitor_sees(v, "3 numbers: all add up");
    visitor_golden(v, "explain");
    assert_null(v->kiosk.visit.explain.arena);
    visitor_type(v, "0");
    visitor_sees(v, "A receipt");
    visitor_click(v, "Why these numbers?");
    scripted_refuse(v->link, CAROLINE__V1__OP__OP_SALE_EXPLAIN, CAROLINE__V1__ERROR_CODE__UNKNOWN_SALE,
                    "no such receipt", NULL, NULL);
    visitor_sees(v, "no such receipt");
    visitor_sees(v, "A receipt");
    visitor_type(v, "w");
    tell(v, 0, 4);
    visitor_type(v, "x"); /* whoever goes takes the half of it along */
    assert_null(v->kiosk.visit.explain.arena);
    tell(v, 4, TOLD);
    visitor_sees(v, "Welcome to");
}

static void give_sales(struct visitor *v, unsigned from, unsigned count, bool more)
{
    Caroline__V1__SaleRungUp sale[8];
    Caroline__V1__SaleShown shown[8];
    Caroline__V1__SelfSale self[8], *sales[8];
    Caroline__V1__SelfSalesShown answer = CAROLINE__V1__SELF_SALES_SHOWN__INIT;
    char numbers[8][16];

    for (unsigned i = 0; i < count; i++) {
        caroline__v1__sale_rung_up__init(&sale[i]);
        caroline__v1__sale_shown__init(&shown[i]);
        caroline__v1__self_sale__init(&self[i]);
        snprintf(numbers[i], sizeof(numbers[i]), "3T-%06u", from - i);
        sale[i].has_sale_id = sale[i].has_receipt_number = sale[i].has_committed_us = true;
        sale[i].sale_id = from - i;
        sale[i].receipt_number = kiosk_bytes(numbers[i]);
        sale[i].committed_us = UINT64_C(1795370400000000);
        shown[i].sale = &sale[i];
        self[i].sale = &shown[i];
        sales[i] = &self[i];
    }
    answer.sales = sales;
    answer.n_sales = count;
    answer.has_next_us = answer.has_next_id = more;
    answer.next_us = 1000;
    answer.next_id = from - count + 1;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_SALES, &answer.base);
}

/* The server gives eight a page, and nine stand on the screen: who has no wheel comes to the tenth by "More". */
static void B20_more_than_a_page_of_purchases_is_reached_by_touch(void **state)
{
    struct visitor *v = *state;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_click(v, "What I bought");
    give_sales(v, 18, 8, true);
    const Caroline__V1__SelfSales *asked = (const Caroline__V1__SelfSales *)scripted_request(
        v->link, CAROLINE__V1__OP__OP_SELF_SALES, &caroline__v1__self_sales__descriptor);
    assert_int_equal(asked->before_id, 11);
    give_sales(v, 10, 8, true);
    assert_false(scripted_asked(v->link, CAROLINE__V1__OP__OP_SELF_SALES));
    visitor_sees(v, "3T-000018");
    visitor_click(v, "More");
    visitor_sees(v, "3T-000010");
    give_sales(v, 2, 2, false);
    visitor_click(v, "More");
    visitor_sees(v, "3T-000001");
}

static void B20_erasing_is_said_twice_and_wants_the_pin(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__MemberErased erased = CAROLINE__V1__MEMBER_ERASED__INIT;

    visitor_signs_in(v);
    visitor_shown(v);
    visitor_type(v, "7");
    visitor_golden(v, "erase");
    visitor_type(v, "2");
    visitor_golden(v, "erase-again");
    visitor_type(v, "1");
    assert_false(scripted_asked(v->link, CAROLINE__V1__OP__OP_SELF_ERASE));
    visitor_type(v, "722");
    assert_false(scripted_asked(v->link, CAROLINE__V1__OP__OP_SELF_ERASE));
    visitor_type(v, "8261\r");
    const Caroline__V1__SelfErase *asked = (const Caroline__V1__SelfErase *)scripted_request(
        v->link, CAROLINE__V1__OP__OP_SELF_ERASE, &caroline__v1__self_erase__descriptor);
    assert_true(asked->confirm);
    assert_memory_equal(asked->current.data, "8261", asked->current.len);
    scripted_answer(v->link, CAROLINE__V1__OP__OP_SELF_ERASE, &erased.base);
    visitor_sees(v, "Your data is deleted");
    assert_false(visitor_is_remembered(v, "Mia"));
}

#define PAGE(test) cmocka_unit_test_setup_teardown(test, visitor_before, visitor_after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE(B20_a_member_sees_points_coupons_and_consents),
        PAGE(B17_who_comes_on_their_birthday_is_told_what_they_are_given),
        PAGE(A20_a_member_has_their_card_on_the_screen),
        PAGE(B20_points_that_are_owed_are_said_to_be),
        PAGE(B20_a_member_changes_data_and_pin),
        PAGE(B20_a_member_chooses_a_language),
        PAGE(B20_a_pin_that_was_chosen_after_a_code_is_asked_for),
        PAGE(B20_a_pin_that_was_half_chosen_is_none),
        PAGE(B22_what_is_avoided_is_kept_with_an_agreement),
        PAGE(B20_history_has_receipts_and_takes_reviews),
        PAGE(B21_what_was_reviewed_is_not_offered_again),
        PAGE(B21_of_what_was_reviewed_whole_nothing_is_asked),
        PAGE(B20_nobody_is_asked_how_it_was_what_they_gave_back),
        PAGE(B20_of_what_was_given_back_whole_nothing_is_asked),
        PAGE(B18_a_receipts_numbers_are_explained),
        PAGE(B20_more_than_a_page_of_purchases_is_reached_by_touch),
        PAGE(B20_erasing_is_said_twice_and_wants_the_pin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
