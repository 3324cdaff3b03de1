/* The group of the counter's hot path: sales and refunds of one shop, loaded, decided and stored together. */
#ifndef CAROLINE_SERVER_SERVICE_COUNTER_GROUP_H
#define CAROLINE_SERVER_SERVICE_COUNTER_GROUP_H

#include "common/rules/sale.h"
#include "server/call/call.h"

extern const struct group_kind counter_group;

/* Ids of rows that are wanted: in any order, more than once, until the load. */
struct id_list {
    int64_t *ids;
    size_t count, capacity;
};
void ids_add(struct id_list *list, int64_t id, struct arena *arena);
/* The same value, count times: for a column that is one value in all rows. */
int64_t *ids_repeat(int64_t id, size_t count, struct arena *arena);
/* In order, each once. */
void ids_sort(struct id_list *list);

/* Coupons that baskets name, and of their members how often they used the campaign: side by side. */
struct counter_coupons {
    struct id_list coupons, campaigns, used_campaigns, used_members;
    struct {
        struct rows *coupons, *campaigns, *products, *members;
    } rows;
};

/* group.set: what the keys name, the answers to it, and the rules' working set made of them. */
struct counter_set {
    struct working_set rules; /* in decide(); its arena is the try's */
    struct id_list devices, shifts, members, products;
    struct id_list accounts, gift_cards; /* these by their numbers */
    struct counter_coupons coupons;
    int64_t coupon_from_minor;                     /* a sale of so much earns a coupon; 0: none does */
    struct id_list staff, past_products;           /* of sales that were made offline */
    uint64_t past_version;                         /* the oldest of their catalogues; 0: none */
    struct id_list booked_devices, booked_numbers; /* of series X, side by side: are they there already? */
    bool wants_free_refunds;                       /* what the day has given back without receipts */
    struct id_list rescued;                        /* tills whose sales another machine brings */
    struct bytes *cards;                           /* of members, as blind indexes */
    struct receipt_number *originals;              /* to be refunded */
    struct bytes *approvals;                       /* hashes of tokens */
    struct counter_sold {                          /* by the calls decided so far */
        const uint8_t *command_id;
        int64_t sale_id, device_id;
        struct receipt_number number;
        const uint8_t *record; /* of one made offline */
    } * sold;
    size_t sold_count;
    size_t original_count, original_capacity, approval_count, approval_capacity, card_count, card_capacity;
    struct {
        struct rows *done, *booked, *rescued, *drawers, *shifts, *members, *lots, *stock, *approvals, *staff, *cards,
            *free_refunds;
        struct rows *originals, *lines, *line_taxes, *taxes, *tenders, *points, *earnings, *accounts, *gift_cards;
    } rows;
};
/* In keys(). */
void counter_want_original(struct group *g, struct receipt_number number);
void counter_want_approval(struct group *g, struct bytes token_hash);
void counter_want_card(struct group *g, struct bytes blind);
void counter_want_booked(struct group *g, int64_t device_id, int64_t number);
/* A basket's goods, and the catalogue that it names, however old. */
void counter_want_past(struct group *g, const struct basket *basket);
/* The accounts and gift cards that tenders name. */
void counter_want_accounts(struct group *g, const struct tender *tenders, size_t count);
/* counter_coupon.c: the coupons of a basket; locked behind the stock; as states; how many uses there are, written. */
void counter_want_coupons(struct group *g, const struct basket *basket);
void counter_load_coupons(struct group *g);
void counter_fill_coupons(struct counter_set *set);
void counter_store_coupons(struct group *g, size_t count);
/* In decide(): whose card it is; 0: nobody's. */
int64_t counter_member_of_card(const struct counter_set *set, struct bytes blind);

/* Every call of the group shares this first: what the store writes of it. */
struct counter_call {
    struct sale_rows sale;
    const uint8_t *command_id; /* of the till, where another machine brings its sale; NULL: the call's own */
};
/* The sale's own for ever. */
const uint8_t *counter_command_id(const struct call *c);

/* How rows become states; sale_quote asks the same without locks. products: sorted ids, which all get a state. */
struct drawer_state *counter_drawers_of(const struct rows *rows, struct arena *arena, size_t *count);
/* The tills' own alone: what is practised goes into no person's drawer. */
struct drawer_state *counter_tills_of(const struct rows *rows, struct arena *arena, size_t *count);
struct stock_state *counter_stock_of(const struct rows *rows, const struct id_list *products, struct arena *arena,
                                     size_t *count);
struct member_state *counter_members_of(const struct rows *accounts, const struct rows *lots, struct vault *vault,
                                        struct day today, struct arena *arena, size_t *count);
/* In fill(): a member was merged into another while this waited for their account, and that one's is not locked. Where it is still missing
 * when the group has begun anew (somebody changed rows by hand), that one is nobody. */
#define MISSES_MAX 3
bool counter_misses_member(const struct group *g, const struct working_set *set);
struct approval_state *counter_approvals_of(const struct rows *rows, struct arena *arena, size_t *count);
struct account_state *counter_accounts_of(const struct rows *rows, struct arena *arena, size_t *count);
struct gift_card_state *counter_gift_cards_of(const struct rows *rows, struct arena *arena, size_t *count);
/* In load(), of the originals that are wanted: they and what pays them, and nothing else. */
void counter_ask_tenders(struct group *g);
/* For a read, which is of no group: the sale of *number, which lives as long as the set; whole: all of it, else what its rules of
 * earning gave alone. */
void counter_ask_original(struct call *c, struct counter_set *set, struct receipt_number *number, int64_t shop_id,
                          bool whole);
/* The originals, out of the answers in set->rows: of what was not asked they have none. */
struct original *counter_originals_of(const struct counter_set *set, struct arena *arena, size_t *count);

/* counter_done.c: sales that bear these commands' ids already. STEP_NEXT: this one is new; else it is COMMAND_DONE. */
void counter_load_done(struct group *g);
enum step counter_refuse_done(struct call *c, const struct counter_set *set);
/* Likewise by the number that its till gave it, if it is the same sale: it may come under another command. */
struct offline_command;
enum step counter_refuse_booked(struct call *c, const struct counter_set *set, const struct offline_command *command);
/* This call has sold: another of the group that bears its id is COMMAND_DONE, too. */
void counter_note_done(struct group *g, struct call *c, const struct sale_rows *sale);

/* counter_store.c */
void counter_store(struct group *g);

#endif
