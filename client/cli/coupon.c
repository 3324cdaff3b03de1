/* Coupons: campaigns made, stopped and listed; codes issued, as CSV or on paper; one shown; and those of a sale. */
#include "client/cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/link/printer.h"
#include "common/base/number.h"
#include "common/base/receipt.h"
#include "common/print/escpos.h"
#include "common/print/text.h"
#include "common/rules/coupon.h"
#include "proto/catalogue.pb-c.h"
#include "proto/coupon.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/sale.pb-c.h"

#define OP(name)        CAROLINE__V1__OP__OP_##name
#define ISSUED_AT_ONCE  500
#define ISSUED_MAX      1000000
#define RECEIPT_COLUMNS 42

/* ---- campaigns ---- */

static bool read_value(struct cli *c, int gift, const char *text, int64_t *value)
{
    uint64_t number = 0;
    int64_t milli = 0;

    switch (gift) {
    case COUPON_FREE_PIECES:
        if (!whole_number(text, COUPON_PIECES_MAX, &number))
            return false;
        *value = (int64_t)number;
        return true;
    case COUPON_RATE_OFF:
        if (!milli_parse(text, &milli) || milli > 100000)
            return false;
        *value = milli * 10; /* thousandths of a per cent to millionths */
        return true;
    default:
        return minor_parse(text, currency_exponent(c), false, value);
    }
}

/* At most one of them. */
static int read_gift(struct cli *c, Caroline__V1__CouponCampaign *campaign)
{
    static const struct {
        const char *option, *wants;
        int gift;
    } gifts[] = {
        { "percent-off", "per cents, up to 100", COUPON_RATE_OFF },
        { "amount-off", "an amount of money", COUPON_AMOUNT_OFF },
        { "free", "a number of pieces, up to 100", COUPON_FREE_PIECES },
    };

    for (size_t i = 0; i < sizeof gifts / sizeof gifts[0]; i++) {
        const char *text = option_value(c, gifts[i].option);

        if (!text)
            continue;
        if (campaign->has_gift)
            return usage(c, "one of --percent-off, --amount-off and --free");
        campaign->has_gift = campaign->has_value = true;
        campaign->gift = (Caroline__V1__CouponGift)gifts[i].gift;
        if (!read_value(c, gifts[i].gift, text, &campaign->value))
            return usage(c, "--%s wants %s, not '%s'", gifts[i].option, gifts[i].wants, text);
    }
    return EXIT_DONE;
}

static int read_products(struct cli *c, Caroline__V1__CouponCampaign *campaign)
{
    const char *given = option_value(c, "products"), *problem;
    char *rest = given ? arena_text(c->arena, given) : NULL;

    campaign->product_ids = arena_array(c->arena, COUPON_GOODS_MAX, sizeof *campaign->product_ids);
    while (rest) {
        char *word = rest, *comma = strchr(rest, ',');

        rest = comma ? comma + 1 : NULL;
        if (comma)
            *comma = '\0';
        if (campaign->n_product_ids == COUPON_GOODS_MAX)
            return usage(c, "a campaign is of at most %d goods", COUPON_GOODS_MAX);
        if (!name_to_id(c, "product_id", word, &campaign->product_ids[campaign->n_product_ids], &problem))
            return complain(c->unknown, "--products: %s", problem);
        campaign->n_product_ids++;
    }
    return EXIT_DONE;
}

static int print_campaigns(struct cli *c, Caroline__V1__CouponCampaign *const *all, size_t count)
{
    int status = EXIT_DONE;

    for (size_t i = 0; c->json && i < count; i++)
        print_message(c, &all[i]->base);
    if (count == 0)
        print_none(c);
    if (c->json || count == 0)
        return EXIT_DONE;
    const Caroline__V1__ProductListed *lists = (const void *)catalogue_lists(c, &status);
    for (size_t i = 0; lists && i < count; i++)
        campaign_print(c, all[i], lists);
    return status;
}

int verb_coupon_campaign_put(struct cli *c)
{
    Caroline__V1__CouponCampaignPut request = CAROLINE__V1__COUPON_CAMPAIGN_PUT__INIT;
    Caroline__V1__CouponCampaign *campaign = (void *)message_make(&caroline__v1__coupon_campaign__descriptor, c->arena);
    int status;

    if ((status = read_gift(c, campaign)) != EXIT_DONE || (status = read_products(c, campaign)) != EXIT_DONE ||
        (status = days_option(c, &campaign->has_weekdays, &campaign->weekdays)) != EXIT_DONE ||
        (status = minute_option(c, "from", &campaign->has_from_minute, &campaign->from_minute)) != EXIT_DONE ||
        (status = minute_option(c, "until", &campaign->has_until_minute, &campaign->until_minute)) != EXIT_DONE ||
        (status = options_apply(c, &campaign->base, NULL)) != EXIT_DONE)
        return status;
    request.campaign = campaign;
    const Caroline__V1__CouponCampaignPutDone *done =
        (const void *)call_server(c, OP(COUPON_CAMPAIGN_PUT), &request.base, &status);
    if (!done || !done->campaign)
        return status;
    return print_campaigns(c, (Caroline__V1__CouponCampaign *const[]){ done->campaign }, 1);
}

int verb_coupon_campaign_list(struct cli *c)
{
    Caroline__V1__CouponCampaignList request = CAROLINE__V1__COUPON_CAMPAIGN_LIST__INIT;
    const Caroline__V1__CouponCampaignListed *listed;
    Caroline__V1__CouponCampaign **all = NULL;
    size_t count = 0;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    do {
        listed = (const void *)call_server(c, OP(COUPON_CAMPAIGN_LIST), &request.base, &status);
        if (!listed)
            return status;
        Caroline__V1__CouponCampaign **more = arena_array(c->arena, count + listed->n_campaigns + 1, sizeof *more);
        for (size_t i = 0; i < count; i++)
            more[i] = all[i];
        for (size_t i = 0; i < listed->n_campaigns; i++)
            more[count++] = listed->campaigns[i];
        all = more;
        request.has_after_id = true;
        if (listed->n_campaigns > 0)
            request.after_id = listed->campaigns[listed->n_campaigns - 1]->id;
    } while (listed->more && listed->n_campaigns > 0);
    return print_campaigns(c, all, count);
}

/* ---- issuing ---- */

struct issuing {
    bool prints;
    struct printer_address printer;
    const Caroline__V1__CouponCampaign *campaign; /* for the papers */
};

/* What stands on a customer's paper. */
static struct receipt paper_of(struct cli *c, const Caroline__V1__CouponCampaign *campaign, const char *code)
{
    struct day day = { 0 };

    if (campaign->last_day.len > 0)
        day_parse(text_of(c, campaign->last_day), &day);
    const struct coupon_terms terms = { .name = text_of(c, campaign->name),
                                        .gift = (int)campaign->gift,
                                        .value = campaign->value,
                                        .least_minor = campaign->least_minor,
                                        .last_day = day.number };
    return coupon_receipt(&terms, code, NULL, currency_exponent(c), c->arena);
}

/* What an error says is kept by who keeps errors: no code is in it. */
static int print_paper(struct cli *c, const struct issuing *i, const Caroline__V1__CouponCampaign *campaign,
                       uint32_t number, const char *code)
{
    static const struct escpos paper = { .columns = RECEIPT_COLUMNS,
                                         .pages = { ESCPOS_PC858, ESCPOS_WPC1252, ESCPOS_PC437 },
                                         .page_count = 3,
                                         .cutter = true };
    struct receipt document = paper_of(c, campaign, code);
    const char *problem = "";
    enum printer_outcome outcome =
        printer_print(&i->printer, escpos_receipt(c->arena, &paper, &document), c->arena, &problem);

    if (outcome == PRINTER_DONE)
        return EXIT_DONE;
    return complain(EXIT_FAULT, "coupon %u is not printed: %s", number, problem);
}

static int tell(struct cli *c, const struct issuing *i, const Caroline__V1__CouponIssued *issued)
{
    int status = EXIT_DONE;

    if (c->json)
        print_message(c, &issued->base);
    for (size_t at = 0; at < issued->n_coupons && !c->json; at++) {
        const Caroline__V1__IssuedCoupon *coupon = issued->coupons[at];
        const char *code = text_of(c, coupon->code);

        if (i->prints) {
            int printed = print_paper(c, i, i->campaign, coupon->number, code);

            if (printed == EXIT_DONE)
                continue;
            status = printed; /* the code is told all the same: nobody else has it */
        }
        printf("%u,%s,", coupon->number, code);
        if (coupon->has_member_id)
            printf("%" PRIu64, coupon->member_id);
        printf("\n");
    }
    return status;
}

/* Page by page: each is a command of its own, and its codes are told before the next. */
static int issue_all(struct cli *c, const struct issuing *i, Caroline__V1__CouponIssue *request, uint64_t wanted)
{
    uint64_t issued_count = 0;
    int status = EXIT_DONE, told = EXIT_DONE;

    if (!c->json && !i->prints)
        printf("number,code,member_id\n");
    while (issued_count < wanted) {
        uint64_t left = wanted - issued_count;

        request->has_count = true;
        request->count = left < ISSUED_AT_ONCE ? (uint32_t)left : ISSUED_AT_ONCE;
        const Caroline__V1__CouponIssued *issued =
            (const void *)call_server(c, OP(COUPON_ISSUE), &request->base, &status);
        if (!issued)
            return status;
        int said = tell(c, i, issued);
        told = said != EXIT_DONE ? said : told;
        issued_count += issued->n_coupons;
        if (request->segment && !issued->more)
            break;
    }
    return told;
}

static const Caroline__V1__CouponCampaign *find_campaign(struct cli *c, uint64_t id, int *status)
{
    Caroline__V1__CouponCampaignList request = CAROLINE__V1__COUPON_CAMPAIGN_LIST__INIT;

    request.has_after_id = true;
    request.after_id = id - 1;
    const Caroline__V1__CouponCampaignListed *listed =
        (const void *)call_server(c, OP(COUPON_CAMPAIGN_LIST), &request.base, status);
    if (!listed)
        return NULL;
    if (listed->n_campaigns > 0 && listed->campaigns[0]->id == id)
        return listed->campaigns[0];
    *status = complain(EXIT_REFUSED, "no campaign of that id: coupon campaign list");
    return NULL;
}

int verb_coupon_issue(struct cli *c)
{
    Caroline__V1__CouponIssue request = CAROLINE__V1__COUPON_ISSUE__INIT;
    Caroline__V1__CouponSegment segment = CAROLINE__V1__COUPON_SEGMENT__INIT;
    const char *count = option_value(c, "count"), *uses = option_value(c, "uses-max"), *to = option_value(c, "to");
    const char *problem = "";
    struct issuing i = { .prints = to != NULL };
    uint64_t wanted = 0;
    int status;

    if (c->word_count != 1 || !whole_number(c->words[0], INT64_MAX, &request.campaign_id) || request.campaign_id == 0)
        return usage(c, "name one campaign, by its id");
    request.has_campaign_id = true;
    if (uses && !whole_number(uses, INT32_MAX, &request.uses_max))
        return usage(c, "--uses-max wants a number, not '%s'", uses);
    request.has_uses_max = uses != NULL;
    if (count && (!whole_number(count, ISSUED_MAX, &wanted) || wanted == 0))
        return usage(c, "--count wants a number from 1 to %d, not '%s'", ISSUED_MAX, count);
    if (to && !printer_parse(to, c->arena, &i.printer, &problem))
        return usage(c, "%s", problem);
    if ((status = options_apply(c, &segment.base, NULL)) != EXIT_DONE)
        return status;
    if (segment.has_joined_before || segment.has_not_seen_days || segment.has_visits_at_least)
        request.segment = &segment;
    else if (!count)
        return usage(c, "say how many: --count N, or to whom: --joined-before, --not-seen-days, --visits-at-least");
    if (i.prints && (i.campaign = find_campaign(c, request.campaign_id, &status)) == NULL)
        return status;
    return issue_all(c, &i, &request, count ? wanted : ISSUED_MAX);
}

/* ---- earned by a sale ---- */

static int print_earned(struct cli *c, const struct issuing *i, const Caroline__V1__CouponEarned *earned)
{
    int status = EXIT_DONE;

    for (size_t at = 0; at < earned->n_coupons; at++) {
        const Caroline__V1__EarnedCoupon *coupon = earned->coupons[at];

        if (!coupon->coupon || !coupon->campaign)
            continue;
        const char *code = text_of(c, coupon->coupon->code);
        struct receipt paper = paper_of(c, coupon->campaign, code);
        int printed = i->prints ? print_paper(c, i, coupon->campaign, coupon->coupon->number, code) : EXIT_DONE;

        if (!i->prints || printed != EXIT_DONE)
            fputs(receipt_text(c->arena, &paper, RECEIPT_COLUMNS), stdout);
        status = printed != EXIT_DONE ? printed : status;
    }
    return status;
}

static const Caroline__V1__CouponEarned *earn(struct cli *c, const char *number, int *status)
{
    Caroline__V1__CouponEarn request = CAROLINE__V1__COUPON_EARN__INIT;

    set_text(&request.receipt_number, &request.has_receipt_number, number);
    return (const void *)call_server(c, OP(COUPON_EARN), &request.base, status);
}

int coupons_earned(struct cli *c, const char *number)
{
    const struct issuing on_screen = { .prints = false };
    int status;
    const Caroline__V1__CouponEarned *earned = earn(c, number, &status);

    return earned ? print_earned(c, &on_screen, earned) : status;
}

int verb_coupon_print(struct cli *c)
{
    const char *to = option_value(c, "to"), *problem = "";
    struct issuing i = { .prints = to != NULL };
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count != 1)
        return usage(c, "name one receipt's number");
    if (to && !printer_parse(to, c->arena, &i.printer, &problem))
        return usage(c, "%s", problem);
    const Caroline__V1__CouponEarned *earned = earn(c, c->words[0], &status);
    if (!earned)
        return status;
    if (c->json)
        print_message(c, &earned->base);
    else if (earned->n_coupons == 0)
        print_none(c);
    return c->json ? EXIT_DONE : print_earned(c, &i, earned);
}

/* ---- showing ---- */

int verb_coupon_show(struct cli *c)
{
    Caroline__V1__CouponShow request = CAROLINE__V1__COUPON_SHOW__INIT;
    const char *campaign = option_value(c, "campaign"), *number = option_value(c, "number");
    uint64_t which = 0;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    if (c->word_count + (campaign && number ? 1 : 0) != 1)
        return usage(c, "name one coupon: its code, or --campaign N --number N");
    if (c->word_count == 1) {
        set_text(&request.code, &request.has_code, c->words[0]);
    } else {
        if (!whole_number(campaign, INT64_MAX, &request.campaign_id) || !whole_number(number, UINT32_MAX, &which))
            return usage(c, "--campaign and --number want numbers");
        request.has_campaign_id = request.has_number = true;
        request.number = (uint32_t)which;
    }
    const Caroline__V1__CouponShown *shown = (const void *)call_server(c, OP(COUPON_SHOW), &request.base, &status);
    if (!shown)
        return status;
    if (c->json)
        print_message(c, &shown->base);
    const Caroline__V1__ProductListed *lists = c->json ? NULL : (const void *)catalogue_lists(c, &status);
    if (lists)
        coupon_print(c, shown, lists);
    return status;
}

/* ---- of a sale ---- */

int coupons_option(struct cli *c, Caroline__V1__Basket *basket, const char *codes)
{
    char *rest = arena_text(c->arena, codes);
    int status;

    basket->coupons = arena_array(c->arena, BASKET_COUPONS_MAX, sizeof *basket->coupons);
    while (rest) {
        Caroline__V1__CouponShow request = CAROLINE__V1__COUPON_SHOW__INIT;
        char *code = rest, *comma = strchr(rest, ',');

        rest = comma ? comma + 1 : NULL;
        if (comma)
            *comma = '\0';
        if (basket->n_coupons == BASKET_COUPONS_MAX)
            return usage(c, "at most %d coupons in a sale", BASKET_COUPONS_MAX);
        set_text(&request.code, &request.has_code, code);
        const Caroline__V1__CouponShown *shown = (const void *)call_server(c, OP(COUPON_SHOW), &request.base, &status);
        if (!shown)
            return status;
        Caroline__V1__BasketCoupon *coupon = arena_alloc(c->arena, sizeof *coupon);
        caroline__v1__basket_coupon__init(coupon);
        coupon->has_redeems = shown->has_redeems;
        coupon->redeems = shown->redeems;
        basket->coupons[basket->n_coupons++] = coupon;
    }
    return EXIT_DONE;
}
