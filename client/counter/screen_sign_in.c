/* Signing in: a name or a badge, and the PIN. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/session_message.h"

void sign_in_begin(struct counter *c)
{
    if (open_basket_is_empty(&c->basket))
        c->left_by[0] = 0;
    else if (c->stage.status.person[0] != 0)
        snprintf(c->left_by, sizeof(c->left_by), "%s", c->stage.status.person);
    door_sign_in_init(&c->sign_in);
    stage_only(&c->stage, &sign_in_screen);
    invoice_forget(c);
    explicit_bzero(&c->stored_cards, sizeof(c->stored_cards));
    parked_look(c);
    counter_show_state(c); /* nobody is here now */
}

/* Nobody counted the drawer when the day ended: whoever is first in the morning reads it before they sell. */
static void say_forgotten(struct counter *c)
{
    struct day day;
    char text[DAY_TEXT];

    if (c->shift.others > 0 && counter_is_forgotten(c, c->shift.others_since, &day))
        drawers_say_forgotten(c);
    else if (counter_shift_forgotten(c, &day))
        stage_say(&c->stage, MESSAGE_BAD, "the shift of %s is still open: %s", day_format(text, day),
                  counter_may(c, "shift_close") ? "F12, 8 counts the drawer and closes it"
                                                : "a shift lead counts the drawer and closes it");
}

static void on_shift(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (counter_refused(c, answer))
        return;
    const Caroline__V1__ShiftShown *shift = (const Caroline__V1__ShiftShown *)answer->reply;
    shift_take(c, shift);
    /* Where others sell, too, who came to look at something is not asked for a float: their first sale asks. */
    if (!shift->open && shift->others == 0 && stage_top(&c->stage) == &sale_screen)
        shift_ask(c);
    else
        say_forgotten(c);
}

/* What lies there is another's customer's, who may be gone, or come back. */
static void say_whose_basket(struct counter *c)
{
    char text[BASKET_TEXT];

    if (c->left_by[0] != 0 && !open_basket_is_empty(&c->basket) && !pay_is_under_way(c) &&
        strcmp(c->left_by, c->stage.status.person) != 0)
        stage_say(&c->stage, MESSAGE_BAD, "this basket is %s's: %s; F12, F2 parks it", c->left_by,
                  sale_basket_text(c, text));
    c->left_by[0] = 0;
}

void sign_in_enter(struct counter *c)
{
    Caroline__V1__ShiftShow message;

    stage_only(&c->stage, &sale_screen);
    stage_quiet(&c->stage);
    counter_show_state(c);
    say_whose_basket(c);
    shift_leave(c);
    caroline__v1__shift_show__init(&message);
    counter_call(c, CAROLINE__V1__OP__OP_SHIFT_SHOW, &message.base, on_shift);
    parked_count(c);
    if (pay_is_under_way(c))
        pay_resume(c);
    else
        member_refresh(c);
    switch_basket_back(c);
}

static void on_opened(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->sign_in.busy = false;
    field_wipe(&c->sign_in.who.pin);
    if (stage_top(&c->stage) != &sign_in_screen)
        return;
    if (counter_refused(c, answer)) {
        if (answer->outcome == LINK_FAILED && !c->stage.status.connected)
            stage_say(&c->stage, MESSAGE_BAD, "%s: nobody can sign in until it is back", answer->sentence);
        stage_drop_kept(&c->stage);
        c->sign_in.who.form.focus = 1;
        return;
    }
    const Caroline__V1__SessionOpened *opened = (const Caroline__V1__SessionOpened *)answer->reply;
    if (opened->must_change_pin && opened->staff != NULL) {
        stage_drop_kept(&c->stage);
        stage_quiet(&c->stage);
        new_pin_begin(c, (int64_t)opened->staff->id, &c->sign_in.who.name, c->sign_in.who.badge);
    } else {
        sign_in_enter(c);
    }
    field_wipe(&c->sign_in.who.name);
}

static void ask_server(struct counter *c)
{
    Caroline__V1__SessionOpen message;

    session_open_of(&message, &c->sign_in.who);
    counter_call(c, CAROLINE__V1__OP__OP_SESSION_OPEN, &message.base, on_opened);
}

static void send(struct counter *c)
{
    if (door_sign_in_send(&c->sign_in, &c->stage, link_state(c->link) == LINK_CONNECTING))
        ask_server(c);
}

void sign_in_connected(struct counter *c)
{
    if (door_sign_in_late(&c->sign_in, link_state(c->link) == LINK_CONNECTING))
        ask_server(c);
}

void sign_in_with(struct counter *c, const struct field *name, bool badge, const struct field *pin)
{
    sign_in_begin(c);
    door_sign_in_fill(&c->sign_in, name, badge, pin);
    send(c);
}

static void enter(void *model)
{
    struct counter *c = model;

    if (!c->sign_in.busy && form_enter(&c->sign_in.who.form))
        send(c);
}

static void next(void *model)
{
    form_next(&((struct counter *)model)->sign_in.who.form);
}

static void previous(void *model)
{
    form_previous(&((struct counter *)model)->sign_in.who.form);
}

static void escape(void *model)
{
    door_sign_in_clear(&((struct counter *)model)->sign_in);
}

static void leave(void *model)
{
    struct counter *c = model;
    c->stage.interrupted(c);
}

static void retry(void *model)
{
    struct counter *c = model;

    if (c->link != NULL)
        link_retry(c->link);
}

static const char *retry_label(const void *model)
{
    const struct counter *c = model;
    return c->stage.status.connected ? NULL : "Connect";
}

static struct field *field(void *model)
{
    return form_field(&((struct counter *)model)->sign_in.who.form);
}

static void changed(void *model)
{
    credentials_changed(&((struct counter *)model)->sign_in.who);
}

/* What is none of the goods is a badge. */
static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (test_page_scanned(c, code))
        return true;
    if (doubtful || !sale_knows_code(c, code))
        return credentials_scan(&c->sign_in.who, code, doubtful);
    sale_say_not_taken(c, code, "sign in first, then scan it again");
    return true;
}

static bool waits(const void *model)
{
    return ((const struct counter *)model)->sign_in.busy;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    const struct shop *shop = counter_shop(c);
    bool comes = counter_catalogue(c) == NULL && c->snapshot_parts > 0;
    struct area middle = door_draw(area, shop == NULL ? "Caroline" : shop->name, "Who is at the counter?",
                                   &c->sign_in.who.form, c->sign_in.busy && !comes);

    if (comes)
        sale_draw_progress(c, area_rows(middle, 9, 5));
    else if (!c->sign_in.busy && c->basket.line_count > 0)
        paint_format(middle, 10, 0, middle.columns, ALIGN_CENTRE, STYLE_WARN, "A basket of %zu line%s %s.",
                     c->basket.line_count, c->basket.line_count == 1 ? "" : "s",
                     c->errand == ERRAND_SELL   ? "is being paid"
                     : c->errand == ERRAND_PARK ? "is being parked"
                                                : "waits on this till");
    if (middle.rows >= 14)
        paint_wrapped(middle, 12, 0, middle.columns, STYLE_DIM, c->notice);
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "Go on; with the PIN typed: sign in", NULL },
    { KEY_ESCAPE, "Clear", escape, "Clear both", NULL },
    { KEY_TABULATOR, NULL, next, "The other line", NULL },
    { KEY_DOWN, NULL, next, NULL, NULL },
    { KEY_UP, NULL, previous, NULL, NULL },
    { KEY_BTAB, NULL, previous, NULL, NULL },
    { KEY_F(5), NULL, retry, "Try to connect now", retry_label },
    { KEY_F(12), "Leave", leave, "Leave the counter", NULL },
    { 0 },
};

const struct screen sign_in_screen = {
    .title = "Sign in",
    .about = "Type your name or scan your badge, then your PIN. Five wrong PINs lock you out for a while.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .waits = waits,
};
