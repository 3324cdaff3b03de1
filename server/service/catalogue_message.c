/* Rows of the catalogue as messages. */
#include "server/service/catalogue_message.h"

#include <string.h>

#include "common/base/instant.h"
#include "common/rules/nutrition.h"
#include "server/service/message.h"

static size_t allergens_of(unsigned set, uint32_t numbers[ALLERGEN_COUNT])
{
    size_t count = 0;

    for (uint32_t number = 1; number <= ALLERGEN_COUNT; number++)
        if (set & 1u << number)
            numbers[count++] = number;
    return count;
}

static Caroline__V1__Nutrition *nutrition_set(Caroline__V1__Nutrition *message, const struct nutrition *nutrition)
{
    caroline__v1__nutrition__init(message);
#define TELL(nutrient, field)                                                                                          \
    if (nutrition->of[nutrient] >= 0)                                                                                  \
    PUT(*message, field, (uint32_t)nutrition->of[nutrient])
    TELL(NUTRIENT_ENERGY_KJ, energy_kj);
    TELL(NUTRIENT_ENERGY_KCAL, energy_kcal);
    TELL(NUTRIENT_FAT, fat_mg);
    TELL(NUTRIENT_SATURATES, saturates_mg);
    TELL(NUTRIENT_CARBOHYDRATE, carbohydrate_mg);
    TELL(NUTRIENT_SUGARS, sugars_mg);
    TELL(NUTRIENT_PROTEIN, protein_mg);
    TELL(NUTRIENT_SALT, salt_mg);
#undef TELL
    return message;
}

Caroline__V1__Product *product_message_set(struct product_message *message, const struct product *product)
{
    Caroline__V1__Product *p = &message->product;

    caroline__v1__product__init(p);
    PUT(*p, id, (uint64_t)product->id);
    PUT(*p, name, field_text(product->name));
    if (*product->sku)
        PUT(*p, sku, field_text(product->sku));
    PUT(*p, category_id, (uint64_t)product->category_id);
    PUT(*p, price_minor, product->price_minor);
    PUT(*p, unit, (Caroline__V1__Unit)product->unit);
    PUT(*p, tax_class_id, (uint64_t)product->tax_class_id);
    PUT(*p, plu, product->plu);
    for (size_t i = 0; i < product->barcode_count; i++)
        message->barcodes[i] = field_text(product->barcodes[i]);
    p->n_barcodes = product->barcode_count;
    p->barcodes = message->barcodes;
    p->n_contains = allergens_of(product->contains, message->contains);
    p->contains = message->contains;
    p->n_may_contain = allergens_of(product->may_contain, message->may_contain);
    p->may_contain = message->may_contain;
    if (*product->allergen_note)
        PUT(*p, allergen_note, field_text(product->allergen_note));
    PUT(*p, active, product->active);
    PUT(*p, sold_out, product->sold_out);
    PUT(*p, stock_policy, (Caroline__V1__StockPolicy)product->stock_policy);
    if (product->floor_minor != 0)
        PUT(*p, floor_minor, product->floor_minor);
    if (product->open_price) {
        PUT(*p, open_price, true);
        PUT(*p, open_min_minor, product->open_min_minor);
        PUT(*p, open_max_minor, product->open_max_minor);
    }
    if (product->deposit_kind != DEPOSIT_NONE)
        PUT(*p, deposit_kind, (Caroline__V1__DepositKind)product->deposit_kind);
    if (product->deposit_product_id != 0) {
        PUT(*p, deposit_product_id, (uint64_t)product->deposit_product_id);
        PUT(*p, deposit_count, product->deposit_count);
    }
    for (size_t i = 0; i < product->modifier_count; i++)
        message->modifier_ids[i] = (uint64_t)product->modifier_ids[i];
    p->n_modifier_ids = product->modifier_count;
    p->modifier_ids = message->modifier_ids;
    if (product->rating_count > 0) {
        PUT(*p, rating_hundredths, product->rating_hundredths);
        PUT(*p, rating_count, product->rating_count);
    }
    if (product->nutrition != NULL)
        p->nutrition = nutrition_set(&message->nutrition, product->nutrition);
    return p;
}

size_t product_message_most(const struct product *product)
{
    const size_t numbers = 96, allergens = (size_t)2 * 2 * ALLERGEN_COUNT, heads = (size_t)4 * 3;
    size_t most = numbers + allergens + heads + strlen(product->name) + strlen(product->sku);

    for (size_t i = 0; i < product->barcode_count; i++)
        most += 3 + strlen(product->barcodes[i]);
    if (product->open_price)
        most += 30;
    most += (size_t)product->modifier_count * 12;
    if (product->deposit_kind != DEPOSIT_NONE || product->deposit_product_id != 0)
        most += 20;
    if (product->rating_count > 0)
        most += 12;
    if (product->nutrition != NULL)
        most += 3 + (size_t)NUTRIENT_COUNT * 4;
    return most + strlen(product->allergen_note);
}

Caroline__V1__Category *category_message_of(struct arena *arena, const struct category *category)
{
    Caroline__V1__Category *message = arena_alloc(arena, sizeof *message);

    caroline__v1__category__init(message);
    PUT(*message, id, (uint64_t)category->id);
    PUT(*message, name, field_text(category->name));
    PUT(*message, position, category->position);
    return message;
}

static Caroline__V1__TaxRate *tax_rate_message_of(struct arena *arena, const struct tax_rate *rate)
{
    Caroline__V1__TaxRate *message = arena_alloc(arena, sizeof *message);

    caroline__v1__tax_rate__init(message);
    PUT(*message, service, (Caroline__V1__Service)rate->service);
    PUT(*message, hot, rate->hot);
    PUT(*message, code, field_text(rate->code));
    PUT(*message, rate_ppm, rate->rate_ppm);
    return message;
}

Caroline__V1__TaxClass *tax_class_message_of(struct arena *arena, const struct tax_class *tax_class)
{
    Caroline__V1__TaxClass *message = arena_alloc(arena, sizeof *message);

    caroline__v1__tax_class__init(message);
    PUT(*message, id, (uint64_t)tax_class->id);
    PUT(*message, name, field_text(tax_class->name));
    message->rates = arena_array(arena, tax_class->rate_count + 1, sizeof *message->rates);
    for (; message->n_rates < tax_class->rate_count; message->n_rates++)
        message->rates[message->n_rates] = tax_rate_message_of(arena, &tax_class->rates[message->n_rates]);
    PUT(*message, switch_at_count, tax_class->switch_at_count);
    PUT(*message, switch_to_id, (uint64_t)tax_class->switch_to_id);
    return message;
}

static Caroline__V1__PromotionPart *promotion_part_message_of(struct arena *arena, const struct promotion_part *part)
{
    Caroline__V1__PromotionPart *message = arena_alloc(arena, sizeof *message);

    caroline__v1__promotion_part__init(message);
    PUT(*message, pieces, part->pieces);
    if (part->category_id != 0)
        PUT(*message, category_id, (uint64_t)part->category_id);
    message->product_ids = arena_array(arena, part->product_count, sizeof *message->product_ids);
    for (; message->n_product_ids < part->product_count; message->n_product_ids++)
        message->product_ids[message->n_product_ids] = (uint64_t)part->product_ids[message->n_product_ids];
    return message;
}

static ProtobufCBinaryData day_field(struct arena *arena, int32_t number)
{
    return field_text(day_format(arena_alloc(arena, DAY_TEXT), (struct day){ number }));
}

Caroline__V1__Promotion *promotion_message_of(struct arena *arena, const struct promotion *promotion)
{
    Caroline__V1__Promotion *message = arena_alloc(arena, sizeof *message);

    caroline__v1__promotion__init(message);
    PUT(*message, id, (uint64_t)promotion->id);
    PUT(*message, name, field_text(promotion->name));
    message->parts = arena_array(arena, promotion->part_count, sizeof *message->parts);
    for (; message->n_parts < promotion->part_count; message->n_parts++)
        message->parts[message->n_parts] = promotion_part_message_of(arena, &promotion->parts[message->n_parts]);
    PUT(*message, gift, (Caroline__V1__PromotionGift)promotion->gift);
    PUT(*message, value, promotion->value);
    PUT(*message, weekdays, promotion->weekdays);
    PUT(*message, from_minute, promotion->from_minute);
    PUT(*message, until_minute, promotion->until_minute);
    if (promotion->first_day != 0)
        PUT(*message, first_day, day_field(arena, promotion->first_day));
    if (promotion->last_day != 0)
        PUT(*message, last_day, day_field(arena, promotion->last_day));
    PUT(*message, members_only, promotion->members_only);
    PUT(*message, active, promotion->active);
    return message;
}

Caroline__V1__TenderType *tender_type_message_of(struct arena *arena, const struct tender_type *type)
{
    Caroline__V1__TenderType *message = arena_alloc(arena, sizeof *message);

    caroline__v1__tender_type__init(message);
    PUT(*message, id, (uint64_t)type->id);
    PUT(*message, name, field_text(type->name));
    PUT(*message, kind, (Caroline__V1__TenderKind)type->kind);
    PUT(*message, change, (Caroline__V1__TenderChange)type->change);
    PUT(*message, reference_wanted, type->reference_wanted);
    PUT(*message, limit_minor, type->limit_minor);
    if (*type->permission)
        PUT(*message, permission, field_text(type->permission));
    PUT(*message, active, type->active);
    return message;
}

static Caroline__V1__ModifierOption *modifier_option_message_of(struct arena *arena,
                                                                const struct modifier_option *option)
{
    Caroline__V1__ModifierOption *message = arena_alloc(arena, sizeof *message);

    caroline__v1__modifier_option__init(message);
    PUT(*message, number, option->number);
    PUT(*message, name, field_text(option->name));
    PUT(*message, price_minor, option->price_minor);
    PUT(*message, active, option->active);
    return message;
}

Caroline__V1__Modifier *modifier_message_of(struct arena *arena, const struct modifier *modifier)
{
    Caroline__V1__Modifier *message = arena_alloc(arena, sizeof *message);

    caroline__v1__modifier__init(message);
    PUT(*message, id, (uint64_t)modifier->id);
    PUT(*message, name, field_text(modifier->name));
    message->options = arena_array(arena, modifier->option_count + 1, sizeof *message->options);
    for (; message->n_options < modifier->option_count; message->n_options++)
        message->options[message->n_options] =
            modifier_option_message_of(arena, &modifier->options[message->n_options]);
    PUT(*message, choose_min, modifier->choose_min);
    PUT(*message, choose_max, modifier->choose_max);
    PUT(*message, active, modifier->active);
    return message;
}

static uint64_t *ids_field(struct arena *arena, const int64_t *ids, size_t count)
{
    uint64_t *field = arena_array(arena, count + 1, sizeof *field);

    for (size_t i = 0; i < count; i++)
        field[i] = (uint64_t)ids[i];
    return field;
}

static Caroline__V1__ProgrammeTerm *term_message_of(struct arena *arena, const struct programme_term *term)
{
    Caroline__V1__ProgrammeTerm *message = arena_alloc(arena, sizeof *message);

    caroline__v1__programme_term__init(message);
    PUT(*message, kind, (Caroline__V1__ProgrammeTermKind)term->kind);
    PUT(*message, number, term->number);
    PUT(*message, name, field_text(term->name));
    if (term->kind == TERM_EARN)
        PUT(*message, per, (Caroline__V1__EarnPer)term->gives);
    if (term->kind == TERM_REWARD)
        PUT(*message, gift, (Caroline__V1__RewardGift)term->gives);
    PUT(*message, value, term->value);
    if (term->cost != 0)
        PUT(*message, cost, term->cost);
    if (term->tier != 0)
        PUT(*message, tier, term->tier);
    if (term->goods != TERM_GOODS_ALL)
        PUT(*message, goods, (Caroline__V1__TermGoods)term->goods);
    message->category_ids = ids_field(arena, term->category_ids, term->category_count);
    message->n_category_ids = term->category_count;
    message->product_ids = ids_field(arena, term->product_ids, term->product_count);
    message->n_product_ids = term->product_count;
    PUT(*message, weekdays, term->weekdays);
    PUT(*message, from_minute, term->from_minute);
    PUT(*message, until_minute, term->until_minute);
    return message;
}

Caroline__V1__Programme *programme_message_of(struct arena *arena, const struct programme *programme)
{
    Caroline__V1__Programme *message = arena_alloc(arena, sizeof *message);

    caroline__v1__programme__init(message);
    PUT(*message, id, (uint64_t)programme->id);
    PUT(*message, name, field_text(programme->name));
    PUT(*message, sign_up_points, programme->sign_up_points);
    PUT(*message, birthday_points, programme->birthday_points);
    PUT(*message, points_per_unit, programme->points_per_unit);
    PUT(*message, lot_days, programme->lot_days);
    PUT(*message, reward_cost, programme->reward_cost);
    PUT(*message, reward_category_id, (uint64_t)programme->reward_category_id);
    PUT(*message, reward_name, field_text(programme->reward_name));
    PUT(*message, tier_months, programme->tier_months);
    PUT(*message, referrer_points, programme->referrer_points);
    PUT(*message, friend_points, programme->friend_points);
    message->terms = arena_array(arena, programme->term_count + 1, sizeof *message->terms);
    for (; message->n_terms < programme->term_count; message->n_terms++)
        message->terms[message->n_terms] = term_message_of(arena, &programme->terms[message->n_terms]);
    return message;
}
