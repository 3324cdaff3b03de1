/* What is done now and then at a till, behind one key: a list. A row is its key, its words and what it does. */
#include "client/counter/counter.h"

#include <string.h>

/* Without a connection they are signed out here all the same, and the server ends it by its own clock. */
static void on_closed(void *owner, const struct link_answer *answer)
{
    if (answer->outcome == LINK_REFUSED)
        counter_refused(owner, answer);
}

static void really_sign_out(void *model)
{
    struct counter *c = model;
    Caroline__V1__SessionClose message;

    caroline__v1__session_close__init(&message);
    sign_in_begin(c);
    counter_call(c, CAROLINE__V1__OP__OP_SESSION_CLOSE, &message.base, on_closed);
}

void sign_out(struct counter *c)
{
    char text[BASKET_TEXT];

    if (c->training)
        stage_ask(&c->stage, "Sign out", really_sign_out,
                  "Sign out? The training ends with it, and what is in the basket is gone.");
    else if (!c->stage.status.connected)
        stage_ask(&c->stage, "Sign out", really_sign_out,
                  "Sign out without a connection? Nobody can sign in, and nothing is sold here, until it is back.");
    else if (open_basket_is_empty(&c->basket))
        really_sign_out(c);
    else
        stage_ask(&c->stage, "Sign out", really_sign_out, "Sign out? %s's basket stays here: %s",
                  c->stage.status.person, sale_basket_text(c, text));
}

/* A sale that is being paid, or lines that wait for their customer, belong to the shift in which they are paid. */
static void close_shift(struct counter *c)
{
    if (c->errand != ERRAND_NONE || !open_basket_is_empty(&c->basket))
        stage_say(&c->stage, MESSAGE_BAD, "finish the sale first: its money belongs to this shift");
    else if (c->shift.others > 0 && !c->training)
        drawers_begin_close(c);
    else if (c->shift.known && !c->shift.open)
        shift_ask(c);
    else
        count_begin(c, c->shift.known && c->shift.open ? c->shift.id : 0, drawers_holder(c, c->shift.holder_id));
}

/* Another person's is for who may close it; without a connection there is no list to choose from. */
static void report(struct counter *c)
{
    if (c->shift.others > 0 && !c->training && c->stage.status.connected && counter_may(c, "shift_close"))
        drawers_begin_report(c);
    else
        report_x(c, 0);
}

static void park_it(struct counter *c)
{
    parked_park(c);
}

static void retender_ask(struct counter *c)
{
    retender_begin(c, "");
}

static void invoice_ask(struct counter *c)
{
    invoice_begin(c, "");
}

/* Each has a key of its own; all can be chosen by the arrows. First what is done with a queue waiting. What wants a
 * permission that the role does not have is not shown, as on the key bars. A low window is a row short: the last one is on the
 * key bar. */
static const struct {
    const char *key, *label, *help, *permission;
    void (*act)(struct counter *c);
    bool real;   /* not in training */
    bool drawer; /* of whose drawer it is says so, where it is a person's */
} rows[] = {
    { "F2", "Park the basket", "it waits for its customer", NULL, park_it, true, false },
    { "F3", "Parked baskets", "take one up again, at any till", NULL, parked_begin, true, false },
    { "F4", "Somebody else sells", "by badge or name, and PIN", NULL, switch_begin, true, false },
    { "F5", "Note on the line", "printed below the selected line", NULL, note_begin, false, false },
    { "1", "Sign out", "the basket stays", NULL, sign_out, false, false },
    { "2", "Discount on the line", "something off the selected line", NULL, discount_begin_line, false, false },
    { "3", "Discount on the receipt", "something off the whole basket", NULL, discount_begin_receipt, false, false },
    { "4", "Print last receipt", "once more, marked as a copy", NULL, printing_copy_last, false, false },
    { "5", "Cash in or out", "change, money paid out, to the safe", "cash_move", cash_begin, false, true },
    { "6", "Open the drawer", "without a sale, with a reason", "no_sale", drawer_begin, false, true },
    { "7", "X report", "what the shift comes to so far", NULL, report, false, true },
    { "8", "Close the shift", "count the drawer, then the Z", "shift_close", close_shift, false, true },
    { "9", "The last Z", "of this till, again", "shift_close", report_last_z, true, false },
    { "0", "A product's price", "its stock, allergens; sold out or back", NULL, price_begin, false, false },
    { "F6", "Voids", "what was taken back, by whom and why", "shift_close", voids_begin, true, false },
    { "F7", "Put a payment right", "cash that was rung up as card", "retender", retender_ask, true, false },
    { "F8", "Customer's invoice", "of any receipt, also later", NULL, invoice_ask, true, false },
    { "F10", "Accounts", "money received on one, its statement", "sell", account_begin, true, false },
    { "F11", "Gift cards", "what is left, a new one, top up", "sell", gift_card_begin, true, false },
    { "F9", "Training", "practise: nothing is sold until it ends", "sell", training_toggle, false, false },
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])
_Static_assert(ROW_COUNT <= MORE_ROWS_MAX, "a row too many for the model");

void more_begin(struct counter *c)
{
    struct more_model *m = &c->more;

    m->rows = (struct list){ 0 };
    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((rows[i].permission == NULL || counter_may(c, rows[i].permission)) && !(c->training && rows[i].real))
            m->shown[m->rows.count++] = i;
    field_init(&m->number, FIELD_NUMBER, 1);
    stage_push(&c->stage, &more_screen);
}

static void choose(struct counter *c, size_t row)
{
    stage_pop(&c->stage);
    rows[row].act(c);
}

/* Who knows the key by heart is told why it is not there. */
static void not_now(struct counter *c, const char *key)
{
    bool real = false;

    for (size_t i = 0; i < ROW_COUNT; i++)
        real = real || (strcmp(rows[i].key, key) == 0 && rows[i].real);
    if (!c->training || !real) {
        stage_say_no_use(&c->stage, key);
        return;
    }
    stage_pop(&c->stage);
    training_forbids(c);
}

static void enter(void *model)
{
    struct counter *c = model;
    choose(c, c->more.shown[c->more.rows.selected]);
}

static void changed(void *model)
{
    struct counter *c = model;
    char digit = c->more.number.text[0];
    size_t at = 0;

    field_wipe(&c->more.number);
    while (at < c->more.rows.count && rows[c->more.shown[at]].key[0] != digit)
        at++;
    if (at < c->more.rows.count)
        choose(c, c->more.shown[at]);
    else
        not_now(c, (char[]){ digit, 0 });
}

static void choose_key(struct counter *c, const char *key)
{
    for (size_t i = 0; i < c->more.rows.count; i++) {
        if (strcmp(rows[c->more.shown[i]].key, key) == 0) {
            choose(c, c->more.shown[i]);
            return;
        }
    }
    not_now(c, key);
}

static void park(void *model)
{
    choose_key(model, "F2");
}

static void parked(void *model)
{
    choose_key(model, "F3");
}

static void somebody_else(void *model)
{
    choose_key(model, "F4");
}

static void note(void *model)
{
    choose_key(model, "F5");
}

static void voids(void *model)
{
    choose_key(model, "F6");
}

static void put_right(void *model)
{
    choose_key(model, "F7");
}

static void invoice(void *model)
{
    choose_key(model, "F8");
}

static void accounts(void *model)
{
    choose_key(model, "F10");
}

static void gift_cards(void *model)
{
    choose_key(model, "F11");
}

static void training(void *model)
{
    choose_key(model, "F9");
}

static const char *in_earnest(const void *model, const char *label)
{
    return ((const struct counter *)model)->training ? NULL : label;
}

static const char *park_label(const void *model)
{
    return in_earnest(model, "Park");
}

static const char *parked_label(const void *model)
{
    return in_earnest(model, "Parked");
}

static const char *training_label(const void *model)
{
    return ((const struct counter *)model)->training ? "End training" : "Training";
}

static const char *voids_label(const void *model)
{
    return counter_may(model, "shift_close") ? in_earnest(model, "Voids") : NULL;
}

static const char *put_right_label(const void *model)
{
    return counter_may(model, "retender") ? in_earnest(model, "Put right") : NULL;
}

static void leave_till(void *model)
{
    struct counter *c = model;

    stage_pop(&c->stage);
    sign_out(c);
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->more.rows, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->more.rows, KEY_DOWN);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->more.number;
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    size_t at = c->more.shown[index];
    const char *holder = drawers_holder(c, c->shift.open ? c->shift.holder_id : 0);

    paint_fill(row, style);
    paint_text(row, 0, 0, 3, ALIGN_RIGHT, style, rows[at].key);
    bool ends = rows[at].act == training_toggle && ((const struct counter *)model)->training;
    paint_text(row, 0, 5, 24, ALIGN_LEFT, style, ends ? "End the training" : rows[at].label);
    if (rows[at].drawer && holder[0] != '\0')
        paint_format(row, 0, 30, row.columns - 31, ALIGN_LEFT, style, "the drawer of %s", holder);
    else
        paint_text(row, 0, 30, row.columns - 31, ALIGN_LEFT, style,
                   ends ? "sales are real again from then on" : rows[at].help);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 3, area.columns - 6);

    int top = (int)c->more.rows.count + 4 > area.rows ? 1 : 3; /* a low window is for the rows alone */

    if (top > 1)
        paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "What is to be done?");
    list_draw(&c->more.rows, area_rows(inner, top, -1), true, draw_row, c);
}

static const struct key keys[] = {
    { KEY_RETURN, "Choose", enter, "Do what is selected; a digit does it at once", NULL },
    { KEY_F(2), NULL, park, "Park the basket: it waits for its customer", park_label },
    { KEY_F(3), NULL, parked, "The baskets that wait: take one up, or throw it away", parked_label },
    { KEY_F(4), NULL, somebody_else, "Somebody else sells: by badge or name, and PIN", NULL },
    { KEY_F(5), NULL, note, "A note to the selected line, printed below it", NULL },
    { KEY_F(6), NULL, voids, "What was taken back before it was paid, by whom and why", voids_label },
    { KEY_F(7), NULL, put_right, "Put right what paid a receipt of this shift", put_right_label },
    { KEY_F(8), NULL, invoice, "The invoice of any receipt, for a customer by name", NULL },
    { KEY_F(9), NULL, training, "Practise at this till, or end that: nothing is sold meanwhile", training_label },
    { KEY_F(10), NULL, accounts, "Accounts: money received on one, its statement", NULL },
    { KEY_F(11), NULL, gift_cards, "Gift cards: what is left on one, a new one, more onto one", NULL },
    { KEY_F(2), NULL, park, "", NULL },
    { KEY_F(3), NULL, parked, "", NULL },
    { KEY_F(6), NULL, voids, "", NULL },
    { KEY_F(7), NULL, put_right, "", NULL },
    { KEY_F(12), "Sign out", leave_till, "Sign out: the basket stays", NULL },
    { KEY_ESCAPE, "Back", back, "Back to the sale", NULL },
    { KEY_UP, NULL, up, "The row above", NULL },
    { KEY_DOWN, NULL, down, "The row below", NULL },
    { 0 },
};

const struct screen more_screen = {
    .title = "More",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
};
