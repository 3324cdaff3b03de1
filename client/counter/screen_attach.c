/* Who had forgotten their card: a receipt is given to a member, once. Both are shown first. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

void attach_begin(struct counter *c, const struct member_row *member, const char *number)
{
    struct attach_model *m = &c->attach;

    explicit_bzero(m, sizeof(*m));
    m->member = *member;
    field_init(&m->number, FIELD_TEXT, 24);
    field_set(&m->number, number);
    stage_push(&c->stage, &attach_screen);
}

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &attach_screen)
        stage_pop(&c->stage);
    explicit_bzero(&c->attach, sizeof(c->attach));
}

void attach_say(struct counter *c, const Caroline__V1__SaleAttached *done, const char *name)
{
    char number[28], points[NUMBER_TEXT], after[NUMBER_TEXT];

    counter_copy(number, sizeof(number), done->receipt_number);
    stage_say(&c->stage, MESSAGE_GOOD, "%s is %s now: %s more, %s", number, name[0] != 0 ? name : "the member's",
              counter_points(points, done->points_earned + done->points_gifted),
              counter_points(after, done->points_after));
}

static void on_attached(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    char name[100];

    if (counter_refused(c, answer))
        return;
    const Caroline__V1__SaleAttached *done = (const Caroline__V1__SaleAttached *)answer->reply;
    snprintf(name, sizeof(name), "%.90s's", c->attach.member.name);
    attach_say(c, done, name);
    explicit_bzero(name, sizeof(name));
    bool in_basket = c->basket.member_id != 0 && c->basket.member_id == (int64_t)done->member_id;
    leave(c);
    if (in_basket) /* what they can spend has grown */
        member_refresh(c);
}

/* ---- keys ---- */

static void give(void *model)
{
    struct counter *c = model;
    struct attach_model *m = &c->attach;
    Caroline__V1__SaleAttach message;

    if (m->busy)
        return;
    if (field_is_empty(&m->number)) {
        stage_say(&c->stage, MESSAGE_BAD, "type the receipt's number, or scan it");
        return;
    }
    caroline__v1__sale_attach__init(&message);
    message.has_receipt_number = message.has_member_id = true;
    message.receipt_number = counter_text(m->number.text);
    message.member_id = (uint64_t)m->member.id;
    waiting_begin(
        c, CAROLINE__V1__OP__OP_SALE_ATTACH, &message.base,
        &(struct waiting){ .busy = &m->busy, .answered = on_attached, .leave = leave, .what = "the receipt's member" });
}

static void back(void *model)
{
    struct counter *c = model;

    if (!waiting_back(c) && !c->attach.busy)
        leave(c);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->attach.number;
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || c->attach.busy ||
        sale_knows_code(c, code)) /* goods go into the basket, wherever they are scanned */
        return false;
    field_set(&c->attach.number, code);
    return true;
}

/* ---- drawing ---- */

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    const struct attach_model *m = &c->attach;
    struct area inner = area_columns(area, 2, area.columns - 4);
    char text[NUMBER_TEXT];

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_HEAD, "For");
    paint_text(inner, 2, 2, inner.columns - 2, ALIGN_LEFT, STYLE_STRONG, m->member.name);
    paint_text(inner, 3, 2, 20, ALIGN_LEFT, STYLE_PLAIN, m->member.phone);
    paint_text(inner, 3, 24, 20, ALIGN_LEFT, STYLE_PLAIN, counter_points(text, m->member.points));
    paint_text(inner, 5, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN, "Receipt number");
    paint_field(inner, 6, 0, 30, &m->number, !m->busy);
    paint_wrapped(
        inner, 8, 0, inner.columns, STYLE_DIM,
        "Points as if they had been shown when it was rung up. A receipt has one member, once: there is no way "
        "back, and the journal says who gave it.");
    if (m->busy)
        waiting_draw(c, inner, 12);
}

static const struct key keys[] = {
    { KEY_RETURN, "Give", give, "The receipt is this member's from now on", NULL },
    { KEY_ESCAPE, NULL, back, "Back", waiting_back_label },
    { 0 },
};

const struct screen attach_screen = {
    .title = "A receipt for a member",
    .about = "For who had forgotten their card. The number stands on the receipt (3T-000042; 3t42 will do).",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .asleep = waiting_is_on,
};
