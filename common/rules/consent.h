/* What a member may agree to: the kinds there are and the texts that are read out, version by version. What is agreed to is a text; a
 * new one has to be agreed to anew, and what was agreed to before stays what it was. Regulation (EU) 2016/679, articles 4(11), 7 and
 * 9(2)(a): a consent is to one purpose, can be shown, and is taken back as easily as it was given. */
#ifndef CAROLINE_RULES_CONSENT_H
#define CAROLINE_RULES_CONSENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONSENT_KINDS 4

/* Numbers are never used again: they stand in the books. */
enum consent_kind {
    CONSENT_PROGRAMME = 1,
    CONSENT_EMAIL = 2,
    CONSENT_PHONE_POST = 3,
    CONSENT_ALLERGIES = 4, /* data concerning health: never kept without it */
};

struct consent_text {
    enum consent_kind kind;
    uint32_t version; /* from 1 on */
    const char *name, *text;
};
/* NULL: there is none. version 0: the newest. */
const struct consent_text *consent_text_of(uint32_t kind, uint32_t version);

/* How it stands; all zero: it was never given. */
struct consent_state {
    bool given;
    uint32_t text_version;
};

enum consent_verdict {
    CONSENT_OK,
    CONSENT_UNKNOWN,   /* no such kind */
    CONSENT_OLD_TEXT,  /* what was read out is not the newest text */
    CONSENT_UNCHANGED, /* it stands so already */
};
/* *after: how it stands then, which is what is written down. */
enum consent_verdict consent_decide(uint32_t kind, bool given, uint32_t text_version, struct consent_state before,
                                    struct consent_state *after);

#endif
