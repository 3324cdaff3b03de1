/* Goods: by category, by a name; each with its price, what people say of it, and what has to be avoided. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/number.h"
#include "common/base/text.h"

#define CATEGORIES_MAX 256
#define ALL_GOODS      INT64_C(-1)
#define BY_NAME        INT64_C(-2)
#define ROWS_LEAST     2 /* of a product */
#define ROWS_MOST      7

/* ---- what is in a list ---- */

static int by_name(const void *a, const void *b)
{
    const struct product *left = *(const struct product *const *)a, *right = *(const struct product *const *)b;
    int order = strcasecmp(catalogue_folded_name(left), catalogue_folded_name(right));

    return order != 0 ? order : (left->id > right->id) - (left->id < right->id);
}

static bool is_for_sale(const struct kiosk *k, const struct product *product)
{
    return product->active && product->deposit_kind == DEPOSIT_NONE &&
           (!k->visit.hide || avoid_judge(product, k->visit.avoid) == AVOID_FREE);
}

/* category_id 0: of all goods. */
static void fill(struct kiosk *k, int64_t category_id)
{
    const struct catalogue *catalogue = kiosk_catalogue(k);
    struct goods_view *goods = &k->visit.goods;
    const struct product *found[KIOSK_GOODS_MAX], *product;
    size_t count = 0;

    goods->count = 0;
    goods->view = (struct list_view){ 0 };
    for (int64_t id = 0;
         catalogue != NULL && count < KIOSK_GOODS_MAX && (product = catalogue_next_product(catalogue, id, 0)) != NULL;
         id = product->id)
        if (is_for_sale(k, product) && (category_id == 0 || product->category_id == category_id))
            found[count++] = product;
    qsort(found, count, sizeof(found[0]), by_name);
    for (size_t i = 0; i < count; i++)
        goods->ids[i] = found[i]->id;
    goods->count = count;
}

static void open_goods(struct kiosk *k, const char *title)
{
    snprintf(k->visit.goods.title, sizeof(k->visit.goods.title), "%s", title);
    kiosk_open(k, &goods_page);
}

static void searched(struct kiosk *k, const char *text)
{
    static struct search_result result; /* large, and used up at once */
    struct goods_view *goods = &k->visit.goods;

    search_find(k->search, text, &result);
    goods->count = 0;
    goods->view = (struct list_view){ 0 };
    for (size_t i = 0; i < result.shown && goods->count < KIOSK_GOODS_MAX; i++) {
        const struct product *product = kiosk_product(k, result.ids[i]);
        if (product != NULL && is_for_sale(k, product))
            goods->ids[goods->count++] = product->id;
    }
    kiosk_back(k);
    open_goods(k, goods->count == 0 ? "Nothing has that name" : "What has that name");
}

/* ---- categories ---- */

static int by_position(const void *a, const void *b)
{
    const struct category *left = *(const struct category *const *)a, *right = *(const struct category *const *)b;

    if (left->position != right->position)
        return left->position < right->position ? -1 : 1;
    return strcmp(left->name, right->name);
}

static size_t categories_of(const struct kiosk *k, const struct category *found[CATEGORIES_MAX])
{
    const struct catalogue *catalogue = kiosk_catalogue(k);
    const struct category *category;
    size_t count = 0;

    for (int64_t id = 0;
         catalogue != NULL && count < CATEGORIES_MAX && (category = catalogue_next_category(catalogue, id, 0)) != NULL;
         id = category->id)
        found[count++] = category;
    qsort(found, count, sizeof(found[0]), by_position);
    return count;
}

static void choose_category(void *model, int64_t id)
{
    struct kiosk *k = model;
    const struct catalogue *catalogue = kiosk_catalogue(k);
    const struct category *category =
        id <= 0 || catalogue == NULL ? NULL : catalogue_category(catalogue, catalogue_newest(catalogue), id);

    if (id == BY_NAME) {
        ask_begin(k, ASK_TEXT, "Goods by name", "What is it called? A part of its name is enough.", "", searched);
        return;
    }
    fill(k, id == ALL_GOODS ? 0 : id);
    open_goods(k, category == NULL ? "All goods" : category->name);
}

static void draw_categories(struct kiosk *k, struct area area)
{
    const struct category *found[CATEGORIES_MAX];
    size_t count = categories_of(k, found) + 2;
    struct list_view *view = &k->visit.categories;
    struct area list = kiosk_list(k, area, view, count, 2);

    for (size_t i = view->top; i < count && i < view->top + view->shown; i++) {
        struct button button = { .key = (char)('1' + (i - view->top)), .act = choose_category };
        button.label = i == 0 ? "All goods" : i == count - 1 ? "Look for a name" : found[i - 1]->name;
        button.value = i == 0 ? ALL_GOODS : i == count - 1 ? BY_NAME : found[i - 1]->id;
        kiosk_button(k, area_rows(list, 2 * (int)(i - view->top), board_rows(list.columns, &button)), &button);
    }
}

static bool wheel_categories(struct kiosk *k, int key)
{
    const struct category *found[CATEGORIES_MAX];
    return kiosk_list_wheel(k, &k->visit.categories, categories_of(k, found) + 2, key);
}

/* ---- goods ---- */

void rating_text(char *text, size_t size, const struct product *product)
{
    text[0] = 0;
    if (product->rating_count > 0)
        snprintf(text, size, "%s %u.%02u (%u)", theme_glyph(GLYPH_STAR), product->rating_hundredths / 100,
                 product->rating_hundredths % 100, product->rating_count);
}

static void choose(void *model, int64_t id)
{
    product_open(model, id);
}

static void price_of(const struct kiosk *k, const struct product *product, char *text, size_t size)
{
    char money[NUMBER_TEXT];

    if (product->open_price)
        snprintf(text, size, "price at the counter");
    else
        snprintf(text, size, "%s%s", kiosk_money(k, money, product->price_minor),
                 product->unit == UNIT_KILOGRAM ? " a kg"
                 : product->unit == UNIT_LITRE  ? " a litre"
                                                : "");
}

struct row_text {
    char price[64], detail[400];
};

/* Its words are in the text. */
static struct button row_of(const struct kiosk *k, struct row_text *text, const struct product *product)
{
    char rating[48], avoids[320];

    price_of(k, product, text->price, sizeof(text->price));
    rating_text(rating, sizeof(rating), product);
    avoid_sentence(k, product, avoids, sizeof(avoids));
    snprintf(text->detail, sizeof(text->detail), "%s%s%s%s%s", product->sold_out ? "SOLD OUT" : "",
             product->sold_out && (rating[0] != 0 || avoids[0] != 0) ? "   " : "", rating,
             rating[0] != 0 && avoids[0] != 0 ? "   " : "", avoids);
    return (struct button){ .key = '1',
                            .label = product->name,
                            .detail = text->detail,
                            .right = text->price,
                            .act = choose,
                            .value = product->id };
}

/* Each has as many as the one that takes the most. */
static int rows_of(const struct kiosk *k, int columns)
{
    const struct goods_view *goods = &k->visit.goods;
    int rows = ROWS_LEAST;

    for (size_t i = 0; i < goods->count && rows < ROWS_MOST; i++) {
        const struct product *product = kiosk_product(k, goods->ids[i]);
        struct row_text text;
        if (product == NULL)
            continue;
        struct button button = row_of(k, &text, product);
        int wanted = board_rows(columns, &button);
        rows = wanted > rows ? wanted : rows;
    }
    return rows < ROWS_MOST ? rows : ROWS_MOST;
}

static void draw_goods(struct kiosk *k, struct area area)
{
    struct goods_view *goods = &k->visit.goods;
    struct area under = area_rows(area, 2, area.rows - 2);

    paint_text(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, goods->title);
    if (goods->count == 0) {
        kiosk_sentence(area, 3,
                       k->visit.hide
                           ? "Nothing here is known to be free of what you avoid. Under \"Avoid\" you can have all "
                             "of it shown, with marks."
                           : "Nothing is here just now.");
        return;
    }
    int rows = rows_of(k, under.columns);
    struct area list = kiosk_list(k, under, &goods->view, goods->count, rows);
    for (size_t i = goods->view.top; i < goods->count && i < goods->view.top + goods->view.shown; i++) {
        const struct product *product = kiosk_product(k, goods->ids[i]);
        int row = rows * (int)(i - goods->view.top);
        struct row_text text;
        if (product == NULL) {
            paint_text(list, row, 4, list.columns - 4, ALIGN_LEFT, STYLE_DIM, "is no longer sold");
            continue;
        }
        struct button button = row_of(k, &text, product);
        button.key = (char)('1' + (i - goods->view.top));
        kiosk_button(k, area_rows(list, row, rows), &button);
    }
}

static bool wheel_goods(struct kiosk *k, int key)
{
    return kiosk_list_wheel(k, &k->visit.goods.view, k->visit.goods.count, key);
}

const struct page categories_page = { .title = "Our goods", .draw = draw_categories, .wheel = wheel_categories };
const struct page goods_page = { .title = "Our goods", .draw = draw_goods, .wheel = wheel_goods };
