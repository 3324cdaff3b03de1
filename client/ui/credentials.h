/* Who somebody says they are: a name or a badge, and the PIN. Signing in, taking over and allowing something ask for it. */
#ifndef CAROLINE_UI_CREDENTIALS_H
#define CAROLINE_UI_CREDENTIALS_H

#include <stdbool.h>

#include "client/ui/field.h"
#include "client/ui/form.h"

struct credentials {
    struct form form; /* of the two fields, in this order */
    struct field name, pin;
    bool badge; /* the name is what a badge said */
};

/* Empty. The hint beside the name may be NULL; all texts outlive this. */
void credentials_init(struct credentials *given, const char *name_label, const char *name_hint, const char *pin_label);
void credentials_wipe(struct credentials *given);
/* A badge was scanned: the PIN is next. */
void credentials_set_badge(struct credentials *given, const char *badge);
/* A scan that is no goods. false: doubtful, and the PIN is in focus: digits typed fast. */
bool credentials_scan(struct credentials *given, const char *code, bool doubtful);
/* The field in focus was edited: a name that is typed over is no badge any more. */
void credentials_changed(struct credentials *given);
/* Digits alone are the number of a badge, too. */
bool credentials_are_badge(const struct credentials *given);
/* Both are there; false: the first that is missing has the focus. */
bool credentials_complete(struct credentials *given);

#endif
