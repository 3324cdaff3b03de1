/* sweep.sql: what has had its time goes. */
#include "tests/sim/store/sim_statement.h"

/* Deletes at most $2 of those gathered, and tells how many. */
static void sweep(struct sim_exec *x, struct sim_hits *hits)
{
    int64_t gone = 0;

    for (size_t i = 0; i < hits->count; i++)
        gone += sim_delete(x, &hits->hits[i]);
    sim_emit(x, KEY(I(gone)));
}

/* By an index of a time alone: those before $1. */
static void sweep_before(struct sim_exec *x, enum sim_table_id table, int index)
{
    struct sim_hits hits = { 0 };
    int64_t most = sim_int(x, 2);
    struct sim_scan scan = sim_range(x, table, index, NO_KEY, INT64_MIN, sim_int(x, 1) - 1, false);

    while ((int64_t)hits.count < most && sim_next(&scan))
        sim_gather(x, &hits, scan.hit);
    sweep(x, &hits);
}

static void sweep_commands(struct sim_exec *x)
{
    sweep_before(x, SIM_COMMAND, COMMAND_BY_AT);
}

static void sweep_sessions(struct sim_exec *x)
{
    sweep_before(x, SIM_SESSION, SESSION_BY_EXPIRES_AT);
}

static void sweep_failures(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    int64_t before = sim_int(x, 1), most = sim_int(x, 2);

    for (struct sim_scan scan = sim_all(x, SIM_SIGN_IN_FAILURE); (int64_t)hits.count < most && sim_next(&scan);)
        if (scan.hit.c[SIGN_IN_FAILURE_SINCE].i < before && scan.hit.c[SIGN_IN_FAILURE_LOCKED_UNTIL].i < before)
            sim_gather(x, &hits, scan.hit);
    sweep(x, &hits);
}

/* Of those with a column, not null, the ones before $1. */
static void sweep_older(struct sim_exec *x, enum sim_table_id table, int at, int column)
{
    struct sim_hits hits = { 0 };
    int64_t before = sim_int(x, 1), most = sim_int(x, 2);

    for (struct sim_scan scan = sim_all(x, table); (int64_t)hits.count < most && sim_next(&scan);)
        if (scan.hit.c[at].i < before && scan.hit.c[column].i != SIM_NULL)
            sim_gather(x, &hits, scan.hit);
    sweep(x, &hits);
}

static void sweep_kiosk_baskets(struct sim_exec *x)
{
    sweep_older(x, SIM_PARKED_BASKET, PARKED_BASKET_PARKED_AT, PARKED_BASKET_NUMBER);
}

static void sweep_member_tickets(struct sim_exec *x)
{
    sweep_older(x, SIM_MEMBER_TICKET, MEMBER_TICKET_MADE_AT, MEMBER_TICKET_ID);
}

static void sweep_member_codes(struct sim_exec *x)
{
    sweep_older(x, SIM_MEMBER_CODE, MEMBER_CODE_MADE_AT, MEMBER_CODE_MEMBER_ID);
}

static bool is_member(struct sim_exec *x, int64_t id)
{
    const union sim_cell *a = sim_find(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(I(id))).c;

    return a != NULL && a[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL;
}

static void sweep_keys(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++)
        if (sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(I(ids[i]))).row == NULL && !is_member(x, ids[i]) &&
            sim_find(x, SIM_INVOICE, INVOICE_BY_ID, KEY(I(ids[i]))).row == NULL &&
            sim_find(x, SIM_ACCOUNT, ACCOUNT_BY_ID, KEY(I(ids[i]))).row == NULL &&
            sim_find(x, SIM_MEMBER_TICKET, MEMBER_TICKET_BY_ID, KEY(I(ids[i]))).row == NULL)
            sim_emit(x, KEY(I(ids[i])));
}

static void sweep_print_jobs(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    int64_t before = sim_int(x, 1), most = sim_int(x, 2);

    for (struct sim_scan scan = sim_all(x, SIM_PRINT_JOB); (int64_t)hits.count < most && sim_next(&scan);)
        if (scan.hit.c[PRINT_JOB_ENDED_AT].i != SIM_NULL && scan.hit.c[PRINT_JOB_ENDED_AT].i < before)
            sim_gather(x, &hits, scan.hit);
    sweep(x, &hits);
}

const struct sim_statement sim_sweep_statements[] = {
    { &sql_sweep_commands, sweep_commands, "gone" },
    { &sql_sweep_sessions, sweep_sessions, "gone" },
    { &sql_sweep_failures, sweep_failures, "gone" },
    { &sql_sweep_keys, sweep_keys, "id" },
    { &sql_sweep_kiosk_baskets, sweep_kiosk_baskets, "gone" },
    { &sql_sweep_member_tickets, sweep_member_tickets, "gone" },
    { &sql_sweep_member_codes, sweep_member_codes, "gone" },
    { &sql_sweep_print_jobs, sweep_print_jobs, "gone" },
    { NULL, NULL, NULL },
};
