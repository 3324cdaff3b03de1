/* What a member usually takes, of their last sales. Reading somebody's habits leaves a trace, as reading their name does. */
#include "common/rules/usual.h"
#include "db/queries.h"
#include "proto/member.pb-c.h"
#include "server/service/message.h"

struct habits {
    struct rows *member, *lines;
};

static enum step find(struct call *c)
{
    const Caroline__V1__MemberUsual *request = (const Caroline__V1__MemberUsual *)c->message;
    struct habits *h = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    h->member = ask(c, &sql_member_usual_known, PARAMS(PARAM_INT((int64_t)request->id)));
    h->lines = ask(c, &sql_member_usual_lines, PARAMS(PARAM_INT((int64_t)request->id)));
    return STEP_NEXT;
}

static Caroline__V1__UsualGood *good_message_of(struct call *c, const struct usual_good *good)
{
    static const Caroline__V1__UsualState states[] = {
        [USUAL_TAKEN] = CAROLINE__V1__USUAL_STATE__USUAL_TAKEN,
        [USUAL_SOLD_OUT] = CAROLINE__V1__USUAL_STATE__USUAL_SOLD_OUT,
        [USUAL_GONE] = CAROLINE__V1__USUAL_STATE__USUAL_GONE,
        [USUAL_WEIGHED] = CAROLINE__V1__USUAL_STATE__USUAL_WEIGHED,
        [USUAL_ASKS] = CAROLINE__V1__USUAL_STATE__USUAL_ASKS,
    };
    const struct product *product = catalogue_product(c->catalogue, catalogue_newest(c->catalogue), good->product_id);
    Caroline__V1__UsualGood *message = arena_alloc(c->txn.arena, sizeof *message);

    caroline__v1__usual_good__init(message);
    PUT(*message, product_id, (uint64_t)good->product_id);
    if (product)
        PUT(*message, name, field_text(product->name));
    PUT(*message, quantity_milli, good->quantity_milli);
    PUT(*message, sale_count, good->sale_count);
    PUT(*message, state, states[good->state]);
    return message;
}

static enum step reply_with(struct call *c)
{
    const struct habits *h = c->shared;
    Caroline__V1__MemberUsualShown reply = CAROLINE__V1__MEMBER_USUAL_SHOWN__INIT;
    size_t count = rows_count(h->lines);
    struct usual_line *lines = arena_array(c->txn.arena, count, sizeof *lines);

    if (rows_count(h->member) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "id", "no member of that id");
    for (size_t i = 0; i < count; i++)
        lines[i] = (struct usual_line){ .sale_id = row_int(h->lines, i, "sale_id"),
                                        .product_id = row_int(h->lines, i, "product_id"),
                                        .quantity_milli = row_int(h->lines, i, "quantity_milli") };
    struct usual usual = usual_of(lines, count, c->catalogue, c->txn.arena);
    reply.goods = arena_array(c->txn.arena, usual.count, sizeof *reply.goods);
    for (; reply.n_goods < usual.count; reply.n_goods++)
        reply.goods[reply.n_goods] = good_message_of(c, &usual.goods[reply.n_goods]);
    PUT(reply, sale_count, usual.sale_count);
    journal_note(c, row_int(h->member, 0, "id"), "member_usual");
    return answer(c, &reply.base);
}

const struct op member_usual = {
    .name = "member_usual",
    .number = NUMBER(MEMBER_USUAL),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_SEE,
    .clients = CLIENT_STAFF,
    .training = &member_usual,
    .request = &caroline__v1__member_usual__descriptor,
    .reply = &caroline__v1__member_usual_shown__descriptor,
    .shared_size = sizeof(struct habits),
    .stages = { find, reply_with },
};
