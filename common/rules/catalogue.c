/* Every object is a chain of states, the newest first; a price change adds one state and copies nothing else. */
#include "common/rules/catalogue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/rules/key_table.h"

/* One state, with the row and its texts behind it in the same block. */
struct state {
    uint64_t from_version;
    struct state *older;
    max_align_t row[];
};

struct chain {
    int64_t id;
    struct state *newest;
    bool aged; /* stands in the list of those with older states */
};

/* The chains of one kind: by id, and in the order of ids for walks. */
struct shelf {
    struct key_table by_id;
    struct chain **chains;
    size_t count, capacity;
    bool sorted;
};

struct sealed {
    uint64_t version;
    int64_t at_us;
};

struct catalogue {
    struct shelf products, categories, tax_classes, roles;
    struct chain programme, shop;
    struct key_table by_plu, by_barcode;
    struct key_table by_sku; /* made when somebody first asks: a till never does, and opens the faster */
    bool sku_asked;
    struct chain **aged; /* chains that have states to forget */
    size_t aged_count, aged_capacity;
    struct sealed *sealed; /* oldest first; those forgotten are gone */
    size_t sealed_count, sealed_capacity;
    uint64_t latest_put;
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

/* ---- copies: a row and all it points to in one block ---- */

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
    struct state *state = must(malloc(sizeof *state + row_size + more));

    state->from_version = version;
    state->older = NULL;
    memcpy(state->row, row, row_size);
    return state;
}

static struct state *product_state(uint64_t version, const struct product *product)
{
    size_t pointers = product->barcode_count * sizeof(char *);
    struct state *state =
        state_create(version, product, sizeof *product,
                     pointers + text_size(product->name) + text_size(product->sku) + text_size(product->allergen_note) +
                         texts_size(product->barcodes, product->barcode_count));
    struct product *copy = (struct product *)state->row;
    const char **barcodes = (const char **)(copy + 1);
    char *at = (char *)(barcodes + product->barcode_count);

    assert(product->barcode_count <= PRODUCT_BARCODES_MAX);
    pack_texts(&at, barcodes, product->barcodes, product->barcode_count);
    copy->barcodes = barcodes;
    copy->name = pack_text(&at, product->name);
    copy->sku = pack_text(&at, product->sku);
    copy->allergen_note = pack_text(&at, product->allergen_note);
    return state;
}

static struct state *category_state(uint64_t version, const struct category *category)
{
    struct state *state = state_create(version, category, sizeof *category, text_size(category->name));
    struct category *copy = (struct category *)state->row;
    char *at = (char *)(copy + 1);

    copy->name = pack_text(&at, category->name);
    return state;
}

static struct state *tax_class_state(uint64_t version, const struct tax_class *tax_class)
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

static struct state *programme_state(uint64_t version, const struct programme *programme)
{
    struct state *state = state_create(version, programme, sizeof *programme,
                                       text_size(programme->name) + text_size(programme->reward_name));
    struct programme *copy = (struct programme *)state->row;
    char *at = (char *)(copy + 1);

    copy->name = pack_text(&at, programme->name);
    copy->reward_name = pack_text(&at, programme->reward_name);
    return state;
}

static struct state *shop_state(uint64_t version, const struct shop *shop)
{
    struct state *state = state_create(version, shop, sizeof *shop,
                                       text_size(shop->name) + text_size(shop->address) + text_size(shop->tax_number) +
                                           text_size(shop->receipt_head) + text_size(shop->receipt_foot) +
                                           text_size(shop->currency) + text_size(shop->zone_name));
    struct shop *copy = (struct shop *)state->row;
    char *at = (char *)(copy + 1);

    copy->name = pack_text(&at, shop->name);
    copy->address = pack_text(&at, shop->address);
    copy->tax_number = pack_text(&at, shop->tax_number);
    copy->receipt_head = pack_text(&at, shop->receipt_head);
    copy->receipt_foot = pack_text(&at, shop->receipt_foot);
    copy->currency = pack_text(&at, shop->currency);
    copy->zone_name = pack_text(&at, shop->zone_name);
    return state;
}

static struct state *role_state(uint64_t version, const struct role *role)
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

/* ---- chains ---- */

static const void *row_as_of(const struct chain *chain, uint64_t version)
{
    if (chain == NULL)
        return NULL;
    for (const struct state *state = chain->newest; state != NULL; state = state->older)
        if (state->from_version <= version)
            return state->row;
    return NULL;
}

static const void *row_newest(const struct chain *chain)
{
    return chain == NULL || chain->newest == NULL ? NULL : chain->newest->row;
}

static void states_free(struct state *state)
{
    while (state != NULL) {
        struct state *older = state->older;

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
    chain = must(calloc(1, sizeof *chain));
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

/* Products come in the order of ids nearly always: sorting waits until somebody walks. */
static const void *shelf_next(const struct shelf *shelf, int64_t after_id, uint64_t changed_since)
{
    size_t low = 0, high = shelf->count;

    if (!shelf->sorted && shelf->count > 0) {
        qsort(shelf->chains, shelf->count, sizeof *shelf->chains, by_id);
        ((struct shelf *)shelf)->sorted = true; /* the order of an index: nothing that a caller sees changes */
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (shelf->chains[middle]->id <= after_id)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < shelf->count; low++)
        if (shelf->chains[low]->newest->from_version > changed_since || changed_since == 0)
            return shelf->chains[low]->newest->row;
    return NULL;
}

static void shelf_fini(struct shelf *shelf)
{
    for (size_t i = 0; i < shelf->count; i++) {
        states_free(shelf->chains[i]->newest);
        free(shelf->chains[i]);
    }
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
    states_free(catalogue->programme.newest);
    states_free(catalogue->shop.newest);
    key_table_fini(&catalogue->by_plu);
    key_table_fini(&catalogue->by_barcode);
    key_table_fini(&catalogue->by_sku);
    free(catalogue->aged);
    free(catalogue->sealed);
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
        key_table_drop_text(&catalogue->by_barcode, product->barcodes[i], chain);
}

static void keys_put(struct catalogue *catalogue, struct chain *chain)
{
    const struct product *product = row_newest(chain);

    if (product->plu != 0)
        key_table_put_number(&catalogue->by_plu, product->plu, chain);
    if (catalogue->sku_asked && product->sku[0] != '\0')
        key_table_put_text(&catalogue->by_sku, product->sku, chain);
    for (size_t i = 0; i < product->barcode_count; i++)
        key_table_put_text(&catalogue->by_barcode, product->barcodes[i], chain);
}

void catalogue_put_product(struct catalogue *catalogue, uint64_t version, const struct product *product)
{
    struct chain *chain = shelf_chain(&catalogue->products, product->id);

    keys_drop(catalogue, chain);
    chain_push(catalogue, chain, product_state(version, product));
    keys_put(catalogue, chain);
}

void catalogue_put_category(struct catalogue *catalogue, uint64_t version, const struct category *category)
{
    chain_push(catalogue, shelf_chain(&catalogue->categories, category->id), category_state(version, category));
}

void catalogue_put_tax_class(struct catalogue *catalogue, uint64_t version, const struct tax_class *tax_class)
{
    chain_push(catalogue, shelf_chain(&catalogue->tax_classes, tax_class->id), tax_class_state(version, tax_class));
}

void catalogue_put_programme(struct catalogue *catalogue, uint64_t version, const struct programme *programme)
{
    chain_push(catalogue, &catalogue->programme, programme_state(version, programme));
}

void catalogue_put_shop(struct catalogue *catalogue, uint64_t version, const struct shop *shop)
{
    chain_push(catalogue, &catalogue->shop, shop_state(version, shop));
}

void catalogue_put_role(struct catalogue *catalogue, uint64_t version, const struct role *role)
{
    chain_push(catalogue, shelf_chain(&catalogue->roles, role->id), role_state(version, role));
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

void catalogue_forget(struct catalogue *catalogue, int64_t before_us)
{
    size_t gone = 0, kept = 0;

    while (gone + 1 < catalogue->sealed_count && catalogue->sealed[gone + 1].at_us < before_us)
        gone++;
    if (gone == 0)
        return;
    catalogue->sealed_count -= gone;
    memmove(catalogue->sealed, catalogue->sealed + gone, catalogue->sealed_count * sizeof *catalogue->sealed);
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

const struct role *catalogue_role(const struct catalogue *catalogue, uint64_t version, int64_t id)
{
    return row_as_of(shelf_find(&catalogue->roles, id), version);
}

const struct product *catalogue_by_plu(const struct catalogue *catalogue, uint32_t plu)
{
    return row_newest(key_table_number(&catalogue->by_plu, plu));
}

const struct product *catalogue_by_barcode(const struct catalogue *catalogue, const char *barcode)
{
    return row_newest(key_table_text(&catalogue->by_barcode, barcode));
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

size_t catalogue_product_count(const struct catalogue *catalogue)
{
    return catalogue->products.count;
}

const struct product *catalogue_next_product(const struct catalogue *catalogue, int64_t after_id,
                                             uint64_t changed_since)
{
    return shelf_next(&catalogue->products, after_id, changed_since);
}

const struct category *catalogue_next_category(const struct catalogue *catalogue, int64_t after_id,
                                               uint64_t changed_since)
{
    return shelf_next(&catalogue->categories, after_id, changed_since);
}

const struct tax_class *catalogue_next_tax_class(const struct catalogue *catalogue, int64_t after_id,
                                                 uint64_t changed_since)
{
    return shelf_next(&catalogue->tax_classes, after_id, changed_since);
}

const struct role *catalogue_next_role(const struct catalogue *catalogue, int64_t after_id, uint64_t changed_since)
{
    return shelf_next(&catalogue->roles, after_id, changed_since);
}
