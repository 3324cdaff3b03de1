/* Signing in, a new PIN, the lock. */
#include "client/ui/door.h"

#include <string.h>

void door_sign_in_init(struct door_sign_in *m)
{
    memset(m, 0, sizeof(*m));
    credentials_init(&m->who, "Name or badge", "or scan the badge", "PIN");
}

void door_sign_in_fill(struct door_sign_in *m, const struct field *name, bool badge, const struct field *pin)
{
    m->who.name = *name;
    m->who.pin = *pin;
    m->who.badge = badge;
    m->who.form.focus = 1;
}

bool door_sign_in_send(struct door_sign_in *m, struct stage *stage, bool connecting)
{
    if (!credentials_complete(&m->who)) {
        stage_say(stage, MESSAGE_BAD, "a name or badge and a PIN are needed");
        return false;
    }
    m->busy = true;
    m->early = connecting;
    return !m->early;
}

void door_sign_in_clear(struct door_sign_in *m)
{
    credentials_wipe(&m->who);
    m->busy = m->busy && !m->early;
    m->early = false;
}

bool door_sign_in_late(struct door_sign_in *m, bool connecting)
{
    bool late = m->early && !connecting;

    m->early = m->early && connecting;
    return late;
}

void door_new_pin_init(struct door_new_pin *m, int64_t staff_id, const struct field *name, bool badge)
{
    *m = (struct door_new_pin){ .staff_id = staff_id, .name = *name, .badge = badge };
    field_init(&m->pin, FIELD_SECRET, 12);
    field_init(&m->again, FIELD_SECRET, 12);
    form_add(&m->form, &m->pin, "New PIN", "4 to 12 digits");
    form_add(&m->form, &m->again, "Once more", NULL);
}

bool door_new_pin_enter(struct door_new_pin *m, struct stage *stage)
{
    if (m->busy || field_is_empty(form_field(&m->form)) || !form_enter(&m->form))
        return false;
    if (strcmp(m->pin.text, m->again.text) == 0)
        return true;
    form_wipe(&m->form);
    stage_say(stage, MESSAGE_BAD, "these were two different PINs: type the new one twice");
    return false;
}

void door_lock_init(struct door_lock *m)
{
    memset(m, 0, sizeof(*m));
    field_init(&m->pin, FIELD_SECRET, 12);
}

/* ---- drawing ---- */

struct area door_draw(struct area area, const char *head, const char *sentence, const struct form *form, bool busy)
{
    int top = area.rows / 2 - 5;
    struct area middle = area_rows(area_columns(area, area.columns / 2 - 36, 72), top, area.rows - top);

    paint_text(middle, 0, 0, middle.columns, ALIGN_CENTRE, STYLE_STRONG, head);
    paint_text(middle, 2, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN, sentence);
    form_draw(form, middle, 5);
    if (busy)
        paint_text(middle, 10, 0, middle.columns, ALIGN_CENTRE, STYLE_DIM, "Asking the server ...");
    return middle;
}

void door_draw_new_pin(struct area area, const struct door_new_pin *m)
{
    door_draw(area, "That was a PIN for one time", "Choose your own. No birthday, no row of digits.", &m->form,
              m->busy);
}

void door_draw_lock(struct area area, const struct door_lock *m, const char *person, const char *note)
{
    struct area middle = area_columns(area, area.columns / 2 - 20, 40);
    int row = area.rows / 2 - 3;

    paint_text(middle, row, 0, middle.columns, ALIGN_CENTRE, STYLE_STRONG, "LOCKED");
    paint_format(middle, row + 2, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN, "%s: your PIN", person);
    paint_field(middle, row + 4, 13, 14, &m->pin, true);
    if (note != NULL)
        paint_text(area, row + 6, 0, area.columns, ALIGN_CENTRE, STYLE_PLAIN, note);
    else if (m->busy)
        paint_text(middle, row + 6, 0, middle.columns, ALIGN_CENTRE, STYLE_DIM, "Asking the server ...");
}
