/* Where the numbers of a sale come from: what was stored with it, and the versions of the catalogue that it was made with, as lines
 * that a person reads. Each number is followed by its parts, which are worked out anew and sum to it; where they do not, that is said.
 * Pure: the server explains what it has loaded, and a test any sale that it can think of. */
#ifndef CAROLINE_RULES_EXPLAIN_H
#define CAROLINE_RULES_EXPLAIN_H

#include "common/base/receipt.h"
#include "common/rules/sale.h"

/* As ExplainRowKind and ExplainNumber of explain.proto, number by number. */
enum explain_kind {
    EXPLAIN_HEAD = 1, /* what follows is about */
    EXPLAIN_NUMBER,   /* as it is stored; its parts follow */
    EXPLAIN_PART,     /* all of them sum to the number, unless it is said that they do not, or what is not known */
    EXPLAIN_NOTE,     /* why; without an amount */
    EXPLAIN_UNKNOWN,  /* what is not kept, or not known any more */
    EXPLAIN_WRONG,    /* what does not add up */
};
enum explain_about {
    EXPLAIN_NOTHING,
    EXPLAIN_UNIT_PRICE,
    EXPLAIN_LINE_AMOUNT,
    EXPLAIN_LINE_TOTAL, /* of a line that something was taken off; of others it is the amount */
    EXPLAIN_LINE_TAX,
    EXPLAIN_DISCOUNT,
    EXPLAIN_TAX, /* of one kind */
    EXPLAIN_TAX_NET,
    EXPLAIN_TOTAL,
    EXPLAIN_TOTAL_TAX,
    EXPLAIN_ROUNDING,
    EXPLAIN_PAID,
    EXPLAIN_POINTS_EARNED,
    EXPLAIN_POINTS_SPENT,
    EXPLAIN_POINTS_GIFTED,
    EXPLAIN_POINTS_AFTER,
    EXPLAIN_LEDGER_EARNED, /* what the entries of the ledger come to, less than nothing where they take points away */
    EXPLAIN_LEDGER_SPENT,
    EXPLAIN_LEDGER_GIFTED,
    EXPLAIN_LEDGER_GONE,
    EXPLAIN_ABOUT_COUNT
};
struct explain_row {
    enum explain_kind kind;
    enum explain_about about; /* a number, and what follows it */
    int line;                 /* of the sale's; NO_LINE: of all */
    bool has_amount, points;  /* points: the amount is of these, and of money otherwise */
    int64_t amount;
    int64_t staff_id;  /* who did it; 0: nobody, or it is not known */
    const char *staff; /* their name, for who may see it; NULL: not told */
    const char *text;  /* never NULL */
};
struct explanation {
    struct explain_row *rows;
    size_t count, capacity;
    size_t numbers, wrong, unknown; /* rows of these kinds */
};

/* An entry of the ledger of points, with its lot's days. */
struct explain_entry {
    enum points_kind kind;
    int64_t points;
    struct day origin, expiry;
};
/* Since when something of the catalogue is as it was: by which version, made when and by whom. */
enum explain_thing {
    EXPLAIN_THING_PRICE = 1,
    EXPLAIN_THING_TAX_CLASS,
    EXPLAIN_THING_PROMOTION,
    EXPLAIN_THING_PROGRAMME
};
struct explain_since {
    enum explain_thing thing;
    int64_t id;        /* product, tax class, promotion; 0: the programme */
    bool own;          /* of a price: the shop's own, and not the chain's */
    int64_t version;   /* 0: not known */
    struct instant at; /* us 0: likewise */
    int64_t staff_id;  /* 0: likewise */
};

struct explain_facts {
    const struct sale_rows *sale; /* with its exceptions, earnings */
    const struct explain_entry *entries;
    size_t entry_count;
    /* What it was priced with: the version that it names, or a refund's original does. NULL: nobody knows it any more. */
    const struct catalogue *catalogue;
    uint64_t version;
    const struct shop *shop; /* as of the version */
    const struct zone *zone;
    const struct explain_since *since;
    size_t since_count;
    const struct coupon_campaign *campaigns; /* of its coupons */
    size_t campaign_count;
    bool has_earn_time; /* the tier, weekday and minute that rules of earning were held against were kept */
    unsigned earn_tier;
    struct earn_time earn_time;
    /* Of a refund: its sale, and how much of each of that one's lines, by their numbers, had come back before. NULL: not known. */
    struct original *original;
    const int64_t *back_milli; /* [BASKET_LINES_MAX] */
    bool member_erased;        /* of a refund: no points were moved */
};

/* Rows in the arena; their texts too, or the facts'. */
void explain_sale(const struct explain_facts *facts, struct arena *arena, struct explanation *explanation);

/* On paper. number: the receipt's. exponent: of the currency. Texts stay the rows'. */
struct receipt explain_receipt(const struct explain_row *rows, size_t count, const char *number, unsigned exponent,
                               struct arena *arena);

#endif
