/* Discounts, a row each: what they take off which line, what is beyond a right, and whose approval is good for it; cash that
 * is rounded. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "small_shop.h"

#define CASHIER    41
#define MANAGER    42
#define LIMIT      100000 /* of the cashier: 10 % */
#define CAKE_FLOOR 700
#define SALE_ID    51
#define MINUTES(n) ((n)*MINUTE_US)
#define WHY        .reason = { (const uint8_t *)"day-old", 7 }
#define RATE(ppm)                                                                                                      \
    {                                                                                                                  \
        .given = true, .value = (ppm), WHY                                                                             \
    }
#define AMOUNT(sum)                                                                                                    \
    {                                                                                                                  \
        .given = true, .fixed = true, .value = (sum), WHY                                                              \
    }
#define BUY(id, pieces, ...)                                                                                           \
    {                                                                                                                  \
        .product_id = (id), .quantity_milli = (pieces)*INT64_C(1000), __VA_ARGS__                                      \
    }
#define OFF .discount =

/* Priced with the cashier's right; every sum is worked out in the row. */
struct row {
    const char *name;
    struct basket_line lines[4];
    struct discount whole;
    int64_t rewards;
    enum sale_verdict verdict; /* of a quote */
    int64_t totals[4];         /* of the lines */
    int64_t of_receipt;
    uint32_t needed_ppm;
    bool below_floor;
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a row says what is its own */
static const struct row rows[] = {
    { "ten per cent off a line", { BUY(COOKIE, 2, OFF RATE(100000)), BUY(ROLL, 1) }, .totals = { 450, 45 } },
    { "half a cent goes away from zero", { BUY(ROLL, 1, OFF RATE(100000)) }, .totals = { 40 } }, /* 4.5 is 5 */
    { "an amount off a line", { BUY(COOKIE, 4, OFF AMOUNT(100)) }, .totals = { 900 } },
    { "an amount is at most what there is",
      { BUY(ROLL, 1, OFF AMOUNT(500)), BUY(CAKE, 1) },
      .totals = { 0, 900 },
      .verdict = SALE_APPROVAL_NEEDED,
      .needed_ppm = 988889 }, /* a limit that rounds to all of 45 */
    { "ten per cent off the receipt, by value: 94.5 is 95, of which 50, 45 go to 500 and 445",
      { BUY(COOKIE, 2), BUY(CAKE, 1, .voided = true), BUY(ROLL, 1), BUY(ROLL, 8) },
      .whole = RATE(100000),
      .totals = { 450, 0, 40, 324 }, /* of 905 91: 50.28, 4.52, 36.20: the one left goes to .52 */
      .of_receipt = 91 },
    { "the largest remainder, the earlier of equals",
      { BUY(ROLL, 1), BUY(ROLL, 1), BUY(ROLL, 1) },
      .whole = AMOUNT(4),
      .totals = { 43, 44, 44 },
      .of_receipt = 4 },
    { "a line's first, the receipt's off what is left",
      { BUY(COOKIE, 2, OFF RATE(100000)), BUY(CAKE, 1) },
      .whole = RATE(20000), /* 2 % of 450 + 900 */
      .totals = { 441, 882 },
      .of_receipt = 27 },
    { "a free piece is free first, the rest is discounted",
      { BUY(COOKIE, 3, OFF RATE(100000)) },
      .rewards = 1,
      .totals = { 450 } },
    { "a voided line has none", { BUY(COOKIE, 1), BUY(CAKE, 1, .voided = true, OFF RATE(500000)) }, .totals = { 250 } },

    { "a rate of nothing", { BUY(COOKIE, 1, OFF RATE(0)) }, .verdict = SALE_BAD_DISCOUNT },
    { "more than all", { BUY(COOKIE, 1, OFF RATE(1000001)) }, .verdict = SALE_BAD_DISCOUNT },
    { "a negative rate", { BUY(COOKIE, 1, OFF RATE(-1)) }, .verdict = SALE_BAD_DISCOUNT },
    { "a negative amount", { BUY(COOKIE, 1) }, .whole = AMOUNT(-1), .verdict = SALE_BAD_DISCOUNT },
    { "an amount beyond money", { BUY(COOKIE, 1) }, .whole = AMOUNT(MINOR_MAX + 1), .verdict = SALE_BAD_DISCOUNT },
    { "no reason",
      { BUY(COOKIE, 1) },
      .whole = { .given = true, .value = 50000, .reason = { (const uint8_t *)"  ", 2 } },
      .verdict = SALE_BAD_REASON },
    { "a card's number as the reason",
      { BUY(COOKIE, 1, OFF{ .given = true, .value = 50000, .reason = { (const uint8_t *)"4111111111111111", 16 } }) },
      .verdict = SALE_NO_SECRET_WANTED },

    { "a hair above the limit",
      { BUY(CAKE, 1, OFF RATE(101000)) }, /* 90.9 is 91, and 90 is allowed */
      .totals = { 809 },
      .verdict = SALE_APPROVAL_NEEDED,
      .needed_ppm = 100556 },
    { "thirty per cent",
      { BUY(COOKIE, 2, OFF RATE(300000)) },
      .totals = { 350 },
      .verdict = SALE_APPROVAL_NEEDED,
      .needed_ppm = 299000 }, /* 149.5 rounds to 150 */
    { "the limit twice over is above it",
      { BUY(COOKIE, 4, OFF RATE(100000)) },
      .whole = RATE(100000),
      .totals = { 810 },
      .of_receipt = 90,
      .verdict = SALE_APPROVAL_NEEDED,
      .needed_ppm = 189500 },
    { "a little on one line, but too much for that line",
      { BUY(ROLL, 1, OFF AMOUNT(10)), BUY(CAKE, 1) },
      .totals = { 35, 900 },
      .verdict = SALE_APPROVAL_NEEDED,
      .needed_ppm = 211112 },                            /* 9.5 of 45 */
    { "rounding up line by line is no greater discount", /* 3 x 4.5 is 15 of 135, and 10 % of that is 13.5 */
      { BUY(ROLL, 1, OFF RATE(100000)), BUY(ROLL, 1, OFF RATE(100000)), BUY(ROLL, 1, OFF RATE(100000)) },
      .totals = { 40, 40, 40 } },

    { "at the floor", { BUY(CAKE, 1) }, .whole = AMOUNT(90), .totals = { 810 }, .of_receipt = 90 },
    { "below the floor",
      { BUY(CAKE, 2, OFF AMOUNT(401)) },
      .totals = { 1399 },
      .verdict = SALE_APPROVAL_NEEDED,
      .needed_ppm = 222500,
      .below_floor = true },
};
#pragma GCC diagnostic pop

static struct sale_command command_of(const struct row *row)
{
    static const uint32_t dearest[] = { REWARD_DEAREST, REWARD_DEAREST };
    size_t count = 0;

    while (count < 4 && row->lines[count].product_id != 0)
        count++;
    return (struct sale_command){
        .aim = SALE_TO_QUOTE,
        .basket = { .catalogue_version = VERSION,
                    .lines = row->lines,
                    .line_count = count,
                    .member_id = row->rewards > 0 ? ANNA : 0,
                    .rewards = dearest,
                    .reward_count = (size_t)row->rewards,
                    .discount = row->whole },
        .device_id = TILL,
        .staff_id = CASHIER,
        .discount_limit_ppm = LIMIT,
        .series = 'T',
        .number = 1,
        .sale_id = SALE_ID,
        .new_lot_id = 61,
    };
}

/* The shop's cake has a floor. */
#define LEADS    71
#define CASHIERS 72

/* May allow up to half, and may not. */
static void put_roles(struct small_shop *s, uint32_t leads_ppm)
{
    static const char *const lead[] = { "sell", "discount", "approve" }, *const cashier[] = { "sell", "discount" };

    catalogue_put_role(
        s->catalogue, VERSION,
        &(struct role){
            .id = LEADS, .name = "lead", .permissions = lead, .permission_count = 3, .discount_ppm = leads_ppm });
    catalogue_put_role(s->catalogue, VERSION,
                       &(struct role){ .id = CASHIERS,
                                       .name = "cashier",
                                       .permissions = cashier,
                                       .permission_count = 2,
                                       .discount_ppm = 1000000 });
}

static struct small_shop *open_shop(int64_t rounding_minor)
{
    struct small_shop *s = small_shop_open();
    struct product cake = *catalogue_product(s->catalogue, VERSION, CAKE);
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);

    cake.floor_minor = CAKE_FLOOR;
    shop.cash_rounding_minor = rounding_minor;
    catalogue_put_product(s->catalogue, VERSION, &cake);
    catalogue_put_shop(s->catalogue, VERSION, &shop);
    put_roles(s, 500000);
    return s;
}

static void check_row(const struct row *row)
{
    struct small_shop *s = open_shop(0);
    struct sale_command command = command_of(row);
    struct sale_rows sale;
    int64_t total = 0;

    print_message("%s\n", row->name);
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), row->verdict);
    command.aim = SALE_TO_PRICE; /* shows what is beyond a right, too */
    enum sale_verdict priced = sale_decide(&command, &s->set, NOW, &sale);
    if (row->verdict != SALE_OK && row->verdict != SALE_APPROVAL_NEEDED) {
        assert_int_equal(priced, row->verdict);
        small_shop_close(s);
        return;
    }
    assert_int_equal(priced, SALE_OK);
    for (size_t i = 0; i < sale.line_count; i++) {
        assert_int_equal(sale.lines[i].total_minor, row->totals[i]);
        total += row->totals[i];
    }
    assert_int_equal(sale.total_minor, total);
    assert_int_equal(sale.needed_ppm, row->needed_ppm);
    assert_int_equal(sale.below_floor, row->below_floor);
    if (row->of_receipt > 0) {
        assert_int_equal(sale.discounts[0].line, NO_LINE);
        assert_int_equal(sale.discounts[0].amount_minor, row->of_receipt);
    }
    small_shop_close(s);
}

static void each_row_is_as_worked_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}

/* ---- approvals ---- */

static const uint8_t token_hash[32] = { 7 };
static const struct row dear = { .lines = { BUY(CAKE, 1, OFF RATE(300000)) } }; /* 630, below the floor of 700 */
static const struct tender coins[] = { { .kind = TENDER_CASH, .amount_minor = 630 } };
static const struct tender card[] = {
    { .kind = TENDER_CARD, .amount_minor = 630, .reference = { (const uint8_t *)"A1", 2 } }
};

static struct approval_state approval(void)
{
    struct approval_state state = { .device_id = TILL,
                                    .asked_by = CASHIER,
                                    .approved_by = MANAGER,
                                    .approver_role_id = LEADS,
                                    .discount_ppm = 300000,
                                    .below_floor = true,
                                    .expires = { NOW.us + MINUTES(2) } };

    memcpy(state.token_hash, token_hash, sizeof token_hash);
    return state;
}

static struct sale_command booking(const struct tender *tender)
{
    struct sale_command command = command_of(&dear);

    command.aim = SALE_TO_BOOK;
    command.tenders = tender;
    command.tender_count = 1;
    command.shown_total_minor = 630;
    command.approval = bytes_of(token_hash, sizeof token_hash);
    return command;
}

static enum sale_verdict book(struct small_shop *s, struct approval_state *state, const struct tender *tender,
                              struct instant now, struct sale_rows *sale)
{
    struct sale_command command = booking(tender);

    s->set.approvals = state;
    s->set.approval_count = 1;
    return sale_decide(&command, &s->set, now, sale);
}

/* Dismissed, made a cashier, or a role that may allow less since: what it was given for is asked anew. */
static void an_approval_ends_with_the_right_to_give_it(void **state)
{
    static const struct {
        int64_t role_id;
        uint32_t leads_ppm;
        enum sale_verdict verdict;
    } ends[] = {
        { 0, 500000, SALE_APPROVAL_UNKNOWN },
        { CASHIERS, 500000, SALE_APPROVAL_UNKNOWN },
        { 99, 500000, SALE_APPROVAL_UNKNOWN },
        { LEADS, 299999, SALE_APPROVAL_UNKNOWN },
        { LEADS, 300000, SALE_OK },
    };

    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct small_shop *s = open_shop(0);
        struct approval_state given = approval();
        struct sale_rows sale;

        put_roles(s, ends[i].leads_ppm);
        given.approver_role_id = ends[i].role_id;
        assert_int_equal(book(s, &given, coins, NOW, &sale), ends[i].verdict);
        small_shop_close(s);
    }
}

static void an_approval_is_good_for_one_sale(void **state)
{
    struct small_shop *s = open_shop(0);
    struct approval_state given = approval();
    struct sale_rows sale;

    (void)state;
    assert_int_equal(book(s, &given, coins, NOW, &sale), SALE_OK);
    assert_int_equal(sale.approved_by, MANAGER);
    assert_int_equal(given.used_sale_id, SALE_ID);
    assert_true(given.used_now);
    assert_int_equal(book(s, &given, coins, NOW, &sale), SALE_APPROVAL_UNKNOWN);
    assert_int_equal(s->drawers[0].sale_count, 1);
    small_shop_close(s);
}

static void a_quote_leaves_it_unused(void **state)
{
    struct small_shop *s = open_shop(0);
    struct approval_state given = approval();
    struct sale_command command = booking(coins);
    struct sale_rows sale;

    (void)state;
    command.aim = SALE_TO_QUOTE;
    s->set.approvals = &given;
    s->set.approval_count = 1;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(given.used_sale_id, 0);
    small_shop_close(s);
}

static void only_what_was_allowed_where_and_whom(void **state)
{
    static const uint8_t other[32] = { 8 };
    struct small_shop *s = open_shop(0);
    struct approval_state given[7];
    enum sale_verdict verdicts[7] = { SALE_APPROVAL_UNKNOWN, SALE_APPROVAL_UNKNOWN, SALE_APPROVAL_UNKNOWN,
                                      SALE_APPROVAL_UNKNOWN, SALE_APPROVAL_UNKNOWN, SALE_APPROVAL_NEEDED,
                                      SALE_APPROVAL_NEEDED };
    struct sale_rows sale;

    (void)state;
    for (size_t i = 0; i < 7; i++)
        given[i] = approval();
    memcpy(given[0].token_hash, other, sizeof other);
    given[1].device_id = TILL_2;
    given[2].asked_by = MANAGER;
    given[3].used_sale_id = 50;
    given[4].expires.us = NOW.us - 1;
    given[5].discount_ppm = 250000;
    given[6].below_floor = false;
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(book(s, &given[i], coins, NOW, &sale), verdicts[i]);
        assert_false(given[i].used_now);
    }
    assert_int_equal(s->drawers[0].sale_count, 0);
    small_shop_close(s);
}

/* The machine takes its time: nobody is charged and then refused for a minute. */
static void a_charged_card_is_given_more_time(void **state)
{
    struct small_shop *s = open_shop(0);
    struct approval_state given = approval();
    struct sale_rows sale;
    struct instant later = { NOW.us + MINUTES(10) };

    (void)state;
    assert_int_equal(book(s, &given, coins, later, &sale), SALE_APPROVAL_UNKNOWN);
    assert_int_equal(book(s, &given, card, (struct instant){ NOW.us + MINUTES(16) }, &sale), SALE_CARD_CHARGED);
    assert_int_equal(sale.because, SALE_APPROVAL_UNKNOWN);
    assert_int_equal(book(s, &given, card, later, &sale), SALE_OK);
    small_shop_close(s);
}

static void a_refusal_uses_nothing_up(void **state)
{
    static const struct tender short_of[] = { { .kind = TENDER_CASH, .amount_minor = 629 } };
    struct small_shop *s = open_shop(0);
    struct approval_state given = approval();
    struct sale_rows sale;

    (void)state;
    assert_int_equal(book(s, &given, short_of, NOW, &sale), SALE_UNDERPAID);
    assert_int_equal(given.used_sale_id, 0);
    assert_int_equal(book(s, &given, coins, NOW, &sale), SALE_OK);
    small_shop_close(s);
}

/* ---- cash ---- */

struct rounding_row {
    const char *name;
    int64_t step, total, card, cash;
    enum sale_verdict verdict;
    int64_t rounding, change;
};
static const struct rounding_row roundings[] = {
    { "19.92 in cash pays 19.90", 5, 1992, 0, 1990, SALE_OK, -2, 0 },
    { "19.93 in cash pays 19.95", 5, 1993, 0, 2000, SALE_OK, 2, 5 },
    { "a cent less than the rounded sum", 5, 1992, 0, 1989, SALE_UNDERPAID, 0, 0 },
    { "by card it is what it is", 5, 1992, 1992, 0, SALE_OK, 0, 0 },
    { "a card is not rounded by itself", 5, 1992, 1990, 0, SALE_UNDERPAID, 0, 0 },
    { "the rest in cash is", 5, 1992, 1000, 1000, SALE_OK, -2, 10 },
    { "a rest of 1 is nothing, but for what is given", 5, 1992, 1991, 5, SALE_OK, -1, 5 },
    { "exact already", 5, 1990, 0, 2000, SALE_OK, 0, 10 },
    { "half of the step goes up", 10, 1995, 0, 2000, SALE_OK, 5, 0 },
    { "whole coins", 100, 1992, 0, 2000, SALE_OK, 8, 0 },
    { "no rounding", 0, 1992, 0, 2000, SALE_OK, 0, 8 },
    { "a step of one is none", 1, 1992, 0, 1992, SALE_OK, 0, 0 },
};

static void check_rounding(const struct rounding_row *row)
{
    struct small_shop *s = open_shop(row->step);
    struct tender tenders[2];
    struct sale_rows sale, back;
    size_t count = 0;
    /* A cheese whose price is the total. */
    struct product cheese = *catalogue_product(s->catalogue, VERSION, CHEESE);
    struct basket_line line = { .product_id = CHEESE, .quantity_milli = 1000 };

    print_message("%s\n", row->name);
    cheese.price_minor = row->total;
    catalogue_put_product(s->catalogue, VERSION, &cheese);
    if (row->card > 0)
        tenders[count++] = (struct tender){ .kind = TENDER_CARD,
                                            .amount_minor = row->card,
                                            .reference = { (const uint8_t *)"A1", 2 } };
    if (row->cash > 0)
        tenders[count++] = (struct tender){ .kind = TENDER_CASH, .amount_minor = row->cash };
    struct sale_command command = { .aim = SALE_TO_BOOK,
                                    .basket = { .catalogue_version = VERSION, .lines = &line, .line_count = 1 },
                                    .tenders = tenders,
                                    .tender_count = count,
                                    .shown_total_minor = row->total,
                                    .device_id = TILL,
                                    .series = 'T',
                                    .number = 1,
                                    .sale_id = SALE_ID };
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), row->verdict);
    if (row->verdict == SALE_OK) {
        assert_int_equal(sale.total_minor, row->total);
        assert_int_equal(sale.rounding_minor, row->rounding);
        assert_int_equal(sale.change_minor, row->change);
        assert_int_equal(sale.drawer_minor, row->total - row->card + row->rounding);
        small_shop_remember(s, &sale);
        struct refund_command refund = { .original = sale.number, .device_id = TILL, .series = 'T', .number = 2 };
        assert_int_equal(refund_decide(&refund, &s->set, NOW, &back), SALE_OK);
        assert_int_equal(back.rounding_minor, -row->rounding);
        assert_int_equal(s->drawers[0].cash_minor, 5000); /* as before: what was paid is given back */
    }
    small_shop_close(s);
}

static void cash_is_rounded_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof roundings / sizeof *roundings; i++)
        check_rounding(&roundings[i]);
}

static void who_may_allow_what(void **state)
{
    static const char *const all[] = { "approve", "discount", "refund", "refund_free" };
    static const char *const lead[] = { "approve", "discount", "refund" };
    static const char *const half[] = { "approve", "discount" };
    static const char *const none[] = { "sell", "discount", "refund", "refund_free" };
    static const struct {
        const char *name, *const *permissions;
        size_t count;
        uint32_t gives_ppm;
        struct approval_wanted wanted;
        bool may;
    } cases[] = {
        { "up to the limit", lead, 3, 500000, { .discount_ppm = 500000 }, true },
        { "beyond it", lead, 3, 500000, { .discount_ppm = 500001 }, false },
        { "a limit of who gives none", all, 1, 500000, { .discount_ppm = 1 }, false },
        { "below the floor", half, 2, 0, { .below_floor = true }, true },
        { "empties by who gives back", lead, 3, 0, { .deposit_back = true }, true },
        { "empties by who does not", half, 2, 0, { .deposit_back = true }, false },
        { "without a receipt", all, 4, 0, { .free_refund = true }, true },
        { "without a receipt by who gives back on one", lead, 3, 0, { .free_refund = true }, false },
        { "all of it", all, 4, 1000000, { .discount_ppm = 1000000, .below_floor = true, .deposit_back = true }, true },
        { "who may do it themselves and not allow it", none, 4, 1000000, { .free_refund = true }, false },
        { "a role with nothing", none, 0, 0, { .below_floor = true }, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct role role = { .permissions = cases[i].permissions,
                             .permission_count = cases[i].count,
                             .discount_ppm = cases[i].gives_ppm };

        print_message("%s\n", cases[i].name);
        assert_int_equal(approval_within(&role, &cases[i].wanted), cases[i].may);
    }
    assert_false(approval_within(NULL, &(struct approval_wanted){ .below_floor = true }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_as_worked_out),
        cmocka_unit_test(an_approval_ends_with_the_right_to_give_it),
        cmocka_unit_test(an_approval_is_good_for_one_sale),
        cmocka_unit_test(a_quote_leaves_it_unused),
        cmocka_unit_test(only_what_was_allowed_where_and_whom),
        cmocka_unit_test(a_charged_card_is_given_more_time),
        cmocka_unit_test(a_refusal_uses_nothing_up),
        cmocka_unit_test(cash_is_rounded_and_nothing_else),
        cmocka_unit_test(who_may_allow_what),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
