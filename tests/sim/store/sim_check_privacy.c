/* Checks of what members agreed to, and of who was erased. */
#include "tests/sim/store/sim_check.h"

#define ALLERGIES 4 /* kind of consent */

static bool is_empty(struct sim_checker *k, const union sim_cell *a)
{
    const union sim_cell *m = sim_find(k->x, SIM_MEMBER, MEMBER_BY_ID, KEY(a[MEMBER_ACCOUNT_MEMBER_ID])).c;
    struct sim_scan blinds =
        sim_scan(k->x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_MEMBER_ID, KEY(a[MEMBER_ACCOUNT_MEMBER_ID]));
    struct sim_scan lots =
        sim_scan(k->x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_EXPIRY_DAY, KEY(a[MEMBER_ACCOUNT_MEMBER_ID]));
    struct sim_scan reviews = sim_scan(k->x, SIM_REVIEW, REVIEW_BY_MEMBER_ID, KEY(a[MEMBER_ACCOUNT_MEMBER_ID]));

    return a[MEMBER_ACCOUNT_POINTS].i == 0 && a[MEMBER_ACCOUNT_BIRTHDAY_BLIND].b == NULL &&
           a[MEMBER_ACCOUNT_AVOIDS].b == NULL &&
           (m == NULL ||
            (m[MEMBER_AVOIDS_SEALED].b == NULL && m[MEMBER_LANGUAGE_SEALED].b == NULL &&
             m[MEMBER_NAME_SEALED].b == NULL && m[MEMBER_PHONE_SEALED].b == NULL && m[MEMBER_EMAIL_SEALED].b == NULL &&
             m[MEMBER_BIRTHDAY_SEALED].b == NULL && m[MEMBER_CARD_SEALED].b == NULL)) &&
           !sim_next(&blinds) && !sim_next(&lots) && !sim_next(&reviews);
}

static int64_t written_off(struct sim_checker *k, union sim_cell member)
{
    int64_t points = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(member));
         sim_next(&scan);)
        if (scan.hit.c[POINTS_ENTRY_KIND].i == 8)
            points -= scan.hit.c[POINTS_ENTRY_POINTS].i;
    return points;
}

/* Of two who were merged none is erased alone, and why they were is struck out. */
static bool is_merged_well(struct sim_checker *k, const union sim_cell *a)
{
    union sim_cell into = a[MEMBER_ACCOUNT_MERGED_INTO];
    const union sim_cell *i =
        into.i == SIM_NULL ? NULL : sim_find(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(into)).c;
    const union sim_cell *g =
        sim_find(k->x, SIM_MEMBER_MERGE, MEMBER_MERGE_BY_FROM_ID, KEY(a[MEMBER_ACCOUNT_MEMBER_ID])).c;

    return (i == NULL || i[MEMBER_ACCOUNT_ERASED].i == a[MEMBER_ACCOUNT_ERASED].i) &&
           (g == NULL || !a[MEMBER_ACCOUNT_ERASED].i || g[MEMBER_MERGE_REASON].b->size == 0);
}

static void erasures(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_MEMBER_ACCOUNT)
        {
            const union sim_cell *a = scan.hit.c;
            const union sim_cell *x =
                sim_find(k->x, SIM_ERASURE, ERASURE_BY_MEMBER_ID, KEY(a[MEMBER_ACCOUNT_MEMBER_ID])).c;
            bool erased = a[MEMBER_ACCOUNT_ERASED].i;
            if (erased != (x != NULL) || !is_merged_well(k, a) ||
                (erased && (!is_empty(k, a) || x[ERASURE_POINTS].i != written_off(k, x[ERASURE_MEMBER_ID]))))
                sim_wrong(k, "member=%lld erased=%d points=%lld", LONG(a[MEMBER_ACCOUNT_MEMBER_ID]), erased,
                          LONG(a[MEMBER_ACCOUNT_POINTS]));
        }
    for
        EACH(k, scan, SIM_ERASURE)
    if (sim_find(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(scan.hit.c[ERASURE_MEMBER_ID])).row == NULL)
        sim_wrong(k, "member=%lld is erased and has no account", LONG(scan.hit.c[ERASURE_MEMBER_ID]));
}

static bool follows(const union sim_cell *before, const union sim_cell *c)
{
    bool given = c[CONSENT_ENTRY_GIVEN].i;

    if (before == NULL)
        return c[CONSENT_ENTRY_NUMBER].i == 1 && given;
    bool given_before = before[CONSENT_ENTRY_GIVEN].i;
    int64_t version = c[CONSENT_ENTRY_TEXT_VERSION].i, version_before = before[CONSENT_ENTRY_TEXT_VERSION].i;
    return c[CONSENT_ENTRY_AT].i >= before[CONSENT_ENTRY_AT].i &&
           (given ? !given_before || version > version_before : given_before && version == version_before);
}

/* Their last word to what they avoid being kept; NULL: they were never asked. */
static const union sim_cell *last_word(struct sim_checker *k, union sim_cell member)
{
    const union sim_cell *last = NULL;

    for (int64_t number = 1;; number++) {
        const union sim_cell *c = sim_find(k->x, SIM_CONSENT_ENTRY, CONSENT_ENTRY_BY_MEMBER_ID_KIND_NUMBER,
                                           KEY(member, I(ALLERGIES), I(number)))
                                      .c;
        if (c == NULL)
            return last;
        last = c;
    }
}

/* The newest last word of those who were merged into them; NULL: none of them was asked. */
static const union sim_cell *word_brought(struct sim_checker *k, union sim_cell survivor)
{
    const union sim_cell *newest = NULL;

    for (struct sim_scan scan = sim_scan(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(survivor));
         sim_next(&scan);) {
        const union sim_cell *word = last_word(k, scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID]);

        if (word == NULL)
            continue;
        int64_t at = word[CONSENT_ENTRY_AT].i, newest_at = newest == NULL ? INT64_MIN : newest[CONSENT_ENTRY_AT].i;
        if (at > newest_at || (at == newest_at && word[CONSENT_ENTRY_MEMBER_ID].i < newest[CONSENT_ENTRY_MEMBER_ID].i))
            newest = word;
    }
    return newest;
}

static void consent_to_avoids(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_MEMBER_ACCOUNT)
        {
            union sim_cell member = scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID];

            if (scan.hit.c[MEMBER_ACCOUNT_AVOIDS].b == NULL)
                continue;
            const union sim_cell *word = last_word(k, member);
            const union sim_cell *brought = word_brought(k, member);
            if (word != NULL ? !word[CONSENT_ENTRY_GIVEN].i : brought != NULL && brought[CONSENT_ENTRY_GIVEN].i)
                sim_wrong(k, "member=%lld kind=%d", LONG(member), ALLERGIES);
        }
}

static void consents(struct sim_checker *k)
{
    consent_to_avoids(k);
    for
        EACH(k, scan, SIM_CONSENT_ENTRY)
        {
            const union sim_cell *c = scan.hit.c;
            const union sim_cell *before =
                sim_find(k->x, SIM_CONSENT_ENTRY, CONSENT_ENTRY_BY_MEMBER_ID_KIND_NUMBER,
                         KEY(c[CONSENT_ENTRY_MEMBER_ID], c[CONSENT_ENTRY_KIND], I(c[CONSENT_ENTRY_NUMBER].i - 1)))
                    .c;
            if (!follows(before, c))
                sim_wrong(k, "member=%lld kind=%lld number=%lld", LONG(c[CONSENT_ENTRY_MEMBER_ID]),
                          LONG(c[CONSENT_ENTRY_KIND]), LONG(c[CONSENT_ENTRY_NUMBER]));
        }
}

const struct sim_named_check sim_privacy_checks[] = { { "erasures", erasures },
                                                      { "consents", consents },
                                                      { NULL, NULL } };
