/* libcurl's multi interface upon libuv: it says which sockets to watch and when to wake it, and we tell it what happened.
 *
 *   ASKED -> (curl) -> OVER -> done
 *     \------ http_close() ------> dropped
 */
#include "server/gateway/http.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "common/base/log.h"

struct request {
    LIST_ENTRY(request) link;
    struct http *http;
    CURL *easy;
    struct curl_slist *headers;
    char *body;
    uint8_t *reply;
    size_t reply_size, reply_room;
    bool too_large;
    void (*done)(void *user, const struct http_answer *answer);
    void *user;
};

/* A socket of curl's, watched. */
struct watched {
    uv_poll_t poll; /* first */
    struct http *http;
    curl_socket_t socket;
};

struct http {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer;
    char *base_url, *ca_file, *secret;
    long connect_ms, total_ms;
    LIST_HEAD(, request) requests;
    bool closing;
};

static char *copy_of(const char *text)
{
    char *copy = strdup(text);

    assert(copy);
    return copy;
}

static void forget(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

/* ---- a request ---- */

static void request_free(struct request *request)
{
    LIST_REMOVE(request, link);
    curl_multi_remove_handle(request->http->multi, request->easy);
    curl_easy_cleanup(request->easy);
    for (struct curl_slist *header = request->headers; header; header = header->next)
        explicit_bzero(header->data, strlen(header->data));
    curl_slist_free_all(request->headers);
    forget(request->body);
    if (request->reply)
        explicit_bzero(request->reply, request->reply_size);
    free(request->reply);
    free(request);
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *user)
{
    struct request *request = user;
    size_t total = size * count;

    if (total > HTTP_REPLY_MAX - request->reply_size) {
        request->too_large = true;
        return 0;
    }
    if (request->reply_size + total > request->reply_room) {
        size_t room = request->reply_room ? request->reply_room : 4096;

        while (room < request->reply_size + total)
            room *= 2;
        request->reply = realloc(request->reply, room);
        assert(request->reply);
        request->reply_room = room;
    }
    memcpy(request->reply + request->reply_size, bytes, total);
    request->reply_size += total;
    return total;
}

static enum http_outcome outcome_of(const struct request *request, CURLcode code)
{
    switch ((int)code) {
    case CURLE_OK:
        return HTTP_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return HTTP_NOT_SENT;
    default:
        break;
    }
    long sent = 0;
    curl_easy_getinfo(request->easy, CURLINFO_REQUEST_SIZE, &sent);
    return sent == 0 ? HTTP_NOT_SENT : HTTP_LOST;
}

static void is_over(struct request *request, CURLcode code)
{
    struct http_answer answer = { .outcome = outcome_of(request, code) };
    void (*done)(void *user, const struct http_answer *answer) = request->done;
    void *user = request->user;

    if (answer.outcome == HTTP_ANSWERED)
        curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &answer.status);
    else
        log_event(LOG_WARN, "gateway_unanswered", "sent=%d why=\"%s\"", answer.outcome == HTTP_LOST,
                  request->too_large ? "the answer is too large" : curl_easy_strerror(code));
    answer.body = bytes_of(request->reply, request->reply_size);
    done(user, &answer);
    request_free(request);
}

static void look_for_ended(struct http *http)
{
    CURLMsg *message;
    int left;

    while (!http->closing && (message = curl_multi_info_read(http->multi, &left))) {
        struct request *request;

        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result; /* the message goes with the handle */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&request);
        is_over(request, code);
    }
}

/* ---- curl and the loop ---- */

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct watched *watched = (struct watched *)poll;
    struct http *http = watched->http;
    int running, flags = 0;

    if (status < 0)
        flags = CURL_CSELECT_ERR;
    if (events & UV_READABLE)
        flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        flags |= CURL_CSELECT_OUT;
    curl_multi_socket_action(http->multi, watched->socket, flags, &running);
    look_for_ended(http);
}

static void on_watched_closed(uv_handle_t *handle)
{
    free(handle);
}

static int watch(CURL *easy, curl_socket_t socket, int what, void *user, void *socket_user)
{
    struct http *http = user;
    struct watched *watched = socket_user;
    int events = 0;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watched) {
            uv_poll_stop(&watched->poll);
            uv_close((uv_handle_t *)&watched->poll, on_watched_closed);
            curl_multi_assign(http->multi, socket, NULL);
        }
        return 0;
    }
    if (!watched) {
        watched = calloc(1, sizeof *watched);
        assert(watched);
        watched->http = http;
        watched->socket = socket;
        uv_poll_init_socket(http->loop, &watched->poll, socket);
        curl_multi_assign(http->multi, socket, watched);
    }
    if (what != CURL_POLL_OUT)
        events |= UV_READABLE;
    if (what != CURL_POLL_IN)
        events |= UV_WRITABLE;
    uv_poll_start(&watched->poll, events, on_socket);
    return 0;
}

static void on_time(uv_timer_t *timer)
{
    struct http *http = timer->data;
    int running;

    curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    look_for_ended(http);
}

static int set_timer(CURLM *multi, long ms, void *user)
{
    struct http *http = user;

    (void)multi;
    if (ms < 0)
        uv_timer_stop(&http->timer);
    else
        uv_timer_start(&http->timer, on_time, (uint64_t)ms, 0);
    return 0;
}

/* ---- asking ---- */

static void add_header(struct request *request, const char *name, const char *value)
{
    char line[512];

    int size = snprintf(line, sizeof line, "%s: %s", name, value);
    assert(size > 0 && (size_t)size < sizeof line);
    request->headers = curl_slist_append(request->headers, line);
    explicit_bzero(line, sizeof line);
    assert(request->headers);
}

static void set_limits(const struct http *http, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, http->connect_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, http->total_ms);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    if (strncmp(http->base_url, "http://", 7) ==
        0) /* this machine's own: the secret goes to no proxy of the environment's */
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    /* A POST goes over a connection of its own: one that the gateway has just closed would leave it open whether it was sent. */
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    if (*http->ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
}

void http_ask(struct http *http, const char *method, const char *path, const char *body, const char *key,
              void (*done)(void *user, const struct http_answer *answer), void *user)
{
    struct request *request = calloc(1, sizeof *request);
    char url[4096], bearer[400];

    assert(request);
    int size = snprintf(url, sizeof url, "%s%s", http->base_url, path);
    assert(size > 0 && (size_t)size < sizeof url);
    *request = (struct request){ .http = http, .easy = curl_easy_init(), .done = done, .user = user };
    assert(request->easy);
    snprintf(bearer, sizeof bearer, "Bearer %s", http->secret);
    add_header(request, "Authorization", bearer);
    explicit_bzero(bearer, sizeof bearer);
    add_header(request, "Expect", "");
    if (key)
        add_header(request, "Idempotency-Key", key);
    curl_easy_setopt(request->easy, CURLOPT_URL, url);
    curl_easy_setopt(request->easy, CURLOPT_CUSTOMREQUEST, method);
    if (body) {
        request->body = copy_of(body);
        curl_easy_setopt(request->easy, CURLOPT_POSTFIELDS, request->body);
        curl_easy_setopt(request->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(request->body));
    }
    curl_easy_setopt(request->easy, CURLOPT_HTTPHEADER, request->headers);
    curl_easy_setopt(request->easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(request->easy, CURLOPT_WRITEDATA, request);
    curl_easy_setopt(request->easy, CURLOPT_PRIVATE, request);
    set_limits(http, request->easy);
    LIST_INSERT_HEAD(&http->requests, request, link);
    curl_multi_add_handle(http->multi, request->easy);
}

/* ---- all of it ---- */

struct http *http_open(uv_loop_t *loop, const struct http_config *config)
{
    struct http *http = calloc(1, sizeof *http);

    assert(http);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    *http = (struct http){ .loop = loop,
                           .base_url = copy_of(config->base_url),
                           .ca_file = copy_of(config->ca_file),
                           .secret = copy_of(config->secret),
                           .connect_ms = (long)config->connect_ms,
                           .total_ms = (long)config->total_ms };
    LIST_INIT(&http->requests);
    http->multi = curl_multi_init();
    assert(http->multi);
    uv_timer_init(loop, &http->timer);
    http->timer.data = http;
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    return http;
}

static void on_closed(uv_handle_t *handle)
{
    struct http *http = handle->data;

    free(http->base_url);
    free(http->ca_file);
    forget(http->secret);
    free(http);
}

void http_close(struct http *http)
{
    struct request *request;

    http->closing = true;
    while ((request = LIST_FIRST(&http->requests)))
        request_free(request);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, NULL);
    curl_multi_cleanup(http->multi);
    uv_timer_stop(&http->timer);
    uv_close((uv_handle_t *)&http->timer, on_closed);
}
