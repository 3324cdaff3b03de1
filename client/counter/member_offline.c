/* The member's screen while the server is away: whose card it is cannot be asked, so it is noted, scanned or typed. */
#include "client/counter/counter.h"

static void note_typed(struct counter *c, bool sure);

static void note_sure(void *model)
{
    note_typed(model, true);
}

static void note_typed(struct counter *c, bool sure)
{
    switch (offline_note_typed(c, c->member.query.text, sure)) {
    case OFFLINE_NOT_NOTED:
        break;
    case OFFLINE_NOTED:
        member_leave(c);
        break;
    case OFFLINE_ASKS:
        stage_ask(&c->stage, "Note the card", note_sure,
                  "Is %s a card's number? A phone number finds nobody without a connection, and is not noted.",
                  c->member.query.text);
        break;
    }
}

void member_enter_offline(struct counter *c)
{
    if (member_is_errand(c))
        stage_say_offline(&c->stage, MESSAGE_BAD, "no connection: members are with the server");
    else if (field_is_empty(&c->member.query))
        stage_say(&c->stage, MESSAGE_PLAIN,
                  "scan the card, or type its number: it is noted, and the points come later");
    else
        note_typed(c, false);
}

void member_scan_offline(struct counter *c, const char *code)
{
    if (member_is_errand(c)) {
        sale_say_not_taken(c, code, "no connection: members are with the server");
        c->stage.about_line = true;
    } else if (offline_note_card(c, code)) {
        member_leave(c);
    }
}
