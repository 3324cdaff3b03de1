/* Two members who are one person: both are shown, and one of them stays. */
#include "client/counter/counter.h"

#include <string.h>

void member_merge_begin(struct counter *c, const struct member_row *stays, const struct member_row *goes)
{
    struct member_merge_model *m = &c->member_merge;

    explicit_bzero(m, sizeof(*m));
    m->stays = *stays;
    m->goes = *goes;
    field_init(&m->reason, FIELD_TEXT, 100);
    stage_push(&c->stage, &member_merge_screen);
}

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &member_merge_screen)
        stage_pop(&c->stage);
    explicit_bzero(&c->member_merge, sizeof(c->member_merge));
}

static void on_merged(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct member_merge_model *m = &c->member_merge;
    char text[NUMBER_TEXT];

    m->busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__MemberMerged *merged = (const Caroline__V1__MemberMerged *)answer->reply;
    stage_say(&c->stage, MESSAGE_GOOD, "%s is one member now: %s", m->stays.name, counter_points(text, merged->points));
    member_is_now(c, m->goes.id, m->stays.id);
    leave(c);
    sale_changed(c);
    member_refresh(c);
}

/* ---- keys ---- */

static void merge(void *model)
{
    struct counter *c = model;
    struct member_merge_model *m = &c->member_merge;
    Caroline__V1__MemberMerge message;

    if (m->busy)
        return;
    if (field_is_empty(&m->reason)) {
        stage_say(&c->stage, MESSAGE_BAD, "say how you know that these two are one person");
        return;
    }
    caroline__v1__member_merge__init(&message);
    message.has_from_id = message.has_into_id = message.has_reason = true;
    message.from_id = (uint64_t)m->goes.id;
    message.into_id = (uint64_t)m->stays.id;
    message.reason = counter_text(m->reason.text);
    waiting_begin(
        c, CAROLINE__V1__OP__OP_MEMBER_MERGE, &message.base,
        &(struct waiting){ .busy = &m->busy, .answered = on_merged, .leave = leave, .what = "one member of two" });
}

static void enter(void *model)
{
    struct counter *c = model;

    if (field_is_empty(&c->member_merge.reason))
        merge(c);
    else
        stage_say(&c->stage, MESSAGE_PLAIN, "F2 makes one member of the two; there is no way back");
}

static void turn_round(void *model)
{
    struct member_merge_model *m = &((struct counter *)model)->member_merge;
    struct member_row row = m->stays;

    if (m->busy)
        return;
    m->stays = m->goes;
    m->goes = row;
    explicit_bzero(&row, sizeof(row));
}

static void back(void *model)
{
    struct counter *c = model;

    if (!waiting_back(c))
        leave(c);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->member_merge.reason;
}

/* ---- drawing ---- */

static void draw_row(struct counter *c, struct area area, int row, const char *title, const struct member_row *member)
{
    char text[NUMBER_TEXT], since[DAY_TEXT];

    paint_text(area, row, 0, area.columns, ALIGN_LEFT, STYLE_HEAD, title);
    paint_text(area, row + 1, 2, area.columns - 2, ALIGN_LEFT, STYLE_STRONG, member->name);
    paint_text(area, row + 2, 2, 20, ALIGN_LEFT, STYLE_PLAIN, member->phone);
    paint_text(area, row + 2, 24, 16, ALIGN_LEFT, STYLE_PLAIN, counter_points(text, member->points));
    if (member->since_us != 0)
        paint_format(area, row + 2, 42, area.columns - 42, ALIGN_LEFT, STYLE_PLAIN, "since %s",
                     day_format(since, zone_day(counter_zone(c), (struct instant){ (int64_t)member->since_us })));
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    const struct member_merge_model *m = &c->member_merge;
    struct area inner = area_columns(area, 2, area.columns - 4);
    char text[NUMBER_TEXT];

    draw_row(c, inner, 1, "Stays", &m->stays);
    draw_row(c, inner, 5, "Is the same person, and goes into that one", &m->goes);
    paint_text(inner, 9, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN, "How do you know?");
    paint_field(inner, 10, 0, 50, &m->reason, !m->busy);
    paint_format(inner, 12, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Together: %s",
                 counter_points(text, m->stays.points + m->goes.points));
    paint_wrapped(inner, 13, 0, inner.columns, STYLE_DIM,
                  "Cards, phone numbers and e-mail addresses of both find the one that stays. What both have, name and "
                  "birthday too, is as it is there. There is no way back.");
    if (m->busy)
        waiting_draw(c, inner, 17);
}

static const struct key keys[] = {
    { KEY_F(2), "Make them one", merge, "The second goes into the first: there is no way back", NULL },
    { KEY_F(5), "The other stays", turn_round, "The other one stays, and this one goes into it", NULL },
    { KEY_ESCAPE, NULL, back, "Back: they stay two", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_RETURN, NULL, enter, "Says what is missing, or that F2 does it", NULL },
    { 0 },
};

const struct screen member_merge_screen = {
    .title = "One member of two",
    .keys = keys,
    .draw = draw,
    .field = field,
    .asleep = waiting_is_on,
};
