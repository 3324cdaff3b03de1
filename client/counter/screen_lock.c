/* The till is locked: the PIN of whoever is signed in opens it. */
#include "client/counter/counter.h"

#include "proto/session.pb-c.h"

void lock_begin(struct counter *c)
{
    if (stage_has(&c->stage, &lock_screen))
        return;
    door_lock_init(&c->lock);
    c->lock_again = link_state(c->link) != LINK_ONLINE; /* and the server says so: it is about to be connected */
    stage_push(&c->stage, &lock_screen);
}

static void on_locked(void *owner, const struct link_answer *answer)
{
    /* Without a connection this till is locked all the same, and the server locks the session by itself. */
    if (answer->outcome == LINK_REFUSED)
        counter_refused(owner, answer);
}

void lock_now(struct counter *c)
{
    Caroline__V1__SessionLock message;

    lock_begin(c);
    c->lock_again = false;
    caroline__v1__session_lock__init(&message);
    counter_call(c, CAROLINE__V1__OP__OP_SESSION_LOCK, &message.base, on_locked);
}

static void on_unlocked(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->lock.busy = false;
    field_wipe(&c->lock.pin);
    c->lock_refused_alone = answer->outcome != LINK_OK && !c->stage.status.connected;
    if (counter_refused(c, answer))
        stage_drop_kept(&c->stage);
    else if (stage_top(&c->stage) == &lock_screen)
        stage_pop(&c->stage);
}

/* What the till said of PINs while it was alone is not so any more. */
void lock_server_back(struct counter *c)
{
    if (c->lock_refused_alone && stage_top(&c->stage) == &lock_screen) {
        stage_quiet(&c->stage);
        c->lock_again = true;
    }
    c->lock_refused_alone = false;
}

static void enter(void *model)
{
    struct counter *c = model;
    Caroline__V1__SessionUnlock message;

    if (c->lock.busy || field_is_empty(&c->lock.pin))
        return;
    caroline__v1__session_unlock__init(&message);
    message.has_pin = true;
    message.pin = counter_text(c->lock.pin.text);
    c->lock.busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_SESSION_UNLOCK, &message.base, on_unlocked);
}

static void leave_till(void *model)
{
    sign_out(model);
}

static void escape(void *model)
{
    field_wipe(&((struct counter *)model)->lock.pin);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->lock.pin;
}

/* A scan is never swallowed in silence; what it named is not shown to whoever stands here. */
static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful)
        return false;
    sale_say_not_taken(c, code, "the till is locked: open it and scan again");
    return true;
}

static bool waits(const void *model)
{
    return ((const struct counter *)model)->lock.busy;
}

/* Who stands here has to know whether their PIN helps. */
static const char *note(const struct counter *c)
{
    if (c->stage.status.connected)
        return c->lock.busy || !c->lock_again ? NULL : "The server is back: your PIN again.";
    if (c->lock.busy)
        return "Looking at the PIN ...";
    switch (link_alone(c->link)) {
    case LINK_ALONE_PIN:
        return "No connection: your PIN opens the till all the same.";
    case LINK_ALONE_USED_UP:
        return "Five wrong PINs: the till stays locked until the server is back.";
    case LINK_ALONE_NO:
        break;
    }
    return "No connection: the till stays locked until the server is back.";
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    char text[BASKET_TEXT];

    door_draw_lock(area, &c->lock, c->stage.status.person, note(c));
    if (!open_basket_is_empty(&c->basket))
        paint_format(area, area.rows / 2 + 5, 0, area.columns, ALIGN_CENTRE, STYLE_STRONG, "%s's basket stays: %s",
                     c->stage.status.person, sale_basket_text(c, text));
}

static const struct key keys[] = {
    { KEY_RETURN, "Open", enter, "Open the till with the PIN", NULL },
    { KEY_ESCAPE, "Clear", escape, "Clear the PIN", NULL },
    { KEY_F(12), "Sign out", leave_till, "Sign out, for somebody else to sign in: the basket stays", NULL },
    { 0 },
};

const struct screen lock_screen = {
    .title = "Locked",
    .about = "The PIN of who is signed in opens the till, also while the server is away; after five wrong ones it "
             "waits for the server.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .waits = waits,
};
