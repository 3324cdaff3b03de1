/* Any sales with all that can be taken off them, and their refunds in parts: each number has its parts, which sum to it; and a number that
 * is another by one is found. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "explained.h"

#define ROUNDS      160
#define SALES_A_DAY 16
#define LINES_MAX   8

/* ---- what is asked ---- */

static struct discount some_discount(void)
{
    bool fixed = below(3) == 0;

    return (struct discount){ .given = below(5) == 0,
                              .fixed = fixed,
                              .value = 1 + below(fixed ? 300 : 400000),
                              .reason = bytes_of_text("day-old") };
}

static void draw_line(struct basket_line *line)
{
    static const int64_t goods[] = { COOKIE,    COOKIE, CAKE, ROLL,     ROLL,     CHEESE,
                                     SOLD_CAKE, BOTTLE, BAG,  LEMONADE, SIX_PACK, TART };
    static const struct line_option options[] = { { MILK, 1 }, { MILK, 2 } };

    *line = (struct basket_line){ .product_id = goods[below(sizeof goods / sizeof *goods)],
                                  .voided = below(10) == 0,
                                  .hot = below(6) == 0 };
    line->quantity_milli = line->product_id == CHEESE ? 1 + below(2000) : 1000 * (1 + below(4));
    if (line->product_id == BOTTLE && below(3) == 0)
        line->quantity_milli = -line->quantity_milli;
    else if (line->product_id != BOTTLE && line->product_id != BAG)
        line->discount = some_discount();
    if (line->product_id == CAKE) {
        line->choice.options = options;
        line->choice.option_count = (size_t)below(3);
    }
    if (line->product_id == SOLD_CAKE) {
        line->choice.keyed = true;
        line->choice.keyed_minor = below(5000);
    }
}

struct asked {
    struct basket_line lines[LINES_MAX];
    uint32_t rewards[2];
    struct basket_reward chosen[3];
    struct basket_coupon coupons[CAMPAIGNS];
    struct tender tenders[2];
};

static struct sale_command draw_command(struct asked *asked, int64_t number)
{
    struct sale_command command = command_of(asked->lines, (size_t)(1 + below(LINES_MAX)));
    struct basket *basket = &command.basket;
    size_t first = (size_t)below(CAMPAIGNS);

    for (size_t i = 0; i < basket->line_count; i++)
        draw_line(&asked->lines[i]);
    basket->service = below(2) == 0 ? SERVICE_EAT_IN : SERVICE_TAKE_AWAY;
    basket->member_id = below(3) == 0 ? 0 : ANNA + below(2);
    basket->discount = some_discount();
    basket->rewards = asked->rewards;
    basket->chosen = asked->chosen;
    asked->rewards[0] = asked->rewards[1] = REWARD_DEAREST;
    if (basket->member_id != 0 && below(3) == 0)
        basket->reward_count = (size_t)below(3);
    if (basket->member_id != 0 && below(3) == 0)
        basket->chosen_count = (size_t)below(4);
    for (size_t i = 0; i < basket->chosen_count; i++)
        asked->chosen[i] = (struct basket_reward){ (uint32_t)(1 + below(3)),
                                                   below(2) == 0 ? REWARD_DEAREST : (uint32_t)below(LINES_MAX) };
    basket->coupons = asked->coupons;
    basket->coupon_count = below(3) == 0 ? (size_t)below(CAMPAIGNS + 1) : 0;
    for (size_t i = 0; i < basket->coupon_count; i++) {
        int64_t at = (int64_t)((first + i) % CAMPAIGNS);

        asked->coupons[i] = (struct basket_coupon){ COUPON + at, CAMPAIGN + at, NOW };
    }
    command.device_id = TILL + below(2);
    command.number = number;
    command.sale_id = 500 + number;
    command.new_lot_id = 600 + number;
    return command;
}

/* By card, in cash, by both; with a tip now and then. false: what was drawn cannot be sold. */
static bool sell(struct small_shop *s, struct asked *asked, int64_t number, struct sale_rows *sale)
{
    struct sale_command command = draw_command(asked, number);
    int64_t total;

    command.aim = SALE_TO_QUOTE;
    if (sale_decide(&command, &s->set, NOW, sale) != SALE_OK)
        return false;
    total = command.shown_total_minor = sale->total_minor;
    command.aim = SALE_TO_BOOK;
    command.tenders = asked->tenders;
    asked->tenders[0] = (struct tender){ .kind = TENDER_CARD,
                                         .reference = bytes_of_text("A1"),
                                         .amount_minor = total > 0 ? below(total + 1) : 0 };
    asked->tenders[1] = (struct tender){ .kind = TENDER_CASH,
                                         .tip_minor = below(4) == 0 ? 50 : 0,
                                         .amount_minor = total - asked->tenders[0].amount_minor + 60 + below(1000) };
    command.tender_count = total <= 0 ? 0 : 2;
    if (total > 0 && asked->tenders[0].amount_minor == 0) {
        command.tenders = &asked->tenders[1];
        command.tender_count = 1;
    }
    assert_int_equal(sale_decide(&command, &s->set, NOW, sale), SALE_OK);
    return true;
}

/* ---- what is explained ---- */

/* The number is told, once, as it was stored; of what is nothing it need not be told. */
static void is_told(const struct explanation *explanation, enum explain_about about, int line, int64_t amount)
{
    size_t told = 0;

    for (size_t i = 0; i < explanation->count; i++) {
        const struct explain_row *row = &explanation->rows[i];

        if (row->kind != EXPLAIN_NUMBER || row->about != about || row->line != line)
            continue;
        assert_int_equal(row->amount, amount);
        told++;
    }
    assert_true(told == 1 || (told == 0 && amount == 0));
}

static void check_told(const struct explanation *explanation, const struct sale_rows *sale)
{
    size_t discounts = 0, told = 0, taxes = 0;

    for (size_t i = 0; i < sale->line_count; i++) {
        const struct sale_line_row *line = &sale->lines[i];

        is_told(explanation, EXPLAIN_UNIT_PRICE, (int)i, line->unit_price_minor);
        is_told(explanation, EXPLAIN_LINE_AMOUNT, (int)i, line->gross_minor);
        is_told(explanation, EXPLAIN_LINE_TAX, (int)i, line->tax_minor);
        if (line->discount_minor != 0)
            is_told(explanation, EXPLAIN_LINE_TOTAL, (int)i, line->total_minor);
    }
    for (size_t i = 0; i < sale->discount_count; i++)
        discounts += sale->discounts[i].line == NO_LINE || sale->discounts[i].kind == DISCOUNT_OF_LINE;
    for (size_t i = 0; i < explanation->count; i++) {
        told += explanation->rows[i].kind == EXPLAIN_NUMBER && explanation->rows[i].about == EXPLAIN_DISCOUNT;
        taxes += explanation->rows[i].kind == EXPLAIN_NUMBER && explanation->rows[i].about == EXPLAIN_TAX;
    }
    assert_int_equal(told, discounts);
    assert_int_equal(taxes, sale->taxes.count);
    is_told(explanation, EXPLAIN_TOTAL, NO_LINE, sale->total_minor);
    is_told(explanation, EXPLAIN_TOTAL_TAX, NO_LINE, sale->tax_minor);
    is_told(explanation, EXPLAIN_ROUNDING, NO_LINE, sale->rounding_minor);
    is_told(explanation, EXPLAIN_PAID, NO_LINE, sale->total_minor + sale->rounding_minor);
    is_told(explanation, EXPLAIN_POINTS_EARNED, NO_LINE, sale->points_earned);
    is_told(explanation, EXPLAIN_POINTS_SPENT, NO_LINE, sale->points_spent);
    is_told(explanation, EXPLAIN_POINTS_GIFTED, NO_LINE, sale->points_gifted);
    is_told(explanation, EXPLAIN_POINTS_AFTER, NO_LINE, sale->points_after);
    is_told(explanation, EXPLAIN_LEDGER_EARNED, NO_LINE, sale->points_earned);
    is_told(explanation, EXPLAIN_LEDGER_SPENT, NO_LINE, -sale->points_spent);
}

/* ---- one that is wrong ---- */

/* A stored number of the sale: the at-th, of those that are followed. NULL: there are not so many. */
static int64_t *number_of(struct sale_rows *sale, struct explain_facts *facts, size_t at)
{
    int64_t *of_sale[] = { &sale->total_minor,   &sale->tax_minor,    &sale->rounding_minor,
                           &sale->points_earned, &sale->points_spent, &sale->points_gifted };
    size_t count = sizeof of_sale / sizeof *of_sale;

    if (at < count)
        return of_sale[at];
    at -= count;
    if (at < 4 * sale->line_count) {
        struct sale_line_row *line = &sale->lines[at / 4];
        int64_t *numbers[] = { &line->unit_price_minor, &line->gross_minor, &line->total_minor, &line->tax_minor };

        return (line->flags & LINE_VOIDED) != 0 && at % 4 != 0 ? NULL : numbers[at % 4];
    }
    at -= 4 * sale->line_count;
    if (at < 2 * sale->taxes.count)
        return at % 2 == 0 ? &sale->taxes.rows[at / 2].tax_minor : &sale->taxes.rows[at / 2].net_minor;
    at -= 2 * sale->taxes.count;
    if (at < sale->tender_count)
        return &sale->tenders[at].amount_minor;
    at -= sale->tender_count;
    if (at < sale->discount_count)
        return &sale->discounts[at].amount_minor;
    at -= sale->discount_count;
    if (sale->kind == SALE_SOLD) { /* a refund's rules are its sale's */
        if (at < sale->earning_count)
            return &sale->earnings[at].points;
        at -= sale->earning_count;
    }
    if (at < facts->entry_count)
        return (int64_t *)(uintptr_t)&facts->entries[at].points;
    return NULL;
}

static size_t find_wrong_ones(const struct small_shop *s, struct sale_rows *sale, struct explain_facts *facts)
{
    struct explanation explanation;
    int64_t *number;
    size_t found = 0;

    for (size_t at = 0; at < 200; at += 1 + (size_t)below(9)) {
        if ((number = number_of(sale, facts, at)) == NULL)
            continue;
        ++*number;
        explain_sale(facts, s->arena, &explanation);
        if (explanation.wrong == 0)
            print_all(s, &explanation);
        assert_true(explanation.wrong > 0);
        --*number;
        found++;
    }
    return found;
}

/* ---- sales and refunds ---- */

static size_t some_lines(const struct original *original, struct refund_line *lines)
{
    size_t count = 0;

    for (size_t i = 0; i < original->line_count && below(4) != 0; i++) {
        const struct original_line *line = &original->lines[i];
        int64_t left = line->quantity_milli - line->back_milli;

        if (left <= 0 || below(2) == 0)
            continue;
        lines[count++] =
            (struct refund_line){ .line = (uint32_t)line->line,
                                  .quantity_milli =
                                      line->unit == UNIT_PIECE ? 1000 * (1 + below(left / 1000)) : 1 + below(left) };
    }
    return count;
}

/* In parts, the last of which is all that is left. */
static size_t refund(struct small_shop *s, const struct sale_rows *sale)
{
    size_t parts = 0;

    remember(s, sale);
    for (int part = 0; !s->original.refunded && part < 6; part++) {
        int64_t *back_milli = arena_array(s->arena, BASKET_LINES_MAX, sizeof *back_milli);
        struct original *original = copy_of(s, &s->original, back_milli);
        struct refund_line lines[2 * LINES_MAX];
        struct sale_rows back;
        struct explanation explanation;
        struct refund_command command = { .original = sale->number,
                                          .lines = lines,
                                          .line_count = part == 5 ? 0 : some_lines(&s->original, lines),
                                          .device_id = sale->device_id,
                                          .series = 'T',
                                          .number = 100,
                                          .sale_id = 700 };

        if (refund_decide(&command, &s->set, NOW, &back) != SALE_OK)
            return parts; /* nothing but empties was sold */
        struct explain_facts facts = facts_of(s, &back);
        facts.original = original;
        facts.back_milli = back_milli;
        explain_sale(&facts, s->arena, &explanation);
        check_sums(s, &explanation);
        check_told(&explanation, &back);
        find_wrong_ones(s, &back, &facts);
        parts++;
    }
    return parts;
}

static void each_number_is_explained_and_adds_up(void **state)
{
    size_t sold = 0, refunded = 0, found = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct small_shop *s = open_bakery(round);

        for (int i = 0; i < SALES_A_DAY; i++) {
            struct asked *asked = arena_alloc(s->arena, sizeof *asked);
            struct explanation explanation;
            struct sale_rows sale;

            if (!sell(s, asked, i + 1, &sale))
                continue;
            struct explain_facts facts = facts_of(s, &sale);
            explain_sale(&facts, s->arena, &explanation);
            check_sums(s, &explanation);
            check_told(&explanation, &sale);
            found += find_wrong_ones(s, &sale, &facts);
            sold++;
            refunded += refund(s, &sale);
        }
        small_shop_close(s);
    }
    print_message("%zu sales, %zu refunds, %zu wrong numbers\n", sold, refunded, found);
    assert_true(sold > 4 * ROUNDS && refunded > 4 * ROUNDS && found > 20 * ROUNDS);
}

/* ---- by hand ---- */

/* Three rolls at 0.45, of which two are 0.80 together, are 1.25; 7 % in it: 0.08. */
static void the_words_say_why(void **state)
{
    static const struct basket_line lines[] = { BUY(ROLL, 3), BUY(LEMONADE, 1) };
    struct small_shop *s = open_bakery(1);
    struct sale_command command = command_of(lines, 2);
    struct explanation explanation;
    struct sale_rows sale;

    (void)state;
    command.basket.member_id = BERND;
    s->members[1].tier = 1;
    assert_int_equal(ring_up(s, &command, &sale), SALE_OK);
    struct explain_facts facts = facts_of(s, &sale);
    static const struct explain_since since[] = {
        { .thing = EXPLAIN_THING_PRICE, .id = ROLL, .own = true, .version = 4, .at = NOW, .staff_id = 41 },
        { .thing = EXPLAIN_THING_TAX_CLASS, .id = BAKERY, .version = 3 },
    };
    facts.since = since;
    facts.since_count = 2;
    explain_sale(&facts, s->arena, &explanation);
    check_sums(s, &explanation);
    assert_true(says(&explanation, EXPLAIN_PART, "the shop's price list, since 2025-11-22 (version 4)"));
    is_printed(s, &explanation, "the shop's price list, since 2025-11-22 (version 4), by somebody of the shop");
    for (size_t i = 0; i < explanation.count; i++)
        explanation.rows[i].staff = explanation.rows[i].staff_id == 41 ? "Ada" : NULL;
    is_printed(s, &explanation, "the shop's price list, since 2025-11-22 (version 4), by Ada");
    assert_true(says(&explanation, EXPLAIN_PART, "3 x 0.45"));
    assert_true(says(&explanation, EXPLAIN_PART, "promotion Two rolls"));
    assert_true(says(&explanation, EXPLAIN_NOTE, "2 pieces together for 0.80, 1 time"));
    assert_true(says(&explanation, EXPLAIN_NOTE, "tax class Bakery, since version 3; taken away, cold: VAT 7 %"));
    assert_true(says(&explanation, EXPLAIN_NOTE, "1.25 x 7 / 107, rounded once"));
    assert_true(says(&explanation, EXPLAIN_HEAD, "Line 3: Bottle, with line 2"));
    assert_true(says(&explanation, EXPLAIN_PART, "Cookie club: 10 for each 1.00 of 2.75"));
    assert_true(says(&explanation, EXPLAIN_PART, "Stamps: 2 for each of 3"));
    assert_true(says(&explanation, EXPLAIN_NOTE, "Cookies twice: nothing, for none of its goods was paid for"));
    assert_true(says(&explanation, EXPLAIN_NOTE, "Gold visits: nothing, for it is for the tier Gold and better ones"));
    assert_true(says(&explanation, EXPLAIN_NOTE, "Sundays: nothing, for it is not for this weekday"));
    assert_true(says(&explanation, EXPLAIN_NOTE, "Late: nothing, for it holds from 20:00 to 24:00, and it was 08:26"));
    assert_true(says(&explanation, EXPLAIN_NOTE, "the member's tier, as of the night before: Silver"));
    assert_true(says(&explanation, EXPLAIN_NOTE, "deposits and charges earn nothing: 0.25"));
    small_shop_close(s);
}

/* What nobody knows any more is said, and nothing is called wrong for it. */
static void what_is_not_known_is_said(void **state)
{
    static const struct basket_line lines[] = { BUY(ROLL, 3), BUY(COOKIE, 1) };
    struct small_shop *s = open_bakery(1);
    struct sale_command command = command_of(lines, 2);
    struct explanation explanation;
    struct sale_rows sale;

    (void)state;
    command.basket.member_id = ANNA;
    assert_int_equal(ring_up(s, &command, &sale), SALE_OK);
    struct explain_facts facts = facts_of(s, &sale);
    facts.has_earn_time = false;
    explain_sale(&facts, s->arena, &explanation);
    assert_int_equal(explanation.wrong, 0);
    assert_true(says(&explanation, EXPLAIN_NOTE, "the tier and the hour by which that was so were not kept then"));
    facts.catalogue = NULL;
    explain_sale(&facts, s->arena, &explanation);
    assert_int_equal(explanation.wrong, 0);
    assert_true(explanation.unknown > 0);
    is_told(&explanation, EXPLAIN_TOTAL, NO_LINE, sale.total_minor);
    small_shop_close(s);
}

/* What a till printed by itself holds: what it differs by is a part. */
static void what_was_printed_otherwise_is_a_part(void **state)
{
    static const struct basket_line lines[] = { BUY(ROLL, 1) };
    struct small_shop *s = open_bakery(1);
    struct sale_command command = command_of(lines, 1);
    struct exception_row exception = { .kind = EXCEPTION_TOTAL_DIFFERS, .line = NO_LINE };
    struct explanation explanation;
    struct sale_rows sale;

    (void)state;
    assert_int_equal(ring_up(s, &command, &sale), SALE_OK);
    sale.lines[0].unit_price_minor = 50;
    struct explain_facts facts = facts_of(s, &sale);
    explain_sale(&facts, s->arena, &explanation);
    assert_true(explanation.wrong > 0);
    sale.exceptions = &exception;
    sale.exception_count = 1;
    explain_sale(&facts, s->arena, &explanation);
    check_sums(s, &explanation);
    assert_true(says(&explanation, EXPLAIN_PART, "as the till printed it, offline: the receipt holds"));
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_is_explained_and_adds_up),
        cmocka_unit_test(the_words_say_why),
        cmocka_unit_test(what_is_not_known_is_said),
        cmocka_unit_test(what_was_printed_otherwise_is_a_part),
    };

    draw_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
