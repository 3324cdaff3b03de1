/* A line being typed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "client/ui/field.h"

static enum field_verdict type(struct field *field, const char *text)
{
    struct bytes rest = bytes_of_text(text);
    enum field_verdict verdict = FIELD_SAME;

    while (rest.size > 0) {
        struct input input;
        size_t size = input_decode(rest, true, &input);
        verdict = field_input(field, &input);
        rest = bytes_of(rest.data + size, rest.size - size);
    }
    return verdict;
}

static void the_cursor_moves_by_characters(void **state)
{
    (void)state;
    struct field field;

    field_init(&field, FIELD_TEXT, 0);
    type(&field, "Éclxr\033[D\177a\033[Ci\033[H\033[3~");
    assert_string_equal(field.text, "clari");
    type(&field, "É");
    assert_string_equal(field.text, "Éclari");
    assert_int_equal(type(&field, "\025"), FIELD_CHANGED);
    assert_true(field_is_empty(&field));
    assert_int_equal(type(&field, "\177"), FIELD_SAME);
    assert_int_equal(type(&field, "\r"), FIELD_NOT_MINE);
}

static void limits_hold(void **state)
{
    (void)state;
    struct field field;

    field_init(&field, FIELD_TEXT, 3);
    assert_int_equal(type(&field, "ééé"), FIELD_CHANGED);
    assert_int_equal(type(&field, "é"), FIELD_FULL);
    field_init(&field, FIELD_TEXT, 0);
    for (int i = 0; i < 1000; i++)
        type(&field, "🍪");
    assert_true(field.size < FIELD_SIZE);
    field_init(&field, FIELD_NUMBER, 10);
    assert_int_equal(type(&field, "12.5"), FIELD_CHANGED);
    assert_int_equal(type(&field, "."), FIELD_WRONG);
    assert_int_equal(type(&field, "x"), FIELD_WRONG);
    assert_int_equal(type(&field, "-"), FIELD_WRONG);
    field_init(&field, FIELD_SECRET, 12);
    assert_int_equal(type(&field, "12a"), FIELD_WRONG);
    assert_string_equal(field.text, "12");
    field_init(&field, FIELD_NUMBER, 2);
    assert_int_equal(type(&field, "123"), FIELD_FULL);
}

static void a_cards_number_is_wiped_while_it_is_typed(void **state)
{
    (void)state;
    struct field field;

    field_init(&field, FIELD_TEXT, 0);
    assert_int_equal(type(&field, "paid with 4111 1111 1111 111"), FIELD_CHANGED);
    assert_int_equal(type(&field, "1"), FIELD_CARD);
    for (size_t i = 0; i < FIELD_SIZE; i++)
        assert_int_equal(field.text[i], 0);
}

static void a_cards_number_is_wiped_when_a_key_too_many_is_taken_away(void **state)
{
    struct field field;
    struct input home = { .kind = INPUT_KEY, .key = KEY_HOME }, delete = { .kind = INPUT_KEY, .key = KEY_DC };

    (void)state;
    field_init(&field, FIELD_TEXT, 0);
    assert_int_equal(type(&field, "54111 1111 1111 1111"), FIELD_CHANGED);
    assert_int_equal(field_input(&field, &home), FIELD_SAME);
    assert_int_equal(field_input(&field, &delete), FIELD_CARD);
    for (size_t i = 0; i < FIELD_SIZE; i++)
        assert_int_equal(field.text[i], 0);
}

static void what_was_of_no_use_goes_with_the_next_character(void **state)
{
    (void)state;
    struct field field;
    struct input backspace = { .kind = INPUT_KEY, .key = KEY_BACKSPACE };

    field_init(&field, FIELD_TEXT, 0);
    assert_int_equal(type(&field, "1.5x4"), FIELD_CHANGED);
    field_replaceable(&field);
    assert_string_equal(field.text, "1.5x4"); /* it is still to be seen */
    assert_int_equal(type(&field, "2"), FIELD_CHANGED);
    assert_string_equal(field.text, "2");
    field_replaceable(&field);
    assert_int_equal(field_input(&field, &backspace), FIELD_CHANGED); /* who mends it has read it */
    assert_int_equal(type(&field, "34"), FIELD_CHANGED);
    assert_string_equal(field.text, "34");
    assert_int_equal(type(&field, " 4111 1111 1111 1111"), FIELD_CARD);
    assert_true(field.was_card);
    assert_int_equal(type(&field, "5"), FIELD_CHANGED);
    assert_false(field.was_card);
    field_init(&field, FIELD_NUMBER, 0);
    assert_int_equal(type(&field, "15"), FIELD_CHANGED);
    field_replaceable(&field);
    assert_int_equal(type(&field, "x"), FIELD_WRONG);
    assert_string_equal(field.text, "15"); /* not with one that is not taken */
    assert_int_equal(type(&field, "2"), FIELD_CHANGED);
    assert_string_equal(field.text, "2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cursor_moves_by_characters),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(a_cards_number_is_wiped_while_it_is_typed),
        cmocka_unit_test(a_cards_number_is_wiped_when_a_key_too_many_is_taken_away),
        cmocka_unit_test(what_was_of_no_use_goes_with_the_next_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
