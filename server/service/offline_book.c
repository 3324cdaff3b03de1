/* Book a sale that was made offline: as printed, under the number printed, once. */
#include "server/service/offline_book.h"

#include <string.h>

#include "common/rules/member_card.h"
#include "common/rules/sale_bytes.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"

size_t offline_lines(const Caroline__V1__SaleOffline *request)
{
    return request->basket == NULL ? 1 : request->basket->n_lines + 1;
}

int64_t offline_number_of(uint64_t number)
{
    return number > INT64_MAX ? -1 : (int64_t)number;
}

static struct sale_printed printed_of(const Caroline__V1__SaleOffline *request, struct arena *arena)
{
    struct printed_line *printed = arena_array(arena, request->n_lines, sizeof *printed);
    struct tax_row *taxes = arena_array(arena, request->n_taxes, sizeof *taxes);

    for (size_t i = 0; i < request->n_lines; i++) {
        const Caroline__V1__PrintedLine *line = request->lines[i];

        printed[i] = (struct printed_line){ .unit_price_minor = line->unit_price_minor,
                                            .gross_minor = line->gross_minor,
                                            .discount_minor = line->discount_minor,
                                            .total_minor = line->total_minor,
                                            .tax_minor = line->tax_minor };
    }
    for (size_t i = 0; i < request->n_taxes; i++) {
        const Caroline__V1__QuotedTax *tax = request->taxes[i];

        taxes[i] =
            (struct tax_row){ .rate_ppm = tax->rate_ppm, .net_minor = tax->net_minor, .tax_minor = tax->tax_minor };
        if (tax->code.len > 0 && tax->code.len < TAX_CODE_SIZE) /* a longer one has no name: refused */
            memcpy(taxes[i].code, tax->code.data, tax->code.len);
    }
    return (struct sale_printed){ .lines = printed,
                                  .taxes = taxes,
                                  .line_count = request->n_lines,
                                  .tax_count = request->n_taxes,
                                  .total_minor = request->total_minor,
                                  .tax_minor = request->tax_minor };
}

static struct offline_command command_of(const struct call *c, const Caroline__V1__SaleOffline *request,
                                         int64_t device_id, struct arena *arena)
{
    struct basket basket = basket_of(request->basket, arena);

    basket.coupon_count =
        request->basket == NULL ? 0 : request->basket->n_coupons; /* one is refused, whichever it is */
    return (struct offline_command){
        .sale = { .basket = basket,
                  .tenders = tenders_of(request->tenders, request->n_tenders, arena),
                  .tender_count = request->n_tenders,
                  .made = { offline_number_of(request->made_us) },
                  .made_shift_id = offline_number_of(request->shift_id),
                  .device_id = device_id,
                  .staff_id = offline_number_of(request->staff_id),
                  .number = offline_number_of(request->number) },
        .printed = printed_of(request, arena),
        .brought_by = c->staff_id,
        .brought_limit_ppm = c->discount_ppm,
    };
}

/* What looks like no card is nobody's. */
static struct bytes card_of(const Caroline__V1__SaleOffline *request, struct group *g, int64_t *ends)
{
    const char *card = member_card_read(g->txn.arena, field_bytes(request->member_card));
    uint8_t *blind = arena_alloc(g->txn.arena, BLIND_SIZE);

    *ends = member_card_ends(card);
    vault_blind(g->vault, BLIND_CARD, bytes_of_text(card == NULL ? "" : card), blind);
    return bytes_of(blind, BLIND_SIZE);
}

void offline_keys(struct call *c, struct group *g, struct offline_booking *o, const Caroline__V1__SaleOffline *request,
                  int64_t device_id, const uint8_t record[32])
{
    struct counter_set *set = g->set;
    struct arena *arena = g->txn.arena;
    const struct basket *basket = &o->command.sale.basket;

    o->command = command_of(c, request, device_id, arena);
    memcpy(o->command.record, record, sizeof o->command.record);
    ids_add(&set->devices, device_id, arena);
    ids_add(&set->staff, o->command.sale.staff_id, arena);
    counter_want_booked(g, device_id, o->command.sale.number);
    if (o->command.sale.made_shift_id > 0)
        ids_add(&set->shifts, o->command.sale.made_shift_id, arena);
    if (basket->member_id != 0)
        ids_add(&set->members, basket->member_id, arena);
    if (request->has_member_card && basket->member_id == 0) {
        o->card = card_of(request, g, &o->command.card_ends);
        counter_want_card(g, o->card);
    }
    counter_want_past(g, basket);
}

static Caroline__V1__SaleException *exception_message(const struct sale_rows *sale,
                                                      const struct exception_row *exception, struct arena *arena)
{
    Caroline__V1__SaleException *message = arena_alloc(arena, sizeof *message);

    caroline__v1__sale_exception__init(message);
    PUT(*message, kind, (Caroline__V1__SaleExceptionKind)exception->kind);
    if (exception->line != NO_LINE)
        PUT(*message, line, (uint32_t)exception->line);
    if (sale_exception_compares(sale, exception)) {
        PUT(*message, said, exception->said);
        PUT(*message, found, exception->found);
    }
    return message;
}

Caroline__V1__SaleException **exception_messages(const struct sale_rows *sale, struct arena *arena)
{
    Caroline__V1__SaleException **messages = arena_array(arena, sale->exception_count, sizeof *messages);

    for (size_t i = 0; i < sale->exception_count; i++)
        messages[i] = exception_message(sale, &sale->exceptions[i], arena);
    return messages;
}

enum step offline_decide(struct call *c, struct group *g, struct offline_booking *o)
{
    struct working_set *set = &((struct counter_set *)g->set)->rules;
    struct sale_rows *sale = &o->stored.sale;
    uint8_t hash[32];

    enum step step = counter_refuse_done(c, g->set);
    if (step == STEP_NEXT)
        step = counter_refuse_booked(c, g->set, &o->command);
    if (step != STEP_NEXT)
        return step;
    o->command.next_number = (int64_t)group_next_number(g, c);
    o->command.sale.sale_id = group_next_id(g);
    if (o->card.size > 0) {
        o->command.sale.basket.member_id = counter_member_of_card(g->set, o->card);
        o->command.card_unknown = o->command.sale.basket.member_id == 0;
    }
    o->command.sale.new_lot_id = o->command.sale.basket.member_id == 0 ? 0 : group_next_id(g);
    enum sale_verdict verdict = sale_offline_decide(&o->command, set, group_past(g), g->now, sale);
    if (verdict != SALE_OK)
        return sale_refuse_call(c, verdict, sale);
    counter_note_done(g, c, sale);
    group_journal(g, c, sale_bytes(sale, counter_command_id(c), set->arena), hash);
    return STEP_NEXT;
}
