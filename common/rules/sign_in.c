/* Locks after wrong PINs. */
#include "common/rules/sign_in.h"

#define DAY_US (DAY_S * SECOND_US)

int64_t sign_in_wait(const struct sign_in_record *record, struct instant now)
{
    if (now.us >= record->locked_until.us)
        return 0;
    return (record->locked_until.us - now.us + MINUTE_US - 1) / MINUTE_US;
}

struct sign_in_record sign_in_failed(struct sign_in_record record, struct instant now)
{
    struct sign_in_record after = record;
    if (now.us - record.since.us >= DAY_US)
        after = (struct sign_in_record){ 0 };
    if (after.failures == 0)
        after.since = now;
    if (++after.failures < SIGN_IN_TRIES)
        return after;

    int64_t minutes = SIGN_IN_LOCK_MIN;
    for (int64_t i = 0; i < after.lock_count && minutes < SIGN_IN_LOCK_MAX; i++)
        minutes *= 2;
    if (minutes > SIGN_IN_LOCK_MAX)
        minutes = SIGN_IN_LOCK_MAX;
    after.failures = 0;
    after.lock_count++;
    after.locked_until.us = now.us + minutes * MINUTE_US;
    after.since = now;
    return after;
}

static bool is_over(const struct sign_in_record *today, struct instant now)
{
    return now.us - today->since.us >= DAY_US;
}

struct sign_in_record sign_in_failed_today(struct sign_in_record record, struct instant now)
{
    if (record.failures == 0 || is_over(&record, now))
        return (struct sign_in_record){ .failures = 1, .since = now };
    record.failures++;
    return record;
}

bool sign_in_shut(const struct sign_in_record *today, struct instant now)
{
    return today->failures >= SIGN_IN_DAY_TRIES && !is_over(today, now);
}
