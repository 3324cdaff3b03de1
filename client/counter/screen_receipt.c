/* A receipt on the screen: after a sale with the change shown large, after a refund, and the last one again. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "common/print/text.h"
#include "common/wire/walker.h"

void receipt_fini(struct receipt_model *receipt)
{
    if (receipt->arena != NULL)
        arena_destroy(receipt->arena);
    memset(receipt, 0, sizeof(*receipt));
}

static void lay_out(struct counter *c, struct receipt_model *receipt, const Caroline__V1__Receipt *document)
{
    struct receipt nameless = receipt_of_message(document, receipt->arena);
    struct receipt laid = receipt_with_names(c, &nameless, receipt->arena);
    char *text = receipt_text(receipt->arena, &laid, RECEIPT_COLUMNS);

    receipt->document = laid;
    size_t count = 0;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        count++;
    receipt->lines = arena_array(receipt->arena, count, sizeof(receipt->lines[0]));
    receipt->list.count = count;
    for (size_t i = 0; i < count; i++) {
        receipt->lines[i] = text;
        text = strchr(text, '\n');
        *text++ = 0;
    }
}

void receipt_take_document(struct counter *c, struct receipt_model *receipt, const Caroline__V1__Receipt *document)
{
    receipt_fini(receipt);
    receipt->arena = arena_create(0);
    lay_out(c, receipt, document);
}

/* As its paper says: a row that names an account is what went on it. */
static int64_t on_account(const struct counter *c, const Caroline__V1__Receipt *document)
{
    int64_t sum = 0, minor;
    char text[NUMBER_TEXT];

    for (size_t i = 0; document != NULL && i < document->n_rows; i++) {
        counter_copy(text, sizeof(text), document->rows[i]->right);
        if (document->rows[i]->account_id != 0 && counter_money_parse(c, text, &minor))
            sum += minor;
    }
    return sum;
}

void receipt_take(struct counter *c, struct receipt_model *receipt, enum receipt_kind kind,
                  const Caroline__V1__SaleRungUp *sale)
{
    receipt_fini(receipt);
    receipt->arena = arena_create(0);
    receipt->kind = kind;
    counter_copy(receipt->number, sizeof(receipt->number), sale->receipt_number);
    if (sale->totals != NULL) {
        receipt->total_minor = sale->totals->total_minor;
        receipt->points_after = sale->totals->points_after;
        receipt->has_points = sale->totals->points_after != 0 || sale->totals->points_earned != 0;
        receipt->has_member = receipt->has_points;
    }
    receipt->paid_minor = receipt->total_minor + sale->rounding_minor;
    receipt->cash_minor = sale->cash_minor;
    receipt->card_minor = sale->card_minor;
    receipt->change_minor = sale->change_minor;
    receipt->has_cash = sale->cash_minor != 0;
    receipt->on_account_minor = on_account(c, sale->receipt);
    receipt->has_invoice = sale->has_invoice_number;
    receipt->is_of_invoice = sale->has_invoice_of;
    if (sale->receipt != NULL)
        lay_out(c, receipt, sale->receipt);
}

void receipt_show(struct counter *c, enum receipt_kind kind, const Caroline__V1__SaleRungUp *sale)
{
    receipt_take(c, &c->receipt, kind, sale);
    if (kind == RECEIPT_REFUNDED)
        given_back_note(c, sale);
    if (kind != RECEIPT_AGAIN && sale->receipt != NULL && !printing_is_wanted(c, sale))
        c->receipt.original = message_encode(&sale->receipt->base, c->receipt.arena);
    if (!stage_has(&c->stage, &receipt_screen))
        stage_push(&c->stage, &receipt_screen);
    printers_look(c);
    c->stage.dirty = true;
}

/* ---- the last one again ---- */

/* Without the server: what this till's spool has kept. */
static bool last_of_spool(struct counter *c)
{
    struct spooled *last =
        c->spool == NULL ? NULL : spool_last(c->spool, CAROLINE__V1__OP__OP_SALE_RING_UP, c->scratch);
    const Caroline__V1__SaleRungUp *sale = NULL;

    if (last != NULL && last->reply.data != NULL) {
        const Caroline__V1__Reply *reply =
            (const Caroline__V1__Reply *)message_decode(&caroline__v1__reply__descriptor, last->reply, c->scratch);
        if (reply != NULL && reply->error == NULL)
            sale = (const Caroline__V1__SaleRungUp *)message_decode(
                &caroline__v1__sale_rung_up__descriptor, bytes_of(reply->body.data, reply->body.len), c->scratch);
    }
    const Caroline__V1__SaleRungUp *offline = offline_last(c);
    if (offline != NULL && (sale == NULL || offline->committed_us > sale->committed_us))
        sale = offline;
    if (sale != NULL)
        receipt_show(c, RECEIPT_AGAIN, sale);
    arena_reset(c->scratch);
    return sale != NULL;
}

static void on_last(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (stage_top(&c->stage) != &sale_screen)
        return;
    if (answer->outcome == LINK_FAILED && !c->training && last_of_spool(c))
        return;
    if (answer->code == CAROLINE__V1__ERROR_CODE__UNKNOWN_SALE) {
        stage_say(&c->stage, MESSAGE_PLAIN,
                  c->training ? "nothing was practised yet" : "this till has sold nothing yet");
        return;
    }
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__SaleShown *shown = (const Caroline__V1__SaleShown *)answer->reply;
    if (shown->sale != NULL)
        receipt_show(c, RECEIPT_AGAIN, shown->sale);
    c->receipt.is_refund = shown->has_refund_of || (shown->sale != NULL && shown->sale->free_refund);
    c->receipt.has_member = shown->has_member_id;
    c->stage.dirty = true;
}

void receipt_last(struct counter *c)
{
    Caroline__V1__SaleShow message;

    if (!c->stage.status.connected) {
        if (training_forbids(c))
            return;
        if (!last_of_spool(c))
            stage_say_offline(&c->stage, MESSAGE_BAD, "no connection, and this till keeps no receipt");
        return;
    }
    caroline__v1__sale_show__init(&message);
    message.has_last = true;
    message.last = true;
    counter_call(c, CAROLINE__V1__OP__OP_SALE_SHOW, &message.base, on_last);
}

/* ---- keys ---- */

static void done(void *model)
{
    struct counter *c = model;

    stage_pop(&c->stage);
    receipt_fini(&c->receipt);
}

void receipt_roll(struct receipt_model *receipt, int key)
{
    struct list *list = &receipt->list;

    /* The list has no selection to be seen: a key moves by what is out of sight. */
    if (key == KEY_UP || key == KEY_PPAGE)
        list_select(list, list->top);
    else
        list_select(list, list->top + (list->rows > 0 ? list->rows - 1 : 0));
    list_key(list, key);
}

static void up(void *model)
{
    receipt_roll(&((struct counter *)model)->receipt, KEY_UP);
}

static void down(void *model)
{
    receipt_roll(&((struct counter *)model)->receipt, KEY_DOWN);
}

static void page_up(void *model)
{
    receipt_roll(&((struct counter *)model)->receipt, KEY_PPAGE);
}

static void page_down(void *model)
{
    receipt_roll(&((struct counter *)model)->receipt, KEY_NPAGE);
}

static void refund(void *model)
{
    struct counter *c = model;
    char number[28];

    snprintf(number, sizeof(number), "%s", c->receipt.number);
    done(c);
    refund_begin(c, number);
}

/* The original, if no paper has come of it yet; else a copy. */
static void print(void *model)
{
    struct counter *c = model;
    struct receipt_model *r = &c->receipt;
    const Caroline__V1__Receipt *document = NULL;
    char key[40];

    snprintf(key, sizeof(key), "%s asked", r->number); /* its number alone is one that nobody asks for any more */
    if (r->original.data != NULL)
        document =
            (const Caroline__V1__Receipt *)message_decode(&caroline__v1__receipt__descriptor, r->original, r->arena);
    if (document == NULL)
        printing_copy(c, r->number, false);
    else if (printing_put(c, key, document))
        stage_say(&c->stage, MESSAGE_GOOD, "%s goes to the printer", r->number);
    r->original = (struct bytes){ NULL, 0 };
    c->stage.dirty = true;
}

static void print_gift(void *model)
{
    struct counter *c = model;

    printing_copy(c, c->receipt.number, true);
}

static const char *print_label(const void *model)
{
    const struct counter *c = model;

    if (c->printing == NULL)
        return NULL;
    return c->receipt.original.data != NULL ? "Print" : "Print copy";
}

static const char *gift_label(const void *model)
{
    const struct counter *c = model;
    bool gift = c->printing != NULL && c->receipt.kind != RECEIPT_REFUNDED && c->receipt.total_minor >= 0;

    return gift ? "Gift receipt" : NULL;
}

static const char *refund_label(const void *model)
{
    const struct counter *c = model;
    bool sold = c->receipt.kind == RECEIPT_AGAIN && !c->receipt.is_refund;

    return sold && counter_may(c, "refund") ? "Refund it" : NULL;
}

/* Who had forgotten their card. */
static void member(void *model)
{
    struct counter *c = model;
    char number[28];

    snprintf(number, sizeof(number), "%s", c->receipt.number);
    done(c);
    member_begin_for(c, number);
}

static const char *member_label(const void *model)
{
    const struct counter *c = model;
    const struct receipt_model *r = &c->receipt;
    bool sold = r->kind != RECEIPT_REFUNDED && !r->is_refund && !r->has_member && r->total_minor > 0;

    return sold && !c->training && c->stage.status.connected && counter_may(c, "member_see") ? "Member" : NULL;
}

/* It is noticed at once, mostly. */
static void put_right(void *model)
{
    struct counter *c = model;

    retender_begin(c, c->receipt.number);
}

static const char *put_right_label(const void *model)
{
    const struct counter *c = model;
    bool sold = c->receipt.kind != RECEIPT_REFUNDED && c->receipt.total_minor > 0;

    return sold && !c->training && c->stage.status.connected && counter_may(c, "retender") ? "Put right" : NULL;
}

/* Above the receipt, which is there again behind it: somebody may wait for the change on it. */
static void invoice(void *model)
{
    struct counter *c = model;
    bool known = c->receipt.has_invoice || c->receipt.is_of_invoice;

    if (invoice_is_cut_off(c))
        return;
    if (offline_waits(c, c->receipt.number))
        stage_say(&c->stage, MESSAGE_BAD, "this sale waits to be booked: its invoice can be made once it is");
    else if (known)
        invoice_begin_known(c, c->receipt.number);
    else
        invoice_begin(c, c->receipt.number);
}

static const char *invoice_label(const void *model)
{
    const struct receipt_model *r = &((const struct counter *)model)->receipt;
    bool sold = r->kind != RECEIPT_REFUNDED && r->total_minor >= 0;

    if (((const struct counter *)model)->training)
        return NULL;
    return sold ? "Invoice" : r->is_of_invoice ? "Credit note" : NULL;
}

static void explain(void *model)
{
    struct counter *c = model;

    explain_begin(c, c->receipt.number);
}

static const char *explain_label(const void *model)
{
    const struct counter *c = model;

    return !c->training && c->stage.status.connected && c->receipt.number[0] != 0 ? "Explain" : NULL;
}

static void as_code(void *model)
{
    stage_push(&((struct counter *)model)->stage, &receipt_code_screen);
}

/* What is practised is nobody's receipt; without half blocks there is no code. */
static const char *code_label(const void *model)
{
    const struct counter *c = model;

    return !c->training && !theme_ascii_lines() && c->receipt.document.count > 0 ? "As a code" : NULL;
}

static const char *done_label(const void *model)
{
    return ((const struct counter *)model)->receipt.kind == RECEIPT_SOLD ? "Next" : "Back";
}

/* Whoever types is with the next customer already. */
static struct field *field(void *model)
{
    return &((struct counter *)model)->sale.entry;
}

static void changed(void *model)
{
    struct counter *c = model;

    done(c);
    sale_screen.changed(c);
}

/* ---- drawing ---- */

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct receipt_model *receipt = model;
    paint_text(row, 0, 0, row.columns, ALIGN_LEFT, style, receipt->lines[index]);
}

void receipt_draw_lines(struct receipt_model *receipt, struct area area)
{
    list_draw(&receipt->list, area, false, draw_row, receipt);
}

static void draw_sum(const struct counter *c, struct area area, int row, const char *label, int64_t minor)
{
    char text[NUMBER_TEXT];
    const struct shop *shop = counter_shop(c);

    counter_money(c, text, minor);
    paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%s %s", label,
                 shop == NULL ? "" : shop->currency);
    paint_digits(area, row + 2, 0, area.columns, ALIGN_LEFT, STYLE_TOTAL, text);
}

/* Large is what is handed over now; what goes on an account is paid by nobody yet. */
static void draw_sold(struct counter *c, const struct receipt_model *r, struct area left)
{
    int64_t paid_minor = r->total_minor - r->on_account_minor;
    char text[NUMBER_TEXT];

    if (r->cash_minor < 0)
        draw_sum(c, left, 1, "Pay out", -r->cash_minor);
    else if (r->has_cash)
        draw_sum(c, left, 1, "Change", r->change_minor);
    else if (r->on_account_minor > 0 && paid_minor <= 0)
        draw_sum(c, left, 1, "On account", r->total_minor);
    else
        draw_sum(c, left, 1, "Paid", paid_minor);
    if (r->cash_minor > 0)
        paint_format(left, 9, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "of %s given",
                     counter_money(c, text, r->cash_minor));
    if (r->on_account_minor > 0 && paid_minor > 0)
        paint_format(left, r->cash_minor > 0 ? 10 : 9, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "and %s on account",
                     counter_money(c, text, r->on_account_minor));
}

/* Large is what is done by hand first: out of the drawer, else on the card machine. The rest stands beside it. */
static void draw_refund(struct counter *c, const struct receipt_model *r, struct area left)
{
    int64_t cash_minor = -r->cash_minor, card_minor = -r->card_minor,
            rest_minor = -r->paid_minor - cash_minor - card_minor;
    char text[NUMBER_TEXT];
    int row = 9;

    if (cash_minor > 0)
        draw_sum(c, left, 1, card_minor > 0 || rest_minor > 0 ? "Out of the drawer" : "Give back", cash_minor);
    else if (card_minor > 0)
        draw_sum(c, left, 1, "Card machine", card_minor);
    else
        draw_sum(c, left, 1, "Give back", -r->total_minor);
    if (cash_minor > 0 && card_minor > 0)
        paint_format(left, row++, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "and %s on the card machine",
                     counter_money(c, text, card_minor));
    else if (card_minor > 0)
        paint_text(left, row++, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "given back there, not in cash");
    if (cash_minor <= 0 && card_minor <= 0)
        paint_text(left, row, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "not in cash: as the receipt says");
    else if (rest_minor > 0)
        paint_format(left, row, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "and %s as the receipt says",
                     counter_money(c, text, rest_minor));
    else if (card_minor <= 0)
        paint_text(left, row, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "out of the drawer");
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct receipt_model *r = &c->receipt;
    int paper_columns = RECEIPT_COLUMNS + 1;
    struct area left = area_columns(area, 1, area.columns - paper_columns - 2);
    struct area paper = area_columns(area, area.columns - paper_columns, paper_columns);
    char text[NUMBER_TEXT];

    switch (r->kind) {
    case RECEIPT_SOLD:
        draw_sold(c, r, left);
        break;
    case RECEIPT_REFUNDED:
        draw_refund(c, r, left);
        break;
    case RECEIPT_AGAIN:
        draw_sum(c, left, 1, "The last receipt", r->total_minor);
        break;
    }
    paint_format(left, 11, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "Receipt %s", r->number);
    if (r->has_points)
        paint_format(left, 13, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "%s now",
                     counter_points(text, r->points_after));
    receipt_draw_lines(r, paper);
}

/* Not on the key bar: few shops have one. */
static void elsewhere(void *model)
{
    struct counter *c = model;

    printers_begin_receipt(c, c->receipt.number);
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, done, "On to the next customer; a scan does the same", done_label },
    { KEY_ESCAPE, NULL, done, NULL, NULL },
    { KEY_F(3), NULL, as_code, "As a code on the screen, which a telephone reads: no paper is needed", code_label },
    { KEY_F(4), NULL, member, "Whose it is: a member's who had forgotten their card", member_label },
    { KEY_F(5), NULL, invoice, "Its invoice for a customer, or the credit note of a refund", invoice_label },
    { KEY_F(6), NULL, explain, "Where each number comes from: prices, what was taken off, taxes, points",
      explain_label },
    { KEY_F(7), NULL, put_right, "What paid it was recorded as something else: put it right", put_right_label },
    { KEY_F(8), NULL, print_gift, "On paper without prices, for who is given it", gift_label },
    { KEY_F(9), NULL, print, "On paper; after the first it says which copy it is", print_label },
    { KEY_F(10), NULL, refund, "Give the money of this receipt back", refund_label },
    { KEY_F(11), NULL, elsewhere, "On another printer of the shop's: the office's, say", printers_there },
    { KEY_F(11), NULL, elsewhere, "", printers_not_there },
    { KEY_UP, NULL, up, "Scroll the receipt", NULL },
    { KEY_DOWN, NULL, down, NULL, NULL },
    { KEY_PPAGE, NULL, page_up, NULL, NULL },
    { KEY_NPAGE, NULL, page_down, NULL, NULL },
    { 0 },
};

/* What every cashier looks for here, and when it is not there. */
static const char *why_not(const void *model, int code)
{
    const struct counter *c = model;

    if (code == KEY_F(8) || code == KEY_F(9))
        return c->printing == NULL ? "no printer is set up at this till" : NULL;
    if (c->training && code >= KEY_F(4) && code <= KEY_F(7))
        return "this was practised, and is no receipt";
    if ((code == KEY_F(4) || code == KEY_F(6) || code == KEY_F(7)) && !c->stage.status.connected)
        return "no connection: it can be done once it is back, and of any receipt";
    if (code == KEY_F(4) && c->receipt.has_member)
        return "it has a member";
    if (code != KEY_F(10))
        return NULL;
    return !counter_may(c, "refund") ? "receipts are given back by a person who may refund"
                                     : "Enter first: at the sale F10 gives a receipt back";
}

const struct screen receipt_screen = {
    .title = "Receipt",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .why_not = why_not,
};
