/* The rules of reviews. */
#include "common/rules/review.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool is_word(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '-' || letter == '_' || (unsigned char)letter >= 0x80;
}

/* A dot, and behind it an ending that sites have, as they are written: "example.com", but not "good.It was". */
static bool is_site_ending(const char *dot)
{
    static const char *const endings[] = { "com", "net", "org", "info", "biz", "shop", "io", "eu", "de",
                                           "at",  "ch",  "uk",  "fr",   "it",  "es",   "nl", "be", "pl",
                                           "app", "dev", "COM", "NET",  "ORG", "DE",   "UK", "FR" };

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(endings[i]);

        if (strncmp(dot + 1, endings[i], length) == 0 && !is_word(dot[1 + length]))
            return true;
    }
    return false;
}

bool review_has_link(const char *text)
{
    for (const char *at = text; *at; at++) {
        bool begins = at == text || !is_word(at[-1]);

        if (strncmp(at, "://", 3) == 0 || (begins && strncasecmp(at, "www.", 4) == 0))
            return true;
        if (!begins && (*at == '@' || *at == '.') && is_word(at[1]) && (*at == '@' || is_site_ending(at)))
            return true;
    }
    return false;
}

enum review_verdict review_decide(const struct review_bought *bought)
{
    if (bought->rating < 1 || bought->rating > REVIEW_RATING_MAX)
        return REVIEW_BAD_RATING;
    if (!bought->by_member)
        return REVIEW_NOT_BOUGHT;
    if (bought->reviewed)
        return REVIEW_TWICE;
    return bought->left_milli > 0 ? REVIEW_OK : REVIEW_GIVEN_BACK;
}

uint32_t rating_hundredths(struct rating rating)
{
    return rating.count <= 0 ? 0 : (uint32_t)((rating.sum * 100 + rating.count / 2) / rating.count);
}

bool review_stand(struct review_standing before, enum review_state state, enum review_reason reason, uint32_t stars,
                  struct review_standing *after, struct rating *rating)
{
    int sign = (state == REVIEW_ACCEPTED) - (before.state == REVIEW_ACCEPTED);

    *after = before;
    if (state == before.state)
        return false;
    after->state = state;
    after->reason = state == REVIEW_HIDDEN ? reason : REVIEW_REASON_NONE;
    rating->sum += sign * (int64_t)stars;
    rating->count += sign;
    return true;
}
