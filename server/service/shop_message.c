/* A shop's settings as a message. */
#include "server/service/shop_message.h"

#include <string.h>

static ProtobufCBinaryData text(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

Caroline__V1__Shop *shop_message_of(struct arena *arena, const struct shop *shop)
{
    Caroline__V1__Shop *message = arena_alloc(arena, sizeof *message);

    caroline__v1__shop__init(message);
    message->has_id = message->has_name = message->has_address = message->has_tax_number = true;
    message->has_receipt_head = message->has_receipt_foot = message->has_currency = true;
    message->has_currency_exponent = message->has_zone = message->has_prices_include_tax = true;
    message->has_day_cutoff_minutes = true;
    message->id = (uint64_t)shop->id;
    message->name = text(shop->name);
    message->address = text(shop->address);
    message->tax_number = text(shop->tax_number);
    message->receipt_head = text(shop->receipt_head);
    message->receipt_foot = text(shop->receipt_foot);
    message->currency = text(shop->currency);
    message->currency_exponent = shop->currency_exponent;
    message->zone = text(shop->zone_name);
    message->prices_include_tax = shop->prices_include_tax;
    message->day_cutoff_minutes = shop->day_cutoff_minutes;
    message->has_cash_rounding_minor = true;
    message->cash_rounding_minor = shop->cash_rounding_minor;
    message->has_deposit_back_minor = shop->deposit_back_minor != 0;
    message->deposit_back_minor = shop->deposit_back_minor;
    message->has_drawers = true;
    message->drawers =
        shop->drawer_per_person ? CAROLINE__V1__DRAWERS__DRAWERS_PERSON : CAROLINE__V1__DRAWERS__DRAWERS_TILL;
    message->has_gift_card_months = shop->gift_card_months != 0;
    message->gift_card_months = shop->gift_card_months;
    message->has_attach_days = true;
    message->attach_days = shop->attach_days;
    message->has_free_refund_day_minor = true;
    message->free_refund_day_minor = shop->free_refund_day_minor;
    message->has_calling_code = true;
    message->calling_code = text(shop->calling_code);
    message->has_code_layouts = true;
    message->code_layouts = text(shop->code_layouts);
    return message;
}
