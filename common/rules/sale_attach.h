/* A receipt that was rung up without its member, given to them afterwards: points as if they had been shown. By the programme that the
 * sale's catalogue had and the member's tier of that day, into the lot of that day, which expires when it would have; what came back
 * since is taken off, refund by refund. No I/O, no clock.
 *
 * What the member bought in between keeps the points that it got: a receipt's are not worked out again because a tier might have been
 * reached earlier, nor is what they spent in between taken from other lots. */
#ifndef CAROLINE_RULES_SALE_ATTACH_H
#define CAROLINE_RULES_SALE_ATTACH_H

#include "common/rules/sale.h"

#define ATTACH_DAYS_MAX 366

struct attach_command {
    int64_t member_id;
    uint32_t days;      /* for which the shop allows it; 0: never */
    int64_t new_lot_id; /* made before by the caller, used if wanted */
};

/* A refund of it that came before: lines of the sale, and how much of each. */
struct attach_back {
    int64_t sale_id;
    const struct refund_line *lines;
    size_t line_count;
};

/* How things stood when it was sold. */
struct attach_past {
    struct instant at, made;           /* the sale's */
    struct instant joined;             /* the member did */
    const struct programme *programme; /* NULL: none */
    const int64_t *category_ids;       /* side by side with the original's lines */
    int64_t spent_minor;               /* by the member, in the months that make tiers */
    const struct attach_back *backs;   /* in the order in which they came */
    size_t back_count;
};

/* Of the sale, then of each of those refunds: what its own columns would be. */
struct attach_row {
    int64_t sale_id;
    int64_t points_earned, points_gifted;
    const struct earning *earnings;
    size_t earning_count;
    bool has_earn_time; /* what rules of earning were held against: */
    uint8_t earn_tier;  /* the member's */
    struct earn_time earn_time;
    struct points_rows points;
};

struct attach_rows {
    /* of every verdict but OK */
    const char *sentence, *field; /* for a person, in the set's arena; what it is about, or NULL */

    int64_t member_id; /* of who was merged into another, that one */
    struct attach_row *rows;
    size_t row_count;
    int64_t points_earned, points_gifted; /* of all rows */
    int64_t points_after;                 /* that can be spent today */
    bool has_lot;
    struct day expiry; /* of the lot */
};

/* The months in which what a member spent makes their tier on the day of the sale: from the first instant to before the second.
 * false: the programme has no tiers by which points are given. */
bool attach_months(const struct attach_past *past, const struct zone *zone, struct instant *from,
                   struct instant *until);

/* original: NULL, there is none of that number. The set has its members, each with the lots of the sale's day, and birthday_today as of that
 * day. Nothing in the set is changed unless the verdict is OK. */
enum sale_verdict attach_decide(const struct attach_command *command, struct original *original,
                                const struct attach_past *past, struct working_set *set, struct instant now,
                                struct attach_rows *rows);

#endif
