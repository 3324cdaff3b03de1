/* What paid a sale, put right after it: cash that was rung up as card, and whatever else was recorded as something else. The sale
 * stays as it was; so much is taken off one of its tenders and put to another. No I/O, no clock. */
#ifndef CAROLINE_RULES_RETENDER_H
#define CAROLINE_RULES_RETENDER_H

#include "common/base/receipt.h"
#include "common/rules/sale.h"

#define RETENDERS_MAX 10 /* of one sale */

struct retender_command {
    struct receipt_number original;
    int64_t position; /* of the tender that is wrong */
    bool all;         /* of it, with its tip; else so much of what it paid: */
    int64_t amount_minor;
    struct tender truth;     /* what it was: kind, type and reference */
    struct bytes reason;     /* tidy */
    const struct role *role; /* the person's; NULL: none */
    int64_t device_id, staff_id;
    int64_t id; /* of what is written */
};

/* Off one tender, or to another: minus and plus. */
struct retender_entry {
    int position; /* of the sale's own tenders from 0; of those put in their place TENDERS_MAX and on */
    enum tender_kind kind;
    int64_t type_id;
    const char *name;
    int tender_count;                /* tenders more, or less */
    int64_t amount_minor, tip_minor; /* what stays, the tip in it */
    struct bytes reference;
};

struct retender {
    /* of every verdict but OK */
    const char *sentence, *field; /* for a person; what it is about, or NULL */

    int64_t id, sale_id, shop_id, device_id, shift_id, staff_id;
    int number; /* of its sale, from 1 */
    uint64_t catalogue_version;
    struct bytes reason;
    struct retender_entry off, to;
    int64_t rounding_minor; /* by which the sale's cash rounding changed */
    int64_t drawer_minor;   /* what it leaves more in the drawer; 0: no entry */
    struct instant at;
};

/* In the shift that is open at its till, of a sale of which nothing was given back. What the house pays, and a voucher of
 * which something was forfeited, are not put right: neither could be told from money that was taken out. Where the shop rounds
 * cash, the part in cash is rounded as it would have been, had it been rung up right. Nothing in the set is changed unless the
 * verdict is OK; then the original's tenders are what they are now. rows' texts live in the set's arena, or where the command's
 * and the catalogue's do. */
enum sale_verdict retender_decide(const struct retender_command *command, struct working_set *set, struct instant now,
                                  struct retender *rows);

/* For paper: what was put right of which receipt, and why. */
struct receipt retender_slip(const struct retender *rows, struct receipt_number number, const struct shop *shop,
                             const struct zone *zone, struct arena *arena);

#endif
