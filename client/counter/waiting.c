/* While the server has not answered what was asked beside a sale (money received, a card loaded, a refund, cash moved, a count, an
 * invoice, a member made, changed, merged or forgotten): taken back while no byte of it has left, else put aside, so that the till
 * sells on. What was put aside is in the spool, and its answer is told wherever the cashier is by then. */
#include "client/counter/counter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/wire/walker.h"
#include "proto/privacy.pb-c.h"

/* As for a sale. */
#define SLOW_US (2 * SECOND_US)

/* ---- waiting ---- */

/* On a locked till the screen is left as on an open one, and the lock stays: nobody finds the form as it was sent, to send it
 * once more. */
static void on_answered(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct waiting w = c->waiting;
    bool locked = stage_top(&c->stage) == &lock_screen;

    c->waiting = (struct waiting){ 0 };
    *w.busy = false;
    if (locked)
        stage_pop(&c->stage);
    w.answered(c, answer);
    if (locked)
        stage_push(&c->stage, &lock_screen);
}

void waiting_name(struct waiting *waiting, const char *format, ...)
{
    char text[STAGE_TEXT];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    counter_copy(waiting->named, sizeof(waiting->named), counter_text(text));
}

static void let_go(struct counter *c)
{
    struct waiting w = c->waiting;
    struct aside *aside = &c->asides[c->aside_next++ % ASIDE_MAX];

    c->waiting = (struct waiting){ 0 };
    *w.busy = false;
    if (w.drawer) /* the money is in the cashier's hand */
        printing_kick(c);
    memcpy(aside->id, w.id, sizeof(aside->id));
    memcpy(aside->named, w.named, sizeof(aside->named));
    aside->open = true;
    link_let_go(c->link, w.id);
    counter_show_state(c);
}

void waiting_end(struct counter *c)
{
    if (c->waiting.busy != NULL)
        let_go(c);
}

void waiting_begin(struct counter *c, unsigned op, const ProtobufCMessage *message, const struct waiting *wanted)
{
    struct link_command command = {
        .op = op, .message = message, .follow = wanted->follow, .answered = on_answered, .owner = c
    };
    uint8_t id[COMMAND_ID_SIZE];

    waiting_end(c);
    if (!counter_command(c, &command, id))
        return;
    c->waiting = *wanted;
    c->waiting.since_us = 0;
    c->waiting.screen = stage_top(&c->stage);
    memcpy(c->waiting.id, id, sizeof(id));
    *c->waiting.busy = true;
}

bool waiting_is_on(const void *model)
{
    const struct counter *c = model;

    return c->waiting.busy != NULL && stage_top(&c->stage) == c->waiting.screen;
}

static bool can_withdraw(const struct counter *c)
{
    return !c->stage.status.connected && link_can_withdraw(c->link, c->waiting.id);
}

const char *waiting_not_label(const void *model)
{
    return waiting_is_on(model) ? NULL : "Back";
}

const char *waiting_take_back_label(const void *model)
{
    return waiting_is_on(model) && can_withdraw(model) ? "Take back" : NULL;
}

const char *waiting_put_aside_label(const void *model)
{
    const struct counter *c = model;

    return waiting_is_on(c) && !can_withdraw(c) && (c->waiting.slow || !c->stage.status.connected) ? "Put aside" : NULL;
}

bool waiting_back(struct counter *c)
{
    struct waiting w = c->waiting;

    if (!waiting_is_on(c))
        return false;
    if (can_withdraw(c) && link_withdraw(c->link, w.id)) {
        c->waiting = (struct waiting){ 0 };
        *w.busy = false;
        stage_say(&c->stage, MESSAGE_GOOD, "taken back: nothing was done, and the server never hears of it");
        return true;
    }
    let_go(c);
    w.leave(c);
    stage_say(&c->stage, MESSAGE_PLAIN, "put aside, %s: its answer is told here as soon as the server has given it",
              w.named[0] == 0 ? w.what : w.named);
    return true;
}

void waiting_draw(struct counter *c, struct area area, int row)
{
    if (!waiting_is_on(c) || (!c->waiting.slow && c->stage.status.connected))
        paint_text(area, row, 0, area.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
    else if (can_withdraw(c))
        paint_wrapped(area, row, 0, area.columns, STYLE_WARN, "Not sent yet. Esc takes it back, or it waits here.");
    else
        paint_wrapped(area, row, 0, area.columns, STYLE_WARN,
                      "No answer yet. Esc puts it aside: the till sells on, and the answer is told when it is there. "
                      "Do not do it twice.");
}

void waiting_tick(struct counter *c, int64_t now_us)
{
    if (c->waiting.busy != NULL && !c->waiting.slow) {
        if (c->waiting.since_us == 0)
            c->waiting.since_us = now_us;
        c->waiting.slow = now_us - c->waiting.since_us >= SLOW_US;
        c->stage.dirty = c->stage.dirty || c->waiting.slow;
    }
    gift_card_codes_show(c);
}

/* ---- answers of what was put aside, or of an earlier run ---- */

static void account_received(struct counter *c, const ProtobufCMessage *message)
{
    const Caroline__V1__AccountReceived *reply = (const Caroline__V1__AccountReceived *)message;
    char key[64], amount[NUMBER_TEXT];

    snprintf(key, sizeof(key), "account %u/%u", reply->account_number, reply->number);
    bool printed = printing_put(c, key, reply->receipt);
    if (reply->amount_minor > 0)
        stage_say(&c->stage, MESSAGE_GOOD, "%s are received on account %u, and in the books%s",
                  counter_money(c, amount, reply->amount_minor), reply->account_number,
                  printed ? ": its paper is printed" : "");
    else
        stage_say(&c->stage, MESSAGE_GOOD, "what was received on account %u is in the books%s", reply->account_number,
                  printed ? ": its paper is printed" : "");
}

/* amount_minor: what was put on it; 0: not known here. */
static void gift_card_told(struct counter *c, const Caroline__V1__GiftCard *card, unsigned entry, int64_t amount_minor,
                           const Caroline__V1__Receipt *receipt, ProtobufCBinaryData its_code)
{
    char key[64], code[GIFT_CARD_CODE_TEXT], name[GIFT_CARD_NAME], amount[NUMBER_TEXT];

    if (card == NULL)
        return;
    counter_copy(code, sizeof(code), its_code);
    snprintf(key, sizeof(key), "gift card %u/%u", card->number, entry);
    bool printed = printing_put_with_code(c, key, receipt, code);
    const char *paper = printed && code[0] != 0 ? ": its paper, with the code, is printed"
                        : printed               ? ": its paper is printed"
                        : code[0] != 0          ? ": its code is shown, once, on the way back"
                                                : "";
    gift_card_name(card, name);
    if (amount_minor != 0)
        stage_say(&c->stage, MESSAGE_GOOD, "%s are in the books, on %s%s", counter_money(c, amount, amount_minor), name,
                  paper);
    else
        stage_say(&c->stage, MESSAGE_GOOD, "%s, is in the books%s", name, paper);
    if (!printed && code[0] != 0)
        gift_card_code_keep(c, card, code);
    explicit_bzero(code, sizeof(code));
}

static void gift_card_loaded(struct counter *c, const ProtobufCMessage *message)
{
    const Caroline__V1__GiftCardLoaded *reply = (const Caroline__V1__GiftCardLoaded *)message;

    gift_card_told(c, reply->card, reply->entry, reply->amount_minor, reply->receipt, reply->code);
}

static void gift_card_moved(struct counter *c, const ProtobufCMessage *message)
{
    const Caroline__V1__GiftCardMoved *reply = (const Caroline__V1__GiftCardMoved *)message;

    gift_card_told(c, reply->card, 1, 0, reply->receipt, reply->code);
}

static void gift_card_undone(struct counter *c, const ProtobufCMessage *message)
{
    const Caroline__V1__GiftCardUndone *reply = (const Caroline__V1__GiftCardUndone *)message;
    const struct given_back back = { .cash_minor = -reply->amount_minor };
    char key[64], text[STAGE_TEXT], name[GIFT_CARD_NAME];

    if (reply->card == NULL)
        return;
    gift_card_name(reply->card, name);
    snprintf(key, sizeof(key), "gift card back %llu", (unsigned long long)reply->payment_id);
    printing_put_with_code(c, key, reply->receipt, "");
    gift_card_back_text(c, reply, text);
    if (reply->means == CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CASH)
        told_back(c, &back, "%s: %s", name, text);
    else
        stage_say(&c->stage, MESSAGE_GOOD, "%s: %s", name, text);
}

static void gift_card_put(struct counter *c, const ProtobufCMessage *message)
{
    const Caroline__V1__GiftCardPutDone *reply = (const Caroline__V1__GiftCardPutDone *)message;
    char name[GIFT_CARD_NAME];

    if (reply->card != NULL)
        stage_say(&c->stage, MESSAGE_GOOD, "%s, is %s", gift_card_name(reply->card, name),
                  reply->card->blocked ? "blocked" : "open");
}

static void refunded(struct counter *c, const ProtobufCMessage *message)
{
    const Caroline__V1__SaleRungUp *sale = (const Caroline__V1__SaleRungUp *)message;
    char number[28];

    printing_sold(c, sale);
    given_back_tell(c, sale);
    counter_copy(number, sizeof(number), sale->receipt_number);
    if (sale->has_invoice_of)
        invoice_credit(c, number);
}

static void put_right(struct counter *c, const ProtobufCMessage *message)
{
    const Caroline__V1__SaleRetendered *done = (const Caroline__V1__SaleRetendered *)message;
    char number[28], key[64];

    counter_copy(number, sizeof(number), done->receipt_number);
    snprintf(key, sizeof(key), "%s put right %llu", number, (unsigned long long)done->retender_id);
    stage_say(&c->stage, MESSAGE_GOOD, "%s is put right%s", number,
              printing_put(c, key, done->receipt) ? ": a slip is printed" : "");
}

static void attached(struct counter *c, const ProtobufCMessage *message)
{
    attach_say(c, (const Caroline__V1__SaleAttached *)message, "");
}

static void cash_moved(struct counter *c, const ProtobufCMessage *message)
{
    (void)message;
    stage_say(&c->stage, MESSAGE_GOOD, "the cash in or out that was put aside is in the books: it may be done now");
}

static void drawer_noted(struct counter *c, const ProtobufCMessage *message)
{
    (void)message;
    stage_say(&c->stage, MESSAGE_GOOD, "why the drawer is opened is in the books");
}

static void shift_closed(struct counter *c, const ProtobufCMessage *message)
{
    (void)message;
    c->shift.known = false;
    stage_say(&c->stage, MESSAGE_GOOD, "the shift that was counted is closed: F12 has its Z");
}

/* Of who is new nothing is put into the basket that is here by now. */
static void member_made(struct counter *c, const ProtobufCMessage *message)
{
    char points[NUMBER_TEXT];

    stage_say(&c->stage, MESSAGE_GOOD, "the new member that was put aside is in the books: %s",
              counter_points(points, ((const Caroline__V1__MemberDone *)message)->points));
}

static void member_changed(struct counter *c, const ProtobufCMessage *message)
{
    (void)message;
    stage_say(&c->stage, MESSAGE_GOOD, "the change of a member that was put aside is in the books");
    member_refresh(c);
}

static void members_merged(struct counter *c, const ProtobufCMessage *message)
{
    char points[NUMBER_TEXT];

    stage_say(&c->stage, MESSAGE_GOOD, "the two members are one now: %s",
              counter_points(points, ((const Caroline__V1__MemberMerged *)message)->points));
    member_refresh(c);
}

static void member_erased(struct counter *c, const ProtobufCMessage *message)
{
    member_is_gone(c, (int64_t)((const Caroline__V1__MemberErased *)message)->id);
    stage_say(&c->stage, MESSAGE_GOOD, "the member is forgotten");
}

static const struct told {
    unsigned op;
    const char *what;
    bool at_restart; /* what an earlier run asked is told here too; the others have a way of their own */
    bool drawer;     /* opens with the answer, for who has put it aside: it did not before */
    void (*told)(struct counter *c, const ProtobufCMessage *reply);
} tolds[] = {
    { CAROLINE__V1__OP__OP_ACCOUNT_RECEIVE, "the money on an account", true, false, account_received },
    { CAROLINE__V1__OP__OP_GIFT_CARD_LOAD, "the money for a gift card", true, false, gift_card_loaded },
    { CAROLINE__V1__OP__OP_GIFT_CARD_MOVE, "another gift card for a lost one", true, false, gift_card_moved },
    { CAROLINE__V1__OP__OP_GIFT_CARD_UNDO, "giving back what a gift card cost", true, true, gift_card_undone },
    { CAROLINE__V1__OP__OP_GIFT_CARD_PUT, "a gift card's change", true, false, gift_card_put },
    { CAROLINE__V1__OP__OP_SALE_REFUND, "the refund", false, true, refunded },
    { CAROLINE__V1__OP__OP_SALE_REFUND_FREE, "the refund without a receipt", true, true, refunded },
    { CAROLINE__V1__OP__OP_SALE_RETENDER, "what was to be put right of a payment", false, false, put_right },
    { CAROLINE__V1__OP__OP_SALE_ATTACH, "giving a receipt to a member", true, false, attached },
    { CAROLINE__V1__OP__OP_SHIFT_MOVE, "the cash in or out", true, true, cash_moved },
    { CAROLINE__V1__OP__OP_SHIFT_NO_SALE, "opening the drawer", true, true, drawer_noted },
    { CAROLINE__V1__OP__OP_SHIFT_CLOSE, "closing the shift", true, false, shift_closed },
    { CAROLINE__V1__OP__OP_INVOICE_MAKE, "the invoice", false, false, NULL },
    { CAROLINE__V1__OP__OP_MEMBER_CREATE, "the new member", true, false, member_made },
    { CAROLINE__V1__OP__OP_MEMBER_UPDATE, "the change of a member", true, false, member_changed },
    { CAROLINE__V1__OP__OP_MEMBER_MERGE, "one member of two", true, false, members_merged },
    { CAROLINE__V1__OP__OP_MEMBER_ERASE, "forgetting a member", true, false, member_erased },
    { CAROLINE__V1__OP__OP_MEMBER_CARD_MAKE, "a member's new card", true, false, member_card_told },
    { CAROLINE__V1__OP__OP_PAYMENT_METHOD_ADD, "storing a card", true, false, card_page_told },
    { CAROLINE__V1__OP__OP_PAYMENT_METHOD_REMOVE, "removing a stored card", true, false, stored_card_removed },
    { CAROLINE__V1__OP__OP_GIFT_CARD_CHARGE, "topping a gift card up by a stored card", true, false, charge_begun },
};

/* NULL: it was not, or by an earlier run. */
static struct aside *find_aside(struct counter *c, const uint8_t id[COMMAND_ID_SIZE])
{
    for (size_t i = 0; i < ASIDE_MAX && i < c->aside_next; i++)
        if (memcmp(c->asides[i].id, id, COMMAND_ID_SIZE) == 0)
            return &c->asides[i];
    return NULL;
}

void waiting_banner(const struct counter *c, char *text, size_t size)
{
    const struct aside *first = NULL;
    size_t count = 0;

    text[0] = 0;
    for (size_t i = 0; i < ASIDE_MAX; i++)
        if (c->asides[i].open && c->asides[i].named[0] != 0 && count++ == 0)
            first = &c->asides[i];
    if (count == 1)
        snprintf(text, size, "not answered yet: %s", first->named);
    else if (count > 1)
        snprintf(text, size, "not answered yet: %s, and %zu more", first->named, count - 1);
}

/* What was paid in cash is given back out of the drawer. */
static bool opens_drawer(const struct told *told, const ProtobufCMessage *reply)
{
    if (told->op == CAROLINE__V1__OP__OP_SALE_REFUND || told->op == CAROLINE__V1__OP__OP_SALE_REFUND_FREE)
        return ((const Caroline__V1__SaleRungUp *)reply)->cash_minor != 0;
    if (told->op == CAROLINE__V1__OP__OP_GIFT_CARD_UNDO)
        return ((const Caroline__V1__GiftCardUndone *)reply)->means == CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CASH;
    return told->drawer;
}

bool waiting_told(struct counter *c, unsigned op, const uint8_t id[COMMAND_ID_SIZE], const struct link_answer *answer)
{
    struct aside *aside = find_aside(c, id);
    const bool here = aside != NULL;
    const struct told *told = NULL;

    for (size_t i = 0; i < sizeof(tolds) / sizeof(tolds[0]); i++)
        if (tolds[i].op == op && (here || tolds[i].at_restart))
            told = &tolds[i];
    if (here)
        aside->open = false;
    if (told == NULL || told->told == NULL)
        return false;
    if (answer->outcome == LINK_OK) {
        told->told(c, answer->reply);
        if (here && opens_drawer(told, answer->reply))
            printing_kick(c);
    } else if (here && aside->named[0] != 0) {
        told_say(c, "not done, %s: %s", aside->named, answer->sentence);
    } else {
        stage_say(&c->stage, MESSAGE_BAD, "%s is not done: %s", told->what, answer->sentence);
    }
    return true;
}
