/* Coupons of the basket, in messages: out of a look-up's answer or a kept basket, and into one. */
#include <string.h>

#include "client/goods/open_basket.h"
#include "proto/coupon.pb-c.h"

static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

static int32_t day_of(ProtobufCBinaryData text)
{
    char day_text[DAY_TEXT] = "";
    struct day day = { 0 };

    if (text.len > 0 && text.len < sizeof(day_text))
        memcpy(day_text, text.data, text.len);
    return day_parse(day_text, &day) ? day.number : 0;
}

bool open_coupon_of(const Caroline__V1__Coupon *coupon, const Caroline__V1__CouponCampaign *campaign,
                    ProtobufCBinaryData redeems, struct open_coupon *open)
{
    const char *field;

    memset(open, 0, sizeof(*open));
    if (coupon == NULL || campaign == NULL || redeems.len != COUPON_TOKEN_SIZE ||
        campaign->n_product_ids > COUPON_GOODS_MAX || campaign->name.len >= COUPON_NAME_SIZE)
        return false;
    memcpy(open->redeems, redeems.data, redeems.len);
    if (campaign->name.len > 0)
        memcpy(open->name, campaign->name.data, campaign->name.len);
    for (size_t i = 0; i < campaign->n_product_ids; i++)
        open->product_ids[i] = (int64_t)campaign->product_ids[i];
    open->coupon = (struct coupon_state){ .id = (int64_t)coupon->id,
                                          .campaign_id = (int64_t)coupon->campaign_id,
                                          .number = coupon->number,
                                          .member_id = (int64_t)coupon->member_id,
                                          .uses_max = (int64_t)coupon->uses_max,
                                          .use_count = (int64_t)coupon->use_count };
    open->campaign = (struct coupon_campaign){
        .terms = { .id = (int64_t)campaign->id,
                   .gift = (int)campaign->gift,
                   .value = campaign->value,
                   .category_id = (int64_t)campaign->category_id,
                   .product_count = campaign->n_product_ids,
                   .least_minor = campaign->least_minor,
                   .weekdays = (uint8_t)campaign->weekdays,
                   .from_minute = (uint16_t)campaign->from_minute,
                   .until_minute = (uint16_t)campaign->until_minute,
                   .first_day = day_of(campaign->first_day),
                   .last_day = day_of(campaign->last_day),
                   .members_only = campaign->members_only,
                   .first_purchase = campaign->first_purchase,
                   .with_promotions = campaign->with_promotions,
                   .with_discounts = campaign->with_discounts,
                   .with_coupons = campaign->with_coupons,
                   .per_member = campaign->per_member,
                   .receipt_minor = campaign->receipt_minor,
                   .active = campaign->active },
        .uses_max = (int64_t)campaign->uses_max,
        .use_count = (int64_t)campaign->use_count,
        .coupon_count = (int64_t)campaign->coupon_count,
    };
    const struct coupon_campaign whole = open_coupon_campaign(open);
    return whole.terms.id == open->coupon.campaign_id && coupon_terms_trouble(&whole.terms, &field) == NULL;
}

struct coupon_campaign open_coupon_campaign(const struct open_coupon *open)
{
    struct coupon_campaign campaign = open->campaign;

    campaign.terms.name = open->name;
    campaign.terms.product_ids = open->product_ids;
    return campaign;
}

static void put_days(const struct coupon_terms *terms, Caroline__V1__CouponCampaign *message, struct arena *arena)
{
    char text[DAY_TEXT];

    message->has_first_day = terms->first_day != 0;
    if (message->has_first_day)
        message->first_day = text_of(arena_text(arena, day_format(text, (struct day){ terms->first_day })));
    message->has_last_day = terms->last_day != 0;
    if (message->has_last_day)
        message->last_day = text_of(arena_text(arena, day_format(text, (struct day){ terms->last_day })));
}

static Caroline__V1__CouponCampaign *campaign_message(const struct open_coupon *open, struct arena *arena)
{
    Caroline__V1__CouponCampaign *message = arena_alloc(arena, sizeof(*message));
    const struct coupon_terms *terms = &open->campaign.terms;

    caroline__v1__coupon_campaign__init(message);
    message->has_id = message->has_name = message->has_gift = message->has_value = true;
    message->id = (uint64_t)terms->id;
    message->name = text_of(open->name);
    message->gift = (Caroline__V1__CouponGift)terms->gift;
    message->value = terms->value;
    message->has_category_id = terms->category_id != 0;
    message->category_id = (uint64_t)terms->category_id;
    message->n_product_ids = terms->product_count;
    message->product_ids = arena_array(arena, terms->product_count, sizeof(message->product_ids[0]));
    for (size_t i = 0; i < terms->product_count; i++)
        message->product_ids[i] = (uint64_t)open->product_ids[i];
    message->has_least_minor = message->has_weekdays = message->has_from_minute = message->has_until_minute = true;
    message->least_minor = terms->least_minor;
    message->weekdays = terms->weekdays;
    message->from_minute = terms->from_minute;
    message->until_minute = terms->until_minute;
    put_days(terms, message, arena);
    message->has_members_only = message->has_first_purchase = message->has_per_member = message->has_active = true;
    message->members_only = terms->members_only;
    message->first_purchase = terms->first_purchase;
    message->per_member = terms->per_member;
    message->active = terms->active;
    message->has_with_promotions = message->has_with_discounts = message->has_with_coupons = true;
    message->with_promotions = terms->with_promotions;
    message->with_discounts = terms->with_discounts;
    message->with_coupons = terms->with_coupons;
    message->has_uses_max = message->has_use_count = true;
    message->uses_max = (uint64_t)open->campaign.uses_max;
    message->use_count = (uint64_t)open->campaign.use_count;
    return message;
}

static Caroline__V1__Coupon *coupon_message(const struct coupon_state *coupon, struct arena *arena)
{
    Caroline__V1__Coupon *message = arena_alloc(arena, sizeof(*message));

    caroline__v1__coupon__init(message);
    message->has_id = message->has_campaign_id = message->has_number = true;
    message->id = (uint64_t)coupon->id;
    message->campaign_id = (uint64_t)coupon->campaign_id;
    message->number = (uint32_t)coupon->number;
    message->has_member_id = coupon->member_id != 0;
    message->member_id = (uint64_t)coupon->member_id;
    message->has_uses_max = message->has_use_count = true;
    message->uses_max = (uint64_t)coupon->uses_max;
    message->use_count = (uint64_t)coupon->use_count;
    return message;
}

void open_coupons_put(const struct open_basket *basket, Caroline__V1__Basket *message, struct arena *arena)
{
    message->n_coupons = basket->coupon_count;
    message->coupons = arena_array(arena, basket->coupon_count, sizeof(message->coupons[0]));
    for (size_t i = 0; i < basket->coupon_count; i++) {
        const struct open_coupon *open = &basket->coupons[i];
        Caroline__V1__BasketCoupon *to = message->coupons[i] = arena_alloc(arena, sizeof(*to));

        caroline__v1__basket_coupon__init(to);
        to->has_redeems = true;
        to->redeems =
            (ProtobufCBinaryData){ .len = sizeof(open->redeems), .data = (uint8_t *)(uintptr_t)open->redeems };
        to->coupon = coupon_message(&open->coupon, arena);
        to->campaign = campaign_message(open, arena);
    }
}
