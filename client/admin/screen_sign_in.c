/* Signing in: a name or a badge, and the PIN. And out. */
#include "client/admin/admin.h"

#include <string.h>

#include "client/goods/session_message.h"

void admin_sign_in_begin(struct admin *a)
{
    admin_wipe(a);
    door_sign_in_init(&a->visit.sign_in);
    stage_drop_kept(&a->stage);
    stage_only(&a->stage, &admin_sign_in_screen);
    admin_show_state(a); /* nobody is here now */
}

static void on_opened(struct admin *a, const struct link_answer *answer)
{
    struct door_sign_in *m = &a->visit.sign_in;

    m->busy = false;
    field_wipe(&m->who.pin);
    if (stage_top(&a->stage) != &admin_sign_in_screen)
        return;
    if (admin_refused(a, answer)) {
        stage_drop_kept(&a->stage);
        m->who.form.focus = 1;
        return;
    }
    const Caroline__V1__SessionOpened *opened = (const Caroline__V1__SessionOpened *)answer->reply;
    if (opened->must_change_pin && opened->staff != NULL) {
        stage_drop_kept(&a->stage);
        stage_quiet(&a->stage);
        admin_new_pin_begin(a, (int64_t)opened->staff->id, &m->who.name, m->who.badge);
    } else {
        admin_home_begin(a);
    }
    field_wipe(&m->who.name);
}

static void ask_server(struct admin *a)
{
    Caroline__V1__SessionOpen message;

    session_open_of(&message, &a->visit.sign_in.who);
    admin_call(a, CAROLINE__V1__OP__OP_SESSION_OPEN, &message.base, on_opened);
}

static void send(struct admin *a)
{
    if (door_sign_in_send(&a->visit.sign_in, &a->stage, link_state(a->link) == LINK_CONNECTING))
        ask_server(a);
}

void admin_sign_in_connected(struct admin *a)
{
    if (door_sign_in_late(&a->visit.sign_in, link_state(a->link) == LINK_CONNECTING))
        ask_server(a);
}

void admin_sign_in_with(struct admin *a, const struct field *name, bool badge, const struct field *pin)
{
    struct field name_kept = *name, pin_kept = *pin; /* they are of the visit that ends here */

    admin_sign_in_begin(a);
    door_sign_in_fill(&a->visit.sign_in, &name_kept, badge, &pin_kept);
    explicit_bzero(&pin_kept, sizeof(pin_kept));
    send(a);
}

/* Without a connection they are signed out here all the same, and the server ends it by its own clock. */
static void really_sign_out(void *model)
{
    struct admin *a = model;
    Caroline__V1__SessionClose message;

    caroline__v1__session_close__init(&message);
    admin_sign_in_begin(a);
    admin_call(a, CAROLINE__V1__OP__OP_SESSION_CLOSE, &message.base, NULL);
}

void admin_sign_out(struct admin *a)
{
    if (a->stage.status.connected)
        really_sign_out(a);
    else
        stage_ask(&a->stage, "Sign out", really_sign_out,
                  "Sign out without a connection? Nobody can sign in until it is back.");
}

static void enter(void *model)
{
    struct admin *a = model;

    if (!a->visit.sign_in.busy && form_enter(&a->visit.sign_in.who.form))
        send(a);
}

static void next(void *model)
{
    form_next(&((struct admin *)model)->visit.sign_in.who.form);
}

static void previous(void *model)
{
    form_previous(&((struct admin *)model)->visit.sign_in.who.form);
}

static void escape(void *model)
{
    door_sign_in_clear(&((struct admin *)model)->visit.sign_in);
}

static void leave(void *model)
{
    struct admin *a = model;
    a->stage.interrupted(a);
}

static void retry(void *model)
{
    struct admin *a = model;

    if (a->link != NULL)
        link_retry(a->link);
}

static const char *retry_label(const void *model)
{
    return ((const struct admin *)model)->stage.status.connected ? NULL : "Connect";
}

static struct field *field(void *model)
{
    return form_field(&((struct admin *)model)->visit.sign_in.who.form);
}

static void changed(void *model)
{
    credentials_changed(&((struct admin *)model)->visit.sign_in.who);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    return credentials_scan(&((struct admin *)model)->visit.sign_in.who, code, doubtful);
}

static bool waits(const void *model)
{
    return ((const struct admin *)model)->visit.sign_in.busy;
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;
    const struct shop *shop = admin_shop(a);
    struct area middle = door_draw(area, shop == NULL ? "Caroline" : shop->name, "The office: who is here?",
                                   &a->visit.sign_in.who.form, a->visit.sign_in.busy);

    if (middle.rows >= 14)
        paint_wrapped(middle, 12, 0, middle.columns, STYLE_DIM, a->notice);
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "Go on; with the PIN typed: sign in", NULL },
    { KEY_ESCAPE, "Clear", escape, "Clear both", NULL },
    { KEY_TABULATOR, NULL, next, "The other line", NULL },
    { KEY_DOWN, NULL, next, NULL, NULL },
    { KEY_UP, NULL, previous, NULL, NULL },
    { KEY_BTAB, NULL, previous, NULL, NULL },
    { KEY_F(5), NULL, retry, "Try to connect now", retry_label },
    { KEY_F(12), "Leave", leave, "Leave the console", NULL },
    { 0 },
};

const struct screen admin_sign_in_screen = {
    .title = "Sign in",
    .about = "Type your name or scan your badge, then your PIN. Five wrong PINs lock you out for a while.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .waits = waits,
};
