/* The points programme: lots of one origin day, spent oldest expiry first; a debt is a lot below zero. */
#ifndef CAROLINE_RULES_POINTS_H
#define CAROLINE_RULES_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/instant.h"
#include "common/rules/catalogue.h"

#define POINTS_MAX INT64_C(1000000000000000) /* of an account */

/* As points_entry.kind. */
enum points_kind {
    POINTS_SIGN_UP = 1,
    POINTS_EARNED = 2,
    POINTS_BIRTHDAY = 3,
    POINTS_SPENT = 4,
    POINTS_GIVEN_BACK = 5,
    POINTS_TAKEN_BACK = 6,
    POINTS_EXPIRED = 7,
    POINTS_ADJUSTED = 8,
    POINTS_OPENING = 9,   /* that a member had in the shop before this one */
    POINTS_REFERRER = 11, /* for a friend who has paid */
    POINTS_FRIEND = 12,   /* for having come by one */
    POINTS_GONE = 13,     /* expired before their sale came back: what was taken back of them is put back */
    POINTS_VISITED = 14,  /* a birthday's, at the first sign-in at a kiosk; of no sale */
};

struct points_lot {
    int64_t id;
    struct day origin, expiry; /* expiry: the last day on which it can be spent */
    int64_t remaining;
    int64_t expired;      /* out of it, >= 0: paid no debt, and no sale that earned it has come back since */
    bool stored, changed; /* stands in the database; differs from what was loaded */
    bool expired_changed;
};

/* A member as the group finds them, and as the commands before left them. */
struct member_state {
    int64_t id;
    int64_t points;          /* the account: the sum of all lots */
    struct points_lot *lots; /* by expiry, then id; open ones, today's, and those a refund touches */
    size_t lot_count, lot_capacity;
    uint8_t tier; /* as of last midnight; 0: none */
    bool birthday_today;
    int32_t birthday_year; /* in which it was last given; 0: never */
    uint16_t avoids;       /* allergens; bit n: number n */
    int64_t merged_into;   /* whose all that is now; 0: nobody's else */
    bool changed;
};

/* An entry of the ledger. */
struct points_row {
    int64_t lot_id;
    enum points_kind kind;
    int64_t points; /* never 0 */
};

/* floor(points_per_unit × minor / 10^exponent); 0 for nothing or less. false when it leaves the range. */
bool points_earned(const struct programme *programme, int64_t minor, unsigned exponent, int64_t *points);
struct day points_expiry(const struct programme *programme, struct day origin);
/* What can be spent today: open lots that have not expired, less the debts. */
int64_t points_spendable(const struct member_state *member, struct day today);
/* The birthday gift for a first visit today; 0 if it is another day, or was given this year. */
int64_t points_birthday(const struct programme *programme, const struct member_state *member, struct day today);
/* The birthdays (month and day) that are celebrated on a day: itself, and 29 February on the 28th of years without
 * one. Returns 1 or 2. */
size_t birthdays_on(struct day today, struct date birthdays[2]);

/* Changes of the working set; each appends to rows what it did. They have been found to fit before. */
struct points_rows {
    struct points_row *rows;
    size_t count, capacity;
};
/* Into the lot of today, which is made with new_lot_id where there is none. */
void points_add(struct member_state *member, const struct programme *programme, enum points_kind kind, int64_t points,
                struct day today, int64_t new_lot_id, struct arena *arena, struct points_rows *rows);
/* Out of the lots that expire first. points <= points_spendable(). */
void points_spend(struct member_state *member, int64_t points, struct day today, struct arena *arena,
                  struct points_rows *rows);
/* What becomes of points that a sale earned into a lot when the sale comes back: what is left of the lot is taken, what expired out of it is
 * gone already, and the rest was spent, and is owed. All >= 0, and sum to points. */
struct points_back {
    int64_t taken, gone, owed;
};
struct points_back points_back_of(int64_t remaining, int64_t expired, int64_t points);
/* Takes points (>= 0) back by it. Returns what was gone: a row of what was taken back, all of it, and one that puts this back. */
int64_t points_take_back(struct member_state *member, int64_t lot_id, int64_t points, struct arena *arena,
                         struct points_rows *rows);
/* Into (or out of) a lot that it came from, whatever has become of it since. */
void points_return(struct member_state *member, int64_t lot_id, enum points_kind kind, int64_t points,
                   struct arena *arena, struct points_rows *rows);

#endif
