/* HTTPS for the gateway, by libcurl on the loop: bounded in time and size, no redirects, certificates checked. Neither what is sent nor what
 * comes is ever logged. */
#ifndef CAROLINE_SERVER_GATEWAY_HTTP_H
#define CAROLINE_SERVER_GATEWAY_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "common/base/bytes.h"

/* Bytes; more than that is as good as no answer. The longest that is asked for is a page of a list, twenty charges (STRIPE_PAGE) of some six
 * thousand each. */
#define HTTP_REPLY_MAX ((size_t)192 * 1024)

struct http_config {
    const char *base_url; /* "https://api.stripe.com", or with http on the loopback; no slash behind it */
    const char *ca_file;  /* PEM; "": the system's */
    const char *secret;   /* the bearer's */
    int64_t connect_ms, total_ms;
};

enum http_outcome {
    HTTP_ANSWERED, /* status, and the whole body */
    HTTP_NOT_SENT, /* no connection: not a byte of the request has left */
    HTTP_LOST,     /* all else */
};

struct http;
struct http_answer {
    enum http_outcome outcome;
    long status;
    struct bytes body; /* until `done` returns */
};

struct http *http_open(uv_loop_t *loop, const struct http_config *config);
/* path: with its query. body: of a POST, form-encoded; NULL: `method` has none. key: Idempotency-Key; NULL: none. Copied. */
void http_ask(struct http *http, const char *method, const char *path, const char *body, const char *key,
              void (*done)(void *user, const struct http_answer *answer), void *user);
/* What is under way is dropped without a `done`; freed once the loop has turned. */
void http_close(struct http *http);

#endif
