/* Summer time by rule: parsed once, computed for a year at a time. */
#include "common/base/zone_rule.h"

#include "common/base/instant.h"

/* What is left to read. */
struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

static bool is_digit(const struct cursor *c)
{
    return c->at < c->end && *c->at >= '0' && *c->at <= '9';
}

static bool take_number(struct cursor *c, int least, int most, int *number)
{
    int value = 0;

    if (!is_digit(c))
        return false;
    for (; is_digit(c); c->at++) {
        value = value * 10 + (*c->at - '0');
        if (value > most)
            return false;
    }
    *number = value;
    return value >= least;
}

/* "CET" or "<+0330>": three characters at least. */
static bool take_name(struct cursor *c)
{
    const bool quoted = take(c, '<');
    const char *from = c->at;

    while (c->at < c->end) {
        char lower = (char)(*c->at | 0x20);
        bool letter = lower >= 'a' && lower <= 'z';
        if (!letter && !(quoted && (is_digit(c) || *c->at == '+' || *c->at == '-')))
            break;
        c->at++;
    }
    return c->at - from >= 3 && (!quoted || take(c, '>'));
}

/* "[+-]hh[:mm[:ss]]" as seconds. */
static bool take_time(struct cursor *c, int hours_most, int32_t *seconds)
{
    const bool negative = take(c, '-');
    int hour, minute = 0, second = 0;

    if (!negative)
        take(c, '+');
    if (!take_number(c, 0, hours_most, &hour))
        return false;
    if (take(c, ':') && !take_number(c, 0, 59, &minute))
        return false;
    if (take(c, ':') && !take_number(c, 0, 59, &second))
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    if (negative)
        *seconds = -*seconds;
    return true;
}

static bool take_moment(struct cursor *c, struct zone_moment *moment)
{
    bool good;

    *moment = (struct zone_moment){ .seconds = 2 * 3600 };
    if (take(c, 'M')) {
        moment->kind = MOMENT_MONTH_WEEK;
        good = take_number(c, 1, 12, &moment->month) && take(c, '.') && take_number(c, 1, 5, &moment->week) &&
               take(c, '.') && take_number(c, 0, 6, &moment->weekday);
    } else if (take(c, 'J')) {
        moment->kind = MOMENT_JULIAN;
        good = take_number(c, 1, 365, &moment->day);
    } else {
        moment->kind = MOMENT_DAY;
        good = take_number(c, 0, 365, &moment->day);
    }
    return good && (!take(c, '/') || take_time(c, 167, &moment->seconds));
}

bool zone_rule_parse(const char *text, size_t size, struct zone_rule *rule)
{
    struct cursor c = { text, text + size };
    int32_t west_s;

    *rule = (struct zone_rule){ 0 };
    if (!take_name(&c) || !take_time(&c, 24, &west_s))
        return false;
    rule->standard_s = -west_s;
    if (c.at == c.end)
        return true;
    rule->has_summer = true;
    rule->summer_s = rule->standard_s + 3600;
    if (!take_name(&c))
        return false;
    if (c.at < c.end && *c.at != ',') {
        if (!take_time(&c, 24, &west_s))
            return false;
        rule->summer_s = -west_s;
    }
    return take(&c, ',') && take_moment(&c, &rule->start) && take(&c, ',') && take_moment(&c, &rule->end) &&
           c.at == c.end;
}

static int64_t day_number(int year, int month, int day)
{
    return day_of_date((struct date){ year, month, day }).number;
}

static int64_t month_week_day(const struct zone_moment *moment, int year)
{
    const int64_t first = day_number(year, moment->month, 1);
    const int weekday = (int)(((first + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    int64_t day = first + (moment->weekday - weekday + 7) % 7 + INT64_C(7) * (moment->week - 1);
    const int64_t next_month =
        moment->month == 12 ? day_number(year + 1, 1, 1) : day_number(year, moment->month + 1, 1);

    return day < next_month ? day : day - 7; /* week 5 is the last, which may be the fourth */
}

/* The moment in that year, by a wall clock of that offset, in seconds since 1970. */
static int64_t moment_at(const struct zone_moment *moment, int year, int32_t offset_s)
{
    int64_t day = day_number(year, 1, 1);

    switch (moment->kind) {
    case MOMENT_MONTH_WEEK:
        day = month_week_day(moment, year);
        break;
    case MOMENT_JULIAN:
        day += moment->day - 1 + (moment->day >= 60 && year_is_leap(year));
        break;
    case MOMENT_DAY:
        day += moment->day;
        break;
    }
    return day * DAY_S + moment->seconds - offset_s;
}

static int year_at(int64_t local_s)
{
    int64_t day = local_s / DAY_S - (local_s % DAY_S < 0);

    return date_of_day((struct day){ (int32_t)day }).year;
}

int32_t zone_rule_offset(const struct zone_rule *rule, int64_t at_s)
{
    int64_t start, end;
    bool summer;
    int year;

    if (!rule->has_summer)
        return rule->standard_s;
    year = year_at(at_s + rule->standard_s);
    start = moment_at(&rule->start, year, rule->standard_s);
    end = moment_at(&rule->end, year, rule->summer_s);
    if (start < end)
        summer = at_s >= start && at_s < end;
    else /* south of the equator the year begins in summer */
        summer = at_s >= start || at_s < end;
    return summer ? rule->summer_s : rule->standard_s;
}

int64_t zone_rule_next(const struct zone_rule *rule, int64_t after_s)
{
    const int this_year = year_at(after_s);
    int64_t next = INT64_MAX;

    for (int year = this_year - 1; rule->has_summer && year <= this_year + 1; year++) {
        const int64_t changes[] = {
            moment_at(&rule->start, year, rule->standard_s),
            moment_at(&rule->end, year, rule->summer_s),
        };
        for (int i = 0; i < 2; i++)
            if (changes[i] > after_s && changes[i] < next)
                next = changes[i];
    }
    return next;
}
