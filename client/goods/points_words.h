/* How points came or went, in the words that a member is told. */
#ifndef CAROLINE_GOODS_POINTS_WORDS_H
#define CAROLINE_GOODS_POINTS_WORDS_H

#include <stdint.h>

/* kind: as in enum points_kind (common/rules/points.h), of a later version too. "for joining", "expired"; never NULL. */
const char *points_kind_words(uint32_t kind);

#endif
