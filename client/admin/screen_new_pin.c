/* After a one-time PIN: one of one's own, typed twice, and signed in with at once. */
#include "client/admin/admin.h"

#include <string.h>

#include "proto/staff.pb-c.h"

void admin_new_pin_begin(struct admin *a, int64_t staff_id, const struct field *name, bool badge)
{
    struct admin_new_pin *m = &a->visit.new_pin;

    *m = (struct admin_new_pin){ .staff_id = staff_id, .name = *name, .badge = badge };
    field_init(&m->pin, FIELD_SECRET, 12);
    field_init(&m->again, FIELD_SECRET, 12);
    form_add(&m->form, &m->pin, "New PIN", "4 to 12 digits");
    form_add(&m->form, &m->again, "Once more", NULL);
    stage_only(&a->stage, &admin_new_pin_screen);
    admin_show_state(a);
}

static void on_changed(struct admin *a, const struct link_answer *answer)
{
    struct admin_new_pin *m = &a->visit.new_pin;

    m->busy = false;
    if (admin_refused(a, answer))
        form_wipe(&m->form);
    else
        admin_sign_in_with(a, &m->name, m->badge, &m->pin);
}

static void change(struct admin *a)
{
    struct admin_new_pin *m = &a->visit.new_pin;
    Caroline__V1__StaffPut message;

    if (strcmp(m->pin.text, m->again.text) != 0) {
        form_wipe(&m->form);
        stage_say(&a->stage, MESSAGE_BAD, "these were two different PINs: type the new one twice");
        return;
    }
    caroline__v1__staff_put__init(&message);
    message.has_id = message.has_pin = true;
    message.id = (uint64_t)m->staff_id;
    message.pin = admin_text(m->pin.text);
    m->busy = admin_command(a, CAROLINE__V1__OP__OP_STAFF_PUT, &message.base, on_changed);
}

static void enter(void *model)
{
    struct admin *a = model;
    struct admin_new_pin *m = &a->visit.new_pin;

    if (!m->busy && !field_is_empty(form_field(&m->form)) && form_enter(&m->form))
        change(a);
}

static void back(void *model)
{
    admin_sign_out(model);
}

static struct field *field(void *model)
{
    return form_field(&((struct admin *)model)->visit.new_pin.form);
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;
    struct area middle = area_columns(area, area.columns / 2 - 36, 72);
    int row = area.rows / 2 - 5;

    paint_text(middle, row, 0, middle.columns, ALIGN_CENTRE, STYLE_STRONG, "That was a PIN for one time");
    paint_text(middle, row + 2, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN,
               "Choose your own. No birthday, no row of digits.");
    form_draw(&a->visit.new_pin.form, middle, row + 5);
    if (a->visit.new_pin.busy)
        paint_text(middle, row + 10, 0, middle.columns, ALIGN_CENTRE, STYLE_DIM, "Asking the server ...");
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "Go on; with both typed: take it as your PIN", NULL },
    { KEY_ESCAPE, "Back", back, "Back without signing in", NULL },
    { 0 },
};

const struct screen admin_new_pin_screen = { .title = "New PIN", .keys = keys, .draw = draw, .field = field };
