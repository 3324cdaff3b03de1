/* A check of the strands: that an entry says of a receipt's parts what their rows say. */
#include <string.h>

#include "tests/sim/store/sim_check.h"

#define PART_MAX ((size_t)1 << 20)

/* ---- rows as an entry has them ---- */

enum how {
    AS_IT_IS,
    OR_NONE, /* -1 */
    SINCE_3, /* or zero; before that layout it is not there */
    OF_X,    /* or zero; of other series it is not there */
    AS_TEXT, /* with its length; size is that one's */
    BY_KIND, /* of a discount: how often it was given, or its rate */
    HOW_END
};
struct cell {
    enum how how;
    int column;
    size_t size;
};

static const struct cell line_cells[] = {
    { AS_IT_IS, SALE_LINE_PRODUCT_ID, 8 },
    { AS_IT_IS, SALE_LINE_QUANTITY_MILLI, 8 },
    { AS_IT_IS, SALE_LINE_UNIT_PRICE_MINOR, 8 },
    { AS_IT_IS, SALE_LINE_DISCOUNT_MINOR, 8 },
    { AS_IT_IS, SALE_LINE_TOTAL_MINOR, 8 },
    { AS_IT_IS, SALE_LINE_TAX_MINOR, 8 },
    { AS_IT_IS, SALE_LINE_FLAGS, 1 },
    { OR_NONE, SALE_LINE_REFUND_LINE, 2 },
    { AS_TEXT, SALE_LINE_VOID_REASON, 2 },
    { HOW_END, 0, 0 },
};
static const struct cell tax_cells[] = {
    { AS_TEXT, SALE_TAX_CODE, 2 },
    { AS_IT_IS, SALE_TAX_RATE_PPM, 4 },
    { AS_IT_IS, SALE_TAX_NET_MINOR, 8 },
    { AS_IT_IS, SALE_TAX_TAX_MINOR, 8 },
    { HOW_END, 0, 0 },
};
static const struct cell tender_cells[] = {
    { AS_IT_IS, TENDER_KIND, 1 },           { AS_IT_IS, TENDER_AMOUNT_MINOR, 8 },
    { AS_IT_IS, TENDER_CHANGE_MINOR, 8 },   { SINCE_3, TENDER_TENDER_TYPE_ID, 8 },
    { SINCE_3, TENDER_FORFEITED_MINOR, 8 }, { SINCE_3, TENDER_TIP_MINOR, 8 },
    { AS_TEXT, TENDER_REFERENCE, 2 },       { HOW_END, 0, 0 },
};
static const struct cell points_cells[] = {
    { AS_IT_IS, POINTS_ENTRY_LOT_ID, 8 },
    { AS_IT_IS, POINTS_ENTRY_KIND, 1 },
    { AS_IT_IS, POINTS_ENTRY_POINTS, 8 },
    { HOW_END, 0, 0 },
};
static const struct cell exception_cells[] = {
    { AS_IT_IS, SALE_EXCEPTION_KIND, 1 },
    { OR_NONE, SALE_EXCEPTION_LINE, 2 },
    { OF_X, SALE_EXCEPTION_SAID, 8 },
    { OF_X, SALE_EXCEPTION_FOUND, 8 },
    { HOW_END, 0, 0 },
};
static const struct cell discount_cells[] = {
    { AS_IT_IS, SALE_DISCOUNT_LINE, 2 },  { AS_IT_IS, SALE_DISCOUNT_KIND, 1 },
    { BY_KIND, SALE_DISCOUNT_KIND, 4 },   { AS_IT_IS, SALE_DISCOUNT_AMOUNT_MINOR, 8 },
    { AS_TEXT, SALE_DISCOUNT_REASON, 2 }, { HOW_END, 0, 0 },
};
static const struct cell option_cells[] = {
    { AS_IT_IS, SALE_OPTION_LINE, 2 },   { AS_IT_IS, SALE_OPTION_MODIFIER_ID, 8 },
    { AS_IT_IS, SALE_OPTION_OPTION, 1 }, { AS_IT_IS, SALE_OPTION_PRICE_MINOR, 8 },
    { AS_TEXT, SALE_OPTION_NAME, 2 },    { HOW_END, 0, 0 },
};
static const struct cell keyed_cells[] = {
    { AS_IT_IS, SALE_KEYED_PRICE_LINE, 2 },
    { AS_IT_IS, SALE_KEYED_PRICE_PRICE_MINOR, 8 },
    { HOW_END, 0, 0 },
};
static const struct cell deposit_cells[] = {
    { AS_IT_IS, SALE_DEPOSIT_LINE, 2 },
    { OR_NONE, SALE_DEPOSIT_GOODS_LINE, 2 },
    { AS_IT_IS, SALE_DEPOSIT_AMOUNT_MINOR, 8 },
    { HOW_END, 0, 0 },
};

static void put(struct buffer *out, int64_t value, size_t size)
{
    uint8_t bytes[8];

    put_u64(bytes, (uint64_t)value);
    buffer_append(out, bytes + 8 - size, size, PART_MAX);
}

static void put_text(struct buffer *out, union sim_cell cell, size_t size)
{
    struct bytes text = sim_blob_view(cell.b);

    put(out, (int64_t)text.size, size);
    if (text.size > 0)
        buffer_append(out, text.data, text.size, PART_MAX);
}

static void put_cell(struct buffer *out, const struct cell *cell, const union sim_cell *c, struct bytes entry)
{
    union sim_cell value = c[cell->column];

    switch (cell->how) {
    case AS_IT_IS:
        put(out, value.i, cell->size);
        break;
    case OR_NONE:
        put(out, value.i == SIM_NULL ? -1 : value.i, cell->size);
        break;
    case SINCE_3:
        if (entry.data[0] >= 3)
            put(out, sim_or_zero(value), cell->size);
        break;
    case OF_X:
        if (entry.data[1] == 'X')
            put(out, sim_or_zero(value), cell->size);
        break;
    case AS_TEXT:
        put_text(out, value, cell->size);
        break;
    case BY_KIND:
        put(out, sim_or_zero(c[value.i >= 3 ? SALE_DISCOUNT_TIMES : SALE_DISCOUNT_RATE_PPM]), cell->size);
        break;
    case HOW_END:
        break;
    }
}

static void put_row(struct buffer *out, const struct cell *cells, const union sim_cell *c, struct bytes entry)
{
    for (; cells->how != HOW_END; cells++)
        put_cell(out, cells, c, entry);
}

/* ---- what has an order: reason, lines, taxes, tenders ---- */

static const struct list {
    enum sim_table_id table;
    int index, position; /* position: its number within the receipt */
    size_t count_size;
    const struct cell *cells;
} lists[] = {
    { SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, SALE_LINE_LINE, 2, line_cells },
    { SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, SALE_TAX_POSITION, 1, tax_cells },
    { SIM_TENDER, TENDER_BY_SALE_ID_POSITION, TENDER_POSITION, 1, tender_cells },
};

/* How many were put behind it stands in front of them: as many as the last one's number says, unless one is left out. */
static void put_list(struct sim_checker *k, const struct list *list, union sim_cell sale_id, struct bytes entry,
                     struct buffer *out)
{
    size_t at = out->size;
    int64_t count = 0;
    uint8_t bytes[8];

    put(out, 0, list->count_size);
    for (struct sim_scan scan = sim_scan(k->x, list->table, list->index, KEY(sale_id)); sim_next(&scan);) {
        count = scan.hit.c[list->position].i + 1;
        put_row(out, list->cells, scan.hit.c, entry);
    }
    put_u64(bytes, (uint64_t)count);
    memcpy(out->data + at, bytes + 8 - list->count_size, list->count_size);
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

/* By the receipt itself; not by one that was given to a member afterwards. */
static bool moves_points(struct sim_checker *k, const union sim_cell *c)
{
    int64_t kind = c[POINTS_ENTRY_KIND].i;

    return (kind == 13 || (kind >= 2 && kind <= 6)) && sim_attached(k, c[POINTS_ENTRY_ORIGIN_ID]) == NULL;
}

static const union sim_cell *sale_of(struct sim_checker *k, union sim_cell id)
{
    return sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(id)).c;
}

/* Those of one table. What was written before there were such rows has none. */
static void look_for(struct sim_checker *k, struct other *o, enum sim_table_id table, int sale_column,
                     const struct cell *cells)
{
    bool always = table == SIM_POINTS_ENTRY || table == SIM_SALE_EXCEPTION;

    for
        EACH(k, scan, table)
        {
            const union sim_cell *c = scan.hit.c;
            struct bytes entry = { 0 };
            if (table != SIM_POINTS_ENTRY || moves_points(k, c))
                entry = entry_of(k, sale_of(k, c[sale_column]));
            if (entry.size == 0 || (!always && entry.data[0] < 2))
                continue;
            buffer_clear(&o->part);
            put_row(&o->part, cells, c, entry);
            sim_sums_add(o->sizes, c[sale_column].i, 0, (int64_t)o->part.size);
            if (!memmem(entry.data + head_size(entry), entry.size - head_size(entry), o->part.data, o->part.size))
                sim_wrong(k, "sale=%lld has a row that is not in its entry", LONG(c[sale_column]));
        }
}

static void journal_parts(struct sim_checker *k)
{
    struct sim_sums sizes = { 0 };
    struct other other = { .sizes = &sizes };
    struct buffer ordered = { 0 };

    look_for(k, &other, SIM_POINTS_ENTRY, POINTS_ENTRY_ORIGIN_ID, points_cells);
    look_for(k, &other, SIM_SALE_EXCEPTION, SALE_EXCEPTION_SALE_ID, exception_cells);
    look_for(k, &other, SIM_SALE_DISCOUNT, SALE_DISCOUNT_SALE_ID, discount_cells);
    look_for(k, &other, SIM_SALE_OPTION, SALE_OPTION_SALE_ID, option_cells);
    look_for(k, &other, SIM_SALE_KEYED_PRICE, SALE_KEYED_PRICE_SALE_ID, keyed_cells);
    look_for(k, &other, SIM_SALE_DEPOSIT, SALE_DEPOSIT_SALE_ID, deposit_cells);
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            struct bytes entry = entry_of(k, s);
            if (entry.size == 0)
                continue;
            buffer_clear(&ordered);
            put_text(&ordered, s[SALE_REASON], 2);
            for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
                put_list(k, &lists[i], s[SALE_ID], entry, &ordered);
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
