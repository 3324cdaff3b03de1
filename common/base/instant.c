/* Calendar days by arithmetic alone. */
#include "common/base/instant.h"

#include <stdio.h>

/* Years are counted from 1 March: then the leap day is the last of its year, and months have a regular length. */
#define DAYS_IN_400_YEARS 146097
#define EPOCH_FROM_MARCH  719468 /* days from 0000-03-01 to 1970-01-01 */

bool year_is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

bool date_valid(struct date date)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    return date.day <= lengths[date.month - 1] + (date.month == 2 && year_is_leap(date.year));
}

struct day day_of_date(struct date date)
{
    int year = date.month > 2 ? date.year : date.year - 1;
    int era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int month = (date.month + 9) % 12;
    int day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + day_of_year;

    return (struct day){ era * DAYS_IN_400_YEARS + day_of_era - EPOCH_FROM_MARCH };
}

struct date date_of_day(struct day day)
{
    int64_t number = (int64_t)day.number + EPOCH_FROM_MARCH;
    int64_t era = (number >= 0 ? number : number - (DAYS_IN_400_YEARS - 1)) / DAYS_IN_400_YEARS;
    int of_era = (int)(number - era * DAYS_IN_400_YEARS);
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int day_of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (5 * day_of_year + 2) / 153; /* from March */
    struct date date = {
        .year = (int)era * 400 + year + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = day_of_year - (153 * month + 2) / 5 + 1,
    };

    return date;
}

char *day_format(char *text, struct day day)
{
    struct date date = date_of_day(day);

    snprintf(text, DAY_TEXT, "%04d-%02u-%02u", date.year, (unsigned)date.month % 100, (unsigned)date.day % 100);
    return text;
}

bool day_parse(const char *text, struct day *day)
{
    static const char shape[] = "dddd-dd-dd";
    int digits[10];
    struct date date;

    for (int i = 0; i < 10; i++) {
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != '-')
            return false;
        digits[i] = text[i] - '0';
    }
    date.year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
    date.month = digits[5] * 10 + digits[6];
    date.day = digits[8] * 10 + digits[9];
    if (text[10] != '\0' || !date_valid(date))
        return false;
    *day = day_of_date(date);
    return true;
}

char *local_format(char *text, struct local_time local)
{
    snprintf(text, LOCAL_TEXT, "%04d-%02u-%02u %02u:%02u", local.date.year, (unsigned)local.date.month % 100,
             (unsigned)local.date.day % 100, (unsigned)local.hour % 100, (unsigned)local.minute % 100);
    return text;
}
