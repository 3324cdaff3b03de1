/* A gift card, scanned or typed: what is left on it; from there it is topped up, or a new one issued. While a sale is paid, the card
 * that is to pay it. */
#include "client/counter/counter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void begin(struct counter *c, enum gift_card_purpose purpose)
{
    struct gift_card_model *m = &c->gift_card;

    receipt_fini(&m->paper);
    explicit_bzero(m, sizeof(*m));
    m->purpose = purpose;
    field_init(&m->code, FIELD_TEXT, 40);
    stage_push(&c->stage, &gift_card_screen);
}

void gift_card_begin(struct counter *c)
{
    if (!c->stage.status.connected)
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: what is left on a card is known to the server alone");
    else
        begin(c, GIFT_CARD_TO_LOOK);
}

void gift_card_begin_code(struct counter *c, const char *code)
{
    gift_card_begin(c);
    if (stage_top(&c->stage) == &gift_card_screen)
        gift_card_look(c, code);
}

void gift_card_begin_number(struct counter *c, uint32_t number)
{
    char text[16];

    snprintf(text, sizeof(text), "%" PRIu32, number);
    gift_card_begin_code(c, text);
}

void gift_card_begin_paying(struct counter *c)
{
    begin(c, GIFT_CARD_TO_PAY);
}

void gift_card_leave(struct counter *c)
{
    if (stage_top(&c->stage) == &gift_card_screen)
        stage_pop(&c->stage);
    receipt_fini(&c->gift_card.paper);
    explicit_bzero(&c->gift_card, sizeof(c->gift_card));
}

static void enter(void *model)
{
    struct counter *c = model;
    struct gift_card_model *m = &c->gift_card;

    if (m->busy)
        stage_say(&c->stage, MESSAGE_PLAIN, "the server is asked");
    else if (field_is_empty(&m->code) && m->shown && m->purpose == GIFT_CARD_TO_LOOK)
        gift_card_leave(c);
    else if (field_is_empty(&m->code))
        stage_say(&c->stage, MESSAGE_PLAIN, "scan the card, or type its code%s",
                  m->purpose == GIFT_CARD_TO_LOOK ? " or its number" : "");
    else
        gift_card_look(c, m->code.text);
    field_wipe(&m->code);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if ((doubtful && !gift_card_looks_like(code)) || sale_knows_code(c, code))
        return false;
    field_wipe(&c->gift_card.code);
    gift_card_look(c, code);
    return true;
}

static bool looks(const struct counter *c)
{
    return c->gift_card.purpose == GIFT_CARD_TO_LOOK && !c->gift_card.busy;
}

static void top_up(void *model)
{
    struct counter *c = model;
    const struct gift_card_model *m = &c->gift_card;

    if (looks(c) && m->shown && m->card.moved_to == 0 && !m->card.blocked && !m->card.expired)
        gift_card_load_begin(c, &m->card);
}

static void issue(void *model)
{
    struct counter *c = model;

    if (looks(c))
        gift_card_load_begin(c, NULL);
}

/* ---- by who has the right ---- */

static bool stands(const struct counter *c)
{
    return looks(c) && c->gift_card.shown && c->gift_card.card.moved_to == 0;
}

static bool may_block(const struct counter *c)
{
    return stands(c) && counter_may(c, "gift_card_edit");
}

static bool may_move(const struct counter *c)
{
    return may_block(c) && c->gift_card.card.balance_minor > 0;
}

static bool may_give_back(const struct counter *c)
{
    return stands(c) && counter_may(c, "refund") && c->gift_card.loading_count > 0 && !c->gift_card.card.blocked;
}

static bool lacks_a_right(const struct counter *c)
{
    return stands(c) && !(counter_may(c, "gift_card_edit") && counter_may(c, "refund"));
}

static void block(void *model)
{
    struct counter *c = model;

    if (may_block(c))
        gift_card_change_begin(c, c->gift_card.card.blocked ? GIFT_CARD_TO_OPEN : GIFT_CARD_TO_BLOCK);
}

static void lost(void *model)
{
    if (may_move(model))
        gift_card_change_begin(model, GIFT_CARD_TO_MOVE);
}

static void give_back(void *model)
{
    if (may_give_back(model))
        gift_card_change_begin(model, GIFT_CARD_TO_GIVE_BACK);
}

static void another(void *model)
{
    struct counter *c = model;

    if (lacks_a_right(c))
        switch_begin_gift_card(c, c->gift_card.card.number);
}

static const char *block_label(const void *model)
{
    return !may_block(model) ? NULL : ((const struct counter *)model)->gift_card.card.blocked ? "Open it" : "Block";
}

static const char *lost_label(const void *model)
{
    return may_move(model) ? "Lost" : NULL;
}

static const char *give_back_label(const void *model)
{
    return may_give_back(model) ? "Give back" : NULL;
}

static const char *another_label(const void *model)
{
    return lacks_a_right(model) ? "Who may more" : NULL;
}

static const char *top_up_label(const void *model)
{
    const struct counter *c = model;
    const struct gift_card_model *m = &c->gift_card;

    return looks(c) && m->shown && m->card.moved_to == 0 && !m->card.blocked && !m->card.expired ? "Top up" : NULL;
}

static const char *issue_label(const void *model)
{
    return looks(model) ? "New card" : NULL;
}

static const char *enter_label(const void *model)
{
    const struct gift_card_model *m = &((const struct counter *)model)->gift_card;

    return field_is_empty(&m->code) && m->shown ? "Done" : "Look up";
}

static void back(void *model)
{
    gift_card_leave(model);
}

static void paper_up(void *model)
{
    receipt_roll(&((struct counter *)model)->gift_card.paper, KEY_UP);
}

static void paper_down(void *model)
{
    receipt_roll(&((struct counter *)model)->gift_card.paper, KEY_DOWN);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->gift_card.code;
}

static void draw_card(struct counter *c, struct area area)
{
    struct gift_card_model *m = &c->gift_card;
    const char *trouble = gift_card_trouble(&m->card);
    const struct shop *shop = counter_shop(c);
    char text[NUMBER_TEXT];

    paint_format(area, 0, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Card %u, ends in %s", m->card.number,
                 m->card.last_four);
    paint_format(area, 2, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Left on it %s",
                 shop == NULL ? "" : shop->currency);
    paint_digits(area, 3, 0, area.columns, ALIGN_LEFT, STYLE_TOTAL, counter_money(c, text, m->card.balance_minor));
    if (m->card.expiry_day[0] != 0)
        paint_format(area, 9, 0, area.columns, ALIGN_LEFT, STYLE_PLAIN, "%s %s",
                     m->card.expired ? "It paid until" : "Pays until", m->card.expiry_day);
    if (m->card.moved_to != 0)
        paint_format(area, 10, 0, area.columns, ALIGN_LEFT, STYLE_BAD, "Lost: card %u has its money", m->card.moved_to);
    else if (trouble != NULL)
        paint_wrapped(area, 10, 0, area.columns, STYLE_BAD, trouble);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct gift_card_model *m = &c->gift_card;
    struct area inner = area_columns(area, 2, area.columns - 4);
    char amount[NUMBER_TEXT];

    if (m->purpose == GIFT_CARD_TO_PAY)
        paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Which card pays %s, or what it has of it?",
                     counter_money(c, amount, c->pay.ask_minor));
    else
        paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Which card is it?");
    if (m->purpose == GIFT_CARD_TO_LOOK && c->basket.line_count > 0)
        paint_text(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_WARN,
                   "Nothing is paid by it here. It pays when scanned while the sale is paid.");
    paint_text(inner, 3, 0, 24, ALIGN_LEFT, STYLE_PLAIN,
               m->purpose == GIFT_CARD_TO_PAY ? "Scan it, or its code" : "Scan it, code, number");
    paint_field(inner, 3, 25, 30, &m->code, true);
    if (m->busy)
        paint_text(inner, 5, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
    if (!m->shown)
        return;
    draw_card(c, area_rows(area_columns(inner, 0, inner.columns - RECEIPT_COLUMNS - 3), 5, -1));
    receipt_draw_lines(&m->paper,
                       area_rows(area_columns(inner, inner.columns - RECEIPT_COLUMNS - 1, RECEIPT_COLUMNS + 1), 4, -1));
}

static const struct key keys[] = {
    { KEY_RETURN, NULL, enter, "Look the card up: what is left on it; once more: done", enter_label },
    { KEY_F(2), NULL, top_up, "More money onto this card", top_up_label },
    { KEY_F(3), NULL, issue, "A new card: money for it, and its code on paper", issue_label },
    { KEY_F(4), NULL, block, "Block it: it pays nothing, and keeps its money; or open it again", block_label },
    { KEY_F(5), NULL, lost, "It was lost: a new one gets its money", lost_label },
    { KEY_F(6), NULL, give_back, "What was paid for it is given back, while it has never paid", give_back_label },
    { KEY_F(7), NULL, another, "Somebody who may block it, move it or give back takes over here, by their PIN",
      another_label },
    { KEY_ESCAPE, "Back", back, "Back, nothing is done", NULL },
    { KEY_UP, NULL, paper_up, "Scroll what was done with it", NULL },
    { KEY_DOWN, NULL, paper_down, NULL, NULL },
    { 0 },
};

const struct screen gift_card_screen = {
    .title = "Gift card",
    .about =
        "Money that was paid before. A card pays by its code, scanned or typed; its number, on every paper of it, is "
        "for looking it up. It is blocked, moved to a new one or given back by who may; another's PIN is asked in "
        "place. "
        "More time is the office's.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
};
