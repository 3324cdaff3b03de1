/* What a member may ask of the shop, at the counter: what they agreed to, and to be forgotten. A copy of everything is the office's: it has
 * every receipt, and would be metres of paper. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "proto/consent.pb-c.h"
#include "proto/privacy.pb-c.h"

#define ERASE_WORD "ERASE"

static void leave(struct counter *c)
{
    if (stage_top(&c->stage) == &erase_screen)
        stage_pop(&c->stage);
    if (stage_top(&c->stage) == &privacy_screen)
        stage_pop(&c->stage);
    explicit_bzero(&c->privacy, sizeof(c->privacy));
}

/* The answer is still wanted: nobody has left, or come back for another member. */
static bool is_of(const struct counter *c, uint64_t member_id)
{
    return c->privacy.id != 0 && (uint64_t)c->privacy.id == member_id;
}

static void take_consent(struct consent_row *row, const Caroline__V1__Consent *consent)
{
    *row = (struct consent_row){ .kind = consent->kind,
                                 .given = consent->given,
                                 .version = consent->text_version,
                                 .newest = consent->newest_version,
                                 .at_us = consent->has_at_us ? (int64_t)consent->at_us : 0 };
    counter_copy(row->name, sizeof(row->name), consent->name);
    counter_copy(row->text, sizeof(row->text), consent->text);
}

static void on_shown(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct privacy_model *m = &c->privacy;

    m->busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__MemberShown *shown = (const Caroline__V1__MemberShown *)answer->reply;
    if (shown->member == NULL || !is_of(c, shown->member->id))
        return;
    m->points = shown->member->points;
    m->list.count = 0;
    for (size_t i = 0; i < shown->member->n_consents && i < CONSENT_ROWS_MAX; i++)
        take_consent(&m->rows[m->list.count++], shown->member->consents[i]);
}

void privacy_begin(struct counter *c, const struct member_row *member)
{
    struct privacy_model *m = &c->privacy;
    Caroline__V1__MemberShow message;

    explicit_bzero(m, sizeof(*m));
    m->id = member->id;
    snprintf(m->name, sizeof(m->name), "%s", member->name);
    stage_push(&c->stage, &privacy_screen);
    m->busy = true;
    caroline__v1__member_show__init(&message);
    message.has_id = true;
    message.id = (uint64_t)m->id;
    counter_call(c, CAROLINE__V1__OP__OP_MEMBER_SHOW, &message.base, on_shown);
}

/* ---- what they agreed to ---- */

/* Chosen, and for now; NULL: there is none. */
static const struct consent_row *chosen(const struct counter *c)
{
    const struct privacy_model *m = &c->privacy;

    return m->busy || m->list.count == 0 ? NULL : &m->rows[m->list.selected];
}

static bool is_agreed(const struct consent_row *row)
{
    return row->given && row->version == row->newest;
}

static void on_put(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct privacy_model *m = &c->privacy;

    m->busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__ConsentPutDone *done = (const Caroline__V1__ConsentPutDone *)answer->reply;
    if (done->consent == NULL || !is_of(c, done->member_id))
        return;
    for (size_t i = 0; i < m->list.count; i++)
        if (m->rows[i].kind == done->consent->kind)
            take_consent(&m->rows[i], done->consent);
    stage_say(&c->stage, MESSAGE_GOOD,
              done->consent->given ? "agreed, and written down" : "taken back, and written down");
}

static void put(struct counter *c, const struct consent_row *row, bool given)
{
    Caroline__V1__ConsentPut message;

    caroline__v1__consent_put__init(&message);
    message.has_member_id = message.has_kind = message.has_given = message.has_text_version = true;
    message.member_id = (uint64_t)c->privacy.id;
    message.kind = row->kind;
    message.given = given;
    message.text_version = row->newest;
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_CONSENT_PUT, .message = &message.base, .answered = on_put, .owner = c
    };
    c->privacy.busy = counter_command(c, &command, NULL);
}

static void agree(void *model)
{
    const struct consent_row *row = chosen(model);

    if (row != NULL && !is_agreed(row))
        put(model, row, true);
}

static void take_back(void *model)
{
    const struct consent_row *row = chosen(model);

    if (row != NULL && row->given)
        put(model, row, false);
}

static const char *agree_label(const void *model)
{
    const struct consent_row *row = chosen(model);

    return row != NULL && !is_agreed(row) && counter_may(model, "member_edit") ? "They agree" : NULL;
}

static const char *take_back_label(const void *model)
{
    const struct consent_row *row = chosen(model);

    return row != NULL && row->given && counter_may(model, "member_edit") ? "They take it back" : NULL;
}

/* ---- to be forgotten ---- */

static void on_erased(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    c->privacy.busy = false;
    if (counter_refused(c, answer))
        return;
    const Caroline__V1__MemberErased *done = (const Caroline__V1__MemberErased *)answer->reply;
    member_is_gone(c, (int64_t)done->id);
    if (is_of(c, done->id)) {
        leave(c);
        member_forget(c);
    }
    stage_say(&c->stage, MESSAGE_GOOD, "the member is forgotten");
}

static void send_erase(struct counter *c)
{
    Caroline__V1__MemberErase message;

    caroline__v1__member_erase__init(&message);
    message.has_id = message.has_confirm_id = message.has_reason = true;
    message.id = message.confirm_id = (uint64_t)c->privacy.id;
    message.reason = CAROLINE__V1__ERASE_REASON__ERASE_ASKED;
    waiting_begin(c, CAROLINE__V1__OP__OP_MEMBER_ERASE, &message.base,
                  &(struct waiting){ .busy = &c->privacy.busy,
                                     .answered = on_erased,
                                     .leave = leave,
                                     .what = "a member who is to be forgotten" });
}

static void ask_erase(void *model)
{
    struct counter *c = model;

    field_init(&c->privacy.word, FIELD_TEXT, 20);
    stage_push(&c->stage, &erase_screen);
}

/* Not before the server has said what is lost with it. */
static const char *ask_erase_label(const void *model)
{
    return chosen(model) != NULL && counter_may(model, "member_erase") ? "Forget them" : NULL;
}

/* A key that is pressed twice, or a scan, is no word. */
static void enter_word(void *model)
{
    struct counter *c = model;

    if (c->privacy.busy)
        return;
    if (strcmp(c->privacy.word.text, ERASE_WORD) == 0) {
        send_erase(c);
        return;
    }
    field_replaceable(&c->privacy.word);
    stage_say(&c->stage, MESSAGE_BAD, "nothing is done: the word is " ERASE_WORD ", in capitals; Esc goes back");
}

static struct field *word(void *model)
{
    return &((struct counter *)model)->privacy.word;
}

static void back_from_word(void *model)
{
    struct counter *c = model;

    if (waiting_back(c))
        return;
    field_wipe(&c->privacy.word);
    stage_pop(&c->stage);
}

/* ---- keys ---- */

static void back(void *model)
{
    leave(model);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->privacy.list, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->privacy.list, KEY_DOWN);
}

/* Goods go into the basket, wherever they are scanned; no card is another member's. */
static bool only_goods(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || sale_knows_code(c, code))
        return false;
    sale_say_not_taken(c, code, "only goods are scanned here; Esc goes back");
    return true;
}

/* ---- drawing ---- */

static const char *state_of(const struct consent_row *row)
{
    return is_agreed(row) ? "agreed" : row->given ? "older text" : row->at_us != 0 ? "taken back" : "not asked";
}

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct counter *c = model;
    const struct consent_row *consent = &c->privacy.rows[index];
    char text[LOCAL_TEXT] = "";

    if (consent->at_us != 0)
        local_format(text, zone_local(counter_zone(c), (struct instant){ consent->at_us }));
    paint_fill(row, style);
    paint_text(row, 0, 1, row.columns - 34, ALIGN_LEFT, style, consent->name);
    paint_text(row, 0, row.columns - 31, 12, ALIGN_LEFT, style, state_of(consent));
    paint_text(row, 0, row.columns - 18, 17, ALIGN_LEFT, style, text);
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct privacy_model *m = &c->privacy;
    struct area inner = area_columns(area, 2, area.columns - 4);

    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, m->name);
    paint_text(inner, 2, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN,
               "What they agreed to. Read the text to them before they do.");
    if (m->list.count == 0) {
        paint_text(inner, 4, 0, inner.columns, ALIGN_LEFT, STYLE_DIM,
                   m->busy ? "Asking the server ..." : "Nothing is known.");
        return;
    }
    list_draw(&m->list, area_rows(inner, 4, (int)m->list.count), true, draw_row, c);
    int below = 5 + (int)m->list.count;
    below += paint_wrapped(inner, below, 0, inner.columns, STYLE_PLAIN, m->rows[m->list.selected].text);
    paint_format(inner, below + 1, 0, inner.columns, ALIGN_LEFT, STYLE_DIM,
                 "A copy of everything: the office, caroline member export %lld", (long long)m->id);
}

static void draw_erase(void *model, struct area area)
{
    struct counter *c = model;
    const struct privacy_model *m = &c->privacy;
    struct area inner = area_columns(area, 2, area.columns - 4);
    char points[NUMBER_TEXT];
    int row = 3;

    paint_format(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_BAD, "Forget %s?", m->name);
    row += paint_wrapped(
        inner, row, 0, inner.columns, STYLE_PLAIN,
        "Name, telephone, e-mail, birthday and card are gone at once and for good, from older copies of the "
        "books too. Receipts and sums stay, and name nobody.");
    paint_format(inner, row + 1, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG,
                 m->points < 0 ? "Who %s owes them no longer." : "%s are lost with it.",
                 counter_points(points, m->points));
    paint_text(inner, row + 3, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN,
               "It is not to be undone. Who is sure types the word " ERASE_WORD ":");
    paint_field(inner, row + 4, 0, 22, &m->word, true);
    if (m->busy)
        waiting_draw(c, inner, row + 6);
}

static const struct key keys[] = {
    { KEY_F(2), NULL, agree, "They agree to the text that is shown: read it to them first", agree_label },
    { KEY_F(3), NULL, take_back, "They take it back, as easily as it was given", take_back_label },
    { KEY_F(9), NULL, ask_erase, "Forget the member: it asks for a word first", ask_erase_label },
    { KEY_ESCAPE, "Back", back, "Back to the members", NULL },
    { KEY_UP, NULL, up, "The one above", NULL },
    { KEY_DOWN, NULL, down, "The one below", NULL },
    { 0 },
};

const struct screen privacy_screen = {
    .title = "Privacy",
    .about = "What a member may ask: what they agreed to, when and before whom, which they can take back at any time; "
             "a copy "
             "of everything, which the office prints; and to be forgotten.",
    .keys = keys,
    .draw = draw,
    .scan = only_goods,
};

static const struct key erase_keys[] = {
    { KEY_RETURN, "Forget them", enter_word, "With the word " ERASE_WORD " in the field: the member is forgotten",
      NULL },
    { KEY_ESCAPE, NULL, back_from_word, "Back, nothing is done", waiting_not_label },
    WAITING_TAKE_BACK(back_from_word),
    WAITING_PUT_ASIDE(back_from_word),
    { 0 },
};

const struct screen erase_screen = {
    .title = "Forget a member",
    .keys = erase_keys,
    .draw = draw_erase,
    .field = word,
    .scan = only_goods,
    .asleep = waiting_is_on,
};
