/* Show a Z again, as it was: a till's last, or that of a number. Whose drawer it was is read: it leaves a trace. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"
#include "server/service/shift_z_load.h"

static enum step find(struct call *c)
{
    const Caroline__V1__ShiftZShow *request = (const Caroline__V1__ShiftZShow *)c->message;

    shift_z_find(c, c->shared, request->has_till_number ? PARAM_INT(request->till_number) : PARAM_NULL(),
                 request->has_number ? request->number : 0);
    return STEP_NEXT;
}

static enum step load(struct call *c)
{
    const Caroline__V1__ShiftZShow *request = (const Caroline__V1__ShiftZShow *)c->message;
    struct shift_z_load *s = c->shared;

    if (rows_count(s->head) == 0 || (request->has_number && row_int(s->head, 0, "number") != request->number))
        return request->has_till_number ? refuse(c, REFUSAL(UNKNOWN_SHIFT), "that till has no such Z")
                                        : refuse_field(c, REFUSAL(UNKNOWN_SHIFT), "till_number",
                                                       "this device has no such Z: name the till whose it is");
    shift_z_load(c, s);
    return STEP_NEXT;
}

static enum step show(struct call *c)
{
    const struct shift_z_load *s = c->shared;
    struct shift_z z;
    struct shop shop;
    enum step step = shift_z_take(c, s, &z, &shop);

    if (step != STEP_NEXT)
        return step;
    if (z.books.holder_id != 0)
        journal_note(c, z.books.shift_id, "shift_z_show");
    return answer(c, &shift_reported_of(&z, false, &shop, z.closed_at, c->txn.arena)->base);
}

const struct op shift_z_show = {
    .name = "shift_z_show",
    .number = NUMBER(SHIFT_Z_SHOW),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SHIFT_CLOSE,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__shift_zshow__descriptor,
    .reply = &caroline__v1__shift_reported__descriptor,
    .shared_size = sizeof(struct shift_z_load),
    .stages = { find, load, show },
};
