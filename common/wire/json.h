/* Messages as JSON, by their descriptors: of one message the same bytes wherever they are made, so that what one side signs the other
 * need not be sent. */
#ifndef CAROLINE_WIRE_JSON_H
#define CAROLINE_WIRE_JSON_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

/* Is the optional field there; has the list any? */
bool field_is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);
/* Bytes of a value of the field in memory. */
size_t field_item_size(const ProtobufCFieldDescriptor *field);
/* In lower case, with hyphens, without what all words of the enum begin with; a value that has none: its number. */
void enum_word(const ProtobufCEnumDescriptor *descriptor, int value, char word[64]);

/* One line without blanks. Keys are in the order of the descriptor and stable: lists are there when empty, and scalars when set. Bytes
 * are text where they are, else hexadecimal. */
size_t json_size(const ProtobufCMessage *message);
/* json_size() bytes, and no NUL behind them. */
void json_write(const ProtobufCMessage *message, char *at);

#endif
