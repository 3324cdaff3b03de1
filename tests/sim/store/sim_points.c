/* sweep_points.sql: lots that have expired, tiers, and friends who have paid. */
#include "tests/sim/store/sim_sales.h"

static void sweep_points_zones(struct sim_exec *x)
{
    struct sim_hits shops = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_SHOP); sim_next(&scan);)
        sim_gather(x, &shops, scan.hit);
    sim_sort(&shops, SIM_SHOP, SHOP_ID, -1, -1);
    for (size_t i = 0; i < shops.count; i++) {
        struct sim_hit version = sim_newest(x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION,
                                            KEY(shops.hits[i].c[SHOP_ID]), INT64_MAX);

        if (version.row != NULL)
            sim_emit(x, KEY(version.c[SHOP_VERSION_SHOP_ID], version.c[SHOP_VERSION_ZONE]));
    }
}

static void emit_tier(struct sim_exec *x, const union sim_cell *v, const union sim_cell *t)
{
    sim_emit(x,
             KEY(v[PROGRAMME_VERSION_LOT_DAYS], v[PROGRAMME_VERSION_TIER_MONTHS], v[PROGRAMME_VERSION_REFERRER_POINTS],
                 v[PROGRAMME_VERSION_FRIEND_POINTS], t == NULL ? I(0) : t[PROGRAMME_TERM_VERSION_NUMBER],
                 t == NULL ? I(0) : t[PROGRAMME_TERM_VERSION_VALUE]));
}

static void sweep_points_programme(struct sim_exec *x)
{
    const union sim_cell *v =
        sim_newest(x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY, INT64_MAX).c;
    struct sim_hits tiers = { 0 };

    if (v == NULL)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_PROGRAMME_TERM_VERSION, PROGRAMME_TERM_VERSION_BY_FROM_VERSION,
                                         KEY(v[PROGRAMME_VERSION_FROM_VERSION]));
         sim_next(&scan);)
        if (scan.hit.c[PROGRAMME_TERM_VERSION_KIND].i == 3 && scan.hit.c[PROGRAMME_TERM_VERSION_POSITION].i == 0)
            sim_gather(x, &tiers, scan.hit);
    sim_sort(&tiers, SIM_PROGRAMME_TERM_VERSION, PROGRAMME_TERM_VERSION_NUMBER, -1, -1);
    for (size_t i = 0; i < tiers.count; i++)
        emit_tier(x, v, tiers.hits[i].c);
    if (tiers.count == 0)
        emit_tier(x, v, NULL);
}

int64_t sim_goods_of(struct sim_exec *x, const union sim_cell *sale)
{
    int64_t minor = sale[SALE_TOTAL_MINOR].i;

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(sale[SALE_ID]));
         sim_next(&scan);)
        minor -= scan.hit.c[SALE_DEPOSIT_AMOUNT_MINOR].i;
    return minor;
}

int64_t sim_stayed_of(struct sim_exec *x, const union sim_cell *sale)
{
    int64_t minor = sim_goods_of(x, sale);

    for (struct sim_scan scan = sim_scan(x, SIM_SALE, SALE_BY_REFUND_OF, KEY(sale[SALE_ID])); sim_next(&scan);)
        minor += sim_goods_of(x, scan.hit.c);
    return minor;
}

static int64_t spent_between(struct sim_exec *x, union sim_cell member, int64_t since, int64_t until)
{
    struct sim_boughts boughts = { 0 };
    int64_t minor = 0;
    size_t count;

    const int64_t *ids = sim_one_person(x, member.i, &count);
    for (size_t i = 0; i < count; i++)
        sim_gather_bought(x, &boughts, ids[i]);
    for (size_t i = 0; i < boughts.count; i++) {
        const union sim_cell *sale = boughts.list[i].sale;

        if (boughts.list[i].at < since || boughts.list[i].given_at >= until)
            continue;
        minor += sim_goods_of(x, sale);
        for (struct sim_scan scan = sim_scan(x, SIM_SALE, SALE_BY_REFUND_OF, KEY(sale[SALE_ID])); sim_next(&scan);)
            minor += scan.hit.c[SALE_AT].i < until ? sim_goods_of(x, scan.hit.c) : 0;
    }
    return minor > 0 ? minor : 0;
}

static bool is_due(const union sim_cell *lot, int64_t today)
{
    return lot[POINTS_LOT_REMAINING].i > 0 && lot[POINTS_LOT_EXPIRY_DAY].i < today;
}

static void sweep_points_look(struct sim_exec *x)
{
    struct sim_hits accounts = { 0 };
    int64_t after = sim_int(x, 1), most = sim_int(x, 2);

    for (struct sim_scan scan = sim_all(x, SIM_MEMBER_ACCOUNT); sim_next(&scan);)
        if (scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID].i > after && scan.hit.c[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL &&
            !scan.hit.c[MEMBER_ACCOUNT_ERASED].i)
            sim_gather(x, &accounts, scan.hit);
    sim_sort(&accounts, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_MEMBER_ID, -1, -1);
    for (size_t i = 0; i < accounts.count && (int64_t)i < most; i++) {
        const union sim_cell *a = accounts.hits[i].c;
        bool due = false;

        for (struct sim_scan scan =
                 sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_EXPIRY_DAY, KEY(a[MEMBER_ACCOUNT_MEMBER_ID]));
             sim_next(&scan);)
            due = due || is_due(scan.hit.c, sim_int(x, 3));
        sim_emit(
            x, KEY(a[MEMBER_ACCOUNT_MEMBER_ID], a[MEMBER_ACCOUNT_TIER], a[MEMBER_ACCOUNT_TIER_MINOR], I(due),
                   I(sim_int(x, 5) == true ? spent_between(x, a[MEMBER_ACCOUNT_MEMBER_ID], sim_int(x, 4), sim_int(x, 6))
                                           : 0)));
    }
}

static struct sim_hit account_of(struct sim_exec *x, int64_t member_id)
{
    return sim_find(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(I(member_id)));
}

static void sweep_points_lock(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = account_of(x, ids[i]);

        if (hit.row != NULL && sim_lock(x, &hit))
            sim_emit(x, KEY(hit.c[MEMBER_ACCOUNT_MEMBER_ID]));
    }
}

static void add_points(struct sim_exec *x, int64_t member_id, int64_t points)
{
    struct sim_hit hit = account_of(x, member_id);

    if (hit.row != NULL && points != 0 && sim_lock(x, &hit))
        sim_update(x, &hit, 0, PUTS(VALUE(MEMBER_ACCOUNT_POINTS, sim_plus(x, hit.c[MEMBER_ACCOUNT_POINTS].i, points))));
}

/* So many of a lot, of that kind, of which so many have expired; returns them. */
static int64_t move_points(struct sim_exec *x, struct sim_hit *lot, int64_t member_id, int64_t kind, int64_t points,
                           int64_t expired)
{
    sim_insert(x, SIM_POINTS_ENTRY, 0,
               PUTS(FROM(POINTS_ENTRY_ORIGIN_ID, 3), VALUE(POINTS_ENTRY_LOT_ID, lot->c[POINTS_LOT_ID].i),
                    VALUE(POINTS_ENTRY_KIND, kind), VALUE(POINTS_ENTRY_MEMBER_ID, member_id),
                    VALUE(POINTS_ENTRY_POINTS, points), FROM(POINTS_ENTRY_AT, 4)));
    sim_update(x, lot, 0,
               PUTS(VALUE(POINTS_LOT_REMAINING, lot->c[POINTS_LOT_REMAINING].i + points),
                    VALUE(POINTS_LOT_EXPIRED, lot->c[POINTS_LOT_EXPIRED].i + expired)));
    return points;
}

/* Out of what was taken into what is owed; returns how much. */
static int64_t pay_debts(struct sim_exec *x, int64_t member_id, int64_t taken)
{
    struct sim_hits debts = { 0 };
    int64_t paid = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_EXPIRY_DAY, KEY(I(member_id)));
         sim_next(&scan);)
        if (scan.hit.c[POINTS_LOT_REMAINING].i < 0)
            sim_gather(x, &debts, scan.hit);
    sim_sort(&debts, SIM_POINTS_LOT, POINTS_LOT_EXPIRY_DAY, POINTS_LOT_ID, -1);
    for (size_t i = 0; i < debts.count && paid < taken; i++) {
        int64_t owed = -debts.hits[i].c[POINTS_LOT_REMAINING].i;

        paid += move_points(x, &debts.hits[i], member_id, 8, owed < taken - paid ? owed : taken - paid, 0);
    }
    return paid;
}

static int64_t owed_by(struct sim_exec *x, int64_t member_id)
{
    int64_t owed = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_EXPIRY_DAY, KEY(I(member_id)));
         sim_next(&scan);)
        owed -= scan.hit.c[POINTS_LOT_REMAINING].i < 0 ? scan.hit.c[POINTS_LOT_REMAINING].i : 0;
    return owed;
}

/* As common/rules/points_sound.c has it. */
#define COUNTED_MAX INT64_C(1000000000000000000)

static bool is_counted(int64_t points)
{
    return points >= -COUNTED_MAX && points <= COUNTED_MAX;
}

static bool is_sound(struct sim_exec *x, int64_t member_id)
{
    struct sim_hit hit = account_of(x, member_id);
    int64_t sum = 0;

    if (hit.row == NULL || !is_counted(hit.c[MEMBER_ACCOUNT_POINTS].i))
        return false;
    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_EXPIRY_DAY, KEY(I(member_id)));
         sim_next(&scan) && sum <= COUNTED_MAX;) {
        int64_t remaining = scan.hit.c[POINTS_LOT_REMAINING].i;

        if (!is_counted(remaining) || scan.hit.c[POINTS_LOT_EXPIRED].i > COUNTED_MAX)
            return false;
        sum += remaining < 0 ? -remaining : remaining;
    }
    return sum <= COUNTED_MAX;
}

static void sweep_points_expire(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);
    int64_t gone = 0;

    for (size_t i = 0; i < count; i++) {
        struct sim_hits lots = { 0 };
        int64_t points = 0;

        for (struct sim_scan scan = sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_EXPIRY_DAY, KEY(I(ids[i])));
             sim_next(&scan);)
            if (is_due(scan.hit.c, sim_int(x, 2)))
                sim_gather(x, &lots, scan.hit);
        if (lots.count > 0 && !is_sound(x, ids[i]))
            continue;
        sim_sort(&lots, SIM_POINTS_LOT, POINTS_LOT_EXPIRY_DAY, POINTS_LOT_ID, -1);
        int64_t owed = owed_by(x, ids[i]); /* the first of them pay it, and have not expired */
        for (size_t j = 0; j < lots.count; j++) {
            int64_t taken = lots.hits[j].c[POINTS_LOT_REMAINING].i, paid = taken < owed ? taken : owed;

            owed -= paid;
            points -= move_points(x, &lots.hits[j], ids[i], 7, -taken, taken - paid);
            gone++;
        }
        add_points(x, ids[i], pay_debts(x, ids[i], points) - points);
    }
    sim_emit(x, KEY(I(gone)));
}

static void sweep_points_tiers(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = account_of(x, sim_int_at(x, 1, i));

        if (hit.row == NULL)
            continue;
        if (hit.c[MEMBER_ACCOUNT_MERGED_INTO].i != SIM_NULL || hit.c[MEMBER_ACCOUNT_ERASED].i)
            sim_update(x, &hit, i, PUTS(VALUE(MEMBER_ACCOUNT_TIER, 0), VALUE(MEMBER_ACCOUNT_TIER_MINOR, 0)));
        else
            sim_update(x, &hit, i, PUTS(FROM(MEMBER_ACCOUNT_TIER, 2), FROM(MEMBER_ACCOUNT_TIER_MINOR, 3)));
    }
}

/* Was somebody whom a merging made the same as this one paid for? */
static bool was_paid_for(struct sim_exec *x, int64_t friend_id)
{
    size_t count;
    const int64_t *ids = sim_one_person(x, friend_id, &count);

    for (size_t i = 0; i < count; i++) {
        const union sim_cell *r = sim_find(x, SIM_REFERRAL, REFERRAL_BY_FRIEND_ID, KEY(I(ids[i]))).c;
        if (r != NULL && r[REFERRAL_PAID_AT].i != SIM_NULL)
            return true;
    }
    return false;
}

static bool has_bought(struct sim_exec *x, int64_t member_id, int64_t until)
{
    struct sim_boughts boughts = { 0 };
    size_t count;
    const int64_t *ids = sim_one_person(x, member_id, &count);

    for (size_t i = 0; i < count; i++)
        sim_gather_bought(x, &boughts, ids[i]);
    for (size_t i = 0; i < boughts.count; i++)
        if (boughts.list[i].at < until && sim_stayed_of(x, boughts.list[i].sale) > 0)
            return true;
    return false;
}

/* Of a friend's referrals, as all who are the same, the first that can be paid for, or else the first. */
static const union sim_cell *open_referral(struct sim_exec *x, int64_t friend_id)
{
    const union sim_cell *first = NULL;
    bool own = true; /* they brought themselves, by a merging */
    size_t count;
    const int64_t *ids = sim_one_person(x, friend_id, &count);

    for (size_t i = 0; i < count; i++) {
        const union sim_cell *r = sim_find(x, SIM_REFERRAL, REFERRAL_BY_FRIEND_ID, KEY(I(ids[i]))).c;

        if (r == NULL || r[REFERRAL_PAID_AT].i != SIM_NULL || sim_find_living(x, r[REFERRAL_REFERRER_ID].i).row == NULL)
            continue;
        bool is_own = sim_survivor_of(x, r[REFERRAL_REFERRER_ID].i) == friend_id;
        if (first == NULL || is_own < own || (is_own == own && r[REFERRAL_FRIEND_ID].i < first[REFERRAL_FRIEND_ID].i)) {
            first = r;
            own = is_own;
        }
    }
    return first;
}

static void sweep_referrals_look(struct sim_exec *x)
{
    struct sim_hits friends = { 0 };
    int64_t after = sim_int(x, 1), most = sim_int(x, 2), told = 0;

    for (struct sim_scan scan = sim_all(x, SIM_MEMBER_ACCOUNT); sim_next(&scan);)
        if (scan.hit.c[MEMBER_ACCOUNT_FRIEND].i == 2 && scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID].i > after)
            sim_gather(x, &friends, scan.hit);
    sim_sort(&friends, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_MEMBER_ID, -1, -1);
    for (size_t i = 0; i < friends.count && told < most; i++) {
        int64_t friend_id = friends.hits[i].c[MEMBER_ACCOUNT_MEMBER_ID].i;
        const union sim_cell *r = open_referral(x, friend_id);

        if (r == NULL)
            continue;
        int64_t referrer_id = sim_survivor_of(x, r[REFERRAL_REFERRER_ID].i);
        told++;
        sim_emit(
            x, KEY(r[REFERRAL_FRIEND_ID], I(friend_id), I(referrer_id),
                   I(friend_id != referrer_id && !was_paid_for(x, friend_id) && has_bought(x, friend_id, INT64_MAX))));
    }
}

/* The lot and the entry of what is given, not the account: points and lot are the parameters' numbers. */
static void give_lot(struct sim_exec *x, int64_t member_id, int64_t kind, int points, int lot)
{
    int64_t given = sim_int(x, points), id = sim_int(x, lot);

    struct sim_hit hit = sim_conflict(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_ORIGIN_DAY_MERGED_FROM,
                                      KEY(I(member_id), I(sim_int(x, 6)), I(0)));
    if (hit.row != NULL && sim_lock(x, &hit)) {
        id = hit.c[POINTS_LOT_ID].i;
        sim_update(x, &hit, 0, PUTS(VALUE(POINTS_LOT_REMAINING, sim_plus(x, hit.c[POINTS_LOT_REMAINING].i, given))));
    } else {
        sim_insert(x, SIM_POINTS_LOT, 0,
                   PUTS(FROM(POINTS_LOT_ID, lot), VALUE(POINTS_LOT_MEMBER_ID, member_id),
                        FROM(POINTS_LOT_ORIGIN_DAY, 6), FROM(POINTS_LOT_EXPIRY_DAY, 7),
                        FROM(POINTS_LOT_REMAINING, points)));
    }
    sim_insert(x, SIM_POINTS_ENTRY, 0,
               PUTS(FROM(POINTS_ENTRY_ORIGIN_ID, 1), VALUE(POINTS_ENTRY_LOT_ID, id), VALUE(POINTS_ENTRY_KIND, kind),
                    VALUE(POINTS_ENTRY_MEMBER_ID, member_id), FROM(POINTS_ENTRY_POINTS, points),
                    FROM(POINTS_ENTRY_AT, 8)));
}

/* All of it; nothing where there is nothing to give. */
static void give(struct sim_exec *x, int64_t member_id, int64_t kind, int points, int lot)
{
    if (sim_int(x, points) <= 0)
        return;
    give_lot(x, member_id, kind, points, lot);
    add_points(x, member_id, sim_int(x, points));
}

static bool can_be_given(struct sim_exec *x, int64_t member_id)
{
    struct sim_hit hit = account_of(x, member_id);

    if (hit.row != NULL && !is_counted(hit.c[MEMBER_ACCOUNT_POINTS].i))
        return false;
    for (struct sim_scan scan =
             sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_ORIGIN_DAY, KEY(I(member_id), I(sim_int(x, 6))));
         sim_next(&scan);)
        if (!is_counted(scan.hit.c[POINTS_LOT_REMAINING].i))
            return false;
    return true;
}

static void sweep_referrals_pay(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_REFERRAL, REFERRAL_BY_FRIEND_ID, KEY(I(sim_int(x, 1))));
    int64_t friend_id = sim_int(x, 9), referrer_id = sim_int(x, 10);

    if (hit.row == NULL || hit.c[REFERRAL_PAID_AT].i != SIM_NULL || friend_id == referrer_id ||
        sim_find_living(x, hit.c[REFERRAL_FRIEND_ID].i).row == NULL ||
        sim_find_living(x, hit.c[REFERRAL_REFERRER_ID].i).row == NULL ||
        sim_survivor_of(x, hit.c[REFERRAL_FRIEND_ID].i) != friend_id ||
        sim_survivor_of(x, hit.c[REFERRAL_REFERRER_ID].i) != referrer_id || was_paid_for(x, friend_id) ||
        !can_be_given(x, friend_id) || !can_be_given(x, referrer_id) || !has_bought(x, friend_id, INT64_MAX) ||
        !sim_lock(x, &hit) || hit.c[REFERRAL_PAID_AT].i != SIM_NULL)
        return;
    sim_update(x, &hit, 0, PUTS(FROM(REFERRAL_PAID_AT, 8)));
    int64_t given = sim_int(x, 2) > 0 ? sim_int(x, 2) : 0;
    if (given > 0)
        give_lot(x, friend_id, 12, 2, 4);
    struct sim_hit account = sim_find_account(x, friend_id);
    if (account.row != NULL && sim_lock(x, &account))
        sim_update(x, &account, 0,
                   PUTS(VALUE(MEMBER_ACCOUNT_POINTS, sim_plus(x, account.c[MEMBER_ACCOUNT_POINTS].i, given)),
                        VALUE(MEMBER_ACCOUNT_FRIEND, 0)));
    give(x, referrer_id, 11, 3, 5);
}

static bool has_birthday(struct sim_exec *x, const struct sim_hit *account)
{
    if (sim_int(x, 2) <= 0 || account->row == NULL || account->c[MEMBER_ACCOUNT_ERASED].i != 0 ||
        account->c[MEMBER_ACCOUNT_MERGED_INTO].i != SIM_NULL ||
        account->c[MEMBER_ACCOUNT_BIRTHDAY_YEAR].i >= sim_int(x, 5) ||
        account->c[MEMBER_ACCOUNT_BIRTHDAY_BLIND].b == NULL)
        return false;
    for (size_t i = 0; i < sim_count(x, 3); i++)
        if (bytes_equal(sim_blob_view(account->c[MEMBER_ACCOUNT_BIRTHDAY_BLIND].b), sim_bytes_at(x, 3, i)))
            return true;
    return false;
}

static void kiosk_birthday(struct sim_exec *x)
{
    struct sim_hit hit = account_of(x, sim_int(x, 1));

    if (!has_birthday(x, &hit) || !can_be_given(x, sim_int(x, 1)) || !has_bought(x, sim_int(x, 1), sim_int(x, 9)) ||
        !sim_lock(x, &hit) || !has_birthday(x, &hit))
        return;
    int64_t points = sim_plus(x, hit.c[MEMBER_ACCOUNT_POINTS].i, sim_int(x, 2));
    sim_update(x, &hit, 0, PUTS(FROM(MEMBER_ACCOUNT_BIRTHDAY_YEAR, 5), VALUE(MEMBER_ACCOUNT_POINTS, points)));
    give_lot(x, sim_int(x, 1), 14, 2, 4);
    sim_emit(x, KEY(I(points)));
}

const struct sim_statement sim_points_statements[] = {
    { &sql_kiosk_birthday, kiosk_birthday, "points" },
    { &sql_sweep_points_zones, sweep_points_zones, "id zone$" },
    { &sql_sweep_points_programme, sweep_points_programme,
      "lot_days tier_months referrer_points friend_points number value" },
    { &sql_sweep_points_look, sweep_points_look, "id tier tier_minor due? spent_minor" },
    { &sql_sweep_points_lock, sweep_points_lock, "member_id" },
    { &sql_sweep_points_expire, sweep_points_expire, "gone" },
    { &sql_sweep_points_tiers, sweep_points_tiers, NULL },
    { &sql_sweep_referrals_look, sweep_referrals_look, "id friend_id referrer_id paid?" },
    { &sql_sweep_referrals_pay, sweep_referrals_pay, NULL },
    { NULL, NULL, NULL },
};
