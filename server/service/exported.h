/* Parts of what is handed out of a member, as messages in the try's arena. */
#ifndef CAROLINE_SERVER_SERVICE_EXPORTED_H
#define CAROLINE_SERVER_SERVICE_EXPORTED_H

#include "common/rules/sale.h"
#include "proto/privacy.pb-c.h"
#include "server/call/call.h"

/* A line that was taken off before the sale was paid: it stands on no receipt. */
Caroline__V1__ExportedVoid *exported_void_of(const struct sale_rows *sale, size_t line, struct arena *arena);
/* Of a row of member_export_invoices, as it was given out; that it was read is noted in the journal. */
Caroline__V1__ExportedInvoice *exported_invoice_of(struct call *c, const struct rows *rows, size_t row);

/* Of rows of member_export_charges, _setups and _tickets. */
Caroline__V1__ExportedCharge *exported_charge_of(const struct rows *rows, size_t row, struct arena *arena);
Caroline__V1__ExportedSetup *exported_setup_of(const struct rows *rows, size_t row, struct arena *arena);
Caroline__V1__ExportedTicket *exported_ticket_of(struct call *c, const struct rows *rows, size_t row);

#endif
