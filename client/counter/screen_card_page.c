/* A card is stored: the gateway's own page, where its owner types it on their telephone, as a code to point its camera at. Nothing of
 * the card is typed here, nor known. Whoever leaves meanwhile leaves the page open: the card stands in the list once it was typed. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "client/ui/qr.h"
#include "proto/payment.pb-c.h"

#define OP(name)     CAROLINE__V1__OP__OP_##name
#define STATE(name)  CAROLINE__V1__PAYMENT_SETUP_STATE__PAYMENT_SETUP_##name
#define CODE(name)   CAROLINE__V1__ERROR_CODE__##name
#define ASK_AGAIN_US SECOND_US

/* Under a lock too: its page would be left there with nothing to ask about. */
static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &card_page_screen)
        stage_pop(&c->stage);
    else if (stage_has(&c->stage, &card_page_screen))
        stage_pop_under(&c->stage, &stored_cards_screen, &lock_screen);
    c->card_page.setup_id = 0;
    explicit_bzero(c->card_page.url, sizeof(c->card_page.url));
}

/* ---- how far it is ---- */

static void take(struct counter *c, const Caroline__V1__PaymentMethodFinished *finished)
{
    struct card_page_model *m = &c->card_page;

    m->state = (int)finished->state;
    if (finished->state == STATE(OPEN) && finished->url.len < sizeof(m->url))
        counter_copy(m->url, sizeof(m->url), finished->url);
    if (finished->state == STATE(DONE)) {
        leave(c);
        stage_say(&c->stage, MESSAGE_GOOD, "the card is stored");
        c->stored_cards.is_old = true;
    } else if (finished->state == STATE(FAILED)) {
        char why[STAGE_TEXT];

        counter_copy(why, sizeof(why), finished->sentence);
        leave(c);
        stage_say(&c->stage, MESSAGE_BAD, "no card was stored: %s", why);
    }
}

/* Once the till is open: behind a lock nothing is listed. */
static void list_anew(struct counter *c)
{
    if (!c->stored_cards.is_old || stage_top(&c->stage) != &stored_cards_screen)
        return;
    c->stored_cards.is_old = false;
    stored_cards_list(c);
}

static void on_finished(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct card_page_model *m = &c->card_page;

    m->asking = false;
    if (m->setup_id == 0 || m->setup_id != m->asked_setup_id || answer->outcome == LINK_FAILED || answer->later ||
        answer->code == CODE(SESSION_LOCKED) || answer->code == CODE(SIGN_IN_FIRST))
        return; /* another's, or asked again */
    if (answer->outcome == LINK_REFUSED) {
        leave(c);
        counter_refused(c, answer);
    } else {
        take(c, (const Caroline__V1__PaymentMethodFinished *)answer->reply);
    }
    list_anew(c);
    c->stage.dirty = true;
}

void card_page_tick(struct counter *c, int64_t now_us)
{
    struct card_page_model *m = &c->card_page;
    Caroline__V1__PaymentMethodFinish message;

    list_anew(c);
    if (m->setup_id == 0 || m->asking || now_us - m->asked_us < ASK_AGAIN_US ||
        stage_top(&c->stage) != &card_page_screen || !c->stage.status.connected)
        return;
    m->asked_us = now_us;
    m->asking = true;
    m->asked_setup_id = m->setup_id;
    caroline__v1__payment_method_finish__init(&message);
    message.has_setup_id = true;
    message.setup_id = m->setup_id;
    counter_call(c, OP(PAYMENT_METHOD_FINISH), &message.base, on_finished);
}

/* ---- begin ---- */

static void on_adding(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    bool asking = c->card_page.asking;

    c->stored_cards.busy = false;
    if (counter_refused(c, answer))
        return;
    c->card_page = (struct card_page_model){
        .setup_id = ((const Caroline__V1__PaymentMethodAdding *)answer->reply)->setup_id,
        .state = STATE(MADE),
        .asking = asking,
    };
    stage_push(&c->stage, &card_page_screen);
}

void card_page_begin(struct counter *c, void (*left)(struct counter *c))
{
    Caroline__V1__PaymentMethodAdd message;

    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: this is done once the server is there");
        return;
    }
    caroline__v1__payment_method_add__init(&message);
    message.has_member_id = true;
    message.member_id = (uint64_t)c->stored_cards.member_id;
    waiting_begin(c, OP(PAYMENT_METHOD_ADD), &message.base,
                  &(struct waiting){
                      .busy = &c->stored_cards.busy, .answered = on_adding, .leave = left, .what = "storing a card" });
}

/* The answer of what was put aside: its page is shown to nobody. */
void card_page_told(struct counter *c, const ProtobufCMessage *message)
{
    (void)message;
    stage_say(&c->stage, MESSAGE_PLAIN,
              "the page for a card that was put aside is shown to nobody: begin anew, F4 there");
}

/* ---- the screen ---- */

static void print(void *model)
{
    struct counter *c = model;
    const struct receipt_row rows[] = {
        { .kind = RECEIPT_ROW_CENTRE, .left = "Your card is typed here, on your telephone:" },
        { .kind = RECEIPT_ROW_CODE, .left = c->card_page.url },
    };

    if (c->printing == NULL || c->card_page.url[0] == 0)
        stage_say(&c->stage, MESSAGE_BAD,
                  c->printing == NULL ? "no printer is set up at this till" : "the page is not there yet");
    else if (print_spool_put_personal(c->printing, &(struct receipt){ .rows = rows, .count = 2 }))
        stage_say(&c->stage, MESSAGE_GOOD, "the code goes to the printer");
    else
        stage_say(&c->stage, MESSAGE_BAD, "it is not printed: too much waits for the printer");
}

static const char *print_label(const void *model)
{
    const struct counter *c = model;

    return c->printing == NULL || c->card_page.url[0] == 0 ? NULL : "Print it";
}

static void back(void *model)
{
    struct counter *c = model;
    bool open = c->card_page.url[0] != 0;

    leave(c);
    if (open)
        stage_say(&c->stage, MESSAGE_PLAIN,
                  "the page stays open for a while: a card that is typed there is in the list then");
}

/* NULL: it has no room, or this terminal no blocks. */
static struct qr *code_of(const struct counter *c, struct area area)
{
    struct qr *qr = theme_ascii_lines() ? NULL : qr_create(c->card_page.url, QR_LEAST);

    if (qr != NULL && qr_rows(qr) <= area.rows && qr_columns(qr) <= area.columns)
        return qr;
    qr_destroy(qr);
    return NULL;
}

static const char *no_code(const struct counter *c)
{
    if (theme_ascii_lines())
        return c->printing == NULL ? "This terminal shows no codes. They open this on their telephone:"
                                   : "This terminal shows no codes: print it (F9), or they open this:";
    return c->printing == NULL
               ? "The code does not fit this window: make it larger. Or they open this on their telephone:"
               : "The code does not fit this window: make it larger, or print it (F9). Or they open this:";
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct qr *qr = c->card_page.url[0] == 0 ? NULL : code_of(c, area);
    int columns = qr == NULL ? 1 : qr_columns(qr) + 2;
    struct area beside = area_columns(area, columns, area.columns - columns - 1);

    paint_wrapped(beside, 1, 0, beside.columns, STYLE_STRONG, c->stored_cards.name);
    if (c->card_page.url[0] == 0) {
        paint_text(beside, 3, 0, beside.columns, ALIGN_LEFT, STYLE_DIM, "The gateway is asked for its page ...");
    } else if (qr == NULL) {
        paint_wrapped(beside, 3, 0, beside.columns, STYLE_WARN, no_code(c));
        paint_wrapped(beside, 6, 0, beside.columns, STYLE_PLAIN, c->card_page.url);
    } else {
        receipt_code_paint(qr, area);
        paint_wrapped(beside, 3, 0, beside.columns, STYLE_PLAIN,
                      "The customer points the camera of a telephone here, and types the card there. Nobody here sees "
                      "it.");
    }
    qr_destroy(qr);
}

static const struct key keys[] = {
    { KEY_ESCAPE, "Back", back, "Back to the payment cards; the page stays open for a while", NULL },
    { KEY_F(9), NULL, print, "The code onto paper, for the customer", print_label },
    { 0 },
};

const struct screen card_page_screen = {
    .title = "Store a card",
    .about = "The payment gateway's own page, as a code that telephones read. The card is in the list as soon as it "
             "was typed there.",
    .keys = keys,
    .draw = draw,
    .why_not = printing_why_not,
};
