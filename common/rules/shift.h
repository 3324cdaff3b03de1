/* What a shift comes to: the report in its middle (X), its close (Z), and how a drawer is counted. No I/O, no clock. */
#ifndef CAROLINE_RULES_SHIFT_H
#define CAROLINE_RULES_SHIFT_H

#include <stdbool.h>

#include "common/base/arena.h"
#include "common/base/instant.h"
#include "common/base/receipt.h"
#include "common/rules/sale.h"

/* Kinds of drawer entries beside those of sale.h. */
enum shift_move { SHIFT_CASH_IN = 4, SHIFT_CASH_OUT = 5, SHIFT_CASH_DROP = 6 };
#define SHIFT_DRAWERS_MAX  20  /* open at one till: a sale looks at each of them */
#define SHIFT_COUNTS_MAX   40  /* kinds of coins and notes in one count */
#define SHIFT_VOUCHERS_MAX 20  /* kinds of vouchers in one count */
#define SHIFT_TAXES_MAX    500 /* taxes that a shift's books list */
#define SHIFT_OTHER_TAX    "?" /* all beyond these, and those that nobody knows */

/* ---- the rows that a report is made of ---- */

struct shift_sales { /* of one series and kind */
    char series;
    enum sale_kind kind;
    int64_t count, total_minor;
    int64_t first, last; /* receipts' numbers */
};
/* Of one means of payment. What is forfeited is of what stayed: a voucher is worth all of it to the shop. */
struct shift_tender {
    enum tender_kind kind;
    int64_t type_id;  /* 0: cash or card, as the kind says */
    const char *name; /* NULL: the kind's */
    int64_t count, stayed_minor, forfeited_minor;
    int64_t tip_minor; /* of what stayed, too */
    bool counted;      /* by its sum, at the close: vouchers, and what the card machine says */
    int64_t counted_minor, difference_minor;
    int64_t expected_minor; /* of what is counted: what stayed; of cards with what was received by them for no sale */
};
/* What a sum of vouchers, or of the card machine (TENDER_TYPE_CARD), was counted as. */
struct shift_counted {
    int64_t type_id, counted_minor;
};
struct shift_tax {
    const char *code;
    uint32_t rate_ppm;
    int64_t net_minor, tax_minor;
};
struct shift_moved {
    enum shift_move kind;
    int64_t amount_minor; /* negative: out of the drawer */
};
struct shift_received { /* on account, less what was paid back */
    enum account_means means;
    int64_t count, amount_minor;
    int64_t back_count, back_minor; /* paid back; in both of these */
};
struct shift_gift_cards { /* received for gift cards; given back: negative */
    int kind;             /* GIFT_CARD_PAYMENT_... */
    enum account_means means;
    int64_t count, amount_minor;
};
struct shift_pieces {
    int64_t denomination_minor, pieces;
};
struct shift_person { /* what they sold, or gave back; of each kind a row */
    int64_t staff_id; /* 0: all others together; they come last */
    const char *name; /* "": nobody can read it any more */
    enum sale_kind kind;
    int64_t count, total_minor;
};

/* An option as it was called, or all that was keyed (modifier_id 0), with how much goods and for how much; or all others
 * together, which come last. */
struct shift_option {
    int64_t modifier_id;
    uint32_t option;
    const char *name;
    int64_t count, quantity_milli, amount_minor;
    bool others;
};

/* A department's key: a product of what was keyed, how much of it and for how much; or all others together, which come last. */
struct shift_department {
    int64_t product_id; /* 0: all others */
    const char *name;   /* "": theirs */
    int64_t count, quantity_milli, amount_minor;
};

/* A deposit good or a charge: what was charged, taken back, and given back on its receipt. Money as it was paid, the tax on top
 * with it; what went back is less than nothing. */
struct shift_deposit {
    int64_t product_id;
    const char *name;
    bool charge;
    int64_t out_milli, out_minor, back_milli, back_minor, refund_milli, refund_minor;
};
/* Of all products. */
struct shift_deposits {
    int64_t out_milli, out_minor, back_milli, back_minor, refund_milli, refund_minor; /* of deposits */
    int64_t charge_milli, charge_minor; /* of charges, without what came back of them */
};

struct shift_books {
    int64_t shift_id;
    bool training; /* practised: it says so, and has no grand total */
    uint32_t till, number;
    struct instant opened;
    int64_t opened_by, float_minor;
    int64_t holder_id;          /* whose drawer it is; 0: the till's */
    const char *holder_name;    /* NULL, "": not known here */
    int64_t grand_before_minor; /* of the till's Z that was written last */
    int64_t no_sale_count;
    const uint8_t *strand_hash; /* head of the till's T strand; NULL: none */
    const struct shift_sales *sales;
    size_t sales_count;
    const struct shift_tender *tenders;
    size_t tender_count;
    const struct shift_tax *taxes;
    size_t tax_count;
    const struct shift_moved *moves;
    size_t move_count;
    const struct shift_person *people; /* of an X; in the order of their ids */
    size_t people_count;
    const struct shift_option *options; /* sold; what came back is not taken off */
    size_t option_count;
    const struct shift_department
        *departments; /* in the order of their products; none: a Z from before there were any */
    size_t department_count;
    const struct shift_deposit *deposits; /* in the order of their products */
    size_t deposit_count;
    const struct shift_received *received; /* in the order of their means */
    size_t received_count;
    const struct shift_gift_cards *gift_cards; /* in the order of their kinds and means */
    size_t gift_card_count;
};

/* ---- what they come to ---- */

struct shift_range {
    int64_t first, last; /* 0: no receipt */
};

struct shift_z {
    struct shift_books books; /* whose texts and rows it points to */
    struct shift_range t, x;  /* t: of a training those of series S */
    int64_t sale_count, sale_minor;
    int64_t refund_count, refund_minor;      /* negative */
    int64_t in_minor, out_minor, drop_minor; /* out and drop are negative */
    int64_t cash_minor;                      /* what stayed of sales, less what refunds gave back */
    int64_t rounding_minor;                  /* what all tenders differ from the turnover by: cash is rounded */
    int64_t on_account_minor;                /* received in cash on account: no turnover */
    int64_t gift_cards_minor;                /* likewise for gift cards */
    int64_t expected_minor;                  /* what it was opened with, cash, moves and these */
    int64_t grand_total_minor; /* of all Z, this one too: sales; neither refunds nor what was taken back is taken off */
    struct shift_deposits deposits;
    /* of a close */
    bool closed;
    struct instant closed_at;
    int64_t closed_by, counted_minor, difference_minor;
    const struct shift_pieces *counts;
    size_t counts_count;
};

/* May a shift be opened by somebody for whom none is open at their till (has_drawer: one is, the till's or their own), beside
 * so many others? per_person: it would be of their own drawer, else the till's. The till's and those of persons are never open
 * together: what is sold goes into the till's, and nobody would know of theirs. */
enum shift_opening { SHIFT_MAY_OPEN, SHIFT_IS_OPEN, SHIFT_OTHERS_OPEN, SHIFT_TOO_MANY };
enum shift_opening shift_may_open(bool per_person, bool has_drawer, int64_t others);

/* None is open for somebody at their till: what to do about it, in the words of who has to. others: drawers of other persons are. */
const char *shift_not_open(bool per_person, bool others);

/* Was it opened on an earlier business day than now is? *day: that one. */
bool shift_is_forgotten(struct instant opened, struct instant now, const struct zone *zone, int cutoff_minutes,
                        struct day *day);

enum shift_verdict {
    SHIFT_OK,
    SHIFT_OVERFLOW,         /* a sum leaves the range that can be counted, or more taxes than can be listed */
    SHIFT_NOT_DENOMINATION, /* no coin or note of the currency, or named twice */
    SHIFT_BAD_COUNT,        /* no pieces, or more money than there can be */
    SHIFT_BAD_TENDER,       /* neither card nor a voucher that is counted, or named twice */
};

/* All sums; not yet closed. */
enum shift_verdict shift_z_sum(const struct shift_books *books, struct shift_z *z);
/* rounding_minor, cash_minor, on_account_minor and gift_cards_minor of tenders, turnover and moves that are known already: of a Z that is shown again. */
enum shift_verdict shift_z_settle(struct shift_z *z);
/* What pieces are worth. *wrong: which of them, where one is. */
enum shift_verdict shift_z_count(const char *currency, unsigned exponent, const struct shift_pieces *counts,
                                 size_t count, int64_t *counted_minor, size_t *wrong);
/* What vouchers and the card machine were counted as, each at most once, in the order of the books' tenders, where those of which there were none
 * are added. *wrong: which of them, where one is. */
enum shift_verdict shift_z_count_tenders(struct shift_z *z, const struct catalogue *catalogue,
                                         const struct shift_counted *counted, size_t count, struct arena *arena,
                                         size_t *wrong);
/* expected_minor and difference_minor of what was counted; false: no number holds one of them. */
bool shift_tender_compare(const struct shift_books *books, struct shift_tender *tender);
/* The close: counted against expected. */
/* Something came by card, and the card machine was not counted. */
bool shift_card_is_left_out(const struct shift_books *books);
enum shift_verdict shift_z_close(struct shift_z *z, int64_t counted_minor, struct instant now, int64_t staff_id);

#define SHIFT_NAME_COLUMNS    20  /* of a name of a list that the document has room for */
#define SHIFT_DEPARTMENTS_MAX 200 /* that a report lists, all others among them */
/* What a report lists fits into one message, whatever it is called: of taxes, options, departments and people those that come first, each
 * with what the others leave it; the rest of a list is one row, with its count and sums. That of taxes is "?", as those are
 * that nobody knows. The new lists live in the arena. */
void shift_books_fold(struct shift_books *books, struct arena *arena);

/* At the left of the row that says whose drawer it is, in a person's report; so much of a name stands at its right. */
#define SHIFT_HOLDER_COLUMNS 27
extern const char shift_holder_label[];
/* The report as a document; an X names who sold, a Z nobody. X: not closed. blind: without what would tell how much is in the drawer.
 * Rows and texts live in the arena, or where those of z and shop do. */
struct receipt shift_receipt(const struct shift_z *z, bool blind, const struct shop *shop, const struct zone *zone,
                             struct instant now, struct arena *arena);

#endif
