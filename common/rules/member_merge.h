/* Two members who are one person: may one be merged into the other, and what comes of their accounts. */
#ifndef CAROLINE_RULES_MEMBER_MERGE_H
#define CAROLINE_RULES_MEMBER_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/instant.h"

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

/* Their last word to what they avoid being kept (CONSENT_ALLERGIES). */
struct member_merge_word {
    bool given;
    struct instant at; /* 0: they were never asked */
};

struct member_merge_side {
    int64_t id;
    bool known;
    int64_t merged_into; /* 0: nobody */
    int64_t points;      /* less than nothing: a debt, which goes over as well */
    int32_t birthday_year;
    uint16_t avoids;
    int64_t tier, tier_minor;           /* as of last midnight; tier 0: none */
    struct member_merge_word allergies; /* their own */
    struct member_merge_word brought;   /* the last of who was merged into them before: one person by now */
};

/* Whose word to allergies goes over to the second, as an entry of its own. */
enum member_merge_consent {
    MEMBER_MERGE_NO_CONSENT,
    MEMBER_MERGE_OF_FROM,
    MEMBER_MERGE_BROUGHT_BY_FROM,
    MEMBER_MERGE_BROUGHT_BY_INTO,
};

/* What the second has when the first is merged into it. A birthday that was given to either was given; what either avoids is avoided, and the
 * consent by which that is kept goes over where the second has none, as it was given; but where the second took theirs back since,
 * it stays taken back. Who was merged before has spoken, too: whoever of them spoke last, unless the second's, or the first's, own word stands. What was entered before consents were written down goes over as it stands, without one. Until the next midnight
 * they have the better tier of the two. */
struct member_merged {
    int64_t points;
    int32_t birthday_year;
    uint16_t avoids;
    int64_t tier, tier_minor;
    enum member_merge_consent consent;
};

enum member_merge_verdict member_merge_decide(const struct member_merge_side *from,
                                              const struct member_merge_side *into, struct member_merged *merged);

#endif
