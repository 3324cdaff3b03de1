/* Book a sale that a till made by itself while it was offline: as printed, under the number printed, once. */
#include "server/service/message.h"
#include "server/service/offline_book.h"

static size_t lines(const struct call *c)
{
    return offline_lines((const Caroline__V1__SaleOffline *)c->message);
}

static enum step keys(struct call *c, struct group *g)
{
    uint8_t record[32];

    request_digest(c, record);
    offline_keys(c, g, c->shared, (const Caroline__V1__SaleOffline *)c->message, c->device_id, record);
    return STEP_NEXT;
}

static enum step reply(struct call *c, const struct sale_rows *sale, struct arena *arena)
{
    Caroline__V1__SaleOfflineBooked message = CAROLINE__V1__SALE_OFFLINE_BOOKED__INIT;
    char number[RECEIPT_NUMBER_TEXT];

    PUT(message, sale_id, (uint64_t)sale->sale_id);
    PUT(message, receipt_number, field_text(receipt_number_format(number, sale->number)));
    PUT(message, committed_us, (uint64_t)sale->at.us);
    message.n_exceptions = sale->exception_count;
    message.exceptions = exception_messages(sale, arena);
    return answer(c, &message.base);
}

static enum step decide(struct call *c, struct group *g)
{
    struct offline_booking *o = c->shared;
    enum step step = offline_decide(c, g, o);

    return step == STEP_NEXT ? reply(c, &o->stored.sale, g->txn.arena) : step;
}

static enum step refuse_long(struct call *c, struct group *g)
{
    (void)g;
    return refuse(c, REFUSAL(TOO_LONG), "this is more than goes on one receipt, or into one entry of the journal");
}

const struct op sale_offline = {
    .name = "sale_offline",
    .number = NUMBER(SALE_OFFLINE),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .when_locked = true, /* it was sold: the till may have locked itself since */
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .body_max = 60000, /* 200 lines, each with the reason why it was voided, and what was printed of it */
    .request = &caroline__v1__sale_offline__descriptor,
    .reply = &caroline__v1__sale_offline_booked__descriptor,
    .shared_size = sizeof(struct offline_booking),
    .group = &counter_group,
    .strand = 'X',
    .lines = lines,
    .keys = keys,
    .decide = decide,
    .too_long = refuse_long,
};
