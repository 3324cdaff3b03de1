/* shift.sql: what a till's open shift comes to, and its close. */
#include <string.h>

#include "tests/sim/store/sim_sales.h"

/* Sums by a key of a text and two numbers, few of them. */
struct group {
    struct sim_blob *text;
    int64_t first, second; /* the key */
    int64_t count, sums[6], least, most;
};
struct groups {
    struct group *list;
    size_t count, capacity;
};

static int compare_blobs(const struct sim_blob *a, const struct sim_blob *b)
{
    struct bytes left = sim_blob_view(a), right = sim_blob_view(b);
    size_t size = left.size < right.size ? left.size : right.size;
    int order = size == 0 ? 0 : memcmp(left.data, right.data, size);

    return order != 0 ? order : (left.size > right.size) - (left.size < right.size);
}

static int compare_groups(const void *a, const void *b)
{
    const struct group *left = a, *right = b;
    int order = left->text == NULL ? 0 : compare_blobs(left->text, right->text);

    if (order == 0)
        order = (left->first > right->first) - (left->first < right->first);
    return order != 0 ? order : (left->second > right->second) - (left->second < right->second);
}

static struct group *group_of(struct sim_exec *x, struct groups *groups, struct group key)
{
    for (size_t i = 0; i < groups->count; i++)
        if (compare_groups(&groups->list[i], &key) == 0)
            return &groups->list[i];
    if (groups->count == groups->capacity) {
        size_t capacity = groups->capacity == 0 ? 8 : groups->capacity * 2;
        struct group *larger = sim_memory(x, capacity, sizeof *larger);

        if (groups->count > 0)
            memcpy(larger, groups->list, groups->count * sizeof *larger);
        groups->list = larger;
        groups->capacity = capacity;
    }
    key.least = INT64_MAX;
    groups->list[groups->count] = key;
    return &groups->list[groups->count++];
}

/* Where a statement stops at the ends of the range. */
static int64_t clamped_sum(int64_t a, int64_t b)
{
    __int128 sum = (__int128)a + b;

    return sum > INT64_MAX ? INT64_MAX : sum < -INT64_MAX ? -INT64_MAX : (int64_t)sum;
}

static void group_add_three(struct sim_exec *x, struct group *group, int64_t sum, int64_t other, int64_t third)
{
    group->count++;
    group->sums[0] = sim_plus(x, group->sums[0], sum);
    group->sums[1] = sim_plus(x, group->sums[1], other);
    group->sums[2] = sim_plus(x, group->sums[2], third);
}

static void group_add(struct sim_exec *x, struct group *group, int64_t sum, int64_t other)
{
    group_add_three(x, group, sum, other, 0);
}

static void sorted(struct groups *groups)
{
    if (groups->count > 1)
        qsort(groups->list, groups->count, sizeof *groups->list, compare_groups);
}

/* The shift $1; NULL: none. */
static const union sim_cell *shift_named(struct sim_exec *x)
{
    return sim_find(x, SIM_SHIFT, SHIFT_BY_ID, KEY(I(sim_int(x, 1)))).c;
}

/* Each receipt of it, series after series. */
typedef void sale_fn(struct sim_exec *x, const union sim_cell *sale, struct groups *groups);
static struct groups each_sale(struct sim_exec *x, sale_fn *fn)
{
    const union sim_cell *shift = shift_named(x);
    struct groups groups = { 0 };
    static const struct {
        int64_t series;
        int before;
    } series[] = { { 'T', SHIFT_T_BEFORE }, { 'X', SHIFT_X_BEFORE } };

    for (size_t i = 0; shift != NULL && i < sizeof series / sizeof *series; i++)
        for (struct sim_scan scan = sim_range(x, SIM_SALE, SALE_BY_DEVICE_ID_SERIES_NUMBER,
                                              KEY(shift[SHIFT_DEVICE_ID], I(series[i].series)),
                                              shift[series[i].before].i + 1, INT64_MAX, false);
             sim_next(&scan);)
            if (scan.hit.c[SALE_SHIFT_ID].i == shift[SHIFT_ID].i)
                fn(x, scan.hit.c, &groups);
    sorted(&groups);
    return groups;
}

static void add_sale(struct sim_exec *x, const union sim_cell *sale, struct groups *groups)
{
    struct group *group =
        group_of(x, groups, (struct group){ .first = sale[SALE_SERIES].i, .second = sale[SALE_KIND].i });

    group_add(x, group, sale[SALE_TOTAL_MINOR].i, 0);
    if (sale[SALE_NUMBER].i < group->least)
        group->least = sale[SALE_NUMBER].i;
    if (sale[SALE_NUMBER].i > group->most)
        group->most = sale[SALE_NUMBER].i;
}

static void shift_sales(struct sim_exec *x)
{
    struct groups groups = each_sale(x, add_sale);

    for (size_t i = 0; i < groups.count; i++) {
        const struct group *g = &groups.list[i];
        sim_emit(x, KEY(I(g->first), I(g->second), I(g->count), I(g->sums[0]), I(g->least), I(g->most)));
    }
}

static void add_tenders(struct sim_exec *x, const union sim_cell *sale, struct groups *groups)
{
    for (struct sim_scan scan = sim_scan(x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(sale[SALE_ID]));
         sim_next(&scan);)
        group_add_three(x,
                        group_of(x, groups,
                                 (struct group){ .first = scan.hit.c[TENDER_KIND].i,
                                                 .second = sim_or_zero(scan.hit.c[TENDER_TENDER_TYPE_ID]) }),
                        scan.hit.c[TENDER_AMOUNT_MINOR].i - scan.hit.c[TENDER_CHANGE_MINOR].i,
                        sim_or_zero(scan.hit.c[TENDER_FORFEITED_MINOR]), sim_or_zero(scan.hit.c[TENDER_TIP_MINOR]));
}

/* What was put right in it. */
static void add_retenders(struct sim_exec *x, struct groups *groups)
{
    const union sim_cell *shift = shift_named(x);

    if (shift == NULL)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_RETENDER, SALE_RETENDER_BY_SHIFT_ID, KEY(shift[SHIFT_ID]));
         sim_next(&scan);)
        for (struct sim_scan entries = sim_scan(x, SIM_RETENDER_ENTRY, RETENDER_ENTRY_BY_RETENDER_ID_POSITION,
                                                KEY(scan.hit.c[SALE_RETENDER_ID]));
             sim_next(&entries);) {
            const union sim_cell *e = entries.hit.c;
            struct group *group = group_of(x, groups,
                                           (struct group){ .first = e[RETENDER_ENTRY_KIND].i,
                                                           .second = sim_or_zero(e[RETENDER_ENTRY_TENDER_TYPE_ID]) });
            group_add_three(x, group, e[RETENDER_ENTRY_AMOUNT_MINOR].i, 0, e[RETENDER_ENTRY_TIP_MINOR].i);
            group->count += e[RETENDER_ENTRY_TENDER_COUNT].i - 1;
        }
    sorted(groups);
}

static void shift_tenders(struct sim_exec *x)
{
    struct groups groups = each_sale(x, add_tenders);

    add_retenders(x, &groups);

    for (size_t i = 0; i < groups.count; i++)
        sim_emit(x, KEY(I(groups.list[i].first), I(groups.list[i].second), I(groups.list[i].count),
                        I(groups.list[i].sums[0]), I(groups.list[i].sums[1]), I(groups.list[i].sums[2])));
}

static void add_taxes(struct sim_exec *x, const union sim_cell *sale, struct groups *groups)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(sale[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *t = scan.hit.c;
        group_add(x, group_of(x, groups, (struct group){ .text = t[SALE_TAX_CODE].b, .first = t[SALE_TAX_RATE_PPM].i }),
                  t[SALE_TAX_NET_MINOR].i, t[SALE_TAX_TAX_MINOR].i);
    }
}

/* What is beyond the first so many is one, under a key that may be among these. */
static void fold(struct sim_exec *x, struct groups *groups, size_t kept, struct group key)
{
    struct groups all = *groups;

    groups->count = kept;
    for (size_t i = kept; i < all.count; i++) {
        struct group rest = all.list[i], *others = group_of(x, groups, key);

        others->count += rest.count;
        for (size_t sum = 0; sum < sizeof rest.sums / sizeof *rest.sums; sum++)
            others->sums[sum] = clamped_sum(others->sums[sum], rest.sums[sum]);
    }
    sorted(groups);
}

static void shift_taxes(struct sim_exec *x)
{
    struct groups groups = each_sale(x, add_taxes);

    if (groups.count > 500)
        fold(x, &groups, 499, (struct group){ .text = sim_text(x, "?") });
    for (size_t i = 0; i < groups.count; i++) {
        const struct group *g = &groups.list[i];
        sim_emit(x, KEY(B(g->text), I(g->first), I(g->sums[0]), I(g->sums[1])));
    }
}

static void add_person(struct sim_exec *x, const union sim_cell *sale, struct groups *groups)
{
    group_add(x, group_of(x, groups, (struct group){ .first = sale[SALE_STAFF_ID].i, .second = sale[SALE_KIND].i }),
              sale[SALE_TOTAL_MINOR].i, 0);
}

static void shift_people(struct sim_exec *x)
{
    struct groups groups = each_sale(x, add_person);

    for (size_t i = 0; i < groups.count; i++) { /* never 200 people */
        const struct group *g = &groups.list[i];
        const union sim_cell *t = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(I(g->first))).c;
        sim_emit(
            x, KEY(I(g->first), t == NULL ? B(NULL) : t[STAFF_NAME_SEALED], I(g->second), I(g->count), I(g->sums[0])));
    }
}

/* round(), of thousandths: of a price and a quantity it fits. */
static int64_t part_of(int64_t price_minor, int64_t milli)
{
    __int128 product = (__int128)price_minor * milli;

    return (int64_t)((product + (product < 0 ? -500 : 500)) / 1000);
}

static void add_choice(struct group *group, int64_t milli, int64_t minor)
{
    group->count++;
    group->sums[0] = clamped_sum(group->sums[0], milli);
    group->sums[1] = clamped_sum(group->sums[1], minor);
}

/* The line as it was sold; NULL: it was taken back, or is none. */
static const union sim_cell *sold_line(struct sim_exec *x, union sim_cell sale_id, union sim_cell line)
{
    const union sim_cell *l = sim_find(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale_id, line)).c;

    return l == NULL || (l[SALE_LINE_FLAGS].i & 2) != 0 ? NULL : l;
}

static void add_choices(struct sim_exec *x, const union sim_cell *sale, struct groups *groups)
{
    union sim_cell sale_id = sale[SALE_ID];

    if (sale[SALE_KIND].i != 1)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_OPTION, SALE_OPTION_BY_SALE_ID_LINE, KEY(sale_id));
         sim_next(&scan);) {
        const union sim_cell *o = scan.hit.c, *l = sold_line(x, sale_id, o[SALE_OPTION_LINE]);
        struct group key = { .text = o[SALE_OPTION_NAME].b,
                             .first = o[SALE_OPTION_MODIFIER_ID].i,
                             .second = o[SALE_OPTION_OPTION].i };

        if (l != NULL)
            add_choice(group_of(x, groups, key), l[SALE_LINE_QUANTITY_MILLI].i,
                       part_of(o[SALE_OPTION_PRICE_MINOR].i, l[SALE_LINE_QUANTITY_MILLI].i));
    }
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_KEYED_PRICE, SALE_KEYED_PRICE_BY_SALE_ID_LINE, KEY(sale_id));
         sim_next(&scan);) {
        const union sim_cell *l = sold_line(x, sale_id, scan.hit.c[SALE_KEYED_PRICE_LINE]);

        if (l != NULL)
            add_choice(group_of(x, groups, (struct group){ .text = sim_text(x, "") }), l[SALE_LINE_QUANTITY_MILLI].i,
                       l[SALE_LINE_GROSS_MINOR].i);
    }
}

static void add_others(struct group *others, const struct group *g)
{
    others->count += g->count;
    others->sums[0] = clamped_sum(others->sums[0], g->sums[0]);
    others->sums[1] = clamped_sum(others->sums[1], g->sums[1]);
}

/* 199 and all others as one. */
static void emit_choices(struct sim_exec *x, const struct groups *groups)
{
    struct group others = { .text = sim_text(x, "") };

    for (size_t i = 0; i < groups->count; i++) {
        const struct group *g = &groups->list[i];

        if (i < 199)
            sim_emit(x, KEY(I(g->first), I(g->second), B(g->text), I(0), I(g->count), I(g->sums[0]), I(g->sums[1])));
        else
            add_others(&others, g);
    }
    if (groups->count > 199)
        sim_emit(x, KEY(I(0), I(0), B(others.text), I(1), I(others.count), I(others.sums[0]), I(others.sums[1])));
}

/* Deposits and charges by product; `least` is the newest catalogue of them, its sign turned. */
static void add_deposits(struct sim_exec *x, const union sim_cell *sale, struct groups *groups)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(sale[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *d = scan.hit.c;
        const union sim_cell *l =
            sim_find(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale[SALE_ID], d[SALE_DEPOSIT_LINE])).c;

        if (l == NULL)
            continue;
        struct group *group =
            group_of(x, groups,
                     (struct group){ .first = l[SALE_LINE_PRODUCT_ID].i, .second = (l[SALE_LINE_FLAGS].i & 64) != 0 });
        int64_t milli = l[SALE_LINE_QUANTITY_MILLI].i;
        size_t at = sale[SALE_KIND].i == 2 ? 4 : milli < 0 ? 2 : 0;
        group->count++;
        if (sale[SALE_CATALOGUE_VERSION].i > group->most)
            group->most = sale[SALE_CATALOGUE_VERSION].i;
        if (sale[SALE_KIND].i != 2 && milli == 0) /* neither charged nor taken back */
            continue;
        group->sums[at] = clamped_sum(group->sums[at], milli);
        group->sums[at + 1] = clamped_sum(group->sums[at + 1], d[SALE_DEPOSIT_AMOUNT_MINOR].i);
    }
}

static void emit_deposits(struct sim_exec *x, const struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *g = &groups->list[i];
        const union sim_cell *n =
            sim_newest(x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(I(g->first)), g->most).c;

        if (n != NULL)
            sim_emit(x, KEY(I(g->first), n[PRODUCT_VERSION_NAME], I(g->second), I(g->sums[0]), I(g->sums[1]),
                            I(g->sums[2]), I(g->sums[3]), I(g->sums[4]), I(g->sums[5])));
    }
}

static void shift_deposits(struct sim_exec *x)
{
    struct groups groups = each_sale(x, add_deposits);

    emit_deposits(x, &groups);
}

/* `most` is the newest catalogue of a product's sales. */
static void add_departments(struct sim_exec *x, const union sim_cell *sale, struct groups *groups)
{
    if (sale[SALE_KIND].i != 1)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_KEYED_PRICE, SALE_KEYED_PRICE_BY_SALE_ID_LINE, KEY(sale[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *l = sold_line(x, sale[SALE_ID], scan.hit.c[SALE_KEYED_PRICE_LINE]);

        if (l == NULL)
            continue;
        struct group *group = group_of(x, groups, (struct group){ .first = l[SALE_LINE_PRODUCT_ID].i });
        add_choice(group, l[SALE_LINE_QUANTITY_MILLI].i, l[SALE_LINE_GROSS_MINOR].i);
        if (sale[SALE_CATALOGUE_VERSION].i > group->most)
            group->most = sale[SALE_CATALOGUE_VERSION].i;
    }
}

/* 199 and all others as one. */
static void shift_departments(struct sim_exec *x)
{
    struct groups groups = each_sale(x, add_departments);
    struct group others = { .text = sim_text(x, "") };

    for (size_t i = 0; i < groups.count; i++) {
        const struct group *g = &groups.list[i];
        const union sim_cell *n =
            sim_newest(x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(I(g->first)), g->most).c;

        if (i < 199)
            sim_emit(x, KEY(I(g->first), n == NULL ? B(others.text) : n[PRODUCT_VERSION_NAME], I(g->count),
                            I(g->sums[0]), I(g->sums[1])));
        else
            add_others(&others, g);
    }
    if (groups.count > 199)
        sim_emit(x, KEY(I(0), B(others.text), I(others.count), I(others.sums[0]), I(others.sums[1])));
}

static void shift_options(struct sim_exec *x)
{
    struct groups groups = each_sale(x, add_choices);

    emit_choices(x, &groups);
}

/* Of the receipts of a Z. */
static struct groups each_of_z(struct sim_exec *x, sale_fn *fn)
{
    const union sim_cell *z = sim_find(x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(I(sim_int(x, 1)))).c;
    struct groups groups = { 0 };
    static const struct {
        int64_t series;
        int first, last;
    } series[] = { { 'T', SHIFT_Z_T_FIRST, SHIFT_Z_T_LAST }, { 'X', SHIFT_Z_X_FIRST, SHIFT_Z_X_LAST } };

    for (size_t i = 0; z != NULL && i < sizeof series / sizeof *series; i++)
        for (struct sim_scan scan =
                 sim_range(x, SIM_SALE, SALE_BY_DEVICE_ID_SERIES_NUMBER, KEY(z[SHIFT_Z_DEVICE_ID], I(series[i].series)),
                           z[series[i].first].i, z[series[i].last].i, false);
             sim_next(&scan);)
            if (scan.hit.c[SALE_SHIFT_ID].i == z[SHIFT_Z_SHIFT_ID].i)
                fn(x, scan.hit.c, &groups);
    sorted(&groups);
    return groups;
}

static void shift_z_options(struct sim_exec *x)
{
    struct groups groups = each_of_z(x, add_choices);

    emit_choices(x, &groups);
}

static void shift_z_deposits(struct sim_exec *x)
{
    struct groups groups = each_of_z(x, add_deposits);

    emit_deposits(x, &groups);
}

static void shift_moves(struct sim_exec *x)
{
    const union sim_cell *shift = shift_named(x);
    struct groups groups = { 0 };

    if (shift == NULL)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_DRAWER_MOVE, DRAWER_MOVE_BY_SHIFT_ID_ID, KEY(shift[SHIFT_ID]));
         sim_next(&scan);)
        group_add(x, group_of(x, &groups, (struct group){ .first = scan.hit.c[DRAWER_MOVE_KIND].i }),
                  scan.hit.c[DRAWER_MOVE_AMOUNT_MINOR].i, 0);
    sorted(&groups);
    for (size_t i = 0; i < groups.count; i++)
        sim_emit(x, KEY(I(groups.list[i].first), I(groups.list[i].sums[0])));
}

/* Of what went by these means in a shift. */
static struct group paid_back(struct sim_exec *x, union sim_cell shift_id, union sim_cell means)
{
    struct group back = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_ACCOUNT_PAYMENT, ACCOUNT_PAYMENT_BY_SHIFT_ID, KEY(shift_id));
         sim_next(&scan);)
        if (scan.hit.c[ACCOUNT_PAYMENT_MEANS].i == means.i && scan.hit.c[ACCOUNT_PAYMENT_AMOUNT_MINOR].i < 0)
            group_add(x, &back, scan.hit.c[ACCOUNT_PAYMENT_AMOUNT_MINOR].i, 0);
    return back;
}

static void shift_received(struct sim_exec *x)
{
    const union sim_cell *shift = shift_named(x);
    struct groups groups = { 0 };

    if (shift == NULL)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_ACCOUNT_PAYMENT, ACCOUNT_PAYMENT_BY_SHIFT_ID, KEY(shift[SHIFT_ID]));
         sim_next(&scan);)
        group_add(x, group_of(x, &groups, (struct group){ .first = scan.hit.c[ACCOUNT_PAYMENT_MEANS].i }),
                  scan.hit.c[ACCOUNT_PAYMENT_AMOUNT_MINOR].i, 0);
    sorted(&groups);
    for (size_t i = 0; i < groups.count; i++) {
        struct group back = paid_back(x, shift[SHIFT_ID], I(groups.list[i].first));

        sim_emit(x, KEY(I(groups.list[i].first), I(groups.list[i].count), I(groups.list[i].sums[0]), I(back.count),
                        I(back.sums[0])));
    }
}

static void shift_gift_cards(struct sim_exec *x)
{
    const union sim_cell *shift = shift_named(x);
    struct groups groups = { 0 };

    if (shift == NULL)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_GIFT_CARD_PAYMENT, GIFT_CARD_PAYMENT_BY_SHIFT_ID, KEY(shift[SHIFT_ID]));
         sim_next(&scan);)
        group_add(x,
                  group_of(x, &groups,
                           (struct group){ .first = scan.hit.c[GIFT_CARD_PAYMENT_KIND].i,
                                           .second = scan.hit.c[GIFT_CARD_PAYMENT_MEANS].i }),
                  scan.hit.c[GIFT_CARD_PAYMENT_AMOUNT_MINOR].i, 0);
    sorted(&groups);
    for (size_t i = 0; i < groups.count; i++)
        sim_emit(x, KEY(I(groups.list[i].first), I(groups.list[i].second), I(groups.list[i].count),
                        I(groups.list[i].sums[0])));
}

static int64_t no_sales_of(struct sim_exec *x, union sim_cell shift_id)
{
    int64_t count = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_NO_SALE, NO_SALE_BY_SHIFT_ID_ID, KEY(shift_id)); sim_next(&scan);)
        count++;
    return count;
}

/* What its till has sold in all up to the Z that was written last. */
static int64_t grand_before(struct sim_exec *x, union sim_cell device)
{
    const union sim_cell *last = NULL;

    for (struct sim_scan scan = sim_scan(x, SIM_SHIFT_Z, SHIFT_Z_BY_DEVICE_ID_NUMBER, KEY(device)); sim_next(&scan);) {
        const union sim_cell *z = scan.hit.c;
        if (last == NULL || z[SHIFT_Z_CLOSED_AT].i > last[SHIFT_Z_CLOSED_AT].i ||
            (z[SHIFT_Z_CLOSED_AT].i == last[SHIFT_Z_CLOSED_AT].i &&
             z[SHIFT_Z_GRAND_TOTAL_MINOR].i > last[SHIFT_Z_GRAND_TOTAL_MINOR].i))
            last = z;
    }
    return last == NULL ? 0 : last[SHIFT_Z_GRAND_TOTAL_MINOR].i;
}

static void shift_books(struct sim_exec *x)
{
    const union sim_cell *s = shift_named(x);
    const union sim_cell *d = s == NULL ? NULL : sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(s[SHIFT_DEVICE_ID])).c;

    if (d == NULL)
        return;
    const union sim_cell *h = sim_find(x, SIM_DEVICE_HEAD, DEVICE_HEAD_BY_DEVICE_ID_KIND, KEY(d[DEVICE_ID], I('T'))).c;
    const union sim_cell *p = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(s[SHIFT_HOLDER_ID])).c;
    sim_emit(x, KEY(d[DEVICE_TILL_NUMBER], s[SHIFT_ID], s[SHIFT_NUMBER], s[SHIFT_OPENED_AT], s[SHIFT_OPENED_BY],
                    s[SHIFT_FLOAT_MINOR], s[SHIFT_HOLDER_ID], p == NULL ? B(NULL) : p[STAFF_NAME_SEALED],
                    h == NULL ? B(NULL) : h[DEVICE_HEAD_HASH], I(grand_before(x, d[DEVICE_ID])),
                    I(no_sales_of(x, s[SHIFT_ID]))));
}

static void shift_z_insert(struct sim_exec *x)
{
    sim_insert(
        x, SIM_SHIFT_Z, 0,
        PUTS(FROM(SHIFT_Z_SHIFT_ID, 1), FROM(SHIFT_Z_SHOP_ID, 2), FROM(SHIFT_Z_DEVICE_ID, 3), FROM(SHIFT_Z_NUMBER, 4),
             FROM(SHIFT_Z_CLOSED_AT, 5), FROM(SHIFT_Z_CLOSED_BY, 6), FROM(SHIFT_Z_CATALOGUE_VERSION, 7),
             FROM(SHIFT_Z_T_FIRST, 8), FROM(SHIFT_Z_T_LAST, 9), FROM(SHIFT_Z_X_FIRST, 10), FROM(SHIFT_Z_X_LAST, 11),
             FROM(SHIFT_Z_SALE_COUNT, 12), FROM(SHIFT_Z_SALE_MINOR, 13), FROM(SHIFT_Z_REFUND_COUNT, 14),
             FROM(SHIFT_Z_REFUND_MINOR, 15), FROM(SHIFT_Z_IN_MINOR, 16), FROM(SHIFT_Z_OUT_MINOR, 17),
             FROM(SHIFT_Z_DROP_MINOR, 18), FROM(SHIFT_Z_NO_SALE_COUNT, 19), FROM(SHIFT_Z_EXPECTED_MINOR, 20),
             FROM(SHIFT_Z_COUNTED_MINOR, 21), FROM(SHIFT_Z_DIFFERENCE_MINOR, 22), FROM(SHIFT_Z_GRAND_TOTAL_MINOR, 23),
             FROM(SHIFT_Z_STRAND_HASH, 24), FROM(SHIFT_Z_DEPOSIT_OUT_MILLI, 25), FROM(SHIFT_Z_DEPOSIT_OUT_MINOR, 26),
             FROM(SHIFT_Z_DEPOSIT_BACK_MILLI, 27), FROM(SHIFT_Z_DEPOSIT_BACK_MINOR, 28),
             FROM(SHIFT_Z_DEPOSIT_REFUND_MILLI, 29), FROM(SHIFT_Z_DEPOSIT_REFUND_MINOR, 30),
             FROM(SHIFT_Z_CHARGE_MILLI, 31), FROM(SHIFT_Z_CHARGE_MINOR, 32), FROM(SHIFT_Z_DEPARTMENT_COUNT, 33)));
}

static void shift_z_tender_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SHIFT_Z_TENDER,
                   PUTS(FROM(SHIFT_Z_TENDER_SHIFT_ID, 1), FROM(SHIFT_Z_TENDER_KIND, 2),
                        FROM(SHIFT_Z_TENDER_TENDER_COUNT, 3), FROM(SHIFT_Z_TENDER_EXPECTED_MINOR, 4),
                        FROM(SHIFT_Z_TENDER_TENDER_TYPE_ID, 5), FROM(SHIFT_Z_TENDER_FORFEITED_MINOR, 6),
                        FROM(SHIFT_Z_TENDER_COUNTED_MINOR, 7), FROM(SHIFT_Z_TENDER_TIP_MINOR, 8)));
}

static void shift_z_tax_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SHIFT_Z_TAX,
                   PUTS(FROM(SHIFT_Z_TAX_SHIFT_ID, 1), FROM(SHIFT_Z_TAX_CODE, 2), FROM(SHIFT_Z_TAX_RATE_PPM, 3),
                        FROM(SHIFT_Z_TAX_NET_MINOR, 4), FROM(SHIFT_Z_TAX_TAX_MINOR, 5)));
}

static void shift_z_count_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SHIFT_Z_COUNT,
                   PUTS(FROM(SHIFT_Z_COUNT_SHIFT_ID, 1), FROM(SHIFT_Z_COUNT_DENOMINATION_MINOR, 2),
                        FROM(SHIFT_Z_COUNT_PIECES, 3)));
}

static void shift_z_received_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SHIFT_Z_RECEIVED,
                   PUTS(FROM(SHIFT_Z_RECEIVED_SHIFT_ID, 1), FROM(SHIFT_Z_RECEIVED_MEANS, 2),
                        FROM(SHIFT_Z_RECEIVED_PAYMENT_COUNT, 3), FROM(SHIFT_Z_RECEIVED_AMOUNT_MINOR, 4)));
}

static void shift_z_gift_card_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SHIFT_Z_GIFT_CARD,
                   PUTS(FROM(SHIFT_Z_GIFT_CARD_SHIFT_ID, 1), FROM(SHIFT_Z_GIFT_CARD_KIND, 2),
                        FROM(SHIFT_Z_GIFT_CARD_MEANS, 3), FROM(SHIFT_Z_GIFT_CARD_PAYMENT_COUNT, 4),
                        FROM(SHIFT_Z_GIFT_CARD_AMOUNT_MINOR, 5)));
}

static void shift_z_department_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SHIFT_Z_DEPARTMENT,
                   PUTS(FROM(SHIFT_Z_DEPARTMENT_SHIFT_ID, 1), FROM(SHIFT_Z_DEPARTMENT_PRODUCT_ID, 2),
                        FROM(SHIFT_Z_DEPARTMENT_NAME, 3), FROM(SHIFT_Z_DEPARTMENT_LINE_COUNT, 4),
                        FROM(SHIFT_Z_DEPARTMENT_QUANTITY_MILLI, 5), FROM(SHIFT_Z_DEPARTMENT_AMOUNT_MINOR, 6)));
}

static void shift_drawer_close(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    sim_drawers_of_shift(x, sim_int(x, 1), sim_int(x, 2), &hits);
    for (size_t i = 0; i < hits.count; i++)
        if (sim_lock(x, &hits.hits[i]))
            sim_update(
                x, &hits.hits[i], 0,
                PUTS(VALUE(DRAWER_SHIFT_ID, SIM_NULL), VALUE(DRAWER_CASH_MINOR, 0), VALUE(DRAWER_SALE_COUNT, 0)));
}

/* Of the shop's till of this number, or of the device itself where it is the shop's. */
static const union sim_cell *till_of(struct sim_exec *x)
{
    int64_t number = sim_int(x, 2);

    if (number == SIM_NULL) {
        const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(sim_int(x, 3)))).c;
        if (d == NULL || d[DEVICE_TILL_NUMBER].i == SIM_NULL)
            return NULL;
        number = d[DEVICE_TILL_NUMBER].i;
    }
    return sim_find(x, SIM_DEVICE, DEVICE_BY_SHOP_ID_TILL_NUMBER, KEY(I(sim_int(x, 1)), I(number))).c;
}

static void shift_z_find(struct sim_exec *x)
{
    const union sim_cell *d = till_of(x), *z, *s, *v;

    if (d == NULL)
        return;
    z = sim_newest(x, SIM_SHIFT_Z, SHIFT_Z_BY_DEVICE_ID_NUMBER, KEY(d[DEVICE_ID]), sim_int(x, 4)).c;
    if (z == NULL)
        return;
    s = sim_find(x, SIM_SHIFT, SHIFT_BY_ID, KEY(z[SHIFT_Z_SHIFT_ID])).c;
    v = sim_newest(x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, KEY(z[SHIFT_Z_SHOP_ID]),
                   z[SHIFT_Z_CATALOGUE_VERSION].i)
            .c;
    if (s == NULL || v == NULL)
        return;
    const union sim_cell *p = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(s[SHIFT_HOLDER_ID])).c;
    sim_emit(x, KEY(d[DEVICE_TILL_NUMBER], z[SHIFT_Z_SHIFT_ID], z[SHIFT_Z_NUMBER], s[SHIFT_OPENED_AT],
                    s[SHIFT_OPENED_BY], s[SHIFT_FLOAT_MINOR], s[SHIFT_HOLDER_ID],
                    p == NULL ? B(NULL) : p[STAFF_NAME_SEALED], z[SHIFT_Z_CLOSED_AT], z[SHIFT_Z_CLOSED_BY],
                    z[SHIFT_Z_T_FIRST], z[SHIFT_Z_T_LAST], z[SHIFT_Z_X_FIRST], z[SHIFT_Z_X_LAST], z[SHIFT_Z_SALE_COUNT],
                    z[SHIFT_Z_SALE_MINOR], z[SHIFT_Z_REFUND_COUNT], z[SHIFT_Z_REFUND_MINOR], z[SHIFT_Z_IN_MINOR],
                    z[SHIFT_Z_OUT_MINOR], z[SHIFT_Z_DROP_MINOR], z[SHIFT_Z_NO_SALE_COUNT], z[SHIFT_Z_EXPECTED_MINOR],
                    z[SHIFT_Z_COUNTED_MINOR], z[SHIFT_Z_DIFFERENCE_MINOR], z[SHIFT_Z_GRAND_TOTAL_MINOR],
                    z[SHIFT_Z_STRAND_HASH], z[SHIFT_Z_DEPOSIT_OUT_MILLI], z[SHIFT_Z_DEPOSIT_OUT_MINOR],
                    z[SHIFT_Z_DEPOSIT_BACK_MILLI], z[SHIFT_Z_DEPOSIT_BACK_MINOR], z[SHIFT_Z_DEPOSIT_REFUND_MILLI],
                    z[SHIFT_Z_DEPOSIT_REFUND_MINOR], z[SHIFT_Z_CHARGE_MILLI], z[SHIFT_Z_CHARGE_MINOR],
                    v[SHOP_VERSION_NAME], v[SHOP_VERSION_ADDRESS], v[SHOP_VERSION_TAX_NUMBER], v[SHOP_VERSION_CURRENCY],
                    v[SHOP_VERSION_CURRENCY_EXPONENT], v[SHOP_VERSION_ZONE]));
}

static void shift_z_tenders(struct sim_exec *x)
{
    const union sim_cell *z = sim_find(x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(I(sim_int(x, 1)))).c;
    struct sim_hits hits = { 0 };

    if (z == NULL)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_SHIFT_Z_TENDER, SHIFT_Z_TENDER_BY_SHIFT_ID, KEY(z[SHIFT_Z_SHIFT_ID]));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_SHIFT_Z_TENDER, SHIFT_Z_TENDER_KIND, SHIFT_Z_TENDER_TENDER_TYPE_ID, -1);
    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *c = hits.hits[i].c;
        sim_emit(x,
                 KEY(c[SHIFT_Z_TENDER_KIND], c[SHIFT_Z_TENDER_TENDER_TYPE_ID],
                     B(sim_tender_name(x, c[SHIFT_Z_TENDER_KIND].i, c[SHIFT_Z_TENDER_TENDER_TYPE_ID].i,
                                       z[SHIFT_Z_CATALOGUE_VERSION].i)),
                     c[SHIFT_Z_TENDER_TENDER_COUNT], c[SHIFT_Z_TENDER_EXPECTED_MINOR],
                     c[SHIFT_Z_TENDER_FORFEITED_MINOR], c[SHIFT_Z_TENDER_TIP_MINOR], c[SHIFT_Z_TENDER_COUNTED_MINOR]));
    }
}

static void shift_z_taxes(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_SHIFT_Z_TAX, SHIFT_Z_TAX_BY_SHIFT_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_SHIFT_Z_TAX, SHIFT_Z_TAX_CODE, SHIFT_Z_TAX_RATE_PPM, -1);
    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_SHIFT_Z_TAX,
                         COLUMNS(SHIFT_Z_TAX_CODE, SHIFT_Z_TAX_RATE_PPM, SHIFT_Z_TAX_NET_MINOR, SHIFT_Z_TAX_TAX_MINOR));
}

static void shift_z_counts(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_range(x, SIM_SHIFT_Z_COUNT, SHIFT_Z_COUNT_BY_SHIFT_ID_DENOMINATION_MINOR,
                                          KEY(I(sim_int(x, 1))), 0, INT64_MAX, true);
         sim_next(&scan);)
        sim_emit_columns(x, scan.hit.c, SIM_SHIFT_Z_COUNT,
                         COLUMNS(SHIFT_Z_COUNT_DENOMINATION_MINOR, SHIFT_Z_COUNT_PIECES));
}

static void shift_z_received(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_range(x, SIM_SHIFT_Z_RECEIVED, SHIFT_Z_RECEIVED_BY_SHIFT_ID_MEANS,
                                          KEY(I(sim_int(x, 1))), 0, INT64_MAX, false);
         sim_next(&scan);) {
        const union sim_cell *z = scan.hit.c;
        struct group back = paid_back(x, I(sim_int(x, 1)), z[SHIFT_Z_RECEIVED_MEANS]);

        sim_emit(x, KEY(z[SHIFT_Z_RECEIVED_MEANS], z[SHIFT_Z_RECEIVED_PAYMENT_COUNT], z[SHIFT_Z_RECEIVED_AMOUNT_MINOR],
                        I(back.count), I(back.sums[0])));
    }
}

static void shift_z_gift_cards(struct sim_exec *x)
{
    for (int64_t kind = 1; kind <= 3; kind++)
        for (struct sim_scan scan = sim_range(x, SIM_SHIFT_Z_GIFT_CARD, SHIFT_Z_GIFT_CARD_BY_SHIFT_ID_KIND_MEANS,
                                              KEY(I(sim_int(x, 1)), I(kind)), 0, INT64_MAX, false);
             sim_next(&scan);)
            sim_emit_columns(x, scan.hit.c, SIM_SHIFT_Z_GIFT_CARD,
                             COLUMNS(SHIFT_Z_GIFT_CARD_KIND, SHIFT_Z_GIFT_CARD_MEANS, SHIFT_Z_GIFT_CARD_PAYMENT_COUNT,
                                     SHIFT_Z_GIFT_CARD_AMOUNT_MINOR));
}

/* Those of no product come last. */
static void shift_z_departments(struct sim_exec *x)
{
    for (int64_t from = 1; from >= 0; from--)
        for (struct sim_scan scan = sim_range(x, SIM_SHIFT_Z_DEPARTMENT, SHIFT_Z_DEPARTMENT_BY_SHIFT_ID_PRODUCT_ID,
                                              KEY(I(sim_int(x, 1))), from, from == 0 ? 0 : INT64_MAX, false);
             sim_next(&scan);)
            sim_emit_columns(x, scan.hit.c, SIM_SHIFT_Z_DEPARTMENT,
                             COLUMNS(SHIFT_Z_DEPARTMENT_PRODUCT_ID, SHIFT_Z_DEPARTMENT_NAME,
                                     SHIFT_Z_DEPARTMENT_LINE_COUNT, SHIFT_Z_DEPARTMENT_QUANTITY_MILLI,
                                     SHIFT_Z_DEPARTMENT_AMOUNT_MINOR));
}

const struct sim_statement sim_shift_z_statements[] = {
    { &sql_shift_books, shift_books,
      "till_number shift_id number opened_at@ opened_by float_minor holder_id name_sealed$ strand_hash$ "
      "grand_before_minor "
      "no_sale_count" },
    { &sql_shift_sales, shift_sales, "series kind count total_minor first last" },
    { &sql_shift_tenders, shift_tenders, "kind tender_type_id count stayed_minor forfeited_minor tip_minor" },
    { &sql_shift_taxes, shift_taxes, "code$ rate_ppm net_minor tax_minor" },
    { &sql_shift_people, shift_people, "staff_id name_sealed$ kind count total_minor" },
    { &sql_shift_options, shift_options, "modifier_id option name$ others? count quantity_milli amount_minor" },
    { &sql_shift_departments, shift_departments, "product_id name$ count quantity_milli amount_minor" },
    { &sql_shift_deposits, shift_deposits,
      "product_id name$ charge? out_milli out_minor back_milli back_minor refund_milli refund_minor" },
    { &sql_shift_moves, shift_moves, "kind amount_minor" },
    { &sql_shift_received, shift_received, "means count amount_minor back_count back_minor" },
    { &sql_shift_gift_cards, shift_gift_cards, "kind means count amount_minor" },
    { &sql_shift_z_insert, shift_z_insert, NULL },
    { &sql_shift_z_tender_insert, shift_z_tender_insert, NULL },
    { &sql_shift_z_tax_insert, shift_z_tax_insert, NULL },
    { &sql_shift_z_count_insert, shift_z_count_insert, NULL },
    { &sql_shift_z_received_insert, shift_z_received_insert, NULL },
    { &sql_shift_z_gift_card_insert, shift_z_gift_card_insert, NULL },
    { &sql_shift_z_department_insert, shift_z_department_insert, NULL },
    { &sql_shift_drawer_close, shift_drawer_close, NULL },
    { &sql_shift_z_find, shift_z_find,
      "till_number shift_id number opened_at@ opened_by float_minor holder_id name_sealed$ closed_at@ closed_by "
      "t_first t_last x_first x_last "
      "sale_count sale_minor refund_count refund_minor in_minor out_minor drop_minor no_sale_count expected_minor "
      "counted_minor difference_minor grand_total_minor strand_hash$ deposit_out_milli "
      "deposit_out_minor deposit_back_milli deposit_back_minor deposit_refund_milli deposit_refund_minor charge_milli "
      "charge_minor name$ address$ tax_number$ currency$ "
      "currency_exponent zone$" },
    { &sql_shift_z_tenders, shift_z_tenders,
      "kind tender_type_id name$ tender_count expected_minor forfeited_minor tip_minor counted_minor" },
    { &sql_shift_z_taxes, shift_z_taxes, "code$ rate_ppm net_minor tax_minor" },
    { &sql_shift_z_options, shift_z_options, "modifier_id option name$ others? count quantity_milli amount_minor" },
    { &sql_shift_z_departments, shift_z_departments, "product_id name$ count quantity_milli amount_minor" },
    { &sql_shift_z_deposits, shift_z_deposits,
      "product_id name$ charge? out_milli out_minor back_milli back_minor refund_milli refund_minor" },
    { &sql_shift_z_received, shift_z_received, "means count amount_minor back_count back_minor" },
    { &sql_shift_z_gift_cards, shift_z_gift_cards, "kind means count amount_minor" },
    { &sql_shift_z_counts, shift_z_counts, "denomination_minor pieces" },
    { NULL, NULL, NULL },
};
