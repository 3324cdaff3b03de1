/* What others say of a product. Who they are is not told. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

#define ROWS_LEAST 5

static void answered(struct kiosk *k, const struct link_answer *answer)
{
    struct reviews_view *m = &k->visit.reviews;
    const Caroline__V1__ReviewListed *listed = (const Caroline__V1__ReviewListed *)answer->reply;

    m->failed = answer->outcome != LINK_OK;
    if (m->failed)
        return;
    m->count = 0;
    for (size_t i = 0; i < listed->n_reviews && m->count < KIOSK_REVIEWS_MAX; i++) {
        struct review_row *row = &m->rows[m->count++];
        row->rating = listed->reviews[i]->rating;
        row->at = (struct instant){ (int64_t)listed->reviews[i]->written_us };
        kiosk_text(row->text, sizeof(row->text), listed->reviews[i]->text);
    }
}

void reviews_open(struct kiosk *k, int64_t product_id)
{
    struct reviews_view *m = &k->visit.reviews;
    Caroline__V1__ReviewList message = CAROLINE__V1__REVIEW_LIST__INIT;

    memset(m, 0, sizeof(*m));
    m->product_id = product_id;
    message.has_product_id = true;
    message.product_id = (uint64_t)product_id;
    kiosk_open(k, &reviews_page);
    m->asked = kiosk_call(k, CAROLINE__V1__OP__OP_REVIEW_LIST, &message.base, true, answered);
    m->failed = !m->asked;
}

char *stars_text(char text[STARS_TEXT], uint32_t rating)
{
    size_t used = 0;

    text[0] = 0;
    for (uint32_t i = 0; i < 5 && i < rating; i++)
        used += (size_t)snprintf(text + used, STARS_TEXT - used, "%s", theme_glyph(GLYPH_STAR));
    return text;
}

static const char *words_of(const struct review_row *row)
{
    return row->text[0] == 0 ? "(nothing more was written)" : row->text;
}

static void draw_review(struct kiosk *k, struct area area, const struct review_row *row)
{
    char stars[STARS_TEXT], day[DAY_TEXT];

    paint_format(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "%s  (%u of 5)  %s",
                 stars_text(stars, row->rating), row->rating, day_format(day, zone_day(kiosk_zone(k), row->at)));
    paint_wrapped(area_rows(area, 1, area.rows - 1), 0, 2, area.columns - 4, STYLE_PLAIN, words_of(row));
}

/* So many that the longest of them is whole, if the page has them. */
static int rows_of(const struct reviews_view *m, struct area area)
{
    int rows = ROWS_LEAST;

    for (size_t i = 0; i < m->count; i++) {
        int wanted =
            2 + paint_wrapped(area_rows(area, 0, 0), 0, 2, area.columns - 4, STYLE_PLAIN, words_of(&m->rows[i]));
        rows = wanted > rows ? wanted : rows;
    }
    return rows < area.rows - 2 ? rows : area.rows - 2;
}

static void draw(struct kiosk *k, struct area area)
{
    struct reviews_view *m = &k->visit.reviews;
    const struct product *product = kiosk_product(k, m->product_id);
    char rating[48] = "";

    if (product != NULL)
        rating_text(rating, sizeof(rating), product);
    int row = kiosk_headed(area, 0, STYLE_STRONG, "%s   %s", product == NULL ? "" : product->name, rating) + 1;
    if (m->failed)
        kiosk_sentence(area, row, "What others say can be read again in a moment.");
    else if (m->count == 0 && k->visit.waiting == 0)
        kiosk_sentence(area, row,
                       "Nobody has written about it yet. Who bought it can: sign in, then \"What I bought\".");
    struct area under = area_rows(area, row, area.rows - row);
    int rows = rows_of(m, under);
    struct area list = kiosk_list(k, under, &m->view, m->count, rows);
    for (size_t i = m->view.top; i < m->count && i < m->view.top + m->view.shown; i++)
        draw_review(k, area_rows(list, rows * (int)(i - m->view.top), rows), &m->rows[i]);
}

static bool wheel(struct kiosk *k, int key)
{
    return kiosk_list_wheel(k, &k->visit.reviews.view, k->visit.reviews.count, key);
}

const struct page reviews_page = { .title = "What others say", .draw = draw, .wheel = wheel };
