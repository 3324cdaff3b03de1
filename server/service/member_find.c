/* Members by phone, e-mail, card, or how the words of their name begin. Each one that is read leaves a trace. */
#include "common/base/phone.h"
#include "common/rules/member_card.h"
#include "db/queries.h"
#include "server/service/member_fields.h"
#include "server/service/message.h"
#include "server/service/staff_message.h"

#define FOUND_MAX 50

struct search {
    struct rows *rows;
    struct rows *staff; /* of a card that is shown at a counter: whose badge it is; NULL: not asked */
};

static struct bytes blind_of(struct call *c, enum member_blind kind, struct bytes key)
{
    uint8_t *blind = arena_alloc(c->txn.arena, BLIND_SIZE);
    member_key_blind(c, kind, key, blind);
    return bytes_of(blind, BLIND_SIZE);
}

static enum step find_keys(struct call *c, enum member_blind kind, const char *const *keys, size_t count)
{
    struct search *s = c->shared;
    struct bytes *blinds = arena_array(c->txn.arena, count, sizeof *blinds);

    for (size_t i = 0; i < count; i++)
        blinds[i] = blind_of(c, kind, bytes_of_text(keys[i]));
    s->rows = ask(c, &sql_member_find_key, PARAMS(PARAM_INT(kind), PARAM_BYTESES(blinds, count)));
    return STEP_NEXT;
}

static enum step find_key(struct call *c, enum member_blind kind, const char *key, int refusal, const char *field,
                          const char *sentence)
{
    return key ? find_keys(c, kind, &key, 1) : refuse_field(c, refusal, field, "%s", sentence);
}

static enum step find_phone(struct call *c, struct bytes phone)
{
    const char *keys[1 + PHONE_FORMS_MAX];
    size_t dialled;

    keys[0] = member_phone_key(c, phone, keys + 1, &dialled);
    if (!keys[0])
        return refuse(c, REFUSAL(BAD_PHONE), "this is no phone number");
    return find_keys(c, MEMBER_BLIND_PHONE, keys, 1 + dialled);
}

static enum step find_name(struct call *c, struct bytes name, uint64_t after_id)
{
    struct search *s = c->shared;
    struct bytes *words;
    size_t count = name_search_words(c->txn.arena, name, &words);

    if (count == 0)
        return refuse_field(c, REFUSAL(SEARCH_TOO_SHORT), "name", "give at least two letters of a name");
    struct bytes *blinds = arena_array(c->txn.arena, count, sizeof *blinds);
    for (size_t i = 0; i < count; i++)
        blinds[i] = blind_of(c, MEMBER_BLIND_NAME, words[i]);
    s->rows = ask(c, &sql_member_find_name,
                  PARAMS(PARAM_BYTES(blinds[0]), PARAM_BYTESES(blinds + 1, count - 1), PARAM_INT((int64_t)after_id)));
    return STEP_NEXT;
}

/* Who sells may be relieved: the badge that was scanned is no member's card, and no more of it is told. */
static void find_badge(struct call *c, struct bytes card)
{
    struct search *s = c->shared;
    uint8_t *blind = arena_alloc(c->txn.arena, BLIND_SIZE);

    if (c->client != CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER)
        return;
    staff_badge_blind(c, card, blind);
    s->staff = ask(c, &sql_session_open_find,
                   PARAMS(PARAM_INT(c->shop_id), PARAM_NULL(), PARAM_BYTES(bytes_of(blind, BLIND_SIZE))));
}

static enum step find(struct call *c)
{
    const Caroline__V1__MemberFind *r = (const Caroline__V1__MemberFind *)c->message;
    struct arena *arena = c->txn.arena;

    if (!c->catalogue)
        return STEP_FAILED;
    if (r->has_phone + r->has_email + r->has_card + r->has_name != 1)
        return refuse_field(c, REFUSAL(BAD_FIELD), "phone",
                            "search by one thing: a phone number, an e-mail address, a card or a name");
    if (r->has_after_id && (!r->has_name || r->after_id > INT64_MAX))
        return refuse_field(c, REFUSAL(BAD_FIELD), "after_id", "a search by name goes on where a page of it ended");
    if (r->has_phone)
        return find_phone(c, field_bytes(r->phone));
    if (r->has_email)
        return find_key(c, MEMBER_BLIND_EMAIL, email_normalise(arena, field_bytes(r->email)), REFUSAL(BAD_EMAIL),
                        "email", "this is no e-mail address");
    if (r->has_card)
        find_badge(c, field_bytes(r->card));
    if (r->has_card)
        return find_key(c, MEMBER_BLIND_CARD, member_card_read(arena, field_bytes(r->card)), REFUSAL(BAD_FIELD), "card",
                        "a card's code has 4 to 64 letters, digits and signs, as bar codes have them");
    return find_name(c, field_bytes(r->name), r->after_id);
}

/* Of a card that nobody has: is it one of ours that was misread? A badge may look like one. */
static bool is_misread(struct call *c)
{
    const Caroline__V1__MemberFind *request = (const Caroline__V1__MemberFind *)c->message;
    const struct search *s = c->shared;

    return request->has_card && rows_count(s->rows) == 0 && !(s->staff && rows_count(s->staff) > 0) &&
           member_card_is_misread(member_card_read(c->txn.arena, field_bytes(request->card)));
}

static enum step reply_with(struct call *c)
{
    const Caroline__V1__MemberFind *request = (const Caroline__V1__MemberFind *)c->message;
    const struct search *s = c->shared;

    if (is_misread(c))
        return refuse_field(c, REFUSAL(CARD_MISREAD), "card",
                            "a letter of this card is wrong: scan it again, or type it again");
    size_t count = rows_count(s->rows) > FOUND_MAX ? FOUND_MAX : rows_count(s->rows);
    Caroline__V1__MemberFound reply = CAROLINE__V1__MEMBER_FOUND__INIT;

    reply.members = arena_array(c->txn.arena, count + 1, sizeof *reply.members);
    for (size_t i = 0; i < count; i++) {
        Caroline__V1__Member *member = member_message_of(c, s->rows, i);
        /* the index knows eight letters of a word; the name itself knows them all */
        if (request->has_name && !name_matches(c->txn.arena, field_bytes(member->name), field_bytes(request->name)))
            continue;
        reply.members[reply.n_members++] = member;
        journal_note(c, (int64_t)member->id, "member_found");
    }
    PUT(reply, more, rows_count(s->rows) > FOUND_MAX);
    if (reply.more) /* of those that were looked at, shown or not */
        PUT(reply, next_id, (uint64_t)row_int(s->rows, FOUND_MAX - 1, "id"));
    if (rows_count(s->rows) == 0 && s->staff && rows_count(s->staff) > 0 && row_bool(s->staff, 0, "active"))
        PUT(reply, badge, true);
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    if (request->has_phone && reply.n_members == 0 && shop != NULL)
        PUT(reply, calling_code, field_text(shop->calling_code));
    return answer(c, &reply.base);
}

const struct op member_find = {
    .name = "member_find",
    .number = NUMBER(MEMBER_FIND),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_SEE,
    .clients = CLIENT_STAFF,
    .training = &member_find,
    .request = &caroline__v1__member_find__descriptor,
    .reply = &caroline__v1__member_found__descriptor,
    .shared_size = sizeof(struct search),
    .stages = { find, reply_with },
};
