/* The goods of a member's last sales that come back. */
#include "common/rules/usual.h"

#include <stdlib.h>

#include "common/rules/modifier.h"
#include "common/rules/price.h"

/* How much of a product a sale had, on however many lines. */
struct taken {
    int64_t product_id, quantity_milli;
    uint32_t sale; /* 0: the newest */
};

static int by_product(const void *left, const void *right)
{
    const struct taken *a = left, *b = right;

    if (a->product_id != b->product_id)
        return a->product_id < b->product_id ? -1 : 1;
    return (a->sale > b->sale) - (a->sale < b->sale);
}

/* One row a product and sale, in this order; *sale_count: in how many anything was left. */
static size_t taken_of(const struct usual_line *lines, size_t count, struct taken *taken, uint32_t *sale_count)
{
    int64_t sale_id = 0;
    size_t left = 0, kept = 0;

    *sale_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].quantity_milli <= 0)
            continue;
        *sale_count += *sale_count == 0 || lines[i].sale_id != sale_id;
        sale_id = lines[i].sale_id;
        taken[left++] = (struct taken){ lines[i].product_id, lines[i].quantity_milli, *sale_count - 1 };
    }
    if (left == 0)
        return 0;
    qsort(taken, left, sizeof *taken, by_product);
    for (size_t i = 1; i < left; i++) {
        if (by_product(&taken[kept], &taken[i]) == 0)
            taken[kept].quantity_milli += taken[i].quantity_milli;
        else
            taken[++kept] = taken[i];
    }
    return kept + 1;
}

/* As most have it; the newest of these. */
static int64_t usual_quantity(const struct taken *taken, size_t count)
{
    size_t best = 0, best_votes = 0;

    for (size_t i = 0; i < count; i++) {
        size_t votes = 0;

        for (size_t k = i; k < count; k++)
            votes += taken[k].quantity_milli == taken[i].quantity_milli;
        if (votes > best_votes) {
            best = i;
            best_votes = votes;
        }
    }
    return taken[best].quantity_milli;
}

static enum usual_state state_of(const struct catalogue *catalogue, const struct usual_good *good)
{
    const struct product *product = catalogue_product(catalogue, catalogue_newest(catalogue), good->product_id);

    if (product == NULL || !product->active)
        return USUAL_GONE;
    if (product->sold_out)
        return USUAL_SOLD_OUT;
    if (modifiers_ask(product, catalogue, catalogue_newest(catalogue)))
        return USUAL_ASKS;
    return product->unit == UNIT_PIECE && quantity_valid(product, good->quantity_milli) ? USUAL_TAKEN : USUAL_WEIGHED;
}

struct ranked {
    struct usual_good good;
    uint32_t newest; /* sale that had it */
};

static int by_rank(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;

    if (a->good.sale_count != b->good.sale_count)
        return a->good.sale_count > b->good.sale_count ? -1 : 1;
    if (a->newest != b->newest)
        return a->newest < b->newest ? -1 : 1;
    return (a->good.product_id > b->good.product_id) - (a->good.product_id < b->good.product_id);
}

struct usual usual_of(const struct usual_line *lines, size_t count, const struct catalogue *catalogue,
                      struct arena *arena)
{
    struct usual usual = { 0 };
    struct taken *taken = arena_array(arena, count, sizeof *taken);
    size_t rows = taken_of(lines, count, taken, &usual.sale_count);
    struct ranked *ranked = arena_array(arena, rows, sizeof *ranked);
    size_t found = 0, next;

    for (size_t first = 0; first < rows; first = next) {
        for (next = first + 1; next < rows && taken[next].product_id == taken[first].product_id; next++)
            ;
        size_t sales = next - first;
        const struct product *product =
            catalogue_product(catalogue, catalogue_newest(catalogue), taken[first].product_id);
        if (product != NULL && product->deposit_kind != DEPOSIT_NONE) /* it comes with its goods */
            continue;
        if (sales < 2 || 2 * sales < usual.sale_count)
            continue;
        ranked[found].good = (struct usual_good){ .product_id = taken[first].product_id,
                                                  .quantity_milli = usual_quantity(&taken[first], sales),
                                                  .sale_count = (uint32_t)sales };
        ranked[found++].newest = taken[first].sale;
    }
    if (found == 0)
        return usual;
    qsort(ranked, found, sizeof *ranked, by_rank);
    usual.goods = arena_array(arena, USUAL_GOODS_MAX, sizeof *usual.goods);
    for (; usual.count < found && usual.count < USUAL_GOODS_MAX; usual.count++) {
        usual.goods[usual.count] = ranked[usual.count].good;
        usual.goods[usual.count].state = state_of(catalogue, &usual.goods[usual.count]);
    }
    return usual;
}
