/* Show what is on the shelf of this shop. */
#include "server/service/stock_message.h"

#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "server/service/counter_group.h"
#include "server/service/message.h"

struct show {
    struct id_list products;
    struct rows *stock;
};

enum step stock_answer(struct call *c, const struct stock_state *stock, size_t count)
{
    Caroline__V1__StockShown reply = CAROLINE__V1__STOCK_SHOWN__INIT;

    reply.n_on_hand = count;
    reply.on_hand = arena_array(c->txn.arena, count, sizeof(Caroline__V1__StockMove *));
    for (size_t i = 0; i < count; i++) {
        Caroline__V1__StockMove *move = arena_alloc(c->txn.arena, sizeof *move);

        caroline__v1__stock_move__init(move);
        PUT(*move, product_id, (uint64_t)stock[i].product_id);
        PUT(*move, quantity_milli, stock[i].on_hand_milli);
        reply.on_hand[i] = move;
    }
    return answer(c, &reply.base);
}

static enum step look(struct call *c)
{
    const Caroline__V1__StockShow *request = (const Caroline__V1__StockShow *)c->message;
    uint64_t version = catalogue_newest(c->catalogue);
    struct show *s = c->shared;

    for (size_t i = 0; i < request->n_product_ids; i++) {
        uint64_t id = request->product_ids[i];

        if (id > INT64_MAX || catalogue_product(c->catalogue, version, (int64_t)id) == NULL)
            return refuse_field(c, REFUSAL(UNKNOWN_PRODUCT), "product_ids", "product %zu: no such product", i + 1);
        ids_add(&s->products, (int64_t)id, c->txn.arena);
    }
    ids_sort(&s->products);
    s->stock = ask(c, &sql_stock_show, PARAMS(PARAM_INT(c->shop_id), PARAM_INTS(s->products.ids, s->products.count)));
    return STEP_NEXT;
}

static enum step show(struct call *c)
{
    struct show *s = c->shared;
    size_t count;
    struct stock_state *stock = counter_stock_of(s->stock, &s->products, c->txn.arena, &count);

    return stock_answer(c, stock, count);
}

const struct op stock_show = {
    .name = "stock_show",
    .number = NUMBER(STOCK_SHOW),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .training = &stock_show,
    .request = &caroline__v1__stock_show__descriptor,
    .reply = &caroline__v1__stock_shown__descriptor,
    .shared_size = sizeof(struct show),
    .stages = { look, show },
};
