/* Sales, a row each: what is asked, and what the rules say to it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "small_shop.h"

#define CASH(minor)                                                                                                    \
    {                                                                                                                  \
        .kind = TENDER_CASH, .amount_minor = (minor)                                                                   \
    }
#define CARD(minor, text)                                                                                              \
    {                                                                                                                  \
        .kind = TENDER_CARD, .amount_minor = (minor), .reference = {(const uint8_t *)(text), sizeof(text) - 1 }        \
    }
#define BUY(id, pieces)                                                                                                \
    {                                                                                                                  \
        .product_id = (id), .quantity_milli = (pieces)*INT64_C(1000)                                                   \
    }
#define DEAREST(n) .reward_count = (n)

/* Left out: the till with the open drawer, the newest version, what is due as the total shown. */
struct row {
    const char *name;
    struct basket_line lines[4];
    struct tender tenders[3];
    enum sale_verdict verdict;
    int64_t total, change;
    int64_t member, reward_count, device, made_shift, made_us, shown;
    uint64_t version;
    enum sale_verdict because;
    uint32_t reward_line;
    bool named_line, eat_in, birthday;
    int64_t earned, spent, gifted, after;
    int oversold, below_zero; /* lines */
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a row says what is its own */
static const struct row rows[] = {
    { "cash with change", { BUY(COOKIE, 2) }, { CASH(1000) }, SALE_OK, 500, 500 },
    { "the exact sum", { BUY(ROLL, 10) }, { CASH(450) }, SALE_OK, 450 },
    { "a card", { BUY(CAKE, 1) }, { CARD(900, "A1") }, SALE_OK, 900 },
    { "a card and cash, change from the cash", { BUY(CAKE, 1) }, { CARD(400, "A1"), CASH(600) }, SALE_OK, 900, 100 },
    { "two cards that sum", { BUY(CAKE, 1) }, { CARD(400, "A1"), CARD(500, "B2") }, SALE_OK, 900 },
    { "change out of two notes", { BUY(ROLL, 1) }, { CASH(10), CASH(50) }, SALE_OK, 45, 15 },
    { "a weighed good, rounded half away",
      { { .product_id = CHEESE, .quantity_milli = 250 } },
      { CASH(323) },
      SALE_OK,
      323 },
    { "a voided line is kept and costs nothing",
      { BUY(ROLL, 1), { .product_id = CAKE, .quantity_milli = 1000, .voided = true } },
      { CASH(45) },
      SALE_OK,
      45 },
    { "what is sold out may stand voided",
      { BUY(ROLL, 1), { .product_id = SOLD_CAKE, .quantity_milli = 1000, .voided = true } },
      { CASH(45) },
      SALE_OK,
      45 },

    { "a cent short", { BUY(COOKIE, 1) }, { CASH(249) }, SALE_UNDERPAID },
    { "nothing paid", { BUY(COOKIE, 1) }, { { 0 } }, SALE_UNDERPAID },
    { "a card a cent over", { BUY(COOKIE, 1) }, { CARD(251, "A1") }, SALE_OVERPAID },
    { "two cards over", { BUY(COOKIE, 1) }, { CARD(200, "A1"), CARD(100, "B2") }, SALE_OVERPAID },
    { "a card without its reference", { BUY(COOKIE, 1) }, { CARD(250, "") }, SALE_BAD_TENDER },
    { "negative cash", { BUY(COOKIE, 1) }, { CASH(-250) }, SALE_BAD_TENDER },
    { "an unknown kind of tender", { BUY(COOKIE, 1) }, { { .kind = 9, .amount_minor = 250 } }, SALE_BAD_TENDER },
    { "cash beyond the range", { BUY(COOKIE, 1) }, { CASH(MINOR_MAX + 1) }, SALE_BAD_TENDER },
    { "cash beyond the range in parts",
      { BUY(COOKIE, 1) },
      { CASH(MINOR_MAX), CASH(MINOR_MAX) },
      SALE_AMOUNT_OVERFLOW },

    { "nothing", { { 0 } }, { CASH(1) }, SALE_BASKET_EMPTY },
    { "nothing but a voided line",
      { { .product_id = CAKE, .quantity_milli = 1000, .voided = true } },
      { CASH(1) },
      SALE_BASKET_EMPTY },
    { "an unknown product", { BUY(999, 1) }, { CASH(1) }, SALE_UNKNOWN_PRODUCT },
    { "an inactive product", { BUY(OLD_CAKE, 1) }, { CASH(100) }, SALE_PRODUCT_INACTIVE },
    { "a sold-out product", { BUY(SOLD_CAKE, 1) }, { CASH(100) }, SALE_PRODUCT_SOLD_OUT },
    { "minus one piece", { BUY(COOKIE, -1) }, { CASH(1) }, SALE_NOT_A_DEPOSIT },
    { "half a piece", { { .product_id = COOKIE, .quantity_milli = 500 } }, { CASH(1) }, SALE_BAD_QUANTITY },
    { "no quantity", { { .product_id = CHEESE } }, { CASH(1) }, SALE_BAD_QUANTITY },
    { "more than a million", { BUY(ROLL, 1000001) }, { CASH(1) }, SALE_BAD_QUANTITY },
    { "the largest quantity there is",
      { { .product_id = CHEESE, .quantity_milli = INT64_MAX } },
      { CASH(1) },
      SALE_BAD_QUANTITY },
    { "the least quantity there is",
      { { .product_id = CHEESE, .quantity_milli = INT64_MIN } },
      { CASH(1) },
      SALE_BAD_QUANTITY },
    { "a line beyond the range of money", { BUY(GOLD, 2) }, { CASH(1) }, SALE_AMOUNT_OVERFLOW },
    { "a million of the dearest", { BUY(GOLD, 1000000) }, { CASH(1) }, SALE_AMOUNT_OVERFLOW },
    { "lines that together are", { BUY(GOLD, 1), BUY(GOLD, 1) }, { CASH(1) }, SALE_AMOUNT_OVERFLOW },

    { "as many as there are", { BUY(COOKIE, 10) }, { CASH(2500) }, SALE_OK, 2500 },
    { "one more than there are", { BUY(COOKIE, 11) }, { CASH(2750) }, SALE_STOCK_SHORT },
    { "the same product on two lines, together too many",
      { BUY(COOKIE, 6), BUY(ROLL, 1), BUY(COOKIE, 5) },
      { CASH(2795) },
      SALE_STOCK_SHORT },
    { "a voided line takes nothing off the shelf",
      { BUY(COOKIE, 6), { .product_id = COOKIE, .quantity_milli = 5000, .voided = true } },
      { CASH(1500) },
      SALE_OK,
      1500 },
    { "below zero where that only warns", { BUY(CAKE, 11) }, { CASH(9900) }, SALE_OK, 9900, .below_zero = 1 },
    { "what is not kept is never short", { BUY(ROLL, 5000) }, { CASH(225000) }, SALE_OK, 225000 },
    { "oversold where a card was charged",
      { BUY(COOKIE, 6), BUY(COOKIE, 6) },
      { CARD(3000, "A1") },
      SALE_OK,
      3000,
      .oversold = 1,
      .below_zero = 1 },
    { "oversold where a card was charged in part",
      { BUY(COOKIE, 12) },
      { CARD(1, "A1"), CASH(2999) },
      SALE_OK,
      3000,
      .oversold = 1,
      .below_zero = 1 },

    { "the till showed another total", { BUY(COOKIE, 1) }, { CASH(250) }, SALE_TOTAL_DIFFERS, 250, .shown = 249 },
    { "another total, and a card was charged",
      { BUY(COOKIE, 1) },
      { CARD(249, "A1") },
      SALE_CARD_CHARGED,
      250,
      .shown = 249,
      .because = SALE_TOTAL_DIFFERS },
    { "a closed drawer", { BUY(ROLL, 1) }, { CASH(45) }, SALE_SHIFT_NOT_OPEN, .device = SHUT_TILL },
    { "a closed drawer, and a card was charged",
      { BUY(ROLL, 1) },
      { CARD(45, "A1") },
      SALE_CARD_CHARGED,
      .device = SHUT_TILL,
      .because = SALE_SHIFT_NOT_OPEN },
    { "a device without a drawer", { BUY(ROLL, 1) }, { CASH(45) }, SALE_NOT_A_TILL, .device = CONSOLE },
    { "an unknown device", { BUY(ROLL, 1) }, { CASH(45) }, SALE_NOT_A_TILL, .device = 99 },
    { "a version that was superseded long ago", { BUY(ROLL, 1) }, { CASH(45) }, SALE_CATALOGUE_OLD, .version = 4 },
    { "a version that is not yet", { BUY(ROLL, 1) }, { CASH(45) }, SALE_CATALOGUE_UNKNOWN, .version = 6 },

    { "a shift of this till's that is over", { BUY(ROLL, 1) }, { CASH(45) }, SALE_OK, 45, .made_shift = OLD_SHIFT },
    { "another till's shift", { BUY(ROLL, 1) }, { CASH(45) }, SALE_BAD_CLAIM, 45, .made_shift = SHIFT_2 },
    { "a clock two days ahead",
      { BUY(ROLL, 1) },
      { CASH(45) },
      SALE_BAD_CLAIM,
      45,
      .made_us = 1763800000000000 + 2 * DAY_S * SECOND_US },
    { "a time before there was time", { BUY(ROLL, 1) }, { CASH(45) }, SALE_BAD_CLAIM, 45, .made_us = -1 },

    { "ten points a unit", { BUY(CAKE, 1) }, { CASH(900) }, SALE_OK, 900, .member = BERND, .earned = 90, .after = 90 },
    { "points are floored", { BUY(ROLL, 1) }, { CASH(45) }, SALE_OK, 45, .member = BERND, .earned = 4, .after = 4 },
    { "expired points do not count",
      { BUY(ROLL, 2) },
      { CASH(90) },
      SALE_OK,
      90,
      .member = ANNA,
      .earned = 9,
      .after = 129 },
    { "a free cookie alone needs no tender",
      { BUY(COOKIE, 1) },
      { { 0 } },
      SALE_OK,
      0,
      .member = ANNA,
      DEAREST(1),
      .spent = 100,
      .after = 20 },
    { "one piece of three is free",
      { BUY(COOKIE, 3) },
      { CASH(500) },
      SALE_OK,
      500,
      .member = ANNA,
      DEAREST(1),
      .earned = 50,
      .spent = 100,
      .after = 70 },
    { "the second cookie costs more points than there are",
      { BUY(COOKIE, 2) },
      { CASH(1) },
      SALE_POINTS_SHORT,
      .member = ANNA,
      DEAREST(2) },
    { "the birthday's points buy a cookie at once",
      { BUY(COOKIE, 1), BUY(CAKE, 1) },
      { CASH(900) },
      SALE_OK,
      900,
      .member = BERND,
      DEAREST(1),
      .birthday = true,
      .earned = 90,
      .spent = 100,
      .gifted = 100,
      .after = 90 },
    { "a reward without a member", { BUY(COOKIE, 1) }, { CASH(1) }, SALE_REWARD_WITHOUT_MEMBER, DEAREST(1) },
    { "a reward that fits nothing",
      { BUY(CAKE, 1) },
      { CASH(1) },
      SALE_REWARD_NOT_APPLICABLE,
      .member = ANNA,
      DEAREST(1) },
    { "a reward for a line that is no cookie",
      { BUY(CAKE, 1), BUY(COOKIE, 1) },
      { CASH(1) },
      SALE_REWARD_NOT_APPLICABLE,
      .member = ANNA,
      DEAREST(1),
      .named_line = true },
    { "a reward for a line that is not there",
      { BUY(COOKIE, 1) },
      { CASH(1) },
      SALE_REWARD_NOT_APPLICABLE,
      .member = ANNA,
      DEAREST(1),
      .named_line = true,
      .reward_line = 4000000000 },
    { "an unknown member", { BUY(COOKIE, 1) }, { CASH(250) }, SALE_UNKNOWN_MEMBER, .member = 77 },
};
#pragma GCC diagnostic pop

static size_t lines_of(const struct row *row)
{
    size_t count = 0;

    while (count < 4 && row->lines[count].product_id != 0)
        count++;
    return count;
}

static size_t tenders_of(const struct row *row)
{
    size_t count = 0;

    while (count < 3 && row->tenders[count].kind != 0)
        count++;
    return count;
}

static enum sale_verdict decide(struct small_shop *s, const struct row *row, struct sale_rows *sale)
{
    uint32_t rewards[4];

    for (size_t i = 0; i < 4; i++)
        rewards[i] = row->named_line ? row->reward_line : REWARD_DEAREST;
    s->members[1].birthday_today = row->birthday;
    struct sale_command command = {
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = row->version == 0 ? VERSION : row->version,
                    .service = row->eat_in ? SERVICE_EAT_IN : SERVICE_TAKE_AWAY,
                    .lines = row->lines,
                    .line_count = lines_of(row),
                    .member_id = row->member,
                    .rewards = rewards,
                    .reward_count = (size_t)row->reward_count },
        .tenders = row->tenders,
        .tender_count = tenders_of(row),
        .shown_total_minor = row->shown != 0 ? row->shown : row->total,
        .made = { row->made_us },
        .made_shift_id = row->made_shift,
        .device_id = row->device == 0 ? TILL : row->device,
        .staff_id = 41,
        .series = 'T',
        .number = 42,
        .sale_id = 51,
        .new_lot_id = 61,
    };
    /* Where the payment is looked at, the total must be the one shown. */
    if (row->verdict == SALE_UNDERPAID || row->verdict == SALE_OVERPAID || row->verdict == SALE_STOCK_SHORT ||
        row->verdict == SALE_AMOUNT_OVERFLOW) {
        struct sale_command quote = command;

        quote.aim = SALE_TO_PRICE;
        s->set.stock_count = 0;
        if (sale_decide(&quote, &s->set, NOW, sale) == SALE_OK)
            command.shown_total_minor = sale->total_minor;
        s->set.stock_count = PRODUCTS;
    }
    return sale_decide(&command, &s->set, NOW, sale);
}

static int exceptions_of(const struct sale_rows *sale, enum sale_exception kind)
{
    int count = 0;

    for (size_t i = 0; i < sale->exception_count; i++)
        count += sale->exceptions[i].kind == kind;
    return count;
}

static void check_booked(const struct row *row, const struct small_shop *s, const struct sale_rows *sale)
{
    int64_t paid = 0, lines = 0, lot_sum = 0;
    int below_zero = 0;

    for (size_t i = 0; i < sale->tender_count; i++)
        paid += sale->tenders[i].amount_minor - sale->tenders[i].change_minor;
    for (size_t i = 0; i < sale->line_count; i++) {
        lines += sale->lines[i].total_minor;
        below_zero += (sale->lines[i].flags & LINE_BELOW_ZERO) != 0;
    }
    assert_int_equal(sale->total_minor, row->total);
    assert_int_equal(paid, row->total);
    assert_int_equal(lines, row->total);
    assert_int_equal(sale->change_minor, row->change);
    assert_int_equal(sale->points_earned, row->earned);
    assert_int_equal(sale->points_spent, row->spent);
    assert_int_equal(sale->points_gifted, row->gifted);
    assert_int_equal(sale->points_after, row->after);
    assert_int_equal(exceptions_of(sale, EXCEPTION_OVERSOLD), row->oversold);
    assert_int_equal(exceptions_of(sale, EXCEPTION_OTHER_SHIFT), row->made_shift != 0);
    assert_int_equal(below_zero, row->below_zero);
    assert_int_equal(s->drawers[0].cash_minor, 5000 + sale->drawer_minor);
    assert_int_equal(s->drawers[0].sale_count, 1);
    for (size_t i = 0; i < 2; i++) {
        lot_sum = 0;
        for (size_t j = 0; j < s->members[i].lot_count; j++)
            lot_sum += s->members[i].lots[j].remaining;
        assert_int_equal(lot_sum, s->members[i].points);
    }
}

static void every_row_gets_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct small_shop *s = small_shop_open();
        struct sale_rows sale;
        enum sale_verdict verdict = decide(s, row, &sale);

        if (verdict != row->verdict)
            fail_msg("%s: verdict %d instead of %d: %s", row->name, (int)verdict, (int)row->verdict,
                     sale.sentence == NULL ? "" : sale.sentence);
        assert_int_equal(sale.because, row->because);
        if (verdict == SALE_OK) {
            check_booked(row, s, &sale);
        } else {
            assert_non_null(sale.sentence);
            assert_int_equal(s->drawers[0].cash_minor, 5000);
            assert_int_equal(s->stock[0].on_hand_milli, 10000);
            assert_int_equal(s->members[0].points, 150);
        }
        small_shop_close(s);
    }
}

static void a_refusal_names_the_card_that_was_charged(void **state)
{
    static const struct row row = { .lines = { BUY(ROLL, 1) }, .tenders = { CARD(45, "A1-77") }, .device = SHUT_TILL };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    assert_int_equal(decide(s, &row, &sale), SALE_CARD_CHARGED);
    assert_string_equal(sale.sentence,
                        "the card was charged: give 0.45 back, reference A1-77; open the drawer's shift first");
    small_shop_close(s);
}

static void a_total_that_differs_comes_with_the_right_lines(void **state)
{
    static const struct row row = { .lines = { BUY(ROLL, 2), BUY(CAKE, 1) }, .tenders = { CASH(1000) }, .shown = 1000 };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    assert_int_equal(decide(s, &row, &sale), SALE_TOTAL_DIFFERS);
    assert_true(sale.priced);
    assert_int_equal(sale.total_minor, 990);
    assert_int_equal(sale.lines[0].total_minor, 90);
    assert_int_equal(sale.taxes.rows[0].tax_minor, 65); /* 9.90 × 7 / 107 = 0.6477 */
    small_shop_close(s);
}

static void points_are_spent_oldest_expiry_first(void **state)
{
    static const struct row row = {
        .lines = { BUY(COOKIE, 1) }, .tenders = { { 0 } }, .total = 0, .member = ANNA, DEAREST(1)
    };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    assert_int_equal(sale.points.count, 2);
    assert_int_equal(sale.points.rows[0].lot_id, 3101);
    assert_int_equal(sale.points.rows[0].points, -50);
    assert_int_equal(sale.points.rows[1].lot_id, 3102);
    assert_int_equal(sale.points.rows[1].points, -50);
    assert_int_equal(s->lots[0][0].remaining, 30); /* expired: untouched */
    small_shop_close(s);
}

static void points_of_one_day_are_one_lot_that_lives_a_year(void **state)
{
    static const struct row row = {
        .lines = { BUY(CAKE, 1) }, .tenders = { CASH(900) }, .total = 900, .member = BERND, .birthday = true
    };
    struct small_shop *s = small_shop_open();
    struct day today = zone_day(zone_utc(), NOW);
    struct sale_rows sale;

    (void)state;
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    assert_int_equal(sale.points_gifted, 0); /* once a year */
    assert_int_equal(s->members[1].lot_count, 1);
    assert_int_equal(s->members[1].lots[0].remaining, 280);
    assert_int_equal(s->members[1].lots[0].id, 61);
    assert_int_equal(s->members[1].lots[0].origin.number, today.number);
    assert_int_equal(s->members[1].lots[0].expiry.number, today.number + 365);
    assert_int_equal(s->members[1].birthday_year, 2025);
    small_shop_close(s);
}

static void a_debt_stands_against_what_can_be_spent(void **state)
{
    static const struct row row = {
        .lines = { BUY(COOKIE, 1) }, .tenders = { { 0 } }, .total = 0, .member = ANNA, DEAREST(1)
    };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    s->lots[0][0].remaining = -21; /* 50 + 70 - 21 */
    assert_int_equal(decide(s, &row, &sale), SALE_POINTS_SHORT);
    s->lots[0][0].remaining = -20;
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    small_shop_close(s);
}

static void a_birthday_on_29_february_is_kept_on_the_28th_of_other_years(void **state)
{
    struct date birthdays[2];

    (void)state;
    assert_int_equal(birthdays_on(day_of_date((struct date){ 2027, 2, 28 }), birthdays), 2);
    assert_int_equal(birthdays[1].day, 29);
    assert_int_equal(birthdays_on(day_of_date((struct date){ 2028, 2, 28 }), birthdays), 1);
    assert_int_equal(birthdays_on(day_of_date((struct date){ 2028, 2, 29 }), birthdays), 1);
    assert_int_equal(birthdays[0].day, 29);
    assert_int_equal(birthdays_on(day_of_date((struct date){ 2100, 2, 28 }), birthdays), 2);
    assert_int_equal(birthdays_on(day_of_date((struct date){ 2027, 3, 1 }), birthdays), 1);
}

static void what_another_till_holds_is_not_there(void **state)
{
    static const struct row row = { .lines = { BUY(COOKIE, 3) }, .tenders = { CASH(750) }, .total = 750 };
    struct small_shop *s = small_shop_open();
    struct holds *holds = holds_create();
    struct sale_rows sale;

    (void)state;
    s->set.holds = holds;
    holds_put(holds, TILL_2, (int64_t[]){ COOKIE, CAKE, COOKIE }, (int64_t[]){ 5000, 1000, 3000 }, 3, NOW);
    assert_int_equal(holds_of_others(holds, TILL, COOKIE, NOW), 8000);
    assert_int_equal(decide(s, &row, &sale), SALE_STOCK_SHORT);
    assert_string_equal(sale.sentence,
                        "line 1, Cookie: 3 pieces wanted, 2 pieces there; another till is selling the rest");
    assert_int_equal(holds_of_others(holds, TILL, COOKIE, (struct instant){ NOW.us + 90 * SECOND_US }), 0);
    holds_put(holds, TILL, (int64_t[]){ COOKIE }, (int64_t[]){ 2000 }, 1, NOW);
    assert_int_equal(holds_of_others(holds, TILL, COOKIE, NOW), 8000);
    holds_put(holds, TILL_2, NULL, NULL, 0, NOW);
    assert_int_equal(holds_of_others(holds, TILL, COOKIE, NOW), 0);
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    holds_destroy(holds);
    small_shop_close(s);
}

static void each_command_sees_what_the_one_before_took(void **state)
{
    static const struct row row = { .lines = { BUY(COOKIE, 6) }, .tenders = { CASH(1500) }, .total = 1500 };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale;

    (void)state;
    assert_int_equal(decide(s, &row, &sale), SALE_OK);
    assert_int_equal(decide(s, &row, &sale), SALE_STOCK_SHORT);
    assert_int_equal(s->stock[0].on_hand_milli, 4000);
    assert_int_equal(s->stock[0].change_milli, -6000);
    small_shop_close(s);
}

static void a_quote_changes_nothing_and_wants_no_money(void **state)
{
    struct small_shop *s = small_shop_open();
    struct basket_line line = BUY(COOKIE, 2);
    struct sale_command command = { .aim = SALE_TO_QUOTE,
                                    .basket = { .catalogue_version = VERSION, .lines = &line, .line_count = 1 },
                                    .device_id = TILL };
    struct sale_rows sale;

    (void)state;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, 500);
    assert_int_equal(s->stock[0].on_hand_milli, 10000);
    assert_int_equal(s->drawers[0].sale_count, 0);
    command.device_id = SHUT_TILL;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_SHIFT_NOT_OPEN);
    command.aim = SALE_TO_PRICE;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_close(s);
}

static void a_basket_has_at_most_200_lines(void **state)
{
    struct small_shop *s = small_shop_open();
    struct basket_line lines[BASKET_LINES_MAX + 1];
    struct sale_command command = { .aim = SALE_TO_PRICE, .basket = { .catalogue_version = VERSION, .lines = lines } };
    struct sale_rows sale;

    (void)state;
    for (size_t i = 0; i <= BASKET_LINES_MAX; i++)
        lines[i] = (struct basket_line)BUY(ROLL, 1);
    command.basket.line_count = BASKET_LINES_MAX;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    command.basket.line_count++;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_BASKET_TOO_LONG);
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_gets_its_verdict),
        cmocka_unit_test(a_refusal_names_the_card_that_was_charged),
        cmocka_unit_test(a_total_that_differs_comes_with_the_right_lines),
        cmocka_unit_test(points_are_spent_oldest_expiry_first),
        cmocka_unit_test(points_of_one_day_are_one_lot_that_lives_a_year),
        cmocka_unit_test(a_debt_stands_against_what_can_be_spent),
        cmocka_unit_test(a_birthday_on_29_february_is_kept_on_the_28th_of_other_years),
        cmocka_unit_test(what_another_till_holds_is_not_there),
        cmocka_unit_test(each_command_sees_what_the_one_before_took),
        cmocka_unit_test(a_quote_changes_nothing_and_wants_no_money),
        cmocka_unit_test(a_basket_has_at_most_200_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
