/* A drawer a person at the counter: who takes over is asked for a float when they sell, and whose drawer it is stands wherever
 * one is counted or reported. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/number.h"
#include "desk.h"

#define OP(name)                   CAROLINE__V1__OP__OP_##name
#define CODE(name)                 CAROLINE__V1__ERROR_CODE__##name
#define NOW_US                     (INT64_C(1795370400) * SECOND_US) /* of the scripted link: 2026-11-22 18:00 UTC */
#define YESTERDAY                  (NOW_US - DAY_S * SECOND_US)
#define ANA                        (600 + 'A')
#define BEN                        (600 + 'B')
#define SET(message, field, value) ((message).has_##field = true, (message).field = (value))

static void answer_open(struct desk *d, const char *name)
{
    Caroline__V1__SessionOpened opened = CAROLINE__V1__SESSION_OPENED__INIT;

    scripted_session(d->link, name, false);
    scripted_answer(d->link, OP(SESSION_OPEN), &opened.base);
}

/* Of a shop where each has their own: shift 0, theirs is not open; others that are, the oldest since then. */
static void fill_shift(Caroline__V1__ShiftShown *shift, uint64_t holder_id, uint64_t shift_id, uint32_t others,
                       int64_t since_us)
{
    caroline__v1__shift_shown__init(shift);
    SET(*shift, personal, true);
    SET(*shift, open, shift_id != 0);
    if (others > 0) {
        SET(*shift, others, others);
        SET(*shift, others_since_us, (uint64_t)since_us);
    }
    if (!shift->open)
        return;
    SET(*shift, number, (uint32_t)shift_id);
    SET(*shift, shift_id, shift_id);
    SET(*shift, holder_id, holder_id);
    SET(*shift, opened_us, (uint64_t)(NOW_US - SECOND_US));
}

static void answer_shift(struct desk *d, uint64_t holder_id, uint64_t shift_id, uint32_t others, int64_t since_us)
{
    Caroline__V1__ShiftShown shift;

    fill_shift(&shift, holder_id, shift_id, others, since_us);
    scripted_answer(d->link, OP(SHIFT_SHOW), &shift.base);
}

/* Ana is here with her own drawer, number 7; Ben's, number 8, is open as well, or not yet. */
static void ana_sells(struct desk *d, uint32_t others)
{
    desk_open(d);
    desk_type(d, "Ana\r8261\r");
    answer_open(d, "Ana");
    answer_shift(d, ANA, 7, others, NOW_US - SECOND_US);
}

static void ben_takes_over(struct desk *d)
{
    desk_type(d, K_F12 K_F4);
    desk_type(d, "Ben\r4711\r");
    answer_open(d, "Ben");
}

static void answer_drawers(struct desk *d, int64_t bens_us)
{
    static uint8_t ana[] = "Ana", ben[] = "Ben";
    Caroline__V1__ShiftDrawersShown shown = CAROLINE__V1__SHIFT_DRAWERS_SHOWN__INIT;
    Caroline__V1__ShiftDrawer drawers[2], *pointers[] = { &drawers[0], &drawers[1] };

    for (int i = 0; i < 2; i++)
        caroline__v1__shift_drawer__init(&drawers[i]);
    SET(drawers[0], shift_id, 7);
    SET(drawers[0], number, 7);
    SET(drawers[0], holder_id, (ANA));
    SET(drawers[0], holder_name, ((ProtobufCBinaryData){ 3, ana }));
    SET(drawers[0], opened_us, (NOW_US - 5 * 60 * MINUTE_US));
    SET(drawers[1], shift_id, 8);
    SET(drawers[1], number, 8);
    SET(drawers[1], holder_id, (BEN));
    SET(drawers[1], holder_name, ((ProtobufCBinaryData){ 3, ben }));
    SET(drawers[1], opened_us, ((uint64_t)bens_us));
    shown.n_drawers = 2;
    shown.drawers = pointers;
    scripted_answer(d->link, OP(SHIFT_DRAWERS), &shown.base);
}

/* Of a shift with nothing in it but its float, as the server says it: named in an X, by id in a Z that was just written. */
static void answer_report(struct desk *d, unsigned op, bool closed, uint64_t holder_id, const char *name)
{
    Caroline__V1__ShiftReported reported = CAROLINE__V1__SHIFT_REPORTED__INIT;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    struct shift_books books = { .till = 3,
                                 .number = 8,
                                 .opened = { NOW_US - 5 * 60 * MINUTE_US },
                                 .float_minor = 5000,
                                 .holder_id = (int64_t)holder_id,
                                 .holder_name = name };
    struct shift_z z;

    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    if (closed)
        assert_int_equal(shift_z_close(&z, 5000, (struct instant){ NOW_US }, 61), SHIFT_OK);
    struct receipt document =
        shift_receipt(&z, false, counter_shop(&d->counter), zone_utc(), (struct instant){ NOW_US }, d->arena);
    receipt.rows = arena_array(d->arena, document.count, sizeof(Caroline__V1__ReceiptRow *));
    for (; receipt.n_rows < document.count; receipt.n_rows++) {
        Caroline__V1__ReceiptRow *row = receipt.rows[receipt.n_rows] = arena_alloc(d->arena, sizeof *row);
        const struct receipt_row *made = &document.rows[receipt.n_rows];

        caroline__v1__receipt_row__init(row);
        row->has_kind = row->has_left = row->has_right = true;
        row->kind = (Caroline__V1__ReceiptRowKind)made->kind;
        row->left = counter_text(made->left == NULL ? "" : made->left);
        row->right = counter_text(made->right == NULL ? "" : made->right);
        if (made->left == shift_holder_label) {
            SET(reported, holder_row, (uint32_t)receipt.n_rows);
        }
    }
    reported.receipt = &receipt;
    SET(reported, closed, closed);
    SET(reported, number, 8);
    SET(reported, counted_minor, 5000);
    SET(reported, holder_id, holder_id);
    if (name != NULL)
        SET(reported, holder_name, counter_text(name));
    scripted_answer(d->link, op, &reported.base);
}

static void B42_who_takes_over_is_asked_for_a_float_when_they_sell(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftShown opened;

    ana_sells(&d, 0);
    ben_takes_over(&d);
    assert_false(d.counter.shift.known); /* Ana's is not his, and nobody has said yet which is */
    answer_shift(&d, BEN, 0, 1, NOW_US - SECOND_US);
    desk_sees(&d, "Ben sells now");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen); /* he may have come to look at something */
    desk_type(&d, "115\r2x115\r");
    desk_type(&d, K_F2);
    desk_sees(&d, "Ben, how much money is in your drawer?");
    desk_golden(&d, "drawer-own-float");
    desk_type(&d, "50\r");
    assert_int_equal(((const Caroline__V1__ShiftOpen *)scripted_request(d.link, OP(SHIFT_OPEN),
                                                                        &caroline__v1__shift_open__descriptor))
                         ->float_minor,
                     5000);
    fill_shift(&opened, BEN, 8, 1, NOW_US - SECOND_US);
    SET(opened, float_minor, 5000);
    scripted_answer(d.link, OP(SHIFT_OPEN), &opened.base);
    assert_true(scripted_asked(d.link, OP(SALE_QUOTE))); /* and it goes on */
    desk_quote(&d);
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);
    assert_int_equal(d.counter.basket.lines[0].quantity_milli, 3000);
    desk_type(&d, "50\r");
    assert_int_equal(desk_rung_up(&d)->shift_id, 8);
    desk_close(&d);
}

static void B42_who_did_not_want_to_open_may_go_on_looking(void **state)
{
    (void)state;
    struct desk d;

    ana_sells(&d, 0);
    ben_takes_over(&d);
    answer_shift(&d, BEN, 0, 1, NOW_US - SECOND_US);
    desk_type(&d, "115\r" K_F2);
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_type(&d, K_F2);
    desk_type(&d, "0\r");
    scripted_refuse(d.link, OP(SHIFT_OPEN), CODE(DRAWER_OTHERS_OPEN), "1 drawer of single persons is open at this till",
                    NULL, NULL);
    desk_sees(&d, "1 drawer of single persons is open");
    assert_ptr_equal(stage_top(&d.counter.stage), &shift_screen);
    desk_type(&d, K_ESC);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    d.counter.shift.known = false; /* as after a switch that nobody answered */
    desk_type(&d, K_F2);
    desk_sees(&d, "no connection, and your own drawer is not open: the basket is kept");
    desk_close(&d);
}

static void B42_an_answer_about_the_one_before_is_not_taken_for_ones_own(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftShown anas;

    ana_sells(&d, 0);
    ben_takes_over(&d);
    answer_shift(&d, ANA, 7, 0, 0); /* asked for her */
    assert_false(d.counter.shift.known);
    fill_shift(&anas, ANA, 7, 0, 0);
    shift_take(&d.counter, &anas);
    assert_false(d.counter.shift.open);
    desk_close(&d);
}

static void B42_of_several_open_drawers_one_is_chosen_and_named(void **state)
{
    (void)state;
    struct desk d;

    ana_sells(&d, 1);
    desk_type(&d, K_F12);
    desk_golden(&d, "more-own-drawer");
    desk_type(&d, "7");
    assert_true(scripted_asked(d.link, OP(SHIFT_DRAWERS)));
    desk_sees(&d, "Asking the server");
    answer_drawers(&d, YESTERDAY);
    desk_golden(&d, "drawers");
    desk_type(&d, K_DOWN K_ENTER);
    const Caroline__V1__ShiftReport *report = (const Caroline__V1__ShiftReport *)scripted_request(
        d.link, OP(SHIFT_REPORT), &caroline__v1__shift_report__descriptor);
    assert_int_equal(report->shift_id, 8);
    answer_report(&d, OP(SHIFT_REPORT), false, BEN, "Ben");
    desk_golden(&d, "report-x-own");
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F12 "8");
    answer_drawers(&d, YESTERDAY);
    desk_sees(&d, "Whose drawer is to be counted and closed?");
    desk_type(&d, K_DOWN K_ENTER);
    desk_type(&d, "1");
    desk_golden(&d, "count-own");
    desk_type(&d, K_F2);
    desk_sees(&d, "Close the shift of Ben with");
    desk_type(&d, K_ENTER);
    const Caroline__V1__ShiftClose *close = (const Caroline__V1__ShiftClose *)scripted_request(
        d.link, OP(SHIFT_CLOSE), &caroline__v1__shift_close__descriptor);
    assert_int_equal(close->shift_id, 8);
    answer_report(&d, OP(SHIFT_CLOSE), true, BEN, NULL); /* which names nobody: it is kept */
    desk_golden(&d, "report-z-own");
    desk_sees_not(&d, "staff 6");
    assert_non_null(memmem(d.counter.report.document.data, d.counter.report.document.size, "Ben", 3));
    assert_true(d.counter.shift.open); /* hers goes on */
    assert_int_equal(d.counter.shift.others, 0);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F12 "8"); /* hers is the only one: at once */
    desk_sees(&d, "Drawer of Ana");
    desk_type(&d, "0" K_F2);
    desk_type(&d, K_ENTER);
    answer_report(&d, OP(SHIFT_CLOSE), true, ANA, NULL);
    desk_sees(&d, "the drawer of Ana");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen); /* she goes home: no float is asked for */
    desk_close(&d);
}

static void B42_who_comes_to_close_may_open_their_own(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_type(&d, "Cleo\r8261\r");
    answer_open(&d, "Cleo");
    answer_shift(&d, 600 + 'C', 0, 2, NOW_US - SECOND_US);
    desk_type(&d, K_F12 "8");
    answer_drawers(&d, NOW_US - SECOND_US);
    desk_sees(&d, "Open mine");
    desk_type(&d, K_F2);
    desk_sees(&d, "Cleo, how much money is in your drawer?");
    desk_type(&d, K_ESC K_F12 "8");
    scripted_refuse(d.link, OP(SHIFT_DRAWERS), CODE(PERMISSION_DENIED), "you may not do this", NULL, NULL);
    desk_type(&d, K_ENTER); /* there is none to choose */
    assert_ptr_equal(stage_top(&d.counter.stage), &drawers_screen);
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void B42_who_may_not_close_sees_their_own_alone(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    scripted_forbids(d.link, "shift_close");
    desk_type(&d, "Ana\r8261\r");
    answer_open(&d, "Ana");
    answer_shift(&d, ANA, 7, 1, NOW_US - SECOND_US);
    desk_type(&d, K_F12 "7");
    assert_false(scripted_asked(d.link, OP(SHIFT_DRAWERS)));
    const Caroline__V1__ShiftReport *report = (const Caroline__V1__ShiftReport *)scripted_request(
        d.link, OP(SHIFT_REPORT), &caroline__v1__shift_report__descriptor);
    assert_false(report->has_shift_id);
    desk_close(&d);
}

static void B42_forgotten_drawers_are_named_in_the_morning(void **state)
{
    (void)state;
    struct desk d;

    ana_sells(&d, 0);
    ben_takes_over(&d);
    answer_shift(&d, BEN, 0, 1, YESTERDAY);
    assert_true(scripted_asked(d.link, OP(SHIFT_DRAWERS)));
    answer_drawers(&d, YESTERDAY);
    desk_sees(&d, "still open are the drawers of Ben (2026-11-21)");
    desk_golden(&d, "sale-forgotten-others");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(B42_who_takes_over_is_asked_for_a_float_when_they_sell),
        cmocka_unit_test(B42_who_did_not_want_to_open_may_go_on_looking),
        cmocka_unit_test(B42_an_answer_about_the_one_before_is_not_taken_for_ones_own),
        cmocka_unit_test(B42_of_several_open_drawers_one_is_chosen_and_named),
        cmocka_unit_test(B42_who_comes_to_close_may_open_their_own),
        cmocka_unit_test(B42_who_may_not_close_sees_their_own_alone),
        cmocka_unit_test(B42_forgotten_drawers_are_named_in_the_morning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
