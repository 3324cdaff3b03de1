/* Coupons in the counter's group: which are locked, as states, and what their uses write. */
#include "db/queries.h"
#include "server/service/counter_group.h"
#include "server/service/coupon_message.h"

void counter_want_coupons(struct group *g, const struct basket *basket)
{
    struct counter_coupons *wanted = &((struct counter_set *)g->set)->coupons;

    for (size_t i = 0; i < basket->coupon_count; i++) {
        if (basket->coupons[i].id == 0)
            continue;
        ids_add(&wanted->coupons, basket->coupons[i].id, g->txn.arena);
        ids_add(&wanted->campaigns, basket->coupons[i].campaign_id, g->txn.arena);
        if (basket->member_id == 0)
            continue;
        ids_add(&wanted->used_campaigns, basket->coupons[i].campaign_id, g->txn.arena);
        ids_add(&wanted->used_members, basket->member_id, g->txn.arena);
    }
}

static struct param ids_param(const struct id_list *list)
{
    return PARAM_INTS(list->ids, list->count);
}

void counter_load_coupons(struct group *g)
{
    struct counter_coupons *wanted = &((struct counter_set *)g->set)->coupons;

    if (wanted->coupons.count == 0)
        return;
    ids_sort(&wanted->coupons);
    ids_sort(&wanted->campaigns);
    wanted->rows.coupons = group_ask(g, &sql_counter_coupons, PARAMS(ids_param(&wanted->coupons)));
    wanted->rows.campaigns = group_ask(g, &sql_counter_campaigns, PARAMS(ids_param(&wanted->campaigns)));
    wanted->rows.products = group_ask(g, &sql_coupon_campaign_products, PARAMS(ids_param(&wanted->campaigns)));
    if (wanted->used_members.count > 0)
        wanted->rows.members = group_ask(g, &sql_coupon_members,
                                         PARAMS(ids_param(&wanted->used_campaigns), ids_param(&wanted->used_members)));
}

void counter_fill_coupons(struct counter_set *set)
{
    const struct counter_coupons *wanted = &set->coupons;
    struct working_set *rules = &set->rules;

    if (wanted->coupons.count == 0)
        return;
    rules->coupons = coupon_states_of(wanted->rows.coupons, rules->arena, &rules->coupon_count);
    rules->campaigns =
        coupon_campaigns_of(wanted->rows.campaigns, wanted->rows.products, rules->arena, &rules->campaign_count);
    rules->coupon_members = coupon_members_of(wanted->rows.members, rules->arena, &rules->coupon_member_count);
}

/* ---- what is written ---- */

static const struct sale_rows *sale_of(const struct group *g, size_t call)
{
    return &((const struct counter_call *)g->calls[call]->shared)->sale;
}

static void store_counts(struct group *g)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;
    size_t most = set->coupon_count + set->campaign_count, count = 0;
    int64_t *ids = arena_array(g->txn.arena, most, sizeof *ids);
    int64_t *uses = arena_array(g->txn.arena, most, sizeof *uses);

    for (size_t i = 0; i < set->coupon_count; i++)
        if (set->coupons[i].changed) {
            ids[count] = set->coupons[i].id;
            uses[count++] = set->coupons[i].use_count;
        }
    group_ask(g, &sql_counter_coupon_update, PARAMS(PARAM_INTS(ids, count), PARAM_INTS(uses, count)));
    ids += count;
    uses += count;
    count = 0;
    for (size_t i = 0; i < set->campaign_count; i++)
        if (set->campaigns[i].changed) {
            ids[count] = set->campaigns[i].terms.id;
            uses[count++] = set->campaigns[i].use_count;
        }
    group_ask(g, &sql_counter_campaign_update, PARAMS(PARAM_INTS(ids, count), PARAM_INTS(uses, count)));
}

void counter_store_coupons(struct group *g, size_t count)
{
    enum { COUPON, NUMBER_OF, CAMPAIGN, SALE, MEMBER, AMOUNT, COLUMNS };
    int64_t *columns[COLUMNS];
    size_t row = 0;

    for (size_t i = 0; i < COLUMNS; i++)
        columns[i] = arena_array(g->txn.arena, count, sizeof *columns[i]);
    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->coupon_count; j++, row++) {
            const struct coupon_row *use = &sale->coupons[j];

            columns[COUPON][row] = use->coupon_id;
            columns[NUMBER_OF][row] = use->use_number;
            columns[CAMPAIGN][row] = use->campaign_id;
            columns[SALE][row] = sale->sale_id;
            columns[MEMBER][row] = sale->member_id == 0 ? PARAM_NULL_INT : sale->member_id;
            columns[AMOUNT][row] = use->amount_minor;
        }
    }
    store_counts(g);
    group_ask(g, &sql_counter_coupon_use_insert,
              PARAMS(PARAM_INSTANT(g->now), PARAM_INTS(columns[COUPON], count), PARAM_INTS(columns[NUMBER_OF], count),
                     PARAM_INTS(columns[CAMPAIGN], count), PARAM_INTS(columns[SALE], count),
                     PARAM_INTS(columns[MEMBER], count), PARAM_INTS(columns[AMOUNT], count)));
}
