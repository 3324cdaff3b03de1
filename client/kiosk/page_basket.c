/* The basket, which is called up at the counter by a number and paid there. */
#include "client/kiosk/kiosk.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "common/rules/allergen.h"

#define PIECE_MILLI 1000

void basket_changed(struct kiosk *k)
{
    struct visit *v = &k->visit;

    if (k->link == NULL)
        return;
    if (open_basket_price(&v->basket, kiosk_catalogue(k), kiosk_zone(k), link_now(k->link)))
        kiosk_say(k, NOTICE_PLAIN, "Prices have changed since you began: please look at the total again.");
    if (v->basket_line >= v->basket.line_count)
        v->basket_line = v->basket.line_count == 0 ? 0 : v->basket.line_count - 1;
    k->stale = k->dirty = true;
}

/* ---- what may go in ---- */

const char *basket_forbids(const struct kiosk *k, const struct product *product)
{
    if (product->sold_out)
        return "sold out today";
    if (allergens_untold(product, k->visit.member_avoids, 0) != 0)
        return "you avoid it: ask at the counter";
    if (product->open_price)
        return "the counter says the price";
    if (product->unit != UNIT_PIECE)
        return "it is weighed at the counter";
    return NULL;
}

static void say_put(struct kiosk *k, const struct product *product)
{
    char avoids[320];

    avoid_sentence(k, product, avoids, sizeof(avoids));
    if (avoids[0] == '!' || avoids[0] == '?')
        kiosk_say(k, NOTICE_BAD, "%s is in your basket. Mind: %s", product->name, avoids + 2);
    else if (product->modifier_count > 0)
        kiosk_say(k, NOTICE_GOOD, "%s is in your basket. How you want it is asked at the counter.", product->name);
    else
        kiosk_say(k, NOTICE_GOOD, "%s is in your basket.", product->name);
}

/* What was sent is what lies at the counter, and the basket is empty then: nothing else may be in it. */
static bool is_on_its_way(struct kiosk *k)
{
    if (k->visit.leaving)
        kiosk_say(k, NOTICE_PLAIN, "Your basket is on its way to the counter: one moment.");
    return k->visit.leaving;
}

void basket_add(struct kiosk *k, const struct product *product)
{
    const char *forbidden = basket_forbids(k, product);
    size_t line;

    if (is_on_its_way(k))
        return;
    if (forbidden != NULL) {
        kiosk_say(k, NOTICE_BAD, "%s: %s.", product->name, forbidden);
        return;
    }
    switch (open_basket_add(&k->visit.basket, product, PIECE_MILLI, catalogue_newest(kiosk_catalogue(k)), &line)) {
    case BASKET_TAKEN:
        k->visit.basket_line = line;
        say_put(k, product);
        basket_changed(k);
        return;
    case BASKET_FULL:
        kiosk_say(k, NOTICE_BAD, "A basket has at most %d lines. Please take this one to the counter first.",
                  BASKET_LINES_MAX);
        return;
    case BASKET_SOLD_OUT:
    case BASKET_INACTIVE:
    case BASKET_BAD_QUANTITY:
    case BASKET_NO_DEPOSIT:
        break;
    }
    kiosk_say(k, NOTICE_BAD, "%s cannot be sold here. Please ask at the counter.", product->name);
}

/* ---- lines ---- */

static void take_out(struct kiosk *k, size_t line)
{
    struct open_basket *basket = &k->visit.basket;

    memmove(basket->lines + line, basket->lines + line + 1, (basket->line_count - line - 1) * sizeof(basket->lines[0]));
    basket->line_count--;
    if (basket->line_count == 0)
        open_basket_clear(basket);
    basket_changed(k);
}

static void select_line(void *model, int64_t line)
{
    struct kiosk *k = model;
    k->visit.basket_line = (size_t)line;
}

static void change(void *model, int64_t by)
{
    struct kiosk *k = model;
    struct open_basket *basket = &k->visit.basket;
    size_t line = k->visit.basket_line;

    if (line >= basket->line_count || is_on_its_way(k))
        return;
    const struct product *product = kiosk_product(k, basket->lines[line].product_id);
    int64_t milli = basket->lines[line].quantity_milli + by * PIECE_MILLI;
    if (by == 0 || milli <= 0 || product == NULL) {
        take_out(k, line);
        return;
    }
    if (open_basket_set_quantity(basket, line, product, milli) != BASKET_TAKEN)
        kiosk_say(k, NOTICE_BAD, "So many are not sold at once.");
    basket_changed(k);
}

/* ---- to the counter ---- */

/* What it has that the member avoids, as the server knows it, stays at the counter. */
static void left(struct kiosk *k, const struct link_answer *answer)
{
    const Caroline__V1__BasketLeft *done = (const Caroline__V1__BasketLeft *)answer->reply;

    k->visit.leaving = false;
    if (answer->code == CAROLINE__V1__ERROR_CODE__CATALOGUE_OLD && kiosk_catalogue(k) != NULL) {
        k->visit.basket.catalogue_version = catalogue_newest(kiosk_catalogue(k));
        basket_changed(k);
        kiosk_say(k, NOTICE_PLAIN, "Prices have changed since you began: please look at the total again.");
        return;
    }
    if (answer->code == CAROLINE__V1__ERROR_CODE__OTHER_MEMBER) { /* it was sent again when they were signed out */
        kiosk_say(k, NOTICE_PLAIN,
                  "You were signed out before your basket got to the counter. Please send it once more.");
        return;
    }
    if (answer->code == CAROLINE__V1__ERROR_CODE__ALLERGEN_NOT_HERE) {
        kiosk_say(k, NOTICE_BAD,
                  "Something in the basket has what you avoid. Take it out here, or ask at the counter.");
        return;
    }
    if (kiosk_refused(k, answer))
        return;
    k->visit.number = done->number;
    open_basket_clear(&k->visit.basket);
    explicit_bzero(k->visit.card, sizeof(k->visit.card));
    basket_changed(k);
    kiosk_back_to(k, &number_page);
}

static void leave(void *model, int64_t value)
{
    struct kiosk *k = model;
    Caroline__V1__BasketLeave message = CAROLINE__V1__BASKET_LEAVE__INIT;

    (void)value;
    if (is_on_its_way(k))
        return;
    struct arena *arena = arena_create(0);
    message.basket = open_basket_message(&k->visit.basket, arena);
    /* Whose it is says the session; what they get for it is the counter's. */
    message.basket->has_member_id = false;
    message.basket->n_rewards = message.basket->n_coupons = 0;
    if (k->visit.card[0] != 0 && !k->visit.account.open) {
        message.has_card = true;
        message.card = kiosk_bytes(k->visit.card);
    }
    k->visit.leaving = kiosk_command(k, CAROLINE__V1__OP__OP_BASKET_LEAVE, &message.base, left);
    arena_destroy(arena);
}

/* ---- the page ---- */

struct line_text {
    char money[NUMBER_TEXT], label[400];
};

/* Its words are in the text. */
static struct button line_of(const struct kiosk *k, struct line_text *text, size_t line)
{
    const struct open_basket *basket = &k->visit.basket;
    const struct open_line *l = &basket->lines[line];
    const struct product *product = kiosk_product(k, l->product_id);
    char quantity[NUMBER_TEXT];

    text->money[0] = 0;
    if (basket->verdict == SALE_OK && line < basket->rows.line_count)
        kiosk_money(k, text->money, basket->rows.lines[line].total_minor);
    snprintf(text->label, sizeof(text->label), "%s %s %s%s", milli_format(quantity, l->quantity_milli),
             theme_glyph(GLYPH_TIMES), product == NULL ? "(no longer sold)" : product->name,
             line == k->visit.basket_line ? "   (chosen)" : "");
    return (struct button){ .key = '1',
                            .label = text->label,
                            .right = text->money,
                            .marked = line == k->visit.basket_line,
                            .act = select_line,
                            .value = (int64_t)line };
}

/* What goes with it and comes back with the empties: below its line, so that the lines make the total. Returns how many rows it takes; in
 * an area without any it is measured alone. */
static int draw_deposit(const struct kiosk *k, struct area area, size_t line)
{
    const struct open_basket *basket = &k->visit.basket;
    size_t at = open_basket_deposit_of(basket, line);
    char money[NUMBER_TEXT], quantity[NUMBER_TEXT], text[400];

    if (at == SIZE_MAX)
        return 1;
    const struct sale_line_row *deposit = &basket->rows.lines[at];
    snprintf(text, sizeof(text), "+ %s %s %s", milli_format(quantity, deposit->quantity_milli),
             theme_glyph(GLYPH_TIMES), deposit->name);
    int rows = paint_wrapped(area, 0, 6, area.columns - 18, STYLE_DIM, text);
    paint_text(area, 0, area.columns - 12, 11, ALIGN_RIGHT, STYLE_DIM, kiosk_money(k, money, deposit->total_minor));
    return rows;
}

/* Each line has as many as the one that takes the most. */
static int rows_of(const struct kiosk *k, struct area area)
{
    int rows = 2;

    for (size_t i = 0; i < k->visit.basket.line_count; i++) {
        struct line_text text;
        struct button button = line_of(k, &text, i);
        int wanted = board_rows(area.columns, &button) + draw_deposit(k, area_rows(area, 0, 0), i);
        rows = wanted > rows ? wanted : rows;
    }
    return rows;
}

static void draw_lines(struct kiosk *k, struct area area)
{
    struct visit *v = &k->visit;
    int rows = rows_of(k, area);
    struct area list = kiosk_list(k, area, &v->basket_view, v->basket.line_count, rows);

    for (size_t i = v->basket_view.top; i < v->basket.line_count && i < v->basket_view.top + v->basket_view.shown;
         i++) {
        int top = rows * (int)(i - v->basket_view.top);
        struct line_text text;
        struct button button = line_of(k, &text, i);
        int own = board_rows(list.columns, &button);
        button.key = (char)('1' + (i - v->basket_view.top));
        kiosk_button(k, area_rows(list, top, own), &button);
        draw_deposit(k, area_rows(list, top + own, rows - own), i);
    }
}

static void draw_foot(struct kiosk *k, struct area foot)
{
    const struct button buttons[] = {
        { .key = '-', .label = "One less", .centred = true, .act = change, .value = -1 },
        { .key = '+', .label = "One more", .centred = true, .act = change, .value = 1 },
        { .key = 'r', .label = "Remove", .centred = true, .act = change, .value = 0 },
        { .key = 'c', .label = "To the counter", .detail = "and pay there", .centred = true, .act = leave },
    };
    int width = foot.columns / 5;

    for (int i = 0; i < 3; i++)
        kiosk_button(k, area_columns(foot, i * width, width - 1), &buttons[i]);
    kiosk_button(k, area_columns(foot, 3 * width, foot.columns - 3 * width), &buttons[3]);
}

static void draw_total(struct kiosk *k, struct area area)
{
    const struct open_basket *basket = &k->visit.basket;
    const struct shop *shop = kiosk_shop(k);
    char money[NUMBER_TEXT];

    if (basket->verdict == SALE_OK)
        paint_format(area, 0, 0, area.columns, ALIGN_RIGHT, STYLE_TOTAL, "Together %s %s",
                     shop == NULL ? "" : shop->currency, kiosk_money(k, money, basket->rows.total_minor));
    else
        paint_text(area, 0, 0, area.columns, ALIGN_RIGHT, STYLE_WARN,
                   basket->verdict == SALE_OPTION_WANTED || basket->verdict == SALE_PRICE_WANTED
                       ? "The counter asks how you want it, and says the total."
                       : "The counter says the total.");
}

static void draw(struct kiosk *k, struct area area)
{
    struct visit *v = &k->visit;
    size_t count = v->basket.line_count;

    if (count == 0) {
        paint_text(area, 2, 0, area.columns, ALIGN_CENTRE, STYLE_STRONG, "Your basket is empty.");
        paint_text(area, 4, 0, area.columns, ALIGN_CENTRE, STYLE_PLAIN,
                   "Look at our goods, or hold a product under the scanner.");
        return;
    }
    draw_lines(k, area_rows(area, 0, area.rows - 6));
    draw_total(k, area_rows(area, area.rows - 5, 1));
    draw_foot(k, area_rows(area, area.rows - 3, 3));
}

static bool wheel(struct kiosk *k, int key)
{
    return kiosk_list_wheel(k, &k->visit.basket_view, k->visit.basket.line_count, key);
}

const struct page basket_page = { .title = "Your basket", .draw = draw, .wheel = wheel };

/* ---- its number ---- */

static void draw_number(struct kiosk *k, struct area area)
{
    char number[16];

    snprintf(number, sizeof(number), "%u", k->visit.number);
    paint_text(area, 1, 0, area.columns, ALIGN_CENTRE, STYLE_STRONG, "Please go to the counter, and say this number:");
    paint_digits(area, 4, 0, area.columns, ALIGN_CENTRE, STYLE_TOTAL, number);
    paint_text(area, 11, 0, area.columns, ALIGN_CENTRE, STYLE_PLAIN,
               "You pay there. Until then nothing is held for you.");
}

const struct page number_page = { .title = "Pay at the counter", .draw = draw_number };
