/* A drawer's shift at the counter: cash in and out, the drawer opened, the X, the blind count, the Z. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/number.h"
#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static void open_row(struct desk *d, const char *digit)
{
    desk_open(d);
    desk_sign_in(d);
    desk_type(d, K_F12);
    desk_type(d, digit);
}

static const Caroline__V1__ShiftMove *moved(struct desk *d)
{
    return (const Caroline__V1__ShiftMove *)scripted_request(d->link, OP(SHIFT_MOVE),
                                                             &caroline__v1__shift_move__descriptor);
}

static void cash_goes_to_the_safe_with_a_reason(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftShown shown = CAROLINE__V1__SHIFT_SHOWN__INIT;

    open_row(&d, "5");
    desk_type(&d, K_F4);
    desk_type(&d, "250\r");
    desk_type(&d, "\r");
    desk_sees(&d, "the drawer is opened with a reason only");
    desk_type(&d, "too much in the drawer");
    desk_golden(&d, "cash");
    desk_type(&d, K_ENTER);
    assert_int_equal(moved(&d)->kind, CAROLINE__V1__CASH_MOVE_KIND__CASH_MOVE_DROP);
    assert_int_equal(moved(&d)->amount_minor, 25000);
    assert_memory_equal(moved(&d)->reason.data, "too much in the drawer", 22);
    desk_type(&d, K_ENTER); /* once is enough */
    desk_type(&d, K_ESC);
    desk_sees(&d, "Asking the server");
    desk_sees_not(&d, "Esc Back");
    scripted_answer(d.link, OP(SHIFT_MOVE), &shown.base);
    assert_false(scripted_asked(d.link, OP(SHIFT_MOVE)));
    desk_sees(&d, "take 250.00 to the safe");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

/* The line came back, and nobody had touched the till for so long that it is locked: what was done is not there to be done again. */
static void an_answer_behind_the_lock_leaves_no_form(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftShown shown = CAROLINE__V1__SHIFT_SHOWN__INIT;

    open_row(&d, "5");
    desk_type(&d, K_F3);
    desk_type(&d, "50\r");
    desk_type(&d, "stamps");
    desk_type(&d, K_ENTER);
    assert_int_equal(moved(&d)->amount_minor, 5000);
    scripted_session(d.link, "Ana", true);
    scripted_answer(d.link, OP(SHIFT_MOVE), &shown.base);
    assert_ptr_equal(stage_top(&d.counter.stage), &lock_screen);
    desk_sees(&d, "LOCKED");
    desk_sees(&d, "take 50.00 out of the drawer");
    scripted_session(d.link, "Ana", false);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_ENTER);
    assert_false(scripted_asked(d.link, OP(SHIFT_MOVE)));
    desk_close(&d);
}

static void an_amount_that_is_none_is_not_sent(void **state)
{
    (void)state;
    struct desk d;

    open_row(&d, "5");
    desk_type(&d, "0\r");
    desk_type(&d, "change\r");
    desk_sees(&d, "type how much it is");
    assert_false(scripted_asked(d.link, OP(SHIFT_MOVE)));
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void a_refused_move_stays_on_the_screen(void **state)
{
    (void)state;
    struct desk d;

    open_row(&d, "5");
    desk_type(&d, "5\r");
    desk_type(&d, "milk");
    desk_type(&d, K_F3);
    desk_type(&d, K_ENTER);
    assert_int_equal(moved(&d)->kind, CAROLINE__V1__CASH_MOVE_KIND__CASH_MOVE_OUT);
    scripted_refuse(d.link, OP(SHIFT_MOVE), CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED, "you may not do this", NULL,
                    NULL);
    desk_sees(&d, "you may not do this");
    desk_sees(&d, "milk");
    desk_close(&d);
}

static void the_drawer_is_opened_with_a_reason(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftShown shown = CAROLINE__V1__SHIFT_SHOWN__INIT;

    open_row(&d, "6");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "the drawer is opened with a reason only");
    desk_type(&d, "change for a customer");
    desk_golden(&d, "drawer");
    desk_type(&d, K_ENTER);
    const Caroline__V1__ShiftNoSale *asked = (const Caroline__V1__ShiftNoSale *)scripted_request(
        d.link, OP(SHIFT_NO_SALE), &caroline__v1__shift_no_sale__descriptor);
    assert_memory_equal(asked->reason.data, "change for a customer", 21);
    desk_sees_not(&d, "may be opened");
    scripted_answer(d.link, OP(SHIFT_NO_SALE), &shown.base);
    desk_sees(&d, "the drawer may be opened");
    desk_close(&d);
}

/* The document of a shift, as the server makes it: by the rules. */
static void report_of(struct desk *d, bool closed, Caroline__V1__ShiftReported *reported)
{
    static const struct shift_sales sales[] = { { 'T', SALE_SOLD, 31, 48215, 12, 43 },
                                                { 'T', SALE_REFUND, 1, -585, 40, 40 } };
    static const struct shift_tender tenders[] = { { TENDER_CASH, .count = 22, .stayed_minor = 30130 },
                                                   { TENDER_CARD, .count = 10, .stayed_minor = 17500 } };
    static const struct shift_tax taxes[] = { { "VAT7", 70000, 44514, 3116 } };
    static const struct shift_moved moves[] = { { SHIFT_CASH_DROP, -25000 } };
    static const struct shift_option options[] = {
        { .name = "", .count = 3, .quantity_milli = 3000, .amount_minor = 2150 },
        { 7, 2, "Oat milk", 4, 4000, 160, false }
    };
    static const struct shift_department departments[] = { { 31, "Bread", 2, 2000, 900 },
                                                           { 32, "Gift", 1, 1000, 1250 } };
    static const struct shift_pieces counts[] = { { 5000, 2 }, { 1000, 5 }, { 10, 3 } };
    static const uint8_t hash[32] = { 0x05, 0x76, 0xf5, 0x2b };
    struct shift_books books = { .till = 3,
                                 .number = 12,
                                 .opened = { INT64_C(1790000000000000) },
                                 .float_minor = 10000,
                                 .grand_before_minor = 500000,
                                 .no_sale_count = 1,
                                 .strand_hash = hash,
                                 .sales = sales,
                                 .sales_count = 2,
                                 .tenders = tenders,
                                 .tender_count = 2,
                                 .taxes = taxes,
                                 .tax_count = 1,
                                 .moves = moves,
                                 .move_count = 1,
                                 .options = options,
                                 .option_count = 2,
                                 .departments = departments,
                                 .department_count = 2 };
    struct shift_z z;

    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    if (closed) {
        assert_int_equal(shift_z_close(&z, 15030, (struct instant){ INT64_C(1790030000000000) }, 61), SHIFT_OK);
        z.counts = counts;
        z.counts_count = 3;
    }
    struct receipt document = shift_receipt(&z, false, counter_shop(&d->counter), zone_utc(),
                                            (struct instant){ INT64_C(1790020000000000) }, d->arena);
    Caroline__V1__Receipt *receipt = arena_alloc(d->arena, sizeof *receipt);
    caroline__v1__receipt__init(receipt);
    receipt->rows = arena_array(d->arena, document.count, sizeof(Caroline__V1__ReceiptRow *));
    for (receipt->n_rows = 0; receipt->n_rows < document.count; receipt->n_rows++) {
        Caroline__V1__ReceiptRow *row = receipt->rows[receipt->n_rows] = arena_alloc(d->arena, sizeof *row);
        const struct receipt_row *made = &document.rows[receipt->n_rows];

        caroline__v1__receipt_row__init(row);
        row->has_kind = row->has_left = row->has_right = true;
        row->kind = (Caroline__V1__ReceiptRowKind)made->kind;
        row->left = counter_text(made->left == NULL ? "" : made->left);
        row->right = counter_text(made->right == NULL ? "" : made->right);
    }
    caroline__v1__shift_reported__init(reported);
    reported->tenders = arena_array(d->arena, 1, sizeof *reported->tenders);
    reported->tenders[reported->n_tenders++] = arena_alloc(d->arena, sizeof **reported->tenders);
    caroline__v1__shift_tender__init(reported->tenders[0]);
    reported->tenders[0]->has_kind = true;
    reported->tenders[0]->kind = CAROLINE__V1__TENDER_KIND__TENDER_CARD;
    reported->receipt = receipt;
    reported->has_closed = reported->has_number = reported->has_sale_minor = reported->has_refund_minor = true;
    reported->has_counted_minor = reported->has_difference_minor = closed;
    reported->closed = closed;
    reported->number = 12;
    reported->sale_minor = z.sale_minor;
    reported->refund_minor = z.refund_minor;
    reported->counted_minor = z.counted_minor;
    reported->difference_minor = z.difference_minor;
}

static void an_x_is_shown_and_nothing_is_changed(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftReported reported;

    open_row(&d, "7");
    assert_true(scripted_asked(d.link, OP(SHIFT_REPORT)));
    report_of(&d, false, &reported);
    scripted_answer(d.link, OP(SHIFT_REPORT), &reported.base);
    desk_golden(&d, "report-x");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_true(d.counter.shift.open);
    desk_close(&d);
}

static const Caroline__V1__ShiftClose *closing(struct desk *d)
{
    return (const Caroline__V1__ShiftClose *)scripted_request(d->link, OP(SHIFT_CLOSE),
                                                              &caroline__v1__shift_close__descriptor);
}

static void the_drawer_is_counted_blind_and_the_shift_closed(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftReported reported;

    open_row(&d, "8");
    for (int i = 0; i < 3; i++)
        desk_type(&d, K_DOWN); /* 50.00 */
    desk_type(&d, "2\r");
    desk_type(&d, K_DOWN);
    desk_type(&d, "5");
    for (int i = 0; i < 6; i++)
        desk_type(&d, K_DOWN); /* 0.10 */
    desk_type(&d, "3");
    desk_golden(&d, "count");
    desk_sees_not(&d, "expected");
    desk_type(&d, K_F2);
    desk_sees(&d, "Close the shift with 150.30 counted?");
    desk_sees(&d, "The card machine is not: nothing is typed for it.");
    desk_golden(&d, "count-no-card"); /* its slip was not typed: that is asked about, too */
    assert_false(scripted_asked(d.link, OP(SHIFT_CLOSE)));
    desk_type(&d, K_ENTER);
    assert_int_equal(closing(&d)->n_counts, 3);
    assert_int_equal(closing(&d)->counts[0]->denomination_minor, 5000);
    assert_int_equal(closing(&d)->counts[0]->pieces, 2);
    assert_int_equal(closing(&d)->counts[1]->denomination_minor, 1000);
    assert_int_equal(closing(&d)->counts[1]->pieces, 5);
    assert_int_equal(closing(&d)->counts[2]->denomination_minor, 10);
    assert_int_equal(closing(&d)->counts[2]->pieces, 3);
    assert_false(closing(&d)->has_counted_minor);
    assert_int_equal(closing(&d)->shift_id, d.counter.shift.id);
    report_of(&d, true, &reported);
    scripted_answer(d.link, OP(SHIFT_CLOSE), &reported.base);
    desk_sees(&d, "Missing"); /* float 100.00 + cash 301.30 - 250.00 to the safe: 151.30 should be there */
    desk_golden(&d, "report-z");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "How much money is in the drawer?"); /* the next one's float */
    assert_false(d.counter.shift.open);
    desk_close(&d);
}

/* "-5" is not five, and "5.5" are no coins: it stays to be seen, and neither a key nor the close goes past it. */
static void what_is_no_number_is_refused_aloud(void **state)
{
    static const char *const typed[] = { "-5", "5x", "5.5", "five", " 5" };

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        static const char *const away[] = { K_ENTER, K_DOWN, K_UP, K_F2 };
        struct desk d;

        open_row(&d, "8");
        desk_type(&d, K_DOWN);
        d.counter.stage.beep = false;
        desk_type(&d, typed[i]);
        desk_sees(&d, "is no count: how many there are is typed in digits alone"); /* before any key */
        for (size_t key = 0; key < sizeof away / sizeof *away; key++) {
            desk_type(&d, away[key]);
            desk_sees(&d, "is no count: how many there are is typed in digits alone");
            assert_string_equal(d.counter.count.entry.text, typed[i]);
            assert_int_equal(d.counter.count.list.selected, 1);
            assert_int_equal(d.counter.count.pieces[1], 0);
        }
        if (i == 0)
            desk_golden(&d, "count-refused");
        desk_type(&d, "5"); /* in its place */
        desk_sees_not(&d, "is no count");
        assert_int_equal(d.counter.count.pieces[1], 5);
        desk_close(&d);
    }
}

static void what_is_no_sum_is_refused_aloud(void **state)
{
    static const char *const typed[] = { "-12.50", "12.5o", "1.2.3", "-" };

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        struct desk d;

        desk_open(&d);
        desk_sign_in(&d);
        count_begin(&d.counter, 0, "");
        desk_type(&d, "1");
        for (int down = 0; down < 40; down++)
            desk_type(&d, K_DOWN);
        d.counter.stage.beep = false;
        desk_type(&d, "12.");
        assert_false(d.counter.stage.beep); /* on the way to one */
        desk_type(&d, "\177\177\177");
        desk_type(&d, typed[i]);
        desk_sees(&d, "is no count: a sum is typed as 12 or 12.50");
        desk_type(&d, K_F2);
        assert_null(d.counter.stage.dialog.act);
        desk_sees(&d, "is no count: a sum is typed as 12 or 12.50");
        desk_close(&d);
    }
}

static void without_a_connection_nothing_is_sent_and_the_count_stays(void **state)
{
    (void)state;
    struct desk d;

    open_row(&d, "8");
    desk_type(&d, "7");
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_F2);
    desk_sees(&d, "no connection: the shift is closed once the server is there");
    desk_sees(&d, "3500.00");
    desk_type(&d, K_ESC); /* an Esc too many loses no count */
    desk_sees(&d, "Leave the count? What was counted is gone then.");
    desk_type(&d, K_ESC);
    desk_sees(&d, "3500.00");
    desk_scan(&d, "73513537");
    desk_sees(&d, "73513537 was not taken: the drawer is being counted");
    desk_sees(&d, "3500.00");
    desk_type(&d, K_ESC K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F12);
    desk_type(&d, "8");
    desk_type(&d, K_ESC); /* nothing was counted */
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F12);
    desk_type(&d, "6");
    desk_type(&d, "change\r");
    desk_sees(&d, "no connection: this is done once the server is there");
    assert_false(scripted_asked(d.link, OP(SHIFT_CLOSE)));
    assert_false(scripted_asked(d.link, OP(SHIFT_NO_SALE)));
    desk_close(&d);
}

static void an_empty_drawer_is_a_count_of_nothing(void **state)
{
    (void)state;
    struct desk d;

    open_row(&d, "8");
    desk_type(&d, K_F2); /* nobody looked into it: no key but a number says that it is empty */
    desk_sees(&d, "nothing was counted, so nothing is closed");
    desk_type(&d, K_ENTER K_ENTER K_F2);
    desk_golden(&d, "count-nothing");
    assert_ptr_equal(stage_top(&d.counter.stage), &count_screen);
    desk_type(&d, "0" K_DOWN K_UP);
    desk_type(&d, K_F2);
    desk_sees(&d, "Close the shift with 0.00 counted?");
    desk_type(&d, K_ENTER);
    assert_int_equal(closing(&d)->n_counts, 0);
    assert_true(closing(&d)->has_counted_minor);
    assert_int_equal(closing(&d)->counted_minor, 0);
    desk_close(&d);
}

static void no_shift_is_closed_over_an_open_basket(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_type(&d, K_F12);
    desk_type(&d, "8");
    desk_sees(&d, "finish the sale first");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void the_last_z_is_shown_again(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__ShiftReported reported;

    open_row(&d, "9");
    scripted_refuse(d.link, OP(SHIFT_Z_SHOW), CAROLINE__V1__ERROR_CODE__UNKNOWN_SHIFT, "that till has no such Z", NULL,
                    NULL);
    desk_sees(&d, "no shift of this till has been closed yet");
    desk_type(&d, K_F12);
    desk_type(&d, "9");
    report_of(&d, true, &reported);
    scripted_answer(d.link, OP(SHIFT_Z_SHOW), &reported.base);
    desk_sees(&d, "Z 12");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen); /* this shift goes on */
    desk_close(&d);
}

static void A18_vouchers_are_counted_by_their_sum(void **state)
{
    (void)state;
    struct desk d;
    desk_open(&d);
    bakery_take_vouchers(d.catalogue, 2);
    desk_sign_in(&d);
    count_begin(&d.counter, 0, "");
    desk_sees(&d, "How many of each; vouchers: their sum");
    desk_type(&d, "2");
    for (int i = 0; i < 40 && d.counter.count.list.selected + 2 < d.counter.count.list.count; i++)
        desk_type(&d, K_DOWN);
    desk_type(&d, "12.50");
    desk_type(&d, K_DOWN);
    desk_type(&d, "30");
    desk_type(&d, K_UP);
    desk_sees(&d, "30.00"); /* a sum looks like one */
    desk_type(&d, K_DOWN);
    desk_golden(&d, "count-vouchers");
    desk_type(&d, K_F2);
    desk_type(&d, K_ENTER);
    assert_int_equal(closing(&d)->n_counts, 1);
    assert_int_equal(closing(&d)->n_vouchers, 2);
    assert_int_equal(closing(&d)->vouchers[0]->tender_type_id, 71);
    assert_int_equal(closing(&d)->vouchers[0]->counted_minor, 1250);
    assert_int_equal(closing(&d)->vouchers[1]->tender_type_id, 72);
    assert_int_equal(closing(&d)->vouchers[1]->counted_minor, 3000);
    desk_close(&d);
}

/* A machine of which nothing is typed is not counted, as above; a 0 is a count. */
static void A18_the_card_machine_is_counted_by_its_slip(void **state)
{
    static const struct {
        const char *typed;
        int64_t minor;
    } rows[] = { { "120.50", 12050 }, { "0", 0 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct desk d;

        desk_open(&d);
        desk_sign_in(&d);
        count_begin(&d.counter, 0, "");
        desk_type(&d, "2");
        for (int down = 0; down < 40; down++)
            desk_type(&d, K_DOWN);
        desk_sees(&d, "Card machine's sum");
        desk_type(&d, rows[i].typed);
        if (i == 0)
            desk_golden(&d, "count-card");
        desk_type(&d, K_F2);
        desk_sees_not(&d, "nothing is typed for it");
        desk_type(&d, K_ENTER);
        assert_int_equal(closing(&d)->n_counts, 1);
        assert_int_equal(closing(&d)->n_vouchers, 1);
        assert_int_equal(closing(&d)->vouchers[0]->tender_type_id, TENDER_TYPE_CARD);
        assert_int_equal(closing(&d)->vouchers[0]->counted_minor, rows[i].minor);
        desk_close(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cash_goes_to_the_safe_with_a_reason),
        cmocka_unit_test(an_answer_behind_the_lock_leaves_no_form),
        cmocka_unit_test(an_amount_that_is_none_is_not_sent),
        cmocka_unit_test(a_refused_move_stays_on_the_screen),
        cmocka_unit_test(the_drawer_is_opened_with_a_reason),
        cmocka_unit_test(an_x_is_shown_and_nothing_is_changed),
        cmocka_unit_test(the_drawer_is_counted_blind_and_the_shift_closed),
        cmocka_unit_test(what_is_no_number_is_refused_aloud),
        cmocka_unit_test(what_is_no_sum_is_refused_aloud),
        cmocka_unit_test(A18_vouchers_are_counted_by_their_sum),
        cmocka_unit_test(A18_the_card_machine_is_counted_by_its_slip),
        cmocka_unit_test(without_a_connection_nothing_is_sent_and_the_count_stays),
        cmocka_unit_test(an_empty_drawer_is_a_count_of_nothing),
        cmocka_unit_test(no_shift_is_closed_over_an_open_basket),
        cmocka_unit_test(the_last_z_is_shown_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
