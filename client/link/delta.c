/* Rows of the wire made rows of the rules. */
#include "client/link/delta.h"

#include <string.h>

#include "common/rules/modifier.h"
#include "common/rules/nutrition.h"
#include "common/rules/programme.h"
#include "common/rules/promotion.h"

static const char *text_of(ProtobufCBinaryData text, struct arena *scratch)
{
    if (text.len == 0)
        return "";
    char *copy = arena_alloc(scratch, text.len + 1);
    memcpy(copy, text.data, text.len);
    return copy;
}

static const char *const *texts_of(const ProtobufCBinaryData *texts, size_t count, struct arena *scratch)
{
    const char **copies = arena_array(scratch, count + 1, sizeof *copies);

    for (size_t i = 0; i < count; i++)
        copies[i] = text_of(texts[i], scratch);
    return copies;
}

static uint16_t allergens_of(const uint32_t *numbers, size_t count)
{
    unsigned set = 0;

    for (size_t i = 0; i < count; i++)
        if (numbers[i] >= 1 && numbers[i] <= ALLERGEN_COUNT)
            set |= 1u << numbers[i];
    return (uint16_t)set;
}

static const int64_t *ids_of(const uint64_t *given, size_t count, struct arena *scratch)
{
    int64_t *ids = arena_array(scratch, count, sizeof *ids);

    for (size_t i = 0; i < count; i++)
        ids[i] = (int64_t)given[i];
    return ids;
}

/* NULL: nothing is known, or what cannot be. */
static const struct nutrition *nutrition_of(const Caroline__V1__Nutrition *row, struct arena *scratch)
{
    struct nutrition *nutrition = arena_alloc(scratch, sizeof *nutrition);
    enum nutrient at;

    if (row == NULL)
        return NULL;
    *nutrition = nutrition_unknown();
#define TAKE(nutrient, field)                                                                                          \
    if (row->has_##field)                                                                                              \
    nutrition->of[nutrient] = row->field > NUTRIENT_MG_MAX ? NUTRIENT_MG_MAX + 1 : (int32_t)row->field
    TAKE(NUTRIENT_ENERGY_KJ, energy_kj);
    TAKE(NUTRIENT_ENERGY_KCAL, energy_kcal);
    TAKE(NUTRIENT_FAT, fat_mg);
    TAKE(NUTRIENT_SATURATES, saturates_mg);
    TAKE(NUTRIENT_CARBOHYDRATE, carbohydrate_mg);
    TAKE(NUTRIENT_SUGARS, sugars_mg);
    TAKE(NUTRIENT_PROTEIN, protein_mg);
    TAKE(NUTRIENT_SALT, salt_mg);
#undef TAKE
    return nutrition_known(nutrition) && nutrition_check(nutrition, &at) == NUTRITION_OK ? nutrition : NULL;
}

static void put_product(const Caroline__V1__Product *row, uint64_t version, struct catalogue *catalogue,
                        struct arena *scratch)
{
    catalogue_put_product(catalogue, version,
                          &(struct product){
                              .id = (int64_t)row->id,
                              .name = text_of(row->name, scratch),
                              .sku = text_of(row->sku, scratch),
                              .allergen_note = text_of(row->allergen_note, scratch),
                              .barcodes = texts_of(row->barcodes, row->n_barcodes, scratch),
                              .barcode_count = (uint8_t)row->n_barcodes,
                              .category_id = (int64_t)row->category_id,
                              .price_minor = row->price_minor,
                              .tax_class_id = (int64_t)row->tax_class_id,
                              .plu = row->plu,
                              .contains = allergens_of(row->contains, row->n_contains),
                              .may_contain = allergens_of(row->may_contain, row->n_may_contain),
                              .unit = (uint8_t)row->unit,
                              .stock_policy = (uint8_t)row->stock_policy,
                              .floor_minor = row->floor_minor,
                              .active = row->active,
                              .sold_out = row->sold_out,
                              .modifier_ids = ids_of(row->modifier_ids, row->n_modifier_ids, scratch),
                              .modifier_count = (uint8_t)row->n_modifier_ids,
                              .deposit_kind = (uint8_t)row->deposit_kind,
                              .deposit_product_id = (int64_t)row->deposit_product_id,
                              .deposit_count = row->deposit_count,
                              .open_price = row->open_price,
                              .open_min_minor = row->open_min_minor,
                              .open_max_minor = row->open_max_minor,
                              .rating_hundredths = row->rating_hundredths,
                              .rating_count = row->rating_count,
                              .nutrition = nutrition_of(row->nutrition, scratch),
                          });
}

static void put_tax_class(const Caroline__V1__TaxClass *row, uint64_t version, struct catalogue *catalogue,
                          struct arena *scratch)
{
    struct tax_rate *rates = arena_array(scratch, row->n_rates + 1, sizeof *rates);

    for (size_t i = 0; i < row->n_rates; i++) {
        const Caroline__V1__TaxRate *rate = row->rates[i];
        size_t size = rate->code.len < TAX_CODE_SIZE ? rate->code.len : TAX_CODE_SIZE - 1;
        rates[i] = (struct tax_rate){ .service = (uint8_t)rate->service, .hot = rate->hot, .rate_ppm = rate->rate_ppm };
        if (size > 0)
            memcpy(rates[i].code, rate->code.data, size);
    }
    catalogue_put_tax_class(catalogue, version,
                            &(struct tax_class){ .id = (int64_t)row->id,
                                                 .name = text_of(row->name, scratch),
                                                 .rates = rates,
                                                 .rate_count = row->n_rates,
                                                 .switch_at_count = row->switch_at_count,
                                                 .switch_to_id = (int64_t)row->switch_to_id });
}

static const struct promotion_part *parts_of(const Caroline__V1__Promotion *row, struct arena *scratch)
{
    struct promotion_part *parts = arena_array(scratch, row->n_parts, sizeof *parts);

    for (size_t i = 0; i < row->n_parts; i++) {
        const Caroline__V1__PromotionPart *part = row->parts[i];
        int64_t *ids = arena_array(scratch, part->n_product_ids, sizeof *ids);

        for (size_t j = 0; j < part->n_product_ids; j++)
            ids[j] = (int64_t)part->product_ids[j];
        parts[i] = (struct promotion_part){ .pieces = part->pieces,
                                            .category_id = (int64_t)part->category_id,
                                            .product_ids = ids,
                                            .product_count = (uint32_t)part->n_product_ids };
    }
    return parts;
}

static int32_t day_of(ProtobufCBinaryData text, struct arena *scratch)
{
    struct day day = { 0 };

    return day_parse(text_of(text, scratch), &day) ? day.number : 0;
}

/* One that could not be given is not taken: nothing that the server sends, but it is another machine. */
static void put_promotion(const Caroline__V1__Promotion *row, uint64_t version, struct catalogue *catalogue,
                          struct arena *scratch)
{
    struct promotion promotion = { .id = (int64_t)row->id,
                                   .name = text_of(row->name, scratch),
                                   .parts = parts_of(row, scratch),
                                   .part_count = row->n_parts,
                                   .gift = (uint8_t)row->gift,
                                   .value = row->value,
                                   .weekdays = (uint8_t)row->weekdays,
                                   .from_minute = (uint16_t)row->from_minute,
                                   .until_minute = (uint16_t)row->until_minute,
                                   .first_day = day_of(row->first_day, scratch),
                                   .last_day = day_of(row->last_day, scratch),
                                   .members_only = row->members_only,
                                   .active = row->active };

    if (promotion_valid(&promotion))
        catalogue_put_promotion(catalogue, version, &promotion);
}

/* As the server has it: one that could not be offered is none. */
static void put_modifier(const Caroline__V1__Modifier *row, uint64_t version, struct catalogue *catalogue,
                         struct arena *scratch)
{
    struct modifier_option *options = arena_array(scratch, row->n_options, sizeof *options);

    for (size_t i = 0; i < row->n_options; i++)
        options[i] = (struct modifier_option){ .name = text_of(row->options[i]->name, scratch),
                                               .price_minor = row->options[i]->price_minor,
                                               .number = row->options[i]->number,
                                               .active = row->options[i]->active };
    struct modifier modifier = { .id = (int64_t)row->id,
                                 .name = text_of(row->name, scratch),
                                 .options = options,
                                 .option_count = row->n_options,
                                 .choose_min = row->choose_min,
                                 .choose_max = row->choose_max,
                                 .active = row->active };
    if (modifier_valid(&modifier))
        catalogue_put_modifier(catalogue, version, &modifier);
}

/* One that could not be a programme's is not taken, as of promotions. */
static const struct programme_term *terms_of(const Caroline__V1__Programme *row, struct arena *scratch, size_t *count)
{
    struct programme_term *terms = arena_array(scratch, row->n_terms, sizeof *terms);

    *count = 0;
    for (size_t i = 0; i < row->n_terms && *count < PROGRAMME_TERMS_MAX; i++) {
        const Caroline__V1__ProgrammeTerm *from = row->terms[i];
        struct programme_term term = {
            .name = text_of(from->name, scratch),
            .category_ids = ids_of(from->category_ids, from->n_category_ids, scratch),
            .product_ids = ids_of(from->product_ids, from->n_product_ids, scratch),
            .category_count = (uint32_t)from->n_category_ids,
            .product_count = (uint32_t)from->n_product_ids,
            .value = from->value,
            .cost = from->cost,
            .from_minute = (uint16_t)from->from_minute,
            .until_minute = (uint16_t)from->until_minute,
            .kind = (uint8_t)from->kind,
            .number = (uint8_t)from->number,
            .gives = (uint8_t)(from->has_gift ? (int)from->gift : (int)from->per),
            .tier = (uint8_t)from->tier,
            .goods = (uint8_t)from->goods,
            .weekdays = (uint8_t)from->weekdays,
        };
        if (term_valid(&term))
            terms[(*count)++] = term;
    }
    return terms;
}

static void put_programme(const Caroline__V1__Programme *row, uint64_t version, struct catalogue *catalogue,
                          struct arena *scratch)
{
    size_t count;
    const struct programme_term *terms = terms_of(row, scratch, &count);

    catalogue_put_programme(catalogue, version,
                            &(struct programme){ .id = (int64_t)row->id,
                                                 .name = text_of(row->name, scratch),
                                                 .reward_name = text_of(row->reward_name, scratch),
                                                 .sign_up_points = row->sign_up_points,
                                                 .birthday_points = row->birthday_points,
                                                 .points_per_unit = row->points_per_unit,
                                                 .lot_days = row->lot_days,
                                                 .reward_cost = row->reward_cost,
                                                 .reward_category_id = (int64_t)row->reward_category_id,
                                                 .referrer_points = row->referrer_points,
                                                 .friend_points = row->friend_points,
                                                 .tier_months = row->tier_months,
                                                 .terms = terms,
                                                 .term_count = count });
}

static void put_tender_type(const Caroline__V1__TenderType *row, uint64_t version, struct catalogue *catalogue,
                            struct arena *scratch)
{
    catalogue_put_tender_type(catalogue, version,
                              &(struct tender_type){ .id = (int64_t)row->id,
                                                     .name = text_of(row->name, scratch),
                                                     .permission = text_of(row->permission, scratch),
                                                     .limit_minor = row->limit_minor,
                                                     .kind = (uint8_t)row->kind,
                                                     .change = (uint8_t)row->change,
                                                     .reference_wanted = row->reference_wanted,
                                                     .active = row->active });
}

static void put_shop(const Caroline__V1__Shop *row, uint64_t version, struct catalogue *catalogue,
                     struct arena *scratch)
{
    catalogue_put_shop(catalogue, version,
                       &(struct shop){ .id = (int64_t)row->id,
                                       .name = text_of(row->name, scratch),
                                       .address = text_of(row->address, scratch),
                                       .tax_number = text_of(row->tax_number, scratch),
                                       .receipt_head = text_of(row->receipt_head, scratch),
                                       .receipt_foot = text_of(row->receipt_foot, scratch),
                                       .currency = text_of(row->currency, scratch),
                                       .zone_name = text_of(row->zone, scratch),
                                       .code_layouts = text_of(row->code_layouts, scratch),
                                       .currency_exponent = row->currency_exponent,
                                       .day_cutoff_minutes = row->day_cutoff_minutes,
                                       .cash_rounding_minor = row->cash_rounding_minor,
                                       .deposit_back_minor = row->deposit_back_minor,
                                       .prices_include_tax = row->prices_include_tax });
}

void delta_apply(const Caroline__V1__CatalogueDelta *delta, struct catalogue *catalogue, struct arena *scratch)
{
    uint64_t version = delta->version;

    for (size_t i = 0; i < delta->n_categories; i++)
        catalogue_put_category(catalogue, version,
                               &(struct category){ .id = (int64_t)delta->categories[i]->id,
                                                   .name = text_of(delta->categories[i]->name, scratch),
                                                   .position = delta->categories[i]->position });
    for (size_t i = 0; i < delta->n_tax_classes; i++)
        put_tax_class(delta->tax_classes[i], version, catalogue, scratch);
    for (size_t i = 0; i < delta->n_products; i++)
        put_product(delta->products[i], version, catalogue, scratch);
    for (size_t i = 0; i < delta->n_roles; i++)
        catalogue_put_role(catalogue, version,
                           &(struct role){ .id = (int64_t)delta->roles[i]->id,
                                           .name = text_of(delta->roles[i]->name, scratch),
                                           .permissions = texts_of(delta->roles[i]->permissions,
                                                                   delta->roles[i]->n_permissions, scratch),
                                           .permission_count = delta->roles[i]->n_permissions,
                                           .discount_ppm = delta->roles[i]->discount_ppm });
    for (size_t i = 0; i < delta->n_promotions; i++)
        put_promotion(delta->promotions[i], version, catalogue, scratch);
    for (size_t i = 0; i < delta->n_modifiers; i++)
        put_modifier(delta->modifiers[i], version, catalogue, scratch);
    for (size_t i = 0; i < delta->n_tender_types; i++)
        put_tender_type(delta->tender_types[i], version, catalogue, scratch);
    if (delta->programme != NULL)
        put_programme(delta->programme, version, catalogue, scratch);
    if (delta->shop != NULL)
        put_shop(delta->shop, version, catalogue, scratch);
}
