/* Deposits at the counter: shown below their goods, taken back by a minus, paid out of the drawer. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "desk.h"

#include "proto/session.pb-c.h"

enum { BOTTLE = 71, BAG, LEMONADE };

/* A lemonade in its bottle, 0.25; a bag, 0.20. */
static void open_shop(struct desk *d)
{
    struct product bottle = { .id = BOTTLE,
                              .name = "Bottle",
                              .sku = "",
                              .allergen_note = "",
                              .price_minor = 25,
                              .plu = 900,
                              .tax_class_id = 1,
                              .active = true,
                              .deposit_kind = DEPOSIT_GOOD };
    struct product bag = bottle, lemonade = bottle;

    desk_open(d);
    uint64_t version = catalogue_newest(d->catalogue);
    catalogue_put_product(d->catalogue, version, &bottle);
    bag.id = BAG;
    bag.name = "Paper bag";
    bag.plu = 901;
    bag.price_minor = 20;
    bag.deposit_kind = DEPOSIT_CHARGE;
    catalogue_put_product(d->catalogue, version, &bag);
    lemonade.id = LEMONADE;
    lemonade.name = "Lemonade";
    lemonade.plu = 140;
    lemonade.price_minor = 220;
    lemonade.deposit_kind = DEPOSIT_NONE;
    lemonade.deposit_product_id = BOTTLE;
    lemonade.deposit_count = 1;
    catalogue_put_product(d->catalogue, version, &lemonade);
    desk_sign_in(d);
}

static void a_deposit_stands_below_its_goods(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "6x140\r");
    desk_type(&d, "112\r");
    desk_type(&d, "901\r");
    desk_type(&d, "2x900\r"); /* bottles by themselves */
    desk_sees(&d, "Bottle");
    desk_golden(&d, "sale-deposits");
    assert_int_equal(d.counter.basket.line_count, 4); /* the deposits are no lines of the basket */
    assert_int_equal(d.counter.basket.rows.total_minor, 6 * 245 + 195 + 20 + 50);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_type(&d, "20");
    desk_type(&d, K_ENTER);
    assert_int_equal(desk_rung_up(&d)->basket->n_lines, 4);
    assert_int_equal(desk_rung_up(&d)->total_minor, 6 * 245 + 195 + 20 + 50);
    desk_ring_up(&d, 2000);
    desk_sees(&d, "+ 6 Deposit Bottle");
    desk_close(&d);
}

static void empties_are_taken_back_by_a_minus(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "112\r");
    desk_type(&d, "-5x");
    desk_type(&d, "900\r");
    desk_golden(&d, "sale-deposit-back");
    assert_int_equal(d.counter.basket.rows.total_minor, 195 - 125);
    desk_type(&d, "-112\r"); /* a cookie is given back on its receipt */
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_type(&d, "-901\r"); /* and a bag not at all */
    assert_int_equal(d.counter.basket.line_count, 2);
    desk_close(&d);
}

static void what_is_below_nothing_is_paid_out(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "-900\r");
    desk_type(&d, "-4x");
    desk_type(&d, "900\r");
    assert_int_equal(d.counter.basket.rows.total_minor, -125);
    desk_type(&d, K_F2);
    desk_quote(&d);
    desk_golden(&d, "pay-out");
    desk_type(&d, K_F3); /* by card: never */
    assert_int_equal(d.counter.basket.rows.total_minor, -125);
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->n_tenders, 0);
    assert_int_equal(ring->total_minor, -125);
    desk_ring_up(&d, -125);
    desk_golden(&d, "receipt-paid-out");
    assert_true(open_basket_is_empty(&d.counter.basket));
    desk_close(&d);
}

/* The shop lets everybody give 1.00 for empties, and Ana does not refund. */
static void too_many_empties_are_allowed_once(void **state)
{
    static uint8_t token[32] = { 7, 8, 9 };
    Caroline__V1__ApprovalOpened opened = CAROLINE__V1__APPROVAL_OPENED__INIT;
    struct desk d;

    (void)state;
    open_shop(&d);
    uint64_t version = catalogue_newest(d.catalogue);
    struct shop shop = *catalogue_shop(d.catalogue, version);
    shop.deposit_back_minor = 100;
    catalogue_put_shop(d.catalogue, version, &shop);
    scripted_forbids(d.link, "refund");
    desk_type(&d, "-4x");
    desk_type(&d, "900\r");
    desk_type(&d, K_F2);
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen); /* so many nobody is asked about */
    desk_type(&d, K_ESC);
    desk_type(&d, "-900\r");
    desk_type(&d, K_F2);
    assert_ptr_equal(stage_top(&d.counter.stage), &approval_screen);
    desk_golden(&d, "approval-empties");
    desk_scan(&d, "LENA-7788");
    desk_type(&d, "5739");
    desk_type(&d, K_ENTER);
    const Caroline__V1__ApprovalOpen *asked = (const Caroline__V1__ApprovalOpen *)scripted_request(
        d.link, CAROLINE__V1__OP__OP_APPROVAL_OPEN, &caroline__v1__approval_open__descriptor);
    assert_true(asked->has_deposit_back && asked->deposit_back);
    assert_false(asked->below_floor);
    opened.has_token = true;
    opened.token = (ProtobufCBinaryData){ .len = sizeof token, .data = token };
    scripted_answer(d.link, CAROLINE__V1__OP__OP_APPROVAL_OPEN, &opened.base);
    assert_ptr_equal(stage_top(&d.counter.stage), &pay_screen);
    desk_quote(&d);
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->total_minor, -125);
    assert_int_equal(ring->approval.len, sizeof token);
    assert_memory_equal(ring->approval.data, token, sizeof token);
    desk_ring_up(&d, -125);
    assert_false(d.counter.basket.approved); /* once */
    desk_type(&d, K_ENTER);
    desk_type(&d, "-5x");
    desk_type(&d, "900\r");
    desk_type(&d, K_F2);
    assert_ptr_equal(stage_top(&d.counter.stage), &approval_screen);
    desk_close(&d);
}

static void they_are_there_after_a_power_cut(void **state)
{
    struct desk d;

    (void)state;
    open_shop(&d);
    desk_type(&d, "140\r");
    desk_type(&d, "-3x");
    desk_type(&d, "900\r");
    desk_restart(&d);
    desk_sign_in(&d);
    assert_int_equal(d.counter.basket.line_count, 2);
    assert_int_equal(d.counter.basket.rows.total_minor, 220 + 25 - 75);
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deposit_stands_below_its_goods),  cmocka_unit_test(empties_are_taken_back_by_a_minus),
        cmocka_unit_test(what_is_below_nothing_is_paid_out), cmocka_unit_test(too_many_empties_are_allowed_once),
        cmocka_unit_test(they_are_there_after_a_power_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
