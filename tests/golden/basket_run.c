/* Prices the baskets on standard input by the rules and prints what they say; README.md has the format. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules/sale.h"

#define MANY 256

/* One case while it is read. */
struct reading {
    struct catalogue *catalogue;
    struct shop shop;
    struct tax_class classes[MANY];
    struct tax_rate rates[MANY][MANY / 8];
    size_t class_count;
    struct product products[MANY];
    size_t product_count;
    struct basket_line lines[MANY];
    uint32_t rewards[MANY];
    struct basket basket;
    struct points_lot lot;
    struct member_state member;
    bool has_member, has_programme;
    struct programme programme;
    bool discounted, rounded; /* then more is printed */
};

static const char *const verdicts[SALE_VERDICT_COUNT] = {
    [SALE_OK] = "OK",
    [SALE_BASKET_EMPTY] = "BASKET_EMPTY",
    [SALE_BAD_QUANTITY] = "BAD_QUANTITY",
    [SALE_UNKNOWN_PRODUCT] = "UNKNOWN_PRODUCT",
    [SALE_REWARD_WITHOUT_MEMBER] = "REWARD_WITHOUT_MEMBER",
    [SALE_REWARD_NOT_APPLICABLE] = "REWARD_NOT_APPLICABLE",
    [SALE_POINTS_SHORT] = "POINTS_SHORT",
    [SALE_AMOUNT_OVERFLOW] = "AMOUNT_OVERFLOW",
};

static void read_class(struct reading *r, const char *words)
{
    struct tax_class *class = &r->classes[r->class_count];

    *class = (struct tax_class){ .name = "class", .rates = r->rates[r->class_count] };
    r->class_count++;
    sscanf(words, "%" SCNd64 " %" SCNu32 " %" SCNd64, &class->id, &class->switch_at_count, &class->switch_to_id);
}

static void read_rate(struct reading *r, const char *words)
{
    struct tax_class *class = &r->classes[r->class_count - 1];
    struct tax_rate *rate = &r->rates[r->class_count - 1][class->rate_count++];
    char service[8], heat[8];

    sscanf(words, "%7s %7s %12s %" SCNu32, service, heat, rate->code, &rate->rate_ppm);
    rate->service = strcmp(service, "in") == 0 ? SERVICE_EAT_IN : SERVICE_TAKE_AWAY;
    rate->hot = strcmp(heat, "hot") == 0;
}

static void read_product(struct reading *r, const char *words)
{
    struct product *product = &r->products[r->product_count++];
    char unit[8];

    *product = (struct product){ .name = "product", .active = true };
    sscanf(words, "%" SCNd64 " %7s %" SCNd64 " %" SCNd64 " %" SCNd64, &product->id, unit, &product->price_minor,
           &product->tax_class_id, &product->category_id);
    product->unit = strcmp(unit, "piece") == 0 ? UNIT_PIECE : UNIT_KILOGRAM;
}

static void read_line(struct reading *r, const char *words)
{
    struct basket_line *line = &r->lines[r->basket.line_count++];
    char heat[8] = "", voided[8] = "";

    *line = (struct basket_line){ 0 };
    sscanf(words, "%" SCNd64 " %" SCNd64 " %7s %7s", &line->product_id, &line->quantity_milli, heat, voided);
    line->hot = strcmp(heat, "hot") == 0;
    line->voided = strcmp(voided, "voided") == 0;
}

static void read_member(struct reading *r, const char *words)
{
    char birthday[16] = "";

    sscanf(words, "%" SCNd64 " %15s", &r->lot.remaining, birthday);
    r->has_member = true;
    r->basket.member_id = 1;
    r->lot.id = 1;
    r->lot.expiry.number = 1000000;
    r->member = (struct member_state){ .id = 1, .points = r->lot.remaining, .lots = &r->lot, .lot_count = 1 };
    r->member.birthday_today = strcmp(birthday, "birthday") == 0;
}

static void read_programme(struct reading *r, const char *words)
{
    struct programme *programme = &r->programme;

    *programme = (struct programme){ .name = "points", .reward_name = "free", .lot_days = 365 };
    r->has_programme = true;
    sscanf(words, "%" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64, &programme->points_per_unit,
           &programme->birthday_points, &programme->reward_cost, &programme->reward_category_id);
}

static void read_off(struct reading *r, const char *words)
{
    static const uint8_t why[] = "why";
    char line[8], kind[8];
    struct discount discount = { .given = true, .reason = { why, sizeof why - 1 } };

    sscanf(words, "%7s %7s %" SCNd64, line, kind, &discount.value);
    discount.fixed = strcmp(kind, "amount") == 0;
    r->discounted = true;
    if (strcmp(line, "all") == 0)
        r->basket.discount = discount;
    else
        r->lines[strtoul(line, NULL, 10)].discount = discount;
}

static void read_floor(struct reading *r, const char *words)
{
    int64_t id, floor;

    sscanf(words, "%" SCNd64 " %" SCNd64, &id, &floor);
    for (size_t i = 0; i < r->product_count; i++)
        if (r->products[i].id == id)
            r->products[i].floor_minor = floor;
}

static int64_t of_receipt(const struct sale_rows *sale)
{
    return sale->discount_count > 0 && sale->discounts[0].line == NO_LINE ? sale->discounts[0].amount_minor : 0;
}

static void print_sale(const struct reading *r, const struct sale_rows *sale)
{
    printf("total %" PRId64 " %" PRId64 "\n", sale->total_minor, sale->tax_minor);
    for (size_t i = 0; i < sale->line_count; i++)
        printf("line %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", sale->lines[i].gross_minor,
               sale->lines[i].discount_minor, sale->lines[i].total_minor, sale->lines[i].tax_minor);
    for (size_t i = 0; i < sale->taxes.count; i++)
        printf("tax %s %" PRIu32 " %" PRId64 " %" PRId64 "\n", sale->taxes.rows[i].code, sale->taxes.rows[i].rate_ppm,
               sale->taxes.rows[i].net_minor, sale->taxes.rows[i].tax_minor);
    printf("points %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", sale->points_earned, sale->points_spent,
           sale->points_gifted, sale->points_after);
    if (r->discounted)
        printf("discount %" PRId64 " needs %" PRIu32 " %s\n", of_receipt(sale), sale->needed_ppm,
               sale->below_floor ? "below" : "above");
    if (r->rounded)
        printf("cash %" PRId64 "\n", cash_due(&r->shop, sale->total_minor));
}

static void decide(struct reading *r, struct arena *arena)
{
    struct working_set set = { .arena = arena, .catalogue = r->catalogue, .zone = zone_utc() };
    struct sale_command command = { .aim = SALE_TO_PRICE, .series = 'T' };
    struct sale_rows sale;

    r->shop.id = 1;
    r->shop.currency = "XTS";
    catalogue_put_shop(r->catalogue, 1, &r->shop);
    for (size_t i = 0; i < r->class_count; i++)
        catalogue_put_tax_class(r->catalogue, 1, &r->classes[i]);
    for (size_t i = 0; i < r->product_count; i++)
        catalogue_put_product(r->catalogue, 1, &r->products[i]);
    if (r->has_programme)
        catalogue_put_programme(r->catalogue, 1, &r->programme);
    catalogue_seal(r->catalogue, 1, 0);
    if (r->has_member) {
        set.members = &r->member;
        set.member_count = 1;
    }
    r->basket.catalogue_version = 1;
    r->basket.lines = r->lines;
    r->basket.rewards = r->rewards;
    command.basket = r->basket;
    enum sale_verdict verdict = sale_decide(&command, &set, (struct instant){ 1700000000 * SECOND_US }, &sale);
    if (verdict == SALE_OK)
        print_sale(r, &sale);
    else
        printf("refused %s\n", verdicts[verdict] == NULL ? "?" : verdicts[verdict]);
    puts("end");
}

static void read_words(struct reading *r, const char *word, const char *words)
{
    if (strcmp(word, "shop") == 0) {
        char prices[16];

        sscanf(words, "%15s %" SCNu32, prices, &r->shop.currency_exponent);
        r->shop.prices_include_tax = strcmp(prices, "included") == 0;
    } else if (strcmp(word, "class") == 0)
        read_class(r, words);
    else if (strcmp(word, "rate") == 0)
        read_rate(r, words);
    else if (strcmp(word, "product") == 0)
        read_product(r, words);
    else if (strcmp(word, "programme") == 0)
        read_programme(r, words);
    else if (strcmp(word, "member") == 0)
        read_member(r, words);
    else if (strcmp(word, "service") == 0)
        r->basket.service = strncmp(words, "in", 2) == 0 ? SERVICE_EAT_IN : SERVICE_TAKE_AWAY;
    else if (strcmp(word, "buy") == 0)
        read_line(r, words);
    else if (strcmp(word, "off") == 0)
        read_off(r, words);
    else if (strcmp(word, "floor") == 0)
        read_floor(r, words);
    else if (strcmp(word, "rounding") == 0) {
        r->shop.cash_rounding_minor = strtoll(words, NULL, 10);
        r->rounded = true;
    } else if (strcmp(word, "reward") == 0)
        r->rewards[r->basket.reward_count++] =
            strncmp(words, "dearest", 7) == 0 ? REWARD_DEAREST : (uint32_t)strtoul(words, NULL, 10);
    else {
        fprintf(stderr, "unknown word '%s'\n", word);
        exit(64);
    }
}

int main(void)
{
    struct arena *arena = arena_create(0);
    struct reading *r = NULL;
    char text[512], word[16];
    int behind;

    while (fgets(text, sizeof text, stdin) != NULL) {
        if (sscanf(text, "%15s %n", word, &behind) < 1)
            continue;
        if (strcmp(word, "case") == 0) {
            r = calloc(1, sizeof *r);
            r->catalogue = catalogue_create();
        } else if (strcmp(word, "end") == 0) {
            decide(r, arena);
            catalogue_destroy(r->catalogue);
            free(r);
            arena_reset(arena);
        } else {
            read_words(r, word, text + behind);
        }
    }
    arena_destroy(arena);
    return 0;
}
