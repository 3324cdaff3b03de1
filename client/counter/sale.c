/* What happens to the basket: goods come in, it is priced and kept, it is sold and the next begins. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/price.h"
#include "common/rules/scanned.h"
#include "common/wire/walker.h"

#define CARD_CODE_MIN 6 /* shorter ones are looked for among the goods alone */

static void keep(struct counter *c)
{
    if (c->spool == NULL || c->errand != ERRAND_NONE || c->training)
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

/* From the first total that a customer is told until they have gone, a basket costs what it cost then, whatever comes of
 * prices and hours meanwhile. */
static struct instant priced_at(const struct counter *c)
{
    return pay_holds_price(c) && c->basket.priced.us != 0 ? c->basket.priced : link_now(c->link);
}

static void price(struct counter *c)
{
    int64_t before_minor = c->basket.rows.total_minor;

    if (open_basket_price(&c->basket, counter_catalogue(c), counter_zone(c), priced_at(c)))
        stage_say(&c->stage, MESSAGE_PLAIN, "prices have changed since this basket was begun: look at the total again");
    if (c->basket.rows.total_minor != before_minor)
        pay_total_changed(c);
}

char *sale_basket_text(const struct counter *c, char text[BASKET_TEXT])
{
    size_t count = 0;
    char total[NUMBER_TEXT];

    for (size_t i = 0; i < c->basket.line_count; i++)
        count += !c->basket.lines[i].voided;
    if (count == 0)
        snprintf(text, BASKET_TEXT, "no goods yet");
    else
        snprintf(text, BASKET_TEXT, "%zu line%s%s%s", count, count == 1 ? "" : "s",
                 c->basket.verdict == SALE_OK ? ", " : "",
                 c->basket.verdict == SALE_OK ? counter_money(c, total, c->basket.rows.total_minor) : "");
    return text;
}

void sale_changed(struct counter *c)
{
    list_resize(&c->sale.lines, c->basket.line_count);
    c->basket.discount_limit_ppm = counter_discount_limit_ppm(c);
    c->basket.may_give_back = counter_may(c, "refund");
    if (c->link != NULL)
        price(c);
    keep(c);
    avoids_look(c);
    c->stage.dirty = true;
}

/* ---- codes ---- */

static bool is_label(const struct scanned *scanned)
{
    return scanned->kind == SCANNED_PRICE || scanned->kind == SCANNED_WEIGHT;
}

/* What a product bears goes before what a code may mean besides. *scanned: zeroed where it was not looked at. */
static const struct product *product_of(const struct counter *c, const char *code, struct scanned *scanned)
{
    const struct catalogue *catalogue = counter_catalogue(c);
    const struct shop *shop = counter_shop(c);

    *scanned = (struct scanned){ 0 };
    if (catalogue == NULL)
        return NULL;

    char trimmed[CODE_SIZE];
    snprintf(trimmed, sizeof(trimmed), "%s", code);
    trimmed[strcspn(trimmed, " ")] = 0;
    const struct product *product = catalogue_by_barcode(catalogue, trimmed);
    uint32_t plu = entry_plu(trimmed);
    if (product == NULL && plu != 0)
        product = catalogue_by_plu(catalogue, plu);
    if (product != NULL)
        return product;
    *scanned = scanned_read(trimmed, shop == NULL ? "" : shop->code_layouts);
    if (scanned->upca[0] != 0)
        return catalogue_by_barcode(catalogue, scanned->upca);
    return is_label(scanned) && scanned->item != 0 ? catalogue_by_plu(catalogue, scanned->item) : NULL;
}

const struct product *sale_product_of_code(const struct counter *c, const char *code)
{
    struct scanned scanned;
    return product_of(c, code, &scanned);
}

bool sale_is_label(const struct counter *c, const char *code)
{
    struct scanned scanned;

    product_of(c, code, &scanned);
    return is_label(&scanned);
}

bool sale_is_barcode(const struct counter *c, const char *code)
{
    struct scanned scanned;

    product_of(c, code, &scanned);
    return scanned.kind != SCANNED_TEXT;
}

void sale_say_unknown(struct counter *c, const char *code, bool cards_too)
{
    struct scanned scanned;

    product_of(c, code, &scanned);
    if (scanned.wrong)
        stage_say(&c->stage, MESSAGE_BAD, "nothing has the code %s, and its check digit does not fit: scan it again",
                  code);
    else if (is_label(&scanned))
        stage_say(&c->stage, MESSAGE_BAD, "no product has the number %u, which the label %s names", scanned.item, code);
    else
        stage_say(&c->stage, MESSAGE_BAD, "no product%s has the %s %s", cards_too ? " and no member's card" : "",
                  strlen(code) >= CARD_CODE_MIN ? "code" : "number", code);
}

bool sale_knows_code(const struct counter *c, const char *code)
{
    return sale_product_of_code(c, code) != NULL;
}

void sale_say_not_taken(struct counter *c, const char *code, const char *why)
{
    stage_say(&c->stage, MESSAGE_BAD, "%s was not taken: %s", gift_card_is_made(code) ? "a gift card" : code, why);
}

static bool is_to_wait(struct counter *c, const char *code, int64_t quantity_milli)
{
    char number[NUMBER_TEXT];

    if (c->errand == ERRAND_NONE)
        return false;
    if (c->queued_count < QUEUED_MAX) {
        snprintf(c->queued[c->queued_count++], CODE_SIZE, "%s%s%s",
                 quantity_milli == 0 ? "" : milli_format(number, quantity_milli), quantity_milli == 0 ? "" : "x", code);
        stage_say(&c->stage, MESSAGE_PLAIN, "%s is kept for %s (%zu)", code,
                  c->errand == ERRAND_RESUME ? "the basket that is coming" : "the next customer", c->queued_count);
    } else {
        told_say(c, "%s was not taken: what was asked before it is not answered yet", code);
    }
    return true;
}

/* At the price that the basket is sold by. */
static const struct product *as_priced(struct counter *c, const struct product *product)
{
    if (c->basket.line_count == 0)
        return product;
    /* Too old a basket gets the new prices first, or the label's would be worked out from the old ones. */
    sale_changed(c);
    const struct product *then = catalogue_product(counter_catalogue(c), c->basket.catalogue_version, product->id);
    return then == NULL ? product : then;
}

static bool add(struct counter *c, const struct product *product, int64_t quantity_milli, size_t *line)
{
    char number[NUMBER_TEXT];

    switch (open_basket_add(&c->basket, product, quantity_milli, catalogue_newest(counter_catalogue(c)), line)) {
    case BASKET_FULL:
        stage_say(&c->stage, MESSAGE_BAD, "a basket has at most %d lines", BASKET_LINES_MAX);
        return false;
    case BASKET_BAD_QUANTITY:
        stage_say(&c->stage, MESSAGE_BAD, "%s %s %s: %s", milli_format(number, quantity_milli),
                  theme_glyph(GLYPH_TIMES), product->name,
                  product->unit == UNIT_PIECE ? "this is sold by whole pieces" : "so much is not sold at once");
        return false;
    case BASKET_NO_DEPOSIT:
        stage_say(&c->stage, MESSAGE_BAD,
                  product->deposit_kind == DEPOSIT_CHARGE ? "%s is a charge, which is not taken back"
                                                          : "%s is no deposit: it is given back on its receipt (F10)",
                  product->name);
        return false;
    case BASKET_SOLD_OUT:
        stage_say(&c->stage, MESSAGE_BAD, "%s is sold out", product->name);
        return false;
    case BASKET_INACTIVE:
        stage_say(&c->stage, MESSAGE_BAD, "%s is no longer sold", product->name);
        return false;
    case BASKET_TAKEN:
        break;
    }
    return true;
}

/* It is in the basket; what has to be chosen is asked where the sale is in sight, and else when it is to be paid. */
static void added(struct counter *c, const struct product *product, int64_t quantity_milli, size_t line)
{
    sale_changed(c);
    list_select(&c->sale.lines, line);
    c->sale.taken_id = product->id;
    c->sale.taken_milli = quantity_milli;
    if (choice_is_wanted(c, line) && stage_top(&c->stage) == &sale_screen)
        choice_begin(c, line, true);
}

bool sale_add(struct counter *c, const struct product *product, int64_t quantity_milli)
{
    size_t line;

    if (!add(c, product, quantity_milli, &line))
        return false;
    added(c, product, quantity_milli, line);
    return true;
}

/* One of what has an open price, at the one that is on its label. */
static bool add_keyed(struct counter *c, const struct product *product, int64_t minor)
{
    size_t line;

    if (!add(c, product, 1000, &line))
        return false;
    c->basket.lines[line].choice.keyed = true;
    c->basket.lines[line].choice.keyed_minor = minor;
    added(c, product, 1000, line);
    return true;
}

static bool take_price(struct counter *c, const struct product *product, int64_t minor)
{
    int64_t quantity_milli = price_quantity_milli(as_priced(c, product), minor);
    char label[NUMBER_TEXT];

    counter_money(c, label, minor);
    if (product->open_price)
        return add_keyed(c, product, minor);
    if (quantity_milli != 0)
        return sale_add(c, product, quantity_milli);
    if (product->unit == UNIT_PIECE)
        stage_say(&c->stage, MESSAGE_BAD, "no number of %s costs the %s on the label: type how many x %u",
                  product->name, label, product->plu);
    else
        stage_say(&c->stage, MESSAGE_BAD, "no weight of %s costs the %s on the label: weigh it, and type the %s x %u",
                  product->name, label, product->unit == UNIT_LITRE ? "litres" : "kilograms", product->plu);
    return false;
}

/* The line weighs, or costs, what the label says. */
static bool take_label(struct counter *c, const struct product *product, const struct scanned *scanned)
{
    char weight[NUMBER_TEXT];

    if (scanned->kind == SCANNED_PRICE)
        return take_price(c, product, scanned->value);
    if (product->unit == UNIT_KILOGRAM)
        return sale_add(c, product, scanned->value);
    stage_say(&c->stage, MESSAGE_BAD, "%s is not sold by weight, but its label says %s kg", product->name,
              milli_format(weight, scanned->value));
    return false;
}

void sale_clear_entry(struct counter *c)
{
    field_wipe(&c->sale.entry);
    memset(&c->sale.found, 0, sizeof(c->sale.found));
    c->sale.weigh_id = 0;
}

bool sale_take_code(struct counter *c, const char *code, int64_t quantity_milli)
{
    struct scanned scanned;

    if (test_page_scanned(c, code))
        return true;
    if (is_to_wait(c, code, quantity_milli))
        return true;
    const struct product *product = product_of(c, code, &scanned);
    if (product == NULL && coupon_looks_like(code)) /* it is no member's card */
        return coupon_look(c, code);
    bool label = is_label(&scanned);
    if (label && product != NULL && quantity_milli != 0 && quantity_milli != 1000)
        stage_say(&c->stage, MESSAGE_BAD, "a label says itself how much it is: scan each one, without a quantity");
    else if (label && product != NULL)
        return take_label(c, product, &scanned);
    else if (product != NULL)
        return sale_add_or_weigh(c, product, quantity_milli);
    else if (gift_card_is_made(code)) /* as good as money: it is neither asked about as a card nor named */
        stage_say(&c->stage, MESSAGE_BAD, "a gift card was scanned meanwhile: scan it again");
    else if (counter_catalogue(c) == NULL)
        stage_say(&c->stage, MESSAGE_BAD, "the catalogue is not here yet");
    else if (!label && strlen(code) >= CARD_CODE_MIN) { /* a card's number need not have a check digit */
        member_find_card(c, code);
        return true;
    } else {
        sale_say_unknown(c, code, false);
    }
    return false;
}

bool sale_add_or_weigh(struct counter *c, const struct product *product, int64_t quantity_milli)
{
    if (quantity_milli != 0 || product->unit == UNIT_PIECE || product->sold_out || !product->active)
        return sale_add(c, product, quantity_milli != 0 ? quantity_milli : 1000);
    sale_clear_entry(c);
    c->sale.weigh_id = product->id;
    sale_say_weigh(c);
    return true;
}

bool sale_is_away(struct counter *c)
{
    static const char *const sentences[] = {
        [ERRAND_SELL] = "this basket is being paid: its answer is on the way",
        [ERRAND_PARK] = "this basket is being parked: its answer is on the way",
        [ERRAND_RESUME] = "a parked basket is on its way here: wait for it",
    };

    if (c->errand != ERRAND_NONE)
        stage_say(&c->stage, MESSAGE_BAD, "%s%s", sentences[c->errand],
                  errand_can_give_up(c) ? "; Esc puts it aside, and the till sells on" : "");
    return c->errand != ERRAND_NONE;
}

bool sale_take_queued(struct counter *c)
{
    size_t count = c->queued_count, lost = 0;
    char before[STAGE_TEXT], why[STAGE_TEXT] = "";
    enum message_kind kind = c->stage.message_kind;

    snprintf(before, sizeof(before), "%s", c->stage.message);
    c->queued_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct entry entry = entry_parse(c->queued[i]);
        bool said = entry.quantity_said;

        stage_quiet(&c->stage);
        bool taken = sale_take_code(c, said ? entry.rest : c->queued[i], said ? entry.quantity_milli : 0);
        if (taken && c->stage.message_kind != MESSAGE_BAD)
            continue;
        lost++;
        snprintf(why, sizeof(why), "%s", c->stage.message);
    }
    if (count > 0 && lost == 0 && kind != MESSAGE_NONE)
        stage_say(&c->stage, kind, "%s", before);
    if (lost > 0)
        told_say(c, "%zu of %zu scan%s meanwhile: %s", lost, count, count == 1 ? "" : "s", why);
    return lost == 0;
}

/* It was meant for the next customer; this one is still here. */
void sale_drop_queued(struct counter *c, const char *because)
{
    if (c->queued_count > 0)
        stage_say(&c->stage, MESSAGE_BAD, "%s; %zu scan%s meanwhile: scan again", because, c->queued_count,
                  c->queued_count == 1 ? "" : "s");
    c->queued_count = 0;
}

void sale_drop(struct counter *c)
{
    open_basket_clear(&c->basket);
    c->basket_number++;
    c->sale.taken_id = 0;
    c->usual.taken = c->usual.none = false;
    sale_changed(c);
}

bool sale_next(struct counter *c)
{
    size_t waited = c->queued_count;

    c->errand = ERRAND_NONE;
    sale_drop(c);
    if (!sale_take_queued(c))
        return false;
    if (waited > 0)
        stage_say(&c->stage, MESSAGE_PLAIN, "%zu scan%s of the next customer %s in the basket", waited,
                  waited == 1 ? "" : "s", waited == 1 ? "is" : "are");
    return true;
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
