/* Time zones: days of 23 and 25 hours, midnights that do not exist, years after the table, broken files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "seed.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct zone *zone_of(const char *name)
{
    struct zone *zone = zone_load(NULL, name);

    if (!zone)
        fail_msg("no time zone %s: is tzdata installed?", name);
    return zone;
}

static struct instant utc(int year, int month, int day, int hour, int minute)
{
    int64_t seconds = day_of_date((struct date){ year, month, day }).number * DAY_S + hour * 3600 + minute * 60;

    return (struct instant){ seconds * SECOND_US };
}

static void the_wall_clock_follows_the_zone(void **state)
{
    static const struct {
        const char *zone;
        int year, month, day, hour, minute; /* UTC */
        const char *local;
        int32_t offset_s;
    } cases[] = {
        { "Europe/Berlin", 2026, 3, 29, 0, 59, "2026-03-29 01:59", 3600 },
        { "Europe/Berlin", 2026, 3, 29, 1, 0, "2026-03-29 03:00", 7200 },
        { "Europe/Berlin", 2026, 10, 25, 0, 59, "2026-10-25 02:59", 7200 },
        { "Europe/Berlin", 2026, 10, 25, 1, 0, "2026-10-25 02:00", 3600 },
        { "Europe/Berlin", 2099, 7, 1, 12, 0, "2099-07-01 14:00", 7200 }, /* by the rule */
        { "Europe/Berlin", 2099, 12, 31, 23, 30, "2100-01-01 00:30", 3600 },
        { "Europe/Dublin", 2090, 1, 1, 12, 0, "2090-01-01 12:00", 0 }, /* its summer time is below zero */
        { "Europe/Dublin", 2090, 7, 1, 12, 0, "2090-07-01 13:00", 3600 },
        { "Australia/Sydney", 2080, 1, 1, 0, 0, "2080-01-01 11:00", 39600 }, /* the year begins in summer */
        { "Australia/Sydney", 2080, 7, 1, 0, 0, "2080-07-01 10:00", 36000 },
        { "Asia/Kathmandu", 2026, 1, 1, 0, 0, "2026-01-01 05:45", 20700 },
        { "America/New_York", 1883, 11, 18, 16, 0, "1883-11-18 11:03", -17762 }, /* before the first change */
        { "Etc/GMT+5", 2026, 1, 1, 4, 59, "2025-12-31 23:59", -18000 },
        { "UTC", 1969, 12, 31, 23, 59, "1969-12-31 23:59", 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct zone *zone = zone_of(cases[i].zone);
        char text[LOCAL_TEXT];
        struct local_time local =
            zone_local(zone, utc(cases[i].year, cases[i].month, cases[i].day, cases[i].hour, cases[i].minute));
        assert_string_equal(local_format(text, local), cases[i].local);
        assert_int_equal(local.offset_s, cases[i].offset_s);
        assert_string_equal(zone_name(zone), cases[i].zone);
        zone_destroy(zone);
    }
    assert_string_equal(zone_name(zone_utc()), "UTC");
    assert_int_equal(zone_day(zone_utc(), (struct instant){ -1 }).number, -1);
}

static void days_begin_where_the_clock_first_shows_their_date(void **state)
{
    static const struct {
        const char *zone;
        struct date date;
        int minutes;       /* the day's length */
        const char *local; /* what the clock shows at its start */
    } cases[] = {
        { "Europe/Berlin", { 2026, 3, 28 }, 1440, "2026-03-28 00:00" },
        { "Europe/Berlin", { 2026, 3, 29 }, 1380, "2026-03-29 00:00" },
        { "Europe/Berlin", { 2026, 10, 25 }, 1500, "2026-10-25 00:00" },
        { "Europe/Berlin", { 2060, 3, 28 }, 1380, "2060-03-28 00:00" },
        { "Europe/Berlin", { 2060, 10, 31 }, 1500, "2060-10-31 00:00" },
        { "America/Sao_Paulo", { 2018, 11, 4 }, 1380, "2018-11-04 01:00" }, /* no midnight */
        { "America/Sao_Paulo", { 2018, 2, 17 }, 1500, "2018-02-17 00:00" }, /* 23:00 twice */
        { "Asia/Beirut", { 2022, 3, 27 }, 1380, "2022-03-27 01:00" },       /* no midnight */
        { "Africa/Cairo", { 2060, 4, 30 }, 1380, "2060-04-30 01:00" },      /* nor by the rule */
        { "America/Havana", { 2025, 11, 2 }, 1500, "2025-11-02 00:00" },    /* midnight twice: the first */
        { "America/St_Johns", { 2010, 11, 7 }, 1500, "2010-11-07 00:00" },  /* at 00:01 back to the day before */
        { "America/Toronto", { 1919, 3, 31 }, 1410, "1919-03-31 00:30" },   /* 23:30 to 00:30 */
        { "Pacific/Apia", { 2011, 12, 29 }, 1440, "2011-12-29 00:00" },
        { "Pacific/Apia", { 2011, 12, 30 }, 0, "2011-12-31 00:00" }, /* the day that never was */
        { "Pacific/Kiritimati", { 2026, 1, 1 }, 1440, "2026-01-01 00:00" },
        { "Australia/Lord_Howe", { 2026, 4, 5 }, 1470, "2026-04-05 00:00" }, /* half an hour longer */
        { "Etc/GMT+12", { 2026, 1, 1 }, 1440, "2026-01-01 00:00" },
        { "UTC", { 2024, 2, 29 }, 1440, "2024-02-29 00:00" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct zone *zone = zone_of(cases[i].zone);
        struct day day = day_of_date(cases[i].date), next = { day.number + 1 };
        struct instant start = zone_day_start(zone, day);
        char text[LOCAL_TEXT];
        assert_string_equal(local_format(text, zone_local(zone, start)), cases[i].local);
        assert_int_equal((zone_day_start(zone, next).us - start.us) / SECOND_US / 60, cases[i].minutes);
        zone_destroy(zone);
    }
}

static void the_business_day_ends_at_the_cut_off(void **state)
{
    struct zone *berlin = zone_of("Europe/Berlin");
    const int32_t day = day_of_date((struct date){ 2026, 3, 29 }).number; /* 02:00 to 03:00 does not exist */

    (void)state;
    assert_int_equal(zone_business_day(berlin, utc(2026, 3, 29, 0, 59), 180).number, day - 1);
    assert_int_equal(zone_business_day(berlin, utc(2026, 3, 29, 1, 0), 180).number, day);
    assert_int_equal(zone_business_day(berlin, utc(2026, 3, 29, 1, 0), 181).number, day - 1);
    assert_int_equal(zone_business_day(berlin, utc(2026, 3, 28, 23, 0), 0).number, day);
    assert_int_equal(zone_business_day(berlin, utc(2026, 3, 29, 21, 59), 180).number, day);
    assert_int_equal(zone_business_day(berlin, utc(2026, 3, 29, 22, 30), 180).number, day);
    zone_destroy(berlin);
}

/* The C library reads the same files by other code. */
static void the_c_library_agrees_about_many_zones_and_times(void **state)
{
    static const char *const names[] = {
        "Europe/Berlin",       "Europe/Dublin",     "Europe/London",    "America/New_York", "America/Sao_Paulo",
        "America/St_Johns",    "America/Havana",    "America/Nuuk",     "Asia/Tehran",      "Asia/Gaza",
        "Asia/Kathmandu",      "Africa/Casablanca", "Africa/Cairo",     "Africa/Monrovia",  "Pacific/Apia",
        "Australia/Lord_Howe", "Pacific/Chatham",   "Antarctica/Troll", "America/Asuncion", "UTC",
    };
    const uint64_t seed = test_seed();
    unsigned short random[3] = { (unsigned short)seed, (unsigned short)(seed >> 16), 6 };
    char *before = getenv("TZ") ? strdup(getenv("TZ")) : NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct zone *zone = zone_of(names[i]);
        setenv("TZ", names[i], 1);
        tzset();
        for (int round = 0; round < 5000; round++) {
            time_t at = (time_t)(nrand48(random) % 12623 * INT64_C(1000000) - 2208988800) + nrand48(random) % 1000000;
            struct local_time local = zone_local(zone, (struct instant){ at * SECOND_US });
            struct tm judge;
            localtime_r(&at, &judge);
            if (local.offset_s != judge.tm_gmtoff || local.date.day != judge.tm_mday || local.hour != judge.tm_hour ||
                local.minute != judge.tm_min || local.second != judge.tm_sec)
                fail_msg("%s at %lld: offset %d, not %ld", names[i], (long long)at, local.offset_s, judge.tm_gmtoff);
        }
        zone_destroy(zone);
    }
    if (before)
        setenv("TZ", before, 1);
    else
        unsetenv("TZ");
    tzset();
    free(before);
}

/* Days follow one another without a gap: each start is the first instant of its day. */
static void days_follow_one_another_in_every_zone(void **state)
{
    static const char *const names[] = { "Europe/Berlin", "America/Sao_Paulo", "America/St_Johns", "Africa/Cairo",
                                         "Asia/Gaza" };

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct zone *zone = zone_of(names[i]);
        struct day day = day_of_date((struct date){ 1985, 1, 1 }), last = day_of_date((struct date){ 2075, 1, 1 });
        for (; day.number < last.number; day.number++) {
            struct instant start = zone_day_start(zone, day);
            assert_int_equal(zone_day(zone, start).number, day.number);
            assert_int_equal(zone_day(zone, (struct instant){ start.us - 1 }).number, day.number - 1);
        }
        zone_destroy(zone);
    }
}

static void names_that_lead_elsewhere_are_no_zones(void **state)
{
    static const char *const names[] = {
        "",          "/etc/passwd",     "../zoneinfo/UTC",   "Europe/Nowhere", "Europe",
        "tzdata.zi", "Europe/Berlin\n", "Europe//../Berlin", "zone1970.tab"
    };
    char over_long[200];

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        assert_null(zone_load(NULL, names[i]));
    memset(over_long, 'x', sizeof over_long);
    over_long[sizeof over_long - 1] = '\0';
    assert_null(zone_load(NULL, over_long));
    assert_null(zone_load("/nonexistent", "UTC"));
}

static char directory[] = "/tmp/caroline-zone-XXXXXX";

static struct zone *load_bytes(struct bytes bytes)
{
    char path[64];
    FILE *file;

    snprintf(path, sizeof path, "%s/zone", directory);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    fclose(file);
    return zone_load(directory, "zone");
}

/* A file with no change and this rule at its end. */
static struct zone *load_rule(const char *rule)
{
    uint8_t bytes[300] = { 0 };
    size_t size = 0;

    for (int block = 0; block < 2; block++) {
        memcpy(bytes + size, "TZif2", 5);
        put_u32(bytes + size + 36, 1); /* one type */
        put_u32(bytes + size + 40, 1); /* one letter */
        size += 44 + 6 + 1;
    }
    size += (size_t)snprintf((char *)bytes + size, sizeof bytes - size, "\n%s\n", rule);
    return load_bytes(bytes_of(bytes, size));
}

static void rules_of_every_form_are_read_and_others_refused(void **state)
{
    static const struct {
        const char *rule;
        bool good;
        int32_t january_s, july_s;
    } cases[] = {
        { "", true, 0, 0 },
        { "CET-1", true, 3600, 3600 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", true, 3600, 7200 },
        { "<+0330>-3:30<+0430>,J79/24,J263/24", true, 12600, 16200 },
        { "AAA0BBB-2:00:30,59,300", true, 0, 7230 },
        { "XXX5EDT4,0/0,J365/25", true, -14400, -14400 }, /* summer all year */
        { "NZST-12NZDT,M9.5.0,M4.1.0/3", true, 46800, 43200 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true, -7200, -3600 },
        { "CET", false, 0, 0 },
        { "CE-1", false, 0, 0 },
        { "CET-25", false, 0, 0 },
        { "CET-1CEST", false, 0, 0 },
        { "CET-1CEST,M3.5.0", false, 0, 0 },
        { "CET-1CEST,M13.5.0,M10.5.0", false, 0, 0 },
        { "CET-1CEST,M3.6.0,M10.5.0", false, 0, 0 },
        { "CET-1CEST,M3.5.7,M10.5.0", false, 0, 0 },
        { "CET-1CEST,J0,J366", false, 0, 0 },
        { "CET-1CEST,M3.5.0,M10.5.0/168", false, 0, 0 },
        { "CET-1CEST,M3.5.0,M10.5.0 ", false, 0, 0 },
        { "<CET-1", false, 0, 0 },
        { "CET-99999999999", false, 0, 0 },
        { "CET-1:60", false, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct zone *zone = load_rule(cases[i].rule);
        if (!zone != !cases[i].good)
            fail_msg("\"%s\" was %s", cases[i].rule, zone ? "taken" : "refused");
        if (zone) {
            assert_int_equal(zone_local(zone, utc(2026, 1, 15, 12, 0)).offset_s, cases[i].january_s);
            assert_int_equal(zone_local(zone, utc(2026, 7, 15, 12, 0)).offset_s, cases[i].july_s);
            assert_int_equal(zone_day(zone, zone_day_start(zone, (struct day){ 20000 })).number, 20000);
        }
        zone_destroy(zone);
    }
}

static void a_file_cut_anywhere_or_spoilt_is_refused_or_harmless(void **state)
{
    const uint64_t seed = test_seed();
    unsigned short random[3] = { (unsigned short)seed, (unsigned short)(seed >> 16), 8 };
    uint8_t bytes[8192], spoilt[8192];
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "r");
    size_t size;

    (void)state;
    assert_non_null(file);
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(size > 500 && size < sizeof bytes);
    for (size_t cut = 0; cut < size; cut += 1 + cut / 16)
        assert_null(load_bytes(bytes_of(bytes, cut)));
    assert_null(load_bytes(bytes_of(bytes, size - 1)));
    for (int round = 0; round < 2000; round++) {
        struct zone *zone;
        memcpy(spoilt, bytes, size);
        for (int i = 0; i < 3; i++)
            spoilt[(size_t)nrand48(random) % (i ? size : 44)] = (uint8_t)nrand48(random);
        zone = load_bytes(bytes_of(spoilt, size));
        if (zone) {
            zone_local(zone, utc(2026, 7, 1, 0, 0));
            zone_day_start(zone, (struct day){ (int32_t)(nrand48(random) % 40000) });
        }
        zone_destroy(zone);
    }
}

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    char path[64];

    (void)state;
    snprintf(path, sizeof path, "%s/zone", directory);
    unlink(path);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wall_clock_follows_the_zone),
        cmocka_unit_test(days_begin_where_the_clock_first_shows_their_date),
        cmocka_unit_test(the_business_day_ends_at_the_cut_off),
        cmocka_unit_test(the_c_library_agrees_about_many_zones_and_times),
        cmocka_unit_test(days_follow_one_another_in_every_zone),
        cmocka_unit_test(names_that_lead_elsewhere_are_no_zones),
        cmocka_unit_test(rules_of_every_form_are_read_and_others_refused),
        cmocka_unit_test(a_file_cut_anywhere_or_spoilt_is_refused_or_harmless),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
