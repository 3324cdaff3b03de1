/* What a shift comes to, on the screen: the X report of the open one, and the Z of one that was closed. */
#include "client/counter/counter.h"

#include <stdio.h>

#include "common/base/text.h"
#include "common/rules/shift.h"
#include "common/wire/walker.h"

static void on_reported(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (stage_top(&c->stage) != &sale_screen)
        return;
    if (answer->code == CAROLINE__V1__ERROR_CODE__UNKNOWN_SHIFT) {
        stage_say(&c->stage, MESSAGE_PLAIN, "no shift of this till has been closed yet");
        return;
    }
    if (!counter_refused(c, answer))
        report_show(c, (const Caroline__V1__ShiftReported *)answer->reply);
}

void report_x(struct counter *c, int64_t shift_id)
{
    Caroline__V1__ShiftReport message;

    if (!c->stage.status.connected && !c->training) {
        offline_say_x(c, shift_id);
        return;
    }
    caroline__v1__shift_report__init(&message);
    message.has_shift_id = shift_id != 0;
    message.shift_id = (uint64_t)shift_id;
    counter_call(c, CAROLINE__V1__OP__OP_SHIFT_REPORT, &message.base, on_reported);
}

void report_last_z(struct counter *c)
{
    Caroline__V1__ShiftZShow message;

    caroline__v1__shift_zshow__init(&message);
    counter_call(c, CAROLINE__V1__OP__OP_SHIFT_Z_SHOW, &message.base, on_reported);
}

/* Whose drawer it is: as the answer says it, or, where that is kept and names nobody, as it is known here. */
static void take_holder(struct counter *c, const Caroline__V1__ShiftReported *reported)
{
    struct report_model *m = &c->report;

    m->holder[0] = '\0';
    if (reported->has_holder_name)
        counter_copy(m->holder, sizeof m->holder, reported->holder_name);
    else if (reported->has_holder_id)
        snprintf(m->holder, sizeof m->holder, "%s", drawers_holder(c, (int64_t)reported->holder_id));
}

/* With the holder's name in its row. */
static void take_document(struct counter *c, const Caroline__V1__ShiftReported *reported)
{
    struct report_model *m = &c->report;
    Caroline__V1__Receipt document = *reported->receipt;
    Caroline__V1__ReceiptRow row;

    if (m->holder[0] != '\0' && reported->has_holder_row && reported->holder_row < document.n_rows) {
        document.rows = arena_array(c->scratch, document.n_rows, sizeof *document.rows);
        for (size_t i = 0; i < document.n_rows; i++)
            document.rows[i] = reported->receipt->rows[i];
        row = *document.rows[reported->holder_row];
        size_t used, size = text_cut(m->holder, SHIFT_HOLDER_COLUMNS, &used);
        row.right = (ProtobufCBinaryData){ .len = size, .data = (uint8_t *)m->holder };
        document.rows[reported->holder_row] = &row;
    }
    receipt_take_document(c, &m->paper, &document);
    m->document = message_encode(&document.base, m->paper.arena);
    arena_reset(c->scratch);
}

/* Something came by card, and nobody counted it. */
static bool leaves_card_out(const Caroline__V1__ShiftReported *reported)
{
    bool has = false;

    for (size_t i = 0; i < reported->n_tenders; i++) {
        const Caroline__V1__ShiftTender *tender = reported->tenders[i];

        if (tender->kind == CAROLINE__V1__TENDER_KIND__TENDER_CARD && tender->has_counted_minor)
            return false;
        has = has || tender->kind == CAROLINE__V1__TENDER_KIND__TENDER_CARD;
    }
    for (size_t i = 0; i < reported->n_received; i++)
        has = has || reported->received[i]->means == CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CARD;
    for (size_t i = 0; i < reported->n_gift_cards; i++)
        has = has || reported->gift_cards[i]->means == CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CARD;
    return has;
}

void report_show(struct counter *c, const Caroline__V1__ShiftReported *reported)
{
    struct report_model *m = &c->report;

    receipt_fini(&m->paper);
    m->closed = reported->closed;
    m->card_left_out = reported->closed && leaves_card_out(reported);
    m->number = reported->number;
    m->difference_minor = reported->difference_minor;
    m->counted_minor = reported->counted_minor;
    m->turnover_minor = reported->sale_minor + reported->refund_minor;
    m->document = (struct bytes){ NULL, 0 };
    take_holder(c, reported);
    if (reported->receipt != NULL)
        take_document(c, reported);
    if (!stage_has(&c->stage, &report_screen))
        stage_push(&c->stage, &report_screen);
    printers_look(c);
    c->stage.dirty = true;
}

static void done(void *model)
{
    struct counter *c = model;

    stage_pop(&c->stage);
    receipt_fini(&c->report.paper);
    if (c->shift.known && !c->shift.open && !c->shift.personal && stage_top(&c->stage) == &sale_screen)
        shift_ask(c);
}

static void print(void *model)
{
    struct counter *c = model;

    if (c->report.document.data != NULL)
        printing_report(c, &c->report, true);
}

static const char *print_label(const void *model)
{
    return ((const struct counter *)model)->printing != NULL ? "Print" : NULL;
}

static void up(void *model)
{
    receipt_roll(&((struct counter *)model)->report.paper, KEY_UP);
}

static void down(void *model)
{
    receipt_roll(&((struct counter *)model)->report.paper, KEY_DOWN);
}

static void page_up(void *model)
{
    receipt_roll(&((struct counter *)model)->report.paper, KEY_PPAGE);
}

static void page_down(void *model)
{
    receipt_roll(&((struct counter *)model)->report.paper, KEY_NPAGE);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct report_model *m = &c->report;
    const struct shop *shop = counter_shop(c);
    struct area left = area_columns(area, 1, area.columns - RECEIPT_COLUMNS - 3);
    char text[NUMBER_TEXT];

    if (m->closed) {
        paint_format(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "Shift %u is closed: Z %u", m->number,
                     m->number);
        paint_format(left, 3, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "%s, %s",
                     m->difference_minor == 0  ? "Nothing is missing"
                     : m->difference_minor < 0 ? "Missing"
                                               : "Too much",
                     shop == NULL ? "" : shop->currency);
        paint_digits(left, 5, 0, left.columns, ALIGN_LEFT, STYLE_TOTAL,
                     counter_money(c, text, m->difference_minor < 0 ? -m->difference_minor : m->difference_minor));
        paint_format(left, 12, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "%s was counted",
                     counter_money(c, text, m->counted_minor));
    } else {
        paint_text(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "X: the shift so far");
        paint_format(left, 3, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "Turnover %s",
                     shop == NULL ? "" : shop->currency);
        paint_digits(left, 5, 0, left.columns, ALIGN_LEFT, STYLE_TOTAL, counter_money(c, text, m->turnover_minor));
        paint_format(left, 12, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "shift %u goes on", m->number);
    }
    if (m->holder[0] != '\0')
        paint_format(left, 13, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "the drawer of %s", m->holder);
    if (m->card_left_out)
        paint_text(left, 14, 0, left.columns, ALIGN_LEFT, STYLE_WARN, "the card machine was not counted");
    receipt_draw_lines(&m->paper, area_columns(area, area.columns - RECEIPT_COLUMNS - 1, RECEIPT_COLUMNS + 1));
}

/* Not on the key bar: few shops have one. What an X says is kept by nobody, and is printed here alone. */
static void elsewhere(void *model)
{
    struct counter *c = model;

    if (c->report.closed)
        printers_begin_z(c, c->report.number);
    else
        stage_say(&c->stage, MESSAGE_BAD, "an X is printed at this till alone%s",
                  print_label(c) != NULL ? ": F9" : ", which has no printer");
}

static const struct key keys[] = {
    { KEY_RETURN, "Done", done, "Back; after a close, on to the next shift", NULL },
    { KEY_ESCAPE, NULL, done, NULL, NULL },
    { KEY_F(11), NULL, elsewhere, "A Z on another printer of the shop's: the office's, say", printers_there },
    { KEY_F(11), NULL, elsewhere, "", printers_not_there },
    { KEY_F(9), NULL, print, "The report onto paper", print_label },
    { KEY_UP, NULL, up, "Scroll the report", NULL },
    { KEY_DOWN, NULL, down, NULL, NULL },
    { KEY_PPAGE, NULL, page_up, NULL, NULL },
    { KEY_NPAGE, NULL, page_down, NULL, NULL },
    { 0 },
};

const struct screen report_screen = {
    .title = "Report",
    .about =
        "An X says what the open shift comes to so far and changes nothing. A Z is what it came to when it was closed.",
    .keys = keys,
    .draw = draw,
    .why_not = printing_why_not,
};
