/* What happens to the basket: goods come in, it is priced and kept, it is sold and the next begins. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/walker.h"

static void keep(struct counter *c)
{
    if (c->spool == NULL || c->errand != ERRAND_NONE)
        return;
    bool kept;
    if (open_basket_is_empty(&c->basket)) {
        kept = basket_clear(c->spool);
    } else {
        Caroline__V1__Basket *message = open_basket_message(&c->basket, c->scratch);
        kept = basket_save(c->spool, message_encode(&message->base, c->scratch));
        arena_reset(c->scratch);
    }
    if (!kept)
        stage_say(&c->stage, MESSAGE_BAD, "the basket could not be kept on this till: %s", spool_problem(c->spool));
}

void sale_changed(struct counter *c)
{
    list_resize(&c->sale.lines, c->basket.line_count);
    c->basket.discount_limit_ppm = counter_discount_limit_ppm(c);
    if (c->link != NULL && open_basket_price(&c->basket, counter_catalogue(c), counter_zone(c), link_now(c->link)))
        stage_say(&c->stage, MESSAGE_PLAIN, "prices have changed since this basket was begun: look at the total again");
    keep(c);
    c->stage.dirty = true;
}

/* ---- codes ---- */

const struct product *sale_product_of_code(const struct counter *c, const char *code)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    if (catalogue == NULL)
        return NULL;

    char trimmed[CODE_SIZE];
    snprintf(trimmed, sizeof(trimmed), "%s", code);
    trimmed[strcspn(trimmed, " ")] = 0;
    const struct product *product = catalogue_by_barcode(catalogue, trimmed);
    uint32_t plu = entry_plu(trimmed);
    if (product == NULL && plu != 0)
        product = catalogue_by_plu(catalogue, plu);
    return product;
}

bool sale_knows_code(const struct counter *c, const char *code)
{
    return sale_product_of_code(c, code) != NULL;
}

static bool is_to_wait(struct counter *c, const char *code)
{
    if (c->errand == ERRAND_NONE)
        return false;
    if (c->queued_count < QUEUED_MAX) {
        snprintf(c->queued[c->queued_count++], CODE_SIZE, "%s", code);
        stage_say(&c->stage, MESSAGE_PLAIN, "%s is kept for %s (%zu)", code,
                  c->errand == ERRAND_RESUME ? "the basket that is coming" : "the next customer", c->queued_count);
    } else {
        stage_say(&c->stage, MESSAGE_BAD, "%s was not taken: what was asked before it is not answered yet", code);
    }
    return true;
}

void sale_take_code(struct counter *c, const char *code, int64_t quantity_milli)
{
    if (is_to_wait(c, code))
        return;
    const struct product *product = sale_product_of_code(c, code);
    if (product != NULL)
        sale_add(c, product, quantity_milli);
    else if (counter_catalogue(c) == NULL)
        stage_say(&c->stage, MESSAGE_BAD, "the catalogue is not here yet");
    else if (strlen(code) >= 6)
        member_find_card(c, code);
    else
        stage_say(&c->stage, MESSAGE_BAD, "no product has the number %s", code);
}

void sale_add(struct counter *c, const struct product *product, int64_t quantity_milli)
{
    size_t line;
    char number[NUMBER_TEXT];

    switch (open_basket_add(&c->basket, product, quantity_milli, catalogue_newest(counter_catalogue(c)), &line)) {
    case BASKET_FULL:
        stage_say(&c->stage, MESSAGE_BAD, "a basket has at most %d lines", BASKET_LINES_MAX);
        return;
    case BASKET_BAD_QUANTITY:
        stage_say(&c->stage, MESSAGE_BAD, "%s %s %s: %s", milli_format(number, quantity_milli),
                  theme_glyph(GLYPH_TIMES), product->name,
                  product->unit == UNIT_PIECE ? "this is sold by whole pieces" : "so much is not sold at once");
        return;
    case BASKET_SOLD_OUT:
        stage_say(&c->stage, MESSAGE_BAD, "%s is sold out", product->name);
        return;
    case BASKET_INACTIVE:
        stage_say(&c->stage, MESSAGE_BAD, "%s is no longer sold", product->name);
        return;
    case BASKET_TAKEN:
        break;
    }
    sale_changed(c);
    list_select(&c->sale.lines, line);
}

bool sale_is_away(struct counter *c)
{
    static const char *const sentences[] = {
        [ERRAND_SELL] = "this basket is being paid: its answer is on the way",
        [ERRAND_PARK] = "this basket is being parked: its answer is on the way",
        [ERRAND_RESUME] = "a parked basket is on its way here: wait for it",
    };

    if (c->errand != ERRAND_NONE)
        stage_say(&c->stage, MESSAGE_BAD, "%s", sentences[c->errand]);
    return c->errand != ERRAND_NONE;
}

void sale_take_queued(struct counter *c)
{
    size_t count = c->queued_count;

    c->queued_count = 0;
    for (size_t i = 0; i < count; i++)
        sale_take_code(c, c->queued[i], 1000);
}

/* It was meant for the next customer; this one is still here. */
void sale_drop_queued(struct counter *c, const char *because)
{
    if (c->queued_count > 0)
        stage_say(&c->stage, MESSAGE_BAD, "%s; %zu scan%s meanwhile: scan again", because, c->queued_count,
                  c->queued_count == 1 ? "" : "s");
    c->queued_count = 0;
}

void sale_next(struct counter *c)
{
    c->errand = ERRAND_NONE;
    open_basket_clear(&c->basket);
    sale_changed(c);
    sale_take_queued(c);
}

void sale_select_field(struct counter *c, const Caroline__V1__Error *error)
{
    static const char head[] = "basket.lines[";
    char field[64];

    if (error == NULL)
        return;
    counter_copy(field, sizeof(field), error->field);
    if (strncmp(field, head, strlen(head)) == 0)
        list_select(&c->sale.lines, (size_t)strtoul(field + strlen(head), NULL, 10));
}
