/* Copies of rows: a row and all it points to in one block. */
#include "common/rules/catalogue_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules/nutrition.h"

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static size_t text_size(const char *text)
{
    return strlen(or_empty(text)) + 1;
}

/* Copies a text to *at and moves on. */
static const char *pack_text(char **at, const char *text)
{
    size_t size = text_size(text);
    char *copy = memcpy(*at, or_empty(text), size);

    *at += size;
    return copy;
}

static size_t texts_size(const char *const *texts, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += text_size(texts[i]);
    return size;
}

/* Copies texts to *at, their pointers to `pointers`. */
static void pack_texts(char **at, const char **pointers, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pointers[i] = pack_text(at, texts[i]);
}

static struct state *state_create(uint64_t version, const void *row, size_t row_size, size_t more)
{
    struct state *state = malloc(sizeof *state + row_size + more);

    assert(state != NULL);
    state->from_version = version;
    state->older = NULL;
    state->folded = NULL;
    memcpy(state->row, row, row_size);
    return state;
}

struct state *state_of_product(uint64_t version, const struct product *product)
{
    size_t pointers = product->barcode_count * sizeof(char *), ids_size = product->modifier_count * sizeof(int64_t);
    size_t nutrition_size = product->nutrition == NULL ? 0 : sizeof *product->nutrition;
    struct state *state =
        state_create(version, product, sizeof *product,
                     ids_size + pointers + nutrition_size + text_size(product->name) + text_size(product->sku) +
                         text_size(product->allergen_note) + texts_size(product->barcodes, product->barcode_count));
    struct product *copy = (struct product *)state->row;
    int64_t *ids = (int64_t *)(copy + 1);
    const char **barcodes = (const char **)(ids + product->modifier_count);
    struct nutrition *nutrition = (struct nutrition *)(barcodes + product->barcode_count);
    char *at = (char *)nutrition + nutrition_size;

    assert(product->barcode_count <= PRODUCT_BARCODES_MAX && product->modifier_count <= PRODUCT_MODIFIERS_MAX);
    if (ids_size > 0)
        memcpy(ids, product->modifier_ids, ids_size);
    copy->modifier_ids = ids;
    if (product->nutrition != NULL)
        copy->nutrition = memcpy(nutrition, product->nutrition, nutrition_size);
    pack_texts(&at, barcodes, product->barcodes, product->barcode_count);
    copy->barcodes = barcodes;
    copy->name = pack_text(&at, product->name);
    copy->sku = pack_text(&at, product->sku);
    copy->allergen_note = pack_text(&at, product->allergen_note);
    return state;
}

struct state *state_of_category(uint64_t version, const struct category *category)
{
    struct state *state = state_create(version, category, sizeof *category, text_size(category->name));
    struct category *copy = (struct category *)state->row;
    char *at = (char *)(copy + 1);

    copy->name = pack_text(&at, category->name);
    return state;
}

struct state *state_of_tax_class(uint64_t version, const struct tax_class *tax_class)
{
    size_t rates_size = tax_class->rate_count * sizeof(struct tax_rate);
    struct state *state = state_create(version, tax_class, sizeof *tax_class, rates_size + text_size(tax_class->name));
    struct tax_class *copy = (struct tax_class *)state->row;
    struct tax_rate *rates = (struct tax_rate *)(copy + 1);
    char *at = (char *)(rates + tax_class->rate_count);

    if (rates_size > 0)
        memcpy(rates, tax_class->rates, rates_size);
    copy->rates = rates;
    copy->name = pack_text(&at, tax_class->name);
    return state;
}

static const int64_t *pack_ids(int64_t **at, const int64_t *ids, size_t count)
{
    int64_t *copy = *at;

    if (count > 0)
        memcpy(copy, ids, count * sizeof *ids);
    *at += count;
    return copy;
}

/* The terms, then the goods of each, then the texts. */
struct state *state_of_programme(uint64_t version, const struct programme *programme)
{
    size_t terms_size = programme->term_count * sizeof(struct programme_term), goods = 0, names = 0;

    for (size_t i = 0; i < programme->term_count; i++) {
        goods += programme->terms[i].category_count + programme->terms[i].product_count;
        names += text_size(programme->terms[i].name);
    }
    struct state *state = state_create(version, programme, sizeof *programme,
                                       terms_size + goods * sizeof(int64_t) + names + text_size(programme->name) +
                                           text_size(programme->reward_name));
    struct programme *copy = (struct programme *)state->row;
    struct programme_term *terms = (struct programme_term *)(copy + 1);
    int64_t *ids = (int64_t *)(terms + programme->term_count);
    char *at = (char *)(ids + goods);

    for (size_t i = 0; i < programme->term_count; i++) {
        const struct programme_term *term = &programme->terms[i];

        terms[i] = *term;
        terms[i].category_ids = pack_ids(&ids, term->category_ids, term->category_count);
        terms[i].product_ids = pack_ids(&ids, term->product_ids, term->product_count);
        terms[i].name = pack_text(&at, term->name);
    }
    copy->terms = terms;
    copy->name = pack_text(&at, programme->name);
    copy->reward_name = pack_text(&at, programme->reward_name);
    return state;
}

struct state *state_of_shop(uint64_t version, const struct shop *shop)
{
    struct state *state =
        state_create(version, shop, sizeof *shop,
                     text_size(shop->name) + text_size(shop->address) + text_size(shop->tax_number) +
                         text_size(shop->receipt_head) + text_size(shop->receipt_foot) + text_size(shop->currency) +
                         text_size(shop->zone_name) + text_size(shop->code_layouts));
    struct shop *copy = (struct shop *)state->row;
    char *at = (char *)(copy + 1);

    copy->name = pack_text(&at, shop->name);
    copy->address = pack_text(&at, shop->address);
    copy->tax_number = pack_text(&at, shop->tax_number);
    copy->receipt_head = pack_text(&at, shop->receipt_head);
    copy->receipt_foot = pack_text(&at, shop->receipt_foot);
    copy->currency = pack_text(&at, shop->currency);
    copy->zone_name = pack_text(&at, shop->zone_name);
    copy->code_layouts = pack_text(&at, shop->code_layouts);
    return state;
}

struct state *state_of_role(uint64_t version, const struct role *role)
{
    size_t pointers = role->permission_count * sizeof(char *);
    struct state *state =
        state_create(version, role, sizeof *role,
                     pointers + text_size(role->name) + texts_size(role->permissions, role->permission_count));
    struct role *copy = (struct role *)state->row;
    const char **permissions = (const char **)(copy + 1);
    char *at = (char *)(permissions + role->permission_count);

    pack_texts(&at, permissions, role->permissions, role->permission_count);
    copy->permissions = permissions;
    copy->name = pack_text(&at, role->name);
    return state;
}

/* The parts, then the goods of each, then the name. */
struct state *state_of_promotion(uint64_t version, const struct promotion *promotion)
{
    size_t parts_size = promotion->part_count * sizeof(struct promotion_part), goods = 0;

    for (size_t i = 0; i < promotion->part_count; i++)
        goods += promotion->parts[i].product_count;
    struct state *state = state_create(version, promotion, sizeof *promotion,
                                       parts_size + goods * sizeof(int64_t) + text_size(promotion->name));
    struct promotion *copy = (struct promotion *)state->row;
    struct promotion_part *parts = (struct promotion_part *)(copy + 1);
    int64_t *ids = (int64_t *)(parts + promotion->part_count);

    for (size_t i = 0; i < promotion->part_count; i++) {
        const struct promotion_part *part = &promotion->parts[i];

        parts[i] = *part;
        parts[i].product_ids = ids;
        for (size_t product = 0; product < part->product_count; product++)
            *ids++ = part->product_ids[product];
    }
    char *at = (char *)ids;
    copy->parts = parts;
    copy->name = pack_text(&at, promotion->name);
    return state;
}

struct state *state_of_modifier(uint64_t version, const struct modifier *modifier)
{
    size_t options_size = modifier->option_count * sizeof(struct modifier_option), names = 0;

    for (size_t i = 0; i < modifier->option_count; i++)
        names += text_size(modifier->options[i].name);
    struct state *state =
        state_create(version, modifier, sizeof *modifier, options_size + names + text_size(modifier->name));
    struct modifier *copy = (struct modifier *)state->row;
    struct modifier_option *options = (struct modifier_option *)(copy + 1);
    char *at = (char *)(options + modifier->option_count);

    for (size_t i = 0; i < modifier->option_count; i++) {
        options[i] = modifier->options[i];
        options[i].name = pack_text(&at, modifier->options[i].name);
    }
    copy->options = options;
    copy->name = pack_text(&at, modifier->name);
    return state;
}

struct state *state_of_tender_type(uint64_t version, const struct tender_type *type)
{
    struct state *state =
        state_create(version, type, sizeof *type, text_size(type->name) + text_size(type->permission));
    struct tender_type *copy = (struct tender_type *)state->row;
    char *at = (char *)(copy + 1);

    copy->name = pack_text(&at, type->name);
    copy->permission = pack_text(&at, type->permission);
    return state;
}
