/* The basket at the counter: lines, member, rewards, and what they cost by the rules that the server uses too. */
#ifndef CAROLINE_GOODS_OPEN_BASKET_H
#define CAROLINE_GOODS_OPEN_BASKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/rules/sale.h"
#include "proto/sale.pb-c.h"

#define VOID_REASON_SIZE 101
#define MEMBER_NAME_SIZE 328 /* 80 characters */

#define MEMBER_CARD_SIZE     65
#define MEMBER_TIER_SIZE     162 /* 40 characters of up to four bytes */
#define DISCOUNT_REASON_SIZE 244 /* 60 characters */

#define NOTE_CHARACTERS      60
#define NOTE_SIZE            244
#define REWARD_SENTENCE_SIZE 120

/* As struct discount of the rules, its reason kept here. */
struct open_discount {
    bool given, fixed;
    int64_t value;
    char reason[DISCOUNT_REASON_SIZE];
};

/* As struct line_choice of the rules. */
struct open_choice {
    struct line_option options[LINE_OPTIONS_MAX];
    size_t option_count;
    bool keyed;
    int64_t keyed_minor;
};

struct open_line {
    int64_t product_id;
    int64_t quantity_milli;
    bool hot, voided;
    char void_reason[VOID_REASON_SIZE];
    char note[NOTE_SIZE]; /* that is printed below it */
    struct open_discount discount;
    struct open_choice choice;
    uint16_t told; /* allergens that the member was told of; bit n: number n */
    uint16_t met;  /* that the server found in it, whatever the catalogue here says */
};

/* A coupon as a look-up gave it, and the word by which the server takes it. */
#define COUPON_NAME_SIZE  164 /* 40 characters */
#define COUPON_TOKEN_SIZE 40
struct open_coupon {
    struct coupon_state coupon;
    struct coupon_campaign campaign; /* its texts and goods are these: */
    char name[COUPON_NAME_SIZE];
    int64_t product_ids[COUPON_GOODS_MAX];
    uint8_t redeems[COUPON_TOKEN_SIZE];
};

struct open_basket {
    struct open_line lines[BASKET_LINES_MAX];
    size_t line_count;
    uint64_t catalogue_version; /* 0: not begun */
    enum service service;
    int64_t member_id;                  /* 0: nobody */
    char member_name[MEMBER_NAME_SIZE]; /* empty: not fetched yet, as after a restart */
    int64_t member_points;
    bool member_birthday;
    uint16_t member_avoids;                          /* allergens, as far as it is known here; bit n: number n */
    uint32_t member_tier;                            /* of the programme; 0: none */
    char member_tier_name[MEMBER_TIER_SIZE];         /* empty: none */
    char member_card[MEMBER_CARD_SIZE];              /* noted while nobody could be asked whose it is; empty: none */
    size_t reward_count;                             /* of the programme's own */
    struct basket_reward chosen[BASKET_REWARDS_MAX]; /* of its terms */
    size_t chosen_count;
    struct open_discount discount; /* of the whole receipt */
    struct open_coupon coupons[BASKET_COUPONS_MAX];
    size_t coupon_count;
    /* What another person allowed by their PIN; approved: there is a token. */
    uint8_t approval[32];
    uint32_t approved_ppm;
    bool approved, approved_below_floor, approved_deposit_back;
    bool quoted; /* the customer has heard a total: taking a line back needs a reason from now on */

    uint32_t discount_limit_ppm; /* of who sells it */
    bool may_give_back;          /* they refund as well: however much of empties */

    /* What it costs; valid until the next change. */
    struct arena *arena;
    struct sale_rows rows;
    enum sale_verdict verdict; /* SALE_BASKET_EMPTY costs nothing */
    struct instant priced;     /* when, as the server's clock is known here: promotions are those of then */
};

void open_basket_init(struct open_basket *basket);
void open_basket_fini(struct open_basket *basket);
/* Empty again, and taken away: each customer says anew that they eat in. */
void open_basket_clear(struct open_basket *basket);
/* No line at all, voided ones included, no member and no coupon. */
bool open_basket_is_empty(const struct open_basket *basket);

enum basket_outcome {
    BASKET_TAKEN,
    BASKET_FULL,
    BASKET_BAD_QUANTITY,
    BASKET_SOLD_OUT,
    BASKET_INACTIVE,
    BASKET_NO_DEPOSIT, /* less than nothing of what is no deposit good */
};
/* A line more, or more of the last one when it is of the same product, sold by the piece, and nothing is to be chosen.
 * *line: which. */
enum basket_outcome open_basket_add(struct open_basket *basket, const struct product *product, int64_t quantity_milli,
                                    uint64_t version, size_t *line);
enum basket_outcome open_basket_set_quantity(struct open_basket *basket, size_t line, const struct product *product,
                                             int64_t quantity_milli);
void open_basket_set_member(struct open_basket *basket, int64_t id, const char *name, int64_t points, bool birthday);
/* Behind it: which tier they have. */
void open_basket_set_tier(struct open_basket *basket, uint32_t number, const char *name);

/* Prices it anew. A version that can no longer be priced with is exchanged for the newest: true then, if a price
 * that was shown is another now, or none was shown. */
bool open_basket_price(struct open_basket *basket, const struct catalogue *catalogue, const struct zone *zone,
                       struct instant now);
/* Of a line, the line of rows that is the deposit which goes with it; SIZE_MAX: none. */
size_t open_basket_deposit_of(const struct open_basket *basket, size_t line);
/* Are its discounts, or what is taken back, beyond the right of who sells it, and of who has allowed them so far? */
bool open_basket_asks(const struct open_basket *basket);
/* Another free piece, or none any more when there is no other; sentence: why there is none (empty: there is). */
void open_basket_next_reward(struct open_basket *basket, const struct catalogue *catalogue, const struct zone *zone,
                             struct instant now, char sentence[REWARD_SENTENCE_SIZE]);

/* A coupon out of messages (an answer's, or a basket's); false: it is none that a till could price. */
bool open_coupon_of(const Caroline__V1__Coupon *coupon, const Caroline__V1__CouponCampaign *campaign,
                    ProtobufCBinaryData redeems, struct open_coupon *open);
/* Its campaign's terms: they point into it. */
struct coupon_campaign open_coupon_campaign(const struct open_coupon *open);
/* The catalogue's version that it is priced with: an empty one has none yet, and gets the newest. */
uint64_t open_basket_version(const struct open_basket *basket, const struct catalogue *catalogue);
/* The rewards of a programme by their numbers, 0 its own where it says of what; NULL: none. Returns how many. */
#define REWARDS_MAX (1 + TERM_NUMBER_MAX)
size_t open_basket_rewards(const struct programme *programme, uint32_t numbers[REWARDS_MAX]);
const char *reward_name_of(const struct programme *programme, uint32_t number);
int64_t reward_cost_of(const struct programme *programme, uint32_t number);
uint32_t reward_tier_of(const struct programme *programme, uint32_t number);
/* The member's points, less what the rewards in the basket cost. */
int64_t open_basket_points_left(const struct open_basket *basket, const struct programme *programme);
/* One more of a reward; sentence: why it cannot be (empty: it was taken). */
void open_basket_add_reward(struct open_basket *basket, const struct catalogue *catalogue, const struct zone *zone,
                            struct instant now, uint32_t number, char sentence[REWARD_SENTENCE_SIZE]);
void open_basket_clear_rewards(struct open_basket *basket);

/* What is chosen for a line, its options those of the basket. */
struct line_choice open_choice_of(const struct open_choice *choice);
/* As the rules have it, to be priced; in the arena, its texts those of the basket. */
struct sale_command open_basket_command(const struct open_basket *basket, struct arena *arena);
/* Its coupons into a message of it, in the arena; their texts are the basket's. */
void open_coupons_put(const struct open_basket *basket, Caroline__V1__Basket *message, struct arena *arena);
/* As messages have it, in the arena; no person's data but an id. */
Caroline__V1__Basket *open_basket_message(const struct open_basket *basket, struct arena *arena);
/* And what the member was told of: for who asks what it costs, or sells it. It is kept nowhere else. */
void open_basket_tell(const struct open_basket *basket, Caroline__V1__Basket *message, struct arena *arena);
/* From one; what does not fit is left out. */
void open_basket_take(struct open_basket *basket, const Caroline__V1__Basket *message);

#endif
