/* Weak PINs, one a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/base/pin.h"

static const struct {
    const char *pin;
    enum pin_verdict verdict;
} cases[] = {
    { "", PIN_SHORT },
    { "284", PIN_SHORT },
    { "2846", PIN_OK },
    { "284619375026", PIN_OK },
    { "2846193750264", PIN_LONG },
    { "28a6", PIN_NOT_DIGITS },
    { "2846 ", PIN_NOT_DIGITS },
    { "+284", PIN_NOT_DIGITS },
    { "٢٨٤٦", PIN_NOT_DIGITS },
    { "0000", PIN_ALIKE },
    { "777777777777", PIN_ALIKE },
    { "1234", PIN_RUN },
    { "4321", PIN_RUN },
    { "7890", PIN_RUN },
    { "0987654321", PIN_RUN },
    { "012345678901", PIN_RUN },
    { "1235", PIN_OK },
    { "4848", PIN_REPEAT },
    { "483483", PIN_REPEAT },
    { "48348", PIN_OK },
    { "2402", PIN_DATE },
    { "0224", PIN_DATE },
    { "2902", PIN_DATE },
    { "3002", PIN_OK },
    { "3104", PIN_OK },
    { "3105", PIN_DATE },
    { "1999", PIN_DATE },
    { "2099", PIN_DATE },
    { "2199", PIN_OK },
    { "1899", PIN_OK },
    { "240285", PIN_DATE }, /* day, month, year */
    { "850224", PIN_DATE }, /* year, month, day */
    { "022485", PIN_DATE },
    { "199907", PIN_DATE }, /* year and month */
    { "071999", PIN_DATE },
    { "893475", PIN_OK },
    { "24021985", PIN_DATE },
    { "19850224", PIN_DATE },
    { "24023985", PIN_OK },
    { "99850224", PIN_OK },
};

static void each_pin_is_judged_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (pin_check(bytes_of_text(cases[i].pin)) != cases[i].verdict)
            fail_msg("%s is judged %d", cases[i].pin, pin_check(bytes_of_text(cases[i].pin)));
}

static void every_refusal_has_a_sentence(void **state)
{
    (void)state;
    assert_null(pin_sentence(PIN_OK));
    for (int verdict = PIN_SHORT; verdict <= PIN_DATE; verdict++)
        assert_non_null(pin_sentence((enum pin_verdict)verdict));
}

static void most_pins_are_allowed(void **state)
{
    (void)state;
    int allowed = 0;
    for (int pin = 0; pin < 10000; pin++) {
        uint8_t digits[4] = { (uint8_t)('0' + pin / 1000), (uint8_t)('0' + pin / 100 % 10),
                              (uint8_t)('0' + pin / 10 % 10), (uint8_t)('0' + pin % 10) };
        allowed += pin_check(bytes_of(digits, 4)) == PIN_OK;
    }
    assert_in_range(allowed, 9000, 9500);
}

/* deploy/demo draws its PINs by a pattern. */
static void the_demos_pattern_never_gives_a_weak_one(void **state)
{
    static const char first[] = "78", second[] = "012345", third[] = "4569", fourth[] = "0123456";
    (void)state;
    for (int i = 0; i < 2 * 6 * 4 * 7; i++) {
        for (int last = 0; last < 100; last++) {
            uint8_t digits[6] = { (uint8_t)first[i % 2],       (uint8_t)second[i / 2 % 6], (uint8_t)third[i / 12 % 4],
                                  (uint8_t)fourth[i / 48 % 7], (uint8_t)('0' + last / 10), (uint8_t)('0' + last % 10) };
            if (pin_check(bytes_of(digits, 6)) != PIN_OK)
                fail_msg("%.6s is weak", (const char *)digits);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pin_is_judged_as_the_table_says),
        cmocka_unit_test(every_refusal_has_a_sentence),
        cmocka_unit_test(most_pins_are_allowed),
        cmocka_unit_test(the_demos_pattern_never_gives_a_weak_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
