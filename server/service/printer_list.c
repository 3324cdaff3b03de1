/* The shop's printers, and how each is; of one of them its papers, too. */
#include "common/base/text.h"
#include "common/rules/receipt_number.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/printer_message.h"

#define PAGE 50

struct listing {
    struct rows *printers, *jobs;
};

static enum step find(struct call *c)
{
    const Caroline__V1__PrinterList *request = (const Caroline__V1__PrinterList *)c->message;
    const char *name = text_tidy(c->txn.arena, field_bytes(request->printer));
    struct listing *l = c->shared;

    if (request->has_printer)
        l->printers = ask(c, &sql_printer_find, PARAMS(PARAM_INT(c->shop_id), PARAM_TEXT(name)));
    else
        l->printers = ask(c, &sql_printer_list, PARAMS(PARAM_INT(c->shop_id)));
    return STEP_NEXT;
}

static enum step look(struct call *c)
{
    const Caroline__V1__PrinterList *request = (const Caroline__V1__PrinterList *)c->message;
    int64_t before = request->has_before && request->before < INT64_MAX ? (int64_t)request->before : INT64_MAX;
    struct listing *l = c->shared;

    if (!request->has_printer)
        return STEP_NEXT;
    enum step step = printer_must_be(c, l->printers, "printer");
    if (step == STEP_NEXT)
        l->jobs = ask(c, &sql_print_job_list, PARAMS(PARAM_INT(row_int(l->printers, 0, "id")), PARAM_INT(before)));
    return step;
}

static void tell_paper(Caroline__V1__PrintJob *job, const struct rows *rows, size_t row, struct arena *arena)
{
    if (row_int(rows, row, "kind") == PRINT_Z) {
        PUT(*job, till_number, (uint32_t)row_int(rows, row, "z_till_number"));
        PUT(*job, z_number, (uint32_t)row_int(rows, row, "z_number"));
        return;
    }
    struct receipt_number number = { .till = (uint32_t)row_int(rows, row, "till_number"),
                                     .series = (char)row_int(rows, row, "series"),
                                     .number = row_int(rows, row, "receipt_number") };
    PUT(*job, receipt_number, field_text(receipt_number_format(arena_alloc(arena, RECEIPT_NUMBER_TEXT), number)));
    PUT(*job, copy, (uint32_t)row_int(rows, row, "copy"));
    PUT(*job, gift, row_int(rows, row, "kind") == PRINT_GIFT);
}

static Caroline__V1__PrintJob *job_of(const struct rows *rows, size_t row, struct arena *arena)
{
    Caroline__V1__PrintJob *job = arena_alloc(arena, sizeof *job);

    caroline__v1__print_job__init(job);
    PUT(*job, number, (uint64_t)row_int(rows, row, "number"));
    tell_paper(job, rows, row, arena);
    PUT(*job, state, (Caroline__V1__PrintState)row_int(rows, row, "state"));
    PUT(*job, tries, (uint32_t)row_int(rows, row, "tries"));
    PUT(*job, put_us, (uint64_t)row_instant(rows, row, "put_at").us);
    PUT(*job, put_by, (uint64_t)row_int(rows, row, "staff_id"));
    if (!row_is_null(rows, row, "begun_at"))
        PUT(*job, begun_us, (uint64_t)row_instant(rows, row, "begun_at").us);
    if (!row_is_null(rows, row, "ended_at"))
        PUT(*job, ended_us, (uint64_t)row_instant(rows, row, "ended_at").us);
    return job;
}

static enum step reply_with(struct call *c)
{
    const struct listing *l = c->shared;
    Caroline__V1__PrinterListed reply = CAROLINE__V1__PRINTER_LISTED__INIT;
    struct arena *arena = c->txn.arena;
    size_t jobs = l->jobs ? rows_count(l->jobs) : 0;

    reply.printers = arena_array(arena, rows_count(l->printers) + 1, sizeof *reply.printers);
    for (; reply.n_printers < rows_count(l->printers) && reply.n_printers < PRINTERS_MAX; reply.n_printers++)
        reply.printers[reply.n_printers] = printer_message_of(l->printers, reply.n_printers, arena);
    reply.jobs = arena_array(arena, PAGE, sizeof *reply.jobs);
    for (; reply.n_jobs < jobs && reply.n_jobs < PAGE; reply.n_jobs++)
        reply.jobs[reply.n_jobs] = job_of(l->jobs, reply.n_jobs, arena);
    PUT(reply, more, jobs > PAGE);
    return answer(c, &reply.base);
}

const struct op printer_list = {
    .name = "printer_list",
    .number = NUMBER(PRINTER_LIST),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .training = &printer_list,
    .request = &caroline__v1__printer_list__descriptor,
    .reply = &caroline__v1__printer_listed__descriptor,
    .shared_size = sizeof(struct listing),
    .stages = { find, look, reply_with },
};
