/* Printers as messages, papers into their queues. */
#include "server/service/printer_message.h"

#include "common/base/text.h"
#include "db/queries.h"
#include "server/service/message.h"

struct rows *printer_ask(struct call *c, ProtobufCBinaryData name)
{
    return ask(c, &sql_printer_named,
               PARAMS(PARAM_INT(c->shop_id), PARAM_TEXT(text_tidy(c->txn.arena, field_bytes(name)))));
}

enum step printer_must_be(struct call *c, const struct rows *printer, const char *field)
{
    if (rows_count(printer) == 0 || row_bool(printer, 0, "removed"))
        return refuse_field(c, REFUSAL(UNKNOWN_PRINTER), field, "the shop has no printer of that name");
    return STEP_NEXT;
}

Caroline__V1__Printer *printer_message_of(const struct rows *rows, size_t row, struct arena *arena)
{
    Caroline__V1__Printer *printer = arena_alloc(arena, sizeof *printer);

    caroline__v1__printer__init(printer);
    PUT(*printer, name, field_of(row_bytes(rows, row, "name")));
    PUT(*printer, host, field_of(row_bytes(rows, row, "host")));
    PUT(*printer, port, (uint32_t)row_int(rows, row, "port"));
    PUT(*printer, columns, (uint32_t)row_int(rows, row, "column_count"));
    PUT(*printer, code_page, (Caroline__V1__CodePage)row_int(rows, row, "code_page"));
    PUT(*printer, waiting, (uint32_t)row_int(rows, row, "waiting"));
    if (!row_is_null(rows, row, "problem"))
        PUT(*printer, problem, field_of(row_bytes(rows, row, "problem")));
    if (!row_is_null(rows, row, "due_at"))
        PUT(*printer, next_us, (uint64_t)row_instant(rows, row, "due_at").us);
    return printer;
}

void printer_queue_write(struct call *c, const struct rows *printer, int64_t job_count, int64_t waiting,
                         enum printer_when when)
{
    const bool in_hand = !row_is_null(printer, 0, "node") && when != PRINTER_ANEW;
    const bool now = row_is_null(printer, 0, "due_at") || (when != PRINTER_AS_IT_WAS && !in_hand);
    struct param due = now ? PARAM_INSTANT(c->now) : PARAM_INSTANT(row_instant(printer, 0, "due_at"));
    struct param problem =
        row_is_null(printer, 0, "problem") ? PARAM_NULL() : PARAM_TEXT(row_text(printer, 0, "problem"));

    ask(c, &sql_printer_write,
        PARAMS(PARAM_INT(row_int(printer, 0, "id")), PARAM_INT(job_count), PARAM_INT(waiting),
               waiting == 0 ? PARAM_NULL() : due,
               waiting > 0 && in_hand ? PARAM_INT(row_int(printer, 0, "node")) : PARAM_NULL(),
               PARAM_INT(when == PRINTER_AS_IT_WAS ? row_int(printer, 0, "tries") : 0),
               when == PRINTER_ANEW ? PARAM_NULL() : problem));
}

enum step print_put(struct call *c, const struct rows *printer, const struct print_paper *paper, int64_t *number)
{
    const bool is_z = paper->kind == PRINT_Z;
    const int64_t id = row_int(printer, 0, "id"), waiting = row_int(printer, 0, "waiting");

    if (waiting >= PRINT_WAITING_MAX)
        return refuse_field(c, REFUSAL(PRINT_QUEUE_FULL), "printer",
                            "%d papers wait for that printer already: look at it", PRINT_WAITING_MAX);
    *number = row_int(printer, 0, "job_count") + 1;
    ask(c, &sql_print_job_insert,
        PARAMS(PARAM_INT(id), PARAM_INT(*number), PARAM_INT(paper->kind),
               is_z ? PARAM_NULL() : PARAM_INT(paper->sale_id), is_z ? PARAM_NULL() : PARAM_INT(paper->copy),
               is_z ? PARAM_INT(paper->shift_id) : PARAM_NULL(), PARAM_INT(paper->tries), PARAM_INT(c->device_id),
               PARAM_INT(c->staff_id), PARAM_INSTANT(c->now)));
    printer_queue_write(c, printer, *number, waiting + 1, PRINTER_AS_IT_WAS);
    journal_change(c, id, "print_job", NULL, arena_format(c->txn.arena, "%lld", (long long)*number));
    return STEP_NEXT;
}
