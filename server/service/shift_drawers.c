/* What is open at this till, and whose it is. Names are read: it leaves a trace. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/shift_message.h"

struct list {
    struct rows *rows;
};

static enum step look(struct call *c)
{
    struct list *l = c->shared;

    l->rows = ask(c, &sql_shift_drawers, PARAMS(PARAM_INT(c->device_id)));
    return STEP_NEXT;
}

static Caroline__V1__ShiftDrawer *drawer_at(struct call *c, const struct rows *rows, size_t row)
{
    Caroline__V1__ShiftDrawer *drawer = arena_alloc(c->txn.arena, sizeof *drawer);
    int64_t holder_id = row_int(rows, row, "holder_id");
    const char *name = shift_holder_name(c, holder_id, rows, row);

    caroline__v1__shift_drawer__init(drawer);
    PUT(*drawer, shift_id, (uint64_t)row_int(rows, row, "shift_id"));
    PUT(*drawer, number, (uint32_t)row_int(rows, row, "number"));
    PUT(*drawer, opened_us, (uint64_t)row_instant(rows, row, "opened_at").us);
    if (holder_id != 0)
        PUT(*drawer, holder_id, (uint64_t)holder_id);
    if (name[0] != '\0')
        PUT(*drawer, holder_name, field_text(name));
    return drawer;
}

static enum step show(struct call *c)
{
    Caroline__V1__ShiftDrawersShown reply = CAROLINE__V1__SHIFT_DRAWERS_SHOWN__INIT;
    struct list *l = c->shared;
    size_t count = rows_count(l->rows);

    if (!shift_is_till(l->rows))
        return refuse(c, REFUSAL(NOT_A_TILL), "this device has no drawer");
    if (row_is_null(l->rows, 0, "shift_id"))
        count = 0;
    reply.drawers = arena_array(c->txn.arena, count, sizeof(Caroline__V1__ShiftDrawer *));
    for (size_t i = 0; i < count && i < SHIFT_DRAWERS_MAX; i++)
        reply.drawers[reply.n_drawers++] = drawer_at(c, l->rows, i);
    journal_note(c, c->device_id, "shift_drawers");
    return answer(c, &reply.base);
}

const struct op shift_drawers = {
    .name = "shift_drawers",
    .number = NUMBER(SHIFT_DRAWERS),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__shift_drawers__descriptor,
    .reply = &caroline__v1__shift_drawers_shown__descriptor,
    .shared_size = sizeof(struct list),
    .stages = { look, show },
};
