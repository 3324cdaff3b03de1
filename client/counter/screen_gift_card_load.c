/* Money for a gift card: a new one, or more onto one that is there; and its paper on the screen, with the code of a new one, which is
 * on no disk. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "common/rules/gift_card.h"

#define MEANS(name) CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_##name

/* ---- the form ---- */

void gift_card_load_begin(struct counter *c, const struct gift_card_row_shown *row)
{
    struct gift_card_load_model *m = &c->gift_card_load;

    explicit_bzero(m, sizeof(*m));
    m->number = row == NULL ? 0 : row->number;
    snprintf(m->last_four, sizeof(m->last_four), "%s", row == NULL ? "" : row->last_four);
    m->means = MEANS(CASH);
    field_init(&m->amount, FIELD_AMOUNT, 14);
    field_init(&m->reference, FIELD_TEXT, 40);
    field_init(&m->code, FIELD_TEXT, 40);
    form_init(&m->form);
    form_add(&m->form, &m->amount, "How much", NULL);
    if (row == NULL)
        form_add(&m->form, &m->code, "Its code", "if it is printed");
    form_add(&m->form, &m->reference, "Reference", NULL);
    stage_push(&c->stage, &gift_card_load_screen);
}

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &gift_card_load_screen)
        stage_pop(&c->stage);
    explicit_bzero(&c->gift_card_load, sizeof(c->gift_card_load));
}

void gift_card_paper_show(struct counter *c, const Caroline__V1__GiftCard *card, const Caroline__V1__Receipt *receipt,
                          const char *code)
{
    struct gift_card_paper_model *m = &c->gift_card_paper;

    receipt_fini(&m->paper);
    m->number = card->number;
    m->left_minor = card->balance_minor;
    m->back_minor = 0;
    snprintf(m->code, sizeof(m->code), "%s", code);
    if (receipt != NULL)
        receipt_take_document(c, &m->paper, receipt);
    stage_push(&c->stage, &gift_card_paper_screen);
    c->stage.dirty = true;
}

/* Whose till it is, be it locked. */
static uint64_t staff_here(const struct counter *c)
{
    const Caroline__V1__SessionOpened *session = c->link == NULL ? NULL : link_session(c->link);

    return session == NULL || session->staff == NULL ? 0 : session->staff->id;
}

void gift_card_code_keep(struct counter *c, const Caroline__V1__GiftCard *card, const char *code)
{
    struct gift_card_code_kept *kept = &c->codes_kept[c->codes_kept_count];

    if (c->codes_kept_count == GIFT_CARD_CODES_MAX) { /* of an earlier run, and others' wait here */
        stage_say(&c->stage, MESSAGE_BAD,
                  "gift card %u's code cannot be shown any more: move its money to another card (F12, F11)",
                  card->number);
        return;
    }
    c->codes_kept_count++;
    kept->number = card->number;
    kept->left_minor = card->balance_minor;
    kept->staff_id = staff_here(c);
    snprintf(kept->code, sizeof(kept->code), "%s", code);
}

/* Cards on their way that may bring one. */
static size_t codes_coming(struct counter *c)
{
    struct arena *arena = arena_create(0);
    size_t count = 0, coming = 0;
    const struct spooled *rows = c->spool == NULL ? NULL : spool_unanswered(c->spool, arena, &count);

    for (size_t i = 0; i < count; i++)
        coming +=
            rows[i].op == CAROLINE__V1__OP__OP_GIFT_CARD_LOAD || rows[i].op == CAROLINE__V1__OP__OP_GIFT_CARD_MOVE;
    arena_destroy(arena);
    return coming;
}

bool gift_card_code_has_room(struct counter *c)
{
    if (c->codes_kept_count + codes_coming(c) < GIFT_CARD_CODES_MAX)
        return true;
    stage_say(&c->stage, MESSAGE_BAD,
              "%d new cards wait for the server, or for who made them: their codes come first, then this one",
              GIFT_CARD_CODES_MAX);
    return false;
}

void gift_card_codes_show(struct counter *c)
{
    struct gift_card_code_kept *kept = c->codes_kept;
    Caroline__V1__GiftCard message;

    while (kept < c->codes_kept + c->codes_kept_count && kept->staff_id != staff_here(c))
        kept++;
    if (kept == c->codes_kept + c->codes_kept_count || stage_top(&c->stage) != &sale_screen ||
        c->stage.dialog.act != NULL || staff_here(c) == 0 || link_locked(c->link))
        return;
    caroline__v1__gift_card__init(&message);
    message.number = kept->number;
    message.balance_minor = kept->left_minor;
    gift_card_paper_show(c, &message, NULL, kept->code);
    *kept = c->codes_kept[--c->codes_kept_count];
    explicit_bzero(&c->codes_kept[c->codes_kept_count], sizeof(*kept));
}

static void on_loaded(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct gift_card_load_model *m = &c->gift_card_load;
    bool drawer = m->means == MEANS(CASH);
    char key[64], amount[NUMBER_TEXT], now[NUMBER_TEXT], code[GIFT_CARD_CODE_TEXT];

    m->busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__GiftCardLoaded *reply = (const Caroline__V1__GiftCardLoaded *)answer->reply;
    if (reply->card == NULL)
        return;
    if (drawer)
        printing_kick(c);
    counter_copy(code, sizeof(code), reply->code);
    if (m->number == 0)
        stage_say(&c->stage, MESSAGE_GOOD, "%s are on gift card %u", counter_money(c, amount, m->amount_minor),
                  reply->card->number);
    else
        stage_say(&c->stage, MESSAGE_GOOD, "%s more are on gift card %u: %s now",
                  counter_money(c, amount, m->amount_minor), reply->card->number,
                  counter_money(c, now, reply->card->balance_minor));
    snprintf(key, sizeof(key), "gift card %u/%u", reply->card->number, reply->entry);
    printing_put_with_code(c, key, reply->receipt, code);
    if (stage_top(&c->stage) == &gift_card_load_screen) {
        leave(c);
        if (stage_top(&c->stage) == &gift_card_screen) /* what it says of the card is over */
            gift_card_leave(c);
        gift_card_paper_show(c, reply->card, reply->receipt, code);
    }
    explicit_bzero(code, sizeof(code));
}

static void send(struct counter *c)
{
    struct gift_card_load_model *m = &c->gift_card_load;
    Caroline__V1__GiftCardLoad message;
    char amount[NUMBER_TEXT];

    caroline__v1__gift_card_load__init(&message);
    message.has_means = message.has_amount_minor = true;
    message.means = m->means;
    message.amount_minor = m->amount_minor;
    message.has_number = m->number != 0;
    message.number = m->number;
    message.has_code = m->number == 0 && !field_is_empty(&m->code);
    message.code = counter_text(m->code.text);
    message.has_reference = m->means != MEANS(CASH);
    message.reference = counter_text(m->reference.text);
    struct waiting waiting = { .busy = &m->busy,
                               .answered = on_loaded,
                               .leave = leave,
                               .what = "the money for a gift card",
                               .drawer = m->means == MEANS(CASH) };
    counter_money(c, amount, m->amount_minor);
    if (m->number == 0)
        waiting_name(&waiting, "%s for a new gift card", amount);
    else
        waiting_name(&waiting, "%s for gift card %u, ends in %s", amount, m->number, m->last_four);
    waiting_begin(c, CAROLINE__V1__OP__OP_GIFT_CARD_LOAD, &message.base, &waiting);
}

static size_t field_count(const struct gift_card_load_model *m)
{
    return (m->number == 0 ? 2u : 1u) + (m->means == MEANS(CASH) ? 0u : 1u);
}

static void try_send(struct counter *c)
{
    struct gift_card_load_model *m = &c->gift_card_load;

    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: this is done once the server is there");
    } else if (!counter_money_parse(c, m->amount.text, &m->amount_minor) || m->amount_minor <= 0) {
        counter_say_amount(c);
        m->form.focus = 0;
    } else if (m->number == 0 && !field_is_empty(&m->code) && !gift_card_looks_like(m->code.text)) {
        stage_say(&c->stage, MESSAGE_BAD, "that is no gift card's code: scan it again, or leave it empty");
        m->form.focus = 1;
    } else if (m->means != MEANS(CASH) && field_is_empty(&m->reference)) {
        stage_say(&c->stage, MESSAGE_BAD, "%s",
                  m->means == MEANS(CARD) ? "type what the card machine printed as its approval"
                                          : "type the bank's reference");
        m->form.focus = field_count(m) - 1;
    } else if (m->number != 0 || !field_is_empty(&m->code) || gift_card_code_has_room(c)) {
        send(c);
    }
}

static void enter(void *model)
{
    struct counter *c = model;
    struct gift_card_load_model *m = &c->gift_card_load;

    if (m->busy)
        return;
    if (m->form.focus + 1 >= field_count(m))
        try_send(c);
    else
        form_next(&m->form);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;
    struct gift_card_load_model *m = &c->gift_card_load;

    if (sale_knows_code(c, code)) /* goods go into the basket, wherever they are scanned */
        return false;
    if (m->busy || m->number != 0 || !gift_card_looks_like(code)) {
        if (!doubtful)
            sale_say_not_taken(c, code, "it is no code of a new gift card");
        return !doubtful;
    }
    field_wipe(&m->code);
    field_set(&m->code, code);
    return true;
}

static void choose(struct counter *c, Caroline__V1__AccountMeans means)
{
    struct gift_card_load_model *m = &c->gift_card_load;

    if (m->busy)
        return;
    m->means = means;
    m->form.focus = 0;
}

static void cash(void *model)
{
    choose(model, MEANS(CASH));
}

static void card(void *model)
{
    choose(model, MEANS(CARD));
}

static void transfer(void *model)
{
    choose(model, MEANS(TRANSFER));
}

static void next(void *model)
{
    struct gift_card_load_model *m = &((struct counter *)model)->gift_card_load;

    if (m->form.focus + 1 < field_count(m))
        form_next(&m->form);
}

static void previous(void *model)
{
    struct gift_card_load_model *m = &((struct counter *)model)->gift_card_load;

    if (m->form.focus > 0)
        form_previous(&m->form);
}

static void back(void *model)
{
    struct counter *c = model;

    if (!waiting_back(c))
        leave(c);
}

static struct field *field(void *model)
{
    return form_field(&((struct counter *)model)->gift_card_load.form);
}

static void draw(void *model, struct area area)
{
    static const struct {
        Caroline__V1__AccountMeans means;
        const char *words;
    } ways[] = {
        { MEANS(CASH), "F2  In cash, into the drawer" },
        { MEANS(CARD), "F3  By card, on the card machine" },
        { MEANS(TRANSFER), "F4  By transfer: it is with the bank already" },
    };
    struct counter *c = model;
    struct gift_card_load_model *m = &c->gift_card_load;
    struct area inner = area_columns(area, 3, area.columns - 6);
    struct form form = m->form;

    if (m->number == 0)
        paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "A new gift card");
    else
        paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "More onto gift card %u", m->number);
    for (int i = 0; i < 3; i++) {
        bool chosen = ways[i].means == m->means;

        paint_format(inner, 3 + i, 0, inner.columns, ALIGN_LEFT, chosen ? STYLE_STRONG : STYLE_PLAIN, "%s %s",
                     chosen ? ">" : " ", ways[i].words);
    }
    form.count = field_count(m);
    form.rows[m->form.count - 1].hint = m->means == MEANS(CARD) ? "the machine's approval" : "the bank's";
    int rows = form_draw(&form, inner, 7);
    if (m->busy)
        waiting_draw(c, inner, 8 + rows);
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "The next line; behind the last the card is loaded", NULL },
    { KEY_F(2), "Cash", cash, "In cash: it goes into the drawer", NULL },
    { KEY_F(3), "Card", card, "By card: charge it on the card machine first", NULL },
    { KEY_F(4), "Transfer", transfer, "By transfer: it is with the bank already", NULL },
    { KEY_ESCAPE, NULL, back, "Back, nothing was received", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_UP, NULL, previous, "The line above", NULL },
    { KEY_DOWN, NULL, next, "The line below", NULL },
    { 0 },
};

const struct screen gift_card_load_screen = {
    .title = "Money for a gift card",
    .about =
        "It is no sale: no turnover, no tax, no points. It has a paper of its own, and stands on the X and the Z. A "
        "card that the shop had printed is scanned; otherwise the paper has the code, once, and nobody else does.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .asleep = waiting_is_on,
};

/* ---- the paper's screen ---- */

static void done(void *model)
{
    struct counter *c = model;

    stage_pop(&c->stage);
    receipt_fini(&c->gift_card_paper.paper);
    explicit_bzero(&c->gift_card_paper, sizeof(c->gift_card_paper));
}

static void paper_up(void *model)
{
    receipt_roll(&((struct counter *)model)->gift_card_paper.paper, KEY_UP);
}

static void paper_down(void *model)
{
    receipt_roll(&((struct counter *)model)->gift_card_paper.paper, KEY_DOWN);
}

/* Large is what is done by hand: what is given back, else what the card has. */
static void draw_large(const struct counter *c, struct area left)
{
    const struct gift_card_paper_model *m = &c->gift_card_paper;
    const char *label = m->back_minor == 0                 ? "Left on it"
                        : m->back_means == MEANS(CASH)     ? "Give back"
                        : m->back_means == MEANS(CARD)     ? "Went back by card"
                        : m->back_means == MEANS(TRANSFER) ? "Went back by transfer"
                                                           : "To the stored card";
    const struct shop *shop = counter_shop(c);
    char text[NUMBER_TEXT];

    paint_format(left, 3, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "%s, %s", label,
                 shop == NULL ? "" : shop->currency);
    paint_digits(left, 5, 0, left.columns, ALIGN_LEFT, STYLE_TOTAL,
                 counter_money(c, text, m->back_minor == 0 ? m->left_minor : m->back_minor));
    if (m->back_minor != 0)
        paint_format(left, 11, 0, left.columns, ALIGN_LEFT, STYLE_PLAIN, "left on it: %s",
                     counter_money(c, text, m->left_minor));
}

static void draw_paper(void *model, struct area area)
{
    struct counter *c = model;
    struct gift_card_paper_model *m = &c->gift_card_paper;
    struct area left = area_columns(area, 1, area.columns - RECEIPT_COLUMNS - 3);

    paint_format(left, 1, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "Gift card %u", m->number);
    draw_large(c, left);
    if (m->code[0] != 0) {
        paint_text(left, 11, 0, left.columns, ALIGN_LEFT, STYLE_STRONG, "Its code, shown once:");
        for (size_t at = 0; m->code[0] != 0 && at < strlen(m->code); at += 10)
            paint_format(left, 12 + (int)(at / 10), 2, left.columns - 2, ALIGN_LEFT, STYLE_STRONG, "%.5s %.5s",
                         m->code + at, at + 5 < strlen(m->code) ? m->code + at + 5 : "");
        paint_wrapped(left, 15, 0, left.columns, STYLE_PLAIN,
                      c->printing == NULL ? "There is no printer: write it down for the customer."
                                          : "It is on the paper.");
    }
    receipt_draw_lines(&m->paper, area_columns(area, area.columns - RECEIPT_COLUMNS - 1, RECEIPT_COLUMNS + 1));
}

static const struct key paper_keys[] = {
    { KEY_RETURN, "Done", done, "Back: the code is shown no more", NULL },
    { KEY_ESCAPE, NULL, done, NULL, NULL },
    { KEY_UP, NULL, paper_up, "Scroll the paper", NULL },
    { KEY_DOWN, NULL, paper_down, NULL, NULL },
    { 0 },
};

const struct screen gift_card_paper_screen = {
    .title = "Gift card",
    .about = "What was received for it, moved to it or given back. The code of a new one pays: it is shown here and "
             "printed once, and kept nowhere.",
    .keys = paper_keys,
    .draw = draw_paper,
};
