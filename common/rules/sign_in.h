/* Wrong PINs: how many before the door stays shut, and for how long. */
#ifndef CAROLINE_RULES_SIGN_IN_H
#define CAROLINE_RULES_SIGN_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/instant.h"

#define SIGN_IN_TRIES      5   /* of one person on one device ... */
#define SIGN_IN_LOCK_MIN   5   /* ... then so many minutes, doubling ... */
#define SIGN_IN_LOCK_MAX   60  /* ... to these */
#define SIGN_IN_DAY_TRIES  100 /* of one person on all devices in 24 hours; then a manager unlocks */
#define SIGN_IN_SESSION_US (MINUTE_US * 60 * 12)

/* What is kept of one person on one device (or, with lock_count and locked_until idle, on all). Zeroed: nothing yet. */
struct sign_in_record {
    int64_t failures, lock_count;
    struct instant locked_until;
    struct instant since; /* the first of these failures */
};

/* Minutes until the next try is looked at, rounded up; 0: now. */
int64_t sign_in_wait(const struct sign_in_record *record, struct instant now);
/* After a wrong PIN on one device. A day without one forgets how often it was locked. */
struct sign_in_record sign_in_failed(struct sign_in_record record, struct instant now);
/* After a wrong PIN, over all devices. */
struct sign_in_record sign_in_failed_today(struct sign_in_record record, struct instant now);
bool sign_in_shut(const struct sign_in_record *today, struct instant now);

#endif
