/* The screen of paying: what is due, what is given, notes by a key each, a card by its reference, vouchers and what else the
 * shop takes by theirs. */
#include "client/counter/screen_pay.h"

#include <stdio.h>
#include <string.h>

/* What the note keys are worth, in whole units of money; a hundred times that where money has no small units (yen). */
#define NOTE_COUNT 5
static const struct {
    int64_t units;
    const char *label, *label_large;
} notes[NOTE_COUNT] = {
    { 5, "5 cash", "500 cash" },    { 10, "10 cash", "1000 cash" },    { 20, "20 cash", "2000 cash" },
    { 50, "50 cash", "5000 cash" }, { 100, "100 cash", "10000 cash" },
};

static int64_t note_units(const struct counter *c, size_t note)
{
    return counter_exponent(c) == 0 ? 100 * notes[note].units : notes[note].units;
}

/* ---- money ---- */

static bool is_open(const struct counter *c)
{
    return c->pay.state == PAY_OPEN;
}

/* Is anything to be taken? Where nothing is due a tip may be all the same. */
static bool may_bring(const struct counter *c)
{
    return is_open(c) && !pay_is_out(c);
}

static bool is_paid_in(const struct counter *c)
{
    return may_bring(c) && !(pay_is_even(c) && c->pay.total_minor == 0);
}

/* What is typed, or all that is due. */
static bool typed_amount(struct counter *c, int64_t due_minor, int64_t *amount_minor)
{
    *amount_minor = due_minor;
    if (field_is_empty(&c->pay.amount))
        return true;
    if (counter_money_parse(c, c->pay.amount.text, amount_minor) && *amount_minor > 0)
        return true;
    stage_say(&c->stage, MESSAGE_BAD, "that is no amount of money");
    field_replaceable(&c->pay.amount);
    return false;
}

static void enter_reference(struct counter *c)
{
    struct pay_model *m = &c->pay;

    if (field_is_empty(&m->reference)) {
        stage_say(&c->stage, MESSAGE_BAD, "%stype what the card machine printed as its approval",
                  m->reference.was_card ? "that is a payment card's number, and nothing of it was kept: " : "");
        return;
    }
    char reference[256];
    snprintf(reference, sizeof(reference), "%s", m->reference.text);
    pay_add_tender(c, TENDER_TYPE_CARD, m->ask_minor, reference);
}

static void take_cash(void *model)
{
    struct counter *c = model;
    int64_t amount_minor;

    if (pay_still_takes(c, TENDER_TYPE_CASH) && typed_amount(c, pay_due_in_cash(c) + c->pay.tip_minor, &amount_minor))
        pay_add_tender(c, TENDER_TYPE_CASH, amount_minor, "");
}

/* More than any note, and a hundred times what is to pay: a key too many, or a scan. */
static bool is_a_slip(const struct counter *c, int64_t amount_minor)
{
    int64_t note_minor = 5 * note_units(c, NOTE_COUNT - 1);

    for (unsigned i = 0; i < counter_exponent(c); i++)
        note_minor *= 10;
    return amount_minor > note_minor && amount_minor / 100 >= c->pay.total_minor;
}

static void enter_cash(struct counter *c)
{
    char given[NUMBER_TEXT], total[NUMBER_TEXT];
    int64_t amount_minor;

    if (!typed_amount(c, pay_due_in_cash(c) + c->pay.tip_minor, &amount_minor))
        return;
    if (!field_is_empty(&c->pay.amount) && is_a_slip(c, amount_minor))
        stage_ask(&c->stage, "Take it", take_cash, "Were %s given in cash for %s?",
                  counter_money(c, given, amount_minor), counter_money(c, total, c->pay.total_minor));
    else
        take_cash(c);
}

/* A number, with how many of it, is kept as a scan is; other words stay where they are typed. */
static void keep_for_next(struct counter *c)
{
    char text[CODE_SIZE];

    if (entry_parse(c->sale.entry.text).kind != ENTRY_CODE) {
        stage_say(&c->stage, MESSAGE_PLAIN, "it stays typed for the next customer");
        return;
    }
    snprintf(text, sizeof(text), "%s", c->sale.entry.text);
    sale_clear_entry(c);
    sale_take_code(c, text, 0);
}

/* What is typed is no cash for nothing: it is not taken, and does not sell either. */
static void enter_even(struct counter *c)
{
    if (field_is_empty(&c->pay.amount)) {
        pay_nothing(c);
        return;
    }
    stage_say(&c->stage, MESSAGE_BAD, "nothing is to pay, and nothing was taken: Enter sells it");
    field_wipe(&c->pay.amount);
}

/* Too little for a coin may be paid all the same. */
static bool sells_even(const struct counter *c)
{
    return is_open(c) && c->pay.ask == PAY_ASKS_NOTHING && pay_is_even(c) &&
           (c->pay.total_minor == 0 || field_is_empty(&c->pay.amount));
}

/* Nothing typed: none. */
static void enter_tip(struct counter *c)
{
    struct pay_model *m = &c->pay;
    int64_t tip_minor = 0;

    if (!field_is_empty(&m->amount) && !counter_money_parse(c, m->amount.text, &tip_minor)) {
        stage_say(&c->stage, MESSAGE_BAD, "that is no amount of money");
        return;
    }
    m->tip_minor = tip_minor;
    m->ask = PAY_ASKS_NOTHING;
    field_wipe(&m->amount);
}

static void enter(void *model)
{
    struct counter *c = model;

    if (c->pay.state == PAY_SELLING)
        keep_for_next(c);
    if (!is_open(c))
        return;
    if (c->pay.ask == PAY_ASKS_TIP)
        enter_tip(c);
    else if (pay_is_out(c))
        pay_nothing(c);
    else if (sells_even(c))
        enter_even(c);
    else if (c->pay.ask == PAY_ASKS_CARD)
        enter_reference(c);
    else if (c->pay.ask != PAY_ASKS_NOTHING)
        pay_go_on(c);
    else
        enter_cash(c);
}

static void card(void *model)
{
    struct counter *c = model;
    struct pay_model *m = &c->pay;
    int64_t amount_minor;

    if (!is_paid_in(c) || !pay_still_takes(c, TENDER_TYPE_CARD) ||
        !typed_amount(c, pay_due_minor(c) + m->tip_minor, &amount_minor))
        return;
    if (amount_minor > pay_due_minor(c) + m->tip_minor) {
        stage_say(&c->stage, MESSAGE_BAD, "only cash may be more than is due");
        field_replaceable(&m->amount); /* it stays: were it gone, Enter would take exact cash */
        return;
    }
    m->ask_minor = amount_minor;
    m->ask = PAY_ASKS_CARD;
    field_wipe(&m->amount);
}

/* What the customer gives beyond the sale, said before the cash or the card that brings it. What was typed for it stands there, and
 * is no tip until Enter says so. */
static void tip(void *model)
{
    struct counter *c = model;
    struct pay_model *m = &c->pay;

    if (!may_bring(c) || m->ask != PAY_ASKS_NOTHING)
        return;
    if (m->tip_minor != 0 && field_is_empty(&m->amount))
        m->tip_minor = 0;
    else
        m->ask = PAY_ASKS_TIP;
}

/* The first of the others have a key each; where there are more, the last key lists them all. */
#define OTHER_KEYS 3

static void other(struct counter *c, size_t key)
{
    const struct tender_type *others[PAY_OTHERS_MAX];
    size_t count = pay_others(c, others);

    if (!is_paid_in(c) || c->pay.ask != PAY_ASKS_NOTHING || key >= count)
        return;
    if (count > OTHER_KEYS && key + 1 == OTHER_KEYS) {
        c->pay.others = (struct list){ .count = count };
        stage_push(&c->stage, &tender_screen);
    } else {
        pay_begin_other(c, others[key]);
    }
}

static void other_1(void *model)
{
    other(model, 0);
}

static void other_2(void *model)
{
    other(model, 1);
}

static void other_3(void *model)
{
    other(model, 2);
}

static const char *other_label(const struct counter *c, size_t key)
{
    const struct tender_type *others[PAY_OTHERS_MAX];
    size_t count = pay_others(c, others);

    if (!is_paid_in(c) || c->pay.ask != PAY_ASKS_NOTHING || key >= count)
        return NULL;
    return count > OTHER_KEYS && key + 1 == OTHER_KEYS ? "Others" : others[key]->name;
}

static const char *label_1(const void *model)
{
    return other_label(model, 0);
}

static const char *label_2(const void *model)
{
    return other_label(model, 1);
}

static const char *label_3(const void *model)
{
    return other_label(model, 2);
}

static void add_note(struct counter *c, size_t note)
{
    int64_t minor = note_units(c, note);

    if (!is_paid_in(c) || c->pay.ask != PAY_ASKS_NOTHING)
        return;
    for (unsigned i = 0; i < counter_exponent(c); i++)
        minor *= 10;
    if (pay_still_takes(c, TENDER_TYPE_CASH))
        pay_add_tender(c, TENDER_TYPE_CASH, minor, "");
}

static void note_5(void *model)
{
    add_note(model, 0);
}

static void note_10(void *model)
{
    add_note(model, 1);
}

static void note_20(void *model)
{
    add_note(model, 2);
}

static void note_50(void *model)
{
    add_note(model, 3);
}

static void note_100(void *model)
{
    add_note(model, 4);
}

static const char *when_open(const struct counter *c, const char *label)
{
    return is_paid_in(c) && c->pay.ask == PAY_ASKS_NOTHING ? label : NULL;
}

static const char *note_label(const struct counter *c, size_t note)
{
    if (!c->pay.takes_cash)
        return NULL;
    return when_open(c, counter_exponent(c) == 0 ? notes[note].label_large : notes[note].label);
}

static const char *label_5(const void *model)
{
    return note_label(model, 0);
}

static const char *label_10(const void *model)
{
    return note_label(model, 1);
}

static const char *label_20(const void *model)
{
    return note_label(model, 2);
}

static const char *label_50(const void *model)
{
    return note_label(model, 3);
}

static const char *label_100(const void *model)
{
    return note_label(model, 4);
}

static const char *tip_label(const void *model)
{
    const struct counter *c = model;

    if (!may_bring(c) || c->pay.ask != PAY_ASKS_NOTHING)
        return NULL;
    return c->pay.tip_minor != 0 && field_is_empty(&c->pay.amount) ? "No tip" : "Tip";
}

static const char *card_label(const void *model)
{
    const struct counter *c = model;

    return c->pay.takes_card ? when_open(c, "Card") : NULL;
}

static bool asks(const struct counter *c, enum pay_ask ask)
{
    return is_open(c) && c->pay.ask == ask;
}

static const char *cash_label(const void *model)
{
    const struct counter *c = model;

    if (!asks(c, PAY_ASKS_NOTHING) || !c->pay.takes_cash || pay_is_out(c) || sells_even(c))
        return NULL;
    return field_is_empty(&c->pay.amount) ? "Exact cash" : "Cash";
}

static const char *pay_out_label(const void *model)
{
    return asks(model, PAY_ASKS_NOTHING) && pay_is_out(model) ? "Pay out" : NULL;
}

static const char *even_label(const void *model)
{
    return sells_even(model) ? "Nothing to pay" : NULL;
}

static const char *approved_label(const void *model)
{
    return asks(model, PAY_ASKS_CARD) ? "Approved" : NULL;
}

static const char *number_label(const void *model)
{
    return asks(model, PAY_ASKS_NUMBER) ? "Take it" : NULL;
}

static const char *forfeit_label(const void *model)
{
    return asks(model, PAY_ASKS_FORFEIT) ? "Take it" : NULL;
}

static const char *house_label(const void *model)
{
    return asks(model, PAY_ASKS_HOUSE) ? "Take it" : NULL;
}

static const char *take_tip_label(const void *model)
{
    return asks(model, PAY_ASKS_TIP) ? "Tip" : NULL;
}

static const char *keep_label(const void *model)
{
    const struct counter *c = model;

    return c->pay.state == PAY_SELLING && !field_is_empty(&c->sale.entry) ? "Keep" : NULL;
}

/* ---- back ---- */

static void take_back(void *model)
{
    struct counter *c = model;
    const struct pay_tender *last = &c->pay.tenders[c->pay.tender_count - 1];

    c->pay.tender_count--;
    if (last->kind == TENDER_CARD)
        stage_say(&c->stage, MESSAGE_BAD, "the card machine has charged this: cancel it there (approval %s)",
                  last->reference);
}

static const char *take_back_label(const void *model)
{
    const struct counter *c = model;
    return is_open(c) && c->pay.tender_count > 0 ? "Take back" : NULL;
}
static void back(void *model)
{
    struct counter *c = model;
    struct pay_model *m = &c->pay;

    if (m->state == PAY_SELLING) {
        pay_withdraw(c);
    } else if (m->ask != PAY_ASKS_NOTHING) {
        m->ask = PAY_ASKS_NOTHING;
        field_wipe(&m->reference);
    } else if (m->tender_count > 0) {
        stage_say(&c->stage, MESSAGE_BAD, "take the payment back first (F4), or take the rest");
    } else {
        pay_leave(c);
    }
}

static const char *back_label(const void *model)
{
    const struct counter *c = model;

    return c->pay.state != PAY_SELLING && c->pay.ask == PAY_ASKS_NOTHING ? "Back" : NULL;
}

static const char *other_way_label(const void *model)
{
    const struct counter *c = model;

    return c->pay.state != PAY_SELLING && c->pay.ask != PAY_ASKS_NOTHING ? "Back" : NULL;
}

static const char *withdraw_label(const void *model)
{
    const struct counter *c = model;
    bool selling = c->pay.state == PAY_SELLING;

    return selling && !c->stage.status.connected && link_can_withdraw(c->link, c->errand_id) ? "Withdraw" : NULL;
}

/* A sale whose answer does not come makes room for the next customer; its receipt is printed when it is booked. */
static void next_customer(void *model)
{
    offline_put_aside(model);
}

static const char *next_label(const void *model)
{
    return offline_can_put_aside(model) ? "Next customer" : NULL;
}

/* While the server books, who types is with the next customer already. */
static struct field *field(void *model)
{
    struct counter *c = model;

    if (c->pay.state == PAY_SELLING)
        return &c->sale.entry;
    if (!may_bring(c) || c->pay.ask == PAY_ASKS_FORFEIT || c->pay.ask == PAY_ASKS_HOUSE)
        return NULL;
    return c->pay.ask == PAY_ASKS_NOTHING || c->pay.ask == PAY_ASKS_TIP ? &c->pay.amount : &c->pay.reference;
}

/* What is typed while the server is asked is the money. */
static bool waits(const void *model)
{
    return ((const struct counter *)model)->pay.state == PAY_QUOTING;
}

static void changed(void *model)
{
    struct counter *c = model;

    if (c->pay.state == PAY_SELLING)
        sale_screen.changed(c);
}

/* Of the shop's other means, gift cards; NULL: they pay nothing here. */
static const struct tender_type *gift_cards(struct counter *c)
{
    const struct tender_type *others[PAY_OTHERS_MAX];
    size_t count = pay_others(c, others);

    for (size_t i = 0; i < count; i++)
        if (others[i]->kind == TENDER_GIFT_CARD)
            return others[i];
    return NULL;
}

/* Another way to pay is chosen: nothing was taken by the one that was asked about. */
static void call_off(struct pay_model *m)
{
    if (m->ask == PAY_ASKS_TIP)
        field_wipe(&m->amount);
    m->ask = PAY_ASKS_NOTHING;
    field_wipe(&m->reference);
}

/* A gift card, where the shop takes such, pays from wherever it is scanned while money is asked for: its check digits make it no
 * amount, however slowly it came. A card machine may have charged by now; any other scan is the sale's. */
static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;
    const struct screen *top = stage_top(&c->stage);
    const struct tender_type *type = gift_cards(c);

    (void)doubtful;
    if (type == NULL || (top != &pay_screen && top != &tender_screen) || !is_paid_in(c) ||
        c->pay.ask == PAY_ASKS_CARD || !gift_card_is_made(code) || sale_knows_code(c, code))
        return false;
    stage_pop_to(&c->stage, &pay_screen);
    call_off(&c->pay);
    pay_begin_other(c, type);
    if (stage_top(&c->stage) == &gift_card_screen)
        gift_card_look(c, code);
    return true;
}

static const char *about(const void *model)
{
    static const char *const asked[] = {
        [PAY_ASKS_NOTHING] =
            "Type what the customer gives, or press a note key for each note. The change is shown large.",
        [PAY_ASKS_CARD] =
            "Charge the amount on the card machine, then type the approval that it printed. No card's number.",
        [PAY_ASKS_NUMBER] = "Type the number that stands on it.",
        [PAY_ASKS_FORFEIT] = "It is worth more than is due, and no change is given for it.",
        [PAY_ASKS_TIP] = "The next cash or card brings it beside what is due.",
        [PAY_ASKS_HOUSE] = "Nobody is charged for this sale: the house pays.",
    };
    const struct counter *c = model;

    if (c->pay.state == PAY_QUOTING)
        return "The server is asked what is to pay.";
    if (c->pay.state == PAY_SELLING)
        return "The sale is booked once, whatever happens. What is scanned or typed is the next customer's.";
    return c->pay.takes_cash || c->pay.ask != PAY_ASKS_NOTHING ? asked[c->pay.ask]
                                                               : "Type a part of it, or nothing for all.";
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "Take what is typed as cash; nothing typed: exactly what is due", cash_label },
    { KEY_RETURN, NULL, enter, "Give it to the customer, in cash out of the drawer", pay_out_label },
    { KEY_RETURN, NULL, enter, "Sell it: nothing is to pay, and nothing is taken", even_label },
    { KEY_RETURN, NULL, enter, "The card machine has charged it: the approval is typed", approved_label },
    { KEY_RETURN, NULL, enter, "Take it, by the number that is typed", number_label },
    { KEY_RETURN, NULL, enter, "Take it all the same: what is over is lost to the customer", forfeit_label },
    { KEY_RETURN, NULL, enter, "The house pays it", house_label },
    { KEY_RETURN, NULL, enter, "So much is the tip; nothing typed: none", take_tip_label },
    { KEY_RETURN, NULL, enter, "Keep the number that is typed for the next customer", keep_label },
    { KEY_F(2), NULL, next_customer, "The next customer comes first: this answer is waited for", next_label },
    { KEY_F(2), NULL, tip, "A tip is asked for; then comes the cash or the card that brings it", tip_label },
    { KEY_F(3), NULL, card, "The amount typed, or all that is due, by the card machine", card_label },
    { KEY_F(4), NULL, take_back, "Take the last part of the payment back", take_back_label },
    { KEY_F(5), NULL, note_5, "A note of 5", label_5 },
    { KEY_F(6), NULL, note_10, "A note of 10", label_10 },
    { KEY_F(7), NULL, note_20, "A note of 20", label_20 },
    { KEY_F(8), NULL, note_50, "A note of 50", label_50 },
    { KEY_F(9), NULL, note_100, "A note of 100", label_100 },
    { KEY_F(10), NULL, other_1, "The amount typed, or all that is due, by a voucher of the shop's", label_1 },
    { KEY_F(11), NULL, other_2, "The same by another of them", label_2 },
    { KEY_F(12), NULL, other_3, "The same by another; where there are more, a list of them", label_3 },
    { KEY_ESCAPE, NULL, back, "Back to the sale", back_label },
    { KEY_ESCAPE, NULL, back, "Another way to pay: nothing is taken by this one", other_way_label },
    { KEY_ESCAPE, NULL, back, "Take the sale back: nothing of it was sent yet", withdraw_label },
    { 0 },
};

const struct screen pay_screen = {
    .title = "Pay",
    .about_now = about,
    .keys = keys,
    .draw = pay_draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .waits = waits,
};
