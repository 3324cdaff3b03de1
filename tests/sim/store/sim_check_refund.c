/* Checks of what was given back. */
#include "tests/sim/store/sim_check.h"
#include "tests/sim/store/sim_sales.h"

static void refund_amounts(struct sim_checker *k)
{
    struct sim_sums quantities = { 0 }, totals = { 0 };

    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *l = scan.hit.c;
            struct sim_hit s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(l[SALE_LINE_SALE_ID]));
            if (s.row == NULL || s.c[SALE_REFUND_OF].i == SIM_NULL)
                continue;
            sim_sums_add(&quantities, s.c[SALE_REFUND_OF].i, l[SALE_LINE_REFUND_LINE].i,
                         -l[SALE_LINE_QUANTITY_MILLI].i);
            sim_sums_add(&totals, s.c[SALE_REFUND_OF].i, l[SALE_LINE_REFUND_LINE].i, -l[SALE_LINE_TOTAL_MINOR].i);
        }
    for
        EACH(k, scan, SIM_REFUNDED)
        {
            const union sim_cell *r = scan.hit.c;
            struct sim_sum *given = sim_sums_find(&quantities, r[REFUNDED_SALE_ID].i, r[REFUNDED_LINE].i);
            struct sim_hit o =
                sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(r[REFUNDED_SALE_ID], r[REFUNDED_LINE]));
            if (given != NULL)
                given->seen = true;
            if (given == NULL || given->sum != r[REFUNDED_QUANTITY_MILLI].i ||
                sim_sums_of(&totals, r[REFUNDED_SALE_ID].i, r[REFUNDED_LINE].i) != r[REFUNDED_TOTAL_MINOR].i ||
                o.row == NULL || r[REFUNDED_QUANTITY_MILLI].i > o.c[SALE_LINE_QUANTITY_MILLI].i ||
                r[REFUNDED_TOTAL_MINOR].i > o.c[SALE_LINE_TOTAL_MINOR].i)
                sim_wrong(k, "sale=%lld line=%lld refunded_milli=%lld refunds_milli=%lld", LONG(r[REFUNDED_SALE_ID]),
                          LONG(r[REFUNDED_LINE]), LONG(r[REFUNDED_QUANTITY_MILLI]),
                          given == NULL ? 0LL : (long long)given->sum);
        }
    for (size_t i = 0; i < quantities.capacity; i++) /* a refund of what nobody counted */
        if (quantities.list[i].count != 0 && !quantities.list[i].seen)
            sim_wrong(k, "sale=%lld line=%lld refunds_milli=%lld", (long long)quantities.list[i].a,
                      (long long)quantities.list[i].b, (long long)quantities.list[i].sum);
    sim_sums_fini(&quantities);
    sim_sums_fini(&totals);
}

static bool gives_back(struct sim_checker *k, const union sim_cell *s, const union sim_cell *o, const union sim_cell *l,
                       const union sim_cell *p)
{
    return o[SALE_KIND].i == 1 && o[SALE_SHOP_ID].i == s[SALE_SHOP_ID].i &&
           sim_holder_of(k, sim_member_of_sale(k->x, o).i) == sim_holder_of(k, sim_member_of_sale(k->x, s).i) &&
           p != NULL && p[SALE_LINE_PRODUCT_ID].i == l[SALE_LINE_PRODUCT_ID].i &&
           p[SALE_LINE_UNIT_PRICE_MINOR].i == l[SALE_LINE_UNIT_PRICE_MINOR].i && l[SALE_LINE_QUANTITY_MILLI].i < 0;
}

static void refund_lines(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *l = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(l[SALE_LINE_SALE_ID])).c;
            if (s == NULL || s[SALE_REFUND_OF].i == SIM_NULL)
                continue;
            const union sim_cell *o = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(s[SALE_REFUND_OF])).c, *p = NULL;
            if (l[SALE_LINE_REFUND_LINE].i != SIM_NULL)
                p = sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE,
                             KEY(s[SALE_REFUND_OF], l[SALE_LINE_REFUND_LINE]))
                        .c;
            if (o != NULL && !gives_back(k, s, o, l, p))
                sim_wrong(k, "refund=%lld sale=%lld line=%lld refund_line=%lld", LONG(s[SALE_ID]),
                          LONG(s[SALE_REFUND_OF]), LONG(l[SALE_LINE_LINE]), LONG(l[SALE_LINE_REFUND_LINE]));
        }
}

/* ---- a sale and all its refunds together ---- */

/* A sale that something came back of. */
struct sides {
    const union sim_cell *sale;
    const union sim_cell *refunds[200];
    size_t count;
    bool whole;         /* nothing is left of its lines */
    bool beside;        /* empties were taken back beside them ... */
    int64_t back_minor; /* ... for so much */
};

static bool is_whole(struct sim_checker *k, union sim_cell sale)
{
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale)); sim_next(&scan);) {
        const union sim_cell *l = scan.hit.c;
        const union sim_cell *r =
            sim_find(k->x, SIM_REFUNDED, REFUNDED_BY_SALE_ID_LINE, KEY(sale, l[SALE_LINE_LINE])).c;
        if ((l[SALE_LINE_FLAGS].i & 2) == 0 && l[SALE_LINE_QUANTITY_MILLI].i > 0 &&
            l[SALE_LINE_QUANTITY_MILLI].i != (r == NULL ? 0 : r[REFUNDED_QUANTITY_MILLI].i))
            return false;
    }
    return true;
}

static bool took_empties(struct sim_checker *k, union sim_cell sale)
{
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale)); sim_next(&scan);)
        if ((scan.hit.c[SALE_LINE_FLAGS].i & 34) == 32 && scan.hit.c[SALE_LINE_QUANTITY_MILLI].i < 0)
            return true;
    return false;
}

/* What was given for empties. */
static int64_t taken_back(struct sim_checker *k, union sim_cell sale)
{
    int64_t back_minor = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(sale));
         sim_next(&scan);) {
        const union sim_cell *l =
            sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale, scan.hit.c[SALE_DEPOSIT_LINE])).c;
        if (l != NULL && l[SALE_LINE_QUANTITY_MILLI].i < 0)
            back_minor -= scan.hit.c[SALE_DEPOSIT_AMOUNT_MINOR].i;
    }
    return back_minor;
}

/* false: nothing came back of it. */
static bool sides_of(struct sim_checker *k, const union sim_cell *sale, struct sides *sides)
{
    *sides = (struct sides){ .sale = sale };
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE, SALE_BY_REFUND_OF, KEY(sale[SALE_ID])); sim_next(&scan);)
        if (scan.hit.c[SALE_KIND].i == 2 && sides->count < sizeof(sides->refunds) / sizeof(*sides->refunds))
            sides->refunds[sides->count++] = scan.hit.c;
    sides->whole = sides->count > 0 && is_whole(k, sale[SALE_ID]);
    sides->beside = sides->count > 0 && took_empties(k, sale[SALE_ID]);
    sides->back_minor = sides->count > 0 ? taken_back(k, sale[SALE_ID]) : 0;
    return sides->count > 0;
}

/* What is kept of an amount that was sold. */
static bool kept_well(const struct sides *sides, int64_t kept, int64_t sold)
{
    return kept >= 0 && kept <= (sides->whole ? 0 : sold);
}

struct component {
    int64_t rows, net, tax, most_tax;
};

static struct component component_of(struct sim_checker *k, union sim_cell sale, const union sim_cell *like)
{
    struct component sum = { .most_tax = INT64_MIN };

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(sale));
         sim_next(&scan);) {
        const union sim_cell *x = scan.hit.c;
        if (x[SALE_TAX_RATE_PPM].i != like[SALE_TAX_RATE_PPM].i ||
            !bytes_equal(sim_blob_view(x[SALE_TAX_CODE].b), sim_blob_view(like[SALE_TAX_CODE].b)))
            continue;
        sum.rows++;
        sum.net += x[SALE_TAX_NET_MINOR].i;
        sum.tax += x[SALE_TAX_TAX_MINOR].i;
        if (x[SALE_TAX_TAX_MINOR].i > sum.most_tax)
            sum.most_tax = x[SALE_TAX_TAX_MINOR].i;
    }
    return sum;
}

static void component_kept(struct sim_checker *k, const struct sides *sides, const union sim_cell *like)
{
    struct component sold = component_of(k, sides->sale[SALE_ID], like), kept = sold;
    bool well = sold.rows == 1;

    for (size_t i = 0; i < sides->count; i++) {
        struct component back = component_of(k, sides->refunds[i][SALE_ID], like);

        well = well && back.rows <= 1 && back.most_tax <= 0;
        kept.net += back.net;
        kept.tax += back.tax;
    }
    if (!well || !kept_well(sides, kept.net, sold.net) || !kept_well(sides, kept.tax, sold.tax))
        sim_wrong(k, "sale=%lld rate_ppm=%lld kept_net_minor=%lld kept_tax_minor=%lld", LONG(sides->sale[SALE_ID]),
                  LONG(like[SALE_TAX_RATE_PPM]), (long long)kept.net, (long long)kept.tax);
}

static void components_kept(struct sim_checker *k, const struct sides *sides, union sim_cell side)
{
    for (struct sim_scan rows = sim_scan(k->x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(side)); sim_next(&rows);)
        component_kept(k, sides, rows.hit.c);
}

/* By line: what was sold, and what is kept of it; side by side, a row of each refund at most. */
static void lines_kept(struct sim_checker *k, const struct sides *sides)
{
    struct sim_sums sold_totals = { 0 }, sold_taxes = { 0 }, totals = { 0 }, taxes = { 0 }, rows = { 0 };

    for (size_t i = 0; i <= sides->count; i++) {
        union sim_cell side = i == 0 ? sides->sale[SALE_ID] : sides->refunds[i - 1][SALE_ID];
        for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(side));
             sim_next(&scan);) {
            const union sim_cell *l = scan.hit.c;
            int64_t line = l[SALE_LINE_REFUND_LINE].i == SIM_NULL ? l[SALE_LINE_LINE].i : l[SALE_LINE_REFUND_LINE].i;
            if ((l[SALE_LINE_FLAGS].i & 2) != 0 || (i == 0 && l[SALE_LINE_QUANTITY_MILLI].i < 0))
                continue;
            if (i == 0) {
                sim_sums_add(&sold_totals, line, 0, l[SALE_LINE_TOTAL_MINOR].i);
                sim_sums_add(&sold_taxes, line, 0, l[SALE_LINE_TAX_MINOR].i);
            } else if (l[SALE_LINE_TAX_MINOR].i > 0) {
                sim_wrong(k, "refund=%lld line=%lld tax_minor=%lld", LONG(side), (long long)line,
                          LONG(l[SALE_LINE_TAX_MINOR]));
            }
            sim_sums_add(&rows, line, (int64_t)i, 1);
            sim_sums_add(&totals, line, 0, l[SALE_LINE_TOTAL_MINOR].i);
            sim_sums_add(&taxes, line, 0, l[SALE_LINE_TAX_MINOR].i);
        }
    }
    for (size_t i = 0; i < rows.capacity; i++)
        if (rows.list[i].count > 1)
            sim_wrong(k, "sale=%lld line=%lld is twice in one refund", LONG(sides->sale[SALE_ID]),
                      (long long)rows.list[i].a);
    for (size_t i = 0; i < taxes.capacity; i++) {
        const struct sim_sum *tax = &taxes.list[i];
        if (tax->count != 0 &&
            (sim_sums_find(&sold_taxes, tax->a, 0) == NULL ||
             !kept_well(sides, tax->sum, sim_sums_of(&sold_taxes, tax->a, 0)) ||
             !kept_well(sides, sim_sums_of(&totals, tax->a, 0), sim_sums_of(&sold_totals, tax->a, 0))))
            sim_wrong(k, "sale=%lld line=%lld kept_net_minor=%lld kept_tax_minor=%lld", LONG(sides->sale[SALE_ID]),
                      (long long)tax->a, (long long)sim_sums_of(&totals, tax->a, 0), (long long)tax->sum);
    }
    sim_sums_fini(&sold_totals);
    sim_sums_fini(&sold_taxes);
    sim_sums_fini(&totals);
    sim_sums_fini(&taxes);
    sim_sums_fini(&rows);
}

static void refund_taxes(struct sim_checker *k)
{
    struct sides sides;

    for
        EACH(k, scan, SIM_SALE)
        {
            if (!sides_of(k, scan.hit.c, &sides))
                continue;
            if (!sides.beside) /* else its lines alone say what of a component is whose */
                components_kept(k, &sides, scan.hit.c[SALE_ID]);
            for (size_t i = 0; !sides.beside && i < sides.count; i++)
                components_kept(k, &sides, sides.refunds[i][SALE_ID]);
            lines_kept(k, &sides);
        }
}

/* A tender that paid: whose kind, type and reference it has. */
struct like {
    union sim_cell kind, type, reference;
};

static bool is_like(const struct like *like, union sim_cell kind, union sim_cell type, union sim_cell reference)
{
    return kind.i == like->kind.i && type.i == like->type.i &&
           (reference.b == NULL) == (like->reference.b == NULL) && /* null is not the empty text */
           bytes_equal(sim_blob_view(reference.b), sim_blob_view(like->reference.b));
}

/* What was put right of a sale, to or off tenders like this. */
static int64_t put_right(struct sim_checker *k, union sim_cell sale, const struct like *like)
{
    int64_t sum = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_RETENDER, SALE_RETENDER_BY_SALE_ID_NUMBER, KEY(sale));
         sim_next(&scan);)
        for (struct sim_scan entries = sim_scan(k->x, SIM_RETENDER_ENTRY, RETENDER_ENTRY_BY_RETENDER_ID_POSITION,
                                                KEY(scan.hit.c[SALE_RETENDER_ID]));
             sim_next(&entries);) {
            const union sim_cell *e = entries.hit.c;
            if (is_like(like, e[RETENDER_ENTRY_KIND], e[RETENDER_ENTRY_TENDER_TYPE_ID], e[RETENDER_ENTRY_REFERENCE]))
                sum += e[RETENDER_ENTRY_AMOUNT_MINOR].i - e[RETENDER_ENTRY_TIP_MINOR].i;
        }
    return sum;
}

/* What stayed of a sale or a refund with tenders like this; a refund has neither tips nor what is forfeited. */
static int64_t stayed(struct sim_checker *k, union sim_cell sale, bool back, const struct like *like, int64_t *most)
{
    int64_t sum = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(sale)); sim_next(&scan);) {
        const union sim_cell *t = scan.hit.c;
        int64_t amount = t[TENDER_AMOUNT_MINOR].i - t[TENDER_CHANGE_MINOR].i;
        if (!back)
            amount -= sim_or_zero(t[TENDER_FORFEITED_MINOR]) + sim_or_zero(t[TENDER_TIP_MINOR]);
        if (!is_like(like, t[TENDER_KIND], t[TENDER_TENDER_TYPE_ID], t[TENDER_REFERENCE]))
            continue;
        sum += amount;
        if (amount > *most)
            *most = amount;
    }
    return sum;
}

static void like_kept(struct sim_checker *k, const struct sides *sides, const struct like *like)
{
    int64_t most = INT64_MIN, any = INT64_MIN, sum = stayed(k, sides->sale[SALE_ID], false, like, &any), step = 0;

    if (like->kind.i == 1 && sides->back_minor != 0) { /* it paid as cash does, rounded with it */
        sum += sides->back_minor;
        const union sim_cell *v = sim_newest(k->x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION,
                                             KEY(sides->sale[SALE_SHOP_ID]), sides->sale[SALE_CATALOGUE_VERSION].i)
                                      .c;
        step = v == NULL ? 0 : v[SHOP_VERSION_CASH_ROUNDING_MINOR].i;
    }

    sum += put_right(k, sides->sale[SALE_ID], like);
    for (size_t i = 0; i < sides->count; i++)
        sum += stayed(k, sides->refunds[i][SALE_ID], true, like, &most);
    if (sum < -step || (sides->whole && (sum > step || sum < -step)) || most > 0)
        sim_wrong(k, "sale=%lld kind=%lld stayed_minor=%lld", LONG(sides->sale[SALE_ID]), LONG(like->kind),
                  (long long)sum);
}

static void tenders_kept(struct sim_checker *k, const struct sides *sides, union sim_cell side)
{
    for (struct sim_scan scan = sim_scan(k->x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(side)); sim_next(&scan);) {
        const union sim_cell *t = scan.hit.c;
        like_kept(k, sides, &(struct like){ t[TENDER_KIND], t[TENDER_TENDER_TYPE_ID], t[TENDER_REFERENCE] });
    }
}

static void put_right_kept(struct sim_checker *k, const struct sides *sides)
{
    for (struct sim_scan scan =
             sim_scan(k->x, SIM_SALE_RETENDER, SALE_RETENDER_BY_SALE_ID_NUMBER, KEY(sides->sale[SALE_ID]));
         sim_next(&scan);)
        for (struct sim_scan entries = sim_scan(k->x, SIM_RETENDER_ENTRY, RETENDER_ENTRY_BY_RETENDER_ID_POSITION,
                                                KEY(scan.hit.c[SALE_RETENDER_ID]));
             sim_next(&entries);) {
            const union sim_cell *e = entries.hit.c;
            like_kept(k, sides,
                      &(struct like){ e[RETENDER_ENTRY_KIND], e[RETENDER_ENTRY_TENDER_TYPE_ID],
                                      e[RETENDER_ENTRY_REFERENCE] });
        }
}

static void refund_tenders(struct sim_checker *k)
{
    struct sides sides;

    for
        EACH(k, scan, SIM_SALE)
        {
            if (!sides_of(k, scan.hit.c, &sides))
                continue;
            tenders_kept(k, &sides, scan.hit.c[SALE_ID]);
            put_right_kept(k, &sides);
            for (size_t i = 0; i < sides.count; i++)
                tenders_kept(k, &sides, sides.refunds[i][SALE_ID]);
        }
}

static bool was_erased(struct sim_checker *k, union sim_cell member)
{
    return member.i != SIM_NULL && sim_find(k->x, SIM_ERASURE, ERASURE_BY_MEMBER_ID, KEY(member)).row != NULL;
}

static void refund_points(struct sim_checker *k)
{
    struct sides sides;

    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            if (!sides_of(k, s, &sides))
                continue;
            int64_t version = s[SALE_CATALOGUE_VERSION].i;
            const union sim_cell *v =
                sim_newest(k->x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, KEY(s[SALE_SHOP_ID]), version)
                    .c;
            const union sim_cell *p =
                sim_newest(k->x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY, version).c;
            union sim_cell member = sim_member_of_sale(k->x, s);
            int64_t earned = s[SALE_POINTS_EARNED].i + sim_attached_earned(k, s[SALE_ID]), spent = 0;
            __int128 recomputed = s[SALE_TOTAL_MINOR].i - sim_deposits_of(k, s[SALE_ID]);
            for (size_t i = 0; i < sides.count; i++) {
                recomputed += sides.refunds[i][SALE_TOTAL_MINOR].i - sim_deposits_of(k, sides.refunds[i][SALE_ID]);
                earned += sides.refunds[i][SALE_POINTS_EARNED].i + sim_attached_earned(k, sides.refunds[i][SALE_ID]);
                spent += sides.refunds[i][SALE_POINTS_SPENT].i;
            }
            if (v == NULL)
                continue;
            recomputed *= member.i == SIM_NULL || p == NULL ? 0 : p[PROGRAMME_VERSION_POINTS_PER_UNIT].i;
            for (int64_t i = 0; i < v[SHOP_VERSION_CURRENCY_EXPONENT].i; i++)
                recomputed /= 10;
            bool by_rules = sim_find(k->x, SIM_SALE_EARNING, SALE_EARNING_BY_SALE_ID, KEY(s[SALE_ID])).row != NULL;
            if ((earned != recomputed && !by_rules && !was_erased(k, member)) || spent > 0 ||
                s[SALE_POINTS_SPENT].i + spent < 0)
                sim_wrong(k, "sale=%lld stayed=%lld recomputed=%lld spent=%lld given_back=%lld", LONG(s[SALE_ID]),
                          (long long)earned, (long long)recomputed, LONG(s[SALE_POINTS_SPENT]), (long long)spent);
        }
}

/* ---- without a receipt ---- */

static bool is_free(const union sim_cell *s)
{
    return s[SALE_KIND].i == 2 && s[SALE_REFUND_OF].i == SIM_NULL;
}

static bool lines_are_cheap(struct sim_checker *k, const union sim_cell *s)
{
    bool any = false;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(s[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *l = scan.hit.c;
        int64_t price = l[SALE_LINE_UNIT_PRICE_MINOR].i;
        if (l[SALE_LINE_QUANTITY_MILLI].i >= 0 || l[SALE_LINE_REFUND_LINE].i != SIM_NULL ||
            l[SALE_LINE_DISCOUNT_MINOR].i != 0 || (l[SALE_LINE_FLAGS].i & ~INT64_C(17)) != 0 || price < 1 ||
            price > sim_price_then(k, s, l[SALE_LINE_PRODUCT_ID]))
            return false;
        any = true;
    }
    return any;
}

static bool pays_cash_out(struct sim_checker *k, const union sim_cell *s)
{
    for (struct sim_scan scan = sim_scan(k->x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(s[SALE_ID]));
         sim_next(&scan);)
        if (scan.hit.c[TENDER_KIND].i != 1 || scan.hit.c[TENDER_CHANGE_MINOR].i != 0 ||
            scan.hit.c[TENDER_AMOUNT_MINOR].i >= 0)
            return false;
    return true;
}

static bool moves_points(const union sim_cell *s)
{
    return s[SALE_POINTS_EARNED].i != 0 || s[SALE_POINTS_SPENT].i != 0 || s[SALE_POINTS_GIFTED].i != 0 ||
           s[SALE_POINTS_AFTER].i != 0;
}

static void refund_free(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            if (is_free(s) && (!sim_excepted(k, s[SALE_ID], 16) || s[SALE_TOTAL_MINOR].i >= 0 ||
                               s[SALE_REASON].b == NULL || sim_blob_view(s[SALE_REASON].b).size == 0 ||
                               moves_points(s) || !lines_are_cheap(k, s) || !pays_cash_out(k, s)))
                sim_wrong(k, "refund=%lld total_minor=%lld", LONG(s[SALE_ID]), LONG(s[SALE_TOTAL_MINOR]));
        }
    for
        EACH(k, scan, SIM_SALE_EXCEPTION)
        {
            const union sim_cell *e = scan.hit.c, *s;
            if (e[SALE_EXCEPTION_KIND].i != 16)
                continue;
            s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(e[SALE_EXCEPTION_SALE_ID])).c;
            if (s == NULL || !is_free(s))
                sim_wrong(k, "refund=%lld", LONG(e[SALE_EXCEPTION_SALE_ID]));
        }
}

static void refund_free_days(struct sim_checker *k)
{
    struct sim_sums given = { 0 }, limits = { 0 };

    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            if (!is_free(s))
                continue;
            const union sim_cell *v = sim_newest(k->x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION,
                                                 KEY(s[SALE_SHOP_ID]), s[SALE_CATALOGUE_VERSION].i)
                                          .c;
            if (v == NULL)
                continue;
            sim_sums_add(&given, s[SALE_SHOP_ID].i, s[SALE_BUSINESS_DAY].i,
                         -(s[SALE_TOTAL_MINOR].i + sim_or_zero(s[SALE_ROUNDING_MINOR])));
            sim_sums_add(&limits, s[SALE_SHOP_ID].i, s[SALE_BUSINESS_DAY].i, v[SHOP_VERSION_FREE_REFUND_DAY_MINOR].i);
        }
    for (size_t i = 0; i < given.capacity; i++) {
        const struct sim_sum *day = &given.list[i];
        if (day->count != 0 && day->sum > sim_sums_find(&limits, day->a, day->b)->most)
            sim_wrong(k, "shop=%lld day=%lld given_minor=%lld", (long long)day->a, (long long)day->b,
                      (long long)day->sum);
    }
    sim_sums_fini(&given);
    sim_sums_fini(&limits);
}

static bool is_placed(struct sim_checker *k, const union sim_cell *f, const union sim_cell *s)
{
    int64_t place = 1;

    for (struct sim_scan scan =
             sim_scan(k->x, SIM_SALE_REFUND, SALE_REFUND_BY_SALE_ID_NUMBER, KEY(f[SALE_REFUND_SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *o = scan.hit.c;
        if (o[SALE_REFUND_NUMBER].i >= f[SALE_REFUND_NUMBER].i)
            continue;
        place++;
        const union sim_cell *r = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(o[SALE_REFUND_REFUND_ID])).c;
        if (r != NULL && r[SALE_DEVICE_ID].i == s[SALE_DEVICE_ID].i && r[SALE_SERIES].i == s[SALE_SERIES].i &&
            r[SALE_NUMBER].i > s[SALE_NUMBER].i)
            return false;
    }
    return place == f[SALE_REFUND_NUMBER].i;
}

static void refund_numbers(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_REFUND)
        {
            const union sim_cell *f = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(f[SALE_REFUND_REFUND_ID])).c;
            if (s == NULL || s[SALE_REFUND_OF].i != f[SALE_REFUND_SALE_ID].i || !is_placed(k, f, s))
                sim_wrong(k, "refund=%lld sale=%lld number=%lld", LONG(f[SALE_REFUND_REFUND_ID]),
                          LONG(f[SALE_REFUND_SALE_ID]), LONG(f[SALE_REFUND_NUMBER]));
        }
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            if (s[SALE_REFUND_OF].i != SIM_NULL &&
                sim_find(k->x, SIM_SALE_REFUND, SALE_REFUND_BY_REFUND_ID, KEY(s[SALE_ID])).row == NULL)
                sim_wrong(k, "refund=%lld sale=%lld", LONG(s[SALE_ID]), LONG(s[SALE_REFUND_OF]));
        }
}

const struct sim_named_check sim_refund_checks[] = {
    { "refund_amounts", refund_amounts },     { "refund_lines", refund_lines },     { "refund_taxes", refund_taxes },
    { "refund_tenders", refund_tenders },     { "refund_points", refund_points },   { "refund_free", refund_free },
    { "refund_free_days", refund_free_days }, { "refund_numbers", refund_numbers }, { NULL, NULL },
};
