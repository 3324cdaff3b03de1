/* A Z from its rows. */
#include "server/service/shift_z_load.h"

#include "db/queries.h"
#include "server/service/message.h"

void shift_z_find(struct call *c, struct shift_z_load *s, struct param till, int64_t number)
{
    s->head =
        ask(c, &sql_shift_z_find,
            PARAMS(PARAM_INT(c->shop_id), till, PARAM_INT(c->device_id), PARAM_INT(number > 0 ? number : INT32_MAX)));
}

void shift_z_load(struct call *c, struct shift_z_load *s)
{
    int64_t shift_id = row_int(s->head, 0, "shift_id");

    s->rows.books = s->head;
    s->rows.tenders = ask(c, &sql_shift_z_tenders, PARAMS(PARAM_INT(shift_id)));
    s->rows.taxes = ask(c, &sql_shift_z_taxes, PARAMS(PARAM_INT(shift_id)));
    s->rows.options = ask(c, &sql_shift_z_options, PARAMS(PARAM_INT(shift_id)));
    s->rows.departments = ask(c, &sql_shift_z_departments, PARAMS(PARAM_INT(shift_id)));
    s->rows.deposits = ask(c, &sql_shift_z_deposits, PARAMS(PARAM_INT(shift_id)));
    s->rows.received = ask(c, &sql_shift_z_received, PARAMS(PARAM_INT(shift_id)));
    s->rows.gift_cards = ask(c, &sql_shift_z_gift_cards, PARAMS(PARAM_INT(shift_id)));
    s->counts = ask(c, &sql_shift_z_counts, PARAMS(PARAM_INT(shift_id)));
}

static struct shop shop_of(const struct rows *head, int64_t shop_id)
{
    return (struct shop){
        .id = shop_id,
        .name = row_text(head, 0, "name"),
        .address = row_text(head, 0, "address"),
        .tax_number = row_text(head, 0, "tax_number"),
        .currency = row_text(head, 0, "currency"),
        .currency_exponent = (uint32_t)row_int(head, 0, "currency_exponent"),
        .zone_name = row_text(head, 0, "zone"),
    };
}

static int64_t counted_of(const struct rows *tenders, size_t row)
{
    return row_is_null(tenders, row, "counted_minor") ? 0 : row_int(tenders, row, "counted_minor");
}

/* It fitted when it was counted. */
static void compare_tenders(struct shift_tender *tenders, const struct shift_books *books)
{
    for (size_t i = 0; i < books->tender_count; i++)
        if (tenders[i].counted)
            shift_tender_compare(books, &tenders[i]);
}

static struct shift_tender *tenders_of(const struct rows *rows, struct arena *arena)
{
    struct shift_tender *tenders = arena_array(arena, rows_count(rows), sizeof *tenders);

    for (size_t i = 0; i < rows_count(rows); i++)
        tenders[i] = (struct shift_tender){ .kind = (enum tender_kind)row_int(rows, i, "kind"),
                                            .type_id = row_int(rows, i, "tender_type_id"),
                                            .name = row_text(rows, i, "name"),
                                            .count = row_int(rows, i, "tender_count"),
                                            .stayed_minor = row_int(rows, i, "expected_minor"),
                                            .forfeited_minor = row_int(rows, i, "forfeited_minor"),
                                            .tip_minor = row_int(rows, i, "tip_minor"),
                                            .counted = !row_is_null(rows, i, "counted_minor"),
                                            .counted_minor = counted_of(rows, i) };
    return tenders;
}

/* Null in a Z from before there were any. */
static struct shift_deposits deposits_of(const struct rows *head)
{
    if (row_is_null(head, 0, "deposit_out_milli"))
        return (struct shift_deposits){ 0 };
    return (struct shift_deposits){
        .out_milli = row_int(head, 0, "deposit_out_milli"),
        .out_minor = row_int(head, 0, "deposit_out_minor"),
        .back_milli = row_int(head, 0, "deposit_back_milli"),
        .back_minor = row_int(head, 0, "deposit_back_minor"),
        .refund_milli = row_int(head, 0, "deposit_refund_milli"),
        .refund_minor = row_int(head, 0, "deposit_refund_minor"),
        .charge_milli = row_int(head, 0, "charge_milli"),
        .charge_minor = row_int(head, 0, "charge_minor"),
    };
}

enum step shift_z_take(struct call *c, const struct shift_z_load *s, struct shift_z *taken, struct shop *shop)
{
    struct arena *arena = c->txn.arena;
    const struct rows *head = s->head;
    struct shift_pieces *counts = arena_array(arena, rows_count(s->counts), sizeof *counts);
    struct shift_tender *tenders = tenders_of(s->rows.tenders, arena);
    struct shift_z z = {
        .books = shift_rows_books(&s->rows, arena),
        .t = { row_int(head, 0, "t_first"), row_int(head, 0, "t_last") },
        .x = { row_int(head, 0, "x_first"), row_int(head, 0, "x_last") },
        .sale_count = row_int(head, 0, "sale_count"),
        .sale_minor = row_int(head, 0, "sale_minor"),
        .refund_count = row_int(head, 0, "refund_count"),
        .refund_minor = row_int(head, 0, "refund_minor"),
        .in_minor = row_int(head, 0, "in_minor"),
        .out_minor = row_int(head, 0, "out_minor"),
        .drop_minor = row_int(head, 0, "drop_minor"),
        .expected_minor = row_int(head, 0, "expected_minor"),
        .grand_total_minor = row_int(head, 0, "grand_total_minor"),
        .deposits = deposits_of(head),
        .closed = true,
        .closed_at = row_instant(head, 0, "closed_at"),
        .closed_by = row_int(head, 0, "closed_by"),
        .counted_minor = row_int(head, 0, "counted_minor"),
        .difference_minor = row_int(head, 0, "difference_minor"),
        .counts = counts,
        .counts_count = rows_count(s->counts),
    };

    *shop = shop_of(head, c->shop_id);
    z.books.tenders = tenders;
    z.books.tender_count = rows_count(s->rows.tenders);
    compare_tenders(tenders, &z.books);
    if (shift_z_settle(&z) != SHIFT_OK)
        return refuse(c, REFUSAL(AMOUNT_OVERFLOW), "the shift's sums leave the range that can be counted");
    for (size_t i = 0; i < z.counts_count; i++)
        counts[i] = (struct shift_pieces){ .denomination_minor = row_int(s->counts, i, "denomination_minor"),
                                           .pieces = row_int(s->counts, i, "pieces") };
    z.books.holder_name = shift_holder_name(c, z.books.holder_id, head, 0);
    *taken = z;
    return STEP_NEXT;
}
