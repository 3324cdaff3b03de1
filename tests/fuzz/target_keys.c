/* What a terminal sends: keys, escape sequences, pastes, scanners, torn anywhere and at any pace. The first two bytes say
 * how. A screen with a field of each kind takes them, is drawn, and never shows what it must not. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "client/ui/stage.h"
#include "client/ui/theme.h"
#include "common/base/text.h"
#include "target.h"

struct model {
    struct stage stage;
    struct field fields[3];
    size_t focus;
    size_t scanned, acted;
};

static struct field *focused(void *model)
{
    struct model *m = model;

    return m->focus < 3 ? &m->fields[m->focus] : NULL;
}

static bool take_code(void *model, const char *code, bool doubtful)
{
    struct model *m = model;

    m->scanned++;
    assert(strlen(code) <= SCAN_LENGTH_MAX && code[0] != '\0');
    assert(!text_has_card_number(bytes_of_text(code)));
    return !doubtful;
}

static void next(void *model)
{
    ((struct model *)model)->focus = (((struct model *)model)->focus + 1) % 4;
}

static void act(void *model)
{
    ((struct model *)model)->acted++;
}

static void ask(void *model)
{
    stage_ask(&((struct model *)model)->stage, "Do it", act, "really do it, after %zu others?",
              ((struct model *)model)->acted);
}

static void say(void *model)
{
    stage_say(&((struct model *)model)->stage, MESSAGE_BAD, "%s", ((struct model *)model)->fields[0].text);
}

static void deeper(void *model);

static void back(void *model)
{
    stage_pop(&((struct model *)model)->stage);
}

static void draw(void *model, struct area area)
{
    struct model *m = model;

    for (int i = 0; i < 3; i++)
        paint_field(area, i, 2, 30, &m->fields[i], (size_t)i == m->focus);
    paint_wrapped(area, 4, 1, 20, STYLE_PLAIN, m->fields[0].text);
    paint_digits(area, 8, 0, 60, ALIGN_RIGHT, STYLE_PLAIN, m->fields[1].text);
}

static const struct key keys[] = {
    { .code = KEY_TABULATOR, .label = "Next", .act = next }, { .code = KEY_F(2), .label = "Ask", .act = ask },
    { .code = KEY_F(3), .label = "Say", .act = say },        { .code = KEY_F(4), .label = "Deeper", .act = deeper },
    { .code = KEY_ESCAPE, .label = "Back", .act = back },    { 0 },
};

static const struct screen screen = {
    .title = "Keys", .about = "Takes them all.", .keys = keys, .draw = draw, .field = focused, .scan = take_code
};

static void deeper(void *model)
{
    struct stage *stage = &((struct model *)model)->stage;

    if (stage->depth < STAGE_SCREENS_MAX)
        stage_push(stage, &screen);
}

static void interrupted(void *model)
{
    act(model);
}

/* Whatever was typed: text, no longer than allowed, no card's number, and digits where there are to be digits. */
static void check(struct model *m)
{
    for (size_t i = 0; i < 3; i++) {
        struct field *field = &m->fields[i];
        struct bytes text = bytes_of_text(field->text);
        assert(text.size == field->size && field->cursor <= field->size);
        assert(text_check(text, field->characters_max ? field->characters_max : FIELD_SIZE) == TEXT_OK);
        assert(field->kind != FIELD_SECRET || strspn(field->text, "0123456789") == field->size);
        assert(!text_has_card_number(text));
    }
}

static void show(struct model *m, struct chance *chance)
{
    WINDOW *window = newpad(1 + (int)below(chance, 50), 1 + (int)below(chance, 130));

    assert(window);
    stage_draw(&m->stage, window);
    delwin(window);
}

static void open_terminal(void)
{
    FILE *nowhere = fopen("/dev/null", "r+e");
    char *locale = setlocale(LC_CTYPE, "C.UTF-8");

    assert(nowhere && locale && newterm("xterm-256color", nowhere, nowhere));
    theme_init(&(struct theme_options){ .ascii_text = false });
}

static bool run(struct bytes input)
{
    static struct model model; /* large */
    struct model *m = &model;

    if (input.size < 2)
        return false;
    struct chance pace = chance_of(get_u16(input.data));
    int64_t now_us = 1000000;
    memset(m, 0, sizeof *m);
    stage_init(&m->stage, m);
    m->stage.interrupted = interrupted;
    for (size_t i = 0; i < 3; i++)
        field_init(&m->fields[i], (enum field_kind)i, i == 0 ? 0 : 4 * i);
    stage_push(&m->stage, &screen);
    for (size_t at = 2; at < input.size;) {
        size_t left = input.size - at, size = 1 + below(&pace, left < 20 ? left : 20);
        stage_input(&m->stage, bytes_of(input.data + at, size), now_us);
        at += size;
        now_us += one_in(&pace, 3) ? 1000 : one_in(&pace, 2) ? 30000 : 400000;
        if (stage_deadline_us(&m->stage) && stage_deadline_us(&m->stage) <= now_us)
            stage_expire(&m->stage, now_us);
        check(m);
        if (one_in(&pace, 8))
            show(m, &pace);
    }
    stage_expire(&m->stage, now_us + 10000000);
    check(m);
    show(m, &pace);
    stage_fini(&m->stage);
    return false;
}

static const char *const words[] = { "\x1b[A",
                                     "\x1bOP",
                                     "\x1bOQ",
                                     "\x1b[15~",
                                     "\x1b[24~",
                                     "\x1b[200~",
                                     "\x1b[201~",
                                     "\x1b",
                                     "\r",
                                     "\n",
                                     "\t",
                                     "\x7f",
                                     "\x02",
                                     "\x07",
                                     "4006381333931\r",
                                     "%B4111111111111111^A^",
                                     "\x15",
                                     "\x03",
                                     "\x1a",
                                     "\x0c",
                                     "\xc3\x97",
                                     "\xf0\x9f\xa5\x90",
                                     "\x1b[1;5D",
                                     "\x1b[<0;1;1M",
                                     "\x1b[D",
                                     "\x1b[H",
                                     "\x1b[3~",
                                     "4111 1111 1111 1111",
                                     "e\xcc\x81",
                                     "&\xc3\xa9\"'(-\xc3\xa8_\xc3\xa7\xc3\xa0",
                                     NULL };

const struct target target_keys = { .name = "keys", .open = open_terminal, .run = run, .words = words };
