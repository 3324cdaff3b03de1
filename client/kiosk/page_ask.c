/* A question with a field, and keys on the screen for who has none. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

void ask_forget(struct kiosk *k)
{
    explicit_bzero(&k->visit.ask, sizeof(k->visit.ask));
    explicit_bzero(k->visit.new_pin, sizeof(k->visit.new_pin));
    explicit_bzero(k->visit.current, sizeof(k->visit.current));
}

void ask_begin(struct kiosk *k, enum ask_kind kind, const char *title, const char *question, const char *text,
               void (*answered)(struct kiosk *k, const char *text))
{
    static const enum field_kind kinds[] = {
        [ASK_TEXT] = FIELD_TEXT, [ASK_DIGITS] = FIELD_TEXT, [ASK_PIN] = FIELD_SECRET, [ASK_SECRET] = FIELD_PASSWORD
    };
    static const size_t longest[] = { [ASK_TEXT] = 80, [ASK_DIGITS] = 32, [ASK_PIN] = 12, [ASK_SECRET] = 128 };
    struct ask *ask = &k->visit.ask;

    explicit_bzero(ask, sizeof(*ask));
    snprintf(ask->title, sizeof(ask->title), "%s", title);
    snprintf(ask->question, sizeof(ask->question), "%s", question);
    field_init(&ask->field, kinds[kind], longest[kind]);
    field_set(&ask->field, text);
    ask->kind = kind;
    ask->answered = answered;
    if (kiosk_page(k) == &ask_page) { /* one question after another is one step back */
        board_new_page(&k->board);
        k->visit.notice_kind = NOTICE_NONE;
        k->stale = k->dirty = true;
        return;
    }
    kiosk_open(k, &ask_page);
}

static struct field *field(struct kiosk *k)
{
    return &k->visit.ask.field;
}

static void entered(struct kiosk *k)
{
    struct ask *ask = &k->visit.ask;
    char text[FIELD_SIZE];

    if (field_is_empty(&ask->field) && !ask->may_be_empty) {
        kiosk_say(k, NOTICE_PLAIN, "Please type something first, or go back.");
        return;
    }
    snprintf(text, sizeof(text), "%s", ask->field.text);
    field_wipe(&ask->field);
    ask->answered(k, text);
    explicit_bzero(text, sizeof(text));
}

static bool left(struct kiosk *k)
{
    ask_forget(k);
    return true;
}

/* The shop before this one had passwords. */
static void with_letters(void *model, int64_t value)
{
    struct kiosk *k = model;
    struct ask *ask = &k->visit.ask;

    (void)value;
    ask->kind = ASK_SECRET;
    ask->field.kind = FIELD_PASSWORD;
    ask->field.characters_max = 128;
    k->stale = true;
}

static void draw(struct kiosk *k, struct area area)
{
    struct ask *ask = &k->visit.ask;
    bool digits = ask->kind == ASK_DIGITS || ask->kind == ASK_PIN;
    int rows = paint_wrapped(area, 0, 0, area.columns, STYLE_STRONG, ask->question);
    int from = rows < 3 ? 6 : rows + 3;

    paint_field(area, rows + 1, area.columns / 2 - 30, 60, &ask->field, true);
    if (digits)
        keyboard_put(&k->board,
                     area_columns(area_rows(area, from - 1, area.rows - from + 1), area.columns / 2 - 17, 34),
                     KEYBOARD_DIGITS, 0, "Done", k->visit.waiting > 0 ? NULL : kiosk_press);
    else
        keyboard_put(&k->board, area_rows(area, from, area.rows - from), KEYBOARD_LETTERS, ask->shift, "Done",
                     k->visit.waiting > 0 ? NULL : kiosk_press);
    if (ask->kind == ASK_PIN && ask->letters) {
        const struct button button = { .label = "My password has letters", .act = with_letters };
        kiosk_button(k, area_columns(area_rows(area, area.rows - 2, 1), 0, 28), &button);
    }
}

const struct page ask_page = { .title = "Please type", .draw = draw, .field = field, .entered = entered, .left = left };
