/* Short words for generated messages, as services read and write them. */
#ifndef CAROLINE_SERVER_SERVICE_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_MESSAGE_H

#include <protobuf-c/protobuf-c.h>
#include <stdint.h>

#include "common/base/bytes.h"
#include "proto/device.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "server/call/call.h"

#define REFUSAL(name) ((int)CAROLINE__V1__ERROR_CODE__##name)
#define NUMBER(name)  ((unsigned)CAROLINE__V1__OP__OP_##name)
#define CLIENT(name)  CLIENT_BIT(CAROLINE__V1__CLIENT_KIND__CLIENT_##name)

/* PUT(reply, points, 20): an optional field, there and set. */
#define PUT(message, field, value) ((message).has_##field = true, (message).field = (value))

static inline struct bytes field_bytes(ProtobufCBinaryData field)
{
    return bytes_of(field.data, field.len);
}

/* protobuf-c never writes to what it packs. */
static inline ProtobufCBinaryData field_of(struct bytes bytes)
{
    return (ProtobufCBinaryData){ .len = bytes.size, .data = (uint8_t *)(uintptr_t)bytes.data };
}

static inline ProtobufCBinaryData field_text(const char *text)
{
    return field_of(bytes_of_text(text));
}

#endif
