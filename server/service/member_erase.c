/* Forget a member: what is sealed, what they are found by and their points go in one transaction, with a tombstone. The key goes behind its
 * COMMIT (server/jobs/erasures.c): a crash between leaves a tombstone whose key is destroyed at the next start, before anybody is
 * served, and never a member without a key. Sales, receipts, ledgers and the journal stay: they name a number. Of their reviews the stars
 * stay, as nobody's, so that no product's rating tells of it. Who was merged into the
 * member is the same person, and erased with them: older dumps have their fields, and the keys of these may not be swept yet. */
#include <inttypes.h>

#include "common/rules/charge.h"
#include "db/queries.h"
#include "proto/privacy.pb-c.h"
#include "server/service/member_write.h"
#include "server/service/message.h"
#include "server/service/payment_message.h"

static enum step find(struct call *c)
{
    const Caroline__V1__MemberErase *request = (const Caroline__V1__MemberErase *)c->message;
    struct member_erasing *e = c->shared;

    if (!request->has_id || !request->has_confirm_id || request->confirm_id != request->id)
        return refuse_field(c, REFUSAL(ERASE_NOT_CONFIRMED), "confirm_id",
                            "this is not to be undone: give the member's id twice");
    if (!request->has_reason || request->reason < CAROLINE__V1__ERASE_REASON__ERASE_ASKED ||
        request->reason > CAROLINE__V1__ERASE_REASON__ERASE_MISTAKE)
        return refuse_field(c, REFUSAL(BAD_FIELD), "reason", "say why: asked for, no longer needed, or a mistake");
    e->id = request->id > INT64_MAX ? -1 : (int64_t)request->id;
    e->reason = request->reason;
    member_erase_ask(c, e);
    return STEP_NEXT;
}

void member_erase_ask(struct call *c, struct member_erasing *e)
{
    e->found = ask(c, &sql_member_erase_lock, PARAMS(PARAM_INT(e->id)));
    e->accounts = ask(c, &sql_member_erase_accounts, PARAMS(PARAM_INT(e->id)));
    e->unsettled = ask(c, &sql_payment_unsettled, PARAMS(PARAM_INT(e->id)));
    ask(c, &sql_payment_setups_lock, PARAMS(PARAM_INT(e->id)));
    e->methods = ask(c, &sql_payment_methods, PARAMS(PARAM_INT(e->id)));
}

static size_t row_of(const struct member_erasing *e)
{
    size_t row = 0;

    while (row < rows_count(e->accounts) && row_int(e->accounts, row, "member_id") != e->id)
        row++;
    return row;
}

/* What was given up and is captured by the gateway later goes back to the member, for which the gateway has to be asked in their name. Once nobody
 * looks at it any more, or could not for so long (there is no gateway now), it keeps them no longer. */
static bool may_turn_up(const struct call *c, const struct rows *unsettled, size_t row)
{
    return row_int(unsettled, row, "state") == CHARGE_GIVEN_UP &&
           row_instant(unsettled, row, "made_at").us > c->now.us - CHARGE_LONGEST_US - CHARGE_LATE_US;
}

static enum step judge_charges(struct call *c, const struct rows *unsettled)
{
    for (size_t i = 0; i < rows_count(unsettled); i++)
        if (!charge_is_over((enum charge_state)row_int(unsettled, i, "state")))
            return refuse_field(
                c, REFUSAL(CHARGE_PENDING), "id",
                "a payment of theirs is under way: once more when that is over, in a minute or an hour");
    for (size_t i = 0; i < rows_count(unsettled); i++)
        if (may_turn_up(c, unsettled, i))
            return refuse_field(c, REFUSAL(CHARGE_PENDING), "id",
                                "a payment of theirs came to nothing, and would be given back if it was made all the "
                                "same: once more in three days");
    return STEP_NEXT;
}

/* The accounts were read behind the member's lock: no merging is under way that they do not know of. */
static enum step judge(struct call *c, const struct member_erasing *e, size_t row)
{
    if (rows_count(e->found) == 0 || row == rows_count(e->accounts) || row_bool(e->accounts, row, "erased"))
        return refuse_field(c, REFUSAL(UNKNOWN_MEMBER), "id", "no member of that id");
    if (!row_is_null(e->accounts, row, "merged_into"))
        return refuse_field(c, REFUSAL(MEMBER_MERGED), "id", "%" PRId64 " was merged into %" PRId64 ": erase that one",
                            e->id, row_int(e->accounts, row, "merged_into"));
    return judge_charges(c, e->unsettled);
}

/* At a kiosk nobody is there but the member. */
static struct param staff_or_null(const struct call *c)
{
    return c->staff_id ? PARAM_INT(c->staff_id) : PARAM_NULL();
}

static void note(struct call *c, const struct member_erasing *e, const char *reason, int64_t points)
{
    journal_change(c, e->id, "reason", NULL, reason);
    journal_change(c, e->id, "points", arena_format(c->txn.arena, "%" PRId64, points), "0");
    for (size_t i = 0; i < rows_count(e->accounts); i++)
        if (row_int(e->accounts, i, "member_id") != e->id)
            journal_change(c, row_int(e->accounts, i, "member_id"), "reason", NULL, reason);
}

/* Behind all locks: no sale, refund or change of the member is under way any more. */
enum step member_erase_do(struct call *c, const struct member_erasing *e)
{
    static const char *const reasons[] = { "", "asked", "unused", "mistake" };
    Caroline__V1__MemberErased reply = CAROLINE__V1__MEMBER_ERASED__INIT;
    size_t row = row_of(e);
    enum step step = judge(c, e, row);

    if (step != STEP_NEXT)
        return step;
    int64_t points = row_int(e->accounts, row, "points");
    points += points == PARAM_NULL_INT; /* written there by hand: a parameter of that is nothing */
    ask(c, &sql_member_erase_points, PARAMS(PARAM_INT(e->id), staff_or_null(c), PARAM_INSTANT(c->now)));
    ask(c, &sql_member_erase_account, PARAMS(PARAM_INT(e->id)));
    ask(c, &sql_member_erase_fields, PARAMS(PARAM_INT(e->id), PARAM_INSTANT(c->now)));
    ask(c, &sql_member_erase_merges, PARAMS(PARAM_INT(e->id)));
    ask(c, &sql_member_erase_reviews,
        PARAMS(PARAM_INT(e->id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id), staff_or_null(c),
               PARAM_INSTANT(c->now)));
    ask(c, &sql_member_blind_remove_all, PARAMS(PARAM_INT(e->id)));
    payment_methods_erase(c, e->id, e->methods);
    ask(c, &sql_member_erase_write,
        PARAMS(PARAM_INT(e->id), PARAM_INT(e->reason), PARAM_INT(points), PARAM_INT(c->shop_id),
               PARAM_INT(c->device_id), staff_or_null(c), PARAM_INSTANT(c->now)));
    ask(c, &sql_member_secret_remove, PARAMS(PARAM_INT(e->id)));
    ask(c, &sql_member_code_remove_all, PARAMS(PARAM_INT(e->id)));
    ask(c, &sql_member_ticket_remove, PARAMS(PARAM_INT(e->id)));
    note(c, e, reasons[e->reason], points);
    member_told(c, e->id);
    PUT(reply, id, (uint64_t)e->id);
    PUT(reply, points, points);
    return answer(c, &reply.base);
}

static enum step write(struct call *c)
{
    return member_erase_do(c, c->shared);
}

const struct op member_erase = {
    .name = "member_erase",
    .number = NUMBER(MEMBER_ERASE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_MEMBER_ERASE,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__member_erase__descriptor,
    .reply = &caroline__v1__member_erased__descriptor,
    .shared_size = sizeof(struct member_erasing),
    .stages = { find, write },
};
