/* This till's drawer is about to be opened without a sale: who, and why, is kept before the till may kick it. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"
#include "server/service/training_group.h"

struct no_sale {
    struct bytes reason;
    struct rows *state;
};

static enum step look(struct call *c)
{
    const Caroline__V1__ShiftNoSale *request = (const Caroline__V1__ShiftNoSale *)c->message;
    struct no_sale *n = c->shared;
    enum step step = shift_reason(c, field_bytes(request->reason), &n->reason);

    if (step == STEP_NEXT)
        n->state = shift_state_ask(c, 0);
    return step;
}

static enum step note(struct call *c)
{
    struct no_sale *n = c->shared;
    enum step step = shift_must_be_open(c, n->state);

    if (step != STEP_NEXT)
        return step;
    int64_t shift_id = row_int(n->state, 0, "shift_id");
    ask(c, &sql_shift_no_sale_insert,
        PARAMS(PARAM_INT(next_id(c)), PARAM_INT(shift_id), PARAM_TEXT_VIEW(n->reason), PARAM_INT(c->staff_id),
               PARAM_INSTANT(c->now)));
    journal_change(c, shift_id, TRAINING_DRAWER_OPENED, NULL,
                   arena_format(c->txn.arena, "%.*s", (int)n->reason.size, (const char *)n->reason.data));
    return shift_answer(c, n->state);
}

const struct op shift_no_sale = {
    .name = "shift_no_sale",
    .number = NUMBER(SHIFT_NO_SALE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_NO_SALE,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .training = &shift_no_sale_training,
    .request = &caroline__v1__shift_no_sale__descriptor,
    .reply = &caroline__v1__shift_shown__descriptor,
    .shared_size = sizeof(struct no_sale),
    .stages = { look, note },
};

/* ---- in training: the drawer stays shut ---- */

static enum step practise_keys(struct call *c, struct group *g)
{
    const Caroline__V1__ShiftNoSale *request = (const Caroline__V1__ShiftNoSale *)c->message;
    struct no_sale *n = c->shared;
    enum step step = shift_reason(c, field_bytes(request->reason), &n->reason);

    return step == STEP_NEXT ? training_keys(c, g) : step;
}

static enum step practise(struct call *c, struct group *g)
{
    struct no_sale *n = c->shared;
    struct training_state *state = training_of(g, c);
    enum step step = training_must_be_open(g, c);

    if (step != STEP_NEXT)
        return step;
    journal_change(c, state->id, TRAINING_DRAWER_OPENED, NULL,
                   arena_format(c->txn.arena, "%.*s", (int)n->reason.size, (const char *)n->reason.data));
    training_note(g, c);
    state->no_sale_count++;
    return training_shift_answer(c, state, training_till(g, c));
}

const struct op shift_no_sale_training = {
    .name = "shift_no_sale",
    .number = NUMBER(SHIFT_NO_SALE),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_NO_SALE,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__shift_no_sale__descriptor,
    .reply = &caroline__v1__shift_shown__descriptor,
    .shared_size = sizeof(struct no_sale),
    .group = &training_group,
    .strand = 'S',
    .keys = practise_keys,
    .decide = practise,
};
