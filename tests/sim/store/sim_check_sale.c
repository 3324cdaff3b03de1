/* Checks of sales: what was sold, taxed, paid and numbered. */
#include "tests/sim/store/sim_check.h"

static void sale_lines(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *c = scan.hit.c;
            int64_t gross = c[SALE_LINE_GROSS_MINOR].i, discount = c[SALE_LINE_DISCOUNT_MINOR].i;
            __int128 product = (__int128)c[SALE_LINE_UNIT_PRICE_MINOR].i * c[SALE_LINE_QUANTITY_MILLI].i;
            __int128 rounded = (product + (product < 0 ? -500 : 500)) / 1000;
            bool voided = (c[SALE_LINE_FLAGS].i & 2) != 0;
            __int128 off = gross - rounded, allowed = c[SALE_LINE_REFUND_LINE].i == SIM_NULL ? 0 : 2;
            bool between = gross < 0 ? discount >= gross && discount <= 0 : discount >= 0 && discount <= gross;
            if (voided ? gross != 0 || discount != 0 || c[SALE_LINE_TAX_MINOR].i != 0
                       : off > allowed || off < -allowed || !between)
                sim_wrong(k, "sale=%lld line=%lld gross_minor=%lld discount_minor=%lld", LONG(c[SALE_LINE_SALE_ID]),
                          LONG(c[SALE_LINE_LINE]), (long long)gross, (long long)discount);
        }
}

/* The sums of a column of a table, by sale. */
static struct sim_sums sums_by_sale(struct sim_checker *k, enum sim_table_id table, int sale_id, int column)
{
    struct sim_sums sums = { 0 };

    for
        EACH(k, scan, table)
    sim_sums_add(&sums, scan.hit.c[sale_id].i, 0, scan.hit.c[column].i);
    return sums;
}

static void taxes_are(struct sim_checker *k, struct sim_sums taxes, const char *what)
{
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            int64_t sum = sim_sums_of(&taxes, s[SALE_ID].i, 0);
            if (s[SALE_TAX_MINOR].i != sum)
                sim_wrong(k, "sale=%lld tax_minor=%lld %s_minor=%lld", LONG(s[SALE_ID]), LONG(s[SALE_TAX_MINOR]), what,
                          (long long)sum);
        }
    sim_sums_fini(&taxes);
}

static void sale_line_taxes(struct sim_checker *k)
{
    taxes_are(k, sums_by_sale(k, SIM_SALE_LINE, SALE_LINE_SALE_ID, SALE_LINE_TAX_MINOR), "lines");
}

static void sale_taxes(struct sim_checker *k)
{
    taxes_are(k, sums_by_sale(k, SIM_SALE_TAX, SALE_TAX_SALE_ID, SALE_TAX_TAX_MINOR), "components");
}

static void sale_total(struct sim_checker *k)
{
    struct sim_sums lines = sums_by_sale(k, SIM_SALE_LINE, SALE_LINE_SALE_ID, SALE_LINE_TOTAL_MINOR);

    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            struct sim_hit o = { 0 };
            if (s[SALE_REFUND_OF].i != SIM_NULL)
                o = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(s[SALE_REFUND_OF]));
            int64_t version = o.row != NULL ? o.c[SALE_CATALOGUE_VERSION].i : s[SALE_CATALOGUE_VERSION].i;
            struct sim_hit v =
                sim_newest(k->x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, KEY(s[SALE_SHOP_ID]), version);
            int64_t sum = sim_sums_of(&lines, s[SALE_ID].i, 0);
            if (v.row == NULL ||
                s[SALE_TOTAL_MINOR].i != sum + (v.c[SHOP_VERSION_PRICES_INCLUDE_TAX].i ? 0 : s[SALE_TAX_MINOR].i))
                sim_wrong(k, "sale=%lld total_minor=%lld lines_minor=%lld tax_minor=%lld", LONG(s[SALE_ID]),
                          LONG(s[SALE_TOTAL_MINOR]), (long long)sum, LONG(s[SALE_TAX_MINOR]));
        }
    sim_sums_fini(&lines);
}

static void sale_paid(struct sim_checker *k)
{
    struct sim_sums paid = { 0 }, changed = { 0 };

    for
        EACH(k, scan, SIM_TENDER)
        {
            const union sim_cell *t = scan.hit.c;
            sim_sums_add(&paid, t[TENDER_SALE_ID].i, 0,
                         t[TENDER_AMOUNT_MINOR].i - t[TENDER_CHANGE_MINOR].i - sim_or_zero(t[TENDER_FORFEITED_MINOR]) -
                             sim_or_zero(t[TENDER_TIP_MINOR]));
            if (t[TENDER_KIND].i != 1)
                sim_sums_add(&changed, t[TENDER_SALE_ID].i, 0, t[TENDER_CHANGE_MINOR].i);
        }
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            const struct sim_sum *change = sim_sums_find(&changed, s[SALE_ID].i, 0);
            int64_t sum = sim_sums_of(&paid, s[SALE_ID].i, 0);
            if (s[SALE_TOTAL_MINOR].i + sim_or_zero(s[SALE_ROUNDING_MINOR]) != sum ||
                (change != NULL && change->most != 0))
                sim_wrong(k, "sale=%lld total_minor=%lld paid_minor=%lld", LONG(s[SALE_ID]), LONG(s[SALE_TOTAL_MINOR]),
                          (long long)sum);
        }
    sim_sums_fini(&paid);
    sim_sums_fini(&changed);
}

static void tender_types(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_TENDER)
        {
            const union sim_cell *t = scan.hit.c, *s, *v;
            int64_t forfeited = t[TENDER_FORFEITED_MINOR].i, tip = t[TENDER_TIP_MINOR].i;
            if (t[TENDER_TENDER_TYPE_ID].i == SIM_NULL && forfeited == SIM_NULL && tip == SIM_NULL)
                continue;
            s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(t[TENDER_SALE_ID])).c;
            if (s == NULL)
                continue;
            v = t[TENDER_TENDER_TYPE_ID].i == SIM_NULL
                    ? NULL
                    : sim_newest(k->x, SIM_TENDER_TYPE_VERSION, TENDER_TYPE_VERSION_BY_TENDER_TYPE_ID_FROM_VERSION,
                                 KEY(t[TENDER_TENDER_TYPE_ID]), s[SALE_CATALOGUE_VERSION].i)
                          .c;
            if ((t[TENDER_TENDER_TYPE_ID].i != SIM_NULL &&
                 (v == NULL || v[TENDER_TYPE_VERSION_KIND].i != t[TENDER_KIND].i)) ||
                (tip != SIM_NULL && (t[TENDER_KIND].i > 2 || s[SALE_KIND].i != 1 ||
                                     tip > t[TENDER_AMOUNT_MINOR].i - t[TENDER_CHANGE_MINOR].i)) ||
                (forfeited != SIM_NULL && (v == NULL || v[TENDER_TYPE_VERSION_CHANGE].i != 3 || s[SALE_KIND].i != 1 ||
                                           forfeited >= t[TENDER_AMOUNT_MINOR].i)))
                sim_wrong(k, "sale=%lld position=%lld kind=%lld", LONG(t[TENDER_SALE_ID]), LONG(t[TENDER_POSITION]),
                          LONG(t[TENDER_KIND]));
        }
}

static void receipt_numbers(struct sim_checker *k)
{
    struct sim_sums numbers = { 0 };

    for
        EACH(k, scan, SIM_SALE)
    sim_sums_add(&numbers, scan.hit.c[SALE_DEVICE_ID].i, scan.hit.c[SALE_SERIES].i, scan.hit.c[SALE_NUMBER].i);
    for (size_t i = 0; i < numbers.capacity; i++) {
        const struct sim_sum *n = &numbers.list[i];
        if (n->count != 0 && (n->least != 1 || n->most != n->count))
            sim_wrong(k, "device=%lld series=%c first=%lld last=%lld receipts=%lld", (long long)n->a, (int)n->b,
                      (long long)n->least, (long long)n->most, (long long)n->count);
    }
    sim_sums_fini(&numbers);
}

static void sale_commands(struct sim_checker *k)
{
    int64_t since = sim_kept_since(k, SIM_SALE, SALE_AT);

    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            const union sim_cell *r = sim_find(k->x, SIM_SALE_RESCUE, SALE_RESCUE_BY_SALE_ID, KEY(s[SALE_ID])).c;
            struct sim_hit c = sim_find(k->x, SIM_COMMAND, COMMAND_BY_DEVICE_ID_COMMAND_ID,
                                        KEY(r == NULL ? s[SALE_DEVICE_ID] : r[SALE_RESCUE_DEVICE_ID],
                                            r == NULL ? s[SALE_COMMAND_ID] : r[SALE_RESCUE_COMMAND_ID]));
            if (s[SALE_AT].i > since && (c.row == NULL || !sim_went_well(c.c)))
                sim_wrong(k, "sale=%lld device=%lld", LONG(s[SALE_ID]), LONG(s[SALE_DEVICE_ID]));
        }
}

bool sim_excepted(struct sim_checker *k, union sim_cell sale, int64_t kind)
{
    return sim_find(k->x, SIM_SALE_EXCEPTION, SALE_EXCEPTION_BY_SALE_ID_KIND_LINE, KEY(sale, I(kind), I(-1))).row !=
           NULL;
}

/* Is the exception what the sale says? */
static bool is_said(const union sim_cell *e, const union sim_cell *s, const union sim_cell *l)
{
    int64_t kind = e[SALE_EXCEPTION_KIND].i, said = e[SALE_EXCEPTION_SAID].i, found = e[SALE_EXCEPTION_FOUND].i;
    bool of_line = kind == 1 || kind == 3 || kind == 7 || kind == 15;

    if (s == NULL || (of_line ? l == NULL : e[SALE_EXCEPTION_LINE].i != -1) ||
        (kind > 2 && kind != 13 && kind < 15 && (s[SALE_SERIES].i != 'X' || said == SIM_NULL || found == SIM_NULL)))
        return false;
    switch (kind) {
    case 1:
        return (l[SALE_LINE_FLAGS].i & 8) != 0;
    case 3:
        return said == l[SALE_LINE_UNIT_PRICE_MINOR].i;
    case 4:
        return said == s[SALE_TOTAL_MINOR].i;
    case 5:
        return s[SALE_MEMBER_ID].i == SIM_NULL;
    case 6:
        return found == s[SALE_CATALOGUE_VERSION].i;
    case 11:
        return found == s[SALE_STAFF_ID].i;
    case 15:
        return s[SALE_MEMBER_ID].i != SIM_NULL && (l[SALE_LINE_FLAGS].i & 128) == 0;
    default:
        return true;
    }
}

static void sale_exceptions(struct sim_checker *k)
{
    struct sim_sums listed = { 0 };

    for
        EACH(k, scan, SIM_SALE_EXCEPTION)
        {
            const union sim_cell *e = scan.hit.c;
            struct sim_hit l = sim_find(k->x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE,
                                        KEY(e[SALE_EXCEPTION_SALE_ID], e[SALE_EXCEPTION_LINE]));
            struct sim_hit s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(e[SALE_EXCEPTION_SALE_ID]));
            bool late = e[SALE_EXCEPTION_KIND].i == 2;
            if (late)
                sim_sums_add(&listed, e[SALE_EXCEPTION_SALE_ID].i, 0, 1);
            if (late ? s.row == NULL || s.c[SALE_MADE_SHIFT_ID].i == SIM_NULL : !is_said(e, s.c, l.c))
                sim_wrong(k, "sale=%lld kind=%lld line=%lld", LONG(e[SALE_EXCEPTION_SALE_ID]),
                          LONG(e[SALE_EXCEPTION_KIND]), LONG(e[SALE_EXCEPTION_LINE]));
        }
    for
        EACH(k, scan, SIM_SALE)
    if (scan.hit.c[SALE_MADE_SHIFT_ID].i != SIM_NULL && sim_sums_find(&listed, scan.hit.c[SALE_ID].i, 0) == NULL)
        sim_wrong(k, "sale=%lld made_shift=%lld", LONG(scan.hit.c[SALE_ID]), LONG(scan.hit.c[SALE_MADE_SHIFT_ID]));
    sim_sums_fini(&listed);
}

/* Does the sale say so, and by whom? */
static bool is_rescue(struct sim_checker *k, const union sim_cell *r)
{
    const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(r[SALE_RESCUE_SALE_ID])).c;
    const union sim_cell *d = sim_find(k->x, SIM_DEVICE, DEVICE_BY_ID, KEY(r[SALE_RESCUE_DEVICE_ID])).c;
    const union sim_cell *e = sim_find(k->x, SIM_SALE_EXCEPTION, SALE_EXCEPTION_BY_SALE_ID_KIND_LINE,
                                       KEY(r[SALE_RESCUE_SALE_ID], I(13), I(-1)))
                                  .c;

    if (s == NULL || d == NULL || e == NULL || s[SALE_KIND].i != 1 || d[DEVICE_SHOP_ID].i != s[SALE_SHOP_ID].i)
        return false;
    if (s[SALE_SERIES].i != 'X')
        return e[SALE_EXCEPTION_SAID].i == SIM_NULL && e[SALE_EXCEPTION_FOUND].i == SIM_NULL;
    return e[SALE_EXCEPTION_SAID].i == s[SALE_DEVICE_ID].i && e[SALE_EXCEPTION_FOUND].i == r[SALE_RESCUE_DEVICE_ID].i;
}

static void sale_rescues(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_RESCUE)
    if (!is_rescue(k, scan.hit.c))
        sim_wrong(k, "sale=%lld device=%lld", LONG(scan.hit.c[SALE_RESCUE_SALE_ID]),
                  LONG(scan.hit.c[SALE_RESCUE_DEVICE_ID]));
    for
        EACH(k, scan, SIM_SALE_EXCEPTION)
    if (scan.hit.c[SALE_EXCEPTION_KIND].i == 13 &&
        (scan.hit.c[SALE_EXCEPTION_LINE].i != -1 ||
         sim_find(k->x, SIM_SALE_RESCUE, SALE_RESCUE_BY_SALE_ID, KEY(scan.hit.c[SALE_EXCEPTION_SALE_ID])).row == NULL))
        sim_wrong(k, "sale=%lld", LONG(scan.hit.c[SALE_EXCEPTION_SALE_ID]));
}

static void sale_told(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_LINE)
        {
            const union sim_cell *l = scan.hit.c;
            if ((l[SALE_LINE_FLAGS].i & 128) == 0)
                continue;
            const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(l[SALE_LINE_SALE_ID])).c;
            if (s == NULL)
                continue; /* sale_parts says so */
            const union sim_cell *v = sim_newest(k->x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION,
                                                 KEY(l[SALE_LINE_PRODUCT_ID]), s[SALE_CATALOGUE_VERSION].i)
                                          .c;
            bool has = v != NULL && (v[PRODUCT_VERSION_CONTAINS].i | v[PRODUCT_VERSION_MAY_CONTAIN].i) != 0;
            if (!has || s[SALE_KIND].i != 1 || s[SALE_MEMBER_ID].i == SIM_NULL || (l[SALE_LINE_FLAGS].i & 2) != 0 ||
                l[SALE_LINE_QUANTITY_MILLI].i <= 0)
                sim_wrong(k, "sale=%lld line=%lld", LONG(l[SALE_LINE_SALE_ID]), LONG(l[SALE_LINE_LINE]));
        }
}

static void sale_names(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE)
        {
            const union sim_cell *s = scan.hit.c;
            struct sim_hit d = sim_find(k->x, SIM_DEVICE, DEVICE_BY_ID, KEY(s[SALE_DEVICE_ID]));
            if (d.row == NULL || d.c[DEVICE_SHOP_ID].i != s[SALE_SHOP_ID].i ||
                sim_find(k->x, SIM_STAFF, STAFF_BY_ID, KEY(s[SALE_STAFF_ID])).row == NULL ||
                (s[SALE_MEMBER_ID].i != SIM_NULL &&
                 sim_find(k->x, SIM_MEMBER, MEMBER_BY_ID, KEY(s[SALE_MEMBER_ID])).row == NULL))
                sim_wrong(k, "sale=%lld shop=%lld device=%lld staff=%lld", LONG(s[SALE_ID]), LONG(s[SALE_SHOP_ID]),
                          LONG(s[SALE_DEVICE_ID]), LONG(s[SALE_STAFF_ID]));
        }
}

static void are_of_sales(struct sim_checker *k, enum sim_table_id table, int sale_id, const char *what)
{
    for
        EACH(k, scan, table)
    if (sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(scan.hit.c[sale_id])).row == NULL)
        sim_wrong(k, "what=%s sale=%lld", what, LONG(scan.hit.c[sale_id]));
}

static void sale_parts(struct sim_checker *k)
{
    are_of_sales(k, SIM_SALE_LINE, SALE_LINE_SALE_ID, "line");
    are_of_sales(k, SIM_SALE_TAX, SALE_TAX_SALE_ID, "tax");
    are_of_sales(k, SIM_TENDER, TENDER_SALE_ID, "tender");
    for
        EACH(k, scan, SIM_SALE_LINE)
    if (sim_find(k->x, SIM_PRODUCT, PRODUCT_BY_ID, KEY(scan.hit.c[SALE_LINE_PRODUCT_ID])).row == NULL)
        sim_wrong(k, "what=line sale=%lld product=%lld", LONG(scan.hit.c[SALE_LINE_SALE_ID]),
                  LONG(scan.hit.c[SALE_LINE_PRODUCT_ID]));
}

static void receipt_copies(struct sim_checker *k)
{
    struct sim_sums copies = { 0 };

    for
        EACH(k, scan, SIM_RECEIPT_COPY)
    sim_sums_add(&copies, scan.hit.c[RECEIPT_COPY_SALE_ID].i, 0, scan.hit.c[RECEIPT_COPY_COPY].i);
    for
        EACH(k, scan, SIM_RECEIPT_COPIED)
        {
            const union sim_cell *c = scan.hit.c;
            struct sim_sum *e = sim_sums_find(&copies, c[RECEIPT_COPIED_SALE_ID].i, 0);
            if (e != NULL)
                e->seen = true;
            if (e == NULL || e->least != 1 || e->most != e->count || e->count != c[RECEIPT_COPIED_COPIES].i)
                sim_wrong(k, "sale=%lld copies=%lld", LONG(c[RECEIPT_COPIED_SALE_ID]), LONG(c[RECEIPT_COPIED_COPIES]));
        }
    for (size_t i = 0; i < copies.capacity; i++)
        if (copies.list[i].count != 0 && !copies.list[i].seen)
            sim_wrong(k, "sale=%lld was not counted", (long long)copies.list[i].a);
    sim_sums_fini(&copies);
}

const struct sim_named_check sim_sale_checks[] = {
    { "sale_lines", sale_lines },
    { "sale_line_taxes", sale_line_taxes },
    { "sale_taxes", sale_taxes },
    { "sale_total", sale_total },
    { "sale_paid", sale_paid },
    { "tender_types", tender_types },
    { "receipt_numbers", receipt_numbers },
    { "sale_commands", sale_commands },
    { "sale_exceptions", sale_exceptions },
    { "sale_rescues", sale_rescues },
    { "sale_told", sale_told },
    { "sale_names", sale_names },
    { "sale_parts", sale_parts },
    { "receipt_copies", receipt_copies },
    { NULL, NULL },
};
