/* What the files of Stripe's adapter share. */
#ifndef CAROLINE_SERVER_GATEWAY_STRIPE_INNER_H
#define CAROLINE_SERVER_GATEWAY_STRIPE_INNER_H

#include <sys/queue.h>

#include "server/gateway/form.h"
#include "server/gateway/json.h"
#include "server/gateway/stripe.h"

#define STRIPE_PAGE      "20" /* all of it fits HTTP_REPLY_MAX, as long as its things may be */
#define STRIPE_PAGES_MAX 50
#define STRIPE_EARLIER_S 300 /* clocks differ */
#define PATH_SIZE        (FORM_MAX + 64)

struct stripe {
    struct payment_provider provider; /* first */
    struct http *http;
    enum stripe_api api;
    char *return_url;
    LIST_HEAD(, asked) asked; /* on their way: dropped with it */
};

struct asked;
/* reply: NULL where what was to go is not there any more. */
typedef void take_fn(struct asked *asked, const json_t *reply);

/* One call on its way: what to do with a good answer. */
struct asked {
    LIST_ENTRY(asked) link;
    struct stripe *stripe;
    struct gateway_call *call;
    take_fn *take;
    bool forgets; /* what is not there any more is as good as gone */
    int pages, forgotten;
    char after[GATEWAY_TOKEN];
};

/* Our own id, as Stripe keeps it: with the second, for another shop's books may be charged by the same account. */
void stripe_our_id(const struct gateway_call *call, char text[48]);
/* "/v1/charges/ch_1/capture" */
void stripe_path_of(char path[PATH_SIZE], const char *head, const char *id, const char *tail);
struct asked *stripe_asked_of(struct payment_provider *provider, struct gateway_call *call, take_fn *take);
/* Under a key of what it is, whose, and which attempt. */
void stripe_post(struct asked *asked, const char *path, const struct form *form, const char *what);
/* Of an http_ask(): `take` of a good answer, else over. */
void stripe_on_answer(void *user, const struct http_answer *answer);
void stripe_over(struct asked *asked, enum gateway_outcome outcome);
void stripe_take_done(struct asked *asked, const json_t *reply);

/* stripe_cards.c */
void stripe_customer_make(struct payment_provider *provider, struct gateway_call *call);
void stripe_page_make(struct payment_provider *provider, struct gateway_call *call);
void stripe_page_look(struct payment_provider *provider, struct gateway_call *call);
void stripe_method_forget(struct payment_provider *provider, struct gateway_call *call);
void stripe_customer_forget(struct payment_provider *provider, struct gateway_call *call);
void stripe_setup_forget(struct payment_provider *provider, struct gateway_call *call);

#endif
