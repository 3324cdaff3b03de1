/* What a product costs and contains, for whoever asks: a scan or a number shows it, and nothing is sold. Here it is said,
 * too, that the shelf is empty: the product is off all tills then, or back. */
#include "client/counter/counter.h"

#include "common/base/number.h"
#include "proto/catalogue.pb-c.h"

#define CODE_CHARACTERS 14

static const struct product *shown_product(const struct counter *c)
{
    const struct catalogue *catalogue = counter_catalogue(c);

    return catalogue == NULL || c->price.product_id == 0
               ? NULL
               : catalogue_product(catalogue, catalogue_newest(catalogue), c->price.product_id);
}

static void on_stock(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (stage_top(&c->stage) != &price_screen)
        return;
    if (counter_refused(c, answer)) {
        c->price.busy = false;
        return;
    }
    const Caroline__V1__StockShown *shown = (const Caroline__V1__StockShown *)answer->reply;
    for (size_t i = 0; i < shown->n_on_hand; i++)
        if ((int64_t)shown->on_hand[i]->product_id == c->price.product_id) { /* else another was asked for meanwhile */
            c->price.busy = false;
            c->price.stock_known = true;
            c->price.on_hand_milli = shown->on_hand[i]->quantity_milli;
        }
    c->stage.dirty = true;
}

static void ask_stock(struct counter *c, const struct product *product)
{
    uint64_t id = (uint64_t)product->id;
    Caroline__V1__StockShow message;

    if (product->stock_policy == STOCK_NOT_KEPT || !c->stage.status.connected)
        return;
    caroline__v1__stock_show__init(&message);
    message.n_product_ids = 1;
    message.product_ids = &id;
    c->price.busy = true;
    counter_call(c, CAROLINE__V1__OP__OP_STOCK_SHOW, &message.base, on_stock);
}

static void show(struct counter *c, const struct product *product)
{
    c->price.product_id = product->id;
    ask_stock(c, product);
}

static void look(struct counter *c, const char *code)
{
    const struct product *product = sale_product_of_code(c, code);

    c->price.product_id = 0; /* what stands here is the answer to the last question */
    c->price.stock_known = c->price.busy = false;
    if (product == NULL) {
        sale_say_unknown(c, code, false);
        return;
    }
    show(c, product);
}

void price_begin(struct counter *c)
{
    const struct product *product = sale_pointed_at(c);

    c->price = (struct price_model){ 0 };
    field_init(&c->price.code, FIELD_NUMBER, CODE_CHARACTERS);
    stage_push(&c->stage, &price_screen);
    if (product != NULL)
        show(c, product);
    else
        sale_says_nothing_typed(c);
}

/* ---- sold out, and back ---- */

static void on_sold_out(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->price.telling = false;
    if (!counter_refused(c, answer))
        stage_say(&c->stage, MESSAGE_GOOD, "all tills of the shop know it");
}

static void turn_sold_out(void *model)
{
    struct counter *c = model;
    const struct product *product = shown_product(c);
    Caroline__V1__ProductSoldOut message;

    if (product == NULL)
        return;
    if (!c->stage.status.connected) { /* it is about the shelf as it is now, not as it was when the server is back */
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: the other tills can't be told now");
        return;
    }
    caroline__v1__product_sold_out__init(&message);
    message.has_product_id = message.has_sold_out = true;
    message.product_id = (uint64_t)product->id;
    message.sold_out = !product->sold_out;
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_PRODUCT_SOLD_OUT, .message = &message.base, .answered = on_sold_out, .owner = c
    };
    c->price.telling = counter_command(c, &command, NULL);
}

static const char *sold_out_label(const void *model)
{
    const struct counter *c = model;
    const struct product *product = shown_product(c);

    if (product == NULL || !product->active || c->price.telling || !counter_may(c, "sold_out"))
        return NULL;
    return product->sold_out ? "On sale again" : "Sold out";
}

/* ---- keys ---- */

static void enter(void *model)
{
    struct counter *c = model;

    if (field_is_empty(&c->price.code)) {
        stage_say(&c->stage, MESSAGE_PLAIN, "scan what is asked for, or type its number");
        return;
    }
    look(c, c->price.code.text);
    field_wipe(&c->price.code);
}

static void back(void *model)
{
    stage_pop(&((struct counter *)model)->stage);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->price.code;
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful && !sale_knows_code(c, code))
        return false;
    field_wipe(&c->price.code);
    look(c, code);
    return true;
}

/* ---- drawing ---- */

static void draw_price(const struct counter *c, struct area area, int row, const struct product *product)
{
    static const char *const units[] = {
        [UNIT_PIECE] = "each", [UNIT_KILOGRAM] = "a kilogram", [UNIT_LITRE] = "a litre"
    };
    char price[NUMBER_TEXT];
    const struct shop *shop = counter_shop(c);

    paint_text(area, row, 0, 12, ALIGN_LEFT, STYLE_HEAD, "Price");
    paint_format(area, row, 12, area.columns - 12, ALIGN_LEFT, STYLE_STRONG, "%s %s %s",
                 shop == NULL ? "" : shop->currency, counter_money(c, price, product->price_minor),
                 units[product->unit]);
}

static void draw_stock(const struct counter *c, struct area area, int row, const struct product *product)
{
    static const char *const units[] = { [UNIT_PIECE] = "", [UNIT_KILOGRAM] = " kg", [UNIT_LITRE] = " l" };
    char quantity[NUMBER_TEXT];
    struct area right = area_columns(area, 12, area.columns - 12);

    paint_text(area, row, 0, 12, ALIGN_LEFT, STYLE_HEAD, "Stock");
    if (!product->active)
        paint_text(right, row, 0, right.columns, ALIGN_LEFT, STYLE_WARN, "no longer sold");
    else if (product->sold_out)
        paint_text(right, row, 0, right.columns, ALIGN_LEFT, STYLE_WARN, "sold out");
    else if (product->stock_policy == STOCK_NOT_KEPT)
        paint_text(right, row, 0, right.columns, ALIGN_LEFT, STYLE_PLAIN, "is not counted");
    else if (c->price.stock_known)
        paint_format(right, row, 0, right.columns, ALIGN_LEFT, c->price.on_hand_milli > 0 ? STYLE_PLAIN : STYLE_WARN,
                     "%s%s", milli_format(quantity, c->price.on_hand_milli), units[product->unit]);
    else
        paint_text(right, row, 0, right.columns, ALIGN_LEFT, STYLE_DIM,
                   c->price.busy ? "the server is asked ..." : "not known: only the server knows it");
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct area inner = area_columns(area, 4, area.columns - 8);
    const struct product *product = shown_product(c);
    int row = 4;

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN,
               "Scan it, or type its number: nothing is sold here");
    paint_field(inner, 2, 0, 20, &c->price.code, true);
    if (product == NULL)
        return;
    row += paint_wrapped(inner, row, 0, inner.columns, STYLE_STRONG, product->name);
    if (product->plu != 0) {
        paint_text(inner, row, 0, 12, ALIGN_LEFT, STYLE_HEAD, "Number");
        paint_format(inner, row++, 12, inner.columns - 12, ALIGN_LEFT, STYLE_PLAIN, "%u", product->plu);
    }
    draw_price(c, inner, row++, product);
    draw_stock(c, inner, row++, product);
    allergens_draw(inner, row + 1, product->contains, product->may_contain, product->allergen_note);
}

static const struct key keys[] = {
    { KEY_RETURN, "Look up", enter, "Show what has this number", NULL },
    { KEY_F(6), NULL, turn_sold_out, "The shelf is empty: off all tills at once; or on sale again", sold_out_label },
    { KEY_ESCAPE, "Back", back, "Back to the sale", NULL },
    { 0 },
};

const struct screen price_screen = {
    .title = "Price",
    .about = "What is scanned here is shown, and not sold. Esc goes back to the sale.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
};
