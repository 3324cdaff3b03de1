/* Ring up a basket: price it, take payment, stock and points, give it a number. */
#include "common/rules/hold.h"
#include "common/rules/sale_bytes.h"
#include "server/service/counter_group.h"
#include "server/service/coupon_message.h"
#include "server/service/gift_card_message.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/training_group.h"

struct ring_up {
    struct counter_call stored; /* first */
    struct sale_command command;
    uint8_t hash[32]; /* of its entry: the strand's head behind it */
};

static size_t lines(const struct call *c)
{
    const Caroline__V1__SaleRingUp *request = (const Caroline__V1__SaleRingUp *)c->message;

    return request->basket == NULL ? 1 : request->basket->n_lines + 1;
}

static struct sale_command command_of(const struct call *c, struct vault *vault, struct arena *arena)
{
    const Caroline__V1__SaleRingUp *request = (const Caroline__V1__SaleRingUp *)c->message;
    struct tender *tenders = tenders_of(request->tenders, request->n_tenders, arena);

    struct basket basket = basket_of(request->basket, arena);

    coupons_named(vault, request->basket, &basket, arena);
    gift_cards_named(vault, c->device_id, request->tenders, request->n_tenders, tenders);
    return (struct sale_command){
        .aim = SALE_TO_BOOK,
        .basket = basket,
        .tenders = tenders,
        .tender_count = request->n_tenders,
        .shown_total_minor = request->total_minor,
        .made = { request->made_us > INT64_MAX ? INT64_MAX : (int64_t)request->made_us },
        .made_shift_id = request->shift_id > INT64_MAX ? -1 : (int64_t)request->shift_id,
        .device_id = c->device_id,
        .staff_id = c->staff_id,
        .discount_limit_ppm = c->discount_ppm,
        .at_kiosk = c->client == CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK,
        .approval = approval_hash(vault, request->approval, arena),
        .series = c->training.id == 0 ? 'T' : 'S',
    };
}

static enum step keys(struct call *c, struct group *g)
{
    struct ring_up *r = c->shared;
    struct counter_set *set = g->set;
    struct arena *arena = g->txn.arena;

    r->command = command_of(c, g->vault, arena);
    ids_add(&set->devices, c->device_id, arena);
    if (r->command.made_shift_id != 0)
        ids_add(&set->shifts, r->command.made_shift_id, arena);
    if (r->command.basket.member_id != 0)
        ids_add(&set->members, r->command.basket.member_id, arena);
    if (r->command.approval.size > 0)
        counter_want_approval(g, r->command.approval);
    counter_want_coupons(g, &r->command.basket);
    counter_want_accounts(g, r->command.tenders, r->command.tender_count);
    for (size_t i = 0; i < r->command.basket.line_count; i++)
        ids_add(&set->products, r->command.basket.lines[i].product_id, arena);
    return STEP_NEXT;
}

static enum step decide(struct call *c, struct group *g)
{
    struct ring_up *r = c->shared;
    struct working_set *set = &((struct counter_set *)g->set)->rules;
    struct sale_rows *sale = &r->stored.sale;

    enum step step = counter_refuse_done(c, g->set);
    if (step != STEP_NEXT)
        return step;
    r->command.role = catalogue_role(g->catalogue, catalogue_newest(g->catalogue), c->role_id);
    r->command.may_give_back = role_may(r->command.role, "refund");
    r->command.number = (int64_t)group_next_number(g, c);
    r->command.sale_id = group_next_id(g);
    r->command.new_lot_id = r->command.basket.member_id == 0 ? 0 : group_next_id(g);
    enum sale_verdict verdict = sale_decide(&r->command, set, g->now, sale);
    if (verdict != SALE_OK)
        return sale_refuse_call(c, verdict, sale);
    counter_note_done(g, c, sale);
    group_journal(g, c, sale_bytes(sale, c->command_id, set->arena), r->hash);
    if (c->training.id == 0)
        holds_put(shop_holds(g->driver, g->shop_id), c->device_id, NULL, NULL, 0, g->now);
    return STEP_NEXT;
}

static bool house_paid(const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->tender_count; i++)
        if (sale->tenders[i].kind == TENDER_HOUSE)
            return true;
    return false;
}

static enum step answer_sold(struct call *c, struct group *g)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;
    struct ring_up *r = c->shared;
    const struct sale_rows *sale = &r->stored.sale;
    int64_t coupon_from_minor = c->training.id != 0 ? 0 : ((const struct counter_set *)g->set)->coupon_from_minor;
    Caroline__V1__SaleRungUp *reply = sale_rung_up_of(sale, catalogue_shop(g->catalogue, sale->catalogue_version),
                                                      set->zone, r->hash, set->arena, NULL);

    if (coupon_from_minor > 0 && coupon_receipt_goods(sale->total_minor, sale->deposit_minor) >= coupon_from_minor &&
        !house_paid(sale))
        PUT(*reply, coupon_due, true);
    return answer(c, &reply->base);
}

static enum step refuse_long(struct call *c, struct group *g)
{
    const struct ring_up *r = c->shared;
    struct sale_rows sale;

    return sale_refuse_call(c, sale_refuse_long(&r->command, &((struct counter_set *)g->set)->rules, &sale), &sale);
}

static enum step decide_training(struct call *c, struct group *g)
{
    return training_decide(c, g, decide);
}

const struct op sale_ring_up = {
    .name = "sale_ring_up",
    .number = NUMBER(SALE_RING_UP),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .body_max = 49152, /* 200 lines, each with the reason why it was voided */
    .request = &caroline__v1__sale_ring_up__descriptor,
    .reply = &caroline__v1__sale_rung_up__descriptor,
    .shared_size = sizeof(struct ring_up),
    .training = &sale_ring_up_training,
    .group = &counter_group,
    .lines = lines,
    .keys = keys,
    .decide = decide,
    .answer = answer_sold,
    .too_long = refuse_long,
};

const struct op sale_ring_up_training = {
    .name = "sale_ring_up",
    .number = NUMBER(SALE_RING_UP),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .body_max = 49152,
    .request = &caroline__v1__sale_ring_up__descriptor,
    .reply = &caroline__v1__sale_rung_up__descriptor,
    .shared_size = sizeof(struct ring_up),
    .group = &training_group,
    .strand = 'S',
    .lines = lines,
    .keys = keys,
    .decide = decide_training,
    .answer = answer_sold,
    .too_long = refuse_long,
};
