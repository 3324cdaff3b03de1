/* The shelf: what a sale takes from it, and what may not go below zero. */
#include <assert.h>
#include <stdlib.h>

#include "common/rules/sale_parts.h"

/* Domain milli of the tables. */
#define SHELF_MAX INT64_C(1000000000000)

/* The stock of a deposit good are its empties: those that go out with goods never were among them. */
static bool moves_stock(const struct priced_line *line)
{
    return !line->voided && line->deposit_of == 0;
}

/* The same product may stand on several lines; the shelf holds it once. */
static int64_t wanted_up_to(const struct priced_line *lines, size_t line)
{
    int64_t wanted = 0;

    for (size_t i = 0; i <= line; i++)
        if (moves_stock(&lines[i]) && lines[i].product->id == lines[line].product->id)
            wanted += lines[i].quantity_milli;
    return wanted;
}

/* "3 pieces", "0.35 kg". */
static char *amount_text(struct arena *arena, const struct product *product, int64_t milli)
{
    static const char *const units[] = { [UNIT_PIECE] = "pieces", [UNIT_KILOGRAM] = "kg", [UNIT_LITRE] = "l" };
    char number[NUMBER_TEXT];
    const char *unit = product->unit == UNIT_PIECE && milli == 1000 ? "piece" : units[product->unit];

    return arena_format(arena, "%s %s", milli_format(number, milli), unit);
}

enum sale_verdict sale_take_stock(const struct sale_command *command, const struct priced_line *lines,
                                  struct working_set *set, struct instant now, bool charged, struct sale_rows *rows)
{
    size_t count = command->basket.line_count;

    rows->stock = arena_array(set->arena, count, sizeof *rows->stock);
    for (size_t i = 0; i < count; i++) {
        const struct product *product = lines[i].product;
        const struct stock_state *state = set_stock(set, product->id);

        if (!moves_stock(&lines[i]) || product->stock_policy == STOCK_NOT_KEPT)
            continue;
        if (state == NULL) {
            assert(command->aim == SALE_TO_PRICE);
            continue;
        }
        int64_t wanted = wanted_up_to(lines, i), left = state->on_hand_milli - wanted;
        int64_t held = set->holds == NULL ? 0 : holds_of_others(set->holds, command->device_id, product->id, now);

        bool out = lines[i].quantity_milli > 0;

        if (left < -SHELF_MAX || left > SHELF_MAX)
            return sale_refuse(rows, set->arena, SALE_STOCK_OVERFLOW,
                               arena_format(set->arena, "basket.lines[%zu].quantity_milli", i),
                               "line %zu, %s: the stock leaves the range that can be counted", i + 1, product->name);
        if (product->stock_policy == STOCK_BLOCK && out && left - held < 0 && !charged) {
            int64_t there = state->on_hand_milli - held;

            return sale_refuse(
                rows, set->arena, SALE_STOCK_SHORT, arena_format(set->arena, "basket.lines[%zu].quantity_milli", i),
                "line %zu, %s: %s wanted, %s there%s", i + 1, product->name, amount_text(set->arena, product, wanted),
                amount_text(set->arena, product, there > 0 ? there : 0),
                held > 0 ? "; another till is selling the rest" : "");
        }
        rows->lines[i].flags |= LINE_STOCK;
        if (out && left < 0)
            rows->lines[i].flags |= LINE_BELOW_ZERO;
        if (out && left < 0 && product->stock_policy == STOCK_BLOCK)
            sale_except(rows, EXCEPTION_OVERSOLD, (int)i, 0, 0);
        rows->stock[rows->stock_count++] =
            (struct stock_row){ .product_id = product->id, .quantity_milli = -lines[i].quantity_milli, .line = (int)i };
    }
    return SALE_OK;
}

bool sale_stock_fits(const struct working_set *set, const struct sale_rows *rows)
{
    for (size_t i = 0; i < rows->stock_count; i++) {
        int64_t after = set_stock(set, rows->stock[i].product_id)->on_hand_milli;

        for (size_t j = 0; j < rows->stock_count; j++)
            if (rows->stock[j].product_id == rows->stock[i].product_id)
                after += rows->stock[j].quantity_milli;
        if (after > SHELF_MAX || after < -SHELF_MAX)
            return false;
    }
    return true;
}

void sale_apply_stock(struct working_set *set, const struct sale_rows *rows)
{
    for (size_t i = 0; i < rows->stock_count; i++) {
        struct stock_state *state = set_stock(set, rows->stock[i].product_id);

        assert(state != NULL);
        state->on_hand_milli += rows->stock[i].quantity_milli;
        state->change_milli += rows->stock[i].quantity_milli;
        state->moved = true;
    }
}
