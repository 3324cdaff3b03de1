/* Receipts onto paper: what was sold goes to the till's print queue, whose own pace it is from there. */
#include "client/counter/counter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/wire/walker.h"

/* named: what is printed as long as this program runs, and stands on no disk; the same as receipt: there is no such thing. */
static bool put(struct counter *c, const char *key, const struct receipt *receipt, const struct receipt *named)
{
    const char *problem = "";
    bool put = print_spool_put(c->printing, key, receipt, named->count > receipt->count ? named : NULL, &problem);

    if (!put)
        stage_say(&c->stage, MESSAGE_BAD, "the receipt is not printed: %s", problem);
    return put;
}

bool printing_put_coupon(struct counter *c, const char *key, const struct receipt *paper,
                         const struct receipt *with_code)
{
    return c->printing != NULL && put(c, key, paper, with_code);
}

bool printing_put_paper(struct counter *c, const char *key, const struct receipt *paper)
{
    return c->printing != NULL && put(c, key, paper, paper);
}

bool printing_put_with_code(struct counter *c, const char *key, const Caroline__V1__Receipt *document, const char *code)
{
    if (c->printing == NULL || document == NULL)
        return false;
    struct arena *arena = arena_create(0);
    struct receipt receipt = receipt_of_message(document, arena);
    struct receipt named = code[0] == '\0' ? receipt : gift_card_receipt_with_code(&receipt, code, arena);
    bool is_put = put(c, key, &receipt, &named);
    arena_destroy(arena);
    return is_put;
}

bool printing_put(struct counter *c, const char *key, const Caroline__V1__Receipt *document)
{
    if (c->printing == NULL || document == NULL)
        return false;
    struct arena *arena = arena_create(0);
    struct receipt receipt = receipt_of_message(document, arena);
    struct receipt named = receipt_with_names(c, &receipt, arena);
    bool is_put = put(c, key, &receipt, &named);
    arena_destroy(arena);
    return is_put;
}

bool printing_is_wanted(const struct counter *c, const Caroline__V1__SaleRungUp *sale)
{
    bool sold = sale->totals != NULL && sale->totals->total_minor > 0;

    for (size_t i = 0; sold && sale->receipt != NULL && i < sale->receipt->n_rows; i++)
        if (sale->receipt->rows[i]->account_id != 0)
            return true;
    return c->receipts_always;
}

void printing_sold(struct counter *c, const Caroline__V1__SaleRungUp *sale)
{
    char number[28];

    if (c->printing == NULL)
        return;
    counter_copy(number, sizeof(number), sale->receipt_number);
    if (printing_is_wanted(c, sale))
        printing_put(c, number, sale->receipt);
    else
        print_spool_skip(c->printing, number); /* nor later, when nobody asks */
}

void printing_drawer(struct counter *c, const Caroline__V1__SaleRungUp *sale)
{
    if (c->printing != NULL && sale->cash_minor != 0 && !c->training)
        print_spool_kick(c->printing);
}

void printing_kick(struct counter *c)
{
    if (c->printing != NULL && !c->training) /* real money lies in it */
        print_spool_kick(c->printing);
}

void printing_report(struct counter *c, const struct report_model *report, bool again)
{
    char key[64];
    struct timespec now;
    const Caroline__V1__Receipt *document =
        (const Caroline__V1__Receipt *)message_decode(&caroline__v1__receipt__descriptor, report->document, c->scratch);

    /* A Z is printed once by itself; what is asked for is another paper each time. */
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(key, sizeof(key), "Z %u", report->number);
    if (!report->closed || again || c->training)
        snprintf(key, sizeof(key), "%s %u at %lld.%09ld", report->closed ? "Z" : "X", report->number,
                 (long long)now.tv_sec, now.tv_nsec);
    if (printing_put(c, key, document) && again)
        stage_say(&c->stage, MESSAGE_GOOD, "the report goes to the printer");
    arena_reset(c->scratch);
}

/* ---- copies ---- */

static void put_copy(struct counter *c, const Caroline__V1__ReceiptPrinted *printed)
{
    char number[28], key[64];

    counter_copy(number, sizeof(number), printed->receipt_number);
    if (printed->job_number != 0) { /* on a printer of the shop's */
        stage_say(&c->stage, MESSAGE_GOOD, "copy %u of %s goes to that printer, as its paper %llu", printed->copy,
                  number, (unsigned long long)printed->job_number);
        return;
    }
    snprintf(key, sizeof(key), "%s copy %u", number, printed->copy);
    if (c->printing == NULL)
        stage_say(&c->stage, MESSAGE_BAD, "there is no printer at this till any more: copy %u of %s is not printed",
                  printed->copy, number);
    else if (printing_put(c, key, printed->receipt))
        stage_say(&c->stage, MESSAGE_GOOD, "copy %u of %s goes to the printer%s", printed->copy, number,
                  printed->gift ? ", without prices" : "");
}

void printing_copied(struct counter *c, const struct link_answer *answer)
{
    if (!counter_refused(c, answer))
        put_copy(c, (const Caroline__V1__ReceiptPrinted *)answer->reply);
}

static void on_copied(void *owner, const struct link_answer *answer)
{
    printing_copied(owner, answer);
}

const char *printing_why_not(const void *model, int code)
{
    return code == KEY_F(9) && ((const struct counter *)model)->printing == NULL ? "no printer is set up at this till"
                                                                                 : NULL;
}

void printing_ask(struct counter *c, const struct link_command *command)
{
    if (counter_command(c, command, NULL) && !c->stage.status.connected)
        stage_say_offline(&c->stage, MESSAGE_PLAIN, "no connection: it is printed once it is back");
}

void printing_copy(struct counter *c, const char *number, bool gift)
{
    Caroline__V1__ReceiptPrint message;

    if (c->printing == NULL) {
        stage_say(&c->stage, MESSAGE_BAD, "there is no printer at this till");
        return;
    }
    caroline__v1__receipt_print__init(&message);
    if (number[0] == 0) {
        message.has_last = message.last = true;
    } else {
        message.has_receipt_number = true;
        message.receipt_number = counter_text(number);
    }
    message.has_gift = message.gift = gift;
    struct link_command command = {
        .op = CAROLINE__V1__OP__OP_RECEIPT_PRINT, .message = &message.base, .answered = on_copied, .owner = c
    };
    printing_ask(c, &command);
}

void printing_copy_last(struct counter *c)
{
    printing_copy(c, "", false);
}

/* ---- after a restart ---- */

/* What the newest command of an op was answered, which may not have come as far as the print queue. In c->scratch. */
static const ProtobufCMessage *last_answer(struct counter *c, unsigned op, const ProtobufCMessageDescriptor *descriptor)
{
    struct spooled *last = spool_last(c->spool, op, c->scratch);
    const Caroline__V1__Reply *reply = NULL;

    if (last != NULL && last->reply.data != NULL)
        reply = (const Caroline__V1__Reply *)message_decode(&caroline__v1__reply__descriptor, last->reply, c->scratch);
    if (reply == NULL || reply->error != NULL)
        return NULL;
    return message_decode(descriptor, bytes_of(reply->body.data, reply->body.len), c->scratch);
}

static void take_last(struct counter *c, const Caroline__V1__SaleRungUp *sale, bool is_new)
{
    char number[28];

    if (sale != NULL && is_new) {
        counter_copy(number, sizeof(number), sale->receipt_number);
        print_spool_skip(c->printing, number);
    } else if (sale != NULL) {
        printing_sold(c, sale);
    }
    arena_reset(c->scratch);
}

static void take_last_of(struct counter *c, unsigned op, bool is_new)
{
    take_last(c, (const Caroline__V1__SaleRungUp *)last_answer(c, op, &caroline__v1__sale_rung_up__descriptor), is_new);
}

void printing_attach(struct counter *c, struct print_spool *printing, bool receipts_always)
{
    /* What was sold before there was a printer, or without one asking for it, is none of its business. */
    bool is_new = print_spool_is_new(printing) || !receipts_always;

    c->printing = printing;
    c->receipts_always = receipts_always;
    /* Answers that were on the disk when the power went, their receipts not yet. Those that were are known by their
     * numbers. */
    if (c->spool != NULL) {
        take_last_of(c, CAROLINE__V1__OP__OP_SALE_RING_UP, is_new);
        take_last_of(c, CAROLINE__V1__OP__OP_SALE_REFUND, is_new);
        take_last_of(c, CAROLINE__V1__OP__OP_SALE_REFUND_FREE, is_new);
        take_last(c, offline_last(c), is_new);
    }
    if (print_spool_is_new(printing)) /* what is sold from here on is its business, were it the first of all */
        print_spool_skip(printing, "attached");
    counter_show_state(c);
}

void printing_changed(void *owner)
{
    counter_show_state(owner);
}
