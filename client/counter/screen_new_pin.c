/* After a one-time PIN: one of one's own, typed twice, and signed in with at once. */
#include "client/counter/counter.h"

#include "proto/staff.pb-c.h"

void new_pin_begin(struct counter *c, int64_t staff_id, const struct field *name, bool badge)
{
    door_new_pin_init(&c->new_pin, staff_id, name, badge);
    stage_only(&c->stage, &new_pin_screen);
    counter_show_state(c);
}

static void on_changed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct door_new_pin *m = &c->new_pin;

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
    struct door_new_pin *m = &c->new_pin;
    Caroline__V1__StaffPut message;

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

    if (door_new_pin_enter(&c->new_pin, &c->stage))
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
    door_draw_new_pin(area, &((struct counter *)model)->new_pin);
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
