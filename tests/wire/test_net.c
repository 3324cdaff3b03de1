/* The network against clients of our own TLS, in one thread: what the driver is handed, and what it costs to be slow,
 * silent, rude or many. The driver is a script; the sockets, the loop and the certificates are real, the clock is not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#include "certificates.h"
#include "common/wire/frame.h"
#include "common/wire/tls.h"
#include "server/call/driver.h"
#include "server/net/net.h"
#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void); /* gcc 12 comes without the header */
#else
#include <malloc.h>
#endif

/* ---- the driver, a script ---- */

struct driver {
    struct peer *peer; /* the last that came */
    size_t opened, closed, received, bad_frames, writable;
    size_t unanswered, unanswered_max;
    bool answers;
    size_t answer_size; /* 0: what was received */
    uint8_t last[FRAME_MAX];
    size_t last_size;
};
static struct driver driver;

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

static const struct instant today = { 1795000000 * SECOND_US };
#define YEAR_US (365 * DAY_S * SECOND_US)
static int64_t monotonic;
static uint8_t chance;

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

static struct clock test_clock = { .now = clock_now, .monotonic_us = clock_monotonic };
static struct entropy test_entropy = { .fill = fill_with_chance };

static char directory[] = "/tmp/caroline-net-XXXXXX";
static struct authority *authority;
static struct tls_context *server_tls, *device_tls, *stranger_tls;
static uv_loop_t loop;
static struct net *net;

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

static int make_world(void **state)
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

static int end_world(void **state)
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

static int open_net(void **state)
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

static void note_closed(void *context)
{
    *(volatile bool *)context = true;
}

static int close_net(void **state)
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

struct client {
    int fd;
    struct tls *tls;
    struct buffer plain, out;
    bool ended;  /* the server has shut its side */
    bool silent; /* do not read */
};

static int dial(void)
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

static struct client client_of(struct tls_context *context)
{
    struct client client = { .fd = dial() };

    client.tls = tls_create(context, "localhost", today);
    tls_receive(client.tls, (struct bytes){ 0 }, &client.plain, &client.out);
    return client;
}

static void client_end(struct client *client)
{
    close(client->fd);
    tls_destroy(client->tls);
    buffer_fini(&client->plain);
    buffer_fini(&client->out);
}

/* Write and read what can be, without waiting. */
static void client_turn(struct client *client)
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

static int64_t real_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Turn loop and client until the condition holds; fails after ten seconds. */
#define UNTIL(client, condition)                                                                                       \
    for (int64_t begin_ = real_ms(); !(condition);) {                                                                  \
        uv_run(&loop, UV_RUN_NOWAIT);                                                                                  \
        client_turn(client);                                                                                           \
        if (real_ms() > begin_ + 10000)                                                                                \
            fail_msg("never came true: %s", #condition);                                                               \
    }

/* Turn until nothing more happens. */
static void settle(struct client *client)
{
    for (size_t i = 0; i < 200; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        client_turn(client);
    }
}

static void say(struct client *client, const void *payload, size_t size)
{
    uint8_t head[FRAME_HEAD];

    put_u32(head, (uint32_t)size);
    tls_send(client->tls, bytes_of(head, sizeof head), &client->out);
    tls_send(client->tls, bytes_of(payload, size), &client->out);
}

static bool heard(const struct client *client, const char *text)
{
    size_t size = strlen(text);

    return client->plain.size == FRAME_HEAD + size && memcmp(client->plain.data + FRAME_HEAD, text, size) == 0;
}

static struct client signed_in(void)
{
    struct client client = client_of(device_tls);

    size_t opened = driver.opened;
    UNTIL(&client, driver.opened == opened + 1 && tls_state_of(client.tls) == TLS_OPEN);
    assert_true(driver.peer->has_key);
    return client;
}

/* ---- frames ---- */

static void a_frame_goes_to_the_driver_and_its_answer_comes_back(void **state)
{
    struct client client = signed_in();

    (void)state;
    assert_false(driver.peer->certificate_expired);
    say(&client, "three croissants", 16);
    UNTIL(&client, heard(&client, "three croissants"));
    assert_true(driver.peer->class->empty(driver.peer));
    client_end(&client);
}

static void a_frame_cut_at_every_byte_is_one_frame(void **state)
{
    static const uint8_t frames[] = { 0, 0, 0, 3, 'a', 'b', 'c', 0, 0, 0, 2, 'd', 'e' };
    struct client client = signed_in();

    (void)state;
    for (size_t cut = 1; cut < sizeof frames; cut++) {
        driver.received = 0;
        tls_send(client.tls, bytes_of(frames, cut), &client.out);
        UNTIL(&client, client.out.size == 0);
        settle(&client);
        assert_int_equal(driver.received, cut >= 7 ? 1 : 0);
        tls_send(client.tls, bytes_of(frames + cut, sizeof frames - cut), &client.out);
        UNTIL(&client, driver.received == 2);
        assert_memory_equal(driver.last, "de", 2);
    }
    client_end(&client);
}

static void a_frame_of_the_largest_size_passes_and_one_more_byte_does_not(void **state)
{
    static uint8_t payload[FRAME_MAX + 1];
    struct client client = signed_in();

    (void)state;
    say(&client, payload, FRAME_MAX);
    UNTIL(&client, client.plain.size == FRAME_HEAD + FRAME_MAX);
    buffer_clear(&client.plain);
    say(&client, payload, FRAME_MAX + 1);
    UNTIL(&client, client.ended);
    assert_true(heard(&client, "bad frame"));
    assert_int_equal(tls_state_of(client.tls), TLS_ENDED); /* not a reset: our last words arrived */
    assert_int_equal(driver.bad_frames, 1);
    client_end(&client);
}

static void a_frame_of_nothing_or_of_four_gigabytes_ends_the_connection(void **state)
{
    static const uint8_t heads[2][FRAME_HEAD] = { { 0, 0, 0, 0 }, { 255, 255, 255, 255 } };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct client client = signed_in();
        tls_send(client.tls, bytes_of(heads[i], FRAME_HEAD), &client.out);
        UNTIL(&client, client.ended);
        assert_true(heard(&client, "bad frame"));
        client_end(&client);
        UNTIL(&client, net_connections(net) == 0);
    }
    assert_int_equal(driver.bad_frames, 2);
}

static void a_stranger_has_smaller_frames(void **state)
{
    static uint8_t payload[FRAME_MAX_STRANGER + 1];
    struct client client = client_of(stranger_tls);

    (void)state;
    UNTIL(&client, driver.opened == 1);
    assert_false(driver.peer->has_key);
    say(&client, payload, FRAME_MAX_STRANGER);
    UNTIL(&client, driver.received == 1);
    say(&client, payload, FRAME_MAX_STRANGER + 1);
    UNTIL(&client, driver.bad_frames == 1 && client.ended);
    client_end(&client);
}

/* ---- who does not read, and who asks too much ---- */

static void no_more_is_read_than_the_driver_wants(void **state)
{
    struct client client = signed_in();

    (void)state;
    driver.answers = false;
    for (size_t i = 0; i < 40; i++)
        say(&client, "x", 1);
    UNTIL(&client, client.out.size == 0);
    settle(&client);
    assert_int_equal(driver.received, 17);
    /* Each answer lets one more in, from the loop, not from within. */
    for (size_t i = 0; i < 23; i++) {
        driver.unanswered--;
        driver.peer->class->send(driver.peer, bytes_of_text("y"));
        assert_int_equal(driver.received, 17 + i);
        UNTIL(&client, driver.received == 18 + i);
    }
    client_end(&client);
}

static void who_does_not_read_is_not_read_from_and_goes_on_where_it_stopped(void **state)
{
    struct client client = signed_in();

    (void)state;
    driver.answer_size = 60000;
    client.silent = true;
    for (size_t i = 0; i < 600; i++)
        say(&client, "x", 1);
    for (size_t i = 0; i < 2000; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        client_turn(&client);
    }
    size_t taken = driver.received;
    assert_true(taken < 600);
    assert_int_equal(driver.closed, 0);
    assert_false(driver.peer->class->empty(driver.peer));
    client.silent = false;
    for (int64_t begin = real_ms(); driver.received < 600 || client.plain.size > 0; buffer_clear(&client.plain)) {
        uv_run(&loop, UV_RUN_NOWAIT);
        client_turn(&client);
        assert_true(real_ms() < begin + 10000);
    }
    assert_true(driver.writable > 0);
    client_end(&client);
}

static void fill_up(struct client *client)
{
    driver.answer_size = 60000;
    client->silent = true;
    for (size_t i = 0; i < 600; i++)
        say(client, "x", 1);
    for (size_t i = 0; i < 2000; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        client_turn(client);
    }
    assert_false(driver.peer->class->empty(driver.peer));
}

static void who_reads_nothing_for_thirty_seconds_is_cut(void **state)
{
    struct client client = signed_in();

    (void)state;
    fill_up(&client);
    monotonic += 29 * SECOND_US;
    for (int64_t begin = real_ms(); real_ms() < begin + 700;) /* a sweep of the loop's own, real timer */
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(driver.closed, 0);
    monotonic += SECOND_US;
    UNTIL(&client, driver.closed == 1);
    client_end(&client);
}

static void who_lets_a_quarter_mebibyte_wait_is_cut(void **state)
{
    static uint8_t large[60000];
    struct client client = signed_in();
    size_t sent = 0;

    (void)state;
    fill_up(&client);
    /* Answers to calls that were in flight, as many as there may be. */
    while (driver.closed == 0 && sent < 16) {
        driver.peer->class->send(driver.peer, bytes_of(large, sizeof large));
        sent++;
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    assert_in_range(sent, 3, 5);
    UNTIL(&client, driver.closed == 1);
    client_end(&client);
}

/* ---- strangers ---- */

/* Closed from the other side, without a byte. */
static bool is_cut(int fd)
{
    char byte;
    ssize_t count = recv(fd, &byte, 1, 0);

    assert_true(count <= 0);
    return count == 0 || errno == ECONNRESET;
}

static void plaintext_is_closed_without_a_word(void **state)
{
    static const char *const texts[] = { "GET / HTTP/1.1\r\n\r\n", "hello\n", "\x00\x00\x00\x01x" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct client client = { .fd = dial(), .silent = true };
        assert_int_equal(send(client.fd, texts[i], 5, 0), 5);
        UNTIL(&client, is_cut(client.fd));
        close(client.fd);
    }
    assert_int_equal(driver.opened, 0);
}

static void who_does_not_begin_within_ten_seconds_is_cut(void **state)
{
    struct client silent = { .fd = dial(), .silent = true };
    struct client cut = client_of(device_tls);

    (void)state;
    cut.out.size = 40; /* a ClientHello that does not end */
    UNTIL(&cut, net_connections(net) == 2 && cut.out.size == 0);
    monotonic += 9 * SECOND_US;
    for (int64_t begin = real_ms(); real_ms() < begin + 700;)
        uv_run(&loop, UV_RUN_ONCE);
    assert_int_equal(net_connections(net), 2);
    monotonic += SECOND_US;
    UNTIL(&cut, net_connections(net) == 0);
    close(silent.fd);
    client_end(&cut);
}

static void a_stranger_has_ten_seconds_and_a_device_has_all_day(void **state)
{
    struct client device = signed_in();
    struct client stranger = client_of(stranger_tls);

    (void)state;
    UNTIL(&stranger, driver.opened == 2);
    monotonic += 10 * SECOND_US;
    UNTIL(&stranger, stranger.ended);
    monotonic += 3600 * SECOND_US;
    say(&device, "good morning", 12);
    UNTIL(&device, heard(&device, "good morning"));
    client_end(&device);
    client_end(&stranger);
}

static void strangers_are_dropped_by_chance_from_the_tenth_and_surely_from_the_hundredth(void **state)
{
    struct client clients[101];

    (void)state;
    for (size_t i = 0; i < 101; i++) {
        clients[i] = client_of(stranger_tls);
        UNTIL(&clients[i], tls_state_of(clients[i].tls) == TLS_OPEN && clients[i].out.size == 0 &&
                               (driver.opened == i + 1 || clients[i].ended));
        if (i == 9) {
            chance = 29; /* below 30 in a hundred: the next one goes */
            struct client unlucky = client_of(stranger_tls);
            UNTIL(&unlucky, unlucky.ended);
            client_end(&unlucky);
            chance = 99;
        }
    }
    assert_int_equal(driver.opened, 100);
    assert_true(clients[100].ended);
    struct client device = signed_in(); /* who is known is not a stranger */
    client_end(&device);
    for (size_t i = 0; i < 101; i++)
        client_end(&clients[i]);
}

/* ---- addresses ---- */

static void what_is_wrong_with_an_address_is_said(void **state)
{
    static const struct {
        const char *setting, *problem;
    } rows[] = {
        { "7117", "could not listen on '7117': an address and a port are wanted, as in 127.0.0.1:7117, [::1]:7117 or "
                  "*:7117" },
        { "::1:7117", "could not listen on '::1:7117': an address and a port are wanted, as in 127.0.0.1:7117, "
                      "[::1]:7117 or *:7117" },
        { "127.0.0.1:", "could not listen on '127.0.0.1:': an address and a port are wanted, as in 127.0.0.1:7117, "
                        "[::1]:7117 or *:7117" },
        { "127.0.0.1:70000", "could not listen on '127.0.0.1:70000': an address and a port are wanted, as in "
                             "127.0.0.1:7117, [::1]:7117 or *:7117" },
        { "192.0.2.1:0", "could not listen on 192.0.2.1:0: this machine has no such address" },
    };
    const char *problem;
    char setting[32];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(net_listen(net, rows[i].setting, &problem));
        assert_string_equal(problem, rows[i].problem);
    }
    snprintf(setting, sizeof setting, "127.0.0.1:%u", net_port(net));
    assert_false(net_listen(net, setting, &problem));
    assert_non_null(strstr(problem, ": the port is taken by another program"));
}

static void it_listens_on_both_kinds_of_address(void **state)
{
    struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    const char *problem = "";
    volatile bool closed = false;

    (void)state;
    net_close(net, note_closed, (void *)&closed);
    while (!closed)
        uv_run(&loop, UV_RUN_ONCE);
    struct net_config config = {
        .loop = &loop, .driver = &driver, .tls = server_tls, .clock = &test_clock, .entropy = &test_entropy
    };
    net = net_open(&config);
    if (!net_listen(net, "*:0", &problem))
        fail_msg("%s", problem);
    struct client four = { .fd = dial(), .silent = true };
    UNTIL(&four, net_connections(net) == 1);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (fd >= 0) {
        address.sin6_port = htons((uint16_t)net_port(net));
        assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
        UNTIL(&four, net_connections(net) == 2);
        close(fd);
    }
    close(four.fd);
}

static void pretend_to_be_started_for(long pid)
{
    char text[24];

    snprintf(text, sizeof text, "%ld", pid);
    setenv("LISTEN_PID", text, 1);
    setenv("LISTEN_FDS", "1", 1);
}

/* In a process of its own, whose descriptor 3 is free to be what the service manager gave. The step that failed. */
static int take_over(int fd)
{
    const char *problem = "";
    size_t count = 99;

    if (dup2(fd, 3) != 3 || open_net(NULL) != 0)
        return 1;
    net_stop_listening(net);
    pretend_to_be_started_for(1); /* meant for somebody else */
    if (!net_adopt(net, &count, &problem) || count != 0)
        return 2;
    pretend_to_be_started_for(getpid());
    if (net_adopt(net, &count, &problem) ||
        strcmp(problem, "the service manager's descriptor 3 is no listening TCP socket") != 0)
        return 3;
    if (listen(fd, 5) != 0)
        return 4;
    pretend_to_be_started_for(getpid());
    if (!net_adopt(net, &count, &problem) || count != 1 || getenv("LISTEN_FDS") != NULL)
        return 5;
    dial();
    for (int64_t begin = real_ms(); net_connections(net) == 0; uv_run(&loop, UV_RUN_NOWAIT)) {
        if (real_ms() > begin + 5000)
            return 6;
    }
    return 0;
}

static void a_socket_of_the_service_manager_is_taken_over(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM, 0), status = -1;

    (void)state;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    pid_t child = fork();
    if (child == 0)
        _exit(take_over(fd));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(fd);
}

/* ---- scarcity and the end ---- */

static void no_descriptor_left_is_survived(void **state)
{
    struct rlimit before, few;
    struct client clients[8];
    size_t count = 0;

    (void)state;
    struct client first = signed_in();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (; count < 8; count++)
        clients[count] = client_of(device_tls); /* they wait in the kernel: the loop has not turned */
    few = before;
    int lowest = dup(first.fd); /* the descriptor accept would take next */
    close(lowest);
    few.rlim_cur = (rlim_t)lowest;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    for (size_t i = 0; i < 8; i++)
        UNTIL(&clients[i], clients[i].ended);
    say(&first, "still open", 10);
    UNTIL(&first, heard(&first, "still open"));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    struct client next = signed_in();
    client_end(&next);
    client_end(&first);
    for (size_t i = 0; i < 8; i++)
        client_end(&clients[i]);
}

static void closing_lets_everybody_have_what_was_sent(void **state)
{
    struct client client = signed_in();
    struct client idle = signed_in();
    struct client silent = { .fd = dial(), .silent = true };
    volatile bool closed = false;

    (void)state;
    UNTIL(&client, net_connections(net) == 3);
    driver.answer_size = 60000;
    client.silent = true;
    for (size_t i = 0; i < 200; i++)
        say(&client, "x", 1);
    for (size_t i = 0; i < 1000; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        client_turn(&client);
    }
    size_t answered = driver.received;
    net_close(net, note_closed, (void *)&closed);
    UNTIL(&idle, idle.ended);
    assert_int_equal(tls_state_of(idle.tls), TLS_ENDED);
    client_end(&idle);
    client.silent = false;
    UNTIL(&client, client.ended);
    assert_int_equal(client.plain.size, answered * (FRAME_HEAD + 60000));
    assert_int_equal(tls_state_of(client.tls), TLS_ENDED);
    client_end(&client);
    UNTIL(&silent, closed);
    close(silent.fd);
    net = NULL;
}

#ifdef __SANITIZE_ADDRESS__
static size_t in_use(void)
{
    return __sanitizer_get_current_allocated_bytes();
}
#else
static size_t in_use(void)
{
    return mallinfo2().uordblks;
}
#endif

static void an_idle_connection_costs_at_most_twenty_kibibytes(void **state)
{
    enum { COUNT = 50 };
    struct client clients[COUNT];
    struct peer *peers[COUNT];

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        clients[i] = signed_in();
        peers[i] = driver.peer;
        say(&clients[i], "one request", 11);
        UNTIL(&clients[i], heard(&clients[i], "one request"));
    }
    size_t before = in_use();
    for (size_t i = 0; i < COUNT; i++)
        peers[i]->class->close(peers[i], true, "test");
    while (net_connections(net) > 0)
        uv_run(&loop, UV_RUN_NOWAIT);
    size_t each = (before - in_use()) / COUNT;
    print_message("           %zu bytes a connection\n", each);
    assert_in_range(each, 1000, 20 * 1024);
    for (size_t i = 0; i < COUNT; i++)
        client_end(&clients[i]);
}

#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, open_net, close_net)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(a_frame_goes_to_the_driver_and_its_answer_comes_back),
        NET_TEST(a_frame_cut_at_every_byte_is_one_frame),
        NET_TEST(a_frame_of_the_largest_size_passes_and_one_more_byte_does_not),
        NET_TEST(a_frame_of_nothing_or_of_four_gigabytes_ends_the_connection),
        NET_TEST(a_stranger_has_smaller_frames),
        NET_TEST(no_more_is_read_than_the_driver_wants),
        NET_TEST(who_does_not_read_is_not_read_from_and_goes_on_where_it_stopped),
        NET_TEST(who_reads_nothing_for_thirty_seconds_is_cut),
        NET_TEST(who_lets_a_quarter_mebibyte_wait_is_cut),
        NET_TEST(plaintext_is_closed_without_a_word),
        NET_TEST(who_does_not_begin_within_ten_seconds_is_cut),
        NET_TEST(a_stranger_has_ten_seconds_and_a_device_has_all_day),
        NET_TEST(strangers_are_dropped_by_chance_from_the_tenth_and_surely_from_the_hundredth),
        NET_TEST(what_is_wrong_with_an_address_is_said),
        NET_TEST(it_listens_on_both_kinds_of_address),
        cmocka_unit_test(a_socket_of_the_service_manager_is_taken_over),
        NET_TEST(no_descriptor_left_is_survived),
        NET_TEST(closing_lets_everybody_have_what_was_sent),
        NET_TEST(an_idle_connection_costs_at_most_twenty_kibibytes),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
