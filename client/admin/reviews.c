/* What lists of reviews have in common. Who wrote them is not told. */
#include "client/admin/admin.h"

#include <stdio.h>
#include <string.h>

#define BELOW_ROWS 7 /* the one that is selected: a rule, a head, and what has room of its text */

void admin_reviews_init(struct admin_reviews *m, admin_reviews_ask_fn *ask)
{
    bool busy = m->busy;

    explicit_bzero(m, sizeof(*m));
    m->busy = busy;
    m->ask = ask;
}

void admin_reviews_anew(struct admin *a, struct admin_reviews *m)
{
    m->again = m->busy;
    m->fresh = true;
    if (!m->busy)
        m->ask(a);
}

const struct admin_review *admin_reviews_last(const struct admin_reviews *m)
{
    return m->fresh || m->list.count == 0 ? NULL : &m->rows[m->list.count - 1];
}

bool admin_reviews_answered(struct admin *a, struct admin_reviews *m, const struct screen *screen)
{
    bool again = m->again, here = stage_has(&a->stage, screen);

    m->busy = m->again = false;
    if (here && again)
        m->ask(a);
    return here && !again;
}

/* Which one is selected stays so, wherever it went. */
static void select_again(struct admin_reviews *m, int64_t id)
{
    for (size_t i = 0; i < m->list.count; i++)
        if (m->rows[i].id == id)
            list_select(&m->list, i);
}

void admin_reviews_take(struct admin_reviews *m, Caroline__V1__Review *const *reviews, size_t count, bool more)
{
    size_t filled = m->fresh ? 0 : m->list.count;
    int64_t selected = m->list.count == 0 ? 0 : m->rows[m->list.selected].id;

    m->fresh = false;
    for (size_t i = 0; i < count && filled < ADMIN_REVIEWS_MAX; i++) {
        struct admin_review *row = &m->rows[filled++];
        *row = (struct admin_review){ .id = (int64_t)reviews[i]->id,
                                      .rating = reviews[i]->rating,
                                      .state = (uint32_t)reviews[i]->state,
                                      .reason = (uint32_t)reviews[i]->reason,
                                      .written = { (int64_t)reviews[i]->written_us } };
        admin_copy(row->product, sizeof(row->product), reviews[i]->product_name);
        admin_copy(row->text, sizeof(row->text), reviews[i]->text);
    }
    m->more = more && count > 0 && filled < ADMIN_REVIEWS_MAX;
    m->known = true;
    m->trouble[0] = 0;
    list_resize(&m->list, filled);
    select_again(m, selected);
}

void admin_reviews_remove(struct admin_reviews *m, int64_t id)
{
    int64_t selected = m->list.count == 0 ? 0 : m->rows[m->list.selected].id;

    for (size_t i = 0; i < m->list.count; i++)
        if (m->rows[i].id == id) {
            memmove(&m->rows[i], &m->rows[i + 1], (m->list.count - i - 1) * sizeof(m->rows[0]));
            list_resize(&m->list, m->list.count - 1);
            explicit_bzero(&m->rows[m->list.count], sizeof(m->rows[0]));
            break;
        }
    select_again(m, selected);
}

/* ---- keys ---- */

static struct admin_reviews *shown(struct admin *a)
{
    return stage_top(&a->stage) == &admin_product_screen ? &a->visit.product.reviews : &a->visit.queue.reviews;
}

static void roll(struct admin *a, int key)
{
    struct admin_reviews *m = shown(a);

    list_key(&m->list, key);
    if (m->more && !m->busy && m->list.selected + 1 == m->list.count && a->stage.status.connected)
        m->ask(a);
}

void admin_reviews_up(void *model)
{
    roll(model, KEY_UP);
}

void admin_reviews_down(void *model)
{
    roll(model, KEY_DOWN);
}

void admin_reviews_page_up(void *model)
{
    roll(model, KEY_PPAGE);
}

void admin_reviews_page_down(void *model)
{
    roll(model, KEY_NPAGE);
}

void admin_reviews_look_again(void *model)
{
    if (admin_is_connected(model))
        admin_reviews_anew(model, shown(model));
}

const struct admin_review *admin_reviews_selected(const struct admin_reviews *m)
{
    return m->list.count == 0 || m->trouble[0] != 0 ? NULL : &m->rows[m->list.selected]; /* of what is shown */
}

/* ---- drawing ---- */

char *admin_rating_text(char text[ADMIN_RATING_TEXT], uint32_t hundredths, uint32_t count)
{
    text[0] = 0;
    if (count > 0)
        snprintf(text, ADMIN_RATING_TEXT, "%s %u.%02u", theme_glyph(GLYPH_STAR), hundredths / 100, hundredths % 100);
    return text;
}

struct drawing {
    const struct admin *admin;
    const struct admin_reviews *reviews;
};

void admin_rating_stars(struct area row, int left, uint32_t rating, enum style style)
{
    for (uint32_t i = 0; i < rating && i < 5; i++)
        paint_text(row, 0, left + (int)i, 1, ALIGN_LEFT, style, theme_glyph(GLYPH_STAR));
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct drawing *d = model;
    const struct admin_review *review = &d->reviews->rows[index];
    int name = review->product[0] == 0 ? 0 : row.columns / 3, left = 18 + name;
    char day[DAY_TEXT];

    paint_fill(row, style);
    paint_text(row, 0, 1, 10, ALIGN_LEFT, style, day_format(day, zone_day(admin_zone(d->admin), review->written)));
    admin_rating_stars(row, 12, review->rating, style);
    paint_text(row, 0, 18, name - 1, ALIGN_LEFT, style, review->product);
    paint_text(row, 0, left, row.columns - left - 1, ALIGN_LEFT, style,
               review->text[0] == 0 ? "(nothing was written)" : review->text);
}

static void draw_selected(const struct admin *a, const struct admin_review *review, struct area area)
{
    struct local_time local = zone_local(admin_zone(a), review->written);
    const char *reason = admin_reason_words(review->reason);
    char day[DAY_TEXT];

    paint_rule(area, 0);
    paint_format(area, 1, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%u of 5%s%s   %s, %02d:%02d%s%s%s",
                 review->rating, review->product[0] == 0 ? "" : "   ", review->product,
                 day_format(day, day_of_date(local.date)), local.hour, local.minute, reason[0] == 0 ? "" : "   (",
                 reason, reason[0] == 0 ? "" : ")");
    paint_wrapped(area_rows(area, 2, area.rows - 2), 0, 0, area.columns, STYLE_PLAIN,
                  review->text[0] == 0 ? "(nothing was written)" : review->text);
}

void admin_reviews_draw(struct admin *a, struct admin_reviews *m, struct area area, const char *none)
{
    const struct admin_review *selected = admin_reviews_selected(m);
    const struct drawing drawing = { a, m };

    if (m->trouble[0] != 0) {
        paint_wrapped(area, 0, 0, area.columns, STYLE_WARN, m->trouble);
        return;
    }
    if (m->list.count == 0)
        paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_DIM, m->known ? none : "Asking the server ...");
    list_draw(&m->list, area_rows(area, 0, area.rows - BELOW_ROWS), true, draw_row, &drawing);
    if (selected != NULL)
        draw_selected(a, selected, area_rows(area, area.rows - BELOW_ROWS, BELOW_ROWS));
}
