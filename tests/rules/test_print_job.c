/* Network printers: what one may be, how long it is left alone, what may be done to a paper. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "common/rules/print_job.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void a_printer_is_an_address_a_paper_and_a_page(void **state)
{
    (void)state;
    const struct {
        const char *what;
        struct printer_terms terms;
        enum printer_verdict verdict;
    } rows[] = {
        { "an address", { "192.168.1.60", 9100, 42, PRINT_PC858 }, PRINTER_FITS },
        { "one of the other kind", { "2001:db8::7", 9100, 48, PRINT_PC437 }, PRINTER_FITS },
        { "a name", { "printer-1.shop.lan", 1, 32, PRINT_WPC1252 }, PRINTER_FITS },
        { "the last port", { "p", 65535, 42, PRINT_PC858 }, PRINTER_FITS },
        { "nothing", { "", 9100, 42, PRINT_PC858 }, PRINTER_BAD_HOST },
        { "two words", { "a b", 9100, 42, PRINT_PC858 }, PRINTER_BAD_HOST },
        { "a path", { "/dev/usb/lp0", 9100, 42, PRINT_PC858 }, PRINTER_BAD_HOST },
        { "somebody at it", { "a@b", 9100, 42, PRINT_PC858 }, PRINTER_BAD_HOST },
        { "a zone", { "fe80::1%eth0", 9100, 42, PRINT_PC858 }, PRINTER_BAD_HOST },
        { "a flag", { "-x", 9100, 42, PRINT_PC858 }, PRINTER_BAD_HOST },
        { "a name hidden", { ".x", 9100, 42, PRINT_PC858 }, PRINTER_BAD_HOST },
        { "101 letters",
          { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            9100, 42, PRINT_PC858 },
          PRINTER_BAD_HOST },
        { "no port", { "p", 0, 42, PRINT_PC858 }, PRINTER_BAD_PORT },
        { "a port too far", { "p", 65536, 42, PRINT_PC858 }, PRINTER_BAD_PORT },
        { "no columns", { "p", 9100, 0, PRINT_PC858 }, PRINTER_BAD_COLUMNS },
        { "a column too many", { "p", 9100, 43, PRINT_PC858 }, PRINTER_BAD_COLUMNS },
        { "no page", { "p", 9100, 42, 0 }, PRINTER_BAD_PAGE },
        { "a page too far", { "p", 9100, 42, 4 }, PRINTER_BAD_PAGE },
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (printer_judge(&rows[i].terms) != rows[i].verdict)
            fail_msg("%s: verdict %d", rows[i].what, (int)printer_judge(&rows[i].terms));
}

static void pauses_double_to_ten_seconds(void **state)
{
    (void)state;
    const int64_t pauses_ms[] = { 500, 500, 1000, 2000, 4000, 8000, 10000, 10000 };

    for (size_t i = 0; i < COUNT(pauses_ms); i++)
        assert_int_equal(print_pause_us((int64_t)i), pauses_ms[i] * 1000);
    assert_int_equal(print_pause_us(INT32_MAX), 10000000);
    assert_int_equal(print_pause_us(INT64_MAX), 10000000);
}

static void what_waits_is_dropped_and_what_was_dropped_is_put_again(void **state)
{
    (void)state;
    const struct {
        enum print_state state;
        bool drop, retry;
    } rows[] = { { PRINT_WAITS, true, false },
                 { PRINT_BEGUN, true, false },
                 { PRINT_PRINTED, false, false },
                 { PRINT_DROPPED, false, true } };

    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(print_may(rows[i].state, PRINT_DROP), rows[i].drop);
        assert_int_equal(print_may(rows[i].state, PRINT_RETRY), rows[i].retry);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_printer_is_an_address_a_paper_and_a_page),
        cmocka_unit_test(pauses_double_to_ten_seconds),
        cmocka_unit_test(what_waits_is_dropped_and_what_was_dropped_is_put_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
