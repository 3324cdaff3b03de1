/* One member with their open lots, their newest sales, what they agreed to, and who was merged into them; how points came and went, where it
 * is asked for. Being read leaves a trace. */
#include "common/rules/receipt_number.h"
#include "db/queries.h"
#include "server/service/consent_message.h"
#include "server/service/member_fields.h"
#include "server/service/message.h"

struct showing {
    struct rows *member, *lots, *sales, *merged, *consents, *moves; /* moves: NULL where nobody asked */
};

static enum step find(struct call *c)
{
    const Caroline__V1__MemberShow *request = (const Caroline__V1__MemberShow *)c->message;
    struct showing *s = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    s->member = ask(c, &sql_member_show, PARAMS(PARAM_INT((int64_t)request->id)));
    s->lots = ask(c, &sql_member_show_lots, PARAMS(PARAM_INT((int64_t)request->id)));
    s->sales = ask(c, &sql_member_show_sales, PARAMS(PARAM_INT((int64_t)request->id)));
    s->merged = ask(c, &sql_member_show_merged, PARAMS(PARAM_INT((int64_t)request->id)));
    s->consents = ask(c, &sql_consent_newest, PARAMS(PARAM_INT((int64_t)request->id)));
    if (request->moves)
        s->moves = ask(c, &sql_self_moves, PARAMS(PARAM_INT((int64_t)request->id)));
    return STEP_NEXT;
}

Caroline__V1__PointsLot *member_lot_of(struct call *c, const struct rows *lots, size_t row)
{
    Caroline__V1__PointsLot *lot = arena_alloc(c->txn.arena, sizeof *lot);
    char *origin = arena_alloc(c->txn.arena, DAY_TEXT), *expiry = arena_alloc(c->txn.arena, DAY_TEXT);

    caroline__v1__points_lot__init(lot);
    PUT(*lot, id, (uint64_t)row_int(lots, row, "id"));
    PUT(*lot, remaining, row_int(lots, row, "remaining"));
    PUT(*lot, origin_day, field_text(day_format(origin, row_day(lots, row, "origin_day"))));
    PUT(*lot, expiry_day, field_text(day_format(expiry, row_day(lots, row, "expiry_day"))));
    return lot;
}

static Caroline__V1__MemberSale *sale_message_of(struct call *c, const struct rows *sales, size_t row)
{
    Caroline__V1__MemberSale *sale = arena_alloc(c->txn.arena, sizeof *sale);
    char *number = arena_alloc(c->txn.arena, RECEIPT_NUMBER_TEXT);

    caroline__v1__member_sale__init(sale);
    PUT(*sale, sale_id, (uint64_t)row_int(sales, row, "id"));
    receipt_number_format(number, (struct receipt_number){ .till = (uint32_t)row_int(sales, row, "till_number"),
                                                           .series = (char)row_int(sales, row, "series"),
                                                           .number = row_int(sales, row, "number") });
    PUT(*sale, receipt_number, field_text(number));
    PUT(*sale, committed_us, (uint64_t)row_instant(sales, row, "at").us);
    PUT(*sale, total_minor, row_int(sales, row, "total_minor"));
    PUT(*sale, points, row_int(sales, row, "points"));
    if (row_int(sales, row, "merged") != 0)
        PUT(*sale, member_id, (uint64_t)row_int(sales, row, "member_id"));
    if (row_int(sales, row, "shop_id") != c->shop_id)
        PUT(*sale, other_shop, true);
    return sale;
}

Caroline__V1__MergedMember *member_merged_of(struct call *c, const struct rows *rows, size_t row)
{
    Caroline__V1__MergedMember *merged = arena_alloc(c->txn.arena, sizeof *merged);

    caroline__v1__merged_member__init(merged);
    PUT(*merged, id, (uint64_t)row_int(rows, row, "id"));
    PUT(*merged, points, row_int(rows, row, "points"));
    PUT(*merged, merged_us, (uint64_t)row_instant(rows, row, "at").us);
    PUT(*merged, staff_id, (uint64_t)row_int(rows, row, "staff_id"));
    PUT(*merged, reason, field_text(row_text(rows, row, "reason")));
    return merged;
}

Caroline__V1__PointsMove *member_move_of(struct call *c, const struct rows *moves, size_t row)
{
    Caroline__V1__PointsMove *move = arena_alloc(c->txn.arena, sizeof *move);
    char number[RECEIPT_NUMBER_TEXT];

    caroline__v1__points_move__init(move);
    PUT(*move, at_us, (uint64_t)row_instant(moves, row, "at").us);
    PUT(*move, kind, (uint32_t)row_int(moves, row, "kind"));
    PUT(*move, points, row_int(moves, row, "points"));
    if (row_is_null(moves, row, "sale_id"))
        return move;
    PUT(*move, sale_id, (uint64_t)row_int(moves, row, "sale_id"));
    receipt_number_format(number, (struct receipt_number){ .till = (uint32_t)row_int(moves, row, "till_number"),
                                                           .series = (char)row_int(moves, row, "series"),
                                                           .number = row_int(moves, row, "number") });
    PUT(*move, receipt_number, field_text(arena_text(c->txn.arena, number)));
    return move;
}

static void put_history(struct call *c, const struct showing *s, Caroline__V1__Member *member)
{
    member->sales = arena_array(c->txn.arena, rows_count(s->sales), sizeof *member->sales);
    for (; member->n_sales < rows_count(s->sales); member->n_sales++)
        member->sales[member->n_sales] = sale_message_of(c, s->sales, member->n_sales);
    member->merged = arena_array(c->txn.arena, rows_count(s->merged), sizeof *member->merged);
    for (; member->n_merged < rows_count(s->merged); member->n_merged++)
        member->merged[member->n_merged] = member_merged_of(c, s->merged, member->n_merged);
}

static void put_moves(struct call *c, const struct rows *moves, Caroline__V1__MemberShown *reply)
{
    if (moves == NULL)
        return;
    reply->moves = arena_array(c->txn.arena, rows_count(moves) + 1, sizeof *reply->moves);
    for (; reply->n_moves < rows_count(moves); reply->n_moves++)
        reply->moves[reply->n_moves] = member_move_of(c, moves, reply->n_moves);
}

static enum step reply_with(struct call *c)
{
    const struct showing *s = c->shared;
    Caroline__V1__MemberShown reply = CAROLINE__V1__MEMBER_SHOWN__INIT;

    if (rows_count(s->member) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "id", "no member of that id");
    Caroline__V1__Member *member = member_message_of(c, s->member, 0);
    if (row_int(s->member, 0, "tier_minor") != 0)
        PUT(*member, tier_minor, row_int(s->member, 0, "tier_minor"));
    if (row_int(s->member, 0, "referrer_id") != 0)
        PUT(*member, referrer_id, (uint64_t)row_int(s->member, 0, "referrer_id"));
    member->lots = arena_array(c->txn.arena, rows_count(s->lots) + 1, sizeof *member->lots);
    for (; member->n_lots < rows_count(s->lots); member->n_lots++)
        member->lots[member->n_lots] = member_lot_of(c, s->lots, member->n_lots);
    member->consents = consents_standing(s->consents, c->txn.arena, &member->n_consents);
    put_history(c, s, member);
    put_moves(c, s->moves, &reply);
    journal_note(c, (int64_t)member->id, "member_shown");
    reply.member = member;
    return answer(c, &reply.base);
}

const struct op member_show = {
    .name = "member_show",
    .number = NUMBER(MEMBER_SHOW),
    .kind = OP_ACTS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_SEE,
    .clients = CLIENT_STAFF,
    .training = &member_show,
    .request = &caroline__v1__member_show__descriptor,
    .reply = &caroline__v1__member_shown__descriptor,
    .shared_size = sizeof(struct showing),
    .stages = { find, reply_with },
};
