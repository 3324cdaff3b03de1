/* One product: what it costs, what is in it, what it holds, what others say of it. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/allergen_sheet.h"
#include "common/base/number.h"
#include "common/base/text.h"
#include "common/rules/nutrition.h"

void product_open(struct kiosk *k, int64_t id)
{
    k->visit.product_id = id;
    if (kiosk_page(k) == &product_page) {
        board_new_page(&k->board);
        k->stale = k->dirty = true;
        return;
    }
    kiosk_open(k, &product_page);
}

static void take(void *model, int64_t id)
{
    struct kiosk *k = model;
    const struct product *product = kiosk_product(k, id);

    if (product == NULL)
        kiosk_say(k, NOTICE_PLAIN, "This is no longer sold.");
    else
        basket_add(k, product);
}

static void say(void *model, int64_t id)
{
    reviews_open(model, id);
}

/* ---- what 100 g hold ---- */

/* Milligrams as grams with one decimal, as a label has them. */
static void grams(char *text, size_t size, int32_t mg)
{
    int32_t tenths = (mg + 50) / 100;
    snprintf(text, size, "%d.%d g", tenths / 10, tenths % 10);
}

static int draw_nutrient(struct area area, int row, const char *name, const char *value)
{
    int columns = (int)text_columns(value);

    paint_text(area, row, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, name);
    paint_text(area, row, area.columns - columns, columns, ALIGN_RIGHT, STYLE_PLAIN, value);
    return row + 1;
}

static void draw_energy(struct area area, int row, const struct nutrition *n)
{
    char text[64] = "";

    if (n->of[NUTRIENT_ENERGY_KJ] >= 0)
        snprintf(text, sizeof(text), "%d kJ", n->of[NUTRIENT_ENERGY_KJ]);
    if (n->of[NUTRIENT_ENERGY_KCAL] >= 0)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%d kcal", text[0] != 0 ? " / " : "",
                 n->of[NUTRIENT_ENERGY_KCAL]);
    draw_nutrient(area, row, "Energy", text);
}

static void draw_nutrition(struct area area, const struct product *product)
{
    static const char *const names[NUTRIENT_COUNT] = {
        [NUTRIENT_FAT] = "Fat",
        [NUTRIENT_SATURATES] = "  of it saturates",
        [NUTRIENT_CARBOHYDRATE] = "Carbohydrate",
        [NUTRIENT_SUGARS] = "  of it sugars",
        [NUTRIENT_PROTEIN] = "Protein",
        [NUTRIENT_SALT] = "Salt",
    };
    const struct nutrition *n = product->nutrition;
    int row = 1;

    paint_format(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_HEAD, "100 %s hold",
                 product->unit == UNIT_LITRE ? "ml" : "g");
    if (n == NULL || !nutrition_known(n)) {
        paint_text(area, row, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "nothing is recorded");
        return;
    }
    if (n->of[NUTRIENT_ENERGY_KJ] >= 0 || n->of[NUTRIENT_ENERGY_KCAL] >= 0)
        draw_energy(area, row++, n);
    for (int i = NUTRIENT_FAT; i < NUTRIENT_COUNT; i++) {
        char text[32];
        if (n->of[i] < 0)
            continue;
        grams(text, sizeof(text), n->of[i]);
        row = draw_nutrient(area, row, names[i], text);
    }
}

/* ---- the page ---- */

static void draw_price(struct kiosk *k, struct area area, const struct product *product)
{
    char money[NUMBER_TEXT];
    const struct shop *shop = kiosk_shop(k);
    const char *of = product->unit == UNIT_KILOGRAM ? "a kilogram" : product->unit == UNIT_LITRE ? "a litre" : "";

    if (product->open_price) {
        paint_text(area, 2, 0, area.columns, ALIGN_RIGHT, STYLE_STRONG, "The counter says the price.");
        return;
    }
    paint_digits(area, 0, 0, area.columns, ALIGN_RIGHT, STYLE_TOTAL, kiosk_money(k, money, product->price_minor));
    paint_format(area, 5, 0, area.columns, ALIGN_RIGHT, STYLE_PLAIN, "%s %s", shop == NULL ? "" : shop->currency, of);
}

/* Returns the row behind it. */
static int draw_head(struct kiosk *k, struct area area, const struct product *product)
{
    char text[320];
    int row = kiosk_headed(area, 0, STYLE_STRONG, "%s", product->name);

    rating_text(text, sizeof(text), product);
    row = kiosk_headed(area, row, STYLE_PLAIN, "%s", text[0] == 0 ? "nobody has said anything yet" : text);
    enum style style = avoid_sentence(k, product, text, sizeof(text));
    if (paint_wrapped(area_rows(area, 0, 0), 0, 0, area.columns, style, text) > 1) /* which stands below */
        snprintf(text, sizeof(text), "! has, or may have, what you avoid");
    return kiosk_headed(area, row, product->sold_out ? STYLE_WARN : style, "%s",
                        product->sold_out ? "SOLD OUT today" : text);
}

static void draw(struct kiosk *k, struct area area)
{
    const struct product *product = kiosk_product(k, k->visit.product_id);
    int left = area.columns * 3 / 5;

    if (product == NULL) {
        kiosk_sentence(area, 2, "This is no longer sold.");
        return;
    }
    const char *forbidden = basket_forbids(k, product);
    struct area foot = area_rows(area, area.rows - 3, 3);
    const struct button buttons[] = {
        { .key = '1',
          .label = "Into my basket",
          .detail = forbidden,
          .act = forbidden == NULL ? take : NULL,
          .value = product->id },
        { .key = '2', .label = "What others say", .act = say, .value = product->id },
    };
    int row = draw_head(k, area_columns(area, 0, left - 1), product) + 1;
    row = row < 4 ? 4 : row;
    allergens_draw(area_columns(area_rows(area, row, area.rows - row - 4), 0, left - 2), 0, product->contains,
                   product->may_contain, product->allergen_note);
    draw_price(k, area_columns(area, left, area.columns - left), product);
    draw_nutrition(area_columns(area_rows(area, 6, area.rows - 9), left, area.columns - left), product);
    kiosk_button(k, area_columns(foot, 0, left - 2), &buttons[0]);
    kiosk_button(k, area_columns(foot, left, area.columns - left), &buttons[1]);
}

const struct page product_page = { .title = "One of our goods", .draw = draw };
