/* Reviews as they stand: those that wait, to be accepted or hidden, and those that were. */
#include "client/admin/admin.h"

#include <stdio.h>
#include <string.h>

#define WAITING  CAROLINE__V1__REVIEW_STATE__REVIEW_WAITING
#define ACCEPTED CAROLINE__V1__REVIEW_STATE__REVIEW_ACCEPTED
#define HIDDEN   CAROLINE__V1__REVIEW_STATE__REVIEW_HIDDEN

static void on_queued(struct admin *a, const struct link_answer *answer)
{
    struct admin_reviews *m = &a->visit.queue.reviews;
    const Caroline__V1__ReviewQueued *queued = (const Caroline__V1__ReviewQueued *)answer->reply;

    if (!admin_reviews_answered(a, m, &admin_queue_screen))
        return;
    if (answer->outcome == LINK_OK) {
        admin_reviews_take(m, queued->reviews, queued->n_reviews, queued->more);
    } else {
        snprintf(
            m->trouble, sizeof(m->trouble), "%s",
            answer->code == CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED
                ? "Your role may not read what waits, nor accept or hide it: the permission is review_edit, which a "
                  "manager has."
                : answer->sentence);
    }
}

static void ask(struct admin *a)
{
    struct admin_queue *m = &a->visit.queue;
    const struct admin_review *last = admin_reviews_last(&m->reviews);
    Caroline__V1__ReviewQueue message;

    caroline__v1__review_queue__init(&message);
    message.has_state = true;
    message.state = (Caroline__V1__ReviewState)m->state;
    if (last != NULL) {
        message.has_after_us = message.has_after_id = true;
        message.after_us = (uint64_t)last->written.us;
        message.after_id = (uint64_t)last->id;
    }
    m->reviews.busy = true;
    admin_call(a, CAROLINE__V1__OP__OP_REVIEW_QUEUE, &message.base, on_queued);
}

void admin_queue_begin(struct admin *a)
{
    if (!admin_is_connected(a))
        return;
    a->visit.queue.state = WAITING;
    admin_reviews_init(&a->visit.queue.reviews, ask);
    stage_push(&a->stage, &admin_queue_screen);
    admin_reviews_anew(a, &a->visit.queue.reviews);
}

/* Where it stands now is in another list. */
void admin_queue_moderated(struct admin *a, int64_t review_id, uint32_t state)
{
    struct admin_reviews *m = &a->visit.queue.reviews;

    if (state == a->visit.queue.state)
        return;
    admin_reviews_remove(m, review_id);
    if (m->list.count == 0 && m->more && !m->busy && stage_has(&a->stage, &admin_queue_screen))
        ask(a);
}

/* ---- keys ---- */

static const struct admin_review *selected(const void *model)
{
    return admin_reviews_selected(&((const struct admin *)model)->visit.queue.reviews);
}

static void accept(void *model)
{
    const struct admin_review *review = selected(model);
    admin_accept(model, review, review->product);
}

static const char *accept_label(const void *model)
{
    const struct admin *a = model;
    return selected(a) == NULL || a->visit.queue.state == ACCEPTED ? NULL : "Accept";
}

static void hide(void *model)
{
    const struct admin_review *review = selected(model);
    admin_hide(model, review, review->product);
}

static const char *hide_label(const void *model)
{
    const struct admin *a = model;
    return selected(a) == NULL || a->visit.queue.state == HIDDEN ? NULL : "Hide";
}

static uint32_t state_after(uint32_t state)
{
    return state == WAITING ? ACCEPTED : state == ACCEPTED ? HIDDEN : WAITING;
}

static void others(void *model)
{
    struct admin *a = model;

    if (!admin_is_connected(a))
        return;
    a->visit.queue.state = state_after(a->visit.queue.state);
    admin_reviews_init(&a->visit.queue.reviews, ask);
    admin_reviews_anew(a, &a->visit.queue.reviews);
}

static const char *others_label(const void *model)
{
    uint32_t next = state_after(((const struct admin *)model)->visit.queue.state);
    return next == WAITING ? "What waits" : next == ACCEPTED ? "Accepted ones" : "Hidden ones";
}

static void back(void *model)
{
    stage_pop(&((struct admin *)model)->stage);
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;
    struct admin_queue *m = &a->visit.queue;
    struct area inner = area_columns(area, 3, area.columns - 6);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG,
               m->state == WAITING    ? "Nobody has read these yet; customers do not see them"
               : m->state == ACCEPTED ? "These are shown, and count"
                                      : "These were hidden, and count for nothing");
    admin_reviews_draw(a, &m->reviews, area_rows(inner, 3, inner.rows - 3),
                       m->state == WAITING ? "None waits." : "There is none.");
}

static const struct key keys[] = {
    { KEY_F(2), NULL, accept, "Accept the selected review: it is shown, and counts in its product's stars",
      accept_label },
    { KEY_F(8), NULL, hide, "Hide it, with a reason: it is shown nowhere, and does not count", hide_label },
    { KEY_F(3), NULL, others, "Those that wait, that were accepted, that were hidden, in turn", others_label },
    { KEY_F(5), "Look again", admin_reviews_look_again, "Ask the server once more", NULL },
    { KEY_ESCAPE, "Back", back, "Back to the office", NULL },
    { KEY_UP, NULL, admin_reviews_up, "The review above", NULL },
    { KEY_DOWN, NULL, admin_reviews_down, "The review below; at the end more of them are fetched", NULL },
    { KEY_PPAGE, NULL, admin_reviews_page_up, NULL, NULL },
    { KEY_NPAGE, NULL, admin_reviews_page_down, NULL, NULL },
    { 0 },
};

const struct screen admin_queue_screen = {
    .title = "Reviews",
    .about = "What members wrote of what they bought, the oldest first, without a name. Nobody sees it before it was "
             "accepted.",
    .keys = keys,
    .draw = draw,
};
