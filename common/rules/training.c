/* A training, folded out of its entries. */
#include "common/rules/training.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/rules/programme.h"
#include "common/rules/refund_share.h"
#include "common/rules/sale_read.h"
#include "common/rules/tax.h"

#define ENTRY_HEAD 42 /* layout, kind, device, number, time, shop, person */
#define L_LAYOUT   1

/* ---- entries that are no sale: PROTOCOL.md, section 9, as those of L ---- */

struct reader {
    const uint8_t *at, *end;
};

static bool skip(struct reader *r, size_t size)
{
    if (size > (size_t)(r->end - r->at))
        return false;
    r->at += size;
    return true;
}

/* A length of one byte, then the text. */
static bool read_short(struct reader *r, struct bytes *text)
{
    const uint8_t *length = r->at;

    if (!skip(r, 1))
        return false;
    *text = bytes_of(r->at, *length);
    return skip(r, *length);
}

/* 0: none; else 1, a length of two, and the text. */
static bool read_value(struct reader *r, struct bytes *text)
{
    const uint8_t *there = r->at, *length;

    *text = (struct bytes){ 0 };
    if (!skip(r, 1))
        return false;
    if (*there == 0)
        return true;
    length = r->at;
    if (!skip(r, 2))
        return false;
    *text = bytes_of(r->at, get_u16(length));
    return skip(r, text->size);
}

static bool read_number(struct reader *r, int64_t *number)
{
    const uint8_t *at = r->at;

    if (!skip(r, 8))
        return false;
    *number = (int64_t)get_u64(at);
    return true;
}

static bool is(struct bytes text, const char *word)
{
    return bytes_equal(text, bytes_of_text(word));
}

static int64_t id_of(struct bytes text)
{
    int64_t id = 0;

    for (size_t i = 0; i < text.size && i < 16 && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        id = id * 10 + (text.data[i] - '0');
    return id;
}

static int64_t minor_of(struct bytes text, const struct catalogue *catalogue)
{
    const struct shop *shop = catalogue_shop(catalogue, catalogue_newest(catalogue));
    char number[NUMBER_TEXT];
    int64_t minor = 0;

    if (shop == NULL || text.size == 0 || text.size >= sizeof number)
        return 0;
    memcpy(number, text.data, text.size);
    number[text.size] = '\0';
    minor_parse(number, shop->currency_exponent, true, &minor);
    return minor;
}

void training_move(struct training_state *state, enum shift_move kind, int64_t amount_minor, struct arena *arena)
{
    if (state->moves == NULL)
        state->moves = arena_array(arena, TRAINING_ENTRIES_MAX, sizeof *state->moves);
    if (state->move_count < TRAINING_ENTRIES_MAX)
        state->moves[state->move_count++] = (struct shift_moved){ .kind = kind, .amount_minor = amount_minor };
    state->cash_minor += amount_minor;
}

int64_t training_count_copy(struct training_state *state, int64_t sale_id, struct arena *arena)
{
    int64_t copies = 0;

    if (state->copied == NULL)
        state->copied = arena_array(arena, TRAINING_ENTRIES_MAX, sizeof *state->copied);
    if (state->copy_count < TRAINING_ENTRIES_MAX)
        state->copied[state->copy_count++] = sale_id;
    for (size_t i = 0; i < state->copy_count; i++)
        copies += state->copied[i] == sale_id;
    return copies;
}

void training_open_shift(struct training_state *state, struct instant now, int64_t staff_id, int64_t float_minor)
{
    state->open = true;
    state->shift_number++;
    state->opened = now;
    state->opened_by = staff_id;
    state->float_minor = state->cash_minor = float_minor;
    state->shift_sale_count = state->no_sale_count = 0;
    state->shift_from = state->sale_count;
    state->move_count = 0;
}

static void take_change(struct training_state *state, struct bytes entry, struct bytes field, struct bytes after,
                        const struct catalogue *catalogue, struct arena *arena)
{
    if (is(field, TRAINING_SHIFT_OPENED))
        training_open_shift(state, (struct instant){ (int64_t)get_u64(entry.data + 18) },
                            (int64_t)get_u64(entry.data + 34), minor_of(after, catalogue));
    else if (is(field, TRAINING_SHIFT_CLOSED))
        state->open = false;
    else if (is(field, TRAINING_CASH_IN))
        training_move(state, SHIFT_CASH_IN, minor_of(after, catalogue), arena);
    else if (is(field, TRAINING_CASH_OUT))
        training_move(state, SHIFT_CASH_OUT, -minor_of(after, catalogue), arena);
    else if (is(field, TRAINING_CASH_DROP))
        training_move(state, SHIFT_CASH_DROP, -minor_of(after, catalogue), arena);
    else if (is(field, TRAINING_DRAWER_OPENED))
        state->no_sale_count++;
    else if (is(field, TRAINING_COPY))
        training_count_copy(state, id_of(after), arena);
}

static void take_changes(struct training_state *state, struct bytes entry, const struct catalogue *catalogue,
                         struct arena *arena)
{
    struct reader r = { .at = entry.data + ENTRY_HEAD, .end = entry.data + entry.size };
    struct bytes event, field, before, after;
    int64_t object;

    if (!skip(&r, 2) || !read_short(&r, &event) || !skip(&r, 16 + 32))
        return;
    const uint8_t *count = r.at;
    if (!skip(&r, 2))
        return;
    for (uint16_t left = get_u16(count); left > 0; left--) {
        if (!read_number(&r, &object) || !read_short(&r, &field) || !read_value(&r, &before) || !read_value(&r, &after))
            return;
        if (object != state->id)
            return; /* another session's, at the same till */
        if (left == get_u16(count))
            state->entry_count++;
        take_change(state, entry, field, after, catalogue, arena);
    }
}

/* ---- sales ---- */

static int64_t stayed_in_cash(const struct sale_rows *sale)
{
    int64_t sum = 0;

    for (size_t i = 0; i < sale->tender_count; i++)
        if (sale->tenders[i].kind == TENDER_CASH)
            sum += sale->tenders[i].amount_minor - sale->tenders[i].change_minor;
    return sum;
}

void training_add_sale(struct training_state *state, const struct sale_rows *sale, const uint8_t command_id[16],
                       const uint8_t *hash, struct arena *arena)
{
    if (state->sale_count == state->sale_capacity) {
        size_t capacity = state->sale_capacity == 0 ? 16 : state->sale_capacity * 2;
        struct training_sale *larger = arena_array(arena, capacity, sizeof *larger);

        if (state->sale_count > 0)
            memcpy(larger, state->sales, state->sale_count * sizeof *larger);
        state->sales = larger;
        state->sale_capacity = capacity;
    }
    struct training_sale *added = &state->sales[state->sale_count];
    *added = (struct training_sale){ .sale = *sale, .hash = hash };
    memcpy(added->command_id, command_id, sizeof added->command_id);
    const struct training_sale *original = sale->kind == SALE_REFUND ? training_find_id(state, sale->refund_of) : NULL;
    if (original != NULL)
        added->sale.refund_of_number = original->sale.number;
    for (size_t i = 0; original != NULL && i < original->sale.line_count; i++)
        added->sale.empties_stay = added->sale.empties_stay || original->sale.lines[i].quantity_milli < 0;
    state->sale_count++;
    state->entry_count++;
    state->shift_sale_count++;
    state->cash_minor += stayed_in_cash(sale);
}

void training_read(const struct training_entry *entries, size_t count, int64_t id, const struct catalogue *catalogue,
                   struct arena *arena, struct training_state *state)
{
    struct sale_rows sale;
    uint8_t command_id[16];

    *state = (struct training_state){ .id = id };
    if ((int64_t)count >= TRAINING_READ_MAX) /* there may be more, unread: it is not gone on with */
        state->entry_count = TRAINING_ENTRIES_MAX;
    for (size_t i = 0; i < count; i++) {
        struct bytes bytes = entries[i].bytes;

        if (bytes.size < ENTRY_HEAD)
            continue;
        if (bytes.data[0] == L_LAYOUT)
            take_changes(state, bytes, catalogue, arena);
        else if (sale_read(bytes, catalogue, arena, &sale, command_id) && sale.shift_id == id)
            training_add_sale(state, &sale, command_id, entries[i].hash, arena);
    }
}

/* ---- what is asked of it ---- */

const struct training_sale *training_find(const struct training_state *state, struct receipt_number number)
{
    for (size_t i = 0; i < state->sale_count; i++) {
        const struct receipt_number *other = &state->sales[i].sale.number;

        if (other->till == number.till && other->series == number.series && other->number == number.number)
            return &state->sales[i];
    }
    return NULL;
}

const struct training_sale *training_find_id(const struct training_state *state, int64_t sale_id)
{
    for (size_t i = 0; i < state->sale_count; i++)
        if (state->sales[i].sale.sale_id == sale_id)
            return &state->sales[i];
    return NULL;
}

const struct training_sale *training_last(const struct training_state *state)
{
    return state->sale_count == 0 ? NULL : &state->sales[state->sale_count - 1];
}

int64_t training_back_milli(const struct training_state *state, int64_t sale_id, int line)
{
    int64_t back = 0;

    for (size_t i = 0; i < state->sale_count; i++) {
        const struct sale_rows *refund = &state->sales[i].sale;

        for (size_t j = 0; refund->refund_of == sale_id && j < refund->line_count; j++)
            if (refund->lines[j].refund_line == line)
                back -= refund->lines[j].quantity_milli;
    }
    return back;
}

int64_t training_free_refunded(const struct training_state *state, struct day business_day)
{
    int64_t sum = 0;

    for (size_t i = 0; i < state->sale_count; i++) {
        const struct sale_rows *sale = &state->sales[i].sale;

        if (sale_is_free_refund(sale) && sale->business_day.number == business_day.number)
            sum -= sale->total_minor + sale->rounding_minor;
    }
    return sum;
}

static int64_t free_minor(const struct sale_rows *sale, size_t line)
{
    int64_t left = sale->lines[line].discount_minor;

    if ((sale->lines[line].flags & LINE_REWARD) == 0)
        return 0;
    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].line == (int)line &&
            (sale->discounts[i].kind != DISCOUNT_OF_REWARD || sale->discounts[i].times == 0))
            left -= sale->discounts[i].amount_minor;
    return left;
}

static int64_t reward_minor(const struct sale_rows *sale, size_t line)
{
    int64_t minor = 0;

    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].line == (int)line && sale->discounts[i].kind == DISCOUNT_OF_REWARD &&
            sale->discounts[i].times == 0)
            minor += sale->discounts[i].amount_minor;
    return minor;
}

/* Which of the sale's taxes each of its lines bears, by the catalogue it was made with. */
static uint32_t *bearers_of(const struct sale_rows *sale, const struct catalogue *catalogue, struct arena *arena)
{
    uint64_t version = sale_version_known(catalogue, sale->catalogue_version);
    struct priced_line *lines = arena_array(arena, sale->line_count, sizeof *lines);
    uint32_t *bearers = arena_array(arena, sale->line_count, sizeof *bearers);

    for (size_t i = 0; i < sale->line_count; i++) {
        const struct sale_line_row *line = &sale->lines[i];
        const struct product *product = catalogue_product(catalogue, version, line->product_id);

        if (product == NULL)
            return bearers;
        lines[i] = (struct priced_line){ .product = product,
                                         .quantity_milli = line->quantity_milli,
                                         .hot = (line->flags & LINE_HOT) != 0,
                                         .voided = (line->flags & LINE_VOIDED) != 0,
                                         .deposit = (line->flags & (LINE_DEPOSIT | LINE_CHARGE)) != 0,
                                         .total_minor = line->total_minor };
    }
    tax_bearers(catalogue, version, sale->service, lines, sale->line_count, sale->taxes.rows, sale->taxes.count, arena,
                bearers);
    return bearers;
}

static int goods_line_of(const struct sale_rows *sale, size_t line)
{
    for (size_t i = 0; i < sale->deposit_count; i++)
        if ((size_t)sale->deposits[i].line == line)
            return sale->deposits[i].goods_line;
    return NO_LINE;
}

static void fill_lines(const struct training_state *state, const struct sale_rows *sale,
                       const struct catalogue *catalogue, struct arena *arena, struct original *original)
{
    const uint32_t *bearers = bearers_of(sale, catalogue, arena);

    original->lines = arena_array(arena, sale->line_count, sizeof *original->lines);
    original->refunded = true;
    for (size_t i = 0; i < sale->line_count; i++) {
        const struct sale_line_row *line = &sale->lines[i];
        struct original_line *to = &original->lines[original->line_count];

        if ((line->flags & LINE_VOIDED) != 0)
            continue;
        *to = (struct original_line){ .product_id = line->product_id,
                                      .name = line->name,
                                      .quantity_milli = line->quantity_milli,
                                      .unit_price_minor = line->unit_price_minor,
                                      .gross_minor = line->gross_minor,
                                      .discount_minor = line->discount_minor,
                                      .total_minor = line->total_minor,
                                      .tax_minor = line->tax_minor,
                                      .free_minor = free_minor(sale, i),
                                      .reward_minor = reward_minor(sale, i),
                                      .back_milli = training_back_milli(state, sale->sale_id, (int)i),
                                      .tax_rows = bearers[i],
                                      .line = (int)i,
                                      .goods_line = goods_line_of(sale, i),
                                      .unit = line->unit,
                                      .flags = line->flags };
        original->refunded = original->refunded && (to->quantity_milli < 0 || to->back_milli == to->quantity_milli);
        original->line_count++;
    }
}

static void fill_tenders(const struct sale_rows *sale, struct arena *arena, struct original *original)
{
    struct original_tender *tenders = arena_array(arena, sale->tender_count, sizeof *tenders);

    original->tenders = tenders;
    for (size_t i = 0; i < sale->tender_count; i++) {
        const struct tender_row *row = &sale->tenders[i];
        int64_t stayed = row->amount_minor - row->change_minor - row->forfeited_minor - row->tip_minor;

        if (stayed == 0 && row->tip_minor == 0)
            continue;
        tenders[original->tender_count++] = (struct original_tender){ .position = (int)i,
                                                                      .kind = row->kind,
                                                                      .type_id = row->type_id,
                                                                      .name = row->name,
                                                                      .amount_minor = stayed,
                                                                      .tip_minor = row->tip_minor,
                                                                      .forfeited_minor = row->forfeited_minor,
                                                                      .reference = row->reference };
    }
}

/* Each in the place that it had in the sale. */
static struct earn_line *earn_lines_of(const struct original *original, const struct catalogue *catalogue,
                                       struct arena *arena, int64_t *goods_minor)
{
    struct earn_line *lines = arena_array(arena, EARN_LINES_MAX, sizeof *lines);

    *goods_minor = original->total_minor;
    for (size_t i = 0; i < original->line_count; i++) {
        const struct original_line *line = &original->lines[i];
        const struct product *product =
            catalogue_product(catalogue, sale_version_known(catalogue, original->catalogue_version), line->product_id);
        int64_t paid_minor = line->total_minor + (original->prices_include_tax ? 0 : line->tax_minor);

        if ((line->flags & (LINE_DEPOSIT | LINE_CHARGE)) != 0)
            *goods_minor -= paid_minor;
        else if (product != NULL && line->line < EARN_LINES_MAX)
            lines[line->line] = (struct earn_line){ .product_id = product->id,
                                                    .category_id = product->category_id,
                                                    .paid_minor = paid_minor,
                                                    .paid_milli = original_paid_milli(line, 0) };
    }
    return lines;
}

/* What each rule gave is in no entry: it is worked out again, by the tier and the hour with which it comes to what the sale earned. Where none
 * does, the catalogue of then is forgotten, and points_per_unit stands for all. */
static void fill_earnings(const struct sale_rows *sale, const struct catalogue *catalogue, const struct zone *zone,
                          struct arena *arena, struct original *original)
{
    const struct programme *programme =
        catalogue_programme(catalogue, sale_version_known(catalogue, original->catalogue_version));
    const struct instant times[] = { sale->made, sale->at };
    struct earning *earnings = arena_array(arena, EARNINGS_MAX, sizeof *earnings);
    int64_t goods_minor, points;
    size_t count;

    if (sale->member_id == 0 || !programme_has(programme, TERM_EARN))
        return;
    const struct earn_line *lines = earn_lines_of(original, catalogue, arena, &goods_minor);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        for (unsigned tier = 0; tier <= TERM_NUMBER_MAX; tier++)
            if (programme_earn(programme, lines, EARN_LINES_MAX, goods_minor, tier, earn_time_of(zone, times[i]),
                               original->currency_exponent, earnings, &count, &points) &&
                points == sale->points_earned) {
                original->earnings = earnings;
                original->earning_count = count;
                return;
            }
}

static struct points_lot *lot_of(struct member_state *member, int64_t lot_id)
{
    for (size_t i = 0; i < member->lot_count; i++)
        if (member->lots[i].id == lot_id)
            return &member->lots[i];
    return NULL;
}

/* As what came back of the sale before has left them. */
static void take_refunds(const struct training_state *state, const struct sale_rows *sale, struct member_state *member)
{
    for (size_t i = 0; i < state->sale_count; i++) {
        const struct sale_rows *refund = &state->sales[i].sale;

        for (size_t j = 0; refund->refund_of == sale->sale_id && j < refund->points.count; j++) {
            struct points_lot *lot = lot_of(member, refund->points.rows[j].lot_id);

            if (lot != NULL)
                lot->remaining += refund->points.rows[j].points;
            member->points += refund->points.rows[j].points;
        }
    }
}

/* Their lots, as the practised sale touched them, and one of all the rest that it says they could spend then. */
static void fill_member(const struct sale_rows *sale, struct arena *arena, struct original *original,
                        struct member_state *member)
{
    struct original_lot *lots = arena_array(arena, sale->points.count, sizeof *lots);
    const struct day always = { INT32_MAX / 2 };
    int64_t rest = sale->points_after;

    *member = (struct member_state){ .id = sale->member_id };
    member->lots = arena_array(arena, sale->points.count + 1, sizeof *member->lots);
    original->lots = lots;
    for (size_t i = 0; i < sale->points.count; i++) {
        const struct points_row *row = &sale->points.rows[i];
        if (row->kind != POINTS_EARNED && row->kind != POINTS_SPENT)
            continue;
        lots[original->lot_count++] = (struct original_lot){ .lot_id = row->lot_id,
                                                             .earned = row->kind == POINTS_EARNED ? row->points : 0,
                                                             .spent = row->kind == POINTS_SPENT ? -row->points : 0 };
        if (lot_of(member, row->lot_id) == NULL)
            member->lots[member->lot_count++] =
                (struct points_lot){ .id = row->lot_id, .expiry = always, .stored = true };
        if (row->kind == POINTS_EARNED) {
            lot_of(member, row->lot_id)->remaining += row->points;
            rest -= row->points;
        }
    }
    member->lots[member->lot_count++] = (struct points_lot){ .expiry = always, .remaining = rest, .stored = true };
    member->lot_capacity = member->lot_count;
    member->points = sale->points_after;
}

bool training_original(const struct training_state *state, struct receipt_number number,
                       const struct catalogue *catalogue, const struct zone *zone, struct arena *arena,
                       struct original *original, struct member_state *member)
{
    const struct training_sale *found = training_find(state, number);

    if (found == NULL)
        return false;
    const struct sale_rows *sale = &found->sale;
    uint64_t version = sale_version_known(catalogue, sale->catalogue_version);
    const struct shop *shop = catalogue_shop(catalogue, version);
    const struct programme *programme = catalogue_programme(catalogue, version);
    *original = (struct original){
        .number = sale->number,
        .sale_id = sale->sale_id,
        .member_id = sale->member_id,
        .device_id = sale->device_id,
        .shift_id = sale->shift_id,
        .kind = sale->kind,
        .service = sale->service,
        .catalogue_version = sale->catalogue_version,
        .total_minor = sale->total_minor,
        .tax_minor = sale->tax_minor,
        .rounding_minor = sale->rounding_minor,
        .points_per_unit = programme == NULL ? 0 : programme->points_per_unit,
        .cash_rounding_minor = shop == NULL ? 0 : shop->cash_rounding_minor,
        .prices_include_tax = shop != NULL && shop->prices_include_tax,
        .currency_exponent = shop == NULL ? 0 : shop->currency_exponent,
        .taxes = sale->taxes.rows,
        .tax_count = sale->taxes.count,
    };
    for (size_t i = 0; i < state->sale_count; i++)
        original->refund_count += state->sales[i].sale.refund_of == sale->sale_id;
    fill_lines(state, sale, catalogue, arena, original);
    fill_tenders(sale, arena, original);
    fill_earnings(sale, catalogue, zone, arena, original);
    fill_member(sale, arena, original, member);
    take_refunds(state, sale, member);
    return true;
}
