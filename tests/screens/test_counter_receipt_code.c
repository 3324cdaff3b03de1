/* The receipt as a code on the screen: as much of it as has room, and said where nothing has. What readers make of it is
 * test_receipt_code.py's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

static void open_receipt(struct desk *d)
{
    desk_open_paying(d);
    desk_type(d, "30\r");
    desk_ring_up(d, 3000);
    assert_ptr_equal(stage_top(&d->counter.stage), &receipt_screen);
}

static void A13_it_is_shown_as_a_code(void **state)
{
    struct desk d;

    (void)state;
    open_receipt(&d);
    desk_sees(&d, "F3 As a code");
    desk_type(&d, K_F3);
    desk_golden(&d, "receipt-code");
    desk_sees(&d, "Receipt 3T-000042");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_type(&d, K_F3);
    desk_scan(&d, "73513537"); /* the next customer */
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_close(&d);
}

static bool is_said(struct desk *d, int rows, int columns, const char *words)
{
    char *text = golden_text(&d->counter.stage, rows, columns);
    bool said = strstr(text, words) != NULL;

    free(text);
    return said;
}

/* The larger the window, the more of it. */
static void what_has_room_is_said(void **state)
{
    struct desk d;

    (void)state;
    open_receipt(&d);
    desk_type(&d, K_F3);
    assert_true(is_said(&d, 24, 80, "number, total and taxes"));
    assert_true(is_said(&d, 60, 200, "all of the receipt"));
    struct receipt *document = &d.counter.receipt.document;
    struct receipt_row *rows = arena_array(d.arena, document->count, sizeof *rows);
    char *name = arena_alloc(d.arena, 101);

    memset(name, 'C', 100);
    name[100] = 0;
    memcpy(rows, document->rows, document->count * sizeof *rows);
    rows[0].left = name; /* of a shop that is called so */
    document->rows = rows;
    assert_true(is_said(&d, 24, 80, "does not fit this window"));
    desk_close(&d);
}

/* What is practised is no receipt, and a terminal without half blocks has no code. */
static void where_there_is_none_there_is_no_key(void **state)
{
    struct desk d;

    (void)state;
    open_receipt(&d);
    d.counter.training = true;
    desk_type(&d, K_F3);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    d.counter.training = false;
    golden_terminal(true);
    desk_type(&d, K_F3);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    golden_terminal(false);
    desk_type(&d, K_F3);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_code_screen);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A13_it_is_shown_as_a_code),
        cmocka_unit_test(what_has_room_is_said),
        cmocka_unit_test(where_there_is_none_there_is_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
