/* Refunds explained: what does not fit the sale that they are of is found, whatever it is; and what nobody knows any more is said. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "explained.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Two cookies, one of them free for 100 points, and a cake, of which a promotion takes 1.11 off: 2.50 + 9.00 - 1.11 = 10.39, of
 * which 5.00 were paid by card and the rest in cash. A cookie of it comes back, or all. */
struct back {
    struct small_shop *s;
    struct sale_rows sale, rows;
    int64_t *back_milli;
    struct original *original;
    struct original_lot *lots;
    struct tax_row *taxes;
    struct explain_facts facts;
    struct explanation explanation;
};

static const struct basket_line bought[] = { BUY(COOKIE, 2), BUY(CAKE, 1) };

static void sell(struct back *b)
{
    static const uint32_t reward = REWARD_DEAREST;
    static const struct tender tenders[] = {
        { .kind = TENDER_CARD, .reference = { (const uint8_t *)"A1", 2 }, .amount_minor = 500 },
        { .kind = TENDER_CASH, .amount_minor = 539 }
    };
    struct sale_command command = command_of(bought, 2);

    b->s->members[0].tier = 0;
    b->s->members[0].birthday_today = false;
    command.basket.member_id = ANNA;
    command.basket.rewards = &reward;
    command.basket.reward_count = 1;
    command.tenders = tenders;
    command.tender_count = 2;
    command.shown_total_minor = 1039;
    assert_int_equal(sale_decide(&command, &b->s->set, NOW, &b->sale), SALE_OK);
    remember(b->s, &b->sale);
}

static struct back *give_back(bool all)
{
    static const struct refund_line a_cookie = { 0, 1000 };
    struct small_shop *s = open_bakery(1);
    struct back *b = arena_alloc(s->arena, sizeof *b);

    b->s = s;
    sell(b);
    b->back_milli = arena_array(s->arena, BASKET_LINES_MAX, sizeof *b->back_milli);
    b->original = copy_of(s, &s->original, b->back_milli);
    b->original->lots = b->lots =
        arena_copy(s->arena, b->original->lots, b->original->lot_count * sizeof *b->original->lots);
    b->taxes = arena_array(s->arena, TAX_ROWS_MAX, sizeof *b->taxes);
    memcpy(b->taxes, b->original->taxes, b->original->tax_count * sizeof *b->taxes);
    b->original->taxes = b->taxes;
    struct refund_command command = { .original = b->sale.number,
                                      .lines = &a_cookie,
                                      .line_count = all ? 0 : 1,
                                      .device_id = TILL,
                                      .series = 'T',
                                      .number = 100,
                                      .sale_id = 700 };
    assert_int_equal(refund_decide(&command, &s->set, NOW, &b->rows), SALE_OK);
    b->facts = facts_of(s, &b->rows);
    b->facts.original = b->original;
    b->facts.back_milli = b->back_milli;
    return b;
}

static void explain(struct back *b)
{
    explain_sale(&b->facts, b->s->arena, &b->explanation);
}

/* ---- that adds up ---- */

/* The cookie that was paid comes first: 2.50 less its part of the 1.11, which is 1.11 x 2.50 / 11.50 = 0.24; the free one for its
 * points. */
static void what_comes_back_is_explained(void **state)
{
    struct back *b = give_back(false);

    (void)state;
    assert_int_equal(b->rows.total_minor, -226);
    explain(b);
    check_sums(b->s, &b->explanation);
    assert_true(says(&b->explanation, EXPLAIN_HEAD, "Line 1: Cookie, line 1 of the sale"));
    assert_true(says(&b->explanation, EXPLAIN_NOTE, "1 of 2 that were sold for 2.26; 0 had come back before"));
    assert_true(says(&b->explanation, EXPLAIN_PART, "Cookies twice: earned by the rest"));
    assert_false(says(&b->explanation, EXPLAIN_NUMBER, "Points given back, for rewards"));
    small_shop_close(b->s);
    b = give_back(true);
    assert_int_equal(b->rows.total_minor, -1039);
    explain(b);
    check_sums(b->s, &b->explanation);
    assert_true(says(&b->explanation, EXPLAIN_NUMBER, "Points given back, for rewards"));
    assert_true(says(&b->explanation, EXPLAIN_NOTE, "what was paid comes back first: 1 of it were free"));
    small_shop_close(b->s);
}

/* ---- that no sale, and no refund, can be ---- */

#define LINE b->original->lines[0]
static void break_it(struct back *b, int how)
{
    switch (how) {
    case 0:
        b->rows.lines[0].refund_line = 7;
        break;
    case 1:
        b->back_milli[0] = 2000;
        break;
    case 2:
        b->back_milli[0] = -1000;
        break;
    case 3:
        b->rows.lines[0].quantity_milli = 1000;
        break;
    case 4:
        LINE.gross_minor = -1;
        break;
    case 5:
        LINE.total_minor = -1;
        break;
    case 6:
        LINE.tax_minor = -1;
        break;
    case 7:
        LINE.discount_minor = -1;
        break;
    case 8:
        LINE.discount_minor++;
        break;
    case 9:
        LINE.free_minor = -1;
        break;
    case 10:
        LINE.free_minor = LINE.discount_minor + 1;
        break;
    case 11:
        LINE.reward_minor = -1;
        break;
    case 12:
        LINE.unit_price_minor = 0;
        break;
    case 13:
        b->lots[0].earned = -1;
        break;
    case 14:
        LINE.unit_price_minor = 1;
        break;
    case 15:
        LINE.coupon_milli = 2000;
        break;
    case 16:
        LINE.coupon_milli = -1000;
        break;
    case 17:
        LINE.back_milli = 3000;
        break;
    case 18:
        b->lots[0].earned = INT64_MAX;
        break;
    default:
        b->lots[0].spent = -1;
        break;
    }
}

static void what_no_sale_can_be_is_found(void **state)
{
    static const char *const ways[] = { "a line that was not sold",
                                        "more than was left",
                                        "less than nothing had come back",
                                        "what is given back goes out",
                                        "an amount below nothing",
                                        "a total below nothing",
                                        "a tax below nothing",
                                        "a discount below nothing",
                                        "a discount that is not what is between",
                                        "less than nothing of it free",
                                        "more of it free than was taken off",
                                        "a reward that added something",
                                        "a free piece of what costs nothing",
                                        "a lot that earned less than nothing",
                                        "more pieces free than there were",
                                        "more with those of a coupon",
                                        "less than none by a coupon",
                                        "more came back than there was",
                                        "a lot that earned more than can be",
                                        "a lot of which less than nothing was spent" };

    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct back *b = give_back(false);

        break_it(b, (int)i);
        explain(b);
        if (b->explanation.wrong != 1 || !says(&b->explanation, EXPLAIN_WRONG,
                                               "it gives back other lines than were sold, or more of them, or its sale "
                                               "has numbers that none can have")) {
            print_all(b->s, &b->explanation);
            fail_msg("%s", ways[i]);
        }
        is_printed(b->s, &b->explanation, "!! it gives back other lines");
        small_shop_close(b->s);
    }
}

/* ---- that is otherwise ---- */

static void another_tax(struct back *b)
{
    b->rows.taxes.rows[0].code[0] = 'G';
}

static void another_rate(struct back *b)
{
    b->rows.taxes.rows[0].rate_ppm = 190000;
}

static void no_payment(struct back *b)
{
    b->rows.tender_count = 0;
}

static void another_payment(struct back *b)
{
    b->rows.tenders[0].amount_minor--;
}

static void a_payment_more(struct back *b)
{
    struct tender_row *tenders = arena_array(b->s->arena, 2, sizeof *tenders);

    tenders[0] = b->rows.tenders[0];
    tenders[1] = (struct tender_row){ .kind = TENDER_CARD };
    b->rows.tenders = tenders;
    b->rows.tender_count = 2;
}

static void points_of_an_erased_member(struct back *b)
{
    b->facts.member_erased = true;
}

static void points_of_nobody(struct back *b)
{
    b->rows.member_id = 0;
    b->rows.points_earned = 0;
    b->rows.points_spent = -1;
}

static void an_entry_of_no_refund(struct back *b)
{
    static const struct explain_entry entry = { .kind = POINTS_TAKEN_BACK, .points = -5 };

    b->rows.member_id = b->rows.points_earned = 0;
    b->facts.entries = &entry;
    b->facts.entry_count = 1;
}

static void a_given_back_entry(struct back *b)
{
    static const struct explain_entry entry = { .kind = POINTS_GIVEN_BACK, .points = 5 };

    an_entry_of_no_refund(b);
    b->facts.entries = &entry;
}

static void what_is_otherwise_is_found(void **state)
{
    static const struct {
        const char *what;
        void (*change)(struct back *b);
        const char *wrong;
    } rows[] = {
        { "a tax that the sale did not have", another_tax, "does not add up: the parts come to 0.00" },
        { "a rate that it did not have", another_rate, "does not add up: the parts come to 0.00" },
        { "nothing is paid back", no_payment, "by what paid the sale it is 2.26 back to payment 2" },
        { "another amount", another_payment, "by what paid the sale it is 2.26 back to payment 2" },
        { "back to more than paid it", a_payment_more, "it gives back to more than paid the sale" },
        { "an erased member's points", points_of_an_erased_member, "points of nobody" },
        { "nobody's points", points_of_nobody, "points of nobody" },
        { "an entry without its number", an_entry_of_no_refund, "does not add up: the parts come to -5" },
        { "another's, too", a_given_back_entry, "does not add up: the parts come to 5" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct back *b = give_back(false);

        rows[i].change(b);
        explain(b);
        if (!says(&b->explanation, EXPLAIN_WRONG, rows[i].wrong)) {
            print_all(b->s, &b->explanation);
            fail_msg("%s", rows[i].what);
        }
        small_shop_close(b->s);
    }
}

/* By its free cookie the refund of all gives 100 points back. */
static void points_that_were_not_given_back_are_missed(void **state)
{
    struct back *b = give_back(true);

    (void)state;
    assert_int_equal(b->rows.points_spent, -100);
    b->rows.points_spent = 0;
    explain(b);
    assert_true(says(&b->explanation, EXPLAIN_NUMBER, "Points given back, for rewards"));
    assert_true(says(&b->explanation, EXPLAIN_WRONG, "does not add up: the parts come to -100"));
    small_shop_close(b->s);
}

/* ---- that is right all the same ---- */

/* Before this one the sale has a tax of the same rate and another name, which nothing of it bears. */
static void a_tax_is_found_by_its_name_too(void **state)
{
    struct back *b = give_back(false);

    (void)state;
    b->taxes[1] = b->taxes[0];
    b->taxes[0] = (struct tax_row){ .code = "GST", .rate_ppm = 70000 };
    b->original->tax_count = 2;
    for (size_t i = 0; i < b->original->line_count; i++)
        b->original->lines[i].tax_rows <<= 1;
    explain(b);
    check_sums(b->s, &b->explanation);
    small_shop_close(b->s);
}

/* No basket has so many lines: of one behind them nothing is known to have come back. */
static void a_line_behind_the_last_is_no_other(void **state)
{
    struct back *b = give_back(false);

    (void)state;
    b->original->lines[1].line = BASKET_LINES_MAX;
    explain(b);
    check_sums(b->s, &b->explanation);
    small_shop_close(b->s);
}

static void a_member_who_was_erased_before_has_no_points(void **state)
{
    struct back *b = give_back(false);

    (void)state;
    b->facts.member_erased = true;
    b->facts.entry_count = 0;
    b->rows.points_earned = 0;
    explain(b);
    check_sums(b->s, &b->explanation);
    assert_true(says(&b->explanation, EXPLAIN_NOTE, "the member was erased before: no points move any more"));
    small_shop_close(b->s);
}

/* ---- that is not known any more ---- */

static void what_is_forgotten_is_said(void **state)
{
    struct back *b = give_back(false);

    (void)state;
    b->facts.catalogue = NULL;
    explain(b);
    check_sums(b->s, &b->explanation);
    assert_true(says(&b->explanation, EXPLAIN_PART, "of what was paid: earned by the rest"));
    assert_true(says(&b->explanation, EXPLAIN_PART, "rule 1: earned by the rest"));
    small_shop_close(b->s);
    b = give_back(false);
    b->facts.original = NULL;
    explain(b);
    assert_int_equal(b->explanation.wrong, 0);
    assert_int_equal(b->explanation.unknown, 1);
    is_printed(b->s, &b->explanation, "  ? its sale is not known");
    assert_true(says(&b->explanation, EXPLAIN_PART, "Cash"));
    small_shop_close(b->s);
}

/* ---- without a receipt ---- */

/* A cake for 5.00 instead of 9.00, and three rolls at 0.45: 6.35 with 6.35 x 7 / 107 = 0.42 in it; its prices are of the day. */
static void what_came_back_without_a_receipt_is_explained(void **state)
{
    static const struct free_refund_line lines[] = {
        { .product_id = CAKE, .quantity_milli = 1000, .keyed = true, .price_minor = 500 },
        { .product_id = ROLL, .quantity_milli = 3000 }
    };
    static const char *const may[] = { "refund_free" };
    static const struct role role = { .id = 1, .name = "manager", .permissions = may, .permission_count = 1 };
    struct small_shop *s = open_bakery(1);
    struct shop shop = *catalogue_shop(s->catalogue, VERSION);
    const struct free_refund_command command = { .lines = lines,
                                                 .line_count = 2,
                                                 .reason = bytes_of_text("not fresh"),
                                                 .device_id = TILL,
                                                 .role = &role,
                                                 .series = 'T',
                                                 .number = 7,
                                                 .sale_id = 52 };
    struct explanation explanation;
    struct sale_rows rows;

    (void)state;
    shop.free_refund_day_minor = 100000;
    catalogue_put_shop(s->catalogue, VERSION, &shop);
    assert_int_equal(refund_free_decide(&command, &s->set, NOW, &rows), SALE_OK);
    assert_int_equal(rows.total_minor, -635);
    struct explain_facts facts = facts_of(s, &rows);
    explain_sale(&facts, s->arena, &explanation);
    check_sums(s, &explanation);
    assert_true(says(&explanation, EXPLAIN_HEAD, "Refund without a receipt"));
    assert_true(says(&explanation, EXPLAIN_PART, "what it cost that day"));
    assert_true(says(&explanation, EXPLAIN_PART, "less was given back for it"));
    assert_true(says(&explanation, EXPLAIN_PART, "3 at that price"));
    assert_true(says(&explanation, EXPLAIN_NUMBER, "Given back"));
    assert_true(says(&explanation, EXPLAIN_HEAD, "Given back by"));

    facts.catalogue = NULL;
    explain_sale(&facts, s->arena, &explanation);
    assert_int_equal(explanation.wrong, 0);
    assert_true(says(&explanation, EXPLAIN_UNKNOWN, "that version is not known any more"));
    assert_false(says(&explanation, EXPLAIN_PART, "what it cost that day"));
    facts.catalogue = s->catalogue;
    int64_t *numbers[] = { &rows.lines[0].unit_price_minor,
                           &rows.lines[1].unit_price_minor,
                           &rows.lines[0].gross_minor,
                           &rows.lines[1].total_minor,
                           &rows.lines[0].tax_minor,
                           &rows.taxes.rows[0].tax_minor,
                           &rows.taxes.rows[0].net_minor,
                           &rows.total_minor,
                           &rows.tax_minor,
                           &rows.tenders[0].amount_minor };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        ++*numbers[i];
        explain_sale(&facts, s->arena, &explanation);
        if (explanation.wrong == 0)
            fail_msg("number %zu", i);
        --*numbers[i];
    }
    small_shop_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_back_is_explained),
        cmocka_unit_test(what_no_sale_can_be_is_found),
        cmocka_unit_test(what_is_otherwise_is_found),
        cmocka_unit_test(points_that_were_not_given_back_are_missed),
        cmocka_unit_test(a_tax_is_found_by_its_name_too),
        cmocka_unit_test(a_line_behind_the_last_is_no_other),
        cmocka_unit_test(a_member_who_was_erased_before_has_no_points),
        cmocka_unit_test(what_is_forgotten_is_said),
        cmocka_unit_test(what_came_back_without_a_receipt_is_explained),
    };

    draw_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
