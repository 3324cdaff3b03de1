/* Another person allows, here and now, what the role of who is signed in does not: their name or badge, and their PIN. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"
#include "common/rules/discount.h"
#include "proto/session.pb-c.h"

static void begin(struct counter *c, bool free_refund)
{
    struct approval_model *m = &c->approval;

    memset(m, 0, sizeof(*m));
    m->free_refund = free_refund;
    credentials_init(&m->who, "Who allows it?", "name or badge", "Their PIN");
    stage_push(&c->stage, &approval_screen);
}

void approval_begin(struct counter *c)
{
    begin(c, false);
}

void approval_begin_free_refund(struct counter *c)
{
    begin(c, true);
}

/* The least limit that would do, as people say it: up to the next tenth of a per cent. */
static uint32_t asked_ppm(const struct counter *c)
{
    uint32_t tenths = (c->basket.rows.needed_ppm + 999) / 1000;

    return tenths < DISCOUNT_WHOLE_PPM / 1000 ? tenths * 1000 : DISCOUNT_WHOLE_PPM;
}

static struct approval_wanted wanted(const struct counter *c)
{
    const struct sale_rows *rows = &c->basket.rows;

    if (c->approval.free_refund)
        return (struct approval_wanted){ .free_refund = true };
    return (struct approval_wanted){ .discount_ppm = asked_ppm(c),
                                     .below_floor = rows->below_floor,
                                     .deposit_back = rows->deposit_back };
}

static void on_opened(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct approval_model *m = &c->approval;

    m->busy = false;
    field_wipe(&m->who.pin);
    if (stage_top(&c->stage) != &approval_screen)
        return;
    if (counter_refused(c, answer)) {
        stage_drop_kept(&c->stage);
        return;
    }
    const Caroline__V1__ApprovalOpened *opened = (const Caroline__V1__ApprovalOpened *)answer->reply;
    if (opened->token.len != sizeof(c->basket.approval))
        return;
    if (m->free_refund) {
        credentials_wipe(&m->who);
        stage_pop(&c->stage);
        refund_free_approved(c, opened->token);
        return;
    }
    memcpy(c->basket.approval, opened->token.data, sizeof(c->basket.approval));
    c->basket.approved = true;
    c->basket.approved_ppm = asked_ppm(c);
    c->basket.approved_below_floor = c->basket.rows.below_floor;
    c->basket.approved_deposit_back = c->basket.rows.deposit_back;
    credentials_wipe(&m->who);
    stage_pop(&c->stage);
    pay_begin(c);
}

static void send(struct counter *c)
{
    struct approval_model *m = &c->approval;
    Caroline__V1__ApprovalOpen message;

    caroline__v1__approval_open__init(&message);
    message.has_badge = credentials_are_badge(&m->who);
    message.has_name = !message.has_badge;
    if (message.has_badge)
        message.badge = counter_text(m->who.name.text);
    else
        message.name = counter_text(m->who.name.text);
    message.has_pin = true;
    message.pin = counter_text(m->who.pin.text);
    struct approval_wanted asked = wanted(c);
    message.has_free_refund = message.free_refund = asked.free_refund;
    message.has_discount_ppm = message.has_below_floor = !asked.free_refund;
    message.discount_ppm = asked.discount_ppm;
    message.below_floor = asked.below_floor;
    message.has_deposit_back = message.deposit_back = asked.deposit_back;
    m->busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_APPROVAL_OPEN, &message.base, on_opened);
}

/* ---- keys ---- */

static void enter(void *model)
{
    struct counter *c = model;
    struct approval_model *m = &c->approval;

    if (m->busy || field_is_empty(form_field(&m->who.form)))
        return;
    if (form_enter(&m->who.form) && credentials_complete(&m->who))
        send(c);
}

static void next(void *model)
{
    form_next(&((struct counter *)model)->approval.who.form);
}

static void back(void *model)
{
    struct counter *c = model;

    credentials_wipe(&c->approval.who);
    stage_pop(&c->stage);
}

static struct field *field(void *model)
{
    return form_field(&((struct counter *)model)->approval.who.form);
}

static void changed(void *model)
{
    credentials_changed(&((struct counter *)model)->approval.who);
}

/* Goods are for the sale below; anything else is a badge. */
static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (c->approval.free_refund && sale_knows_code(c, code)) {
        stage_say(&c->stage, MESSAGE_BAD, "not taken: what is brought back is being allowed");
        return true;
    }
    return !sale_knows_code(c, code) && credentials_scan(&c->approval.who, code, doubtful);
}

static bool waits(const void *model)
{
    return ((const struct counter *)model)->approval.busy;
}

/* ---- drawing ---- */

/* The one discount that was given, as it was given; NULL: they are several. */
static const struct open_discount *only_discount(const struct open_basket *basket)
{
    const struct open_discount *only = basket->discount.given ? &basket->discount : NULL;

    for (size_t i = 0; i < basket->line_count; i++) {
        if (!basket->lines[i].discount.given || basket->lines[i].voided)
            continue;
        if (only != NULL)
            return NULL;
        only = &basket->lines[i].discount;
    }
    return only;
}

/* "40 %", as the cashier typed it, or "1.50 (13.1 %)"; of several what they come to. */
static void discount_words(const struct counter *c, char *text, size_t size)
{
    const struct open_discount *only = only_discount(&c->basket);
    char number[NUMBER_TEXT], percent[NUMBER_TEXT];

    percent_format(percent, asked_ppm(c));
    if (only == NULL)
        snprintf(text, size, "discounts that come to %s %%", percent);
    else if (only->fixed)
        snprintf(text, size, "a discount of %s, %s %%", counter_money(c, number, only->value), percent);
    else
        snprintf(text, size, "a discount of %s %%", percent_format(number, (uint32_t)only->value));
}

/* By their names in `caroline role put`: whoever has no such right need not be called. */
static void right_words(const struct counter *c, char *text, size_t size)
{
    struct approval_wanted asked = wanted(c);
    const char *rights[4] = { "approve" };
    size_t count = 1, used = 0;

    if (asked.discount_ppm > 0)
        rights[count++] = "discount";
    if (asked.deposit_back)
        rights[count++] = "refund";
    if (asked.free_refund)
        rights[count++] = "refund_free";
    for (size_t i = 0; i < count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 i > 0        ? i + 1 < count ? ", " : " and "
                                 : count == 1 ? "It takes the right "
                                              : "It takes the rights ",
                                 rights[i]);
    if (asked.discount_ppm > 0 && used < size)
        snprintf(text + used, size - used, ", with a limit that high");
}

/* Of the shop's roles as they are now; the server looks once more. */
static void role_words(const struct counter *c, char *text, size_t size)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    struct approval_wanted asked = wanted(c);
    const struct role *role = NULL;
    size_t used = (size_t)snprintf(text, size, "Who has it: "), head = used;

    while (catalogue != NULL && (role = catalogue_next_role_of(catalogue, catalogue_newest(catalogue),
                                                               role == NULL ? 0 : role->id, 0)) != NULL)
        if (approval_within(role, &asked) && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used == head ? "" : ", ", role->name);
    if (used == head)
        snprintf(text, size, "No role of this shop has it: the office gives it to one");
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    const struct sale_rows *rows = &c->basket.rows;
    struct area middle = area_columns(area, area.columns / 2 - 36, 72);
    char words[STAGE_TEXT];
    int row = area.rows / 2 - 7;

    if (!c->approval.free_refund)
        discount_words(c, words, sizeof(words));
    paint_text(middle, row, 0, middle.columns, ALIGN_CENTRE, STYLE_STRONG, "Another person has to allow this");
    row += 2;
    if (c->approval.free_refund)
        paint_format(middle, row++, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN, "%s back without a receipt",
                     counter_money(c, words, c->free_refund.due_minor));
    else if (rows->needed_ppm > 0)
        paint_format(middle, row++, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN, "%s, more than your role gives",
                     words);
    if (rows->below_floor && !c->approval.free_refund)
        paint_text(middle, row++, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN, "a price below the floor price");
    if (rows->deposit_back && !c->approval.free_refund)
        paint_text(middle, row++, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN,
                   "more empties than are taken back at once");
    right_words(c, words, sizeof(words));
    paint_text(middle, ++row, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN, words);
    role_words(c, words, sizeof(words));
    if (text_columns(words) <= (size_t)middle.columns)
        paint_text(middle, ++row, 0, middle.columns, ALIGN_CENTRE, STYLE_PLAIN, words);
    else
        row += paint_wrapped(middle, row + 1, 0, middle.columns, STYLE_PLAIN, words);
    row++;
    form_draw(&c->approval.who.form, middle, row + 2);
    if (c->approval.busy)
        paint_text(middle, row + 7, 0, middle.columns, ALIGN_CENTRE, STYLE_DIM, "Asking the server ...");
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "Go on; with the PIN typed: allow it for this one sale", NULL },
    { KEY_ESCAPE, "Back", back, "Back to the sale, nothing allowed", NULL },
    { KEY_TABULATOR, NULL, next, "The other line", NULL },
    { KEY_DOWN, NULL, next, NULL, NULL },
    { KEY_UP, NULL, next, NULL, NULL },
    { 0 },
};

const struct screen approval_screen = {
    .title = "Approval",
    .about = "Somebody else, whose role may, types their name or scans their badge, and their PIN. It is good for this "
             "one sale.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .waits = waits,
};
