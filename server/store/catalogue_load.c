/* Rows of the *_version tables into struct catalogue. */
#include "server/store/catalogue_load.h"

#include <stdio.h>
#include <string.h>

#include "common/rules/modifier_ids.h"
#include "common/rules/nutrition.h"
#include "common/rules/review.h"
#include "db/queries.h"
#include "server/store/programme_terms.h"

static void ask_states(struct catalogue_load *load)
{
    struct txn *txn = load->txn;
    const struct param held = PARAM_INT((int64_t)load->held), base = PARAM_INT((int64_t)load->base),
                       shop = PARAM_INT(load->shop_id);

    load->shops = txn_ask(txn, &sql_catalogue_shops, PARAMS(held, base, shop));
    load->categories = txn_ask(txn, &sql_catalogue_categories, PARAMS(held, base));
    load->tax_classes = txn_ask(txn, &sql_catalogue_tax_classes, PARAMS(held, base));
    load->tax_rates = txn_ask(txn, &sql_catalogue_tax_rates, PARAMS(held, base));
    load->promotions = txn_ask(txn, &sql_catalogue_promotions, PARAMS(held, base));
    load->promotion_parts = txn_ask(txn, &sql_catalogue_promotion_parts, PARAMS(held, base));
    load->modifiers = txn_ask(txn, &sql_catalogue_modifiers, PARAMS(held, base));
    load->modifier_options = txn_ask(txn, &sql_catalogue_modifier_options, PARAMS(held, base));
    load->programmes = txn_ask(txn, &sql_catalogue_programmes, PARAMS(held, base));
    load->programme_terms = txn_ask(txn, &sql_catalogue_programme_terms, PARAMS(held, base));
    load->roles = txn_ask(txn, &sql_catalogue_roles, PARAMS(held, base));
    load->tender_types = txn_ask(txn, &sql_catalogue_tender_types, PARAMS(held, base));
}

static void ask_but_products(struct catalogue_load *load)
{
    const struct param base = PARAM_INT((int64_t)load->base), shop = PARAM_INT(load->shop_id);

    load->head = txn_ask(load->txn, &sql_catalogue_head_of, PARAMS(shop));
    load->versions = txn_ask(load->txn, &sql_catalogue_versions, PARAMS(base, shop));
    ask_states(load);
}

static void ask(struct catalogue_load *load)
{
    struct txn *txn = load->txn;
    const struct param base = PARAM_INT((int64_t)load->base), shop = PARAM_INT(load->shop_id);

    ask_but_products(load);
    load->base_products = load->held == 0 ? txn_ask(txn, &sql_catalogue_base_products, PARAMS(shop, base)) : NULL;
    load->products = txn_ask(txn, &sql_catalogue_changed_products, PARAMS(base, shop));
}

void catalogue_load_ask_base(struct catalogue_load *load, struct txn *txn, int64_t shop_id, struct instant since)
{
    *load = (struct catalogue_load){ .txn = txn, .shop_id = shop_id };
    load->based = txn_ask(txn, &sql_catalogue_base, PARAMS(PARAM_INT(shop_id), PARAM_INSTANT(since)));
}

void catalogue_load_ask_all(struct catalogue_load *load)
{
    load->base = (uint64_t)row_int(load->based, 0, "version");
    ask(load);
}

void catalogue_load_ask_new(struct catalogue_load *load, struct txn *txn, int64_t shop_id, uint64_t held)
{
    *load = (struct catalogue_load){ .txn = txn, .shop_id = shop_id, .held = held, .base = held };
    ask(load);
}

void catalogue_load_ask_past(struct catalogue_load *load, struct txn *txn, int64_t shop_id, uint64_t base,
                             const int64_t *product_ids, size_t count)
{
    *load = (struct catalogue_load){ .txn = txn, .shop_id = shop_id, .base = base };
    ask_but_products(load);
    load->products = txn_ask(txn, &sql_catalogue_past_products,
                             PARAMS(PARAM_INT(shop_id), PARAM_INT((int64_t)base), PARAM_INTS(product_ids, count)));
}

void catalogue_load_ask_at(struct catalogue_load *load, struct txn *txn, int64_t shop_id, uint64_t version,
                           const int64_t *product_ids, size_t count)
{
    *load = (struct catalogue_load){ .txn = txn, .shop_id = shop_id, .base = version };
    ask_states(load);
    load->products = txn_ask(txn, &sql_catalogue_past_products,
                             PARAMS(PARAM_INT(shop_id), PARAM_INT((int64_t)version), PARAM_INTS(product_ids, count)));
}

/* ---- one row ---- */

static void put_shop(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version,
                     const struct rows *rows, size_t row)
{
    struct shop shop = {
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
        .cash_rounding_minor = row_int(rows, row, "cash_rounding_minor"),
        .deposit_back_minor = row_int(rows, row, "deposit_back_minor"),
        .drawer_per_person = row_bool(rows, row, "drawer_per_person"),
        .gift_card_months = (uint32_t)row_int(rows, row, "gift_card_months"),
        .attach_days = (uint32_t)row_int(rows, row, "attach_days"),
        .free_refund_day_minor = row_int(rows, row, "free_refund_day_minor"),
        .code_layouts = row_text(rows, row, "code_layouts"),
    };
    snprintf(shop.calling_code, sizeof shop.calling_code, "%s", row_text(rows, row, "calling_code"));
    catalogue_put_shop(catalogue, version, &shop);
}

static void put_category(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version,
                         const struct rows *rows, size_t row)
{
    (void)load;
    catalogue_put_category(catalogue, version,
                           &(struct category){ .id = row_int(rows, row, "id"),
                                               .name = row_text(rows, row, "name"),
                                               .position = (uint32_t)row_int(rows, row, "position") });
}

static void put_tax_class(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version,
                          const struct rows *rows, size_t row)
{
    const struct rows *rates = load->tax_rates;
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

/* Of one version of a promotion; the rows of a part follow one another. Returns how many parts. */
static size_t promotion_parts_of(const struct catalogue_load *load, int64_t id, int64_t version,
                                 struct promotion_part *parts)
{
    const struct rows *rows = load->promotion_parts;
    int64_t *ids = arena_array(load->txn->arena, rows_count(rows), sizeof *ids);
    size_t count = 0;

    for (size_t i = 0; i < rows_count(rows); i++) {
        size_t at = (size_t)row_int(rows, i, "part");

        if (row_int(rows, i, "version") != version || row_int(rows, i, "id") != id || at >= PROMOTION_PARTS_MAX)
            continue;
        if (at >= count)
            parts[at] = (struct promotion_part){ .pieces = (uint32_t)row_int(rows, i, "pieces"),
                                                 .category_id = row_int(rows, i, "category_id"),
                                                 .product_ids = &ids[i] };
        count = at >= count ? at + 1 : count;
        ids[i] = row_int(rows, i, "product_id");
        parts[at].product_count += ids[i] != 0;
    }
    return count;
}

static int32_t day_or_none(const struct rows *rows, size_t row, const char *column)
{
    return row_is_null(rows, row, column) ? 0 : row_day(rows, row, column).number;
}

static void put_promotion(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version,
                          const struct rows *rows, size_t row)
{
    struct promotion_part parts[PROMOTION_PARTS_MAX] = { 0 };
    int64_t id = row_int(rows, row, "id");

    catalogue_put_promotion(catalogue, version,
                            &(struct promotion){
                                .id = id,
                                .name = row_text(rows, row, "name"),
                                .parts = parts,
                                .part_count = promotion_parts_of(load, id, row_int(rows, row, "version"), parts),
                                .gift = (uint8_t)row_int(rows, row, "gift"),
                                .value = row_int(rows, row, "value"),
                                .weekdays = (uint8_t)row_int(rows, row, "weekdays"),
                                .from_minute = (uint16_t)row_int(rows, row, "from_minute"),
                                .until_minute = (uint16_t)row_int(rows, row, "until_minute"),
                                .first_day = day_or_none(rows, row, "first_day"),
                                .last_day = day_or_none(rows, row, "last_day"),
                                .members_only = row_bool(rows, row, "members_only"),
                                .active = row_bool(rows, row, "active"),
                            });
}

static void put_modifier(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version,
                         const struct rows *rows, size_t row)
{
    const struct rows *of = load->modifier_options;
    const int64_t id = row_int(rows, row, "id"), of_version = row_int(rows, row, "version");
    struct modifier_option options[MODIFIER_OPTIONS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < rows_count(of) && count < MODIFIER_OPTIONS_MAX; i++)
        if (row_int(of, i, "version") == of_version && row_int(of, i, "id") == id)
            options[count++] = (struct modifier_option){ .number = (uint32_t)row_int(of, i, "option"),
                                                         .name = row_text(of, i, "name"),
                                                         .price_minor = row_int(of, i, "price_minor"),
                                                         .active = row_bool(of, i, "active") };
    catalogue_put_modifier(catalogue, version,
                           &(struct modifier){ .id = id,
                                               .name = row_text(rows, row, "name"),
                                               .options = options,
                                               .option_count = count,
                                               .choose_min = (uint32_t)row_int(rows, row, "choose_min"),
                                               .choose_max = (uint32_t)row_int(rows, row, "choose_max"),
                                               .active = row_bool(rows, row, "active") });
}

static void put_programme(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version,
                          const struct rows *rows, size_t row)
{
    size_t count;
    const struct programme_term *terms =
        programme_terms_of(load->programme_terms, row_int(rows, row, "version"), load->txn->arena, &count);

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
                                .tier_months = (uint32_t)row_int(rows, row, "tier_months"),
                                .referrer_points = row_int(rows, row, "referrer_points"),
                                .friend_points = row_int(rows, row, "friend_points"),
                                .terms = terms,
                                .term_count = count,
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

static void put_role(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version,
                     const struct rows *rows, size_t row)
{
    struct role role = { .id = row_int(rows, row, "id"), .name = row_text(rows, row, "name") };

    role.discount_ppm = (uint32_t)row_int(rows, row, "discount_ppm");
    role.permissions = texts_of(load, rows, row, "permissions", &role.permission_count);
    catalogue_put_role(catalogue, version, &role);
}

static void put_tender_type(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version,
                            const struct rows *rows, size_t row)
{
    (void)load;
    catalogue_put_tender_type(catalogue, version,
                              &(struct tender_type){
                                  .id = row_int(rows, row, "id"),
                                  .name = row_text(rows, row, "name"),
                                  .permission = row_text(rows, row, "permission"),
                                  .limit_minor = row_int(rows, row, "limit_minor"),
                                  .kind = (uint8_t)row_int(rows, row, "kind"),
                                  .change = (uint8_t)row_int(rows, row, "change"),
                                  .reference_wanted = row_bool(rows, row, "reference_wanted"),
                                  .active = row_bool(rows, row, "active"),
                              });
}

/* Few are: their sum is read then. */
static struct rating rating_of(const struct rows *rows, size_t row)
{
    int64_t count = row_int(rows, row, "rating_count");

    return (struct rating){ .sum = count == 0 ? 0 : row_int(rows, row, "rating_sum"), .count = count };
}

static void put_product(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version,
                        const struct rows *rows, size_t row)
{
    size_t barcode_count;
    const char **barcodes = texts_of(load, rows, row, "barcodes", &barcode_count);
    const int64_t *modifier_ids;
    const bool open_price = row_bool(rows, row, "open_price"); /* few are: their bounds are read then */
    const int64_t deposit_product_id = row_int(rows, row, "deposit_product_id"); /* likewise how many */
    size_t modifier_count = modifier_ids_read(row_text(rows, row, "modifiers"), load->txn->arena, &modifier_ids);
    const struct rating rating = rating_of(rows, row);
    struct nutrition nutrition;
    const bool has_nutrition =
        nutrition_read(row_text(rows, row, "nutrition"), &nutrition) && nutrition_known(&nutrition);

    catalogue_put_product(
        catalogue, version,
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
            .floor_minor = row_int(rows, row, "floor_minor"),
            .modifier_ids = modifier_ids,
            .modifier_count = (uint8_t)modifier_count,
            .open_price = open_price,
            .open_min_minor = open_price ? row_int(rows, row, "open_min_minor") : 0,
            .open_max_minor = open_price ? row_int(rows, row, "open_max_minor") : 0,
            .deposit_kind = (uint8_t)row_int(rows, row, "deposit_kind"),
            .deposit_product_id = deposit_product_id,
            .deposit_count = deposit_product_id == 0 ? 0 : (uint32_t)row_int(rows, row, "deposit_count"),
            .price_minor = row_int(rows, row, "price_minor"),
            .sold_out = row_bool(rows, row, "sold_out"),
            .rating_hundredths = rating_hundredths(rating),
            .rating_count = (uint32_t)rating.count,
            .nutrition = has_nutrition ? &nutrition : NULL,
        });
}

/* ---- all rows, version by version ---- */

typedef void put_fn(const struct catalogue_load *load, struct catalogue *catalogue, uint64_t version,
                    const struct rows *rows, size_t row);

struct queue {
    const struct rows *rows;
    put_fn *put;
    size_t next;
};
#define QUEUES 10

/* What is due at this version or was before; nothing was, but for what is older than the base. */
static void fill_to(const struct catalogue_load *load, struct queue *queues, struct catalogue *catalogue,
                    uint64_t version, int64_t at_us)
{
    for (struct queue *queue = queues; queue < queues + QUEUES; queue++)
        while (queue->rows != NULL && queue->next < rows_count(queue->rows) &&
               (uint64_t)row_int(queue->rows, queue->next, "version") <= version)
            queue->put(load, catalogue, version, queue->rows, queue->next++);
    catalogue_seal(catalogue, version, at_us);
}

static void queue_up(const struct catalogue_load *load, struct queue queues[QUEUES])
{
    const struct queue all[QUEUES] = {
        { load->shops, put_shop, 0 },
        { load->categories, put_category, 0 },
        { load->tax_classes, put_tax_class, 0 },
        { load->programmes, put_programme, 0 },
        { load->roles, put_role, 0 },
        { load->promotions, put_promotion, 0 },
        { load->modifiers, put_modifier, 0 },
        { load->tender_types, put_tender_type, 0 },
        { load->base_products, put_product, 0 },
        { load->products, put_product, 0 },
    };

    memcpy(queues, all, sizeof all);
}

static bool fill(const struct catalogue_load *load, struct catalogue *catalogue, struct instant now, uint64_t sealed)
{
    struct queue queues[QUEUES];

    queue_up(load, queues);
    if (rows_count(load->head) == 0 || sealed > (uint64_t)row_int(load->head, 0, "version"))
        return false;
    if (sealed != 0)
        fill_to(load, queues, catalogue, sealed, 0);
    for (size_t row = 0; row < rows_count(load->versions); row++) {
        int64_t made_us = row_instant(load->versions, row, "made_at").us;

        if ((uint64_t)row_int(load->versions, row, "version") <= sealed)
            continue;
        /* another server's clock may be ahead */
        fill_to(load, queues, catalogue, (uint64_t)row_int(load->versions, row, "version"),
                made_us < now.us ? made_us : now.us);
    }
    /* A shop that was opened at a version which another's change had made. */
    const uint64_t head = (uint64_t)row_int(load->head, 0, "version");
    if (catalogue_newest(catalogue) < head)
        fill_to(load, queues, catalogue, head, now.us);
    return true;
}

bool catalogue_load_fill(const struct catalogue_load *load, struct catalogue *catalogue, struct instant now)
{
    return fill(load, catalogue, now, 0);
}

void catalogue_load_fill_at(const struct catalogue_load *load, struct catalogue *catalogue)
{
    struct queue queues[QUEUES];

    queue_up(load, queues);
    fill_to(load, queues, catalogue, load->base, 0);
}

bool catalogue_load_fill_past(const struct catalogue_load *load, struct catalogue *catalogue, struct instant now)
{
    return load->base != 0 && fill(load, catalogue, now, load->base);
}
