/* A till without a server sells by itself, as client/counter/offline.c does: by the rules, under the next number of its own series, onto
 * its own disk, and only then onto paper. Afterwards the server is told, in order, until it has all of it. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "client/goods/offline_message.h"
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
    Caroline__V1__SaleOffline message = offline_message(&till->basket, sale, bill->tenders, bill->tender_count, arena);
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
