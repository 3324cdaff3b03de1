/* The rule of merging members. */
#include "common/rules/member_merge.h"

#include "common/base/number.h"
#include "common/rules/points.h"

/* Did who is one with them by now say something, behind what they said themselves? That they agree holds until they take it back. */
static bool brought_counts(const struct member_merge_side *side)
{
    return !side->allergies.given && side->brought.at.us > side->allergies.at.us;
}

static const struct member_merge_word *word_of(const struct member_merge_side *side)
{
    return brought_counts(side) ? &side->brought : &side->allergies;
}

/* Did the second take back, behind all that the first ever agreed to, that what they avoid is kept? */
static bool taken_back(const struct member_merge_word *from, const struct member_merge_word *into)
{
    return into->at.us != 0 && !into->given && !(from->given && from->at.us > into->at.us);
}

/* Of those that were given, the last. */
static enum member_merge_consent consent_of(const struct member_merge_side *from, const struct member_merge_side *into)
{
    const struct member_merge_word *first = word_of(from), *second = word_of(into);

    if (into->allergies.given || (!first->given && !second->given))
        return MEMBER_MERGE_NO_CONSENT;
    if (second->given && !(first->given && first->at.us > second->at.us))
        return MEMBER_MERGE_BROUGHT_BY_INTO;
    return brought_counts(from) ? MEMBER_MERGE_BROUGHT_BY_FROM : MEMBER_MERGE_OF_FROM;
}

static void merge_avoids(const struct member_merge_side *from, const struct member_merge_side *into,
                         struct member_merged *merged)
{
    merged->avoids = into->avoids;
    if (taken_back(word_of(from), word_of(into)))
        return;
    merged->avoids |= from->avoids;
    if (merged->avoids != 0)
        merged->consent = consent_of(from, into);
}

enum member_merge_verdict member_merge_decide(const struct member_merge_side *from,
                                              const struct member_merge_side *into, struct member_merged *merged)
{
    int64_t points, tier_minor;

    if (from->id == into->id)
        return MEMBER_MERGE_SAME;
    if (!from->known)
        return MEMBER_MERGE_FROM_UNKNOWN;
    if (!into->known)
        return MEMBER_MERGE_INTO_UNKNOWN;
    if (from->merged_into != 0)
        return MEMBER_MERGE_FROM_MERGED;
    if (into->merged_into != 0)
        return MEMBER_MERGE_INTO_MERGED;
    if (!add_checked(from->points, into->points, &points) || points > POINTS_MAX || points < -POINTS_MAX ||
        !add_checked(from->tier_minor, into->tier_minor, &tier_minor))
        return MEMBER_MERGE_OVERFLOW;
    *merged = (struct member_merged){
        .points = points,
        .birthday_year = from->birthday_year > into->birthday_year ? from->birthday_year : into->birthday_year,
        .tier = from->tier > into->tier ? from->tier : into->tier,
        .tier_minor = tier_minor,
    };
    merge_avoids(from, into, merged);
    return MEMBER_MERGE_OK;
}
