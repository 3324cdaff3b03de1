/* What a terminal sends, as keys: xterm, the Linux console, screen, tmux, rxvt, VT220 and the number block of a VT100
 * have sequences that do not contradict one another, so one table serves all and TERM may be wrong. */
#include "client/ui/input.h"

#include <string.h>

#include "client/ui/scan.h"
#include "common/base/text.h"

struct sequence {
    const char *tail; /* behind ESC */
    int key;
};

static const struct sequence sequences[] = {
    /* cursor */
    { "[A", KEY_UP },
    { "[B", KEY_DOWN },
    { "[C", KEY_RIGHT },
    { "[D", KEY_LEFT },
    { "OA", KEY_UP },
    { "OB", KEY_DOWN },
    { "OC", KEY_RIGHT },
    { "OD", KEY_LEFT },
    { "[H", KEY_HOME },
    { "[F", KEY_END },
    { "OH", KEY_HOME },
    { "OF", KEY_END },
    { "[1~", KEY_HOME },
    { "[7~", KEY_HOME },
    { "[4~", KEY_END },
    { "[8~", KEY_END },
    { "[2~", KEY_IC },
    { "[3~", KEY_DC },
    { "[5~", KEY_PPAGE },
    { "[6~", KEY_NPAGE },
    { "[Z", KEY_BTAB },
    /* function keys: xterm and VT220, rxvt, the Linux console */
    { "OP", KEY_F(1) },
    { "OQ", KEY_F(2) },
    { "OR", KEY_F(3) },
    { "OS", KEY_F(4) },
    { "[11~", KEY_F(1) },
    { "[12~", KEY_F(2) },
    { "[13~", KEY_F(3) },
    { "[14~", KEY_F(4) },
    { "[[A", KEY_F(1) },
    { "[[B", KEY_F(2) },
    { "[[C", KEY_F(3) },
    { "[[D", KEY_F(4) },
    { "[[E", KEY_F(5) },
    { "[15~", KEY_F(5) },
    { "[17~", KEY_F(6) },
    { "[18~", KEY_F(7) },
    { "[19~", KEY_F(8) },
    { "[20~", KEY_F(9) },
    { "[21~", KEY_F(10) },
    { "[23~", KEY_F(11) },
    { "[24~", KEY_F(12) },
    /* the window system took the key away: Alt and a digit instead */
    { "1", KEY_F(1) },
    { "2", KEY_F(2) },
    { "3", KEY_F(3) },
    { "4", KEY_F(4) },
    { "5", KEY_F(5) },
    { "6", KEY_F(6) },
    { "7", KEY_F(7) },
    { "8", KEY_F(8) },
    { "9", KEY_F(9) },
    { "0", KEY_F(10) },
    { "-", KEY_F(11) },
    { "=", KEY_F(12) },
    { "OM", KEY_RETURN },
};

/* Behind Ctrl-F, besides the digits and signs that Alt has: a VT100 has four F-keys, and neither Alt nor these. */
static const struct sequence lacking[] = {
    { "i", KEY_IC }, { "d", KEY_DC }, { "h", KEY_HOME }, { "e", KEY_END }, { "b", KEY_PPAGE }, { "n", KEY_NPAGE },
};

/* The number block in application mode, which some terminals are in for good: ESC O and one of these. */
static const char block_from[] = "pqrstuvwxyjklmnoX";
static const char block_to[] = "0123456789*+,-./=";

static size_t key_is(struct input *input, int key, size_t size)
{
    input->kind = INPUT_KEY;
    input->key = key;
    return size;
}

/* Length of an escape sequence by its grammar alone; 0 when its end is not there yet. */
static size_t sequence_size(struct bytes bytes)
{
    if (bytes.size < 2)
        return 0;
    if (bytes.data[1] == 'O')
        return bytes.size < 3 ? 0 : 3;
    if (bytes.data[1] != '[')
        return 2;
    if (bytes.size >= 3 && bytes.data[2] == '[')
        return bytes.size < 4 ? 0 : 4;
    for (size_t i = 2; i < bytes.size; i++) {
        if (bytes.data[i] >= 0x40 && bytes.data[i] <= 0x7e)
            return i + 1;
        if (bytes.data[i] < 0x20 || bytes.data[i] > 0x7e) /* no such sequence: what follows is something else */
            return i;
        if (i + 1 == INPUT_SEQUENCE_MAX)
            return i + 1;
    }
    return 0;
}

/* "\033[<0;12;7M", as terminals tell the mouse where they were asked to (xterm's SGR mode): button, column, row, pressed. */
static bool decode_mouse(struct bytes tail, struct input *input)
{
    unsigned numbers[3] = { 0 }, at = 0;

    if (tail.size < 7 || tail.data[0] != '[' || tail.data[1] != '<' || tail.data[tail.size - 1] != 'M')
        return false;
    for (size_t i = 2; i + 1 < tail.size; i++) {
        if (tail.data[i] == ';' && at < 2)
            at++;
        else if (tail.data[i] >= '0' && tail.data[i] <= '9' && numbers[at] < 1000)
            numbers[at] = 10 * numbers[at] + (unsigned)(tail.data[i] - '0');
        else
            return false;
    }
    if (at != 2 || numbers[1] == 0 || numbers[2] == 0)
        return false;
    if (numbers[0] == 64 || numbers[0] == 65) {
        input->kind = INPUT_WHEEL;
        input->key = numbers[0] == 64 ? KEY_PPAGE : KEY_NPAGE;
    } else if ((numbers[0] & 0x63) == 0) { /* whatever else is held down */
        input->kind = INPUT_CLICK;
        input->column = (int)numbers[1] - 1;
        input->row = (int)numbers[2] - 1;
    }
    return true;
}

static size_t decode_escape(struct bytes bytes, bool last, struct input *input)
{
    if (bytes.size >= 2 && bytes.data[1] == KEY_ESCAPE)
        return key_is(input, KEY_ESCAPE, 1);
    size_t size = sequence_size(bytes);
    if (size == 0) {
        if (!last)
            return 0;
        return key_is(input, KEY_ESCAPE, 1);
    }
    struct bytes tail = bytes_of(bytes.data + 1, size - 1);
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
        if (bytes_equal(tail, bytes_of_text(sequences[i].tail)))
            return key_is(input, sequences[i].key, size);
    if (bytes_equal(tail, bytes_of_text("[200~"))) {
        input->kind = INPUT_PASTE_BEGIN;
        return size;
    }
    if (bytes_equal(tail, bytes_of_text("[201~"))) {
        input->kind = INPUT_PASTE_END;
        return size;
    }
    if (decode_mouse(tail, input))
        return size;
    const char *block = size == 3 && tail.data[0] == 'O' ? strchr(block_from, tail.data[1]) : NULL;
    if (block != NULL && *block != 0) {
        input->kind = INPUT_CHARACTER;
        input->text[0] = block_to[block - block_from];
        return size;
    }
    /* Escape, and a control key right behind it: two keys. */
    if (size == 2 && (bytes.data[1] < 0x20 || bytes.data[1] == 0x7f))
        return key_is(input, KEY_ESCAPE, 1);
    return size;
}

static bool is_printable(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

/* What Alt and a digit are elsewhere; an unknown one is nothing. */
static size_t decode_function(struct bytes bytes, bool last, struct input *input)
{
    if (bytes.size < 2)
        return last ? 1 : 0;
    if (!is_printable(bytes.data[1]))
        return 1;
    if (bytes.size < 3 && !last)
        return 0;
    if (bytes.size >= 3 && is_printable(bytes.data[2])) /* a code begins */
        return 1;
    struct bytes behind = bytes_of(bytes.data + 1, 1);
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
        if (bytes_equal(behind, bytes_of_text(sequences[i].tail)))
            return key_is(input, sequences[i].key, 2);
    for (size_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++)
        if (bytes_equal(behind, bytes_of_text(lacking[i].tail)))
            return key_is(input, lacking[i].key, 2);
    return 2;
}

static size_t character_size(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    if (first >= 0xf0 && first < 0xf5)
        return 4;
    return 0;
}

static size_t decode_character(struct bytes bytes, bool last, struct input *input)
{
    size_t size = character_size(bytes.data[0]);
    if (size == 0)
        return 1;
    for (size_t i = 1; i < size; i++) {
        if (i == bytes.size)
            return last ? i : 0;
        if ((bytes.data[i] & 0xc0) != 0x80)
            return i;
    }
    if (text_check(bytes_of(bytes.data, size), 1) == TEXT_OK) {
        input->kind = INPUT_CHARACTER;
        memcpy(input->text, bytes.data, size);
    }
    return size;
}

size_t input_decode(struct bytes bytes, bool last, struct input *input)
{
    memset(input, 0, sizeof(*input));
    if (bytes.size == 0)
        return 0;
    uint8_t first = bytes.data[0];
    if (first == KEY_ESCAPE)
        return decode_escape(bytes, last, input);
    if (first == KEY_PREFIX_FUNCTION)
        return decode_function(bytes, last, input);
    if (first == '\n')
        return key_is(input, KEY_RETURN, 1);
    if (first == 0x7f || first == 8)
        return key_is(input, KEY_BACKSPACE, 1);
    if (first == 1) /* Ctrl-A and Ctrl-E, as in shells */
        return key_is(input, KEY_HOME, 1);
    if (first == 5)
        return key_is(input, KEY_END, 1);
    if (first < 0x20)
        return key_is(input, first, 1);
    return decode_character(bytes, last, input);
}

struct bytes input_put(struct input_reader *reader, struct bytes bytes, int64_t now_us)
{
    size_t room = sizeof(reader->pending) - reader->pending_size;
    size_t size = bytes.size < room ? bytes.size : room;

    reader->by_hand = reader->pending_size == 2 && reader->pending[0] == KEY_PREFIX_FUNCTION &&
                      now_us - reader->pending_us >= SCAN_GAP_US;
    if (size > 0)
        memcpy(reader->pending + reader->pending_size, bytes.data, size);
    reader->pending_size += size;
    reader->pending_us = now_us;
    return bytes_of(bytes.data + size, bytes.size - size);
}

bool input_take(struct input_reader *reader, bool last, struct input *input)
{
    size_t known = reader->by_hand ? 2 : reader->pending_size;
    size_t size = input_decode(bytes_of(reader->pending, known), last || reader->by_hand, input);

    reader->by_hand = false;
    if (size == 0)
        return false;
    memmove(reader->pending, reader->pending + size, reader->pending_size - size);
    reader->pending_size -= size;
    return true;
}

int64_t input_deadline_us(const struct input_reader *reader)
{
    if (reader->pending_size == 0)
        return 0;
    if (reader->pending[0] == KEY_PREFIX_FUNCTION)
        return reader->pending_us + (reader->pending_size == 1 ? INPUT_FUNCTION_US : SCAN_GAP_US);
    return reader->pending_us + INPUT_ESCAPE_US;
}
