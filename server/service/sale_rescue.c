/* Book a sale out of the spool of a till that is dead: in the till's strand, its shift and under its command's id, so that
 * the till itself, or a second machine with the same file, finds it done. */
#include <string.h>

#include "common/rules/sale_bytes.h"
#include "common/wire/digest.h"
#include "common/wire/walker.h"
#include "server/service/coupon_message.h"
#include "server/service/gift_card_message.h"
#include "server/service/message.h"
#include "server/service/offline_book.h"
#include "server/service/sale_message.h"

#define BYTES_A_LINE 32 /* of a basket's, in a request; not fewer, mostly */

struct rescue {
    struct offline_booking offline; /* first; of a ring-up its `stored` alone */
    struct sale_command ring_up;
    int64_t device_id; /* the till */
    bool printed;      /* made offline */
};

static size_t lines(const struct call *c)
{
    return ((const Caroline__V1__SaleRescue *)c->message)->body.len / BYTES_A_LINE + 1;
}

/* Looked at like what a stranger sends. NULL: it is no such request. */
static const ProtobufCMessage *message_in(struct call *c, const ProtobufCMessageDescriptor *descriptor,
                                          struct bytes bytes, struct arena *arena)
{
    ProtobufCMessage *message = message_decode(descriptor, bytes, arena);
    const char *field, *sentence;
    enum request_verdict verdict;

    if (message == NULL)
        return NULL;
    verdict = request_check(message, arena, &field, &sentence);
    if (verdict != REQUEST_OK) /* should it be refused */
        refusal_not_kept(c);
    return verdict == REQUEST_OK || verdict == REQUEST_OK_MAYBE_CARD ? message : NULL;
}

/* Under who brings it: of a ring-up the spool does not say whose it was. */
static void ring_up_keys(struct call *c, struct group *g, struct rescue *r, const Caroline__V1__SaleRingUp *request)
{
    struct counter_set *set = g->set;
    struct arena *arena = g->txn.arena;

    struct tender *tenders = tenders_of(request->tenders, request->n_tenders, arena);
    struct basket basket = basket_of(request->basket, arena);

    coupons_named(g->vault, request->basket, &basket, arena);
    gift_cards_named(g->vault, r->device_id, request->tenders, request->n_tenders, tenders);
    r->ring_up = (struct sale_command){
        .basket = basket,
        .tenders = tenders,
        .tender_count = request->n_tenders,
        .shown_total_minor = request->total_minor,
        .made = { offline_number_of(request->made_us) },
        .made_shift_id = offline_number_of(request->shift_id),
        .device_id = r->device_id,
        .staff_id = c->staff_id,
        .discount_limit_ppm = c->discount_ppm,
        .series = 'T',
    };
    ids_add(&set->devices, r->device_id, arena);
    if (r->ring_up.made_shift_id > 0)
        ids_add(&set->shifts, r->ring_up.made_shift_id, arena);
    if (r->ring_up.basket.member_id != 0)
        ids_add(&set->members, r->ring_up.basket.member_id, arena);
    counter_want_coupons(g, &r->ring_up.basket);
    counter_want_accounts(g, r->ring_up.tenders, r->ring_up.tender_count);
    counter_want_past(g, &r->ring_up.basket);
}

static enum step keys(struct call *c, struct group *g)
{
    const Caroline__V1__SaleRescue *request = (const Caroline__V1__SaleRescue *)c->message;
    struct bytes body = field_bytes(request->body);
    struct rescue *r = c->shared;
    uint8_t record[DIGEST_SIZE];

    if (request->op != NUMBER(SALE_OFFLINE) && request->op != NUMBER(SALE_RING_UP))
        return refuse_field(c, REFUSAL(RESCUE_NOT_A_SALE), "op", "only sales are brought out of another till's spool");
    if (request->device_id == 0 || request->device_id > INT64_MAX)
        return refuse_field(c, REFUSAL(UNKNOWN_DEVICE), "device_id", "no till of that id is known here");
    if (request->command_id.len != sizeof c->command_id)
        return refuse_field(c, REFUSAL(RESCUE_UNREADABLE), "command_id", "a command's id has 16 bytes");
    r->printed = request->op == NUMBER(SALE_OFFLINE);
    const ProtobufCMessage *message =
        message_in(c, r->printed ? &caroline__v1__sale_offline__descriptor : &caroline__v1__sale_ring_up__descriptor,
                   body, g->txn.arena);
    if (message == NULL)
        return refuse_field(c, REFUSAL(RESCUE_UNREADABLE), "body", "this is no sale that can be read");
    r->device_id = (int64_t)request->device_id;
    r->offline.stored.command_id = request->command_id.data;
    if (!r->printed && ((const Caroline__V1__SaleRingUp *)message)->training)
        return refuse_field(c, REFUSAL(RESCUE_NOT_A_SALE), "body",
                            "this was practised in a training: nothing was sold");
    c->strand_device_id = r->device_id;
    c->strand = r->printed ? 'X' : 'T';
    ids_add(&((struct counter_set *)g->set)->rescued, r->device_id, g->txn.arena);
    if (!r->printed) {
        ring_up_keys(c, g, r, (const Caroline__V1__SaleRingUp *)message);
        return STEP_NEXT;
    }
    sha256(body, record);
    offline_keys(c, g, &r->offline, (const Caroline__V1__SaleOffline *)message, r->device_id, record);
    r->offline.command.brought_device_id = c->device_id;
    return STEP_NEXT;
}

static bool is_ours(const struct counter_set *set, int64_t device_id)
{
    const struct rows *rows = set->rows.rescued;

    for (size_t row = 0; row < rows_count(rows); row++)
        if (row_int(rows, row, "id") == device_id)
            return true;
    return false;
}

static enum step ring_up_decide(struct call *c, struct group *g, struct rescue *r)
{
    struct working_set *set = &((struct counter_set *)g->set)->rules;
    struct sale_rows *sale = &r->offline.stored.sale;
    uint8_t hash[32];

    enum step step = counter_refuse_done(c, g->set);
    if (step != STEP_NEXT)
        return step;
    r->ring_up.role = catalogue_role(g->catalogue, catalogue_newest(g->catalogue), c->role_id);
    r->ring_up.number = (int64_t)group_next_number(g, c);
    r->ring_up.sale_id = group_next_id(g);
    r->ring_up.new_lot_id = r->ring_up.basket.member_id == 0 ? 0 : group_next_id(g);
    enum sale_verdict verdict = sale_rescue_decide(&r->ring_up, c->device_id, set, group_past(g), g->now, sale);
    if (verdict != SALE_OK)
        return sale_refuse_call(c, verdict, sale);
    counter_note_done(g, c, sale);
    group_journal(g, c, sale_bytes(sale, counter_command_id(c), set->arena), hash);
    return STEP_NEXT;
}

static enum step decide(struct call *c, struct group *g)
{
    struct rescue *r = c->shared;
    const struct counter_set *set = g->set;
    const struct sale_rows *sale = &r->offline.stored.sale;
    Caroline__V1__SaleRescued message = CAROLINE__V1__SALE_RESCUED__INIT;
    int64_t shift_id = r->printed ? r->offline.command.sale.made_shift_id : r->ring_up.made_shift_id;
    char number[RECEIPT_NUMBER_TEXT];

    if (!is_ours(set, r->device_id))
        return refuse_field(c, REFUSAL(UNKNOWN_DEVICE), "device_id", "no till of that id is known here");
    if (shift_id == 0)
        return refuse(c, REFUSAL(RESCUE_FOREIGN),
                      "this sale names no shift: it cannot be told whether that till made it");
    if (!sale_rescue_fits(&set->rules, r->device_id, shift_id))
        return refuse(c, REFUSAL(RESCUE_FOREIGN), "this sale was not made at that till: it never had such a shift");
    enum step step = r->printed ? offline_decide(c, g, &r->offline) : ring_up_decide(c, g, r);
    if (step != STEP_NEXT)
        return step;
    PUT(message, sale_id, (uint64_t)sale->sale_id);
    PUT(message, receipt_number, field_text(receipt_number_format(number, sale->number)));
    PUT(message, committed_us, (uint64_t)sale->at.us);
    message.n_exceptions = sale->exception_count;
    message.exceptions = exception_messages(sale, g->txn.arena);
    return answer(c, &message.base);
}

const struct op sale_rescue = {
    .name = "sale_rescue",
    .number = NUMBER(SALE_RESCUE),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_DEVICE_EDIT,
    .clients = CLIENT(ADMIN) | CLIENT(CLI),
    .body_max = 61000, /* a sale made offline, and whose it is */
    .request = &caroline__v1__sale_rescue__descriptor,
    .reply = &caroline__v1__sale_rescued__descriptor,
    .shared_size = sizeof(struct rescue),
    .group = &counter_group,
    .lines = lines,
    .keys = keys,
    .decide = decide,
};
