/* The kiosk's pages: what a visitor sees, reached by keys, by clicks and by scans. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "visitor.h"

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
    visitor_sees(v, "★ 4.46 (12)");
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

    visitor_type(v, "115");
    visitor_sees(v, "SOLD OUT today");
    visitor_type(v, "1");
    visitor_type(v, "b");
    visitor_sees(v, "Your basket is empty.");
    visitor_type(v, "g16");
    visitor_sees(v, "it is weighed at the counter");
}

/* What people say of goods stands with each that a name finds, as it does by category. */
static void B33_what_a_name_finds_has_its_stars(void **state)
{
    struct visitor *v = *state;
    struct product rated = *kiosk_product(&v->kiosk, BAKERY_ECLAIR);
    uint64_t version = catalogue_newest(v->catalogue);

    rated.rating_hundredths = 500;
    rated.rating_count = 3;
    catalogue_put_product(v->catalogue, version, &rated);
    visitor_type(v, "1");
    visitor_click(v, "Look for a name");
    visitor_type(v, "c\r");
    visitor_sees(v, "What has that name");
    visitor_sees(v, "\u2605 5.00 (3)");
    visitor_sees(v, "\u2605 4.46 (12)");
    visitor_golden(v, "goods-found-rated");
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
    scripted_refuse(v->link, CAROLINE__V1__OP__OP_MEMBER_SIGN_UP, CAROLINE__V1__ERROR_CODE__BAD_PHONE,
                    "this is no phone number", "member.phone", NULL);
    visitor_sees(v, "That is no telephone number. Type all of its digits, with the area code.");
    visitor_type(v, "\177\177\177\177\177\177\177");
    visitor_type(v, "0309876543\r");
    visitor_type(v, "7");
    asked = (const Caroline__V1__MemberSignUp *)scripted_request(v->link, CAROLINE__V1__OP__OP_MEMBER_SIGN_UP,
                                                                 &caroline__v1__member_sign_up__descriptor);
    assert_memory_equal(asked->member->phone.data, "0309876543", asked->member->phone.len);
    assert_memory_equal(asked->pin.data, "4719", asked->pin.len);
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

#define PAGE(test) cmocka_unit_test_setup_teardown(test, visitor_before, visitor_after)

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
        PAGE(B33_what_a_name_finds_has_its_stars),
        PAGE(somebody_signs_up),
        PAGE(ascii_shows_the_same_without_signs),
        PAGE(a_small_window_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
