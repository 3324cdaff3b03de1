/* What a shift comes to: sums of its rows, the count of its drawer, its close, its document. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/number.h"
#include "common/print/text.h"
#include "common/rules/denomination.h"
#include "shift_world.h"

static void sums_a_day(void **state)
{
    struct shift_books books = day();
    struct shift_z z;

    (void)state;
    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    assert_int_equal(z.sale_count, 4);
    assert_int_equal(z.sale_minor, 2500);
    assert_int_equal(z.refund_count, 2);
    assert_int_equal(z.refund_minor, -400);
    assert_int_equal(z.t.first, 7);
    assert_int_equal(z.t.last, 11);
    assert_int_equal(z.x.first, 4);
    assert_int_equal(z.x.last, 4);
    assert_int_equal(z.in_minor, 5000);
    assert_int_equal(z.out_minor, -350);
    assert_int_equal(z.drop_minor, -9000);
    assert_int_equal(z.expected_minor, 10000 + 1300 + 5000 - 350 - 9000);
    assert_int_equal(z.grand_total_minor, 102500);
    assert_false(z.closed);
}

/* What cash was rounded by is all that tenders and turnover may differ by, of an X and of a Z that is shown again. */
static void rounding_is_what_the_tenders_differ_by(void **state)
{
    static const struct shift_tender short_of[] = { { TENDER_CASH, .count = 4, .stayed_minor = 1297 },
                                                    { TENDER_CARD, .count = 2, .stayed_minor = 800 } };
    static const struct shift_tender over[] = { { TENDER_CASH, .count = 4, .stayed_minor = 1302 },
                                                { TENDER_CARD, .count = 2, .stayed_minor = 800 } };
    const struct {
        const struct shift_tender *tenders;
        int64_t rounding_minor;
    } rows[] = { { day_tenders, 0 }, { short_of, -3 }, { over, 2 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct shift_books books = day();
        struct shift_z z, again;

        books.tenders = rows[i].tenders;
        assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
        assert_int_equal(z.rounding_minor, rows[i].rounding_minor);
        again = z;
        again.rounding_minor = again.cash_minor = 99;
        assert_int_equal(shift_z_settle(&again), SHIFT_OK);
        assert_int_equal(again.rounding_minor, rows[i].rounding_minor);
        assert_int_equal(again.cash_minor, z.cash_minor);
    }
}

static void sums_a_shift_without_anything(void **state)
{
    struct shift_books books = { .float_minor = 500, .grand_before_minor = 77 };
    struct shift_z z;

    (void)state;
    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    assert_int_equal(z.expected_minor, 500);
    assert_int_equal(z.grand_total_minor, 77);
    assert_int_equal(z.t.first, 0);
    assert_int_equal(z.t.last, 0);
}

/* Each sum, driven past its end. */
static void refuses_sums_that_cannot_be_counted(void **state)
{
    static const struct shift_sales many[] = { { 'T', SALE_SOLD, 1, INT64_MAX, 1, 1 }, { 'X', SALE_SOLD, 1, 1, 1, 1 } };
    static const struct shift_sales back[] = { { 'T', SALE_REFUND, 1, INT64_MIN, 1, 1 },
                                               { 'X', SALE_REFUND, 1, -1, 1, 1 } };
    static const struct shift_sales much[] = { { 'T', SALE_SOLD, INT64_MAX, 1, 1, 1 }, { 'X', SALE_SOLD, 1, 1, 1, 1 } };
    static const struct shift_tender cash[] = { { TENDER_CASH, .count = 1, .stayed_minor = INT64_MAX } };
    static const struct shift_moved out[] = { { SHIFT_CASH_OUT, INT64_MIN }, { SHIFT_CASH_OUT, -1 } };
    static const struct shift_moved in[] = { { SHIFT_CASH_IN, INT64_MAX }, { SHIFT_CASH_DROP, -1 } };
    const struct {
        const char *what;
        struct shift_books books;
    } rows[] = {
        { "sales", { .sales = many, .sales_count = 2 } },
        { "refunds", { .sales = back, .sales_count = 2 } },
        { "how many", { .sales = much, .sales_count = 2 } },
        { "cash and float", { .tenders = cash, .tender_count = 1, .float_minor = 1 } },
        { "what went out", { .moves = out, .move_count = 2 } },
        { "what came in and the float", { .moves = in, .move_count = 1, .float_minor = 1 } },
        { "more taxes than are listed", { .tax_count = SHIFT_TAXES_MAX + 1 } },
    };
    struct shift_z z;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (shift_z_sum(&rows[i].books, &z) != SHIFT_OVERFLOW)
            fail_msg("%s", rows[i].what);
}

/* A till is closed however much it has sold in its life. */
static void a_grand_total_stops_where_counting_ends(void **state)
{
    static const struct shift_sales sold[] = { { 'T', SALE_SOLD, 1, 100, 1, 1 } };
    struct shift_books books = { .sales = sold, .sales_count = 1, .grand_before_minor = INT64_MAX - 100 };
    struct shift_z z;

    (void)state;
    for (int round = 0; round < 3; round++) {
        assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
        assert_int_equal(z.grand_total_minor, INT64_MAX);
        books.grand_before_minor = z.grand_total_minor;
    }
}

static void counts_pieces(void **state)
{
    static const struct {
        const char *what, *currency;
        unsigned exponent;
        struct shift_pieces pieces[3];
        size_t count;
        enum shift_verdict verdict;
        int64_t minor;
        size_t wrong;
    } rows[] = {
        { "euros", "EUR", 2, { { 5000, 3 }, { 200, 4 }, { 1, 7 } }, 3, SHIFT_OK, 15807, 0 },
        { "a quarter", "USD", 2, { { 25, 3 } }, 1, SHIFT_OK, 75, 0 },
        { "yen have no cents", "JPY", 0, { { 10000, 2 }, { 1, 9 } }, 2, SHIFT_OK, 20009, 0 },
        { "no quarter in euros", "EUR", 2, { { 5000, 1 }, { 25, 1 } }, 2, SHIFT_NOT_DENOMINATION, 0, 1 },
        { "named twice", "EUR", 2, { { 500, 1 }, { 200, 1 }, { 500, 1 } }, 3, SHIFT_NOT_DENOMINATION, 0, 2 },
        { "worth nothing", "EUR", 2, { { 0, 1 } }, 1, SHIFT_NOT_DENOMINATION, 0, 0 },
        { "worth less than nothing", "EUR", 2, { { -500, 1 } }, 1, SHIFT_NOT_DENOMINATION, 0, 0 },
        { "a currency of no table", "XTS", 2, { { 500, 1 } }, 1, SHIFT_NOT_DENOMINATION, 0, 0 },
        { "euros kept in tenths of a cent", "EUR", 3, { { 500, 1 } }, 1, SHIFT_NOT_DENOMINATION, 0, 0 },
        { "no pieces", "EUR", 2, { { 500, 1 }, { 200, 0 } }, 2, SHIFT_BAD_COUNT, 0, 1 },
        { "fewer than none", "EUR", 2, { { 500, -1 } }, 1, SHIFT_BAD_COUNT, 0, 0 },
        { "all there can be", "EUR", 2, { { 50000, MINOR_MAX / 50000 } }, 1, SHIFT_OK, MINOR_MAX, 0 },
        { "and a cent", "EUR", 2, { { 50000, MINOR_MAX / 50000 }, { 1, 1 } }, 2, SHIFT_BAD_COUNT, 0, 1 },
        { "past int64", "EUR", 2, { { 50000, INT64_MAX / 2 } }, 1, SHIFT_BAD_COUNT, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t minor = 0;
        size_t wrong;
        enum shift_verdict verdict =
            shift_z_count(rows[i].currency, rows[i].exponent, rows[i].pieces, rows[i].count, &minor, &wrong);

        if (verdict != rows[i].verdict || (verdict == SHIFT_OK && minor != rows[i].minor) ||
            (verdict != SHIFT_OK && wrong != rows[i].wrong))
            fail_msg("%s: verdict %d, %lld, wrong %zu", rows[i].what, (int)verdict, (long long)minor, wrong);
    }
}

static void closes_with_a_difference(void **state)
{
    static const struct {
        int64_t expected, counted;
        enum shift_verdict verdict;
        int64_t difference;
    } rows[] = {
        { 6950, 6950, SHIFT_OK, 0 },
        { 6950, 6900, SHIFT_OK, -50 },
        { 6950, 7000, SHIFT_OK, 50 },
        { -100, 0, SHIFT_OK, 100 }, /* more was given back than there was */
        { 0, -1, SHIFT_BAD_COUNT, 0 },
        { 0, MINOR_MAX, SHIFT_OK, MINOR_MAX },
        { 0, MINOR_MAX + 1, SHIFT_BAD_COUNT, 0 },
        { INT64_MIN, 0, SHIFT_OVERFLOW, 0 },
        { -INT64_MAX, 1, SHIFT_OVERFLOW, 0 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct shift_z z = { .expected_minor = rows[i].expected };

        assert_int_equal(shift_z_close(&z, rows[i].counted, (struct instant){ 9 }, 61), rows[i].verdict);
        assert_int_equal(z.closed, rows[i].verdict == SHIFT_OK);
        if (z.closed) {
            assert_int_equal(z.difference_minor, rows[i].difference);
            assert_int_equal(z.closed_at.us, 9);
            assert_int_equal(z.closed_by, 61);
        }
    }
}

/* A table of data is looked over as data: the largest first, none twice. */
static void denominations_go_down(void **state)
{
    static const struct {
        const char *currency;
        unsigned exponent;
    } rows[] = { { "EUR", 2 }, { "USD", 2 }, { "GBP", 2 }, { "CHF", 2 }, { "JPY", 0 },
                 { "CAD", 2 }, { "SEK", 2 }, { "NOK", 2 }, { "PLN", 2 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t count;
        const int64_t *values = denominations_of(rows[i].currency, rows[i].exponent, &count);

        assert_in_range(count, 5, SHIFT_COUNTS_MAX);
        assert_true(values[count - 1] >= 1);
        for (size_t j = 1; j < count; j++)
            assert_true(values[j] < values[j - 1]);
    }
}

static void cash_is_rounded_to_a_coin_or_so(void **state)
{
    static const struct {
        const char *currency;
        unsigned exponent;
        int64_t most;
    } rows[] = { { "EUR", 2, 100 }, { "USD", 2, 100 },    { "CHF", 2, 100 },   { "NOK", 2, 1000 },
                 { "JPY", 0, 10 },  { "HUF", 2, 100000 }, { "EUR", 4, 100000 } };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(cash_rounding_most(rows[i].currency, rows[i].exponent), rows[i].most);
}

static const struct shop shop = {
    .name = "Caroline's Cookies", .tax_number = "SR 1", .currency = "EUR", .currency_exponent = 2
};

static char *paper(struct arena *arena, bool closed, bool blind)
{
    static const struct shift_pieces pieces[] = { { 5000, 1 }, { 500, 3 }, { 200, 2 } };
    struct shift_books books = day();
    struct shift_z z;

    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    if (closed) {
        assert_int_equal(shift_z_close(&z, 6900, (struct instant){ INT64_C(1790030000000000) }, 61), SHIFT_OK);
        z.counts = pieces;
        z.counts_count = COUNT(pieces);
    }
    struct receipt receipt =
        shift_receipt(&z, blind, &shop, zone_utc(), (struct instant){ INT64_C(1790020000000000) }, arena);
    return receipt_text(arena, &receipt, 42);
}

static void a_z_on_paper(void **state)
{
    struct arena *arena = arena_create(1 << 20);

    (void)state;
    assert_string_equal(paper(arena, true, false), "            Caroline's Cookies\n"
                                                   "                   SR 1\n"
                                                   "------------------------------------------\n"
                                                   "                   Z 12\n"
                                                   "Till 3                            shift 12\n"
                                                   "Opened                    2026-09-21 14:13\n"
                                                   "Closed                    2026-09-21 22:33\n"
                                                   "------------------------------------------\n"
                                                   "Sales (4)                            25.00\n"
                                                   "Refunds (2)                          -4.00\n"
                                                   "Turnover EUR                         21.00\n"
                                                   "VAT 19 % on 8.40                      1.60\n"
                                                   "VAT 7 % on 10.28                      0.72\n"
                                                   "------------------------------------------\n"
                                                   "Cash (4)                             13.00\n"
                                                   "Card (2)                              8.00\n"
                                                   "Card machine: not counted\n"
                                                   "------------------------------------------\n"
                                                   "Float                               100.00\n"
                                                   "Cash of sales                        13.00\n"
                                                   "Cash in                              50.00\n"
                                                   "Cash out                             -3.50\n"
                                                   "To the safe                         -90.00\n"
                                                   "Cash expected                        69.50\n"
                                                   "Cash counted                         69.00\n"
                                                   "Difference                           -0.50\n"
                                                   "  1 x 50.00\n"
                                                   "  3 x 5.00\n"
                                                   "  2 x 2.00\n"
                                                   "------------------------------------------\n"
                                                   "Receipts            3T-000007 to 3T-000011\n"
                                                   "Receipts            3X-000004 to 3X-000004\n"
                                                   "Opened without a sale                    1\n"
                                                   "Grand total                        1025.00\n"
                                                   "                 deadbeef\n");
    arena_destroy(arena);
}

/* Who sold how much: an X alone says it. */
static void an_x_on_paper_names_who_sold(void **state)
{
    static const struct shift_person people[] = { { 61, "Ana", SALE_SOLD, 3, 1900 },
                                                  { 61, "Ana", SALE_REFUND, 2, -400 },
                                                  { 62, "Bernadette-Josephine von der Au", SALE_SOLD, 1, 600 },
                                                  { 63, "", SALE_REFUND, 1, -100 } };
    struct arena *arena = arena_create(1 << 20);
    struct shift_books books = day();
    struct shift_z z;

    (void)state;
    books.people = people;
    books.people_count = COUNT(people);
    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    struct receipt receipt =
        shift_receipt(&z, true, &shop, zone_utc(), (struct instant){ INT64_C(1790020000000000) }, arena);
    assert_non_null(strstr(receipt_text(arena, &receipt, 42), "------------------------------------------\n"
                                                              "Ana (5)                              15.00\n"
                                                              "Bernadette-Josephine (1)              6.00\n"
                                                              "Somebody (1)                         -1.00\n"
                                                              "------------------------------------------\n"));
    arena_destroy(arena);
}

/* What a message has room for stands by itself, from the first on; nothing of the rest is lost. */
static void a_report_lists_what_fits_and_the_rest_as_one(void **state)
{
    enum { MANY = 400 };
    static const char name[] = "Somebody with a name of eighty bytes, which twenty signs may well have, if each has 4";
    struct arena *arena = arena_create(1 << 20);
    struct shift_tax *taxes = arena_array(arena, MANY, sizeof *taxes);
    struct shift_option *options = arena_array(arena, MANY, sizeof *options);
    struct shift_person *people = arena_array(arena, MANY, sizeof *people);
    const struct {
        const char *what;
        size_t taxes, options, people;
    } rows[] = { { "a day", 12, 40, 8 },
                 { "taxes", MANY, 0, 0 },
                 { "options", 0, MANY, 0 },
                 { "people", 0, 0, MANY },
                 { "all", MANY, MANY, MANY },
                 { "options and people", 3, MANY, MANY },
                 { "nearly what there is room for", 3, 150, 10 } };

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        taxes[i] =
            (struct shift_tax){ i == 0 ? SHIFT_OTHER_TAX : name, i == 0 ? 0 : 1 + (uint32_t)i, 100, INT64_MAX / 3 };
        options[i] = (struct shift_option){
            .modifier_id = (int64_t)i, .name = name, .count = 2, .amount_minor = -INT64_MAX / 3
        };
        people[i] = (struct shift_person){ 1 + (int64_t)i / 2, name, i % 2 == 0 ? SALE_SOLD : SALE_REFUND, 3, 5 };
    }
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct shift_books books = { .taxes = taxes,
                                     .tax_count = rows[i].taxes,
                                     .options = options,
                                     .option_count = rows[i].options,
                                     .people = people,
                                     .people_count = rows[i].people };
        size_t bytes = 0, taken = 0;
        int64_t net = 0, counted = 0, sold = 0, back = 0, tax = 0;

        shift_books_fold(&books, arena);
        for (size_t at = 0; at < books.tax_count; at++) {
            net += books.taxes[at].net_minor;
            add_most(&tax, books.taxes[at].tax_minor);
            bytes += 2 * strlen(books.taxes[at].code) + 60;
            taken += strcmp(books.taxes[at].code, SHIFT_OTHER_TAX) == 0;
        }
        for (size_t at = 0; at < books.option_count; at++) {
            counted += books.options[at].count;
            bytes += strlen(books.options[at].name) + SHIFT_NAME_COLUMNS + 60;
            if (books.options[at].others != (rows[i].options > 200 && at + 1 == books.option_count))
                fail_msg("%s: option %zu", rows[i].what, at);
        }
        for (size_t at = 0; at < books.people_count; at++) {
            *(books.people[at].kind == SALE_SOLD ? &sold : &back) += books.people[at].total_minor;
            bytes += strlen(books.people[at].name) + SHIFT_NAME_COLUMNS + 60;
        }
        if (net != 100 * (int64_t)rows[i].taxes || counted != 2 * (int64_t)rows[i].options ||
            sold != 5 * (int64_t)((rows[i].people + 1) / 2) || back != 5 * (int64_t)(rows[i].people / 2) ||
            taken != (rows[i].taxes > 0) || (rows[i].taxes > 3 && tax != INT64_MAX))
            fail_msg("%s: something is lost", rows[i].what);
        if (bytes > 54500)
            fail_msg("%s: %zu bytes", rows[i].what, bytes);
        if (i == 0 && (books.taxes != taxes || books.options != options || books.people != people))
            fail_msg("%s was folded", rows[i].what);
    }
    arena_destroy(arena);
}

static void others_stand_last_on_paper(void **state)
{
    static const struct shift_option options[] = {
        { .modifier_id = 0, .name = "", .count = 1, .amount_minor = 300 },
        { .modifier_id = 7, .name = "Oat milk", .count = 2, .amount_minor = 80 },
        { .name = "", .others = true, .count = 40, .amount_minor = -75 }
    };
    static const struct shift_person people[] = { { 61, "Ana", SALE_SOLD, 3, 1900 },
                                                  { 0, "", SALE_SOLD, 7, 700 },
                                                  { 0, "", SALE_REFUND, 1, -100 } };
    struct arena *arena = arena_create(1 << 20);
    struct shift_books books = day();
    struct shift_z z;

    (void)state;
    books.people = people;
    books.people_count = COUNT(people);
    books.options = options;
    books.option_count = COUNT(options);
    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    struct receipt receipt =
        shift_receipt(&z, true, &shop, zone_utc(), (struct instant){ INT64_C(1790020000000000) }, arena);
    assert_non_null(strstr(receipt_text(arena, &receipt, 42), "Ana (3)                              19.00\n"
                                                              "Others (8)                            6.00\n"
                                                              "------------------------------------------\n"
                                                              "Keyed prices (1)                      3.00\n"
                                                              "Oat milk (2)                          0.80\n"
                                                              "Other options (40)                   -0.75\n"));
    arena_destroy(arena);
}

/* A shift is forgotten once the business day is over in which it was opened; at 03:00 here, whatever the calendar says. */
static void a_shift_of_an_earlier_day_is_forgotten(void **state)
{
    enum { AT_14 = 14, MIDNIGHT = 24, AT_2 = 26, AT_3 = 27 };
    static const struct {
        const char *what;
        int64_t opened_h, now_h;
        int cutoff_minutes;
        bool forgotten;
        const char *day;
    } cases[] = {
        { "the same afternoon", AT_14, AT_14 + 4, 180, false, "2026-09-21" },
        { "the same night", AT_14, AT_2, 180, false, "2026-09-21" },
        { "the next morning", AT_14, AT_3, 180, true, "2026-09-21" },
        { "days later", AT_14, AT_14 + 96, 180, true, "2026-09-21" },
        { "opened in the night, of the day before", AT_2, AT_3, 180, true, "2026-09-21" },
        { "opened in the night, still that night", MIDNIGHT, AT_2, 180, false, "2026-09-21" },
        { "days that end at midnight", AT_14, MIDNIGHT, 0, true, "2026-09-21" },
        { "a clock that went back", AT_3, AT_14, 180, false, "2026-09-22" },
    };
    const int64_t start_us = INT64_C(1789948800) * SECOND_US; /* 2026-09-21 00:00 UTC */

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct day day;
        char text[DAY_TEXT];
        bool forgotten = shift_is_forgotten((struct instant){ start_us + cases[i].opened_h * 60 * MINUTE_US },
                                            (struct instant){ start_us + cases[i].now_h * 60 * MINUTE_US }, zone_utc(),
                                            cases[i].cutoff_minutes, &day);

        if (forgotten != cases[i].forgotten || strcmp(day_format(text, day), cases[i].day) != 0)
            fail_msg("%s: %d, %s", cases[i].what, forgotten, text);
    }
}

/* Nothing that the expected cash could be worked out of. */
static void a_blind_report_on_paper(void **state)
{
    struct arena *arena = arena_create(1 << 20);
    char *text = paper(arena, false, true);

    (void)state;
    assert_non_null(strstr(text, "X report"));
    assert_non_null(strstr(text, "Now                       2026-09-21 19:46"));
    assert_non_null(strstr(text, "Turnover EUR"));
    assert_null(strstr(text, "Cash"));
    assert_null(strstr(text, "Card"));
    assert_null(strstr(text, "safe"));
    assert_null(strstr(text, "Float"));
    assert_null(strstr(text, "Grand"));
    assert_null(strstr(text, "69.50"));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_a_day),
        cmocka_unit_test(cash_is_rounded_to_a_coin_or_so),
        cmocka_unit_test(rounding_is_what_the_tenders_differ_by),
        cmocka_unit_test(sums_a_shift_without_anything),
        cmocka_unit_test(refuses_sums_that_cannot_be_counted),
        cmocka_unit_test(a_grand_total_stops_where_counting_ends),
        cmocka_unit_test(counts_pieces),
        cmocka_unit_test(closes_with_a_difference),
        cmocka_unit_test(denominations_go_down),
        cmocka_unit_test(a_z_on_paper),
        cmocka_unit_test(an_x_on_paper_names_who_sold),
        cmocka_unit_test(a_report_lists_what_fits_and_the_rest_as_one),
        cmocka_unit_test(others_stand_last_on_paper),
        cmocka_unit_test(a_shift_of_an_earlier_day_is_forgotten),
        cmocka_unit_test(a_blind_report_on_paper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
