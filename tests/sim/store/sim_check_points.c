/* Checks of points, and of members and how they are found. */
#include "tests/sim/store/sim_check.h"
#include "tests/sim/store/sim_sales.h"

static void points_account(struct sim_checker *k)
{
    struct sim_sums lots = { 0 };

    for
        EACH(k, scan, SIM_POINTS_LOT)
    sim_sums_add(&lots, scan.hit.c[POINTS_LOT_MEMBER_ID].i, 0, scan.hit.c[POINTS_LOT_REMAINING].i);
    for
        EACH(k, scan, SIM_MEMBER_ACCOUNT)
        {
            const union sim_cell *a = scan.hit.c;
            struct sim_sum *sum = sim_sums_find(&lots, a[MEMBER_ACCOUNT_MEMBER_ID].i, 0);
            if (sum != NULL)
                sum->seen = true;
            if (a[MEMBER_ACCOUNT_POINTS].i != (sum == NULL ? 0 : sum->sum))
                sim_wrong(k, "member=%lld points=%lld lots=%lld", LONG(a[MEMBER_ACCOUNT_MEMBER_ID]),
                          LONG(a[MEMBER_ACCOUNT_POINTS]), sum == NULL ? 0LL : (long long)sum->sum);
        }
    for (size_t i = 0; i < lots.capacity; i++)
        if (lots.list[i].count != 0 && !lots.list[i].seen)
            sim_wrong(k, "member=%lld has lots and no account", (long long)lots.list[i].a);
    sim_sums_fini(&lots);
}

static void points_lots(struct sim_checker *k)
{
    struct sim_sums entries = { 0 };

    for
        EACH(k, scan, SIM_POINTS_ENTRY)
    sim_sums_add(&entries, scan.hit.c[POINTS_ENTRY_LOT_ID].i, 0, scan.hit.c[POINTS_ENTRY_POINTS].i);
    for
        EACH(k, scan, SIM_POINTS_LOT)
        {
            const union sim_cell *l = scan.hit.c;
            struct sim_sum *sum = sim_sums_find(&entries, l[POINTS_LOT_ID].i, 0);
            if (sum != NULL)
                sum->seen = true;
            if (l[POINTS_LOT_REMAINING].i != (sum == NULL ? 0 : sum->sum))
                sim_wrong(k, "lot=%lld member=%lld remaining=%lld entries=%lld", LONG(l[POINTS_LOT_ID]),
                          LONG(l[POINTS_LOT_MEMBER_ID]), LONG(l[POINTS_LOT_REMAINING]),
                          sum == NULL ? 0LL : (long long)sum->sum);
        }
    for (size_t i = 0; i < entries.capacity; i++)
        if (entries.list[i].count != 0 && !entries.list[i].seen)
            sim_wrong(k, "lot=%lld has entries and is not there", (long long)entries.list[i].a);
    sim_sums_fini(&entries);
}

/* Those of a night, in the order in which they would have been spent: by whose night it was, whose they are, and their lots. */
struct expiring {
    int64_t origin, member, day, lot, points;
};

static int compare_expiring(const void *left, const void *right)
{
    const struct expiring *a = left, *b = right;
    const int64_t one[] = { a->origin, a->member, a->day, a->lot }, other[] = { b->origin, b->member, b->day, b->lot };

    for (size_t i = 0; i < sizeof(one) / sizeof(*one); i++)
        if (one[i] != other[i])
            return one[i] < other[i] ? -1 : 1;
    return 0;
}

static struct expiring *expiring_entries(struct sim_checker *k, size_t *count)
{
    size_t capacity = 0;

    for
        EACH(k, scan, SIM_POINTS_ENTRY)
    capacity += scan.hit.c[POINTS_ENTRY_KIND].i == 7;
    struct expiring *list = sim_memory(k->x, capacity, sizeof(*list));
    *count = 0;
    for
        EACH(k, scan, SIM_POINTS_ENTRY)
        {
            const union sim_cell *e = scan.hit.c;
            const union sim_cell *l = sim_find(k->x, SIM_POINTS_LOT, POINTS_LOT_BY_ID, KEY(e[POINTS_ENTRY_LOT_ID])).c;
            if (e[POINTS_ENTRY_KIND].i == 7 && l != NULL)
                list[(*count)++] =
                    (struct expiring){ e[POINTS_ENTRY_ORIGIN_ID].i, e[POINTS_ENTRY_MEMBER_ID].i,
                                       l[POINTS_LOT_EXPIRY_DAY].i, l[POINTS_LOT_ID].i, -e[POINTS_ENTRY_POINTS].i };
        }
    qsort(list, *count, sizeof(*list), compare_expiring);
    return list;
}

/* What nights took off each lot that paid nothing, less what refunds found gone. */
static void sum_expired(struct sim_checker *k, struct sim_sums *expired, struct sim_sums *taken_back)
{
    struct sim_sums paid = { 0 };
    int64_t up_to = 0;
    size_t count;

    for
        EACH(k, scan, SIM_POINTS_ENTRY)
        {
            const union sim_cell *e = scan.hit.c;
            int64_t kind = e[POINTS_ENTRY_KIND].i, points = e[POINTS_ENTRY_POINTS].i;
            if (kind == 8)
                sim_sums_add(&paid, e[POINTS_ENTRY_ORIGIN_ID].i, e[POINTS_ENTRY_MEMBER_ID].i, points);
            if (kind == 6)
                sim_sums_add(taken_back, e[POINTS_ENTRY_ORIGIN_ID].i, e[POINTS_ENTRY_LOT_ID].i, points);
            if (kind == 13)
                sim_sums_add(expired, e[POINTS_ENTRY_LOT_ID].i, 0, -points);
        }
    const struct expiring *list = expiring_entries(k, &count);
    for (size_t i = 0; i < count; i++) {
        const struct expiring *e = &list[i];
        if (i == 0 || e->origin != e[-1].origin || e->member != e[-1].member)
            up_to = -sim_sums_of(&paid, e->origin, e->member);
        up_to += e->points;
        int64_t over = up_to > 0 ? up_to : 0;
        sim_sums_add(expired, e->lot, 0, over < e->points ? over : e->points);
    }
    sim_sums_fini(&paid);
}

static void points_lots_expired(struct sim_checker *k)
{
    struct sim_sums expired = { 0 }, taken_back = { 0 };

    sum_expired(k, &expired, &taken_back);
    for
        EACH(k, scan, SIM_POINTS_LOT)
        {
            const union sim_cell *l = scan.hit.c;
            if (l[POINTS_LOT_EXPIRED].i != sim_sums_of(&expired, l[POINTS_LOT_ID].i, 0))
                sim_wrong(k, "lot=%lld member=%lld expired=%lld entries=%lld", LONG(l[POINTS_LOT_ID]),
                          LONG(l[POINTS_LOT_MEMBER_ID]), LONG(l[POINTS_LOT_EXPIRED]),
                          (long long)sim_sums_of(&expired, l[POINTS_LOT_ID].i, 0));
        }
    for
        EACH(k, scan, SIM_POINTS_ENTRY)
        {
            const union sim_cell *e = scan.hit.c;
            int64_t origin = e[POINTS_ENTRY_ORIGIN_ID].i, lot = e[POINTS_ENTRY_LOT_ID].i;
            if (e[POINTS_ENTRY_KIND].i == 13 &&
                (e[POINTS_ENTRY_POINTS].i < 0 || e[POINTS_ENTRY_POINTS].i + sim_sums_of(&taken_back, origin, lot) > 0))
                sim_wrong(k, "origin=%lld lot=%lld points=%lld", (long long)origin, (long long)lot,
                          LONG(e[POINTS_ENTRY_POINTS]));
        }
    sim_sums_fini(&expired);
    sim_sums_fini(&taken_back);
}

int64_t sim_holder_of(struct sim_checker *k, int64_t member)
{
    const union sim_cell *a = sim_find(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(I(member))).c;

    return a == NULL || a[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL ? member : a[MEMBER_ACCOUNT_MERGED_INTO].i;
}

static void points_members(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_POINTS_ENTRY)
        {
            const union sim_cell *e = scan.hit.c, *s = NULL;
            const union sim_cell *l = sim_find(k->x, SIM_POINTS_LOT, POINTS_LOT_BY_ID, KEY(e[POINTS_ENTRY_LOT_ID])).c;
            int64_t kind = e[POINTS_ENTRY_KIND].i, member = e[POINTS_ENTRY_MEMBER_ID].i;
            bool of_sale = (kind >= 2 && kind <= 6) || kind == 13;
            if (l == NULL)
                continue; /* points_lots says so */
            if (of_sale)
                s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(e[POINTS_ENTRY_ORIGIN_ID])).c;
            if (sim_holder_of(k, member) != l[POINTS_LOT_MEMBER_ID].i ||
                ((kind == 1 || kind == 9 || kind == 14) && e[POINTS_ENTRY_ORIGIN_ID].i != member) ||
                (of_sale && (s == NULL || sim_member_of_sale(k->x, s).i != member)))
                sim_wrong(k, "origin=%lld lot=%lld kind=%lld member=%lld", LONG(e[POINTS_ENTRY_ORIGIN_ID]),
                          LONG(e[POINTS_ENTRY_LOT_ID]), (long long)kind, (long long)member);
        }
}

static void points_sales(struct sim_checker *k)
{
    enum { EARNED, SPENT, GIFTED };
    struct sim_sums sums = { 0 };

    for
        EACH(k, scan, SIM_POINTS_ENTRY)
        {
            const union sim_cell *e = scan.hit.c;
            int64_t kind = e[POINTS_ENTRY_KIND].i, points = e[POINTS_ENTRY_POINTS].i;
            if (kind == 2 || kind == 6)
                sim_sums_add(&sums, e[POINTS_ENTRY_ORIGIN_ID].i, EARNED, points);
            else if (kind == 4 || kind == 5)
                sim_sums_add(&sums, e[POINTS_ENTRY_ORIGIN_ID].i, SPENT, -points);
            else if (kind == 3)
                sim_sums_add(&sums, e[POINTS_ENTRY_ORIGIN_ID].i, GIFTED, points);
        }
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            const union sim_cell *a = sim_attached(k, s[SALE_ID]);
            int64_t id = s[SALE_ID].i;
            int64_t gifted = a == NULL ? 0 : a[SALE_ATTACH_POINTS_GIFTED].i;
            if (s[SALE_POINTS_EARNED].i + sim_attached_earned(k, s[SALE_ID]) != sim_sums_of(&sums, id, EARNED) ||
                s[SALE_POINTS_SPENT].i != sim_sums_of(&sums, id, SPENT) ||
                s[SALE_POINTS_GIFTED].i + gifted != sim_sums_of(&sums, id, GIFTED))
                sim_wrong(k, "sale=%lld points_earned=%lld entries_earned=%lld points_spent=%lld entries_spent=%lld",
                          LONG(s[SALE_ID]), LONG(s[SALE_POINTS_EARNED]), (long long)sim_sums_of(&sums, id, EARNED),
                          LONG(s[SALE_POINTS_SPENT]), (long long)sim_sums_of(&sums, id, SPENT));
        }
    sim_sums_fini(&sums);
}

static int year_of(const union sim_cell *lot)
{
    return date_of_day((struct day){ .number = (int32_t)lot[POINTS_LOT_ORIGIN_DAY].i }).year;
}

static void points_birthdays(struct sim_checker *k)
{
    struct sim_sums given = { 0 }, years = { 0 };

    for
        EACH(k, scan, SIM_POINTS_ENTRY)
        {
            const union sim_cell *e = scan.hit.c;
            const union sim_cell *l = sim_find(k->x, SIM_POINTS_LOT, POINTS_LOT_BY_ID, KEY(e[POINTS_ENTRY_LOT_ID])).c;
            if ((e[POINTS_ENTRY_KIND].i != 3 && e[POINTS_ENTRY_KIND].i != 14) || l == NULL)
                continue;
            sim_sums_add(&given, sim_holder_of(k, e[POINTS_ENTRY_MEMBER_ID].i), 0, year_of(l));
            sim_sums_add(&years, e[POINTS_ENTRY_MEMBER_ID].i, year_of(l), 1);
        }
    for (size_t i = 0; i < years.capacity; i++)
        if (years.list[i].count > 1)
            sim_wrong(k, "member=%lld year=%lld times=%lld", (long long)years.list[i].a, (long long)years.list[i].b,
                      (long long)years.list[i].count);
    for
        EACH(k, scan, SIM_MEMBER_ACCOUNT)
        {
            const union sim_cell *a = scan.hit.c;
            struct sim_sum *sum = sim_sums_find(&given, a[MEMBER_ACCOUNT_MEMBER_ID].i, 0);
            if (sum != NULL)
                sum->seen = true;
            if (a[MEMBER_ACCOUNT_BIRTHDAY_YEAR].i != (sum == NULL ? 0 : sum->most))
                sim_wrong(k, "member=%lld birthday_year=%lld last_year=%lld", LONG(a[MEMBER_ACCOUNT_MEMBER_ID]),
                          LONG(a[MEMBER_ACCOUNT_BIRTHDAY_YEAR]), sum == NULL ? 0LL : (long long)sum->most);
        }
    for (size_t i = 0; i < given.capacity; i++)
        if (given.list[i].count != 0 && !given.list[i].seen)
            sim_wrong(k, "member=%lld has gifts and no account", (long long)given.list[i].a);
    sim_sums_fini(&given);
    sim_sums_fini(&years);
}

static void member_accounts(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_MEMBER)
    if (sim_find(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(scan.hit.c[MEMBER_ID])).row == NULL)
        sim_wrong(k, "member=%lld", LONG(scan.hit.c[MEMBER_ID]));
}

static void member_keys(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_MEMBER)
        {
            const union sim_cell *m = scan.hit.c;
            bool found[5] = { false };
            for (struct sim_scan b = sim_scan(k->x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_MEMBER_ID, KEY(m[MEMBER_ID]));
                 sim_next(&b);)
                found[b.hit.c[MEMBER_BLIND_KIND].i] |= b.hit.c[MEMBER_BLIND_MERGED_FROM].i == 0;
            if (found[1] != (m[MEMBER_PHONE_SEALED].b != NULL) || found[2] != (m[MEMBER_EMAIL_SEALED].b != NULL) ||
                found[3] != (m[MEMBER_CARD_SEALED].b != NULL))
                sim_wrong(k, "member=%lld found_by_phone=%d found_by_email=%d found_by_card=%d", LONG(m[MEMBER_ID]),
                          found[1], found[2], found[3]);
        }
}

static bool has_any(struct sim_checker *k, enum sim_table_id table, int index, int64_t member)
{
    struct sim_scan scan = sim_scan(k->x, table, index, KEY(I(member)));

    return sim_next(&scan);
}

static bool is_empty(struct sim_checker *k, const union sim_cell *a)
{
    static const int fields[] = { MEMBER_NAME_SEALED,     MEMBER_PHONE_SEALED, MEMBER_EMAIL_SEALED,
                                  MEMBER_BIRTHDAY_SEALED, MEMBER_CARD_SEALED,  MEMBER_AVOIDS_SEALED,
                                  MEMBER_LANGUAGE_SEALED };
    int64_t member = a[MEMBER_ACCOUNT_MEMBER_ID].i;
    const union sim_cell *m = sim_find(k->x, SIM_MEMBER, MEMBER_BY_ID, KEY(I(member))).c;
    bool empty = a[MEMBER_ACCOUNT_POINTS].i == 0 && a[MEMBER_ACCOUNT_BIRTHDAY_YEAR].i == 0 &&
                 a[MEMBER_ACCOUNT_BIRTHDAY_BLIND].b == NULL && a[MEMBER_ACCOUNT_AVOIDS].b == NULL &&
                 a[MEMBER_ACCOUNT_TIER].i == 0 && a[MEMBER_ACCOUNT_TIER_MINOR].i == 0;

    for (size_t i = 0; m != NULL && i < sizeof(fields) / sizeof(*fields); i++)
        empty = empty && m[fields[i]].b == NULL;
    return empty && !has_any(k, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_ORIGIN_DAY, member) &&
           !has_any(k, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_MEMBER_ID, member);
}

/* `from` was merged, and into whom it was, or into whom that one was merged since. */
static void check_merged(struct sim_checker *k, int64_t from)
{
    const union sim_cell *a = sim_find(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(I(from))).c;
    const union sim_cell *g = sim_find(k->x, SIM_MEMBER_MERGE, MEMBER_MERGE_BY_FROM_ID, KEY(I(from))).c;
    int64_t into = a == NULL ? SIM_NULL : a[MEMBER_ACCOUNT_MERGED_INTO].i;

    if (into == SIM_NULL || g == NULL || sim_holder_of(k, g[MEMBER_MERGE_INTO_ID].i) != into ||
        sim_find(k->x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(I(into))).row == NULL ||
        sim_holder_of(k, into) != into || !is_empty(k, a))
        sim_wrong(k, "member=%lld merged_into=%lld", (long long)from, (long long)into);
}

static void member_merges(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_MEMBER_ACCOUNT)
    if (scan.hit.c[MEMBER_ACCOUNT_MERGED_INTO].i != SIM_NULL)
        check_merged(k, scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID].i);
    for
        EACH(k, scan, SIM_MEMBER_MERGE)
    check_merged(k, scan.hit.c[MEMBER_MERGE_FROM_ID].i);
    for
        EACH(k, scan, SIM_POINTS_LOT)
        {
            const union sim_cell *l = scan.hit.c;
            int64_t from = l[POINTS_LOT_MERGED_FROM].i;
            if (from != 0 && (sim_holder_of(k, from) == from || sim_holder_of(k, from) != l[POINTS_LOT_MEMBER_ID].i))
                sim_wrong(k, "lot=%lld merged_from=%lld", LONG(l[POINTS_LOT_ID]), (long long)from);
        }
    for
        EACH(k, scan, SIM_MEMBER_BLIND)
        {
            const union sim_cell *b = scan.hit.c;
            int64_t from = b[MEMBER_BLIND_MERGED_FROM].i;
            if (from != 0 && (sim_holder_of(k, from) == from || sim_holder_of(k, from) != b[MEMBER_BLIND_MEMBER_ID].i))
                sim_wrong(k, "member=%lld found_as=%lld", LONG(b[MEMBER_BLIND_MEMBER_ID]), (long long)from);
        }
}

const struct sim_named_check sim_points_checks[] = {
    { "points_account", points_account },
    { "points_lots", points_lots },
    { "points_lots_expired", points_lots_expired },
    { "points_members", points_members },
    { "points_sales", points_sales },
    { "points_birthdays", points_birthdays },
    { "member_accounts", member_accounts },
    { "member_keys", member_keys },
    { "member_merges", member_merges },
    { NULL, NULL },
};
