/* What the staff enter of a member: the form of a new one, or of one that is changed, and the message out of it. Pure. */
#ifndef CAROLINE_GOODS_MEMBER_FORM_H
#define CAROLINE_GOODS_MEMBER_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "client/ui/form.h"
#include "common/base/arena.h"
#include "common/rules/catalogue.h"
#include "proto/member.pb-c.h"

enum {
    MEMBER_FORM_NAME,
    MEMBER_FORM_PHONE,
    MEMBER_FORM_EMAIL,
    MEMBER_FORM_BIRTHDAY,
    MEMBER_FORM_CARD,
    MEMBER_FORM_LANGUAGE,
    MEMBER_FORM_AVOIDS,
    MEMBER_FORM_REFERRER, /* of a new member alone, where the programme gives something for friends */
    MEMBER_FORM_COUNT
};

struct member_form {
    struct form form;
    struct field fields[MEMBER_FORM_COUNT];
    char before[MEMBER_FORM_COUNT][FIELD_SIZE]; /* as the server has them; of a new member nothing */
};

/* For the head of the help of a screen with this form: what somebody avoids is data concerning health (common/rules/consent.h). */
#define MEMBER_FORM_ABOUT                                                                                              \
    "What somebody avoids says something about their health: it is kept with their agreement alone. Ask them first. "  \
    "Saving it notes, with your name, that they have agreed (Allergies); they can take that back at any time."

/* Empty, for a new member. text: nobody was found by it, and it is theirs; "": nothing is. The catalogue, which may be NULL, knows
 * whether anything is given for bringing somebody. */
void member_form_new(struct member_form *form, const struct catalogue *catalogue, const char *text);
/* As the server has somebody, to be changed. */
void member_form_change(struct member_form *form, const Caroline__V1__Member *member, struct arena *arena);
/* A scanned code: of their card, or of who brought them where that has the focus. */
void member_form_scan(struct member_form *form, const char *code);
/* The server refused it, by an error code: the line that it is about has the focus. */
void member_form_refused(struct member_form *form, unsigned code);
/* What is to be known while that line is filled in; else `otherwise`. */
const char *member_form_note(const struct member_form *form, const char *otherwise);

enum member_form_verdict {
    MEMBER_FORM_READ,
    MEMBER_FORM_UNCHANGED, /* nothing is other than it was */
    MEMBER_FORM_WRONG,     /* *problem is the sentence, in the arena; the line has the focus */
};
/* What is other than it was, into an empty message, which lives no longer than form and numbers. */
enum member_form_verdict member_form_read(struct member_form *form, struct arena *arena, Caroline__V1__Member *member,
                                          uint32_t numbers[ALLERGEN_COUNT], const char **problem);

#endif
