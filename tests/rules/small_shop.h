/* A shop small enough to work out on paper: what the tests of the rules sell in. */
#ifndef CAROLINE_TESTS_RULES_SMALL_SHOP_H
#define CAROLINE_TESTS_RULES_SMALL_SHOP_H

#include <string.h>

#include "common/rules/sale.h"

enum { COOKIE = 1, CAKE, ROLL, CHEESE, OLD_CAKE, SOLD_CAKE, GOLD, PRODUCTS = 7 };
enum { TILL = 11, TILL_2, SHUT_TILL, CONSOLE };
enum { SHIFT = 21, SHIFT_2, OLD_SHIFT };
enum { ANNA = 31, BERND };
#define COOKIES 7                                      /* the reward's category */
#define NOW     ((struct instant){ 1763800000000000 }) /* 2025-11-22 08:26:40 UTC */
#define VERSION 5

struct small_shop {
    struct arena *arena;
    struct catalogue *catalogue;
    struct working_set set;
    struct drawer_state drawers[4];
    struct shift_state shifts[3];
    struct member_state members[2];
    struct points_lot lots[2][8];
    struct stock_state stock[PRODUCTS];
    struct original original;
};

static inline void small_shop_catalogue(struct small_shop *s)
{
    static const struct tax_rate cold[] = { { .service = SERVICE_TAKE_AWAY, .code = "VAT7", .rate_ppm = 70000 },
                                            { .service = SERVICE_EAT_IN, .code = "VAT19", .rate_ppm = 190000 } };
    static const struct product products[PRODUCTS] = {
        { .id = COOKIE, .name = "Cookie", .category_id = COOKIES, .price_minor = 250, .stock_policy = STOCK_BLOCK },
        { .id = CAKE, .name = "Cake", .price_minor = 900, .stock_policy = STOCK_WARN },
        { .id = ROLL, .name = "Roll", .price_minor = 45 },
        { .id = CHEESE, .name = "Cheese", .price_minor = 1290, .unit = UNIT_KILOGRAM, .stock_policy = STOCK_BLOCK },
        { .id = OLD_CAKE, .name = "Old cake", .price_minor = 100 },
        { .id = SOLD_CAKE, .name = "Sold cake", .price_minor = 100, .sold_out = true },
        { .id = GOLD, .name = "Gold", .price_minor = INT64_C(900000000000000) },
    };

    s->catalogue = catalogue_create();
    catalogue_put_shop(s->catalogue, VERSION - 1,
                       &(struct shop){ .id = 1,
                                       .name = "Caroline's",
                                       .address = "Mill Lane 1 / Berlin",
                                       .receipt_foot = "Come again",
                                       .currency = "EUR",
                                       .currency_exponent = 2,
                                       .prices_include_tax = true,
                                       .day_cutoff_minutes = 180 });
    catalogue_put_tax_class(s->catalogue, VERSION - 1, &(struct tax_class){ .id = 1, .rates = cold, .rate_count = 2 });
    catalogue_put_programme(s->catalogue, VERSION - 1,
                            &(struct programme){ .id = 1,
                                                 .sign_up_points = 20,
                                                 .birthday_points = 100,
                                                 .points_per_unit = 10,
                                                 .lot_days = 365,
                                                 .reward_cost = 100,
                                                 .reward_category_id = COOKIES });
    catalogue_seal(s->catalogue, VERSION - 1, NOW.us - 2 * VERSION_LIFE_US);
    for (size_t i = 0; i < PRODUCTS; i++) {
        struct product product = products[i];

        product.tax_class_id = 1;
        product.active = product.id != OLD_CAKE;
        catalogue_put_product(s->catalogue, VERSION, &product);
    }
    catalogue_seal(s->catalogue, VERSION, NOW.us - VERSION_LIFE_US - 1);
}

static inline void small_shop_member(struct small_shop *s, size_t at, int64_t id, const int64_t (*lots)[2],
                                     size_t count)
{
    struct day today = zone_day(zone_utc(), NOW);

    s->members[at] = (struct member_state){ .id = id, .lots = s->lots[at], .lot_count = count, .lot_capacity = 8 };
    for (size_t i = 0; i < count; i++) {
        struct day origin = { today.number + (int32_t)lots[i][0] };

        s->lots[at][i] = (struct points_lot){ .id = 100 * id + (int64_t)i,
                                              .origin = origin,
                                              .expiry = { origin.number + 365 },
                                              .remaining = lots[i][1],
                                              .stored = true };
        s->members[at].points += lots[i][1];
    }
}

/* Anna has 150 points in three lots, of which 30 have expired; Bernd has nothing. */
static inline struct small_shop *small_shop_open(void)
{
    static const int64_t annas[][2] = { { -400, 30 }, { -200, 50 }, { -10, 70 } };
    struct arena *arena = arena_create(0);
    struct small_shop *s = arena_alloc(arena, sizeof *s);

    s->arena = arena;
    small_shop_catalogue(s);
    s->drawers[0] = (struct drawer_state){ .device_id = TILL, .till_number = 3, .shift_id = SHIFT, .cash_minor = 5000 };
    s->drawers[1] = (struct drawer_state){ .device_id = TILL_2, .till_number = 4, .shift_id = SHIFT_2 };
    s->drawers[2] = (struct drawer_state){ .device_id = SHUT_TILL, .till_number = 5 };
    s->drawers[3] = (struct drawer_state){ .device_id = CONSOLE };
    s->shifts[0] = (struct shift_state){ .id = SHIFT, .device_id = TILL };
    s->shifts[1] = (struct shift_state){ .id = SHIFT_2, .device_id = TILL_2 };
    s->shifts[2] = (struct shift_state){ .id = OLD_SHIFT, .device_id = TILL };
    for (int i = 0; i < PRODUCTS; i++)
        s->stock[i] = (struct stock_state){ .product_id = i + 1, .on_hand_milli = 10000, .stored = true };
    small_shop_member(s, 0, ANNA, annas, 3);
    small_shop_member(s, 1, BERND, NULL, 0);
    s->set = (struct working_set){
        .arena = arena,
        .catalogue = s->catalogue,
        .zone = zone_utc(),
        .drawers = s->drawers,
        .drawer_count = 4,
        .shifts = s->shifts,
        .shift_count = 3,
        .members = s->members,
        .member_count = 2,
        .stock = s->stock,
        .stock_count = PRODUCTS,
    };
    return s;
}

static inline void small_shop_close(struct small_shop *s)
{
    catalogue_destroy(s->catalogue);
    arena_destroy(s->arena);
}

static inline int64_t free_minor(const struct sale_rows *sale, size_t line)
{
    int64_t minor = sale->lines[line].discount_minor;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].kind != DISCOUNT_OF_REWARD || sale->discounts[i].times == 0)
            minor -= sale->discounts[i].line == (int)line ? sale->discounts[i].amount_minor : 0;
    return minor;
}

static inline int64_t reward_minor(const struct sale_rows *sale, size_t line)
{
    int64_t minor = 0;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].kind == DISCOUNT_OF_REWARD && sale->discounts[i].times == 0)
            minor += sale->discounts[i].line == (int)line ? sale->discounts[i].amount_minor : 0;
    return minor;
}

static inline int64_t coupon_milli(const struct sale_rows *sale, size_t line)
{
    int64_t milli = 0;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].kind == DISCOUNT_OF_COUPON && sale->discounts[i].line == (int)line)
            milli += 1000 * (int64_t)sale->discounts[i].times;
    return milli;
}

/* What the database would say of a sale that was booked: the original of its refund. */
static inline void small_shop_remember(struct small_shop *s, const struct sale_rows *sale)
{
    struct original_line *lines = arena_array(s->arena, sale->line_count, sizeof *lines);
    struct original_tender *tenders = arena_array(s->arena, sale->tender_count, sizeof *tenders);
    struct original_lot *lots = arena_array(s->arena, sale->points.count, sizeof *lots);

    for (size_t i = 0; i < sale->line_count; i++)
        lines[i] = (struct original_line){ .product_id = sale->lines[i].product_id,
                                           .name = sale->lines[i].name,
                                           .quantity_milli = sale->lines[i].quantity_milli,
                                           .unit_price_minor = sale->lines[i].unit_price_minor,
                                           .gross_minor = sale->lines[i].gross_minor,
                                           .discount_minor = sale->lines[i].discount_minor,
                                           .total_minor = sale->lines[i].total_minor,
                                           .tax_minor = sale->lines[i].tax_minor,
                                           .free_minor = free_minor(sale, i),
                                           .reward_minor = reward_minor(sale, i),
                                           .coupon_milli = coupon_milli(sale, i),
                                           .tax_rows = sale->taxes.count > 0 && sale->lines[i].total_minor != 0,
                                           .line = (int)i,
                                           .goods_line = NO_LINE,
                                           .unit = sale->lines[i].unit,
                                           .flags = sale->lines[i].flags };
    for (size_t i = 0; i < sale->deposit_count; i++)
        lines[sale->deposits[i].line].goods_line = sale->deposits[i].goods_line;
    for (size_t i = 0; i < sale->tender_count; i++)
        tenders[i] =
            (struct original_tender){ .position = (int)i,
                                      .kind = sale->tenders[i].kind,
                                      .type_id = sale->tenders[i].type_id,
                                      .name = sale->tenders[i].name,
                                      .amount_minor = sale->tenders[i].amount_minor - sale->tenders[i].change_minor -
                                                      sale->tenders[i].forfeited_minor - sale->tenders[i].tip_minor,
                                      .tip_minor = sale->tenders[i].tip_minor,
                                      .forfeited_minor = sale->tenders[i].forfeited_minor,
                                      .reference = sale->tenders[i].reference };
    for (size_t i = 0; i < sale->points.count; i++) {
        const struct points_row *row = &sale->points.rows[i];

        lots[i].lot_id = row->lot_id;
        lots[i].earned = row->kind == POINTS_EARNED ? row->points : 0;
        lots[i].spent = row->kind == POINTS_SPENT ? -row->points : 0;
    }
    s->original = (struct original){ .number = sale->number,
                                     .sale_id = sale->sale_id,
                                     .member_id = sale->member_id,
                                     .device_id = sale->device_id,
                                     .shift_id = sale->shift_id,
                                     .kind = sale->kind,
                                     .service = sale->service,
                                     .catalogue_version = sale->catalogue_version,
                                     .total_minor = sale->total_minor,
                                     .tax_minor = sale->tax_minor,
                                     .rounding_minor = sale->rounding_minor,
                                     .points_per_unit = 10,
                                     .currency_exponent = 2,
                                     .cash_rounding_minor = catalogue_shop(s->catalogue, VERSION)->cash_rounding_minor,
                                     .prices_include_tax = catalogue_shop(s->catalogue, VERSION)->prices_include_tax,
                                     .lines = lines,
                                     .line_count = sale->line_count,
                                     .taxes = sale->taxes.rows,
                                     .tax_count = sale->taxes.count,
                                     .tenders = tenders,
                                     .tender_count = sale->tender_count,
                                     .lots = lots,
                                     .lot_count = sale->points.count,
                                     .earnings = sale->earnings,
                                     .earning_count = sale->earning_count };
    s->set.originals = &s->original;
    s->set.original_count = 1;
}

#endif
