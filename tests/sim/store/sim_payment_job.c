/* payment.sql, as far as the server's own work asks it: what is due, what came of it. */
#include "tests/sim/store/sim_sales.h"

#define DUE_MOST 8

static struct sim_hit find_charge(struct sim_exec *x)
{
    return sim_find(x, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_BY_ID, KEY(I(sim_int(x, 1))));
}

static struct sim_hit find_setup(struct sim_exec *x)
{
    return sim_find(x, SIM_PAYMENT_SETUP, PAYMENT_SETUP_BY_ID, KEY(I(sim_int(x, 1))));
}

static struct sim_hit find_detaching(struct sim_exec *x)
{
    return sim_find(x, SIM_GATEWAY_DETACH, GATEWAY_DETACH_BY_ID, KEY(I(sim_int(x, 1))));
}

static bool is_due(struct sim_exec *x, const struct sim_hit *hit, int next_at)
{
    return hit->c[next_at].i != SIM_NULL && hit->c[next_at].i <= sim_int(x, 1);
}

/* Those of a table that are due, the oldest first, as many as are taken, locked. over: a state from which on a row comes last; 0: none. */
static struct sim_hits take_due(struct sim_exec *x, enum sim_table_id table, int next_at, int id, int state,
                                int64_t over)
{
    struct sim_hits open = { 0 }, ended = { 0 }, taken = { 0 };

    for (struct sim_scan scan = sim_all(x, table); sim_next(&scan);)
        if (is_due(x, &scan.hit, next_at))
            sim_gather(x, over > 0 && scan.hit.c[state].i >= over ? &ended : &open, scan.hit);
    sim_sort(&open, table, next_at, id, -1);
    sim_sort(&ended, table, next_at, id, -1);
    for (size_t i = 0; i < ended.count; i++)
        sim_gather(x, &open, ended.hits[i]);
    for (size_t i = 0; i < open.count && taken.count < DUE_MOST; i++)
        if (sim_lock_free(x, &open.hits[i]) && is_due(x, &open.hits[i], next_at))
            sim_gather(x, &taken, open.hits[i]);
    sim_sort(&taken, table, id, -1, -1);
    return taken;
}

static void gateway_charge_due(struct sim_exec *x)
{
    struct sim_hits taken =
        take_due(x, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_NEXT_AT, GATEWAY_CHARGE_ID, GATEWAY_CHARGE_STATE, 8);

    for (size_t i = 0; i < taken.count; i++) {
        const union sim_cell *c = taken.hits[i].c;
        const union sim_cell *u =
            sim_find(x, SIM_GIFT_CARD_PAYMENT, GIFT_CARD_PAYMENT_BY_ID, KEY(c[GATEWAY_CHARGE_UNDO_ID])).c;
        sim_emit(x, KEY(c[GATEWAY_CHARGE_ID], c[GATEWAY_CHARGE_SHOP_ID], c[GATEWAY_CHARGE_MEMBER_ID],
                        c[GATEWAY_CHARGE_AMOUNT_MINOR], c[GATEWAY_CHARGE_CURRENCY], c[GATEWAY_CHARGE_TOKEN_SEALED],
                        c[GATEWAY_CHARGE_STATE], c[GATEWAY_CHARGE_ANSWER],
                        c[GATEWAY_CHARGE_REFERENCE].b == NULL ? B(sim_text(x, "")) : c[GATEWAY_CHARGE_REFERENCE],
                        c[GATEWAY_CHARGE_STEP_COUNT], c[GATEWAY_CHARGE_TRIES], c[GATEWAY_CHARGE_ATTEMPT],
                        c[GATEWAY_CHARGE_MADE_AT], u == NULL ? I(SIM_NULL) : u[GIFT_CARD_PAYMENT_AT]));
        sim_update(x, &taken.hits[i], 0, PUTS(FROM(GATEWAY_CHARGE_NEXT_AT, 2), FROM(GATEWAY_CHARGE_NODE, 3)));
    }
}

static void payment_setup_due(struct sim_exec *x)
{
    struct sim_hits taken =
        take_due(x, SIM_PAYMENT_SETUP, PAYMENT_SETUP_NEXT_AT, PAYMENT_SETUP_ID, PAYMENT_SETUP_STATE, 0);

    for (size_t i = 0; i < taken.count; i++) {
        sim_emit_columns(x, taken.hits[i].c, SIM_PAYMENT_SETUP,
                         COLUMNS(PAYMENT_SETUP_ID, PAYMENT_SETUP_MEMBER_ID, PAYMENT_SETUP_STATE,
                                 PAYMENT_SETUP_CUSTOMER_SEALED, PAYMENT_SETUP_PAGE, PAYMENT_SETUP_TRIES,
                                 PAYMENT_SETUP_ATTEMPT, PAYMENT_SETUP_MADE_AT));
        sim_update(x, &taken.hits[i], 0, PUTS(FROM(PAYMENT_SETUP_NEXT_AT, 2), FROM(PAYMENT_SETUP_NODE, 3)));
    }
}

static void gateway_detach_due(struct sim_exec *x)
{
    struct sim_hits taken =
        take_due(x, SIM_GATEWAY_DETACH, GATEWAY_DETACH_NEXT_AT, GATEWAY_DETACH_ID, GATEWAY_DETACH_KIND, 0);

    for (size_t i = 0; i < taken.count; i++) {
        sim_emit_columns(x, taken.hits[i].c, SIM_GATEWAY_DETACH,
                         COLUMNS(GATEWAY_DETACH_ID, GATEWAY_DETACH_KIND, GATEWAY_DETACH_TOKEN, GATEWAY_DETACH_TRIES,
                                 GATEWAY_DETACH_MADE_AT, GATEWAY_DETACH_SINCE));
        sim_update(x, &taken.hits[i], 0, PUTS(FROM(GATEWAY_DETACH_NEXT_AT, 2)));
    }
}

/* What that server had in hand. */
static void take_up(struct sim_exec *x, enum sim_table_id table, int node, int next_at)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, table); sim_next(&scan);)
        if (scan.hit.c[node].i != SIM_NULL && scan.hit.c[node].i == sim_int(x, 1) && scan.hit.c[next_at].i != SIM_NULL)
            sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        sim_update(x, &hits.hits[i], 0, PUTS(FROM(next_at, 2), VALUE(node, SIM_NULL)));
}

static void payment_take_up_charges(struct sim_exec *x)
{
    take_up(x, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_NODE, GATEWAY_CHARGE_NEXT_AT);
}

static void payment_take_up_setups(struct sim_exec *x)
{
    take_up(x, SIM_PAYMENT_SETUP, PAYMENT_SETUP_NODE, PAYMENT_SETUP_NEXT_AT);
}

/* coalesce($n, what it was). */
static struct sim_blob *or_before(struct sim_exec *x, int param, union sim_cell before)
{
    return sim_bytes(x, param).data == NULL ? before.b : sim_blob(x, sim_bytes(x, param));
}

static void gateway_charge_answer(struct sim_exec *x)
{
    struct sim_hit hit = find_charge(x);

    if (hit.row == NULL || hit.c[GATEWAY_CHARGE_STEP_COUNT].i != sim_int(x, 2) || !sim_lock(x, &hit) ||
        hit.c[GATEWAY_CHARGE_STEP_COUNT].i != sim_int(x, 2))
        return;
    bool never = sim_int(x, 5) == SIM_NULL;
    if (!never && hit.c[GATEWAY_CHARGE_TOKEN_SEALED].b == NULL && hit.c[GATEWAY_CHARGE_UNDO_ID].i == SIM_NULL)
        return;
    sim_update(x, &hit, 0,
               PUTS(FROM(GATEWAY_CHARGE_ANSWER, 3), FROM(GATEWAY_CHARGE_TRIES, 4), FROM(GATEWAY_CHARGE_NEXT_AT, 5),
                    BLOB(GATEWAY_CHARGE_PROBLEM, or_before(x, 6, hit.c[GATEWAY_CHARGE_PROBLEM])),
                    VALUE(GATEWAY_CHARGE_ATTEMPT, sim_plus(x, hit.c[GATEWAY_CHARGE_ATTEMPT].i, sim_int(x, 7))),
                    BLOB(GATEWAY_CHARGE_TOKEN_SEALED, never ? NULL : hit.c[GATEWAY_CHARGE_TOKEN_SEALED].b),
                    VALUE(GATEWAY_CHARGE_NODE, SIM_NULL)));
    sim_emit(x, KEY(I(sim_int(x, 1))));
}

static void payment_setup_wait(struct sim_exec *x)
{
    struct sim_hit hit = find_setup(x);

    if (hit.row == NULL || hit.c[PAYMENT_SETUP_STATE].i >= 3 || !sim_lock(x, &hit) || hit.c[PAYMENT_SETUP_STATE].i >= 3)
        return;
    sim_update(x, &hit, 0,
               PUTS(BLOB(PAYMENT_SETUP_CUSTOMER_SEALED, or_before(x, 2, hit.c[PAYMENT_SETUP_CUSTOMER_SEALED])),
                    FROM(PAYMENT_SETUP_TRIES, 3), FROM(PAYMENT_SETUP_NEXT_AT, 4),
                    VALUE(PAYMENT_SETUP_ATTEMPT, sim_plus(x, hit.c[PAYMENT_SETUP_ATTEMPT].i, sim_int(x, 5))),
                    VALUE(PAYMENT_SETUP_NODE, SIM_NULL)));
    sim_emit(x, KEY(I(sim_int(x, 1))));
}

static void gateway_detach_done(struct sim_exec *x)
{
    struct sim_hit hit = find_detaching(x);

    if (hit.row != NULL)
        sim_delete(x, &hit);
}

static void gateway_detach_now(struct sim_exec *x)
{
    struct sim_hit hit = find_detaching(x);

    if (hit.row != NULL && hit.c[GATEWAY_DETACH_NEXT_AT].i > sim_int(x, 2))
        sim_update(x, &hit, 0, PUTS(FROM(GATEWAY_DETACH_NEXT_AT, 2)));
}

static void gateway_detach_wait(struct sim_exec *x)
{
    struct sim_hit hit = find_detaching(x);

    if (hit.row != NULL)
        sim_update(x, &hit, 0, PUTS(FROM(GATEWAY_DETACH_TRIES, 2), FROM(GATEWAY_DETACH_NEXT_AT, 3)));
}

const struct sim_statement sim_payment_job_statements[] = {
    { &sql_payment_take_up_charges, payment_take_up_charges, NULL },
    { &sql_payment_take_up_setups, payment_take_up_setups, NULL },
    { &sql_gateway_charge_due, gateway_charge_due,
      "id shop_id member_id amount_minor currency$ token_sealed$ state answer reference$ step_count tries attempt "
      "made_at@ undone_at@" },
    { &sql_gateway_charge_answer, gateway_charge_answer, "id" },
    { &sql_payment_setup_due, payment_setup_due, "id member_id state customer_sealed$ page$ tries attempt made_at@" },
    { &sql_payment_setup_wait, payment_setup_wait, "id" },
    { &sql_gateway_detach_due, gateway_detach_due, "id kind token$ tries made_at@ since@" },
    { &sql_gateway_detach_done, gateway_detach_done, NULL },
    { &sql_gateway_detach_now, gateway_detach_now, NULL },
    { &sql_gateway_detach_wait, gateway_detach_wait, NULL },
    { NULL, NULL, NULL },
};
