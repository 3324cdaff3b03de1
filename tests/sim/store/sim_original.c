/* counter_group.sql, the sales that are to be refunded. */
#include <string.h>

#include "tests/sim/store/sim_sales.h"

struct sim_hit sim_find_till(struct sim_exec *x, int64_t shop_id, int64_t till)
{
    const struct sim_hit none = { 0 };

    return till == SIM_NULL ? none : sim_find(x, SIM_DEVICE, DEVICE_BY_SHOP_ID_TILL_NUMBER, KEY(I(shop_id), I(till)));
}

struct sim_hit sim_find_receipt(struct sim_exec *x, int64_t shop_id, int64_t till, int64_t series, int64_t number)
{
    struct sim_hit device = sim_find_till(x, shop_id, till);

    if (device.row == NULL)
        return device;
    return sim_find(x, SIM_SALE, SALE_BY_DEVICE_ID_SERIES_NUMBER, KEY(device.c[DEVICE_ID], I(series), I(number)));
}

struct sim_hit sim_find_name(struct sim_exec *x, int64_t product_id, int64_t version)
{
    return sim_newest(x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(I(product_id)), version);
}

struct sim_blob *sim_tender_name(struct sim_exec *x, int64_t kind, int64_t type_id, int64_t version)
{
    struct sim_hit hit = sim_newest(x, SIM_TENDER_TYPE_VERSION, TENDER_TYPE_VERSION_BY_TENDER_TYPE_ID_FROM_VERSION,
                                    KEY(I(type_id == 0 ? kind : type_id)), version);

    return hit.row == NULL ? sim_text(x, "") : hit.c[TENDER_TYPE_VERSION_NAME].b;
}

/* The i-th original of a statement whose shop, tills, series and numbers are the parameters from `first` on. */
static struct sim_hit original(struct sim_exec *x, int first, size_t i)
{
    struct bytes series = sim_bytes_at(x, first + 2, i);

    return sim_find_receipt(x, sim_int(x, first), sim_int_at(x, first + 1, i), series.size == 0 ? 0 : series.data[0],
                            sim_int_at(x, first + 3, i));
}

/* How often what paid a sale was put right, and what that made of its rounding. */
static int64_t retenders_of(struct sim_exec *x, union sim_cell sale, int64_t *rounding)
{
    int64_t count = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_RETENDER, SALE_RETENDER_BY_SALE_ID_NUMBER, KEY(sale));
         sim_next(&scan);) {
        *rounding = sim_plus(x, *rounding, scan.hit.c[SALE_RETENDER_ROUNDING_MINOR].i);
        count++;
    }
    return count;
}

/* The number of the last of its refunds. */
static int64_t refunds_of(struct sim_exec *x, union sim_cell sale)
{
    int64_t last = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_REFUND, SALE_REFUND_BY_SALE_ID_NUMBER, KEY(sale));
         sim_next(&scan);)
        last = scan.hit.c[SALE_REFUND_NUMBER].i;
    return last;
}

static void counter_originals(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        const union sim_cell *c = original(x, 1, i).c;
        if (c == NULL)
            continue;
        int64_t version = c[SALE_CATALOGUE_VERSION].i;
        const union sim_cell *v =
            sim_newest(x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, KEY(c[SALE_SHOP_ID]), version).c;
        const union sim_cell *p =
            sim_newest(x, SIM_PROGRAMME_VERSION, PROGRAMME_VERSION_BY_FROM_VERSION, NO_KEY, version).c;
        int64_t rounding = sim_or_zero(c[SALE_ROUNDING_MINOR]), retenders = retenders_of(x, c[SALE_ID], &rounding);
        const union sim_cell *n = sim_find(x, SIM_INVOICE, INVOICE_BY_SALE_ID, KEY(c[SALE_ID])).c;
        if (v != NULL)
            sim_emit(x, KEY(I((int64_t)i + 1), c[SALE_ID], c[SALE_KIND], c[SALE_DEVICE_ID], c[SALE_SHIFT_ID],
                            c[SALE_SERVICE], sim_member_of_sale(x, c), c[SALE_CATALOGUE_VERSION], c[SALE_TOTAL_MINOR],
                            c[SALE_TAX_MINOR], I(rounding), I(retenders), I(refunds_of(x, c[SALE_ID])),
                            v[SHOP_VERSION_CURRENCY_EXPONENT], v[SHOP_VERSION_CASH_ROUNDING_MINOR],
                            v[SHOP_VERSION_PRICES_INCLUDE_TAX], p == NULL ? I(0) : p[PROGRAMME_VERSION_POINTS_PER_UNIT],
                            n == NULL ? I(SIM_NULL) : n[INVOICE_YEAR], n == NULL ? I(SIM_NULL) : n[INVOICE_NUMBER]));
    }
}

static int64_t taken_off(struct sim_exec *x, union sim_cell sale, union sim_cell line, bool rewards_alone)
{
    int64_t taken = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE, KEY(sale, line));
         sim_next(&scan);) {
        const union sim_cell *d = scan.hit.c;
        bool reward = d[SALE_DISCOUNT_KIND].i == 5, pieces = reward && d[SALE_DISCOUNT_TIMES].i != SIM_NULL;

        if (!pieces && (reward || !rewards_alone))
            taken += d[SALE_DISCOUNT_AMOUNT_MINOR].i;
    }
    return taken;
}

/* What coupons made free. */
static int64_t coupon_milli(struct sim_exec *x, union sim_cell sale, union sim_cell line)
{
    int64_t pieces = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE, KEY(sale, line));
         sim_next(&scan);)
        if (scan.hit.c[SALE_DISCOUNT_KIND].i == 4)
            pieces += sim_or_zero(scan.hit.c[SALE_DISCOUNT_TIMES]);
    return 1000 * pieces;
}

static void emit_lines(struct sim_exec *x, size_t i, const union sim_cell *sale)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        if ((c[SALE_LINE_FLAGS].i & 2) != 0)
            continue;
        const union sim_cell *r =
            sim_find(x, SIM_REFUNDED, REFUNDED_BY_SALE_ID_LINE, KEY(sale[SALE_ID], c[SALE_LINE_LINE])).c;
        const union sim_cell *g =
            (c[SALE_LINE_FLAGS].i & 96) == 0
                ? NULL
                : sim_find(x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(sale[SALE_ID], c[SALE_LINE_LINE])).c;
        struct sim_hit p = sim_find_name(x, c[SALE_LINE_PRODUCT_ID].i, sale[SALE_CATALOGUE_VERSION].i);
        int64_t free_minor =
            (c[SALE_LINE_FLAGS].i & 4) == 0
                ? 0
                : c[SALE_LINE_DISCOUNT_MINOR].i - taken_off(x, sale[SALE_ID], c[SALE_LINE_LINE], false);
        if (p.row != NULL)
            sim_emit(
                x,
                KEY(I((int64_t)i + 1), c[SALE_LINE_LINE], c[SALE_LINE_PRODUCT_ID], c[SALE_LINE_QUANTITY_MILLI],
                    c[SALE_LINE_UNIT_PRICE_MINOR], c[SALE_LINE_GROSS_MINOR], c[SALE_LINE_DISCOUNT_MINOR],
                    c[SALE_LINE_TOTAL_MINOR], c[SALE_LINE_TAX_MINOR], c[SALE_LINE_FLAGS], p.c[PRODUCT_VERSION_NAME],
                    p.c[PRODUCT_VERSION_UNIT], I(free_minor), I(taken_off(x, sale[SALE_ID], c[SALE_LINE_LINE], true)),
                    I(coupon_milli(x, sale[SALE_ID], c[SALE_LINE_LINE])), r == NULL ? I(0) : r[REFUNDED_QUANTITY_MILLI],
                    g == NULL || g[SALE_DEPOSIT_GOODS_LINE].i == SIM_NULL ? I(-1) : g[SALE_DEPOSIT_GOODS_LINE]));
    }
}

static void counter_original_lines(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit sale = original(x, 1, i);
        if (sale.row != NULL)
            emit_lines(x, i, sale.c);
    }
}

/* ---- which taxes its lines bear ---- */

static const union sim_cell *class_then(struct sim_exec *x, const union sim_cell *sale, union sim_cell id)
{
    return sim_newest(x, SIM_TAX_CLASS_VERSION, TAX_CLASS_VERSION_BY_TAX_CLASS_ID_FROM_VERSION, KEY(id),
                      sale[SALE_CATALOGUE_VERSION].i)
        .c;
}

static int64_t pieces_milli(struct sim_exec *x, const union sim_cell *sale, int64_t tax_class)
{
    int64_t sum = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *l = scan.hit.c;
        const union sim_cell *g = sim_find_name(x, l[SALE_LINE_PRODUCT_ID].i, sale[SALE_CATALOGUE_VERSION].i).c;
        if ((l[SALE_LINE_FLAGS].i & 98) == 0 && g != NULL && g[PRODUCT_VERSION_UNIT].i == 0 &&
            g[PRODUCT_VERSION_TAX_CLASS_ID].i == tax_class)
            sum += l[SALE_LINE_QUANTITY_MILLI].i;
    }
    return sum;
}

/* The class that a line is taxed by; NULL: by none. */
static const union sim_cell *taxed_as(struct sim_exec *x, const union sim_cell *sale, const union sim_cell *line)
{
    const union sim_cell *g = sim_find_name(x, line[SALE_LINE_PRODUCT_ID].i, sale[SALE_CATALOGUE_VERSION].i).c;
    const union sim_cell *c = g == NULL ? NULL : class_then(x, sale, g[PRODUCT_VERSION_TAX_CLASS_ID]);

    if (c == NULL || c[TAX_CLASS_VERSION_SWITCH_AT_COUNT].i <= 0 || c[TAX_CLASS_VERSION_SWITCH_TO_ID].i == SIM_NULL ||
        pieces_milli(x, sale, c[TAX_CLASS_VERSION_TAX_CLASS_ID].i) < 1000 * c[TAX_CLASS_VERSION_SWITCH_AT_COUNT].i)
        return c;
    return class_then(x, sale, c[TAX_CLASS_VERSION_SWITCH_TO_ID]);
}

static bool bears(struct sim_exec *x, const union sim_cell *sale, const union sim_cell *line,
                  const union sim_cell *class, const union sim_cell *tax)
{
    for (struct sim_scan scan =
             sim_scan(x, SIM_TAX_RATE_VERSION, TAX_RATE_VERSION_BY_TAX_CLASS_ID_FROM_VERSION,
                      KEY(class[TAX_CLASS_VERSION_TAX_CLASS_ID], class[TAX_CLASS_VERSION_FROM_VERSION]));
         sim_next(&scan);) {
        const union sim_cell *r = scan.hit.c;
        if (r[TAX_RATE_VERSION_SERVICE].i == sale[SALE_SERVICE].i &&
            r[TAX_RATE_VERSION_HOT].i == (line[SALE_LINE_FLAGS].i & 1) &&
            r[TAX_RATE_VERSION_RATE_PPM].i == tax[SALE_TAX_RATE_PPM].i &&
            bytes_equal(sim_blob_view(r[TAX_RATE_VERSION_CODE].b), sim_blob_view(tax[SALE_TAX_CODE].b)))
            return true;
    }
    return false;
}

static void emit_line_taxes(struct sim_exec *x, size_t i, const union sim_cell *sale, const union sim_cell *line)
{
    const union sim_cell *class = taxed_as(x, sale, line);

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(sale[SALE_ID]));
         class != NULL && sim_next(&scan);)
        if (bears(x, sale, line, class, scan.hit.c))
            sim_emit(x, KEY(I((int64_t)i + 1), line[SALE_LINE_LINE], scan.hit.c[SALE_TAX_POSITION]));
}

static void counter_original_line_taxes(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        const union sim_cell *sale = original(x, 1, i).c;
        if (sale == NULL || sale[SALE_KIND].i != 1)
            continue;
        for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale[SALE_ID]));
             sim_next(&scan);)
            if ((scan.hit.c[SALE_LINE_FLAGS].i & 2) == 0 && scan.hit.c[SALE_LINE_TOTAL_MINOR].i != 0)
                emit_line_taxes(x, i, sale, scan.hit.c);
    }
}

static void counter_original_taxes(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit sale = original(x, 1, i);
        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan = sim_scan(x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(sale.c[SALE_ID]));
             sim_next(&scan);)
            sim_emit(x, KEY(I((int64_t)i + 1), scan.hit.c[SALE_TAX_CODE], scan.hit.c[SALE_TAX_RATE_PPM],
                            scan.hit.c[SALE_TAX_NET_MINOR], scan.hit.c[SALE_TAX_TAX_MINOR]));
    }
}

/* What is left of a tender, or of what was put in its place. */
struct paid {
    union sim_cell position, kind, reference;
    int64_t type, version, stayed, tip, forfeited;
};
struct paids {
    struct paid *list;
    size_t count, capacity;
};

static int compare_references(struct sim_blob *a, struct sim_blob *b)
{
    if (a == NULL || b == NULL)
        return (a == NULL) - (b == NULL);
    struct bytes left = sim_blob_view(a), right = sim_blob_view(b);
    size_t least = left.size < right.size ? left.size : right.size;
    int order = least == 0 ? 0 : memcmp(left.data, right.data, least);
    return order != 0 ? order : (left.size > right.size) - (left.size < right.size);
}

static int compare_paid(const void *left, const void *right)
{
    const struct paid *a = left, *b = right;
    int64_t keys[][2] = { { a->position.i, b->position.i },
                          { a->kind.i, b->kind.i },
                          { a->type == 0 ? INT64_MAX : a->type, b->type == 0 ? INT64_MAX : b->type } }; /* nulls last */

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return compare_references(a->reference.b, b->reference.b);
}

static void add_paid(struct sim_exec *x, struct paids *paids, struct paid row)
{
    size_t i = 0;

    while (i < paids->count && compare_paid(&paids->list[i], &row) != 0)
        i++;
    if (i == paids->capacity) {
        struct paid *old = paids->list;
        paids->capacity = paids->capacity == 0 ? 16 : paids->capacity * 2;
        paids->list = sim_memory(x, paids->capacity, sizeof *paids->list);
        for (size_t j = 0; j < i; j++)
            paids->list[j] = old[j];
    }
    struct paid *paid = &paids->list[i];
    if (i == paids->count) {
        paids->count++;
        *paid = row;
        return;
    }
    paid->version = row.version < paid->version ? row.version : paid->version;
    paid->stayed = sim_plus(x, paid->stayed, row.stayed);
    paid->tip = sim_plus(x, paid->tip, row.tip);
    paid->forfeited = sim_plus(x, paid->forfeited, row.forfeited);
}

static struct paids paids_of(struct sim_exec *x, const union sim_cell *sale)
{
    struct paids paids = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(sale[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        int64_t forfeited = sim_or_zero(c[TENDER_FORFEITED_MINOR]), tip = sim_or_zero(c[TENDER_TIP_MINOR]);
        add_paid(x, &paids,
                 (struct paid){ c[TENDER_POSITION], c[TENDER_KIND], c[TENDER_REFERENCE],
                                sim_or_zero(c[TENDER_TENDER_TYPE_ID]), sale[SALE_CATALOGUE_VERSION].i,
                                c[TENDER_AMOUNT_MINOR].i - c[TENDER_CHANGE_MINOR].i - forfeited - tip, tip,
                                forfeited });
    }
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_RETENDER, SALE_RETENDER_BY_SALE_ID_NUMBER, KEY(sale[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *r = scan.hit.c;
        for (struct sim_scan entries =
                 sim_scan(x, SIM_RETENDER_ENTRY, RETENDER_ENTRY_BY_RETENDER_ID_POSITION, KEY(r[SALE_RETENDER_ID]));
             sim_next(&entries);) {
            const union sim_cell *e = entries.hit.c;
            int64_t tip = e[RETENDER_ENTRY_TIP_MINOR].i;
            add_paid(x, &paids,
                     (struct paid){ e[RETENDER_ENTRY_POSITION], e[RETENDER_ENTRY_KIND], e[RETENDER_ENTRY_REFERENCE],
                                    sim_or_zero(e[RETENDER_ENTRY_TENDER_TYPE_ID]), r[SALE_RETENDER_CATALOGUE_VERSION].i,
                                    e[RETENDER_ENTRY_AMOUNT_MINOR].i - tip, tip, 0 });
        }
    }
    if (paids.count > 1)
        qsort(paids.list, paids.count, sizeof *paids.list, compare_paid);
    return paids;
}

static void counter_original_tenders(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit sale = original(x, 1, i);
        if (sale.row == NULL)
            continue;
        struct paids paids = paids_of(x, sale.c);
        for (size_t j = 0; j < paids.count; j++) {
            const struct paid *p = &paids.list[j];
            if (p->stayed != 0 || p->tip != 0)
                sim_emit(x, KEY(I((int64_t)i + 1), p->position, p->kind, I(p->type),
                                B(sim_tender_name(x, p->kind.i, p->type, p->version)), I(p->stayed), I(p->tip),
                                I(p->forfeited), p->reference));
        }
    }
}

static int64_t expiry_of(struct sim_exec *x, const struct sim_hit *entry)
{
    return sim_find(x, SIM_POINTS_LOT, POINTS_LOT_BY_ID, KEY(entry->c[POINTS_ENTRY_LOT_ID])).c[POINTS_LOT_EXPIRY_DAY].i;
}

/* Those whose lot expires first come first, and of one day they stay as they are. */
static void sort_by_expiry(struct sim_exec *x, struct sim_hits *entries)
{
    for (size_t i = 1; i < entries->count; i++)
        for (size_t h = i; h > 0 && expiry_of(x, &entries->hits[h - 1]) > expiry_of(x, &entries->hits[h]); h--) {
            struct sim_hit swapped = entries->hits[h];

            entries->hits[h] = entries->hits[h - 1];
            entries->hits[h - 1] = swapped;
        }
}

static void counter_original_points(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit sale = original(x, 1, i);
        struct sim_hits hits = { 0 };
        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan =
                 sim_scan(x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(sale.c[SALE_ID]));
             sim_next(&scan);)
            if (scan.hit.c[POINTS_ENTRY_KIND].i == 2 || scan.hit.c[POINTS_ENTRY_KIND].i == 4)
                sim_gather(x, &hits, scan.hit);
        sim_sort(&hits, SIM_POINTS_ENTRY, POINTS_ENTRY_LOT_ID, POINTS_ENTRY_KIND, -1);
        sort_by_expiry(x, &hits);
        for (size_t h = 0; h < hits.count; h++)
            sim_emit(x, KEY(I((int64_t)i + 1), hits.hits[h].c[POINTS_ENTRY_LOT_ID], hits.hits[h].c[POINTS_ENTRY_KIND],
                            hits.hits[h].c[POINTS_ENTRY_POINTS]));
    }
}

static void counter_original_earnings(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct sim_hit sale = original(x, 1, i);
        struct sim_hits hits = { 0 };

        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan = sim_scan(x, SIM_SALE_EARNING, SALE_EARNING_BY_SALE_ID, KEY(sale.c[SALE_ID]));
             sim_next(&scan);)
            sim_gather(x, &hits, scan.hit);
        sim_sort(&hits, SIM_SALE_EARNING, SALE_EARNING_RULE, -1, -1);
        for (size_t h = 0; h < hits.count; h++) {
            const union sim_cell *e = hits.hits[h].c;

            sim_emit(x, KEY(I((int64_t)i + 1), e[SALE_EARNING_RULE], e[SALE_EARNING_PER], e[SALE_EARNING_VALUE],
                            e[SALE_EARNING_BASIS], e[SALE_EARNING_POINTS], e[SALE_EARNING_LINES], e[SALE_EARNING_TIER],
                            e[SALE_EARNING_WEEK_MINUTE]));
        }
    }
}

/* ---- what they lock beside ---- */

/* Whose card it is; without a row: nobody's. */
static struct sim_hit holder_of(struct sim_exec *x, int cards, size_t i)
{
    struct sim_scan scan = sim_scan(x, SIM_MEMBER_BLIND, MEMBER_BLIND_BY_KIND_BLIND_MEMBER_ID,
                                    KEY(I(3), B(sim_blob(x, sim_bytes_at(x, cards, i)))));

    return sim_next(&scan) ? scan.hit : (struct sim_hit){ 0 };
}

static bool is_asked_before(struct sim_exec *x, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (bytes_equal(sim_bytes_at(x, 1, k), sim_bytes_at(x, 1, i)))
            return true;
    return false;
}

static void counter_cards(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit holder = holder_of(x, 1, i);
        if (holder.row != NULL && !is_asked_before(x, i))
            sim_gather(x, &hits, holder);
    }
    sim_sort(&hits, SIM_MEMBER_BLIND, MEMBER_BLIND_MEMBER_ID, MEMBER_BLIND_BLIND, -1);
    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_MEMBER_BLIND, COLUMNS(MEMBER_BLIND_BLIND, MEMBER_BLIND_MEMBER_ID));
}

/* The ids of a parameter, one number more of each original that is there, and the holders of cards, ascending and once. */
static const int64_t *with_members(struct sim_exec *x, int ids, int first, int cards, size_t *distinct)
{
    size_t given = sim_count(x, ids), originals = sim_count(x, first + 1), count = 0;
    int64_t *all = sim_memory(x, given + originals + sim_count(x, cards), sizeof(*all));

    for (size_t i = 0; i < given; i++)
        all[count++] = sim_int_at(x, ids, i);
    for (size_t i = 0; i < originals; i++) {
        struct sim_hit sale = original(x, first, i);
        if (sale.row != NULL)
            all[count++] = sim_member_of_sale(x, sale.c).i;
    }
    for (size_t i = 0; i < sim_count(x, cards); i++) {
        const union sim_cell *c = holder_of(x, cards, i).c;
        if (c != NULL)
            all[count++] = c[MEMBER_BLIND_MEMBER_ID].i;
    }
    return sim_with_merged(x, all, count, distinct);
}

static void counter_refund_members(struct sim_exec *x)
{
    size_t count;
    const int64_t *members = with_members(x, 1, 2, 6, &count);

    sim_lock_members(x, members, count);
}

struct numbers {
    int64_t *list;
    size_t count, capacity;
};

static void add_number(struct sim_exec *x, struct numbers *numbers, int64_t number)
{
    if (numbers->count == numbers->capacity) {
        int64_t *old = numbers->list;
        numbers->capacity = numbers->capacity == 0 ? 32 : numbers->capacity * 2;
        numbers->list = sim_memory(x, numbers->capacity, sizeof(*numbers->list));
        for (size_t i = 0; i < numbers->count; i++)
            numbers->list[i] = old[i];
    }
    numbers->list[numbers->count++] = number;
}

static void counter_refund_lots(struct sim_exec *x)
{
    struct numbers touched = { 0 };
    size_t count;
    const int64_t *members = with_members(x, 1, 3, 7, &count);

    for (size_t i = 0; i < sim_count(x, 4); i++) {
        struct sim_hit sale = original(x, 3, i);
        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan =
                 sim_scan(x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(sale.c[SALE_ID]));
             sim_next(&scan);)
            add_number(x, &touched, scan.hit.c[POINTS_ENTRY_LOT_ID].i);
    }
    sim_emit_lots(x, members, count, sim_int(x, 2), touched.list, touched.count);
}

static void counter_refund_stock(struct sim_exec *x)
{
    struct numbers products = { 0 };
    size_t count;

    for (size_t i = 0; i < sim_count(x, 2); i++)
        add_number(x, &products, sim_int_at(x, 2, i));
    for (size_t i = 0; i < sim_count(x, 3); i++) {
        struct bytes series = sim_bytes_at(x, 4, i);
        struct sim_hit sale = sim_find_receipt(x, sim_int(x, 1), sim_int_at(x, 3, i),
                                               series.size == 0 ? 0 : series.data[0], sim_int_at(x, 5, i));
        if (sale.row == NULL)
            continue;
        for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale.c[SALE_ID]));
             sim_next(&scan);)
            add_number(x, &products, scan.hit.c[SALE_LINE_PRODUCT_ID].i);
    }
    const int64_t *sorted = sim_sorted(x, products.list, products.count, &count);
    sim_lock_stock(x, sim_int(x, 1), sorted, count);
}

const struct sim_statement sim_original_statements[] = {
    { &sql_counter_originals, counter_originals,
      "position id kind device_id shift_id service member_id catalogue_version total_minor tax_minor rounding_minor "
      "retender_count refund_count currency_exponent cash_rounding_minor prices_include_tax? points_per_unit "
      "invoice_year invoice_number" },
    { &sql_counter_original_lines, counter_original_lines,
      "position line product_id quantity_milli unit_price_minor gross_minor discount_minor total_minor tax_minor flags "
      "name$ unit free_minor reward_minor coupon_milli back_milli goods_line" },
    { &sql_counter_original_line_taxes, counter_original_line_taxes, "position line tax" },
    { &sql_counter_original_taxes, counter_original_taxes, "position code$ rate_ppm net_minor tax_minor" },
    { &sql_counter_original_tenders, counter_original_tenders,
      "position tender kind tender_type_id name$ stayed_minor tip_minor forfeited_minor reference$" },
    { &sql_counter_original_points, counter_original_points, "position lot_id kind points" },
    { &sql_counter_original_earnings, counter_original_earnings,
      "position rule per value basis points lines$ tier week_minute" },
    { &sql_counter_cards, counter_cards, "blind$ member_id" },
    { &sql_counter_refund_members, counter_refund_members, SIM_MEMBER_ACCOUNT_ANSWER },
    { &sql_counter_refund_lots, counter_refund_lots, "id member_id origin_day# expiry_day# remaining expired" },
    { &sql_counter_refund_stock, counter_refund_stock, "product_id on_hand_milli" },
    { NULL, NULL, NULL },
};
