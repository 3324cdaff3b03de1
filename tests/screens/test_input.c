/* Bytes of terminals, and the keys they are. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "seed.h"
#include "client/ui/scan.h"

static void every_terminals_keys_are_known(void **state)
{
    (void)state;
    static const struct {
        const char *name, *bytes;
        int key;
    } cases[] = {
        { "Enter as CR", "\r", KEY_RETURN },
        { "Enter as LF", "\n", KEY_RETURN },
        { "Enter of the number block", "\033OM", KEY_RETURN },
        { "Tab", "\t", KEY_TABULATOR },
        { "Shift-Tab", "\033[Z", KEY_BTAB },
        { "Backspace as DEL", "\177", KEY_BACKSPACE },
        { "Backspace as BS", "\b", KEY_BACKSPACE },
        { "F1 of xterm", "\033OP", KEY_F(1) },
        { "F1 of the Linux console", "\033[[A", KEY_F(1) },
        { "F1 of rxvt", "\033[11~", KEY_F(1) },
        { "F5 of the Linux console", "\033[[E", KEY_F(5) },
        { "F5", "\033[15~", KEY_F(5) },
        { "F6 comes after a gap", "\033[17~", KEY_F(6) },
        { "F10", "\033[21~", KEY_F(10) },
        { "F11", "\033[23~", KEY_F(11) },
        { "F12", "\033[24~", KEY_F(12) },
        { "F2 as Alt-2", "\0332", KEY_F(2) },
        { "F10 as Alt-0", "\0330", KEY_F(10) },
        { "up", "\033[A", KEY_UP },
        { "up in application mode", "\033OA", KEY_UP },
        { "page down", "\033[6~", KEY_NPAGE },
        { "delete", "\033[3~", KEY_DC },
        { "insert", "\033[2~", KEY_IC },
        { "home of xterm", "\033[H", KEY_HOME },
        { "home of the Linux console", "\033[1~", KEY_HOME },
        { "Ctrl-C", "\003", KEY_INTERRUPT },
        { "a scanner's prefix", "\007", KEY_PREFIX_BEL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct input input;
        size_t size = input_decode(bytes_of_text(cases[i].bytes), false, &input);
        if (size != strlen(cases[i].bytes) || input.kind != INPUT_KEY || input.key != cases[i].key)
            fail_msg("%s: %zu bytes, kind %d, key %d", cases[i].name, size, (int)input.kind, input.key);
        /* Cut anywhere, it waits for the rest. */
        for (size_t cut = 1; cut < size; cut++)
            assert_int_equal(input_decode(bytes_of(cases[i].bytes, cut), false, &input), 0);
    }
}

static void characters_come_whole(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *text; /* NULL: nothing */
    } cases[] = {
        { "a", 1, "a" },
        { "é", 2, "é" },
        { "€", 3, "€" },
        { "🍪", 4, "🍪" },
        { "\033Oq", 3, "1" }, /* the number block in application mode */
        { "\033Oj", 3, "*" },
        { "\303x", 1, NULL },
        { "\200", 1, NULL },
        { "\302\205", 2, NULL }, /* C1 */
        { "\355\240\200", 3, NULL },
        { "\342\200\256", 3, NULL }, /* text that turns round */
        { "\377", 1, NULL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct input input;
        assert_int_equal(input_decode(bytes_of_text(cases[i].bytes), false, &input), cases[i].size);
        if (cases[i].text == NULL) {
            assert_int_equal(input.kind, INPUT_NOTHING);
        } else {
            assert_int_equal(input.kind, INPUT_CHARACTER);
            assert_string_equal(input.text, cases[i].text);
        }
    }
}

static void escape_is_a_key_once_nothing_follows(void **state)
{
    (void)state;
    struct input input;

    assert_int_equal(input_decode(bytes_of_text("\033"), false, &input), 0);
    assert_int_equal(input_decode(bytes_of_text("\033"), true, &input), 1);
    assert_int_equal(input.key, KEY_ESCAPE);
    assert_int_equal(input_decode(bytes_of_text("\033\033[A"), false, &input), 1);
    assert_int_equal(input.key, KEY_ESCAPE);
    assert_int_equal(input_decode(bytes_of_text("\033\r"), false, &input), 1);
    assert_int_equal(input.key, KEY_ESCAPE);
}

static void a_paste_is_marked(void **state)
{
    (void)state;
    struct input input;

    assert_int_equal(input_decode(bytes_of_text("\033[200~x"), false, &input), 6);
    assert_int_equal(input.kind, INPUT_PASTE_BEGIN);
    assert_int_equal(input_decode(bytes_of_text("\033[201~"), false, &input), 6);
    assert_int_equal(input.kind, INPUT_PASTE_END);
}

static void what_is_unknown_is_skipped_whole(void **state)
{
    (void)state;
    struct input input;
    const char *unknown = "\033[99;1~";

    assert_int_equal(input_decode(bytes_of_text(unknown), false, &input), strlen(unknown));
    assert_int_equal(input.kind, INPUT_NOTHING);
}

static void the_mouse_says_where(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        enum input_kind kind;
        int row, column, key;
    } cases[] = {
        { "\033[<0;12;7M", INPUT_CLICK, 6, 11, 0 },        { "\033[<16;1;1M", INPUT_CLICK, 0, 0, 0 }, /* Ctrl held */
        { "\033[<0;12;7m", INPUT_NOTHING, 0, 0, 0 },       { "\033[<2;12;7M", INPUT_NOTHING, 0, 0, 0 },
        { "\033[<32;12;7M", INPUT_NOTHING, 0, 0, 0 },      { "\033[<64;3;4M", INPUT_WHEEL, 0, 0, KEY_PPAGE },
        { "\033[<65;3;4M", INPUT_WHEEL, 0, 0, KEY_NPAGE }, { "\033[<0;0;7M", INPUT_NOTHING, 0, 0, 0 },
        { "\033[<0;99999;7M", INPUT_NOTHING, 0, 0, 0 },    { "\033[<0;1M", INPUT_NOTHING, 0, 0, 0 },
        { "\033[<0;1;2;3M", INPUT_NOTHING, 0, 0, 0 },      { "\033[<;;M", INPUT_NOTHING, 0, 0, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct input input;
        assert_int_equal(input_decode(bytes_of_text(cases[i].bytes), false, &input), strlen(cases[i].bytes));
        if (input.kind != cases[i].kind || input.row != cases[i].row || input.column != cases[i].column ||
            input.key != cases[i].key)
            fail_msg("%s: kind %d at %d, %d, key %d", cases[i].bytes + 1, (int)input.kind, input.row, input.column,
                     input.key);
    }
}

/* A VT100 has F1 to F4, and neither Alt nor Ins: Ctrl-F, and what follows when a person types it. */
static void keys_that_a_terminal_lacks_are_behind_ctrl_f(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int key;
    } cases[] = {
        { "\0065", KEY_F(5) },  { "\0060", KEY_F(10) }, { "\006-", KEY_F(11) }, { "\006=", KEY_F(12) },
        { "\006i", KEY_IC },    { "\006d", KEY_DC },    { "\006h", KEY_HOME },  { "\006e", KEY_END },
        { "\006b", KEY_PPAGE }, { "\006n", KEY_NPAGE },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct input_reader reader = { 0 };
        struct input input;
        input_put(&reader, bytes_of(cases[i].bytes, 1), 1);
        assert_false(input_take(&reader, false, &input));
        assert_int_equal(input_deadline_us(&reader), 1 + INPUT_FUNCTION_US);
        input_put(&reader, bytes_of(cases[i].bytes + 1, 1), 1000000);
        assert_false(input_take(&reader, false, &input));
        assert_int_equal(input_deadline_us(&reader), 1000000 + SCAN_GAP_US);
        if (i % 2 == 0) /* whoever types on has meant the key as well */
            input_put(&reader, bytes_of_text("4"), 1000000 + SCAN_GAP_US);
        assert_true(input_take(&reader, i % 2 == 1, &input));
        assert_int_equal(input.kind, INPUT_KEY);
        assert_int_equal(input.key, cases[i].key);
        assert_int_equal(input_take(&reader, false, &input), i % 2 == 0);
        assert_int_equal(input_deadline_us(&reader), 0);
    }
    struct input input;
    assert_int_equal(input_decode(bytes_of_text("\006"), true, &input), 1); /* nothing followed */
    assert_int_equal(input.kind, INPUT_NOTHING);
    assert_int_equal(input_decode(bytes_of_text("\006x"), true, &input), 2);
    assert_int_equal(input.kind, INPUT_NOTHING);
    assert_int_equal(input_decode(bytes_of_text("\006\033"), false, &input), 1); /* another key begins */
}

/* Ctrl-F was hit, and a code is scanned: it keeps its first digit. */
static void a_code_behind_ctrl_f_is_whole(void **state)
{
    static const char code[] = "4006381333931";

    (void)state;
    for (int at_once = 0; at_once < 2; at_once++) {
        struct input_reader reader = { 0 };
        struct input input;
        char text[sizeof code] = "";

        input_put(&reader, bytes_of_text("\006"), 1);
        for (size_t i = 0; i < sizeof code - 1; i += at_once ? sizeof code - 1 : 1) {
            size_t size = at_once ? sizeof code - 1 : 1;
            input_put(&reader, bytes_of(code + i, size), 2000000 + (int64_t)i * (SCAN_GAP_US - 1));
            while (input_take(&reader, false, &input)) {
                assert_true(input.kind == INPUT_CHARACTER || (input.kind == INPUT_NOTHING && text[0] == 0));
                strcat(text, input.text);
            }
        }
        assert_string_equal(text, code);
    }
}

/* Any bytes at all are used up, and never more than there are. */
static void noise_is_used_up(void **state)
{
    (void)state;
    unsigned seed = (unsigned)test_seed();

    for (int round = 0; round < 20000; round++) {
        uint8_t noise[48];
        size_t size = (size_t)(rand_r(&seed) % 48) + 1;
        for (size_t i = 0; i < size; i++)
            noise[i] = rand_r(&seed) % 3 == 0 ? (uint8_t) "\033[O0~;A\303"[rand_r(&seed) % 8] : (uint8_t)rand_r(&seed);
        size_t at = 0;
        while (at < size) {
            struct input input;
            size_t used = input_decode(bytes_of(noise + at, size - at), false, &input);
            if (used == 0) {
                assert_true(size - at < INPUT_SEQUENCE_MAX);
                used = input_decode(bytes_of(noise + at, size - at), true, &input);
                assert_true(used > 0);
            }
            assert_true(used <= size - at);
            at += used;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_terminals_keys_are_known),
        cmocka_unit_test(characters_come_whole),
        cmocka_unit_test(escape_is_a_key_once_nothing_follows),
        cmocka_unit_test(a_paste_is_marked),
        cmocka_unit_test(what_is_unknown_is_skipped_whole),
        cmocka_unit_test(keys_that_a_terminal_lacks_are_behind_ctrl_f),
        cmocka_unit_test(a_code_behind_ctrl_f_is_whole),
        cmocka_unit_test(noise_is_used_up),
        cmocka_unit_test(the_mouse_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
