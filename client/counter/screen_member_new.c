/* A new member of the points programme, or what is known of one. */
#include "client/counter/counter.h"

#include <string.h>

void member_new_begin(struct counter *c, const char *text)
{
    struct member_new_model *m = &c->member_new;

    explicit_bzero(m, sizeof(*m));
    member_form_new(&m->data, counter_catalogue(c), text);
    stage_push(&c->stage, &member_new_screen);
}

/* ---- changing ---- */

static void on_fetched(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct member_new_model *m = &c->member_new;

    if (counter_refused(c, answer) || stage_top(&c->stage) != &sale_screen)
        return;
    const Caroline__V1__Member *member = ((const Caroline__V1__MemberShown *)answer->reply)->member;
    if (member == NULL)
        return;
    explicit_bzero(m, sizeof(*m));
    m->id = (int64_t)member->id;
    member_form_change(&m->data, member, c->scratch);
    arena_reset(c->scratch);
    stage_quiet(&c->stage);
    stage_push(&c->stage, &member_new_screen);
}

void member_change_begin(struct counter *c, int64_t id)
{
    Caroline__V1__MemberShow message;

    caroline__v1__member_show__init(&message);
    message.has_id = true;
    message.id = (uint64_t)id;
    stage_say(&c->stage, MESSAGE_PLAIN, "asking the server for all that is known of them");
    counter_call(c, CAROLINE__V1__OP__OP_MEMBER_SHOW, &message.base, on_fetched);
}

static void close_form(struct counter *c)
{
    if (stage_top(&c->stage) == &member_new_screen)
        stage_pop(&c->stage);
    explicit_bzero(&c->member_new, sizeof(c->member_new));
}

static void on_created(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct member_new_model *m = &c->member_new;

    m->busy = false;
    if (answer->outcome != LINK_OK)
        member_form_refused(&m->data, answer->code);
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__MemberDone *done = (const Caroline__V1__MemberDone *)answer->reply;
    if (c->errand == ERRAND_NONE) {
        open_basket_set_member(&c->basket, (int64_t)done->id, m->data.fields[MEMBER_FORM_NAME].text, done->points,
                               false);
        usual_is_none(c);
        sale_changed(c);
    }
    char text[NUMBER_TEXT];
    stage_say(&c->stage, MESSAGE_GOOD, "welcome: %s", counter_points(text, done->points));
    close_form(c);
    member_refresh(c); /* the birthday may be today, and what they avoid in the basket */
}

static void on_changed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->member_new.busy = false;
    if (answer->outcome != LINK_OK)
        member_form_refused(&c->member_new.data, answer->code);
    if (counter_refused(c, answer))
        return;
    stage_say(&c->stage, MESSAGE_GOOD, "%s is changed", c->member_new.data.fields[MEMBER_FORM_NAME].text);
    close_form(c);
    member_refresh(c);
}

static void send(struct counter *c, Caroline__V1__Member *member)
{
    struct member_new_model *m = &c->member_new;
    Caroline__V1__MemberCreate created;
    Caroline__V1__MemberUpdate updated;

    caroline__v1__member_create__init(&created);
    caroline__v1__member_update__init(&updated);
    created.member = updated.member = member;
    member->has_id = m->id != 0;
    member->id = (uint64_t)m->id;
    if (m->id == 0)
        waiting_begin(
            c, CAROLINE__V1__OP__OP_MEMBER_CREATE, &created.base,
            &(struct waiting){ .busy = &m->busy, .answered = on_created, .leave = close_form, .what = "a new member" });
    else
        waiting_begin(
            c, CAROLINE__V1__OP__OP_MEMBER_UPDATE, &updated.base,
            &(struct waiting){
                .busy = &m->busy, .answered = on_changed, .leave = close_form, .what = "the change of a member" });
}

static void create(struct counter *c)
{
    Caroline__V1__Member member;
    uint32_t numbers[ALLERGEN_COUNT];
    const char *problem;

    caroline__v1__member__init(&member);
    switch (member_form_read(&c->member_new.data, c->scratch, &member, numbers, &problem)) {
    case MEMBER_FORM_READ:
        send(c, &member);
        break;
    case MEMBER_FORM_WRONG:
        stage_say(&c->stage, MESSAGE_BAD, "%s", problem);
        break;
    case MEMBER_FORM_UNCHANGED:
        stage_say(&c->stage, MESSAGE_PLAIN, "nothing was changed");
        close_form(c);
        break;
    }
    arena_reset(c->scratch);
}

static void enter(void *model)
{
    struct counter *c = model;

    if (!c->member_new.busy && form_enter(&c->member_new.data.form))
        create(c);
}

static void save(void *model)
{
    struct counter *c = model;

    if (!c->member_new.busy)
        create(c);
}

static void next(void *model)
{
    form_next(&((struct counter *)model)->member_new.data.form);
}

static void previous(void *model)
{
    form_previous(&((struct counter *)model)->member_new.data.form);
}

static void back(void *model)
{
    struct counter *c = model;

    if (!waiting_back(c))
        close_form(c);
}

static struct field *field(void *model)
{
    return form_field(&((struct counter *)model)->member_new.data.form);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || c->member_new.busy || sale_knows_code(c, code))
        return false;
    member_form_scan(&c->member_new.data, code);
    return true;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 2, area.columns - 4);

    paint_text(inner, 0, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG,
               c->member_new.id == 0 ? "New member" : "What is known of the member");
    int used = form_draw(&c->member_new.data.form, inner, 2);
    const char *note = member_form_note(
        &c->member_new.data, "Only the name is needed. Everything is kept encrypted under a key of the member's own.");
    if (c->member_new.busy)
        waiting_draw(c, inner, 2 + used);
    else
        paint_wrapped(inner, 2 + used, 0, inner.columns, STYLE_DIM, note);
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "The next line; behind the last: save", NULL },
    { KEY_F(2), "Save", save, "Make the member, or the change, now", NULL },
    { KEY_ESCAPE, NULL, back, "Back without saving anything", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_TABULATOR, NULL, next, "The next line", NULL },
    { KEY_DOWN, NULL, next, NULL, NULL },
    { KEY_UP, NULL, previous, "The line before", NULL },
    { KEY_BTAB, NULL, previous, NULL, NULL },
    { 0 },
};

const struct screen member_new_screen = {
    .title = "Member's data",
    .about = MEMBER_FORM_ABOUT,
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .asleep = waiting_is_on,
};
