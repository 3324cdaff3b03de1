/* A bakery with everything that takes something off a sale and gives points for it, and explanations of its sales: for the tests of
 * these. After cmocka.h. */
#ifndef CAROLINE_TESTS_RULES_EXPLAINED_H
#define CAROLINE_TESTS_RULES_EXPLAINED_H

#include <stdio.h>

#include "bottle_shop.h"
#include "common/print/text.h"
#include "common/rules/explain.h"
#include "drawn.h"

#define EVERY_DAY 0x7f

/* The sold cake's price is keyed here; bakery goods are taxed otherwise from six pieces on. */
enum { BAKERY = 1, SIX_OR_MORE = 3 };
enum { MILK = 81 };
enum { COUPON = 71, CAMPAIGN = 91, CAMPAIGNS = 3 };

static const int64_t rolls[] = { ROLL }, cakes[] = { CAKE }, cookies[] = { COOKIES }, cheeses[] = { CHEESE };

static inline void put_taxes(struct small_shop *s)
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
static inline void put_promotions(struct small_shop *s)
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
static inline void put_programme(struct small_shop *s)
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

static inline void put_choices(struct small_shop *s)
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
static inline void put_coupons(struct small_shop *s)
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

static inline struct small_shop *open_bakery(int round)
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

/* ---- what is explained ---- */

static inline struct explain_facts facts_of(const struct small_shop *s, const struct sale_rows *sale)
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

static inline void print_all(const struct small_shop *s, const struct explanation *explanation)
{
    struct receipt receipt = explain_receipt(explanation->rows, explanation->count, "7", 2, s->arena);

    fputs(receipt_text(s->arena, &receipt, 100), stderr); /* cmocka's own words are cut */
}

static inline void is_printed(const struct small_shop *s, const struct explanation *explanation, const char *text)
{
    struct receipt receipt = explain_receipt(explanation->rows, explanation->count, "7", 2, s->arena);

    assert_non_null(strstr(receipt_text(s->arena, &receipt, 120), text));
}

/* Parts sum to their numbers, counted here once more. */
static inline void check_sums(const struct small_shop *s, const struct explanation *explanation)
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

static inline bool says(const struct explanation *explanation, enum explain_kind kind, const char *text)
{
    for (size_t i = 0; i < explanation->count; i++)
        if (explanation->rows[i].kind == kind && strstr(explanation->rows[i].text, text) != NULL)
            return true;
    return false;
}

/* As the server finds it: which taxes each line bears, by its goods. */
static inline void remember(struct small_shop *s, const struct sale_rows *sale)
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

static inline struct original *copy_of(const struct small_shop *s, const struct original *original, int64_t *back_milli)
{
    struct original *copy = arena_copy(s->arena, original, sizeof *original);

    copy->lines = arena_copy(s->arena, original->lines, original->line_count * sizeof *original->lines);
    for (size_t i = 0; i < original->line_count; i++)
        back_milli[original->lines[i].line] = original->lines[i].back_milli;
    return copy;
}

#endif
