/* Verbs about promotions. */
#include "client/cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "common/base/number.h"
#include "proto/catalogue.pb-c.h"
#include "proto/envelope.pb-c.h"

#define OP(name)    CAROLINE__V1__OP__OP_##name
#define PARTS_MAX   5
#define GOODS_MAX   20
#define DAYS        7
#define DAY_MINUTES 1440

static const char *const day_names[DAYS] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

/* ---- what is typed ---- */

/* Takes what stands before the letter, or all, without spaces around; *rest: behind that letter, or NULL. */
static char *word_before(char **rest, char end)
{
    char *text = *rest, *stop = end ? strchr(text, end) : NULL;

    *rest = stop ? stop + 1 : NULL;
    if (!stop)
        stop = text + strlen(text);
    while (*text == ' ')
        text++;
    while (stop > text && stop[-1] == ' ')
        stop--;
    *stop = '\0';
    return text;
}

/* "6 @Cookies" or "1 33|34" */
static int read_part(struct cli *c, char *text, Caroline__V1__PromotionPart *part)
{
    const char *problem;
    char *rest = text;
    uint64_t pieces = 0;
    char *number = word_before(&rest, ' ');

    caroline__v1__promotion_part__init(part);
    if (!rest || !whole_number(number, UINT32_MAX, &pieces))
        return usage(c, "--of is parts like \"1 45; 2 33|34\" or \"6 @Cookies\": pieces, then goods or a category");
    part->has_pieces = true;
    part->pieces = (uint32_t)pieces;
    while (*rest == ' ')
        rest++;
    if (*rest == '@') {
        part->has_category_id = true;
        rest++;
        const char *category = word_before(&rest, '\0');
        if (!name_to_id(c, "category_id", category, &part->category_id, &problem))
            return complain(EXIT_REFUSED, "--of: no category is called '%s'", category);
        return EXIT_DONE;
    }
    part->product_ids = arena_array(c->arena, GOODS_MAX, sizeof *part->product_ids);
    while (rest) {
        const char *word = word_before(&rest, '|');

        if (part->n_product_ids == GOODS_MAX)
            return usage(c, "a part is of at most %d goods", GOODS_MAX);
        if (!name_to_id(c, "product_id", word, &part->product_ids[part->n_product_ids], &problem))
            return complain(c->unknown, "--of: %s", problem);
        part->n_product_ids++;
    }
    return EXIT_DONE;
}

static int read_parts(struct cli *c, const char *given, Caroline__V1__Promotion *promotion)
{
    char *rest = given ? arena_text(c->arena, given) : NULL;

    promotion->parts = arena_array(c->arena, PARTS_MAX, sizeof *promotion->parts);
    while (rest) {
        char *text = word_before(&rest, ';');
        Caroline__V1__PromotionPart *part = arena_alloc(c->arena, sizeof *part);

        if (promotion->n_parts == PARTS_MAX)
            return usage(c, "a promotion has at most %d parts", PARTS_MAX);
        int status = read_part(c, text, part);
        if (status != EXIT_DONE)
            return status;
        promotion->parts[promotion->n_parts++] = part;
    }
    return EXIT_DONE;
}

static bool read_value(struct cli *c, int gift, const char *text, int64_t *value)
{
    uint64_t number = 0;
    int64_t milli = 0;

    switch (gift) {
    case CAROLINE__V1__PROMOTION_GIFT__PROMOTION_CHEAPEST_FREE:
        if (!whole_number(text, UINT32_MAX, &number))
            return false;
        *value = (int64_t)number;
        return true;
    case CAROLINE__V1__PROMOTION_GIFT__PROMOTION_RATE_OFF:
        if (!milli_parse(text, &milli) || milli > 100000)
            return false;
        *value = milli * 10; /* thousandths of a per cent to millionths */
        return true;
    default:
        return minor_parse(text, currency_exponent(c), false, value);
    }
}

/* At most one of them. */
static int read_gift(struct cli *c, Caroline__V1__Promotion *promotion)
{
    static const struct {
        const char *option, *wants;
        Caroline__V1__PromotionGift gift;
    } gifts[] = {
        { "together", "an amount of money", CAROLINE__V1__PROMOTION_GIFT__PROMOTION_TOGETHER },
        { "amount-off", "an amount of money", CAROLINE__V1__PROMOTION_GIFT__PROMOTION_AMOUNT_OFF },
        { "percent-off", "per cents, up to 100", CAROLINE__V1__PROMOTION_GIFT__PROMOTION_RATE_OFF },
        { "free", "a number of pieces", CAROLINE__V1__PROMOTION_GIFT__PROMOTION_CHEAPEST_FREE },
    };

    for (size_t i = 0; i < sizeof gifts / sizeof gifts[0]; i++) {
        const char *text = option_value(c, gifts[i].option);

        if (!text)
            continue;
        if (promotion->has_gift)
            return usage(c, "one of --together, --amount-off, --percent-off and --free");
        promotion->has_gift = promotion->has_value = true;
        promotion->gift = gifts[i].gift;
        if (!read_value(c, (int)gifts[i].gift, text, &promotion->value))
            return usage(c, "--%s wants %s, not '%s'", gifts[i].option, gifts[i].wants, text);
    }
    return EXIT_DONE;
}

int days_option(struct cli *c, protobuf_c_boolean *has, uint32_t *weekdays)
{
    const char *given = option_value(c, "days");
    char *rest = given ? arena_text(c->arena, given) : NULL;

    *has = given != NULL;
    while (rest) {
        const char *word = word_before(&rest, ',');
        unsigned day = 0;

        while (day < DAYS && strcmp(day_names[day], word) != 0)
            day++;
        if (day == DAYS)
            return usage(c, "--days wants some of mon,tue,wed,thu,fri,sat,sun, not '%s'", word);
        *weekdays |= 1u << day;
    }
    return EXIT_DONE;
}

/* "18:30" */
int minute_option(struct cli *c, const char *option, protobuf_c_boolean *has, uint32_t *minute)
{
    const char *given = option_value(c, option);
    uint64_t hours = 0, minutes = 0;

    if (!given)
        return EXIT_DONE;
    char *rest = arena_text(c->arena, given);
    const char *hour = word_before(&rest, ':');
    *has = true;
    if (!rest || strlen(rest) != 2 || !whole_number(hour, 24, &hours) || !whole_number(rest, 59, &minutes) ||
        hours * 60 + minutes > DAY_MINUTES)
        return usage(c, "--%s wants an hour like 18:30, up to 24:00, not '%s'", option, given);
    *minute = (uint32_t)(hours * 60 + minutes);
    return EXIT_DONE;
}

int verb_promotion_put(struct cli *c)
{
    Caroline__V1__PromotionPut request = CAROLINE__V1__PROMOTION_PUT__INIT;
    Caroline__V1__Promotion *promotion = (void *)message_make(&caroline__v1__promotion__descriptor, c->arena);
    int status;

    if ((status = read_parts(c, option_value(c, "of"), promotion)) != EXIT_DONE ||
        (status = read_gift(c, promotion)) != EXIT_DONE ||
        (status = days_option(c, &promotion->has_weekdays, &promotion->weekdays)) != EXIT_DONE ||
        (status = minute_option(c, "from", &promotion->has_from_minute, &promotion->from_minute)) != EXIT_DONE ||
        (status = minute_option(c, "until", &promotion->has_until_minute, &promotion->until_minute)) != EXIT_DONE ||
        (status = options_apply(c, &promotion->base, NULL)) != EXIT_DONE)
        return status;
    request.promotion = promotion;
    const ProtobufCMessage *reply = call_server(c, OP(PROMOTION_PUT), &request.base, &status);
    if (reply)
        print_message(c, reply);
    return status;
}

/* ---- what is shown ---- */

const char *category_words(struct cli *c, const Caroline__V1__ProductListed *lists, uint64_t id)
{
    for (size_t i = 0; i < lists->n_categories; i++)
        if (lists->categories[i]->id == id)
            return text_of(c, lists->categories[i]->name);
    return arena_format(c->arena, "category %llu", (unsigned long long)id);
}

/* As it is typed, and as a person calls it; one without a sku by its number. */
const char *product_words(struct cli *c, uint64_t id)
{
    Caroline__V1__ProductShow request = CAROLINE__V1__PRODUCT_SHOW__INIT;
    int status;

    request.has_id = true;
    request.id = id;
    const Caroline__V1__ProductShown *shown = (const void *)call_server(c, OP(PRODUCT_SHOW), &request.base, &status);
    if (!shown || !shown->product)
        return arena_format(c->arena, "#%llu", (unsigned long long)id);
    const char *sku = shown->product->sku.len > 0 ? text_of(c, shown->product->sku)
                                                  : arena_format(c->arena, "#%llu", (unsigned long long)id);
    return arena_format(c->arena, "%s (%s)", sku, text_of(c, shown->product->name));
}

static void print_parts(struct cli *c, const Caroline__V1__Promotion *promotion,
                        const Caroline__V1__ProductListed *lists)
{
    for (size_t i = 0; i < promotion->n_parts; i++) {
        const Caroline__V1__PromotionPart *part = promotion->parts[i];

        printf("%s%u ", i > 0 ? "; " : "", part->pieces);
        if (part->category_id != 0)
            printf("@%s", category_words(c, lists, part->category_id));
        for (size_t j = 0; j < part->n_product_ids; j++)
            printf("%s%s", j > 0 ? "|" : "", product_words(c, part->product_ids[j]));
    }
}

static void print_gift(const struct cli *c, const Caroline__V1__Promotion *promotion)
{
    char number[NUMBER_TEXT];

    minor_format(number, promotion->value, currency_exponent(c));
    switch ((int)promotion->gift) {
    case CAROLINE__V1__PROMOTION_GIFT__PROMOTION_TOGETHER:
        printf(" for %s together", number);
        break;
    case CAROLINE__V1__PROMOTION_GIFT__PROMOTION_AMOUNT_OFF:
        printf(", %s off", number);
        break;
    case CAROLINE__V1__PROMOTION_GIFT__PROMOTION_RATE_OFF:
        printf(", %s %% off", percent_format(number, (uint32_t)promotion->value));
        break;
    case CAROLINE__V1__PROMOTION_GIFT__PROMOTION_CHEAPEST_FREE:
        printf(", the cheapest %s free", promotion->value == 1 ? "is" : milli_format(number, promotion->value * 1000));
        break;
    default:
        break;
    }
}

const char *days_words(struct cli *c, uint32_t weekdays)
{
    const char *words = "";

    for (unsigned day = 0; day < DAYS; day++)
        if (weekdays >> day & 1)
            words = arena_format(c->arena, "%s%s%s", words, *words ? "," : "", day_names[day]);
    return words;
}

static void print_when(struct cli *c, const Caroline__V1__Promotion *promotion)
{
    if (promotion->weekdays != 0x7f)
        printf("; %s", days_words(c, promotion->weekdays));
    if (promotion->from_minute != 0 || promotion->until_minute != DAY_MINUTES)
        printf("; %02u:%02u to %02u:%02u", promotion->from_minute / 60, promotion->from_minute % 60,
               promotion->until_minute / 60, promotion->until_minute % 60);
    if (promotion->first_day.len > 0)
        printf("; from %s", text_of(c, promotion->first_day));
    if (promotion->last_day.len > 0)
        printf("; until %s", text_of(c, promotion->last_day));
    printf("%s%s\n", promotion->members_only ? "; members only" : "", promotion->active ? "" : "; switched off");
}

/* Of all pages; NULL: said why. */
static Caroline__V1__Promotion **all_promotions(struct cli *c, size_t *count, int *status)
{
    Caroline__V1__PromotionList request = CAROLINE__V1__PROMOTION_LIST__INIT;
    Caroline__V1__Promotion **all = arena_array(c->arena, 1, sizeof *all);
    const Caroline__V1__PromotionListed *listed;

    *count = 0;
    do {
        listed = (const void *)call_server(c, OP(PROMOTION_LIST), &request.base, status);
        if (!listed)
            return NULL;
        Caroline__V1__Promotion **more = arena_array(c->arena, *count + listed->n_promotions + 1, sizeof *more);
        for (size_t i = 0; i < *count; i++)
            more[i] = all[i];
        for (size_t i = 0; i < listed->n_promotions; i++)
            more[(*count)++] = listed->promotions[i];
        all = more;
        request.has_after_id = true;
        request.after_id = *count > 0 ? all[*count - 1]->id : 0;
    } while (listed->more && listed->n_promotions > 0);
    return all;
}

int verb_promotion_list(struct cli *c)
{
    size_t count;
    int status;

    if (!options_all_used(c))
        return EXIT_USAGE;
    Caroline__V1__Promotion **all = all_promotions(c, &count, &status);
    if (all && c->json)
        print_messages(c, (ProtobufCMessage *const *)all, count);
    if (all && !c->json && count == 0)
        print_none(c);
    if (!all || c->json || count == 0)
        return status;
    const Caroline__V1__ProductListed *lists = (const void *)catalogue_lists(c, &status);
    for (size_t i = 0; lists && i < count; i++) {
        printf("%llu  %s: ", (unsigned long long)all[i]->id, text_of(c, all[i]->name));
        print_parts(c, all[i], lists);
        print_gift(c, all[i]);
        print_when(c, all[i]);
    }
    return status;
}
