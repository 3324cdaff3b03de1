/* Something off a price, by keys and answers: the screens of it, another person's PIN, and cash that is rounded. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#include "proto/session.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* Ana's role takes ten per cent off without asking. */
static void give_ana_a_right(struct desk *d)
{
    static const char *const permissions[] = { "sell", "discount" };
    struct role role = { .id = SCRIPTED_ROLE,
                         .name = "cashier",
                         .permissions = permissions,
                         .permission_count = 2,
                         .discount_ppm = 100000 };
    uint64_t version = catalogue_newest(d->catalogue);

    catalogue_put_role(d->catalogue, version, &role);
}

static void open_selling(struct desk *d)
{
    desk_open(d);
    give_ana_a_right(d);
    desk_sign_in(d);
    desk_fill(d); /* 22.64 */
}

static void a_line_costs_less_for_a_reason(void **state)
{
    struct desk d;

    (void)state;
    open_selling(&d);
    desk_type(&d, K_F12);
    desk_type(&d, "2");
    desk_type(&d, "10");
    desk_golden(&d, "discount-line");
    desk_type(&d, K_ENTER); /* no reason is anybody's who chose none */
    desk_sees(&d, "choose why with the arrows");
    assert_ptr_equal(stage_top(&d.counter.stage), &discount_screen);
    desk_type(&d, K_DOWN);
    desk_type(&d, K_DOWN);
    desk_golden(&d, "discount-reason");
    desk_type(&d, K_ENTER);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    size_t at = d.counter.sale.lines.selected;
    const struct open_discount *discount = &d.counter.basket.lines[at].discount;
    assert_true(discount->given && !discount->fixed);
    assert_int_equal(discount->value, 100000);
    assert_string_equal(discount->reason, "damaged");
    desk_golden(&d, "sale-discount");
    desk_sees(&d, "-10 %");
    /* and back to its price */
    desk_type(&d, K_F12);
    desk_type(&d, "2");
    desk_type(&d, K_F3);
    assert_false(discount->given);
    desk_sees_not(&d, "-10 %");
    desk_close(&d);
}

static void the_receipt_costs_an_amount_less_for_a_reason_of_ones_own(void **state)
{
    struct desk d;

    (void)state;
    open_selling(&d);
    int64_t before = d.counter.basket.rows.total_minor;
    desk_type(&d, K_F12);
    desk_type(&d, "3");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "type how many per cent");
    desk_type(&d, "101");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "type how many per cent");
    desk_type(&d, K_F2);
    desk_type(&d, "1.50");
    desk_type(&d, K_UP); /* the last one is typed */
    desk_type(&d, "long queue");
    desk_golden(&d, "discount-receipt");
    desk_type(&d, K_ENTER);
    assert_int_equal(d.counter.basket.rows.total_minor, before - 150);
    assert_string_equal(d.counter.basket.discount.reason, "long queue");
    desk_sees(&d, "-1.50 off the receipt");
    desk_restart(&d); /* the basket on the disk has it as well */
    assert_int_equal(d.counter.basket.discount.value, 150);
    desk_close(&d);
}

/* So many per cent off: the row of F12 for a line, or for the receipt; for the first reason. */
static void take_off(struct desk *d, const char *row, const char *per_cent)
{
    desk_type(d, K_F12);
    desk_type(d, row);
    desk_type(d, per_cent);
    desk_type(d, K_DOWN K_ENTER);
}

static const Caroline__V1__ApprovalOpen *approval_asked(struct desk *d)
{
    return (const Caroline__V1__ApprovalOpen *)scripted_request(d->link, OP(APPROVAL_OPEN),
                                                                &caroline__v1__approval_open__descriptor);
}

/* It is allowed, and what is sold says by which token. */
static const Caroline__V1__SaleRingUp *sell_by_approval(struct desk *d)
{
    static uint8_t token[32] = { 1, 2, 3 };
    Caroline__V1__ApprovalOpened opened = CAROLINE__V1__APPROVAL_OPENED__INIT;

    opened.has_token = true;
    opened.token = (ProtobufCBinaryData){ .len = sizeof token, .data = token };
    scripted_answer(d->link, OP(APPROVAL_OPEN), &opened.base);
    assert_ptr_equal(stage_top(&d->counter.stage), &pay_screen);
    desk_quote(d);
    desk_type(d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(d);
    assert_int_equal(ring->approval.len, sizeof token);
    assert_memory_equal(ring->approval.data, token, sizeof token);
    return ring;
}

static void ask_for_too_much(struct desk *d)
{
    open_selling(d);
    take_off(d, "3", "30");
    desk_sees(d, "Somebody has to allow it");
    desk_type(d, K_F2);
    assert_ptr_equal(stage_top(&d->counter.stage), &approval_screen);
    assert_false(scripted_asked(d->link, OP(SALE_QUOTE)));
}

static void another_person_allows_it_in_place(void **state)
{
    struct desk d;

    (void)state;
    ask_for_too_much(&d);
    desk_golden(&d, "approval");
    desk_scan(&d, "LENA-7788"); /* a badge */
    desk_type(&d, "5739");
    desk_type(&d, K_ENTER);
    const Caroline__V1__ApprovalOpen *asked = approval_asked(&d);
    assert_true(asked->has_badge && !asked->has_name);
    assert_memory_equal(asked->badge.data, "LENA-7788", 9);
    assert_int_equal(asked->discount_ppm, 300000);
    assert_false(asked->below_floor);
    scripted_refuse(d.link, OP(APPROVAL_OPEN), CAROLINE__V1__ERROR_CODE__SIGN_IN_FAILED, "the name or the PIN is wrong",
                    NULL, NULL);
    desk_sees(&d, "the name or the PIN is wrong");
    desk_type(&d, "5740");
    desk_type(&d, K_ENTER);
    assert_int_equal(sell_by_approval(&d)->basket->discount->rate_ppm, 300000);
    desk_ring_up(&d, 5000);
    assert_false(d.counter.basket.approved); /* once */
    desk_close(&d);
}

/* No role sells below a floor price: two per cent off is asked for, too. */
static void a_price_below_the_floor_is_allowed_once(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    give_ana_a_right(&d);
    uint64_t version = catalogue_newest(d.catalogue);
    struct product croissant = *catalogue_product(d.catalogue, version, 1);
    croissant.floor_minor = 193;
    catalogue_put_product(d.catalogue, version, &croissant);
    desk_sign_in(&d);
    desk_type(&d, "112\r");
    take_off(&d, "2", "2");
    desk_type(&d, K_F2);
    assert_ptr_equal(stage_top(&d.counter.stage), &approval_screen);
    desk_golden(&d, "approval-floor");
    desk_scan(&d, "LENA-7788");
    desk_type(&d, "5739");
    desk_type(&d, K_ENTER);
    const Caroline__V1__ApprovalOpen *asked = approval_asked(&d);
    assert_true(asked->has_below_floor && asked->below_floor);
    assert_false(asked->deposit_back);
    assert_int_equal(asked->discount_ppm, 0);
    assert_int_equal(sell_by_approval(&d)->total_minor, 191);
    desk_ring_up(&d, 191);
    assert_false(d.counter.basket.approved); /* once */
    desk_type(&d, K_ENTER);
    desk_type(&d, "112\r");
    take_off(&d, "2", "2");
    desk_type(&d, K_F2);
    assert_ptr_equal(stage_top(&d.counter.stage), &approval_screen);
    desk_close(&d);
}

static void the_number_of_a_badge_may_be_typed(void **state)
{
    struct desk d;

    (void)state;
    ask_for_too_much(&d);
    desk_type(&d, "\t");
    desk_type(&d, "5739" K_ENTER);
    assert_false(scripted_asked(d.link, OP(APPROVAL_OPEN))); /* the name is still asked for */
    desk_type(&d, "7788" K_ENTER K_ENTER);
    const Caroline__V1__ApprovalOpen *asked = approval_asked(&d);
    assert_true(asked->has_badge && !asked->has_name);
    assert_memory_equal(asked->badge.data, "7788", 4);
    desk_close(&d);
}

static void goods_are_scanned_past_the_approval(void **state)
{
    struct desk d;

    (void)state;
    ask_for_too_much(&d);
    size_t lines = d.counter.basket.line_count;
    desk_scan(&d, "4006381333931");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    assert_true(d.counter.basket.line_count >= lines);
    desk_type(&d, K_F2);
    desk_type(&d, K_ESC);
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_close(&d);
}

static void cash_is_due_as_the_shop_rounds_it(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    struct shop shop = *catalogue_shop(d.catalogue, catalogue_newest(d.catalogue));
    shop.cash_rounding_minor = 5;
    catalogue_put_shop(d.catalogue, catalogue_newest(d.catalogue), &shop);
    desk_sign_in(&d);
    desk_fill(&d); /* 22.64 */
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_golden(&d, "pay-rounded");
    desk_sees(&d, "in cash 22.65, rounded");
    desk_type(&d, "23");
    desk_sees(&d, "change 0.35");
    desk_type(&d, K_F3); /* more than is due is no card's */
    desk_sees(&d, "only cash may be more than is due");
    desk_type(&d, "\177\177"); /* backspace */
    desk_type(&d, "12.64");
    desk_type(&d, K_F3);
    desk_type(&d, "APPR");
    desk_type(&d, K_ENTER);
    assert_int_equal(pay_due_minor(&d.counter), 1000);
    assert_int_equal(pay_due_in_cash(&d.counter), 1000);
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 2);
    assert_int_equal(ring->tenders[1]->amount_minor, 1000);
    desk_close(&d);
}

/* Three croissants are two, and an hour and a bundle that do not fit. */
static void put_promotions(struct desk *d)
{
    static const int64_t croissant[] = { 1 };
    static const struct promotion_part three[] = { { .pieces = 3, .product_ids = croissant, .product_count = 1 } };
    struct promotion promotion = { .id = 9,
                                   .name = "Three croissants for the price of two",
                                   .parts = three,
                                   .part_count = 1,
                                   .gift = PROMOTION_CHEAPEST_FREE,
                                   .value = 1,
                                   .weekdays = 0x7f,
                                   .until_minute = 1440,
                                   .active = true };
    uint64_t version = catalogue_newest(d->catalogue);

    catalogue_put_promotion(d->catalogue, version, &promotion);
    promotion.id = 10;
    promotion.members_only = true;
    promotion.gift = PROMOTION_AMOUNT_OFF;
    promotion.value = 500;
    catalogue_put_promotion(d->catalogue, version, &promotion);
}

static void a_promotion_stands_beside_the_lines_as_soon_as_they_are_there(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    put_promotions(&d);
    desk_sign_in(&d);
    desk_type(&d, "2x112");
    desk_type(&d, K_ENTER);
    desk_sees_not(&d, "Three croi");
    desk_type(&d, "112");
    desk_type(&d, K_ENTER);
    desk_sees(&d, "Three croi");
    desk_golden(&d, "sale-promotion");
    assert_int_equal(d.counter.basket.rows.total_minor, 390);
    desk_type(&d, K_F2);
    const Caroline__V1__SaleQuote *asked =
        (const void *)scripted_request(d.link, OP(SALE_QUOTE), &caroline__v1__sale_quote__descriptor);
    assert_true(asked->basket->has_priced_us);
    assert_int_equal(asked->basket->priced_us, d.counter.basket.priced.us);
    desk_close(&d);
}

/* 40 % of 1.20 is 0.48, for which a limit of 39.6 % would do; nobody gave 39.6 %. */
static void the_discount_that_was_given_is_named(void **state)
{
    struct desk d;

    (void)state;
    desk_open(&d);
    desk_sign_in(&d);
    desk_type(&d, "115\r");
    take_off(&d, "2", "40");
    desk_type(&d, K_F2);
    assert_ptr_equal(stage_top(&d.counter.stage), &approval_screen);
    desk_sees(&d, "a discount of 40 %, more than your role gives");
    desk_sees(&d, "It takes the rights approve and discount, with a limit that high");
    desk_sees(&d, "No role of this shop has it: the office gives it to one");
    desk_close(&d);
}

/* Who stands there knows whom to call. */
static void the_roles_that_may_allow_it_are_named(void **state)
{
    static const char *const all[] = { "approve", "discount", "refund", "refund_free" };
    static const struct role roles[] = {
        { .id = 72, .name = "Shift lead", .permissions = all, .permission_count = 3, .discount_ppm = 500000 },
        { .id = 73, .name = "Manager", .permissions = all, .permission_count = 4, .discount_ppm = 1000000 },
        { .id = 74, .name = "Baker", .permissions = all + 1, .permission_count = 1, .discount_ppm = 1000000 },
    };
    struct desk d;

    (void)state;
    desk_open(&d);
    give_ana_a_right(&d);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        catalogue_put_role(d.catalogue, catalogue_newest(d.catalogue), &roles[i]);
    desk_sign_in(&d);
    desk_type(&d, "115\r" K_F12);
    desk_type(&d, "2");
    desk_type(&d, "40" K_DOWN K_ENTER);
    desk_type(&d, K_F2);
    desk_sees(&d, "It takes the rights approve and discount, with a limit that high");
    desk_sees(&d, "Who has it: Shift lead, Manager");
    desk_golden(&d, "approval-roles");
    desk_type(&d, K_ESC K_F12);
    desk_type(&d, "2");
    desk_type(&d, "60" K_DOWN K_ENTER);
    desk_type(&d, K_F2);
    desk_sees(&d, "Who has it: Manager");
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_costs_less_for_a_reason),
        cmocka_unit_test(the_receipt_costs_an_amount_less_for_a_reason_of_ones_own),
        cmocka_unit_test(another_person_allows_it_in_place),
        cmocka_unit_test(a_price_below_the_floor_is_allowed_once),
        cmocka_unit_test(the_number_of_a_badge_may_be_typed),
        cmocka_unit_test(goods_are_scanned_past_the_approval),
        cmocka_unit_test(cash_is_due_as_the_shop_rounds_it),
        cmocka_unit_test(a_promotion_stands_beside_the_lines_as_soon_as_they_are_there),
        cmocka_unit_test(the_discount_that_was_given_is_named),
        cmocka_unit_test(the_roles_that_may_allow_it_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
