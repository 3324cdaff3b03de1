/* After a one-time PIN: one of one's own, typed twice, and signed in with at once. */
#include "client/counter/counter.h"

#include <string.h>

#include "proto/staff.pb-c.h"

void new_pin_begin(struct counter *c, int64_t staff_id, const struct field *name, bool badge)
{
    struct new_pin_model *m = &c->new_pin;

    *m = (struct new_pin_model){ .staff_id = staff_id, .name = *name, .badge = badge };
    field_init(&m->pin, FIELD_SECRET, 12);
    field_init(&m->again, FIELD_SECRET, 12);
    form_add(&m->form, &m->pin, "New PIN", "4 to 12 digits");
    form_add(&m->form, &m->again, "Once more", NULL);
    stage_only(&c->stage, &new_pin_screen);
    counter_show_state(c);
}

static void on_changed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct new_pin_model *m = &c->new_pin;

    m->busy = false;
    if (stage_top(&c->stage) != &new_pin_screen)
        return;
    if (counter_refused(c, answer)) {
        form_wipe(&m->form);
        return;
    }
    sign_in_with(c, &m->name, m->badge, &m->pin);
    form_wipe(&m->form);
}

static void change(struct counter *c)
{
    struct new_pin_model *m = &c->new_pin;
    Caroline__V1__StaffPut message;

    if (strcmp(m->pin.text, m->again.text) != 0) {
        form_wipe(&m->form);
        stage_say(&c->stage, MESSAGE_BAD, "these were two different PINs: type the new one twice");
        return;
    }
    caroline__v1__staff_put__init(&message);
    message.has_id = message.has_pin = true;
    message.id = (uint64_t)m->staff_id;
    message.pin = counter_text(m->pin.text);
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_STAFF_PUT, .message = &message.base, .answered = on_changed, .owner = c
    };
    m->busy = counter_command(c, &command, NULL);
}

static void enter(void *model)
{
    struct counter *c = model;
    struct new_pin_model *m = &c->new_pin;

    if (!m->busy && !field_is_empty(form_field(&m->form)) && form_enter(&m->form))
        change(c);
}

static void back(void *model)
{
    struct counter *c = model;

    form_wipe(&c->new_pin.form);
    sign_in_begin(c);
}

static struct field *field(void *model)
{
    return form_field(&((struct counter *)model)->new_pin.form);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful) /* a PIN, typed fast */
        return false;
    sale_say_not_taken(c, code, "choose a PIN first, then scan again");
    return true;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area middle = area_columns(area, area.columns / 2 - 36, 72);
    int row = area.rows / 2 - 5;

    paint_text(middle, row, 0, middle.columns, ALIGN_CENTRE, STYLE_STRONG, "That was a PIN for one time");
    paint_text(middle, row + 2, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN,
               "Choose your own. No birthday, no row of digits.");
    form_draw(&c->new_pin.form, middle, row + 5);
    if (c->new_pin.busy)
        paint_text(middle, row + 10, 0, middle.columns, ALIGN_CENTRE, STYLE_DIM, "Asking the server ...");
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "Go on; with both typed: take it as your PIN", NULL },
    { KEY_ESCAPE, "Back", back, "Back without signing in", NULL },
    { 0 },
};

const struct screen new_pin_screen = {
    .title = "New PIN",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
};
