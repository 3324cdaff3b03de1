/* The messages of a sale without a server: of the counter, and of the simulator's tills. */
#include "client/goods/offline_message.h"

#include <string.h>

#define PUT(message, field, value) ((message).has_##field = true, (message).field = (value))

static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

static Caroline__V1__Tender **tender_messages(const struct tender *tenders, size_t count, struct arena *arena)
{
    Caroline__V1__Tender **messages = arena_array(arena, count, sizeof(*messages));

    for (size_t i = 0; i < count; i++) {
        struct bytes reference = tenders[i].reference;
        Caroline__V1__Tender *tender = messages[i] = arena_alloc(arena, sizeof(*tender));

        caroline__v1__tender__init(tender);
        PUT(*tender, kind, (Caroline__V1__TenderKind)tenders[i].kind);
        PUT(*tender, amount_minor, tenders[i].amount_minor);
        if (tenders[i].tip_minor != 0)
            PUT(*tender, tip_minor, tenders[i].tip_minor);
        if (tenders[i].kind == TENDER_CARD)
            PUT(*tender, reference,
                ((ProtobufCBinaryData){ .len = reference.size, .data = (uint8_t *)(uintptr_t)reference.data }));
    }
    return messages;
}

static Caroline__V1__PrintedLine **line_messages(const struct sale_rows *sale, struct arena *arena)
{
    Caroline__V1__PrintedLine **messages = arena_array(arena, sale->line_count, sizeof(*messages));

    for (size_t i = 0; i < sale->line_count; i++) {
        Caroline__V1__PrintedLine *line = messages[i] = arena_alloc(arena, sizeof(*line));
        caroline__v1__printed_line__init(line);
        PUT(*line, unit_price_minor, sale->lines[i].unit_price_minor);
        PUT(*line, gross_minor, sale->lines[i].gross_minor);
        PUT(*line, discount_minor, sale->lines[i].discount_minor);
        PUT(*line, total_minor, sale->lines[i].total_minor);
        PUT(*line, tax_minor, sale->lines[i].tax_minor);
    }
    return messages;
}

static Caroline__V1__QuotedTax **tax_messages(const struct sale_rows *sale, struct arena *arena)
{
    Caroline__V1__QuotedTax **messages = arena_array(arena, sale->taxes.count, sizeof(*messages));

    for (size_t i = 0; i < sale->taxes.count; i++) {
        Caroline__V1__QuotedTax *tax = messages[i] = arena_alloc(arena, sizeof(*tax));
        caroline__v1__quoted_tax__init(tax);
        PUT(*tax, code, text_of(sale->taxes.rows[i].code));
        PUT(*tax, rate_ppm, sale->taxes.rows[i].rate_ppm);
        PUT(*tax, net_minor, sale->taxes.rows[i].net_minor);
        PUT(*tax, tax_minor, sale->taxes.rows[i].tax_minor);
    }
    return messages;
}

/* The basket with the deposits that went with it, as they were printed. */
static Caroline__V1__Basket *basket_message(const struct open_basket *basket, const struct sale_rows *sale,
                                            struct arena *arena)
{
    Caroline__V1__Basket *message = open_basket_message(basket, arena);
    open_basket_tell(basket, message, arena);
    Caroline__V1__BasketLine **lines = arena_array(arena, sale->line_count, sizeof(*lines));

    for (size_t i = 0; i < message->n_lines; i++)
        lines[i] = message->lines[i];
    message->lines = lines;
    for (size_t i = 0; i < sale->deposit_count; i++) {
        const struct deposit_row *deposit = &sale->deposits[i];
        const struct sale_line_row *row = &sale->lines[deposit->line];

        if (deposit->goods_line == NO_LINE)
            continue;
        Caroline__V1__BasketLine *line = lines[message->n_lines++] = arena_alloc(arena, sizeof(*line));
        caroline__v1__basket_line__init(line);
        PUT(*line, product_id, (uint64_t)row->product_id);
        PUT(*line, quantity_milli, row->quantity_milli);
        PUT(*line, deposit_of, (uint32_t)deposit->goods_line);
    }
    return message;
}

Caroline__V1__SaleOffline offline_message(const struct open_basket *basket, const struct sale_rows *sale,
                                          const struct tender *tenders, size_t tender_count, struct arena *arena)
{
    Caroline__V1__SaleOffline message = CAROLINE__V1__SALE_OFFLINE__INIT;

    PUT(message, number, (uint64_t)sale->number.number);
    message.basket = basket_message(basket, sale, arena);
    message.n_tenders = tender_count;
    message.tenders = tender_messages(tenders, tender_count, arena);
    message.n_lines = sale->line_count;
    message.lines = line_messages(sale, arena);
    message.n_taxes = sale->taxes.count;
    message.taxes = tax_messages(sale, arena);
    PUT(message, total_minor, sale->total_minor);
    PUT(message, tax_minor, sale->tax_minor);
    PUT(message, made_us, (uint64_t)sale->made.us);
    PUT(message, shift_id, (uint64_t)sale->shift_id);
    PUT(message, staff_id, (uint64_t)sale->staff_id);
    if (basket->member_card[0] != 0)
        PUT(message, member_card, text_of(basket->member_card));
    return message;
}
