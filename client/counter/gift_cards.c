/* Gift cards at the till: looked up by what is scanned, and put to what is due. A code is in memory for as long as it is asked about. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "common/rules/gift_card.h"

bool gift_card_looks_like(const char *code)
{
    char read[GIFT_CARD_CODE_TEXT];
    bool fits = gift_card_code_read(bytes_of_text(code), read);

    explicit_bzero(read, sizeof(read));
    return fits;
}

bool gift_card_is_made(const char *code)
{
    return strlen(code) == 20 && gift_card_looks_like(code);
}

void gift_card_take(struct gift_card_row_shown *row, const Caroline__V1__GiftCard *card)
{
    memset(row, 0, sizeof(*row));
    row->number = card->number;
    row->balance_minor = card->balance_minor;
    row->left_minor = card->left_minor;
    row->blocked = card->blocked;
    row->expired = card->expired;
    row->moved_to = card->moved_to;
    counter_copy(row->last_four, sizeof(row->last_four), card->last_four);
    counter_copy(row->expiry_day, sizeof(row->expiry_day), card->expiry_day);
}

char *gift_card_name(const Caroline__V1__GiftCard *card, char text[GIFT_CARD_NAME])
{
    char last_four[8];

    counter_copy(last_four, sizeof(last_four), card->last_four);
    snprintf(text, GIFT_CARD_NAME, "gift card %u, ends in %s", card->number, last_four);
    return text;
}

const char *gift_card_trouble(const struct gift_card_row_shown *row)
{
    if (row->moved_to != 0)
        return "lost: another card has its money";
    if (row->blocked)
        return "blocked: it pays nothing";
    if (row->expired)
        return "expired: a manager can give it more time";
    return row->balance_minor == 0 ? "empty" : NULL;
}

/* ---- looking up ---- */

static void take_loadings(struct gift_card_model *m, const Caroline__V1__GiftCardShown *shown)
{
    m->loading_count = 0;
    for (size_t i = 0; i < shown->n_entries && m->loading_count < GIFT_CARD_LOADINGS_SHOWN; i++) {
        const Caroline__V1__GiftCardEntry *entry = shown->entries[i];

        if (!entry->undone && (entry->kind == CAROLINE__V1__GIFT_CARD_ENTRY_KIND__GIFT_CARD_ENTRY_ISSUED ||
                               entry->kind == CAROLINE__V1__GIFT_CARD_ENTRY_KIND__GIFT_CARD_ENTRY_TOPPED_UP))
            m->loadings[m->loading_count++] = (struct gift_card_loading){ .entry = entry->number,
                                                                          .means = entry->means,
                                                                          .amount_minor = entry->amount_minor };
    }
}

static void on_shown(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct gift_card_model *m = &c->gift_card;

    m->busy = false;
    if (stage_top(&c->stage) != &gift_card_screen || counter_refused(c, answer))
        return;
    const Caroline__V1__GiftCardShown *shown = (const Caroline__V1__GiftCardShown *)answer->reply;
    if (shown->card == NULL)
        return;
    gift_card_take(&m->card, shown->card);
    take_loadings(m, shown);
    m->shown = true;
    m->has_pays = shown->has_pays && shown->pays.len == sizeof(m->pays);
    if (m->has_pays)
        memcpy(m->pays, shown->pays.data, sizeof(m->pays));
    receipt_fini(&m->paper);
    if (shown->receipt != NULL)
        receipt_take_document(c, &m->paper, shown->receipt);
    c->stage.dirty = true;
    if (m->purpose == GIFT_CARD_TO_PAY)
        gift_card_pay(c);
}

/* A number has fewer digits than a code. */
void gift_card_look(struct counter *c, const char *text)
{
    struct gift_card_model *m = &c->gift_card;
    Caroline__V1__GiftCardShow message;

    m->shown = false;
    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: what is left on a card is known to the server alone");
        return;
    }
    caroline__v1__gift_card_show__init(&message);
    if (gift_card_looks_like(text)) {
        message.has_code = true;
        message.code = counter_text(text);
    } else if (m->purpose == GIFT_CARD_TO_LOOK && strspn(text, "0123456789") == strlen(text) && strlen(text) < 10) {
        message.has_number = true;
        for (const char *digit = text; *digit != 0; digit++)
            message.number = message.number * 10 + (uint32_t)(*digit - '0');
    } else {
        stage_say(&c->stage, MESSAGE_BAD, "that is no gift card's code: scan it again, or type all of its digits");
        return;
    }
    m->busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_GIFT_CARD_SHOW, &message.base, on_shown);
}

/* ---- paying ---- */

static bool add(struct counter *c, const struct gift_card_row_shown *card, int64_t amount_minor,
                const uint8_t pays[GIFT_CARD_TOKEN_SIZE])
{
    struct pay_model *m = &c->pay;
    struct pay_tender *tender = &m->tenders[m->tender_count];
    char left[NUMBER_TEXT];

    for (size_t i = 0; i < m->tender_count; i++)
        if (m->tenders[i].gift_card == card->number) {
            stage_say(&c->stage, MESSAGE_BAD, "this card stands on the receipt already: take that back first (F4)");
            return false;
        }
    if (m->tender_count < TENDERS_MAX) {
        tender->gift_card = card->number;
        memcpy(tender->pays, pays, sizeof(tender->pays));
        snprintf(tender->account, sizeof(tender->account), "%u, %s left on it", card->number,
                 counter_money(c, left, card->left_minor - amount_minor));
    }
    pay_add_tender(c, m->ask_type_id, amount_minor, "");
    return true;
}

/* As much as there is; the server has the last word. */
void gift_card_pay(struct counter *c)
{
    struct gift_card_model *m = &c->gift_card;
    const struct gift_card_row_shown card = m->card;
    const char *trouble = gift_card_trouble(&card);
    int64_t amount_minor = card.left_minor < c->pay.ask_minor ? card.left_minor : c->pay.ask_minor;
    char amount[NUMBER_TEXT], left[NUMBER_TEXT];
    uint8_t pays[GIFT_CARD_TOKEN_SIZE];

    if (!m->has_pays || trouble != NULL) {
        stage_say(&c->stage, MESSAGE_BAD, "gift card %u is %s", card.number,
                  trouble == NULL ? "known by its number alone: scan it" : trouble);
        return;
    }
    memcpy(pays, m->pays, sizeof(pays));
    gift_card_leave(c);
    bool is_added = add(c, &card, amount_minor, pays);
    if (is_added && amount_minor < c->pay.ask_minor)
        stage_say(&c->stage, MESSAGE_PLAIN, "gift card %u pays %s, all that was on it: take the rest", card.number,
                  counter_money(c, amount, amount_minor));
    else if (is_added && stage_top(&c->stage) == &pay_screen)
        stage_say(&c->stage, MESSAGE_PLAIN, "gift card %u: %s stay on it", card.number,
                  counter_money(c, left, card.left_minor - amount_minor));
    explicit_bzero(pays, sizeof(pays));
}
