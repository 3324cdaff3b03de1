/* Every object is a chain of states, the newest first; a price change adds one state and copies nothing else. */
#include "common/rules/catalogue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/text.h"
#include "common/rules/barcode.h"
#include "common/rules/catalogue_state.h"
#include "common/rules/key_table.h"

struct chain {
    int64_t id;
    struct state *newest;
    bool aged; /* stands in the list of those with older states */
};

#define CHAIN_BLOCK 256

/* The chains of one kind: by id, and in the order of ids for walks. */
struct shelf {
    struct key_table by_id;
    struct chain **chains;
    size_t count, capacity;
    struct chain **blocks; /* where they stand: CHAIN_BLOCK in each */
    size_t block_count, block_capacity;
    size_t walked; /* where the last walk stands: the next step begins there */
    bool sorted;
};

struct sealed {
    uint64_t version;
    int64_t at_us;
};

/* A product that took a new state. */
struct change {
    uint64_t version;
    const struct chain *chain;
};

struct catalogue {
    struct shelf products, categories, tax_classes, roles, promotions, modifiers, tender_types;
    struct chain programme, shop;
    struct key_table by_plu, by_barcode;
    struct key_table by_sku; /* made when somebody first asks: a till never does, and opens the faster */
    bool sku_asked;
    struct chain **aged; /* chains that have states to forget */
    size_t aged_count, aged_capacity;
    struct sealed *sealed; /* oldest first; those forgotten are gone */
    size_t sealed_count, sealed_capacity;
    uint64_t latest_put;
    struct change *changes; /* of products, oldest first, all that came after changes_since */
    size_t change_count, change_capacity;
    uint64_t changes_since; /* 0: none was sealed yet */
};

static void *must(void *memory)
{
    assert(memory != NULL);
    return memory;
}

/* Room for one more item in a growing array. */
static void *room_for_one(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    return must(reallocarray(items, *capacity, size));
}

/* ---- chains ---- */

static const struct state *state_as_of(const struct chain *chain, uint64_t version)
{
    const struct state *state = chain->newest;

    while (state != NULL && state->from_version > version)
        state = state->older;
    return state;
}

static const void *row_as_of(const struct chain *chain, uint64_t version)
{
    const struct state *state = chain == NULL ? NULL : state_as_of(chain, version);

    return state == NULL ? NULL : state->row;
}

static const void *row_newest(const struct chain *chain)
{
    return chain == NULL || chain->newest == NULL ? NULL : chain->newest->row;
}

static void states_free(struct state *state)
{
    while (state != NULL) {
        struct state *older = state->older;

        free(state->folded);
        free(state);
        state = older;
    }
}

static void chain_push(struct catalogue *catalogue, struct chain *chain, struct state *state)
{
    assert(state->from_version >= catalogue->latest_put);
    catalogue->latest_put = state->from_version;
    state->older = chain->newest;
    chain->newest = state;
    if (state->older != NULL && !chain->aged) {
        catalogue->aged =
            room_for_one(catalogue->aged, catalogue->aged_count, &catalogue->aged_capacity, sizeof *catalogue->aged);
        catalogue->aged[catalogue->aged_count++] = chain;
        chain->aged = true;
    }
}

static struct chain *shelf_chain(struct shelf *shelf, int64_t id)
{
    struct chain *chain = key_table_number(&shelf->by_id, (uint64_t)id);

    if (chain != NULL)
        return chain;
    if (shelf->count == shelf->block_count * CHAIN_BLOCK) {
        shelf->blocks = room_for_one(shelf->blocks, shelf->block_count, &shelf->block_capacity, sizeof *shelf->blocks);
        shelf->blocks[shelf->block_count++] = must(calloc(CHAIN_BLOCK, sizeof *chain));
    }
    chain = &shelf->blocks[shelf->block_count - 1][shelf->count % CHAIN_BLOCK];
    chain->id = id;
    key_table_put_number(&shelf->by_id, (uint64_t)id, chain);
    shelf->sorted = shelf->count == 0 || (shelf->sorted && shelf->chains[shelf->count - 1]->id < id);
    shelf->chains = room_for_one(shelf->chains, shelf->count, &shelf->capacity, sizeof *shelf->chains);
    shelf->chains[shelf->count++] = chain;
    return chain;
}

static const struct chain *shelf_find(const struct shelf *shelf, int64_t id)
{
    return key_table_number(&shelf->by_id, (uint64_t)id);
}

static int by_id(const void *a, const void *b)
{
    int64_t left = (*(struct chain *const *)a)->id, right = (*(struct chain *const *)b)->id;

    return (left > right) - (left < right);
}

/* Where the first with a greater id stands. */
static size_t shelf_after(const struct shelf *shelf, int64_t after_id)
{
    size_t low = 0, high = shelf->count;

    if (shelf->walked > 0 && shelf->walked <= shelf->count && shelf->chains[shelf->walked - 1]->id == after_id)
        return shelf->walked;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (shelf->chains[middle]->id <= after_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Products come in the order of ids nearly always: sorting waits until somebody walks. Order and place are a cache:
 * nothing that a caller sees changes. */
static const void *shelf_next(const struct shelf *shelf, uint64_t version, int64_t after_id, uint64_t changed_since)
{
    struct shelf *cache = (struct shelf *)shelf;

    if (!shelf->sorted && shelf->count > 0) {
        qsort(shelf->chains, shelf->count, sizeof *shelf->chains, by_id);
        cache->sorted = true;
        cache->walked = 0;
    }
    for (size_t at = shelf_after(shelf, after_id); at < shelf->count; at++) {
        const struct state *state = state_as_of(shelf->chains[at], version);

        if (state != NULL && (changed_since == 0 || state->from_version > changed_since)) {
            cache->walked = at + 1;
            return state->row;
        }
    }
    return NULL;
}

static void shelf_fini(struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++)
        states_free(shelf->chains[i]->newest);
    for (size_t i = 0; i < shelf->block_count; i++)
        free(shelf->blocks[i]);
    free(shelf->blocks);
    free(shelf->chains);
    key_table_fini(&shelf->by_id);
}

/* ---- the catalogue ---- */

struct catalogue *catalogue_create(void)
{
    return must(calloc(1, sizeof(struct catalogue)));
}

void catalogue_reserve(struct catalogue *catalogue, size_t product_count)
{
    key_table_reserve(&catalogue->products.by_id, product_count);
    key_table_reserve(&catalogue->by_plu, product_count);
}

void catalogue_destroy(struct catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    shelf_fini(&catalogue->products);
    shelf_fini(&catalogue->categories);
    shelf_fini(&catalogue->tax_classes);
    shelf_fini(&catalogue->roles);
    shelf_fini(&catalogue->promotions);
    shelf_fini(&catalogue->modifiers);
    shelf_fini(&catalogue->tender_types);
    states_free(catalogue->programme.newest);
    states_free(catalogue->shop.newest);
    key_table_fini(&catalogue->by_plu);
    key_table_fini(&catalogue->by_barcode);
    key_table_fini(&catalogue->by_sku);
    free(catalogue->aged);
    free(catalogue->sealed);
    free(catalogue->changes);
    free(catalogue);
}

/* The keys of the newest state lead to it; a key that another product has taken over stays with that one. */
static void keys_drop(struct catalogue *catalogue, struct chain *chain)
{
    const struct product *product = row_newest(chain);

    if (product == NULL)
        return;
    key_table_drop_number(&catalogue->by_plu, product->plu, chain);
    if (catalogue->sku_asked)
        key_table_drop_text(&catalogue->by_sku, product->sku, chain);
    for (size_t i = 0; i < product->barcode_count; i++)
        key_table_drop_text(&catalogue->by_barcode, barcode_canonical(product->barcodes[i]), chain);
}

static void keys_put(struct catalogue *catalogue, struct chain *chain)
{
    const struct product *product = row_newest(chain);

    if (product->plu != 0)
        key_table_put_number(&catalogue->by_plu, product->plu, chain);
    if (catalogue->sku_asked && product->sku[0] != '\0')
        key_table_put_text(&catalogue->by_sku, product->sku, chain);
    for (size_t i = 0; i < product->barcode_count; i++)
        key_table_put_text(&catalogue->by_barcode, barcode_canonical(product->barcodes[i]), chain);
}

void catalogue_put_product(struct catalogue *catalogue, uint64_t version, const struct product *product)
{
    struct chain *chain = shelf_chain(&catalogue->products, product->id);

    keys_drop(catalogue, chain);
    chain_push(catalogue, chain, state_of_product(version, product));
    keys_put(catalogue, chain);
    if (catalogue->changes_since == 0) /* what there was in the beginning is no change */
        return;
    catalogue->changes = room_for_one(catalogue->changes, catalogue->change_count, &catalogue->change_capacity,
                                      sizeof *catalogue->changes);
    catalogue->changes[catalogue->change_count++] = (struct change){ .version = version, .chain = chain };
}

void catalogue_put_category(struct catalogue *catalogue, uint64_t version, const struct category *category)
{
    chain_push(catalogue, shelf_chain(&catalogue->categories, category->id), state_of_category(version, category));
}

void catalogue_put_tax_class(struct catalogue *catalogue, uint64_t version, const struct tax_class *tax_class)
{
    chain_push(catalogue, shelf_chain(&catalogue->tax_classes, tax_class->id), state_of_tax_class(version, tax_class));
}

void catalogue_put_programme(struct catalogue *catalogue, uint64_t version, const struct programme *programme)
{
    chain_push(catalogue, &catalogue->programme, state_of_programme(version, programme));
}

void catalogue_put_shop(struct catalogue *catalogue, uint64_t version, const struct shop *shop)
{
    chain_push(catalogue, &catalogue->shop, state_of_shop(version, shop));
}

void catalogue_put_role(struct catalogue *catalogue, uint64_t version, const struct role *role)
{
    chain_push(catalogue, shelf_chain(&catalogue->roles, role->id), state_of_role(version, role));
}

void catalogue_put_promotion(struct catalogue *catalogue, uint64_t version, const struct promotion *promotion)
{
    chain_push(catalogue, shelf_chain(&catalogue->promotions, promotion->id), state_of_promotion(version, promotion));
}

void catalogue_put_modifier(struct catalogue *catalogue, uint64_t version, const struct modifier *modifier)
{
    chain_push(catalogue, shelf_chain(&catalogue->modifiers, modifier->id), state_of_modifier(version, modifier));
}

void catalogue_put_tender_type(struct catalogue *catalogue, uint64_t version, const struct tender_type *type)
{
    chain_push(catalogue, shelf_chain(&catalogue->tender_types, type->id), state_of_tender_type(version, type));
}

void catalogue_seal(struct catalogue *catalogue, uint64_t version, int64_t now_us)
{
    assert(version >= catalogue->latest_put);
    if (version == catalogue_newest(catalogue))
        return;
    assert(version > catalogue_newest(catalogue));
    catalogue->sealed = room_for_one(catalogue->sealed, catalogue->sealed_count, &catalogue->sealed_capacity,
                                     sizeof *catalogue->sealed);
    catalogue->sealed[catalogue->sealed_count++] = (struct sealed){ .version = version, .at_us = now_us };
    if (catalogue->changes_since == 0)
        catalogue->changes_since = version;
}

/* Keep the state that held at `version` and what came after it. */
static void chain_forget(struct chain *chain, uint64_t version)
{
    struct state *state = chain->newest;

    while (state->from_version > version && state->older != NULL)
        state = state->older;
    states_free(state->older);
    state->older = NULL;
}

/* Of the changes the first that came after a version. */
static size_t changes_after(const struct catalogue *catalogue, uint64_t version)
{
    size_t low = 0, high = catalogue->change_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (catalogue->changes[middle].version <= version)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void changes_forget(struct catalogue *catalogue, uint64_t version)
{
    size_t gone = changes_after(catalogue, version);

    catalogue->change_count -= gone;
    if (gone > 0)
        memmove(catalogue->changes, catalogue->changes + gone, catalogue->change_count * sizeof *catalogue->changes);
    catalogue->changes_since = version;
}

void catalogue_forget(struct catalogue *catalogue, int64_t before_us)
{
    size_t gone = 0, kept = 0;

    while (gone + 1 < catalogue->sealed_count && catalogue->sealed[gone + 1].at_us < before_us)
        gone++;
    if (gone == 0)
        return;
    catalogue->sealed_count -= gone;
    memmove(catalogue->sealed, catalogue->sealed + gone, catalogue->sealed_count * sizeof *catalogue->sealed);
    changes_forget(catalogue, catalogue->sealed[0].version);
    for (size_t i = 0; i < catalogue->aged_count; i++) {
        struct chain *chain = catalogue->aged[i];

        chain_forget(chain, catalogue->sealed[0].version);
        chain->aged = chain->newest->older != NULL;
        if (chain->aged)
            catalogue->aged[kept++] = chain;
    }
    catalogue->aged_count = kept;
}

uint64_t catalogue_newest(const struct catalogue *catalogue)
{
    return catalogue->sealed_count == 0 ? 0 : catalogue->sealed[catalogue->sealed_count - 1].version;
}

/* A version between two seals is as old as the later of them: several changes may have been heard of at once. */
enum version_verdict catalogue_version_usable(const struct catalogue *catalogue, uint64_t version,
                                              int64_t not_before_us)
{
    size_t next = catalogue->sealed_count;

    if (version == 0 || version > catalogue_newest(catalogue))
        return VERSION_UNKNOWN;
    if (version < catalogue->sealed[0].version)
        return VERSION_OLD;
    while (next > 0 && catalogue->sealed[next - 1].version > version)
        next--;
    if (next == catalogue->sealed_count)
        return VERSION_OK;
    return catalogue->sealed[next].at_us >= not_before_us ? VERSION_OK : VERSION_OLD;
}

const struct product *catalogue_product(const struct catalogue *catalogue, uint64_t version, int64_t id)
{
    return row_as_of(shelf_find(&catalogue->products, id), version);
}

const struct category *catalogue_category(const struct catalogue *catalogue, uint64_t version, int64_t id)
{
    return row_as_of(shelf_find(&catalogue->categories, id), version);
}

const struct tax_class *catalogue_tax_class(const struct catalogue *catalogue, uint64_t version, int64_t id)
{
    return row_as_of(shelf_find(&catalogue->tax_classes, id), version);
}

const struct programme *catalogue_programme(const struct catalogue *catalogue, uint64_t version)
{
    return row_as_of(&catalogue->programme, version);
}

const struct shop *catalogue_shop(const struct catalogue *catalogue, uint64_t version)
{
    return row_as_of(&catalogue->shop, version);
}

bool role_may(const struct role *role, const char *permission)
{
    for (size_t i = 0; role != NULL && i < role->permission_count; i++)
        if (strcmp(role->permissions[i], permission) == 0)
            return true;
    return false;
}

uint32_t role_discount_ppm(const struct role *role)
{
    return role_may(role, "discount") ? role->discount_ppm : 0;
}

const struct role *catalogue_role(const struct catalogue *catalogue, uint64_t version, int64_t id)
{
    return row_as_of(shelf_find(&catalogue->roles, id), version);
}

const struct promotion *catalogue_promotion(const struct catalogue *catalogue, uint64_t version, int64_t id)
{
    return row_as_of(shelf_find(&catalogue->promotions, id), version);
}

const struct modifier *catalogue_modifier(const struct catalogue *catalogue, uint64_t version, int64_t id)
{
    return row_as_of(shelf_find(&catalogue->modifiers, id), version);
}

const struct tender_type *catalogue_tender_type(const struct catalogue *catalogue, uint64_t version, int64_t id)
{
    return row_as_of(shelf_find(&catalogue->tender_types, id), version);
}

const struct product *catalogue_by_plu(const struct catalogue *catalogue, uint32_t plu)
{
    return row_newest(key_table_number(&catalogue->by_plu, plu));
}

const struct product *catalogue_by_barcode(const struct catalogue *catalogue, const char *barcode)
{
    return row_newest(key_table_text(&catalogue->by_barcode, barcode_canonical(barcode)));
}

/* In the order in which the products came: of two with the same sku the later one is found, as if it were kept. */
static void index_skus(struct catalogue *catalogue)
{
    struct shelf *shelf = &catalogue->products;

    catalogue->sku_asked = true;
    key_table_reserve(&catalogue->by_sku, shelf->count);
    for (size_t i = 0; i < shelf->count; i++) {
        const struct product *product = row_newest(shelf->chains[i]);

        if (product != NULL && product->sku[0] != '\0')
            key_table_put_text(&catalogue->by_sku, product->sku, shelf->chains[i]);
    }
}

const struct product *catalogue_by_sku(const struct catalogue *catalogue, const char *sku)
{
    if (!catalogue->sku_asked)
        index_skus((struct catalogue *)catalogue); /* an index: nothing that a caller sees changes */
    return row_newest(key_table_text(&catalogue->by_sku, sku));
}

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

/* A cache in the state: nothing that a caller sees changes. A till that is never searched pays nothing for it. */
const char *catalogue_folded_name(const struct product *product)
{
    struct state *state = (struct state *)(void *)((char *)(uintptr_t)product - offsetof(struct state, row));
    struct arena *scratch;

    if (state->folded != NULL)
        return state->folded;
    if (is_ascii(product->name))
        return product->name;
    scratch = arena_create(0);
    state->folded = must(strdup(text_fold(scratch, bytes_of_text(product->name))));
    arena_destroy(scratch);
    return state->folded;
}

size_t catalogue_product_count(const struct catalogue *catalogue)
{
    return catalogue->products.count;
}

const struct product *catalogue_next_product_of(const struct catalogue *catalogue, uint64_t version, int64_t after_id,
                                                uint64_t changed_since)
{
    return shelf_next(&catalogue->products, version, after_id, changed_since);
}

const struct category *catalogue_next_category_of(const struct catalogue *catalogue, uint64_t version, int64_t after_id,
                                                  uint64_t changed_since)
{
    return shelf_next(&catalogue->categories, version, after_id, changed_since);
}

const struct tax_class *catalogue_next_tax_class_of(const struct catalogue *catalogue, uint64_t version,
                                                    int64_t after_id, uint64_t changed_since)
{
    return shelf_next(&catalogue->tax_classes, version, after_id, changed_since);
}

const struct role *catalogue_next_role_of(const struct catalogue *catalogue, uint64_t version, int64_t after_id,
                                          uint64_t changed_since)
{
    return shelf_next(&catalogue->roles, version, after_id, changed_since);
}

const struct promotion *catalogue_next_promotion_of(const struct catalogue *catalogue, uint64_t version,
                                                    int64_t after_id, uint64_t changed_since)
{
    return shelf_next(&catalogue->promotions, version, after_id, changed_since);
}

const struct modifier *catalogue_next_modifier_of(const struct catalogue *catalogue, uint64_t version, int64_t after_id,
                                                  uint64_t changed_since)
{
    return shelf_next(&catalogue->modifiers, version, after_id, changed_since);
}

const struct tender_type *catalogue_next_tender_type_of(const struct catalogue *catalogue, uint64_t version,
                                                        int64_t after_id, uint64_t changed_since)
{
    return shelf_next(&catalogue->tender_types, version, after_id, changed_since);
}

const struct product *catalogue_next_product(const struct catalogue *catalogue, int64_t after_id,
                                             uint64_t changed_since)
{
    return catalogue_next_product_of(catalogue, UINT64_MAX, after_id, changed_since);
}

const struct category *catalogue_next_category(const struct catalogue *catalogue, int64_t after_id,
                                               uint64_t changed_since)
{
    return catalogue_next_category_of(catalogue, UINT64_MAX, after_id, changed_since);
}

const struct tax_class *catalogue_next_tax_class(const struct catalogue *catalogue, int64_t after_id,
                                                 uint64_t changed_since)
{
    return catalogue_next_tax_class_of(catalogue, UINT64_MAX, after_id, changed_since);
}

const struct role *catalogue_next_role(const struct catalogue *catalogue, int64_t after_id, uint64_t changed_since)
{
    return catalogue_next_role_of(catalogue, UINT64_MAX, after_id, changed_since);
}

const struct promotion *catalogue_next_promotion(const struct catalogue *catalogue, int64_t after_id,
                                                 uint64_t changed_since)
{
    return catalogue_next_promotion_of(catalogue, UINT64_MAX, after_id, changed_since);
}

const struct modifier *catalogue_next_modifier(const struct catalogue *catalogue, int64_t after_id,
                                               uint64_t changed_since)
{
    return catalogue_next_modifier_of(catalogue, UINT64_MAX, after_id, changed_since);
}

const struct tender_type *catalogue_next_tender_type(const struct catalogue *catalogue, int64_t after_id,
                                                     uint64_t changed_since)
{
    return catalogue_next_tender_type_of(catalogue, UINT64_MAX, after_id, changed_since);
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

bool catalogue_changed_products(const struct catalogue *catalogue, uint64_t changed_since, struct arena *arena,
                                int64_t **ids, size_t *count)
{
    size_t first = changes_after(catalogue, changed_since), listed = catalogue->change_count - first;

    if (catalogue->changes_since == 0 || changed_since < catalogue->changes_since)
        return false;
    *ids = arena_array(arena, listed + 1, sizeof **ids);
    for (size_t i = 0; i < listed; i++)
        (*ids)[i] = catalogue->changes[first + i].chain->id;
    qsort(*ids, listed, sizeof **ids, by_number);
    *count = 0;
    for (size_t i = 0; i < listed; i++)
        if (*count == 0 || (*ids)[*count - 1] != (*ids)[i])
            (*ids)[(*count)++] = (*ids)[i];
    return true;
}
