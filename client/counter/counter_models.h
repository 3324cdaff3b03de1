/* What each screen of the counter shows: its fields, its lists, and what it waits for. */
#ifndef CAROLINE_COUNTER_COUNTER_MODELS_H
#define CAROLINE_COUNTER_COUNTER_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/counter/entry.h"
#include "client/goods/member_form.h"
#include "client/goods/member_query.h"
#include "client/goods/open_basket.h"
#include "client/goods/search.h"
#include "client/link/link.h"
#include "client/link/print_spool.h"
#include "client/link/spool.h"
#include "client/ui/credentials.h"
#include "client/ui/door.h"
#include "client/ui/form.h"
#include "client/ui/list.h"
#include "client/ui/stage.h"
#include "common/base/arena.h"
#include "common/base/instant.h"
#include "common/rules/explain.h"
#include "common/rules/gift_card.h"
#include "common/rules/parked.h"
#include "common/rules/shift.h"
#include "proto/account.pb-c.h"
#include "proto/gift_card.pb-c.h"
#include "proto/member.pb-c.h"
#include "proto/sale.pb-c.h"

#define PRODUCT_NAME_SIZE 328 /* 80 characters */
#define CODE_SIZE         264 /* a card: 64 characters */
#define QUEUED_MAX        16
#define MEMBERS_SHOWN_MAX 50
#define RECEIPT_COLUMNS   42

/* The drawer that who is signed in works with: the till's, or their own. */
struct shift_model {
    struct field amount;
    bool known, open; /* as the server last said */
    bool busy;
    bool personal;   /* opening one opens one's own */
    bool pay_next;   /* what was to be paid when it was found closed */
    bool asked_back; /* whether that float is meant */
    int64_t asked_minor;
    int64_t id;
    int64_t holder_id; /* 0: the till's */
    struct instant opened;
    uint32_t others; /* other persons' that are open at this till */
    struct instant others_since;
};

/* What is open at this till: which of it is meant. */
#define DRAWERS_SHOWN_MAX 20
struct drawers_row {
    int64_t shift_id, holder_id;
    uint32_t number;
    char holder[PRODUCT_NAME_SIZE]; /* empty: nobody can read it */
    struct instant opened;
};
struct drawers_model {
    enum { DRAWERS_CLOSE, DRAWERS_REPORT } use;
    struct list list;
    struct drawers_row rows[DRAWERS_SHOWN_MAX];
    bool busy, known;
};

/* Somebody else is about to sell here. */
struct switch_model {
    struct credentials who;
    enum { SWITCH_ASKS, SWITCH_PARKS, SWITCH_SIGNS_IN } state;
    int64_t from_id;    /* who was here */
    int64_t parked_id;  /* their basket, parked for this; 0: none */
    uint32_t gift_card; /* that whoever comes is to look at; 0: none */
};
/* Baskets that were parked when somebody else took over: each comes back with its person. */
#define SWITCHED_MAX 8
struct switched {
    int64_t staff_id, parked_id;
};

/* The screen of the sale: the basket's lines, or the products that match what is typed. */
struct sale_model {
    struct field entry;
    int64_t taken_id, taken_milli; /* what was taken last, and how much of it; 0: nothing yet */
    struct list lines, matches;
    struct list view; /* of the lines with what was chosen for them below each, as drawn last */
    struct search_result found;
    int64_t weigh_id;   /* whose weight is asked for; 0: nothing's */
    bool sure;          /* so much was asked about, and is meant */
    int64_t much_milli; /* the weight that is asked about */
};

/* How money goes back; all of it above 0. The rest: to an account, a gift card, as vouchers, or by a server that does not say which. */
struct given_back {
    int64_t cash_minor, card_minor, rest_minor;
};
/* What the customers before get, until the next sale is paid. */
struct due_before {
    bool change, meanwhile; /* meanwhile: it came of a refund while a sale was on its way, and is not over with that */
    int64_t change_minor;   /* of a sale that was put aside */
    unsigned refunds;
    struct given_back back; /* of all of them */
};

/* What was scanned and could not be taken, and money that is to be given: told until somebody has acknowledged it. */
#define TOLD_MAX 8
struct told_row {
    bool unknown; /* nothing has the code: */
    char code[CODE_SIZE];
    char sentence[STAGE_TEXT]; /* what became of it */
};
struct told_model {
    unsigned refunds;               /* whose money is to be given: */
    struct given_back back;         /* of all of them */
    char refund[STAGE_TEXT];        /* what is said of one */
    struct told_row rows[TOLD_MAX]; /* the newest; codes make room first */
    size_t count, more;             /* more: older ones, which have no room */
    char shown[STAGE_TEXT];         /* the line that was made of them */
    char before[STAGE_TEXT];        /* in front of them: what the stage held already; "": nothing */
};

/* A code that no product has, and may be a member's card: the server is asked. */
#define CARD_LOOKS_MAX 8
struct card_look {
    struct counter *counter; /* NULL: free */
    uint64_t basket;         /* into which it was scanned */
    char code[CODE_SIZE];
};

struct member_row {
    int64_t id, points;
    char name[MEMBER_NAME_SIZE];
    char phone[132];
    bool birthday;
    uint16_t avoids;
    uint64_t since_us;
    uint32_t tier;
    char tier_name[MEMBER_TIER_SIZE];
};
struct member_model {
    struct field query;
    struct list list;
    struct member_row rows[MEMBERS_SHOWN_MAX];
    bool busy, asked;
    uint64_t next_id;       /* after which there are more; 0: these are the last */
    bool later;             /* these are not the first */
    bool by_phone;          /* it was looked for as one, and is nobody's: */
    char calling_code[4];   /* with which it was made whole; "": with none */
    enum member_key key;    /* what the text was last taken for */
    struct member_row same; /* whose duplicate is looked for; id 0: none is */
    char receipt[28];       /* that whoever is found is given; "": none */
    char code[24];          /* for a kiosk, or their card's, of `code_name`; "": none was made */
    bool code_is_card;
    bool code_asked; /* it is on its way to this form, which is busy by it */
    int64_t code_id; /* who has it, or is to have it */
    char code_name[MEMBER_NAME_SIZE];
};
#define CONSENT_ROWS_MAX 8
struct consent_row {
    uint32_t kind, version, newest; /* of the text that was agreed to, and the newest */
    bool given;
    int64_t at_us; /* 0: never asked */
    char name[64], text[404];
};
struct privacy_model {
    int64_t id; /* of the member; 0: nobody's */
    char name[MEMBER_NAME_SIZE];
    int64_t points;
    struct list list;
    struct consent_row rows[CONSENT_ROWS_MAX];
    struct field word; /* that says one is sure */
    bool busy;
};
#define STORED_CARDS_MAX 50
struct stored_card_row {
    int64_t id;
    char brand[84], last_four[20];
    uint32_t month, year; /* to whose end it is good */
};
struct stored_cards_model {
    int64_t member_id; /* 0: nobody's */
    char name[MEMBER_NAME_SIZE];
    struct list list;
    struct stored_card_row rows[STORED_CARDS_MAX];
    bool known, busy;
    bool is_old;      /* one was stored since */
    struct form form; /* a gift card is topped up by the selected one */
    struct field number, amount;
    uint32_t gift_card;
    int64_t amount_minor;
    struct stored_card_row by; /* the card that is asked about, whatever comes of the list */
    int64_t charge_id;         /* that `state` is of */
    int state;                 /* Caroline__V1__ChargeState of it; none: it is asked for */
    char told[400];            /* what became of it */
};
/* A gift card that was scanned for a charge: its answer is of the form that it was scanned into. */
struct charge_look {
    uint64_t form, asked_form; /* counted */
    bool asked;
};
/* Charges that are under way, whatever screen is shown. */
#define CHARGES_MAX 8
struct charge_followed {
    int64_t ids[CHARGES_MAX]; /* the first is asked about until it is over */
    size_t count;
    int64_t asked_us;
    int64_t refused_staff_id; /* who was told that it is not said to them; 0: nobody */
    bool asking;
    bool from_before; /* an earlier run began them, and nobody was told so yet */
};
/* The gateway's page on which a card is typed. */
struct card_page_model {
    uint64_t setup_id, asked_setup_id; /* 0: none is shown */
    int state;                         /* as in proto/payment.proto */
    char url[2001];
    int64_t asked_us;
    bool asking;
};
#define PRINTERS_MAX 20
#define PRINTER_NAME 164 /* 40 characters */
struct printer_row {
    char name[PRINTER_NAME], problem[484];
    uint32_t waiting;
};
/* The shop's own, and what is to be printed on one of them. */
struct printers_model {
    char receipt[28]; /* its copy; empty: */
    uint32_t z_number;
    struct printer_row rows[PRINTERS_MAX];
    struct list list;
    bool busy, known;
};
struct reward_model {
    struct list list;
    uint32_t numbers[REWARDS_MAX];
};
struct member_new_model {
    int64_t id; /* who is changed; 0: a new member */
    bool busy;
    struct member_form data;
};
/* A receipt that is given to a member. */
struct member_merge_model {
    struct member_row stays, goes;
    struct field reason;
    bool busy;
};

enum pay_state { PAY_QUOTING, PAY_OPEN, PAY_SELLING };
struct pay_tender {
    enum tender_kind kind;
    int64_t type_id, amount_minor, tip_minor; /* the tip: of the amount */
    char name[100], reference[164];
    int64_t account_id;             /* 0: it goes on none */
    char account[MEMBER_NAME_SIZE]; /* its name; of a gift card its number and what stays on it */
    uint32_t gift_card;             /* its number; 0: none */
    uint8_t pays[GIFT_CARD_TOKEN_SIZE];
};
/* What the entry is for, behind a key: the card machine's approval, a voucher's number, whether what is over is to be
 * forfeited, or whether the house is to pay. */
enum pay_ask { PAY_ASKS_NOTHING, PAY_ASKS_CARD, PAY_ASKS_NUMBER, PAY_ASKS_FORFEIT, PAY_ASKS_HOUSE, PAY_ASKS_TIP };
#define PAY_OTHERS_MAX 20 /* means of payment beside cash and card */
struct pay_model {
    enum pay_state state;
    bool offline; /* the server cannot be asked: this till sells by itself */
    bool back;    /* and the server is, meanwhile */
    bool again;   /* QUOTING: its database is away, it is asked once more */
    bool slow;    /* SELLING: its answer takes so long that the next customer may come first */
    bool here;    /* SELLING: the money was taken here and now, not by an earlier run of this program */
    int64_t selling_us;
    enum pay_ask ask;
    int64_t ask_type_id, ask_minor; /* of which means, how much */
    int64_t tip_minor;              /* that the next part in cash or by card brings beside what is due */
    struct field amount, reference;
    struct pay_tender tenders[TENDERS_MAX];
    size_t tender_count;
    int64_t total_minor, tax_minor, points_earned, points_spent, points_gifted, points_after;
    uint64_t catalogue_version;
    bool takes_cash, takes_card;
    int64_t other_ids[PAY_OTHERS_MAX]; /* as when the screen opened: a key stays what it was */
    size_t other_count;
    struct list others; /* of the screen that lists them */
};

#define GIVEN_BACK_TEXT ((size_t)3 * (NUMBER_TEXT + 24))
enum receipt_kind { RECEIPT_SOLD, RECEIPT_REFUNDED, RECEIPT_AGAIN };
struct receipt_model {
    enum receipt_kind kind;
    struct arena *arena; /* what stands on it; NULL: nothing yet */
    const char **lines;
    struct receipt document; /* the same, as rows; in the arena */
    struct list list;
    char number[28];
    struct bytes
        original; /* the document as it came, in the arena, while nobody has printed it; data NULL: a copy then */
    int64_t total_minor, cash_minor, card_minor, change_minor; /* card: of a refund alone */
    int64_t paid_minor;                                        /* the total as its cash was rounded */
    int64_t on_account_minor;                                  /* of it: to be paid later */
    bool has_cash;
    int64_t points_after;
    bool has_points;
    bool is_refund;                  /* of RECEIPT_AGAIN */
    bool has_member;                 /* as far as is known here */
    bool has_invoice, is_of_invoice; /* one was made of it; it is a refund of what one is for */
    bool busy;
};

struct attach_model {
    struct member_row member;
    struct field number;
    struct receipt_model sale;
    struct instant sold;
    bool shown; /* it can be given */
    bool busy;
};

/* A line of a receipt of which something is left to give back. */
struct refund_row {
    uint32_t line; /* of the sale's, from 0 */
    int64_t product_id, left_milli;
    int64_t sold_milli; /* as it was sold */
    bool deposit;       /* that went with another line: */
    uint32_t deposit_of;
    int64_t back_milli; /* picked to come back now */
};
struct refund_model {
    struct field number, reason;
    struct list list, reasons;
    struct refund_row rows[BASKET_LINES_MAX];
    bool shown; /* the sale is on the screen, its reason being typed */
    bool busy;
    int64_t given_back_minor;
    int64_t back_minor;  /* what the server said that it comes to: the question was about so much */
    int64_t given_minor; /* the same as cash is rounded */
    struct receipt_model sale;
};

/* Goods of the basket that come back, and there is no receipt. */
struct free_refund_row {
    int64_t product_id, quantity_milli, price_minor; /* of a unit, today */
    int64_t given_minor;                             /* of a unit, where it is less; 0: today's */
    bool hot;
};
struct free_refund_model {
    struct field reason, price;
    struct list list, reasons;
    struct free_refund_row rows[FREE_REFUND_LINES_MAX];
    bool pricing; /* a price is typed, of the selected line */
    bool busy;
    bool approved; /* another person's word: */
    uint8_t approval[32];
    int64_t total_minor, due_minor; /* above nothing: what it comes to, and that rounded as cash is */
};

/* Accounts that were named here of late, in memory alone: papers say their numbers, and this till puts the names below. */
#define ACCOUNTS_KNOWN_MAX 8
struct account_known {
    int64_t id;
    char name[MEMBER_NAME_SIZE];
};
/* What an account is chosen for, and from: as many as fit here; the others are looked for by the server. */
#define ACCOUNTS_SHOWN_MAX 100
enum account_purpose { ACCOUNT_TO_PAY, ACCOUNT_TO_RECEIVE };
struct account_row_shown {
    int64_t id, balance_minor, left_minor;
    uint32_t number;
    bool blocked;
    char name[MEMBER_NAME_SIZE], reference[164];
};
struct account_model {
    enum account_purpose purpose;
    struct field query;
    struct list list;
    struct account_row_shown rows[ACCOUNTS_SHOWN_MAX];
    size_t matches[ACCOUNTS_SHOWN_MAX]; /* which rows have what is typed */
    size_t row_count, match_count;
    bool told;            /* the server has answered, so that none is none */
    bool more;            /* than these rows */
    bool searched, asked; /* the server was asked for what is typed, and has said */
    bool by_name;         /* what was asked last, and fills the rows: not a page of all of them */
    bool all_wanted;      /* nothing is typed any more: all of them, once there is an answer */
    uint64_t next_id;     /* of these, after which there are more; 0: none */
    bool busy;
};
struct account_receive_model {
    struct account_row_shown account;
    struct form form;
    struct field amount, reference;
    Caroline__V1__AccountMeans means;
    int64_t amount_minor;
    bool busy;
};
/* A gift card that was looked up: its code is nowhere in here but in the field, while it is typed. */
enum gift_card_purpose { GIFT_CARD_TO_LOOK, GIFT_CARD_TO_PAY };
struct gift_card_row_shown {
    uint32_t number, moved_to; /* 0: it was not moved */
    int64_t balance_minor, left_minor;
    bool blocked, expired;
    char last_four[8], expiry_day[16]; /* "": it pays for ever */
};
/* What was paid for it. */
#define GIFT_CARD_LOADINGS_SHOWN 6
struct gift_card_loading {
    uint32_t entry;
    Caroline__V1__AccountMeans means;
    int64_t amount_minor;
};
struct gift_card_model {
    enum gift_card_purpose purpose;
    struct field code;
    bool busy, shown, has_pays;
    struct gift_card_row_shown card;
    struct gift_card_loading loadings[GIFT_CARD_LOADINGS_SHOWN]; /* the newest first */
    size_t loading_count;
    uint8_t pays[GIFT_CARD_TOKEN_SIZE];
    struct receipt_model paper; /* what was done with it */
};
struct gift_card_load_model {
    uint32_t number; /* 0: a new one */
    char last_four[8];
    struct form form;
    struct field amount, code, reference;
    Caroline__V1__AccountMeans means;
    int64_t amount_minor;
    bool busy;
};
enum gift_card_deed { GIFT_CARD_TO_BLOCK, GIFT_CARD_TO_OPEN, GIFT_CARD_TO_MOVE, GIFT_CARD_TO_GIVE_BACK };
struct gift_card_change_model {
    enum gift_card_deed deed;
    uint32_t number;
    char last_four[8];
    int64_t balance_minor;
    struct gift_card_loading loadings[GIFT_CARD_LOADINGS_SHOWN];
    size_t loading_count;
    struct form form;
    struct field entry, code, reason, reference;
    bool busy;
};
struct gift_card_paper_model {
    uint32_t number;
    int64_t left_minor, back_minor; /* back: of what was given back; else 0 */
    Caroline__V1__AccountMeans back_means;
    char code[GIFT_CARD_CODE_TEXT]; /* of a new one; "" */
    struct receipt_model paper;
};
/* Codes of new cards whose answers came while their cashier was elsewhere: shown once, to who is signed in as they were. */
#define GIFT_CARD_CODES_MAX 8
struct gift_card_code_kept {
    uint32_t number;
    int64_t left_minor;
    uint64_t staff_id;
    char code[GIFT_CARD_CODE_TEXT];
};
/* What the server was asked and has not answered (waiting.c). */
#define ASIDE_MAX    32
#define WAITING_NAME 96
struct counter;
struct waiting {
    bool *busy; /* the screen's; NULL: nothing is waited for */
    const struct screen *screen;
    link_answer_fn *answered; /* as long as it was not put aside */
    void (*leave)(struct counter *c);
    const char *what;         /* "the money on an account" */
    char named[WAITING_NAME]; /* with its sum, and whose it is; "": what it is says it */
    bool drawer;              /* opens when it is put aside: cash was taken */
    bool follow;              /* as of link_command() */
    bool slow;
    uint8_t id[COMMAND_ID_SIZE];
    int64_t since_us; /* 0: not looked at yet */
};
struct aside { /* by this run */
    uint8_t id[COMMAND_ID_SIZE];
    bool open; /* its answer is still to come */
    char named[WAITING_NAME];
};
struct account_paper_model {
    struct receipt_model paper;
    struct bytes document;   /* as it came, in the paper's arena; data NULL: none */
    bool statement, printed; /* its paper was: the next one is a copy */
    int64_t balance_minor, account_id;
    uint32_t oldest; /* of a statement: its last entry's number, before which there are more */
    bool more;
};

/* What pays a receipt, and what it was in truth. */
#define RETENDER_ROWS_MAX 20
struct retender_row_shown {
    uint32_t position; /* for the server */
    enum tender_kind kind;
    int64_t amount_minor, tip_minor, forfeited_minor;
    char name[100], reference[164];
};
struct retender_model {
    struct field number, amount, reference, reason;
    struct form form;
    struct list list;
    struct retender_row_shown rows[RETENDER_ROWS_MAX];
    bool shown; /* the receipt is on the screen */
    bool given; /* its number came with it: back is where that was, not a number's question */
    bool busy;
    char receipt[28];
    int64_t total_minor;
    int64_t truth_id;   /* a means of payment */
    int64_t part_minor; /* that is asked for; 0: all of it */
};

/* The customer's invoice: for whom, then the paper. */
struct invoice_model {
    struct form form;
    struct field number, name, address, tax_number;
    bool busy, shown;
    char invoice[28]; /* its number, while it is shown */
    struct receipt_model paper;
};

struct allergens_model {
    char name[PRODUCT_NAME_SIZE], note[808];
    uint16_t contains, may_contain;
};

struct price_model {
    struct field code;
    int64_t product_id; /* 0: none is shown */
    int64_t on_hand_milli;
    bool stock_known, busy; /* the stock is asked for */
    bool telling;           /* that it is sold out, or back */
};

enum void_what { VOID_A_LINE, VOID_A_BASKET, VOID_A_PARKED };
struct void_model {
    enum void_what what;
    bool chosen; /* a reason is: before, nothing is thrown away */
    struct list reasons;
};

/* What is chosen for a line before it can be sold, or afterwards: modifier by modifier, then a price. */
struct choice_model {
    size_t line, step;
    bool fresh; /* the line came in for this: Escape takes it out again */
    bool all;   /* what need not be asked, too */
    struct open_choice draft;
    uint32_t picked;    /* of the step's options, before what is typed: a bit each, by their row */
    struct field typed; /* digits, each the row of an option; or the price */
    struct list rows;
};

struct note_model {
    size_t line;
    struct field text;
};

/* What a customer brings from a kiosk. */
struct kiosk_number_model {
    struct field number;
    bool busy;
};

/* The report of what was taken back. */
#define VOIDS_SHOWN_MAX 200
struct voids_row {
    struct instant at;
    uint32_t till; /* 0: none */
    bool basket;   /* of one that was thrown away; else of a receipt */
    char staff[100], receipt[28], product[PRODUCT_NAME_SIZE], reason[404];
    int64_t quantity_milli, amount_minor;
};
struct voids_model {
    struct list list;
    struct voids_row rows[VOIDS_SHOWN_MAX];
    uint32_t row_count, shift_number; /* as the server said; there may be more rows than are shown */
    int64_t amount_minor;
    bool whole_day, known, busy;
};

/* Where the numbers of a receipt come from. */
struct explain_model {
    struct arena *arena; /* NULL: nothing is explained */
    struct explanation rows;
    const char **lines; /* as wide as: */
    int columns;        /* 0: to be laid out */
    struct list list;
    uint64_t sale_id; /* 0: not known yet */
    char number[28];
    bool known, busy; /* all of it is here; the server is asked */
};

/* Something off the selected line, or off the receipt. */
struct discount_model {
    bool whole, fixed; /* of the receipt; an amount, not per cent */
    bool typing;       /* a reason of one's own */
    size_t line;
    struct field value, reason;
    struct list reasons;
    bool chosen; /* a reason was */
};

struct approval_model {
    struct credentials who;
    bool free_refund; /* for that; else for what the basket asks */
    bool busy;
};

#define MORE_ROWS_MAX 20
struct more_model {
    struct list rows;
    size_t shown[MORE_ROWS_MAX]; /* which of all rows those are */
    struct field number;
};

/* Cash in or out, or the drawer opened without a sale. */
struct cash_model {
    struct form form;
    struct field amount, reason;
    Caroline__V1__CashMoveKind kind;
    int64_t amount_minor; /* that was sent */
    bool busy;
};

/* The drawer's count: pieces of each coin and note. */
struct count_model {
    int64_t shift_id;               /* that is closed; 0: not said */
    char holder[PRODUCT_NAME_SIZE]; /* whose drawer is counted; empty: the till's */
    const int64_t *values;          /* as many as value_count; none: the sum is typed */
    size_t value_count;
    uint32_t pieces[SHIFT_COUNTS_MAX];
    bool touched[SHIFT_COUNTS_MAX]; /* something was typed: a 0 is a count */
    struct count_voucher {          /* behind them: each kind of voucher by its sum */
        int64_t type_id, minor;
        char name[100], text[16]; /* text: as it was typed */
    } vouchers[SHIFT_VOUCHERS_MAX];
    size_t voucher_count;
    char total[16]; /* of cash, as it was typed, where no pieces are known and vouchers are counted beside it */
    struct list list;
    struct field entry;
    bool busy;
};

struct report_model {
    struct receipt_model paper;
    struct bytes document; /* as it came, in the paper's arena, for the printer; data NULL: none */
    bool closed;           /* a Z */
    bool card_left_out;    /* and nobody has counted the card machine */
    uint32_t number;
    char holder[PRODUCT_NAME_SIZE]; /* whose drawer it is; empty: the till's */
    int64_t difference_minor, counted_minor, turnover_minor;
};

/* What the member of the basket usually takes. */
struct usual_model {
    int64_t member_id; /* who was asked about */
    bool busy, taken;  /* put into this basket: not twice by accident */
    bool none;         /* nothing is usual yet, as the server said */
};

#define ASIDE_TEXT 200 /* why a sale is not booked, or what paid it */

/* One of the baskets of who is signed in that wait with the server. */
struct parked_row {
    int64_t id, product_id; /* of its first line */
    struct instant at;
    char member[MEMBER_NAME_SIZE]; /* "": nobody's */
    uint32_t till, line_count;     /* till 0: none */
    bool not_booked;               /* it was paid, and put aside, and could not be booked: */
    int64_t total_minor;
    char why[ASIDE_TEXT], paid[ASIDE_TEXT];
};
struct parked_model {
    struct list list;
    struct parked_row rows[PARKED_MAX];
    size_t waiting; /* as the server last said */
    bool known, busy;
    int64_t chosen;   /* of what is asked */
    bool is_throwing; /* one away, under this id: */
    uint8_t throwing[COMMAND_ID_SIZE];
};

/* What the server has been asked about the basket, its answer not here yet: until it is, nothing else happens to it. */
enum errand {
    ERRAND_NONE,
    ERRAND_SELL,
    ERRAND_PARK,
    ERRAND_RESUME, /* one that was parked is on its way here; the basket is empty */
};

#endif
