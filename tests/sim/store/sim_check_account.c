/* The checks of accounts: balances, entries, payments, and what they are found by. */
#include <inttypes.h>
#include <stdio.h>

#include "tests/sim/store/sim_check.h"

/* The entries of one account in their order: each is the next, and says what the sum came to. */
static void adds_up(struct sim_checker *k, const union sim_cell *a)
{
    int64_t number = 0, sum = 0;
    bool right = true;

    for (struct sim_scan scan = sim_range(k->x, SIM_ACCOUNT_ENTRY, ACCOUNT_ENTRY_BY_ACCOUNT_ID_NUMBER,
                                          KEY(a[ACCOUNT_ID]), INT64_MIN, INT64_MAX, false);
         sim_next(&scan);) {
        const union sim_cell *e = scan.hit.c;
        sum += e[ACCOUNT_ENTRY_AMOUNT_MINOR].i;
        right = right && e[ACCOUNT_ENTRY_NUMBER].i == ++number && e[ACCOUNT_ENTRY_BALANCE_MINOR].i == sum;
    }
    if (!right || number != a[ACCOUNT_ENTRY_COUNT].i || sum != a[ACCOUNT_BALANCE_MINOR].i)
        sim_wrong(k, "account=%lld balance_minor=%lld sum_minor=%lld", LONG(a[ACCOUNT_ID]),
                  LONG(a[ACCOUNT_BALANCE_MINOR]), (long long)sum);
}

static void account_balances(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_ACCOUNT)
    adds_up(k, scan.hit.c);
    for
        EACH(k, scan, SIM_ACCOUNT_ENTRY)
        {
            union sim_cell id = scan.hit.c[ACCOUNT_ENTRY_ACCOUNT_ID];
            if (sim_find(k->x, SIM_ACCOUNT, ACCOUNT_BY_ID, KEY(id)).row == NULL)
                sim_wrong(k, "account=%lld is none", LONG(id));
        }
}

/* reference: of a tender; NULL: of a payment, which is of this account. */
static void has_entry(struct sim_checker *k, union sim_cell origin, union sim_cell position, int64_t kind,
                      int64_t amount, union sim_cell at, const union sim_cell *reference, int64_t account)
{
    const union sim_cell *e =
        sim_find(k->x, SIM_ACCOUNT_ENTRY, ACCOUNT_ENTRY_BY_ORIGIN_ID_POSITION, KEY(origin, position)).c;
    const union sim_cell *a =
        e == NULL ? NULL : sim_find(k->x, SIM_ACCOUNT, ACCOUNT_BY_ID, KEY(e[ACCOUNT_ENTRY_ACCOUNT_ID])).c;
    char number[24] = "";
    bool right = e != NULL && e[ACCOUNT_ENTRY_KIND].i == kind && e[ACCOUNT_ENTRY_AMOUNT_MINOR].i == amount &&
                 e[ACCOUNT_ENTRY_AT].i == at.i;

    if (a != NULL)
        snprintf(number, sizeof number, "%" PRId64, a[ACCOUNT_NUMBER].i);
    if (reference == NULL)
        right = right && e[ACCOUNT_ENTRY_ACCOUNT_ID].i == account;
    else
        right = right && a != NULL && bytes_equal(sim_blob_view(reference->b), bytes_of_text(number));
    if (!right)
        sim_wrong(k, "origin=%lld position=%lld kind=%lld amount_minor=%lld", LONG(origin), LONG(position),
                  (long long)kind, (long long)amount);
}

static void account_entries(struct sim_checker *k)
{
    int64_t expected = 0;

    for
        EACH(k, scan, SIM_TENDER)
        {
            const union sim_cell *t = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(t[TENDER_SALE_ID])).c;
            if (t[TENDER_KIND].i != 5 || s == NULL)
                continue;
            expected++;
            has_entry(k, s[SALE_ID], t[TENDER_POSITION], s[SALE_KIND].i == 1 ? 1 : 2,
                      t[TENDER_AMOUNT_MINOR].i - t[TENDER_CHANGE_MINOR].i, s[SALE_AT], &t[TENDER_REFERENCE], 0);
        }
    for
        EACH(k, scan, SIM_ACCOUNT_PAYMENT)
        {
            const union sim_cell *p = scan.hit.c;
            int64_t amount = p[ACCOUNT_PAYMENT_AMOUNT_MINOR].i;
            expected++;
            has_entry(k, p[ACCOUNT_PAYMENT_ID], I(0), amount > 0 ? 3 : 4, -amount, p[ACCOUNT_PAYMENT_AT], NULL,
                      p[ACCOUNT_PAYMENT_ACCOUNT_ID].i);
        }
    for
        EACH(k, scan, SIM_ACCOUNT_ENTRY)
    expected--;
    if (expected != 0)
        sim_wrong(k, "%lld entries too many", (long long)-expected);
}

static void account_payments(struct sim_checker *k)
{
    struct sim_sums paid = { 0 };

    for
        EACH(k, scan, SIM_ACCOUNT_PAYMENT)
        {
            const union sim_cell *p = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SHIFT, SHIFT_BY_ID, KEY(p[ACCOUNT_PAYMENT_SHIFT_ID])).c;
            const union sim_cell *z =
                sim_find(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(p[ACCOUNT_PAYMENT_SHIFT_ID])).c;
            if (s == NULL || s[SHIFT_DEVICE_ID].i != p[ACCOUNT_PAYMENT_DEVICE_ID].i ||
                s[SHIFT_SHOP_ID].i != p[ACCOUNT_PAYMENT_SHOP_ID].i ||
                (z != NULL && p[ACCOUNT_PAYMENT_AT].i > z[SHIFT_Z_CLOSED_AT].i))
                sim_wrong(k, "payment=%lld shift=%lld", LONG(p[ACCOUNT_PAYMENT_ID]), LONG(p[ACCOUNT_PAYMENT_SHIFT_ID]));
            if (z != NULL)
                sim_sums_add(&paid, p[ACCOUNT_PAYMENT_SHIFT_ID].i, p[ACCOUNT_PAYMENT_MEANS].i,
                             p[ACCOUNT_PAYMENT_AMOUNT_MINOR].i);
        }
    for
        EACH(k, scan, SIM_SHIFT_Z_RECEIVED)
        {
            const union sim_cell *z = scan.hit.c;
            struct sim_sum *sum = sim_sums_find(&paid, z[SHIFT_Z_RECEIVED_SHIFT_ID].i, z[SHIFT_Z_RECEIVED_MEANS].i);
            if (sum == NULL || sum->count != z[SHIFT_Z_RECEIVED_PAYMENT_COUNT].i ||
                sum->sum != z[SHIFT_Z_RECEIVED_AMOUNT_MINOR].i)
                sim_wrong(k, "shift=%lld means=%lld", LONG(z[SHIFT_Z_RECEIVED_SHIFT_ID]),
                          LONG(z[SHIFT_Z_RECEIVED_MEANS]));
            if (sum != NULL)
                sum->seen = true;
        }
    for (size_t i = 0; i < paid.capacity; i++)
        if (paid.list[i].count > 0 && !paid.list[i].seen)
            sim_wrong(k, "shift=%lld means=%lld payments=%lld", (long long)paid.list[i].a, (long long)paid.list[i].b,
                      (long long)paid.list[i].count);
    sim_sums_fini(&paid);
}

static void account_keys(struct sim_checker *k)
{
    struct sim_sums names = { 0 };

    for
        EACH(k, scan, SIM_ACCOUNT_BLIND)
        {
            const union sim_cell *b = scan.hit.c;
            if (sim_find(k->x, SIM_ACCOUNT, ACCOUNT_BY_ID, KEY(b[ACCOUNT_BLIND_ACCOUNT_ID])).row == NULL)
                sim_wrong(k, "account=%lld is none", LONG(b[ACCOUNT_BLIND_ACCOUNT_ID]));
            sim_sums_add(&names, b[ACCOUNT_BLIND_ACCOUNT_ID].i, 0, b[ACCOUNT_BLIND_KIND].i == 1);
        }
    for
        EACH(k, scan, SIM_ACCOUNT)
    if (sim_sums_of(&names, scan.hit.c[ACCOUNT_ID].i, 0) != 1)
        sim_wrong(k, "account=%lld has no name", LONG(scan.hit.c[ACCOUNT_ID]));
    sim_sums_fini(&names);
}

const struct sim_named_check sim_account_checks[] = {
    { "account_balances", account_balances },
    { "account_entries", account_entries },
    { "account_payments", account_payments },
    { "account_keys", account_keys },
    { NULL, NULL },
};
