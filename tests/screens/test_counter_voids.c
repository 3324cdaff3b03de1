/* Baskets that are thrown away, lines that are taken back, and the report of both. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name
#define NOW_US   (INT64_C(1795370400) * SECOND_US) /* of the scripted link: 2026-11-22 18:00 UTC */
#define ROWS     5

static const Caroline__V1__BasketVoid *voiding(struct desk *d)
{
    return (const Caroline__V1__BasketVoid *)scripted_request(d->link, OP(BASKET_VOID),
                                                              &caroline__v1__basket_void__descriptor);
}

static bool says(ProtobufCBinaryData text, const char *words)
{
    return text.len == strlen(words) && memcmp(text.data, words, text.len) == 0;
}

static void answer_void(struct desk *d)
{
    Caroline__V1__BasketVoided voided = CAROLINE__V1__BASKET_VOIDED__INIT;

    scripted_answer(d->link, OP(BASKET_VOID), &voided.base);
}

static void a_basket_goes_with_its_lines_and_a_reason(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_UP);
    desk_type(&d, K_F3);
    desk_type(&d, K_ESC);
    desk_golden(&d, "throw-away");
    desk_type(&d, K_ESC);
    assert_int_equal(d.counter.basket.line_count, 5);
    assert_false(scripted_asked(d.link, OP(BASKET_VOID)));
    desk_type(&d, K_ESC);
    desk_type(&d, K_F8); /* for the allergens, behind an Esc too many: no reason is chosen */
    desk_sees(&d, "choose why with the arrows, then F8; Esc keeps the basket");
    desk_type(&d, K_ENTER); /* by habit, behind Esc: it is no yes */
    desk_sees(&d, "choose why with the arrows");
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_type(&d, K_DOWN K_DOWN);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "F8 throws the basket away, Esc keeps it");
    assert_false(scripted_asked(d.link, OP(BASKET_VOID)));
    desk_type(&d, K_F8);
    assert_int_equal(d.counter.basket.line_count, 0);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    const Caroline__V1__BasketVoid *asked = voiding(&d);
    assert_int_equal(asked->basket->n_lines, 5);
    assert_true(asked->basket->lines[3]->voided);
    assert_true(says(asked->reason, "the customer changed their mind"));
    /* the next customer does not wait for the answer */
    desk_scan(&d, "73513537");
    answer_void(&d);
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_close(&d);
}

/* The server need not be there, and a power cut brings nothing back that was thrown away. */
static void nothing_that_was_thrown_away_comes_back(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_ESC);
    desk_type(&d, K_DOWN K_F8);
    assert_int_equal(voiding(&d)->basket->n_lines, 5);
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_restart(&d);
    desk_sign_in(&d);
    assert_int_equal(d.counter.basket.line_count, 0);
    desk_close(&d);
}

static void every_line_taken_back_first_is_no_way_around(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "114\r");
    desk_type(&d, K_F3);
    desk_type(&d, K_ESC);
    desk_sees(&d, "Throw this basket away? It has 1 line for 0.00.");
    desk_type(&d, K_DOWN K_F8);
    assert_true(voiding(&d)->basket->lines[0]->voided);
    answer_void(&d);
    /* a member alone is no goods */
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_ESC);
    assert_int_equal(d.counter.basket.member_id, 0);
    assert_false(scripted_asked(d.link, OP(BASKET_VOID)));
    desk_close(&d);
}

/* The arrow up chooses the last reason, from which the next goes on. */
static void the_first_arrow_chooses_at_its_end(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "114\r");
    desk_type(&d, K_ESC);
    desk_type(&d, K_UP K_UP);
    desk_golden(&d, "throw-away-chosen");
    desk_type(&d, K_F8);
    assert_true(says(voiding(&d)->reason, "the customer cannot pay"));
    answer_void(&d);
    desk_type(&d, "114\r");
    desk_type(&d, K_ESC); /* the next basket's reason is not chosen by the last one's */
    desk_type(&d, K_F8);
    assert_false(scripted_asked(d.link, OP(BASKET_VOID)));
    desk_close(&d);
}

static void a_refused_void_is_said(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "114\r");
    desk_type(&d, K_ESC);
    desk_type(&d, K_DOWN K_F8);
    scripted_refuse(d.link, OP(BASKET_VOID), CAROLINE__V1__ERROR_CODE__NOT_A_TILL, "this device has no drawer", NULL,
                    NULL);
    desk_sees(&d, "this device has no drawer");
    desk_close(&d);
}

/* Not by leaving the payment, not by a restart, and not by another till. */
static void once_heard_the_total_stays_heard(void **state)
{
    (void)state;
    struct desk d;
    desk_open_paying(&d);
    desk_type(&d, K_ESC);
    desk_restart(&d);
    desk_sign_in(&d);
    assert_true(d.counter.basket.quoted);
    desk_type(&d, K_F3);
    assert_ptr_equal(stage_top(&d.counter.stage), &void_screen);
    assert_false(d.counter.basket.lines[4].voided);
    desk_type(&d, K_ESC);
    desk_type(&d, K_F12 K_F2);
    const Caroline__V1__BasketPark *parked = (const Caroline__V1__BasketPark *)scripted_request(
        d.link, OP(BASKET_PARK), &caroline__v1__basket_park__descriptor);
    assert_true(parked->basket->has_total_heard && parked->basket->total_heard);
    desk_close(&d);
}

/* ---- the report ---- */

static void answer_report(struct desk *d, size_t first, size_t count, uint32_t all)
{
    static const struct {
        const char *staff, *receipt, *product, *reason;
        int64_t quantity_milli, amount_minor, ago_us;
    } rows[ROWS] = {
        { "Ana", "3T-000042", "Croissant", "", 3000, 585, 95 * MINUTE_US },
        { "Ana", "3T-000042", "Éclair au chocolat", "damaged or dropped", 1000, 350, 95 * MINUTE_US },
        { "Bernadette-Josephine", "", "Rye bread by weight", "the customer left", 350, 224, 12 * MINUTE_US },
        { "Bernadette-Josephine", "", "餅クッキー", "the customer left", 2000, 420, 12 * MINUTE_US },
        { "Ana", "", "", "nobody came for it", 0, 0, MINUTE_US },
    };
    Caroline__V1__VoidReported reported = CAROLINE__V1__VOID_REPORTED__INIT;
    Caroline__V1__VoidRow messages[ROWS], *pointers[ROWS];

    for (size_t i = 0; i < count; i++) {
        Caroline__V1__VoidRow *row = pointers[i] = &messages[i];

        caroline__v1__void_row__init(row);
        row->has_kind = row->has_at_us = row->has_till_number = row->has_staff = row->has_amount_minor = true;
        row->kind =
            rows[first + i].receipt[0] == 0 ? CAROLINE__V1__VOID_KIND__VOID_BASKET : CAROLINE__V1__VOID_KIND__VOID_LINE;
        row->at_us = (uint64_t)(NOW_US - rows[first + i].ago_us);
        row->till_number = 3;
        row->staff = counter_text(rows[first + i].staff);
        row->has_receipt_number = row->has_product = row->has_reason = row->has_quantity_milli = true;
        row->receipt_number = counter_text(rows[first + i].receipt);
        row->product = counter_text(rows[first + i].product);
        row->reason = counter_text(rows[first + i].reason);
        row->quantity_milli = rows[first + i].quantity_milli;
        row->amount_minor = rows[first + i].amount_minor;
    }
    reported.n_rows = count;
    reported.rows = pointers;
    reported.has_more = reported.has_row_count = reported.has_amount_minor = reported.has_shift_number = true;
    reported.more = first + count < all;
    reported.row_count = all;
    reported.amount_minor = 1579;
    reported.shift_number = 12;
    scripted_answer(d->link, OP(VOID_REPORT), &reported.base);
}

static const Caroline__V1__VoidReport *reporting(struct desk *d)
{
    return (const Caroline__V1__VoidReport *)scripted_request(d->link, OP(VOID_REPORT),
                                                              &caroline__v1__void_report__descriptor);
}

static void the_report_says_who_and_why(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12);
    desk_type(&d, K_F6);
    assert_false(reporting(&d)->has_business_day);
    answer_report(&d, 0, 3, ROWS); /* page after page */
    assert_int_equal(reporting(&d)->after_row, 3);
    answer_report(&d, 3, 2, ROWS);
    assert_false(scripted_asked(d.link, OP(VOID_REPORT)));
    desk_sees(&d, "5 lines, 15.79");
    desk_sees(&d, "Why: before the customer had heard a total");
    desk_type(&d, K_DOWN);
    desk_golden(&d, "voids");
    desk_sees(&d, "Why: damaged or dropped");
    desk_type(&d, K_F2);
    assert_true(says(reporting(&d)->business_day, "2026-11-22"));
    assert_false(reporting(&d)->has_after_row);
    answer_report(&d, 0, 0, 0);
    desk_sees(&d, "Nothing was.");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_int_equal(d.counter.voids.rows[0].staff[0], 0); /* nobody's name stays */
    desk_close(&d);
}

static void who_may_not_close_a_shift_sees_no_voids(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    scripted_forbids(d.link, "shift_close");
    desk_type(&d, K_F12);
    desk_sees_not(&d, "Voids");
    desk_type(&d, K_F6);
    assert_ptr_equal(stage_top(&d.counter.stage), &more_screen);
    assert_false(scripted_asked(d.link, OP(VOID_REPORT)));
    desk_close(&d);
}

static void a_report_that_cannot_be_is_said(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12);
    desk_type(&d, K_F6);
    scripted_refuse(d.link, OP(VOID_REPORT), CAROLINE__V1__ERROR_CODE__UNKNOWN_SHIFT, "that till has no such shift",
                    NULL, NULL);
    desk_sees(&d, "that till has no such shift");
    desk_type(&d, K_ESC);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_F12);
    desk_type(&d, K_F6);
    desk_sees(&d, "no connection: the report is with the server");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_basket_goes_with_its_lines_and_a_reason),
        cmocka_unit_test(nothing_that_was_thrown_away_comes_back),
        cmocka_unit_test(every_line_taken_back_first_is_no_way_around),
        cmocka_unit_test(the_first_arrow_chooses_at_its_end),
        cmocka_unit_test(a_refused_void_is_said),
        cmocka_unit_test(once_heard_the_total_stays_heard),
        cmocka_unit_test(the_report_says_who_and_why),
        cmocka_unit_test(who_may_not_close_a_shift_sees_no_voids),
        cmocka_unit_test(a_report_that_cannot_be_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
