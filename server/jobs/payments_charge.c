/* A round of a charge: what the gateway has, what is to be done, and the noting around it. */
#include <string.h>

#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "db/queries.h"
#include "server/jobs/payments_inner.h"

static struct param text_or_null(const char *text)
{
    return *text ? PARAM_TEXT(text) : PARAM_NULL();
}

static int64_t age_us(const struct errand *e)
{
    return payments_now(e->payments).us - e->made.us;
}

static int64_t pause_us(const struct errand *e, enum charge_state state, uint32_t tries)
{
    return charge_pause_us(state, tries, e->payments->own.pause_ms * 1000);
}

/* ---- the ends of a round ---- */

static enum charge_answer answer_of(enum gateway_outcome outcome)
{
    static const enum charge_answer answers[] = { [GATEWAY_DONE] = CHARGE_ANSWER_DONE,
                                                  [GATEWAY_REFUSED] = CHARGE_ANSWER_REFUSED,
                                                  [GATEWAY_LATER] = CHARGE_ANSWER_LATER,
                                                  [GATEWAY_LOST] = CHARGE_ANSWER_LOST,
                                                  [GATEWAY_FAULT] = CHARGE_ANSWER_LOST };
    return answers[outcome];
}

static void answered(struct errand *e)
{
    FAILPOINT(payment_answered);
    errand_end(e);
}

static void ask_answer(struct errand *e, enum charge_answer answer, uint32_t tries, struct param next, bool fault)
{
    txn_ask(&e->txn, &sql_gateway_charge_answer,
            PARAMS(PARAM_INT(e->id), PARAM_INT(e->step_count), PARAM_INT(answer), PARAM_INT(tries), next,
                   text_or_null(e->call.problem), PARAM_INT(fault)));
}

/* Nothing is to be done now. Of one that is over nobody looks for ever. */
static void write_waiting(struct errand *e)
{
    bool never = charge_is_over(e->state) && age_us(e) >= CHARGE_LATE_US;
    struct instant next = payments_after(e->payments, pause_us(e, e->state, e->tries));

    e->call.problem[0] = '\0'; /* of a look that went wrong */
    ask_answer(e, e->answer, e->tries + 1, never ? PARAM_NULL() : PARAM_INSTANT(next), false);
}

static void write_answer(struct errand *e)
{
    enum gateway_outcome outcome = e->call.outcome;
    bool certain = outcome == GATEWAY_DONE || outcome == GATEWAY_REFUSED, back = e->step.act == CHARGE_REFUND;
    uint32_t tries = outcome == GATEWAY_DONE && !back ? 0 : e->tries + 1; /* it is back when the gateway shows it so */
    struct instant next = payments_after(e->payments, certain && tries < 2 ? 0 : pause_us(e, e->step.state, tries));

    /* Under its key a refusal is told again for a day as well, and a "done" that was none; of a charge that was given back nothing is left
     * to give back twice. */
    bool anew =
        outcome == GATEWAY_FAULT || (back && (outcome == GATEWAY_REFUSED || (outcome == GATEWAY_DONE && e->tries > 0)));
    ask_answer(e, e->step.surplus ? e->answer : answer_of(outcome), tries, PARAM_INSTANT(next), anew);
}

/* ---- notes ---- */

static void ask_note(struct errand *e, enum charge_state state, enum charge_answer answer, uint32_t tries,
                     struct instant next, const char *reference, const char *problem, bool fault, bool keeps)
{
    e->noted = txn_ask(&e->txn, &sql_gateway_charge_note,
                       PARAMS(PARAM_INT(e->id), PARAM_INT(e->step_count), PARAM_INT(state), PARAM_INT(answer),
                              PARAM_INT(tries), PARAM_INSTANT(next), text_or_null(reference), text_or_null(problem),
                              PARAM_INT(fault), PARAM_INSTANT(payments_now(e->payments)),
                              keeps ? PARAM_INT((int64_t)e->payments->config.node) : PARAM_NULL()));
}

/* Of what was asked to be authorised: what it is called from now on, or that nobody knows. */
static void write_authorised(struct errand *e)
{
    bool done = e->call.outcome == GATEWAY_DONE;
    uint32_t tries = done ? 0 : e->tries + 1;
    struct instant next = payments_after(e->payments, done ? 0 : pause_us(e, CHARGE_UNKNOWN, tries));

    ask_note(e, done ? CHARGE_AUTHORISED : CHARGE_UNKNOWN, answer_of(e->call.outcome), tries, next,
             done ? e->call.reference : "", e->call.problem, e->call.outcome == GATEWAY_FAULT, false);
}

static void on_asked(struct gateway_call *call)
{
    struct errand *e = call->user;

    FAILPOINT(payment_asked);
    if (call->outcome != GATEWAY_DONE)
        log_event(LOG_INFO, "charge_not_done", "charge=%lld act=%d outcome=%d problem=%s", (long long)e->id,
                  (int)e->step.act, (int)call->outcome, call->problem);
    bool known = call->outcome == GATEWAY_LATER || call->outcome == GATEWAY_REFUSED;
    errand_commit(e, e->step.act == CHARGE_AUTHORISE && !known ? write_authorised : write_answer, answered);
}

/* It is noted, by this server and no other: now it is asked. */
static void ask_it(struct errand *e)
{
    struct payment_provider *provider = e->payments->own.provider;

    FAILPOINT(payment_noted);
    if (rows_count(e->noted) == 0) { /* another has gone on with it */
        errand_end(e);
        return;
    }
    e->step_count = row_int(e->noted, 0, "number");
    name_copy(e->call.reference, sizeof e->call.reference, e->step.reference);
    e->call.problem[0] = '\0';
    switch (e->step.act) {
    case CHARGE_AUTHORISE:
        errand_ask(e, provider->authorise, on_asked);
        return;
    case CHARGE_CAPTURE:
        errand_ask(e, provider->capture, on_asked);
        return;
    case CHARGE_VOID:
        errand_ask(e, provider->void_, on_asked);
        return;
    case CHARGE_REFUND:
        errand_ask(e, provider->refund, on_asked);
        return;
    case CHARGE_WAIT:
    case CHARGE_BOOK:
    case CHARGE_SETTLE:
        break;
    }
    errand_end(e);
}

static void write_step(struct errand *e)
{
    const struct charge_step *step = &e->step;
    struct instant next = payments_after(e->payments, 150 * SECOND_US); /* the lease */

    ask_note(e, step->state, step->surplus ? e->answer : CHARGE_ANSWER_NONE, e->tries, next,
             step->surplus ? "" : step->reference, "", false, true);
}

static void settled(struct errand *e)
{
    if (rows_count(e->noted) > 0)
        log_event(e->step.state == CHARGE_GIVEN_UP ? LOG_WARN : LOG_INFO, "charge_settled", "charge=%lld state=\"%s\"",
                  (long long)e->id, charge_state_name(e->step.state));
    answered(e);
}

static void write_settled(struct errand *e)
{
    struct instant next = payments_after(e->payments, pause_us(e, e->step.state, 0));

    ask_note(e, e->step.state, e->answer, 0, next, e->step.reference, "", false, false);
}

/* ---- booking ---- */

static void on_booked(void *user, bool carried_out)
{
    struct errand *e = user;

    FAILPOINT(payment_booked);
    if (carried_out)
        errand_end(e);
    else
        errand_commit(e, write_waiting, errand_end);
}

static void book(struct errand *e)
{
    caroline__v1__gift_card_charge_show__init(&e->book);
    e->book.has_charge_id = true;
    e->book.charge_id = (uint64_t)e->id;
    FAILPOINT(payment_booking);
    if (e->payments->stopped)
        errand_end(e);
    else
        driver_do(e->payments->own.driver, &gift_card_charge_book, &e->book.base, e->shop_id, 0, on_booked, e);
}

static void captured(struct errand *e)
{
    if (rows_count(e->noted) == 0) {
        errand_end(e);
        return;
    }
    e->step_count = row_int(e->noted, 0, "number");
    e->state = CHARGE_CAPTURED;
    book(e);
}

/* ---- deciding ---- */

static void decide(struct errand *e, bool looked)
{
    const struct gateway_call *call = &e->call;
    struct charge_facts facts = { .state = e->state,
                                  .answer = e->answer,
                                  .reference = e->reference,
                                  .age_us = age_us(e),
                                  .patience_us = e->keyless ? 0 : e->payments->own.patience_ms * 1000,
                                  .undone = e->undone,
                                  .looked = looked,
                                  .found_count = looked ? call->found_count : 0 };

    e->found = arena_array(e->arena, GATEWAY_FOUND_MAX, sizeof *e->found);
    for (size_t i = 0; i < facts.found_count; i++)
        e->found[i] = (struct charge_found){ .reference = call->found[i].reference,
                                             .state = (enum charge_found_state)call->found[i].state,
                                             .amount_minor = call->found[i].amount_minor,
                                             .fits = call->found[i].currency_fits &&
                                                     call->found[i].amount_minor == call->amount_minor };
    facts.found = e->found;
    e->step = charge_decide(&facts);
    if (e->step.surplus)
        log_event(LOG_WARN, "charge_surplus", "charge=%lld act=%d", (long long)e->id, (int)e->step.act);
    switch (e->step.act) {
    case CHARGE_WAIT:
        errand_commit(e, write_waiting, errand_end);
        return;
    case CHARGE_SETTLE:
        errand_commit(e, write_settled, settled);
        return;
    case CHARGE_BOOK:
        if (e->state == CHARGE_CAPTURED)
            book(e);
        else
            errand_commit(e, write_step, captured);
        return;
    case CHARGE_AUTHORISE:
    case CHARGE_CAPTURE:
    case CHARGE_VOID:
    case CHARGE_REFUND:
        errand_commit(e, write_step, ask_it);
        return;
    }
}

static void on_looked(struct gateway_call *call)
{
    FAILPOINT(payment_looked);
    decide(call->user, call->outcome == GATEWAY_DONE);
}

/* Nobody gives up what is on its way back: so somebody has to hear of one that the gateway keeps refusing. */
static void take_undone(struct errand *e, const struct rows *rows, size_t row)
{
    e->undone = !row_is_null(rows, row, "undone_at");
    struct instant since = e->undone ? row_instant(rows, row, "undone_at") : e->made;

    if (e->state == CHARGE_REFUNDING && payments_now(e->payments).us - since.us >= CHARGE_LONGEST_US)
        log_event(LOG_WARN, "charge_not_given_back", "charge=%lld reference=%s", (long long)e->id, e->reference);
}

/* What was undone is known to the gateway by its name, however long ago it was, and whoever else was charged since. */
static bool looks_alone(const struct errand *e)
{
    return e->undone && (e->state == CHARGE_REFUNDING || age_us(e) >= CHARGE_LATE_US);
}

void charge_begin(struct errand *e, const struct rows *rows, size_t row)
{
    struct gateway_call *call = &e->call;

    e->id = row_int(rows, row, "id");
    e->shop_id = row_int(rows, row, "shop_id");
    e->member_id = row_int(rows, row, "member_id");
    e->state = (enum charge_state)row_int(rows, row, "state");
    e->answer = (enum charge_answer)row_int(rows, row, "answer");
    e->step_count = row_int(rows, row, "step_count");
    e->tries = (uint32_t)row_int(rows, row, "tries");
    e->made = row_instant(rows, row, "made_at");
    name_copy(e->reference, sizeof e->reference, row_text(rows, row, "reference"));
    FAILPOINT(payment_due);
    /* Without what the gateway calls member and method nothing more is charged. What was is found by our id among everybody's, and
     * booked or let go of: it may be that the key store alone cannot be read for a moment. */
    e->keyless = !payment_token_open(e->payments->config.vault, e->member_id, row_bytes(rows, row, "token_sealed"),
                                     &e->token, e->arena);
    take_undone(e, rows, row);
    if (e->keyless && !e->undone)
        log_event(LOG_ERROR, "charge_without_key", "charge=%lld", (long long)e->id);
    *call = (struct gateway_call){ .id = e->id,
                                   .amount_minor = row_int(rows, row, "amount_minor"),
                                   .attempt = (int)row_int(rows, row, "attempt"),
                                   .made_s = e->made.us / SECOND_US,
                                   .alone = looks_alone(e) };
    name_copy(call->customer, sizeof call->customer, e->token.customer);
    name_copy(call->method, sizeof call->method, e->token.method);
    name_copy(call->reference, sizeof call->reference, e->reference);
    name_copy(call->currency, sizeof call->currency, row_text(rows, row, "currency"));
    if (e->state == CHARGE_MADE)
        decide(e, false);
    else
        errand_ask(e, e->payments->own.provider->status, on_looked);
}
