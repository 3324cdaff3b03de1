/* Checks of a programme's terms in sales: rewards, what rules of earning gave; of expired points and friends. */
#include "tests/sim/store/sim_check.h"

/* The first row of a term as it was in force; without a row: there was none. */
static struct sim_hit term_then(struct sim_checker *k, const union sim_cell *sale, int64_t kind, int64_t number)
{
    struct sim_hit programme = sim_newest(k->x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY,
                                          sale[SALE_CATALOGUE_VERSION].i);
    struct sim_hit none = { 0 };

    if (programme.row == NULL)
        return none;
    for (struct sim_scan scan = sim_scan(k->x, SIM_PROGRAMME_TERM_VERSION, PROGRAMME_TERM_VERSION_BY_FROM_VERSION,
                                         KEY(programme.c[PROGRAMME_VERSION_FROM_VERSION]));
         sim_next(&scan);) {
        const union sim_cell *t = scan.hit.c;

        if (t[PROGRAMME_TERM_VERSION_KIND].i == kind && t[PROGRAMME_TERM_VERSION_NUMBER].i == number &&
            t[PROGRAMME_TERM_VERSION_POSITION].i == 0)
            return scan.hit;
    }
    return none;
}

/* Is the line of the term's goods? */
static bool is_of(struct sim_checker *k, const union sim_cell *sale, const union sim_cell *term,
                  const union sim_cell *line)
{
    struct sim_hit good = sim_newest(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                     KEY(line[SALE_LINE_PRODUCT_ID]), sale[SALE_CATALOGUE_VERSION].i);
    bool named = false;

    if (term[PROGRAMME_TERM_VERSION_GOODS].i == 0)
        return true;
    for (struct sim_scan scan = sim_scan(k->x, SIM_PROGRAMME_TERM_VERSION, PROGRAMME_TERM_VERSION_BY_FROM_VERSION,
                                         KEY(term[PROGRAMME_TERM_VERSION_FROM_VERSION]));
         sim_next(&scan);) {
        const union sim_cell *g = scan.hit.c;

        if (g[PROGRAMME_TERM_VERSION_KIND].i != term[PROGRAMME_TERM_VERSION_KIND].i ||
            g[PROGRAMME_TERM_VERSION_NUMBER].i != term[PROGRAMME_TERM_VERSION_NUMBER].i)
            continue;
        named = named || g[PROGRAMME_TERM_VERSION_PRODUCT_ID].i == line[SALE_LINE_PRODUCT_ID].i ||
                (good.row != NULL && g[PROGRAMME_TERM_VERSION_CATEGORY_ID].i != SIM_NULL &&
                 g[PROGRAMME_TERM_VERSION_CATEGORY_ID].i == good.c[PRODUCT_VERSION_CATEGORY_ID].i);
    }
    return named == (term[PROGRAMME_TERM_VERSION_GOODS].i == 1);
}

int64_t sim_rewards_cost(struct sim_checker *k, const union sim_cell *sale)
{
    int64_t cost = 0;

    for (struct sim_scan scan =
             sim_scan(k->x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE, KEY(sale[SALE_ID], I(-1)));
         sim_next(&scan);) {
        const union sim_cell *d = scan.hit.c;

        if (d[SALE_DISCOUNT_KIND].i != 5)
            continue;
        struct sim_hit term = term_then(k, sale, 2, d[SALE_DISCOUNT_PROMOTION_ID].i);
        if (term.row != NULL && d[SALE_DISCOUNT_TIMES].i != SIM_NULL)
            cost += d[SALE_DISCOUNT_TIMES].i * term.c[PROGRAMME_TERM_VERSION_COST].i;
    }
    return cost;
}

int64_t sim_rules_points(struct sim_checker *k, union sim_cell sale)
{
    int64_t points = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_EARNING, SALE_EARNING_BY_SALE_ID, KEY(sale)); sim_next(&scan);)
        if (scan.hit.c[SALE_EARNING_RULE].i > 0)
            points += scan.hit.c[SALE_EARNING_POINTS].i;
    return points;
}

static bool reward_fits(struct sim_checker *k, const union sim_cell *sale, const union sim_cell *d)
{
    struct sim_hit term = term_then(k, sale, 2, d[SALE_DISCOUNT_PROMOTION_ID].i);
    bool pieces = d[SALE_DISCOUNT_TIMES].i != SIM_NULL;

    if (term.row == NULL || d[SALE_DISCOUNT_REASON].b == NULL ||
        !sim_cell_equal(SIM_TEXT, term.c[PROGRAMME_TERM_VERSION_NAME], d[SALE_DISCOUNT_REASON]))
        return false;
    if (d[SALE_DISCOUNT_LINE].i < 0)
        return true;
    struct sim_hit line =
        sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(d[SALE_DISCOUNT_SALE_ID], d[SALE_DISCOUNT_LINE]));
    if (pieces != (term.c[PROGRAMME_TERM_VERSION_GIVES].i == 1) || line.row == NULL)
        return false;
    if (pieces && d[SALE_DISCOUNT_AMOUNT_MINOR].i != d[SALE_DISCOUNT_TIMES].i * line.c[SALE_LINE_UNIT_PRICE_MINOR].i)
        return false;
    return is_of(k, sale, term.c, line.c);
}

static void sale_rewards(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_DISCOUNT)
        {
            const union sim_cell *d = scan.hit.c;
            struct sim_hit sale = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(d[SALE_DISCOUNT_SALE_ID]));

            if (d[SALE_DISCOUNT_KIND].i == 5 && sale.row != NULL && !reward_fits(k, sale.c, d))
                sim_wrong(k, "sale=%lld line=%lld reward=%lld", LONG(d[SALE_DISCOUNT_SALE_ID]),
                          LONG(d[SALE_DISCOUNT_LINE]), LONG(d[SALE_DISCOUNT_PROMOTION_ID]));
        }
}

/* ---- rules of earning ---- */

static const union sim_cell *shop_then(struct sim_checker *k, const union sim_cell *sale)
{
    return sim_newest(k->x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, KEY(sale[SALE_SHOP_ID]),
                      sale[SALE_CATALOGUE_VERSION].i)
        .c;
}

static bool counts(const union sim_cell *earning, int64_t line)
{
    struct bytes lines = sim_blob_view(earning[SALE_EARNING_LINES].b);

    return line >= 0 && (size_t)line / 8 < lines.size && (lines.data[line / 8] >> line % 8 & 1) != 0;
}

/* Pieces that rewards made free, what is off the line but for what else took something off it, at its price; and those of coupons, which
 * say how many. */
static int64_t free_milli_of(struct sim_checker *k, const union sim_cell *l)
{
    int64_t minor = l[SALE_LINE_DISCOUNT_MINOR].i, pieces = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE,
                                         KEY(l[SALE_LINE_SALE_ID], l[SALE_LINE_LINE]));
         sim_next(&scan);) {
        const union sim_cell *d = scan.hit.c;

        if (d[SALE_DISCOUNT_KIND].i != 5 || d[SALE_DISCOUNT_TIMES].i == SIM_NULL)
            minor -= d[SALE_DISCOUNT_AMOUNT_MINOR].i;
        if (d[SALE_DISCOUNT_KIND].i == 4 && d[SALE_DISCOUNT_TIMES].i != SIM_NULL)
            pieces += d[SALE_DISCOUNT_TIMES].i;
    }
    if ((l[SALE_LINE_FLAGS].i & 4) != 0 && l[SALE_LINE_UNIT_PRICE_MINOR].i > 0)
        pieces += minor / l[SALE_LINE_UNIT_PRICE_MINOR].i;
    return 1000 * pieces;
}

/* Of a sale's row: was there such a rule, and did it count what it says? */
static bool rule_fits(struct sim_checker *k, const union sim_cell *sale, const union sim_cell *e)
{
    struct sim_hit term = term_then(k, sale, 1, e[SALE_EARNING_RULE].i);
    const union sim_cell *shop = shop_then(k, sale);
    int64_t paid = 0, milli = 0;

    if (shop == NULL)
        return true;
    if (term.row == NULL || term.c[PROGRAMME_TERM_VERSION_GIVES].i != e[SALE_EARNING_PER].i ||
        term.c[PROGRAMME_TERM_VERSION_VALUE].i != e[SALE_EARNING_VALUE].i)
        return false;
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(e[SALE_EARNING_SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *l = scan.hit.c;

        if (!counts(e, l[SALE_LINE_LINE].i))
            continue;
        if ((l[SALE_LINE_FLAGS].i & 98) != 0 || !is_of(k, sale, term.c, l))
            return false;
        paid += l[SALE_LINE_TOTAL_MINOR].i + (shop[SHOP_VERSION_PRICES_INCLUDE_TAX].i ? 0 : l[SALE_LINE_TAX_MINOR].i);
        milli += l[SALE_LINE_QUANTITY_MILLI].i - free_milli_of(k, l);
    }
    return e[SALE_EARNING_PER].i == 1   ? e[SALE_EARNING_BASIS].i == paid
           : e[SALE_EARNING_PER].i == 3 ? e[SALE_EARNING_BASIS].i == 1
                                        : e[SALE_EARNING_BASIS].i == milli;
}

struct rule_sum {
    int64_t basis, points;
};

static void add_rule(struct sim_checker *k, union sim_cell sale_id, const union sim_cell *of, struct rule_sum *sum)
{
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_EARNING, SALE_EARNING_BY_SALE_ID_RULE, KEY(sale_id));
         sim_next(&scan);) {
        const union sim_cell *e = scan.hit.c;

        if (e[SALE_EARNING_RULE].i == of[SALE_EARNING_RULE].i && e[SALE_EARNING_PER].i == of[SALE_EARNING_PER].i &&
            e[SALE_EARNING_VALUE].i == of[SALE_EARNING_VALUE].i) {
            sum->basis += e[SALE_EARNING_BASIS].i;
            sum->points += e[SALE_EARNING_POINTS].i;
        }
    }
}

/* Of a sale and what came back of it, one rule in one way of counting. */
static struct rule_sum rule_sum_of(struct sim_checker *k, const union sim_cell *root, const union sim_cell *of)
{
    struct rule_sum sum = { 0 };

    add_rule(k, root[SALE_ID], of, &sum);
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE, SALE_BY_REFUND_OF, KEY(root[SALE_ID])); sim_next(&scan);)
        add_rule(k, scan.hit.c[SALE_ID], of, &sum);
    return sum;
}

static bool adds_up(const union sim_cell *shop, const union sim_cell *e, struct rule_sum sum)
{
    __int128 points = (__int128)sum.basis * e[SALE_EARNING_VALUE].i;

    if (e[SALE_EARNING_PER].i == 2)
        points /= 1000;
    for (int64_t i = 0; e[SALE_EARNING_PER].i == 1 && i < shop[SHOP_VERSION_CURRENCY_EXPONENT].i; i++)
        points /= 10;
    return sum.basis >= 0 && points == sum.points;
}

static void sale_earnings(struct sim_checker *k)
{
    struct sim_sums given = { 0 };

    for
        EACH(k, scan, SIM_SALE_EARNING)
        {
            const union sim_cell *e = scan.hit.c;
            struct sim_hit sale = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(e[SALE_EARNING_SALE_ID]));

            sim_sums_add(&given, e[SALE_EARNING_SALE_ID].i, 0, e[SALE_EARNING_POINTS].i);
            if (sale.row == NULL)
                continue;
            struct sim_hit root = sale.c[SALE_REFUND_OF].i == SIM_NULL
                                      ? sale
                                      : sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(sale.c[SALE_REFUND_OF]));
            const union sim_cell *shop = root.row == NULL ? NULL : shop_then(k, root.c);
            if ((shop != NULL && !adds_up(shop, e, rule_sum_of(k, root.c, e))) ||
                (sale.c[SALE_KIND].i == 1 && e[SALE_EARNING_RULE].i > 0 && !rule_fits(k, sale.c, e)))
                sim_wrong(k, "sale=%lld rule=%lld points=%lld", LONG(e[SALE_EARNING_SALE_ID]),
                          LONG(e[SALE_EARNING_RULE]), LONG(e[SALE_EARNING_POINTS]));
        }
    for (size_t i = 0; i < given.capacity; i++) {
        struct sim_hit sale = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(I(given.list[i].a)));

        if (given.list[i].count != 0 &&
            (sale.row == NULL ||
             sale.c[SALE_POINTS_EARNED].i + sim_attached_earned(k, I(given.list[i].a)) != given.list[i].sum))
            sim_wrong(k, "sale=%lld rules=%lld", (long long)given.list[i].a, (long long)given.list[i].sum);
    }
    sim_sums_fini(&given);
}

/* ---- by the calendar ---- */

#define DAY_US (DAY_S * SECOND_US)

/* Who was merged into another is that one. */
static bool is_same(struct sim_checker *k, int64_t one, int64_t other)
{
    int64_t now = sim_holder_of(k, one);

    return now == sim_holder_of(k, other);
}

static void points_expired(struct sim_checker *k)
{
    struct sim_sums expired = { 0 }, moved = { 0 };

    for
        EACH(k, scan, SIM_POINTS_ENTRY)
        {
            const union sim_cell *e = scan.hit.c;
            const union sim_cell *l = sim_find(k->x, SIM_POINTS_LOT, POINTS_LOT_BY_ID, KEY(e[POINTS_ENTRY_LOT_ID])).c;
            const union sim_cell *r =
                sim_find(k->x, SIM_REFERRAL, REFERRAL_BY_FRIEND_ID, KEY(e[POINTS_ENTRY_ORIGIN_ID])).c;
            int64_t kind = e[POINTS_ENTRY_KIND].i;
            bool paid = r != NULL && r[REFERRAL_PAID_AT].i == e[POINTS_ENTRY_AT].i;

            if (kind == 7)
                sim_sums_add(&expired, e[POINTS_ENTRY_ORIGIN_ID].i, e[POINTS_ENTRY_MEMBER_ID].i, 1);
            if (kind == 7 || kind == 8)
                sim_sums_add(&moved, e[POINTS_ENTRY_ORIGIN_ID].i, e[POINTS_ENTRY_MEMBER_ID].i,
                             e[POINTS_ENTRY_POINTS].i);
            if (l == NULL)
                continue;
            if ((kind == 7 &&
                 (e[POINTS_ENTRY_POINTS].i > 0 || e[POINTS_ENTRY_AT].i / DAY_US < l[POINTS_LOT_EXPIRY_DAY].i)) ||
                (kind == 11 && !(paid && is_same(k, r[REFERRAL_REFERRER_ID].i, e[POINTS_ENTRY_MEMBER_ID].i))) ||
                (kind == 12 && !(paid && is_same(k, r[REFERRAL_FRIEND_ID].i, e[POINTS_ENTRY_MEMBER_ID].i))))
                sim_wrong(k, "origin=%lld lot=%lld kind=%lld", LONG(e[POINTS_ENTRY_ORIGIN_ID]),
                          LONG(e[POINTS_ENTRY_LOT_ID]), (long long)kind);
        }
    for
        EACH(k, scan, SIM_POINTS_ENTRY)
        {
            int64_t origin = scan.hit.c[POINTS_ENTRY_ORIGIN_ID].i, member = scan.hit.c[POINTS_ENTRY_MEMBER_ID].i;

            if (sim_sums_of(&expired, origin, member) > 0 && sim_sums_of(&moved, origin, member) > 0)
                sim_wrong(k, "origin=%lld member=%lld", (long long)origin, (long long)member);
        }
    sim_sums_fini(&expired);
    sim_sums_fini(&moved);
}

/* ---- friends ---- */

/* All who are the same member. */
struct person {
    bool paid_for, bought;
};

static void add_to(struct sim_checker *k, struct person *person, union sim_cell id)
{
    const union sim_cell *r = sim_find(k->x, SIM_REFERRAL, REFERRAL_BY_FRIEND_ID, KEY(id)).c;

    person->paid_for = person->paid_for || (r != NULL && r[REFERRAL_PAID_AT].i != SIM_NULL);
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE, SALE_BY_MEMBER_ID, KEY(id)); sim_next(&scan);)
        person->bought = person->bought || scan.hit.c[SALE_KIND].i == 1;
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_ATTACH, SALE_ATTACH_BY_MEMBER_ID, KEY(id)); sim_next(&scan);)
        person->bought = person->bought || scan.hit.c[SALE_ATTACH_SALE_ID].i == scan.hit.c[SALE_ATTACH_ATTACHED_ID].i;
}

static void referral_marks(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_REFERRAL)
        {
            union sim_cell holder = I(sim_holder_of(k, scan.hit.c[REFERRAL_FRIEND_ID].i));
            const union sim_cell *a = sim_find(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(holder)).c;
            struct person person = { 0 };

            if (scan.hit.c[REFERRAL_PAID_AT].i != SIM_NULL || a == NULL || a[MEMBER_ACCOUNT_ERASED].i != 0)
                continue;
            add_to(k, &person, holder);
            for (struct sim_scan merged =
                     sim_scan(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(holder));
                 sim_next(&merged);)
                add_to(k, &person, merged.hit.c[MEMBER_ACCOUNT_MEMBER_ID]);
            if (!person.paid_for && a[MEMBER_ACCOUNT_FRIEND].i < (person.bought ? 2 : 1))
                sim_wrong(k, "friend=%lld member=%lld mark=%lld", LONG(scan.hit.c[REFERRAL_FRIEND_ID]), LONG(holder),
                          LONG(a[MEMBER_ACCOUNT_FRIEND]));
        }
}

const struct sim_named_check sim_programme_checks[] = {
    { "sale_rewards", sale_rewards },
    { "sale_earnings", sale_earnings },
    { "points_expired", points_expired },
    { "referral_marks", referral_marks },
    { NULL, NULL },
};
