/* A draft of a product: what was given, what there was, and what it comes to. */
#include "server/service/product_draft.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "common/rules/barcode.h"
#include "common/rules/modifier_ids.h"
#include "server/service/catalogue_limits.h"
#include "server/service/message.h"
#include "server/service/typed.h"

/* Characters, as catalogue.proto has them. */
#define NAME_MAX_LENGTH 80
#define KEY_MAX_LENGTH  40
#define NOTE_MAX_LENGTH 200
#define PLU_MAX         999999u

const char *draft_field(struct call *c, const struct draft *d, const char *field)
{
    return arena_format(c->txn.arena, "drafts[%zu].product.%s", d->number, field);
}

/* ---- what was given ----------------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum step check_barcode(struct call *c, const struct draft *d, const char *path, size_t i, const char **code)
{
    enum step step = typed_text(c, path, arena_format(c->txn.arena, "barcodes[%zu]", i), d->given->barcodes[i],
                                KEY_MAX_LENGTH, code);

    if (step != STEP_NEXT)
        return step;
    const char *field = draft_field(c, d, arena_format(c->txn.arena, "barcodes[%zu]", i));
    if (**code == '\0')
        return refuse_field(c, REFUSAL(BAD_BARCODE), field, "this bar code is empty");
    if (!barcode_check(bytes_of_text(*code)))
        return refuse_field(c, REFUSAL(BAD_BARCODE), field, "the check digit of bar code %s does not fit", *code);
    *code = barcode_canonical(*code);
    return STEP_NEXT;
}

static enum step check_barcodes(struct call *c, struct draft *d, const char *path)
{
    size_t count = d->given->n_barcodes, kept = 0;

    d->barcodes = arena_array(c->txn.arena, count + 1, sizeof *d->barcodes);
    for (size_t i = 0; i < count; i++) {
        enum step step = check_barcode(c, d, path, i, &d->barcodes[i]);
        if (step != STEP_NEXT)
            return step;
    }
    if (count > 1)
        qsort(d->barcodes, count, sizeof *d->barcodes, by_text);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || strcmp(d->barcodes[kept - 1], d->barcodes[i]) != 0)
            d->barcodes[kept++] = d->barcodes[i];
    d->barcode_count = kept;
    return STEP_NEXT;
}

static enum step check_allergens(struct call *c, const struct draft *d, const char *field, const uint32_t *numbers,
                                 size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] < 1 || numbers[i] > ALLERGEN_COUNT)
            return refuse_field(c, REFUSAL(BAD_FIELD), draft_field(c, d, field), "allergens have numbers from 1 to %d",
                                ALLERGEN_COUNT);
    return STEP_NEXT;
}

static enum step check_numbers(struct call *c, const struct draft *d)
{
    const Caroline__V1__Product *given = d->given;
    enum step step = check_allergens(c, d, "contains", given->contains, given->n_contains);

    if (step != STEP_NEXT ||
        (step = check_allergens(c, d, "may_contain", given->may_contain, given->n_may_contain)) != STEP_NEXT)
        return step;
    if (given->plu > PLU_MAX)
        return refuse_field(c, REFUSAL(BAD_FIELD), draft_field(c, d, "plu"), "a PLU is 1 to %u, or 0 for none",
                            PLU_MAX);
    if (given->price_minor < 0 || given->price_minor > PRICE_MAX)
        return refuse_field(c, REFUSAL(BAD_PRICE), draft_field(c, d, "price_minor"),
                            given->price_minor < 0 ? "a price is not negative" : "this price is above the limit");
    if (given->floor_minor < 0 || given->floor_minor > PRICE_MAX)
        return refuse_field(c, REFUSAL(BAD_PRICE), draft_field(c, d, "floor_minor"),
                            given->floor_minor < 0 ? "a price is not negative" : "this price is above the limit");
    return STEP_NEXT;
}

static enum step check_open_price(struct call *c, const struct draft *d)
{
    const Caroline__V1__Product *given = d->given;

    if (given->open_min_minor < 0 || given->open_min_minor > PRICE_MAX)
        return refuse_field(c, REFUSAL(BAD_PRICE), draft_field(c, d, "open_min_minor"),
                            given->open_min_minor < 0 ? "a price is not negative" : "this price is above the limit");
    if (given->open_max_minor < 0 || given->open_max_minor > PRICE_MAX)
        return refuse_field(c, REFUSAL(BAD_PRICE), draft_field(c, d, "open_max_minor"),
                            given->open_max_minor < 0 ? "a price is not negative" : "this price is above the limit");
    return STEP_NEXT;
}

static enum step check_deposit(struct call *c, const struct draft *d)
{
    const Caroline__V1__Product *given = d->given;

    if (given->has_deposit_kind && (int)given->deposit_kind > DEPOSIT_CHARGE)
        return refuse_field(c, REFUSAL(BAD_DEPOSIT), draft_field(c, d, "deposit_kind"), "no such kind of deposit");
    if (given->deposit_count > DEPOSIT_COUNT_MAX || (given->has_deposit_count && given->deposit_count == 0))
        return refuse_field(c, REFUSAL(BAD_DEPOSIT), draft_field(c, d, "deposit_count"),
                            "from 1 to %d of a deposit go with a piece", DEPOSIT_COUNT_MAX);
    return STEP_NEXT;
}

/* As its sentence says it, each beside what it was found at. */
static enum step refuse_nutrition(struct call *c, const struct draft *d, enum nutrition_verdict verdict,
                                  enum nutrient at)
{
    static const char *const fields[NUTRIENT_COUNT] = { "nutrition.energy_kj",       "nutrition.energy_kcal",
                                                        "nutrition.fat_mg",          "nutrition.saturates_mg",
                                                        "nutrition.carbohydrate_mg", "nutrition.sugars_mg",
                                                        "nutrition.protein_mg",      "nutrition.salt_mg" };
    static const char *const sentences[NUTRITION_VERDICT_COUNT] = {
        [NUTRITION_TOO_MUCH] = "more than 100 g can hold: at most 3,700 kJ, 900 kcal, and 100 g of each",
        [NUTRITION_SATURATES] = "saturates are a part of the fat, and more than all of it",
        [NUTRITION_SUGARS] = "sugars are a part of the carbohydrate, and more than all of it",
        [NUTRITION_SUM] = "fat, carbohydrate, protein and salt are more than 100 g together",
        [NUTRITION_ENERGY] = "kJ and kcal do not fit: 1 kcal is 4.184 kJ",
    };

    return refuse_field(c, REFUSAL(BAD_NUTRITION), draft_field(c, d, fields[at]), "%s", sentences[verdict]);
}

static enum step check_nutrition(struct call *c, struct draft *d)
{
    const Caroline__V1__Nutrition *given = d->given->nutrition;
    enum nutrient at;

    d->nutrition = nutrition_unknown();
    if (given == NULL)
        return STEP_NEXT;
#define TAKE(nutrient, field)                                                                                          \
    if (given->has_##field)                                                                                            \
    d->nutrition.of[nutrient] = given->field > NUTRIENT_MG_MAX ? NUTRIENT_MG_MAX + 1 : (int32_t)given->field
    TAKE(NUTRIENT_ENERGY_KJ, energy_kj);
    TAKE(NUTRIENT_ENERGY_KCAL, energy_kcal);
    TAKE(NUTRIENT_FAT, fat_mg);
    TAKE(NUTRIENT_SATURATES, saturates_mg);
    TAKE(NUTRIENT_CARBOHYDRATE, carbohydrate_mg);
    TAKE(NUTRIENT_SUGARS, sugars_mg);
    TAKE(NUTRIENT_PROTEIN, protein_mg);
    TAKE(NUTRIENT_SALT, salt_mg);
#undef TAKE
    enum nutrition_verdict verdict = nutrition_check(&d->nutrition, &at);
    return verdict == NUTRITION_OK ? STEP_NEXT : refuse_nutrition(c, d, verdict, at);
}

static enum step check_modifiers(struct call *c, const struct draft *d)
{
    const Caroline__V1__Product *given = d->given;

    for (size_t i = 0; i < given->n_modifier_ids; i++)
        for (size_t k = 0; k < i; k++)
            if (given->modifier_ids[i] == given->modifier_ids[k])
                return refuse_field(c, REFUSAL(BAD_MODIFIER), draft_field(c, d, "modifier_ids"),
                                    "a modifier is named twice");
    return STEP_NEXT;
}

static enum step check_texts(struct call *c, struct draft *d)
{
    const Caroline__V1__Product *given = d->given;
    const char *path = draft_field(c, d, "");
    enum step step = STEP_NEXT;

    if (given->has_name)
        step = typed_name(c, path, "name", given->name, NAME_MAX_LENGTH, &d->name);
    if (step == STEP_NEXT && given->has_sku)
        step = typed_text(c, path, "sku", given->sku, KEY_MAX_LENGTH, &d->sku);
    if (step == STEP_NEXT && (given->has_allergen_note || d->set_lists))
        step = typed_text(c, path, "allergen_note", given->allergen_note, NOTE_MAX_LENGTH, &d->note);
    if (step == STEP_NEXT)
        step = check_barcodes(c, d, path);
    return step;
}

enum step draft_check(struct call *c, struct draft *d, const Caroline__V1__ProductDraft *message, size_t number)
{
    static const Caroline__V1__Product nothing = CAROLINE__V1__PRODUCT__INIT;

    d->given = message->product ? message->product : &nothing;
    d->number = number;
    d->set_lists = message->set_lists;
    d->set_modifiers = message->set_modifiers || d->given->n_modifier_ids > 0;
    d->made = true; /* until it is found */
    d->before.name = d->before.sku = d->before.allergen_note = "";
    enum step step = check_texts(c, d);
    if (step == STEP_NEXT)
        step = check_numbers(c, d);
    if (step == STEP_NEXT)
        step = check_open_price(c, d);
    if (step == STEP_NEXT)
        step = check_deposit(c, d);
    if (step == STEP_NEXT)
        step = check_nutrition(c, d);
    return step == STEP_NEXT ? check_modifiers(c, d) : step;
}

/* ---- beside what there is ----------------------------------------------------------------------------------------- */

void draft_found(struct call *c, struct draft *d, const struct rows *rows, size_t row)
{
    size_t count;
    const struct bytes *views = row_texts(rows, row, "barcodes", &count);
    const char **barcodes = arena_array(c->txn.arena, count + 1, sizeof *barcodes);

    for (size_t i = 0; i < count; i++)
        barcodes[i] = (const char *)views[i].data;
    d->made = false;
    const int64_t *modifier_ids;
    size_t modifier_count = modifier_ids_read(row_text(rows, row, "modifiers"), c->txn.arena, &modifier_ids);
    struct nutrition *nutrition = arena_alloc(c->txn.arena, sizeof *nutrition);
    bool has_nutrition = nutrition_read(row_text(rows, row, "nutrition"), nutrition) && nutrition_known(nutrition);
    d->before = (struct product){
        .id = row_int(rows, row, "id"),
        .name = row_text(rows, row, "name"),
        .sku = row_text(rows, row, "sku"),
        .allergen_note = row_text(rows, row, "allergen_note"),
        .barcodes = barcodes,
        .barcode_count = (uint8_t)count,
        .category_id = row_int(rows, row, "category_id"),
        .price_minor = row_int(rows, row, "price_minor"),
        .tax_class_id = row_int(rows, row, "tax_class_id"),
        .plu = (uint32_t)row_int(rows, row, "plu"),
        .contains = (uint16_t)row_int(rows, row, "contains"),
        .may_contain = (uint16_t)row_int(rows, row, "may_contain"),
        .unit = (uint8_t)row_int(rows, row, "unit"),
        .stock_policy = (uint8_t)row_int(rows, row, "stock_policy"),
        .floor_minor = row_int(rows, row, "floor_minor"),
        .modifier_ids = modifier_ids,
        .modifier_count = (uint8_t)modifier_count,
        .open_price = row_bool(rows, row, "open_price"),
        .open_min_minor = row_int(rows, row, "open_min_minor"),
        .open_max_minor = row_int(rows, row, "open_max_minor"),
        .deposit_kind = (uint8_t)row_int(rows, row, "deposit_kind"),
        .deposit_product_id = row_int(rows, row, "deposit_product_id"),
        .deposit_count = (uint32_t)row_int(rows, row, "deposit_count"),
        .active = row_bool(rows, row, "active"),
        .sold_out = row_bool(rows, row, "sold_out"),
        .nutrition = has_nutrition ? nutrition : NULL,
    };
}

static uint16_t allergens_of(const uint32_t *numbers, size_t count)
{
    unsigned set = 0;

    for (size_t i = 0; i < count; i++)
        set |= 1u << numbers[i];
    return (uint16_t)set;
}

static void apply_lists(struct draft *d)
{
    const Caroline__V1__Product *given = d->given;
    struct product *after = &d->after;

    if (given->n_barcodes || d->set_lists) {
        after->barcodes = d->barcodes;
        after->barcode_count = (uint8_t)d->barcode_count;
    }
    if (given->n_contains || d->set_lists)
        after->contains = allergens_of(given->contains, given->n_contains);
    if (given->n_may_contain || d->set_lists)
        after->may_contain = allergens_of(given->may_contain, given->n_may_contain);
}

/* An id that no row can have is one that none has. */
static int64_t id_of(uint64_t given)
{
    return given > INT64_MAX ? -1 : (int64_t)given;
}

static void apply_choices(struct call *c, struct draft *d)
{
    const Caroline__V1__Product *given = d->given;
    struct product *after = &d->after;

    if (given->has_open_price)
        after->open_price = given->open_price;
    if (given->has_open_min_minor)
        after->open_min_minor = given->open_min_minor;
    if (given->has_open_max_minor)
        after->open_max_minor = given->open_max_minor;
    if (!d->set_modifiers)
        return;
    int64_t *ids = arena_array(c->txn.arena, given->n_modifier_ids, sizeof *ids);
    for (size_t i = 0; i < given->n_modifier_ids; i++)
        ids[i] = id_of(given->modifier_ids[i]);
    after->modifier_ids = ids;
    after->modifier_count = (uint8_t)given->n_modifier_ids;
}

static void apply_deposit(struct draft *d)
{
    const Caroline__V1__Product *given = d->given;
    struct product *after = &d->after;

    if (given->has_deposit_kind)
        after->deposit_kind = (uint8_t)given->deposit_kind;
    if (given->has_deposit_product_id)
        after->deposit_product_id = id_of(given->deposit_product_id);
    if (given->has_deposit_count)
        after->deposit_count = given->deposit_count;
    if (after->deposit_product_id == 0)
        after->deposit_count = 0;
    else if (after->deposit_count == 0)
        after->deposit_count = 1;
}

/* Both are of whole pieces, and what a deposit costs is known before it is sold. */
static enum step check_deposit_after(struct call *c, const struct draft *d)
{
    const struct product *after = &d->after;

    if (d->given->has_deposit_count && after->deposit_product_id == 0)
        return refuse_field(c, REFUSAL(BAD_DEPOSIT), draft_field(c, d, "deposit_count"),
                            "no deposit goes with it: name one");
    if (after->deposit_product_id != 0 && after->unit != UNIT_PIECE)
        return refuse_field(c, REFUSAL(BAD_DEPOSIT), draft_field(c, d, "deposit_product_id"),
                            "a deposit goes with goods that are sold by the piece");
    if (after->deposit_kind == DEPOSIT_NONE)
        return STEP_NEXT;
    if (after->unit != UNIT_PIECE)
        return refuse_field(c, REFUSAL(BAD_DEPOSIT), draft_field(c, d, "deposit_kind"),
                            "a deposit or a charge is counted in pieces");
    if (after->open_price || after->modifier_count > 0)
        return refuse_field(c, REFUSAL(BAD_DEPOSIT), draft_field(c, d, "deposit_kind"),
                            "a deposit or a charge has a price, and nothing is to choose of it");
    if (after->deposit_product_id != 0)
        return refuse_field(c, REFUSAL(BAD_DEPOSIT), draft_field(c, d, "deposit_product_id"),
                            "a deposit or a charge has no deposit of its own");
    return STEP_NEXT;
}

static enum step check_bounds(struct call *c, const struct draft *d)
{
    const struct product *after = &d->after;

    if (after->open_min_minor > after->open_max_minor)
        return refuse_field(c, REFUSAL(BAD_PRICE), draft_field(c, d, "open_max_minor"),
                            "the least price that can be keyed is above the most");
    if (after->open_price && after->open_max_minor == 0)
        return refuse_field(c, REFUSAL(BAD_PRICE), draft_field(c, d, "open_max_minor"),
                            "an open price has bounds: up to how much can be keyed?");
    return STEP_NEXT;
}

static void apply_given(struct draft *d)
{
    const Caroline__V1__Product *given = d->given;
    struct product *after = &d->after;

    *after = d->before;
    if (d->made)
        after->active = true;
    if (d->name)
        after->name = d->name;
    if (d->sku)
        after->sku = d->sku;
    if (d->note)
        after->allergen_note = d->note;
    if (given->has_category_id)
        after->category_id = id_of(given->category_id);
    if (given->has_price_minor)
        after->price_minor = given->price_minor;
    if (given->has_tax_class_id)
        after->tax_class_id = id_of(given->tax_class_id);
    if (given->has_plu)
        after->plu = given->plu;
    if (given->has_unit)
        after->unit = (uint8_t)given->unit;
    if (given->has_stock_policy)
        after->stock_policy = (uint8_t)given->stock_policy;
    if (given->has_floor_minor)
        after->floor_minor = given->floor_minor;
    if (given->has_active)
        after->active = given->active;
    if (given->has_sold_out)
        after->sold_out = given->sold_out;
    if (given->nutrition)
        after->nutrition = nutrition_known(&d->nutrition) ? &d->nutrition : NULL;
    apply_lists(d);
}

enum step draft_apply(struct call *c, struct draft *d)
{
    const Caroline__V1__Product *given = d->given;

    if (d->made && given->has_id)
        return refuse_field(c, REFUSAL(UNKNOWN_PRODUCT), draft_field(c, d, "id"), "no product of that id");
    if (d->made && !d->name)
        return refuse_field(c, REFUSAL(BAD_FIELD), draft_field(c, d, "name"), "a new product needs a name");
    if (d->made && !given->has_price_minor)
        return refuse_field(c, REFUSAL(BAD_PRICE), draft_field(c, d, "price_minor"), "a new product needs a price");
    apply_given(d);
    apply_choices(c, d);
    apply_deposit(d);
    if (d->made)
        d->after.id = next_id(c);
    if (d->before.sold_out != d->after.sold_out && !may(c, PERMISSION_SOLD_OUT))
        return refuse_field(c, REFUSAL(PERMISSION_DENIED), draft_field(c, d, "sold_out"),
                            "your role does not allow taking products off the shelf");
    enum step step = check_bounds(c, d);
    return step == STEP_NEXT ? check_deposit_after(c, d) : step;
}

static bool same_barcodes(const struct product *a, const struct product *b)
{
    if (a->barcode_count != b->barcode_count)
        return false;
    for (size_t i = 0; i < a->barcode_count; i++)
        if (strcmp(a->barcodes[i], b->barcodes[i]) != 0)
            return false;
    return true;
}

static bool same_choices(const struct product *a, const struct product *b)
{
    if (a->open_price != b->open_price || a->open_min_minor != b->open_min_minor ||
        a->open_max_minor != b->open_max_minor || a->modifier_count != b->modifier_count ||
        a->deposit_kind != b->deposit_kind || a->deposit_product_id != b->deposit_product_id ||
        a->deposit_count != b->deposit_count)
        return false;
    for (size_t i = 0; i < a->modifier_count; i++)
        if (a->modifier_ids[i] != b->modifier_ids[i])
            return false;
    return true;
}

static bool same_nutrition(const struct product *a, const struct product *b)
{
    return a->nutrition == NULL || b->nutrition == NULL ? a->nutrition == b->nutrition
                                                        : nutrition_same(a->nutrition, b->nutrition);
}

void draft_compare(struct draft *d)
{
    const struct product *a = &d->before, *b = &d->after;

    d->changes_keys = d->made || strcmp(a->sku, b->sku) != 0 || a->plu != b->plu;
    d->changes_barcodes = !same_barcodes(a, b);
    d->changes_price = d->made || a->price_minor != b->price_minor;
    d->changes_sold_out = a->sold_out != b->sold_out;
    d->changes_product = d->changes_keys || d->changes_barcodes || strcmp(a->name, b->name) != 0 ||
                         strcmp(a->allergen_note, b->allergen_note) != 0 || a->category_id != b->category_id ||
                         a->tax_class_id != b->tax_class_id || a->contains != b->contains ||
                         a->may_contain != b->may_contain || a->unit != b->unit || a->stock_policy != b->stock_policy ||
                         a->active != b->active || a->floor_minor != b->floor_minor || !same_choices(a, b) ||
                         !same_nutrition(a, b);
}
