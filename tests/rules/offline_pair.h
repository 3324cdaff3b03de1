/* A till that sells by itself and the shop that books it: what the tests of that share. */
#ifndef CAROLINE_TESTS_RULES_OFFLINE_PAIR_H
#define CAROLINE_TESTS_RULES_OFFLINE_PAIR_H

#include "common/rules/sale_offline.h"
#include "small_shop.h"

enum { EVE = 41, OTTO = 42, SELLERS = 7, LATER = VERSION + 1 };

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
#define REASON(text)                                                                                                   \
    {                                                                                                                  \
        (const uint8_t *)(text), sizeof(text) - 1                                                                      \
    }

/* Both shops know what the till's catalogue held; one has gone on since. */
struct pair {
    struct small_shop *till, *shop;
    struct staff_state staff[1];
    struct sale_rows sold, booked;
    struct offline_command command;
    struct printed_line lines[4];
};

struct row {
    const char *name;
    struct basket_line lines[4];
    struct tender tenders[3];
    void (*meanwhile)(struct pair *p); /* what changes between the sale and its booking */
    enum sale_verdict verdict;
    int64_t total;
    struct exception_row exceptions[6];
    int64_t member, earned;
    const char *sentence;
    enum sale_verdict at_the_till;
    uint32_t discount_ppm, limit_ppm, rewards;
};

static inline void put_product(struct pair *p, int64_t id, int64_t price_minor, bool active, bool sold_out)
{
    struct product product = *catalogue_product(p->shop->catalogue, VERSION, id);

    product.price_minor = price_minor;
    product.active = active;
    product.sold_out = sold_out;
    catalogue_put_product(p->shop->catalogue, LATER, &product);
    catalogue_seal(p->shop->catalogue, LATER, NOW.us - 1);
}

static inline void cookies_are_dearer(struct pair *p)
{
    put_product(p, COOKIE, 275, true, false);
}

static inline struct pair *pair_open(void)
{
    struct small_shop *shop = small_shop_open();
    struct pair *p = arena_alloc(shop->arena, sizeof *p);

    p->shop = shop;
    p->till = small_shop_open();
    p->staff[0] = (struct staff_state){ .id = EVE, .role_id = SELLERS };
    shop->set.staff = p->staff;
    shop->set.staff_count = 1;
    static const char *const discount[] = { "discount" };
    catalogue_put_role(
        shop->catalogue, VERSION + 0,
        &(struct role){
            .id = SELLERS, .name = "sellers", .permissions = discount, .permission_count = 1, .discount_ppm = 100000 });
    return p;
}

static inline void pair_close(struct pair *p)
{
    small_shop_close(p->till);
    small_shop_close(p->shop);
}

static inline struct sale_command command_of(const struct row *row)
{
    static const uint32_t rewards[4] = { REWARD_DEAREST, REWARD_DEAREST, REWARD_DEAREST, REWARD_DEAREST };
    struct sale_command sale = {
        .basket = { .catalogue_version = VERSION,
                    .lines = row->lines,
                    .member_id = row->member,
                    .rewards = rewards,
                    .reward_count = row->rewards,
                    .discount = { .given = row->discount_ppm != 0,
                                  .value = row->discount_ppm,
                                  .reason = REASON("old") } },
        .tenders = row->tenders,
        .made = NOW,
        .device_id = TILL,
        .staff_id = EVE,
        .discount_limit_ppm = row->limit_ppm,
        .number = 7,
    };

    while (sale.basket.line_count < 4 && row->lines[sale.basket.line_count].product_id != 0)
        sale.basket.line_count++;
    while (sale.tender_count < 3 && row->tenders[sale.tender_count].kind != 0)
        sale.tender_count++;
    return sale;
}

static inline enum sale_verdict sell(struct pair *p, const struct row *row)
{
    struct sale_command sale = command_of(row);
    const struct offline_till till = { .device_id = TILL,
                                       .shift_id = SHIFT,
                                       .till_number = 3,
                                       .catalogue = p->till->catalogue,
                                       .zone = zone_utc(),
                                       .arena = p->till->arena };

    /* What the rule says is due is what the till shows. */
    struct sale_command priced = sale;
    struct working_set set = { .arena = p->till->arena, .catalogue = till.catalogue, .zone = till.zone };
    priced.aim = SALE_TO_PRICE;
    sale.shown_total_minor = sale_decide(&priced, &set, NOW, &p->sold) == SALE_OK ? p->sold.total_minor : 0;
    return sale_offline_sell(&sale, &till, NOW, &p->sold);
}

/* What the till keeps, and sends when it can. */
static inline void record(struct pair *p, const struct row *row)
{
    p->command = (struct offline_command){
        .sale = command_of(row), .next_number = 7, .brought_by = OTTO, .brought_limit_ppm = DISCOUNT_WHOLE_PPM
    };
    memset(p->command.record, 0xab, sizeof p->command.record);
    for (size_t i = 0; i < p->sold.line_count; i++)
        p->lines[i] = (struct printed_line){ p->sold.lines[i].unit_price_minor, p->sold.lines[i].gross_minor,
                                             p->sold.lines[i].discount_minor, p->sold.lines[i].total_minor,
                                             p->sold.lines[i].tax_minor };
    p->command.sale.made_shift_id = p->sold.shift_id;
    p->command.sale.sale_id = 51;
    p->command.sale.new_lot_id = 61;
    p->command.printed = (struct sale_printed){ .lines = p->lines,
                                                .taxes = p->sold.taxes.rows,
                                                .line_count = p->sold.line_count,
                                                .tax_count = p->sold.taxes.count,
                                                .total_minor = p->sold.total_minor,
                                                .tax_minor = p->sold.tax_minor };
}

#endif
