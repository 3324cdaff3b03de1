/* The sale's entry while it asks how much there is of what is sold by weight or by the litre, and what is asked about because it is
 * so much. */
#include "client/counter/screen_sale.h"

#include <stdio.h>

#include "common/base/number.h"

/* So much at once is a slip more often than an order. */
#define MUCH_PIECES_MILLI  (INT64_C(1000) * 1000)
#define MUCH_WEIGHED_MILLI (INT64_C(50) * 1000)

const struct product *sale_weighed(const struct counter *c)
{
    return c->sale.weigh_id == 0 ? NULL : sale_product_now(c, c->sale.weigh_id);
}

static bool is_much(const struct product *product, int64_t quantity_milli)
{
    return (quantity_milli < 0 ? -quantity_milli : quantity_milli) >=
           (product->unit == UNIT_PIECE ? MUCH_PIECES_MILLI : MUCH_WEIGHED_MILLI);
}

bool sale_asks_much(struct counter *c, const struct product *product, int64_t quantity_milli, void (*act)(void *model))
{
    char quantity[NUMBER_TEXT];

    if (c->sale.sure || product == NULL || !is_much(product, quantity_milli))
        return false;
    stage_ask(&c->stage, "So many", act, "%s%s%s of %s?", milli_format(quantity, quantity_milli), sale_unit(product),
              product->unit == UNIT_PIECE ? " pieces" : "", product->name);
    return true;
}

static void take_weight(struct counter *c, int64_t quantity_milli)
{
    const struct product *product = sale_weighed(c);

    if (product != NULL && !sale_add(c, product, quantity_milli))
        field_replaceable(&c->sale.entry);
    else
        sale_clear_entry(c);
}

static void take_much_weight(void *model)
{
    struct counter *c = model;

    if (!sale_is_away(c))
        take_weight(c, c->sale.much_milli);
}

/* Grams, or a product's number, where kilograms are asked for: who says no types the weight anew, and not behind what was wrong. */
void sale_enter_weight(struct counter *c, int64_t quantity_milli)
{
    if (!sale_asks_much(c, sale_weighed(c), quantity_milli, take_much_weight)) {
        take_weight(c, quantity_milli);
        return;
    }
    c->sale.much_milli = quantity_milli;
    field_wipe(&c->sale.entry);
}

void sale_say_weigh(struct counter *c)
{
    const struct product *weighed = sale_weighed(c);

    stage_say(&c->stage, MESSAGE_PLAIN, "%s is sold by %s: type how much, or Esc", weighed->name,
              weighed->unit == UNIT_LITRE ? "the litre" : "weight");
}

void sale_say_unweighed(struct counter *c)
{
    const struct product *weighed = sale_weighed(c);

    if (weighed != NULL)
        stage_say(&c->stage, MESSAGE_PLAIN, "%s waits for its weight: Esc goes back to it", weighed->name);
}

/* "Rye bread is not in the basket"; where some of it is, that no more was added. text holds STAGE_TEXT bytes. */
static char *left_out(const struct counter *c, const struct product *weighed, char *text)
{
    int64_t milli = 0;
    char number[NUMBER_TEXT];

    for (size_t i = 0; i < c->basket.line_count; i++)
        if (c->basket.lines[i].product_id == weighed->id && !c->basket.lines[i].voided)
            milli += c->basket.lines[i].quantity_milli;
    if (milli == 0)
        snprintf(text, STAGE_TEXT, "%s is not in the basket", weighed->name);
    else
        snprintf(text, STAGE_TEXT, "nothing was added to the %s%s of %s", milli_format(number, milli),
                 sale_unit(weighed), weighed->name);
    return text;
}

void sale_say_left_out(struct counter *c, const struct product *weighed, enum message_kind kind, const char *behind)
{
    char text[STAGE_TEXT];

    stage_say(&c->stage, kind, "%s%s", left_out(c, weighed, text), behind);
}

void sale_leave_weight(struct counter *c)
{
    const struct product *weighed = sale_weighed(c);
    const bool typed = !field_is_empty(&c->sale.entry);

    sale_clear_entry(c);
    if (typed) {
        c->sale.weigh_id = weighed->id;
        sale_say_weigh(c);
        return;
    }
    sale_say_left_out(c, weighed, MESSAGE_PLAIN, "");
}

void sale_say_no_quantity(struct counter *c)
{
    const struct product *weighed = sale_weighed(c);

    if (weighed == NULL)
        stage_say(&c->stage, MESSAGE_BAD, "that is no quantity");
    else if (weighed->unit == UNIT_LITRE)
        stage_say(&c->stage, MESSAGE_BAD, "that is no quantity: type the litres of %s, 0.35 say, or Esc",
                  weighed->name);
    else
        stage_say(&c->stage, MESSAGE_BAD, "that is no weight: type the kilograms of %s, 0.35 say, or Esc",
                  weighed->name);
}

int64_t sale_has_milli(const struct counter *c, const struct product *product)
{
    int64_t milli = 0;

    for (size_t i = 0; product != NULL && i < c->basket.line_count; i++)
        if (c->basket.lines[i].product_id == product->id)
            milli += c->basket.lines[i].quantity_milli;
    return milli;
}

void sale_tell_unweighed(struct counter *c, const struct product *weighed, int64_t had_milli)
{
    char text[STAGE_TEXT];

    if (weighed != NULL && c->sale.weigh_id != weighed->id && sale_has_milli(c, weighed) == had_milli)
        told_say(c, "%s: its weight was not typed", left_out(c, weighed, text));
}
