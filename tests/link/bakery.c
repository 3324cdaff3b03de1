/* The server of one test: its sockets, its certificates, its life. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bakery_inner.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/device_key.h"
#include "common/wire/walker.h"

#define YEAR_US     (365 * DAY_S * SECOND_US)
#define PATIENCE_US (20 * SECOND_US)

void must(bool fine)
{
    if (!fine)
        abort();
}

static void on_guest_closed(uv_handle_t *handle)
{
    struct guest *guest = handle->data;

    tls_destroy(guest->tls);
    buffer_fini(&guest->plain);
    buffer_fini(&guest->out);
    memset(guest, 0, sizeof *guest);
}

void guest_tear(struct guest *guest)
{
    if (guest->closing)
        return;
    guest->closing = true;
    uv_close((uv_handle_t *)&guest->socket, on_guest_closed);
}

static void torn_by_mind(struct guest *guest)
{
    if (guest->bakery->mind.cut_once)
        guest->bakery->mind.cut_in_after = guest->bakery->mind.cut_out_after = -1;
    guest_tear(guest);
}

/* What the cut lets through, written at once: the test's answers are small enough for any socket's buffer. */
void guest_flush(struct guest *guest)
{
    struct bakery *bakery = guest->bakery;
    size_t size = guest->out.size;
    bool cut = bakery->mind.cut_out_after >= 0 && size > (size_t)bakery->mind.cut_out_after;

    if (guest->closing || size == 0)
        return;
    if (cut)
        size = (size_t)bakery->mind.cut_out_after;
    while (size > 0) {
        uv_buf_t bytes = uv_buf_init((char *)guest->out.data, (unsigned)size);
        int written = uv_try_write((uv_stream_t *)&guest->socket, &bytes, 1);
        if (written < 0 && written != UV_EAGAIN) {
            guest_tear(guest);
            return;
        }
        if (written > 0) {
            buffer_consume(&guest->out, (size_t)written);
            size -= (size_t)written;
            bakery->tally.bytes_out += written;
            if (bakery->mind.cut_out_after > 0)
                bakery->mind.cut_out_after -= written;
        }
    }
    if (cut)
        torn_by_mind(guest);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct guest *guest = stream->data;
    struct bakery *bakery = guest->bakery;
    bool cut = false;

    if (guest->closing)
        return;
    if (size < 0) {
        guest_tear(guest);
        return;
    }
    if (bakery->mind.deaf)
        return;
    if (bakery->mind.cut_in_after >= 0) {
        cut = size > bakery->mind.cut_in_after;
        if (cut)
            size = bakery->mind.cut_in_after;
        bakery->mind.cut_in_after -= size;
    }
    bakery->tally.bytes_in += size;
    tls_receive(guest->tls, bytes_of(buffer->base, (size_t)size), &guest->plain, &guest->out);
    guest_flush(guest);

    struct bytes payload;
    while (!guest->closing &&
           frame_next(bytes_of(guest->plain.data, guest->plain.size), FRAME_MAX, &payload) == FRAME_READY) {
        arena_reset(bakery->scratch);
        const Caroline__V1__Request *request =
            (const void *)message_decode(&caroline__v1__request__descriptor, payload, bakery->scratch);
        must(request != NULL);
        guest_answer(guest, request);
        buffer_consume(&guest->plain, FRAME_HEAD + payload.size);
    }
    if (cut)
        torn_by_mind(guest);
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct guest *guest = handle->data;

    (void)suggested;
    *buffer = uv_buf_init((char *)guest->received, sizeof guest->received);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct bakery *bakery = listener->data;
    struct guest *guest = bakery->guests;

    must(status == 0);
    while (guest->bakery != NULL)
        guest++;
    must(guest < bakery->guests + GUESTS_MAX);
    bakery->tally.connections++;
    bakery->tally.bytes_in = bakery->tally.bytes_out = 0;
    guest->bakery = bakery;
    uv_tcp_init(&bakery->loop, &guest->socket);
    guest->socket.data = guest;
    must(uv_accept(listener, (uv_stream_t *)&guest->socket) == 0);
    guest->tls = tls_create(bakery->tls, NULL, system_clock()->now(system_clock()));
    must(uv_read_start((uv_stream_t *)&guest->socket, on_allocate, on_read) == 0);
}

/* ---- open and close ---- */

void bakery_reopen(struct bakery *bakery)
{
    struct sockaddr_in address;
    int size = sizeof address;

    uv_ip4_addr("127.0.0.1", bakery->port, &address);
    uv_tcp_init(&bakery->loop, &bakery->listener);
    bakery->listener.data = bakery;
    must(uv_tcp_bind(&bakery->listener, (const struct sockaddr *)&address, 0) == 0);
    must(uv_listen((uv_stream_t *)&bakery->listener, 16, on_connection) == 0);
    must(uv_tcp_getsockname(&bakery->listener, (struct sockaddr *)&address, &size) == 0);
    bakery->port = ntohs(address.sin_port);
    bakery->listening = true;
}

static void on_shut(uv_handle_t *handle)
{
    struct bakery *bakery = handle->data;

    bakery->listening = false;
}

void bakery_shut(struct bakery *bakery)
{
    uv_close((uv_handle_t *)&bakery->listener, on_shut);
    bakery_tear(bakery);
    while (bakery->listening)
        uv_run(&bakery->loop, UV_RUN_NOWAIT);
}

static void on_patience(uv_timer_t *timer)
{
    (void)timer; /* the loop has turned; bakery_check() looks at the clock */
}

static void enrol(struct bakery *bakery, const char *directory)
{
    struct instant now = system_clock()->now(system_clock());
    struct certificate_wish wish = { .begin = { now.us - YEAR_US }, .end = { now.us + YEAR_US } };
    const char *problem = "", *home = arena_format(bakery->arena, "%s/till", directory);
    struct arena *arena = bakery->arena;
    struct bytes ca;

    bakery->authority = authority_create("A test's bakery", wish.begin, wish.end);
    wish.kind = CERTIFICATE_OF_SERVER;
    wish.name = "bakery.test";
    wish.certificate_path = arena_format(arena, "%s/server.crt", directory);
    wish.key_path = arena_format(arena, "%s/server.key", directory);
    authority_issue(bakery->authority, &wish, NULL);
    bakery->tls = tls_server_create(wish.certificate_path, wish.key_path, authority_der(bakery->authority), &problem);
    must(bakery->tls != NULL);

    wish.kind = CERTIFICATE_OF_DEVICE;
    wish.name = "till 1";
    wish.certificate_path = arena_format(arena, "%s/device.crt", directory);
    wish.key_path = arena_format(arena, "%s/device.key", directory);
    authority_issue(bakery->authority, &wish, NULL);
    struct bytes certificate = file_read(wish.certificate_path, arena), key = file_read(wish.key_path, arena);
    const char *both = arena_format(arena, "%.*s%.*s", (int)certificate.size, (const char *)certificate.data,
                                    (int)key.size, (const char *)key.data);
    struct identity identity = { .directory = home,
                                 .host = "127.0.0.1",
                                 .port = arena_format(arena, "%d", bakery->port),
                                 .server_name = "bakery.test",
                                 .device_name = "till 1",
                                 .device_id = 1,
                                 .shop_id = 1,
                                 .till_number = 1,
                                 .kind = CAROLINE__V1__CLIENT_KIND__CLIENT_COUNTER };
    must(certificate_to_pem(authority_der(bakery->authority), arena, &ca));
    must(identity_make_directory(home, arena, &problem));
    must(identity_keep(&identity, ca, bytes_of_text(both), arena, &problem));
    bakery->identity = identity_open(home, arena, &problem);
    if (bakery->identity == NULL)
        fail_msg("%s", problem);
}

struct bakery *bakery_open(const char *directory)
{
    struct bakery *bakery = calloc(1, sizeof *bakery);

    must(bakery != NULL);
    signal(SIGPIPE, SIG_IGN); /* guests die while they are written to */
    bakery->arena = arena_create(0);
    bakery->scratch = arena_create(0);
    bakery->mind.cut_in_after = bakery->mind.cut_out_after = -1;
    bakery->mind.device_state = CAROLINE__V1__DEVICE_STATE__DEVICE_ACTIVE;
    bakery->mind.renew_after_us = UINT64_MAX >> 1;
    memset(bakery->token, 0x5a, sizeof bakery->token);
    uv_loop_init(&bakery->loop);
    uv_timer_init(&bakery->loop, &bakery->patience);
    bakery_reopen(bakery);
    enrol(bakery, directory);
    return bakery;
}

void bakery_close(struct bakery *bakery)
{
    bakery_tear(bakery);
    if (bakery->listening)
        uv_close((uv_handle_t *)&bakery->listener, NULL);
    uv_close((uv_handle_t *)&bakery->patience, NULL);
    uv_run(&bakery->loop, UV_RUN_DEFAULT);
    must(uv_loop_close(&bakery->loop) == 0);
    tls_context_destroy(bakery->tls);
    authority_destroy(bakery->authority);
    for (size_t i = 0; i < bakery->carried_count; i++) {
        buffer_fini(&bakery->carried[i].body);
        buffer_fini(&bakery->carried[i].reply);
    }
    arena_destroy(bakery->arena);
    arena_destroy(bakery->scratch);
    free(bakery);
}

void bakery_tear(struct bakery *bakery)
{
    for (size_t i = 0; i < GUESTS_MAX; i++)
        if (bakery->guests[i].bakery != NULL)
            guest_tear(&bakery->guests[i]);
}

uv_loop_t *bakery_loop(struct bakery *bakery)
{
    return &bakery->loop;
}

const struct identity *bakery_identity(const struct bakery *bakery)
{
    return bakery->identity;
}

struct bakery_mind *bakery_mind(struct bakery *bakery)
{
    return &bakery->mind;
}

struct bakery_tally *bakery_tally(struct bakery *bakery)
{
    return &bakery->tally;
}

void bakery_patience(struct bakery *bakery)
{
    struct clock *clock = system_clock();

    bakery->until_us = clock->monotonic_us(clock) + PATIENCE_US;
    uv_timer_start(&bakery->patience, on_patience, 100, 100);
}

void bakery_check(struct bakery *bakery, const char *condition)
{
    struct clock *clock = system_clock();

    if (clock->monotonic_us(clock) > bakery->until_us)
        fail_msg("not within 20 s: %s", condition);
}
