/* How it was: one to five stars, and a few words if somebody likes. Somebody of the shop reads it before it is shown. */
#include "client/kiosk/kiosk.h"

#include <stdio.h>
#include <string.h>

static void on_put(struct kiosk *k, const struct link_answer *answer)
{
    explicit_bzero(k->visit.review_text, sizeof(k->visit.review_text));
    kiosk_back_to(k, &receipt_page);
    if (answer->outcome == LINK_OK || answer->code == CAROLINE__V1__ERROR_CODE__REVIEW_THERE)
        history_reviewed(k, k->visit.review_sale_id, k->visit.review_product_id);
    if (!kiosk_refused(k, answer))
        kiosk_say(k, NOTICE_GOOD, "Thank you! It is shown, without your name, once somebody of us has read it.");
}

static void typed(struct kiosk *k, const char *text)
{
    struct visit *v = &k->visit;
    Caroline__V1__ReviewPut message = CAROLINE__V1__REVIEW_PUT__INIT;

    message.has_sale_id = message.has_product_id = message.has_rating = true;
    message.sale_id = (uint64_t)v->review_sale_id;
    message.product_id = (uint64_t)v->review_product_id;
    message.rating = v->review_rating;
    message.has_text = text[0] != 0;
    message.text = kiosk_bytes(text);
    kiosk_command(k, CAROLINE__V1__OP__OP_REVIEW_PUT, &message.base, on_put);
}

static void rated(void *model, int64_t stars)
{
    struct kiosk *k = model;

    k->visit.review_rating = (uint32_t)stars;
    ask_begin(k, ASK_TEXT, "How was it?", "Would you like to say more? Else press Done.", "", typed);
    k->visit.ask.may_be_empty = true;
    k->visit.ask.field.characters_max = 240;
}

void review_begin(struct kiosk *k, int64_t sale_id, int64_t product_id)
{
    k->visit.review_sale_id = sale_id;
    k->visit.review_product_id = product_id;
    kiosk_open(k, &rate_page);
}

static void draw(struct kiosk *k, struct area area)
{
    static const char *const words[] = { "bad", "not so good", "all right", "good", "very good" };
    const struct product *product = kiosk_product(k, k->visit.review_product_id);
    char stars[5][STARS_TEXT];
    struct choice choices[5];

    for (size_t i = 0; i < 5; i++) {
        choices[i] =
            (struct choice){ (char)('1' + i), stars_text(stars[i], (uint32_t)i + 1), words[i], rated, (int64_t)i + 1 };
    }
    int row = kiosk_headed(area, 0, STYLE_STRONG, "How was it: %s?", product == NULL ? "what you had" : product->name);
    kiosk_choices(k, area, row + 1, choices, 5);
}

const struct page rate_page = { .title = "How was it?", .draw = draw, .personal = true };
