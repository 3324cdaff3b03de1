/* Checks and decodes what a stranger sent, by the descriptors and the limits written in the .proto files. */
#ifndef CAROLINE_WIRE_WALKER_H
#define CAROLINE_WIRE_WALKER_H

#include <protobuf-c/protobuf-c.h>

#include "common/base/arena.h"
#include "common/base/bytes.h"

/* What one entry of a list of texts or bytes may have; the list's own "max" counts its entries. */
#define LISTED_MAX 100

/* What a message may take of the arena: enough for any of FRAME_MAX bytes that passes message_check, and far too little
 * for a bomb. The arena's own limit must be larger. */
#define MESSAGE_MEMORY ((size_t)1024 * 1024)

/* Unpack into the arena; NULL when the bytes are no such message or want more than MESSAGE_MEMORY. At most FRAME_MAX
 * bytes. Unknown fields are skipped and forgotten. */
ProtobufCMessage *message_decode(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes, struct arena *arena);

/* Every text well-formed, without control characters and within its limit; every bytes field and list within its limit;
 * every enum a known value; sub-messages likewise. true: fine. Else *field gets "lines[2].name" (in the arena) and
 * *sentence what is wrong with it. */
bool message_check(const ProtobufCMessage *message, struct arena *arena, const char **field, const char **sentence);

/* Of a request: the same, and no text in which a payment card's number or its stripe stands (text_has_card_number()), but in
 * fields that the .proto marks by "any digits". What such a text says stands neither in *field nor in *sentence. */
enum request_verdict {
    REQUEST_OK,
    REQUEST_OK_MAYBE_CARD, /* fine, and in a field of any digits stands what looks like a card's number */
    REQUEST_BAD_FIELD,
    REQUEST_CARD_NUMBER,
};
enum request_verdict request_check(const ProtobufCMessage *message, struct arena *arena, const char **field,
                                   const char **sentence);

/* Packed, in the arena. */
struct bytes message_encode(const ProtobufCMessage *message, struct arena *arena);

/* One field's limit, from the "max" of its comment in the .proto. */
struct field_limit {
    const char *message, *field; /* "Product", "name" */
    uint32_t max;                /* characters, bytes or items */
    uint8_t is_text;
    uint8_t any_digits; /* a request may have a card's number in it: request_check() */
};
extern const struct field_limit field_limits[]; /* generated, sorted by message, then field */
extern const size_t field_limit_count;

#endif
