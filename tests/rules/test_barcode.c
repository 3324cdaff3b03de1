/* Two ways to write one bar code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rules/barcode.h"

static void an_ean_13_with_a_leading_zero_is_the_upc_a_within(void **state)
{
    static const struct {
        const char *written, *kept;
    } rows[] = {
        { "0036000291452", "036000291452" }, /* UPC-A 0 36000 29145 2 */
        { "036000291452", "036000291452" },
        { "0614141007349", "614141007349" },
        { "614141007349", "614141007349" },
        { "4006381333931", "4006381333931" },   /* EAN-13 of a country's own */
        { "0012345678905", "012345678905" },    /* only the first zero is in front */
        { "00123456789", "00123456789" },       /* 11 */
        { "00012345678905", "00012345678905" }, /* 14: another thing, a GTIN of a box */
        { "00123457", "00123457" },             /* EAN-8 */
        { "96385074", "96385074" },
        { "0CAKE-1234567", "0CAKE-1234567" },
        { "003600029145 ", "003600029145 " },
        { "0", "0" },
        { "", "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(barcode_canonical(rows[i].written), rows[i].kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ean_13_with_a_leading_zero_is_the_upc_a_within),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
