/* Options into messages, by the messages' descriptors: a new field of a request is an option without a line of code. */
#include "client/cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/wire/json.h"

const char *const allergen_codes[15] = { "",        "gluten",   "crustaceans", "eggs",  "fish",
                                         "peanuts", "soybeans", "milk",        "nuts",  "celery",
                                         "mustard", "sesame",   "sulphites",   "lupin", "molluscs" };

ProtobufCMessage *message_make(const ProtobufCMessageDescriptor *descriptor, struct arena *arena)
{
    ProtobufCMessage *message = arena_alloc(arena, descriptor->sizeof_message);

    descriptor->message_init(message);
    return message;
}

static void *at(ProtobufCMessage *message, unsigned offset)
{
    return (char *)message + offset;
}

ProtobufCMessage *message_inner(ProtobufCMessage *message, const char *name, struct arena *arena)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    ProtobufCMessage **inner = at(message, field->offset);

    if (!*inner)
        *inner = message_make(field->descriptor, arena);
    return *inner;
}

void set_text(ProtobufCBinaryData *field, protobuf_c_boolean *has, const char *text)
{
    field->data = (uint8_t *)(uintptr_t)text;
    field->len = strlen(text);
    if (has)
        *has = true;
}

const char *text_of(struct cli *c, ProtobufCBinaryData text)
{
    char *copy = arena_alloc(c->arena, text.len + 1);

    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    return copy;
}

/* The field an option means, trying the endings that messages give to units. */
static const ProtobufCFieldDescriptor *field_of(struct cli *c, const ProtobufCMessageDescriptor *descriptor,
                                                const char *option)
{
    static const char *const endings[] = { "", "_minor", "_milli", "_id", NULL };
    char *name = arena_text(c->arena, option);

    for (char *letter = name; *letter; letter++) {
        if (*letter == '-')
            *letter = '_';
    }
    for (const char *const *ending = endings; *ending; ending++) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(descriptor, arena_format(c->arena, "%s%s", name, *ending));
        if (field)
            return field;
    }
    return NULL;
}

bool message_takes(struct cli *c, const ProtobufCMessageDescriptor *descriptor, const char *option)
{
    return field_of(c, descriptor, option) != NULL;
}

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), wanted = strlen(ending);

    return length >= wanted && strcmp(text + length - wanted, ending) == 0;
}

bool whole_number(const char *value, uint64_t most, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(value, &end, 10);
    return errno == 0 && *end == '\0' && value[0] >= '0' && value[0] <= '9' && *number <= most;
}

static bool yes_or_no(const char *value, bool *answer)
{
    *answer = strcmp(value, "yes") == 0 || strcmp(value, "on") == 0 || strcmp(value, "true") == 0;
    return *answer || strcmp(value, "no") == 0 || strcmp(value, "off") == 0 || strcmp(value, "false") == 0;
}

/* "take-away" for SERVICE_TAKE_AWAY: the value whose name ends in the words. */
static bool enum_of(const ProtobufCEnumDescriptor *descriptor, const char *value, int *number)
{
    size_t length = strlen(value);

    for (unsigned i = 0; i < descriptor->n_values; i++) {
        const char *name = descriptor->values[i].name, *tail;
        size_t have = strlen(name);
        if (have < length || (have > length && name[have - length - 1] != '_'))
            continue;
        tail = name + have - length;
        size_t k = 0;
        while (k < length && (tail[k] == '_' ? value[k] == '-' || value[k] == '_' || value[k] == ' '
                                             : (tail[k] | 0x20) == (value[k] | 0x20)))
            k++;
        if (k == length) {
            *number = descriptor->values[i].value;
            return true;
        }
    }
    return false;
}

/* "take-away or eat-in" */
static const char *words_of(struct cli *c, const ProtobufCEnumDescriptor *descriptor)
{
    const char *words = "";

    for (unsigned i = 0; i < descriptor->n_values; i++) {
        char word[64];
        enum_word(descriptor, descriptor->values[i].value, word);
        words = arena_format(c->arena, "%s%s%s", words,
                             i == 0                         ? ""
                             : i + 1 < descriptor->n_values ? ", "
                                                            : " or ",
                             word);
    }
    return words;
}

/* "gluten, crustaceans, ..." */
static const char *allergen_words(struct cli *c)
{
    const char *words = allergen_codes[1];

    for (unsigned i = 2; i <= 14; i++)
        words = arena_format(c->arena, "%s, %s", words, allergen_codes[i]);
    return words;
}

static bool allergen_of(const char *value, uint64_t *number)
{
    for (unsigned i = 1; i <= 14; i++) {
        if (strcasecmp(allergen_codes[i], value) == 0) {
            *number = i;
            return true;
        }
    }
    return whole_number(value, 14, number) && *number > 0;
}

bool is_allergens(const ProtobufCFieldDescriptor *field)
{
    static const char *const names[] = { "contains", "may_contain", "avoids", "allergens_told" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(field->name, names[i]) == 0)
            return true;
    return false;
}

/* One value of a scalar field, at `where`. */
static bool scalar_set(struct cli *c, const ProtobufCFieldDescriptor *field, void *where, const char *value,
                       const char **problem)
{
    bool answer;

    *problem = NULL;
    switch (field->type) {
    case PROTOBUF_C_TYPE_BYTES: /* text, too: see proto/view.awk */
        *(ProtobufCBinaryData *)where =
            (ProtobufCBinaryData){ .len = strlen(value), .data = (uint8_t *)arena_text(c->arena, value) };
        return true;
    case PROTOBUF_C_TYPE_BOOL:
        *problem = "yes or no";
        if (!yes_or_no(value, &answer))
            return false;
        *(protobuf_c_boolean *)where = answer;
        return true;
    case PROTOBUF_C_TYPE_ENUM:
        *problem = words_of(c, field->descriptor);
        return enum_of(field->descriptor, value, where);
    case PROTOBUF_C_TYPE_INT64:
        if (ends_with(field->name, "_minor")) {
            *problem = "an amount of money, as 12.50";
            return minor_parse(value, currency_exponent(c), true, where);
        }
        if (ends_with(field->name, "_milli")) {
            *problem = "a quantity, as 3 or 0.5";
            return milli_parse(value, where);
        }
        *problem = "a whole number";
        {
            bool minus = value[0] == '-';
            uint64_t number;
            if (!whole_number(value + minus, INT64_MAX, &number))
                return false;
            *(int64_t *)where = minus ? -(int64_t)number : (int64_t)number;
        }
        return true;
    case PROTOBUF_C_TYPE_UINT64:
        if (ends_with(field->name, "_id") || strcmp(field->name, "modifier_ids") == 0)
            return name_to_id(c, field->name, value, where, problem);
        *problem = "a whole number";
        return whole_number(value, UINT64_MAX, where);
    case PROTOBUF_C_TYPE_UINT32: {
        uint64_t number;
        bool allergen = is_allergens(field);
        *problem = allergen ? arena_format(c->arena, "one of %s", allergen_words(c)) : "a whole number";
        if (!(allergen ? allergen_of(value, &number) : whole_number(value, UINT32_MAX, &number)))
            return false;
        *(uint32_t *)where = (uint32_t)number;
        return true;
    }
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
    case PROTOBUF_C_TYPE_MESSAGE:
    default:
        *problem = "something that can't be given as an option";
        return false;
    }
}

static size_t scalar_size(const ProtobufCFieldDescriptor *field)
{
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return sizeof(ProtobufCBinaryData);
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return sizeof(protobuf_c_boolean);
    return field->type == PROTOBUF_C_TYPE_UINT64 || field->type == PROTOBUF_C_TYPE_INT64 ? 8 : 4;
}

/* Values parted by commas; an empty text is an empty list. */
static bool list_set(struct cli *c, const ProtobufCFieldDescriptor *field, ProtobufCMessage *message, const char *value,
                     const char **problem)
{
    size_t *count = at(message, field->quantifier_offset), most = 1;
    char *rest = arena_text(c->arena, value), *part;

    for (const char *letter = value; *letter; letter++)
        most += *letter == ',';
    char *items = arena_array(c->arena, most, scalar_size(field));
    *(void **)at(message, field->offset) = items;
    *count = 0;
    while ((part = strsep(&rest, ",")) != NULL) {
        part += strspn(part, " ");
        if (*part == '\0')
            continue;
        if (!scalar_set(c, field, items + *count * scalar_size(field), part, problem))
            return false;
        ++*count;
    }
    return true;
}

enum field_outcome message_set(struct cli *c, ProtobufCMessage *message, const char *option, const char *value,
                               const char **problem)
{
    const ProtobufCFieldDescriptor *field = field_of(c, message->descriptor, option);

    if (!field || field->type == PROTOBUF_C_TYPE_MESSAGE)
        return FIELD_NONE;
    c->unknown = EXIT_DONE;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        if (!list_set(c, field, message, value, problem))
            return c->unknown != EXIT_DONE ? FIELD_UNKNOWN : FIELD_BAD;
        return FIELD_SET;
    }
    if (!scalar_set(c, field, at(message, field->offset), value, problem))
        return c->unknown != EXIT_DONE ? FIELD_UNKNOWN : FIELD_BAD;
    *(protobuf_c_boolean *)at(message, field->quantifier_offset) = true;
    return FIELD_SET;
}

int options_apply(struct cli *c, ProtobufCMessage *message, const char *inner)
{
    for (size_t i = 0; i < c->option_count; i++) {
        struct option_pair *option = &c->options[i];
        const char *problem = NULL;

        if (option->used)
            continue;
        option->used = true;
        if (ends_with(option->name, "pin")) /* everybody on this machine can read what a program was started with */
            return usage(c, "a PIN is never given on the command line, but in a file or when asked for");
        const char *value = option->value ? option->value : "yes";
        enum field_outcome outcome = message_set(c, message, option->name, value, &problem);
        if (outcome == FIELD_NONE && inner)
            outcome = message_set(c, message_inner(message, inner, c->arena), option->name, value, &problem);
        if (outcome == FIELD_NONE)
            return usage(c, "unknown option --%s", option->name);
        if (outcome == FIELD_BAD)
            return usage(c, "--%s wants %s, not '%s'", option->name, problem, value);
        if (outcome == FIELD_UNKNOWN)
            return complain(c->unknown, "--%s: %s", option->name, problem);
    }
    return EXIT_DONE;
}
