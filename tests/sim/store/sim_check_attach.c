/* The check of receipts that were given to a member afterwards. */
#include "tests/sim/store/sim_check.h"

#define A_MINUTE_US INT64_C(60000000) /* a refund was waited for */
#define DAYS_368_US (INT64_C(368) * DAY_S * SECOND_US)

const union sim_cell *sim_attached(struct sim_checker *k, union sim_cell sale)
{
    return sim_find(k->x, SIM_SALE_ATTACH, SALE_ATTACH_BY_SALE_ID, KEY(sale)).c;
}

int64_t sim_attached_earned(struct sim_checker *k, union sim_cell sale)
{
    const union sim_cell *a = sim_attached(k, sale);

    return a == NULL ? 0 : a[SALE_ATTACH_POINTS_EARNED].i;
}

static bool is_of_shop(struct sim_checker *k, const union sim_cell *a)
{
    const union sim_cell *p = sim_find(k->x, SIM_STAFF, STAFF_BY_ID, KEY(a[SALE_ATTACH_STAFF_ID])).c;
    const union sim_cell *d = sim_find(k->x, SIM_DEVICE, DEVICE_BY_ID, KEY(a[SALE_ATTACH_DEVICE_ID])).c;
    int64_t shop = a[SALE_ATTACH_SHOP_ID].i;

    return p != NULL && p[STAFF_SHOP_ID].i == shop && d != NULL && d[DEVICE_SHOP_ID].i == shop;
}

static bool is_as_the_first(struct sim_checker *k, const union sim_cell *a)
{
    static const int same[] = { SALE_ATTACH_ATTACHED_ID, SALE_ATTACH_MEMBER_ID,    SALE_ATTACH_DEVICE_ID,
                                SALE_ATTACH_STAFF_ID,    SALE_ATTACH_POINTS_AFTER, SALE_ATTACH_AT };
    const union sim_cell *o = sim_attached(k, a[SALE_ATTACH_ATTACHED_ID]);

    for (size_t i = 0; o != NULL && i < sizeof(same) / sizeof(*same); i++)
        if (o[same[i]].i != a[same[i]].i)
            return false;
    return o != NULL;
}

static bool is_right(struct sim_checker *k, const union sim_cell *a)
{
    const union sim_cell *s = sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(a[SALE_ATTACH_SALE_ID])).c;
    int64_t at = a[SALE_ATTACH_AT].i;

    if (s == NULL)
        return false;
    bool kind = a[SALE_ATTACH_SALE_ID].i == a[SALE_ATTACH_ATTACHED_ID].i
                    ? s[SALE_KIND].i == 1
                    : s[SALE_REFUND_OF].i == a[SALE_ATTACH_ATTACHED_ID].i;
    return kind && s[SALE_MEMBER_ID].i == SIM_NULL && s[SALE_AT].i == a[SALE_ATTACH_SOLD_AT].i &&
           s[SALE_SHOP_ID].i == a[SALE_ATTACH_SHOP_ID].i && s[SALE_AT].i <= at + A_MINUTE_US &&
           s[SALE_AT].i >= at - DAYS_368_US && s[SALE_POINTS_EARNED].i == 0 && s[SALE_POINTS_GIFTED].i == 0 &&
           is_of_shop(k, a) && is_as_the_first(k, a);
}

/* What came back before has a row, too; what came behind names the member. */
static bool has_refunds(struct sim_checker *k, const union sim_cell *a)
{
    for (struct sim_scan scan = sim_scan(k->x, SIM_SALE, SALE_BY_REFUND_OF, KEY(a[SALE_ATTACH_SALE_ID]));
         sim_next(&scan);)
        if (scan.hit.c[SALE_MEMBER_ID].i == SIM_NULL && sim_attached(k, scan.hit.c[SALE_ID]) == NULL)
            return false;
    return true;
}

static bool is_written(struct sim_checker *k, const union sim_cell *a)
{
    for (struct sim_scan scan =
             sim_scan(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER, KEY(a[SALE_ATTACH_DEVICE_ID], I('L')));
         sim_next(&scan);) {
        struct bytes bytes = sim_blob_view(scan.hit.c[JOURNAL_BYTES].b);

        if (scan.hit.c[JOURNAL_AT].i == a[SALE_ATTACH_AT].i && bytes.size >= 44 && get_u16(bytes.data + 42) == 109)
            return true;
    }
    return false;
}

static void sale_attaches(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_SALE_ATTACH)
        {
            const union sim_cell *a = scan.hit.c;
            bool own = a[SALE_ATTACH_SALE_ID].i == a[SALE_ATTACH_ATTACHED_ID].i;

            if (!is_right(k, a) || !has_refunds(k, a) || (own && !is_written(k, a)))
                sim_wrong(k, "sale=%lld attached=%lld member=%lld", LONG(a[SALE_ATTACH_SALE_ID]),
                          LONG(a[SALE_ATTACH_ATTACHED_ID]), LONG(a[SALE_ATTACH_MEMBER_ID]));
        }
}

const struct sim_named_check sim_attach_checks[] = { { "sale_attaches", sale_attaches }, { NULL, NULL } };
