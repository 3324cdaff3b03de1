/* A sale and its refund, decided: what it costs, whether it may be, and every row that it writes. Pure: a till that
 * shows totals, a till that is offline, the server and the simulator call the same functions. */
#ifndef CAROLINE_RULES_SALE_H
#define CAROLINE_RULES_SALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/base/number.h"
#include "common/rules/account.h"
#include "common/rules/catalogue.h"
#include "common/rules/coupon.h"
#include "common/rules/gift_card.h"
#include "common/rules/hold.h"
#include "common/rules/modifier.h"
#include "common/rules/points.h"
#include "common/rules/price.h"
#include "common/rules/programme.h"
#include "common/rules/promotion.h"
#include "common/rules/receipt_number.h"
#include "common/rules/tax.h"

#define BASKET_LINES_MAX   200
#define BASKET_REWARDS_MAX 20
#define TENDERS_MAX        10
#define VERSION_LIFE_US    (15 * MINUTE_US) /* a basket may be priced with a superseded version for so long */

/* Each but OK is the error code of the same name in proto/envelope.proto. */
enum sale_verdict {
    SALE_OK,
    SALE_NOT_A_TILL,
    SALE_SHIFT_NOT_OPEN,
    SALE_CATALOGUE_OLD,
    SALE_CATALOGUE_UNKNOWN,
    SALE_BASKET_EMPTY,
    SALE_BASKET_TOO_LONG,
    SALE_BAD_QUANTITY,
    SALE_NO_SECRET_WANTED,
    SALE_BAD_REASON,
    SALE_UNKNOWN_PRODUCT,
    SALE_PRODUCT_INACTIVE,
    SALE_PRODUCT_SOLD_OUT,
    SALE_UNKNOWN_MEMBER,
    SALE_REWARD_WITHOUT_MEMBER,
    SALE_REWARD_NOT_APPLICABLE,
    SALE_POINTS_SHORT,
    SALE_STOCK_SHORT,
    SALE_STOCK_OVERFLOW,
    SALE_AMOUNT_OVERFLOW,
    SALE_TOTAL_DIFFERS,
    SALE_BAD_DISCOUNT,
    SALE_APPROVAL_NEEDED,
    SALE_APPROVAL_UNKNOWN,
    SALE_BAD_TENDER,
    SALE_UNDERPAID,
    SALE_OVERPAID,
    SALE_UNKNOWN_TENDER_TYPE,
    SALE_TENDER_INACTIVE,
    SALE_TENDER_LIMIT,
    SALE_TENDER_NOT_ALLOWED,
    SALE_TENDER_NOT_MEMBER,
    SALE_UNKNOWN_ACCOUNT,
    SALE_ACCOUNT_BLOCKED,
    SALE_ACCOUNT_LIMIT,
    SALE_ACCOUNT_WANTED,
    SALE_ACCOUNT_OFFLINE,
    SALE_UNKNOWN_GIFT_CARD,
    SALE_GIFT_CARD_BLOCKED,
    SALE_GIFT_CARD_EXPIRED,
    SALE_GIFT_CARD_MOVED,
    SALE_GIFT_CARD_BALANCE,
    SALE_GIFT_CARD_WANTED,
    SALE_GIFT_CARD_OFFLINE,
    SALE_BAD_CLAIM,
    SALE_UNKNOWN_SALE,
    SALE_ALREADY_REFUNDED,
    SALE_REFUND_OF_REFUND,
    SALE_BAD_REFUND_LINE,
    SALE_REFUND_TOO_MUCH,
    SALE_UNKNOWN_OPTION,
    SALE_OPTION_WANTED,
    SALE_TOO_MANY_OPTIONS,
    SALE_PRICE_WANTED,
    SALE_BAD_KEYED_PRICE,
    SALE_DEPOSIT_NOT_SHOWN,
    SALE_NOT_A_DEPOSIT,
    SALE_DEPOSIT_NOT_REFUNDED,
    SALE_BAD_DEPOSIT,
    SALE_UNKNOWN_COUPON,
    SALE_COUPON_USED,
    SALE_COUPON_EXPIRED,
    SALE_COUPON_NOT_YET,
    SALE_COUPON_NOT_NOW,
    SALE_COUPON_STOPPED,
    SALE_COUPON_USED_UP,
    SALE_COUPON_RETURNED,
    SALE_COUPON_MEMBER_WANTED,
    SALE_COUPON_OTHER_MEMBER,
    SALE_COUPON_MEMBER_USED,
    SALE_COUPON_NOT_FIRST,
    SALE_COUPON_BASKET_SMALL,
    SALE_COUPON_NOTHING_FITS,
    SALE_COUPON_STACKING,
    SALE_COUPON_WANTED,
    SALE_COUPON_OFFLINE,
    SALE_OFFLINE_NUMBER,
    SALE_OFFLINE_REWARD,
    SALE_OFFLINE_UNSOUND,
    SALE_BOOKS_UNSOUND,
    SALE_RETENDER_OTHER_SHIFT,
    SALE_RETENDER_REFUNDED,
    SALE_RETENDER_NOT_POSSIBLE,
    SALE_RETENDER_TOO_MUCH,
    SALE_HAS_MEMBER,
    SALE_ATTACH_LATE,
    SALE_ATTACH_OFF,
    SALE_ATTACH_NOT_POSSIBLE,
    SALE_UNKNOWN_REWARD,
    SALE_REWARD_TIER,
    SALE_TOO_LONG,
    SALE_ALLERGEN_AVOIDED,
    SALE_ALLERGEN_NOT_HERE,
    SALE_FREE_REFUND_OFF,
    SALE_FREE_REFUND_CAP,
    SALE_FREE_REFUND_PRICE,
    SALE_FREE_REFUND_GOODS,
    SALE_CARD_CHARGED, /* refused for `because`, although a card was charged */
    SALE_VERDICT_COUNT
};

/* ---- what is asked ---- */

/* As sale.kind. */
enum sale_kind { SALE_SOLD = 1, SALE_REFUND = 2 };

struct basket_line {
    int64_t product_id;
    int64_t quantity_milli; /* less than nothing: an empty that is taken back */
    bool hot, voided;
    struct bytes void_reason; /* of a voided line */
    struct bytes note;        /* that is printed below it; empty: none */
    struct discount discount; /* off what is left when rewards are taken */
    struct line_choice choice;
    uint32_t
        deposit_of; /* of what was printed: the line whose deposit it is, from 1; 0: none. Others are made by the rules */
    uint16_t told; /* allergens that the member was told of; bit n: number n */
};

/* By what a look-up gave; id 0: by nothing that it gave. */
struct basket_coupon {
    int64_t id, campaign_id;
    struct instant seen;
};

/* A reward of the programme's terms, once. */
struct basket_reward {
    uint32_t number, line; /* line: its index, or REWARD_DEAREST */
};

struct basket {
    uint64_t catalogue_version; /* it was begun with */
    enum service service;
    const struct basket_line *lines;
    size_t line_count;
    int64_t member_id;       /* 0: nobody */
    const uint32_t *rewards; /* of the programme's own: a line's index, or REWARD_DEAREST */
    size_t reward_count;
    const struct basket_reward *chosen; /* of its terms; all together at most BASKET_REWARDS_MAX */
    size_t chosen_count;
    struct discount discount;            /* of the whole receipt, off what is left of its lines */
    struct instant priced;               /* when, by the till's clock: promotions are those of then; 0: now */
    const struct basket_coupon *coupons; /* in the order in which they are taken off */
    size_t coupon_count;
};

struct tender {
    int kind;        /* enum tender_kind, or what a stranger sent; 0: as its type says */
    int64_t type_id; /* which means of payment; 0: cash or card, as the kind says */
    int64_t amount_minor;
    int64_t tip_minor;        /* of the amount: beyond the sale */
    struct bytes reference;   /* a card machine's approval, a voucher's number */
    int64_t account_id;       /* of TENDER_ACCOUNT: whose; 0: none was said */
    bool names_gift_card;     /* by what a look-up gave, right or wrong */
    int64_t gift_card_number; /* of TENDER_GIFT_CARD; 0: none was said, or the till has not looked it up */
    struct instant gift_card_seen;
};

/* How far it goes. PRICE: what a till shows while scanning; no drawer, no stock, no member's points are needed, but
 * what the set has of them is looked at. QUOTE: all that ring-up asks except for payment. BOOK: everything. */
enum sale_aim { SALE_TO_PRICE, SALE_TO_QUOTE, SALE_TO_BOOK };

/* What a till printed while it was offline: the goods are gone and the paper is in the customer's hand. */
struct printed_line {
    int64_t unit_price_minor, gross_minor, discount_minor, total_minor, tax_minor;
};
struct sale_printed {
    const struct printed_line *lines; /* one a line of the basket */
    const struct tax_row *taxes;
    size_t line_count, tax_count;
    int64_t total_minor, tax_minor;
};

struct sale_command {
    enum sale_aim aim;
    struct basket basket;
    /* of BOOK */
    const struct tender *tenders;
    size_t tender_count;
    int64_t shown_total_minor; /* what the till showed; another one is refused */
    struct instant made;       /* the till's clock: a claim; 0: it did not say */
    int64_t made_shift_id;     /* the shift it was made in; 0: it did not say */
    /* It comes late: into the drawer of the shift it was made in, while that is open, else as if it were made now; where who
     * made it has no drawer, into that of who brings it. */
    bool late;
    int64_t brought_by; /* of late */
    /* who and where */
    int64_t device_id, staff_id;
    const struct role *role;     /* the person's, for what not everybody takes; NULL: none */
    uint32_t discount_limit_ppm; /* what the person may take off without asking */
    bool may_give_back;          /* they give money back anyway: however much of empties */
    bool at_kiosk;               /* nobody is there who could tell a member anything */
    struct bytes approval;       /* the hash of the token of who allows more; empty: nobody was asked */
    char series;
    int64_t number; /* that the receipt gets */
    bool offline;   /* the till sells by itself: the catalogue may be of any age */
    bool over; /* goods and money have changed hands: stock that is short is listed, nobody gives a card's money back */
    /* A sale made so, booked afterwards: what was printed holds, and what it differs in is listed. NULL for others. */
    const struct sale_printed *printed;
    /* made before by the caller, used if wanted */
    int64_t sale_id, new_lot_id;
};

struct refund_line {
    uint32_t line; /* the original's, from 0 */
    int64_t quantity_milli;
};

struct refund_command {
    struct receipt_number original;
    const struct refund_line *lines; /* none: all that is left */
    size_t line_count;
    struct bytes reason;
    int64_t device_id, staff_id;
    bool has_total; /* the till showed one: */
    int64_t total_minor;
    char series;
    int64_t number;
    int64_t sale_id;
};

#define FREE_REFUND_LINES_MAX 50
struct free_refund_line {
    int64_t product_id;
    int64_t quantity_milli; /* that comes back: above 0 */
    bool keyed;             /* for less than today's price: */
    int64_t price_minor;    /* of a unit */
    bool hot;
};

/* Goods that come back, and no receipt: money of the drawer, by today's prices. */
struct free_refund_command {
    const struct free_refund_line *lines;
    size_t line_count;
    enum service service;
    struct bytes reason;
    bool has_total; /* the till showed one, above nothing: */
    int64_t total_minor;
    int64_t device_id, staff_id;
    const struct role *role; /* the person's; NULL: none */
    struct bytes approval;   /* as of a sale */
    char series;
    int64_t number;
    int64_t sale_id;
};

/* ---- the working set: what commands look at and change; each sees what those before it left ---- */

/* A till's own drawer is always among them, open or not, and before those of persons, which are open. */
struct drawer_state {
    int64_t device_id;
    int64_t holder_id;    /* the person whose it is; 0: the till's */
    uint32_t till_number; /* 0: the device is no till */
    int64_t shift_id;     /* 0: closed */
    int64_t cash_minor;   /* that should be in it */
    int64_t sale_count;   /* in the shift */
    bool changed;
};

/* A shift that a till claims to have sold in. */
struct shift_state {
    int64_t id, device_id;
};

struct stock_state {
    int64_t product_id;
    int64_t on_hand_milli;
    int64_t change_milli; /* by this group */
    bool stored;          /* has a row; else it is made when it first moves */
    bool moved;           /* by this group, even if back and forth */
};

/* Who a till says made a sale. */
struct staff_state {
    int64_t id, role_id;
};

/* What another person allowed by their PIN: one sale, on one till, of who asked. */
struct approval_state {
    uint8_t token_hash[32];
    int64_t device_id, asked_by, approved_by;
    int64_t approver_role_id; /* as it is now; 0: nobody's any more */
    uint32_t discount_ppm;    /* up to so much */
    bool below_floor;
    bool deposit_back; /* more than is taken back without asking */
    bool free_refund;
    struct instant expires;
    int64_t used_sale_id; /* 0: not yet */
    bool used_now;        /* by this group */
};

/* A sale that is to be refunded, as it was sold, and what has come back of its lines. */
struct original_line {
    int64_t product_id;
    const char *name;
    int64_t quantity_milli, unit_price_minor, gross_minor, discount_minor, total_minor, tax_minor;
    int64_t free_minor;   /* of the discount: free pieces */
    int64_t reward_minor; /* likewise: what rewards took off that were no pieces */
    int64_t coupon_milli; /* of the quantity: what coupons made free; 0 where it was sold before that was kept */
    int64_t back_milli;   /* given back so far */
    uint32_t tax_rows;    /* a bit for each of the original's taxes that it bears */
    int line;
    int goods_line; /* of a deposit: the line that it went with, or NO_LINE */
    uint8_t unit, flags;
};
/* What pays it, as it was put right (retender.h). */
struct original_tender {
    int position;
    enum tender_kind kind;
    int64_t type_id; /* 0: the kind's own */
    const char *name;
    int64_t amount_minor; /* that stayed, and was neither forfeited nor a tip */
    int64_t tip_minor, forfeited_minor;
    struct bytes reference;
    int64_t account_id;   /* of what went on account */
    int64_t gift_card_id; /* of what a gift card paid: the card that has its money now */
};
struct original_lot {
    int64_t lot_id;
    int64_t earned, spent; /* both >= 0 */
};
struct original {
    struct receipt_number number;
    int64_t sale_id, member_id;
    int64_t device_id, shift_id; /* in which it counts */
    enum sale_kind kind;
    enum service service;
    uint64_t catalogue_version;
    int64_t total_minor, tax_minor, rounding_minor; /* of its tenders, as they were put right */
    int64_t points_per_unit, cash_rounding_minor;   /* of its catalogue, as the exponent */
    unsigned currency_exponent;
    bool prices_include_tax;     /* likewise */
    struct original_line *lines; /* voided ones never were sold, and are not among them */
    const struct tax_row *taxes;
    const struct original_tender *tenders;
    const struct original_lot *lots;
    const struct earning *earnings; /* none: points_per_unit alone */
    size_t line_count, tax_count, tender_count, lot_count, earning_count;
    const struct original_line *taken_back; /* empties, once they are left out (deposit.h) */
    size_t taken_back_count;
    size_t retender_count; /* how often its tenders were put right */
    int64_t refund_count;  /* how often something of it was given back: the number of the last of these */
    bool refunded;         /* nothing is left to give back */
    const char *invoice;   /* that was made of it: its number; NULL: none */
};

struct working_set {
    struct arena *arena;
    const struct catalogue *catalogue;
    const struct zone *zone;
    const struct holds *holds;    /* NULL: none */
    struct drawer_state *drawers; /* by device, then holder */
    struct shift_state *shifts;   /* by id */
    struct member_state *members; /* by id */
    struct stock_state *stock;    /* by product */
    struct approval_state *approvals;
    struct original *originals;
    struct staff_state *staff;
    struct account_state *accounts;     /* by id */
    struct gift_card_state *gift_cards; /* by id */
    struct coupon_state *coupons;       /* by id */
    struct coupon_campaign *campaigns;
    struct coupon_member *coupon_members;
    size_t coupon_count, campaign_count, coupon_member_count;
    size_t drawer_count, shift_count, member_count, stock_count, approval_count, original_count, staff_count,
        account_count, gift_card_count;
    int64_t free_refunded_minor; /* on this business day without receipts, above nothing; where a command asks for it */
};

/* Into which of a till's drawers something goes that a person does there: the till's own while it is open, else theirs; the
 * till's, closed, where neither is. NULL: no such device. */
struct drawer_state *set_drawer(const struct working_set *set, int64_t device_id, int64_t staff_id);
/* That of a shift, if it is open at the till; NULL: it is not. */
struct drawer_state *set_drawer_of_shift(const struct working_set *set, int64_t device_id, int64_t shift_id);
/* Is any open at the till? */
bool set_drawer_any(const struct working_set *set, int64_t device_id);
/* Of who was merged into another, that one; NULL: whoever took them in is not there, or was merged themselves. */
struct member_state *set_member(const struct working_set *set, int64_t member_id);
/* Is anybody in it who was merged into somebody who is not? */
bool set_misses_member(const struct working_set *set);
struct stock_state *set_stock(const struct working_set *set, int64_t product_id);
struct account_state *set_account(const struct working_set *set, int64_t account_id);
struct gift_card_state *set_gift_card(const struct working_set *set, int64_t card_id);
struct coupon_state *set_coupon(const struct working_set *set, int64_t coupon_id);
struct coupon_campaign *set_campaign(const struct working_set *set, int64_t campaign_id);
/* NULL: nobody knows what the member did. */
struct coupon_member *set_coupon_member(const struct working_set *set, int64_t campaign_id, int64_t member_id);
struct original *set_original(const struct working_set *set, struct receipt_number number);

/* ---- what is to be written ---- */

#define LINE_HOT        1
#define LINE_VOIDED     2
#define LINE_REWARD     4
#define LINE_BELOW_ZERO 8
#define LINE_STOCK      16 /* it moved the stock */
#define LINE_DEPOSIT    32 /* of a deposit good; of a sale, with less than nothing: taken back */
#define LINE_CHARGE     64
#define LINE_TOLD       128 /* it has something that the member avoids, who was told so */

/* Amounts of a refund are negative. */
struct sale_line_row {
    int64_t product_id;
    const char *name;
    int64_t quantity_milli, unit_price_minor, gross_minor, discount_minor, total_minor, tax_minor;
    struct bytes void_reason;
    struct bytes note; /* empty: none */
    int refund_line;   /* the original's, or NO_LINE */
    uint8_t unit, flags;
};
struct tender_row {
    enum tender_kind kind;
    int64_t type_id;  /* 0: cash or card, as the kind says */
    const char *name; /* on the receipt */
    int64_t amount_minor, change_minor;
    int64_t forfeited_minor; /* of the amount: of a voucher of which nothing comes back */
    int64_t tip_minor;       /* of the amount: no turnover, no tax, no points */
    struct bytes reference;  /* of what went on account: its number */
    int64_t account_id;      /* likewise */
    int64_t gift_card_id;    /* of what a gift card paid; the reference is the number of the card that did */
    char last_four[5];       /* of the code of the one that has the money now; "": another tender */
    int64_t left_minor;      /* likewise: what that left on it */
};
/* What was put to a tender of a sale afterwards, or taken off it (retender.h), for its receipt. */
struct retender_row {
    int number, position;
    struct instant at;
    enum tender_kind kind;
    int64_t type_id;
    const char *name;
    int64_t amount_minor, tip_minor;
    int64_t rounding_minor; /* of all with this number */
    struct bytes reference;
};
enum stock_kind { STOCK_SOLD = 1, STOCK_REFUNDED = 2, STOCK_RECEIVED = 3, STOCK_COUNTED_AWAY = 4 };
struct stock_row {
    int64_t product_id, quantity_milli; /* negative: off the shelf */
    int line;
};
/* An option that a line was sold with, as it was called, and what it added to the price of a unit. */
struct option_row {
    int line;
    int64_t modifier_id;
    uint32_t option;
    const char *name;
    int64_t price_minor;
};
/* What a person keyed as the price of a unit. */
struct keyed_row {
    int line;
    int64_t price_minor;
};
/* A line of a deposit or a charge: what it went with, and what was paid for it, with the tax on top; less than nothing where it
 * was given back. */
struct deposit_row {
    int line;
    int goods_line; /* NO_LINE: sold, or taken back, by itself */
    int64_t amount_minor;
};
enum discount_kind {
    DISCOUNT_OF_LINE = 1,
    DISCOUNT_OF_RECEIPT = 2,
    DISCOUNT_OF_PROMOTION = 3,
    DISCOUNT_OF_COUPON = 4,
    DISCOUNT_OF_REWARD = 5,
};
/* What a discount took off. The receipt's has a row of its own (NO_LINE), and one for each line's part of it; so has each
 * promotion, and each reward of the programme's terms, whose reason is its name, and each coupon, whose reason is its campaign's. */
struct discount_row {
    int line;
    enum discount_kind kind;
    uint32_t rate_ppm;    /* 0: a fixed amount, or a line's part */
    int64_t promotion_id; /* of a coupon its campaign's, of a reward its number; 0: none */
    uint32_t times; /* that a promotion or reward was given, of its own row; of a reward's or coupon's part the pieces
                     * free; else 0 */
    int64_t amount_minor;
    struct bytes reason;
};
/* A coupon of the basket. */
struct coupon_row {
    int64_t coupon_id, campaign_id;
    int64_t coupon_number;       /* in its campaign */
    int64_t use_number;          /* of the coupon's */
    const char *name;            /* the campaign's */
    int64_t amount_minor;        /* that it took off; 0: nothing, for which see: */
    enum coupon_verdict verdict; /* of SALE_TO_PRICE alone: why not, and in a sentence */
    const char *sentence;
};
/* As sale_exception.kind. From PRICE_CHANGED on, but for BROUGHT and ALLERGEN, they are of sales that were made offline alone. */
enum sale_exception {
    EXCEPTION_OVERSOLD = 1,
    EXCEPTION_OTHER_SHIFT = 2,
    EXCEPTION_PRICE_CHANGED = 3,   /* said: a unit's price as printed; found: now */
    EXCEPTION_TOTAL_DIFFERS = 4,   /* said: the total as printed; found: what its catalogue gives */
    EXCEPTION_MEMBER_GONE = 5,     /* said: the member's id; 0: a card that is nobody's, whose end is found */
    EXCEPTION_VERSION_UNKNOWN = 6, /* said: the catalogue's version; found: the one it is booked with */
    EXCEPTION_PRODUCT_GONE = 7,    /* no longer sold, or sold out */
    EXCEPTION_DISCOUNT = 8,        /* said: the limit it would have taken, in millionths; found: the person's */
    EXCEPTION_TIME = 9,            /* said: when the till says it was; found: now; microseconds */
    EXCEPTION_SHIFT_UNKNOWN = 10,  /* said: the shift's id */
    EXCEPTION_PERSON_UNKNOWN = 11, /* said: the person's id; found: under whom it is booked */
    EXCEPTION_CHOICE = 12,         /* said: the first line whose options or keyed price its catalogue does not have */
    EXCEPTION_BROUGHT = 13,        /* of either series. said: the till's device; found: whose command booked it */
    EXCEPTION_DEPOSIT = 14,        /* said: the first line whose deposit its catalogue has otherwise */
    EXCEPTION_ALLERGEN = 15,       /* of either series: nobody says that the member was told */
    EXCEPTION_FREE_REFUND = 16,    /* of series T */
};
struct exception_row {
    enum sale_exception kind;
    int line;
    int64_t said, found;
};
/* A line that has what the member avoids, who was not told; contains and may_contain: of what was not. */
struct allergen_row {
    int line;
    int64_t product_id;
    const char *name;
    uint16_t contains, may_contain;
};
enum drawer_kind {
    DRAWER_FLOAT = 1,
    DRAWER_SALE = 2,
    DRAWER_REFUND = 3,
    DRAWER_RETENDER = 7,
    DRAWER_ACCOUNT = 8,    /* received on account */
    DRAWER_GIFT_CARD = 15, /* received for a gift card */
};                         /* 4 to 6: shift.h */

struct sale_rows {
    /* of every verdict but OK */
    enum sale_verdict because;      /* of CARD_CHARGED */
    const char *sentence;           /* for a person; in the set's arena */
    const char *field;              /* "lines[2].quantity_milli", or NULL */
    uint32_t needed_ppm;            /* beyond the person's right: what would have to be allowed; 0: nothing */
    bool below_floor;               /* likewise */
    bool deposit_back;              /* likewise */
    bool free_refund;               /* likewise */
    struct allergen_row *allergens; /* of ALLERGEN_AVOIDED and ALLERGEN_NOT_HERE, in the order of lines */
    size_t allergen_count;
    bool priced; /* the lines and totals below are right all the same (TOTAL_DIFFERS) */

    int64_t sale_id, shop_id, device_id, staff_id, member_id, refund_of;
    int64_t refund_number; /* of a refund of a sale: which of that one's it is, from 1; 0 for others */
    enum sale_kind kind;
    struct receipt_number number, refund_of_number;
    bool empties_stay; /* of a refund: its sale took empties back, which paid a part of it, and are not given back */
    enum service service;
    uint64_t catalogue_version;
    int64_t shift_id, made_shift_id; /* made: 0 unless it is another */
    struct day business_day;
    struct instant made, at;
    struct bytes reason; /* of a refund */

    struct instant
        attached; /* of a sale that is shown again: when it was given to its member; 0: they were shown, or it has none */
    int64_t total_minor, tax_minor;
    int64_t deposit_minor; /* of the total: deposits and charges, what was taken back taken off */
    int64_t points_earned, points_spent, points_gifted, points_after;
    int64_t points_gone; /* of a refund: of what it takes back of the earned ones, what had expired before */
    int64_t cash_minor, change_minor; /* handed over, given back */
    int64_t forfeited_minor;          /* of what was handed over */
    int64_t tip_minor;                /* likewise */
    int64_t rounding_minor;           /* of the part in cash: what was paid is the total and this */
    int64_t approved_by;              /* 0: nobody had to */
    struct approval_state *approval;  /* in the set; NULL likewise */
    int64_t drawer_minor;             /* what that leaves in the drawer; 0: no entry */
    int64_t brought_by;               /* of an offline sale: who was signed in when it was booked; 0 for others */
    uint8_t record[32];               /* of an offline sale: SHA-256 of what the till kept of it */
    bool points_to_come;              /* a till that is offline does not know the member's points */
    const char *invoice;              /* that was made of it, of a refund the credit note: its number; NULL: none */
    const char *invoice_of;           /* of a refund: the invoice of its sale; likewise */

    struct sale_line_row *lines;
    struct taxes taxes;
    struct tender_row *tenders;
    struct stock_row *stock;
    struct exception_row *exceptions;
    struct discount_row *discounts;   /* promotions, coupons, the receipt's, then those of the lines in their order */
    struct option_row *options;       /* in the order of lines, in each as chosen */
    struct keyed_row *keyed;          /* in the order of lines */
    struct deposit_row *deposits;     /* in the order of lines */
    struct account_row *accounts;     /* entries, in the order of the tenders */
    struct gift_card_row *gift_cards; /* likewise */
    struct coupon_row *coupons;       /* in the order of the basket */
    size_t coupon_count;
    struct points_rows points;
    struct earning
        *earnings; /* of which points_earned is made up, where the programme has rules of earning; else none */
    size_t earning_count;
    bool has_earn_time; /* what rules of earning were held against: */
    uint8_t earn_tier;  /* the member's */
    struct earn_time earn_time;
    size_t account_count, gift_card_count;
    size_t line_count, tender_count, stock_count, exception_count, discount_count, option_count, keyed_count,
        deposit_count;

    const struct retender_row *retenders; /* of a sale that is shown again; in the order of their numbers */
    size_t retender_count;
};

/* A refund of no sale. One that is shown again knows its sale by the number alone. */
static inline bool sale_is_free_refund(const struct sale_rows *sale)
{
    return sale->kind == SALE_REFUND && sale->refund_of == 0 && sale->refund_of_number.number == 0;
}

/* A means of payment as of a version of the catalogue; NULL: there was none. */
const struct tender_type *tender_type_of(const struct catalogue *catalogue, uint64_t version, int64_t id);

/* What is due in cash of so much: to the nearest multiple that the shop pays in, halves upwards. */
int64_t cash_due(const struct shop *shop, int64_t minor);

/* Does it say what the till said and what was found? Those of a till's own numbers do. */
bool sale_exception_compares(const struct sale_rows *sale, const struct exception_row *exception);

/* Nothing in the set is changed unless the verdict is OK and the aim is BOOK. rows: zeroed by the call, its arrays in
 * the set's arena. now: the commit's instant. */
enum sale_verdict sale_decide(const struct sale_command *command, struct working_set *set, struct instant now,
                              struct sale_rows *rows);
/* What the rules allowed is more than can be answered or kept: the refusal of that, with what to give back first where a card
 * was charged. rows: zeroed by the call. */
enum sale_verdict sale_refuse_long(const struct sale_command *command, const struct working_set *set,
                                   struct sale_rows *rows);
/* Lines of it, or all that is left, to the tenders it was paid with. */
/* What refund_decide() would give back: lines and money, and what it refuses of them; no drawer, stock or points are looked at, and
 * nothing changes. original: NULL, there is none. rows has been begun. */
enum sale_verdict refund_price(const struct refund_command *command, struct original *original, struct arena *arena,
                               struct sale_rows *rows);
enum sale_verdict refund_decide(const struct refund_command *command, struct working_set *set, struct instant now,
                                struct sale_rows *rows);
/* Without a receipt: in cash, by the prices and taxes of the newest catalogue, up to what the business day has left
 * (Shop.free_refund_day_minor). Nobody's points move, and it is listed. Who has not the permission refund_free needs an approval. */
enum sale_verdict refund_free_decide(const struct free_refund_command *command, struct working_set *set,
                                     struct instant now, struct sale_rows *rows);
/* What it comes to, rounded as cash is, and what is refused of its goods, as a till shows it: by the same prices. The catalogue has a
 * shop. */
enum sale_verdict refund_free_price(const struct free_refund_command *command, const struct catalogue *catalogue,
                                    struct arena *arena, struct sale_rows *rows);

#endif
