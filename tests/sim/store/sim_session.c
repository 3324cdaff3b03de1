/* hello.sql, session.sql, session_open.sql, sign_in.sql, and what of call.sql is about sessions. */
#include "common/base/bytes.h"
#include "tests/sim/store/sim_statement.h"

/* ---- devices that say hello ---- */

static void hello_row(struct sim_exec *x, const union sim_cell *c, bool renewed)
{
    sim_emit(x, KEY(c[DEVICE_ID], c[DEVICE_SHOP_ID], c[DEVICE_KIND], c[DEVICE_NAME], c[DEVICE_TILL_NUMBER],
                    I(c[DEVICE_REVOKED_AT].i != SIM_NULL), I(renewed),
                    c[renewed ? DEVICE_RENEWED_EXPIRY : DEVICE_CERTIFICATE_EXPIRY]));
}

static void hello_device(struct sim_exec *x)
{
    struct sim_blob *key_hash = sim_blob(x, sim_bytes(x, 1));
    struct sim_hit hit = sim_find(x, SIM_DEVICE, DEVICE_BY_KEY_HASH, KEY(B(key_hash)));
    struct sim_hit renewed = sim_find(x, SIM_DEVICE, DEVICE_BY_RENEWED_KEY_HASH, KEY(B(key_hash)));

    if (hit.row != NULL)
        hello_row(x, hit.c, false);
    if (renewed.row != NULL && renewed.row != hit.row)
        hello_row(x, renewed.c, true);
}

static bool seen_before(const union sim_cell *c, int64_t at)
{
    return c[DEVICE_SEEN_AT].i == SIM_NULL || c[DEVICE_SEEN_AT].i < at - MINUTE_US;
}

static void hello_seen(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(sim_int(x, 1))));
    int64_t at = sim_int(x, 2);

    if (hit.row != NULL && seen_before(hit.c, at) && sim_lock(x, &hit) && seen_before(hit.c, at))
        sim_update(x, &hit, 0, PUTS(FROM(DEVICE_SEEN_AT, 2)));
}

/* ---- sessions ---- */

static struct sim_hit find_session(struct sim_exec *x, struct bytes token_hash)
{
    return sim_find(x, SIM_SESSION, SESSION_BY_TOKEN_HASH, KEY(B(sim_blob(x, token_hash))));
}

static struct sim_hit find_staff(struct sim_exec *x, int64_t id)
{
    return sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(I(id)));
}

static void session_find(struct sim_exec *x)
{
    struct sim_hit session = find_session(x, sim_bytes(x, 1));

    if (session.row == NULL || !sim_lock(x, &session))
        return;
    const union sim_cell *s = session.c, *t = find_staff(x, s[SESSION_STAFF_ID].i).c;
    sim_emit(x, KEY(s[SESSION_TOKEN_HASH], s[SESSION_DEVICE_ID], s[SESSION_SEEN_AT], s[SESSION_EXPIRES_AT],
                    s[SESSION_LOCKED], I(s[SESSION_CLOSED_AT].i != SIM_NULL), s[SESSION_TRAINING_ID],
                    s[SESSION_TRAINING_FROM], t[STAFF_ID], t[STAFF_SHOP_ID], t[STAFF_ROLE_ID], t[STAFF_NAME_SEALED],
                    t[STAFF_PIN_HASH], t[STAFF_PIN_ONCE], t[STAFF_ACTIVE], t[STAFF_LOCKED]));
}

static bool is_open(const union sim_cell *c)
{
    return c[SESSION_CLOSED_AT].i == SIM_NULL;
}

static void session_mark(struct sim_exec *x)
{
    struct sim_hit hit = find_session(x, sim_bytes(x, 1));

    if (hit.row != NULL && is_open(hit.c) && sim_lock(x, &hit) && is_open(hit.c) &&
        sim_update(x, &hit, 0, PUTS(FROM(SESSION_LOCKED, 2), FROM(SESSION_SEEN_AT, 3))))
        sim_emit_columns(x, hit.c, SIM_SESSION, COLUMNS(SESSION_STAFF_ID));
}

static void session_end(struct sim_exec *x)
{
    struct sim_hit hit = find_session(x, sim_bytes(x, 1));

    if (hit.row != NULL && is_open(hit.c) && sim_lock(x, &hit) && is_open(hit.c))
        sim_update(x, &hit, 0, PUTS(FROM(SESSION_CLOSED_AT, 2)));
}

static bool is_good(const union sim_cell *c, int64_t at)
{
    return is_open(c) && c[SESSION_EXPIRES_AT].i > at;
}

static void session_touch(struct sim_exec *x)
{
    int64_t at = sim_int(x, 2);

    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = find_session(x, sim_bytes_at(x, 1, i));
        if (hit.row != NULL && is_good(hit.c, at) && sim_lock(x, &hit) && is_good(hit.c, at) &&
            sim_update(x, &hit, 0, PUTS(FROM(SESSION_SEEN_AT, 2))))
            sim_emit_columns(x, hit.c, SIM_SESSION, COLUMNS(SESSION_TOKEN_HASH));
    }
}

static void standing_devices(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(ids[i])));
        if (hit.row != NULL && hit.c[DEVICE_REVOKED_AT].i == SIM_NULL)
            sim_emit(x, KEY(hit.c[DEVICE_ID]));
    }
}

static void standing_sessions(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = find_session(x, sim_bytes_at(x, 1, i));
        if (hit.row == NULL || !is_good(hit.c, sim_int(x, 3)))
            continue;
        const union sim_cell *t = find_staff(x, hit.c[SESSION_STAFF_ID].i).c;
        if (t[STAFF_ACTIVE].i && sim_int_at(x, 2, i) == (t[STAFF_PIN_ONCE].i ? 0 : t[STAFF_ROLE_ID].i))
            sim_emit_columns(x, hit.c, SIM_SESSION,
                             COLUMNS(SESSION_TOKEN_HASH, SESSION_LOCKED, SESSION_TRAINING_ID, SESSION_TRAINING_FROM));
    }
}

/* ---- signing in ---- */

static void session_open_find(struct sim_exec *x)
{
    struct sim_blob *name = sim_blob(x, sim_bytes(x, 2)), *badge = sim_blob(x, sim_bytes(x, 3));
    int64_t shop_id = sim_int(x, 1);
    struct sim_hit found[2] = { { 0 }, { 0 } };

    if (name != NULL)
        found[0] = sim_find(x, SIM_STAFF, STAFF_BY_SHOP_ID_NAME_BLIND, KEY(I(shop_id), B(name)));
    if (badge != NULL)
        found[1] = sim_find(x, SIM_STAFF, STAFF_BY_SHOP_ID_BADGE_BLIND, KEY(I(shop_id), B(badge)));
    for (int i = 0; i < 2; i++)
        if (found[i].row != NULL && (i == 0 || found[1].row != found[0].row))
            sim_emit_columns(x, found[i].c, SIM_STAFF,
                             COLUMNS(STAFF_ID, STAFF_SHOP_ID, STAFF_ROLE_ID, STAFF_NAME_SEALED, STAFF_PIN_HASH,
                                     STAFF_PIN_ONCE, STAFF_ACTIVE, STAFF_LOCKED));
}

static bool may_sign_in(struct sim_exec *x, const union sim_cell *c)
{
    return c[STAFF_ACTIVE].i && !c[STAFF_LOCKED].i && c[STAFF_ROLE_ID].i == sim_int(x, 7) &&
           bytes_equal(sim_blob_view(c[STAFF_PIN_HASH].b), sim_bytes(x, 6));
}

static void session_open_write(struct sim_exec *x)
{
    struct sim_hit hit = find_staff(x, sim_int(x, 3));

    if (hit.row == NULL || !may_sign_in(x, hit.c) || !sim_lock_shared(x, &hit) || !may_sign_in(x, hit.c))
        return;
    sim_insert(x, SIM_SESSION, 0,
               PUTS(FROM(SESSION_TOKEN_HASH, 1), FROM(SESSION_DEVICE_ID, 2), FROM(SESSION_STAFF_ID, 3),
                    FROM(SESSION_CREATED_AT, 4), FROM(SESSION_SEEN_AT, 4), FROM(SESSION_EXPIRES_AT, 5)));
    sim_emit(x, KEY(hit.c[STAFF_ID]));
}

static bool may_approve(struct sim_exec *x, const union sim_cell *c)
{
    return c[STAFF_ACTIVE].i && !c[STAFF_LOCKED].i && c[STAFF_ROLE_ID].i == sim_int(x, 10) &&
           bytes_equal(sim_blob_view(c[STAFF_PIN_HASH].b), sim_bytes(x, 9));
}

static void approval_open_write(struct sim_exec *x)
{
    struct sim_hit hit = find_staff(x, sim_int(x, 4));

    if (hit.row == NULL || !may_approve(x, hit.c) || !sim_lock_shared(x, &hit) || !may_approve(x, hit.c))
        return;
    sim_insert(x, SIM_APPROVAL, 0,
               PUTS(FROM(APPROVAL_TOKEN_HASH, 1), FROM(APPROVAL_DEVICE_ID, 2), FROM(APPROVAL_ASKED_BY, 3),
                    FROM(APPROVAL_APPROVED_BY, 4), FROM(APPROVAL_DISCOUNT_PPM, 5), FROM(APPROVAL_BELOW_FLOOR, 6),
                    FROM(APPROVAL_CREATED_AT, 7), FROM(APPROVAL_EXPIRES_AT, 8), FROM(APPROVAL_DEPOSIT_BACK, 11),
                    FROM(APPROVAL_TRAINING_ID, 12), FROM(APPROVAL_FREE_REFUND, 13)));
    sim_emit(x, KEY(hit.c[STAFF_ID]));
}

static struct sim_hit find_failure(struct sim_exec *x, int64_t device_id)
{
    return sim_find(x, SIM_SIGN_IN_FAILURE, SIGN_IN_FAILURE_BY_SHOP_ID_PERSON_DEVICE_ID,
                    KEY(I(sim_int(x, 1)), B(sim_blob(x, sim_bytes(x, 2))), I(device_id)));
}

#define FAILURE_COLUMNS                                                                                                \
    SIGN_IN_FAILURE_FAILURES, SIGN_IN_FAILURE_LOCK_COUNT, SIGN_IN_FAILURE_LOCKED_UNTIL, SIGN_IN_FAILURE_SINCE

static void sign_in_records(struct sim_exec *x)
{
    int64_t device_id = sim_int(x, 3);
    struct sim_hit all = find_failure(x, 0), here = find_failure(x, device_id);

    if (all.row != NULL)
        sim_emit_columns(x, all.c, SIM_SIGN_IN_FAILURE, COLUMNS(SIGN_IN_FAILURE_DEVICE_ID, FAILURE_COLUMNS));
    if (here.row != NULL && device_id != 0)
        sim_emit_columns(x, here.c, SIM_SIGN_IN_FAILURE, COLUMNS(SIGN_IN_FAILURE_DEVICE_ID, FAILURE_COLUMNS));
}

static void sign_in_lock_today(struct sim_exec *x)
{
    struct sim_hit hit = find_failure(x, 0);

    if (hit.row != NULL && sim_lock(x, &hit))
        sim_emit_columns(x, hit.c, SIM_SIGN_IN_FAILURE, COLUMNS(SIGN_IN_FAILURE_DEVICE_ID, FAILURE_COLUMNS));
}

static void sign_in_record(struct sim_exec *x)
{
    struct sim_hit hit = sim_conflict(x, SIM_SIGN_IN_FAILURE, SIGN_IN_FAILURE_BY_SHOP_ID_PERSON_DEVICE_ID,
                                      KEY(I(sim_int(x, 1)), B(sim_blob(x, sim_bytes(x, 2))), I(sim_int(x, 3))));
    const struct sim_put puts[] = { FROM(SIGN_IN_FAILURE_FAILURES, 4),     FROM(SIGN_IN_FAILURE_LOCK_COUNT, 5),
                                    FROM(SIGN_IN_FAILURE_LOCKED_UNTIL, 6), FROM(SIGN_IN_FAILURE_SINCE, 7),
                                    FROM(SIGN_IN_FAILURE_SHOP_ID, 1),      FROM(SIGN_IN_FAILURE_PERSON, 2),
                                    FROM(SIGN_IN_FAILURE_DEVICE_ID, 3) };

    if (hit.row != NULL)
        sim_update(x, &hit, 0, puts, 4);
    else
        sim_insert(x, SIM_SIGN_IN_FAILURE, 0, puts, 7);
}

static void sign_in_shut(struct sim_exec *x)
{
    struct sim_hit hit = find_staff(x, sim_int(x, 1));

    if (hit.row != NULL)
        sim_update(x, &hit, 0, PUTS(VALUE(STAFF_LOCKED, true)));
}

static void sign_in_forget(struct sim_exec *x)
{
    struct sim_hit hit = find_failure(x, sim_int(x, 3));

    if (hit.row != NULL)
        sim_delete(x, &hit);
}

static bool has_pin_hash(struct sim_exec *x, const union sim_cell *c)
{
    return bytes_equal(sim_blob_view(c[STAFF_PIN_HASH].b), sim_bytes(x, 2));
}

static void sign_in_rehash(struct sim_exec *x)
{
    struct sim_hit hit = find_staff(x, sim_int(x, 1));

    if (hit.row != NULL && has_pin_hash(x, hit.c) && sim_lock(x, &hit) && has_pin_hash(x, hit.c))
        sim_update(x, &hit, 0, PUTS(FROM(STAFF_PIN_HASH, 3)));
}

const struct sim_statement sim_session_statements[] = {
    { &sql_hello_device, hello_device, "id shop_id kind name$ till_number revoked? renewed? certificate_expiry@" },
    { &sql_hello_seen, hello_seen, NULL },
    { &sql_session_find, session_find,
      "token_hash$ device_id seen_at@ expires_at@ session_locked? closed? training_id training_from id shop_id role_id "
      "name_sealed$ pin_hash$ "
      "pin_once? active? locked?" },
    { &sql_session_mark, session_mark, "staff_id" },
    { &sql_session_end, session_end, NULL },
    { &sql_session_touch, session_touch, "token_hash$" },
    { &sql_standing_devices, standing_devices, "id" },
    { &sql_standing_sessions, standing_sessions, "token_hash$ locked? training_id training_from" },
    { &sql_session_open_find, session_open_find,
      "id shop_id role_id name_sealed$ pin_hash$ pin_once? active? locked?" },
    { &sql_session_open_write, session_open_write, "staff_id" },
    { &sql_approval_open_write, approval_open_write, "approved_by" },
    { &sql_sign_in_records, sign_in_records, "device_id failures lock_count locked_until@ since@" },
    { &sql_sign_in_lock_today, sign_in_lock_today, "device_id failures lock_count locked_until@ since@" },
    { &sql_sign_in_record, sign_in_record, NULL },
    { &sql_sign_in_shut, sign_in_shut, NULL },
    { &sql_sign_in_forget, sign_in_forget, NULL },
    { &sql_sign_in_rehash, sign_in_rehash, NULL },
    { NULL, NULL, NULL },
};
