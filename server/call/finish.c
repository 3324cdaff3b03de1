/* What closes a transaction that writes: journal entries, the strand's head and its signature, the answer that is kept,
 * and word to the other processes. And what a call does to its connection once that is on disk. */
#include "server/call/call.h"

#include <assert.h>
#include <string.h>

#include "db/queries.h"
#include "server/call/inner.h"

static const char *event_of(const struct work *w, const struct change *note)
{
    return note ? note->field : w->call.op->name;
}

/* One entry: of a command with what it changed (note NULL), or of something noted. */
static struct entry *add_entry(struct work *w, const struct change *note)
{
    struct call *c = &w->call;
    struct entry *entry = arena_alloc(c->txn.arena, sizeof *entry);
    struct change about = { 0 };
    const struct change *changes = w->changes;

    if (note && (note->object || note->after)) {
        about = (struct change){ .object = note->object, .field = note->after ? "times" : "", .after = note->after };
        changes = &about;
    }
    entry->bytes = journal_l_entry(c->txn.arena, &w->head, c, c->now, w->body_hash, event_of(w, note), changes);
    head_advance(&w->head, entry->bytes, c->now);
    entry->device_id = w->head.device_id;
    entry->number = w->head.number;
    memcpy(entry->hash, w->head.hash, DIGEST_SIZE);
    return entry;
}

static void ask_journal(struct work *w)
{
    struct call *c = &w->call;
    bool done = c->op->kind == OP_CHANGES && !w->is_refusal;
    size_t count = done;

    for (const struct change *note = w->notes; note; note = note->next)
        count++;

    struct entry_columns columns = entry_columns_of(c->txn.arena, count, c->now);
    if (done)
        entry_columns_add(&columns, add_entry(w, NULL));
    for (const struct change *note = w->notes; note; note = note->next)
        entry_columns_add(&columns, add_entry(w, note));

    struct head *heads[] = { &w->head };
    journal_ask(&c->txn, c->driver, 'L', &columns, heads, 1, c->now);
}

static void ask_keep(struct work *w)
{
    struct call *c = &w->call;
    struct bytes reply = w->reply;

    if (c->op->kept && !w->is_refusal)
        reply = reply_pack(c->txn.arena, c->op->kept(c));

    struct kept_columns columns = kept_columns_of(c->txn.arena, 1);
    kept_columns_add(&columns, w, reply);
    kept_ask(&c->txn, &columns, c->now);
}

void finish_ask(struct work *w)
{
    struct call *c = &w->call;

    if (w->notes || (c->op->kind == OP_CHANGES && !w->is_refusal))
        ask_journal(w);
    if (c->op->kind == OP_CHANGES && !c->repeated && (c->device_id || !w->is_refusal))
        ask_keep(w);
    for (size_t i = 0; i < w->effects.cut_count; i++) {
        const struct cut *cut = &w->effects.cuts[i];

        txn_ask(&c->txn, &sql_tell,
                PARAMS(PARAM_TEXT(arena_format(c->txn.arena, "0:%s:%lld", cut->word, (long long)cut->id))));
    }
}

/* ---- columns for the set-based statements ---- */

struct entry_columns entry_columns_of(struct arena *arena, size_t most, struct instant at)
{
    return (struct entry_columns){
        .device_ids = arena_array(arena, most, sizeof(int64_t)),
        .numbers = arena_array(arena, most, sizeof(int64_t)),
        .ats = arena_array(arena, most, sizeof(struct instant)),
        .bytes = arena_array(arena, most, sizeof(struct bytes)),
        .hashes = arena_array(arena, most, sizeof(struct bytes)),
        .at = at,
    };
}

void entry_columns_add(struct entry_columns *columns, const struct entry *entry)
{
    size_t i = columns->count++;

    columns->device_ids[i] = entry->device_id;
    columns->numbers[i] = (int64_t)entry->number;
    columns->ats[i] = columns->at;
    columns->bytes[i] = entry->bytes;
    columns->hashes[i] = bytes_of(entry->hash, DIGEST_SIZE);
}

static void ask_heads(struct txn *txn, struct bytes kind, struct head *const *heads, size_t count)
{
    int64_t *device_ids = arena_array(txn->arena, count, sizeof *device_ids);
    int64_t *numbers = arena_array(txn->arena, count, sizeof *numbers);
    struct bytes *hashes = arena_array(txn->arena, count, sizeof *hashes);
    struct instant *ats = arena_array(txn->arena, count, sizeof *ats);

    for (size_t i = 0; i < count; i++) {
        device_ids[i] = heads[i]->device_id;
        numbers[i] = (int64_t)heads[i]->number;
        hashes[i] = bytes_of(heads[i]->hash, DIGEST_SIZE);
        ats[i] = heads[i]->at;
    }
    txn_ask(txn, &sql_strand_advance,
            PARAMS(PARAM_INTS(device_ids, count), PARAM_TEXT_VIEW(kind), PARAM_INTS(numbers, count),
                   PARAM_BYTESES(hashes, count), PARAM_INSTANTS(ats, count)));
}

void journal_ask(struct txn *txn, struct driver *driver, char kind, const struct entry_columns *columns,
                 struct head *const *heads, size_t head_count, struct instant now)
{
    struct bytes kind_text = bytes_of(arena_copy(txn->arena, &kind, 1), 1);
    size_t count = columns->count;
    uint8_t signature[64], key_id[8];

    txn_ask(txn, &sql_journal_write,
            PARAMS(PARAM_INTS(columns->device_ids, count), PARAM_TEXT_VIEW(kind_text),
                   PARAM_INTS(columns->numbers, count), PARAM_INSTANTS(columns->ats, count),
                   PARAM_BYTESES(columns->bytes, count), PARAM_BYTESES(columns->hashes, count)));
    ask_heads(txn, kind_text, heads, head_count);

    struct bytes signed_bytes = heads_bytes(txn->arena, kind, heads, head_count);
    vault_sign(driver->config.vault, signed_bytes, signature, key_id);
    txn_ask(txn, &sql_journal_sign,
            PARAMS(PARAM_INT(driver->config.ids->next(driver->config.ids)), PARAM_INSTANT(now),
                   PARAM_BYTES(signed_bytes), PARAM_BYTES(bytes_of(signature, sizeof signature)),
                   PARAM_BYTES(bytes_of(key_id, sizeof key_id))));
}

struct kept_columns kept_columns_of(struct arena *arena, size_t most)
{
    return (struct kept_columns){
        .device_ids = arena_array(arena, most, sizeof(int64_t)),
        .ops = arena_array(arena, most, sizeof(int64_t)),
        .command_ids = arena_array(arena, most, sizeof(struct bytes)),
        .body_hashes = arena_array(arena, most, sizeof(struct bytes)),
        .replies = arena_array(arena, most, sizeof(struct bytes)),
    };
}

void kept_columns_add(struct kept_columns *columns, const struct work *w, struct bytes reply)
{
    if (leaves_no_trace(w))
        return;
    size_t i = columns->count++;

    columns->device_ids[i] = w->call.device_id;
    columns->ops[i] = (int64_t)w->call.op->number;
    columns->command_ids[i] = bytes_of(w->call.command_id, sizeof w->call.command_id);
    columns->body_hashes[i] = bytes_of(w->body_hash, DIGEST_SIZE);
    columns->replies[i] = reply;
}

void kept_ask(struct txn *txn, const struct kept_columns *columns, struct instant now)
{
    size_t count = columns->count;

    if (count == 0)
        return;
    txn_ask(txn, &sql_command_keep,
            PARAMS(PARAM_INTS(columns->device_ids, count), PARAM_BYTESES(columns->command_ids, count),
                   PARAM_INTS(columns->ops, count), PARAM_BYTESES(columns->body_hashes, count),
                   PARAM_BYTESES(columns->replies, count), PARAM_INSTANT(now)));
}

/* ---- on disk ---- */

void effects_apply(struct work *w)
{
    const struct effects *effects = &w->effects;
    struct peer *peer = w->call.peer;
    struct driver *driver = w->call.driver;

    if (!peer)
        return;
    if (effects->device_set) {
        peer->device_id = effects->device_id;
        peer->shop_id = effects->shop_id;
        peer->client = (uint8_t)effects->client;
        peer->greeted = true;
        kin_join(driver, peer);
    }
    if (peer->staff_id && (effects->session_set || effects->session_cleared)) {
        bool goes_on = effects->session_set && memcmp(peer->token_hash, effects->token_hash, DIGEST_SIZE) == 0;

        if (!goes_on || effects->locked)
            session_others(driver, peer, peer->token_hash, !goes_on);
        if (!goes_on)
            peer->training = (struct training){ 0 };
    }
    if (effects->session_set) {
        peer->asked = peer->doubted = false; /* what a look under way says is of what was before */
        peer->staff_id = effects->staff_id;
        peer->role_id = effects->role_id;
        peer->permissions_version = 0;
        peer->session_expires = effects->expires;
        peer->locked = effects->locked;
        peer->used_us = peer->touched_us = monotonic_us(driver);
        memcpy(peer->token_hash, effects->token_hash, sizeof peer->token_hash);
    } else if (effects->session_cleared) {
        session_end(driver, peer);
    }
    bool own = effects->member_set && peer->member_id == effects->member_id; /* the doubt is about this very change */
    /* who changes their own secret may have been signed out meanwhile, and is not signed in by that */
    if (effects->member_set && (w->call.op->needs != NEEDS_MEMBER || peer->member_id == effects->member_id)) {
        peer->asked = peer->doubted = false;
        peer->member_id = effects->member_id;
        peer->secret_changed = effects->secret_changed;
        peer->session_expires = effects->expires;
        peer->by_code = effects->by_code;
        peer->used_us = monotonic_us(driver);
    }
    if (effects->trains && peer->staff_id)
        session_train_here(driver, peer, effects->training);
    if (effects->doubtful) {
        peer->look = true;
        peer->doubted = effects->session_set || (effects->member_set && !own);
    }
}
