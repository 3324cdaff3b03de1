/* Coupons' rows as states and messages, their codes and tokens. */
#include "server/service/coupon_message.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/base/text.h"
#include "server/service/message.h"

#define TOKEN_HEAD 24 /* the coupon, its campaign, and the time */

/* ---- rows ---- */

static int32_t day_number(const struct rows *rows, size_t row, const char *column)
{
    return row_is_null(rows, row, column) ? 0 : row_day(rows, row, column).number;
}

static struct coupon_campaign campaign_of(const struct rows *rows, size_t row)
{
    return (struct coupon_campaign){
        .terms = { .id = row_int(rows, row, "id"),
                   .name = row_text(rows, row, "name"),
                   .gift = (int)row_int(rows, row, "gift"),
                   .value = row_int(rows, row, "value"),
                   .category_id = row_int(rows, row, "category_id"),
                   .least_minor = row_int(rows, row, "least_minor"),
                   .weekdays = (uint8_t)row_int(rows, row, "weekdays"),
                   .from_minute = (uint16_t)row_int(rows, row, "from_minute"),
                   .until_minute = (uint16_t)row_int(rows, row, "until_minute"),
                   .first_day = day_number(rows, row, "first_day"),
                   .last_day = day_number(rows, row, "last_day"),
                   .members_only = row_bool(rows, row, "members_only"),
                   .first_purchase = row_bool(rows, row, "first_purchase"),
                   .with_promotions = row_bool(rows, row, "with_promotions"),
                   .with_discounts = row_bool(rows, row, "with_discounts"),
                   .with_coupons = row_bool(rows, row, "with_coupons"),
                   .per_member = (uint32_t)row_int(rows, row, "per_member"),
                   .receipt_minor = row_int(rows, row, "receipt_minor"),
                   .active = row_bool(rows, row, "active") },
        .uses_max = row_int(rows, row, "uses_max"),
        .use_count = row_int(rows, row, "use_count"),
        .coupon_count = row_int(rows, row, "coupon_count"),
    };
}

/* Both in the order of campaigns. */
struct coupon_campaign *coupon_campaigns_of(const struct rows *rows, const struct rows *products, struct arena *arena,
                                            size_t *count)
{
    size_t product_count = products == NULL ? 0 : rows_count(products), product = 0;
    int64_t *ids = arena_array(arena, product_count, sizeof *ids);

    *count = rows == NULL ? 0 : rows_count(rows);
    struct coupon_campaign *campaigns = arena_array(arena, *count, sizeof *campaigns);
    for (size_t i = 0; i < *count; i++) {
        struct coupon_terms *terms = &campaigns[i].terms;

        campaigns[i] = campaign_of(rows, i);
        while (product < product_count && row_int(products, product, "campaign_id") < terms->id)
            product++;
        terms->product_ids = &ids[product];
        for (; product < product_count && row_int(products, product, "campaign_id") == terms->id; product++) {
            ids[product] = row_int(products, product, "product_id");
            terms->product_count++;
        }
    }
    return campaigns;
}

struct coupon_state *coupon_states_of(const struct rows *rows, struct arena *arena, size_t *count)
{
    *count = rows == NULL ? 0 : rows_count(rows);
    struct coupon_state *coupons = arena_array(arena, *count, sizeof *coupons);

    for (size_t i = 0; i < *count; i++)
        coupons[i] = (struct coupon_state){ .id = row_int(rows, i, "id"),
                                            .campaign_id = row_int(rows, i, "campaign_id"),
                                            .number = row_int(rows, i, "number"),
                                            .member_id = row_int(rows, i, "member_id"),
                                            .uses_max = row_int(rows, i, "uses_max"),
                                            .use_count = row_int(rows, i, "use_count"),
                                            .returned = row_bool(rows, i, "returned") };
    return coupons;
}

struct coupon_member *coupon_members_of(const struct rows *rows, struct arena *arena, size_t *count)
{
    *count = rows == NULL ? 0 : rows_count(rows);
    struct coupon_member *members = arena_array(arena, *count, sizeof *members);

    for (size_t i = 0; i < *count; i++)
        members[i] = (struct coupon_member){ .campaign_id = row_int(rows, i, "campaign_id"),
                                             .member_id = row_int(rows, i, "member_id"),
                                             .use_count = row_int(rows, i, "use_count"),
                                             .bought = row_bool(rows, i, "bought") };
    return members;
}

/* ---- messages ---- */

static ProtobufCBinaryData day_field(int32_t number, struct arena *arena)
{
    char text[DAY_TEXT];

    return field_text(arena_text(arena, day_format(text, (struct day){ number })));
}

Caroline__V1__CouponCampaign *coupon_campaign_message(const struct coupon_campaign *campaign, struct arena *arena)
{
    const struct coupon_terms *terms = &campaign->terms;
    Caroline__V1__CouponCampaign *message = arena_alloc(arena, sizeof *message);

    caroline__v1__coupon_campaign__init(message);
    PUT(*message, id, (uint64_t)terms->id);
    PUT(*message, name, field_text(terms->name));
    PUT(*message, gift, (Caroline__V1__CouponGift)terms->gift);
    PUT(*message, value, terms->value);
    if (terms->category_id != 0)
        PUT(*message, category_id, (uint64_t)terms->category_id);
    message->n_product_ids = terms->product_count;
    message->product_ids = arena_array(arena, terms->product_count, sizeof *message->product_ids);
    for (size_t i = 0; i < terms->product_count; i++)
        message->product_ids[i] = (uint64_t)terms->product_ids[i];
    PUT(*message, least_minor, terms->least_minor);
    PUT(*message, weekdays, terms->weekdays);
    PUT(*message, from_minute, terms->from_minute);
    PUT(*message, until_minute, terms->until_minute);
    if (terms->first_day != 0)
        PUT(*message, first_day, day_field(terms->first_day, arena));
    if (terms->last_day != 0)
        PUT(*message, last_day, day_field(terms->last_day, arena));
    PUT(*message, members_only, terms->members_only);
    PUT(*message, first_purchase, terms->first_purchase);
    PUT(*message, with_promotions, terms->with_promotions);
    PUT(*message, with_discounts, terms->with_discounts);
    PUT(*message, with_coupons, terms->with_coupons);
    PUT(*message, per_member, terms->per_member);
    PUT(*message, uses_max, (uint64_t)campaign->uses_max);
    PUT(*message, active, terms->active);
    PUT(*message, coupon_count, (uint64_t)campaign->coupon_count);
    PUT(*message, use_count, (uint64_t)campaign->use_count);
    PUT(*message, receipt_minor, terms->receipt_minor);
    return message;
}

Caroline__V1__Coupon *coupon_message(const struct coupon_state *coupon, struct arena *arena)
{
    Caroline__V1__Coupon *message = arena_alloc(arena, sizeof *message);

    caroline__v1__coupon__init(message);
    PUT(*message, id, (uint64_t)coupon->id);
    PUT(*message, campaign_id, (uint64_t)coupon->campaign_id);
    PUT(*message, number, (uint32_t)coupon->number);
    if (coupon->member_id != 0)
        PUT(*message, member_id, (uint64_t)coupon->member_id);
    PUT(*message, uses_max, (uint64_t)coupon->uses_max);
    PUT(*message, use_count, (uint64_t)coupon->use_count);
    return message;
}

/* ---- codes ---- */

struct bytes coupon_blind(struct vault *vault, const char *code, struct arena *arena)
{
    uint8_t *blind = arena_alloc(arena, BLIND_SIZE);

    vault_blind(vault, BLIND_COUPON_CODE, bytes_of_text(code), blind);
    return bytes_of(blind, BLIND_SIZE);
}

void coupon_code_of(struct vault *vault, int64_t coupon_id, char code[COUPON_CODE_TEXT])
{
    uint8_t id[8], made[BLIND_SIZE];

    put_u64(id, (uint64_t)coupon_id);
    vault_blind(vault, BLIND_COUPON_MADE, bytes_of(id, sizeof id), made);
    coupon_code_make(made, code);
}

static void sign_token(struct vault *vault, const uint8_t head[TOKEN_HEAD], uint8_t mac[BLIND_SIZE])
{
    vault_blind(vault, BLIND_COUPON_TOKEN, bytes_of(head, TOKEN_HEAD), mac);
}

struct bytes coupon_token(struct vault *vault, const struct coupon_state *coupon, struct instant at,
                          struct arena *arena)
{
    uint8_t *token = arena_alloc(arena, COUPON_TOKEN_SIZE);

    put_u64(token, (uint64_t)coupon->id);
    put_u64(token + 8, (uint64_t)coupon->campaign_id);
    put_u64(token + 16, (uint64_t)at.us);
    sign_token(vault, token, token + TOKEN_HEAD);
    return bytes_of(token, COUPON_TOKEN_SIZE);
}

static bool token_fits(struct vault *vault, const Caroline__V1__BasketCoupon *coupon)
{
    uint8_t mac[BLIND_SIZE], differ = 0;

    if (!coupon->has_redeems || coupon->redeems.len != COUPON_TOKEN_SIZE)
        return false;
    sign_token(vault, coupon->redeems.data, mac);
    for (size_t i = 0; i < BLIND_SIZE; i++)
        differ |= mac[i] ^ coupon->redeems.data[TOKEN_HEAD + i];
    return differ == 0;
}

void coupons_named(struct vault *vault, const Caroline__V1__Basket *message, struct basket *basket, struct arena *arena)
{
    if (message == NULL || message->n_coupons == 0)
        return;
    struct basket_coupon *coupons = arena_array(arena, message->n_coupons, sizeof *coupons);

    for (size_t i = 0; i < message->n_coupons; i++) {
        const Caroline__V1__BasketCoupon *coupon = message->coupons[i];

        if (!token_fits(vault, coupon))
            continue;
        coupons[i] = (struct basket_coupon){ .id = (int64_t)get_u64(coupon->redeems.data),
                                             .campaign_id = (int64_t)get_u64(coupon->redeems.data + 8),
                                             .seen = { (int64_t)get_u64(coupon->redeems.data + 16) } };
    }
    basket->coupons = coupons;
    basket->coupon_count = message->n_coupons;
}
