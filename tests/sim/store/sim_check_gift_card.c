/* The checks of gift cards: balances, entries, payments, and what was moved. */
#include <inttypes.h>
#include <stdio.h>

#include "tests/sim/store/sim_check.h"

static const union sim_cell *card_of(struct sim_checker *k, union sim_cell id)
{
    return sim_find(k->x, SIM_GIFT_CARD, GIFT_CARD_BY_ID, KEY(id)).c;
}

static const union sim_cell *entry_of(struct sim_checker *k, union sim_cell origin, int64_t position)
{
    return sim_find(k->x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_ORIGIN_ID_POSITION, KEY(origin, I(position))).c;
}

/* The entries of one card in their order: each is the next, says what the sum came to, and is never below nothing. */
static void adds_up(struct sim_checker *k, const union sim_cell *g)
{
    int64_t number = 0, sum = 0;
    bool right = true;

    for (struct sim_scan scan = sim_range(k->x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_CARD_ID_NUMBER,
                                          KEY(g[GIFT_CARD_ID]), INT64_MIN, INT64_MAX, false);
         sim_next(&scan);) {
        const union sim_cell *e = scan.hit.c;
        sum += e[GIFT_CARD_ENTRY_AMOUNT_MINOR].i;
        right =
            right && sum >= 0 && e[GIFT_CARD_ENTRY_NUMBER].i == ++number && e[GIFT_CARD_ENTRY_BALANCE_MINOR].i == sum;
    }
    if (!right || number != g[GIFT_CARD_ENTRY_COUNT].i || sum != g[GIFT_CARD_BALANCE_MINOR].i)
        sim_wrong(k, "card=%lld balance_minor=%lld sum_minor=%lld", LONG(g[GIFT_CARD_ID]),
                  LONG(g[GIFT_CARD_BALANCE_MINOR]), (long long)sum);
}

static void gift_card_balances(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_GIFT_CARD)
    adds_up(k, scan.hit.c);
    for
        EACH(k, scan, SIM_GIFT_CARD_ENTRY)
        {
            union sim_cell id = scan.hit.c[GIFT_CARD_ENTRY_CARD_ID];
            if (card_of(k, id) == NULL)
                sim_wrong(k, "card=%lld is none", LONG(id));
        }
}

static bool is_called(const union sim_cell *g, union sim_cell reference)
{
    char number[24];

    snprintf(number, sizeof number, "%" PRId64, g[GIFT_CARD_NUMBER].i);
    return bytes_equal(sim_blob_view(reference.b), bytes_of_text(number));
}

/* What comes back goes to the card that paid, or to one in its place. */
static bool is_in_place_of(struct sim_checker *k, const union sim_cell *g, union sim_cell reference)
{
    for (struct sim_scan scan = sim_all(k->x, SIM_GIFT_CARD); sim_next(&scan);) {
        const union sim_cell *p = scan.hit.c;
        if (is_called(p, reference) &&
            (p[GIFT_CARD_ID].i == g[GIFT_CARD_ID].i ||
             (p[GIFT_CARD_MOVED_TO].i != SIM_NULL &&
              (p[GIFT_CARD_MOVED_TO].i == g[GIFT_CARD_ID].i || p[GIFT_CARD_MOVED_TO].i == g[GIFT_CARD_MOVED_TO].i))))
            return true;
    }
    return false;
}

/* card: of a payment or a move, the one it is of; 0: of a tender, whose reference says it. */
static void has_entry(struct sim_checker *k, union sim_cell origin, int64_t position, int64_t kind, int64_t amount,
                      union sim_cell at, int64_t card, union sim_cell reference)
{
    const union sim_cell *e = entry_of(k, origin, position);
    const union sim_cell *g = e == NULL ? NULL : card_of(k, e[GIFT_CARD_ENTRY_CARD_ID]);
    bool right = e != NULL && e[GIFT_CARD_ENTRY_KIND].i == kind && e[GIFT_CARD_ENTRY_AMOUNT_MINOR].i == amount &&
                 e[GIFT_CARD_ENTRY_AT].i == at.i;

    if (card != 0)
        right = right && e[GIFT_CARD_ENTRY_CARD_ID].i == card;
    else
        right = right && g != NULL && (kind == 3 ? is_called(g, reference) : is_in_place_of(k, g, reference));
    if (!right)
        sim_wrong(k, "origin=%lld position=%lld kind=%lld amount_minor=%lld", LONG(origin), (long long)position,
                  (long long)kind, (long long)amount);
}

static int64_t entries_of_tenders(struct sim_checker *k)
{
    int64_t expected = 0;

    for
        EACH(k, scan, SIM_TENDER)
        {
            const union sim_cell *t = scan.hit.c;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(t[TENDER_SALE_ID])).c;
            if (t[TENDER_KIND].i != 6 || s == NULL)
                continue;
            expected++;
            has_entry(k, s[SALE_ID], t[TENDER_POSITION].i, s[SALE_KIND].i == 1 ? 3 : 4,
                      t[TENDER_CHANGE_MINOR].i - t[TENDER_AMOUNT_MINOR].i, s[SALE_AT], 0, t[TENDER_REFERENCE]);
        }
    return expected;
}

static void gift_card_entries(struct sim_checker *k)
{
    int64_t expected = entries_of_tenders(k);

    for
        EACH(k, scan, SIM_GIFT_CARD_PAYMENT)
        {
            const union sim_cell *p = scan.hit.c;
            int64_t kind = p[GIFT_CARD_PAYMENT_KIND].i;
            expected++;
            has_entry(k, p[GIFT_CARD_PAYMENT_ID], 0, kind == 3 ? 5 : kind, p[GIFT_CARD_PAYMENT_AMOUNT_MINOR].i,
                      p[GIFT_CARD_PAYMENT_AT], p[GIFT_CARD_PAYMENT_CARD_ID].i, B(NULL));
        }
    for
        EACH(k, scan, SIM_GIFT_CARD_MOVE)
        {
            const union sim_cell *m = scan.hit.c;
            int64_t amount = m[GIFT_CARD_MOVE_AMOUNT_MINOR].i;
            expected += 2;
            has_entry(k, m[GIFT_CARD_MOVE_ID], 0, 6, -amount, m[GIFT_CARD_MOVE_AT], m[GIFT_CARD_MOVE_FROM_ID].i,
                      B(NULL));
            has_entry(k, m[GIFT_CARD_MOVE_ID], 1, 7, amount, m[GIFT_CARD_MOVE_AT], m[GIFT_CARD_MOVE_TO_ID].i, B(NULL));
        }
    for
        EACH(k, scan, SIM_GIFT_CARD_ENTRY)
    expected--;
    if (expected != 0)
        sim_wrong(k, "%lld entries too many", (long long)-expected);
}

static bool paid_before(struct sim_checker *k, union sim_cell card, int64_t number)
{
    for (struct sim_scan scan = sim_range(k->x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_CARD_ID_NUMBER, KEY(card),
                                          INT64_MIN, number - 1, false);
         sim_next(&scan);)
        if (scan.hit.c[GIFT_CARD_ENTRY_KIND].i == 3)
            return true;
    return false;
}

/* What was given back is one payment, whole and later, of a card that had not paid. */
static bool undoes_one(struct sim_checker *k, const union sim_cell *p, const union sim_cell *e)
{
    const union sim_cell *u =
        sim_find(k->x, SIM_GIFT_CARD_PAYMENT, GIFT_CARD_PAYMENT_BY_ID, KEY(p[GIFT_CARD_PAYMENT_UNDOES])).c;

    return u != NULL && u[GIFT_CARD_PAYMENT_KIND].i != 3 &&
           u[GIFT_CARD_PAYMENT_CARD_ID].i == p[GIFT_CARD_PAYMENT_CARD_ID].i &&
           u[GIFT_CARD_PAYMENT_MEANS].i == p[GIFT_CARD_PAYMENT_MEANS].i &&
           u[GIFT_CARD_PAYMENT_AMOUNT_MINOR].i == -p[GIFT_CARD_PAYMENT_AMOUNT_MINOR].i &&
           u[GIFT_CARD_PAYMENT_AT].i <= p[GIFT_CARD_PAYMENT_AT].i &&
           (e == NULL || !paid_before(k, p[GIFT_CARD_PAYMENT_CARD_ID], e[GIFT_CARD_ENTRY_NUMBER].i));
}

static void check_payment(struct sim_checker *k, const union sim_cell *p)
{
    const union sim_cell *s = sim_find(k->x, SIM_SHIFT, SHIFT_BY_ID, KEY(p[GIFT_CARD_PAYMENT_SHIFT_ID])).c;
    const union sim_cell *z = sim_find(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(p[GIFT_CARD_PAYMENT_SHIFT_ID])).c;
    const union sim_cell *e = entry_of(k, p[GIFT_CARD_PAYMENT_ID], 0);
    int64_t kind = p[GIFT_CARD_PAYMENT_KIND].i;

    bool in_shift = p[GIFT_CARD_PAYMENT_SHIFT_ID].i != SIM_NULL;

    if ((!in_shift && p[GIFT_CARD_PAYMENT_MEANS].i != 4) ||
        (in_shift && (s == NULL || s[SHIFT_DEVICE_ID].i != p[GIFT_CARD_PAYMENT_DEVICE_ID].i ||
                      s[SHIFT_SHOP_ID].i != p[GIFT_CARD_PAYMENT_SHOP_ID].i)) ||
        (z != NULL && p[GIFT_CARD_PAYMENT_AT].i > z[SHIFT_Z_CLOSED_AT].i) || e == NULL ||
        (kind == 1) != (e[GIFT_CARD_ENTRY_NUMBER].i == 1) || (kind == 3 && !undoes_one(k, p, e)))
        sim_wrong(k, "payment=%lld shift=%lld", LONG(p[GIFT_CARD_PAYMENT_ID]), LONG(p[GIFT_CARD_PAYMENT_SHIFT_ID]));
}

static void gift_card_payments(struct sim_checker *k)
{
    struct sim_sums paid = { 0 };

    for
        EACH(k, scan, SIM_GIFT_CARD_PAYMENT)
        {
            const union sim_cell *p = scan.hit.c;
            union sim_cell shift = p[GIFT_CARD_PAYMENT_SHIFT_ID];
            check_payment(k, p);
            if (sim_find(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(shift)).row != NULL)
                sim_sums_add(&paid, shift.i, 4 * p[GIFT_CARD_PAYMENT_KIND].i + p[GIFT_CARD_PAYMENT_MEANS].i,
                             p[GIFT_CARD_PAYMENT_AMOUNT_MINOR].i);
        }
    for
        EACH(k, scan, SIM_SHIFT_Z_GIFT_CARD)
        {
            const union sim_cell *z = scan.hit.c;
            struct sim_sum *sum = sim_sums_find(&paid, z[SHIFT_Z_GIFT_CARD_SHIFT_ID].i,
                                                4 * z[SHIFT_Z_GIFT_CARD_KIND].i + z[SHIFT_Z_GIFT_CARD_MEANS].i);
            if (sum == NULL || sum->count != z[SHIFT_Z_GIFT_CARD_PAYMENT_COUNT].i ||
                sum->sum != z[SHIFT_Z_GIFT_CARD_AMOUNT_MINOR].i)
                sim_wrong(k, "shift=%lld kind=%lld means=%lld", LONG(z[SHIFT_Z_GIFT_CARD_SHIFT_ID]),
                          LONG(z[SHIFT_Z_GIFT_CARD_KIND]), LONG(z[SHIFT_Z_GIFT_CARD_MEANS]));
            if (sum != NULL)
                sum->seen = true;
        }
    for (size_t i = 0; i < paid.capacity; i++)
        if (paid.list[i].count > 0 && !paid.list[i].seen)
            sim_wrong(k, "shift=%lld kind and means=%lld payments=%lld", (long long)paid.list[i].a,
                      (long long)paid.list[i].b, (long long)paid.list[i].count);
    sim_sums_fini(&paid);
}

/* Where its money is in the end, by the moves; 0: it was not moved. */
static int64_t heir_of(struct sim_checker *k, union sim_cell card)
{
    int64_t heir = 0;

    for (size_t steps = 0; steps < 1000; steps++) {
        const union sim_cell *m = sim_find(k->x, SIM_GIFT_CARD_MOVE, GIFT_CARD_MOVE_BY_FROM_ID, KEY(card)).c;
        if (m == NULL)
            return heir;
        card = m[GIFT_CARD_MOVE_TO_ID];
        heir = card.i;
    }
    return -1;
}

static void gift_card_moves(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_GIFT_CARD)
        {
            const union sim_cell *g = scan.hit.c;
            const union sim_cell *first =
                sim_find(k->x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_CARD_ID_NUMBER, KEY(g[GIFT_CARD_ID], I(1))).c;
            int64_t heir = heir_of(k, g[GIFT_CARD_ID]), said = g[GIFT_CARD_MOVED_TO].i;
            if ((said == SIM_NULL ? 0 : said) != heir || (heir != 0 && g[GIFT_CARD_BALANCE_MINOR].i != 0) ||
                first == NULL || (first[GIFT_CARD_ENTRY_KIND].i != 1 && first[GIFT_CARD_ENTRY_KIND].i != 7))
                sim_wrong(k, "card=%lld moved_to=%lld heir=%lld", LONG(g[GIFT_CARD_ID]), (long long)said,
                          (long long)heir);
        }
    for
        EACH(k, scan, SIM_GIFT_CARD_MOVE)
    if (card_of(k, scan.hit.c[GIFT_CARD_MOVE_FROM_ID]) == NULL)
        sim_wrong(k, "card=%lld is none", LONG(scan.hit.c[GIFT_CARD_MOVE_FROM_ID]));
}

const struct sim_named_check sim_gift_card_checks[] = {
    { "gift_card_balances", gift_card_balances },
    { "gift_card_entries", gift_card_entries },
    { "gift_card_payments", gift_card_payments },
    { "gift_card_moves", gift_card_moves },
    { NULL, NULL },
};
