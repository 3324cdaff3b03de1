/* The office's console: what is done behind the counter, or far from it. Screens on a stage, as the counter's; nothing is
 * sold here. All that is read of the shop beyond its catalogue belongs to who is signed in, and goes with them. */
#ifndef CAROLINE_ADMIN_ADMIN_H
#define CAROLINE_ADMIN_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/goods/member_form.h"
#include "client/goods/member_query.h"
#include "client/goods/search.h"
#include "client/link/link.h"
#include "client/ui/door.h"
#include "client/ui/form.h"
#include "client/ui/list.h"
#include "client/ui/stage.h"
#include "common/base/arena.h"
#include "common/base/instant.h"
#include "proto/member.pb-c.h"
#include "proto/review.pb-c.h"

#define ADMIN_NAME_SIZE   328 /* 80 characters */
#define ADMIN_GOODS_MAX   1000
#define ADMIN_REVIEWS_MAX 200
#define ADMIN_CALLS_MAX   16
#define ADMIN_REASONS     6
#define ADMIN_FOUND_MAX   50
#define ADMIN_SALES_MAX   20
#define ADMIN_MOVES_MAX   50

struct admin;

/* ---- what is known of who is here; all of it is gone when they are ---- */

struct admin_home {
    struct field number; /* a digit, which acts at once */
    struct list rows;
};

struct admin_ratings {
    struct field entry;
    struct list list;
    int64_t ids[ADMIN_GOODS_MAX]; /* those with reviews first, then by name; all of them while nothing is typed */
    size_t total;                 /* that match; more than are listed: something is to be typed */
    struct search_result found;
};

struct admin_review {
    int64_t id;
    uint32_t rating, state, reason; /* the last two as in proto/review.proto */
    struct instant written;
    char product[ADMIN_NAME_SIZE]; /* empty: the screen says which */
    char text[2004];
};

/* Asks for the page behind admin_reviews_last(), and marks the list as busy. */
typedef void admin_reviews_ask_fn(struct admin *a);

/* A list of reviews that is asked for page by page. */
struct admin_reviews {
    admin_reviews_ask_fn *ask;
    struct admin_review rows[ADMIN_REVIEWS_MAX];
    struct list list;
    bool busy, known;
    bool more;         /* the server has more than these */
    bool fresh;        /* the next answer takes the place of what is shown */
    bool again;        /* something has changed meanwhile: once the answer is in it is asked anew */
    char trouble[200]; /* why there is nothing; "": no reason */
};

struct admin_product {
    int64_t id;
    struct admin_reviews reviews;
    uint32_t rating_hundredths, rating_count; /* as of the reviews that are shown */
};

struct admin_queue {
    uint32_t state; /* of those that are shown */
    struct admin_reviews reviews;
};

/* What is decided about a review; one at a time. */
struct admin_moderation {
    int64_t review_id;
    uint32_t rating;
    char product[ADMIN_NAME_SIZE], text[2004]; /* as who decides reads it */
    bool hides, busy;
    struct field number; /* of the reason */
    struct list reasons;
};

struct admin_customer_row {
    int64_t id, points;
    char name[ADMIN_NAME_SIZE], phone[132];
};
struct admin_customers {
    struct field query;
    struct list list;
    struct admin_customer_row rows[ADMIN_FOUND_MAX];
    bool busy, asked;
    uint64_t next_id;    /* after which there are more; 0: these are the last */
    bool later;          /* these are not the first */
    bool stale;          /* what is on its way was asked with another text */
    enum member_key key; /* what the text was last taken for */
};

struct admin_customer_sale {
    char number[28];
    struct instant at;
    int64_t total_minor, points;
};
struct admin_customer_move {
    struct instant at;
    uint32_t kind; /* as in common/rules/points.h */
    int64_t points;
    char receipt[28]; /* it comes of; empty: of none */
};
/* One of them, as the server has them. */
struct admin_customer {
    int64_t id, points;
    bool busy, known;
    char name[ADMIN_NAME_SIZE], phone[132], email[FIELD_SIZE], birthday[44], card[FIELD_SIZE], language[12], tier[164];
    char avoids[256]; /* "nuts, milk" */
    struct instant since;
    bool shows_moves; /* else what was bought */
    struct admin_customer_sale sales[ADMIN_SALES_MAX];
    struct list list; /* of these */
    struct admin_customer_move moves[ADMIN_MOVES_MAX];
    struct list move_list;
};

struct admin_sign_up {
    struct member_form data;
    bool busy;
};

struct admin_visit {
    struct door_sign_in sign_in;
    struct door_new_pin new_pin;
    struct door_lock lock;
    struct admin_home home;
    struct admin_ratings ratings;
    struct admin_product product;
    struct admin_queue queue;
    struct admin_moderation moderation;
    struct admin_customers customers;
    struct admin_customer customer;
    struct admin_sign_up sign_up;
};

typedef void admin_answer_fn(struct admin *a, const struct link_answer *answer);

struct admin_call {
    struct admin *admin;
    admin_answer_fn *answered;
    unsigned visit; /* whose */
    unsigned op;    /* of a command; 0: of what is only read */
    bool busy;
};

struct admin {
    struct stage stage;
    struct link *link; /* NULL before admin_attach() */
    struct arena *scratch;
    struct search *search;
    const struct catalogue *indexed;
    struct zone *zone; /* NULL: not known yet */
    char zone_name[64];
    uint32_t snapshot_part, snapshot_parts;
    int64_t key_us, awake_us; /* somebody was here; the server heard of them */
    bool leaving;
    char notice[STAGE_TEXT]; /* below the sign-in; empty: none */
    struct admin_visit visit;
    unsigned visit_number;
    struct admin_call calls[ADMIN_CALLS_MAX];
};

/* ---- admin.c: the whole ---- */

extern const struct link_events admin_events; /* owner: the struct admin */

void admin_init(struct admin *a);
void admin_fini(struct admin *a);
void admin_attach(struct admin *a, struct link *link);
/* Once a second, and with every key: typed. */
void admin_tick(struct admin *a, int64_t now_us, bool typed);
bool admin_idle(struct admin *a); /* true: nothing is left to be done meanwhile */
void admin_show_state(struct admin *a);
/* Nobody is here any more: the sign-in, and nothing of before. */
void admin_wipe(struct admin *a);

/* The answer to a command of an earlier run of this program, or of who has signed out since: what came of it, and of nobody. */
void admin_recovered(struct admin *a, unsigned op, const struct link_answer *answer);

const struct catalogue *admin_catalogue(const struct admin *a);
const struct shop *admin_shop(const struct admin *a);
const struct product *admin_product(const struct admin *a, int64_t id); /* NULL: no longer sold */
const struct zone *admin_zone(const struct admin *a);
char *admin_money(const struct admin *a, char *text, int64_t minor); /* text holds NUMBER_TEXT. Returns text */

/* ---- ask.c: calls, commands, and what their answers have in common ----
 * An answer to who has gone is nobody's. */

void admin_call(struct admin *a, unsigned op, const ProtobufCMessage *message, admin_answer_fn *answered);
/* false: it was not sent; why has been said. */
bool admin_command(struct admin *a, unsigned op, const ProtobufCMessage *message, admin_answer_fn *answered);
/* Says so, if it was. */
bool admin_refused(struct admin *a, const struct link_answer *answer);
bool admin_is_connected(struct admin *a); /* else says that it needs to be */
ProtobufCBinaryData admin_text(const char *text);
void admin_copy(char *to, size_t size, ProtobufCBinaryData text);

/* ---- screens ---- */

extern const struct screen admin_sign_in_screen, admin_new_pin_screen, admin_lock_screen, admin_home_screen,
    admin_ratings_screen, admin_product_screen, admin_queue_screen, admin_hide_screen, admin_customers_screen,
    admin_customer_screen, admin_sign_up_screen;

void admin_sign_in_begin(struct admin *a);
void admin_sign_in_connected(struct admin *a); /* the connection came, or went */
void admin_sign_in_with(struct admin *a, const struct field *name, bool badge, const struct field *pin);
void admin_sign_out(struct admin *a);
void admin_new_pin_begin(struct admin *a, int64_t staff_id, const struct field *name, bool badge);
void admin_lock_begin(struct admin *a);
void admin_lock_end(struct admin *a); /* it is the top screen */
void admin_lock_now(struct admin *a);
void admin_home_begin(struct admin *a);
void admin_ratings_begin(struct admin *a);
void admin_ratings_look(struct admin *a); /* the catalogue, or what can be found in it, is another */
void admin_product_begin(struct admin *a, int64_t id);
void admin_product_look(struct admin *a); /* the catalogue is another: are there other reviews? */
void admin_queue_begin(struct admin *a);
void admin_queue_moderated(struct admin *a, int64_t review_id, uint32_t state);

void admin_customers_begin(struct admin *a);
void admin_customers_forget(struct admin *a); /* who was found */
void admin_customer_begin(struct admin *a, int64_t id);
void admin_customer_look(struct admin *a);                   /* anew, where they are on the screen */
void admin_sign_up_begin(struct admin *a, const char *text); /* that nobody was found by */
void admin_sign_up_recovered(struct admin *a, const struct link_answer *answer);

/* ---- moderate.c: a review is accepted, or hidden ---- */

void admin_accept(struct admin *a, const struct admin_review *review, const char *product);
void admin_hide(struct admin *a, const struct admin_review *review, const char *product); /* asks why */
void admin_moderate_recovered(struct admin *a, const struct link_answer *answer);
const char *admin_reason_words(uint32_t reason); /* "off topic"; "": none */

/* ---- reviews.c: what lists of reviews have in common ---- */

void admin_reviews_init(struct admin_reviews *m, admin_reviews_ask_fn *ask);
/* From the first page on; what is shown stays until that is there. Where an answer is on its way: once that is in. */
void admin_reviews_anew(struct admin *a, struct admin_reviews *m);
/* Behind which the next page begins; NULL: it is the first one. */
const struct admin_review *admin_reviews_last(const struct admin_reviews *m);
/* An answer is in. false: it is of before, and asked once more, or nobody looks at that screen any more. */
bool admin_reviews_answered(struct admin *a, struct admin_reviews *m, const struct screen *screen);
/* A page; what has no room is not taken. */
void admin_reviews_take(struct admin_reviews *m, Caroline__V1__Review *const *reviews, size_t count, bool more);
/* One that is no longer of the list. */
void admin_reviews_remove(struct admin_reviews *m, int64_t id);
/* Keys of the screen that is shown; at the list's end the next page is asked for. */
void admin_reviews_up(void *model);
void admin_reviews_down(void *model);
void admin_reviews_page_up(void *model);
void admin_reviews_page_down(void *model);
void admin_reviews_look_again(void *model);
/* NULL: none, or none that is shown. */
const struct admin_review *admin_reviews_selected(const struct admin_reviews *m);
void admin_rating_stars(struct area row, int left, uint32_t rating, enum style style);
/* The list, and below it all of the one that is selected. */
void admin_reviews_draw(struct admin *a, struct admin_reviews *m, struct area area, const char *none);
/* "★ 4.37"; "": nobody has rated it. Returns text. */
#define ADMIN_RATING_TEXT 32
char *admin_rating_text(char text[ADMIN_RATING_TEXT], uint32_t hundredths, uint32_t count);

#endif
