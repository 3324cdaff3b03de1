/* The receipt that is shown as a code on the screen: whose telephone reads it has its text, and needs no paper. As much of it as
 * has room in this window. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "client/ui/qr.h"
#include "common/print/brief.h"

#define CELL_BYTES 3 /* of a half block */

/* The longest form that has room. NULL: none has. */
static struct qr *code_of(const struct receipt *receipt, struct area area, enum receipt_form *form, struct arena *arena)
{
    for (*form = RECEIPT_IN_FULL; *form < RECEIPT_FORMS; (*form)++) {
        struct qr *qr = qr_create(receipt_brief(receipt, *form, arena), QR_LEAST);

        if (qr != NULL && qr_rows(qr) <= area.rows && qr_columns(qr) <= area.columns)
            return qr;
        qr_destroy(qr);
    }
    return NULL;
}

void receipt_code_paint(const struct qr *qr, struct area area)
{
    char text[CELL_BYTES * 256 + 1];

    for (int row = 0; row < qr_rows(qr); row++) {
        text[0] = 0;
        for (int column = 0; column < qr_columns(qr); column++)
            strncat(text, qr_cell(qr, row, column), CELL_BYTES);
        paint_text(area, row, 0, qr_columns(qr), ALIGN_LEFT, STYLE_CODE, text);
    }
}

static void draw(void *model, struct area area)
{
    static const char *const what[] = {
        [RECEIPT_IN_FULL] = "It has all of the receipt.",
        [RECEIPT_OF_GOODS] = "It has the goods, total, taxes and what paid them. For more the window is too small.",
        [RECEIPT_OF_SUMS] = "It has number, total and taxes. For more the window is too small.",
    };
    struct counter *c = model;
    struct arena *arena = arena_create(0);
    enum receipt_form form;
    struct qr *qr = code_of(&c->receipt.document, area, &form, arena);
    int columns = qr == NULL ? 0 : qr_columns(qr);
    struct area beside = area_columns(area, columns + 2, area.columns - columns - 3);

    paint_format(beside, 1, 0, beside.columns, ALIGN_LEFT, STYLE_STRONG, "Receipt %s", c->receipt.number);
    if (qr == NULL)
        paint_wrapped(beside, 3, 0, beside.columns, STYLE_WARN,
                      "It does not fit this window, not even number, total and taxes: make the window larger, or print "
                      "it.");
    else
        receipt_code_paint(qr, area);
    if (qr != NULL) {
        paint_wrapped(beside, 3, 0, beside.columns, STYLE_PLAIN, "The customer points the camera of a telephone here.");
        paint_wrapped(beside, 7, 0, beside.columns, STYLE_DIM, what[form]);
    }
    qr_destroy(qr);
    arena_destroy(arena);
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static const struct key keys[] = {
    { KEY_ESCAPE, "Back", back, "Back to the receipt; a scan is the next customer's", NULL },
    { KEY_RETURN, NULL, back, NULL, NULL },
    { 0 },
};

const struct screen receipt_code_screen = {
    .title = "Receipt as a code",
    .about = "A code that telephones read: the text of the receipt, as much as has room in this window.",
    .keys = keys,
    .draw = draw,
};
