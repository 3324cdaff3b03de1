/* Checks of what shifts came to when they were closed. */
#include "tests/sim/store/sim_check.h"

static void shift_z_numbers(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SHIFT)
        {
            const union sim_cell *s = scan.hit.c;
            const union sim_cell *z = sim_find(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(s[SHIFT_ID])).c;
            const union sim_cell *d =
                sim_find(k->x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(s[SHIFT_DEVICE_ID], s[SHIFT_HOLDER_ID]))
                    .c;
            bool open = d != NULL && d[DRAWER_SHIFT_ID].i == s[SHIFT_ID].i;
            if ((z == NULL) != open ||
                (z != NULL &&
                 (z[SHIFT_Z_NUMBER].i != s[SHIFT_NUMBER].i || z[SHIFT_Z_DEVICE_ID].i != s[SHIFT_DEVICE_ID].i ||
                  z[SHIFT_Z_SHOP_ID].i != s[SHIFT_SHOP_ID].i)) ||
                (d != NULL && d[DRAWER_SHIFT_ID].i == SIM_NULL &&
                 (d[DRAWER_CASH_MINOR].i != 0 || d[DRAWER_SALE_COUNT].i != 0)))
                sim_wrong(k, "device=%lld shift=%lld number=%lld", LONG(s[SHIFT_DEVICE_ID]), LONG(s[SHIFT_ID]),
                          LONG(s[SHIFT_NUMBER]));
        }
    for
        EACH(k, scan, SIM_SHIFT_Z)
        {
            const union sim_cell *z = scan.hit.c;
            if (sim_find(k->x, SIM_SHIFT, SHIFT_BY_ID, KEY(z[SHIFT_Z_SHIFT_ID])).row == NULL)
                sim_wrong(k, "shift=%lld z_number=%lld", LONG(z[SHIFT_Z_SHIFT_ID]), LONG(z[SHIFT_Z_NUMBER]));
        }
}

/* Of one shift and kind, or series. */
static struct sim_sum sum_of(const struct sim_sums *sums, union sim_cell shift, int64_t of)
{
    const struct sim_sum *sum = sim_sums_find(sums, shift.i, of);

    return sum == NULL ? (struct sim_sum){ 0 } : *sum;
}

static void shift_z_sales(struct sim_checker *k)
{
    struct sim_sums sales = { 0 }, numbers = { 0 };

    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            sim_sums_add(&sales, s[SALE_SHIFT_ID].i, s[SALE_KIND].i, s[SALE_TOTAL_MINOR].i);
            sim_sums_add(&numbers, s[SALE_SHIFT_ID].i, s[SALE_SERIES].i, s[SALE_NUMBER].i);
        }
    for
        EACH(k, scan, SIM_SHIFT_Z)
        {
            const union sim_cell *z = scan.hit.c;
            struct sim_sum sold = sum_of(&sales, z[SHIFT_Z_SHIFT_ID], 1), back = sum_of(&sales, z[SHIFT_Z_SHIFT_ID], 2);
            struct sim_sum t = sum_of(&numbers, z[SHIFT_Z_SHIFT_ID], 'T'),
                           x = sum_of(&numbers, z[SHIFT_Z_SHIFT_ID], 'X');
            if (z[SHIFT_Z_SALE_COUNT].i != sold.count || z[SHIFT_Z_SALE_MINOR].i != sold.sum ||
                z[SHIFT_Z_REFUND_COUNT].i != back.count || z[SHIFT_Z_REFUND_MINOR].i != back.sum ||
                z[SHIFT_Z_T_FIRST].i != t.least || z[SHIFT_Z_T_LAST].i != t.most || z[SHIFT_Z_X_FIRST].i != x.least ||
                z[SHIFT_Z_X_LAST].i != x.most)
                sim_wrong(k, "shift=%lld sales=%lld refunds=%lld last=%lld", LONG(z[SHIFT_Z_SHIFT_ID]),
                          (long long)sold.count, (long long)back.count, (long long)t.most);
        }
    sim_sums_fini(&sales);
    sim_sums_fini(&numbers);
}

/* Each sale of a closed shift. */
static const union sim_cell *closed_of(struct sim_checker *k, union sim_cell sale_id)
{
    const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(sale_id)).c;

    return s == NULL || sim_find(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(s[SALE_SHIFT_ID])).row == NULL ? NULL : s;
}

/* Which means of payment: cash and card are their kinds. */
static int64_t means(int64_t kind, union sim_cell type_id)
{
    return sim_or_zero(type_id) == 0 ? kind : type_id.i;
}

/* As a Z counts them: a sum's count is of rows, and what was put right may be none, or one less. */
static void add_put_right(struct sim_checker *k, struct sim_sums *paid, struct sim_sums *tips, struct sim_sums *more)
{
    for
        EACH(k, scan, SIM_RETENDER_ENTRY)
        {
            const union sim_cell *e = scan.hit.c;
            const union sim_cell *r =
                sim_find(k->x, SIM_SALE_RETENDER, SALE_RETENDER_BY_ID, KEY(e[RETENDER_ENTRY_RETENDER_ID])).c;
            if (r == NULL ||
                sim_find(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(r[SALE_RETENDER_SHIFT_ID])).row == NULL)
                continue;
            int64_t id = means(e[RETENDER_ENTRY_KIND].i, e[RETENDER_ENTRY_TENDER_TYPE_ID]),
                    shift = r[SALE_RETENDER_SHIFT_ID].i;
            sim_sums_add(paid, shift, id, e[RETENDER_ENTRY_AMOUNT_MINOR].i);
            sim_sums_add(tips, shift, id, e[RETENDER_ENTRY_TIP_MINOR].i);
            sim_sums_add(more, shift, id, e[RETENDER_ENTRY_TENDER_COUNT].i - 1);
        }
}

static void shift_z_tenders(struct sim_checker *k)
{
    struct sim_sums paid = { 0 }, forfeited = { 0 }, tips = { 0 }, more = { 0 };

    for
        EACH(k, scan, SIM_TENDER)
        {
            const union sim_cell *t = scan.hit.c, *s = closed_of(k, t[TENDER_SALE_ID]);
            if (s == NULL)
                continue;
            int64_t id = means(t[TENDER_KIND].i, t[TENDER_TENDER_TYPE_ID]);
            sim_sums_add(&paid, s[SALE_SHIFT_ID].i, id, t[TENDER_AMOUNT_MINOR].i - t[TENDER_CHANGE_MINOR].i);
            sim_sums_add(&forfeited, s[SALE_SHIFT_ID].i, id, sim_or_zero(t[TENDER_FORFEITED_MINOR]));
            sim_sums_add(&tips, s[SALE_SHIFT_ID].i, id, sim_or_zero(t[TENDER_TIP_MINOR]));
        }
    add_put_right(k, &paid, &tips, &more);
    for
        EACH(k, scan, SIM_SHIFT_Z_TENDER)
        {
            const union sim_cell *z = scan.hit.c;
            int64_t id = means(z[SHIFT_Z_TENDER_KIND].i, z[SHIFT_Z_TENDER_TENDER_TYPE_ID]);
            struct sim_sum *sum = sim_sums_find(&paid, z[SHIFT_Z_TENDER_SHIFT_ID].i, id);
            int64_t count = (sum == NULL ? 0 : sum->count) + sim_sums_of(&more, z[SHIFT_Z_TENDER_SHIFT_ID].i, id);
            if (count != z[SHIFT_Z_TENDER_TENDER_COUNT].i ||
                (sum == NULL ? 0 : sum->sum) != z[SHIFT_Z_TENDER_EXPECTED_MINOR].i ||
                sim_sums_of(&tips, z[SHIFT_Z_TENDER_SHIFT_ID].i, id) != z[SHIFT_Z_TENDER_TIP_MINOR].i ||
                sim_sums_of(&forfeited, z[SHIFT_Z_TENDER_SHIFT_ID].i, id) != z[SHIFT_Z_TENDER_FORFEITED_MINOR].i)
                sim_wrong(k, "shift=%lld tender_type=%lld", LONG(z[SHIFT_Z_TENDER_SHIFT_ID]), (long long)id);
            if (sum != NULL)
                sum->seen = true;
        }
    for (size_t i = 0; i < paid.capacity; i++)
        if (paid.list[i].count > 0 && !paid.list[i].seen)
            sim_wrong(k, "shift=%lld kind=%lld tenders=%lld", (long long)paid.list[i].a, (long long)paid.list[i].b,
                      (long long)paid.list[i].count);
    sim_sums_fini(&paid);
    sim_sums_fini(&forfeited);
    sim_sums_fini(&tips);
    sim_sums_fini(&more);
}

/* Of one shift, code and rate: each tax of its sales and its Z is compared with its likes. */
static void taxes_of(struct sim_checker *k, union sim_cell shift, union sim_cell code, union sim_cell rate)
{
    const union sim_cell *z =
        sim_find(k->x, SIM_SHIFT_Z_TAX, SHIFT_Z_TAX_BY_SHIFT_ID_CODE_RATE_PPM, KEY(shift, code, rate)).c;
    int64_t net = 0, tax = 0, count = 0;

    for (struct sim_scan sales = sim_scan(k->x, SIM_SALE, SALE_BY_SHIFT_ID, KEY(shift)); sim_next(&sales);)
        for (struct sim_scan taxes =
                 sim_scan(k->x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(sales.hit.c[SALE_ID]));
             sim_next(&taxes);) {
            const union sim_cell *t = taxes.hit.c;
            if (t[SALE_TAX_RATE_PPM].i != rate.i ||
                !bytes_equal(sim_blob_view(t[SALE_TAX_CODE].b), sim_blob_view(code.b)))
                continue;
            count++;
            net += t[SALE_TAX_NET_MINOR].i;
            tax += t[SALE_TAX_TAX_MINOR].i;
        }
    if (z == NULL || sim_find(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(shift)).row == NULL || count == 0 ||
        z[SHIFT_Z_TAX_NET_MINOR].i != net || z[SHIFT_Z_TAX_TAX_MINOR].i != tax)
        sim_wrong(k, "shift=%lld code=%s rate_ppm=%lld net_minor=%lld tax_minor=%lld", LONG(shift),
                  (const char *)code.b->data, LONG(rate), (long long)net, (long long)tax);
}

static void shift_z_taxes(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SHIFT_Z_TAX)
    taxes_of(k, scan.hit.c[SHIFT_Z_TAX_SHIFT_ID], scan.hit.c[SHIFT_Z_TAX_CODE], scan.hit.c[SHIFT_Z_TAX_RATE_PPM]);
    for
        EACH(k, scan, SIM_SALE_TAX)
        {
            const union sim_cell *t = scan.hit.c, *s = closed_of(k, t[SALE_TAX_SALE_ID]);
            if (s != NULL && sim_find(k->x, SIM_SHIFT_Z_TAX, SHIFT_Z_TAX_BY_SHIFT_ID_CODE_RATE_PPM,
                                      KEY(s[SALE_SHIFT_ID], t[SALE_TAX_CODE], t[SALE_TAX_RATE_PPM]))
                                     .row == NULL)
                sim_wrong(k, "shift=%lld sale=%lld tax=%lld", LONG(s[SALE_SHIFT_ID]), LONG(s[SALE_ID]),
                          LONG(t[SALE_TAX_POSITION]));
        }
}

/* ---- by department key ---- */

/* Under a name that it had once; the others of a Z, product 0, have none. */
static bool was_called(struct sim_checker *k, union sim_cell product, union sim_cell name)
{
    struct bytes called = sim_blob_view(name.b);
    bool had = product.i == 0 && called.size == 0;

    for (struct sim_scan scan =
             sim_scan(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(product));
         called.size > 0 && sim_next(&scan);)
        had |= bytes_equal(sim_blob_view(scan.hit.c[PRODUCT_VERSION_NAME].b), called);
    return had;
}

/* Never so many here that they are summed up. */
static void shift_z_departments(struct sim_checker *k)
{
    struct sim_sums milli = { 0 }, minor = { 0 }, counts = { 0 };

    for
        EACH(k, scan, SIM_SALE_KEYED_PRICE)
        {
            const union sim_cell *p = scan.hit.c, *s = closed_of(k, p[SALE_KEYED_PRICE_SALE_ID]);
            const union sim_cell *l = sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE,
                                               KEY(p[SALE_KEYED_PRICE_SALE_ID], p[SALE_KEYED_PRICE_LINE]))
                                          .c;
            if (s == NULL || s[SALE_KIND].i != 1 || l == NULL || (l[SALE_LINE_FLAGS].i & 2) != 0 ||
                sim_find(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(s[SALE_SHIFT_ID])).c[SHIFT_Z_DEPARTMENT_COUNT].i ==
                    SIM_NULL)
                continue;
            sim_sums_add(&milli, s[SALE_SHIFT_ID].i, l[SALE_LINE_PRODUCT_ID].i, l[SALE_LINE_QUANTITY_MILLI].i);
            sim_sums_add(&minor, s[SALE_SHIFT_ID].i, l[SALE_LINE_PRODUCT_ID].i, l[SALE_LINE_GROSS_MINOR].i);
        }
    for
        EACH(k, scan, SIM_SHIFT_Z_DEPARTMENT)
        {
            const union sim_cell *d = scan.hit.c;
            int64_t shift = d[SHIFT_Z_DEPARTMENT_SHIFT_ID].i, product = d[SHIFT_Z_DEPARTMENT_PRODUCT_ID].i;
            struct sim_sum *sum = sim_sums_find(&milli, shift, product);
            sim_sums_add(&counts, shift, 0, 1);
            if (sum == NULL || sum->count != d[SHIFT_Z_DEPARTMENT_LINE_COUNT].i ||
                sum->sum != d[SHIFT_Z_DEPARTMENT_QUANTITY_MILLI].i ||
                sim_sums_of(&minor, shift, product) != d[SHIFT_Z_DEPARTMENT_AMOUNT_MINOR].i ||
                !was_called(k, d[SHIFT_Z_DEPARTMENT_PRODUCT_ID], d[SHIFT_Z_DEPARTMENT_NAME]))
                sim_wrong(k, "shift=%lld product=%lld", (long long)shift, (long long)product);
            if (sum != NULL)
                sum->seen = true;
        }
    for (size_t i = 0; i < milli.capacity; i++)
        if (milli.list[i].count > 0 && !milli.list[i].seen)
            sim_wrong(k, "shift=%lld product=%lld is no department", (long long)milli.list[i].a,
                      (long long)milli.list[i].b);
    for
        EACH(k, scan, SIM_SHIFT_Z)
    if (sim_or_zero(scan.hit.c[SHIFT_Z_DEPARTMENT_COUNT]) != sim_sums_of(&counts, scan.hit.c[SHIFT_Z_SHIFT_ID].i, 0))
        sim_wrong(k, "shift=%lld departments=%lld", LONG(scan.hit.c[SHIFT_Z_SHIFT_ID]),
                  LONG(scan.hit.c[SHIFT_Z_DEPARTMENT_COUNT]));
    sim_sums_fini(&milli);
    sim_sums_fini(&minor);
    sim_sums_fini(&counts);
}

static void shift_z_cash(struct sim_checker *k)
{
    struct sim_sums entries = { 0 }, kinds = { 0 }, opened = { 0 }, pieces = { 0 };

    for
        EACH(k, scan, SIM_DRAWER_ENTRY)
        {
            const union sim_cell *e = scan.hit.c;
            sim_sums_add(&entries, e[DRAWER_ENTRY_SHIFT_ID].i, 0, e[DRAWER_ENTRY_AMOUNT_MINOR].i);
            sim_sums_add(&kinds, e[DRAWER_ENTRY_SHIFT_ID].i, e[DRAWER_ENTRY_KIND].i, e[DRAWER_ENTRY_AMOUNT_MINOR].i);
        }
    for
        EACH(k, scan, SIM_NO_SALE)
    sim_sums_add(&opened, scan.hit.c[NO_SALE_SHIFT_ID].i, 0, 1);
    for
        EACH(k, scan, SIM_SHIFT_Z_COUNT)
        {
            const union sim_cell *c = scan.hit.c;
            sim_sums_add(&pieces, c[SHIFT_Z_COUNT_SHIFT_ID].i, 0,
                         c[SHIFT_Z_COUNT_DENOMINATION_MINOR].i * c[SHIFT_Z_COUNT_PIECES].i);
        }
    for
        EACH(k, scan, SIM_SHIFT_Z)
        {
            const union sim_cell *z = scan.hit.c;
            int64_t shift = z[SHIFT_Z_SHIFT_ID].i;
            const struct sim_sum *counted = sim_sums_find(&pieces, shift, 0);
            if (sim_sums_find(&entries, shift, 0) == NULL ||
                z[SHIFT_Z_EXPECTED_MINOR].i != sim_sums_of(&entries, shift, 0) ||
                z[SHIFT_Z_IN_MINOR].i != sim_sums_of(&kinds, shift, 4) ||
                z[SHIFT_Z_OUT_MINOR].i != sim_sums_of(&kinds, shift, 5) ||
                z[SHIFT_Z_DROP_MINOR].i != sim_sums_of(&kinds, shift, 6) ||
                z[SHIFT_Z_NO_SALE_COUNT].i != sim_sums_of(&opened, shift, 0) ||
                (counted != NULL && counted->sum != z[SHIFT_Z_COUNTED_MINOR].i))
                sim_wrong(k, "shift=%lld expected_minor=%lld", (long long)shift, LONG(z[SHIFT_Z_EXPECTED_MINOR]));
        }
    sim_sums_fini(&entries);
    sim_sums_fini(&kinds);
    sim_sums_fini(&opened);
    sim_sums_fini(&pieces);
}

/* Was it closed before that one, or is it that one? */
static bool is_up_to(const union sim_cell *z, const union sim_cell *last)
{
    int64_t at = z[SHIFT_Z_CLOSED_AT].i, until = last[SHIFT_Z_CLOSED_AT].i;

    return at < until || (at == until && z[SHIFT_Z_GRAND_TOTAL_MINOR].i <= last[SHIFT_Z_GRAND_TOTAL_MINOR].i);
}

static void shift_z_grand(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SHIFT_Z)
        {
            const union sim_cell *z = scan.hit.c;
            int64_t sum = 0;
            for (struct sim_scan till =
                     sim_scan(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_DEVICE_ID_NUMBER, KEY(z[SHIFT_Z_DEVICE_ID]));
                 sim_next(&till);)
                if (is_up_to(till.hit.c, z))
                    sum += till.hit.c[SHIFT_Z_SALE_MINOR].i - sim_or_zero(till.hit.c[SHIFT_Z_DEPOSIT_BACK_MINOR]);
            if (z[SHIFT_Z_GRAND_TOTAL_MINOR].i != sum)
                sim_wrong(k, "shift=%lld grand_total_minor=%lld sold_minor=%lld", LONG(z[SHIFT_Z_SHIFT_ID]),
                          LONG(z[SHIFT_Z_GRAND_TOTAL_MINOR]), (long long)sum);
        }
}

const struct sim_named_check sim_shift_checks[] = {
    { "shift_z_numbers", shift_z_numbers },
    { "shift_z_sales", shift_z_sales },
    { "shift_z_tenders", shift_z_tenders },
    { "shift_z_taxes", shift_z_taxes },
    { "shift_z_departments", shift_z_departments },
    { "shift_z_cash", shift_z_cash },
    { "shift_z_grand", shift_z_grand },
    { NULL, NULL },
};
