/* What a network printer says, byte by byte, and what that means. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/printer_talk.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static enum printer_said say(struct printer_talk *talk, const uint8_t *bytes, size_t size, const char **why)
{
    enum printer_said said = PRINTER_SAID_NOTHING;

    *why = NULL;
    for (size_t i = 0; i < size; i++)
        said = printer_hear(talk, bytes[i], why);
    return said;
}

static void three_answers_say_how_it_is(void **state)
{
    (void)state;
    const struct {
        const char *what;
        uint8_t bytes[3];
        const char *why; /* NULL: well */
    } rows[] = {
        { "well", { 0x12, 0x12, 0x12 }, NULL },
        { "the drawer's pin is high", { 0x16, 0x12, 0x12 }, NULL },
        { "the roll is near its end", { 0x12, 0x12, 0x1E }, NULL },
        { "no paper", { 0x1A, 0x32, 0x72 }, "no paper" },
        { "no paper, says the reason alone", { 0x1A, 0x32, 0x12 }, "no paper" },
        { "its cover", { 0x1A, 0x16, 0x12 }, "its cover is open" },
        { "an error", { 0x1A, 0x52, 0x12 }, "it reports an error: look at it" },
        { "offline, and nobody knows why", { 0x1A, 0x12, 0x12 }, "it is offline" },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct printer_talk talk = { 0 };
        const char *why;

        printer_question(&talk);
        enum printer_said said = say(&talk, rows[i].bytes, 3, &why);
        assert_int_equal(said, rows[i].why ? PRINTER_SAID_ILL : PRINTER_SAID_WELL);
        if (rows[i].why)
            assert_string_equal(why, rows[i].why);
    }
}

static void the_first_question_silences_it_and_each_awaits_three_answers(void **state)
{
    (void)state;
    struct printer_talk talk = { 0 };
    const char *why;
    struct bytes first = printer_question(&talk), second;

    assert_int_equal(first.size, 12);
    assert_memory_equal(first.data, "\x1d\x61\0", 3);
    assert_int_equal(say(&talk, (const uint8_t *)"\x12\x12", 2, &why), PRINTER_SAID_NOTHING);
    second = printer_question(&talk);
    assert_int_equal(second.size, 9);
    assert_int_equal(say(&talk, (const uint8_t *)"\x12\x12", 2, &why), PRINTER_SAID_NOTHING);
    assert_int_equal(say(&talk, (const uint8_t *)"\x12", 1, &why), PRINTER_SAID_WELL);
    assert_int_equal(say(&talk, (const uint8_t *)"\x12", 1, &why), PRINTER_SAID_NOTHING); /* nobody asked */
}

static void its_word_counts_once_something_has_left(void **state)
{
    (void)state;
    struct printer_talk talk = { 0 };
    const char *why;

    assert_int_equal(say(&talk, (const uint8_t *)"\0", 1, &why), PRINTER_SAID_NOTHING); /* of a job before ours */
    printer_prints(&talk, 0);
    assert_int_equal(say(&talk, (const uint8_t *)"\x10\0\0\0", 4, &why), PRINTER_SAID_NOTHING); /* unasked status */
    assert_int_equal(say(&talk, (const uint8_t *)"\0", 1, &why), PRINTER_SAID_PRINTED);
}

static void endless_bytes_are_too_much(void **state)
{
    (void)state;
    struct printer_talk talk = { 0 };
    enum printer_said said = PRINTER_SAID_NOTHING;
    const char *why;
    size_t heard = 0;

    for (; heard < 10000 && said != PRINTER_SAID_TOO_MUCH; heard++)
        said = printer_hear(&talk, 0xFF, &why);
    assert_int_equal(said, PRINTER_SAID_TOO_MUCH);
    assert_int_equal(heard, 4097);
}

static void silence_is_deaf_and_no_word_is_done(void **state)
{
    (void)state;
    struct printer_talk talk = { 0 };

    printer_prints(&talk, 1000);
    assert_int_equal(printer_look(&talk, 20999), PRINTER_LOOK_ASK);
    assert_int_equal(printer_look(&talk, 21000), PRINTER_LOOK_DEAF);
    printer_heard(&talk, 21000);
    assert_int_equal(printer_look(&talk, 21000), PRINTER_LOOK_ASK);
    printer_written(&talk, 22000);
    assert_int_equal(printer_look(&talk, 31999), PRINTER_LOOK_ASK);
    assert_int_equal(printer_look(&talk, 32000), PRINTER_LOOK_ASK); /* unplugged, and the kernel has the paper */
    assert_int_equal(printer_look(&talk, 41000), PRINTER_LOOK_DEAF);
    printer_heard(&talk, 22500);
    assert_int_equal(printer_look(&talk, 31999), PRINTER_LOOK_ASK);
    assert_int_equal(printer_look(&talk, 32000), PRINTER_LOOK_DONE);
    assert_int_equal(printer_look(&talk, 42500), PRINTER_LOOK_DEAF); /* it was well once; who knows now? */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_answers_say_how_it_is),
        cmocka_unit_test(the_first_question_silences_it_and_each_awaits_three_answers),
        cmocka_unit_test(its_word_counts_once_something_has_left),
        cmocka_unit_test(endless_bytes_are_too_much),
        cmocka_unit_test(silence_is_deaf_and_no_word_is_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
