/* privacy.sql: what members agreed to, erasures, and a copy of everything. */
#include <string.h>

#include "tests/sim/store/sim_sales.h"

static struct sim_hit find_member(struct sim_exec *x, int64_t id)
{
    return sim_find(x, SIM_MEMBER, MEMBER_BY_ID, KEY(I(id)));
}

static struct sim_hit find_merge(struct sim_exec *x, union sim_cell from_id)
{
    return sim_find(x, SIM_MEMBER_MERGE, MEMBER_MERGE_BY_FROM_ID, KEY(from_id));
}

/* The account, and those of who was merged into it, ids ascending. */
static void gather_accounts(struct sim_exec *x, struct sim_hits *hits, int64_t id)
{
    struct sim_hit own = sim_find_account(x, id);

    if (own.row != NULL)
        sim_gather(x, hits, own);
    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(id)));
         sim_next(&scan);)
        sim_gather(x, hits, scan.hit);
    sim_sort(hits, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_MEMBER_ID, -1, -1);
}

/* It is one of these still, locked. */
static bool lock_account(struct sim_exec *x, struct sim_hit *account, int64_t id)
{
    return sim_lock(x, account) &&
           (account->c[MEMBER_ACCOUNT_MEMBER_ID].i == id || account->c[MEMBER_ACCOUNT_MERGED_INTO].i == id);
}

/* ---- what they agreed to ---- */

static void gather_consents(struct sim_exec *x, struct sim_hits *hits, int64_t member_id)
{
    for (struct sim_scan scan = sim_scan(x, SIM_CONSENT_ENTRY, CONSENT_ENTRY_BY_MEMBER_ID, KEY(I(member_id)));
         sim_next(&scan);)
        sim_gather(x, hits, scan.hit);
    sim_sort(hits, SIM_CONSENT_ENTRY, CONSENT_ENTRY_KIND, CONSENT_ENTRY_NUMBER, -1);
}

static void emit_consent(struct sim_exec *x, const union sim_cell *c)
{
    sim_emit_columns(x, c, SIM_CONSENT_ENTRY,
                     COLUMNS(CONSENT_ENTRY_KIND, CONSENT_ENTRY_NUMBER, CONSENT_ENTRY_GIVEN, CONSENT_ENTRY_TEXT_VERSION,
                             CONSENT_ENTRY_SHOP_ID, CONSENT_ENTRY_DEVICE_ID, CONSENT_ENTRY_STAFF_ID, CONSENT_ENTRY_AT));
}

static void consent_newest(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    int64_t id = sim_survivor_of(x, sim_int(x, 1));

    if (id != SIM_NULL)
        gather_consents(x, &hits, id);
    for (size_t i = 0; i < hits.count; i++)
        if (i + 1 == hits.count || hits.hits[i + 1].c[CONSENT_ENTRY_KIND].i != hits.hits[i].c[CONSENT_ENTRY_KIND].i)
            emit_consent(x, hits.hits[i].c);
}

static void consent_write(struct sim_exec *x)
{
    sim_insert(x, SIM_CONSENT_ENTRY, 0,
               PUTS(FROM(CONSENT_ENTRY_MEMBER_ID, 1), FROM(CONSENT_ENTRY_KIND, 2), FROM(CONSENT_ENTRY_NUMBER, 3),
                    FROM(CONSENT_ENTRY_GIVEN, 4), FROM(CONSENT_ENTRY_TEXT_VERSION, 5), FROM(CONSENT_ENTRY_SHOP_ID, 6),
                    FROM(CONSENT_ENTRY_DEVICE_ID, 7), FROM(CONSENT_ENTRY_STAFF_ID, 8), FROM(CONSENT_ENTRY_AT, 9)));
}

/* ---- to be forgotten ---- */

static void member_erase_lock(struct sim_exec *x)
{
    struct sim_hit member = find_member(x, sim_int(x, 1));

    if (member.row != NULL && sim_lock(x, &member))
        sim_emit(x, KEY(member.c[MEMBER_ID]));
}

static void member_erase_accounts(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    gather_accounts(x, &hits, sim_int(x, 1));
    for (size_t i = 0; i < hits.count; i++)
        if (lock_account(x, &hits.hits[i], sim_int(x, 1)))
            sim_emit_columns(x, hits.hits[i].c, SIM_MEMBER_ACCOUNT,
                             COLUMNS(MEMBER_ACCOUNT_MEMBER_ID, MEMBER_ACCOUNT_POINTS, MEMBER_ACCOUNT_MERGED_INTO,
                                     MEMBER_ACCOUNT_ERASED));
}

static void member_erase_points(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_EXPIRY_DAY, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *l = hits.hits[i].c;
        sim_insert(x, SIM_POINTS_ENTRY, 0,
                   PUTS(FROM(POINTS_ENTRY_ORIGIN_ID, 1), VALUE(POINTS_ENTRY_LOT_ID, l[POINTS_LOT_ID].i),
                        VALUE(POINTS_ENTRY_KIND, 8), FROM(POINTS_ENTRY_MEMBER_ID, 1),
                        VALUE(POINTS_ENTRY_POINTS, -l[POINTS_LOT_REMAINING].i), FROM(POINTS_ENTRY_STAFF_ID, 2),
                        FROM(POINTS_ENTRY_AT, 3)));
    }
    for (size_t i = 0; i < hits.count; i++)
        sim_update(x, &hits.hits[i], 0, PUTS(VALUE(POINTS_LOT_REMAINING, 0)));
}

static void member_erase_account(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    gather_accounts(x, &hits, sim_int(x, 1));
    for (size_t i = 0; i < hits.count; i++)
        if (lock_account(x, &hits.hits[i], sim_int(x, 1)))
            sim_update(x, &hits.hits[i], 0,
                       PUTS(VALUE(MEMBER_ACCOUNT_POINTS, 0), BLOB(MEMBER_ACCOUNT_BIRTHDAY_BLIND, NULL),
                            BLOB(MEMBER_ACCOUNT_AVOIDS, NULL), VALUE(MEMBER_ACCOUNT_TIER, 0),
                            VALUE(MEMBER_ACCOUNT_TIER_MINOR, 0), VALUE(MEMBER_ACCOUNT_FRIEND, 0),
                            VALUE(MEMBER_ACCOUNT_ERASED, true)));
}

static void member_erase_fields(struct sim_exec *x)
{
    struct sim_hit hit = find_member(x, sim_int(x, 1));

    if (hit.row != NULL)
        sim_update(x, &hit, 0,
                   PUTS(BLOB(MEMBER_NAME_SEALED, NULL), BLOB(MEMBER_PHONE_SEALED, NULL),
                        BLOB(MEMBER_EMAIL_SEALED, NULL), BLOB(MEMBER_BIRTHDAY_SEALED, NULL),
                        BLOB(MEMBER_CARD_SEALED, NULL), BLOB(MEMBER_AVOIDS_SEALED, NULL),
                        BLOB(MEMBER_LANGUAGE_SEALED, NULL), FROM(MEMBER_UPDATED_AT, 2)));
}

static void member_erase_merges(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(sim_int(x, 1))));
         sim_next(&scan);) {
        struct sim_hit merge = find_merge(x, scan.hit.c[MEMBER_ACCOUNT_MEMBER_ID]);
        if (merge.row != NULL)
            sim_update(x, &merge, 0, PUTS(BLOB(MEMBER_MERGE_REASON, sim_blob(x, bytes_of_text("")))));
    }
}

static void member_erase_write(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    gather_accounts(x, &hits, sim_int(x, 1));
    for (size_t i = 0; i < hits.count; i++) {
        union sim_cell id = hits.hits[i].c[MEMBER_ACCOUNT_MEMBER_ID];
        bool own = id.i == sim_int(x, 1);
        const struct sim_put puts[] = {
            VALUE(ERASURE_MEMBER_ID, id.i),
            FROM(ERASURE_REASON, 2),
            FROM(ERASURE_SHOP_ID, 4),
            FROM(ERASURE_DEVICE_ID, 5),
            FROM(ERASURE_STAFF_ID, 6),
            FROM(ERASURE_AT, 7),
            VALUE(ERASURE_POINTS, own ? sim_int(x, 3) : 0),
        };
        size_t count = sizeof(puts) / sizeof(*puts);
        sim_propose(x, SIM_ERASURE, 0, puts, count);
        if (sim_conflict(x, SIM_ERASURE, ERASURE_BY_MEMBER_ID, KEY(id)).row == NULL)
            sim_insert(x, SIM_ERASURE, 0, puts, count);
    }
}

static void gather_erasures(struct sim_exec *x, struct sim_hits *hits, int64_t after, bool pending)
{
    for (struct sim_scan scan = sim_all(x, SIM_ERASURE); sim_next(&scan);)
        if (scan.hit.c[ERASURE_MEMBER_ID].i > after && (!pending || scan.hit.c[ERASURE_KEY_GONE_AT].i == SIM_NULL))
            sim_gather(x, hits, scan.hit);
    sim_sort(hits, SIM_ERASURE, ERASURE_MEMBER_ID, -1, -1);
}

static void erasure_pending(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    gather_erasures(x, &hits, 0, true);
    for (size_t i = 0; i < hits.count && i < 1000; i++)
        sim_emit(x, KEY(hits.hits[i].c[ERASURE_MEMBER_ID]));
}

static void erasure_list(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    gather_erasures(x, &hits, sim_int(x, 1), false);
    for (size_t i = 0; i < hits.count && i < 1000; i++)
        sim_emit(x, KEY(hits.hits[i].c[ERASURE_MEMBER_ID], I(hits.hits[i].c[ERASURE_KEY_GONE_AT].i == SIM_NULL)));
}

static bool has_sealed(const union sim_cell *m)
{
    return m[MEMBER_NAME_SEALED].b != NULL || m[MEMBER_PHONE_SEALED].b != NULL || m[MEMBER_EMAIL_SEALED].b != NULL ||
           m[MEMBER_BIRTHDAY_SEALED].b != NULL || m[MEMBER_CARD_SEALED].b != NULL ||
           m[MEMBER_AVOIDS_SEALED].b != NULL || m[MEMBER_LANGUAGE_SEALED].b != NULL;
}

static void erasure_newest(struct sim_exec *x)
{
    struct sim_hits all = { 0 };

    for (struct sim_scan blocks = sim_all(x, SIM_ID_BLOCK); sim_next(&blocks);) {
        int64_t first = blocks.hit.c[ID_BLOCK_NODE].i << 41, past = (blocks.hit.c[ID_BLOCK_NODE].i + 1) << 41;
        struct sim_hits newest = { 0 };

        for (struct sim_scan scan = sim_all(x, SIM_MEMBER); sim_next(&scan);) {
            const union sim_cell *m = scan.hit.c;
            if (m[MEMBER_ID].i >= first && m[MEMBER_ID].i < past && has_sealed(m))
                sim_gather(x, &newest, scan.hit);
        }
        sim_sort(&newest, SIM_MEMBER, MEMBER_ID, -1, -1);
        for (size_t i = newest.count > 20 ? newest.count - 20 : 0; i < newest.count; i++)
            sim_gather(x, &all, newest.hits[i]);
    }
    sim_sort(&all, SIM_MEMBER, MEMBER_ID, -1, -1);
    for (size_t i = 0; i < all.count && i < 1000; i++)
        sim_emit(x, KEY(all.hits[i].c[MEMBER_ID]));
}

static void erasure_done(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find(x, SIM_ERASURE, ERASURE_BY_MEMBER_ID, KEY(I(ids[i])));
        if (hit.row != NULL && hit.c[ERASURE_KEY_GONE_AT].i == SIM_NULL && sim_lock(x, &hit) &&
            hit.c[ERASURE_KEY_GONE_AT].i == SIM_NULL)
            sim_update(x, &hit, 0, PUTS(FROM(ERASURE_KEY_GONE_AT, 2)));
    }
}

static void erasure_unknown(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find_living(x, ids[i]);
        if (hit.row != NULL && hit.c[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL)
            sim_emit(x, KEY(hit.c[MEMBER_ACCOUNT_MEMBER_ID], hit.c[MEMBER_ACCOUNT_POINTS]));
    }
}

/* ---- a copy of everything ---- */

static int64_t newest_entry(struct sim_exec *x)
{
    int64_t newest = SIM_NULL;

    for (struct sim_scan scan = sim_all(x, SIM_DEVICE_HEAD); sim_next(&scan);)
        if (newest == SIM_NULL || scan.hit.c[DEVICE_HEAD_AT].i > newest)
            newest = scan.hit.c[DEVICE_HEAD_AT].i;
    return newest;
}

static void emit_head(struct sim_exec *x, union sim_cell id)
{
    const union sim_cell *m = find_member(x, id.i).c, *g = find_merge(x, id).c;

    if (m != NULL && sim_find_living(x, id.i).row != NULL)
        sim_emit(x, KEY(id, m[MEMBER_SHOP_ID], m[MEMBER_CREATED_AT], m[MEMBER_UPDATED_AT],
                        g == NULL ? I(SIM_NULL) : g[MEMBER_MERGE_POINTS], g == NULL ? I(SIM_NULL) : g[MEMBER_MERGE_AT],
                        g == NULL ? I(SIM_NULL) : g[MEMBER_MERGE_STAFF_ID],
                        g == NULL ? B(NULL) : g[MEMBER_MERGE_REASON], I(newest_entry(x))));
}

static void member_export_head(struct sim_exec *x)
{
    int64_t id = sim_survivor_of(x, sim_int(x, 1));
    struct sim_hits merged = { 0 };

    if (id == SIM_NULL)
        return;
    emit_head(x, I(id));
    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(id)));
         sim_next(&scan);)
        sim_gather(x, &merged, scan.hit);
    sim_sort(&merged, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_MEMBER_ID, -1, -1);
    for (size_t i = 0; i < merged.count && i < 299; i++)
        emit_head(x, merged.hits[i].c[MEMBER_ACCOUNT_MEMBER_ID]);
}

static bool is_behind(int64_t a, int64_t b, int64_t after_a, int64_t after_b)
{
    return a > after_a || (a == after_a && b > after_b);
}

static void member_export_consents(struct sim_exec *x)
{
    size_t told = 0, count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t m = 0; m < count; m++) {
        struct sim_hits hits = { 0 };
        gather_consents(x, &hits, ids[m]);
        for (size_t i = 0; i < hits.count && told < 100; i++) {
            const union sim_cell *c = hits.hits[i].c;
            int64_t place = c[CONSENT_ENTRY_KIND].i * 4294967296 + c[CONSENT_ENTRY_NUMBER].i;
            if (!is_behind(ids[m], place, sim_int(x, 2), sim_int(x, 3)))
                continue;
            sim_emit_columns(x, c, SIM_CONSENT_ENTRY,
                             COLUMNS(CONSENT_ENTRY_MEMBER_ID, CONSENT_ENTRY_KIND, CONSENT_ENTRY_NUMBER,
                                     CONSENT_ENTRY_GIVEN, CONSENT_ENTRY_TEXT_VERSION, CONSENT_ENTRY_SHOP_ID,
                                     CONSENT_ENTRY_DEVICE_ID, CONSENT_ENTRY_STAFF_ID, CONSENT_ENTRY_AT));
            told++;
        }
    }
}

static void gather_lots(struct sim_exec *x, struct sim_hits *hits)
{
    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_ORIGIN_DAY, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (scan.hit.c[POINTS_LOT_ID].i > sim_int(x, 2))
            sim_gather(x, hits, scan.hit);
    sim_sort(hits, SIM_POINTS_LOT, POINTS_LOT_ID, -1, -1);
    hits->count = hits->count < 300 ? hits->count : 300;
}

static void member_export_lots(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    gather_lots(x, &hits);
    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_POINTS_LOT,
                         COLUMNS(POINTS_LOT_ID, POINTS_LOT_REMAINING, POINTS_LOT_ORIGIN_DAY, POINTS_LOT_EXPIRY_DAY));
}

static bool is_among(struct sim_exec *x, int param, int64_t id)
{
    for (size_t i = 0; i < sim_count(x, param); i++)
        if (sim_int_at(x, param, i) == id)
            return true;
    return false;
}

static void member_export_points(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    int64_t lot = sim_int(x, 2), behind = sim_int(x, 4);

    for (struct sim_scan scan = sim_all(x, SIM_POINTS_ENTRY); sim_next(&scan);) {
        const union sim_cell *e = scan.hit.c;
        int64_t kind = e[POINTS_ENTRY_KIND].i, id = e[POINTS_ENTRY_LOT_ID].i;
        const union sim_cell *l = sim_find(x, SIM_POINTS_LOT, POINTS_LOT_BY_ID, KEY(I(id))).c;

        if (l != NULL && l[POINTS_LOT_MEMBER_ID].i == sim_int(x, 1) && is_among(x, 3, e[POINTS_ENTRY_MEMBER_ID].i) &&
            (kind < 2 || kind > 6) && id >= lot &&
            (id > lot || kind * INT64_C(9007199254740992) + e[POINTS_ENTRY_ORIGIN_ID].i > behind))
            sim_gather(x, &hits, scan.hit);
    }
    sim_sort(&hits, SIM_POINTS_ENTRY, POINTS_ENTRY_LOT_ID, POINTS_ENTRY_KIND, POINTS_ENTRY_ORIGIN_ID);
    for (size_t i = 0; i < hits.count && i < 900; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_POINTS_ENTRY,
                         COLUMNS(POINTS_ENTRY_ORIGIN_ID, POINTS_ENTRY_LOT_ID, POINTS_ENTRY_KIND, POINTS_ENTRY_MEMBER_ID,
                                 POINTS_ENTRY_POINTS, POINTS_ENTRY_AT));
}

static void member_export_coupons(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t m = 0; m < count; m++)
        for (struct sim_scan scan = sim_scan(x, SIM_COUPON, COUPON_BY_MEMBER_ID, KEY(I(ids[m]))); sim_next(&scan);)
            if (scan.hit.c[COUPON_ID].i > sim_int(x, 2) && scan.hit.c[COUPON_CREATED_AT].i <= sim_int(x, 3))
                sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_COUPON, COUPON_ID, -1, -1);
    for (size_t i = 0; i < hits.count && i < 100; i++) {
        const union sim_cell *c = hits.hits[i].c;
        const union sim_cell *p = sim_find(x, SIM_CAMPAIGN, CAMPAIGN_BY_ID, KEY(c[COUPON_CAMPAIGN_ID])).c;
        sim_emit(x, KEY(c[COUPON_ID], c[COUPON_MEMBER_ID], c[COUPON_NUMBER], c[COUPON_CREATED_AT], c[COUPON_USE_COUNT],
                        p[CAMPAIGN_NAME]));
    }
}

/* Behind an id, until a time; the index is by member. */
static void gather_payments(struct sim_exec *x, struct sim_hits *hits, enum sim_table_id table, int index, int id,
                            int made_at)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t m = 0; m < count; m++)
        for (struct sim_scan scan = sim_scan(x, table, index, KEY(I(ids[m]))); sim_next(&scan);)
            if (scan.hit.c[id].i > sim_int(x, 2) && scan.hit.c[made_at].i <= sim_int(x, 3))
                sim_gather(x, hits, scan.hit);
    sim_sort(hits, table, id, -1, -1);
}

static void member_export_charges(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    gather_payments(x, &hits, SIM_GATEWAY_CHARGE, GATEWAY_CHARGE_BY_MEMBER_ID, GATEWAY_CHARGE_ID,
                    GATEWAY_CHARGE_MADE_AT);
    for (size_t i = 0; i < hits.count && i < 100; i++) {
        const union sim_cell *h = hits.hits[i].c;
        const union sim_cell *k = sim_find(x, SIM_GIFT_CARD, GIFT_CARD_BY_ID, KEY(h[GATEWAY_CHARGE_CARD_ID])).c;

        sim_emit(x, KEY(h[GATEWAY_CHARGE_ID], h[GATEWAY_CHARGE_MEMBER_ID], h[GATEWAY_CHARGE_SHOP_ID],
                        h[GATEWAY_CHARGE_METHOD_ID], h[GATEWAY_CHARGE_AMOUNT_MINOR], h[GATEWAY_CHARGE_CURRENCY],
                        h[GATEWAY_CHARGE_STATE], h[GATEWAY_CHARGE_REFERENCE], h[GATEWAY_CHARGE_PROBLEM],
                        h[GATEWAY_CHARGE_MADE_AT], k[GIFT_CARD_NUMBER]));
    }
}

static void member_export_setups(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    gather_payments(x, &hits, SIM_PAYMENT_SETUP, PAYMENT_SETUP_BY_MEMBER_ID, PAYMENT_SETUP_ID, PAYMENT_SETUP_MADE_AT);
    for (size_t i = 0; i < hits.count && i < 100; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_PAYMENT_SETUP,
                         COLUMNS(PAYMENT_SETUP_ID, PAYMENT_SETUP_MEMBER_ID, PAYMENT_SETUP_SHOP_ID,
                                 PAYMENT_SETUP_METHOD_ID, PAYMENT_SETUP_STATE, PAYMENT_SETUP_PROBLEM,
                                 PAYMENT_SETUP_MADE_AT));
}

static void member_export_tickets(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_TICKET, MEMBER_TICKET_BY_MEMBER_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_MEMBER_TICKET, MEMBER_TICKET_MADE_AT, MEMBER_TICKET_ID, -1);
    for (size_t i = 0; i < hits.count && i < 100; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_MEMBER_TICKET,
                         COLUMNS(MEMBER_TICKET_NUMBER, MEMBER_TICKET_MEMBER_ID, MEMBER_TICKET_SHOP_ID,
                                 MEMBER_TICKET_MADE_AT, MEMBER_TICKET_PHONE_SEALED, MEMBER_TICKET_EMAIL_SEALED));
}

static void member_export_friends(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_all(x, SIM_REFERRAL); sim_next(&scan);) {
        const union sim_cell *r = scan.hit.c;
        if ((is_among(x, 1, r[REFERRAL_FRIEND_ID].i) || is_among(x, 1, r[REFERRAL_REFERRER_ID].i)) &&
            r[REFERRAL_FRIEND_ID].i > sim_int(x, 2) && r[REFERRAL_AT].i <= sim_int(x, 3))
            sim_gather(x, &hits, scan.hit);
    }
    sim_sort(&hits, SIM_REFERRAL, REFERRAL_FRIEND_ID, -1, -1);
    for (size_t i = 0; i < hits.count && i < 100; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_REFERRAL,
                         COLUMNS(REFERRAL_FRIEND_ID, REFERRAL_REFERRER_ID, REFERRAL_AT, REFERRAL_PAID_AT));
}

static bool has(struct sim_exec *x, enum sim_table_id table, int index, union sim_cell sale_id)
{
    struct sim_scan scan = sim_scan(x, table, index, KEY(sale_id));

    return sim_next(&scan);
}

static bool is_plain(struct sim_exec *x, union sim_cell id)
{
    return !has(x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE, id) &&
           !has(x, SIM_SALE_OPTION, SALE_OPTION_BY_SALE_ID_LINE, id) &&
           !has(x, SIM_SALE_KEYED_PRICE, SALE_KEYED_PRICE_BY_SALE_ID_LINE, id) &&
           !has(x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, id) &&
           !has(x, SIM_SALE_NOTE, SALE_NOTE_BY_SALE_ID_LINE, id);
}

static void emit_sale(struct sim_exec *x, const union sim_cell *s, union sim_cell member_id)
{
    sim_emit(x, KEY(s[SALE_ID], s[SALE_SHOP_ID], member_id, s[SALE_AT], s[SALE_REASON], I(is_plain(x, s[SALE_ID]))));
}

static void member_export_sales(struct sim_exec *x)
{
    struct sim_boughts all = { 0 };
    size_t told = 0;

    for (size_t i = 0; i < sim_count(x, 1); i++)
        sim_gather_bought(x, &all, sim_int_at(x, 1, i));
    sim_sort_bought(&all, false, false);
    for (size_t i = 0; i < all.count && told < 16; i++) {
        const struct sim_bought *b = &all.list[i];

        if (!is_behind(b->at, b->sale[SALE_ID].i, sim_int(x, 2), sim_int(x, 3)) || b->at > sim_int(x, 4))
            continue;
        emit_sale(x, b->sale, I(b->member_id));
        told++;
    }
}

static void member_export_refunds(struct sim_exec *x)
{
    struct sim_boughts sales = { 0 }, backs = { 0 };
    size_t count, told = 0;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++)
        sim_gather_bought(x, &sales, ids[i]);
    for (size_t i = 0; i < sales.count; i++)
        for (struct sim_scan scan = sim_scan(x, SIM_SALE, SALE_BY_REFUND_OF, KEY(sales.list[i].sale[SALE_ID]));
             sim_next(&scan);)
            sim_add_bought(x, &backs, (struct sim_bought){ .sale = scan.hit.c, .member_id = sales.list[i].member_id });
    sim_sort_bought(&backs, false, false);
    for (size_t i = 0; i < backs.count && told < 16; i++) {
        const union sim_cell *b = backs.list[i].sale;

        if (!is_behind(b[SALE_AT].i, b[SALE_ID].i, sim_int(x, 2), sim_int(x, 3)) || b[SALE_AT].i > sim_int(x, 4))
            continue;
        emit_sale(x, b, I(backs.list[i].member_id));
        told++;
    }
}

static bool names(struct sim_exec *x, const union sim_cell *entry)
{
    struct bytes bytes = sim_blob_view(entry[JOURNAL_BYTES].b);

    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct bytes id = sim_bytes_at(x, 1, i);
        if (id.size == 0 || memmem(bytes.data, bytes.size, id.data, id.size) != NULL)
            return true;
    }
    return false;
}

/* How far the strand was told. */
static int64_t told_of(struct sim_exec *x, const union sim_cell *head)
{
    int64_t after = head[DEVICE_HEAD_DEVICE_ID].i == sim_int(x, 2) ? sim_int(x, 3) : 0;

    return after < head[DEVICE_HEAD_NUMBER].i ? after : head[DEVICE_HEAD_NUMBER].i;
}

static void member_export_reads(struct sim_exec *x)
{
    struct sim_hits heads = { 0 };
    int64_t left = sim_int(x, 5), all = 0;
    size_t told = 0;

    for (struct sim_scan scan = sim_all(x, SIM_DEVICE_HEAD); sim_next(&scan);)
        if (scan.hit.c[DEVICE_HEAD_KIND].i == 'L' && scan.hit.c[DEVICE_HEAD_DEVICE_ID].i >= sim_int(x, 2))
            sim_gather(x, &heads, scan.hit);
    sim_sort(&heads, SIM_DEVICE_HEAD, DEVICE_HEAD_DEVICE_ID, -1, -1);
    for (size_t i = 0; i < heads.count; i++)
        all += heads.hits[i].c[DEVICE_HEAD_NUMBER].i - told_of(x, heads.hits[i].c);
    for (size_t i = 0; i < heads.count && left > 0 && told < 300; i++) {
        union sim_cell device = heads.hits[i].c[DEVICE_HEAD_DEVICE_ID], more = I(all > sim_int(x, 5));
        int64_t newest = heads.hits[i].c[DEVICE_HEAD_NUMBER].i, after = told_of(x, heads.hits[i].c), end = after + left;
        union sim_cell upto = I(newest < end ? newest : end);
        size_t before = told;
        for (struct sim_scan scan = sim_scan(x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER, KEY(device, I('L')));
             told < 300 && sim_next(&scan);) {
            const union sim_cell *j = scan.hit.c;
            if (j[JOURNAL_NUMBER].i <= after || j[JOURNAL_NUMBER].i > end || j[JOURNAL_AT].i > sim_int(x, 4) ||
                !names(x, j))
                continue;
            sim_emit(x, KEY(device, upto, more, j[JOURNAL_NUMBER], j[JOURNAL_AT], j[JOURNAL_BYTES]));
            told++;
        }
        if (told == before) {
            sim_emit(x, KEY(device, upto, more, I(SIM_NULL), I(SIM_NULL), B(NULL)));
            told++;
        }
        left -= newest - after;
    }
}

#define CONSENT_ANSWER "kind number given? text_version shop_id device_id staff_id at@"

const struct sim_statement sim_privacy_statements[] = {
    { &sql_consent_newest, consent_newest, CONSENT_ANSWER },
    { &sql_consent_write, consent_write, NULL },
    { &sql_member_erase_lock, member_erase_lock, "id" },
    { &sql_member_erase_accounts, member_erase_accounts, "member_id points merged_into erased?" },
    { &sql_member_erase_points, member_erase_points, NULL },
    { &sql_member_erase_account, member_erase_account, NULL },
    { &sql_member_erase_fields, member_erase_fields, NULL },
    { &sql_member_erase_merges, member_erase_merges, NULL },
    { &sql_member_erase_write, member_erase_write, NULL },
    { &sql_erasure_pending, erasure_pending, "member_id" },
    { &sql_erasure_newest, erasure_newest, "member_id" },
    { &sql_erasure_list, erasure_list, "member_id pending?" },
    { &sql_erasure_done, erasure_done, NULL },
    { &sql_erasure_unknown, erasure_unknown, "member_id points" },
    { &sql_member_export_head, member_export_head,
      "id shop_id created_at@ updated_at@ points at@ staff_id reason$ newest_at@" },
    { &sql_member_export_consents, member_export_consents, "member_id " CONSENT_ANSWER },
    { &sql_member_export_lots, member_export_lots, "id remaining origin_day# expiry_day#" },
    { &sql_member_export_points, member_export_points, "origin_id lot_id kind member_id points at@" },
    { &sql_member_export_charges, member_export_charges,
      "id member_id shop_id method_id amount_minor currency$ state reference$ problem$ made_at@ number" },
    { &sql_member_export_setups, member_export_setups, "id member_id shop_id method_id state problem$ made_at@" },
    { &sql_member_export_tickets, member_export_tickets,
      "number member_id shop_id made_at@ phone_sealed$ email_sealed$" },
    { &sql_member_export_coupons, member_export_coupons, "id member_id number created_at@ use_count name$" },
    { &sql_member_export_friends, member_export_friends, "friend_id referrer_id at@ paid_at@" },
    { &sql_member_export_sales, member_export_sales, "id shop_id member_id at@ reason$ plain?" },
    { &sql_member_export_refunds, member_export_refunds, "id shop_id member_id at@ reason$ plain?" },
    { &sql_member_export_reads, member_export_reads, "device_id upto more? number at@ bytes$" },
    { NULL, NULL, NULL },
};
