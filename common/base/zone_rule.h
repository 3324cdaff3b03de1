/* The rule at the end of a time zone file (POSIX TZ, RFC 8536 section 3.3): what holds after its table ends. */
#ifndef CAROLINE_BASE_ZONE_RULE_H
#define CAROLINE_BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A moment of every year, by the wall clock. */
struct zone_moment {
    enum { MOMENT_MONTH_WEEK, MOMENT_JULIAN, MOMENT_DAY } kind; /* M3.5.0, J60 (never 29 February), 59 */
    int month, week, weekday;                                   /* weekday: 0 is Sunday; week 5 is the last */
    int day;
    int32_t seconds; /* after midnight, may be negative or more than a day */
};

struct zone_rule {
    int32_t standard_s, summer_s; /* offsets from UTC */
    bool has_summer;
    struct zone_moment start, end; /* of summer time */
};

/* "CET-1CEST,M3.5.0,M10.5.0/3"; false when it is no such text. */
bool zone_rule_parse(const char *text, size_t size, struct zone_rule *rule);
/* The offset at an instant in seconds since 1970. */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t at_s);
/* The first change after an instant; INT64_MAX when there is none. */
int64_t zone_rule_next(const struct zone_rule *rule, int64_t after_s);

#endif
