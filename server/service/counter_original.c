/* Sales that are to be refunded, out of the rows the group loaded of them. */
#include "server/service/counter_group.h"

#include <inttypes.h>
#include <string.h>

#include "db/queries.h"
#include "server/service/invoice_kept.h"

/* Rows come in the order of their positions, which count from 1: those of one position, from *at on. */
static size_t rows_of(const struct rows *rows, int64_t position, size_t *at)
{
    size_t first;

    if (rows == NULL) /* not asked for */
        return 0;
    while (*at < rows_count(rows) && row_int(rows, *at, "position") < position)
        (*at)++;
    first = *at;
    while (*at < rows_count(rows) && row_int(rows, *at, "position") == position)
        (*at)++;
    return *at - first;
}

static void fill_lines(struct original *original, const struct rows *rows, size_t first, size_t count,
                       struct arena *arena)
{
    struct original_line *lines = arena_array(arena, count, sizeof *lines);

    original->refunded = true;
    for (size_t i = 0; i < count; i++) {
        size_t row = first + i;

        lines[i] = (struct original_line){
            .product_id = row_int(rows, row, "product_id"),
            .name = row_text(rows, row, "name"),
            .quantity_milli = row_int(rows, row, "quantity_milli"),
            .unit_price_minor = row_int(rows, row, "unit_price_minor"),
            .gross_minor = row_int(rows, row, "gross_minor"),
            .discount_minor = row_int(rows, row, "discount_minor"),
            .total_minor = row_int(rows, row, "total_minor"),
            .tax_minor = row_int(rows, row, "tax_minor"),
            .free_minor = row_int(rows, row, "free_minor"),
            .reward_minor = row_int(rows, row, "reward_minor"),
            .coupon_milli = row_int(rows, row, "coupon_milli"),
            .back_milli = row_int(rows, row, "back_milli"),
            .line = (int)row_int(rows, row, "line"),
            .unit = (uint8_t)row_int(rows, row, "unit"),
            .goods_line = (int)row_int(rows, row, "goods_line"),
            .flags = (uint8_t)row_int(rows, row, "flags"),
        };
        original->refunded =
            original->refunded && (lines[i].quantity_milli < 0 || lines[i].back_milli == lines[i].quantity_milli);
    }
    original->lines = lines;
    original->line_count = count;
}

/* Which of the original's taxes its lines bear; both come in the order of lines. A tax that stands where none does is borne by no line. */
static void fill_line_taxes(struct original *original, const struct rows *rows, size_t first, size_t count)
{
    size_t line = 0;

    for (size_t i = 0; i < count; i++) {
        while (line < original->line_count && original->lines[line].line < row_int(rows, first + i, "line"))
            line++;
        int64_t tax = row_int(rows, first + i, "tax");
        if (line < original->line_count && tax >= 0 && tax < TAX_ROWS_MAX)
            original->lines[line].tax_rows |= UINT32_C(1) << tax;
    }
}

static void fill_taxes(struct original *original, const struct rows *rows, size_t first, size_t count,
                       struct arena *arena)
{
    struct tax_row *taxes = arena_array(arena, count, sizeof *taxes);

    count = count < TAX_ROWS_MAX ? count : TAX_ROWS_MAX;
    for (size_t i = 0; i < count; i++) {
        strncpy(taxes[i].code, row_text(rows, first + i, "code"), TAX_CODE_SIZE - 1);
        taxes[i].rate_ppm = (uint32_t)row_int(rows, first + i, "rate_ppm");
        taxes[i].net_minor = row_int(rows, first + i, "net_minor");
        taxes[i].tax_minor = row_int(rows, first + i, "tax_minor");
    }
    original->taxes = taxes;
    original->tax_count = count;
}

static void fill_tenders(struct original *original, const struct rows *rows, size_t first, size_t count,
                         struct arena *arena)
{
    struct original_tender *tenders = arena_array(arena, count, sizeof *tenders);

    for (size_t i = 0; i < count; i++)
        tenders[i] = (struct original_tender){ .position = (int)row_int(rows, first + i, "tender"),
                                               .kind = (enum tender_kind)row_int(rows, first + i, "kind"),
                                               .type_id = row_int(rows, first + i, "tender_type_id"),
                                               .name = row_text(rows, first + i, "name"),
                                               .amount_minor = row_int(rows, first + i, "stayed_minor"),
                                               .tip_minor = row_int(rows, first + i, "tip_minor"),
                                               .forfeited_minor = row_int(rows, first + i, "forfeited_minor"),
                                               .reference = row_bytes(rows, first + i, "reference") };
    original->tenders = tenders;
    original->tender_count = count;
}

static void fill_lots(struct original *original, const struct rows *rows, size_t first, size_t count,
                      struct arena *arena)
{
    struct original_lot *lots = arena_array(arena, count, sizeof *lots);

    for (size_t i = 0; i < count; i++) {
        int64_t points = row_int(rows, first + i, "points");

        lots[i].lot_id = row_int(rows, first + i, "lot_id");
        if (row_int(rows, first + i, "kind") == POINTS_EARNED)
            lots[i].earned = points;
        else
            lots[i].spent = points == INT64_MIN ? INT64_MAX : -points;
    }
    original->lots = lots;
    original->lot_count = count;
}

static void fill_earnings(struct original *original, const struct rows *rows, size_t first, size_t count,
                          struct arena *arena)
{
    struct earning *earnings = arena_array(arena, count, sizeof *earnings);

    for (size_t i = 0; i < count; i++) {
        struct bytes lines = row_bytes(rows, first + i, "lines");

        earnings[i] = (struct earning){ .rule = (uint8_t)row_int(rows, first + i, "rule"),
                                        .per = (uint8_t)row_int(rows, first + i, "per"),
                                        .value = row_int(rows, first + i, "value"),
                                        .basis = row_int(rows, first + i, "basis"),
                                        .points = row_int(rows, first + i, "points") };
        if (lines.size == sizeof earnings[i].lines)
            memcpy(earnings[i].lines, lines.data, lines.size);
    }
    original->earnings = earnings;
    original->earning_count = count;
}

/* What went on account has the account's number for its reference. */
static void find_accounts(struct original *original, const struct working_set *set, struct arena *arena)
{
    struct original_tender *tenders = arena_array(arena, original->tender_count, sizeof *tenders);

    for (size_t i = 0; i < original->tender_count; i++) {
        tenders[i] = original->tenders[i];
        for (size_t j = 0; tenders[i].kind == TENDER_ACCOUNT && j < set->account_count; j++)
            if (bytes_equal(tenders[i].reference,
                            bytes_of_text(arena_format(arena, "%" PRIu32, set->accounts[j].number))))
                tenders[i].account_id = set->accounts[j].id;
    }
    original->tenders = tenders;
}

/* What a gift card paid has the card's number likewise; what came back of a lost one goes to the one that has its money. */
static void find_gift_cards(struct original *original, const struct working_set *set, struct arena *arena)
{
    struct original_tender *tenders = arena_array(arena, original->tender_count, sizeof *tenders);

    for (size_t i = 0; i < original->tender_count; i++) {
        tenders[i] = original->tenders[i];
        for (size_t j = 0; tenders[i].kind == TENDER_GIFT_CARD && j < set->gift_card_count; j++) {
            const struct gift_card_state *card = &set->gift_cards[j];

            if (bytes_equal(tenders[i].reference, bytes_of_text(arena_format(arena, "%" PRIu32, card->number))))
                tenders[i].gift_card_id = card->moved_to != 0 ? card->moved_to : card->id;
        }
    }
    original->tenders = tenders;
}

void counter_ask_original(struct call *c, struct counter_set *set, struct receipt_number *number, int64_t shop_id,
                          bool whole)
{
    struct bytes *series = arena_alloc(c->txn.arena, sizeof *series);
    int64_t *till = arena_alloc(c->txn.arena, sizeof *till), *count = arena_alloc(c->txn.arena, sizeof *count);

    set->originals = number;
    set->original_count = 1;
    *series = bytes_of(&number->series, 1);
    *till = number->till;
    *count = number->number;
    const struct param shop = PARAM_INT(shop_id), t = PARAM_INTS(till, 1), s = PARAM_TEXTS(series, 1),
                       n = PARAM_INTS(count, 1);

    set->rows.earnings = ask(c, &sql_counter_original_earnings, PARAMS(shop, t, s, n));
    if (!whole)
        return;
    set->rows.originals = ask(c, &sql_counter_originals, PARAMS(shop, t, s, n));
    set->rows.lines = ask(c, &sql_counter_original_lines, PARAMS(shop, t, s, n));
    set->rows.line_taxes = ask(c, &sql_counter_original_line_taxes, PARAMS(shop, t, s, n));
    set->rows.taxes = ask(c, &sql_counter_original_taxes, PARAMS(shop, t, s, n));
    set->rows.tenders = ask(c, &sql_counter_original_tenders, PARAMS(shop, t, s, n));
    set->rows.points = ask(c, &sql_counter_original_points, PARAMS(shop, t, s, n));
}

struct original *counter_originals_of(const struct counter_set *set, struct arena *arena, size_t *count)
{
    const struct rows *rows = set->rows.originals;
    size_t line = 0, line_tax = 0, tax = 0, tender = 0, lot = 0, earning = 0, own;

    *count = rows_count(rows);
    struct original *originals = arena_array(arena, *count, sizeof *originals);
    for (size_t i = 0; i < *count; i++) {
        int64_t position = row_int(rows, i, "position");
        struct original *original = &originals[i];

        *original = (struct original){
            .number = set->originals[position - 1],
            .sale_id = row_int(rows, i, "id"),
            .member_id = row_is_null(rows, i, "member_id") ? 0 : row_int(rows, i, "member_id"),
            .device_id = row_int(rows, i, "device_id"),
            .shift_id = row_int(rows, i, "shift_id"),
            .kind = (enum sale_kind)row_int(rows, i, "kind"),
            .service = (enum service)row_int(rows, i, "service"),
            .catalogue_version = (uint64_t)row_int(rows, i, "catalogue_version"),
            .total_minor = row_int(rows, i, "total_minor"),
            .tax_minor = row_int(rows, i, "tax_minor"),
            .rounding_minor = row_int(rows, i, "rounding_minor"),
            .points_per_unit = row_int(rows, i, "points_per_unit"),
            .cash_rounding_minor = row_int(rows, i, "cash_rounding_minor"),
            .prices_include_tax = row_bool(rows, i, "prices_include_tax"),
            .currency_exponent = (unsigned)row_int(rows, i, "currency_exponent"),
            .retender_count = (size_t)row_int(rows, i, "retender_count"),
            .refund_count = row_int(rows, i, "refund_count"),
            .invoice = invoice_number_of(rows, i, "invoice_year", "invoice_number", arena),
        };
        own = rows_of(set->rows.lines, position, &line);
        fill_lines(original, set->rows.lines, line - own, own, arena);
        own = rows_of(set->rows.line_taxes, position, &line_tax);
        fill_line_taxes(original, set->rows.line_taxes, line_tax - own, own);
        own = rows_of(set->rows.taxes, position, &tax);
        fill_taxes(original, set->rows.taxes, tax - own, own, arena);
        own = rows_of(set->rows.tenders, position, &tender);
        fill_tenders(original, set->rows.tenders, tender - own, own, arena);
        if (set->rules.account_count > 0)
            find_accounts(original, &set->rules, arena);
        if (set->rules.gift_card_count > 0)
            find_gift_cards(original, &set->rules, arena);
        own = rows_of(set->rows.points, position, &lot);
        fill_lots(original, set->rows.points, lot - own, own, arena);
        own = rows_of(set->rows.earnings, position, &earning);
        fill_earnings(original, set->rows.earnings, earning - own, own, arena);
    }
    return originals;
}
