/* Sums of a shift's rows, checked for overflow, and the count of its drawer. */
#include "common/rules/shift.h"

#include <string.h>

#include "common/base/number.h"
#include "common/rules/denomination.h"

/* Adds where it fits; remembers where it did not. */
struct sum {
    bool fits;
};

static void add(struct sum *sum, int64_t *to, int64_t amount)
{
    sum->fits = add_checked(*to, amount, to) && sum->fits;
}

static void widen(struct shift_range *range, int64_t first, int64_t last)
{
    if (range->first == 0 || first < range->first)
        range->first = first;
    if (last > range->last)
        range->last = last;
}

static void sum_sales(struct sum *sum, struct shift_z *z)
{
    for (size_t i = 0; i < z->books.sales_count; i++) {
        const struct shift_sales *sales = &z->books.sales[i];
        bool refund = sales->kind == SALE_REFUND;

        add(sum, refund ? &z->refund_count : &z->sale_count, sales->count);
        add(sum, refund ? &z->refund_minor : &z->sale_minor, sales->total_minor);
        widen(sales->series == 'X' ? &z->x : &z->t, sales->first, sales->last);
    }
    int64_t sold_minor = z->sale_minor;
    add(sum, &sold_minor, -z->deposits.back_minor);
    if (!add_checked(z->books.grand_before_minor, sold_minor, &z->grand_total_minor))
        z->grand_total_minor = INT64_MAX; /* it never goes back, nor keeps a shift from being closed */
}

static void sum_tenders(struct sum *sum, struct shift_z *z)
{
    int64_t turnover_minor = z->sale_minor, owed_minor;

    add(sum, &turnover_minor, z->refund_minor);
    sum->fits = multiply_checked(turnover_minor, -1, &owed_minor) && sum->fits;
    for (size_t i = 0; i < z->books.tender_count; i++) {
        int64_t paid_minor = z->books.tenders[i].stayed_minor;

        add(sum, &paid_minor, -z->books.tenders[i].forfeited_minor);
        add(sum, &paid_minor, -z->books.tenders[i].tip_minor);
        add(sum, &z->rounding_minor, paid_minor);
        if (z->books.tenders[i].kind == TENDER_CASH)
            add(sum, &z->cash_minor, z->books.tenders[i].stayed_minor);
    }
    add(sum, &z->rounding_minor, owed_minor);
}

static void sum_cash(struct sum *sum, struct shift_z *z)
{
    for (size_t i = 0; i < z->books.move_count; i++) {
        const struct shift_moved *moved = &z->books.moves[i];

        switch (moved->kind) {
        case SHIFT_CASH_IN:
            add(sum, &z->in_minor, moved->amount_minor);
            break;
        case SHIFT_CASH_OUT:
            add(sum, &z->out_minor, moved->amount_minor);
            break;
        case SHIFT_CASH_DROP:
            add(sum, &z->drop_minor, moved->amount_minor);
            break;
        }
    }
    z->expected_minor = z->books.float_minor;
    add(sum, &z->expected_minor, z->cash_minor);
    add(sum, &z->expected_minor, z->in_minor);
    add(sum, &z->expected_minor, z->out_minor);
    add(sum, &z->expected_minor, z->drop_minor);
}

static void sum_deposits(struct sum *sum, struct shift_z *z)
{
    struct shift_deposits *all = &z->deposits;

    for (size_t i = 0; i < z->books.deposit_count; i++) {
        const struct shift_deposit *deposit = &z->books.deposits[i];

        add(sum, deposit->charge ? &all->charge_milli : &all->out_milli, deposit->out_milli);
        add(sum, deposit->charge ? &all->charge_minor : &all->out_minor, deposit->out_minor);
        add(sum, &all->back_milli, deposit->back_milli);
        add(sum, &all->back_minor, deposit->back_minor);
        if (deposit->charge)
            continue;
        add(sum, &all->refund_milli, deposit->refund_milli);
        add(sum, &all->refund_minor, deposit->refund_minor);
    }
}

enum shift_verdict shift_z_sum(const struct shift_books *books, struct shift_z *z)
{
    struct sum sum = { .fits = true };

    *z = (struct shift_z){ .books = *books };
    sum_deposits(&sum, z);
    sum_sales(&sum, z);
    sum_tenders(&sum, z);
    sum_cash(&sum, z);
    return sum.fits && books->tax_count <= SHIFT_TAXES_MAX ? SHIFT_OK : SHIFT_OVERFLOW;
}

enum shift_verdict shift_z_settle(struct shift_z *z)
{
    struct sum sum = { .fits = true };

    z->cash_minor = z->rounding_minor = 0;
    sum_tenders(&sum, z);
    return sum.fits ? SHIFT_OK : SHIFT_OVERFLOW;
}

static bool is_denomination(const int64_t *values, size_t count, int64_t value)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] == value)
            return true;
    return false;
}

enum shift_verdict shift_z_count(const char *currency, unsigned exponent, const struct shift_pieces *counts,
                                 size_t count, int64_t *counted_minor, size_t *wrong)
{
    size_t value_count;
    const int64_t *values = denominations_of(currency, exponent, &value_count);
    int64_t sum = 0, worth;

    for (*wrong = 0; *wrong < count; (*wrong)++) {
        const struct shift_pieces *pieces = &counts[*wrong];

        if (!is_denomination(values, value_count, pieces->denomination_minor))
            return SHIFT_NOT_DENOMINATION;
        for (size_t before = 0; before < *wrong; before++)
            if (counts[before].denomination_minor == pieces->denomination_minor)
                return SHIFT_NOT_DENOMINATION;
        if (pieces->pieces <= 0 || !multiply_checked(pieces->denomination_minor, pieces->pieces, &worth) ||
            !add_checked(sum, worth, &sum) || sum > MINOR_MAX)
            return SHIFT_BAD_COUNT;
    }
    *counted_minor = sum;
    return SHIFT_OK;
}

/* Cash, card, and the others by their ids. */
static bool stands_before(const struct shift_tender *tender, const struct tender_type *type)
{
    if (tender->kind != type->kind)
        return tender->kind < type->kind;
    return tender->type_id < type->id;
}

/* Of the means of payment its row, which is made where nothing was paid with it. */
static struct shift_tender *row_of(struct shift_z *z, struct shift_tender *tenders, const struct tender_type *type)
{
    size_t at = 0, count = z->books.tender_count;

    while (at < count && stands_before(&tenders[at], type))
        at++;
    if (at == count || tenders[at].type_id != type->id) {
        for (size_t behind = count; behind > at; behind--)
            tenders[behind] = tenders[behind - 1];
        tenders[at] =
            (struct shift_tender){ .kind = (enum tender_kind)type->kind, .type_id = type->id, .name = type->name };
        z->books.tender_count++;
    }
    return &tenders[at];
}

enum shift_verdict shift_z_count_tenders(struct shift_z *z, const struct catalogue *catalogue,
                                         const struct shift_counted *counted, size_t count, struct arena *arena,
                                         size_t *wrong)
{
    struct shift_tender *tenders = arena_array(arena, z->books.tender_count + count, sizeof *tenders);

    for (size_t i = 0; i < z->books.tender_count; i++)
        tenders[i] = z->books.tenders[i];
    z->books.tenders = tenders;
    for (*wrong = 0; *wrong < count; (*wrong)++) {
        const struct tender_type *type =
            catalogue_tender_type(catalogue, catalogue_newest(catalogue), counted[*wrong].type_id);

        if (type == NULL || type->kind != TENDER_VOUCHER)
            return SHIFT_BAD_TENDER;
        if (counted[*wrong].counted_minor < 0 || counted[*wrong].counted_minor > MINOR_MAX)
            return SHIFT_BAD_COUNT;
        struct shift_tender *row = row_of(z, tenders, type);
        if (row->counted)
            return SHIFT_BAD_TENDER;
        row->counted = true;
        row->counted_minor = counted[*wrong].counted_minor;
        if (row->stayed_minor < -INT64_MAX ||
            !add_checked(row->counted_minor, -row->stayed_minor, &row->difference_minor))
            return SHIFT_OVERFLOW;
    }
    return SHIFT_OK;
}

enum shift_verdict shift_z_close(struct shift_z *z, int64_t counted_minor, struct instant now, int64_t staff_id)
{
    if (counted_minor < 0 || counted_minor > MINOR_MAX)
        return SHIFT_BAD_COUNT;
    if (z->expected_minor < -INT64_MAX || !add_checked(counted_minor, -z->expected_minor, &z->difference_minor))
        return SHIFT_OVERFLOW;
    z->closed = true;
    z->closed_at = now;
    z->closed_by = staff_id;
    z->counted_minor = counted_minor;
    return SHIFT_OK;
}

bool shift_is_forgotten(struct instant opened, struct instant now, const struct zone *zone, int cutoff_minutes,
                        struct day *day)
{
    *day = zone_business_day(zone, opened, cutoff_minutes);
    return day->number < zone_business_day(zone, now, cutoff_minutes).number;
}
