/* The kiosk's pages: what a visitor sees, reached by keys, by clicks and by scans. */
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

static int before(void **state)
{
    struct visitor *v = malloc(sizeof(*v));

    assert_non_null(v);
    visitor_open(v);
    *state = v;
    return 0;
}

static int after(void **state)
{
    visitor_close(*state);
    free(*state);
    return 0;
}

static void goods_are_found_by_category(void **state)
{
    struct visitor *v = *state;

    visitor_golden(v, "welcome");
    visitor_type(v, "1");
    visitor_golden(v, "categories");
    visitor_type(v, "1");
    visitor_golden(v, "goods");
    visitor_type(v, "3");
    visitor_golden(v, "product");
    visitor_type(v, "1");
    visitor_sees(v, "Croissant is in your basket.");
    visitor_type(v, "0");
    visitor_sees(v, "All goods");
}

static void B33_goods_show_their_rating_and_what_others_say(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__Review review[2] = { CAROLINE__V1__REVIEW__INIT, CAROLINE__V1__REVIEW__INIT };
    Caroline__V1__Review *reviews[] = { &review[0], &review[1] };
    Caroline__V1__ReviewListed listed = CAROLINE__V1__REVIEW_LISTED__INIT;

    visitor_type(v, "11");
    visitor_sees(v, "★ 4.4 (12)");
    visitor_type(v, "32");
    const Caroline__V1__ReviewList *asked = (const Caroline__V1__ReviewList *)scripted_request(
        v->link, CAROLINE__V1__OP__OP_REVIEW_LIST, &caroline__v1__review_list__descriptor);
    assert_int_equal(asked->product_id, 1);
    for (size_t i = 0; i < 2; i++) {
        review[i].has_rating = review[i].has_text = review[i].has_written_us = true;
        review[i].written_us = UINT64_C(1795370400000000);
    }
    review[0].rating = 5;
    review[0].text = kiosk_bytes("As in Paris. Warm at eight, and gone at nine: come early.");
    review[1].rating = 3;
    review[1].text = kiosk_bytes("");
    listed.reviews = reviews;
    listed.n_reviews = 2;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_REVIEW_LIST, &listed.base);
    visitor_golden(v, "reviews");
}

static void a_products_code_shows_it_and_puts_it_in(void **state)
{
    struct visitor *v = *state;

    visitor_scan(v, "4006381333931");
    visitor_sees(v, "Into my basket");
    visitor_sees_not(v, "is in your basket");
    visitor_scan(v, "4006381333931");
    visitor_sees(v, "Croissant is in your basket.");
    visitor_scan(v, "4006381333931");
    visitor_type(v, "b");
    visitor_sees(v, "2 × Croissant");
    visitor_sees(v, "Together EUR 3.90");
    visitor_scan(v, "4006381333948");
    visitor_sees(v, "That code is of nothing we sell here");
}

static void a_basket_goes_to_the_counter_under_a_number(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__BasketLeft left = CAROLINE__V1__BASKET_LEFT__INIT;

    visitor_scan(v, "4006381333931");
    visitor_type(v, "1");
    visitor_type(v, "11");
    visitor_scan(v, "73513537");
    visitor_type(v, "1b");
    visitor_golden(v, "basket");
    visitor_type(v, "1+");
    visitor_sees(v, "4 × Croissant");
    visitor_type(v, "2r");
    visitor_sees_not(v, "Éclair");
    visitor_type(v, "-c");
    const Caroline__V1__BasketLeave *asked = (const Caroline__V1__BasketLeave *)scripted_request(
        v->link, CAROLINE__V1__OP__OP_BASKET_LEAVE, &caroline__v1__basket_leave__descriptor);
    assert_int_equal(asked->basket->n_lines, 1);
    assert_int_equal(asked->basket->lines[0]->quantity_milli, 3000);
    assert_false(asked->has_card || asked->basket->has_member_id);
    left.has_number = true;
    left.number = 47;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_BASKET_LEAVE, &left.base);
    visitor_golden(v, "number");
    visitor_type(v, "b");
    visitor_sees(v, "Your basket is empty.");
}

/* A lemonade in its bottle: what goes with it has a line, so that the lines make the total. */
static void a_deposit_stands_below_its_goods(void **state)
{
    struct visitor *v = *state;
    struct product bottle = { .id = 71,
                              .name = "Bottle",
                              .sku = "",
                              .allergen_note = "",
                              .price_minor = 25,
                              .plu = 900,
                              .tax_class_id = 1,
                              .active = true,
                              .deposit_kind = DEPOSIT_GOOD };
    static const char *const barcodes[] = { "4006381333948" };
    struct product lemonade = bottle;
    uint64_t version = catalogue_newest(v->catalogue);

    catalogue_put_product(v->catalogue, version, &bottle);
    lemonade.id = 72;
    lemonade.name = "Lemonade";
    lemonade.plu = 140;
    lemonade.price_minor = 220;
    lemonade.barcodes = barcodes;
    lemonade.barcode_count = 1;
    lemonade.deposit_kind = DEPOSIT_NONE;
    lemonade.deposit_product_id = 71;
    lemonade.deposit_count = 1;
    lemonade.allergen_note = "free of the fourteen";
    catalogue_put_product(v->catalogue, version, &lemonade);
    visitor_scan(v, "4006381333948");
    visitor_sees_not(v, "NOTHING IS RECORDED");
    visitor_sees_not(v, "none is recorded"); /* it is known to be free of them, which is not to know nothing */
    visitor_scan(v, "4006381333948");
    visitor_scan(v, "4006381333948");
    visitor_type(v, "b");
    visitor_sees(v, "Together EUR 4.90");
    visitor_golden(v, "basket-deposit");
}

static void what_is_weighed_or_sold_out_is_not_put_in(void **state)
{
    struct visitor *v = *state;

    visitor_type(v, "114");
    visitor_sees(v, "SOLD OUT today");
    visitor_type(v, "1");
    visitor_type(v, "b");
    visitor_sees(v, "Your basket is empty.");
    visitor_type(v, "g15");
    visitor_sees(v, "it is weighed at the counter");
}

static void a_name_is_looked_for_by_keys_of_the_screen(void **state)
{
    struct visitor *v = *state;

    visitor_type(v, "1");
    visitor_click(v, "Look for a name");
    visitor_click(v, " c  ");
    visitor_click(v, " a  ");
    visitor_click(v, " k  ");
    visitor_golden(v, "ask");
    visitor_click(v, "Done");
    visitor_sees(v, "Chocolate Cake");
    visitor_sees_not(v, "Croissant");
}

/* ---- a member ---- */

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
    visitor_type(v, "1\r");
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

static void somebody_signs_up(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__MemberSignedUp done = CAROLINE__V1__MEMBER_SIGNED_UP__INIT;

    visitor_type(v, "37");
    visitor_sees(v, "and a PIN are needed");
    visitor_type(v, "1");
    visitor_type(v, "Lou\r");
    visitor_type(v, "2");
    visitor_type(v, "0301234\r");
    visitor_type(v, "5");
    visitor_type(v, "1111\r");
    visitor_sees(v, "its digits are all alike");
    visitor_type(v, "4719\r");
    visitor_type(v, "4719\r");
    visitor_type(v, "6");
    visitor_golden(v, "agree");
    visitor_type(v, "1");
    visitor_type(v, "0");
    visitor_golden(v, "join");
    visitor_type(v, "7");
    const Caroline__V1__MemberSignUp *asked = (const Caroline__V1__MemberSignUp *)scripted_request(
        v->link, CAROLINE__V1__OP__OP_MEMBER_SIGN_UP, &caroline__v1__member_sign_up__descriptor);
    assert_memory_equal(asked->member->name.data, "Lou", asked->member->name.len);
    assert_memory_equal(asked->member->phone.data, "0301234", asked->member->phone.len);
    assert_memory_equal(asked->pin.data, "4719", asked->pin.len);
    assert_int_equal(asked->n_consents, 1);
    assert_int_equal(asked->consents[0], 1);
    done.has_number = true;
    done.number = 51;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_MEMBER_SIGN_UP, &done.base);
    visitor_sees(v, "say this number");
    assert_false(visitor_is_remembered(v, "4719"));
    assert_false(visitor_is_remembered(v, "Lou"));
}

/* ---- poor terminals ---- */

static void ascii_shows_the_same_without_signs(void **state)
{
    struct visitor *v = *state;

    golden_terminal(true);
    visitor_type(v, "118");
    visitor_golden(v, "ascii-goods");
    visitor_type(v, "f1");
    visitor_golden(v, "ascii-avoid");
    golden_terminal(false);
}

static void a_small_window_says_so(void **state)
{
    struct visitor *v = *state;

    v->rows = 20;
    visitor_sees(v, "The kiosk needs 80 x 24");
    visitor_type(v, "1");
    v->rows = 24;
    visitor_sees(v, "Welcome to");
}

#define PAGE(test) cmocka_unit_test_setup_teardown(test, before, after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE(goods_are_found_by_category),
        PAGE(B33_goods_show_their_rating_and_what_others_say),
        PAGE(a_products_code_shows_it_and_puts_it_in),
        PAGE(a_basket_goes_to_the_counter_under_a_number),
        PAGE(a_deposit_stands_below_its_goods),
        PAGE(what_is_weighed_or_sold_out_is_not_put_in),
        PAGE(a_name_is_looked_for_by_keys_of_the_screen),
        PAGE(B20_a_member_sees_points_coupons_and_consents),
        PAGE(B20_a_member_changes_data_and_pin),
        PAGE(B20_a_pin_that_was_chosen_after_a_code_is_asked_for),
        PAGE(B22_what_is_avoided_is_kept_with_an_agreement),
        PAGE(B20_history_has_receipts_and_takes_reviews),
        PAGE(B18_a_receipts_numbers_are_explained),
        PAGE(B20_erasing_is_said_twice_and_wants_the_pin),
        PAGE(somebody_signs_up),
        PAGE(ascii_shows_the_same_without_signs),
        PAGE(a_small_window_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
