/* account.sql, and what sales and refunds ask of accounts (counter_group.sql). */
#include "tests/sim/store/sim_sales.h"

static struct sim_hit find_account(struct sim_exec *x, union sim_cell id)
{
    return sim_find(x, SIM_ACCOUNT, ACCOUNT_BY_ID, KEY(id));
}

/* ---- making and changing ---- */

static void account_put_lock(struct sim_exec *x)
{
    sim_lock_number(x, 3, 0);
    sim_emit(x, KEY(B(sim_text(x, ""))));
}

static void account_put_number(struct sim_exec *x)
{
    int64_t most = 0;

    for (struct sim_scan scan = sim_all(x, SIM_ACCOUNT); sim_next(&scan);)
        if (scan.hit.c[ACCOUNT_NUMBER].i > most)
            most = scan.hit.c[ACCOUNT_NUMBER].i;
    sim_emit(x, KEY(I(most + 1)));
}

static void account_put_taken(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_scan(x, SIM_ACCOUNT_BLIND, ACCOUNT_BLIND_BY_KIND_BLIND_ACCOUNT_ID,
                                         KEY(I(1), B(sim_blob(x, sim_bytes(x, 1)))));
         sim_next(&scan);)
        sim_emit(x, KEY(scan.hit.c[ACCOUNT_BLIND_ACCOUNT_ID]));
}

static void emit_state(struct sim_exec *x, const union sim_cell *c)
{
    sim_emit_columns(x, c, SIM_ACCOUNT,
                     COLUMNS(ACCOUNT_ID, ACCOUNT_NUMBER, ACCOUNT_LIMIT_MINOR, ACCOUNT_BLOCKED, ACCOUNT_BALANCE_MINOR,
                             ACCOUNT_ENTRY_COUNT));
}

static void lock_accounts(struct sim_exec *x, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = find_account(x, I(ids[i]));
        if (hit.row != NULL && sim_lock(x, &hit))
            emit_state(x, hit.c);
    }
}

static void account_lock(struct sim_exec *x)
{
    int64_t id = sim_int(x, 1);

    lock_accounts(x, &id, 1);
}

static void account_put_create(struct sim_exec *x)
{
    sim_insert(x, SIM_ACCOUNT, 0,
               PUTS(FROM(ACCOUNT_ID, 1), FROM(ACCOUNT_NUMBER, 2), FROM(ACCOUNT_SHOP_ID, 3),
                    FROM(ACCOUNT_NAME_SEALED, 4), FROM(ACCOUNT_REFERENCE_SEALED, 5), FROM(ACCOUNT_NOTE_SEALED, 6),
                    FROM(ACCOUNT_LIMIT_MINOR, 7), FROM(ACCOUNT_BLOCKED, 8), VALUE(ACCOUNT_BALANCE_MINOR, 0),
                    VALUE(ACCOUNT_ENTRY_COUNT, 0), FROM(ACCOUNT_CREATED_AT, 9), FROM(ACCOUNT_UPDATED_AT, 9)));
}

static void account_put_change(struct sim_exec *x)
{
    static const struct sim_put fields[] = { FROM(ACCOUNT_NAME_SEALED, 3), FROM(ACCOUNT_REFERENCE_SEALED, 5),
                                             FROM(ACCOUNT_NOTE_SEALED, 7) };
    struct sim_hit hit = find_account(x, I(sim_int(x, 1)));
    struct sim_put puts[6] = { FROM(ACCOUNT_LIMIT_MINOR, 8), FROM(ACCOUNT_BLOCKED, 9), FROM(ACCOUNT_UPDATED_AT, 10) };
    size_t count = 3;

    for (size_t i = 0; i < 3; i++) /* $2, $4, $6: whether the next one holds */
        if (sim_int(x, fields[i].param - 1) == true)
            puts[count++] = fields[i];
    if (hit.row != NULL)
        sim_update(x, &hit, 0, puts, count);
}

static void account_blind_write(struct sim_exec *x)
{
    sim_insert_all(x, SIM_ACCOUNT_BLIND,
                   PUTS(FROM(ACCOUNT_BLIND_KIND, 2), FROM(ACCOUNT_BLIND_BLIND, 3), FROM(ACCOUNT_BLIND_ACCOUNT_ID, 1)));
}

static void account_blind_remove(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_ACCOUNT_BLIND, ACCOUNT_BLIND_BY_ACCOUNT_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        sim_delete(x, &hits.hits[i]);
}

/* ---- finding and showing ---- */

static void emit_account(struct sim_exec *x, const union sim_cell *c)
{
    sim_emit_columns(x, c, SIM_ACCOUNT,
                     COLUMNS(ACCOUNT_ID, ACCOUNT_NUMBER, ACCOUNT_NAME_SEALED, ACCOUNT_REFERENCE_SEALED,
                             ACCOUNT_NOTE_SEALED, ACCOUNT_LIMIT_MINOR, ACCOUNT_BLOCKED, ACCOUNT_BALANCE_MINOR,
                             ACCOUNT_ENTRY_COUNT));
}

static void account_list_page(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_ACCOUNT); sim_next(&scan);)
        if (scan.hit.c[ACCOUNT_NUMBER].i > sim_int(x, 1))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_ACCOUNT, ACCOUNT_NUMBER, -1, -1);
    for (size_t i = 0; i < hits.count && i < 51; i++)
        emit_account(x, hits.hits[i].c);
}

static bool has_prefixes(struct sim_exec *x, union sim_cell account_id)
{
    for (size_t i = 0; i < sim_count(x, 2); i++)
        if (sim_find(x, SIM_ACCOUNT_BLIND, ACCOUNT_BLIND_BY_KIND_BLIND_ACCOUNT_ID,
                     KEY(I(2), B(sim_blob(x, sim_bytes_at(x, 2, i))), account_id))
                .row == NULL)
            return false;
    return true;
}

static void account_list_name(struct sim_exec *x)
{
    size_t found = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_ACCOUNT_BLIND, ACCOUNT_BLIND_BY_KIND_BLIND_ACCOUNT_ID,
                                         KEY(I(2), B(sim_blob(x, sim_bytes(x, 1)))));
         found < 51 && sim_next(&scan);) {
        struct sim_hit account = find_account(x, scan.hit.c[ACCOUNT_BLIND_ACCOUNT_ID]);
        if (account.row == NULL || scan.hit.c[ACCOUNT_BLIND_ACCOUNT_ID].i <= sim_int(x, 3) ||
            !has_prefixes(x, scan.hit.c[ACCOUNT_BLIND_ACCOUNT_ID]))
            continue;
        emit_account(x, account.c);
        found++;
    }
}

static void account_show(struct sim_exec *x)
{
    struct sim_hit hit = find_account(x, I(sim_int(x, 1)));

    if (hit.row != NULL)
        emit_account(x, hit.c);
}

static void account_show_number(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_ACCOUNT, ACCOUNT_BY_NUMBER, KEY(I(sim_int(x, 1))));

    if (hit.row != NULL)
        emit_account(x, hit.c);
}

static void emit_entry(struct sim_exec *x, const union sim_cell *e)
{
    const union sim_cell *s = sim_find(x, SIM_SALE, SALE_BY_ID, KEY(e[ACCOUNT_ENTRY_ORIGIN_ID])).c;
    const union sim_cell *p =
        sim_find(x, SIM_ACCOUNT_PAYMENT, ACCOUNT_PAYMENT_BY_ID, KEY(e[ACCOUNT_ENTRY_ORIGIN_ID])).c;
    const union sim_cell *d = s == NULL ? NULL : sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(s[SALE_DEVICE_ID])).c;
    union sim_cell null = I(SIM_NULL);

    sim_emit(x, KEY(e[ACCOUNT_ENTRY_NUMBER], e[ACCOUNT_ENTRY_KIND], e[ACCOUNT_ENTRY_AT], e[ACCOUNT_ENTRY_AMOUNT_MINOR],
                    e[ACCOUNT_ENTRY_BALANCE_MINOR], d == NULL ? null : d[DEVICE_TILL_NUMBER],
                    s == NULL ? null : s[SALE_SERIES], s == NULL ? null : s[SALE_NUMBER],
                    p == NULL ? null : p[ACCOUNT_PAYMENT_MEANS], p == NULL ? B(NULL) : p[ACCOUNT_PAYMENT_REFERENCE],
                    p == NULL ? B(NULL) : p[ACCOUNT_PAYMENT_REASON],
                    s != NULL   ? s[SALE_SHOP_ID]
                    : p != NULL ? p[ACCOUNT_PAYMENT_SHOP_ID]
                                : null));
}

static void account_show_entries(struct sim_exec *x)
{
    size_t count = 0;
    int64_t before = sim_int(x, 2);

    if (before == INT64_MIN)
        return;
    for (struct sim_scan scan = sim_range(x, SIM_ACCOUNT_ENTRY, ACCOUNT_ENTRY_BY_ACCOUNT_ID_NUMBER,
                                          KEY(I(sim_int(x, 1))), INT64_MIN, before - 1, true);
         count < 51 && sim_next(&scan); count++)
        emit_entry(x, scan.hit.c);
}

/* ---- payments ---- */

static void account_paid_here(struct sim_exec *x)
{
    int count = 0;
    bool begun = false;

    /* By the entries, which are in their order. */
    for (struct sim_scan scan = sim_range(x, SIM_ACCOUNT_ENTRY, ACCOUNT_ENTRY_BY_ACCOUNT_ID_NUMBER,
                                          KEY(I(sim_int(x, 2))), INT64_MIN, INT64_MAX, false);
         count < 1001 && sim_next(&scan);) {
        const union sim_cell *e = scan.hit.c;
        const union sim_cell *p =
            sim_find(x, SIM_ACCOUNT_PAYMENT, ACCOUNT_PAYMENT_BY_ID, KEY(e[ACCOUNT_ENTRY_ORIGIN_ID])).c;

        if (p == NULL)
            continue;
        bool here = p[ACCOUNT_PAYMENT_SHIFT_ID].i == sim_int(x, 1);
        begun = begun || (here && p[ACCOUNT_PAYMENT_ACCOUNT_ID].i == sim_int(x, 2));
        if (!begun)
            continue;
        sim_emit(x, KEY(p[ACCOUNT_PAYMENT_MEANS], p[ACCOUNT_PAYMENT_AMOUNT_MINOR],
                        I(sim_plus(x, e[ACCOUNT_ENTRY_BALANCE_MINOR].i, -e[ACCOUNT_ENTRY_AMOUNT_MINOR].i)), I(here)));
        count++;
    }
}

static void account_payment_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_ACCOUNT_PAYMENT, 0,
               PUTS(FROM(ACCOUNT_PAYMENT_ID, 1), FROM(ACCOUNT_PAYMENT_ACCOUNT_ID, 2), FROM(ACCOUNT_PAYMENT_SHOP_ID, 3),
                    FROM(ACCOUNT_PAYMENT_DEVICE_ID, 4), FROM(ACCOUNT_PAYMENT_SHIFT_ID, 5),
                    FROM(ACCOUNT_PAYMENT_STAFF_ID, 6), FROM(ACCOUNT_PAYMENT_MEANS, 7),
                    FROM(ACCOUNT_PAYMENT_AMOUNT_MINOR, 8), FROM(ACCOUNT_PAYMENT_REFERENCE, 9),
                    FROM(ACCOUNT_PAYMENT_REASON, 10), FROM(ACCOUNT_PAYMENT_AT, 11)));
}

static void account_payment_entry(struct sim_exec *x)
{
    sim_insert(x, SIM_ACCOUNT_ENTRY, 0,
               PUTS(FROM(ACCOUNT_ENTRY_ACCOUNT_ID, 1), FROM(ACCOUNT_ENTRY_NUMBER, 2), FROM(ACCOUNT_ENTRY_KIND, 3),
                    FROM(ACCOUNT_ENTRY_ORIGIN_ID, 4), VALUE(ACCOUNT_ENTRY_POSITION, 0),
                    FROM(ACCOUNT_ENTRY_AMOUNT_MINOR, 5), FROM(ACCOUNT_ENTRY_BALANCE_MINOR, 6),
                    FROM(ACCOUNT_ENTRY_AT, 7)));
}

static void account_payment_balance(struct sim_exec *x)
{
    struct sim_hit hit = find_account(x, I(sim_int(x, 1)));

    if (hit.row != NULL)
        sim_update(x, &hit, 0, PUTS(FROM(ACCOUNT_BALANCE_MINOR, 2), FROM(ACCOUNT_ENTRY_COUNT, 3)));
}

/* ---- of sales and refunds ---- */

static void counter_accounts(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    lock_accounts(x, ids, count);
}

static void counter_refund_accounts(struct sim_exec *x)
{
    size_t given = sim_count(x, 1), count = 0, room = given, distinct;

    for (size_t i = 0; i < sim_count(x, 3); i++)
        room += 20; /* a sale has at most ten tenders */
    int64_t *all = sim_memory(x, room + 1, sizeof(*all));
    for (size_t i = 0; i < given; i++)
        all[count++] = sim_int_at(x, 1, i);
    for (size_t i = 0; i < sim_count(x, 3); i++) {
        struct bytes series = sim_bytes_at(x, 4, i);
        struct sim_hit sale = sim_find_receipt(x, sim_int(x, 2), sim_int_at(x, 3, i),
                                               series.size == 0 ? 0 : series.data[0], sim_int_at(x, 5, i));
        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan =
                 sim_scan(x, SIM_ACCOUNT_ENTRY, ACCOUNT_ENTRY_BY_ORIGIN_ID_POSITION, KEY(sale.c[SALE_ID]));
             count < room && sim_next(&scan);)
            all[count++] = scan.hit.c[ACCOUNT_ENTRY_ACCOUNT_ID].i;
    }
    const int64_t *ids = sim_sorted(x, all, count, &distinct);
    lock_accounts(x, ids, distinct);
}

static void counter_account_update(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = find_account(x, I(sim_int_at(x, 1, i)));
        if (hit.row != NULL)
            sim_update(x, &hit, i, PUTS(FROM(ACCOUNT_BALANCE_MINOR, 2), FROM(ACCOUNT_ENTRY_COUNT, 3)));
    }
}

static void counter_account_entry_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_ACCOUNT_ENTRY,
                   PUTS(FROM(ACCOUNT_ENTRY_ACCOUNT_ID, 2), FROM(ACCOUNT_ENTRY_NUMBER, 3), FROM(ACCOUNT_ENTRY_KIND, 4),
                        FROM(ACCOUNT_ENTRY_ORIGIN_ID, 5), FROM(ACCOUNT_ENTRY_POSITION, 6),
                        FROM(ACCOUNT_ENTRY_AMOUNT_MINOR, 7), FROM(ACCOUNT_ENTRY_BALANCE_MINOR, 8),
                        FROM(ACCOUNT_ENTRY_AT, 1)));
}

#define STATE_ANSWER "id number limit_minor blocked? balance_minor entry_count"
#define ACCOUNT_ANSWER                                                                                                 \
    "id number name_sealed$ reference_sealed$ note_sealed$ limit_minor blocked? balance_minor entry_count"

const struct sim_statement sim_account_statements[] = {
    { &sql_account_put_lock, account_put_lock, "pg_advisory_xact_lock$" },
    { &sql_account_put_number, account_put_number, "number" },
    { &sql_account_put_taken, account_put_taken, "account_id" },
    { &sql_account_lock, account_lock, STATE_ANSWER },
    { &sql_account_put_create, account_put_create, NULL },
    { &sql_account_put_change, account_put_change, NULL },
    { &sql_account_blind_write, account_blind_write, NULL },
    { &sql_account_blind_remove, account_blind_remove, NULL },
    { &sql_account_list_page, account_list_page, ACCOUNT_ANSWER },
    { &sql_account_list_name, account_list_name, ACCOUNT_ANSWER },
    { &sql_account_show, account_show, ACCOUNT_ANSWER },
    { &sql_account_show_number, account_show_number, ACCOUNT_ANSWER },
    { &sql_account_show_entries, account_show_entries,
      "number kind at@ amount_minor balance_minor till_number series receipt means reference$ reason$ shop_id" },
    { &sql_account_paid_here, account_paid_here, "means amount_minor owed_before_minor here?" },
    { &sql_account_payment_insert, account_payment_insert, NULL },
    { &sql_account_payment_entry, account_payment_entry, NULL },
    { &sql_account_payment_balance, account_payment_balance, NULL },
    { &sql_counter_accounts, counter_accounts, STATE_ANSWER },
    { &sql_counter_refund_accounts, counter_refund_accounts, STATE_ANSWER },
    { &sql_counter_account_update, counter_account_update, NULL },
    { &sql_counter_account_entry_insert, counter_account_entry_insert, NULL },
    { NULL, NULL, NULL },
};
