/* Instants, days, and time zones as immutable values. */
#ifndef CAROLINE_BASE_INSTANT_H
#define CAROLINE_BASE_INSTANT_H

#include <stdbool.h>
#include <stdint.h>

/* Microseconds since 1970-01-01 00:00 UTC. */
struct instant {
    int64_t us;
};

/* A calendar day: days since 1970-01-01. */
struct day {
    int32_t number;
};

struct date {
    int year;
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
};

/* Wall clock somewhere. */
struct local_time {
    struct date date;
    int hour, minute, second;
    int32_t offset_s; /* from UTC */
};

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define DAY_S     INT64_C(86400)

/* Proleptic Gregorian, years 1 to 9999. */
struct day day_of_date(struct date date);
struct date date_of_day(struct day day);
bool date_valid(struct date date);
bool year_is_leap(int year);
/* "2026-11-22"; text holds at least DAY_TEXT bytes. Returns text. */
#define DAY_TEXT 16
char *day_format(char *text, struct day day);
bool day_parse(const char *text, struct day *day);

/* A TZif file (RFC 8536), read once; NULL when there is none of that name or it is broken. name: "Europe/Berlin";
 * directory: NULL for the system's. */
struct zone;
struct zone *zone_load(const char *directory, const char *name);
void zone_destroy(struct zone *zone);
const char *zone_name(const struct zone *zone);
const struct zone *zone_utc(void);

struct local_time zone_local(const struct zone *zone, struct instant at);
struct day zone_day(const struct zone *zone, struct instant at);
/* The first instant of that day there; where midnight does not exist (or twice), the first instant that bears the date.
 */
struct instant zone_day_start(const struct zone *zone, struct day day);
/* The business day: the calendar day, or the one before until cutoff_minutes after midnight by the wall clock. */
struct day zone_business_day(const struct zone *zone, struct instant at, int cutoff_minutes);
/* "2026-11-22 17:04" there; text holds at least LOCAL_TEXT bytes. */
#define LOCAL_TEXT 32
char *local_format(char *text, struct local_time local);

#endif
