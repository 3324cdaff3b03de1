/* Coupons at the till: looked up by what is scanned or typed, put into the basket, taken off again. A code is in memory for as long as
 * it is asked about; the basket keeps the server's word for it. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "common/rules/coupon.h"
#include "proto/coupon.pb-c.h"

bool coupon_looks_like(const char *code)
{
    char read[COUPON_CODE_TEXT];
    bool fits = coupon_code_read(bytes_of_text(code), read);

    explicit_bzero(read, sizeof(read));
    return fits;
}

/* ---- into the basket ---- */

/* What no other basket would change. */
static bool is_hopeless(enum coupon_verdict verdict)
{
    return verdict != COUPON_OK && verdict != COUPON_WANTS_MEMBER;
}

static bool stands_alone(const struct counter *c, const struct open_coupon *open)
{
    bool alone = !open->campaign.terms.with_coupons;

    for (size_t i = 0; i < c->basket.coupon_count; i++)
        alone = alone || !c->basket.coupons[i].campaign.terms.with_coupons;
    return alone && c->basket.coupon_count > 0;
}

/* Why it does not go into this basket; NULL: it does. */
static const char *trouble_of(struct counter *c, const struct open_coupon *open)
{
    const struct coupon_campaign campaign = open_coupon_campaign(open);
    const struct shop *shop = counter_shop(c);
    unsigned exponent = shop == NULL ? 2 : shop->currency_exponent;

    for (size_t i = 0; i < c->basket.coupon_count; i++) {
        if (c->basket.coupons[i].coupon.id == open->coupon.id)
            return "this coupon is in the basket already; Del takes it off";
        if (c->basket.coupons[i].coupon.campaign_id == open->coupon.campaign_id)
            return "one coupon of a campaign is taken in a sale; Del takes the last one off";
    }
    if (c->basket.coupon_count == BASKET_COUPONS_MAX)
        return "no more coupons go into one sale";
    enum coupon_verdict verdict =
        coupon_may(&open->coupon, &campaign, counter_zone(c), link_now(c->link), c->basket.member_id, NULL);
    if (is_hopeless(verdict))
        return coupon_sentence(verdict, &campaign.terms, exponent, c->scratch);
    if (stands_alone(c, open))
        return coupon_sentence(COUPON_BESIDE_COUPONS, &campaign.terms, exponent, c->scratch);
    return NULL;
}

static void tell(struct counter *c)
{
    const struct sale_rows *rows = &c->basket.rows;
    const struct coupon_row *row = c->basket.verdict == SALE_OK && rows->coupon_count == c->basket.coupon_count
                                       ? &rows->coupons[rows->coupon_count - 1]
                                       : NULL;
    const char *name = c->basket.coupons[c->basket.coupon_count - 1].name;
    char amount[NUMBER_TEXT];

    if (row != NULL && row->amount_minor > 0)
        stage_say(&c->stage, MESSAGE_GOOD, "coupon %s: %s off", name, counter_money(c, amount, row->amount_minor));
    else if (row != NULL)
        stage_say(&c->stage, MESSAGE_PLAIN, "%s", row->sentence);
    else
        stage_say(&c->stage, MESSAGE_PLAIN, "coupon %s is in the basket", name);
}

static void on_shown(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct open_coupon open;

    if (counter_refused(c, answer))
        return;
    const Caroline__V1__CouponShown *shown = (const Caroline__V1__CouponShown *)answer->reply;
    if (!open_coupon_of(shown->coupon, shown->campaign, shown->redeems, &open)) {
        stage_say(&c->stage, MESSAGE_BAD, "this till is too old for this coupon: bring it up to date");
        return;
    }
    if (sale_is_away(c)) /* it was paid meanwhile */
        return;
    const char *trouble = trouble_of(c, &open);
    if (trouble != NULL) {
        stage_say(&c->stage, MESSAGE_BAD, "%s", trouble);
        arena_reset(c->scratch);
        return;
    }
    c->basket.coupons[c->basket.coupon_count++] = open;
    sale_changed(c);
    tell(c);
}

bool coupon_look(struct counter *c, const char *code)
{
    Caroline__V1__CouponShow message;

    if (c->training) {
        stage_say(&c->stage, MESSAGE_BAD, "a coupon is not practised with");
        return false;
    }
    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD,
                          "no connection: whether a coupon was used is known to the server alone");
        return false;
    }
    caroline__v1__coupon_show__init(&message);
    message.has_code = true;
    message.code = counter_text(code);
    counter_call(c, CAROLINE__V1__OP__OP_COUPON_SHOW, &message.base, on_shown);
    return true;
}

void coupon_take_off(struct counter *c)
{
    struct open_basket *basket = &c->basket;

    if (basket->coupon_count == 0) {
        stage_say(&c->stage, MESSAGE_PLAIN, "there is no coupon in the basket: scan one, or type its code");
        return;
    }
    struct open_coupon *last = &basket->coupons[basket->coupon_count - 1];
    stage_say(&c->stage, MESSAGE_PLAIN, "coupon %s is taken off: scan it again to take it in", last->name);
    explicit_bzero(last, sizeof(*last));
    basket->coupon_count--;
    sale_changed(c);
}

/* ---- what a sale has earned ---- */

static void print_one(struct counter *c, const Caroline__V1__EarnedCoupon *earned)
{
    static uint8_t none[COUPON_TOKEN_SIZE]; /* it is looked at for its terms alone */
    const struct shop *shop = counter_shop(c);
    unsigned exponent = shop == NULL ? 2 : shop->currency_exponent;
    Caroline__V1__Coupon coupon = CAROLINE__V1__COUPON__INIT;
    char key[64], code[COUPON_CODE_TEXT], shown[COUPON_CODE_SHOWN];
    struct open_coupon open;

    if (earned->coupon == NULL || earned->campaign == NULL || earned->coupon->code.len != COUPON_CODE_LENGTH)
        return;
    coupon.id = earned->coupon->id;
    coupon.campaign_id = earned->campaign->id;
    if (!open_coupon_of(&coupon, earned->campaign, (ProtobufCBinaryData){ .len = sizeof(none), .data = none }, &open))
        return;
    const struct coupon_campaign campaign = open_coupon_campaign(&open);
    counter_copy(code, sizeof(code), earned->coupon->code);
    struct receipt paper = coupon_receipt(&campaign.terms, NULL, shop, exponent, c->scratch);
    struct receipt with_code = coupon_receipt(&campaign.terms, code, shop, exponent, c->scratch);
    snprintf(key, sizeof(key), "coupon %llu", (unsigned long long)earned->coupon->id);
    if (printing_put_coupon(c, key, &paper, &with_code))
        stage_say(&c->stage, MESSAGE_GOOD, "a coupon %s for the customer is printed", open.name);
    else
        stage_say(&c->stage, MESSAGE_GOOD, "a coupon %s for the customer: %s", open.name,
                  coupon_code_format(shown, code));
    arena_reset(c->scratch);
    explicit_bzero(code, sizeof(code));
    explicit_bzero(shown, sizeof(shown));
}

static void on_earned(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (counter_refused(c, answer))
        return;
    const Caroline__V1__CouponEarned *earned = (const Caroline__V1__CouponEarned *)answer->reply;
    for (size_t i = 0; i < earned->n_coupons; i++)
        print_one(c, earned->coupons[i]);
}

void coupon_earn(struct counter *c, const char *receipt_number)
{
    Caroline__V1__CouponEarn message;

    caroline__v1__coupon_earn__init(&message);
    message.has_receipt_number = true;
    message.receipt_number = counter_text(receipt_number);
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_COUPON_EARN, .message = &message.base, .answered = on_earned, .owner = c
    };
    counter_command(c, &command, NULL);
}
