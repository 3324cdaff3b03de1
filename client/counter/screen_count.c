/* The close of a shift: the drawer is counted blind, piece by piece, and only the server's answer says what should have been
 * in it. Where the currency's coins and notes are not known, the sum is typed. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules/denomination.h"

#define PIECES_DIGITS 6

static bool by_total(const struct count_model *m)
{
    return m->list.count == 0;
}

/* The entry is of the selected row. */
static void show_row(struct count_model *m)
{
    char text[16] = "";

    if (by_total(m))
        return;
    if (m->pieces[m->list.selected] != 0)
        snprintf(text, sizeof text, "%u", m->pieces[m->list.selected]);
    field_set(&m->entry, text);
}

void count_begin(struct counter *c)
{
    struct count_model *m = &c->count;
    const struct shop *shop = counter_shop(c);

    memset(m, 0, sizeof *m);
    if (shop != NULL)
        m->values = denominations_of(shop->currency, shop->currency_exponent, &m->list.count);
    field_init(&m->entry, FIELD_NUMBER, by_total(m) ? 14 : PIECES_DIGITS);
    stage_push(&c->stage, &count_screen);
}

/* false: a total that is none. */
static bool counted(const struct counter *c, int64_t *minor)
{
    const struct count_model *m = &c->count;

    *minor = 0;
    if (by_total(m))
        return counter_money_parse(c, m->entry.text, minor);
    for (size_t i = 0; i < m->list.count; i++)
        *minor += m->values[i] * m->pieces[i];
    return true;
}

static void on_closed(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->count.busy = false;
    if (counter_refused(c, answer))
        return;
    c->shift.known = true;
    c->shift.open = false;
    bool on_stage = stage_has(&c->stage, &sale_screen) && !stage_has(&c->stage, &lock_screen);
    if (stage_top(&c->stage) == &count_screen)
        stage_pop(&c->stage);
    if (on_stage)
        report_show(c, (const Caroline__V1__ShiftReported *)answer->reply);
    if (on_stage && c->printing != NULL && c->report.document.data != NULL)
        printing_report(c, &c->report, false);
}

static void really_close(void *model)
{
    struct counter *c = model;
    struct count_model *m = &c->count;
    Caroline__V1__ShiftClose message;
    Caroline__V1__ShiftPieces pieces[SHIFT_COUNTS_MAX], *counts[SHIFT_COUNTS_MAX];

    caroline__v1__shift_close__init(&message);
    for (size_t i = 0; i < m->list.count; i++) {
        Caroline__V1__ShiftPieces *row = &pieces[message.n_counts];

        if (m->pieces[i] == 0)
            continue;
        caroline__v1__shift_pieces__init(row);
        row->has_denomination_minor = row->has_pieces = true;
        row->denomination_minor = m->values[i];
        row->pieces = m->pieces[i];
        counts[message.n_counts++] = row;
    }
    message.counts = counts;
    message.has_counted_minor = message.n_counts == 0; /* a sum, or an empty drawer */
    if (message.has_counted_minor && !counted(c, &message.counted_minor))
        return;
    message.has_shift_id = c->shift.known && c->shift.open;
    message.shift_id = (uint64_t)c->shift.id;
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_SHIFT_CLOSE, .message = &message.base, .answered = on_closed, .owner = c
    };
    m->busy = counter_command(c, &command, NULL);
}

static void close_it(void *model)
{
    struct counter *c = model;
    char text[NUMBER_TEXT];
    int64_t minor;

    if (c->count.busy)
        return;
    if (!c->stage.status.connected) {
        stage_say(&c->stage, MESSAGE_BAD,
                  "no connection: the shift is closed once the server is there; the count stays");
        return;
    }
    if (!counted(c, &minor)) {
        stage_say(&c->stage, MESSAGE_BAD, "count what is in the drawer and type it: 100 or 100.00, or 0");
        return;
    }
    stage_ask(&c->stage, "Close", really_close, "Close the shift with %s counted? It cannot be opened again.",
              counter_money(c, text, minor));
}

static void move_to(struct counter *c, int key)
{
    list_key(&c->count.list, key);
    show_row(&c->count);
}

static void enter(void *model)
{
    struct counter *c = model;

    if (by_total(&c->count) || c->count.list.selected + 1 == c->count.list.count)
        close_it(c);
    else
        move_to(c, KEY_DOWN);
}

static void up(void *model)
{
    move_to(model, KEY_UP);
}

static void down(void *model)
{
    move_to(model, KEY_DOWN);
}

static void back(void *model)
{
    struct counter *c = model;

    if (c->count.busy)
        stage_say(&c->stage, MESSAGE_PLAIN, "the server is asked");
    else
        stage_pop(&c->stage);
}

static void changed(void *model)
{
    struct count_model *m = &((struct counter *)model)->count;

    if (by_total(m))
        return;
    /* Pieces are whole: a decimal sign is not taken. */
    if (strspn(m->entry.text, "0123456789") != m->entry.size) {
        show_row(m);
        return;
    }
    m->pieces[m->list.selected] = (uint32_t)strtoul(m->entry.text, NULL, 10);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->count.entry;
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct count_model *m = &c->count;
    char value[NUMBER_TEXT], sum[NUMBER_TEXT];

    paint_fill(row, style);
    paint_text(row, 0, 0, 10, ALIGN_RIGHT, style, counter_money(c, value, m->values[index]));
    paint_text(row, 0, 12, 1, ALIGN_LEFT, style, "x");
    if (index == m->list.selected)
        paint_field(row, 0, 14, PIECES_DIGITS + 1, &m->entry, true);
    else if (m->pieces[index] != 0)
        paint_format(row, 0, 14, PIECES_DIGITS, ALIGN_LEFT, style, "%u", m->pieces[index]);
    if (m->pieces[index] != 0)
        paint_text(row, 0, 22, row.columns - 24, ALIGN_RIGHT, style,
                   counter_money(c, sum, m->values[index] * m->pieces[index]));
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct count_model *m = &c->count;
    const struct shop *shop = counter_shop(c);
    struct area left = area_columns(area, 1, 38), right = area_columns(area, 42, area.columns - 43);
    char text[NUMBER_TEXT];
    int64_t minor;

    paint_text(left, 0, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "How many of each are in the drawer?");
    if (by_total(m))
        paint_field(left, 2, 0, 16, &m->entry, true);
    else
        list_draw(&m->list, area_rows(left, 2, area.rows - 2), true, draw_row, c);
    paint_format(right, 2, 0, right.columns, ALIGN_LEFT, STYLE_STRONG, "Counted %s",
                 shop == NULL ? "" : shop->currency);
    if (counted(c, &minor))
        paint_digits(right, 4, 0, right.columns, ALIGN_LEFT, STYLE_TOTAL, counter_money(c, text, minor));
    paint_wrapped(right, 11, 0, right.columns, STYLE_DIM,
                  "Count the float too. What should be there is said when the shift is closed.");
    if (m->busy)
        paint_text(right, 14, 0, right.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
}

static const struct key keys[] = {
    { KEY_RETURN, "Next", enter, "The next coin or note; behind the last: close the shift", NULL },
    { KEY_F(2), "Close", close_it, "Close the shift with what was counted", NULL },
    { KEY_ESCAPE, "Back", back, "Back, the shift goes on", NULL },
    { KEY_UP, NULL, up, "The coin or note above", NULL },
    { KEY_DOWN, NULL, down, "The coin or note below", NULL },
    { 0 },
};

const struct screen count_screen = {
    .title = "Close the shift",
    .about = "Type how many there are of each coin and note. The shift is over then: its Z is written, and cannot be "
             "changed.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
};
