/* A new member of the points programme. */
#include "client/counter/counter.h"

#include <string.h>

/* Does the programme give anything for bringing somebody? */
static bool friends_are_paid_for(const struct counter *c)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct programme *programme =
        catalogue == NULL ? NULL : catalogue_programme(catalogue, catalogue_newest(catalogue));

    return programme != NULL && programme->referrer_points + programme->friend_points > 0;
}

void member_new_begin(struct counter *c, const char *text)
{
    struct member_new_model *m = &c->member_new;
    bool is_phone = text[0] != 0 && strspn(text, "0123456789+()-/. ") == strlen(text);

    explicit_bzero(m, sizeof(*m));
    field_init(&m->name, FIELD_TEXT, 80);
    field_init(&m->phone, FIELD_TEXT, 32);
    field_init(&m->email, FIELD_TEXT, 254);
    field_init(&m->birthday, FIELD_TEXT, 10);
    field_init(&m->card, FIELD_TEXT, 64);
    field_init(&m->referrer, FIELD_TEXT, 64);
    field_set(is_phone ? &m->phone : strchr(text, '@') != NULL ? &m->email : &m->name, text);
    form_init(&m->form);
    form_add(&m->form, &m->name, "Name", NULL);
    form_add(&m->form, &m->phone, "Phone", NULL);
    form_add(&m->form, &m->email, "E-mail", NULL);
    form_add(&m->form, &m->birthday, "Birthday", "1990-12-31 or --12-31");
    form_add(&m->form, &m->card, "Card", "or scan it");
    if (friends_are_paid_for(c))
        form_add(&m->form, &m->referrer, "Brought by", "their card or phone");
    stage_push(&c->stage, &member_new_screen);
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
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__MemberDone *done = (const Caroline__V1__MemberDone *)answer->reply;
    if (c->errand == ERRAND_NONE) {
        open_basket_set_member(&c->basket, (int64_t)done->id, m->name.text, done->points, false);
        usual_is_none(c);
        sale_changed(c);
    }
    char text[NUMBER_TEXT];
    stage_say(&c->stage, MESSAGE_GOOD, "welcome: %s", counter_points(text, done->points));
    close_form(c);
    member_refresh(c); /* the birthday may be today */
}

static bool put(const struct field *field, protobuf_c_boolean *has, ProtobufCBinaryData *text)
{
    *has = !field_is_empty(field);
    *text = counter_text(field->text);
    return *has;
}

static void create(struct counter *c)
{
    struct member_new_model *m = &c->member_new;
    Caroline__V1__Member member;
    Caroline__V1__MemberCreate message;

    caroline__v1__member__init(&member);
    caroline__v1__member_create__init(&message);
    message.member = &member;
    if (!put(&m->name, &member.has_name, &member.name)) {
        stage_say(&c->stage, MESSAGE_BAD, "a member has a name");
        m->form.focus = 0;
        return;
    }
    put(&m->phone, &member.has_phone, &member.phone);
    put(&m->email, &member.has_email, &member.email);
    put(&m->birthday, &member.has_birthday, &member.birthday);
    put(&m->card, &member.has_card, &member.card);
    put(&m->referrer, &member.has_referrer_key, &member.referrer_key);
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_MEMBER_CREATE, .message = &message.base, .answered = on_created, .owner = c
    };
    m->busy = counter_command(c, &command, NULL);
}

static void enter(void *model)
{
    struct counter *c = model;

    if (!c->member_new.busy && form_enter(&c->member_new.form))
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
    form_next(&((struct counter *)model)->member_new.form);
}

static void previous(void *model)
{
    form_previous(&((struct counter *)model)->member_new.form);
}

static void back(void *model)
{
    struct counter *c = model;

    if (c->member_new.busy)
        stage_say(&c->stage, MESSAGE_PLAIN, "the new member is on the way to the server");
    else
        close_form(c);
}

static struct field *field(void *model)
{
    return form_field(&((struct counter *)model)->member_new.form);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || c->member_new.busy || sale_knows_code(c, code))
        return false;
    bool friends = form_field(&c->member_new.form) == &c->member_new.referrer;
    field_set(friends ? &c->member_new.referrer : &c->member_new.card, code);
    return true;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 2, area.columns - 4);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "New member");
    int rows = form_draw(&c->member_new.form, inner, 3);
    paint_wrapped(inner, 4 + rows, 0, inner.columns, STYLE_DIM,
                  "Only the name is needed. Everything is kept encrypted under a key of the member's own.");
    if (c->member_new.busy)
        paint_text(inner, 7 + rows, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "The next line; behind the last: make the member", NULL },
    { KEY_F(2), "Save", save, "Make the member now", NULL },
    { KEY_ESCAPE, "Back", back, "Back without a new member", NULL },
    { KEY_TABULATOR, NULL, next, "The next line", NULL },
    { KEY_DOWN, NULL, next, NULL, NULL },
    { KEY_UP, NULL, previous, "The line before", NULL },
    { KEY_BTAB, NULL, previous, NULL, NULL },
    { 0 },
};

const struct screen member_new_screen = {
    .title = "New member",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
};
