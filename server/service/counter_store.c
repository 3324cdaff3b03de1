/* What the counter's group writes: every table's rows of all its calls as columns, one statement a table. */
#include "server/service/counter_group.h"

#include <string.h>

#include "db/queries.h"

/* Of all calls. */
struct counts {
    size_t calls, lines, taxes, tenders, stock, exceptions, points, refunded, drawer, discounts, notes, options, keyed,
        refunds, deposits, rescues, accounts, gift_cards, coupons, earnings;
};

static const struct sale_rows *sale_of(const struct group *g, size_t call)
{
    return &((const struct counter_call *)g->calls[call]->shared)->sale;
}

static bool is_rescued(const struct call *c)
{
    return ((const struct counter_call *)c->shared)->command_id != NULL;
}

static struct counts count_rows(const struct group *g)
{
    struct counts counts = { .calls = g->call_count };

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        counts.lines += sale->line_count;
        counts.taxes += sale->taxes.count;
        counts.tenders += sale->tender_count;
        counts.stock += sale->stock_count;
        counts.exceptions += sale->exception_count;
        counts.points += sale->points.count;
        counts.accounts += sale->account_count;
        counts.gift_cards += sale->gift_card_count;
        counts.coupons += sale->coupon_count;
        counts.refunds += sale->refund_of != 0;
        counts.refunded += sale->refund_of != 0 ? sale->line_count : 0;
        counts.drawer += sale->drawer_minor != 0;
        counts.rescues += is_rescued(g->calls[i]);
        counts.discounts += sale->discount_count;
        counts.options += sale->option_count;
        counts.keyed += sale->keyed_count;
        counts.deposits += sale->deposit_count;
        counts.earnings += sale->earning_count;
        for (size_t j = 0; j < sale->line_count; j++)
            counts.notes += sale->lines[j].note.size > 0;
    }
    return counts;
}

static int64_t or_null(int64_t number)
{
    return number == 0 ? PARAM_NULL_INT : number;
}

static struct bytes text_or_null(struct bytes text)
{
    const struct bytes nothing = { 0 };

    return text.size == 0 ? nothing : text;
}

/* Integer columns of `count` rows each: at(&columns, c)[row]. */
#define COLUMNS_MAX 20
struct columns {
    int64_t *at[COLUMNS_MAX];
    size_t count;
};

static struct columns columns_of(struct group *g, size_t width, size_t rows)
{
    struct columns columns = { .count = rows };

    for (size_t i = 0; i < width; i++)
        columns.at[i] = arena_array(g->txn.arena, rows, sizeof(int64_t));
    return columns;
}

/* One row: its values in the order of the columns. */
#define SET_ROW(columns, row, ...)                                                                                     \
    set_row((columns), (row), (const int64_t[]){ __VA_ARGS__ },                                                        \
            sizeof((const int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))
static void set_row(struct columns *columns, size_t row, const int64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        columns->at[i][row] = values[i];
}

static struct param column(const struct columns *columns, size_t at)
{
    return PARAM_INTS(columns->at[at], columns->count);
}

static void store_sales(struct group *g)
{
    size_t count = g->call_count;
    struct columns c = columns_of(g, 20, count);
    struct bytes *series = arena_array(g->txn.arena, count, sizeof *series);
    struct bytes *command_ids = arena_array(g->txn.arena, count, sizeof *command_ids);
    struct bytes *reasons = arena_array(g->txn.arena, count, sizeof *reasons);
    struct day *days = arena_array(g->txn.arena, count, sizeof *days);
    struct instant *made = arena_array(g->txn.arena, count, sizeof *made);

    for (size_t i = 0; i < count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        SET_ROW(&c, i, sale->sale_id, sale->device_id, sale->number.number, sale->kind, or_null(sale->refund_of),
                sale->shift_id, or_null(sale->made_shift_id), sale->staff_id, or_null(sale->member_id), sale->service,
                (int64_t)sale->catalogue_version, sale->total_minor, sale->tax_minor, sale->points_earned,
                sale->points_spent, sale->points_gifted, sale->points_after, or_null(sale->rounding_minor),
                or_null(sale->approved_by), or_null(sale->brought_by));
        series[i] = bytes_of(&sale->number.series, 1);
        command_ids[i] = bytes_of(counter_command_id(g->calls[i]), sizeof g->calls[i]->command_id);
        reasons[i] = text_or_null(sale->reason);
        days[i] = sale->business_day;
        made[i] = sale->made;
    }
    group_ask(g, &sql_counter_sale_insert,
              PARAMS(PARAM_INT(g->shop_id), PARAM_INSTANT(g->now), column(&c, 0), column(&c, 1), column(&c, 2),
                     column(&c, 3), column(&c, 4), column(&c, 5), column(&c, 6), column(&c, 7), column(&c, 8),
                     PARAM_BYTESES(command_ids, count), column(&c, 9), column(&c, 10), column(&c, 11), column(&c, 12),
                     column(&c, 13), column(&c, 14), column(&c, 15), column(&c, 16), PARAM_TEXTS(reasons, count),
                     PARAM_DAYS(days, count), PARAM_INSTANTS(made, count), column(&c, 17), column(&c, 18),
                     PARAM_TEXTS(series, count), column(&c, 19)));
}

static void store_lines(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 11, count);
    struct bytes *reasons = arena_array(g->txn.arena, count, sizeof *reasons);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->line_count; j++, row++) {
            const struct sale_line_row *line = &sale->lines[j];

            SET_ROW(&c, row, sale->sale_id, (int64_t)j, line->product_id, line->quantity_milli, line->unit_price_minor,
                    line->gross_minor, line->discount_minor, line->total_minor, line->tax_minor, line->flags,
                    line->refund_line == NO_LINE ? PARAM_NULL_INT : line->refund_line);
            reasons[row] = text_or_null(line->void_reason);
        }
    }
    group_ask(g, &sql_counter_line_insert,
              PARAMS(column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3), column(&c, 4), column(&c, 5),
                     column(&c, 6), column(&c, 7), column(&c, 8), column(&c, 9), column(&c, 10),
                     PARAM_TEXTS(reasons, count)));
}

static void store_taxes(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 5, count);
    struct bytes *codes = arena_array(g->txn.arena, count, sizeof *codes);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->taxes.count; j++, row++) {
            const struct tax_row *tax = &sale->taxes.rows[j];

            SET_ROW(&c, row, sale->sale_id, (int64_t)j, tax->rate_ppm, tax->net_minor, tax->tax_minor);
            codes[row] = bytes_of_text(tax->code);
        }
    }
    group_ask(
        g, &sql_counter_tax_insert,
        PARAMS(column(&c, 0), column(&c, 1), PARAM_TEXTS(codes, count), column(&c, 2), column(&c, 3), column(&c, 4)));
}

static void store_discounts(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 7, count);
    struct bytes *reasons = arena_array(g->txn.arena, count, sizeof *reasons);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->discount_count; j++, row++) {
            const struct discount_row *discount = &sale->discounts[j];

            SET_ROW(&c, row, sale->sale_id, discount->line, discount->kind, or_null(discount->rate_ppm),
                    discount->amount_minor, discount->promotion_id, or_null(discount->times));
            reasons[row] = text_or_null(discount->reason);
        }
    }
    group_ask(g, &sql_counter_discount_insert,
              PARAMS(column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3), column(&c, 4),
                     PARAM_TEXTS(reasons, count), column(&c, 5), column(&c, 6)));
}

static void store_notes(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 2, count);
    struct bytes *notes = arena_array(g->txn.arena, count, sizeof *notes);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->line_count; j++) {
            if (sale->lines[j].note.size == 0)
                continue;
            SET_ROW(&c, row, sale->sale_id, (int64_t)j);
            notes[row++] = sale->lines[j].note;
        }
    }
    group_ask(g, &sql_counter_note_insert, PARAMS(column(&c, 0), column(&c, 1), PARAM_TEXTS(notes, count)));
}

static void store_options(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 6, count);
    struct bytes *names = arena_array(g->txn.arena, count, sizeof *names);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);
        int64_t position = 0;

        for (size_t j = 0; j < sale->option_count; j++, row++) {
            const struct option_row *option = &sale->options[j];

            position = j > 0 && sale->options[j - 1].line == option->line ? position + 1 : 0;
            SET_ROW(&c, row, sale->sale_id, option->line, position, option->modifier_id, option->option,
                    option->price_minor);
            names[row] = bytes_of_text(option->name);
        }
    }
    group_ask(g, &sql_counter_option_insert,
              PARAMS(column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3), column(&c, 4),
                     PARAM_TEXTS(names, count), column(&c, 5)));
}

static void store_keyed(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 3, count);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->keyed_count; j++)
            SET_ROW(&c, row++, sale->sale_id, sale->keyed[j].line, sale->keyed[j].price_minor);
    }
    group_ask(g, &sql_counter_keyed_insert, PARAMS(column(&c, 0), column(&c, 1), column(&c, 2)));
}

static void store_deposits(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 4, count);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->deposit_count; j++) {
            const struct deposit_row *deposit = &sale->deposits[j];

            SET_ROW(&c, row++, sale->sale_id, deposit->line,
                    deposit->goods_line == NO_LINE ? PARAM_NULL_INT : deposit->goods_line, deposit->amount_minor);
        }
    }
    group_ask(g, &sql_counter_deposit_insert, PARAMS(column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3)));
}

static void store_earnings(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 8, count);
    struct bytes *lines = arena_array(g->txn.arena, count, sizeof *lines);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->earning_count; j++, row++) {
            const struct earning *earning = &sale->earnings[j];

            SET_ROW(&c, row, sale->sale_id, earning->rule, earning->per, earning->value, earning->basis,
                    earning->points, sale->has_earn_time ? sale->earn_tier : PARAM_NULL_INT,
                    sale->has_earn_time ? earn_week_minute(sale->earn_time) : PARAM_NULL_INT);
            lines[row] = bytes_of(earning->lines, sizeof earning->lines);
        }
    }
    group_ask(g, &sql_counter_earning_insert,
              PARAMS(column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3), column(&c, 4), column(&c, 5),
                     PARAM_BYTESES(lines, count), column(&c, 6), column(&c, 7)));
}

static void store_approvals(struct group *g)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;
    struct columns c = columns_of(g, 1, set->approval_count);
    struct bytes *hashes = arena_array(g->txn.arena, set->approval_count, sizeof *hashes);

    c.count = 0;
    for (size_t i = 0; i < set->approval_count; i++) {
        const struct approval_state *approval = &set->approvals[i];

        if (!approval->used_now)
            continue;
        hashes[c.count] = bytes_of(approval->token_hash, sizeof approval->token_hash);
        SET_ROW(&c, c.count++, approval->used_sale_id);
    }
    if (c.count > 0)
        group_ask(g, &sql_counter_approval_use, PARAMS(PARAM_BYTESES(hashes, c.count), column(&c, 0)));
}

static void store_tenders(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 8, count);
    struct bytes *references = arena_array(g->txn.arena, count, sizeof *references);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->tender_count; j++, row++) {
            const struct tender_row *tender = &sale->tenders[j];

            SET_ROW(&c, row, sale->sale_id, (int64_t)j, tender->kind, tender->amount_minor, tender->change_minor,
                    or_null(tender->type_id), or_null(tender->forfeited_minor), or_null(tender->tip_minor));
            references[row] = text_or_null(tender->reference);
        }
    }
    group_ask(g, &sql_counter_tender_insert,
              PARAMS(column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3), column(&c, 4),
                     PARAM_TEXTS(references, count), column(&c, 5), column(&c, 6), column(&c, 7)));
}

static void store_refunds(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 3, count);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        if (sale->refund_of != 0)
            SET_ROW(&c, row++, sale->sale_id, sale->refund_of, sale->refund_number);
    }
    group_ask(g, &sql_counter_refund_insert, PARAMS(column(&c, 0), column(&c, 1), column(&c, 2)));
}

static void store_refunded(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 4, count);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; sale->refund_of != 0 && j < sale->line_count; j++, row++)
            SET_ROW(&c, row, sale->refund_of, sale->lines[j].refund_line, -sale->lines[j].quantity_milli,
                    -sale->lines[j].total_minor);
    }
    group_ask(g, &sql_counter_refunded_add, PARAMS(column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3)));
}

static void store_exceptions(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 5, count);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->exception_count; j++, row++) {
            const struct exception_row *exception = &sale->exceptions[j];
            bool compares = sale_exception_compares(sale, exception);

            SET_ROW(&c, row, sale->sale_id, exception->kind, exception->line,
                    compares ? exception->said : PARAM_NULL_INT, compares ? exception->found : PARAM_NULL_INT);
        }
    }
    group_ask(g, &sql_counter_exception_insert,
              PARAMS(column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3), column(&c, 4)));
}

/* Whose command booked it, where that is not the till's. */
static void store_rescues(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 2, count);
    struct bytes *command_ids = arena_array(g->txn.arena, count, sizeof *command_ids);
    size_t row = 0;

    for (size_t i = 0; i < g->call_count; i++) {
        if (!is_rescued(g->calls[i]))
            continue;
        SET_ROW(&c, row, sale_of(g, i)->sale_id, g->calls[i]->device_id);
        command_ids[row++] = bytes_of(g->calls[i]->command_id, sizeof g->calls[i]->command_id);
    }
    group_ask(g, &sql_counter_rescue_insert, PARAMS(column(&c, 0), column(&c, 1), PARAM_BYTESES(command_ids, count)));
}

/* Balances by what the group changed; the rows that entries point to come first. */
static void store_stock(struct group *g, size_t count)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;
    struct columns made = columns_of(g, 2, set->stock_count), moved = columns_of(g, 2, set->stock_count);
    struct columns c = columns_of(g, 5, count);
    size_t row = 0;

    made.count = moved.count = 0;
    for (size_t i = 0; i < set->stock_count; i++) {
        const struct stock_state *state = &set->stock[i];

        if (state->stored && state->change_milli != 0)
            SET_ROW(&moved, moved.count++, state->product_id, state->change_milli);
        /* Made even if the group put back all that it took: the entries point to it. */
        if (!state->stored && state->moved)
            SET_ROW(&made, made.count++, state->product_id, state->change_milli);
    }
    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);
        enum stock_kind kind = sale->kind == SALE_REFUND ? STOCK_REFUNDED : STOCK_SOLD;

        for (size_t j = 0; j < sale->stock_count; j++, row++)
            SET_ROW(&c, row, sale->sale_id, sale->stock[j].line, kind, sale->stock[j].product_id,
                    sale->stock[j].quantity_milli);
    }
    if (made.count > 0)
        group_ask(g, &sql_counter_stock_insert, PARAMS(PARAM_INT(g->shop_id), column(&made, 0), column(&made, 1)));
    if (moved.count > 0) {
        int64_t *shops = ids_repeat(g->shop_id, moved.count, g->txn.arena);

        group_ask(g, &sql_counter_stock_update,
                  PARAMS(PARAM_INTS(shops, moved.count), column(&moved, 0), column(&moved, 1)));
    }
    group_ask(g, &sql_counter_stock_entry_insert,
              PARAMS(PARAM_INT(g->shop_id), PARAM_INSTANT(g->now), column(&c, 0), column(&c, 1), column(&c, 2),
                     column(&c, 3), column(&c, 4)));
}

static void store_drawers(struct group *g, size_t count)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;
    struct columns changed = columns_of(g, 4, set->drawer_count), c = columns_of(g, 4, count);
    size_t row = 0;

    changed.count = 0;
    for (size_t i = 0; i < set->drawer_count; i++) {
        const struct drawer_state *drawer = &set->drawers[i];

        if (drawer->changed)
            SET_ROW(&changed, changed.count++, drawer->device_id, drawer->holder_id, drawer->cash_minor,
                    drawer->sale_count);
    }
    group_ask(g, &sql_counter_drawer_update,
              PARAMS(column(&changed, 0), column(&changed, 1), column(&changed, 2), column(&changed, 3)));
    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        if (sale->drawer_minor != 0)
            SET_ROW(&c, row++, sale->sale_id, sale->kind == SALE_REFUND ? DRAWER_REFUND : DRAWER_SALE, sale->shift_id,
                    sale->drawer_minor);
    }
    if (count > 0)
        group_ask(g, &sql_counter_drawer_entry_insert,
                  PARAMS(PARAM_INSTANT(g->now), column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3)));
}

/* Balances by what the group changed, and the entries that add up to them. */
static void store_accounts(struct group *g, size_t count)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;
    struct columns changed = columns_of(g, 3, set->account_count), c = columns_of(g, 7, count);
    size_t row = 0;

    changed.count = 0;
    for (size_t i = 0; i < set->account_count; i++) {
        const struct account_state *account = &set->accounts[i];

        if (account->changed)
            SET_ROW(&changed, changed.count++, account->id, account->balance_minor, account->entry_count);
    }
    group_ask(g, &sql_counter_account_update, PARAMS(column(&changed, 0), column(&changed, 1), column(&changed, 2)));
    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->account_count; j++, row++) {
            const struct account_row *entry = &sale->accounts[j];

            SET_ROW(&c, row, entry->account_id, entry->number, entry->kind, sale->sale_id, entry->position,
                    entry->amount_minor, entry->balance_minor);
        }
    }
    group_ask(g, &sql_counter_account_entry_insert,
              PARAMS(PARAM_INSTANT(g->now), column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3), column(&c, 4),
                     column(&c, 5), column(&c, 6)));
}

static void store_gift_cards(struct group *g, size_t count)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;
    struct columns changed = columns_of(g, 3, set->gift_card_count), c = columns_of(g, 7, count);
    size_t row = 0;

    changed.count = 0;
    for (size_t i = 0; i < set->gift_card_count; i++) {
        const struct gift_card_state *card = &set->gift_cards[i];

        if (card->changed)
            SET_ROW(&changed, changed.count++, card->id, card->balance_minor, card->entry_count);
    }
    group_ask(g, &sql_counter_gift_card_update, PARAMS(column(&changed, 0), column(&changed, 1), column(&changed, 2)));
    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->gift_card_count; j++, row++) {
            const struct gift_card_row *entry = &sale->gift_cards[j];

            SET_ROW(&c, row, entry->card_id, entry->number, entry->kind, sale->sale_id, entry->position,
                    entry->amount_minor, entry->balance_minor);
        }
    }
    group_ask(g, &sql_counter_gift_card_entry_insert,
              PARAMS(PARAM_INSTANT(g->now), column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3), column(&c, 4),
                     column(&c, 5), column(&c, 6)));
}

static void store_lots(struct group *g)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;
    struct arena *arena = g->txn.arena;
    size_t most = 0;

    for (size_t i = 0; i < set->member_count; i++)
        most += set->members[i].lot_count;
    struct columns made = columns_of(g, 3, most), changed = columns_of(g, 2, most), expired = columns_of(g, 2, most);
    struct day *origins = arena_array(arena, most, sizeof *origins);
    struct day *expiries = arena_array(arena, most, sizeof *expiries);

    made.count = changed.count = expired.count = 0;
    for (size_t i = 0; i < set->member_count; i++)
        for (size_t j = 0; j < set->members[i].lot_count; j++) {
            const struct points_lot *lot = &set->members[i].lots[j];

            if (!lot->stored) {
                origins[made.count] = lot->origin;
                expiries[made.count] = lot->expiry;
                SET_ROW(&made, made.count++, lot->id, set->members[i].id, lot->remaining);
            } else if (lot->changed) {
                SET_ROW(&changed, changed.count++, lot->id, lot->remaining);
            }
            if (lot->expired_changed)
                SET_ROW(&expired, expired.count++, lot->id, lot->expired);
        }
    if (made.count > 0)
        group_ask(g, &sql_counter_lot_insert,
                  PARAMS(column(&made, 0), column(&made, 1), PARAM_DAYS(origins, made.count),
                         PARAM_DAYS(expiries, made.count), column(&made, 2)));
    if (changed.count > 0)
        group_ask(g, &sql_counter_lot_update, PARAMS(column(&changed, 0), column(&changed, 1)));
    if (expired.count > 0)
        group_ask(g, &sql_counter_lot_expired, PARAMS(column(&expired, 0), column(&expired, 1)));
}

/* A friend who bought something is written, whatever it earned. */
static bool any_member_changed(const struct group *g)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;

    for (size_t i = 0; i < set->member_count; i++)
        if (set->members[i].changed)
            return true;
    return false;
}

static void store_members(struct group *g)
{
    const struct working_set *set = &((const struct counter_set *)g->set)->rules;
    struct columns changed = columns_of(g, 3, set->member_count);

    changed.count = 0;
    for (size_t i = 0; i < set->member_count; i++) {
        const struct member_state *member = &set->members[i];

        if (member->changed)
            SET_ROW(&changed, changed.count++, member->id, member->points, member->birthday_year);
    }
    group_ask(g, &sql_counter_member_update, PARAMS(column(&changed, 0), column(&changed, 1), column(&changed, 2)));
}

static void store_points(struct group *g, size_t count)
{
    struct columns c = columns_of(g, 6, count);
    size_t row = 0;

    store_lots(g);
    for (size_t i = 0; i < g->call_count; i++) {
        const struct sale_rows *sale = sale_of(g, i);

        for (size_t j = 0; j < sale->points.count; j++, row++) {
            const struct points_row *points = &sale->points.rows[j];

            SET_ROW(&c, row, sale->sale_id, points->lot_id, points->kind, sale->member_id, points->points,
                    sale->staff_id);
        }
    }
    group_ask(g, &sql_counter_points_insert,
              PARAMS(PARAM_INSTANT(g->now), column(&c, 0), column(&c, 1), column(&c, 2), column(&c, 3), column(&c, 4),
                     column(&c, 5)));
}

void counter_store(struct group *g)
{
    struct counts counts = count_rows(g);

    if (counts.calls == 0)
        return;
    store_sales(g);
    store_lines(g, counts.lines);
    if (counts.taxes > 0)
        store_taxes(g, counts.taxes);
    if (counts.tenders > 0)
        store_tenders(g, counts.tenders);
    if (counts.refunds > 0)
        store_refunds(g, counts.refunds);
    if (counts.refunded > 0)
        store_refunded(g, counts.refunded);
    if (counts.exceptions > 0)
        store_exceptions(g, counts.exceptions);
    if (counts.discounts > 0)
        store_discounts(g, counts.discounts);
    if (counts.notes > 0)
        store_notes(g, counts.notes);
    if (counts.options > 0)
        store_options(g, counts.options);
    if (counts.keyed > 0)
        store_keyed(g, counts.keyed);
    if (counts.rescues > 0)
        store_rescues(g, counts.rescues);
    if (counts.deposits > 0)
        store_deposits(g, counts.deposits);
    if (counts.coupons > 0)
        counter_store_coupons(g, counts.coupons);
    if (counts.earnings > 0)
        store_earnings(g, counts.earnings);
    if (counts.accounts > 0)
        store_accounts(g, counts.accounts);
    if (counts.gift_cards > 0)
        store_gift_cards(g, counts.gift_cards);
    store_approvals(g);
    if (counts.stock > 0)
        store_stock(g, counts.stock);
    store_drawers(g, counts.drawer);
    if (any_member_changed(g))
        store_members(g);
    if (counts.points > 0)
        store_points(g, counts.points);
}
