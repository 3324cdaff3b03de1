/* Drafts of products into rows, a statement a table. */
#include "server/service/product_write.h"

#include "common/rules/modifier_ids.h"
#include "common/rules/nutrition.h"
#include "db/queries.h"

/* Which drafts a statement is about. */
typedef bool chosen_fn(const struct draft *d);

static bool is_made(const struct draft *d)
{
    return d->made;
}

static bool is_rekeyed(const struct draft *d)
{
    return d->changes_keys && !d->made;
}

static bool has_other_barcodes(const struct draft *d)
{
    return d->changes_barcodes;
}

static bool is_changed(const struct draft *d)
{
    return d->changes_product;
}

static bool is_repriced(const struct draft *d)
{
    return d->changes_price;
}

static bool is_sold_out(const struct draft *d)
{
    return d->changes_sold_out;
}

/* Some of the drafts, and columns of their values. */
struct some {
    struct arena *arena;
    const struct product **products;
    size_t count;
};

static struct some choose(struct call *c, const struct draft *drafts, size_t count, chosen_fn *chosen)
{
    struct some some = { .arena = c->txn.arena,
                         .products = arena_array(c->txn.arena, count, sizeof(struct product *)) };

    for (size_t i = 0; i < count; i++)
        if (chosen(&drafts[i]))
            some.products[some.count++] = &drafts[i].after;
    return some;
}

static const char *nutrition_text_of(const struct product *p, struct arena *arena)
{
    return p->nutrition == NULL ? "" : nutrition_text(p->nutrition, arena_alloc(arena, NUTRITION_TEXT));
}

/* name_of(some): that value of each, as a parameter. */
#define COLUMN(name, type, make, value)                                                                                \
    static struct param name##_of(const struct some *some)                                                             \
    {                                                                                                                  \
        type *values = arena_array(some->arena, some->count + 1, sizeof *values);                                      \
                                                                                                                       \
        for (size_t i = 0; i < some->count; i++) {                                                                     \
            const struct product *p = some->products[i];                                                               \
            values[i] = value;                                                                                         \
        }                                                                                                              \
        return make(values, some->count);                                                                              \
    }
COLUMN(id, int64_t, PARAM_INTS, p->id)
COLUMN(name, struct bytes, PARAM_TEXTS, bytes_of_text(p->name))
COLUMN(sku, struct bytes, PARAM_TEXTS, bytes_of_text(p->sku))
COLUMN(plu, int64_t, PARAM_INTS, p->plu)
COLUMN(category, int64_t, PARAM_INTS, p->category_id)
COLUMN(unit, int64_t, PARAM_INTS, p->unit)
COLUMN(tax_class, int64_t, PARAM_INTS, p->tax_class_id)
COLUMN(contains, int64_t, PARAM_INTS, p->contains)
COLUMN(may_contain, int64_t, PARAM_INTS, p->may_contain)
COLUMN(note, struct bytes, PARAM_TEXTS, bytes_of_text(p->allergen_note))
COLUMN(active, bool, PARAM_BOOLS, p->active)
COLUMN(stock_policy, int64_t, PARAM_INTS, p->stock_policy)
COLUMN(floor, int64_t, PARAM_INTS, p->floor_minor)
COLUMN(modifiers, struct bytes, PARAM_TEXTS,
       bytes_of_text(modifier_ids_text(p->modifier_ids, p->modifier_count, some->arena)))
COLUMN(open_price, bool, PARAM_BOOLS, p->open_price)
COLUMN(open_min, int64_t, PARAM_INTS, p->open_min_minor)
COLUMN(open_max, int64_t, PARAM_INTS, p->open_max_minor)
COLUMN(deposit_kind, int64_t, PARAM_INTS, p->deposit_kind)
COLUMN(deposit_product, int64_t, PARAM_INTS, p->deposit_product_id)
COLUMN(deposit_count, int64_t, PARAM_INTS, p->deposit_count)
COLUMN(nutrition, struct bytes, PARAM_TEXTS, bytes_of_text(nutrition_text_of(p, some->arena)))
COLUMN(price, int64_t, PARAM_INTS, p->price_minor)
COLUMN(sold_out, bool, PARAM_BOOLS, p->sold_out)

static void write_keys(struct call *c, const struct some *made, const struct some *rekeyed)
{
    if (rekeyed->count)
        ask(c, &sql_product_put_release, PARAMS(id_of(rekeyed)));
    if (made->count)
        ask(c, &sql_product_put_create, PARAMS(id_of(made), sku_of(made), plu_of(made)));
    if (rekeyed->count)
        ask(c, &sql_product_put_keys, PARAMS(id_of(rekeyed), sku_of(rekeyed), plu_of(rekeyed)));
}

static void write_barcodes(struct call *c, const struct some *some)
{
    int64_t *ids = arena_array(some->arena, some->count * PRODUCT_BARCODES_MAX + 1, sizeof *ids);
    struct bytes *codes = arena_array(some->arena, some->count * PRODUCT_BARCODES_MAX + 1, sizeof *codes);
    size_t count = 0;

    if (!some->count)
        return;
    for (size_t i = 0; i < some->count; i++)
        for (size_t k = 0; k < some->products[i]->barcode_count; k++, count++) {
            ids[count] = some->products[i]->id;
            codes[count] = bytes_of_text(some->products[i]->barcodes[k]);
        }
    ask(c, &sql_product_put_barcodes_release, PARAMS(id_of(some)));
    ask(c, &sql_product_put_barcodes_take, PARAMS(PARAM_INTS(ids, count), PARAM_TEXTS(codes, count)));
}

static void write_products(struct call *c, const struct some *s)
{
    if (s->count)
        ask(c, &sql_product_put_version,
            PARAMS(id_of(s), name_of(s), sku_of(s), plu_of(s), category_of(s), unit_of(s), tax_class_of(s),
                   contains_of(s), may_contain_of(s), note_of(s), active_of(s), stock_policy_of(s), floor_of(s),
                   modifiers_of(s), open_price_of(s), open_min_of(s), open_max_of(s), deposit_kind_of(s),
                   deposit_product_of(s), deposit_count_of(s), nutrition_of(s)));
}

void products_write(struct call *c, const struct draft *drafts, size_t count)
{
    struct some made = choose(c, drafts, count, is_made), rekeyed = choose(c, drafts, count, is_rekeyed);
    struct some barcodes = choose(c, drafts, count, has_other_barcodes);
    struct some changed = choose(c, drafts, count, is_changed), repriced = choose(c, drafts, count, is_repriced);
    struct some sold_out = choose(c, drafts, count, is_sold_out);

    write_keys(c, &made, &rekeyed);
    write_barcodes(c, &barcodes);
    write_products(c, &changed);
    if (repriced.count)
        ask(c, &sql_product_put_price, PARAMS(id_of(&repriced), price_of(&repriced)));
    if (sold_out.count)
        ask(c, &sql_product_put_sold_out, PARAMS(PARAM_INT(c->shop_id), id_of(&sold_out), sold_out_of(&sold_out)));
}
