/* Rows of the catalogue as messages. Their texts are the catalogue's: they are packed before it changes. */
#ifndef CAROLINE_SERVER_SERVICE_CATALOGUE_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_CATALOGUE_MESSAGE_H

#include "common/base/arena.h"
#include "common/rules/catalogue.h"
#include "proto/catalogue.pb-c.h"

/* A product with room for its lists, so that a page of them needs no memory of its own. */
struct product_message {
    Caroline__V1__Product product;
    ProtobufCBinaryData barcodes[PRODUCT_BARCODES_MAX];
    uint32_t contains[ALLERGEN_COUNT], may_contain[ALLERGEN_COUNT];
    uint64_t modifier_ids[PRODUCT_MODIFIERS_MAX];
    Caroline__V1__Nutrition nutrition;
};
/* Returns &message->product. */
Caroline__V1__Product *product_message_set(struct product_message *message, const struct product *product);
/* It takes at most so many bytes of a list of products. */
size_t product_message_most(const struct product *product);

Caroline__V1__Category *category_message_of(struct arena *arena, const struct category *category);
Caroline__V1__TaxClass *tax_class_message_of(struct arena *arena, const struct tax_class *tax_class);
Caroline__V1__Promotion *promotion_message_of(struct arena *arena, const struct promotion *promotion);
Caroline__V1__Modifier *modifier_message_of(struct arena *arena, const struct modifier *modifier);
Caroline__V1__TenderType *tender_type_message_of(struct arena *arena, const struct tender_type *type);
Caroline__V1__Programme *programme_message_of(struct arena *arena, const struct programme *programme);

#endif
