/* The rule of merging members. */
#include "common/rules/member_merge.h"

#include "common/base/number.h"
#include "common/rules/points.h"

/* Did the second take back, behind all that the first ever agreed to, that what they avoid is kept? */
static bool taken_back(const struct member_merge_side *from, const struct member_merge_side *into)
{
    return into->allergies.at.us != 0 && !into->allergies.given &&
           !(from->allergies.given && from->allergies.at.us > into->allergies.at.us);
}

static void merge_avoids(const struct member_merge_side *from, const struct member_merge_side *into,
                         struct member_merged *merged)
{
    merged->avoids = into->avoids;
    if (taken_back(from, into))
        return;
    merged->avoids |= from->avoids;
    merged->takes_consent = merged->avoids != 0 && from->allergies.given && !into->allergies.given;
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
    if (!add_checked(from->points, into->points, &points) || points > POINTS_MAX ||
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
