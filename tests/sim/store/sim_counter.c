/* counter_group.sql, what a group of sales loads, and sale_quote.sql. */
#include "tests/sim/store/sim_sales.h"

static void counter_done(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit sale = sim_find(x, SIM_SALE, SALE_BY_COMMAND_ID, KEY(B(sim_blob(x, sim_bytes_at(x, 1, i)))));
        if (sale.row == NULL)
            continue;
        struct sim_hit device = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(sale.c[SALE_DEVICE_ID]));
        if (device.row != NULL)
            sim_emit(x, KEY(sale.c[SALE_COMMAND_ID], sale.c[SALE_ID], sale.c[SALE_SHOP_ID],
                            device.c[DEVICE_TILL_NUMBER], sale.c[SALE_SERIES], sale.c[SALE_NUMBER]));
    }
}

static void counter_booked(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        const union sim_cell key[] = { I(sim_int_at(x, 1, i)), I('X'), I(sim_int_at(x, 2, i)) };
        const union sim_cell *s = sim_find(x, SIM_SALE, SALE_BY_DEVICE_ID_SERIES_NUMBER, key, 3).c;
        const union sim_cell *j = sim_find(x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER, key, 3).c;
        const union sim_cell *d = s == NULL ? NULL : sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(key[0])).c;
        if (s != NULL && d != NULL && j != NULL)
            sim_emit(x,
                     KEY(key[0], key[2], s[SALE_ID], d[DEVICE_TILL_NUMBER], B(sim_record_of(x, j[JOURNAL_BYTES].b))));
    }
}

static void counter_rescued(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(ids[i]))).c;
        if (d != NULL && d[DEVICE_SHOP_ID].i == sim_int(x, 2) && d[DEVICE_TILL_NUMBER].i != SIM_NULL)
            sim_emit(x, KEY(d[DEVICE_ID]));
    }
}

/* From how much on a sale earns a coupon. */
static int64_t coupon_from_minor(struct sim_exec *x)
{
    int64_t least = SIM_NULL;

    for (struct sim_scan scan = sim_all(x, SIM_CAMPAIGN); sim_next(&scan);) {
        int64_t minor = scan.hit.c[CAMPAIGN_RECEIPT_MINOR].i;
        if (minor > 0 && scan.hit.c[CAMPAIGN_ACTIVE].i != 0 && (least == SIM_NULL || minor < least))
            least = minor;
    }
    return least;
}

static void counter_drawers(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count), coupon_minor = coupon_from_minor(x);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit device = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(ids[i])));
        struct sim_scan scan = sim_scan(x, SIM_DRAWER, DRAWER_BY_DEVICE_ID_HOLDER_ID, KEY(I(ids[i])));
        bool any = false;
        if (device.row == NULL)
            continue;
        while (sim_next(&scan)) {
            const union sim_cell *w = scan.hit.c;
            if (w[DRAWER_SHIFT_ID].i == SIM_NULL)
                continue;
            sim_emit(x, KEY(device.c[DEVICE_ID], device.c[DEVICE_TILL_NUMBER], w[DRAWER_HOLDER_ID], w[DRAWER_SHIFT_ID],
                            w[DRAWER_CASH_MINOR], w[DRAWER_SALE_COUNT], I(coupon_minor)));
            any = true;
        }
        if (!any)
            sim_emit(x, KEY(device.c[DEVICE_ID], device.c[DEVICE_TILL_NUMBER], I(SIM_NULL), I(SIM_NULL), I(SIM_NULL),
                            I(SIM_NULL), I(coupon_minor)));
    }
}

static void counter_shifts(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find(x, SIM_SHIFT, SHIFT_BY_ID, KEY(I(ids[i])));
        if (hit.row != NULL)
            sim_emit_columns(x, hit.c, SIM_SHIFT, COLUMNS(SHIFT_ID, SHIFT_DEVICE_ID));
    }
}

static void counter_staff(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(I(ids[i])));
        if (hit.row != NULL && hit.c[STAFF_SHOP_ID].i == sim_int(x, 2))
            sim_emit_columns(x, hit.c, SIM_STAFF, COLUMNS(STAFF_ID, STAFF_ROLE_ID));
    }
}

/* By day: at most a few of each, for there is a limit. */
static void counter_free_refunds(struct sim_exec *x)
{
    int64_t day = SIM_NULL, sum = 0;

    for (struct sim_scan scan = sim_range(x, SIM_SALE, SALE_BY_SHOP_ID_BUSINESS_DAY, KEY(I(sim_int(x, 1))),
                                          sim_int(x, 2), INT64_MAX, false);
         sim_next(&scan);) {
        const union sim_cell *s = scan.hit.c;
        if (day != SIM_NULL && s[SALE_BUSINESS_DAY].i != day) {
            sim_emit(x, KEY(I(day), I(sum)));
            sum = 0;
        }
        day = s[SALE_BUSINESS_DAY].i;
        sum -= s[SALE_TOTAL_MINOR].i + sim_or_zero(s[SALE_ROUNDING_MINOR]);
    }
    if (day != SIM_NULL)
        sim_emit(x, KEY(I(day), I(sum)));
}

static void emit_approval(struct sim_exec *x, const union sim_cell *c, int used)
{
    struct sim_hit approver = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(c[APPROVAL_APPROVED_BY]));

    if (approver.row != NULL)
        sim_emit(x, KEY(c[APPROVAL_TOKEN_HASH], c[APPROVAL_DEVICE_ID], c[APPROVAL_ASKED_BY], c[APPROVAL_APPROVED_BY],
                        c[APPROVAL_DISCOUNT_PPM], c[APPROVAL_BELOW_FLOOR], c[APPROVAL_DEPOSIT_BACK],
                        c[APPROVAL_FREE_REFUND], c[APPROVAL_EXPIRES_AT], c[used],
                        approver.c[STAFF_ACTIVE].i != 0 ? approver.c[STAFF_ROLE_ID] : I(0)));
}

struct sim_hit sim_find_approval(struct sim_exec *x, struct bytes token_hash)
{
    return sim_find(x, SIM_APPROVAL, APPROVAL_BY_TOKEN_HASH, KEY(B(sim_blob(x, token_hash))));
}

static void counter_approvals(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = sim_find_approval(x, sim_bytes_at(x, 1, i));
        if (hit.row != NULL && hit.c[APPROVAL_TRAINING_ID].i == SIM_NULL && sim_lock(x, &hit))
            emit_approval(x, hit.c, APPROVAL_USED_SALE_ID);
    }
}

static void sale_quote_approval(struct sim_exec *x)
{
    struct sim_hit hit = sim_find_approval(x, sim_bytes(x, 1));

    if (hit.row != NULL && hit.c[APPROVAL_TRAINING_ID].i == SIM_NULL)
        emit_approval(x, hit.c, APPROVAL_USED_SALE_ID);
}

static void training_approvals(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = sim_find_approval(x, sim_bytes_at(x, 1, i));
        bool wanted = false;
        for (size_t at = 0; hit.row != NULL && at < sim_count(x, 2); at++)
            wanted = wanted || hit.c[APPROVAL_TRAINING_ID].i == sim_int_at(x, 2, at);
        if (wanted && hit.c[APPROVAL_TRAINING_ID].i != SIM_NULL)
            emit_approval(x, hit.c, APPROVAL_PRACTISED_SALE_ID);
    }
}

void sim_emit_account(struct sim_exec *x, const union sim_cell *c)
{
    sim_emit_columns(x, c, SIM_MEMBER_ACCOUNT,
                     COLUMNS(MEMBER_ACCOUNT_MEMBER_ID, MEMBER_ACCOUNT_POINTS, MEMBER_ACCOUNT_BIRTHDAY_BLIND,
                             MEMBER_ACCOUNT_BIRTHDAY_YEAR, MEMBER_ACCOUNT_AVOIDS, MEMBER_ACCOUNT_MERGED_INTO,
                             MEMBER_ACCOUNT_TIER));
}

struct sim_hit sim_find_account(struct sim_exec *x, int64_t member_id)
{
    return sim_find(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MEMBER_ID, KEY(I(member_id)));
}

int64_t sim_survivor_of(struct sim_exec *x, int64_t member_id)
{
    const union sim_cell *c = member_id == SIM_NULL ? NULL : sim_find_account(x, member_id).c;

    if (c == NULL)
        return SIM_NULL;
    return c[MEMBER_ACCOUNT_MERGED_INTO].i == SIM_NULL ? member_id : c[MEMBER_ACCOUNT_MERGED_INTO].i;
}

const int64_t *sim_one_person(struct sim_exec *x, int64_t survivor, size_t *count)
{
    struct sim_hits merged = { 0 };

    *count = 0;
    if (survivor == SIM_NULL)
        return NULL;
    for (struct sim_scan scan = sim_scan(x, SIM_MEMBER_ACCOUNT, MEMBER_ACCOUNT_BY_MERGED_INTO, KEY(I(survivor)));
         sim_next(&scan);)
        sim_gather(x, &merged, scan.hit);
    int64_t *ids = sim_memory(x, merged.count + 1, sizeof(*ids));
    ids[(*count)++] = survivor;
    for (size_t i = 0; i < merged.count; i++)
        ids[(*count)++] = merged.hits[i].c[MEMBER_ACCOUNT_MEMBER_ID].i;
    return ids;
}

struct sim_hit sim_find_living(struct sim_exec *x, int64_t member_id)
{
    struct sim_hit hit = sim_find_account(x, member_id);

    return hit.row != NULL && hit.c[MEMBER_ACCOUNT_ERASED].i ? (struct sim_hit){ 0 } : hit;
}

bool sim_lock_living(struct sim_exec *x, struct sim_hit *account)
{
    return account->row != NULL && sim_lock(x, account) && !account->c[MEMBER_ACCOUNT_ERASED].i;
}

/* And of who was merged into another, that one. */
const int64_t *sim_with_merged(struct sim_exec *x, const int64_t *ids, size_t count, size_t *distinct)
{
    int64_t *all = sim_memory(x, 2 * count, sizeof(*all));

    for (size_t i = 0; i < count; i++) {
        const union sim_cell *c = sim_find_account(x, ids[i]).c;
        all[2 * i] = ids[i];
        all[2 * i + 1] = c == NULL ? SIM_NULL : c[MEMBER_ACCOUNT_MERGED_INTO].i;
    }
    return sim_sorted(x, all, 2 * count, distinct);
}

void sim_lock_members(struct sim_exec *x, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find_living(x, ids[i]);
        if (sim_lock_living(x, &hit))
            sim_emit_account(x, hit.c);
    }
}

static const int64_t *members_of_param(struct sim_exec *x, size_t *count)
{
    const int64_t *ids = sim_sorted_param(x, 1, count);

    return sim_with_merged(x, ids, *count, count);
}

static void counter_members(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = members_of_param(x, &count);

    sim_lock_members(x, ids, count);
}

static void sale_quote_members(struct sim_exec *x)
{
    const int64_t asked = sim_int(x, 1);
    size_t count;
    const int64_t *ids = sim_with_merged(x, &asked, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find_living(x, ids[i]);
        if (hit.row != NULL)
            sim_emit_account(x, hit.c);
    }
}

/* Closed ones that are wanted all the same: of today and later, and these others. */
static void gather_closed(struct sim_exec *x, struct sim_hits *lots, int64_t member_id, int64_t today,
                          const int64_t *also, size_t also_count)
{
    for (struct sim_scan scan = sim_range(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_ORIGIN_DAY, KEY(I(member_id)),
                                          today, INT64_MAX, false);
         sim_next(&scan);)
        if (scan.hit.c[POINTS_LOT_REMAINING].i == 0)
            sim_gather(x, lots, scan.hit);
    for (size_t i = 0; i < also_count; i++) {
        struct sim_hit hit = sim_find(x, SIM_POINTS_LOT, POINTS_LOT_BY_ID, KEY(I(also[i])));
        if (hit.row != NULL && hit.c[POINTS_LOT_MEMBER_ID].i == member_id && hit.c[POINTS_LOT_REMAINING].i == 0 &&
            hit.c[POINTS_LOT_ORIGIN_DAY].i < today)
            sim_gather(x, lots, hit);
    }
}

void sim_emit_lots(struct sim_exec *x, const int64_t *members, size_t count, int64_t today, const int64_t *also,
                   size_t also_count)
{
    size_t distinct;

    also = sim_sorted(x, also, also_count, &distinct);
    for (size_t i = 0; i < count; i++) {
        struct sim_hits lots = { 0 };
        for (struct sim_scan scan = sim_scan(x, SIM_POINTS_LOT, POINTS_LOT_BY_MEMBER_ID_EXPIRY_DAY, KEY(I(members[i])));
             sim_next(&scan);)
            sim_gather(x, &lots, scan.hit);
        gather_closed(x, &lots, members[i], today, also, distinct);
        sim_sort(&lots, SIM_POINTS_LOT, POINTS_LOT_EXPIRY_DAY, POINTS_LOT_ID, -1);
        for (size_t l = 0; l < lots.count; l++)
            sim_emit_columns(x, lots.hits[l].c, SIM_POINTS_LOT,
                             COLUMNS(POINTS_LOT_ID, POINTS_LOT_MEMBER_ID, POINTS_LOT_ORIGIN_DAY, POINTS_LOT_EXPIRY_DAY,
                                     POINTS_LOT_REMAINING, POINTS_LOT_EXPIRED));
    }
}

static void counter_lots(struct sim_exec *x)
{
    size_t count;
    const int64_t *members = members_of_param(x, &count);

    sim_emit_lots(x, members, count, sim_int(x, 2), NULL, 0);
}

struct sim_hit sim_find_stock(struct sim_exec *x, int64_t shop_id, int64_t product_id)
{
    return sim_find(x, SIM_STOCK, STOCK_BY_SHOP_ID_PRODUCT_ID, KEY(I(shop_id), I(product_id)));
}

static void emit_stock(struct sim_exec *x, struct sim_hit hit)
{
    if (hit.row != NULL)
        sim_emit_columns(x, hit.c, SIM_STOCK, COLUMNS(STOCK_PRODUCT_ID, STOCK_ON_HAND_MILLI));
}

void sim_lock_stock(struct sim_exec *x, int64_t shop_id, const int64_t *products, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find_stock(x, shop_id, products[i]);
        if (hit.row != NULL && sim_lock(x, &hit))
            emit_stock(x, hit);
    }
}

struct place {
    int64_t shop_id, product_id;
};

static int compare_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;

    if (a->product_id != b->product_id)
        return a->product_id < b->product_id ? -1 : 1;
    return (a->shop_id > b->shop_id) - (a->shop_id < b->shop_id);
}

/* stock_lock too: by shop and product, in the order of products. */
void sim_lock_stock_of_shops(struct sim_exec *x)
{
    size_t count = sim_count(x, 1);
    struct place *places = sim_memory(x, count, sizeof(*places));

    for (size_t i = 0; i < count; i++)
        places[i] = (struct place){ sim_int_at(x, 1, i), sim_int_at(x, 2, i) };
    qsort(places, count, sizeof(*places), compare_places);
    for (size_t i = 0; i < count; i++)
        sim_lock_stock(x, places[i].shop_id, &places[i].product_id, 1);
}

void sim_show_stock(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 2, &count);

    for (size_t i = 0; i < count; i++)
        emit_stock(x, sim_find_stock(x, sim_int(x, 1), ids[i]));
}

#define APPROVAL_ANSWER                                                                                                \
    "token_hash$ device_id asked_by approved_by discount_ppm below_floor? deposit_back? free_refund? expires_at@ "     \
    "used_sale_id approver_role_id"

const struct sim_statement sim_counter_statements[] = {
    { &sql_counter_done, counter_done, "command_id$ id shop_id till_number series number" },
    { &sql_counter_booked, counter_booked, "device_id number id till_number record$" },
    { &sql_counter_rescued, counter_rescued, "id" },
    { &sql_counter_drawers, counter_drawers,
      "id till_number holder_id shift_id cash_minor sale_count coupon_from_minor" },
    { &sql_counter_shifts, counter_shifts, "id device_id" },
    { &sql_counter_staff, counter_staff, "id role_id" },
    { &sql_counter_free_refunds, counter_free_refunds, "business_day# given_minor" },
    { &sql_counter_approvals, counter_approvals, APPROVAL_ANSWER },
    { &sql_sale_quote_approval, sale_quote_approval, APPROVAL_ANSWER },
    { &sql_training_approvals, training_approvals, APPROVAL_ANSWER },
    { &sql_counter_members, counter_members, SIM_MEMBER_ACCOUNT_ANSWER },
    { &sql_counter_lots, counter_lots, "id member_id origin_day# expiry_day# remaining expired" },
    { &sql_counter_stock, sim_lock_stock_of_shops, "product_id on_hand_milli" },
    { &sql_sale_quote_members, sale_quote_members, SIM_MEMBER_ACCOUNT_ANSWER },
    { &sql_sale_quote_stock, sim_show_stock, "product_id on_hand_milli" },
    { NULL, NULL, NULL },
};
