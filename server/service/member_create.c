/* A new member: their key first, durable, then their row; the programme's points for joining as a lot with its entry. */
#include "common/rules/member_card.h"
#include "common/rules/points.h"
#include "db/queries.h"
#include "server/service/member_write.h"
#include "server/service/message.h"
#include "server/service/shop_day.h"

struct key_job {
    struct vault *vault;
    int64_t person_id;
    bool made;
};

struct creation {
    int64_t id;
    struct member_fields fields;
    struct rows *taken;
    struct rows *referrer, *by_phone; /* who brought them: by id or card, or by phone; NULL: not asked */
    int64_t referrer_id;              /* 0: nobody is said */
    struct key_job *key;
};

static struct rows *find_by(struct call *c, enum member_blind kind, const char *const *keys, size_t count)
{
    struct bytes *blinds = arena_array(c->txn.arena, count, sizeof *blinds);

    for (size_t i = 0; i < count; i++) {
        uint8_t *blind = arena_alloc(c->txn.arena, BLIND_SIZE);

        member_key_blind(c, kind, bytes_of_text(keys[i]), blind);
        blinds[i] = bytes_of(blind, BLIND_SIZE);
    }
    return ask(c, &sql_member_find_key, PARAMS(PARAM_INT(kind), PARAM_BYTESES(blinds, count)));
}

/* By an id; or by what is a card's code, a phone number, or both. */
static void find_referrer(struct call *c, const Caroline__V1__Member *member, struct creation *n)
{
    const char *phones[1 + PHONE_FORMS_MAX], *card;
    size_t dialled = 0;

    if (member->has_referrer_id) {
        /* One that no member has stands for one that is beyond what ids can be. */
        int64_t id = member->referrer_id > INT64_MAX ? -1 : (int64_t)member->referrer_id;

        n->referrer = ask(c, &sql_member_referrer, PARAMS(PARAM_INT(id)));
        return;
    }
    card = member_card_read(c->txn.arena, field_bytes(member->referrer_key));
    phones[0] = member_phone_key(c, field_bytes(member->referrer_key), phones + 1, &dialled);
    if (card)
        n->referrer = find_by(c, MEMBER_BLIND_CARD, &card, 1);
    if (phones[0])
        n->by_phone = find_by(c, MEMBER_BLIND_PHONE, phones, 1 + dialled);
}

static enum step take_referrer(struct call *c, const Caroline__V1__Member *member, struct creation *n)
{
    if (!member || (!member->has_referrer_id && !member->has_referrer_key))
        return STEP_NEXT;
    if (n->referrer && rows_count(n->referrer) > 0)
        n->referrer_id = row_int(n->referrer, 0, "id");
    else if (n->by_phone && rows_count(n->by_phone) > 0)
        n->referrer_id = row_int(n->by_phone, 0, "id");
    if (n->referrer_id == 0 || !vault_person_exists(c->vault, n->referrer_id))
        return refuse_field(c, REFUSAL(UNKNOWN_REFERRER),
                            member->has_referrer_id ? "member.referrer_id" : "member.referrer_key",
                            "no member is known by that who could have brought them");
    return STEP_NEXT;
}

static enum step check(struct call *c)
{
    const Caroline__V1__MemberCreate *request = (const Caroline__V1__MemberCreate *)c->message;
    struct creation *n = c->shared;
    bool known = false;

    if (!c->catalogue)
        return STEP_FAILED;
    if (request->member) {
        enum step step = member_fields_check(c, request->member, &n->fields);
        if (step != STEP_NEXT)
            return step;
    }
    for (int i = 0; i < MEMBER_FIELD_COUNT; i++)
        known =
            known || (i != MEMBER_BIRTHDAY && i < MEMBER_AVOIDS && n->fields.field[i].text && *n->fields.field[i].text);
    if (!known)
        return refuse_field(c, REFUSAL(BAD_FIELD), "member",
                            "a member needs a name, a phone number, an e-mail address or a card");
    n->taken = member_taken_ask(c, &n->fields);
    if (request->member->has_referrer_id || request->member->has_referrer_key)
        find_referrer(c, request->member, n);
    return STEP_NEXT;
}

static void make_key(void *argument)
{
    struct key_job *job = argument;
    job->made = vault_person_create(job->vault, job->person_id);
}

static enum step prepare(struct call *c)
{
    struct creation *n = c->shared;
    enum step step = member_taken_check(c, n->taken, 0);
    if (step != STEP_NEXT)
        return step;
    step = take_referrer(c, ((const Caroline__V1__MemberCreate *)c->message)->member, n);
    if (step != STEP_NEXT)
        return step;

    n->id = next_id(c);
    n->key = arena_alloc(c->txn.arena, sizeof *n->key);
    *n->key = (struct key_job){ .vault = c->vault, .person_id = n->id };
    offload(c, make_key, n->key);
    return STEP_NEXT;
}

static int64_t write_points(struct call *c, int64_t id)
{
    uint64_t version = catalogue_newest(c->catalogue);
    const struct programme *programme = catalogue_programme(c->catalogue, version);
    if (!programme || programme->sign_up_points == 0)
        return 0;

    struct day today = shop_today(catalogue_shop(c->catalogue, version), c->now);
    int64_t lot_id = next_id(c);
    ask(c, &sql_member_write_lot,
        PARAMS(PARAM_INT(lot_id), PARAM_INT(id), PARAM_DAY(today), PARAM_DAY(points_expiry(programme, today)),
               PARAM_INT(programme->sign_up_points)));
    ask(c, &sql_member_write_entry,
        PARAMS(PARAM_INT(id), PARAM_INT(lot_id), PARAM_INT(programme->sign_up_points), PARAM_INT(c->staff_id),
               PARAM_INSTANT(c->now)));
    return programme->sign_up_points;
}

int64_t member_write_new(struct call *c, int64_t id, const struct member_fields *f)
{
    ask(c, &sql_member_write,
        PARAMS(PARAM_INT(id), PARAM_INT(c->shop_id), member_sealed(c, id, f, MEMBER_NAME),
               member_sealed(c, id, f, MEMBER_PHONE), member_sealed(c, id, f, MEMBER_EMAIL),
               member_sealed(c, id, f, MEMBER_BIRTHDAY), member_sealed(c, id, f, MEMBER_CARD),
               member_sealed(c, id, f, MEMBER_AVOIDS), member_sealed(c, id, f, MEMBER_LANGUAGE),
               PARAM_INSTANT(c->now)));
    member_blinds_write(c, id, f, false);
    int64_t points = write_points(c, id);
    ask(c, &sql_member_write_account,
        PARAMS(PARAM_INT(id), PARAM_INT(points), member_birthday_blind(c, id, f), member_avoids_blind(c, id, f)));
    journal_change(c, id, "member", NULL, NULL);
    return points;
}

static enum step write(struct call *c)
{
    struct creation *n = c->shared;
    Caroline__V1__MemberDone reply = CAROLINE__V1__MEMBER_DONE__INIT;

    if (!n->key->made)
        return STEP_FAILED;
    int64_t points = member_write_new(c, n->id, &n->fields);
    enum step step = member_hear_allergies(c, n->id, &n->fields, NULL);
    if (step != STEP_NEXT)
        return step;
    if (n->referrer_id != 0)
        ask(c, &sql_member_write_referral, PARAMS(PARAM_INT(n->id), PARAM_INT(n->referrer_id), PARAM_INSTANT(c->now)));

    PUT(reply, id, (uint64_t)n->id);
    PUT(reply, points, points);
    return answer(c, &reply.base);
}

const struct op member_create = {
    .name = "member_create",
    .number = NUMBER(MEMBER_CREATE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EDIT,
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__member_create__descriptor,
    .reply = &caroline__v1__member_done__descriptor,
    .shared_size = sizeof(struct creation),
    .stages = { check, prepare, write },
};
