/* Voided lines and invoices of a member, handed out. */
#include "server/service/exported.h"

#include "common/rules/receipt_number.h"
#include "server/service/invoice_kept.h"
#include "server/service/invoice_row.h"
#include "server/service/message.h"

Caroline__V1__ExportedVoid *exported_void_of(const struct sale_rows *sale, size_t line, struct arena *arena)
{
    const struct sale_line_row *row = &sale->lines[line];
    Caroline__V1__ExportedVoid *told = arena_alloc(arena, sizeof *told);
    char number[RECEIPT_NUMBER_TEXT];

    caroline__v1__exported_void__init(told);
    PUT(*told, receipt_number, field_text(arena_text(arena, receipt_number_format(number, sale->number))));
    PUT(*told, line, (uint32_t)line);
    if (row->name != NULL)
        PUT(*told, name, field_text(row->name));
    PUT(*told, quantity_milli, row->quantity_milli);
    if (row->void_reason.size > 0)
        PUT(*told, reason, field_of(row->void_reason));
    return told;
}

Caroline__V1__ExportedInvoice *exported_invoice_of(struct call *c, const struct rows *rows, size_t row)
{
    Caroline__V1__ExportedInvoice *told = arena_alloc(c->txn.arena, sizeof *told);
    bool credit = !row_is_null(rows, row, "original_id"); /* sealed under its invoice's key */
    const Caroline__V1__InvoiceDocument *kept =
        invoice_kept(c, row_int(rows, row, credit ? "original_id" : "id"), rows, row, "document_sealed");

    caroline__v1__exported_invoice__init(told);
    told->invoice = invoice_row_of(rows, row, c->txn.arena);
    PUT(*told, shop_id, (uint64_t)row_int(rows, row, "shop_id"));
    if (kept != NULL) {
        told->customer = kept->customer;
        told->receipt = kept->receipt;
    }
    return told;
}
