/* Give money back for goods without a receipt: in cash, and no more a day than the shop says. */
#include "common/base/text.h"
#include "common/rules/sale_bytes.h"
#include "server/service/counter_group.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/training_group.h"

struct refund_free {
    struct counter_call stored; /* first */
    struct free_refund_command command;
};

static struct free_refund_line *lines_of(const Caroline__V1__SaleRefundFree *request, struct arena *arena)
{
    struct free_refund_line *lines = arena_array(arena, request->n_lines, sizeof *lines);

    for (size_t i = 0; i < request->n_lines; i++)
        lines[i] = (struct free_refund_line){
            .product_id = request->lines[i]->product_id > INT64_MAX ? -1 : (int64_t)request->lines[i]->product_id,
            .quantity_milli = request->lines[i]->quantity_milli,
            .keyed = request->lines[i]->has_price_minor,
            .price_minor = request->lines[i]->price_minor,
            .hot = request->lines[i]->hot,
        };
    return lines;
}

static enum step keys(struct call *c, struct group *g)
{
    const Caroline__V1__SaleRefundFree *request = (const Caroline__V1__SaleRefundFree *)c->message;
    struct refund_free *r = c->shared;
    struct counter_set *set = g->set;
    struct arena *arena = g->txn.arena;

    r->command = (struct free_refund_command){
        .lines = lines_of(request, arena),
        .line_count = request->n_lines,
        .service = request->service == CAROLINE__V1__SERVICE__SERVICE_EAT_IN ? SERVICE_EAT_IN : SERVICE_TAKE_AWAY,
        .reason = bytes_of_text(text_tidy(arena, field_bytes(request->reason))),
        .has_total = request->has_total_minor,
        .total_minor = request->total_minor,
        .device_id = c->device_id,
        .staff_id = c->staff_id,
        .approval = approval_hash(g->vault, request->approval, arena),
        .series = c->training.id == 0 ? 'T' : 'S',
    };
    if (text_secret(r->command.reason))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "reason", "%s", text_secret(r->command.reason));
    ids_add(&set->devices, c->device_id, arena);
    for (size_t i = 0; i < r->command.line_count; i++)
        ids_add(&set->products, r->command.lines[i].product_id, arena);
    if (r->command.approval.size > 0)
        counter_want_approval(g, r->command.approval);
    set->wants_free_refunds = true;
    return STEP_NEXT;
}

static enum step decide(struct call *c, struct group *g)
{
    struct refund_free *r = c->shared;
    struct working_set *set = &((struct counter_set *)g->set)->rules;
    struct sale_rows *sale = &r->stored.sale;
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));
    uint8_t hash[32];

    enum step step = counter_refuse_done(c, g->set);
    if (step != STEP_NEXT)
        return step;
    r->command.role = catalogue_role(g->catalogue, catalogue_newest(g->catalogue), c->role_id);
    r->command.number = (int64_t)group_next_number(g, c);
    r->command.sale_id = group_next_id(g);
    enum sale_verdict verdict = refund_free_decide(&r->command, set, g->now, sale);
    if (verdict != SALE_OK)
        return sale_refuse_call(c, verdict, sale);
    counter_note_done(g, c, sale);
    group_journal(g, c, sale_bytes(sale, c->command_id, set->arena), hash);
    return answer(c, &sale_rung_up_of(sale, shop, set->zone, hash, set->arena, NULL)->base);
}

/* Of a training's own day: it has no turn at the shop's money. */
static enum step decide_training(struct call *c, struct group *g)
{
    struct working_set *set = &((struct counter_set *)g->set)->rules;
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));

    set->free_refunded_minor =
        training_free_refunded(training_of(g, c), zone_business_day(set->zone, g->now, (int)shop->day_cutoff_minutes));
    return training_decide(c, g, decide);
}

const struct op sale_refund_free = {
    .name = "sale_refund_free",
    .number = NUMBER(SALE_REFUND_FREE),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL, /* who has refund_free, or an approval, may: the rule says */
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__sale_refund_free__descriptor,
    .reply = &caroline__v1__sale_rung_up__descriptor,
    .shared_size = sizeof(struct refund_free),
    .group = &counter_group,
    .training = &sale_refund_free_training,
    .keys = keys,
    .decide = decide,
};

const struct op sale_refund_free_training = {
    .name = "sale_refund_free",
    .number = NUMBER(SALE_REFUND_FREE),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__sale_refund_free__descriptor,
    .reply = &caroline__v1__sale_rung_up__descriptor,
    .shared_size = sizeof(struct refund_free),
    .group = &training_group,
    .strand = 'S',
    .keys = keys,
    .decide = decide_training,
};
