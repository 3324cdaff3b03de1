/* The receipt of a sale or refund as a document. It names no person. */
#ifndef CAROLINE_RULES_SALE_RECEIPT_H
#define CAROLINE_RULES_SALE_RECEIPT_H

#include "common/base/receipt.h"
#include "common/rules/sale.h"

/* hash: the strand's head after this sale; its first 8 hexadecimal characters are the anchor on paper. NULL: left out.
 * Rows and texts live in the arena, those of the shop and of lines where they were. */
struct receipt sale_receipt(const struct sale_rows *sale, const struct shop *shop, const struct zone *zone,
                            const uint8_t hash[32], struct arena *arena);

/* The same once more, marked as this copy at its head and foot. gift: without any sum, for who is given what was bought;
 * of a sale only. */
struct receipt sale_receipt_copy(const struct sale_rows *sale, const struct shop *shop, const struct zone *zone,
                                 const uint8_t hash[32], uint32_t copy, bool gift, struct arena *arena);

#endif
