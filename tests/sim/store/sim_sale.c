/* sale_show.sql, receipt_print.sql: a sale as it was, and its receipt's copies. */
#include "tests/sim/store/sim_sales.h"

static void sale_show_number(struct sim_exec *x)
{
    struct sim_hit sale = sim_find_receipt(x, sim_int(x, 1), sim_int(x, 2), sim_letter(x, 3), sim_int(x, 4));

    if (sale.row != NULL)
        sim_emit(x, KEY(sale.c[SALE_ID]));
}

static void sale_show_entry(struct sim_exec *x)
{
    const union sim_cell *till = sim_find_till(x, sim_int(x, 1), sim_int(x, 2)).c;
    const union sim_cell *j = till == NULL ? NULL
                                           : sim_find(x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER,
                                                      KEY(till[DEVICE_ID], I(sim_letter(x, 3)), I(sim_int(x, 4))))
                                                 .c;

    if (j != NULL)
        sim_emit(x, KEY(j[JOURNAL_BYTES], j[JOURNAL_HASH]));
}

static const union sim_cell *newest_of(struct sim_exec *x, char series)
{
    return sim_newest(x, SIM_SALE, SALE_BY_DEVICE_ID_SERIES_NUMBER, KEY(I(sim_int(x, 1)), I(series)), INT64_MAX).c;
}

static void sale_show_last(struct sim_exec *x)
{
    const union sim_cell *t = newest_of(x, 'T'), *o = newest_of(x, 'X');

    if (t == NULL ||
        (o != NULL && (o[SALE_AT].i > t[SALE_AT].i || (o[SALE_AT].i == t[SALE_AT].i && o[SALE_ID].i > t[SALE_ID].i))))
        t = o;
    if (t != NULL)
        sim_emit(x, KEY(t[SALE_ID]));
}

static struct sim_hit find_sale(struct sim_exec *x, union sim_cell id)
{
    return id.i == SIM_NULL ? (struct sim_hit){ 0 } : sim_find(x, SIM_SALE, SALE_BY_ID, KEY(id));
}

static int64_t refunded_of(struct sim_exec *x, union sim_cell sale_id)
{
    int64_t sum = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_SALE, SALE_BY_REFUND_OF, KEY(sale_id)); sim_next(&scan);)
        sum -= scan.hit.c[SALE_TOTAL_MINOR].i;
    return sum;
}

static void sale_show_settings(struct sim_exec *x)
{
    const union sim_cell id = I(sim_int(x, 1));
    const union sim_cell *v =
        sim_newest(x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION, KEY(I(sim_int(x, 2))), sim_int(x, 3)).c;
    const union sim_cell *i = sim_find(x, SIM_INVOICE, INVOICE_BY_SALE_ID, KEY(id)).c;

    if (v != NULL)
        sim_emit(x,
                 KEY(i == NULL ? I(SIM_NULL) : i[INVOICE_YEAR], i == NULL ? I(SIM_NULL) : i[INVOICE_NUMBER],
                     I(refunded_of(x, id)), v[SHOP_VERSION_NAME], v[SHOP_VERSION_ADDRESS], v[SHOP_VERSION_TAX_NUMBER],
                     v[SHOP_VERSION_RECEIPT_HEAD], v[SHOP_VERSION_RECEIPT_FOOT], v[SHOP_VERSION_CURRENCY],
                     v[SHOP_VERSION_CURRENCY_EXPONENT], v[SHOP_VERSION_ZONE], v[SHOP_VERSION_PRICES_INCLUDE_TAX]));
}

static void sale_show_names(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        const union sim_cell *p = sim_find_name(x, sim_int_at(x, 1, i), sim_int(x, 3)).c;
        if (p != NULL)
            sim_emit(x, KEY(I(0), I(sim_int_at(x, 1, i)), p[PRODUCT_VERSION_NAME], p[PRODUCT_VERSION_UNIT]));
    }
    for (size_t i = 0; i < sim_count(x, 2); i++) {
        const union sim_cell *t =
            sim_newest(x, SIM_TENDER_TYPE_VERSION, TENDER_TYPE_VERSION_BY_TENDER_TYPE_ID_FROM_VERSION,
                       KEY(I(sim_int_at(x, 2, i))), sim_int(x, 3))
                .c;
        if (t != NULL)
            sim_emit(x, KEY(I(1), I(sim_int_at(x, 2, i)), t[TENDER_TYPE_VERSION_NAME], I(0)));
    }
}

struct sim_blob *sim_record_of(struct sim_exec *x, struct sim_blob *entry)
{
    struct bytes bytes = sim_blob_view(entry);
    size_t from = bytes.size < 196 ? bytes.size : 196, left = bytes.size - from;

    return sim_blob(x, bytes_of(bytes.data + from, left < 32 ? left : 32));
}

/* Where a till printed it by itself, its paper bears that. */
static struct sim_blob *paper_hash(struct sim_exec *x, const union sim_cell *sale, const union sim_cell *entry)
{
    if (entry == NULL)
        return NULL;
    if (sale[SALE_SERIES].i != 'X')
        return entry[JOURNAL_HASH].b;
    return sim_record_of(x, entry[JOURNAL_BYTES].b);
}

/* It took empties back. */
static bool took_empties(struct sim_exec *x, union sim_cell sale_id)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(sale_id)); sim_next(&scan);)
        if (scan.hit.c[SALE_LINE_QUANTITY_MILLI].i < 0)
            return true;
    return false;
}

/* Its member, and nothing moved for them. */
static bool was_erased(struct sim_exec *x, const union sim_cell *sale)
{
    struct sim_scan moved = sim_scan(x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(sale[SALE_ID]));

    return sale[SALE_MEMBER_ID].i != SIM_NULL &&
           sim_find(x, SIM_ERASURE, ERASURE_BY_MEMBER_ID, KEY(sale[SALE_MEMBER_ID])).c != NULL && !sim_next(&moved);
}

/* Of what a refund took back of points: what had expired before. */
static int64_t gone_of(struct sim_exec *x, const union sim_cell *sale)
{
    int64_t points = 0;

    for (struct sim_scan scan = sim_scan(x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(sale[SALE_ID]));
         sale[SALE_KIND].i == 2 && sim_next(&scan);)
        points += scan.hit.c[POINTS_ENTRY_KIND].i == 13 ? scan.hit.c[POINTS_ENTRY_POINTS].i : 0;
    return points;
}

static void sale_show_head(struct sim_exec *x)
{
    struct sim_hit sale = find_sale(x, I(sim_int(x, 1)));

    if (sale.row == NULL || sale.c[SALE_SHOP_ID].i != sim_int(x, 2))
        return;
    const union sim_cell *s = sale.c, *d = sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(s[SALE_DEVICE_ID])).c;
    const union sim_cell *o = find_sale(x, s[SALE_REFUND_OF]).c;
    const union sim_cell *od = o == NULL ? NULL : sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(o[SALE_DEVICE_ID])).c;
    const union sim_cell *j = sim_find(x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER,
                                       KEY(s[SALE_DEVICE_ID], s[SALE_SERIES], s[SALE_NUMBER]))
                                  .c;
    const union sim_cell *v = sim_newest(x, SIM_SHOP_VERSION, SHOP_VERSION_BY_SHOP_ID_FROM_VERSION,
                                         KEY(s[SALE_SHOP_ID]), s[SALE_CATALOGUE_VERSION].i)
                                  .c;
    const union sim_cell *i = sim_find(x, SIM_INVOICE, INVOICE_BY_SALE_ID, KEY(s[SALE_ID])).c;
    const union sim_cell *oi = o == NULL ? NULL : sim_find(x, SIM_INVOICE, INVOICE_BY_SALE_ID, KEY(o[SALE_ID])).c;
    if (d == NULL || v == NULL)
        return;
    sim_emit(x, KEY(s[SALE_ID], s[SALE_SERIES], s[SALE_NUMBER], s[SALE_KIND], s[SALE_SERVICE], s[SALE_MEMBER_ID],
                    s[SALE_STAFF_ID], s[SALE_CATALOGUE_VERSION], s[SALE_TOTAL_MINOR], s[SALE_TAX_MINOR],
                    s[SALE_POINTS_EARNED], s[SALE_POINTS_SPENT], s[SALE_POINTS_GIFTED], s[SALE_POINTS_AFTER],
                    I(gone_of(x, s)), s[SALE_BUSINESS_DAY], s[SALE_MADE_AT], s[SALE_AT], d[DEVICE_TILL_NUMBER],
                    I(sim_or_zero(s[SALE_ROUNDING_MINOR])), I(sim_or_zero(s[SALE_APPROVED_BY])),
                    o == NULL ? I(SIM_NULL) : o[SALE_SERIES], o == NULL ? I(SIM_NULL) : o[SALE_NUMBER],
                    od == NULL ? I(SIM_NULL) : od[DEVICE_TILL_NUMBER], i == NULL ? I(SIM_NULL) : i[INVOICE_YEAR],
                    i == NULL ? I(SIM_NULL) : i[INVOICE_NUMBER], oi == NULL ? I(SIM_NULL) : oi[INVOICE_YEAR],
                    oi == NULL ? I(SIM_NULL) : oi[INVOICE_NUMBER], I(refunded_of(x, s[SALE_ID])),
                    I(o != NULL && took_empties(x, o[SALE_ID])),
                    o == NULL ? s[SALE_CATALOGUE_VERSION] : o[SALE_CATALOGUE_VERSION], I(was_erased(x, s)),
                    B(paper_hash(x, s, j)), v[SHOP_VERSION_NAME], v[SHOP_VERSION_ADDRESS], v[SHOP_VERSION_TAX_NUMBER],
                    v[SHOP_VERSION_RECEIPT_HEAD], v[SHOP_VERSION_RECEIPT_FOOT], v[SHOP_VERSION_CURRENCY],
                    v[SHOP_VERSION_CURRENCY_EXPONENT], v[SHOP_VERSION_ZONE], v[SHOP_VERSION_PRICES_INCLUDE_TAX],
                    s[SALE_REASON]));
}

static void sale_show_lines(struct sim_exec *x)
{
    const union sim_cell *s = find_sale(x, I(sim_int(x, 1))).c;

    if (s == NULL)
        return;
    const union sim_cell *o = find_sale(x, s[SALE_REFUND_OF]).c;
    int64_t version = o == NULL ? s[SALE_CATALOGUE_VERSION].i : o[SALE_CATALOGUE_VERSION].i;
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_LINE, SALE_LINE_BY_SALE_ID_LINE, KEY(s[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c, *p = sim_find_name(x, c[SALE_LINE_PRODUCT_ID].i, version).c;
        if (p != NULL)
            sim_emit(x, KEY(c[SALE_LINE_PRODUCT_ID], c[SALE_LINE_QUANTITY_MILLI], c[SALE_LINE_UNIT_PRICE_MINOR],
                            c[SALE_LINE_GROSS_MINOR], c[SALE_LINE_DISCOUNT_MINOR], c[SALE_LINE_TOTAL_MINOR],
                            c[SALE_LINE_TAX_MINOR], c[SALE_LINE_FLAGS],
                            c[SALE_LINE_REFUND_LINE].i == SIM_NULL ? I(-1) : c[SALE_LINE_REFUND_LINE],
                            c[SALE_LINE_VOID_REASON], p[PRODUCT_VERSION_NAME], p[PRODUCT_VERSION_UNIT]));
    }
}

static void sale_show_taxes(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_TAX, SALE_TAX_BY_SALE_ID_POSITION, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_emit_columns(x, scan.hit.c, SIM_SALE_TAX,
                         COLUMNS(SALE_TAX_CODE, SALE_TAX_RATE_PPM, SALE_TAX_NET_MINOR, SALE_TAX_TAX_MINOR));
}

static void sale_show_tenders(struct sim_exec *x)
{
    const union sim_cell *s = find_sale(x, I(sim_int(x, 1))).c;

    if (s == NULL)
        return;
    const union sim_cell *o = find_sale(x, s[SALE_REFUND_OF]).c;
    int64_t version = o == NULL ? s[SALE_CATALOGUE_VERSION].i : o[SALE_CATALOGUE_VERSION].i;
    for (struct sim_scan scan = sim_scan(x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(s[SALE_ID]));
         sim_next(&scan);) {
        const union sim_cell *c = scan.hit.c;
        int64_t type = sim_or_zero(c[TENDER_TENDER_TYPE_ID]);
        const union sim_cell *e =
            sim_find(x, SIM_ACCOUNT_ENTRY, ACCOUNT_ENTRY_BY_ORIGIN_ID_POSITION, KEY(s[SALE_ID], c[TENDER_POSITION])).c;
        const union sim_cell *g =
            sim_find(x, SIM_GIFT_CARD_ENTRY, GIFT_CARD_ENTRY_BY_ORIGIN_ID_POSITION, KEY(s[SALE_ID], c[TENDER_POSITION]))
                .c;
        const union sim_cell *card =
            g == NULL ? NULL : sim_find(x, SIM_GIFT_CARD, GIFT_CARD_BY_ID, KEY(g[GIFT_CARD_ENTRY_CARD_ID])).c;
        sim_emit(x, KEY(c[TENDER_KIND], I(type), B(sim_tender_name(x, c[TENDER_KIND].i, type, version)),
                        c[TENDER_AMOUNT_MINOR], c[TENDER_CHANGE_MINOR], I(sim_or_zero(c[TENDER_FORFEITED_MINOR])),
                        I(sim_or_zero(c[TENDER_TIP_MINOR])), c[TENDER_REFERENCE],
                        e == NULL ? I(0) : e[ACCOUNT_ENTRY_ACCOUNT_ID], g == NULL ? I(0) : g[GIFT_CARD_ENTRY_CARD_ID],
                        card == NULL ? B(sim_text(x, "")) : card[GIFT_CARD_LAST_FOUR],
                        g == NULL ? I(0) : g[GIFT_CARD_ENTRY_BALANCE_MINOR]));
    }
}

/* Of another shop's sale it is not told. */
static bool emit_exception(struct sim_exec *x, const union sim_cell *e)
{
    const union sim_cell *s = find_sale(x, e[SALE_EXCEPTION_SALE_ID]).c;
    const union sim_cell *d = s == NULL ? NULL : sim_find(x, SIM_DEVICE, DEVICE_BY_ID, KEY(s[SALE_DEVICE_ID])).c;
    const union sim_cell *r =
        s == NULL ? NULL : sim_find(x, SIM_SALE_RESCUE, SALE_RESCUE_BY_SALE_ID, KEY(s[SALE_ID])).c;

    if (d == NULL || s[SALE_SHOP_ID].i != sim_int(x, 1))
        return false;
    sim_emit(x, KEY(s[SALE_ID], d[DEVICE_TILL_NUMBER], s[SALE_SERIES], s[SALE_NUMBER], s[SALE_MADE_AT], s[SALE_AT],
                    s[SALE_TOTAL_MINOR], s[SALE_STAFF_ID], s[SALE_BROUGHT_BY],
                    r == NULL ? I(SIM_NULL) : r[SALE_RESCUE_DEVICE_ID], e[SALE_EXCEPTION_KIND], e[SALE_EXCEPTION_LINE],
                    e[SALE_EXCEPTION_SAID], e[SALE_EXCEPTION_FOUND]));
    return true;
}

static void sale_exception_list(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };
    int64_t told = 0;

    for (struct sim_scan scan = sim_all(x, SIM_SALE_EXCEPTION); sim_next(&scan);)
        if (scan.hit.c[SALE_EXCEPTION_SALE_ID].i < sim_int(x, 2))
            sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_SALE_EXCEPTION, SIM_DOWN(SALE_EXCEPTION_SALE_ID), SIM_DOWN(SALE_EXCEPTION_KIND),
             SIM_DOWN(SALE_EXCEPTION_LINE));
    for (size_t i = 0; i < hits.count && told < sim_int(x, 3); i++)
        told += emit_exception(x, hits.hits[i].c);
}

static void receipt_print_count(struct sim_exec *x)
{
    struct sim_hit hit = sim_conflict(x, SIM_RECEIPT_COPIED, RECEIPT_COPIED_BY_SALE_ID, KEY(I(sim_int(x, 1))));
    int64_t copies = 1;

    if (hit.row != NULL && sim_lock(x, &hit)) {
        copies = hit.c[RECEIPT_COPIED_COPIES].i + 1;
        sim_update(x, &hit, 0, PUTS(VALUE(RECEIPT_COPIED_COPIES, copies)));
    } else {
        sim_insert(x, SIM_RECEIPT_COPIED, 0, PUTS(FROM(RECEIPT_COPIED_SALE_ID, 1), VALUE(RECEIPT_COPIED_COPIES, 1)));
    }
    sim_emit(x, KEY(I(copies)));
}

static void receipt_print_insert(struct sim_exec *x)
{
    sim_insert(x, SIM_RECEIPT_COPY, 0,
               PUTS(FROM(RECEIPT_COPY_SALE_ID, 1), FROM(RECEIPT_COPY_COPY, 2), FROM(RECEIPT_COPY_GIFT, 3),
                    FROM(RECEIPT_COPY_DEVICE_ID, 4), FROM(RECEIPT_COPY_STAFF_ID, 5), FROM(RECEIPT_COPY_AT, 6)));
}

static void sale_show_discounts(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_DISCOUNT, SALE_DISCOUNT_BY_SALE_ID_LINE, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_SALE_DISCOUNT, SALE_DISCOUNT_LINE, SALE_DISCOUNT_KIND, SALE_DISCOUNT_PROMOTION_ID);
    for (size_t i = 0; i < hits.count; i++) {
        const union sim_cell *c = hits.hits[i].c;
        sim_emit(x, KEY(c[SALE_DISCOUNT_LINE], c[SALE_DISCOUNT_KIND], I(sim_or_zero(c[SALE_DISCOUNT_RATE_PPM])),
                        c[SALE_DISCOUNT_AMOUNT_MINOR], c[SALE_DISCOUNT_REASON], c[SALE_DISCOUNT_PROMOTION_ID],
                        I(sim_or_zero(c[SALE_DISCOUNT_TIMES]))));
    }
}

static void sale_show_notes(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_NOTE, SALE_NOTE_BY_SALE_ID_LINE, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_emit_columns(x, scan.hit.c, SIM_SALE_NOTE, COLUMNS(SALE_NOTE_LINE, SALE_NOTE_NOTE));
}

static void sale_show_options(struct sim_exec *x)
{
    struct sim_hits hits = { 0 };

    for (struct sim_scan scan = sim_scan(x, SIM_SALE_OPTION, SALE_OPTION_BY_SALE_ID_LINE, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_SALE_OPTION, SALE_OPTION_LINE, SALE_OPTION_POSITION, -1);
    for (size_t i = 0; i < hits.count; i++)
        sim_emit_columns(x, hits.hits[i].c, SIM_SALE_OPTION,
                         COLUMNS(SALE_OPTION_LINE, SALE_OPTION_MODIFIER_ID, SALE_OPTION_OPTION, SALE_OPTION_NAME,
                                 SALE_OPTION_PRICE_MINOR));
}

static void sale_show_keyed(struct sim_exec *x)
{
    for (struct sim_scan scan =
             sim_scan(x, SIM_SALE_KEYED_PRICE, SALE_KEYED_PRICE_BY_SALE_ID_LINE, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_emit_columns(x, scan.hit.c, SIM_SALE_KEYED_PRICE,
                         COLUMNS(SALE_KEYED_PRICE_LINE, SALE_KEYED_PRICE_PRICE_MINOR));
}

static void sale_show_deposits(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_scan(x, SIM_SALE_DEPOSIT, SALE_DEPOSIT_BY_SALE_ID_LINE, KEY(I(sim_int(x, 1))));
         sim_next(&scan);) {
        const union sim_cell *d = scan.hit.c;
        sim_emit(x, KEY(d[SALE_DEPOSIT_LINE],
                        d[SALE_DEPOSIT_GOODS_LINE].i == SIM_NULL ? I(-1) : d[SALE_DEPOSIT_GOODS_LINE],
                        d[SALE_DEPOSIT_AMOUNT_MINOR]));
    }
}

static void sale_show_refunded(struct sim_exec *x)
{
    for (struct sim_scan scan = sim_scan(x, SIM_REFUNDED, REFUNDED_BY_SALE_ID_LINE, KEY(I(sim_int(x, 1))));
         sim_next(&scan);)
        sim_emit_columns(x, scan.hit.c, SIM_REFUNDED,
                         COLUMNS(REFUNDED_LINE, REFUNDED_QUANTITY_MILLI, REFUNDED_TOTAL_MINOR));
}

const struct sim_statement sim_sale_statements[] = {
    { &sql_receipt_print_count, receipt_print_count, "copies" },
    { &sql_receipt_print_insert, receipt_print_insert, NULL },
    { &sql_sale_exception_list, sale_exception_list,
      "id till_number series number made_at@ at@ total_minor staff_id brought_by brought_device_id kind line said "
      "found" },
    { &sql_sale_show_entry, sale_show_entry, "bytes$ hash$" },
    { &sql_sale_show_settings, sale_show_settings,
      "invoice_year invoice_number refunded_minor name$ address$ tax_number$ receipt_head$ receipt_foot$ currency$ "
      "currency_exponent zone$ prices_include_tax?" },
    { &sql_sale_show_names, sale_show_names, "pays? id name$ unit" },
    { &sql_sale_show_number, sale_show_number, "id" },
    { &sql_sale_show_last, sale_show_last, "id" },
    { &sql_sale_show_head, sale_show_head,
      "id series number kind service member_id staff_id catalogue_version total_minor tax_minor points_earned "
      "points_spent "
      "points_gifted points_after points_gone business_day# made_at@ at@ till_number rounding_minor approved_by "
      "original_series "
      "original_number original_till invoice_year invoice_number invoice_of_year invoice_of_number "
      "refunded_minor empties_stay? priced_version member_erased? hash$ name$ address$ tax_number$ receipt_head$ "
      "receipt_foot$ currency$ "
      "currency_exponent zone$ "
      "prices_include_tax? reason$" },
    { &sql_sale_show_lines, sale_show_lines,
      "product_id quantity_milli unit_price_minor gross_minor discount_minor total_minor tax_minor flags refund_line "
      "void_reason$ name$ unit" },
    { &sql_sale_show_taxes, sale_show_taxes, "code$ rate_ppm net_minor tax_minor" },
    { &sql_sale_show_discounts, sale_show_discounts, "line kind rate_ppm amount_minor reason$ promotion_id times" },
    { &sql_sale_show_notes, sale_show_notes, "line note$" },
    { &sql_sale_show_options, sale_show_options, "line modifier_id option name$ price_minor" },
    { &sql_sale_show_deposits, sale_show_deposits, "line goods_line amount_minor" },
    { &sql_sale_show_keyed, sale_show_keyed, "line price_minor" },
    { &sql_sale_show_refunded, sale_show_refunded, "line quantity_milli total_minor" },
    { &sql_sale_show_tenders, sale_show_tenders,
      "kind tender_type_id name$ amount_minor change_minor forfeited_minor tip_minor reference$ account_id "
      "gift_card_id "
      "last_four$ left_minor" },
    { NULL, NULL, NULL },
};
