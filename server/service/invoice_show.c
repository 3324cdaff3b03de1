/* Show an invoice or a credit note as it was given out; for paper it is counted, and after the first marked as the copy that it is.
 * It names a person: being read leaves a trace. */
#include "db/queries.h"
#include "server/service/invoice_kept.h"
#include "server/service/invoice_row.h"
#include "server/service/message.h"
#include "server/service/sale_load.h"
#include "server/service/sale_message.h"

struct showing {
    struct sale_load sale;
    struct rows *found, *invoice, *taxes, *notes, *counted;
};

static const Caroline__V1__InvoiceShow *request_of(const struct call *c)
{
    return (const Caroline__V1__InvoiceShow *)c->message;
}

static enum step find(struct call *c)
{
    const Caroline__V1__InvoiceShow *request = request_of(c);
    struct showing *s = c->shared;
    struct invoice_number number;

    if (!request->has_number)
        return sale_find(c, &s->sale,
                         &(struct sale_key){ .has_id = request->has_sale_id,
                                             .id = request->sale_id,
                                             .has_number = request->has_receipt_number,
                                             .number = field_bytes(request->receipt_number) });
    if (request->has_sale_id || request->has_receipt_number)
        return refuse(c, REFUSAL(UNKNOWN_INVOICE), "name one: by its number, or its receipt's");
    if (!invoice_number_parse(field_bytes(request->number), &number))
        return refuse_field(c, REFUSAL(UNKNOWN_INVOICE), "number", "an invoice's number looks like 2026-000017");
    s->found = ask(c, &sql_invoice_find_number,
                   PARAMS(PARAM_INT(c->shop_id), PARAM_INT(number.year), PARAM_INT(number.number)));
    return STEP_NEXT;
}

static enum step find_by_sale(struct call *c)
{
    struct showing *s = c->shared;

    if (s->found != NULL)
        return STEP_NEXT;
    enum step step = sale_found(c, &s->sale);
    if (step == STEP_NEXT)
        s->found = ask(c, &sql_invoice_find_sale, PARAMS(PARAM_INT(s->sale.sale_id), PARAM_INT(c->shop_id)));
    return step;
}

static enum step load(struct call *c)
{
    struct showing *s = c->shared;

    if (rows_count(s->found) == 0)
        return request_of(c)->has_number
                   ? refuse_field(c, REFUSAL(UNKNOWN_INVOICE), "number", "no invoice of that number")
                   : refuse(c, REFUSAL(UNKNOWN_INVOICE), "no invoice was made of this receipt");
    struct param id = PARAM_INT(row_int(s->found, 0, "id"));
    s->invoice = ask(c, &sql_invoice_show, PARAMS(id, PARAM_INT(c->shop_id)));
    s->taxes = ask(c, &sql_invoice_show_taxes, PARAMS(id));
    s->notes = ask(c, &sql_invoice_show_notes, PARAMS(id));
    if (request_of(c)->has_print && request_of(c)->print)
        s->counted = ask(c, &sql_invoice_print_count, PARAMS(id));
    return STEP_NEXT;
}

static void put_taxes(Caroline__V1__InvoiceShown *reply, const struct rows *rows, struct arena *arena)
{
    reply->n_taxes = rows_count(rows);
    reply->taxes = arena_array(arena, reply->n_taxes, sizeof *reply->taxes);
    for (size_t i = 0; i < reply->n_taxes; i++) {
        Caroline__V1__QuotedTax *tax = reply->taxes[i] = arena_alloc(arena, sizeof *tax);

        caroline__v1__quoted_tax__init(tax);
        PUT(*tax, code, field_of(row_bytes(rows, i, "code")));
        PUT(*tax, rate_ppm, (uint32_t)row_int(rows, i, "rate_ppm"));
        PUT(*tax, net_minor, row_int(rows, i, "net_minor"));
        PUT(*tax, tax_minor, row_int(rows, i, "tax_minor"));
    }
}

static void put_notes(Caroline__V1__InvoiceShown *reply, const struct rows *rows, struct arena *arena)
{
    reply->credit_notes = arena_array(arena, rows_count(rows), sizeof *reply->credit_notes);
    for (size_t i = 0; i < rows_count(rows); i++)
        reply->credit_notes[reply->n_credit_notes++] = field_text(invoice_number_of(rows, i, "year", "number", arena));
}

static enum step show(struct call *c)
{
    struct showing *s = c->shared;
    Caroline__V1__InvoiceShown reply = CAROLINE__V1__INVOICE_SHOWN__INIT;
    int64_t id = row_int(s->invoice, 0, "id"), paper = s->counted == NULL ? 1 : row_int(s->counted, 0, "papers");
    bool credit = !row_is_null(s->invoice, 0, "original_id");
    const Caroline__V1__InvoiceDocument *kept =
        invoice_kept(c, credit ? row_int(s->invoice, 0, "original_id") : id, s->invoice, 0, "document_sealed");

    if (kept == NULL)
        return refuse(c, REFUSAL(UNKNOWN_INVOICE), "this invoice can no longer be read: its key is gone");
    if (s->counted != NULL) {
        ask(c, &sql_invoice_print_insert,
            PARAMS(PARAM_INT(id), PARAM_INT(paper), PARAM_INT(c->device_id), PARAM_INT(c->staff_id),
                   PARAM_INSTANT(c->now)));
        PUT(reply, copy, (uint32_t)(paper - 1));
    }
    struct receipt document =
        invoice_paper(invoice_receipt_of(kept->receipt, c->txn.arena), (uint32_t)(paper - 1), c->txn.arena);
    reply.invoice = invoice_row_of(s->invoice, 0, c->txn.arena);
    reply.customer = kept->customer;
    reply.receipt = receipt_message_of(&document, c->txn.arena);
    put_taxes(&reply, s->taxes, c->txn.arena);
    put_notes(&reply, s->notes, c->txn.arena);
    journal_note(c, id, s->counted == NULL ? "invoice_shown" : "invoice_printed");
    return answer(c, &reply.base);
}

const struct op invoice_show = {
    .name = "invoice_show",
    .number = NUMBER(INVOICE_SHOW),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__invoice_show__descriptor,
    .reply = &caroline__v1__invoice_shown__descriptor,
    .shared_size = sizeof(struct showing),
    .stages = { find, find_by_sale, load, show },
};
