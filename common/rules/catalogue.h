/* The catalogue in memory, with its recent past: what is sold, at what price, tax and programme, as of a version.
 * Server and tills hold it alike; server/store/ and client/link/ keep it true. Not safe for two threads. */
#ifndef CAROLINE_RULES_CATALOGUE_H
#define CAROLINE_RULES_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/calling_code.h"

enum unit { UNIT_PIECE, UNIT_KILOGRAM, UNIT_LITRE };
enum stock_policy { STOCK_NOT_KEPT, STOCK_WARN, STOCK_BLOCK };
enum service { SERVICE_TAKE_AWAY, SERVICE_EAT_IN };

#define PRODUCT_BARCODES_MAX 10
#define ALLERGEN_COUNT       14

#define PRODUCT_MODIFIERS_MAX 8

/* What is charged beside the goods (deposit.h): an empty that is taken back, or what is not, as a bag. */
enum deposit_kind { DEPOSIT_NONE, DEPOSIT_GOOD, DEPOSIT_CHARGE };
#define DEPOSIT_COUNT_MAX 100

struct nutrition;

/* One state of a product. Texts live as long as the catalogue keeps that version. */
struct product {
    int64_t id;
    const char *name, *sku, *allergen_note; /* never NULL */
    const char *const *barcodes;
    int64_t category_id; /* 0: none */
    int64_t price_minor;
    int64_t floor_minor; /* of one unit after discounts; 0: none */
    int64_t tax_class_id;
    uint32_t plu;                   /* 0: none */
    uint16_t contains, may_contain; /* bit n: allergen n, 1 to 14 */
    uint8_t unit, stock_policy;     /* enum unit, enum stock_policy */
    bool active, sold_out;
    uint8_t barcode_count, modifier_count;
    bool open_price;                        /* keyed at the till, within these: */
    int64_t open_min_minor, open_max_minor; /* of one unit, both in */
    const int64_t *modifier_ids;            /* in the order in which they are asked for */
    uint8_t deposit_kind;                   /* enum deposit_kind: what it is itself */
    uint32_t deposit_count;                 /* so many of that go with a piece of it: */
    int64_t deposit_product_id;             /* 0: none */
    uint32_t rating_hundredths;             /* 437: 4.37 stars; 0: nobody has rated it */
    uint32_t rating_count;                  /* accepted reviews */
    const struct nutrition *nutrition;      /* NULL: nothing is known; nutrition.h */
};

struct category {
    int64_t id;
    const char *name;
    uint32_t position;
};

#define TAX_CODE_SIZE 13
struct tax_rate {
    uint8_t service; /* enum service */
    bool hot;
    char code[TAX_CODE_SIZE];
    uint32_t rate_ppm;
};
struct tax_class {
    int64_t id;
    const char *name;
    const struct tax_rate *rates;
    size_t rate_count;
    uint32_t switch_at_count; /* from so many pieces of the class in a basket ... */
    int64_t switch_to_id;     /* ... it is taxed as this class; 0: never */
};

/* What a programme has beside its own numbers (programme.h): rules of earning, rewards, tiers. */
enum term_kind { TERM_EARN = 1, TERM_REWARD, TERM_TIER };
enum earn_per { EARN_PER_MONEY = 1, EARN_PER_UNIT, EARN_PER_VISIT };
enum reward_gift { REWARD_GIFT_PIECE = 1, REWARD_GIFT_AMOUNT, REWARD_GIFT_RATE };
enum term_goods { TERM_GOODS_ALL, TERM_GOODS_THESE, TERM_GOODS_OTHERS };
#define PROGRAMME_TERMS_MAX 40
#define TERM_NUMBER_MAX     20
#define TERM_GOODS_MAX      20
struct programme_term {
    const char *name;
    const int64_t *category_ids, *product_ids;
    uint32_t category_count, product_count;
    int64_t value;                      /* points; minor units or millionths; of a tier the minor units spent */
    int64_t cost;                       /* of a reward, in points */
    uint16_t from_minute, until_minute; /* of the shop's wall clock, of rules of earning */
    uint8_t kind, number;               /* enum term_kind; from 1, of its kind */
    uint8_t gives;                      /* enum earn_per, or enum reward_gift */
    uint8_t tier;                       /* the least one; 0: all */
    uint8_t goods, weekdays;            /* enum term_goods; bit 0: on Mondays */
};

struct programme {
    int64_t id;
    const char *name, *reward_name;
    int64_t sign_up_points, birthday_points, points_per_unit;
    uint32_t lot_days;
    int64_t reward_cost, reward_category_id;
    int64_t referrer_points, friend_points;
    uint32_t tier_months;
    const struct programme_term *terms; /* by kind, then number */
    size_t term_count;
};

struct shop {
    int64_t id;
    const char *name, *address, *tax_number, *receipt_head, *receipt_foot, *currency, *zone_name;
    const char *code_layouts;    /* of bar codes printed in the shop: code_layouts_read(); empty: none */
    int64_t cash_rounding_minor; /* cash is paid in multiples of it; 0: to the last unit */
    uint32_t gift_card_months;   /* for how long a gift card pays from its last loading; 0: for ever */
    uint32_t attach_days; /* a receipt is given to a member afterwards for so many; 0: never; the server's alone */
    int64_t free_refund_day_minor; /* without receipts, a business day; 0: nothing; the server's alone */
    int64_t deposit_back_minor;    /* for so much of empties a basket nobody is asked; 0: however much */
    uint32_t currency_exponent, day_cutoff_minutes;
    bool prices_include_tax;
    bool drawer_per_person; /* who opens a shift opens a drawer of their own; else the till's; the server's alone */
    char calling_code[CALLING_CODE_SIZE]; /* of phone numbers without one; "": none; the server's alone */
};

struct role {
    int64_t id;
    const char *name;
    const char *const *permissions; /* names */
    size_t permission_count;
    uint32_t discount_ppm; /* where it may give discounts; role_discount_ppm() */
};

/* What a promotion gives for its goods. */
enum promotion_gift {
    PROMOTION_TOGETHER = 1,  /* they cost `value` together */
    PROMOTION_AMOUNT_OFF,    /* `value` less */
    PROMOTION_RATE_OFF,      /* `value` millionths less */
    PROMOTION_CHEAPEST_FREE, /* the `value` cheapest pieces are free */
};
#define PROMOTION_PARTS_MAX  5
#define PROMOTION_GOODS_MAX  20
#define PROMOTION_PIECES_MAX 100
/* So many pieces of a category, or of any of the goods. */
struct promotion_part {
    uint32_t pieces;
    uint32_t product_count; /* 0: the category */
    int64_t category_id;
    const int64_t *product_ids;
};
struct promotion {
    int64_t id;
    const char *name;
    const struct promotion_part *parts;
    size_t part_count;
    int64_t value;
    uint8_t gift;                       /* enum promotion_gift */
    uint8_t weekdays;                   /* bit 0: on Mondays ... bit 6: on Sundays */
    uint16_t from_minute, until_minute; /* of the shop's wall clock; until: up to 1440, the first that is out again */
    int32_t first_day, last_day;        /* days since 1970-01-01, both in; 0: without */
    bool members_only, active;
};

/* A choice that goes with goods: which milk, which cup. */
#define MODIFIER_OPTIONS_MAX 20
struct modifier_option {
    const char *name;
    int64_t price_minor; /* what it adds to a unit's price, or takes off it */
    uint32_t number;     /* from 1: by which it is named for ever */
    bool active;
};
struct modifier {
    int64_t id;
    const char *name;
    const struct modifier_option *options; /* by number */
    size_t option_count;
    uint32_t choose_min, choose_max; /* so many of them are chosen; min 0: it need not be asked */
    bool active;
};

/* Means of payment. Numbers as in the tables and in proto/sale.proto. */
enum tender_kind {
    TENDER_CASH = 1,
    TENDER_CARD = 2,
    TENDER_VOUCHER = 3,
    TENDER_HOUSE = 4,
    TENDER_ACCOUNT = 5,
    TENDER_GIFT_CARD = 6,
};
/* Of what is more than is due: it comes back in cash; it is not taken; it is taken and lost, as with meal vouchers. */
enum tender_change { CHANGE_GIVEN = 1, CHANGE_NONE = 2, CHANGE_FORFEITED = 3 };
#define TENDER_TYPE_CASH INT64_C(1) /* the two that every shop has */
#define TENDER_TYPE_CARD INT64_C(2)
struct tender_type {
    int64_t id;
    const char *name;
    const char *permission; /* of who takes it; empty: who sells may */
    int64_t limit_minor;    /* of all of one receipt; 0: none */
    uint8_t kind, change;   /* enum tender_kind, enum tender_change */
    bool reference_wanted, active;
};

struct arena;
struct catalogue;

struct catalogue *catalogue_create(void);
void catalogue_destroy(struct catalogue *catalogue);
/* That many products are about to come: a load of all of them is a third faster. */
void catalogue_reserve(struct catalogue *catalogue, size_t product_count);

/* Changes: everything is copied; a row replaces that of its id from `version` on. Versions of calls never go down. The
 * version holds once catalogue_seal() names it. A version gap is fine (other shops' changes). */
void catalogue_put_product(struct catalogue *catalogue, uint64_t version, const struct product *product);
void catalogue_put_category(struct catalogue *catalogue, uint64_t version, const struct category *category);
void catalogue_put_tax_class(struct catalogue *catalogue, uint64_t version, const struct tax_class *tax_class);
void catalogue_put_programme(struct catalogue *catalogue, uint64_t version, const struct programme *programme);
void catalogue_put_shop(struct catalogue *catalogue, uint64_t version, const struct shop *shop);
void catalogue_put_role(struct catalogue *catalogue, uint64_t version, const struct role *role);
void catalogue_put_promotion(struct catalogue *catalogue, uint64_t version, const struct promotion *promotion);
void catalogue_put_modifier(struct catalogue *catalogue, uint64_t version, const struct modifier *modifier);
void catalogue_put_tender_type(struct catalogue *catalogue, uint64_t version, const struct tender_type *type);
/* now_us: when it was made, or learned of; a version's age counts from the seal of the one after it. */
void catalogue_seal(struct catalogue *catalogue, uint64_t version, int64_t now_us);
/* Let go of states that no version younger than `before_us` needs. Pointers into older states end here. */
void catalogue_forget(struct catalogue *catalogue, int64_t before_us);

uint64_t catalogue_newest(const struct catalogue *catalogue);
/* Can `version` still be priced with: is it the newest, or superseded after not_before_us, and not forgotten? */
enum version_verdict { VERSION_OK, VERSION_OLD, VERSION_UNKNOWN };
enum version_verdict catalogue_version_usable(const struct catalogue *catalogue, uint64_t version,
                                              int64_t not_before_us);

/* As of a version (catalogue_newest() for now); NULL when there was none. */
const struct product *catalogue_product(const struct catalogue *catalogue, uint64_t version, int64_t id);
const struct category *catalogue_category(const struct catalogue *catalogue, uint64_t version, int64_t id);
const struct tax_class *catalogue_tax_class(const struct catalogue *catalogue, uint64_t version, int64_t id);
const struct programme *catalogue_programme(const struct catalogue *catalogue, uint64_t version);
const struct shop *catalogue_shop(const struct catalogue *catalogue, uint64_t version);
const struct role *catalogue_role(const struct catalogue *catalogue, uint64_t version, int64_t id);
const struct tender_type *catalogue_tender_type(const struct catalogue *catalogue, uint64_t version, int64_t id);

const struct promotion *catalogue_promotion(const struct catalogue *catalogue, uint64_t version, int64_t id);
const struct modifier *catalogue_modifier(const struct catalogue *catalogue, uint64_t version, int64_t id);

/* false for NULL. */
bool role_may(const struct role *role, const char *permission);
/* How much the role may take off without asking; 0 for none, or NULL. */
uint32_t role_discount_ppm(const struct role *role);

/* The newest state only. */
const struct product *catalogue_by_plu(const struct catalogue *catalogue, uint32_t plu);
const struct product *catalogue_by_barcode(const struct catalogue *catalogue, const char *barcode);
const struct product *catalogue_by_sku(const struct catalogue *catalogue, const char *sku);
/* The product's name as text_fold() has it, but for a name of plain letters, which comes as it is: folding that is cheap.
 * product: from this catalogue, and it lives as long. Folded when first asked for, and kept. */
const char *catalogue_folded_name(const struct product *product);
size_t catalogue_product_count(const struct catalogue *catalogue);
/* Walks: the first with a greater id, in the order of ids; NULL at the end. changed_since: only those whose newest
 * state came after that version; 0: all. */
const struct product *catalogue_next_product(const struct catalogue *catalogue, int64_t after_id,
                                             uint64_t changed_since);
const struct category *catalogue_next_category(const struct catalogue *catalogue, int64_t after_id,
                                               uint64_t changed_since);
const struct tax_class *catalogue_next_tax_class(const struct catalogue *catalogue, int64_t after_id,
                                                 uint64_t changed_since);
const struct role *catalogue_next_role(const struct catalogue *catalogue, int64_t after_id, uint64_t changed_since);
const struct promotion *catalogue_next_promotion(const struct catalogue *catalogue, int64_t after_id,
                                                 uint64_t changed_since);
const struct modifier *catalogue_next_modifier(const struct catalogue *catalogue, int64_t after_id,
                                               uint64_t changed_since);
const struct tender_type *catalogue_next_tender_type(const struct catalogue *catalogue, int64_t after_id,
                                                     uint64_t changed_since);
/* The same walks as of a version, for who is not done before the next one comes: states that came after it are not
 * there. */
const struct product *catalogue_next_product_of(const struct catalogue *catalogue, uint64_t version, int64_t after_id,
                                                uint64_t changed_since);
const struct category *catalogue_next_category_of(const struct catalogue *catalogue, uint64_t version, int64_t after_id,
                                                  uint64_t changed_since);
const struct tax_class *catalogue_next_tax_class_of(const struct catalogue *catalogue, uint64_t version,
                                                    int64_t after_id, uint64_t changed_since);
const struct role *catalogue_next_role_of(const struct catalogue *catalogue, uint64_t version, int64_t after_id,
                                          uint64_t changed_since);
const struct promotion *catalogue_next_promotion_of(const struct catalogue *catalogue, uint64_t version,
                                                    int64_t after_id, uint64_t changed_since);
const struct modifier *catalogue_next_modifier_of(const struct catalogue *catalogue, uint64_t version, int64_t after_id,
                                                  uint64_t changed_since);
const struct tender_type *catalogue_next_tender_type_of(const struct catalogue *catalogue, uint64_t version,
                                                        int64_t after_id, uint64_t changed_since);
/* Which products have changed since a version that is still remembered, without a walk over all: their ids in order, in
 * the arena. false: it is not remembered. */
bool catalogue_changed_products(const struct catalogue *catalogue, uint64_t changed_since, struct arena *arena,
                                int64_t **ids, size_t *count);

#endif
