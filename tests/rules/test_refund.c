/* Refunds: everything goes back to where it came from, once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "small_shop.h"

static const struct basket_line two_cookies_and_a_cake[] = {
    { .product_id = COOKIE, .quantity_milli = 2000 },
    { .product_id = CAKE, .quantity_milli = 1000 },
    { .product_id = ROLL, .quantity_milli = 1000, .voided = true },
};

/* Anna buys two cookies, one of them for her points, and a cake: 11.50, of which 10.00 by card. */
static struct sale_rows annas_sale(struct small_shop *s)
{
    static const uint32_t reward = REWARD_DEAREST;
    static const struct tender tenders[] = {
        { .kind = TENDER_CARD, .amount_minor = 1000, .reference = { (const uint8_t *)"A1", 2 } },
        { .kind = TENDER_CASH, .amount_minor = 200 },
    };
    struct sale_command command = {
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = VERSION,
                    .lines = two_cookies_and_a_cake,
                    .line_count = 3,
                    .member_id = ANNA,
                    .rewards = &reward,
                    .reward_count = 1 },
        .tenders = tenders,
        .tender_count = 2,
        .shown_total_minor = 1150,
        .device_id = TILL,
        .series = 'T',
        .number = 42,
        .sale_id = 51,
        .new_lot_id = 61,
    };
    static struct sale_rows sale; /* the shop's memory of it points into it */

    assert_int_equal(sale_decide(&command, &s->set, NOW, &sale), SALE_OK);
    small_shop_remember(s, &sale);
    return sale;
}

static enum sale_verdict refund(struct small_shop *s, int64_t device, struct sale_rows *rows)
{
    return refund_decide(&(struct refund_command){ .original = { .till = 3, .series = 'T', .number = 42 },
                                                   .device_id = device,
                                                   .series = 'T',
                                                   .number = 7,
                                                   .sale_id = 52 },
                         &s->set, NOW, rows);
}

/* Two cookies at 2.30 were sold, one of them free: one cookie comes back as the one that was paid, and a till that showed something else
 * is refused with what it comes to. What was asked for beforehand is what is given. */
static void what_was_asked_is_what_is_given(void **state)
{
    static const struct refund_line one_cookie = { .line = 0, .quantity_milli = 1000 };
    struct small_shop *s = small_shop_open();
    struct sale_rows back = { 0 };
    struct refund_command command = { .original = { .till = 3, .series = 'T', .number = 42 },
                                      .lines = &one_cookie,
                                      .line_count = 1,
                                      .device_id = TILL,
                                      .series = 'T',
                                      .number = 7,
                                      .sale_id = 52,
                                      .has_total = true };

    (void)state;
    annas_sale(s);
    command.has_total = false;
    assert_int_equal(refund_price(&command, set_original(&s->set, command.original), s->set.arena, &back), SALE_OK);
    int64_t asked_minor = -back.total_minor;
    assert_int_equal(asked_minor, 250); /* not half of what the line cost */
    command.has_total = true;
    command.total_minor = 125;
    int64_t drawer_minor = s->set.drawers[0].cash_minor;
    assert_int_equal(refund_decide(&command, &s->set, NOW, &back), SALE_TOTAL_DIFFERS);
    assert_int_equal(back.total_minor, -asked_minor);
    assert_int_equal(s->set.drawers[0].cash_minor, drawer_minor);
    command.total_minor = asked_minor;
    assert_int_equal(refund_decide(&command, &s->set, NOW, &back), SALE_OK);
    assert_int_equal(back.total_minor, -asked_minor);
    small_shop_close(s);
}

static void everything_goes_back_to_where_it_came_from(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    assert_int_equal(s->members[0].points, 150 - 100 + 115);
    assert_int_equal(refund(s, TILL_2, &back), SALE_OK);
    assert_int_equal(back.total_minor, -1150);
    assert_int_equal(back.tax_minor, -75); /* 11.50 × 7 / 107 */
    assert_int_equal(back.line_count, 2);  /* the voided one never was sold */
    assert_int_equal(back.lines[0].quantity_milli, -2000);
    assert_int_equal(back.lines[0].discount_minor, -250);
    assert_int_equal(back.lines[1].refund_line, 1);
    assert_int_equal(back.tender_count, 2);
    assert_int_equal(back.tenders[0].amount_minor, -1000);
    assert_int_equal(back.tenders[0].reference.size, 2); /* which card to give it back to */
    assert_int_equal(back.tenders[1].amount_minor, -150);
    assert_int_equal(back.cash_minor, -150);
    assert_int_equal(s->drawers[0].cash_minor, 5150);
    assert_int_equal(s->drawers[1].cash_minor, -150);
    assert_int_equal(back.points_earned, -115);
    assert_int_equal(back.points_spent, -100);
    assert_int_equal(back.points_after, 120);
    assert_int_equal(s->members[0].points, 150);
    assert_int_equal(s->lots[0][1].remaining, 50);
    assert_int_equal(s->lots[0][2].remaining, 70);
    assert_int_equal(s->stock[COOKIE - 1].on_hand_milli, 10000);
    assert_int_equal(s->stock[CAKE - 1].on_hand_milli, 10000);
    small_shop_close(s);
}

static void points_spent_meanwhile_leave_a_debt(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    for (size_t i = 0; i < s->members[0].lot_count; i++) { /* all is spent before the refund */
        s->members[0].points -= s->members[0].lots[i].remaining;
        s->members[0].lots[i].remaining = 0;
    }
    assert_int_equal(refund(s, TILL, &back), SALE_OK);
    assert_int_equal(s->members[0].points, -15);
    assert_int_equal(back.points_after, -15);
    small_shop_close(s);
}

static void points_go_back_even_into_a_lot_that_has_expired(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    s->members[0].lots[1].expiry.number -= 300;
    assert_int_equal(refund(s, TILL, &back), SALE_OK);
    assert_int_equal(s->members[0].lots[1].remaining, 50);
    assert_int_equal(back.points_after, 70); /* what has expired cannot be spent */
    small_shop_close(s);
}

static void what_was_given_back_is_not_given_again(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    assert_int_equal(refund(s, TILL, &back), SALE_OK);
    assert_int_equal(refund(s, TILL_2, &back), SALE_ALREADY_REFUNDED);
    assert_int_equal(s->drawers[1].sale_count, 0);
    small_shop_close(s);
}

static void a_refund_is_not_refunded(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    s->original.kind = SALE_REFUND;
    assert_int_equal(refund(s, TILL, &back), SALE_REFUND_OF_REFUND);
    small_shop_close(s);
}

static void an_unknown_receipt_and_a_closed_drawer_are_refused(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    assert_int_equal(refund(s, TILL, &back), SALE_UNKNOWN_SALE);
    annas_sale(s);
    assert_int_equal(refund(s, SHUT_TILL, &back), SALE_SHIFT_NOT_OPEN);
    assert_int_equal(refund(s, CONSOLE, &back), SALE_NOT_A_TILL);
    small_shop_close(s);
}

static void neither_shelf_nor_drawer_leaves_its_range(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    s->stock[CAKE - 1].on_hand_milli = INT64_C(1000000000000);
    assert_int_equal(refund(s, TILL, &back), SALE_STOCK_OVERFLOW);
    s->stock[CAKE - 1].on_hand_milli = 0;
    s->drawers[0].cash_minor = -MINOR_MAX;
    assert_int_equal(refund(s, TILL, &back), SALE_AMOUNT_OVERFLOW);
    assert_int_equal(s->stock[CAKE - 1].on_hand_milli, 0);
    small_shop_close(s);
}

static void only_what_is_left_goes_back(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    s->original.lines[1].back_milli = 1000; /* the cake was given back before, and with it the cash */
    assert_int_equal(refund(s, TILL, &back), SALE_OK);
    assert_int_equal(back.line_count, 1);
    assert_int_equal(back.lines[0].product_id, COOKIE);
    assert_int_equal(back.total_minor, -250);
    assert_int_equal(back.tender_count, 1);
    assert_int_equal(back.tenders[0].amount_minor, -250);
    assert_int_equal(back.drawer_minor, 0);
    assert_int_equal(s->stock[CAKE - 1].on_hand_milli, 9000);
    small_shop_close(s);
}

/* Anna's sale again, one case each: of its lines what came back before, what is asked for, and what that is. The cookie that
 * was paid comes back before the free one; of 11.50 were paid 10.00 by card, then 1.50 in cash. */
static const struct part_case {
    const char *name;
    int64_t before[2];
    struct refund_line asked[2];
    size_t count;
    enum sale_verdict verdict;
    int64_t back[6]; /* total, tax, to the card, in cash, points earned, points spent */
} part_cases[] = {
    { "the cookie that was paid", { 0, 0 }, { { 0, 1000 } }, 1, SALE_OK, { 250, 16, 100, 150, 25, 0 } },
    { "the free one behind it", { 1000, 0 }, { { 0, 1000 } }, 1, SALE_OK, { 0, 0, 0, 0, 0, 100 } },
    { "both", { 0, 0 }, { { 0, 2000 } }, 1, SALE_OK, { 250, 16, 100, 150, 25, 100 } },
    { "the cake alone", { 0, 0 }, { { 1, 1000 } }, 1, SALE_OK, { 900, 59, 750, 150, 90, 0 } },
    { "the cake behind a cookie", { 1000, 0 }, { { 1, 1000 } }, 1, SALE_OK, { 900, 59, 900, 0, 90, 0 } },
    { "a cookie and the cake", { 0, 0 }, { { 1, 1000 }, { 0, 1000 } }, 2, SALE_OK, { 1150, 75, 1000, 150, 115, 0 } },
    { "each line by its name", { 0, 0 }, { { 0, 2000 }, { 1, 1000 } }, 2, SALE_OK, { 1150, 75, 1000, 150, 115, 100 } },
    { "all that is left", { 1000, 0 }, { { 0 } }, 0, SALE_OK, { 900, 59, 900, 0, 90, 100 } },
    { "more than was sold", { 0, 0 }, { { 0, 3000 } }, 1, SALE_REFUND_TOO_MUCH, { 0 } },
    { "more than is left", { 1000, 0 }, { { 0, 2000 } }, 1, SALE_REFUND_TOO_MUCH, { 0 } },
    { "nothing is left of it", { 2000, 0 }, { { 0, 1000 } }, 1, SALE_REFUND_TOO_MUCH, { 0 } },
    { "nothing is left at all", { 2000, 1000 }, { { 0, 1000 } }, 1, SALE_ALREADY_REFUNDED, { 0 } },
    { "half a cookie", { 0, 0 }, { { 0, 500 } }, 1, SALE_BAD_QUANTITY, { 0 } },
    { "none", { 0, 0 }, { { 0, 0 } }, 1, SALE_BAD_QUANTITY, { 0 } },
    { "less than none", { 0, 0 }, { { 0, -1000 } }, 1, SALE_BAD_QUANTITY, { 0 } },
    { "what was voided", { 0, 0 }, { { 2, 1000 } }, 1, SALE_BAD_REFUND_LINE, { 0 } },
    { "no line of the receipt", { 0, 0 }, { { 3, 1000 } }, 1, SALE_BAD_REFUND_LINE, { 0 } },
    { "a line twice", { 0, 0 }, { { 0, 1000 }, { 0, 1000 } }, 2, SALE_BAD_REFUND_LINE, { 0 } },
};

static int64_t of_kind(const struct sale_rows *back, enum tender_kind kind)
{
    int64_t sum = 0;

    for (size_t i = 0; i < back->tender_count; i++)
        sum -= back->tenders[i].kind == kind ? back->tenders[i].amount_minor : 0;
    return sum;
}

static void lines_come_back_in_part(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof part_cases / sizeof *part_cases; i++) {
        const struct part_case *c = &part_cases[i];
        struct small_shop *s = small_shop_open();
        struct sale_rows back;

        annas_sale(s);
        s->original.lines[0].back_milli = c->before[0];
        s->original.lines[1].back_milli = c->before[1];
        s->original.refunded = c->before[0] == 2000 && c->before[1] == 1000;
        struct refund_command command = { .original = { .till = 3, .series = 'T', .number = 42 },
                                          .lines = c->asked,
                                          .line_count = c->count,
                                          .device_id = TILL,
                                          .series = 'T',
                                          .number = 7,
                                          .sale_id = 52 };
        enum sale_verdict verdict = refund_decide(&command, &s->set, NOW, &back);
        const int64_t is[6] = { -back.total_minor,           -back.taxes.total_minor, of_kind(&back, TENDER_CARD),
                                of_kind(&back, TENDER_CASH), -back.points_earned,     -back.points_spent };
        if (verdict != c->verdict || (verdict == SALE_OK && memcmp(is, c->back, sizeof is) != 0))
            fail_msg("%s: %d %lld tax %lld card %lld cash %lld points %lld %lld", c->name, (int)verdict,
                     (long long)is[0], (long long)is[1], (long long)is[2], (long long)is[3], (long long)is[4],
                     (long long)is[5]);
        if (verdict != SALE_OK) {
            assert_int_equal(s->original.lines[0].back_milli, c->before[0]);
            assert_int_equal(s->drawers[0].cash_minor, 5150);
        }
        small_shop_close(s);
    }
}

/* Her two cookies, of which one was free, as somebody left them who changed a cell of them in the database. */
/* Of Anna's sale, of which so many refunds are booked, two commands of one group: which of its refunds each is; 0: it is refused. */
static const struct order_case {
    const char *name;
    int64_t booked;
    struct refund_line asked[2];
    int64_t numbers[2];
} order_cases[] = {
    { "the first two", 0, { { 0, 1000 }, { 1, 1000 } }, { 1, 2 } },
    { "two of one line", 0, { { 0, 1000 }, { 0, 1000 } }, { 1, 2 } },
    { "behind three", 3, { { 1, 1000 }, { 0, 2000 } }, { 4, 5 } },
    { "one that is refused is none", 1, { { 0, 3000 }, { 0, 1000 } }, { 0, 2 } },
    { "nor is the second", 1, { { 1, 1000 }, { 1, 1000 } }, { 2, 0 } },
};

static void each_is_numbered_behind_those_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof order_cases / sizeof *order_cases; i++) {
        const struct order_case *c = &order_cases[i];
        struct small_shop *s = small_shop_open();
        struct sale_rows back = { 0 };
        struct refund_command command = {
            .original = { .till = 3, .series = 'T', .number = 42 }, .line_count = 1, .series = 'T', .sale_id = 52
        };

        assert_int_equal(annas_sale(s).refund_number, 0);
        s->original.refund_count = c->booked;
        for (size_t k = 0; k < 2; k++) {
            command.lines = &c->asked[k];
            command.device_id = k == 0 ? TILL : TILL_2;
            command.number = 7 + (int64_t)k;
            refund_price(&command, set_original(&s->set, command.original), s->set.arena, &back);
            assert_int_equal(back.refund_number, 0); /* what is only looked at is no refund */
            enum sale_verdict verdict = refund_decide(&command, &s->set, NOW, &back);
            if ((verdict == SALE_OK) != (c->numbers[k] != 0) || back.refund_number != c->numbers[k])
                fail_msg("%s: %zu is %lld", c->name, k, (long long)back.refund_number);
            back = (struct sale_rows){ 0 };
        }
        small_shop_close(s);
    }
}

static void what_does_not_add_up_is_not_given_back(void **state)
{
    static const struct {
        const char *name;
        struct original_line line; /* what is changed, above 0; below: to nothing */
        int64_t earned, points;    /* of the lot, and by a rule: likewise */
    } cases[] = {
        { "more are free than there are", { .unit_price_minor = 1 }, 0, 0 },
        { "with those of a coupon", { .coupon_milli = 2000 }, 0, 0 },
        { "a free piece costs nothing", { .unit_price_minor = -1 }, 0, 0 },
        { "fewer were sold than are free", { .quantity_milli = 999 }, 0, 0 },
        { "more came back than was sold", { .back_milli = 2001 }, 0, 0 },
        { "another discount", { .discount_minor = 1 }, 0, 0 },
        { "points beyond counting", { 0 }, INT64_MAX, 0 },
        { "points of a rule beyond counting", { 0 }, 0, INT64_MAX },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct small_shop *s = small_shop_open();
        struct sale_rows back;

        annas_sale(s);
        struct original_line *line = &s->original.lines[0];
        struct original_lot lots[] = { { .lot_id = 61, .earned = cases[i].earned } };
        const struct earning earnings[] = { { .points = cases[i].points } };
        if (cases[i].line.unit_price_minor != 0)
            line->unit_price_minor = cases[i].line.unit_price_minor < 0 ? 0 : cases[i].line.unit_price_minor;
        if (cases[i].line.coupon_milli != 0)
            line->coupon_milli = cases[i].line.coupon_milli;
        if (cases[i].line.quantity_milli != 0)
            line->quantity_milli = cases[i].line.quantity_milli;
        line->back_milli = cases[i].line.back_milli;
        line->discount_minor += cases[i].line.discount_minor;
        if (cases[i].earned != 0) {
            s->original.lots = lots;
            s->original.lot_count = 1;
        }
        if (cases[i].points != 0) {
            s->original.earnings = earnings;
            s->original.earning_count = 1;
        }
        if (refund(s, TILL, &back) != SALE_BOOKS_UNSOUND)
            fail_msg("%s", cases[i].name);
        assert_string_equal(back.sentence,
                            "this receipt does not add up as it stands in the books: nothing of it is given back");
        assert_string_equal(back.field, "receipt_number");
        assert_int_equal(s->drawers[0].cash_minor, 5150);
        small_shop_close(s);
    }
}

/* Anna's lots and account, as somebody left them who changed a cell of them in the database. */
static void points_that_were_changed_by_hand_are_not_moved(void **state)
{
    static const struct {
        const char *name;
        struct points_lot lot; /* of each number that is not 0 the lot's becomes it */
        int64_t account;
        bool gone; /* the lots that the sale moved are somebody else's */
        enum sale_verdict verdict;
    } cases[] = {
        { "more in a lot than is counted", { .remaining = INT64_MAX }, 0, false, SALE_BOOKS_UNSOUND },
        { "a larger debt", { .remaining = INT64_MIN }, 0, false, SALE_BOOKS_UNSOUND },
        { "more expired", { .expired = INT64_MAX }, 0, false, SALE_BOOKS_UNSOUND },
        { "less than nothing expired", { .expired = -1 }, 0, false, SALE_BOOKS_UNSOUND },
        { "an account of more", { 0 }, INT64_MAX, false, SALE_BOOKS_UNSOUND },
        { "an account of less", { 0 }, INT64_MIN, false, SALE_BOOKS_UNSOUND },
        { "no lots", { 0 }, 0, true, SALE_BOOKS_UNSOUND },
        { "another account, and another lot", { .remaining = 7 }, -1000, false, SALE_OK },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct small_shop *s = small_shop_open();
        struct member_state *anna = &s->members[0];
        struct sale_rows back;

        annas_sale(s);
        if (cases[i].lot.remaining != 0)
            anna->lots[0].remaining = cases[i].lot.remaining;
        if (cases[i].lot.expired != 0)
            anna->lots[0].expired = cases[i].lot.expired;
        if (cases[i].account != 0)
            anna->points = cases[i].account;
        if (cases[i].gone)
            anna->lot_count = 0;
        int64_t points = anna->points;
        if (refund(s, TILL, &back) != cases[i].verdict)
            fail_msg("%s", cases[i].name);
        assert_int_equal(s->drawers[0].cash_minor == 5150, cases[i].verdict != SALE_OK);
        assert_int_equal(anna->points == points, cases[i].verdict != SALE_OK);
        if (cases[i].verdict != SALE_OK)
            assert_string_equal(back.sentence, "the points of this receipt's member do not add up as they stand in the "
                                               "books: nothing of it is given back");
        small_shop_close(s);
    }
}

/* Whose row leads to nobody: whether there were points to take back is not known. */
static void of_who_was_merged_into_nobody_nothing_is_given_back(void **state)
{
    static const int64_t into[] = { 1, BERND };

    (void)state;
    for (size_t i = 0; i < sizeof into / sizeof *into; i++) {
        struct small_shop *s = small_shop_open();
        struct sale_rows back;

        annas_sale(s);
        s->members[0].merged_into = into[i];
        s->members[1].merged_into = ANNA; /* a circle */
        assert_null(set_member(&s->set, ANNA));
        assert_int_equal(refund(s, TILL, &back), SALE_BOOKS_UNSOUND);
        assert_int_equal(s->drawers[0].cash_minor, 5150);
        small_shop_close(s);
    }
}

static void what_is_left_is_said(void **state)
{
    struct small_shop *s = small_shop_open();
    struct refund_line asked = { 0, 2000 };
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    s->original.lines[0].back_milli = 1000;
    assert_int_equal(refund_decide(&(struct refund_command){ .original = { .till = 3, .series = 'T', .number = 42 },
                                                             .lines = &asked,
                                                             .line_count = 1,
                                                             .device_id = TILL },
                                   &s->set, NOW, &back),
                     SALE_REFUND_TOO_MUCH);
    assert_string_equal(back.sentence, "Cookie: 1 of 2 are left to give back");
    assert_string_equal(back.field, "lines[0].quantity_milli");
    small_shop_close(s);
}

static void a_receipt_is_known_by_till_series_and_number(void **state)
{
    static const struct receipt_number others[] = { { 4, 'T', 42 }, { 3, 'X', 42 }, { 3, 'T', 43 } };
    struct small_shop *s = small_shop_open();
    struct refund_command command = { .device_id = TILL, .series = 'T', .number = 7, .sale_id = 52 };
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        command.original = others[i];
        assert_int_equal(refund_decide(&command, &s->set, NOW, &back), SALE_UNKNOWN_SALE);
    }
    small_shop_close(s);
}

static void a_shelf_below_its_range_takes_nothing_back(void **state)
{
    struct small_shop *s = small_shop_open();
    struct sale_rows back;

    (void)state;
    annas_sale(s);
    s->stock[CAKE - 1].on_hand_milli = INT64_C(-1000000002000);
    assert_int_equal(refund(s, TILL, &back), SALE_STOCK_OVERFLOW);
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_asked_is_what_is_given),
        cmocka_unit_test(everything_goes_back_to_where_it_came_from),
        cmocka_unit_test(points_spent_meanwhile_leave_a_debt),
        cmocka_unit_test(points_go_back_even_into_a_lot_that_has_expired),
        cmocka_unit_test(what_was_given_back_is_not_given_again),
        cmocka_unit_test(a_refund_is_not_refunded),
        cmocka_unit_test(an_unknown_receipt_and_a_closed_drawer_are_refused),
        cmocka_unit_test(neither_shelf_nor_drawer_leaves_its_range),
        cmocka_unit_test(only_what_is_left_goes_back),
        cmocka_unit_test(lines_come_back_in_part),
        cmocka_unit_test(each_is_numbered_behind_those_before),
        cmocka_unit_test(what_does_not_add_up_is_not_given_back),
        cmocka_unit_test(points_that_were_changed_by_hand_are_not_moved),
        cmocka_unit_test(of_who_was_merged_into_nobody_nothing_is_given_back),
        cmocka_unit_test(what_is_left_is_said),
        cmocka_unit_test(a_receipt_is_known_by_till_series_and_number),
        cmocka_unit_test(a_shelf_below_its_range_takes_nothing_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
