/* "Did you mean": of many words, the one that is likely meant. */
#ifndef CAROLINE_BASE_NEAREST_H
#define CAROLINE_BASE_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word;
    const char *best; /* NULL while none is near */
    size_t distance;
};

struct nearest nearest_to(const char *word);
/* The word's best is the first of the offered with the fewest letters changed, left out, added or swapped. */
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
