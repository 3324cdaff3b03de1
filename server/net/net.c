/* The net as a whole: opening, the sweep of what takes too long, closing. */
#include "server/net/inner.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/base/log.h"

int64_t net_now(const struct net *net)
{
    return net->config.clock->monotonic_us(net->config.clock);
}

uint32_t net_chance(const struct net *net)
{
    uint32_t chance;

    net->config.entropy->fill(net->config.entropy, &chance, sizeof chance);
    return chance;
}

bool source_of(const uv_tcp_t *tcp, struct sockaddr_storage *source)
{
    int size = sizeof *source;

    memset(source, 0, sizeof *source);
    return uv_tcp_getpeername(tcp, (struct sockaddr *)source, &size) == 0;
}

void net_complain_full(struct net *net, const char *reason)
{
    int64_t now = net_now(net);

    if (now < net->accept_complaint_us)
        return;
    net->accept_complaint_us = now + 60 * SECOND_US;
    log_event(LOG_ERROR, "accept_failed", "connections=%zu reason=\"%s\"", net->count, reason);
}

void net_complain(struct net *net, const uv_tcp_t *tcp, const char *event, const char *reason)
{
    struct sockaddr_storage source;
    char text[SOURCE_TEXT];
    unsigned unsaid;

    if (!source_of(tcp, &source) ||
        !complaint_is_due(&net->complaints, (const struct sockaddr *)&source, net_now(net), &unsaid))
        return;
    log_event(LOG_WARN, event, "source=%s unsaid=%u reason=\"%s\"", source_text(text, (struct sockaddr *)&source),
              unsaid, reason);
}

/* ---- what takes too long ---- */

static struct conn *oldest_since(const struct conn_list *list, int64_t before_us)
{
    struct conn *conn = TAILQ_FIRST(list);

    return conn != NULL && conn->since_us <= before_us ? conn : NULL;
}

static void on_sweep(uv_timer_t *timer)
{
    struct net *net = timer->data;
    int64_t now = net_now(net);
    struct conn *conn;

    while ((conn = oldest_since(&net->young, now - net->config.greet_limit_us)) != NULL)
        conn_come_of_age(conn);
    while ((conn = oldest_since(&net->leaving, now - LEAVE_US)) != NULL)
        conn_close(conn, "left_in_time");
    while ((conn = TAILQ_FIRST(&net->unsent)) != NULL && conn->unsent_us <= now - UNSENT_US) {
        log_event(LOG_INFO, "reader_too_slow", "peer=%llu waited_s=30", (unsigned long long)conn->peer.number);
        conn_close(conn, "reader_too_slow");
    }
    while ((conn = TAILQ_FIRST(&net->begun)) != NULL && conn->begun_us <= now - net->config.frame_limit_us) {
        if (conn->is_reading) {
            log_event(LOG_INFO, "sender_too_slow", "peer=%llu", (unsigned long long)conn->peer.number);
            conn_close(conn, "sender_too_slow");
        } else { /* it is we who do not read */
            TAILQ_REMOVE(&net->begun, conn, of_begun);
            TAILQ_INSERT_TAIL(&net->begun, conn, of_begun);
            conn->begun_us = now;
        }
    }
}

void net_watch(struct net *net)
{
    if (!uv_is_active((uv_handle_t *)&net->sweep))
        uv_timer_start(&net->sweep, on_sweep, SWEEP_INTERVAL_MS, SWEEP_INTERVAL_MS);
}

/* ---- beginning and end ---- */

/* A connection is a descriptor, and the usual limit of 1,024 is for programs that mean well. Up to what the administrator
 * allows. Some are left to the others of this process: whoever comes in numbers does not keep the database away. */
static size_t descriptors_for_connections(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return SIZE_MAX;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0)
        log_event(LOG_WARN, "few_descriptors", "reason=\"%s\"", strerror(errno));
    return limit.rlim_cur > (rlim_t)2 * OTHERS_DESCRIPTORS ? limit.rlim_cur - OTHERS_DESCRIPTORS : OTHERS_DESCRIPTORS;
}

struct net *net_open(const struct net_config *config)
{
    struct net *net = calloc(1, sizeof *net);

    if (net == NULL || (net->read_buffer = malloc(READ_SIZE)) == NULL)
        abort();
    net->most = descriptors_for_connections();
    net->config = *config;
    if (net->config.greet_limit_us == 0)
        net->config.greet_limit_us = YOUNG_US;
    if (net->config.frame_limit_us == 0)
        net->config.frame_limit_us = FRAME_US;
    if (uv_timer_init(config->loop, &net->sweep) != 0 || uv_idle_init(config->loop, &net->resume) != 0)
        abort();
    net->sweep.data = net;
    net->resume.data = net;
    net->handles = 2;
    TAILQ_INIT(&net->young);
    TAILQ_INIT(&net->known);
    TAILQ_INIT(&net->leaving);
    TAILQ_INIT(&net->unsent);
    TAILQ_INIT(&net->begun);
    TAILQ_INIT(&net->resumed);
    config->entropy->fill(config->entropy, net->complaints.seed, sizeof net->complaints.seed);
    return net;
}

size_t net_connections(const struct net *net)
{
    return net->count;
}

static void on_closed(uv_handle_t *handle)
{
    struct net *net = handle->data;

    if (--net->handles > 0)
        return;
    void (*closed)(void *context) = net->closed;
    void *context = net->closed_context;
    buffer_fini(&net->plain);
    buffer_fini(&net->frame);
    free(net->read_buffer);
    free(net);
    closed(context);
}

static void close_if_empty(struct net *net)
{
    if (!net->closing || net->count > 0)
        return;
    uv_close((uv_handle_t *)&net->sweep, on_closed);
    uv_close((uv_handle_t *)&net->resume, on_closed);
}

void net_left(struct net *net)
{
    assert(net->count > 0);
    if (--net->count == 0)
        uv_timer_stop(&net->sweep);
    close_if_empty(net);
}

void net_close(struct net *net, void (*closed)(void *context), void *context)
{
    struct conn *conn;

    assert(!net->closing);
    net_stop_listening(net);
    net->closed = closed;
    net->closed_context = context;
    while ((conn = TAILQ_FIRST(&net->young)) != NULL)
        conn_end(conn, "shutting_down");
    while ((conn = TAILQ_FIRST(&net->known)) != NULL)
        conn_end(conn, "shutting_down");
    net->closing = true;
    close_if_empty(net);
}

void net_log_state(const struct net *net)
{
    log_event(LOG_INFO, "net_state", "listeners=%zu connections=%zu shaking=%zu strangers=%zu", net->listener_count,
              net->count, net->shaking_count, net->stranger_count);
}
