/* Can what stands in the books of a member's points be counted with? Rows may have been changed by hand; what was changed is named by
 * db/checks/, and until it is put right nothing is added to it or taken from it. */
#ifndef CAROLINE_RULES_POINTS_SOUND_H
#define CAROLINE_RULES_POINTS_SOUND_H

#include "common/rules/sale.h"

/* Account and lots are far from the ends of the range: no change of points.h leaves it. */
bool member_is_sound(const struct member_state *member);

/* What a refund moves: of each of the original's lots, so many are taken back and given back. */
struct lot_moves {
    const int64_t *taken, *given;
};
/* Whose points these are is sound, and has every lot that is moved; or is nobody, for they were erased. */
bool lot_moves_are_sound(const struct original *original, const struct lot_moves *moves, const struct working_set *set);

#endif
