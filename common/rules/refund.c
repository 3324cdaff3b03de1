/* A refund: the whole of what has not been given back, in goods, money, taxes and points, to where it came from. */
#include <assert.h>
#include <stdlib.h>

#include "common/rules/sale_parts.h"

static enum sale_verdict check_original(const struct original *original, struct arena *arena, struct sale_rows *rows)
{
    if (original == NULL)
        return sale_refuse(rows, arena, SALE_UNKNOWN_SALE, "receipt_number", "no receipt of this number");
    if (original->kind == SALE_REFUND)
        return sale_refuse(rows, arena, SALE_REFUND_OF_REFUND, "receipt_number",
                           "this receipt is itself a refund, which is not refunded");
    if (original->refunded)
        return sale_refuse(rows, arena, SALE_ALREADY_REFUNDED, "receipt_number",
                           "everything on this receipt has been given back");
    return SALE_OK;
}

static void fill_head(const struct refund_command *command, const struct original *original, struct sale_rows *rows)
{
    rows->kind = SALE_REFUND;
    rows->priced = true;
    rows->sale_id = command->sale_id;
    rows->device_id = command->device_id;
    rows->staff_id = command->staff_id;
    rows->number.series = command->series;
    rows->number.number = command->number;
    rows->reason = command->reason;
    rows->refund_of = original->sale_id;
    rows->refund_of_number = original->number;
    rows->member_id = original->member_id;
    rows->service = original->service;
    rows->total_minor = -original->total_minor;
    rows->tax_minor = -original->tax_minor;
    rows->rounding_minor = -original->rounding_minor;
    rows->made = rows->at;
}

/* The lines that have something left; voided ones never were sold. */
static void fill_lines(const struct original *original, struct arena *arena, struct sale_rows *rows)
{
    rows->lines = arena_array(arena, original->line_count, sizeof *rows->lines);
    rows->stock = arena_array(arena, original->line_count, sizeof *rows->stock);
    for (size_t i = 0; i < original->line_count; i++) {
        const struct original_line *line = &original->lines[i];

        if (line->quantity_milli == 0 || (line->flags & LINE_VOIDED) != 0)
            continue;
        if ((line->flags & LINE_STOCK) != 0)
            rows->stock[rows->stock_count++] = (struct stock_row){
                .product_id = line->product_id,
                .quantity_milli = line->quantity_milli,
                .line = (int)rows->line_count,
            };
        rows->lines[rows->line_count++] = (struct sale_line_row){
            .product_id = line->product_id,
            .name = line->name,
            .quantity_milli = -line->quantity_milli,
            .unit_price_minor = line->unit_price_minor,
            .gross_minor = -line->gross_minor,
            .discount_minor = -line->discount_minor,
            .total_minor = -line->total_minor,
            .tax_minor = -line->tax_minor,
            .refund_line = line->line,
            .unit = line->unit,
            .flags = line->flags & (LINE_HOT | LINE_REWARD | LINE_STOCK),
        };
    }
}

static void fill_money(const struct original *original, struct arena *arena, struct sale_rows *rows)
{
    assert(original->tax_count <= TAX_ROWS_MAX);
    for (size_t i = 0; i < original->tax_count; i++) {
        rows->taxes.rows[i] = original->taxes[i];
        rows->taxes.rows[i].net_minor = -original->taxes[i].net_minor;
        rows->taxes.rows[i].tax_minor = -original->taxes[i].tax_minor;
    }
    rows->taxes.count = original->tax_count;
    rows->taxes.total_minor = rows->tax_minor;
    rows->tenders = arena_array(arena, original->tender_count, sizeof *rows->tenders);
    for (size_t i = 0; i < original->tender_count; i++) {
        const struct original_tender *tender = &original->tenders[i];

        if (tender->amount_minor == 0)
            continue;
        rows->tenders[rows->tender_count++] = (struct tender_row){ .kind = tender->kind,
                                                                   .amount_minor = -tender->amount_minor,
                                                                   .reference = tender->reference };
        if (tender->kind == TENDER_CASH)
            rows->cash_minor -= tender->amount_minor;
    }
    rows->drawer_minor = rows->cash_minor;
}

/* Refunded whole, the sale earns nothing: what it earned is taken back, a debt if need be, and what it spent returns.
 */
static void return_points(const struct original *original, struct working_set *set, struct sale_rows *rows)
{
    struct member_state *member = set_member(set, original->member_id);

    if (original->member_id == 0)
        return;
    assert(member != NULL);
    for (size_t i = 0; i < original->lot_count; i++) {
        const struct original_lot *lot = &original->lots[i];

        points_return(member, lot->lot_id, POINTS_TAKEN_BACK, -lot->earned, set->arena, &rows->points);
        points_return(member, lot->lot_id, POINTS_GIVEN_BACK, lot->spent, set->arena, &rows->points);
        rows->points_earned -= lot->earned;
        rows->points_spent -= lot->spent;
    }
    rows->points_after = points_spendable(member, zone_day(set->zone, rows->at));
}

enum sale_verdict refund_decide(const struct refund_command *command, struct working_set *set, struct instant now,
                                struct sale_rows *rows)
{
    const struct shop *shop = catalogue_shop(set->catalogue, catalogue_newest(set->catalogue));
    struct original *original = set_original(set, command->original);
    struct drawer_state *drawer = NULL;

    *rows = (struct sale_rows){ 0 };
    assert(shop != NULL);
    rows->shop_id = shop->id;
    rows->catalogue_version = catalogue_newest(set->catalogue);
    enum sale_verdict verdict = sale_open_drawer(set, command->device_id, now, shop, rows, &drawer);
    if (verdict == SALE_OK)
        verdict = check_original(original, set->arena, rows);
    if (verdict != SALE_OK)
        return verdict;
    fill_head(command, original, rows);
    fill_lines(original, set->arena, rows);
    fill_money(original, set->arena, rows);
    if (drawer->cash_minor + rows->drawer_minor < -MINOR_MAX)
        return sale_refuse(rows, set->arena, SALE_AMOUNT_OVERFLOW, NULL, "the drawer cannot owe so much");
    if (!sale_stock_fits(set, rows))
        return sale_refuse(rows, set->arena, SALE_STOCK_OVERFLOW, NULL,
                           "the stock would leave the range that can be counted");
    return_points(original, set, rows);
    sale_apply_stock(set, rows);
    sale_apply_drawer(drawer, rows);
    original->refunded = true;
    return SALE_OK;
}
