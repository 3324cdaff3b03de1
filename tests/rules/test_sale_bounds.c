/* Sales and refunds at the bounds that nobody meets in a bakery's day: another currency, means of payment named twice, an
 * approval of less than the person's own right, goods by weight given back in parts, cash that was paid in two. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/print/text.h"
#include "common/rules/sale_receipt.h"
#include "small_shop.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { LATER = VERSION + 1, EVE = 41, BOSSES = 8, TOWN = 101 };

static struct basket_line line;
static struct tender tenders[2];
static struct approval_state approval;

/* Two rolls for 0.90 in cash. */
static struct sale_command two_rolls(void)
{
    line = (struct basket_line){ .product_id = ROLL, .quantity_milli = 2000 };
    tenders[0] = (struct tender){ .kind = TENDER_CASH, .amount_minor = 90 };
    return (struct sale_command){
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION, .lines = &line, .line_count = 1 },
        .tenders = tenders,
        .tender_count = 1,
        .shown_total_minor = 90,
        .device_id = TILL,
        .staff_id = EVE,
        .series = 'T',
        .number = 42,
        .sale_id = 51,
        .new_lot_id = 61,
    };
}

/* ---- what is different ---- */

static void nothing(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
}

static void shop_of(struct small_shop *s, const char *currency, uint32_t exponent)
{
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);

    shop.currency = currency;
    shop.currency_exponent = exponent;
    catalogue_put_shop(s->catalogue, LATER, &shop);
    catalogue_seal(s->catalogue, LATER, NOW.us);
}

static void the_same_currency(struct small_shop *s, struct sale_command *command)
{
    (void)command;
    shop_of(s, "EUR", 2);
}

static void another_currency(struct small_shop *s, struct sale_command *command)
{
    (void)command;
    shop_of(s, "CHF", 2);
}

static void another_exponent(struct small_shop *s, struct sale_command *command)
{
    (void)command;
    shop_of(s, "EUR", 3);
}

static void cash_by_kind_and_type(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    tenders[0].type_id = TENDER_TYPE_CASH;
}

static void cash_by_type_alone(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    tenders[0].type_id = TENDER_TYPE_CASH;
    tenders[0].kind = 0;
}

static void cash_by_type_and_card_by_kind(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    tenders[0].type_id = TENDER_TYPE_CASH;
    tenders[0].kind = TENDER_CARD;
    tenders[0].reference = bytes_of_text("A1");
}

static void put_type(struct small_shop *s, struct sale_command *command, int64_t id, enum tender_kind kind)
{
    catalogue_put_tender_type(s->catalogue, LATER,
                              &(struct tender_type){ .id = id,
                                                     .name = "Town",
                                                     .permission = "",
                                                     .kind = (uint8_t)kind,
                                                     .change = CHANGE_NONE,
                                                     .reference_wanted = true,
                                                     .active = true });
    catalogue_seal(s->catalogue, LATER, NOW.us);
    command->basket.catalogue_version = LATER;
    tenders[0].type_id = id;
    tenders[0].kind = 0;
}

/* Of vouchers alone a number is asked for: cash has none. */
static void cash_that_wants_a_number(struct small_shop *s, struct sale_command *command)
{
    put_type(s, command, TENDER_TYPE_CASH, TENDER_CASH);
}

static void a_voucher_without_its_number(struct small_shop *s, struct sale_command *command)
{
    put_type(s, command, TOWN, TENDER_VOUCHER);
}

static void a_voucher_with_its_number(struct small_shop *s, struct sale_command *command)
{
    put_type(s, command, TOWN, TENDER_VOUCHER);
    tenders[0].reference = bytes_of_text("7");
}

static void a_card_s_number_as_note_and_a_charged_card(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    line.note = bytes_of_text("4111 1111 1111 1111");
    tenders[0] = (struct tender){ .kind = TENDER_CARD, .amount_minor = 90, .reference = bytes_of_text("A1") };
}

static void gold_beyond_the_range(struct small_shop *s, struct sale_command *command)
{
    (void)s, (void)command;
    line = (struct basket_line){ .product_id = GOLD, .quantity_milli = 2000 };
}

/* Eve may give a tenth, and asked who allows up to so much; off are 0.09 of 0.90. */
static void approved(struct small_shop *s, struct sale_command *command, uint32_t up_to_ppm, uint32_t off_ppm)
{
    static const char *const boss[] = { "approve", "discount" };

    catalogue_put_role(
        s->catalogue, VERSION,
        &(struct role){
            .id = BOSSES, .name = "bosses", .permissions = boss, .permission_count = 2, .discount_ppm = 500000 });
    approval = (struct approval_state){ .token_hash = { 1 },
                                        .device_id = TILL,
                                        .asked_by = EVE,
                                        .approved_by = 77,
                                        .approver_role_id = BOSSES,
                                        .discount_ppm = up_to_ppm,
                                        .expires = NOW };
    s->set.approvals = &approval;
    s->set.approval_count = 1;
    command->approval = bytes_of(approval.token_hash, sizeof approval.token_hash);
    command->discount_limit_ppm = 100000;
    command->basket.discount = (struct discount){ .given = true, .value = off_ppm, .reason = bytes_of_text("old") };
}

static void an_approval_of_less_than_the_right(struct small_shop *s, struct sale_command *command)
{
    approved(s, command, 50000, 100000);
    tenders[0].amount_minor = command->shown_total_minor = 81;
}

static void an_approval_of_more_than_the_right(struct small_shop *s, struct sale_command *command)
{
    approved(s, command, 200000, 200000);
    tenders[0].amount_minor = command->shown_total_minor = 72;
}

static void more_than_was_approved(struct small_shop *s, struct sale_command *command)
{
    approved(s, command, 50000, 200000);
    tenders[0].amount_minor = command->shown_total_minor = 72;
}

static const struct {
    const char *name;
    void (*differ)(struct small_shop *s, struct sale_command *command);
    enum sale_verdict verdict, because;
    const char *sentence;
} rows[] = {
    { "two rolls", nothing, SALE_OK, SALE_OK, NULL },
    { "the currency that it was", the_same_currency, SALE_OK, SALE_OK, NULL },
    { "another currency since", another_currency, SALE_CATALOGUE_OLD, SALE_OK,
      "the shop's currency has changed since this basket was begun; look at the total again" },
    { "other decimals since", another_exponent, SALE_CATALOGUE_OLD, SALE_OK,
      "the shop's currency has changed since this basket was begun; look at the total again" },
    { "cash, by kind and type", cash_by_kind_and_type, SALE_OK, SALE_OK, NULL },
    { "cash, by its type", cash_by_type_alone, SALE_OK, SALE_OK, NULL },
    { "cash that is a card", cash_by_type_and_card_by_kind, SALE_BAD_TENDER, SALE_OK, NULL },
    { "cash that wants a number", cash_that_wants_a_number, SALE_OK, SALE_OK, NULL },
    { "a voucher that wants one", a_voucher_without_its_number, SALE_BAD_TENDER, SALE_OK,
      "Town: its number is asked for" },
    { "a voucher that has one", a_voucher_with_its_number, SALE_OK, SALE_OK, NULL },
    { "a card's number in a note, and a card was charged", a_card_s_number_as_note_and_a_charged_card,
      SALE_CARD_CHARGED, SALE_NO_SECRET_WANTED,
      "the card was charged: give 0.90 back, reference A1; line 1: this looks like a payment card's number: it was not "
      "kept" },
    { "two of gold", gold_beyond_the_range, SALE_AMOUNT_OVERFLOW, SALE_OK,
      "line 1: the sum leaves the range of money" },
    { "an approval of less than the person may", an_approval_of_less_than_the_right, SALE_OK, SALE_OK, NULL },
    { "an approval of more", an_approval_of_more_than_the_right, SALE_OK, SALE_OK, NULL },
    { "more than was approved, and than the person may", more_than_was_approved, SALE_APPROVAL_NEEDED, SALE_OK, NULL },
};

static void A8_each_row_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct small_shop *s = small_shop_open();
        struct sale_command command = two_rolls();
        struct sale_rows sale;

        rows[i].differ(s, &command);
        enum sale_verdict verdict = sale_decide(&command, &s->set, NOW, &sale);
        if (verdict != rows[i].verdict || sale.because != rows[i].because)
            fail_msg("%s: verdict %d (%d): %s", rows[i].name, (int)verdict, (int)sale.because,
                     sale.sentence == NULL ? "" : sale.sentence);
        if (rows[i].sentence != NULL)
            assert_string_equal(sale.sentence, rows[i].sentence);
        assert_int_equal(s->drawers[0].sale_count, verdict == SALE_OK);
        small_shop_close(s);
    }
}

/* ---- promotions of a sale made offline ---- */

/* A happy hour from 08:00 to 08:30; NOW is 08:26. A till that is offline prices by its own clock, at whatever hour. */
static void B36_offline_the_till_s_hour_counts(void **state)
{
    static const int64_t roll = ROLL;
    static const struct promotion_part rolls = { .pieces = 1, .product_count = 1, .product_ids = &roll };
    static const struct promotion happy = { .id = 1,
                                            .name = "Happy hour",
                                            .parts = &rolls,
                                            .part_count = 1,
                                            .gift = PROMOTION_RATE_OFF,
                                            .value = 200000,
                                            .weekdays = 0x7f,
                                            .from_minute = 480,
                                            .until_minute = 510,
                                            .active = true };
    static const struct {
        bool offline;
        int64_t priced_min, made_min; /* before NOW; 0: not said */
        int64_t total_minor;
    } cases[] = {
        { false, 0, 0, 72 },       { false, 10, 0, 72 }, { false, 30, 0, 72 }, /* a claim that cannot be */
        { true, 10, 10, 72 },      { true, 30, 10, 90 }, { true, 0, 10, 72 },
        { true, 0, 30, 90 },       { true, 0, 0, 90 }, /* a clock that says nothing is at 1970-01-01 00:00 */
        { true, 24 * 60, 10, 72 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct small_shop *s = small_shop_open();
        struct sale_command command = two_rolls();
        struct sale_rows sale;

        catalogue_put_promotion(s->catalogue, VERSION, &happy);
        command.aim = SALE_TO_PRICE;
        command.offline = cases[i].offline;
        if (cases[i].priced_min != 0)
            command.basket.priced.us = NOW.us - cases[i].priced_min * MINUTE_US;
        if (cases[i].made_min != 0)
            command.made.us = NOW.us - cases[i].made_min * MINUTE_US;
        assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
        if (sale.total_minor != cases[i].total_minor)
            fail_msg("case %zu: %lld", i, (long long)sale.total_minor);
        small_shop_close(s);
    }
}

/* ---- refunds ---- */

static struct sale_rows sold(struct small_shop *s, const struct basket_line *lines, size_t count, int64_t total_minor)
{
    struct sale_command command = two_rolls();
    static struct sale_rows sale; /* the shop's memory of it points into it */

    command.basket.lines = lines;
    command.basket.line_count = count;
    command.shown_total_minor = total_minor;
    tenders[0] = (struct tender){ .kind = TENDER_CASH, .amount_minor = total_minor };
    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    return sale;
}

static enum sale_verdict refund(struct small_shop *s, int64_t milli, struct sale_rows *rows_of)
{
    const struct refund_line first = { .line = 0, .quantity_milli = milli };

    return refund_decide(&(struct refund_command){ .original = { .till = 3, .series = 'T', .number = 42 },
                                                   .lines = &first,
                                                   .line_count = 1,
                                                   .device_id = TILL,
                                                   .series = 'T',
                                                   .number = 43,
                                                   .sale_id = 52,
                                                   .reason = bytes_of_text("stale") },
                         &s->set, NOW, rows_of);
}

static void A16_by_weight_any_part_comes_back(void **state)
{
    static const struct basket_line cheese = { .product_id = CHEESE, .quantity_milli = 500 };
    static const struct {
        int64_t milli;
        enum sale_verdict verdict;
        int64_t total_minor;
        const char *sentence;
    } parts[] = {
        { 0, SALE_BAD_QUANTITY, 0, "the quantity must be above 0" },
        { -1, SALE_BAD_QUANTITY, 0, "the quantity must be above 0" },
        { 501, SALE_REFUND_TOO_MUCH, 0, "Cheese: 0.500 of 0.500 are left to give back" },
        { 150, SALE_OK, -194, NULL }, /* of 6.45, 193.5 */
        { 351, SALE_REFUND_TOO_MUCH, 0, "Cheese: 0.350 of 0.500 are left to give back" },
        { 350, SALE_OK, -451, NULL },
    };
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    sold(s, &cheese, 1, 645);
    for (size_t i = 0; i < COUNT(parts); i++) {
        assert_int_equal(refund(s, parts[i].milli, &back), parts[i].verdict);
        if (parts[i].verdict == SALE_OK)
            assert_int_equal(back.total_minor, parts[i].total_minor);
        else
            assert_string_equal(back.sentence, parts[i].sentence);
    }
    assert_int_equal(s->drawers[0].cash_minor, 5000);
    assert_true(s->original.refunded);
    small_shop_close(s);
}

/* Paid in cash twice, as happens where a payment was put right: the later goes first, and both together are rounded once. */
static void A16_cash_that_was_paid_in_two_comes_back_in_two(void **state)
{
    static const struct basket_line rolls = { .product_id = ROLL, .quantity_milli = 20000 }; /* 9.00 */
    static const struct original_tender two[] = {
        { .position = 0, .kind = TENDER_CASH, .name = "Cash", .amount_minor = 600 },
        { .position = 10, .kind = TENDER_CASH, .name = "Cash", .amount_minor = 300 },
    };
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    sold(s, &rolls, 1, 900);
    s->original.tenders = two;
    s->original.tender_count = 2;
    assert_int_equal(refund(s, 8000, &back), SALE_OK); /* 3.60 */
    assert_int_equal(back.tender_count, 2);
    assert_int_equal(back.tenders[0].amount_minor, -60);
    assert_int_equal(back.tenders[1].amount_minor, -300);
    assert_int_equal(refund(s, 12000, &back), SALE_OK);
    assert_int_equal(back.tender_count, 1);
    assert_int_equal(back.tenders[0].amount_minor, -540);
    assert_int_equal(s->drawers[0].cash_minor, 5000);
    small_shop_close(s);
}

/* A report adds up all sales of a shift: a refund's part of that is bounded as a sale's is. */
static void A16_a_shift_gives_back_no_more_than_its_report_can_add_up(void **state)
{
    static const struct basket_line gold = { .product_id = GOLD, .quantity_milli = 1000 };
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    sold(s, &gold, 1, INT64_C(900000000000000));
    s->drawers[0].sale_count = 444; /* 4 × 10^17 / 445 are 8.99 × 10^14 */
    assert_int_equal(refund(s, 1000, &back), SALE_AMOUNT_OVERFLOW);
    assert_string_equal(back.sentence, "the drawer cannot owe so much");
    s->drawers[0].sale_count = 443;
    assert_int_equal(refund(s, 1000, &back), SALE_OK);
    small_shop_close(s);
}

/* ---- on paper ---- */

/* Each time that it was put right has its heading, and its rounding once. */
static void B39_a_copy_has_each_time_that_it_was_put_right(void **state)
{
    static const struct retender_row retenders[] = {
        { .number = 1,
          .at = { INT64_C(1763800000000000) },
          .kind = TENDER_CARD,
          .name = "Card",
          .amount_minor = -902,
          .rounding_minor = -2,
          .reference = { (const uint8_t *)"A1", 2 } },
        { .number = 1,
          .position = 10,
          .at = { INT64_C(1763800000000000) },
          .kind = TENDER_CASH,
          .name = "Cash",
          .amount_minor = 900,
          .rounding_minor = -2 },
        { .number = 2,
          .position = 10,
          .at = { INT64_C(1763800060000000) },
          .kind = TENDER_CASH,
          .name = "Cash",
          .amount_minor = -500 },
        { .number = 2,
          .position = 11,
          .at = { INT64_C(1763800060000000) },
          .kind = TENDER_VOUCHER,
          .name = "Town",
          .amount_minor = 500 },
    };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = { .kind = SALE_SOLD,
                              .number = { 3, 'T', 7 },
                              .at = NOW,
                              .total_minor = 902,
                              .retenders = retenders,
                              .retender_count = COUNT(retenders) };

    (void)state;
    struct receipt copy =
        sale_receipt_copy(&sale, catalogue_shop(s->catalogue, VERSION), zone_utc(), NULL, 1, false, s->arena);
    assert_non_null(strstr(receipt_text(s->arena, &copy, 42), "Put right                 2025-11-22 08:26\n"
                                                              "  Card A1                            -9.02\n"
                                                              "  Cash rounding                      -0.02\n"
                                                              "  Cash                                9.00\n"
                                                              "Put right                 2025-11-22 08:27\n"
                                                              "  Cash                               -5.00\n"
                                                              "  Town                                5.00\n"));
    small_shop_close(s);
}

/* A unit that this version does not know is left out; the amount stands. */
static void A13_a_gift_receipt_names_the_units_it_knows(void **state)
{
    static const struct sale_line_row lines[] = {
        { .name = "Roll", .quantity_milli = 2000, .unit = UNIT_PIECE },
        { .name = "Cheese", .quantity_milli = 345, .unit = UNIT_KILOGRAM },
        { .name = "Milk", .quantity_milli = 1500, .unit = UNIT_LITRE },
        { .name = "Cloth", .quantity_milli = 2500, .unit = UNIT_LITRE + 1 },
        { .name = "Cake", .quantity_milli = 1000, .flags = LINE_VOIDED },
    };
    struct small_shop *s = small_shop_open();
    struct sale_rows sale = { .kind = SALE_SOLD, .number = { 3, 'T', 7 }, .at = NOW };

    (void)state;
    sale.lines = (struct sale_line_row *)arena_copy(s->arena, lines, sizeof lines);
    sale.line_count = COUNT(lines);
    struct receipt gift =
        sale_receipt_copy(&sale, catalogue_shop(s->catalogue, VERSION), zone_utc(), NULL, 1, true, s->arena);
    const char *text = receipt_text(s->arena, &gift, 42);
    assert_non_null(strstr(text, "Roll                                     2\n"
                                 "Cheese                            0.345 kg\n"
                                 "Milk                                 1.5 l\n"
                                 "Cloth                                  2.5\n"));
    assert_null(strstr(text, "Cake"));
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A8_each_row_has_its_verdict),
        cmocka_unit_test(B36_offline_the_till_s_hour_counts),
        cmocka_unit_test(A16_by_weight_any_part_comes_back),
        cmocka_unit_test(A16_cash_that_was_paid_in_two_comes_back_in_two),
        cmocka_unit_test(A16_a_shift_gives_back_no_more_than_its_report_can_add_up),
        cmocka_unit_test(B39_a_copy_has_each_time_that_it_was_put_right),
        cmocka_unit_test(A13_a_gift_receipt_names_the_units_it_knows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
