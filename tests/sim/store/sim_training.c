/* training.sql: which session practises, and what it has left. */
#include "tests/sim/store/sim_sales.h"

static struct sim_hit open_session(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_SESSION, SESSION_BY_TOKEN_HASH, KEY(B(sim_blob(x, sim_bytes(x, 1)))));

    if (hit.row != NULL &&
        (hit.c[SESSION_CLOSED_AT].i != SIM_NULL || !sim_lock(x, &hit) || hit.c[SESSION_CLOSED_AT].i != SIM_NULL))
        hit.row = NULL;
    return hit;
}

static void training_begin(struct sim_exec *x)
{
    struct sim_hit hit = open_session(x);

    if (hit.row == NULL)
        return;
    struct sim_hit head =
        sim_find(x, SIM_DEVICE_HEAD, DEVICE_HEAD_BY_DEVICE_ID_KIND, KEY(hit.c[SESSION_DEVICE_ID], I('S')));
    int64_t from = 1 + (head.row == NULL ? 0 : head.c[DEVICE_HEAD_NUMBER].i);
    if (sim_update(x, &hit, 0, PUTS(FROM(SESSION_TRAINING_ID, 2), VALUE(SESSION_TRAINING_FROM, from))))
        sim_emit(x, KEY(I(from)));
}

static void training_end(struct sim_exec *x)
{
    struct sim_hit hit = open_session(x);

    if (hit.row != NULL &&
        sim_update(x, &hit, 0, PUTS(VALUE(SESSION_TRAINING_ID, SIM_NULL), VALUE(SESSION_TRAINING_FROM, SIM_NULL))))
        sim_emit(x, KEY(hit.c[SESSION_STAFF_ID]));
}

static void training_entries(struct sim_exec *x)
{
    union sim_cell strand[] = { I(sim_int(x, 1)), I('S') };
    struct sim_scan scan =
        sim_range(x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER, strand, 2, sim_int(x, 2), INT64_MAX, false);

    for (int64_t left = sim_int(x, 3); left > 0 && sim_next(&scan); left--)
        sim_emit_columns(x, scan.hit.c, SIM_JOURNAL, COLUMNS(JOURNAL_NUMBER, JOURNAL_BYTES, JOURNAL_HASH));
}

static void training_members(struct sim_exec *x)
{
    size_t given, count;
    const int64_t *named = sim_sorted_param(x, 1, &given);
    const int64_t *ids = sim_with_merged(x, named, given, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find_living(x, ids[i]);
        if (hit.row != NULL)
            sim_emit_account(x, hit.c);
    }
}

static void training_approval_use(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = sim_find_approval(x, sim_bytes_at(x, 1, i));
        if (hit.row != NULL)
            sim_update(x, &hit, i, PUTS(FROM(APPROVAL_PRACTISED_SALE_ID, 2)));
    }
}

const struct sim_statement sim_training_statements[] = {
    { &sql_training_begin, training_begin, "training_from" },
    { &sql_training_end, training_end, "staff_id" },
    { &sql_training_entries, training_entries, "number bytes$ hash$" },
    { &sql_training_members, training_members, SIM_MEMBER_ACCOUNT_ANSWER },
    { &sql_training_approval_use, training_approval_use, NULL },
    { NULL, NULL, NULL },
};
