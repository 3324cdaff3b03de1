/* What an open shift of this till comes to so far, and who sold how much of it: the X report. People are named: it leaves a trace. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"
#include "server/service/training_group.h"

struct report {
    int64_t shift_id; /* as it is named; 0: it is not */
    struct rows *before, *after;
    struct shift_rows rows;
};

static enum step look(struct call *c)
{
    const Caroline__V1__ShiftReport *request = (const Caroline__V1__ShiftReport *)c->message;
    struct report *r = c->shared;

    r->shift_id = shift_id_named(request->has_shift_id, request->shift_id);
    r->before = shift_state_ask(c, r->shift_id);
    return STEP_NEXT;
}

/* Each statement sees what is committed when it begins: a sale may come between them. */
static enum step read(struct call *c)
{
    struct report *r = c->shared;
    enum step step = shift_must_be_theirs(c, r->before, r->shift_id);

    if (step != STEP_NEXT)
        return step;
    int64_t shift_id = row_int(r->before, 0, "shift_id");
    shift_rows_ask(c, shift_id, &r->rows);
    shift_rows_ask_people(c, shift_id, &r->rows);
    r->after = shift_state_ask(c, r->shift_id);
    return STEP_NEXT;
}

static bool same(const struct rows *a, const struct rows *b)
{
    static const char *const columns[] = { "shift_id", "cash_minor", "sale_count" };

    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        if (row_is_null(a, 0, columns[i]) != row_is_null(b, 0, columns[i]))
            return false;
        if (!row_is_null(a, 0, columns[i]) && row_int(a, 0, columns[i]) != row_int(b, 0, columns[i]))
            return false;
    }
    return true;
}

static enum step show(struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct report *r = c->shared;
    struct shift_z z;

    if (!same(r->before, r->after))
        return STEP_AGAIN;
    enum step step = shift_rows_sum(c, &r->rows, &z);
    if (step != STEP_NEXT)
        return step;
    journal_note(c, z.books.shift_id, "shift_report");
    return answer(c, &shift_reported_of(&z, !may(c, PERMISSION_SHIFT_CLOSE), shop, c->now, c->txn.arena)->base);
}

const struct op shift_report = {
    .name = "shift_report",
    .number = NUMBER(SHIFT_REPORT),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .training = &shift_report_training,
    .request = &caroline__v1__shift_report__descriptor,
    .reply = &caroline__v1__shift_reported__descriptor,
    .shared_size = sizeof(struct report),
    .stages = { look, read, show },
};

/* ---- in training: it names nobody ---- */

static enum step look_practised(struct call *c)
{
    training_ask(c, c->shared);
    return STEP_NEXT;
}

static enum step show_practised(struct call *c)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct training_state state;
    const Caroline__V1__ShiftReport *request = (const Caroline__V1__ShiftReport *)c->message;
    struct shift_z z;
    uint32_t till;
    enum step step = training_take(c, c->shared, &state, &till);

    if (step != STEP_NEXT)
        return step;
    if (!state.open)
        return refuse(c, REFUSAL(SHIFT_NOT_OPEN), "open the drawer's shift first: the one that is practised");
    if (request->has_shift_id && (int64_t)request->shift_id != state.id)
        return refuse_field(c, REFUSAL(SHIFT_NOT_OPEN), "shift_id", "that shift is not the one that is practised");
    struct shift_books books = training_books(&state, till, c->catalogue, c->txn.arena);
    if (shift_z_sum(&books, &z) != SHIFT_OK)
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "the shift's sums leave the range that can be counted");
    return answer(c, &shift_reported_of(&z, !may(c, PERMISSION_SHIFT_CLOSE), shop, c->now, c->txn.arena)->base);
}

const struct op shift_report_training = {
    .name = "shift_report",
    .number = NUMBER(SHIFT_REPORT),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__shift_report__descriptor,
    .reply = &caroline__v1__shift_reported__descriptor,
    .shared_size = sizeof(struct training_rows),
    .stages = { look_practised, show_practised },
};
