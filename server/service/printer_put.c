/* Name a network printer of the shop's, change what is given of it, or take it away. The server sends to no address that nobody who may
 * do this has entered. */
#include "common/base/text.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/printer_message.h"
#include "server/service/typed.h"

struct putting {
    const char *name;
    struct rows *found, *all;
    int64_t id;
    bool made; /* it is a new one, or one that was removed is back */
    struct printer_terms before, after;
};

static const Caroline__V1__PrinterPut *request_of(const struct call *c)
{
    return (const Caroline__V1__PrinterPut *)c->message;
}

static const Caroline__V1__Printer *given_of(const struct call *c)
{
    static const Caroline__V1__Printer nothing = CAROLINE__V1__PRINTER__INIT;

    return request_of(c)->printer ? request_of(c)->printer : &nothing;
}

static enum step find(struct call *c)
{
    struct putting *p = c->shared;
    enum step step = typed_text(c, "printer.", "name", given_of(c)->name, PRINTER_NAME_MAX, &p->name);

    if (step != STEP_NEXT)
        return step;
    if (text_is_blank(bytes_of_text(p->name)))
        return refuse_field(c, REFUSAL(BAD_PRINTER), "printer.name", "a printer has a name: office, bakehouse");
    p->found = printer_ask(c, given_of(c)->name);
    p->all = ask(c, &sql_printer_list, PARAMS(PARAM_INT(c->shop_id)));
    return STEP_NEXT;
}

/* What is given, upon what was there or what a new one begins with. */
static void take_terms(struct call *c, struct putting *p)
{
    const Caroline__V1__Printer *given = given_of(c);
    const struct rows *rows = p->found;

    p->before =
        (struct printer_terms){ .host = "", .port = PRINTER_PORT, .columns = PRINTER_WIDTH, .page = PRINT_PC858 };
    if (!p->made)
        p->before = (struct printer_terms){ .host = row_text(rows, 0, "host"),
                                            .port = row_int(rows, 0, "port"),
                                            .columns = row_int(rows, 0, "column_count"),
                                            .page = row_int(rows, 0, "code_page") };
    p->after = p->before;
    if (given->has_host)
        p->after.host = text_tidy(c->txn.arena, field_bytes(given->host));
    if (given->has_port)
        p->after.port = given->port;
    if (given->has_columns)
        p->after.columns = given->columns;
    if (given->has_code_page)
        p->after.page = given->code_page;
}

static enum step judge(struct call *c, const struct printer_terms *terms)
{
    static const char *const fields[] = { [PRINTER_BAD_HOST] = "printer.host",
                                          [PRINTER_BAD_PORT] = "printer.port",
                                          [PRINTER_BAD_COLUMNS] = "printer.columns",
                                          [PRINTER_BAD_PAGE] = "printer.code_page" };
    static const char *const sentences[] = {
        [PRINTER_BAD_HOST] = "a network printer is reached by its address or its name in the network, as 192.168.1.60",
        [PRINTER_BAD_PORT] = "a port is 1 to 65535; printers listen at 9100",
        [PRINTER_BAD_COLUMNS] = "a paper has 32, 42 or 48 columns",
        [PRINTER_BAD_PAGE] = "a code page is pc437, pc858 or wpc1252"
    };
    enum printer_verdict verdict = printer_judge(terms);

    if (verdict == PRINTER_FITS)
        return STEP_NEXT;
    return refuse_field(c, REFUSAL(BAD_PRINTER), fields[verdict], "%s", sentences[verdict]);
}

static void note(struct call *c, const struct putting *p)
{
    if (p->made)
        journal_change(c, p->id, "name", NULL, p->name);
    changes_text(c, p->id, "host", p->made, p->before.host, p->after.host);
    changes_number(c, p->id, "port", p->made, p->before.port, p->after.port);
    changes_number(c, p->id, "columns", p->made, p->before.columns, p->after.columns);
    changes_number(c, p->id, "code_page", p->made, p->before.page, p->after.page);
}

static void change(struct call *c, const struct putting *p, bool removed)
{
    ask(c, &sql_printer_change,
        PARAMS(PARAM_INT(p->id), PARAM_TEXT(p->after.host), PARAM_INT(p->after.port), PARAM_INT(p->after.columns),
               PARAM_INT(p->after.page), PARAM_BOOL(removed)));
}

static enum step done(struct call *c, const struct putting *p, int64_t dropped)
{
    Caroline__V1__PrinterPutDone reply = CAROLINE__V1__PRINTER_PUT_DONE__INIT;
    Caroline__V1__Printer printer = CAROLINE__V1__PRINTER__INIT;

    PUT(printer, name, field_text(p->name));
    PUT(printer, host, field_text(p->after.host));
    PUT(printer, port, (uint32_t)p->after.port);
    PUT(printer, columns, (uint32_t)p->after.columns);
    PUT(printer, code_page, (Caroline__V1__CodePage)p->after.page);
    reply.printer = &printer;
    PUT(reply, dropped, (uint32_t)dropped);
    return answer(c, &reply.base);
}

static enum step remove_it(struct call *c, struct putting *p)
{
    enum step step = printer_must_be(c, p->found, "printer.name");

    if (step != STEP_NEXT)
        return step;
    take_terms(c, p);
    p->after = p->before;
    ask(c, &sql_print_jobs_drop, PARAMS(PARAM_INT(p->id), PARAM_INSTANT(c->now)));
    printer_queue_write(c, p->found, row_int(p->found, 0, "job_count"), 0, PRINTER_ANEW);
    change(c, p, true);
    journal_change(c, p->id, "removed", NULL, p->name);
    return done(c, p, row_int(p->found, 0, "waiting"));
}

static enum step put(struct call *c)
{
    struct putting *p = c->shared;
    bool known = rows_count(p->found) > 0;

    p->made = !known || row_bool(p->found, 0, "removed");
    p->id = known ? row_int(p->found, 0, "id") : 0;
    if (request_of(c)->has_remove && request_of(c)->remove)
        return remove_it(c, p);
    take_terms(c, p);
    enum step step = judge(c, &p->after);
    if (step != STEP_NEXT)
        return step;
    if (p->made && rows_count(p->all) >= PRINTERS_MAX)
        return refuse_field(c, REFUSAL(BAD_PRINTER), "printer.name", "a shop has at most %d printers", PRINTERS_MAX);
    if (known) {
        change(c, p, false);
        /* Where it is now it may be well. */
        printer_queue_write(c, p->found, row_int(p->found, 0, "job_count"), row_int(p->found, 0, "waiting"),
                            PRINTER_ANEW);
    } else {
        p->id = next_id(c);
        ask(c, &sql_printer_insert,
            PARAMS(PARAM_INT(p->id), PARAM_INT(c->shop_id), PARAM_TEXT(p->name), PARAM_TEXT(p->after.host),
                   PARAM_INT(p->after.port), PARAM_INT(p->after.columns), PARAM_INT(p->after.page)));
    }
    note(c, p);
    return done(c, p, 0);
}

const struct op printer_put = {
    .name = "printer_put",
    .number = NUMBER(PRINTER_PUT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_PRINTER_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .locks_shop = true, /* of two that are named at once both are counted */
    .request = &caroline__v1__printer_put__descriptor,
    .reply = &caroline__v1__printer_put_done__descriptor,
    .shared_size = sizeof(struct putting),
    .stages = { find, put },
};
