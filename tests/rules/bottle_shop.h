/* A small shop with bottles, cake plates and bags: what the tests of deposits sell in. */
#ifndef CAROLINE_TESTS_RULES_BOTTLE_SHOP_H
#define CAROLINE_TESTS_RULES_BOTTLE_SHOP_H

#include "small_shop.h"

/* A bottle is of the cookies' category, that rewards and promotions would take it if they could. The lemonade and all deposits
 * are taxed by 19 %. */
enum { BOTTLE = PRODUCTS + 1, PLATE, BAG, LEMONADE, SIX_PACK, TART, TAKEN_OFF, OLD_BEER, ALL_PRODUCTS = OLD_BEER };
#define DRINKS 2

struct bottle_shop {
    struct small_shop *s;
    struct stock_state stock[ALL_PRODUCTS];
};

static inline void put_goods(struct small_shop *s)
{
    static const struct tax_rate rates[] = { { .service = SERVICE_TAKE_AWAY, .code = "VAT19", .rate_ppm = 190000 } };
    static const struct product goods[] = {
        { .id = BOTTLE,
          .name = "Bottle",
          .price_minor = 25,
          .category_id = COOKIES,
          .deposit_kind = DEPOSIT_GOOD,
          .stock_policy = STOCK_BLOCK },
        { .id = PLATE, .name = "Deposit cake plate", .price_minor = 500, .deposit_kind = DEPOSIT_GOOD },
        { .id = BAG, .name = "Bag", .price_minor = 20, .deposit_kind = DEPOSIT_CHARGE },
        { .id = LEMONADE, .name = "Lemonade", .price_minor = 150, .deposit_product_id = BOTTLE, .deposit_count = 1 },
        { .id = SIX_PACK, .name = "Six-pack", .price_minor = 800, .deposit_product_id = BOTTLE, .deposit_count = 6 },
        { .id = TART, .name = "Tart", .price_minor = 2000, .deposit_product_id = PLATE, .deposit_count = 1 },
        { .id = TAKEN_OFF, .name = "Jar", .price_minor = 15, .deposit_kind = DEPOSIT_GOOD },
        { .id = OLD_BEER, .name = "Jam", .price_minor = 300, .deposit_product_id = TAKEN_OFF, .deposit_count = 1 },
    };

    catalogue_put_tax_class(s->catalogue, VERSION,
                            &(struct tax_class){ .id = DRINKS, .name = "Drinks", .rates = rates, .rate_count = 1 });
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        struct product product = goods[i];

        product.tax_class_id = product.id == TART ? 1 : DRINKS;
        product.active = product.id != TAKEN_OFF;
        catalogue_put_product(s->catalogue, VERSION, &product);
    }
}

static inline struct bottle_shop open_shop(void)
{
    struct bottle_shop b = { .s = small_shop_open() };

    put_goods(b.s);
    struct stock_state *stock = arena_array(b.s->arena, ALL_PRODUCTS, sizeof *stock);
    for (int i = 0; i < ALL_PRODUCTS; i++)
        stock[i] = (struct stock_state){ .product_id = i + 1, .on_hand_milli = 10000, .stored = true };
    b.s->set.stock = stock;
    b.s->set.stock_count = ALL_PRODUCTS;
    return b;
}

#define BUY(product, pieces)                                                                                           \
    {                                                                                                                  \
        .product_id = (product), .quantity_milli = 1000 * (int64_t)(pieces)                                            \
    }
#define LINES(...)                                                                                                     \
    .lines = (const struct basket_line[]){ __VA_ARGS__ },                                                              \
    .count = sizeof((const struct basket_line[]){ __VA_ARGS__ }) / sizeof(struct basket_line)

static inline struct sale_command command_of(const struct basket_line *lines, size_t count)
{
    return (struct sale_command){ .aim = SALE_TO_BOOK,
                                  .basket = { .catalogue_version = VERSION, .lines = lines, .line_count = count },
                                  .device_id = TILL,
                                  .staff_id = 41,
                                  .discount_limit_ppm = 1000000,
                                  .series = 'T',
                                  .number = 7,
                                  .sale_id = 100,
                                  .new_lot_id = 200 };
}

/* As a till would ring it up: exactly what it costs, in cash. */
static inline enum sale_verdict ring_up(struct small_shop *s, struct sale_command *command, struct sale_rows *sale)
{
    struct tender *cash = arena_alloc(s->arena, sizeof *cash);
    struct sale_command priced = *command;

    priced.aim = SALE_TO_PRICE;
    enum sale_verdict verdict = sale_decide(&priced, &s->set, NOW, sale);
    if (verdict != SALE_OK)
        return verdict;
    command->shown_total_minor = sale->total_minor;
    *cash = (struct tender){ .kind = TENDER_CASH,
                             .amount_minor = cash_due(catalogue_shop(s->catalogue, VERSION), sale->total_minor) };
    command->tenders = cash;
    command->tender_count = cash->amount_minor > 0 ? 1 : 0;
    return sale_decide(command, &s->set, NOW, sale);
}

/* ---- what goes with goods, and what is taken back ---- */

static inline void set_shop(struct small_shop *s, int64_t step, int64_t back_minor, bool included)
{
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);

    shop.cash_rounding_minor = step;
    shop.deposit_back_minor = back_minor;
    shop.prices_include_tax = included;
    catalogue_put_shop(s->catalogue, VERSION, &shop);
}

#endif
