/* Money received on accounts, by keys and answers: in cash and by transfer, a statement, its papers; and no name on the disk. */
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

#include "accounts_world.h"

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

    done.has_amount_minor = true;
    done.amount_minor = 4000;
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
    desk_type(&d, K_F1);
    desk_sees(&d, "it may be done already");
    desk_sees_not(&d, "nothing was received");
    desk_type(&d, K_ENTER);
    desk_type(&d, K_ESC);
    desk_sees(&d, "put aside, 40.00 on account 1: its answer is told");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_fill(&d);
    desk_sees(&d, "Rye bread");
    scripted_state(d.link, LINK_ONLINE, "connected");
    desk_sees(&d, "not answered yet: 40.00 on account 1");
    answer_received(&d, 310);
    desk_sees(&d, "40.00 are received on account 1, and in the books");
    desk_sees_not(&d, "not answered yet");
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
    desk_sees(&d, "not done, 40.00 on account 1: no shift is open here: Enter");
    assert_true(stage_holds(&d.counter.stage));
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
    desk_sees(&d, "put aside, 40.00 on account 1");
    answer_received(&d, 310);
    desk_sees(&d, "40.00 are received on account 1, and in the books");
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

/* A till's printer is a file, and so is its queue. */
struct printer_file {
    char paper[128], queue[128];
    struct print_spool *spool;
    uv_loop_t loop;
};

static void begin_printing(struct desk *d, struct printer_file *p, bool always)
{
    const char *problem = "";

    uv_loop_init(&p->loop);
    snprintf(p->paper, sizeof p->paper, "%s/paper", d->directory);
    snprintf(p->queue, sizeof p->queue, "%s/print.db", d->directory);
    struct print_spool_options options = {
        .loop = &p->loop,
        .path = p->queue,
        .address = { .way = PRINTER_FILE, .name = p->paper },
        .printer = { .columns = 42, .code = ESCPOS_CODE_QR, .cutter = true, .drawer_pin = 2 },
        .changed = printing_changed,
        .owner = &d->counter,
    };
    p->spool = print_spool_open(&options, d->arena, &problem);
    if (p->spool == NULL)
        fail_msg("%s", problem);
    printing_attach(&d->counter, p->spool, always);
}

static void until_printed(struct printer_file *p)
{
    while (print_spool_waiting(p->spool) > 0)
        uv_run(&p->loop, UV_RUN_ONCE);
}

static void until_the_drawer_opens(struct printer_file *p)
{
    for (int turns = 0; turns < 1000 && !file_has(p->paper, "\033p"); turns++)
        uv_run(&p->loop, UV_RUN_NOWAIT);
    assert_true(file_has(p->paper, "\033p"));
}

static void end_printing(struct desk *d, struct printer_file *p)
{
    d->counter.printing = NULL;
    print_spool_close(p->spool);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&p->loop), 0);
    unlink(p->paper);
}

/* The shop keeps the signature, whether receipts are printed by themselves or not. */
static void what_is_signed_for_is_always_printed(void **state)
{
    (void)state;
    struct desk d;
    struct printer_file printer;

    pay(&d);
    begin_printing(&d, &printer, false);
    desk_type(&d, K_F10);
    answer_list(&d, false);
    desk_type(&d, "neben" K_ENTER);
    answer_ring_up(&d);
    until_printed(&printer);
    assert_true(file_has(printer.paper, "Signature"));
    desk_sees(&d, "F9 Print copy");
    end_printing(&d, &printer);
    desk_close(&d);
}

static void a_second_paper_of_what_was_received_is_a_copy(void **state)
{
    (void)state;
    struct desk d;
    struct printer_file printer;

    open_accounts(&d);
    begin_printing(&d, &printer, true);
    desk_type(&d, "caf" K_ENTER "40" K_ENTER);
    answer_received(&d, 310);
    until_printed(&printer);
    assert_true(file_has(printer.paper, "RECEIVED ON ACCOUNT"));
    assert_false(file_has(printer.paper, "COPY"));
    desk_golden(&d, "account-received-printed");
    desk_type(&d, K_F1);
    desk_golden(&d, "account-paper-help");
    desk_type(&d, K_ESC);
    desk_type(&d, K_F9);
    until_printed(&printer);
    assert_true(file_has(printer.paper, "COPY"));
    desk_sees(&d, "marked as a copy");
    desk_sees(&d, "F9 Print copy");
    end_printing(&d, &printer);
    desk_close(&d);
}

/* The drawer opens for the money that is in the cashier's hand; the paper comes with the answer. */
static void what_is_put_aside_opens_the_drawer_and_is_printed_later(void **state)
{
    (void)state;
    struct desk d;
    struct printer_file printer;

    open_accounts(&d);
    begin_printing(&d, &printer, true);
    receive_and_lose_the_line(&d, true);
    desk_type(&d, K_ESC);
    until_the_drawer_opens(&printer);
    assert_false(file_has(printer.paper, "RECEIVED ON ACCOUNT"));
    scripted_state(d.link, LINK_ONLINE, "connected");
    answer_received(&d, 310);
    desk_sees(&d, "in the books: its paper is printed");
    until_printed(&printer);
    assert_true(file_has(printer.paper, "RECEIVED ON ACCOUNT"));
    end_printing(&d, &printer);
    desk_close(&d);
}

/* Nobody is there to put it aside by then. */
static void who_is_signed_out_meanwhile_has_the_drawer_opened(void **state)
{
    (void)state;
    struct desk d;
    struct printer_file printer;

    open_accounts(&d);
    begin_printing(&d, &printer, true);
    desk_type(&d, "caf" K_ENTER "40" K_ENTER);
    scripted_session(d.link, NULL, false);
    until_the_drawer_opens(&printer);
    end_printing(&d, &printer);
    desk_close(&d);
}

/* The name is printed, and the queue's file never had it. */
static void the_paper_has_the_name_and_the_disk_has_not(void **state)
{
    (void)state;
    struct desk d;
    struct printer_file printer;

    pay(&d);
    begin_printing(&d, &printer, true);
    desk_type(&d, K_F10);
    answer_list(&d, false);
    desk_type(&d, "neben" K_ENTER);
    answer_ring_up(&d);
    assert_false(file_has(printer.queue, "Nebenan"));
    until_printed(&printer);
    assert_true(file_has(printer.paper, "Nebenan"));
    assert_true(file_has(printer.paper, "On account 1"));
    assert_false(file_has(printer.queue, "Nebenan"));
    end_printing(&d, &printer);
    assert_false(file_has(printer.queue, "Nebenan"));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
