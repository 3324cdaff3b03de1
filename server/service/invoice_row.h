/* An invoice as a list says it: nobody is named. */
#ifndef CAROLINE_SERVER_SERVICE_INVOICE_ROW_H
#define CAROLINE_SERVER_SERVICE_INVOICE_ROW_H

#include "proto/invoice.pb-c.h"
#include "server/call/call.h"

/* Of a row with year, number, kind, total_minor, tax_minor, at, till_number, series, receipt_number, original_year and
 * original_number; in the arena. */
Caroline__V1__InvoiceRow *invoice_row_of(const struct rows *rows, size_t row, struct arena *arena);

#endif
