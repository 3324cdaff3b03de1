/* A member of the points programme: found by phone, e-mail, card or name. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "client/goods/allergen_numbers.h"
#include "common/base/calling_code.h"

void member_begin(struct counter *c)
{
    struct member_model *m = &c->member;

    explicit_bzero(m, sizeof(*m));
    field_init(&m->query, FIELD_TEXT, 80);
    stage_push(&c->stage, &member_screen);
}

void member_begin_for(struct counter *c, const char *number)
{
    member_begin(c);
    snprintf(c->member.receipt, sizeof(c->member.receipt), "%s", number);
}

static void wipe(struct counter *c)
{
    c->member = (struct member_model){ 0 };
}

void member_leave(struct counter *c)
{
    stage_pop(&c->stage);
    wipe(c);
}

static void put_into_basket(struct counter *c, const struct member_row *row)
{
    open_basket_set_member(&c->basket, row->id, row->name, row->points, row->birthday);
    open_basket_set_tier(&c->basket, row->tier, row->tier_name);
    c->basket.member_avoids = row->avoids;
}

static void attach(struct counter *c, const struct member_row *row)
{
    char text[NUMBER_TEXT];

    put_into_basket(c, row);
    stage_say(&c->stage, MESSAGE_GOOD, "%s: %s%s%s", row->name, counter_points(text, row->points),
              row->tier_name[0] == 0 ? "" : ", ", row->tier_name);
    sale_changed(c);
}

void member_fill_row(struct member_row *row, const Caroline__V1__Member *member)
{
    row->id = (int64_t)member->id;
    row->points = member->points;
    row->birthday = member->birthday_today;
    row->avoids = allergens_of_numbers(member->avoids, member->n_avoids);
    row->since_us = member->since_us;
    row->tier = member->tier;
    counter_copy(row->tier_name, sizeof(row->tier_name), member->tier_name);
    counter_copy(row->name, sizeof(row->name), member->name);
    counter_copy(row->phone, sizeof(row->phone), member->phone);
}

/* ---- finding ---- */

static void on_found(void *owner, const struct link_answer *answer);

static void find(struct counter *c, Caroline__V1__MemberFind *message, link_answer_fn *answered)
{
    counter_call(c, CAROLINE__V1__OP__OP_MEMBER_FIND, &message->base, answered);
}

/* after_id: of a name, where the page before ended; 0: the first one. */
static void ask(struct counter *c, enum member_key key, uint64_t after_id)
{
    struct member_model *m = &c->member;
    Caroline__V1__MemberFind message;

    caroline__v1__member_find__init(&message);
    member_key_put(&message, key, m->query.text);
    message.has_after_id = after_id != 0;
    message.after_id = after_id;
    m->key = key;
    m->later = after_id != 0;
    m->busy = true;
    find(c, &message, on_found);
}

static void on_found(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct member_model *m = &c->member;

    m->busy = false;
    if (stage_top(&c->stage) != &member_screen)
        return;
    const Caroline__V1__MemberFound *found = (const Caroline__V1__MemberFound *)answer->reply;
    if (answer->outcome == LINK_OK && found->has_calling_code) {
        m->by_phone = true;
        counter_copy(m->calling_code, sizeof(m->calling_code), found->calling_code);
    }
    bool nobody =
        answer->outcome == LINK_OK ? found->n_members == 0 : answer->code == CAROLINE__V1__ERROR_CODE__BAD_PHONE;
    enum member_key next = member_key_next(m->query.text, m->key);
    if (answer->outcome == LINK_OK && nobody &&
        found->next_id != 0) { /* a page of whom only the index takes for them */
        ask(c, m->key, found->next_id);
        return;
    }
    if (nobody && !m->later && next != MEMBER_KEY_NONE) {
        ask(c, next, 0);
        return;
    }
    if (counter_refused(c, answer))
        return;
    m->asked = true;
    m->next_id = found->next_id;
    m->list = (struct list){ .rows = m->list.rows };
    for (size_t i = 0; i < found->n_members && i < MEMBERS_SHOWN_MAX; i++)
        member_fill_row(&m->rows[m->list.count++], found->members[i]);
}

/* Somebody is looked for, and not for the sale. */
bool member_is_errand(const struct counter *c)
{
    return c->member.same.id != 0 || c->member.receipt[0] != 0;
}

/* For the sale, for a receipt, or as the same person as the one before. */
static void take(struct counter *c, const struct member_row *row)
{
    struct member_row same = c->member.same;
    char receipt[sizeof(c->member.receipt)];

    if (same.id == row->id) {
        stage_say(&c->stage, MESSAGE_BAD, "this is the same member: look for the other one");
        return;
    }
    memcpy(receipt, c->member.receipt, sizeof(receipt));
    stage_pop(&c->stage);
    if (same.id != 0)
        member_merge_begin(c, &same, row);
    else if (receipt[0] != 0)
        attach_begin(c, row, receipt);
    else
        attach(c, row);
    wipe(c);
    explicit_bzero(&same, sizeof(same));
}

static void enter(void *model)
{
    struct counter *c = model;
    struct member_model *m = &c->member;

    if (m->busy)
        return;
    if (m->list.count > 0) {
        struct member_row row = m->rows[m->list.selected];
        take(c, &row);
        explicit_bzero(&row, sizeof(row));
    } else if (!c->stage.status.connected) {
        member_enter_offline(c);
    } else if (field_is_empty(&m->query)) {
        stage_say(&c->stage, MESSAGE_PLAIN,
                  "type a phone number, an e-mail address, a card's number or a name, or scan the card");
    } else {
        ask(c, member_key_first(m->query.text), 0);
    }
}

static void changed(void *model)
{
    struct counter *c = model;

    c->member.asked = c->member.by_phone = c->member.later = false;
    c->member.next_id = 0;
    c->member.list = (struct list){ 0 };
    explicit_bzero(c->member.code, sizeof c->member.code);
}

/* The page behind this one; behind the last the first again. */
static void page_on(void *model)
{
    struct counter *c = model;
    struct member_model *m = &c->member;

    if (m->next_id == 0 && !m->later)
        stage_say_no_use(&c->stage, "F2");
    else if (!m->busy)
        ask(c, m->key, m->next_id);
}

/* ---- from elsewhere ---- */

/* Their sale, or parking, was faster than the answer. */
static void say_too_late(struct counter *c, const struct member_row *row)
{
    if (c->training)
        told_say(c, "%s was not named: the card came too late for its basket", row->name);
    else
        told_say(
            c,
            "%s was not named: the card came too late for its basket. At the sale F4, then F10 gives them its receipt",
            row->name);
}

/* basket: into which the card was scanned. */
static void take_card(struct counter *c, const Caroline__V1__Member *member, uint64_t basket)
{
    bool listed = stage_top(&c->stage) == &member_screen;
    struct member_row row = { 0 };

    member_fill_row(&row, member);
    bool for_sale = !listed || !member_is_errand(c);
    if (for_sale && (c->errand != ERRAND_NONE || basket != c->basket_number))
        say_too_late(c, &row);
    else if (listed)
        take(c, &row);
    else
        attach(c, &row);
    explicit_bzero(&row, sizeof(row));
}

static void on_card(void *owner, const struct link_answer *answer)
{
    struct card_look look = *(struct card_look *)owner;
    struct counter *c = look.counter;

    explicit_bzero(owner, sizeof(look));
    const Caroline__V1__MemberFound *found = (const Caroline__V1__MemberFound *)answer->reply;
    if (answer->outcome != LINK_OK)
        told_say(c, "%s was not taken: %s", look.code, answer->sentence);
    else if (found->n_members == 0 && found->badge)
        switch_begin_badge(c, look.code);
    else if (found->n_members != 1)
        told_unknown(c, look.code, true);
    else
        take_card(c, found->members[0], look.basket);
    explicit_bzero(&look, sizeof(look));
}

void member_find_card(struct counter *c, const char *card)
{
    Caroline__V1__MemberFind message;
    struct card_look *look = NULL;

    if (!c->stage.status.connected) {
        offline_note_card(c, card);
        return;
    }
    for (size_t i = 0; i < CARD_LOOKS_MAX && look == NULL; i++)
        if (c->card_looks[i].counter == NULL)
            look = &c->card_looks[i];
    if (look == NULL) {
        told_say(c, "%s was not taken: the server is slow to say whose it is; scan it again", card);
        return;
    }
    *look = (struct card_look){ .counter = c, .basket = c->basket_number };
    snprintf(look->code, sizeof(look->code), "%s", card);
    caroline__v1__member_find__init(&message);
    message.has_card = true;
    message.card = counter_text(look->code);
    link_call(c->link, CAROLINE__V1__OP__OP_MEMBER_FIND, &message.base, 0, on_card, look);
}

static void on_shown(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;

    if (counter_refused(c, answer))
        return;
    const Caroline__V1__MemberShown *shown = (const Caroline__V1__MemberShown *)answer->reply;
    if (shown->member == NULL || c->basket.member_id == 0)
        return;
    for (size_t i = 0; i < shown->member->n_merged; i++)
        member_is_now(c, (int64_t)shown->member->merged[i]->id, (int64_t)shown->member->id);
    if ((int64_t)shown->member->id != c->basket.member_id)
        return;
    struct member_row row = { 0 };
    member_fill_row(&row, shown->member);
    put_into_basket(c, &row);
    explicit_bzero(&row, sizeof(row));
    avoids_look(c);
}

/* The same person: what was free, or told, is so still. */
void member_is_now(struct counter *c, int64_t before, int64_t id)
{
    if (c->basket.member_id == before)
        c->basket.member_id = id;
}

void member_is_gone(struct counter *c, int64_t id)
{
    if (c->basket.member_id != id)
        return;
    open_basket_set_member(&c->basket, 0, "", 0, false);
    sale_changed(c);
}

void member_refresh(struct counter *c)
{
    Caroline__V1__MemberShow message;

    if (c->basket.member_id == 0)
        return;
    caroline__v1__member_show__init(&message);
    message.has_id = true;
    message.id = (uint64_t)c->basket.member_id;
    counter_call(c, CAROLINE__V1__OP__OP_MEMBER_SHOW, &message.base, on_shown);
}

/* ---- keys ---- */

static void take_off(void *model)
{
    struct counter *c = model;

    open_basket_set_member(&c->basket, 0, "", 0, false);
    stage_pop(&c->stage);
    wipe(c);
    sale_changed(c);
}

static const char *take_off_label(const void *model)
{
    const struct counter *c = model;

    return c->basket.member_id == 0 || member_is_errand(c) ? NULL : "No member";
}

static const char *new_label(const void *model)
{
    return member_is_errand(model) ? NULL : "New";
}

const struct member_row *member_selected(const struct counter *c)
{
    return c->member.list.count == 0 ? NULL : &c->member.rows[c->member.list.selected];
}

static void change(void *model)
{
    struct counter *c = model;
    const struct member_row *row = member_selected(c);

    if (row == NULL || c->member.busy)
        return;
    int64_t id = row->id;
    stage_pop(&c->stage);
    wipe(c);
    member_change_begin(c, id);
}

static const char *change_label(const void *model)
{
    const struct counter *c = model;

    return member_selected(c) == NULL || member_is_errand(c) || !counter_may(c, "member_edit") ? NULL : "Change";
}

/* The list is left for that of the other one. */
static void same_as(void *model)
{
    struct member_model *m = &((struct counter *)model)->member;
    struct member_row row = m->rows[m->list.selected];

    explicit_bzero(m, sizeof(*m));
    field_init(&m->query, FIELD_TEXT, 80);
    m->same = row;
    explicit_bzero(&row, sizeof(row));
}

static const char *same_label(const void *model)
{
    const struct counter *c = model;

    return member_selected(c) == NULL || member_is_errand(c) || !counter_may(c, "member_merge") ? NULL
                                                                                                : "Is there twice";
}

static void new_member(void *model)
{
    struct counter *c = model;
    char text[FIELD_SIZE];

    snprintf(text, sizeof(text), "%s", c->member.query.text);
    stage_pop(&c->stage);
    wipe(c);
    member_new_begin(c, text);
    explicit_bzero(text, sizeof(text));
}

void member_forget(struct counter *c)
{
    struct member_model *m = &c->member;

    for (size_t i = 0; i < MEMBERS_SHOWN_MAX; i++)
        explicit_bzero(&m->rows[i], sizeof(m->rows[i]));
    field_wipe(&m->query);
    m->asked = m->later = m->by_phone = m->code_is_card = false;
    m->next_id = 0;
    m->list = (struct list){ 0 };
    explicit_bzero(m->code, sizeof m->code);
    explicit_bzero(m->code_name, sizeof m->code_name);
    m->code_id = 0;
}

static void privacy(void *model)
{
    struct counter *c = model;

    privacy_begin(c, &c->member.rows[c->member.list.selected]);
}

static void stored_cards(void *model)
{
    struct counter *c = model;
    const struct member_row *row = member_selected(c);

    if (row != NULL)
        stored_cards_begin(c, row);
}

static const char *stored_cards_label(const void *model)
{
    const struct counter *c = model;

    return member_selected(c) == NULL || member_is_errand(c) || !counter_may(c, "member_edit") ? NULL : "Payment cards";
}

static const char *privacy_label(const void *model)
{
    const struct counter *c = model;

    return member_selected(c) != NULL && !member_is_errand(c) && !c->training &&
                   (counter_may(c, "member_edit") || counter_may(c, "member_erase"))
               ? "Privacy"
               : NULL;
}

static void receipt_of(void *model)
{
    struct counter *c = model;
    struct member_row row = c->member.rows[c->member.list.selected];

    stage_pop(&c->stage);
    wipe(c);
    attach_begin(c, &row, "");
    explicit_bzero(&row, sizeof(row));
}

static const char *receipt_label(const void *model)
{
    const struct counter *c = model;

    return member_selected(c) == NULL || member_is_errand(c) || c->training ? NULL : "A receipt";
}

static void back(void *model)
{
    member_leave(model);
}

static void up(void *model)
{
    list_key(&((struct counter *)model)->member.list, KEY_UP);
}

static void down(void *model)
{
    list_key(&((struct counter *)model)->member.list, KEY_DOWN);
}

static struct field *field(void *model)
{
    return &((struct counter *)model)->member.query;
}

static bool scan(void *model, const char *code, bool doubtful)
{
    struct counter *c = model;

    if (doubtful || sale_knows_code(c, code)) /* goods go into the basket, wherever they are scanned */
        return false;
    if (c->stage.status.connected)
        member_find_card(c, code);
    else
        member_scan_offline(c, code);
    return true;
}

/* ---- drawing ---- */

static void draw_row(const void *model, size_t index, struct area row, enum style style)
{
    const struct member_row *member = &((const struct counter *)model)->member.rows[index];
    char text[NUMBER_TEXT];

    paint_fill(row, style);
    paint_text(row, 0, 1, row.columns - 36, ALIGN_LEFT, style, member->name);
    paint_text(row, 0, row.columns - 34, 17, ALIGN_LEFT, style, member->phone);
    paint_text(row, 0, row.columns - 17, 16, ALIGN_RIGHT, style, counter_points(text, member->points));
}

/* Numbers are kept so that nobody can read them, and found by all of their digits alone. */
static void draw_whole(const struct member_model *m, struct area area, int row)
{
    const char *example = phone_example(m->calling_code);

    if (example != NULL)
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
                     "A phone number is typed whole, with its area code: %s", example);
    else if (m->calling_code[0] != 0)
        paint_format(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
                     "A phone number is typed whole, with its area code, or as +%s ...", m->calling_code);
    else
        paint_text(area, row, 0, area.columns, ALIGN_LEFT, STYLE_STRONG,
                   "A phone number is typed whole, with its area code, as they gave it.");
}

static void draw(void *model, struct area area)
{
    struct counter *c = model;
    struct member_model *m = &c->member;
    struct area inner = area_columns(area, 2, area.columns - 4);

    if (m->same.id != 0)
        paint_format(inner, 0, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Who else is %s?", m->same.name);
    if (m->receipt[0] != 0)
        paint_format(inner, 0, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "Whose is receipt %s?", m->receipt);
    paint_text(inner, 1, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN,
               c->stage.status.connected || member_is_errand(c)
                   ? "Phone, e-mail, name or card's number; or scan the card"
                   : "No connection: scan the card, or type its number; the points come later");
    paint_field(inner, 2, 0, 50, &m->query, true);
    if (m->busy)
        paint_text(inner, 4, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "Asking the server ...");
    else if (m->asked && m->list.count == 0)
        paint_text(inner, 4, 0, inner.columns, ALIGN_LEFT, STYLE_WARN,
                   member_is_errand(c) ? "Nobody is known by that."
                                       : "Nobody is known by that. F6 makes a new member.");
    else if (m->next_id != 0)
        paint_text(inner, 4, 0, inner.columns, ALIGN_LEFT, STYLE_DIM,
                   "There are more: F2 shows the next ones, or type more of the name.");
    else if (m->later)
        paint_text(inner, 4, 0, inner.columns, ALIGN_LEFT, STYLE_DIM, "These are the last. F2 shows the first again.");
    if (!m->busy && m->asked && m->list.count == 0 && m->by_phone)
        draw_whole(m, inner, 5);
    list_draw(&m->list, area_rows(inner, 6, m->code[0] == 0 ? -1 : inner.rows - 9), true, draw_row, c);
    if (m->code[0] == 0)
        return;
    paint_format(inner, inner.rows - 2, 0, inner.columns, ALIGN_LEFT, STYLE_STRONG, "%s: %s",
                 m->code_is_card ? "Their card" : "At a kiosk", m->code);
    paint_format(inner, inner.rows - 1, 0, inner.columns, ALIGN_LEFT, STYLE_PLAIN,
                 m->code_is_card ? "finds %s from now on; a card before it finds nobody"
                                 : "lets %s in once, within ten minutes",
                 m->code_name);
}

static const struct key keys[] = {
    { KEY_RETURN, "Find, take", enter, "Look for them; then take the selected member", NULL },
    { KEY_ESCAPE, "Back", back, "Back to the sale", NULL },
    { KEY_F(2), NULL, page_on, "The next ones of that name; behind the last the first again", NULL },
    { KEY_F(3), NULL, stored_cards, "Payment cards that the selected member has stored: to remove, or to top up by",
      stored_cards_label },
    { KEY_F(4), NULL, member_code_make, "A code: the selected member signs in at a kiosk by it", member_code_label },
    { KEY_F(5), NULL, take_off, "This sale is nobody's", take_off_label },
    { KEY_F(6), NULL, new_member, "Make a new member", new_label },
    { KEY_F(7), NULL, change, "Change what is known of the selected member", change_label },
    { KEY_F(8), NULL, same_as, "The selected member is there twice: look for the other, and make one of them",
      same_label },
    { KEY_F(9), NULL, privacy, "What the selected member agreed to; forget them", privacy_label },
    { KEY_F(10), NULL, receipt_of, "A receipt that was rung up without the selected member is theirs", receipt_label },
    { KEY_F(11), NULL, member_card_make, "A new member's card for the selected member: the one they have ends",
      member_card_label },
    { KEY_UP, NULL, up, "The member above", NULL },
    { KEY_DOWN, NULL, down, "The member below", NULL },
    { 0 },
};

const struct screen member_screen = {
    .title = "Member",
    .about = "Letters look for names, digits for a phone number and then for a card, both together for a card first. A "
             "look-up "
             "leaves a trace.",
    .keys = keys,
    .draw = draw,
    .field = field,
    .changed = changed,
    .scan = scan,
};
