/* What was signed of the shop's strands, by pages: heads and signatures as they stand, for anybody to verify. */
#include "db/queries.h"
#include "proto/shop.pb-c.h"
#include "server/service/message.h"

#define SIGNATURES_MAX 500u
#define PAGE_BYTES     60000u
#define SIGNATURE_SIZE 128u /* all but its heads: id, signature, key, tags: at most */

struct page {
    struct rows *signatures;
};

static enum step look(struct call *c)
{
    const Caroline__V1__JournalSignatureList *request = (const Caroline__V1__JournalSignatureList *)c->message;
    struct page *p = c->shared;
    int64_t after_id = request->after_id > INT64_MAX ? INT64_MAX : (int64_t)request->after_id;

    p->signatures =
        ask(c, &sql_journal_signature_list, PARAMS(PARAM_INT(c->shop_id), PARAM_INT(after_id), PARAM_INT(PAGE_BYTES)));
    return STEP_NEXT;
}

/* How many fit: the first always does, for a group has at most 200 heads. */
static size_t fitting(const struct rows *rows)
{
    size_t count = 0, used = 0;

    while (count < rows_count(rows) && count < SIGNATURES_MAX) {
        used += row_bytes(rows, count, "heads").size + SIGNATURE_SIZE;
        if (count > 0 && used > PAGE_BYTES)
            break;
        count++;
    }
    return count;
}

static enum step list(struct call *c)
{
    const struct rows *rows = ((const struct page *)c->shared)->signatures;
    Caroline__V1__JournalSignatureListed reply = CAROLINE__V1__JOURNAL_SIGNATURE_LISTED__INIT;
    size_t count = fitting(rows);

    reply.signatures = arena_array(c->txn.arena, count + 1, sizeof *reply.signatures);
    for (; reply.n_signatures < count; reply.n_signatures++) {
        Caroline__V1__JournalSignature *signature = arena_alloc(c->txn.arena, sizeof *signature);
        caroline__v1__journal_signature__init(signature);
        PUT(*signature, id, (uint64_t)row_int(rows, reply.n_signatures, "id"));
        PUT(*signature, heads, field_of(row_bytes(rows, reply.n_signatures, "heads")));
        PUT(*signature, signature, field_of(row_bytes(rows, reply.n_signatures, "signature")));
        PUT(*signature, key_id, field_of(row_bytes(rows, reply.n_signatures, "key_id")));
        reply.signatures[reply.n_signatures] = signature;
    }
    PUT(reply, more, rows_count(rows) > count);
    return answer(c, &reply.base);
}

const struct op journal_signature_list = {
    .name = "journal_signature_list",
    .number = NUMBER(JOURNAL_SIGNATURE_LIST),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_AUDIT_SEE,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__journal_signature_list__descriptor,
    .reply = &caroline__v1__journal_signature_listed__descriptor,
    .shared_size = sizeof(struct page),
    .stages = { look, list },
};
