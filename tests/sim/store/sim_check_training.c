/* The checks of what was practised: it is of a training, and in no books. */
#include <string.h>

#include "tests/sim/store/sim_check.h"

#define OP_TRAINING_BEGIN 57

/* Counted from 0, where the SQL counts from 1. */
static int64_t number_at(struct bytes bytes, size_t at)
{
    return bytes.size < at + 8 ? INT64_MIN : (int64_t)get_u64(bytes.data + at);
}

static bool is_sold(struct bytes bytes)
{
    return bytes.data[0] > 1;
}

static int64_t training_of(struct bytes bytes)
{
    return number_at(bytes, is_sold(bytes) ? 87 : 95 + (size_t)bytes.data[44]);
}

static bool is_begun(struct sim_checker *k, const union sim_cell *p, struct bytes bytes)
{
    for (struct sim_scan scan =
             sim_scan(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER, KEY(p[JOURNAL_DEVICE_ID], I('L')));
         sim_next(&scan);) {
        struct bytes begun = sim_blob_view(scan.hit.c[JOURNAL_BYTES].b);
        if (begun.size > 116 && begun.data[42] == 0 && begun.data[43] == OP_TRAINING_BEGIN &&
            memcmp(begun.data + 34, bytes.data + 34, 8) == 0 && number_at(begun, 109) == training_of(bytes))
            return true;
    }
    return false;
}

static bool gives_back_what_was_practised(struct sim_checker *k, const union sim_cell *p, struct bytes bytes)
{
    for (struct sim_scan scan =
             sim_scan(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER, KEY(p[JOURNAL_DEVICE_ID], I('S')));
         sim_next(&scan);) {
        struct bytes sold = sim_blob_view(scan.hit.c[JOURNAL_BYTES].b);
        if (scan.hit.c[JOURNAL_NUMBER].i < p[JOURNAL_NUMBER].i && is_sold(sold) && sold.data[42] == 1 &&
            training_of(sold) == training_of(bytes) && number_at(sold, 59) == number_at(bytes, 79))
            return true;
    }
    return false;
}

static bool is_in_the_books(struct sim_checker *k, const union sim_cell *p, struct bytes bytes)
{
    union sim_cell id = I(number_at(bytes, 59));
    struct sim_blob *command = sim_blob_create(bytes_of(bytes.data + 43, 16));
    const union sim_cell *sale = sim_find(k->x, SIM_SALE, SALE_BY_COMMAND_ID, KEY(B(command))).c;
    bool found = sale != NULL && sale[SALE_DEVICE_ID].i == p[JOURNAL_DEVICE_ID].i;
    struct sim_scan back = sim_scan(k->x, SIM_SALE, SALE_BY_REFUND_OF, KEY(id));
    struct sim_scan points = sim_scan(k->x, SIM_POINTS_ENTRY, POINTS_ENTRY_BY_ORIGIN_ID_LOT_ID, KEY(id));
    struct sim_scan stock = sim_scan(k->x, SIM_STOCK_ENTRY, STOCK_ENTRY_BY_ORIGIN_ID_LINE, KEY(id));
    struct sim_scan drawer = sim_scan(k->x, SIM_DRAWER_ENTRY, DRAWER_ENTRY_BY_ORIGIN_ID_KIND, KEY(id));

    sim_blob_drop(command);
    return found || sim_find(k->x, SIM_SALE, SALE_BY_ID, KEY(id)).row != NULL || sim_next(&back) || sim_next(&points) ||
           sim_next(&stock) || sim_next(&drawer) ||
           sim_find(k->x, SIM_RECEIPT_COPIED, RECEIPT_COPIED_BY_SALE_ID, KEY(id)).row != NULL;
}

static bool is_sold_right(struct sim_checker *k, const union sim_cell *p, struct bytes bytes)
{
    const union sim_cell *d = sim_find(k->x, SIM_DEVICE, DEVICE_BY_ID, KEY(p[JOURNAL_DEVICE_ID])).c;

    if (d == NULL || d[DEVICE_TILL_NUMBER].i != (int64_t)get_u32(bytes.data + 67))
        return false;
    if (number_at(bytes, 79) != 0 && (bytes.data[42] == 1 || !gives_back_what_was_practised(k, p, bytes)))
        return false;
    return !is_in_the_books(k, p, bytes);
}

static void training_entries(struct sim_checker *k)
{
    for
        EACH(k, scan, SIM_JOURNAL)
        {
            const union sim_cell *p = scan.hit.c;
            struct bytes bytes = sim_blob_view(p[JOURNAL_BYTES].b);
            if (p[JOURNAL_KIND].i != 'S' || bytes.size <= 95)
                continue;
            if (!is_begun(k, p, bytes) || (is_sold(bytes) && !is_sold_right(k, p, bytes)))
                sim_wrong(k, "device=%lld number=%lld", LONG(p[JOURNAL_DEVICE_ID]), LONG(p[JOURNAL_NUMBER]));
        }
}

/* Of the sale that has used it. */
static struct bytes practised_of(struct sim_checker *k, const union sim_cell *a)
{
    for (struct sim_scan scan =
             sim_scan(k->x, SIM_JOURNAL, JOURNAL_BY_DEVICE_ID_KIND_NUMBER, KEY(a[APPROVAL_DEVICE_ID], I('S')));
         sim_next(&scan);) {
        struct bytes bytes = sim_blob_view(scan.hit.c[JOURNAL_BYTES].b);
        if (is_sold(bytes) && number_at(bytes, 59) == a[APPROVAL_PRACTISED_SALE_ID].i)
            return bytes;
    }
    return (struct bytes){ 0 };
}

static void training_approvals(struct sim_checker *k)
{
    int64_t approved = 0;

    for
        EACH(k, scan, SIM_JOURNAL)
        {
            struct bytes bytes = sim_blob_view(scan.hit.c[JOURNAL_BYTES].b);
            approved += scan.hit.c[JOURNAL_KIND].i == 'S' && is_sold(bytes) && number_at(bytes, 180) != 0;
        }
    for
        EACH(k, scan, SIM_APPROVAL)
        {
            const union sim_cell *a = scan.hit.c;
            if (a[APPROVAL_PRACTISED_SALE_ID].i == SIM_NULL)
                continue;
            approved--;
            struct bytes bytes = practised_of(k, a);
            if (bytes.data == NULL || number_at(bytes, 34) != a[APPROVAL_ASKED_BY].i ||
                number_at(bytes, 87) != a[APPROVAL_TRAINING_ID].i || number_at(bytes, 180) != a[APPROVAL_APPROVED_BY].i)
                sim_wrong(k, "sale=%lld asked_by=%lld", LONG(a[APPROVAL_PRACTISED_SALE_ID]),
                          LONG(a[APPROVAL_ASKED_BY]));
        }
    if (!k->wrong && approved != 0)
        sim_wrong(k, "practised sales approved less approvals used: %lld", (long long)approved);
}

const struct sim_named_check sim_training_checks[] = { { "training_entries", training_entries },
                                                       { "training_approvals", training_approvals },
                                                       { NULL, NULL } };
