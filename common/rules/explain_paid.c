/* What was to pay, what that was rounded by, and what paid it. */
#include "common/base/number.h"
#include "common/rules/explain_parts.h"

void explain_total(struct explaining *e)
{
    const struct sale_rows *sale = e->sale;
    char label[TAX_LABEL_TEXT];

    explain_head(e, "Total");
    explain_number(e, EXPLAIN_TOTAL, NO_LINE, sale->total_minor, sale->kind == SALE_REFUND ? "Given back" : "To pay");
    for (size_t i = 0; i < sale->line_count; i++)
        if (sale->lines[i].total_minor != 0)
            explain_part(e, sale->lines[i].total_minor, "line %zu: %s", i + 1, sale->lines[i].name);
    for (size_t i = 0; i < sale->taxes.count && !e->included; i++)
        explain_part(e, sale->taxes.rows[i].tax_minor, "%s",
                     tax_label(label, sale->taxes.rows[i].code, sale->taxes.rows[i].rate_ppm));
    explain_number(e, EXPLAIN_TOTAL_TAX, NO_LINE, sale->tax_minor, e->included ? "Tax in it" : "Tax of it");
    for (size_t i = 0; i < sale->taxes.count; i++)
        explain_part(e, sale->taxes.rows[i].tax_minor, "%s",
                     tax_label(label, sale->taxes.rows[i].code, sale->taxes.rows[i].rate_ppm));
    explain_end(e);
}

static int64_t stayed(const struct tender_row *tender)
{
    return tender->amount_minor - tender->change_minor - tender->forfeited_minor - tender->tip_minor;
}

/* Only the part that is paid in cash is rounded. */
static void explain_rounding(struct explaining *e)
{
    const struct sale_rows *sale = e->sale;
    const struct shop *shop = e->facts->shop;
    int64_t due = sale->total_minor, cash = 0;

    for (size_t i = 0; i < sale->tender_count; i++) {
        due -= sale->tenders[i].kind == TENDER_CASH ? 0 : stayed(&sale->tenders[i]);
        cash += sale->tenders[i].kind == TENDER_CASH;
    }
    if (sale->rounding_minor == 0 && (cash == 0 || shop->cash_rounding_minor <= 1))
        return;
    explain_number(e, EXPLAIN_ROUNDING, NO_LINE, sale->rounding_minor, "Cash rounding");
    explain_part(e, -due, "due in cash");
    explain_part(e, cash_due(shop, due), "in multiples of %s, halves upwards",
                 explain_money(e, shop->cash_rounding_minor));
}

static const char *tender_name(const struct tender_row *tender)
{
    if (tender->name != NULL && tender->name[0] != '\0')
        return tender->name;
    return tender->kind == TENDER_CASH ? "Cash" : tender->kind == TENDER_CARD ? "Card" : "another means of payment";
}

/* Of a refund what is told is how its parts come about. */
void explain_paid(struct explaining *e)
{
    const struct sale_rows *sale = e->sale;

    explain_head(e, sale->kind == SALE_REFUND ? "Given back by" : "Paid");
    if (sale->kind == SALE_SOLD)
        explain_rounding(e);
    explain_number(e, EXPLAIN_PAID, NO_LINE, sale->total_minor + sale->rounding_minor, "%s",
                   sale->rounding_minor == 0 ? "The total" : "The total, rounded");
    for (size_t i = 0; i < sale->tender_count; i++) {
        const struct tender_row *tender = &sale->tenders[i];

        explain_part(e, tender->amount_minor, "%s", tender_name(tender));
        if (tender->change_minor != 0)
            explain_part(e, -tender->change_minor, "change");
        if (tender->tip_minor != 0)
            explain_part(e, -tender->tip_minor, "tip, which pays nothing");
        if (tender->forfeited_minor != 0)
            explain_part(e, -tender->forfeited_minor, "forfeited: more than was due");
    }
    explain_end(e);
    if (sale->retender_count > 0)
        explain_note(e, "put right afterwards: the receipt says by what");
}
