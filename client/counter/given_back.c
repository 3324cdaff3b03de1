/* What a refund gives back, and how: said large on its receipt, in one sentence, and beside the next customer's basket until their
 * sale is paid. Of several refunds it is a sum: the till does not know which of them was given already. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

struct given_back given_back_of(const Caroline__V1__SaleRungUp *sale)
{
    int64_t total_minor = sale->totals == NULL ? 0 : sale->totals->total_minor;
    struct given_back back = { .cash_minor = -sale->cash_minor, .card_minor = -sale->card_minor };

    /* Goods without a receipt are paid in cash alone, as it is rounded. */
    if (!sale->free_refund)
        back.rest_minor = -(total_minor + sale->rounding_minor) - back.cash_minor - back.card_minor;
    return back;
}

void given_back_add(struct given_back *sum, const struct given_back *back)
{
    sum->cash_minor += back->cash_minor;
    sum->card_minor += back->card_minor;
    sum->rest_minor += back->rest_minor;
}

char *given_back_text(const struct counter *c, const struct given_back *back, char text[GIVEN_BACK_TEXT])
{
    const struct {
        int64_t minor;
        const char *how;
    } parts[] = { { back->cash_minor, "in cash" },
                  { back->card_minor, "on the card machine" },
                  { back->rest_minor, "the way it was paid" } };
    char money[NUMBER_TEXT];
    size_t used = 0;

    text[0] = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (parts[i].minor > 0)
            used += (size_t)snprintf(text + used, GIVEN_BACK_TEXT - used, "%s%s %s", used == 0 ? "" : ", ",
                                     counter_money(c, money, parts[i].minor), parts[i].how);
    if (used == 0)
        snprintf(text, GIVEN_BACK_TEXT, "nothing");
    return text;
}

void given_back_note(struct counter *c, const Caroline__V1__SaleRungUp *sale)
{
    struct given_back back = given_back_of(sale);

    c->before.refunds++;
    c->before.meanwhile = c->errand == ERRAND_SELL;
    given_back_add(&c->before.back, &back);
}

int given_back_draw(const struct counter *c, struct area area, int row)
{
    const struct due_before *before = &c->before;
    char text[24 + GIVEN_BACK_TEXT], back[GIVEN_BACK_TEXT], change[NUMBER_TEXT];

    if (before->change) {
        snprintf(text, sizeof(text), "Before: change %s", counter_money(c, change, before->change_minor));
        row += paint_wrapped(area, row, 0, area.columns, STYLE_GOOD, text);
    }
    given_back_text(c, &before->back, back);
    if (before->refunds == 1)
        snprintf(text, sizeof(text), "Refund: %s", back);
    else
        snprintf(text, sizeof(text), "%u refunds: %s", before->refunds, back);
    if (before->refunds > 0)
        row += paint_wrapped(area, row, 0, area.columns, STYLE_GOOD, text);
    return row;
}

void given_back_paid(struct counter *c)
{
    if (c->before.meanwhile)
        c->before.meanwhile = c->before.change = false;
    else
        c->before = (struct due_before){ 0 };
}

void given_back_tell(struct counter *c, const Caroline__V1__SaleRungUp *sale)
{
    struct given_back back = given_back_of(sale);
    char number[28], text[GIVEN_BACK_TEXT];

    counter_copy(number, sizeof(number), sale->receipt_number);
    given_back_note(c, sale);
    told_back(c, &back, "refund %s is in the books: give back %s", number, given_back_text(c, &back, text));
}
