/* Open this till's drawer with a float. */
#include "common/base/number.h"
#include "common/rules/catalogue.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"

struct open {
    struct rows *before, *newest, *after;
    int64_t shift_id;
};

static enum step look(struct call *c)
{
    const Caroline__V1__ShiftOpen *request = (const Caroline__V1__ShiftOpen *)c->message;
    struct open *o = c->shared;

    if (request->float_minor < 0 || request->float_minor > MINOR_MAX)
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "float_minor",
                            "the float must be nothing or more, and within the range of money");
    o->before = ask(c, &sql_shift_state, PARAMS(PARAM_INT(c->device_id)));
    o->newest = ask(c, &sql_shift_newest_receipts, PARAMS(PARAM_INT(c->device_id)));
    return STEP_NEXT;
}

static enum step open_drawer(struct call *c)
{
    const Caroline__V1__ShiftOpen *request = (const Caroline__V1__ShiftOpen *)c->message;
    struct open *o = c->shared;
    char amount[NUMBER_TEXT];

    if (!shift_is_till(o->before))
        return refuse(c, REFUSAL(NOT_A_TILL), "this device has no drawer");
    if (!row_is_null(o->before, 0, "shift_id"))
        return refuse(c, REFUSAL(SHIFT_ALREADY_OPEN), "this till's shift %lld is open",
                      (long long)row_int(o->before, 0, "number"));
    int64_t number = 1 + (row_is_null(o->before, 0, "number") ? 0 : row_int(o->before, 0, "number"));
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));

    o->shift_id = next_id(c);
    ask(c, &sql_shift_insert,
        PARAMS(PARAM_INT(o->shift_id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id), PARAM_INT(number),
               PARAM_INSTANT(c->now), PARAM_INT(c->staff_id), PARAM_INT(request->float_minor),
               PARAM_INT(row_int(o->newest, 0, "t_last")), PARAM_INT(row_int(o->newest, 0, "x_last"))));
    ask(c, &sql_shift_drawer_open,
        PARAMS(PARAM_INT(c->device_id), PARAM_INT(o->shift_id), PARAM_INT(number), PARAM_INT(request->float_minor)));
    ask(c, &sql_shift_float_insert,
        PARAMS(PARAM_INT(o->shift_id), PARAM_INT(request->float_minor), PARAM_INSTANT(c->now)));
    o->after = ask(c, &sql_shift_state, PARAMS(PARAM_INT(c->device_id)));
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
    .request = &caroline__v1__shift_open__descriptor,
    .reply = &caroline__v1__shift_shown__descriptor,
    .shared_size = sizeof(struct open),
    .stages = { look, open_drawer, show },
};
