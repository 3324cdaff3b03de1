/* The console is locked: the PIN of whoever is signed in opens it. */
#include "client/admin/admin.h"

#include "proto/session.pb-c.h"

void admin_lock_begin(struct admin *a)
{
    if (stage_has(&a->stage, &admin_lock_screen))
        return;
    door_lock_init(&a->visit.lock);
    stage_push(&a->stage, &admin_lock_screen);
}

/* Without a connection this console is locked all the same, and the server locks the session by itself. */
static void on_locked(struct admin *a, const struct link_answer *answer)
{
    if (answer->outcome == LINK_REFUSED)
        admin_refused(a, answer);
}

void admin_lock_now(struct admin *a)
{
    Caroline__V1__SessionLock message;

    admin_lock_begin(a);
    caroline__v1__session_lock__init(&message);
    admin_call(a, CAROLINE__V1__OP__OP_SESSION_LOCK, &message.base, on_locked);
}

static void on_unlocked(struct admin *a, const struct link_answer *answer)
{
    a->visit.lock.busy = false;
    field_wipe(&a->visit.lock.pin);
    if (admin_refused(a, answer))
        stage_drop_kept(&a->stage);
    else if (stage_top(&a->stage) == &admin_lock_screen)
        admin_lock_end(a);
}

/* What is below may have changed while nobody was here. */
void admin_lock_end(struct admin *a)
{
    stage_pop(&a->stage);
    admin_customer_look(a);
}

static void enter(void *model)
{
    struct admin *a = model;
    Caroline__V1__SessionUnlock message;

    if (a->visit.lock.busy || field_is_empty(&a->visit.lock.pin))
        return;
    caroline__v1__session_unlock__init(&message);
    message.has_pin = true;
    message.pin = admin_text(a->visit.lock.pin.text);
    a->visit.lock.busy = true;
    admin_call(a, CAROLINE__V1__OP__OP_SESSION_UNLOCK, &message.base, on_unlocked);
}

static void sign_out(void *model)
{
    admin_sign_out(model);
}

static void escape(void *model)
{
    field_wipe(&((struct admin *)model)->visit.lock.pin);
}

static struct field *field(void *model)
{
    return &((struct admin *)model)->visit.lock.pin;
}

/* What is scanned is for no form below. */
static bool scan(void *model, const char *code, bool doubtful)
{
    struct admin *a = model;

    (void)code;
    if (!doubtful)
        stage_say(&a->stage, MESSAGE_BAD, "the console is locked: open it, and scan again");
    return !doubtful;
}

static bool waits(const void *model)
{
    return ((const struct admin *)model)->visit.lock.busy;
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;

    door_draw_lock(area, &a->visit.lock, a->stage.status.person, NULL);
}

static const struct key keys[] = {
    { KEY_RETURN, "Open", enter, "Open the console with the PIN", NULL },
    { KEY_ESCAPE, "Clear", escape, "Clear the PIN", NULL },
    { KEY_F(12), "Sign out", sign_out, "Sign out, for somebody else to sign in", NULL },
    { 0 },
};

const struct screen admin_lock_screen = {
    .title = "Locked",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .waits = waits,
};
