/* Sums that stay where they can be added to. */
#include "common/rules/points_sound.h"

#define COUNTED_MAX (1000 * POINTS_MAX)

static bool is_counted(int64_t points)
{
    return points >= -COUNTED_MAX && points <= COUNTED_MAX;
}

bool member_is_sound(const struct member_state *member)
{
    int64_t sum = 0;

    for (size_t i = 0; i < member->lot_count; i++) {
        const struct points_lot *lot = &member->lots[i];

        if (!is_counted(lot->remaining) || lot->expired < 0 || lot->expired > COUNTED_MAX)
            return false;
        sum += lot->remaining < 0 ? -lot->remaining : lot->remaining;
        if (sum > COUNTED_MAX)
            return false;
    }
    return is_counted(member->points);
}

/* Their row leads to who took them in, and there is nobody. */
static bool is_lost(const struct working_set *set, int64_t member_id)
{
    for (size_t i = 0; i < set->member_count; i++)
        if (set->members[i].id == member_id)
            return set_member(set, member_id) == NULL;
    return false;
}

static bool has_lot(const struct member_state *member, int64_t lot_id)
{
    for (size_t i = 0; i < member->lot_count; i++)
        if (member->lots[i].id == lot_id)
            return true;
    return false;
}

bool lot_moves_are_sound(const struct original *original, const struct lot_moves *moves, const struct working_set *set)
{
    const struct member_state *member = set_member(set, original->member_id);

    if (member == NULL)
        return !is_lost(set, original->member_id);
    if (!member_is_sound(member))
        return false;
    for (size_t i = 0; i < original->lot_count; i++)
        if ((moves->taken[i] != 0 || moves->given[i] != 0) && !has_lot(member, original->lots[i].lot_id))
            return false;
    return true;
}
