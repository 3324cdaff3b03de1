/* Money for goods that come back without a receipt. Nothing says what they were sold for, so they are worth what they cost now, at
 * most: each line is less than nothing of its goods, priced, taxed, put on the shelf and paid out as what a sale takes back is. */
#include <assert.h>

#include "common/base/text.h"
#include "common/rules/sale_parts.h"

struct giving {
    const struct free_refund_command *command;
    const struct catalogue *catalogue;
    struct arena *arena;
    struct sale_command as_sale; /* for what it shares with sales */
    struct working_set *set;     /* NULL: nobody looks further than at what it comes to */
    const struct shop *shop;
    struct priced_line *lines;
    struct sale_rows *rows;
};

static enum sale_verdict refuse_line(const struct giving *g, enum sale_verdict verdict, size_t line, const char *name,
                                     const char *sentence)
{
    return sale_refuse(g->rows, g->arena, verdict, arena_format(g->arena, "lines[%zu].%s", line, name), "line %zu: %s",
                       line + 1, sentence);
}

static enum sale_verdict check_request(const struct giving *g)
{
    const struct free_refund_command *command = g->command;

    if (g->shop->free_refund_day_minor == 0)
        return sale_refuse(g->rows, g->arena, SALE_FREE_REFUND_OFF, NULL,
                           "this shop gives nothing back without a receipt");
    if (text_is_blank(command->reason))
        return sale_refuse(g->rows, g->arena, SALE_BAD_REASON, "reason", "a refund without a receipt has a reason");
    return SALE_OK;
}

static enum sale_verdict check_price(const struct giving *g, size_t at, const struct product *product)
{
    const struct free_refund_line *asked = &g->command->lines[at];
    char most[NUMBER_TEXT];

    if (product->price_minor <= 0)
        return refuse_line(
            g, SALE_FREE_REFUND_PRICE, at, "product_id",
            arena_format(g->arena, "%s costs nothing today: nothing is given back for it", product->name));
    if (!asked->keyed || (asked->price_minor > 0 && asked->price_minor <= product->price_minor))
        return SALE_OK;
    minor_format(most, product->price_minor, g->shop->currency_exponent);
    return refuse_line(
        g, SALE_FREE_REFUND_PRICE, at, "price_minor",
        arena_format(g->arena, "%s costs %s today: so much is given back for one, or less", product->name, most));
}

/* Which goods: of all that have a price of their own, also what is sold out. */
static enum sale_verdict take_line(struct giving *g, size_t at)
{
    const struct free_refund_line *asked = &g->command->lines[at];
    const struct product *product = catalogue_product(g->catalogue, g->rows->catalogue_version, asked->product_id);

    if (product == NULL)
        return refuse_line(g, SALE_UNKNOWN_PRODUCT, at, "product_id", "no such product");
    if (!product->active)
        return refuse_line(g, SALE_PRODUCT_INACTIVE, at, "product_id", "this product is no longer sold");
    if (product->deposit_kind != DEPOSIT_NONE)
        return refuse_line(g, SALE_FREE_REFUND_GOODS, at, "product_id",
                           arena_format(g->arena, "%s is %s", product->name,
                                        product->deposit_kind == DEPOSIT_GOOD
                                            ? "a deposit: it is taken back in a sale"
                                            : "a charge, which is given back on its receipt"));
    if (product->open_price)
        return refuse_line(
            g, SALE_FREE_REFUND_GOODS, at, "product_id",
            arena_format(g->arena, "the price of %s is keyed: only its receipt knows what it was", product->name));
    if (!quantity_valid(product, asked->quantity_milli))
        return refuse_line(g, SALE_BAD_QUANTITY, at, "quantity_milli",
                           product->unit == UNIT_PIECE ? "the quantity must be of whole pieces, from 1 to 1,000,000"
                                                       : "the quantity must be above 0 and at most 1,000,000");
    enum sale_verdict verdict = check_price(g, at, product);
    if (verdict == SALE_OK)
        g->lines[at] =
            (struct priced_line){ .product = product,
                                  .quantity_milli = -asked->quantity_milli,
                                  .apart_minor = asked->keyed ? asked->price_minor - product->price_minor : 0,
                                  .hot = asked->hot };
    return verdict;
}

static enum sale_verdict price(struct giving *g)
{
    struct sale_rows *rows = g->rows;
    struct arena *arena = g->arena;
    int64_t sum = 0;

    if (g->command->line_count == 0)
        return sale_refuse(rows, arena, SALE_BASKET_EMPTY, "lines", "say what comes back");
    if (g->command->line_count > FREE_REFUND_LINES_MAX)
        return sale_refuse(rows, arena, SALE_BASKET_TOO_LONG, "lines", "at most %d lines", FREE_REFUND_LINES_MAX);
    g->lines = arena_array(arena, g->command->line_count, sizeof *g->lines);
    for (size_t i = 0; i < g->command->line_count; i++) {
        enum sale_verdict verdict = take_line(g, i);

        if (verdict != SALE_OK)
            return verdict;
        if (!price_line(&g->lines[i]) || (sum += g->lines[i].total_minor) < -MINOR_MAX)
            return refuse_line(g, SALE_AMOUNT_OVERFLOW, i, "quantity_milli", "the sum leaves the range of money");
    }
    enum tax_verdict taxed =
        tax_compute(g->catalogue, rows->catalogue_version, g->command->service, g->shop->prices_include_tax, g->lines,
                    g->command->line_count, arena, &rows->taxes);
    if (taxed == TAX_TOO_MANY)
        return sale_refuse(rows, arena, SALE_BASKET_TOO_LONG, "lines",
                           "the goods have more different taxes than fit on one receipt");
    rows->tax_minor = rows->taxes.total_minor;
    rows->total_minor = sum + (g->shop->prices_include_tax ? 0 : rows->tax_minor);
    if (taxed == TAX_OVERFLOW || rows->total_minor < -MINOR_MAX)
        return sale_refuse(rows, arena, SALE_AMOUNT_OVERFLOW, NULL, "the sum leaves the range of money");
    if (rows->total_minor == 0)
        return sale_refuse(rows, arena, SALE_FREE_REFUND_PRICE, "lines", "nothing would be given back for this");
    return SALE_OK;
}

static void fill_rows(const struct giving *g)
{
    const struct free_refund_command *command = g->command;
    struct sale_rows *rows = g->rows;

    rows->kind = SALE_REFUND;
    rows->sale_id = command->sale_id;
    rows->device_id = command->device_id;
    rows->staff_id = command->staff_id;
    rows->number.series = command->series;
    rows->number.number = command->number;
    rows->service = command->service;
    rows->reason = command->reason;
    rows->made = rows->at;
    rows->line_count = command->line_count;
    rows->lines = arena_array(g->arena, rows->line_count, sizeof *rows->lines);
    rows->exceptions = arena_array(g->arena, 1, sizeof *rows->exceptions);
    for (size_t i = 0; i < rows->line_count; i++) {
        const struct priced_line *line = &g->lines[i];

        rows->lines[i] = (struct sale_line_row){ .product_id = line->product->id,
                                                 .name = line->product->name,
                                                 .quantity_milli = line->quantity_milli,
                                                 .unit_price_minor = priced_unit_minor(line),
                                                 .gross_minor = line->gross_minor,
                                                 .total_minor = line->total_minor,
                                                 .tax_minor = line->tax_minor,
                                                 .refund_line = NO_LINE,
                                                 .unit = line->product->unit,
                                                 .flags = line->hot ? LINE_HOT : 0 };
    }
    rows->priced = true;
    sale_except(rows, EXCEPTION_FREE_REFUND, NO_LINE, 0, 0);
}

/* The day's money, which is what leaves the drawers, is looked at before anybody is asked to allow it. */
static enum sale_verdict check_limits(const struct giving *g)
{
    const struct free_refund_command *command = g->command;
    struct sale_rows *rows = g->rows;
    int64_t left = g->shop->free_refund_day_minor - g->set->free_refunded_minor;
    int64_t cash = -cash_due(g->shop, rows->total_minor);
    char text[NUMBER_TEXT], day[NUMBER_TEXT];

    if (command->has_total && command->total_minor != -rows->total_minor)
        return sale_refuse(rows, g->arena, SALE_TOTAL_DIFFERS, "total_minor",
                           "this comes to %s now: look at it again, and nothing has been given back",
                           minor_format(text, -rows->total_minor, g->shop->currency_exponent));
    if (cash <= left)
        return SALE_OK;
    return sale_refuse(rows, g->arena, SALE_FREE_REFUND_CAP, "lines",
                       "%s are left to be given back without receipts today, of %s a day",
                       minor_format(text, left > 0 ? left : 0, g->shop->currency_exponent),
                       minor_format(day, g->shop->free_refund_day_minor, g->shop->currency_exponent));
}

/* By one's own right, or by who allowed it. */
static enum sale_verdict check_right(const struct giving *g, struct instant now)
{
    struct sale_rows *rows = g->rows;
    struct approval_state *approval;
    enum sale_verdict verdict = sale_find_approval(&g->as_sale, g->set, now, false, rows, &approval);

    if (verdict != SALE_OK)
        return verdict;
    if (!role_may(g->command->role, "refund_free") && (approval == NULL || !approval->free_refund)) {
        rows->free_refund = true;
        return sale_refuse(rows, g->arena, SALE_APPROVAL_NEEDED, "lines",
                           "your role gives nothing back without a receipt: another person has to allow it");
    }
    rows->approval = approval;
    rows->approved_by = approval == NULL ? 0 : approval->approved_by;
    return SALE_OK;
}

static enum sale_verdict pay(struct giving *g, struct drawer_state *drawer, struct instant now)
{
    struct sale_rows *rows = g->rows;
    enum sale_verdict verdict = sale_take_stock(&g->as_sale, g->lines, g->set, now, false, rows);

    if (verdict == SALE_OK)
        verdict = tenders_settle(&g->as_sale, g->catalogue, g->shop, g->arena, rows);
    if (verdict != SALE_OK)
        return verdict;
    if (drawer->cash_minor + rows->drawer_minor < -MINOR_MAX || !sale_drawer_fits(drawer, rows))
        return sale_refuse(rows, g->arena, SALE_AMOUNT_OVERFLOW, NULL, "the drawer cannot owe so much");
    return SALE_OK;
}

static struct sale_command as_sale(const struct free_refund_command *command, uint64_t version)
{
    return (struct sale_command){
        .aim = SALE_TO_BOOK,
        .basket = { .catalogue_version = version, .service = command->service, .line_count = command->line_count },
        .device_id = command->device_id,
        .staff_id = command->staff_id,
        .approval = command->approval
    };
}

/* rows: begun. */
static enum sale_verdict price_rows(struct giving *g)
{
    enum sale_verdict verdict = price(g);

    if (verdict == SALE_OK)
        fill_rows(g);
    return verdict;
}

enum sale_verdict refund_free_price(const struct free_refund_command *command, const struct catalogue *catalogue,
                                    struct arena *arena, struct sale_rows *rows)
{
    uint64_t version = catalogue_newest(catalogue);
    struct giving g = { .command = command, .catalogue = catalogue, .arena = arena, .rows = rows };

    g.shop = catalogue_shop(catalogue, version);
    assert(g.shop != NULL);
    *rows = (struct sale_rows){ .shop_id = g.shop->id, .catalogue_version = version };
    enum sale_verdict verdict = price_rows(&g);
    if (verdict == SALE_OK)
        rows->rounding_minor = cash_due(g.shop, rows->total_minor) - rows->total_minor;
    return verdict;
}

enum sale_verdict refund_free_decide(const struct free_refund_command *command, struct working_set *set,
                                     struct instant now, struct sale_rows *rows)
{
    uint64_t version = catalogue_newest(set->catalogue);
    struct drawer_state *drawer = set_drawer(set, command->device_id, command->staff_id);
    struct giving g = { .command = command,
                        .catalogue = set->catalogue,
                        .arena = set->arena,
                        .as_sale = as_sale(command, version),
                        .set = set,
                        .shop = catalogue_shop(set->catalogue, version),
                        .rows = rows };

    assert(g.shop != NULL);
    *rows = (struct sale_rows){ .shop_id = g.shop->id, .catalogue_version = version };
    enum sale_verdict verdict = sale_open_drawer(set, drawer, now, g.shop, rows);
    if (verdict == SALE_OK)
        verdict = check_request(&g);
    if (verdict == SALE_OK)
        verdict = price_rows(&g);
    if (verdict == SALE_OK)
        verdict = check_limits(&g);
    if (verdict == SALE_OK)
        verdict = check_right(&g, now);
    if (verdict == SALE_OK)
        verdict = pay(&g, drawer, now);
    if (verdict != SALE_OK)
        return verdict;
    sale_apply_approval(rows);
    sale_apply_stock(set, rows);
    sale_apply_drawer(drawer, rows);
    set->free_refunded_minor -= rows->total_minor + rows->rounding_minor;
    return SALE_OK;
}
