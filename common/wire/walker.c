/* The walker: decoding into an arena, and every field held against its limit. */
#include "common/wire/walker.h"

#include <assert.h>
#include <string.h>

#include "common/base/text.h"
#include "common/wire/frame.h"

/* ---- decoding ---- */

/* The arena is the call's and serves others after the message: what a message may take of it is counted apart. */
struct allowance {
    struct arena *arena;
    size_t left;
};

static void *take(void *allowance, size_t size)
{
    struct allowance *a = allowance;

    if (size > a->left)
        return NULL;
    a->left -= size;
    return arena_try(a->arena, size);
}

/* The arena lets go of everything at once; what protobuf-c drops while it merges stays until then, which is what makes
 * the merging bomb use its allowance up. */
static void keep(void *allowance, void *memory)
{
    (void)allowance;
    (void)memory;
}

/* The sub-messages of a field: one, none or a list. */
static size_t children_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                          ProtobufCMessage *const **children)
{
    const uint8_t *at = (const uint8_t *)message + field->offset;

    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        *children = *(ProtobufCMessage *const *const *)(const void *)at;
        return *(const size_t *)(const void *)((const uint8_t *)message + field->quantifier_offset);
    }
    *children = (ProtobufCMessage *const *)(const void *)at;
    return **children != NULL ? 1 : 0;
}

/* protobuf-c keeps fields it does not know, and would send them on with whatever the message is copied into. */
static void forget_unknown(ProtobufCMessage *message)
{
    message->n_unknown_fields = 0;
    message->unknown_fields = NULL;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        ProtobufCMessage *const *children;

        if (field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        for (size_t n = children_of(message, field, &children); n > 0; n--)
            forget_unknown(children[n - 1]);
    }
}

ProtobufCMessage *message_decode(const ProtobufCMessageDescriptor *descriptor, struct bytes bytes, struct arena *arena)
{
    static const uint8_t nothing[1];
    struct allowance allowance = { .arena = arena, .left = MESSAGE_MEMORY };
    ProtobufCAllocator allocator = { .alloc = take, .free = keep, .allocator_data = &allowance };

    if (bytes.size > FRAME_MAX)
        return NULL;
    ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor, &allocator, bytes.size, bytes.size > 0 ? bytes.data : nothing);

    if (message != NULL)
        forget_unknown(message);
    return message;
}

/* ---- checking ---- */

/* The way from the message down to what is wrong: a list from the leaf upwards, on the stack. */
struct place {
    const struct place *above;
    const char *field;
    size_t index;
    bool listed;
};

struct check {
    struct arena *arena;
    bool is_request, card_number; /* a text of a request is looked at; it was that */
    bool maybe_card;              /* it may be that: a field of any digits */
    const char *field, *sentence;
};

static const char *path_of(struct arena *arena, const struct place *place)
{
    const char *name = place->listed ? arena_format(arena, "%s[%zu]", place->field, place->index) : place->field;

    return place->above == NULL ? name : arena_format(arena, "%s.%s", path_of(arena, place->above), name);
}

static bool wrong(struct check *check, const struct place *place, const char *sentence)
{
    check->field = path_of(check->arena, place);
    check->sentence = sentence;
    return false;
}

/* The rows of one message stand together; the first of them, or NULL when none of its fields has a limit. */
static const struct field_limit *find_limits(const char *message)
{
    size_t low = 0, high = field_limit_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(field_limits[middle].message, message) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < field_limit_count && strcmp(field_limits[low].message, message) == 0 ? &field_limits[low] : NULL;
}

/* The same, as it was found the last time: a receipt is a hundred messages of ten kinds. */
static const struct field_limit *limits_of(const ProtobufCMessageDescriptor *descriptor)
{
    static _Thread_local struct known {
        const ProtobufCMessageDescriptor *descriptor;
        const struct field_limit *limits;
    } all[64];
    struct known *known = &all[(uintptr_t)descriptor / sizeof *descriptor % (sizeof all / sizeof *all)];

    if (known->descriptor != descriptor)
        *known = (struct known){ descriptor, find_limits(descriptor->short_name) };
    return known->limits;
}

static bool is_same(const char *a, const char *b)
{
    return a == b || strcmp(a, b) == 0;
}

static const struct field_limit *limit_of(const struct field_limit *limits, const char *field)
{
    const struct field_limit *end = field_limits + field_limit_count;

    for (const struct field_limit *row = limits; row != NULL && row < end && is_same(row->message, limits->message);
         row++) {
        if (strcmp(row->field, field) == 0)
            return row;
    }
    /* The build gives every text, bytes field and list a limit: there is no message without. */
    assert(!"a field without a limit");
    return NULL;
}

/* Whatever is typed or scanned into a request, a card's number stops here, before anything is done with it. */
static bool check_no_card(struct check *check, struct bytes text, bool any_digits, const struct place *place)
{
    if (!check->is_request || !text_has_card_number(text))
        return true;
    if (any_digits)
        return check->maybe_card = true;
    check->card_number = true;
    return wrong(check, place, "this looks like a payment card's number: it was not kept");
}

static bool check_text(struct check *check, struct bytes text, const struct field_limit *limit, size_t max,
                       const struct place *place)
{
    switch (text_check(text, max)) {
    case TEXT_OK:
        return check_no_card(check, text, limit->any_digits, place);
    case TEXT_BROKEN:
        return wrong(check, place, "the text is not valid UTF-8");
    case TEXT_CONTROL:
        return wrong(check, place, "the text holds a control character");
    case TEXT_LONG:
        break;
    }
    return wrong(check, place, arena_format(check->arena, "the text has more than %zu characters", max));
}

static bool check_bytes(struct check *check, struct bytes bytes, size_t max, const struct place *place)
{
    if (bytes.size <= max)
        return true;
    return wrong(check, place, arena_format(check->arena, "more than %zu bytes", max));
}

static bool check_enum(struct check *check, const ProtobufCFieldDescriptor *field, int value, const struct place *place)
{
    if (protobuf_c_enum_descriptor_get_value(field->descriptor, value) != NULL)
        return true;
    return wrong(check, place, arena_format(check->arena, "%d is no known value", value));
}

static bool check_message(struct check *check, const ProtobufCMessage *message, const struct place *above);

/* One value; at: where it stands in the message or in the list. max: of a text or bytes. */
static bool check_value(struct check *check, const ProtobufCFieldDescriptor *field, const struct field_limit *limit,
                        size_t max, const void *at, const struct place *place)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return check_message(check, *(const ProtobufCMessage *const *)at, place);
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return check_enum(check, field, *(const int *)at, place);
    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        const ProtobufCBinaryData *data = at;
        struct bytes bytes = { .data = data->data, .size = data->len };
        return limit->is_text ? check_text(check, bytes, limit, max, place) : check_bytes(check, bytes, max, place);
    }
    /* view.awk makes text a view of bytes, a NUL inside would be lost otherwise. */
    assert(field->type != PROTOBUF_C_TYPE_STRING);
    return true; /* a number or a bool: rules judge it */
}

/* Numbers are not looked at one by one: 0. */
static size_t size_of(const ProtobufCFieldDescriptor *field)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return sizeof(ProtobufCMessage *);
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return sizeof(ProtobufCBinaryData);
    return field->type == PROTOBUF_C_TYPE_ENUM ? sizeof(int) : 0;
}

static bool check_list(struct check *check, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                       const struct field_limit *limit, struct place *place)
{
    const uint8_t *base = (const uint8_t *)message;
    size_t count = *(const size_t *)(const void *)(base + field->quantifier_offset);
    const uint8_t *items = *(const uint8_t *const *)(const void *)(base + field->offset);
    size_t size = size_of(field);

    if (count > limit->max)
        return wrong(check, place, arena_format(check->arena, "the list has more than %u entries", limit->max));
    place->listed = true;
    for (place->index = 0; size > 0 && place->index < count; place->index++) {
        if (!check_value(check, field, limit, LISTED_MAX, items + place->index * size, place))
            return false;
    }
    return true;
}

static bool is_present(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const uint8_t *base = (const uint8_t *)message;

    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return *(const ProtobufCMessage *const *)(const void *)(base + field->offset) != NULL;
    return *(const protobuf_c_boolean *)(const void *)(base + field->quantifier_offset) != 0;
}

static bool check_message(struct check *check, const ProtobufCMessage *message, const struct place *above)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    const struct field_limit *limits = limits_of(descriptor);

    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        struct place place = { .above = above, .field = field->name };
        bool listed = field->label == PROTOBUF_C_LABEL_REPEATED;
        const struct field_limit *limit = NULL;

        if (!listed && !is_present(message, field))
            continue;
        if (listed || field->type == PROTOBUF_C_TYPE_BYTES)
            limit = limit_of(limits, field->name);
        if (listed) {
            if (!check_list(check, message, field, limit, &place))
                return false;
        } else if (!check_value(check, field, limit, limit != NULL ? limit->max : 0,
                                (const uint8_t *)message + field->offset, &place)) {
            return false;
        }
    }
    return true;
}

bool message_check(const ProtobufCMessage *message, struct arena *arena, const char **field, const char **sentence)
{
    struct check check = { .arena = arena };

    if (check_message(&check, message, NULL))
        return true;
    *field = check.field;
    *sentence = check.sentence;
    return false;
}

enum request_verdict request_check(const ProtobufCMessage *message, struct arena *arena, const char **field,
                                   const char **sentence)
{
    struct check check = { .arena = arena, .is_request = true };

    if (check_message(&check, message, NULL))
        return check.maybe_card ? REQUEST_OK_MAYBE_CARD : REQUEST_OK;
    *field = check.field;
    *sentence = check.sentence;
    return check.card_number ? REQUEST_CARD_NUMBER : REQUEST_BAD_FIELD;
}

/* ---- encoding ---- */

struct bytes message_encode(const ProtobufCMessage *message, struct arena *arena)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *data = arena_alloc(arena, size > 0 ? size : 1);

    protobuf_c_message_pack(message, data);
    return (struct bytes){ .data = data, .size = size };
}
