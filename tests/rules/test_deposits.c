/* Deposits and charges, a row each: what goes with goods, what is taken back, and that nothing else touches them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/rules/parked.h"
#include "common/rules/usual.h"
#include "common/rules/voided.h"
#include "bottle_shop.h"

struct row {
    const char *name;
    const struct basket_line *lines;
    size_t count;
    enum sale_verdict verdict;
    const char *field;
    int64_t total_minor, deposit_minor;
    size_t line_count;   /* with deposits */
    int64_t stock_milli; /* of empties, less what is taken */
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a row says what is its own */
static const struct row rows[] = {
    { "a bottle with each", LINES(BUY(LEMONADE, 2)), .total_minor = 350, .deposit_minor = 50, .line_count = 2 },
    { "six with one", LINES(BUY(SIX_PACK, 2)), .total_minor = 1900, .deposit_minor = 300, .line_count = 2 },
    { "behind all lines, in their order", LINES(BUY(TART, 1), BUY(ROLL, 1), BUY(LEMONADE, 1)), .total_minor = 2720,
      .deposit_minor = 525, .line_count = 5 },
    { "none with what is taken back before it is paid",
      LINES({ .product_id = LEMONADE, .quantity_milli = 1000, .voided = true }, BUY(ROLL, 1)), .total_minor = 45,
      .line_count = 2 },
    { "none where it is not charged any more", LINES(BUY(OLD_BEER, 1)), .total_minor = 300, .line_count = 1 },
    { "a bottle by itself", LINES(BUY(BOTTLE, 3)), .total_minor = 75, .deposit_minor = 75, .line_count = 1,
      .stock_milli = 3000 },
    { "a bag", LINES(BUY(BAG, 1)), .total_minor = 20, .deposit_minor = 20, .line_count = 1 },
    { "five bottles back", LINES(BUY(BOTTLE, -5)), .total_minor = -125, .deposit_minor = -125, .line_count = 1,
      .stock_milli = -5000 },
    { "beside bread", LINES(BUY(BOTTLE, -5), BUY(ROLL, 1)), .total_minor = -80, .deposit_minor = -125, .line_count = 2,
      .stock_milli = -5000 },
    { "beside as many new ones", LINES(BUY(LEMONADE, 5), BUY(BOTTLE, -5)), .total_minor = 750, .line_count = 3,
      .stock_milli = -5000 },
    { "back, and thought better of",
      LINES({ .product_id = BOTTLE, .quantity_milli = -1000, .voided = true }, BUY(ROLL, 1)), .total_minor = 45,
      .line_count = 2 },
    { "a bag is not taken back", LINES(BUY(BAG, -1)), .verdict = SALE_NOT_A_DEPOSIT,
      .field = "basket.lines[0].quantity_milli" },
    { "nor is bread", LINES(BUY(BOTTLE, -1), BUY(ROLL, -1)), .verdict = SALE_NOT_A_DEPOSIT,
      .field = "basket.lines[1].quantity_milli" },
    { "nor is cheese", LINES(BUY(CHEESE, -1)), .verdict = SALE_BAD_QUANTITY,
      .field = "basket.lines[0].quantity_milli" },
    { "nor half a bottle", LINES({ .product_id = BOTTLE, .quantity_milli = -500 }), .verdict = SALE_BAD_QUANTITY,
      .field = "basket.lines[0].quantity_milli" },
    { "nor none", LINES(BUY(BOTTLE, 0)), .verdict = SALE_BAD_QUANTITY, .field = "basket.lines[0].quantity_milli" },
    { "nor more than a million", LINES(BUY(BOTTLE, -1000001)), .verdict = SALE_BAD_QUANTITY,
      .field = "basket.lines[0].quantity_milli" },
    { "nor as many as there are numbers", LINES({ .product_id = BOTTLE, .quantity_milli = INT64_MIN }),
      .verdict = SALE_BAD_QUANTITY, .field = "basket.lines[0].quantity_milli" },
    { "nor one that is not sold any more", LINES(BUY(TAKEN_OFF, -1)), .verdict = SALE_PRODUCT_INACTIVE,
      .field = "basket.lines[0].product_id" },
    { "a basket does not name what goes with goods",
      LINES(BUY(LEMONADE, 1), { .product_id = BOTTLE, .quantity_milli = 1000, .deposit_of = 1 }),
      .verdict = SALE_BAD_DEPOSIT, .field = "basket.lines[1].deposit_of" },
    { "nothing is taken off it",
      LINES(BUY(LEMONADE, 1),
            { .product_id = BOTTLE,
              .quantity_milli = 1000,
              .discount = { .given = true, .value = 100000, .reason = { (const uint8_t *)"old", 3 } } }),
      .verdict = SALE_BAD_DISCOUNT, .field = "basket.lines[1].discount" },
    { "more go with goods than can be counted", LINES(BUY(SIX_PACK, 200000)), .verdict = SALE_BAD_QUANTITY,
      .field = "basket.lines[1].quantity_milli" },
};
#pragma GCC diagnostic pop

static void check_row(const struct row *row)
{
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(row->lines, row->count);
    struct sale_rows sale;
    enum sale_verdict verdict = ring_up(b.s, &command, &sale);

    if (verdict != row->verdict)
        fail_msg("%s: verdict %d, %s", row->name, verdict, sale.sentence == NULL ? "" : sale.sentence);
    if (verdict != SALE_OK) {
        assert_string_equal(sale.field, row->field);
    } else if (sale.total_minor != row->total_minor || sale.deposit_minor != row->deposit_minor ||
               sale.line_count != row->line_count) {
        fail_msg("%s: %lld, of it %lld, in %zu lines", row->name, (long long)sale.total_minor,
                 (long long)sale.deposit_minor, sale.line_count);
    } else {
        assert_int_equal(set_stock(&b.s->set, BOTTLE)->on_hand_milli, 10000 - row->stock_milli);
        assert_int_equal(b.s->drawers[0].cash_minor, 5000 + row->total_minor);
    }
    small_shop_close(b.s);
}

static void each_row_is_as_worked_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i]);
}

static void each_says_what_it_went_with(void **state)
{
    static const struct basket_line lines[] = { BUY(TART, 1), BUY(BOTTLE, -2), BUY(LEMONADE, 3) };
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 3);
    struct sale_rows sale;

    (void)state;
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_int_equal(sale.line_count, 5);
    assert_int_equal(sale.deposit_count, 3);
    assert_int_equal(sale.deposits[0].line, 1);
    assert_int_equal(sale.deposits[0].goods_line, NO_LINE);
    assert_int_equal(sale.deposits[0].amount_minor, -50);
    assert_int_equal(sale.deposits[1].line, 3);
    assert_int_equal(sale.deposits[1].goods_line, 0);
    assert_int_equal(sale.deposits[2].goods_line, 2);
    assert_int_equal(sale.lines[4].quantity_milli, 3000);
    assert_int_equal(sale.lines[4].flags & LINE_DEPOSIT, LINE_DEPOSIT);
    assert_int_equal(sale.lines[0].flags & LINE_DEPOSIT, 0);
    small_shop_close(b.s);
}

/* Two hundred lines fit onto a receipt. */
static void a_receipt_has_room_for_so_many(void **state)
{
    struct basket_line lines[101];
    struct bottle_shop b = open_shop();
    struct sale_rows sale;

    (void)state;
    for (size_t i = 0; i < 101; i++)
        lines[i] = (struct basket_line)BUY(LEMONADE, 1);
    struct sale_command command = command_of(lines, 100);
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_int_equal(sale.line_count, 200);
    command = command_of(lines, 101);
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_BASKET_TOO_LONG);
    small_shop_close(b.s);
}

/* ---- what pays ---- */

static void a_till_that_knows_of_none_is_told_so(void **state)
{
    static const struct basket_line lines[] = { BUY(LEMONADE, 2), BUY(BOTTLE, 1) };
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 2);
    struct sale_rows sale;

    (void)state;
    command.shown_total_minor = 325; /* without what goes with the lemonade */
    assert_int_equal(sale_decide(&command, &b.s->set, NOW, &sale), SALE_DEPOSIT_NOT_SHOWN);
    assert_string_equal(sale.sentence,
                        "the till showed 3.25, without the deposits that go with the goods: it is 3.75 with "
                        "them; bring the till up to date");
    command.shown_total_minor = 324;
    assert_int_equal(sale_decide(&command, &b.s->set, NOW, &sale), SALE_TOTAL_DIFFERS);
    small_shop_close(b.s);
}

static void what_is_less_than_nothing_is_paid_out_in_cash(void **state)
{
    static const struct basket_line lines[] = { BUY(BOTTLE, -5), BUY(ROLL, 1) };
    static const struct tender card = { .kind = TENDER_CARD,
                                        .amount_minor = 80,
                                        .reference = { (const uint8_t *)"1", 1 } };
    static const struct tender cash = { .kind = TENDER_CASH, .amount_minor = 1 };
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 2);
    struct sale_rows sale;

    (void)state;
    command.shown_total_minor = -80;
    command.tender_count = 1;
    command.tenders = &cash;
    assert_int_equal(sale_decide(&command, &b.s->set, NOW, &sale), SALE_OVERPAID);
    assert_string_equal(sale.sentence, "nothing is to pay: 0.80 are paid out in cash");
    command.tenders = &card;
    assert_int_equal(sale_decide(&command, &b.s->set, NOW, &sale), SALE_OVERPAID);
    command.tender_count = 0;
    assert_int_equal(sale_decide(&command, &b.s->set, NOW, &sale), SALE_OK);
    assert_int_equal(sale.tender_count, 1);
    assert_int_equal(sale.tenders[0].kind, TENDER_CASH);
    assert_int_equal(sale.tenders[0].amount_minor, -80);
    assert_int_equal(sale.drawer_minor, -80);
    assert_int_equal(b.s->drawers[0].cash_minor, 4920);

    struct tender_type none = {
        .id = TENDER_TYPE_CASH, .name = "Cash", .permission = "", .kind = TENDER_CASH, .change = 1
    };
    catalogue_put_tender_type(b.s->catalogue, VERSION, &none);
    assert_int_equal(sale_decide(&command, &b.s->set, NOW, &sale), SALE_TENDER_INACTIVE);
    small_shop_close(b.s);
}

static void what_is_paid_out_is_rounded_as_cash_is(void **state)
{
    static const struct basket_line lines[] = { BUY(BOTTLE, -3), BUY(ROLL, 1) }; /* -30, in steps of 0.20 */
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 2);
    struct sale_rows sale;

    (void)state;
    set_shop(b.s, 20, 0, true);
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_int_equal(sale.total_minor, -30);
    assert_int_equal(sale.tenders[0].amount_minor, -40);
    assert_int_equal(sale.rounding_minor, -10);
    small_shop_close(b.s);
}

static void many_are_allowed_by_somebody_else(void **state)
{
    static const struct basket_line lines[] = { BUY(BOTTLE, -3), BUY(BOTTLE, -2), BUY(CAKE, 1) };
    static const char *const permissions[] = { "approve", "refund" };
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 3);
    struct approval_state approval = {
        .token_hash = { 7 }, .device_id = TILL, .asked_by = 41, .approved_by = 42, .approver_role_id = 9, .expires = NOW
    };
    struct sale_rows sale;

    (void)state;
    catalogue_put_role(b.s->catalogue, VERSION,
                       &(struct role){ .id = 9, .name = "Lead", .permissions = permissions, .permission_count = 2 });
    set_shop(b.s, 0, 124, true);
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_APPROVAL_NEEDED);
    assert_true(sale.deposit_back);
    assert_string_equal(sale.sentence, "for more than 1.24 of empties at once another person has to allow it");
    b.s->set.approvals = &approval;
    b.s->set.approval_count = 1;
    command.approval = bytes_of(approval.token_hash, 32);
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_APPROVAL_NEEDED); /* of something else */
    approval.deposit_back = true;
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_int_equal(sale.approved_by, 42);
    command.approval = (struct bytes){ 0 };
    command.may_give_back = true;
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    command.may_give_back = false;
    set_shop(b.s, 0, 125, true);
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    small_shop_close(b.s);
}

/* ---- what does not touch them ---- */

static void rewards_promotions_discounts_and_points_leave_them_alone(void **state)
{
    static const struct promotion_part any = { .pieces = 2, .category_id = COOKIES };
    static const struct basket_line lines[] = { BUY(BOTTLE, 4), BUY(LEMONADE, 2), BUY(COOKIE, 2) };
    static const uint32_t dearest[] = { REWARD_DEAREST }, a_bottle[] = { 0 };
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 3);
    struct sale_rows sale;

    (void)state;
    /* Two of the cookies' category for 0.10: the four bottles are no two. The one cookie that is left behind the reward is none. */
    catalogue_put_promotion(b.s->catalogue, VERSION,
                            &(struct promotion){ .id = 1,
                                                 .name = "Two",
                                                 .parts = &any,
                                                 .part_count = 1,
                                                 .gift = PROMOTION_TOGETHER,
                                                 .value = 10,
                                                 .weekdays = 0x7f,
                                                 .until_minute = 1440,
                                                 .active = true });
    command.basket.member_id = ANNA;
    command.basket.rewards = dearest;
    command.basket.reward_count = 1;
    command.basket.discount = (struct discount){ .given = true, .value = 100000, .reason = bytes_of_text("a friend") };
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_int_equal(sale.lines[0].total_minor, 100);
    assert_int_equal(sale.lines[3].total_minor, 50);
    assert_int_equal(sale.lines[1].total_minor + sale.lines[2].total_minor, 495); /* 300 + 250, less a tenth */
    assert_int_equal(sale.total_minor, 645);
    assert_int_equal(sale.points_earned, 49); /* of 4.95 */

    command.basket.rewards = a_bottle;
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_REWARD_NOT_APPLICABLE);
    small_shop_close(b.s);
}

static void a_right_to_discounts_is_of_the_goods(void **state)
{
    static const struct basket_line lines[] = { BUY(PLATE, 10), BUY(CAKE, 1) };
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 2);
    struct sale_rows sale;

    (void)state;
    command.discount_limit_ppm = 100000;
    command.basket.discount =
        (struct discount){ .given = true, .fixed = true, .value = 91, .reason = bytes_of_text("x") };
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_APPROVAL_NEEDED); /* a tenth of 9.00 is 0.90 */
    small_shop_close(b.s);
}

static void they_do_not_count_where_pieces_are_counted(void **state)
{
    static const struct tax_rate few[] = { { .code = "SNACK", .rate_ppm = 150000 } }, many[] = { { .code = "BOX" } };
    static const struct basket_line lines[] = { BUY(LEMONADE, 5),
                                                BUY(BOTTLE, 1) }; /* with eleven pieces of the class */
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 2);
    struct sale_rows sale;

    (void)state;
    catalogue_put_tax_class(
        b.s->catalogue, VERSION,
        &(struct tax_class){
            .id = DRINKS, .name = "Drinks", .rates = few, .rate_count = 1, .switch_at_count = 6, .switch_to_id = 3 });
    catalogue_put_tax_class(b.s->catalogue, VERSION,
                            &(struct tax_class){ .id = 3, .name = "Box", .rates = many, .rate_count = 1 });
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_string_equal(sale.taxes.rows[0].code, "SNACK");
    small_shop_close(b.s);
}

static void what_is_taken_back_is_taxed_by_itself(void **state)
{
    /* 1.50 and 0.25 by 19 %: 175 x 19 / 119 = 27.94; ten bottles: 250 x 19 / 119 = 39.92 */
    static const struct basket_line lines[] = { BUY(LEMONADE, 1), BUY(BOTTLE, -10) };
    struct bottle_shop b = open_shop();
    struct sale_command command = command_of(lines, 2);
    struct sale_rows sale;

    (void)state;
    assert_int_equal(ring_up(b.s, &command, &sale), SALE_OK);
    assert_int_equal(sale.taxes.count, 1);
    assert_int_equal(sale.taxes.rows[0].tax_minor, 28 - 40);
    assert_int_equal(sale.taxes.rows[0].net_minor, 147 - 210);
    assert_int_equal(sale.lines[1].tax_minor, -40);
    assert_int_equal(sale.lines[0].tax_minor + sale.lines[2].tax_minor, 28);
    small_shop_close(b.s);
}

static void the_usual_leaves_them_out(void **state)
{
    static const struct usual_line lines[] = { { 2, LEMONADE, 1000 }, { 2, BOTTLE, 1000 }, { 2, BAG, 1000 },
                                               { 1, LEMONADE, 1000 }, { 1, BOTTLE, 1000 }, { 1, BAG, 1000 } };
    struct bottle_shop b = open_shop();
    struct usual usual = usual_of(lines, 6, b.s->catalogue, b.s->arena);

    (void)state;
    assert_int_equal(usual.count, 1);
    assert_int_equal(usual.goods[0].product_id, LEMONADE);
    small_shop_close(b.s);
}

static void a_basket_with_empties_waits_and_is_thrown_away(void **state)
{
    static const struct basket_line lines[] = { BUY(BOTTLE, -5), BUY(ROLL, 1) }, bread[] = { BUY(ROLL, -1) };
    struct basket basket = { .catalogue_version = VERSION, .lines = lines, .line_count = 2 };
    struct bottle_shop b = open_shop();
    struct voided voided;
    const char *field;

    (void)state;
    assert_int_equal(basket_park_check(&basket, b.s->catalogue, 0, b.s->arena, &field), PARK_OK);
    assert_int_equal(voided_basket(&basket, bytes_of_text("left"), b.s->catalogue, NOW, b.s->arena, &voided, &field),
                     VOIDED_OK);
    assert_int_equal(voided.total_minor, -80);
    basket.lines = bread;
    basket.line_count = 1;
    assert_int_equal(basket_park_check(&basket, b.s->catalogue, 0, b.s->arena, &field), PARK_BAD_QUANTITY);
    small_shop_close(b.s);
}

/* ---- refunds ---- */

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_as_worked_out),
        cmocka_unit_test(each_says_what_it_went_with),
        cmocka_unit_test(a_receipt_has_room_for_so_many),
        cmocka_unit_test(a_till_that_knows_of_none_is_told_so),
        cmocka_unit_test(what_is_less_than_nothing_is_paid_out_in_cash),
        cmocka_unit_test(what_is_paid_out_is_rounded_as_cash_is),
        cmocka_unit_test(many_are_allowed_by_somebody_else),
        cmocka_unit_test(rewards_promotions_discounts_and_points_leave_them_alone),
        cmocka_unit_test(a_right_to_discounts_is_of_the_goods),
        cmocka_unit_test(they_do_not_count_where_pieces_are_counted),
        cmocka_unit_test(what_is_taken_back_is_taxed_by_itself),
        cmocka_unit_test(the_usual_leaves_them_out),
        cmocka_unit_test(a_basket_with_empties_waits_and_is_thrown_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
