/* Of an export: sales and refunds as their receipts show them, invoices, and payments by stored cards. */
#include "server/service/member_export_in.h"

#include "server/service/exported.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"

static Caroline__V1__SaleShown *shown_of(const struct sale_rows *sale, const struct shop *shop, const uint8_t *hash,
                                         struct arena *arena)
{
    Caroline__V1__SaleShown *shown = arena_alloc(arena, sizeof *shown);
    struct receipt receipt;
    char number[RECEIPT_NUMBER_TEXT];

    caroline__v1__sale_shown__init(shown);
    shown->sale = sale_rung_up_of(sale, shop, shop_zone(shop), hash, arena, &receipt);
    if (sale->kind == SALE_REFUND)
        PUT(*shown, refund_of, field_text(arena_text(arena, receipt_number_format(number, sale->refund_of_number))));
    if (sale->number.series == 'X')
        PUT(*shown, made_us, (uint64_t)sale->made.us);
    return shown;
}

/* And the lines that were taken off: together they are no more than the entry of the sale, which fits a frame. */
static bool fits_with_voids(struct exporting *e, const struct sale_rows *sale, const Caroline__V1__ExportedSale *told,
                            struct arena *arena)
{
    size_t before = e->reply.n_voids, size = protobuf_c_message_get_packed_size(&told->base) + 8;

    for (size_t i = 0; i < sale->line_count; i++)
        if ((sale->lines[i].flags & LINE_VOIDED) != 0) {
            Caroline__V1__ExportedVoid *taken_off = exported_void_of(sale, i, arena);

            if (size > PAGE_BYTES / 2) /* so many: reason and number say which it was */
                taken_off->has_name = false;
            size += protobuf_c_message_get_packed_size(&taken_off->base) + 8;
            e->reply.voids[e->reply.n_voids++] = taken_off;
        }
    if (e->used > 0 && e->used + size > PAGE_BYTES) {
        e->reply.n_voids = before;
        return false;
    }
    e->used += size;
    return true;
}

enum step export_tell_sales(struct call *c, struct exporting *e)
{
    enum part part = e->place.part;
    struct arena *arena = c->txn.arena;

    if (e->sale_count < SALES_MAX)
        export_go_on(c, e, (enum part)(part + 1), 0, 0);
    else
        export_go_on(c, e, part, row_int(e->rows, SALES_MAX - 1, "id"), row_instant(e->rows, SALES_MAX - 1, "at").us);
    e->reply.sales = arena_array(arena, e->sale_count + 1, sizeof *e->reply.sales);
    e->reply.voids = arena_array(arena, e->sale_count * LINES_MAX + 1, sizeof *e->reply.voids);
    for (size_t i = 0; i < e->sale_count; i++) {
        Caroline__V1__ExportedSale *exported = arena_alloc(arena, sizeof *exported);
        struct sale_rows *sale = arena_alloc(arena, sizeof *sale); /* what is told points into it */
        struct shop *shop = arena_alloc(arena, sizeof *shop);
        const uint8_t *hash;
        enum step step = sale_take(c, &e->sales[i], sale, shop, &hash);

        if (step != STEP_NEXT)
            return step;
        caroline__v1__exported_sale__init(exported);
        exported->sale = shown_of(sale, shop, hash, arena);
        PUT(*exported, shop_id, (uint64_t)e->sales[i].shop_id);
        PUT(*exported, refund, part == PART_REFUNDS);
        PUT_WHOSE(e, *exported, row_int(e->rows, i, "member_id"));
        if (!row_is_null(e->rows, i, "reason"))
            PUT(*exported, reason, field_of(row_bytes(e->rows, i, "reason")));
        if (!fits_with_voids(e, sale, exported, arena)) {
            export_go_on(c, e, part, row_int(e->rows, i - 1, "id"), row_instant(e->rows, i - 1, "at").us);
            break;
        }
        e->reply.sales[e->reply.n_sales++] = exported;
    }
    return STEP_NEXT;
}

/* Reading one leaves a trace, as when it is shown. */
void export_tell_invoices(struct call *c, struct exporting *e)
{
    size_t count = rows_count(e->rows);

    e->reply.invoices = arena_array(c->txn.arena, count + 1, sizeof *e->reply.invoices);
    for (size_t i = 0; i < count; i++) {
        Caroline__V1__ExportedInvoice *told = exported_invoice_of(c, e->rows, i);

        if (!export_fits(e, &told->base)) {
            export_go_on(c, e, PART_INVOICES, row_int(e->rows, i - 1, "id"), 0);
            return;
        }
        e->reply.invoices[e->reply.n_invoices++] = told;
        journal_note(c, row_int(e->rows, i, "id"), "invoice_shown");
    }
    if (count == INVOICES_MAX)
        export_go_on(c, e, PART_INVOICES, row_int(e->rows, count - 1, "id"), 0);
    else
        export_go_on(c, e, PART_PAYMENTS, 0, 0);
}

/* Each is small: a hundred of each kind fit. What waits for the counter stands on the last of these pages, as it is then. */
void export_tell_payments(struct call *c, struct exporting *e)
{
    size_t charges = rows_count(e->rows), setups = rows_count(e->setups), tickets = rows_count(e->tickets);
    struct arena *arena = c->txn.arena;

    e->reply.charges = arena_array(arena, charges + 1, sizeof *e->reply.charges);
    for (size_t i = 0; i < charges; i++) {
        e->reply.charges[e->reply.n_charges++] = exported_charge_of(e->rows, i, arena);
        PUT_WHOSE(e, *e->reply.charges[i], row_int(e->rows, i, "member_id"));
    }
    e->reply.setups = arena_array(arena, setups + 1, sizeof *e->reply.setups);
    for (size_t i = 0; i < setups; i++) {
        e->reply.setups[e->reply.n_setups++] = exported_setup_of(e->setups, i, arena);
        PUT_WHOSE(e, *e->reply.setups[i], row_int(e->setups, i, "member_id"));
    }
    if (charges == PAYMENTS_MAX || setups == PAYMENTS_MAX) {
        export_go_on(c, e, PART_PAYMENTS, charges > 0 ? row_int(e->rows, charges - 1, "id") : e->place.after,
                     setups > 0 ? row_int(e->setups, setups - 1, "id") : e->place.after_two);
        return;
    }
    e->reply.tickets = arena_array(arena, tickets + 1, sizeof *e->reply.tickets);
    for (size_t i = 0; i < tickets; i++)
        e->reply.tickets[e->reply.n_tickets++] = exported_ticket_of(c, e->tickets, i);
}
