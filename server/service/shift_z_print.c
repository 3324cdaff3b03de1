/* A Z onto a printer of the shop's. Whose drawer it was stands on it, where it was a person's: the command's entry is the trace. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/printer_message.h"
#include "server/service/shift_z_load.h"

struct printing {
    struct shift_z_load z;
    struct rows *printer;
};

static enum step find(struct call *c)
{
    const Caroline__V1__ShiftZPrint *request = (const Caroline__V1__ShiftZPrint *)c->message;
    struct printing *p = c->shared;

    shift_z_find(c, &p->z, request->has_till_number ? PARAM_INT(request->till_number) : PARAM_NULL(),
                 request->has_number ? request->number : 0);
    p->printer = printer_ask(c, request->printer);
    return STEP_NEXT;
}

static enum step put(struct call *c)
{
    const Caroline__V1__ShiftZPrint *request = (const Caroline__V1__ShiftZPrint *)c->message;
    Caroline__V1__PrintJobPut reply = CAROLINE__V1__PRINT_JOB_PUT__INIT;
    struct printing *p = c->shared;
    const struct rows *head = p->z.head;
    struct print_paper paper = { .kind = PRINT_Z };
    int64_t number;
    enum step step = printer_must_be(c, p->printer, "printer");

    if (step != STEP_NEXT)
        return step;
    if (rows_count(head) == 0 || (request->has_number && row_int(head, 0, "number") != request->number))
        return request->has_till_number ? refuse(c, REFUSAL(UNKNOWN_SHIFT), "that till has no such Z")
                                        : refuse_field(c, REFUSAL(UNKNOWN_SHIFT), "till_number",
                                                       "this device has no such Z: name the till whose it is");
    paper.shift_id = row_int(head, 0, "shift_id");
    step = print_put(c, p->printer, &paper, &number);
    if (step != STEP_NEXT)
        return step;
    journal_change(c, paper.shift_id, "shift_z_print", NULL, row_text(p->printer, 0, "name"));
    PUT(reply, printer, field_of(row_bytes(p->printer, 0, "name")));
    PUT(reply, number, (uint64_t)number);
    return answer(c, &reply.base);
}

const struct op shift_z_print = {
    .name = "shift_z_print",
    .number = NUMBER(SHIFT_Z_PRINT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SHIFT_CLOSE,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__shift_zprint__descriptor,
    .reply = &caroline__v1__print_job_put__descriptor,
    .shared_size = sizeof(struct printing),
    .stages = { find, put },
};
