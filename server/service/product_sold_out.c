/* One product off the shelf of this shop, on all its tills at once; or back. */
#include "db/queries.h"
#include "proto/catalogue.pb-c.h"
#include "server/service/message.h"
#include "server/service/put.h"
#include "server/service/typed.h"

static const Caroline__V1__ProductSoldOut *request_of(const struct call *c)
{
    return (const Caroline__V1__ProductSoldOut *)c->message;
}

static enum step check(struct call *c)
{
    const Caroline__V1__ProductSoldOut *request = request_of(c);
    struct put *put = c->shared;

    if (!request->has_sold_out)
        return refuse_field(c, REFUSAL(BAD_FIELD), "sold_out", "say whether it is sold out or not");
    put_begin(c, true, request->product_id);
    put->all = ask(c, &sql_product_sold_out_now, PARAMS(PARAM_INT(c->shop_id), PARAM_INT(put->id)));
    return STEP_NEXT;
}

static enum step write(struct call *c)
{
    const Caroline__V1__ProductSoldOut *request = request_of(c);
    struct put *put = c->shared;

    if (rows_count(put->all) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_PRODUCT), "product_id", "no product of that id");
    if (changes_flag(c, put->id, "sold_out", false, row_bool(put->all, 0, "sold_out"), request->sold_out)) {
        put_raise(c, c->shop_id);
        ask(c, &sql_product_sold_out_version,
            PARAMS(PARAM_INT(c->shop_id), PARAM_INT(put->id), PARAM_BOOL(request->sold_out)));
    }
    return STEP_NEXT;
}

static enum step done(struct call *c)
{
    const struct put *put = c->shared;
    Caroline__V1__ProductPutDone reply = CAROLINE__V1__PRODUCT_PUT_DONE__INIT;
    uint64_t id = (uint64_t)put->id;

    reply.n_ids = 1;
    reply.ids = &id;
    PUT(reply, catalogue_version, put_version(c));
    return answer(c, &reply.base);
}

const struct op product_sold_out = {
    .name = "product_sold_out",
    .number = NUMBER(PRODUCT_SOLD_OUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SOLD_OUT,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__product_sold_out__descriptor,
    .reply = &caroline__v1__product_put_done__descriptor,
    .shared_size = sizeof(struct put),
    .stages = { check, write, done },
};
