/* A receipt is given back, by keys and answers: the whole, what is left of it, lines that are picked. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* The server is asked what comes back before the cashier is: for so many lines of the shown receipt, so much of the first. */
static void price(struct desk *d, Caroline__V1__SaleShown *shown, size_t lines, int64_t first_milli, int64_t back_minor)
{
    desk_type(d, K_ENTER);
    const Caroline__V1__SaleShow *asked =
        (const Caroline__V1__SaleShow *)scripted_request(d->link, OP(SALE_SHOW), &caroline__v1__sale_show__descriptor);
    assert_true(asked->has_price_back && asked->price_back);
    assert_int_equal(asked->n_back, lines);
    if (lines > 0)
        assert_int_equal(asked->back[0]->quantity_milli, first_milli);
    desk_sees_not(d, "the way it was paid?");
    shown->has_back_minor = true;
    shown->back_minor = back_minor;
    scripted_answer(d->link, OP(SALE_SHOW), &shown->base);
}

static void a_receipt_is_refunded_by_its_number(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F10);
    desk_scan(&d, "3T-000042");
    sale.has_receipt_number = true;
    sale.receipt_number = counter_text("3T-000042");
    totals.has_total_minor = true;
    totals.total_minor = 585;
    sale.totals = &totals;
    shown.sale = &sale;
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "a refund needs a reason");
    desk_type(&d, K_F7); /* of the list, one after the other ... */
    assert_string_equal(d.counter.refund.reason.text, "not fresh");
    desk_type(&d, K_F7);
    desk_golden(&d, "refund-reason");
    for (int i = 0; i < 4; i++)
        desk_type(&d, K_F7);
    assert_string_equal(d.counter.refund.reason.text, "not fresh");
    desk_type(&d, "burnt"); /* ... or another, in its place */
    desk_golden(&d, "refund");
    price(&d, &shown, 0, 0, 585);
    desk_sees(&d, "Give 5.85 of receipt 3T-000042 back");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRefund *refund = (const Caroline__V1__SaleRefund *)scripted_request(
        d.link, OP(SALE_REFUND), &caroline__v1__sale_refund__descriptor);
    assert_memory_equal(refund->reason.data, "burnt", 5);
    assert_true(refund->has_total_minor);
    assert_int_equal(refund->total_minor, 585);
    totals.total_minor = -585;
    sale.receipt_number = counter_text("3T-000043");
    scripted_answer(d.link, OP(SALE_REFUND), &sale.base);
    desk_sees(&d, "Give back");
    desk_sees(&d, "not in cash");
    desk_sees(&d, "3T-000043");
    desk_close(&d);
}

/* Three rolls, one of them free; what came back of it before decides what there is to give. */
/* The money goes back once the server has said so, whatever the cashier does by then. */
static void a_refund_that_is_not_answered_is_put_aside(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F10);
    desk_scan(&d, "3T-000042");
    sale.has_receipt_number = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000042");
    totals.total_minor = 585;
    sale.totals = &totals;
    shown.sale = &sale;
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    desk_type(&d, "burnt");
    price(&d, &shown, 0, 0, 585);
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_golden(&d, "refund-put-aside");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_fill(&d);
    scripted_state(d.link, LINK_ONLINE, "connected");
    totals.total_minor = -585;
    sale.has_card_minor = true;
    sale.card_minor = -585;
    sale.receipt_number = counter_text("3T-000043");
    scripted_answer(d.link, OP(SALE_REFUND), &sale.base);
    desk_sees(&d, "refund 3T-000043 is in the books: give back 5.85 on the card machine: Enter");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_sees(&d, "Rye bread");
    desk_scan(&d, "73513537"); /* the queue goes on: neither a scan nor a key takes it away */
    desk_type(&d, "112" K_ENTER);
    desk_type(&d, K_F6);
    desk_sees(&d, "refund 3T-000043 is in the books: give back 5.85 on the card machine: Enter");
    desk_golden(&d, "refund-told");
    desk_type(&d, K_ENTER);
    desk_sees_not(&d, "3T-000043");
    desk_sees(&d, "Refund: 5.85 on the card"); /* until the next one pays */
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_sees(&d, "Refund: 5.85 on the card"); /* they were only told the total */
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, K_ENTER);
    desk_ring_up(&d, 2264);
    desk_scan(&d, "73513537");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_sees_not(&d, "Refund: ");
    desk_close(&d);
}

static void refund(Caroline__V1__SaleRungUp *sale, Caroline__V1__SaleQuoted *totals, int64_t cash_minor,
                   int64_t card_minor)
{
    caroline__v1__sale_rung_up__init(sale);
    caroline__v1__sale_quoted__init(totals);
    sale->has_receipt_number = sale->has_cash_minor = sale->has_card_minor = totals->has_total_minor = true;
    sale->receipt_number = counter_text("3T-000043");
    sale->cash_minor = -cash_minor;
    sale->card_minor = -card_minor;
    totals->total_minor = -cash_minor - card_minor;
    sale->totals = totals;
}

/* Which of them was given already the till does not know: it takes away no sum. */
static void two_refunds_before_the_next_sale_are_one_sum(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale;
    Caroline__V1__SaleQuoted totals;

    desk_open(&d);
    desk_sign_in(&d);
    refund(&sale, &totals, 500, 0);
    receipt_show(&d.counter, RECEIPT_REFUNDED, &sale);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Refund: 5.00 in cash");
    refund(&sale, &totals, 250, 585);
    receipt_show(&d.counter, RECEIPT_REFUNDED, &sale);
    desk_type(&d, K_ENTER);
    desk_fill(&d);
    desk_golden(&d, "refunds-two");
    desk_sees(&d, "2 refunds: 7.50 in cash,");
    desk_close(&d);
}

/* It is paid, and its change is what the next one sees; a refund that is told while it is on its way is not its own. */
static void a_sale_that_is_put_aside_ends_the_refunds_before_it(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale;
    Caroline__V1__SaleQuoted totals;

    for (int meanwhile = 0; meanwhile < 2; meanwhile++) {
        desk_open(&d);
        desk_sign_in(&d);
        refund(&sale, &totals, 500, 0);
        if (!meanwhile)
            given_back_tell(&d.counter, &sale);
        desk_type(&d, K_ENTER);
        desk_fill(&d);
        desk_type(&d, K_F2);
        desk_quote(&d);
        desk_type(&d, "30" K_ENTER);
        assert_true(scripted_asked(d.link, OP(SALE_RING_UP)));
        if (meanwhile)
            given_back_tell(&d.counter, &sale);
        scripted_state(d.link, LINK_OFFLINE, "no connection");
        desk_type(&d, K_F2);
        desk_type(&d, K_ENTER);
        assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
        desk_sees(&d, "Before: change 7.36");
        if (meanwhile)
            desk_sees(&d, "Refund: 5.00 in cash");
        else
            desk_sees_not(&d, "Refund: ");
        desk_close(&d);
    }
}

static void what_is_left_of_a_receipt_is_given_back(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__QuotedLine rolls = CAROLINE__V1__QUOTED_LINE__INIT, *lines = &rolls;
    Caroline__V1__RefundedLine back = CAROLINE__V1__REFUNDED_LINE__INIT, *refunded = &back;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    sale.has_receipt_number = rolls.has_quantity_milli = totals.has_total_minor = true;
    back.has_line = back.has_quantity_milli = shown.has_refunded_minor = true;
    sale.receipt_number = counter_text("3T-000042");
    rolls.quantity_milli = 3000;
    totals.total_minor = 90;
    totals.n_lines = shown.n_refunded = 1;
    totals.lines = &lines;
    sale.totals = &totals;
    shown.sale = &sale;
    shown.refunded = &refunded;
    for (int pieces = 1; pieces <= 3; pieces++) {
        back.quantity_milli = 1000 * pieces;
        shown.refunded_minor = pieces == 1 ? 45 : 90;
        desk_type(&d, K_F10);
        desk_scan(&d, "3T-000042");
        scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
        if (pieces == 3) {
            desk_sees(&d, "this receipt has been refunded already");
            desk_sees_not(&d, "Why is it given back?");
            break;
        }
        desk_type(&d, "burnt");
        if (pieces == 1)
            desk_golden(&d, "refund-rest");
        price(&d, &shown, 0, 0, pieces == 1 ? 45 : 0);
        desk_sees(&d, pieces == 1 ? "Give 0.45 of receipt 3T-000042 back" : "Give 0.00 of receipt 3T-000042 back");
        for (int i = 0; i < 3; i++)
            desk_type(&d, K_ESC);
    }
    desk_close(&d);
}

/* Five rolls, half a kilogram of bread and a voided line: two rolls come back. */
static void lines_are_picked_and_only_they_come_back(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__QuotedLine sold[3], *lines[] = { &sold[0], &sold[1], &sold[2] };
    Caroline__V1__RefundedLine before = CAROLINE__V1__REFUNDED_LINE__INIT, *refunded = &before;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;
    static const int64_t products[] = { BAKERY_ECLAIR, 1, BAKERY_BREAD }, quantities[] = { 5000, 1000, 500 },
                         totals_minor[] = { 1750, 195, 320 };

    desk_open(&d);
    desk_sign_in(&d);
    for (size_t i = 0; i < 3; i++) {
        caroline__v1__quoted_line__init(&sold[i]);
        sold[i].has_product_id = sold[i].has_quantity_milli = sold[i].has_voided = true;
        sold[i].product_id = (uint64_t)products[i];
        sold[i].quantity_milli = quantities[i];
        sold[i].voided = i == 1;
        sold[i].has_total_minor = true;
        sold[i].total_minor = totals_minor[i];
    }
    sale.has_receipt_number = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000042");
    totals.total_minor = 2070;
    totals.n_lines = 3;
    totals.lines = lines;
    sale.totals = &totals;
    before.has_line = before.has_quantity_milli = shown.has_refunded_minor = true;
    before.quantity_milli = 2000; /* two came back yesterday */
    shown.refunded_minor = 700;
    shown.n_refunded = 1;
    shown.refunded = &refunded;
    shown.sale = &sale;
    desk_type(&d, K_F10);
    desk_sees_not(&d, "One back");
    desk_scan(&d, "3T-000042");
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    desk_sees(&d, "All that is left comes back.");
    desk_type(&d, "stale");
    for (int presses = 0; presses < 6; presses++) /* one, two, three, none, one, two */
        desk_type(&d, K_F5);
    desk_golden(&d, "refund-lines");
    price(&d, &shown, 1, 2000, 875); /* the free ones come back last */
    desk_sees(&d, "Give 8.75 back, for 1 line of receipt");
    desk_golden(&d, "refund-asked");
    desk_type(&d, K_ESC);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_F6);
    desk_type(&d, K_F6);
    desk_type(&d, K_F5);                  /* what is weighed comes back whole */
    shown.has_back_rounding_minor = true; /* its cash is rounded */
    shown.back_rounding_minor = 5;
    price(&d, &shown, 2, 2000, 1020);
    desk_sees(&d, "Give 10.25 back, for 2 lines of receipt");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRefund *asked = (const Caroline__V1__SaleRefund *)scripted_request(
        d.link, OP(SALE_REFUND), &caroline__v1__sale_refund__descriptor);
    assert_int_equal(asked->n_lines, 2);
    assert_int_equal(asked->lines[0]->line, 0);
    assert_int_equal(asked->lines[0]->quantity_milli, 2000);
    assert_int_equal(asked->lines[1]->line, 2);
    assert_int_equal(asked->lines[1]->quantity_milli, 500);
    assert_int_equal(asked->total_minor, 1020);
    desk_sees_not(&d, "One back"); /* the server is asked about what was picked */
    totals.total_minor = -1020;
    sale.has_cash_minor = sale.has_rounding_minor = true; /* the card paid the rest */
    sale.cash_minor = -725;
    sale.has_card_minor = true;
    sale.card_minor = -300;
    sale.rounding_minor = -5;
    totals.n_lines = 0;
    sale.receipt_number = counter_text("3T-000043");
    scripted_answer(d.link, OP(SALE_REFUND), &sale.base);
    desk_sees(&d, "Out of the drawer EUR");
    desk_sees(&d, "and 3.00 on the card machine");
    desk_golden(&d, "refunded-in-part");
    desk_sees(&d, "3T-000043");
    desk_scan(&d, "73513537"); /* the next customer */
    desk_sees(&d, "Refund: 7.25 in cash,");
    desk_close(&d);
}

/* As large as cash is: it is done on the machine, and no paper says so to who does it. */
static void what_goes_to_a_card_is_said_large(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    sale.has_receipt_number = sale.has_card_minor = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000043");
    sale.totals = &totals;
    totals.total_minor = -2500;
    sale.card_minor = -2000; /* a voucher paid the rest */
    receipt_show(&d.counter, RECEIPT_REFUNDED, &sale);
    desk_sees(&d, "Card machine EUR");
    desk_golden(&d, "refunded-to-card");
    desk_close(&d);
}

/* The program was started again, and nobody is signed in: there is no receipt to be seen, and the money is owed. */
static void what_an_earlier_run_refunded_is_told(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    const struct link_answer answer = { .outcome = LINK_OK, .reply = &sale.base, .sentence = "" };

    desk_open(&d);
    sale.has_receipt_number = sale.has_cash_minor = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000043");
    sale.totals = &totals;
    sale.cash_minor = totals.total_minor = -585;
    refund_answered(&d.counter, &answer);
    desk_sees(&d, "refund 3T-000043 is in the books: give back 5.85 in cash: Enter");
    desk_close(&d);
}

static void look(struct desk *d, const char *number, Caroline__V1__SaleShown *shown, Caroline__V1__SaleRungUp *sale,
                 Caroline__V1__SaleQuoted *totals)
{
    caroline__v1__sale_shown__init(shown);
    caroline__v1__sale_rung_up__init(sale);
    caroline__v1__sale_quoted__init(totals);
    sale->has_receipt_number = totals->has_total_minor = true;
    sale->receipt_number = counter_text(number);
    totals->total_minor = 585;
    sale->totals = totals;
    shown->sale = sale;
    desk_type(d, K_F10);
    desk_type(d, number);
    desk_type(d, K_ENTER);
}

static const Caroline__V1__SaleShow *looked_up(struct desk *d)
{
    return (const Caroline__V1__SaleShow *)scripted_request(d->link, OP(SALE_SHOW),
                                                            &caroline__v1__sale_show__descriptor);
}

/* The answer to what was left is nobody's, and the receipt that is asked for by then is asked behind it. */
static void a_look_that_takes_long_is_left(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale;
    Caroline__V1__SaleQuoted totals;
    Caroline__V1__SaleShown shown;

    desk_open(&d);
    desk_sign_in(&d);
    look(&d, "3T-000041", &shown, &sale, &totals);
    assert_true(scripted_asked(d.link, OP(SALE_SHOW)));
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    look(&d, "3T-000042", &shown, &sale, &totals);
    sale.receipt_number = counter_text("3T-000041");
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    assert_false(d.counter.refund.shown);
    assert_memory_equal(looked_up(&d)->receipt_number.data, "3T-000042", 9);
    sale.receipt_number = counter_text("3T-000042");
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    assert_true(d.counter.refund.shown);
    desk_sees(&d, "Why is it given back?");
    desk_type(&d, "burnt" K_ENTER); /* what it comes to is asked, and left */
    desk_type(&d, K_ESC);
    assert_false(d.counter.refund.shown);
    shown.has_back_minor = true;
    shown.back_minor = 585;
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    desk_sees_not(&d, "the way it was paid?");
    desk_close(&d);
}

static void what_is_typed_during_a_look_is_the_reason(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale;
    Caroline__V1__SaleQuoted totals;
    Caroline__V1__SaleShown shown;

    desk_open(&d);
    desk_sign_in(&d);
    look(&d, "3T-000042", &shown, &sale, &totals);
    desk_type(&d, "burnt");
    assert_string_equal(d.counter.refund.number.text, "3T-000042");
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    stage_expire(&d.counter.stage, d.now_us);
    assert_string_equal(d.counter.refund.number.text, "3T-000042");
    assert_string_equal(d.counter.refund.reason.text, "burnt");
    desk_type(&d, K_ESC K_ESC);
    look(&d, "3T-000042", &shown, &sale, &totals); /* and nobody's, where there is no such receipt */
    desk_type(&d, "burnt");
    scripted_refuse(d.link, OP(SALE_SHOW), CAROLINE__V1__ERROR_CODE__UNKNOWN_SALE, "there is no such receipt", NULL,
                    NULL);
    stage_expire(&d.counter.stage, d.now_us);
    desk_sees(&d, "there is no such receipt");
    assert_string_equal(d.counter.refund.number.text, "3T-000042");
    desk_close(&d);
}

static void what_is_typed_at_the_question_changes_nothing(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale;
    Caroline__V1__SaleQuoted totals;
    Caroline__V1__SaleShown shown;

    desk_open(&d);
    desk_sign_in(&d);
    look(&d, "3T-000042", &shown, &sale, &totals);
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    desk_type(&d, "burnt");
    price(&d, &shown, 0, 0, 585);
    desk_sees(&d, "Give 5.85 of receipt 3T-000042 back");
    desk_type(&d, " to a cinder" K_ENTER);
    desk_sees(&d, "the question first: Enter is \"Give back\", Esc is \"No\"");
    desk_sees(&d, "Give 5.85 of receipt 3T-000042 back");
    assert_string_equal(d.counter.refund.reason.text, "burnt");
    assert_false(scripted_asked(d.link, OP(SALE_REFUND)));
    desk_scan(&d, "73513537"); /* the next customer's: into the basket, and nothing is given back */
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_sees_not(&d, "the way it was paid?");
    assert_false(scripted_asked(d.link, OP(SALE_REFUND)));
    desk_close(&d);
}

/* Somebody gave something back at another till meanwhile: nothing happens, and the next question is about what is left. */
static void a_sum_that_has_changed_is_asked_about_again(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F10);
    desk_scan(&d, "3T-000042");
    sale.has_receipt_number = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000042");
    totals.total_minor = 585;
    sale.totals = &totals;
    shown.sale = &sale;
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    desk_type(&d, "burnt");
    price(&d, &shown, 0, 0, 585);
    desk_type(&d, K_ENTER);
    scripted_refuse(d.link, OP(SALE_REFUND), CAROLINE__V1__ERROR_CODE__TOTAL_DIFFERS, "this comes to another sum now",
                    NULL, NULL);
    desk_sees(&d, "this comes to another sum now");
    assert_ptr_equal(stage_top(&d.counter.stage), &refund_screen);
    price(&d, &shown, 0, 0, 235);
    desk_sees(&d, "Give 2.35 of receipt 3T-000042 back");
    desk_close(&d);
}

/* Lemonade, a bag, and the bottle's deposit, which stands last in the sale. */
static void a_deposit_stands_below_its_goods(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__QuotedLine lines[3], *pointers[] = { &lines[0], &lines[1], &lines[2] };
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    for (size_t i = 0; i < 3; i++) {
        caroline__v1__quoted_line__init(&lines[i]);
        lines[i].has_quantity_milli = true;
        lines[i].quantity_milli = 1000;
    }
    lines[2].has_deposit_of = true;
    sale.has_receipt_number = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000042");
    totals.total_minor = 265;
    totals.lines = pointers;
    totals.n_lines = 3;
    sale.totals = &totals;
    shown.sale = &sale;
    desk_type(&d, K_F10);
    desk_scan(&d, "3T-000042");
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    assert_int_equal(d.counter.refund.list.count, 3);
    assert_int_equal(d.counter.refund.rows[0].line, 0);
    assert_int_equal(d.counter.refund.rows[1].line, 2);
    assert_true(d.counter.refund.rows[1].deposit);
    assert_int_equal(d.counter.refund.rows[2].line, 1);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_is_refunded_by_its_number),
        cmocka_unit_test(a_refund_that_is_not_answered_is_put_aside),
        cmocka_unit_test(two_refunds_before_the_next_sale_are_one_sum),
        cmocka_unit_test(a_sale_that_is_put_aside_ends_the_refunds_before_it),
        cmocka_unit_test(what_is_left_of_a_receipt_is_given_back),
        cmocka_unit_test(lines_are_picked_and_only_they_come_back),
        cmocka_unit_test(what_goes_to_a_card_is_said_large),
        cmocka_unit_test(what_an_earlier_run_refunded_is_told),
        cmocka_unit_test(a_look_that_takes_long_is_left),
        cmocka_unit_test(what_is_typed_during_a_look_is_the_reason),
        cmocka_unit_test(what_is_typed_at_the_question_changes_nothing),
        cmocka_unit_test(a_sum_that_has_changed_is_asked_about_again),
        cmocka_unit_test(a_deposit_stands_below_its_goods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
