/* Checks of deposits and charges: which lines are theirs, what they went with, and what a Z says of them. */
#include "tests/sim/store/sim_check.h"

#define VOIDED  2 /* flags of a line */
#define DEPOSIT 32
#define CHARGE  64
#define STRANGE 14 /* kind of an exception */

int64_t sim_deposits_of(struct sim_checker *k, union sim_cell sale)
{
    int64_t sum = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(sale));
         sim_next(&scan);)
        sum += scan.hit.c[SALE_DEPOSIT_AMOUNT_MINOR].i;
    return sum;
}

static const union sim_cell *line_of(struct sim_checker *k, union sim_cell sale, union sim_cell line)
{
    return line.i == SIM_NULL ? NULL : sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale, line)).c;
}

static const union sim_cell *deposit_of(struct sim_checker *k, union sim_cell sale, union sim_cell line)
{
    return line.i == SIM_NULL ? NULL
                              : sim_find(k->x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(sale, line)).c;
}

static const union sim_cell *goods_then(struct sim_checker *k, const union sim_cell *sale, union sim_cell product)
{
    return sim_newest(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(product),
                      sale[SALE_CATALOGUE_VERSION].i)
        .c;
}

/* The sale that is refunded; of others, themselves. */
static const union sim_cell *origin_of(struct sim_checker *k, const union sim_cell *s)
{
    const union sim_cell *o =
        s[SALE_REFUND_OF].i == SIM_NULL ? s : sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(s[SALE_REFUND_OF])).c;

    return o == NULL ? s : o;
}

static bool is_paid_right(struct sim_checker *k, const union sim_cell *s, const union sim_cell *l,
                          const union sim_cell *d)
{
    const union sim_cell *o = origin_of(k, s);
    const union sim_cell *v = sim_newest(k->x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION,
                                         KEY(s[SALE_SHOP_ID]), o[SALE_CATALOGUE_VERSION].i)
                                  .c;
    int64_t amount = l[SALE_LINE_TOTAL_MINOR].i;

    if (v != NULL && v[SHOP_VERSION_PRICES_INCLUDE_TAX].i == 0)
        amount += l[SALE_LINE_TAX_MINOR].i;
    return d[SALE_DEPOSIT_AMOUNT_MINOR].i == amount;
}

/* Is it the deposit of its goods, as many as they want? */
static bool goes_with(struct sim_checker *k, const union sim_cell *s, const union sim_cell *l, const union sim_cell *d,
                      bool excepted)
{
    const union sim_cell *g = line_of(k, s[SALE_ID], d[SALE_DEPOSIT_GOODS_LINE]);

    if (d[SALE_DEPOSIT_GOODS_LINE].i == SIM_NULL)
        return true;
    if (g == NULL)
        return false;
    if (s[SALE_KIND].i != 1) {
        const union sim_cell *b = deposit_of(k, s[SALE_REFUND_OF], l[SALE_LINE_REFUND_LINE]);
        return b != NULL && b[SALE_DEPOSIT_GOODS_LINE].i == g[SALE_LINE_REFUND_LINE].i;
    }
    const union sim_cell *v = goods_then(k, s, g[SALE_LINE_PRODUCT_ID]);
    if ((g[SALE_LINE_FLAGS].i & (VOIDED | DEPOSIT | CHARGE)) != 0 || g[SALE_LINE_QUANTITY_MILLI].i <= 0 ||
        l[SALE_LINE_QUANTITY_MILLI].i <= 0)
        return false;
    return excepted ||
           (v != NULL && v[PRODUCT_VERSION_DEPOSIT_PRODUCT_ID].i == l[SALE_LINE_PRODUCT_ID].i &&
            g[SALE_LINE_QUANTITY_MILLI].i * v[PRODUCT_VERSION_DEPOSIT_COUNT].i == l[SALE_LINE_QUANTITY_MILLI].i);
}

/* How many deposits a line of goods has, and how many it wants. */
static bool has_its_own(struct sim_checker *k, const union sim_cell *s, const union sim_cell *l,
                        const union sim_cell *v)
{
    const union sim_cell *t = goods_then(k, s, v[PRODUCT_VERSION_DEPOSIT_PRODUCT_ID]);
    int64_t count = 0, wanted = 0;

    if (v[PRODUCT_VERSION_DEPOSIT_PRODUCT_ID].i == 0 || t == NULL)
        return true;
    if ((l[SALE_LINE_FLAGS].i & VOIDED) == 0 && t[PRODUCT_VERSION_DEPOSIT_KIND].i != 0 &&
        t[PRODUCT_VERSION_ACTIVE].i != 0)
        wanted = 1;
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(s[SALE_ID]));
         sim_next(&scan);)
        count += scan.hit.c[SALE_DEPOSIT_GOODS_LINE].i == l[SALE_LINE_LINE].i;
    return count == wanted;
}

static bool is_right(struct sim_checker *k, const union sim_cell *s, const union sim_cell *l)
{
    const union sim_cell *d = deposit_of(k, l[SALE_LINE_SALE_ID], l[SALE_LINE_LINE]);
    const union sim_cell *v = goods_then(k, s, l[SALE_LINE_PRODUCT_ID]);
    int64_t flags = l[SALE_LINE_FLAGS].i, kind = v == NULL ? 0 : v[PRODUCT_VERSION_DEPOSIT_KIND].i;
    bool excepted = sim_excepted(k, s[SALE_ID], STRANGE), sold = s[SALE_KIND].i == 1;

    if ((sold && l[SALE_LINE_QUANTITY_MILLI].i < 0 && (flags & DEPOSIT) == 0) ||
        (flags & (DEPOSIT | CHARGE)) == (DEPOSIT | CHARGE) ||
        ((flags & (DEPOSIT | CHARGE)) != 0 && (flags & VOIDED) == 0) != (d != NULL))
        return false;
    if (sold && !excepted && (((flags & DEPOSIT) != 0) != (kind == 1) || ((flags & CHARGE) != 0) != (kind == 2)))
        return false;
    if (sold && !excepted && v != NULL && !has_its_own(k, s, l, v))
        return false;
    return d == NULL || (is_paid_right(k, s, l, d) && goes_with(k, s, l, d, excepted));
}

static void sale_deposits(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *l = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(l[SALE_LINE_SALE_ID])).c;
            if (s != NULL && !is_right(k, s, l))
                sim_wrong(k, "sale=%lld line=%lld flags=%lld", LONG(s[SALE_ID]), LONG(l[SALE_LINE_LINE]),
                          LONG(l[SALE_LINE_FLAGS]));
        }
    for
        EACH(k, scan, SIM_SALE_DEPOSIT)
    if (line_of(k, scan.hit.c[SALE_DEPOSIT_SALE_ID], scan.hit.c[SALE_DEPOSIT_LINE]) == NULL)
        sim_wrong(k, "sale=%lld line=%lld is none", LONG(scan.hit.c[SALE_DEPOSIT_SALE_ID]),
                  LONG(scan.hit.c[SALE_DEPOSIT_LINE]));
}

/* ---- of a Z ---- */

/* Pieces and money of deposits charged, taken back and refunded, and of charges. */
struct totals {
    int64_t milli[4], minor[4];
};

static void add_sale(struct sim_checker *k, const union sim_cell *s, struct totals *sums)
{
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(s[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *l = line_of(k, s[SALE_ID], scan.hit.c[SALE_DEPOSIT_LINE]);
        if (l == NULL)
            continue;
        int64_t milli = l[SALE_LINE_QUANTITY_MILLI].i, flags = l[SALE_LINE_FLAGS].i;
        bool sold = s[SALE_KIND].i == 1;
        const bool counts[4] = { sold && (flags & DEPOSIT) != 0 && milli > 0, sold && milli < 0,
                                 s[SALE_KIND].i == 2 && (flags & DEPOSIT) != 0, sold && (flags & CHARGE) != 0 };
        for (int i = 0; i < 4; i++)
            if (counts[i]) {
                sums->milli[i] += milli;
                sums->minor[i] += scan.hit.c[SALE_DEPOSIT_AMOUNT_MINOR].i;
            }
    }
}

static void shift_z_deposits(struct sim_checker *k)
{
    static const int columns[4][2] = { { SHIFT_Z_DEPOSIT_OUT_MILLI, SHIFT_Z_DEPOSIT_OUT_MINOR },
                                       { SHIFT_Z_DEPOSIT_BACK_MILLI, SHIFT_Z_DEPOSIT_BACK_MINOR },
                                       { SHIFT_Z_DEPOSIT_REFUND_MILLI, SHIFT_Z_DEPOSIT_REFUND_MINOR },
                                       { SHIFT_Z_CHARGE_MILLI, SHIFT_Z_CHARGE_MINOR } };

    for
        EACH(k, scan, SIM_SHIFT_Z)
        {
            const union sim_cell *z = scan.hit.c;
            struct totals sums = { { 0 }, { 0 } };
            for (struct sim_scan sales = sim_scan(k->x, SIM_SALE, SALE_BY_SHIFT_ID, KEY(z[SHIFT_Z_SHIFT_ID]));
                 sim_next(&sales);)
                add_sale(k, sales.hit.c, &sums);
            for (int i = 0; i < 4; i++)
                if (sim_or_zero(z[columns[i][0]]) != sums.milli[i] || sim_or_zero(z[columns[i][1]]) != sums.minor[i])
                    sim_wrong(k, "shift=%lld kind=%d minor=%lld", LONG(z[SHIFT_Z_SHIFT_ID]), i,
                              (long long)sums.minor[i]);
        }
}

const struct sim_named_check sim_deposit_checks[] = { { "sale_deposits", sale_deposits },
                                                      { "shift_z_deposits", shift_z_deposits },
                                                      { NULL, NULL } };
