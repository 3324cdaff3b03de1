/* A member at a kiosk: what they bought, page by page, with the receipts; of who was merged into them, too. */
#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "server/service/member_in.h"
#include "server/service/message.h"
#include "server/service/sale_shown.h"

#define SALES_MAX  8
#define PAGE_BYTES 58000u /* the envelope comes on top */

struct listing {
    struct rows *member, *rows, *reviewed;
    size_t count;
    struct sale_load sales[SALES_MAX];
};

static enum step find(struct call *c)
{
    const Caroline__V1__SelfSales *request = (const Caroline__V1__SelfSales *)c->message;
    struct listing *l = c->shared;
    struct instant before;
    int64_t before_id = INT64_MAX;

    if (request->has_before_us != request->has_before_id)
        return refuse_field(c, REFUSAL(BAD_FIELD), "before_id", "a list goes on where a page of it ended");
    if (request->has_before_us) {
        before.us = request->before_us > (uint64_t)c->now.us ? c->now.us : (int64_t)request->before_us;
        before_id = request->before_id > INT64_MAX ? INT64_MAX : (int64_t)request->before_id;
    } else {
        before.us = c->now.us + DAY_S * SECOND_US; /* no clock of the shop's is so far ahead */
    }
    l->member = ask(c, &sql_kiosk_open, PARAMS(PARAM_INT(c->member_id), PARAM_NULL()));
    l->rows = ask(c, &sql_self_sales, PARAMS(PARAM_INT(c->member_id), PARAM_INSTANT(before), PARAM_INT(before_id)));
    return STEP_NEXT;
}

static enum step load(struct call *c)
{
    struct listing *l = c->shared;

    if (rows_count(l->member) == 0)
        return member_gone(c);
    l->count = rows_count(l->rows);
    int64_t *ids = arena_array(c->txn.arena, l->count + 1, sizeof *ids);
    for (size_t i = 0; i < l->count; i++)
        ids[i] = row_int(l->rows, i, "id");
    l->reviewed = ask(c, &sql_self_sales_reviewed, PARAMS(PARAM_INTS(ids, l->count)));
    for (size_t i = 0; i < l->count; i++) {
        l->sales[i].sale_id = row_int(l->rows, i, "id");
        l->sales[i].shop_id = row_int(l->rows, i, "shop_id");
        sale_load(c, &l->sales[i]);
    }
    return STEP_NEXT;
}

static void go_on(Caroline__V1__SelfSalesShown *reply, const struct rows *rows, size_t last)
{
    PUT(*reply, next_us, (uint64_t)row_instant(rows, last, "at").us);
    PUT(*reply, next_id, (uint64_t)row_int(rows, last, "id"));
}

static void put_reviewed(struct call *c, Caroline__V1__SelfSale *sale, int64_t sale_id)
{
    const struct listing *l = c->shared;
    size_t count = rows_count(l->reviewed);

    sale->reviewed_product_ids = arena_array(c->txn.arena, count + 1, sizeof *sale->reviewed_product_ids);
    for (size_t i = 0; i < count; i++)
        if (row_int(l->reviewed, i, "sale_id") == sale_id)
            sale->reviewed_product_ids[sale->n_reviewed_product_ids++] =
                (uint64_t)row_int(l->reviewed, i, "product_id");
}

static enum step reply_with(struct call *c)
{
    const struct listing *l = c->shared;
    struct arena *arena = c->txn.arena;
    Caroline__V1__SelfSalesShown reply = CAROLINE__V1__SELF_SALES_SHOWN__INIT;
    size_t used = 0;

    if (l->count == SALES_MAX)
        go_on(&reply, l->rows, l->count - 1);
    reply.sales = arena_array(arena, l->count + 1, sizeof *reply.sales);
    for (size_t i = 0; i < l->count; i++) {
        Caroline__V1__SelfSale *sale = arena_alloc(arena, sizeof *sale);

        caroline__v1__self_sale__init(sale);
        sale->sale = arena_alloc(arena, sizeof *sale->sale);
        caroline__v1__sale_shown__init(sale->sale);
        enum step step = sale_shown_of(c, &l->sales[i], sale->sale);
        if (step != STEP_NEXT)
            return step;
        PUT(*sale, sale_id, (uint64_t)l->sales[i].sale_id);
        PUT(*sale, shop_id, (uint64_t)l->sales[i].shop_id);
        if (row_int(l->rows, i, "merged") != 0)
            PUT(*sale, merged, true);
        put_reviewed(c, sale, l->sales[i].sale_id);
        size_t size = protobuf_c_message_get_packed_size(&sale->base) + 8;
        if (i == 0 && size > PAGE_BYTES) /* a receipt of the longest: the client lays it out for itself */
            sale->sale->has_text = false;
        if (i > 0 && used + size > PAGE_BYTES) {
            go_on(&reply, l->rows, i - 1);
            break;
        }
        used += size;
        reply.sales[reply.n_sales++] = sale;
    }
    journal_note(c, c->member_id, "self_sales");
    return answer(c, &reply.base);
}

const struct op self_sales = {
    .name = "self_sales",
    .number = NUMBER(SELF_SALES),
    .kind = OP_ACTS,
    .needs = NEEDS_MEMBER,
    .clients = CLIENT(KIOSK),
    .per_minute = 120,
    .request = &caroline__v1__self_sales__descriptor,
    .reply = &caroline__v1__self_sales_shown__descriptor,
    .shared_size = sizeof(struct listing),
    .stages = { find, load, reply_with },
};
