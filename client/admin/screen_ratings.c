/* What is sold, with its stars and how many gave them: as the catalogue has it, which changes while one looks. */
#include "client/admin/admin.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Of those with reviews and of the others, in the order of the list. */
static int in_order(const void *x, const void *y)
{
    const struct product *a = *(const struct product *const *)x, *b = *(const struct product *const *)y;
    int rated = (b->rating_count > 0) - (a->rating_count > 0);
    int named = rated != 0 ? rated : strcasecmp(catalogue_folded_name(a), catalogue_folded_name(b));

    return named != 0 ? named : (a->id > b->id) - (a->id < b->id);
}

/* All that is sold; where that is more than is listed, those with reviews go before the others. */
static size_t list_all(struct admin *a, const struct product **products)
{
    const struct catalogue *catalogue = admin_catalogue(a);
    struct admin_ratings *m = &a->visit.ratings;
    size_t count = 0;

    m->total = 0;
    for (int rated = 1; rated >= 0; rated--)
        for (const struct product *p = catalogue_next_product(catalogue, 0, 0); p != NULL;
             p = catalogue_next_product(catalogue, p->id, 0)) {
            if (admin_product(a, p->id) == NULL || (p->rating_count > 0) != (rated != 0))
                continue;
            m->total++;
            if (count < ADMIN_GOODS_MAX)
                products[count++] = p;
        }
    return count;
}

static size_t list_found(struct admin *a, const struct product **products)
{
    struct admin_ratings *m = &a->visit.ratings;
    size_t count = 0;

    search_find(a->search, m->entry.text, &m->found);
    m->total = m->found.total;
    for (size_t i = 0; i < m->found.shown; i++) {
        const struct product *product = admin_product(a, m->found.ids[i]);
        if (product != NULL)
            products[count++] = product;
        else
            m->total--;
    }
    return count;
}

/* Who had one selected has it still, wherever it went. */
void admin_ratings_look(struct admin *a)
{
    struct admin_ratings *m = &a->visit.ratings;
    static const struct product *products[ADMIN_GOODS_MAX];
    int64_t selected = m->list.count == 0 ? 0 : m->ids[m->list.selected];

    a->stage.dirty = true;
    m->found.partial = false;
    if (!stage_has(&a->stage, &admin_ratings_screen) || admin_catalogue(a) == NULL) {
        list_resize(&m->list, 0);
        return;
    }
    size_t count = field_is_empty(&m->entry) ? list_all(a, products) : list_found(a, products);
    qsort(products, count, sizeof(const struct product *), in_order);
    list_resize(&m->list, count);
    for (size_t i = 0; i < count; i++) {
        m->ids[i] = products[i]->id;
        if (m->ids[i] == selected)
            list_select(&m->list, i);
    }
}

void admin_ratings_begin(struct admin *a)
{
    struct admin_ratings *m = &a->visit.ratings;

    memset(m, 0, sizeof(*m));
    field_init(&m->entry, FIELD_TEXT, 80);
    stage_push(&a->stage, &admin_ratings_screen);
    admin_ratings_look(a);
}

/* ---- keys ---- */

static void changed(void *model)
{
    struct admin *a = model;

    a->visit.ratings.list.count = 0; /* the first of what is found now is the one that is meant */
    list_select(&a->visit.ratings.list, 0);
    admin_ratings_look(a);
}

static void enter(void *model)
{
    struct admin *a = model;
    struct admin_ratings *m = &a->visit.ratings;

    if (m->list.count > 0)
        admin_product_begin(a, m->ids[m->list.selected]);
}

static const char *enter_label(const void *model)
{
    return ((const struct admin *)model)->visit.ratings.list.count == 0 ? NULL : "Reviews";
}

static void back(void *model)
{
    struct admin *a = model;

    if (field_is_empty(&a->visit.ratings.entry)) {
        stage_pop(&a->stage);
    } else {
        field_wipe(&a->visit.ratings.entry);
        changed(a);
    }
}

static const char *back_label(const void *model)
{
    return field_is_empty(&((const struct admin *)model)->visit.ratings.entry) ? "Back" : "Clear";
}

static void roll(void *model, int key)
{
    list_key(&((struct admin *)model)->visit.ratings.list, key);
}

static void up(void *model)
{
    roll(model, KEY_UP);
}

static void down(void *model)
{
    roll(model, KEY_DOWN);
}

static void page_up(void *model)
{
    roll(model, KEY_PPAGE);
}

static void page_down(void *model)
{
    roll(model, KEY_NPAGE);
}

static struct field *field(void *model)
{
    return &((struct admin *)model)->visit.ratings.entry;
}

/* ---- drawing ---- */

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct admin *a = model;
    const struct product *product = admin_product(a, a->visit.ratings.ids[index]);
    char rating[ADMIN_RATING_TEXT];

    paint_fill(row, style);
    if (product == NULL)
        return;
    paint_text(row, 0, 1, row.columns - 28, ALIGN_LEFT, style, product->name);
    paint_text(row, 0, row.columns - 26, 10, ALIGN_RIGHT, style,
               admin_rating_text(rating, product->rating_hundredths, product->rating_count));
    if (product->rating_count > 0)
        paint_format(row, 0, row.columns - 15, 13, ALIGN_RIGHT, style, "%u review%s", product->rating_count,
                     product->rating_count == 1 ? "" : "s");
}

static void draw_none(const struct admin *a, struct area area)
{
    const struct admin_ratings *m = &a->visit.ratings;

    if (admin_catalogue(a) == NULL && a->snapshot_parts > 0)
        paint_bar(area, 0, 0, area.columns - 2, a->snapshot_part, a->snapshot_parts);
    else if (admin_catalogue(a) == NULL || m->found.partial)
        paint_text(area, 0, 1, area.columns, ALIGN_LEFT, STYLE_DIM, "The catalogue is coming ...");
    else
        paint_text(area, 0, 1, area.columns, ALIGN_LEFT, STYLE_DIM,
                   field_is_empty(&m->entry) ? "Nothing is sold yet." : "Nothing is called so.");
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;
    struct admin_ratings *m = &a->visit.ratings;
    struct area inner = area_columns(area, 2, area.columns - 4);

    paint_text(inner, 1, 1, 14, ALIGN_LEFT, STYLE_PLAIN, "Part of a name");
    paint_field(inner, 1, 17, 30, &m->entry, true);
    if (m->total > m->list.count)
        paint_format(inner, 1, 49, inner.columns - 50, ALIGN_RIGHT, STYLE_DIM, "%zu of %zu", m->list.count, m->total);
    if (m->list.count == 0)
        draw_none(a, area_rows(inner, 3, 1));
    list_draw(&m->list, area_rows(inner, 3, inner.rows - 3), true, draw_row, a);
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "What is said of the selected product", enter_label },
    { KEY_ESCAPE, NULL, back, "Clear what was typed; then back to the office", back_label },
    { KEY_UP, NULL, up, "The product above", NULL },
    { KEY_DOWN, NULL, down, "The product below", NULL },
    { KEY_PPAGE, NULL, page_up, NULL, NULL },
    { KEY_NPAGE, NULL, page_down, NULL, NULL },
    { 0 },
};

const struct screen admin_ratings_screen = {
    .title = "Ratings",
    .about = "The average and the number of the reviews that were accepted, those with reviews first. They follow each "
             "review "
             "that is accepted or hidden anywhere. Type part of a name to find a product.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
};
