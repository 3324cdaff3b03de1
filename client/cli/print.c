/* Replies as JSON and as text for people, by their descriptors. */
#include "client/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/instant.h"
#include "common/base/number.h"
#include "common/base/text.h"
#include "common/wire/json.h"
#include "proto/catalogue.pb-c.h"
#include "proto/kiosk.pb-c.h"
#include "proto/member.pb-c.h"

#define SHOWN_BYTES 64 /* as long as a signature: keys and hashes are compared by eye */
#define CUT_TO      8  /* columns of a text that are always there */

static const void *at(const ProtobufCMessage *message, unsigned offset)
{
    return (const char *)message + offset;
}

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), wanted = strlen(ending);

    return length >= wanted && strcmp(text + length - wanted, ending) == 0;
}

/* ---- text ---- */

static char *hex_of(const struct cli *c, const ProtobufCBinaryData *bytes)
{
    char *text = arena_alloc(c->arena, 2 * bytes->len + 1);

    for (size_t i = 0; i < bytes->len; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes->data[i]);
    return text;
}

char *time_of(const struct cli *c, int64_t us)
{
    char text[LOCAL_TEXT];
    const struct zone *zone = c->zone ? c->zone : zone_utc();

    return arena_format(c->arena, "%s %s", local_format(text, zone_local(zone, (struct instant){ us })),
                        zone_name(zone));
}

/* A number of points that somebody has, and that is a debt below nothing; one that came or went has its sign. */
static bool is_balance(const ProtobufCFieldDescriptor *field)
{
    static const struct {
        const ProtobufCMessageDescriptor *message;
        const char *field;
    } balances[] = {
        { &caroline__v1__member__descriptor, "points" },
        { &caroline__v1__member_done__descriptor, "points" },
        { &caroline__v1__member_merged__descriptor, "points" },
        { &caroline__v1__member_merged__descriptor, "points_moved" },
        { &caroline__v1__merged_member__descriptor, "points" },
        { &caroline__v1__points_lot__descriptor, "remaining" },
        { &caroline__v1__member_admitted__descriptor, "points" },
    };

    for (size_t i = 0; i < sizeof balances / sizeof *balances; i++)
        if (field == protobuf_c_message_descriptor_get_field_by_name(balances[i].message, balances[i].field))
            return true;
    return false;
}

static char *text_scalar(const struct cli *c, const ProtobufCFieldDescriptor *field, const void *value)
{
    char text[NUMBER_TEXT > 64 ? NUMBER_TEXT : 64];
    const ProtobufCBinaryData *bytes = value;

    switch ((int)field->type) {
    case PROTOBUF_C_TYPE_BOOL:
        return arena_text(c->arena, *(const protobuf_c_boolean *)value ? "yes" : "no");
    case PROTOBUF_C_TYPE_UINT32:
        if (is_allergens(field)) {
            uint32_t number = *(const uint32_t *)value;
            return arena_text(c->arena, number <= 14 ? allergen_codes[number] : "?");
        }
        if (ends_with(field->name, "_mg"))
            return arena_format(c->arena, "%s g", milli_format(text, *(const uint32_t *)value));
        if (ends_with(field->name, "_hundredths"))
            return arena_text(c->arena, minor_format(text, *(const uint32_t *)value, 2));
        return arena_format(c->arena, "%u", *(const uint32_t *)value);
    case PROTOBUF_C_TYPE_UINT64:
        if (ends_with(field->name, "_us") && !ends_with(field->name, "took_us"))
            return time_of(c, *(const int64_t *)value);
        return arena_format(c->arena, "%llu", (unsigned long long)*(const uint64_t *)value);
    case PROTOBUF_C_TYPE_INT64:
        if (ends_with(field->name, "_minor"))
            return arena_text(c->arena, minor_format(text, *(const int64_t *)value, currency_exponent(c)));
        if (ends_with(field->name, "_milli"))
            return arena_text(c->arena, milli_format(text, *(const int64_t *)value));
        if (*(const int64_t *)value < 0 && is_balance(field))
            return arena_format(c->arena, "owes %lld", -(long long)*(const int64_t *)value);
        return arena_format(c->arena, "%lld", (long long)*(const int64_t *)value);
    case PROTOBUF_C_TYPE_ENUM:
        enum_word(field->descriptor, *(const int *)value, text);
        return arena_text(c->arena, text);
    case PROTOBUF_C_TYPE_BYTES:
        if (text_check((struct bytes){ bytes->data, bytes->len }, SIZE_MAX) == TEXT_OK)
            return arena_format(c->arena, "%.*s", (int)bytes->len, (const char *)bytes->data);
        return bytes->len <= SHOWN_BYTES ? hex_of(c, bytes) : arena_format(c->arena, "(%zu bytes)", bytes->len);
    default:
        return arena_text(c->arena, "");
    }
}

/* The name of a field as a person reads it. */
static char *label_of(const struct cli *c, const char *name)
{
    static const char *const endings[] = { "_minor", "_milli", "_us", "_mg", "_hundredths", NULL };
    char *label = arena_text(c->arena, name);

    for (const char *const *ending = endings; *ending; ending++) {
        if (ends_with(label, *ending))
            label[strlen(label) - strlen(*ending)] = '\0';
    }
    for (char *letter = label; *letter; letter++) {
        if (*letter == '_')
            *letter = ' ';
    }
    return label;
}

static char *text_list(const struct cli *c, const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message)
{
    size_t count = *(const size_t *)at(message, field->quantifier_offset);
    const char *items = *(const char *const *)at(message, field->offset);
    char *text = arena_text(c->arena, "");

    for (size_t i = 0; i < count; i++)
        text = arena_format(c->arena, "%s%s%s", text, i ? ", " : "",
                            text_scalar(c, field, items + i * field_item_size(field)));
    return text;
}

bool allergens_not_recorded(const Caroline__V1__Product *product)
{
    return product->n_contains == 0 && product->n_may_contain == 0 && product->allergen_note.len == 0;
}

/* An empty list would read as free of them. */
static bool is_not_recorded(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return message->descriptor == &caroline__v1__product__descriptor && strcmp(field->name, "contains") == 0 &&
           allergens_not_recorded((const Caroline__V1__Product *)message);
}

static char *cell_of(const struct cli *c, const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message)
{
    if (is_not_recorded(message, field))
        return arena_text(c->arena, "nothing recorded: ask");
    if (!field_is_set(message, field) || field->type == PROTOBUF_C_TYPE_MESSAGE)
        return arena_text(c->arena, "");
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return text_list(c, field, message);
    return text_scalar(c, field, at(message, field->offset));
}

static void print_cell(const char *text, size_t width, bool right)
{
    size_t have = text_columns(text), space = have < width ? width - have : 0;

    if (have > width) {
        size_t size = text_cut(text, width - 1, &have);

        space = width - 1 - have;
        printf("%.*s…%*s", (int)size, text, (int)space, "");
        return;
    }
    printf("%*s%s%*s", right ? (int)space : 0, "", text, right ? 0 : (int)space, "");
}

/* Of the terminal; 0: what is written to is none, and takes any width. */
static size_t columns_there(void)
{
    struct winsize size;

    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Texts may be cut; numbers and words are whole, or are no such. */
static bool may_be_cut(const ProtobufCFieldDescriptor *field, size_t width)
{
    return (field->type == PROTOBUF_C_TYPE_BYTES || field->label == PROTOBUF_C_LABEL_REPEATED) && width > CUT_TO;
}

/* On a terminal the widest texts are cut until a row fits into a line; if that is not enough, the last columns are left out.
 * Returns how many were. */
static unsigned fit(const ProtobufCMessageDescriptor *descriptor, size_t *widths)
{
    size_t columns = columns_there(), total = 0;
    unsigned left_out = 0;

    for (unsigned i = 0; i < descriptor->n_fields; i++)
        total += widths[i] > 0 ? widths[i] + 2 : 0;
    while (columns > 0 && total > columns) {
        unsigned widest = descriptor->n_fields, last = 0;

        for (unsigned i = 0; i < descriptor->n_fields; i++) {
            if (may_be_cut(&descriptor->fields[i], widths[i]) &&
                (widest == descriptor->n_fields || widths[i] > widths[widest]))
                widest = i;
            last = widths[i] > 0 ? i : last;
        }
        if (widest < descriptor->n_fields) {
            widths[widest]--;
            total--;
        } else if (total == widths[last] + 2) {
            break; /* a narrow window: one column there is */
        } else {
            total -= widths[last] + 2;
            widths[last] = 0;
            left_out++;
        }
    }
    return left_out;
}

/* Rows of one kind: a column for each scalar field that any of them has. */
static void print_table(const struct cli *c, ProtobufCMessage *const *rows, size_t count)
{
    const ProtobufCMessageDescriptor *descriptor = rows[0]->descriptor;
    size_t *widths = arena_array(c->arena, descriptor->n_fields, sizeof *widths);

    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        for (size_t row = 0; row < count; row++) {
            size_t width = text_columns(cell_of(c, &descriptor->fields[i], rows[row]));
            if (width > widths[i])
                widths[i] = width;
        }
        size_t label = text_columns(label_of(c, descriptor->fields[i].name));
        if (widths[i] > 0 && widths[i] < label)
            widths[i] = label;
    }
    unsigned left_out = fit(descriptor, widths);
    for (size_t row = 0; row <= count; row++) {
        for (unsigned i = 0; i < descriptor->n_fields; i++) {
            const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
            bool right = field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_UINT32;
            if (widths[i] == 0)
                continue;
            print_cell(row == 0 ? label_of(c, field->name) : cell_of(c, field, rows[row - 1]), widths[i], right);
            fputs("  ", stdout);
        }
        putchar('\n');
    }
    if (left_out > 0)
        fprintf(stderr, "(%u more column%s: in a wider window, or by --json)\n", left_out, left_out == 1 ? "" : "s");
}

static bool is_part(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_MESSAGE && field->label != PROTOBUF_C_LABEL_REPEATED &&
           field_is_set(message, field);
}

static void print_text(const struct cli *c, const ProtobufCMessage *message);

/* Behind the rest; of several parts each says what its lines are of. */
static void print_parts(const struct cli *c, const ProtobufCMessage *message)
{
    unsigned count = 0;

    for (unsigned i = 0; i < message->descriptor->n_fields; i++)
        count += is_part(message, &message->descriptor->fields[i]);
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];

        if (!is_part(message, field))
            continue;
        if (count > 1)
            printf("\n%s:\n", label_of(c, field->name));
        print_text(c, *(const ProtobufCMessage *const *)at(message, field->offset));
    }
}

/* That a list is whole goes without saying. */
static bool is_no_more(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_BOOL && strcmp(field->name, "more") == 0 &&
           !*(const protobuf_c_boolean *)at(message, field->offset);
}

static void print_text(const struct cli *c, const ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];

        if ((!field_is_set(message, field) && !is_not_recorded(message, field)) || is_part(message, field) ||
            is_no_more(message, field))
            continue;
        if (field->type != PROTOBUF_C_TYPE_MESSAGE) {
            printf("%-20s %s\n", label_of(c, field->name), cell_of(c, field, message));
        } else {
            printf("%s:\n", label_of(c, field->name));
            print_table(c, *(ProtobufCMessage *const *const *)at(message, field->offset),
                        *(const size_t *)at(message, field->quantifier_offset));
        }
    }
    print_parts(c, message);
}

/* A list that was asked for, and has no rows. */
static bool is_empty_list(const ProtobufCMessage *message)
{
    unsigned lists = 0;

    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];

        if (field->label != PROTOBUF_C_LABEL_REPEATED || field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        if (field_is_set(message, field))
            return false;
        lists++;
    }
    return lists > 0;
}

void print_none(const struct cli *c)
{
    if (!c->json)
        fputs("none\n", stderr);
}

void print_message(const struct cli *c, const ProtobufCMessage *message)
{
    if (is_empty_list(message))
        print_none(c);
    if (!c->json) {
        print_text(c, message);
        return;
    }
    size_t size = json_size(message);
    char *line = arena_alloc(c->arena, size + 1);
    json_write(message, line);
    puts(line);
}

void print_messages(const struct cli *c, ProtobufCMessage *const *messages, size_t count)
{
    if (c->json) {
        for (size_t i = 0; i < count; i++)
            print_message(c, messages[i]);
    } else if (count > 0) {
        print_table(c, messages, count);
    } else {
        print_none(c);
    }
}
