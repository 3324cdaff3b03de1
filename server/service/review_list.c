/* What customers say of a product: the accepted reviews, the newest first. No name goes with them, nor the receipt. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/review_message.h"

#define PAGE 20

struct listing {
    struct rows *rows;
};

static const struct product *product_of(const struct call *c)
{
    const Caroline__V1__ReviewList *request = (const Caroline__V1__ReviewList *)c->message;

    return request->product_id > INT64_MAX
               ? NULL
               : catalogue_product(c->catalogue, catalogue_newest(c->catalogue), (int64_t)request->product_id);
}

static enum step find(struct call *c)
{
    const Caroline__V1__ReviewList *request = (const Caroline__V1__ReviewList *)c->message;
    struct listing *l = c->shared;
    struct instant before = c->now;

    if (!c->catalogue)
        return STEP_FAILED;
    if (!product_of(c))
        return refuse_field(c, REFUSAL(UNKNOWN_PRODUCT), "product_id", "no product of that id");
    if (request->before_us > INT64_MAX / 2 || request->before_id > INT64_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), "before_us", "a list goes on where a page of it ended");
    before.us = request->has_before_us ? (int64_t)request->before_us : INT64_MAX / 2;
    l->rows = ask(
        c, &sql_review_list,
        PARAMS(PARAM_INT((int64_t)request->product_id), PARAM_INSTANT(before), PARAM_INT((int64_t)request->before_id)));
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    const struct listing *l = c->shared;
    const struct product *product = product_of(c);
    Caroline__V1__ReviewListed reply = CAROLINE__V1__REVIEW_LISTED__INIT;
    size_t count = rows_count(l->rows) > PAGE ? PAGE : rows_count(l->rows);

    reply.reviews = arena_array(c->txn.arena, count + 1, sizeof *reply.reviews);
    for (; reply.n_reviews < count; reply.n_reviews++) {
        Caroline__V1__Review *review = review_message_of(c, l->rows, reply.n_reviews);

        if (!row_is_null(l->rows, reply.n_reviews, "text"))
            PUT(*review, text, field_of(row_bytes(l->rows, reply.n_reviews, "text")));
        reply.reviews[reply.n_reviews] = review;
    }
    PUT(reply, more, rows_count(l->rows) > PAGE);
    if (product && product->rating_count > 0) {
        PUT(reply, rating_hundredths, product->rating_hundredths);
        PUT(reply, rating_count, product->rating_count);
    }
    return answer(c, &reply.base);
}

const struct op review_list = {
    .name = "review_list",
    .number = NUMBER(REVIEW_LIST),
    .kind = OP_READS,
    .needs = NEEDS_DEVICE,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__review_list__descriptor,
    .reply = &caroline__v1__review_listed__descriptor,
    .shared_size = sizeof(struct listing),
    .stages = { find, reply_with },
};
