/* Goods came in, or were counted away. */
#include <string.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "server/service/counter_group.h"
#include "server/service/message.h"
#include "server/service/stock_message.h"

#define SHELF_MAX INT64_C(1000000000000)

struct receive {
    struct id_list products;
    const char *reason; /* tidied */
    struct rows *locked;
    struct stock_state *stock;
    size_t stock_count;
};

static enum step check_move(struct call *c, const Caroline__V1__StockReceive *request, const char *reason, size_t i)
{
    const Caroline__V1__StockMove *asked = request->moves[i];
    const struct product *product =
        asked->product_id > INT64_MAX
            ? NULL
            : catalogue_product(c->catalogue, catalogue_newest(c->catalogue), (int64_t)asked->product_id);
    int64_t quantity = asked->quantity_milli;

    if (product == NULL)
        return refuse_field(c, REFUSAL(UNKNOWN_PRODUCT), arena_format(c->txn.arena, "moves[%zu].product_id", i),
                            "no such product");
    if (quantity == INT64_MIN || !quantity_valid(product, quantity < 0 ? -quantity : quantity))
        return refuse_field(c, REFUSAL(BAD_QUANTITY), arena_format(c->txn.arena, "moves[%zu].quantity_milli", i),
                            "not nothing, at most 1,000,000, and of whole pieces");
    if (quantity < 0 && text_is_blank(bytes_of_text(reason)))
        return refuse_field(c, REFUSAL(BAD_REASON), "reason", "goods that are counted away need a reason");
    return STEP_NEXT;
}

static enum step lock(struct call *c)
{
    const Caroline__V1__StockReceive *request = (const Caroline__V1__StockReceive *)c->message;
    struct receive *r = c->shared;

    if (request->n_moves == 0)
        return refuse_field(c, REFUSAL(BAD_QUANTITY), "moves", "no goods are named");
    r->reason = text_tidy(c->txn.arena, field_bytes(request->reason));
    if (text_secret(bytes_of_text(r->reason)))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "reason", "%s", text_secret(bytes_of_text(r->reason)));
    for (size_t i = 0; i < request->n_moves; i++) {
        enum step step = check_move(c, request, r->reason, i);

        if (step != STEP_NEXT)
            return step;
        ids_add(&r->products, (int64_t)request->moves[i]->product_id, c->txn.arena);
    }
    ids_sort(&r->products);
    int64_t *shops = ids_repeat(c->shop_id, r->products.count, c->txn.arena);
    r->locked = ask(c, &sql_stock_lock,
                    PARAMS(PARAM_INTS(shops, r->products.count), PARAM_INTS(r->products.ids, r->products.count)));
    return STEP_NEXT;
}

/* Every product that moves has a state: they were made of the same list. */
static struct stock_state *state_of(const struct receive *r, int64_t product_id)
{
    struct working_set set = { .stock = r->stock, .stock_count = r->stock_count };

    return set_stock(&set, product_id);
}

static void ask_writes(struct call *c, const Caroline__V1__StockReceive *request, int64_t origin)
{
    struct receive *r = c->shared;
    struct arena *arena = c->txn.arena;
    int64_t *products = arena_array(arena, r->stock_count, sizeof *products);
    int64_t *changes = arena_array(arena, r->stock_count, sizeof *changes);
    int64_t *lines = arena_array(arena, request->n_moves, sizeof *lines);
    int64_t *moved = arena_array(arena, request->n_moves, sizeof *moved);
    int64_t *quantities = arena_array(arena, request->n_moves, sizeof *quantities);

    for (size_t i = 0; i < r->stock_count; i++) {
        products[i] = r->stock[i].product_id;
        changes[i] = r->stock[i].change_milli;
    }
    for (size_t i = 0; i < request->n_moves; i++) {
        lines[i] = (int64_t)i;
        moved[i] = (int64_t)request->moves[i]->product_id;
        quantities[i] = request->moves[i]->quantity_milli;
    }
    ask(c, &sql_stock_move,
        PARAMS(PARAM_INT(c->shop_id), PARAM_INTS(products, r->stock_count), PARAM_INTS(changes, r->stock_count)));
    ask(c, &sql_stock_move_entries,
        PARAMS(PARAM_INT(origin), PARAM_INT(c->shop_id), PARAM_INSTANT(c->now), PARAM_INTS(lines, request->n_moves),
               PARAM_INTS(moved, request->n_moves), PARAM_INTS(quantities, request->n_moves)));
}

static enum step move(struct call *c)
{
    const Caroline__V1__StockReceive *request = (const Caroline__V1__StockReceive *)c->message;
    struct receive *r = c->shared;
    char before[NUMBER_TEXT], after[NUMBER_TEXT];
    int64_t origin = next_id(c);

    r->stock = counter_stock_of(r->locked, &r->products, c->txn.arena, &r->stock_count);
    for (size_t i = 0; i < request->n_moves; i++) {
        struct stock_state *state = state_of(r, (int64_t)request->moves[i]->product_id);

        state->change_milli += request->moves[i]->quantity_milli;
        state->on_hand_milli += request->moves[i]->quantity_milli;
        if (state->on_hand_milli > SHELF_MAX || state->on_hand_milli < -SHELF_MAX)
            return refuse_field(c, REFUSAL(STOCK_OVERFLOW), arena_format(c->txn.arena, "moves[%zu].quantity_milli", i),
                                "move %zu: the stock leaves the range that can be counted", i + 1);
    }
    ask_writes(c, request, origin);
    for (size_t i = 0; i < r->stock_count; i++)
        journal_change(c, r->stock[i].product_id, "on_hand",
                       milli_format(before, r->stock[i].on_hand_milli - r->stock[i].change_milli),
                       milli_format(after, r->stock[i].on_hand_milli));
    if (!text_is_blank(bytes_of_text(r->reason)))
        journal_change(c, origin, "reason", NULL, r->reason);
    return stock_answer(c, r->stock, r->stock_count);
}

const struct op stock_receive = {
    .name = "stock_receive",
    .number = NUMBER(STOCK_RECEIVE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_STOCK_EDIT,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .body_max = 8192,
    .request = &caroline__v1__stock_receive__descriptor,
    .reply = &caroline__v1__stock_shown__descriptor,
    .shared_size = sizeof(struct receive),
    .stages = { lock, move },
};
