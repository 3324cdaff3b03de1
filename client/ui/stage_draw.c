/* The stage as one sees it: title, banner, screen, message, key bar; dialog and help above. */
#include "client/ui/stage.h"

#include <stdio.h>

#include "common/base/text.h"

static void draw_title(const struct stage *stage, struct area area)
{
    const struct stage_status *status = &stage->status;
    char right[256];
    /* The connection's mark comes last, so that it stays in sight however narrow the line is. */
    snprintf(right, sizeof(right), "%s%s%s %s ", status->person, status->person[0] != 0 ? "  " : "",
             theme_glyph(status->connected ? GLYPH_DOT : GLYPH_NO_DOT),
             status->connected ? "connected" : "NO CONNECTION");
    int right_columns = (int)text_columns(right);

    paint_fill(area, STYLE_TITLE);
    paint_format(area, 0, 1, area.columns - right_columns - 2, ALIGN_LEFT, STYLE_TITLE, "%s%s%s", status->place,
                 status->place[0] != 0 ? "  |  " : "", stage_top(stage)->title);
    paint_text(area, 0, area.columns - right_columns, right_columns, ALIGN_RIGHT, STYLE_TITLE, right);
}

/* How many rows it took. */
static int draw_message(const struct stage *stage, struct area area)
{
    static const enum style styles[] = {
        [MESSAGE_NONE] = STYLE_PLAIN,
        [MESSAGE_PLAIN] = STYLE_STRONG,
        [MESSAGE_GOOD] = STYLE_GOOD,
        [MESSAGE_BAD] = STYLE_BAD,
    };
    /* A long sentence grows upwards, over the screen: what the server says is never cut. */
    int rows = paint_wrapped(area_rows(area, 0, 0), 0, 1, area.columns - 2, STYLE_PLAIN, stage->message);
    if (rows > 1)
        area = (struct area){ area.window, area.top - rows + 1, area.left, rows, area.columns };
    paint_fill(area, styles[stage->message_kind]);
    paint_wrapped(area, 0, 1, area.columns - 2, styles[stage->message_kind], stage->message);
    return area.rows;
}

/* What is wrong is read to its end, be the window narrow. */
#define BANNER_ROWS_MAX 2

static int rows_of_banner(const struct stage *stage, struct area whole)
{
    if (stage->status.banner[0] == 0)
        return 0;
    if (text_columns(stage->status.banner) <= (size_t)whole.columns)
        return 1;
    int rows = paint_wrapped(area_rows(whole, 0, 0), 0, 1, whole.columns - 2, STYLE_PLAIN, stage->status.banner);
    return rows < BANNER_ROWS_MAX ? rows : BANNER_ROWS_MAX;
}

static void draw_banner(const struct stage *stage, struct area area)
{
    paint_fill(area, STYLE_BANNER);
    if (area.rows == 1)
        paint_text(area, 0, 0, area.columns, ALIGN_CENTRE, STYLE_BANNER, stage->status.banner);
    else
        paint_wrapped(area, 0, 1, area.columns - 2, STYLE_BANNER, stage->status.banner);
}

/* Between the screen and the message: neither covers it. */
#define HELD_ROWS_MAX 3

static int rows_of_held(const struct stage *stage, struct area whole)
{
    if (!stage_holds(stage))
        return 0;
    int rows = paint_wrapped(area_rows(whole, 0, 0), 0, 1, whole.columns - 2, STYLE_PLAIN, stage->held);
    return rows < HELD_ROWS_MAX ? rows : HELD_ROWS_MAX;
}

static void draw_held(const struct stage *stage, struct area area)
{
    paint_fill(area, STYLE_BAD);
    paint_wrapped(area, 0, 1, area.columns - 2, STYLE_BAD, stage->held);
}

/* Whoever looks anywhere near the top of the window reads it, in any colours or none. */
static void draw_training(const struct stage *stage, struct area area)
{
    static const char says[] = "NOTHING HERE IS SOLD", word[] = "TRAINING   ";
    char text[STAGE_TEXT];
    size_t size = 0;

    if (!stage->status.training)
        return;
    int words = (area.columns - (int)sizeof(says)) / (2 * ((int)sizeof(word) - 1));
    for (int i = 0; i < words && size + sizeof(word) < sizeof(text) / 3; i++)
        size += (size_t)snprintf(text + size, sizeof(text) - size, "%s", word);
    size_t left = size;
    size += (size_t)snprintf(text + size, sizeof(text) - size, "%s", says);
    for (size_t at = 0; at < left; at += sizeof(word) - 1)
        size += (size_t)snprintf(text + size, sizeof(text) - size, "   TRAINING");
    paint_fill(area, STYLE_BANNER);
    paint_text(area, 0, 0, area.columns, ALIGN_CENTRE, STYLE_BANNER, text);
}

static struct area in_the_middle(struct area area, int rows, int columns)
{
    if (rows > area.rows)
        rows = area.rows;
    if (columns > area.columns)
        columns = area.columns;
    return area_columns(area_rows(area, (area.rows - rows) / 2, rows), (area.columns - columns) / 2, columns);
}

static void draw_dialog(const struct stage *stage, struct area area)
{
    const int columns = 56;
    /* Measured by drawing nowhere: an area without rows. */
    int rows = paint_wrapped(area_rows(area, 0, 0), 0, 0, columns - 4, STYLE_PLAIN, stage->dialog.question);
    struct area box = paint_box(in_the_middle(area, rows + 4, columns), STYLE_WARN, "");

    paint_wrapped(box, 0, 0, box.columns, STYLE_STRONG, stage->dialog.question);
    paint_format(box, box.rows - 1, 0, box.columns / 2, ALIGN_LEFT, STYLE_KEY_LABEL, " Enter  %s", stage->dialog.yes);
    paint_text(box, box.rows - 1, box.columns / 2 + 1, box.columns / 2 - 1, ALIGN_LEFT, STYLE_KEY_LABEL, " Esc  No");
}

/* Over the foot, too, where it is longer than the screen: between banners there is little room. */
static void draw_help(const struct stage *stage, struct area area, struct area whole)
{
    const int columns = 76;
    char title[128];

    if (key_help_rows(stage_top(stage), stage->model, columns - 4) > area.rows - 2)
        area = area_rows(whole, 1, whole.rows - 1);
    snprintf(title, sizeof(title), "Help: %s", stage_top(stage)->title);
    struct area box = paint_box(in_the_middle(area, area.rows, columns), STYLE_STRONG, title);
    key_help_draw(stage_top(stage), stage->model, box);
    paint_text(box, box.rows - 1, 0, box.columns, ALIGN_LEFT, STYLE_DIM,
               "Any key goes back. F5 is also Alt-5, or Ctrl-F then 5; Ctrl-C leaves.");
}

/* What is asked or was said goes first: it is news. A question that is not wholly in sight can't be answered. */
static void draw_too_small(struct stage *stage, struct area area)
{
    char text[STAGE_TEXT + 64];
    int row = 0;

    stage->question_seen = stage->held_seen = false;
    if (stage->dialog.act != NULL) {
        snprintf(text, sizeof(text), "%s\nEnter: %s. Esc: No.", stage->dialog.question, stage->dialog.yes);
        row = paint_wrapped(area, 0, 0, area.columns, STYLE_STRONG, text);
        stage->question_seen = area.columns >= 20 && row <= area.rows;
    } else {
        if (stage_holds(stage))
            row = paint_wrapped(area, 0, 0, area.columns, STYLE_STRONG, stage->held);
        if (stage->message_kind != MESSAGE_NONE)
            row += paint_wrapped(area, row, 0, area.columns, STYLE_STRONG, stage->message);
    }
    snprintf(text, sizeof(text),
             "%sThis window is %d x %d. Caroline needs %d x %d: please make it larger. Nothing is lost: scans count. "
             "Keys do nothing here, but Ctrl-C leaves.",
             stage->status.training ? "TRAINING: nothing here is sold.\n" : "", area.columns, area.rows,
             STAGE_COLUMNS_MIN, STAGE_ROWS_MIN);
    paint_wrapped(area, row == 0 ? 0 : row + 1, 0, area.columns, STYLE_PLAIN, text);
}

void stage_draw(struct stage *stage, WINDOW *window)
{
    struct area whole = area_of(window);

    werase(window);
    paint_cursor_reset();
    stage_drop_stale(stage);
    stage->dirty = false;
    stage->too_small = whole.rows < STAGE_ROWS_MIN || whole.columns < STAGE_COLUMNS_MIN;
    if (stage->too_small) {
        draw_too_small(stage, whole);
        return;
    }
    const struct screen *screen = stage_top(stage);
    int bar_rows = key_bar_rows(screen, stage->model);
    int training_rows = stage->status.training ? 1 : 0;
    int banner_rows = rows_of_banner(stage, whole), top_rows = 1 + training_rows + banner_rows;
    int held_rows = rows_of_held(stage, whole), below_rows = held_rows + 1 + bar_rows;
    struct area middle = area_rows(whole, top_rows, whole.rows - top_rows - below_rows);

    draw_title(stage, area_rows(whole, 0, 1));
    draw_training(stage, area_rows(whole, 1, training_rows));
    if (banner_rows > 0)
        draw_banner(stage, area_rows(whole, 1 + training_rows, banner_rows));
    screen->draw(stage->model, middle);
    int message_rows = draw_message(stage, area_rows(whole, whole.rows - 1 - bar_rows, 1));
    draw_held(stage, area_rows(whole, whole.rows - bar_rows - message_rows - held_rows, held_rows));
    stage->held_seen = true;
    key_bar_draw(screen, stage->model, area_rows(whole, whole.rows - bar_rows, bar_rows));
    if (stage->dialog.act != NULL || stage->help)
        paint_cursor_reset();
    if (stage->dialog.act != NULL)
        draw_dialog(stage, middle);
    if (stage->help)
        draw_help(stage, middle, whole);
}
