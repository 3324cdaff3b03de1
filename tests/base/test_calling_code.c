/* National phone numbers: what is dialled at home alone falls away behind the country's code, and nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "common/base/calling_code.h"

static int begin(void **state)
{
    *state = arena_create(0);
    return 0;
}

static int end(void **state)
{
    arena_destroy(*state);
    return 0;
}

static const struct {
    const char *code, *written, *key; /* NULL: refused */
} cases[] = {
    { "49", "0171 1234567", "+491711234567" },
    { "49", "171 1234567", "+491711234567" },
    { "49", "+49 171 1234567", "+491711234567" },
    { "49", "0049 171 1234567", "+491711234567" },
    { "49", "030/123456", "+4930123456" },
    { "49", "+1 805 555 0199", "+18055550199" },
    { "49", "001 805 555 0199", "+18055550199" },
    { "1", "8055550199", "+18055550199" },
    { "1", "(805) 555-0199", "+18055550199" },
    { "1", "1 805 555 0199", "+18055550199" },
    { "1", "+1 805 555 0199", "+18055550199" },
    { "1", "0049 171 1234567", "+491711234567" },
    { "1", "555-0199", "5550199" },        /* which town's? */
    { "1", "28055550199", "28055550199" }, /* eleven digits, and no 1 */
    { "44", "020 7946 0958", "+442079460958" },
    { "33", "06 12 34 56 78", "+33612345678" },
    { "39", "06 69812345", "+390669812345" },
    { "39", "312 345 6789", "+393123456789" },
    { "378", "0549 886377", "+3780549886377" },
    { "225", "01 23 45 67 89", "+2250123456789" },
    { "229", "01 95 12 34 56", "+2290195123456" },
    { "242", "06 123 4567", "+242061234567" },
    { "7", "8 (912) 345-67-89", "+79123456789" },
    { "7", "912 345 67 89", "+79123456789" },
    { "7", "8123456789", "+78123456789" }, /* Saint Petersburg's 812 */
    { "36", "06 20 123 4567", "+36201234567" },
    { "36", "20 123 4567", "+36201234567" },
    { "370", "8 612 34567", "+37061234567" },
    { "370", "0 612 34567", "+37061234567" },
    { "370", "612 34567", "+37061234567" },
    { "375", "8 029 491 19 11", "+375294911911" },
    { "375", "8 29 491 19 11", "+375294911911" },
    { "375", "029 491 19 11", "+375294911911" },
    { "692", "1 247 1234", "+6922471234" },
    { "993", "8 66 123456", "+99366123456" },
    { "34", "612 34 56 78", "+34612345678" },     /* no trunk prefix, and no number with a 0 in front */
    { "49", "12345678901234", "12345678901234" }, /* with the code: more than E.164's fifteen digits */
    { "", "0171 1234567", "01711234567" },
    { "", "(805) 555-0199", "8055550199" },
    { "", "+1 805 555 0199", "+18055550199" },
    { "1", "call me", NULL },
    { "1", "12", NULL },
    { "49", "", NULL },
};

static void a_number_is_one_however_it_is_dialled(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *key = phone_international(*state, bytes_of_text(cases[i].written), cases[i].code);
        if (!key != !cases[i].key || (key && strcmp(key, cases[i].key) != 0))
            fail_msg("\"%s\" in %s becomes \"%s\"", cases[i].written, cases[i].code, key ? key : "nothing");
    }
}

static void what_a_number_was_before_the_code_is_among_its_dialled_forms(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *before = phone_international(*state, bytes_of_text(cases[i].written), "");
        const char *forms[PHONE_FORMS_MAX];
        if (!cases[i].key || cases[i].key[0] != '+' || before[0] == '+')
            continue;
        size_t count = phone_dialled_forms(*state, cases[i].key, cases[i].code, forms);
        bool found = false;
        for (size_t f = 0; f < count; f++)
            found = found || strcmp(forms[f], before) == 0;
        if (!found)
            fail_msg("\"%s\" of %s is no form of %s", before, cases[i].code, cases[i].key);
    }
    const char *none[PHONE_FORMS_MAX];
    assert_int_equal(phone_dialled_forms(*state, "+491711234567", "1", none), 0);
    assert_int_equal(phone_dialled_forms(*state, "+491711234567", "", none), 0);
    assert_int_equal(phone_dialled_forms(*state, "5550199", "1", none), 0);
}

static void a_calling_code_is_one_by_its_length(void **state)
{
    static const struct {
        const char *text, *code; /* NULL: none */
    } codes[] = {
        { "49", "49" },   { "+49", "49" },  { "1", "1" },     { "7", "7" },    { "39", "39" },
        { "378", "378" }, { "", "" },       { "+", NULL },    { "0", NULL },   { "4", NULL },
        { "490", NULL },  { "12", NULL },   { "38", NULL },   { "049", NULL }, { "4a", NULL },
        { "++1", NULL },  { "0049", NULL }, { "4900", NULL }, { " 49", NULL }, { "-1", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char code[CALLING_CODE_SIZE] = "";
        bool is = calling_code_read(bytes_of_text(codes[i].text), code);
        if (is != (codes[i].code != NULL) || (is && strcmp(code, codes[i].code) != 0))
            fail_msg("\"%s\" reads as %s", codes[i].text, is ? code : "none");
    }
}

/* Who types a number as the example has it is understood. */
static void an_example_is_a_whole_number(void **state)
{
    static const char *const codes[] = { "1", "33", "44", "49", "61" };
    struct arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const char *whole = phone_international(arena, bytes_of_text(phone_example(codes[i])), codes[i]);
        assert_non_null(whole);
        assert_int_equal(whole[0], '+');
        assert_memory_equal(whole + 1, codes[i], strlen(codes[i]));
        assert_int_not_equal(whole[1 + strlen(codes[i])], '0'); /* what is dialled at home alone is gone */
    }
    assert_null(phone_example("999"));
    assert_null(phone_example(""));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_example_is_a_whole_number),
        cmocka_unit_test_setup_teardown(a_number_is_one_however_it_is_dialled, begin, end),
        cmocka_unit_test_setup_teardown(what_a_number_was_before_the_code_is_among_its_dialled_forms, begin, end),
        cmocka_unit_test(a_calling_code_is_one_by_its_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
