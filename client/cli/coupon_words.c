/* Campaigns and coupons in words, as promotions have theirs. */
#include "client/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/coupon.h"
#include "proto/catalogue.pb-c.h"
#include "proto/coupon.pb-c.h"

#define EVERY_DAY   0x7f
#define DAY_MINUTES 1440

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void print_gift(const struct cli *c, const Caroline__V1__CouponCampaign *campaign)
{
    char number[NUMBER_TEXT];

    switch ((int)campaign->gift) {
    case COUPON_FREE_PIECES:
        printf("%" PRId64 " piece%s free", campaign->value, campaign->value == 1 ? "" : "s");
        break;
    case COUPON_RATE_OFF:
        printf("%s %% off", percent_format(number, (uint32_t)campaign->value));
        break;
    case COUPON_AMOUNT_OFF:
        printf("%s off", minor_format(number, campaign->value, currency_exponent(c)));
        break;
    default:
        printf("nothing");
        break;
    }
}

static void print_goods(struct cli *c, const Caroline__V1__CouponCampaign *campaign,
                        const Caroline__V1__ProductListed *lists)
{
    char least[NUMBER_TEXT];

    if (campaign->category_id != 0)
        printf(" @%s", category_words(c, lists, campaign->category_id));
    for (size_t i = 0; i < campaign->n_product_ids; i++)
        printf("%s%s", i == 0 ? " " : "|", product_words(c, campaign->product_ids[i]));
    if (campaign->least_minor > 0)
        printf("; of %s or more", minor_format(least, campaign->least_minor, currency_exponent(c)));
}

static void print_when(struct cli *c, const Caroline__V1__CouponCampaign *campaign)
{
    if (campaign->has_weekdays && campaign->weekdays != EVERY_DAY)
        printf("; %s", days_words(c, campaign->weekdays));
    if (campaign->from_minute != 0 || (campaign->has_until_minute && campaign->until_minute != DAY_MINUTES))
        printf("; %02u:%02u to %02u:%02u", campaign->from_minute / 60, campaign->from_minute % 60,
               campaign->until_minute / 60, campaign->until_minute % 60);
    if (campaign->first_day.len > 0)
        printf("; from %s", text_of(c, campaign->first_day));
    if (campaign->last_day.len > 0)
        printf("; until %s", text_of(c, campaign->last_day));
}

static void print_conditions(struct cli *c, const Caroline__V1__CouponCampaign *campaign)
{
    char receipt[NUMBER_TEXT];

    printf("%s%s%s%s%s", campaign->members_only ? "; members only" : "",
           campaign->first_purchase ? "; a member's first purchase" : "",
           campaign->with_promotions ? "" : "; not with promotions",
           campaign->with_discounts ? "" : "; not with discounts",
           campaign->with_coupons ? "; with others' coupons" : "");
    if (campaign->per_member > 0)
        printf("; %" PRIu32 " time%s a member", campaign->per_member, plural(campaign->per_member));
    if (campaign->uses_max > 0)
        printf("; %" PRIu64 " time%s in all", campaign->uses_max, plural(campaign->uses_max));
    if (campaign->receipt_minor > 0)
        printf("; a sale of %s earns one", minor_format(receipt, campaign->receipt_minor, currency_exponent(c)));
}

static void print_terms(struct cli *c, const Caroline__V1__CouponCampaign *campaign,
                        const Caroline__V1__ProductListed *lists)
{
    print_gift(c, campaign);
    print_goods(c, campaign, lists);
    print_when(c, campaign);
    print_conditions(c, campaign);
}

void campaign_print(struct cli *c, const Caroline__V1__CouponCampaign *campaign,
                    const Caroline__V1__ProductListed *lists)
{
    printf("%" PRIu64 "  %s: ", campaign->id, text_of(c, campaign->name));
    print_terms(c, campaign, lists);
    printf("; %" PRIu64 " issued, %" PRIu64 " used%s\n", campaign->coupon_count, campaign->use_count,
           campaign->active ? "" : "; stopped");
}

/* "used 1 time of 3", "used 4 times, good for any number" */
static void print_uses_left(const Caroline__V1__Coupon *coupon)
{
    printf("used %" PRIu64 " time%s", coupon->use_count, plural(coupon->use_count));
    if (coupon->uses_max == 0)
        printf(", good for any number\n");
    else
        printf(" of %" PRIu64 "%s\n", coupon->uses_max, coupon->use_count >= coupon->uses_max ? ": used up" : "");
}

static void print_use(struct cli *c, const Caroline__V1__CouponUse *use)
{
    char amount[NUMBER_TEXT];

    printf("  %s  %s  %s off\n", time_of(c, (int64_t)use->at_us), text_of(c, use->receipt_number),
           minor_format(amount, use->amount_minor, currency_exponent(c)));
}

void coupon_print(struct cli *c, const Caroline__V1__CouponShown *shown, const Caroline__V1__ProductListed *lists)
{
    const Caroline__V1__Coupon *coupon = shown->coupon;
    const Caroline__V1__CouponCampaign *campaign = shown->campaign;

    if (coupon == NULL || campaign == NULL)
        return;
    printf("coupon %" PRIu32 " of %s (campaign %" PRIu64 "): ", coupon->number, text_of(c, campaign->name),
           campaign->id);
    print_terms(c, campaign, lists);
    printf("%s\n", campaign->active ? "" : "; stopped: it is not taken");
    if (coupon->has_member_id)
        printf("for member %" PRIu64 " alone\n", coupon->member_id);
    print_uses_left(coupon);
    for (size_t i = 0; i < shown->n_uses; i++)
        print_use(c, shown->uses[i]);
}
