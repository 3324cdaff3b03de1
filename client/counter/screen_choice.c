/* What is chosen for a line: one modifier after the other, then the price of what has none of its own. It stands in a box over
 * the sale. Digits are the rows of options; nothing is done before Enter, for a scan begins with digits, too: what it typed
 * is taken back, and its code goes to the sale. */
#include "client/counter/screen_sale.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"

#define BOX_COLUMNS 49 /* to the end of the lines behind it: no half of an amount looks out */
#define BOX_FRAME   5  /* rows of the box that are not options */

/* ---- what there is to choose ---- */

static struct open_line *line_of(struct counter *c)
{
    return c->choice.line < c->basket.line_count ? &c->basket.lines[c->choice.line] : NULL;
}

/* Those that are asked for, in the product's order. */
static size_t steps_of(const struct counter *c, const struct product *product, const struct modifier **steps)
{
    const struct modifier *found[PRODUCT_MODIFIERS_MAX];
    size_t count = modifiers_of(product, counter_catalogue(c), c->basket.catalogue_version, found), kept = 0;

    for (size_t i = 0; i < count; i++)
        if (c->choice.all || found[i]->choose_min > 0)
            steps[kept++] = found[i];
    return kept;
}

/* The modifier of the step; NULL: the price, or nothing. */
static const struct modifier *step_now(const struct counter *c)
{
    const struct modifier *steps[PRODUCT_MODIFIERS_MAX] = { NULL };
    const struct product *product =
        c->choice.line < c->basket.line_count ? sale_product_of_line(c, c->choice.line) : NULL;
    size_t count = product == NULL ? 0 : steps_of(c, product, steps);

    return c->choice.step < count ? steps[c->choice.step] : NULL;
}

/* Those that are offered: rows. */
static size_t options_of(const struct modifier *modifier, const struct modifier_option *options[MODIFIER_OPTIONS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < modifier->option_count; i++)
        if (modifier->options[i].active)
            options[count++] = &modifier->options[i];
    return count;
}

bool choice_is_wanted(const struct counter *c, size_t line)
{
    const struct product *product = sale_product_of_line(c, line);
    struct line_choice choice = open_choice_of(&c->basket.lines[line].choice);
    const struct modifier *of;
    size_t at;

    if (product == NULL || c->basket.lines[line].voided || (product->modifier_count == 0 && !product->open_price))
        return false;
    enum choice_verdict verdict =
        choice_check(&choice, product, counter_catalogue(c), c->basket.catalogue_version, &of, &at);
    return verdict != CHOICE_OK && verdict != CHOICE_PRICE_FIXED;
}

/* ---- what is chosen ---- */

/* By its row, as it is typed: a digit is for, or against, a row; where one can be chosen the last one is it, 0 none. */
static uint32_t picked_now(const struct choice_model *m, const struct modifier *modifier)
{
    uint32_t picked = m->picked;

    for (const char *digit = m->typed.text; *digit != 0; digit++) {
        uint32_t row = (uint32_t)(*digit - '0');

        if (row > m->rows.count || *digit < '0' || *digit > '9')
            continue;
        if (modifier->choose_max == 1)
            picked = row == 0 ? 0 : UINT32_C(1) << (row - 1);
        else if (row > 0)
            picked ^= UINT32_C(1) << (row - 1);
    }
    return picked;
}

static bool is_chosen(const struct open_choice *choice, int64_t modifier_id, uint32_t option)
{
    for (size_t i = 0; i < choice->option_count; i++)
        if (choice->options[i].modifier_id == modifier_id && choice->options[i].option == option)
            return true;
    return false;
}

/* The draft without the modifier's, then those that are picked. false: a line has no room for so many. */
static bool put_picked(struct choice_model *m, const struct modifier *modifier, uint32_t picked)
{
    const struct modifier_option *options[MODIFIER_OPTIONS_MAX];
    size_t count = options_of(modifier, options), kept = 0;
    struct open_choice *draft = &m->draft;

    for (size_t i = 0; i < draft->option_count; i++)
        if (draft->options[i].modifier_id != modifier->id)
            draft->options[kept++] = draft->options[i];
    draft->option_count = kept;
    for (size_t i = 0; i < count; i++) {
        if ((picked & UINT32_C(1) << i) == 0)
            continue;
        if (draft->option_count == LINE_OPTIONS_MAX)
            return false;
        draft->options[draft->option_count++] =
            (struct line_option){ .modifier_id = modifier->id, .option = options[i]->number };
    }
    return true;
}

/* ---- from step to step ---- */

static void begin_options(struct counter *c, const struct modifier *modifier)
{
    struct choice_model *m = &c->choice;
    const struct modifier_option *options[MODIFIER_OPTIONS_MAX];

    m->rows = (struct list){ .count = options_of(modifier, options) };
    m->picked = 0;
    for (size_t i = 0; i < m->rows.count; i++)
        if (is_chosen(&m->draft, modifier->id, options[i]->number))
            m->picked |= UINT32_C(1) << i;
    field_init(&m->typed, FIELD_NUMBER, MODIFIER_OPTIONS_MAX);
}

static void begin_price(struct counter *c)
{
    struct choice_model *m = &c->choice;
    char price[NUMBER_TEXT];

    m->rows = (struct list){ 0 };
    field_init(&m->typed, FIELD_NUMBER, 14);
    if (m->draft.keyed)
        field_set(&m->typed, counter_money(c, price, m->draft.keyed_minor));
}

static void finish(struct counter *c)
{
    struct open_line *line = line_of(c);

    stage_pop(&c->stage);
    if (line == NULL || sale_is_away(c))
        return;
    line->choice = c->choice.draft;
    sale_changed(c);
    list_select(&c->sale.lines, c->choice.line);
}

/* The step that is next, or the end. */
static void go_on(struct counter *c)
{
    const struct product *product = line_of(c) == NULL ? NULL : sale_product_of_line(c, c->choice.line);
    const struct modifier *modifier = step_now(c);
    const struct modifier *steps[PRODUCT_MODIFIERS_MAX];

    if (product == NULL)
        stage_pop(&c->stage);
    else if (modifier != NULL)
        begin_options(c, modifier);
    else if (product->open_price && c->choice.step == steps_of(c, product, steps) &&
             (c->choice.all || !c->choice.draft.keyed))
        begin_price(c);
    else
        finish(c);
}

static void begin(struct counter *c, size_t line, bool fresh, bool all)
{
    c->choice =
        (struct choice_model){ .line = line, .fresh = fresh, .all = all, .draft = c->basket.lines[line].choice };
    stage_push(&c->stage, &choice_screen);
    go_on(c);
}

void choice_begin(struct counter *c, size_t line, bool fresh)
{
    begin(c, line, fresh, false);
}

void choice_begin_line(struct counter *c)
{
    size_t line = c->sale.lines.selected;
    const struct product *product = line < c->basket.line_count ? sale_product_of_line(c, line) : NULL;
    const struct modifier *steps[PRODUCT_MODIFIERS_MAX];

    if (sale_is_away(c))
        return;
    c->choice.all = true;
    if (product == NULL || c->basket.lines[line].voided)
        stage_say(&c->stage, MESSAGE_BAD, "scan or type first what something is to be chosen for");
    else if (!product->open_price && steps_of(c, product, steps) == 0)
        stage_say(&c->stage, MESSAGE_PLAIN, "%s: there is nothing to choose", product->name);
    else
        begin(c, line, false, true);
}

size_t choice_first_wanted(const struct counter *c)
{
    size_t line = 0;

    while (line < c->basket.line_count && !choice_is_wanted(c, line))
        line++;
    return line;
}

bool choice_begin_wanted(struct counter *c)
{
    size_t line = choice_first_wanted(c);

    if (line == c->basket.line_count)
        return false;
    list_select(&c->sale.lines, line);
    begin(c, line, false, true);
    return true;
}

/* ---- keys ---- */

static int count_of(uint32_t bits)
{
    int count = 0;

    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

static void take_options(struct counter *c, const struct modifier *modifier)
{
    struct choice_model *m = &c->choice;
    uint32_t picked = picked_now(m, modifier);
    int count = count_of(picked);

    if (count < (int)modifier->choose_min)
        stage_say(&c->stage, MESSAGE_BAD, modifier->choose_max == 1 ? "%s: choose one" : "%s: choose %u at least",
                  modifier->name, modifier->choose_min);
    else if (count > (int)modifier->choose_max)
        stage_say(&c->stage, MESSAGE_BAD, "%s: choose %u at most", modifier->name, modifier->choose_max);
    else if (!put_picked(m, modifier, picked))
        stage_say(&c->stage, MESSAGE_BAD, "a line has at most %d options", LINE_OPTIONS_MAX);
    else {
        m->step++;
        go_on(c);
    }
}

static void take_price(struct counter *c)
{
    struct choice_model *m = &c->choice;
    const struct product *product = line_of(c) == NULL ? NULL : sale_product_of_line(c, m->line);
    char least[NUMBER_TEXT], most[NUMBER_TEXT];
    int64_t minor = 0;

    if (product == NULL) {
        stage_pop(&c->stage);
    } else if (!counter_money_parse(c, m->typed.text, &minor) || minor < product->open_min_minor ||
               minor > product->open_max_minor) {
        stage_say(&c->stage, MESSAGE_BAD, "%s: its price is from %s to %s", product->name,
                  counter_money(c, least, product->open_min_minor), counter_money(c, most, product->open_max_minor));
    } else {
        m->draft.keyed = true;
        m->draft.keyed_minor = minor;
        finish(c);
    }
}

static void enter(void *model)
{
    struct counter *c = model;
    const struct modifier *modifier = step_now(c);

    if (modifier != NULL)
        take_options(c, modifier);
    else
        take_price(c);
}

/* A line that came in for this goes again: nobody has heard of it. */
static void escape(void *model)
{
    struct counter *c = model;
    struct choice_model *m = &c->choice;

    stage_pop(&c->stage);
    if (!m->fresh || m->line + 1 != c->basket.line_count || c->errand != ERRAND_NONE)
        return;
    c->basket.line_count--;
    if (c->basket.line_count == 0 && c->basket.member_id == 0)
        c->basket.catalogue_version = 0;
    c->sale.taken_id = 0;
    sale_changed(c);
}

/* Where one can be chosen the arrows choose it. */
static void select_row(struct counter *c, int key)
{
    struct choice_model *m = &c->choice;
    const struct modifier *modifier = step_now(c);

    if (modifier == NULL || m->rows.count == 0)
        return;
    uint32_t picked = picked_now(m, modifier);
    field_wipe(&m->typed);
    m->picked = picked;
    if (modifier->choose_max == 1 && picked == 0)
        m->rows.selected = key == KEY_UP ? m->rows.count - 1 : 0;
    else
        list_key(&m->rows, key);
    if (modifier->choose_max == 1)
        m->picked = UINT32_C(1) << m->rows.selected;
}

static void up(void *model)
{
    select_row(model, KEY_UP);
}

static void down(void *model)
{
    select_row(model, KEY_DOWN);
}

static void toggle(void *model)
{
    struct counter *c = model;
    struct choice_model *m = &c->choice;
    const struct modifier *modifier = step_now(c);

    if (modifier == NULL)
        return;
    m->picked = picked_now(m, modifier) ^ UINT32_C(1) << m->rows.selected;
    if (modifier->choose_max == 1)
        m->picked &= UINT32_C(1) << m->rows.selected;
    field_wipe(&m->typed);
}

/* The row that was named last is in sight. */
static void changed(void *model)
{
    struct counter *c = model;
    struct choice_model *m = &c->choice;
    size_t size = strlen(m->typed.text);
    size_t row = size == 0 || m->typed.text[size - 1] < '1' ? 0 : (size_t)(m->typed.text[size - 1] - '0');

    if (step_now(c) != NULL && row > 0 && row <= m->rows.count)
        list_select(&m->rows, row - 1);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->choice.typed;
}

/* ---- drawing ---- */

static void draw_option(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct modifier *modifier = step_now(c);
    const struct modifier_option *options[MODIFIER_OPTIONS_MAX];
    char price[NUMBER_TEXT];

    if (modifier == NULL || index >= options_of(modifier, options))
        return;
    bool picked = (picked_now(&c->choice, modifier) & UINT32_C(1) << index) != 0;
    int64_t minor = options[index]->price_minor;
    paint_fill(row, style);
    if (index < 9)
        paint_format(row, 0, 0, 2, ALIGN_RIGHT, style, "%zu", index + 1);
    paint_text(row, 0, 3, 3, ALIGN_LEFT, style, picked ? "[x]" : "[ ]");
    paint_text(row, 0, 7, row.columns - 17, ALIGN_LEFT, style, options[index]->name);
    if (minor != 0)
        paint_format(row, 0, row.columns - 10, 9, ALIGN_RIGHT, style, "%s%s", minor > 0 ? "+" : "",
                     counter_money(c, price, minor));
}

/* "choose 1", "choose up to 3", "choose 1 to 3" */
static void draw_rule(const struct modifier *modifier, struct area area, int row)
{
    if (modifier->choose_min == modifier->choose_max)
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "%s: choose %u", modifier->name,
                     modifier->choose_min);
    else if (modifier->choose_min == 0)
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "%s: choose up to %u", modifier->name,
                     modifier->choose_max);
    else
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "%s: choose %u to %u", modifier->name,
                     modifier->choose_min, modifier->choose_max);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct choice_model *m = &c->choice;
    const struct product *product = line_of(c) == NULL ? NULL : sale_product_of_line(c, m->line);
    const struct modifier *modifier = step_now(c);
    char least[NUMBER_TEXT], most[NUMBER_TEXT];

    sale_draw(model, area);
    if (product == NULL)
        return;
    int rows = (modifier == NULL ? 1 : (int)m->rows.count) + BOX_FRAME;
    if (rows > area.rows - 1)
        rows = area.rows - 1;
    struct area box = area_columns(area_rows(area, 1, rows), 4, BOX_COLUMNS);
    struct area inner = paint_box(box, STYLE_STRONG, product->name);
    if (modifier != NULL) {
        draw_rule(modifier, inner, 0);
        list_draw(&m->rows, area_rows(inner, 1, inner.rows - 3), true, draw_option, c);
    } else {
        paint_format(inner, 0, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN, "Its price, from %s to %s",
                     counter_money(c, least, product->open_min_minor), counter_money(c, most, product->open_max_minor));
    }
    paint_text(inner, inner.rows - 1, 0, 8, ALIGN_LEFT, STYLE_PLAIN, modifier != NULL ? "Number" : "Price");
    paint_field(inner, inner.rows - 1, 8, 22, &m->typed, true);
}

/* A price has no options. */
static const char *choose_label(const void *model)
{
    return step_now(model) != NULL ? "Choose" : NULL;
}

/* Help alone: the foot has no place for it. */
static const char *choosing(const void *model)
{
    return step_now(model) != NULL ? "" : NULL;
}

static const char *about(const void *model)
{
    if (step_now(model) == NULL)
        return "What it costs this time. A scan goes to the sale, and this can wait.";
    return "A digit is the option in that row, again: not; 0 is none. A scan goes to the sale, and this can wait.";
}

static const struct key keys[] = {
    { KEY_RETURN, "Take it", enter, "Take what is chosen, or typed, and go on", NULL },
    { KEY_UP, NULL, up, "The option above", choosing },
    { KEY_DOWN, NULL, down, "The option below", choosing },
    { KEY_IC, NULL, toggle, "For or against the selected option, as its digit is", choose_label },
    { KEY_ESCAPE, "Back", escape, "Back; what came in for this goes out again", NULL },
    { 0 },
};

const struct screen choice_screen = {
    .title = "Choice",
    .about_now = about,
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
};
