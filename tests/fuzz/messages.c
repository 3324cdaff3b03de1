/* Messages by their descriptors. */
#include "messages.h"

#include <assert.h>
#include <string.h>

#include "common/wire/walker.h"
#include "values.h"

#define DEPTH_MAX 6

static void *at(ProtobufCMessage *message, unsigned offset)
{
    return (uint8_t *)message + offset;
}

static bool is_listed(const ProtobufCFieldDescriptor *field)
{
    return field->label == PROTOBUF_C_LABEL_REPEATED;
}

size_t field_size(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(ProtobufCMessage *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_INT64:
        return sizeof(uint64_t);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_UINT32:
        return sizeof(uint32_t);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
    case PROTOBUF_C_TYPE_STRING:
        break;
    }
    assert(!"a type that the contract does not use: teach it to the fuzzer");
    return 0;
}

static const struct field_limit *limit_of(const ProtobufCMessageDescriptor *message,
                                          const ProtobufCFieldDescriptor *field)
{
    for (size_t i = 0; i < field_limit_count; i++)
        if (strcmp(field_limits[i].message, message->short_name) == 0 &&
            strcmp(field_limits[i].field, field->name) == 0)
            return &field_limits[i];
    return NULL;
}

/* ---- making ---- */

static uint64_t any_enum(struct maker *maker, const ProtobufCFieldDescriptor *field)
{
    const ProtobufCEnumDescriptor *values = field->descriptor;

    if (maker->wild && one_in(maker->chance, maker->wild))
        return values_number(maker->chance, "", true) & UINT32_MAX;
    return (uint64_t)values->values[below(maker->chance, values->n_values)].value;
}

static uint64_t any_number(struct maker *maker, const ProtobufCMessageDescriptor *message,
                           const ProtobufCFieldDescriptor *field)
{
    uint64_t number;

    if (maker->hint && maker->hint(maker, message, field, &number, NULL))
        return number;
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return any_enum(maker, field);
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return below(maker->chance, 2);
    return values_number(maker->chance, field->name, maker->wild && one_in(maker->chance, maker->wild));
}

static struct bytes any_bytes(struct maker *maker, const ProtobufCMessageDescriptor *message,
                              const ProtobufCFieldDescriptor *field)
{
    const struct field_limit *limit = limit_of(message, field);
    size_t max = is_listed(field) ? LISTED_MAX : limit->max;
    struct bytes bytes;

    if (maker->hint && maker->hint(maker, message, field, NULL, &bytes))
        return bytes;
    if (maker->wild && one_in(maker->chance, maker->wild))
        return limit->is_text ? values_bad_text(maker->chance, maker->arena, max)
                              : values_bytes(maker->chance, maker->arena, max + 1, max + 1);
    if (limit->is_text)
        return values_text(maker->chance, maker->arena, field->name, max);
    return values_bytes(maker->chance, maker->arena, 0, max);
}

static ProtobufCMessage *make(struct maker *maker, const ProtobufCMessageDescriptor *descriptor, unsigned depth);

static void put_value(struct maker *maker, const ProtobufCMessageDescriptor *message,
                      const ProtobufCFieldDescriptor *field, void *to, unsigned depth)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        *(ProtobufCMessage **)to = make(maker, field->descriptor, depth - 1);
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        struct bytes bytes = any_bytes(maker, message, field);
        *(ProtobufCBinaryData *)to = (ProtobufCBinaryData){ bytes.size, (uint8_t *)(uintptr_t)bytes.data };
    } else {
        uint64_t number = any_number(maker, message, field);
        memcpy(to, &number, field_size(field)); /* the machine is little-endian: client/link/catalogue_file.c */
    }
}

static size_t any_count(struct maker *maker, uint32_t max)
{
    if (maker->wild && one_in(maker->chance, maker->wild))
        return max < 2000 ? max + 1 : 1;
    if (one_in(maker->chance, 20))
        return below(maker->chance, max < 60 ? max + 1 : 60);
    return below(maker->chance, max < 4 ? max + 1 : 4);
}

static void put_list(struct maker *maker, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                     unsigned depth)
{
    size_t count = any_count(maker, limit_of(message->descriptor, field)->max), size = field_size(field);
    uint8_t *items = arena_array(maker->arena, count + 1, size);

    for (size_t i = 0; i < count; i++)
        put_value(maker, message->descriptor, field, items + i * size, depth);
    *(size_t *)at(message, field->quantifier_offset) = count;
    *(uint8_t **)at(message, field->offset) = items;
}

static void put_field(struct maker *maker, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                      unsigned depth)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE && depth == 0)
        return;
    if (is_listed(field)) {
        put_list(maker, message, field, depth);
        return;
    }
    put_value(maker, message->descriptor, field, at(message, field->offset), depth);
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        *(protobuf_c_boolean *)at(message, field->quantifier_offset) = true;
}

static ProtobufCMessage *make(struct maker *maker, const ProtobufCMessageDescriptor *descriptor, unsigned depth)
{
    ProtobufCMessage *message = arena_alloc(maker->arena, descriptor->sizeof_message);
    size_t most = 1 + below(maker->chance, 4); /* some messages are nearly empty, some nearly full */

    descriptor->message_init(message);
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        if (below(maker->chance, 4) < most)
            put_field(maker, message, &descriptor->fields[i], depth);
    return message;
}

ProtobufCMessage *maker_message(struct maker *maker, const ProtobufCMessageDescriptor *descriptor)
{
    return make(maker, descriptor, DEPTH_MAX);
}

/* ---- changing ---- */

static void take_away(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    if (is_listed(field))
        *(size_t *)at(message, field->quantifier_offset) = 0;
    else if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        *(ProtobufCMessage **)at(message, field->offset) = NULL;
    else
        *(protobuf_c_boolean *)at(message, field->quantifier_offset) = false;
}

/* An entry more, less, twice, or the list in another order. */
static void change_list(struct maker *maker, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    size_t *count = at(message, field->quantifier_offset), size = field_size(field);
    uint8_t **items = at(message, field->offset), *copy = arena_array(maker->arena, *count + 1, size);
    size_t one = *count ? below(maker->chance, *count) : 0, other = *count ? below(maker->chance, *count) : 0;

    if (*count > 0)
        memcpy(copy, *items, *count * size);
    switch (*count ? below(maker->chance, 5) : 0) {
    case 0:
        put_value(maker, message->descriptor, field, copy + (*count)++ * size, 2);
        break;
    case 1:
        memcpy(copy + (*count)++ * size, *items + one * size, size);
        break;
    case 2:
        memmove(copy + one * size, copy + (one + 1) * size, (*count - one - 1) * size);
        --*count;
        break;
    case 3:
        memcpy(copy + one * size, *items + other * size, size);
        memcpy(copy + other * size, *items + one * size, size);
        break;
    default:
        put_value(maker, message->descriptor, field, copy + one * size, 2);
        break;
    }
    *items = copy;
}

/* The sub-messages of a field. */
static size_t inner_of(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, ProtobufCMessage ***inner)
{
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return 0;
    if (is_listed(field)) {
        *inner = *(ProtobufCMessage ***)at(message, field->offset);
        return *(size_t *)at(message, field->quantifier_offset);
    }
    *inner = at(message, field->offset);
    return **inner ? 1 : 0;
}

static void change_one(struct maker *maker, ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    ProtobufCMessage **inner;

    if (descriptor->n_fields == 0)
        return;
    const ProtobufCFieldDescriptor *field = &descriptor->fields[below(maker->chance, descriptor->n_fields)];
    size_t count = inner_of(message, field, &inner);
    if (count > 0 && !one_in(maker->chance, 4)) {
        change_one(maker, inner[below(maker->chance, count)]);
        return;
    }
    if (one_in(maker->chance, 5))
        take_away(message, field);
    else if (is_listed(field))
        change_list(maker, message, field);
    else
        put_field(maker, message, field, 2);
}

void maker_change(struct maker *maker, ProtobufCMessage *message)
{
    for (size_t times = 1 + below(maker->chance, 3); times > 0; times--)
        change_one(maker, message);
}

/* ---- walking ---- */

static void walk_value(const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *field, void *value,
                       walk_fn *fn, void *user)
{
    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        ProtobufCBinaryData *data = value;
        struct bytes bytes = bytes_of(data->data, data->len);
        fn(user, message, field, NULL, &bytes);
        *data = (ProtobufCBinaryData){ bytes.size, (uint8_t *)(uintptr_t)bytes.data };
    } else {
        uint64_t number = 0;
        memcpy(&number, value, field_size(field));
        fn(user, message, field, &number, NULL);
        memcpy(value, &number, field_size(field));
    }
}

void message_walk(ProtobufCMessage *message, walk_fn *fn, void *user)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;

    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        ProtobufCMessage **inner;

        for (size_t k = 0, count = inner_of(message, field, &inner); k < count; k++)
            message_walk(inner[k], fn, user);
        if (field->type == PROTOBUF_C_TYPE_MESSAGE)
            continue;
        if (is_listed(field)) {
            uint8_t *items = *(uint8_t **)at(message, field->offset);
            for (size_t k = 0; k < *(size_t *)at(message, field->quantifier_offset); k++)
                walk_value(descriptor, field, items + k * field_size(field), fn, user);
        } else if (*(protobuf_c_boolean *)at(message, field->quantifier_offset)) {
            walk_value(descriptor, field, at(message, field->offset), fn, user);
        }
    }
}
