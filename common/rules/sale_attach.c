/* A receipt for a member afterwards: whether it may be, and what it comes to. */
#include "common/rules/sale_attach.h"

#include <assert.h>
#include <stdarg.h>

#include "common/rules/deposit.h"
#include "common/rules/points_sound.h"
#include "common/rules/refund_share.h"

/* A till's clock is believed as far as a sale's is (sale_priced_at()). */
#define MADE_BEHIND_US VERSION_LIFE_US
#define MADE_AHEAD_US  (2 * MINUTE_US)

/* One being decided. */
struct deed {
    const struct attach_command *command;
    struct original *original;
    const struct attach_past *past;
    struct working_set *set;
    struct member_state *member;
    struct day day; /* of the sale */
    struct attach_rows *rows;
};

static enum sale_verdict no(const struct deed *d, enum sale_verdict verdict, const char *field, const char *sentence,
                            ...) __attribute__((format(printf, 4, 5)));
static enum sale_verdict no(const struct deed *d, enum sale_verdict verdict, const char *field, const char *sentence,
                            ...)
{
    va_list arguments;

    va_start(arguments, sentence);
    d->rows->sentence = arena_vformat(d->set->arena, sentence, arguments);
    va_end(arguments);
    d->rows->field = field;
    return verdict;
}

/* ---- whether it may be ---- */

static bool sold_anything(const struct original *original)
{
    for (size_t i = 0; i < original->line_count; i++)
        if ((original->lines[i].flags & (LINE_DEPOSIT | LINE_CHARGE)) == 0)
            return true;
    return false;
}

static bool house_paid(const struct original *original)
{
    for (size_t i = 0; i < original->tender_count; i++)
        if (original->tenders[i].kind == TENDER_HOUSE)
            return true;
    return false;
}

static enum sale_verdict check(struct deed *d, struct instant now)
{
    const struct original *original = d->original;

    if (d->command->days == 0)
        return no(d, SALE_ATTACH_OFF, NULL, "this shop gives no receipts to members afterwards");
    if (original == NULL)
        return no(d, SALE_UNKNOWN_SALE, "receipt_number",
                  "no receipt of this number; one that a till printed while it was offline is there when that till has "
                  "brought it");
    if (original->kind == SALE_REFUND)
        return no(d, SALE_ATTACH_NOT_POSSIBLE, "receipt_number",
                  "this is a refund: the receipt of what was sold is given to the member");
    if (original->member_id != 0)
        return no(d, SALE_HAS_MEMBER, "receipt_number", "this receipt has its member already");
    if (!sold_anything(original))
        return no(d, SALE_ATTACH_NOT_POSSIBLE, "receipt_number", "nothing was sold on this receipt that gives points");
    if (!original_is_sound(original))
        return no(d, SALE_ATTACH_NOT_POSSIBLE, "receipt_number",
                  "this receipt does not add up as it stands in the books: what it gives is not known");
    if (house_paid(original)) /* as when it is rung up with a member: sale_tender.c */
        return no(d, SALE_ATTACH_NOT_POSSIBLE, "receipt_number", "what the house pays earns no points");
    if (zone_day(d->set->zone, now).number - d->day.number > (int32_t)d->command->days)
        return no(d, SALE_ATTACH_LATE, "receipt_number",
                  "a receipt is given to a member for %u days, and this one is older", (unsigned)d->command->days);
    d->member = set_member(d->set, d->command->member_id);
    if (d->member == NULL)
        return no(d, SALE_UNKNOWN_MEMBER, "member_id", "no such member");
    if (!member_is_sound(d->member))
        return no(d, SALE_AMOUNT_OVERFLOW, "member_id",
                  "the points of this member do not add up as they stand in the books");
    return SALE_OK;
}

/* ---- what it earned ---- */

/* When it was priced is not kept: it is the time that the till says, where that can be believed. */
static struct instant priced_at(const struct attach_past *past, char series)
{
    bool near = past->made.us >= past->at.us - MADE_BEHIND_US && past->made.us <= past->at.us + MADE_AHEAD_US;

    return series == 'X' || near ? past->made : past->at;
}

/* Each in the place that it had in the sale. */
static struct earn_line *earn_lines_of(const struct deed *d, int64_t *goods_minor)
{
    const struct original *original = d->original;
    struct earn_line *lines = arena_array(d->set->arena, EARN_LINES_MAX, sizeof *lines);

    *goods_minor = original->total_minor;
    for (size_t i = 0; i < original->line_count; i++) {
        const struct original_line *line = &original->lines[i];
        int64_t paid_minor = line->total_minor + (original->prices_include_tax ? 0 : line->tax_minor);

        if ((line->flags & (LINE_DEPOSIT | LINE_CHARGE)) != 0) {
            *goods_minor -= paid_minor;
            continue;
        }
        if ((size_t)line->line >= EARN_LINES_MAX)
            continue;
        lines[line->line] = (struct earn_line){ .product_id = line->product_id,
                                                .category_id = d->past->category_ids[i],
                                                .paid_minor = paid_minor,
                                                .paid_milli = original_paid_milli(line, 0) };
    }
    return lines;
}

static bool earn(const struct deed *d, struct attach_row *row)
{
    const struct programme *programme = d->past->programme;
    const struct original *original = d->original;
    struct earning *earnings = arena_array(d->set->arena, EARNINGS_MAX, sizeof *earnings);
    int64_t goods_minor;
    const struct earn_line *lines = earn_lines_of(d, &goods_minor);

    row->earnings = earnings;
    if (programme == NULL)
        return true;
    if (!programme_has(programme, TERM_EARN))
        return points_earned(programme, goods_minor, original->currency_exponent, &row->points_earned);
    row->has_earn_time = true;
    row->earn_tier = (uint8_t)programme_tier(programme, d->past->spent_minor);
    row->earn_time = earn_time_of(d->set->zone, priced_at(d->past, original->number.series));
    return programme_earn(programme, lines, EARN_LINES_MAX, goods_minor, row->earn_tier, row->earn_time,
                          original->currency_exponent, earnings, &row->earning_count, &row->points_earned);
}

/* As a refund leaves out what a sale had given for empties. */
static struct original *with_points(const struct deed *d)
{
    const struct attach_row *sale = &d->rows->rows[0];
    struct original *original = arena_alloc(d->set->arena, sizeof *original);
    struct original_lot *lot = arena_alloc(d->set->arena, sizeof *lot);

    *original = *d->original;
    lot->earned = sale->points_earned;
    original->lots = lot;
    original->lot_count = 1;
    original->earnings = sale->earnings;
    original->earning_count = sale->earning_count;
    original_leave_out_back(original, d->set->arena);
    return original;
}

/* No more than was sold, whatever the refund's rows say. */
static void take_back(const struct original *original, const struct attach_back *back, int64_t *back_milli)
{
    for (size_t i = 0; i < back->line_count; i++)
        for (size_t j = 0; j < original->line_count; j++) {
            int64_t left = original->lines[j].quantity_milli - back_milli[j], milli = back->lines[i].quantity_milli;

            if ((uint32_t)original->lines[j].line == back->lines[i].line && milli > 0)
                back_milli[j] += milli < left ? milli : left;
        }
}

static bool is_all(const struct original *original, const int64_t *back_milli)
{
    for (size_t i = 0; i < original->line_count; i++)
        if (back_milli[i] != original->lines[i].quantity_milli)
            return false;
    return true;
}

static void fill_back(const struct deed *d, const struct original *original, const struct refund_share *before,
                      const struct refund_share *after, struct attach_row *row)
{
    struct earning *earnings = arena_array(d->set->arena, EARNINGS_MAX, sizeof *earnings);

    row->points_earned = before->earned - after->earned;
    row->earnings = earnings;
    for (size_t i = 0; i < original->earning_count && i < EARNINGS_MAX; i++) {
        struct earning earning = original->earnings[i];

        earning.basis = before->earnings[i].basis - after->earnings[i].basis;
        earning.points = before->earnings[i].points - after->earnings[i].points;
        if (earning.basis != 0 || earning.points != 0)
            earnings[row->earning_count++] = earning;
    }
}

/* What each refund would have taken back, as it came. */
static void share_backs(const struct deed *d)
{
    const struct original *original = with_points(d);
    int64_t *back_milli = arena_array(d->set->arena, original->line_count, sizeof *back_milli);
    struct refund_share before, after;

    refund_share(original, back_milli, false, d->set->arena, &before);
    for (size_t i = 0; i < d->past->back_count; i++) {
        take_back(original, &d->past->backs[i], back_milli);
        refund_share(original, back_milli, is_all(original, back_milli), d->set->arena, &after);
        fill_back(d, original, &before, &after, &d->rows->rows[1 + i]);
        d->rows->rows[1 + i].sale_id = d->past->backs[i].sale_id;
        before = after;
    }
}

/* ---- into the set ---- */

static void apply(const struct deed *d)
{
    struct attach_rows *rows = d->rows;
    struct attach_row *sale = &rows->rows[0];
    struct arena *arena = d->set->arena;

    d->member->changed = true; /* a friend who bought something is written, whatever it earned */
    points_add(d->member, d->past->programme, POINTS_BIRTHDAY, sale->points_gifted, d->day, d->command->new_lot_id,
               arena, &sale->points);
    points_add(d->member, d->past->programme, POINTS_EARNED, sale->points_earned, d->day, d->command->new_lot_id, arena,
               &sale->points);
    if (sale->points_gifted > 0)
        d->member->birthday_year = date_of_day(d->day).year;
    if (sale->points.count == 0)
        return;
    int64_t lot_id = sale->points.rows[0].lot_id;
    for (size_t i = 0; i < d->member->lot_count; i++)
        if (d->member->lots[i].id == lot_id)
            rows->expiry = d->member->lots[i].expiry;
    rows->has_lot = true;
    for (size_t i = 1; i < rows->row_count; i++)
        points_return(d->member, lot_id, POINTS_TAKEN_BACK, rows->rows[i].points_earned, arena, &rows->rows[i].points);
}

bool attach_months(const struct attach_past *past, const struct zone *zone, struct instant *from, struct instant *until)
{
    bool by_tier = false;

    for (size_t i = 0; past->programme != NULL && i < past->programme->term_count; i++)
        by_tier = by_tier || (past->programme->terms[i].kind == TERM_EARN && past->programme->terms[i].tier > 0);
    if (!by_tier)
        return false;
    struct day day = zone_day(zone, past->at);
    *from = zone_day_start(zone, tier_first_day(day, past->programme->tier_months));
    *until = zone_day_start(zone, day);
    return true;
}

enum sale_verdict attach_decide(const struct attach_command *command, struct original *original,
                                const struct attach_past *past, struct working_set *set, struct instant now,
                                struct attach_rows *rows)
{
    struct deed d = { .command = command, .original = original, .past = past, .set = set, .rows = rows };

    *rows = (struct attach_rows){ 0 };
    d.day = zone_day(set->zone, past->at);
    enum sale_verdict verdict = check(&d, now);
    if (verdict != SALE_OK)
        return verdict;
    rows->member_id = d.member->id;
    rows->row_count = 1 + past->back_count;
    rows->rows = arena_array(set->arena, rows->row_count, sizeof *rows->rows);
    rows->rows[0].sale_id = original->sale_id;
    if (!earn(&d, &rows->rows[0]) || rows->rows[0].points_earned > POINTS_MAX || d.member->points > POINTS_MAX)
        return no(&d, SALE_AMOUNT_OVERFLOW, NULL, "the points leave the range");
    /* Who was no member yet had no birthday to be given anything for. */
    if (past->programme != NULL && past->joined.us <= past->at.us)
        rows->rows[0].points_gifted = points_birthday(past->programme, d.member, d.day);
    if (rows->rows[0].points_gifted > POINTS_MAX)
        return no(&d, SALE_AMOUNT_OVERFLOW, NULL, "the points leave the range");
    share_backs(&d);
    apply(&d);
    for (size_t i = 0; i < rows->row_count; i++)
        rows->points_earned += rows->rows[i].points_earned;
    rows->points_gifted = rows->rows[0].points_gifted;
    rows->points_after = points_spendable(d.member, zone_day(set->zone, now));
    original->member_id = d.member->id;
    return SALE_OK;
}
