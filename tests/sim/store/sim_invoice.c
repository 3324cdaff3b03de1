/* invoice.sql: customers' invoices and credit notes. */
#include "tests/sim/store/sim_sales.h"

static const union sim_cell *sale_of_shop(struct sim_exec *x, int id_param, int shop_param)
{
    const union sim_cell *s = sim_find(x, SIM_SALE, SALE_BY_ID, KEY(I(sim_int(x, id_param)))).c;

    return s != NULL && s[SALE_SHOP_ID].i == sim_int(x, shop_param) ? s : NULL;
}

static const union sim_cell *invoice_of_sale(struct sim_exec *x, union sim_cell sale)
{
    return sale.i == SIM_NULL ? NULL : sim_find(x, SIM_INVOICE, INVOICE_BY_SALE_ID, KEY(sale)).c;
}

#define CELL(row, column)      ((row) == NULL ? I(SIM_NULL) : (row)[column])
#define BLOB_CELL(row, column) ((row) == NULL ? B(NULL) : (row)[column])

static void invoice_of(struct sim_exec *x)
{
    const union sim_cell *s = sale_of_shop(x, 1, 2);

    if (s == NULL)
        return;
    const union sim_cell *i = invoice_of_sale(x, s[SALE_ID]), *o = invoice_of_sale(x, s[SALE_REFUND_OF]);
    sim_emit(x, KEY(CELL(i, INVOICE_ID), CELL(i, INVOICE_YEAR), CELL(i, INVOICE_NUMBER),
                    BLOB_CELL(i, INVOICE_DOCUMENT_SEALED), CELL(o, INVOICE_ID), CELL(o, INVOICE_YEAR),
                    CELL(o, INVOICE_NUMBER), BLOB_CELL(o, INVOICE_DOCUMENT_SEALED)));
}

static struct sim_hits refunds_of(struct sim_exec *x, union sim_cell sale)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_REFUND, SALE_REFUND_BY_SALE_ID_NUMBER, KEY(sale));
         sim_next(&scan);)
        sim_gather(x, &hits, sim_find(x, SIM_SALE, SALE_BY_ID, KEY(scan.hit.c[SALE_REFUND_REFUND_ID])));
    return hits;
}

static void invoice_refunds(struct sim_exec *x)
{
    struct sim_hits hits = refunds_of(x, I(sim_int(x, 1)));

    for (size_t i = 0; i < hits.count && (int64_t)i < sim_int(x, 2); i++)
        sim_emit(x, KEY(hits.hits[i].c[SALE_ID]));
}

static void invoice_series_raise(struct sim_exec *x)
{
    int64_t number = sim_int(x, 3);

    sim_propose(x, SIM_INVOICE_SERIES, 0,
                PUTS(FROM(INVOICE_SERIES_SHOP_ID, 1), FROM(INVOICE_SERIES_YEAR, 2), FROM(INVOICE_SERIES_NUMBER, 3)));
    struct sim_hit hit =
        sim_conflict(x, SIM_INVOICE_SERIES, INVOICE_SERIES_BY_SHOP_ID_YEAR, KEY(I(sim_int(x, 1)), I(sim_int(x, 2))));
    if (hit.row != NULL && sim_lock(x, &hit)) {
        number = sim_plus(x, hit.c[INVOICE_SERIES_NUMBER].i, number);
        sim_update(x, &hit, 0, PUTS(VALUE(INVOICE_SERIES_NUMBER, number)));
    } else {
        sim_insert(x, SIM_INVOICE_SERIES, 0,
                   PUTS(FROM(INVOICE_SERIES_SHOP_ID, 1), FROM(INVOICE_SERIES_YEAR, 2), FROM(INVOICE_SERIES_NUMBER, 3)));
    }
    sim_emit(x, KEY(I(number)));
}

static void invoice_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_INVOICE, 0,
               PUTS(FROM(INVOICE_ID, 1), FROM(INVOICE_SHOP_ID, 2), FROM(INVOICE_YEAR, 3), FROM(INVOICE_NUMBER, 4),
                    FROM(INVOICE_KIND, 5), FROM(INVOICE_SALE_ID, 6), FROM(INVOICE_CREDIT_OF, 7),
                    FROM(INVOICE_DEVICE_ID, 8), FROM(INVOICE_STAFF_ID, 9), FROM(INVOICE_TOTAL_MINOR, 10),
                    FROM(INVOICE_TAX_MINOR, 11), FROM(INVOICE_DOCUMENT_SEALED, 12), FROM(INVOICE_AT, 13)));
}

static void invoice_tax_insert(struct sim_exec *x)
{
    sim_insert_all(x, SIM_INVOICE_TAX,
                   PUTS(FROM(INVOICE_TAX_POSITION, 2), FROM(INVOICE_TAX_INVOICE_ID, 1), FROM(INVOICE_TAX_CODE, 3),
                        FROM(INVOICE_TAX_RATE_PPM, 4), FROM(INVOICE_TAX_NET_MINOR, 5), FROM(INVOICE_TAX_TAX_MINOR, 6)));
}

static void invoice_find_number(struct sim_exec *x)
{
    const union sim_cell *i = sim_find(x, SIM_INVOICE, INVOICE_BY_SHOP_ID_YEAR_NUMBER,
                                       KEY(I(sim_int(x, 1)), I(sim_int(x, 2)), I(sim_int(x, 3))))
                                  .c;

    if (i != NULL)
        sim_emit(x, KEY(i[INVOICE_ID]));
}

static void invoice_find_sale(struct sim_exec *x)
{
    const union sim_cell *i = invoice_of_sale(x, I(sim_int(x, 1)));

    if (i != NULL && i[INVOICE_SHOP_ID].i == sim_int(x, 2))
        sim_emit(x, KEY(i[INVOICE_ID]));
}

struct joined {
    const union sim_cell *s, *d, *o;
};

/* Its receipt, the receipt's till, and what it is a credit note of; false: of no till that is known. */
static bool join(struct sim_exec *x, const union sim_cell *i, struct joined *j)
{
    j->s = sim_find(x, SIM_SALE, SALE_BY_ID, KEY(i[INVOICE_SALE_ID])).c;
    j->d = j->s == NULL ? NULL : sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(j->s[SALE_DEVICE_ID])).c;
    j->o = i[INVOICE_CREDIT_OF].i == SIM_NULL ? NULL
                                              : sim_find(x, SIM_INVOICE, INVOICE_BY_ID, KEY(i[INVOICE_CREDIT_OF])).c;
    return j->d != NULL;
}

static void invoice_show(struct sim_exec *x)
{
    const union sim_cell *i = sim_find(x, SIM_INVOICE, INVOICE_BY_ID, KEY(I(sim_int(x, 1)))).c;
    struct joined j;

    if (i == NULL || i[INVOICE_SHOP_ID].i != sim_int(x, 2) || !join(x, i, &j))
        return;
    sim_emit(x, KEY(i[INVOICE_ID], i[INVOICE_YEAR], i[INVOICE_NUMBER], i[INVOICE_KIND], i[INVOICE_SALE_ID],
                    i[INVOICE_TOTAL_MINOR], i[INVOICE_TAX_MINOR], i[INVOICE_AT], i[INVOICE_DOCUMENT_SEALED],
                    j.d[DEVICE_TILL_NUMBER], j.s[SALE_SERIES], j.s[SALE_NUMBER], CELL(j.o, INVOICE_ID),
                    CELL(j.o, INVOICE_YEAR), CELL(j.o, INVOICE_NUMBER)));
}

static void gather_export(struct sim_exec *x, struct sim_hits *hits, struct sim_hit hit)
{
    if (hit.c[INVOICE_ID].i > sim_int(x, 2) && hit.c[INVOICE_AT].i <= sim_int(x, 3))
        sim_gather(x, hits, hit);
}

/* Of a sale that was given to them afterwards what was made since. */
static void gather_invoices(struct sim_exec *x, struct sim_hits *hits, const union sim_cell *sale)
{
    struct sim_hit invoice = sim_find(x, SIM_INVOICE, INVOICE_BY_SALE_ID, KEY(sale[SALE_ID]));

    if (invoice.row == NULL)
        return;
    if (sale[SALE_MEMBER_ID].i == SIM_NULL) {
        const struct sim_hit given = sim_find(x, SIM_SALE_ATTACH, SALE_ATTACH_BY_SALE_ID, KEY(sale[SALE_ID]));

        if (given.row != NULL && invoice.c[INVOICE_AT].i < given.c[SALE_ATTACH_AT].i)
            return;
    }
    gather_export(x, hits, invoice);
    for (struct sim_scan scan = sim_scan(x, SIM_INVOICE, INVOICE_BY_CREDIT_OF, KEY(invoice.c[INVOICE_ID]));
         sim_next(&scan);)
        gather_export(x, hits, scan.hit);
}

static void member_export_invoices(struct sim_exec *x)
{
    struct sim_boughts sales = { 0 };
    struct sim_hits hits = { 0 };
    size_t count, told = 0;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++)
        sim_gather_bought(x, &sales, ids[i]);
    for (size_t i = 0; i < sales.count; i++) {
        bool before = false;
        for (size_t k = 0; k < i; k++)
            before = before || sales.list[k].sale[SALE_ID].i == sales.list[i].sale[SALE_ID].i;
        if (!before)
            gather_invoices(x, &hits, sales.list[i].sale);
    }
    sim_sort(&hits, SIM_INVOICE, INVOICE_ID, -1, -1);
    for (size_t k = 0; k < hits.count && told < 20; k++, told++) {
        const union sim_cell *i = hits.hits[k].c;
        struct joined j;

        if (join(x, i, &j))
            sim_emit(x, KEY(i[INVOICE_ID], i[INVOICE_SHOP_ID], i[INVOICE_YEAR], i[INVOICE_NUMBER], i[INVOICE_KIND],
                            i[INVOICE_TOTAL_MINOR], i[INVOICE_TAX_MINOR], i[INVOICE_AT], i[INVOICE_DOCUMENT_SEALED],
                            j.d[DEVICE_TILL_NUMBER], j.s[SALE_SERIES], j.s[SALE_NUMBER], CELL(j.o, INVOICE_ID),
                            CELL(j.o, INVOICE_YEAR), CELL(j.o, INVOICE_NUMBER)));
    }
}

static void invoice_show_taxes(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_scan(x, SIM_INVOICE_TAX, INVOICE_TAX_BY_INVOICE_ID_POSITION, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_emit_columns(x, scan.hit.c, SIM_INVOICE_TAX,
                         COLUMNS(INVOICE_TAX_CODE, INVOICE_TAX_RATE_PPM, INVOICE_TAX_NET_MINOR, INVOICE_TAX_TAX_MINOR));
}

static void invoice_show_notes(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_INVOICE, INVOICE_BY_CREDIT_OF, KEY(I(sim_int(x, 1)))); sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_INVOICE, INVOICE_YEAR, INVOICE_NUMBER, -1);
    for (size_t i = hits.count > 100 ? hits.count - 100 : 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_INVOICE, COLUMNS(INVOICE_YEAR, INVOICE_NUMBER));
}

static void invoice_print_count(struct sim_exec *x)
{
    struct sim_hit hit = sim_conflict(x, SIM_INVOICE_PRINTED, INVOICE_PRINTED_BY_INVOICE_ID, KEY(I(sim_int(x, 1))));
    int64_t papers = 1;

    if (hit.row != NULL && sim_lock(x, &hit)) {
        papers = hit.c[INVOICE_PRINTED_PAPERS].i + 1;
        sim_update(x, &hit, 0, PUTS(VALUE(INVOICE_PRINTED_PAPERS, papers)));
    } else {
        sim_insert(x, SIM_INVOICE_PRINTED, 0,
                   PUTS(FROM(INVOICE_PRINTED_INVOICE_ID, 1), VALUE(INVOICE_PRINTED_PAPERS, 1)));
    }
    sim_emit(x, KEY(I(papers)));
}

static void invoice_print_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_INVOICE_PAPER, 0,
               PUTS(FROM(INVOICE_PAPER_INVOICE_ID, 1), FROM(INVOICE_PAPER_PAPER, 2), FROM(INVOICE_PAPER_DEVICE_ID, 3),
                    FROM(INVOICE_PAPER_STAFF_ID, 4), FROM(INVOICE_PAPER_AT, 5)));
}

/* Of a year ($2) of a shop ($1), in front of a number ($3), the newest first, so many ($4). */
static struct sim_hits page(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    struct sim_scan scan = sim_range(x, SIM_INVOICE, INVOICE_BY_SHOP_ID_YEAR_NUMBER,
                                     KEY(I(sim_int(x, 1)), I(sim_int(x, 2))), INT64_MIN, sim_int(x, 3) - 1, true);

    while ((int64_t)hits.count < sim_int(x, 4) && sim_next(&scan))
        sim_gather(x, &hits, scan.hit);
    return hits;
}

static void invoice_list(struct sim_exec *x)
{
    struct sim_hits hits = page(x);
    struct joined j;

    for (size_t k = 0; k < hits.count; k++) {
        const union sim_cell *i = hits.hits[k].c;
        if (join(x, i, &j))
            sim_emit(x, KEY(i[INVOICE_YEAR], i[INVOICE_NUMBER], i[INVOICE_KIND], i[INVOICE_TOTAL_MINOR],
                            i[INVOICE_TAX_MINOR], i[INVOICE_AT], j.d[DEVICE_TILL_NUMBER], j.s[SALE_SERIES],
                            j.s[SALE_NUMBER], CELL(j.o, INVOICE_YEAR), CELL(j.o, INVOICE_NUMBER)));
    }
}

static void invoice_wanted(struct sim_exec *x)
{
    struct sim_hits hits = page(x);
    int64_t told = 0;

    for (size_t k = 0; k < hits.count; k++) {
        const union sim_cell *i = hits.hits[k].c;
        struct sim_hits refunds = refunds_of(x, i[INVOICE_SALE_ID]);
        for (size_t r = 0; r < refunds.count && told < sim_int(x, 4); r++) {
            const union sim_cell *s = refunds.hits[r].c;
            const union sim_cell *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(s[SALE_DEVICE_ID])).c;
            if (d == NULL || invoice_of_sale(x, s[SALE_ID]) != NULL)
                continue;
            sim_emit(x, KEY(i[INVOICE_YEAR], i[INVOICE_NUMBER], d[DEVICE_TILL_NUMBER], s[SALE_SERIES], s[SALE_NUMBER]));
            told++;
        }
    }
}

const struct sim_statement sim_invoice_statements[] = {
    { &sql_invoice_of, invoice_of,
      "id year number document_sealed$ original_id original_year original_number original_sealed$" },
    { &sql_invoice_refunds, invoice_refunds, "id" },
    { &sql_invoice_series_raise, invoice_series_raise, "number" },
    { &sql_invoice_insert, invoice_insert, NULL },
    { &sql_invoice_tax_insert, invoice_tax_insert, NULL },
    { &sql_invoice_find_number, invoice_find_number, "id" },
    { &sql_invoice_find_sale, invoice_find_sale, "id" },
    { &sql_member_export_invoices, member_export_invoices,
      "id shop_id year number kind total_minor tax_minor at@ document_sealed$ till_number series receipt_number "
      "original_id "
      "original_year original_number" },
    { &sql_invoice_show, invoice_show,
      "id year number kind sale_id total_minor tax_minor at@ document_sealed$ till_number series receipt_number "
      "original_id original_year original_number" },
    { &sql_invoice_show_taxes, invoice_show_taxes, "code$ rate_ppm net_minor tax_minor" },
    { &sql_invoice_show_notes, invoice_show_notes, "year number" },
    { &sql_invoice_print_count, invoice_print_count, "papers" },
    { &sql_invoice_print_insert, invoice_print_insert, NULL },
    { &sql_invoice_list, invoice_list,
      "year number kind total_minor tax_minor at@ till_number series receipt_number original_year original_number" },
    { &sql_invoice_wanted, invoice_wanted, "year number till_number series receipt_number" },
    { NULL, NULL, NULL },
};
