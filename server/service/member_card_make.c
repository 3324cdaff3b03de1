/* A card of our own for a member: a code that nobody can guess, which then is their card; every card that found them before finds nobody.
 * The stored answer does not have it: a command that comes again, perhaps behind another connection's, makes none and tells none. */
#include "common/base/phone.h"
#include "common/base/text.h"
#include "common/rules/member_card.h"
#include "db/queries.h"
#include "server/service/member_write.h"
#include "server/service/message.h"

struct making {
    int64_t id;
    struct rows *found;
    char code[MEMBER_CARD_CODE_TEXT];
};

static enum step find(struct call *c)
{
    const Caroline__V1__MemberCardMake *request = (const Caroline__V1__MemberCardMake *)c->message;
    struct making *m = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    m->id = request->member_id > INT64_MAX ? -1 : (int64_t)request->member_id;
    m->found = ask(c, &sql_member_lock, PARAMS(PARAM_INT(m->id)));
    return STEP_NEXT;
}

/* One whose digits could be a payment card's would be refused wherever it is typed. */
static void draw(struct call *c, char code[MEMBER_CARD_CODE_TEXT])
{
    uint8_t bytes[MEMBER_CARD_DRAWN];

    do {
        random_bytes(c, bytes, sizeof bytes);
        member_card_code(bytes, code);
    } while (text_has_card_number(bytes_of_text(code)));
}

static ProtobufCMessage *kept(struct call *c)
{
    const struct making *m = c->shared;
    Caroline__V1__MemberCardMade *reply = arena_alloc(c->txn.arena, sizeof *reply);

    caroline__v1__member_card_made__init(reply);
    PUT(*reply, member_id, (uint64_t)m->id);
    return &reply->base;
}

static enum step write(struct call *c)
{
    struct making *m = c->shared;
    struct member_fields fields = { 0 };
    Caroline__V1__MemberCardMade reply = CAROLINE__V1__MEMBER_CARD_MADE__INIT;

    if (rows_count(m->found) > 0 && !row_is_null(m->found, 0, "into_id"))
        return STEP_AGAIN; /* merged into another while this waited: that one gets the card */
    if (rows_count(m->found) > 0)
        m->id = row_int(m->found, 0, "id");
    if (rows_count(m->found) == 0 || !vault_person_exists(c->vault, m->id))
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "member_id", "no member of that id");
    if (c->repeated)
        return answer(c, kept(c)); /* whoever has the card that it made keeps it */
    draw(c, m->code);
    fields.field[MEMBER_CARD].given = true;
    fields.field[MEMBER_CARD].text = fields.field[MEMBER_CARD].key =
        card_normalise(c->txn.arena, bytes_of_text(m->code));
    ask(c, &sql_member_card_remove, PARAMS(PARAM_INT(m->id)));
    member_write_change(c, m->id, &fields);
    PUT(reply, member_id, (uint64_t)m->id);
    PUT(reply, code, field_text(m->code));
    return answer(c, &reply.base);
}

const struct op member_card_make = {
    .name = "member_card_make",
    .number = NUMBER(MEMBER_CARD_MAKE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EDIT,
    .clients = CLIENT_STAFF,
    .per_minute = 60,
    .request = &caroline__v1__member_card_make__descriptor,
    .reply = &caroline__v1__member_card_made__descriptor,
    .shared_size = sizeof(struct making),
    .stages = { find, write },
    .kept = kept,
};
