/* A sale from the database as the rules know it: for its receipt. One that is asked for by its number comes out of its entry in the
 * journal, which has all but a few things in one place; its rows say the same. */
#ifndef CAROLINE_SERVER_SERVICE_SALE_LOAD_H
#define CAROLINE_SERVER_SERVICE_SALE_LOAD_H

#include "common/rules/sale.h"
#include "server/call/call.h"

/* Exactly one of id, number and last. */
struct sale_key {
    bool has_id, has_number, last; /* last: of the calling till */
    bool rows_alone;               /* whatever its entry says: for what is held against them */
    uint64_t id;
    struct bytes number;
};
struct sale_load {
    int64_t sale_id;
    int64_t shop_id;              /* whose it is; 0: the caller's */
    bool plain;                   /* without discounts, options, keyed prices, deposits and notes: none is asked for */
    struct receipt_number number; /* that its entry was asked for by; 0: it was not */
    struct sale_rows *entry;      /* what that says, where it is all; NULL: the rows do. In the try's arena */
    struct rows *found, *head, *names, *lines, *taxes, *tenders, *discounts, *notes, *options, *keyed, *deposits,
        *refunded, *retenders, *attached;
};

/* Three stages in this order; what they refuse is refused as UNKNOWN_SALE. The last fills all of `sale` and `shop` that a
 * receipt shows; hash: the strand's head behind it, NULL where there is none. */
enum step sale_find(struct call *c, struct sale_load *s, const struct sale_key *key);
/* The second stage, where more is asked before it: which sale it is. sale_load() does it otherwise. */
enum step sale_found(struct call *c, struct sale_load *s);
enum step sale_load(struct call *c, struct sale_load *s);
enum step sale_take(struct call *c, const struct sale_load *s, struct sale_rows *sale, struct shop *shop,
                    const uint8_t **hash);

/* What pays a sale that was taken, as it was put right: in the arena. */
const struct original_tender *sale_paid_by(const struct sale_rows *sale, struct arena *arena, size_t *count);

/* As row_int(), within POINTS_MAX, which the tables do not hold a sale's points to: whoever changed one by hand. */
int64_t row_points(const struct rows *rows, size_t row, const char *column);

#endif
