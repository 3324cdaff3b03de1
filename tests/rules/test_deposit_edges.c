/* Deposits at their edges: what a record made offline may name, what agrees with a catalogue, and a sale without its empties. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "bottle_shop.h"
#include "common/rules/deposit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NO_PRODUCT   999

/* ---- what goes with goods ---- */

static void so_much_goes_with_so_much(void **state)
{
    static const struct {
        const char *what;
        int64_t product_id, quantity_milli;
        int64_t deposit_id, deposit_milli; /* 0: none */
    } rows[] = {
        { "one bottle", LEMONADE, 1000, BOTTLE, 1000 },
        { "six", SIX_PACK, 2000, BOTTLE, 12000 },
        { "nothing of it", LEMONADE, 0, 0, 0 },
        { "less than nothing", LEMONADE, -1000, 0, 0 },
        { "no product", NO_PRODUCT, 1000, 0, 0 },
        { "what has none", ROLL, 1000, 0, 0 },
        { "what is not charged any more", OLD_BEER, 1000, 0, 0 },
        { "more than can be counted", SIX_PACK, INT64_MAX / 5, BOTTLE, INT64_MAX },
        { "of a deposit that is no product", CAKE, 1000, 0, 0 },
        { "of a product that is no deposit", COOKIE, 1000, 0, 0 },
    };
    struct bottle_shop b = open_shop();
    struct product cake = *catalogue_product(b.s->catalogue, VERSION, CAKE),
                   cookie = *catalogue_product(b.s->catalogue, VERSION, COOKIE);

    (void)state;
    cake.deposit_product_id = NO_PRODUCT;
    cookie.deposit_product_id = ROLL;
    cake.deposit_count = cookie.deposit_count = 1;
    catalogue_put_product(b.s->catalogue, VERSION, &cake);
    catalogue_put_product(b.s->catalogue, VERSION, &cookie);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t milli = 0;
        const struct product *deposit = deposit_with(catalogue_product(b.s->catalogue, VERSION, rows[i].product_id),
                                                     rows[i].quantity_milli, b.s->catalogue, VERSION, &milli);

        if ((deposit == NULL ? 0 : deposit->id) != rows[i].deposit_id || milli != rows[i].deposit_milli)
            fail_msg("%s: %lld", rows[i].what, (long long)milli);
    }
    small_shop_close(b.s);
}

static void so_much_may_be_in_a_basket(void **state)
{
    static const struct {
        int64_t product_id, quantity_milli;
        bool valid;
    } rows[] = {
        { BOTTLE, 1000, true },   { BOTTLE, -1000, true },      { BOTTLE, -MILLI_MAX, true },
        { BOTTLE, -1500, false }, { BOTTLE, INT64_MIN, false }, { BOTTLE, -MILLI_MAX - 1000, false },
        { BAG, -1000, false },    { ROLL, -1000, false },       { BOTTLE, 0, false },
    };
    struct bottle_shop b = open_shop();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (basket_quantity_valid(catalogue_product(b.s->catalogue, VERSION, rows[i].product_id),
                                  rows[i].quantity_milli) != rows[i].valid)
            fail_msg("row %zu", i);
    small_shop_close(b.s);
}

/* ---- what a record names ---- */

#define WITH(product, pieces, line)                                                                                    \
    {                                                                                                                  \
        .product_id = (product), .quantity_milli = 1000 * (int64_t)(pieces), .deposit_of = (line)                      \
    }
#define VOIDED(product)                                                                                                \
    {                                                                                                                  \
        .product_id = (product), .quantity_milli = 1000, .voided = true                                                \
    }

static const struct {
    const char *what;
    const struct basket_line *lines;
    size_t count;
    bool sound, agree;
    size_t at;   /* where it does not agree */
    size_t with; /* lines, once what goes with the others has been added */
} records[] = {
    { "lemonade with its bottle", LINES(BUY(LEMONADE, 1), WITH(BOTTLE, 1, 1)), true, true, 0, 3 },
    { "six with one", LINES(BUY(ROLL, 1), BUY(SIX_PACK, 1), WITH(BOTTLE, 6, 2)), true, true, 0, 4 },
    { "lemonade without it", LINES(BUY(ROLL, 1), BUY(LEMONADE, 1)), true, false, 1, 3 },
    { "bread with a bottle", LINES(BUY(ROLL, 1), WITH(BOTTLE, 1, 1)), true, false, 0, 2 },
    { "lemonade with a plate", LINES(BUY(LEMONADE, 1), WITH(PLATE, 1, 1)), true, false, 0, 3 },
    { "lemonade with two bottles", LINES(BUY(LEMONADE, 1), WITH(BOTTLE, 2, 1)), true, false, 0, 3 },
    { "bottles taken back", LINES(BUY(BOTTLE, -2)), true, true, 0, 1 },
    { "bread taken back", LINES(BUY(ROLL, 1), BUY(ROLL, -2)), true, false, 1, 2 },
    { "what nobody knows taken back", LINES(BUY(NO_PRODUCT, -2)), true, false, 0, 1 },
    { "half a bottle taken back", LINES({ .product_id = BOTTLE, .quantity_milli = -500 }), true, false, 0, 1 },
    { "lemonade that was voided, without its bottle", LINES(VOIDED(LEMONADE), BUY(ROLL, 1)), true, true, 0, 2 },
    { "a bottle of what comes later", LINES(WITH(BOTTLE, 1, 2), BUY(LEMONADE, 1)), false, false, 1, 3 },
    { "of itself", LINES(BUY(ROLL, 1), WITH(BOTTLE, 1, 2)), false, true, 0, 2 },
    { "of what was voided", LINES(VOIDED(LEMONADE), WITH(BOTTLE, 1, 1)), false, false, 0, 2 },
    { "of what was taken back", LINES(BUY(BOTTLE, -1), WITH(BOTTLE, 1, 1)), false, true, 0, 2 },
    { "of a bottle that goes with goods itself", LINES(BUY(LEMONADE, 1), WITH(BOTTLE, 1, 1), WITH(BOTTLE, 1, 2)), false,
      true, 0, 4 },
    { "a second of the same goods", LINES(BUY(LEMONADE, 1), WITH(BOTTLE, 1, 1), WITH(BOTTLE, 1, 1)), false, true, 0,
      4 },
    { "one that was voided",
      LINES(BUY(LEMONADE, 1), { .product_id = BOTTLE, .quantity_milli = 1000, .deposit_of = 1, .voided = true }), false,
      true, 0, 3 },
    { "none of it", LINES(BUY(LEMONADE, 1), WITH(BOTTLE, 0, 1)), false, false, 0, 3 },
};

static void a_record_names_goods_in_front_of_it_each_once(void **state)
{
    struct bottle_shop b = open_shop();

    (void)state;
    for (size_t i = 0; i < COUNT(records); i++) {
        const struct basket basket = { .catalogue_version = VERSION,
                                       .lines = records[i].lines,
                                       .line_count = records[i].count };
        const struct basket_line *with;
        size_t at;

        if (deposits_sound(&basket) != records[i].sound)
            fail_msg("%s: sound", records[i].what);
        bool agree = deposits_agree(&basket, b.s->catalogue, VERSION, &at);
        if (agree != records[i].agree || (!agree && at != records[i].at))
            fail_msg("%s: agrees up to %zu", records[i].what, at);
        size_t count = deposits_add(&basket, b.s->catalogue, b.s->arena, &with);
        if (count != records[i].with)
            fail_msg("%s: %zu with it", records[i].what, count);
        assert_true((with == records[i].lines) == (count == records[i].count));
    }
    small_shop_close(b.s);
}

/* ---- a sale without what was taken back in it ---- */

#define SALE_LINES 3
#define TAX_ROWS   2

/* Worked out by hand. Lemonade and its bottle bear 19 %, bread 7 %. */
static const struct sale_case {
    const char *what;
    bool on_top;
    struct {
        int64_t milli, total, tax;
        uint32_t rows;
    } lines[SALE_LINES];
    struct tax_row taxes[TAX_ROWS];
    size_t tax_count;
    struct original_tender tenders[2];
    size_t tender_count;
    int64_t step; /* of cash */
    /* what is left */
    int64_t total, tax, rounding;
    struct tax_row left[TAX_ROWS];
    int64_t paid[3];
    size_t paid_count;
} sales[] = {
    /* 1.50 × 19 / 119 = 0.2395; of 0.50 back 0.0798 */
    { "two bottles back, prices with tax",
      false,
      { { 1000, 150, 24, 1 }, { -2000, -50, -8, 1 } },
      { { "VAT19", 190000, 84, 16 } },
      1,
      { { .kind = TENDER_CASH, .amount_minor = 100 } },
      1,
      0,
      150,
      24,
      0,
      { { "VAT19", 190000, 126, 24 } },
      { 150 },
      1 },
    /* 1.50 × 0.19 = 0.285; of 0.50 back 0.095, half away from zero 0.10 */
    { "two bottles back, tax on top",
      true,
      { { 1000, 150, 29, 1 }, { -2000, -50, -10, 1 } },
      { { "VAT19", 190000, 100, 19 } },
      1,
      { { .kind = TENDER_CASH, .amount_minor = 119 } },
      1,
      0,
      179,
      29,
      0,
      { { "VAT19", 190000, 150, 29 } },
      { 179 },
      1 },
    { "no tax at all",
      false,
      { { 1000, 150, 0, 0 }, { -2000, -50, 0, 0 } },
      { { "", 0, 0, 0 } },
      0,
      { { .kind = TENDER_CASH, .amount_minor = 100 } },
      1,
      0,
      150,
      0,
      0,
      { { "", 0, 0, 0 } },
      { 150 },
      1 },
    { "bread of another rate beside it",
      false,
      { { 1000, 150, 24, 1 }, { -2000, -50, -8, 1 }, { 1000, 45, 3, 2 } },
      { { "VAT19", 190000, 84, 16 }, { "VAT7", 70000, 42, 3 } },
      2,
      { { .kind = TENDER_CASH, .amount_minor = 145 } },
      1,
      0,
      195,
      27,
      0,
      { { "VAT19", 190000, 126, 24 }, { "VAT7", 70000, 42, 3 } },
      { 195 },
      1 },
    { "a card paid",
      false,
      { { 1000, 150, 24, 1 }, { -2000, -50, -8, 1 } },
      { { "VAT19", 190000, 84, 16 } },
      1,
      { { .kind = TENDER_CARD, .amount_minor = 100 } },
      1,
      0,
      150,
      24,
      0,
      { { "VAT19", 190000, 126, 24 } },
      { 100, 50 },
      2 },
    { "cash in steps of twenty",
      false,
      { { 1000, 150, 24, 1 }, { -2000, -50, -8, 1 } },
      { { "VAT19", 190000, 84, 16 } },
      1,
      { { .kind = TENDER_CASH, .amount_minor = 100 } },
      1,
      20,
      150,
      24,
      10,
      { { "VAT19", 190000, 126, 24 } },
      { 160 },
      1 },
    { "a row that says more than the lines bore: no more than theirs",
      false,
      { { 1000, 150, 24, 0 }, { -2000, -50, -8, 0 } },
      { { "VAT19", 190000, 84, 900 } },
      1,
      { { .kind = TENDER_CASH, .amount_minor = 100 } },
      1,
      0,
      150,
      24,
      0,
      { { "VAT19", 190000, 0, 24 } },
      { 150 },
      1 },
    { "a row that says less than nothing: the last has the rest",
      false,
      { { 1000, 150, 24, 0 }, { -2000, -50, -8, 0 } },
      { { "VAT19", 190000, 84, -900 }, { "VAT7", 70000, 0, 5 } },
      2,
      { { .kind = TENDER_CASH, .amount_minor = 100 } },
      1,
      0,
      150,
      24,
      0,
      { { "VAT19", 190000, 0, 0 }, { "VAT7", 70000, 0, 24 } },
      { 150 },
      1 },
    { "nothing was taken back: as it was",
      false,
      { { 1000, 150, 24, 1 } },
      { { "VAT19", 190000, 126, 24 } },
      1,
      { { .kind = TENDER_CASH, .amount_minor = 151 } },
      1,
      20,
      0,
      0,
      0,
      { { "VAT19", 190000, 126, 24 } },
      { 151 },
      1 },
};

static void without_empties_it_is_a_sale_of_goods(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sales); i++) {
        const struct sale_case *row = &sales[i];
        struct arena *arena = arena_create(0);
        struct original_line lines[SALE_LINES];
        struct original original = { .lines = lines,
                                     .taxes = row->taxes,
                                     .tax_count = row->tax_count,
                                     .tenders = row->tenders,
                                     .tender_count = row->tender_count,
                                     .cash_rounding_minor = row->step,
                                     .prices_include_tax = !row->on_top };
        size_t back = 0;

        for (; original.line_count < SALE_LINES && row->lines[original.line_count].milli != 0; original.line_count++) {
            size_t at = original.line_count;
            lines[at] = (struct original_line){ .quantity_milli = row->lines[at].milli,
                                                .total_minor = row->lines[at].total,
                                                .tax_minor = row->lines[at].tax,
                                                .tax_rows = row->lines[at].rows };
            back += row->lines[at].milli < 0;
        }
        original_leave_out_back(&original, arena);
        assert_int_equal(original.taken_back_count, back);
        if (original.total_minor != row->total || original.tax_minor != row->tax ||
            original.rounding_minor != row->rounding || original.tender_count != row->paid_count)
            fail_msg("%s: %lld, tax %lld, %zu tenders", row->what, (long long)original.total_minor,
                     (long long)original.tax_minor, original.tender_count);
        for (size_t k = 0; k < original.tender_count; k++)
            assert_int_equal(original.tenders[k].amount_minor, row->paid[k]);
        for (size_t k = 0; k < original.tax_count; k++)
            if (original.taxes[k].tax_minor != row->left[k].tax_minor ||
                original.taxes[k].net_minor != row->left[k].net_minor)
                fail_msg("%s: tax %zu is %lld on %lld", row->what, k, (long long)original.taxes[k].tax_minor,
                         (long long)original.taxes[k].net_minor);
        /* Twice is as once. */
        struct original again = original;
        original_leave_out_back(&again, arena);
        assert_memory_equal(&again, &original, sizeof again);
        arena_destroy(arena);
    }
}

static void deposits_are_told_by_their_flags(void **state)
{
    static const struct sale_line_row lines[] = { { .total_minor = 150, .tax_minor = 29 },
                                                  { .total_minor = 25, .tax_minor = 5, .flags = LINE_DEPOSIT },
                                                  { .total_minor = 20, .tax_minor = 4, .flags = LINE_CHARGE } };

    (void)state;
    assert_int_equal(deposit_lines_minor(lines, COUNT(lines), true), 45);
    assert_int_equal(deposit_lines_minor(lines, COUNT(lines), false), 54);
    assert_int_equal(deposit_lines_minor(lines, 0, false), 0);
}

/* ---- a basket ---- */

static void put_bottle(struct bottle_shop *b, int64_t price_minor, bool sold_out)
{
    struct product bottle = *catalogue_product(b->s->catalogue, VERSION, BOTTLE);

    bottle.price_minor = price_minor;
    bottle.sold_out = sold_out;
    catalogue_put_product(b->s->catalogue, VERSION, &bottle);
}

/* Of bottles that cost as much as is said. */
static void a_basket_of_bottles_is_taken_or_not(void **state)
{
    const struct {
        const char *what;
        const struct basket_line *lines;
        size_t count;
        int64_t price_minor, in_drawer;
        bool sold_out, on_top;
        enum sale_verdict verdict;
    } baskets[] = {
        { "none is sold by itself", LINES(BUY(BOTTLE, 1)), 25, 0, true, false, SALE_PRODUCT_SOLD_OUT },
        { "with lemonade there are some", LINES(BUY(LEMONADE, 1)), 25, 0, true, false, SALE_OK },
        { "nor do they matter to who brings them", LINES(BUY(BOTTLE, -1)), 25, 0, true, false, SALE_OK },
        { "the most that is money", LINES(BUY(BOTTLE, -1)), MINOR_MAX, 0, false, false, SALE_OK },
        { "more than is money", LINES(BUY(BOTTLE, -2)), MINOR_MAX, 0, false, false, SALE_AMOUNT_OVERFLOW },
        { "more in all", LINES(BUY(BOTTLE, -1), BUY(BOTTLE, -1)), MINOR_MAX, 0, false, false, SALE_AMOUNT_OVERFLOW },
        { "more with its tax", LINES(BUY(BOTTLE, -1)), MINOR_MAX, 0, false, true, SALE_AMOUNT_OVERFLOW },
        { "the most that a drawer owes", LINES(BUY(BOTTLE, -1)), 100, 100 - MINOR_MAX, false, false, SALE_OK },
        { "more than it owes", LINES(BUY(BOTTLE, -1)), 100, 99 - MINOR_MAX, false, false, SALE_AMOUNT_OVERFLOW },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(baskets); i++) {
        struct bottle_shop b = open_shop();
        struct sale_command command = command_of(baskets[i].lines, baskets[i].count);
        struct sale_rows sale;

        put_bottle(&b, baskets[i].price_minor, baskets[i].sold_out);
        set_shop(b.s, 0, 0, !baskets[i].on_top);
        b.s->drawers[0].cash_minor = baskets[i].in_drawer;
        enum sale_verdict verdict = ring_up(b.s, &command, &sale);
        if (verdict != baskets[i].verdict)
            fail_msg("%s: verdict %d, %s", baskets[i].what, verdict, sale.sentence == NULL ? "" : sale.sentence);
        small_shop_close(b.s);
    }
}

/* For so much of empties another person is asked; the tax on top is of it, what was thought better of is not. */
static void so_much_is_given_for_empties_unasked(void **state)
{
    static const struct basket_line lines[] = { { .product_id = BOTTLE, .quantity_milli = -9000, .voided = true },
                                                BUY(BOTTLE, -4),
                                                BUY(CAKE, 1) };
    static const struct {
        int64_t limit_minor;
        bool on_top, over, may_give_back;
        enum sale_verdict verdict;
    } limits[] = {
        { 100, false, false, false, SALE_OK },
        { 99, false, false, false, SALE_APPROVAL_NEEDED },
        { 119, true, false, false, SALE_OK }, /* 1.00 and 19 % */
        { 118, true, false, false, SALE_APPROVAL_NEEDED },
        { 0, false, false, false, SALE_OK }, /* however much */
        { 99, false, false, true, SALE_OK },
        { 99, false, true, false, SALE_OK }, /* it has been given */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(limits); i++) {
        struct bottle_shop b = open_shop();
        struct sale_command command = command_of(lines, COUNT(lines));
        struct sale_rows sale;

        set_shop(b.s, 0, limits[i].limit_minor, !limits[i].on_top);
        command.over = limits[i].over;
        command.may_give_back = limits[i].may_give_back;
        enum sale_verdict verdict = ring_up(b.s, &command, &sale);
        if (verdict != limits[i].verdict)
            fail_msg("limit %zu: verdict %d, %s", i, verdict, sale.sentence == NULL ? "" : sale.sentence);
        small_shop_close(b.s);
    }
}

/* A till that knows of no deposits shows what is paid without all of them, and not without one. */
static void a_till_showed_it_without_all_of_them(void **state)
{
    static const struct basket_line lines[] = { BUY(LEMONADE, 1), BUY(TART, 1) };
    static const struct {
        int64_t shown_minor;
        enum sale_verdict verdict;
    } shown[] = { { 2150, SALE_DEPOSIT_NOT_SHOWN }, { 2175, SALE_TOTAL_DIFFERS }, { 2650, SALE_TOTAL_DIFFERS } };

    (void)state;
    for (size_t i = 0; i < COUNT(shown); i++) {
        struct bottle_shop b = open_shop();
        struct sale_command command = command_of(lines, COUNT(lines));
        struct sale_rows sale;

        command.shown_total_minor = shown[i].shown_minor;
        assert_int_equal(sale_decide(&command, &b.s->set, NOW, &sale), shown[i].verdict);
        small_shop_close(b.s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_much_goes_with_so_much),
        cmocka_unit_test(so_much_may_be_in_a_basket),
        cmocka_unit_test(a_record_names_goods_in_front_of_it_each_once),
        cmocka_unit_test(without_empties_it_is_a_sale_of_goods),
        cmocka_unit_test(deposits_are_told_by_their_flags),
        cmocka_unit_test(a_basket_of_bottles_is_taken_or_not),
        cmocka_unit_test(so_much_is_given_for_empties_unasked),
        cmocka_unit_test(a_till_showed_it_without_all_of_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
