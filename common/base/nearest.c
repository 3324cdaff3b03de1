/* The distance of two short words: how many slips of the finger lie between them. */
#include "common/base/nearest.h"

#include <string.h>

#define LETTERS_MOST 40 /* longer words are nobody's slip */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A row a letter of a; a cell: the slips from the beginning of a to the beginning of b. Swapped neighbours are one. */
static size_t slips(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t cells[LETTERS_MOST + 1][LETTERS_MOST + 1];

    for (size_t i = 0; i <= a_length; i++)
        cells[i][0] = i;
    for (size_t k = 0; k <= b_length; k++)
        cells[0][k] = k;
    for (size_t i = 1; i <= a_length; i++)
        for (size_t k = 1; k <= b_length; k++) {
            size_t cell = cells[i - 1][k - 1] + (a[i - 1] != b[k - 1]);
            cell = least(cell, least(cells[i - 1][k], cells[i][k - 1]) + 1);
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                cell = least(cell, cells[i - 2][k - 2] + 1);
            cells[i][k] = cell;
        }
    return cells[a_length][b_length];
}

struct nearest nearest_to(const char *word)
{
    return (struct nearest){ .word = word };
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
    const size_t length = strlen(nearest->word), candidate_length = strlen(candidate);
    size_t distance;

    if (length > LETTERS_MOST || candidate_length > LETTERS_MOST)
        return;
    distance = slips(nearest->word, length, candidate, candidate_length);
    if (distance > 1 + length / 4 || distance >= candidate_length)
        return;
    if (!nearest->best || distance < nearest->distance) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}
