/* Checks of discounts: what they took off, down to which floor, and by whose approval; and of notes to lines. */
#include "tests/sim/store/sim_check.h"

static struct sim_hit find_line(struct sim_checker *k, union sim_cell sale_id, union sim_cell line)
{
    return sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale_id, line));
}

/* The row of the whole receipt for a line's part of it. */
static bool has_whole(struct sim_checker *k, const union sim_cell *d)
{
    return sim_find(k->x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE_KIND_PROMOTION_ID,
                    KEY(d[SALE_DISCOUNT_SALE_ID], I(-1), d[SALE_DISCOUNT_KIND], d[SALE_DISCOUNT_PROMOTION_ID]))
               .row != NULL;
}

static bool is_explained(struct sim_checker *k, const union sim_cell *d, const struct sim_sums *lines,
                         const struct sim_sums *parts)
{
    int64_t kind = d[SALE_DISCOUNT_KIND].i, promotion = d[SALE_DISCOUNT_PROMOTION_ID].i;

    bool whole = d[SALE_DISCOUNT_LINE].i == -1, times = d[SALE_DISCOUNT_TIMES].i != SIM_NULL;

    if ((kind >= 3) != (promotion != 0) || (kind == 5   ? whole && !times
                                            : kind == 4 ? whole && times
                                                        : times != (kind == 3 && whole)))
        return false;
    if (d[SALE_DISCOUNT_LINE].i == -1) /* that there are none differs from nothing */
        return kind != 1 && sim_sums_find(parts, d[SALE_DISCOUNT_SALE_ID].i, 8 * promotion + kind) != NULL &&
               sim_sums_of(parts, d[SALE_DISCOUNT_SALE_ID].i, 8 * promotion + kind) == d[SALE_DISCOUNT_AMOUNT_MINOR].i;
    struct sim_hit line = find_line(k, d[SALE_DISCOUNT_SALE_ID], d[SALE_DISCOUNT_LINE]);
    if (line.row == NULL || (kind != 1 && !has_whole(k, d)))
        return false;
    int64_t taken = sim_sums_of(lines, d[SALE_DISCOUNT_SALE_ID].i, d[SALE_DISCOUNT_LINE].i);
    bool rewarded = (line.c[SALE_LINE_FLAGS].i & 4) != 0;
    return rewarded ? taken <= line.c[SALE_LINE_DISCOUNT_MINOR].i : taken == line.c[SALE_LINE_DISCOUNT_MINOR].i;
}

static void sale_discounts(struct sim_checker *k)
{
    struct sim_sums lines = { 0 }, parts = { 0 };

    for
        EACH(k, scan, SIM_SALE_DISCOUNT)
        {
            const union sim_cell *d = scan.hit.c;
            if (d[SALE_DISCOUNT_LINE].i < 0)
                continue;
            sim_sums_add(&lines, d[SALE_DISCOUNT_SALE_ID].i, d[SALE_DISCOUNT_LINE].i, d[SALE_DISCOUNT_AMOUNT_MINOR].i);
            if (d[SALE_DISCOUNT_KIND].i != 1) /* the receipt's has no promotion */
                sim_sums_add(&parts, d[SALE_DISCOUNT_SALE_ID].i,
                             8 * d[SALE_DISCOUNT_PROMOTION_ID].i + d[SALE_DISCOUNT_KIND].i,
                             d[SALE_DISCOUNT_AMOUNT_MINOR].i);
        }
    for
        EACH(k, scan, SIM_SALE_DISCOUNT)
    if (!is_explained(k, scan.hit.c, &lines, &parts))
        sim_wrong(k, "sale=%lld line=%lld kind=%lld amount_minor=%lld", LONG(scan.hit.c[SALE_DISCOUNT_SALE_ID]),
                  LONG(scan.hit.c[SALE_DISCOUNT_LINE]), LONG(scan.hit.c[SALE_DISCOUNT_KIND]),
                  LONG(scan.hit.c[SALE_DISCOUNT_AMOUNT_MINOR]));
    sim_sums_fini(&lines);
    sim_sums_fini(&parts);
}

/* Is the line one of the promotion's goods? */
static bool is_of(struct sim_checker *k, const union sim_cell *promotion, const union sim_cell *line, int64_t version)
{
    struct sim_hit good = sim_newest(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                     KEY(line[SALE_LINE_PRODUCT_ID]), version);

    for (struct sim_scan scan =
             sim_scan(k->x, SIM_PROMOTION_PART_VERSION, PROMOTION_PART_VERSION_BY_PROMOTION_ID_FROM_VERSION,
                      KEY(promotion[PROMOTION_VERSION_PROMOTION_ID], promotion[PROMOTION_VERSION_FROM_VERSION]));
         sim_next(&scan);) {
        const union sim_cell *p = scan.hit.c;
        if (p[PROMOTION_PART_VERSION_PRODUCT_ID].i == line[SALE_LINE_PRODUCT_ID].i ||
            (good.row != NULL && p[PROMOTION_PART_VERSION_CATEGORY_ID].i != SIM_NULL &&
             p[PROMOTION_PART_VERSION_CATEGORY_ID].i == good.c[PRODUCT_VERSION_CATEGORY_ID].i))
            return true;
    }
    return false;
}

static void sale_promotions(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_DISCOUNT)
        {
            const union sim_cell *d = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(d[SALE_DISCOUNT_SALE_ID])).c;
            if (d[SALE_DISCOUNT_KIND].i != 3 || s == NULL)
                continue;
            const union sim_cell *v =
                sim_newest(k->x, SIM_PROMOTION_VERSION, PROMOTION_VERSION_BY_PROMOTION_ID_FROM_VERSION,
                           KEY(d[SALE_DISCOUNT_PROMOTION_ID]), s[SALE_CATALOGUE_VERSION].i)
                    .c;
            const union sim_cell *line = find_line(k, d[SALE_DISCOUNT_SALE_ID], d[SALE_DISCOUNT_LINE]).c;
            bool named = v != NULL && v[PROMOTION_VERSION_ACTIVE].i != 0 && d[SALE_DISCOUNT_REASON].b != NULL &&
                         sim_cell_equal(SIM_TEXT, v[PROMOTION_VERSION_NAME], d[SALE_DISCOUNT_REASON]);
            bool of_it = d[SALE_DISCOUNT_LINE].i < 0 ||
                         (v != NULL && line != NULL && is_of(k, v, line, s[SALE_CATALOGUE_VERSION].i));
            if (!named || !of_it)
                sim_wrong(k, "sale=%lld line=%lld promotion=%lld", LONG(d[SALE_DISCOUNT_SALE_ID]),
                          LONG(d[SALE_DISCOUNT_LINE]), LONG(d[SALE_DISCOUNT_PROMOTION_ID]));
        }
}

/* What the line costs at least: taken is what discounts took off it, the rest of its discount are free pieces. */
static __int128 least_of(const union sim_cell *line, int64_t floor_minor, int64_t taken)
{
    int64_t price = line[SALE_LINE_UNIT_PRICE_MINOR].i;
    int64_t free_pieces = (line[SALE_LINE_DISCOUNT_MINOR].i - taken) / price;
    __int128 least =
        (__int128)(floor_minor < price ? floor_minor : price) * (line[SALE_LINE_QUANTITY_MILLI].i - 1000 * free_pieces);

    return (least + (least < 0 ? -500 : 500)) / 1000;
}

static void sale_floor(struct sim_checker *k)
{
    struct sim_sums taken = { 0 }, rewards = { 0 };

    for
        EACH(k, scan, SIM_SALE_DISCOUNT)
        {
            const union sim_cell *d = scan.hit.c;
            bool reward = d[SALE_DISCOUNT_KIND].i == 5;

            if (d[SALE_DISCOUNT_LINE].i < 0 || (reward && d[SALE_DISCOUNT_TIMES].i != SIM_NULL))
                continue;
            sim_sums_add(&taken, d[SALE_DISCOUNT_SALE_ID].i, d[SALE_DISCOUNT_LINE].i, d[SALE_DISCOUNT_AMOUNT_MINOR].i);
            if (reward)
                sim_sums_add(&rewards, d[SALE_DISCOUNT_SALE_ID].i, d[SALE_DISCOUNT_LINE].i,
                             d[SALE_DISCOUNT_AMOUNT_MINOR].i);
        }
    for
        EACH(k, scan, SIM_SALE_DISCOUNT)
        {
            const union sim_cell *d = scan.hit.c;
            struct sim_hit sale = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(d[SALE_DISCOUNT_SALE_ID]));
            struct sim_hit line = find_line(k, d[SALE_DISCOUNT_SALE_ID], d[SALE_DISCOUNT_LINE]);
            if ((d[SALE_DISCOUNT_KIND].i != 1 && d[SALE_DISCOUNT_KIND].i != 2) || d[SALE_DISCOUNT_AMOUNT_MINOR].i == 0)
                continue; /* promotions go where the shop wants them to */
            if (sale.row == NULL || sale.c[SALE_APPROVED_BY].i != SIM_NULL || line.row == NULL ||
                sim_excepted(k, d[SALE_DISCOUNT_SALE_ID], 8) || line.c[SALE_LINE_UNIT_PRICE_MINOR].i <= 0)
                continue;
            struct sim_hit version = sim_newest(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                                KEY(line.c[SALE_LINE_PRODUCT_ID]), sale.c[SALE_CATALOGUE_VERSION].i);
            if (version.row != NULL &&
                line.c[SALE_LINE_TOTAL_MINOR].i +
                        sim_sums_of(&rewards, d[SALE_DISCOUNT_SALE_ID].i, d[SALE_DISCOUNT_LINE].i) <
                    least_of(line.c, version.c[PRODUCT_VERSION_FLOOR_MINOR].i,
                             sim_sums_of(&taken, d[SALE_DISCOUNT_SALE_ID].i, d[SALE_DISCOUNT_LINE].i)))
                sim_wrong(k, "sale=%lld line=%lld total_minor=%lld", LONG(d[SALE_DISCOUNT_SALE_ID]),
                          LONG(d[SALE_DISCOUNT_LINE]), LONG(line.c[SALE_LINE_TOTAL_MINOR]));
        }
    sim_sums_fini(&taken);
    sim_sums_fini(&rewards);
}

static void approvals(struct sim_checker *k)
{
    int64_t approved = 0;

    for
        EACH(k, scan, SIM_SALE)
    approved += scan.hit.c[SALE_APPROVED_BY].i != SIM_NULL;
    for
        EACH(k, scan, SIM_APPROVAL)
        {
            const union sim_cell *a = scan.hit.c;
            if (a[APPROVAL_USED_SALE_ID].i == SIM_NULL)
                continue;
            approved--;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(a[APPROVAL_USED_SALE_ID])).c;
            if (s == NULL || s[SALE_DEVICE_ID].i != a[APPROVAL_DEVICE_ID].i ||
                s[SALE_STAFF_ID].i != a[APPROVAL_ASKED_BY].i || s[SALE_APPROVED_BY].i != a[APPROVAL_APPROVED_BY].i ||
                s[SALE_APPROVED_BY].i == s[SALE_STAFF_ID].i)
                sim_wrong(k, "sale=%lld asked_by=%lld approved_by=%lld", LONG(a[APPROVAL_USED_SALE_ID]),
                          LONG(a[APPROVAL_ASKED_BY]), LONG(a[APPROVAL_APPROVED_BY]));
        }
    if (!k->wrong && approved != 0) /* as many sales as approvals, else one has none, or one has two */
        sim_wrong(k, "approved sales less used approvals: %lld", (long long)approved);
}

static void sale_notes(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_NOTE)
        {
            const union sim_cell *n = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(n[SALE_NOTE_SALE_ID])).c;
            struct sim_hit line = find_line(k, n[SALE_NOTE_SALE_ID], n[SALE_NOTE_LINE]);
            if (s == NULL || s[SALE_KIND].i != 1 || line.row == NULL || (line.c[SALE_LINE_FLAGS].i & 2) != 0)
                sim_wrong(k, "sale=%lld line=%lld", LONG(n[SALE_NOTE_SALE_ID]), LONG(n[SALE_NOTE_LINE]));
        }
}

const struct sim_named_check sim_discount_checks[] = {
    { "sale_notes", sale_notes }, { "sale_discounts", sale_discounts }, { "sale_promotions", sale_promotions },
    { "sale_floor", sale_floor }, { "approvals", approvals },           { NULL, NULL }
};
