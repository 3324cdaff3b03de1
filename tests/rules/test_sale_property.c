/* Any sales, then all their refunds: every sum holds on the way, and at the end all is as it was. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "drawn.h"
#include "small_shop.h"

#define ROUNDS      400
#define SALES_A_DAY 12

struct day_of_sales {
    struct small_shop *s;
    struct sale_rows sales[SALES_A_DAY];
    size_t count;
};

/* Nobody approved anything here: no discount has gone below a floor. */
static void check_floor(const struct small_shop *s, const struct sale_rows *sale, size_t line, int64_t off)
{
    const struct sale_line_row *row = &sale->lines[line];
    const struct product *product = catalogue_product(s->catalogue, VERSION, row->product_id);
    int64_t pieces = row->quantity_milli, least = 0;

    if (off == 0 || sale->kind == SALE_REFUND)
        return;
    pieces -= 1000 * ((row->discount_minor - off) / row->unit_price_minor); /* free ones */
    multiply_divide(product->floor_minor, pieces, 1000, &least);
    assert_true(row->total_minor >= least);
}

/* Cash is rounded in every other shop, and the cake has a floor. */
static struct small_shop *open_shop(bool rounds)
{
    struct small_shop *s = small_shop_open();
    struct product cake = *catalogue_product(s->catalogue, VERSION, CAKE);
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);

    cake.floor_minor = 750;
    shop.cash_rounding_minor = rounds ? 5 : 0;
    catalogue_put_product(s->catalogue, VERSION, &cake);
    catalogue_put_shop(s->catalogue, VERSION, &shop);
    return s;
}

static struct discount some_discount(void)
{
    static const uint8_t why[] = "day-old";
    bool fixed = below(3) == 0;

    return (struct discount){ .given = below(4) == 0,
                              .fixed = fixed,
                              .value = 1 + below(fixed ? 300 : 400000),
                              .reason = { why, sizeof why - 1 } };
}

static void check_sums(const struct small_shop *s, const struct sale_rows *sale)
{
    int64_t total = 0, line_tax = 0, tax = 0, paid = 0, points = 0, off[8] = { 0 };

    for (size_t i = 0; i < sale->line_count; i++) {
        assert_int_equal(sale->lines[i].total_minor, sale->lines[i].gross_minor - sale->lines[i].discount_minor);
        total += sale->lines[i].total_minor;
        line_tax += sale->lines[i].tax_minor;
    }
    for (size_t i = 0; i < sale->taxes.count; i++) {
        tax += sale->taxes.rows[i].tax_minor;
        assert_true(sale->taxes.rows[i].net_minor >= 0 || sale->kind == SALE_REFUND);
    }
    for (size_t i = 0; i < sale->tender_count; i++)
        paid += sale->tenders[i].amount_minor - sale->tenders[i].change_minor;
    for (size_t i = 0; i < sale->points.count; i++)
        points += sale->points.rows[i].points;
    assert_int_equal(total, sale->total_minor);
    assert_int_equal(line_tax, sale->tax_minor);
    assert_int_equal(tax, sale->tax_minor);
    assert_int_equal(paid, sale->total_minor + sale->rounding_minor);
    for (size_t i = 0; i < sale->discount_count; i++)
        off[sale->discounts[i].line + 1] += sale->discounts[i].amount_minor;
    for (size_t i = 0; i < sale->line_count; i++) {
        assert_true(off[i + 1] <= sale->lines[i].discount_minor || sale->kind == SALE_REFUND);
        assert_true(off[i + 1] == sale->lines[i].discount_minor || (sale->lines[i].flags & LINE_REWARD) != 0 ||
                    sale->kind == SALE_REFUND);
        check_floor(s, sale, i, off[i + 1]);
    }
    assert_int_equal(points, sale->points_earned + sale->points_gifted - sale->points_spent);
    for (size_t i = 0; i < s->set.member_count; i++) {
        int64_t sum = 0;

        for (size_t j = 0; j < s->members[i].lot_count; j++) {
            sum += s->members[i].lots[j].remaining;
            if (j > 0)
                assert_true(s->members[i].lots[j - 1].expiry.number <= s->members[i].lots[j].expiry.number);
        }
        assert_int_equal(sum, s->members[i].points);
    }
}

/* Something at random, priced first, then paid as priced; refused where the shelf or the points are short. */
static void sell_something(struct day_of_sales *day)
{
    struct basket_line lines[6];
    struct tender tenders[2] = { { .kind = TENDER_CARD, .reference = { (const uint8_t *)"A1", 2 } },
                                 { .kind = TENDER_CASH } };
    uint32_t rewards[2] = { REWARD_DEAREST, REWARD_DEAREST };
    struct small_shop *s = day->s;
    struct sale_rows *sale = &day->sales[day->count];
    int64_t number = (int64_t)day->count + 1;
    struct sale_command command = {
        .aim = SALE_TO_QUOTE,
        .basket = { .catalogue_version = VERSION,
                    .service = below(2) == 0 ? SERVICE_EAT_IN : SERVICE_TAKE_AWAY,
                    .lines = lines,
                    .line_count = (size_t)(1 + below(6)),
                    .member_id = below(3) == 0 ? 0 : ANNA + below(2),
                    .rewards = rewards },
        .tenders = tenders,
        .device_id = TILL + below(2),
        .discount_limit_ppm = 250000,
        .series = 'T',
        .number = number,
        .sale_id = 500 + number,
        .new_lot_id = 600 + number,
    };

    for (size_t i = 0; i < command.basket.line_count; i++) {
        lines[i] = (struct basket_line){ .product_id = 1 + below(4), .voided = below(8) == 0 };
        lines[i].quantity_milli = lines[i].product_id == CHEESE ? 1 + below(2000) : 1000 * (1 + below(3));
        lines[i].discount = some_discount();
    }
    command.basket.discount = some_discount();
    if (command.basket.member_id != 0)
        command.basket.reward_count = (size_t)below(3);
    if (sale_decide(&command, &s->set, NOW, sale) != SALE_OK)
        return;
    command.aim = SALE_TO_BOOK;
    command.shown_total_minor = sale->total_minor;
    tenders[0].amount_minor = below(sale->total_minor + 1);
    tenders[1].amount_minor = sale->total_minor - tenders[0].amount_minor + 2 + below(2) * below(1000);
    command.tender_count = 2;
    if (tenders[0].amount_minor == 0 || tenders[1].amount_minor == 0) {
        tenders[0] = (struct tender){ .kind = TENDER_CASH, .amount_minor = sale->total_minor + 2 };
        command.tender_count = 1;
    }
    assert_int_equal(sale_decide(&command, &s->set, NOW, sale), SALE_OK);
    check_sums(s, sale);
    day->count++;
}

/* What the parts of a refund came to so far. */
struct sum_of_parts {
    int64_t total, tax, rounding, cash, earned, spent;
};

static void add_part(struct sum_of_parts *sum, const struct sale_rows *back)
{
    sum->total += back->total_minor;
    sum->tax += back->tax_minor;
    sum->rounding += back->rounding_minor;
    sum->cash += back->drawer_minor;
    sum->earned += back->points_earned;
    sum->spent += back->points_spent;
    for (size_t i = 0; i < back->line_count; i++)
        assert_true(back->lines[i].quantity_milli < 0 && back->lines[i].total_minor <= 0 &&
                    back->lines[i].discount_minor <= 0 && back->lines[i].tax_minor <= 0 &&
                    back->lines[i].gross_minor == back->lines[i].discount_minor + back->lines[i].total_minor);
    for (size_t i = 0; i < back->tender_count; i++)
        assert_true(back->tenders[i].amount_minor < 0);
    for (size_t i = 0; i < back->taxes.count; i++)
        assert_true(back->taxes.rows[i].tax_minor <= 0);
}

/* Some of what is left, or all of it, which is asked for by no line. */
static size_t some_lines(const struct original *original, struct refund_line *lines)
{
    size_t count = 0;

    for (size_t i = 0; i < original->line_count && below(4) != 0; i++) {
        const struct original_line *line = &original->lines[i];
        int64_t left = line->quantity_milli - line->back_milli;

        if ((line->flags & LINE_VOIDED) != 0 || left == 0 || below(2) == 0)
            continue;
        int64_t quantity = line->unit == UNIT_PIECE ? 1000 * (1 + below(left / 1000)) : 1 + below(left);
        lines[count++] = (struct refund_line){ .line = (uint32_t)line->line, .quantity_milli = quantity };
    }
    return count;
}

/* In parts, until nothing is left; together they are the sale. */
static void refund(struct day_of_sales *day, size_t at)
{
    const struct sale_rows *sale = &day->sales[at];
    struct sum_of_parts sum = { 0 };
    struct sale_rows back;

    small_shop_remember(day->s, sale);
    for (int part = 0; !day->s->original.refunded; part++) {
        struct refund_line lines[6];
        struct refund_command command = { .original = sale->number,
                                          .lines = lines,
                                          .line_count = some_lines(&day->s->original, lines),
                                          .device_id = sale->device_id,
                                          .series = 'T',
                                          .number = 100 + (int64_t)at,
                                          .sale_id = 700 + (int64_t)at };

        assert_int_equal(refund_decide(&command, &day->s->set, NOW, &back), SALE_OK);
        check_sums(day->s, &back);
        add_part(&sum, &back);
        assert_true(sum.total >= -sale->total_minor && sum.tax >= -sale->tax_minor);
        if (sale->member_id != 0) /* earned = what the rest would have earned */
            assert_int_equal(sale->points_earned + sum.earned, (sale->total_minor + sum.total) * 10 / 100);
    }
    assert_int_equal(sum.total, -sale->total_minor);
    assert_int_equal(sum.tax, -sale->tax_minor);
    assert_int_equal(sum.rounding, -sale->rounding_minor);
    assert_int_equal(sum.cash, -sale->drawer_minor);
    assert_int_equal(sum.earned, -sale->points_earned);
    assert_int_equal(sum.spent, -sale->points_spent);
}

/* Points, the lots they were in with their expiries, shelf and drawers: as on the morning. */
static void check_as_before(const struct small_shop *before, const struct small_shop *s)
{
    for (size_t i = 0; i < 2; i++) {
        const struct member_state *was = &before->members[i], *is = &s->members[i];

        assert_int_equal(is->points, was->points);
        for (size_t j = 0; j < is->lot_count; j++) {
            const struct points_lot *lot = &is->lots[j];
            size_t k = 0;

            while (k < was->lot_count && was->lots[k].id != lot->id)
                k++;
            assert_int_equal(lot->remaining, k < was->lot_count ? was->lots[k].remaining : 0);
            if (k < was->lot_count)
                assert_int_equal(lot->expiry.number, was->lots[k].expiry.number);
        }
    }
    for (size_t i = 0; i < PRODUCTS; i++) {
        assert_int_equal(s->stock[i].on_hand_milli, before->stock[i].on_hand_milli);
        assert_int_equal(s->stock[i].change_milli, 0);
    }
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s->drawers[i].cash_minor, before->drawers[i].cash_minor);
}

static void sales_and_all_their_refunds_leave_everything_as_it_was(void **state)
{
    size_t sold = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct small_shop *before = small_shop_open();
        struct day_of_sales day = { .s = open_shop(round % 2 == 0) };
        size_t order[SALES_A_DAY];

        for (int i = 0; i < SALES_A_DAY; i++)
            sell_something(&day);
        sold += day.count;
        for (size_t i = 0; i < day.count; i++)
            order[i] = i;
        for (size_t i = day.count; i > 1; i--) {
            size_t other = (size_t)below((int64_t)i), kept = order[i - 1];

            order[i - 1] = order[other];
            order[other] = kept;
        }
        for (size_t i = 0; i < day.count; i++)
            refund(&day, order[i]);
        check_as_before(before, day.s);
        small_shop_close(before);
        small_shop_close(day.s);
    }
    assert_true(sold > ROUNDS * 2); /* it did sell */
}

/* Numbers that people do not type, and what lies beside them. */
static int64_t odd_number(void)
{
    static const int64_t numbers[] = {
        0,          1,
        -1,         1000,
        999,        1001,
        MILLI_MAX,  MILLI_MAX + 1,
        MINOR_MAX,  MINOR_MAX + 1,
        -MINOR_MAX, INT64_MAX,
        INT64_MIN,  INT64_MAX - 1,
        UINT32_MAX, INT32_MAX,
        45,         250,
    };

    return below(2) == 0 ? numbers[below(sizeof numbers / sizeof numbers[0])] : below(5000) - 50;
}

static struct discount odd_discount(void)
{
    struct discount discount = some_discount();

    if (below(4) == 0)
        discount.value = odd_number();
    if (below(8) == 0)
        discount.reason = (struct bytes){ 0 };
    return discount;
}

static void check_untouched(const struct small_shop *s)
{
    assert_int_equal(s->members[0].points, 150);
    assert_int_equal(s->members[0].lot_count, 3);
    assert_int_equal(s->members[1].lot_count, 0);
    for (size_t i = 0; i < PRODUCTS; i++)
        assert_int_equal(s->stock[i].on_hand_milli, 10000);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(s->drawers[i].sale_count, 0);
}

/* Whatever is asked has an answer, and one that is no leaves no trace. */
static void any_command_is_booked_or_refused_without_a_trace(void **state)
{
    size_t booked = 0;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct small_shop *s = open_shop(round % 2 == 0);
        struct basket_line lines[4];
        struct tender tenders[3];
        uint32_t rewards[3];
        struct sale_rows sale;
        struct sale_command command = {
            .aim = SALE_TO_BOOK,
            .basket = { .catalogue_version = below(20) == 0 ? (uint64_t)odd_number() : VERSION,
                        .lines = lines,
                        .line_count = (size_t)below(5),
                        .member_id = below(2) == 0   ? ANNA
                                     : below(4) == 0 ? odd_number()
                                                     : 0,
                        .rewards = rewards,
                        .reward_count = below(3) == 0 ? (size_t)below(4) : 0 },
            .tenders = tenders,
            .tender_count = (size_t)below(4),
            .made = { below(4) == 0 ? odd_number() : 0 },
            .made_shift_id = below(8) == 0 ? odd_number() : 0,
            .device_id = below(8) == 0 ? odd_number() : TILL,
            .discount_limit_ppm = 250000,
            .series = 'T',
            .number = 1,
            .sale_id = 500,
            .new_lot_id = 600,
        };

        for (size_t i = 0; i < 4; i++)
            lines[i] = (struct basket_line){ .product_id = below(10) == 0 ? odd_number() : 1 + below(4),
                                             .quantity_milli = below(6) == 0 ? odd_number() : 1000,
                                             .voided = below(6) == 0,
                                             .discount = odd_discount() };
        command.basket.discount = odd_discount();
        for (size_t i = 0; i < 3; i++) {
            tenders[i] = (struct tender){ .kind = (int)below(4), .amount_minor = odd_number() };
            if (below(3) != 0)
                tenders[i].reference = bytes_of("A1", 2);
            rewards[i] = below(2) == 0 ? REWARD_DEAREST : (uint32_t)odd_number();
        }
        /* Half of them know the total, and pay it. */
        command.aim = SALE_TO_QUOTE;
        if (below(2) == 0 && sale_decide(&command, &s->set, NOW, &sale) == SALE_OK) {
            command.shown_total_minor = sale.total_minor;
            tenders[0] = (struct tender){ .kind = TENDER_CASH, .amount_minor = sale.total_minor };
            command.tender_count = sale.total_minor > 0;
        } else {
            command.shown_total_minor = odd_number();
        }
        command.aim = SALE_TO_BOOK;
        check_untouched(s);
        if (sale_decide(&command, &s->set, NOW, &sale) == SALE_OK) {
            check_sums(s, &sale);
            booked++;
        } else {
            assert_non_null(sale.sentence);
            check_untouched(s);
        }
        small_shop_close(s);
    }
    assert_true(booked > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sales_and_all_their_refunds_leave_everything_as_it_was),
        cmocka_unit_test(any_command_is_booked_or_refused_without_a_trace),
    };

    draw_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
