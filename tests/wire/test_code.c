/* Enrolment codes: what is shown can be typed in, however it is typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/wire/code.h"

static const struct enrolment_code counted = {
    .fingerprint = { 0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf },
    .secret = { 0x84, 0x65, 0x3a, 0x56, 0xd7 },
};

/* The bytes above are the digits 0 to 23 in five bits each, worked by hand. */
static void writes_the_digits_in_groups_of_four(void **state)
{
    (void)state;
    char text[CODE_TEXT];
    assert_string_equal(code_format(text, &counted), "0123-4567-89AB-CDEF-GHJK-MNPQ");
}

static void reads_what_it_wrote_whatever_the_bytes(void **state)
{
    (void)state;
    uint32_t seed = 2026;
    for (int round = 0; round < 1000; round++) {
        struct enrolment_code code, read;
        uint8_t *bytes = (uint8_t *)&code;
        for (size_t i = 0; i < sizeof code; i++) {
            seed = seed * 1664525 + 1013904223;
            bytes[i] = round == 0 ? 0xff : (uint8_t)(seed >> 24);
        }
        char text[CODE_TEXT];
        assert_int_equal(code_parse(bytes_of_text(code_format(text, &code)), &read), CODE_OK);
        assert_memory_equal(&code, &read, sizeof code);
    }
}

static void forgives_case_dashes_and_letters_that_look_like_digits(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "0123-4567-89AB-CDEF-GHJK-MNPQ",   "0123456789abcdefghjkmnpq",
        " o123 4567 89ab cdef ghjk mnpq ", "OI23-4567-89AB-CDEF-GHJK-MNPQ",
        "ol23-4567-89AB-CDEF-GHJK-MNPQ",   "0-1-2-3-4-5-6-7-8-9-A-B-C-D-E-F-G-H-J-K-M-N-P-Q---",
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct enrolment_code read;
        assert_int_equal(code_parse(bytes_of_text(ways[i]), &read), CODE_OK);
        assert_memory_equal(&read, &counted, sizeof read);
    }
}

static void says_what_is_wrong_and_writes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum code_verdict verdict;
    } cases[] = {
        { "", CODE_SHORT },
        { "0123-4567-89AB-CDEF-GHJK-MNP", CODE_SHORT },
        { "0123-4567-89AB-CDEF-GHJK-MNPQ-0", CODE_LONG },
        { "U123-4567-89AB-CDEF-GHJK-MNPQ", CODE_CHARACTER },
        { "0123-4567-89AB-CDEF-GHJK-MNP\xc3\xa9", CODE_CHARACTER },
        { "0123_4567", CODE_CHARACTER },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct enrolment_code read = counted;
        assert_int_equal(code_parse(bytes_of_text(cases[i].text), &read), cases[i].verdict);
        assert_memory_equal(&read, &counted, sizeof read);
    }
    struct enrolment_code read;
    assert_int_equal(code_parse(bytes_of("0123\0", 5), &read), CODE_CHARACTER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_digits_in_groups_of_four),
        cmocka_unit_test(reads_what_it_wrote_whatever_the_bytes),
        cmocka_unit_test(forgives_case_dashes_and_letters_that_look_like_digits),
        cmocka_unit_test(says_what_is_wrong_and_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
