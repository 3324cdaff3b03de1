/* Give a receipt to a member afterwards. Behind the shop's lock, which groups hold: so no refund of it comes between, and of two tills
 * that give it to two members one finds what the other did. The sale is read as for a refund; then the member's account is locked,
 * and what stood then is asked; then it is decided, and written as a sale's points are. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "common/rules/sale_attach.h"
#include "db/queries.h"
#include "server/service/counter_group.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"
#include "server/store/programme_terms.h"

struct attaching {
    struct attach_command command;
    struct receipt_number number;
    struct counter_set set; /* as if it were to be refunded */
    struct rows *sale, *terms, *lines, *backs, *member;
    struct attach_past past;
    struct programme programme; /* of the day of the sale */
    struct original *original;  /* NULL: none of that number */
    struct attach_rows rows;
};

/* ---- the sale, as it was ---- */

static void ask_sale(struct call *c, struct attaching *a)
{
    struct receipt_number *number = &a->number;
    int64_t till = number->till;
    struct bytes series = bytes_of(&number->series, 1);
    struct param shop = PARAM_INT(c->shop_id);
    struct param t = PARAM_INTS(&till, 1), s = PARAM_TEXTS(&series, 1), n = PARAM_INTS(&number->number, 1);
    struct param one_t = PARAM_INT(till), one_s = PARAM_TEXT_VIEW(series), one_n = PARAM_INT(number->number);

    a->set.originals = number;
    a->set.original_count = 1;
    a->set.rows.originals = ask(c, &sql_counter_originals, PARAMS(shop, t, s, n));
    a->set.rows.lines = ask(c, &sql_counter_original_lines, PARAMS(shop, t, s, n));
    a->set.rows.line_taxes = ask(c, &sql_counter_original_line_taxes, PARAMS(shop, t, s, n));
    a->set.rows.taxes = ask(c, &sql_counter_original_taxes, PARAMS(shop, t, s, n));
    a->set.rows.tenders = ask(c, &sql_counter_original_tenders, PARAMS(shop, t, s, n));
    a->sale = ask(c, &sql_attach_sale, PARAMS(shop, one_t, one_s, one_n));
    a->terms = ask(c, &sql_attach_terms, PARAMS(shop, one_t, one_s, one_n));
    a->lines = ask(c, &sql_attach_lines, PARAMS(shop, one_t, one_s, one_n));
    a->backs = ask(c, &sql_attach_backs, PARAMS(shop, one_t, one_s, one_n));
}

static enum step find(struct call *c)
{
    const Caroline__V1__SaleAttach *request = (const Caroline__V1__SaleAttach *)c->message;
    struct attaching *a = c->shared;

    if (!c->catalogue)
        return STEP_FAILED;
    if (!may(c, PERMISSION_MEMBER_SEE))
        return refuse(c, REFUSAL(PERMISSION_DENIED), "your role does not allow to see members");
    enum step step = receipt_number_of(c, field_bytes(request->receipt_number), &a->number);
    if (step != STEP_NEXT)
        return step;
    a->command.member_id = request->member_id > INT64_MAX ? -1 : (int64_t)request->member_id;
    a->command.days = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue))->attach_days;
    ask_sale(c, a);
    a->set.rows.members = ask(c, &sql_counter_members, PARAMS(PARAM_INTS(&a->command.member_id, 1)));
    return STEP_NEXT;
}

static void take_programme(struct attaching *a, struct arena *arena)
{
    int64_t version = row_int(a->sale, 0, "version");

    if (version == 0)
        return;
    a->programme = (struct programme){ .points_per_unit = a->original->points_per_unit,
                                       .birthday_points = row_int(a->sale, 0, "birthday_points"),
                                       .lot_days = (uint32_t)row_int(a->sale, 0, "lot_days"),
                                       .tier_months = (uint32_t)row_int(a->sale, 0, "tier_months") };
    a->programme.terms = programme_terms_of(a->terms, version, arena, &a->programme.term_count);
    a->past.programme = &a->programme;
}

static void take_categories(struct attaching *a, struct arena *arena)
{
    const struct original *original = a->original;
    int64_t *category_ids = arena_array(arena, original->line_count, sizeof *category_ids);
    size_t row = 0;

    for (size_t i = 0; i < original->line_count; i++) {
        while (row < rows_count(a->lines) && row_int(a->lines, row, "line") < original->lines[i].line)
            row++;
        if (row < rows_count(a->lines) && row_int(a->lines, row, "line") == original->lines[i].line)
            category_ids[i] = row_int(a->lines, row, "category_id");
    }
    a->past.category_ids = category_ids;
}

/* Rows of one refund stand behind one another. */
static void take_backs(struct attaching *a, struct arena *arena)
{
    size_t count = rows_count(a->backs);
    struct attach_back *backs = arena_array(arena, count, sizeof *backs);
    struct refund_line *lines = arena_array(arena, count, sizeof *lines);

    for (size_t i = 0; i < count; i++) {
        int64_t id = row_int(a->backs, i, "id");

        if (a->past.back_count == 0 || backs[a->past.back_count - 1].sale_id != id)
            backs[a->past.back_count++] = (struct attach_back){ .sale_id = id, .lines = &lines[i] };
        lines[i] = (struct refund_line){ .line = (uint32_t)row_int(a->backs, i, "line"),
                                         .quantity_milli = row_int(a->backs, i, "quantity_milli") };
        backs[a->past.back_count - 1].line_count++;
    }
    a->past.backs = backs;
}

/* Who is named, or has taken them in. */
static int64_t survivor_of(const struct attaching *a)
{
    const struct rows *rows = a->set.rows.members;

    for (size_t i = 0; i < rows_count(rows); i++)
        if (row_int(rows, i, "member_id") == a->command.member_id && !row_is_null(rows, i, "merged_into"))
            return row_int(rows, i, "merged_into");
    return a->command.member_id;
}

/* ---- the member, as they stood ---- */

static enum step look(struct call *c)
{
    struct attaching *a = c->shared;
    struct working_set *set = &a->set.rules;
    struct instant from = { 0 }, until = { 0 };
    size_t count;

    set->arena = c->txn.arena;
    set->catalogue = c->catalogue;
    set->zone = shop_zone(catalogue_shop(c->catalogue, catalogue_newest(c->catalogue)));
    struct original *originals = counter_originals_of(&a->set, c->txn.arena, &count);
    if (count > 0) {
        a->original = originals;
        a->past.at = row_instant(a->sale, 0, "at");
        a->past.made = row_instant(a->sale, 0, "made_at");
        take_programme(a, c->txn.arena);
        take_categories(a, c->txn.arena);
        take_backs(a, c->txn.arena);
    }
    bool by_tier = attach_months(&a->past, set->zone, &from, &until);
    a->set.rows.lots = ask(c, &sql_counter_lots,
                           PARAMS(PARAM_INTS(&a->command.member_id, 1), PARAM_DAY(zone_day(set->zone, a->past.at))));
    a->member = ask(c, &sql_attach_member,
                    PARAMS(PARAM_INT(survivor_of(a)), PARAM_INSTANT(from), PARAM_INSTANT(until), PARAM_BOOL(by_tier)));
    return STEP_NEXT;
}

/* ---- what is written ---- */

static void write_rows(struct call *c, const struct attaching *a)
{
    const struct attach_rows *rows = &a->rows;
    size_t count = rows->row_count;
    int64_t *ids = arena_array(c->txn.arena, count, sizeof *ids);
    int64_t *earned = arena_array(c->txn.arena, count, sizeof *earned);
    int64_t *gifted = arena_array(c->txn.arena, count, sizeof *gifted);
    struct instant *sold = arena_array(c->txn.arena, count, sizeof *sold);

    for (size_t i = 0, back = 0; i < count; i++) {
        ids[i] = rows->rows[i].sale_id;
        earned[i] = rows->rows[i].points_earned;
        gifted[i] = rows->rows[i].points_gifted;
        while (i > 0 && row_int(a->backs, back, "id") != ids[i])
            back++;
        sold[i] = i == 0 ? a->past.at : row_instant(a->backs, back, "at");
    }
    ask(c, &sql_attach_insert,
        PARAMS(PARAM_INT(a->original->sale_id), PARAM_INTS(ids, count), PARAM_INT(rows->member_id),
               PARAM_INSTANTS(sold, count), PARAM_INTS(earned, count), PARAM_INTS(gifted, count),
               PARAM_INT(rows->points_after), PARAM_INT(c->shop_id), PARAM_INT(c->device_id), PARAM_INT(c->staff_id),
               PARAM_INSTANT(c->now)));
}

static void write_earnings(struct call *c, const struct attach_row *row)
{
    size_t count = row->earning_count;
    struct bytes *lines = arena_array(c->txn.arena, count, sizeof *lines);
    int64_t *numbers[8];

    if (count == 0)
        return;
    for (size_t k = 0; k < 8; k++)
        numbers[k] = arena_array(c->txn.arena, count, sizeof *numbers[k]);
    for (size_t i = 0; i < count; i++) {
        const struct earning *earning = &row->earnings[i];

        numbers[0][i] = row->sale_id;
        numbers[1][i] = earning->rule;
        numbers[2][i] = earning->per;
        numbers[3][i] = earning->value;
        numbers[4][i] = earning->basis;
        numbers[5][i] = earning->points;
        numbers[6][i] = row->has_earn_time ? row->earn_tier : PARAM_NULL_INT;
        numbers[7][i] = row->has_earn_time ? earn_week_minute(row->earn_time) : PARAM_NULL_INT;
        lines[i] = bytes_of(earning->lines, sizeof earning->lines);
    }
    ask(c, &sql_counter_earning_insert,
        PARAMS(PARAM_INTS(numbers[0], count), PARAM_INTS(numbers[1], count), PARAM_INTS(numbers[2], count),
               PARAM_INTS(numbers[3], count), PARAM_INTS(numbers[4], count), PARAM_INTS(numbers[5], count),
               PARAM_BYTESES(lines, count), PARAM_INTS(numbers[6], count), PARAM_INTS(numbers[7], count)));
}

static void write_entries(struct call *c, const struct attaching *a, const struct attach_row *row)
{
    size_t count = row->points.count;
    int64_t *numbers[6];

    if (count == 0)
        return;
    for (size_t k = 0; k < 6; k++)
        numbers[k] = arena_array(c->txn.arena, count, sizeof *numbers[k]);
    for (size_t i = 0; i < count; i++) {
        numbers[0][i] = row->sale_id;
        numbers[1][i] = row->points.rows[i].lot_id;
        numbers[2][i] = row->points.rows[i].kind;
        numbers[3][i] = a->rows.member_id;
        numbers[4][i] = row->points.rows[i].points;
        numbers[5][i] = c->staff_id;
    }
    ask(c, &sql_counter_points_insert,
        PARAMS(PARAM_INSTANT(c->now), PARAM_INTS(numbers[0], count), PARAM_INTS(numbers[1], count),
               PARAM_INTS(numbers[2], count), PARAM_INTS(numbers[3], count), PARAM_INTS(numbers[4], count),
               PARAM_INTS(numbers[5], count)));
}

static void write_member(struct call *c, const struct member_state *member)
{
    int64_t year = member->birthday_year;

    if (!member->changed)
        return;
    ask(c, &sql_counter_member_update,
        PARAMS(PARAM_INTS(&member->id, 1), PARAM_INTS(&member->points, 1), PARAM_INTS(&year, 1)));
    for (size_t i = 0; i < member->lot_count; i++) {
        const struct points_lot *lot = &member->lots[i];

        if (!lot->stored)
            ask(c, &sql_counter_lot_insert,
                PARAMS(PARAM_INTS(&lot->id, 1), PARAM_INTS(&member->id, 1), PARAM_DAYS(&lot->origin, 1),
                       PARAM_DAYS(&lot->expiry, 1), PARAM_INTS(&lot->remaining, 1)));
        else if (lot->changed)
            ask(c, &sql_counter_lot_update, PARAMS(PARAM_INTS(&lot->id, 1), PARAM_INTS(&lot->remaining, 1)));
    }
}

static const char *number_text(struct call *c, int64_t number)
{
    return arena_format(c->txn.arena, "%" PRId64, number);
}

static void note(struct call *c, const struct attaching *a)
{
    int64_t sale_id = a->original->sale_id;
    char number[RECEIPT_NUMBER_TEXT];

    journal_change(c, a->rows.member_id, "receipt", NULL, receipt_number_format(number, a->number));
    journal_change(c, sale_id, "member", NULL, number_text(c, a->rows.member_id));
    journal_change(c, sale_id, "points_earned", NULL, number_text(c, a->rows.points_earned));
    if (a->rows.points_gifted != 0)
        journal_change(c, sale_id, "points_gifted", NULL, number_text(c, a->rows.points_gifted));
}

static enum step reply(struct call *c, const struct attaching *a)
{
    Caroline__V1__SaleAttached message = CAROLINE__V1__SALE_ATTACHED__INIT;
    const struct attach_rows *rows = &a->rows;
    char number[RECEIPT_NUMBER_TEXT], day[DAY_TEXT];

    PUT(message, sale_id, (uint64_t)a->original->sale_id);
    PUT(message, receipt_number, field_text(receipt_number_format(number, a->number)));
    PUT(message, member_id, (uint64_t)rows->member_id);
    PUT(message, points_earned, rows->points_earned);
    PUT(message, points_gifted, rows->points_gifted);
    PUT(message, points_after, rows->points_after);
    PUT(message, sold_us, (uint64_t)a->past.at.us);
    if (rows->has_lot)
        PUT(message, expiry_day, field_text(day_format(day, rows->expiry)));
    PUT(message, committed_us, (uint64_t)c->now.us);
    return answer(c, &message.base);
}

static enum step attach(struct call *c)
{
    struct attaching *a = c->shared;
    struct working_set *set = &a->set.rules;

    set->members = counter_members_of(a->set.rows.members, a->set.rows.lots, c->vault, zone_day(set->zone, a->past.at),
                                      c->txn.arena, &set->member_count);
    if (set_misses_member(set)) /* they were merged while this waited for their account */
        return STEP_AGAIN;
    if (rows_count(a->member) > 0) {
        a->past.joined = row_instant(a->member, 0, "created_at");
        a->past.spent_minor = row_int(a->member, 0, "spent_minor");
    }
    a->command.new_lot_id = next_id(c);
    enum sale_verdict verdict = attach_decide(&a->command, a->original, &a->past, set, c->now, &a->rows);
    if (verdict != SALE_OK && a->rows.field != NULL)
        return refuse_field(c, sale_refusal_code(verdict), a->rows.field, "%s", a->rows.sentence);
    if (verdict != SALE_OK)
        return refuse(c, sale_refusal_code(verdict), "%s", a->rows.sentence);
    write_rows(c, a);
    write_member(c, set_member(set, a->rows.member_id));
    for (size_t i = 0; i < a->rows.row_count; i++) {
        write_earnings(c, &a->rows.rows[i]);
        write_entries(c, a, &a->rows.rows[i]);
    }
    note(c, a);
    return reply(c, a);
}

const struct op sale_attach = {
    .name = "sale_attach",
    .number = NUMBER(SALE_ATTACH),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .locks_shop = true,
    .request = &caroline__v1__sale_attach__descriptor,
    .reply = &caroline__v1__sale_attached__descriptor,
    .shared_size = sizeof(struct attaching),
    .stages = { find, look, attach },
};
