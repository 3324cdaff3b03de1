/* Finds products by any part of their names, accents and case aside, while they are typed: 100,000 names in a few
 * milliseconds a key. The index is built in steps, so that a till is there at once. */
#ifndef CAROLINE_GOODS_SEARCH_H
#define CAROLINE_GOODS_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/rules/catalogue.h"

struct search;

/* So many are listed, the best first: names that begin with it, then words that do, then the rest. */
#define SEARCH_SHOWN_MAX 200

struct search_result {
    int64_t ids[SEARCH_SHOWN_MAX];
    size_t shown;
    size_t total;
    bool partial; /* the index is not complete yet */
};

struct search *search_create(void);
void search_destroy(struct search *search);
/* Build anew from a catalogue; until that is done the old index answers, or the part that is there. The catalogue must
 * live until then, or until the next begin. NULL: forget everything. */
void search_begin(struct search *search, const struct catalogue *catalogue);
/* Index up to `count` products more; true: nothing is left to do. */
bool search_step(struct search *search, size_t count);
/* Every word of text must be in the name. */
void search_find(struct search *search, const char *text, struct search_result *result);

#endif
