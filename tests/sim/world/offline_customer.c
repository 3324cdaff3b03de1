/* A till without a server sells by itself, as client/counter/offline.c does: by the rules, under the next number of its own series, onto
 * its own disk, and only then onto paper. Afterwards the server is told, in order, until it has all of it. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/rules/sale_offline.h"
#include "common/wire/walker.h"
#include "tests/sim/world/till.h"

#define PUT(message, field, value) ((message).has_##field = true, (message).field = (value))
#define CARD_NOTED_PER_MILLE       200
#define WAITS_PER_MILLE            500 /* of the moments in which a sale could be taken over */

static struct random *chance_of(struct till *till)
{
    return &till->station.process.chance;
}

static ProtobufCBinaryData text_of(const char *text)
{
    return (ProtobufCBinaryData){ .len = strlen(text), .data = (uint8_t *)(uintptr_t)text };
}

/* ---- the sale as messages ---- */

static Caroline__V1__PrintedLine **line_messages(const struct sale_rows *sale, struct arena *arena)
{
    Caroline__V1__PrintedLine **messages = arena_array(arena, sale->line_count, sizeof *messages);

    for (size_t i = 0; i < sale->line_count; i++) {
        Caroline__V1__PrintedLine *line = messages[i] = arena_alloc(arena, sizeof *line);

        caroline__v1__printed_line__init(line);
        PUT(*line, unit_price_minor, sale->lines[i].unit_price_minor);
        PUT(*line, gross_minor, sale->lines[i].gross_minor);
        PUT(*line, discount_minor, sale->lines[i].discount_minor);
        PUT(*line, total_minor, sale->lines[i].total_minor);
        PUT(*line, tax_minor, sale->lines[i].tax_minor);
    }
    return messages;
}

static Caroline__V1__QuotedTax **tax_messages(const struct sale_rows *sale, struct arena *arena)
{
    Caroline__V1__QuotedTax **messages = arena_array(arena, sale->taxes.count, sizeof *messages);

    for (size_t i = 0; i < sale->taxes.count; i++) {
        Caroline__V1__QuotedTax *tax = messages[i] = arena_alloc(arena, sizeof *tax);

        caroline__v1__quoted_tax__init(tax);
        PUT(*tax, code, text_of(sale->taxes.rows[i].code));
        PUT(*tax, rate_ppm, sale->taxes.rows[i].rate_ppm);
        PUT(*tax, net_minor, sale->taxes.rows[i].net_minor);
        PUT(*tax, tax_minor, sale->taxes.rows[i].tax_minor);
    }
    return messages;
}

/* The deposits that went with the goods stand behind them, as they were printed. */
static Caroline__V1__Basket *basket_message(const struct till *till, const struct sale_rows *sale, struct arena *arena)
{
    Caroline__V1__Basket *message = open_basket_message(&till->basket, arena);
    Caroline__V1__BasketLine **lines = arena_array(arena, sale->line_count, sizeof *lines);

    for (size_t i = 0; i < message->n_lines; i++)
        lines[i] = message->lines[i];
    message->lines = lines;
    for (size_t i = 0; i < sale->deposit_count; i++) {
        const struct deposit_row *deposit = &sale->deposits[i];
        const struct sale_line_row *row = &sale->lines[deposit->line];

        if (deposit->goods_line == NO_LINE)
            continue;
        Caroline__V1__BasketLine *line = lines[message->n_lines++] = arena_alloc(arena, sizeof *line);
        caroline__v1__basket_line__init(line);
        PUT(*line, product_id, (uint64_t)row->product_id);
        PUT(*line, quantity_milli, row->quantity_milli);
        PUT(*line, deposit_of, (uint32_t)deposit->goods_line);
    }
    return message;
}

static Caroline__V1__SaleOffline sale_message(const struct till *till, const struct sale_rows *sale,
                                              Caroline__V1__Tender **tenders, size_t tender_count, struct arena *arena)
{
    Caroline__V1__SaleOffline message = CAROLINE__V1__SALE_OFFLINE__INIT;

    PUT(message, number, (uint64_t)sale->number.number);
    message.basket = basket_message(till, sale, arena);
    message.n_tenders = tender_count;
    message.tenders = tenders;
    message.n_lines = sale->line_count;
    message.lines = line_messages(sale, arena);
    message.n_taxes = sale->taxes.count;
    message.taxes = tax_messages(sale, arena);
    PUT(message, total_minor, sale->total_minor);
    PUT(message, tax_minor, sale->tax_minor);
    PUT(message, made_us, (uint64_t)sale->made.us);
    PUT(message, shift_id, (uint64_t)sale->shift_id);
    PUT(message, staff_id, (uint64_t)sale->staff_id);
    return message;
}

static struct bytes paper_of(const struct sale_rows *sale, struct arena *arena)
{
    Caroline__V1__SaleRungUp message = CAROLINE__V1__SALE_RUNG_UP__INIT;
    Caroline__V1__SaleQuoted totals = CAROLINE__V1__SALE_QUOTED__INIT;
    char number[RECEIPT_NUMBER_TEXT];

    PUT(totals, total_minor, sale->total_minor);
    PUT(message, receipt_number, text_of(receipt_number_format(number, sale->number)));
    message.totals = &totals;
    return message_encode(&message.base, arena);
}

/* ---- selling ---- */

/* In coins and notes, or by a card, whose machine has a line of its own. */
static size_t take_money(struct till *till, int64_t total_minor, struct tender *tender)
{
    struct random *chance = chance_of(till);
    bool cash = random_per_mille(chance, 700);

    if (total_minor <= 0)
        return 0;
    *tender = (struct tender){ .kind = cash ? TENDER_CASH : TENDER_CARD,
                               .amount_minor = cash && random_per_mille(chance, 700) ? (total_minor + 499) / 500 * 500
                                                                                     : total_minor,
                               .reference = bytes_of_text(cash ? "" : "approved") };
    return 1;
}

static Caroline__V1__Tender *tender_message(const struct tender *tender, struct arena *arena)
{
    Caroline__V1__Tender *message = arena_alloc(arena, sizeof *message);

    caroline__v1__tender__init(message);
    PUT(*message, kind, (Caroline__V1__TenderKind)tender->kind);
    PUT(*message, amount_minor, tender->amount_minor);
    if (tender->kind == TENDER_CARD)
        PUT(*message, reference, text_of("approved"));
    return message;
}

/* What is sold for: by whom, in which shift, when, and what it takes the place of. */
struct bill {
    struct tender tenders[2];
    size_t tender_count;
    int64_t shift_id, staff_id;
    struct instant made;
    const uint8_t *aside;
};

/* On the disk under its number, or not: then nobody has the paper. */
static bool keep(struct till *till, const struct sale_rows *sale, const struct bill *bill)
{
    struct arena *arena = till->arena;
    struct witness *witness = till->floor->witness;
    Caroline__V1__Tender *tenders[2];

    for (size_t i = 0; i < bill->tender_count; i++)
        tenders[i] = tender_message(&bill->tenders[i], arena);
    Caroline__V1__SaleOffline message = sale_message(till, sale, tenders, bill->tender_count, arena);
    int64_t number = sale->number.number;
    const char *problem;

    bool kept = link_sell_offline(till->link, &message.base, number, paper_of(sale, arena), bill->aside, &problem);
    witness_print(witness, till, number, sale->total_minor, message_encode(&message.base, arena), !kept);
    witness_record_bookings(witness, till);
    till->unbooked += kept;
    till->floor->note(till->floor->user, kept ? "printed" : "disk", till->index, number, (uint64_t)sale->total_minor);
    return kept;
}

/* By the rules, upon the till's own catalogue; nothing comes of it yet. */
static enum sale_verdict decide_bill(struct till *till, const struct bill *bill, int64_t shown_minor,
                                     struct sale_rows *sale)
{
    struct sale_command command = open_basket_command(&till->basket, till->arena);
    const struct offline_till offline = { .device_id = 1,
                                          .shift_id = bill->shift_id,
                                          .till_number = till->index,
                                          .catalogue = link_catalogue(till->link),
                                          .zone = till->floor->zone,
                                          .arena = till->arena };

    command.shown_total_minor = shown_minor;
    command.tender_count = bill->tender_count;
    command.tenders = bill->tenders;
    command.staff_id = bill->staff_id;
    command.made = bill->made;
    command.number = spool_next_number(till->spool);
    if (command.number < 1) /* the disk is dead */
        return SALE_OFFLINE_NUMBER;
    return sale_offline_sell(&command, &offline, link_now(till->link), sale);
}

static enum sale_verdict decide(struct till *till, struct bill *bill, struct sale_rows *sale)
{
    int64_t shown_minor = till->basket.rows.total_minor;

    *bill =
        (struct bill){ .shift_id = till->shift_id, .staff_id = SIM_STAFF + till->person, .made = link_now(till->link) };
    bill->tender_count = take_money(till, shown_minor, bill->tenders);
    return decide_bill(till, bill, shown_minor, sale);
}

void offline_serve(struct till *till)
{
    const struct catalogue *catalogue = link_catalogue(till->link);
    struct sale_rows sale;
    struct bill bill;

    arena_reset(till->arena);
    open_basket_clear(&till->basket);
    till->asked = NULL;
    take_goods(till, catalogue);
    if (random_per_mille(chance_of(till), CARD_NOTED_PER_MILLE))
        open_basket_set_member(&till->basket, SIM_MEMBER + (int64_t)random_below(chance_of(till), SIM_MEMBERS), "", 0,
                               false);
    open_basket_price(&till->basket, catalogue, till->floor->zone, link_now(till->link));
    if (till->basket.verdict != SALE_OK || open_basket_asks(&till->basket) || decide(till, &bill, &sale) != SALE_OK)
        return;
    till->floor->sold++;
    till->floor->served++;
    (void)keep(till, &sale, &bill);
}

bool offline_take_over(struct till *till)
{
    struct told *asked = till->asked;
    struct sale_rows sale;
    struct bill bill;

    if (!asked || link_state(till->link) == LINK_ONLINE || !link_can_withdraw(till->link, asked->id) ||
        random_per_mille(chance_of(till), WAITS_PER_MILLE))
        return false;
    arena_reset(till->arena);
    if (open_basket_asks(&till->basket) || decide(till, &bill, &sale) != SALE_OK)
        return false;
    till->asked = NULL;
    if (!link_withdraw(till->link, asked->id)) { /* its disk fails: perhaps it is taken back, perhaps not */
        asked->unsure = true;
        return false;
    }
    asked->withdrawn = true;
    till->floor->note(till->floor->user, "withdrawn", till->index, 0, 0);
    (void)keep(till, &sale, &bill);
    return true;
}

/* Only what a till takes by itself. */
static bool take_tenders(struct bill *bill, const Caroline__V1__SaleRingUp *asked)
{
    for (size_t i = 0; i < asked->n_tenders; i++) {
        const Caroline__V1__Tender *tender = asked->tenders[i];

        if (i == 2 || tender->has_tender_type_id || tender->has_tip_minor ||
            (tender->kind != CAROLINE__V1__TENDER_KIND__TENDER_CASH &&
             tender->kind != CAROLINE__V1__TENDER_KIND__TENDER_CARD))
            return false;
        bill->tenders[bill->tender_count++] =
            (struct tender){ .kind = (int)tender->kind,
                             .amount_minor = tender->amount_minor,
                             .reference = bytes_of_text(tender->has_reference ? "approved" : "") };
    }
    return true;
}

enum aside_end offline_sell_aside(struct till *till, const struct put_aside *aside,
                                  const Caroline__V1__SaleRingUp *asked)
{
    struct bill bill = { .shift_id = aside->shift_id,
                         .staff_id = aside->staff_id,
                         .made = { (int64_t)asked->made_us },
                         .aside = aside->id };
    struct sale_rows sale;

    arena_reset(till->arena);
    open_basket_clear(&till->basket);
    open_basket_take(&till->basket, asked->basket);
    open_basket_clear_rewards(&till->basket); /* nobody can tell what the points were: they stay */
    if (till->basket.coupon_count > 0 || !take_tenders(&bill, asked))
        return ASIDE_CANNOT;
    enum sale_verdict verdict = decide_bill(till, &bill, asked->total_minor, &sale);
    if (verdict == SALE_CATALOGUE_OLD || verdict == SALE_CATALOGUE_UNKNOWN) {
        till->basket.catalogue_version = catalogue_newest(link_catalogue(till->link));
        verdict = decide_bill(till, &bill, asked->total_minor, &sale);
    }
    if (verdict != SALE_OK)
        return ASIDE_CANNOT;
    return keep(till, &sale, &bill) ? ASIDE_SOLD : ASIDE_TORN;
}

/* ---- afterwards ---- */

void offline_try_again(struct till *till)
{
    if (till->unbooked == 0)
        return;
    link_book_again(till->link);
    witness_record_bookings(till->floor->witness, till);
}

static bool is_done(const struct link_answer *answer)
{
    return answer->outcome == LINK_OK || answer->code == CAROLINE__V1__ERROR_CODE__COMMAND_DONE;
}

/* No sale of a till's is refused for good. */
static bool may_be_refused(const struct link_answer *answer)
{
    return answer->code == CAROLINE__V1__ERROR_CODE__OFFLINE_NUMBER ||
           answer->code == CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN;
}

void offline_answered(struct till *till, const struct link_answer *answer)
{
    struct floor *floor = till->floor;
    char sentence[300];

    till->unbooked = spool_unbooked(till->spool);
    floor->note(floor->user, is_done(answer) ? "booked" : "unbooked", till->index, (int64_t)answer->code,
                till->unbooked);
    if (answer->outcome == LINK_OK) {
        const Caroline__V1__SaleOfflineBooked *booked = (const Caroline__V1__SaleOfflineBooked *)answer->reply;
        char *receipt = floor->receipts[floor->receipt_count++ % RECENT];

        snprintf(receipt, sizeof floor->receipts[0], "%.*s", (int)booked->receipt_number.len,
                 (const char *)booked->receipt_number.data);
        witness_booked(floor->witness, till, receipt);
    }
    if (is_done(answer)) {
        offline_try_again(till); /* those that came before their turn */
    } else if (!may_be_refused(answer)) {
        snprintf(sentence, sizeof sentence, "a sale that till %u has printed is refused: %s", till->index,
                 answer->sentence);
        if (!floor->witness->silent)
            floor->witness->broken(floor->witness->user, sentence);
    } else if (answer->code == CAROLINE__V1__ERROR_CODE__SHIFT_NOT_OPEN) {
        till->drawer_known = till->drawer_open = false;
    }
}
