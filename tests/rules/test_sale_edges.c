/* Sales at the edges: of ranges, of the catalogue's history, of what a till may claim. Each begins with a good sale, a
 * roll for 0.45 in cash, and spoils one thing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "small_shop.h"

#define NEXT (VERSION + 1)

static struct basket_line line, many_lines[3];
static struct tender tenders[TENDERS_MAX + 1];
static uint32_t rewards[BASKET_REWARDS_MAX + 1];

static struct sale_command a_roll(void)
{
    line = (struct basket_line){ .product_id = ROLL, .quantity_milli = 1000 };
    for (size_t i = 0; i <= TENDERS_MAX; i++)
        tenders[i] = (struct tender){ .kind = TENDER_CASH, .amount_minor = 45 };
    for (size_t i = 0; i <= BASKET_REWARDS_MAX; i++)
        rewards[i] = REWARD_DEAREST;
    return (struct sale_command){
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION, .lines = &line, .line_count = 1, .rewards = rewards },
        .tenders = tenders,
        .tender_count = 1,
        .shown_total_minor = 45,
        .device_id = TILL,
        .series = 'T',
        .number = 42,
        .sale_id = 51,
        .new_lot_id = 61,
    };
}

static void by_card(int64_t minor)
{
    tenders[0] = (struct tender){ .kind = TENDER_CARD, .amount_minor = minor, .reference = bytes_of_text("A1") };
}

static void sell(struct sale_command *command, int64_t product_id, int64_t price_minor)
{
    line.product_id = product_id;
    tenders[0].amount_minor = command->shown_total_minor = price_minor;
}

/* What follows holds from the next version on, which the basket names. */
static void next_version(struct small_shop *s, struct sale_command *command)
{
    catalogue_seal(s->catalogue, NEXT, NOW.us);
    command->basket.catalogue_version = NEXT;
}

static void put_shop(struct small_shop *s, bool prices_include_tax)
{
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);

    shop.prices_include_tax = prices_include_tax;
    catalogue_put_shop(s->catalogue, NEXT, &shop);
}

static void put_programme(struct small_shop *s, struct sale_command *command, struct programme programme)
{
    catalogue_put_programme(s->catalogue, NEXT, &programme);
    next_version(s, command);
}

static void put_rates(struct small_shop *s, struct sale_command *command, const struct tax_rate *rates, size_t count)
{
    catalogue_put_tax_class(s->catalogue, NEXT, &(struct tax_class){ .id = 1, .rates = rates, .rate_count = count });
    next_version(s, command);
}

/* A catalogue in which products stand at version 1, and the shop from version 2 on, or never. */
static void begin_without_shop(struct small_shop *s, struct sale_command *command, bool later)
{
    catalogue_destroy(s->catalogue);
    s->catalogue = catalogue_create();
    catalogue_put_product(s->catalogue, 1, &(struct product){ .id = ROLL, .price_minor = 45, .active = true });
    catalogue_seal(s->catalogue, 1, NOW.us);
    if (later) {
        catalogue_put_shop(s->catalogue, 2, &(struct shop){ .id = 1, .currency_exponent = 2 });
        catalogue_seal(s->catalogue, 2, NOW.us);
    }
    s->set.catalogue = s->catalogue;
    command->basket.catalogue_version = 1;
}

/* ---- what is spoilt ---- */

static void nothing(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
}

static void version_before_the_shop(struct small_shop *s, struct sale_command *command)
{
    begin_without_shop(s, command, true);
}

static void version_before_the_shop_by_card(struct small_shop *s, struct sale_command *command)
{
    begin_without_shop(s, command, true);
    by_card(45);
}

static void no_shop_at_all_by_card(struct small_shop *s, struct sale_command *command)
{
    begin_without_shop(s, command, false);
    by_card(45);
}

static void more_rewards_than_may_be(struct small_shop *s, struct sale_command *command)
{
    (void)s;
    command->basket.member_id = ANNA;
    command->basket.reward_count = BASKET_REWARDS_MAX + 1;
}

static void rewards_of_no_programme(struct small_shop *s, struct sale_command *command)
{
    begin_without_shop(s, command, true);
    command->basket.catalogue_version = 2;
    command->basket.member_id = ANNA;
    command->basket.reward_count = 1;
}

static void member_of_no_programme(struct small_shop *s, struct sale_command *command)
{
    begin_without_shop(s, command, true);
    command->basket.catalogue_version = 2;
    command->basket.member_id = ANNA;
}

static void inactive_but_voided(struct small_shop *s, struct sale_command *command)
{
    (void)s;
    many_lines[0] = line;
    many_lines[1] = (struct basket_line){
        .product_id = OLD_CAKE, .quantity_milli = 1000, .voided = true, .void_reason = bytes_of_text("fell down")
    };
    command->basket.lines = many_lines;
    command->basket.line_count = 2;
}

static void card_number_as_reason(struct small_shop *s, struct sale_command *command)
{
    inactive_but_voided(s, command);
    many_lines[1].void_reason = bytes_of_text("4111 1111 1111 1111");
}

static void card_number_as_note(struct small_shop *s, struct sale_command *command)
{
    inactive_but_voided(s, command);
    many_lines[0].note = bytes_of_text("4111  1111 1111 1111");
}

static void half_a_kilogram_too_little(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    line = (struct basket_line){ .product_id = CHEESE, .quantity_milli = -500 };
}

static void rewards_beyond_all_points(struct small_shop *s, struct sale_command *command)
{
    put_programme(s, command, (struct programme){ .id = 1, .reward_cost = INT64_MAX, .reward_category_id = COOKIES });
    line = (struct basket_line){ .product_id = COOKIE, .quantity_milli = 2000 };
    command->basket.member_id = ANNA;
    command->basket.reward_count = 2;
}

static void points_beyond_int64(struct small_shop *s, struct sale_command *command)
{
    put_programme(s, command, (struct programme){ .id = 1, .points_per_unit = INT64_MAX });
    sell(command, CAKE, 900);
    command->basket.member_id = ANNA;
}

static void points_beyond_an_account(struct small_shop *s, struct sale_command *command)
{
    put_programme(s, command, (struct programme){ .id = 1, .points_per_unit = INT64_C(1000000000000000) });
    sell(command, CAKE, 900);
    command->basket.member_id = ANNA;
}

static void gift_beyond_an_account(struct small_shop *s, struct sale_command *command)
{
    put_programme(s, command, (struct programme){ .id = 1, .birthday_points = INT64_C(1000000000000001) });
    s->members[0].birthday_today = true;
    command->basket.member_id = ANNA;
}

static void account_that_is_full(struct small_shop *s, struct sale_command *command)
{
    s->members[0].points = INT64_C(1000000000000001);
    command->basket.member_id = ANNA;
}

static void many_taxes(struct small_shop *s, struct sale_command *command, uint32_t count)
{
    struct tax_rate rates[TAX_ROWS_MAX + 1] = { 0 };

    for (uint32_t i = 0; i < count; i++)
        rates[i] = (struct tax_rate){ .code = "T", .rate_ppm = 1000 + i };
    put_rates(s, command, rates, count);
}

static void more_taxes_than_a_receipt_has_rows(struct small_shop *s, struct sale_command *command)
{
    many_taxes(s, command, TAX_ROWS_MAX + 1);
}

static void as_many_taxes_as_a_receipt_has_rows(struct small_shop *s, struct sale_command *command)
{
    many_taxes(s, command, TAX_ROWS_MAX);
}

static void taxes_beyond_int64(struct small_shop *s, struct sale_command *command)
{
    static const struct tax_rate rates[] = { { .code = "A", .rate_ppm = UINT32_MAX },
                                             { .code = "B", .rate_ppm = UINT32_MAX },
                                             { .code = "C", .rate_ppm = UINT32_MAX } };

    put_shop(s, false);
    put_rates(s, command, rates, 3);
    line.product_id = GOLD;
}

static void tax_on_top_beyond_the_range(struct small_shop *s, struct sale_command *command)
{
    put_shop(s, false);
    next_version(s, command);
    command->basket.service = SERVICE_EAT_IN;
    line.product_id = GOLD; /* nine tenths of the range, and 19 % */
}

static void this_shift_by_name(struct small_shop *s, struct sale_command *command)
{
    (void)s;
    command->made_shift_id = SHIFT;
}

static void full_drawer(struct small_shop *s, struct sale_command *command)
{
    (void)command;
    s->drawers[0].cash_minor = MINOR_MAX - 44;
}

static void drawer_that_cannot_be(struct small_shop *s, struct sale_command *command)
{
    (void)command;
    s->drawers[0].cash_minor = INT64_MAX;
}

static const struct tender tipped = { .kind = TENDER_CARD,
                                      .amount_minor = MINOR_MAX,
                                      .tip_minor = MINOR_MAX - 45,
                                      .reference = { (const uint8_t *)"A1", 2 } };

/* What is over is a tip: no limit of its own but the report's. */
static void the_most_there_can_be_by_a_400th_sale(struct small_shop *s, struct sale_command *command)
{
    s->drawers[0].sale_count = 399;
    command->tenders = &tipped;
    command->tender_count = 1;
}

static void the_most_there_can_be_by_a_401st_sale(struct small_shop *s, struct sale_command *command)
{
    the_most_there_can_be_by_a_400th_sale(s, command);
    s->drawers[0].sale_count = 400;
}

static void shelf_at_its_end(struct small_shop *s, struct sale_command *command)
{
    sell(command, CAKE, 900);
    s->stock[CAKE - 1].on_hand_milli = INT64_C(-1000000000000);
}

static void eleven_tenders(struct small_shop *s, struct sale_command *command)
{
    (void)s;
    command->tender_count = TENDERS_MAX + 1;
}

static void ten_tenders(struct small_shop *s, struct sale_command *command)
{
    (void)s;
    command->tender_count = TENDERS_MAX;
}

static void card_and_a_tender_that_is_none(struct small_shop *s, struct sale_command *command)
{
    (void)s;
    by_card(45);
    tenders[1].kind = 9;
    command->tender_count = 2;
}

static void card_for_too_little(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    by_card(44);
}

static void card_for_too_much(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    by_card(46);
}

static void change_before_a_card(struct small_shop *s, struct sale_command *command)
{
    (void)s;
    tenders[1] = (struct tender){ .kind = TENDER_CARD, .amount_minor = 20, .reference = bytes_of_text("B2") };
    command->tender_count = 2;
}

static void two_cards(const char *first, const char *second)
{
    by_card(20);
    tenders[0].reference = bytes_of_text(first);
    tenders[1] = tenders[0];
    tenders[1].amount_minor = 25;
    tenders[1].reference = bytes_of_text(second);
}

static void two_cards_for_too_much(struct small_shop *s, struct sale_command *command)
{
    (void)s;
    two_cards("A1", "B2");
    tenders[1].amount_minor = 30;
    command->tender_count = 2;
}

static void one_approval_twice(struct small_shop *s, struct sale_command *command)
{
    (void)s;
    two_cards("A1 7", " A1  7");
    command->tender_count = 2;
}

static void two_cards_each_its_own(struct small_shop *s, struct sale_command *command)
{
    (void)s;
    two_cards("A1", "A2");
    command->tender_count = 2;
}

static void blank_approval(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    by_card(45);
    tenders[0].reference = bytes_of_text(" \u200b\u00a0");
}

static void card_number_as_approval(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    by_card(45);
    tenders[0].reference = bytes_of_text("4111  1111\u00a01111 1111");
}

static void stripe_with_the_cash(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    by_card(45);
    tenders[0].kind = TENDER_CASH;
    tenders[0].reference = bytes_of_text(";4111111111111111=2512101?");
}

static void card_number_with_wide_spaces(struct small_shop *s, struct sale_command *command)
{
    inactive_but_voided(s, command);
    many_lines[1].void_reason = bytes_of_text("4111  1111\u00a0 1111  1111");
}

static const struct {
    const char *name;
    void (*spoil)(struct small_shop *s, struct sale_command *command);
    enum sale_verdict verdict, because;
    const char *words; /* in the sentence */
} rows[] = {
    { "a roll", nothing, SALE_OK, SALE_OK, NULL },
    { "a version before the shop was set up", version_before_the_shop, SALE_CATALOGUE_UNKNOWN, SALE_OK, "set up" },
    { "that, and a card was charged", version_before_the_shop_by_card, SALE_CARD_CHARGED, SALE_CATALOGUE_UNKNOWN,
      "give 0.45 back, reference A1" },
    { "no shop at all, and a card was charged", no_shop_at_all_by_card, SALE_CARD_CHARGED, SALE_CATALOGUE_UNKNOWN,
      "give 45 back, reference A1" },
    { "21 rewards", more_rewards_than_may_be, SALE_REWARD_NOT_APPLICABLE, SALE_OK, "at most 20" },
    { "a reward where there is no programme", rewards_of_no_programme, SALE_REWARD_NOT_APPLICABLE, SALE_OK,
      "reward 1" },
    { "a member where there is no programme", member_of_no_programme, SALE_OK, SALE_OK, NULL },
    { "an inactive product that was voided", inactive_but_voided, SALE_OK, SALE_OK, NULL },
    { "a card's number as the reason", card_number_as_reason, SALE_NO_SECRET_WANTED, SALE_OK, "payment card" },
    { "a card's number as a note", card_number_as_note, SALE_NO_SECRET_WANTED, SALE_OK, "payment card" },
    { "a negative weight", half_a_kilogram_too_little, SALE_BAD_QUANTITY, SALE_OK, "above 0" },
    { "rewards that cost more than there can be", rewards_beyond_all_points, SALE_AMOUNT_OVERFLOW, SALE_OK, "points" },
    { "points beyond int64", points_beyond_int64, SALE_AMOUNT_OVERFLOW, SALE_OK, "points" },
    { "points beyond an account", points_beyond_an_account, SALE_AMOUNT_OVERFLOW, SALE_OK, "points" },
    { "a gift beyond an account", gift_beyond_an_account, SALE_AMOUNT_OVERFLOW, SALE_OK, "points" },
    { "a member whose account is full", account_that_is_full, SALE_AMOUNT_OVERFLOW, SALE_OK, "points" },
    { "33 taxes", more_taxes_than_a_receipt_has_rows, SALE_BASKET_TOO_LONG, SALE_OK, "taxes" },
    { "32 taxes", as_many_taxes_as_a_receipt_has_rows, SALE_OK, SALE_OK, NULL },
    { "taxes beyond int64", taxes_beyond_int64, SALE_AMOUNT_OVERFLOW, SALE_OK, "tax" },
    { "a total beyond the range by its tax", tax_on_top_beyond_the_range, SALE_AMOUNT_OVERFLOW, SALE_OK, "the sum" },
    { "the open shift, by name", this_shift_by_name, SALE_OK, SALE_OK, NULL },
    { "a cent more than a drawer holds", full_drawer, SALE_AMOUNT_OVERFLOW, SALE_OK, "drawer" },
    { "as much as a report can add up", the_most_there_can_be_by_a_400th_sale, SALE_OK, SALE_OK, NULL },
    { "more than a report can add up", the_most_there_can_be_by_a_401st_sale, SALE_CARD_CHARGED, SALE_AMOUNT_OVERFLOW,
      "the drawer cannot hold so much" },
    { "a drawer beyond int64", drawer_that_cannot_be, SALE_AMOUNT_OVERFLOW, SALE_OK, "drawer" },
    { "a shelf that cannot owe more", shelf_at_its_end, SALE_STOCK_OVERFLOW, SALE_OK, "line 1, Cake" },
    { "eleven tenders", eleven_tenders, SALE_BAD_TENDER, SALE_OK, "at most 10" },
    { "ten tenders", ten_tenders, SALE_OK, SALE_OK, NULL },
    { "a charged card beside a bad tender", card_and_a_tender_that_is_none, SALE_BAD_TENDER, SALE_OK,
      "give 0.45 back" },
    { "a charged card for too little", card_for_too_little, SALE_UNDERPAID, SALE_OK, "give 0.44 back" },
    { "a charged card for too much", card_for_too_much, SALE_OVERPAID, SALE_OK, "give 0.46 back" },
    { "two charged cards for too much", two_cards_for_too_much, SALE_OVERPAID, SALE_OK,
      "cards were charged: give 0.50 back: 0.20 reference A1, 0.30 reference B2; " },
    { "one approval twice", one_approval_twice, SALE_BAD_TENDER, SALE_OK, "same approval" },
    { "two cards", two_cards_each_its_own, SALE_OK, SALE_OK, NULL },
    { "an approval that nobody sees", blank_approval, SALE_BAD_TENDER, SALE_OK, "names the card machine's" },
    { "a card's number as the approval", card_number_as_approval, SALE_NO_SECRET_WANTED, SALE_OK,
      "give 0.45 back, reference not kept; " },
    { "a card's stripe with the cash", stripe_with_the_cash, SALE_NO_SECRET_WANTED, SALE_OK, "not kept" },
    { "a card's number in a reason, with wide spaces", card_number_with_wide_spaces, SALE_NO_SECRET_WANTED, SALE_OK,
      "payment card" },
    { "change out of cash that lies before a card", change_before_a_card, SALE_OK, SALE_OK, NULL },
};

static void each_edge_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct small_shop *s = small_shop_open();
        struct sale_command command = a_roll();
        struct sale_rows sale;

        rows[i].spoil(s, &command);
        int64_t sales_before = s->drawers[0].sale_count;
        enum sale_verdict verdict = sale_decide(&command, &s->set, NOW, &sale);
        if (verdict != rows[i].verdict || sale.because != rows[i].because)
            fail_msg("%s: verdict %d (%d) instead of %d (%d): %s", rows[i].name, (int)verdict, (int)sale.because,
                     (int)rows[i].verdict, (int)rows[i].because, sale.sentence == NULL ? "" : sale.sentence);
        if (rows[i].words != NULL && strstr(sale.sentence, rows[i].words) == NULL)
            fail_msg("%s: '%s' is not in '%s'", rows[i].name, rows[i].words, sale.sentence);
        if (verdict != SALE_OK)
            assert_int_equal(s->drawers[0].sale_count, sales_before);
        small_shop_close(s);
    }
}

static void change_never_comes_out_of_a_card(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_command command = a_roll();
    struct sale_rows sale;

    (void)state;
    change_before_a_card(s, &command);
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.change_minor, 20);
    assert_int_equal(sale.tenders[0].change_minor, 20);
    assert_int_equal(sale.tenders[1].change_minor, 0);
    assert_int_equal(sale.drawer_minor, 25);
    small_shop_close(s);
}

static void a_price_may_be_asked_for_a_member_who_is_not_loaded(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_command command = a_roll();
    struct sale_rows sale;

    (void)state;
    command.basket.member_id = 77;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_UNKNOWN_MEMBER);
    command.aim = SALE_TO_PRICE;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.member_id, 77);
    small_shop_close(s);
}

static void a_member_without_programme_neither_earns_nor_spends(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_command command = a_roll();
    struct sale_rows sale;

    (void)state;
    member_of_no_programme(s, &command);
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.points.count, 0);
    assert_int_equal(s->members[0].points, 150);
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_edge_has_its_verdict),
        cmocka_unit_test(change_never_comes_out_of_a_card),
        cmocka_unit_test(a_price_may_be_asked_for_a_member_who_is_not_loaded),
        cmocka_unit_test(a_member_without_programme_neither_earns_nor_spends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
