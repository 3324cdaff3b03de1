/* How points came or went, and how many there are, in the words that people are told. */
#ifndef CAROLINE_GOODS_POINTS_WORDS_H
#define CAROLINE_GOODS_POINTS_WORDS_H

#include <stdint.h>

#include "common/base/number.h"

/* kind: as in enum points_kind (common/rules/points.h), of a later version too. "for joining", "expired"; never NULL. */
const char *points_kind_words(uint32_t kind);

/* "230 points", "1 point"; a debt: "owes 30 points". */
char *points_text(char text[NUMBER_TEXT], int64_t points);

#endif
