/* Options and keyed prices, a row each: what may be chosen, what a line then costs, and what comes of it in a sale: rewards,
 * promotions, discounts and tax are of the price with them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/bytes.h"
#include "common/rules/modifier.h"
#include "common/rules/modifier_ids.h"
#include "common/rules/parked.h"
#include "common/rules/sale_bytes.h"
#include "common/rules/sale_offline.h"
#include "common/rules/sale_receipt.h"
#include "common/rules/usual.h"
#include "common/rules/voided.h"
#include "small_shop.h"

/* The cake comes in a size, the cookie with toppings; the roll's price is keyed. */
enum { CUP = 81, MILK, TOPPING, OLD };
#define NOBODY   99
#define MONEY(n) .keyed = true, .keyed_minor = (n)
#define PICK(...)                                                                                                      \
    .options = (const struct line_option[]){ __VA_ARGS__ },                                                            \
    .count = sizeof((const struct line_option[]){ __VA_ARGS__ }) / sizeof(struct line_option)
#define OF(group, number)                                                                                              \
    {                                                                                                                  \
        (group), (number)                                                                                              \
    }

static const struct modifier_option cups[] = { { "Small", -300, 1, true },
                                               { "Large", 250, 2, true },
                                               { "Huge", 400, 3, false } };
static const struct modifier_option milks[] = { { "Oat milk", 40, 1, true }, { "Soy milk", 40, 2, true } };
static const struct modifier_option toppings[] = {
    { "Nuts", 30, 1, true }, { "Sugar", 0, 2, true }, { "Coupon", -400, 3, true }, { "Cream", 55, 4, true }
};
static const struct modifier_option olds[] = { { "Rye", 10, 1, true } };
#define OPTIONS(list) .options = (list), .option_count = sizeof(list) / sizeof *(list)
static const struct modifier groups[] = {
    { .id = CUP, .name = "Cup", OPTIONS(cups), .choose_min = 1, .choose_max = 1, .active = true },
    { .id = MILK, .name = "Milk", OPTIONS(milks), .choose_max = 1, .active = true },
    { .id = TOPPING, .name = "Toppings", OPTIONS(toppings), .choose_max = 3, .active = true },
    { .id = OLD, .name = "Grain", OPTIONS(olds), .choose_min = 1, .choose_max = 1 },
};

static void put_goods(struct small_shop *s)
{
    static const int64_t cakes[] = { CUP, MILK, OLD }, cookies[] = { TOPPING };
    struct product cake = *catalogue_product(s->catalogue, VERSION, CAKE);
    struct product cookie = *catalogue_product(s->catalogue, VERSION, COOKIE);
    struct product roll = *catalogue_product(s->catalogue, VERSION, ROLL);
    struct product cheese = *catalogue_product(s->catalogue, VERSION, CHEESE);

    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        catalogue_put_modifier(s->catalogue, VERSION, &groups[i]);
    cake.modifier_ids = cakes;
    cake.modifier_count = 3;
    cookie.modifier_ids = cookies;
    cookie.modifier_count = 1;
    cheese.modifier_ids = cookies;
    cheese.modifier_count = 1;
    roll.open_price = true;
    roll.open_min_minor = 100;
    roll.open_max_minor = 5000;
    catalogue_put_product(s->catalogue, VERSION, &cake);
    catalogue_put_product(s->catalogue, VERSION, &cookie);
    catalogue_put_product(s->catalogue, VERSION, &roll);
    catalogue_put_product(s->catalogue, VERSION, &cheese);
}

static struct small_shop *open_shop(void)
{
    struct small_shop *s = small_shop_open();

    put_goods(s);
    return s;
}

/* ---- what may be chosen, and what a line costs ---- */

struct row {
    const char *name;
    int64_t product, milli; /* 0: a piece */
    const struct line_option *options;
    size_t count;
    bool keyed, voided;
    int64_t keyed_minor;
    enum sale_verdict verdict;
    const char *field;
    int64_t unit_minor, gross_minor;
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a row says what is its own */
static const struct row rows[] = {
    { "nothing has to be chosen", COOKIE, .unit_minor = 250, .gross_minor = 250 },
    { "an option adds", COOKIE, PICK(OF(TOPPING, 1)), .unit_minor = 280, .gross_minor = 280 },
    { "each once, in any order, and for every piece", COOKIE, 3000,
      PICK(OF(TOPPING, 4), OF(TOPPING, 1), OF(TOPPING, 2)), .unit_minor = 335, .gross_minor = 1005 },
    { "an option that takes off takes no line below nothing", COOKIE, 2000, PICK(OF(TOPPING, 3)), .unit_minor = 0 },
    { "what is below nothing is made up by what others add", COOKIE, PICK(OF(TOPPING, 3), OF(TOPPING, 1)),
      .unit_minor = 0 }, /* 250 - 400 + 30 */
    { "of what is weighed it is by the kilogram: 0.333 x 13.20", CHEESE, 333, PICK(OF(TOPPING, 1)), .unit_minor = 1320,
      .gross_minor = 440 }, /* 439.56 */
    { "a variant", CAKE, PICK(OF(CUP, 1)), .unit_minor = 600, .gross_minor = 600 },
    { "with another modifier", CAKE, PICK(OF(MILK, 2), OF(CUP, 2)), .unit_minor = 1190, .gross_minor = 1190 },
    { "a variant has to be chosen", CAKE, .verdict = SALE_OPTION_WANTED, .field = "basket.lines[0].options" },
    { "what need not be chosen does not do", CAKE, PICK(OF(MILK, 1)), .verdict = SALE_OPTION_WANTED,
      .field = "basket.lines[0].options" },
    { "one variant", CAKE, PICK(OF(CUP, 1), OF(CUP, 2)), .verdict = SALE_TOO_MANY_OPTIONS,
      .field = "basket.lines[0].options" },
    { "as many as may be", COOKIE, PICK(OF(TOPPING, 1), OF(TOPPING, 2), OF(TOPPING, 3), OF(TOPPING, 4)),
      .verdict = SALE_TOO_MANY_OPTIONS, .field = "basket.lines[0].options" },
    { "once", COOKIE, PICK(OF(TOPPING, 1), OF(TOPPING, 1)), .verdict = SALE_UNKNOWN_OPTION,
      .field = "basket.lines[0].options[1]" },
    { "an option that is not there", CAKE, PICK(OF(CUP, 2), OF(MILK, 3)), .verdict = SALE_UNKNOWN_OPTION,
      .field = "basket.lines[0].options[1]" },
    { "an option of number 0", CAKE, PICK(OF(CUP, 0)), .verdict = SALE_UNKNOWN_OPTION,
      .field = "basket.lines[0].options[0]" },
    { "one that is not offered any more", CAKE, PICK(OF(CUP, 3)), .verdict = SALE_UNKNOWN_OPTION,
      .field = "basket.lines[0].options[0]" },
    { "of a modifier that is not offered any more", CAKE, PICK(OF(CUP, 1), OF(OLD, 1)), .verdict = SALE_UNKNOWN_OPTION,
      .field = "basket.lines[0].options[1]" },
    { "of another product's modifier", COOKIE, PICK(OF(CUP, 1)), .verdict = SALE_UNKNOWN_OPTION,
      .field = "basket.lines[0].options[0]" },
    { "of nobody's", COOKIE, PICK(OF(NOBODY, 1)), .verdict = SALE_UNKNOWN_OPTION,
      .field = "basket.lines[0].options[0]" },
    { "an open price is keyed", ROLL, MONEY(350), .unit_minor = 350, .gross_minor = 350 },
    { "for each piece", ROLL, 4000, MONEY(350), .unit_minor = 350, .gross_minor = 1400 },
    { "it has to be", ROLL, .verdict = SALE_PRICE_WANTED, .field = "basket.lines[0].keyed_price_minor" },
    { "the least", ROLL, MONEY(100), .unit_minor = 100, .gross_minor = 100 },
    { "the most", ROLL, MONEY(5000), .unit_minor = 5000, .gross_minor = 5000 },
    { "less than the least", ROLL, MONEY(99), .verdict = SALE_BAD_KEYED_PRICE,
      .field = "basket.lines[0].keyed_price_minor" },
    { "more than the most", ROLL, MONEY(5001), .verdict = SALE_BAD_KEYED_PRICE,
      .field = "basket.lines[0].keyed_price_minor" },
    { "a negative one", ROLL, MONEY(INT64_MIN), .verdict = SALE_BAD_KEYED_PRICE,
      .field = "basket.lines[0].keyed_price_minor" },
    { "a price that is fixed", COOKIE, MONEY(250), .verdict = SALE_BAD_KEYED_PRICE,
      .field = "basket.lines[0].keyed_price_minor" },
    { "what was taken back need not be chosen", CAKE, .voided = true, .unit_minor = 900 },
    { "what was taken back is named all the same", CAKE, PICK(OF(CUP, 2)), .voided = true, .unit_minor = 1150 },
    { "what was taken back before its price was keyed has the product's", ROLL, .voided = true, .unit_minor = 45 },
    { "what was taken back at a price that its key takes has it", ROLL, MONEY(5000), .voided = true,
      .unit_minor = 5000 },
    { "at a price beyond it, the product's", ROLL, MONEY(5001), .voided = true, .unit_minor = 45 },
    { "or below it", ROLL, MONEY(99), .voided = true, .unit_minor = 45 },
    { "what was taken back with nonsense costs what there is", ROLL, PICK(OF(NOBODY, 1)), MONEY(-5), .voided = true,
      .unit_minor = 45 },
};
#pragma GCC diagnostic pop

static struct basket_line line_of(const struct row *row)
{
    return (struct basket_line){ .product_id = row->product,
                                 .quantity_milli = row->milli == 0 ? 1000 : row->milli,
                                 .voided = row->voided,
                                 .choice = { .options = row->options,
                                             .option_count = row->count,
                                             .keyed = row->keyed,
                                             .keyed_minor = row->keyed_minor } };
}

static struct sale_command command_of(const struct basket_line *lines, size_t count)
{
    return (struct sale_command){ .aim = SALE_TO_QUOTE,
                                  .basket = { .catalogue_version = VERSION, .lines = lines, .line_count = count },
                                  .device_id = TILL,
                                  .staff_id = 41,
                                  .discount_limit_ppm = 1000000,
                                  .series = 'T',
                                  .number = 1,
                                  .sale_id = 51,
                                  .new_lot_id = 61 };
}

static void each_row_is_as_worked_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct small_shop *s = open_shop();
        /* Something that is sold goes with what is not. */
        const struct basket_line lines[] = { line_of(&rows[i]), { .product_id = CHEESE, .quantity_milli = 1000 } };
        struct sale_command command = command_of(lines, 2);
        struct sale_rows sale;

        print_message("%s\n", rows[i].name);
        assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), rows[i].verdict);
        if (rows[i].verdict != SALE_OK) {
            assert_string_equal(sale.field, rows[i].field);
            small_shop_close(s);
            continue;
        }
        assert_int_equal(sale.lines[0].unit_price_minor, rows[i].unit_minor);
        assert_int_equal(sale.lines[0].gross_minor, rows[i].gross_minor);
        assert_int_equal(sale.total_minor, rows[i].gross_minor + 1290);
        size_t known = rows[i].count > 0 && rows[i].options[0].modifier_id == NOBODY ? 0 : rows[i].count;
        assert_int_equal(sale.option_count, known);
        assert_int_equal(sale.keyed_count, rows[i].keyed && rows[i].unit_minor == rows[i].keyed_minor);
        for (size_t k = 0; k < known; k++) {
            assert_int_equal(sale.options[k].modifier_id, rows[i].options[k].modifier_id);
            assert_int_equal(sale.options[k].option, rows[i].options[k].option);
            assert_int_equal(sale.options[k].line, 0);
        }
        small_shop_close(s);
    }
}

static void a_receipt_has_room_for_so_many(void **state)
{
    static const struct line_option three[] = { OF(TOPPING, 1), OF(TOPPING, 2), OF(TOPPING, 4) };
    struct small_shop *s = open_shop();
    struct basket_line lines[67];
    struct sale_rows sale;

    (void)state;
    for (size_t i = 0; i < 67; i++)
        lines[i] = (struct basket_line){ .product_id = CHEESE, .quantity_milli = 10, .choice = { three, 3, 0, false } };
    lines[66].choice.option_count = 2;
    struct sale_command command = command_of(lines, 67);
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK); /* 66 x 3 + 2 */
    assert_int_equal(sale.option_count, BASKET_OPTIONS_MAX);
    lines[66].choice.option_count = 3;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_TOO_MANY_OPTIONS);
    assert_string_equal(sale.field, "basket.lines[66].options");
    small_shop_close(s);
}

static void a_price_stays_within_the_range_of_money(void **state)
{
    static const struct modifier_option gold[] = { { "Gold", UNIT_PRICE_MAX, 1, true } };
    static const struct line_option chosen[] = { OF(MILK, 1), OF(TOPPING, 1) };
    static const int64_t ids[] = { TOPPING, MILK };
    struct small_shop *s = open_shop();
    struct modifier milk = groups[1], topping = groups[2];
    struct product cookie = *catalogue_product(s->catalogue, VERSION, COOKIE);
    const struct basket_line line = { .product_id = COOKIE, .quantity_milli = 1000, .choice = { chosen, 2, 0, false } };
    struct sale_command command = command_of(&line, 1);
    struct sale_rows sale;

    (void)state;
    milk.options = topping.options = gold;
    milk.option_count = topping.option_count = 1;
    cookie.modifier_ids = ids;
    cookie.modifier_count = 2;
    catalogue_put_modifier(s->catalogue, VERSION, &milk);
    catalogue_put_modifier(s->catalogue, VERSION, &topping);
    catalogue_put_product(s->catalogue, VERSION, &cookie);
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_AMOUNT_OVERFLOW);
    small_shop_close(s);
}

/* ---- in a sale ---- */

/* A large cake costs 11.50, a cookie with nuts 2.80: a reward takes a piece with its nuts, and of two cookies the dearer; 10 %
 * of the cake is 1.15; tax and points are of what is left. */
static void what_is_taken_off_is_off_the_price_with_options(void **state)
{
    static const struct line_option large[] = { OF(CUP, 2) }, nuts[] = { OF(TOPPING, 1) };
    static const uint32_t dearest[] = { REWARD_DEAREST };
    static const struct basket_line lines[] = {
        { .product_id = CAKE,
          .quantity_milli = 1000,
          .choice = { large, 1, 0, false },
          .discount = { .given = true, .value = 100000, .reason = { (const uint8_t *)"old", 3 } } },
        { .product_id = COOKIE, .quantity_milli = 1000 },
        { .product_id = COOKIE, .quantity_milli = 1000, .choice = { nuts, 1, 0, false } },
        { .product_id = ROLL, .quantity_milli = 1000, .choice = { NULL, 0, 450, true } },
    };
    struct small_shop *s = open_shop();
    struct sale_command command = command_of(lines, 4);
    struct sale_rows sale;

    (void)state;
    command.basket.member_id = ANNA;
    command.basket.rewards = dearest;
    command.basket.reward_count = 1;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.lines[0].total_minor, 1035);
    assert_int_equal(sale.lines[1].total_minor, 250);
    assert_int_equal(sale.lines[2].discount_minor, 280);
    assert_int_equal(sale.lines[3].total_minor, 450);
    assert_int_equal(sale.total_minor, 1735);
    assert_int_equal(sale.tax_minor, 114); /* 7 % in it: 113.50 */
    assert_int_equal(sale.points_earned, 173);
    small_shop_close(s);
}

/* A piece that costs nothing is no reward, and one with an option that makes it cost something is. */
static void a_reward_is_a_piece_that_costs_something(void **state)
{
    static const struct line_option coupon[] = { OF(TOPPING, 3) };
    static const uint32_t dearest[] = { REWARD_DEAREST };
    static const struct basket_line lines[] = {
        { .product_id = COOKIE, .quantity_milli = 1000, .choice = { coupon, 1, 0, false } },
    };
    struct small_shop *s = open_shop();
    struct sale_command command = command_of(lines, 1);
    struct sale_rows sale;

    (void)state;
    command.basket.member_id = ANNA;
    command.basket.rewards = dearest;
    command.basket.reward_count = 1;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_REWARD_NOT_APPLICABLE);
    small_shop_close(s);
}

/* Three for two: of 2.50, 2.80 and 3.05 the plain one is free, spread over the three by what they cost. */
static void promotions_are_of_the_price_with_options(void **state)
{
    static const struct line_option nuts[] = { OF(TOPPING, 1) }, cream[] = { OF(TOPPING, 4) };
    static const struct promotion_part part = { .pieces = 3, .category_id = COOKIES };
    static const struct promotion three = { .id = 5,
                                            .name = "Three for two",
                                            .parts = &part,
                                            .part_count = 1,
                                            .gift = PROMOTION_CHEAPEST_FREE,
                                            .value = 1,
                                            .weekdays = 0x7f,
                                            .until_minute = 1440,
                                            .active = true };
    static const struct basket_line lines[] = {
        { .product_id = COOKIE, .quantity_milli = 1000, .choice = { cream, 1, 0, false } },
        { .product_id = COOKIE, .quantity_milli = 1000 },
        { .product_id = COOKIE, .quantity_milli = 1000, .choice = { nuts, 1, 0, false } },
    };
    struct small_shop *s = open_shop();
    struct sale_command command = command_of(lines, 3);
    struct sale_rows sale;

    (void)state;
    catalogue_put_promotion(s->catalogue, VERSION, &three);
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, 305 + 280);
    assert_int_equal(sale.lines[0].discount_minor, 91); /* 250 x 305 / 835 = 91.3 */
    assert_int_equal(sale.lines[1].discount_minor, 75); /* 74.9: the largest remainder */
    assert_int_equal(sale.lines[2].discount_minor, 84); /* 83.8 */
    small_shop_close(s);
}

/* A floor of 7.00 is of what costs more: a small cake, for 6.00, may be given away by a role that may. */
static void a_floor_is_no_higher_than_the_price_with_options(void **state)
{
    static const struct line_option small[] = { OF(CUP, 1) }, large[] = { OF(CUP, 2) };
    struct basket_line line = {
        .product_id = CAKE,
        .quantity_milli = 1000,
        .discount = { .given = true, .fixed = true, .value = 1, .reason = { (const uint8_t *)"old", 3 } },
        .choice = { small, 1, 0, false }
    };
    struct small_shop *s = open_shop();
    struct product cake = *catalogue_product(s->catalogue, VERSION, CAKE);
    struct sale_command command = command_of(&line, 1);
    struct sale_rows sale;

    (void)state;
    cake.floor_minor = 700;
    catalogue_put_product(s->catalogue, VERSION, &cake);
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_APPROVAL_NEEDED); /* 5.99 of 6.00 */
    line.choice.options = large;
    line.discount.value = 450;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK); /* 7.00 of 11.50 */
    line.discount.value = 451;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_APPROVAL_NEEDED);
    small_shop_close(s);
}

/* ---- on paper, in the journal, put aside and thrown away ---- */

static const struct line_option two[] = { OF(CUP, 2), OF(MILK, 1) };
static const struct basket_line both[] = {
    { .product_id = CAKE, .quantity_milli = 2000, .choice = { two, 2, 0, false } },
    { .product_id = ROLL, .quantity_milli = 1000, .choice = { NULL, 0, 450, true } },
};

static size_t find_row(const struct receipt *receipt, const char *left)
{
    size_t at = 0;

    while (at < receipt->count && (receipt->rows[at].left == NULL || strcmp(receipt->rows[at].left, left) != 0))
        at++;
    return at;
}

static void the_receipt_has_them_below_the_line(void **state)
{
    struct small_shop *s = open_shop();
    struct sale_command command = command_of(both, 2);
    const struct shop *shop = catalogue_shop(s->catalogue, VERSION);
    struct sale_rows sale;

    (void)state;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    struct receipt paper = sale_receipt(&sale, shop, zone_utc(), NULL, s->arena);
    size_t at = find_row(&paper, "Cake");
    assert_string_equal(paper.rows[at].right, "23.80"); /* 2 x (9.00 + 2.50 + 0.40) */
    assert_string_equal(paper.rows[at + 1].left, "  2 x 11.90");
    assert_string_equal(paper.rows[at + 2].left, "  Large +2.50");
    assert_string_equal(paper.rows[at + 3].left, "  Oat milk +0.40");
    assert_string_equal(paper.rows[at + 4].left, "Roll");
    assert_string_equal(paper.rows[at + 4].right, "4.50");
    struct receipt gift = sale_receipt_copy(&sale, shop, zone_utc(), NULL, 1, true, s->arena);
    at = find_row(&gift, "Cake");
    assert_string_equal(gift.rows[at + 1].left, "  Large"); /* without what it cost */
    small_shop_close(s);
}

/* Two hundred lines with two hundred options are still one answer. */
static void the_longest_receipt_fits(void **state)
{
    static const struct line_option one[] = { OF(TOPPING, 1) };
    static const char name[] = "\xf0\x9f\xa5\x90\xf0\x9f\xa5\x90\xf0\x9f\xa5\x90\xf0\x9f\xa5\x90\xf0\x9f\xa5\x90"
                               "\xf0\x9f\xa5\x90\xf0\x9f\xa5\x90\xf0\x9f\xa5\x90\xf0\x9f\xa5\x90\xf0\x9f\xa5\x90";
    struct small_shop *s = open_shop();
    struct modifier topping = groups[2];
    const struct modifier_option option = { name, 30, 1, true };
    struct basket_line lines[BASKET_LINES_MAX];
    struct sale_rows sale;
    size_t size = 0;

    (void)state;
    topping.options = &option;
    topping.option_count = 1;
    catalogue_put_modifier(s->catalogue, VERSION, &topping);
    for (size_t i = 0; i < BASKET_LINES_MAX; i++)
        lines[i] = (struct basket_line){ .product_id = CHEESE, .quantity_milli = 10, .choice = { one, 1, 0, false } };
    struct sale_command command = command_of(lines, BASKET_LINES_MAX);
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    struct receipt paper = sale_receipt(&sale, catalogue_shop(s->catalogue, VERSION), zone_utc(), NULL, s->arena);
    for (size_t i = 0; i < paper.count; i++)
        size += 10 + (paper.rows[i].left == NULL ? 0 : strlen(paper.rows[i].left)) +
                (paper.rows[i].right == NULL ? 0 : strlen(paper.rows[i].right));
    assert_true(paper.count < 1000 && size < 30000);
    small_shop_close(s);
}

static void its_entry_has_them_behind_all_else(void **state)
{
    static const uint8_t command_id[16] = { 1 };
    const struct basket_line plain = { .product_id = COOKIE, .quantity_milli = 1000 };
    struct small_shop *s = open_shop();
    struct sale_command command = command_of(both, 2);
    struct sale_rows sale;

    (void)state;
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    struct bytes bytes = sale_bytes(&sale, command_id, s->arena);
    assert_int_equal(bytes.data[0], 4);
    const uint8_t *keyed = bytes.data + bytes.size - 12, *milk = keyed - 21 - 8;
    assert_memory_equal(keyed, "\0\1\0\1", 4); /* one, of line 1 */
    assert_int_equal(get_u64(keyed + 4), 450);
    assert_memory_equal(milk, "\0\0", 2);
    assert_int_equal(get_u64(milk + 2), MILK);
    assert_int_equal(milk[10], 1);
    assert_int_equal(get_u64(milk + 11), 40);
    assert_memory_equal(milk + 19, "\0\10Oat milk", 10);
    command = command_of(&plain, 1);
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale_bytes(&sale, command_id, s->arena).data[0], 3); /* without any it is what it was */
    small_shop_close(s);
}

static void what_is_thrown_away_would_have_cost_it_with_them(void **state)
{
    struct small_shop *s = open_shop();
    struct sale_command command = command_of(both, 2);
    struct voided voided;
    const char *field;

    (void)state;
    assert_int_equal(
        voided_basket(&command.basket, bytes_of_text("left"), s->catalogue, NOW, s->arena, &voided, &field), VOIDED_OK);
    assert_int_equal(voided.lines[0].unit_price_minor, 1190);
    assert_int_equal(voided.lines[0].gross_minor, 2380);
    assert_int_equal(voided.lines[1].gross_minor, 450);
    small_shop_close(s);
}

static void what_asks_is_not_put_in_by_the_usual(void **state)
{
    static const struct usual_line lines[] = { { 2, COOKIE, 1000 }, { 2, CAKE, 1000 }, { 2, ROLL, 1000 },
                                               { 1, COOKIE, 1000 }, { 1, CAKE, 1000 }, { 1, ROLL, 1000 } };
    struct small_shop *s = open_shop();
    struct usual usual = usual_of(lines, 6, s->catalogue, s->arena);

    (void)state;
    assert_int_equal(usual.count, 3);
    assert_int_equal(usual.goods[0].state, USUAL_TAKEN); /* toppings need not be asked for */
    assert_int_equal(usual.goods[1].state, USUAL_ASKS);
    assert_int_equal(usual.goods[2].state, USUAL_ASKS);
    small_shop_close(s);
}

/* ---- offline ---- */

static struct offline_command recorded(const struct sale_command *sale, const struct sale_rows *sold,
                                       struct arena *arena)
{
    struct printed_line *lines = arena_array(arena, sold->line_count, sizeof *lines);
    struct offline_command command = { .sale = *sale, .next_number = 7, .brought_by = 41 };

    for (size_t i = 0; i < sold->line_count; i++)
        lines[i] = (struct printed_line){ .unit_price_minor = sold->lines[i].unit_price_minor,
                                          .gross_minor = sold->lines[i].gross_minor,
                                          .discount_minor = sold->lines[i].discount_minor,
                                          .total_minor = sold->lines[i].total_minor,
                                          .tax_minor = sold->lines[i].tax_minor };
    command.printed = (struct sale_printed){ .lines = lines,
                                             .taxes = sold->taxes.rows,
                                             .line_count = sold->line_count,
                                             .tax_count = sold->taxes.count,
                                             .total_minor = sold->total_minor,
                                             .tax_minor = sold->tax_minor };
    return command;
}

static void sold_offline_they_are_booked_as_printed(void **state)
{
    static const struct line_option none[] = { OF(MILK, 1) };
    struct small_shop *s = open_shop();
    struct staff_state staff = { .id = 41, .role_id = 0 };
    struct tender cash = { .kind = TENDER_CASH, .amount_minor = 2830 };
    struct sale_command command = command_of(both, 2);
    struct offline_till till = { .arena = s->arena,
                                 .catalogue = s->catalogue,
                                 .zone = zone_utc(),
                                 .device_id = TILL,
                                 .till_number = 3,
                                 .shift_id = SHIFT };
    struct sale_rows sold, booked;

    (void)state;
    s->set.staff = &staff;
    s->set.staff_count = 1;
    command.tenders = &cash;
    command.tender_count = 1;
    command.number = 7;
    command.shown_total_minor = 2830;
    assert_int_equal(sale_offline_sell(&command, &till, NOW, &sold), SALE_OK);
    assert_int_equal(sold.option_count, 2);
    struct offline_command record = recorded(&command, &sold, s->arena);
    assert_int_equal(sale_offline_decide(&record, &s->set, s->catalogue, NOW, &booked), SALE_OK);
    assert_int_equal(booked.exception_count, 0);
    assert_int_equal(booked.option_count, 2);
    assert_int_equal(booked.keyed_count, 1);
    assert_int_equal(booked.keyed[0].price_minor, 450);

    /* Oat milk is dearer today: listed, and booked as it was. */
    struct modifier milk = groups[1];
    const struct modifier_option dearer[] = { { "Oat milk", 60, 1, true }, { "Soy milk", 40, 2, true } };
    milk.options = dearer;
    catalogue_put_modifier(s->catalogue, VERSION + 1, &milk);
    catalogue_seal(s->catalogue, VERSION + 1, NOW.us - 1);
    record.sale.number = record.next_number = 8;
    assert_int_equal(sale_offline_decide(&record, &s->set, s->catalogue, NOW, &booked), SALE_OK);
    assert_int_equal(booked.exception_count, 1);
    assert_int_equal(booked.exceptions[0].kind, EXCEPTION_PRICE_CHANGED);
    assert_int_equal(booked.exceptions[0].said, 1190);
    assert_int_equal(booked.exceptions[0].found, 1210);

    /* What no till prints: a cake in no cup. It is no reason to refuse, for the goods are gone. */
    struct basket_line strange[2] = { both[0], both[1] };
    strange[0].choice.options = none;
    strange[0].choice.option_count = 1;
    record.sale.basket.lines = strange;
    record.sale.number = record.next_number = 9;
    assert_int_equal(sale_offline_decide(&record, &s->set, s->catalogue, NOW, &booked), SALE_OK);
    bool listed = false;
    for (size_t i = 0; i < booked.exception_count; i++)
        listed = listed || (booked.exceptions[i].kind == EXCEPTION_CHOICE && booked.exceptions[i].said == 0);
    assert_true(listed);
    small_shop_close(s);
}

/* ---- what a shop may write ---- */

static void what_could_not_be_offered_is_not(void **state)
{
    static const struct modifier_option twice[] = { { "A", 0, 1, true }, { "B", 0, 1, true } };
    static const struct modifier_option off[] = { { "A", 0, 1, false }, { "B", 0, 2, true } };
    static const struct modifier_option far_away[] = { { "A", 0, 21, true } },
                                        dear[] = { { "A", UNIT_PRICE_MAX + 1, 1, true } };

    (void)state;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        assert_true(modifier_valid(&groups[i]));
    assert_false(modifier_valid(&(struct modifier){ .choose_max = 1, .active = true }));
    assert_false(modifier_valid(&(struct modifier){ OPTIONS(twice), .choose_max = 1 }));
    assert_false(modifier_valid(&(struct modifier){ OPTIONS(far_away), .choose_max = 1 }));
    assert_false(modifier_valid(&(struct modifier){ OPTIONS(dear), .choose_max = 1 }));
    assert_false(modifier_valid(&(struct modifier){ OPTIONS(milks), .choose_max = 0 }));
    assert_false(modifier_valid(&(struct modifier){ OPTIONS(milks), .choose_max = 21 }));
    assert_false(modifier_valid(&(struct modifier){ OPTIONS(milks), .choose_min = 2, .choose_max = 1 }));
    assert_false(modifier_valid(&(struct modifier){ OPTIONS(off), .choose_min = 2, .choose_max = 2, .active = true }));
    assert_true(modifier_valid(&(struct modifier){ OPTIONS(off), .choose_min = 2, .choose_max = 2 }));
}

static void ids_are_text_and_ids_again(void **state)
{
    static const int64_t ids[] = { 1, 9007199254740991, 12, 4, 5, 6, 7, 8 };
    struct arena *arena = arena_create(0);
    const int64_t *read;

    (void)state;
    for (size_t count = 0; count <= 8; count++) {
        assert_int_equal(modifier_ids_read(modifier_ids_text(ids, count, arena), arena, &read), count);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(read[i], ids[i]);
    }
    assert_int_equal(modifier_ids_read("1 2 3 4 5 6 7 8 9 10", arena, &read), PRODUCT_MODIFIERS_MAX);
    assert_int_equal(modifier_ids_read("7 x 9", arena, &read), 1);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_as_worked_out),
        cmocka_unit_test(a_receipt_has_room_for_so_many),
        cmocka_unit_test(a_price_stays_within_the_range_of_money),
        cmocka_unit_test(what_is_taken_off_is_off_the_price_with_options),
        cmocka_unit_test(a_reward_is_a_piece_that_costs_something),
        cmocka_unit_test(promotions_are_of_the_price_with_options),
        cmocka_unit_test(a_floor_is_no_higher_than_the_price_with_options),
        cmocka_unit_test(the_receipt_has_them_below_the_line),
        cmocka_unit_test(the_longest_receipt_fits),
        cmocka_unit_test(its_entry_has_them_behind_all_else),
        cmocka_unit_test(what_is_thrown_away_would_have_cost_it_with_them),
        cmocka_unit_test(what_asks_is_not_put_in_by_the_usual),
        cmocka_unit_test(sold_offline_they_are_booked_as_printed),
        cmocka_unit_test(what_could_not_be_offered_is_not),
        cmocka_unit_test(ids_are_text_and_ids_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
