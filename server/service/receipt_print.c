/* A receipt once more: counted, journalled, and marked as the copy that it is; for who asks, or onto a printer of the shop's. */
#include "common/base/number.h"
#include "common/rules/sale_receipt.h"
#include "db/queries.h"
#include "server/service/message.h"
#include "server/service/printer_message.h"
#include "server/service/sale_load.h"
#include "server/service/sale_message.h"
#include "server/service/shop_day.h"
#include "server/service/training_group.h"

struct print {
    struct sale_load load;
    struct sale_rows sale;
    struct shop shop;
    const uint8_t *hash;
    struct rows *counted, *printer; /* NULL: who asks prints it */
};

static struct sale_key key_of(const struct call *c)
{
    const Caroline__V1__ReceiptPrint *request = (const Caroline__V1__ReceiptPrint *)c->message;

    return (struct sale_key){ .has_id = request->has_sale_id,
                              .id = request->sale_id,
                              .has_number = request->has_receipt_number,
                              .number = field_bytes(request->receipt_number),
                              .last = request->has_last && request->last };
}

static enum step find(struct call *c)
{
    struct print *p = c->shared;
    struct sale_key key = key_of(c);

    return sale_find(c, &p->load, &key);
}

static enum step load(struct call *c)
{
    struct print *p = c->shared;

    return sale_load(c, &p->load);
}

static enum step count(struct call *c)
{
    const Caroline__V1__ReceiptPrint *request = (const Caroline__V1__ReceiptPrint *)c->message;
    struct print *p = c->shared;
    enum step step = sale_take(c, &p->load, &p->sale, &p->shop, &p->hash);

    if (step != STEP_NEXT)
        return step;
    if (request->has_gift && request->gift && p->sale.kind == SALE_REFUND)
        return refuse_field(c, REFUSAL(GIFT_OF_REFUND), "gift", "a refund has no gift receipt");
    p->counted = ask(c, &sql_receipt_print_count, PARAMS(PARAM_INT(p->sale.sale_id)));
    if (request->has_printer)
        p->printer = printer_ask(c, request->printer);
    return STEP_NEXT;
}

static enum step put_paper(struct call *c, const struct print *p, int64_t copy, bool gift, int64_t *number)
{
    struct print_paper paper = { .kind = gift ? PRINT_GIFT : PRINT_RECEIPT, .sale_id = p->sale.sale_id, .copy = copy };
    enum step step = printer_must_be(c, p->printer, "printer");

    return step == STEP_NEXT ? print_put(c, p->printer, &paper, number) : step;
}

static enum step record(struct call *c)
{
    Caroline__V1__ReceiptPrinted reply = CAROLINE__V1__RECEIPT_PRINTED__INIT;
    const Caroline__V1__ReceiptPrint *request = (const Caroline__V1__ReceiptPrint *)c->message;
    struct print *p = c->shared;
    struct arena *arena = c->txn.arena;
    const bool gift = request->has_gift && request->gift;
    const int64_t copy = row_int(p->counted, 0, "copies");
    char number[RECEIPT_NUMBER_TEXT];

    ask(c, &sql_receipt_print_insert,
        PARAMS(PARAM_INT(p->sale.sale_id), PARAM_INT(copy), PARAM_BOOL(gift), PARAM_INT(c->device_id),
               PARAM_INT(c->staff_id), PARAM_INSTANT(c->now)));
    journal_change(c, p->sale.sale_id, gift ? "gift_receipt" : "receipt_copy", NULL,
                   arena_format(arena, "%lld", (long long)copy));
    if (p->printer) {
        int64_t job = 0;
        enum step step = put_paper(c, p, copy, gift, &job);
        if (step != STEP_NEXT)
            return step;
        PUT(reply, job_number, (uint64_t)job);
    }
    struct receipt document =
        sale_receipt_copy(&p->sale, &p->shop, shop_zone(&p->shop), p->hash, (uint32_t)copy, gift, arena);
    PUT(reply, sale_id, (uint64_t)p->sale.sale_id);
    PUT(reply, receipt_number, field_text(receipt_number_format(number, p->sale.number)));
    PUT(reply, copy, (uint32_t)copy);
    PUT(reply, gift, gift);
    reply.receipt = receipt_message_of(&document, arena);
    return answer(c, &reply.base);
}

const struct op receipt_print = {
    .name = "receipt_print",
    .number = NUMBER(RECEIPT_PRINT),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(ADMIN) | CLIENT(CLI),
    .training = &receipt_print_training,
    .request = &caroline__v1__receipt_print__descriptor,
    .reply = &caroline__v1__receipt_printed__descriptor,
    .shared_size = sizeof(struct print),
    .stages = { find, load, count, record },
};

/* ---- in training: its copies are counted by its entries ---- */

static enum step practise(struct call *c, struct group *g)
{
    Caroline__V1__ReceiptPrinted reply = CAROLINE__V1__RECEIPT_PRINTED__INIT;
    const Caroline__V1__ReceiptPrint *request = (const Caroline__V1__ReceiptPrint *)c->message;
    const struct shop *shop = catalogue_shop(g->catalogue, catalogue_newest(g->catalogue));
    struct training_state *state = training_of(g, c);
    struct arena *arena = c->txn.arena;
    const bool gift = request->has_gift && request->gift;
    const struct training_sale *found = NULL;
    struct sale_key key = key_of(c);
    char number[RECEIPT_NUMBER_TEXT];
    enum step step = training_may(g, c);

    if (request->has_printer)
        return refuse_field(c, REFUSAL(TRAINING_ON), "printer", "what is practised is printed at its till");
    if (step == STEP_NEXT)
        step = training_sale_of(c, state, &key, &found);
    if (step != STEP_NEXT)
        return step;
    if (gift && found->sale.kind == SALE_REFUND)
        return refuse_field(c, REFUSAL(GIFT_OF_REFUND), "gift", "a refund has no gift receipt");
    const int64_t copy = training_count_copy(state, found->sale.sale_id, arena);
    journal_change(c, state->id, TRAINING_COPY, NULL, arena_format(arena, "%lld", (long long)found->sale.sale_id));
    training_note(g, c);
    struct receipt document =
        sale_receipt_copy(&found->sale, shop, shop_zone(shop), found->hash, (uint32_t)copy, gift, arena);
    PUT(reply, sale_id, (uint64_t)found->sale.sale_id);
    PUT(reply, receipt_number, field_text(receipt_number_format(number, found->sale.number)));
    PUT(reply, copy, (uint32_t)copy);
    PUT(reply, gift, gift);
    reply.receipt = receipt_message_of(&document, arena);
    return answer(c, &reply.base);
}

const struct op receipt_print_training = {
    .name = "receipt_print",
    .number = NUMBER(RECEIPT_PRINT),
    .kind = OP_GROUPED,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__receipt_print__descriptor,
    .reply = &caroline__v1__receipt_printed__descriptor,
    .shared_size = sizeof(struct print),
    .group = &training_group,
    .strand = 'S',
    .keys = training_keys,
    .decide = practise,
};
