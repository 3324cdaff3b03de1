/* What stands around a page, and what pages are made of. */
#include "client/kiosk/kiosk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/text.h"

#define BAR_ROWS    3
#define BAR_BUTTONS 6
#define LIST_KEYS   9

/* ---- the line at the top, the sentence, the bar at the bottom ---- */

static const char *title_of(const struct kiosk *k)
{
    const struct page *page = kiosk_page(k);

    if (page == &ask_page)
        return k->visit.ask.title;
    return page == &paper_page && k->visit.paper.title != NULL ? k->visit.paper.title : page->title;
}

/* Of a name that is too long, as many words as there is room for. */
static void name_that_fits(char *to, size_t size, const char *name, int columns)
{
    size_t used, kept = text_cut(name, (size_t)columns, &used);

    while (name[kept] != 0 && kept > 0 && name[kept] != ' ')
        kept--;
    snprintf(to, size, "%.*s", (int)kept, name);
}

static void draw_title(struct kiosk *k, struct area area)
{
    const struct shop *shop = kiosk_shop(k);
    const char *name = k->visit.account.open ? k->visit.account.name : "";
    const char *of = shop == NULL ? "Caroline" : shop->name;

    paint_fill(area, STYLE_TITLE);
    char called[MEMBER_NAME_SIZE];
    name_that_fits(called, sizeof(called), name, area.columns / 2 - 1);
    int right = (int)text_columns(called) + 1;
    /* Where not all has room, the page's own title has, and the name stands on "My account". */
    bool whole = (int)(text_columns(of) + text_columns(title_of(k))) + 5 <= area.columns - right - 2;
    paint_format(area, 0, 1, area.columns - right - 2, ALIGN_LEFT, STYLE_TITLE, "%s%s%s", whole ? of : "",
                 whole ? "  |  " : "", title_of(k));
    paint_text(area, 0, area.columns - right, right - 1, ALIGN_RIGHT, STYLE_TITLE, called);
}

/* That the shop's computer is away stays there for as long as it is. */
static bool notice_lasts(const struct kiosk *k)
{
    return k->visit.notice_kind == NOTICE_NONE && k->visit.waiting == 0 && !kiosk_online(k);
}

static const char *notice_text(const struct kiosk *k)
{
    if (k->visit.notice_kind != NOTICE_NONE)
        return k->visit.notice;
    if (notice_lasts(k))
        return away_notice(k);
    return k->visit.waiting > 0 ? "One moment ..." : "";
}

static int notice_rows(const struct kiosk *k, struct area area)
{
    return paint_wrapped(area_rows(area, 0, 0), 0, 2, area.columns - 4, STYLE_PLAIN, notice_text(k));
}

static void draw_notice(struct kiosk *k, struct area area)
{
    static const enum style styles[] = {
        [NOTICE_NONE] = STYLE_STRONG,
        [NOTICE_PLAIN] = STYLE_STRONG,
        [NOTICE_GOOD] = STYLE_GOOD,
        [NOTICE_BAD] = STYLE_BAD,
    };
    enum style style = styles[k->visit.notice_kind];
    int rows = notice_rows(k, area);

    if (rows > 1) /* it grows upwards: nothing of it is cut */
        area = (struct area){ area.window, area.top - rows + 1, area.left, rows, area.columns };
    paint_fill(area, style == STYLE_BAD ? STYLE_BAD : STYLE_PLAIN);
    paint_wrapped(area, 0, 2, area.columns - 4, style, notice_text(k));
}

static void on_back(void *model, int64_t value)
{
    struct kiosk *k = model;
    const struct page *page = kiosk_page(k);

    (void)value;
    if (k->visit.waiting == 0 && (page->left == NULL || page->left(k)))
        kiosk_back(k);
}

static void on_goods(void *model, int64_t value)
{
    (void)value;
    kiosk_back_to(model, &categories_page);
}

static void on_avoid(void *model, int64_t value)
{
    (void)value;
    kiosk_back_to(model, &avoid_page);
}

static void on_account(void *model, int64_t value)
{
    (void)value;
    account_open(model);
}

static void on_basket(void *model, int64_t value)
{
    (void)value;
    kiosk_back_to(model, &basket_page);
}

static void on_done(void *model, int64_t value)
{
    (void)value;
    kiosk_clear(model);
}

/* What has been chosen stands on it, wherever one is. */
static void draw_bar(struct kiosk *k, struct area area)
{
    const struct visit *v = &k->visit;
    char money[NUMBER_TEXT], total[NUMBER_TEXT + 16] = "empty", avoids[32] = "nothing";
    size_t avoided = 0;

    for (unsigned i = 1; i <= ALLERGEN_COUNT; i++)
        avoided += (v->avoid & 1u << i) != 0;
    if (avoided > 0)
        snprintf(avoids, sizeof(avoids), "%zu thing%s", avoided, avoided == 1 ? "" : "s");
    if (v->basket.line_count > 0)
        snprintf(total, sizeof(total), "%s",
                 v->basket.verdict == SALE_OK ? kiosk_money(k, money, v->basket.rows.total_minor) : "something");
    const struct button buttons[BAR_BUTTONS] = {
        { '0', "Back", "a step", NULL, true, false, STYLE_PLAIN, v->depth > 1 ? on_back : NULL, 0 },
        { 'g', "Goods", "to look at", NULL, true, false, STYLE_PLAIN, on_goods, 0 },
        { 'f', "Avoid", avoids, NULL, true, false, STYLE_PLAIN, on_avoid, 0 },
        { 'm', "Account", v->account.open ? "signed in" : "sign in", NULL, true, false, STYLE_PLAIN, on_account, 0 },
        { 'b', "Basket", total, NULL, true, false, STYLE_PLAIN, on_basket, 0 },
        { 'x', "Finish", "clears all", NULL, true, false, STYLE_PLAIN, on_done, 0 },
    };
    int width = area.columns / BAR_BUTTONS;
    for (int i = 0; i < BAR_BUTTONS; i++)
        kiosk_button(k, area_columns(area, i * width, width - 1), &buttons[i]);
}

/* ---- what pages are made of ---- */

void kiosk_button(struct kiosk *k, struct area area, const struct button *button)
{
    struct button shown = *button;

    if (k->visit.waiting > 0 && button->act != on_done) /* an answer is on its way, and it is for this page */
        shown.act = NULL;
    if (kiosk_page(k)->field != NULL && kiosk_page(k)->field(k) != NULL)
        shown.key = 0; /* letters are for the field */
    board_put(&k->board, area, &shown);
}

static struct button button_of(const struct choice *choice)
{
    return (struct button){
        .key = choice->key, .label = choice->label, .detail = choice->detail, .act = choice->act, .value = choice->value
    };
}

/* In steps alike there is no room for what is long: each has the rows that it takes, as far as there are any, and what is left stands
 * between them. */
static void choices_as_needed(struct kiosk *k, struct area area, const struct choice *choices, size_t count)
{
    int left = area.rows, wanted = 0, row = 0;

    for (size_t i = 0; i < count; i++) {
        const struct button button = button_of(&choices[i]);
        left -= choices[i].detail == NULL ? 1 : 2;
        wanted += board_rows(area.columns, &button);
    }
    const int gap = wanted + (int)count <= area.rows ? 1 : 0;
    for (size_t i = 0; i < count; i++) {
        const struct button button = button_of(&choices[i]);
        int least = button.detail == NULL ? 1 : 2, more = board_rows(area.columns, &button) - least;
        if (more > left)
            more = left < 0 ? 0 : left;
        kiosk_button(k, area_rows(area, row, least + more), &button);
        row += least + more + gap;
        left -= more;
    }
}

void kiosk_choices(struct kiosk *k, struct area area, int row, const struct choice *choices, size_t count)
{
    int room = (area.rows - row) / (int)(count == 0 ? 1 : count);
    int step = room > 4 ? 4 : room < 1 ? 1 : room;

    for (size_t i = 0; i < count; i++) {
        const struct button button = button_of(&choices[i]);
        if (board_rows(area.columns, &button) > (step > 2 ? step - 1 : step)) {
            choices_as_needed(k, area_rows(area, row, area.rows - row), choices, count);
            return;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct button button = button_of(&choices[i]);
        kiosk_button(k,
                     area_rows(area, row + (int)i * step,
                               step > 2                            ? step - 1
                               : step > 1 && button.detail == NULL ? board_rows(area.columns, &button)
                                                                   : step),
                     &button);
    }
}

int kiosk_headed(struct area area, int row, enum style style, const char *format, ...)
{
    char text[KIOSK_TEXT];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return row + paint_wrapped(area, row, 0, area.columns, style, text);
}

static void on_more(void *model, int64_t way)
{
    struct kiosk *k = model;

    if (kiosk_page(k)->wheel != NULL)
        kiosk_page(k)->wheel(k, (int)way);
}

bool kiosk_list_wheel(struct kiosk *k, struct list_view *view, size_t count, int key)
{
    size_t step = view->shown > 0 ? view->shown : 1, before = view->top;

    if (key == KEY_PPAGE)
        view->top -= view->top < step ? view->top : step;
    else if (view->top + step < count)
        view->top += step;
    k->stale = k->dirty = true;
    return view->top != before;
}

struct area kiosk_list(struct kiosk *k, struct area area, struct list_view *view, size_t count, int rows)
{
    int foot = (int)count > area.rows / rows || count > LIST_KEYS ? 2 : 0;
    struct area list = area_rows(area, 0, area.rows - foot);
    size_t fit = list.rows < rows ? 1 : (size_t)(list.rows / rows);

    view->shown = fit > LIST_KEYS ? LIST_KEYS : fit;
    if (view->top >= count)
        view->top = count == 0 ? 0 : (count - 1) / view->shown * view->shown;
    if (foot == 0)
        return list;
    struct area bottom = area_rows(area, area.rows - 1, 1);
    char place[64];
    size_t last = view->top + view->shown < count ? view->top + view->shown : count;
    snprintf(place, sizeof(place), "%zu to %zu of %zu", view->top + 1, last, count);
    paint_text(bottom, 0, bottom.columns / 3, bottom.columns / 3, ALIGN_CENTRE, STYLE_PLAIN, place);
    const struct button before = {
        .key = 'p', .label = "Before", .centred = true, .act = view->top > 0 ? on_more : NULL, .value = KEY_PPAGE
    };
    const struct button more = {
        .key = 'n', .label = "More", .centred = true, .act = last < count ? on_more : NULL, .value = KEY_NPAGE
    };
    kiosk_button(k, area_columns(bottom, 0, bottom.columns / 3), &before);
    kiosk_button(k, area_columns(bottom, bottom.columns - bottom.columns / 3, bottom.columns / 3), &more);
    return list;
}

void kiosk_sentence(struct area area, int row, const char *sentence)
{
    paint_wrapped(area, row, 0, area.columns, STYLE_PLAIN, sentence);
}

/* ---- all of it ---- */

static struct area in_the_middle(struct area area, int rows, int columns)
{
    return area_columns(area_rows(area, (area.rows - rows) / 2, rows), (area.columns - columns) / 2, columns);
}

static void on_here(void *model, int64_t value)
{
    (void)model, (void)value; /* that somebody pressed it is all */
}

static void draw_asking(struct kiosk *k, struct area whole)
{
    struct area box = paint_box(in_the_middle(whole, 14, 60), STYLE_WARN, "");
    int64_t left_us = k->touched_us + KIOSK_CLEAR_US - k->now_us;
    char left[NUMBER_TEXT];

    board_begin(&k->board);
    board_new_page(&k->board);
    snprintf(left, sizeof(left), "%lld", (long long)((left_us + SECOND_US - 1) / SECOND_US));
    paint_text(box, 0, 0, box.columns, ALIGN_CENTRE, STYLE_STRONG, "Are you still there?");
    paint_text(box, 1, 0, box.columns, ALIGN_CENTRE, STYLE_PLAIN,
               "Else all that is yours is cleared from this screen.");
    paint_digits(box, 3, 0, box.columns, ALIGN_CENTRE, STYLE_TOTAL, left);
    const struct button here = { .label = "I am still here", .centred = true, .act = on_here };
    board_put(&k->board, area_rows(box, 9, 3), &here);
    paint_cursor_reset();
}

static void draw_too_small(struct area area)
{
    char text[160];

    snprintf(text, sizeof(text), "This window is %d x %d. The kiosk needs %d x %d.", area.columns, area.rows,
             KIOSK_COLUMNS_MIN, KIOSK_ROWS_MIN);
    paint_wrapped(area, 0, 0, area.columns, STYLE_STRONG, text);
}

static void draw_once(struct kiosk *k, struct area whole)
{
    struct area notice = area_rows(whole, whole.rows - BAR_ROWS - 1, 1);
    int more = notice_lasts(k) ? notice_rows(k, notice) - 1 : 0; /* rows: the page is drawn above them */
    struct area middle = area_rows(whole, 1, whole.rows - 2 - BAR_ROWS - more);

    werase(whole.window);
    paint_cursor_reset();
    arena_reset(k->scratch);
    board_begin(&k->board);
    draw_title(k, area_rows(whole, 0, 1));
    kiosk_page(k)->draw(k, area_columns(area_rows(middle, 1, middle.rows - 1), 2, middle.columns - 4));
    draw_bar(k, area_columns(area_rows(whole, whole.rows - BAR_ROWS, BAR_ROWS), 1, whole.columns - 1));
    draw_notice(k, notice);
}

void kiosk_draw(struct kiosk *k, WINDOW *window)
{
    struct area whole = area_of(window);

    k->dirty = k->stale = false;
    k->rows = whole.rows;
    k->columns = whole.columns;
    k->too_small = whole.rows < KIOSK_ROWS_MIN || whole.columns < KIOSK_COLUMNS_MIN;
    if (k->too_small) {
        werase(window);
        paint_cursor_reset();
        draw_too_small(whole);
        return;
    }
    size_t focus = k->board.focus;
    draw_once(k, whole);
    if (k->visit.waiting == 0 && !board_end(&k->board)) {
        draw_once(k, whole);
        focus = k->board.focus;
    }
    if (k->asking) {
        draw_asking(k, whole);
        k->board.focus = focus; /* where they were, when they are back */
        k->stale = true;
    }
}
