/* Lift every lock that wrong PINs put on a person. */
#include "db/queries.h"
#include "proto/staff.pb-c.h"
#include "server/service/message.h"
#include "server/service/sign_in.h"

struct unlocking {
    struct rows *staff;
};

static enum step unlock(struct call *c)
{
    const Caroline__V1__StaffUnlock *request = (const Caroline__V1__StaffUnlock *)c->message;
    struct unlocking *u = c->shared;
    uint8_t person[SIGN_IN_PERSON_SIZE];

    sign_in_person_of((int64_t)request->id, person);
    u->staff = ask(c, &sql_staff_unlock, PARAMS(PARAM_INT((int64_t)request->id), PARAM_INT(c->shop_id)));
    ask(c, &sql_staff_unlock_records, PARAMS(PARAM_INT(c->shop_id), PARAM_BYTES(bytes_of(person, sizeof person))));
    return STEP_NEXT;
}

static enum step reply_with(struct call *c)
{
    const Caroline__V1__StaffUnlock *request = (const Caroline__V1__StaffUnlock *)c->message;
    struct unlocking *u = c->shared;
    Caroline__V1__StaffPutDone reply = CAROLINE__V1__STAFF_PUT_DONE__INIT;

    if (rows_count(u->staff) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_STAFF), "id", "nobody of that id works here");
    journal_change(c, (int64_t)request->id, "locked", NULL, "false");
    PUT(reply, id, request->id);
    return answer(c, &reply.base);
}

const struct op staff_unlock = {
    .name = "staff_unlock",
    .number = NUMBER(STAFF_UNLOCK),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_STAFF_EDIT,
    .clients = CLIENT_STAFF,
    .request = &caroline__v1__staff_unlock__descriptor,
    .reply = &caroline__v1__staff_put_done__descriptor,
    .shared_size = sizeof(struct unlocking),
    .stages = { unlock, reply_with },
};
