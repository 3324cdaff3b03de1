/* A sale as it was, out of its entry in the journal or from its rows. */
#include "server/service/sale_load.h"

#include <string.h>

#include "common/rules/sale_read.h"
#include "db/queries.h"
#include "server/service/invoice_kept.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"

#define ENTRY_SALE_ID 59 /* where it stands in an entry, of whatever layout */

/* ---- which ---- */

enum step sale_find(struct call *c, struct sale_load *s, const struct sale_key *key)
{
    struct receipt_number number;

    if (key->has_id + key->has_number + key->last != 1)
        return refuse(c, REFUSAL(UNKNOWN_SALE), "name one sale: by its id, its receipt's number, or the last");
    if (key->has_id) {
        s->sale_id = key->id > INT64_MAX ? -1 : (int64_t)key->id;
    } else if (key->has_number) {
        enum step step = receipt_number_of(c, key->number, &number);
        if (step != STEP_NEXT)
            return step;
        bool by_entry = number.series == 'T' && !key->rows_alone;
        if (by_entry)
            s->number = number;
        s->found = ask(c, by_entry ? &sql_sale_show_entry : &sql_sale_show_number,
                       PARAMS(PARAM_INT(c->shop_id), PARAM_INT(number.till),
                              PARAM_TEXT_VIEW(bytes_of(&number.series, 1)), PARAM_INT(number.number)));
    } else {
        s->found = ask(c, &sql_sale_show_last, PARAMS(PARAM_INT(c->device_id)));
    }
    return STEP_NEXT;
}

static bool is_asked_for(const struct call *c, const struct sale_load *s, const struct sale_rows *sale)
{
    return sale->shop_id == c->shop_id && sale->number.till == s->number.till &&
           sale->number.series == s->number.series && sale->number.number == s->number.number;
}

/* Of a refund, whose goods are called as its sale called them, and of what was sold before there were vouchers: its id alone. */
static void take_entry(struct call *c, struct sale_load *s)
{
    struct bytes bytes = row_bytes(s->found, 0, "bytes");
    struct sale_rows *sale = arena_alloc(c->txn.arena, sizeof *sale);
    uint8_t command_id[16];

    s->sale_id = bytes.size < ENTRY_SALE_ID + 8 ? -1 : (int64_t)get_u64(bytes.data + ENTRY_SALE_ID);
    if (sale_read(bytes, NULL, c->txn.arena, sale, command_id) && sale->kind == SALE_SOLD && is_asked_for(c, s, sale))
        s->entry = sale;
}

enum step sale_found(struct call *c, struct sale_load *s)
{
    if (s->found == NULL || s->sale_id != 0) /* it was looked at before */
        return STEP_NEXT;
    if (rows_count(s->found) == 0)
        return refuse(c, REFUSAL(UNKNOWN_SALE), "no such receipt");
    if (s->number.number != 0)
        take_entry(c, s);
    else
        s->sale_id = row_int(s->found, 0, "id");
    return STEP_NEXT;
}

/* ---- what is asked of it ---- */

/* Of which more is told than the entry has: from which account or card. */
static bool is_paid_from(const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->tender_count; i++)
        if (sale->tenders[i].kind == TENDER_ACCOUNT || sale->tenders[i].kind == TENDER_GIFT_CARD)
            return true;
    return false;
}

/* Likewise: which promotion's, campaign's or reward's. */
static bool has_named_discount(const struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->discount_count; i++)
        if (sale->discounts[i].kind != DISCOUNT_OF_LINE && sale->discounts[i].kind != DISCOUNT_OF_RECEIPT)
            return true;
    return false;
}

/* Which means of payment's name it bears. */
static int64_t means_of(const struct tender_row *tender)
{
    return tender->type_id == 0 ? (int64_t)tender->kind : tender->type_id;
}

static void ask_beside_entry(struct call *c, struct sale_load *s)
{
    const struct sale_rows *sale = s->entry;
    const struct param id = PARAM_INT(s->sale_id), version = PARAM_INT((int64_t)sale->catalogue_version);
    int64_t *goods = arena_array(c->txn.arena, sale->line_count, sizeof *goods);
    int64_t *means = arena_array(c->txn.arena, sale->tender_count, sizeof *means);

    for (size_t i = 0; i < sale->line_count; i++)
        goods[i] = sale->lines[i].product_id;
    for (size_t i = 0; i < sale->tender_count; i++)
        means[i] = means_of(&sale->tenders[i]);
    s->head = ask(c, &sql_sale_show_settings, PARAMS(id, PARAM_INT(sale->shop_id), version));
    s->names = ask(c, &sql_sale_show_names,
                   PARAMS(PARAM_INTS(goods, sale->line_count), PARAM_INTS(means, sale->tender_count), version));
    if (is_paid_from(sale))
        s->tenders = ask(c, &sql_sale_show_tenders, PARAMS(id));
    if (has_named_discount(sale))
        s->discounts = ask(c, &sql_sale_show_discounts, PARAMS(id));
}

static void ask_rows(struct call *c, struct sale_load *s)
{
    const struct param id = PARAM_INT(s->sale_id);

    s->head = ask(c, &sql_sale_show_head, PARAMS(id, PARAM_INT(s->shop_id ? s->shop_id : c->shop_id)));
    s->lines = ask(c, &sql_sale_show_lines, PARAMS(id));
    s->taxes = ask(c, &sql_sale_show_taxes, PARAMS(id));
    s->tenders = ask(c, &sql_sale_show_tenders, PARAMS(id));
    if (s->plain)
        return;
    s->discounts = ask(c, &sql_sale_show_discounts, PARAMS(id));
    s->options = ask(c, &sql_sale_show_options, PARAMS(id));
    s->deposits = ask(c, &sql_sale_show_deposits, PARAMS(id));
    s->keyed = ask(c, &sql_sale_show_keyed, PARAMS(id));
}

enum step sale_load(struct call *c, struct sale_load *s)
{
    enum step step = sale_found(c, s);

    if (step != STEP_NEXT)
        return step;
    if (s->entry != NULL)
        ask_beside_entry(c, s);
    else
        ask_rows(c, s);
    const struct param id = PARAM_INT(s->sale_id);
    s->refunded = ask(c, &sql_sale_show_refunded, PARAMS(id));
    if (!s->plain)
        s->notes = ask(c, &sql_sale_show_notes, PARAMS(id));
    s->retenders = ask(c, &sql_retender_show, PARAMS(id));
    s->attached = ask(c, &sql_attach_show, PARAMS(id));
    return STEP_NEXT;
}

/* ---- what was answered ---- */

static char series_of(const struct rows *rows, const char *column)
{
    return (char)row_int(rows, 0, column);
}

int64_t row_points(const struct rows *rows, size_t row, const char *column)
{
    int64_t points = row_int(rows, row, column);

    return points < -POINTS_MAX ? -POINTS_MAX : points > POINTS_MAX ? POINTS_MAX : points;
}

static void fill_head(const struct rows *head, struct sale_rows *sale)
{
    sale->sale_id = row_int(head, 0, "id");
    sale->kind = (enum sale_kind)row_int(head, 0, "kind");
    sale->number = (struct receipt_number){ .till = (uint32_t)row_int(head, 0, "till_number"),
                                            .series = series_of(head, "series"),
                                            .number = row_int(head, 0, "number") };
    if (sale->kind == SALE_REFUND && !row_is_null(head, 0, "original_number"))
        sale->refund_of_number = (struct receipt_number){ .till = (uint32_t)row_int(head, 0, "original_till"),
                                                          .series = series_of(head, "original_series"),
                                                          .number = row_int(head, 0, "original_number") };
    if (!row_is_null(head, 0, "reason"))
        sale->reason = row_bytes(head, 0, "reason");
    sale->empties_stay = row_bool(head, 0, "empties_stay");
    sale->service = (enum service)row_int(head, 0, "service");
    sale->member_id = row_is_null(head, 0, "member_id") ? 0 : row_int(head, 0, "member_id");
    sale->staff_id = row_int(head, 0, "staff_id");
    sale->catalogue_version = (uint64_t)row_int(head, 0, "catalogue_version");
    sale->total_minor = row_int(head, 0, "total_minor");
    sale->tax_minor = row_int(head, 0, "tax_minor");
    sale->rounding_minor = row_int(head, 0, "rounding_minor");
    sale->approved_by = row_int(head, 0, "approved_by");
    sale->points_earned = row_points(head, 0, "points_earned");
    sale->points_spent = row_points(head, 0, "points_spent");
    sale->points_gifted = row_points(head, 0, "points_gifted");
    sale->points_after = row_points(head, 0, "points_after");
    sale->points_gone = row_points(head, 0, "points_gone");
    sale->business_day = row_day(head, 0, "business_day");
    sale->made = row_instant(head, 0, "made_at");
    sale->at = row_instant(head, 0, "at");
}

static struct shop shop_of(const struct rows *head, int64_t shop_id)
{
    return (struct shop){
        .id = shop_id,
        .name = row_text(head, 0, "name"),
        .address = row_text(head, 0, "address"),
        .tax_number = row_text(head, 0, "tax_number"),
        .receipt_head = row_text(head, 0, "receipt_head"),
        .receipt_foot = row_text(head, 0, "receipt_foot"),
        .currency = row_text(head, 0, "currency"),
        .currency_exponent = (uint32_t)row_int(head, 0, "currency_exponent"),
        .zone_name = row_text(head, 0, "zone"),
        .prices_include_tax = row_bool(head, 0, "prices_include_tax"),
    };
}

static void fill_lines(const struct rows *rows, struct sale_rows *sale, struct arena *arena)
{
    sale->line_count = rows_count(rows);
    sale->lines = arena_array(arena, sale->line_count, sizeof *sale->lines);
    for (size_t i = 0; i < sale->line_count; i++)
        sale->lines[i] = (struct sale_line_row){
            .product_id = row_int(rows, i, "product_id"),
            .name = row_text(rows, i, "name"),
            .quantity_milli = row_int(rows, i, "quantity_milli"),
            .unit_price_minor = row_int(rows, i, "unit_price_minor"),
            .gross_minor = row_int(rows, i, "gross_minor"),
            .discount_minor = row_int(rows, i, "discount_minor"),
            .total_minor = row_int(rows, i, "total_minor"),
            .tax_minor = row_int(rows, i, "tax_minor"),
            .unit = (uint8_t)row_int(rows, i, "unit"),
            .flags = (uint8_t)row_int(rows, i, "flags"),
            .refund_line = (int)row_int(rows, i, "refund_line"),
            .void_reason =
                row_is_null(rows, i, "void_reason") ? (struct bytes){ 0 } : row_bytes(rows, i, "void_reason"),
        };
}

/* Of what came out of an entry, which has none. */
static void fill_names(const struct rows *rows, struct sale_rows *sale)
{
    for (size_t i = 0; i < sale->tender_count; i++)
        sale->tenders[i].name = "";
    for (size_t row = 0; row < rows_count(rows); row++) {
        const char *name = row_text(rows, row, "name");
        const bool pays = row_bool(rows, row, "pays");
        const int64_t id = row_int(rows, row, "id");

        for (size_t i = 0; !pays && i < sale->line_count; i++)
            if (sale->lines[i].product_id == id) {
                sale->lines[i].name = name;
                sale->lines[i].unit = (uint8_t)row_int(rows, row, "unit");
            }
        for (size_t i = 0; pays && i < sale->tender_count; i++)
            if (means_of(&sale->tenders[i]) == id)
                sale->tenders[i].name = name;
    }
}

static void fill_notes(const struct rows *rows, struct sale_rows *sale)
{
    for (size_t i = 0; i < rows_count(rows); i++) {
        int64_t line = row_int(rows, i, "line");

        if (line >= 0 && line < (int64_t)sale->line_count)
            sale->lines[line].note = row_bytes(rows, i, "note");
    }
}

static void fill_choices(const struct rows *options, const struct rows *keyed, struct sale_rows *sale,
                         struct arena *arena)
{
    sale->options = arena_array(arena, rows_count(options), sizeof *sale->options);
    for (size_t i = 0; i < rows_count(options); i++) {
        int64_t line = row_int(options, i, "line");

        if (line >= 0 && line < (int64_t)sale->line_count)
            sale->options[sale->option_count++] =
                (struct option_row){ .line = (int)line,
                                     .modifier_id = row_int(options, i, "modifier_id"),
                                     .option = (uint32_t)row_int(options, i, "option"),
                                     .name = row_text(options, i, "name"),
                                     .price_minor = row_int(options, i, "price_minor") };
    }
    sale->keyed = arena_array(arena, rows_count(keyed), sizeof *sale->keyed);
    for (size_t i = 0; i < rows_count(keyed); i++) {
        int64_t line = row_int(keyed, i, "line");

        if (line >= 0 && line < (int64_t)sale->line_count)
            sale->keyed[sale->keyed_count++] =
                (struct keyed_row){ .line = (int)line, .price_minor = row_int(keyed, i, "price_minor") };
    }
}

static void fill_deposits(const struct rows *rows, struct sale_rows *sale, struct arena *arena)
{
    sale->deposits = arena_array(arena, rows_count(rows), sizeof *sale->deposits);
    for (size_t i = 0; i < rows_count(rows); i++) {
        int64_t line = row_int(rows, i, "line"), goods_line = row_int(rows, i, "goods_line");

        if (line < 0 || line >= (int64_t)sale->line_count || goods_line >= (int64_t)sale->line_count)
            continue;
        sale->deposits[sale->deposit_count++] = (struct deposit_row){
            .line = (int)line, .goods_line = (int)goods_line, .amount_minor = row_int(rows, i, "amount_minor")
        };
        sale->deposit_minor += row_int(rows, i, "amount_minor");
    }
}

static void fill_discounts(const struct rows *rows, struct sale_rows *sale, struct arena *arena)
{
    sale->discount_count = 0;
    sale->discounts = arena_array(arena, rows_count(rows), sizeof *sale->discounts);
    for (size_t i = 0; i < rows_count(rows); i++) {
        int64_t line = row_int(rows, i, "line");

        if (line < NO_LINE || line >= (int64_t)sale->line_count)
            continue;
        sale->discounts[sale->discount_count++] =
            (struct discount_row){ .line = (int)line,
                                   .kind = (enum discount_kind)row_int(rows, i, "kind"),
                                   .rate_ppm = (uint32_t)row_int(rows, i, "rate_ppm"),
                                   .promotion_id = row_int(rows, i, "promotion_id"),
                                   .times = (uint32_t)row_int(rows, i, "times"),
                                   .amount_minor = row_int(rows, i, "amount_minor"),
                                   .reason = row_bytes(rows, i, "reason") };
    }
}

static void fill_taxes(const struct rows *taxes, struct sale_rows *sale)
{
    sale->taxes.count = rows_count(taxes) < TAX_ROWS_MAX ? rows_count(taxes) : TAX_ROWS_MAX;
    for (size_t i = 0; i < sale->taxes.count; i++) {
        struct tax_row *tax = &sale->taxes.rows[i];

        strncpy(tax->code, row_text(taxes, i, "code"), TAX_CODE_SIZE - 1);
        tax->rate_ppm = (uint32_t)row_int(taxes, i, "rate_ppm");
        tax->net_minor = row_int(taxes, i, "net_minor");
        tax->tax_minor = row_int(taxes, i, "tax_minor");
    }
}

static void fill_tenders(const struct rows *tenders, struct sale_rows *sale, struct arena *arena)
{
    sale->cash_minor = sale->change_minor = sale->forfeited_minor = sale->tip_minor = 0;
    sale->tender_count = rows_count(tenders);
    sale->tenders = arena_array(arena, sale->tender_count, sizeof *sale->tenders);
    for (size_t i = 0; i < sale->tender_count; i++) {
        struct tender_row *tender = &sale->tenders[i];

        *tender = (struct tender_row){ .kind = (enum tender_kind)row_int(tenders, i, "kind"),
                                       .type_id = row_int(tenders, i, "tender_type_id"),
                                       .name = row_text(tenders, i, "name"),
                                       .forfeited_minor = row_int(tenders, i, "forfeited_minor"),
                                       .tip_minor = row_int(tenders, i, "tip_minor"),
                                       .amount_minor = row_int(tenders, i, "amount_minor"),
                                       .change_minor = row_int(tenders, i, "change_minor"),
                                       .reference = row_bytes(tenders, i, "reference"),
                                       .account_id = row_int(tenders, i, "account_id"),
                                       .gift_card_id = row_int(tenders, i, "gift_card_id"),
                                       .left_minor = row_int(tenders, i, "left_minor") };
        strncpy(tender->last_four, row_text(tenders, i, "last_four"), sizeof tender->last_four - 1);
        if (tender->kind == TENDER_CASH)
            sale->cash_minor += tender->amount_minor;
        sale->change_minor += tender->change_minor;
        sale->forfeited_minor += tender->forfeited_minor;
        sale->tip_minor += tender->tip_minor;
    }
}

static void fill_retenders(const struct rows *rows, struct sale_rows *sale, struct arena *arena)
{
    struct retender_row *retenders = arena_array(arena, rows_count(rows), sizeof *retenders);

    sale->retenders = retenders;
    sale->retender_count = rows_count(rows);
    for (size_t i = 0; i < sale->retender_count; i++)
        retenders[i] = (struct retender_row){ .number = (int)row_int(rows, i, "number"),
                                              .position = (int)row_int(rows, i, "position"),
                                              .at = row_instant(rows, i, "at"),
                                              .kind = (enum tender_kind)row_int(rows, i, "kind"),
                                              .type_id = row_int(rows, i, "tender_type_id"),
                                              .name = row_text(rows, i, "name"),
                                              .amount_minor = row_int(rows, i, "amount_minor"),
                                              .tip_minor = row_int(rows, i, "tip_minor"),
                                              .rounding_minor = row_int(rows, i, "rounding_minor"),
                                              .reference = row_bytes(rows, i, "reference") };
}

/* Whose it is since it was given to them. */
static void fill_attached(const struct rows *rows, struct sale_rows *sale)
{
    if (rows_count(rows) == 0)
        return;
    sale->member_id = row_int(rows, 0, "member_id");
    sale->attached = row_instant(rows, 0, "at");
    sale->points_earned = row_points(rows, 0, "points_earned");
    sale->points_gifted = row_points(rows, 0, "points_gifted");
    sale->points_after = row_points(rows, 0, "points_after");
}

static void put_right(const struct retender_row *row, struct original_tender *tenders, size_t *count)
{
    size_t i = 0;

    while (i < *count && tenders[i].position != row->position)
        i++;
    if (i == *count)
        tenders[(*count)++] = (struct original_tender){ .position = row->position,
                                                        .kind = row->kind,
                                                        .type_id = row->type_id,
                                                        .name = row->name,
                                                        .reference = row->reference };
    tenders[i].amount_minor += row->amount_minor - row->tip_minor;
    tenders[i].tip_minor += row->tip_minor;
}

const struct original_tender *sale_paid_by(const struct sale_rows *sale, struct arena *arena, size_t *count)
{
    struct original_tender *tenders = arena_array(arena, sale->tender_count + sale->retender_count, sizeof *tenders);
    size_t all = 0;

    for (size_t i = 0; i < sale->tender_count; i++) {
        const struct tender_row *row = &sale->tenders[i];

        tenders[all++] = (struct original_tender){
            .position = (int)i,
            .kind = row->kind,
            .type_id = row->type_id,
            .name = row->name,
            .amount_minor = row->amount_minor - row->change_minor - row->forfeited_minor - row->tip_minor,
            .tip_minor = row->tip_minor,
            .forfeited_minor = row->forfeited_minor,
            .reference = row->reference,
        };
    }
    for (size_t i = 0; i < sale->retender_count; i++)
        put_right(&sale->retenders[i], tenders, &all);
    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (tenders[i].amount_minor != 0 || tenders[i].tip_minor != 0)
            tenders[(*count)++] = tenders[i];
    return tenders;
}

static void take_beside_entry(const struct sale_load *s, struct sale_rows *sale, const uint8_t **hash)
{
    *sale = *s->entry;
    fill_names(s->names, sale);
    *hash = row_bytes(s->found, 0, "hash").data;
}

static void take_rows(struct call *c, const struct sale_load *s, struct sale_rows *sale, const uint8_t **hash)
{
    *sale = (struct sale_rows){ 0 };
    fill_head(s->head, sale);
    fill_lines(s->lines, sale, c->txn.arena);
    fill_taxes(s->taxes, sale);
    if (!s->plain) {
        fill_choices(s->options, s->keyed, sale, c->txn.arena);
        fill_deposits(s->deposits, sale, c->txn.arena);
    }
    sale->invoice_of = invoice_number_of(s->head, 0, "invoice_of_year", "invoice_of_number", c->txn.arena);
    *hash = row_is_null(s->head, 0, "hash") ? NULL : row_bytes(s->head, 0, "hash").data;
}

enum step sale_take(struct call *c, const struct sale_load *s, struct sale_rows *sale, struct shop *shop,
                    const uint8_t **hash)
{
    if (rows_count(s->head) == 0)
        return refuse(c, REFUSAL(UNKNOWN_SALE), "no such sale");
    *shop = shop_of(s->head, s->shop_id ? s->shop_id : c->shop_id);
    if (s->entry != NULL)
        take_beside_entry(s, sale, hash);
    else
        take_rows(c, s, sale, hash);
    if (s->tenders != NULL)
        fill_tenders(s->tenders, sale, c->txn.arena);
    if (s->discounts != NULL)
        fill_discounts(s->discounts, sale, c->txn.arena);
    if (s->notes != NULL)
        fill_notes(s->notes, sale);
    fill_retenders(s->retenders, sale, c->txn.arena);
    fill_attached(s->attached, sale);
    sale->invoice = invoice_number_of(s->head, 0, "invoice_year", "invoice_number", c->txn.arena);
    return STEP_NEXT;
}
