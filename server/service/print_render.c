/* A paper laid out for its printer. */
#include "server/service/print_render.h"

#include <string.h>

#include "common/print/escpos.h"
#include "common/rules/print_job.h"
#include "common/rules/sale_receipt.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/sale_load.h"
#include "server/service/shift_z_load.h"
#include "server/service/shop_day.h"

struct rendering {
    struct rows *printer, *job;
    struct sale_load sale;
    struct shift_z_load z;
};

void print_wanted_init(struct print_wanted *wanted, int64_t printer_id, int64_t turn, struct arena *arena,
                       struct print_rendered *rendered)
{
    *wanted = (struct print_wanted){ .printer_id = printer_id, .turn = turn, .arena = arena, .rendered = rendered };
    caroline__v1__printer_list__init(&wanted->base);
}

static const struct print_wanted *wanted_of(const struct call *c)
{
    return (const struct print_wanted *)(const void *)c->message;
}

static enum step done(struct call *c)
{
    Caroline__V1__PrinterListed reply = CAROLINE__V1__PRINTER_LISTED__INIT;

    return answer(c, &reply.base);
}

static enum step look(struct call *c)
{
    const struct print_wanted *wanted = wanted_of(c);
    struct rendering *r = c->shared;

    *wanted->rendered = (struct print_rendered){ 0 };
    r->printer = ask(c, &sql_printer_hold, PARAMS(PARAM_INT(wanted->printer_id), PARAM_INT(wanted->turn)));
    r->job = ask(c, &sql_print_job_next, PARAMS(PARAM_INT(wanted->printer_id)));
    return STEP_NEXT;
}

static bool is_z(const struct rendering *r)
{
    return row_int(r->job, 0, "kind") == PRINT_Z;
}

static enum step find(struct call *c)
{
    const struct print_wanted *wanted = wanted_of(c);
    struct rendering *r = c->shared;

    wanted->rendered->held = rows_count(r->printer) > 0;
    if (!wanted->rendered->held || rows_count(r->job) == 0)
        return done(c);
    if (is_z(r)) {
        shift_z_find(c, &r->z, PARAM_INT(row_int(r->job, 0, "till_number")), row_int(r->job, 0, "z_number"));
        return STEP_NEXT;
    }
    r->sale.sale_id = row_int(r->job, 0, "sale_id");
    return sale_load(c, &r->sale);
}

static enum step load(struct call *c)
{
    struct rendering *r = c->shared;

    if (!is_z(r))
        return STEP_NEXT;
    if (rows_count(r->z.head) == 0 || row_int(r->z.head, 0, "number") != row_int(r->job, 0, "z_number"))
        return STEP_FAILED;
    shift_z_load(c, &r->z);
    return STEP_NEXT;
}

static enum step receipt_of(struct call *c, const struct rendering *r, struct receipt *document)
{
    const int64_t copy = row_int(r->job, 0, "copy");
    struct sale_rows sale;
    struct shop shop;
    const uint8_t *hash;
    enum step step = sale_take(c, &r->sale, &sale, &shop, &hash);

    if (step == STEP_NEXT)
        *document = sale_receipt_copy(&sale, &shop, shop_zone(&shop), hash, (uint32_t)copy,
                                      row_int(r->job, 0, "kind") == PRINT_GIFT, c->txn.arena);
    return step;
}

static enum step z_of(struct call *c, const struct rendering *r, struct receipt *document)
{
    struct shift_z z;
    struct shop shop;
    enum step step = shift_z_take(c, &r->z, &z, &shop);

    if (step != STEP_NEXT)
        return step;
    shift_books_fold(&z.books, c->txn.arena);
    *document = shift_receipt(&z, false, &shop, shop_zone(&shop), z.closed_at, c->txn.arena);
    return STEP_NEXT;
}

static struct bytes lay_out(const struct rendering *r, const struct receipt *document, struct arena *arena)
{
    static const enum escpos_page pages[] = {
        [PRINT_PC437] = ESCPOS_PC437, [PRINT_PC858] = ESCPOS_PC858, [PRINT_WPC1252] = ESCPOS_WPC1252
    };
    const struct escpos printer = { .columns = (size_t)row_int(r->printer, 0, "column_count"),
                                    .pages = { pages[row_int(r->printer, 0, "code_page")] },
                                    .page_count = 1,
                                    .code = ESCPOS_CODE_QR,
                                    .cutter = true };
    const bool again = row_int(r->job, 0, "tries") > 0;
    struct bytes head = again ? escpos_again(arena, &printer) : bytes_of(NULL, 0);
    struct bytes body = escpos_receipt(arena, &printer, document);
    uint8_t *all = arena_alloc(arena, head.size + body.size + 1);

    if (head.size > 0)
        memcpy(all, head.data, head.size);
    memcpy(all + head.size, body.data, body.size);
    return bytes_of(all, head.size + body.size);
}

static enum step render(struct call *c)
{
    const struct print_wanted *wanted = wanted_of(c);
    struct print_rendered *rendered = wanted->rendered;
    struct rendering *r = c->shared;
    struct receipt document;
    enum step step = is_z(r) ? z_of(c, r, &document) : receipt_of(c, r, &document);

    if (step != STEP_NEXT)
        return step;
    rendered->number = row_int(r->job, 0, "number");
    rendered->bytes = lay_out(r, &document, wanted->arena);
    rendered->host = arena_text(wanted->arena, row_text(r->printer, 0, "host"));
    rendered->port = (uint16_t)row_int(r->printer, 0, "port");
    return done(c);
}

const struct op print_render = {
    .name = "print_render",
    .number = NUMBER(PRINTER_LIST),
    .kind = OP_ACTS,
    .needs = NEEDS_NOTHING,
    .request = &caroline__v1__printer_list__descriptor,
    .reply = &caroline__v1__printer_listed__descriptor,
    .shared_size = sizeof(struct rendering),
    .stages = { look, find, load, render },
};
