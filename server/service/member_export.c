/* Everything that is kept of a member, page by page: the person, what they agreed to, their points, every sale and refund as its receipt
 * shows it, everybody who looked, their reviews, coupons and friends, their invoices, payments by stored cards; of them and of who was merged into them. Each page leaves a trace, for each
 * tells something. What a page tells stands in files of its own, by what it is about: member_export_person.c, _sales.c, _others.c. */
#include "server/service/member_export_in.h"

#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "server/service/member_in.h"
#include "server/service/message.h"
#include "server/service/seal.h"

/* ---- asking ---- */

static bool place_of(const Caroline__V1__MemberExportPlace *given, struct place *place)
{
    if (!given)
        return true;
    if (given->part >= PARTS || given->after > INT64_MAX || given->after_two > INT64_MAX || given->as_of_us > INT64_MAX)
        return false;
    *place = (struct place){ .part = (enum part)given->part,
                             .after = (int64_t)given->after,
                             .after_two = (int64_t)given->after_two };
    place->as_of.us = (int64_t)given->as_of_us;
    return true;
}

static struct param as_in_the_journal(struct call *c, const struct exporting *e)
{
    struct bytes *ids = arena_array(c->txn.arena, e->id_count, sizeof *ids);

    for (size_t i = 0; i < e->id_count; i++) {
        uint8_t *at = arena_alloc(c->txn.arena, 8);
        put_u64(at, (uint64_t)e->ids[i]);
        ids[i] = bytes_of(at, 8);
    }
    return PARAM_BYTESES(ids, e->id_count);
}

static void ask_part(struct call *c, struct exporting *e)
{
    const struct place *p = &e->place;
    struct instant after_time = { p->after_two };
    struct param ids = PARAM_INTS(e->ids, e->id_count);

    switch (p->part) {
    case PART_PERSON:
        e->member = ask(c, &sql_member_show, PARAMS(PARAM_INT(e->id)));
        e->methods = ask(c, &sql_payment_methods, PARAMS(PARAM_INT(e->id)));
        return;
    case PART_CONSENTS:
        e->rows = ask(c, &sql_member_export_consents, PARAMS(ids, PARAM_INT(p->after), PARAM_INT(p->after_two)));
        return;
    case PART_POINTS:
        e->rows = ask(c, &sql_member_export_lots, PARAMS(PARAM_INT(e->id), PARAM_INT(p->after)));
        return;
    case PART_MOVES:
        e->rows = ask(c, &sql_member_export_points,
                      PARAMS(PARAM_INT(e->id), PARAM_INT(p->after), ids, PARAM_INT(p->after_two)));
        return;
    case PART_INVOICES:
        e->rows = ask(c, &sql_member_export_invoices, PARAMS(ids, PARAM_INT(p->after), PARAM_INSTANT(p->as_of)));
        return;
    case PART_SALES:
        e->rows = ask(c, &sql_member_export_sales,
                      PARAMS(ids, PARAM_INSTANT(after_time), PARAM_INT(p->after), PARAM_INSTANT(p->as_of)));
        return;
    case PART_REFUNDS:
        e->rows = ask(c, &sql_member_export_refunds,
                      PARAMS(ids, PARAM_INSTANT(after_time), PARAM_INT(p->after), PARAM_INSTANT(p->as_of)));
        return;
    case PART_READS:
        e->rows = ask(c, &sql_member_export_reads,
                      PARAMS(as_in_the_journal(c, e), PARAM_INT(p->after), PARAM_INT(p->after_two),
                             PARAM_INSTANT(p->as_of), PARAM_INT(LOOKED_MAX)));
        return;
    case PART_COUPONS:
        e->rows = ask(c, &sql_member_export_coupons, PARAMS(ids, PARAM_INT(p->after), PARAM_INSTANT(p->as_of)));
        e->friends = ask(c, &sql_member_export_friends, PARAMS(ids, PARAM_INT(p->after_two), PARAM_INSTANT(p->as_of)));
        return;
    case PART_PAYMENTS:
        e->rows = ask(c, &sql_member_export_charges, PARAMS(ids, PARAM_INT(p->after), PARAM_INSTANT(p->as_of)));
        e->setups = ask(c, &sql_member_export_setups, PARAMS(ids, PARAM_INT(p->after_two), PARAM_INSTANT(p->as_of)));
        e->tickets = ask(c, &sql_member_export_tickets, PARAMS(PARAM_INT(e->id)));
        return;
    case PART_REVIEWS:
        e->rows = ask(c, &sql_member_export_reviews, PARAMS(PARAM_INT(e->id), PARAM_INT(p->after)));
        return;
    case PARTS:
        return;
    }
}

static enum step refuse_place(struct call *c)
{
    return refuse_field(c, REFUSAL(BAD_FIELD), "place", "an export goes on where a page of it ended");
}

static enum step find_id(struct call *c, int64_t id, Caroline__V1__MemberExportPlace *place)
{
    struct exporting *e = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    if (!place_of(place, &e->place))
        return refuse_place(c);
    e->begin = place;
    e->id = id;
    e->head = ask(c, &sql_member_export_head, PARAMS(PARAM_INT(e->id)));
    return STEP_NEXT;
}

static enum step find(struct call *c)
{
    const Caroline__V1__MemberExport *request = (const Caroline__V1__MemberExport *)c->message;

    return find_id(c, request->id > INT64_MAX ? -1 : (int64_t)request->id, request->place);
}

/* All that is in the books when the first page is read is told, whichever server's clock it was booked by. */
static bool bind_to_the_moment(struct call *c, struct exporting *e)
{
    struct instant newest = c->now;

    if (!row_is_null(e->head, 0, "newest_at") && row_instant(e->head, 0, "newest_at").us > newest.us)
        newest = row_instant(e->head, 0, "newest_at");
    if (!e->begin)
        e->place.as_of = newest;
    return e->place.as_of.us <= newest.us;
}

/* Who was merged into another is that one, here as everywhere else. */
static enum step look(struct call *c)
{
    struct exporting *e = c->shared;

    e->id_count = rows_count(e->head);
    if (e->id_count == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "id", "no member of that id");
    if (!bind_to_the_moment(c, e))
        return refuse_place(c);
    e->ids = column_ints(e->head, "id");
    e->id = e->ids[0];
    ask_part(c, e);
    return STEP_NEXT;
}

/* Of a page of sales, all that their receipts show. */
static enum step load(struct call *c)
{
    struct exporting *e = c->shared;

    if (e->member && rows_count(e->member) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "id", "no member of that id");
    if (e->place.part != PART_SALES && e->place.part != PART_REFUNDS)
        return STEP_NEXT;
    e->sale_count = rows_count(e->rows);
    for (size_t i = 0; i < e->sale_count; i++) {
        e->sales[i].sale_id = row_int(e->rows, i, "id");
        e->sales[i].shop_id = row_int(e->rows, i, "shop_id");
        e->sales[i].plain = row_bool(e->rows, i, "plain");
        sale_load(c, &e->sales[i]);
    }
    return STEP_NEXT;
}

/* ---- telling ---- */

/* It still fits, and counts; the first always does, for each was made to fit a frame. */
bool export_fits(struct exporting *e, const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size(message) + 8;

    if (e->used > 0 && e->used + size > PAGE_BYTES)
        return false;
    e->used += size;
    return true;
}

void export_go_on(struct call *c, struct exporting *e, enum part part, int64_t after, int64_t after_two)
{
    Caroline__V1__MemberExportPlace *next;

    if (part == PARTS)
        return;
    next = arena_alloc(c->txn.arena, sizeof *next);
    caroline__v1__member_export_place__init(next);
    PUT(*next, part, (uint32_t)part);
    PUT(*next, after, (uint64_t)after);
    PUT(*next, after_two, (uint64_t)after_two);
    PUT(*next, as_of_us, (uint64_t)e->place.as_of.us);
    e->reply.next = next;
}

/* What binds the pages to each other, and all of it to the shop. */
static void seal_page(struct call *c, struct exporting *e)
{
    PUT(e->reply, member_id, (uint64_t)e->id);
    e->reply.place = e->begin;
    const char *seal = seal_of(c, &e->reply.base);
    PUT(e->reply, seal, field_text(seal));
}

static enum step reply_with(struct call *c)
{
    struct exporting *e = c->shared;
    enum step step = STEP_NEXT;

    caroline__v1__member_exported__init(&e->reply);
    switch (e->place.part) {
    case PART_PERSON:
        export_tell_person(c, e);
        break;
    case PART_CONSENTS:
        export_tell_consents(c, e);
        break;
    case PART_POINTS:
        export_tell_points(c, e);
        break;
    case PART_SALES:
    case PART_REFUNDS:
        step = export_tell_sales(c, e);
        break;
    case PART_READS:
        export_tell_reads(c, e);
        break;
    case PART_REVIEWS:
        export_tell_reviews(c, e);
        break;
    case PART_COUPONS:
        export_tell_coupons(c, e);
        break;
    case PART_MOVES:
        export_tell_moves(c, e);
        break;
    case PART_INVOICES:
        export_tell_invoices(c, e);
        break;
    case PART_PAYMENTS:
        export_tell_payments(c, e);
        break;
    case PARTS:
        break;
    }
    if (step != STEP_NEXT)
        return step;
    seal_page(c, e);
    journal_note(c, e->id, "member_exported");
    return answer(c, &e->reply.base);
}

const struct op member_export = {
    .name = "member_export",
    .number = NUMBER(MEMBER_EXPORT),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_EXPORT,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__member_export__descriptor,
    .reply = &caroline__v1__member_exported__descriptor,
    .shared_size = sizeof(struct exporting),
    .stages = { find, look, load, reply_with },
};

/* ---- at a kiosk: of who is signed in ---- */

static enum step find_self(struct call *c)
{
    const Caroline__V1__SelfExport *request = (const Caroline__V1__SelfExport *)c->message;

    return find_id(c, c->member_id, request->place);
}

static enum step look_self(struct call *c)
{
    const struct exporting *e = c->shared;

    if (rows_count(e->head) == 0 || row_int(e->head, 0, "id") != c->member_id)
        return member_gone(c);
    return look(c);
}

const struct op self_export = {
    .name = "self_export",
    .number = NUMBER(SELF_EXPORT),
    .kind = OP_ACTS,
    .needs = NEEDS_MEMBER,
    .clients = CLIENT(KIOSK),
    .per_minute = 120,
    .request = &caroline__v1__self_export__descriptor,
    .reply = &caroline__v1__member_exported__descriptor,
    .shared_size = sizeof(struct exporting),
    .stages = { find_self, look_self, load, reply_with },
};
