/* What is usual: which goods come back often enough, how many of each, and what cannot be put in as it is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rules/sale.h"
#include "common/rules/usual.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LINES_MAX    24

/* The sales are numbered from the newest down; a test says what each had. */
static void the_goods_of_half_of_the_sales_are_usual(void **state)
{
    struct small_shop *s = small_shop_open();
    const struct {
        const char *what;
        struct usual_line lines[LINES_MAX];
        size_t count;
        uint32_t sales;
        struct usual_good goods[4];
        size_t usual;
    } cases[] = {
        { "nothing was bought yet", { { 0 } }, 0, 0, { { 0 } }, 0 },
        { "once is not usual", { { 9, COOKIE, 1000 } }, 1, 1, { { 0 } }, 0 },
        { "not even twice at once", { { 9, COOKIE, 1000 }, { 9, COOKIE, 1000 } }, 2, 1, { { 0 } }, 0 },
        { "twice is", { { 9, COOKIE, 1000 }, { 8, COOKIE, 1000 } }, 2, 2, { { COOKIE, 1000, 2, USUAL_TAKEN } }, 1 },
        { "two of four are half",
          { { 9, CAKE, 1000 }, { 8, COOKIE, 1000 }, { 7, COOKIE, 1000 }, { 6, ROLL, 1000 } },
          4,
          4,
          { { COOKIE, 1000, 2, USUAL_TAKEN } },
          1 },
        { "two of five are less",
          { { 9, CAKE, 1000 }, { 8, COOKIE, 1000 }, { 7, COOKIE, 1000 }, { 6, ROLL, 1000 }, { 5, GOLD, 1000 } },
          5,
          5,
          { { 0 } },
          0 },
        { "lines of one product in a sale are one quantity",
          { { 9, ROLL, 2000 }, { 9, CAKE, 1000 }, { 9, ROLL, 1000 }, { 8, ROLL, 3000 } },
          4,
          2,
          { { ROLL, 3000, 2, USUAL_TAKEN } },
          1 },
        { "what came back was not taken",
          { { 9, COOKIE, 0 }, { 9, ROLL, 1000 }, { 8, COOKIE, 1000 }, { 8, ROLL, 1000 }, { 7, ROLL, 1000 } },
          5,
          3,
          { { ROLL, 1000, 3, USUAL_TAKEN } },
          1 },
        { "a sale of which all came back is none",
          { { 9, COOKIE, 0 }, { 9, CAKE, -1000 }, { 8, ROLL, 1000 }, { 7, ROLL, 1000 } },
          4,
          2,
          { { ROLL, 1000, 2, USUAL_TAKEN } },
          1 },
        { "the quantity of most sales, not the newest",
          { { 9, ROLL, 1000 }, { 8, ROLL, 4000 }, { 7, ROLL, 4000 } },
          3,
          3,
          { { ROLL, 4000, 3, USUAL_TAKEN } },
          1 },
        { "of quantities that are as frequent the newest",
          { { 9, ROLL, 1000 }, { 8, ROLL, 4000 }, { 7, ROLL, 4000 }, { 6, ROLL, 1000 } },
          4,
          4,
          { { ROLL, 1000, 4, USUAL_TAKEN } },
          1 },
        { "more sales first, of as many the newer one, of the same the lower id",
          { { 9, CAKE, 1000 },
            { 9, ROLL, 1000 },
            { 8, GOLD, 1000 },
            { 8, COOKIE, 1000 },
            { 8, ROLL, 1000 },
            { 7, ROLL, 1000 },
            { 7, CAKE, 1000 },
            { 6, GOLD, 1000 },
            { 6, COOKIE, 1000 } },
          9,
          4,
          { { ROLL, 1000, 3, USUAL_TAKEN },
            { CAKE, 1000, 2, USUAL_TAKEN },
            { COOKIE, 1000, 2, USUAL_TAKEN },
            { GOLD, 1000, 2, USUAL_TAKEN } },
          4 },
        { "sold out, no longer sold, never heard of, weighed: named, not put in",
          { { 9, SOLD_CAKE, 1000 },
            { 9, OLD_CAKE, 1000 },
            { 9, 99, 1000 },
            { 9, CHEESE, 350 },
            { 8, SOLD_CAKE, 1000 },
            { 8, OLD_CAKE, 1000 },
            { 8, 99, 1000 },
            { 8, CHEESE, 410 } },
          8,
          2,
          { { CHEESE, 350, 2, USUAL_WEIGHED },
            { OLD_CAKE, 1000, 2, USUAL_GONE },
            { SOLD_CAKE, 1000, 2, USUAL_SOLD_OUT },
            { 99, 1000, 2, USUAL_GONE } },
          4 },
        { "what was weighed once and is sold by the piece now",
          { { 9, ROLL, 350 }, { 8, ROLL, 350 } },
          2,
          2,
          { { ROLL, 350, 2, USUAL_WEIGHED } },
          1 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct usual usual = usual_of(cases[i].lines, cases[i].count, s->catalogue, s->arena);

        if (usual.sale_count != cases[i].sales || usual.count != cases[i].usual)
            fail_msg("%s: %zu of %u sales", cases[i].what, usual.count, usual.sale_count);
        for (size_t k = 0; k < usual.count; k++)
            if (usual.goods[k].product_id != cases[i].goods[k].product_id ||
                usual.goods[k].quantity_milli != cases[i].goods[k].quantity_milli ||
                usual.goods[k].sale_count != cases[i].goods[k].sale_count ||
                usual.goods[k].state != cases[i].goods[k].state)
                fail_msg("%s: good %zu is %lld of %lld in %u, %d", cases[i].what, k,
                         (long long)usual.goods[k].quantity_milli, (long long)usual.goods[k].product_id,
                         usual.goods[k].sale_count, usual.goods[k].state);
    }
    small_shop_close(s);
}

static void a_basket_of_everything_is_not_usual(void **state)
{
    struct small_shop *s = small_shop_open();
    enum { LINES = USUAL_SALES_MAX * BASKET_LINES_MAX };
    struct usual_line *lines = arena_array(s->arena, LINES, sizeof *lines);

    (void)state;
    for (int64_t i = 0; i < LINES; i++)
        lines[i] = (struct usual_line){ 100 - i / BASKET_LINES_MAX, 1000 + i % BASKET_LINES_MAX, 1000 };
    struct usual usual = usual_of(lines, LINES, s->catalogue, s->arena);
    assert_int_equal(usual.sale_count, USUAL_SALES_MAX);
    assert_int_equal(usual.count, USUAL_GOODS_MAX);
    assert_int_equal(usual.goods[0].product_id, 1000);
    assert_int_equal(usual.goods[USUAL_GOODS_MAX - 1].product_id, 1000 + USUAL_GOODS_MAX - 1);
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_goods_of_half_of_the_sales_are_usual),
        cmocka_unit_test(a_basket_of_everything_is_not_usual),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
