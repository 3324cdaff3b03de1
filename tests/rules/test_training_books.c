/* A practised shift's books, as the statements of a real one (db/queries/shift.sql) would sum them up: deposits, options, what was
 * given back without a receipt; and what a practised sale says of its free pieces, rewards and taxes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "bottle_shop.h"
#include "strand.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct sale_rows sale_number(int64_t number)
{
    return (struct sale_rows){ .kind = SALE_SOLD,
                               .number = { 3, 'S', number },
                               .sale_id = 100 + number,
                               .shift_id = TRAINING,
                               .catalogue_version = VERSION };
}

static void put_sale(struct strand *s, const struct sale_rows *sale)
{
    static const uint8_t command_id[16] = { 7 };

    training_add_sale(&s->state, sale, command_id, NULL, s->shop->arena);
}

static struct shift_books books_of(const struct strand *s)
{
    return training_books(&s->state, 3, s->shop->catalogue, s->shop->arena);
}

/* ---- deposits ---- */

/* Called as they were last; what is charged and what is on deposit are two, and so are what went out, came back, and was refunded. */
static void deposits_are_parted_by_what_was_done(void **state)
{
    static struct sale_line_row sold[] = {
        { .product_id = LEMONADE, .name = "Lemonade", .quantity_milli = 2000 },
        { .product_id = BOTTLE, .name = "Bottle", .quantity_milli = 2000, .flags = LINE_DEPOSIT },
        { .product_id = BAG, .name = "Bag", .quantity_milli = 1000, .flags = LINE_CHARGE },
        { .product_id = BOTTLE, .name = "Bottle", .quantity_milli = -3000, .flags = LINE_DEPOSIT },
        { .product_id = BAG, .name = "Bag on deposit", .quantity_milli = 1000, .flags = LINE_DEPOSIT },
    };
    static struct deposit_row of_sold[] = {
        { 1, 0, 50 }, { 2, NO_LINE, 20 }, { 3, NO_LINE, -75 }, { 4, NO_LINE, 100 }
    };
    static struct sale_line_row given_back[] = {
        { .product_id = BOTTLE, .name = "Bottle", .quantity_milli = -1000, .flags = LINE_DEPOSIT },
        { .product_id = BAG, .name = "Bag", .quantity_milli = -1000, .flags = LINE_CHARGE },
    };
    static struct deposit_row of_given_back[] = { { 0, NO_LINE, -25 }, { 1, NO_LINE, -20 } };
    static struct sale_line_row more[] = {
        { .product_id = BOTTLE, .name = "Beer bottle", .quantity_milli = 1000, .flags = LINE_DEPOSIT },
    };
    static struct deposit_row of_more[] = { { 0, NO_LINE, 25 } };
    static const struct shift_deposit expected[] = {
        { BOTTLE, "Beer bottle", false, 3000, 75, -3000, -75, -1000, -25 },
        { BAG, "Bag on deposit", false, 1000, 100, 0, 0, 0, 0 },
        { BAG, "Bag", true, 1000, 20, 0, 0, -1000, -20 },
    };
    struct strand *s = strand_open();
    struct sale_rows first = sale_number(1), back = sale_number(2), last = sale_number(3);

    (void)state;
    read_all(s);
    first.lines = sold;
    first.line_count = COUNT(sold);
    first.deposits = of_sold;
    first.deposit_count = COUNT(of_sold);
    back.kind = SALE_REFUND;
    back.refund_of = first.sale_id;
    back.lines = given_back;
    back.line_count = COUNT(given_back);
    back.deposits = of_given_back;
    back.deposit_count = COUNT(of_given_back);
    last.lines = more;
    last.line_count = COUNT(more);
    last.deposits = of_more;
    last.deposit_count = COUNT(of_more);
    put_sale(s, &first);
    put_sale(s, &back);
    put_sale(s, &last);
    struct shift_books books = books_of(s);
    assert_int_equal(books.deposit_count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        const struct shift_deposit *deposit = &books.deposits[i], *wanted = &expected[i];

        assert_int_equal(deposit->product_id, wanted->product_id);
        assert_string_equal(deposit->name, wanted->name);
        assert_int_equal(deposit->charge, wanted->charge);
        assert_int_equal(deposit->out_milli, wanted->out_milli);
        assert_int_equal(deposit->out_minor, wanted->out_minor);
        assert_int_equal(deposit->back_milli, wanted->back_milli);
        assert_int_equal(deposit->back_minor, wanted->back_minor);
        assert_int_equal(deposit->refund_milli, wanted->refund_milli);
        assert_int_equal(deposit->refund_minor, wanted->refund_minor);
    }
    strand_close(s);
}

/* What a sale took back of empties is not given back with it, and its refund says so. */
static void a_refund_says_that_empties_stay(void **state)
{
    static struct sale_line_row lines[] = { { .product_id = ROLL, .quantity_milli = 1000 },
                                            { .product_id = BOTTLE, .quantity_milli = -1000 },
                                            { .product_id = ROLL, .quantity_milli = 2000 } };
    struct strand *s = strand_open();

    (void)state;
    read_all(s);
    for (int empties = 0; empties < 2; empties++) {
        struct sale_rows sale = sale_number(1 + 2 * empties), back = sale_number(2 + 2 * empties);

        sale.lines = lines;
        sale.line_count = empties == 0 ? 1 : COUNT(lines);
        back.kind = SALE_REFUND;
        back.refund_of = sale.sale_id;
        put_sale(s, &sale);
        put_sale(s, &back);
        assert_int_equal(training_last(&s->state)->sale.empties_stay, empties);
    }
    strand_close(s);
}

/* ---- options ---- */

/* By their names, then whose they are; called otherwise they are others. What is more than can be counted is the most. */
static void options_are_parted_by_name_modifier_and_number(void **state)
{
    static struct sale_line_row lines[] = { { .quantity_milli = 1000 },
                                            { .quantity_milli = 1000, .gross_minor = 500, .flags = LINE_VOIDED },
                                            { .quantity_milli = MILLI_MAX } };
    static struct option_row options[] = { { 0, 8, 1, "Cream", 5 },
                                           { 0, 7, 2, "Cream", 6 },
                                           { 0, 7, 1, "Cream", 5 },
                                           { 0, 7, 1, "Whipped cream", 5 },
                                           { 2, 9, 1, "For nothing", -MINOR_MAX },
                                           { 2, 9, 2, "Gilt", MINOR_MAX } };
    static struct keyed_row keyed[] = { { 1, 500 } };
    static const struct shift_option expected[] = {
        { 7, 1, "Cream", 1, 1000, 5, false },
        { 7, 2, "Cream", 1, 1000, 6, false },
        { 8, 1, "Cream", 1, 1000, 5, false },
        { 9, 1, "For nothing", 1, MILLI_MAX, -INT64_MAX, false },
        { 9, 2, "Gilt", 1, MILLI_MAX, INT64_MAX, false },
        { 7, 1, "Whipped cream", 1, 1000, 5, false },
    };
    struct strand *s = strand_open();
    struct sale_rows sale = sale_number(1);

    (void)state;
    read_all(s);
    sale.lines = lines;
    sale.line_count = COUNT(lines);
    sale.options = options;
    sale.option_count = COUNT(options);
    sale.keyed = keyed;
    sale.keyed_count = COUNT(keyed);
    put_sale(s, &sale);
    struct shift_books books = books_of(s);
    assert_int_equal(books.option_count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        const struct shift_option *option = &books.options[i];

        assert_string_equal(option->name, expected[i].name);
        assert_int_equal(option->modifier_id, expected[i].modifier_id);
        assert_int_equal(option->option, expected[i].option);
        assert_int_equal(option->count, expected[i].count);
        assert_int_equal(option->quantity_milli, expected[i].quantity_milli);
        assert_int_equal(option->amount_minor, expected[i].amount_minor);
    }
    strand_close(s);
}

/* ---- without a receipt ---- */

/* Of the day alone, as it went out of the drawer: rounded; what came back on a receipt is none of it. */
static void what_was_given_without_receipts_is_of_a_day(void **state)
{
    static const struct {
        enum sale_kind kind;
        int64_t refund_of, total_minor, rounding_minor;
        int32_t day;
    } rows[] = {
        { SALE_REFUND, 0, -43, -2, 100 },   { SALE_REFUND, 0, -900, 0, 100 }, { SALE_REFUND, 0, -777, 0, 99 },
        { SALE_REFUND, 101, -500, 0, 100 }, { SALE_SOLD, 0, 10000, 0, 100 },
    };
    struct strand *s = strand_open();

    (void)state;
    read_all(s);
    assert_int_equal(training_free_refunded(&s->state, (struct day){ 100 }), 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sale_rows sale = sale_number((int64_t)i + 1);

        sale.kind = rows[i].kind;
        sale.refund_of = rows[i].refund_of;
        sale.total_minor = rows[i].total_minor;
        sale.rounding_minor = rows[i].rounding_minor;
        sale.business_day.number = rows[i].day;
        put_sale(s, &sale);
    }
    assert_int_equal(training_free_refunded(&s->state, (struct day){ 100 }), 945);
    assert_int_equal(training_free_refunded(&s->state, (struct day){ 99 }), 777);
    assert_int_equal(training_free_refunded(&s->state, (struct day){ 101 }), 0);
    strand_close(s);
}

/* ---- what a sale says of itself ---- */

/* A piece that a reward made free stays in what was free; what a reward took off without one is the reward's. */
static void free_pieces_and_rewards_are_told_apart(void **state)
{
    static struct sale_line_row lines[] = {
        { .product_id = COOKIE, .quantity_milli = 3000, .discount_minor = 500, .flags = LINE_REWARD },
        { .product_id = CAKE, .quantity_milli = 1000, .discount_minor = 75 },
    };
    static struct discount_row discounts[] = {
        { .line = NO_LINE, .kind = DISCOUNT_OF_REWARD, .times = 1, .amount_minor = 250 },
        { .line = 0, .kind = DISCOUNT_OF_REWARD, .times = 1, .amount_minor = 250 }, /* a piece, by a term's reward */
        { .line = NO_LINE, .kind = DISCOUNT_OF_REWARD, .times = 1, .amount_minor = 130 },
        { .line = 0, .kind = DISCOUNT_OF_REWARD, .amount_minor = 100 },
        { .line = 1, .kind = DISCOUNT_OF_REWARD, .amount_minor = 30 },
        { .line = 0, .kind = DISCOUNT_OF_LINE, .amount_minor = 50 },
        { .line = 1, .kind = DISCOUNT_OF_LINE, .amount_minor = 45 },
    };
    struct strand *s = strand_open();
    struct sale_rows sale = sale_number(1);
    struct original original;
    struct member_state member;

    (void)state;
    read_all(s);
    sale.lines = lines;
    sale.line_count = COUNT(lines);
    sale.discounts = discounts;
    sale.discount_count = COUNT(discounts);
    put_sale(s, &sale);
    assert_true(
        training_original(&s->state, sale.number, s->shop->catalogue, zone_utc(), s->shop->arena, &original, &member));
    assert_int_equal(original.lines[0].free_minor, 500 - 100 - 50);
    assert_int_equal(original.lines[0].reward_minor, 100);
    assert_int_equal(original.lines[1].free_minor, 0);
    assert_int_equal(original.lines[1].reward_minor, 30);
    strand_close(s);
}

/* Drinks are taxed by 19 % from three pieces on, by 7 % before; empties are no pieces of them. Two lemonades, their bottles and a roll:
 * 2 x 1.50 + 2 x 0.25 + 0.45 = 3.95, with 3.95 x 7 / 107 = 0.26 in it: 0.20 of the lemonades', 0.03 of the bottles', 0.03 of the roll's.
 * What comes back of the drinks is 3.50, and 0.23. */
static void a_bottle_is_no_piece_of_what_is_taxed_otherwise_by_the_piece(void **state)
{
    static const struct tax_rate few[] = { { .service = SERVICE_TAKE_AWAY, .code = "VAT7", .rate_ppm = 70000 } },
                                 many[] = { { .service = SERVICE_TAKE_AWAY, .code = "VAT19", .rate_ppm = 190000 } };
    static const struct basket_line bought[] = { BUY(LEMONADE, 2), BUY(ROLL, 1) };
    static const struct refund_line drinks = { 0, 2000 };
    struct strand *s = strand_open();
    struct sale_command command = command_of(bought, 2);
    struct working_set set;
    struct sale_rows sale, back;
    struct original original;
    struct member_state member;

    (void)state;
    put_goods(s->shop);
    catalogue_put_tax_class(
        s->shop->catalogue, VERSION,
        &(struct tax_class){
            .id = DRINKS, .name = "Drinks", .rates = few, .rate_count = 1, .switch_at_count = 3, .switch_to_id = 9 });
    catalogue_put_tax_class(s->shop->catalogue, VERSION,
                            &(struct tax_class){ .id = 9, .name = "Many", .rates = many, .rate_count = 1 });
    s->shop->drawers[0].shift_id = TRAINING;
    command.series = 'S';
    assert_int_equal(ring_up(s->shop, &command, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, 395);
    assert_int_equal(sale.tax_minor, 26);
    read_all(s);
    put_sale(s, &sale);
    assert_true(
        training_original(&s->state, sale.number, s->shop->catalogue, zone_utc(), s->shop->arena, &original, &member));
    assert_int_equal(original.line_count, 3);
    for (size_t i = 0; i < original.line_count; i++)
        assert_int_equal(original.lines[i].tax_rows, 1);
    set = s->shop->set;
    set.originals = &original;
    set.original_count = 1;
    const struct refund_command refund = { .original = sale.number,
                                           .lines = &drinks,
                                           .line_count = 1,
                                           .device_id = TILL,
                                           .series = 'S',
                                           .number = 8,
                                           .sale_id = 101 };
    assert_int_equal(refund_decide(&refund, &set, NOW, &back), SALE_OK);
    assert_int_equal(back.total_minor, -350);
    assert_int_equal(back.tax_minor, -23);
    strand_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deposits_are_parted_by_what_was_done),
        cmocka_unit_test(a_refund_says_that_empties_stay),
        cmocka_unit_test(options_are_parted_by_name_modifier_and_number),
        cmocka_unit_test(what_was_given_without_receipts_is_of_a_day),
        cmocka_unit_test(free_pieces_and_rewards_are_told_apart),
        cmocka_unit_test(a_bottle_is_no_piece_of_what_is_taxed_otherwise_by_the_piece),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
