/* What was noted of sales when they were booked: oversold, made in another shift, or offline and something had changed. */
#include "common/rules/sale.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "server/service/message.h"

#define SALES_MOST 100
#define ROWS_MOST  1000 /* more than one sale may have, so that each page has a whole one */
#define PAGE_BYTES 60000u
#define FIELD_MOST 6 /* bytes in front of a message in a list */

struct exceptions {
    struct rows *rows;
};

static enum step find(struct call *c)
{
    const Caroline__V1__SaleExceptionList *request = (const Caroline__V1__SaleExceptionList *)c->message;
    struct exceptions *e = c->shared;
    int64_t before =
        request->has_before_id && request->before_id <= INT64_MAX ? (int64_t)request->before_id : INT64_MAX;

    e->rows = ask(c, &sql_sale_exception_list, PARAMS(PARAM_INT(c->shop_id), PARAM_INT(before), PARAM_INT(ROWS_MOST)));
    return STEP_NEXT;
}

static Caroline__V1__SaleException *exception_of(const struct rows *rows, size_t row, struct arena *arena)
{
    Caroline__V1__SaleException *message = arena_alloc(arena, sizeof *message);

    caroline__v1__sale_exception__init(message);
    PUT(*message, kind, (Caroline__V1__SaleExceptionKind)row_int(rows, row, "kind"));
    if (row_int(rows, row, "line") != NO_LINE)
        PUT(*message, line, (uint32_t)row_int(rows, row, "line"));
    if (!row_is_null(rows, row, "said"))
        PUT(*message, said, row_int(rows, row, "said"));
    if (!row_is_null(rows, row, "found"))
        PUT(*message, found, row_int(rows, row, "found"));
    return message;
}

/* The sale whose rows begin here. *count: how many they are. */
static Caroline__V1__ExceptedSale *sale_of(const struct rows *rows, size_t first, size_t *count, struct arena *arena)
{
    Caroline__V1__ExceptedSale *message = arena_alloc(arena, sizeof *message);
    int64_t id = row_int(rows, first, "id");
    struct receipt_number number = { .till = (uint32_t)row_int(rows, first, "till_number"),
                                     .series = (char)row_int(rows, first, "series"),
                                     .number = row_int(rows, first, "number") };

    caroline__v1__excepted_sale__init(message);
    PUT(*message, id, (uint64_t)id);
    PUT(*message, receipt_number, field_text(receipt_number_format(arena_alloc(arena, RECEIPT_NUMBER_TEXT), number)));
    PUT(*message, made_us, (uint64_t)row_instant(rows, first, "made_at").us);
    PUT(*message, committed_us, (uint64_t)row_instant(rows, first, "at").us);
    PUT(*message, total_minor, row_int(rows, first, "total_minor"));
    PUT(*message, staff_id, (uint64_t)row_int(rows, first, "staff_id"));
    if (!row_is_null(rows, first, "brought_by"))
        PUT(*message, brought_by, (uint64_t)row_int(rows, first, "brought_by"));
    if (!row_is_null(rows, first, "brought_device_id"))
        PUT(*message, brought_device_id, (uint64_t)row_int(rows, first, "brought_device_id"));
    for (*count = 0; first + *count < rows_count(rows) && row_int(rows, first + *count, "id") == id;)
        (*count)++;
    message->exceptions = arena_array(arena, *count, sizeof *message->exceptions);
    for (size_t row = first + *count; row > first; row--) /* they come from the last on */
        message->exceptions[message->n_exceptions++] = exception_of(rows, row - 1, arena);
    return message;
}

static enum step show(struct call *c)
{
    const struct exceptions *e = c->shared;
    Caroline__V1__SaleExceptionListed reply = CAROLINE__V1__SALE_EXCEPTION_LISTED__INIT;
    size_t all = rows_count(e->rows), row = 0, used = 0, count;

    reply.sales = arena_array(c->txn.arena, SALES_MOST, sizeof *reply.sales);
    for (; row < all && reply.n_sales < SALES_MOST; row += count) {
        Caroline__V1__ExceptedSale *sale = sale_of(e->rows, row, &count, c->txn.arena);
        size_t size = protobuf_c_message_get_packed_size(&sale->base) + FIELD_MOST;

        /* The last of many rows may be the first of a sale's: it goes whole onto the next page. */
        if (reply.n_sales > 0 && (used + size > PAGE_BYTES || (all == ROWS_MOST && row + count == all)))
            break;
        used += size;
        reply.sales[reply.n_sales++] = sale;
    }
    PUT(reply, more, row < all || all == ROWS_MOST);
    return answer(c, &reply.base);
}

const struct op sale_exception_list = {
    .name = "sale_exception_list",
    .number = NUMBER(SALE_EXCEPTION_LIST),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SHIFT_CLOSE,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__sale_exception_list__descriptor,
    .reply = &caroline__v1__sale_exception_listed__descriptor,
    .shared_size = sizeof(struct exceptions),
    .stages = { find, show },
};
