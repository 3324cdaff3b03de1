/* The canonical bytes of a sale: what its strand hashes. proto/PROTOCOL.md, section 9, is their layout. */
#ifndef CAROLINE_RULES_SALE_BYTES_H
#define CAROLINE_RULES_SALE_BYTES_H

#include "common/rules/sale.h"

/* Where a discount's rate would stand: does this kind's say how often, or how many pieces? */
bool discount_has_times(enum discount_kind kind);
/* command_id: 16 bytes. In the arena. */
struct bytes sale_bytes(const struct sale_rows *sale, const uint8_t *command_id, struct arena *arena);

#endif
