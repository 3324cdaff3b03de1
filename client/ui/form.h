/* A form: labelled fields, one of them in focus. Enter goes on; on the last it is done. */
#ifndef CAROLINE_UI_FORM_H
#define CAROLINE_UI_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "client/ui/paint.h"

#define FORM_FIELDS_MAX 8

struct form_row {
    const char *label, *hint; /* the hint stands beside the field; may be NULL */
    struct field *field;
};

struct form {
    struct form_row rows[FORM_FIELDS_MAX];
    size_t count, focus;
};

void form_init(struct form *form);
void form_add(struct form *form, struct field *field, const char *label, const char *hint);
struct field *form_field(struct form *form);
void form_next(struct form *form);
void form_previous(struct form *form);
/* Enter: on to the next; true when it was the last. */
bool form_enter(struct form *form);
void form_wipe(struct form *form);
/* Returns the rows used: two a field. */
int form_draw(const struct form *form, struct area area, int row);

#endif
