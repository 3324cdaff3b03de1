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

/* What is left in it, as of the instant at which the last one ran out; nothing: as of now. A clock that was set back adds nothing. */
static struct sign_in_record drained(struct sign_in_bucket bucket, struct sign_in_record record, struct instant now)
{
    int64_t out = now.us > record.since.us ? (now.us - record.since.us) / bucket.one_us : 0;

    if (record.failures <= out)
        return (struct sign_in_record){ .since = now };
    record.failures -= out;
    record.since.us += out * bucket.one_us;
    return record;
}

int64_t sign_in_bucket_wait(struct sign_in_bucket bucket, const struct sign_in_record *record, struct instant now)
{
    const struct sign_in_record left = drained(bucket, *record, now);

    if (left.failures < bucket.most)
        return 0;
    int64_t end_us = left.since.us + (left.failures - bucket.most + 1) * bucket.one_us;
    return (end_us - now.us + MINUTE_US - 1) / MINUTE_US;
}

struct sign_in_record sign_in_bucket_failed(struct sign_in_bucket bucket, struct sign_in_record record,
                                            struct instant now)
{
    record = drained(bucket, record, now);
    record.failures++;
    return record;
}
