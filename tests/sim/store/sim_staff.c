/* staff.sql: who works here. */
#include "tests/sim/store/sim_statement.h"

static struct sim_hit find_staff(struct sim_exec *x, int64_t id, int64_t shop_id)
{
    struct sim_hit hit = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(I(id)));

    return hit.row != NULL && hit.c[STAFF_SHOP_ID].i == shop_id ? hit : (struct sim_hit){ 0 };
}

static void staff_find(struct sim_exec *x)
{
    struct sim_hit hit = find_staff(x, sim_int(x, 1), sim_int(x, 2));

    if (hit.row != NULL && sim_lock(x, &hit))
        sim_emit_columns(x, hit.c, SIM_STAFF,
                         COLUMNS(STAFF_ID, STAFF_SHOP_ID, STAFF_ROLE_ID, STAFF_PIN_HASH, STAFF_ACTIVE, STAFF_LOCKED));
}

static void staff_taken(struct sim_exec *x)
{
    struct sim_blob *name = sim_blob(x, sim_bytes(x, 2)), *badge = sim_blob(x, sim_bytes(x, 3));

    for (struct sim_scan scan = sim_scan(x, SIM_STAFF, STAFF_BY_SHOP_ID_ID, KEY(I(sim_int(x, 1)))); sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        bool name_taken = name != NULL && sim_cell_equal(SIM_BYTEA, c[STAFF_NAME_BLIND], B(name));
        if (name_taken || (badge != NULL && sim_cell_equal(SIM_BYTEA, c[STAFF_BADGE_BLIND], B(badge))))
            sim_emit(x, KEY(c[STAFF_ID], I(name_taken)));
    }
}

static void staff_create(struct sim_exec *x)
{
    sim_insert(x, SIM_STAFF, 0,
               PUTS(FROM(STAFF_ID, 1), FROM(STAFF_SHOP_ID, 2), FROM(STAFF_ROLE_ID, 3), FROM(STAFF_NAME_SEALED, 4),
                    FROM(STAFF_NAME_BLIND, 5), FROM(STAFF_BADGE_BLIND, 6), FROM(STAFF_PIN_HASH, 7),
                    FROM(STAFF_ACTIVE, 8), FROM(STAFF_CREATED_AT, 9)));
}

static void staff_update(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(I(sim_int(x, 1))));
    struct sim_put puts[7];
    size_t count = 0;

    if (sim_int(x, 2) != SIM_NULL)
        puts[count++] = (struct sim_put)FROM(STAFF_ROLE_ID, 2);
    if (sim_bytes(x, 3).data != NULL)
        puts[count++] = (struct sim_put)FROM(STAFF_NAME_SEALED, 3);
    if (sim_bytes(x, 4).data != NULL)
        puts[count++] = (struct sim_put)FROM(STAFF_NAME_BLIND, 4);
    if (sim_int(x, 7) == true)
        puts[count++] = (struct sim_put)BLOB(STAFF_BADGE_BLIND, NULL);
    else if (sim_bytes(x, 5).data != NULL)
        puts[count++] = (struct sim_put)FROM(STAFF_BADGE_BLIND, 5);
    if (sim_bytes(x, 6).data != NULL) {
        puts[count++] = (struct sim_put)FROM(STAFF_PIN_HASH, 6);
        puts[count++] = (struct sim_put)VALUE(STAFF_PIN_ONCE, false);
    }
    if (sim_int(x, 8) != SIM_NULL)
        puts[count++] = (struct sim_put)FROM(STAFF_ACTIVE, 8);
    if (hit.row != NULL)
        sim_update(x, &hit, 0, puts, count);
}

static bool is_open(const union sim_cell *c)
{
    return c[SESSION_CLOSED_AT].i == SIM_NULL;
}

static void staff_sign_out(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_SESSION, SESSION_BY_STAFF_ID, KEY(I(sim_int(x, 1)))); sim_next(&scan);)
        if (is_open(scan.hit.c))
            sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        if (sim_lock(x, &hits.hits[i]) && is_open(hits.hits[i].c))
            sim_update(x, &hits.hits[i], 0, PUTS(FROM(SESSION_CLOSED_AT, 2)));
}

static void staff_list(struct sim_exec *x)
{
    struct sim_scan scan = sim_range(x, SIM_STAFF, STAFF_BY_SHOP_ID_ID, KEY(I(sim_int(x, 1))),
                                     sim_behind(sim_int(x, 2)), INT64_MAX, false);

    for (int64_t left = sim_int(x, 3); left > 0 && sim_next(&scan); left--)
        sim_emit_columns(
            x, scan.hit.c, SIM_STAFF,
            COLUMNS(STAFF_ID, STAFF_SHOP_ID, STAFF_ROLE_ID, STAFF_NAME_SEALED, STAFF_ACTIVE, STAFF_LOCKED));
}

static bool was_asked_before(struct sim_exec *x, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (bytes_equal(sim_bytes_at(x, 2, k), sim_bytes_at(x, 2, i)))
            return true;
    return false;
}

static void staff_list_locks(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_blob *person = sim_blob(x, sim_bytes_at(x, 2, i));
        int64_t until = sim_int(x, 3);

        for (struct sim_scan scan = sim_scan(x, SIM_SIGN_IN_FAILURE, SIGN_IN_FAILURE_BY_SHOP_ID_PERSON_DEVICE_ID,
                                             KEY(I(sim_int(x, 1)), B(person)));
             sim_next(&scan);)
            if (scan.hit.c[SIGN_IN_FAILURE_DEVICE_ID].i != 0 && scan.hit.c[SIGN_IN_FAILURE_LOCKED_UNTIL].i > until)
                until = scan.hit.c[SIGN_IN_FAILURE_LOCKED_UNTIL].i;
        if (until > sim_int(x, 3) && !was_asked_before(x, i))
            sim_emit(x, KEY(B(person), I(until)));
    }
}

static void staff_unlock(struct sim_exec *x)
{
    struct sim_hit hit = find_staff(x, sim_int(x, 1), sim_int(x, 2));

    if (hit.row != NULL && sim_update(x, &hit, 0, PUTS(VALUE(STAFF_LOCKED, false))))
        sim_emit(x, KEY(hit.c[STAFF_ID]));
}

static void staff_unlock_records(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_SIGN_IN_FAILURE, SIGN_IN_FAILURE_BY_SHOP_ID_PERSON_DEVICE_ID,
                                         KEY(I(sim_int(x, 1)), B(sim_blob(x, sim_bytes(x, 2)))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        sim_delete(x, &hits.hits[i]);
}

const struct sim_statement sim_staff_statements[] = {
    { &sql_staff_find, staff_find, "id shop_id role_id pin_hash$ active? locked?" },
    { &sql_staff_taken, staff_taken, "id name_taken?" },
    { &sql_staff_create, staff_create, NULL },
    { &sql_staff_update, staff_update, NULL },
    { &sql_staff_sign_out, staff_sign_out, NULL },
    { &sql_staff_list, staff_list, "id shop_id role_id name_sealed$ active? locked?" },
    { &sql_staff_list_locks, staff_list_locks, "person$ locked_until@" },
    { &sql_staff_unlock, staff_unlock, "id" },
    { &sql_staff_unlock_records, staff_unlock_records, NULL },
    { NULL, NULL, NULL },
};
