/* The shop's network printers: what is shown is printed on one of them, by the server. */
#include "client/counter/counter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "proto/printer.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void take_row(struct printer_row *row, const Caroline__V1__Printer *printer)
{
    *row = (struct printer_row){ .waiting = printer->waiting };
    counter_copy(row->name, sizeof(row->name), printer->name);
    counter_copy(row->problem, sizeof(row->problem), printer->problem);
}

static void on_listed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct printers_model *m = &c->printers;
    size_t count = 0;

    const Caroline__V1__PrinterListed *listed = (const Caroline__V1__PrinterListed *)answer->reply;
    c->printers_asked = false;
    if (answer->outcome == LINK_OK) {
        c->printers_known = true;
        c->printers_there = listed->n_printers > 0;
    }
    if (!stage_has(&c->stage, &printers_screen)) /* left meanwhile, or nobody looks at them */
        return;
    m->busy = false;
    if (counter_refused(c, answer))
        return;
    for (; count < listed->n_printers && count < PRINTERS_MAX; count++)
        take_row(&m->rows[count], listed->printers[count]);
    list_resize(&m->list, count);
    m->known = true;
}

static void ask(struct counter *c)
{
    Caroline__V1__PrinterList message;

    if (c->printers_asked)
        return;
    c->printers_asked = true;
    caroline__v1__printer_list__init(&message);
    counter_call(c, OP(PRINTER_LIST), &message.base, on_listed);
}

void printers_look(struct counter *c)
{
    if (!c->printers_known && !c->training && c->stage.status.connected && link_session(c->link) != NULL)
        ask(c);
}

const char *printers_there(const void *model)
{
    return ((const struct counter *)model)->printers_there ? "" : NULL;
}

const char *printers_not_there(const void *model)
{
    return ((const struct counter *)model)->printers_there ? NULL : "";
}

static void begin(struct counter *c, const struct printers_model *of)
{
    if (c->training) {
        training_forbids(c);
    } else if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: the shop's printers are the server's");
    } else {
        c->printers = *of;
        c->printers.busy = true;
        stage_push(&c->stage, &printers_screen);
        ask(c);
    }
}

void printers_begin_receipt(struct counter *c, const char *number)
{
    struct printers_model of = { 0 };

    snprintf(of.receipt, sizeof(of.receipt), "%s", number);
    begin(c, &of);
}

void printers_begin_z(struct counter *c, uint32_t number)
{
    begin(c, &(struct printers_model){ .z_number = number });
}

/* ---- the paper ---- */

static void on_put(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    const Caroline__V1__PrintJobPut *put = (const Caroline__V1__PrintJobPut *)answer->reply;
    char name[PRINTER_NAME];

    if (counter_refused(c, answer))
        return;
    counter_copy(name, sizeof(name), put->printer);
    stage_say(&c->stage, MESSAGE_GOOD, "the Z goes to %s, as its paper %" PRIu64, name, put->number);
}

static void on_copied(void *owner, const struct link_answer *answer)
{
    printing_copied(owner, answer);
}

static void send_z(struct counter *c, const char *printer)
{
    Caroline__V1__ShiftZPrint message;

    caroline__v1__shift_zprint__init(&message);
    message.has_printer = message.has_number = true;
    message.printer = counter_text(printer);
    message.number = c->printers.z_number;
    printing_ask(
        c, &(struct link_command){ .op = OP(SHIFT_Z_PRINT), .message = &message.base, .answered = on_put, .owner = c });
}

static void send_copy(struct counter *c, const char *printer)
{
    Caroline__V1__ReceiptPrint message;

    caroline__v1__receipt_print__init(&message);
    message.has_printer = message.has_receipt_number = true;
    message.printer = counter_text(printer);
    message.receipt_number = counter_text(c->printers.receipt);
    printing_ask(c, &(struct link_command){
                        .op = OP(RECEIPT_PRINT), .message = &message.base, .answered = on_copied, .owner = c });
}

static void enter(void *model)
{
    struct counter *c = model;
    struct printers_model *m = &c->printers;

    if (m->list.count == 0)
        return;
    if (m->receipt[0] != 0)
        send_copy(c, m->rows[m->list.selected].name);
    else
        send_z(c, m->rows[m->list.selected].name);
    stage_pop(&c->stage);
}

static const char *enter_label(const void *model)
{
    return ((const struct counter *)model)->printers.list.count == 0 ? NULL : "Print there";
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->printers.list, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->printers.list, KEY_DOWN);
}

/* ---- drawing ---- */

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct printer_row *printer = &((const struct counter *)model)->printers.rows[index];

    paint_fill(row, style);
    paint_text(row, 0, 1, 30, ALIGN_LEFT, style, printer->name);
    if (printer->problem[0] != 0)
        paint_text(row, 0, 32, row.columns - 33, ALIGN_LEFT, style, printer->problem);
    else if (printer->waiting > 0)
        paint_format(row, 0, 32, row.columns - 33, ALIGN_LEFT, style, "%u paper%s before it", printer->waiting,
                     printer->waiting == 1 ? "" : "s");
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct printers_model *m = &c->printers;
    struct area inner = area_columns(area, 3, area.columns - 6);

    if (m->receipt[0] != 0)
        paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Where is the copy of %s printed?",
                     m->receipt);
    else
        paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Where is Z %" PRIu32 " printed?",
                     m->z_number);
    if (m->list.count == 0)
        paint_wrapped(inner, 3, 0, inner.columns, STYLE_DIM,
                      m->busy    ? "Asking the server ..."
                      : m->known ? "The shop has no printer of its own yet: caroline printer put names one."
                                 : "Nothing is known.");
    list_draw(&m->list, area_rows(inner, 3, -1), true, draw_row, c);
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "Print it on the selected printer: a receipt as a copy, marked", enter_label },
    { KEY_ESCAPE, "Back", back, "Back, nothing is printed", NULL },
    { KEY_UP, NULL, up, "The printer above", NULL },
    { KEY_DOWN, NULL, down, "The printer below", NULL },
    { 0 },
};

const struct screen printers_screen = {
    .title = "The shop's printers",
    .about = "The server prints there, in the order in which papers come, also once a printer that is off is back.",
    .keys = keys,
    .draw = draw,
};
