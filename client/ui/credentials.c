#include "client/ui/credentials.h"

#include <string.h>

void credentials_init(struct credentials *given, const char *name_label, const char *name_hint, const char *pin_label)
{
    memset(given, 0, sizeof(*given));
    field_init(&given->name, FIELD_TEXT, 80);
    field_init(&given->pin, FIELD_SECRET, 12);
    form_init(&given->form);
    form_add(&given->form, &given->name, name_label, name_hint);
    form_add(&given->form, &given->pin, pin_label, NULL);
}

void credentials_wipe(struct credentials *given)
{
    form_wipe(&given->form);
    given->badge = false;
}

void credentials_set_badge(struct credentials *given, const char *badge)
{
    field_set(&given->name, badge);
    field_wipe(&given->pin);
    given->badge = true;
    given->form.focus = 1;
}

bool credentials_scan(struct credentials *given, const char *code, bool doubtful)
{
    if (doubtful && given->form.focus == 1)
        return false;
    credentials_set_badge(given, code);
    return true;
}

void credentials_changed(struct credentials *given)
{
    if (given->form.focus == 0)
        given->badge = false;
}

bool credentials_are_badge(const struct credentials *given)
{
    return given->badge || strspn(given->name.text, "0123456789") == given->name.size;
}

bool credentials_complete(struct credentials *given)
{
    if (!field_is_empty(&given->name) && !field_is_empty(&given->pin))
        return true;
    given->form.focus = field_is_empty(&given->name) ? 0 : 1;
    return false;
}
