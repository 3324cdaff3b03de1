/* Receipts as text: whole ones, compared byte by byte, on all papers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "seed.h"
#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/print/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct arena *arena;

static const struct receipt_row sale[] = {
    { RECEIPT_ROW_TITLE, "Caroline's Cookies", NULL, 0 },
    { RECEIPT_ROW_CENTRE, "12 Baker Street, 10115 Berlin, on the corner of the market", NULL, 0 },
    { RECEIPT_ROW_RULE, NULL, NULL, 0 },
    { RECEIPT_ROW_PAIR, "3T-000042", "2026-11-22 17:04", 0 },
    { RECEIPT_ROW_TEXT, "Taken away", NULL, 0 },
    { RECEIPT_ROW_RULE, NULL, NULL, 0 },
    { RECEIPT_ROW_PAIR, "Chocolate Cake", "8.95", 0 },
    { RECEIPT_ROW_PAIR, "Grandmother's apple and cinnamon crumble cake, half", "12.50", 0 },
    { RECEIPT_ROW_TEXT, "  2 x 6.25", NULL, 0 },
    { RECEIPT_ROW_PAIR, "  for your points", "-1.20", 0 },
    { RECEIPT_ROW_PAIR, "Éclair 面包 クロワッサン", "3.40", 0 },
    { RECEIPT_ROW_RULE, NULL, NULL, 0 },
    { RECEIPT_ROW_TOTAL, "Total EUR", "23.65", 0 },
    { RECEIPT_ROW_TEXT, NULL, NULL, 0 },
    { RECEIPT_ROW_TEXT, "Thank you. Fresh bread from six in the morning, every day of the year.", NULL, 0 },
    { RECEIPT_ROW_CODE, "3T-000042", NULL, 0 },
};

static void assert_laid_out(const struct receipt_row *rows, size_t count, size_t columns, const char *expected)
{
    const struct receipt receipt = { rows, count };

    assert_string_equal(receipt_text(arena, &receipt, columns), expected);
}

static void a_receipt_on_42_columns(void **state)
{
    (void)state;
    assert_laid_out(sale, COUNT(sale), 42,
                    "            Caroline's Cookies\n"
                    "  12 Baker Street, 10115 Berlin, on the\n"
                    "           corner of the market\n"
                    "------------------------------------------\n"
                    "3T-000042                 2026-11-22 17:04\n"
                    "Taken away\n"
                    "------------------------------------------\n"
                    "Chocolate Cake                        8.95\n"
                    "Grandmother's apple and cinnamon\n"
                    "crumble cake, half                   12.50\n"
                    "  2 x 6.25\n"
                    "  for your points                    -1.20\n"
                    "Éclair 面包 クロワッサン              3.40\n"
                    "------------------------------------------\n"
                    "Total EUR                            23.65\n"
                    "\n"
                    "Thank you. Fresh bread from six in the\n"
                    "morning, every day of the year.\n"
                    "                3T-000042\n");
}

static void a_receipt_on_32_columns(void **state)
{
    (void)state;
    assert_laid_out(sale, COUNT(sale), 32,
                    "       Caroline's Cookies\n"
                    " 12 Baker Street, 10115 Berlin,\n"
                    "  on the corner of the market\n"
                    "--------------------------------\n"
                    "3T-000042       2026-11-22 17:04\n"
                    "Taken away\n"
                    "--------------------------------\n"
                    "Chocolate Cake              8.95\n"
                    "Grandmother's apple and\n"
                    "cinnamon crumble cake,\n"
                    "half                       12.50\n"
                    "  2 x 6.25\n"
                    "  for your points          -1.20\n"
                    "Éclair 面包 クロワッサン    3.40\n"
                    "--------------------------------\n"
                    "Total EUR                  23.65\n"
                    "\n"
                    "Thank you. Fresh bread from six\n"
                    "in the morning, every day of the\n"
                    "year.\n"
                    "           3T-000042\n");
}

static void a_receipt_on_48_columns(void **state)
{
    (void)state;
    assert_laid_out(sale, COUNT(sale), 48,
                    "               Caroline's Cookies\n"
                    "12 Baker Street, 10115 Berlin, on the corner of\n"
                    "                   the market\n"
                    "------------------------------------------------\n"
                    "3T-000042                       2026-11-22 17:04\n"
                    "Taken away\n"
                    "------------------------------------------------\n"
                    "Chocolate Cake                              8.95\n"
                    "Grandmother's apple and cinnamon crumble\n"
                    "cake, half                                 12.50\n"
                    "  2 x 6.25\n"
                    "  for your points                          -1.20\n"
                    "Éclair 面包 クロワッサン                    3.40\n"
                    "------------------------------------------------\n"
                    "Total EUR                                  23.65\n"
                    "\n"
                    "Thank you. Fresh bread from six in the morning,\n"
                    "every day of the year.\n"
                    "                   3T-000042\n");
}

static void odd_rows_keep_their_amounts(void **state)
{
    static const struct receipt_row rows[] = {
        { RECEIPT_ROW_PAIR, "", "1.00", 0 },
        { RECEIPT_ROW_PAIR, NULL, NULL, 0 },
        { RECEIPT_ROW_PAIR, "left only", "", 0 },
        { RECEIPT_ROW_PAIR, "Card", "approved 00123456789 by VISA", 0 }, /* leaves too little */
        { RECEIPT_ROW_PAIR, "Card", "a right text that is longer than the whole paper", 0 },
        { RECEIPT_ROW_PAIR, "Donaudampfschifffahrtsgesellschaft", "2.00", 0 }, /* no space to break at */
        { RECEIPT_ROW_PAIR, "  indented words that go on and on", "-3.00", 0 },
        { RECEIPT_ROW_PAIR, "exactly so many columns it is", "4", 0 },
        { RECEIPT_ROW_PAIR, "面包面包面包面包面包面包面包面包", "5.00", 0 },
        { RECEIPT_ROW_CENTRE, "   ", NULL, 0 },
        { RECEIPT_ROW_TEXT, "                              far in", NULL, 0 },
        { RECEIPT_ROW_TEXT, "end   ", NULL, 0 },
    };

    (void)state;
    assert_laid_out(rows, COUNT(rows), 32,
                    "                            1.00\n"
                    "\n"
                    "left only\n"
                    "Card\n"
                    "    approved 00123456789 by VISA\n"
                    "Card\n"
                    "a right text that is longer than\n"
                    "                 the whole paper\n"
                    "Donaudampfschifffahrtsgesel\n"
                    "lschaft                     2.00\n"
                    "  indented words that go\n"
                    "  on and on                -3.00\n"
                    "exactly so many columns it is  4\n"
                    "面包面包面包面包面包面包面\n"
                    "包面包                      5.00\n"
                    "\n"
                    "          far in\n"
                    "end\n");
}

static void no_rows_make_no_text(void **state)
{
    (void)state;
    assert_laid_out(NULL, 0, 42, "");
}

/* A line is never wider than the paper, nor ends with a space; every row's amount stands at the end of a line. */
static void check_lines(char *text, const struct receipt_row *rows, size_t count, size_t columns)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == RECEIPT_ROW_PAIR) {
            char *amount = strstr(text, rows[i].right);
            assert_non_null(amount);
            assert_int_equal(amount[strlen(rows[i].right)], '\n');
        }
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        assert_true(text_columns(line) <= columns);
        assert_true(end == line || end[-1] != ' ');
    }
}

static void any_receipt_stays_on_its_paper(void **state)
{
    static const char *const pieces[] = { "a",
                                          "bread ",
                                          " ",
                                          "é",
                                          "e\u0301",
                                          "面",
                                          "🥐",
                                          "\u200D",
                                          "0123456789012",
                                          "👨\u200D👩\u200D👧\u200D👦",
                                          "ー",
                                          "  ",
                                          "\u1112\u1161\u11AB" };
    static const size_t papers[] = { RECEIPT_COLUMNS_LEAST, 32, 42, 48 };
    const uint64_t seed = test_seed();
    unsigned short random[3] = { (unsigned short)seed, (unsigned short)(seed >> 16), 16 };

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct receipt_row rows[8];
        const struct receipt receipt = { rows, COUNT(rows) };
        const size_t columns = papers[round % 4];
        arena_reset(arena);
        for (size_t i = 0; i < COUNT(rows); i++) {
            char left[800] = "";
            for (long n = nrand48(random) % 25; n > 0; n--)
                strcat(left, pieces[(size_t)nrand48(random) % COUNT(pieces)]);
            rows[i].kind = (enum receipt_row_kind)(nrand48(random) % 7);
            rows[i].left = arena_text(arena, left);
            rows[i].right = arena_format(arena, "<%ld.%zu>", nrand48(random) % 1000000, i);
        }
        check_lines(receipt_text(arena, &receipt, columns), rows, COUNT(rows), columns);
    }
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_create(0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_on_42_columns), cmocka_unit_test(a_receipt_on_32_columns),
        cmocka_unit_test(a_receipt_on_48_columns), cmocka_unit_test(odd_rows_keep_their_amounts),
        cmocka_unit_test(no_rows_make_no_text),    cmocka_unit_test(any_receipt_stays_on_its_paper),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
