/* Open this till's drawer with a float, or one's own at it. */
#include "common/base/number.h"
#include "common/rules/catalogue.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"
#include "server/service/training_group.h"

struct open {
    struct rows *before, *newest, *after;
    int64_t shift_id;
};

static enum step check(struct call *c)
{
    const Caroline__V1__ShiftOpen *request = (const Caroline__V1__ShiftOpen *)c->message;

    if (request->float_minor < 0 || request->float_minor > MINOR_MAX)
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "float_minor",
                            "the float must be nothing or more, and within the range of money");
    return STEP_NEXT;
}

static enum step look(struct call *c)
{
    struct open *o = c->shared;
    enum step step = check(c);

    if (step != STEP_NEXT)
        return step;
    o->before = shift_state_ask(c, 0);
    o->newest = ask(c, &sql_shift_newest_receipts, PARAMS(PARAM_INT(c->device_id)));
    return STEP_NEXT;
}

static enum step may_open(struct call *c, const struct rows *state, bool per_person)
{
    long long others = (long long)row_int(state, 0, "others");

    switch (shift_may_open(per_person, !row_is_null(state, 0, "shift_id"), others)) {
    case SHIFT_MAY_OPEN:
        break;
    case SHIFT_IS_OPEN:
        return refuse(c, REFUSAL(SHIFT_ALREADY_OPEN), "%s shift %lld is open",
                      row_int(state, 0, "holder_id") == 0 ? "this till's" : "your",
                      (long long)row_int(state, 0, "number"));
    case SHIFT_OTHERS_OPEN:
        return refuse(c, REFUSAL(DRAWER_OTHERS_OPEN),
                      "%lld drawer%s of single persons %s open at this till: the till's own opens once they are closed",
                      others, others == 1 ? "" : "s", others == 1 ? "is" : "are");
    case SHIFT_TOO_MANY:
        return refuse(c, REFUSAL(TOO_MANY_DRAWERS), "%d drawers are open at this till: close one first",
                      SHIFT_DRAWERS_MAX);
    }
    return STEP_NEXT;
}

static enum step open_drawer(struct call *c)
{
    const Caroline__V1__ShiftOpen *request = (const Caroline__V1__ShiftOpen *)c->message;
    struct open *o = c->shared;
    char amount[NUMBER_TEXT];

    if (!shift_is_till(o->before))
        return refuse(c, REFUSAL(NOT_A_TILL), "this device has no drawer");
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    int64_t holder_id = shop->drawer_per_person ? c->staff_id : 0, number = 1 + row_int(o->before, 0, "newest");
    enum step step = may_open(c, o->before, shop->drawer_per_person);

    if (step != STEP_NEXT)
        return step;
    o->shift_id = next_id(c);
    ask(c, &sql_shift_insert,
        PARAMS(PARAM_INT(o->shift_id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id), PARAM_INT(number),
               PARAM_INSTANT(c->now), PARAM_INT(c->staff_id), PARAM_INT(request->float_minor),
               PARAM_INT(row_int(o->newest, 0, "t_last")), PARAM_INT(row_int(o->newest, 0, "x_last")),
               PARAM_INT(holder_id)));
    ask(c, &sql_shift_drawer_open,
        PARAMS(PARAM_INT(c->device_id), PARAM_INT(o->shift_id), PARAM_INT(number), PARAM_INT(request->float_minor),
               PARAM_INT(holder_id)));
    ask(c, &sql_shift_float_insert,
        PARAMS(PARAM_INT(o->shift_id), PARAM_INT(request->float_minor), PARAM_INSTANT(c->now)));
    o->after = shift_state_ask(c, 0);
    journal_change(c, o->shift_id, "float_minor", NULL,
                   minor_format(amount, request->float_minor, shop->currency_exponent));
    return STEP_NEXT;
}

static enum step show(struct call *c)
{
    struct open *o = c->shared;

    return shift_answer(c, o->after);
}

const struct op shift_open = {
    .name = "shift_open",
    .number = NUMBER(SHIFT_OPEN),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .training = &shift_open_training,
    .request = &caroline__v1__shift_open__descriptor,
    .reply = &caroline__v1__shift_shown__descriptor,
    .shared_size = sizeof(struct open),
    .stages = { look, open_drawer, show },
};

/* ---- in training ---- */

static enum step practise_keys(struct call *c, struct group *g)
{
    enum step step = check(c);

    return step == STEP_NEXT ? training_keys(c, g) : step;
}

static enum step practise(struct call *c, struct group *g)
{
    const Caroline__V1__ShiftOpen *request = (const Caroline__V1__ShiftOpen *)c->message;
    struct training_state *state = training_of(g, c);
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));
    enum step step = training_may(g, c);
    char amount[NUMBER_TEXT];

    if (step != STEP_NEXT)
        return step;
    if (state->open)
        return refuse(c, REFUSAL(SHIFT_ALREADY_OPEN), "the shift that is practised is open");
    journal_change(c, state->id, TRAINING_SHIFT_OPENED, NULL,
                   minor_format(amount, request->float_minor, shop->currency_exponent));
    training_note(g, c);
    training_open_shift(state, g->now, c->staff_id, request->float_minor);
    return training_shift_answer(c, state, training_till(g, c));
}

const struct op shift_open_training = {
    .name = "shift_open",
    .number = NUMBER(SHIFT_OPEN),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__shift_open__descriptor,
    .reply = &caroline__v1__shift_shown__descriptor,
    .shared_size = sizeof(struct open),
    .group = &training_group,
    .strand = 'S',
    .keys = practise_keys,
    .decide = practise,
};
