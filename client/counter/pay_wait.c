/* While a sale that was paid is not answered yet: the change, the drawer, and taking it back. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

bool pay_change(const struct counter *c, int64_t *change_minor)
{
    bool in_cash = false;

    for (size_t i = 0; i < c->pay.tender_count; i++)
        in_cash = in_cash || c->pay.tenders[i].kind == TENDER_CASH;
    if (!in_cash || c->pay.state != PAY_SELLING || !c->pay.here)
        return false;
    *change_minor = -pay_due_in_cash(c);
    return true;
}

void pay_open_drawer(struct counter *c)
{
    if (!c->drawer_opened)
        printing_kick(c);
    c->drawer_opened = true;
}

/* Who has paid waits for their change, whatever the server does; a sale that is refused is refused before, mostly. */
void pay_open_for_change(struct counter *c)
{
    int64_t change_minor;

    if (pay_change(c, &change_minor) || (c->pay.here && pay_is_out(c)))
        pay_open_drawer(c);
}

static void on_noted(void *owner, const struct link_answer *answer)
{
    if (answer->outcome == LINK_REFUSED)
        told_say(owner, "the drawer was opened for a sale that is not booked, and that is not in the books: %s",
                 answer->sentence);
}

void pay_note_drawer(struct counter *c, const char *why)
{
    Caroline__V1__ShiftNoSale message;
    char reason[100];

    if (c->printing == NULL || c->training)
        return;
    counter_copy(reason, sizeof(reason), counter_text(why));
    caroline__v1__shift_no_sale__init(&message);
    message.has_reason = true;
    message.reason = counter_text(reason);
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_SHIFT_NO_SALE, .message = &message.base, .answered = on_noted, .owner = c
    };
    counter_command(c, &command, NULL);
}

void pay_note_sale_drawer(struct counter *c, const char *why)
{
    char reason[STAGE_TEXT];

    if (!c->drawer_opened)
        return;
    c->drawer_opened = false;
    snprintf(reason, sizeof(reason), "for the change of a sale that is not booked: %s", why);
    pay_note_drawer(c, reason);
}

/* What is to be done about the money that was taken: a card machine keeps what it has charged until somebody says so there. */
static void say_withdrawn(struct counter *c)
{
    char text[STAGE_TEXT] = "taken back: ", amount[NUMBER_TEXT];
    size_t cards = 0;

    for (size_t i = 0; i < c->pay.tender_count; i++) {
        const struct pay_tender *tender = &c->pay.tenders[i];
        size_t used = strlen(text);

        if (tender->kind == TENDER_CARD)
            snprintf(text + used, sizeof(text) - used, "%s%s (approval %s)",
                     cards++ == 0 ? "cancel on the card machine " : ", ",
                     counter_money(c, amount, tender->amount_minor), tender->reference);
    }
    size_t used = strlen(text);
    snprintf(text + used, sizeof(text) - used, "%s",
             cards == 0                    ? "nothing was sold, give the money back"
             : cards < c->pay.tender_count ? "; give the rest back"
                                           : "");
    c->pay.tender_count = 0;
    sale_changed(c);
    stage_say(&c->stage, cards == 0 ? MESSAGE_GOOD : MESSAGE_BAD, "%s", text);
    sale_drop_queued(c, text);
}

/* A sale of which no byte has left is nobody's yet. */
void pay_withdraw(struct counter *c)
{
    if (!link_withdraw(c->link, c->errand_id)) {
        stage_say(&c->stage, MESSAGE_PLAIN, "this sale may be made already: its answer is being fetched");
        return;
    }
    c->errand = ERRAND_NONE;
    c->pay.state = PAY_OPEN;
    pay_note_sale_drawer(c, "it was taken back");
    say_withdrawn(c);
}
