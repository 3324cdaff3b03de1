/* Rows of the *_version tables into struct catalogue. */
#include "server/store/catalogue_load.h"

#include <stdio.h>
#include <string.h>

#include "db/queries.h"

void catalogue_load_ask(struct catalogue_load *load, struct txn *txn, int64_t shop_id, uint64_t held)
{
    const struct param from = PARAM_INT((int64_t)held), shop = PARAM_INT(shop_id);

    *load = (struct catalogue_load){ .txn = txn, .shop_id = shop_id, .held = held };
    load->head = txn_ask(txn, &sql_catalogue_head_of, PARAMS(shop));
    load->shops = txn_ask(txn, &sql_catalogue_shops, PARAMS(from, shop));
    load->categories = txn_ask(txn, &sql_catalogue_categories, PARAMS(from));
    load->tax_classes = txn_ask(txn, &sql_catalogue_tax_classes, PARAMS(from));
    load->tax_rates = txn_ask(txn, &sql_catalogue_tax_rates, PARAMS(from));
    load->programmes = txn_ask(txn, &sql_catalogue_programmes, PARAMS(from));
    load->roles = txn_ask(txn, &sql_catalogue_roles, PARAMS(from));
    load->products = held == 0 ? txn_ask(txn, &sql_catalogue_all_products, PARAMS(shop))
                               : txn_ask(txn, &sql_catalogue_changed_products, PARAMS(from, shop));
}

/* ---- one row ---- */

static void put_shop(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version, size_t row)
{
    const struct rows *rows = load->shops;

    catalogue_put_shop(catalogue, version,
                       &(struct shop){
                           .id = load->shop_id,
                           .name = row_text(rows, row, "name"),
                           .address = row_text(rows, row, "address"),
                           .tax_number = row_text(rows, row, "tax_number"),
                           .receipt_head = row_text(rows, row, "receipt_head"),
                           .receipt_foot = row_text(rows, row, "receipt_foot"),
                           .currency = row_text(rows, row, "currency"),
                           .currency_exponent = (uint32_t)row_int(rows, row, "currency_exponent"),
                           .zone_name = row_text(rows, row, "zone"),
                           .prices_include_tax = row_bool(rows, row, "prices_include_tax"),
                           .day_cutoff_minutes = (uint32_t)row_int(rows, row, "day_cutoff_minutes"),
                       });
}

static void put_category(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version, size_t row)
{
    const struct rows *rows = load->categories;

    catalogue_put_category(catalogue, version,
                           &(struct category){ .id = row_int(rows, row, "id"),
                                               .name = row_text(rows, row, "name"),
                                               .position = (uint32_t)row_int(rows, row, "position") });
}

static void put_tax_class(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version, size_t row)
{
    const struct rows *rows = load->tax_classes, *rates = load->tax_rates;
    const int64_t id = row_int(rows, row, "id"), of_version = row_int(rows, row, "version");
    struct tax_rate *list = arena_array(load->txn->arena, rows_count(rates), sizeof(*list));
    size_t count = 0;

    /* A class has a handful of rates and a shop a handful of classes. */
    for (size_t i = 0; i < rows_count(rates); i++) {
        if (row_int(rates, i, "version") != of_version || row_int(rates, i, "id") != id)
            continue;
        struct tax_rate *rate = &list[count++];
        rate->service = (uint8_t)row_int(rates, i, "service");
        rate->hot = row_bool(rates, i, "hot");
        snprintf(rate->code, sizeof(rate->code), "%s", row_text(rates, i, "code"));
        rate->rate_ppm = (uint32_t)row_int(rates, i, "rate_ppm");
    }
    catalogue_put_tax_class(catalogue, version,
                            &(struct tax_class){ .id = id,
                                                 .name = row_text(rows, row, "name"),
                                                 .rates = list,
                                                 .rate_count = count,
                                                 .switch_at_count = (uint32_t)row_int(rows, row, "switch_at_count"),
                                                 .switch_to_id = row_int(rows, row, "switch_to_id") });
}

static void put_programme(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version, size_t row)
{
    const struct rows *rows = load->programmes;

    catalogue_put_programme(catalogue, version,
                            &(struct programme){
                                .id = row_int(rows, row, "id"),
                                .name = row_text(rows, row, "name"),
                                .reward_name = row_text(rows, row, "reward_name"),
                                .sign_up_points = row_int(rows, row, "sign_up_points"),
                                .birthday_points = row_int(rows, row, "birthday_points"),
                                .points_per_unit = row_int(rows, row, "points_per_unit"),
                                .lot_days = (uint32_t)row_int(rows, row, "lot_days"),
                                .reward_cost = row_int(rows, row, "reward_cost"),
                                .reward_category_id = row_int(rows, row, "reward_category_id"),
                            });
}

static const char **texts_of(const struct catalogue_load *load, const struct rows *rows, size_t row, const char *column,
                             size_t *count)
{
    const struct bytes *views = row_texts(rows, row, column, count);
    const char **texts = arena_array(load->txn->arena, *count, sizeof(*texts));

    for (size_t i = 0; i < *count; i++)
        texts[i] = (const char *)views[i].data;
    return texts;
}

static void put_role(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version, size_t row)
{
    const struct rows *rows = load->roles;
    struct role role = { .id = row_int(rows, row, "id"), .name = row_text(rows, row, "name") };

    role.permissions = texts_of(load, rows, row, "permissions", &role.permission_count);
    catalogue_put_role(catalogue, version, &role);
}

static void put_product(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version, size_t row)
{
    const struct rows *rows = load->products;
    size_t barcode_count;
    const char **barcodes = texts_of(load, rows, row, "barcodes", &barcode_count);

    catalogue_put_product(catalogue, version,
                          &(struct product){
                              .id = row_int(rows, row, "id"),
                              .name = row_text(rows, row, "name"),
                              .sku = row_text(rows, row, "sku"),
                              .plu = (uint32_t)row_int(rows, row, "plu"),
                              .barcodes = barcodes,
                              .barcode_count = (uint8_t)barcode_count,
                              .category_id = row_int(rows, row, "category_id"),
                              .unit = (uint8_t)row_int(rows, row, "unit"),
                              .tax_class_id = row_int(rows, row, "tax_class_id"),
                              .contains = (uint16_t)row_int(rows, row, "contains"),
                              .may_contain = (uint16_t)row_int(rows, row, "may_contain"),
                              .allergen_note = row_text(rows, row, "allergen_note"),
                              .active = row_bool(rows, row, "active"),
                              .stock_policy = (uint8_t)row_int(rows, row, "stock_policy"),
                              .price_minor = row_int(rows, row, "price_minor"),
                              .sold_out = row_bool(rows, row, "sold_out"),
                          });
}

/* ---- all rows, version by version ---- */

typedef void put_fn(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version, size_t row);

struct queue {
    const struct rows *rows;
    put_fn *put;
    size_t next;
};
#define QUEUES 6

bool catalogue_load_fill(const struct catalogue_load *load, struct catalogue *catalogue, struct instant now)
{
    struct queue queues[QUEUES] = {
        { load->shops, put_shop, 0 },
        { load->categories, put_category, 0 },
        { load->tax_classes, put_tax_class, 0 },
        { load->programmes, put_programme, 0 },
        { load->roles, put_role, 0 },
        { load->products, put_product, 0 },
    };

    if (rows_count(load->head) == 0)
        return false;
    const uint64_t head = (uint64_t)row_int(load->head, 0, "version");
    if (load->held == 0) {
        for (size_t q = 0; q < QUEUES; q++)
            for (size_t row = 0; row < rows_count(queues[q].rows); row++)
                queues[q].put(load, catalogue, head, row);
        catalogue_seal(catalogue, head, now.us);
        return true;
    }
    for (;;) {
        uint64_t version = UINT64_MAX;
        for (size_t q = 0; q < QUEUES; q++)
            if (queues[q].next < rows_count(queues[q].rows)) {
                uint64_t next = (uint64_t)row_int(queues[q].rows, queues[q].next, "version");
                version = next < version ? next : version;
            }
        if (version == UINT64_MAX)
            break;
        for (size_t q = 0; q < QUEUES; q++)
            while (queues[q].next < rows_count(queues[q].rows) &&
                   (uint64_t)row_int(queues[q].rows, queues[q].next, "version") == version)
                queues[q].put(load, catalogue, version, queues[q].next++);
        catalogue_seal(catalogue, version, now.us);
    }
    /* A change that brought this shop no row: another shop's own price, with the number raised for all. */
    if (catalogue_newest(catalogue) < head)
        catalogue_seal(catalogue, head, now.us);
    return true;
}
