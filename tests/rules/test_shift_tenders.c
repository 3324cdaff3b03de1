/* Vouchers, cards, and what is received on account: counted when a shift is closed, and what is no turnover. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/number.h"
#include "common/print/text.h"
#include "shift_world.h"

static struct catalogue *vouchers(void)
{
    struct catalogue *catalogue = catalogue_create();

    catalogue_put_tender_type(
        catalogue, 1,
        &(struct tender_type){ .id = 71, .name = "Voucher", .kind = TENDER_VOUCHER, .change = CHANGE_NONE });
    catalogue_put_tender_type(
        catalogue, 1,
        &(struct tender_type){ .id = 72, .name = "Meal voucher", .kind = TENDER_VOUCHER, .change = CHANGE_FORFEITED });
    catalogue_put_tender_type(
        catalogue, 1,
        &(struct tender_type){ .id = 73, .name = "Staff meal", .kind = TENDER_HOUSE, .change = CHANGE_NONE });
    catalogue_seal(catalogue, 1, 1);
    return catalogue;
}

/* 21.00 were turned over: 13.00 in cash beside 1.50 of tips, and a meal voucher of 10.00 of which 2.00 were lost. */
static void A18_vouchers_are_counted_whole_and_what_was_forfeited_is_no_turnover(void **state)
{
    static const struct shift_tender tenders[] = {
        { TENDER_CASH, .count = 4, .stayed_minor = 1450, .tip_minor = 150 },
        { TENDER_VOUCHER, .type_id = 72, .name = "Meal voucher", .count = 1, .stayed_minor = 1000,
          .forfeited_minor = 200 },
    };
    static const struct shift_counted counted[] = { { 72, 990 }, { 71, 0 } };
    struct catalogue *catalogue = vouchers();
    struct arena *arena = arena_create(0);
    struct shift_books books = day();
    struct shift_z z;
    size_t wrong;

    (void)state;
    books.tenders = tenders;
    books.tender_count = COUNT(tenders);
    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    assert_int_equal(z.rounding_minor, 0);
    assert_int_equal(z.cash_minor, 1450); /* tips are in the drawer */
    assert_int_equal(shift_z_count_tenders(&z, catalogue, counted, 2, arena, &wrong), SHIFT_OK);
    assert_int_equal(z.books.tender_count, 3); /* in the order of ids */
    assert_int_equal(z.books.tenders[0].kind, TENDER_CASH);
    assert_false(z.books.tenders[0].counted);
    assert_int_equal(z.books.tenders[1].type_id, 71);
    assert_int_equal(z.books.tenders[1].count, 0);
    assert_true(z.books.tenders[1].counted);
    assert_int_equal(z.books.tenders[1].difference_minor, 0);
    assert_int_equal(z.books.tenders[2].type_id, 72);
    assert_int_equal(z.books.tenders[2].counted_minor, 990);
    assert_int_equal(z.books.tenders[2].difference_minor, -10);
    assert_int_equal(shift_z_close(&z, z.expected_minor, (struct instant){ INT64_C(1790000000000001) }, 61), SHIFT_OK);
    struct shop here = { .name = "Caroline's", .tax_number = "", .currency = "EUR", .currency_exponent = 2 };
    struct receipt receipt = shift_receipt(&z, false, &here, zone_utc(), z.closed_at, arena);
    assert_non_null(strstr(receipt_text(arena, &receipt, 42), "Cash (4)                             14.50\n"
                                                              "  of it tips                          1.50\n"
                                                              "Voucher (0)                           0.00\n"
                                                              "  expected                            0.00\n"
                                                              "  counted                             0.00\n"
                                                              "  difference                          0.00\n"
                                                              "Meal voucher (1)                     10.00\n"
                                                              "  of it forfeited                     2.00\n"
                                                              "  expected                           10.00\n"
                                                              "  counted                             9.90\n"
                                                              "  difference                         -0.10\n"));
    arena_destroy(arena);
    catalogue_destroy(catalogue);
}

/* The card machine's slip has what was received by card for no sale, too. */
static void A18_cards_are_counted_by_the_machines_slip(void **state)
{
    static const struct shift_received received[] = { { ACCOUNT_BY_CASH, 1, 500, 0, 0 },
                                                      { ACCOUNT_BY_CARD, 2, 3000, 1, -1000 } };
    static const struct shift_gift_cards gift_cards[] = {
        { GIFT_CARD_PAYMENT_ISSUE, ACCOUNT_BY_CARD, 1, 5000 },
        { GIFT_CARD_PAYMENT_UNDO, ACCOUNT_BY_CARD, 1, -2000 },
        { GIFT_CARD_PAYMENT_TOP_UP, ACCOUNT_BY_TRANSFER, 1, 7 },
    };
    static const struct {
        bool paid; /* a sale by card */
        int64_t counted_minor;
        bool more; /* what is received, beside */
        int64_t expected_minor, difference_minor;
    } rows[] = {
        { true, 900, false, 800, 100 }, { true, 800, false, 800, 0 },   { true, 0, false, 800, -800 },
        { true, 6800, true, 6800, 0 },  { false, 6000, true, 6000, 0 }, { false, 0, false, 0, 0 },
    };
    static const struct shift_tender tenders[] = {
        { TENDER_CASH, .count = 4, .stayed_minor = 1300 },
        { TENDER_CARD, .count = 2, .stayed_minor = 800 },
    };
    struct catalogue *catalogue = vouchers();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_create(0);
        const struct shift_counted counted[] = { { 71, 0 }, { TENDER_TYPE_CARD, rows[i].counted_minor } };
        struct shift_books books = day();
        struct shift_z z;
        size_t wrong;

        books.tenders = tenders;
        books.tender_count = rows[i].paid ? 2 : 1;
        books.received = received;
        books.gift_cards = gift_cards;
        books.received_count = rows[i].more ? COUNT(received) : 0;
        books.gift_card_count = rows[i].more ? COUNT(gift_cards) : 0;
        assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
        assert_int_equal(shift_z_count_tenders(&z, catalogue, counted, 2, arena, &wrong), SHIFT_OK);
        assert_int_equal(z.books.tender_count, 3); /* cash, card, and the vouchers of which there were none */
        const struct shift_tender *card = &z.books.tenders[1];
        assert_int_equal(card->kind, TENDER_CARD);
        assert_int_equal(card->type_id, 0);
        assert_true(card->counted);
        assert_int_equal(card->stayed_minor, rows[i].paid ? 800 : 0);
        assert_int_equal(card->expected_minor, rows[i].expected_minor);
        assert_int_equal(card->difference_minor, rows[i].difference_minor);
        assert_int_equal(z.books.tenders[2].type_id, 71);
        arena_destroy(arena);
    }
    catalogue_destroy(catalogue);
}

/* A Z says that nobody compared them, where something came by card; an X is not counted. */
static void A18_a_card_machine_that_was_not_counted_is_said(void **state)
{
    static const struct shift_received received[] = { { ACCOUNT_BY_CARD, 1, 500, 0, 0 } };
    static const struct shift_gift_cards sold[] = { { GIFT_CARD_PAYMENT_ISSUE, ACCOUNT_BY_CARD, 1, 5000 } };
    static const struct shift_tender tenders[] = { { TENDER_CASH, .count = 4, .stayed_minor = 1300 },
                                                   { TENDER_CARD, .count = 2, .stayed_minor = 800 } };
    static const struct {
        size_t tenders, received, gift_cards;
        bool closed, counted, said;
    } rows[] = {
        { 2, 0, 0, true, false, true },  { 2, 0, 0, true, true, false }, { 2, 0, 0, false, false, false },
        { 1, 0, 0, true, false, false }, { 1, 1, 0, true, false, true }, { 0, 0, 1, true, false, true },
    };
    const struct shift_counted counted = { TENDER_TYPE_CARD, 800 };
    const struct shop here = { .name = "Caroline's", .tax_number = "", .currency = "EUR", .currency_exponent = 2 };
    struct catalogue *catalogue = vouchers();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_create(0);
        struct shift_books books = day();
        struct shift_z z;
        size_t wrong;

        books.tenders = tenders;
        books.tender_count = rows[i].tenders;
        books.received = received;
        books.received_count = rows[i].received;
        books.gift_cards = sold;
        books.gift_card_count = rows[i].gift_cards;
        assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
        if (rows[i].counted)
            assert_int_equal(shift_z_count_tenders(&z, catalogue, &counted, 1, arena, &wrong), SHIFT_OK);
        if (rows[i].closed)
            assert_int_equal(shift_z_close(&z, 0, (struct instant){ INT64_C(1790000000000001) }, 61), SHIFT_OK);
        struct receipt receipt =
            shift_receipt(&z, false, &here, zone_utc(), (struct instant){ INT64_C(1790000000000001) }, arena);
        bool said = strstr(receipt_text(arena, &receipt, 42), "Card machine: not counted\n") != NULL;
        if (said != rows[i].said)
            fail_msg("row %zu", i);
        arena_destroy(arena);
    }
    catalogue_destroy(catalogue);
}

/* What went on account lies in no drawer; what was received on one is no turnover, and of cash it is expected there. */
static void A9_what_is_received_on_account_is_no_turnover(void **state)
{
    static const struct shift_tender tenders[] = {
        { TENDER_CASH, .count = 4, .stayed_minor = 1300 },
        { TENDER_ACCOUNT, .type_id = 74, .name = "On account", .count = 2, .stayed_minor = 800 },
    };
    static const struct shift_received received[] = { { ACCOUNT_BY_CASH, 3, 12000, 0, 0 },
                                                      { ACCOUNT_BY_TRANSFER, 1, 4310, 0, 0 } };
    struct arena *arena = arena_create(0);
    struct shift_books books = day();
    struct shift_z z;

    (void)state;
    books.tenders = tenders;
    books.tender_count = COUNT(tenders);
    books.received = received;
    books.received_count = COUNT(received);
    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    assert_int_equal(z.rounding_minor, 0);
    assert_int_equal(z.on_account_minor, 12000);
    assert_int_equal(z.expected_minor, 10000 + 1300 + 5000 - 350 - 9000 + 12000);
    assert_int_equal(z.grand_total_minor, 102500);
    assert_int_equal(z.sale_minor, 2500);
    assert_int_equal(shift_z_close(&z, z.expected_minor, (struct instant){ INT64_C(1790000000000001) }, 61), SHIFT_OK);
    struct shop here = { .name = "Caroline's", .tax_number = "", .currency = "EUR", .currency_exponent = 2 };
    struct receipt receipt = shift_receipt(&z, false, &here, zone_utc(), z.closed_at, arena);
    const char *paper = receipt_text(arena, &receipt, 42);
    assert_non_null(strstr(paper, "On account (2)                        8.00\n"));
    assert_non_null(strstr(paper, "Received on account, cash (3)       120.00\n"));
    assert_non_null(strstr(paper, "Received on account, transfer (1)    43.10\n"));
    arena_destroy(arena);
}

static void what_is_received_does_not_overflow(void **state)
{
    static const struct shift_received received[] = { { ACCOUNT_BY_CASH, 1, INT64_MAX, 0, 0 } };
    struct shift_books books = day();
    struct shift_z z;

    (void)state;
    books.received = received;
    books.received_count = 1;
    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OVERFLOW);
}

static void A18_only_cards_and_vouchers_are_counted_so_and_each_once(void **state)
{
    static const struct {
        struct shift_counted counted[2];
        size_t count, wrong;
        enum shift_verdict verdict;
    } rows[] = {
        { { { 71, 100 }, { 71, 100 } }, 2, 1, SHIFT_BAD_TENDER },
        { { { 73, 100 }, { 0, 0 } }, 1, 0, SHIFT_BAD_TENDER },
        { { { 71, 5 }, { 1, 100 } }, 2, 1, SHIFT_BAD_TENDER },
        { { { 2, 5 }, { 2, 5 } }, 2, 1, SHIFT_BAD_TENDER },
        { { { 2, -1 }, { 0, 0 } }, 1, 0, SHIFT_BAD_COUNT },
        { { { 2, MINOR_MAX + 1 }, { 0, 0 } }, 1, 0, SHIFT_BAD_COUNT },
        { { { 99, 100 }, { 0, 0 } }, 1, 0, SHIFT_BAD_TENDER },
        { { { -1, 100 }, { 0, 0 } }, 1, 0, SHIFT_BAD_TENDER },
        { { { 71, -1 }, { 0, 0 } }, 1, 0, SHIFT_BAD_COUNT },
        { { { 71, MINOR_MAX }, { 72, MINOR_MAX + 1 } }, 2, 1, SHIFT_BAD_COUNT },
        { { { 71, MINOR_MAX }, { 72, 0 } }, 2, 2, SHIFT_OK },
    };
    struct catalogue *catalogue = vouchers();
    struct arena *arena = arena_create(0);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct shift_books books = day();
        struct shift_z z;
        size_t wrong;

        assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
        assert_int_equal(shift_z_count_tenders(&z, catalogue, rows[i].counted, rows[i].count, arena, &wrong),
                         rows[i].verdict);
        assert_int_equal(wrong, rows[i].wrong);
        assert_int_equal(day_tenders[0].counted_minor, 0);
    }
    arena_destroy(arena);
    catalogue_destroy(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A18_vouchers_are_counted_whole_and_what_was_forfeited_is_no_turnover),
        cmocka_unit_test(A9_what_is_received_on_account_is_no_turnover),
        cmocka_unit_test(what_is_received_does_not_overflow),
        cmocka_unit_test(A18_cards_are_counted_by_the_machines_slip),
        cmocka_unit_test(A18_a_card_machine_that_was_not_counted_is_said),
        cmocka_unit_test(A18_only_cards_and_vouchers_are_counted_so_and_each_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
