/* Show a sale again: its totals, and its receipt as it was. */
#include <string.h>

#include "common/print/text.h"
#include "server/service/counter_group.h"
#include "server/service/message.h"
#include "server/service/sale_load.h"
#include "server/service/sale_message.h"
#include "server/service/sale_shown.h"
#include "server/service/shop_day.h"
#include "server/service/training_group.h"

#define COLUMNS  42
#define TEXT_MAX 40000 /* SaleShown.text */
#define BODY_MAX 60000 /* of the whole answer, which fits a frame */

struct show {
    struct sale_load load;     /* first */
    struct counter_set before; /* what a refund would be of, where its price is asked for */
    struct receipt_number number;
};

static struct sale_key key_of(const struct call *c)
{
    const Caroline__V1__SaleShow *request = (const Caroline__V1__SaleShow *)c->message;

    return (struct sale_key){ .has_id = request->has_sale_id,
                              .id = request->sale_id,
                              .has_number = request->has_receipt_number,
                              .number = field_bytes(request->receipt_number),
                              .last = request->has_last && request->last };
}

static enum step find(struct call *c)
{
    struct sale_key key = key_of(c);

    return sale_find(c, c->shared, &key);
}

static enum step load(struct call *c)
{
    return sale_load(c, c->shared);
}

static void put_refunded(Caroline__V1__SaleShown *reply, const struct rows *rows, struct arena *arena)
{
    reply->n_refunded = rows_count(rows);
    reply->refunded = arena_array(arena, reply->n_refunded, sizeof *reply->refunded);
    for (size_t i = 0; i < reply->n_refunded; i++) {
        Caroline__V1__RefundedLine *line = arena_alloc(arena, sizeof *line);

        caroline__v1__refunded_line__init(line);
        PUT(*line, line, (uint32_t)row_int(rows, i, "line"));
        PUT(*line, quantity_milli, row_int(rows, i, "quantity_milli"));
        PUT(*line, total_minor, row_int(rows, i, "total_minor"));
        reply->refunded[i] = line;
    }
}

/* Of a sale: what a refund gave back to is not put right. */
static void put_tenders(Caroline__V1__SaleShown *reply, const struct sale_rows *sale, struct arena *arena)
{
    const struct original_tender *tenders = sale_paid_by(sale, arena, &reply->n_tenders);

    reply->tenders = paid_tenders_of(tenders, reply->n_tenders, arena);
    if (sale->retender_count > 0)
        PUT(*reply, retender_count, (uint32_t)sale->retenders[sale->retender_count - 1].number);
}

/* Something was sold that the member avoids, and who sold it had told them. */
static bool was_told(const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->line_count; i++)
        if ((sale->lines[i].flags & LINE_TOLD) != 0)
            return true;
    return false;
}

enum step sale_shown_of(struct call *c, const struct sale_load *s, Caroline__V1__SaleShown *shown)
{
    struct arena *arena = c->txn.arena;
    struct sale_rows *sale = arena_alloc(arena, sizeof *sale); /* what is shown points into these */
    struct shop *shop = arena_alloc(arena, sizeof *shop);
    struct receipt receipt;
    const uint8_t *hash;
    char number[RECEIPT_NUMBER_TEXT];
    enum step step = sale_take(c, s, sale, shop, &hash);

    if (step != STEP_NEXT)
        return step;
    shown->sale = sale_rung_up_of(sale, shop, shop_zone(shop), hash, arena, &receipt);
    const char *text = receipt_text(arena, &receipt, COLUMNS);
    if (strlen(text) <= TEXT_MAX)
        PUT(*shown, text, field_text(text));
    if (sale->kind == SALE_REFUND && !sale_is_free_refund(sale))
        PUT(*shown, refund_of, field_text(arena_text(arena, receipt_number_format(number, sale->refund_of_number))));
    if (sale->number.series == 'X')
        PUT(*shown, made_us, (uint64_t)sale->made.us);
    if (was_told(sale))
        PUT(*shown, told_by, (uint64_t)sale->staff_id);
    if (sale->member_id != 0)
        PUT(*shown, member_id, (uint64_t)sale->member_id);
    if (sale->attached.us != 0)
        PUT(*shown, attached_us, (uint64_t)sale->attached.us);
    PUT(*shown, refunded_minor, row_int(s->head, 0, "refunded_minor"));
    put_refunded(shown, s->refunded, arena);
    if (sale->kind == SALE_SOLD)
        put_tenders(shown, sale, arena);
    /* Two hundred lines with the longest names: the client lays the document out for itself. */
    if (protobuf_c_message_get_packed_size(&shown->base) > BODY_MAX)
        shown->has_text = false;
    return STEP_NEXT;
}

/* ---- what giving some of it back would come to ---- */

static bool wants_price(const struct call *c)
{
    const Caroline__V1__SaleShow *request = (const Caroline__V1__SaleShow *)c->message;

    return request->has_price_back && request->price_back;
}

static enum step ask_back(struct call *c)
{
    struct show *s = c->shared;
    struct sale_rows sale = { 0 };
    struct shop shop = { 0 };
    const uint8_t *hash;

    if (!wants_price(c))
        return STEP_NEXT;
    enum step step = sale_take(c, &s->load, &sale, &shop, &hash);
    s->number = sale.number;
    if (step == STEP_NEXT)
        counter_ask_original(c, &s->before, &s->number, c->shop_id, true);
    return step;
}

/* By the rule of the refund itself, upon what it would find: where nothing comes between, it gives this back. */
static enum step price_back(struct call *c, struct receipt_number number, struct original *original,
                            Caroline__V1__SaleShown *reply)
{
    const Caroline__V1__SaleShow *request = (const Caroline__V1__SaleShow *)c->message;
    struct refund_line *lines = arena_array(c->txn.arena, request->n_back, sizeof *lines);
    const struct refund_command command = { .original = number, .lines = lines, .line_count = request->n_back };
    struct sale_rows *back = arena_alloc(c->txn.arena, sizeof *back);

    for (size_t i = 0; i < request->n_back; i++)
        lines[i] =
            (struct refund_line){ .line = request->back[i]->line, .quantity_milli = request->back[i]->quantity_milli };
    enum sale_verdict verdict = refund_price(&command, original, c->txn.arena, back);
    if (verdict != SALE_OK)
        return sale_refuse_call(c, verdict, back);
    PUT(*reply, back_minor, -back->total_minor);
    PUT(*reply, back_rounding_minor, -back->rounding_minor);
    return STEP_NEXT;
}

static enum step show(struct call *c)
{
    Caroline__V1__SaleShown reply = CAROLINE__V1__SALE_SHOWN__INIT;
    struct show *s = c->shared;
    size_t count;
    enum step step = sale_shown_of(c, &s->load, &reply);

    if (step == STEP_NEXT && wants_price(c)) {
        struct original *originals = counter_originals_of(&s->before, c->txn.arena, &count);

        step = price_back(c, s->number, count == 0 ? NULL : originals, &reply);
    }
    return step == STEP_NEXT ? answer(c, &reply.base) : step;
}

/* ---- in training: out of its entry ---- */

static enum step look_practised(struct call *c)
{
    training_ask(c, c->shared);
    return STEP_NEXT;
}

/* How much of each line came back, and of all. */
static void put_practised_back(Caroline__V1__SaleShown *reply, const struct training_state *state,
                               const struct sale_rows *sale, struct arena *arena)
{
    int64_t back_minor = 0;

    for (size_t i = 0; i < state->sale_count; i++)
        if (state->sales[i].sale.refund_of == sale->sale_id)
            back_minor -= state->sales[i].sale.total_minor;
    PUT(*reply, refunded_minor, back_minor);
    reply->refunded = arena_array(arena, sale->line_count, sizeof *reply->refunded);
    for (size_t i = 0; i < sale->line_count; i++) {
        int64_t back_milli = training_back_milli(state, sale->sale_id, (int)i);

        if (back_milli == 0)
            continue;
        Caroline__V1__RefundedLine *line = reply->refunded[reply->n_refunded++] = arena_alloc(arena, sizeof *line);
        caroline__v1__refunded_line__init(line);
        PUT(*line, line, (uint32_t)i);
        PUT(*line, quantity_milli, back_milli);
    }
}

static enum step price_back_practised(struct call *c, const struct training_state *state, struct receipt_number number,
                                      Caroline__V1__SaleShown *reply)
{
    struct original *original = arena_alloc(c->txn.arena, sizeof *original);
    struct member_state *member = arena_alloc(c->txn.arena, sizeof *member);
    const struct zone *zone = shop_zone(catalogue_shop(c->catalogue, catalogue_newest(c->catalogue)));
    bool known = training_original(state, number, c->catalogue, zone, c->txn.arena, original, member);

    return price_back(c, number, known ? original : NULL, reply);
}

static enum step show_practised(struct call *c)
{
    Caroline__V1__SaleShown reply = CAROLINE__V1__SALE_SHOWN__INIT;
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct arena *arena = c->txn.arena;
    const struct training_sale *found = NULL;
    struct training_state state;
    struct sale_key key = key_of(c);
    struct receipt receipt;
    uint32_t till;
    char number[RECEIPT_NUMBER_TEXT];
    enum step step = training_take(c, c->shared, &state, &till);

    if (step == STEP_NEXT)
        step = training_sale_of(c, &state, &key, &found);
    if (step != STEP_NEXT)
        return step;
    const struct sale_rows *sale = &found->sale;
    reply.sale = sale_rung_up_of(sale, shop, shop_zone(shop), found->hash, arena, &receipt);
    const char *text = receipt_text(arena, &receipt, COLUMNS);
    if (strlen(text) <= TEXT_MAX)
        PUT(reply, text, field_text(text));
    if (sale->kind == SALE_REFUND && !sale_is_free_refund(sale))
        PUT(reply, refund_of, field_text(receipt_number_format(number, sale->refund_of_number)));
    put_practised_back(&reply, &state, sale, arena);
    if (sale->kind == SALE_SOLD)
        put_tenders(&reply, sale, arena);
    if (protobuf_c_message_get_packed_size(&reply.base) > BODY_MAX)
        reply.has_text = false;
    if (wants_price(c))
        step = price_back_practised(c, &state, sale->number, &reply);
    return step == STEP_NEXT ? answer(c, &reply.base) : step;
}

const struct op sale_show = {
    .name = "sale_show",
    .number = NUMBER(SALE_SHOW),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .training = &sale_show_training,
    .request = &caroline__v1__sale_show__descriptor,
    .reply = &caroline__v1__sale_shown__descriptor,
    .shared_size = sizeof(struct show),
    .stages = { find, load, ask_back, show },
};

const struct op sale_show_training = {
    .name = "sale_show",
    .number = NUMBER(SALE_SHOW),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__sale_show__descriptor,
    .reply = &caroline__v1__sale_shown__descriptor,
    .shared_size = sizeof(struct training_rows),
    .stages = { look_practised, show_practised },
};
