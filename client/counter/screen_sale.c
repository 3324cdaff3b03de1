/* The screen of the sale: what is in the basket, what it costs, and one line to scan, type numbers or names into. */
#include "client/counter/screen_sale.h"

#include <stdio.h>
#include <string.h>

struct entry sale_entry(const struct counter *c)
{
    const struct product *weighed = sale_weighed(c);

    if (c->sale.weigh_id == 0)
        return entry_parse(c->sale.entry.text);
    return entry_parse_weight(c->sale.entry.text, weighed != NULL && weighed->unit == UNIT_LITRE ? "l" : "kg");
}

bool sale_is_searching(const struct counter *c)
{
    return sale_entry(c).kind == ENTRY_SEARCH;
}

const struct product *sale_product_now(const struct counter *c, int64_t id)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    return catalogue == NULL ? NULL : catalogue_product(catalogue, catalogue_newest(catalogue), id);
}

const struct product *sale_product_of_line(const struct counter *c, size_t line)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct product *product = NULL;

    if (catalogue != NULL)
        product = catalogue_product(catalogue, c->basket.catalogue_version, c->basket.lines[line].product_id);
    return product != NULL ? product : sale_product_now(c, c->basket.lines[line].product_id);
}

const struct product *sale_selected_match(const struct counter *c)
{
    if (!sale_is_searching(c) || c->sale.found.shown == 0)
        return NULL;
    return sale_product_now(c, c->sale.found.ids[c->sale.matches.selected]);
}

static struct open_line *selected_line(struct counter *c)
{
    return c->basket.line_count == 0 ? NULL : &c->basket.lines[c->sale.lines.selected];
}

/* ---- keys ---- */

static void changed(void *model)
{
    struct counter *c = model;

    if (!sale_is_searching(c))
        return;
    search_find(c->search, sale_entry(c).rest, &c->sale.found);
    c->sale.matches = (struct list){ .count = c->sale.found.shown, .rows = c->sale.matches.rows };
    sale_say_unweighed(c);
}

static void set_quantity(struct counter *c, int64_t quantity_milli)
{
    struct open_line *line = selected_line(c);
    const struct product *product = line == NULL ? NULL : sale_product_of_line(c, c->sale.lines.selected);

    if (line == NULL || product == NULL || line->voided) {
        stage_say(&c->stage, MESSAGE_BAD, "scan or type what it is that there are so many of");
        return;
    }
    if (open_basket_set_quantity(&c->basket, c->sale.lines.selected, product, quantity_milli) != BASKET_TAKEN) {
        stage_say(&c->stage, MESSAGE_BAD, "%s is not sold in this quantity", product->name);
        field_replaceable(&c->sale.entry);
        return;
    }
    if (product->id == c->sale.taken_id)
        c->sale.taken_milli = quantity_milli;
    sale_clear_entry(c);
    sale_changed(c);
}

/* What of the basket a quantity alone is about. */
static const struct product *product_of_quantity(const struct counter *c)
{
    return c->basket.line_count == 0 ? NULL : sale_product_of_line(c, c->sale.lines.selected);
}

static void enter(void *model);

static void enter_so_much(void *model)
{
    struct counter *c = model;

    c->sale.sure = true;
    enter(c);
    c->sale.sure = false;
}

/* A code that is of no use stays, to be seen and mended; anything else typed takes its place. */
static void enter_code(struct counter *c, const struct entry *entry)
{
    struct field typed = c->sale.entry;
    int64_t weigh_id = c->sale.weigh_id;
    char code[CODE_SIZE];

    snprintf(code, sizeof(code), "%s", entry->rest);
    sale_clear_entry(c);
    if (sale_take_code(c, code, entry->quantity_said ? entry->quantity_milli : 0))
        return;
    c->sale.entry = typed;
    c->sale.weigh_id = weigh_id;
    field_replaceable(&c->sale.entry);
}

/* Something else than the weight that is asked for. */
static void enter_other(struct counter *c, const struct entry *entry)
{
    const struct product *weighed = sale_weighed(c);
    int64_t had_milli = sale_has_milli(c, weighed);

    enter_code(c, entry);
    sale_tell_unweighed(c, weighed, had_milli);
}

static void enter(void *model)
{
    struct counter *c = model;
    struct entry entry = sale_entry(c);
    const struct product *match = sale_selected_match(c), *weighed = sale_weighed(c);
    int64_t had_milli = sale_has_milli(c, weighed);

    if (test_page_scanned(c, c->sale.entry.text)) { /* so garbled that it was taken for typing */
        sale_clear_entry(c);
        return;
    }
    if (entry.kind != ENTRY_EMPTY && sale_is_away(c))
        return;
    switch (entry.kind) {
    case ENTRY_EMPTY:
        if (weighed != NULL)
            sale_say_weigh(c);
        else
            stage_say(&c->stage, MESSAGE_PLAIN, "scan, or type a number or part of a name; F2 to pay");
        break;
    case ENTRY_WRONG:
        sale_say_no_quantity(c);
        field_replaceable(&c->sale.entry);
        break;
    case ENTRY_QUANTITY:
        if (c->sale.weigh_id != 0)
            sale_enter_weight(c, entry.quantity_milli);
        else if (!sale_asks_much(c, product_of_quantity(c), entry.quantity_milli, enter_so_much))
            set_quantity(c, entry.quantity_milli);
        break;
    case ENTRY_CODE:
        if (!sale_asks_much(c, sale_product_of_code(c, entry.rest), entry.quantity_milli, enter_so_much))
            enter_other(c, &entry);
        break;
    case ENTRY_SEARCH:
        if (match == NULL && coupon_looks_like(entry.rest)) {
            enter_other(c, &entry);
            break;
        }
        if (match == NULL)
            stage_say(&c->stage, MESSAGE_BAD, "no product is called that");
        else if (sale_asks_much(c, match, entry.quantity_milli, enter_so_much))
            break;
        else if (sale_add_or_weigh(c, match, entry.quantity_said ? entry.quantity_milli : 0)) {
            int64_t weigh_id = entry.quantity_said ? 0 : c->sale.weigh_id;
            sale_clear_entry(c);
            c->sale.weigh_id = weigh_id;
            sale_tell_unweighed(c, weighed, had_milli);
            break;
        }
        field_replaceable(&c->sale.entry);
        break;
    }
}

static void escape(void *model)
{
    struct counter *c = model;

    if (sale_weighed(c) != NULL) {
        sale_leave_weight(c);
        return;
    }
    if (!field_is_empty(&c->sale.entry) || c->sale.weigh_id != 0) {
        sale_clear_entry(c);
        return;
    }
    if (errand_give_up(c) || open_basket_is_empty(&c->basket) || sale_is_away(c))
        return;
    if (c->basket.line_count > 0)
        void_begin_basket(c);
    else
        sale_drop(c); /* a member alone */
}

static void move_selection(struct counter *c, int key)
{
    list_key(sale_is_searching(c) ? &c->sale.matches : &c->sale.lines, key);
}

static void up(void *model)
{
    move_selection(model, KEY_UP);
}

static void down(void *model)
{
    move_selection(model, KEY_DOWN);
}

static void page_up(void *model)
{
    move_selection(model, KEY_PPAGE);
}

static void page_down(void *model)
{
    move_selection(model, KEY_NPAGE);
}

static void once_more_so_much(void *model);

/* As much of it as then, or as many as were just typed. */
static void once_more(void *model)
{
    struct counter *c = model;
    struct entry entry = sale_entry(c);
    int64_t id = c->sale.taken_id, quantity_milli = c->sale.taken_milli;

    if (sale_is_away(c))
        return;
    if (id == 0 && c->basket.line_count > 0) { /* the basket of an earlier run: its last line */
        id = c->basket.lines[c->basket.line_count - 1].product_id;
        quantity_milli = c->basket.lines[c->basket.line_count - 1].quantity_milli;
    }
    const struct product *product = sale_product_now(c, id);
    if (product == NULL) {
        stage_say(&c->stage, MESSAGE_BAD, "nothing was taken yet that could be taken once more");
        return;
    }
    if (entry.kind == ENTRY_QUANTITY)
        quantity_milli = entry.quantity_milli;
    if (sale_asks_much(c, product, quantity_milli, once_more_so_much))
        return;
    if (entry.kind == ENTRY_QUANTITY)
        sale_clear_entry(c);
    sale_add(c, product, quantity_milli);
}

static void once_more_so_much(void *model)
{
    struct counter *c = model;

    c->sale.sure = true;
    once_more(c);
    c->sale.sure = false;
}

/* What is typed and not taken is this customer's, or nobody's: it does not wait for the next one. */
static void pay(void *model)
{
    struct counter *c = model;
    const struct product *weighed = sale_weighed(c);

    if (weighed != NULL && field_is_empty(&c->sale.entry))
        sale_say_left_out(c, weighed, MESSAGE_BAD, ": type how much, or Esc");
    else if (!field_is_empty(&c->sale.entry))
        stage_say(&c->stage, MESSAGE_BAD, "%s is typed and not in the basket: Enter takes it, Esc clears it",
                  c->sale.entry.text);
    else
        pay_begin(c);
}

static void void_line(void *model)
{
    struct counter *c = model;
    struct open_line *line = selected_line(c);

    if (line == NULL || sale_is_away(c))
        return;
    if (!line->voided && c->basket.quoted) {
        void_begin(c);
        return;
    }
    line->voided = !line->voided;
    line->void_reason[0] = 0;
    sale_changed(c);
}

static const char *void_label(const void *model)
{
    const struct counter *c = model;
    if (c->basket.line_count == 0)
        return NULL;
    return c->basket.lines[c->sale.lines.selected].voided ? "Unvoid" : "Void line";
}

static void member(void *model)
{
    struct counter *c = model;
    if (!sale_is_away(c))
        member_begin(c);
}

/* While something is typed the key is the field's, as everywhere. */
static void usual(void *model)
{
    struct counter *c = model;

    if (field_is_empty(&c->sale.entry))
        usual_begin(c);
    else
        field_input(&c->sale.entry, &(struct input){ .kind = INPUT_KEY, .key = KEY_HOME });
}

/* Of several one is chosen; of the programme's own alone another press takes another piece. */
static size_t rewards_here(const struct counter *c, uint32_t numbers[REWARDS_MAX])
{
    const struct catalogue *catalogue = counter_catalogue(c);

    return open_basket_rewards(catalogue_programme(catalogue, open_basket_version(&c->basket, catalogue)), numbers);
}

static void reward(void *model)
{
    struct counter *c = model;
    char sentence[REWARD_SENTENCE_SIZE];

    if (counter_catalogue(c) == NULL || sale_is_away(c))
        return;
    if (c->basket.member_card[0] != 0) {
        stage_say_offline(&c->stage, MESSAGE_BAD,
                          "spending points takes a connection: the card is noted, and earns its points");
        return;
    }
    uint32_t numbers[REWARDS_MAX];
    size_t count = rewards_here(c, numbers);
    if (count > 1) {
        if (c->basket.member_id == 0)
            stage_say(&c->stage, MESSAGE_BAD, "points belong to a member: name one first");
        else
            reward_begin(c);
        return;
    }
    if (count == 1 && numbers[0] != 0)
        open_basket_add_reward(&c->basket, counter_catalogue(c), counter_zone(c), link_now(c->link), numbers[0],
                               sentence);
    else
        open_basket_next_reward(&c->basket, counter_catalogue(c), counter_zone(c), link_now(c->link), sentence);
    if (sentence[0] != 0)
        stage_say(&c->stage, MESSAGE_BAD, "%s", sentence);
    sale_changed(c);
}

static const char *reward_label(const void *model)
{
    const struct counter *c = model;
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct programme *programme =
        catalogue == NULL ? NULL : catalogue_programme(catalogue, catalogue_newest(catalogue));

    if (programme == NULL || programme->reward_cost <= 0)
        return NULL;
    uint32_t numbers[REWARDS_MAX];
    if (open_basket_rewards(programme, numbers) > 1)
        return "Rewards";
    if (programme_has(programme, TERM_REWARD) && programme->reward_category_id == 0)
        return reward_name_of(programme, numbers[0]);
    return programme->reward_name[0] != 0 ? programme->reward_name : "Reward";
}

static void eat_in(void *model)
{
    struct counter *c = model;

    if (sale_is_away(c))
        return;
    c->basket.service = c->basket.service == SERVICE_EAT_IN ? SERVICE_TAKE_AWAY : SERVICE_EAT_IN;
    sale_changed(c);
}

/* The key says what it does, the panel what is so. */
static const char *eat_in_label(const void *model)
{
    const struct counter *c = model;
    return c->basket.service == SERVICE_EAT_IN ? "Take away" : "Eat in";
}

static void hot(void *model)
{
    struct counter *c = model;
    struct open_line *line = selected_line(c);

    if (line == NULL || sale_is_away(c))
        return;
    line->hot = !line->hot;
    sale_changed(c);
}

static const char *hot_label(const void *model)
{
    const struct counter *c = model;
    const struct product *product = c->basket.line_count == 0 ? NULL : sale_product_of_line(c, c->sale.lines.selected);

    if (c->basket.line_count == 0 || (product != NULL && product->deposit_kind != DEPOSIT_NONE))
        return NULL;
    return c->basket.lines[c->sale.lines.selected].hot ? "Cold" : "Hot";
}

const struct product *sale_pointed_at(const struct counter *c)
{
    struct entry entry = sale_entry(c);
    const struct product *product = sale_selected_match(c);

    if (product == NULL && entry.kind == ENTRY_CODE)
        product = sale_product_of_code(c, entry.rest);
    bool is_typed = entry.kind == ENTRY_CODE || entry.kind == ENTRY_SEARCH || entry.kind == ENTRY_WRONG;
    if (product == NULL && !is_typed && c->basket.line_count > 0)
        product = sale_product_of_line(c, c->sale.lines.selected);
    return product;
}

/* Something else than what is typed is never shown for it. */
bool sale_says_nothing_typed(struct counter *c)
{
    struct entry entry = sale_entry(c);

    if (entry.kind == ENTRY_SEARCH)
        stage_say(&c->stage, MESSAGE_BAD, "no product is called that");
    else if (entry.kind == ENTRY_CODE)
        sale_say_unknown(c, entry.rest, false);
    else if (entry.kind == ENTRY_WRONG)
        sale_say_no_quantity(c);
    else
        return false;
    return true;
}

static void allergens(void *model)
{
    struct counter *c = model;
    const struct product *product = sale_pointed_at(c);

    if (product != NULL)
        allergens_show(c, product);
    else if (!sale_says_nothing_typed(c))
        stage_say(&c->stage, MESSAGE_PLAIN, "scan or type a product first: its allergens stand behind this key");
}

static void last_receipt(void *model)
{
    receipt_last(model);
}

static void refund(void *model)
{
    if (counter_may(model, "refund"))
        refund_begin(model, "");
    else
        refund_free_begin(model);
}

static const char *refund_label(const void *model)
{
    const struct counter *c = model;

    /* Without a receipt another person may allow it to who gives nothing back: of goods that stand there. */
    return counter_may(c, "refund") ? "Refund" : c->basket.line_count > 0 ? "Goods back" : NULL;
}

static void lock(void *model)
{
    struct counter *c = model;

    if (c->stage.status.connected || link_alone(c->link) == LINK_ALONE_PIN)
        lock_now(c);
    else
        stage_say_offline(&c->stage, MESSAGE_BAD,
                          "locking takes a connection now: without it no PIN would open this till again");
}

static void more(void *model)
{
    more_begin(model);
}

/* While something is typed the key is the field's. */
static void options(void *model)
{
    struct counter *c = model;

    if (field_is_empty(&c->sale.entry))
        choice_begin_line(c);
    else
        field_input(&c->sale.entry, &(struct input){ .kind = INPUT_KEY, .key = KEY_END });
}

/* Likewise. */
static void coupon_off(void *model)
{
    struct counter *c = model;

    if (!field_is_empty(&c->sale.entry))
        field_input(&c->sale.entry, &(struct input){ .kind = INPUT_KEY, .key = KEY_DC });
    else if (!sale_is_away(c))
        coupon_take_off(c);
}

/* ---- scans ---- */

static bool is_unknown(const struct counter *c, const char *code)
{
    return counter_catalogue(c) != NULL && !sale_knows_code(c, code) && !coupon_looks_like(code) &&
           !gift_card_is_made(code);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;
    const struct screen *top = stage_top(&c->stage);
    struct entry entry = sale_entry(c);

    if (doubtful && top != &sale_screen && top != &receipt_screen && !sale_knows_code(c, code))
        return false;
    if (stage_has(&c->stage, &pay_screen) && c->errand == ERRAND_NONE && c->pay.tender_count > 0) {
        sale_say_not_taken(c, code, "the customer is paying: F4 takes the payment back, then scan again");
        return true;
    }
    if (stage_has(&c->stage, &pay_screen) && c->errand == ERRAND_NONE && c->pay.ask == PAY_ASKS_CARD) {
        sale_say_not_taken(c, code, "the card machine may have charged it: type its approval, or Esc, then scan again");
        return true;
    }
    if (c->errand == ERRAND_NONE && gift_card_is_made(code) && !sale_knows_code(c, code)) {
        if (top != &sale_screen)
            stage_pop_to(&c->stage, &sale_screen);
        gift_card_begin_code(c, code); /* it is no member's card: nothing keeps it */
        return true;
    }
    if (c->errand == ERRAND_NONE && top != &sale_screen)
        stage_pop_to(&c->stage, &sale_screen);
    if (top == &switch_screen && c->errand == ERRAND_NONE)
        switch_called_off(c);
    const struct product *weighed = sale_weighed(c);
    int64_t had_milli = sale_has_milli(c, weighed);
    bool said = entry.quantity_said && entry.kind == ENTRY_QUANTITY && weighed == NULL;
    sale_clear_entry(c);
    if (sale_take_code(c, code, said ? entry.quantity_milli : 0)) {
        sale_tell_unweighed(c, weighed, had_milli);
    } else {
        told_message(c, is_unknown(c, code) ? code : "");
        c->sale.weigh_id = weighed == NULL ? 0 : weighed->id; /* it is asked on */
    }
    return true;
}

/* The first catalogue is on its way: what is sold before it is here is sold when it is. */
static bool waits(const void *model)
{
    const struct counter *c = model;

    return counter_catalogue(c) == NULL && c->link != NULL && link_state(c->link) == LINK_ONLINE;
}

/* Help alone: the foot has no place for it. */
static const char *weighing(const void *model)
{
    return sale_weighed(model) != NULL ? "" : NULL;
}

static const char *not_weighing(const void *model)
{
    return sale_weighed(model) == NULL ? "" : NULL;
}

static const char *about(const void *model)
{
    static const char weight[] = "How much is there of it? Type what the scales show, or the litres. What a scan, a "
                                 "name or 3x112 takes meanwhile is a line of its own.";

    return sale_weighed(model) != NULL ? weight : NULL;
}

static const char *why_not(const void *model, int code)
{
    const struct counter *c = model;

    switch (code) {
    case KEY_F(3):
        return "the basket is empty";
    case KEY_F(5):
        return counter_catalogue(c) == NULL ? NULL : "nothing is given for points in this shop";
    case KEY_F(7):
        return c->basket.line_count == 0 ? "the basket is empty" : "a deposit or a charge is neither hot nor cold";
    case KEY_F(10):
        return "what comes back is taken into the basket first, as if it were sold; a receipt is given back by a "
               "person who may refund";
    default:
        return NULL;
    }
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->sale.entry;
}

static const struct key keys[] = {
    { KEY_F(2), "Pay", pay, "Pay: ask what is to pay, then take cash or a card", NULL },
    { KEY_F(3), NULL, void_line, "Take the selected line back, or take it in again", void_label },
    { KEY_F(4), "Member", member, "Member: by phone, card or name", NULL },
    { KEY_F(5), NULL, reward, "A piece free for points; again for another, then none", reward_label },
    { KEY_F(6), NULL, eat_in, "Eaten here or taken away", eat_in_label },
    { KEY_F(7), NULL, hot, "The selected line is hot, or cold", hot_label },
    { KEY_F(8), "Allergens", allergens, "Allergens of what is typed, or of the selected line", NULL },
    { KEY_F(9), "Last receipt", last_receipt, "The last receipt again", NULL },
    { KEY_F(10), NULL, refund, "Refund: of a receipt, or of the goods here without one", refund_label },
    { KEY_F(11), "Lock", lock, "Lock the till: your PIN opens it", NULL },
    { KEY_F(12), "More", more, "What is done now and then; F12 again signs out", NULL },
    { KEY_RETURN, NULL, enter, "Take as much of it as is typed: 0.35 is 350 grams", weighing },
    { KEY_RETURN, NULL, enter,
      "Take what is typed: 112, 3x112, 2d112 (dozens), a name; 5x alone: so many of the "
      "selected line; -5x900, -900: empties back",
      not_weighing },
    { KEY_IC, NULL, once_more, "Once more what was taken last; behind 5x: five of it", NULL },
    { KEY_HOME, NULL, usual, "The member's usual basket; Del: the last coupon off again", NULL },
    { KEY_DC, NULL, coupon_off, NULL, NULL },
    { KEY_END, NULL, options, "What is chosen for the selected line: its options, its price", NULL },
    { KEY_ESCAPE, NULL, escape, "Clear what is typed; nothing typed: take nothing of it", weighing },
    { KEY_ESCAPE, NULL, escape, "Clear what is typed; nothing typed: the basket may be thrown away", not_weighing },
    { KEY_UP, NULL, up, "Select another line", NULL },
    { KEY_DOWN, NULL, down, NULL, NULL },
    { KEY_PPAGE, NULL, page_up, NULL, NULL },
    { KEY_NPAGE, NULL, page_down, NULL, NULL },
    { 0 },
};

const struct screen sale_screen = {
    .title = "Sale",
    .keys = keys,
    .about_now = about,
    .draw = sale_draw,
    .field = field,
    .changed = changed,
    .scan = scan,
    .waits = waits,
    .why_not = why_not,
};
