/* The catalogue of a shop out of the database: all of it and its recent past, or what came after the version held. */
#ifndef CAROLINE_SERVER_STORE_CATALOGUE_LOAD_H
#define CAROLINE_SERVER_STORE_CATALOGUE_LOAD_H

#include "common/rules/catalogue.h"
#include "server/store/store.h"

struct catalogue_load {
    struct txn *txn;
    int64_t shop_id;
    uint64_t held; /* 0: nothing yet */
    uint64_t base; /* what held at it comes whole, what came after it state by state; the version held, if any is */
    struct rows *based, *head, *versions;
    struct rows *shops, *categories, *tax_classes, *tax_rates, *programmes, *roles, *promotions, *promotion_parts;
    struct rows *modifiers, *modifier_options, *programme_terms;
    struct rows *tender_types, *base_products, *products;
};

/* All within one TXN_SNAPSHOT, so that all answers are of one moment. With nothing held, the first run finds the base:
 * every version that was in force at `since` or later will be there. */
void catalogue_load_ask_base(struct catalogue_load *load, struct txn *txn, int64_t shop_id, struct instant since);
void catalogue_load_ask_all(struct catalogue_load *load);
void catalogue_load_ask_new(struct catalogue_load *load, struct txn *txn, int64_t shop_id, uint64_t held);
/* What held at a version of the past, `base`, and since: of these products alone. Any transaction will do: the past does
 * not change. */
void catalogue_load_ask_past(struct catalogue_load *load, struct txn *txn, int64_t shop_id, uint64_t base,
                             const int64_t *product_ids, size_t count);
/* What held at a version of the past, and nothing of what came after it but states that are passed over. */
void catalogue_load_ask_at(struct catalogue_load *load, struct txn *txn, int64_t shop_id, uint64_t version,
                           const int64_t *product_ids, size_t count);
/* The last run has come back: puts the rows and seals every version they bring. False: the shop has no head yet. */
bool catalogue_load_fill(const struct catalogue_load *load, struct catalogue *catalogue, struct instant now);
/* Of a version alone: that is sealed. */
void catalogue_load_fill_at(const struct catalogue_load *load, struct catalogue *catalogue);
/* Of the past: its base is sealed, too. False: the shop has never been as far. */
bool catalogue_load_fill_past(const struct catalogue_load *load, struct catalogue *catalogue, struct instant now);

#endif
