/* device_invite.sql, enrol.sql, device_list.sql, device_renew.sql, device_revoke.sql. */
#include "tests/sim/store/sim_statement.h"

static struct sim_hit find_device(struct sim_exec *x, int64_t id)
{
    return sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(id)));
}

/* What is told of a device, with the expiry of this column. */
static void emit_device(struct sim_exec *x, const union sim_cell *c, int expiry)
{
    sim_emit_columns(x, c, SIM_DEVICE,
                     COLUMNS(DEVICE_ID, DEVICE_SHOP_ID, DEVICE_KIND, DEVICE_NAME, DEVICE_TILL_NUMBER, expiry,
                             DEVICE_REVOKED_AT, DEVICE_SEEN_AT));
}

static void device_list(struct sim_exec *x)
{
    struct sim_scan scan = sim_range(x, SIM_DEVICE, DEVICE_BY_SHOP_ID_ID, KEY(I(sim_int(x, 1))),
                                     sim_behind(sim_int(x, 2)), INT64_MAX, false);

    for (int64_t left = sim_int(x, 3); left > 0 && sim_next(&scan); left--)
        emit_device(x, scan.hit.c, DEVICE_CERTIFICATE_EXPIRY);
}

/* ---- invitations ---- */

static bool has_run_out(const union sim_cell *c, int64_t at)
{
    return c[DEVICE_INVITE_USED_AT].i == SIM_NULL && c[DEVICE_INVITE_EXPIRES_AT].i <= at &&
           c[DEVICE_INVITE_TILL_NUMBER].i != SIM_NULL;
}

static void device_invite_let_go(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    int64_t at = sim_int(x, 2);

    for (struct sim_scan scan = sim_scan(x, SIM_DEVICE_INVITE, DEVICE_INVITE_BY_SHOP_ID_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (has_run_out(scan.hit.c, at))
            sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        if (sim_lock(x, &hits.hits[i]) && has_run_out(hits.hits[i].c, at))
            sim_update(x, &hits.hits[i], 0, PUTS(VALUE(DEVICE_INVITE_TILL_NUMBER, SIM_NULL)));
}

static void device_invite_taken(struct sim_exec *x)
{
    union sim_cell shop[] = { I(sim_int(x, 1)) };
    int64_t *numbers = NULL;
    size_t all = 0, count = 0;

    for (int pass = 0; pass < 2; pass++) { /* count, then gather */
        all = count;
        if (pass == 1)
            numbers = sim_memory(x, all, sizeof(*numbers));
        count = 0;
        for (struct sim_scan scan = sim_scan(x, SIM_DEVICE, DEVICE_BY_SHOP_ID_ID, shop, 1); sim_next(&scan); count++)
            if (pass == 1)
                numbers[count] = scan.hit.c[DEVICE_TILL_NUMBER].i;
        for (struct sim_scan scan = sim_scan(x, SIM_DEVICE_INVITE, DEVICE_INVITE_BY_SHOP_ID_ID, shop, 1);
             sim_next(&scan); count++)
            if (pass == 1)
                numbers[count] = scan.hit.c[DEVICE_INVITE_USED_AT].i == SIM_NULL
                                     ? scan.hit.c[DEVICE_INVITE_TILL_NUMBER].i
                                     : SIM_NULL;
    }
    const int64_t *sorted = sim_sorted(x, numbers, all, &count);
    for (size_t i = 0; i < count; i++)
        sim_emit(x, KEY(I(sorted[i])));
}

static void device_invite_write(struct sim_exec *x)
{
    struct sim_blob *command_id = sim_blob(x, sim_bytes(x, 9));
    const struct sim_put puts[] = {
        FROM(DEVICE_INVITE_ID, 1),          FROM(DEVICE_INVITE_SHOP_ID, 2),     FROM(DEVICE_INVITE_KIND, 3),
        FROM(DEVICE_INVITE_NAME, 4),        FROM(DEVICE_INVITE_TILL_NUMBER, 5), FROM(DEVICE_INVITE_SELECTOR, 6),
        FROM(DEVICE_INVITE_SECRET_HASH, 7), FROM(DEVICE_INVITE_EXPIRES_AT, 8),  FROM(DEVICE_INVITE_COMMAND_ID, 9),
        FROM(DEVICE_INVITE_CREATED_AT, 10),
    };
    const size_t count = sizeof puts / sizeof *puts;

    sim_propose(x, SIM_DEVICE_INVITE, 0, puts, count);
    if (command_id != NULL &&
        sim_conflict(x, SIM_DEVICE_INVITE, DEVICE_INVITE_BY_COMMAND_ID, KEY(B(command_id))).row != NULL)
        return;
    sim_insert(x, SIM_DEVICE_INVITE, 0, puts, count);
    sim_emit(x, KEY(I(sim_int(x, 1))));
}

static bool is_still_good(const union sim_cell *c)
{
    return c[DEVICE_INVITE_USED_AT].i == SIM_NULL &&
           (c[DEVICE_INVITE_KIND].i != 1 || c[DEVICE_INVITE_TILL_NUMBER].i != SIM_NULL);
}

static void device_invite_again(struct sim_exec *x)
{
    struct sim_blob *command_id = sim_blob(x, sim_bytes(x, 1));
    struct sim_hit hit = sim_find(x, SIM_DEVICE_INVITE, DEVICE_INVITE_BY_COMMAND_ID, KEY(B(command_id)));

    if (hit.row != NULL && is_still_good(hit.c) && sim_lock(x, &hit) && is_still_good(hit.c) &&
        sim_update(x, &hit, 0,
                   PUTS(FROM(DEVICE_INVITE_SELECTOR, 2), FROM(DEVICE_INVITE_SECRET_HASH, 3),
                        FROM(DEVICE_INVITE_EXPIRES_AT, 4), VALUE(DEVICE_INVITE_TRIES, 0))))
        sim_emit(x, KEY(hit.c[DEVICE_INVITE_ID]));
}

/* ---- enrolment ---- */

static void enrol_find(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_DEVICE_INVITE, DEVICE_INVITE_BY_SELECTOR_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++) {
        struct sim_hit *hit = &hits.hits[i];
        if (!sim_lock(x, hit) || hit->c[DEVICE_INVITE_SELECTOR].i != sim_int(x, 1))
            continue;
        const union sim_cell *c = hit->c;
        sim_emit(x, KEY(c[DEVICE_INVITE_ID], c[DEVICE_INVITE_SHOP_ID], c[DEVICE_INVITE_KIND], c[DEVICE_INVITE_NAME],
                        c[DEVICE_INVITE_TILL_NUMBER], c[DEVICE_INVITE_SECRET_HASH], c[DEVICE_INVITE_TRIES],
                        c[DEVICE_INVITE_EXPIRES_AT], I(c[DEVICE_INVITE_USED_AT].i != SIM_NULL)));
    }
}

static bool may_be_tried(struct sim_exec *x, const union sim_cell *c)
{
    return c[DEVICE_INVITE_SELECTOR].i == sim_int(x, 1) && c[DEVICE_INVITE_USED_AT].i == SIM_NULL &&
           c[DEVICE_INVITE_EXPIRES_AT].i > sim_int(x, 2);
}

static void enrol_wrong(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_DEVICE_INVITE, DEVICE_INVITE_BY_SELECTOR_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (may_be_tried(x, scan.hit.c))
            sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        if (sim_lock(x, &hits.hits[i]) && may_be_tried(x, hits.hits[i].c))
            sim_update(x, &hits.hits[i], 0,
                       PUTS(VALUE(DEVICE_INVITE_TRIES, hits.hits[i].c[DEVICE_INVITE_TRIES].i + 1)));
}

static void enrol_key(struct sim_exec *x)
{
    struct sim_blob *key = sim_blob(x, sim_bytes(x, 1));
    struct sim_hit hit = sim_find(x, SIM_DEVICE, DEVICE_BY_KEY_HASH, KEY(B(key)));
    struct sim_hit renewed = sim_find(x, SIM_DEVICE, DEVICE_BY_RENEWED_KEY_HASH, KEY(B(key)));

    if (hit.row != NULL)
        sim_emit(x, KEY(hit.c[DEVICE_ID]));
    if (renewed.row != NULL && renewed.row != hit.row)
        sim_emit(x, KEY(renewed.c[DEVICE_ID]));
}

static void enrol_device(struct sim_exec *x)
{
    const union sim_cell *c = sim_find(x, SIM_DEVICE_INVITE, DEVICE_INVITE_BY_ID, KEY(I(sim_int(x, 1)))).c;

    if (c == NULL)
        return;
    sim_insert(x, SIM_DEVICE, 0,
               PUTS(FROM(DEVICE_ID, 2), VALUE(DEVICE_SHOP_ID, c[DEVICE_INVITE_SHOP_ID].i),
                    VALUE(DEVICE_KIND, c[DEVICE_INVITE_KIND].i), BLOB(DEVICE_NAME, c[DEVICE_INVITE_NAME].b),
                    VALUE(DEVICE_TILL_NUMBER, c[DEVICE_INVITE_TILL_NUMBER].i), FROM(DEVICE_KEY_HASH, 3),
                    FROM(DEVICE_CERTIFICATE_EXPIRY, 4), FROM(DEVICE_CREATED_AT, 5)));
    emit_device(x, find_device(x, sim_int(x, 2)).c, DEVICE_CERTIFICATE_EXPIRY);
}

static void enrol_use(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_DEVICE_INVITE, DEVICE_INVITE_BY_ID, KEY(I(sim_int(x, 1))));

    if (hit.row != NULL)
        sim_update(x, &hit, 0, PUTS(FROM(DEVICE_INVITE_USED_AT, 3), FROM(DEVICE_INVITE_DEVICE_ID, 2)));
}

/* ---- renewing ---- */

static void device_renew(struct sim_exec *x)
{
    struct sim_hit hit = find_device(x, sim_int(x, 1));

    if (hit.row != NULL &&
        sim_update(x, &hit, 0, PUTS(FROM(DEVICE_RENEWED_KEY_HASH, 2), FROM(DEVICE_RENEWED_EXPIRY, 3))))
        emit_device(x, hit.c, DEVICE_RENEWED_EXPIRY);
}

static void device_renew_taken(struct sim_exec *x)
{
    struct sim_blob *key = sim_blob(x, sim_bytes(x, 1));
    struct sim_hit hit = sim_find(x, SIM_DEVICE, DEVICE_BY_KEY_HASH, KEY(B(key)));
    struct sim_hit renewed = sim_find(x, SIM_DEVICE, DEVICE_BY_RENEWED_KEY_HASH, KEY(B(key)));

    if (hit.row != NULL)
        sim_emit(x, KEY(hit.c[DEVICE_ID]));
    if (renewed.row != NULL && renewed.row != hit.row && renewed.c[DEVICE_ID].i != sim_int(x, 2))
        sim_emit(x, KEY(renewed.c[DEVICE_ID]));
}

static bool shows_new_key(struct sim_exec *x, const union sim_cell *c)
{
    return sim_cell_equal(SIM_BYTEA, c[DEVICE_RENEWED_KEY_HASH], B(sim_blob(x, sim_bytes(x, 2))));
}

static void device_renew_shown(struct sim_exec *x)
{
    struct sim_hit hit = find_device(x, sim_int(x, 1));

    if (hit.row != NULL && shows_new_key(x, hit.c) && sim_lock(x, &hit) && shows_new_key(x, hit.c))
        sim_update(x, &hit, 0,
                   PUTS(BLOB(DEVICE_KEY_HASH, hit.c[DEVICE_RENEWED_KEY_HASH].b),
                        VALUE(DEVICE_CERTIFICATE_EXPIRY, hit.c[DEVICE_RENEWED_EXPIRY].i),
                        BLOB(DEVICE_RENEWED_KEY_HASH, NULL), VALUE(DEVICE_RENEWED_EXPIRY, SIM_NULL)));
}

/* ---- revoking ---- */

static void device_revoke_find(struct sim_exec *x)
{
    struct sim_hit hit = find_device(x, sim_int(x, 1));

    if (hit.row != NULL && hit.c[DEVICE_SHOP_ID].i == sim_int(x, 2) && sim_lock(x, &hit))
        sim_emit(x, KEY(I(hit.c[DEVICE_REVOKED_AT].i != SIM_NULL)));
}

static void device_revoke(struct sim_exec *x)
{
    struct sim_hit hit = find_device(x, sim_int(x, 1));

    if (hit.row == NULL || !sim_lock(x, &hit))
        return;
    int64_t at = hit.c[DEVICE_REVOKED_AT].i == SIM_NULL ? sim_int(x, 2) : hit.c[DEVICE_REVOKED_AT].i;
    if (sim_update(x, &hit, 0, PUTS(VALUE(DEVICE_REVOKED_AT, at))))
        emit_device(x, hit.c, DEVICE_CERTIFICATE_EXPIRY);
}

static bool is_open(const union sim_cell *c)
{
    return c[SESSION_CLOSED_AT].i == SIM_NULL;
}

static void device_revoke_sessions(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_SESSION, SESSION_BY_DEVICE_ID, KEY(I(sim_int(x, 1)))); sim_next(&scan);)
        if (is_open(scan.hit.c))
            sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        if (sim_lock(x, &hits.hits[i]) && is_open(hits.hits[i].c))
            sim_update(x, &hits.hits[i], 0, PUTS(FROM(SESSION_CLOSED_AT, 2)));
}

#define DEVICE_ANSWER "id shop_id kind name$ till_number certificate_expiry@ revoked_at@ seen_at@"

const struct sim_statement sim_device_statements[] = {
    { &sql_device_list, device_list, DEVICE_ANSWER },
    { &sql_device_invite_let_go, device_invite_let_go, NULL },
    { &sql_device_invite_taken, device_invite_taken, "till_number" },
    { &sql_device_invite_write, device_invite_write, "id" },
    { &sql_device_invite_again, device_invite_again, "id" },
    { &sql_enrol_find, enrol_find, "id shop_id kind name$ till_number secret_hash$ tries expires_at@ used?" },
    { &sql_enrol_wrong, enrol_wrong, NULL },
    { &sql_enrol_key, enrol_key, "id" },
    { &sql_enrol_device, enrol_device, DEVICE_ANSWER },
    { &sql_enrol_use, enrol_use, NULL },
    { &sql_device_renew, device_renew, DEVICE_ANSWER },
    { &sql_device_renew_taken, device_renew_taken, "id" },
    { &sql_device_renew_shown, device_renew_shown, NULL },
    { &sql_device_revoke_find, device_revoke_find, "revoked?" },
    { &sql_device_revoke, device_revoke, DEVICE_ANSWER },
    { &sql_device_revoke_sessions, device_revoke_sessions, NULL },
    { NULL, NULL, NULL },
};
