/* What a member is given at the till: a code for a kiosk, and a card of ours. Both are on the screen for as long as it is looked at, and
 * on no disk. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>

#include "common/rules/member_card.h"
#include "proto/kiosk.pb-c.h"

/* One is asked for at a time, whoever is looked at by then: no answer is taken for another member's. */
static bool is_asked(struct counter *c)
{
    if (c->member_code_asked)
        stage_say(&c->stage, MESSAGE_PLAIN, "the server is asked: once more in a moment");
    return c->member_code_asked;
}

static void begin(struct member_model *m, const struct member_row *row, bool card)
{
    m->code[0] = 0;
    m->code_is_card = card;
    m->code_id = row->id;
    snprintf(m->code_name, sizeof(m->code_name), "%s", row->name);
}

static void ask(struct counter *c, const struct link_command *command)
{
    c->member_code_asked = c->member.code_asked = c->member.busy = counter_command(c, command, NULL);
}

/* Is who asked still looking? */
static bool answered(struct counter *c)
{
    struct member_model *m = &c->member;
    bool asked = m->code_asked;

    c->member_code_asked = false;
    if (asked)
        m->busy = m->code_asked = false;
    return asked && stage_top(&c->stage) == &member_screen;
}

/* ---- a code for the kiosk ---- */

static void on_code(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct member_model *m = &c->member;
    const Caroline__V1__MemberCodeMade *made = (const Caroline__V1__MemberCodeMade *)answer->reply;
    bool looked_at = answered(c);

    if (counter_refused(c, answer) || !looked_at || made->member_id != (uint64_t)m->code_id)
        return;
    if (made->code.len != 8) {
        stage_say(&c->stage, MESSAGE_BAD, "a code was made, and is not known here: make it once more");
        return;
    }
    snprintf(m->code, sizeof m->code, "%.4s %.4s", (const char *)made->code.data, (const char *)made->code.data + 4);
}

void member_code_make(void *model)
{
    struct counter *c = model;
    struct member_model *m = &c->member;
    const struct member_row *row = member_selected(c);
    Caroline__V1__MemberCodeMake message;

    if (m->busy || row == NULL || is_asked(c))
        return;
    begin(m, row, false);
    caroline__v1__member_code_make__init(&message);
    message.has_member_id = true;
    message.member_id = (uint64_t)m->code_id;
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_MEMBER_CODE_MAKE, .message = &message.base, .answered = on_code, .owner = c
    };
    ask(c, &command);
}

const char *member_code_label(const void *model)
{
    const struct counter *c = model;

    return member_selected(c) == NULL || member_is_errand(c) || c->training ? NULL : "Kiosk code";
}

/* ---- a card ---- */

static void print_card(struct counter *c, const char *name, const char *code)
{
    const struct shop *shop = counter_shop(c);

    if (c->printing == NULL) {
        stage_say(&c->stage, MESSAGE_PLAIN, "no printer is set up at this till: the card's code is on the screen");
        return;
    }
    struct arena *arena = arena_create(0);
    struct receipt paper = member_card_paper(shop == NULL ? "" : shop->name, name, code, arena);
    if (print_spool_put_personal(c->printing, &paper))
        stage_say(&c->stage, MESSAGE_GOOD, "the card goes to the printer");
    else
        stage_say(&c->stage, MESSAGE_BAD,
                  "too much waits for the printer: the card is not printed, its code is on the screen");
    arena_destroy(arena);
}

static void say_unknown(struct counter *c)
{
    stage_say(&c->stage, MESSAGE_BAD, "a card was made, and its code is not known here: make it once more");
}

/* An earlier run asked for it. */
void member_card_told(struct counter *c, const ProtobufCMessage *message)
{
    (void)message;
    say_unknown(c);
}

static void on_card(void *owner, const struct link_answer *answer)
{
    struct counter *c = owner;
    struct member_model *m = &c->member;
    const Caroline__V1__MemberCardMade *made = (const Caroline__V1__MemberCardMade *)answer->reply;
    char code[MEMBER_CARD_CODE_TEXT];
    bool looked_at = answered(c);

    if (counter_refused(c, answer))
        return;
    if (!looked_at || made->code.len != MEMBER_CARD_LENGTH || made->member_id != (uint64_t)m->code_id) {
        say_unknown(c);
        return;
    }
    counter_copy(code, sizeof(code), made->code);
    snprintf(m->code, sizeof(m->code), "%.4s %.4s %.4s %.4s", code, code + 4, code + 8, code + 12);
    print_card(c, m->code_name, code);
    explicit_bzero(code, sizeof(code));
}

/* Of who was asked about, should another be selected by now. */
static void make_card(void *model)
{
    struct counter *c = model;
    struct member_model *m = &c->member;
    Caroline__V1__MemberCardMake message;

    if (m->busy || stage_top(&c->stage) != &member_screen || m->code_id == 0 || is_asked(c))
        return;
    caroline__v1__member_card_make__init(&message);
    message.has_member_id = true;
    message.member_id = (uint64_t)m->code_id;
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_MEMBER_CARD_MAKE, .message = &message.base, .answered = on_card, .owner = c
    };
    ask(c, &command);
}

void member_card_make(void *model)
{
    struct counter *c = model;
    struct member_model *m = &c->member;
    const struct member_row *row = member_selected(c);

    if (m->busy || member_card_label(c) == NULL || is_asked(c))
        return;
    begin(m, row, true);
    stage_ask(&c->stage, "Make it", make_card, "a new member's card for %s? One that they have finds them no more",
              row->name);
}

const char *member_card_label(const void *model)
{
    const struct counter *c = model;

    return member_selected(c) == NULL || member_is_errand(c) || c->training || !counter_may(c, "member_edit")
               ? NULL
               : "Member card";
}
