/* member.sql: sealed fields, the blind indexes they are found by, and merging; member_usual.sql: what they usually take. */
#include "tests/sim/store/sim_sales.h"
#include "tests/sim/store/sim_statement.h"

static struct sim_hit find_member(struct sim_exec *x, int64_t id)
{
    return sim_find(x, SIM_MEMBER, MEMBER_BY_ID, KEY(I(id)));
}

static const union sim_cell *account_of(struct sim_exec *x, int64_t id)
{
    return sim_find(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(I(id))).c;
}

static void member_taken(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++)
        for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_KIND_BLIND_MEMBER_ID,
                                             KEY(I(sim_int_at(x, 1, i)), B(sim_blob(x, sim_bytes_at(x, 2, i)))));
             sim_next(&scan);)
            sim_emit_columns(x, scan.hit.c, SIM_MEMBER_BLIND, COLUMNS(MEMBER_BLIND_KIND, MEMBER_BLIND_MEMBER_ID));
}

static void member_write(struct sim_exec *x)
{
    sim_insert(x, SIM_MEMBER, 0,
               PUTS(FROM(MEMBER_ID, 1), FROM(MEMBER_SHOP_ID, 2), FROM(MEMBER_NAME_SEALED, 3),
                    FROM(MEMBER_PHONE_SEALED, 4), FROM(MEMBER_EMAIL_SEALED, 5), FROM(MEMBER_BIRTHDAY_SEALED, 6),
                    FROM(MEMBER_CARD_SEALED, 7), FROM(MEMBER_AVOIDS_SEALED, 8), FROM(MEMBER_LANGUAGE_SEALED, 9),
                    FROM(MEMBER_CREATED_AT, 10), FROM(MEMBER_UPDATED_AT, 10)));
}

static void member_write_account(struct sim_exec *x)
{
    sim_insert(x, SIM_MEMBER_ACCOUNT, 0,
               PUTS(FROM(MEMBER_ACCOUNT_MEMBER_ID, 1), FROM(MEMBER_ACCOUNT_POINTS, 2),
                    FROM(MEMBER_ACCOUNT_BIRTHDAY_BLIND, 3), FROM(MEMBER_ACCOUNT_AVOIDS, 4)));
}

static void member_write_lot(struct sim_exec *x)
{
    sim_insert(x, SIM_POINTS_LOT, 0,
               PUTS(FROM(POINTS_LOT_ID, 1), FROM(POINTS_LOT_MEMBER_ID, 2), FROM(POINTS_LOT_ORIGIN_DAY, 3),
                    FROM(POINTS_LOT_EXPIRY_DAY, 4), FROM(POINTS_LOT_REMAINING, 5)));
}

static void member_write_entry(struct sim_exec *x)
{
    sim_insert(x, SIM_POINTS_ENTRY, 0,
               PUTS(FROM(POINTS_ENTRY_ORIGIN_ID, 1), FROM(POINTS_ENTRY_LOT_ID, 2), VALUE(POINTS_ENTRY_KIND, 1),
                    FROM(POINTS_ENTRY_MEMBER_ID, 1), FROM(POINTS_ENTRY_POINTS, 3), FROM(POINTS_ENTRY_STAFF_ID, 4),
                    FROM(POINTS_ENTRY_AT, 5)));
}

static void member_blind_write(struct sim_exec *x)
{
    sim_insert_all(x, SIM_MEMBER_BLIND,
                   PUTS(FROM(MEMBER_BLIND_KIND, 2), FROM(MEMBER_BLIND_BLIND, 3), FROM(MEMBER_BLIND_MEMBER_ID, 1)));
}

static bool is_among(struct sim_exec *x, int param, const struct sim_blob *blob)
{
    for (size_t i = 0; i < sim_count(x, param); i++)
        if (bytes_equal(sim_bytes_at(x, param, i), bytes_of(blob->data, blob->size)))
            return true;
    return false;
}

static void member_blind_remove(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);) {
        const union sim_cell *b = scan.hit.c;
        bool named = false;

        for (size_t i = 0; i < sim_count(x, 2); i++)
            named = named || b[MEMBER_BLIND_KIND].i == sim_int_at(x, 2, i);
        if (named && (b[MEMBER_BLIND_MERGED_FROM].i == 0 || is_among(x, 3, b[MEMBER_BLIND_BLIND].b)))
            sim_gather(x, &hits, scan.hit);
    }
    for (size_t i = 0; i < hits.count; i++)
        sim_delete(x, &hits.hits[i]);
}

static void member_card_remove(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (scan.hit.c[MEMBER_BLIND_KIND].i == 3)
            sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        sim_delete(x, &hits.hits[i]);
}

static void member_lock(struct sim_exec *x)
{
    int64_t id = sim_survivor_of(x, sim_int(x, 1));
    struct sim_hit hit = find_member(x, id), account = sim_find_living(x, id);

    if (id != SIM_NULL && hit.row != NULL && account.row != NULL && sim_lock(x, &hit) && sim_lock_living(x, &account))
        sim_emit(x, KEY(hit.c[MEMBER_ID], account.c[MEMBER_ACCOUNT_POINTS], account.c[MEMBER_ACCOUNT_MERGED_INTO]));
}

static void member_update(struct sim_exec *x)
{
    static const struct sim_put fields[] = {
        FROM(MEMBER_NAME_SEALED, 3),      FROM(MEMBER_PHONE_SEALED, 5), FROM(MEMBER_EMAIL_SEALED, 7),
        FROM(MEMBER_BIRTHDAY_SEALED, 9),  FROM(MEMBER_CARD_SEALED, 11), FROM(MEMBER_AVOIDS_SEALED, 13),
        FROM(MEMBER_LANGUAGE_SEALED, 15),
    };
    struct sim_hit hit = find_member(x, sim_int(x, 1));
    struct sim_put puts[8] = { FROM(MEMBER_UPDATED_AT, 16) };
    size_t count = 1;

    for (size_t i = 0; i < 7; i++) /* $2, $4 ...: whether the next one holds */
        if (sim_int(x, fields[i].param - 1) == true)
            puts[count++] = fields[i];
    if (hit.row != NULL)
        sim_update(x, &hit, 0, puts, count);
}

static void member_update_account(struct sim_exec *x)
{
    struct sim_hit hit = sim_find_account(x, sim_int(x, 1));
    struct sim_put puts[2];
    size_t count = 0;

    if (sim_int(x, 2) == true)
        puts[count++] = (struct sim_put)FROM(MEMBER_ACCOUNT_BIRTHDAY_BLIND, 3);
    if (sim_int(x, 4) == true)
        puts[count++] = (struct sim_put)FROM(MEMBER_ACCOUNT_AVOIDS, 5);
    if (hit.row != NULL)
        sim_update(x, &hit, 0, puts, count);
}

static void emit_member(struct sim_exec *x, int64_t id)
{
    const union sim_cell *m = find_member(x, id).c, *a = account_of(x, id);

    if (m != NULL && a != NULL)
        sim_emit(x, KEY(m[MEMBER_ID], m[MEMBER_NAME_SEALED], m[MEMBER_PHONE_SEALED], m[MEMBER_EMAIL_SEALED],
                        m[MEMBER_BIRTHDAY_SEALED], m[MEMBER_CARD_SEALED], m[MEMBER_AVOIDS_SEALED],
                        m[MEMBER_LANGUAGE_SEALED], m[MEMBER_CREATED_AT], a[MEMBER_ACCOUNT_POINTS],
                        a[MEMBER_ACCOUNT_TIER]));
}

static bool is_before(const union sim_cell *a, const union sim_cell *b)
{
    int64_t one = a[REFERRAL_PAID_AT].i, other = b[REFERRAL_PAID_AT].i;

    if (one == other)
        return a[REFERRAL_FRIEND_ID].i < b[REFERRAL_FRIEND_ID].i;
    return one != SIM_NULL && (other == SIM_NULL || one < other);
}

/* Who brought them, or one of those who were merged into them: the first who was paid for. 0: nobody. */
static int64_t referrer_of(struct sim_exec *x, int64_t id)
{
    const union sim_cell *first = NULL;
    size_t count;
    const int64_t *ids = sim_one_person(x, id, &count);

    for (size_t i = 0; i < count; i++) {
        const union sim_cell *r = sim_find(x, SIM_REFERRAL, REFERRAL_BY_FRIEND_ID, KEY(I(ids[i]))).c;
        int64_t referrer = r == NULL ? SIM_NULL : sim_survivor_of(x, r[REFERRAL_REFERRER_ID].i);

        if (referrer != SIM_NULL && referrer != id && (first == NULL || is_before(r, first)))
            first = r;
    }
    return first == NULL ? 0 : sim_survivor_of(x, first[REFERRAL_REFERRER_ID].i);
}

static void member_show(struct sim_exec *x)
{
    int64_t id = sim_survivor_of(x, sim_int(x, 1));
    const union sim_cell *m = find_member(x, id).c, *a = id == SIM_NULL ? NULL : sim_find_living(x, id).c;

    if (id != SIM_NULL && m != NULL && a != NULL)
        sim_emit(x, KEY(m[MEMBER_ID], m[MEMBER_NAME_SEALED], m[MEMBER_PHONE_SEALED], m[MEMBER_EMAIL_SEALED],
                        m[MEMBER_BIRTHDAY_SEALED], m[MEMBER_CARD_SEALED], m[MEMBER_AVOIDS_SEALED],
                        m[MEMBER_LANGUAGE_SEALED], m[MEMBER_CREATED_AT], a[MEMBER_ACCOUNT_POINTS],
                        a[MEMBER_ACCOUNT_TIER], a[MEMBER_ACCOUNT_TIER_MINOR], I(referrer_of(x, id))));
}

static void member_referrer(struct sim_exec *x)
{
    int64_t id = sim_survivor_of(x, sim_int(x, 1));

    if (id != SIM_NULL)
        sim_emit(x, KEY(I(id)));
}

static void member_write_referral(struct sim_exec *x)
{
    struct sim_hit hit = sim_find_account(x, sim_int(x, 1));

    if (hit.row != NULL)
        sim_update(x, &hit, 0, PUTS(VALUE(MEMBER_ACCOUNT_FRIEND, 1)));
    sim_insert(x, SIM_REFERRAL, 0,
               PUTS(FROM(REFERRAL_FRIEND_ID, 1), FROM(REFERRAL_REFERRER_ID, 2), FROM(REFERRAL_AT, 3)));
}

static void member_show_lots(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    int64_t id = sim_survivor_of(x, sim_int(x, 1));

    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_EXPIRY_DAY, KEY(I(id)));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_POINTS_LOT, POINTS_LOT_EXPIRY_DAY, POINTS_LOT_ID, -1);
    for (size_t i = 0; i < hits.count && i < 400; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_POINTS_LOT,
                         COLUMNS(POINTS_LOT_ID, POINTS_LOT_REMAINING, POINTS_LOT_ORIGIN_DAY, POINTS_LOT_EXPIRY_DAY));
}

/* The sales of a member and of who was merged into them, the newest first; the most of each does not show. */
static struct sim_boughts sales_of(struct sim_exec *x, int64_t id, bool by_at)
{
    struct sim_hits accounts = { 0 };
    struct sim_boughts sales = { 0 };

    if (id == SIM_NULL)
        return sales;
    sim_gather(x, &accounts, sim_find_account(x, id));
    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(id)));
         sim_next(&scan);)
        sim_gather(x, &accounts, scan.hit);
    for (size_t i = 0; i < accounts.count; i++) {
        union sim_cell member = i == 0 ? I(id) : accounts.hits[i].c[MEMBER_ACCOUNT_MEMBER_ID];
        sim_gather_bought(x, &sales, member.i);
    }
    sim_sort_bought(&sales, by_at, true);
    return sales;
}

static void member_show_sales(struct sim_exec *x)
{
    int64_t id = sim_survivor_of(x, sim_int(x, 1));
    struct sim_boughts sales = sales_of(x, id, false);

    for (size_t i = 0; i < sales.count && i < 20; i++) {
        const struct sim_bought *b = &sales.list[i];
        const union sim_cell *s = b->sale;
        const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(s[SALE_DEVICE_ID])).c;
        if (d != NULL)
            sim_emit(x, KEY(s[SALE_ID], s[SALE_SHOP_ID], d[DEVICE_TILL_NUMBER], s[SALE_SERIES], s[SALE_NUMBER],
                            s[SALE_AT], s[SALE_TOTAL_MINOR],
                            I(s[SALE_POINTS_EARNED].i + s[SALE_POINTS_GIFTED].i - s[SALE_POINTS_SPENT].i + b->attached),
                            I(b->member_id), I(b->member_id != id)));
    }
}

static void member_show_merged(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    int64_t id = sim_survivor_of(x, sim_int(x, 1));

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(id)));
         id != SIM_NULL && sim_next(&scan);) {
        struct sim_hit merge =
            sim_find(x, SIM_MEMBER_MERGE, MEMBER_MERGE_BY_FROM_ID, KEY(scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID]));
        if (merge.row != NULL)
            sim_gather(x, &hits, merge);
    }
    sim_sort(&hits, SIM_MEMBER_MERGE, SIM_DOWN(MEMBER_MERGE_AT), SIM_DOWN(MEMBER_MERGE_FROM_ID), -1);
    for (size_t i = 0; i < hits.count && i < 20; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_MEMBER_MERGE,
                         COLUMNS(MEMBER_MERGE_FROM_ID, MEMBER_MERGE_POINTS, MEMBER_MERGE_AT, MEMBER_MERGE_STAFF_ID,
                                 MEMBER_MERGE_REASON));
}

static void member_find_key(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (size_t i = 0; i < sim_count(x, 2); i++) {
        bool again = false;
        for (size_t before = 0; before < i; before++)
            again = again || bytes_equal(sim_bytes_at(x, 2, before), sim_bytes_at(x, 2, i));
        if (again)
            continue;
        for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_KIND_BLIND_MEMBER_ID,
                                             KEY(I(sim_int(x, 1)), B(sim_blob(x, sim_bytes_at(x, 2, i)))));
             sim_next(&scan);)
            sim_gather(x, &hits, scan.hit);
    }
    sim_sort(&hits, SIM_MEMBER_BLIND, MEMBER_BLIND_MEMBER_ID, -1, -1);
    for (size_t i = 0; i < hits.count; i++)
        emit_member(x, hits.hits[i].c[MEMBER_BLIND_MEMBER_ID].i);
}

static bool has_prefixes(struct sim_exec *x, int64_t member_id)
{
    for (size_t i = 0; i < sim_count(x, 2); i++)
        if (sim_find(x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_KIND_BLIND_MEMBER_ID,
                     KEY(I(4), B(sim_blob(x, sim_bytes_at(x, 2, i))), I(member_id)))
                .row == NULL)
            return false;
    return true;
}

static void member_find_name(struct sim_exec *x)
{
    size_t found = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_KIND_BLIND_MEMBER_ID,
                                         KEY(I(4), B(sim_blob(x, sim_bytes(x, 1)))));
         found < 51 && sim_next(&scan);)
        if (scan.hit.c[MEMBER_BLIND_MEMBER_ID].i > sim_int(x, 3) &&
            has_prefixes(x, scan.hit.c[MEMBER_BLIND_MEMBER_ID].i)) {
            emit_member(x, scan.hit.c[MEMBER_BLIND_MEMBER_ID].i);
            found++;
        }
}

static void member_usual_known(struct sim_exec *x)
{
    int64_t id = sim_int(x, 1);

    if (sim_find_living(x, id).row != NULL)
        sim_emit(x, KEY(I(sim_survivor_of(x, id))));
}

static void emit_usual_lines(struct sim_exec *x, union sim_cell sale_id)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale_id)); sim_next(&scan);) {
        const union sim_cell *l = scan.hit.c;
        const union sim_cell *r =
            sim_find(x, SIM_REFUNDED, REFUNDED_BY_SALE_ID_LINE, KEY(sale_id, l[SALE_LINE_LINE])).c;
        if ((l[SALE_LINE_FLAGS].i & 2) == 0)
            sim_emit(x, KEY(sale_id, l[SALE_LINE_PRODUCT_ID],
                            I(l[SALE_LINE_QUANTITY_MILLI].i - (r == NULL ? 0 : r[REFUNDED_QUANTITY_MILLI].i))));
    }
}

static void member_usual_lines(struct sim_exec *x)
{
    struct sim_boughts sales = sales_of(x, sim_survivor_of(x, sim_int(x, 1)), true);

    for (size_t i = 0; i < sales.count && i < 10; i++)
        emit_usual_lines(x, sales.list[i].sale[SALE_ID]);
}

#define MEMBER_FIELDS                                                                                                  \
    "id name_sealed$ phone_sealed$ email_sealed$ birthday_sealed$ card_sealed$ avoids_sealed$ language_sealed$"
#define MEMBER_ANSWER MEMBER_FIELDS " created_at@ points tier"

const struct sim_statement sim_member_statements[] = {
    { &sql_member_taken, member_taken, "kind member_id" },
    { &sql_member_write, member_write, NULL },
    { &sql_member_write_account, member_write_account, NULL },
    { &sql_member_write_lot, member_write_lot, NULL },
    { &sql_member_write_entry, member_write_entry, NULL },
    { &sql_member_blind_write, member_blind_write, NULL },
    { &sql_member_blind_remove, member_blind_remove, NULL },
    { &sql_member_card_remove, member_card_remove, NULL },
    { &sql_member_lock, member_lock, "id points into_id" },
    { &sql_member_update, member_update, NULL },
    { &sql_member_update_account, member_update_account, NULL },
    { &sql_member_show, member_show, MEMBER_ANSWER " tier_minor referrer_id" },
    { &sql_member_referrer, member_referrer, "id" },
    { &sql_member_write_referral, member_write_referral, NULL },
    { &sql_member_show_lots, member_show_lots, "id remaining origin_day# expiry_day#" },
    { &sql_member_show_sales, member_show_sales,
      "id shop_id till_number series number at@ total_minor points member_id merged" },
    { &sql_member_show_merged, member_show_merged, "id points at@ staff_id reason$" },
    { &sql_member_find_key, member_find_key, MEMBER_ANSWER },
    { &sql_member_find_name, member_find_name, MEMBER_ANSWER },
    { &sql_member_usual_known, member_usual_known, "id" },
    { &sql_member_usual_lines, member_usual_lines, "sale_id product_id quantity_milli" },
    { NULL, NULL, NULL },
};
