/* A review is accepted or hidden, and the product's rating with it, for everybody at once: a state of the catalogue, as being sold out
 * is. Two who do so at once come one after the other, by the catalogue's lock; who says what stands already changes nothing. Accepted,
 * the text stands in clear, for everybody reads it; hidden again it is sealed as before. */
#include "common/rules/review.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/review_message.h"
#include "server/service/typed.h"

struct moderating {
    int64_t id, product_id;
    struct rows *head, *review, *kept;
    struct rating rating;
    struct review_standing after;
    struct instant at;
    bool changed, raised;
};

static const Caroline__V1__ReviewModerate *request_of(const struct call *c)
{
    return (const Caroline__V1__ReviewModerate *)c->message;
}

static enum step find(struct call *c)
{
    const Caroline__V1__ReviewModerate *request = request_of(c);
    struct moderating *m = c->shared;

    if (!request->has_state || (request->state != CAROLINE__V1__REVIEW_STATE__REVIEW_ACCEPTED &&
                                request->state != CAROLINE__V1__REVIEW_STATE__REVIEW_HIDDEN))
        return refuse_field(c, REFUSAL(BAD_FIELD), "state", "accept it or hide it");
    if (request->state == CAROLINE__V1__REVIEW_STATE__REVIEW_HIDDEN &&
        (request->reason < CAROLINE__V1__REVIEW_REASON__REVIEW_OFF_TOPIC ||
         request->reason > CAROLINE__V1__REVIEW_REASON__REVIEW_ASKED))
        return refuse_field(c, REFUSAL(BAD_REASON), "reason",
                            "say why: off-topic, offensive, personal, advertising, untrue or asked");
    m->id = request->id > INT64_MAX ? -1 : (int64_t)request->id;
    ask(c, &sql_catalogue_lock, NO_PARAMS);
    m->head = ask(c, &sql_catalogue_head_of, PARAMS(PARAM_INT(c->shop_id)));
    m->review = ask(c, &sql_review_lock, PARAMS(PARAM_INT(m->id)));
    m->kept = ask(c, &sql_review_rating, PARAMS(PARAM_INT(m->id)));
    return STEP_NEXT;
}

/* ---- what changes ---- */

/* In clear where it is shown, sealed where it is not. */
static void write_review(struct call *c, const struct moderating *m)
{
    const struct rows *rows = m->review;
    int64_t member_id = row_is_null(rows, 0, "member_id") ? 0 : row_int(rows, 0, "member_id");
    Caroline__V1__Review review = CAROLINE__V1__REVIEW__INIT;
    struct param sealed = PARAM_NULL(), text = PARAM_NULL();

    review_text_tell(c, &review, rows, 0, member_id);
    if (review.has_text && m->after.state == REVIEW_ACCEPTED)
        text = PARAM_TEXT_VIEW(field_bytes(review.text));
    else if (review.has_text && member_id != 0)
        sealed =
            PARAM_BYTES(vault_seal(c->vault, member_id, FIELD_MEMBER_REVIEW, field_bytes(review.text), c->txn.arena));
    ask(c, &sql_review_moderate,
        PARAMS(PARAM_INT(m->id), PARAM_INT(m->after.state), PARAM_INT(m->after.reason), sealed, text,
               PARAM_INSTANT(m->at), PARAM_INT(c->staff_id)));
    ask(c, &sql_review_event_write,
        PARAMS(PARAM_INT(m->id), PARAM_INT(m->after.state), PARAM_INT(m->after.reason), PARAM_INT(c->shop_id),
               PARAM_INT(c->device_id), PARAM_INT(c->staff_id), PARAM_INSTANT(m->at)));
}

static void note(struct call *c, const struct moderating *m, int64_t before)
{
    static const char *const states[] = { "", "waiting", "accepted", "hidden" };

    journal_change(c, m->id, "state", states[before], states[m->after.state]);
    if (m->after.reason != REVIEW_REASON_NONE)
        journal_change(c, m->id, "reason", NULL, arena_format(c->txn.arena, "%d", (int)m->after.reason));
}

static void decide(struct call *c, struct moderating *m)
{
    const Caroline__V1__ReviewModerate *request = request_of(c);
    struct review_standing before = { .state = (enum review_state)row_int(m->review, 0, "state"),
                                      .reason = (enum review_reason)row_int(m->review, 0, "reason") };
    struct instant since = row_instant(m->review, 0, "changed_at");

    m->product_id = row_int(m->review, 0, "product_id");
    m->at = c->now.us > since.us ? c->now : since; /* another server's clock may be ahead */
    if (rows_count(m->kept) > 0)
        m->rating =
            (struct rating){ .sum = row_int(m->kept, 0, "rating_sum"), .count = row_int(m->kept, 0, "rating_count") };
    const struct rating kept = m->rating;
    m->changed = review_stand(before, (enum review_state)request->state, (enum review_reason)request->reason,
                              (uint32_t)row_int(m->review, 0, "rating"), &m->after, &m->rating);
    m->raised = m->rating.count != kept.count;
}

static enum step write(struct call *c)
{
    struct moderating *m = c->shared;

    if (rows_count(m->review) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_REVIEW), "id", "no review of that id");
    decide(c, m);
    if (m->after.state == REVIEW_ACCEPTED && m->changed && row_is_null(m->review, 0, "member_id"))
        return refuse_field(c, REFUSAL(UNKNOWN_REVIEW), "id", "who wrote it was erased: there is nothing to show");
    if (!m->changed)
        return STEP_NEXT;
    write_review(c, m);
    note(c, m, row_int(m->review, 0, "state"));
    if (m->raised) {
        catalogue_raise(c, 0);
        ask(c, &sql_review_rating_version,
            PARAMS(PARAM_INT(m->product_id), PARAM_INT(m->rating.sum), PARAM_INT(m->rating.count)));
    }
    return STEP_NEXT;
}

/* What is kept of the answer for 90 days is without the text. */
static enum step done(struct call *c)
{
    const struct moderating *m = c->shared;
    Caroline__V1__ReviewModerated reply = CAROLINE__V1__REVIEW_MODERATED__INIT;

    reply.review = review_message_of(c, m->review, 0);
    review_standing_tell(c, reply.review, m->review, 0);
    if (m->changed) {
        reply.review->state = (Caroline__V1__ReviewState)m->after.state;
        reply.review->has_reason = m->after.reason != REVIEW_REASON_NONE;
        reply.review->reason = (Caroline__V1__ReviewReason)m->after.reason;
        PUT(*reply.review, moderated_us, (uint64_t)m->at.us);
        PUT(*reply.review, moderated_by, (uint64_t)c->staff_id);
    }
    PUT(reply, changed, m->changed);
    PUT(reply, rating_hundredths, rating_hundredths(m->rating));
    PUT(reply, rating_count, (uint32_t)m->rating.count);
    PUT(reply, catalogue_version, m->raised ? catalogue_version(c) : (uint64_t)row_int(m->head, 0, "version"));
    return answer(c, &reply.base);
}

const struct op review_moderate = {
    .name = "review_moderate",
    .number = NUMBER(REVIEW_MODERATE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_REVIEW_EDIT,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__review_moderate__descriptor,
    .reply = &caroline__v1__review_moderated__descriptor,
    .shared_size = sizeof(struct moderating),
    .stages = { find, write, done },
};
