/* What is said of one product: the reviews that customers are shown, the newest first. */
#include "client/admin/admin.h"

#include <stdio.h>
#include <string.h>

static void on_listed(struct admin *a, const struct link_answer *answer)
{
    struct admin_product *m = &a->visit.product;
    const Caroline__V1__ReviewListed *listed = (const Caroline__V1__ReviewListed *)answer->reply;

    if (!admin_reviews_answered(a, &m->reviews, &admin_product_screen)) /* the product before, or before a change */
        return;
    if (answer->outcome != LINK_OK) {
        snprintf(m->reviews.trouble, sizeof(m->reviews.trouble), "%s", answer->sentence);
        return;
    }
    m->rating_hundredths = listed->rating_hundredths;
    m->rating_count = listed->rating_count;
    admin_reviews_take(&m->reviews, listed->reviews, listed->n_reviews, listed->more);
}

static void ask(struct admin *a)
{
    struct admin_product *m = &a->visit.product;
    const struct admin_review *last = admin_reviews_last(&m->reviews);
    Caroline__V1__ReviewList message;

    caroline__v1__review_list__init(&message);
    message.has_product_id = true;
    message.product_id = (uint64_t)m->id;
    if (last != NULL) {
        message.has_before_us = message.has_before_id = true;
        message.before_us = (uint64_t)last->written.us;
        message.before_id = (uint64_t)last->id;
    }
    m->reviews.busy = true;
    admin_call(a, CAROLINE__V1__OP__OP_REVIEW_LIST, &message.base, on_listed);
}

void admin_product_begin(struct admin *a, int64_t id)
{
    struct admin_product *m = &a->visit.product;

    if (!admin_is_connected(a))
        return;
    admin_reviews_init(&m->reviews, ask);
    m->id = id;
    m->rating_count = m->rating_hundredths = 0;
    stage_push(&a->stage, &admin_product_screen);
    admin_reviews_anew(a, &m->reviews);
}

void admin_product_look(struct admin *a)
{
    struct admin_product *m = &a->visit.product;
    const struct product *product = admin_product(a, m->id);

    if (stage_has(&a->stage, &admin_product_screen) && a->stage.status.connected && product != NULL &&
        (product->rating_count != m->rating_count || product->rating_hundredths != m->rating_hundredths))
        admin_reviews_anew(a, &m->reviews);
}

/* ---- keys ---- */

static void hide(void *model)
{
    struct admin *a = model;
    const struct admin_review *review = admin_reviews_selected(&a->visit.product.reviews);
    const struct product *product = admin_product(a, a->visit.product.id);

    admin_hide(a, review, product == NULL ? "" : product->name);
}

static const char *hide_label(const void *model)
{
    const struct admin *a = model;
    return admin_reviews_selected(&a->visit.product.reviews) == NULL || !link_may(a->link, "review_edit") ? NULL
                                                                                                          : "Hide";
}

static void back(void *model)
{
    stage_pop(&((struct admin *)model)->stage);
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;
    struct admin_product *m = &a->visit.product;
    const struct product *product = admin_product(a, m->id);
    struct area inner = area_columns(area, 2, area.columns - 4);
    char rating[ADMIN_RATING_TEXT];

    if (product == NULL) {
        paint_text(inner, 1, 1, inner.columns, ALIGN_LEFT, STYLE_WARN, "This is no longer sold.");
    } else if (product->rating_count == 0) {
        paint_format(inner, 1, 1, inner.columns - 2, ALIGN_LEFT, STYLE_STRONG, "%s: no reviews", product->name);
    } else {
        paint_text(inner, 1, 1, inner.columns - 30, ALIGN_LEFT, STYLE_STRONG, product->name);
        paint_format(inner, 1, inner.columns - 28, 27, ALIGN_RIGHT, STYLE_STRONG, "%s of 5, by %u",
                     admin_rating_text(rating, product->rating_hundredths, product->rating_count),
                     product->rating_count);
    }
    admin_reviews_draw(a, &m->reviews, area_columns(area_rows(inner, 3, inner.rows - 3), 1, inner.columns - 2),
                       "Nobody has written about it, or none of it was accepted.");
}

static const struct key keys[] = {
    { KEY_F(8), NULL, hide, "Hide the selected review, with a reason: it leaves average and count", hide_label },
    { KEY_F(5), "Look again", admin_reviews_look_again, "Ask the server once more", NULL },
    { KEY_ESCAPE, "Back", back, "Back to the goods", NULL },
    { KEY_UP, NULL, admin_reviews_up, "The review above", NULL },
    { KEY_DOWN, NULL, admin_reviews_down, "The review below; at the end more of them are fetched", NULL },
    { KEY_PPAGE, NULL, admin_reviews_page_up, NULL, NULL },
    { KEY_NPAGE, NULL, admin_reviews_page_down, NULL, NULL },
    { 0 },
};

const struct screen admin_product_screen = {
    .title = "Reviews of a product",
    .about = "What customers are shown: without a name, the newest first.",
    .keys = keys,
    .draw = draw,
};
