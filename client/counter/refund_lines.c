/* The lines of a receipt that is given back, and which of them the customer has brought. */
#include "client/counter/counter.h"

#include "common/base/number.h"

#define PIECE INT64_C(1000)

static int64_t back_before(const Caroline__V1__SaleShown *shown, size_t line)
{
    for (size_t i = 0; i < shown->n_refunded; i++)
        if (shown->refunded[i]->line == line)
            return shown->refunded[i]->quantity_milli;
    return 0;
}

static void take_line(struct refund_model *m, const Caroline__V1__SaleShown *shown, size_t at)
{
    const Caroline__V1__QuotedLine *line = shown->sale->totals->lines[at];
    int64_t left_milli = line->voided ? 0 : line->quantity_milli - back_before(shown, at);

    if (left_milli > 0)
        m->rows[m->list.count++] = (struct refund_row){ .line = (uint32_t)at,
                                                        .product_id = (int64_t)line->product_id,
                                                        .left_milli = left_milli,
                                                        .sold_milli = line->quantity_milli,
                                                        .deposit = line->has_deposit_of,
                                                        .deposit_of = line->deposit_of };
}

/* Each deposit below its goods, as the receipt has it. */
void refund_lines_take(struct refund_model *m, const Caroline__V1__SaleShown *shown)
{
    const Caroline__V1__SaleQuoted *totals = shown->sale->totals;

    m->list = (struct list){ 0 };
    if (totals == NULL)
        return;
    size_t count = totals->n_lines > BASKET_LINES_MAX ? BASKET_LINES_MAX : totals->n_lines;
    for (size_t i = 0; i < count; i++) {
        if (totals->lines[i]->has_deposit_of && totals->lines[i]->deposit_of < count)
            continue;
        take_line(m, shown, i);
        for (size_t k = 0; k < count; k++)
            if (totals->lines[k]->has_deposit_of && totals->lines[k]->deposit_of == i)
                take_line(m, shown, k);
    }
}

size_t refund_lines_picked(const struct refund_model *m)
{
    size_t picked = 0;

    for (size_t i = 0; i < m->list.count; i++)
        picked += m->rows[i].back_milli > 0;
    return picked;
}

/* What is weighed comes back as it was weighed. */
static bool is_in_pieces(const struct refund_row *row)
{
    return row->left_milli % PIECE == 0;
}

/* Its deposit comes back with it, as much as is left. */
static void take_deposit(struct refund_model *m, const struct refund_row *goods)
{
    for (size_t i = 0; i < m->list.count; i++) {
        struct refund_row *row = &m->rows[i];

        if (!row->deposit || row->deposit_of != goods->line)
            continue;
        row->back_milli = goods->back_milli / PIECE * (row->sold_milli / (goods->sold_milli / PIECE));
        if (row->back_milli > row->left_milli)
            row->back_milli = row->left_milli;
    }
}

void refund_lines_one(struct refund_model *m)
{
    struct refund_row *row = &m->rows[m->list.selected];

    if (m->list.count == 0)
        return;
    if (row->back_milli == row->left_milli)
        row->back_milli = 0;
    else
        row->back_milli = is_in_pieces(row) ? row->back_milli + PIECE : row->left_milli;
    take_deposit(m, row);
}

void refund_lines_all(struct refund_model *m)
{
    struct refund_row *row = &m->rows[m->list.selected];

    if (m->list.count == 0)
        return;
    row->back_milli = row->back_milli == row->left_milli ? 0 : row->left_milli;
    take_deposit(m, row);
}

Caroline__V1__RefundLine **refund_lines_put(const struct refund_model *m, struct arena *arena, size_t *count)
{
    Caroline__V1__RefundLine *lines = arena_array(arena, m->list.count, sizeof *lines);
    Caroline__V1__RefundLine **message = arena_array(arena, m->list.count, sizeof *message);

    *count = 0;
    for (size_t i = 0; i < m->list.count; i++) {
        const struct refund_row *row = &m->rows[i];

        if (row->back_milli == 0)
            continue;
        caroline__v1__refund_line__init(&lines[i]);
        lines[i].has_line = lines[i].has_quantity_milli = true;
        lines[i].line = row->line;
        lines[i].quantity_milli = row->back_milli;
        message[(*count)++] = &lines[i];
    }
    return message;
}

/* ---- drawing ---- */

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct refund_row *line = &c->refund.rows[index];
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct product *product =
        catalogue == NULL ? NULL : catalogue_product(catalogue, catalogue_newest(catalogue), line->product_id);
    bool all = refund_lines_picked(&c->refund) == 0;
    char left[NUMBER_TEXT], back[NUMBER_TEXT];

    paint_fill(row, style);
    paint_format(row, 0, line->deposit ? 3 : 1, row.columns - (line->deposit ? 22 : 20), ALIGN_LEFT, style, "%s%s",
                 line->deposit ? "+ " : "", product == NULL ? "(not in the catalogue)" : product->name);
    paint_text(row, 0, row.columns - 18, 8, ALIGN_RIGHT, style, milli_format(left, line->left_milli));
    if (all || line->back_milli > 0)
        paint_text(row, 0, row.columns - 9, 8, ALIGN_RIGHT, style,
                   milli_format(back, all ? line->left_milli : line->back_milli));
}

void refund_lines_draw(struct counter *c, struct area area)
{
    struct area head = area_rows(area, 0, 1);

    paint_fill(head, STYLE_HEAD);
    paint_text(head, 0, 1, 20, ALIGN_LEFT, STYLE_HEAD, "Product");
    paint_text(head, 0, head.columns - 19, 8, ALIGN_RIGHT, STYLE_HEAD, "Left");
    paint_text(head, 0, head.columns - 10, 8, ALIGN_RIGHT, STYLE_HEAD, "Back");
    list_draw(&c->refund.list, area_rows(area, 1, -1), true, draw_row, c);
}
