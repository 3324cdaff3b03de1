/* A review is accepted, or hidden for a reason, which is chosen from those that there are: a typed one would name somebody. */
#include "client/admin/admin.h"

#include <stdio.h>
#include <string.h>

static const struct reason {
    uint32_t reason;
    const char *words, *help;
} reasons[ADMIN_REASONS] = {
    { CAROLINE__V1__REVIEW_REASON__REVIEW_OFF_TOPIC, "off topic", "it is not about the goods" },
    { CAROLINE__V1__REVIEW_REASON__REVIEW_OFFENSIVE, "offensive", "nobody should have to read it" },
    { CAROLINE__V1__REVIEW_REASON__REVIEW_PERSONAL, "personal", "it names or describes somebody" },
    { CAROLINE__V1__REVIEW_REASON__REVIEW_ADVERTISING, "advertising", "for something else" },
    { CAROLINE__V1__REVIEW_REASON__REVIEW_UNTRUE, "untrue", "it was not so, and that is known" },
    { CAROLINE__V1__REVIEW_REASON__REVIEW_ASKED, "asked for", "who wrote it wants it hidden" },
};

const char *admin_reason_words(uint32_t reason)
{
    for (size_t i = 0; i < ADMIN_REASONS; i++)
        if (reasons[i].reason == reason)
            return reasons[i].words;
    return reason == CAROLINE__V1__REVIEW_REASON__REVIEW_ERASED ? "who wrote it was forgotten" : "";
}

/* ---- the command ---- */

static void say_done(struct admin *a, const Caroline__V1__ReviewModerated *done)
{
    const struct admin_moderation *m = &a->visit.moderation;
    const char *what = !done->changed ? "it stood so already" : m->hides ? "hidden" : "accepted";

    if (done->rating_count == 0)
        stage_say(&a->stage, MESSAGE_GOOD, "%s: %s has no reviews now", what, m->product);
    else
        stage_say(&a->stage, MESSAGE_GOOD, "%s: %s has %u.%02u of 5 now, by %u", what, m->product,
                  done->rating_hundredths / 100, done->rating_hundredths % 100, done->rating_count);
}

static void on_moderated(struct admin *a, const struct link_answer *answer)
{
    struct admin_moderation *m = &a->visit.moderation;
    const Caroline__V1__ReviewModerated *done = (const Caroline__V1__ReviewModerated *)answer->reply;

    m->busy = false;
    if (answer->code == CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED) {
        stage_say(&a->stage, MESSAGE_BAD, "your role may not accept or hide reviews: the permission is review_edit");
        return;
    }
    if (admin_refused(a, answer))
        return;
    admin_queue_moderated(a, m->review_id,
                          m->hides ? CAROLINE__V1__REVIEW_STATE__REVIEW_HIDDEN
                                   : CAROLINE__V1__REVIEW_STATE__REVIEW_ACCEPTED);
    say_done(a, done);
}

/* Of an earlier run of this program, or of who has signed out since. */
void admin_moderate_recovered(struct admin *a, const struct link_answer *answer)
{
    if (answer->outcome == LINK_OK)
        stage_say(&a->stage, MESSAGE_PLAIN, "a review that was decided about before is as it was decided");
    else
        stage_say(&a->stage, MESSAGE_BAD, "a review that was decided about before stays as it was: %s",
                  answer->sentence);
}

/* false: not now, which has been said. */
static bool begin(struct admin *a, const struct admin_review *review, const char *product, bool hides)
{
    struct admin_moderation *m = &a->visit.moderation;

    if (m->busy) {
        stage_say(&a->stage, MESSAGE_BAD, "the server is still asked about the review before");
        return false;
    }
    if (!admin_is_connected(a))
        return false;
    *m = (struct admin_moderation){ .review_id = review->id, .rating = review->rating, .hides = hides };
    snprintf(m->text, sizeof(m->text), "%s", review->text[0] == 0 ? "(nothing was written)" : review->text);
    snprintf(m->product, sizeof(m->product), "%s", product[0] == 0 ? "the product" : product);
    return true;
}

static void send(struct admin *a, uint32_t state, uint32_t reason)
{
    struct admin_moderation *m = &a->visit.moderation;
    Caroline__V1__ReviewModerate message;

    caroline__v1__review_moderate__init(&message);
    message.has_id = message.has_state = true;
    message.id = (uint64_t)m->review_id;
    message.state = (Caroline__V1__ReviewState)state;
    message.has_reason = m->hides;
    message.reason = (Caroline__V1__ReviewReason)reason;
    m->busy = admin_command(a, CAROLINE__V1__OP__OP_REVIEW_MODERATE, &message.base, on_moderated);
}

void admin_accept(struct admin *a, const struct admin_review *review, const char *product)
{
    if (begin(a, review, product, false))
        send(a, CAROLINE__V1__REVIEW_STATE__REVIEW_ACCEPTED, 0);
}

/* ---- why it is hidden ---- */

void admin_hide(struct admin *a, const struct admin_review *review, const char *product)
{
    if (!begin(a, review, product, true))
        return;
    field_init(&a->visit.moderation.number, FIELD_TEXT, 1);
    list_resize(&a->visit.moderation.reasons, ADMIN_REASONS);
    stage_push(&a->stage, &admin_hide_screen);
}

static void enter(void *model)
{
    struct admin *a = model;

    stage_pop(&a->stage);
    if (admin_is_connected(a))
        send(a, CAROLINE__V1__REVIEW_STATE__REVIEW_HIDDEN, reasons[a->visit.moderation.reasons.selected].reason);
}

/* A digit is typed: that row at once. */
static void changed(void *model)
{
    struct admin *a = model;
    struct admin_moderation *m = &a->visit.moderation;
    char typed[2] = { m->number.text[0] };

    field_wipe(&m->number);
    if (typed[0] >= '1' && typed[0] < '1' + ADMIN_REASONS) {
        list_select(&m->reasons, (size_t)(typed[0] - '1'));
        enter(a);
    } else if (typed[0] != 0) {
        stage_say_no_use(&a->stage, typed);
    }
}

static void back(void *model)
{
    stage_pop(&((struct admin *)model)->stage);
}

static void up(void *model)
{
    list_key(&((struct admin *)model)->visit.moderation.reasons, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct admin *)model)->visit.moderation.reasons, KEY_DOWN);
}

static struct field *field(void *model)
{
    return &((struct admin *)model)->visit.moderation.number;
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    (void)model;
    paint_fill(row, style);
    paint_format(row, 0, 0, 3, ALIGN_RIGHT, style, "%zu", index + 1);
    paint_text(row, 0, 5, 14, ALIGN_LEFT, style, reasons[index].words);
    paint_text(row, 0, 20, row.columns - 21, ALIGN_LEFT, style, reasons[index].help);
}

static void draw(void *model, struct area area)
{
    struct admin *a = model;
    struct admin_moderation *m = &a->visit.moderation;
    struct area inner = area_columns(area, 3, area.columns - 6);

    paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Why is the review of %s hidden?", m->product);
    list_draw(&m->reasons, area_rows(inner, 3, ADMIN_REASONS), true, draw_row, a);
    paint_rule(inner, 4 + ADMIN_REASONS);
    admin_rating_stars(area_rows(inner, 5 + ADMIN_REASONS, 1), 0, m->rating, STYLE_STRONG);
    paint_wrapped(area_rows(inner, 6 + ADMIN_REASONS, inner.rows - 6 - ADMIN_REASONS), 0, 0, inner.columns, STYLE_PLAIN,
                  m->text);
}

static const struct key keys[] = {
    { KEY_RETURN, "Hide it", enter, "Hide it for the selected reason; a digit does it at once", NULL },
    { KEY_ESCAPE, "Back", back, "Back: it stays as it is", NULL },
    { KEY_UP, NULL, up, "The reason above", NULL },
    { KEY_DOWN, NULL, down, "The reason below", NULL },
    { 0 },
};

const struct screen admin_hide_screen = {
    .title = "Hide a review",
    .about = "The reason is kept with the review, and told to nobody but who moderates, and to its writer in their own "
             "copy.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
};
