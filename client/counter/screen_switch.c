/* Somebody else sells at this till: their name or badge and their PIN, in place. What the one before had in the basket is
 * parked in their name, and comes back when they do. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/session_message.h"

static void begin(struct counter *c, const char *badge)
{
    struct switch_model *m = &c->switching;

    memset(m, 0, sizeof(*m));
    credentials_init(&m->who, "Name or badge", "or scan the badge", "PIN");
    if (badge[0] != 0)
        credentials_set_badge(&m->who, badge);
    stage_push(&c->stage, &switch_screen);
}

/* Lines that were all taken back are no basket to park, and none to lose. */
static bool may_leave(struct counter *c)
{
    if (sale_is_away(c) || training_forbids(c))
        return false;
    if (pay_is_under_way(c)) {
        stage_say(&c->stage, MESSAGE_BAD, "the customer is paying: finish the sale first");
        return false;
    }
    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: who comes signs in with the server");
        return false;
    }
    if (c->basket.line_count > 0 && c->basket.verdict == SALE_BASKET_EMPTY) {
        stage_say(&c->stage, MESSAGE_BAD, "throw this basket away first: every line of it was taken back");
        return false;
    }
    return true;
}

void switch_begin(struct counter *c)
{
    if (may_leave(c))
        begin(c, "");
}

void switch_begin_badge(struct counter *c, const char *badge)
{
    if (may_leave(c))
        begin(c, badge);
}

void switch_begin_gift_card(struct counter *c, uint32_t number)
{
    if (!may_leave(c))
        return;
    begin(c, "");
    c->switching.gift_card = number;
}

/* ---- who waits for whose basket ---- */

static void remember(struct counter *c, int64_t staff_id, int64_t parked_id)
{
    struct switched *all = c->switched;

    if (staff_id == 0 || parked_id == 0)
        return;
    /* The oldest makes room: that basket is in its person's list all the same. */
    if (c->switched_count == SWITCHED_MAX)
        memmove(all, all + 1, (--c->switched_count) * sizeof(*all));
    all[c->switched_count++] = (struct switched){ .staff_id = staff_id, .parked_id = parked_id };
}

/* The basket of theirs that was parked last when somebody else took over; 0: none. */
static int64_t forget(struct counter *c, int64_t staff_id)
{
    struct switched *all = c->switched;

    for (size_t i = c->switched_count; i > 0; i--) {
        if (all[i - 1].staff_id != staff_id)
            continue;
        int64_t parked_id = all[i - 1].parked_id;
        memmove(&all[i - 1], &all[i], (c->switched_count - i) * sizeof(*all));
        c->switched_count--;
        return parked_id;
    }
    return 0;
}

static int64_t here(const struct counter *c)
{
    const Caroline__V1__SessionOpened *session = link_session(c->link);

    return session == NULL || session->staff == NULL ? 0 : (int64_t)session->staff->id;
}

void switch_basket_back(struct counter *c)
{
    int64_t parked_id = forget(c, here(c));

    if (parked_id != 0 && open_basket_is_empty(&c->basket) && c->errand == ERRAND_NONE)
        parked_take_up_id(c, parked_id);
}

/* ---- parking, then signing in ---- */

static void on_opened(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct switch_model *m = &c->switching;

    m->state = SWITCH_ASKS;
    field_wipe(&m->who.pin);
    if (counter_refused(c, answer)) {
        stage_drop_kept(&c->stage);
        m->who.form.focus = 1;
        return;
    }
    const Caroline__V1__SessionOpened *opened = (const Caroline__V1__SessionOpened *)answer->reply;
    remember(c, m->from_id, m->parked_id);
    m->parked_id = 0;
    if (opened->must_change_pin && opened->staff != NULL) {
        stage_drop_kept(&c->stage);
        new_pin_begin(c, (int64_t)opened->staff->id, &m->who.name, m->who.badge);
    } else {
        sign_in_enter(c);
        if (m->gift_card != 0)
            gift_card_begin_number(c, m->gift_card);
        stage_say(&c->stage, MESSAGE_GOOD, "%s sells now", c->stage.status.person);
    }
    form_wipe(&m->who.form);
}

static void sign_in(struct counter *c)
{
    struct switch_model *m = &c->switching;
    Caroline__V1__SessionOpen message;

    session_open_of(&message, &m->who);
    m->state = SWITCH_SIGNS_IN;
    counter_call(c, CAROLINE__V1__OP__OP_SESSION_OPEN, &message.base, on_opened);
}

void switch_parked(struct counter *c, int64_t parked_id)
{
    struct switch_model *m = &c->switching;

    if (m->state != SWITCH_PARKS)
        return;
    m->state = SWITCH_ASKS;
    m->parked_id = parked_id;
    if (parked_id == 0) /* the basket stays, and who it is of; why has been said */
        field_wipe(&m->who.pin);
    else if (stage_top(&c->stage) == &switch_screen)
        sign_in(c);
    else
        switch_called_off(c);
}

static void enter(void *model)
{
    struct counter *c = model;
    struct switch_model *m = &c->switching;

    if (m->state != SWITCH_ASKS || !form_enter(&m->who.form))
        return;
    if (!credentials_complete(&m->who)) {
        stage_say(&c->stage, MESSAGE_BAD, "a name or badge and a PIN are needed");
        return;
    }
    if (!may_leave(c))
        return;
    if (m->parked_id == 0)
        m->from_id = here(c);
    if (c->basket.line_count > 0 && m->parked_id == 0) {
        m->state = SWITCH_PARKS;
        if (!parked_park(c))
            m->state = SWITCH_ASKS;
        return;
    }
    if (c->basket.line_count == 0 && c->basket.member_id != 0)
        sale_drop(c); /* a member alone is another's customer */
    sign_in(c);
}

void switch_called_off(struct counter *c)
{
    struct switch_model *m = &c->switching;
    int64_t parked_id = m->parked_id;

    credentials_wipe(&m->who);
    m->parked_id = 0;
    if (parked_id != 0 && open_basket_is_empty(&c->basket) && c->errand == ERRAND_NONE)
        parked_take_up_id(c, parked_id);
}

static void back(void *model)
{
    struct counter *c = model;

    if (c->switching.state == SWITCH_PARKS && errand_give_up(c))
        return;
    if (c->switching.state != SWITCH_ASKS) {
        stage_say(&c->stage, MESSAGE_PLAIN, "the server is asked");
        return;
    }
    stage_pop(&c->stage);
    switch_called_off(c);
}

static void next(void *model)
{
    form_next(&((struct counter *)model)->switching.who.form);
}

static void previous(void *model)
{
    form_previous(&((struct counter *)model)->switching.who.form);
}

static struct field *field(void *model)
{
    return form_field(&((struct counter *)model)->switching.who.form);
}

static void changed(void *model)
{
    credentials_changed(&((struct counter *)model)->switching.who);
}

/* Goods are for the basket, as everywhere; what is none of them is a badge. */
static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;
    struct switch_model *m = &c->switching;

    return m->state == SWITCH_ASKS && !sale_knows_code(c, code) && credentials_scan(&m->who, code, doubtful);
}

static bool waits(const void *model)
{
    return ((const struct counter *)model)->switching.state != SWITCH_ASKS;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct switch_model *m = &c->switching;
    bool aside = m->state == SWITCH_PARKS && errand_can_give_up(c);
    char stays[STAGE_TEXT] = "";

    if (c->basket.line_count > 0)
        snprintf(stays, sizeof(stays), "The basket of %zu line%s waits for %s, and comes back with them.",
                 c->basket.line_count, c->basket.line_count == 1 ? "" : "s", c->stage.status.person);
    struct area middle = door_draw(area, "Who sells now?", stays, &m->who.form, m->state != SWITCH_ASKS && !aside);
    if (aside)
        errand_draw(c, middle, 10);
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "Go on; with the PIN typed: they sell", NULL },
    { KEY_ESCAPE, "Back", back, "Back: whoever was here goes on", NULL },
    { KEY_TABULATOR, NULL, next, "The other line", NULL },
    { KEY_DOWN, NULL, next, NULL, NULL },
    { KEY_UP, NULL, previous, NULL, NULL },
    { KEY_BTAB, NULL, previous, NULL, NULL },
    { 0 },
};

const struct screen switch_screen = {
    .title = "Somebody else",
    .about = "Each sells in their own name. A badge that is scanned at the sale asks for the PIN at once.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .waits = waits,
};
