/* Checks of what was worked out: prices, taxes and points of each sale once more, from the catalogue that it was made
 * with. Nothing here is shared with common/rules/, nor with the SQL. */
#include <string.h>

#include "tests/sim/store/sim_check.h"

#define MILLION       1000000
#define VOIDED        2 /* flags of a line */
#define HOT           1
#define REWARD        4
#define DEPOSIT       32
#define CHARGE        64
#define TOTAL_DIFFERS 4 /* kind of an exception */

/* What was newest in a version of the catalogue. */
#define THEN(k, table, index, version, ...) sim_newest((k)->x, table, index, KEY(__VA_ARGS__), version).c

static const union sim_cell *shop_then(struct sim_checker *k, const union sim_cell *sale)
{
    return THEN(k, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, sale[SALE_CATALOGUE_VERSION].i,
                sale[SALE_SHOP_ID]);
}

/* ---- prices ---- */

int64_t sim_price_then(struct sim_checker *k, const union sim_cell *sale, union sim_cell product)
{
    int64_t version = sale[SALE_CATALOGUE_VERSION].i;
    const union sim_cell *p = THEN(k, SIM_PRICE_VERSION, PRICE_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION, version,
                                   sale[SALE_SHOP_ID], product);

    if (p == NULL)
        p = THEN(k, SIM_PRICE_VERSION, PRICE_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION, version, I(0), product);
    return p == NULL ? -1 : p[PRICE_VERSION_PRICE_MINOR].i;
}

/* With what was keyed in its place, and its options. */
static int64_t chosen_price(struct sim_checker *k, const union sim_cell *line, int64_t price)
{
    const union sim_cell *keyed = sim_find(k->x, SIM_SALE_KEYED_PRICE, SALE_KEYED_PRICE_BY_SALE_ID_LINE,
                                           KEY(line[SALE_LINE_SALE_ID], line[SALE_LINE_LINE]))
                                      .c;

    if (keyed != NULL)
        price = keyed[SALE_KEYED_PRICE_PRICE_MINOR].i;
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_OPTION, SALE_OPTION_BY_SALE_ID_LINE_POSITION,
                                         KEY(line[SALE_LINE_SALE_ID], line[SALE_LINE_LINE]));
         sim_next(&scan);)
        price += scan.hit.c[SALE_OPTION_PRICE_MINOR].i;
    return price < 0 ? 0 : price;
}

static void sale_prices(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *l = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(l[SALE_LINE_SALE_ID])).c;
            if (s == NULL || s[SALE_KIND].i != 1 || sim_excepted(k, s[SALE_ID], TOTAL_DIFFERS))
                continue;
            int64_t price = sim_price_then(k, s, l[SALE_LINE_PRODUCT_ID]);
            if (price < 0 || chosen_price(k, l, price) != l[SALE_LINE_UNIT_PRICE_MINOR].i)
                sim_wrong(k, "sale=%lld product=%lld unit_price_minor=%lld catalogue_minor=%lld", LONG(s[SALE_ID]),
                          LONG(l[SALE_LINE_PRODUCT_ID]), LONG(l[SALE_LINE_UNIT_PRICE_MINOR]), (long long)price);
        }
}

/* ---- taxes ---- */

/* One component of a receipt, its tax as whole units and parts of 2^96. A part is cut off by less than one: of a few
 * hundred lines, far less than what a sum of fractions of up to four different rates can be away from a half. */
struct component {
    const struct sim_blob *code;
    int64_t rate_ppm, net_minor, whole[2]; /* of what was sold, and of what was taken back: each taxed by itself */
    unsigned __int128 part[2];
    bool written;
};

struct receipt {
    struct component list[64];
    size_t count;
    bool included;
};

static struct component *component_of(struct receipt *r, const struct sim_blob *code, int64_t rate_ppm)
{
    for (size_t i = 0; i < r->count; i++)
        if (r->list[i].rate_ppm == rate_ppm && bytes_equal(sim_blob_view(r->list[i].code), sim_blob_view(code)))
            return &r->list[i];
    if (r->count == sizeof(r->list) / sizeof(*r->list))
        return NULL;
    r->list[r->count] = (struct component){ .code = code, .rate_ppm = rate_ppm };
    return &r->list[r->count++];
}

static int64_t tax_of(const struct component *c)
{
    const unsigned __int128 one = (unsigned __int128)1 << 96;

    return c->whole[0] + (int64_t)((c->part[0] + one / 2 + 512) / one) -
           (c->whole[1] + (int64_t)((c->part[1] + one / 2 + 512) / one));
}

static const union sim_cell *class_then(struct sim_checker *k, const union sim_cell *sale, union sim_cell id)
{
    return THEN(k, SIM_TAX_CLASS_VERSION, TAX_CLASS_VERSION_BY_TAX_CLASS_ID_FROM_VERSION,
                sale[SALE_CATALOGUE_VERSION].i, id);
}

static const union sim_cell *goods_then(struct sim_checker *k, const union sim_cell *sale, const union sim_cell *line)
{
    return THEN(k, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION, sale[SALE_CATALOGUE_VERSION].i,
                line[SALE_LINE_PRODUCT_ID]);
}

/* Thousandths of pieces of a class that the customer takes along. */
static int64_t pieces_milli(struct sim_checker *k, const union sim_cell *sale, int64_t tax_class)
{
    int64_t sum = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *l = scan.hit.c, *g = goods_then(k, sale, l);
        if ((l[SALE_LINE_FLAGS].i & (VOIDED | DEPOSIT | CHARGE)) == 0 && g != NULL && g[PRODUCT_VERSION_UNIT].i == 0 &&
            g[PRODUCT_VERSION_TAX_CLASS_ID].i == tax_class)
            sum += l[SALE_LINE_QUANTITY_MILLI].i;
    }
    return sum;
}

/* The class that a line is taxed by; NULL: by none. */
static const union sim_cell *taxed_as(struct sim_checker *k, const union sim_cell *sale, const union sim_cell *line)
{
    const union sim_cell *g = goods_then(k, sale, line), *c;

    if (g == NULL || (c = class_then(k, sale, g[PRODUCT_VERSION_TAX_CLASS_ID])) == NULL)
        return NULL;
    int64_t least = c[TAX_CLASS_VERSION_SWITCH_AT_COUNT].i;
    if (least > 0 && c[TAX_CLASS_VERSION_SWITCH_TO_ID].i != SIM_NULL &&
        pieces_milli(k, sale, c[TAX_CLASS_VERSION_TAX_CLASS_ID].i) >= 1000 * least)
        c = class_then(k, sale, c[TAX_CLASS_VERSION_SWITCH_TO_ID]);
    return c;
}

/* Adds the line to its components, whose rates are all_ppm together; below 0 it only says how much they are. */
static int64_t each_rate(struct sim_checker *k, struct receipt *r, const union sim_cell *sale,
                         const union sim_cell *line, const union sim_cell *class, int64_t all_ppm)
{
    int64_t sum_ppm = 0;

    for (struct sim_scan scan =
             sim_scan(k->x, SIM_TAX_RATE_VERSION, TAX_RATE_VERSION_BY_TAX_CLASS_ID_FROM_VERSION,
                      KEY(class[TAX_CLASS_VERSION_TAX_CLASS_ID], class[TAX_CLASS_VERSION_FROM_VERSION]));
         sim_next(&scan);) {
        const union sim_cell *rate = scan.hit.c;
        int64_t ppm = rate[TAX_RATE_VERSION_RATE_PPM].i, total = line[SALE_LINE_TOTAL_MINOR].i;
        if (rate[TAX_RATE_VERSION_SERVICE].i != sale[SALE_SERVICE].i ||
            rate[TAX_RATE_VERSION_HOT].i != ((line[SALE_LINE_FLAGS].i & HOT) != 0))
            continue;
        sum_ppm += ppm;
        struct component *c = all_ppm < 0 ? NULL : component_of(r, rate[TAX_RATE_VERSION_CODE].b, ppm);
        if (c == NULL)
            continue;
        bool back = total < 0;
        unsigned __int128 product = (unsigned __int128)(back ? -total : total) * (uint64_t)ppm;
        uint64_t parts = MILLION + (uint64_t)(r->included ? all_ppm : 0);
        c->whole[back] += (int64_t)(product / parts);
        c->part[back] += (product % parts << 96) / parts;
        c->net_minor += total - (r->included ? line[SALE_LINE_TAX_MINOR].i : 0);
    }
    return sum_ppm;
}

static void tax_line(struct sim_checker *k, struct receipt *r, const union sim_cell *sale, const union sim_cell *line)
{
    const union sim_cell *class;

    if ((line[SALE_LINE_FLAGS].i & VOIDED) != 0 || line[SALE_LINE_TOTAL_MINOR].i == 0)
        return;
    class = taxed_as(k, sale, line);
    if (class != NULL)
        each_rate(k, r, sale, line, class, each_rate(k, r, sale, line, class, -1));
}

static void compare_taxes(struct sim_checker *k, struct receipt *r, union sim_cell sale)
{
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(sale));
         sim_next(&scan);) {
        const union sim_cell *x = scan.hit.c;
        size_t before = r->count;
        struct component *c = component_of(r, x[SALE_TAX_CODE].b, x[SALE_TAX_RATE_PPM].i);
        if (c == NULL || r->count > before || tax_of(c) != x[SALE_TAX_TAX_MINOR].i ||
            c->net_minor != x[SALE_TAX_NET_MINOR].i)
            sim_wrong(k, "sale=%lld rate_ppm=%lld tax_minor=%lld recomputed_minor=%lld", LONG(sale),
                      LONG(x[SALE_TAX_RATE_PPM]), LONG(x[SALE_TAX_TAX_MINOR]), c == NULL ? 0LL : (long long)tax_of(c));
        else
            c->written = true;
    }
    for (size_t i = 0; i < r->count; i++)
        if (!r->list[i].written)
            sim_wrong(k, "sale=%lld rate_ppm=%lld has no row", LONG(sale), (long long)r->list[i].rate_ppm);
}

static void sale_taxes_recomputed(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c, *v = shop_then(k, s);
            struct receipt r = { .count = 0 };
            if (s[SALE_REFUND_OF].i != SIM_NULL || sim_excepted(k, s[SALE_ID], TOTAL_DIFFERS))
                continue;
            r.included = v != NULL && v[SHOP_VERSION_PRICES_INCLUDE_TAX].i != 0;
            for (struct sim_scan lines = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(s[SALE_ID]));
                 v != NULL && sim_next(&lines);)
                tax_line(k, &r, s, lines.hit.c);
            compare_taxes(k, &r, s[SALE_ID]);
        }
}

/* ---- points ---- */

/* What discounts took off a line; the rest of what it has off are free pieces. */
static int64_t taken_off(struct sim_checker *k, union sim_cell sale, union sim_cell line)
{
    int64_t taken = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE, KEY(sale, line));
         sim_next(&scan);)
        taken += scan.hit.c[SALE_DISCOUNT_AMOUNT_MINOR].i;
    return taken;
}

static int64_t pieces_free(struct sim_checker *k, union sim_cell sale)
{
    int64_t pieces = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale)); sim_next(&scan);) {
        const union sim_cell *l = scan.hit.c;
        if ((l[SALE_LINE_FLAGS].i & REWARD) != 0 && l[SALE_LINE_UNIT_PRICE_MINOR].i != 0)
            pieces += (l[SALE_LINE_DISCOUNT_MINOR].i - taken_off(k, sale, l[SALE_LINE_LINE])) /
                      l[SALE_LINE_UNIT_PRICE_MINOR].i;
    }
    return pieces;
}

static void points_recomputed(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c, *v = shop_then(k, s);
            const union sim_cell *p = sim_newest(k->x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY,
                                                 s[SALE_CATALOGUE_VERSION].i)
                                          .c;
            const union sim_cell *a = sim_attached(k, s[SALE_ID]);
            bool member = s[SALE_MEMBER_ID].i != SIM_NULL || a != NULL;
            int64_t said = s[SALE_POINTS_EARNED].i + sim_attached_earned(k, s[SALE_ID]);
            int64_t gifted = s[SALE_POINTS_GIFTED].i + (a == NULL ? 0 : a[SALE_ATTACH_POINTS_GIFTED].i);
            int64_t total = s[SALE_TOTAL_MINOR].i - sim_deposits_of(k, s[SALE_ID]), earned = 0;
            total = total > 0 ? total : 0;
            int64_t spent = p == NULL ? 0 : p[PROGRAMME_VERSION_REWARD_COST].i * pieces_free(k, s[SALE_ID]);
            spent += sim_rewards_cost(k, s);
            int64_t gift = p == NULL || !member ? 0 : p[PROGRAMME_VERSION_BIRTHDAY_POINTS].i;
            if (s[SALE_KIND].i != 1)
                continue;
            if (p != NULL && v != NULL && member) {
                __int128 points = (__int128)total * p[PROGRAMME_VERSION_POINTS_PER_UNIT].i;
                for (int64_t i = 0; i < v[SHOP_VERSION_CURRENCY_EXPONENT].i; i++)
                    points /= 10;
                earned = (int64_t)points + sim_rules_points(k, s[SALE_ID]);
            }
            if (v == NULL || said != earned || s[SALE_POINTS_SPENT].i != spent || (spent != 0 && !member) ||
                (gifted != 0 && gifted != gift))
                sim_wrong(k,
                          "sale=%lld earned=%lld recomputed_earned=%lld spent=%lld recomputed_spent=%lld gifted=%lld",
                          LONG(s[SALE_ID]), (long long)said, (long long)earned, LONG(s[SALE_POINTS_SPENT]),
                          (long long)spent, (long long)gifted);
        }
}

const struct sim_named_check sim_recomputed_checks[] = {
    { "sale_prices", sale_prices },
    { "sale_taxes_recomputed", sale_taxes_recomputed },
    { "points_recomputed", points_recomputed },
    { NULL, NULL },
};
