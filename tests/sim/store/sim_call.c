/* call.sql, group.sql, node.sql, journal_list.sql and what is as small: locks, answers kept, strands, journal. */
#include <stdio.h>
#include <string.h>

#include "common/base/bytes.h"
#include "tests/sim/store/sim_statement.h"

/* ---- locks ---- */

static void device_lock(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(sim_int(x, 1))));

    if (hit.row != NULL && sim_lock(x, &hit))
        sim_emit(x, KEY(hit.c[DEVICE_ID], I(hit.c[DEVICE_REVOKED_AT].i != SIM_NULL)));
}

static void number_lock(struct sim_exec *x)
{
    sim_lock_number(x, sim_int(x, 1), sim_int(x, 2));
    sim_emit(x, KEY(B(sim_text(x, ""))));
}

static void group_lock(struct sim_exec *x)
{
    sim_lock_number(x, SIM_NULL, sim_int(x, 1));
    sim_emit(x, KEY(B(sim_text(x, ""))));
}

static void group_devices(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(ids[i])));
        if (hit.row != NULL && sim_lock(x, &hit))
            sim_emit(x, KEY(hit.c[DEVICE_ID], I(hit.c[DEVICE_REVOKED_AT].i != SIM_NULL)));
    }
}

/* ---- answers kept ---- */

static struct sim_hit find_command(struct sim_exec *x, int64_t device_id, struct bytes command_id)
{
    return sim_find(x, SIM_COMMAND, COMMAND_BY_DEVICE_ID_COMMAND_ID, KEY(I(device_id), B(sim_blob(x, command_id))));
}

static void command_find(struct sim_exec *x)
{
    struct sim_hit hit = find_command(x, sim_int(x, 1), sim_bytes(x, 2));

    if (hit.row != NULL)
        sim_emit_columns(x, hit.c, SIM_COMMAND, COLUMNS(COMMAND_OP, COMMAND_BODY_HASH, COMMAND_REPLY));
}

static void command_show(struct sim_exec *x)
{
    struct sim_hit hit = find_command(x, sim_int(x, 1), sim_bytes(x, 2));

    if (hit.row != NULL)
        sim_emit_columns(x, hit.c, SIM_COMMAND, COLUMNS(COMMAND_OP, COMMAND_REPLY));
}

static void group_commands(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = find_command(x, sim_int_at(x, 1, i), sim_bytes_at(x, 2, i));
        if (hit.row != NULL)
            sim_emit(x, KEY(I(sim_int_at(x, 3, i)), hit.c[COMMAND_OP], hit.c[COMMAND_BODY_HASH], hit.c[COMMAND_REPLY]));
    }
}

static void command_keep(struct sim_exec *x)
{
    sim_insert_all(x, SIM_COMMAND,
                   PUTS(FROM(COMMAND_DEVICE_ID, 1), FROM(COMMAND_COMMAND_ID, 2), FROM(COMMAND_OP, 3),
                        FROM(COMMAND_BODY_HASH, 4), FROM(COMMAND_REPLY, 5), FROM(COMMAND_AT, 6)));
}

/* ---- strands ---- */

static void strand_head(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_DEVICE_HEAD, DEVICE_HEAD_BY_DEVICE_ID_KIND, KEY(I(sim_int(x, 1)), I('L')));

    if (hit.row != NULL)
        sim_emit_columns(x, hit.c, SIM_DEVICE_HEAD, COLUMNS(DEVICE_HEAD_NUMBER, DEVICE_HEAD_HASH, DEVICE_HEAD_AT));
}

static void group_heads(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit =
            sim_find(x, SIM_DEVICE_HEAD, DEVICE_HEAD_BY_DEVICE_ID_KIND, KEY(I(ids[i]), I(sim_letter(x, 2))));
        if (hit.row != NULL)
            sim_emit_columns(x, hit.c, SIM_DEVICE_HEAD,
                             COLUMNS(DEVICE_HEAD_DEVICE_ID, DEVICE_HEAD_NUMBER, DEVICE_HEAD_HASH, DEVICE_HEAD_AT));
    }
}

static void strand_advance(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = sim_conflict(x, SIM_DEVICE_HEAD, DEVICE_HEAD_BY_DEVICE_ID_KIND,
                                          KEY(I(sim_int_at(x, 1, i)), I(sim_letter(x, 2))));
        const struct sim_put puts[] = { FROM(DEVICE_HEAD_NUMBER, 3), FROM(DEVICE_HEAD_HASH, 4), FROM(DEVICE_HEAD_AT, 5),
                                        FROM(DEVICE_HEAD_DEVICE_ID, 1), FROM(DEVICE_HEAD_KIND, 2) };
        if (hit.row != NULL)
            sim_update(x, &hit, i, puts, 3);
        else
            sim_insert(x, SIM_DEVICE_HEAD, i, puts, 5);
    }
}

static void journal_write(struct sim_exec *x)
{
    sim_insert_all(x, SIM_JOURNAL,
                   PUTS(FROM(JOURNAL_DEVICE_ID, 1), FROM(JOURNAL_KIND, 2), FROM(JOURNAL_NUMBER, 3), FROM(JOURNAL_AT, 4),
                        FROM(JOURNAL_BYTES, 5), FROM(JOURNAL_HASH, 6)));
}

static void journal_sign(struct sim_exec *x)
{
    sim_insert_all(x, SIM_JOURNAL_SIGNATURE,
                   PUTS(FROM(JOURNAL_SIGNATURE_ID, 1), FROM(JOURNAL_SIGNATURE_AT, 2), FROM(JOURNAL_SIGNATURE_HEADS, 3),
                        FROM(JOURNAL_SIGNATURE_SIGNATURE, 4), FROM(JOURNAL_SIGNATURE_KEY_ID, 5)));
}

static void journal_list_strand(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(sim_int(x, 1))));
    bool of_shop = hit.row != NULL && hit.c[DEVICE_SHOP_ID].i == sim_int(x, 2);

    sim_emit(x, KEY(I(of_shop || sim_int(x, 1) <= 4096)));
}

static void journal_list_page(struct sim_exec *x)
{
    union sim_cell strand[] = { I(sim_int(x, 1)), I(sim_letter(x, 2)) };
    struct sim_scan scan = sim_range(x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER, strand, 2,
                                     sim_behind(sim_int(x, 3)), INT64_MAX, false);
    int64_t before = 0;

    for (int i = 0; i < 501 && before <= sim_int(x, 4) && sim_next(&scan); i++) {
        sim_emit_columns(x, scan.hit.c, SIM_JOURNAL, COLUMNS(JOURNAL_NUMBER, JOURNAL_BYTES, JOURNAL_HASH));
        before += sim_size(scan.hit.c[JOURNAL_BYTES].b) + 64;
    }
}

/* Of this shop's strands and the servers' own: the first head tells which. */
static bool is_signed_here(struct sim_exec *x, const union sim_cell *c)
{
    struct bytes heads = sim_blob_view(c[JOURNAL_SIGNATURE_HEADS].b);
    uint8_t first[8] = { 0 };

    memcpy(first, heads.data, heads.size < 8 ? heads.size : 8);
    int64_t device_id = (int64_t)get_u64(first);
    struct sim_hit device = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(device_id)));
    return device_id <= 4096 || (device.row != NULL && device.c[DEVICE_SHOP_ID].i == sim_int(x, 1));
}

static void journal_signature_list(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    int64_t before = 0;

    for (struct sim_scan scan = sim_all(x, SIM_JOURNAL_SIGNATURE); sim_next(&scan);)
        if (scan.hit.c[JOURNAL_SIGNATURE_ID].i > sim_int(x, 2) && is_signed_here(x, scan.hit.c))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_JOURNAL_SIGNATURE, JOURNAL_SIGNATURE_ID, -1, -1);
    for (size_t i = 0; i < hits.count && i < 501 && before <= sim_int(x, 3); i++) {
        sim_emit_columns(x, hits.hits[i].c, SIM_JOURNAL_SIGNATURE,
                         COLUMNS(JOURNAL_SIGNATURE_ID, JOURNAL_SIGNATURE_HEADS, JOURNAL_SIGNATURE_SIGNATURE,
                                 JOURNAL_SIGNATURE_KEY_ID));
        before += sim_size(hits.hits[i].c[JOURNAL_SIGNATURE_HEADS].b) + 128;
    }
}

/* ---- the catalogue's versions ---- */

static void group_catalogue(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_CATALOGUE_HEAD, CATALOGUE_HEAD_BY_SHOP_ID, KEY(I(sim_int(x, 1))));

    if (hit.row != NULL)
        sim_emit_columns(x, hit.c, SIM_CATALOGUE_HEAD, COLUMNS(CATALOGUE_HEAD_VERSION));
}

static struct sim_hits heads_in_order(struct sim_exec *x)
{
    struct sim_hits heads = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_CATALOGUE_HEAD); sim_next(&scan);)
        sim_gather(x, &heads, scan.hit);
    sim_sort(&heads, SIM_CATALOGUE_HEAD, CATALOGUE_HEAD_SHOP_ID, -1, -1);
    return heads;
}

static void catalogue_lock(struct sim_exec *x)
{
    struct sim_hits heads = heads_in_order(x);

    for (size_t i = 0; i < heads.count; i++)
        if (sim_lock(x, &heads.hits[i]))
            sim_emit(x, KEY(heads.hits[i].c[CATALOGUE_HEAD_SHOP_ID]));
}

static void catalogue_raise(struct sim_exec *x)
{
    struct sim_hits heads = heads_in_order(x);
    int64_t shop_id = sim_int(x, 1), version = 0;
    bool raised = false;
    char payload[64];

    for (size_t i = 0; i < heads.count; i++)
        if (heads.hits[i].c[CATALOGUE_HEAD_VERSION].i > version)
            version = heads.hits[i].c[CATALOGUE_HEAD_VERSION].i;
    version = heads.count == 0 ? SIM_NULL : version + 1;
    sim_insert(x, SIM_CATALOGUE_VERSION, 0,
               PUTS(VALUE(CATALOGUE_VERSION_VERSION, version), FROM(CATALOGUE_VERSION_SHOP_ID, 1),
                    FROM(CATALOGUE_VERSION_MADE_AT, 2), FROM(CATALOGUE_VERSION_STAFF_ID, 3)));
    for (size_t i = 0; i < heads.count; i++)
        if (shop_id == 0 || heads.hits[i].c[CATALOGUE_HEAD_SHOP_ID].i == shop_id)
            raised |= sim_update(x, &heads.hits[i], 0, PUTS(VALUE(CATALOGUE_HEAD_VERSION, version)));
    if (raised) {
        snprintf(payload, sizeof(payload), "%lld:catalogue:%lld", (long long)shop_id, (long long)version);
        sim_notify(x, payload);
    }
    sim_emit(x, KEY(I(raised ? version : SIM_NULL), I(false)));
}

static void tell(struct sim_exec *x)
{
    sim_notify(x, (const char *)sim_blob(x, sim_bytes(x, 1))->data);
    sim_emit(x, KEY(B(sim_text(x, ""))));
}

/* ---- ids, the clock, the version ---- */

static void id_block_reserve(struct sim_exec *x)
{
    int64_t node = sim_int(x, 1), count = sim_int(x, 2), past = sim_plus(x, 1, count);
    struct sim_hit hit = sim_conflict(x, SIM_ID_BLOCK, ID_BLOCK_BY_NODE, KEY(I(node)));

    if (hit.row != NULL) {
        past = sim_plus(x, hit.c[ID_BLOCK_NEXT_VALUE].i, count);
        sim_update(x, &hit, 0, PUTS(VALUE(ID_BLOCK_NEXT_VALUE, past)));
    } else
        sim_insert(x, SIM_ID_BLOCK, 0, PUTS(FROM(ID_BLOCK_NODE, 1), VALUE(ID_BLOCK_NEXT_VALUE, past)));
    sim_emit(x, KEY(I(past - count), I(past)));
}

static void check_run_clock(struct sim_exec *x)
{
    sim_emit(x, KEY(I(sim_now(x).us)));
}

static void server_show_database(struct sim_exec *x)
{
    sim_emit(x, KEY(B(sim_text(x, "15.0 (simulated)"))));
}

const struct sim_statement sim_call_statements[] = {
    { &sql_device_lock, device_lock, "id revoked?" },
    { &sql_number_lock, number_lock, "pg_advisory_xact_lock$" },
    { &sql_group_lock, group_lock, "pg_advisory_xact_lock$" },
    { &sql_group_devices, group_devices, "id revoked?" },
    { &sql_command_find, command_find, "op body_hash$ reply$" },
    { &sql_command_show, command_show, "op reply$" },
    { &sql_group_commands, group_commands, "position op body_hash$ reply$" },
    { &sql_command_keep, command_keep, NULL },
    { &sql_strand_head, strand_head, "number hash$ at@" },
    { &sql_group_heads, group_heads, "device_id number hash$ at@" },
    { &sql_strand_advance, strand_advance, NULL },
    { &sql_journal_write, journal_write, NULL },
    { &sql_journal_sign, journal_sign, NULL },
    { &sql_journal_list_strand, journal_list_strand, "is_known?" },
    { &sql_journal_list_page, journal_list_page, "number bytes$ hash$" },
    { &sql_journal_signature_list, journal_signature_list, "id heads$ signature$ key_id$" },
    { &sql_group_catalogue, group_catalogue, "version" },
    { &sql_catalogue_lock, catalogue_lock, "shop_id" },
    { &sql_catalogue_raise, catalogue_raise, "version told?" },
    { &sql_tell, tell, "pg_notify$" },
    { &sql_id_block_reserve, id_block_reserve, "first past" },
    { &sql_check_run_clock, check_run_clock, "now@" },
    { &sql_server_show_database, server_show_database, "version$" },
    { NULL, NULL, NULL },
};
