/* A draft of a product: what was given, what there was, and what it comes to. */
#ifndef CAROLINE_SERVER_SERVICE_PRODUCT_DRAFT_H
#define CAROLINE_SERVER_SERVICE_PRODUCT_DRAFT_H

#include "common/rules/nutrition.h"
#include "proto/catalogue.pb-c.h"
#include "server/call/call.h"

struct draft {
    const Caroline__V1__Product *given;
    size_t number; /* in the request, from 0 */
    bool set_lists, set_modifiers;
    bool made;
    struct product before, after; /* before: zeroed and with empty texts when it is made */
    /* texts as given, tidied; NULL: not given */
    const char *name, *sku, *note;
    struct nutrition nutrition; /* as given */
    const char **barcodes;      /* sorted, each once */
    size_t barcode_count;
    bool changes_product, changes_keys, changes_barcodes, changes_price, changes_sold_out;
};

/* Of the request alone: may refuse. */
enum step draft_check(struct call *c, struct draft *d, const Caroline__V1__ProductDraft *message, size_t number);
/* The name of a field of it, for a refusal: "drafts[3].product.plu". */
const char *draft_field(struct call *c, const struct draft *d, const char *field);

/* What there is: a row of product_put_now. */
void draft_found(struct call *c, struct draft *d, const struct rows *rows, size_t row);
/* It is there, or made now: what it comes to. May refuse. */
enum step draft_apply(struct call *c, struct draft *d);
/* Which of its parts change. */
void draft_compare(struct draft *d);
static inline bool draft_changes(const struct draft *d)
{
    return d->changes_product || d->changes_price || d->changes_sold_out;
}

#endif
