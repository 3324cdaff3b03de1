/* printer.sql: network printers, and the papers that wait for them. */
#include "tests/sim/store/sim_sales.h"

#define WAITS_BELOW 3 /* the first state of a paper that does not wait any more */
#define DUE_MOST    8
#define PAGE        51

static struct sim_hit find_printer(struct sim_exec *x)
{
    return sim_find(x, SIM_PRINTER, PRINTER_BY_ID, KEY(I(sim_int(x, 1))));
}

static struct sim_hit find_job(struct sim_exec *x)
{
    return sim_find(x, SIM_PRINT_JOB, PRINT_JOB_BY_PRINTER_ID_NUMBER, KEY(I(sim_int(x, 1)), I(sim_int(x, 2))));
}

/* ---- printers ---- */

static void emit_printer(struct sim_exec *x, const union sim_cell *c)
{
    sim_emit_columns(x, c, SIM_PRINTER,
                     COLUMNS(PRINTER_ID, PRINTER_NAME, PRINTER_HOST, PRINTER_PORT, PRINTER_COLUMN_COUNT,
                             PRINTER_CODE_PAGE, PRINTER_REMOVED, PRINTER_JOB_COUNT, PRINTER_WAITING, PRINTER_DUE_AT,
                             PRINTER_NODE, PRINTER_TRIES, PRINTER_PROBLEM));
}

static struct sim_hit find_named(struct sim_exec *x)
{
    return sim_find(x, SIM_PRINTER, PRINTER_BY_SHOP_ID_NAME, KEY(I(sim_int(x, 1)), B(sim_blob(x, sim_bytes(x, 2)))));
}

static void printer_named(struct sim_exec *x)
{
    struct sim_hit hit = find_named(x);

    if (hit.row != NULL && sim_lock(x, &hit))
        emit_printer(x, hit.c);
}

static void printer_find(struct sim_exec *x)
{
    struct sim_hit hit = find_named(x);

    if (hit.row != NULL)
        emit_printer(x, hit.c);
}

static void printer_list(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_PRINTER); sim_next(&scan);)
        if (scan.hit.c[PRINTER_SHOP_ID].i == sim_int(x, 1) && !scan.hit.c[PRINTER_REMOVED].i)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_PRINTER, PRINTER_NAME, -1, -1);
    for (size_t i = 0; i < hits.count; i++)
        emit_printer(x, hits.hits[i].c);
}

static void printer_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_PRINTER, 0,
               PUTS(FROM(PRINTER_ID, 1), FROM(PRINTER_SHOP_ID, 2), FROM(PRINTER_NAME, 3), FROM(PRINTER_HOST, 4),
                    FROM(PRINTER_PORT, 5), FROM(PRINTER_COLUMN_COUNT, 6), FROM(PRINTER_CODE_PAGE, 7),
                    VALUE(PRINTER_REMOVED, 0), VALUE(PRINTER_JOB_COUNT, 0), VALUE(PRINTER_WAITING, 0),
                    VALUE(PRINTER_TURN, 0), VALUE(PRINTER_TRIES, 0)));
}

static void printer_change(struct sim_exec *x)
{
    struct sim_hit hit = find_printer(x);

    if (hit.row != NULL && sim_lock(x, &hit)) /* one more than whoever was waited for has made it */
        sim_update(x, &hit, 0,
                   PUTS(FROM(PRINTER_HOST, 2), FROM(PRINTER_PORT, 3), FROM(PRINTER_COLUMN_COUNT, 4),
                        FROM(PRINTER_CODE_PAGE, 5), FROM(PRINTER_REMOVED, 6),
                        VALUE(PRINTER_TURN, sim_plus(x, hit.c[PRINTER_TURN].i, 1))));
}

static void printer_write(struct sim_exec *x)
{
    struct sim_hit hit = find_printer(x);

    if (hit.row != NULL)
        sim_update(x, &hit, 0,
                   PUTS(FROM(PRINTER_JOB_COUNT, 2), FROM(PRINTER_WAITING, 3), FROM(PRINTER_DUE_AT, 4),
                        FROM(PRINTER_NODE, 5), FROM(PRINTER_TRIES, 6), FROM(PRINTER_PROBLEM, 7)));
}

static void printer_hold(struct sim_exec *x)
{
    struct sim_hit hit = find_printer(x);

    if (hit.row == NULL || hit.c[PRINTER_TURN].i != sim_int(x, 2) || !sim_lock(x, &hit) ||
        hit.c[PRINTER_TURN].i != sim_int(x, 2))
        return;
    sim_emit_columns(x, hit.c, SIM_PRINTER,
                     COLUMNS(PRINTER_HOST, PRINTER_PORT, PRINTER_COLUMN_COUNT, PRINTER_CODE_PAGE, PRINTER_JOB_COUNT,
                             PRINTER_WAITING, PRINTER_TRIES));
}

static bool is_due(struct sim_exec *x, const struct sim_hit *hit)
{
    return hit->c[PRINTER_DUE_AT].i != SIM_NULL && hit->c[PRINTER_DUE_AT].i <= sim_int(x, 1);
}

static void printer_due(struct sim_exec *x)
{
    struct sim_hits due = { 0 }, taken = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_PRINTER); sim_next(&scan);)
        if (is_due(x, &scan.hit))
            sim_gather(x, &due, scan.hit);
    sim_sort(&due, SIM_PRINTER, PRINTER_DUE_AT, PRINTER_ID, -1);
    for (size_t i = 0; i < due.count && taken.count < DUE_MOST; i++)
        if (sim_lock_free(x, &due.hits[i]) && is_due(x, &due.hits[i]))
            sim_gather(x, &taken, due.hits[i]);
    sim_sort(&taken, SIM_PRINTER, PRINTER_ID, -1, -1);
    for (size_t i = 0; i < taken.count; i++) {
        const union sim_cell *c = taken.hits[i].c;
        int64_t turn = sim_plus(x, c[PRINTER_TURN].i, 1);

        sim_emit(x, KEY(c[PRINTER_ID], c[PRINTER_SHOP_ID], I(turn)));
        sim_update(x, &taken.hits[i], 0,
                   PUTS(FROM(PRINTER_DUE_AT, 2), FROM(PRINTER_NODE, 3), VALUE(PRINTER_TURN, turn)));
    }
}

static void printer_take_up(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_PRINTER); sim_next(&scan);)
        if (scan.hit.c[PRINTER_NODE].i != SIM_NULL && scan.hit.c[PRINTER_NODE].i == sim_int(x, 1) &&
            scan.hit.c[PRINTER_DUE_AT].i != SIM_NULL)
            sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        sim_update(x, &hits.hits[i], 0, PUTS(FROM(PRINTER_DUE_AT, 2), VALUE(PRINTER_NODE, SIM_NULL)));
}

/* ---- papers ---- */

static void print_job_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_PRINT_JOB, 0,
               PUTS(FROM(PRINT_JOB_PRINTER_ID, 1), FROM(PRINT_JOB_NUMBER, 2), FROM(PRINT_JOB_KIND, 3),
                    FROM(PRINT_JOB_SALE_ID, 4), FROM(PRINT_JOB_COPY, 5), FROM(PRINT_JOB_SHIFT_ID, 6),
                    VALUE(PRINT_JOB_STATE, 1), FROM(PRINT_JOB_TRIES, 7), FROM(PRINT_JOB_DEVICE_ID, 8),
                    FROM(PRINT_JOB_STAFF_ID, 9), FROM(PRINT_JOB_PUT_AT, 10)));
}

static void print_job_find(struct sim_exec *x)
{
    struct sim_hit hit = find_job(x);

    if (hit.row != NULL)
        sim_emit_columns(x, hit.c, SIM_PRINT_JOB,
                         COLUMNS(PRINT_JOB_NUMBER, PRINT_JOB_KIND, PRINT_JOB_SALE_ID, PRINT_JOB_COPY,
                                 PRINT_JOB_SHIFT_ID, PRINT_JOB_STATE, PRINT_JOB_TRIES, PRINT_JOB_BEGUN_AT,
                                 PRINT_JOB_ENDED_AT));
}

static void print_job_write(struct sim_exec *x)
{
    struct sim_hit hit = find_job(x);

    if (hit.row != NULL)
        sim_update(x, &hit, 0,
                   PUTS(FROM(PRINT_JOB_STATE, 3), FROM(PRINT_JOB_TRIES, 4), FROM(PRINT_JOB_BEGUN_AT, 5),
                        FROM(PRINT_JOB_ENDED_AT, 6)));
}

static struct sim_hits waiting_of(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_PRINT_JOB, PRINT_JOB_BY_PRINTER_ID_NUMBER, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (scan.hit.c[PRINT_JOB_STATE].i < WAITS_BELOW)
            sim_gather(x, &hits, scan.hit);
    return hits;
}

static void print_jobs_drop(struct sim_exec *x)
{
    struct sim_hits hits = waiting_of(x);

    for (size_t i = 0; i < hits.count; i++)
        sim_update(x, &hits.hits[i], 0, PUTS(VALUE(PRINT_JOB_STATE, 4), FROM(PRINT_JOB_ENDED_AT, 2)));
}

static union sim_cell till_of(struct sim_exec *x, const union sim_cell *device_id)
{
    const union sim_cell *d = device_id == NULL ? NULL : sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(*device_id)).c;

    return d == NULL ? I(SIM_NULL) : d[DEVICE_TILL_NUMBER];
}

static const union sim_cell *shift_of(struct sim_exec *x, const union sim_cell *job)
{
    return job[PRINT_JOB_SHIFT_ID].i == SIM_NULL ? NULL
                                                 : sim_find(x, SIM_SHIFT, SHIFT_BY_ID, KEY(job[PRINT_JOB_SHIFT_ID])).c;
}

static void print_job_next(struct sim_exec *x)
{
    struct sim_hits hits = waiting_of(x);

    if (hits.count == 0)
        return;
    const union sim_cell *j = hits.hits[0].c, *h = shift_of(x, j);
    sim_emit(x, KEY(j[PRINT_JOB_NUMBER], j[PRINT_JOB_KIND], j[PRINT_JOB_SALE_ID], j[PRINT_JOB_COPY], j[PRINT_JOB_STATE],
                    j[PRINT_JOB_TRIES], j[PRINT_JOB_BEGUN_AT], till_of(x, h == NULL ? NULL : &h[SHIFT_DEVICE_ID]),
                    h == NULL ? I(SIM_NULL) : h[SHIFT_NUMBER]));
}

static void emit_listed(struct sim_exec *x, const union sim_cell *j)
{
    const union sim_cell *h = shift_of(x, j), *s = NULL;

    if (j[PRINT_JOB_SALE_ID].i != SIM_NULL)
        s = sim_find(x, SIM_SALE, SALE_BY_ID, KEY(j[PRINT_JOB_SALE_ID])).c;
    sim_emit(x, KEY(j[PRINT_JOB_NUMBER], j[PRINT_JOB_KIND], j[PRINT_JOB_COPY], j[PRINT_JOB_STATE], j[PRINT_JOB_TRIES],
                    j[PRINT_JOB_PUT_AT], j[PRINT_JOB_BEGUN_AT], j[PRINT_JOB_ENDED_AT], j[PRINT_JOB_STAFF_ID],
                    till_of(x, s == NULL ? NULL : &s[SALE_DEVICE_ID]), s == NULL ? I(SIM_NULL) : s[SALE_SERIES],
                    s == NULL ? I(SIM_NULL) : s[SALE_NUMBER], till_of(x, h == NULL ? NULL : &h[SHIFT_DEVICE_ID]),
                    h == NULL ? I(SIM_NULL) : h[SHIFT_NUMBER]));
}

static void print_job_list(struct sim_exec *x)
{
    int64_t below = sim_int(x, 2), listed = 0;
    union sim_cell key[] = { I(sim_int(x, 1)) };
    struct sim_scan scan =
        sim_range(x, SIM_PRINT_JOB, PRINT_JOB_BY_PRINTER_ID_NUMBER, key, 1, INT64_MIN, below - 1, true);

    while (listed < PAGE && sim_next(&scan)) {
        emit_listed(x, scan.hit.c);
        listed++;
    }
}

const struct sim_statement sim_printer_statements[] = {
    { &sql_printer_named, printer_named,
      "id name$ host$ port column_count code_page removed? job_count waiting due_at@ node tries problem$" },
    { &sql_printer_find, printer_find,
      "id name$ host$ port column_count code_page removed? job_count waiting due_at@ node tries problem$" },
    { &sql_printer_list, printer_list,
      "id name$ host$ port column_count code_page removed? job_count waiting due_at@ node tries problem$" },
    { &sql_printer_insert, printer_insert, NULL },
    { &sql_printer_change, printer_change, NULL },
    { &sql_printer_write, printer_write, NULL },
    { &sql_printer_hold, printer_hold, "host$ port column_count code_page job_count waiting tries" },
    { &sql_printer_due, printer_due, "id shop_id turn" },
    { &sql_printer_take_up, printer_take_up, NULL },
    { &sql_print_job_insert, print_job_insert, NULL },
    { &sql_print_job_find, print_job_find, "number kind sale_id copy shift_id state tries begun_at@ ended_at@" },
    { &sql_print_job_write, print_job_write, NULL },
    { &sql_print_jobs_drop, print_jobs_drop, NULL },
    { &sql_print_job_next, print_job_next, "number kind sale_id copy state tries begun_at@ till_number z_number" },
    { &sql_print_job_list, print_job_list,
      "number kind copy state tries put_at@ begun_at@ ended_at@ staff_id till_number series receipt_number "
      "z_till_number "
      "z_number" },
    { NULL, NULL, NULL },
};
