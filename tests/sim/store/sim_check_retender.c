/* The check of what paid sales and was put right after them. */
#include "tests/sim/store/sim_check.h"

/* Its entries: one off, one to, and what they come to. */
static bool has_two_entries(struct sim_checker *k, const union sim_cell *r)
{
    int64_t count = 0, off = 0, put = 0, sum = 0, tip = 0;

    for (struct sim_scan scan =
             sim_scan(k->x, SIM_RETENDER_ENTRY, RETENDER_ENTRY_BY_RETENDER_ID_POSITION, KEY(r[SALE_RETENDER_ID]));
         sim_next(&scan);) {
        const union sim_cell *e = scan.hit.c;
        count++;
        off += e[RETENDER_ENTRY_AMOUNT_MINOR].i < 0 && e[RETENDER_ENTRY_TENDER_COUNT].i <= 0;
        put += e[RETENDER_ENTRY_AMOUNT_MINOR].i > 0 && e[RETENDER_ENTRY_TENDER_COUNT].i == 1 &&
               e[RETENDER_ENTRY_POSITION].i == 9 + r[SALE_RETENDER_NUMBER].i;
        sum += e[RETENDER_ENTRY_AMOUNT_MINOR].i;
        tip += e[RETENDER_ENTRY_TIP_MINOR].i;
    }
    return count == 2 && off == 1 && put == 1 && sum == r[SALE_RETENDER_ROUNDING_MINOR].i && tip == 0;
}

/* Which of its sale's it is. */
static int64_t place_of(struct sim_checker *k, const union sim_cell *r)
{
    int64_t place = 1;

    for (struct sim_scan scan =
             sim_scan(k->x, SIM_SALE_RETENDER, SALE_RETENDER_BY_SALE_ID_NUMBER, KEY(r[SALE_RETENDER_SALE_ID]));
         sim_next(&scan);)
        place += scan.hit.c[SALE_RETENDER_NUMBER].i < r[SALE_RETENDER_NUMBER].i;
    return place;
}

static bool has_entry(struct sim_checker *k, const union sim_cell *r)
{
    const union sim_cell *j = sim_find(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER,
                                       KEY(r[SALE_RETENDER_DEVICE_ID], I('L'), r[SALE_RETENDER_ENTRY_NUMBER]))
                                  .c;

    if (j == NULL || j[JOURNAL_AT].i != r[SALE_RETENDER_AT].i)
        return false;
    struct bytes bytes = sim_blob_view(j[JOURNAL_BYTES].b);
    return bytes.size >= 44 && bytes.data[42] == 0 && bytes.data[43] == 78;
}

static void is_right(struct sim_checker *k, const union sim_cell *r)
{
    const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(r[SALE_RETENDER_SALE_ID])).c;
    const union sim_cell *p = sim_find(k->x, SIM_STAFF, STAFF_BY_ID, KEY(r[SALE_RETENDER_STAFF_ID])).c;
    const union sim_cell *z = sim_find(k->x, SIM_SHIFT_Z, SHIFT_Z_BY_SHIFT_ID, KEY(r[SALE_RETENDER_SHIFT_ID])).c;

    if (s == NULL || s[SALE_KIND].i != 1 || s[SALE_DEVICE_ID].i != r[SALE_RETENDER_DEVICE_ID].i ||
        s[SALE_SHIFT_ID].i != r[SALE_RETENDER_SHIFT_ID].i || s[SALE_SHOP_ID].i != r[SALE_RETENDER_SHOP_ID].i ||
        p == NULL || p[STAFF_SHOP_ID].i != r[SALE_RETENDER_SHOP_ID].i || r[SALE_RETENDER_NUMBER].i != place_of(k, r) ||
        (z != NULL && r[SALE_RETENDER_AT].i > z[SHIFT_Z_CLOSED_AT].i) || !has_entry(k, r) || !has_two_entries(k, r))
        sim_wrong(k, "retender=%lld sale=%lld number=%lld", LONG(r[SALE_RETENDER_ID]), LONG(r[SALE_RETENDER_SALE_ID]),
                  LONG(r[SALE_RETENDER_NUMBER]));
}

/* ---- what pays the sale ---- */

struct place {
    const union sim_cell *kind, *type, *reference;
    int64_t paid, tip, count;
};

static bool is_same(const struct place *place, const union sim_cell *kind, const union sim_cell *type,
                    const union sim_cell *reference)
{
    return place->kind->i == kind->i && place->type->i == type->i &&
           (place->reference->b == NULL) == (reference->b == NULL) &&
           bytes_equal(sim_blob_view(place->reference->b), sim_blob_view(reference->b));
}

#define PLACES 64

/* false: two kinds of tender under one position. */
static bool add(struct place *places, int64_t position, struct place row)
{
    struct place *place = &places[position % PLACES];
    bool same = place->count == 0 || is_same(place, row.kind, row.type, row.reference);

    if (place->count == 0)
        *place = (struct place){ .kind = row.kind, .type = row.type, .reference = row.reference };
    place->paid += row.paid;
    place->tip += row.tip;
    place->count++;
    return same;
}

static bool add_tenders(struct sim_checker *k, union sim_cell sale, struct place *places)
{
    bool right = true;

    for (struct sim_scan scan = sim_scan(k->x, SIM_TENDER, TENDER_BY_SALE_ID_POSITION, KEY(sale)); sim_next(&scan);) {
        const union sim_cell *t = scan.hit.c;
        int64_t tip = sim_or_zero(t[TENDER_TIP_MINOR]);
        right = add(places, t[TENDER_POSITION].i,
                    (struct place){ .kind = &t[TENDER_KIND],
                                    .type = &t[TENDER_TENDER_TYPE_ID],
                                    .reference = &t[TENDER_REFERENCE],
                                    .paid = t[TENDER_AMOUNT_MINOR].i - t[TENDER_CHANGE_MINOR].i -
                                            sim_or_zero(t[TENDER_FORFEITED_MINOR]) - tip,
                                    .tip = tip }) &&
                right;
    }
    return right;
}

static bool add_entries(struct sim_checker *k, const union sim_cell *r, struct place *places)
{
    bool right = true;

    for (struct sim_scan scan =
             sim_scan(k->x, SIM_RETENDER_ENTRY, RETENDER_ENTRY_BY_RETENDER_ID_POSITION, KEY(r[SALE_RETENDER_ID]));
         sim_next(&scan);) {
        const union sim_cell *e = scan.hit.c;
        int64_t tip = e[RETENDER_ENTRY_TIP_MINOR].i;
        right = add(places, e[RETENDER_ENTRY_POSITION].i,
                    (struct place){ .kind = &e[RETENDER_ENTRY_KIND],
                                    .type = &e[RETENDER_ENTRY_TENDER_TYPE_ID],
                                    .reference = &e[RETENDER_ENTRY_REFERENCE],
                                    .paid = e[RETENDER_ENTRY_AMOUNT_MINOR].i - tip,
                                    .tip = tip }) &&
                right;
    }
    return right;
}

static void pays(struct sim_checker *k, union sim_cell sale)
{
    struct place places[PLACES] = { 0 };
    const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(sale)).c;
    bool right = add_tenders(k, sale, places);
    int64_t paid = 0, rounding = 0;

    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE_RETENDER, SALE_RETENDER_BY_SALE_ID_NUMBER, KEY(sale));
         sim_next(&scan);) {
        right = add_entries(k, scan.hit.c, places) && right;
        rounding += scan.hit.c[SALE_RETENDER_ROUNDING_MINOR].i;
    }
    for (size_t i = 0; i < PLACES; i++) {
        paid += places[i].paid;
        right = right && places[i].paid >= 0 && places[i].tip >= 0;
    }
    if (!right || (s != NULL && paid != s[SALE_TOTAL_MINOR].i + sim_or_zero(s[SALE_ROUNDING_MINOR]) + rounding))
        sim_wrong(k, "sale=%lld paid_minor=%lld", LONG(sale), (long long)paid);
}

static void sale_retenders(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_RETENDER)
        {
            is_right(k, scan.hit.c);
            pays(k, scan.hit.c[SALE_RETENDER_SALE_ID]);
        }
    for
        EACH(k, scan, SIM_RETENDER_ENTRY)
        {
            const union sim_cell *e = scan.hit.c;
            if (sim_find(k->x, SIM_SALE_RETENDER, SALE_RETENDER_BY_ID, KEY(e[RETENDER_ENTRY_RETENDER_ID])).row == NULL)
                sim_wrong(k, "retender=%lld position=%lld", LONG(e[RETENDER_ENTRY_RETENDER_ID]),
                          LONG(e[RETENDER_ENTRY_POSITION]));
        }
}

const struct sim_named_check sim_retender_checks[] = { { "sale_retenders", sale_retenders }, { NULL, NULL } };
