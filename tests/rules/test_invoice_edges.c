/* The customer's invoice at its edges: which rows its paper has, names of many bytes, parts of tax numbers; and the receipt that
 * tells of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/text.h"
#include "common/print/text.h"
#include "common/rules/invoice.h"
#include "common/rules/sale_receipt.h"
#include "common/rules/vat_id.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define RULE         "------------------------------------------\n"
#define NOW          ((struct instant){ 1763800000000000 }) /* 2025-11-22 08:26:40 UTC */

/* ---- the paper ---- */

/* One line, of which everything but the amounts may be left out. */
static const struct paper_case {
    const char *what;
    struct invoice_customer customer;
    struct sale_line_row line;
    struct tax_row tax;
    int64_t total, tax_minor;
    struct original_tender paid[2];
    size_t paid_count;
    const char *paper; /* from the line on; NULL: see has */
    const char *has;   /* of its head */
} papers[] = {
    { "nothing but a name and a price",
      { "Mia", "", "" },
      { .name = "Bread", .quantity_milli = 1000, .unit_price_minor = 500, .total_minor = 500 },
      { .code = "ZERO", .net_minor = 500 },
      500,
      0,
      { { .amount_minor = 0 } },
      0,
      "Bread                                 5.00\n  1 x 5.00\n" RULE,
      "For\nMia\n" RULE },
    { "tax on top, something off, a unit nobody knows",
      { "Mia", " / Quarry Road 7 /  / Granite / ", "" },
      { .name = "Bread",
        .quantity_milli = 2500,
        .unit_price_minor = 100,
        .discount_minor = 50,
        .total_minor = 200,
        .tax_minor = 14,
        .unit = 9 },
      { .code = "VAT7", .rate_ppm = 70000, .net_minor = 200, .tax_minor = 14 },
      214,
      14,
      { { .amount_minor = 0 } },
      0,
      "Prices and amounts are without tax\nBread                                 2.00\n"
      "  2.5 x 1.00 less 0.50, tax 0.14\n" RULE,
      "For\nMia\nQuarry Road 7\nGranite\n" RULE },
    { "litres, prices with tax, a tip by card of which nothing pays",
      { "Mia", "Here", "T 7" },
      { .name = "Milk",
        .quantity_milli = 500,
        .unit_price_minor = 214,
        .total_minor = 107,
        .tax_minor = 7,
        .unit = UNIT_LITRE },
      { .code = "VAT7", .rate_ppm = 70000, .net_minor = 100, .tax_minor = 7 },
      107,
      7,
      { { .kind = TENDER_CARD, .name = "Card", .tip_minor = 50 },
        { .kind = TENDER_CASH, .name = "Cash", .amount_minor = 107 } },
      2,
      "Prices are with tax, amounts without\nMilk                                  1.00\n"
      "  0.5 l x 2.14, tax 0.07\n" RULE,
      "Total EUR                             1.07\n" RULE "Cash                                  1.07\n" RULE },
};

static struct receipt paper_of(const struct sale_rows *sale, const struct invoice_customer *customer,
                               const struct original_tender *paid, size_t paid_count, struct arena *arena)
{
    static const struct shop shop = { .name = "Caroline's", .address = "Mill Lane 1", .tax_number = "T-1" };
    struct invoice_sums sums;

    assert_int_equal(invoice_judge(sale, &shop, 0, arena, &sums), INVOICE_OK);
    struct invoice_order order = { .kind = INVOICE_OF_SALE,
                                   .number = { 2025, 17 },
                                   .customer = customer,
                                   .sale = sale,
                                   .shop = &shop,
                                   .currency = "EUR",
                                   .currency_exponent = 2,
                                   .sums = &sums,
                                   .paid = paid,
                                   .paid_count = paid_count };
    return invoice_document(&order, arena);
}

static void each_paper_has_the_rows_there_is_something_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(papers); i++) {
        const struct paper_case *row = &papers[i];
        struct arena *arena = arena_create(0);
        struct sale_line_row line = row->line;
        struct sale_rows sale = { .kind = SALE_SOLD,
                                  .number = { 3, 'T', 42 },
                                  .lines = &line,
                                  .line_count = 1,
                                  .total_minor = row->total,
                                  .tax_minor = row->tax_minor,
                                  .taxes = { .rows = { row->tax }, .count = 1 } };
        struct receipt document = paper_of(&sale, &row->customer, row->paid, row->paid_count, arena);
        const char *text = receipt_text(arena, &document, 42);

        if (strstr(text, row->paper) == NULL || strstr(text, row->has) == NULL)
            fail_msg("%s:\n%s", row->what, text);
        arena_destroy(arena);
    }
}

/* A name is cut to what a row holds, in columns and in bytes; a letter with more marks than that is left out. */
static void names_are_cut_to_columns_and_bytes(void **state)
{
    static const struct {
        const char *letter;
        size_t times, lines;
        size_t bytes; /* that are left of it */
    } rows[] = {
        { "n", 80, 1, 30 },
        { "\xc3\xa9", 80, 1, 60 },       /* é: thirty of two bytes */
        { "\xe2\x82\xac", 80, 101, 60 }, /* €: of many lines no more than sixty bytes */
        { "\xe2\x82\xac", 80, 100, 90 },
        { "e\xcc\x81\xcc\x81", 80, 1, 120 }, /* e with two marks, of five bytes: twenty-four fit */
        { "e\xcc\x81\xcc\x81", 80, 101, 60 },
    };
    static const struct invoice_customer customer = { "Mia", "", "" };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_create(0);
        char *name = arena_alloc(arena, 1000), *end = name;
        struct sale_line_row lines[101];
        struct sale_rows sale = { .kind = SALE_SOLD, .number = { 3, 'T', 42 }, .lines = lines };

        for (size_t k = 0; k < rows[i].times; k++)
            end = stpcpy(end, rows[i].letter);
        for (; sale.line_count < rows[i].lines; sale.line_count++)
            lines[sale.line_count] = (struct sale_line_row){ .name = name, .quantity_milli = 1000 };
        struct receipt document = paper_of(&sale, &customer, NULL, 0, arena);
        size_t found = 0;
        for (size_t k = 0; k < document.count; k++)
            if (document.rows[k].kind == RECEIPT_ROW_PAIR && document.rows[k].left[0] == name[0] &&
                strncmp(document.rows[k].left, name, strlen(document.rows[k].left)) == 0) {
                if (strlen(document.rows[k].left) != rows[i].bytes)
                    fail_msg("row %zu: %zu bytes", i, strlen(document.rows[k].left));
                found++;
            }
        assert_int_equal(found, rows[i].lines);
        arena_destroy(arena);
    }
}

static void one_letter_with_all_the_marks_is_none(void **state)
{
    static const struct invoice_customer customer = { "Mia", "", "" };
    struct arena *arena = arena_create(0);
    char name[200] = "e";
    struct sale_line_row line = { .name = name, .quantity_milli = 1000 };
    struct sale_rows sale = { .kind = SALE_SOLD, .number = { 3, 'T', 42 }, .lines = &line, .line_count = 1 };
    bool empty = false;

    (void)state;
    for (int i = 0; i < 70; i++)
        strcat(name, "\xcc\x81");
    struct receipt document = paper_of(&sale, &customer, NULL, 0, arena);
    for (size_t k = 0; k < document.count; k++)
        empty = empty || (document.rows[k].kind == RECEIPT_ROW_PAIR && document.rows[k].left[0] == '\0');
    assert_true(empty);
    arena_destroy(arena);
}

/* A document that is not there any more has no copies. */
static void nothing_is_no_copy(void **state)
{
    struct arena *arena = arena_create(0);

    (void)state;
    assert_int_equal(invoice_paper((struct receipt){ 0 }, 1, arena).count, 0);
    arena_destroy(arena);
}

/* ---- the receipt ---- */

static void a_receipt_tells_of_its_invoice(void **state)
{
    static const struct {
        enum sale_kind kind;
        const char *invoice, *invoice_of, *rows; /* NULL: none */
    } rows[] = {
        { SALE_SOLD, NULL, NULL, NULL },
        { SALE_SOLD, "2025-000017", NULL, RULE "Invoice 2025-000017 was made for this\nreceipt\n" },
        { SALE_REFUND, NULL, "2025-000017", RULE "Refund of what invoice 2025-000017 is for\n" },
        { SALE_REFUND, "2025-000018", "2025-000017",
          RULE "Refund of what invoice 2025-000017 is for\nCredit note 2025-000018 was made for this\nreceipt\n" },
    };
    static const struct shop shop = { .name = "Caroline's",
                                      .address = "",
                                      .tax_number = "",
                                      .receipt_head = "",
                                      .receipt_foot = "",
                                      .currency = "EUR",
                                      .currency_exponent = 2,
                                      .prices_include_tax = true };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_create(0);
        const struct sale_rows sale = { .kind = rows[i].kind,
                                        .number = { 3, 'T', 42 },
                                        .refund_of_number = { 3, 'T', 41 },
                                        .at = NOW,
                                        .invoice = rows[i].invoice,
                                        .invoice_of = rows[i].invoice_of };
        struct receipt receipt = sale_receipt(&sale, &shop, zone_utc(), NULL, arena);
        const char *text = receipt_text(arena, &receipt, 42);

        if ((strstr(text, "nvoice") != NULL) != (rows[i].rows != NULL) ||
            (rows[i].rows != NULL && strstr(text, rows[i].rows) == NULL))
            fail_msg("row %zu:\n%s", i, text);
        arena_destroy(arena);
    }
}

/* ---- tax numbers ---- */

/* Each place of each kind, at both of its ends and just beyond them. Forms: VIES, structure of VAT numbers. */
static void each_place_of_a_tax_number_takes_its_own_kind(void **state)
{
    static const struct {
        const char *text;
        enum vat_id_verdict verdict;
    } rows[] = {
        { "DE012345678", VAT_ID_OK },     { "DE/12345678", VAT_ID_BAD },    { "DE:12345678", VAT_ID_BAD },
        { "CY12345678A", VAT_ID_OK },     { "CY12345678Z", VAT_ID_OK },     { "CY12345678@", VAT_ID_BAD },
        { "CY12345678[", VAT_ID_BAD },    { "FR0A123456789", VAT_ID_OK },   { "FRZ9123456789", VAT_ID_OK },
        { "FR*9123456789", VAT_ID_BAD },  { "FR[9123456789", VAT_ID_BAD },  { "NL1A+*56789B+*", VAT_ID_OK },
        { "NL1A,*56789B01", VAT_ID_BAD }, { "NL1A[*56789B01", VAT_ID_BAD }, { "NL123456789C01", VAT_ID_BAD },
    };
    struct arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *written, *form;

        if (vat_id_check(rows[i].text, arena, &written, &form) != rows[i].verdict)
            fail_msg("%s", rows[i].text);
        assert_string_equal(written, rows[i].text);
        assert_int_equal(form != NULL, rows[i].verdict == VAT_ID_BAD);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_paper_has_the_rows_there_is_something_for),
        cmocka_unit_test(names_are_cut_to_columns_and_bytes),
        cmocka_unit_test(one_letter_with_all_the_marks_is_none),
        cmocka_unit_test(nothing_is_no_copy),
        cmocka_unit_test(a_receipt_tells_of_its_invoice),
        cmocka_unit_test(each_place_of_a_tax_number_takes_its_own_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
