/* Where everything begins: the sections, each by its number. */
#include "client/admin/admin.h"

#include <string.h>

static const struct section {
    const char *key, *label, *help;
    void (*begin)(struct admin *a);
} sections[] = {
    { "1", "Ratings", "what is sold, with its stars and how many gave them", admin_ratings_begin },
    { "2", "Reviews", "what members wrote, to be accepted or hidden", admin_queue_begin },
    { "3", "Customers", "find a member, see what is known of them, sign one up", admin_customers_begin },
};
#define SECTION_COUNT (sizeof(sections) / sizeof(sections[0]))

void admin_home_begin(struct admin *a)
{
    struct admin_home *m = &a->visit.home;

    memset(m, 0, sizeof(*m));
    field_init(&m->number, FIELD_TEXT, 1);
    list_resize(&m->rows, SECTION_COUNT);
    stage_only(&a->stage, &admin_home_screen);
    stage_quiet(&a->stage);
    admin_show_state(a);
}

static void enter(void *model)
{
    struct admin *a = model;
    sections[a->visit.home.rows.selected].begin(a);
}

/* A digit is typed: that row at once. */
static void changed(void *model)
{
    struct admin *a = model;
    char typed[FIELD_SIZE];

    memcpy(typed, a->visit.home.number.text, sizeof(typed));
    field_wipe(&a->visit.home.number);
    for (size_t i = 0; i < SECTION_COUNT; i++)
        if (strcmp(typed, sections[i].key) == 0) {
            list_select(&a->visit.home.rows, i);
            sections[i].begin(a);
            return;
        }
    if (typed[0] != 0)
        stage_say_no_use(&a->stage, typed);
}

static void sign_out(void *model)
{
    admin_sign_out(model);
}

static void up(void *model)
{
    list_key(&((struct admin *)model)->visit.home.rows, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct admin *)model)->visit.home.rows, KEY_DOWN);
}

static struct field *field(void *model)
{
    return &((struct admin *)model)->visit.home.number;
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    (void)model;
    paint_fill(row, style);
    paint_text(row, 0, 0, 3, ALIGN_RIGHT, style, sections[index].key);
    paint_text(row, 0, 5, 12, ALIGN_LEFT, style, sections[index].label);
    paint_text(row, 0, 18, row.columns - 19, ALIGN_LEFT, style, sections[index].help);
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;
    struct area inner = area_columns(area, 3, area.columns - 6);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "What is to be looked at?");
    list_draw(&a->visit.home.rows, area_rows(inner, 3, -1), true, draw_row, a);
}

static const struct key keys[] = {
    { KEY_RETURN, "Choose", enter, "Open what is selected; a digit does it at once", NULL },
    { KEY_F(12), "Sign out", sign_out, "Sign out; F12 at the sign-in then leaves the console, as Ctrl-C does anywhere",
      NULL },
    { KEY_UP, NULL, up, "The row above", NULL },
    { KEY_DOWN, NULL, down, "The row below", NULL },
    { 0 },
};

const struct screen admin_home_screen = {
    .title = "Office",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
};
