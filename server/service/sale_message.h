/* Between the rules' sale and its messages. */
#ifndef CAROLINE_SERVER_SERVICE_SALE_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_SALE_MESSAGE_H

#include "common/base/receipt.h"
#include "common/rules/sale.h"
#include "proto/sale.pb-c.h"
#include "server/call/call.h"

/* In the arena; texts stay the message's. NULL is an empty basket. */
struct basket basket_of(const Caroline__V1__Basket *message, struct arena *arena);

/* In the arena; texts stay the messages'. */
struct tender *tenders_of(Caroline__V1__Tender *const *messages, size_t count, struct arena *arena);

/* What a token of an approval is known by; empty where none was given. */
struct bytes approval_hash(struct vault *vault, ProtobufCBinaryData token, struct arena *arena);
/* In the arena; texts stay the rows'. shop: says what would be due in cash; NULL: it is too late for that. */
Caroline__V1__SaleQuoted *sale_quoted_of(const struct sale_rows *sale, const struct shop *shop, struct arena *arena);
/* What pays a sale: in the arena; texts stay the tenders'. */
Caroline__V1__PaidTender **paid_tenders_of(const struct original_tender *tenders, size_t count, struct arena *arena);
/* In the arena; texts stay the document's. */
Caroline__V1__Receipt *receipt_message_of(const struct receipt *receipt, struct arena *arena);
/* Of an answer or an entry of the journal that is larger than a frame. Would it be refused so, with room for what pays it? For
 * a quote: before money is asked for. */
bool sale_is_too_long(const struct sale_rows *sale, const struct shop *shop, const struct zone *zone,
                      struct arena *arena);
/* hash: the strand's head after the sale. *receipt may be NULL; else it gets the document. */
Caroline__V1__SaleRungUp *sale_rung_up_of(const struct sale_rows *sale, const struct shop *shop,
                                          const struct zone *zone, const uint8_t hash[32], struct arena *arena,
                                          struct receipt *receipt);

/* The number of a receipt that a request names: of one that was sold, or in a training of one that was practised there. */
enum step receipt_number_of(struct call *c, struct bytes text, struct receipt_number *number);

/* Refuse the call for what the rules said; with the right lines where the total differs. */
enum step sale_refuse_call(struct call *c, enum sale_verdict verdict, const struct sale_rows *sale);
/* The error code of a verdict but OK. */
int sale_refusal_code(enum sale_verdict verdict);

#endif
