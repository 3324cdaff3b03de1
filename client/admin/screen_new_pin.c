/* After a one-time PIN: one of one's own, typed twice, and signed in with at once. */
#include "client/admin/admin.h"

#include "proto/staff.pb-c.h"

void admin_new_pin_begin(struct admin *a, int64_t staff_id, const struct field *name, bool badge)
{
    door_new_pin_init(&a->visit.new_pin, staff_id, name, badge);
    stage_only(&a->stage, &admin_new_pin_screen);
    admin_show_state(a);
}

static void on_changed(struct admin *a, const struct link_answer *answer)
{
    struct door_new_pin *m = &a->visit.new_pin;

    m->busy = false;
    if (admin_refused(a, answer))
        form_wipe(&m->form);
    else
        admin_sign_in_with(a, &m->name, m->badge, &m->pin);
}

static void change(struct admin *a)
{
    struct door_new_pin *m = &a->visit.new_pin;
    Caroline__V1__StaffPut message;

    caroline__v1__staff_put__init(&message);
    message.has_id = message.has_pin = true;
    message.id = (uint64_t)m->staff_id;
    message.pin = admin_text(m->pin.text);
    m->busy = admin_command(a, CAROLINE__V1__OP__OP_STAFF_PUT, &message.base, on_changed);
}

static void enter(void *model)
{
    struct admin *a = model;

    if (door_new_pin_enter(&a->visit.new_pin, &a->stage))
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
    door_draw_new_pin(area, &((struct admin *)model)->visit.new_pin);
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "Go on; with both typed: take it as your PIN", NULL },
    { KEY_ESCAPE, "Back", back, "Back without signing in", NULL },
    { 0 },
};

const struct screen admin_new_pin_screen = { .title = "New PIN", .keys = keys, .draw = draw, .field = field };
