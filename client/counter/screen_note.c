/* A note to the selected line: it stands on the receipt below the line. */
#include "client/counter/counter.h"

void note_begin(struct counter *c)
{
    struct note_model *m = &c->note;
    size_t line = c->sale.lines.selected;

    if (sale_is_away(c))
        return;
    if (line >= c->basket.line_count || c->basket.lines[line].voided) {
        stage_say(&c->stage, MESSAGE_BAD, "scan or type first what the note is to");
        return;
    }
    m->line = line;
    field_init(&m->text, FIELD_TEXT, NOTE_CHARACTERS);
    field_set(&m->text, c->basket.lines[line].note);
    stage_push(&c->stage, &note_screen);
}

static void enter(void *model)
{
    struct counter *c = model;
    struct note_model *m = &c->note;

    stage_pop(&c->stage);
    if (m->line >= c->basket.line_count || sale_is_away(c))
        return;
    struct open_line *line = &c->basket.lines[m->line];
    counter_copy(line->note, sizeof(line->note), counter_text(m->text.text));
    sale_changed(c);
    list_select(&c->sale.lines, m->line);
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->note.text;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct note_model *m = &c->note;
    struct area inner = area_columns(area, 3, area.columns - 6);

    paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "A note to line %zu", m->line + 1);
    paint_text(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN, "It is printed below the line. No names, please.");
    paint_field(inner, 4, 0, NOTE_CHARACTERS + 2, &m->text, true);
}

static const struct key keys[] = {
    { KEY_RETURN, "Note it", enter, "The note stands at the line; an empty one is none", NULL },
    { KEY_ESCAPE, "Back", back, "Back, the line stays as it is", NULL },
    { 0 },
};

const struct screen note_screen = {
    .title = "Note",
    .about = "For whoever reads the receipt: cut, no sugar, for ten o'clock. It is kept with the sale for good.",
    .keys = keys,
    .draw = draw,
    .field = field,
};
