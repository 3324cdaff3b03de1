/* void.sql: what was taken back before it was paid. */
#include "common/base/number.h"
#include "tests/sim/store/sim_sales.h"

static void basket_void_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_BASKET_VOID, 0,
               PUTS(FROM(BASKET_VOID_ID, 1), FROM(BASKET_VOID_SHOP_ID, 2), FROM(BASKET_VOID_DEVICE_ID, 3),
                    FROM(BASKET_VOID_SHIFT_ID, 4), FROM(BASKET_VOID_STAFF_ID, 5), FROM(BASKET_VOID_BUSINESS_DAY, 6),
                    FROM(BASKET_VOID_LINE_COUNT, 7), FROM(BASKET_VOID_TOTAL_MINOR, 8), FROM(BASKET_VOID_REASON, 9),
                    FROM(BASKET_VOID_AT, 10)));
}

static void basket_void_lines_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_BASKET_VOID_LINE,
                   PUTS(FROM(BASKET_VOID_LINE_LINE, 2), FROM(BASKET_VOID_LINE_VOID_ID, 1),
                        FROM(BASKET_VOID_LINE_PRODUCT_ID, 3), FROM(BASKET_VOID_LINE_QUANTITY_MILLI, 4),
                        FROM(BASKET_VOID_LINE_UNIT_PRICE_MINOR, 5), FROM(BASKET_VOID_LINE_GROSS_MINOR, 6),
                        FROM(BASKET_VOID_LINE_BEFORE, 7), FROM(BASKET_VOID_LINE_REASON, 8)));
}

/* ---- the shifts that are reported ---- */

static const union sim_cell *next_of(struct sim_exec *x, const union sim_cell *s)
{
    return sim_find(x, SIM_SHIFT, SHIFT_BY_DEVICE_ID_NUMBER,
                    KEY(s[SHIFT_DEVICE_ID], I(sim_plus(x, s[SHIFT_NUMBER].i, 1))))
        .c;
}

static void void_report_shift(struct sim_exec *x)
{
    int64_t till = sim_int(x, 2);

    if (till == SIM_NULL) {
        const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(I(sim_int(x, 3)))).c;
        till = d == NULL ? SIM_NULL : d[DEVICE_TILL_NUMBER].i;
    }
    for (struct sim_scan scan = sim_scan(x, SIM_DEVICE, DEVICE_BY_SHOP_ID_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);) {
        if (till == SIM_NULL || scan.hit.c[DEVICE_TILL_NUMBER].i != till)
            continue;
        const union sim_cell *s =
            sim_newest(x, SIM_SHIFT, SHIFT_BY_DEVICE_ID_NUMBER, KEY(scan.hit.c[DEVICE_ID]), sim_int(x, 4)).c;
        const union sim_cell *z = s == NULL ? NULL : sim_find(x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(s[SHIFT_ID])).c;
        if (s != NULL)
            sim_emit(x, KEY(s[SHIFT_ID], s[SHIFT_NUMBER], s[SHIFT_DEVICE_ID], s[SHIFT_T_BEFORE],
                            z == NULL ? I(SIM_NULL) : z[SHIFT_Z_T_LAST], s[SHIFT_X_BEFORE],
                            z == NULL ? I(SIM_NULL) : z[SHIFT_Z_X_LAST]));
    }
}

static void void_report_shifts(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan device = sim_scan(x, SIM_DEVICE, DEVICE_BY_SHOP_ID_ID, KEY(I(sim_int(x, 1))));
         sim_next(&device);)
        for (struct sim_scan scan = sim_scan(x, SIM_SHIFT, SHIFT_BY_DEVICE_ID_NUMBER, KEY(device.hit.c[DEVICE_ID]));
             sim_next(&scan);)
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_SHIFT, SHIFT_DEVICE_ID, SHIFT_NUMBER, -1);
    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *s = hits.hits[i].c, *n = next_of(x, s);
        if (s[SHIFT_OPENED_AT].i >= sim_int(x, 3) || (n != NULL && n[SHIFT_OPENED_AT].i <= sim_int(x, 2)))
            continue;
        sim_emit(x, KEY(s[SHIFT_ID], s[SHIFT_NUMBER], s[SHIFT_DEVICE_ID], s[SHIFT_OPENED_AT], s[SHIFT_T_BEFORE],
                        n == NULL ? I(SIM_NULL) : n[SHIFT_T_BEFORE], s[SHIFT_X_BEFORE],
                        n == NULL ? I(SIM_NULL) : n[SHIFT_X_BEFORE]));
    }
}

/* ---- the report ---- */

struct taken_back {
    const union sim_cell *what; /* a sale, or a basket */
    const union sim_cell *line; /* NULL: a basket without any */
    bool sold;
    int64_t at, id, number, amount_minor;
};
struct list {
    struct taken_back *rows;
    size_t count, capacity;
};

static void list_add(struct sim_exec *x, struct list *list, struct taken_back row)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        struct taken_back *larger = sim_memory(x, capacity, sizeof *larger);

        for (size_t i = 0; i < list->count; i++)
            larger[i] = list->rows[i];
        list->rows = larger;
        list->capacity = capacity;
    }
    list->rows[list->count++] = row;
}

static int64_t line_of(const struct taken_back *row)
{
    return row->line == NULL ? 0 : row->line[row->sold ? SALE_LINE_LINE : BASKET_VOID_LINE_LINE].i;
}

static int compare(const void *left, const void *right)
{
    const struct taken_back *a = left, *b = right;
    int64_t keys[][2] = { { a->at, b->at }, { a->id, b->id }, { line_of(a), line_of(b) }, { a->number, b->number } };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return 0;
}

static bool is_of_till(struct sim_exec *x, union sim_cell device_id)
{
    const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(device_id)).c;

    return d != NULL && (sim_int(x, 8) == SIM_NULL || d[DEVICE_TILL_NUMBER].i == sim_int(x, 8));
}

static bool has_staff(struct sim_exec *x, union sim_cell staff_id)
{
    return sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(staff_id)).row != NULL;
}

static void add_sale(struct sim_exec *x, struct list *list, const union sim_cell *s)
{
    if (s[SALE_KIND].i != 1 || (sim_int(x, 6) != SIM_NULL && s[SALE_BUSINESS_DAY].i != sim_int(x, 6)) ||
        (sim_int(x, 7) != SIM_NULL && s[SALE_SHIFT_ID].i != sim_int(x, 7)) || !is_of_till(x, s[SALE_DEVICE_ID]) ||
        !has_staff(x, s[SALE_STAFF_ID]))
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(s[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *l = scan.hit.c;
        struct taken_back row = {
            .what = s, .line = l, .sold = true, .at = s[SALE_AT].i, .id = s[SALE_ID].i, .number = s[SALE_NUMBER].i
        };

        if ((l[SALE_LINE_FLAGS].i & 2) == 0)
            continue;
        multiply_divide(l[SALE_LINE_UNIT_PRICE_MINOR].i, l[SALE_LINE_QUANTITY_MILLI].i, 1000, &row.amount_minor);
        list_add(x, list, row);
    }
}

static void add_basket(struct sim_exec *x, struct list *list, const union sim_cell *v)
{
    struct taken_back row = {
        .what = v, .at = v[BASKET_VOID_AT].i, .id = v[BASKET_VOID_ID].i, .number = INT64_MAX
    }; /* nulls come last */
    bool any = false;

    if (!is_of_till(x, v[BASKET_VOID_DEVICE_ID]) || !has_staff(x, v[BASKET_VOID_STAFF_ID]))
        return;
    for (struct sim_scan scan =
             sim_scan(x, SIM_BASKET_VOID_LINE, BASKET_VOID_LINE_BY_VOID_ID_LINE, KEY(v[BASKET_VOID_ID]));
         sim_next(&scan);) {
        row.line = scan.hit.c;
        row.amount_minor = row.line[BASKET_VOID_LINE_GROSS_MINOR].i;
        list_add(x, list, row);
        any = true;
    }
    if (!any)
        list_add(x, list, row);
}

static void gather(struct sim_exec *x, struct list *list)
{
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        struct bytes series = sim_bytes_at(x, 3, i);

        for (struct sim_scan scan =
                 sim_scan(x, SIM_SALE, SALE_BY_DEVICE_ID_SERIES_NUMBER, KEY(I(sim_int_at(x, 2, i)), I(series.data[0])));
             sim_next(&scan);)
            if (scan.hit.c[SALE_NUMBER].i > sim_int_at(x, 4, i) && scan.hit.c[SALE_NUMBER].i <= sim_int_at(x, 5, i))
                add_sale(x, list, scan.hit.c);
    }
    for (struct sim_scan scan = sim_scan(x, SIM_BASKET_VOID, BASKET_VOID_BY_SHOP_ID, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        if (sim_int(x, 6) != SIM_NULL && scan.hit.c[BASKET_VOID_BUSINESS_DAY].i == sim_int(x, 6))
            add_basket(x, list, scan.hit.c);
    if (sim_int(x, 7) == SIM_NULL)
        return;
    for (struct sim_scan scan = sim_scan(x, SIM_BASKET_VOID, BASKET_VOID_BY_SHIFT_ID, KEY(I(sim_int(x, 7))));
         sim_next(&scan);)
        add_basket(x, list, scan.hit.c);
}

static void emit_row(struct sim_exec *x, const struct taken_back *row, const struct list *list, int64_t sum)
{
    const union sim_cell *w = row->what, *l = row->line, null = I(SIM_NULL);
    const union sim_cell *d =
        sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(w[row->sold ? SALE_DEVICE_ID : BASKET_VOID_DEVICE_ID])).c;
    union sim_cell staff = w[row->sold ? SALE_STAFF_ID : BASKET_VOID_STAFF_ID];
    const union sim_cell *t = sim_find(x, SIM_STAFF, STAFF_BY_ID, KEY(staff)).c;
    union sim_cell reason = row->sold                                           ? l[SALE_LINE_VOID_REASON]
                            : l == NULL || l[BASKET_VOID_LINE_REASON].b == NULL ? w[BASKET_VOID_REASON]
                                                                                : l[BASKET_VOID_LINE_REASON];

    sim_emit(x, KEY(I(row->at), I(row->id), I(line_of(row)), d[DEVICE_TILL_NUMBER], staff, t[STAFF_NAME_SEALED],
                    row->sold ? w[SALE_SERIES] : null, row->sold ? w[SALE_NUMBER] : null,
                    l == NULL ? null : l[row->sold ? SALE_LINE_PRODUCT_ID : BASKET_VOID_LINE_PRODUCT_ID],
                    l == NULL ? null : l[row->sold ? SALE_LINE_QUANTITY_MILLI : BASKET_VOID_LINE_QUANTITY_MILLI],
                    I(row->amount_minor), reason, I((int64_t)list->count), I(sum)));
}

static void void_report_rows(struct sim_exec *x)
{
    struct list list = { 0 };
    int64_t sum = 0, skip = sim_int(x, 9), most = sim_int(x, 10);

    gather(x, &list);
    if (list.count == 0)
        return;
    qsort(list.rows, list.count, sizeof *list.rows, compare);
    for (size_t i = 0; i < list.count; i++)
        sum = sim_plus(x, sum, list.rows[i].amount_minor);
    for (int64_t i = skip; i < (int64_t)list.count && i - skip < most; i++)
        emit_row(x, &list.rows[i], &list, sum);
}

const struct sim_statement sim_void_statements[] = {
    { &sql_basket_void_insert, basket_void_insert, NULL },
    { &sql_basket_void_lines_insert, basket_void_lines_insert, NULL },
    { &sql_void_report_shift, void_report_shift, "id number device_id t_before t_until x_before x_until" },
    { &sql_void_report_shifts, void_report_shifts, "id number device_id opened_at@ t_before t_until x_before x_until" },
    { &sql_void_report_rows, void_report_rows,
      "at@ id line till_number staff_id name_sealed$ series number product_id quantity_milli amount_minor reason$ "
      "row_count sum_minor" },
    { NULL, NULL, NULL },
};
