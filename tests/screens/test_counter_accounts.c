/* On account, by keys and answers: whose it is, what is left, money received on one, a statement; and no name on the disk. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <uv.h>

#include "desk.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static const struct tender_type on_account = {
    .id = 81, .name = "On account", .permission = "", .kind = TENDER_ACCOUNT, .change = CHANGE_NONE, .active = true
};

static void account_of(Caroline__V1__Account *account, uint32_t number, const char *name, int64_t owed, int64_t left,
                       bool blocked)
{
    caroline__v1__account__init(account);
    account->has_id = account->has_number = account->has_name = account->has_balance_minor = true;
    account->has_left_minor = account->has_blocked = true;
    account->id = 900 + number;
    account->number = number;
    account->name = counter_text(name);
    account->balance_minor = owed;
    account->left_minor = left;
    account->blocked = blocked;
}

static void answer_list(struct desk *d, bool more)
{
    Caroline__V1__AccountListed listed = CAROLINE__V1__ACCOUNT_LISTED__INIT;
    Caroline__V1__Account accounts[4], *pointers[4];

    account_of(&accounts[0], 1, "Café Nebenan", 4310, 15690, false);
    account_of(&accounts[1], 2, "Hotel Krone", 0, 0, true);
    account_of(&accounts[2], 3, "Kindergarten Sonnenblume", -500, 1500, false);
    account_of(&accounts[3], 14, "Mrs Miller, office", 99, 1, false);
    for (size_t i = 0; i < 4; i++)
        pointers[i] = &accounts[i];
    listed.accounts = pointers;
    listed.n_accounts = 4;
    listed.has_more = true;
    listed.more = more;
    scripted_answer(d->link, OP(ACCOUNT_LIST), &listed.base);
}

static void pay(struct desk *d)
{
    desk_open(d);
    catalogue_put_tender_type(d->catalogue, 1, &on_account);
    desk_sign_in(d);
    desk_fill(d);
    desk_type(d, K_F2);
    desk_quote(d);
}

static void answer_ring_up(struct desk *d)
{
    static const struct {
        Caroline__V1__ReceiptRowKind kind;
        const char *left, *right;
        uint64_t account_id;
    } papers[] = {
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TITLE, "Caroline's Cookies", NULL, 0 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TOTAL, "Total EUR", "22.64", 0 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_PAIR, "On account 1", "22.64", 901 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TEXT, "", NULL, 0 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TEXT, "", NULL, 0 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_RULE, NULL, NULL, 0 },
        { CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TEXT, "Signature", NULL, 0 },
    };
    Caroline__V1__SaleRungUp rung = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow rows[7], *pointers[7];

    for (size_t i = 0; i < 7; i++) {
        pointers[i] = &rows[i];
        caroline__v1__receipt_row__init(&rows[i]);
        rows[i].has_kind = true;
        rows[i].kind = papers[i].kind;
        rows[i].has_left = papers[i].left != NULL;
        rows[i].left = counter_text(papers[i].left == NULL ? "" : papers[i].left);
        rows[i].has_right = papers[i].right != NULL;
        rows[i].right = counter_text(papers[i].right == NULL ? "" : papers[i].right);
        rows[i].has_account_id = papers[i].account_id != 0;
        rows[i].account_id = papers[i].account_id;
    }
    receipt.rows = pointers;
    receipt.n_rows = 7;
    totals.has_total_minor = rung.has_receipt_number = true;
    totals.total_minor = 2264;
    rung.receipt_number = counter_text("3T-000042");
    rung.totals = &totals;
    rung.receipt = &receipt;
    scripted_answer(d->link, OP(SALE_RING_UP), &rung.base);
}

/* ---- paying ---- */

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

/* Some that fit are here already: the others of that name are one key away, and so is whoever has the number. */
static void behind_those_that_are_shown_there_are_the_others(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__AccountListed none = CAROLINE__V1__ACCOUNT_LISTED__INIT;

    pay(&d);
    desk_type(&d, K_F10);
    answer_list(&d, true);
    none.has_more = none.more = true;
    scripted_answer(d.link, OP(ACCOUNT_LIST), &none.base);
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
    answer_list(&d, true); /* all of them again */
    scripted_answer(d.link, OP(ACCOUNT_LIST), &none.base);
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
    Caroline__V1__AccountListed none = CAROLINE__V1__ACCOUNT_LISTED__INIT;

    pay(&d);
    desk_type(&d, K_F10);
    answer_list(&d, true);
    none.has_more = none.more = true;
    scripted_answer(d.link, OP(ACCOUNT_LIST), &none.base);
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

    pay(&d);
    desk_type(&d, K_F10);
    answer_list(&d, true);
    none.has_more = none.more = true;
    scripted_answer(d.link, OP(ACCOUNT_LIST), &none.base);
    desk_type(&d, "zz" K_ENTER);
    none.more = false;
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
    answer_list(&d, true);
    none.more = true;
    scripted_answer(d.link, OP(ACCOUNT_LIST), &none.base);
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

/* ---- received ---- */

static void open_accounts(struct desk *d)
{
    desk_open(d);
    desk_sign_in(d);
    desk_type(d, K_F12 K_F10);
    answer_list(d, false);
}

static const Caroline__V1__AccountReceive *received(struct desk *d)
{
    return (const Caroline__V1__AccountReceive *)scripted_request(d->link, OP(ACCOUNT_RECEIVE),
                                                                  &caroline__v1__account_receive__descriptor);
}

static void answer_received(struct desk *d, int64_t balance_minor)
{
    Caroline__V1__AccountReceived done = CAROLINE__V1__ACCOUNT_RECEIVED__INIT;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow rows[3], *pointers[] = { &rows[0], &rows[1], &rows[2] };

    for (size_t i = 0; i < 3; i++) {
        caroline__v1__receipt_row__init(&rows[i]);
        rows[i].has_kind = rows[i].has_left = true;
    }
    rows[0].kind = CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TITLE;
    rows[0].left = counter_text("RECEIVED ON ACCOUNT");
    rows[1].left = counter_text("Account 1");
    rows[1].has_account_id = true;
    rows[1].account_id = 901;
    rows[2].kind = CAROLINE__V1__RECEIPT_ROW_KIND__ROW_PAIR;
    rows[2].left = counter_text("Received by cash EUR");
    rows[2].has_right = true;
    rows[2].right = counter_text("40.00");
    receipt.rows = pointers;
    receipt.n_rows = 3;
    done.has_account_number = done.has_number = done.has_balance_minor = true;
    done.account_number = 1;
    done.number = 12;
    done.balance_minor = balance_minor;
    done.receipt = &receipt;
    scripted_answer(d->link, OP(ACCOUNT_RECEIVE), &done.base);
}

static void cash_is_received(void **state)
{
    (void)state;
    struct desk d;

    open_accounts(&d);
    desk_golden(&d, "account-list");
    desk_type(&d, "caf" K_ENTER);
    desk_golden(&d, "account-receive");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "type how much it is");
    desk_type(&d, "40" K_ENTER);
    const Caroline__V1__AccountReceive *request = received(&d);
    assert_int_equal(request->account_id, 901);
    assert_int_equal(request->means, CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_CASH);
    assert_int_equal(request->amount_minor, 4000);
    assert_false(request->has_reference);
    desk_type(&d, K_ESC K_F3 "1"); /* not now, and not in the bar */
    desk_sees(&d, "Asking the server");
    desk_sees_not(&d, "Esc");
    desk_sees_not(&d, "Go on");
    answer_received(&d, 310);
    desk_golden(&d, "account-received");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void a_transfer_has_its_reference_and_a_credit_is_asked_about(void **state)
{
    (void)state;
    struct desk d;

    open_accounts(&d);
    desk_type(&d, "nebenan" K_ENTER K_F4);
    desk_sees(&d, "the bank's");
    desk_sees_not(&d, "of a card");
    desk_type(&d, "50" K_ENTER K_ENTER);
    desk_sees(&d, "type the bank's reference");
    desk_type(&d, "invoice 7" K_ENTER);
    desk_sees(&d, "50.00 is more than is owed: 6.90 stay as a credit");
    desk_type(&d, K_ENTER);
    const Caroline__V1__AccountReceive *request = received(&d);
    assert_int_equal(request->means, CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_TRANSFER);
    assert_memory_equal(request->reference.data, "invoice 7", 9);
    scripted_refuse(d.link, OP(ACCOUNT_RECEIVE), CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN,
                    "open the drawer's shift first", NULL, NULL);
    desk_sees(&d, "open the drawer's shift first");
    assert_ptr_equal(stage_top(&d.counter.stage), &account_receive_screen);
    desk_close(&d);
}

static void a_statement_is_shown(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__AccountShown shown = CAROLINE__V1__ACCOUNT_SHOWN__INIT;
    Caroline__V1__Account account;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow row = CAROLINE__V1__RECEIPT_ROW__INIT, *rows[] = { &row };

    open_accounts(&d);
    desk_type(&d, "nebenan" K_F2);
    account_of(&account, 1, "Café Nebenan", 4310, 15690, false);
    row.has_left = row.has_account_id = true;
    row.left = counter_text("Account 1");
    row.account_id = 901;
    receipt.rows = rows;
    receipt.n_rows = 1;
    shown.account = &account;
    shown.receipt = &receipt;
    scripted_answer(d.link, OP(ACCOUNT_SHOW), &shown.base);
    desk_golden(&d, "account-statement");
    desk_sees_not(&d, "F3 Earlier");
    desk_type(&d, K_ENTER);

    Caroline__V1__AccountEntry entry = CAROLINE__V1__ACCOUNT_ENTRY__INIT, *entries[] = { &entry };
    entry.has_number = shown.has_more = shown.more = true;
    entry.number = 51;
    shown.entries = entries;
    shown.n_entries = 1;
    desk_type(&d, K_F2);
    scripted_answer(d.link, OP(ACCOUNT_SHOW), &shown.base);
    desk_golden(&d, "account-statement-more");
    desk_type(&d, K_F3);
    const Caroline__V1__AccountShow *before = (const Caroline__V1__AccountShow *)scripted_request(
        d.link, OP(ACCOUNT_SHOW), &caroline__v1__account_show__descriptor);
    assert_int_equal(before->id, 901);
    assert_int_equal(before->before_entry, 51);
    shown.more = false;
    row.left = counter_text("Opened");
    scripted_answer(d.link, OP(ACCOUNT_SHOW), &shown.base);
    desk_sees(&d, "Opened");
    desk_sees_not(&d, "earlier entries");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &account_screen);
    desk_close(&d);

    desk_open(&d);
    scripted_forbids(d.link, "member_see");
    desk_sign_in(&d);
    desk_type(&d, K_F12 K_F10);
    answer_list(&d, false);
    desk_sees_not(&d, "Statement");
    desk_close(&d);
}

/* ---- on paper, and on the disk ---- */

static bool file_has(const char *path, const char *text)
{
    char command[400];

    snprintf(command, sizeof(command), "grep -aqF '%s' %s* 2>/dev/null", text, path);
    return system(command) == 0;
}

static void receive_and_lose_the_line(struct desk *d, bool sent)
{
    desk_type(d, "caf" K_ENTER "40" K_ENTER);
    if (!sent)
        scripted_unsent(d->link);
    scripted_state(d->link, LINK_OFFLINE, "no connection");
}

/* Nothing of it has left: as if nothing had been typed. */
static void what_was_not_sent_is_taken_back(void **state)
{
    (void)state;
    struct desk d;

    open_accounts(&d);
    receive_and_lose_the_line(&d, false);
    desk_sees(&d, "Take back");
    desk_type(&d, K_ESC);
    desk_sees(&d, "taken back: nothing was done");
    assert_false(scripted_asked(d.link, OP(ACCOUNT_RECEIVE)));
    assert_ptr_equal(stage_top(&d.counter.stage), &account_receive_screen);
    scripted_state(d.link, LINK_ONLINE, "connected");
    desk_type(&d, K_ENTER);
    assert_int_equal(received(&d)->amount_minor, 4000);
    answer_received(&d, 310);
    desk_sees(&d, "40.00 are received on account 1");
    desk_close(&d);
}

/* It may have been booked: the till sells on, and what became of it is told over whatever is done then. */
static void what_may_have_been_sent_is_put_aside(void **state)
{
    (void)state;
    struct desk d;

    open_accounts(&d);
    receive_and_lose_the_line(&d, true);
    desk_golden(&d, "account-put-aside");
    desk_type(&d, K_ESC);
    desk_sees(&d, "put aside, the money on an account");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_fill(&d);
    desk_sees(&d, "Rye bread");
    scripted_state(d.link, LINK_ONLINE, "connected");
    answer_received(&d, 310);
    desk_sees(&d, "what was received on account 1 is in the books");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_sees(&d, "Rye bread");
    desk_close(&d);
}

static void what_is_put_aside_and_refused_is_told(void **state)
{
    (void)state;
    struct desk d;

    open_accounts(&d);
    receive_and_lose_the_line(&d, true);
    desk_type(&d, K_ESC K_ESC);
    scripted_state(d.link, LINK_ONLINE, "connected");
    scripted_refuse(d.link, OP(ACCOUNT_RECEIVE), CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN, "no shift is open here",
                    NULL, NULL);
    desk_sees(&d, "the money on an account is not done: no shift is open here");
    desk_close(&d);
}

/* A server that takes long is as good as none. */
static void a_slow_one_is_put_aside_too(void **state)
{
    (void)state;
    struct desk d;

    open_accounts(&d);
    desk_type(&d, "caf" K_ENTER "40" K_ENTER);
    counter_tick(&d.counter, d.now_us, false);
    desk_sees_not(&d, "Put aside");
    counter_tick(&d.counter, d.now_us + 2 * SECOND_US, false);
    desk_sees(&d, "Esc Put aside");
    desk_type(&d, K_ESC);
    desk_sees(&d, "put aside, the money on an account");
    answer_received(&d, 310);
    desk_sees(&d, "what was received on account 1 is in the books");
    desk_close(&d);
}

static void a_minus_is_not_overlooked(void **state)
{
    (void)state;
    struct desk d;

    open_accounts(&d);
    desk_type(&d, "caf" K_ENTER "-5" K_ENTER);
    desk_sees(&d, "nothing is paid back here");
    assert_false(scripted_asked(d.link, OP(ACCOUNT_RECEIVE)));
    desk_close(&d);
}

/* What was not told is not none. */
static void accounts_that_were_not_told_are_not_none(void **state)
{
    (void)state;
    struct desk d;

    pay(&d);
    desk_type(&d, K_F10);
    scripted_fail(d.link, OP(ACCOUNT_LIST), "no connection");
    desk_sees(&d, "The server has not told them.");
    desk_sees_not(&d, "There is no account yet");
    desk_close(&d);
}

static struct print_spool *begin_printing(struct desk *d, uv_loop_t *loop, char paper[128], char queue[128],
                                          bool always)
{
    const char *problem = "";

    uv_loop_init(loop);
    snprintf(paper, 128, "%s/paper", d->directory);
    snprintf(queue, 128, "%s/print.db", d->directory);
    struct print_spool_options options = {
        .loop = loop,
        .path = queue,
        .address = { .way = PRINTER_FILE, .name = paper },
        .printer = { .columns = 42, .code = ESCPOS_CODE_QR, .cutter = true, .drawer_pin = 2 },
        .changed = printing_changed,
        .owner = &d->counter,
    };
    struct print_spool *printing = print_spool_open(&options, d->arena, &problem);
    if (printing == NULL)
        fail_msg("%s", problem);
    printing_attach(&d->counter, printing, always);
    return printing;
}

static void until_printed(struct print_spool *printing, uv_loop_t *loop)
{
    while (print_spool_waiting(printing) > 0)
        uv_run(loop, UV_RUN_ONCE);
}

static void end_printing(struct desk *d, struct print_spool *printing, uv_loop_t *loop)
{
    d->counter.printing = NULL;
    print_spool_close(printing);
    uv_run(loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(loop), 0);
}

/* The shop keeps the signature, whether receipts are printed by themselves or not. */
static void what_is_signed_for_is_always_printed(void **state)
{
    (void)state;
    struct desk d;
    char paper[128], queue[128];
    uv_loop_t loop;

    pay(&d);
    struct print_spool *printing = begin_printing(&d, &loop, paper, queue, false);
    desk_type(&d, K_F10);
    answer_list(&d, false);
    desk_type(&d, "neben" K_ENTER);
    answer_ring_up(&d);
    until_printed(printing, &loop);
    assert_true(file_has(paper, "Signature"));
    desk_sees(&d, "F9 Print copy");
    end_printing(&d, printing, &loop);
    unlink(paper);
    desk_close(&d);
}

static void a_second_paper_of_what_was_received_is_a_copy(void **state)
{
    (void)state;
    struct desk d;
    char paper[128], queue[128];
    uv_loop_t loop;

    open_accounts(&d);
    struct print_spool *printing = begin_printing(&d, &loop, paper, queue, true);
    desk_type(&d, "caf" K_ENTER "40" K_ENTER);
    answer_received(&d, 310);
    until_printed(printing, &loop);
    assert_true(file_has(paper, "RECEIVED ON ACCOUNT"));
    assert_false(file_has(paper, "COPY"));
    desk_golden(&d, "account-received-printed");
    desk_type(&d, K_F1);
    desk_golden(&d, "account-paper-help");
    desk_type(&d, K_ESC);
    desk_type(&d, K_F9);
    until_printed(printing, &loop);
    assert_true(file_has(paper, "COPY"));
    desk_sees(&d, "marked as a copy");
    desk_sees(&d, "F9 Print copy");
    end_printing(&d, printing, &loop);
    unlink(paper);
    desk_close(&d);
}

/* The drawer opens for the money that is in the cashier's hand; the paper comes with the answer. */
static void what_is_put_aside_opens_the_drawer_and_is_printed_later(void **state)
{
    (void)state;
    struct desk d;
    char paper[128], queue[128];
    uv_loop_t loop;

    open_accounts(&d);
    struct print_spool *printing = begin_printing(&d, &loop, paper, queue, true);
    receive_and_lose_the_line(&d, true);
    desk_type(&d, K_ESC);
    for (int turns = 0; turns < 1000 && !file_has(paper, "\033p"); turns++)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_true(file_has(paper, "\033p"));
    assert_false(file_has(paper, "RECEIVED ON ACCOUNT"));
    scripted_state(d.link, LINK_ONLINE, "connected");
    answer_received(&d, 310);
    desk_sees(&d, "in the books: its paper is printed");
    until_printed(printing, &loop);
    assert_true(file_has(paper, "RECEIVED ON ACCOUNT"));
    end_printing(&d, printing, &loop);
    unlink(paper);
    desk_close(&d);
}

/* Nobody is there to put it aside by then. */
static void who_is_signed_out_meanwhile_has_the_drawer_opened(void **state)
{
    (void)state;
    struct desk d;
    char paper[128], queue[128];
    uv_loop_t loop;

    open_accounts(&d);
    struct print_spool *printing = begin_printing(&d, &loop, paper, queue, true);
    desk_type(&d, "caf" K_ENTER "40" K_ENTER);
    scripted_session(d.link, NULL, false);
    for (int turns = 0; turns < 1000 && !file_has(paper, "\033p"); turns++)
        uv_run(&loop, UV_RUN_NOWAIT);
    assert_true(file_has(paper, "\033p"));
    end_printing(&d, printing, &loop);
    unlink(paper);
    desk_close(&d);
}

/* The name is printed, and the queue's file never had it. */
static void the_paper_has_the_name_and_the_disk_has_not(void **state)
{
    (void)state;
    struct desk d;
    char paper[128], queue[128];
    uv_loop_t loop;

    pay(&d);
    struct print_spool *printing = begin_printing(&d, &loop, paper, queue, true);
    desk_type(&d, K_F10);
    answer_list(&d, false);
    desk_type(&d, "neben" K_ENTER);
    answer_ring_up(&d);
    assert_false(file_has(queue, "Nebenan"));
    until_printed(printing, &loop);
    assert_true(file_has(paper, "Nebenan"));
    assert_true(file_has(paper, "On account 1"));
    assert_false(file_has(queue, "Nebenan"));
    end_printing(&d, printing, &loop);
    assert_false(file_has(queue, "Nebenan"));
    unlink(paper);
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
        cmocka_unit_test(cash_is_received),
        cmocka_unit_test(a_transfer_has_its_reference_and_a_credit_is_asked_about),
        cmocka_unit_test(what_was_not_sent_is_taken_back),
        cmocka_unit_test(what_may_have_been_sent_is_put_aside),
        cmocka_unit_test(what_is_put_aside_and_refused_is_told),
        cmocka_unit_test(a_slow_one_is_put_aside_too),
        cmocka_unit_test(a_minus_is_not_overlooked),
        cmocka_unit_test(accounts_that_were_not_told_are_not_none),
        cmocka_unit_test(what_is_put_aside_opens_the_drawer_and_is_printed_later),
        cmocka_unit_test(who_is_signed_out_meanwhile_has_the_drawer_opened),
        cmocka_unit_test(a_statement_is_shown),
        cmocka_unit_test(what_is_signed_for_is_always_printed),
        cmocka_unit_test(a_second_paper_of_what_was_received_is_a_copy),
        cmocka_unit_test(the_paper_has_the_name_and_the_disk_has_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
