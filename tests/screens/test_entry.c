/* The entry line of the counter, case by case. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "client/counter/entry.h"

static void what_is_typed_is_understood(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum entry_kind kind;
        int64_t quantity_milli;
        const char *rest;
    } cases[] = {
        { "", ENTRY_EMPTY, 1000, "" },
        { "   ", ENTRY_EMPTY, 1000, "" },
        { "112", ENTRY_CODE, 1000, "112" },
        { " 112 ", ENTRY_CODE, 1000, "112 " },
        { "3 × 112", ENTRY_CODE, 3000, "112" },
        { "3*112", ENTRY_CODE, 3000, "112" },
        { "3x112", ENTRY_CODE, 3000, "112" },
        { "3X 112", ENTRY_CODE, 3000, "112" },
        { "0,350*118", ENTRY_CODE, 350, "118" },
        { "1.5 x 118", ENTRY_CODE, 1500, "118" },
        { "3x", ENTRY_QUANTITY, 3000, "" },
        { "3 × ", ENTRY_QUANTITY, 3000, "" },
        { "3 × croi", ENTRY_SEARCH, 3000, "croi" },
        { "croissant", ENTRY_SEARCH, 1000, "croissant" },
        { "7 grain roll", ENTRY_SEARCH, 1000, "7 grain roll" },
        { "xmas", ENTRY_SEARCH, 1000, "xmas" },
        { "é", ENTRY_SEARCH, 1000, "é" },
        { "0x112", ENTRY_WRONG, 0, "112" },
        { "1.2.3x112", ENTRY_WRONG, 1000, "112" },
        { "9999999999999x1", ENTRY_WRONG, 1000, "1" },
        { "1000000x1", ENTRY_CODE, 1000000000, "1" },
        { "1000001x1", ENTRY_WRONG, 1000001000, "1" },
        { "3xx112", ENTRY_SEARCH, 3000, "x112" },
        { "4006381333931", ENTRY_CODE, 1000, "4006381333931" },
        { "2d112", ENTRY_CODE, 24000, "112" },
        { "0.5d112", ENTRY_CODE, 6000, "112" },
        { "1D 112", ENTRY_CODE, 12000, "112" },
        { "2d", ENTRY_QUANTITY, 24000, "" },
        { "2dx", ENTRY_QUANTITY, 24000, "" },
        { "2dxcroi", ENTRY_SEARCH, 24000, "croi" },
        { "1d × croi", ENTRY_SEARCH, 12000, "croi" },
        { "3 dinkel", ENTRY_SEARCH, 1000, "3 dinkel" },
        { "3dinkel", ENTRY_SEARCH, 1000, "3dinkel" },
        { "3 d112", ENTRY_SEARCH, 1000, "3 d112" },
        { "d112", ENTRY_SEARCH, 1000, "d112" },
        { "0d112", ENTRY_WRONG, 0, "112" },
        { "83333d1", ENTRY_CODE, 999996000, "1" },
        { "83334d1", ENTRY_WRONG, 1000008000, "1" },
        { "999999999999d1", ENTRY_WRONG, 1000, "1" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct entry entry = entry_parse(cases[i].text);
        if (entry.kind != cases[i].kind || strcmp(entry.rest, cases[i].rest) != 0 ||
            (entry.kind != ENTRY_WRONG && entry.quantity_milli != cases[i].quantity_milli))
            fail_msg("'%s': kind %d, quantity %lld, rest '%s'", cases[i].text, (int)entry.kind,
                     (long long)entry.quantity_milli, entry.rest);
    }
}

/* A number alone is how much there is, and never a product's; less than nothing there is not. */
static void where_a_weight_is_asked_for_a_number_is_one(void **state)
{
    static const struct {
        const char *text;
        enum entry_kind kind;
        int64_t quantity_milli; /* of what is right */
    } cases[] = {
        { "0.35", ENTRY_QUANTITY, 350 },   { " 112 ", ENTRY_QUANTITY, 112000 }, { "0", ENTRY_WRONG, 0 },
        { "-1", ENTRY_WRONG, 0 },          { "-0.35", ENTRY_WRONG, 0 },         { " - 112", ENTRY_WRONG, 0 },
        { "1.2.3", ENTRY_WRONG, 0 },       { "3x112", ENTRY_CODE, 3000 },       { "-5x900", ENTRY_CODE, -5000 },
        { "croi", ENTRY_SEARCH, 1000 },    { "", ENTRY_EMPTY, 1000 },           { "-", ENTRY_SEARCH, 1000 },
        { "0.35kg", ENTRY_QUANTITY, 350 }, { "0,35 KG ", ENTRY_QUANTITY, 350 }, { "0.35k", ENTRY_QUANTITY, 350 },
        { "0kg", ENTRY_WRONG, 0 },         { "0.35 l", ENTRY_SEARCH, 1000 },    { "2kornkg", ENTRY_SEARCH, 1000 },
        { "kg", ENTRY_SEARCH, 1000 },      { "0.35kgx", ENTRY_SEARCH, 1000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct entry entry = entry_parse_weight(cases[i].text, "kg");
        if (entry.kind != cases[i].kind ||
            (entry.kind != ENTRY_WRONG && entry.quantity_milli != cases[i].quantity_milli))
            fail_msg("'%s': kind %d, quantity %lld", cases[i].text, (int)entry.kind, (long long)entry.quantity_milli);
    }
}

static void plus_have_up_to_six_digits(void **state)
{
    (void)state;
    assert_int_equal(entry_plu("112"), 112);
    assert_int_equal(entry_plu("000112"), 112);
    assert_int_equal(entry_plu("999999"), 999999);
    assert_int_equal(entry_plu("1000000"), 0);
    assert_int_equal(entry_plu("4006381333931"), 0);
    assert_int_equal(entry_plu("0"), 0);
    assert_int_equal(entry_plu("12a"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_typed_is_understood),
        cmocka_unit_test(where_a_weight_is_asked_for_a_number_is_one),
        cmocka_unit_test(plus_have_up_to_six_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
