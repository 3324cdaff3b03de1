/* Money is received on an account, or paid back out of a credit: cash through this till's drawer, the rest by its reference. */
#include <inttypes.h>

#include "common/base/number.h"
#include "common/base/text.h"
#include "db/queries.h"
#include "server/service/account_message.h"
#include "server/service/message.h"
#include "server/service/sale_message.h"
#include "server/service/shift_message.h"
#include "server/service/shop_day.h"

#define PAYMENT_MAX INT64_C(1000000000000) /* minor units, either way: a shift's report can add millions of them up */

#define PAID_HERE_MAX 1000

struct receiving {
    int64_t account_id;
    enum account_means means;
    struct bytes reference, reason;
    struct rows *state, *account, *paid;
};

static struct bytes typed(struct call *c, ProtobufCBinaryData field)
{
    return bytes_of_text(text_tidy(c->txn.arena, field_bytes(field)));
}

static enum step check_texts(struct call *c, struct receiving *r, bool back)
{
    const Caroline__V1__AccountReceive *request = (const Caroline__V1__AccountReceive *)c->message;

    r->reference = typed(c, request->reference);
    r->reason = typed(c, request->reason);
    if (text_secret(r->reference))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "reference", "%s", text_secret(r->reference));
    if (text_secret(r->reason))
        return refuse_field(c, REFUSAL(NO_SECRET_WANTED), "reason", "%s", text_secret(r->reason));
    if ((r->means == ACCOUNT_BY_CASH) != text_is_blank(r->reference))
        return refuse_field(c, REFUSAL(BAD_ACCOUNT_PAYMENT), "reference",
                            r->means == ACCOUNT_BY_CASH
                                ? "cash has no reference"
                                : "a card has the card machine's approval, a transfer the bank's");
    if (back && text_is_blank(r->reason))
        return refuse_field(c, REFUSAL(BAD_ACCOUNT_PAYMENT), "reason", "money is paid back with a reason only");
    if (!back && !text_is_blank(r->reason))
        return refuse_field(c, REFUSAL(BAD_ACCOUNT_PAYMENT), "reason", "what is received asks for no reason");
    if (text_is_blank(r->reference)) /* what nobody sees is none */
        r->reference = bytes_of(NULL, 0);
    if (text_is_blank(r->reason))
        r->reason = bytes_of(NULL, 0);
    return STEP_NEXT;
}

static enum step look(struct call *c)
{
    const Caroline__V1__AccountReceive *request = (const Caroline__V1__AccountReceive *)c->message;
    struct receiving *r = c->shared;
    bool back = request->amount_minor < 0;

    if (!c->catalogue)
        return STEP_FAILED;
    r->account_id = request->account_id > INT64_MAX ? -1 : (int64_t)request->account_id;
    r->means = (enum account_means)request->means;
    if (!account_means_received((int)request->means))
        return refuse_field(c, REFUSAL(BAD_ACCOUNT_PAYMENT), "means",
                            "money is received in cash, by card or by transfer");
    if (request->amount_minor == 0)
        return refuse_field(c, REFUSAL(BAD_ACCOUNT_PAYMENT), "amount_minor", "the amount must be more than nothing");
    if (request->amount_minor > PAYMENT_MAX || request->amount_minor < -PAYMENT_MAX)
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "amount_minor", "so much is not %s at once",
                            back ? "paid back" : "received");
    if (back && !may(c, PERMISSION_ACCOUNT_EDIT))
        return refuse_field(c, REFUSAL(ACCOUNT_PAY_BACK), "amount_minor", "your role does not allow to pay back");
    enum step step = check_texts(c, r, back);
    if (step != STEP_NEXT)
        return step;
    r->state = shift_state_ask(c, 0);
    r->account = ask(c, &sql_account_lock, PARAMS(PARAM_INT(r->account_id)));
    return STEP_NEXT;
}

/* What was received here by mistake may go back, though it left no credit. */
static enum step look_at_shift(struct call *c)
{
    const Caroline__V1__AccountReceive *request = (const Caroline__V1__AccountReceive *)c->message;
    struct receiving *r = c->shared;
    enum step step = shift_must_be_open(c, r->state);

    if (step == STEP_NEXT && request->amount_minor < 0)
        r->paid = ask(c, &sql_account_paid_here,
                      PARAMS(PARAM_INT(row_int(r->state, 0, "shift_id")), PARAM_INT(r->account_id)));
    return step;
}

static int64_t paid_here(struct call *c, const struct receiving *r)
{
    size_t count = r->paid == NULL ? 0 : rows_count(r->paid);
    struct account_payment *payments = arena_array(c->txn.arena, count + 1, sizeof *payments);

    for (size_t i = 0; i < count; i++)
        payments[i] = (struct account_payment){ .means = (enum account_means)row_int(r->paid, i, "means"),
                                                .amount_minor = row_int(r->paid, i, "amount_minor"),
                                                .owed_before_minor = row_int(r->paid, i, "owed_before_minor"),
                                                .here = row_bool(r->paid, i, "here") };
    return count > PAID_HERE_MAX ? 0 : account_paid_here(payments, count, r->means);
}

static struct param text_or_null(struct bytes text)
{
    return text.size == 0 ? PARAM_NULL() : PARAM_TEXT_VIEW(text);
}

static void write_rows(struct call *c, const struct receiving *r, int64_t payment_id, int64_t shift_id,
                       int64_t amount_minor, const struct account_state *account, const struct account_row *entry)
{
    ask(c, &sql_account_payment_insert,
        PARAMS(PARAM_INT(payment_id), PARAM_INT(account->id), PARAM_INT(c->shop_id), PARAM_INT(c->device_id),
               PARAM_INT(shift_id), PARAM_INT(c->staff_id), PARAM_INT(r->means), PARAM_INT(amount_minor),
               text_or_null(r->reference), text_or_null(r->reason), PARAM_INSTANT(c->now)));
    ask(c, &sql_account_payment_entry,
        PARAMS(PARAM_INT(account->id), PARAM_INT(entry->number), PARAM_INT(entry->kind), PARAM_INT(payment_id),
               PARAM_INT(entry->amount_minor), PARAM_INT(entry->balance_minor), PARAM_INSTANT(c->now)));
    ask(c, &sql_account_payment_balance,
        PARAMS(PARAM_INT(account->id), PARAM_INT(account->balance_minor), PARAM_INT(account->entry_count)));
    if (r->means != ACCOUNT_BY_CASH)
        return;
    ask(c, &sql_shift_move_entry,
        PARAMS(PARAM_INT(payment_id), PARAM_INT(DRAWER_ACCOUNT), PARAM_INT(shift_id), PARAM_INT(amount_minor),
               PARAM_INSTANT(c->now)));
    ask(c, &sql_shift_move_drawer, PARAMS(PARAM_INT(c->device_id), PARAM_INT(amount_minor), PARAM_INT(shift_id)));
}

static void note(struct call *c, const struct receiving *r, int64_t amount_minor, unsigned exponent)
{
    char text[NUMBER_TEXT];

    journal_change(c, r->account_id, "received_minor", NULL, minor_format(text, amount_minor, exponent));
    journal_change(c, r->account_id, "means", NULL, account_means_name((int)r->means));
    if (r->reference.size > 0)
        journal_change(c, r->account_id, "reference", NULL,
                       arena_format(c->txn.arena, "%.*s", (int)r->reference.size, (const char *)r->reference.data));
    if (r->reason.size > 0)
        journal_change(c, r->account_id, "reason", NULL,
                       arena_format(c->txn.arena, "%.*s", (int)r->reason.size, (const char *)r->reason.data));
}

static enum step reply(struct call *c, const struct receiving *r, int64_t payment_id, int64_t amount_minor,
                       const struct account_state *account)
{
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    const struct account_paper paper = { .account_id = account->id,
                                         .entry_number = account->entry_count,
                                         .account_number = account->number,
                                         .till_number = (uint32_t)row_int(r->state, 0, "till_number"),
                                         .means = r->means,
                                         .amount_minor = amount_minor,
                                         .balance_minor = account->balance_minor,
                                         .reference = r->reference,
                                         .reason = r->reason,
                                         .at = c->now };
    struct receipt document = account_receipt(&paper, shop, shop_zone(shop), c->txn.arena);
    Caroline__V1__AccountReceived message = CAROLINE__V1__ACCOUNT_RECEIVED__INIT;

    PUT(message, payment_id, (uint64_t)payment_id);
    PUT(message, account_id, (uint64_t)account->id);
    PUT(message, account_number, account->number);
    PUT(message, number, (uint32_t)account->entry_count);
    PUT(message, balance_minor, account->balance_minor);
    PUT(message, committed_us, (uint64_t)c->now.us);
    PUT(message, amount_minor, amount_minor);
    message.receipt = receipt_message_of(&document, c->txn.arena);
    return answer(c, &message.base);
}

/* Who pays back more than the customer's own money lends it, and asks no limit. */
static enum step refuse_pay_back(struct call *c, const struct account_state *account, int64_t minor, unsigned exponent)
{
    char credit[NUMBER_TEXT], wanted[NUMBER_TEXT];

    minor_format(wanted, minor, exponent);
    if (account_credit(account) == 0)
        return refuse_field(c, REFUSAL(BAD_ACCOUNT_PAYMENT), "amount_minor",
                            "account %" PRIu32 " has no credit: nothing of it can be paid back", account->number);
    return refuse_field(c, REFUSAL(BAD_ACCOUNT_PAYMENT), "amount_minor",
                        "account %" PRIu32 " has a credit of %s, and %s is more", account->number,
                        minor_format(credit, account_credit(account), exponent), wanted);
}

static enum step receive(struct call *c)
{
    const Caroline__V1__AccountReceive *request = (const Caroline__V1__AccountReceive *)c->message;
    const struct shop *shop = catalogue_shop(c->catalogue, catalogue_newest(c->catalogue));
    struct receiving *r = c->shared;
    int64_t amount = request->amount_minor, minor = amount < 0 ? -amount : amount, cash;
    enum account_kind kind = amount < 0 ? ACCOUNT_PAID_BACK : ACCOUNT_RECEIVED;

    if (rows_count(r->account) == 0)
        return refuse_field(c, REFUSAL(UNKNOWN_ACCOUNT), "account_id", "there is no such account");
    struct account_state account = account_state_of(r->account, 0);
    account.paid_here_minor = paid_here(c, r);
    cash = row_int(r->state, 0, "cash_minor") + (r->means == ACCOUNT_BY_CASH ? amount : 0);
    if (cash > MINOR_MAX || cash < -MINOR_MAX)
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "amount_minor", "the drawer leaves the range of money");
    enum account_verdict verdict = account_may(&account, kind, minor);
    if (verdict == ACCOUNT_NO_CREDIT)
        return refuse_pay_back(c, &account, minor, shop->currency_exponent);
    if (verdict != ACCOUNT_OK)
        return refuse_field(c, REFUSAL(AMOUNT_OVERFLOW), "amount_minor", "the account leaves the range of money");
    int64_t id = next_id(c);
    struct account_row entry = account_post(&account, kind, minor, 0);
    write_rows(c, r, id, row_int(r->state, 0, "shift_id"), amount, &account, &entry);
    note(c, r, amount, shop->currency_exponent);
    return reply(c, r, id, amount, &account);
}

const struct op account_receive = {
    .name = "account_receive",
    .number = NUMBER(ACCOUNT_RECEIVE),
    .kind = OP_CHANGES,
    .needs = NEEDS_SESSION,
    .permission = PERMISSION_SELL,
    .clients = CLIENT(COUNTER) | CLIENT(CLI),
    .request = &caroline__v1__account_receive__descriptor,
    .reply = &caroline__v1__account_received__descriptor,
    .shared_size = sizeof(struct receiving),
    .stages = { look, look_at_shift, receive },
};
