/* A till's paper and the shop that books it: what the tests of offline sales change and look at. */
#ifndef CAROLINE_TESTS_RULES_OFFLINE_PAPER_H
#define CAROLINE_TESTS_RULES_OFFLINE_PAPER_H

#include "common/rules/sale_offline.h"
#include "small_shop.h"

enum { EVE = 41, OTTO, IDA };
enum { OFFICE = 15, NO_DEVICE = 99, NEW_CAKE = 98, SELLERS = 7, WITH_19 = 2, LATER = VERSION + 1 };

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LINES        3
#define LINES_ROOM   (BASKET_LINES_MAX + 1)
#define TEXT(text)                                                                                                     \
    {                                                                                                                  \
        (const uint8_t *)(text), sizeof(text) - 1                                                                      \
    }

/* Two cookies at 7 %, a cake at 19 %, a roll that was taken back. */
static struct paper {
    struct basket_line basket[LINES_ROOM];
    struct printed_line lines[LINES_ROOM];
    struct tax_row taxes[TAX_ROWS_MAX + 1];
    struct tender card;
    struct offline_command command;
} paper;

/* The same numbers: what a row changes. */
#define PRINTED   (&paper.command.printed)
#define LINE(i)   (&paper.lines[i])
#define TAX(i)    (&paper.taxes[i])
#define AMOUNT(i) (&paper.basket[i].quantity_milli)

static inline void write_paper(bool included)
{
    static const struct basket_line basket[LINES] = {
        { .product_id = COOKIE, .quantity_milli = 2000 },
        { .product_id = CAKE, .quantity_milli = 1000 },
        { .product_id = ROLL, .quantity_milli = 1000, .voided = true },
    };
    int64_t seven = included ? 33 : 35, nineteen = included ? 144 : 171;

    paper =
        (struct paper){ .lines = { { 250, 500, 0, 500, seven }, { 900, 900, 0, 900, nineteen }, { 45, 0, 0, 0, 0 } },
                        .taxes = { { "VAT7", 70000, included ? 467 : 500, seven },
                                   { "VAT19", 190000, included ? 756 : 900, nineteen } } };
    memcpy(paper.basket, basket, sizeof basket);
    paper.command = (struct offline_command){
        .sale = { .basket = { .catalogue_version = LATER, .lines = paper.basket, .line_count = LINES },
                  .tenders = &paper.card,
                  .made = NOW,
                  .made_shift_id = SHIFT,
                  .device_id = TILL,
                  .staff_id = EVE,
                  .number = 7,
                  .sale_id = 51,
                  .new_lot_id = 61 },
        .printed = { .lines = paper.lines,
                     .taxes = paper.taxes,
                     .line_count = LINES,
                     .tax_count = 2,
                     .total_minor = included ? 1400 : 1400 + 35 + 171,
                     .tax_minor = seven + nineteen },
        .next_number = 7,
        .brought_by = OTTO,
        .brought_limit_ppm = 1000000,
    };
}

/* The small shop, whose cakes are taxed at 19 %; with its people. */
static inline struct small_shop *open_shop(bool included)
{
    static const struct tax_rate nineteen[] = { { .service = SERVICE_TAKE_AWAY, .code = "VAT19", .rate_ppm = 190000 } };
    static const char *const discount[] = { "discount" };
    static struct staff_state staff[] = { { IDA, 0 }, { EVE, SELLERS }, { OTTO, SELLERS } };
    struct small_shop *s = small_shop_open();
    struct product cake = *catalogue_product(s->catalogue, VERSION, CAKE);
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);

    cake.tax_class_id = WITH_19;
    shop.prices_include_tax = included;
    catalogue_put_tax_class(s->catalogue, LATER,
                            &(struct tax_class){ .id = WITH_19, .rates = nineteen, .rate_count = 1 });
    catalogue_put_product(s->catalogue, LATER, &cake);
    catalogue_put_shop(s->catalogue, LATER, &shop);
    catalogue_put_role(
        s->catalogue, LATER,
        &(struct role){
            .id = SELLERS, .name = "sellers", .permissions = discount, .permission_count = 1, .discount_ppm = 100000 });
    catalogue_seal(s->catalogue, LATER, NOW.us - 1);
    s->set.staff = staff;
    s->set.staff_count = COUNT(staff);
    return s;
}

static inline enum sale_verdict book(struct small_shop *s, const struct catalogue *then, struct sale_rows *rows)
{
    paper.card = (struct tender){ .kind = TENDER_CARD, .amount_minor = PRINTED->total_minor, .reference = TEXT("A-1") };
    paper.command.sale.tender_count = PRINTED->total_minor != 0;
    return sale_offline_decide(&paper.command, &s->set, then, NOW, rows);
}

static inline void nothing_has_changed(const struct small_shop *s)
{
    assert_int_equal(s->drawers[0].sale_count, 0);
    assert_false(s->drawers[0].changed);
    assert_int_equal(s->drawers[0].cash_minor, 5000);
    for (size_t i = 0; i < PRODUCTS; i++)
        assert_false(s->stock[i].moved);
}

/* Up to the first of no kind. */
static inline void check_exceptions(const char *name, const struct exception_row *should, size_t room,
                                    const struct sale_rows *sale)
{
    size_t count = 0;

    while (count < room && should[count].kind != 0)
        count++;
    if (sale->exception_count != count)
        fail_msg("%s: %zu exceptions", name, sale->exception_count);
    for (size_t i = 0; i < count; i++)
        if (memcmp(&sale->exceptions[i], &should[i], sizeof *should) != 0)
            fail_msg("%s: exception %zu is %d of line %d: %lld, %lld", name, i, (int)sale->exceptions[i].kind,
                     sale->exceptions[i].line, (long long)sale->exceptions[i].said,
                     (long long)sale->exceptions[i].found);
}

#endif
