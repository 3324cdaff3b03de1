/* Cash goes into this till's drawer or out of it, beside sales: change from the bank, something paid, a drop to the safe. */
#include "common/base/number.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"
#include "server/service/training_group.h"

#define MOVE_MAX INT64_C(1000000000000) /* minor units: a shift's report can add millions of them up */

struct move {
    struct bytes reason;
    struct rows *before, *after;
};

static enum step check(struct call *c)
{
    const Caroline__V1__ShiftMove *request = (const Caroline__V1__ShiftMove *)c->message;
    struct move *m = c->shared;

    if (request->kind != CAROLINE__V1__CASH_MOVE_KIND__CASH_MOVE_IN &&
        request->kind != CAROLINE__V1__CASH_MOVE_KIND__CASH_MOVE_OUT &&
        request->kind != CAROLINE__V1__CASH_MOVE_KIND__CASH_MOVE_DROP)
        return refuse_field(c, REFUSAL(BAD_CASH_MOVE), "kind", "cash goes in, out or to the safe");
    if (request->amount_minor <= 0)
        return refuse_field(c, REFUSAL(BAD_CASH_MOVE), "amount_minor", "the amount must be more than nothing");
    if (request->amount_minor > MOVE_MAX)
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "amount_minor",
                            "so much does not go through a drawer at once");
    return shift_reason(c, field_bytes(request->reason), &m->reason);
}

static enum step look(struct call *c)
{
    struct move *m = c->shared;
    enum step step = check(c);

    if (step == STEP_NEXT)
        m->before = shift_state_ask(c, 0);
    return step;
}

/* In the journal. */
static const char *const names[] = { "", TRAINING_CASH_IN, TRAINING_CASH_OUT, TRAINING_CASH_DROP };

static void note(struct call *c, int64_t shift_id, unsigned exponent)
{
    const Caroline__V1__ShiftMove *request = (const Caroline__V1__ShiftMove *)c->message;
    const struct move *m = c->shared;
    char text[NUMBER_TEXT];

    journal_change(c, shift_id, names[request->kind], NULL, minor_format(text, request->amount_minor, exponent));
    journal_change(c, shift_id, "reason", NULL,
                   arena_format(c->txn.arena, "%.*s", (int)m->reason.size, (const char *)m->reason.data));
}

static enum step move(struct call *c)
{
    const Caroline__V1__ShiftMove *request = (const Caroline__V1__ShiftMove *)c->message;
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct move *m = c->shared;
    enum step step = shift_must_be_open(c, m->before);
    enum shift_move kind =
        (enum shift_move)(SHIFT_CASH_IN + (int)request->kind - CAROLINE__V1__CASH_MOVE_KIND__CASH_MOVE_IN);
    int64_t amount = kind == SHIFT_CASH_IN ? request->amount_minor : -request->amount_minor;

    if (step != STEP_NEXT)
        return step;
    int64_t shift_id = row_int(m->before, 0, "shift_id"), cash = row_int(m->before, 0, "cash_minor") + amount;
    if (cash > MINOR_MAX || cash < -MINOR_MAX)
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "amount_minor", "the drawer leaves the range of money");
    int64_t id = next_id(c);
    ask(c, &sql_shift_move_insert,
        PARAMS(PARAM_INT(id), PARAM_INT(shift_id), PARAM_INT(kind), PARAM_INT(amount), PARAM_TEXT_VIEW(m->reason),
               PARAM_INT(c->staff_id), PARAM_INSTANT(c->now)));
    ask(c, &sql_shift_move_entry,
        PARAMS(PARAM_INT(id), PARAM_INT(kind), PARAM_INT(shift_id), PARAM_INT(amount), PARAM_INSTANT(c->now)));
    ask(c, &sql_shift_move_drawer, PARAMS(PARAM_INT(c->device_id), PARAM_INT(amount), PARAM_INT(shift_id)));
    m->after = shift_state_ask(c, 0);
    note(c, shift_id, shop->currency_exponent);
    return STEP_NEXT;
}

static enum step show(struct call *c)
{
    return shift_answer(c, ((struct move *)c->shared)->after);
}

const struct op shift_move = {
    .name = "shift_move",
    .number = NUMBER(SHIFT_MOVE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_CASH_MOVE,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .training = &shift_move_training,
    .request = &caroline__v1__shift_move__descriptor,
    .reply = &caroline__v1__shift_shown__descriptor,
    .shared_size = sizeof(struct move),
    .stages = { look, move, show },
};

/* ---- in training ---- */

static enum step practise_keys(struct call *c, struct group *g)
{
    enum step step = check(c);

    return step == STEP_NEXT ? training_keys(c, g) : step;
}

static enum step practise(struct call *c, struct group *g)
{
    const Caroline__V1__ShiftMove *request = (const Caroline__V1__ShiftMove *)c->message;
    struct training_state *state = training_of(g, c);
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));
    enum step step = training_must_be_open(g, c);
    enum shift_move kind =
        (enum shift_move)(SHIFT_CASH_IN + (int)request->kind - CAROLINE__V1__CASH_MOVE_KIND__CASH_MOVE_IN);
    int64_t amount = kind == SHIFT_CASH_IN ? request->amount_minor : -request->amount_minor;

    if (step != STEP_NEXT)
        return step;
    if (state->cash_minor + amount > MINOR_MAX || state->cash_minor + amount < -MINOR_MAX)
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "amount_minor", "the drawer leaves the range of money");
    note(c, state->id, shop->currency_exponent);
    training_note(g, c);
    training_move(state, kind, amount, c->txn.arena);
    return training_shift_answer(c, state, training_till(g, c));
}

const struct op shift_move_training = {
    .name = "shift_move",
    .number = NUMBER(SHIFT_MOVE),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_CASH_MOVE,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__shift_move__descriptor,
    .reply = &caroline__v1__shift_shown__descriptor,
    .shared_size = sizeof(struct move),
    .group = &training_group,
    .strand = 'S',
    .keys = practise_keys,
    .decide = practise,
};
