/* The 14 allergens of the European Union's list, as sets of bits: what goods have, and what a member avoids.
 *
 * Source: Regulation (EU) No 1169/2011, annex II, in its order. */
#ifndef CAROLINE_RULES_ALLERGEN_H
#define CAROLINE_RULES_ALLERGEN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/rules/catalogue.h"

#define ALLERGENS_ALL ((uint16_t)0x7ffe) /* bit n: allergen n, 1 to 14 */

extern const char *const allergen_names[ALLERGEN_COUNT + 1]; /* by number; "Nuts" */

/* "nuts, milk" in small letters; "" for none. In the arena. */
const char *allergens_text(uint16_t set, struct arena *arena);
/* Names, beginnings of one name alone, or numbers, parted by commas or blanks; "" is none. false: *wrong is the first word that is
 * none of them, in the arena. */
bool allergens_parse(const char *text, struct arena *arena, uint16_t *set, const char **wrong);

/* Of what the product contains, or may contain: what is avoided, and has not been told. */
uint16_t allergens_untold(const struct product *product, uint16_t avoids, uint16_t told);

#endif
