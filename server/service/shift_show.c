/* Show the drawer that one works with at this till: is a shift open, since when, and what should be in it. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"
#include "server/service/training_group.h"

struct show {
    struct rows *state;
};

bool shift_is_till(const struct rows *state)
{
    return rows_count(state) > 0 && !row_is_null(state, 0, "till_number");
}

enum step shift_answer(struct call *c, const struct rows *state)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    Caroline__V1__ShiftShown reply = CAROLINE__V1__SHIFT_SHOWN__INIT;

    if (!shift_is_till(state))
        return refuse(c, REFUSAL(NOT_A_TILL), "this device has no drawer");
    PUT(reply, open, !row_is_null(state, 0, "shift_id"));
    if (!row_is_null(state, 0, "number"))
        PUT(reply, number, (uint32_t)row_int(state, 0, "number"));
    if (row_int(state, 0, "offline_number") > 0)
        PUT(reply, offline_number, (uint64_t)row_int(state, 0, "offline_number"));
    if (shop != NULL && shop->drawer_per_person)
        PUT(reply, personal, true);
    if (row_int(state, 0, "others") > 0) {
        PUT(reply, others, (uint32_t)row_int(state, 0, "others"));
        PUT(reply, others_since_us, (uint64_t)row_instant(state, 0, "others_since").us);
    }
    if (reply.open) {
        if (row_int(state, 0, "holder_id") != 0)
            PUT(reply, holder_id, (uint64_t)row_int(state, 0, "holder_id"));
        PUT(reply, shift_id, (uint64_t)row_int(state, 0, "shift_id"));
        PUT(reply, opened_us, (uint64_t)row_instant(state, 0, "opened_at").us);
        PUT(reply, opened_by, (uint64_t)row_int(state, 0, "opened_by"));
        PUT(reply, float_minor, row_int(state, 0, "float_minor"));
        if (may(c, PERMISSION_SHIFT_CLOSE))
            PUT(reply, drawer_minor, row_int(state, 0, "cash_minor"));
        PUT(reply, sale_count, (uint64_t)row_int(state, 0, "sale_count"));
    }
    return answer(c, &reply.base);
}

static enum step look(struct call *c)
{
    struct show *s = c->shared;

    s->state = shift_state_ask(c, 0);
    return STEP_NEXT;
}

static enum step show(struct call *c)
{
    struct show *s = c->shared;

    return shift_answer(c, s->state);
}

const struct op shift_show = {
    .name = "shift_show",
    .number = NUMBER(SHIFT_SHOW),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .training = &shift_show_training,
    .request = &caroline__v1__shift_show__descriptor,
    .reply = &caroline__v1__shift_shown__descriptor,
    .shared_size = sizeof(struct show),
    .stages = { look, show },
};

/* ---- in training ---- */

static enum step look_practised(struct call *c)
{
    training_ask(c, c->shared);
    return STEP_NEXT;
}

static enum step show_practised(struct call *c)
{
    struct training_state state;
    uint32_t till;
    enum step step = training_take(c, c->shared, &state, &till);

    return step == STEP_NEXT ? training_shift_answer(c, &state, till) : step;
}

const struct op shift_show_training = {
    .name = "shift_show",
    .number = NUMBER(SHIFT_SHOW),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__shift_show__descriptor,
    .reply = &caroline__v1__shift_shown__descriptor,
    .shared_size = sizeof(struct training_rows),
    .stages = { look_practised, show_practised },
};
