/* Messages read and printed by their descriptors. */
#include "message_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/walker.h"
#include "messages.h"
#include "reference.h"
#include "server/service/ops.h"

struct reading {
    const char *at;
    struct arena *arena;
    const char *problem;
};

static void skip(struct reading *r)
{
    while (isspace((unsigned char)*r->at))
        r->at++;
}

static bool take(struct reading *r, char character)
{
    skip(r);
    if (*r->at != character)
        return false;
    r->at++;
    return true;
}

static bool wrong(struct reading *r, const char *sentence)
{
    if (!r->problem)
        r->problem = arena_format(r->arena, "%s at \"%.40s\"", sentence, r->at);
    return false;
}

static unsigned read_reference(struct reading *r)
{
    char *end;
    unsigned long which = strtoul(r->at, &end, 10);

    which = end == r->at ? REFERENCE_LAST : which;
    r->at = end;
    return (unsigned)which;
}

static bool read_number(struct reading *r, bool wide, uint64_t *number)
{
    char *end;

    if (take(r, '=')) {
        *number = (wide ? REFERENCE_64 : REFERENCE_32) | read_reference(r);
        return true;
    }
    *number = *r->at == '-' ? (uint64_t)strtoll(r->at, &end, 10) : strtoull(r->at, &end, 10);
    if (end == r->at)
        return wrong(r, "a number is wanted");
    r->at = end;
    return true;
}

static ProtobufCMessage *read_fields(struct reading *r, const ProtobufCMessageDescriptor *descriptor, char end);

static const ProtobufCMessageDescriptor *request_named(const char *name)
{
    for (const struct op *const *op = all_ops; *op; op++)
        if (strcmp((*op)->name, name) == 0)
            return (*op)->request;
    return NULL;
}

/* sale_offline{...}: the request of an op, packed. */
static bool read_request(struct reading *r, ProtobufCBinaryData *data)
{
    char name[64] = "";
    size_t size = 0;

    while (size + 1 < sizeof name && (isalnum((unsigned char)*r->at) || *r->at == '_'))
        name[size++] = *r->at++;
    const ProtobufCMessageDescriptor *descriptor = request_named(name);
    ProtobufCMessage *message = descriptor && take(r, '{') ? read_fields(r, descriptor, '}') : NULL;
    if (!message)
        return wrong(r, "a text, or a request in braces, is wanted");
    struct bytes packed = message_encode(message, r->arena);
    *data = (ProtobufCBinaryData){ packed.size, (uint8_t *)(uintptr_t)packed.data };
    return true;
}

/* "text" with \n, \\, \" and \xHH. */
static bool read_bytes(struct reading *r, ProtobufCBinaryData *data)
{
    uint8_t *bytes = arena_alloc(r->arena, strlen(r->at) + 3);
    size_t size = 0;

    *data = (ProtobufCBinaryData){ .data = bytes };
    if (take(r, '=')) {
        bytes[size++] = 1;
        bytes[size++] = (uint8_t)read_reference(r);
    } else if (take(r, '"')) {
        while (*r->at && *r->at != '"') {
            char character = *r->at++;
            if (character == '\\' && *r->at == 'x') {
                char hex[3] = { r->at[1], r->at[1] ? r->at[2] : '\0' };
                bytes[size++] = (uint8_t)strtoul(hex, NULL, 16);
                r->at += 1 + strlen(hex);
            } else if (character == '\\' && *r->at) {
                bytes[size++] = *r->at == 'n' ? '\n' : (uint8_t)*r->at;
                r->at++;
            } else {
                bytes[size++] = (uint8_t)character;
            }
        }
        if (!take(r, '"'))
            return wrong(r, "a text does not end");
    } else {
        return read_request(r, data);
    }
    data->len = size;
    return true;
}

static bool read_value(struct reading *r, const ProtobufCFieldDescriptor *field, void *to)
{
    uint64_t number;
    bool wide = field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_INT64;

    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        if (!take(r, '{'))
            return wrong(r, "{ is wanted");
        return (*(ProtobufCMessage **)to = read_fields(r, field->descriptor, '}')) != NULL;
    }
    if (!take(r, ':'))
        return wrong(r, ": is wanted");
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return read_bytes(r, to);
    if (!read_number(r, wide, &number))
        return false;
    memcpy(to, &number, field_size(field));
    return true;
}

static bool read_field(struct reading *r, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    uint8_t *base = (uint8_t *)message;

    if (field->label != PROTOBUF_C_LABEL_REPEATED) {
        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            *(protobuf_c_boolean *)(void *)(base + field->quantifier_offset) = true;
        return read_value(r, field, base + field->offset);
    }
    size_t *count = (size_t *)(void *)(base + field->quantifier_offset), size = field_size(field);
    uint8_t *items = arena_array(r->arena, *count + 1, size);
    if (*count > 0)
        memcpy(items, *(uint8_t **)(void *)(base + field->offset), *count * size);
    *(uint8_t **)(void *)(base + field->offset) = items;
    return read_value(r, field, items + (*count)++ * size);
}

static ProtobufCMessage *read_fields(struct reading *r, const ProtobufCMessageDescriptor *descriptor, char end)
{
    ProtobufCMessage *message = arena_alloc(r->arena, descriptor->sizeof_message);

    descriptor->message_init(message);
    for (;;) {
        char name[64] = "";
        size_t size = 0;

        skip(r);
        if (*r->at == end) {
            r->at += end != '\0';
            return message;
        }
        while (size + 1 < sizeof name && (isalnum((unsigned char)*r->at) || *r->at == '_'))
            name[size++] = *r->at++;
        const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
        if (!field) {
            wrong(r, arena_format(r->arena, "%s has no field \"%s\"", descriptor->short_name, name));
            return NULL;
        }
        if (!read_field(r, message, field))
            return NULL;
    }
}

ProtobufCMessage *message_read(const char *text, const ProtobufCMessageDescriptor *descriptor, struct arena *arena,
                               const char **problem)
{
    struct reading reading = { .at = text, .arena = arena };
    ProtobufCMessage *message = read_fields(&reading, descriptor, '\0');

    *problem = reading.problem;
    return message;
}

/* ---- printing: one value a word, inner messages without their braces ---- */

static void print_value(void *user, const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *field,
                        uint64_t *number, struct bytes *bytes)
{
    FILE *out = user;
    unsigned which;

    fprintf(out, " %s.%s:", message->short_name, field->name);
    if (number && reference_in_number(*number, &which)) {
        fprintf(out, "=%u", which);
    } else if (number) {
        fprintf(out, "%lld", (long long)*number);
    } else if (reference_in_bytes(*bytes, &which)) {
        fprintf(out, "=%u", which);
    } else {
        fputc('"', out);
        for (size_t i = 0; i < bytes->size && i < 60; i++)
            fprintf(out, bytes->data[i] < 0x20 || bytes->data[i] >= 0x7f || bytes->data[i] == '"' ? "\\x%02x" : "%c",
                    bytes->data[i]);
        fputs(bytes->size > 60 ? "...\"" : "\"", out);
    }
}

void message_print(FILE *out, ProtobufCMessage *message)
{
    message_walk(message, print_value, out);
}
