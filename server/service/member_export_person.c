/* Of an export: the person, what they agreed to, and their points. */
#include "server/service/member_export_in.h"

#include "server/service/consent_message.h"
#include "server/service/member_fields.h"
#include "server/service/member_in.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"

void export_tell_person(struct call *c, struct exporting *e)
{
    e->reply.member = member_message_of(c, e->member, 0);
    if (row_int(e->member, 0, "referrer_id") != 0)
        PUT(*e->reply.member, referrer_id, (uint64_t)row_int(e->member, 0, "referrer_id"));
    PUT(e->reply, shop_id, (uint64_t)row_int(e->head, 0, "shop_id"));
    PUT(e->reply, joined_us, (uint64_t)row_instant(e->head, 0, "created_at").us);
    PUT(e->reply, changed_us, (uint64_t)row_instant(e->head, 0, "updated_at").us);
    e->reply.merged = arena_array(c->txn.arena, e->id_count, sizeof *e->reply.merged);
    for (size_t i = 1; i < e->id_count; i++)
        if (export_fits(e, &(e->reply.merged[e->reply.n_merged] = member_merged_of(c, e->head, i))->base))
            e->reply.n_merged++;
    e->reply.methods = arena_array(c->txn.arena, rows_count(e->methods) + 1, sizeof *e->reply.methods);
    for (; e->reply.n_methods < rows_count(e->methods); e->reply.n_methods++)
        e->reply.methods[e->reply.n_methods] = payment_method_of(e->methods, e->reply.n_methods, "id", c->txn.arena);
    export_go_on(c, e, PART_CONSENTS, 0, 0);
}

void export_tell_consents(struct call *c, struct exporting *e)
{
    size_t count = rows_count(e->rows);

    e->reply.consents = arena_array(c->txn.arena, count + 1, sizeof *e->reply.consents);
    for (; e->reply.n_consents < count; e->reply.n_consents++) {
        Caroline__V1__Consent *consent = consent_entry_of(e->rows, e->reply.n_consents, c->txn.arena);
        PUT_WHOSE(e, *consent, row_int(e->rows, e->reply.n_consents, "member_id"));
        e->reply.consents[e->reply.n_consents] = consent;
    }
    if (count == CONSENTS_MAX) /* kind and number as one, as the statement has them */
        export_go_on(c, e, PART_CONSENTS, row_int(e->rows, count - 1, "member_id"),
                     row_int(e->rows, count - 1, "kind") * 4294967296 + row_int(e->rows, count - 1, "number"));
    else
        export_go_on(c, e, PART_POINTS, 0, 0);
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
void export_tell_points(struct call *c, struct exporting *e)
{
    size_t lots = rows_count(e->rows);

    e->reply.lots = arena_array(c->txn.arena, lots + 1, sizeof *e->reply.lots);
    for (; e->reply.n_lots < lots; e->reply.n_lots++)
        e->reply.lots[e->reply.n_lots] = member_lot_of(c, e->rows, e->reply.n_lots);
    if (lots == LOTS_MAX)
        export_go_on(c, e, PART_POINTS, row_int(e->rows, lots - 1, "id"), 0);
    else
        export_go_on(c, e, PART_MOVES, 0, 0);
}

/* Of one lot there may be more than a page holds: of who brought a thousand friends along. */
void export_tell_moves(struct call *c, struct exporting *e)
{
    size_t count = rows_count(e->rows);

    e->reply.points = arena_array(c->txn.arena, count + 1, sizeof *e->reply.points);
    for (; e->reply.n_points < count; e->reply.n_points++)
        e->reply.points[e->reply.n_points] = points_of(c, e, e->reply.n_points);
    if (count == MOVES_MAX) /* kind and origin as one, as the statement has them */
        export_go_on(c, e, PART_MOVES, row_int(e->rows, count - 1, "lot_id"),
                     row_int(e->rows, count - 1, "kind") * 9007199254740992 + row_int(e->rows, count - 1, "origin_id"));
    else
        export_go_on(c, e, PART_SALES, 0, 0);
}
