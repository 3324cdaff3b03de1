/* The kept catalogue, made: rows and texts of all that the catalogue holds. */
#include <assert.h>
#include <string.h>

#include "client/link/catalogue_file.h"
#include "client/link/catalogue_file_rows.h"
#include "common/rules/nutrition.h"

struct writer {
    struct buffer rows, texts;
};

static void append(struct buffer *buffer, const void *data, size_t size)
{
    bool fits = buffer_append(buffer, data, size, FILE_MAX);
    assert(fits);
}

static uint32_t text_put(struct writer *w, const char *text)
{
    uint32_t at = (uint32_t)w->texts.size;

    append(&w->texts, text, strlen(text) + 1);
    return at;
}

static uint32_t texts_put(struct writer *w, const char *const *texts, size_t count)
{
    uint32_t at = (uint32_t)w->texts.size;

    for (size_t i = 0; i < count; i++)
        text_put(w, texts[i]);
    return at;
}

static void put_programme(struct writer *w, const struct programme *programme)
{
    struct file_programme row = {
        .id = programme->id,
        .sign_up_points = programme->sign_up_points,
        .birthday_points = programme->birthday_points,
        .points_per_unit = programme->points_per_unit,
        .reward_cost = programme->reward_cost,
        .reward_category_id = programme->reward_category_id,
        .name = text_put(w, programme->name),
        .reward_name = text_put(w, programme->reward_name),
        .lot_days = programme->lot_days,
        .referrer_points = programme->referrer_points,
        .friend_points = programme->friend_points,
        .tier_months = programme->tier_months,
    };
    append(&w->rows, &row, sizeof row);
}

static void put_shop(struct writer *w, const struct shop *shop)
{
    struct file_shop row = {
        .id = shop->id,
        .name = text_put(w, shop->name),
        .address = text_put(w, shop->address),
        .tax_number = text_put(w, shop->tax_number),
        .receipt_head = text_put(w, shop->receipt_head),
        .receipt_foot = text_put(w, shop->receipt_foot),
        .currency = text_put(w, shop->currency),
        .zone_name = text_put(w, shop->zone_name),
        .code_layouts = text_put(w, shop->code_layouts),
        .currency_exponent = shop->currency_exponent,
        .day_cutoff_minutes = shop->day_cutoff_minutes,
        .cash_rounding_minor = shop->cash_rounding_minor,
        .deposit_back_minor = shop->deposit_back_minor,
        .prices_include_tax = shop->prices_include_tax,
    };
    append(&w->rows, &row, sizeof row);
}

static void put_product(struct writer *w, const struct product *product, struct file_header *header)
{
    struct file_product row = {
        .id = product->id,
        .category_id = product->category_id,
        .price_minor = product->price_minor,
        .floor_minor = product->floor_minor,
        .tax_class_id = product->tax_class_id,
        .name = text_put(w, product->name),
        .sku = text_put(w, product->sku),
        .allergen_note = text_put(w, product->allergen_note),
        .barcodes = texts_put(w, product->barcodes, product->barcode_count),
        .plu = product->plu,
        .contains = product->contains,
        .may_contain = product->may_contain,
        .barcode_count = product->barcode_count,
        .unit = product->unit,
        .stock_policy = product->stock_policy,
        .active = product->active,
        .sold_out = product->sold_out,
        .first_modifier = header->product_modifier_count,
        .modifier_count = product->modifier_count,
        .deposit_kind = product->deposit_kind,
        .deposit_count = (uint8_t)product->deposit_count, /* a hundred at most */
        .deposit_product_id = product->deposit_product_id,
        .open_price = product->open_price,
        .open_min_minor = product->open_min_minor,
        .open_max_minor = product->open_max_minor,
        .rating_hundredths = product->rating_hundredths,
        .rating_count = product->rating_count,
        .nutrition = product->nutrition == NULL ? 0 : ++header->nutrition_count,
    };
    append(&w->rows, &row, sizeof row);
    header->product_count++;
    header->product_modifier_count += product->modifier_count;
}

static void put_classes(struct writer *w, const struct catalogue *catalogue, struct file_header *header)
{
    const struct tax_class *class;

    for (int64_t id = 0; (class = catalogue_next_tax_class(catalogue, id, 0)) != NULL; id = class->id) {
        struct file_tax_class row = {
            .id = class->id,
            .switch_to_id = class->switch_to_id,
            .name = text_put(w, class->name),
            .first_rate = header->tax_rate_count,
            .rate_count = (uint32_t) class->rate_count,
            .switch_at_count = class->switch_at_count,
        };
        append(&w->rows, &row, sizeof row);
        header->tax_class_count++;
        header->tax_rate_count += row.rate_count;
    }
    for (int64_t id = 0; (class = catalogue_next_tax_class(catalogue, id, 0)) != NULL; id = class->id)
        for (size_t i = 0; i < class->rate_count; i++) {
            struct file_tax_rate row = {
                .code = text_put(w, class->rates[i].code),
                .rate_ppm = class->rates[i].rate_ppm,
                .service = class->rates[i].service,
                .hot = class->rates[i].hot,
            };
            append(&w->rows, &row, sizeof row);
        }
}

static void put_roles(struct writer *w, const struct catalogue *catalogue, struct file_header *header)
{
    const struct role *role;

    for (int64_t id = 0; (role = catalogue_next_role(catalogue, id, 0)) != NULL; id = role->id) {
        struct file_role row = {
            .id = role->id,
            .name = text_put(w, role->name),
            .permissions = texts_put(w, role->permissions, role->permission_count),
            .permission_count = (uint32_t)role->permission_count,
            .discount_ppm = role->discount_ppm,
        };
        append(&w->rows, &row, sizeof row);
        header->role_count++;
    }
}

static void put_promotions(struct writer *w, const struct catalogue *catalogue, struct file_header *header)
{
    const struct promotion *promotion;

    for (int64_t id = 0; (promotion = catalogue_next_promotion(catalogue, id, 0)) != NULL; id = promotion->id) {
        struct file_promotion row = {
            .id = promotion->id,
            .value = promotion->value,
            .name = text_put(w, promotion->name),
            .first_part = header->part_count,
            .part_count = (uint32_t)promotion->part_count,
            .first_day = promotion->first_day,
            .last_day = promotion->last_day,
            .from_minute = promotion->from_minute,
            .until_minute = promotion->until_minute,
            .gift = promotion->gift,
            .weekdays = promotion->weekdays,
            .members_only = promotion->members_only,
            .active = promotion->active,
        };
        append(&w->rows, &row, sizeof row);
        header->promotion_count++;
        header->part_count += row.part_count;
    }
    for (int64_t id = 0; (promotion = catalogue_next_promotion(catalogue, id, 0)) != NULL; id = promotion->id)
        for (size_t i = 0; i < promotion->part_count; i++) {
            struct file_part row = { .category_id = promotion->parts[i].category_id,
                                     .pieces = promotion->parts[i].pieces,
                                     .first_good = header->good_count,
                                     .good_count = promotion->parts[i].product_count };
            append(&w->rows, &row, sizeof row);
            header->good_count += row.good_count;
        }
    for (int64_t id = 0; (promotion = catalogue_next_promotion(catalogue, id, 0)) != NULL; id = promotion->id)
        for (size_t i = 0; i < promotion->part_count; i++)
            for (size_t good = 0; good < promotion->parts[i].product_count; good++)
                append(&w->rows, &promotion->parts[i].product_ids[good], sizeof(int64_t));
}

static void put_tender_types(struct writer *w, const struct catalogue *catalogue, struct file_header *header)
{
    const struct tender_type *type;

    for (int64_t id = 0; (type = catalogue_next_tender_type(catalogue, id, 0)) != NULL; id = type->id) {
        struct file_tender_type row = {
            .id = type->id,
            .limit_minor = type->limit_minor,
            .name = text_put(w, type->name),
            .permission = text_put(w, type->permission),
            .kind = type->kind,
            .change = type->change,
            .reference_wanted = type->reference_wanted,
            .active = type->active,
        };
        append(&w->rows, &row, sizeof row);
        header->tender_type_count++;
    }
}

static void put_modifiers(struct writer *w, const struct catalogue *catalogue, struct file_header *header)
{
    const struct modifier *modifier;

    for (int64_t id = 0; (modifier = catalogue_next_modifier(catalogue, id, 0)) != NULL; id = modifier->id) {
        struct file_modifier row = {
            .id = modifier->id,
            .name = text_put(w, modifier->name),
            .first_option = header->option_count,
            .option_count = (uint32_t)modifier->option_count,
            .choose_min = modifier->choose_min,
            .choose_max = modifier->choose_max,
            .active = modifier->active,
        };
        append(&w->rows, &row, sizeof row);
        header->modifier_count++;
        header->option_count += row.option_count;
    }
    for (int64_t id = 0; (modifier = catalogue_next_modifier(catalogue, id, 0)) != NULL; id = modifier->id)
        for (size_t i = 0; i < modifier->option_count; i++) {
            struct file_option row = { .price_minor = modifier->options[i].price_minor,
                                       .name = text_put(w, modifier->options[i].name),
                                       .number = modifier->options[i].number,
                                       .active = modifier->options[i].active };
            append(&w->rows, &row, sizeof row);
        }
}

static void put_product_modifiers(struct writer *w, const struct catalogue *catalogue)
{
    const struct product *product;

    for (int64_t id = 0; (product = catalogue_next_product(catalogue, id, 0)) != NULL; id = product->id)
        if (product->modifier_count > 0)
            append(&w->rows, product->modifier_ids, product->modifier_count * sizeof *product->modifier_ids);
}

static void put_nutritions(struct writer *w, const struct catalogue *catalogue)
{
    const struct product *product;

    for (int64_t id = 0; (product = catalogue_next_product(catalogue, id, 0)) != NULL; id = product->id)
        if (product->nutrition != NULL)
            append(&w->rows, product->nutrition, sizeof *product->nutrition);
}

static void put_terms(struct writer *w, const struct programme *programme, struct file_header *header)
{
    for (size_t i = 0; programme != NULL && i < programme->term_count; i++) {
        const struct programme_term *term = &programme->terms[i];
        struct file_term row = { .value = term->value,
                                 .cost = term->cost,
                                 .name = text_put(w, term->name),
                                 .first_good = header->term_good_count,
                                 .category_count = term->category_count,
                                 .product_count = term->product_count,
                                 .from_minute = term->from_minute,
                                 .until_minute = term->until_minute,
                                 .kind = term->kind,
                                 .number = term->number,
                                 .gives = term->gives,
                                 .tier = term->tier,
                                 .goods = term->goods,
                                 .weekdays = term->weekdays };

        append(&w->rows, &row, sizeof row);
        header->term_count++;
        header->term_good_count += term->category_count + term->product_count;
    }
    for (size_t i = 0; programme != NULL && i < programme->term_count; i++) {
        const struct programme_term *term = &programme->terms[i];

        if (term->category_count > 0)
            append(&w->rows, term->category_ids, term->category_count * sizeof *term->category_ids);
        if (term->product_count > 0)
            append(&w->rows, term->product_ids, term->product_count * sizeof *term->product_ids);
    }
}

void catalogue_file_encode(const struct catalogue *catalogue, struct buffer *file)
{
    uint64_t version = catalogue_newest(catalogue);
    const struct programme *programme = catalogue_programme(catalogue, version);
    const struct shop *shop = catalogue_shop(catalogue, version);
    struct file_header header = { .magic = FILE_MAGIC, .layout = FILE_LAYOUT, .version = version };
    struct writer w = { 0 };

    append(&w.rows, &header, sizeof header); /* its place */
    header.has_programme = programme != NULL;
    header.has_shop = shop != NULL;
    put_programme(&w, programme != NULL ? programme : &(struct programme){ .name = "", .reward_name = "" });
    put_shop(&w, shop != NULL ? shop
                              : &(struct shop){ .name = "",
                                                .address = "",
                                                .tax_number = "",
                                                .receipt_head = "",
                                                .receipt_foot = "",
                                                .currency = "",
                                                .zone_name = "",
                                                .code_layouts = "" });
    const struct product *product;
    for (int64_t id = 0; (product = catalogue_next_product(catalogue, id, 0)) != NULL; id = product->id)
        put_product(&w, product, &header);
    const struct category *category;
    for (int64_t id = 0; (category = catalogue_next_category(catalogue, id, 0)) != NULL; id = category->id) {
        struct file_category row = { .id = category->id,
                                     .name = text_put(&w, category->name),
                                     .position = category->position };
        append(&w.rows, &row, sizeof row);
        header.category_count++;
    }
    put_classes(&w, catalogue, &header);
    put_roles(&w, catalogue, &header);
    put_promotions(&w, catalogue, &header);
    put_tender_types(&w, catalogue, &header);
    put_modifiers(&w, catalogue, &header);
    put_product_modifiers(&w, catalogue);
    put_terms(&w, programme, &header);
    put_nutritions(&w, catalogue);
    text_put(&w, ""); /* the last byte is a NUL, even without a text */

    header.text_size = (uint32_t)w.texts.size;
    append(&w.rows, w.texts.data, w.texts.size);
    memcpy(w.rows.data, &header, sizeof header);
    sha256(bytes_of(w.rows.data, w.rows.size), header.digest);
    memcpy(w.rows.data, &header, sizeof header);
    buffer_fini(&w.texts);
    *file = w.rows;
}
