/* This session practises from now on. Whoever may sell may: nothing real is touched, so there is nothing to forbid, and who is new
 * practises alone. */
#include "db/queries.h"
#include "proto/session.pb-c.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"

struct beginning {
    struct rows *till, *begun;
    int64_t id;
};

static enum step look(struct call *c)
{
    struct beginning *b = c->shared;

    if (c->training.id != 0)
        return refuse(c, REFUSAL(TRAINING_ON), "this session is in training already");
    b->till = shift_state_ask(c, 0);
    return STEP_NEXT;
}

/* The session may end while its call waits: then there is no row. */
static enum step begin(struct call *c)
{
    struct beginning *b = c->shared;
    const uint8_t *hash = session_token_hash(c);

    if (!shift_is_till(b->till))
        return refuse(c, REFUSAL(NOT_A_TILL), "this device has no drawer");
    if (!hash)
        return refuse(c, REFUSAL(SIGN_IN_FIRST), "nobody is signed in here");
    b->id = next_id(c);
    b->begun = ask(c, &sql_training_begin, PARAMS(PARAM_BYTES(bytes_of(hash, 32)), PARAM_INT(b->id)));
    journal_change(c, b->id, "training", NULL, "on");
    return STEP_NEXT;
}

static enum step tell(struct call *c)
{
    Caroline__V1__TrainingState reply = CAROLINE__V1__TRAINING_STATE__INIT;
    struct beginning *b = c->shared;

    if (rows_count(b->begun) == 0)
        return refuse(c, REFUSAL(SESSION_UNKNOWN), "the session has ended: sign in again");
    session_train(c, (struct training){ .id = b->id, .from = row_int(b->begun, 0, "training_from") });
    session_told(c);
    PUT(reply, training, true);
    PUT(reply, training_id, (uint64_t)b->id);
    return answer(c, &reply.base);
}

const struct op training_begin = {
    .name = "training_begin",
    .number = NUMBER(TRAINING_BEGIN),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .training = &training_begin,
    .request = &caroline__v1__training_begin__descriptor,
    .reply = &caroline__v1__training_state__descriptor,
    .shared_size = sizeof(struct beginning),
    .stages = { look, begin, tell },
};
