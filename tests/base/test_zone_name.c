/* Names of time zones, and what stands beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/zone_name.h"

static void names_as_the_iana_writes_them_and_nothing_else(void **state)
{
    static const struct {
        const char *name;
        bool fits;
    } rows[] = {
        { "Europe/Berlin", true },
        { "America/Argentina/Buenos_Aires", true },
        { "America/Port-au-Prince", true },
        { "Etc/GMT+5", true },
        { "Etc/GMT-14", true },
        { "EST5EDT", true },
        { "UTC", true },
        { "GB-Eire", true },
        { "", false },
        { "localtime", false },
        { "LOCALTIME", false },
        { "posixrules", false },
        { "Factory", false },
        { "leapseconds", false },
        { "leap-seconds.list", false },
        { "tzdata.zi", false },
        { "zone1970.tab", false },
        { "posix/Europe/Berlin", false },
        { "Posix/Europe/Berlin", false },
        { "right/Europe/Berlin", false },
        { "SystemV/EST5", false },
        { "posix", false },
        { "/Europe/Berlin", false },
        { "/etc/localtime", false },
        { "Europe//Berlin", false },
        { "Europe/Berlin/", false },
        { "Europe/", false },
        { "Europe/./Berlin", false },
        { "Europe/../Europe/Berlin", false },
        { "..", false },
        { ".hidden", false },
        { "Europe/-Berlin", false },
        { "+5", false },
        { "5EDT", false },
        { "Europe/Berlin ", false },
        { "Europe\\Berlin", false },
        { "Europe/Z\xc3\xbcrich", false },
        { "Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (zone_name_fits(rows[i].name) != rows[i].fits)
            fail_msg("\"%s\" %s", rows[i].name, rows[i].fits ? "was refused" : "was let in");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_as_the_iana_writes_them_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
