/* The checks of coupons: how often they were used, by which sales, and what they took off. */
#include "tests/sim/store/sim_check.h"
#include "tests/sim/store/sim_sales.h"

#define LINES_MAX 200 /* of a sale */

static const union sim_cell *campaign_of(struct sim_checker *k, union sim_cell id)
{
    return sim_find(k->x, SIM_CAMPAIGN, CAMPAIGN_BY_ID, KEY(id)).c;
}

/* Of one coupon: in their order each is the next, and of its campaign. */
static void count_uses(struct sim_checker *k, const union sim_cell *c)
{
    int64_t number = 0;
    bool right = true;

    for (struct sim_scan scan = sim_range(k->x, SIM_COUPON_USE, COUPON_USE_BY_COUPON_ID_NUMBER, KEY(c[COUPON_ID]),
                                          INT64_MIN, INT64_MAX, false);
         sim_next(&scan);)
        right = right && scan.hit.c[COUPON_USE_NUMBER].i == ++number &&
                scan.hit.c[COUPON_USE_CAMPAIGN_ID].i == c[COUPON_CAMPAIGN_ID].i;
    if (!right || number != c[COUPON_USE_COUNT].i || (c[COUPON_USES_MAX].i > 0 && number > c[COUPON_USES_MAX].i))
        sim_wrong(k, "coupon=%lld said=%lld found=%lld", LONG(c[COUPON_ID]), LONG(c[COUPON_USE_COUNT]),
                  (long long)number);
}

static void count_campaign(struct sim_checker *k, const union sim_cell *p)
{
    int64_t uses = 0, issued = 0, newest = 0;

    for (struct sim_scan scan = sim_all(k->x, SIM_COUPON_USE); sim_next(&scan);)
        uses += scan.hit.c[COUPON_USE_CAMPAIGN_ID].i == p[CAMPAIGN_ID].i;
    for (struct sim_scan scan = sim_range(k->x, SIM_COUPON, COUPON_BY_CAMPAIGN_ID_NUMBER, KEY(p[CAMPAIGN_ID]),
                                          INT64_MIN, INT64_MAX, false);
         sim_next(&scan); issued++)
        newest = scan.hit.c[COUPON_NUMBER].i;
    if (uses != p[CAMPAIGN_USE_COUNT].i || (p[CAMPAIGN_USES_MAX].i > 0 && uses > p[CAMPAIGN_USES_MAX].i) ||
        issued != p[CAMPAIGN_COUPON_COUNT].i || newest != issued)
        sim_wrong(k, "campaign=%lld uses=%lld coupons=%lld", LONG(p[CAMPAIGN_ID]), (long long)uses, (long long)issued);
}

static void coupon_counts(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_COUPON)
    count_uses(k, scan.hit.c);
    for
        EACH(k, scan, SIM_CAMPAIGN)
    count_campaign(k, scan.hit.c);
    for
        EACH(k, scan, SIM_COUPON_USE)
    if (sim_find(k->x, SIM_COUPON, COUPON_BY_ID, KEY(scan.hit.c[COUPON_USE_COUPON_ID])).row == NULL)
        sim_wrong(k, "coupon=%lld is none", LONG(scan.hit.c[COUPON_USE_COUPON_ID]));
}

static const union sim_cell *discount_of(struct sim_checker *k, union sim_cell sale, int64_t line,
                                         union sim_cell campaign)
{
    return sim_find(k->x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE_KIND_PROMOTION_ID,
                    KEY(sale, I(line), I(4), campaign))
        .c;
}

/* Whose it is and who used it, whoever the two are now. */
static bool is_theirs(struct sim_checker *k, const union sim_cell *u, const union sim_cell *c, const union sim_cell *p)
{
    if (c != NULL && c[COUPON_MEMBER_ID].i != SIM_NULL &&
        sim_holder_of(k, c[COUPON_MEMBER_ID].i) != sim_holder_of(k, u[COUPON_USE_MEMBER_ID].i))
        return false;
    return u[COUPON_USE_MEMBER_ID].i != SIM_NULL || p == NULL ||
           (p[CAMPAIGN_MEMBERS_ONLY].i == 0 && p[CAMPAIGN_FIRST_PURCHASE].i == 0 && p[CAMPAIGN_PER_MEMBER].i == 0);
}

static void check_use(struct sim_checker *k, const union sim_cell *u)
{
    const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(u[COUPON_USE_SALE_ID])).c;
    const union sim_cell *c = sim_find(k->x, SIM_COUPON, COUPON_BY_ID, KEY(u[COUPON_USE_COUPON_ID])).c;
    const union sim_cell *p = campaign_of(k, u[COUPON_USE_CAMPAIGN_ID]);
    const union sim_cell *d = discount_of(k, u[COUPON_USE_SALE_ID], -1, u[COUPON_USE_CAMPAIGN_ID]);

    if (s == NULL || s[SALE_KIND].i != 1 || s[SALE_AT].i != u[COUPON_USE_AT].i ||
        s[SALE_MEMBER_ID].i != u[COUPON_USE_MEMBER_ID].i || d == NULL ||
        d[SALE_DISCOUNT_AMOUNT_MINOR].i != u[COUPON_USE_AMOUNT_MINOR].i || p == NULL ||
        d[SALE_DISCOUNT_REASON].b == NULL || !sim_cell_equal(SIM_TEXT, d[SALE_DISCOUNT_REASON], p[CAMPAIGN_NAME]) ||
        !is_theirs(k, u, c, p))
        sim_wrong(k, "sale=%lld campaign=%lld", LONG(u[COUPON_USE_SALE_ID]), LONG(u[COUPON_USE_CAMPAIGN_ID]));
}

/* One that a sale earned: what its goods came to was enough, and the campaign was there. */
static void check_earned(struct sim_checker *k, const union sim_cell *c)
{
    if (c[COUPON_SALE_ID].i == SIM_NULL)
        return;
    const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(c[COUPON_SALE_ID])).c;
    const union sim_cell *p = campaign_of(k, c[COUPON_CAMPAIGN_ID]);
    bool older = c[COUPON_GOODS_MINOR].i == SIM_NULL; /* it counted deposits, and does not say what it counted */
    int64_t counted = older && s != NULL ? s[SALE_TOTAL_MINOR].i : c[COUPON_GOODS_MINOR].i;
    if (s == NULL || p == NULL || s[SALE_KIND].i != 1 || p[CAMPAIGN_RECEIPT_MINOR].i <= 0 ||
        (!older && counted != sim_goods_of(k->x, s)) || counted < p[CAMPAIGN_RECEIPT_MINOR].i ||
        s[SALE_AT].i < p[CAMPAIGN_CREATED_AT].i)
        sim_wrong(k, "sale=%lld earned no coupon of campaign=%lld", LONG(c[COUPON_SALE_ID]),
                  LONG(c[COUPON_CAMPAIGN_ID]));
}

static void coupon_uses(struct sim_checker *k)
{
    struct sim_sums members = { 0 };

    for
        EACH(k, scan, SIM_COUPON_USE)
        {
            const union sim_cell *u = scan.hit.c;
            const union sim_cell *p = campaign_of(k, u[COUPON_USE_CAMPAIGN_ID]);
            check_use(k, u);
            sim_sums_add(&members, u[COUPON_USE_CAMPAIGN_ID].i, u[COUPON_USE_MEMBER_ID].i, 1);
            if (p != NULL && p[CAMPAIGN_PER_MEMBER].i > 0 &&
                sim_sums_of(&members, u[COUPON_USE_CAMPAIGN_ID].i, u[COUPON_USE_MEMBER_ID].i) >
                    p[CAMPAIGN_PER_MEMBER].i)
                sim_wrong(k, "campaign=%lld member=%lld", LONG(u[COUPON_USE_CAMPAIGN_ID]),
                          LONG(u[COUPON_USE_MEMBER_ID]));
        }
    for
        EACH(k, scan, SIM_SALE_DISCOUNT)
        {
            const union sim_cell *d = scan.hit.c;
            if (d[SALE_DISCOUNT_KIND].i == 4 && d[SALE_DISCOUNT_LINE].i == -1 &&
                sim_find(k->x, SIM_COUPON_USE, COUPON_USE_BY_SALE_ID_CAMPAIGN_ID,
                         KEY(d[SALE_DISCOUNT_SALE_ID], d[SALE_DISCOUNT_PROMOTION_ID]))
                        .row == NULL)
                sim_wrong(k, "sale=%lld campaign=%lld was not used", LONG(d[SALE_DISCOUNT_SALE_ID]),
                          LONG(d[SALE_DISCOUNT_PROMOTION_ID]));
        }
    for
        EACH(k, scan, SIM_COUPON)
    check_earned(k, scan.hit.c);
    sim_sums_fini(&members);
}

/* ---- amounts ---- */

/* A line as the coupon found it. */
struct found_line {
    int64_t before_minor, part_minor;
    int64_t part_pieces; /* that it made free, as it says; SIM_NULL: it does not */
    int64_t pieces;      /* that no reward made free; of what is weighed none */
    bool promoted, fits;
};

static int64_t pieces_of(struct sim_checker *k, const union sim_cell *l, int64_t version, int64_t other_minor)
{
    const union sim_cell *good = sim_newest(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                            KEY(l[SALE_LINE_PRODUCT_ID]), version)
                                     .c;
    int64_t unit_minor = l[SALE_LINE_UNIT_PRICE_MINOR].i, free = 0;

    if (good == NULL || good[PRODUCT_VERSION_UNIT].i != 0)
        return 0;
    if ((l[SALE_LINE_FLAGS].i & 4) != 0 && unit_minor != 0)
        free = (l[SALE_LINE_DISCOUNT_MINOR].i - other_minor) / unit_minor;
    return l[SALE_LINE_QUANTITY_MILLI].i / 1000 - free;
}

static struct found_line found_line_of(struct sim_checker *k, const union sim_cell *l, union sim_cell campaign,
                                       int64_t version)
{
    struct found_line found = { .before_minor = l[SALE_LINE_TOTAL_MINOR].i, .part_pieces = SIM_NULL };
    int64_t other_minor = 0; /* that took off something else than free pieces */

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE,
                                         KEY(l[SALE_LINE_SALE_ID], l[SALE_LINE_LINE]));
         sim_next(&scan);) {
        const union sim_cell *d = scan.hit.c;
        found.promoted = found.promoted || d[SALE_DISCOUNT_KIND].i == 3;
        if (d[SALE_DISCOUNT_KIND].i != 3 && d[SALE_DISCOUNT_KIND].i != 5)
            found.before_minor += d[SALE_DISCOUNT_AMOUNT_MINOR].i;
        if (d[SALE_DISCOUNT_KIND].i == 4 && d[SALE_DISCOUNT_PROMOTION_ID].i == campaign.i) {
            found.part_minor += d[SALE_DISCOUNT_AMOUNT_MINOR].i;
            found.part_pieces = d[SALE_DISCOUNT_TIMES].i;
        }
        if (d[SALE_DISCOUNT_KIND].i != 5 || d[SALE_DISCOUNT_TIMES].i == SIM_NULL)
            other_minor += d[SALE_DISCOUNT_AMOUNT_MINOR].i;
    }
    found.pieces = pieces_of(k, l, version, other_minor);
    return found;
}

/* What so many pieces of these lines cost, of the dearest first, the earlier of equals. *right: each line that says how many of them are
 * its own is right. */
static int64_t free_minor(struct found_line *lines, size_t count, int64_t pieces, bool *right)
{
    int64_t minor = 0;

    while (pieces > 0) {
        struct found_line *best = NULL;

        for (size_t i = 0; i < count; i++)
            if (lines[i].fits && lines[i].pieces > 0 &&
                (best == NULL ||
                 (__int128)lines[i].before_minor * best->pieces > (__int128)best->before_minor * lines[i].pieces))
                best = &lines[i];
        if (best == NULL)
            break;
        int64_t taken = pieces < best->pieces ? pieces : best->pieces;
        minor += (int64_t)(((__int128)best->before_minor * taken * 2 + best->pieces) / (best->pieces * 2));
        *right = *right && (best->part_pieces == SIM_NULL || best->part_pieces == taken);
        pieces -= taken;
        best->pieces = 0;
    }
    for (size_t i = 0; i < count; i++) /* none of these was left for them */
        *right = *right && (!lines[i].fits || lines[i].pieces <= 0 || lines[i].part_pieces == SIM_NULL);
    return minor;
}

/* Which pieces it made free stands with each of its lines or, of older sales, with none. */
static bool pieces_fit(const union sim_cell *p, const struct found_line *lines, size_t count)
{
    int64_t said = 0, parts = 0, pieces = 0;

    for (size_t i = 0; i < count; i++) {
        parts += lines[i].part_minor != 0;
        if (lines[i].part_pieces == SIM_NULL)
            continue;
        said++;
        pieces += lines[i].part_pieces;
    }
    return said == 0 || (p[CAMPAIGN_GIFT].i == 3 && said == parts && pieces <= p[CAMPAIGN_VALUE].i);
}

static bool is_of(struct sim_checker *k, const union sim_cell *p, const union sim_cell *l, int64_t version)
{
    bool any = false, named = false;

    for (struct sim_scan scan = sim_range(k->x, SIM_CAMPAIGN_PRODUCT, CAMPAIGN_PRODUCT_BY_CAMPAIGN_ID_PRODUCT_ID,
                                          KEY(p[CAMPAIGN_ID]), INT64_MIN, INT64_MAX, false);
         sim_next(&scan); any = true)
        named = named || scan.hit.c[CAMPAIGN_PRODUCT_PRODUCT_ID].i == l[SALE_LINE_PRODUCT_ID].i;
    if (any && !named)
        return false;
    if (p[CAMPAIGN_CATEGORY_ID].i == SIM_NULL)
        return true;
    const union sim_cell *good = sim_newest(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                            KEY(l[SALE_LINE_PRODUCT_ID]), version)
                                     .c;
    return good != NULL && good[PRODUCT_VERSION_CATEGORY_ID].i == p[CAMPAIGN_CATEGORY_ID].i;
}

static int64_t given(const union sim_cell *p, int64_t goods_minor, struct found_line *lines, size_t count, bool *right)
{
    int64_t value = p[CAMPAIGN_VALUE].i;

    if (p[CAMPAIGN_GIFT].i == 1)
        return (int64_t)(((__int128)goods_minor * value + 500000) / 1000000);
    if (p[CAMPAIGN_GIFT].i == 2)
        return value < goods_minor ? value : goods_minor;
    return free_minor(lines, count, value, right);
}

static size_t uses_of(struct sim_checker *k, union sim_cell sale)
{
    size_t count = 0;

    for
        EACH(k, scan, SIM_COUPON_USE)
    count += scan.hit.c[COUPON_USE_SALE_ID].i == sale.i;
    return count;
}

static void coupon_amounts(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_COUPON_USE)
        {
            const union sim_cell *u = scan.hit.c;
            const union sim_cell *p = campaign_of(k, u[COUPON_USE_CAMPAIGN_ID]);
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(u[COUPON_USE_SALE_ID])).c;
            int64_t goods = 0, basket = 0, amount = u[COUPON_USE_AMOUNT_MINOR].i;
            struct found_line found[LINES_MAX];
            size_t count = 0;
            bool right = true;
            if (p == NULL || s == NULL)
                continue;
            for (struct sim_scan lines = sim_range(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(s[SALE_ID]),
                                                   INT64_MIN, INT64_MAX, false);
                 sim_next(&lines) && count < LINES_MAX;) {
                const union sim_cell *l = lines.hit.c;
                if ((l[SALE_LINE_FLAGS].i & 98) != 0)
                    continue;
                struct found_line *line = &found[count++];
                *line = found_line_of(k, l, p[CAMPAIGN_ID], s[SALE_CATALOGUE_VERSION].i);
                line->fits = line->before_minor > 0 && (p[CAMPAIGN_WITH_PROMOTIONS].i != 0 || !line->promoted) &&
                             is_of(k, p, l, s[SALE_CATALOGUE_VERSION].i);
                basket += line->before_minor;
                goods += line->fits ? line->before_minor : 0;
                right = right && (line->part_minor == 0 || line->fits);
            }
            right = right && pieces_fit(p, found, count);
            if (uses_of(k, s[SALE_ID]) == 1)
                right = given(p, goods, found, count, &right) == amount && right;
            if (count > 0 && (!right || basket < p[CAMPAIGN_LEAST_MINOR].i || amount > goods))
                sim_wrong(k, "sale=%lld campaign=%lld amount_minor=%lld goods_minor=%lld", LONG(s[SALE_ID]),
                          LONG(p[CAMPAIGN_ID]), (long long)amount, (long long)goods);
        }
}

const struct sim_named_check sim_coupon_checks[] = {
    { "coupon_counts", coupon_counts },
    { "coupon_uses", coupon_uses },
    { "coupon_amounts", coupon_amounts },
    { NULL, NULL },
};
