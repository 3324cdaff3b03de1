/* The books of a practised shift, out of its training's receipts: what the shop's statements (db/queries/shift.sql) sum up of a real
 * one's. */
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/training.h"

#define OPTIONS_MAX 200 /* as of a real shift: the last is of all others */

static void add_tender(struct shift_tender *tenders, size_t *count, const struct tender_row *row,
                       const struct catalogue *catalogue)
{
    size_t at = 0;

    while (at < *count && (tenders[at].kind != row->kind || tenders[at].type_id != row->type_id))
        at++;
    if (at == *count) {
        const struct tender_type *type = tender_type_of(catalogue, catalogue_newest(catalogue),
                                                        row->type_id == 0 ? (int64_t)row->kind : row->type_id);

        tenders[(*count)++] = (struct shift_tender){ .kind = row->kind,
                                                     .type_id = row->type_id,
                                                     .name = type == NULL ? row->name : type->name };
    }
    tenders[at].count++;
    tenders[at].stayed_minor += row->amount_minor - row->change_minor;
    tenders[at].forfeited_minor += row->forfeited_minor;
    tenders[at].tip_minor += row->tip_minor;
}

static void add_tax(struct shift_tax *taxes, size_t *count, const struct tax_row *row)
{
    size_t at = 0;

    while (at < *count && (taxes[at].rate_ppm != row->rate_ppm || strcmp(taxes[at].code, row->code) != 0))
        at++;
    if (at == *count)
        taxes[(*count)++] = (struct shift_tax){ .code = row->code, .rate_ppm = row->rate_ppm };
    taxes[at].net_minor += row->net_minor;
    taxes[at].tax_minor += row->tax_minor;
}

static void add_sales(struct shift_sales *sales, size_t *count, const struct sale_rows *sale)
{
    size_t at = 0;

    while (at < *count && sales[at].kind != sale->kind)
        at++;
    if (at == *count)
        sales[(*count)++] =
            (struct shift_sales){ .series = sale->number.series, .kind = sale->kind, .first = sale->number.number };
    sales[at].count++;
    sales[at].total_minor += sale->total_minor;
    sales[at].last = sale->number.number;
}

/* As shift_deposits of real ones: called as they were last. */
static void add_deposit(struct shift_deposit *deposits, size_t *count, const struct sale_rows *sale,
                        const struct deposit_row *row)
{
    const struct sale_line_row *line = &sale->lines[row->line];
    bool charge = (line->flags & LINE_CHARGE) != 0;
    size_t at = 0;

    while (at < *count && (deposits[at].product_id != line->product_id || deposits[at].charge != charge))
        at++;
    if (at == *count)
        deposits[(*count)++] = (struct shift_deposit){ .product_id = line->product_id, .charge = charge };
    struct shift_deposit *deposit = &deposits[at];
    bool refund = sale->kind == SALE_REFUND, back = line->quantity_milli < 0;

    deposit->name = line->name;
    add_most(refund ? &deposit->refund_milli : back ? &deposit->back_milli : &deposit->out_milli, line->quantity_milli);
    add_most(refund ? &deposit->refund_minor : back ? &deposit->back_minor : &deposit->out_minor, row->amount_minor);
}

/* As shift_options of real ones: of sales alone, as they were called; what was keyed is all one, without a modifier. */
static void add_option(struct shift_option *options, size_t *count, const struct shift_option *sold)
{
    size_t at = 0;

    while (at < *count && (options[at].modifier_id != sold->modifier_id || options[at].option != sold->option ||
                           strcmp(options[at].name, sold->name) != 0))
        at++;
    if (at == *count)
        options[(*count)++] =
            (struct shift_option){ .modifier_id = sold->modifier_id, .option = sold->option, .name = sold->name };
    options[at].count++;
    add_most(&options[at].quantity_milli, sold->quantity_milli);
    add_most(&options[at].amount_minor, sold->amount_minor);
}

static void add_options(struct shift_option *options, size_t *count, const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->option_count; i++) {
        const struct option_row *row = &sale->options[i];
        const struct sale_line_row *line = &sale->lines[row->line];
        struct shift_option sold = { .modifier_id = row->modifier_id,
                                     .option = row->option,
                                     .name = row->name,
                                     .quantity_milli = line->quantity_milli };

        if ((line->flags & LINE_VOIDED) != 0)
            continue;
        if (!multiply_divide(row->price_minor, line->quantity_milli, 1000, &sold.amount_minor))
            sold.amount_minor = row->price_minor < 0 ? -INT64_MAX : INT64_MAX; /* where counting ends */
        add_option(options, count, &sold);
    }
    for (size_t i = 0; i < sale->keyed_count; i++) {
        const struct sale_line_row *line = &sale->lines[sale->keyed[i].line];
        struct shift_option sold = { .name = "",
                                     .quantity_milli = line->quantity_milli,
                                     .amount_minor = line->gross_minor };

        if (!(line->flags & LINE_VOIDED))
            add_option(options, count, &sold);
    }
}

/* As shift_departments of real ones: what was keyed, product by product, as it is called at the last of these sales. */
static void add_departments(struct shift_department *departments, size_t *count, const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->keyed_count; i++) {
        const struct sale_line_row *line = &sale->lines[sale->keyed[i].line];
        size_t at = 0;

        if (line->flags & LINE_VOIDED)
            continue;
        while (at < *count && departments[at].product_id != line->product_id)
            at++;
        if (at == *count)
            departments[(*count)++] = (struct shift_department){ .product_id = line->product_id };
        departments[at].name = line->name;
        departments[at].count++;
        add_most(&departments[at].quantity_milli, line->quantity_milli);
        add_most(&departments[at].amount_minor, line->gross_minor);
    }
}

static int by_name(const void *a, const void *b)
{
    const struct shift_option *left = a, *right = b;
    int order = strcmp(left->name, right->name);

    if (order != 0)
        return order;
    if (left->modifier_id != right->modifier_id)
        return left->modifier_id < right->modifier_id ? -1 : 1;
    return (left->option > right->option) - (left->option < right->option);
}

/* In their order, and what is beyond the most that are listed as one. */
static size_t fold(struct shift_option *options, size_t count)
{
    struct shift_option others = { .name = "", .others = true };

    qsort(options, count, sizeof *options, by_name);
    if (count < OPTIONS_MAX)
        return count;
    for (size_t i = OPTIONS_MAX - 1; i < count; i++) {
        add_most(&others.count, options[i].count);
        add_most(&others.quantity_milli, options[i].quantity_milli);
        add_most(&others.amount_minor, options[i].amount_minor);
    }
    options[OPTIONS_MAX - 1] = others;
    return OPTIONS_MAX;
}

static int by_product(const void *a, const void *b)
{
    const struct shift_deposit *left = a, *right = b;

    if (left->product_id != right->product_id)
        return left->product_id < right->product_id ? -1 : 1;
    return (int)left->charge - (int)right->charge;
}

static int by_department(const void *a, const void *b)
{
    const struct shift_department *left = a, *right = b;

    return (left->product_id > right->product_id) - (left->product_id < right->product_id);
}

static int by_kind_and_type(const void *a, const void *b)
{
    const struct shift_tender *left = a, *right = b;

    if (left->kind != right->kind)
        return left->kind < right->kind ? -1 : 1;
    return (left->type_id > right->type_id) - (left->type_id < right->type_id);
}

static int by_code_and_rate(const void *a, const void *b)
{
    const struct shift_tax *left = a, *right = b;
    int order = strcmp(left->code, right->code);

    return order != 0 ? order : (left->rate_ppm > right->rate_ppm) - (left->rate_ppm < right->rate_ppm);
}

struct shift_books training_books(const struct training_state *state, uint32_t till, const struct catalogue *catalogue,
                                  struct arena *arena)
{
    size_t tender_most = 0, tax_most = 0, deposit_most = 0, option_most = 1 /* what was keyed */, keyed_most = 0;

    for (size_t i = state->shift_from; i < state->sale_count; i++) {
        tender_most += state->sales[i].sale.tender_count;
        tax_most += state->sales[i].sale.taxes.count;
        deposit_most += state->sales[i].sale.deposit_count;
        option_most += state->sales[i].sale.option_count;
        keyed_most += state->sales[i].sale.keyed_count;
    }
    struct shift_deposit *deposits = arena_array(arena, deposit_most, sizeof *deposits);
    struct shift_option *options = arena_array(arena, option_most, sizeof *options);
    struct shift_department *departments = arena_array(arena, keyed_most, sizeof *departments);
    struct shift_tender *tenders = arena_array(arena, tender_most, sizeof *tenders);
    struct shift_tax *taxes = arena_array(arena, tax_most, sizeof *taxes);
    struct shift_sales *sales = arena_array(arena, 2, sizeof *sales);
    struct shift_books books = { .shift_id = state->id,
                                 .training = true,
                                 .till = till,
                                 .number = state->shift_number,
                                 .opened = state->opened,
                                 .opened_by = state->opened_by,
                                 .float_minor = state->float_minor,
                                 .no_sale_count = state->no_sale_count,
                                 .sales = sales,
                                 .tenders = tenders,
                                 .taxes = taxes,
                                 .deposits = deposits,
                                 .options = options,
                                 .departments = departments,
                                 .moves = state->moves,
                                 .move_count = state->move_count };

    for (size_t i = state->shift_from; i < state->sale_count; i++) {
        const struct sale_rows *sale = &state->sales[i].sale;

        add_sales(sales, &books.sales_count, sale);
        for (size_t j = 0; j < sale->tender_count; j++)
            add_tender(tenders, &books.tender_count, &sale->tenders[j], catalogue);
        for (size_t j = 0; j < sale->taxes.count; j++)
            add_tax(taxes, &books.tax_count, &sale->taxes.rows[j]);
        for (size_t j = 0; j < sale->deposit_count; j++)
            add_deposit(deposits, &books.deposit_count, sale, &sale->deposits[j]);
        if (sale->kind == SALE_SOLD) {
            add_options(options, &books.option_count, sale);
            add_departments(departments, &books.department_count, sale);
        }
    }
    books.option_count = fold(options, books.option_count);
    qsort(departments, books.department_count, sizeof *departments, by_department);
    qsort(deposits, books.deposit_count, sizeof *deposits, by_product);
    qsort(tenders, books.tender_count, sizeof *tenders, by_kind_and_type);
    qsort(taxes, books.tax_count, sizeof *taxes, by_code_and_rate);
    return books;
}
