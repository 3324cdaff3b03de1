/* kiosk.sql, and what of call.sql is about members' own sessions. */
#include "tests/sim/store/sim_sales.h"

static struct sim_hit find_secret(struct sim_exec *x, int64_t member_id)
{
    return sim_find(x, SIM_MEMBER_SECRET, MEMBER_SECRET_BY_MEMBER_ID, KEY(I(member_id)));
}

static union sim_cell or_null(const union sim_cell *row, int column, bool is_blob)
{
    if (row != NULL)
        return row[column];
    return is_blob ? B(NULL) : I(SIM_NULL);
}

/* ---- signing in ---- */

static void standing_members(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find_living(x, ids[i]);
        const union sim_cell *s = find_secret(x, ids[i]).c;
        if (hit.row != NULL && hit.c[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL)
            sim_emit(x, KEY(I(ids[i]), s == NULL ? I(0) : s[MEMBER_SECRET_CHANGED_AT]));
    }
}

static void kiosk_find(struct sim_exec *x)
{
    int64_t first = SIM_NULL;

    for (size_t i = 0; i < sim_count(x, 2); i++)
        for (struct sim_scan scan = sim_all(x, SIM_MEMBER_BLIND); sim_next(&scan);) {
            const union sim_cell *b = scan.hit.c;
            if (b[MEMBER_BLIND_KIND].i == sim_int(x, 1) &&
                bytes_equal(sim_blob_view(b[MEMBER_BLIND_BLIND].b), sim_bytes_at(x, 2, i)) &&
                (first == SIM_NULL || b[MEMBER_BLIND_MEMBER_ID].i < first))
                first = b[MEMBER_BLIND_MEMBER_ID].i;
        }
    if (first == SIM_NULL)
        return;
    const union sim_cell *s = find_secret(x, first).c;
    sim_emit(x, KEY(I(first), or_null(s, MEMBER_SECRET_SCHEME, false), or_null(s, MEMBER_SECRET_HASH, true)));
}

static void kiosk_old_secret(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_MEMBER_SECRET); sim_next(&scan);)
        if (scan.hit.c[MEMBER_SECRET_SCHEME].i == 2)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_MEMBER_SECRET, MEMBER_SECRET_MEMBER_ID, -1, -1);
    if (hits.count > 0)
        sim_emit(x, KEY(hits.hits[0].c[MEMBER_SECRET_HASH]));
}

static struct sim_hit find_code(struct sim_exec *x)
{
    return sim_find(x, SIM_MEMBER_CODE, MEMBER_CODE_BY_HASH, KEY(B(sim_blob(x, sim_bytes(x, 1)))));
}

static void kiosk_find_code(struct sim_exec *x)
{
    const union sim_cell *c = find_code(x).c;

    if (c != NULL && c[MEMBER_CODE_SHOP_ID].i == sim_int(x, 2))
        sim_emit(x, KEY(c[MEMBER_CODE_MEMBER_ID], c[MEMBER_CODE_EXPIRES_AT], c[MEMBER_CODE_USED_AT]));
}

static bool is_usable(struct sim_exec *x, const union sim_cell *c)
{
    return c[MEMBER_CODE_USED_AT].i == SIM_NULL && c[MEMBER_CODE_EXPIRES_AT].i >= sim_int(x, 2);
}

static void kiosk_use_code(struct sim_exec *x)
{
    struct sim_hit hit = find_code(x);

    if (hit.row != NULL && is_usable(x, hit.c) && sim_lock(x, &hit) && is_usable(x, hit.c) &&
        sim_update(x, &hit, 0, PUTS(FROM(MEMBER_CODE_USED_AT, 2), FROM(MEMBER_CODE_USED_DEVICE_ID, 3))))
        sim_emit(x, KEY(hit.c[MEMBER_CODE_MEMBER_ID]));
}

static bool stands(const union sim_cell *a)
{
    return !a[MEMBER_ACCOUNT_ERASED].i && a[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL;
}

static bool has_hash(struct sim_exec *x, const union sim_cell *s, int param)
{
    return s != NULL && bytes_equal(sim_blob_view(s[MEMBER_SECRET_HASH].b), sim_bytes(x, param));
}

static void kiosk_open(struct sim_exec *x)
{
    struct sim_hit a = sim_find_account(x, sim_int(x, 1));
    const union sim_cell *s = find_secret(x, sim_int(x, 1)).c;

    if (a.row == NULL || !stands(a.c) || (sim_bytes(x, 2).data != NULL && !has_hash(x, s, 2)))
        return;
    if (!sim_lock_shared(x, &a) || !stands(a.c))
        return;
    const union sim_cell *m = sim_find(x, SIM_MEMBER, MEMBER_BY_ID, KEY(a.c[MEMBER_ACCOUNT_MEMBER_ID])).c;
    sim_emit(x, KEY(m[MEMBER_ID], m[MEMBER_NAME_SEALED], a.c[MEMBER_ACCOUNT_POINTS],
                    or_null(s, MEMBER_SECRET_HASH, true), or_null(s, MEMBER_SECRET_CHANGED_AT, false)));
}

static void kiosk_rehash(struct sim_exec *x)
{
    struct sim_hit hit = find_secret(x, sim_int(x, 1));

    if (hit.row != NULL && has_hash(x, hit.c, 2) && sim_lock(x, &hit) && has_hash(x, hit.c, 2))
        sim_update(x, &hit, 0, PUTS(VALUE(MEMBER_SECRET_SCHEME, 1), FROM(MEMBER_SECRET_HASH, 3)));
}

static void kiosk_own_secret(struct sim_exec *x)
{
    const union sim_cell *s = find_secret(x, sim_int(x, 1)).c;

    if (s != NULL)
        sim_emit(x, KEY(s[MEMBER_SECRET_SCHEME], s[MEMBER_SECRET_HASH], s[MEMBER_SECRET_CHANGED_AT]));
}

static void kiosk_put_secret(struct sim_exec *x)
{
    const struct sim_put puts[] = { VALUE(MEMBER_SECRET_SCHEME, 1), FROM(MEMBER_SECRET_HASH, 2),
                                    FROM(MEMBER_SECRET_CHANGED_AT, 3), FROM(MEMBER_SECRET_MEMBER_ID, 1) };

    sim_propose(x, SIM_MEMBER_SECRET, 0, puts, 4);
    struct sim_hit hit = sim_conflict(x, SIM_MEMBER_SECRET, MEMBER_SECRET_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
    if (hit.row != NULL)
        sim_update(x, &hit, 0, puts, 3);
    else
        sim_insert(x, SIM_MEMBER_SECRET, 0, puts, 4);
}

/* ---- codes ---- */

static void remove_codes(struct sim_exec *x, bool used_too)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_CODE, MEMBER_CODE_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (used_too || scan.hit.c[MEMBER_CODE_USED_AT].i == SIM_NULL)
            sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        if (sim_lock(x, &hits.hits[i]) && (used_too || hits.hits[i].c[MEMBER_CODE_USED_AT].i == SIM_NULL))
            sim_delete(x, &hits.hits[i]);
}

static void member_code_remove(struct sim_exec *x)
{
    remove_codes(x, false);
}

static void member_code_remove_all(struct sim_exec *x)
{
    remove_codes(x, true);
}

static void member_code_write(struct sim_exec *x)
{
    sim_insert(x, SIM_MEMBER_CODE, 0,
               PUTS(FROM(MEMBER_CODE_HASH, 1), FROM(MEMBER_CODE_MEMBER_ID, 2), FROM(MEMBER_CODE_SHOP_ID, 3),
                    FROM(MEMBER_CODE_DEVICE_ID, 4), FROM(MEMBER_CODE_STAFF_ID, 5), FROM(MEMBER_CODE_MADE_AT, 6),
                    FROM(MEMBER_CODE_EXPIRES_AT, 7)));
}

/* ---- what waits for the counter ---- */

/* Does something wait under it, in the shop $1 on the day $2? */
static bool is_waited_under(struct sim_exec *x, int64_t number)
{
    for (struct sim_scan scan = sim_all(x, SIM_PARKED_BASKET); sim_next(&scan);)
        if (scan.hit.c[PARKED_BASKET_SHOP_ID].i == sim_int(x, 1) && scan.hit.c[PARKED_BASKET_NUMBER].i == number &&
            scan.hit.c[PARKED_BASKET_BUSINESS_DAY].i == sim_int(x, 2))
            return true;
    for (struct sim_scan scan = sim_all(x, SIM_MEMBER_TICKET); sim_next(&scan);)
        if (scan.hit.c[MEMBER_TICKET_SHOP_ID].i == sim_int(x, 1) && scan.hit.c[MEMBER_TICKET_NUMBER].i == number &&
            scan.hit.c[MEMBER_TICKET_BUSINESS_DAY].i == sim_int(x, 2))
            return true;
    return false;
}

/* 0: there is none. */
static int64_t next_number(struct sim_exec *x, const union sim_cell *k)
{
    int64_t last = k[KIOSK_NUMBER_LAST].i;

    if (k[KIOSK_NUMBER_BUSINESS_DAY].i != sim_int(x, 2))
        return 1;
    if (!k[KIOSK_NUMBER_AGAIN].i && last < 9999)
        return last + 1;
    for (int64_t i = 0; i < 9999; i++)
        if (!is_waited_under(x, 1 + (last + i) % 9999))
            return 1 + (last + i) % 9999;
    return 0;
}

static void kiosk_number_next(struct sim_exec *x)
{
    const struct sim_put puts[] = { FROM(KIOSK_NUMBER_SHOP_ID, 1), FROM(KIOSK_NUMBER_BUSINESS_DAY, 2),
                                    VALUE(KIOSK_NUMBER_LAST, 1), VALUE(KIOSK_NUMBER_AGAIN, false) };
    struct sim_hit hit = sim_conflict(x, SIM_KIOSK_NUMBER, KIOSK_NUMBER_BY_SHOP_ID, KEY(I(sim_int(x, 1))));

    if (hit.row == NULL) {
        sim_insert(x, SIM_KIOSK_NUMBER, 0, puts, 4);
        sim_emit(x, KEY(I(1)));
        return;
    }
    if (!sim_lock(x, &hit))
        return;
    int64_t next = next_number(x, hit.c);
    bool again = hit.c[KIOSK_NUMBER_BUSINESS_DAY].i == sim_int(x, 2) &&
                 (hit.c[KIOSK_NUMBER_AGAIN].i || hit.c[KIOSK_NUMBER_LAST].i == 9999);
    if (next != 0 && sim_update(x, &hit, 0,
                                PUTS(VALUE(KIOSK_NUMBER_LAST, next), VALUE(KIOSK_NUMBER_AGAIN, again),
                                     FROM(KIOSK_NUMBER_BUSINESS_DAY, 2))))
        sim_emit(x, KEY(I(next)));
}

static void kiosk_baskets_count(struct sim_exec *x)
{
    int64_t count = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_PARKED_BASKET, PARKED_BASKET_BY_DEVICE_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        count += scan.hit.c[PARKED_BASKET_NUMBER].i != SIM_NULL;
    sim_emit(x, KEY(I(count)));
}

static void kiosk_card(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_all(x, SIM_MEMBER_BLIND); sim_next(&scan);)
        if (scan.hit.c[MEMBER_BLIND_KIND].i == 3 &&
            bytes_equal(sim_blob_view(scan.hit.c[MEMBER_BLIND_BLIND].b), sim_bytes(x, 1)))
            sim_emit(x, KEY(scan.hit.c[MEMBER_BLIND_MEMBER_ID]));
}

static void kiosk_basket_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_PARKED_BASKET, 0,
               PUTS(FROM(PARKED_BASKET_ID, 1), FROM(PARKED_BASKET_SHOP_ID, 2), FROM(PARKED_BASKET_DEVICE_ID, 3),
                    FROM(PARKED_BASKET_PARKED_AT, 4), FROM(PARKED_BASKET_LINE_COUNT, 5),
                    FROM(PARKED_BASKET_FIRST_PRODUCT_ID, 6), FROM(PARKED_BASKET_BASKET, 7),
                    FROM(PARKED_BASKET_BUSINESS_DAY, 8), FROM(PARKED_BASKET_NUMBER, 9),
                    VALUE(PARKED_BASKET_STAFF_ID, SIM_NULL)));
}

static void kiosk_baskets(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_PARKED_BASKET); sim_next(&scan);)
        if (scan.hit.c[PARKED_BASKET_SHOP_ID].i == sim_int(x, 1) && scan.hit.c[PARKED_BASKET_NUMBER].i != SIM_NULL)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_PARKED_BASKET, SIM_DOWN(PARKED_BASKET_PARKED_AT), SIM_DOWN(PARKED_BASKET_ID), -1);
    for (size_t i = 0; i < hits.count && i < 20; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_PARKED_BASKET,
                         COLUMNS(PARKED_BASKET_ID, PARKED_BASKET_PARKED_AT, PARKED_BASKET_LINE_COUNT,
                                 PARKED_BASKET_FIRST_PRODUCT_ID, PARKED_BASKET_NUMBER));
}

/* Of the newest day, of the shop $1 and the number $2. */
static struct sim_hit newest_of_number(struct sim_exec *x, enum sim_table_id table, int shop, int number, int day)
{
    struct sim_hit newest = { 0 };

    for (struct sim_scan scan = sim_all(x, table); sim_next(&scan);)
        if (scan.hit.c[shop].i == sim_int(x, 1) && scan.hit.c[number].i == sim_int(x, 2) && sim_int(x, 2) != SIM_NULL &&
            (newest.row == NULL || scan.hit.c[day].i > newest.c[day].i))
            newest = scan.hit;
    return newest;
}

static void kiosk_basket_take(struct sim_exec *x)
{
    struct sim_hit hit =
        newest_of_number(x, SIM_PARKED_BASKET, PARKED_BASKET_SHOP_ID, PARKED_BASKET_NUMBER, PARKED_BASKET_BUSINESS_DAY);

    if (hit.row == NULL || !sim_lock(x, &hit))
        return;
    const union sim_cell *c = hit.c;
    const union sim_cell told[] = { c[PARKED_BASKET_ID], c[PARKED_BASKET_LINE_COUNT], c[PARKED_BASKET_BASKET],
                                    c[PARKED_BASKET_DEVICE_ID] };
    if (sim_delete(x, &hit))
        sim_emit(x, told, 4);
}

static void kiosk_basket_name(struct sim_exec *x)
{
    const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(sim_int(x, 1)))).c;

    if (d != NULL)
        sim_emit(x, KEY(d[DEVICE_NAME]));
}

static void member_ticket_count(struct sim_exec *x)
{
    int64_t count = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_TICKET, MEMBER_TICKET_BY_DEVICE_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        count++;
    sim_emit(x, KEY(I(count)));
}

static void member_ticket_number(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_TICKET, MEMBER_TICKET_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (scan.hit.c[MEMBER_TICKET_SHOP_ID].i == sim_int(x, 2) &&
            scan.hit.c[MEMBER_TICKET_BUSINESS_DAY].i == sim_int(x, 3))
            sim_emit(x, KEY(scan.hit.c[MEMBER_TICKET_NUMBER]));
}

static void member_ticket_remove(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_TICKET, MEMBER_TICKET_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        sim_delete(x, &hits.hits[i]);
}

static void member_ticket_write(struct sim_exec *x)
{
    sim_insert(x, SIM_MEMBER_TICKET, 0,
               PUTS(FROM(MEMBER_TICKET_ID, 1), FROM(MEMBER_TICKET_SHOP_ID, 2), FROM(MEMBER_TICKET_DEVICE_ID, 3),
                    FROM(MEMBER_TICKET_BUSINESS_DAY, 4), FROM(MEMBER_TICKET_NUMBER, 5),
                    FROM(MEMBER_TICKET_MEMBER_ID, 6), FROM(MEMBER_TICKET_MADE_AT, 7),
                    FROM(MEMBER_TICKET_NAME_SEALED, 8), FROM(MEMBER_TICKET_PHONE_SEALED, 9),
                    FROM(MEMBER_TICKET_EMAIL_SEALED, 10), FROM(MEMBER_TICKET_BIRTHDAY_SEALED, 11),
                    FROM(MEMBER_TICKET_AVOIDS_SEALED, 12), FROM(MEMBER_TICKET_LANGUAGE_SEALED, 13),
                    FROM(MEMBER_TICKET_SECRET, 14), FROM(MEMBER_TICKET_CONSENTS, 15)));
}

static struct sim_hit newest_ticket(struct sim_exec *x)
{
    return newest_of_number(x, SIM_MEMBER_TICKET, MEMBER_TICKET_SHOP_ID, MEMBER_TICKET_NUMBER,
                            MEMBER_TICKET_BUSINESS_DAY);
}

static void member_ticket_whose(struct sim_exec *x)
{
    struct sim_hit hit = newest_ticket(x);

    if (hit.row != NULL)
        sim_emit(x, KEY(hit.c[MEMBER_TICKET_MEMBER_ID]));
}

static void member_ticket_take(struct sim_exec *x)
{
    struct sim_hit hit = newest_ticket(x);

    if (hit.row == NULL || hit.c[MEMBER_TICKET_MEMBER_ID].i != sim_int(x, 3) || !sim_lock(x, &hit))
        return;
    const union sim_cell *c = hit.c;
    const union sim_cell told[] = { c[MEMBER_TICKET_ID],
                                    c[MEMBER_TICKET_MEMBER_ID],
                                    c[MEMBER_TICKET_NAME_SEALED],
                                    c[MEMBER_TICKET_PHONE_SEALED],
                                    c[MEMBER_TICKET_EMAIL_SEALED],
                                    c[MEMBER_TICKET_BIRTHDAY_SEALED],
                                    c[MEMBER_TICKET_AVOIDS_SEALED],
                                    c[MEMBER_TICKET_LANGUAGE_SEALED],
                                    c[MEMBER_TICKET_SECRET],
                                    c[MEMBER_TICKET_CONSENTS] };
    if (sim_delete(x, &hit))
        sim_emit(x, told, 10);
}

/* ---- who is merged, and who is forgotten ---- */

static void member_merge_secret(struct sim_exec *x)
{
    struct sim_hit hit = find_secret(x, sim_int(x, 1));

    if (hit.row != NULL && find_secret(x, sim_int(x, 2)).row == NULL)
        sim_update(x, &hit, 0, PUTS(FROM(MEMBER_SECRET_MEMBER_ID, 2)));
}

static void member_secret_remove(struct sim_exec *x)
{
    struct sim_hit hit = find_secret(x, sim_int(x, 1));

    if (hit.row != NULL)
        sim_delete(x, &hit);
}

/* ---- what members see of themselves ---- */

/* A member, and who was merged into them. */
static const int64_t *same_persons_as(struct sim_exec *x, int64_t id, size_t *count)
{
    struct sim_hits merged = { 0 };
    int64_t *ids;

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(id)));
         sim_next(&scan);)
        sim_gather(x, &merged, scan.hit);
    ids = sim_memory(x, merged.count + 1, sizeof *ids);
    ids[0] = id;
    for (size_t i = 0; i < merged.count; i++)
        ids[i + 1] = merged.hits[i].c[MEMBER_ACCOUNT_MEMBER_ID].i;
    *count = merged.count + 1;
    return ids;
}

static const int64_t *same_persons(struct sim_exec *x, size_t *count)
{
    return same_persons_as(x, sim_int(x, 1), count);
}

struct move {
    int64_t at, kind, points, sale_id, device_id;
    union sim_cell series, number;
};
struct moves {
    struct move *moves;
    size_t count, capacity;
};

static void add_move(struct sim_exec *x, struct moves *all, struct move move)
{
    for (size_t i = 0; i < all->count; i++) {
        struct move *m = &all->moves[i];
        if (m->at == move.at && m->kind == move.kind && m->sale_id == move.sale_id) {
            m->points = sim_plus(x, m->points, move.points);
            return;
        }
    }
    if (all->count == all->capacity) {
        size_t capacity = all->capacity ? 2 * all->capacity : 64;
        struct move *moves = sim_memory(x, capacity, sizeof *moves);
        for (size_t i = 0; i < all->count; i++)
            moves[i] = all->moves[i];
        all->moves = moves;
        all->capacity = capacity;
    }
    all->moves[all->count++] = move;
}

static void add_entry(struct sim_exec *x, struct moves *all, const union sim_cell *e, const union sim_cell *sale)
{
    add_move(x, all,
             (struct move){ .at = (sale != NULL ? sale[SALE_AT] : e[POINTS_ENTRY_AT]).i,
                            .kind = e[POINTS_ENTRY_KIND].i,
                            .points = e[POINTS_ENTRY_POINTS].i,
                            .sale_id = sale != NULL ? sale[SALE_ID].i : SIM_NULL,
                            .device_id = sale != NULL ? sale[SALE_DEVICE_ID].i : SIM_NULL,
                            .series = sale != NULL ? sale[SALE_SERIES] : I(SIM_NULL),
                            .number = sale != NULL ? sale[SALE_NUMBER] : I(SIM_NULL) });
}

static void add_entries(struct sim_exec *x, struct moves *all, const union sim_cell *sale)
{
    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(sale[SALE_ID]));
         sim_next(&scan);)
        add_entry(x, all, scan.hit.c, sale);
}

/* Sales, those that were given to them afterwards too. */
static void gather_sold(struct sim_exec *x, struct sim_hits *sales, int64_t id)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE, SALE_BY_MEMBER_ID, KEY(I(id))); sim_next(&scan);)
        if (scan.hit.c[SALE_KIND].i == 1)
            sim_gather(x, sales, scan.hit);
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_ATTACH, SALE_ATTACH_BY_MEMBER_ID, KEY(I(id))); sim_next(&scan);)
        if (scan.hit.c[SALE_ATTACH_SALE_ID].i == scan.hit.c[SALE_ATTACH_ATTACHED_ID].i)
            sim_gather(x, sales, sim_find(x, SIM_SALE, SALE_BY_ID, KEY(scan.hit.c[SALE_ATTACH_SALE_ID])));
}

static void add_sold(struct sim_exec *x, struct moves *all, const int64_t *ids, size_t count)
{
    struct sim_hits sales = { 0 };

    for (size_t i = 0; i < count; i++)
        gather_sold(x, &sales, ids[i]);
    sim_sort(&sales, SIM_SALE, SIM_DOWN(SALE_AT), SIM_DOWN(SALE_ID), -1);
    for (size_t i = 0; i < sales.count && i < 50; i++) {
        const union sim_cell *sale = sales.hits[i].c;
        add_entries(x, all, sale);
        for (struct sim_scan scan = sim_scan(x, SIM_SALE, SALE_BY_REFUND_OF, KEY(sale[SALE_ID])); sim_next(&scan);)
            add_entries(x, all, scan.hit.c);
    }
}

static bool is_one_of(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* Of a referral that the member of the entry has a part in. */
static bool of_a_referral(struct sim_exec *x, const union sim_cell *e)
{
    const union sim_cell *f = sim_find(x, SIM_REFERRAL, REFERRAL_BY_FRIEND_ID, KEY(e[POINTS_ENTRY_ORIGIN_ID])).c;
    int64_t id = e[POINTS_ENTRY_MEMBER_ID].i;

    return f != NULL && (f[REFERRAL_FRIEND_ID].i == id || f[REFERRAL_REFERRER_ID].i == id);
}

static void add_others(struct sim_exec *x, struct moves *all, const int64_t *ids, size_t count)
{
    for (struct sim_scan scan = sim_all(x, SIM_POINTS_ENTRY); sim_next(&scan);) {
        const union sim_cell *e = scan.hit.c;
        int64_t kind = e[POINTS_ENTRY_KIND].i;
        if (!is_one_of(ids, count, e[POINTS_ENTRY_MEMBER_ID].i))
            continue;
        if (kind == 1 || (kind >= 7 && kind <= 9) || kind == 14 || ((kind == 11 || kind == 12) && of_a_referral(x, e)))
            add_entry(x, all, e, NULL);
    }
}

static bool goes_before(const struct move *a, const struct move *b)
{
    if (a->at != b->at)
        return a->at > b->at;
    if (a->sale_id != b->sale_id)
        return a->sale_id > b->sale_id; /* SIM_NULL is the least */
    return a->kind < b->kind;
}

static void self_moves(struct sim_exec *x)
{
    struct moves all = { 0 };
    size_t count;
    int64_t id = sim_survivor_of(x, sim_int(x, 1));

    if (id == SIM_NULL)
        return;
    const int64_t *ids = same_persons_as(x, id, &count);

    add_sold(x, &all, ids, count);
    add_others(x, &all, ids, count);
    for (size_t told = 0; told < all.count && told < 50; told++) {
        size_t next = told;
        for (size_t i = told + 1; i < all.count; i++)
            if (goes_before(&all.moves[i], &all.moves[next]))
                next = i;
        struct move m = all.moves[next];
        all.moves[next] = all.moves[told];
        all.moves[told] = m;
        const union sim_cell *d =
            m.device_id == SIM_NULL ? NULL : sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(m.device_id))).c;
        sim_emit(x, KEY(I(m.at), I(m.kind), I(m.points), I(m.sale_id), or_null(d, DEVICE_TILL_NUMBER, false), m.series,
                        m.number));
    }
}

static bool gives_still(struct sim_exec *x, const union sim_cell *c)
{
    const union sim_cell *p = sim_find(x, SIM_CAMPAIGN, CAMPAIGN_BY_ID, KEY(c[COUPON_CAMPAIGN_ID])).c;

    return (c[COUPON_USES_MAX].i == 0 || c[COUPON_USE_COUNT].i < c[COUPON_USES_MAX].i) && p[CAMPAIGN_ACTIVE].i &&
           (p[CAMPAIGN_LAST_DAY].i == SIM_NULL || p[CAMPAIGN_LAST_DAY].i >= sim_int(x, 2));
}

static void self_coupons(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    size_t count;
    const int64_t *ids = same_persons(x, &count);

    for (size_t i = 0; i < count; i++)
        for (struct sim_scan scan = sim_scan(x, SIM_COUPON, COUPON_BY_MEMBER_ID, KEY(I(ids[i]))); sim_next(&scan);)
            if (gives_still(x, scan.hit.c))
                sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_COUPON, SIM_DOWN(COUPON_ID), -1, -1);
    for (size_t i = 0; i < hits.count && i < 50; i++) {
        const union sim_cell *c = hits.hits[i].c;
        sim_emit(x, KEY(c[COUPON_ID], c[COUPON_CAMPAIGN_ID], c[COUPON_NUMBER], I(sim_int(x, 1)), c[COUPON_USES_MAX],
                        c[COUPON_USE_COUNT], I(0)));
    }
}

static void self_sales(struct sim_exec *x)
{
    struct sim_boughts all = { 0 }, page = { 0 };
    size_t count;
    const int64_t *ids = same_persons(x, &count);
    int64_t at = sim_int(x, 2), id = sim_int(x, 3);

    for (size_t i = 0; i < count; i++)
        sim_gather_bought(x, &all, ids[i]);
    for (size_t i = 0; i < all.count; i++) {
        struct sim_bought b = all.list[i];
        if (b.at > at || (b.at == at && b.sale[SALE_ID].i >= id))
            continue;
        b.attached = b.member_id != sim_int(x, 1); /* of which the order asks behind the sale */
        sim_add_bought(x, &page, b);
    }
    sim_sort_bought(&page, false, true);
    for (size_t i = 0; i < page.count && i < 8; i++) {
        const union sim_cell *s = page.list[i].sale;
        sim_emit(x, KEY(s[SALE_ID], s[SALE_SHOP_ID], s[SALE_AT], I(page.list[i].attached)));
    }
}

static void self_sales_reviewed(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++)
        for (struct sim_scan scan = sim_scan(x, SIM_REVIEW, REVIEW_BY_SALE_ID_PRODUCT_ID, KEY(I(ids[i])));
             sim_next(&scan);)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_REVIEW, REVIEW_SALE_ID, REVIEW_PRODUCT_ID, -1);
    for (size_t i = 0; i < hits.count && i < 1600; i++)
        sim_emit(x, KEY(hits.hits[i].c[REVIEW_SALE_ID], hits.hits[i].c[REVIEW_PRODUCT_ID]));
}

const struct sim_statement sim_kiosk_statements[] = {
    { &sql_standing_members, standing_members, "id changed_at@" },
    { &sql_kiosk_find, kiosk_find, "id scheme hash$" },
    { &sql_kiosk_old_secret, kiosk_old_secret, "hash$" },
    { &sql_kiosk_find_code, kiosk_find_code, "id expires_at@ used_at@" },
    { &sql_kiosk_use_code, kiosk_use_code, "member_id" },
    { &sql_kiosk_open, kiosk_open, "id name_sealed$ points hash$ changed_at@" },
    { &sql_kiosk_rehash, kiosk_rehash, NULL },
    { &sql_kiosk_own_secret, kiosk_own_secret, "scheme hash$ changed_at@" },
    { &sql_kiosk_put_secret, kiosk_put_secret, NULL },
    { &sql_member_code_remove, member_code_remove, NULL },
    { &sql_member_code_write, member_code_write, NULL },
    { &sql_kiosk_number_next, kiosk_number_next, "last" },
    { &sql_kiosk_baskets_count, kiosk_baskets_count, "waiting" },
    { &sql_kiosk_card, kiosk_card, "id" },
    { &sql_kiosk_basket_insert, kiosk_basket_insert, NULL },
    { &sql_kiosk_baskets, kiosk_baskets, "id parked_at@ line_count first_product_id number" },
    { &sql_kiosk_basket_take, kiosk_basket_take, "id line_count basket$ device_id" },
    { &sql_kiosk_basket_name, kiosk_basket_name, "name$" },
    { &sql_member_ticket_count, member_ticket_count, "waiting" },
    { &sql_member_ticket_number, member_ticket_number, "number" },
    { &sql_member_ticket_remove, member_ticket_remove, NULL },
    { &sql_member_ticket_write, member_ticket_write, NULL },
    { &sql_member_ticket_whose, member_ticket_whose, "member_id" },
    { &sql_member_ticket_take, member_ticket_take,
      "id member_id name_sealed$ phone_sealed$ email_sealed$ birthday_sealed$ avoids_sealed$ language_sealed$ secret$ "
      "consents" },
    { &sql_member_merge_secret, member_merge_secret, NULL },
    { &sql_member_secret_remove, member_secret_remove, NULL },
    { &sql_member_code_remove_all, member_code_remove_all, NULL },
    { &sql_self_moves, self_moves, "at@ kind points sale_id till_number series number" },
    { &sql_self_coupons, self_coupons, "id campaign_id number member_id uses_max use_count returned?" },
    { &sql_self_sales, self_sales, "id shop_id at@ merged" },
    { &sql_self_sales_reviewed, self_sales_reviewed, "sale_id product_id" },
    { NULL, NULL, NULL },
};
