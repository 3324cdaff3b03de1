/* A refund: lines of a receipt, or all that has not been given back, in goods, money, taxes and points, to where it came
 * from. */
#include <assert.h>
#include <stdlib.h>

#include "common/rules/deposit.h"
#include "common/rules/points_sound.h"
#include "common/rules/refund_share.h"
#include "common/rules/sale_parts.h"

/* A refund being decided: what has been given back of the original before, and with it. */
struct part {
    const struct refund_command *command;
    struct original *original;
    struct arena *arena;
    int64_t *back_milli; /* of each line, with this refund */
    struct refund_share before, after;
    struct lot_moves moves;
    struct sale_rows *rows;
    bool all; /* nothing stays */
};

static bool was_sold(const struct original_line *line)
{
    return line->quantity_milli != 0 && (line->flags & LINE_VOIDED) == 0;
}

static enum sale_verdict check_original(const struct original *original, struct arena *arena, struct sale_rows *rows)
{
    if (original == NULL)
        return sale_refuse(rows, arena, SALE_UNKNOWN_SALE, "receipt_number", "no receipt of this number");
    if (original->kind == SALE_REFUND)
        return sale_refuse(rows, arena, SALE_REFUND_OF_REFUND, "receipt_number",
                           "this receipt is itself a refund, which is not refunded");
    if (original->line_count == 0 && original->taken_back_count > 0)
        return sale_refuse(
            rows, arena, SALE_DEPOSIT_NOT_REFUNDED, "receipt_number",
            "on this receipt deposits were given back, and nothing was sold: there is nothing to give back");
    if (original->refunded)
        return sale_refuse(rows, arena, SALE_ALREADY_REFUNDED, "receipt_number",
                           "everything on this receipt has been given back");
    if (!original_is_sound(original))
        return sale_refuse(rows, arena, SALE_BOOKS_UNSOUND, "receipt_number",
                           "this receipt does not add up as it stands in the books: nothing of it is given back");
    return SALE_OK;
}

/* "2", or "0.350" of what is weighed. */
static const char *quantity_text(const struct original_line *line, int64_t milli, struct arena *arena)
{
    if (line->unit == UNIT_PIECE)
        return arena_format(arena, "%lld", (long long)(milli / 1000));
    return arena_format(arena, "%lld.%03lld", (long long)(milli / 1000), (long long)(milli % 1000));
}

static struct original_line *line_of(const struct original *original, uint32_t number)
{
    for (size_t i = 0; i < original->line_count; i++)
        if (was_sold(&original->lines[i]) && (uint32_t)original->lines[i].line == number)
            return &original->lines[i];
    return NULL;
}

static enum sale_verdict refuse_line(const struct part *p, enum sale_verdict verdict, size_t at, const char *name,
                                     const char *sentence)
{
    return sale_refuse(p->rows, p->arena, verdict, arena_format(p->arena, "lines[%zu].%s", at, name), "%s", sentence);
}

static bool was_taken_back(const struct original *original, uint32_t number)
{
    for (size_t i = 0; i < original->taken_back_count; i++)
        if ((uint32_t)original->taken_back[i].line == number)
            return true;
    return false;
}

static enum sale_verdict take_line(struct part *p, size_t at)
{
    const struct refund_line *asked = &p->command->lines[at];
    const struct original_line *line = line_of(p->original, asked->line);

    if (was_taken_back(p->original, asked->line))
        return refuse_line(p, SALE_DEPOSIT_NOT_REFUNDED, at, "line",
                           "this line gave a deposit back: it was no sale, and is not given back");
    if (line == NULL)
        return refuse_line(p, SALE_BAD_REFUND_LINE, at, "line", "no line of this number was sold on the receipt");
    int64_t *back_milli = &p->back_milli[line - p->original->lines], left = line->quantity_milli - line->back_milli;
    bool pieces = line->unit == UNIT_PIECE;
    if (*back_milli != line->back_milli)
        return refuse_line(p, SALE_BAD_REFUND_LINE, at, "line", "this line was named before");
    if (asked->quantity_milli <= 0 || (pieces && asked->quantity_milli % 1000 != 0))
        return refuse_line(p, SALE_BAD_QUANTITY, at, "quantity_milli",
                           pieces ? "the quantity must be of whole pieces" : "the quantity must be above 0");
    if (asked->quantity_milli > left)
        return refuse_line(p, SALE_REFUND_TOO_MUCH, at, "quantity_milli",
                           arena_format(p->arena, "%s: %s of %s are left to give back", line->name,
                                        quantity_text(line, left, p->arena),
                                        quantity_text(line, line->quantity_milli, p->arena)));
    *back_milli += asked->quantity_milli;
    return SALE_OK;
}

/* Goods that come back bring their deposit with them, as much of it as is left; where the command names the deposit too, what it
 * says of it holds. */
static void take_deposits(struct part *p)
{
    const struct original *original = p->original;

    for (size_t i = 0; i < original->line_count; i++) {
        const struct original_line *line = &original->lines[i];
        int64_t back_milli = 0;

        if ((line->flags & (LINE_DEPOSIT | LINE_CHARGE)) == 0 || line->goods_line == NO_LINE || !was_sold(line) ||
            p->back_milli[i] != line->back_milli)
            continue;
        for (size_t j = 0; j < original->line_count; j++)
            if (original->lines[j].line == line->goods_line && original->lines[j].quantity_milli > 0)
                multiply_divide(p->back_milli[j] - original->lines[j].back_milli, line->quantity_milli,
                                original->lines[j].quantity_milli, &back_milli);
        if (back_milli > line->quantity_milli - line->back_milli)
            back_milli = line->quantity_milli - line->back_milli;
        p->back_milli[i] += back_milli - back_milli % 1000; /* of whole pieces, as its goods */
    }
}

/* What comes back of each line, and the shares before and after. */
static enum sale_verdict take_lines(struct part *p)
{
    const struct original *original = p->original;
    int64_t *before_milli = arena_array(p->arena, original->line_count, sizeof *before_milli);

    p->back_milli = arena_array(p->arena, original->line_count, sizeof *p->back_milli);
    for (size_t i = 0; i < original->line_count; i++)
        p->back_milli[i] = before_milli[i] = was_sold(&original->lines[i]) ? original->lines[i].back_milli : 0;
    for (size_t i = 0; i < p->command->line_count; i++) {
        enum sale_verdict verdict = take_line(p, i);

        if (verdict != SALE_OK)
            return verdict;
    }
    take_deposits(p);
    p->all = true;
    for (size_t i = 0; i < original->line_count; i++) {
        const struct original_line *line = &original->lines[i];

        if (!was_sold(line))
            continue;
        if (p->command->line_count == 0)
            p->back_milli[i] = line->quantity_milli;
        p->all = p->all && p->back_milli[i] == line->quantity_milli;
    }
    refund_share(original, before_milli, false, p->arena, &p->before);
    refund_share(original, p->back_milli, p->all, p->arena, &p->after);
    return SALE_OK;
}

static void fill_head(const struct part *p)
{
    const struct refund_command *command = p->command;
    const struct original *original = p->original;
    struct sale_rows *rows = p->rows;

    rows->kind = SALE_REFUND;
    rows->priced = true;
    rows->sale_id = command->sale_id;
    rows->device_id = command->device_id;
    rows->staff_id = command->staff_id;
    rows->number.series = command->series;
    rows->number.number = command->number;
    rows->reason = command->reason;
    rows->refund_of = original->sale_id;
    rows->refund_of_number = original->number;
    rows->empties_stay = original->taken_back_count > 0;
    rows->invoice_of = original->invoice;
    rows->member_id = original->member_id;
    rows->service = original->service;
    rows->total_minor = p->before.total_minor - p->after.total_minor;
    rows->tax_minor = p->before.tax_minor - p->after.tax_minor;
    rows->rounding_minor = p->before.rounding_minor - p->after.rounding_minor;
    rows->made = rows->at;
}

static void fill_lines(const struct part *p)
{
    const struct original *original = p->original;
    struct sale_rows *rows = p->rows;

    rows->lines = arena_array(p->arena, original->line_count, sizeof *rows->lines);
    rows->stock = arena_array(p->arena, original->line_count, sizeof *rows->stock);
    for (size_t i = 0; i < original->line_count; i++) {
        const struct original_line *line = &original->lines[i];
        const struct refund_share_line *before = &p->before.lines[i], *after = &p->after.lines[i];
        int64_t quantity_milli = p->back_milli[i] - line->back_milli;
        uint8_t kept = LINE_HOT | LINE_STOCK | LINE_DEPOSIT | LINE_CHARGE;

        if (!was_sold(line) || quantity_milli == 0)
            continue;
        if (after->free_milli > before->free_milli)
            kept |= LINE_REWARD;
        if ((line->flags & LINE_STOCK) != 0)
            rows->stock[rows->stock_count++] = (struct stock_row){
                .product_id = line->product_id,
                .quantity_milli = quantity_milli,
                .line = (int)rows->line_count,
            };
        rows->lines[rows->line_count++] = (struct sale_line_row){
            .product_id = line->product_id,
            .name = line->name,
            .quantity_milli = -quantity_milli,
            .unit_price_minor = line->unit_price_minor,
            .gross_minor = before->gross_minor - after->gross_minor,
            .discount_minor = before->discount_minor - after->discount_minor,
            .total_minor = before->total_minor - after->total_minor,
            .tax_minor = before->tax_minor - after->tax_minor,
            .refund_line = line->line,
            .unit = line->unit,
            .flags = line->flags & kept,
        };
    }
}

/* Lines of deposits and charges, beside the goods that come back with them. */
static void fill_deposits(const struct part *p)
{
    const struct original *original = p->original;
    struct sale_rows *rows = p->rows;
    int64_t lines_minor = 0;

    for (size_t i = 0; i < rows->line_count; i++)
        lines_minor += rows->lines[i].total_minor;
    bool included = lines_minor == rows->total_minor;
    rows->deposits = arena_array(p->arena, rows->line_count, sizeof *rows->deposits);
    for (size_t i = 0; i < rows->line_count; i++) {
        const struct sale_line_row *line = &rows->lines[i];
        int goods_line = NO_LINE;

        if ((line->flags & (LINE_DEPOSIT | LINE_CHARGE)) == 0)
            continue;
        for (size_t j = 0; j < original->line_count; j++)
            if (original->lines[j].line == line->refund_line)
                goods_line = original->lines[j].goods_line;
        struct deposit_row *row = &rows->deposits[rows->deposit_count++];
        *row = (struct deposit_row){ .line = (int)i,
                                     .goods_line = NO_LINE,
                                     .amount_minor = line->total_minor + (included ? 0 : line->tax_minor) };
        for (size_t j = 0; goods_line != NO_LINE && j < rows->line_count; j++)
            if (rows->lines[j].refund_line == goods_line)
                row->goods_line = (int)j;
        rows->deposit_minor += row->amount_minor;
    }
}

static void fill_money(const struct part *p)
{
    const struct original *original = p->original;
    struct sale_rows *rows = p->rows;

    assert(original->tax_count <= TAX_ROWS_MAX);
    for (size_t i = 0; i < original->tax_count; i++) {
        struct tax_row *row = &rows->taxes.rows[rows->taxes.count];

        *row = original->taxes[i];
        row->net_minor = p->before.net_minor[i] - p->after.net_minor[i];
        row->tax_minor = p->before.component_minor[i] - p->after.component_minor[i];
        rows->taxes.count += row->net_minor != 0 || row->tax_minor != 0;
    }
    rows->taxes.total_minor = rows->tax_minor;
    rows->tenders = arena_array(p->arena, original->tender_count, sizeof *rows->tenders);
    for (size_t i = 0; i < original->tender_count; i++) {
        const struct original_tender *tender = &original->tenders[i];
        int64_t amount_minor = p->before.tender_minor[i] - p->after.tender_minor[i];

        if (amount_minor == 0)
            continue;
        rows->tenders[rows->tender_count++] = (struct tender_row){ .kind = tender->kind,
                                                                   .type_id = tender->type_id,
                                                                   .name = tender->name,
                                                                   .amount_minor = amount_minor,
                                                                   .reference = tender->reference,
                                                                   .account_id = tender->account_id,
                                                                   .gift_card_id = tender->gift_card_id };
        if (tender->kind == TENDER_CASH)
            rows->cash_minor += amount_minor;
    }
    rows->drawer_minor = rows->cash_minor;
}

/* Of so much in all, what is each lot's: filled from the last on, as the tenders are. Lots stand in the order in which they are spent. */
static int64_t *spread_to_lots(const struct part *p, int64_t left, bool spent)
{
    int64_t *shares = arena_array(p->arena, p->original->lot_count, sizeof *shares);

    for (size_t behind = p->original->lot_count; behind > 0; behind--) {
        size_t i = behind - 1;
        int64_t most = spent ? p->original->lots[i].spent : p->original->lots[i].earned;

        shares[i] = left < most ? left : most;
        left -= shares[i];
    }
    return shares;
}

static void fill_moves(struct part *p)
{
    size_t count = p->original->lot_count;
    const int64_t *earned_before = spread_to_lots(p, p->before.earned, false);
    const int64_t *spent_before = spread_to_lots(p, p->before.spent, true);
    int64_t *taken = spread_to_lots(p, p->after.earned, false), *given = spread_to_lots(p, p->after.spent, true);

    for (size_t i = 0; i < count; i++) {
        taken[i] -= earned_before[i];
        given[i] -= spent_before[i];
    }
    p->moves = (struct lot_moves){ .taken = taken, .given = given };
}

/* What it earned beyond what the rest would have earned is taken back, a debt where it was spent, and what free pieces cost returns. */
static void return_points(const struct part *p, struct working_set *set)
{
    const struct original *original = p->original;
    struct member_state *member = set_member(set, original->member_id);
    struct sale_rows *rows = p->rows;

    if (member == NULL) /* nobody's, or theirs who was erased since: their points move no more */
        return;
    rows->member_id = member->id; /* who has taken in whom it was sold to */
    for (size_t i = 0; i < original->lot_count; i++) {
        int64_t lot_id = original->lots[i].lot_id;

        rows->points_gone += points_take_back(member, lot_id, p->moves.taken[i], set->arena, &rows->points);
        points_return(member, lot_id, POINTS_GIVEN_BACK, p->moves.given[i], set->arena, &rows->points);
    }
    rows->earnings = arena_array(set->arena, original->earning_count, sizeof *rows->earnings);
    for (size_t i = 0; i < original->earning_count && i < EARNINGS_MAX; i++) {
        struct earning earning = original->earnings[i];

        earning.basis = p->before.earnings[i].basis - p->after.earnings[i].basis;
        earning.points = p->before.earnings[i].points - p->after.earnings[i].points;
        if (earning.basis != 0 || earning.points != 0)
            rows->earnings[rows->earning_count++] = earning;
    }
    rows->points_earned = p->before.earned - p->after.earned;
    rows->points_spent = p->before.spent - p->after.spent;
    rows->points_after = points_spendable(member, zone_day(set->zone, rows->at));
}

/* What went on account goes back to that account: its number, or the receipt's, may have been changed by hand. */
static bool accounts_are_known(const struct sale_rows *rows, const struct working_set *set)
{
    for (size_t i = 0; i < rows->tender_count; i++)
        if (rows->tenders[i].kind == TENDER_ACCOUNT && set_account(set, rows->tenders[i].account_id) == NULL)
            return false;
    return true;
}

/* Nobody asks a customer about one sum and gives them another. */
static enum sale_verdict check_total(const struct refund_command *command, struct arena *arena, struct sale_rows *rows)
{
    if (!command->has_total || command->total_minor == -rows->total_minor)
        return SALE_OK;
    return sale_refuse(rows, arena, SALE_TOTAL_DIFFERS, "total_minor",
                       "this comes to another sum now: look the receipt up again, and nothing has been given back");
}

static enum sale_verdict price(struct part *p)
{
    enum sale_verdict verdict;

    if (p->original != NULL)
        original_leave_out_back(p->original, p->arena);
    verdict = check_original(p->original, p->arena, p->rows);
    if (verdict == SALE_OK)
        verdict = take_lines(p);
    if (verdict != SALE_OK)
        return verdict;
    fill_head(p);
    fill_lines(p);
    fill_deposits(p);
    fill_money(p);
    return check_total(p->command, p->arena, p->rows);
}

enum sale_verdict refund_price(const struct refund_command *command, struct original *original, struct arena *arena,
                               struct sale_rows *rows)
{
    struct part part = { .command = command, .original = original, .arena = arena, .rows = rows };

    return price(&part);
}

enum sale_verdict refund_decide(const struct refund_command *command, struct working_set *set, struct instant now,
                                struct sale_rows *rows)
{
    const struct shop *shop = catalogue_shop(set->catalogue, catalogue_newest(set->catalogue));
    struct original *original = set_original(set, command->original);
    struct drawer_state *drawer = set_drawer(set, command->device_id, command->staff_id);

    *rows = (struct sale_rows){ 0 };
    assert(shop != NULL);
    rows->shop_id = shop->id;
    rows->catalogue_version = catalogue_newest(set->catalogue);
    struct part part = { .command = command, .original = original, .arena = set->arena, .rows = rows };
    enum sale_verdict verdict = sale_open_drawer(set, drawer, now, shop, rows);
    if (verdict == SALE_OK)
        verdict = price(&part);
    if (verdict != SALE_OK)
        return verdict;
    if (drawer->cash_minor + rows->drawer_minor < -MINOR_MAX || !sale_drawer_fits(drawer, rows))
        return sale_refuse(rows, set->arena, SALE_AMOUNT_OVERFLOW, NULL, "the drawer cannot owe so much");
    if (!sale_stock_fits(set, rows))
        return sale_refuse(rows, set->arena, SALE_STOCK_OVERFLOW, NULL,
                           "the stock would leave the range that can be counted");
    if (!accounts_are_known(rows, set))
        return sale_refuse(rows, set->arena, SALE_BOOKS_UNSOUND, "receipt_number",
                           "the account that this receipt went on is not known any more: nothing of it is given back");
    if (!sale_accounts_fit(set, rows))
        return sale_refuse(rows, set->arena, SALE_AMOUNT_OVERFLOW, NULL, "the account cannot have so large a credit");
    fill_moves(&part);
    if (!lot_moves_are_sound(original, &part.moves, set))
        return sale_refuse(
            rows, set->arena, SALE_BOOKS_UNSOUND, "receipt_number",
            "the points of this receipt's member do not add up as they stand in the books: nothing of it "
            "is given back");
    verdict = gift_cards_fit(set, now, rows);
    if (verdict != SALE_OK)
        return verdict;
    return_points(&part, set);
    sale_apply_accounts(set, rows);
    sale_apply_gift_cards(set, rows);
    sale_apply_stock(set, rows);
    sale_apply_drawer(drawer, rows);
    for (size_t i = 0; i < original->line_count; i++)
        original->lines[i].back_milli = part.back_milli[i];
    original->refunded = part.all;
    rows->refund_number = ++original->refund_count;
    return SALE_OK;
}
