/* Selling without the server, by keys: what is on the disk, on the paper and on the screen, and what comes of it later. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire/digest.h"
#include "common/wire/walker.h"
#include "offline_sales.h"

static void a_sale_without_the_server_is_kept_printed_and_waits(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_golden(&d, "offline-pay");
    assert_false(scripted_asked(d.link, OP(SALE_QUOTE)));
    desk_type(&d, "50" K_ENTER);
    desk_golden(&d, "offline-receipt");
    assert_false(scripted_asked(d.link, OP(SALE_RING_UP)));

    const Caroline__V1__SaleOffline *sale = asked(&d);
    assert_int_equal(sale->number, 1);
    assert_int_equal(sale->total_minor, 2264);
    assert_int_equal(sale->staff_id, 600 + 'A');
    assert_int_equal(sale->shift_id, 9);
    assert_int_equal(sale->n_lines, sale->basket->n_lines);
    assert_int_equal(sale->tenders[0]->amount_minor, 5000);
    /* What the paper bears is the digest of what is on the disk. */
    size_t size = protobuf_c_message_get_packed_size(&sale->base);
    uint8_t digest[DIGEST_SIZE], *body = malloc(size);
    char anchor[9];
    protobuf_c_message_pack(&sale->base, body);
    sha256(bytes_of(body, size), digest);
    free(body);
    snprintf(anchor, sizeof(anchor), "%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
    const struct sold_offline *kept = spool_last_sold(d.spool, d.arena);
    assert_int_equal(kept->number, 1);
    assert_false(kept->booked);
    const Caroline__V1__SaleRungUp *paper =
        (const Caroline__V1__SaleRungUp *)message_decode(&caroline__v1__sale_rung_up__descriptor, kept->paper, d.arena);
    bool found = false;
    for (size_t i = 0; i < paper->receipt->n_rows; i++)
        found = found ||
                (paper->receipt->rows[i]->left.len == 8 && memcmp(paper->receipt->rows[i]->left.data, anchor, 8) == 0);
    assert_true(found);
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_close(&d);
}

/* The customer stands there for their change: it stays in sight, and so does why there is no invoice. */
static void its_invoice_is_made_once_it_is_booked(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_F5);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_golden(&d, "offline-receipt-invoice");
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    desk_type(&d, K_F5);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_sees(&d, "this sale waits to be booked: its invoice can be made once it is");
    book(&d);
    desk_type(&d, K_F5);
    assert_ptr_equal(stage_top(&d.counter.stage), &invoice_screen);
    desk_sees(&d, "3X-000001");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_sees(&d, "of 50.00 given");
    desk_close(&d);
}

/* Banners take rows from the screen, not from the help. */
static void the_help_is_whole_below_banners(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_ENTER);
    desk_fill(&d);
    desk_type(&d, K_F1);
    desk_golden(&d, "offline-help");
    desk_close(&d);
}

static void numbers_go_on_and_the_screen_says_how_many_wait(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_ENTER);
    desk_sees(&d, "OFFLINE, 1 sale to be booked");
    sell(&d);
    desk_type(&d, K_ENTER);
    desk_golden(&d, "offline-waiting");
    desk_sees(&d, "OFFLINE, 2 sales to be booked");
    assert_int_equal(spool_next_number(d.spool), 3);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    desk_sees(&d, "2 sales made offline: being booked");
    assert_int_equal(asked(&d)->number, 1);
    book(&d);
    desk_sees(&d, "1 sale made offline: being booked");
    assert_int_equal(asked(&d)->number, 2);
    book(&d);
    desk_sees_not(&d, "made offline");
    assert_false(scripted_asked(d.link, OP(SALE_OFFLINE)));
    desk_close(&d);
}

static void ask_x(struct desk *d)
{
    desk_type(d, K_F12);
    desk_type(d, "7");
}

/* The shift is the server's to count; what was sold here since is known. */
static void an_x_is_what_the_till_sold_since(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    ask_x(&d);
    desk_sees(&d, "no connection: the X is the server's; nothing waits that it does not have");
    sell(&d);
    desk_type(&d, K_ENTER);
    ask_x(&d);
    desk_sees(&d, "22.64, of it 22.64 in cash");
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_type(&d, K_F3);
    desk_type(&d, "7781" K_ENTER);
    desk_type(&d, K_ENTER);
    ask_x(&d);
    desk_golden(&d, "offline-x");
    assert_false(scripted_asked(d.link, OP(SHIFT_REPORT)));
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    ask_x(&d);
    assert_true(scripted_asked(d.link, OP(SHIFT_REPORT)));
    desk_close(&d);
}

/* Each drawer has its own shift: another's is not told by the sales of one's own, and no list is needed to see these. */
static void an_x_is_of_the_drawer_that_was_meant(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_ENTER);
    d.counter.shift.others = 2;
    ask_x(&d);
    desk_sees(&d, "22.64, of it 22.64 in cash");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    report_x(&d.counter, 4711); /* the line has gone while their list was shown */
    desk_sees(&d, "no connection: the X is the server's; nothing waits that it does not have");
    report_x(&d.counter, d.counter.shift.id);
    desk_sees(&d, "22.64, of it 22.64 in cash");
    desk_close(&d);
}

static void points_discounts_refunds_and_the_drawer_take_a_connection(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_fill(&d);
    desk_find_members(&d);
    desk_type(&d, K_ENTER);
    desk_type(&d, K_F5);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_F2);
    desk_sees(&d, "points cannot be spent now");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F5);
    d.counter.basket.discount = (struct open_discount){ .given = true, .value = 300000, .reason = "old" };
    sale_changed(&d.counter);
    desk_type(&d, K_F2);
    desk_sees(&d, "nobody can allow this discount now");
    d.counter.basket.discount.given = false;
    sale_changed(&d.counter);
    d.counter.shift.known = false;
    desk_type(&d, K_F2);
    desk_sees(&d, "the drawer's shift is not open");
    assert_int_equal(spool_unbooked(d.spool), 0);
    desk_close(&d);
}

static void nobody_signed_in_sells_nothing(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    desk_fill(&d);
    desk_restart(&d);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    assert_false(offline_can_sell(&d.counter));
    assert_int_equal(d.counter.basket.line_count, 5);
    desk_close(&d);
}

static void a_till_that_died_goes_on_with_its_numbers(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_restart(&d);
    assert_true(open_basket_is_empty(&d.counter.basket)); /* sold is sold */
    assert_int_equal(spool_unbooked(d.spool), 1);
    assert_int_equal(spool_next_number(d.spool), 2);
    /* What it sold is there for the printer, should it not have come as far. */
    const Caroline__V1__SaleRungUp *last = offline_last(&d.counter);
    assert_non_null(last);
    assert_memory_equal(last->receipt_number.data, "3X-000001", 9);
    desk_close(&d);
}

static void what_is_refused_says_why_and_goes_again_when_it_may(void **state)
{
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_ENTER);
    sell(&d);
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    scripted_refuse(d.link, OP(SALE_OFFLINE), REFUSE(SHIFT_NOT_OPEN), "open the drawer's shift first", NULL, NULL);
    scripted_refuse(d.link, OP(SALE_OFFLINE), REFUSE(OFFLINE_NUMBER), "3X-000001 is expected next", NULL, NULL);
    desk_golden(&d, "offline-not-booked");
    assert_false(scripted_asked(d.link, OP(SALE_OFFLINE)));
    assert_int_equal(spool_unbooked(d.spool), 2);
    /* The shift is opened; the first is booked, and the one behind it comes by itself. */
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_type(&d, "100" K_ENTER);
    shift.has_open = shift.open = shift.has_shift_id = true;
    shift.shift_id = 10;
    scripted_answer(d.link, OP(SHIFT_OPEN), &shift.base);
    assert_int_equal(asked(&d)->number, 1);
    book(&d);
    assert_int_equal(asked(&d)->number, 2);
    book(&d);
    assert_int_equal(spool_unbooked(d.spool), 0);
    desk_sees_not(&d, "not booked");
    desk_close(&d);
}

static void a_till_that_lost_its_file_goes_on_behind_what_is_booked(void **state)
{
    Caroline__V1__ShiftShown shift = CAROLINE__V1__SHIFT_SHOWN__INIT;
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    shift.has_offline_number = true;
    shift.offline_number = 41;
    offline_numbers_behind(&d.counter, &shift);
    assert_int_equal(spool_next_number(d.spool), 42);
    shift.offline_number = 7; /* booked so far: its own are further */
    offline_numbers_behind(&d.counter, &shift);
    assert_int_equal(spool_next_number(d.spool), 42);
    desk_close(&d);
}

static void something_that_changed_is_told_to_the_cashier(void **state)
{
    Caroline__V1__SaleOfflineBooked booked = CAROLINE__V1__SALE_OFFLINE_BOOKED__INIT;
    Caroline__V1__SaleException exception = CAROLINE__V1__SALE_EXCEPTION__INIT, *exceptions[] = { &exception };
    struct desk d;

    (void)state;
    open_offline(&d);
    sell(&d);
    desk_type(&d, K_ENTER);
    scripted_state(d.link, LINK_ONLINE, "connected to bakery:7117");
    exception.has_kind = true;
    exception.kind = CAROLINE__V1__SALE_EXCEPTION_KIND__EXCEPTION_PRICE_CHANGED;
    booked.has_receipt_number = true;
    booked.receipt_number = counter_text("3X-000001");
    booked.n_exceptions = 1;
    booked.exceptions = exceptions;
    scripted_answer(d.link, OP(SALE_OFFLINE), &booked.base);
    desk_sees(&d, "3X-000001 is booked; something has changed since");
    desk_close(&d);
}

/* ---- what takes a connection ---- */

static void nobody_is_locked_out_or_signed_out_by_a_key_pressed_offline(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    desk_type(&d, K_F11);
    desk_sees(&d, "locking takes a connection");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F12);
    desk_type(&d, K_F12);
    desk_sees(&d, "Sign out without a connection?");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_F12);
    desk_type(&d, K_F12);
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sign_in_screen);
    desk_sees_not(&d, "Ana");
    desk_close(&d);
}

static void a_key_tells_the_link_that_somebody_is_here(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    counter_tick(&d.counter, 2000000, true);
    counter_tick(&d.counter, 3000000, false);
    assert_int_equal(scripted_here(d.link), 1);
    desk_close(&d);
}

/* What was so while the server was away is not said any more once it is back. */
static void nothing_stale_is_said_once_the_server_is_back(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    desk_type(&d, K_F12 K_F10); /* what is owed is known to the server alone */
    desk_sees(&d, "no connection: what is owed on an account");
    scripted_state(d.link, LINK_ONLINE, "connected");
    desk_sees_not(&d, "no connection:");
    desk_type(&d, K_ESC K_ESC);

    desk_type(&d, K_F9); /* a look that the line took with it */
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached; trying again soon");
    if (scripted_asked(d.link, OP(SALE_SHOW)))
        scripted_fail(d.link, OP(SALE_SHOW), "the server cannot be reached; trying again soon");
    desk_sees(&d, "trying again soon");
    scripted_state(d.link, LINK_ONLINE, "connected");
    desk_sees_not(&d, "trying again soon");

    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached; trying again soon");
    while (stage_top(&d.counter.stage) != &sale_screen)
        desk_type(&d, K_ESC);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_sees(&d, "OFFLINE: this till sells by itself");
    scripted_state(d.link, LINK_ONLINE, "connected");
    desk_sees_not(&d, "OFFLINE");
    desk_sees(&d, "The server is back: this till still sells this one by itself");
    desk_close(&d);
}

static void only_cash_and_cards_are_offered(void **state)
{
    struct desk d;

    (void)state;
    open_offline(&d);
    bakery_take_vouchers(d.catalogue, 3);
    desk_fill(&d);
    desk_type(&d, K_F2);
    desk_sees(&d, "F3 Card");
    desk_sees_not(&d, "voucher");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sale_without_the_server_is_kept_printed_and_waits),
        cmocka_unit_test(its_invoice_is_made_once_it_is_booked),
        cmocka_unit_test(the_help_is_whole_below_banners),
        cmocka_unit_test(numbers_go_on_and_the_screen_says_how_many_wait),
        cmocka_unit_test(an_x_is_what_the_till_sold_since),
        cmocka_unit_test(an_x_is_of_the_drawer_that_was_meant),
        cmocka_unit_test(points_discounts_refunds_and_the_drawer_take_a_connection),
        cmocka_unit_test(nobody_signed_in_sells_nothing),
        cmocka_unit_test(a_till_that_died_goes_on_with_its_numbers),
        cmocka_unit_test(what_is_refused_says_why_and_goes_again_when_it_may),
        cmocka_unit_test(a_till_that_lost_its_file_goes_on_behind_what_is_booked),
        cmocka_unit_test(something_that_changed_is_told_to_the_cashier),
        cmocka_unit_test(nobody_is_locked_out_or_signed_out_by_a_key_pressed_offline),
        cmocka_unit_test(a_key_tells_the_link_that_somebody_is_here),
        cmocka_unit_test(nothing_stale_is_said_once_the_server_is_back),
        cmocka_unit_test(only_cash_and_cards_are_offered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
