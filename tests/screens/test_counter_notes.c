/* Notes to lines: typed at the counter, sent with the basket, and there again after a power cut. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void note(struct desk *d, const char *text)
{
    desk_type(d, K_F12);
    desk_type(d, K_F5);
    assert_ptr_equal(stage_top(&d->counter.stage), &note_screen);
    desk_type(d, text);
    desk_type(d, K_ENTER);
}

static void a_note_stands_at_its_line(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F12 K_F5);
    desk_golden(&d, "note");
    desk_type(&d, "in thin slices\r");
    desk_golden(&d, "sale-note");
    assert_string_equal(d.counter.basket.lines[4].note, "in thin slices");
    desk_type(&d, K_UP);
    desk_sees_not(&d, "Note:");
    desk_type(&d, K_DOWN);
    desk_sees(&d, "Note: in thin slices");
    desk_restart(&d);
    desk_sign_in(&d);
    assert_string_equal(d.counter.basket.lines[4].note, "in thin slices");
    desk_type(&d, K_F2);
    const Caroline__V1__SaleQuote *quote = (const Caroline__V1__SaleQuote *)scripted_request(
        d.link, OP(SALE_QUOTE), &caroline__v1__sale_quote__descriptor);
    assert_int_equal(quote->basket->lines[4]->note.len, strlen("in thin slices"));
    assert_memory_equal(quote->basket->lines[4]->note.data, "in thin slices", strlen("in thin slices"));
    assert_false(quote->basket->lines[0]->has_note);
    desk_close(&d);
}

static void it_is_changed_and_taken_off(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "115\r");
    note(&d, "warm");
    desk_type(&d, "115\r"); /* another without one: a line of its own */
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_type(&d, K_UP);
    note(&d, ", not hot");
    assert_string_equal(d.counter.basket.lines[0].note, "warm, not hot");
    desk_type(&d, K_F12 K_F5);
    desk_type(&d, "nothing of this");
    desk_type(&d, K_ESC);
    assert_string_equal(d.counter.basket.lines[0].note, "warm, not hot");
    desk_type(&d, K_F12 K_F5);
    for (int i = 0; i < 13; i++)
        desk_type(&d, "\177");
    desk_type(&d, K_ENTER);
    assert_string_equal(d.counter.basket.lines[0].note, "");
    desk_close(&d);
}

static void what_is_no_note_is_none(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12 K_F5);
    desk_sees(&d, "scan or type first what the note is to");
    desk_type(&d, "115\r");
    desk_type(&d, K_F3);
    desk_type(&d, K_F12 K_F5);
    desk_sees(&d, "scan or type first what the note is to");
    desk_type(&d, K_F3);
    note(&d, "4111 1111 1111 1111");
    assert_string_equal(d.counter.basket.lines[0].note, "");
    /* goods that are scanned while one is typed are for the basket */
    desk_type(&d, K_F12 K_F5);
    desk_scan(&d, "73513537");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_string_equal(d.counter.basket.lines[0].note, "");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_stands_at_its_line),
        cmocka_unit_test(it_is_changed_and_taken_off),
        cmocka_unit_test(what_is_no_note_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
