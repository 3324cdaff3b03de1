/* Options and keyed prices at their edges: what a shop may write, more than a line may have, and what is gone meanwhile. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/rules/modifier.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { MILK = 81, SYRUP, GONE, OPTIONS = MODIFIER_OPTIONS_MAX };

/* ---- what a shop may write ---- */

static const struct {
    const char *name;
    size_t option_count;
    struct modifier_option first;
    uint32_t choose_min, choose_max;
    bool valid;
} written[] = {
    { "one option", 1, { "A", 0, 1, true }, 0, 1, true },
    { "none", 0, { "A", 0, 1, true }, 0, 1, false },
    { "as many as there may be", OPTIONS, { "A", 0, 1, true }, 0, 1, true },
    { "one more", OPTIONS + 1, { "A", 0, 1, true }, 0, 1, false },
    { "a first number of 0", 1, { "A", 0, 0, true }, 0, 1, false },
    { "the last number", 1, { "A", 0, OPTIONS, true }, 0, 1, true },
    { "a number beyond it", 1, { "A", 0, OPTIONS + 1, true }, 0, 1, false },
    { "the dearest", 1, { "A", UNIT_PRICE_MAX, 1, true }, 0, 1, true },
    { "dearer", 1, { "A", UNIT_PRICE_MAX + 1, 1, true }, 0, 1, false },
    { "the most off", 1, { "A", -UNIT_PRICE_MAX, 1, true }, 0, 1, true },
    { "more off", 1, { "A", -UNIT_PRICE_MAX - 1, 1, true }, 0, 1, false },
    { "none may be chosen", 1, { "A", 0, 1, true }, 0, 0, false },
    { "more may be chosen than there can be", 1, { "A", 0, 1, true }, 0, OPTIONS + 1, false },
    { "more have to be chosen than may be", 1, { "A", 0, 1, true }, 2, 1, false },
    { "more have to be chosen than there are", 1, { "A", 0, 1, true }, 2, 2, false },
    { "the only one is not offered", 1, { "A", 0, 1, false }, 1, 1, false },
};

static void B37_each_may_be_written_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(written); i++) {
        struct modifier_option options[OPTIONS + 1];
        const struct modifier modifier = { .name = "Milk",
                                           .options = options,
                                           .option_count = written[i].option_count,
                                           .choose_min = written[i].choose_min,
                                           .choose_max = written[i].choose_max,
                                           .active = true };

        options[0] = written[i].first;
        for (uint32_t at = 1; at <= OPTIONS; at++)
            options[at] = (struct modifier_option){ .name = "B", .number = at + 1, .active = true };
        if (modifier_valid(&modifier) != written[i].valid)
            fail_msg("%s", written[i].name);
    }
}

/* ---- what may be chosen ---- */

/* The cake has milks and syrups, and a modifier that the catalogue does not have; the roll's price is keyed. */
static struct small_shop *open_shop(void)
{
    static const int64_t ids[] = { GONE, MILK, SYRUP };
    struct modifier_option options[OPTIONS];
    struct small_shop *s = small_shop_open();
    struct product cake = *catalogue_product(s->catalogue, VERSION, CAKE);
    struct product roll = *catalogue_product(s->catalogue, VERSION, ROLL);

    for (uint32_t i = 0; i < OPTIONS; i++)
        options[i] = (struct modifier_option){ .name = "A", .price_minor = 1, .number = i + 1, .active = true };
    for (int64_t id = MILK; id <= SYRUP; id++)
        catalogue_put_modifier(s->catalogue, VERSION,
                               &(struct modifier){ .id = id,
                                                   .name = id == MILK ? "Milk" : "Syrup",
                                                   .options = options,
                                                   .option_count = OPTIONS,
                                                   .choose_max = OPTIONS,
                                                   .active = true });
    cake.modifier_ids = ids;
    cake.modifier_count = 3;
    roll.open_price = true;
    roll.open_max_minor = MINOR_MAX;
    catalogue_put_product(s->catalogue, VERSION, &cake);
    catalogue_put_product(s->catalogue, VERSION, &roll);
    return s;
}

/* So many options of the cake: the milks, then the syrups. */
static const struct {
    const char *name;
    size_t count;
    enum sale_verdict verdict;
    const char *sentence;
    int64_t unit_minor;
} chosen[] = {
    { "none", 0, SALE_OK, NULL, 900 },
    { "all milks", OPTIONS, SALE_OK, NULL, 920 },
    { "one syrup more than a line may have", OPTIONS + 1, SALE_TOO_MANY_OPTIONS,
      "line 1, Cake: of all at most 20 may be chosen", 0 },
};

static void B37_a_line_has_so_many_options(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(chosen); i++) {
        struct small_shop *s = open_shop();
        struct line_option options[LINE_OPTIONS_MAX + 1];
        const struct basket_line line = { .product_id = CAKE,
                                          .quantity_milli = 1000,
                                          .choice = { .options = options, .option_count = chosen[i].count } };
        const struct sale_command command = {
            .aim = SALE_TO_PRICE, .basket = { .catalogue_version = VERSION, .lines = &line, .line_count = 1 }
        };
        struct sale_rows rows;

        for (uint32_t at = 0; at <= LINE_OPTIONS_MAX; at++)
            options[at] = (struct line_option){ at < OPTIONS ? MILK : SYRUP, 1 + at % OPTIONS };
        enum sale_verdict verdict = sale_decide(&command, &s->set, NOW, &rows);
        if (verdict != chosen[i].verdict)
            fail_msg("%s: verdict %d", chosen[i].name, (int)verdict);
        if (verdict == SALE_OK)
            assert_int_equal(rows.lines[0].unit_price_minor, chosen[i].unit_minor);
        else
            assert_string_equal(rows.sentence, chosen[i].sentence);
        small_shop_close(s);
    }
}

/* Whatever a line names: those beyond the last that it may have cost nothing, and no number leaves its range. */
static void B37_what_is_beyond_a_line_s_options_costs_nothing(void **state)
{
    struct small_shop *s = open_shop();
    struct line_option options[LINE_OPTIONS_MAX + 5];
    const struct product *cake = catalogue_product(s->catalogue, VERSION, CAKE);
    const struct line_choice choice = { .options = options, .option_count = COUNT(options) };

    (void)state;
    for (size_t i = 0; i < COUNT(options); i++)
        options[i] = (struct line_option){ MILK, 1 };
    assert_int_equal(choice_unit_minor(&choice, cake, s->catalogue, VERSION), 900 + LINE_OPTIONS_MAX);
    small_shop_close(s);
}

/* What is gone is not asked for. */
static void B37_a_modifier_that_is_gone_is_none(void **state)
{
    struct small_shop *s = open_shop();
    const struct modifier *found[PRODUCT_MODIFIERS_MAX];

    (void)state;
    assert_int_equal(modifiers_of(catalogue_product(s->catalogue, VERSION, CAKE), s->catalogue, VERSION, found), 2);
    assert_int_equal(found[0]->id, MILK);
    assert_int_equal(found[1]->id, SYRUP);
    small_shop_close(s);
}

/* A price counts within the range of a unit's, however far the product's own bounds go. */
static void B37_a_keyed_price_counts_within_the_range(void **state)
{
    static const struct {
        struct line_choice choice;
        int64_t product_id;
        bool keyed;
        int64_t unit_minor;
    } rows[] = {
        { { .keyed = true, .keyed_minor = 0 }, ROLL, true, 0 },
        { { .keyed = true, .keyed_minor = UNIT_PRICE_MAX }, ROLL, true, UNIT_PRICE_MAX },
        { { .keyed = true, .keyed_minor = UNIT_PRICE_MAX + 1 }, ROLL, false, 45 },
        { { .keyed = true, .keyed_minor = -1 }, ROLL, false, 45 },
        { { .keyed = false, .keyed_minor = 100 }, ROLL, false, 45 },
        { { .keyed = true, .keyed_minor = 100 }, CAKE, false, 900 },
    };
    struct small_shop *s = open_shop();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct product *product = catalogue_product(s->catalogue, VERSION, rows[i].product_id);

        assert_int_equal(choice_is_keyed(&rows[i].choice, product), rows[i].keyed);
        assert_int_equal(choice_unit_minor(&rows[i].choice, product, s->catalogue, VERSION), rows[i].unit_minor);
    }
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B37_each_may_be_written_or_not),
        cmocka_unit_test(B37_a_line_has_so_many_options),
        cmocka_unit_test(B37_what_is_beyond_a_line_s_options_costs_nothing),
        cmocka_unit_test(B37_a_modifier_that_is_gone_is_none),
        cmocka_unit_test(B37_a_keyed_price_counts_within_the_range),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
