/* What would ring-up say: the same decision without payment. The stock is held for this till until it pays. */
#include "common/rules/hold.h"
#include "db/queries.h"
#include "server/service/counter_group.h"
#include "server/service/coupon_message.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"
#include "server/service/training_group.h"

#define LONG 60 /* lines and options: with fewer, the longest names and notes fit */

struct quote {
    struct training_rows practised; /* in training */
    struct sale_command command;
    struct id_list products;
    struct rows *drawers, *members, *lots, *stock, *approvals, *coupons, *campaigns, *campaign_products,
        *coupon_members;
};

static const struct shop *shop_now(const struct call *c)
{
    return catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
}

/* Of what a sale with these coupons would lock. */
static void look_for_coupons(struct call *c)
{
    struct quote *q = c->shared;
    const struct basket *basket = &q->command.basket;
    struct arena *arena = c->txn.arena;
    struct id_list coupons = { 0 }, campaigns = { 0 };

    for (size_t i = 0; i < basket->coupon_count; i++) {
        ids_add(&coupons, basket->coupons[i].id, arena);
        ids_add(&campaigns, basket->coupons[i].campaign_id, arena);
    }
    if (coupons.count == 0)
        return;
    q->coupons = ask(c, &sql_coupon_coupons, PARAMS(PARAM_INTS(coupons.ids, coupons.count)));
    q->campaigns = ask(c, &sql_coupon_campaigns, PARAMS(PARAM_INTS(campaigns.ids, campaigns.count)));
    q->campaign_products = ask(c, &sql_coupon_campaign_products, PARAMS(PARAM_INTS(campaigns.ids, campaigns.count)));
    if (basket->member_id != 0)
        q->coupon_members =
            ask(c, &sql_coupon_members,
                PARAMS(PARAM_INTS(campaigns.ids, campaigns.count),
                       PARAM_INTS(ids_repeat(basket->member_id, campaigns.count, arena), campaigns.count)));
}

/* A kiosk has no drawer and holds nothing: what it would cost, for who is signed in and nobody else. */
static bool at_kiosk(const struct call *c)
{
    return c->client == CAROLINE__V1__CLIENT_KIND__CLIENT_KIOSK;
}

static enum step look(struct call *c)
{
    const Caroline__V1__SaleQuote *request = (const Caroline__V1__SaleQuote *)c->message;
    struct quote *q = c->shared;
    struct arena *arena = c->txn.arena;

    if (at_kiosk(c) && request->basket && request->basket->has_member_id)
        return refuse_field(c, REFUSAL(KIOSK_BASKET_BAD), "basket.member_id", "who it is for says who is signed in");
    q->command = (struct sale_command){ .aim = at_kiosk(c) ? SALE_TO_PRICE : SALE_TO_QUOTE,
                                        .basket = basket_of(request->basket, arena),
                                        .device_id = c->device_id,
                                        .staff_id = c->staff_id,
                                        .discount_limit_ppm = c->discount_ppm,
                                        .at_kiosk = at_kiosk(c),
                                        .approval = approval_hash(c->vault, request->approval, arena),
                                        .series = c->training.id == 0 ? 'T' : 'S' };
    if (at_kiosk(c))
        q->command.basket.member_id = c->member_id;
    coupons_named(c->vault, request->basket, &q->command.basket, arena);
    look_for_coupons(c);
    const struct basket *basket = &q->command.basket;
    for (size_t i = 0; i < basket->line_count; i++)
        ids_add(&q->products, basket->lines[i].product_id, arena);
    ids_sort(&q->products);
    q->drawers = ask(c, &sql_counter_drawers, PARAMS(PARAM_INTS(&c->device_id, 1)));
    q->stock =
        ask(c, &sql_sale_quote_stock, PARAMS(PARAM_INT(c->shop_id), PARAM_INTS(q->products.ids, q->products.count)));
    if (q->command.approval.size > 0)
        q->approvals = c->training.id == 0
                           ? ask(c, &sql_sale_quote_approval, PARAMS(PARAM_BYTES(q->command.approval)))
                           : ask(c, &sql_training_approvals,
                                 PARAMS(PARAM_BYTESES(&q->command.approval, 1), PARAM_INTS(&c->training.id, 1)));
    if (c->training.id != 0)
        training_ask(c, &q->practised);
    if (basket->member_id != 0) {
        q->members = ask(c, &sql_sale_quote_members, PARAMS(PARAM_INT(basket->member_id)));
        q->lots = ask(c, &sql_counter_lots,
                      PARAMS(PARAM_INTS(&basket->member_id, 1), PARAM_DAY(shop_today(shop_now(c), c->now))));
    }
    return STEP_NEXT;
}

/* What the till will pay for in a moment. */
static void hold(struct call *c, const struct sale_rows *sale)
{
    int64_t *products = arena_array(c->txn.arena, sale->stock_count, sizeof *products);
    int64_t *quantities = arena_array(c->txn.arena, sale->stock_count, sizeof *quantities);

    size_t count = 0;

    for (size_t i = 0; i < sale->stock_count; i++) {
        if (sale->stock[i].quantity_milli > 0) /* taken back: nobody waits for it */
            continue;
        products[count] = sale->stock[i].product_id;
        quantities[count++] = -sale->stock[i].quantity_milli;
    }
    holds_put(shop_holds(c->driver, c->shop_id), c->device_id, products, quantities, count, c->now);
}

/* The drawer that is practised with, in place of the till's. */
static enum step take_training(struct call *c, const struct quote *q, struct working_set *set)
{
    struct drawer_state *drawer = set_drawer(set, c->device_id, 0);
    struct training_state state;
    uint32_t till;
    enum step step = training_take(c, &q->practised, &state, &till);

    if (step != STEP_NEXT)
        return step;
    drawer->shift_id = state.open ? state.id : 0;
    drawer->cash_minor = state.cash_minor;
    drawer->sale_count = state.shift_sale_count;
    return STEP_NEXT;
}

static enum step decide(struct call *c)
{
    struct quote *q = c->shared;
    struct arena *arena = c->txn.arena;
    struct sale_rows sale;
    struct working_set set = { .arena = arena,
                               .catalogue = c->catalogue,
                               .zone = shop_zone(shop_now(c)),
                               .holds = shop_holds(c->driver, c->shop_id) };

    set.drawers = (c->training.id != 0 ? counter_tills_of : counter_drawers_of)(q->drawers, arena, &set.drawer_count);
    set.stock = counter_stock_of(q->stock, &q->products, arena, &set.stock_count);
    set.members =
        counter_members_of(q->members, q->lots, c->vault, zone_day(set.zone, c->now), arena, &set.member_count);
    set.approvals = counter_approvals_of(q->approvals, arena, &set.approval_count);
    set.coupons = coupon_states_of(q->coupons, arena, &set.coupon_count);
    set.campaigns = coupon_campaigns_of(q->campaigns, q->campaign_products, arena, &set.campaign_count);
    set.coupon_members = coupon_members_of(q->coupon_members, arena, &set.coupon_member_count);
    if (c->training.id != 0) {
        enum step step = take_training(c, q, &set);

        if (step != STEP_NEXT)
            return step;
    }
    q->command.may_give_back =
        role_may(catalogue_role(c->catalogue, catalogue_newest(c->catalogue), c->role_id), "refund");
    enum sale_verdict verdict = sale_decide(&q->command, &set, c->now, &sale);
    if (verdict != SALE_OK)
        return sale_refuse_call(c, verdict, &sale);
    if (sale.line_count + sale.option_count >= LONG && sale_is_too_long(&sale, shop_now(c), set.zone, arena))
        return sale_refuse_call(c, sale_refuse_long(&q->command, &set, &sale), &sale);
    if (c->training.id == 0 && !at_kiosk(c))
        hold(c, &sale);
    return answer(c, &sale_quoted_of(&sale, shop_now(c), arena)->base);
}

const struct op sale_quote = {
    .name = "sale_quote",
    .number = NUMBER(SALE_QUOTE),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI) | CLIENT(KIOSK),
    .kiosk = KIOSK_ANYBODY,
    .training = &sale_quote_training,
    .body_max = 49152,
    .kiosk_per_minute = 120,
    .request = &caroline__v1__sale_quote__descriptor,
    .reply = &caroline__v1__sale_quoted__descriptor,
    .shared_size = sizeof(struct quote),
    .stages = { look, decide },
};

/* The same upon the training's drawer; nothing is held. */
const struct op sale_quote_training = {
    .name = "sale_quote",
    .number = NUMBER(SALE_QUOTE),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .body_max = 49152,
    .request = &caroline__v1__sale_quote__descriptor,
    .reply = &caroline__v1__sale_quoted__descriptor,
    .shared_size = sizeof(struct quote),
    .stages = { look, decide },
};
