/* Refund a receipt: lines of it, or the whole of what has not been given back. */
#include "common/base/text.h"
#include "common/rules/sale_bytes.h"
#include "server/service/counter_group.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/training_group.h"

struct refund {
    struct counter_call stored; /* first */
    struct refund_command command;
};

static enum step keys(struct call *c, struct group *g)
{
    const Caroline__V1__SaleRefund *request = (const Caroline__V1__SaleRefund *)c->message;
    struct refund *r = c->shared;
    struct counter_set *set = g->set;
    struct refund_line *lines = arena_array(g->txn.arena, request->n_lines, sizeof *lines);

    for (size_t i = 0; i < request->n_lines; i++)
        lines[i] = (struct refund_line){ .line = request->lines[i]->line,
                                         .quantity_milli = request->lines[i]->quantity_milli };
    r->command = (struct refund_command){
        .lines = lines,
        .line_count = request->n_lines,
        .reason = bytes_of_text(text_tidy(g->txn.arena, field_bytes(request->reason))),
        .has_total = request->has_total_minor,
        .total_minor = request->total_minor,
        .device_id = c->device_id,
        .staff_id = c->staff_id,
        .series = c->training.id == 0 ? 'T' : 'S',
    };
    enum step step = receipt_number_of(c, field_bytes(request->receipt_number), &r->command.original);
    if (step != STEP_NEXT)
        return step;
    if (text_secret(r->command.reason))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "reason", "%s", text_secret(r->command.reason));
    ids_add(&set->devices, c->device_id, g->txn.arena);
    counter_want_original(g, r->command.original);
    return STEP_NEXT;
}

static enum step decide(struct call *c, struct group *g)
{
    struct refund *r = c->shared;
    struct working_set *set = &((struct counter_set *)g->set)->rules;
    struct sale_rows *sale = &r->stored.sale;
    uint8_t hash[32];

    enum step step = counter_refuse_done(c, g->set);
    if (step != STEP_NEXT)
        return step;
    r->command.number = (int64_t)group_next_number(g, c);
    r->command.sale_id = group_next_id(g);
    enum sale_verdict verdict = refund_decide(&r->command, set, g->now, sale);
    if (verdict != SALE_OK)
        return sale_refuse_call(c, verdict, sale);
    counter_note_done(g, c, sale);
    group_journal(g, c, sale_bytes(sale, c->command_id, set->arena), hash);
    /* The shop as it is now: the catalogue of the day of the sale may be long forgotten. */
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));
    return answer(c, &sale_rung_up_of(sale, shop, set->zone, hash, set->arena, NULL)->base);
}

static enum step decide_training(struct call *c, struct group *g)
{
    struct refund *r = c->shared;
    struct working_set *set = &((struct counter_set *)g->set)->rules;
    const struct working_set before = *set;

    training_take_original(g, c, r->command.original);
    enum step step = training_decide(c, g, decide);
    /* Others of the group have members and stock of their own. */
    set->stock = before.stock;
    set->stock_count = before.stock_count;
    set->members = before.members;
    set->member_count = before.member_count;
    set->originals = before.originals;
    set->original_count = before.original_count;
    return step;
}

const struct op sale_refund = {
    .name = "sale_refund",
    .number = NUMBER(SALE_REFUND),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_REFUND,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__sale_refund__descriptor,
    .reply = &caroline__v1__sale_rung_up__descriptor,
    .shared_size = sizeof(struct refund),
    .group = &counter_group,
    .training = &sale_refund_training,
    .keys = keys,
    .decide = decide,
};

const struct op sale_refund_training = {
    .name = "sale_refund",
    .number = NUMBER(SALE_REFUND),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_REFUND,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__sale_refund__descriptor,
    .reply = &caroline__v1__sale_rung_up__descriptor,
    .shared_size = sizeof(struct refund),
    .group = &training_group,
    .strand = 'S',
    .keys = keys,
    .decide = decide_training,
};
