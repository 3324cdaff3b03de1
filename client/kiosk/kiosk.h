/* The kiosk: a customer's own look at the shop, and at what the shop keeps of them. One page at a time, large and plain;
 * what it learns of a visitor is in one struct, and gone when they are.
 *
 *   nobody --- a key, a click, a scan ---> a visit --- 50 s of nothing ---> "still there?" --- 10 s ---> nobody
 */
#ifndef CAROLINE_KIOSK_KIOSK_H
#define CAROLINE_KIOSK_KIOSK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/goods/member_copy.h"
#include "client/goods/member_text.h"
#include "client/goods/open_basket.h"
#include "client/goods/search.h"
#include "client/link/link.h"
#include "client/ui/board.h"
#include "client/ui/keyboard.h"
#include "client/ui/scan.h"
#include "common/base/arena.h"
#include "common/base/instant.h"
#include "common/rules/explain.h"
#include "proto/kiosk.pb-c.h"
#include "proto/review.pb-c.h"

#define KIOSK_ROWS_MIN    24
#define KIOSK_COLUMNS_MIN 80
#define KIOSK_PAGES_MAX   12
#define KIOSK_TEXT        512
/* Nothing was touched for so long: it is asked about, and then all is cleared. */
#define KIOSK_ASK_US      (50 * SECOND_US)
#define KIOSK_CLEAR_US    (60 * SECOND_US)
#define KIOSK_GOODS_MAX   2000 /* of one category, or one search */
#define KIOSK_HELD_MAX    SCAN_LENGTH_MAX
#define KIOSK_CALLS_MAX   16
#define KIOSK_REVIEWS_MAX 40
#define KIOSK_SALES_MAX   40
#define KIOSK_MOVES_MAX   50
#define KIOSK_LOTS_MAX    60
#define KIOSK_COUPONS_MAX 50
#define KIOSK_CONSENTS    8

struct kiosk;

struct page {
    const char *title;
    void (*draw)(struct kiosk *k, struct area area); /* between the title and the buttons at the bottom */
    struct field *(*field)(struct kiosk *k);         /* characters go there, and to no button; NULL: none */
    void (*entered)(struct kiosk *k);                /* what is in it is done */
    bool (*left)(
        struct kiosk *k); /* somebody goes back; false: not to the page before, something else was done. May be NULL */
    bool (*wheel)(struct kiosk *k, int key); /* KEY_PPAGE, KEY_NPAGE; false: no use. May be NULL */
    bool personal;                           /* of who is signed in: it goes with them */
};

/* ---- what is known of who stands here ---- */

struct list_view {
    size_t top;   /* the first that is shown */
    size_t shown; /* as drawn last */
};

struct goods_view {
    int64_t ids[KIOSK_GOODS_MAX];
    size_t count;
    char title[96];
    struct list_view view;
};

enum ask_kind { ASK_TEXT, ASK_DIGITS, ASK_PIN, ASK_SECRET };

/* A question with a field below, and keys for who has none. */
struct ask {
    char title[96], question[KIOSK_TEXT];
    struct field field;
    enum ask_kind kind;
    unsigned shift; /* of the keys on the screen */
    bool may_be_empty;
    bool letters; /* a PIN may be a password of before */
    void (*answered)(struct kiosk *k, const char *text);
};

enum notice_kind { NOTICE_NONE, NOTICE_PLAIN, NOTICE_GOOD, NOTICE_BAD };

struct account_move {
    struct instant at;
    uint32_t kind;
    int64_t points;
    char receipt[25];
};
struct account_lot {
    int64_t remaining;
    char expires[11];
};
struct account_coupon {
    char name[COUPON_NAME_SIZE], code[21], last_day[11];
    uint32_t gift;
    int64_t value;
};
struct account_consent {
    uint32_t kind, version;
    bool given;
    char name[244];
    char text[1604];
};

struct account {
    bool open;    /* signed in */
    bool by_code; /* no PIN is asked for again */
    bool has_pin;
    bool shown;      /* what follows the first line is there */
    uint32_t idle_s; /* without a request for so long their session is over; 0: not told */
    int64_t id;
    char name[MEMBER_NAME_SIZE];
    int64_t points;
    char phone[132], email[260], birthday[11], card[4 * MEMBER_CARD_SIZE], language[9], tier[MEMBER_TIER_SIZE];
    uint16_t avoids;
    struct account_move moves[KIOSK_MOVES_MAX];
    size_t move_count;
    struct account_lot lots[KIOSK_LOTS_MAX];
    size_t lot_count;
    struct account_coupon coupons[KIOSK_COUPONS_MAX];
    size_t coupon_count;
    struct account_consent consents[KIOSK_CONSENTS];
    size_t consent_count;
};

struct history_sale {
    int64_t sale_id;
    char number[25];
    struct instant at;
    int64_t total_minor, given_back_minor;
    char *text; /* the receipt; of the kiosk's heap, wiped with the visit */
    int64_t product_ids[20];
    size_t product_count; /* those of which they may still say how it was */
    bool refund, reviewed;
};
struct history {
    struct history_sale sales[KIOSK_SALES_MAX];
    size_t count, selected;
    bool asked, more;
    uint64_t next_us, next_id;
    struct list_view view;
};

/* A copy of everything on its way. The place is that of the page that is asked for: the same is asked for again where the server wants a
 * pause. */
struct kiosk_export {
    bool running;
    struct member_text text;
    struct member_copy copy; /* the same, signed; where it is saved alone */
    size_t receipts;         /* so far */
    int64_t again_us;        /* 0: no pause */
    unsigned refusals;       /* in a row */
    bool has_place;
    uint32_t part;
    uint64_t after, after_two, as_of_us;
};

/* Why a receipt's numbers are what they are: the pages that are here. */
struct kiosk_explain {
    struct arena *arena; /* NULL: nothing is asked for */
    int64_t sale_id;
    char number[25];
    struct explanation rows;
};

struct own_paper {
    const char *title;
    char *text; /* lines; of the heap, wiped with the visit */
    size_t size;
    struct list_view view;
};

struct review_row {
    uint32_t rating;
    char text[2004];
    struct instant at;
};
struct reviews_view {
    int64_t product_id;
    struct review_row rows[KIOSK_REVIEWS_MAX];
    size_t count;
    bool asked, failed;
    struct list_view view;
};

struct sign_in {
    char card[MEMBER_CARD_SIZE], phone[132], email[FIELD_SIZE];
};

struct sign_up {
    char name[MEMBER_NAME_SIZE], phone[132], email[FIELD_SIZE], birthday[44], pin[13];
    uint32_t consents; /* bit n: kind n */
};

/* All of it: what is here is gone when the visit is over. */
struct visit {
    const struct page *pages[KIOSK_PAGES_MAX];
    size_t depth;
    size_t focus[KIOSK_PAGES_MAX]; /* of the pages below the top one */

    uint16_t avoid;         /* what is to be avoided; bit n: allergen n */
    uint16_t own_avoids;    /* while it is changed */
    bool avoids_wait;       /* it is kept with the consent that is on the screen */
    uint16_t member_avoids; /* of who was signed in: nothing with these goes into the basket here */
    bool hide;              /* what has it is not shown at all */
    struct open_basket basket;
    size_t basket_line;
    struct list_view basket_view;
    char card[MEMBER_CARD_SIZE]; /* scanned, and nobody signed in with it */
    bool leaving;                /* the basket is on its way there */
    bool joining;                /* so is who signs up */
    uint32_t number;             /* under which the basket waits at the counter */

    struct list_view categories;
    struct goods_view goods;
    int64_t product_id;
    struct ask ask;
    struct account account;
    struct list_view points_view, coupons_view;
    size_t consent;
    struct history history;
    struct list_view receipt_view;
    struct own_paper paper;
    struct kiosk_export export;
    struct kiosk_explain explain;
    struct reviews_view reviews;
    int64_t review_sale_id, review_product_id;
    uint32_t review_rating;
    char review_text[FIELD_SIZE];
    struct sign_in sign_in;
    struct sign_up sign_up;
    char new_pin[13], current[FIELD_SIZE]; /* while it is asked for once more; gone with the question */

    enum notice_kind notice_kind;
    char notice[KIOSK_TEXT];
    unsigned waiting; /* answers that are on their way, and hold what is done */
};

/* A call on its way, and for whom. */
struct kiosk_call {
    struct kiosk *kiosk;
    bool busy, holds, command;
    uint64_t visit; /* of an earlier one, or of a member who is signed out (0), its answer is nobody's */
    unsigned op;
    void (*answered)(struct kiosk *k, const struct link_answer *answer);
};

struct kiosk {
    struct board board;
    bool dirty, redraw, beep, leaving;
    bool too_small;
    WINDOW *unseen;    /* what is pressed before it was drawn is judged by what would be */
    int rows, columns; /* as drawn last */
    bool stale;        /* the board is not that of the model */

    struct input_reader keys;
    struct scan_reader reader;
    struct input held[KIOSK_HELD_MAX]; /* characters that may prove to be a scan */
    size_t held_count;
    bool pasting;

    struct link *link;
    bool online; /* as it was last told */
    struct search *search;
    const struct catalogue *indexed;
    struct zone *zone;
    char zone_name[64];
    struct arena *scratch;
    uint32_t snapshot_part, snapshot_parts;
    char export_directory[256]; /* where copies are saved; "": nowhere */

    struct visit visit;
    uint64_t visit_number;
    int64_t now_us, touched_us; /* by the monotonic clock */
    int64_t awake_us;           /* when the server last heard of who is signed in */
    bool asking;                /* "still there?" is on the screen */
    bool answering;             /* what is held answered it, if it is no scan */
    struct kiosk_call calls[KIOSK_CALLS_MAX];
    unsigned answered_op; /* what the answer in hand is to */
};

/* ---- kiosk.c ---- */

void kiosk_init(struct kiosk *k);
void kiosk_fini(struct kiosk *k);
void kiosk_attach(struct kiosk *k, struct link *link);
extern const struct link_events kiosk_events;
/* What the terminal sent. Times never go back. */
void kiosk_input(struct kiosk *k, struct bytes bytes, int64_t now_us);
int64_t kiosk_deadline_us(const struct kiosk *k); /* 0: at no time */
void kiosk_expire(struct kiosk *k, int64_t now_us);
/* Time has passed, and perhaps nobody is there any more. */
void kiosk_tick(struct kiosk *k, int64_t now_us);
void kiosk_draw(struct kiosk *k, WINDOW *window);
/* Indexes a little; true: nothing is left to do. */
bool kiosk_idle(struct kiosk *k);
/* All that is known of the visitor is gone, here and in the server's session. */
void kiosk_clear(struct kiosk *k);

/* Pages: over the one that is there; back to it; that one alone over the first. */
void kiosk_open(struct kiosk *k, const struct page *page);
void kiosk_back(struct kiosk *k);
void kiosk_back_to(struct kiosk *k, const struct page *page); /* which is there, or else is opened over the first */
const struct page *kiosk_page(const struct kiosk *k);
void kiosk_say(struct kiosk *k, enum notice_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

const struct catalogue *kiosk_catalogue(const struct kiosk *k);
const struct product *kiosk_product(const struct kiosk *k, int64_t id); /* NULL: not sold */
const struct shop *kiosk_shop(const struct kiosk *k);
const struct zone *kiosk_zone(const struct kiosk *k);
char *kiosk_money(const struct kiosk *k, char *text, int64_t minor); /* NUMBER_TEXT bytes */
bool kiosk_online(const struct kiosk *k);
void kiosk_text(char *to, size_t size, ProtobufCBinaryData from); /* cut at a character */
ProtobufCBinaryData kiosk_bytes(const char *text);

/* ---- kiosk_input.c ---- */

void kiosk_press(void *model, int64_t character); /* of the keys on the screen */
void kiosk_scanned(struct kiosk *k, const char *code, bool doubtful);

/* ---- kiosk_draw.c ---- */

/* A button of a page; a page's own are digits, N and P, and letters that the bar at the bottom has not. */
void kiosk_button(struct kiosk *k, struct area area, const struct button *button);
/* Choices below one another, each `rows` high, from the area's row on. */
struct choice {
    char key;
    const char *label, *detail;
    board_act_fn *act;
    int64_t value;
};
void kiosk_choices(struct kiosk *k, struct area area, int row, const struct choice *choices, size_t count);
/* What stands above them, wrapped; returns the row behind it. */
int kiosk_headed(struct area area, int row, enum style style, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A list by pages of buttons: which of `count` fit; its buttons for more at the foot of the area. Returns the area above them. */
struct area kiosk_list(struct kiosk *k, struct area area, struct list_view *view, size_t count, int rows);
bool kiosk_list_wheel(struct kiosk *k, struct list_view *view, size_t count, int key);
/* What an empty, waiting or offline list says instead. */
void kiosk_sentence(struct area area, int row, const char *sentence);

/* ---- server.c ---- */

/* holds: the page waits for it. false: there is no connection, and that was said. */
bool kiosk_call(struct kiosk *k, unsigned op, const ProtobufCMessage *message, bool holds,
                void (*answered)(struct kiosk *k, const struct link_answer *answer));
bool kiosk_command(struct kiosk *k, unsigned op, const ProtobufCMessage *message,
                   void (*answered)(struct kiosk *k, const struct link_answer *answer));
void server_lost(struct kiosk *k); /* no page waits any more */
/* What a member asked, or all that was asked, is for nobody any more: it is not sent again, and its answer is nobody's. true: of a
 * command among it nobody can tell whether it was carried out. */
bool server_forget(struct kiosk *k, bool all);
/* false: it went well. Else it was said why it did not. */
bool kiosk_refused(struct kiosk *k, const struct link_answer *answer);
/* Who is signed in works here, and asks nothing: the server is told, before it takes them for gone. */
void kiosk_stay(struct kiosk *k);
/* Ends the member's own session, if there is one or may be. */
void kiosk_sign_out(struct kiosk *k);
void account_wipe(struct kiosk *k);   /* what is known of a member, from memory */
bool account_forget(struct kiosk *k); /* the person; basket and filter stay. true: as server_forget() */
/* They were signed out by something else than themselves: all that is theirs is gone from here, and that is said. */
void account_lost(struct kiosk *k, const char *sentence);
void account_fetch(struct kiosk *k);
void account_took(struct kiosk *k, const struct link_answer *answer);

/* ---- away.c ---- */

/* At the foot of every page; when something was asked for that nobody can be asked for now; when somebody was signed in. */
const char *away_notice(const struct kiosk *k);
const char *away_sentence(unsigned op);
const char *away_signed_out(void);

/* ---- pages ---- */

extern const struct page welcome_page, categories_page, goods_page, product_page, reviews_page, avoid_page, basket_page,
    number_page, sign_in_page, ask_page, account_page, points_page, coupons_page, history_page, data_page,
    consents_page, consent_page, erase_page, erase_again_page, paper_page, receipt_page, rate_page, join_page,
    agree_page, ticket_page, own_avoids_page, export_page, language_page, card_page;

void ask_forget(struct kiosk *k); /* what was typed, and a PIN that was half chosen */
void ask_begin(struct kiosk *k, enum ask_kind kind, const char *title, const char *question, const char *text,
               void (*answered)(struct kiosk *k, const char *text));
void product_open(struct kiosk *k, int64_t id);
void reviews_open(struct kiosk *k, int64_t product_id);
void basket_changed(struct kiosk *k);
/* One of it, if it may go in; says how it went. */
void basket_add(struct kiosk *k, const struct product *product);
/* Why it cannot be put in here; NULL: it can. */
const char *basket_forbids(const struct kiosk *k, const struct product *product);
void sign_in_open(struct kiosk *k);
void sign_in_card(struct kiosk *k, const char *card);
void account_open(struct kiosk *k); /* or the way there */
void history_open(struct kiosk *k);
void history_reviewed(struct kiosk *k, int64_t sale_id, int64_t product_id);
void paper_show(struct kiosk *k, const char *title, char *text); /* takes the text over; the title stays its owner's */
void explain_begin(struct kiosk *k, int64_t sale_id, const char *number);
void explain_forget(struct kiosk *k);
void export_begin(struct kiosk *k);
void export_forget(struct kiosk *k);
int64_t export_deadline_us(const struct kiosk *k); /* when a pause is over; 0: there is none */
void export_expire(struct kiosk *k);
void review_begin(struct kiosk *k, int64_t sale_id, int64_t product_id);
void join_begin(struct kiosk *k);
void data_open(struct kiosk *k);
void data_keep_language(struct kiosk *k, const char *code); /* "": none */
const char *language_name(const char *code);                /* or the code, which then has no name here */
/* They have not agreed to it: its text is on the screen. false: they have. */
bool consent_asked(struct kiosk *k, uint32_t kind);
/* What goods have, seen from the filter: a word and a style for it. "contains nuts", "may contain milk", "not recorded" */
enum style avoid_sentence(const struct kiosk *k, const struct product *product, char *text, size_t size);
/* The same, as yes or no: is it known to be free of all that is to be avoided? */
enum avoid_verdict { AVOID_FREE, AVOID_HAS, AVOID_MAY_HAVE, AVOID_UNKNOWN };
enum avoid_verdict avoid_judge(const struct product *product, uint16_t avoid);
/* The fourteen as buttons, in an area of 14 rows. */
void avoid_choices(struct kiosk *k, struct area area, uint16_t chosen, board_act_fn *act);
void avoid_names(char *text, size_t size, uint16_t set);                  /* "gluten, nuts" */
void rating_text(char *text, size_t size, const struct product *product); /* "★ 4.46 (12)"; "": none */
#define STARS_TEXT 24
char *stars_text(char text[STARS_TEXT], uint32_t rating); /* "★★★"; at most five. Returns text */

#endif
