/* A form: labelled fields, one of them in focus. */
#include "client/ui/form.h"

#include <assert.h>
#include <string.h>

#include "common/base/text.h"

void form_init(struct form *form)
{
    memset(form, 0, sizeof(*form));
}

void form_add(struct form *form, struct field *field, const char *label, const char *hint)
{
    assert(form->count < FORM_FIELDS_MAX);
    form->rows[form->count++] = (struct form_row){ .label = label, .hint = hint, .field = field };
}

struct field *form_field(struct form *form)
{
    return form->count == 0 ? NULL : form->rows[form->focus].field;
}

void form_next(struct form *form)
{
    if (form->count > 0)
        form->focus = (form->focus + 1) % form->count;
}

void form_previous(struct form *form)
{
    if (form->count > 0)
        form->focus = (form->focus + form->count - 1) % form->count;
}

bool form_enter(struct form *form)
{
    if (form->focus + 1 >= form->count)
        return true;
    form->focus++;
    return false;
}

void form_wipe(struct form *form)
{
    for (size_t i = 0; i < form->count; i++)
        field_wipe(form->rows[i].field);
    form->focus = 0;
}

int form_draw(const struct form *form, struct area area, int row)
{
    int label_columns = 0;

    for (size_t i = 0; i < form->count; i++) {
        int columns = (int)text_columns(form->rows[i].label);
        if (columns > label_columns)
            label_columns = columns;
    }
    for (size_t i = 0; i < form->count; i++) {
        const struct form_row *line = &form->rows[i];
        int at = row + 2 * (int)i, field_columns = 32, left = label_columns + 2;
        bool focus = i == form->focus;
        if (field_columns > area.columns - left)
            field_columns = area.columns - left;
        paint_text(area, at, 0, label_columns, ALIGN_RIGHT, focus ? STYLE_STRONG : STYLE_PLAIN, line->label);
        paint_field(area, at, left, field_columns, line->field, focus);
        if (line->hint != NULL)
            paint_text(area, at, left + field_columns + 2, area.columns - left - field_columns - 2, ALIGN_LEFT,
                       STYLE_DIM, line->hint);
    }
    return 2 * (int)form->count;
}
