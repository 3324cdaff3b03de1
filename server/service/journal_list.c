/* The entries of one strand, by pages: bytes and hashes as they stand, for anybody to verify. */
#include "db/queries.h"
#include "proto/shop.pb-c.h"
#include "server/service/message.h"

#define ENTRIES_MAX 500u
#define PAGE_BYTES  60000u
#define ENTRY_HEAD  64u /* number, hash, tags: at most */

struct page {
    struct rows *strand, *entries;
};

static enum step look(struct call *c)
{
    const Caroline__V1__JournalList *request = (const Caroline__V1__JournalList *)c->message;
    struct page *p = c->shared;
    struct bytes kind = field_bytes(request->kind);

    if (kind.size != 1 || (kind.data[0] != 'T' && kind.data[0] != 'L' && kind.data[0] != 'X' && kind.data[0] != 'S'))
        return refuse_field(c, REFUSAL(BAD_FIELD), "kind",
                            "a strand is of kind T (receipts), X (those of a till that was offline), S (practice) or L "
                            "(everything else)");
    if (!request->has_device_id || request->device_id == 0 || request->device_id > INT64_MAX)
        return refuse_field(c, REFUSAL(UNKNOWN_DEVICE), "device_id", "no device of that id");
    int64_t device_id = (int64_t)request->device_id;
    p->strand = ask(c, &sql_journal_list_strand, PARAMS(PARAM_INT(device_id), PARAM_INT(c->shop_id)));
    p->entries = ask(c, &sql_journal_list_page,
                     PARAMS(PARAM_INT(device_id), PARAM_TEXT_VIEW(kind),
                            PARAM_INT(request->after_number > INT64_MAX ? INT64_MAX : (int64_t)request->after_number),
                            PARAM_INT(PAGE_BYTES)));
    return STEP_NEXT;
}

/* How many fit: the first always does, for no entry is larger than an answer. */
static size_t fitting(const struct rows *rows)
{
    size_t count = 0, used = 0;

    while (count < rows_count(rows) && count < ENTRIES_MAX) {
        used += row_bytes(rows, count, "bytes").size + ENTRY_HEAD;
        if (count > 0 && used > PAGE_BYTES)
            break;
        count++;
    }
    return count;
}

static enum step list(struct call *c)
{
    const struct page *p = c->shared;
    Caroline__V1__JournalListed reply = CAROLINE__V1__JOURNAL_LISTED__INIT;

    if (!row_bool(p->strand, 0, "is_known"))
        return refuse_field(c, REFUSAL(UNKNOWN_DEVICE), "device_id", "no device of that id");
    size_t count = fitting(p->entries);
    reply.entries = arena_array(c->txn.arena, count + 1, sizeof *reply.entries);
    for (; reply.n_entries < count; reply.n_entries++) {
        Caroline__V1__JournalEntry *entry = arena_alloc(c->txn.arena, sizeof *entry);
        caroline__v1__journal_entry__init(entry);
        PUT(*entry, number, (uint64_t)row_int(p->entries, reply.n_entries, "number"));
        PUT(*entry, bytes, field_of(row_bytes(p->entries, reply.n_entries, "bytes")));
        PUT(*entry, hash, field_of(row_bytes(p->entries, reply.n_entries, "hash")));
        reply.entries[reply.n_entries] = entry;
    }
    PUT(reply, more, rows_count(p->entries) > count);
    return answer(c, &reply.base);
}

const struct op journal_list = {
    .name = "journal_list",
    .number = NUMBER(JOURNAL_LIST),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_AUDIT_SEE,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__journal_list__descriptor,
    .reply = &caroline__v1__journal_listed__descriptor,
    .shared_size = sizeof(struct page),
    .stages = { look, list },
};
