/* Stripe's API as a payment provider: payment intents, or, of older accounts, charges. */
#ifndef CAROLINE_SERVER_GATEWAY_STRIPE_H
#define CAROLINE_SERVER_GATEWAY_STRIPE_H

#include <uv.h>

#include "server/gateway/http.h"
#include "server/gateway/provider.h"

enum stripe_api { STRIPE_INTENTS, STRIPE_CHARGES };

struct stripe_config {
    struct http_config http;
    enum stripe_api api;
    const char *return_url; /* where the gateway's page sends the customer when it is over */
};
struct payment_provider *stripe_open(uv_loop_t *loop, const struct stripe_config *config);

#endif
