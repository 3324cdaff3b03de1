/* The checks of customers' invoices. */
#include <stdio.h>
#include <string.h>

#include "common/wire/digest.h"
#include "tests/sim/store/sim_check.h"

static bool holds(struct bytes bytes, struct bytes part)
{
    for (size_t at = 0; at + part.size <= bytes.size; at++)
        if (memcmp(bytes.data + at, part.data, part.size) == 0)
            return true;
    return false;
}

/* The entry that its maker left, with the digest of the document. */
static bool has_entry(struct sim_checker *k, const union sim_cell *i)
{
    uint8_t digest[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1];

    sha256(sim_blob_view(i[INVOICE_DOCUMENT_SEALED].b), digest);
    for (size_t at = 0; at < sizeof(digest); at++)
        snprintf(hex + 2 * at, 3, "%02x", digest[at]);
    for (struct sim_scan scan =
             sim_scan(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER, KEY(i[INVOICE_DEVICE_ID], I('L')));
         sim_next(&scan);) {
        struct bytes bytes = sim_blob_view(scan.hit.c[JOURNAL_BYTES].b);
        if (scan.hit.c[JOURNAL_AT].i == i[INVOICE_AT].i && bytes.size >= 44 && bytes.data[42] == 0 &&
            bytes.data[43] == 79 && holds(bytes, bytes_of(hex, sizeof(hex) - 1)))
            return true;
    }
    return false;
}

static bool is_of_its_invoice(struct sim_checker *k, const union sim_cell *i, const union sim_cell *s)
{
    if (i[INVOICE_KIND].i != 2)
        return true;
    const union sim_cell *o = sim_find(k->x, SIM_INVOICE, INVOICE_BY_ID, KEY(i[INVOICE_CREDIT_OF])).c;
    return o != NULL && o[INVOICE_KIND].i == 1 && o[INVOICE_SALE_ID].i == s[SALE_REFUND_OF].i;
}

static void is_right(struct sim_checker *k, const union sim_cell *i)
{
    const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(i[INVOICE_SALE_ID])).c;
    const union sim_cell *p = sim_find(k->x, SIM_STAFF, STAFF_BY_ID, KEY(i[INVOICE_STAFF_ID])).c;
    const union sim_cell *d = sim_find(k->x, SIM_DEVICE, DEVICE_BY_ID, KEY(i[INVOICE_DEVICE_ID])).c;

    if (s == NULL || p == NULL || d == NULL || s[SALE_SHOP_ID].i != i[INVOICE_SHOP_ID].i ||
        p[STAFF_SHOP_ID].i != i[INVOICE_SHOP_ID].i || d[DEVICE_SHOP_ID].i != i[INVOICE_SHOP_ID].i ||
        s[SALE_KIND].i != i[INVOICE_KIND].i || s[SALE_TOTAL_MINOR].i != i[INVOICE_TOTAL_MINOR].i ||
        s[SALE_TAX_MINOR].i != i[INVOICE_TAX_MINOR].i || !is_of_its_invoice(k, i, s) || !has_entry(k, i))
        sim_wrong(k, "what=invoice invoice=%lld sale=%lld", LONG(i[INVOICE_ID]), LONG(i[INVOICE_SALE_ID]));
}

/* What was credited is no more than what it was for. */
static void is_credited(struct sim_checker *k, const union sim_cell *o)
{
    int64_t total = o[INVOICE_TOTAL_MINOR].i, tax = o[INVOICE_TAX_MINOR].i, count = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_INVOICE, INVOICE_BY_CREDIT_OF, KEY(o[INVOICE_ID]));
         sim_next(&scan);) {
        total += scan.hit.c[INVOICE_TOTAL_MINOR].i;
        tax += scan.hit.c[INVOICE_TAX_MINOR].i;
        count++;
    }
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(o[INVOICE_SALE_ID]));
         sim_next(&scan);)
        if (scan.hit.c[SALE_DEPOSIT_AMOUNT_MINOR].i < 0)
            total -= scan.hit.c[SALE_DEPOSIT_AMOUNT_MINOR].i;
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(o[INVOICE_SALE_ID]));
         sim_next(&scan);)
        if (scan.hit.c[SALE_LINE_QUANTITY_MILLI].i < 0 && (scan.hit.c[SALE_LINE_FLAGS].i & 2) == 0)
            tax -= scan.hit.c[SALE_LINE_TAX_MINOR].i;
    if (count > 0 && (total < 0 || tax < 0))
        sim_wrong(k, "what=credited invoice=%lld", LONG(o[INVOICE_ID]));
}

static bool is_same_tax(const union sim_cell *t, const union sim_cell *u)
{
    return t != NULL && u != NULL &&
           bytes_equal(sim_blob_view(t[INVOICE_TAX_CODE].b), sim_blob_view(u[SALE_TAX_CODE].b)) &&
           t[INVOICE_TAX_RATE_PPM].i == u[SALE_TAX_RATE_PPM].i &&
           t[INVOICE_TAX_NET_MINOR].i == u[SALE_TAX_NET_MINOR].i &&
           t[INVOICE_TAX_TAX_MINOR].i == u[SALE_TAX_TAX_MINOR].i;
}

/* Each of the receipt's taxes, and no other. */
static void has_its_taxes(struct sim_checker *k, const union sim_cell *i)
{
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(i[INVOICE_SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *u = scan.hit.c;
        if (!is_same_tax(sim_find(k->x, SIM_INVOICE_TAX, INVOICE_TAX_BY_INVOICE_ID_POSITION,
                                  KEY(i[INVOICE_ID], u[SALE_TAX_POSITION]))
                             .c,
                         u))
            sim_wrong(k, "what=tax invoice=%lld", LONG(i[INVOICE_ID]));
    }
}

static void invoices(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_INVOICE)
        {
            is_right(k, scan.hit.c);
            is_credited(k, scan.hit.c);
            has_its_taxes(k, scan.hit.c);
        }
    for
        EACH(k, scan, SIM_INVOICE_TAX)
        {
            const union sim_cell *t = scan.hit.c;
            const union sim_cell *i = sim_find(k->x, SIM_INVOICE, INVOICE_BY_ID, KEY(t[INVOICE_TAX_INVOICE_ID])).c;
            if (i == NULL || !is_same_tax(t, sim_find(k->x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION,
                                                      KEY(i[INVOICE_SALE_ID], t[INVOICE_TAX_POSITION]))
                                                 .c))
                sim_wrong(k, "what=tax invoice=%lld", LONG(t[INVOICE_TAX_INVOICE_ID]));
        }
}

static void invoice_numbers(struct sim_checker *k)
{
    struct sim_sums given = { 0 };

    for
        EACH(k, scan, SIM_INVOICE)
    sim_sums_add(&given, scan.hit.c[INVOICE_SHOP_ID].i, scan.hit.c[INVOICE_YEAR].i, scan.hit.c[INVOICE_NUMBER].i);
    for
        EACH(k, scan, SIM_INVOICE_SERIES)
        {
            const union sim_cell *s = scan.hit.c;
            struct sim_sum *i = sim_sums_find(&given, s[INVOICE_SERIES_SHOP_ID].i, s[INVOICE_SERIES_YEAR].i);
            if (i != NULL)
                i->seen = true;
            if (i == NULL || i->least != 1 || i->most != i->count || i->count != s[INVOICE_SERIES_NUMBER].i)
                sim_wrong(k, "shop=%lld year=%lld", LONG(s[INVOICE_SERIES_SHOP_ID]), LONG(s[INVOICE_SERIES_YEAR]));
        }
    for (size_t at = 0; at < given.capacity; at++)
        if (given.list[at].count != 0 && !given.list[at].seen)
            sim_wrong(k, "shop=%lld year=%lld has no series", (long long)given.list[at].a, (long long)given.list[at].b);
    sim_sums_fini(&given);
}

static void invoice_papers(struct sim_checker *k)
{
    struct sim_sums papers = { 0 };

    for
        EACH(k, scan, SIM_INVOICE_PAPER)
    sim_sums_add(&papers, scan.hit.c[INVOICE_PAPER_INVOICE_ID].i, 0, scan.hit.c[INVOICE_PAPER_PAPER].i);
    for
        EACH(k, scan, SIM_INVOICE_PRINTED)
        {
            const union sim_cell *c = scan.hit.c;
            struct sim_sum *e = sim_sums_find(&papers, c[INVOICE_PRINTED_INVOICE_ID].i, 0);
            if (e != NULL)
                e->seen = true;
            if (e == NULL || e->least != 1 || e->most != e->count || e->count != c[INVOICE_PRINTED_PAPERS].i)
                sim_wrong(k, "invoice=%lld papers=%lld", LONG(c[INVOICE_PRINTED_INVOICE_ID]),
                          LONG(c[INVOICE_PRINTED_PAPERS]));
        }
    for (size_t at = 0; at < papers.capacity; at++)
        if (papers.list[at].count != 0 && !papers.list[at].seen)
            sim_wrong(k, "invoice=%lld was not counted", (long long)papers.list[at].a);
    sim_sums_fini(&papers);
}

const struct sim_named_check sim_invoice_checks[] = { { "invoices", invoices },
                                                      { "invoice_numbers", invoice_numbers },
                                                      { "invoice_papers", invoice_papers },
                                                      { NULL, NULL } };
