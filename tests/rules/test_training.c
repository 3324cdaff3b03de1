/* A training read out of its entries: what is refunded, reported and shown is as if it had been kept in tables. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/rules/sale_bytes.h"
#include "common/rules/sale_read.h"
#include "common/rules/training.h"
#include "strand.h"

static const struct tender card_and_cash[] = {
    { .kind = TENDER_CARD, .amount_minor = 1000, .reference = { (const uint8_t *)"A1", 2 } },
    { .kind = TENDER_CASH, .amount_minor = 200 },
};
static const struct basket_line goods[] = {
    { .product_id = COOKIE, .quantity_milli = 2000 },
    { .product_id = CAKE, .quantity_milli = 1000 },
    { .product_id = ROLL, .quantity_milli = 1000, .voided = true, .void_reason = { (const uint8_t *)"dropped", 7 } },
};

/* Decided as any sale is: two cookies, one of them free, and a cake, 11.50 paid by 10.00 by card and 2.00. */
static void practise(struct strand *s, int64_t id, uint64_t training, struct sale_rows *sale)
{
    static const uint32_t reward = REWARD_DEAREST;
    static const uint8_t command_id[16] = { 5 };
    struct sale_command command = {
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION,
                    .lines = goods,
                    .line_count = 3,
                    .member_id = ANNA,
                    .rewards = &reward,
                    .reward_count = 1 },
        .tenders = card_and_cash,
        .tender_count = 2,
        .shown_total_minor = 1150,
        .device_id = TILL,
        .staff_id = 9,
        .series = 'S',
        .number = (int64_t)s->count + 1,
        .sale_id = id,
        .new_lot_id = id + 10,
    };

    s->shop->drawers[0].shift_id = (int64_t)training;
    assert_int_equal(sale_decide(&command, &s->shop->set, NOW, sale), SALE_OK);
    add(s, sale_bytes(sale, command_id, s->shop->arena));
}

/* Into the strand, too. */
static enum sale_verdict give_back(struct strand *s, struct receipt_number number, const struct refund_line *lines,
                                   size_t count, struct sale_rows *rows)
{
    static const uint8_t command_id[16] = { 6 };
    struct working_set set = s->shop->set;
    struct original original;
    struct member_state member;
    struct refund_command command = { .original = number,
                                      .lines = lines,
                                      .line_count = count,
                                      .reason = { (const uint8_t *)"stale", 5 },
                                      .device_id = TILL,
                                      .series = 'S',
                                      .number = (int64_t)s->count + 1,
                                      .sale_id = 200 + (int64_t)s->count };

    read_all(s);
    if (training_original(&s->state, number, s->shop->catalogue, zone_utc(), s->shop->arena, &original, &member)) {
        set.originals = &original;
        set.original_count = 1;
        set.members = &member;
        set.member_count = 1;
    }
    s->shop->drawers[0].shift_id = TRAINING;
    enum sale_verdict verdict = refund_decide(&command, &set, NOW, rows);
    if (verdict == SALE_OK)
        add(s, sale_bytes(rows, command_id, s->shop->arena));
    return verdict;
}

static void a_sale_is_read_as_it_was_written(void **state)
{
    struct strand *s = strand_open();
    struct sale_rows sale, again;
    uint8_t command_id[16];

    (void)state;
    practise(s, 51, TRAINING, &sale);
    assert_true(sale_read(s->entries[0].bytes, s->shop->catalogue, s->shop->arena, &again, command_id));
    assert_int_equal(command_id[0], 5);
    assert_int_equal(again.number.series, 'S');
    assert_int_equal(again.number.till, 3);
    assert_int_equal(again.total_minor, 1150);
    assert_int_equal(again.cash_minor, 200);
    assert_int_equal(again.change_minor, 50);
    assert_int_equal(again.points_earned, 115);
    assert_int_equal(again.points.count, sale.points.count);
    assert_int_equal(again.line_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(again.lines[i].gross_minor, sale.lines[i].gross_minor);
        assert_int_equal(again.lines[i].total_minor, sale.lines[i].total_minor);
        assert_int_equal(again.lines[i].flags, sale.lines[i].flags);
        assert_string_equal(again.lines[i].name, sale.lines[i].name);
    }
    assert_int_equal(again.lines[2].void_reason.size, 7);
    assert_int_equal(again.taxes.count, 1);
    assert_int_equal(again.taxes.rows[0].tax_minor, sale.taxes.rows[0].tax_minor);
    assert_int_equal(again.tenders[0].reference.size, 2);
    /* Written once more it is the same to the byte. */
    assert_true(bytes_equal(sale_bytes(&again, command_id, s->shop->arena), s->entries[0].bytes));
    strand_close(s);
}

static void what_is_cut_or_goes_on_is_no_sale(void **state)
{
    struct strand *s = strand_open();
    struct sale_rows sale, again;
    uint8_t command_id[16];

    (void)state;
    practise(s, 51, TRAINING, &sale);
    struct bytes whole = s->entries[0].bytes;
    for (size_t size = 0; size < whole.size; size++)
        assert_false(sale_read(bytes_of(whole.data, size), s->shop->catalogue, s->shop->arena, &again, command_id));
    uint8_t *more = arena_alloc(s->shop->arena, whole.size + 1);
    memcpy(more, whole.data, whole.size);
    assert_false(sale_read(bytes_of(more, whole.size + 1), s->shop->catalogue, s->shop->arena, &again, command_id));
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = { { 0, 1 }, { 0, 2 }, { 0, 5 }, { 1, 'X' }, { 1, 'L' }, { 42, 0 }, { 42, 3 } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        memcpy(more, whole.data, whole.size);
        more[wrong[i].at] = wrong[i].value;
        assert_false(sale_read(bytes_of(more, whole.size), s->shop->catalogue, s->shop->arena, &again, command_id));
    }
    strand_close(s);
}

/* The same sale, remembered by a database, comes back by the same amounts. */
static void it_comes_back_as_a_real_one_would(void **state)
{
    struct strand *s = strand_open();
    struct sale_rows sale, back, real;
    const struct refund_line one = { .line = 0, .quantity_milli = 1000 };

    (void)state;
    practise(s, 51, TRAINING, &sale);
    small_shop_remember(s->shop, &sale);
    struct refund_command command = { .original = sale.number,
                                      .lines = &one,
                                      .line_count = 1,
                                      .device_id = TILL,
                                      .series = 'T',
                                      .number = 7,
                                      .sale_id = 52 };
    assert_int_equal(refund_decide(&command, &s->shop->set, NOW, &real), SALE_OK);
    assert_int_equal(give_back(s, sale.number, &one, 1, &back), SALE_OK);
    assert_int_equal(back.total_minor, real.total_minor);
    assert_int_equal(back.tax_minor, real.tax_minor);
    assert_int_equal(back.points_earned, real.points_earned);
    assert_int_equal(back.points_spent, real.points_spent);
    assert_int_equal(back.tender_count, real.tender_count);
    assert_int_equal(back.taxes.rows[0].tax_minor, real.taxes.rows[0].tax_minor);
    command.line_count = 0;
    assert_int_equal(refund_decide(&command, &s->shop->set, NOW, &real), SALE_OK);
    assert_int_equal(give_back(s, sale.number, NULL, 0, &back), SALE_OK);
    assert_int_equal(back.total_minor, real.total_minor);
    assert_int_equal(back.tax_minor, real.tax_minor);
    assert_int_equal(back.points_spent, real.points_spent);
    assert_int_equal(back.tenders[0].amount_minor, real.tenders[0].amount_minor);
    assert_int_equal(give_back(s, sale.number, NULL, 0, &back), SALE_ALREADY_REFUNDED);
    read_all(s);
    assert_int_equal(training_back_milli(&s->state, 51, 0), 2000);
    assert_int_equal(training_back_milli(&s->state, 51, 1), 1000);
    assert_int_equal(training_back_milli(&s->state, 51, 2), 0);
    struct receipt_number first_back = s->state.sales[1].sale.number;
    assert_int_equal(s->state.sales[1].sale.refund_of_number.number, sale.number.number);
    assert_int_equal(give_back(s, first_back, NULL, 0, &back), SALE_REFUND_OF_REFUND);
    assert_int_equal(give_back(s, (struct receipt_number){ 3, 'S', 99 }, NULL, 0, &back), SALE_UNKNOWN_SALE);
    strand_close(s);
}

static void a_shift_adds_up(void **state)
{
    struct strand *s = strand_open();
    struct sale_rows sale, back;
    struct shift_z z;
    const struct refund_line cake = { .line = 1, .quantity_milli = 1000 };

    (void)state;
    note(s, TRAINING, TRAINING_SHIFT_OPENED, "10.00");
    practise(s, 51, TRAINING, &sale);
    note(s, TRAINING, TRAINING_CASH_IN, "5.00");
    note(s, TRAINING, TRAINING_CASH_OUT, "1.00");
    note(s, TRAINING, TRAINING_CASH_DROP, "2.50");
    note(s, TRAINING, TRAINING_DRAWER_OPENED, "change");
    assert_int_equal(give_back(s, sale.number, &cake, 1, &back), SALE_OK);
    read_all(s);
    assert_true(s->state.open);
    assert_int_equal(s->state.shift_number, 1);
    assert_int_equal(s->state.opened.us, NOW.us);
    assert_int_equal(s->state.opened_by, 9);
    assert_int_equal(s->state.entry_count, 7);
    struct shift_books books = training_books(&s->state, 3, s->shop->catalogue, s->shop->arena);
    assert_int_equal(shift_z_sum(&books, &z), SHIFT_OK);
    assert_int_equal(z.sale_count, 1);
    assert_int_equal(z.sale_minor, 1150);
    assert_int_equal(z.refund_minor, -900);
    assert_int_equal(z.books.tender_count, 2);
    assert_int_equal(z.books.tenders[0].kind, TENDER_CASH);
    assert_int_equal(z.in_minor, 500);
    assert_int_equal(z.out_minor, -100);
    assert_int_equal(z.drop_minor, -250);
    assert_int_equal(z.expected_minor, s->state.cash_minor);
    assert_int_equal(z.expected_minor, 1000 + 150 + back.cash_minor + 500 - 100 - 250);
    assert_int_equal(z.books.no_sale_count, 1);
    assert_int_equal(z.t.first, sale.number.number);
    struct receipt paper =
        shift_receipt(&z, false, catalogue_shop(s->shop->catalogue, VERSION), zone_utc(), NOW, s->shop->arena);
    assert_string_equal(paper.rows[0].left, "TRAINING");
    assert_string_equal(paper.rows[paper.count - 1].left, "NOT A RECEIPT");

    note(s, TRAINING, TRAINING_SHIFT_CLOSED, "13.00");
    read_all(s);
    assert_false(s->state.open);
    note(s, TRAINING, TRAINING_SHIFT_OPENED, "0.00");
    read_all(s);
    assert_int_equal(s->state.shift_number, 2);
    books = training_books(&s->state, 3, s->shop->catalogue, s->shop->arena);
    assert_int_equal(books.sales_count + books.move_count + (size_t)books.no_sale_count, 0);
    assert_non_null(training_find(&s->state, sale.number)); /* it can still be given back */
    strand_close(s);
}

/* Two sessions at one till, and what no program of ours wrote. */
static void what_is_not_of_this_training_is_left_out(void **state)
{
    struct strand *s = strand_open();
    struct sale_rows sale;

    (void)state;
    note(s, TRAINING + 1, TRAINING_SHIFT_OPENED, "10.00");
    practise(s, 51, TRAINING + 1, &sale);
    add(s, bytes_of("S", 1));
    add(s, bytes_of(s->entries[0].bytes.data, 60)); /* cut in the middle */
    read_all(s);
    assert_false(s->state.open);
    assert_int_equal(s->state.sale_count, 0);
    assert_int_equal(s->state.entry_count, 0);
    assert_null(training_last(&s->state));
    note(s, TRAINING, "something", "new");
    note(s, TRAINING, TRAINING_COPY, "51");
    note(s, TRAINING, TRAINING_COPY, "52");
    read_all(s);
    assert_int_equal(s->state.entry_count, 3);
    assert_int_equal(training_count_copy(&s->state, 51, s->shop->arena), 2);
    strand_close(s);
}

/* As many as are read at once: what lies behind them is not known, so nothing is added to it. */
static void more_than_can_be_read_is_full(void **state)
{
    struct strand *s = strand_open();
    struct training_entry *many = arena_array(s->shop->arena, TRAINING_READ_MAX, sizeof *many);

    (void)state;
    note(s, TRAINING + 1, "something", "new");
    for (size_t i = 0; i < TRAINING_READ_MAX; i++)
        many[i] = s->entries[0];
    training_read(many, TRAINING_READ_MAX - 1, TRAINING, s->shop->catalogue, s->shop->arena, &s->state);
    assert_int_equal(s->state.entry_count, 0);
    training_read(many, TRAINING_READ_MAX, TRAINING, s->shop->catalogue, s->shop->arena, &s->state);
    assert_true(s->state.entry_count >= TRAINING_ENTRIES_MAX);
    strand_close(s);
}

/* The catalogue that it was sold with is forgotten: names and taxes are those of now, and it comes back all the same. */
static void it_outlives_its_catalogue(void **state)
{
    struct strand *s = strand_open();
    struct sale_rows sale, back;

    (void)state;
    practise(s, 51, TRAINING, &sale);
    catalogue_put_product(
        s->shop->catalogue, VERSION + 1,
        &(struct product){ .id = CAKE, .name = "Torte", .price_minor = 950, .tax_class_id = 1, .active = true });
    catalogue_seal(s->shop->catalogue, VERSION + 1, NOW.us);
    catalogue_forget(s->shop->catalogue, NOW.us + 1);
    read_all(s);
    assert_string_equal(s->state.sales[0].sale.lines[1].name, "Torte");
    assert_int_equal(give_back(s, sale.number, NULL, 0, &back), SALE_OK);
    assert_int_equal(back.total_minor, -1150);
    assert_int_equal(back.tax_minor, -75);
    strand_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sale_is_read_as_it_was_written),
        cmocka_unit_test(what_is_cut_or_goes_on_is_no_sale),
        cmocka_unit_test(it_comes_back_as_a_real_one_would),
        cmocka_unit_test(a_shift_adds_up),
        cmocka_unit_test(what_is_not_of_this_training_is_left_out),
        cmocka_unit_test(more_than_can_be_read_is_full),
        cmocka_unit_test(it_outlives_its_catalogue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
