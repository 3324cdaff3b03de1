/* Reports of a shift on paper: what stands there of a shift with little, and of one with everything; and the edges of its
 * counts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/number.h"
#include "common/print/text.h"
#include "common/rules/shift.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define RULE         "------------------------------------------\n"
#define OPENED       ((struct instant){ INT64_C(1790000000000000) }) /* 2026-09-21 14:13 */
#define LATER        ((struct instant){ INT64_C(1790030000000000) })

static const struct shop shop = { .name = "Caroline's", .tax_number = "", .currency = "EUR", .currency_exponent = 2 };
static const uint8_t hash[32] = { 0x01, 0xab, 0x00, 0xff };

static const struct shift_tax taxes[] = { { "VAT7", 70000, 1028, 72 } };
static const struct shift_tender cash = { TENDER_CASH, .count = 2, .stayed_minor = 1102, .tip_minor = 2 };
static const struct shift_tender all_tenders[] = {
    { TENDER_CASH, .count = 2, .stayed_minor = 1102, .tip_minor = 2 },
    { TENDER_CARD, .count = 1, .stayed_minor = 300 },
    { TENDER_VOUCHER, .type_id = 71, .name = "Voucher", .count = 1, .stayed_minor = 500, .counted = true,
      .counted_minor = 500, .expected_minor = 500 },
    { TENDER_VOUCHER, .type_id = 72, .name = "Meal voucher", .count = 1, .stayed_minor = 1000, .forfeited_minor = 200,
      .counted = true, .counted_minor = 990, .difference_minor = -10, .expected_minor = 1000 },
};
static const struct shift_option options[] = {
    { .modifier_id = 5, .option = 1, .name = "Oat milk", .count = 3, .quantity_milli = 3000, .amount_minor = 120 },
    { .modifier_id = 5, .option = 2, .name = "Milk of almonds from the south", .count = 1, .amount_minor = -20 },
    { .modifier_id = 0, .count = 2, .quantity_milli = 2000, .amount_minor = 350 },
};
static const struct shift_department departments[] = {
    { 21, "Bread", 1, 1000, 200 },
    { 22, "Stollen and all else of a feast", 12, 13500, 1234567 },
    { 0, "", 7, 7000, 150 },
};
static const struct shift_person people[] = { { 61, "Ana", SALE_SOLD, 3, 1900 } };
static const struct shift_pieces pieces[] = { { 5000, 2 }, { 1, 12 } };

static const struct shift_deposit deposits[] = {
    { .product_id = 8,
      .name = "Bottle",
      .out_milli = 12000,
      .out_minor = 300,
      .back_milli = -4000,
      .back_minor = -100,
      .refund_milli = -2000,
      .refund_minor = -50 },
    { .product_id = 9, .name = "Plate for cakes of two floors", .out_milli = 1000, .out_minor = 500 },
    { .product_id = 10, .name = "Bag", .charge = true, .out_milli = 3000, .out_minor = 60 },
};
static const struct shift_deposit most = { .product_id = 8,
                                           .name = "Crate",
                                           .out_milli = 1000,
                                           .out_minor = INT64_MAX,
                                           .refund_milli = -1000,
                                           .refund_minor = -7 };
static const struct shift_received received[] = { { ACCOUNT_BY_CASH, 2, 4000, 1, -8900 },
                                                  { ACCOUNT_BY_CARD, 1, 1550, 0, 0 },
                                                  { ACCOUNT_BY_TRANSFER, 1, -200, 1, -200 } };

/* Which of the rows a report has. */
static const struct {
    const char *what;
    struct shift_z z;
    bool blind;
    const char *paper;
} papers[] = {
    { "an X of a shift in which nothing was sold",
      { .books = { .till = 3, .number = 1, .opened = { INT64_C(1790000000000000) }, .strand_hash = hash } },
      false,
      "                Caroline's\n" RULE "                 X report\n"
      "Till 3                             shift 1\n"
      "Opened                    2026-09-21 14:13\n"
      "Now                       2026-09-21 22:33\n" RULE "Sales (0)                             0.00\n"
      "Turnover EUR                          0.00\n" RULE "Float                                 0.00\n"
      "Cash expected                         0.00\n" RULE "Opened without a sale                    0\n" },
    { "a blind X, of who sold and what with",
      { .books = { .till = 3,
                   .number = 2,
                   .opened = { INT64_C(1790000000000000) },
                   .tenders = &cash,
                   .tender_count = 1,
                   .taxes = taxes,
                   .tax_count = 1,
                   .people = people,
                   .people_count = 1,
                   .options = options,
                   .option_count = COUNT(options),
                   .departments = departments,
                   .department_count = 1,
                   .no_sale_count = 4 },
        .sale_count = 2,
        .sale_minor = 1100,
        .cash_minor = 1102,
        .expected_minor = 1102,
        .t = { 5, 6 } },
      true,
      "                Caroline's\n" RULE "                 X report\n"
      "Till 3                             shift 2\n"
      "Opened                    2026-09-21 14:13\n"
      "Now                       2026-09-21 22:33\n" RULE "Sales (2)                            11.00\n"
      "Turnover EUR                         11.00\n"
      "VAT 7 % on 10.28                      0.72\n" RULE "Ana (3)                              19.00\n" RULE
      "Oat milk (3)                          1.20\n"
      "Milk of almonds from (1)             -0.20\n"
      "Keyed prices (2)                      3.50\n"
      "  Bread (1)                           2.00\n" RULE "The drawer is counted blind: what is in it\n"
      "stands on the Z.\n" RULE "Receipts            3T-000005 to 3T-000006\n"
      "Opened without a sale                    4\n" },
    { "a Z of refunds alone, whose till has no strand yet",
      { .books = { .till = 3,
                   .number = 3,
                   .opened = { INT64_C(1790000000000000) },
                   .tenders = &cash,
                   .tender_count = 1,
                   .float_minor = 10000 },
        .closed = true,
        .closed_at = { INT64_C(1790030000000000) },
        .refund_count = 2,
        .refund_minor = -400,
        .cash_minor = -400,
        .expected_minor = 9600,
        .counted_minor = 9600,
        .t = { 9, 10 } },
      false,
      "                Caroline's\n" RULE "                   Z 3\n"
      "Till 3                             shift 3\n"
      "Opened                    2026-09-21 14:13\n"
      "Closed                    2026-09-21 22:33\n" RULE "Sales (0)                             0.00\n"
      "Refunds (2)                          -4.00\n"
      "Turnover EUR                         -4.00\n" RULE "Cash (2)                             11.02\n"
      "  of it tips                          0.02\n" RULE "Float                               100.00\n"
      "Cash of sales                        -4.00\n"
      "Cash expected                        96.00\n"
      "Cash counted                         96.00\n"
      "Difference                            0.00\n" RULE "Receipts            3T-000009 to 3T-000010\n"
      "Opened without a sale                    0\n"
      "Grand total                           0.00\n" },
    { "a Z with everything",
      { .books = { .till = 3,
                   .number = 4,
                   .opened = { INT64_C(1790000000000000) },
                   .tenders = all_tenders,
                   .tender_count = COUNT(all_tenders),
                   .taxes = taxes,
                   .tax_count = 1,
                   .options = options,
                   .option_count = 1,
                   .float_minor = 10000,
                   .no_sale_count = 1,
                   .strand_hash = hash },
        .closed = true,
        .closed_at = { INT64_C(1790030000000000) },
        .sale_count = 5,
        .sale_minor = 2901,
        .refund_count = 1,
        .refund_minor = -200,
        .rounding_minor = -1,
        .cash_minor = 1102,
        .in_minor = 5000,
        .out_minor = -350,
        .drop_minor = -9000,
        .expected_minor = 6752,
        .counted_minor = 10012,
        .difference_minor = 3260,
        .grand_total_minor = 102901,
        .counts = pieces,
        .counts_count = COUNT(pieces),
        .t = { 7, 11 },
        .x = { 4, 4 } },
      false,
      "                Caroline's\n" RULE "                   Z 4\n"
      "Till 3                             shift 4\n"
      "Opened                    2026-09-21 14:13\n"
      "Closed                    2026-09-21 22:33\n" RULE "Sales (5)                            29.01\n"
      "Refunds (1)                          -2.00\n"
      "Turnover EUR                         27.01\n"
      "VAT 7 % on 10.28                      0.72\n" RULE "Oat milk (3)                          1.20\n" RULE
      "Cash (2)                             11.02\n"
      "  of it tips                          0.02\n"
      "Card (1)                              3.00\n"
      "Voucher (1)                           5.00\n"
      "  expected                            5.00\n"
      "  counted                             5.00\n"
      "  difference                          0.00\n"
      "Meal voucher (1)                     10.00\n"
      "  of it forfeited                     2.00\n"
      "  expected                           10.00\n"
      "  counted                             9.90\n"
      "  difference                         -0.10\n"
      "Card machine: not counted\n"
      "Rounding of cash                     -0.01\n" RULE "Float                               100.00\n"
      "Cash of sales                        11.02\n"
      "Cash in                              50.00\n"
      "Cash out                             -3.50\n"
      "To the safe                         -90.00\n"
      "Cash expected                        67.52\n"
      "Cash counted                        100.12\n"
      "Difference                           32.60\n"
      "  2 x 50.00\n"
      "  12 x 0.01\n" RULE "Receipts            3T-000007 to 3T-000011\n"
      "Receipts            3X-000004 to 3X-000004\n"
      "Opened without a sale                    1\n"
      "Grand total                        1029.01\n"
      "                 01ab00ff\n" },
    { "a Z with deposits, a bag, and money received on account",
      { .books = { .till = 3,
                   .number = 5,
                   .opened = { INT64_C(1790000000000000) },
                   .tenders = &cash,
                   .tender_count = 1,
                   .deposits = deposits,
                   .deposit_count = COUNT(deposits),
                   .received = received,
                   .received_count = COUNT(received) },
        .closed = true,
        .closed_at = { INT64_C(1790030000000000) },
        .sale_count = 9,
        .sale_minor = 1760,
        .refund_count = 1,
        .refund_minor = -50,
        .deposits = { .out_milli = 13000,
                      .out_minor = 800,
                      .back_milli = -4000,
                      .back_minor = -100,
                      .refund_milli = -2000,
                      .refund_minor = -50,
                      .charge_milli = 3000,
                      .charge_minor = 60 },
        .cash_minor = 1102,
        .on_account_minor = 4000,
        .expected_minor = 5102,
        .counted_minor = 5102,
        .grand_total_minor = 1860 },
      false,
      "                Caroline's\n" RULE "                   Z 5\n"
      "Till 3                             shift 5\n"
      "Opened                    2026-09-21 14:13\n"
      "Closed                    2026-09-21 22:33\n" RULE "Sales (9)                            17.60\n"
      "Refunds (1)                          -0.50\n"
      "Turnover EUR                         17.10\n" RULE "Deposits charged (13)                 8.00\n"
      "Deposits taken back (4)              -1.00\n"
      "Deposits refunded (2)                -0.50\n"
      "Turnover without deposits            10.60\n"
      "Charges (3)                           0.60\n"
      "  Bottle, 12, back 6                  1.50\n"
      "  Plate for cakes of t, 1             5.00\n"
      "  Bag, 3                              0.60\n" RULE "Cash (2)                             11.02\n"
      "  of it tips                          0.02\n"
      "Card machine: not counted\n" RULE "Received on account, cash (1)       129.00\n"
      "Paid back on account, cash (1)      -89.00\n"
      "Received on account, card (1)        15.50\n"
      "Paid back on account, transfer (1)   -2.00\n" RULE "Float                                 0.00\n"
      "Cash of sales                        11.02\n"
      "Cash on account                      40.00\n"
      "Cash expected                        51.02\n"
      "Cash counted                         51.02\n"
      "Difference                            0.00\n" RULE "Opened without a sale                    0\n"
      "Grand total                          18.60\n" },
    { "an X on which nothing but a bag was charged",
      { .books = { .till = 3,
                   .number = 6,
                   .opened = { INT64_C(1790000000000000) },
                   .deposits = &deposits[2],
                   .deposit_count = 1 },
        .sale_count = 1,
        .sale_minor = 60,
        .deposits = { .charge_milli = 3000, .charge_minor = 60 } },
      true,
      "                Caroline's\n" RULE "                 X report\n"
      "Till 3                             shift 6\n"
      "Opened                    2026-09-21 14:13\n"
      "Now                       2026-09-21 22:33\n" RULE "Sales (1)                             0.60\n"
      "Turnover EUR                          0.60\n" RULE "Charges (3)                           0.60\n"
      "  Bag, 3                              0.60\n" RULE "The drawer is counted blind: what is in it\n"
      "stands on the Z.\n" RULE "Opened without a sale                    0\n" },
    { "an X on which bottles came back and none went",
      { .books = { .till = 3, .number = 7, .opened = { INT64_C(1790000000000000) } },
        .sale_count = 1,
        .sale_minor = -100,
        .deposits = { .back_milli = -4000, .back_minor = -100 } },
      true,
      "                Caroline's\n" RULE "                 X report\n"
      "Till 3                             shift 7\n"
      "Opened                    2026-09-21 14:13\n"
      "Now                       2026-09-21 22:33\n" RULE "Sales (1)                            -1.00\n"
      "Turnover EUR                         -1.00\n" RULE "Deposits taken back (4)              -1.00\n"
      "Turnover without deposits             0.00\n" RULE "The drawer is counted blind: what is in it\n"
      "stands on the Z.\n" RULE "Opened without a sale                    0\n" },
    { "an X on which a bottle was refunded and nothing else",
      { .books = { .till = 3, .number = 8, .opened = { INT64_C(1790000000000000) } },
        .refund_count = 1,
        .refund_minor = -25,
        .deposits = { .refund_milli = -1000, .refund_minor = -25 } },
      true,
      "                Caroline's\n" RULE "                 X report\n"
      "Till 3                             shift 8\n"
      "Opened                    2026-09-21 14:13\n"
      "Now                       2026-09-21 22:33\n" RULE "Sales (0)                             0.00\n"
      "Refunds (1)                          -0.25\n"
      "Turnover EUR                         -0.25\n" RULE "Deposits refunded (1)                -0.25\n"
      "Turnover without deposits             0.00\n" RULE "The drawer is counted blind: what is in it\n"
      "stands on the Z.\n" RULE "Opened without a sale                    0\n" },
    { "an X whose sales and refunds cannot be added, nor what they are without deposits",
      { .books = { .till = 3,
                   .number = 9,
                   .opened = { INT64_C(1790000000000000) },
                   .deposits = &most,
                   .deposit_count = 1 },
        .sale_count = 1,
        .sale_minor = -INT64_MAX,
        .refund_count = 1,
        .refund_minor = -2,
        .deposits = { .out_milli = 1000, .out_minor = INT64_MAX, .refund_milli = -1000, .refund_minor = -7 } },
      true,
      "                Caroline's\n" RULE "                 X report\n"
      "Till 3                             shift 9\n"
      "Opened                    2026-09-21 14:13\n"
      "Now                       2026-09-21 22:33\n" RULE "Sales (1)            -92233720368547758.07\n"
      "Refunds (1)                          -0.02\n" RULE "Deposits charged (1)  92233720368547758.07\n"
      "Deposits refunded (1)                -0.07\n"
      "  Crate, 1, back 1    92233720368547758.00\n" RULE "The drawer is counted blind: what is in it\n"
      "stands on the Z.\n" RULE "Opened without a sale                    0\n" },
    { "a practised Z: no grand total, and its word at head and foot",
      { .books = { .training = true,
                   .till = 3,
                   .number = 1,
                   .opened = { INT64_C(1790000000000000) },
                   .strand_hash = hash },
        .closed = true,
        .closed_at = { INT64_C(1790030000000000) },
        .t = { 4, 6 } },
      false,
      "                 TRAINING\n"
      "              NOT A RECEIPT\n"
      "                Caroline's\n" RULE "                   Z 1\n"
      "Till 3                             shift 1\n"
      "Opened                    2026-09-21 14:13\n"
      "Closed                    2026-09-21 22:33\n" RULE "Sales (0)                             0.00\n"
      "Turnover EUR                          0.00\n" RULE "Float                                 0.00\n"
      "Cash expected                         0.00\n"
      "Cash counted                          0.00\n"
      "Difference                            0.00\n" RULE "Receipts            3S-000004 to 3S-000006\n"
      "Opened without a sale                    0\n" RULE "                 TRAINING\n"
      "              NOT A RECEIPT\n" },
};

static void A18_a_report_says_what_there_is_to_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(papers); i++) {
        struct arena *arena = arena_create(0);
        struct receipt receipt = shift_receipt(&papers[i].z, papers[i].blind, &shop, zone_utc(), LATER, arena);
        const char *text = receipt_text(arena, &receipt, 42);

        if (strcmp(text, papers[i].paper) != 0)
            fail_msg("%s:\n%s", papers[i].what, text);
        arena_destroy(arena);
    }
}

/* Department keys below what was keyed, on paper of any width; where none are known, as in a Z from before there were any, that row alone. */
static void B37_what_was_keyed_is_told_by_department_key(void **state)
{
    static const struct {
        size_t columns, count;
        const char *rows;
    } cases[] = {
        { 48, COUNT(departments),
          "Keyed prices (2)                            3.50\n"
          "  Bread (1)                                 2.00\n"
          "  Stollen and all else (12)             12345.67\n"
          "  Other departments (7)                     1.50\n"
          "------------------------------------------------\n" },
        { 32, COUNT(departments),
          "Keyed prices (2)            3.50\n"
          "  Bread (1)                 2.00\n"
          "  Stollen and all else\n"
          "  (12)                  12345.67\n"
          "  Other departments (7)     1.50\n"
          "--------------------------------\n" },
        { 42, 0, "Keyed prices (2)                      3.50\n" RULE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct shift_z z = { .books = { .options = &options[2],
                                              .option_count = 1,
                                              .departments = departments,
                                              .department_count = cases[i].count } };
        struct arena *arena = arena_create(0);
        struct receipt receipt = shift_receipt(&z, true, &shop, zone_utc(), LATER, arena);
        const char *text = receipt_text(arena, &receipt, cases[i].columns);

        if (strstr(text, cases[i].rows) == NULL)
            fail_msg("case %zu:\n%s", i, text);
        arena_destroy(arena);
    }
}

/* Sums that each can be counted, and not together: then there is no such row, and no wrong one. */
static void A18_a_turnover_without_deposits_is_right_or_is_not_there(void **state)
{
    static const struct {
        int64_t sale_minor, refund_minor, out_minor, back_minor, of_refunds_minor;
        const char *row; /* NULL: none */
    } rows[] = {
        { 1000, -100, 500, -200, -100, "Turnover without deposits             7.00\n" },
        { 0, 0, INT64_MAX, -INT64_MAX, 0, "Turnover without deposits             0.00\n" },
        { INT64_MAX, 1, 500, 0, 0, NULL },
        { -100, 0, INT64_MAX, 0, 0, NULL },
        { 100, 0, 0, -INT64_MAX, 0, NULL },
        { 100, 0, 0, 0, -INT64_MAX, NULL },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct shift_z z = { .sale_minor = rows[i].sale_minor,
                                   .refund_minor = rows[i].refund_minor,
                                   .deposits = { .out_milli = 1000,
                                                 .out_minor = rows[i].out_minor,
                                                 .back_minor = rows[i].back_minor,
                                                 .refund_minor = rows[i].of_refunds_minor } };
        struct arena *arena = arena_create(0);
        struct receipt receipt = shift_receipt(&z, true, &shop, zone_utc(), LATER, arena);
        const char *text = receipt_text(arena, &receipt, 42);

        if ((strstr(text, rows[i].row == NULL ? "Turnover without" : rows[i].row) == NULL) != (rows[i].row == NULL))
            fail_msg("row %zu:\n%s", i, text);
        arena_destroy(arena);
    }
}

/* Receipts of sales and refunds share their numbers: the first of all, whichever row it is of. */
static void A18_a_range_is_of_sales_and_refunds_alike(void **state)
{
    static const struct {
        struct shift_sales sales[3];
        size_t count;
        struct shift_range t, x;
    } rows[] = {
        { { { 'T', SALE_SOLD, 1, 100, 7, 11 } }, 1, { 7, 11 }, { 0, 0 } },
        { { { 'T', SALE_SOLD, 1, 100, 7, 11 }, { 'T', SALE_REFUND, 1, -50, 3, 4 } }, 2, { 3, 11 }, { 0, 0 } },
        { { { 'T', SALE_SOLD, 1, 100, 7, 11 }, { 'T', SALE_REFUND, 1, -50, 8, 12 } }, 2, { 7, 12 }, { 0, 0 } },
        { { { 'T', SALE_SOLD, 1, 100, 7, 7 }, { 'X', SALE_SOLD, 1, 50, 5, 6 }, { 'X', SALE_SOLD, 1, 50, 2, 2 } },
          3,
          { 7, 7 },
          { 2, 6 } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct shift_books books = { .sales = rows[i].sales, .sales_count = rows[i].count };
        struct shift_z z;

        assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
        assert_int_equal(z.t.first, rows[i].t.first);
        assert_int_equal(z.t.last, rows[i].t.last);
        assert_int_equal(z.x.first, rows[i].x.first);
        assert_int_equal(z.x.last, rows[i].x.last);
    }
}

/* What a Z that is shown again cannot add up. */
static void A18_what_cannot_be_added_up_again_is_said(void **state)
{
    static const struct shift_tender much = { TENDER_CARD, .count = 1, .stayed_minor = INT64_MAX },
                                     little = { TENDER_CASH, .count = 1, .stayed_minor = 1100 };
    struct shift_z z = { .books = { .tenders = &much, .tender_count = 1 }, .refund_minor = -1 };

    (void)state;
    assert_int_equal(shift_z_settle(&z), SHIFT_OVERFLOW);
    z = (struct shift_z){ .books = { .tenders = &little, .tender_count = 1 }, .sale_minor = 1101 };
    assert_int_equal(shift_z_settle(&z), SHIFT_OK);
    assert_int_equal(z.rounding_minor, -1);
    assert_int_equal(z.cash_minor, 1100);
}

/* What there is of deposits in all, and of charges; where it cannot be counted on, it stops. */
static void A18_deposits_are_summed_as_far_as_they_can_be_counted(void **state)
{
    static const struct shift_deposit much[] = {
        { .out_milli = INT64_MAX, .out_minor = INT64_MAX, .back_milli = -INT64_MAX, .back_minor = -INT64_MAX },
        { .out_milli = 1, .out_minor = 1, .back_milli = -2, .back_minor = -2, .refund_milli = -3, .refund_minor = -3 },
    };
    static const struct {
        const struct shift_deposit *deposits;
        size_t count;
        struct shift_deposits sums;
    } rows[] = {
        { deposits, 3, { 13000, 800, -4000, -100, -2000, -50, 3000, 60 } },
        { &deposits[2], 1, { .charge_milli = 3000, .charge_minor = 60 } },
        { much, 2, { INT64_MAX, INT64_MAX, -INT64_MAX, -INT64_MAX, -3, -3, 0, 0 } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct shift_books books = { .deposits = rows[i].deposits, .deposit_count = rows[i].count };
        struct shift_z z;

        shift_z_sum(&books, &z);
        assert_int_equal(z.deposits.out_milli, rows[i].sums.out_milli);
        assert_int_equal(z.deposits.out_minor, rows[i].sums.out_minor);
        assert_int_equal(z.deposits.back_milli, rows[i].sums.back_milli);
        assert_int_equal(z.deposits.back_minor, rows[i].sums.back_minor);
        assert_int_equal(z.deposits.refund_milli, rows[i].sums.refund_milli);
        assert_int_equal(z.deposits.refund_minor, rows[i].sums.refund_minor);
        assert_int_equal(z.deposits.charge_milli, rows[i].sums.charge_milli);
        assert_int_equal(z.deposits.charge_minor, rows[i].sums.charge_minor);
    }
}

/* Of what is received on account cash alone is in the drawer; what was taken back lessens no grand total. */
static void A18_what_is_no_turnover_is_told_apart(void **state)
{
    static const struct shift_sales sales[] = { { 'T', SALE_SOLD, 9, 1760, 1, 9 } };
    const struct shift_books books = { .sales = sales,
                                       .sales_count = 1,
                                       .grand_before_minor = 1000,
                                       .deposits = deposits,
                                       .deposit_count = COUNT(deposits),
                                       .received = received,
                                       .received_count = COUNT(received) };
    struct shift_z z;

    (void)state;
    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    assert_int_equal(z.on_account_minor, 4000);
    assert_int_equal(z.expected_minor, 4000);
    assert_int_equal(z.grand_total_minor, 2860);
}

/* One kind fits, and both do not. */
static void A18_pieces_are_of_no_more_than_can_be_added(void **state)
{
    static const struct shift_pieces much[] = { { 500, 1 }, { 1, INT64_MAX } };
    int64_t minor = 7;
    size_t wrong;

    (void)state;
    assert_int_equal(shift_z_count("EUR", 2, much, 2, &minor, &wrong), SHIFT_BAD_COUNT);
    assert_int_equal(wrong, 1);
    assert_int_equal(minor, 7);
}

static void A18_what_cards_should_be_fits_a_number_or_is_not_counted(void **state)
{
    const struct shift_tender card = { TENDER_CARD, .stayed_minor = INT64_MAX };
    const struct shift_received by_card = { ACCOUNT_BY_CARD, 1, 1, 0, 0 };
    const struct shift_counted counted = { TENDER_TYPE_CARD, 1 };
    struct catalogue *catalogue = catalogue_create();
    struct arena *arena = arena_create(0);
    struct shift_z z = { .books = { .tenders = &card, .tender_count = 1, .received = &by_card, .received_count = 1 } };
    size_t wrong;

    (void)state;
    catalogue_seal(catalogue, 1, 1);
    assert_int_equal(shift_z_count_tenders(&z, catalogue, &counted, 1, arena, &wrong), SHIFT_OVERFLOW);
    arena_destroy(arena);
    catalogue_destroy(catalogue);
}

/* Between what vouchers should be and what they were counted as lies a number, or it is not closed. */
static void A18_vouchers_differ_by_what_a_number_holds(void **state)
{
    static const struct {
        int64_t stayed_minor, counted_minor;
        enum shift_verdict verdict;
        int64_t difference_minor;
    } rows[] = {
        { 1000, 990, SHIFT_OK, -10 },           { -1000, 0, SHIFT_OK, 1000 },
        { -INT64_MAX, 0, SHIFT_OK, INT64_MAX }, { -INT64_MAX, 1, SHIFT_OVERFLOW, 0 },
        { INT64_MIN, 0, SHIFT_OVERFLOW, 0 },
    };
    struct catalogue *catalogue = catalogue_create();

    (void)state;
    catalogue_put_tender_type(
        catalogue, 1,
        &(struct tender_type){ .id = 71, .name = "Voucher", .kind = TENDER_VOUCHER, .change = CHANGE_NONE });
    catalogue_seal(catalogue, 1, 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_create(0);
        const struct shift_tender voucher = { TENDER_VOUCHER, .type_id = 71, .stayed_minor = rows[i].stayed_minor };
        const struct shift_counted counted = { 71, rows[i].counted_minor };
        struct shift_z z = { .books = { .tenders = &voucher, .tender_count = 1 } };
        size_t wrong;

        assert_int_equal(shift_z_count_tenders(&z, catalogue, &counted, 1, arena, &wrong), rows[i].verdict);
        if (rows[i].verdict == SHIFT_OK)
            assert_int_equal(z.books.tenders[0].difference_minor, rows[i].difference_minor);
        arena_destroy(arena);
    }
    catalogue_destroy(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A18_a_report_says_what_there_is_to_say),
        cmocka_unit_test(B37_what_was_keyed_is_told_by_department_key),
        cmocka_unit_test(A18_a_turnover_without_deposits_is_right_or_is_not_there),
        cmocka_unit_test(A18_a_range_is_of_sales_and_refunds_alike),
        cmocka_unit_test(A18_what_cannot_be_added_up_again_is_said),
        cmocka_unit_test(A18_deposits_are_summed_as_far_as_they_can_be_counted),
        cmocka_unit_test(A18_what_is_no_turnover_is_told_apart),
        cmocka_unit_test(A18_pieces_are_of_no_more_than_can_be_added),
        cmocka_unit_test(A18_what_cards_should_be_fits_a_number_or_is_not_counted),
        cmocka_unit_test(A18_vouchers_differ_by_what_a_number_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
