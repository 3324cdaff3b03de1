/* Make a campaign; of one that is there, stop it or go on with it: its terms are on customers' papers. */
#include <string.h>

#include "common/base/text.h"
#include "db/queries.h"
#include "server/service/coupon_message.h"
#include "server/service/message.h"
#include "server/service/typed.h"

#define ALL_WEEKDAYS 0x7fu
#define DAY_MINUTES  1440u

struct putting {
    struct coupon_campaign campaign; /* as it is to be */
    struct rows *same, *products, *before, *goods;
};

static const Caroline__V1__CouponCampaign *given_of(const struct call *c)
{
    static const Caroline__V1__CouponCampaign nothing = CAROLINE__V1__COUPON_CAMPAIGN__INIT;
    const Caroline__V1__CouponCampaignPut *request = (const Caroline__V1__CouponCampaignPut *)c->message;

    return request->campaign ? request->campaign : &nothing;
}

/* ---- what the request says ---- */

static int64_t id_of(uint64_t id)
{
    return id > INT64_MAX ? -1 : (int64_t)id;
}

static enum step read_day(struct call *c, const char *field, ProtobufCBinaryData text, int32_t *number)
{
    struct day day = { 0 };

    if (text.len > 0 && !day_parse(arena_format(c->txn.arena, "%.*s", (int)text.len, (const char *)text.data), &day))
        return refuse_field(c, REFUSAL(BAD_CAMPAIGN), arena_format(c->txn.arena, "campaign.%s", field),
                            "a day is written 2026-12-24");
    *number = day.number;
    return STEP_NEXT;
}

/* Each once, in the order of ids. */
static void read_products(struct call *c, struct coupon_terms *terms)
{
    const Caroline__V1__CouponCampaign *given = given_of(c);
    int64_t *ids = arena_array(c->txn.arena, given->n_product_ids, sizeof *ids);

    for (size_t i = 0; i < given->n_product_ids; i++) {
        int64_t id = id_of(given->product_ids[i]);
        size_t at = 0;

        while (at < terms->product_count && ids[at] < id)
            at++;
        if (at < terms->product_count && ids[at] == id)
            continue;
        memmove(&ids[at + 1], &ids[at], (terms->product_count - at) * sizeof *ids);
        ids[at] = id;
        terms->product_count++;
    }
    terms->product_ids = ids;
}

/* Numbers beyond their field's range stay out of range. */
static enum step read_terms(struct call *c, struct coupon_campaign *campaign)
{
    const Caroline__V1__CouponCampaign *given = given_of(c);
    struct coupon_terms *terms = &campaign->terms;
    enum step step = typed_name(c, "campaign.", "name", given->name, COUPON_NAME_MAX, &terms->name);

    terms->gift = (int)given->gift;
    terms->value = given->value;
    terms->category_id = id_of(given->category_id);
    terms->least_minor = given->least_minor;
    terms->weekdays = (uint8_t)(given->weekdays > ALL_WEEKDAYS ? 0 : given->weekdays);
    if (!given->has_weekdays)
        terms->weekdays = ALL_WEEKDAYS;
    terms->from_minute = (uint16_t)(given->from_minute > DAY_MINUTES ? UINT16_MAX : given->from_minute);
    terms->until_minute = (uint16_t)(given->until_minute > DAY_MINUTES ? UINT16_MAX : given->until_minute);
    if (!given->has_until_minute)
        terms->until_minute = DAY_MINUTES;
    terms->members_only = given->members_only;
    terms->first_purchase = given->first_purchase;
    terms->with_promotions = !given->has_with_promotions || given->with_promotions;
    terms->with_discounts = !given->has_with_discounts || given->with_discounts;
    terms->with_coupons = given->with_coupons;
    terms->per_member = given->per_member;
    terms->receipt_minor = given->receipt_minor;
    terms->active = !given->has_active || given->active;
    campaign->uses_max = given->uses_max > INT32_MAX ? -1 : (int64_t)given->uses_max;
    read_products(c, terms);
    if (step == STEP_NEXT)
        step = read_day(c, "first_day", given->first_day, &terms->first_day);
    return step == STEP_NEXT ? read_day(c, "last_day", given->last_day, &terms->last_day) : step;
}

static enum step check(struct call *c, const struct coupon_campaign *campaign)
{
    const Caroline__V1__CouponCampaign *given = ((const Caroline__V1__CouponCampaignPut *)c->message)->campaign;
    const char *field, *trouble = coupon_terms_trouble(&campaign->terms, &field);

    if (trouble != NULL)
        return refuse_field(c, REFUSAL(BAD_CAMPAIGN), arena_format(c->txn.arena, "campaign.%s", field), "%s", trouble);
    if (campaign->uses_max < 0)
        return refuse_field(c, REFUSAL(BAD_CAMPAIGN), "campaign.uses_max", "at most 2,147,483,647 uses");
    if (campaign->terms.per_member > INT32_MAX)
        return refuse_field(c, REFUSAL(BAD_CAMPAIGN), "campaign.per_member", "at most 2,147,483,647 uses");
    if (given->has_category_id &&
        catalogue_category(c->catalogue, catalogue_newest(c->catalogue), campaign->terms.category_id) == NULL)
        return refuse_field(c, REFUSAL(UNKNOWN_CATEGORY), "campaign.category_id", "no category of that id");
    return STEP_NEXT;
}

/* What is given beside `active`. */
static bool has_terms(const Caroline__V1__CouponCampaign *given)
{
    return given->has_name || given->has_gift || given->has_value || given->has_category_id ||
           given->n_product_ids > 0 || given->has_least_minor || given->has_weekdays || given->has_from_minute ||
           given->has_until_minute || given->has_first_day || given->has_last_day || given->has_members_only ||
           given->has_first_purchase || given->has_with_promotions || given->has_with_discounts ||
           given->has_with_coupons || given->has_per_member || given->has_uses_max || given->has_receipt_minor;
}

static enum step look(struct call *c)
{
    const Caroline__V1__CouponCampaign *given = given_of(c);
    struct putting *p = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    if (given->has_id) {
        int64_t id = id_of(given->id);

        if (has_terms(given) || !given->has_active)
            return refuse_field(c, REFUSAL(BAD_CAMPAIGN), "campaign.active",
                                "the terms of a campaign stand: it can be stopped, and gone on with, alone");
        p->before = ask(c, &sql_coupon_campaign_lock, PARAMS(PARAM_INT(id)));
        p->goods = ask(c, &sql_coupon_campaign_products, PARAMS(PARAM_INTS(&id, 1)));
        return STEP_NEXT;
    }
    enum step step = read_terms(c, &p->campaign);
    if (step != STEP_NEXT || (step = check(c, &p->campaign)) != STEP_NEXT)
        return step;
    const struct coupon_terms *terms = &p->campaign.terms;
    p->same = ask(c, &sql_coupon_campaign_by_name, PARAMS(PARAM_TEXT(terms->name)));
    p->products = ask(c, &sql_promotion_put_products, PARAMS(PARAM_INTS(terms->product_ids, terms->product_count)));
    return STEP_NEXT;
}

/* ---- what is written ---- */

static struct param day_param(int32_t number)
{
    return number == 0 ? PARAM_NULL() : PARAM_DAY(((struct day){ number }));
}

static void write(struct call *c, const struct coupon_campaign *campaign)
{
    const struct coupon_terms *terms = &campaign->terms;

    ask(c, &sql_coupon_campaign_insert,
        PARAMS(PARAM_INT(terms->id), PARAM_TEXT(terms->name), PARAM_INT(terms->gift), PARAM_INT(terms->value),
               PARAM_INT(terms->category_id), PARAM_INT(terms->least_minor), PARAM_INT(terms->weekdays),
               PARAM_INT(terms->from_minute), PARAM_INT(terms->until_minute), day_param(terms->first_day),
               day_param(terms->last_day), PARAM_BOOL(terms->members_only), PARAM_BOOL(terms->first_purchase),
               PARAM_BOOL(terms->with_promotions), PARAM_BOOL(terms->with_discounts), PARAM_BOOL(terms->with_coupons),
               PARAM_INT(terms->per_member), PARAM_INT(campaign->uses_max), PARAM_BOOL(terms->active),
               PARAM_INSTANT(c->now), PARAM_INT(terms->receipt_minor)));
    if (terms->product_count > 0)
        ask(c, &sql_coupon_campaign_product_insert,
            PARAMS(PARAM_INT(terms->id), PARAM_INTS(terms->product_ids, terms->product_count)));
}

static const char *goods_text(struct call *c, const struct coupon_terms *terms)
{
    const char *text =
        terms->category_id == 0 ? "" : arena_format(c->txn.arena, "category %lld", (long long)terms->category_id);

    for (size_t i = 0; i < terms->product_count; i++)
        text = arena_format(c->txn.arena, "%s%s%lld", text, i == 0 ? "" : " ", (long long)terms->product_ids[i]);
    return text;
}

static const char *day_text(struct call *c, int32_t number)
{
    return number == 0 ? "" : day_format(arena_alloc(c->txn.arena, DAY_TEXT), (struct day){ number });
}

static void note(struct call *c, const struct coupon_campaign *campaign)
{
    const struct coupon_terms *terms = &campaign->terms;

    changes_text(c, terms->id, "name", true, "", terms->name);
    changes_number(c, terms->id, "gift", true, 0, terms->gift);
    changes_number(c, terms->id, "value", true, 0, terms->value);
    changes_text(c, terms->id, "goods", true, "", goods_text(c, terms));
    changes_number(c, terms->id, "least_minor", true, 0, terms->least_minor);
    changes_number(c, terms->id, "weekdays", true, 0, terms->weekdays);
    changes_number(c, terms->id, "from_minute", true, 0, terms->from_minute);
    changes_number(c, terms->id, "until_minute", true, 0, terms->until_minute);
    changes_text(c, terms->id, "first_day", true, "", day_text(c, terms->first_day));
    changes_text(c, terms->id, "last_day", true, "", day_text(c, terms->last_day));
    changes_flag(c, terms->id, "members_only", true, false, terms->members_only);
    changes_flag(c, terms->id, "first_purchase", true, false, terms->first_purchase);
    changes_flag(c, terms->id, "with_promotions", true, false, terms->with_promotions);
    changes_flag(c, terms->id, "with_discounts", true, false, terms->with_discounts);
    changes_flag(c, terms->id, "with_coupons", true, false, terms->with_coupons);
    changes_number(c, terms->id, "per_member", true, 0, terms->per_member);
    changes_number(c, terms->id, "uses_max", true, 0, campaign->uses_max);
    changes_number(c, terms->id, "receipt_minor", true, 0, terms->receipt_minor);
    changes_flag(c, terms->id, "active", true, false, terms->active);
}

static enum step reply_with(struct call *c, const struct coupon_campaign *campaign)
{
    Caroline__V1__CouponCampaignPutDone reply = CAROLINE__V1__COUPON_CAMPAIGN_PUT_DONE__INIT;

    reply.campaign = coupon_campaign_message(campaign, c->txn.arena);
    return answer(c, &reply.base);
}

static enum step stop(struct call *c, const struct putting *p)
{
    bool active = given_of(c)->active;
    size_t count;

    if (rows_count(p->before) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_CAMPAIGN), "campaign.id", "no campaign of that id");
    struct coupon_campaign *campaign = coupon_campaigns_of(p->before, p->goods, c->txn.arena, &count);
    if (changes_flag(c, campaign->terms.id, "active", false, campaign->terms.active, active))
        ask(c, &sql_coupon_campaign_stop,
            PARAMS(PARAM_INT(campaign->terms.id), PARAM_BOOL(active), PARAM_INSTANT(c->now)));
    campaign->terms.active = active;
    return reply_with(c, campaign);
}

static enum step put(struct call *c)
{
    struct putting *p = c->shared;

    if (p->before != NULL)
        return stop(c, p);
    if (rows_count(p->same) > 0)
        return refuse_field(c, REFUSAL(NAME_TAKEN), "campaign.name", "another campaign is called that");
    if (rows_count(p->products) != p->campaign.terms.product_count)
        return refuse_field(c, REFUSAL(UNKNOWN_PRODUCT), "campaign.product_ids", "no product of that id");
    p->campaign.terms.id = next_id(c);
    write(c, &p->campaign);
    note(c, &p->campaign);
    return reply_with(c, &p->campaign);
}

const struct op coupon_campaign_put = {
    .name = "coupon_campaign_put",
    .number = NUMBER(COUPON_CAMPAIGN_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_COUPON_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__coupon_campaign_put__descriptor,
    .reply = &caroline__v1__coupon_campaign_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { look, put },
};
