/* What is done to a gift card that is there, with a reason: blocked and opened again, its money moved to a new one because it was lost,
 * what was paid for it given back. By who has the right; where they do not, another person takes over by their PIN, and the
 * card is on the screen again. */
#include "client/counter/counter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"

#define MEANS(name) CAROLINE__V1__ACCOUNT_MEANS__ACCOUNT_##name

static const struct gift_card_loading *chosen(const struct gift_card_change_model *m)
{
    for (size_t i = 0; i < m->loading_count; i++)
        if (strtoul(m->entry.text, NULL, 10) == m->loadings[i].entry)
            return &m->loadings[i];
    return NULL;
}

/* Of what a person gives back by the card machine, or the bank: the gateway has its own. */
static bool has_reference(const struct gift_card_loading *loading)
{
    return loading != NULL && loading->means != MEANS(CASH) && loading->means != MEANS(GATEWAY);
}

/* The reference is the last line, and there where it is asked for. */
static size_t field_count(const struct gift_card_change_model *m)
{
    return m->form.count - (m->deed == GIFT_CARD_TO_GIVE_BACK && !has_reference(chosen(m)) ? 1 : 0);
}

static void begin_form(struct gift_card_change_model *m)
{
    char entry[16];

    field_init(&m->reason, FIELD_TEXT, 100);
    field_init(&m->code, FIELD_TEXT, 40);
    field_init(&m->entry, FIELD_NUMBER, 9);
    field_init(&m->reference, FIELD_TEXT, 40);
    form_init(&m->form);
    if (m->deed == GIFT_CARD_TO_GIVE_BACK) {
        form_add(&m->form, &m->entry, "Entry", "its paper says it");
        snprintf(entry, sizeof(entry), "%" PRIu32, m->loadings[0].entry);
        field_set(&m->entry, entry);
    }
    if (m->deed == GIFT_CARD_TO_MOVE)
        form_add(&m->form, &m->code, "New one's code", "if it is printed");
    form_add(&m->form, &m->reason, "Why", NULL);
    if (m->deed == GIFT_CARD_TO_GIVE_BACK)
        form_add(&m->form, &m->reference, "Reference", "of what goes back");
}

void gift_card_change_begin(struct counter *c, enum gift_card_deed deed)
{
    const struct gift_card_model *shown = &c->gift_card;
    struct gift_card_change_model *m = &c->gift_card_change;

    explicit_bzero(m, sizeof(*m));
    m->deed = deed;
    m->number = shown->card.number;
    snprintf(m->last_four, sizeof(m->last_four), "%s", shown->card.last_four);
    m->balance_minor = shown->card.balance_minor;
    m->loading_count = shown->loading_count;
    memcpy(m->loadings, shown->loadings, sizeof(m->loadings));
    begin_form(m);
    stage_push(&c->stage, &gift_card_change_screen);
}

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &gift_card_change_screen)
        stage_pop(&c->stage);
    explicit_bzero(&c->gift_card_change, sizeof(c->gift_card_change));
}

/* ---- answers ---- */

static void on_put(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->gift_card_change.busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__GiftCardPutDone *done = (const Caroline__V1__GiftCardPutDone *)answer->reply;
    if (done->card == NULL)
        return;
    stage_say(&c->stage, MESSAGE_GOOD, "gift card %u is %s", done->card->number,
              done->card->blocked ? "blocked: it pays nothing, and nothing on it is lost" : "open again");
    if (stage_top(&c->stage) != &gift_card_change_screen)
        return;
    leave(c);
    if (c->gift_card.card.number == done->card->number)
        gift_card_take(&c->gift_card.card, done->card);
}

/* What the card's screen says is over; its paper comes in its place. */
static bool done_with_paper(struct counter *c, const Caroline__V1__GiftCard *card, const Caroline__V1__Receipt *receipt,
                            const char *code)
{
    if (stage_top(&c->stage) != &gift_card_change_screen)
        return false;
    leave(c);
    if (stage_top(&c->stage) == &gift_card_screen)
        gift_card_leave(c);
    gift_card_paper_show(c, card, receipt, code);
    return true;
}

static void on_moved(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    char key[64], code[GIFT_CARD_CODE_TEXT];

    c->gift_card_change.busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__GiftCardMoved *moved = (const Caroline__V1__GiftCardMoved *)answer->reply;
    if (moved->card == NULL)
        return;
    counter_copy(code, sizeof(code), moved->code);
    stage_say(&c->stage, MESSAGE_GOOD, "gift card %u has its money now: the lost one pays nothing any more",
              moved->card->number);
    snprintf(key, sizeof(key), "gift card %u/1", moved->card->number);
    printing_put_with_code(c, key, moved->receipt, code);
    done_with_paper(c, moved->card, moved->receipt, code);
    explicit_bzero(code, sizeof(code));
}

char *gift_card_back_text(const struct counter *c, const Caroline__V1__GiftCardUndone *undone, char text[STAGE_TEXT])
{
    char amount[NUMBER_TEXT];

    counter_money(c, amount, -undone->amount_minor);
    if (undone->means == MEANS(CASH))
        snprintf(text, STAGE_TEXT, "give %s back out of the drawer", amount);
    else if (undone->means == MEANS(GATEWAY))
        snprintf(text, STAGE_TEXT, "%s goes back to the stored card: the payment gateway is asked for it", amount);
    else
        snprintf(text, STAGE_TEXT, "%s went back %s, as it is in the books", amount,
                 undone->means == MEANS(CARD) ? "to the card" : "by transfer");
    return text;
}

static void on_undone(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    char key[64], text[STAGE_TEXT];

    c->gift_card_change.busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__GiftCardUndone *undone = (const Caroline__V1__GiftCardUndone *)answer->reply;
    if (undone->card == NULL)
        return;
    if (undone->means == MEANS(CASH))
        printing_kick(c);
    stage_say(&c->stage, MESSAGE_GOOD, "%s", gift_card_back_text(c, undone, text));
    snprintf(key, sizeof(key), "gift card back %" PRIu64, undone->payment_id);
    printing_put_with_code(c, key, undone->receipt, "");
    if (done_with_paper(c, undone->card, undone->receipt, "")) {
        c->gift_card_paper.back_minor = -undone->amount_minor;
        c->gift_card_paper.back_means = undone->means;
    }
}

/* ---- asking ---- */

static void send(struct counter *c, unsigned op, const ProtobufCMessage *message, link_answer_fn *answered)
{
    static const char *const deeds[] = { [GIFT_CARD_TO_BLOCK] = "blocking",
                                         [GIFT_CARD_TO_OPEN] = "opening",
                                         [GIFT_CARD_TO_MOVE] = "a new card for the lost",
                                         [GIFT_CARD_TO_GIVE_BACK] = "back for" };
    const struct gift_card_change_model *m = &c->gift_card_change;
    const struct gift_card_loading *loading = m->deed == GIFT_CARD_TO_GIVE_BACK ? chosen(m) : NULL;
    struct waiting waiting = {
        .busy = &c->gift_card_change.busy, .answered = answered, .leave = leave, .what = "the gift card"
    };
    char amount[NUMBER_TEXT];

    waiting_name(&waiting, "%s%s%s gift card %" PRIu32 ", ends in %s",
                 loading == NULL ? "" : counter_money(c, amount, loading->amount_minor), loading == NULL ? "" : " ",
                 deeds[m->deed], m->number, m->last_four);
    waiting_begin(c, op, message, &waiting);
}

static void send_put(struct counter *c)
{
    const struct gift_card_change_model *m = &c->gift_card_change;
    Caroline__V1__GiftCardPut message;

    caroline__v1__gift_card_put__init(&message);
    message.has_number = message.has_blocked = message.has_reason = true;
    message.number = m->number;
    message.blocked = m->deed == GIFT_CARD_TO_BLOCK;
    message.reason = counter_text(m->reason.text);
    send(c, CAROLINE__V1__OP__OP_GIFT_CARD_PUT, &message.base, on_put);
}

static void send_move(struct counter *c)
{
    const struct gift_card_change_model *m = &c->gift_card_change;
    Caroline__V1__GiftCardMove message;

    caroline__v1__gift_card_move__init(&message);
    message.has_number = message.has_reason = true;
    message.number = m->number;
    message.has_code = !field_is_empty(&m->code);
    message.code = counter_text(m->code.text);
    message.reason = counter_text(m->reason.text);
    send(c, CAROLINE__V1__OP__OP_GIFT_CARD_MOVE, &message.base, on_moved);
}

static void send_undo(struct counter *c)
{
    const struct gift_card_change_model *m = &c->gift_card_change;
    Caroline__V1__GiftCardUndo message;

    caroline__v1__gift_card_undo__init(&message);
    message.has_number = message.has_entry = message.has_reason = true;
    message.number = m->number;
    message.entry = (uint32_t)strtoul(m->entry.text, NULL, 10);
    message.reason = counter_text(m->reason.text);
    message.has_reference = field_count(m) == m->form.count && !field_is_empty(&m->reference);
    message.reference = counter_text(m->reference.text);
    send(c, CAROLINE__V1__OP__OP_GIFT_CARD_UNDO, &message.base, on_undone);
}

static bool focus_on(struct gift_card_change_model *m, const struct field *field)
{
    for (size_t i = 0; i < m->form.count; i++)
        if (m->form.rows[i].field == field)
            m->form.focus = i;
    return false;
}

static bool is_whole(struct counter *c)
{
    struct gift_card_change_model *m = &c->gift_card_change;
    const struct gift_card_loading *loading = chosen(m);

    if (!c->stage.status.connected) {
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: this is done once the server is there");
        return false;
    }
    if (m->deed == GIFT_CARD_TO_MOVE && !field_is_empty(&m->code) && !gift_card_looks_like(m->code.text)) {
        stage_say(&c->stage, MESSAGE_BAD, "that is no gift card's code: scan it again, or leave it empty");
        return focus_on(m, &m->code);
    }
    if (m->deed == GIFT_CARD_TO_GIVE_BACK && loading == NULL) {
        stage_say(&c->stage, MESSAGE_BAD, "type the number of one of these: its paper says it");
        return focus_on(m, &m->entry);
    }
    if (m->deed == GIFT_CARD_TO_MOVE && field_is_empty(&m->code) && !gift_card_code_has_room(c))
        return false;
    if (field_is_empty(&m->reason)) {
        stage_say(&c->stage, MESSAGE_BAD, "this is done with a reason only");
        return focus_on(m, &m->reason);
    }
    if (m->deed == GIFT_CARD_TO_GIVE_BACK && has_reference(loading) && field_is_empty(&m->reference)) {
        stage_say(&c->stage, MESSAGE_BAD, "%s",
                  loading->means == MEANS(CARD) ? "give it back on the card machine, and type what that printed"
                                                : "type the bank's reference of what goes back");
        return focus_on(m, &m->reference);
    }
    return true;
}

static void enter(void *model)
{
    struct counter *c = model;
    struct gift_card_change_model *m = &c->gift_card_change;

    if (m->busy)
        return;
    if (m->form.focus + 1 < field_count(m))
        form_next(&m->form);
    else if (is_whole(c))
        (m->deed == GIFT_CARD_TO_MOVE ? send_move : m->deed == GIFT_CARD_TO_GIVE_BACK ? send_undo : send_put)(c);
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;
    struct gift_card_change_model *m = &c->gift_card_change;

    if (sale_knows_code(c, code)) /* goods go into the basket, wherever they are scanned */
        return false;
    if (m->busy || m->deed != GIFT_CARD_TO_MOVE || !gift_card_looks_like(code)) {
        if (!doubtful)
            sale_say_not_taken(c, code, "it is no code of a new gift card");
        return !doubtful;
    }
    field_wipe(&m->code);
    field_set(&m->code, code);
    return true;
}

static void next(void *model)
{
    struct gift_card_change_model *m = &((struct counter *)model)->gift_card_change;

    if (m->form.focus + 1 < field_count(m))
        form_next(&m->form);
}

static void previous(void *model)
{
    struct gift_card_change_model *m = &((struct counter *)model)->gift_card_change;

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
    return form_field(&((struct counter *)model)->gift_card_change.form);
}

/* ---- the screen ---- */

static void draw_head(const struct gift_card_change_model *m, struct area area, const char *left)
{
    const char *behind = m->deed == GIFT_CARD_TO_BLOCK  ? "pays nothing until it is opened again"
                         : m->deed == GIFT_CARD_TO_OPEN ? "pays again"
                         : m->deed == GIFT_CARD_TO_MOVE ? "was lost: a new one gets its"
                                                        : "is given back: what was paid for it, whole";

    paint_format(area, 1, 0, area.columns, ALIGN_LEFT, STYLE_STRONG, "Gift card %" PRIu32 " %s %s", m->number, behind,
                 m->deed == GIFT_CARD_TO_MOVE ? left : "");
}

static const char *words_of(Caroline__V1__AccountMeans means)
{
    return means == MEANS(CASH)      ? "in cash"
           : means == MEANS(CARD)    ? "by card"
           : means == MEANS(GATEWAY) ? "by a stored card"
                                     : "by transfer";
}

/* Returns the row behind it. */
static int draw_loadings(struct counter *c, struct area area, int row)
{
    const struct gift_card_change_model *m = &c->gift_card_change;
    char amount[NUMBER_TEXT];

    for (size_t i = 0; i < m->loading_count; i++, row++) {
        const struct gift_card_loading *loading = &m->loadings[i];
        bool is_chosen = chosen(m) == loading;

        paint_format(area, row, 0, area.columns, ALIGN_LEFT, is_chosen ? STYLE_STRONG : STYLE_PLAIN,
                     "%s Entry %" PRIu32 ": %s %s", is_chosen ? ">" : " ", loading->entry,
                     counter_money(c, amount, loading->amount_minor), words_of(loading->means));
    }
    return row + 1;
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    const struct gift_card_change_model *m = &c->gift_card_change;
    struct area inner = area_columns(area, 3, area.columns - 6);
    struct form form = m->form;
    char left[NUMBER_TEXT];
    int row = 3;

    draw_head(m, inner, counter_money(c, left, m->balance_minor));
    if (m->deed == GIFT_CARD_TO_GIVE_BACK)
        row = draw_loadings(c, inner, row);

    form.count = field_count(m);
    row += form_draw(&form, inner, row);
    if (m->busy)
        waiting_draw(c, inner, row);
}

static const struct key keys[] = {
    { KEY_RETURN, "Go on", enter, "The next line; behind the last it is done", NULL },
    { KEY_ESCAPE, NULL, back, "Back, nothing was done", waiting_not_label },
    WAITING_TAKE_BACK(back),
    WAITING_PUT_ASIDE(back),
    { KEY_UP, NULL, previous, "The line above", NULL },
    { KEY_DOWN, NULL, next, "The line below", NULL },
    { 0 },
};

const struct screen gift_card_change_screen = {
    .title = "Gift card",
    .about =
        "It stands in the journal with its reason. A blocked card keeps its money; a lost one's is moved whole to a "
        "new one, which is scanned or has its code on paper; what was paid for a card goes back the way it came, as "
        "long as the card has never paid.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .scan = scan,
    .asleep = waiting_is_on,
};
