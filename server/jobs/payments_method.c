/* A round of a method that is being added, and of what is to be gone at the gateway. */
#include <string.h>

#include "common/base/log.h"
#include "db/queries.h"
#include "server/jobs/payments_inner.h"

#define SETUP_LONGEST_US (3600 * SECOND_US)
#define SETUP_DOUBLINGS  5
#define DETACH_DOUBLINGS 12
#define LATE_US                                                                                                        \
    (300 * SECOND_US)  /* what was asked before a setup was over is done by then: a lease, and as much again */
#define REFUSED_MOST 8 /* so often it is asked again what the gateway refuses of a setup's */

static int64_t pause_us(const struct errand *e, uint32_t doublings)
{
    return e->payments->own.pause_ms * 1000 << (e->tries < doublings ? e->tries : doublings);
}

static bool too_old(const struct errand *e)
{
    return payments_now(e->payments).us - e->made.us >= SETUP_LONGEST_US;
}

/* ---- adding ---- */

static struct param customer_param(struct errand *e)
{
    struct payment_token token = { .method = "" };

    if (!e->has_customer)
        return PARAM_NULL();
    name_copy(token.customer, sizeof token.customer, e->call.customer);
    return PARAM_BYTES(payment_token_seal(e->payments->config.vault, e->member_id, &token, e->arena));
}

/* It was over meanwhile: what was just made for it goes, now and not only when it is looked at once more. */
static void write_gone_now(struct errand *e)
{
    txn_ask(&e->txn, &sql_gateway_detach_now, PARAMS(PARAM_INT(e->id), PARAM_INSTANT(payments_now(e->payments))));
}

static void setup_noted(struct errand *e)
{
    if (rows_count(e->noted) > 0)
        errand_end(e);
    else
        errand_commit(e, write_gone_now, errand_end);
}

/* Asked again later: whoever types a card takes a minute. */
static void write_setup_waiting(struct errand *e)
{
    bool open = e->is_open && e->call.outcome == GATEWAY_DONE;
    int64_t pause = pause_us(e, open ? 1 : SETUP_DOUBLINGS);

    e->noted =
        txn_ask(&e->txn, &sql_payment_setup_wait,
                PARAMS(PARAM_INT(e->id), e->made_customer ? customer_param(e) : PARAM_NULL(), PARAM_INT(e->tries + 1),
                       PARAM_INSTANT(payments_after(e->payments, pause)), PARAM_INT(e->call.outcome == GATEWAY_FAULT)));
}

static void write_setup_failed(struct errand *e)
{
    const char *problem = *e->call.problem ? e->call.problem : "expired";

    txn_ask(&e->txn, &sql_payment_setup_failed,
            PARAMS(PARAM_INT(e->id), PARAM_TEXT(problem), PARAM_INSTANT(payments_now(e->payments))));
}

static void setup_again_or_never(struct errand *e)
{
    bool never = e->call.outcome == GATEWAY_REFUSED || too_old(e);

    if (never)
        errand_commit(e, write_setup_failed, errand_end);
    else
        errand_commit(e, write_setup_waiting, setup_noted);
}

static void write_setup_opened(struct errand *e)
{
    e->noted = txn_ask(&e->txn, &sql_payment_setup_opened,
                       PARAMS(PARAM_INT(e->id), customer_param(e), PARAM_TEXT(e->call.reference),
                              PARAM_TEXT(e->call.url), PARAM_INSTANT(payments_after(e->payments, pause_us(e, 1)))));
}

static void on_page(struct gateway_call *call)
{
    struct errand *e = call->user;

    if (call->outcome == GATEWAY_DONE)
        errand_commit(e, write_setup_opened, setup_noted);
    else
        setup_again_or_never(e);
}

static void on_customer(struct gateway_call *call)
{
    struct errand *e = call->user;

    if (call->outcome != GATEWAY_DONE) {
        setup_again_or_never(e);
        return;
    }
    e->has_customer = e->made_customer = true;
    errand_ask(e, e->payments->own.provider->page_make, on_page);
}

static void write_setup_done(struct errand *e)
{
    struct id_source *ids = e->payments->config.ids;
    struct gateway_call *call = &e->call;
    struct payment_token token;

    name_copy(token.customer, sizeof token.customer, call->customer);
    name_copy(token.method, sizeof token.method, call->method);
    struct bytes sealed = payment_token_seal(e->payments->config.vault, e->member_id, &token, e->arena);
    txn_ask(&e->txn, &sql_payment_setup_done,
            PARAMS(PARAM_INT(e->id), PARAM_INT(ids->next(ids)), PARAM_BYTES(sealed), PARAM_TEXT(call->card.brand),
                   PARAM_TEXT(call->card.last_four), PARAM_INT(call->card.expiry_month),
                   PARAM_INT(call->card.expiry_year), PARAM_INSTANT(payments_now(e->payments))));
}

static void on_page_looked(struct gateway_call *call)
{
    struct errand *e = call->user;

    if (call->outcome == GATEWAY_DONE && *call->method)
        errand_commit(
            e, vault_person_exists(e->payments->config.vault, e->member_id) ? write_setup_done : write_setup_failed,
            errand_end);
    else if (call->outcome == GATEWAY_DONE && (call->is_over || too_old(e)))
        errand_commit(e, write_setup_failed, errand_end);
    else
        setup_again_or_never(e);
}

void setup_begin(struct errand *e, const struct rows *rows, size_t row)
{
    struct payment_provider *provider = e->payments->own.provider;
    struct gateway_call *call = &e->call;

    e->id = row_int(rows, row, "id");
    e->member_id = row_int(rows, row, "member_id");
    e->tries = (uint32_t)row_int(rows, row, "tries");
    e->made = row_instant(rows, row, "made_at");
    e->is_open = row_int(rows, row, "state") == 2;
    e->has_customer = payment_token_open(e->payments->config.vault, e->member_id,
                                         row_bytes(rows, row, "customer_sealed"), &e->token, e->arena);
    *call = (struct gateway_call){ .id = e->id,
                                   .attempt = (int)row_int(rows, row, "attempt"),
                                   .made_s = e->made.us / SECOND_US };
    name_copy(call->customer, sizeof call->customer, e->has_customer ? e->token.customer : "");
    if (e->is_open) {
        name_copy(call->reference, sizeof call->reference, row_text(rows, row, "page"));
        errand_ask(e, provider->page_look, on_page_looked);
    } else if (too_old(e) || !vault_person_exists(e->payments->config.vault, e->member_id)) {
        errand_commit(e, write_setup_failed, errand_end);
    } else if (e->has_customer) {
        errand_ask(e, provider->page_make, on_page);
    } else {
        errand_ask(e, provider->customer_make, on_customer);
    }
}

/* ---- to be gone ---- */

static void write_detached(struct errand *e)
{
    txn_ask(&e->txn, &sql_gateway_detach_done, PARAMS(PARAM_INT(e->id)));
}

static void write_not_detached(struct errand *e)
{
    txn_ask(&e->txn, &sql_gateway_detach_wait,
            PARAMS(PARAM_INT(e->id), PARAM_INT(e->tries + 1),
                   PARAM_INSTANT(payments_after(e->payments, pause_us(e, DETACH_DOUBLINGS)))));
}

/* Nothing of a setup is there; what may still be on its way is looked for later. */
static void write_looked(struct errand *e)
{
    struct instant again = { e->since.us + LATE_US };

    txn_ask(&e->txn, &sql_gateway_detach_wait, PARAMS(PARAM_INT(e->id), PARAM_INT(0), PARAM_INSTANT(again)));
}

static bool may_be_more(const struct errand *e)
{
    return e->kind == 3 && payments_now(e->payments).us < e->since.us + LATE_US;
}

/* What it refuses is not there (any more), or not to be had gone: a person hears of it. */
static void on_detached(struct gateway_call *call)
{
    struct errand *e = call->user;
    bool refused = call->outcome == GATEWAY_REFUSED && (e->kind != 3 || e->tries >= REFUSED_MOST);

    if (call->outcome == GATEWAY_REFUSED)
        log_event(LOG_WARN, "detach_refused", "id=%lld kind=%d problem=%s", (long long)e->id, e->kind, call->problem);
    if (call->outcome == GATEWAY_DONE && may_be_more(e))
        errand_commit(e, write_looked, errand_end);
    else
        errand_commit(e, refused || call->outcome == GATEWAY_DONE ? write_detached : write_not_detached, errand_end);
}

void detaching_begin(struct errand *e, const struct rows *rows, size_t row)
{
    struct payment_provider *provider = e->payments->own.provider;
    struct gateway_call *call = &e->call;

    e->id = row_int(rows, row, "id");
    e->kind = (int)row_int(rows, row, "kind");
    e->tries = (uint32_t)row_int(rows, row, "tries");
    *call = (struct gateway_call){ .id = e->id,
                                   .attempt = (int)e->tries, /* what is gone twice is gone */
                                   .made_s = row_instant(rows, row, "made_at").us / SECOND_US };
    if (e->kind == 3) {
        e->since = row_instant(rows, row, "since");
        errand_ask(e, provider->setup_forget, on_detached);
        return;
    }
    name_copy(e->kind == 1 ? call->method : call->customer, GATEWAY_TOKEN, row_text(rows, row, "token"));
    errand_ask(e, e->kind == 1 ? provider->method_forget : provider->customer_forget, on_detached);
}
