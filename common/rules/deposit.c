/* Which deposits and charges go with a basket, and what is left of a sale without those that were taken back. */
#include "common/rules/deposit.h"

#include <string.h>

#include "common/rules/price.h"
#include "common/rules/tax.h"

const struct product *deposit_with(const struct product *product, int64_t quantity_milli,
                                   const struct catalogue *catalogue, uint64_t version, int64_t *deposit_milli)
{
    if (product == NULL || product->deposit_product_id == 0 || quantity_milli <= 0)
        return NULL;
    const struct product *deposit = catalogue_product(catalogue, version, product->deposit_product_id);
    if (deposit == NULL || deposit->deposit_kind == DEPOSIT_NONE || !deposit->active)
        return NULL;
    if (!multiply_checked(quantity_milli, product->deposit_count, deposit_milli))
        *deposit_milli = INT64_MAX; /* refused as too many */
    return deposit;
}

static const struct product *goes_with(const struct basket *basket, size_t line, const struct catalogue *catalogue,
                                       uint64_t version, int64_t *deposit_milli)
{
    const struct basket_line *asked = &basket->lines[line];

    if (asked->voided || asked->deposit_of != 0)
        return NULL;
    return deposit_with(catalogue_product(catalogue, version, asked->product_id), asked->quantity_milli, catalogue,
                        version, deposit_milli);
}

size_t deposits_add(const struct basket *basket, const struct catalogue *catalogue, struct arena *arena,
                    const struct basket_line **lines)
{
    size_t count = basket->line_count;
    struct basket_line *with = NULL;
    int64_t deposit_milli;

    *lines = basket->lines;
    for (size_t i = 0; i < basket->line_count; i++) {
        const struct product *deposit = goes_with(basket, i, catalogue, basket->catalogue_version, &deposit_milli);

        if (deposit == NULL)
            continue;
        if (with == NULL) {
            with = arena_array(arena, 2 * basket->line_count, sizeof *with);
            memcpy(with, basket->lines, basket->line_count * sizeof *with);
            *lines = with;
        }
        with[count++] = (struct basket_line){ .product_id = deposit->id,
                                              .quantity_milli = deposit_milli,
                                              .deposit_of = (uint32_t)i + 1 };
    }
    return count;
}

bool deposits_sound(const struct basket *basket)
{
    for (size_t i = 0; i < basket->line_count; i++) {
        uint32_t of = basket->lines[i].deposit_of;

        if (of == 0)
            continue;
        if (of > i || basket->lines[i].voided || basket->lines[i].quantity_milli <= 0)
            return false;
        const struct basket_line *goods = &basket->lines[of - 1];
        if (goods->voided || goods->deposit_of != 0 || goods->quantity_milli <= 0)
            return false;
        for (size_t j = 0; j < i; j++)
            if (basket->lines[j].deposit_of == of)
                return false;
    }
    return true;
}

static const struct basket_line *deposit_of(const struct basket *basket, size_t line)
{
    for (size_t i = line + 1; i < basket->line_count; i++)
        if (basket->lines[i].deposit_of == line + 1)
            return &basket->lines[i];
    return NULL;
}

bool deposits_agree(const struct basket *basket, const struct catalogue *catalogue, uint64_t version, size_t *at)
{
    for (*at = 0; *at < basket->line_count; (*at)++) {
        const struct basket_line *line = &basket->lines[*at], *said;
        int64_t deposit_milli = 0;

        if (line->deposit_of != 0)
            continue;
        if (line->quantity_milli < 0) {
            const struct product *back = catalogue_product(catalogue, version, line->product_id);

            if (back == NULL || !basket_quantity_valid(back, line->quantity_milli))
                return false;
            continue;
        }
        const struct product *deposit = goes_with(basket, *at, catalogue, version, &deposit_milli);
        said = deposit_of(basket, *at);
        if ((deposit == NULL) != (said == NULL))
            return false;
        if (said != NULL && (said->product_id != deposit->id || said->quantity_milli != deposit_milli))
            return false;
    }
    return true;
}

bool basket_quantity_valid(const struct product *product, int64_t quantity_milli)
{
    if (quantity_milli >= 0)
        return quantity_valid(product, quantity_milli);
    return product->deposit_kind == DEPOSIT_GOOD && quantity_milli >= -MILLI_MAX &&
           quantity_valid(product, -quantity_milli);
}

/* ---- a sale without what was taken back in it ---- */

static void split_lines(struct original *original, struct arena *arena)
{
    struct original_line *sold = arena_array(arena, original->line_count, sizeof *sold);
    struct original_line *back = arena_array(arena, original->line_count, sizeof *back);
    size_t count = 0;

    for (size_t i = 0; i < original->line_count; i++) {
        const struct original_line *line = &original->lines[i];

        if (line->quantity_milli < 0)
            back[original->taken_back_count++] = *line;
        else
            sold[count++] = *line;
    }
    original->lines = sold;
    original->line_count = count;
    original->taken_back = back;
}

/* What a component's tax was of the lines taken back: worked out on their sum, as it was in the sale (tax.c). */
static int64_t tax_of_back(const struct original *original, size_t row, bool included, struct arena *arena)
{
    int64_t *totals = arena_array(arena, original->taken_back_count, sizeof *totals);
    int64_t *rates = arena_array(arena, original->taken_back_count, sizeof *rates);
    size_t count = 0;
    int64_t tax = 0;

    for (size_t i = 0; i < original->taken_back_count; i++) {
        const struct original_line *line = &original->taken_back[i];

        if ((line->tax_rows >> row & 1) == 0)
            continue;
        totals[count] = -line->total_minor;
        for (size_t other = 0; other < original->tax_count; other++)
            rates[count] += (line->tax_rows >> other & 1) != 0 ? original->taxes[other].rate_ppm : 0;
        count++;
    }
    return tax_of(totals, rates, count, original->taxes[row].rate_ppm, included, &tax) ? tax : 0;
}

static int64_t between(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* Each component as the goods bore it; where lines do not say whose it was, as of what was printed offline, no more than the
 * sale's. Nets follow from the lines. */
static void leave_taxes(struct original *original, bool included, struct arena *arena)
{
    struct tax_row *taxes = arena_array(arena, original->tax_count, sizeof *taxes);
    int64_t line_taxes = 0, left;

    for (size_t i = 0; i < original->line_count; i++)
        line_taxes += original->lines[i].tax_minor;
    left = line_taxes;
    for (size_t row = 0; row < original->tax_count; row++) {
        taxes[row] = original->taxes[row];
        taxes[row].tax_minor =
            between(original->taxes[row].tax_minor + tax_of_back(original, row, included, arena), 0, left);
        left -= taxes[row].tax_minor;
        taxes[row].net_minor = 0;
        for (size_t i = 0; i < original->line_count; i++)
            if ((original->lines[i].tax_rows >> row & 1) != 0)
                taxes[row].net_minor += original->lines[i].total_minor - (included ? original->lines[i].tax_minor : 0);
    }
    if (original->tax_count > 0)
        taxes[original->tax_count - 1].tax_minor += left;
    original->taxes = taxes;
    original->tax_minor = line_taxes;
}

/* What was paid in cash is what would have been, had nothing been taken back. */
static void leave_tenders(struct original *original, struct arena *arena)
{
    const struct shop shop = { .cash_rounding_minor = original->cash_rounding_minor };
    struct original_tender *tenders = arena_array(arena, original->tender_count + 1, sizeof *tenders);
    int64_t cash = 0, due = original->total_minor;
    size_t at = original->tender_count, count = original->tender_count;

    for (size_t i = 0; i < original->tender_count; i++) {
        tenders[i] = original->tenders[i];
        if (tenders[i].kind == TENDER_CASH) {
            cash += tenders[i].amount_minor;
            at = i;
        } else {
            due -= tenders[i].amount_minor;
        }
    }
    if (at == count)
        tenders[count++] = (struct original_tender){ .position = (int)at, .kind = TENDER_CASH, .name = NULL };
    tenders[at].amount_minor += cash_due(&shop, due) - cash;
    original->rounding_minor = cash_due(&shop, due) - due;
    original->tenders = tenders;
    original->tender_count = count;
}

void original_leave_out_back(struct original *original, struct arena *arena)
{
    int64_t lines = 0;
    bool any = false;

    for (size_t i = 0; i < original->line_count; i++)
        any = any || original->lines[i].quantity_milli < 0;
    if (!any)
        return;
    bool included = original->prices_include_tax;
    split_lines(original, arena);
    for (size_t i = 0; i < original->line_count; i++)
        lines += original->lines[i].total_minor;
    leave_taxes(original, included, arena);
    original->total_minor = lines + (included ? 0 : original->tax_minor);
    leave_tenders(original, arena);
}

int64_t deposit_lines_minor(const struct sale_line_row *lines, size_t count, bool included)
{
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        if ((lines[i].flags & (LINE_DEPOSIT | LINE_CHARGE)) != 0)
            sum += lines[i].total_minor + (included ? 0 : lines[i].tax_minor);
    return sum;
}
