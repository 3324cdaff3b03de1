/* shift.sql: what the rows of a shift come to, open or closed. */
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

/* Each receipt of it, in no order. */
typedef void sale_fn(struct sim_exec *x, const union sim_cell *sale, struct groups *groups);
static struct groups each_sale(struct sim_exec *x, sale_fn *fn)
{
    const union sim_cell *shift = shift_named(x);
    struct groups groups = { 0 };

    if (shift == NULL)
        return groups;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE, SALE_BY_SHIFT_ID, KEY(shift[SHIFT_ID])); sim_next(&scan);) {
        const union sim_cell *s = scan.hit.c;
        bool printed = s[SALE_SERIES].i == 'X' && s[SALE_NUMBER].i > shift[SHIFT_X_BEFORE].i;
        if (s[SALE_DEVICE_ID].i == shift[SHIFT_DEVICE_ID].i &&
            (printed || (s[SALE_SERIES].i == 'T' && s[SALE_NUMBER].i > shift[SHIFT_T_BEFORE].i)))
            fn(x, s, &groups);
    }
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

const struct sim_statement sim_shift_sums_statements[] = {
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
    { &sql_shift_z_options, shift_z_options, "modifier_id option name$ others? count quantity_milli amount_minor" },
    { &sql_shift_z_deposits, shift_z_deposits,
      "product_id name$ charge? out_milli out_minor back_milli back_minor refund_milli refund_minor" },
    { &sql_shift_z_received, shift_z_received, "means count amount_minor back_count back_minor" },
    { NULL, NULL, NULL },
};
