/* Reviews of one state, the oldest first, for who accepts and hides them. Whose they are is not told; that a text which is sealed was
 * read leaves a trace with its member. */
#include "common/rules/review.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/review_message.h"

#define PAGE 20

struct queueing {
    struct rows *rows, *waiting;
};

static enum step find(struct call *c)
{
    const Caroline__V1__ReviewQueue *request = (const Caroline__V1__ReviewQueue *)c->message;
    int64_t state = request->has_state ? (int64_t)request->state : REVIEW_WAITING;
    struct queueing *q = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    if (state < REVIEW_WAITING || state > REVIEW_HIDDEN)
        return refuse_field(c, REFUSAL(BAD_FIELD), "state", "those that wait, the accepted or the hidden ones");
    if (request->after_us > INT64_MAX / 2 || request->after_id > INT64_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "after_us", "a list goes on where a page of it ended");
    struct instant after = { (int64_t)request->after_us };
    q->rows = ask(c, &sql_review_queue,
                  PARAMS(PARAM_INT(state), PARAM_INSTANT(after), PARAM_INT((int64_t)request->after_id)));
    q->waiting = ask(c, &sql_review_waiting, NO_PARAMS);
    return STEP_NEXT;
}

static Caroline__V1__Review *queued_of(struct call *c, const struct rows *rows, size_t row)
{
    Caroline__V1__Review *review = review_message_of(c, rows, row);
    int64_t member_id = row_is_null(rows, row, "member_id") ? 0 : row_int(rows, row, "member_id");

    review_standing_tell(c, review, rows, row);
    if (review_text_tell(c, review, rows, row, member_id))
        journal_note(c, member_id, "review_read");
    return review;
}

static enum step reply_with(struct call *c)
{
    const struct queueing *q = c->shared;
    Caroline__V1__ReviewQueued reply = CAROLINE__V1__REVIEW_QUEUED__INIT;
    size_t count = rows_count(q->rows) > PAGE ? PAGE : rows_count(q->rows);

    reply.reviews = arena_array(c->txn.arena, count + 1, sizeof *reply.reviews);
    for (; reply.n_reviews < count; reply.n_reviews++)
        reply.reviews[reply.n_reviews] = queued_of(c, q->rows, reply.n_reviews);
    PUT(reply, more, rows_count(q->rows) > PAGE);
    PUT(reply, waiting, (uint64_t)row_int(q->waiting, 0, "waiting"));
    return answer(c, &reply.base);
}

const struct op review_queue = {
    .name = "review_queue",
    .number = NUMBER(REVIEW_QUEUE),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_REVIEW_EDIT,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__review_queue__descriptor,
    .reply = &caroline__v1__review_queued__descriptor,
    .shared_size = sizeof(struct queueing),
    .stages = { find, reply_with },
};
