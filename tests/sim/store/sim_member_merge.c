/* member.sql: merging. */
#include "tests/sim/store/sim_sales.h"

static void member_merge_lock(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find(x, SIM_MEMBER, MEMBER_BY_ID, KEY(I(ids[i])));
        if (hit.row != NULL && sim_lock(x, &hit))
            sim_emit_columns(x, hit.c, SIM_MEMBER,
                             COLUMNS(MEMBER_ID, MEMBER_NAME_SEALED, MEMBER_PHONE_SEALED, MEMBER_EMAIL_SEALED,
                                     MEMBER_BIRTHDAY_SEALED, MEMBER_CARD_SEALED, MEMBER_AVOIDS_SEALED,
                                     MEMBER_LANGUAGE_SEALED));
    }
}

static bool is_one(struct sim_exec *x, const union sim_cell *account)
{
    for (size_t i = 0; i < sim_count(x, 1); i++)
        if (account[MEMBER_ACCOUNT_MEMBER_ID].i == sim_int_at(x, 1, i))
            return true;
    return account[MEMBER_ACCOUNT_MERGED_INTO].i == sim_int(x, 2);
}

static void member_merge_accounts(struct sim_exec *x)
{
    size_t given = sim_count(x, 1), count = 0, distinct;
    struct sim_hits merged = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(sim_int(x, 2))));
         sim_next(&scan);)
        sim_gather(x, &merged, scan.hit);
    int64_t *all = sim_memory(x, given + merged.count, sizeof(*all));
    for (size_t i = 0; i < given; i++)
        all[count++] = sim_int_at(x, 1, i);
    for (size_t i = 0; i < merged.count; i++)
        all[count++] = merged.hits[i].c[MEMBER_ACCOUNT_MEMBER_ID].i;
    const int64_t *ids = sim_sorted(x, all, count, &distinct);
    for (size_t i = 0; i < distinct; i++) {
        struct sim_hit hit = sim_find_living(x, ids[i]);
        if (sim_lock_living(x, &hit) && is_one(x, hit.c))
            sim_emit_columns(x, hit.c, SIM_MEMBER_ACCOUNT,
                             COLUMNS(MEMBER_ACCOUNT_MEMBER_ID, MEMBER_ACCOUNT_POINTS, MEMBER_ACCOUNT_BIRTHDAY_BLIND,
                                     MEMBER_ACCOUNT_BIRTHDAY_YEAR, MEMBER_ACCOUNT_AVOIDS, MEMBER_ACCOUNT_MERGED_INTO,
                                     MEMBER_ACCOUNT_TIER, MEMBER_ACCOUNT_TIER_MINOR));
    }
}

/* The newest entry of consent 4 of a member. */
static struct sim_hit allergies_of(struct sim_exec *x, union sim_cell member)
{
    struct sim_hit newest = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_CONSENT_ENTRY, CONSENT_ENTRY_BY_MEMBER_ID, KEY(member));
         sim_next(&scan);)
        if (scan.hit.c[CONSENT_ENTRY_KIND].i == 4 &&
            (newest.row == NULL || scan.hit.c[CONSENT_ENTRY_NUMBER].i > newest.c[CONSENT_ENTRY_NUMBER].i))
            newest = scan.hit;
    return newest;
}

static void member_merge_words(struct sim_exec *x)
{
    struct sim_hit last = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(sim_int(x, 1))));
         sim_next(&scan);) {
        struct sim_hit word = allergies_of(x, scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID]);
        if (word.row == NULL)
            continue;
        int64_t later = last.row == NULL ? 1 : word.c[CONSENT_ENTRY_AT].i - last.c[CONSENT_ENTRY_AT].i;
        if (later > 0 || (later == 0 && word.c[CONSENT_ENTRY_MEMBER_ID].i < last.c[CONSENT_ENTRY_MEMBER_ID].i))
            last = word;
    }
    if (last.row != NULL)
        sim_emit_columns(x, last.c, SIM_CONSENT_ENTRY,
                         COLUMNS(CONSENT_ENTRY_KIND, CONSENT_ENTRY_NUMBER, CONSENT_ENTRY_GIVEN,
                                 CONSENT_ENTRY_TEXT_VERSION, CONSENT_ENTRY_SHOP_ID, CONSENT_ENTRY_DEVICE_ID,
                                 CONSENT_ENTRY_STAFF_ID, CONSENT_ENTRY_AT));
}

static void member_merge_blinds(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (scan.hit.c[MEMBER_BLIND_KIND].i < 4)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_MEMBER_BLIND, MEMBER_BLIND_KIND, MEMBER_BLIND_BLIND, -1);
    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_MEMBER_BLIND,
                         COLUMNS(MEMBER_BLIND_KIND, MEMBER_BLIND_BLIND, MEMBER_BLIND_MERGED_FROM));
}

static void member_blind_remove_all(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        sim_delete(x, &hits.hits[i]);
}

static void member_merge_blinds_write(struct sim_exec *x)
{
    sim_insert_all(x, SIM_MEMBER_BLIND,
                   PUTS(FROM(MEMBER_BLIND_KIND, 2), FROM(MEMBER_BLIND_BLIND, 3), FROM(MEMBER_BLIND_MEMBER_ID, 1),
                        FROM(MEMBER_BLIND_MERGED_FROM, 4)));
}

static void member_merge_lots(struct sim_exec *x)
{
    int64_t from = sim_int(x, 1);
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_ORIGIN_DAY, KEY(I(from)));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++) {
        struct sim_hit *lot = &hits.hits[i];
        if (!sim_lock(x, lot) || lot->c[POINTS_LOT_MEMBER_ID].i != from)
            continue;
        int64_t before = lot->c[POINTS_LOT_MERGED_FROM].i;
        sim_update(x, lot, 0,
                   PUTS(FROM(POINTS_LOT_MEMBER_ID, 2), VALUE(POINTS_LOT_MERGED_FROM, before == 0 ? from : before)));
    }
}

static void member_merge_from(struct sim_exec *x)
{
    struct sim_hit hit = sim_find(x, SIM_MEMBER, MEMBER_BY_ID, KEY(I(sim_int(x, 1))));

    if (hit.row != NULL)
        sim_update(x, &hit, 0,
                   PUTS(BLOB(MEMBER_NAME_SEALED, NULL), BLOB(MEMBER_PHONE_SEALED, NULL),
                        BLOB(MEMBER_EMAIL_SEALED, NULL), BLOB(MEMBER_BIRTHDAY_SEALED, NULL),
                        BLOB(MEMBER_CARD_SEALED, NULL), BLOB(MEMBER_AVOIDS_SEALED, NULL),
                        BLOB(MEMBER_LANGUAGE_SEALED, NULL), FROM(MEMBER_UPDATED_AT, 2)));
}

static void member_merge_from_account(struct sim_exec *x)
{
    struct sim_hit hit = sim_find_account(x, sim_int(x, 1));

    if (hit.row != NULL)
        sim_update(x, &hit, 0,
                   PUTS(VALUE(MEMBER_ACCOUNT_POINTS, 0), BLOB(MEMBER_ACCOUNT_BIRTHDAY_BLIND, NULL),
                        VALUE(MEMBER_ACCOUNT_BIRTHDAY_YEAR, 0), BLOB(MEMBER_ACCOUNT_AVOIDS, NULL),
                        FROM(MEMBER_ACCOUNT_MERGED_INTO, 2), VALUE(MEMBER_ACCOUNT_TIER, 0),
                        VALUE(MEMBER_ACCOUNT_TIER_MINOR, 0),
                        VALUE(MEMBER_ACCOUNT_FRIEND, hit.c[MEMBER_ACCOUNT_FRIEND].i > 0)));
}

static void member_merge_before(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++)
        if (sim_lock(x, &hits.hits[i]) && hits.hits[i].c[MEMBER_ACCOUNT_MERGED_INTO].i == sim_int(x, 1))
            sim_update(x, &hits.hits[i], 0, PUTS(FROM(MEMBER_ACCOUNT_MERGED_INTO, 2)));
}

/* Or somebody who is the same by a merging. */
static bool is_a_friend(struct sim_exec *x, const union sim_cell *account)
{
    bool is = account[MEMBER_ACCOUNT_FRIEND].i > 0;

    for (struct sim_scan scan =
             sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(account[MEMBER_ACCOUNT_MEMBER_ID]));
         sim_next(&scan);)
        is = is || scan.hit.c[MEMBER_ACCOUNT_FRIEND].i > 0;
    return is;
}

static void member_merge_into_account(struct sim_exec *x)
{
    struct sim_hit hit = sim_find_account(x, sim_int(x, 1));

    if (hit.row != NULL)
        sim_update(x, &hit, 0,
                   PUTS(FROM(MEMBER_ACCOUNT_POINTS, 2), FROM(MEMBER_ACCOUNT_BIRTHDAY_BLIND, 3),
                        FROM(MEMBER_ACCOUNT_BIRTHDAY_YEAR, 4), FROM(MEMBER_ACCOUNT_AVOIDS, 5),
                        FROM(MEMBER_ACCOUNT_TIER, 6), FROM(MEMBER_ACCOUNT_TIER_MINOR, 7),
                        VALUE(MEMBER_ACCOUNT_FRIEND, is_a_friend(x, hit.c) ? 2 : 0)));
}

static void member_merge_write(struct sim_exec *x)
{
    sim_insert(x, SIM_MEMBER_MERGE, 0,
               PUTS(FROM(MEMBER_MERGE_FROM_ID, 1), FROM(MEMBER_MERGE_INTO_ID, 2), FROM(MEMBER_MERGE_SHOP_ID, 3),
                    FROM(MEMBER_MERGE_DEVICE_ID, 4), FROM(MEMBER_MERGE_STAFF_ID, 5), FROM(MEMBER_MERGE_POINTS, 6),
                    FROM(MEMBER_MERGE_REASON, 7), FROM(MEMBER_MERGE_AT, 8)));
}

const struct sim_statement sim_member_merge_statements[] = {
    { &sql_member_merge_lock, member_merge_lock,
      "id name_sealed$ phone_sealed$ email_sealed$ birthday_sealed$ card_sealed$ avoids_sealed$ language_sealed$" },
    { &sql_member_merge_accounts, member_merge_accounts, SIM_MEMBER_ACCOUNT_ANSWER " tier_minor" },
    { &sql_member_merge_words, member_merge_words, "kind number given? text_version shop_id device_id staff_id at@" },
    { &sql_member_merge_blinds, member_merge_blinds, "kind blind$ merged_from" },
    { &sql_member_blind_remove_all, member_blind_remove_all, NULL },
    { &sql_member_merge_blinds_write, member_merge_blinds_write, NULL },
    { &sql_member_merge_lots, member_merge_lots, NULL },
    { &sql_member_merge_from, member_merge_from, NULL },
    { &sql_member_merge_from_account, member_merge_from_account, NULL },
    { &sql_member_merge_before, member_merge_before, NULL },
    { &sql_member_merge_into_account, member_merge_into_account, NULL },
    { &sql_member_merge_write, member_merge_write, NULL },
    { NULL, NULL, NULL },
};
