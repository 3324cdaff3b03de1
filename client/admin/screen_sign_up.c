/* A new customer, as the counter signs one up. */
#include "client/admin/admin.h"

#include <string.h>

void admin_sign_up_begin(struct admin *a, const char *text)
{
    struct admin_sign_up *m = &a->visit.sign_up;

    if (m->busy) {
        stage_say(&a->stage, MESSAGE_BAD, "the server is still asked about the one before");
        return;
    }
    member_form_new(&m->data, admin_catalogue(a), text);
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
    if (answer->outcome != LINK_OK)
        member_form_refused(&m->data, answer->code);
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

void admin_sign_up_recovered(struct admin *a, const struct link_answer *answer)
{
    if (answer->outcome == LINK_OK)
        stage_say(&a->stage, MESSAGE_PLAIN, "the customer who was being signed up before is signed up");
    else
        stage_say(&a->stage, MESSAGE_BAD, "the customer who was being signed up before is not: %s", answer->sentence);
}

static void send(struct admin *a)
{
    struct admin_sign_up *m = &a->visit.sign_up;
    Caroline__V1__MemberCreate message;
    Caroline__V1__Member member;
    uint32_t numbers[ALLERGEN_COUNT];
    const char *problem;

    caroline__v1__member__init(&member);
    if (member_form_read(&m->data, a->scratch, &member, numbers, &problem) == MEMBER_FORM_WRONG) {
        stage_say(&a->stage, MESSAGE_BAD, "%s", problem);
    } else if (admin_is_connected(a)) {
        caroline__v1__member_create__init(&message);
        message.member = &member;
        m->busy = admin_command(a, CAROLINE__V1__OP__OP_MEMBER_CREATE, &message.base, on_created);
    }
    arena_reset(a->scratch);
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

    if (!a->visit.sign_up.busy && form_enter(&a->visit.sign_up.data.form))
        send(a);
}

static void next(void *model)
{
    form_next(&((struct admin *)model)->visit.sign_up.data.form);
}

static void previous(void *model)
{
    form_previous(&((struct admin *)model)->visit.sign_up.data.form);
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
    return form_field(&((struct admin *)model)->visit.sign_up.data.form);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct admin_sign_up *m = &((struct admin *)model)->visit.sign_up;

    if (doubtful || m->busy)
        return false;
    member_form_scan(&m->data, code);
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
    int used = form_draw(&a->visit.sign_up.data.form, area_columns(inner, 1, inner.columns - 1), 2);
    const char *note =
        member_form_note(&a->visit.sign_up.data,
                         "Only the name is needed. Everything is kept encrypted under a key of the customer's own.");
    paint_wrapped(inner, 2 + used, 1, inner.columns - 1, STYLE_DIM,
                  a->visit.sign_up.busy ? "Asking the server ..." : note);
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
    .about = MEMBER_FORM_ABOUT,
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .waits = waits,
};
