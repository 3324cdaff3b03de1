/* What is to be avoided, of the fourteen. Goods that have it are marked; of what nothing is recorded nobody says that it is
 * free of anything. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

#include "common/rules/allergen.h"

static const char keys[ALLERGEN_COUNT + 1] = {
    0, '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'c', 'd', 'e', 'h'
};

/* ---- the rule ---- */

static bool is_recorded(const struct product *product)
{
    return product->contains != 0 || product->may_contain != 0 || product->allergen_note[0] != 0;
}

enum avoid_verdict avoid_judge(const struct product *product, uint16_t avoid)
{
    if (avoid == 0)
        return AVOID_FREE;
    if ((product->contains & avoid) != 0)
        return AVOID_HAS;
    if ((product->may_contain & avoid) != 0)
        return AVOID_MAY_HAVE;
    return is_recorded(product) ? AVOID_FREE : AVOID_UNKNOWN;
}

void avoid_names(char *text, size_t size, uint16_t set)
{
    struct arena *arena = arena_create(0);

    snprintf(text, size, "%s", allergens_text(set, arena));
    arena_destroy(arena);
}

enum style avoid_sentence(const struct kiosk *k, const struct product *product, char *text, size_t size)
{
    uint16_t avoid = k->visit.avoid;
    char names[160], traces[160];

    text[0] = 0;
    if (avoid == 0)
        return STYLE_PLAIN;
    switch (avoid_judge(product, avoid)) {
    case AVOID_HAS:
        avoid_names(names, sizeof(names), product->contains & avoid);
        avoid_names(traces, sizeof(traces), product->may_contain & avoid & (uint16_t)~product->contains);
        snprintf(text, size, "! contains %s%s%s", names, traces[0] == 0 ? "" : ", may contain ", traces);
        return STYLE_BAD;
    case AVOID_MAY_HAVE:
        avoid_names(names, sizeof(names), product->may_contain & avoid);
        snprintf(text, size, "! may contain %s", names);
        return STYLE_WARN;
    case AVOID_UNKNOWN:
        snprintf(text, size, "? nothing recorded: ask");
        return STYLE_WARN;
    case AVOID_FREE:
        break;
    }
    snprintf(text, size, "without what you avoid");
    return STYLE_GOOD;
}

/* ---- the page ---- */

static void toggle(void *model, int64_t number)
{
    struct kiosk *k = model;
    uint16_t bit = (uint16_t)(1u << number);

    /* What the shop knows of who is signed in is changed there, not by a slip here. */
    if ((k->visit.member_avoids & bit) != 0) {
        kiosk_say(k, NOTICE_PLAIN, "%s stands among your own data: under \"Account\" you can change that.",
                  allergen_names[number]);
        return;
    }
    k->visit.avoid ^= bit;
}

static void toggle_hide(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    k->visit.hide = !k->visit.hide;
}

static void take_off_all(void *model, int64_t value)
{
    struct kiosk *k = model;

    (void)value;
    k->visit.avoid = k->visit.member_avoids;
    k->visit.hide = false;
}

static void draw_foot(struct kiosk *k, struct area foot)
{
    const struct button hide = { .key = 'y',
                                 .label = k->visit.hide ? "Show all, with marks" : "Hide what is not free of it",
                                 .act = toggle_hide };
    const struct button none = { .key = 'z', .label = "None of them", .act = take_off_all };

    kiosk_button(k, area_columns(foot, 0, foot.columns / 2 - 1), &hide);
    kiosk_button(k, area_columns(foot, foot.columns / 2, foot.columns / 2), &none);
}

void avoid_choices(struct kiosk *k, struct area area, uint16_t chosen, board_act_fn *act)
{
    int half = area.columns / 2;

    for (unsigned i = 1; i <= ALLERGEN_COUNT; i++) {
        const struct button button = {
            .key = keys[i], .label = allergen_names[i], .marked = (chosen & 1u << i) != 0, .act = act, .value = i
        };
        int row = 2 * (int)((i - 1) % 7), left = i <= 7 ? 0 : half;
        kiosk_button(k, area_columns(area_rows(area, row, 1), left, half - 1), &button);
    }
}

static void draw(struct kiosk *k, struct area area)
{
    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
               "What must you avoid? Press each once; once more takes it off.");
    avoid_choices(k, area_rows(area, 2, 14), k->visit.avoid, toggle);
    draw_foot(k, area_rows(area, 16, 1));
    paint_text(area, 17, 0, area.columns, ALIGN_LEFT, STYLE_DIM,
               "Where nothing is recorded we do not know: ask at the counter.");
}

const struct page avoid_page = { .title = "What you avoid", .draw = draw };
