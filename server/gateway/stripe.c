/* Stripe's API. An intent that is made is not confirmed: no money moves; it is confirmed by its own id, which Stripe does once. A charge is
 * made uncaptured, and captured by its own id, which is done once as well. What is under our own id is found in the lists, which are
 * whole at once (its search is a minute behind), by the metadata. */
#include "server/gateway/stripe.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/log.h"
#include "server/gateway/stripe_inner.h"

#define OUR_CHARGE "caroline_charge"
#define KEY        300

void stripe_our_id(const struct gateway_call *call, char text[48])
{
    snprintf(text, 48, "%" PRId64 "-%" PRId64, call->id, call->made_s);
}

/* Under one key Stripe gives one answer for a day, a fault of its own as well. */
static void key_of(const struct gateway_call *call, const char *what, char key[KEY])
{
    char id[48];

    stripe_our_id(call, id);
    snprintf(key, KEY, "caroline-%s-%s-%d%s%s", id, what, call->attempt, *call->reference ? "-" : "", call->reference);
}

/* ---- answers ---- */

void stripe_over(struct asked *asked, enum gateway_outcome outcome)
{
    struct gateway_call *call = asked->call;

    call->outcome = outcome;
    call->private_ = NULL;
    LIST_REMOVE(asked, link);
    free(asked);
    call->done(call);
}

/* Cut anywhere it is still a text: codes are ASCII, and a gateway that says otherwise is not believed. */
static void keep_ascii(char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

/* "card_declined/insufficient_funds": Stripe's own words, of which none is a person's. */
static void take_problem(struct gateway_call *call, const json_t *reply, long status)
{
    const json_t *error = json_object_get(reply, "error");
    char code[40], decline[40];

    if (!json_text(error, "code", code, sizeof code) && !json_text(error, "type", code, sizeof code))
        snprintf(code, sizeof code, "http_%ld", status);
    if (json_text(error, "decline_code", decline, sizeof decline))
        snprintf(call->problem, sizeof call->problem, "%.30s/%.30s", code, decline);
    else
        snprintf(call->problem, sizeof call->problem, "%.60s", code);
    keep_ascii(call->problem);
}

static enum gateway_outcome outcome_of(long status)
{
    if (status == 429)
        return GATEWAY_LATER;
    if (status == 401 || status == 403) /* the key: a person puts it right */
        return GATEWAY_LATER;
    if (status == 409) /* the same key is on its way */
        return GATEWAY_LOST;
    if (status >= 500)
        return GATEWAY_FAULT;
    return status >= 400 ? GATEWAY_REFUSED : GATEWAY_LOST;
}

void stripe_on_answer(void *user, const struct http_answer *answer)
{
    struct asked *asked = user;
    struct gateway_call *call = asked->call;
    json_t *reply = NULL;

    if (answer->outcome != HTTP_ANSWERED) {
        stripe_over(asked, answer->outcome == HTTP_NOT_SENT ? GATEWAY_LATER : GATEWAY_LOST);
        return;
    }
    reply = json_read(answer->body);
    if (answer->status >= 200 && answer->status < 300 && reply) {
        asked->take(asked, reply);
    } else if (answer->status == 404 && asked->forgets) {
        asked->take(asked, NULL);
    } else {
        take_problem(call, reply, answer->status);
        if (answer->status == 401 || answer->status == 403)
            log_event(LOG_ERROR, "gateway_key_refused", "status=%ld", answer->status);
        stripe_over(asked, outcome_of(answer->status));
    }
    json_decref(reply);
}

struct asked *stripe_asked_of(struct payment_provider *provider, struct gateway_call *call, take_fn *take)
{
    struct asked *asked = calloc(1, sizeof *asked);

    assert(asked);
    *asked = (struct asked){ .stripe = (struct stripe *)provider, .call = call, .take = take };
    call->private_ = asked;
    LIST_INSERT_HEAD(&asked->stripe->asked, asked, link);
    return asked;
}

void stripe_post(struct asked *asked, const char *path, const struct form *form, const char *what)
{
    char key[KEY];

    key_of(asked->call, what, key);
    http_ask(asked->stripe->http, "POST", path, form->text, key, stripe_on_answer, asked);
}

/* "/v1/charges/ch_1/capture" */
void stripe_path_of(char path[PATH_SIZE], const char *head, const char *id, const char *tail)
{
    char encoded[3 * GATEWAY_TOKEN + 1];

    form_encode(encoded, sizeof encoded, id);
    snprintf(path, PATH_SIZE, "%s%s%s", head, encoded, tail);
}

void stripe_take_done(struct asked *asked, const json_t *reply)
{
    (void)reply;
    stripe_over(asked, GATEWAY_DONE);
}

static void take_reference(struct asked *asked, const json_t *reply)
{
    bool named = json_text(reply, "id", asked->call->reference, GATEWAY_NAME);

    stripe_over(asked, named ? GATEWAY_DONE : GATEWAY_LOST);
}

/* ---- charging ---- */

static bool by_intents(const struct payment_provider *provider)
{
    return ((const struct stripe *)provider)->api == STRIPE_INTENTS;
}

static void authorise(struct payment_provider *provider, struct gateway_call *call)
{
    struct form form = { .size = 0 };
    char id[48];

    stripe_our_id(call, id);
    form_add_number(&form, "amount", call->amount_minor);
    form_add(&form, "currency", call->currency);
    if (*call->customer)
        form_add(&form, "customer", call->customer);
    form_add(&form, "metadata[" OUR_CHARGE "]", id);
    if (by_intents(provider)) {
        form_add(&form, "payment_method", call->method);
        form_add(&form, "payment_method_types[]", "card");
        form_add(&form, "confirm", "false");
        stripe_post(stripe_asked_of(provider, call, take_reference), "/v1/payment_intents", &form, "authorise");
        return;
    }
    form_add(&form, "source", call->method);
    form_add(&form, "capture", "false");
    form_add(&form, "transfer_group", id);
    stripe_post(stripe_asked_of(provider, call, take_reference), "/v1/charges", &form, "authorise");
}

static void capture(struct payment_provider *provider, struct gateway_call *call)
{
    struct form form = { .size = 0 };
    char path[PATH_SIZE];

    if (by_intents(provider)) {
        stripe_path_of(path, "/v1/payment_intents/", call->reference, "/confirm");
        form_add(&form, "off_session", "true");
    } else {
        stripe_path_of(path, "/v1/charges/", call->reference, "/capture");
    }
    stripe_post(stripe_asked_of(provider, call, stripe_take_done), path, &form, "capture");
}

static void refund(struct payment_provider *provider, struct gateway_call *call)
{
    struct form form = { .size = 0 };
    char id[48];

    stripe_our_id(call, id);
    form_add(&form, by_intents(provider) ? "payment_intent" : "charge", call->reference);
    form_add(&form, "metadata[" OUR_CHARGE "]", id);
    stripe_post(stripe_asked_of(provider, call, stripe_take_done), "/v1/refunds", &form, "refund");
}

/* An uncaptured charge is let go of by a refund. */
static void void_(struct payment_provider *provider, struct gateway_call *call)
{
    struct form form = { .size = 0 };
    char path[PATH_SIZE];

    if (!by_intents(provider)) {
        refund(provider, call);
        return;
    }
    stripe_path_of(path, "/v1/payment_intents/", call->reference, "/cancel");
    stripe_post(stripe_asked_of(provider, call, stripe_take_done), path, &form, "void");
}

/* ---- what there is ---- */

static enum gateway_found_state intent_state(const json_t *intent)
{
    const json_t *charge = json_object_get(intent, "latest_charge");

    if (json_is(intent, "status", "succeeded"))
        return json_flag(charge, "refunded") ? GATEWAY_REFUNDED : GATEWAY_CAPTURED;
    if (json_is(intent, "status", "canceled"))
        return GATEWAY_VOID;
    if (json_is(intent, "status", "requires_confirmation") || json_is(intent, "status", "requires_capture"))
        return GATEWAY_OPEN;
    if (json_is(intent, "status", "requires_payment_method") || json_is(intent, "status", "requires_action"))
        return GATEWAY_DECLINED; /* nobody is there who could do anything about it */
    return GATEWAY_BUSY;
}

static enum gateway_found_state charge_state(const json_t *charge)
{
    bool captured = json_flag(charge, "captured");

    if (json_is(charge, "status", "failed"))
        return GATEWAY_DECLINED;
    if (json_is(charge, "status", "pending"))
        return GATEWAY_BUSY;
    if (json_flag(charge, "refunded"))
        return captured ? GATEWAY_REFUNDED : GATEWAY_VOID;
    return captured ? GATEWAY_CAPTURED : GATEWAY_OPEN;
}

static bool is_wanted(const struct gateway_call *call, const struct gateway_found *found)
{
    return strcmp(found->reference, call->reference) == 0;
}

static bool is_live(const struct gateway_found *found)
{
    return found->state == GATEWAY_OPEN || found->state == GATEWAY_BUSY || found->state == GATEWAY_CAPTURED;
}

/* Where there are more than there is room for, the charge's own stays, and what moved money or could before what is over. */
static void keep_found(struct gateway_call *call, const struct gateway_found *found)
{
    size_t at = 0;

    if (call->found_count < GATEWAY_FOUND_MAX) {
        call->found[call->found_count++] = *found;
        return;
    }
    if (!is_wanted(call, found) && !is_live(found))
        return;
    while (at < GATEWAY_FOUND_MAX && (is_live(&call->found[at]) || is_wanted(call, &call->found[at])))
        at++;
    if (at == GATEWAY_FOUND_MAX && is_wanted(call, found))
        at--; /* one that is live is found again when another was let go of */
    if (at < GATEWAY_FOUND_MAX)
        call->found[at] = *found;
}

/* false: it is ours, and cannot be read. */
static bool take_found(struct asked *asked, const json_t *object)
{
    struct gateway_call *call = asked->call;
    char id[48], currency[8];

    stripe_our_id(call, id);
    if (!json_is(json_object_get(object, "metadata"), OUR_CHARGE, id))
        return true;
    struct gateway_found found = { .state = GATEWAY_VOID };
    if (!json_text(object, "id", found.reference, GATEWAY_NAME) ||
        !json_number(object, "amount", &found.amount_minor) ||
        !json_text(object, "currency", currency, sizeof currency))
        return false;
    found.currency_fits = strcasecmp(currency, call->currency) == 0;
    found.state = by_intents(&asked->stripe->provider) ? intent_state(object) : charge_state(object);
    keep_found(call, &found);
    return true;
}

static void ask_page(struct asked *asked);

static void take_page(struct asked *asked, const json_t *reply)
{
    const json_t *data = json_object_get(reply, "data");
    size_t count = json_array_size(data);

    if (!json_is_array(data)) {
        stripe_over(asked, GATEWAY_LOST);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (!take_found(asked, json_array_get(data, i))) {
            stripe_over(asked, GATEWAY_LOST);
            return;
        }
    if (!json_flag(reply, "has_more")) {
        stripe_over(asked, GATEWAY_DONE);
        return;
    }
    /* Not all of it: what was not seen is not known to be not there. */
    if (++asked->pages == STRIPE_PAGES_MAX || count == 0 ||
        !json_text(json_array_get(data, count - 1), "id", asked->after, sizeof asked->after))
        stripe_over(asked, GATEWAY_LOST);
    else
        ask_page(asked);
}

static void ask_page(struct asked *asked)
{
    const struct gateway_call *call = asked->call;
    struct form form = { .size = 0 };
    char path[PATH_SIZE], id[48];
    bool intents = by_intents(&asked->stripe->provider);

    stripe_our_id(call, id);
    form_add(&form, "limit", STRIPE_PAGE);
    form_add_number(&form, "created[gte]", call->made_s - STRIPE_EARLIER_S);
    if (intents && *call->customer)
        form_add(&form, "customer", call->customer);
    if (intents)
        form_add(&form, "expand[]", "data.latest_charge");
    else
        form_add(&form, "transfer_group", id);
    if (*asked->after)
        form_add(&form, "starting_after", asked->after);
    snprintf(path, sizeof path, "/v1/%s?%s", intents ? "payment_intents" : "charges", form.text);
    http_ask(asked->stripe->http, "GET", path, NULL, NULL, stripe_on_answer, asked);
}

/* reply: NULL where there is none of that name. */
static void take_alone(struct asked *asked, const json_t *reply)
{
    stripe_over(asked, reply == NULL || take_found(asked, reply) ? GATEWAY_DONE : GATEWAY_LOST);
}

static void ask_alone(struct asked *asked)
{
    struct form form = { .size = 0 };
    char head[PATH_SIZE], path[2 * PATH_SIZE];
    bool intents = by_intents(&asked->stripe->provider);

    if (intents)
        form_add(&form, "expand[]", "latest_charge");
    stripe_path_of(head, intents ? "/v1/payment_intents/" : "/v1/charges/", asked->call->reference, "");
    snprintf(path, sizeof path, "%s%s%s", head, intents ? "?" : "", form.text);
    asked->forgets = true;
    http_ask(asked->stripe->http, "GET", path, NULL, NULL, stripe_on_answer, asked);
}

static void status(struct payment_provider *provider, struct gateway_call *call)
{
    call->found_count = 0;
    if (call->alone)
        ask_alone(stripe_asked_of(provider, call, take_alone));
    else
        ask_page(stripe_asked_of(provider, call, take_page));
}

/* ---- all of it ---- */

static void close_(struct payment_provider *provider)
{
    struct stripe *stripe = (struct stripe *)provider;
    struct asked *asked;

    http_close(stripe->http);
    while ((asked = LIST_FIRST(&stripe->asked))) {
        LIST_REMOVE(asked, link);
        free(asked);
    }
    free(stripe->return_url);
    free(stripe);
}

struct payment_provider *stripe_open(uv_loop_t *loop, const struct stripe_config *config)
{
    struct stripe *stripe = calloc(1, sizeof *stripe);

    assert(stripe);
    stripe->provider = (struct payment_provider){ .name = "stripe",
                                                  .authorise = authorise,
                                                  .capture = capture,
                                                  .refund = refund,
                                                  .void_ = void_,
                                                  .status = status,
                                                  .customer_make = stripe_customer_make,
                                                  .page_make = stripe_page_make,
                                                  .page_look = stripe_page_look,
                                                  .method_forget = stripe_method_forget,
                                                  .customer_forget = stripe_customer_forget,
                                                  .setup_forget = stripe_setup_forget,
                                                  .close = close_ };
    LIST_INIT(&stripe->asked);
    stripe->http = http_open(loop, &config->http);
    stripe->api = config->api;
    stripe->return_url = strdup(config->return_url);
    assert(stripe->return_url);
    return &stripe->provider;
}
