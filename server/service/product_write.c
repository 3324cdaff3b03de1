/* Drafts of products into rows, a statement a table; and into the journal. */
#include "server/service/product_write.h"

#include <string.h>

#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/typed.h"

/* An entry has at most 60,000 bytes, or journal_list could not tell it. */
#define CHANGES_MAX  59000u
#define NUMBERS_SIZE 600u /* what a draft takes at most, when its texts are only named */

/* ---- rows --------------------------------------------------------------------------------------------------------- */

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
                   contains_of(s), may_contain_of(s), note_of(s), active_of(s), stock_policy_of(s)));
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

/* ---- the journal -------------------------------------------------------------------------------------------------- */

static const char *barcodes_text(struct call *c, const struct product *p)
{
    const char *text = "";

    for (size_t i = 0; i < p->barcode_count; i++)
        text = arena_format(c->txn.arena, "%s%s%s", text, i ? " " : "", p->barcodes[i]);
    return text;
}

static const char *allergens_text(struct call *c, unsigned set)
{
    const char *text = "";

    for (unsigned number = 1; number <= ALLERGEN_COUNT; number++)
        if (set & 1u << number)
            text = arena_format(c->txn.arena, "%s%s%u", text, *text ? " " : "", number);
    return text;
}

/* What a change of texts takes in an entry, at most. */
static size_t texts_size(const struct draft *d)
{
    size_t size = 0;

    for (int i = 0; i < 2; i++) {
        const struct product *p = i ? &d->after : &d->before;
        size += strlen(p->name) + strlen(p->sku) + strlen(p->allergen_note);
        for (size_t k = 0; k < p->barcode_count; k++)
            size += strlen(p->barcodes[k]) + 1;
    }
    return size;
}

static void journal_text(struct call *c, const struct draft *d, const char *field, const char *before,
                         const char *after, bool named_only)
{
    if (!named_only)
        changes_text(c, d->after.id, field, d->made, before, after);
    else if (d->made || strcmp(before, after) != 0)
        journal_change(c, d->after.id, field, NULL, NULL);
}

static void journal_draft(struct call *c, const struct draft *d, bool named_only)
{
    const struct product *a = &d->before, *b = &d->after;
    int64_t id = b->id;
    bool made = d->made;

    journal_text(c, d, "name", a->name, b->name, named_only);
    if (*a->sku || *b->sku)
        journal_text(c, d, "sku", a->sku, b->sku, named_only);
    if (d->changes_barcodes)
        journal_text(c, d, "barcodes", barcodes_text(c, a), barcodes_text(c, b), named_only);
    if (*a->allergen_note || *b->allergen_note)
        journal_text(c, d, "allergen_note", a->allergen_note, b->allergen_note, named_only);
    changes_number(c, id, "price_minor", made, a->price_minor, b->price_minor);
    changes_number(c, id, "tax_class_id", made, a->tax_class_id, b->tax_class_id);
    /* of a new product, what is not as it is of most: */
    changes_number(c, id, "category_id", made && b->category_id, a->category_id, b->category_id);
    changes_number(c, id, "plu", made && b->plu, a->plu, b->plu);
    changes_number(c, id, "unit", made && b->unit, a->unit, b->unit);
    changes_number(c, id, "stock_policy", made && b->stock_policy, a->stock_policy, b->stock_policy);
    changes_flag(c, id, "sold_out", made && b->sold_out, a->sold_out, b->sold_out);
    if (!made || !b->active)
        changes_flag(c, id, "active", made, a->active, b->active);
    if (a->contains != b->contains)
        changes_text(c, id, "contains", made, allergens_text(c, a->contains), allergens_text(c, b->contains));
    if (a->may_contain != b->may_contain)
        changes_text(c, id, "may_contain", made, allergens_text(c, a->may_contain), allergens_text(c, b->may_contain));
}

void products_journal(struct call *c, const struct draft *drafts, size_t count)
{
    size_t size = 0, changed = 0;

    for (size_t i = 0; i < count; i++)
        if (draft_changes(&drafts[i])) {
            size += texts_size(&drafts[i]);
            changed++;
        }
    bool named_only = size + changed * NUMBERS_SIZE > CHANGES_MAX;
    for (size_t i = 0; i < count; i++)
        if (draft_changes(&drafts[i]))
            journal_draft(c, &drafts[i], named_only);
}
