/* A new member of the points programme, or what is known of one. */
#include "client/counter/counter.h"

#include <string.h>

#include "common/rules/allergen.h"

static const struct {
    const char *label, *hint;
    size_t characters;
} rows[MEMBER_FORM_COUNT] = {
    [MEMBER_FORM_NAME] = { "Name", NULL, 80 },
    [MEMBER_FORM_PHONE] = { "Phone", NULL, 32 },
    [MEMBER_FORM_EMAIL] = { "E-mail", NULL, 254 },
    [MEMBER_FORM_BIRTHDAY] = { "Birthday", "1990-12-31 or --12-31", 10 },
    [MEMBER_FORM_CARD] = { "Card", "or scan it", 64 },
    [MEMBER_FORM_LANGUAGE] = { "Language", "two letters: en, de", 2 },
    [MEMBER_FORM_AVOIDS] = { "Avoids", "nuts, milk", 160 },
    [MEMBER_FORM_REFERRER] = { "Brought by", "their card or phone", 64 },
};

/* Does the programme give anything for bringing somebody? */
static bool friends_are_paid_for(const struct counter *c)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct programme *programme =
        catalogue == NULL ? NULL : catalogue_programme(catalogue, catalogue_newest(catalogue));

    return programme != NULL && programme->referrer_points + programme->friend_points > 0;
}

static void begin(struct counter *c, int64_t id)
{
    struct member_new_model *m = &c->member_new;

    explicit_bzero(m, sizeof(*m));
    m->id = id;
    form_init(&m->form);
    for (int i = 0; i < MEMBER_FORM_COUNT; i++) {
        field_init(&m->fields[i], FIELD_TEXT, rows[i].characters);
        if (i != MEMBER_FORM_REFERRER || (id == 0 && friends_are_paid_for(c)))
            form_add(&m->form, &m->fields[i], rows[i].label, rows[i].hint);
    }
}

void member_new_begin(struct counter *c, const char *text)
{
    struct field *fields = c->member_new.fields;
    bool is_phone = text[0] != 0 && strspn(text, "0123456789+()-/. ") == strlen(text);

    begin(c, 0);
    field_set(&fields[is_phone                    ? MEMBER_FORM_PHONE
                      : strchr(text, '@') != NULL ? MEMBER_FORM_EMAIL
                                                  : MEMBER_FORM_NAME],
              text);
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
    const ProtobufCBinaryData texts[MEMBER_FORM_AVOIDS] = {
        [MEMBER_FORM_NAME] = member->name,   [MEMBER_FORM_PHONE] = member->phone,
        [MEMBER_FORM_EMAIL] = member->email, [MEMBER_FORM_BIRTHDAY] = member->birthday,
        [MEMBER_FORM_CARD] = member->card,   [MEMBER_FORM_LANGUAGE] = member->language,
    };
    begin(c, (int64_t)member->id);
    for (int i = 0; i < MEMBER_FORM_AVOIDS; i++)
        counter_copy(m->before[i], sizeof(m->before[i]), texts[i]);
    counter_copy(m->before[MEMBER_FORM_AVOIDS], sizeof(m->before[0]),
                 counter_text(allergens_text(avoids_of(member->avoids, member->n_avoids), c->scratch)));
    arena_reset(c->scratch);
    for (int i = 0; i < MEMBER_FORM_COUNT; i++)
        field_set(&m->fields[i], m->before[i]);
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
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__MemberDone *done = (const Caroline__V1__MemberDone *)answer->reply;
    if (c->errand == ERRAND_NONE) {
        open_basket_set_member(&c->basket, (int64_t)done->id, m->fields[MEMBER_FORM_NAME].text, done->points, false);
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
    if (counter_refused(c, answer))
        return;
    stage_say(&c->stage, MESSAGE_GOOD, "%s is changed", c->member_new.fields[MEMBER_FORM_NAME].text);
    close_form(c);
    member_refresh(c);
}

/* Of who is changed, what is other than it was. */
static bool is_meant(const struct member_new_model *m, int i)
{
    return m->id == 0 ? !field_is_empty(&m->fields[i]) : strcmp(m->fields[i].text, m->before[i]) != 0;
}

static bool put(const struct member_new_model *m, int i, protobuf_c_boolean *has, ProtobufCBinaryData *text)
{
    *has = is_meant(m, i);
    *text = counter_text(m->fields[i].text);
    return *has;
}

/* false: a word is no allergen, which has been said. numbers holds ALLERGEN_COUNT. */
static bool put_avoids(struct counter *c, Caroline__V1__Member *member, uint32_t *numbers)
{
    struct member_new_model *m = &c->member_new;
    const char *wrong;
    uint16_t set;

    if (!is_meant(m, MEMBER_FORM_AVOIDS))
        return true;
    bool fine = allergens_parse(m->fields[MEMBER_FORM_AVOIDS].text, c->scratch, &set, &wrong);
    if (!fine) {
        stage_say(&c->stage, MESSAGE_BAD, "%s is none of the 14 allergens, or could be more than one: %s", wrong,
                  allergens_text(ALLERGENS_ALL, c->scratch));
        m->form.focus = MEMBER_FORM_AVOIDS;
    }
    arena_reset(c->scratch);
    if (!fine)
        return false;
    member->has_set_avoids = member->set_avoids = true;
    member->avoids = numbers;
    for (uint32_t number = 1; number <= ALLERGEN_COUNT; number++)
        if ((set & 1u << number) != 0)
            numbers[member->n_avoids++] = number;
    return true;
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
    struct member_new_model *m = &c->member_new;
    Caroline__V1__Member member;
    uint32_t numbers[ALLERGEN_COUNT];

    caroline__v1__member__init(&member);
    if (field_is_empty(&m->fields[MEMBER_FORM_NAME])) {
        stage_say(&c->stage, MESSAGE_BAD, "a member has a name");
        m->form.focus = MEMBER_FORM_NAME;
        return;
    }
    bool any = put(m, MEMBER_FORM_NAME, &member.has_name, &member.name);
    any |= put(m, MEMBER_FORM_PHONE, &member.has_phone, &member.phone);
    any |= put(m, MEMBER_FORM_EMAIL, &member.has_email, &member.email);
    any |= put(m, MEMBER_FORM_BIRTHDAY, &member.has_birthday, &member.birthday);
    any |= put(m, MEMBER_FORM_CARD, &member.has_card, &member.card);
    any |= put(m, MEMBER_FORM_LANGUAGE, &member.has_language, &member.language);
    any |= put(m, MEMBER_FORM_REFERRER, &member.has_referrer_key, &member.referrer_key);
    if (!put_avoids(c, &member, numbers))
        return;
    if (any || member.set_avoids) {
        send(c, &member);
        return;
    }
    stage_say(&c->stage, MESSAGE_PLAIN, "nothing was changed");
    close_form(c);
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

    if (!waiting_back(c))
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
    struct field *fields = c->member_new.fields;
    bool friends = form_field(&c->member_new.form) == &fields[MEMBER_FORM_REFERRER];
    field_set(&fields[friends ? MEMBER_FORM_REFERRER : MEMBER_FORM_CARD], code);
    return true;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 2, area.columns - 4);

    paint_text(inner, 0, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG,
               c->member_new.id == 0 ? "New member" : "What is known of the member");
    int used = form_draw(&c->member_new.form, inner, 2);
    if (c->member_new.busy)
        waiting_draw(c, inner, 2 + used);
    else
        paint_wrapped(inner, 2 + used, 0, inner.columns, STYLE_DIM,
                      "Only the name is needed. Everything is kept encrypted under a key of the member's own.");
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "The next line; behind the last: save", NULL },
    { KEY_F(2), "Save", save, "Make the member, or the change, now", NULL },
    { KEY_ESCAPE, NULL, back, "Back without saving anything", waiting_back_label },
    { KEY_TABULATOR, NULL, next, "The next line", NULL },
    { KEY_DOWN, NULL, next, NULL, NULL },
    { KEY_UP, NULL, previous, "The line before", NULL },
    { KEY_BTAB, NULL, previous, NULL, NULL },
    { 0 },
};

const struct screen member_new_screen = {
    .title = "Member's data",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .asleep = waiting_is_on,
};
