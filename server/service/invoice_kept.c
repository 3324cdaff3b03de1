/* An invoice's document, sealed and opened. */
#include "server/service/invoice_kept.h"

#include "common/wire/walker.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"

const Caroline__V1__InvoiceDocument *invoice_kept(struct call *c, int64_t key_id, const struct rows *rows, size_t row,
                                                  const char *column)
{
    struct bytes bytes =
        vault_unseal(c->vault, key_id, FIELD_INVOICE_DOCUMENT, row_bytes(rows, row, column), c->txn.arena);
    ProtobufCMessage *message =
        bytes.data == NULL ? NULL : message_decode(&caroline__v1__invoice_document__descriptor, bytes, c->txn.arena);
    const Caroline__V1__InvoiceDocument *document = (const Caroline__V1__InvoiceDocument *)message;

    return document != NULL && document->customer != NULL && document->receipt != NULL ? document : NULL;
}

struct bytes invoice_keep(struct call *c, int64_t key_id, const struct invoice_customer *customer,
                          const struct receipt *receipt)
{
    Caroline__V1__InvoiceCustomer person = CAROLINE__V1__INVOICE_CUSTOMER__INIT;
    Caroline__V1__InvoiceDocument document = CAROLINE__V1__INVOICE_DOCUMENT__INIT;

    PUT(person, name, field_text(customer->name));
    PUT(person, address, field_text(customer->address));
    PUT(person, tax_number, field_text(customer->tax_number));
    document.customer = &person;
    document.receipt = receipt_message_of(receipt, c->txn.arena);
    return vault_seal(c->vault, key_id, FIELD_INVOICE_DOCUMENT, message_encode(&document.base, c->txn.arena),
                      c->txn.arena);
}

static const char *text_of(ProtobufCBinaryData field, struct arena *arena)
{
    return arena_format(arena, "%.*s", (int)field.len, (const char *)field.data);
}

struct receipt invoice_receipt_of(const Caroline__V1__Receipt *message, struct arena *arena)
{
    struct receipt_row *rows = arena_array(arena, message->n_rows, sizeof *rows);

    for (size_t i = 0; i < message->n_rows; i++) {
        const Caroline__V1__ReceiptRow *row = message->rows[i];

        rows[i] = (struct receipt_row){ .kind = (enum receipt_row_kind)row->kind,
                                        .left = row->has_left ? text_of(row->left, arena) : NULL,
                                        .right = row->has_right ? text_of(row->right, arena) : NULL };
    }
    return (struct receipt){ .rows = rows, .count = message->n_rows };
}

const char *invoice_number_of(const struct rows *rows, size_t row, const char *year, const char *number,
                              struct arena *arena)
{
    if (row_is_null(rows, row, number))
        return NULL;
    return invoice_number_format(
        arena_alloc(arena, INVOICE_NUMBER_TEXT),
        (struct invoice_number){ .year = (int)row_int(rows, row, year), .number = row_int(rows, row, number) });
}
