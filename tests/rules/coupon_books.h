/* The small shop with a promotion, coupons, their campaigns, and what members did before: for the tests of coupons. */
#ifndef CAROLINE_TESTS_RULES_COUPON_BOOKS_H
#define CAROLINE_TESTS_RULES_COUPON_BOOKS_H

#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TAKEN        (VERSION + 1) /* two rolls are 0.80 together in it */
#define DAY          INT64_C(86400000000)
#define TODAY        20414 /* NOW is in it: a Saturday, 8:26 */

enum { COUPON = 71, SECOND };       /* coupons */
enum { CAMPAIGN = 81, CAMPAIGN_2 }; /* of these */

struct bought {
    int64_t id, milli;
    bool voided, discounted; /* by a tenth */
};
#define PIECES(good, n)                                                                                                \
    {                                                                                                                  \
        .id = (good), .milli = (n)*INT64_C(1000)                                                                       \
    }
#define EVER        .weekdays = 0x7f, .until_minute = 1440, .with_promotions = true, .with_discounts = true, .active = true
#define TENTH       .gift = COUPON_RATE_OFF, .value = 100000
#define OFF(minor)  .gift = COUPON_AMOUNT_OFF, .value = (minor)
#define FREE(count) .gift = COUPON_FREE_PIECES, .value = (count)
#define TERMS(...)  .terms = { EVER, __VA_ARGS__ }
#define OF_CAKE     .product_ids = (const int64_t[]){ CAKE }, .product_count = 1
#define SINGLE      .coupon = { .uses_max = 1 }

struct books {
    struct small_shop *shop;
    struct coupon_state coupons[2];
    struct coupon_campaign campaigns[2];
    struct coupon_member members[2];
};

static const int64_t rolls[] = { ROLL };
static const struct promotion_part two_of_rolls[] = { { .pieces = 2, .product_ids = rolls, .product_count = 1 } };
static const struct promotion two_rolls = {
    .id = 1,
    .name = "Two rolls",
    .parts = two_of_rolls,
    .part_count = 1,
    .gift = PROMOTION_TOGETHER,
    .value = 80,
    .weekdays = 0x7f,
    .until_minute = 1440,
    .active = true,
};

static inline struct books *open_books(void)
{
    struct small_shop *shop = small_shop_open();
    struct books *books = arena_alloc(shop->arena, sizeof *books);

    books->shop = shop;
    catalogue_put_promotion(shop->catalogue, TAKEN, &two_rolls);
    catalogue_seal(shop->catalogue, TAKEN, NOW.us);
    shop->set.coupons = books->coupons;
    shop->set.campaigns = books->campaigns;
    shop->set.coupon_members = books->members;
    return books;
}

static inline void put_coupon(struct books *books, const struct coupon_terms *terms, const struct coupon_state *coupon)
{
    size_t at = books->shop->set.coupon_count++;

    books->shop->set.campaign_count++;
    books->coupons[at] = *coupon;
    books->coupons[at].id = COUPON + (int64_t)at;
    books->coupons[at].campaign_id = CAMPAIGN + (int64_t)at;
    books->coupons[at].number = 7;
    books->campaigns[at].terms = *terms;
    books->campaigns[at].terms.id = CAMPAIGN + (int64_t)at;
    books->campaigns[at].terms.name = at == 0 ? "Autumn" : "Winter";
}

static inline void put_member(struct books *books, int64_t campaign_id, int64_t member_id, int64_t uses, bool bought)
{
    books->members[books->shop->set.coupon_member_count++] = (struct coupon_member){
        .campaign_id = campaign_id, .member_id = member_id, .use_count = uses, .bought = bought
    };
}

static inline struct sale_command command_of(struct arena *arena, const struct bought *bought,
                                             const struct basket_coupon *coupons, size_t coupon_count)
{
    struct basket_line *lines = arena_array(arena, 4, sizeof *lines);
    size_t count = 0;

    for (; count < 4 && bought[count].id != 0; count++)
        lines[count] = (struct basket_line){
            .product_id = bought[count].id,
            .quantity_milli = bought[count].milli,
            .voided = bought[count].voided,
            .discount = { .given = bought[count].discounted, .value = 100000, .reason = bytes_of_text("day-old") }
        };
    return (struct sale_command){
        .basket = { .catalogue_version = TAKEN,
                    .lines = lines,
                    .line_count = count,
                    .coupons = coupons,
                    .coupon_count = coupon_count },
        .discount_limit_ppm = 1000000,
        .device_id = TILL,
        .series = 'T',
        .number = 8,
        .sale_id = 500,
        .new_lot_id = 600,
    };
}

/* Paid in cash, by what the till shows. */
static inline enum sale_verdict sell(struct books *books, struct sale_command *command, struct sale_rows *sale)
{
    struct tender *cash = arena_alloc(books->shop->arena, sizeof *cash);

    command->aim = SALE_TO_PRICE;
    if (sale_decide(command, &books->shop->set, NOW, sale) == SALE_OK) {
        *cash = (struct tender){ .type_id = TENDER_TYPE_CASH, .amount_minor = sale->total_minor };
        command->tenders = cash;
        command->tender_count = sale->total_minor > 0;
        command->shown_total_minor = sale->total_minor;
    }
    command->aim = SALE_TO_BOOK;
    return sale_decide(command, &books->shop->set, NOW, sale);
}

static inline int64_t off_line(const struct sale_rows *sale, int line)
{
    int64_t sum = 0;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].kind == DISCOUNT_OF_COUPON && sale->discounts[i].line == line)
            sum += sale->discounts[i].amount_minor;
    return sum;
}

#endif
