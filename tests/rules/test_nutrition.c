/* What a nutrition declaration may say: rows as they stand on labels, and such as cannot be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/arena.h"
#include "common/rules/catalogue.h"
#include "common/rules/nutrition.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NO           NUTRIENT_UNKNOWN

static void what_100_g_can_hold(void **state)
{
    (void)state;
    const struct {
        const char *what;
        struct nutrition given; /* kJ, kcal, fat, saturates, carbohydrate, sugars, protein, salt */
        enum nutrition_verdict verdict;
        enum nutrient at;
    } rows[] = {
        { "nothing is known", { { NO, NO, NO, NO, NO, NO, NO, NO } }, NUTRITION_OK, 0 },
        { "water", { { 0, 0, 0, 0, 0, 0, 0, 0 } }, NUTRITION_OK, 0 },
        { "a croissant", { { 1700, 406, 21000, 12000, 46000, 11000, 8000, 900 } }, NUTRITION_OK, 0 },
        { "a rye roll", { { 1004, 237, 1100, 200, 46700, 2300, 6400, 1300 } }, NUTRITION_OK, 0 },
        /* Annex XIV: 37 kJ or 9 kcal a gram of fat, 17 or 4 of carbohydrate and protein, 8 or 2 of fibre, 29 or 7 of alcohol */
        { "butter", { { 3059, 744, 82000, 52000, 600, 600, 700, 20 } }, NUTRITION_OK, 0 },
        { "fat alone", { { 3700, 900, 100000, 9000, 0, 0, 0, 0 } }, NUTRITION_OK, 0 },
        { "sugar alone", { { 1700, 400, 0, 0, 100000, 100000, 0, 0 } }, NUTRITION_OK, 0 },
        { "fibre alone", { { 800, 200, 0, 0, 0, 0, 0, 0 } }, NUTRITION_OK, 0 },
        { "salt alone", { { 0, 0, 0, 0, 0, 0, 0, 100000 } }, NUTRITION_OK, 0 },
        { "rounded to nothing", { { 4, 0, NO, NO, NO, NO, NO, NO } }, NUTRITION_OK, 0 },
        { "rounded to one", { { 1, 1, NO, NO, NO, NO, NO, NO } }, NUTRITION_OK, 0 },
        { "energy alone", { { 1700, NO, NO, NO, NO, NO, NO, NO } }, NUTRITION_OK, 0 },
        { "sugars of a carbohydrate that nobody knows", { { NO, NO, NO, NO, NO, 90000, NO, NO } }, NUTRITION_OK, 0 },
        { "all of the fat saturated", { { NO, NO, 5000, 5000, NO, NO, NO, NO } }, NUTRITION_OK, 0 },

        { "too many kJ", { { 3701, NO, NO, NO, NO, NO, NO, NO } }, NUTRITION_TOO_MUCH, NUTRIENT_ENERGY_KJ },
        { "too many kcal", { { NO, 901, NO, NO, NO, NO, NO, NO } }, NUTRITION_TOO_MUCH, NUTRIENT_ENERGY_KCAL },
        { "101 g of fat", { { NO, NO, 101000, NO, NO, NO, NO, NO } }, NUTRITION_TOO_MUCH, NUTRIENT_FAT },
        { "too much salt", { { NO, NO, NO, NO, NO, NO, NO, 100001 } }, NUTRITION_TOO_MUCH, NUTRIENT_SALT },
        { "a part above all of it",
          { { NO, NO, 5000, 5001, NO, NO, NO, NO } },
          NUTRITION_SATURATES,
          NUTRIENT_SATURATES },
        { "saturates without fat", { { NO, NO, 0, 1, NO, NO, NO, NO } }, NUTRITION_SATURATES, NUTRIENT_SATURATES },
        { "sugars above carbohydrate", { { NO, NO, NO, NO, 10, 11, NO, NO } }, NUTRITION_SUGARS, NUTRIENT_SUGARS },
        { "100 g and a milligram", { { NO, NO, 40000, NO, 40000, NO, 19000, 1001 } }, NUTRITION_SUM, NUTRIENT_SALT },
        { "sugars count where carbohydrate is not known",
          { { NO, NO, 50000, NO, NO, 50001, NO, NO } },
          NUTRITION_SUM,
          NUTRIENT_SALT },
        { "kJ and kcal changed about",
          { { 406, 900, NO, NO, NO, NO, NO, NO } },
          NUTRITION_ENERGY,
          NUTRIENT_ENERGY_KCAL },
        { "kcal said twice", { { 406, 406, NO, NO, NO, NO, NO, NO } }, NUTRITION_ENERGY, NUTRIENT_ENERGY_KCAL },
        { "more than 5 % and 1 kcal off",
          { { 1700, 428, NO, NO, NO, NO, NO, NO } },
          NUTRITION_ENERGY,
          NUTRIENT_ENERGY_KCAL },
        { "as much, just within", { { 1700, 427, NO, NO, NO, NO, NO, NO } }, NUTRITION_OK, 0 },
        { "too few", { { 1700, 384, NO, NO, NO, NO, NO, NO } }, NUTRITION_ENERGY, NUTRIENT_ENERGY_KCAL },
        { "few, just within", { { 1700, 385, NO, NO, NO, NO, NO, NO } }, NUTRITION_OK, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum nutrient at;
        enum nutrition_verdict verdict = nutrition_check(&rows[i].given, &at);

        if (verdict != rows[i].verdict || (verdict != NUTRITION_OK && at != rows[i].at))
            fail_msg("%s: verdict %d at %d", rows[i].what, (int)verdict, (int)at);
    }
}

static void as_text_and_back(void **state)
{
    (void)state;
    const struct {
        const char *text;
        struct nutrition nutrition;
    } rows[] = {
        { "", { { NO, NO, NO, NO, NO, NO, NO, NO } } },
        { "0 0 0 0 0 0 0 0", { { 0, 0, 0, 0, 0, 0, 0, 0 } } },
        { "1700 406 21000 - 46000 11000 8000 900", { { 1700, 406, 21000, NO, 46000, 11000, 8000, 900 } } },
        { "- - - - - - - 1", { { NO, NO, NO, NO, NO, NO, NO, 1 } } },
    };
    char text[NUTRITION_TEXT];

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct nutrition read;

        assert_string_equal(nutrition_text(&rows[i].nutrition, text), rows[i].text);
        assert_true(nutrition_read(rows[i].text, &read));
        for (size_t k = 0; k < COUNT(rows); k++)
            assert_int_equal(nutrition_same(&read, &rows[k].nutrition), k == i);
    }
}

static void what_is_no_such_text_is_nothing(void **state)
{
    (void)state;
    const char *const texts[] = { " ",
                                  "1",
                                  "1 2 3 4 5 6 7",
                                  "1 2 3 4 5 6 7 8 9",
                                  "1 2 3 4 5 6 7 8 ",
                                  "1  2 3 4 5 6 7 8",
                                  "1 2 3 4 5 6 7 -8",
                                  "1 2 3 4 5 6 7 +8",
                                  "1 2 3 4 5 6 7 99999999999999999999",
                                  "1 2 3 4 5 6 7 100001",
                                  "a b c d e f g h" };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct nutrition read = { { 1, 1, 1, 1, 1, 1, 1, 1 } };

        if (nutrition_read(texts[i], &read) || nutrition_known(&read))
            fail_msg("'%s' was read", texts[i]);
    }
}

/* A state is one block: what it points to is its own. */
static void a_catalogue_keeps_it_with_its_product(void **state)
{
    (void)state;
    struct catalogue *catalogue = catalogue_create();
    struct nutrition croissant = { { 1700, 406, 21000, 12000, 46000, 11000, 8000, 900 } };
    struct product product = {
        .id = 5, .name = "Croissant", .nutrition = &croissant, .rating_hundredths = 450, .rating_count = 2
    };

    catalogue_put_product(catalogue, 1, &product);
    catalogue_seal(catalogue, 1, 0);
    croissant = nutrition_unknown();
    product.nutrition = NULL;
    product.rating_count = 3;
    catalogue_put_product(catalogue, 2, &product);
    catalogue_seal(catalogue, 2, 0);

    const struct product *then = catalogue_product(catalogue, 1, 5), *now = catalogue_product(catalogue, 2, 5);
    assert_int_equal(then->nutrition->of[NUTRIENT_SALT], 900);
    assert_int_equal(then->rating_count, 2);
    assert_string_equal(then->name, "Croissant");
    assert_null(now->nutrition);
    assert_int_equal(now->rating_count, 3);
    catalogue_destroy(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_100_g_can_hold),
        cmocka_unit_test(as_text_and_back),
        cmocka_unit_test(what_is_no_such_text_is_nothing),
        cmocka_unit_test(a_catalogue_keeps_it_with_its_product),
    };
    return cmocka_run_group_tests_name("nutrition", tests, NULL, NULL);
}
