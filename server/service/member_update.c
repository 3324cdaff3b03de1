/* Change what is known of a member: present fields only, an empty one is taken away. */
#include "db/queries.h"
#include "server/service/member_write.h"
#include "server/service/message.h"

struct update {
    int64_t id;
    struct member_fields fields;
    struct rows *found, *taken, *consents; /* consents: where what they avoid is entered */
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

    if (rows_count(u->found) > 0 && !row_is_null(u->found, 0, "into_id"))
        return STEP_AGAIN; /* merged into another while this waited: that one is changed */
    if (rows_count(u->found) > 0)
        u->id = row_int(u->found, 0, "id");
    if (rows_count(u->found) == 0 || !vault_person_exists(c->vault, u->id))
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "member.id", "no member of that id");
    if (u->fields.avoids != 0)
        u->consents = ask(c, &sql_consent_newest, PARAMS(PARAM_INT(u->id)));
    return member_taken_check(c, u->taken, u->id);
}

static void write_account(struct call *c, int64_t id, const struct member_fields *f)
{
    bool birthday = f->field[MEMBER_BIRTHDAY].given, avoids = f->field[MEMBER_AVOIDS].given;

    if (birthday || avoids)
        ask(c, &sql_member_update_account,
            PARAMS(PARAM_INT(id), PARAM_BOOL(birthday), member_birthday_blind(c, id, f), PARAM_BOOL(avoids),
                   member_avoids_blind(c, id, f)));
}

void member_write_change(struct call *c, int64_t id, const struct member_fields *fields)
{
    struct param params[2 + 2 * MEMBER_FIELD_COUNT];
    size_t count = 0;

    params[count++] = PARAM_INT(id);
    for (int i = 0; i < MEMBER_FIELD_COUNT; i++) {
        params[count++] = PARAM_BOOL(fields->field[i].given);
        params[count++] = member_sealed(c, id, fields, (enum member_field)i);
        if (fields->field[i].given)
            journal_change(c, id, member_field_name((enum member_field)i), NULL, NULL);
    }
    params[count++] = PARAM_INSTANT(c->now);
    ask(c, &sql_member_update, params, count);
    member_blinds_write(c, id, fields, true);
    write_account(c, id, fields);
}

static enum step write(struct call *c)
{
    struct update *u = c->shared;
    Caroline__V1__MemberDone reply = CAROLINE__V1__MEMBER_DONE__INIT;

    enum step step = member_hear_allergies(c, u->id, &u->fields, u->consents);
    if (step != STEP_NEXT)
        return step;
    member_write_change(c, u->id, &u->fields);
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
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__member_update__descriptor,
    .reply = &caroline__v1__member_done__descriptor,
    .shared_size = sizeof(struct update),
    .stages = { check, judge, write },
};
