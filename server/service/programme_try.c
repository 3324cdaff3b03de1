/* What a draft of a programme would have given for sales of the past: a few members a call, nothing is written. */
#include <string.h>

#include "common/base/number.h"
#include "db/queries.h"
#include "server/service/catalogue_message.h"
#include "server/service/message.h"
#include "server/service/programme_draft.h"
#include "server/service/shop_day.h"

#define MEMBERS   20
#define LINES_MAX 50000 /* of a page */
#define DAYS_MAX  400

struct trying {
    struct programme draft;
    const struct shop *shop;
    struct instant from, until;
    struct rows *members, *lines;
};

static enum step read_days(struct call *c, const Caroline__V1__ProgrammeTry *request, struct trying *t)
{
    struct day first, last;
    const struct zone *zone = shop_zone(t->shop);

    if (!day_parse(
            arena_format(c->txn.arena, "%.*s", (int)request->first_day.len, (const char *)request->first_day.data),
            &first) ||
        !day_parse(arena_format(c->txn.arena, "%.*s", (int)request->last_day.len, (const char *)request->last_day.data),
                   &last))
        return refuse_field(c, REFUSAL(BAD_TRY), "first_day", "say the first day and the last, as in 2026-12-24");
    if (last.number < first.number || last.number - first.number >= DAYS_MAX)
        return refuse_field(c, REFUSAL(BAD_TRY), "last_day", "the last day comes behind the first, within %d days",
                            DAYS_MAX);
    t->from = zone_day_start(zone, first);
    t->until = zone_day_start(zone, (struct day){ .number = last.number + 1 });
    return STEP_NEXT;
}

static enum step begin(struct call *c)
{
    static const Caroline__V1__Programme nothing = CAROLINE__V1__PROGRAMME__INIT;
    const Caroline__V1__ProgrammeTry *request = (const Caroline__V1__ProgrammeTry *)c->message;
    struct trying *t = c->shared;

    if (!c->catalogue) /* on its way into memory */
        return STEP_FAILED;
    uint64_t version = catalogue_newest(c->catalogue);
    t->shop = catalogue_shop(c->catalogue, version);
    if (!t->shop)
        return STEP_FAILED;
    enum step step = programme_draft(c, "draft.", request->draft ? request->draft : &nothing,
                                     catalogue_programme(c->catalogue, version), &t->draft);
    if (step == STEP_NEXT)
        step = read_days(c, request, t);
    if (step != STEP_NEXT)
        return step;
    int64_t after_id = request->after_id > INT64_MAX ? INT64_MAX : (int64_t)request->after_id;
    t->members = ask(c, &sql_programme_try_members, PARAMS(PARAM_INT(after_id), PARAM_INT(MEMBERS)));
    return STEP_NEXT;
}

static enum step find_lines(struct call *c)
{
    struct trying *t = c->shared;

    t->lines = ask(c, &sql_programme_try_lines,
                   PARAMS(PARAM_INTS(column_ints(t->members, "id"), rows_count(t->members)), PARAM_INT(c->shop_id),
                          PARAM_INSTANT(t->from), PARAM_INSTANT(t->until), PARAM_INT(LINES_MAX)));
    return STEP_NEXT;
}

/* A line's part of the tax, too, where prices are without it. */
static int64_t paid_of(const struct rows *lines, size_t row, bool included)
{
    int64_t total = row_int(lines, row, "total_minor"), paid = total - row_int(lines, row, "back_minor"), tax = 0;

    if (!included && total > 0)
        multiply_divide(row_int(lines, row, "tax_minor"), paid, total, &tax);
    return paid + tax;
}

/* The lines of one sale from `row` on; returns behind them. */
static size_t take_sale(struct call *c, const struct trying *t, size_t row, struct earn_line lines[EARN_LINES_MAX],
                        int64_t *paid_minor)
{
    int64_t sale_id = row_int(t->lines, row, "sale_id");

    memset(lines, 0, EARN_LINES_MAX * sizeof *lines);
    *paid_minor = 0;
    for (; row < rows_count(t->lines) && row_int(t->lines, row, "sale_id") == sale_id; row++) {
        int64_t line = row_int(t->lines, row, "line"), product_id = row_int(t->lines, row, "product_id");
        const struct product *product = catalogue_product(c->catalogue, catalogue_newest(c->catalogue), product_id);

        if (line < 0 || line >= EARN_LINES_MAX)
            continue;
        lines[line] = (struct earn_line){ .product_id = product_id,
                                          .category_id = product == NULL ? 0 : product->category_id,
                                          .paid_minor = paid_of(t->lines, row, t->shop->prices_include_tax),
                                          .paid_milli = row_int(t->lines, row, "paid_milli") };
        *paid_minor += lines[line].paid_minor;
    }
    return row;
}

/* false: the points leave their range. */
static bool add_term(Caroline__V1__ProgrammeTried *reply, const struct earning *earning, struct arena *arena)
{
    size_t at = 0;

    while (at < reply->n_terms && reply->terms[at]->number != earning->rule)
        at++;
    if (at == reply->n_terms) {
        reply->terms[reply->n_terms] = arena_alloc(arena, sizeof *reply->terms[0]);
        caroline__v1__tried_term__init(reply->terms[reply->n_terms++]);
        PUT(*reply->terms[at], number, earning->rule);
        PUT(*reply->terms[at], sale_count, 0);
        PUT(*reply->terms[at], points, 0);
    }
    reply->terms[at]->sale_count++;
    return add_checked(reply->terms[at]->points, earning->points, &reply->terms[at]->points);
}

static unsigned tier_of(const struct trying *t, int64_t member_id)
{
    for (size_t i = 0; i < rows_count(t->members); i++)
        if (row_int(t->members, i, "id") == member_id)
            return (unsigned)row_int(t->members, i, "tier");
    return 0;
}

static Caroline__V1__TriedMember *member_at(Caroline__V1__ProgrammeTried *reply, int64_t member_id, struct arena *arena)
{
    if (reply->n_members > 0 && reply->members[reply->n_members - 1]->member_id == (uint64_t)member_id)
        return reply->members[reply->n_members - 1];
    Caroline__V1__TriedMember *member = arena_alloc(arena, sizeof *member);
    caroline__v1__tried_member__init(member);
    PUT(*member, member_id, (uint64_t)member_id);
    PUT(*member, points, 0);
    PUT(*member, points_then, 0);
    reply->members[reply->n_members++] = member;
    return member;
}

/* false: the points leave their range. */
static bool try_sales(struct call *c, const struct trying *t, Caroline__V1__ProgrammeTried *reply)
{
    struct earn_line *lines = arena_array(c->txn.arena, EARN_LINES_MAX, sizeof *lines);
    struct earning *earnings = arena_array(c->txn.arena, EARNINGS_MAX, sizeof *earnings);

    for (size_t row = 0; row < rows_count(t->lines);) {
        int64_t member_id = row_int(t->lines, row, "member_id"), then = row_int(t->lines, row, "points_then");
        int64_t paid_minor, points;
        struct instant at = row_instant(t->lines, row, "at");
        size_t earning_count;

        row = take_sale(c, t, row, lines, &paid_minor);
        if (!programme_earn(&t->draft, lines, EARN_LINES_MAX, paid_minor, tier_of(t, member_id),
                            earn_time_of(shop_zone(t->shop), at), t->shop->currency_exponent, earnings, &earning_count,
                            &points))
            return false;
        Caroline__V1__TriedMember *member = member_at(reply, member_id, c->txn.arena);
        if (!add_checked(member->points, points, &member->points) ||
            !add_checked(member->points_then, then, &member->points_then))
            return false;
        for (size_t i = 0; i < earning_count; i++)
            if (earnings[i].points > 0 && !add_term(reply, &earnings[i], c->txn.arena))
                return false;
        reply->sale_count++;
    }
    return true;
}

static enum step reply_with(struct call *c)
{
    const struct trying *t = c->shared;
    Caroline__V1__ProgrammeTried reply = CAROLINE__V1__PROGRAMME_TRIED__INIT;
    size_t count = rows_count(t->members);

    if (rows_count(t->lines) == LINES_MAX)
        return refuse_field(c, REFUSAL(BAD_TRY), "first_day", "these are too many sales at once: try fewer days");
    reply.members = arena_array(c->txn.arena, MEMBERS, sizeof *reply.members);
    reply.terms = arena_array(c->txn.arena, EARNINGS_MAX, sizeof *reply.terms);
    reply.has_sale_count = true;
    if (!try_sales(c, t, &reply))
        return refuse_field(c, REFUSAL(BAD_TRY), "draft", "it would have given more points than there can be");
    if (count > 0)
        PUT(reply, after_id, (uint64_t)row_int(t->members, count - 1, "id"));
    PUT(reply, more, count == MEMBERS);
    reply.programme = programme_message_of(c->txn.arena, &t->draft);
    return answer(c, &reply.base);
}

const struct op programme_try = {
    .name = "programme_try",
    .number = NUMBER(PROGRAMME_TRY),
    .kind = OP_READS,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_PROGRAMME_EDIT,
    .body_max = PROGRAMME_BODY_MAX,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .request = &caroline__v1__programme_try__descriptor,
    .reply = &caroline__v1__programme_tried__descriptor,
    .shared_size = sizeof(struct trying),
    .stages = { begin, find_lines, reply_with },
};
