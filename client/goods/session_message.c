/* Who somebody says they are. */
#include "client/goods/session_message.h"

static ProtobufCBinaryData text_of(const struct field *field)
{
    return (ProtobufCBinaryData){ .len = field->size, .data = (uint8_t *)(uintptr_t)field->text };
}

void session_open_of(Caroline__V1__SessionOpen *message, const struct credentials *given)
{
    caroline__v1__session_open__init(message);
    message->has_badge = credentials_are_badge(given);
    message->has_name = !message->has_badge;
    message->badge = message->name = text_of(&given->name);
    message->has_pin = true;
    message->pin = text_of(&given->pin);
}
