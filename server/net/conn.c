/* The life of a connection, from accept to the last farewell; inner.h has the picture. */
#include "server/net/inner.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/base/log.h"

/* Strangers, of whom a shop enrols one now and then; and hands being shaken, of which there are many when all tills
 * come back at once after a power cut. */
static const struct gate stranger_gate = { .begin = 10, .begin_percent = 30, .full = 100 };
static const struct gate shaking_gate = { .begin = 512, .begin_percent = 30, .full = 2048 };

static void move_to(struct conn *conn, struct conn_list *age)
{
    if (conn->age != NULL)
        TAILQ_REMOVE(conn->age, conn, of_age);
    conn->age = age;
    if (age != NULL)
        TAILQ_INSERT_TAIL(age, conn, of_age);
}

/* ---- in ---- */

/* A till waits for every answer, and a cable that was pulled is to be noticed. None of these can fail on a TCP socket
 * in a way that would matter. */
static void set_options(uv_tcp_t *tcp)
{
    unsigned unacknowledged_ms = (unsigned)(UNSENT_US / 1000);
    uv_os_fd_t fd;

    uv_tcp_nodelay(tcp, 1);
    uv_tcp_keepalive(tcp, 1, KEEPALIVE_S);
    if (uv_fileno((const uv_handle_t *)tcp, &fd) == 0)
        setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms, sizeof unacknowledged_ms);
}

void conn_accept(struct net *net, uv_stream_t *listener)
{
    struct conn *conn = calloc(1, sizeof *conn);

    if (conn == NULL || uv_tcp_init(net->config.loop, &conn->tcp) != 0)
        abort();
    conn->net = net;
    conn->tcp.data = conn;
    conn->peer.class = &conn_class;
    conn->peer.number = ++net->next_number;
    conn->since_us = net_now(net);
    net->count++;
    net->shaking_count++;
    move_to(conn, &net->young);
    if (uv_accept(listener, (uv_stream_t *)&conn->tcp) != 0) {
        conn_close(conn, "accept");
    } else if (net->count > net->most) {
        net_complain_full(net, "no descriptor is left for more connections");
        conn_close(conn, "too_many_connections");
    } else if (gate_drops(&shaking_gate, net->shaking_count, net_chance(net))) {
        net_complain(net, &conn->tcp, "dropped", "too many handshakes at once");
        conn_close(conn, "too_many_handshakes");
    } else {
        set_options(&conn->tcp);
        conn_start_reading(conn);
        net_watch(net);
    }
}

void conn_open(struct conn *conn)
{
    struct net *net = conn->net;
    const uint8_t *key_hash = tls_peer_key_hash(conn->tls);

    assert(conn->state == CONN_SHAKING);
    if (key_hash == NULL && gate_drops(&stranger_gate, net->stranger_count, net_chance(net))) {
        net_complain(net, &conn->tcp, "dropped", "too many devices without a certificate at once");
        conn_close(conn, "too_many_strangers");
        return;
    }
    net->shaking_count--;
    conn->state = CONN_OPEN;
    if (key_hash != NULL) {
        conn->peer.has_key = true;
        memcpy(conn->peer.key_hash, key_hash, DIGEST_SIZE);
        conn->peer.certificate_expired = tls_peer_expiry(conn->tls).us <= net->config.clock->now(net->config.clock).us;
    } else {
        struct sockaddr_storage source;

        if (source_of(&conn->tcp, &source))
            conn->peer.source = source_number((const struct sockaddr *)&source);
        conn->is_stranger = true;
        net->stranger_count++;
    }
    conn->driver_knows = true;
    driver_opened(net->config.driver, &conn->peer);
}

void conn_come_of_age(struct conn *conn)
{
    assert(conn->age == &conn->net->young);
    if (conn->state == CONN_OPEN && !conn->is_stranger && conn->peer.greeted)
        move_to(conn, &conn->net->known);
    else if (conn->state == CONN_OPEN)
        conn_end(conn, "too_slow_to_begin");
    else
        conn_close(conn, "handshake_too_slow");
}

/* ---- out ---- */

/* It is not one of those any more whose number is limited. */
static void stop_counting(struct conn *conn)
{
    if (conn->state == CONN_NEW || conn->state == CONN_SHAKING)
        conn->net->shaking_count--;
    if (conn->is_stranger)
        conn->net->stranger_count--;
    conn->is_stranger = false;
}

void conn_end(struct conn *conn, const char *reason)
{
    if (conn->state >= CONN_ENDING)
        return;
    if (conn->state == CONN_NEW) {
        conn_close(conn, reason);
        return;
    }
    log_event(LOG_DEBUG, "peer_ending", "peer=%llu reason=%s", (unsigned long long)conn->peer.number, reason);
    stop_counting(conn);
    conn_forget_begun(conn);
    conn->state = CONN_ENDING;
    conn->since_us = net_now(conn->net);
    move_to(conn, &conn->net->leaving);
    tls_end(conn->tls, &conn->out);
    conn_start_reading(conn); /* and throw it away */
    conn_flush(conn);
    if (conn_is_empty(conn))
        conn_linger(conn);
}

void conn_linger(struct conn *conn)
{
    uv_os_fd_t fd;

    if (conn->state != CONN_ENDING)
        return;
    conn->state = CONN_LINGERING;
    if (conn->hung_up || uv_fileno((const uv_handle_t *)&conn->tcp, &fd) != 0 || shutdown(fd, SHUT_WR) != 0)
        conn_close(conn, "gone");
}

static void on_closed(uv_handle_t *handle)
{
    struct conn *conn = handle->data;
    struct net *net = conn->net;

    if (conn->driver_knows)
        driver_closed(net->config.driver, &conn->peer);
    tls_destroy(conn->tls);
    buffer_fini(&conn->in);
    buffer_fini(&conn->out);
    buffer_fini(&conn->writing);
    free(conn);
    net_left(net);
}

void conn_close(struct conn *conn, const char *reason)
{
    if (conn->state == CONN_CLOSING)
        return;
    log_event(LOG_DEBUG, "peer_closed", "peer=%llu reason=%s", (unsigned long long)conn->peer.number, reason);
    stop_counting(conn);
    conn->state = CONN_CLOSING;
    move_to(conn, NULL);
    if (conn->is_writing)
        TAILQ_REMOVE(&conn->net->unsent, conn, of_unsent);
    conn_forget_resume(conn);
    conn_forget_begun(conn);
    uv_close((uv_handle_t *)&conn->tcp, on_closed);
}
