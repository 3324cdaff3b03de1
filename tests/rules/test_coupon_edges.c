/* Coupons: two in a basket; what the next sale sees of a use; refunds of a sale with one; paper; terms that cannot be; codes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coupon_books.h"

#include "common/print/text.h"
#include "common/rules/sale_offline.h"
#include "common/rules/sale_receipt.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a row says what is its own */
#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#endif
/* ---- a till that prices ---- */

static void a_till_says_why_one_takes_nothing_off_and_goes_on(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    static const struct coupon_terms large = { EVER, TENTH, .least_minor = 2000 };
    const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct books *books = open_books();
    struct sale_rows sale;

    (void)state;
    put_coupon(books, &large, &(struct coupon_state){ .uses_max = 1 });
    struct sale_command command = command_of(books->shop->arena, cake, &named, 1);
    command.aim = SALE_TO_PRICE;
    assert_int_equal(sale_decide(&command, &books->shop->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, 900);
    assert_int_equal(sale.coupons[0].verdict, COUPON_BASKET_IS_SMALL);
    assert_string_equal(sale.coupons[0].sentence, "coupon Autumn is for baskets from 20.00 on");
    command.aim = SALE_TO_QUOTE;
    assert_int_equal(sale_decide(&command, &books->shop->set, NOW, &sale), SALE_COUPON_BASKET_SMALL);
    small_shop_close(books->shop);
}

/* ---- two ---- */

static const struct two {
    const char *name;
    bool first_beside, second_beside, same;
    enum sale_verdict verdict;
    int64_t total_minor;
} twos[] = {
    { "both stand beside others: 9.00 - 2.00, a tenth off the rest", true, true, false, SALE_OK, 630 },
    { "the first alone does", true, false, false, SALE_COUPON_STACKING, 0 },
    { "the second alone does", false, true, false, SALE_COUPON_STACKING, 0 },
    { "neither does", false, false, false, SALE_COUPON_STACKING, 0 },
    { "two of one campaign", true, true, true, SALE_COUPON_WANTED, 0 },
};

static void B14_two_coupons_go_together_where_both_may(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };

    (void)state;
    for (size_t i = 0; i < COUNT(twos); i++) {
        const struct two *two = &twos[i];
        const struct coupon_terms off = { EVER, OFF(200), .with_coupons = two->first_beside },
                                  tenth = { EVER, TENTH, .with_coupons = two->second_beside };
        const struct basket_coupon named[] = {
            { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW },
            { .id = SECOND, .campaign_id = two->same ? CAMPAIGN : CAMPAIGN_2, .seen = NOW },
        };
        struct books *books = open_books();
        struct sale_rows sale;

        put_coupon(books, &off, &(struct coupon_state){ .uses_max = 1 });
        put_coupon(books, &tenth, &(struct coupon_state){ .uses_max = 1 });
        struct sale_command command = command_of(books->shop->arena, cake, named, 2);
        enum sale_verdict verdict = sell(books, &command, &sale);
        if (verdict != two->verdict)
            fail_msg("%s: verdict %d", two->name, (int)verdict);
        if (verdict == SALE_OK)
            assert_int_equal(sale.total_minor, two->total_minor);
        assert_int_equal(books->coupons[0].use_count + books->coupons[1].use_count, verdict == SALE_OK ? 2 : 0);
        small_shop_close(books->shop);
    }
}

/* On one line or on two: the second takes a piece that the first has not made free. */
static void B14_two_free_pieces_are_two(void **state)
{
    static const struct {
        struct bought bought[4];
        int64_t pieces[2], total_minor;
    } baskets[] = {
        { { PIECES(COOKIE, 2) }, { 1, 1 }, 0 },
        { { PIECES(COOKIE, 1), PIECES(COOKIE, 1) }, { 1, 1 }, 0 },
        { { PIECES(COOKIE, 3) }, { 1, 1 }, 250 },
        { { PIECES(COOKIE, 5) }, { 2, 2 }, 250 },
        { { PIECES(COOKIE, 3), PIECES(ROLL, 1) }, { 2, 1 }, 45 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(baskets); i++) {
        const struct coupon_terms first = { EVER, FREE(baskets[i].pieces[0]), .with_coupons = true },
                                  second = { EVER, FREE(baskets[i].pieces[1]), .with_coupons = true };
        const struct basket_coupon named[] = {
            { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW },
            { .id = SECOND, .campaign_id = CAMPAIGN_2, .seen = NOW },
        };
        struct books *books = open_books();
        struct sale_rows sale;

        put_coupon(books, &first, &(struct coupon_state){ .uses_max = 1 });
        put_coupon(books, &second, &(struct coupon_state){ .uses_max = 1 });
        struct sale_command command = command_of(books->shop->arena, baskets[i].bought, named, 2);
        assert_int_equal(sell(books, &command, &sale), SALE_OK);
        assert_int_equal(sale.total_minor, baskets[i].total_minor);
        small_shop_close(books->shop);
    }
}

static void no_more_than_five_are_in_a_basket(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    struct basket_coupon named[BASKET_COUPONS_MAX + 1];
    struct books *books = open_books();
    struct sale_rows sale;

    (void)state;
    for (size_t i = 0; i < COUNT(named); i++)
        named[i] =
            (struct basket_coupon){ .id = COUPON + (int64_t)i, .campaign_id = CAMPAIGN + (int64_t)i, .seen = NOW };
    struct sale_command command = command_of(books->shop->arena, cake, named, COUNT(named));
    assert_int_equal(sell(books, &command, &sale), SALE_COUPON_STACKING);
    small_shop_close(books->shop);
}

/* ---- one after the other, upon one working set ---- */

static void the_next_sale_sees_what_the_one_before_used(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    static const struct {
        struct coupon_terms terms;
        int64_t uses_max, campaign_max, member_id;
        enum sale_verdict second;
    } sales[] = {
        { { EVER, TENTH }, 1, 0, 0, SALE_COUPON_USED },
        { { EVER, TENTH }, 2, 0, 0, SALE_OK },
        { { EVER, TENTH }, 0, 1, 0, SALE_COUPON_USED_UP },
        { { EVER, TENTH, .per_member = 1 }, 0, 0, BERND, SALE_COUPON_MEMBER_USED },
        { { EVER, TENTH, .first_purchase = true }, 0, 0, BERND, SALE_COUPON_NOT_FIRST },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(sales); i++) {
        const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
        struct books *books = open_books();
        struct sale_rows sale;

        put_coupon(books, &sales[i].terms, &(struct coupon_state){ .uses_max = sales[i].uses_max });
        books->campaigns[0].uses_max = sales[i].campaign_max;
        put_member(books, CAMPAIGN, BERND, 0, false);
        struct sale_command command = command_of(books->shop->arena, cake, &named, 1);
        command.basket.member_id = sales[i].member_id;
        assert_int_equal(sell(books, &command, &sale), SALE_OK);
        assert_int_equal(sale.coupons[0].use_number, 1);
        command.sale_id++;
        command.number++;
        assert_int_equal(sell(books, &command, &sale), sales[i].second);
        small_shop_close(books->shop);
    }
}

/* A plain sale is a member's first purchase, too. */
static void a_sale_without_a_coupon_is_a_purchase(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    static const struct coupon_terms first = { EVER, TENTH, .first_purchase = true };
    const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct books *books = open_books();
    struct sale_rows sale;

    (void)state;
    put_coupon(books, &first, &(struct coupon_state){ .uses_max = 1 });
    put_member(books, CAMPAIGN, BERND, 0, false);
    struct sale_command command = command_of(books->shop->arena, cake, &named, 0);
    command.basket.member_id = BERND;
    assert_int_equal(sell(books, &command, &sale), SALE_OK);
    command.basket.coupon_count = 1;
    assert_int_equal(sell(books, &command, &sale), SALE_COUPON_NOT_FIRST);
    small_shop_close(books->shop);
}

/* Three rolls of which 1.34 was taken off are 0.01: a third of that is nothing, so no piece of them can be free. */
static void what_costs_next_to_nothing_has_no_free_piece(void **state)
{
    static const struct bought three_rolls[4] = { PIECES(ROLL, 3) };
    static const struct {
        int64_t off_minor;
        enum sale_verdict verdict;
        int64_t total_minor;
    } rows[] = { { 134, SALE_COUPON_NOTHING_FITS, 0 }, { 133, SALE_OK, 1 }, { 132, SALE_OK, 2 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct coupon_terms off = { EVER, OFF(rows[i].off_minor), .with_coupons = true },
                                  one_free = { EVER, FREE(1), .with_coupons = true };
        const struct basket_coupon named[] = {
            { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW },
            { .id = SECOND, .campaign_id = CAMPAIGN_2, .seen = NOW },
        };
        struct books *books = open_books();
        struct sale_rows sale;

        put_coupon(books, &off, &(struct coupon_state){ .uses_max = 1 });
        put_coupon(books, &one_free, &(struct coupon_state){ .uses_max = 1 });
        struct sale_command command = command_of(books->shop->arena, three_rolls, named, 2);
        command.basket.catalogue_version = VERSION; /* without its promotion */
        assert_int_equal(sell(books, &command, &sale), rows[i].verdict);
        if (rows[i].verdict == SALE_OK)
            assert_int_equal(sale.total_minor, rows[i].total_minor);
        small_shop_close(books->shop);
    }
}

/* Anna was merged into Bernd: what either used, both have; another member's, and another campaign's, is not touched. */
static void what_one_used_who_they_were_merged_into_has_used(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    static const struct coupon_terms tenth = { EVER, TENTH, .per_member = 5 };
    static const struct {
        const char *what;
        int64_t buyer_id, campaign_id, member_id;
        bool merged, uses, bought;
    } rows[] = {
        { "who bought", ANNA, CAMPAIGN, ANNA, false, true, true },
        { "who they are now", ANNA, CAMPAIGN, BERND, true, true, true },
        { "who they were", BERND, CAMPAIGN, ANNA, true, true, true },
        { "of another campaign", ANNA, CAMPAIGN_2, BERND, true, false, true },
        { "another member", ANNA, CAMPAIGN, BERND, false, false, false },
        { "who is not known here", ANNA, CAMPAIGN, 4711, true, false, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
        struct books *books = open_books();
        struct sale_rows sale;

        put_coupon(books, &tenth, &(struct coupon_state){ 0 });
        put_member(books, rows[i].campaign_id, rows[i].member_id, 0, false);
        books->shop->members[0].merged_into = rows[i].merged ? BERND : 0;
        struct sale_command command = command_of(books->shop->arena, cake, &named, 1);
        command.basket.member_id = rows[i].buyer_id;
        if (sell(books, &command, &sale) != SALE_OK)
            fail_msg("%s: %s", rows[i].what, sale.sentence);
        if (books->members[0].use_count != rows[i].uses || books->members[0].bought != rows[i].bought)
            fail_msg("%s: %d uses", rows[i].what, (int)books->members[0].use_count);
        small_shop_close(books->shop);
    }
}

/* Scanned long ago it is scanned once more, but where the sale is over; one whose campaign nobody knows is none. */
static void it_was_scanned_not_long_ago_and_is_of_a_campaign(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    static const struct coupon_terms tenth = { EVER, TENTH };
    static const struct {
        const char *what;
        int64_t seen_us; /* from now on */
        bool over, without_campaign;
        enum sale_verdict verdict;
    } rows[] = {
        { "a day ago", -DAY, false, false, SALE_OK },
        { "longer ago", -DAY - 1, false, false, SALE_COUPON_WANTED },
        { "by a clock that goes ahead", DAY, false, false, SALE_OK },
        { "by one that is wrong", DAY + 1, false, false, SALE_COUPON_WANTED },
        { "longer ago, of what was sold then", -DAY - 1, true, false, SALE_OK },
        { "without its campaign", 0, false, true, SALE_UNKNOWN_COUPON },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct basket_coupon named = { .id = COUPON,
                                             .campaign_id = CAMPAIGN,
                                             .seen = { NOW.us + rows[i].seen_us } };
        struct books *books = open_books();
        struct sale_rows sale;

        put_coupon(books, &tenth, &(struct coupon_state){ .uses_max = 1 });
        if (rows[i].without_campaign)
            books->shop->set.campaign_count = 0;
        struct sale_command command = command_of(books->shop->arena, cake, &named, 1);
        command.over = rows[i].over;
        enum sale_verdict verdict = sell(books, &command, &sale);
        if (verdict != rows[i].verdict)
            fail_msg("%s: verdict %d", rows[i].what, (int)verdict);
        small_shop_close(books->shop);
    }
}

/* ---- what is refunded ---- */

static void the_parts_of_a_refund_sum_to_what_was_paid(void **state)
{
    static const struct bought basket[4] = { PIECES(COOKIE, 3), PIECES(CAKE, 1) };
    static const struct coupon_terms terms = { EVER, OFF(100) };
    const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct books *books = open_books();
    struct sale_rows sale, back;
    int64_t sum = 0;

    (void)state;
    put_coupon(books, &terms, &(struct coupon_state){ .uses_max = 1 });
    struct sale_command command = command_of(books->shop->arena, basket, &named, 1);
    assert_int_equal(sell(books, &command, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, 1550);
    small_shop_remember(books->shop, &sale);
    for (int i = 0; i < 4; i++) {
        const struct refund_line line = { .line = i < 3 ? 0 : 1, .quantity_milli = 1000 };
        struct refund_command refund = { .original = sale.number,
                                         .lines = &line,
                                         .line_count = 1,
                                         .reason = bytes_of_text("broken"),
                                         .device_id = TILL,
                                         .series = 'T',
                                         .number = 20 + i,
                                         .sale_id = 700 + i };

        assert_int_equal(refund_decide(&refund, &books->shop->set, NOW, &back), SALE_OK);
        assert_int_equal(back.coupon_count, 0);
        sum += back.total_minor;
    }
    assert_int_equal(sum, -1550);
    assert_int_equal(books->coupons[0].use_count, 1); /* it was used all the same */
    small_shop_close(books->shop);
}

/* ---- paper ---- */

static void a_receipt_names_it_and_the_tax_is_of_what_is_left(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    static const struct coupon_terms terms = { EVER, OFF(200) };
    const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct books *books = open_books();
    struct sale_rows sale;

    (void)state;
    put_coupon(books, &terms, &(struct coupon_state){ .uses_max = 1 });
    struct sale_command command = command_of(books->shop->arena, cake, &named, 1);
    assert_int_equal(sell(books, &command, &sale), SALE_OK);
    assert_int_equal(sale.tax_minor, 46); /* 7.00 × 7 / 107 */
    const struct shop *shop = catalogue_shop(books->shop->catalogue, TAKEN);
    struct receipt paper = sale_receipt(&sale, shop, zone_utc(), NULL, books->shop->arena);
    const char *text = receipt_text(books->shop->arena, &paper, 42);
    if (strstr(text, "Coupon Autumn                        -2.00") == NULL)
        fail_msg("%s", text);
    small_shop_close(books->shop);
}

/* What a customer gets says what it is good for, and nothing that it is not. */
static void a_coupon_on_paper(void **state)
{
    static const struct {
        struct coupon_terms terms;
        const char *code;
        bool named;
        const char *text;
    } papers[] = {
        { { EVER, FREE(2), .name = "Autumn", .least_minor = 1500, .last_day = TODAY },
          "CP00000000000000",
          true,
          "                Caroline's\n"
          "                  COUPON\n"
          "                  Autumn\n"
          "              2 pieces free\n"
          "              from 15.00 on\n"
          "             until 2025-11-22\n"
          "             CP00000000000000\n"
          "           CP00-0000-0000-0000\n" },
        { { EVER, FREE(1), .name = "Autumn" },
          NULL,
          false,
          "                  COUPON\n"
          "                  Autumn\n"
          "               1 piece free\n" },
    };
    struct small_shop *s = small_shop_open();

    (void)state;
    for (size_t i = 0; i < COUNT(papers); i++) {
        const struct shop *shop = papers[i].named ? catalogue_shop(s->catalogue, VERSION) : NULL;
        struct receipt paper = coupon_receipt(&papers[i].terms, papers[i].code, shop, 2, s->arena);

        assert_string_equal(receipt_text(s->arena, &paper, 42), papers[i].text);
        assert_null(coupon_sentence(COUPON_OK, &papers[i].terms, 2, s->arena));
    }
    small_shop_close(s);
}

/* ---- without a connection ---- */

static void none_is_taken_offline(void **state)
{
    static const struct bought cake[4] = { PIECES(CAKE, 1) };
    const struct basket_coupon named = { .id = COUPON, .campaign_id = CAMPAIGN, .seen = NOW };
    struct books *books = open_books();
    struct sale_rows sale;

    (void)state;
    struct sale_command command = command_of(books->shop->arena, cake, &named, 1);
    const struct offline_till till = { .arena = books->shop->arena,
                                       .catalogue = books->shop->catalogue,
                                       .zone = zone_utc(),
                                       .device_id = TILL,
                                       .till_number = 3,
                                       .shift_id = SHIFT };
    assert_int_equal(sale_offline_sell(&command, &till, NOW, &sale), SALE_COUPON_OFFLINE);
    small_shop_close(books->shop);
}

/* ---- terms ---- */

static const struct {
    const char *field; /* NULL: they can be */
    struct coupon_terms terms;
} terms_rows[] = {
    { NULL, { EVER, TENTH } },
    { NULL, { EVER, TENTH, .category_id = 3 } },
    { NULL, { EVER, OFF(1), .first_day = TODAY, .last_day = TODAY } },
    { NULL, { EVER, FREE(100), .from_minute = 1439 } },
    { NULL, { EVER, TENTH, .first_day = TODAY } },
    { NULL, { EVER, TENTH, .last_day = TODAY } },
    { NULL, { EVER, TENTH, .least_minor = MINOR_MAX, .receipt_minor = MINOR_MAX } },
    { "gift", { EVER, .gift = 0, .value = 1 } },
    { "gift", { EVER, .gift = 4, .value = 1 } },
    { "value", { EVER, .gift = COUPON_RATE_OFF, .value = 1000001 } },
    { "value", { EVER, .gift = COUPON_RATE_OFF, .value = 0 } },
    { "value", { EVER, OFF(0) } },
    { "value", { EVER, OFF(MINOR_MAX + 1) } },
    { "value", { EVER, FREE(101) } },
    { "value", { EVER, FREE(-1) } },
    { "product_ids", { EVER, TENTH, OF_CAKE, .category_id = 3 } },
    { "product_ids", { EVER, TENTH, .product_count = 21 } },
    { "least_minor", { EVER, TENTH, .least_minor = -1 } },
    { "least_minor", { EVER, TENTH, .least_minor = MINOR_MAX + 1 } },
    { "receipt_minor", { EVER, TENTH, .receipt_minor = -1 } },
    { "receipt_minor", { EVER, TENTH, .receipt_minor = MINOR_MAX + 1 } },
    { "weekdays", { EVER, TENTH, .weekdays = 0 } },
    { "weekdays", { EVER, TENTH, .weekdays = 128 } },
    { "until_minute", { EVER, TENTH, .from_minute = 1440 } },
    { "until_minute", { EVER, TENTH, .until_minute = 1441 } },
    { "last_day", { EVER, TENTH, .first_day = TODAY, .last_day = TODAY - 1 } },
};
#pragma GCC diagnostic pop

static void terms_that_cannot_be_are_told_by_their_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(terms_rows); i++) {
        const char *field = "", *trouble = coupon_terms_trouble(&terms_rows[i].terms, &field);

        assert_int_equal(trouble != NULL, terms_rows[i].field != NULL);
        if (trouble != NULL)
            assert_string_equal(field, terms_rows[i].field);
    }
}

/* ---- codes ---- */

static void B14_codes_are_read_as_they_were_made_and_no_wrong_one_is(void **state)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char code[COUPON_CODE_TEXT], read[COUPON_CODE_TEXT], shown[COUPON_CODE_SHOWN];
    uint8_t bytes[16];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(17 * i + 3);
    coupon_code_make(bytes, code);
    assert_int_equal(strlen(code), COUPON_CODE_LENGTH);
    assert_true(coupon_code_read(bytes_of_text(coupon_code_format(shown, code)), read));
    assert_string_equal(read, code);
    for (size_t i = 0; i < COUPON_CODE_LENGTH; i++) {
        char wrong[COUPON_CODE_TEXT];

        for (const char *other = alphabet; *other != '\0'; other++) {
            memcpy(wrong, code, sizeof wrong);
            wrong[i] = *other;
            assert_int_equal(coupon_code_read(bytes_of_text(wrong), read), *other == code[i]);
        }
        if (i < 2 || i + 3 >= COUPON_CODE_LENGTH || code[i] == code[i + 1])
            continue;
        memcpy(wrong, code, sizeof wrong);
        wrong[i] = code[i + 1];
        wrong[i + 1] = code[i];
        assert_false(coupon_code_read(bytes_of_text(wrong), read));
    }
}

static void what_else_is_scanned_is_no_coupon(void **state)
{
    static const char *const others[] = {
        "",       "4006381333931",     "90000000000000000000", "CC-1001",       "CP",
        "CP1234", "CP00000000000000X", "CPIL0000000000",       "2012345006789", "CP{0000000000000"
    };
    char read[COUPON_CODE_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(coupon_code_read(bytes_of_text(others[i]), read));
    assert_true(coupon_code_read(bytes_of_text("cp00-0000 0000 0000"), read));
    assert_string_equal(read, "CP00000000000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_till_says_why_one_takes_nothing_off_and_goes_on),
        cmocka_unit_test(B14_two_coupons_go_together_where_both_may),
        cmocka_unit_test(B14_two_free_pieces_are_two),
        cmocka_unit_test(no_more_than_five_are_in_a_basket),
        cmocka_unit_test(the_next_sale_sees_what_the_one_before_used),
        cmocka_unit_test(a_sale_without_a_coupon_is_a_purchase),
        cmocka_unit_test(what_costs_next_to_nothing_has_no_free_piece),
        cmocka_unit_test(what_one_used_who_they_were_merged_into_has_used),
        cmocka_unit_test(it_was_scanned_not_long_ago_and_is_of_a_campaign),
        cmocka_unit_test(the_parts_of_a_refund_sum_to_what_was_paid),
        cmocka_unit_test(a_receipt_names_it_and_the_tax_is_of_what_is_left),
        cmocka_unit_test(a_coupon_on_paper),
        cmocka_unit_test(none_is_taken_offline),
        cmocka_unit_test(terms_that_cannot_be_are_told_by_their_field),
        cmocka_unit_test(B14_codes_are_read_as_they_were_made_and_no_wrong_one_is),
        cmocka_unit_test(what_else_is_scanned_is_no_coupon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
