/* product_put.sql, product_sold_out.sql: products, and the keys they are found by. */
#include "tests/sim/store/sim_statement.h"

static struct sim_hit find_product(struct sim_exec *x, int64_t id)
{
    return sim_find(x, SIM_PRODUCT, PRODUCT_BY_ID, KEY(I(id)));
}

static bool is_sold_out(struct sim_exec *x, int64_t shop_id, int64_t product_id)
{
    struct sim_hit hit = sim_newest(x, SIM_SOLD_OUT_VERSION, SOLD_OUT_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION,
                                    KEY(I(shop_id), I(product_id)), INT64_MAX);

    return hit.row != NULL && hit.c[SOLD_OUT_VERSION_SOLD_OUT].i;
}

static void emit_now(struct sim_exec *x, int64_t id)
{
    struct sim_hit v =
        sim_newest(x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(I(id)), INT64_MAX);
    struct sim_hit price =
        sim_newest(x, SIM_PRICE_VERSION, PRICE_VERSION_BY_SHOP_ID_PRODUCT_ID_FROM_VERSION, KEY(I(0), I(id)), INT64_MAX);

    if (v.row == NULL || price.row == NULL)
        return;
    const union sim_cell *c = v.c;
    struct sim_blob *sku = c[PRODUCT_VERSION_SKU].b == NULL ? sim_text(x, "") : c[PRODUCT_VERSION_SKU].b;
    sim_emit(x, KEY(I(id), B(sku), I(sim_or_zero(c[PRODUCT_VERSION_PLU])), c[PRODUCT_VERSION_NAME],
                    c[PRODUCT_VERSION_BARCODES], I(sim_or_zero(c[PRODUCT_VERSION_CATEGORY_ID])),
                    c[PRODUCT_VERSION_UNIT], c[PRODUCT_VERSION_TAX_CLASS_ID], c[PRODUCT_VERSION_CONTAINS],
                    c[PRODUCT_VERSION_MAY_CONTAIN], c[PRODUCT_VERSION_ALLERGEN_NOTE], c[PRODUCT_VERSION_ACTIVE],
                    c[PRODUCT_VERSION_STOCK_POLICY], c[PRODUCT_VERSION_FLOOR_MINOR], c[PRODUCT_VERSION_MODIFIERS],
                    c[PRODUCT_VERSION_OPEN_PRICE], c[PRODUCT_VERSION_OPEN_MIN_MINOR], c[PRODUCT_VERSION_OPEN_MAX_MINOR],
                    c[PRODUCT_VERSION_DEPOSIT_KIND], c[PRODUCT_VERSION_DEPOSIT_PRODUCT_ID],
                    c[PRODUCT_VERSION_DEPOSIT_COUNT], price.c[PRICE_VERSION_PRICE_MINOR],
                    I(is_sold_out(x, sim_int(x, 3), id)), c[PRODUCT_VERSION_NUTRITION]));
}

static void product_put_now(struct sim_exec *x)
{
    size_t by_id = sim_count(x, 1), by_sku = sim_count(x, 2), count = 0, distinct;
    int64_t *ids = sim_memory(x, by_id + by_sku, sizeof(*ids));

    for (size_t i = 0; i < by_id; i++)
        ids[count++] = sim_int_at(x, 1, i);
    for (size_t i = 0; i < by_sku; i++) {
        struct sim_blob *sku = sim_blob(x, sim_bytes_at(x, 2, i));
        struct sim_hit hit =
            sku == NULL ? (struct sim_hit){ 0 } : sim_find(x, SIM_PRODUCT, PRODUCT_BY_SKU, KEY(B(sku)));
        if (hit.row != NULL)
            ids[count++] = hit.c[PRODUCT_ID].i;
    }
    const int64_t *sorted = sim_sorted(x, ids, count, &distinct);
    for (size_t i = 0; i < distinct; i++)
        if (find_product(x, sorted[i]).row != NULL)
            emit_now(x, sorted[i]);
}

static void product_put_categories(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++)
        if (sim_find(x, SIM_CATEGORY, CATEGORY_BY_ID, KEY(I(ids[i]))).row != NULL)
            sim_emit(x, KEY(I(ids[i])));
}

static void product_put_tax_classes(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++)
        if (sim_find(x, SIM_TAX_CLASS, TAX_CLASS_BY_ID, KEY(I(ids[i]))).row != NULL)
            sim_emit(x, KEY(I(ids[i])));
}

static void product_put_modifiers(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++)
        if (sim_find(x, SIM_MODIFIER, MODIFIER_BY_ID, KEY(I(ids[i]))).row != NULL)
            sim_emit(x, KEY(I(ids[i])));
}

static void product_put_deposits(struct sim_exec *x)
{
    size_t count;
    const int64_t *ids = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        const union sim_cell *v =
            sim_newest(x, SIM_PRODUCT_VERSION, PRODUCT_VERSION_BY_PRODUCT_ID_FROM_VERSION, KEY(I(ids[i])), INT64_MAX).c;

        if (v != NULL && v[PRODUCT_VERSION_DEPOSIT_KIND].i != 0 &&
            sim_find(x, SIM_PRODUCT, PRODUCT_BY_ID, KEY(I(ids[i]))).row != NULL)
            sim_emit(x, KEY(I(ids[i])));
    }
}

static void product_put_plus(struct sim_exec *x)
{
    size_t count;
    const int64_t *plus = sim_sorted_param(x, 1, &count);

    for (size_t i = 0; i < count; i++) {
        struct sim_hit hit = sim_find(x, SIM_PRODUCT, PRODUCT_BY_PLU, KEY(I(plus[i])));
        if (hit.row != NULL)
            sim_emit_columns(x, hit.c, SIM_PRODUCT, COLUMNS(PRODUCT_PLU, PRODUCT_ID));
    }
}

/* Did an earlier element of the array say the same? */
static bool said_before(struct sim_exec *x, int param, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (bytes_equal(sim_bytes_at(x, param, j), sim_bytes_at(x, param, i)))
            return true;
    return false;
}

static void product_put_barcodes(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_blob *barcode = sim_blob(x, sim_bytes_at(x, 1, i));
        if (barcode == NULL || said_before(x, 1, i))
            continue;
        struct sim_hit hit = sim_find(x, SIM_PRODUCT_BARCODE, PRODUCT_BARCODE_BY_BARCODE, KEY(B(barcode)));
        if (hit.row != NULL)
            sim_emit_columns(x, hit.c, SIM_PRODUCT_BARCODE,
                             COLUMNS(PRODUCT_BARCODE_BARCODE, PRODUCT_BARCODE_PRODUCT_ID));
    }
}

static void product_put_release(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = find_product(x, sim_int_at(x, 1, i));
        if (hit.row != NULL)
            sim_update(x, &hit, 0, PUTS(BLOB(PRODUCT_SKU, NULL), VALUE(PRODUCT_PLU, SIM_NULL)));
    }
}

/* nullif(sku, ''), nullif(plu, 0) */
static struct sim_put sku_of(struct sim_exec *x, int column, struct bytes sku)
{
    return (struct sim_put){ .column = column, .blob = sku.size == 0 ? NULL : sim_blob(x, sku) };
}

static struct sim_put number_of(int column, int64_t number)
{
    return (struct sim_put){ .column = column, .value = number == 0 ? SIM_NULL : number };
}

static void product_put_create(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++)
        sim_insert(x, SIM_PRODUCT, i,
                   PUTS(FROM(PRODUCT_ID, 1), sku_of(x, PRODUCT_SKU, sim_bytes_at(x, 2, i)),
                        number_of(PRODUCT_PLU, sim_int_at(x, 3, i))));
}

static void product_put_keys(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hit hit = find_product(x, sim_int_at(x, 1, i));
        if (hit.row != NULL)
            sim_update(
                x, &hit, i,
                PUTS(sku_of(x, PRODUCT_SKU, sim_bytes_at(x, 2, i)), number_of(PRODUCT_PLU, sim_int_at(x, 3, i))));
    }
}

static struct sim_hits barcodes_of(struct sim_exec *x, int64_t product_id)
{
    struct sim_hits hits = { 0 };
    union sim_cell key[] = { I(product_id) };

    for (struct sim_scan scan = sim_scan(x, SIM_PRODUCT_BARCODE, PRODUCT_BARCODE_BY_PRODUCT_ID, key, 1);
         sim_next(&scan);)
        sim_gather(x, &hits, scan.hit);
    sim_sort(&hits, SIM_PRODUCT_BARCODE, PRODUCT_BARCODE_BARCODE, -1, -1);
    return hits;
}

static void product_put_barcodes_release(struct sim_exec *x)
{
    for (size_t i = 0; i < sim_count(x, 1); i++) {
        struct sim_hits hits = barcodes_of(x, sim_int_at(x, 1, i));
        for (size_t h = 0; h < hits.count; h++)
            sim_delete(x, &hits.hits[h]);
    }
}

static void product_put_barcodes_take(struct sim_exec *x)
{
    sim_insert_all(x, SIM_PRODUCT_BARCODE, PUTS(FROM(PRODUCT_BARCODE_PRODUCT_ID, 1), FROM(PRODUCT_BARCODE_BARCODE, 2)));
}

static struct sim_blob *barcode_array(struct sim_exec *x, int64_t product_id)
{
    struct sim_hits hits = barcodes_of(x, product_id);
    struct bytes *barcodes = sim_memory(x, hits.count, sizeof(*barcodes));

    for (size_t i = 0; i < hits.count; i++)
        barcodes[i] = sim_blob_view(hits.hits[i].c[PRODUCT_BARCODE_BARCODE].b);
    return sim_text_array(x, barcodes, hits.count);
}

static void product_put_version(struct sim_exec *x)
{
    int64_t version = sim_greatest_version(x);

    for (size_t i = 0; i < sim_count(x, 1); i++)
        sim_insert(x, SIM_PRODUCT_VERSION, i,
                   PUTS(FROM(PRODUCT_VERSION_PRODUCT_ID, 1), VALUE(PRODUCT_VERSION_FROM_VERSION, version),
                        FROM(PRODUCT_VERSION_NAME, 2), sku_of(x, PRODUCT_VERSION_SKU, sim_bytes_at(x, 3, i)),
                        number_of(PRODUCT_VERSION_PLU, sim_int_at(x, 4, i)),
                        BLOB(PRODUCT_VERSION_BARCODES, barcode_array(x, sim_int_at(x, 1, i))),
                        number_of(PRODUCT_VERSION_CATEGORY_ID, sim_int_at(x, 5, i)), FROM(PRODUCT_VERSION_UNIT, 6),
                        FROM(PRODUCT_VERSION_TAX_CLASS_ID, 7), FROM(PRODUCT_VERSION_CONTAINS, 8),
                        FROM(PRODUCT_VERSION_MAY_CONTAIN, 9), FROM(PRODUCT_VERSION_ALLERGEN_NOTE, 10),
                        FROM(PRODUCT_VERSION_ACTIVE, 11), FROM(PRODUCT_VERSION_STOCK_POLICY, 12),
                        FROM(PRODUCT_VERSION_FLOOR_MINOR, 13), FROM(PRODUCT_VERSION_MODIFIERS, 14),
                        FROM(PRODUCT_VERSION_OPEN_PRICE, 15), FROM(PRODUCT_VERSION_OPEN_MIN_MINOR, 16),
                        FROM(PRODUCT_VERSION_OPEN_MAX_MINOR, 17), FROM(PRODUCT_VERSION_DEPOSIT_KIND, 18),
                        FROM(PRODUCT_VERSION_DEPOSIT_PRODUCT_ID, 19), FROM(PRODUCT_VERSION_DEPOSIT_COUNT, 20),
                        FROM(PRODUCT_VERSION_NUTRITION, 21)));
}

static void product_put_price(struct sim_exec *x)
{
    sim_insert_all(x, SIM_PRICE_VERSION,
                   PUTS(FROM(PRICE_VERSION_PRODUCT_ID, 1), FROM(PRICE_VERSION_PRICE_MINOR, 2),
                        VALUE(PRICE_VERSION_SHOP_ID, 0), VALUE(PRICE_VERSION_FROM_VERSION, sim_greatest_version(x))));
}

static void product_put_sold_out(struct sim_exec *x)
{
    sim_insert_all(x, SIM_SOLD_OUT_VERSION,
                   PUTS(FROM(SOLD_OUT_VERSION_PRODUCT_ID, 2), FROM(SOLD_OUT_VERSION_SOLD_OUT, 3),
                        FROM(SOLD_OUT_VERSION_SHOP_ID, 1),
                        VALUE(SOLD_OUT_VERSION_FROM_VERSION, sim_greatest_version(x))));
}

static void product_sold_out_now(struct sim_exec *x)
{
    int64_t id = sim_int(x, 2);

    if (find_product(x, id).row != NULL)
        sim_emit(x, KEY(I(id), I(is_sold_out(x, sim_int(x, 1), id))));
}

static void product_sold_out_version(struct sim_exec *x)
{
    sim_insert(x, SIM_SOLD_OUT_VERSION, 0,
               PUTS(FROM(SOLD_OUT_VERSION_SHOP_ID, 1), FROM(SOLD_OUT_VERSION_PRODUCT_ID, 2),
                    FROM(SOLD_OUT_VERSION_SOLD_OUT, 3), VALUE(SOLD_OUT_VERSION_FROM_VERSION, sim_greatest_version(x))));
}

const struct sim_statement sim_product_statements[] = {
    { &sql_product_put_now, product_put_now,
      "id sku$ plu name$ barcodes[ category_id unit tax_class_id contains may_contain allergen_note$ active? "
      "stock_policy floor_minor modifiers$ open_price? open_min_minor open_max_minor deposit_kind "
      "deposit_product_id deposit_count price_minor sold_out? nutrition$" },
    { &sql_product_put_categories, product_put_categories, "id" },
    { &sql_product_put_tax_classes, product_put_tax_classes, "id" },
    { &sql_product_put_modifiers, product_put_modifiers, "id" },
    { &sql_product_put_deposits, product_put_deposits, "id" },
    { &sql_product_put_plus, product_put_plus, "plu id" },
    { &sql_product_put_barcodes, product_put_barcodes, "barcode$ id" },
    { &sql_product_put_release, product_put_release, NULL },
    { &sql_product_put_create, product_put_create, NULL },
    { &sql_product_put_keys, product_put_keys, NULL },
    { &sql_product_put_barcodes_release, product_put_barcodes_release, NULL },
    { &sql_product_put_barcodes_take, product_put_barcodes_take, NULL },
    { &sql_product_put_version, product_put_version, NULL },
    { &sql_product_put_price, product_put_price, NULL },
    { &sql_product_put_sold_out, product_put_sold_out, NULL },
    { &sql_product_sold_out_now, product_sold_out_now, "id sold_out?" },
    { &sql_product_sold_out_version, product_sold_out_version, NULL },
    { NULL, NULL, NULL },
};
