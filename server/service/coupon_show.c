/* One coupon, by its code or its number: what it gives, whether it was used and where. Who brings the code gets the word by which a sale
 * redeems it. A code that no coupon has leaves a trace. */
#include <string.h>

#include "common/rules/receipt_number.h"
#include "common/base/text.h"
#include "db/queries.h"
#include "server/service/coupon_message.h"
#include "server/service/message.h"

struct showing {
    bool by_code;
    struct rows *coupon, *campaign, *products, *uses;
};

static enum step find_code(struct call *c, ProtobufCBinaryData text)
{
    struct showing *s = c->shared;
    char code[COUPON_CODE_TEXT];

    if (text_has_card_number(field_bytes(text)))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "code",
                            "this looks like a payment card's number: it was not kept");
    if (!coupon_code_read(field_bytes(text), code))
        return refuse_field(
            c, REFUSAL(BAD_COUPON_CODE), "code",
            "a coupon's code is CP and 14 more letters and digits, and the last two fit: scan it again");
    s->by_code = true;
    s->coupon = ask(c, &sql_coupon_by_code, PARAMS(PARAM_BYTES(coupon_blind(c->vault, code, c->txn.arena))));
    explicit_bzero(code, sizeof code);
    return STEP_NEXT;
}

static enum step find(struct call *c)
{
    const Caroline__V1__CouponShow *request = (const Caroline__V1__CouponShow *)c->message;
    struct showing *s = c->shared;

    if (request->has_code == (request->has_campaign_id && request->has_number))
        return refuse_field(c, REFUSAL(BAD_FIELD), "code",
                            "say which coupon: by its code, or by its campaign and number");
    if (request->has_code)
        return find_code(c, request->code);
    s->coupon = ask(c, &sql_coupon_by_number,
                    PARAMS(PARAM_INT(request->campaign_id > INT64_MAX ? -1 : (int64_t)request->campaign_id),
                           PARAM_INT(request->number)));
    return STEP_NEXT;
}

static enum step find_more(struct call *c)
{
    struct showing *s = c->shared;

    if (rows_count(s->coupon) == 0 && s->by_code) {
        journal_note(c, 0, "coupon_unknown");
        return refuse_and_keep(c, REFUSAL(UNKNOWN_COUPON), "there is no coupon with that code");
    }
    if (rows_count(s->coupon) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_COUPON), "number", "there is no coupon of that number");
    int64_t campaign_id = row_int(s->coupon, 0, "campaign_id");
    s->campaign = ask(c, &sql_coupon_campaigns, PARAMS(PARAM_INTS(&campaign_id, 1)));
    s->products = ask(c, &sql_coupon_campaign_products, PARAMS(PARAM_INTS(&campaign_id, 1)));
    s->uses = ask(c, &sql_coupon_uses, PARAMS(PARAM_INT(row_int(s->coupon, 0, "id"))));
    return STEP_NEXT;
}

static Caroline__V1__CouponUse *use_message(struct call *c, const struct rows *rows, size_t row)
{
    Caroline__V1__CouponUse *message = arena_alloc(c->txn.arena, sizeof *message);
    struct receipt_number number = { .till = (uint32_t)row_int(rows, row, "till_number"),
                                     .series = (char)row_int(rows, row, "series"),
                                     .number = row_int(rows, row, "receipt") };
    char text[RECEIPT_NUMBER_TEXT];

    caroline__v1__coupon_use__init(message);
    PUT(*message, number, (uint32_t)row_int(rows, row, "number"));
    PUT(*message, at_us, (uint64_t)row_instant(rows, row, "at").us);
    PUT(*message, receipt_number, field_text(arena_text(c->txn.arena, receipt_number_format(text, number))));
    PUT(*message, amount_minor, row_int(rows, row, "amount_minor"));
    PUT(*message, shop_id, (uint64_t)row_int(rows, row, "shop_id"));
    return message;
}

static enum step reply_with(struct call *c)
{
    const struct showing *s = c->shared;
    Caroline__V1__CouponShown reply = CAROLINE__V1__COUPON_SHOWN__INIT;
    size_t count;
    const struct coupon_state *coupon = coupon_states_of(s->coupon, c->txn.arena, &count);
    const struct coupon_campaign *campaign = coupon_campaigns_of(s->campaign, s->products, c->txn.arena, &count);

    if (count == 0)
        return STEP_FAILED; /* a coupon has a campaign */
    reply.coupon = coupon_message(coupon, c->txn.arena);
    reply.campaign = coupon_campaign_message(campaign, c->txn.arena);
    reply.n_uses = rows_count(s->uses);
    reply.uses = arena_array(c->txn.arena, reply.n_uses, sizeof *reply.uses);
    for (size_t i = 0; i < reply.n_uses; i++)
        reply.uses[i] = use_message(c, s->uses, i);
    if (s->by_code)
        PUT(reply, redeems, field_of(coupon_token(c->vault, coupon, c->now, c->txn.arena)));
    return answer(c, &reply.base);
}

const struct op coupon_show = {
    .name = "coupon_show",
    .number = NUMBER(COUPON_SHOW),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .per_minute = COUPONS_PER_MINUTE,
    .request = &caroline__v1__coupon_show__descriptor,
    .reply = &caroline__v1__coupon_shown__descriptor,
    .shared_size = sizeof(struct showing),
    .stages = { find, find_more, reply_with },
};
