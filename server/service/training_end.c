/* This session sells in earnest again. What was practised stays in the strand S, and comes to nothing. */
#include "db/queries.h"
#include "proto/session.pb-c.h"
#include "server/service/message.h"

struct ending {
    struct rows *ended;
};

static enum step end(struct call *c)
{
    struct ending *e = c->shared;
    const uint8_t *hash = session_token_hash(c);

    if (c->training.id == 0)
        return refuse(c, REFUSAL(TRAINING_OFF), "this session is in no training");
    if (!hash)
        return refuse(c, REFUSAL(SIGN_IN_FIRST), "nobody is signed in here");
    e->ended = ask(c, &sql_training_end, PARAMS(PARAM_BYTES(bytes_of(hash, 32))));
    journal_change(c, c->training.id, "training", "on", "off");
    return STEP_NEXT;
}

static enum step tell(struct call *c)
{
    Caroline__V1__TrainingState reply = CAROLINE__V1__TRAINING_STATE__INIT;
    struct ending *e = c->shared;

    if (rows_count(e->ended) == 0)
        return refuse(c, REFUSAL(SESSION_UNKNOWN), "the session has ended: sign in again");
    session_train(c, (struct training){ 0 });
    session_told(c);
    PUT(reply, training, false);
    PUT(reply, training_id, (uint64_t)c->training.id);
    return answer(c, &reply.base);
}

const struct op training_end = {
    .name = "training_end",
    .number = NUMBER(TRAINING_END),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .training = &training_end,
    .request = &caroline__v1__training_end__descriptor,
    .reply = &caroline__v1__training_state__descriptor,
    .shared_size = sizeof(struct ending),
    .stages = { end, tell },
};
