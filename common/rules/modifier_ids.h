/* The modifiers of a product as one text, their ids in order with a blank between: how tables and journal have them. */
#ifndef CAROLINE_RULES_MODIFIER_IDS_H
#define CAROLINE_RULES_MODIFIER_IDS_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"

/* At most PRODUCT_MODIFIERS_MAX of them, in the arena. Returns how many; nothing is read behind what is no id. */
size_t modifier_ids_read(const char *text, struct arena *arena, const int64_t **ids);
/* In the arena, or "". */
const char *modifier_ids_text(const int64_t *ids, size_t count, struct arena *arena);

#endif
