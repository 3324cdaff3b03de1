/* A new customer, as the counter signs one up. */
#include "client/admin/admin.h"

#include <string.h>

#include "common/rules/allergen.h"

static const struct {
    const char *label, *hint;
    size_t characters;
} rows[ADMIN_FORM_COUNT] = {
    [ADMIN_FORM_NAME] = { "Name", NULL, 80 },
    [ADMIN_FORM_PHONE] = { "Phone", NULL, 32 },
    [ADMIN_FORM_EMAIL] = { "E-mail", NULL, 254 },
    [ADMIN_FORM_BIRTHDAY] = { "Birthday", "1990-12-31 or --12-31", 10 },
    [ADMIN_FORM_CARD] = { "Card", "or scan it", 64 },
    [ADMIN_FORM_LANGUAGE] = { "Language", "two letters: en, de", 2 },
    [ADMIN_FORM_AVOIDS] = { "Avoids", "nuts, milk", 160 },
    [ADMIN_FORM_REFERRER] = { "Brought by", "their card or phone", 64 },
};

/* Does the programme give anything for bringing somebody? */
static bool friends_are_paid_for(const struct admin *a)
{
    const struct catalogue *catalogue = admin_catalogue(a);
    const struct programme *programme =
        catalogue == NULL ? NULL : catalogue_programme(catalogue, catalogue_newest(catalogue));

    return programme != NULL && programme->referrer_points + programme->friend_points > 0;
}

/* What nobody was found by is theirs. */
void admin_sign_up_begin(struct admin *a, const char *text)
{
    struct admin_sign_up *m = &a->visit.sign_up;
    static const int fields[] = {
        [MEMBER_KEY_NONE] = ADMIN_FORM_NAME,   [MEMBER_KEY_PHONE] = ADMIN_FORM_PHONE,
        [MEMBER_KEY_EMAIL] = ADMIN_FORM_EMAIL, [MEMBER_KEY_CARD] = ADMIN_FORM_CARD,
        [MEMBER_KEY_NAME] = ADMIN_FORM_NAME,
    };

    if (m->busy) {
        stage_say(&a->stage, MESSAGE_BAD, "the server is still asked about the one before");
        return;
    }
    explicit_bzero(m, sizeof(*m));
    form_init(&m->form);
    for (int i = 0; i < ADMIN_FORM_COUNT; i++) {
        field_init(&m->fields[i], FIELD_TEXT, rows[i].characters);
        if (i != ADMIN_FORM_REFERRER || friends_are_paid_for(a))
            form_add(&m->form, &m->fields[i], rows[i].label, rows[i].hint);
    }
    if (text[0] != 0)
        field_set(&m->fields[fields[member_key_first(text)]], text);
    stage_push(&a->stage, &admin_sign_up_screen);
}

static void leave(struct admin *a)
{
    bool busy = a->visit.sign_up.busy;

    explicit_bzero(&a->visit.sign_up, sizeof(a->visit.sign_up));
    a->visit.sign_up.busy = busy;
    if (stage_has(&a->stage, &admin_sign_up_screen))
        stage_pop_under(&a->stage, &admin_customers_screen, &admin_lock_screen);
}

static void on_created(struct admin *a, const struct link_answer *answer)
{
    struct admin_sign_up *m = &a->visit.sign_up;
    bool here = stage_top(&a->stage) == &admin_sign_up_screen;

    m->busy = false;
    if (answer->code == CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED) {
        stage_say(&a->stage, MESSAGE_BAD, "your role may not sign customers up: the permission is member_edit");
        return;
    }
    if (admin_refused(a, answer))
        return;
    const Caroline__V1__MemberDone *done = (const Caroline__V1__MemberDone *)answer->reply;
    stage_say(&a->stage, MESSAGE_GOOD, "signed up, with %lld point%s", (long long)done->points,
              done->points == 1 ? "" : "s");
    leave(a);
    if (!here)
        return;
    admin_customers_forget(a);
    admin_customer_begin(a, (int64_t)done->id);
}

static void put(const struct field *field, protobuf_c_boolean *has, ProtobufCBinaryData *text)
{
    *has = !field_is_empty(field);
    *text = admin_text(field->text);
}

/* false: a word is no allergen, which has been said. numbers holds ALLERGEN_COUNT. */
static bool put_avoids(struct admin *a, Caroline__V1__Member *member, uint32_t *numbers)
{
    struct admin_sign_up *m = &a->visit.sign_up;
    const char *wrong;
    uint16_t set;

    bool fine = allergens_parse(m->fields[ADMIN_FORM_AVOIDS].text, a->scratch, &set, &wrong);
    if (!fine) {
        stage_say(&a->stage, MESSAGE_BAD, "%s is none of the 14 allergens, or could be more than one: %s", wrong,
                  allergens_text(ALLERGENS_ALL, a->scratch));
        m->form.focus = ADMIN_FORM_AVOIDS;
    }
    arena_reset(a->scratch);
    if (!fine || set == 0)
        return fine;
    member->has_set_avoids = member->set_avoids = true;
    member->avoids = numbers;
    for (uint32_t number = 1; number <= ALLERGEN_COUNT; number++)
        if ((set & 1u << number) != 0)
            numbers[member->n_avoids++] = number;
    return true;
}

static void send(struct admin *a)
{
    struct admin_sign_up *m = &a->visit.sign_up;
    Caroline__V1__MemberCreate message;
    Caroline__V1__Member member;
    uint32_t numbers[ALLERGEN_COUNT];

    if (field_is_empty(&m->fields[ADMIN_FORM_NAME])) {
        stage_say(&a->stage, MESSAGE_BAD, "a customer has a name");
        m->form.focus = ADMIN_FORM_NAME;
        return;
    }
    caroline__v1__member__init(&member);
    put(&m->fields[ADMIN_FORM_NAME], &member.has_name, &member.name);
    put(&m->fields[ADMIN_FORM_PHONE], &member.has_phone, &member.phone);
    put(&m->fields[ADMIN_FORM_EMAIL], &member.has_email, &member.email);
    put(&m->fields[ADMIN_FORM_BIRTHDAY], &member.has_birthday, &member.birthday);
    put(&m->fields[ADMIN_FORM_CARD], &member.has_card, &member.card);
    put(&m->fields[ADMIN_FORM_LANGUAGE], &member.has_language, &member.language);
    put(&m->fields[ADMIN_FORM_REFERRER], &member.has_referrer_key, &member.referrer_key);
    if (!put_avoids(a, &member, numbers) || !admin_is_connected(a))
        return;
    caroline__v1__member_create__init(&message);
    message.member = &member;
    m->busy = admin_command(a, CAROLINE__V1__OP__OP_MEMBER_CREATE, &message.base, on_created);
}

/* ---- keys ---- */

static void save(void *model)
{
    struct admin *a = model;

    if (!a->visit.sign_up.busy)
        send(a);
}

static void enter(void *model)
{
    struct admin *a = model;

    if (!a->visit.sign_up.busy && form_enter(&a->visit.sign_up.form))
        send(a);
}

static void next(void *model)
{
    form_next(&((struct admin *)model)->visit.sign_up.form);
}

static void previous(void *model)
{
    form_previous(&((struct admin *)model)->visit.sign_up.form);
}

static void back(void *model)
{
    struct admin *a = model;

    if (a->visit.sign_up.busy)
        stage_say(&a->stage, MESSAGE_PLAIN,
                  "it is on its way: whether they were signed up is said when the answer is here");
    leave(a);
}

static struct field *field(void *model)
{
    return form_field(&((struct admin *)model)->visit.sign_up.form);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct admin_sign_up *m = &((struct admin *)model)->visit.sign_up;

    if (doubtful || m->busy)
        return false;
    bool friends = form_field(&m->form) == &m->fields[ADMIN_FORM_REFERRER];
    field_set(&m->fields[friends ? ADMIN_FORM_REFERRER : ADMIN_FORM_CARD], code);
    return true;
}

static bool waits(const void *model)
{
    return ((const struct admin *)model)->visit.sign_up.busy;
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;
    struct area inner = area_columns(area, 2, area.columns - 4);

    paint_text(inner, 0, 1, inner.columns - 1, ALIGN_LEFT, STYLE_STRONG, "A new customer");
    int used = form_draw(&a->visit.sign_up.form, area_columns(inner, 1, inner.columns - 1), 2);
    paint_wrapped(inner, 2 + used, 1, inner.columns - 1, STYLE_DIM,
                  a->visit.sign_up.busy
                      ? "Asking the server ..."
                      : "Only the name is needed. Everything is kept encrypted under a key of the customer's own.");
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "The next line; behind the last: sign them up", NULL },
    { KEY_F(2), "Sign up", save, "Sign them up now", NULL },
    { KEY_ESCAPE, "Back", back, "Back without signing anybody up", NULL },
    { KEY_TABULATOR, NULL, next, "The next line", NULL },
    { KEY_DOWN, NULL, next, NULL, NULL },
    { KEY_UP, NULL, previous, "The line before", NULL },
    { KEY_BTAB, NULL, previous, NULL, NULL },
    { 0 },
};

const struct screen admin_sign_up_screen = {
    .title = "New customer",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .waits = waits,
};
