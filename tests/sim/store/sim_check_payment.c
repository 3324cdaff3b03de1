/* Checks of stored cards and of what was charged of them. */
#include "tests/sim/store/sim_check.h"

/* Is a charge that was in the one state ever in the other behind it? */
static bool may_follow(int64_t before, int64_t state, bool undone)
{
    if (before == 8)
        return state == 8 || (state == 7 && undone);
    if (before == 10)
        return state == 10;
    if (before == 9 || before == 11)
        return state == before || state == 7;
    if (before == 7)
        return state == 7 || state == 10 || state == 11;
    return before >= 5 || state != 8;
}

static const union sim_cell *step_of(struct sim_checker *k, union sim_cell charge, int64_t number)
{
    return sim_find(k->x, SIM_GATEWAY_CHARGE_STEP, GATEWAY_CHARGE_STEP_BY_CHARGE_ID_NUMBER, KEY(charge, I(number))).c;
}

static int64_t step_count(struct sim_checker *k, union sim_cell charge)
{
    int64_t count = 0;

    for (struct sim_scan scan = sim_all(k->x, SIM_GATEWAY_CHARGE_STEP); sim_next(&scan);)
        count += scan.hit.c[GATEWAY_CHARGE_STEP_CHARGE_ID].i == charge.i;
    return count;
}

static void judge_step(struct sim_checker *k, const union sim_cell *s)
{
    int64_t number = s[GATEWAY_CHARGE_STEP_NUMBER].i, state = s[GATEWAY_CHARGE_STEP_STATE].i;
    const union sim_cell *before = number == 1 ? NULL : step_of(k, s[GATEWAY_CHARGE_STEP_CHARGE_ID], number - 1);
    const union sim_cell *charge =
        sim_find(k->x, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_BY_ID, KEY(s[GATEWAY_CHARGE_STEP_CHARGE_ID])).c;

    if (charge == NULL || (number == 1) != (state == 1) || (number > 1 && before == NULL) ||
        (before != NULL &&
         (s[GATEWAY_CHARGE_STEP_AT].i < before[GATEWAY_CHARGE_STEP_AT].i ||
          !may_follow(before[GATEWAY_CHARGE_STEP_STATE].i, state, charge[GATEWAY_CHARGE_UNDO_ID].i != SIM_NULL))))
        sim_wrong(k, "charge=%lld step=%lld", LONG(s[GATEWAY_CHARGE_STEP_CHARGE_ID]), (long long)number);
}

static bool has_succeeded(struct sim_checker *k, const union sim_cell *c)
{
    for (int64_t number = 1; number <= c[GATEWAY_CHARGE_STEP_COUNT].i; number++) {
        const union sim_cell *s = step_of(k, c[GATEWAY_CHARGE_ID], number);

        if (s != NULL && s[GATEWAY_CHARGE_STEP_STATE].i == 8)
            return true;
    }
    return false;
}

static const union sim_cell *undoing_of(struct sim_checker *k, const union sim_cell *c)
{
    return sim_find(k->x, SIM_GIFT_CARD_PAYMENT, GIFT_CARD_PAYMENT_BY_ID, KEY(c[GATEWAY_CHARGE_UNDO_ID])).c;
}

/* Since when it is under way, or on its way back. */
static int64_t since_us(struct sim_checker *k, const union sim_cell *c)
{
    const union sim_cell *u = undoing_of(k, c);

    return u == NULL ? c[GATEWAY_CHARGE_MADE_AT].i : u[GIFT_CARD_PAYMENT_AT].i;
}

/* As the books go: the newest entry of the journal. */
static int64_t newest_us(struct sim_checker *k)
{
    int64_t newest = INT64_MIN;

    for (struct sim_scan scan = sim_all(k->x, SIM_JOURNAL); sim_next(&scan);)
        if (scan.hit.c[JOURNAL_AT].i > newest)
            newest = scan.hit.c[JOURNAL_AT].i;
    return newest;
}

static void gateway_charges(struct sim_checker *k)
{
    const int64_t newest = newest_us(k);

    for
        EACH(k, scan, SIM_GATEWAY_CHARGE_STEP)
    judge_step(k, scan.hit.c);
    for
        EACH(k, scan, SIM_GATEWAY_CHARGE)
        {
            const union sim_cell *c = scan.hit.c, *s = step_of(k, c[GATEWAY_CHARGE_ID], c[GATEWAY_CHARGE_STEP_COUNT].i);

            if (s == NULL || s[GATEWAY_CHARGE_STEP_STATE].i != c[GATEWAY_CHARGE_STATE].i ||
                step_count(k, c[GATEWAY_CHARGE_ID]) != c[GATEWAY_CHARGE_STEP_COUNT].i ||
                (c[GATEWAY_CHARGE_STATE].i < 8 && newest - since_us(k, c) > INT64_C(86400) * SECOND_US) ||
                (c[GATEWAY_CHARGE_UNDO_ID].i != SIM_NULL && !has_succeeded(k, c)))
                sim_wrong(k, "charge=%lld state=%lld", LONG(c[GATEWAY_CHARGE_ID]), LONG(c[GATEWAY_CHARGE_STATE]));
        }
}

static bool same_text(const struct sim_blob *a, const struct sim_blob *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || bytes_equal(sim_blob_view(a), sim_blob_view(b)));
}

static bool is_paid_so(const union sim_cell *c, const union sim_cell *p)
{
    return p[GIFT_CARD_PAYMENT_MEANS].i == 4 && p[GIFT_CARD_PAYMENT_KIND].i == 2 &&
           p[GIFT_CARD_PAYMENT_CARD_ID].i == c[GATEWAY_CHARGE_CARD_ID].i &&
           p[GIFT_CARD_PAYMENT_AMOUNT_MINOR].i == c[GATEWAY_CHARGE_AMOUNT_MINOR].i &&
           p[GIFT_CARD_PAYMENT_SHOP_ID].i == c[GATEWAY_CHARGE_SHOP_ID].i &&
           p[GIFT_CARD_PAYMENT_DEVICE_ID].i == c[GATEWAY_CHARGE_DEVICE_ID].i &&
           p[GIFT_CARD_PAYMENT_STAFF_ID].i == c[GATEWAY_CHARGE_STAFF_ID].i &&
           same_text(p[GIFT_CARD_PAYMENT_REFERENCE].b, c[GATEWAY_CHARGE_REFERENCE].b);
}

static bool is_undone_so(const union sim_cell *c, const union sim_cell *u)
{
    return u != NULL && u[GIFT_CARD_PAYMENT_MEANS].i == 4 && u[GIFT_CARD_PAYMENT_KIND].i == 3 &&
           (c[GATEWAY_CHARGE_STATE].i == 7 || c[GATEWAY_CHARGE_STATE].i == 10) &&
           u[GIFT_CARD_PAYMENT_UNDOES].i == c[GATEWAY_CHARGE_PAYMENT_ID].i &&
           u[GIFT_CARD_PAYMENT_CARD_ID].i == c[GATEWAY_CHARGE_CARD_ID].i &&
           u[GIFT_CARD_PAYMENT_AMOUNT_MINOR].i == -c[GATEWAY_CHARGE_AMOUNT_MINOR].i &&
           same_text(u[GIFT_CARD_PAYMENT_REFERENCE].b, c[GATEWAY_CHARGE_REFERENCE].b);
}

static void judge_load(struct sim_checker *k, const union sim_cell *c)
{
    const union sim_cell *p =
        sim_find(k->x, SIM_GIFT_CARD_PAYMENT, GIFT_CARD_PAYMENT_BY_ID, KEY(c[GATEWAY_CHARGE_PAYMENT_ID])).c;

    if ((c[GATEWAY_CHARGE_STATE].i == 8 || c[GATEWAY_CHARGE_PAYMENT_ID].i != SIM_NULL) &&
        (p == NULL || !is_paid_so(c, p)))
        sim_wrong(k, "charge=%lld", LONG(c[GATEWAY_CHARGE_ID]));
    if (c[GATEWAY_CHARGE_UNDO_ID].i != SIM_NULL && !is_undone_so(c, undoing_of(k, c)))
        sim_wrong(k, "undone charge=%lld", LONG(c[GATEWAY_CHARGE_ID]));
}

static void gateway_loads(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_GATEWAY_CHARGE)
    judge_load(k, scan.hit.c);
    for
        EACH(k, scan, SIM_GIFT_CARD_PAYMENT)
        {
            const union sim_cell *p = scan.hit.c;
            int by = p[GIFT_CARD_PAYMENT_KIND].i == 3 ? GATEWAY_CHARGE_BY_UNDO_ID : GATEWAY_CHARGE_BY_PAYMENT_ID;

            if (p[GIFT_CARD_PAYMENT_MEANS].i == 4 &&
                sim_find(k->x, SIM_GATEWAY_CHARGE, by, KEY(p[GIFT_CARD_PAYMENT_ID])).c == NULL)
                sim_wrong(k, "payment=%lld", LONG(p[GIFT_CARD_PAYMENT_ID]));
        }
}

static bool is_somebody(struct sim_checker *k, union sim_cell member)
{
    const union sim_cell *a = sim_find(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(member)).c;

    return a != NULL && !a[MEMBER_ACCOUNT_ERASED].i && a[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL;
}

static void payment_methods(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_PAYMENT_METHOD)
    if (!is_somebody(k, scan.hit.c[PAYMENT_METHOD_MEMBER_ID]))
        sim_wrong(k, "method=%lld", LONG(scan.hit.c[PAYMENT_METHOD_ID]));
    for
        EACH(k, scan, SIM_PAYMENT_SETUP)
    if (scan.hit.c[PAYMENT_SETUP_STATE].i < 3 && !is_somebody(k, scan.hit.c[PAYMENT_SETUP_MEMBER_ID]))
        sim_wrong(k, "setup=%lld", LONG(scan.hit.c[PAYMENT_SETUP_ID]));
    for
        EACH(k, scan, SIM_GATEWAY_CHARGE)
    if (scan.hit.c[GATEWAY_CHARGE_STATE].i < 8 && scan.hit.c[GATEWAY_CHARGE_UNDO_ID].i == SIM_NULL &&
        !is_somebody(k, scan.hit.c[GATEWAY_CHARGE_MEMBER_ID]))
        sim_wrong(k, "charge=%lld", LONG(scan.hit.c[GATEWAY_CHARGE_ID]));
}

const struct sim_named_check sim_payment_checks[] = {
    { "gateway_charges", gateway_charges },
    { "gateway_loads", gateway_loads },
    { "payment_methods", payment_methods },
    { NULL, NULL },
};
