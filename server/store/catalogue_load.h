/* The catalogue of a shop out of the database: all of it, or what came after the version held. */
#ifndef CAROLINE_SERVER_STORE_CATALOGUE_LOAD_H
#define CAROLINE_SERVER_STORE_CATALOGUE_LOAD_H

#include "common/rules/catalogue.h"
#include "server/store/store.h"

struct catalogue_load {
    struct txn *txn;
    int64_t shop_id;
    uint64_t held; /* 0: nothing yet */
    struct rows *head, *shops, *categories, *tax_classes, *tax_rates, *programmes, *roles, *products;
};

/* Asks within a TXN_SNAPSHOT, so that all answers are of one moment. */
void catalogue_load_ask(struct catalogue_load *load, struct txn *txn, int64_t shop_id, uint64_t held);
/* The run has come back: puts the rows and seals every version they bring. False: the shop has no head yet. */
bool catalogue_load_fill(const struct catalogue_load *load, struct catalogue *catalogue, struct instant now);

#endif
