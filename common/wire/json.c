#include "common/wire/json.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

/* at NULL: what would be written is counted. */
struct sink {
    char *at;
    size_t size;
};

static const void *at(const ProtobufCMessage *message, unsigned offset)
{
    return (const char *)message + offset;
}

bool field_is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(const size_t *)at(message, field->quantifier_offset) > 0;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return *(const void *const *)at(message, field->offset) != NULL;
    return *(const protobuf_c_boolean *)at(message, field->quantifier_offset);
}

size_t field_item_size(const ProtobufCFieldDescriptor *field)
{
    switch ((int)field->type) {
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_INT64:
        return 8;
    default:
        return 4;
    }
}

void enum_word(const ProtobufCEnumDescriptor *descriptor, int value, char word[64])
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(descriptor, value);
    size_t shared = 0;

    if (!found) {
        snprintf(word, 64, "%d", value);
        return;
    }
    for (size_t i = 0; found->name[i]; i++) {
        bool all = true;
        for (unsigned k = 0; k < descriptor->n_values; k++)
            all = all && strncmp(descriptor->values[k].name, found->name, i + 1) == 0;
        if (!all)
            break;
        if (found->name[i] == '_')
            shared = i + 1;
    }
    snprintf(word, 64, "%s", found->name + shared);
    for (char *letter = word; *letter; letter++)
        if (*letter == '_')
            *letter = '-';
        else if (*letter >= 'A' && *letter <= 'Z')
            *letter = (char)(*letter + 32);
}

/* ---- writing ---- */

static void put(struct sink *sink, const void *bytes, size_t size)
{
    if (sink->at)
        memcpy(sink->at + sink->size, bytes, size);
    sink->size += size;
}

static void put_text(struct sink *sink, const char *text)
{
    put(sink, text, strlen(text));
}

/* Well-formed, without control characters. */
static void put_string(struct sink *sink, const uint8_t *text, size_t size)
{
    put_text(sink, "\"");
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"' || text[i] == '\\')
            put_text(sink, "\\");
        put(sink, text + i, 1);
    }
    put_text(sink, "\"");
}

static void put_bytes(struct sink *sink, const ProtobufCBinaryData *bytes)
{
    static const char digits[] = "0123456789abcdef";

    if (text_check((struct bytes){ bytes->data, bytes->len }, SIZE_MAX) == TEXT_OK) {
        put_string(sink, bytes->data, bytes->len);
        return;
    }
    put_text(sink, "\"");
    for (size_t i = 0; i < bytes->len; i++) {
        put(sink, digits + (bytes->data[i] >> 4), 1);
        put(sink, digits + (bytes->data[i] & 15), 1);
    }
    put_text(sink, "\"");
}

static void put_message(struct sink *sink, const ProtobufCMessage *message);

static void put_value(struct sink *sink, const ProtobufCFieldDescriptor *field, const void *value)
{
    char text[64];

    switch ((int)field->type) {
    case PROTOBUF_C_TYPE_BOOL:
        put_text(sink, *(const protobuf_c_boolean *)value ? "true" : "false");
        return;
    case PROTOBUF_C_TYPE_UINT32:
        snprintf(text, sizeof text, "%u", *(const uint32_t *)value);
        put_text(sink, text);
        return;
    case PROTOBUF_C_TYPE_UINT64:
        snprintf(text, sizeof text, "%llu", (unsigned long long)*(const uint64_t *)value);
        put_text(sink, text);
        return;
    case PROTOBUF_C_TYPE_INT64:
        snprintf(text, sizeof text, "%lld", (long long)*(const int64_t *)value);
        put_text(sink, text);
        return;
    case PROTOBUF_C_TYPE_ENUM:
        enum_word(field->descriptor, *(const int *)value, text);
        put_string(sink, (const uint8_t *)text, strlen(text));
        return;
    case PROTOBUF_C_TYPE_MESSAGE:
        put_message(sink, *(const ProtobufCMessage *const *)value);
        return;
    case PROTOBUF_C_TYPE_BYTES:
        put_bytes(sink, value);
        return;
    default: /* of a type that the contract has not */
        put_text(sink, "null");
    }
}

static void put_list(struct sink *sink, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    size_t count = *(const size_t *)at(message, field->quantifier_offset);
    const char *items = *(const char *const *)at(message, field->offset);

    put_text(sink, "[");
    for (size_t i = 0; i < count; i++) {
        put_text(sink, i ? "," : "");
        put_value(sink, field, items + i * field_item_size(field));
    }
    put_text(sink, "]");
}

static void put_message(struct sink *sink, const ProtobufCMessage *message)
{
    const char *before = "{\"";

    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        bool list = field->label == PROTOBUF_C_LABEL_REPEATED;

        if (!list && !field_is_set(message, field))
            continue;
        put_text(sink, before);
        put_text(sink, field->name);
        put_text(sink, "\":");
        if (list)
            put_list(sink, message, field);
        else
            put_value(sink, field, at(message, field->offset));
        before = ",\"";
    }
    put_text(sink, *before == '{' ? "{}" : "}");
}

size_t json_size(const ProtobufCMessage *message)
{
    struct sink sink = { 0 };

    put_message(&sink, message);
    return sink.size;
}

void json_write(const ProtobufCMessage *message, char *at)
{
    struct sink sink = { .at = at };

    put_message(&sink, message);
}
