/* A training's edges: entries that are cut, catalogues that are gone, and lists that are full. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "strand.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Wherever an entry is cut, it says what was whole in it, and no more. */
static void a_cut_entry_says_what_is_whole_in_it(void **state)
{
    static const struct change changes[] = { { TRAINING, TRAINING_CASH_IN, "0.00", "5.00" },
                                             { TRAINING, TRAINING_CASH_OUT, NULL, "2.00" },
                                             { TRAINING, TRAINING_DRAWER_OPENED, NULL, NULL } };
    struct strand *s = strand_open();
    size_t whole[COUNT(changes) + 1] = { 0 };

    (void)state;
    for (size_t i = 1; i <= COUNT(changes); i++)
        whole[i] = changes_bytes(s->shop->arena, changes, i).size;
    struct bytes all = changes_bytes(s->shop->arena, changes, COUNT(changes));
    for (size_t size = 0; size <= all.size; size++) {
        s->count = 0;
        add(s, bytes_of(all.data, size));
        read_all(s);
        assert_int_equal(s->state.entry_count, size >= whole[1]);
        assert_int_equal(s->state.move_count, (size >= whole[1]) + (size >= whole[2]));
        assert_int_equal(s->state.cash_minor, size >= whole[2] ? 300 : size >= whole[1] ? 500 : 0);
        assert_int_equal(s->state.no_sale_count, size >= whole[3]);
    }
    strand_close(s);
}

/* One entry of two sessions: from the other's on nothing of it is this one's. */
static void changes_of_another_session_end_it(void **state)
{
    static const struct change changes[] = { { TRAINING, TRAINING_CASH_IN, NULL, "5.00" },
                                             { TRAINING + 1, TRAINING_CASH_IN, NULL, "7.00" },
                                             { TRAINING, TRAINING_CASH_IN, NULL, "9.00" } };
    struct strand *s = strand_open();

    (void)state;
    add(s, changes_bytes(s->shop->arena, changes, COUNT(changes)));
    read_all(s);
    assert_int_equal(s->state.cash_minor, 500);
    strand_close(s);
}

static void an_amount_is_one_or_nothing(void **state)
{
    static const struct {
        const char *text;
        int64_t minor;
    } rows[] = {
        { "5.00", 500 }, { "-0.01", -1 }, { "", 0 },
        { "five", 0 },   { "5.001", 0 },  { "1.000000000000000000000000000000", 0 }, /* as long as no number */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct strand *s = strand_open();

        note(s, TRAINING, TRAINING_SHIFT_OPENED, rows[i].text);
        read_all(s);
        assert_true(s->state.open);
        if (s->state.float_minor != rows[i].minor)
            fail_msg("\"%s\": %lld", rows[i].text, (long long)s->state.float_minor);
        strand_close(s);
    }
}

static void a_copy_names_a_sale_by_its_digits(void **state)
{
    static const struct {
        const char *text;
        int64_t id;
    } rows[] = {
        { "51", 51 }, { "", 0 }, { "51 of 52", 51 }, { "51:", 51 }, { "12345678901234567", 1234567890123456 }
    };
    struct strand *s = strand_open();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        note(s, TRAINING, TRAINING_COPY, rows[i].text);
    read_all(s);
    assert_int_equal(s->state.copy_count, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(s->state.copied[i], rows[i].id);
    strand_close(s);
}

/* As many as are listed; the drawer goes on all the same. */
static void lists_are_full_at_some_point(void **state)
{
    struct strand *s = strand_open();

    (void)state;
    read_all(s);
    for (int i = 0; i <= TRAINING_ENTRIES_MAX; i++) {
        training_move(&s->state, SHIFT_CASH_IN, 1, s->shop->arena);
        training_count_copy(&s->state, 51, s->shop->arena);
    }
    assert_int_equal(s->state.move_count, TRAINING_ENTRIES_MAX);
    assert_int_equal(s->state.cash_minor, TRAINING_ENTRIES_MAX + 1);
    assert_int_equal(s->state.copy_count, TRAINING_ENTRIES_MAX);
    strand_close(s);
}

/* ---- sales, as they could have been left ---- */

static struct sale_rows sale_number(int64_t number)
{
    return (struct sale_rows){ .kind = SALE_SOLD,
                               .number = { 3, 'S', number },
                               .sale_id = 100 + number,
                               .shift_id = TRAINING,
                               .catalogue_version = VERSION,
                               .total_minor = number };
}

static void put_sale(struct strand *s, const struct sale_rows *sale)
{
    static const uint8_t command_id[16] = { 7 };

    training_add_sale(&s->state, sale, command_id, NULL, s->shop->arena);
}

static void receipts_are_found_by_all_of_their_number(void **state)
{
    static const struct {
        struct receipt_number number;
        int64_t sale_id; /* 0: none */
    } rows[] = {
        { { 3, 'S', 1 }, 101 }, { { 3, 'S', 40 }, 140 }, { { 3, 'S', 41 }, 0 },
        { { 4, 'S', 1 }, 0 },   { { 3, 'T', 1 }, 0 },    { { 3, 'S', 0 }, 0 },
    };
    struct strand *s = strand_open();

    (void)state;
    read_all(s);
    for (int64_t number = 1; number <= 40; number++) {
        struct sale_rows sale = sale_number(number);

        put_sale(s, &sale);
        assert_int_equal(training_last(&s->state)->sale.sale_id, 100 + number);
    }
    assert_int_equal(s->state.sale_count, 40);
    assert_int_equal(s->state.shift_sale_count, 40);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct training_sale *found = training_find(&s->state, rows[i].number);

        assert_int_equal(found == NULL ? 0 : found->sale.sale_id, rows[i].sale_id);
        assert_int_equal(found == NULL ? 7 : found->command_id[0], 7);
    }
    assert_int_equal(training_find_id(&s->state, 133)->sale.number.number, 33);
    assert_null(training_find_id(&s->state, 141));
    strand_close(s);
}

static void a_refund_of_what_is_not_here_names_nothing(void **state)
{
    struct strand *s = strand_open();
    struct sale_rows sale = sale_number(1), refund = sale_number(2);

    (void)state;
    read_all(s);
    put_sale(s, &sale);
    refund.kind = SALE_REFUND;
    refund.refund_of = 999;
    put_sale(s, &refund);
    assert_int_equal(training_last(&s->state)->sale.refund_of_number.number, 0);
    refund.refund_of = 101;
    put_sale(s, &refund);
    assert_int_equal(training_last(&s->state)->sale.refund_of_number.number, 1);
    strand_close(s);
}

static void what_is_no_sale_of_it_is_left_out(void **state)
{
    struct strand *s = strand_open();
    uint8_t none[60] = { 9, 'S' };

    (void)state;
    add(s, bytes_of(none, sizeof none));
    read_all(s);
    assert_int_equal(s->state.entry_count, 0);
    assert_null(training_last(&s->state));
    strand_close(s);
}

static struct original original_of(struct strand *s, const struct sale_rows *sale, const struct catalogue *catalogue,
                                   struct member_state *member)
{
    struct original original;

    read_all(s);
    put_sale(s, sale);
    assert_true(training_original(&s->state, sale->number, catalogue, zone_utc(), s->shop->arena, &original, member));
    return original;
}

static void its_lines_are_as_they_were_sold(void **state)
{
    static struct sale_line_row lines[] = {
        { .product_id = COOKIE,
          .quantity_milli = 2000,
          .discount_minor = 280,
          .total_minor = 220,
          .flags = LINE_REWARD },
        { .product_id = CAKE, .quantity_milli = 1000, .discount_minor = 90, .total_minor = 810 },
        { .product_id = ROLL, .quantity_milli = 1000, .total_minor = 45, .flags = LINE_DEPOSIT },
        { .product_id = ROLL, .quantity_milli = 1000, .flags = LINE_VOIDED },
    };
    static struct discount_row discounts[] = { { .line = NO_LINE, .amount_minor = 99 },
                                               { .line = 0, .amount_minor = 30 },
                                               { .line = 1, .amount_minor = 90 } };
    static struct deposit_row deposits[] = { { .line = 3, .goods_line = 1 }, { .line = 2, .goods_line = 0 } };
    struct strand *s = strand_open();
    struct sale_rows sale = sale_number(1);
    struct member_state member;

    (void)state;
    sale.lines = lines;
    sale.line_count = COUNT(lines);
    sale.discounts = discounts;
    sale.discount_count = COUNT(discounts);
    sale.deposits = deposits;
    sale.deposit_count = COUNT(deposits);
    sale.taxes = (struct taxes){ .rows = { { .code = "VAT7", .rate_ppm = 70000, .tax_minor = 70 } }, .count = 1 };
    sale.service = SERVICE_TAKE_AWAY;
    struct original original = original_of(s, &sale, s->shop->catalogue, &member);
    assert_int_equal(original.line_count, 3);
    assert_int_equal(original.lines[0].free_minor, 250); /* the rest of what was taken off is the free piece */
    assert_int_equal(original.lines[1].free_minor, 0);
    assert_int_equal(original.lines[0].goods_line, NO_LINE);
    assert_int_equal(original.lines[2].goods_line, 0);
    assert_int_equal(original.lines[2].tax_rows, 1);
    assert_true(original.prices_include_tax);
    assert_int_equal(original.points_per_unit, 10);
    assert_int_equal(original.currency_exponent, 2);
    assert_true(!original.refunded && original.refund_count == 0);

    /* A product that nobody knows: nobody knows what its tax was. */
    lines[1].product_id = 999;
    original = original_of(s, &sale, s->shop->catalogue, &member);
    assert_int_equal(original.lines[0].tax_rows, 0);
    assert_int_equal(original.lines[2].tax_rows, 0);
    lines[1].product_id = CAKE;

    /* Nor a shop. */
    struct catalogue *nothing = catalogue_create();
    original = original_of(s, &sale, nothing, &member);
    assert_false(original.prices_include_tax);
    assert_int_equal(original.points_per_unit + original.cash_rounding_minor + original.currency_exponent, 0);
    assert_int_equal(original.line_count, 3);
    s->count = 0;
    note(s, TRAINING, TRAINING_SHIFT_OPENED, "5.00");
    training_read(s->entries, s->count, TRAINING, nothing, s->shop->arena, &s->state);
    assert_true(s->state.open);
    assert_int_equal(s->state.float_minor, 0); /* in no currency */
    catalogue_destroy(nothing);
    strand_close(s);
}

static void tax_on_top_is_of_its_shop(void **state)
{
    struct strand *s = strand_open();
    struct sale_rows sale = sale_number(1);
    struct member_state member;
    struct shop shop = *catalogue_shop(s->shop->catalogue, VERSION);

    (void)state;
    shop.prices_include_tax = false;
    shop.cash_rounding_minor = 5;
    catalogue_put_shop(s->shop->catalogue, VERSION, &shop);
    struct original original = original_of(s, &sale, s->shop->catalogue, &member);
    assert_false(original.prices_include_tax);
    assert_int_equal(original.cash_rounding_minor, 5);
    strand_close(s);
}

static void its_tenders_are_what_stayed_of_them(void **state)
{
    static struct tender_row tenders[] = {
        { .kind = TENDER_VOUCHER, .type_id = 71, .name = "Voucher", .amount_minor = 500, .forfeited_minor = 200 },
        { .kind = TENDER_CASH, .amount_minor = 100, .change_minor = 100 },
        { .kind = TENDER_CARD, .amount_minor = 50, .tip_minor = 50 },
    };
    struct strand *s = strand_open();
    struct sale_rows sale = sale_number(1);
    struct member_state member;

    (void)state;
    sale.tenders = tenders;
    sale.tender_count = COUNT(tenders);
    struct original original = original_of(s, &sale, s->shop->catalogue, &member);
    assert_int_equal(original.tender_count, 2); /* of what went and came back in cash nothing is left */
    assert_int_equal(original.tenders[0].amount_minor, 300);
    assert_int_equal(original.tenders[0].forfeited_minor, 200);
    assert_int_equal(original.tenders[1].position, 2);
    assert_int_equal(original.tenders[1].amount_minor, 0);
    assert_int_equal(original.tenders[1].tip_minor, 50);
    strand_close(s);
}

static void its_member_has_what_the_sale_left(void **state)
{
    static struct points_row points[] = { { 61, POINTS_SPENT, -50 },
                                          { 62, POINTS_SPENT, -50 },
                                          { 62, POINTS_EARNED, 20 },
                                          { 63, POINTS_EARNED, 5 },
                                          { 64, POINTS_BIRTHDAY, 100 } };
    struct strand *s = strand_open();
    struct sale_rows sale = sale_number(1);
    struct member_state member;

    (void)state;
    sale.member_id = ANNA;
    sale.points = (struct points_rows){ .rows = points, .count = COUNT(points) };
    sale.points_after = 140;
    struct original original = original_of(s, &sale, s->shop->catalogue, &member);
    assert_int_equal(original.lot_count, 4);
    assert_int_equal(original.lots[1].spent, 50);
    assert_int_equal(original.lots[2].earned, 20);
    assert_int_equal(member.points, 140);
    assert_int_equal(member.lot_count, 4); /* three lots, and the rest in one */
    assert_int_equal(member.lots[0].remaining, 0);
    assert_int_equal(member.lots[1].remaining, 20);
    assert_int_equal(member.lots[2].remaining, 5);
    assert_int_equal(member.lots[3].remaining, 115);
    strand_close(s);
}

/* ---- books ---- */

static void books_part_what_differs_and_sort_it(void **state)
{
    static struct tender_row first[] = { { .kind = TENDER_VOUCHER, .type_id = 72, .name = "Meal", .amount_minor = 300 },
                                         { .kind = TENDER_VOUCHER, .type_id = 71, .name = "Old", .amount_minor = 200 },
                                         { .kind = TENDER_CASH, .amount_minor = 100, .change_minor = 20 } };
    static struct tender_row second[] = {
        { .kind = TENDER_CARD, .amount_minor = 70, .tip_minor = 7 },
        { .kind = TENDER_VOUCHER, .type_id = 71, .name = "Old", .amount_minor = 40, .forfeited_minor = 4 },
    };
    struct strand *s = strand_open();
    struct sale_rows sale = sale_number(1), refund = sale_number(2), more = sale_number(3);

    (void)state;
    catalogue_put_tender_type(
        s->shop->catalogue, VERSION + 1,
        &(struct tender_type){ .id = 71, .name = "Voucher", .permission = "", .kind = TENDER_VOUCHER });
    catalogue_seal(s->shop->catalogue, VERSION + 1, NOW.us);
    read_all(s);
    sale.tenders = first;
    sale.tender_count = COUNT(first);
    sale.taxes = (struct taxes){ .rows = { { "VAT7", 70000, 100, 7 }, { "GST", 70000, 10, 1 } }, .count = 2 };
    refund.kind = SALE_REFUND;
    refund.total_minor = -2;
    more.tenders = second;
    more.tender_count = COUNT(second);
    more.taxes =
        (struct taxes){ .rows = { { "VAT7", 190000, 50, 9 }, { "GST", 70000, 20, 2 }, { "VAT7", 70000, 200, 14 } },
                        .count = 3 };
    put_sale(s, &refund);
    put_sale(s, &sale);
    put_sale(s, &more);
    struct shift_books books = training_books(&s->state, 3, s->shop->catalogue, s->shop->arena);
    static const struct shift_tender tenders[] = {
        { TENDER_CASH, 0, .count = 1, .stayed_minor = 80 },
        { TENDER_CARD, 0, .count = 1, .stayed_minor = 70, .tip_minor = 7 },
        { TENDER_VOUCHER, 71, "Voucher", .count = 2, .stayed_minor = 240,
          .forfeited_minor = 4 },                                        /* as it is called now */
        { TENDER_VOUCHER, 72, "Meal", .count = 1, .stayed_minor = 300 }, /* as it was called then */
    };
    assert_int_equal(books.tender_count, COUNT(tenders));
    for (size_t i = 0; i < COUNT(tenders); i++) {
        assert_int_equal(books.tenders[i].kind, tenders[i].kind);
        assert_int_equal(books.tenders[i].type_id, tenders[i].type_id);
        assert_int_equal(books.tenders[i].count, tenders[i].count);
        assert_int_equal(books.tenders[i].stayed_minor, tenders[i].stayed_minor);
        assert_int_equal(books.tenders[i].forfeited_minor, tenders[i].forfeited_minor);
        assert_int_equal(books.tenders[i].tip_minor, tenders[i].tip_minor);
        if (tenders[i].name != NULL)
            assert_string_equal(books.tenders[i].name, tenders[i].name);
    }
    static const struct shift_tax taxes[] = { { "GST", 70000, 30, 3 },
                                              { "VAT7", 70000, 300, 21 },
                                              { "VAT7", 190000, 50, 9 } };
    assert_int_equal(books.tax_count, COUNT(taxes));
    for (size_t i = 0; i < COUNT(taxes); i++) {
        assert_string_equal(books.taxes[i].code, taxes[i].code);
        assert_int_equal(books.taxes[i].rate_ppm, taxes[i].rate_ppm);
        assert_int_equal(books.taxes[i].net_minor, taxes[i].net_minor);
        assert_int_equal(books.taxes[i].tax_minor, taxes[i].tax_minor);
    }
    assert_int_equal(books.sales_count, 2);
    assert_int_equal(books.sales[0].kind, SALE_REFUND);
    assert_int_equal(books.sales[0].total_minor, -2);
    assert_int_equal(books.sales[1].count, 2);
    assert_int_equal(books.sales[1].first, 1);
    assert_int_equal(books.sales[1].last, 3);
    strand_close(s);
}

/* As the statement of a real shift: of sales alone, what was keyed as one and by its product, and nothing of what was taken back before it was paid. */
static void books_name_the_options_that_were_sold(void **state)
{
    static struct sale_line_row lines[] = {
        { .quantity_milli = 2000, .gross_minor = 700 },
        { .quantity_milli = 1000, .gross_minor = 350 },
        { .quantity_milli = 5000, .flags = LINE_VOIDED },
        { .product_id = 32, .name = "Cake", .quantity_milli = 1500, .gross_minor = 1875 },
        { .product_id = 31, .name = "Bread", .quantity_milli = 1000, .gross_minor = 500 },
        { .product_id = 32, .name = "Cakes", .quantity_milli = 1000, .gross_minor = 25 },
        { .product_id = 33, .name = "Pie", .flags = LINE_VOIDED }
    };
    static struct option_row options[] = { { 0, 6, 1, "Small", -30 },
                                           { 0, 7, 2, "Oat milk", 41 },
                                           { 1, 7, 2, "Oat milk", 41 },
                                           { 1, 8, 2, "Oat milk", 10 },
                                           { 2, 6, 1, "Small", -30 } };
    static struct keyed_row keyed[] = { { 3, 1250 }, { 4, 500 }, { 5, 25 }, { 6, 900 } };
    static const struct shift_option expected[] = {
        { .name = "", .count = 6, .quantity_milli = 7000, .amount_minor = 4800 },
        { 7, 2, "Oat milk", 4, 6000, 246, false },
        { 8, 2, "Oat milk", 2, 2000, 20, false },
        { 6, 1, "Small", 2, 4000, -120, false }
    };
    static const struct shift_department departments[] = { { 31, "Bread", 2, 2000, 1000 },
                                                           { 32, "Cakes", 4, 5000, 3800 } };
    struct strand *s = strand_open();
    struct sale_rows sale = sale_number(1), again = sale_number(2), refund = sale_number(3);

    (void)state;
    read_all(s);
    sale.lines = lines;
    sale.line_count = COUNT(lines);
    sale.options = options;
    sale.option_count = COUNT(options);
    sale.keyed = keyed;
    sale.keyed_count = COUNT(keyed);
    again.lines = refund.lines = lines;
    again.line_count = refund.line_count = COUNT(lines);
    again.options = refund.options = options;
    again.option_count = refund.option_count = COUNT(options);
    again.keyed = refund.keyed = keyed;
    again.keyed_count = refund.keyed_count = COUNT(keyed);
    refund.kind = SALE_REFUND;
    put_sale(s, &sale);
    put_sale(s, &refund);
    put_sale(s, &again);
    struct shift_books books = training_books(&s->state, 3, s->shop->catalogue, s->shop->arena);
    assert_int_equal(books.option_count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        const struct shift_option *option = &books.options[i];

        assert_string_equal(option->name, expected[i].name);
        assert_int_equal(option->modifier_id, expected[i].modifier_id);
        assert_int_equal(option->option, expected[i].option);
        assert_int_equal(option->count, expected[i].count);
        assert_int_equal(option->quantity_milli, expected[i].quantity_milli);
        assert_int_equal(option->amount_minor, expected[i].amount_minor);
        assert_false(option->others);
    }
    assert_int_equal(books.department_count, COUNT(departments));
    for (size_t i = 0; i < COUNT(departments); i++) {
        assert_int_equal(books.departments[i].product_id, departments[i].product_id);
        assert_string_equal(books.departments[i].name, departments[i].name);
        assert_int_equal(books.departments[i].count, departments[i].count);
        assert_int_equal(books.departments[i].quantity_milli, departments[i].quantity_milli);
        assert_int_equal(books.departments[i].amount_minor, departments[i].amount_minor);
    }
    strand_close(s);
}

static void of_more_options_than_are_listed_the_rest_is_one(void **state)
{
    static struct sale_line_row line = { .quantity_milli = 1000 };
    static struct option_row options[210];
    static char names[210][8];
    struct strand *s = strand_open();
    struct sale_rows sale = sale_number(1);

    (void)state;
    read_all(s);
    for (size_t i = 0; i < COUNT(options); i++) {
        snprintf(names[i], sizeof names[i], "O%03zu", i);
        options[i] = (struct option_row){ 0, 6, 1, names[i], 1 };
    }
    sale.lines = &line;
    sale.line_count = 1;
    sale.options = options;
    sale.option_count = COUNT(options);
    put_sale(s, &sale);
    struct shift_books books = training_books(&s->state, 3, s->shop->catalogue, s->shop->arena);
    assert_int_equal(books.option_count, 200);
    assert_string_equal(books.options[198].name, "O198");
    assert_true(books.options[199].others);
    assert_int_equal(books.options[199].count, 11);
    assert_int_equal(books.options[199].quantity_milli, 11000);
    assert_int_equal(books.options[199].amount_minor, 11);
    strand_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_entry_says_what_is_whole_in_it),
        cmocka_unit_test(changes_of_another_session_end_it),
        cmocka_unit_test(an_amount_is_one_or_nothing),
        cmocka_unit_test(a_copy_names_a_sale_by_its_digits),
        cmocka_unit_test(lists_are_full_at_some_point),
        cmocka_unit_test(receipts_are_found_by_all_of_their_number),
        cmocka_unit_test(a_refund_of_what_is_not_here_names_nothing),
        cmocka_unit_test(what_is_no_sale_of_it_is_left_out),
        cmocka_unit_test(its_lines_are_as_they_were_sold),
        cmocka_unit_test(tax_on_top_is_of_its_shop),
        cmocka_unit_test(its_tenders_are_what_stayed_of_them),
        cmocka_unit_test(its_member_has_what_the_sale_left),
        cmocka_unit_test(books_part_what_differs_and_sort_it),
        cmocka_unit_test(books_name_the_options_that_were_sold),
        cmocka_unit_test(of_more_options_than_are_listed_the_rest_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
