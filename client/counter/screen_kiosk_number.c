/* What a customer brings from a kiosk: a number. Their basket is called up by it, or what they entered there is admitted. */
#include "client/counter/counter.h"

#include <stdlib.h>

#include "proto/kiosk.pb-c.h"

void kiosk_number_begin(struct counter *c)
{
    struct kiosk_number_model *m = &c->kiosk_number;

    if (c->parked.busy)
        return;
    *m = (struct kiosk_number_model){ 0 };
    field_init(&m->number, FIELD_NUMBER, 4);
    stage_push(&c->stage, &kiosk_number_screen);
}

/* 0: none was typed, which has been said. */
static uint32_t number_of(struct counter *c)
{
    uint32_t number = (uint32_t)strtoul(c->kiosk_number.number.text, NULL, 10);

    if (number == 0)
        stage_say(&c->stage, MESSAGE_BAD, "type the number that the kiosk showed");
    return number;
}

static void enter(void *model)
{
    struct counter *c = model;
    uint32_t number = c->kiosk_number.busy ? 0 : number_of(c);

    if (number == 0)
        return;
    stage_pop(&c->stage);
    parked_call_up(c, number);
}

/* ---- what they entered ---- */

static void on_admitted(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->kiosk_number.busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__MemberAdmitted *admitted = (const Caroline__V1__MemberAdmitted *)answer->reply;
    if (stage_top(&c->stage) == &kiosk_number_screen)
        stage_pop(&c->stage);
    stage_say(&c->stage, MESSAGE_GOOD,
              admitted->created ? "a new member; they can sign in at a kiosk" : "what they entered is theirs");
}

static void admit(void *model)
{
    struct counter *c = model;
    uint32_t number = c->kiosk_number.busy ? 0 : number_of(c);
    Caroline__V1__MemberAdmit message;

    if (number == 0)
        return;
    caroline__v1__member_admit__init(&message);
    message.has_number = true;
    message.number = number;
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_MEMBER_ADMIT, .message = &message.base, .answered = on_admitted, .owner = c
    };
    c->kiosk_number.busy = counter_command(c, &command, NULL);
}

static const char *admit_label(const void *model)
{
    return counter_may(model, "member_edit") ? "Admit" : NULL;
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->kiosk_number.number;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 3, area.columns - 6);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "A number from a kiosk");
    paint_field(inner, 3, 0, 8, &c->kiosk_number.number, true);
    if (c->kiosk_number.busy)
        paint_text(inner, 5, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
    else
        paint_wrapped(
            inner, 5, 0, inner.columns, STYLE_PLAIN,
            counter_may(c, "member_edit")
                ? "Enter calls up the basket that they left. F6 admits who signed up there, or a member's other phone "
                  "number or e-mail address: have them tell you what they entered."
                : "Enter calls up the basket that they left.");
}

static const struct key keys[] = {
    { KEY_RETURN, "Call up", enter, "The basket that was left under it, if there is none here", NULL },
    { KEY_F(6), NULL, admit, "Who signed up under it is a member; a change is theirs", admit_label },
    { KEY_ESCAPE, "Back", back, "Back to the baskets that wait", NULL },
    { 0 },
};

const struct screen kiosk_number_screen = {
    .title = "Kiosk",
    .about = "Baskets are called up once, by anybody at a till, and priced here. Kiosks begin at 1 each day.",
    .keys = keys,
    .draw = draw,
    .field = field,
};
