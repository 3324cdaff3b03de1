/* Any sales with all that can be taken off them, and their refunds in parts: each number has its parts, which sum to it; and a number that
 * is another by one is found. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "bottle_shop.h"
#include "common/print/text.h"
#include "common/rules/explain.h"
#include "drawn.h"

#define ROUNDS      160
#define SALES_A_DAY 16
#define LINES_MAX   8
#define EVERY_DAY   0x7f

/* The sold cake's price is keyed here; bakery goods are taxed otherwise from six pieces on. */
enum { BAKERY = 1, SIX_OR_MORE = 3 };
enum { MILK = 81 };
enum { COUPON = 71, CAMPAIGN = 91, CAMPAIGNS = 3 };

static const int64_t rolls[] = { ROLL }, cakes[] = { CAKE }, cookies[] = { COOKIES }, cheeses[] = { CHEESE };

static void put_taxes(struct small_shop *s)
{
    static const struct tax_rate rates[] = {
        { .service = SERVICE_TAKE_AWAY, .code = "VAT7", .rate_ppm = 70000 },
        { .service = SERVICE_EAT_IN, .code = "VAT19", .rate_ppm = 190000 },
        { .service = SERVICE_TAKE_AWAY, .hot = true, .code = "VAT19", .rate_ppm = 190000 },
    };
    static const struct tax_rate both[] = {
        { .service = SERVICE_TAKE_AWAY, .code = "CITY", .rate_ppm = 15000 },
        { .service = SERVICE_TAKE_AWAY, .code = "VAT7", .rate_ppm = 70000 },
        { .service = SERVICE_EAT_IN, .code = "VAT19", .rate_ppm = 190000 },
    };

    catalogue_put_tax_class(s->catalogue, VERSION,
                            &(struct tax_class){ .id = BAKERY,
                                                 .name = "Bakery",
                                                 .rates = rates,
                                                 .rate_count = 3,
                                                 .switch_at_count = 6,
                                                 .switch_to_id = SIX_OR_MORE });
    catalogue_put_tax_class(
        s->catalogue, VERSION,
        &(struct tax_class){ .id = SIX_OR_MORE, .name = "Six or more", .rates = both, .rate_count = 3 });
}

#define ALWAYS .weekdays = EVERY_DAY, .until_minute = 1440, .active = true
static void put_promotions(struct small_shop *s)
{
    static const struct promotion_part two_rolls[] = { { .pieces = 2, .product_ids = rolls, .product_count = 1 } };
    static const struct promotion_part three[] = { { .pieces = 3, .category_id = COOKIES } };
    static const struct promotion_part sweet[] = { { .pieces = 1, .category_id = COOKIES },
                                                   { .pieces = 1, .product_ids = cakes, .product_count = 1 } };
    static const struct promotion_part of_cheese[] = { { .pieces = 1, .product_ids = cheeses, .product_count = 1 } };
    static const struct promotion all[] = {
        { 1, "Two rolls", two_rolls, 1, .gift = PROMOTION_TOGETHER, .value = 80, ALWAYS },
        { 2, "Three cookies", three, 1, .gift = PROMOTION_CHEAPEST_FREE, .value = 1, .members_only = true, ALWAYS },
        { 3, "Sweet", sweet, 2, .gift = PROMOTION_AMOUNT_OFF, .value = 111, ALWAYS },
        { 4, "Cheese day", of_cheese, 1, .gift = PROMOTION_RATE_OFF, .value = 125000, ALWAYS },
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        catalogue_put_promotion(s->catalogue, VERSION, &all[i]);
}

#define TERM(...)                                                                                                      \
    {                                                                                                                  \
        .weekdays = EVERY_DAY, .until_minute = 1440, __VA_ARGS__                                                       \
    }
static void put_programme(struct small_shop *s)
{
    static const struct programme_term terms[] = {
        TERM(.name = "Cookies twice", .kind = TERM_EARN, .number = 1, .gives = EARN_PER_MONEY, .value = 10,
             .goods = TERM_GOODS_THESE, .category_ids = cookies, .category_count = 1),
        TERM(.name = "Stamps", .kind = TERM_EARN, .number = 2, .gives = EARN_PER_UNIT, .value = 2,
             .goods = TERM_GOODS_THESE, .product_ids = rolls, .product_count = 1),
        TERM(.name = "Gold visits", .kind = TERM_EARN, .number = 3, .gives = EARN_PER_VISIT, .value = 5, .tier = 2),
        { .name = "Sundays",
          .kind = TERM_EARN,
          .number = 4,
          .gives = EARN_PER_VISIT,
          .value = 5,
          .weekdays = 1 << 6,
          .until_minute = 1440 },
        { .name = "Late",
          .kind = TERM_EARN,
          .number = 5,
          .gives = EARN_PER_VISIT,
          .value = 5,
          .weekdays = EVERY_DAY,
          .from_minute = 1200,
          .until_minute = 1440 },
        TERM(.name = "A roll", .kind = TERM_REWARD, .number = 1, .gives = REWARD_GIFT_PIECE, .cost = 30,
             .goods = TERM_GOODS_THESE, .product_ids = rolls, .product_count = 1),
        TERM(.name = "One off", .kind = TERM_REWARD, .number = 2, .gives = REWARD_GIFT_AMOUNT, .value = 100,
             .cost = 50),
        TERM(.name = "Cake", .kind = TERM_REWARD, .number = 3, .gives = REWARD_GIFT_RATE, .value = 150000, .cost = 40,
             .goods = TERM_GOODS_THESE, .product_ids = cakes, .product_count = 1),
        TERM(.name = "Silver", .kind = TERM_TIER, .number = 1, .value = 1000),
        TERM(.name = "Gold", .kind = TERM_TIER, .number = 2, .value = 5000),
    };
    struct programme programme = *catalogue_programme(s->catalogue, VERSION);

    programme.name = "Cookie club";
    programme.reward_name = "Free cookie";
    programme.terms = terms;
    programme.term_count = sizeof terms / sizeof *terms;
    catalogue_put_programme(s->catalogue, VERSION, &programme);
}

static void put_choices(struct small_shop *s)
{
    static const struct modifier_option milks[] = { { "Oat milk", 40, 1, true }, { "Half", -2000, 2, true } };
    static const struct modifier milk = {
        .id = MILK, .name = "Milk", .options = milks, .option_count = 2, .choose_max = 2, .active = true
    };
    static const int64_t modifiers[] = { MILK };
    struct product cake = *catalogue_product(s->catalogue, VERSION, CAKE);
    struct product keyed = *catalogue_product(s->catalogue, VERSION, SOLD_CAKE);

    catalogue_put_modifier(s->catalogue, VERSION, &milk);
    cake.modifier_ids = modifiers;
    cake.modifier_count = 1;
    keyed.sold_out = false;
    keyed.open_price = true;
    keyed.open_max_minor = 5000;
    catalogue_put_product(s->catalogue, VERSION, &cake);
    catalogue_put_product(s->catalogue, VERSION, &keyed);
}

/* A tenth off everything, 2.00 off cookies, a piece free. */
static void put_coupons(struct small_shop *s)
{
    struct coupon_state *coupons = arena_array(s->arena, CAMPAIGNS, sizeof *coupons);
    struct coupon_campaign *campaigns = arena_array(s->arena, CAMPAIGNS, sizeof *campaigns);
    static const int64_t values[] = { 100000, 200, 1 };

    for (int i = 0; i < CAMPAIGNS; i++) {
        coupons[i] = (struct coupon_state){ .id = COUPON + i, .campaign_id = CAMPAIGN + i, .number = 7 };
        campaigns[i].terms = (struct coupon_terms){ .id = CAMPAIGN + i,
                                                    .name = "Autumn",
                                                    .gift = COUPON_RATE_OFF + i,
                                                    .value = values[i],
                                                    .category_id = i == 1 ? COOKIES : 0,
                                                    .with_promotions = i != 2,
                                                    .with_discounts = true,
                                                    .with_coupons = true,
                                                    ALWAYS };
    }
    s->set.coupons = coupons;
    s->set.campaigns = campaigns;
    s->set.coupon_count = s->set.campaign_count = CAMPAIGNS;
}

static struct small_shop *open_bakery(int round)
{
    struct bottle_shop b = open_shop();
    struct small_shop *s = b.s;

    set_shop(s, round % 2 == 0 ? 5 : 0, 0, round % 3 != 0);
    put_taxes(s);
    put_promotions(s);
    if (round % 4 != 0)
        put_programme(s);
    put_choices(s);
    put_coupons(s);
    s->lots[0][2].remaining += 100000;
    s->members[0].points += 100000;
    for (size_t i = 0; i < 2; i++) {
        s->members[i].tier = (uint8_t)below(3);
        s->members[i].birthday_today = below(3) == 0;
    }
    return s;
}

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

static struct explain_facts facts_of(const struct small_shop *s, const struct sale_rows *sale)
{
    struct explain_entry *entries = arena_array(s->arena, sale->points.count, sizeof *entries);

    for (size_t i = 0; i < sale->points.count; i++)
        entries[i] = (struct explain_entry){ sale->points.rows[i].kind, sale->points.rows[i].points, { 1 }, { 366 } };
    return (struct explain_facts){ .sale = sale,
                                   .entries = entries,
                                   .entry_count = sale->points.count,
                                   .catalogue = s->catalogue,
                                   .version = VERSION,
                                   .shop = catalogue_shop(s->catalogue, VERSION),
                                   .zone = zone_utc(),
                                   .campaigns = s->set.campaigns,
                                   .campaign_count = s->set.campaign_count,
                                   .has_earn_time = sale->has_earn_time,
                                   .earn_tier = sale->earn_tier,
                                   .earn_time = sale->earn_time };
}

static void print_all(const struct small_shop *s, const struct explanation *explanation)
{
    struct receipt receipt = explain_receipt(explanation->rows, explanation->count, "7", 2, s->arena);

    fputs(receipt_text(s->arena, &receipt, 100), stderr); /* cmocka's own words are cut */
}

static void is_printed(const struct small_shop *s, const struct explanation *explanation, const char *text)
{
    struct receipt receipt = explain_receipt(explanation->rows, explanation->count, "7", 2, s->arena);

    assert_non_null(strstr(receipt_text(s->arena, &receipt, 120), text));
}

/* Parts sum to their numbers, counted here once more. */
static void check_sums(const struct small_shop *s, const struct explanation *explanation)
{
    size_t numbers = 0;

    if (explanation->wrong + explanation->unknown > 0)
        print_all(s, explanation);
    assert_int_equal(explanation->wrong, 0);
    assert_int_equal(explanation->unknown, 0);
    for (size_t i = 0; i < explanation->count; i++) {
        const struct explain_row *number = &explanation->rows[i];
        int64_t sum = 0;

        if (number->kind != EXPLAIN_NUMBER)
            continue;
        numbers++;
        for (size_t j = i + 1; j < explanation->count; j++) {
            const struct explain_row *part = &explanation->rows[j];

            if (part->kind == EXPLAIN_NUMBER || part->kind == EXPLAIN_HEAD)
                break;
            if (part->kind != EXPLAIN_PART)
                continue;
            assert_int_equal(part->points, number->points);
            sum += part->amount;
        }
        assert_int_equal(sum, number->amount);
    }
    assert_int_equal(numbers, explanation->numbers);
}

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

/* As the server finds it: which taxes each line bears, by its goods. */
static void remember(struct small_shop *s, const struct sale_rows *sale)
{
    struct priced_line *lines = arena_array(s->arena, sale->line_count, sizeof *lines);
    uint32_t *bears = arena_array(s->arena, sale->line_count, sizeof *bears);
    size_t kept = 0;

    small_shop_remember(s, sale);
    for (size_t i = 0; i < sale->line_count; i++)
        lines[i] = (struct priced_line){ .product = catalogue_product(s->catalogue, VERSION, sale->lines[i].product_id),
                                         .quantity_milli = sale->lines[i].quantity_milli,
                                         .hot = (sale->lines[i].flags & LINE_HOT) != 0,
                                         .voided = (sale->lines[i].flags & LINE_VOIDED) != 0,
                                         .deposit = (sale->lines[i].flags & (LINE_DEPOSIT | LINE_CHARGE)) != 0,
                                         .total_minor = sale->lines[i].total_minor };
    tax_bearers(s->catalogue, VERSION, sale->service, lines, sale->line_count, sale->taxes.rows, sale->taxes.count,
                s->arena, bears);
    for (size_t i = 0; i < sale->line_count; i++) {
        if ((sale->lines[i].flags & LINE_VOIDED) != 0)
            continue; /* was never sold */
        s->original.lines[kept] = s->original.lines[i];
        s->original.lines[kept++].tax_rows = bears[i];
    }
    s->original.line_count = kept;
}

static struct original *copy_of(const struct small_shop *s, const struct original *original, int64_t *back_milli)
{
    struct original *copy = arena_copy(s->arena, original, sizeof *original);

    copy->lines = arena_copy(s->arena, original->lines, original->line_count * sizeof *original->lines);
    for (size_t i = 0; i < original->line_count; i++)
        back_milli[original->lines[i].line] = original->lines[i].back_milli;
    return copy;
}

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

static bool says(const struct explanation *explanation, enum explain_kind kind, const char *text)
{
    for (size_t i = 0; i < explanation->count; i++)
        if (explanation->rows[i].kind == kind && strstr(explanation->rows[i].text, text) != NULL)
            return true;
    return false;
}

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
