/* What was taken back before it was paid, and why: lines of sales, and whole baskets; of a shift, or of a business day. People
 * are named: it leaves a trace. */
#include <string.h>

#include "common/rules/receipt_number.h"
#include "db/queries.h"
#include "proto/sale.pb-c.h"
#include "server/service/message.h"

#define PAGE       100
#define PAGE_BYTES 60000u /* of an answer */
#define FIELD_MOST 6      /* bytes in front of a message in a list */
/* A business day's receipts stand in the shifts around it: those the server numbered came while it lasted, wherever on Earth
 * that is; those a till numbered come when it is connected again. */
#define AROUND_US (DAY_S * SECOND_US)
#define LATE_US   (8 * DAY_S * SECOND_US)

struct voids {
    struct day day;
    struct instant end; /* no receipt of the day that the server numbered is of a shift opened behind it */
    struct rows *shifts, *rows;
};

static enum step find(struct call *c)
{
    const Caroline__V1__VoidReport *request = (const Caroline__V1__VoidReport *)c->message;
    struct voids *v = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    if (!request->has_business_day) {
        v->shifts = ask(
            c, &sql_void_report_shift,
            PARAMS(PARAM_INT(c->shop_id), request->has_till_number ? PARAM_INT(request->till_number) : PARAM_NULL(),
                   PARAM_INT(c->device_id), PARAM_INT(request->has_shift_number ? request->shift_number : INT32_MAX)));
        return STEP_NEXT;
    }
    if (request->has_shift_number)
        return refuse_field(c, REFUSAL(BAD_FIELD), "shift_number", "ask for a shift or for a day, not for both");
    char *text = arena_alloc(c->txn.arena, request->business_day.len + 1);
    if (request->business_day.len > 0)
        memcpy(text, request->business_day.data, request->business_day.len);
    if (!day_parse(text, &v->day))
        return refuse_field(c, REFUSAL(BAD_DAY), "business_day", "no day of the calendar, as 2026-11-29 is one");
    struct instant start = { v->day.number * DAY_S * SECOND_US - AROUND_US };
    v->end = (struct instant){ start.us + 2 * AROUND_US + DAY_S * SECOND_US };
    v->shifts = ask(
        c, &sql_void_report_shifts,
        PARAMS(PARAM_INT(c->shop_id), PARAM_INSTANT(start), PARAM_INSTANT(((struct instant){ v->end.us + LATE_US }))));
    return STEP_NEXT;
}

/* Receipts of the shifts: those the server numbered, and those the till did. */
struct ranges {
    int64_t *devices, *before, *until;
    struct bytes *series;
    size_t count;
};

static void add_range(struct ranges *ranges, const struct rows *rows, size_t row, bool till)
{
    const char *before = till ? "x_before" : "t_before", *until = till ? "x_until" : "t_until";

    ranges->devices[ranges->count] = row_int(rows, row, "device_id");
    ranges->series[ranges->count] = bytes_of_text(till ? "X" : "T");
    ranges->before[ranges->count] = row_int(rows, row, before);
    ranges->until[ranges->count++] = row_is_null(rows, row, until) ? INT64_MAX : row_int(rows, row, until);
}

static struct ranges ranges_of(struct call *c, const struct voids *v, bool by_day)
{
    const struct rows *shifts = v->shifts;
    size_t count = 2 * rows_count(shifts);
    struct ranges ranges = { .devices = arena_array(c->txn.arena, count, sizeof(int64_t)),
                             .before = arena_array(c->txn.arena, count, sizeof(int64_t)),
                             .until = arena_array(c->txn.arena, count, sizeof(int64_t)),
                             .series = arena_array(c->txn.arena, count, sizeof(struct bytes)) };

    for (size_t i = 0; i < rows_count(shifts); i++) {
        if (!by_day || row_instant(shifts, i, "opened_at").us < v->end.us)
            add_range(&ranges, shifts, i, false);
        add_range(&ranges, shifts, i, true);
    }
    return ranges;
}

static enum step list(struct call *c)
{
    const Caroline__V1__VoidReport *request = (const Caroline__V1__VoidReport *)c->message;
    struct voids *v = c->shared;
    bool by_day = request->has_business_day;

    if (!by_day && (rows_count(v->shifts) == 0 ||
                    (request->has_shift_number && row_int(v->shifts, 0, "number") != request->shift_number)))
        return request->has_till_number ? refuse(c, REFUSAL(UNKNOWN_SHIFT), "that till has no such shift")
                                        : refuse_field(c, REFUSAL(UNKNOWN_SHIFT), "till_number",
                                                       "this device has no such shift: name the till whose it is");
    struct ranges r = ranges_of(c, v, by_day);
    v->rows = ask(c, &sql_void_report_rows,
                  PARAMS(PARAM_INT(c->shop_id), PARAM_INTS(r.devices, r.count), PARAM_TEXTS(r.series, r.count),
                         PARAM_INTS(r.before, r.count), PARAM_INTS(r.until, r.count),
                         by_day ? PARAM_DAY(v->day) : PARAM_NULL(),
                         by_day ? PARAM_NULL() : PARAM_INT(row_int(v->shifts, 0, "id")),
                         request->has_till_number ? PARAM_INT(request->till_number) : PARAM_NULL(),
                         PARAM_INT(request->after_row), PARAM_INT(PAGE)));
    return STEP_NEXT;
}

static void put_where(struct call *c, Caroline__V1__VoidRow *message, const struct rows *rows, size_t row)
{
    if (row_is_null(rows, row, "number")) {
        PUT(*message, kind, CAROLINE__V1__VOID_KIND__VOID_BASKET);
        PUT(*message, void_id, (uint64_t)row_int(rows, row, "id"));
        return;
    }
    struct receipt_number number = { .till = (uint32_t)row_int(rows, row, "till_number"),
                                     .series = (char)row_int(rows, row, "series"),
                                     .number = row_int(rows, row, "number") };
    PUT(*message, kind, CAROLINE__V1__VOID_KIND__VOID_LINE);
    PUT(*message, receipt_number,
        field_text(receipt_number_format(arena_alloc(c->txn.arena, RECEIPT_NUMBER_TEXT), number)));
}

static void put_what(struct call *c, Caroline__V1__VoidRow *message, const struct rows *rows, size_t row)
{
    if (row_is_null(rows, row, "product_id")) /* a parked basket that nobody could read any more */
        return;
    int64_t id = row_int(rows, row, "product_id");
    const struct product *product = catalogue_product(c->catalogue, catalogue_newest(c->catalogue), id);
    PUT(*message, product_id, (uint64_t)id);
    if (product)
        PUT(*message, product, field_text(product->name));
    PUT(*message, quantity_milli, row_int(rows, row, "quantity_milli"));
}

static Caroline__V1__VoidRow *row_message(struct call *c, const struct rows *rows, size_t row, uint64_t number)
{
    Caroline__V1__VoidRow *message = arena_alloc(c->txn.arena, sizeof *message);
    int64_t staff_id = row_int(rows, row, "staff_id");
    struct bytes name =
        vault_unseal(c->vault, staff_id, FIELD_STAFF_NAME, row_bytes(rows, row, "name_sealed"), c->txn.arena);

    caroline__v1__void_row__init(message);
    PUT(*message, row, number);
    PUT(*message, at_us, (uint64_t)row_instant(rows, row, "at").us);
    if (!row_is_null(rows, row, "till_number"))
        PUT(*message, till_number, (uint32_t)row_int(rows, row, "till_number"));
    PUT(*message, staff_id, (uint64_t)staff_id);
    if (name.data)
        PUT(*message, staff, field_of(name));
    put_where(c, message, rows, row);
    put_what(c, message, rows, row);
    PUT(*message, amount_minor, row_int(rows, row, "amount_minor"));
    if (!row_is_null(rows, row, "reason"))
        PUT(*message, reason, field_text(row_text(rows, row, "reason")));
    return message;
}

static enum step show(struct call *c)
{
    const Caroline__V1__VoidReport *request = (const Caroline__V1__VoidReport *)c->message;
    const struct voids *v = c->shared;
    Caroline__V1__VoidReported reply = CAROLINE__V1__VOID_REPORTED__INIT;
    size_t count = rows_count(v->rows), used = 0;
    uint64_t all = count == 0 ? 0 : (uint64_t)row_int(v->rows, 0, "row_count");

    reply.rows = arena_array(c->txn.arena, count, sizeof *reply.rows);
    while (reply.n_rows < count) {
        Caroline__V1__VoidRow *row =
            row_message(c, v->rows, reply.n_rows, (uint64_t)request->after_row + reply.n_rows + 1);

        used += protobuf_c_message_get_packed_size(&row->base) + FIELD_MOST;
        if (used > PAGE_BYTES)
            break;
        reply.rows[reply.n_rows++] = row;
    }
    PUT(reply, row_count, (uint32_t)all);
    PUT(reply, amount_minor, count == 0 ? 0 : row_int(v->rows, 0, "sum_minor"));
    PUT(reply, more, request->after_row + reply.n_rows < all);
    if (!request->has_business_day)
        PUT(reply, shift_number, (uint32_t)row_int(v->shifts, 0, "number"));
    journal_note(c, 0, "voids_listed");
    return answer(c, &reply.base);
}

const struct op void_report = {
    .name = "void_report",
    .number = NUMBER(VOID_REPORT),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SHIFT_CLOSE,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__void_report__descriptor,
    .reply = &caroline__v1__void_reported__descriptor,
    .shared_size = sizeof(struct voids),
    .stages = { find, list, show },
};
