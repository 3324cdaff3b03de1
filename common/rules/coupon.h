/* Coupons: what a campaign gives, when and to whom; whether a coupon of it may be used; what it takes off a basket that is priced
 * but for what persons give. The server has the last word: a till knows what a look-up gave. */
#ifndef CAROLINE_RULES_COUPON_H
#define CAROLINE_RULES_COUPON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"
#include "common/base/instant.h"
#include "common/base/number.h"
#include "common/base/receipt.h"

#define COUPON_GOODS_MAX   20
#define COUPON_PIECES_MAX  100
#define COUPON_NAME_MAX    40 /* characters */
#define BASKET_COUPONS_MAX 5

struct priced_line;
struct product;
struct shop;

enum coupon_gift { COUPON_RATE_OFF = 1, COUPON_AMOUNT_OFF = 2, COUPON_FREE_PIECES = 3 };

/* What a campaign says. It never changes once it stands, but for `active`. */
struct coupon_terms {
    int64_t id;
    const char *name;
    int gift;      /* enum coupon_gift, or what a stranger sent */
    int64_t value; /* millionths, minor units, pieces */
    int64_t category_id;
    const int64_t *product_ids; /* neither: all goods */
    size_t product_count;
    int64_t least_minor;                /* that the basket's goods come to, before any coupon */
    uint8_t weekdays;                   /* bit 0: on Mondays */
    uint16_t from_minute, until_minute; /* of the shop's wall clock; until: the first that is out again */
    int32_t first_day, last_day;        /* since 1970; 0: without; last: still in */
    bool members_only, first_purchase;
    bool with_promotions, with_discounts, with_coupons;
    uint32_t per_member;   /* uses by one member; 0: any number */
    int64_t receipt_minor; /* a sale whose goods come to so much earns one; 0: none does */
    bool active;
};
/* Why it cannot be; NULL: it can. *field: of CouponCampaign, which one it is about. */
const char *coupon_terms_trouble(const struct coupon_terms *terms, const char **field);

struct coupon_campaign {
    struct coupon_terms terms;
    int64_t uses_max, use_count, coupon_count; /* of all its coupons; max 0: any number */
    bool changed;                              /* by this group */
};
struct coupon_state {
    int64_t id, campaign_id, number;
    int64_t member_id; /* whose it is alone; 0: whoever brings it */
    int64_t uses_max, use_count;
    bool returned; /* a sale earned it of which nothing is left: all came back */
    bool changed;
};
/* What a member did before. */
struct coupon_member {
    int64_t campaign_id, member_id, use_count;
    bool bought; /* anything */
};

enum coupon_verdict {
    COUPON_OK,
    COUPON_IS_STOPPED,
    COUPON_IS_USED,
    COUPON_IS_USED_UP, /* the campaign is */
    COUPON_IS_RETURNED,
    COUPON_IS_NOT_YET,
    COUPON_IS_EXPIRED,
    COUPON_IS_NOT_NOW,
    COUPON_WANTS_MEMBER,
    COUPON_IS_ANOTHERS,
    COUPON_MEMBER_HAS_USED,
    COUPON_MEMBER_HAS_BOUGHT,
    COUPON_BASKET_IS_SMALL,
    COUPON_FITS_NOTHING,
    COUPON_BESIDE_COUPONS,
    COUPON_BESIDE_DISCOUNTS,
};

/* May it be used now, whatever is in the basket? member_id: of the basket; 0: nobody. member: what they did before; NULL: the
 * caller does not know, or the terms do not ask, and it is not looked at. */
enum coupon_verdict coupon_may(const struct coupon_state *coupon, const struct coupon_campaign *campaign,
                               const struct zone *zone, struct instant at, int64_t member_id,
                               const struct coupon_member *member);

/* What the goods of the lines come to: all but deposits and charges, behind rewards and promotions. */
int64_t coupon_basket_minor(const struct priced_line *lines, size_t count);
/* What is around a coupon in its basket. */
struct coupon_beside {
    int64_t basket_minor; /* before any coupon */
    bool coupons;         /* others, of which one or this one does not stand beside another */
    bool discounts;       /* that a person gives */
};
/* May it be used in such a basket? */
enum coupon_verdict coupon_may_in(const struct coupon_terms *terms, const struct coupon_beside *beside);
/* Off the lines, which have their rewards and promotions, and the coupons before it. parts[count]: what of it is off each line.
 * Returns what it took off; 0: nothing fits. A rate is rounded half away from zero, once; what it comes to is spread over the lines by
 * their value, largest remainder. A free piece costs its share of what is left of its line, by the pieces that are not free yet. */
int64_t coupon_take(const struct coupon_terms *terms, struct priced_line *lines, size_t count, struct arena *arena,
                    int64_t *parts);

/* The sentence of a refusal, in the arena. */
const char *coupon_sentence(enum coupon_verdict verdict, const struct coupon_terms *terms, unsigned currency_exponent,
                            struct arena *arena);
/* "10 % off", "2.00 off", "1 piece free": in the arena. */
const char *coupon_gift_text(const struct coupon_terms *terms, unsigned currency_exponent, struct arena *arena);

/* What a sale came to for the campaigns whose coupons sales earn: deposits and charges aside, also those that were given back. Both as
 * paid, with tax. */
int64_t coupon_receipt_goods(int64_t total_minor, int64_t deposit_minor);
/* What a customer gets. code: NULL, without it; shop: NULL, without its name. In the arena, the terms' name as it is. */
struct receipt coupon_receipt(const struct coupon_terms *terms, const char *code, const struct shop *shop,
                              unsigned currency_exponent, struct arena *arena);

/* Codes: CP, then 12 characters of Crockford's base 32 (60 bits), and two of their remainder by 1,021: a wrong one of the 12, and two
 * neighbours of them that are swapped, are always seen. Nothing else that is scanned is like it. */
#define COUPON_CODE_LENGTH 16
#define COUPON_CODE_TEXT   (COUPON_CODE_LENGTH + 1)
/* Blanks and dashes between do not count, nor does case. false: it is none, or mistyped. */
bool coupon_code_read(struct bytes text, char code[COUPON_CODE_TEXT]);
/* Out of 16 bytes that nobody can guess. */
void coupon_code_make(const uint8_t bytes[16], char code[COUPON_CODE_TEXT]);
/* In groups of four: "CP12-3456-789A-BCDE". */
#define COUPON_CODE_SHOWN (COUPON_CODE_TEXT + 3)
const char *coupon_code_format(char shown[COUPON_CODE_SHOWN], const char code[COUPON_CODE_TEXT]);

#endif
