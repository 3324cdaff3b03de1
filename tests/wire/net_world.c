/* The network upon a scripted driver, and its clients. */
#include "net_world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "certificates.h"

/* ---- the driver, a script ---- */

struct driver driver;

void driver_opened(struct driver *d, struct peer *peer)
{
    d->opened++;
    d->peer = peer;
    peer->greeted = peer->has_key;
}

void driver_closed(struct driver *d, struct peer *peer)
{
    d->closed++;
    if (d->peer == peer)
        d->peer = NULL;
}

void driver_receive(struct driver *d, struct peer *peer, struct bytes payload)
{
    static uint8_t large[FRAME_MAX];

    d->received++;
    d->last_size = payload.size;
    memcpy(d->last, payload.data, payload.size);
    if (d->answers)
        peer->class->send(peer, d->answer_size > 0 ? bytes_of(large, d->answer_size) : payload);
    else
        d->unanswered++;
}

void driver_bad_frame(struct driver *d, struct peer *peer)
{
    d->bad_frames++;
    peer->class->send(peer, bytes_of_text("bad frame"));
    peer->class->close(peer, false, "bad_frame");
}

size_t driver_frame_max(const struct peer *peer)
{
    return peer->has_key ? FRAME_MAX : FRAME_MAX_STRANGER;
}

void driver_writable(struct driver *d, struct peer *peer)
{
    (void)peer;
    d->writable++;
}

bool driver_reads(const struct peer *peer)
{
    (void)peer;
    return driver.unanswered <= driver.unanswered_max;
}

/* ---- the world ---- */

const struct instant today = { 1795000000 * SECOND_US };
#define YEAR_US (365 * DAY_S * SECOND_US)
int64_t monotonic;
uint8_t chance;

static struct instant clock_now(struct clock *clock)
{
    (void)clock;
    return today;
}

static int64_t clock_monotonic(struct clock *clock)
{
    (void)clock;
    return monotonic;
}

static void fill_with_chance(struct entropy *entropy, void *bytes, size_t size)
{
    (void)entropy;
    memset(bytes, 0, size);
    *(uint8_t *)bytes = chance; /* the lowest digits of a little-endian number, below 100 */
}

struct clock test_clock = { .now = clock_now, .monotonic_us = clock_monotonic };
struct entropy test_entropy = { .fill = fill_with_chance };

static char directory[] = "/tmp/caroline-net-XXXXXX";
static struct authority *authority;
struct tls_context *server_tls, *device_tls, *stranger_tls;
uv_loop_t loop;
struct net *net;

static const char *path_of(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

static void issue(enum certificate_kind kind, const char *name, const char *certificate, const char *key)
{
    struct certificate_wish wish = {
        .kind = kind,
        .name = name,
        .begin = { today.us - YEAR_US },
        .end = { today.us + YEAR_US },
        .certificate_path = path_of(certificate),
        .key_path = path_of(key),
    };
    authority_issue(authority, &wish, NULL);
}

int make_world(void **state)
{
    const char *problem;

    (void)state;
    assert_non_null(mkdtemp(directory));
    authority =
        authority_create("Our bakery", (struct instant){ today.us - YEAR_US }, (struct instant){ today.us + YEAR_US });
    issue(CERTIFICATE_OF_SERVER, "localhost", "server.crt", "server.key");
    issue(CERTIFICATE_OF_DEVICE, "till", "till.crt", "till.key");
    struct bytes ca = authority_der(authority);
    server_tls = tls_server_create(path_of("server.crt"), path_of("server.key"), ca, &problem);
    device_tls = tls_client_create(ca, path_of("till.crt"), path_of("till.key"), &problem);
    stranger_tls = tls_client_create(ca, NULL, NULL, &problem);
    assert_true(server_tls != NULL && device_tls != NULL && stranger_tls != NULL);
    return 0;
}

int end_world(void **state)
{
    char command[64];

    (void)state;
    tls_context_destroy(server_tls);
    tls_context_destroy(device_tls);
    tls_context_destroy(stranger_tls);
    authority_destroy(authority);
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

int open_net(void **state)
{
    struct net_config config = {
        .loop = &loop, .driver = &driver, .tls = server_tls, .clock = &test_clock, .entropy = &test_entropy
    };
    const char *problem = "";

    (void)state;
    driver = (struct driver){ .answers = true, .unanswered_max = 16 };
    chance = 99;
    assert_int_equal(uv_loop_init(&loop), 0);
    net = net_open(&config);
    if (!net_listen(net, "127.0.0.1:0", &problem))
        fail_msg("%s", problem);
    return 0;
}

void note_closed(void *context)
{
    *(volatile bool *)context = true;
}

int close_net(void **state)
{
    volatile bool closed = false;

    (void)state;
    if (net != NULL) {
        net_close(net, note_closed, (void *)&closed);
        monotonic += 10 * SECOND_US;
        while (uv_run(&loop, UV_RUN_ONCE) != 0)
            continue;
        assert_true(closed);
    }
    assert_int_equal(driver.opened, driver.closed);
    return uv_loop_close(&loop);
}

/* ---- clients ---- */

int dial(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)net_port(net)) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)), 0);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

struct client client_of(struct tls_context *context)
{
    struct client client = { .fd = dial() };

    client.tls = tls_create(context, "localhost", today);
    tls_receive(client.tls, (struct bytes){ 0 }, &client.plain, &client.out);
    return client;
}

void client_end(struct client *client)
{
    close(client->fd);
    tls_destroy(client->tls);
    buffer_fini(&client->plain);
    buffer_fini(&client->out);
}

void client_turn(struct client *client)
{
    static uint8_t bytes[65536];

    if (client->out.size > 0) {
        ssize_t written = send(client->fd, client->out.data, client->out.size, MSG_NOSIGNAL);
        if (written > 0)
            buffer_consume(&client->out, (size_t)written);
    }
    while (!client->silent && !client->ended) {
        ssize_t count = recv(client->fd, bytes, sizeof bytes, 0);
        if (count < 0 && errno == EAGAIN)
            return;
        if (count <= 0)
            client->ended = true;
        else
            tls_receive(client->tls, bytes_of(bytes, (size_t)count), &client->plain, &client->out);
    }
}

int64_t real_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void settle(struct client *client)
{
    for (size_t i = 0; i < 200; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        client_turn(client);
    }
}

void say(struct client *client, const void *payload, size_t size)
{
    uint8_t head[FRAME_HEAD];

    put_u32(head, (uint32_t)size);
    tls_send(client->tls, bytes_of(head, sizeof head), &client->out);
    tls_send(client->tls, bytes_of(payload, size), &client->out);
}

bool heard(const struct client *client, const char *text)
{
    size_t size = strlen(text);

    return client->plain.size == FRAME_HEAD + size && memcmp(client->plain.data + FRAME_HEAD, text, size) == 0;
}

struct client signed_in(void)
{
    struct client client = client_of(device_tls);

    size_t opened = driver.opened;
    UNTIL(&client, driver.opened == opened + 1 && tls_state_of(client.tls) == TLS_OPEN);
    assert_true(driver.peer->has_key);
    return client;
}
