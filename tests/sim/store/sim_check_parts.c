/* A check of the strands: that an entry says of a receipt's parts what their rows say. */
#include <string.h>

#include "tests/sim/store/sim_check.h"

#define PART_MAX ((size_t)1 << 20)

static void put(struct buffer *out, int64_t value, size_t size)
{
    uint8_t bytes[8];

    put_u64(bytes, (uint64_t)value);
    buffer_append(out, bytes + 8 - size, size, PART_MAX);
}

static void put_text(struct buffer *out, union sim_cell cell)
{
    struct bytes text = sim_blob_view(cell.b);

    put(out, (int64_t)text.size, 2);
    if (text.size > 0)
        buffer_append(out, text.data, text.size, PART_MAX);
}

static int64_t or_none(union sim_cell cell)
{
    return cell.i == SIM_NULL ? -1 : cell.i;
}

/* ---- what has an order: reason, lines, taxes, tenders ---- */

/* How many were put behind it stands in front of them: as many as the last one's number says, unless one is left out. */
static void count_in(struct buffer *out, size_t at, size_t size, int64_t count)
{
    uint8_t bytes[8];

    put_u64(bytes, (uint64_t)count);
    memcpy(out->data + at, bytes + 8 - size, size);
}

static void put_lines(struct sim_checker *k, union sim_cell sale_id, struct buffer *out)
{
    size_t at = out->size;
    int64_t count = 0;

    put(out, 0, 2);
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale_id));
         sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        count = c[SALE_LINE_LINE].i + 1;
        put(out, c[SALE_LINE_PRODUCT_ID].i, 8);
        put(out, c[SALE_LINE_QUANTITY_MILLI].i, 8);
        put(out, c[SALE_LINE_UNIT_PRICE_MINOR].i, 8);
        put(out, c[SALE_LINE_DISCOUNT_MINOR].i, 8);
        put(out, c[SALE_LINE_TOTAL_MINOR].i, 8);
        put(out, c[SALE_LINE_TAX_MINOR].i, 8);
        put(out, c[SALE_LINE_FLAGS].i, 1);
        put(out, or_none(c[SALE_LINE_REFUND_LINE]), 2);
        put_text(out, c[SALE_LINE_VOID_REASON]);
    }
    count_in(out, at, 2, count);
}

static void put_taxes(struct sim_checker *k, union sim_cell sale_id, struct buffer *out)
{
    size_t at = out->size;
    int64_t count = 0;

    put(out, 0, 1);
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(sale_id));
         sim_next(&scan);) {
        count = scan.hit.c[SALE_TAX_POSITION].i + 1;
        put_text(out, scan.hit.c[SALE_TAX_CODE]);
        put(out, scan.hit.c[SALE_TAX_RATE_PPM].i, 4);
        put(out, scan.hit.c[SALE_TAX_NET_MINOR].i, 8);
        put(out, scan.hit.c[SALE_TAX_TAX_MINOR].i, 8);
    }
    count_in(out, at, 1, count);
}

static void put_tenders(struct sim_checker *k, union sim_cell sale_id, int layout, struct buffer *out)
{
    size_t at = out->size;
    int64_t count = 0;

    put(out, 0, 1);
    for (struct sim_scan scan = sim_scan(k->x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(sale_id));
         sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        count = c[TENDER_POSITION].i + 1;
        put(out, c[TENDER_KIND].i, 1);
        put(out, c[TENDER_AMOUNT_MINOR].i, 8);
        put(out, c[TENDER_CHANGE_MINOR].i, 8);
        if (layout >= 3) {
            put(out, sim_or_zero(c[TENDER_TENDER_TYPE_ID]), 8);
            put(out, sim_or_zero(c[TENDER_FORFEITED_MINOR]), 8);
            put(out, sim_or_zero(c[TENDER_TIP_MINOR]), 8);
        }
        put_text(out, c[TENDER_REFERENCE]);
    }
    count_in(out, at, 1, count);
}

static size_t head_size(struct bytes entry)
{
    return (size_t)172 + (entry.data[0] >= 2 ? 16 : 0) + (entry.data[1] == 'X' ? 40 : 0);
}

static size_t counts_size(int layout)
{
    return (size_t)4 + (layout >= 2 ? 2 : 0) + (layout >= 4 ? 4 : 0) + (layout >= 5 ? 2 : 0);
}

/* ---- what has none: wherever in what is behind these ---- */

struct other {
    struct sim_sums *sizes; /* by sale */
    struct buffer part;
};

/* The entry of a sale; nothing where it has none, or one that is too short: another check says so. */
static struct bytes entry_of(struct sim_checker *k, const union sim_cell *sale)
{
    struct sim_hit j = sale == NULL ? (struct sim_hit){ 0 }
                                    : sim_find(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER,
                                               KEY(sale[SALE_DEVICE_ID], sale[SALE_SERIES], sale[SALE_NUMBER]));

    struct bytes entry = j.row == NULL ? (struct bytes){ 0 } : sim_blob_view(j.c[JOURNAL_BYTES].b);
    return entry.size <= 172 || entry.size <= head_size(entry) ? (struct bytes){ 0 } : entry;
}

static const union sim_cell *sale_of(struct sim_checker *k, union sim_cell id)
{
    return sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(id)).c;
}

/* What was written before there were such rows has none. */
static void look_for(struct sim_checker *k, struct other *o, union sim_cell sale_id, bool always)
{
    struct bytes entry = entry_of(k, sale_of(k, sale_id));

    if (entry.size > 0 && (always || entry.data[0] >= 2)) {
        sim_sums_add(o->sizes, sale_id.i, 0, (int64_t)o->part.size);
        if (!memmem(entry.data + head_size(entry), entry.size - head_size(entry), o->part.data, o->part.size))
            sim_wrong(k, "sale=%lld has a row that is not in its entry", LONG(sale_id));
    }
    buffer_clear(&o->part);
}

static void look_for_points(struct sim_checker *k, struct other *o)
{
    for
        EACH(k, scan, SIM_POINTS_ENTRY)
        {
            const union sim_cell *c = scan.hit.c;
            int64_t kind = c[POINTS_ENTRY_KIND].i;
            if ((kind != 13 && (kind < 2 || kind > 6)) || sim_attached(k, c[POINTS_ENTRY_ORIGIN_ID]) != NULL)
                continue;
            put(&o->part, c[POINTS_ENTRY_LOT_ID].i, 8);
            put(&o->part, kind, 1);
            put(&o->part, c[POINTS_ENTRY_POINTS].i, 8);
            look_for(k, o, c[POINTS_ENTRY_ORIGIN_ID], true);
        }
}

static void look_for_exceptions(struct sim_checker *k, struct other *o)
{
    for
        EACH(k, scan, SIM_SALE_EXCEPTION)
        {
            const union sim_cell *c = scan.hit.c, *sale = sale_of(k, c[SALE_EXCEPTION_SALE_ID]);
            put(&o->part, c[SALE_EXCEPTION_KIND].i, 1);
            put(&o->part, or_none(c[SALE_EXCEPTION_LINE]), 2);
            if (sale != NULL && sale[SALE_SERIES].i == 'X') {
                put(&o->part, sim_or_zero(c[SALE_EXCEPTION_SAID]), 8);
                put(&o->part, sim_or_zero(c[SALE_EXCEPTION_FOUND]), 8);
            }
            look_for(k, o, c[SALE_EXCEPTION_SALE_ID], true);
        }
}

static void look_for_discounts(struct sim_checker *k, struct other *o)
{
    for
        EACH(k, scan, SIM_SALE_DISCOUNT)
        {
            const union sim_cell *c = scan.hit.c;
            int64_t kind = c[SALE_DISCOUNT_KIND].i;
            put(&o->part, c[SALE_DISCOUNT_LINE].i, 2);
            put(&o->part, kind, 1);
            put(&o->part, sim_or_zero(c[kind >= 3 ? SALE_DISCOUNT_TIMES : SALE_DISCOUNT_RATE_PPM]), 4);
            put(&o->part, c[SALE_DISCOUNT_AMOUNT_MINOR].i, 8);
            put_text(&o->part, c[SALE_DISCOUNT_REASON]);
            look_for(k, o, c[SALE_DISCOUNT_SALE_ID], false);
        }
}

static void look_for_choices(struct sim_checker *k, struct other *o)
{
    for
        EACH(k, scan, SIM_SALE_OPTION)
        {
            const union sim_cell *c = scan.hit.c;
            put(&o->part, c[SALE_OPTION_LINE].i, 2);
            put(&o->part, c[SALE_OPTION_MODIFIER_ID].i, 8);
            put(&o->part, c[SALE_OPTION_OPTION].i, 1);
            put(&o->part, c[SALE_OPTION_PRICE_MINOR].i, 8);
            put_text(&o->part, c[SALE_OPTION_NAME]);
            look_for(k, o, c[SALE_OPTION_SALE_ID], false);
        }
    for
        EACH(k, scan, SIM_SALE_KEYED_PRICE)
        {
            put(&o->part, scan.hit.c[SALE_KEYED_PRICE_LINE].i, 2);
            put(&o->part, scan.hit.c[SALE_KEYED_PRICE_PRICE_MINOR].i, 8);
            look_for(k, o, scan.hit.c[SALE_KEYED_PRICE_SALE_ID], false);
        }
    for
        EACH(k, scan, SIM_SALE_DEPOSIT)
        {
            put(&o->part, scan.hit.c[SALE_DEPOSIT_LINE].i, 2);
            put(&o->part, or_none(scan.hit.c[SALE_DEPOSIT_GOODS_LINE]), 2);
            put(&o->part, scan.hit.c[SALE_DEPOSIT_AMOUNT_MINOR].i, 8);
            look_for(k, o, scan.hit.c[SALE_DEPOSIT_SALE_ID], false);
        }
}

static void journal_parts(struct sim_checker *k)
{
    struct sim_sums sizes = { 0 };
    struct other other = { .sizes = &sizes };
    struct buffer ordered = { 0 };

    look_for_points(k, &other);
    look_for_exceptions(k, &other);
    look_for_discounts(k, &other);
    look_for_choices(k, &other);
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            struct bytes entry = entry_of(k, s);
            if (entry.size == 0)
                continue;
            buffer_clear(&ordered);
            put_text(&ordered, s[SALE_REASON]);
            put_lines(k, s[SALE_ID], &ordered);
            put_taxes(k, s[SALE_ID], &ordered);
            put_tenders(k, s[SALE_ID], entry.data[0], &ordered);
            if (entry.size != head_size(entry) + ordered.size + counts_size(entry.data[0]) +
                                  (size_t)sim_sums_of(&sizes, s[SALE_ID].i, 0) ||
                memcmp(entry.data + head_size(entry), ordered.data, ordered.size) != 0)
                sim_wrong(k, "device=%lld number=%lld sale=%lld", LONG(s[SALE_DEVICE_ID]), LONG(s[SALE_NUMBER]),
                          LONG(s[SALE_ID]));
        }
    buffer_fini(&ordered);
    buffer_fini(&other.part);
    sim_sums_fini(&sizes);
}

const struct sim_named_check sim_parts_checks[] = {
    { "journal_parts", journal_parts },
    { NULL, NULL },
};
