/* Change what is known of a member: present fields only, an empty one is taken away. */
#include "db/queries.h"
#include "server/service/member_fields.h"
#include "server/service/message.h"

struct update {
    int64_t id;
    struct member_fields fields;
    struct rows *found, *taken;
};

static enum step check(struct call *c)
{
    const Caroline__V1__MemberUpdate *request = (const Caroline__V1__MemberUpdate *)c->message;
    struct update *u = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    if (!request->member || !request->member->has_id)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "member.id", "say which member is to be changed");
    enum step step = member_fields_check(c, request->member, &u->fields);
    if (step != STEP_NEXT)
        return step;
    u->id = (int64_t)request->member->id;
    u->found = ask(c, &sql_member_lock, PARAMS(PARAM_INT(u->id)));
    u->taken = member_taken_ask(c, &u->fields);
    return STEP_NEXT;
}

static enum step judge(struct call *c)
{
    struct update *u = c->shared;

    if (rows_count(u->found) == 0 || !vault_person_exists(c->vault, u->id))
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "member.id", "no member of that id");
    return member_taken_check(c, u->taken, u->id);
}

/* The keys of changed fields go, those of their new values come. */
static void write_blinds(struct call *c, const struct update *u)
{
    static const struct {
        enum member_field field;
        enum member_blind kind;
    } pairs[] = { { MEMBER_PHONE, MEMBER_BLIND_PHONE },
                  { MEMBER_EMAIL, MEMBER_BLIND_EMAIL },
                  { MEMBER_CARD, MEMBER_BLIND_CARD },
                  { MEMBER_NAME, MEMBER_BLIND_NAME } };
    int64_t *gone = arena_array(c->txn.arena, sizeof pairs / sizeof *pairs, sizeof *gone);
    size_t count = 0;

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (u->fields.field[pairs[i].field].given)
            gone[count++] = pairs[i].kind;
    if (count)
        ask(c, &sql_member_blind_remove, PARAMS(PARAM_INT(u->id), PARAM_INTS(gone, count)));
    member_blinds_write(c, u->id, &u->fields);
    if (u->fields.field[MEMBER_BIRTHDAY].given)
        ask(c, &sql_member_update_birthday, PARAMS(PARAM_INT(u->id), member_birthday_blind(c, u->id, &u->fields)));
}

static enum step write(struct call *c)
{
    static const char *const names[MEMBER_FIELD_COUNT] = { "name", "phone", "email", "birthday", "card" };
    struct update *u = c->shared;
    struct param params[2 + 2 * MEMBER_FIELD_COUNT];
    size_t count = 0;
    Caroline__V1__MemberDone reply = CAROLINE__V1__MEMBER_DONE__INIT;

    params[count++] = PARAM_INT(u->id);
    for (int i = 0; i < MEMBER_FIELD_COUNT; i++) {
        params[count++] = PARAM_BOOL(u->fields.field[i].given);
        params[count++] = member_sealed(c, u->id, &u->fields, (enum member_field)i);
        if (u->fields.field[i].given)
            journal_change(c, u->id, names[i], NULL, NULL);
    }
    params[count++] = PARAM_INSTANT(c->now);
    ask(c, &sql_member_update, params, count);
    write_blinds(c, u);

    PUT(reply, id, (uint64_t)u->id);
    PUT(reply, points, row_int(u->found, 0, "points"));
    return answer(c, &reply.base);
}

const struct op member_update = {
    .name = "member_update",
    .number = NUMBER(MEMBER_UPDATE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EDIT,
    .clients = CLIENT_ANY,
    .request = &caroline__v1__member_update__descriptor,
    .reply = &caroline__v1__member_done__descriptor,
    .shared_size = sizeof(struct update),
    .stages = { check, judge, write },
};
