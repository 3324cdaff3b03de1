/* The language that a member prefers: some by their own names, any other by its two letters. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

/* ISO 639-1, and what who speaks it calls it. */
static const struct {
    const char *code, *name;
} languages[] = {
    { "de", "Deutsch" },  { "en", "English" }, { "fr", "Français" }, { "es", "Español" },
    { "it", "Italiano" }, { "pl", "Polski" },  { "tr", "Türkçe" },
};
#define LANGUAGES (sizeof languages / sizeof *languages)

const char *language_name(const char *code)
{
    for (size_t i = 0; i < LANGUAGES; i++)
        if (strcmp(languages[i].code, code) == 0)
            return languages[i].name;
    return code;
}

static void choose(void *model, int64_t index)
{
    data_keep_language(model, languages[index].code);
}

static void another(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    ask_begin(k, ASK_TEXT, "My language", "Its two letters, please: pt, uk, ar. Empty: we forget which it is.",
              k->visit.account.language, data_keep_language);
    k->visit.ask.may_be_empty = true;
    k->visit.ask.field.characters_max = 2;
}

static void draw(struct kiosk *k, struct area area)
{
    struct choice choices[LANGUAGES + 1];
    const struct area halves[] = { area_columns(area, 0, area.columns / 2 - 1),
                                   area_columns(area, area.columns / 2, area.columns - area.columns / 2) };
    const size_t left = (LANGUAGES + 1) / 2;

    for (size_t i = 0; i < LANGUAGES; i++)
        choices[i] = (struct choice){ (char)('1' + i), languages[i].name,
                                      strcmp(languages[i].code, k->visit.account.language) == 0 ? "as it is now"
                                                                                                : languages[i].code,
                                      choose, (int64_t)i };
    choices[LANGUAGES] = (struct choice){ '8', "Another, or none", "by its two letters", another, 0 };
    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Which language do you like best?");
    kiosk_choices(k, halves[0], 2, choices, left);
    kiosk_choices(k, halves[1], 2, choices + left, LANGUAGES + 1 - left);
}

const struct page language_page = { .title = "My language", .draw = draw, .personal = true };
