/* Where the numbers of a sale come from, page by page. A page that names somebody of the staff leaves a trace: a receipt names nobody. */
#include "common/rules/explain.h"
#include "proto/explain.pb-c.h"
#include "server/service/message.h"
#include "server/service/sale_explain_load.h"

#define ROWS_MAX   1000  /* SaleExplained.rows */
#define PAGE_BYTES 48000 /* of the rows, which fit a frame with what is around them */

static enum step find(struct call *c)
{
    const Caroline__V1__SaleExplain *request = (const Caroline__V1__SaleExplain *)c->message;
    struct sale_key key = { .has_id = request->has_sale_id,
                            .id = request->sale_id,
                            .has_number = request->has_receipt_number,
                            .number = field_bytes(request->receipt_number),
                            .last = request->has_last && request->last };

    return explain_find(c, c->shared, &key);
}

static enum step ask_whose(struct call *c)
{
    return explain_ask_whose(c, c->shared);
}

static enum step ask_sale(struct call *c)
{
    return explain_ask_sale(c, c->shared);
}

static enum step ask_past(struct call *c)
{
    return explain_ask_past(c, c->shared);
}

static enum step ask_versions(struct call *c)
{
    return explain_ask_versions(c, c->shared);
}

static enum step ask_staff(struct call *c)
{
    return explain_ask_staff(c, c->shared);
}

static Caroline__V1__ExplainRow *row_message(const struct explain_row *row, bool tells_staff, struct arena *arena)
{
    Caroline__V1__ExplainRow *message = arena_alloc(arena, sizeof *message);

    caroline__v1__explain_row__init(message);
    PUT(*message, kind, (Caroline__V1__ExplainRowKind)row->kind);
    if (row->about != EXPLAIN_NOTHING)
        PUT(*message, about, (Caroline__V1__ExplainNumber)row->about);
    if (row->line != NO_LINE)
        PUT(*message, line, (uint32_t)row->line);
    PUT(*message, text, field_text(row->text));
    if (row->has_amount && row->points)
        PUT(*message, points, row->amount);
    else if (row->has_amount)
        PUT(*message, amount_minor, row->amount);
    if (row->staff_id != 0 && tells_staff)
        PUT(*message, staff_id, (uint64_t)row->staff_id);
    if (row->staff != NULL && tells_staff)
        PUT(*message, staff, field_text(row->staff));
    return message;
}

/* True if somebody is named on it. */
static bool put_page(const struct call *c, const struct explanation *explanation, size_t after,
                     Caroline__V1__SaleExplained *reply)
{
    struct arena *arena = c->txn.arena;
    bool names = false;
    size_t bytes = 0, at = after < explanation->count ? after : explanation->count;

    reply->rows = arena_array(arena, ROWS_MAX, sizeof *reply->rows);
    for (; at < explanation->count && reply->n_rows < ROWS_MAX; at++) {
        Caroline__V1__ExplainRow *row = row_message(&explanation->rows[at], c->member_id == 0, arena);

        bytes += protobuf_c_message_get_packed_size(&row->base) + 4; /* its tag and length */
        if (bytes > PAGE_BYTES)
            break;
        reply->rows[reply->n_rows++] = row;
        names = names || row->has_staff;
    }
    PUT(*reply, more, at < explanation->count);
    PUT(*reply, row_count, (uint32_t)explanation->count);
    PUT(*reply, number_count, (uint32_t)explanation->numbers);
    PUT(*reply, wrong_count, (uint32_t)explanation->wrong);
    PUT(*reply, unknown_count, (uint32_t)explanation->unknown);
    return names;
}

static enum step explain(struct call *c)
{
    const Caroline__V1__SaleExplain *request = (const Caroline__V1__SaleExplain *)c->message;
    Caroline__V1__SaleExplained reply = CAROLINE__V1__SALE_EXPLAINED__INIT;
    struct explain_load *load = c->shared;
    struct arena *arena =
        arena_create(0); /* two hundred lines with all that can be taken off them want more than a call has */
    struct explanation explanation;
    struct catalogue *catalogue;
    char number[RECEIPT_NUMBER_TEXT];
    const struct explain_facts facts = explain_facts_of(c, load, &catalogue);

    explain_sale(&facts, arena, &explanation);
    explain_name_staff(c, load, &explanation);
    PUT(reply, sale_id, (uint64_t)load->sale.sale_id);
    PUT(reply, receipt_number, field_text(receipt_number_format(number, load->sale.number)));
    if (put_page(c, &explanation, request->has_after_row ? request->after_row : 0, &reply))
        journal_note(c, load->sale.sale_id, "sale_explained");
    enum step step = answer(c, &reply.base);
    arena_destroy(arena); /* the answer is packed: no text of it is theirs */
    catalogue_destroy(catalogue);
    return step;
}

const struct op sale_explain = {
    .name = "sale_explain",
    .number = NUMBER(SALE_EXPLAIN),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT_ANY,
    .kiosk = KIOSK_MEMBER,
    .per_minute = 600, /* it is worked out anew each time */
    .request = &caroline__v1__sale_explain__descriptor,
    .reply = &caroline__v1__sale_explained__descriptor,
    .shared_size = sizeof(struct explain_load),
    .stages = { find, ask_whose, ask_sale, ask_past, ask_versions, ask_staff, explain },
};
