/* Voided lines, invoices, payments and what waits of a member, handed out. */
#include "server/service/exported.h"

#include "common/rules/receipt_number.h"
#include "server/service/invoice_kept.h"
#include "server/service/invoice_row.h"
#include "server/service/member_fields.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"

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

Caroline__V1__ExportedCharge *exported_charge_of(const struct rows *rows, size_t row, struct arena *arena)
{
    Caroline__V1__ExportedCharge *told = arena_alloc(arena, sizeof *told);

    caroline__v1__exported_charge__init(told);
    PUT(*told, made_us, (uint64_t)row_instant(rows, row, "made_at").us);
    PUT(*told, amount_minor, row_int(rows, row, "amount_minor"));
    PUT(*told, currency, field_text(row_text(rows, row, "currency")));
    PUT(*told, gift_card_number, (uint32_t)row_int(rows, row, "number"));
    PUT(*told, state, charge_state_told((enum charge_state)row_int(rows, row, "state")));
    if (!row_is_null(rows, row, "reference"))
        PUT(*told, reference, field_text(row_text(rows, row, "reference")));
    if (!row_is_null(rows, row, "problem"))
        PUT(*told, problem, field_text(row_text(rows, row, "problem")));
    PUT(*told, method_id, (uint64_t)row_int(rows, row, "method_id"));
    PUT(*told, shop_id, (uint64_t)row_int(rows, row, "shop_id"));
    return told;
}

Caroline__V1__ExportedSetup *exported_setup_of(const struct rows *rows, size_t row, struct arena *arena)
{
    Caroline__V1__ExportedSetup *told = arena_alloc(arena, sizeof *told);

    caroline__v1__exported_setup__init(told);
    PUT(*told, made_us, (uint64_t)row_instant(rows, row, "made_at").us);
    PUT(*told, state, (Caroline__V1__PaymentSetupState)row_int(rows, row, "state"));
    if (!row_is_null(rows, row, "method_id"))
        PUT(*told, method_id, (uint64_t)row_int(rows, row, "method_id"));
    if (!row_is_null(rows, row, "problem"))
        PUT(*told, problem, field_text(row_text(rows, row, "problem")));
    PUT(*told, shop_id, (uint64_t)row_int(rows, row, "shop_id"));
    return told;
}

Caroline__V1__ExportedTicket *exported_ticket_of(struct call *c, const struct rows *rows, size_t row)
{
    Caroline__V1__ExportedTicket *told = arena_alloc(c->txn.arena, sizeof *told);
    int64_t whose = row_int(rows, row, "member_id");
    const char *phone = member_opened(c, rows, row, whose, MEMBER_PHONE);
    const char *email = member_opened(c, rows, row, whose, MEMBER_EMAIL);

    caroline__v1__exported_ticket__init(told);
    PUT(*told, made_us, (uint64_t)row_instant(rows, row, "made_at").us);
    PUT(*told, number, (uint32_t)row_int(rows, row, "number"));
    if (phone != NULL)
        PUT(*told, phone, field_text(phone));
    if (email != NULL)
        PUT(*told, email, field_text(email));
    PUT(*told, shop_id, (uint64_t)row_int(rows, row, "shop_id"));
    return told;
}
