/* Coupons at the counter, by scans, keys and answers: taken in, what they take off or why they do not, taken off again; kept over a
 * power cut; not offline, not in training; and no code on the disk. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <uv.h>

#include "desk.h"

#include "proto/coupon.pb-c.h"

#define OP(name) CAROLINE__V1__OP__OP_##name

/* With right check letters; as it stands on paper. */
#define CODE       "CP00000000000000"
#define CODE_FOURS "cp00-0000-0000-0000"
#define K_DEL      "\033[3~"

/* What the server says of it; a campaign of a tenth off. */
struct answer {
    Caroline__V1__Coupon coupon;
    Caroline__V1__CouponCampaign campaign;
    uint8_t token[COUPON_TOKEN_SIZE];
};

static struct answer answer_of(uint64_t id, const char *name)
{
    struct answer answer = { .token = { (uint8_t)id, 2, 3 } };
    Caroline__V1__Coupon *coupon = &answer.coupon;
    Caroline__V1__CouponCampaign *campaign = &answer.campaign;

    caroline__v1__coupon__init(coupon);
    caroline__v1__coupon_campaign__init(campaign);
    coupon->has_id = coupon->has_campaign_id = coupon->has_number = coupon->has_uses_max = true;
    coupon->id = id;
    coupon->campaign_id = id + 100;
    coupon->number = 7;
    coupon->uses_max = 1;
    campaign->has_id = campaign->has_name = campaign->has_gift = campaign->has_value = campaign->has_weekdays = true;
    campaign->id = id + 100;
    campaign->name = counter_text(name);
    campaign->gift = CAROLINE__V1__COUPON_GIFT__COUPON_RATE_OFF;
    campaign->value = 100000;
    campaign->weekdays = 0x7f;
    campaign->has_until_minute = campaign->has_with_promotions = campaign->has_with_discounts = campaign->has_active =
        true;
    campaign->until_minute = 1440;
    campaign->with_promotions = campaign->with_discounts = campaign->active = true;
    return answer;
}

static void shown(struct desk *d, struct answer *answer)
{
    Caroline__V1__CouponShown shown = CAROLINE__V1__COUPON_SHOWN__INIT;

    shown.coupon = &answer->coupon;
    shown.campaign = &answer->campaign;
    shown.has_redeems = true;
    shown.redeems = (ProtobufCBinaryData){ .len = sizeof answer->token, .data = answer->token };
    scripted_answer(d->link, OP(COUPON_SHOW), &shown.base);
}

static const Caroline__V1__CouponShow *asked(struct desk *d)
{
    return (const Caroline__V1__CouponShow *)scripted_request(d->link, OP(COUPON_SHOW),
                                                              &caroline__v1__coupon_show__descriptor);
}

static void fill(struct desk *d)
{
    desk_open(d);
    desk_sign_in(d);
    desk_fill(d);
}

static void a_scan_takes_a_tenth_off(void **state)
{
    struct answer autumn = answer_of(41, "Autumn letter");
    struct desk d;

    (void)state;
    fill(&d);
    desk_scan(&d, CODE);
    assert_memory_equal(asked(&d)->code.data, CODE, COUPON_CODE_LENGTH);
    shown(&d, &autumn);
    desk_sees(&d, "coupon Autumn letter: 2.26 off");
    assert_int_equal(d.counter.basket.rows.total_minor, 2264 - 226);
    desk_golden(&d, "coupon");
    desk_type(&d, K_F2);
    const Caroline__V1__SaleQuote *quote =
        (const void *)scripted_request(d.link, OP(SALE_QUOTE), &caroline__v1__sale_quote__descriptor);
    assert_int_equal(quote->basket->n_coupons, 1);
    assert_memory_equal(quote->basket->coupons[0]->redeems.data, autumn.token, COUPON_TOKEN_SIZE);
    desk_quote(&d);
    assert_int_equal(pay_due_minor(&d.counter), 2038);
    desk_type(&d, K_ENTER);
    const Caroline__V1__SaleRingUp *ring = desk_rung_up(&d);
    assert_int_equal(ring->total_minor, 2038);
    assert_memory_equal(ring->basket->coupons[0]->redeems.data, autumn.token, COUPON_TOKEN_SIZE);
    desk_close(&d);
}

static void a_code_is_typed_as_it_stands_on_paper(void **state)
{
    struct answer autumn = answer_of(41, "Autumn letter");
    struct desk d;

    (void)state;
    fill(&d);
    desk_type(&d, CODE_FOURS K_ENTER);
    assert_int_equal(asked(&d)->code.len, strlen(CODE_FOURS));
    shown(&d, &autumn);
    desk_sees(&d, "coupon Autumn letter: 2.26 off");
    assert_true(field_is_empty(&d.counter.sale.entry));
    desk_type(&d, K_DEL);
    desk_sees(&d, "coupon Autumn letter is taken off: scan it again to take it in");
    assert_int_equal(d.counter.basket.rows.total_minor, 2264);
    desk_type(&d, K_DEL);
    desk_sees(&d, "there is no coupon in the basket");
    desk_close(&d);
}

static void one_that_waits_for_more_says_so(void **state)
{
    struct answer large = answer_of(41, "Autumn letter");
    struct desk d;

    (void)state;
    large.campaign.has_least_minor = true;
    large.campaign.least_minor = 3000;
    fill(&d);
    desk_scan(&d, CODE);
    shown(&d, &large);
    desk_sees(&d, "coupon Autumn letter is for baskets from 30.00 on");
    assert_int_equal(d.counter.basket.rows.total_minor, 2264);
    desk_golden(&d, "coupon-waits");
    desk_type(&d, "4x112" K_ENTER);
    assert_true(d.counter.basket.rows.coupons[0].amount_minor > 0);
    desk_close(&d);
}

static void what_can_never_go_does_not_come_in(void **state)
{
    struct answer autumn = answer_of(41, "Autumn letter"), other = answer_of(42, "Winter"),
                  used = answer_of(43, "Used"), sister = answer_of(41, "Autumn letter");
    struct desk d;

    (void)state;
    used.coupon.has_use_count = true;
    used.coupon.use_count = 1;
    sister.coupon.id = 45;
    fill(&d);
    desk_scan(&d, CODE);
    shown(&d, &used);
    desk_sees(&d, "this coupon Used was used already");
    assert_int_equal(d.counter.basket.coupon_count, 0);
    desk_scan(&d, CODE);
    scripted_refuse(d.link, OP(COUPON_SHOW), CAROLINE__V1__ERROR_CODE__UNKNOWN_COUPON,
                    "there is no coupon with that code", NULL, NULL);
    desk_sees(&d, "there is no coupon with that code");
    desk_scan(&d, CODE);
    shown(&d, &autumn);
    desk_scan(&d, CODE);
    shown(&d, &autumn);
    desk_sees(&d, "this coupon is in the basket already");
    desk_scan(&d, CODE);
    shown(&d, &sister);
    desk_sees(&d, "one coupon of a campaign is taken in a sale");
    desk_scan(&d, CODE);
    shown(&d, &other);
    desk_sees(&d, "coupon Winter does not go with another coupon");
    assert_int_equal(d.counter.basket.coupon_count, 1);
    desk_close(&d);
}

static void the_servers_refusal_is_read(void **state)
{
    struct answer autumn = answer_of(41, "Autumn letter");
    struct desk d;

    (void)state;
    fill(&d);
    desk_scan(&d, CODE);
    shown(&d, &autumn);
    desk_type(&d, K_F2);
    scripted_refuse(d.link, OP(SALE_QUOTE), CAROLINE__V1__ERROR_CODE__COUPON_USED,
                    "this coupon Autumn letter was used already", "basket.coupons[0]", NULL);
    desk_sees(&d, "this coupon Autumn letter was used already");
    assert_ptr_equal(stage_top(&d.counter.stage), &sale_screen);
    desk_type(&d, K_DEL); /* and it is taken off */
    assert_int_equal(d.counter.basket.rows.total_minor, 2264);
    desk_close(&d);
}

static void it_is_there_again_after_a_power_cut(void **state)
{
    struct answer autumn = answer_of(41, "Autumn letter");
    static const uint64_t cakes[] = { 1, 2 };
    struct desk d;

    (void)state;
    autumn.campaign.product_ids = (uint64_t *)(uintptr_t)cakes;
    autumn.campaign.n_product_ids = 2;
    autumn.campaign.has_last_day = true;
    autumn.campaign.last_day = counter_text("2099-12-31");
    fill(&d);
    desk_scan(&d, CODE);
    shown(&d, &autumn);
    int64_t total = d.counter.basket.rows.total_minor;
    assert_true(total < 2264);
    desk_restart(&d);
    desk_sign_in(&d);
    assert_int_equal(d.counter.basket.coupon_count, 1);
    assert_int_equal(d.counter.basket.rows.total_minor, total);
    assert_memory_equal(d.counter.basket.coupons[0].redeems, autumn.token, COUPON_TOKEN_SIZE);
    assert_int_equal(d.counter.basket.coupons[0].campaign.terms.last_day, 47481);
    desk_sees(&d, "Coupon Autumn");
    desk_close(&d);
}

static void what_a_sale_has_earned_is_for_the_customer(void **state)
{
    struct answer autumn = answer_of(41, "Autumn letter");
    Caroline__V1__SaleRungUp rung = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    Caroline__V1__CouponEarned earned = CAROLINE__V1__COUPON_EARNED__INIT;
    Caroline__V1__EarnedCoupon one = CAROLINE__V1__EARNED_COUPON__INIT, *ones[] = { &one };
    Caroline__V1__IssuedCoupon issued = CAROLINE__V1__ISSUED_COUPON__INIT;
    struct desk d;

    (void)state;
    desk_open_paying(&d);
    desk_type(&d, K_ENTER);
    desk_rung_up(&d);
    totals.has_total_minor = rung.has_receipt_number = rung.has_coupon_due = rung.coupon_due = true;
    totals.total_minor = 2264;
    rung.receipt_number = counter_text("3T-000042");
    rung.totals = &totals;
    scripted_answer(d.link, OP(SALE_RING_UP), &rung.base);
    const Caroline__V1__CouponEarn *asked_for =
        (const void *)scripted_request(d.link, OP(COUPON_EARN), &caroline__v1__coupon_earn__descriptor);
    assert_memory_equal(asked_for->receipt_number.data, "3T-000042", 9);
    issued.has_id = issued.has_number = issued.has_code = true;
    issued.id = 41;
    issued.number = 8;
    issued.code = counter_text(CODE);
    one.coupon = &issued;
    one.campaign = &autumn.campaign;
    earned.coupons = ones;
    earned.n_coupons = 1;
    scripted_answer(d.link, OP(COUPON_EARN), &earned.base);
    desk_sees(&d, "a coupon Autumn letter for the customer: CP00-0000-0000-0000"); /* there is no printer */
    desk_close(&d);
}

static void none_offline(void **state)
{
    struct answer autumn = answer_of(41, "Autumn letter");
    struct desk d;

    (void)state;
    fill(&d);
    desk_scan(&d, CODE);
    shown(&d, &autumn);
    scripted_state(d.link, LINK_OFFLINE, "no connection");
    desk_scan(&d, CODE); /* and it is not noted as a member's card */
    desk_sees(&d, "no connection: whether a coupon was used is known to the server alone");
    assert_int_equal(d.counter.basket.member_card[0], 0);
    desk_type(&d, K_ENTER); /* it was read */
    desk_type(&d, K_F2 K_ENTER);
    desk_sees(&d, "no coupon is taken without a connection");
    assert_int_equal(d.counter.basket.coupon_count, 1); /* it waits */
    desk_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scan_takes_a_tenth_off),
        cmocka_unit_test(a_code_is_typed_as_it_stands_on_paper),
        cmocka_unit_test(one_that_waits_for_more_says_so),
        cmocka_unit_test(what_can_never_go_does_not_come_in),
        cmocka_unit_test(the_servers_refusal_is_read),
        cmocka_unit_test(it_is_there_again_after_a_power_cut),
        cmocka_unit_test(what_a_sale_has_earned_is_for_the_customer),
        cmocka_unit_test(none_offline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
