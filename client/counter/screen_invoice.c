/* The customer's invoice of a receipt: for whom, and then the paper. Nothing of it is on the till's disk: the command is there by
 * its id alone, and what is printed waits in memory. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "proto/invoice.pb-c.h"

void invoice_forget(struct counter *c)
{
    receipt_fini(&c->invoice.paper);
    explicit_bzero(&c->invoice, sizeof(c->invoice));
}

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &invoice_screen)
        stage_pop(&c->stage);
    invoice_forget(c);
}

/* ---- the paper ---- */

/* false: it is not printed, which has been said. */
static bool print_paper(struct counter *c, const Caroline__V1__InvoiceShown *shown)
{
    struct arena *arena;
    bool waits;

    if (c->printing == NULL || shown->receipt == NULL)
        return false;
    arena = arena_create(0);
    struct receipt document = receipt_of_message(shown->receipt, arena);
    waits = print_spool_put_personal(c->printing, &document);
    if (!waits)
        stage_say(&c->stage, MESSAGE_BAD, "it is not printed: too much waits for the printer");
    arena_destroy(arena);
    return waits;
}

static void on_shown(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct invoice_model *m = &c->invoice;
    const Caroline__V1__InvoiceShown *shown = (const Caroline__V1__InvoiceShown *)answer->reply;
    bool here = stage_top(&c->stage) == &invoice_screen;
    char number[28] = "";

    m->busy = false;
    if (counter_refused(c, answer) || shown->invoice == NULL)
        return;
    counter_copy(number, sizeof(number), shown->invoice->number);
    if (here && shown->receipt != NULL) {
        receipt_take_document(c, &m->paper, shown->receipt);
        memcpy(m->invoice, number, sizeof(m->invoice));
        m->shown = true;
    }
    if (shown->has_copy && print_paper(c, shown))
        stage_say(&c->stage, MESSAGE_GOOD, "%s goes to the printer%s", number,
                  shown->copy > 0 ? ", marked as a copy" : "");
    c->stage.dirty = true;
}

static void show(struct counter *c, const char *number, bool on_paper)
{
    Caroline__V1__InvoiceShow message;

    caroline__v1__invoice_show__init(&message);
    message.has_number = true;
    message.number = counter_text(number);
    message.has_print = message.print = on_paper;
    c->invoice.busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_INVOICE_SHOW, &message.base, on_shown);
}

/* ---- making it ---- */

static void say_made(struct counter *c, const Caroline__V1__InvoiceMade *made)
{
    char number[28], receipt[28];

    counter_copy(number, sizeof(number), made->number);
    counter_copy(receipt, sizeof(receipt), made->receipt_number);
    stage_say(&c->stage, MESSAGE_GOOD, "%s %s of receipt %s%s", number, made->existed ? "was made before," : "is made,",
              receipt, made->n_credit_notes > 0 ? ", with credit notes of what had come back" : "");
}

/* The cursor is where something is missing. */
static void look_at_wrong(struct counter *c, const Caroline__V1__Error *error)
{
    static const char *const fields[] = { "receipt_number", "customer.name", "customer.address",
                                          "customer.tax_number" };
    char wrong[64];

    if (error == NULL || stage_top(&c->stage) != &invoice_screen)
        return;
    counter_copy(wrong, sizeof(wrong), error->field);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]) && i < c->invoice.form.count; i++)
        if (strcmp(wrong, fields[i]) == 0)
            c->invoice.form.focus = i;
}

void invoice_answered(struct counter *c, const struct link_answer *answer)
{
    char number[28];

    c->invoice.busy = false;
    if (counter_refused(c, answer)) {
        look_at_wrong(c, answer->error);
        return;
    }
    const Caroline__V1__InvoiceMade *made = (const Caroline__V1__InvoiceMade *)answer->reply;
    say_made(c, made);
    counter_copy(number, sizeof(number), made->receipt_number);
    if (strcmp(number, c->receipt.number) == 0) /* it lies below: who is meant is known from now on */
        c->receipt.has_invoice = true;
    if (!c->stage.status.connected)
        return;
    counter_copy(number, sizeof(number), made->number);
    /* What is on nobody's screen and on no paper either needs no reading. */
    bool on_paper = c->printing != NULL && !made->existed;
    if (on_paper || stage_top(&c->stage) == &invoice_screen)
        show(c, number, on_paper);
}

static void on_made(void *owner, const struct link_answer *answer)
{
    invoice_answered(owner, answer);
}

static bool put(const struct field *field, protobuf_c_boolean *has, ProtobufCBinaryData *text)
{
    *has = !field_is_empty(field);
    *text = counter_text(field->text);
    return *has;
}

static Caroline__V1__InvoiceMake message_of(const char *receipt, Caroline__V1__InvoiceCustomer *customer)
{
    Caroline__V1__InvoiceMake message;

    caroline__v1__invoice_make__init(&message);
    message.has_receipt_number = true;
    message.receipt_number = counter_text(receipt);
    message.customer = customer;
    return message;
}

static void ask(struct counter *c, const char *receipt, Caroline__V1__InvoiceCustomer *customer)
{
    Caroline__V1__InvoiceMake message = message_of(receipt, customer);

    waiting_begin(
        c, CAROLINE__V1__OP__OP_INVOICE_MAKE, &message.base,
        &(struct waiting){ .busy = &c->invoice.busy, .answered = on_made, .leave = leave, .what = "the invoice" });
}

static void make(struct counter *c)
{
    struct invoice_model *m = &c->invoice;
    Caroline__V1__InvoiceCustomer customer;

    caroline__v1__invoice_customer__init(&customer);
    if (field_is_empty(&m->number)) {
        stage_say(&c->stage, MESSAGE_BAD, "type the receipt's number, or scan it");
        m->form.focus = 0;
        return;
    }
    bool named = put(&m->name, &customer.has_name, &customer.name);
    named = put(&m->address, &customer.has_address, &customer.address) || named;
    named = put(&m->tax_number, &customer.has_tax_number, &customer.tax_number) || named;
    ask(c, m->number.text, named ? &customer : NULL);
}

/* Later does as well: of any receipt, of any day. */
bool invoice_is_cut_off(struct counter *c)
{
    if (c->stage.status.connected)
        return false;
    stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: an invoice can be made later as well, of any receipt");
    return true;
}

static void open_form(struct counter *c, const char *number)
{
    struct invoice_model *m = &c->invoice;

    invoice_forget(c);
    field_init(&m->number, FIELD_TEXT, 24);
    field_init(&m->name, FIELD_TEXT, 80);
    field_init(&m->address, FIELD_TEXT, 200);
    field_init(&m->tax_number, FIELD_TEXT, 40);
    field_set(&m->number, number);
    form_init(&m->form);
    form_add(&m->form, &m->number, "Receipt", "or scan it");
    form_add(&m->form, &m->name, "Name", NULL);
    form_add(&m->form, &m->address, "Address", "street / town");
    form_add(&m->form, &m->tax_number, "Tax number", "if they have one");
    m->form.focus = number[0] == 0 ? 0 : 1;
    stage_push(&c->stage, &invoice_screen);
}

void invoice_begin(struct counter *c, const char *number)
{
    if (!invoice_is_cut_off(c))
        open_form(c, number);
}

void invoice_begin_known(struct counter *c, const char *number)
{
    if (invoice_is_cut_off(c))
        return;
    open_form(c, number);
    ask(c, number, NULL);
}

/* Behind a refund, on no screen. */
void invoice_credit(struct counter *c, const char *number)
{
    Caroline__V1__InvoiceMake message = message_of(number, NULL);
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_INVOICE_MAKE, .message = &message.base, .answered = on_made, .owner = c
    };

    counter_command(c, &command, NULL);
}

/* ---- keys ---- */

static void enter(void *model)
{
    struct counter *c = model;

    if (!c->invoice.busy && form_enter(&c->invoice.form))
        make(c);
}

static void save(void *model)
{
    struct counter *c = model;

    if (!c->invoice.busy && !c->invoice.shown)
        make(c);
}

static void print(void *model)
{
    struct counter *c = model;

    if (c->invoice.shown && !c->invoice.busy && !invoice_is_cut_off(c))
        show(c, c->invoice.invoice, true);
}

static void back(void *model)
{
    struct counter *c = model;

    if (!waiting_back(c))
        leave(c);
}

static void step_by(struct counter *c, int key)
{
    if (c->invoice.shown)
        receipt_roll(&c->invoice.paper, key);
    else if (key == KEY_UP || key == KEY_PPAGE)
        form_previous(&c->invoice.form);
    else
        form_next(&c->invoice.form);
}

static void up(void *model)
{
    step_by(model, KEY_UP);
}

static void down(void *model)
{
    step_by(model, KEY_DOWN);
}

static void page_up(void *model)
{
    step_by(model, KEY_PPAGE);
}

static void page_down(void *model)
{
    step_by(model, KEY_NPAGE);
}

static const char *enter_label(const void *model)
{
    return ((const struct counter *)model)->invoice.shown ? NULL : "Go on";
}

static const char *save_label(const void *model)
{
    return ((const struct counter *)model)->invoice.shown ? NULL : "Make";
}

static const char *print_label(const void *model)
{
    const struct counter *c = model;
    return c->invoice.shown && c->printing != NULL ? "Print" : NULL;
}

/* Help alone: the foot has no place for them. */
static const char *writing(const void *model)
{
    return ((const struct counter *)model)->invoice.shown ? NULL : "";
}

static const char *reading(const void *model)
{
    return ((const struct counter *)model)->invoice.shown ? "" : NULL;
}

static struct field *field(void *model)
{
    struct counter *c = model;
    return c->invoice.shown ? NULL : form_field(&c->invoice.form);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || c->invoice.busy || c->invoice.shown || sale_knows_code(c, code))
        return false;
    field_set(&c->invoice.number, code);
    if (c->invoice.form.focus == 0)
        c->invoice.form.focus = 1;
    return true;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct invoice_model *m = &c->invoice;
    struct area inner = area_columns(area, 2, area.columns - 4);

    if (m->shown) {
        paint_format(inner, 1, 0, inner.columns - 46, ALIGN_LEFT, STYLE_STRONG, "%s", m->invoice);
        paint_wrapped(area_columns(inner, 0, inner.columns - 48), 3, 0, inner.columns - 48, STYLE_DIM,
                      "It stays as it is. Who wants it otherwise gives the receipt back and has it rung up anew.");
        receipt_draw_lines(&m->paper, area_columns(area, area.columns - 44, 43));
        return;
    }
    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Invoice for the customer");
    int rows = form_draw(&m->form, inner, 3);
    paint_wrapped(
        inner, 4 + rows, 0, inner.columns, STYLE_DIM,
        "Of any receipt of the shop, once. One that was made before is shown again; of a refund it is the credit "
        "note: then the receipt is enough.");
    if (m->busy)
        waiting_draw(c, inner, 8 + rows);
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "The next line; behind the last: make the invoice", enter_label },
    { KEY_F(2), NULL, save, "Make the invoice now", save_label },
    { KEY_F(9), NULL, print, "On paper once more, marked as a copy", print_label },
    { KEY_ESCAPE, NULL, back, "Back", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_TABULATOR, NULL, down, "The next line", writing },
    { KEY_DOWN, NULL, down, NULL, writing },
    { KEY_UP, NULL, up, "The line before", writing },
    { KEY_BTAB, NULL, up, NULL, writing },
    { KEY_UP, NULL, up, "Scroll the invoice", reading },
    { KEY_DOWN, NULL, down, NULL, reading },
    { KEY_PPAGE, NULL, page_up, NULL, reading },
    { KEY_NPAGE, NULL, page_down, NULL, reading },
    { 0 },
};

const struct screen invoice_screen = {
    .title = "Invoice",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .asleep = waiting_is_on,
    .why_not = printing_why_not,
};
