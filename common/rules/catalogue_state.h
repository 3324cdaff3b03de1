/* A state of something in the catalogue; catalogue.c's alone. */
#ifndef CAROLINE_RULES_CATALOGUE_STATE_H
#define CAROLINE_RULES_CATALOGUE_STATE_H

#include <stdint.h>

#include "common/rules/catalogue.h"

/* One state, with the row and its texts behind it in the same block. */
struct state {
    uint64_t from_version;
    struct state *older;
    char *folded; /* of a product's name; NULL: not asked for yet */
    uint64_t row[];
};

/* With a copy of the row; free() it. */
struct state *state_of_product(uint64_t version, const struct product *product);
struct state *state_of_category(uint64_t version, const struct category *category);
struct state *state_of_tax_class(uint64_t version, const struct tax_class *tax_class);
struct state *state_of_programme(uint64_t version, const struct programme *programme);
struct state *state_of_shop(uint64_t version, const struct shop *shop);
struct state *state_of_role(uint64_t version, const struct role *role);
struct state *state_of_promotion(uint64_t version, const struct promotion *promotion);
struct state *state_of_modifier(uint64_t version, const struct modifier *modifier);
struct state *state_of_tender_type(uint64_t version, const struct tender_type *type);

#endif
