/* The customer's invoice at the counter, by keys and answers. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"
#include "proto/invoice.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

static const Caroline__V1__InvoiceMake *asked(struct desk *d)
{
    return (const Caroline__V1__InvoiceMake *)scripted_request(d->link, OP(INVOICE_MAKE),
                                                               &caroline__v1__invoice_make__descriptor);
}

static void answer_made(struct desk *d, const char *number, bool existed)
{
    Caroline__V1__InvoiceMade made = CAROLINE__V1__INVOICE_MADE__INIT;

    made.has_number = made.has_receipt_number = true;
    made.number = counter_text(number);
    made.receipt_number = counter_text("3T-000042");
    made.has_existed = made.existed = existed;
    scripted_answer(d->link, OP(INVOICE_MAKE), &made.base);
}

static void answer_shown(struct desk *d, const char *number, const char *title)
{
    static const struct {
        int kind;
        const char *left, *right;
    } rows[] = {
        { 1, "Caroline's Cookies", "" },
        { 2, "1 Grand Avenue", "" },
        { 2, "Tax number SR EX 100-200300", "" },
        { 5, "", "" },
        { 1, NULL, "" }, /* the title */
        { 3, NULL, "2026-11-22" },
        { 3, "Receipt", "3T-000042" },
        { 3, "Supplied on", "2026-11-21" },
        { 5, "", "" },
        { 0, "For", "" },
        { 0, "Mia Stone GmbH", "" },
        { 0, "Quarry Road 7", "" },
        { 0, "Tax number DE123456789", "" },
        { 5, "", "" },
        { 3,
          "\xc3\x89"
          "clair au chocolat",
          "21.16" },
        { 4, "Total EUR", "22.64" },
    };
    Caroline__V1__InvoiceShown shown = CAROLINE__V1__INVOICE_SHOWN__INIT;
    Caroline__V1__InvoiceRow invoice = CAROLINE__V1__INVOICE_ROW__INIT;
    Caroline__V1__Receipt receipt = CAROLINE__V1__RECEIPT__INIT;
    Caroline__V1__ReceiptRow messages[sizeof rows / sizeof *rows], *list[sizeof rows / sizeof *rows];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        list[i] = &messages[i];
        caroline__v1__receipt_row__init(&messages[i]);
        messages[i].has_kind = messages[i].has_left = messages[i].has_right = true;
        messages[i].kind = (Caroline__V1__ReceiptRowKind)rows[i].kind;
        messages[i].left = counter_text(rows[i].left != NULL ? rows[i].left : rows[i].kind == 1 ? title : number);
        messages[i].right = counter_text(rows[i].right);
    }
    receipt.n_rows = sizeof rows / sizeof *rows;
    receipt.rows = list;
    invoice.has_number = true;
    invoice.number = counter_text(number);
    shown.invoice = &invoice;
    shown.receipt = &receipt;
    scripted_answer(d->link, OP(INVOICE_SHOW), &shown.base);
}

/* The receipt that was rung up last, once more: F9. */
static void answer_last_of(struct desk *d, int64_t total, const char *invoice, const char *invoice_of,
                           const char *refund_of)
{
    Caroline__V1__SaleRungUp sale = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__SaleShown shown = CAROLINE__V1__SALE_SHOWN__INIT;

    sale.has_receipt_number = totals.has_total_minor = true;
    sale.receipt_number = counter_text("3T-000042");
    totals.total_minor = total;
    sale.totals = &totals;
    sale.has_invoice_number = invoice != NULL;
    sale.invoice_number = counter_text(invoice == NULL ? "" : invoice);
    sale.has_invoice_of = invoice_of != NULL;
    sale.invoice_of = counter_text(invoice_of == NULL ? "" : invoice_of);
    shown.sale = &sale;
    shown.has_back_minor = true; /* should it be asked for */
    shown.back_minor = total;
    shown.has_refund_of = refund_of != NULL;
    shown.refund_of = counter_text(refund_of == NULL ? "" : refund_of);
    scripted_answer(d->link, OP(SALE_SHOW), &shown.base);
}

static void answer_last(struct desk *d, int64_t total, const char *invoice, const char *invoice_of)
{
    answer_last_of(d, total, invoice, invoice_of, NULL);
}

static bool is(ProtobufCBinaryData field, const char *text)
{
    return field.len == strlen(text) && memcmp(field.data, text, field.len) == 0;
}

static void any_receipt_gets_one_for_a_customer(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F12 K_F8);
    desk_type(&d, K_F2);
    desk_sees(&d, "type the receipt's number, or scan it");
    desk_scan(&d, "3T-000042");
    desk_type(&d, "Mia Stone GmbH");
    desk_type(&d, K_ENTER);
    desk_type(&d, "Quarry Road 7 / 12345 Granite");
    desk_type(&d, K_ENTER);
    desk_type(&d, "DE12345678");
    desk_golden(&d, "invoice");
    desk_type(&d, K_ENTER);
    const Caroline__V1__InvoiceMake *request = asked(&d);
    assert_true(is(request->receipt_number, "3T-000042"));
    assert_true(is(request->customer->name, "Mia Stone GmbH"));
    assert_true(is(request->customer->address, "Quarry Road 7 / 12345 Granite"));
    assert_true(is(request->customer->tax_number, "DE12345678"));
    desk_sees(&d, "Asking the server");
    desk_type(&d, K_ENTER K_F2 K_ESC);
    desk_sees(&d, "Asking the server");
    desk_sees_not(&d, "Esc Back");
    scripted_refuse(d.link, OP(INVOICE_MAKE), CAROLINE__V1__ERROR_CODE__BAD_TAX_NUMBER,
                    "a VAT number of that country looks like DE999999999", "customer.tax_number", NULL);
    desk_sees(&d, "looks like DE999999999");
    desk_type(&d, "9");
    desk_type(&d, K_ENTER);
    assert_true(is(asked(&d)->customer->tax_number, "DE123456789"));
    answer_made(&d, "2026-000017", false);
    desk_sees(&d, "2026-000017 is made, of receipt 3T-000042");
    assert_false(((const Caroline__V1__InvoiceShow *)scripted_request(d.link, OP(INVOICE_SHOW),
                                                                      &caroline__v1__invoice_show__descriptor))
                     ->print);
    answer_shown(&d, "2026-000017", "INVOICE");
    desk_golden(&d, "invoice-made");
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_null(d.counter.invoice.paper.arena);
    assert_int_equal(d.counter.invoice.name.size, 0); /* nothing stays */
    desk_close(&d);
}

static void the_receipt_on_the_screen_leads_there(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F9);
    answer_last(&d, 2264, NULL, NULL);
    desk_type(&d, K_F5 "Mia" K_ENTER "Here 1" K_F2);
    assert_true(is(asked(&d)->receipt_number, "3T-000042"));
    assert_false(asked(&d)->customer->has_tax_number);
    answer_made(&d, "2026-000017", false);
    answer_shown(&d, "2026-000017", "INVOICE");
    desk_type(&d, K_ESC); /* back to the receipt: somebody may wait for the change on it */
    assert_ptr_equal(stage_top(&d.counter.stage), &receipt_screen);
    desk_sees(&d, "Receipt 3T-000042");
    /* Now that it has one nobody is asked for a name. */
    desk_type(&d, K_F5);
    assert_null(asked(&d)->customer);
    answer_made(&d, "2026-000017", true);
    answer_shown(&d, "2026-000017", "INVOICE");
    desk_type(&d, K_ESC);
    desk_type(&d, K_ESC K_F9);
    answer_last(&d, 2264, "2026-000017", NULL);
    desk_type(&d, K_F5);
    assert_null(asked(&d)->customer);
    answer_made(&d, "2026-000017", true);
    desk_sees(&d, "2026-000017 was made before");
    answer_shown(&d, "2026-000017", "INVOICE");
    desk_sees(&d, "Mia Stone GmbH");
    desk_type(&d, K_ESC);
    desk_close(&d);
}

static void the_cursor_is_where_something_is_missing(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F9);
    answer_last(&d, 2264, NULL, NULL);
    desk_type(&d, K_F5 K_ENTER); /* over the name, to the address */
    desk_type(&d, "Here 1" K_F2);
    scripted_refuse(d.link, OP(INVOICE_MAKE), CAROLINE__V1__ERROR_CODE__BAD_FIELD,
                    "an invoice bears the customer's name", "customer.name", NULL);
    desk_sees(&d, "an invoice bears the customer's name");
    desk_type(&d, "Mia" K_F2);
    assert_true(is(asked(&d)->customer->name, "Mia"));
    assert_true(is(asked(&d)->customer->address, "Here 1"));
    desk_close(&d);
}

static void a_refund_is_not_refunded(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F9);
    answer_last_of(&d, -585, NULL, NULL, "3T-000041");
    desk_sees(&d, "The last receipt");
    desk_sees_not(&d, "Refund it");
    desk_type(&d, K_ESC K_F9);
    answer_last(&d, 585, NULL, NULL);
    desk_sees(&d, "Refund it");
    desk_close(&d);
}

static void a_refund_of_it_asks_for_its_credit_note_by_itself(void **state)
{
    Caroline__V1__SaleRungUp back = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, K_F10);
    desk_scan(&d, "3T-000041");
    answer_last(&d, 2264, "2026-000017", NULL);
    desk_type(&d, "stale" K_ENTER);
    answer_last(&d, 2264, "2026-000017", NULL);
    desk_type(&d, K_ENTER);
    totals.has_total_minor = back.has_receipt_number = back.has_invoice_of = true;
    totals.total_minor = -2264;
    back.receipt_number = counter_text("3T-000042");
    back.invoice_of = counter_text("2026-000017");
    back.totals = &totals;
    scripted_answer(d.link, OP(SALE_REFUND), &back.base);
    assert_true(is(asked(&d)->receipt_number, "3T-000042"));
    assert_null(asked(&d)->customer);
    answer_made(&d, "2026-000018", false);
    desk_sees(&d, "2026-000018 is made, of receipt 3T-000042");
    assert_false(scripted_asked(d.link, OP(INVOICE_SHOW))); /* no printer, and nobody looks */
    desk_golden(&d, "invoice-refunded");
    desk_type(&d, K_F5);
    assert_null(asked(&d)->customer);
    answer_made(&d, "2026-000018", true);
    answer_shown(&d, "2026-000018", "CREDIT NOTE");
    desk_sees(&d, "CREDIT NOTE");
    desk_type(&d, K_ESC);
    desk_close(&d);
}

static void without_a_connection_it_is_made_later(void **state)
{
    (void)state;
    struct desk d;

    desk_open(&d);
    desk_sign_in(&d);
    scripted_state(d.link, LINK_OFFLINE, "the server cannot be reached");
    desk_type(&d, K_F12 K_F8);
    desk_sees(&d, "an invoice can be made later as well");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_false(scripted_asked(d.link, OP(INVOICE_MAKE)));
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_receipt_gets_one_for_a_customer),
        cmocka_unit_test(the_receipt_on_the_screen_leads_there),
        cmocka_unit_test(the_cursor_is_where_something_is_missing),
        cmocka_unit_test(a_refund_is_not_refunded),
        cmocka_unit_test(a_refund_of_it_asks_for_its_credit_note_by_itself),
        cmocka_unit_test(without_a_connection_it_is_made_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
