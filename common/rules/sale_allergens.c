/* What the member avoids and a line has: it is told before it is sold, or left out. */
#include "common/rules/allergen.h"
#include "common/rules/sale_parts.h"

static bool is_over(const struct sale_command *command)
{
    return command->over || command->printed != NULL;
}

static void list(struct sale_rows *rows, size_t line, const struct product *product, uint16_t untold)
{
    rows->allergens[rows->allergen_count++] =
        (struct allergen_row){ .line = (int)line,
                               .product_id = product->id,
                               .name = product->name,
                               .contains = untold & product->contains,
                               .may_contain = (uint16_t)(untold & product->may_contain & ~product->contains) };
}

static enum sale_verdict refuse(const struct sale_command *command, struct arena *arena, struct sale_rows *rows)
{
    const struct allergen_row *first = &rows->allergens[0];
    const char *field = arena_format(arena, "basket.lines[%d].allergens_told", first->line);
    const char *more = "";

    if (rows->allergen_count == 2)
        more = ", and so has another line";
    if (rows->allergen_count > 2)
        more = arena_format(arena, ", and so have %zu other lines", rows->allergen_count - 1);
    if (command->at_kiosk)
        return sale_refuse(rows, arena, SALE_ALLERGEN_NOT_HERE, field,
                           "line %d: %s has something that you avoid%s: leave it out, or ask at the counter",
                           first->line + 1, first->name, more);
    return sale_refuse(rows, arena, SALE_ALLERGEN_AVOIDED, field,
                       "line %d: %s has something that the customer avoids%s: tell them, or leave it out",
                       first->line + 1, first->name, more);
}

enum sale_verdict sale_check_allergens(const struct sale_command *command, const struct priced_line *lines,
                                       uint16_t avoids, struct arena *arena, struct sale_rows *rows)
{
    size_t count = command->basket.line_count;

    if (avoids == 0)
        return SALE_OK;
    rows->allergens = arena_array(arena, count, sizeof *rows->allergens);
    for (size_t i = 0; i < count; i++) {
        const struct product *product = lines[i].product;
        uint16_t told = command->at_kiosk ? 0 : command->basket.lines[i].told;

        if (lines[i].voided || lines[i].quantity_milli <= 0)
            continue;
        uint16_t untold = allergens_untold(product, avoids, told);
        if (untold == 0 && allergens_untold(product, avoids, 0) != 0)
            rows->lines[i].flags |= LINE_TOLD;
        if (untold != 0 && is_over(command))
            sale_except(rows, EXCEPTION_ALLERGEN, (int)i, 0, 0);
        else if (untold != 0)
            list(rows, i, product, untold);
    }
    return rows->allergen_count == 0 ? SALE_OK : refuse(command, arena, rows);
}
