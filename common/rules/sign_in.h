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
#define SIGN_IN_ALONE_MAX  10000u /* that a till tells at once of PINs given to it alone; it counts no further */

/* What many do at one place fills a bucket that runs dry by itself: full, nobody may go on until the next has run out. */
struct sign_in_bucket {
    int64_t most;   /* wrong ones that it holds */
    int64_t one_us; /* in which one runs out */
};
/* At a kiosk, of all members: a hundred at once, then twelve an hour. Success does not lower it: whoever is a member could do that
 * as often as they like, between two tries at others. */
#define SIGN_IN_AT_KIOSK ((struct sign_in_bucket){ 100, MINUTE_US * 5 })
/* Of one member, of numbers of gift cards at a kiosk. */
#define SIGN_IN_CARD_NUMBERS ((struct sign_in_bucket){ 5, MINUTE_US * 60 })

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
/* Of a bucket, failures: what was in it at `since`. Minutes until there is room, rounded up; 0: now. */
int64_t sign_in_bucket_wait(struct sign_in_bucket bucket, const struct sign_in_record *record, struct instant now);
/* One more in it. */
struct sign_in_record sign_in_bucket_failed(struct sign_in_bucket bucket, struct sign_in_record record,
                                            struct instant now);

#endif
