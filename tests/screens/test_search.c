/* Finding by any part of a name, in a small shop and in one of 100,000 products. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <time.h>
#include <cmocka.h>

#include "bakery.h"
#include "client/goods/search.h"

static struct search *indexed(const struct catalogue *catalogue)
{
    struct search *search = search_create();
    search_begin(search, catalogue);
    while (!search_step(search, 1000))
        ;
    return search;
}

static void any_part_accents_and_case_aside(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t total;
        int64_t first;
    } cases[] = {
        { "eclair", 1, BAKERY_ECLAIR },
        { "ÉCLAIR", 1, BAKERY_ECLAIR },
        { "choc", 2, 3 }, /* begins with it: first */
        { "cake choc", 1, 3 },
        { "lair", 1, BAKERY_ECLAIR },
        { "クッキー", 1, 5 },
        { "rye weight", 1, BAKERY_BREAD },
        { "zzz", 0, 0 },
        { "  ", 0, 0 },
        { "o", 5, 0 },
    };
    struct catalogue *catalogue = bakery_create();
    struct search *search = indexed(catalogue);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct search_result result;
        search_find(search, cases[i].text, &result);
        if (result.total != cases[i].total || (cases[i].first != 0 && result.ids[0] != cases[i].first))
            fail_msg("'%s': %zu found, first %lld", cases[i].text, result.total, (long long)result.ids[0]);
    }
    search_destroy(search);
    catalogue_destroy(catalogue);
}

static void what_is_indexed_so_far_is_found(void **state)
{
    (void)state;
    struct catalogue *catalogue = bakery_create();
    struct search *search = search_create();
    struct search_result result;

    search_find(search, "croissant", &result);
    assert_int_equal(result.total, 0);
    search_begin(search, catalogue);
    search_step(search, 1);
    search_find(search, "croissant", &result);
    assert_int_equal(result.total, 1);
    assert_true(result.partial);
    search_step(search, 100);
    search_find(search, "croissant", &result);
    assert_false(result.partial);
    /* Building anew, the old index answers. */
    search_begin(search, catalogue);
    search_find(search, "almond", &result);
    assert_int_equal(result.total, 1);
    search_begin(search, NULL);
    search_find(search, "almond", &result);
    assert_int_equal(result.total, 0);
    search_destroy(search);
    catalogue_destroy(catalogue);
}

static double ms_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A key has 16 ms. The bar is for the sanitized build, of CPU: others on the machine do not count. The figures printed are the news. */
static void a_hundred_thousand_products_answer_at_every_key(void **state)
{
    (void)state;
    static const char *const typed[] = { "c", "cr",   "cre", "crem", "creme", "creme t", "creme tarte 77",
                                         "o", "zzzz", "99" };
    struct catalogue *catalogue = bakery_create();
    bakery_add(catalogue, 100, 100000);

    double start = ms_now();
    struct search *search = indexed(catalogue);
    printf("index of 100,000 products: %.1f ms\n", ms_now() - start);
    double worst = 0;
    for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
        struct search_result result;
        start = ms_now();
        search_find(search, typed[i], &result);
        double took = ms_now() - start;
        printf("'%s': %zu found in %.2f ms\n", typed[i], result.total, took);
        worst = took > worst ? took : worst;
    }
    assert_true(worst < 50);
    search_destroy(search);
    catalogue_destroy(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_part_accents_and_case_aside),
        cmocka_unit_test(what_is_indexed_so_far_is_found),
        cmocka_unit_test(a_hundred_thousand_products_answer_at_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
