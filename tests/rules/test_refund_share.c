/* Shares of sales made up at random: none shrinks when more comes back, and with the last line they are the whole. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "common/rules/refund_share.h"
#include "drawn.h"

#define ROUNDS 4000
#define LINES  5
#define TAXES  3

/* A sale: pieces with free ones among them, goods by weight, discounts; taxes within the price or on top of it, a line bears
 * one, another two; paid by up to three tenders. */
struct sale {
    struct original original;
    struct original_line lines[LINES];
    struct tax_row taxes[TAXES];
    struct original_tender tenders[3];
    struct original_lot lots[3];
    bool included;
};

static void make_line(struct original_line *line, int number)
{
    bool piece = below(2) == 0;
    int64_t pieces = 1 + below(6), free_pieces = piece && below(3) == 0 ? below(pieces + 1) : 0;

    *line = (struct original_line){ .quantity_milli = piece ? pieces * 1000 : 1 + below(3000),
                                    .unit_price_minor = 1 + below(2000),
                                    .line = number,
                                    .unit = piece ? UNIT_PIECE : UNIT_KILOGRAM };
    line->gross_minor = (line->unit_price_minor * line->quantity_milli * 2 + 1000) / 2000;
    line->free_minor = free_pieces * line->unit_price_minor;
    int64_t paid = line->gross_minor - line->free_minor;
    line->discount_minor = line->free_minor + (below(3) == 0 ? below(paid + 1) : 0);
    line->total_minor = line->gross_minor - line->discount_minor;
    line->coupon_milli = piece && below(3) == 0 ? 1000 * below(pieces - free_pieces + 1) : 0;
    line->tax_rows = line->total_minor == 0 ? 0 : (uint32_t)(1 + below(3)); /* the first, the second, or both */
}

/* As taxes are worked out when a sale is made: a component on the sum of its lines, then spread over them. */
static void make_taxes(struct sale *s, struct arena *arena)
{
    static const uint32_t rates[] = { 50000, 99750 };

    for (size_t row = 0; row < 2; row++) {
        int64_t totals[LINES], rate_sums[LINES], parts[LINES], gross = 0;
        size_t members[LINES], count = 0;

        s->taxes[row].rate_ppm = rates[row];
        for (size_t i = 0; i < s->original.line_count; i++) {
            struct original_line *line = &s->lines[i];
            if ((line->tax_rows >> row & 1) == 0)
                continue;
            rate_sums[count] = ((line->tax_rows & 1) != 0 ? rates[0] : 0) + ((line->tax_rows & 2) != 0 ? rates[1] : 0);
            totals[count] = line->total_minor;
            gross += line->total_minor * (s->included ? 1000000 : 1) / (s->included ? 1000000 + rate_sums[count] : 1);
            members[count++] = i;
        }
        s->taxes[row].tax_minor = (gross * rates[row] + 500000) / 1000000;
        tax_spread(s->taxes[row].tax_minor, totals, rate_sums, count, s->included, arena, parts);
        for (size_t i = 0; i < count; i++)
            s->lines[members[i]].tax_minor += parts[i];
        s->original.tax_minor += s->taxes[row].tax_minor;
    }
    for (size_t row = 0; row < 2; row++)
        for (size_t i = 0; i < s->original.line_count; i++)
            if ((s->lines[i].tax_rows >> row & 1) != 0)
                s->taxes[row].net_minor += s->lines[i].total_minor - (s->included ? s->lines[i].tax_minor : 0);
}

static void make_tenders(struct sale *s)
{
    int64_t left = s->original.total_minor, step = below(2) == 0 ? 5 : 0;
    size_t count = 1 + (size_t)below(3);

    s->original.cash_rounding_minor = step;
    s->original.tender_count = count;
    for (size_t i = 0; i < count; i++) {
        struct original_tender *tender = &s->tenders[i];
        bool last = i + 1 == count;

        tender->kind = i == 1 ? TENDER_CASH : TENDER_CARD;
        tender->amount_minor = last ? left : below(left + 1);
        left -= tender->amount_minor;
    }
    if (count > 1) { /* what is paid in cash, rounded */
        const struct shop shop = { .cash_rounding_minor = step };
        int64_t due = cash_due(&shop, s->tenders[1].amount_minor);

        s->original.rounding_minor = due - s->tenders[1].amount_minor;
        s->tenders[1].amount_minor = due;
    }
}

static void make_sale(struct sale *s, struct arena *arena)
{
    *s = (struct sale){ .included = below(2) == 0 };
    struct original *o = &s->original;

    o->lines = s->lines;
    o->taxes = s->taxes;
    o->tenders = s->tenders;
    o->lots = s->lots;
    o->line_count = 1 + (size_t)below(LINES);
    o->tax_count = 2;
    o->points_per_unit = 1 + below(20);
    o->currency_exponent = 2;
    for (size_t i = 0; i < o->line_count; i++) {
        make_line(&s->lines[i], (int)i);
        o->total_minor += s->lines[i].total_minor;
        s->lots[0].spent += s->lines[i].free_minor / s->lines[i].unit_price_minor * 100;
    }
    make_taxes(s, arena);
    o->total_minor += s->included ? 0 : o->tax_minor;
    s->lots[2].earned = o->total_minor * o->points_per_unit / 100;
    o->lot_count = 3;
    make_tenders(s);
}

/* Half away from zero, of what is not below it. */
static int64_t rounded(int64_t whole, int64_t part, int64_t of)
{
    return of == 0 ? 0 : (int64_t)((2 * (__int128)whole * part + of) / (2 * (__int128)of));
}

/* Pieces in a row, those that were paid for first: so they come back, and what stays of them earns. */
static void check_pieces(const struct original_line *line, int64_t back_milli)
{
    int64_t pieces = line->quantity_milli / 1000, unpaid = line->free_minor / line->unit_price_minor, paid = 0;

    if (line->unit != UNIT_PIECE)
        return;
    unpaid += line->coupon_milli / 1000;
    for (int64_t piece = back_milli / 1000; piece < pieces; piece++)
        paid += piece < pieces - unpaid;
    assert_int_equal(original_paid_milli(line, back_milli), 1000 * paid);
}

/* A line by itself, as one would on paper: first what was paid, at the price that it was paid at, then the free ones. */
static void check_line(const struct original_line *line, int64_t back_milli, const struct refund_share_line *share)
{
    int64_t free_milli = line->free_minor / line->unit_price_minor * 1000;
    int64_t paid_milli = line->quantity_milli - free_milli;
    int64_t paid_back = back_milli < paid_milli ? back_milli : paid_milli, free_back = back_milli - paid_back;

    assert_int_equal(share->free_milli, free_back);
    check_pieces(line, back_milli);
    assert_int_equal(share->total_minor, rounded(line->total_minor, paid_back, paid_milli));
    assert_int_equal(share->discount_minor, rounded(line->discount_minor - line->free_minor, paid_back, paid_milli) +
                                                free_back / 1000 * line->unit_price_minor);
    assert_int_equal(share->gross_minor, share->total_minor + share->discount_minor);
}

static void check_sums(const struct sale *s, const struct refund_share *share)
{
    const struct original *o = &s->original;
    int64_t total = 0, tax = 0, components = 0, given = 0;

    for (size_t i = 0; i < o->line_count; i++) {
        total += share->lines[i].total_minor;
        tax += share->lines[i].tax_minor;
    }
    for (size_t row = 0; row < o->tax_count; row++)
        components += share->component_minor[row];
    for (size_t i = 0; i < o->tender_count; i++) {
        assert_in_range(share->tender_minor[i], 0, o->tenders[i].amount_minor);
        given += share->tender_minor[i];
    }
    assert_int_equal(share->tax_minor, tax);
    assert_int_equal(share->tax_minor, components);
    assert_int_equal(share->total_minor, total + (s->included ? 0 : tax));
    assert_int_equal(given, share->total_minor + share->rounding_minor);
    assert_true(llabs(share->rounding_minor) <= o->cash_rounding_minor);
    assert_int_equal(s->lots[2].earned - share->earned,
                     (o->total_minor - share->total_minor) * o->points_per_unit / 100);
}

static void check_grew(const struct original *o, const struct refund_share *was, const struct refund_share *is)
{
    for (size_t i = 0; i < o->line_count; i++)
        assert_true(is->lines[i].total_minor >= was->lines[i].total_minor &&
                    is->lines[i].discount_minor >= was->lines[i].discount_minor &&
                    is->lines[i].tax_minor >= was->lines[i].tax_minor);
    for (size_t i = 0; i < o->tax_count; i++)
        assert_true(is->component_minor[i] >= was->component_minor[i]);
    for (size_t i = 0; i < o->tender_count; i++)
        assert_true(is->tender_minor[i] >= was->tender_minor[i]);
    assert_true(is->earned >= was->earned && is->spent >= was->spent);
}

/* The whole by its shares, and the whole as it was sold: the same. */
static void check_whole(const struct original *o, const int64_t *back_milli, struct arena *arena)
{
    struct refund_share shares, whole;

    refund_share(o, back_milli, false, arena, &shares);
    refund_share(o, back_milli, true, arena, &whole);
    check_grew(o, &shares, &whole);
    check_grew(o, &whole, &shares);
    assert_int_equal(shares.total_minor, o->total_minor);
    assert_int_equal(whole.total_minor, o->total_minor);
    assert_int_equal(shares.rounding_minor, o->rounding_minor);
    assert_int_equal(whole.rounding_minor, o->rounding_minor);
    for (size_t row = 0; row < o->tax_count; row++) {
        assert_int_equal(shares.component_minor[row], o->taxes[row].tax_minor);
        assert_int_equal(shares.net_minor[row], o->taxes[row].net_minor);
    }
}

static void shares_grow_until_they_are_the_whole(void **state)
{
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct arena *arena = arena_create(0);
        struct refund_share was, is;
        int64_t back_milli[LINES] = { 0 };
        struct sale s;

        make_sale(&s, arena);
        refund_share(&s.original, back_milli, false, arena, &was);
        assert_int_equal(was.total_minor, 0);
        for (int step = 0; step < 12; step++) {
            const struct original_line *line = &s.lines[below((int64_t)s.original.line_count)];
            int64_t left = line->quantity_milli - back_milli[line->line], unit = line->unit == UNIT_PIECE ? 1000 : 1;

            if (left == 0)
                continue;
            back_milli[line->line] += unit * (1 + below(left / unit));
            refund_share(&s.original, back_milli, false, arena, &is);
            check_line(line, back_milli[line->line], &is.lines[line->line]);
            check_sums(&s, &is);
            check_grew(&s.original, &was, &is);
            was = is;
        }
        for (size_t i = 0; i < s.original.line_count; i++)
            back_milli[i] = s.lines[i].quantity_milli;
        check_whole(&s.original, back_milli, arena);
        arena_destroy(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_grow_until_they_are_the_whole),
    };

    draw_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
