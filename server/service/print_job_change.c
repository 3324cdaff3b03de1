/* A printer that is well again is tried at once; a paper that waits is dropped, and one that was dropped is put again. */
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/printer_message.h"

struct changing {
    struct rows *printer, *job;
};

static const Caroline__V1__PrintJobChange *request_of(const struct call *c)
{
    return (const Caroline__V1__PrintJobChange *)c->message;
}

static enum step find(struct call *c)
{
    const Caroline__V1__PrintJobChange *request = request_of(c);
    struct changing *p = c->shared;

    if (request->act != CAROLINE__V1__PRINT_ACT__PRINT_ACT_RETRY &&
        request->act != CAROLINE__V1__PRINT_ACT__PRINT_ACT_DROP)
        return refuse_field(c, REFUSAL(BAD_FIELD), "act", "try it again, or drop it");
    if (request->act == CAROLINE__V1__PRINT_ACT__PRINT_ACT_DROP && !request->has_number)
        return refuse_field(c, REFUSAL(BAD_FIELD), "number", "which paper is dropped? a printer's list numbers them");
    p->printer = printer_ask(c, request->printer);
    return STEP_NEXT;
}

static enum step look(struct call *c)
{
    const Caroline__V1__PrintJobChange *request = request_of(c);
    struct changing *p = c->shared;
    int64_t number = request->number > INT64_MAX ? 0 : (int64_t)request->number;
    enum step step = printer_must_be(c, p->printer, "printer");

    if (step == STEP_NEXT && request->has_number)
        p->job = ask(c, &sql_print_job_find, PARAMS(PARAM_INT(row_int(p->printer, 0, "id")), PARAM_INT(number)));
    return step;
}

static void write_dropped(struct call *c, const struct changing *p, int64_t tries, struct instant ended)
{
    struct param begun =
        row_is_null(p->job, 0, "begun_at") ? PARAM_NULL() : PARAM_INSTANT(row_instant(p->job, 0, "begun_at"));

    ask(c, &sql_print_job_write,
        PARAMS(PARAM_INT(row_int(p->printer, 0, "id")), PARAM_INT(row_int(p->job, 0, "number")),
               PARAM_INT(PRINT_DROPPED), PARAM_INT(tries), begun, PARAM_INSTANT(ended)));
}

static void drop(struct call *c, const struct changing *p)
{
    const int64_t id = row_int(p->printer, 0, "id"), number = row_int(p->job, 0, "number");

    write_dropped(c, p, row_int(p->job, 0, "tries"), c->now);
    printer_queue_write(c, p->printer, row_int(p->printer, 0, "job_count"), row_int(p->printer, 0, "waiting") - 1,
                        PRINTER_AS_IT_WAS);
    journal_change(c, id, "dropped", NULL, arena_format(c->txn.arena, "%lld", (long long)number));
}

static int64_t of_null(const struct rows *rows, const char *column)
{
    return row_is_null(rows, 0, column) ? 0 : row_int(rows, 0, column);
}

/* It may lie there in part: from its second try on a paper says that it is printed again; and so does what is put again twice. */
static enum step put_again(struct call *c, const struct changing *p, int64_t *number)
{
    struct print_paper paper = { .kind = (enum print_kind)row_int(p->job, 0, "kind"),
                                 .sale_id = of_null(p->job, "sale_id"),
                                 .copy = of_null(p->job, "copy"),
                                 .shift_id = of_null(p->job, "shift_id"),
                                 .tries = row_int(p->job, 0, "tries") };
    enum step step = print_put(c, p->printer, &paper, number);

    if (step == STEP_NEXT)
        write_dropped(c, p, paper.tries + 1, row_instant(p->job, 0, "ended_at"));
    return step;
}

static enum step act(struct call *c)
{
    Caroline__V1__PrintJobPut reply = CAROLINE__V1__PRINT_JOB_PUT__INIT;
    const Caroline__V1__PrintJobChange *request = request_of(c);
    const bool drops = request->act == CAROLINE__V1__PRINT_ACT__PRINT_ACT_DROP;
    struct changing *p = c->shared;
    enum step step = STEP_NEXT;
    int64_t number = 0;

    if (p->job && rows_count(p->job) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_PRINT_JOB), "number", "that printer has no such paper");
    if (p->job && !print_may((enum print_state)row_int(p->job, 0, "state"), drops ? PRINT_DROP : PRINT_RETRY))
        return refuse_field(
            c, REFUSAL(UNKNOWN_PRINT_JOB), "number",
            drops ? "it does not wait: it was printed or dropped"
                  : "it was not dropped: what waits is tried by itself, and of what was printed there are "
                    "copies");
    if (!p->job) {
        printer_queue_write(c, p->printer, row_int(p->printer, 0, "job_count"), row_int(p->printer, 0, "waiting"),
                            PRINTER_NOW);
    } else if (drops) {
        drop(c, p);
        number = row_int(p->job, 0, "number");
    } else {
        step = put_again(c, p, &number);
    }
    if (step != STEP_NEXT)
        return step;
    PUT(reply, printer, field_of(row_bytes(p->printer, 0, "name")));
    if (p->job)
        PUT(reply, number, (uint64_t)number);
    return answer(c, &reply.base);
}

const struct op print_job_change = {
    .name = "print_job_change",
    .number = NUMBER(PRINT_JOB_CHANGE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_PRINTER_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__print_job_change__descriptor,
    .reply = &caroline__v1__print_job_put__descriptor,
    .shared_size = sizeof(struct changing),
    .stages = { find, look, act },
};
