/* Everything that is kept of a member, page by page: the person, what they agreed to, their points, every sale and refund as its receipt
 * shows it, everybody who looked, their reviews, coupons and friends, their invoices, payments by stored cards; of them and of who was merged into them. Each page leaves a trace, for each
 * tells something. */
#include "db/queries.h"
#include "proto/kiosk.pb-c.h"
#include "proto/privacy.pb-c.h"
#include "server/service/consent_message.h"
#include "server/service/exported.h"
#include "server/service/journal_read.h"
#include "server/service/member_fields.h"
#include "server/service/member_in.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"
#include "server/service/review_message.h"
#include "server/service/sale_load.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"

#define PAGE_BYTES   58000u /* of what is told: the envelope and the place come on top */
#define SALES_MAX    16
#define LINES_MAX    200 /* of a sale */
#define CONSENTS_MAX 100 /* whose texts fit a page */
#define LOTS_MAX     300
#define READS_MAX    300 /* entries of the journal, and what is told of them */
#define REVIEWS_MAX  20
#define LOOKED_MAX   200000 /* entries that a page looks at: a second's */
#define MOVES_MAX    900
#define INVOICES_MAX 20
#define COUPONS_MAX  100 /* and as many friends */
#define PAYMENTS_MAX 100 /* and as many cards that were to be stored, and tickets */

enum part {
    PART_PERSON,
    PART_CONSENTS,
    PART_POINTS,
    PART_SALES,
    PART_REFUNDS,
    PART_READS,
    PART_REVIEWS,
    PART_COUPONS,
    PART_MOVES, /* of points: behind PART_POINTS */
    PART_INVOICES,
    PART_PAYMENTS,
    PARTS
};

struct place {
    enum part part;
    int64_t after, after_two;
    struct instant as_of;
};

struct exporting {
    int64_t id;
    const int64_t *ids; /* theirs and of who was merged into them, as the rows of head */
    size_t id_count;
    struct place place;
    struct rows *head, *member, *methods, *rows, *friends, *setups, *tickets;
    size_t sale_count;
    struct sale_load sales[SALES_MAX];
    Caroline__V1__MemberExported reply;
    size_t used; /* bytes of what is told */
};

/* ---- asking ---- */

static bool place_of(struct call *c, const Caroline__V1__MemberExportPlace *given, struct place *place)
{
    *place = (struct place){ .as_of = c->now };
    if (!given)
        return true;
    if (given->part >= PARTS || given->after > INT64_MAX || given->after_two > INT64_MAX ||
        given->as_of_us > (uint64_t)c->now.us)
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

static enum step find_id(struct call *c, int64_t id, const Caroline__V1__MemberExportPlace *place)
{
    struct exporting *e = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    if (!place_of(c, place, &e->place))
        return refuse_field(c, REFUSAL(BAD_FIELD), "place", "an export goes on where a page of it ended");
    e->id = id;
    e->head = ask(c, &sql_member_export_head, PARAMS(PARAM_INT(e->id)));
    return STEP_NEXT;
}

static enum step find(struct call *c)
{
    const Caroline__V1__MemberExport *request = (const Caroline__V1__MemberExport *)c->message;

    return find_id(c, request->id > INT64_MAX ? -1 : (int64_t)request->id, request->place);
}

/* Who was merged into another is that one, here as everywhere else. */
static enum step look(struct call *c)
{
    struct exporting *e = c->shared;

    e->id_count = rows_count(e->head);
    if (e->id_count == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "id", "no member of that id");
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
        sale_load(c, &e->sales[i]);
    }
    return STEP_NEXT;
}

/* ---- telling ---- */

#define PUT_WHOSE(e, message, whose)                                                                                   \
    do {                                                                                                               \
        if ((whose) != (e)->id)                                                                                        \
            PUT(message, member_id, (uint64_t)(whose));                                                                \
    } while (0)

/* It still fits, and counts; the first always does, for each was made to fit a frame. */
static bool fits(struct exporting *e, const ProtobufCMessage *message)
{
    size_t size = protobuf_c_message_get_packed_size(message) + 8;

    if (e->used > 0 && e->used + size > PAGE_BYTES)
        return false;
    e->used += size;
    return true;
}

static void go_on(struct call *c, struct exporting *e, enum part part, int64_t after, int64_t after_two)
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

static void tell_person(struct call *c, struct exporting *e)
{
    e->reply.member = member_message_of(c, e->member, 0);
    if (row_int(e->member, 0, "referrer_id") != 0)
        PUT(*e->reply.member, referrer_id, (uint64_t)row_int(e->member, 0, "referrer_id"));
    PUT(e->reply, shop_id, (uint64_t)row_int(e->head, 0, "shop_id"));
    PUT(e->reply, joined_us, (uint64_t)row_instant(e->head, 0, "created_at").us);
    PUT(e->reply, changed_us, (uint64_t)row_instant(e->head, 0, "updated_at").us);
    e->reply.merged = arena_array(c->txn.arena, e->id_count, sizeof *e->reply.merged);
    for (size_t i = 1; i < e->id_count; i++)
        if (fits(e, &(e->reply.merged[e->reply.n_merged] = member_merged_of(c, e->head, i))->base))
            e->reply.n_merged++;
    e->reply.methods = arena_array(c->txn.arena, rows_count(e->methods) + 1, sizeof *e->reply.methods);
    for (; e->reply.n_methods < rows_count(e->methods); e->reply.n_methods++)
        e->reply.methods[e->reply.n_methods] = payment_method_of(e->methods, e->reply.n_methods, "id", c->txn.arena);
    go_on(c, e, PART_CONSENTS, 0, 0);
}

static void tell_consents(struct call *c, struct exporting *e)
{
    size_t count = rows_count(e->rows);

    e->reply.consents = arena_array(c->txn.arena, count + 1, sizeof *e->reply.consents);
    for (; e->reply.n_consents < count; e->reply.n_consents++) {
        Caroline__V1__Consent *consent = consent_entry_of(e->rows, e->reply.n_consents, c->txn.arena);
        PUT_WHOSE(e, *consent, row_int(e->rows, e->reply.n_consents, "member_id"));
        e->reply.consents[e->reply.n_consents] = consent;
    }
    if (count == CONSENTS_MAX) /* kind and number as one, as the statement has them */
        go_on(c, e, PART_CONSENTS, row_int(e->rows, count - 1, "member_id"),
              row_int(e->rows, count - 1, "kind") * 4294967296 + row_int(e->rows, count - 1, "number"));
    else
        go_on(c, e, PART_POINTS, 0, 0);
}

static Caroline__V1__PointsEntry *points_of(struct call *c, const struct exporting *e, size_t row)
{
    const struct rows *rows = e->rows;
    Caroline__V1__PointsEntry *entry = arena_alloc(c->txn.arena, sizeof *entry);

    caroline__v1__points_entry__init(entry);
    PUT(*entry, lot_id, (uint64_t)row_int(rows, row, "lot_id"));
    PUT(*entry, kind, (uint32_t)row_int(rows, row, "kind"));
    PUT(*entry, points, row_int(rows, row, "points"));
    PUT(*entry, at_us, (uint64_t)row_instant(rows, row, "at").us);
    PUT_WHOSE(e, *entry, row_int(rows, row, "member_id"));
    return entry;
}

/* Lots and entries of a page are small: 300 or 900 of them fit. */
static void tell_points(struct call *c, struct exporting *e)
{
    size_t lots = rows_count(e->rows);

    e->reply.lots = arena_array(c->txn.arena, lots + 1, sizeof *e->reply.lots);
    for (; e->reply.n_lots < lots; e->reply.n_lots++)
        e->reply.lots[e->reply.n_lots] = member_lot_of(c, e->rows, e->reply.n_lots);
    if (lots == LOTS_MAX)
        go_on(c, e, PART_POINTS, row_int(e->rows, lots - 1, "id"), 0);
    else
        go_on(c, e, PART_MOVES, 0, 0);
}

/* Of one lot there may be more than a page holds: of who brought a thousand friends along. */
static void tell_moves(struct call *c, struct exporting *e)
{
    size_t count = rows_count(e->rows);

    e->reply.points = arena_array(c->txn.arena, count + 1, sizeof *e->reply.points);
    for (; e->reply.n_points < count; e->reply.n_points++)
        e->reply.points[e->reply.n_points] = points_of(c, e, e->reply.n_points);
    if (count == MOVES_MAX) /* kind and origin as one, as the statement has them */
        go_on(c, e, PART_MOVES, row_int(e->rows, count - 1, "lot_id"),
              row_int(e->rows, count - 1, "kind") * 9007199254740992 + row_int(e->rows, count - 1, "origin_id"));
    else
        go_on(c, e, PART_SALES, 0, 0);
}

static Caroline__V1__SaleShown *shown_of(const struct sale_rows *sale, const struct shop *shop, const uint8_t *hash,
                                         struct arena *arena)
{
    Caroline__V1__SaleShown *shown = arena_alloc(arena, sizeof *shown);
    struct receipt receipt;
    char number[RECEIPT_NUMBER_TEXT];

    caroline__v1__sale_shown__init(shown);
    shown->sale = sale_rung_up_of(sale, shop, shop_zone(shop), hash, arena, &receipt);
    if (sale->kind == SALE_REFUND)
        PUT(*shown, refund_of, field_text(arena_text(arena, receipt_number_format(number, sale->refund_of_number))));
    if (sale->number.series == 'X')
        PUT(*shown, made_us, (uint64_t)sale->made.us);
    return shown;
}

/* And the lines that were taken off: together they are no more than the entry of the sale, which fits a frame. */
static bool fits_with_voids(struct exporting *e, const struct sale_rows *sale, const Caroline__V1__ExportedSale *told,
                            struct arena *arena)
{
    size_t before = e->reply.n_voids, size = protobuf_c_message_get_packed_size(&told->base) + 8;

    for (size_t i = 0; i < sale->line_count; i++)
        if ((sale->lines[i].flags & LINE_VOIDED) != 0) {
            Caroline__V1__ExportedVoid *taken_off = exported_void_of(sale, i, arena);

            if (size > PAGE_BYTES / 2) /* so many: reason and number say which it was */
                taken_off->has_name = false;
            size += protobuf_c_message_get_packed_size(&taken_off->base) + 8;
            e->reply.voids[e->reply.n_voids++] = taken_off;
        }
    if (e->used > 0 && e->used + size > PAGE_BYTES) {
        e->reply.n_voids = before;
        return false;
    }
    e->used += size;
    return true;
}

static enum step tell_sales(struct call *c, struct exporting *e)
{
    enum part part = e->place.part;
    struct arena *arena = c->txn.arena;

    if (e->sale_count < SALES_MAX)
        go_on(c, e, (enum part)(part + 1), 0, 0);
    else
        go_on(c, e, part, row_int(e->rows, SALES_MAX - 1, "id"), row_instant(e->rows, SALES_MAX - 1, "at").us);
    e->reply.sales = arena_array(arena, e->sale_count + 1, sizeof *e->reply.sales);
    e->reply.voids = arena_array(arena, e->sale_count * LINES_MAX + 1, sizeof *e->reply.voids);
    for (size_t i = 0; i < e->sale_count; i++) {
        Caroline__V1__ExportedSale *exported = arena_alloc(arena, sizeof *exported);
        struct sale_rows *sale = arena_alloc(arena, sizeof *sale); /* what is told points into it */
        struct shop *shop = arena_alloc(arena, sizeof *shop);
        const uint8_t *hash;
        enum step step = sale_take(c, &e->sales[i], sale, shop, &hash);

        if (step != STEP_NEXT)
            return step;
        caroline__v1__exported_sale__init(exported);
        exported->sale = shown_of(sale, shop, hash, arena);
        PUT(*exported, shop_id, (uint64_t)e->sales[i].shop_id);
        PUT(*exported, refund, part == PART_REFUNDS);
        PUT_WHOSE(e, *exported, row_int(e->rows, i, "member_id"));
        if (!row_is_null(e->rows, i, "reason"))
            PUT(*exported, reason, field_of(row_bytes(e->rows, i, "reason")));
        if (!fits_with_voids(e, sale, exported, arena)) {
            go_on(c, e, part, row_int(e->rows, i - 1, "id"), row_instant(e->rows, i - 1, "at").us);
            break;
        }
        e->reply.sales[e->reply.n_sales++] = exported;
    }
    return STEP_NEXT;
}

static Caroline__V1__MemberRead *read_of(const struct journal_entry_head *head, struct bytes field, struct arena *arena)
{
    Caroline__V1__MemberRead *read = arena_alloc(arena, sizeof *read);

    caroline__v1__member_read__init(read);
    PUT(*read, at_us, (uint64_t)head->at_us);
    PUT(*read, event, field_of(head->event));
    if (field.size > 0)
        PUT(*read, field, field_of(field));
    PUT(*read, device_id, (uint64_t)head->device_id);
    PUT(*read, staff_id, (uint64_t)head->staff_id);
    return read;
}

/* What one entry says of the member and of who was merged into them; false: it does not fit into this page any more. */
static bool tell_entry(struct call *c, struct exporting *e, size_t row)
{
    struct bytes bytes = row_bytes(e->rows, row, "bytes"), field;
    struct journal_entry_head head;
    size_t before = e->reply.n_reads;

    for (size_t i = 0; i < e->id_count; i++)
        for (size_t at = 0; journal_read_change(bytes, e->ids[i], &at, &head, &field);) {
            Caroline__V1__MemberRead *read = read_of(&head, field, c->txn.arena);

            PUT_WHOSE(e, *read, e->ids[i]);
            if (e->reply.n_reads == READS_MAX || !fits(e, &read->base)) {
                if (before > 0)
                    e->reply.n_reads = before;
                return before == 0; /* an entry that names them three hundred times: as often as a page holds */
            }
            e->reply.reads[e->reply.n_reads++] = read;
        }
    return true;
}

static void tell_reads(struct call *c, struct exporting *e)
{
    size_t count = rows_count(e->rows), told = 0;

    e->reply.reads = arena_array(c->txn.arena, READS_MAX + 1, sizeof *e->reply.reads);
    while (told < count && (row_is_null(e->rows, told, "number") || tell_entry(c, e, told)))
        told++;
    bool cut = told < count || count == READS_MAX;
    if (!cut && (count == 0 || !row_bool(e->rows, count - 1, "more"))) {
        go_on(c, e, PART_REVIEWS, 0, 0);
        return;
    }
    bool by_number = cut && !row_is_null(e->rows, told - 1, "number");
    go_on(c, e, PART_READS, row_int(e->rows, told - 1, "device_id"),
          row_int(e->rows, told - 1, by_number ? "number" : "upto"));
}

/* Those of who was merged into them are theirs since. */
static void tell_reviews(struct call *c, struct exporting *e)
{
    size_t count = rows_count(e->rows);

    e->reply.reviews = arena_array(c->txn.arena, count + 1, sizeof *e->reply.reviews);
    for (; e->reply.n_reviews < count; e->reply.n_reviews++) {
        Caroline__V1__Review *review = review_message_of(c, e->rows, e->reply.n_reviews);

        review_standing_tell(c, review, e->rows, e->reply.n_reviews);
        review_text_tell(c, review, e->rows, e->reply.n_reviews, e->id);
        PUT(*review, sale_id, (uint64_t)row_int(e->rows, e->reply.n_reviews, "sale_id"));
        PUT(*review, shop_id, (uint64_t)row_int(e->rows, e->reply.n_reviews, "shop_id"));
        e->reply.reviews[e->reply.n_reviews] = review;
    }
    if (count == REVIEWS_MAX)
        go_on(c, e, PART_REVIEWS, row_int(e->rows, count - 1, "id"), 0);
    else
        go_on(c, e, PART_COUPONS, 0, 0);
}

static Caroline__V1__ExportedCoupon *coupon_of(struct call *c, const struct exporting *e, size_t row)
{
    Caroline__V1__ExportedCoupon *coupon = arena_alloc(c->txn.arena, sizeof *coupon);

    caroline__v1__exported_coupon__init(coupon);
    PUT(*coupon, campaign, field_text(row_text(e->rows, row, "name")));
    PUT(*coupon, number, (uint64_t)row_int(e->rows, row, "number"));
    PUT(*coupon, issued_us, (uint64_t)row_instant(e->rows, row, "created_at").us);
    PUT(*coupon, use_count, (uint64_t)row_int(e->rows, row, "use_count"));
    PUT_WHOSE(e, *coupon, row_int(e->rows, row, "member_id"));
    return coupon;
}

static bool is_theirs(const struct exporting *e, int64_t id)
{
    for (size_t i = 0; i < e->id_count; i++)
        if (e->ids[i] == id)
            return true;
    return false;
}

/* Of the other one nothing is told: it would be theirs to ask. */
static Caroline__V1__ExportedFriend *friend_of(struct call *c, const struct exporting *e, size_t row)
{
    Caroline__V1__ExportedFriend *friend = arena_alloc(c->txn.arena, sizeof *friend);
    int64_t friend_id = row_int(e->friends, row, "friend_id"), referrer_id = row_int(e->friends, row, "referrer_id");
    bool brought = !is_theirs(e, friend_id);

    caroline__v1__exported_friend__init(friend);
    PUT(*friend, brought, brought);
    PUT(*friend, at_us, (uint64_t)row_instant(e->friends, row, "at").us);
    if (!row_is_null(e->friends, row, "paid_at"))
        PUT(*friend, paid_us, (uint64_t)row_instant(e->friends, row, "paid_at").us);
    PUT_WHOSE(e, *friend, brought ? referrer_id : friend_id);
    return friend;
}

static void tell_coupons(struct call *c, struct exporting *e)
{
    size_t coupons = rows_count(e->rows), friends = rows_count(e->friends);

    e->reply.coupons = arena_array(c->txn.arena, coupons + 1, sizeof *e->reply.coupons);
    for (; e->reply.n_coupons < coupons; e->reply.n_coupons++)
        e->reply.coupons[e->reply.n_coupons] = coupon_of(c, e, e->reply.n_coupons);
    e->reply.friends = arena_array(c->txn.arena, friends + 1, sizeof *e->reply.friends);
    for (; e->reply.n_friends < friends; e->reply.n_friends++)
        e->reply.friends[e->reply.n_friends] = friend_of(c, e, e->reply.n_friends);
    if (coupons == COUPONS_MAX || friends == COUPONS_MAX)
        go_on(c, e, PART_COUPONS, coupons > 0 ? row_int(e->rows, coupons - 1, "id") : e->place.after,
              friends > 0 ? row_int(e->friends, friends - 1, "friend_id") : e->place.after_two);
    else
        go_on(c, e, PART_INVOICES, 0, 0);
}

/* Reading one leaves a trace, as when it is shown. */
static void tell_invoices(struct call *c, struct exporting *e)
{
    size_t count = rows_count(e->rows);

    e->reply.invoices = arena_array(c->txn.arena, count + 1, sizeof *e->reply.invoices);
    for (size_t i = 0; i < count; i++) {
        Caroline__V1__ExportedInvoice *told = exported_invoice_of(c, e->rows, i);

        if (!fits(e, &told->base)) {
            go_on(c, e, PART_INVOICES, row_int(e->rows, i - 1, "id"), 0);
            return;
        }
        e->reply.invoices[e->reply.n_invoices++] = told;
        journal_note(c, row_int(e->rows, i, "id"), "invoice_shown");
    }
    if (count == INVOICES_MAX)
        go_on(c, e, PART_INVOICES, row_int(e->rows, count - 1, "id"), 0);
    else
        go_on(c, e, PART_PAYMENTS, 0, 0);
}

/* Each is small: a hundred of each kind fit. What waits for the counter stands on the last of these pages, as it is then. */
static void tell_payments(struct call *c, struct exporting *e)
{
    size_t charges = rows_count(e->rows), setups = rows_count(e->setups), tickets = rows_count(e->tickets);
    struct arena *arena = c->txn.arena;

    e->reply.charges = arena_array(arena, charges + 1, sizeof *e->reply.charges);
    for (size_t i = 0; i < charges; i++) {
        e->reply.charges[e->reply.n_charges++] = exported_charge_of(e->rows, i, arena);
        PUT_WHOSE(e, *e->reply.charges[i], row_int(e->rows, i, "member_id"));
    }
    e->reply.setups = arena_array(arena, setups + 1, sizeof *e->reply.setups);
    for (size_t i = 0; i < setups; i++) {
        e->reply.setups[e->reply.n_setups++] = exported_setup_of(e->setups, i, arena);
        PUT_WHOSE(e, *e->reply.setups[i], row_int(e->setups, i, "member_id"));
    }
    if (charges == PAYMENTS_MAX || setups == PAYMENTS_MAX) {
        go_on(c, e, PART_PAYMENTS, charges > 0 ? row_int(e->rows, charges - 1, "id") : e->place.after,
              setups > 0 ? row_int(e->setups, setups - 1, "id") : e->place.after_two);
        return;
    }
    e->reply.tickets = arena_array(arena, tickets + 1, sizeof *e->reply.tickets);
    for (size_t i = 0; i < tickets; i++)
        e->reply.tickets[e->reply.n_tickets++] = exported_ticket_of(c, e->tickets, i);
}

static enum step reply_with(struct call *c)
{
    struct exporting *e = c->shared;
    enum step step = STEP_NEXT;

    caroline__v1__member_exported__init(&e->reply);
    switch (e->place.part) {
    case PART_PERSON:
        tell_person(c, e);
        break;
    case PART_CONSENTS:
        tell_consents(c, e);
        break;
    case PART_POINTS:
        tell_points(c, e);
        break;
    case PART_SALES:
    case PART_REFUNDS:
        step = tell_sales(c, e);
        break;
    case PART_READS:
        tell_reads(c, e);
        break;
    case PART_REVIEWS:
        tell_reviews(c, e);
        break;
    case PART_COUPONS:
        tell_coupons(c, e);
        break;
    case PART_MOVES:
        tell_moves(c, e);
        break;
    case PART_INVOICES:
        tell_invoices(c, e);
        break;
    case PART_PAYMENTS:
        tell_payments(c, e);
        break;
    case PARTS:
        break;
    }
    if (step != STEP_NEXT)
        return step;
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
