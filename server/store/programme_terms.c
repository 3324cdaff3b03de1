/* Rows of programme_term_version as terms: a row a good, those of a term behind one another. */
#include "server/store/programme_terms.h"

static struct programme_term term_of(const struct rows *rows, size_t row, const int64_t *ids)
{
    return (struct programme_term){
        .name = row_text(rows, row, "name"),
        .category_ids = ids,
        .product_ids = ids + TERM_GOODS_MAX,
        .value = row_int(rows, row, "value"),
        .cost = row_int(rows, row, "cost"),
        .from_minute = (uint16_t)row_int(rows, row, "from_minute"),
        .until_minute = (uint16_t)row_int(rows, row, "until_minute"),
        .kind = (uint8_t)row_int(rows, row, "kind"),
        .number = (uint8_t)row_int(rows, row, "number"),
        .gives = (uint8_t)row_int(rows, row, "gives"),
        .tier = (uint8_t)row_int(rows, row, "tier"),
        .goods = (uint8_t)row_int(rows, row, "goods"),
        .weekdays = (uint8_t)row_int(rows, row, "weekdays"),
    };
}

struct programme_term *programme_terms_of(const struct rows *rows, int64_t version, struct arena *arena, size_t *count)
{
    struct programme_term *terms = arena_array(arena, PROGRAMME_TERMS_MAX, sizeof *terms);
    int64_t *ids = NULL; /* of the last term's categories, behind them of its products */

    *count = 0;
    for (size_t i = 0; i < rows_count(rows); i++) {
        int64_t category = row_int(rows, i, "category_id"), product = row_int(rows, i, "product_id");
        struct programme_term *last = *count == 0 ? NULL : &terms[*count - 1];

        if (row_int(rows, i, "version") != version)
            continue;
        if (last == NULL || last->kind != row_int(rows, i, "kind") || last->number != row_int(rows, i, "number")) {
            if (*count == PROGRAMME_TERMS_MAX)
                break;
            ids = arena_array(arena, 2 * (size_t)TERM_GOODS_MAX, sizeof *ids);
            last = &terms[(*count)++];
            *last = term_of(rows, i, ids);
        }
        if (category != 0 && last->category_count < TERM_GOODS_MAX)
            ids[last->category_count++] = category;
        if (product != 0 && last->product_count < TERM_GOODS_MAX)
            ids[TERM_GOODS_MAX + last->product_count++] = product;
    }
    return terms;
}
