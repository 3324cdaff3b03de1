/* Two members who are one person: may one be merged into the other, and what comes of their accounts. */
#ifndef CAROLINE_RULES_MEMBER_MERGE_H
#define CAROLINE_RULES_MEMBER_MERGE_H

#include <stdbool.h>
#include <stdint.h>

enum member_merge_verdict {
    MEMBER_MERGE_OK,
    MEMBER_MERGE_SAME,
    MEMBER_MERGE_FROM_UNKNOWN,
    MEMBER_MERGE_INTO_UNKNOWN,
    MEMBER_MERGE_FROM_MERGED, /* into somebody already: there is nothing left to merge */
    MEMBER_MERGE_INTO_MERGED, /* whoever was merged takes in nobody: so there are no cycles */
    MEMBER_MERGE_OVERFLOW,
    MEMBER_MERGE_VERDICT_COUNT
};

struct member_merge_side {
    int64_t id;
    bool known;
    int64_t merged_into; /* 0: nobody */
    int64_t points;      /* less than nothing: a debt, which goes over as well */
    int32_t birthday_year;
    uint16_t avoids;
    int64_t tier, tier_minor; /* as of last midnight; tier 0: none */
};

/* What the second has when the first is merged into it. A birthday that was given to either was given; what either avoids is avoided. Until the
 * next midnight they have the better tier of the two. */
struct member_merged {
    int64_t points;
    int32_t birthday_year;
    uint16_t avoids;
    int64_t tier, tier_minor;
};

enum member_merge_verdict member_merge_decide(const struct member_merge_side *from,
                                              const struct member_merge_side *into, struct member_merged *merged);

#endif
