/* Checks of shifts and of what should be in the drawers. */
#include "tests/sim/store/sim_check.h"

static void drawer_cash(struct sim_checker *k)
{
    struct sim_sums entries = { 0 };

    for
        EACH(k, scan, SIM_DRAWER_ENTRY)
    sim_sums_add(&entries, scan.hit.c[DRAWER_ENTRY_SHIFT_ID].i, 0, scan.hit.c[DRAWER_ENTRY_AMOUNT_MINOR].i);
    for
        EACH(k, scan, SIM_DRAWER)
        {
            const union sim_cell *d = scan.hit.c;
            int64_t sum = sim_sums_of(&entries, d[DRAWER_SHIFT_ID].i, 0);
            if (d[DRAWER_SHIFT_ID].i != SIM_NULL && d[DRAWER_CASH_MINOR].i != sum)
                sim_wrong(k, "device=%lld shift=%lld cash_minor=%lld entries_minor=%lld", LONG(d[DRAWER_DEVICE_ID]),
                          LONG(d[DRAWER_SHIFT_ID]), LONG(d[DRAWER_CASH_MINOR]), (long long)sum);
        }
    sim_sums_fini(&entries);
}

static void drawer_sales(struct sim_checker *k)
{
    struct sim_sums sales = { 0 };

    for
        EACH(k, scan, SIM_SALE)
    sim_sums_add(&sales, scan.hit.c[SALE_SHIFT_ID].i, 0, 1);
    for
        EACH(k, scan, SIM_DRAWER)
        {
            const union sim_cell *d = scan.hit.c;
            int64_t count = sim_sums_of(&sales, d[DRAWER_SHIFT_ID].i, 0);
            if (d[DRAWER_SHIFT_ID].i != SIM_NULL && d[DRAWER_SALE_COUNT].i != count)
                sim_wrong(k, "device=%lld shift=%lld counted=%lld sales=%lld", LONG(d[DRAWER_DEVICE_ID]),
                          LONG(d[DRAWER_SHIFT_ID]), LONG(d[DRAWER_SALE_COUNT]), (long long)count);
        }
    sim_sums_fini(&sales);
}

/* What should have gone through a drawer: nothing, or this much. */
static int64_t cash_of(struct sim_checker *k, int64_t sale_id)
{
    int64_t sum = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(I(sale_id)));
         sim_next(&scan);)
        if (scan.hit.c[TENDER_KIND].i == 1)
            sum += scan.hit.c[TENDER_AMOUNT_MINOR].i - scan.hit.c[TENDER_CHANGE_MINOR].i;
    return sum;
}

static void has_entry(struct sim_checker *k, union sim_cell origin, int64_t kind, union sim_cell shift, int64_t amount)
{
    struct sim_hit e = sim_find(k->x, SIM_DRAWER_ENTRY, DRAWER_ENTRY_BY_ORIGIN_ID_KIND, KEY(origin, I(kind)));

    if (e.row == NULL || e.c[DRAWER_ENTRY_AMOUNT_MINOR].i != amount || e.c[DRAWER_ENTRY_SHIFT_ID].i != shift.i)
        sim_wrong(k, "origin=%lld kind=%lld shift=%lld amount_minor=%lld", LONG(origin), (long long)kind, LONG(shift),
                  (long long)amount);
}

/* What was put right: the same. */
static int64_t cash_put_right(struct sim_checker *k, union sim_cell retender)
{
    int64_t sum = 0;

    for (struct sim_scan scan =
             sim_scan(k->x, SIM_RETENDER_ENTRY, RETENDER_ENTRY_BY_RETENDER_ID_POSITION, KEY(retender));
         sim_next(&scan);)
        if (scan.hit.c[RETENDER_ENTRY_KIND].i == 1)
            sum += scan.hit.c[RETENDER_ENTRY_AMOUNT_MINOR].i;
    return sum;
}

static void drawer_entries(struct sim_checker *k)
{
    int64_t expected = 0;

    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            int64_t cash = cash_of(k, s[SALE_ID].i);
            if (cash == 0)
                continue;
            expected++;
            has_entry(k, s[SALE_ID], s[SALE_KIND].i == 1 ? 2 : 3, s[SALE_SHIFT_ID], cash);
        }
    for
        EACH(k, scan, SIM_SHIFT)
        {
            expected++;
            has_entry(k, scan.hit.c[SHIFT_ID], 1, scan.hit.c[SHIFT_ID], scan.hit.c[SHIFT_FLOAT_MINOR].i);
        }
    for
        EACH(k, scan, SIM_DRAWER_MOVE)
        {
            const union sim_cell *m = scan.hit.c;
            expected++;
            has_entry(k, m[DRAWER_MOVE_ID], m[DRAWER_MOVE_KIND].i, m[DRAWER_MOVE_SHIFT_ID],
                      m[DRAWER_MOVE_AMOUNT_MINOR].i);
        }
    for
        EACH(k, scan, SIM_SALE_RETENDER)
        {
            const union sim_cell *r = scan.hit.c;
            int64_t cash = cash_put_right(k, r[SALE_RETENDER_ID]);
            if (cash == 0)
                continue;
            expected++;
            has_entry(k, r[SALE_RETENDER_ID], 7, r[SALE_RETENDER_SHIFT_ID], cash);
        }
    for
        EACH(k, scan, SIM_ACCOUNT_PAYMENT)
        {
            const union sim_cell *p = scan.hit.c;
            if (p[ACCOUNT_PAYMENT_MEANS].i != 1)
                continue;
            expected++;
            has_entry(k, p[ACCOUNT_PAYMENT_ID], 8, p[ACCOUNT_PAYMENT_SHIFT_ID], p[ACCOUNT_PAYMENT_AMOUNT_MINOR].i);
        }
    for
        EACH(k, scan, SIM_DRAWER_ENTRY)
    expected--;
    if (expected != 0)
        sim_wrong(k, "%lld entries too many", (long long)-expected);
}

/* The newest shift of a holder at a till; NULL: none. */
static const union sim_cell *newest_of(struct sim_checker *k, union sim_cell device, union sim_cell holder)
{
    const union sim_cell *newest = NULL;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SHIFT, SHIFT_BY_DEVICE_ID_NUMBER, KEY(device)); sim_next(&scan);)
        if (scan.hit.c[SHIFT_HOLDER_ID].i == holder.i &&
            (newest == NULL || scan.hit.c[SHIFT_NUMBER].i > newest[SHIFT_NUMBER].i))
            newest = scan.hit.c;
    return newest;
}

static void shift_numbers(struct sim_checker *k)
{
    struct sim_sums numbers = { 0 };

    for
        EACH(k, scan, SIM_SHIFT)
        {
            const union sim_cell *s = scan.hit.c;
            sim_sums_add(&numbers, s[SHIFT_DEVICE_ID].i, 0, s[SHIFT_NUMBER].i);
            if (sim_find(k->x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(s[SHIFT_DEVICE_ID], s[SHIFT_HOLDER_ID]))
                    .row == NULL)
                sim_wrong(k, "device=%lld shift=%lld without a drawer", LONG(s[SHIFT_DEVICE_ID]), LONG(s[SHIFT_ID]));
        }
    for
        EACH(k, scan, SIM_DRAWER)
        {
            const union sim_cell *d = scan.hit.c, *s = newest_of(k, d[DRAWER_DEVICE_ID], d[DRAWER_HOLDER_ID]);
            if (s == NULL || s[SHIFT_NUMBER].i != d[DRAWER_NUMBER].i ||
                (d[DRAWER_SHIFT_ID].i != SIM_NULL && d[DRAWER_SHIFT_ID].i != s[SHIFT_ID].i))
                sim_wrong(k, "device=%lld holder=%lld drawer_number=%lld", LONG(d[DRAWER_DEVICE_ID]),
                          LONG(d[DRAWER_HOLDER_ID]), LONG(d[DRAWER_NUMBER]));
        }
    for (size_t i = 0; i < numbers.capacity; i++) {
        const struct sim_sum *n = &numbers.list[i];
        if (n->count != 0 && (n->least != 1 || n->most != n->count))
            sim_wrong(k, "device=%lld first=%lld last=%lld shifts=%lld", (long long)n->a, (long long)n->least,
                      (long long)n->most, (long long)n->count);
    }
    sim_sums_fini(&numbers);
}

static bool others_open(struct sim_checker *k, union sim_cell device)
{
    for (struct sim_scan scan = sim_scan(k->x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(device));
         sim_next(&scan);)
        if (scan.hit.c[DRAWER_HOLDER_ID].i != 0 && scan.hit.c[DRAWER_SHIFT_ID].i != SIM_NULL)
            return true;
    return false;
}

/* What is done at the till goes into the drawer of who does it. */
static void done_by(struct sim_checker *k, union sim_cell shift_id, union sim_cell staff_id)
{
    const union sim_cell *s = sim_find(k->x, SIM_SHIFT, SHIFT_BY_ID, KEY(shift_id)).c;

    if (s != NULL && s[SHIFT_HOLDER_ID].i != 0 && s[SHIFT_HOLDER_ID].i != staff_id.i)
        sim_wrong(k, "shift=%lld holder=%lld staff=%lld", LONG(shift_id), LONG(s[SHIFT_HOLDER_ID]), LONG(staff_id));
}

static void all_done_by(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            if (s[SALE_SERIES].i == 'T' &&
                sim_find(k->x, SIM_SALE_RESCUE, SALE_RESCUE_BY_SALE_ID, KEY(s[SALE_ID])).row == NULL)
                done_by(k, s[SALE_SHIFT_ID], s[SALE_STAFF_ID]);
        }
    for
        EACH(k, scan, SIM_DRAWER_MOVE)
    done_by(k, scan.hit.c[DRAWER_MOVE_SHIFT_ID], scan.hit.c[DRAWER_MOVE_STAFF_ID]);
    for
        EACH(k, scan, SIM_NO_SALE)
    done_by(k, scan.hit.c[NO_SALE_SHIFT_ID], scan.hit.c[NO_SALE_STAFF_ID]);
    for
        EACH(k, scan, SIM_ACCOUNT_PAYMENT)
    done_by(k, scan.hit.c[ACCOUNT_PAYMENT_SHIFT_ID], scan.hit.c[ACCOUNT_PAYMENT_STAFF_ID]);
}

static void shift_holders(struct sim_checker *k)
{
    all_done_by(k);
    for
        EACH(k, scan, SIM_DRAWER)
        {
            const union sim_cell *d = scan.hit.c;
            if (d[DRAWER_SHIFT_ID].i == SIM_NULL)
                continue;
            const union sim_cell *s = sim_find(k->x, SIM_SHIFT, SHIFT_BY_ID, KEY(d[DRAWER_SHIFT_ID])).c;
            if (s == NULL || s[SHIFT_DEVICE_ID].i != d[DRAWER_DEVICE_ID].i ||
                s[SHIFT_HOLDER_ID].i != d[DRAWER_HOLDER_ID].i ||
                (d[DRAWER_HOLDER_ID].i == 0 && others_open(k, d[DRAWER_DEVICE_ID])))
                sim_wrong(k, "device=%lld shift=%lld holder=%lld", LONG(d[DRAWER_DEVICE_ID]), LONG(d[DRAWER_SHIFT_ID]),
                          LONG(d[DRAWER_HOLDER_ID]));
        }
    for
        EACH(k, scan, SIM_SHIFT)
        {
            const union sim_cell *s = scan.hit.c;
            if (s[SHIFT_HOLDER_ID].i == 0)
                continue;
            const union sim_cell *p = sim_find(k->x, SIM_STAFF, STAFF_BY_ID, KEY(s[SHIFT_HOLDER_ID])).c;
            if (p == NULL || p[STAFF_SHOP_ID].i != s[SHIFT_SHOP_ID].i || s[SHIFT_OPENED_BY].i != s[SHIFT_HOLDER_ID].i)
                sim_wrong(k, "shift=%lld holder=%lld", LONG(s[SHIFT_ID]), LONG(s[SHIFT_HOLDER_ID]));
        }
}

static void shift_tills(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c, *m = NULL;
            const union sim_cell *o = sim_find(k->x, SIM_SHIFT, SHIFT_BY_ID, KEY(s[SALE_SHIFT_ID])).c;
            bool late = s[SALE_MADE_SHIFT_ID].i != SIM_NULL;
            if (late)
                m = sim_find(k->x, SIM_SHIFT, SHIFT_BY_ID, KEY(s[SALE_MADE_SHIFT_ID])).c;
            if (o == NULL || o[SHIFT_DEVICE_ID].i != s[SALE_DEVICE_ID].i || o[SHIFT_SHOP_ID].i != s[SALE_SHOP_ID].i ||
                (late && (m == NULL || m[SHIFT_DEVICE_ID].i != s[SALE_DEVICE_ID].i)))
                sim_wrong(k, "sale=%lld device=%lld shift=%lld", LONG(s[SALE_ID]), LONG(s[SALE_DEVICE_ID]),
                          LONG(s[SALE_SHIFT_ID]));
        }
}

const struct sim_named_check sim_drawer_checks[] = {
    { "drawer_cash", drawer_cash },
    { "drawer_sales", drawer_sales },
    { "drawer_entries", drawer_entries },
    { "shift_numbers", shift_numbers },
    { "shift_holders", shift_holders },
    { "shift_tills", shift_tills },
    { NULL, NULL },
};
