/* Receipts as the server sends them, laid out for paper and screens of every width, and as bytes for printers. */
#include <string.h>

#include "common/base/text.h"
#include "common/print/escpos.h"
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

/* How many bytes the printer takes at `at`: a character, or one of the commands that a receipt consists of. 0: neither,
 * so that a text has said something. */
static size_t printed(struct bytes bytes, size_t at)
{
    static const struct {
        const char *begins;
        size_t begins_size, size;
    } commands[] = {
        { "\x1B@", 2, 2 },
        { "\x1C.", 2, 2 },
        { "\x1BR\0", 3, 3 },
        { "\x1Bt", 2, 3 },
        { "\x1D!", 2, 3 },
        { "\x1B"
          "E",
          2, 3 },
        { "\x1B"
          "a",
          2, 3 },
        { "\x1Dh", 2, 3 },
        { "\x1Dw\2", 3, 3 },
        { "\x1DH\0", 3, 3 },
        { "\x1B"
          "d\4",
          3, 3 },
        { "\x1DV\x42\0", 4, 4 },
    };
    const uint8_t *byte = bytes.data + at;
    size_t left = bytes.size - at;

    if (*byte == '\n' || (*byte >= 0x20 && *byte != 0x7F))
        return 1;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (left >= commands[i].size && memcmp(byte, commands[i].begins, commands[i].begins_size) == 0)
            return commands[i].size;
    if (left >= 5 && memcmp(byte, "\x1D(k", 3) == 0)
        return 5u + byte[3] + 256u * byte[4];
    if (left >= 4 && memcmp(byte, "\x1DkI", 3) == 0)
        return 4u + byte[3];
    return 0;
}

static void print(struct arena *arena, const struct receipt *receipt, size_t columns)
{
    const size_t pages = columns % 4; /* so that all numbers of them come */
    const struct escpos printer = { .columns = columns,
                                    .pages = { ESCPOS_PC858, ESCPOS_WPC1252, ESCPOS_PC437 },
                                    .page_count = pages,
                                    .code = columns % 3 == 0 ? ESCPOS_CODE_QR : ESCPOS_CODE_128,
                                    .cutter = columns % 2 == 0 };
    struct bytes bytes = escpos_receipt(arena, &printer, receipt);

    for (size_t at = 0, size; at < bytes.size; at += size) {
        size = printed(bytes, at);
        assert(size > 0 && size <= bytes.size - at);
    }
}

static void lay_out(struct arena *arena, const Caroline__V1__Receipt *message, size_t columns)
{
    struct receipt_row *rows = arena_array(arena, message->n_rows + 1, sizeof *rows);

    for (size_t i = 0; i < message->n_rows; i++)
        rows[i] = (struct receipt_row){ .kind = (enum receipt_row_kind)message->rows[i]->kind,
                                        .left = text_of(arena, message->rows[i]->left),
                                        .right = text_of(arena, message->rows[i]->right) };
    const struct receipt receipt = { rows, message->n_rows };
    char *text = receipt_text(arena, &receipt, columns);
    assert(text_check(bytes_of_text(text), SIZE_MAX) != TEXT_BROKEN);
    for (char *line; (line = strsep(&text, "\n")) != NULL && text;)
        assert(text_columns(line) <= columns && line[strlen(line) > 0 ? strlen(line) - 1 : 0] != ' ');
    if (columns >= ESCPOS_COLUMNS_LEAST)
        print(arena, &receipt, columns);
}

static bool run(struct bytes input)
{
    struct arena *arena = arena_create(0);
    const char *field, *sentence;
    ProtobufCMessage *message = message_decode(&caroline__v1__receipt__descriptor, input, arena);

    static const size_t papers[] = { RECEIPT_COLUMNS_LEAST, 24, 32, 33, 42, 47, 48 };

    if (message && message_check(message, arena, &field, &sentence))
        for (size_t i = 0; i < sizeof papers / sizeof *papers; i++)
            lay_out(arena, (const Caroline__V1__Receipt *)message, papers[i]);
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
