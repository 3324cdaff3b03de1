/* The texts, and what may follow upon what. A text that was ever shown is never changed: a new version is a row more. */
#include "common/rules/consent.h"

/* In the order of kinds, the newest version of each last. */
static const struct consent_text texts[] = {
    { CONSENT_PROGRAMME, 1, "Points programme",
      "I take part in the points programme. What I buy is kept with my name, so that my points can be counted and my "
      "usual order be known. I can leave at any time; my points are then gone." },
    { CONSENT_EMAIL, 1, "News by e-mail",
      "You may send me news and offers of the bakery by e-mail. I can take this back at any time." },
    { CONSENT_PHONE_POST, 1, "News by telephone or post",
      "You may tell me of news and offers of the bakery by telephone or post. I can take this back at any time." },
    { CONSENT_ALLERGIES, 1, "Allergies",
      "You may keep what I do not tolerate, so that I am warned of it. This says something about my health: I agree to "
      "it expressly, and can take it back at any time." },
};

const struct consent_text *consent_text_of(uint32_t kind, uint32_t version)
{
    const struct consent_text *found = NULL;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if ((uint32_t)texts[i].kind == kind && (version == 0 || texts[i].version == version))
            found = &texts[i];
    return found;
}

enum consent_verdict consent_decide(uint32_t kind, bool given, uint32_t text_version, struct consent_state before,
                                    struct consent_state *after)
{
    const struct consent_text *newest = consent_text_of(kind, 0);

    *after = before;
    if (newest == NULL)
        return CONSENT_UNKNOWN;
    if (!given) {
        after->given = false;
        return before.given ? CONSENT_OK : CONSENT_UNCHANGED;
    }
    if (text_version != newest->version)
        return CONSENT_OLD_TEXT;
    if (before.given && before.text_version == text_version)
        return CONSENT_UNCHANGED;
    *after = (struct consent_state){ .given = true, .text_version = text_version };
    return CONSENT_OK;
}
