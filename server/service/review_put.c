/* A member says what they think of goods that they bought: stars and a text, sealed until somebody has accepted it. One a receipt and
 * product. In a member's own session it is theirs, whoever the request names; elsewhere who may change members writes it down for one who
 * is there. The member's lock is held: whoever erases or merges them meanwhile does so before or behind. */
#include <inttypes.h>

#include "common/base/text.h"
#include "common/rules/review.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/review_message.h"
#include "server/service/typed.h"

struct writing {
    int64_t member_id, sale_id, product_id;
    const char *text;
    struct rows *member, *bought;
};

static const Caroline__V1__ReviewPut *request_of(const struct call *c)
{
    return (const Caroline__V1__ReviewPut *)c->message;
}

static int64_t id_of(uint64_t given)
{
    return given > INT64_MAX ? -1 : (int64_t)given;
}

static enum step find(struct call *c)
{
    const Caroline__V1__ReviewPut *request = request_of(c);
    struct writing *w = c->shared;
    enum step step = typed_text(c, "", "text", request->text, REVIEW_TEXT_MAX, &w->text);

    if (step != STEP_NEXT)
        return step;
    if (review_has_link(w->text))
        return refuse_field(c, REFUSAL(BAD_FIELD), "text", "a review has no link and no address in it");
    if (text_is_blank(bytes_of_text(w->text)))
        w->text = "";
    w->member_id = c->member_id != 0 ? c->member_id : id_of(request->member_id);
    w->sale_id = id_of(request->sale_id);
    w->product_id = id_of(request->product_id);
    w->member = ask(c, &sql_member_lock, PARAMS(PARAM_INT(w->member_id)));
    return STEP_NEXT;
}

/* Behind the lock, so that a statement of its own sees what was written before. */
static enum step look(struct call *c)
{
    struct writing *w = c->shared;

    if (rows_count(w->member) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "member_id", "no member of that id");
    if (!row_is_null(w->member, 0, "into_id"))
        return STEP_AGAIN; /* merged into another while this waited: it is that one's */
    w->member_id = row_int(w->member, 0, "id");
    if (!vault_person_exists(c->vault, w->member_id))
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "member_id", "no member of that id");
    w->bought =
        ask(c, &sql_review_bought, PARAMS(PARAM_INT(w->sale_id), PARAM_INT(w->member_id), PARAM_INT(w->product_id)));
    return STEP_NEXT;
}

static enum step judge(struct call *c, const struct writing *w)
{
    struct review_bought bought = { .by_member = rows_count(w->bought) > 0, .rating = request_of(c)->rating };

    if (bought.by_member) {
        bought.left_milli = row_int(w->bought, 0, "left_milli");
        bought.reviewed = row_bool(w->bought, 0, "reviewed");
    }
    switch (review_decide(&bought)) {
    case REVIEW_BAD_RATING:
        return refuse_field(c, REFUSAL(BAD_FIELD), "rating", "from 1 to %d stars", REVIEW_RATING_MAX);
    case REVIEW_NOT_BOUGHT:
        return refuse_field(c, REFUSAL(REVIEW_NOT_BOUGHT), "product_id", "they have not bought that with this receipt");
    case REVIEW_GIVEN_BACK:
        return refuse_field(c, REFUSAL(REVIEW_NOT_BOUGHT), "product_id", "all of it was given back");
    case REVIEW_TWICE:
        return refuse_field(c, REFUSAL(REVIEW_THERE), "sale_id", "that purchase has a review already");
    case REVIEW_OK:
        break;
    }
    return STEP_NEXT;
}

static struct param sealed(struct call *c, const struct writing *w)
{
    if (*w->text == '\0')
        return PARAM_NULL();
    return PARAM_BYTES(vault_seal(c->vault, w->member_id, FIELD_MEMBER_REVIEW, bytes_of_text(w->text), c->txn.arena));
}

/* What is kept of the answer for 90 days is without the text. */
static enum step write(struct call *c)
{
    const struct writing *w = c->shared;
    Caroline__V1__ReviewPutDone reply = CAROLINE__V1__REVIEW_PUT_DONE__INIT;
    Caroline__V1__Review review = CAROLINE__V1__REVIEW__INIT;
    enum step step = judge(c, w);

    if (step != STEP_NEXT)
        return step;
    int64_t id = next_id(c), shop_id = row_int(w->bought, 0, "shop_id");
    struct param staff = c->staff_id == 0 ? PARAM_NULL() : PARAM_INT(c->staff_id);
    ask(c, &sql_review_write,
        PARAMS(PARAM_INT(id), PARAM_INT(w->product_id), PARAM_INT(w->member_id), PARAM_INT(w->sale_id),
               PARAM_INT(shop_id), PARAM_INT(request_of(c)->rating), sealed(c, w), PARAM_INSTANT(c->now), staff));
    ask(c, &sql_review_event_write,
        PARAMS(PARAM_INT(id), PARAM_INT(REVIEW_WAITING), PARAM_INT(REVIEW_REASON_NONE), PARAM_INT(c->shop_id),
               PARAM_INT(c->device_id), staff, PARAM_INSTANT(c->now)));
    changes_number(c, id, "product", true, 0, w->product_id);
    changes_number(c, id, "rating", true, 0, request_of(c)->rating);
    journal_change(c, w->member_id, "review", NULL, NULL);
    PUT(review, id, (uint64_t)id);
    PUT(review, product_id, (uint64_t)w->product_id);
    PUT(review, rating, request_of(c)->rating);
    PUT(review, state, CAROLINE__V1__REVIEW_STATE__REVIEW_WAITING);
    PUT(review, written_us, (uint64_t)c->now.us);
    PUT(review, sale_id, (uint64_t)w->sale_id);
    PUT(review, shop_id, (uint64_t)shop_id);
    reply.review = &review;
    return answer(c, &reply.base);
}

const struct op review_put = {
    .name = "review_put",
    .number = NUMBER(REVIEW_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EDIT,
    .clients = CLIENT_ANY,
    .kiosk = KIOSK_MEMBER,
    .request = &caroline__v1__review_put__descriptor,
    .reply = &caroline__v1__review_put_done__descriptor,
    .shared_size = sizeof(struct writing),
    .stages = { find, look, write },
};
