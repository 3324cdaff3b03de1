/* Customers of Stripe's, the page where a card is typed, and how all of it goes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/gateway/stripe_inner.h"

#define OUR_SETUP     "caroline_setup"
#define LATER_S       7200 /* a setup is over within an hour, and what was asked for it a while later */
#define FORGOTTEN_MAX 24   /* at once */

static void take_customer(struct asked *asked, const json_t *reply)
{
    bool named = json_text(reply, "id", asked->call->customer, GATEWAY_KEPT);

    stripe_over(asked, named ? GATEWAY_DONE : GATEWAY_LOST);
}

/* Nobody's name: ours know who it is. */
void stripe_customer_make(struct payment_provider *provider, struct gateway_call *call)
{
    struct form form = { .size = 0 };
    char id[48];

    stripe_our_id(call, id);
    form_add(&form, "metadata[" OUR_SETUP "]", id);
    stripe_post(stripe_asked_of(provider, call, take_customer), "/v1/customers", &form, "customer");
}

static void take_new_page(struct asked *asked, const json_t *reply)
{
    struct gateway_call *call = asked->call;
    bool whole = json_text(reply, "id", call->reference, sizeof call->reference) &&
                 json_text(reply, "url", call->url, sizeof call->url) &&
                 (strncmp(call->url, "https://", 8) == 0 || strncmp(call->url, "http://127.0.0.1", 16) == 0 ||
                  strncmp(call->url, "http://localhost", 16) == 0);

    stripe_over(asked, whole ? GATEWAY_DONE : GATEWAY_LOST);
}

void stripe_page_make(struct payment_provider *provider, struct gateway_call *call)
{
    const char *back = ((const struct stripe *)provider)->return_url;
    struct form form = { .size = 0 };
    char id[48];

    stripe_our_id(call, id);
    form_add(&form, "mode", "setup");
    form_add(&form, "customer", call->customer);
    form_add(&form, "payment_method_types[]", "card");
    form_add(&form, "success_url", back);
    form_add(&form, "cancel_url", back);
    form_add(&form, "client_reference_id", id);
    form_add(&form, "metadata[" OUR_SETUP "]", id);
    stripe_post(stripe_asked_of(provider, call, take_new_page), "/v1/checkout/sessions", &form, "page");
}

/* A card's last four digits, brand and expiry: no more of it is taken. */
static void take_method(struct asked *asked, const json_t *method)
{
    struct gateway_call *call = asked->call;
    const json_t *card = json_object_get(method, "card");
    int64_t month = 0, year = 0;
    bool whole = json_text(method, "id", call->method, GATEWAY_KEPT) &&
                 json_text(card, "brand", call->card.brand, sizeof call->card.brand) &&
                 json_text(card, "last4", call->card.last_four, sizeof call->card.last_four) &&
                 strspn(call->card.last_four, "0123456789") == 4 && json_number(card, "exp_month", &month) &&
                 json_number(card, "exp_year", &year) && month >= 1 && month <= 12 && year >= 2000 && year <= 9999;

    if (whole) {
        call->card.expiry_month = (int)month;
        call->card.expiry_year = (int)year;
    }
    stripe_over(asked, whole ? GATEWAY_DONE : GATEWAY_LOST);
}

static void take_old_page(struct asked *asked, const json_t *reply)
{
    struct gateway_call *call = asked->call;
    const json_t *setup = json_object_get(reply, "setup_intent");

    call->is_over = json_is(reply, "status", "expired") || json_is(reply, "status", "complete");
    if (json_is(reply, "status", "complete") && json_is(setup, "status", "succeeded"))
        take_method(asked, json_object_get(setup, "payment_method"));
    else
        stripe_over(asked, GATEWAY_DONE);
}

void stripe_page_look(struct payment_provider *provider, struct gateway_call *call)
{
    char path[PATH_SIZE];

    stripe_path_of(path, "/v1/checkout/sessions/", call->reference, "?expand%5B%5D=setup_intent.payment_method");
    http_ask(((struct stripe *)provider)->http, "GET", path, NULL, NULL, stripe_on_answer,
             stripe_asked_of(provider, call, take_old_page));
}

void stripe_method_forget(struct payment_provider *provider, struct gateway_call *call)
{
    struct asked *asked = stripe_asked_of(provider, call, stripe_take_done);
    struct form form = { .size = 0 };
    char path[PATH_SIZE];

    asked->forgets = true;
    stripe_path_of(path, "/v1/payment_methods/", call->method, "/detach");
    stripe_post(asked, path, &form, "detach");
}

void stripe_customer_forget(struct payment_provider *provider, struct gateway_call *call)
{
    struct asked *asked = stripe_asked_of(provider, call, stripe_take_done);
    char path[PATH_SIZE];

    asked->forgets = true;
    stripe_path_of(path, "/v1/customers/", call->customer, "");
    http_ask(asked->stripe->http, "DELETE", path, NULL, NULL, stripe_on_answer, asked);
}

/* ---- nothing is left of a setup ---- */

/* What was made is found by our id in it, in lists that are whole at once; after each thing that goes they are begun anew, until
 * they have nothing: pages, for a card may be typed there, then customers. */
static void list(struct asked *asked, const char *what, const char *expand, take_fn *take)
{
    const struct gateway_call *call = asked->call;
    struct form form = { .size = 0 };
    char path[PATH_SIZE];

    form_add(&form, "limit", STRIPE_PAGE);
    form_add_number(&form, "created[gte]", call->made_s - STRIPE_EARLIER_S);
    form_add_number(&form, "created[lte]", call->made_s + LATER_S);
    if (expand)
        form_add(&form, "expand[]", expand);
    if (*asked->after)
        form_add(&form, "starting_after", asked->after);
    snprintf(path, sizeof path, "/v1/%s?%s", what, form.text);
    asked->take = take;
    asked->forgets = false;
    http_ask(asked->stripe->http, "GET", path, NULL, NULL, stripe_on_answer, asked);
}

static void take_pages(struct asked *asked, const json_t *reply);

static void list_pages(struct asked *asked)
{
    list(asked, "checkout/sessions", "data.setup_intent.payment_method", take_pages);
}

static void begin_anew(struct asked *asked, const json_t *reply)
{
    (void)reply;
    asked->after[0] = '\0';
    asked->pages = 0;
    list_pages(asked);
}

/* false: enough for once. */
static bool begin_to_forget(struct asked *asked)
{
    asked->take = begin_anew;
    asked->forgets = true;
    return ++asked->forgotten <= FORGOTTEN_MAX;
}

static void forget_by_post(struct asked *asked, const char *head, const char *tail)
{
    struct form form = { .size = 0 };
    char path[PATH_SIZE];

    stripe_path_of(path, head, asked->call->reference, tail);
    if (begin_to_forget(asked))
        stripe_post(asked, path, &form, tail + 1);
    else
        stripe_over(asked, GATEWAY_LOST);
}

/* Of a page that is open, or where a card was typed that is still somebody's: asked, and true. */
static bool forget_page(struct asked *asked, const json_t *page)
{
    const json_t *method = json_object_get(json_object_get(page, "setup_intent"), "payment_method");
    char customer[GATEWAY_TOKEN], *name = asked->call->reference; /* a part of the key as well */

    if (json_is(page, "status", "open") && json_text(page, "id", name, GATEWAY_TOKEN)) {
        forget_by_post(asked, "/v1/checkout/sessions/", "/expire");
        return true;
    }
    if (json_text(method, "customer", customer, sizeof customer) && json_text(method, "id", name, GATEWAY_TOKEN)) {
        forget_by_post(asked, "/v1/payment_methods/", "/detach");
        return true;
    }
    return false;
}

static bool forget_customer(struct asked *asked, const json_t *customer)
{
    char path[PATH_SIZE];

    if (!json_text(customer, "id", asked->call->customer, GATEWAY_TOKEN))
        return false;
    stripe_path_of(path, "/v1/customers/", asked->call->customer, "");
    if (begin_to_forget(asked))
        http_ask(asked->stripe->http, "DELETE", path, NULL, NULL, stripe_on_answer, asked);
    else
        stripe_over(asked, GATEWAY_LOST);
    return true;
}

/* A page of a list: what is ours goes, one by one; then the list's next page, or what comes behind the list. */
static void take_list(struct asked *asked, const json_t *reply, bool (*forget)(struct asked *asked, const json_t *item),
                      void (*next)(struct asked *asked), void (*behind)(struct asked *asked))
{
    const json_t *data = json_object_get(reply, "data");
    size_t count = json_array_size(data);
    char id[48];

    stripe_our_id(asked->call, id);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(data, i);

        if (json_is(json_object_get(item, "metadata"), OUR_SETUP, id) && forget(asked, item))
            return;
    }
    if (json_is_array(data) && !json_flag(reply, "has_more")) {
        asked->after[0] = '\0';
        asked->pages = 0;
        behind(asked);
    } else if (count == 0 || ++asked->pages == STRIPE_PAGES_MAX ||
               !json_text(json_array_get(data, count - 1), "id", asked->after, sizeof asked->after)) {
        stripe_over(asked, GATEWAY_LOST); /* what was not seen is not known to be not there */
    } else {
        next(asked);
    }
}

static void take_customers(struct asked *asked, const json_t *reply);

static void list_customers(struct asked *asked)
{
    list(asked, "customers", NULL, take_customers);
}

static void nothing_left(struct asked *asked)
{
    stripe_over(asked, GATEWAY_DONE);
}

static void take_customers(struct asked *asked, const json_t *reply)
{
    take_list(asked, reply, forget_customer, list_customers, nothing_left);
}

static void take_pages(struct asked *asked, const json_t *reply)
{
    take_list(asked, reply, forget_page, list_pages, list_customers);
}

void stripe_setup_forget(struct payment_provider *provider, struct gateway_call *call)
{
    list_pages(stripe_asked_of(provider, call, take_pages));
}
