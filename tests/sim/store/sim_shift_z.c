/* shift.sql: a shift's head, its close, and its Z. */
#include "tests/sim/store/sim_sales.h"

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
    const union sim_cell *s = sim_find(x, SIM_SHIFT, SHIFT_BY_ID, KEY(I(sim_int(x, 1)))).c;
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
    { &sql_shift_z_departments, shift_z_departments, "product_id name$ count quantity_milli amount_minor" },
    { &sql_shift_z_gift_cards, shift_z_gift_cards, "kind means count amount_minor" },
    { &sql_shift_z_counts, shift_z_counts, "denomination_minor pieces" },
    { NULL, NULL, NULL },
};
