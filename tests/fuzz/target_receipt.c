/* Receipts as the server sends them, laid out for paper and screens of every width. */
#include <string.h>

#include "common/base/text.h"
#include "common/print/text.h"
#include "common/wire/walker.h"
#include "messages.h"
#include "proto/sale.pb-c.h"
#include "target.h"

static const char *text_of(struct arena *arena, ProtobufCBinaryData text)
{
    char *copy = arena_alloc(arena, text.len + 1);

    if (text.len > 0)
        memcpy(copy, text.data, text.len);
    return copy;
}

static void lay_out(struct arena *arena, const Caroline__V1__Receipt *message, size_t columns)
{
    struct receipt_row *rows = arena_array(arena, message->n_rows + 1, sizeof *rows);

    for (size_t i = 0; i < message->n_rows; i++)
        rows[i] = (struct receipt_row){ .kind = (enum receipt_row_kind)message->rows[i]->kind,
                                        .left = text_of(arena, message->rows[i]->left),
                                        .right = text_of(arena, message->rows[i]->right) };
    char *text = receipt_text(arena, &(struct receipt){ rows, message->n_rows }, columns);
    assert(text_check(bytes_of_text(text), SIZE_MAX) != TEXT_BROKEN);
    for (char *line; (line = strsep(&text, "\n")) != NULL && text;)
        assert(text_columns(line) <= columns && line[strlen(line) > 0 ? strlen(line) - 1 : 0] != ' ');
}

static bool run(struct bytes input)
{
    struct arena *arena = arena_create(0);
    const char *field, *sentence;
    ProtobufCMessage *message = message_decode(&caroline__v1__receipt__descriptor, input, arena);

    if (message && message_check(message, arena, &field, &sentence))
        for (size_t columns = RECEIPT_COLUMNS_LEAST; columns <= 48; columns += columns == 24   ? 8
                                                                               : columns == 32 ? 10
                                                                                               : 6)
            lay_out(arena, (const Caroline__V1__Receipt *)message, columns);
    arena_destroy(arena);
    return false;
}

static void make(struct chance *chance, struct buffer *input)
{
    struct arena *arena = arena_create(0);
    struct maker maker = { .chance = chance, .arena = arena };
    struct bytes bytes = message_encode(maker_message(&maker, &caroline__v1__receipt__descriptor), arena);

    if (bytes.size <= INPUT_MAX)
        put(input, bytes.data, bytes.size);
    arena_destroy(arena);
}

static bool mutate(struct chance *chance, struct buffer *input)
{
    struct arena *arena = arena_create(0);
    struct maker maker = { .chance = chance, .arena = arena };
    ProtobufCMessage *message =
        message_decode(&caroline__v1__receipt__descriptor, bytes_of(input->data, input->size), arena);

    if (message) {
        maker_change(&maker, message);
        struct bytes bytes = message_encode(message, arena);
        buffer_clear(input);
        if (bytes.size <= INPUT_MAX)
            put(input, bytes.data, bytes.size);
    }
    arena_destroy(arena);
    return message != NULL;
}

const struct target target_receipt = { .name = "receipt", .run = run, .make = make, .mutate = mutate };
