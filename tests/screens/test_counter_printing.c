/* Printing at the counter: the real print queue and a printer that is a file, or is not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "desk.h"
#include "proto/invoice.pb-c.h"
#include "proto/printer.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* A desk with a printer beside it, on a loop that turns when the test says so. */
struct printing_desk {
    struct desk desk;
    uv_loop_t loop;
    struct print_spool *printing;
    char paper[96]; /* the file */
};

static void attach(struct printing_desk *p, enum printer_way way, bool always)
{
    const char *problem = "";
    char queue[96];

    snprintf(queue, sizeof queue, "%s/print.db", p->desk.directory);
    snprintf(p->paper, sizeof p->paper, "%s/paper", p->desk.directory);
    const struct print_spool_options options = {
        .loop = &p->loop,
        .path = queue,
        .address = { .way = way, .name = p->paper, .host = "127.0.0.1", .port = "1" },
        .printer = { .columns = 42, .code = ESCPOS_CODE_QR, .cutter = true, .drawer_pin = 2 },
        .changed = printing_changed,
        .owner = &p->desk.counter,
    };
    uv_loop_init(&p->loop);
    p->printing = print_spool_open(&options, p->desk.arena, &problem);
    if (p->printing == NULL)
        fail_msg("%s", problem);
    printing_attach(&p->desk.counter, p->printing, always);
}

static void detach(struct printing_desk *p)
{
    p->desk.counter.printing = NULL;
    print_spool_close(p->printing);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&p->loop), 0);
}

static void until_printed(struct printing_desk *p)
{
    while (print_spool_waiting(p->printing) > 0)
        uv_run(&p->loop, UV_RUN_ONCE);
}

/* How often a text stands on the paper. */
static size_t on_paper(const struct printing_desk *p, const char *text)
{
    static char bytes[65536];
    FILE *file = fopen(p->paper, "rb");
    size_t size = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file), count = 0;

    if (file != NULL)
        fclose(file);
    for (const char *at = bytes; (at = memmem(at, size - (size_t)(at - bytes), text, strlen(text))) != NULL; at++)
        count++;
    return count;
}

static void sell(struct printing_desk *p)
{
    desk_open_paying(&p->desk);
    desk_type(&p->desk, "30");
    desk_type(&p->desk, K_ENTER);
    desk_rung_up(&p->desk);
}

/* The server's answer to a copy that was asked for. */
static void answer_copy(struct printing_desk *p, unsigned copy, const char *mark)
{
    Caroline__V1__ReceiptPrinted printed = CAROLINE__V1__RECEIPT_PRINTED__INIT;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow row = CAROLINE__V1__RECEIPT_ROW__INIT, *rows[] = { &row };

    row.has_kind = row.has_left = true;
    row.kind = CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TITLE;
    row.left = counter_text(mark);
    receipt.n_rows = 1;
    receipt.rows = rows;
    printed.has_receipt_number = printed.has_copy = true;
    printed.receipt_number = counter_text("3T-000042");
    printed.copy = copy;
    printed.receipt = &receipt;
    scripted_answer(p->desk.link, OP(RECEIPT_PRINT), &printed.base);
}

static const Caroline__V1__ReceiptPrint *asked(struct printing_desk *p)
{
    return (const Caroline__V1__ReceiptPrint *)scripted_request(p->desk.link, OP(RECEIPT_PRINT),
                                                                &caroline__v1__receipt_print__descriptor);
}

static void every_sale_is_printed_and_later_papers_are_copies(void **state)
{
    (void)state;
    struct printing_desk p;

    sell(&p);
    attach(&p, PRINTER_FILE, true);
    desk_ring_up(&p.desk, 3000);
    until_printed(&p);
    assert_int_equal(on_paper(&p, "Chocolate Cake"), 1);
    assert_int_equal(on_paper(&p, "\x1Bp"), 1); /* the drawer */
    desk_golden(&p.desk, "receipt-printed");

    desk_type(&p.desk, K_F9);
    assert_memory_equal(asked(&p)->receipt_number.data, "3T-000042", 9);
    assert_false(asked(&p)->gift);
    answer_copy(&p, 1, "COPY 1");
    desk_sees(&p.desk, "copy 1 of 3T-000042 goes to the printer");
    desk_type(&p.desk, K_F8);
    assert_true(asked(&p)->gift);
    answer_copy(&p, 2, "COPY 2");
    until_printed(&p);
    assert_int_equal(on_paper(&p, "COPY 1"), 1);
    assert_int_equal(on_paper(&p, "COPY 2"), 1);
    assert_int_equal(on_paper(&p, "\x1Bp"), 1); /* is for money alone */

    desk_type(&p.desk, K_ENTER);
    desk_type(&p.desk, K_F12);
    desk_type(&p.desk, "4"); /* the last one again */
    assert_true(asked(&p)->last);
    detach(&p);
    desk_close(&p.desk);
}

static void a_receipt_that_is_asked_for_is_the_original_once(void **state)
{
    (void)state;
    struct printing_desk p;

    sell(&p);
    attach(&p, PRINTER_FILE, false);
    desk_ring_up(&p.desk, 3000);
    desk_sees(&p.desk, "F9 Print");
    desk_sees_not(&p.desk, "Print copy");
    desk_type(&p.desk, K_F9);
    assert_false(scripted_asked(p.desk.link, OP(RECEIPT_PRINT)));
    desk_sees(&p.desk, "3T-000042 goes to the printer");
    until_printed(&p);
    assert_int_equal(on_paper(&p, "Chocolate Cake"), 1);
    assert_int_equal(on_paper(&p, "\x1Bp"), 1);
    desk_sees(&p.desk, "Print copy");
    desk_type(&p.desk, K_F9);
    assert_true(scripted_asked(p.desk.link, OP(RECEIPT_PRINT)));
    detach(&p);
    desk_close(&p.desk);
}

/* Nor at the next start, when all are. */
static void a_receipt_that_nobody_asked_for_is_not_printed_later(void **state)
{
    (void)state;
    struct printing_desk p;

    desk_open(&p.desk);
    desk_sign_in(&p.desk);
    scripted_state(p.desk.link, LINK_OFFLINE, "the server cannot be reached");
    attach(&p, PRINTER_FILE, true);
    detach(&p); /* its queue is no new one */
    attach(&p, PRINTER_FILE, false);
    desk_fill(&p.desk);
    desk_type(&p.desk, K_F2);
    desk_type(&p.desk, K_ENTER);
    desk_sees(&p.desk, "Receipt 3X-000001");
    desk_sees(&p.desk, "F9 Print");
    detach(&p);
    desk_restart(&p.desk);
    attach(&p, PRINTER_FILE, true);
    assert_int_equal(print_spool_waiting(p.printing), 0);
    detach(&p);
    desk_close(&p.desk);
}

/* Where an answer is slow, its customer has the change all the same: the drawer opens once for a sale, and not for one that is
 * refused at once. */
static void the_drawer_does_not_wait_for_a_slow_answer_and_opens_once(void **state)
{
    (void)state;
    struct printing_desk p;

    sell(&p);
    attach(&p, PRINTER_FILE, true);
    scripted_refuse(p.desk.link, OP(SALE_RING_UP), CAROLINE__V1__ERROR_CODE__UNDERPAID, "not enough", NULL, NULL);
    uv_run(&p.loop, UV_RUN_NOWAIT);
    assert_false(p.desk.counter.drawer_opened);
    assert_int_equal(on_paper(&p, "\x1Bp"), 0);
    desk_type(&p.desk, "30" K_ENTER);
    counter_tick(&p.desk.counter, 1000000, false);
    assert_false(p.desk.counter.drawer_opened);
    counter_tick(&p.desk.counter, 3500000, false);
    while (on_paper(&p, "\x1Bp") == 0)
        uv_run(&p.loop, UV_RUN_ONCE);
    desk_ring_up(&p.desk, 3000);
    until_printed(&p);
    assert_int_equal(on_paper(&p, "\x1Bp"), 1);
    desk_type(&p.desk, K_ENTER); /* the next sale has its own */
    desk_fill(&p.desk);
    desk_type(&p.desk, K_F2);
    desk_quote(&p.desk);
    desk_type(&p.desk, "30" K_ENTER);
    desk_ring_up(&p.desk, 3000);
    while (on_paper(&p, "\x1Bp") == 1)
        uv_run(&p.loop, UV_RUN_ONCE);
    assert_int_equal(on_paper(&p, "\x1Bp"), 2);
    detach(&p);
    desk_close(&p.desk);
}

/* Each kick is in the books: by its sale, or as a drawer that was opened without one. */
static void A15_a_drawer_that_was_opened_for_no_sale_is_noted(void **state)
{
    (void)state;
    struct printing_desk p;

    sell(&p);
    attach(&p, PRINTER_FILE, true);
    counter_tick(&p.desk.counter, 1000000, false);
    counter_tick(&p.desk.counter, 3500000, false);
    while (on_paper(&p, "\x1Bp") == 0)
        uv_run(&p.loop, UV_RUN_ONCE);
    scripted_refuse(p.desk.link, OP(SALE_RING_UP), CAROLINE__V1__ERROR_CODE__UNDERPAID, "not enough", NULL, NULL);
    const Caroline__V1__ShiftNoSale *noted = (const Caroline__V1__ShiftNoSale *)scripted_request(
        p.desk.link, OP(SHIFT_NO_SALE), &caroline__v1__shift_no_sale__descriptor);
    static const char reason[] = "for the change of a sale that is not booked: not enough";
    assert_int_equal(noted->reason.len, strlen(reason));
    assert_memory_equal(noted->reason.data, reason, strlen(reason));
    desk_sees(&p.desk, "not enough");
    scripted_refuse(p.desk.link, OP(SHIFT_NO_SALE), CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED, "you may not do that",
                    NULL, NULL);
    desk_sees(&p.desk, "the drawer was opened for a sale that is not booked");
    desk_type(&p.desk, K_ENTER);
    assert_int_equal(on_paper(&p, "\x1Bp"), 1); /* it is noted, and not opened again */
    desk_type(&p.desk, "30" K_ENTER);
    counter_tick(&p.desk.counter, 4000000, false);
    scripted_refuse(p.desk.link, OP(SALE_RING_UP), CAROLINE__V1__ERROR_CODE__UNDERPAID, "not enough", NULL, NULL);
    assert_false(scripted_asked(p.desk.link, OP(SHIFT_NO_SALE))); /* refused at once: nothing was opened */
    detach(&p);
    desk_close(&p.desk);
}

static void a_printer_that_is_away_is_said_in_words(void **state)
{
    (void)state;
    struct printing_desk p;

    sell(&p);
    attach(&p, PRINTER_TCP, true);
    desk_ring_up(&p.desk, 3000);
    desk_type(&p.desk, K_ENTER);
    while (print_spool_sentence(p.printing)[0] == '\0')
        uv_run(&p.loop, UV_RUN_ONCE);
    desk_golden(&p.desk, "sale-no-printer");
    scripted_state(p.desk.link, LINK_OFFLINE, "the server cannot be reached");
    desk_sees(&p.desk, "printer: it cannot be reached; 1 receipt waits | the server cannot be reached");
    detach(&p);
    desk_close(&p.desk);
}

/* Its queue is there, and none that is new: what it has not, was not asked for. */
static void open_alone(struct printing_desk *p)
{
    desk_open(&p->desk);
    desk_sign_in(&p->desk);
    scripted_state(p->desk.link, LINK_OFFLINE, "the server cannot be reached");
    attach(p, PRINTER_FILE, true);
    detach(p);
}

static void sell_alone(struct printing_desk *p)
{
    desk_fill(&p->desk);
    desk_type(&p->desk, K_F2);
    desk_type(&p->desk, K_ENTER);
    desk_sees(&p->desk, "Receipt 3X-000001");
}

/* The till dies with the sale on its disk: before its receipt is in the queue, and before a byte of it has left. It comes once, by the
 * next start, and by none after it; nothing says that it may lie there already. */
static void what_was_sold_and_not_printed_when_the_power_went_is_printed(void **state)
{
    (void)state;
    struct printing_desk p;

    for (int queued = 0; queued < 2; queued++) {
        open_alone(&p);
        if (queued == 1)
            attach(&p, PRINTER_FILE, true);
        sell_alone(&p);
        if (queued == 1) {
            assert_int_equal(print_spool_waiting(p.printing), 1);
            detach(&p); /* its loop has not turned */
        }
        assert_int_equal(on_paper(&p, "Chocolate Cake"), 0);
        for (int start = 0; start < 2; start++) {
            desk_restart(&p.desk);
            attach(&p, PRINTER_FILE, true);
            assert_int_equal(print_spool_waiting(p.printing), 1 - start);
            until_printed(&p);
            assert_int_equal(on_paper(&p, "Chocolate Cake"), 1);
            assert_int_equal(on_paper(&p, "PRINTED AGAIN"), 0);
            assert_int_equal(on_paper(&p, "\x1Bp"), 0); /* the drawer is for who has just paid */
            detach(&p);
        }
        desk_close(&p.desk);
    }
}

static void what_was_printed_does_not_come_again(void **state)
{
    (void)state;
    struct printing_desk p;

    open_alone(&p);
    attach(&p, PRINTER_FILE, true);
    sell_alone(&p);
    until_printed(&p);
    detach(&p);
    desk_restart(&p.desk);
    attach(&p, PRINTER_FILE, true);
    assert_int_equal(print_spool_waiting(p.printing), 0);
    assert_int_equal(on_paper(&p, "Chocolate Cake"), 1);
    detach(&p);
    desk_close(&p.desk);
}

static void answer_report(struct printing_desk *p, uint16_t op, bool closed)
{
    Caroline__V1__ShiftReported reported = CAROLINE__V1__SHIFT_REPORTED__INIT;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow row = CAROLINE__V1__RECEIPT_ROW__INIT, *rows[] = { &row };

    row.has_kind = row.has_left = true;
    row.kind = CAROLINE__V1__RECEIPT_ROW_KIND__ROW_TITLE;
    row.left = counter_text(closed ? "Z 12" : "X report");
    receipt.n_rows = 1;
    receipt.rows = rows;
    reported.has_closed = reported.has_number = true;
    reported.closed = closed;
    reported.number = 12;
    reported.receipt = &receipt;
    scripted_answer(p->desk.link, op, &reported.base);
}

/* An X when it is asked for; a Z by itself, and again when it is asked for. */
static void reports_are_printed(void **state)
{
    (void)state;
    struct printing_desk p;

    desk_open(&p.desk);
    desk_sign_in(&p.desk);
    attach(&p, PRINTER_FILE, true);
    desk_type(&p.desk, K_F12);
    desk_type(&p.desk, "7");
    answer_report(&p, OP(SHIFT_REPORT), false);
    desk_sees(&p.desk, "F9 Print");
    until_printed(&p);
    assert_int_equal(on_paper(&p, "X report"), 0);
    for (size_t i = 1; i <= 2; i++) {
        desk_type(&p.desk, K_F9);
        desk_sees(&p.desk, "the report goes to the printer");
        until_printed(&p);
        assert_int_equal(on_paper(&p, "X report"), i);
    }
    desk_type(&p.desk, K_ENTER);

    desk_type(&p.desk, K_F12);
    desk_type(&p.desk, "8");
    desk_type(&p.desk, "0");
    desk_type(&p.desk, K_F2);
    desk_type(&p.desk, K_ENTER);
    answer_report(&p, OP(SHIFT_CLOSE), true);
    until_printed(&p);
    assert_int_equal(on_paper(&p, "Z 12"), 1);
    desk_type(&p.desk, K_F9);
    until_printed(&p);
    assert_int_equal(on_paper(&p, "Z 12"), 2);
    assert_int_equal(on_paper(&p, "\x1Bp"), 0);
    detach(&p);
    desk_close(&p.desk);
}

/* Once the books have it, and not before. */
static void the_drawer_opens_for_a_reason(void **state)
{
    (void)state;
    struct printing_desk p;
    Caroline__V1__ShiftShown shown = CAROLINE__V1__SHIFT_SHOWN__INIT;

    desk_open(&p.desk);
    desk_sign_in(&p.desk);
    attach(&p, PRINTER_FILE, true);
    desk_type(&p.desk, K_F12);
    desk_type(&p.desk, "6");
    desk_type(&p.desk, "change\r");
    uv_run(&p.loop, UV_RUN_NOWAIT);
    assert_int_equal(on_paper(&p, "\x1Bp"), 0);
    scripted_answer(p.desk.link, OP(SHIFT_NO_SALE), &shown.base);
    while (on_paper(&p, "\x1Bp") == 0)
        uv_run(&p.loop, UV_RUN_ONCE);
    desk_type(&p.desk, K_F12);
    desk_type(&p.desk, "5");
    desk_type(&p.desk, "20\rchange\r");
    scripted_answer(p.desk.link, OP(SHIFT_MOVE), &shown.base);
    while (on_paper(&p, "\x1Bp") == 1)
        uv_run(&p.loop, UV_RUN_ONCE);
    assert_int_equal(on_paper(&p, "\x1Bp"), 2);
    detach(&p);
    desk_close(&p.desk);
}

static void nothing_else_opens_it(void **state)
{
    (void)state;
    struct printing_desk p;

    desk_open(&p.desk);
    desk_sign_in(&p.desk);
    attach(&p, PRINTER_FILE, true);
    for (int i = 0; i < 2; i++) {
        desk_type(&p.desk, K_F12);
        desk_type(&p.desk, "6");
        desk_type(&p.desk, "change\r");
        if (i == 0)
            scripted_refuse(p.desk.link, OP(SHIFT_NO_SALE), CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN, "not open", NULL,
                            NULL);
        else
            scripted_fail(p.desk.link, OP(SHIFT_NO_SALE), "no answer came");
        desk_type(&p.desk, K_ESC);
        desk_type(&p.desk, K_F12);
        desk_type(&p.desk, "5");
        desk_type(&p.desk, "20\rchange\r");
        if (i == 0)
            scripted_refuse(p.desk.link, OP(SHIFT_MOVE), CAROLINE__V1__ERROR_CODE__PERMISSION_DENIED, "no", NULL, NULL);
        else
            scripted_fail(p.desk.link, OP(SHIFT_MOVE), "no answer came");
        desk_type(&p.desk, K_ESC);
    }
    /* all of it by card */
    desk_fill(&p.desk);
    desk_type(&p.desk, K_F2);
    desk_quote(&p.desk);
    desk_type(&p.desk, K_F3);
    desk_type(&p.desk, "A77\r");
    desk_rung_up(&p.desk);
    desk_ring_up(&p.desk, 0);
    until_printed(&p);
    uv_run(&p.loop, UV_RUN_NOWAIT);
    assert_int_equal(on_paper(&p, "Chocolate Cake"), 1);
    assert_int_equal(on_paper(&p, "\x1Bp"), 0);
    detach(&p);
    desk_close(&p.desk);
}

/* ---- an invoice ---- */

/* Is a text in any file that the till keeps, but for the paper? */
static bool is_on_disk(const struct printing_desk *p, const char *text)
{
    char command[300];

    snprintf(command, sizeof command, "grep -qrs --binary-files=text --exclude=paper '%s' '%s'", text,
             p->desk.directory);
    return system(command) == 0;
}

static void ask_for_an_invoice(struct printing_desk *p)
{
    Caroline__V1__InvoiceMade made = CAROLINE__V1__INVOICE_MADE__INIT;
    Caroline__V1__InvoiceShown shown = CAROLINE__V1__INVOICE_SHOWN__INIT;
    Caroline__V1__InvoiceRow invoice = CAROLINE__V1__INVOICE_ROW__INIT;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow row = CAROLINE__V1__RECEIPT_ROW__INIT, *rows[] = { &row };

    desk_type(&p->desk, K_F12 K_F8);
    desk_scan(&p->desk, "3T-000042");
    desk_type(&p->desk, "Mia Zanzibar");
    desk_type(&p->desk, K_F2);
    made.has_number = made.has_receipt_number = invoice.has_number = shown.has_copy = true;
    made.number = invoice.number = counter_text("2026-000017");
    made.receipt_number = counter_text("3T-000042");
    scripted_answer(p->desk.link, OP(INVOICE_MAKE), &made.base);
    row.has_kind = row.has_left = true;
    row.left = counter_text("Mia Zanzibar");
    receipt.n_rows = 1;
    receipt.rows = rows;
    shown.invoice = &invoice;
    shown.receipt = &receipt;
    assert_true(((const Caroline__V1__InvoiceShow *)scripted_request(p->desk.link, OP(INVOICE_SHOW),
                                                                     &caroline__v1__invoice_show__descriptor))
                    ->print);
    scripted_answer(p->desk.link, OP(INVOICE_SHOW), &shown.base);
    desk_sees(&p->desk, "2026-000017 goes to the printer");
}

static void an_invoice_is_printed_and_on_no_disk(void **state)
{
    (void)state;
    struct printing_desk p;

    sell(&p);
    attach(&p, PRINTER_FILE, true);
    desk_ring_up(&p.desk, 3000);
    desk_type(&p.desk, K_ENTER);
    assert_true(is_on_disk(&p, "SQLite format"));
    ask_for_an_invoice(&p);
    assert_int_equal(print_spool_waiting(p.printing), 2); /* behind the receipt */
    until_printed(&p);
    assert_int_equal(on_paper(&p, "Mia Zanzibar"), 1);
    assert_int_equal(on_paper(&p, "PRINTED AGAIN"), 0);
    assert_false(is_on_disk(&p, "Zanzibar"));
    detach(&p);
    desk_close(&p.desk);
}

static void one_that_waits_for_the_printer_is_on_no_disk_either(void **state)
{
    (void)state;
    struct printing_desk p;

    sell(&p);
    attach(&p, PRINTER_TCP, true);
    desk_ring_up(&p.desk, 3000);
    desk_type(&p.desk, K_ENTER);
    ask_for_an_invoice(&p);
    while (print_spool_sentence(p.printing)[0] == '\0')
        uv_run(&p.loop, UV_RUN_ONCE);
    assert_non_null(strstr(print_spool_sentence(p.printing), "2 receipts wait"));
    assert_false(is_on_disk(&p, "Zanzibar"));
    detach(&p); /* it is gone with the program */
    attach(&p, PRINTER_FILE, true);
    until_printed(&p);
    assert_int_equal(on_paper(&p, "Mia Zanzibar"), 0);
    detach(&p);
    desk_close(&p.desk);
}

static void a_till_without_a_printer_says_so(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12);
    desk_type(&d, "4");
    desk_sees(&d, "there is no printer at this till");
    assert_false(scripted_asked(d.link, OP(RECEIPT_PRINT)));
    sale.has_receipt_number = true;
    sale.receipt_number = counter_text("3T-000042");
    shown.sale = &sale;
    desk_type(&d, K_F9);
    scripted_answer(d.link, OP(SALE_SHOW), &shown.base);
    desk_type(&d, K_F9); /* the key is not there, and who knows it by heart reads why */
    desk_sees(&d, "F9: no printer is set up at this till");
    desk_type(&d, K_F12);
    desk_sees(&d, "F12 does nothing here now");
    desk_close(&d);
}

/* The receipt as a copy, a Z as it was, on a printer that the server has. */
static void a_receipt_and_a_z_go_to_another_printer(void **state)
{
    (void)state;
    struct desk d;
    Caroline__V1__Printer office = CAROLINE__V1__PRINTER__INIT, bakehouse, *printers[] = { &bakehouse, &office };
    Caroline__V1__PrinterListed listed = CAROLINE__V1__PRINTER_LISTED__INIT;
    Caroline__V1__ReceiptPrinted printed = CAROLINE__V1__RECEIPT_PRINTED__INIT;
    Caroline__V1__PrintJobPut put = CAROLINE__V1__PRINT_JOB_PUT__INIT;

    desk_open_paying(&d);
    desk_type(&d, K_ENTER);
    desk_ring_up(&d, 2264);
    desk_type(&d, K_F1);
    desk_sees_not(&d, "On another printer of the shop's"); /* nobody has said yet that there is one */
    desk_type(&d, K_F1 K_F11);                             /* pressed all the same it is asked about */
    desk_sees(&d, "Where is the copy of 3T-000042 printed?");
    desk_type(&d, K_ENTER); /* nothing is known yet */
    office.has_name = office.has_waiting = true;
    office.name = counter_text("Office");
    office.waiting = 2;
    bakehouse = office;
    bakehouse.name = counter_text("Bakehouse");
    bakehouse.has_problem = true;
    bakehouse.problem = counter_text("it has no paper");
    listed.n_printers = 2;
    listed.printers = printers;
    scripted_request(d.link, OP(PRINTER_LIST), &caroline__v1__printer_list__descriptor);
    scripted_answer(d.link, OP(PRINTER_LIST), &listed.base);
    desk_golden(&d, "printers");
    desk_type(&d, K_ESC K_F1);
    desk_sees(&d, "On another printer of the shop's");
    desk_type(&d, K_F1 K_F11);
    scripted_answer(d.link, OP(PRINTER_LIST), &listed.base);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_ENTER);
    const Caroline__V1__ReceiptPrint *asked = (const Caroline__V1__ReceiptPrint *)scripted_request(
        d.link, OP(RECEIPT_PRINT), &caroline__v1__receipt_print__descriptor);
    assert_memory_equal(asked->printer.data, "Office", 6);
    assert_memory_equal(asked->receipt_number.data, "3T-000042", 9);
    printed.has_receipt_number = printed.has_copy = printed.has_job_number = true;
    printed.receipt_number = counter_text("3T-000042");
    printed.copy = 1;
    printed.job_number = 7;
    scripted_answer(d.link, OP(RECEIPT_PRINT), &printed.base);
    desk_sees(&d, "copy 1 of 3T-000042 goes to that printer, as its paper 7");
    desk_type(&d, K_F11); /* and the line goes while the list is shown */
    scripted_answer(d.link, OP(PRINTER_LIST), &listed.base);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "no connection: it is printed once it is back");
    scripted_state(d.link, LINK_ONLINE, "connected");
    desk_type(&d, K_ENTER);

    Caroline__V1__ShiftReported reported = CAROLINE__V1__SHIFT_REPORTED__INIT;
    reported.has_number = reported.has_closed = true;
    reported.number = 12;
    report_show(&d.counter, &reported);
    desk_type(&d, K_F11);
    desk_sees(&d, "an X is printed at this till alone, which has no printer");
    reported.closed = true;
    report_show(&d.counter, &reported);
    desk_type(&d, K_F11);
    desk_sees(&d, "Where is Z 12 printed?");
    scripted_answer(d.link, OP(PRINTER_LIST), &listed.base);
    desk_type(&d, K_ENTER);
    const Caroline__V1__ShiftZPrint *z = (const Caroline__V1__ShiftZPrint *)scripted_request(
        d.link, OP(SHIFT_Z_PRINT), &caroline__v1__shift_zprint__descriptor);
    assert_int_equal(z->number, 12);
    assert_memory_equal(z->printer.data, "Bakehouse", 9);
    put.has_printer = put.has_number = true;
    put.printer = counter_text("Bakehouse");
    put.number = 3;
    scripted_answer(d.link, OP(SHIFT_Z_PRINT), &put.base);
    desk_sees(&d, "the Z goes to Bakehouse, as its paper 3");
    desk_type(&d, K_F11);
    scripted_answer(d.link, OP(PRINTER_LIST), &listed.base);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "no connection: it is printed once it is back");
    scripted_state(d.link, LINK_ONLINE, "connected");
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_F11);
    desk_sees(&d, "no connection: the shop's printers are the server's");
    desk_close(&d);
}

static void the_code_of_the_test_page_tells_the_scanners_layout(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    test_page_print(&d.counter, 42);
    desk_sees(&d, "there is no printer at this till: no test page is printed");
    desk_scan(&d, "TEST-0123456789-AQZW");
    desk_sees(&d, "the scanner is set up well: each sign came as it was printed");
    desk_sign_in(&d);
    desk_scan(&d, "TEST-0123456789-AQZW");
    desk_sees(&d, "the scanner is set up well");
    desk_scan(&d, "TEST'0123456789'AQZW");
    desk_golden(&d, "scanner-layout");
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_and_a_z_go_to_another_printer),
        cmocka_unit_test(the_code_of_the_test_page_tells_the_scanners_layout),
        cmocka_unit_test(every_sale_is_printed_and_later_papers_are_copies),
        cmocka_unit_test(a_receipt_that_is_asked_for_is_the_original_once),
        cmocka_unit_test(a_receipt_that_nobody_asked_for_is_not_printed_later),
        cmocka_unit_test(the_drawer_does_not_wait_for_a_slow_answer_and_opens_once),
        cmocka_unit_test(A15_a_drawer_that_was_opened_for_no_sale_is_noted),
        cmocka_unit_test(a_printer_that_is_away_is_said_in_words),
        cmocka_unit_test(what_was_sold_and_not_printed_when_the_power_went_is_printed),
        cmocka_unit_test(what_was_printed_does_not_come_again),
        cmocka_unit_test(reports_are_printed),
        cmocka_unit_test(the_drawer_opens_for_a_reason),
        cmocka_unit_test(nothing_else_opens_it),
        cmocka_unit_test(an_invoice_is_printed_and_on_no_disk),
        cmocka_unit_test(one_that_waits_for_the_printer_is_on_no_disk_either),
        cmocka_unit_test(a_till_without_a_printer_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
