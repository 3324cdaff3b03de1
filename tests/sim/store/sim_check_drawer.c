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
        EACH(k, scan, SIM_GIFT_CARD_PAYMENT)
        {
            const union sim_cell *p = scan.hit.c;
            if (p[GIFT_CARD_PAYMENT_MEANS].i != 1)
                continue;
            expected++;
            has_entry(k, p[GIFT_CARD_PAYMENT_ID], 15, p[GIFT_CARD_PAYMENT_SHIFT_ID],
                      p[GIFT_CARD_PAYMENT_AMOUNT_MINOR].i);
        }
    for
        EACH(k, scan, SIM_DRAWER_ENTRY)
    expected--;
    if (expected != 0)
        sim_wrong(k, "%lld entries too many", (long long)-expected);
}

static void shift_numbers(struct sim_checker *k)
{
    struct sim_sums numbers = { 0 };

    for
        EACH(k, scan, SIM_SHIFT)
    sim_sums_add(&numbers, scan.hit.c[SHIFT_DEVICE_ID].i, 0, scan.hit.c[SHIFT_NUMBER].i);
    for (size_t i = 0; i < numbers.capacity; i++) {
        const struct sim_sum *n = &numbers.list[i];
        if (n->count == 0)
            continue;
        const union sim_cell *d = sim_find(k->x, SIM_DRAWER, DRAWER_BY_DEVICE_ID, KEY(I(n->a))).c;
        struct sim_hit s = sim_find(k->x, SIM_SHIFT, SHIFT_BY_DEVICE_ID_NUMBER,
                                    KEY(I(n->a), d == NULL ? I(SIM_NULL) : d[DRAWER_NUMBER]));
        if (n->least != 1 || n->most != n->count || d == NULL || d[DRAWER_NUMBER].i != n->most ||
            (d[DRAWER_SHIFT_ID].i != SIM_NULL && s.row != NULL && s.c[SHIFT_ID].i != d[DRAWER_SHIFT_ID].i))
            sim_wrong(k, "device=%lld first=%lld last=%lld shifts=%lld", (long long)n->a, (long long)n->least,
                      (long long)n->most, (long long)n->count);
    }
    sim_sums_fini(&numbers);
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
    { "drawer_cash", drawer_cash },     { "drawer_sales", drawer_sales }, { "drawer_entries", drawer_entries },
    { "shift_numbers", shift_numbers }, { "shift_tills", shift_tills },   { NULL, NULL },
};
