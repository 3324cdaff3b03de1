/* The customer's invoice: a receipt's lines and taxes to the cent, or none; its document; numbers; tax numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/invoice.h"
#include "common/rules/vat_id.h"
#include "small_shop.h"

/* ---- which receipts, and what their lines come to ---- */

#define LINES 4
#define TAXES 3

/* A line: what it cost, its part of the taxes, flags. A tax: code, rate, net, tax. Worked out by hand. */
struct row {
    const char *name;
    struct {
        int64_t total, tax;
        uint8_t flags;
    } lines[LINES];
    struct {
        const char *code;
        uint32_t rate;
        int64_t net, tax;
    } taxes[TAXES];
    int64_t total, tax, refunded;
    enum tender_kind kind; /* of what paid it; 0: cash */
    bool refund;
    const char *tax_number, *address; /* NULL: it has one */
    enum invoice_verdict verdict;
    int64_t net;         /* of all */
    int64_t nets[LINES]; /* of the lines that were sold */
    bool on_top;
};
static const struct row rows[] = {
    /* 5.00 × 7 / 107 = 0.3271; 9.00 × 19 / 119 = 1.4370 */
    { "one rate, prices with tax",
      { { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      500,
      33,
      .net = 467,
      .nets = { 467 } },
    { "two rates",
      { { 500, 33, 0 }, { 900, 144, 0 } },
      { { "VAT7", 70000, 467, 33 }, { "VAT19", 190000, 756, 144 } },
      1400,
      177,
      .net = 1223,
      .nets = { 467, 756 } },
    /* 600 × .05 / 1.14975 = 26.09, × .09975 / 1.14975 = 52.05: both are of the same 521.86 */
    { "two taxes on one line",
      { { 600, 78, 0 } },
      { { "GST", 50000, 522, 26 }, { "QST", 99750, 522, 52 } },
      600,
      78,
      .net = 522,
      .nets = { 522 } },
    { "tax on top",
      { { 250, 50, 0 } },
      { { "VAT20", 200000, 250, 50 } },
      300,
      50,
      .net = 250,
      .nets = { 250 },
      .on_top = true },
    { "no tax at all", { { 720, 0, 0 } }, { { "ZERO", 0, 720, 0 } }, 720, 0, .net = 720, .nets = { 720 } },
    { "a voided line was never sold",
      { { 0, 0, LINE_VOIDED }, { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      500,
      33,
      .net = 467,
      .nets = { 467 } },
    { "a free cookie costs nothing and bears nothing",
      { { 0, 0, LINE_REWARD }, { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      500,
      33,
      .net = 467,
      .nets = { 0, 467 } },
    { "all of it was free", { { 0, 0, LINE_REWARD } }, { { "VAT7", 70000, 0, 0 } }, 0, 0, .net = 0, .nets = { 0 } },
    { "a refund",
      { { -500, -33, 0 } },
      { { "VAT7", 70000, -467, -33 } },
      -500,
      -33,
      .refund = true,
      .net = -467,
      .nets = { -467 } },
    { "a refund of tax on top",
      { { -250, -50, 0 } },
      { { "VAT20", 200000, -250, -50 } },
      -300,
      -50,
      .refund = true,
      .net = -250,
      .nets = { -250 },
      .on_top = true },
    { "a voucher paid it",
      { { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      500,
      33,
      .kind = TENDER_VOUCHER,
      .net = 467,
      .nets = { 467 } },
    { "a part came back",
      { { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      500,
      33,
      .refunded = 499,
      .net = 467,
      .nets = { 467 } },
    { "all came back",
      { { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      500,
      33,
      .refunded = 500,
      .verdict = INVOICE_GIVEN_BACK },
    { "all goods came back, but not the empties that were taken for them",
      { { 100, 7, 0 }, { -50, -3, 0 } },
      { { "VAT7", 70000, 46, 4 } },
      50,
      4,
      .refunded = 100,
      .verdict = INVOICE_GIVEN_BACK },
    { "half of the goods came back",
      { { 100, 7, 0 }, { -50, -3, 0 } },
      { { "VAT7", 70000, 46, 4 } },
      50,
      4,
      .refunded = 50,
      .net = 46,
      .nets = { 93, -47 } },
    { "more empties came than goods went",
      { { -75, -5, 0 } },
      { { "VAT7", 70000, -70, -5 } },
      -75,
      -5,
      .verdict = INVOICE_PAID_OUT },
    { "the house paid",
      { { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      500,
      33,
      .kind = TENDER_HOUSE,
      .verdict = INVOICE_HOUSE },
    { "taxes nobody knows", { { 500, 33, 0 } }, { { "?", 0, 467, 33 } }, 500, 33, .verdict = INVOICE_TAX_UNKNOWN },
    { "the shop has no tax number",
      { { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      500,
      33,
      .tax_number = "",
      .verdict = INVOICE_NO_TAX_NUMBER },
    { "the shop has no address",
      { { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      500,
      33,
      .address = "",
      .verdict = INVOICE_NO_ADDRESS },
    { "a cent of tax too many in the lines",
      { { 500, 34, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      500,
      33,
      .verdict = INVOICE_UNSOUND },
    { "a cent too many in the taxes",
      { { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 34 } },
      500,
      33,
      .verdict = INVOICE_UNSOUND },
    { "a cent too many in the total",
      { { 500, 33, 0 } },
      { { "VAT7", 70000, 467, 33 } },
      501,
      33,
      .verdict = INVOICE_UNSOUND },
};

static struct sale_rows sale_of(const struct row *row, struct arena *arena)
{
    struct sale_rows sale = { .kind = row->refund ? SALE_REFUND : SALE_SOLD,
                              .total_minor = row->total,
                              .tax_minor = row->tax };

    sale.lines = arena_array(arena, LINES, sizeof *sale.lines);
    for (; sale.line_count < LINES; sale.line_count++) {
        size_t i = sale.line_count;
        if (row->lines[i].total == 0 && row->lines[i].flags == 0)
            break;
        sale.lines[i] = (struct sale_line_row){ .name = "x",
                                                .quantity_milli = row->lines[i].total < 0 ? -1000 : 1000,
                                                .total_minor = row->lines[i].total,
                                                .tax_minor = row->lines[i].tax,
                                                .flags = row->lines[i].flags };
    }
    for (; sale.taxes.count < TAXES && row->taxes[sale.taxes.count].code != NULL; sale.taxes.count++) {
        struct tax_row *tax = &sale.taxes.rows[sale.taxes.count];
        strncpy(tax->code, row->taxes[sale.taxes.count].code, TAX_CODE_SIZE - 1);
        tax->rate_ppm = row->taxes[sale.taxes.count].rate;
        tax->net_minor = row->taxes[sale.taxes.count].net;
        tax->tax_minor = row->taxes[sale.taxes.count].tax;
    }
    sale.tenders = arena_alloc(arena, sizeof *sale.tenders);
    sale.tenders[0] =
        (struct tender_row){ .kind = row->kind == 0 ? TENDER_CASH : row->kind, .amount_minor = row->total };
    sale.tender_count = 1;
    return sale;
}

static void an_invoice_says_what_its_receipt_says_to_the_cent_or_is_none(void **state)
{
    struct arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct sale_rows sale = sale_of(row, arena);
        struct shop shop = { .tax_number = row->tax_number != NULL ? row->tax_number : "T-1",
                             .address = row->address != NULL ? row->address : "Mill Lane 1" };
        struct invoice_sums sums;
        enum invoice_verdict verdict = invoice_judge(&sale, &shop, row->refunded, arena, &sums);

        if (verdict != row->verdict)
            fail_msg("%s: verdict %d", row->name, (int)verdict);
        assert_true(verdict == INVOICE_OK || strlen(invoice_sentence(verdict)) > 20);
        if (verdict != INVOICE_OK)
            continue;
        if (sums.net_minor != row->net || sums.net_minor + sums.tax_minor != row->total || sums.tax_minor != row->tax ||
            sums.total_minor != row->total || sums.on_top != row->on_top)
            fail_msg("%s: %lld + %lld", row->name, (long long)sums.net_minor, (long long)sums.tax_minor);
        for (size_t k = 0; k < sums.line_count; k++) {
            assert_int_equal(sums.lines[k].net_minor, row->nets[k]);
            assert_int_equal(sums.lines[k].gross_minor, sums.lines[k].net_minor + sums.lines[k].tax_minor);
        }
    }
    arena_destroy(arena);
}

/* ---- documents ---- */

static const struct invoice_customer mia = { "Mia Stone GmbH", "Quarry Road 7 / 12345 Granite", "DE123456789" };

static struct shop shop_of(const struct small_shop *s)
{
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);

    shop.tax_number = "DE 999";
    return shop;
}

/* Two cookies of which one is free, cheese with something off, a cake that was voided; 1.00 by card with a tip, the rest cash. */
static struct sale_rows a_sale(struct small_shop *s)
{
    static const uint32_t reward = REWARD_DEAREST;
    static const struct basket_line lines[] = {
        { .product_id = COOKIE, .quantity_milli = 2000 },
        { .product_id = CHEESE,
          .quantity_milli = 250,
          .discount = { .given = true, .fixed = true, .value = 23, .reason = { (const uint8_t *)"day-old", 7 } } },
        { .product_id = CAKE,
          .quantity_milli = 1000,
          .voided = true,
          .void_reason = { (const uint8_t *)"dropped", 7 } },
    };
    static const struct tender tenders[] = {
        { .kind = TENDER_CARD, .amount_minor = 150, .tip_minor = 50, .reference = { (const uint8_t *)"8841", 4 } },
        { .kind = TENDER_CASH, .amount_minor = 500 },
    };
    struct sale_command command = {
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION,
                    .lines = lines,
                    .line_count = 3,
                    .member_id = ANNA,
                    .rewards = &reward,
                    .reward_count = 1 },
        .tenders = tenders,
        .tender_count = 2,
        .shown_total_minor = 550,
        .device_id = TILL,
        .series = 'T',
        .number = 42,
        .sale_id = 51,
        .new_lot_id = 61,
        .discount_limit_ppm = 1000000,
    };
    static struct sale_rows sale;

    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    return sale;
}

static struct receipt document_of(struct small_shop *s, const struct sale_rows *sale, enum invoice_kind kind,
                                  const struct original_tender *paid, size_t paid_count)
{
    static struct invoice_sums sums;
    static struct shop shop;
    struct day day = zone_day(zone_utc(), NOW);

    shop = shop_of(s);
    assert_int_equal(invoice_judge(sale, &shop, 0, s->arena, &sums), INVOICE_OK);
    struct invoice_order order = { .kind = kind,
                                   .number = { 2025, 17 },
                                   .credit_of = { 2025, 16 },
                                   .issued = { day.number + 3 },
                                   .supplied = day,
                                   .customer = &mia,
                                   .sale = sale,
                                   .shop = &shop,
                                   .currency = "EUR",
                                   .currency_exponent = 2,
                                   .sums = &sums,
                                   .paid = paid,
                                   .paid_count = paid_count };
    return invoice_document(&order, s->arena);
}

static void the_paper_bears_who_what_and_how_much(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct receipt document = document_of(s, &sale, INVOICE_OF_SALE, s->original.tenders, s->original.tender_count);

    (void)state;
    assert_string_equal(receipt_text(s->arena, &document, 48), "                   Caroline's\n"
                                                               "                  Mill Lane 1\n"
                                                               "                     Berlin\n"
                                                               "               Tax number DE 999\n"
                                                               "------------------------------------------------\n"
                                                               "                    INVOICE\n"
                                                               "2025-000017                           2025-11-25\n"
                                                               "Receipt                                3T-000042\n"
                                                               "Supplied on                           2025-11-22\n"
                                                               "------------------------------------------------\n"
                                                               "For\n"
                                                               "Mia Stone GmbH\n"
                                                               "Quarry Road 7\n"
                                                               "12345 Granite\n"
                                                               "Tax number DE123456789\n"
                                                               "------------------------------------------------\n"
                                                               "Prices are with tax, amounts without\n"
                                                               "Cookie                                      2.34\n"
                                                               "  2 x 2.50 less 2.50, tax 0.16\n"
                                                               "Cheese                                      2.80\n"
                                                               "  0.25 kg x 12.90 less 0.23, tax 0.20\n"
                                                               "------------------------------------------------\n"
                                                               "Without tax                                 5.14\n"
                                                               "VAT 7 % on 5.14                             0.36\n"
                                                               "Total EUR                                   5.50\n"
                                                               "------------------------------------------------\n"
                                                               "Card 8841                                   1.00\n"
                                                               "Cash                                        4.50\n"
                                                               "------------------------------------------------\n"
                                                               "       One supply with receipt 3T-000042\n"
                                                               "                   3T-000042\n");
    /* On 58 mm nothing is lost either. */
    const char *narrow = receipt_text(s->arena, &document, 32);
    for (const char *line = narrow; *line != '\0'; line = strchr(line, '\n') + 1)
        assert_true((size_t)(strchr(line, '\n') - line) <= 32);
    assert_non_null(strstr(narrow, "Mia Stone GmbH"));
    assert_non_null(strstr(narrow, "Cheese                      2.80"));
    small_shop_close(s);
}

static void a_deposit_is_said_as_on_the_receipt(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct sale_line_row *line = &sale.lines[0];

    (void)state;
    line->flags |= LINE_DEPOSIT;
    line->name = "Bottle";
    struct receipt document = document_of(s, &sale, INVOICE_OF_SALE, NULL, 0);
    assert_non_null(strstr(receipt_text(s->arena, &document, 42), "\nDeposit Bottle  "));
    line->name = "Deposit bottle";
    document = document_of(s, &sale, INVOICE_OF_SALE, NULL, 0);
    assert_non_null(strstr(receipt_text(s->arena, &document, 42), "\nDeposit bottle  "));
    line->name = "Bottle";
    line->quantity_milli = -1000; /* taken back beside what was bought; what it is worth is not looked at here */
    document = document_of(s, &sale, INVOICE_OF_SALE, NULL, 0);
    assert_non_null(strstr(receipt_text(s->arena, &document, 42), "\nDeposit back, Bottle  "));
    small_shop_close(s);
}

static void a_credit_note_names_its_invoice_and_takes_the_same_back(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    a_sale(s);
    s->original.invoice = "2025-000016";
    assert_int_equal(refund_decide(&(struct refund_command){ .original = { .till = 3, .series = 'T', .number = 42 },
                                                             .device_id = TILL,
                                                             .series = 'T',
                                                             .number = 43,
                                                             .sale_id = 52 },
                                   &s->set, NOW, &back),
                     SALE_OK);
    assert_string_equal(back.invoice_of, "2025-000016");
    struct receipt document = document_of(s, &back, INVOICE_CREDIT_NOTE, NULL, 0);
    const char *text = receipt_text(s->arena, &document, 42);
    assert_non_null(strstr(text, "CREDIT NOTE"));
    assert_non_null(strstr(text, "Of invoice                     2025-000016"));
    assert_non_null(strstr(text, "Receipt of the refund            3T-000043"));
    assert_non_null(strstr(text, "Without tax                          -5.14"));
    assert_non_null(strstr(text, "VAT 7 % on -5.14                     -0.36"));
    assert_non_null(strstr(text, "Total EUR                            -5.50"));
    small_shop_close(s);
}

static void cash_rounding_stands_beside_the_total(void **state)
{
    static const struct original_tender paid[] = { { .kind = TENDER_CASH, .name = "Cash", .amount_minor = 555 } };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct receipt document = document_of(s, &sale, INVOICE_OF_SALE, paid, 1);
    const char *text = receipt_text(s->arena, &document, 42);

    (void)state;
    assert_non_null(strstr(text, "Total EUR                             5.50\n"));
    assert_non_null(
        strstr(text, "Cash rounding                         0.05\nCash                                  5.55\n"));
    small_shop_close(s);
}

static void another_paper_says_which_copy_it_is(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = a_sale(s);
    struct receipt document = document_of(s, &sale, INVOICE_OF_SALE, NULL, 0),
                   copy = invoice_paper(document, 2, s->arena);
    size_t marks = 0;

    (void)state;
    assert_ptr_equal(invoice_paper(document, 0, s->arena).rows, document.rows);
    assert_int_equal(copy.count, document.count + 2);
    for (size_t i = 0; i < copy.count; i++)
        if (copy.rows[i].left != NULL && strcmp(copy.rows[i].left, "COPY 2") == 0)
            marks++;
        else
            assert_memory_equal(&copy.rows[i], &document.rows[i - marks], sizeof copy.rows[i]);
    assert_int_equal(marks, 2);
    small_shop_close(s);
}

/* Two hundred lines of the longest names with options: an answer holds them. */
static void the_longest_fits_a_frame(void **state)
{
    struct arena *arena = arena_create(0);
    struct shop shop = { .tax_number = "T", .address = "A", .name = "N" };
    struct sale_rows sale = { .kind = SALE_SOLD, .line_count = BASKET_LINES_MAX, .option_count = BASKET_LINES_MAX };
    char name[241] = "";
    struct invoice_sums sums;
    size_t bytes = 0;

    (void)state;
    for (int i = 0; i < 80; i++)
        strcat(name, "\xe9\xa4\x85");
    sale.lines = arena_array(arena, BASKET_LINES_MAX, sizeof *sale.lines);
    sale.options = arena_array(arena, BASKET_LINES_MAX, sizeof *sale.options);
    for (int i = 0; i < BASKET_LINES_MAX; i++) {
        sale.lines[i] = (struct sale_line_row){ .name = name,
                                                .quantity_milli = 999999999,
                                                .unit = UNIT_KILOGRAM,
                                                .unit_price_minor = 99999999,
                                                .discount_minor = 99999999,
                                                .total_minor = 99999999,
                                                .tax_minor = 6542056 };
        sale.options[i] = (struct option_row){ .line = i, .name = name };
        sale.total_minor += 99999999;
        sale.tax_minor += 6542056;
    }
    sale.taxes = (struct taxes){ .count = 1, .rows = { { .code = "V", .tax_minor = sale.tax_minor } } };
    assert_int_equal(invoice_judge(&sale, &shop, 0, arena, &sums), INVOICE_OK);
    struct invoice_order order = { .kind = INVOICE_OF_SALE,
                                   .customer = &mia,
                                   .sale = &sale,
                                   .shop = &shop,
                                   .currency = "EUR",
                                   .currency_exponent = 2,
                                   .sums = &sums };
    struct receipt document = invoice_document(&order, arena);
    for (size_t i = 0; i < document.count; i++)
        bytes += 10 + (document.rows[i].left == NULL ? 0 : strlen(document.rows[i].left)) +
                 (document.rows[i].right == NULL ? 0 : strlen(document.rows[i].right));
    assert_true(bytes < 55000);
    assert_true(document.count <= 1000);
    arena_destroy(arena);
}

/* ---- numbers ---- */

static void a_number_is_a_year_and_the_next_of_it(void **state)
{
    static const char *const bad[] = { "",
                                       "2026",
                                       "2026-",
                                       "2026-0",
                                       "26-000001",
                                       "2026-00001x",
                                       "2026_000001",
                                       "1969-000001",
                                       "02026-00001",
                                       "2026-1000000000000000",
                                       "-026-000001",
                                       "2026--00001" };
    char text[INVOICE_NUMBER_TEXT];
    struct invoice_number number;

    (void)state;
    assert_string_equal(invoice_number_format(text, (struct invoice_number){ 2026, 17 }), "2026-000017");
    assert_string_equal(invoice_number_format(text, (struct invoice_number){ 2026, 1234567 }), "2026-1234567");
    for (const char *const *good = (const char *const[]){ "2026-000017", "2026-17", "2026-00000000017", NULL }; *good;
         good++) {
        assert_true(invoice_number_parse(bytes_of_text(*good), &number));
        assert_int_equal(number.year, 2026);
        assert_int_equal(number.number, 17);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (invoice_number_parse(bytes_of_text(bad[i]), &number))
            fail_msg("%s", bad[i]);
}

static void tax_numbers_have_their_countrys_form_where_it_is_known(void **state)
{
    /* written: what is kept of an OK one; of a BAD one, what its country's look like. Forms: VIES, structure of VAT numbers. */
    static const struct {
        const char *text;
        enum vat_id_verdict verdict;
        const char *written;
    } table[] = {
        { "ATU12345678", VAT_ID_OK, "ATU12345678" },
        { "AT12345678", VAT_ID_BAD, "ATU99999999" },
        { "BE0123456789", VAT_ID_OK, "BE0123456789" },
        { "BE123456789", VAT_ID_BAD, "BE9999999999" },
        { "BG123456789", VAT_ID_OK, "BG123456789" },
        { "BG1234567890", VAT_ID_OK, "BG1234567890" },
        { "CY12345678X", VAT_ID_OK, "CY12345678X" },
        { "CY123456789", VAT_ID_BAD, "CY99999999A" },
        { "CZ12345678", VAT_ID_OK, "CZ12345678" },
        { "CZ1234567890", VAT_ID_OK, "CZ1234567890" },
        { "DE123456789", VAT_ID_OK, "DE123456789" },
        { "de 123.456-789", VAT_ID_OK, "DE123456789" },
        { "DE12345678", VAT_ID_BAD, "DE999999999" },
        { "DE1234567890", VAT_ID_BAD, "DE999999999" },
        { "DE12345678A", VAT_ID_BAD, "DE999999999" },
        { "DK12345678", VAT_ID_OK, "DK12345678" },
        { "EE123456789", VAT_ID_OK, "EE123456789" },
        { "EL123456789", VAT_ID_OK, "EL123456789" },
        { "ESX1234567X", VAT_ID_OK, "ESX1234567X" },
        { "ES12345678Z", VAT_ID_OK, "ES12345678Z" },
        { "ESB12345678", VAT_ID_OK, "ESB12345678" },
        { "ES123456789", VAT_ID_BAD, "ESA99999999" },
        { "FI12345678", VAT_ID_OK, "FI12345678" },
        { "FRXX123456789", VAT_ID_OK, "FRXX123456789" },
        { "FR12345678901", VAT_ID_OK, "FR12345678901" },
        { "FR1234567890", VAT_ID_BAD, "FR99999999999" },
        { "HR12345678901", VAT_ID_OK, "HR12345678901" },
        { "HU12345678", VAT_ID_OK, "HU12345678" },
        { "IE1234567A", VAT_ID_OK, "IE1234567A" },
        { "IE1+23456A", VAT_ID_OK, "IE1+23456A" },
        { "IE1234567WA", VAT_ID_OK, "IE1234567WA" },
        { "IE12345678", VAT_ID_BAD, "IE9999999A" },
        { "IT12345678901", VAT_ID_OK, "IT12345678901" },
        { "LT123456789", VAT_ID_OK, "LT123456789" },
        { "LT123456789012", VAT_ID_OK, "LT123456789012" },
        { "LU12345678", VAT_ID_OK, "LU12345678" },
        { "LV12345678901", VAT_ID_OK, "LV12345678901" },
        { "MT12345678", VAT_ID_OK, "MT12345678" },
        { "NL123456789B01", VAT_ID_OK, "NL123456789B01" },
        { "NL123456789001", VAT_ID_BAD, "NL999999999B99" },
        { "PL1234567890", VAT_ID_OK, "PL1234567890" },
        { "PT123456789", VAT_ID_OK, "PT123456789" },
        { "RO12", VAT_ID_OK, "RO12" },
        { "RO1234567890", VAT_ID_OK, "RO1234567890" },
        { "RO1", VAT_ID_BAD, "RO99" },
        { "SE123456789012", VAT_ID_OK, "SE123456789012" },
        { "SI12345678", VAT_ID_OK, "SI12345678" },
        { "SK1234567890", VAT_ID_OK, "SK1234567890" },
        { "XI123456789", VAT_ID_OK, "XI123456789" },
        { "XIGD123", VAT_ID_OK, "XIGD123" },
        { "XIGE123", VAT_ID_BAD, "XI999999999" },
        { "DE", VAT_ID_BAD, "DE999999999" },
        { "DE99999999999999999999999999999999999", VAT_ID_BAD, "DE999999999" },
        { "", VAT_ID_OTHER, "" },
        { "12/345/67890", VAT_ID_OTHER, "12/345/67890" },
        { "GB123456789", VAT_ID_OTHER, "GB123456789" },
        { "CHE-123.456.789 MWST", VAT_ID_OTHER, "CHE-123.456.789 MWST" },
        { "gr123456789", VAT_ID_OTHER, "gr123456789" },
        { "27AAPFU0939F1ZV", VAT_ID_OTHER, "27AAPFU0939F1ZV" },
        { "\xd0\x98\xd0\x9d\xd0\x9d 7707083893", VAT_ID_OTHER, "\xd0\x98\xd0\x9d\xd0\x9d 7707083893" },
    };
    struct arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *written, *form;
        enum vat_id_verdict verdict = vat_id_check(table[i].text, arena, &written, &form);

        if (verdict != table[i].verdict)
            fail_msg("%s: %d", table[i].text, (int)verdict);
        assert_string_equal(verdict == VAT_ID_BAD ? form : written, table[i].written);
    }
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_invoice_says_what_its_receipt_says_to_the_cent_or_is_none),
        cmocka_unit_test(the_paper_bears_who_what_and_how_much),
        cmocka_unit_test(a_deposit_is_said_as_on_the_receipt),
        cmocka_unit_test(a_credit_note_names_its_invoice_and_takes_the_same_back),
        cmocka_unit_test(cash_rounding_stands_beside_the_total),
        cmocka_unit_test(another_paper_says_which_copy_it_is),
        cmocka_unit_test(the_longest_fits_a_frame),
        cmocka_unit_test(a_number_is_a_year_and_the_next_of_it),
        cmocka_unit_test(tax_numbers_have_their_countrys_form_where_it_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
