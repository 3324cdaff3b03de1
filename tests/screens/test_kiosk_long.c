/* The kiosk with the longest that there can be of everything: no page cuts any of it, in no window. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "visitor.h"

#define LONG_80 "Maximiliana-Bartholomea Wolfeschlegelsteinhausenbergerdorff of Upper Lower Town"
#define EVERY   0x7ffe /* of the fourteen */

/* Nothing ends in an ellipsis, and no text had no place. */
static void is_whole(struct visitor *v)
{
    static const int sizes[][2] = { { 40, 120 }, { 24, 80 } };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        v->rows = sizes[i][0];
        v->columns = sizes[i][1];
        visitor_sees_not(v, "@@@"); /* as it is laid out from the size before */
        paint_unseen();
        visitor_sees_not(v, "…");
        if (paint_unseen() > 0)
            fail_msg("something of \"%s\" has no place", kiosk_page(&v->kiosk)->title);
    }
}

static const struct product longest = {
    .id = 900,
    .name = LONG_80,
    .sku = "",
    .allergen_note = "wheat, spelt; made beside almonds and hazelnuts",
    .price_minor = 99999,
    .plu = 900,
    .tax_class_id = 1,
    .category_id = 900,
    .contains = 1 << 1 | 1 << 3 | 1 << 7 | 1 << 12,
    .may_contain = 1 << 5 | 1 << 8 | 1 << 11,
    .rating_hundredths = 449,
    .rating_count = 99999,
    .deposit_product_id = 901,
    .deposit_count = 1,
    .active = true,
};

static void long_goods(struct visitor *v)
{
    struct product sold_out = longest, bottle = { .id = 901, .name = LONG_80, .sku = "", .allergen_note = "no food" };

    sold_out.id = 902;
    sold_out.plu = 902;
    sold_out.sold_out = true;
    bottle.price_minor = 25;
    bottle.tax_class_id = 1;
    bottle.deposit_kind = DEPOSIT_GOOD;
    bottle.active = true;
    catalogue_put_category(
        v->catalogue, 2,
        &(struct category){ .id = 900, .name = "Everything that is baked with nuts in it", .position = 9 });
    catalogue_put_product(v->catalogue, 2, &longest);
    catalogue_put_product(v->catalogue, 2, &sold_out);
    catalogue_put_product(v->catalogue, 2, &bottle);
    catalogue_seal(v->catalogue, 2, 2);
}

static void goods_and_basket_are_whole(void **state)
{
    struct visitor *v = *state;

    long_goods(v);
    is_whole(v);
    v->kiosk.visit.avoid = EVERY;
    visitor_type(v, "g");
    is_whole(v);
    visitor_click(v, "Everything that is baked");
    is_whole(v);
    visitor_sees(v, "SOLD OUT");
    visitor_sees(v, "4.49 (99999)");
    visitor_type(v, "1");
    is_whole(v);
    visitor_sees(v, "Lower Town");
    visitor_type(v, "1");
    is_whole(v); /* the sentence that it is in the basket, and what is to be minded */
    for (int i = 0; i < 3; i++)
        visitor_type(v, "b+");
    is_whole(v);
    visitor_sees(v, "Together EUR");
}

static void what_others_say_is_whole(void **state)
{
    struct visitor *v = *state;
    Caroline__V1__Review review = CAROLINE__V1__REVIEW__INIT, *reviews[] = { &review, &review, &review };
    Caroline__V1__ReviewListed listed = CAROLINE__V1__REVIEW_LISTED__INIT;
    char text[481];

    for (size_t i = 0; i < sizeof(text) - 1; i++)
        text[i] = i % 8 == 7 ? ' ' : (char)('a' + i % 26);
    text[sizeof(text) - 1] = 0;
    memcpy(text + sizeof(text) - 5, "END.", 4);
    long_goods(v);
    visitor_type(v, "g");
    visitor_click(v, "Everything that is baked");
    visitor_type(v, "12");
    review.has_rating = review.has_text = review.has_written_us = true;
    review.rating = 5;
    review.text = kiosk_bytes(text);
    review.written_us = UINT64_C(1795370400000000);
    listed.reviews = reviews;
    listed.n_reviews = 3;
    scripted_answer(v->link, CAROLINE__V1__OP__OP_REVIEW_LIST, &listed.base);
    is_whole(v);
    visitor_sees(v, "END.");
    visitor_type(v, "n");
    is_whole(v);
    visitor_sees(v, "END.");
}

/* As long as each may be, but for an e-mail address of more than 142 characters: "My data" cuts that, and a copy of everything has it. */
static void long_account(struct visitor *v)
{
    struct account *a = &v->kiosk.visit.account;

    visitor_signs_in(v);
    visitor_shown(v);
    snprintf(a->name, sizeof(a->name), "%s", LONG_80);
    snprintf(a->tier, sizeof(a->tier), "Golden Member of the Bakery's Inner Circle");
    snprintf(a->phone, sizeof(a->phone), "+49 30 5550100 1234567 89");
    memset(a->email, 'm', 128);
    snprintf(a->email + 128, sizeof(a->email) - 128, "@example.org");
    snprintf(a->card, sizeof(a->card), "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF");
    a->avoids = EVERY;
    a->points = 3000000;
    a->lot_count = 0;
    while (a->lot_count < 30) {
        struct account_lot *lot = &a->lots[a->lot_count++];
        lot->remaining = 100000;
        snprintf(lot->expires, sizeof(lot->expires), "2027-01-%02zu", a->lot_count);
    }
    for (size_t i = 0; i < 7; i++)
        a->coupons[i] = a->coupons[0];
    a->coupon_count = 7;
    for (size_t i = 0; i < 7; i++)
        snprintf(a->coupons[i].name, sizeof(a->coupons[i].name), "%.80s", LONG_80);
}

static void a_members_own_is_whole(void **state)
{
    struct visitor *v = *state;

    long_account(v);
    is_whole(v);
    visitor_sees(v, "Town, Golden Member of the Bakery's Inner Circle");
    visitor_type(v, "1");
    is_whole(v);
    visitor_sees(v, "later days");
    visitor_type(v, "02");
    is_whole(v);
    visitor_type(v, "04");
    is_whole(v);
    visitor_sees(v, "mmm@example.org");
    visitor_sees(v, "molluscs");
    visitor_sees(v, "CDEF.");
    for (char key = '1'; key <= '6'; key++) {
        const char keys[] = { key, 0 };
        visitor_type(v, keys);
        is_whole(v);
        visitor_click(v, "Back");
    }
    visitor_type(v, "05");
    is_whole(v);
    visitor_type(v, "09");
    is_whole(v);
    visitor_type(v, "07");
    is_whole(v);
    visitor_type(v, "2");
    is_whole(v);
}

static void who_owes_loses_no_points(void **state)
{
    struct visitor *v = *state;

    visitor_signs_in(v);
    visitor_shown(v);
    v->kiosk.visit.account.points = -30;
    visitor_type(v, "72");
    visitor_sees(v, "You lose 1 coupon. The 30 points that you owe are let go.");
    visitor_sees_not(v, "-30");
    v->kiosk.visit.account.coupon_count = 0;
    visitor_type(v, "0"
                    "2");
    visitor_sees(v, "The 30 points that you owe are let go.");
    visitor_sees_not(v, "coupon");
}

static void who_joins_sees_all_that_they_typed(void **state)
{
    struct visitor *v = *state;
    struct sign_up *m = &v->kiosk.visit.sign_up;

    visitor_type(v, "3");
    snprintf(m->name, sizeof(m->name), "%s", LONG_80);
    snprintf(m->phone, sizeof(m->phone), "+49 30 5550100 1234567 89");
    memset(m->email, 'm', 60);
    snprintf(m->email + 60, sizeof(m->email) - 60, "@example.org");
    snprintf(m->birthday, sizeof(m->birthday), "1990-12-31");
    v->kiosk.stale = true;
    is_whole(v);
    visitor_sees(v, "mple.org");
}

/* A receipt with nine of the longest, each to be pressed. */
static void what_was_bought_is_whole(void **state)
{
    struct visitor *v = *state;
    struct history *h = &v->kiosk.visit.history;

    for (int64_t id = 900; id < 909; id++) {
        struct product product = longest;
        product.id = id;
        product.plu = (uint32_t)id;
        product.deposit_product_id = 0;
        catalogue_put_product(v->catalogue, 2, &product);
    }
    catalogue_seal(v->catalogue, 2, 2);
    visitor_signs_in(v);
    visitor_shown(v);
    h->asked = true;
    h->count = 1;
    snprintf(h->sales[0].number, sizeof(h->sales[0].number), "12X-1000042");
    h->sales[0].total_minor = -999999999;
    h->sales[0].given_back_minor = 99999999;
    h->sales[0].text = strdup("Caroline's Cookies\n12X-1000042\n");
    for (int64_t id = 900; id < 903; id++)
        h->sales[0].product_ids[h->sales[0].product_count++] = id;
    visitor_type(v, "3");
    is_whole(v);
    visitor_type(v, "1");
    is_whole(v);
    visitor_type(v, "3");
    is_whole(v);
    visitor_sees(v, "very good");
}

static void a_shop_with_a_long_name_leaves_the_pages_theirs(void **state)
{
    struct visitor *v = *state;
    struct shop shop = *catalogue_shop(v->catalogue, catalogue_newest(v->catalogue));

    shop.name = LONG_80;
    catalogue_put_shop(v->catalogue, 2, &shop);
    catalogue_seal(v->catalogue, 2, 2);
    is_whole(v);
    visitor_sees(v, "Welcome to Maximiliana");
    visitor_type(v, "1");
    is_whole(v);
    visitor_sees(v, "Our goods");
}

#define PAGE(test) cmocka_unit_test_setup_teardown(test, visitor_before, visitor_after)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE(goods_and_basket_are_whole),
        PAGE(what_others_say_is_whole),
        PAGE(a_members_own_is_whole),
        PAGE(who_owes_loses_no_points),
        PAGE(who_joins_sees_all_that_they_typed),
        PAGE(what_was_bought_is_whole),
        PAGE(a_shop_with_a_long_name_leaves_the_pages_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
