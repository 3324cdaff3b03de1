/* Customers who bring a coupon of those that the shop gave out before it opened; some bring one that was used. */
#include <string.h>

#include "proto/coupon.pb-c.h"
#include "tests/sim/world/till.h"

/* One that takes nothing off goes back to the customer; what is refused only when it is rung up, they hear then. */
static void put_in(struct till *till, const Caroline__V1__CouponShown *shown)
{
    struct open_basket *basket = &till->basket;
    const struct catalogue *catalogue = link_catalogue(till->link);
    struct instant now = link_now(till->link);

    if (!open_coupon_of(shown->coupon, shown->campaign, shown->redeems, &basket->coupons[0]))
        return;
    basket->coupon_count = 1;
    open_basket_price(basket, catalogue, till->floor->zone, now);
    if (basket->verdict == SALE_OK && basket->rows.coupon_count == 1 && basket->rows.coupons[0].amount_minor > 0)
        return;
    basket->coupon_count = 0;
    open_basket_price(basket, catalogue, till->floor->zone, now);
}

static void on_shown(void *owner, const struct link_answer *answer)
{
    struct till *till = owner;

    till->asking = false;
    if (answer->outcome == LINK_OK)
        put_in(till, (const Caroline__V1__CouponShown *)answer->reply);
    if (till->basket.verdict == SALE_OK)
        till_pay(till, link_now(till->link));
    else
        till->floor->sold -= till->floor->sold > 0;
}

void coupon_bring(struct till *till, uint64_t draw)
{
    Caroline__V1__CouponShow request = CAROLINE__V1__COUPON_SHOW__INIT;
    char code[COUPON_CODE_TEXT];

    shop_coupon_code((unsigned)(draw % SIM_COUPONS), code);
    request.has_code = true;
    request.code = (ProtobufCBinaryData){ .len = strlen(code), .data = (uint8_t *)code };
    till->asking = true;
    link_call(till->link, CAROLINE__V1__OP__OP_COUPON_SHOW, &request.base, 0, on_shown, till);
}
