/* On account, by keys and answers: whose it is, what is left, and what only the server can book. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "accounts_world.h"

static void all_of_it_goes_on_the_account_that_is_typed(void **state)
{
    (void)state;
    struct desk d;

    pay(&d);
    desk_sees(&d, "F10 On account");
    desk_type(&d, K_F10);
    desk_sees(&d, "Asking the server");
    answer_list(&d, false);
    desk_golden(&d, "account-pay");
    desk_type(&d, "EBENan");
    desk_sees_not(&d, "Hotel Krone");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 1);
    assert_int_equal(ring->tenders[0]->tender_type_id, 81);
    assert_int_equal(ring->tenders[0]->amount_minor, 2264);
    assert_int_equal(ring->tenders[0]->account_id, 901);
    assert_false(ring->tenders[0]->has_reference);
    answer_ring_up(&d);
    desk_golden(&d, "account-receipt");
    desk_close(&d);
}

static void a_part_of_it_and_cash_the_rest(void **state)
{
    (void)state;
    struct desk d;

    pay(&d);
    desk_type(&d, "10" K_F10);
    answer_list(&d, false);
    desk_sees(&d, "Whose account is 10.00 put on?");
    desk_type(&d, "3" K_ENTER);
    desk_golden(&d, "account-part");
    desk_type(&d, "10" K_F10);
    answer_list(&d, false);
    desk_type(&d, "3" K_ENTER);
    desk_sees(&d, "this account stands on the receipt already");
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 2);
    assert_int_equal(ring->tenders[0]->account_id, 903);
    assert_int_equal(ring->tenders[0]->amount_minor, 1000);
    assert_int_equal(ring->tenders[1]->kind, CAROLINE__V1__TENDER_KIND__TENDER_CASH);
    assert_false(ring->tenders[1]->has_account_id);
    desk_close(&d);
}

/* What was taken back leaves nothing behind in what is paid instead. */
static void what_is_taken_back_is_nobodys(void **state)
{
    (void)state;
    struct desk d;

    pay(&d);
    desk_type(&d, "10" K_F10);
    answer_list(&d, false);
    desk_type(&d, "3" K_ENTER K_F4 K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 1);
    assert_false(ring->tenders[0]->has_account_id);
    desk_close(&d);
}

static void what_does_not_go_is_said(void **state)
{
    (void)state;
    struct desk d;

    pay(&d);
    desk_type(&d, K_F10);
    answer_list(&d, false);
    desk_type(&d, "krone" K_ENTER);
    desk_sees(&d, "account 2 is blocked: nothing goes on it");
    desk_type(&d, "\177\177\177\177\177miller" K_ENTER);
    desk_sees(&d, "account 14: 0.01 of its limit are left");
    desk_type(&d, "xyz" K_ENTER); /* behind it */
    desk_sees(&d, "No account has that in its name");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);

    desk_type(&d, K_F10);
    answer_list(&d, false);
    desk_type(&d, "neben" K_ENTER);
    scripted_refuse(d.link, OP(SALE_RING_UP), CAROLINE__V1__ERROR_CODE__ACCOUNT_LIMIT,
                    "account 1: 3.00 of its limit are left, and not 22.64", "tenders[0].account_id", NULL);
    desk_sees(&d, "3.00 of its limit are left");
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen); /* another means pays it */
    desk_sees(&d, "To pay");
    desk_close(&d);
}

static void more_than_fit_are_looked_for_by_the_server(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__AccountListed one = CAROLINE__V1__ACCOUNT_LISTED__INIT;
    Caroline__V1__Account account, *accounts[] = { &account };

    pay(&d);
    desk_type(&d, K_F10);
    answer_list(&d, true);
    one.has_more = one.more = true;
    scripted_answer(d.link, OP(ACCOUNT_LIST), &one.base); /* as of more than a till holds */
    one.more = false;
    desk_type(&d, "oven");
    desk_sees(&d, "Enter looks among all of them");
    desk_type(&d, K_ENTER);
    const Caroline__V1__AccountList *asked = (const Caroline__V1__AccountList *)scripted_request(
        d.link, OP(ACCOUNT_LIST), &caroline__v1__account_list__descriptor);
    assert_memory_equal(asked->name.data, "oven", 4);
    account_of(&account, 77, "Oven and Stone", 0, 5000, false);
    one.accounts = accounts;
    one.n_accounts = 1;
    scripted_answer(d.link, OP(ACCOUNT_LIST), &one.base);
    desk_type(&d, K_ENTER);
    assert_int_equal(desk_rung_up(&d)->tenders[0]->account_id, 977);
    desk_close(&d);
}

static void answer_search(struct desk *d, uint32_t number, const char *name, uint64_t next_id)
{
    Caroline__V1__AccountListed listed = CAROLINE__V1__ACCOUNT_LISTED__INIT;
    Caroline__V1__Account account, *accounts[] = { &account };

    account_of(&account, number, name, 0, 5000, false);
    listed.accounts = accounts;
    listed.n_accounts = 1;
    listed.has_more = listed.more = listed.has_next_id = next_id != 0;
    listed.next_id = next_id;
    scripted_answer(d->link, OP(ACCOUNT_LIST), &listed.base);
}

static const Caroline__V1__AccountList *search_asked(struct desk *d)
{
    return (const Caroline__V1__AccountList *)scripted_request(d->link, OP(ACCOUNT_LIST),
                                                               &caroline__v1__account_list__descriptor);
}

/* Some of them, and of those that are said to be behind none yet. */
static void answer_many(struct desk *d)
{
    Caroline__V1__AccountListed none = CAROLINE__V1__ACCOUNT_LISTED__INIT;

    answer_list(d, true);
    none.has_more = none.more = true;
    scripted_answer(d->link, OP(ACCOUNT_LIST), &none.base);
}

static void pay_among_many(struct desk *d)
{
    pay(d);
    desk_type(d, K_F10);
    answer_many(d);
}

/* Some that fit are here already: the others of that name are one key away, and so is whoever has the number. */
static void behind_those_that_are_shown_there_are_the_others(void **state)
{
    (void)state;
    struct desk d;

    pay_among_many(&d);
    desk_type(&d, "hotel");
    desk_sees(&d, "Find all");
    desk_type(&d, K_F3);
    assert_memory_equal(search_asked(&d)->name.data, "hotel", 5);
    desk_type(&d, "s"); /* the answer to what was typed before is none to this */
    answer_search(&d, 50, "Hotel Krone", 0);
    desk_sees(&d, "Enter looks among all of them");
    desk_type(&d, "\177" K_F3);
    desk_type(&d, K_ENTER);
    search_asked(&d);
    answer_search(&d, 2, "Hotel Krone", 902);
    assert_int_equal(search_asked(&d)->after_id, 902); /* as long as there is room */
    answer_search(&d, 80, "Grand Hotel", 0);
    desk_sees(&d, "Grand Hotel");
    desk_sees_not(&d, "Find all");
    desk_type(&d, "\177\177\177\177\177");
    answer_many(&d); /* all of them again */
    desk_type(&d, "77" K_ENTER);
    assert_int_equal(search_asked(&d)->number, 77);
    answer_search(&d, 77, "Oven and Stone", 0);
    desk_type(&d, K_ENTER);
    assert_int_equal(desk_rung_up(&d)->tenders[0]->account_id, 977);
    desk_close(&d);
}

/* Of two pages the second did not come: all of them are asked for anew, not what is behind the first. */
static void a_page_that_did_not_come_leaves_nobody_out(void **state)
{
    (void)state;
    struct desk d;

    pay_among_many(&d);
    desk_type(&d, "hotel" K_F3);
    answer_search(&d, 2, "Hotel Krone", 1200);
    assert_int_equal(search_asked(&d)->after_id, 1200);
    scripted_fail(d.link, OP(ACCOUNT_LIST), "the server did not answer in time");
    desk_sees(&d, "F3 Find all");
    desk_type(&d, K_F3);
    assert_memory_equal(search_asked(&d)->name.data, "hotel", 5);
    assert_false(search_asked(&d)->has_after_id);
    answer_search(&d, 2, "Hotel Krone", 0);
    desk_sees(&d, "Hotel Krone");
    desk_close(&d);
}

static void what_was_typed_and_deleted_leaves_all_of_them(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__AccountListed none = CAROLINE__V1__ACCOUNT_LISTED__INIT;

    pay_among_many(&d);
    desk_type(&d, "zz" K_ENTER);
    none.has_more = true;
    scripted_answer(d.link, OP(ACCOUNT_LIST), &none.base);
    desk_sees(&d, "No account has that in its name");
    desk_type(&d, "\177\177");
    assert_false(search_asked(&d)->has_number);
    assert_false(search_asked(&d)->has_name);
    scripted_fail(d.link, OP(ACCOUNT_LIST), "the server did not answer in time");
    desk_type(&d, K_ENTER); /* and no account number 0 */
    assert_false(search_asked(&d)->has_number);
    answer_list(&d, false);
    desk_sees(&d, "Hotel Krone");

    desk_type(&d, "zz" K_ESC); /* and while the answer is on its way */
    desk_type(&d, K_F10);
    answer_many(&d);
    desk_type(&d, "zz" K_ENTER "\177\177");
    assert_memory_equal(search_asked(&d)->name.data, "zz", 2);
    answer_search(&d, 50, "Zz Top", 0);
    desk_sees_not(&d, "Zz Top");
    assert_false(search_asked(&d)->has_name);
    answer_list(&d, false);
    desk_sees(&d, "Hotel Krone");
    desk_close(&d);
}

static void not_offline(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    catalogue_put_tender_type(d.catalogue, 1, &on_account);
    desk_sign_in(&d);
    desk_fill(&d);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_type(&d, K_F12 K_F10);
    desk_sees(&d, "no connection: what is owed on an account is known to the server alone");
    desk_type(&d, K_F2);
    desk_sees(&d, "OFFLINE");
    desk_sees_not(&d, "On account");
    desk_close(&d);
}

static void pay_on_account_and_lose_the_line(struct desk *d, bool sent)
{
    pay(d);
    desk_type(d, "10" K_F10);
    answer_list(d, false);
    desk_type(d, "3" K_ENTER);
    if (!sent) {
        scripted_state(d->link, LINK_OFFLINE, "no connection");
        scripted_unsent(d->link);
    }
    desk_type(d, "20" K_ENTER);
    desk_sees(d, "Ringing up");
    if (sent)
        scripted_state(d->link, LINK_OFFLINE, "no connection");
}

/* Nothing of it was sent, and the server may refuse it: it is not let go. */
static void one_that_only_the_server_can_book_and_has_not_heard_of_stays(void **state)
{
    (void)state;
    struct desk d;

    pay_on_account_and_lose_the_line(&d, false);
    desk_sees(&d, "Withdraw");
    desk_sees_not(&d, "Next customer");
    desk_close(&d);
}

/* Put aside before its answer was there, and refused: nobody can sell it but the server, so its basket waits among the parked. */
static void one_that_was_put_aside_and_is_refused_is_parked(void **state)
{
    (void)state;
    struct desk d;

    pay_on_account_and_lose_the_line(&d, true);
    desk_type(&d, K_F2);
    desk_sees(&d, "Before: change 7.36");
    assert_false(scripted_asked(d.link, OP(SALE_OFFLINE)));
    scripted_state(d.link, LINK_ONLINE, "connected");
    scripted_refuse(d.link, OP(SALE_RING_UP), CAROLINE__V1__ERROR_CODE__ACCOUNT_LIMIT,
                    "account 14: 0.01 of its limit are left", "tenders[0].account_id", NULL);
    desk_sees(&d, "NOT BOOKED: 22.64, paid by On account 10.00, cash 20.00: account 14");
    assert_false(scripted_asked(d.link, OP(SALE_OFFLINE)));
    const Caroline__V1__BasketPark *parked = (const Caroline__V1__BasketPark *)scripted_request(
        d.link, OP(BASKET_PARK), &caroline__v1__basket_park__descriptor);
    assert_int_not_equal(parked->basket->n_lines, 0);
    assert_non_null(spool_aside_refused(d.spool, 0, d.arena)); /* until the server has its basket */
    Caroline__V1__BasketParkDone done = CAROLINE__V1__BASKET_PARK_DONE__INIT;
    done.has_parked_id = done.has_parked_count = true;
    done.parked_id = 704;
    done.parked_count = 1;
    desk_scan(&d, "4006381333931"); /* the next customer's */
    scripted_answer(d.link, OP(BASKET_PARK), &done.base);
    desk_sees(&d, "its basket waits: F12, F3");
    desk_sees(&d, "1 parked (F12)");
    assert_null(spool_aside_refused(d.spool, 0, d.arena));
    assert_int_equal(d.counter.basket.line_count, 1);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_goes_on_the_account_that_is_typed),
        cmocka_unit_test(a_part_of_it_and_cash_the_rest),
        cmocka_unit_test(what_is_taken_back_is_nobodys),
        cmocka_unit_test(what_does_not_go_is_said),
        cmocka_unit_test(more_than_fit_are_looked_for_by_the_server),
        cmocka_unit_test(behind_those_that_are_shown_there_are_the_others),
        cmocka_unit_test(a_page_that_did_not_come_leaves_nobody_out),
        cmocka_unit_test(what_was_typed_and_deleted_leaves_all_of_them),
        cmocka_unit_test(not_offline),
        cmocka_unit_test(one_that_only_the_server_can_book_and_has_not_heard_of_stays),
        cmocka_unit_test(one_that_was_put_aside_and_is_refused_is_parked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
