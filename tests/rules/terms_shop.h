/* A small shop whose programme has terms: rules of earning, rewards, a tier. After cmocka.h. */
#ifndef CAROLINE_TESTS_RULES_TERMS_SHOP_H
#define CAROLINE_TESTS_RULES_TERMS_SHOP_H

#include "small_shop.h"

#define EVERY_DAY 0x7f
#define SATURDAY  (1 << 5) /* of NOW */
#define MINUTE    (8 * 60 + 26)

static const int64_t cookies[] = { COOKIES }, rolls[] = { ROLL }, cakes[] = { CAKE };

/* A term that holds at any hour, of all goods. */
#define TERM(...)                                                                                                      \
    {                                                                                                                  \
        .name = "z", .weekdays = EVERY_DAY, .until_minute = 1440, __VA_ARGS__                                          \
    }
#define OF_COOKIES .goods = TERM_GOODS_THESE, .category_ids = cookies, .category_count = 1
#define NO_COOKIES .goods = TERM_GOODS_OTHERS, .category_ids = cookies, .category_count = 1
#define OF_ROLLS   .goods = TERM_GOODS_THESE, .product_ids = rolls, .product_count = 1
#define OF_CAKES   .goods = TERM_GOODS_THESE, .product_ids = cakes, .product_count = 1

enum { A_ROLL = 1, TWO_OFF, TENTH_OFF, CAKE_OFF, GOLDEN };

static inline struct small_shop *open_with_terms(void)
{
    static const struct programme_term shops[] = {
        TERM(.kind = TERM_EARN, .number = 1, .gives = EARN_PER_MONEY, .value = 10, OF_CAKES),
        TERM(.kind = TERM_EARN, .number = 2, .gives = EARN_PER_UNIT, .value = 1, OF_ROLLS),
        TERM(.kind = TERM_EARN, .number = 3, .gives = EARN_PER_VISIT, .value = 5),
        TERM(.kind = TERM_REWARD, .number = A_ROLL, .gives = REWARD_GIFT_PIECE, .cost = 9, OF_ROLLS),
        TERM(.kind = TERM_REWARD, .number = TWO_OFF, .gives = REWARD_GIFT_AMOUNT, .value = 200, .cost = 50),
        TERM(.kind = TERM_REWARD, .number = TENTH_OFF, .gives = REWARD_GIFT_RATE, .value = 100000, .cost = 60),
        TERM(.kind = TERM_REWARD, .number = CAKE_OFF, .gives = REWARD_GIFT_AMOUNT, .value = 2000, .cost = 70, OF_CAKES),
        TERM(.kind = TERM_REWARD, .number = GOLDEN, .gives = REWARD_GIFT_AMOUNT, .value = 1, .cost = 1, .tier = 2),
        TERM(.kind = TERM_TIER, .number = 2, .value = 1),
    };
    struct small_shop *s = small_shop_open();

    catalogue_put_programme(s->catalogue, VERSION + 1,
                            &(struct programme){ .id = 1,
                                                 .points_per_unit = 10,
                                                 .lot_days = 365,
                                                 .reward_cost = 100,
                                                 .reward_category_id = COOKIES,
                                                 .tier_months = 12,
                                                 .terms = shops,
                                                 .term_count = sizeof shops / sizeof *shops });
    catalogue_seal(s->catalogue, VERSION + 1, NOW.us - 1);
    return s;
}

/* Two cookies (5.00), a cake (9.00), three rolls (1.35): 15.35. */
static const struct basket_line basket[] = {
    { .product_id = COOKIE, .quantity_milli = 2000 },
    { .product_id = CAKE, .quantity_milli = 1000 },
    { .product_id = ROLL, .quantity_milli = 3000 },
};

#endif
