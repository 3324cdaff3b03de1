/* Invoices as they are kept: the document sealed whole, under the invoice's own key. */
#ifndef CAROLINE_SERVER_SERVICE_INVOICE_KEPT_H
#define CAROLINE_SERVER_SERVICE_INVOICE_KEPT_H

#include "common/rules/invoice.h"
#include "proto/invoice.pb-c.h"
#include "server/call/call.h"

/* The document that a row of these holds in `column`, sealed for `key_id`; in the try's arena. NULL: its key is gone, or it is none
 * any more. It names a person: who answers with it notes it in the journal. */
const Caroline__V1__InvoiceDocument *invoice_kept(struct call *c, int64_t key_id, const struct rows *rows, size_t row,
                                                  const char *column);
/* Sealed for `key_id`, whose key is there. */
struct bytes invoice_keep(struct call *c, int64_t key_id, const struct invoice_customer *customer,
                          const struct receipt *receipt);

/* Its rows, in the try's arena. */
struct receipt invoice_receipt_of(const Caroline__V1__Receipt *message, struct arena *arena);

/* "2026-000017" of two columns of a row, in the try's arena; NULL where they are null. */
const char *invoice_number_of(const struct rows *rows, size_t row, const char *year, const char *number,
                              struct arena *arena);

#endif
