/* Accounts of customers who pay later: what may go on one, what each change leaves, and the papers. No I/O, no clock. */
#ifndef CAROLINE_RULES_ACCOUNT_H
#define CAROLINE_RULES_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/base/receipt.h"

struct shop;
struct zone;

/* As account_entry.kind. */
enum account_kind { ACCOUNT_CHARGED = 1, ACCOUNT_GIVEN_BACK = 2, ACCOUNT_RECEIVED = 3, ACCOUNT_PAID_BACK = 4 };
/* As account_payment.means. */
enum account_means {
    ACCOUNT_BY_CASH = 1,
    ACCOUNT_BY_CARD = 2,
    ACCOUNT_BY_TRANSFER = 3,
    ACCOUNT_BY_GATEWAY = 4, /* a stored payment method: of a gift card alone, and by the server alone */
};
/* One by which a person receives money. */
static inline bool account_means_received(int means)
{
    return means >= ACCOUNT_BY_CASH && means <= ACCOUNT_BY_TRANSFER;
}
#define ACCOUNT_LIMIT_MAX INT64_C(1000000000000) /* minor units */

struct account_state {
    int64_t id;
    uint32_t number;
    int64_t balance_minor; /* what is owed; negative: a credit */
    int64_t limit_minor;
    int64_t entry_count;
    int64_t paid_here_minor; /* account_paid_here(): a mistake of the shift that is open can be put right */
    bool blocked;
    bool changed; /* by this group */
};

/* An entry of an account: its number there, by how much what is owed changed, and what it came to. */
struct account_row {
    int64_t account_id, number;
    enum account_kind kind;
    int position; /* of the tender */
    int64_t amount_minor, balance_minor;
};

/* What was received on it, or (negative) paid back: by which means, and what was owed before it. */
struct account_payment {
    enum account_means means;
    int64_t amount_minor, owed_before_minor;
    bool here; /* in the shift that is asked about */
};

enum account_verdict {
    ACCOUNT_OK,
    ACCOUNT_IS_BLOCKED,
    ACCOUNT_OVER_LIMIT,   /* more than account_left() */
    ACCOUNT_NO_CREDIT,    /* more than the credit, and than was paid in this shift, would be paid back */
    ACCOUNT_OUT_OF_RANGE, /* what would be owed, or the credit, is more than money can be */
};

/* What may still go on it: 0 while it is blocked, or where more is owed than its limit. */
int64_t account_left(const struct account_state *account);
/* What may be paid back: 0 where nothing was received beyond what is owed. */
int64_t account_credit(const struct account_state *account);
/* Of the payments from the shift's first on, in the order of their entries: what was received in the shift by these means and not paid
 * back yet, wherever. Who pays back gives back first what of the credit was not received in this shift, and then what was, by the same
 * means first. */
int64_t account_paid_here(const struct account_payment *payments, size_t count, enum account_means means);
/* May so much (above 0) be charged, given back, received or paid back? Only what is charged asks for the limit, and whether it is
 * blocked: what was bought comes back and money is taken all the same. Paid back is a credit; or, to put
 * a mistake right, what was received in the same shift by the same means: whatever the limit, and of a blocked account too, for what
 * was never owed less lends nothing. */
enum account_verdict account_may(const struct account_state *account, enum account_kind kind, int64_t minor);
/* It may: the state is what it is behind it, and this is the entry. */
struct account_row account_post(struct account_state *account, enum account_kind kind, int64_t minor, int position);

/* "cash", "card", "transfer"; "" of anything else. */
const char *account_means_name(int means);

/* A paper for money received on an account, or paid back. It names the account by its number. reference: a view. */
struct account_paper {
    int64_t account_id, entry_number;
    uint32_t account_number, till_number;
    enum account_means means;
    int64_t amount_minor;   /* negative: paid back */
    int64_t balance_minor;  /* what is owed behind it */
    struct bytes reference; /* empty: none */
    struct bytes reason;    /* likewise */
    struct instant at;
};
struct receipt account_receipt(const struct account_paper *paper, const struct shop *shop, const struct zone *zone,
                               struct arena *arena);

/* An entry on a statement. */
struct account_line {
    int64_t number, amount_minor, balance_minor;
    enum account_kind kind;
    struct instant at;
    const char *receipt_number; /* of a sale or refund; NULL: none */
    enum account_means means;   /* of a payment */
    struct bytes reference;     /* likewise, a view; empty: none */
    struct bytes reason;        /* likewise */
};
/* Entries in the order in which they came, what they left then, and what is owed now; lines: the newest first. */
struct receipt account_statement(const struct account_state *account, const struct account_line *lines, size_t count,
                                 const struct shop *shop, const struct zone *zone, struct instant now,
                                 struct arena *arena);

#endif
