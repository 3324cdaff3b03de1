/* Coupons on their way in and out, for the services of coupons and for sales: rows, messages, codes, and what a till shows for a
 * coupon that it looked up. */
#ifndef CAROLINE_SERVER_SERVICE_COUPON_MESSAGE_H
#define CAROLINE_SERVER_SERVICE_COUPON_MESSAGE_H

#include "common/rules/coupon.h"
#include "common/rules/sale.h"
#include "proto/coupon.pb-c.h"
#include "proto/sale.pb-c.h"
#include "server/call/call.h"

#define COUPON_TOKEN_SIZE  40
#define COUPONS_PER_MINUTE 60 /* looked up at one device */

/* Of the columns that coupon_campaigns has, by id; products: of coupon_campaign_products. In the arena. */
struct coupon_campaign *coupon_campaigns_of(const struct rows *rows, const struct rows *products, struct arena *arena,
                                            size_t *count);
/* Of the columns that coupon_coupons has, by id. */
struct coupon_state *coupon_states_of(const struct rows *rows, struct arena *arena, size_t *count);
/* Of coupon_members. */
struct coupon_member *coupon_members_of(const struct rows *rows, struct arena *arena, size_t *count);
Caroline__V1__CouponCampaign *coupon_campaign_message(const struct coupon_campaign *campaign, struct arena *arena);
Caroline__V1__Coupon *coupon_message(const struct coupon_state *coupon, struct arena *arena);

/* Codes: 16 bytes that find one, and the code itself: a function of the coupon's id under a key of the vault, so that an answer that was
 * lost can be given again, and it stands nowhere. */
struct bytes coupon_blind(struct vault *vault, const char *code, struct arena *arena);
void coupon_code_of(struct vault *vault, int64_t coupon_id, char code[COUPON_CODE_TEXT]);
/* COUPON_TOKEN_SIZE bytes: that somebody brought its code. */
struct bytes coupon_token(struct vault *vault, const struct coupon_state *coupon, struct instant at,
                          struct arena *arena);
/* Into the basket: which coupons it names; of what is no token they have no id. In the arena. */
void coupons_named(struct vault *vault, const Caroline__V1__Basket *message, struct basket *basket,
                   struct arena *arena);

#endif
