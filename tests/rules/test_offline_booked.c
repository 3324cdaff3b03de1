/* Who sold offline, where and when, and what has changed since: a row each; and what a till does not sell by itself. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "offline_paper.h"

#include "common/rules/member_card.h"

/* ---- who, where, when ---- */

/* Sold by a catalogue of which today's knows nothing. */
static const struct catalogue *today_has_no_new_cake(struct small_shop *s, struct small_shop *other)
{
    struct product cake = *catalogue_product(s->catalogue, LATER, CAKE);

    cake.id = NEW_CAKE;
    cake.stock_policy = STOCK_NOT_KEPT;
    catalogue_put_product(s->catalogue, LATER + 1, &cake);
    catalogue_seal(s->catalogue, LATER + 1, NOW.us);
    paper.command.sale.basket.catalogue_version = LATER + 1;
    paper.basket[1].product_id = NEW_CAKE;
    s->set.catalogue = other->catalogue;
    return s->catalogue;
}

static const struct catalogue *it_was_brought(struct small_shop *s, struct small_shop *other)
{
    (void)other;
    paper.command.brought_device_id = OFFICE;
    return s->catalogue;
}

static const struct catalogue *the_card_was_nobodys(struct small_shop *s, struct small_shop *other)
{
    (void)other;
    paper.command.card_unknown = true;
    paper.command.card_ends = member_card_ends("MEMBER-0098");
    return s->catalogue;
}

static const struct catalogue *nobody_knows_the_version(struct small_shop *s, struct small_shop *other)
{
    (void)s, (void)other;
    paper.command.sale.basket.catalogue_version = 99;
    return NULL;
}

/* Nuts are in the cake, and Anna avoids them: nobody says that she was told. */
static const struct catalogue *the_member_avoids_what_is_in_it(struct small_shop *s, struct small_shop *other)
{
    struct product cake = *catalogue_product(s->catalogue, LATER, CAKE);

    (void)other;
    cake.contains = 1 << 8;
    catalogue_put_product(s->catalogue, LATER + 1, &cake);
    catalogue_seal(s->catalogue, LATER + 1, NOW.us);
    s->members[0].avoids = 1 << 8;
    paper.command.sale.basket.catalogue_version = LATER + 1;
    paper.command.sale.basket.member_id = ANNA;
    return s->catalogue;
}

/* No till stands offline for so long: its clock is wrong. */
static const struct catalogue *the_clock_is_two_years_behind(struct small_shop *s, struct small_shop *other)
{
    (void)other;
    paper.command.sale.made.us = NOW.us - 2 * 366 * DAY_S * SECOND_US;
    return s->catalogue;
}

static const struct catalogue *it_was_made_a_year_ago(struct small_shop *s, struct small_shop *other)
{
    (void)other;
    paper.command.sale.made.us = NOW.us - 366 * DAY_S * SECOND_US;
    return s->catalogue;
}

/* Before the shop was set up, nothing could be sold. */
static const struct catalogue *then_there_was_no_shop(struct small_shop *s, struct small_shop *other)
{
    (void)other;
    struct catalogue *bare = catalogue_create();

    catalogue_put_product(bare, 1, catalogue_product(s->catalogue, LATER, COOKIE));
    catalogue_seal(bare, 1, NOW.us);
    paper.command.sale.basket.catalogue_version = 1;
    return bare;
}

static const struct {
    const char *name;
    const struct catalogue *(*meanwhile)(struct small_shop *s, struct small_shop *other);
    struct exception_row exceptions[3];
    bool is_other; /* the catalogue that comes of it is the test's own */
} circumstances[] = {
    { "goods of which today's catalogue knows nothing",
      today_has_no_new_cake,
      { { EXCEPTION_PRODUCT_GONE, 1, 0, 0 } },
      false },
    { "it was brought by the office", it_was_brought, { { EXCEPTION_BROUGHT, NO_LINE, TILL, OFFICE } }, false },
    { "a card that is nobody's", the_card_was_nobodys, { { EXCEPTION_MEMBER_GONE, NO_LINE, 0, 0x30303938 } }, false },
    { "what the member avoids", the_member_avoids_what_is_in_it, { { EXCEPTION_ALLERGEN, 1, 0, 0 } }, false },
    { "a version that nobody knows",
      nobody_knows_the_version,
      { { EXCEPTION_VERSION_UNKNOWN, NO_LINE, 99, LATER } },
      false },
    { "a clock that is two years behind",
      the_clock_is_two_years_behind,
      { { EXCEPTION_TIME, NO_LINE, INT64_C(1763800000000000) - 2 * 366 * DAY_S *SECOND_US,
          INT64_C(1763800000000000) } },
      false },
    { "a year ago, to the day", it_was_made_a_year_ago, { { 0 } }, false },
    { "a version without a shop", then_there_was_no_shop, { { EXCEPTION_VERSION_UNKNOWN, NO_LINE, 1, LATER } }, true },
};

static void B1_what_has_changed_is_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(circumstances); i++) {
        struct small_shop *s = open_shop(true), *other = small_shop_open();
        struct catalogue *own = NULL;
        struct sale_rows rows;

        write_paper(true);
        const struct catalogue *then = circumstances[i].meanwhile(s, other);
        if (circumstances[i].is_other)
            own = (struct catalogue *)(uintptr_t)then;
        enum sale_verdict verdict = book(s, then, &rows);
        if (verdict != SALE_OK)
            fail_msg("%s: verdict %d: %s", circumstances[i].name, (int)verdict, rows.sentence);
        check_exceptions(circumstances[i].name, circumstances[i].exceptions, COUNT(circumstances[i].exceptions), &rows);
        if (own != NULL)
            catalogue_destroy(own);
        small_shop_close(other);
        small_shop_close(s);
    }
}

/* Under whose hands it is booked: each of those who are known. */
static void B1_it_stays_with_who_sold_it(void **state)
{
    static const struct {
        int64_t said, booked;
        struct exception_row exceptions[1];
    } rows[] = { { IDA, IDA, { { 0 } } },
                 { EVE, EVE, { { 0 } } },
                 { OTTO, OTTO, { { 0 } } },
                 { 77, OTTO, { { EXCEPTION_PERSON_UNKNOWN, NO_LINE, 77, OTTO } } } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct small_shop *s = open_shop(true);
        struct sale_rows sale;

        write_paper(true);
        paper.command.sale.staff_id = rows[i].said;
        assert_int_equal(book(s, s->catalogue, &sale), SALE_OK);
        assert_int_equal(sale.staff_id, rows[i].booked);
        assert_int_equal(sale.brought_by, OTTO);
        check_exceptions("a person", rows[i].exceptions, 1, &sale);
        small_shop_close(s);
    }
}

static void B1_a_device_that_nobody_knows_is_no_till(void **state)
{
    struct small_shop *s = open_shop(true);
    struct sale_rows rows;

    (void)state;
    write_paper(true);
    paper.command.sale.device_id = NO_DEVICE;
    assert_int_equal(book(s, s->catalogue, &rows), SALE_NOT_A_TILL);
    assert_string_equal(rows.sentence, "this device has no drawer");
    small_shop_close(s);
}

/* Its shop is not set up: there is nothing that a paper could be held against. */
static void B1_a_shop_that_is_not_set_up_books_nothing(void **state)
{
    struct small_shop *s = open_shop(true);
    struct catalogue *bare = catalogue_create();
    struct sale_rows rows;

    (void)state;
    write_paper(true);
    catalogue_seal(bare, 1, NOW.us);
    s->set.catalogue = bare;
    assert_int_equal(book(s, NULL, &rows), SALE_CATALOGUE_UNKNOWN);
    assert_string_equal(rows.sentence, "the shop had not been set up at this version of the catalogue");
    nothing_has_changed(s);
    catalogue_destroy(bare);
    small_shop_close(s);
}

/* ---- at the till ---- */

static enum sale_verdict sell(struct small_shop *s, const struct sale_command *sale, struct sale_rows *rows)
{
    const struct offline_till till = { .device_id = TILL,
                                       .shift_id = SHIFT,
                                       .till_number = 3,
                                       .catalogue = s->catalogue,
                                       .zone = zone_utc(),
                                       .arena = s->arena };

    return sale_offline_sell(sale, &till, NOW, rows);
}

/* The same goods on several lines, in whatever order: the till's shelf has each once. */
static void B1_the_same_goods_may_stand_on_several_lines(void **state)
{
    static const struct basket_line lines[] = { { .product_id = CAKE, .quantity_milli = 1000 },
                                                { .product_id = COOKIE, .quantity_milli = 1000 },
                                                { .product_id = CAKE, .quantity_milli = 2000 },
                                                { .product_id = COOKIE, .quantity_milli = 3000 } };
    const struct tender cash = { .kind = TENDER_CASH, .amount_minor = 3700 };
    struct small_shop *s = open_shop(true);
    struct sale_rows rows;

    (void)state;
    assert_int_equal(sell(s,
                          &(struct sale_command){
                              .basket = { .catalogue_version = LATER, .lines = lines, .line_count = COUNT(lines) },
                              .tenders = &cash,
                              .tender_count = 1,
                              .shown_total_minor = 3700,
                              .made = NOW,
                              .number = 7 },
                          &rows),
                     SALE_OK);
    assert_int_equal(rows.total_minor, 3700);
    assert_int_equal(rows.stock_count, 4);
    for (size_t i = 0; i < rows.stock_count; i++) {
        assert_int_equal(rows.stock[i].product_id, lines[i].product_id);
        assert_int_equal(rows.stock[i].quantity_milli, -lines[i].quantity_milli);
    }
    assert_int_equal(rows.exception_count, 0);
    small_shop_close(s);
}

static void B1_an_empty_basket_is_not_sold(void **state)
{
    struct small_shop *s = open_shop(true);
    struct sale_rows rows;

    (void)state;
    assert_int_equal(sell(s,
                          &(struct sale_command){ .basket = { .catalogue_version = LATER },
                                                  .tenders = &(struct tender){ .kind = TENDER_CASH, .amount_minor = 1 },
                                                  .tender_count = 1,
                                                  .number = 7 },
                          &rows),
                     SALE_BASKET_EMPTY);
    assert_string_equal(rows.sentence, "the basket is empty");
    small_shop_close(s);
}

/* The card is charged, and the discount is beyond the role: what to do about the card, and why. */
static void B1_what_another_would_allow_takes_a_connection_even_with_a_charged_card(void **state)
{
    static const struct basket_line line = {
        .product_id = COOKIE,
        .quantity_milli = 2000,
        .discount = { .given = true, .value = 500000, .reason = TEXT("old") },
    };
    const struct tender card = { .kind = TENDER_CARD, .amount_minor = 250, .reference = TEXT("A-1") };
    struct small_shop *s = open_shop(true);
    struct sale_rows rows;

    (void)state;
    assert_int_equal(
        sell(s,
             &(struct sale_command){ .basket = { .catalogue_version = LATER, .lines = &line, .line_count = 1 },
                                     .tenders = &card,
                                     .tender_count = 1,
                                     .shown_total_minor = 250,
                                     .discount_limit_ppm = 100000,
                                     .made = NOW,
                                     .number = 7 },
             &rows),
        SALE_CARD_CHARGED);
    assert_int_equal(rows.because, SALE_APPROVAL_NEEDED);
    assert_string_equal(rows.sentence,
                        "the card was charged: give 2.50 back, reference A-1; a discount of 49.9 % is beyond the "
                        "10 % of your role: another person has to allow it, which takes a connection");
    small_shop_close(s);
}

/* ---- what an exception compares ---- */

static void B1_papers_compare_what_was_said_with_what_was_found(void **state)
{
    static const struct {
        char series;
        enum sale_exception kind;
        bool compares;
    } rows[] = {
        { 'X', EXCEPTION_OVERSOLD, false },      { 'X', EXCEPTION_OTHER_SHIFT, false },
        { 'X', EXCEPTION_PRICE_CHANGED, true },  { 'X', EXCEPTION_TOTAL_DIFFERS, true },
        { 'X', EXCEPTION_PERSON_UNKNOWN, true }, { 'X', EXCEPTION_BROUGHT, true },
        { 'T', EXCEPTION_OVERSOLD, false },      { 'T', EXCEPTION_BROUGHT, false },
        { 'X', EXCEPTION_ALLERGEN, false },      { 'T', EXCEPTION_ALLERGEN, false },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct sale_rows sale = { .number = { .series = rows[i].series } };
        const struct exception_row exception = { .kind = rows[i].kind };

        assert_int_equal(sale_exception_compares(&sale, &exception), rows[i].compares);
    }
}
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B1_what_has_changed_is_listed),
        cmocka_unit_test(B1_it_stays_with_who_sold_it),
        cmocka_unit_test(B1_a_device_that_nobody_knows_is_no_till),
        cmocka_unit_test(B1_a_shop_that_is_not_set_up_books_nothing),
        cmocka_unit_test(B1_the_same_goods_may_stand_on_several_lines),
        cmocka_unit_test(B1_an_empty_basket_is_not_sold),
        cmocka_unit_test(B1_what_another_would_allow_takes_a_connection_even_with_a_charged_card),
        cmocka_unit_test(B1_papers_compare_what_was_said_with_what_was_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
