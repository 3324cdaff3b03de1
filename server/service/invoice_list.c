/* The invoices of a year, and what still wants a credit note. */
#include "db/queries.h"
#include "server/service/invoice_kept.h"
#include "server/service/invoice_row.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

#define PAGE 100

struct listing {
    struct rows *invoices, *wanted;
};

static ProtobufCBinaryData receipt_number_of(const struct rows *rows, size_t row, struct arena *arena)
{
    struct receipt_number number = { .till = (uint32_t)row_int(rows, row, "till_number"),
                                     .series = (char)row_int(rows, row, "series"),
                                     .number = row_int(rows, row, "receipt_number") };

    return field_text(receipt_number_format(arena_alloc(arena, RECEIPT_NUMBER_TEXT), number));
}

Caroline__V1__InvoiceRow *invoice_row_of(const struct rows *rows, size_t row, struct arena *arena)
{
    Caroline__V1__InvoiceRow *message = arena_alloc(arena, sizeof *message);
    const char *original = invoice_number_of(rows, row, "original_year", "original_number", arena);

    caroline__v1__invoice_row__init(message);
    PUT(*message, number, field_text(invoice_number_of(rows, row, "year", "number", arena)));
    PUT(*message, kind, (Caroline__V1__InvoiceKind)row_int(rows, row, "kind"));
    PUT(*message, receipt_number, receipt_number_of(rows, row, arena));
    PUT(*message, made_us, (uint64_t)row_instant(rows, row, "at").us);
    PUT(*message, total_minor, row_int(rows, row, "total_minor"));
    PUT(*message, tax_minor, row_int(rows, row, "tax_minor"));
    if (original != NULL)
        PUT(*message, credit_of, field_text(original));
    return message;
}

static enum step load(struct call *c)
{
    const Caroline__V1__InvoiceList *request = (const Caroline__V1__InvoiceList *)c->message;
    struct listing *l = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct param year =
        PARAM_INT(request->has_year ? (int64_t)request->year : date_of_day(shop_today(shop, c->now)).year);
    struct param before =
        PARAM_INT(request->has_before_number && request->before_number <= INT64_MAX ? (int64_t)request->before_number
                                                                                    : INT64_MAX);

    if (request->has_year && request->year > 9999)
        return refuse_field(c, REFUSAL(BAD_FIELD), "year", "a year has four digits");
    l->invoices = ask(c, &sql_invoice_list, PARAMS(PARAM_INT(c->shop_id), year, before, PARAM_INT(PAGE + 1)));
    l->wanted = ask(c, &sql_invoice_wanted, PARAMS(PARAM_INT(c->shop_id), year, before, PARAM_INT(PAGE)));
    return STEP_NEXT;
}

static Caroline__V1__InvoiceRow *wanted_of(const struct rows *rows, size_t row, struct arena *arena)
{
    Caroline__V1__InvoiceRow *message = arena_alloc(arena, sizeof *message);

    caroline__v1__invoice_row__init(message);
    PUT(*message, receipt_number, receipt_number_of(rows, row, arena));
    PUT(*message, credit_of, field_text(invoice_number_of(rows, row, "year", "number", arena)));
    return message;
}

static enum step list(struct call *c)
{
    Caroline__V1__InvoiceListed reply = CAROLINE__V1__INVOICE_LISTED__INIT;
    const struct listing *l = c->shared;
    size_t count = rows_count(l->invoices), wanted = rows_count(l->wanted);

    PUT(reply, more, count > PAGE);
    reply.n_invoices = count > PAGE ? PAGE : count;
    reply.invoices = arena_array(c->txn.arena, reply.n_invoices, sizeof *reply.invoices);
    for (size_t i = 0; i < reply.n_invoices; i++)
        reply.invoices[i] = invoice_row_of(l->invoices, i, c->txn.arena);
    reply.wanted = arena_array(c->txn.arena, wanted, sizeof *reply.wanted);
    for (; reply.n_wanted < wanted; reply.n_wanted++)
        reply.wanted[reply.n_wanted] = wanted_of(l->wanted, reply.n_wanted, c->txn.arena);
    return answer(c, &reply.base);
}

const struct op invoice_list = {
    .name = "invoice_list",
    .number = NUMBER(INVOICE_LIST),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__invoice_list__descriptor,
    .reply = &caroline__v1__invoice_listed__descriptor,
    .shared_size = sizeof(struct listing),
    .stages = { load, list },
};
