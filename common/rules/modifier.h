/* What a line is made of beyond its product: options of the product's modifiers (oat milk +0.40, a large cup, sliced), and
 * the price that was keyed where the product has an open one. A unit costs the product's price, or the one keyed, and the
 * prices of its options, and never less than nothing. That is its price for all that follows: rewards, promotions,
 * discounts, tax by the product's class, and points. */
#ifndef CAROLINE_RULES_MODIFIER_H
#define CAROLINE_RULES_MODIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/rules/catalogue.h"

#define LINE_OPTIONS_MAX   20  /* of one line */
#define BASKET_OPTIONS_MAX 200 /* of all lines: a receipt names each */
#define UNIT_PRICE_MAX     INT64_C(1000000000000)

/* An option that is asked for, by its modifier and its number there. */
struct line_option {
    int64_t modifier_id;
    uint32_t option;
};
/* What was chosen for a line; zeroed: nothing. */
struct line_choice {
    const struct line_option *options;
    size_t option_count;
    int64_t keyed_minor; /* of one unit */
    bool keyed;
};

/* Can it be offered at all? What a shop may not write, and a till does not take: numbers of options from 1 up, each once;
 * at least one may be chosen, no more have to be than may be, or, where it is active, than there are active ones. */
bool modifier_valid(const struct modifier *modifier);
/* NULL: it has none of this number. */
const struct modifier_option *modifier_option(const struct modifier *modifier, uint32_t number);
/* Its modifiers that are asked for, as of a version: those that are there and active, in the product's order. */
size_t modifiers_of(const struct product *product, const struct catalogue *catalogue, uint64_t version,
                    const struct modifier *found[PRODUCT_MODIFIERS_MAX]);
/* Has the till to ask before this can be sold: a choice, or a price? */
bool modifiers_ask(const struct product *product, const struct catalogue *catalogue, uint64_t version);

enum choice_verdict {
    CHOICE_OK,
    CHOICE_UNKNOWN,       /* an option that the product does not have */
    CHOICE_INACTIVE,      /* one that is not offered any more */
    CHOICE_TWICE,         /* one that is chosen already */
    CHOICE_TOO_FEW,       /* of a modifier: `of` */
    CHOICE_TOO_MANY,      /* likewise; or more than a line may have: `of` is NULL */
    CHOICE_PRICE_WANTED,  /* the product's price is open, and none was keyed */
    CHOICE_PRICE_FIXED,   /* one was keyed for a product whose price is not open */
    CHOICE_PRICE_OUTSIDE, /* one beyond the product's bounds */
};
/* *of: the modifier that it is about, or NULL; *at: the option that is the first to be wrong. */
enum choice_verdict choice_check(const struct line_choice *choice, const struct product *product,
                                 const struct catalogue *catalogue, uint64_t version, const struct modifier **of,
                                 size_t *at);
/* Of a line that is taken back nothing has to be right; a price that its key does not take is none. */
struct line_choice choice_of_voided(const struct line_choice *choice, const struct product *product);
/* Is there a keyed price that counts? */
bool choice_is_keyed(const struct line_choice *choice, const struct product *product);
/* Of one unit, whatever choice_check() says: an option that the catalogue does not have adds nothing. */
int64_t choice_unit_minor(const struct line_choice *choice, const struct product *product,
                          const struct catalogue *catalogue, uint64_t version);
/* The option as the product has it as of a version, with its modifier; NULL: not so. */
const struct modifier_option *choice_option(const struct line_option *asked, const struct product *product,
                                            const struct catalogue *catalogue, uint64_t version,
                                            const struct modifier **of);

#endif
