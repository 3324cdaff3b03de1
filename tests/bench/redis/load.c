/* bench_redis: GET of random keys over connections in TLS, each with one request in flight, as bench_load asks for prices;
 * so that Redis and we are measured by like generators too.
 *
 *   bench_redis --port N --count N --seconds N --keys N --certificate FILE --key FILE --ca FILE */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TIMES_MAX (64u * 1024 * 1024)

struct line {
    SSL *ssl;
    uint64_t sent_ns;
    char answer[4096];
    size_t size;
};

static struct {
    uint16_t port;
    size_t count, keys;
    unsigned seconds;
    const char *certificate, *key, *ca;
    uint64_t random;
    uint32_t *times_us;
    size_t done;
} load = { .random = 0x9e3779b97f4a7c15 };

static _Noreturn void fail(const char *sentence)
{
    fprintf(stderr, "bench_redis: %s\n", sentence);
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* xorshift64*, as bench_load has it. */
static uint64_t any(uint64_t limit)
{
    load.random ^= load.random >> 12;
    load.random ^= load.random << 25;
    load.random ^= load.random >> 27;
    return (load.random * UINT64_C(2685821657736338717) >> 33) % limit;
}

static void ask(struct line *line)
{
    char request[64];
    int size = snprintf(request, sizeof request, "*2\r\n$3\r\nGET\r\n$16\r\nkey:%012u\r\n", (unsigned)any(load.keys));

    line->size = 0;
    line->sent_ns = now_ns();
    if (SSL_write(line->ssl, request, size) != size)
        fail("a request could not be sent");
}

/* "$LENGTH\r\n...\r\n": is all of it here? */
static bool is_whole(struct line *line)
{
    char *end;

    line->answer[line->size] = '\0';
    if (line->answer[0] != '$' || line->answer[1] == '-')
        fail("a key was not found");
    unsigned long length = strtoul(line->answer + 1, &end, 10);
    return *end == '\r' && line->size >= (size_t)(end - line->answer) + 2 + length + 2;
}

static void take(struct line *line)
{
    int size = SSL_read(line->ssl, line->answer + line->size, (int)(sizeof line->answer - 1 - line->size));

    if (size <= 0) {
        if (SSL_get_error(line->ssl, size) == SSL_ERROR_WANT_READ)
            return;
        fail("a connection ended");
    }
    line->size += (size_t)size;
    if (!is_whole(line))
        return;
    if (load.done < TIMES_MAX)
        load.times_us[load.done++] = (uint32_t)((now_ns() - line->sent_ns) / 1000);
    ask(line);
}

static void open_line(struct line *line, SSL_CTX *context, int poll)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(load.port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = line };

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) != 0)
        fail("there is no connection");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    line->ssl = SSL_new(context);
    if (line->ssl == NULL || SSL_set_fd(line->ssl, fd) != 1 || SSL_connect(line->ssl) != 1)
        fail("the handshake failed");
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) != 0)
        fail("a connection cannot be watched");
}

static SSL_CTX *make_context(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    if (context == NULL || SSL_CTX_load_verify_locations(context, load.ca, NULL) != 1 ||
        SSL_CTX_use_certificate_file(context, load.certificate, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, load.key, SSL_FILETYPE_PEM) != 1)
        fail("certificates or key cannot be read");
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    return context;
}

static int by_time(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

    return (left > right) - (left < right);
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void report(uint64_t took_ns)
{
    struct rusage usage;

    qsort(load.times_us, load.done, sizeof *load.times_us, by_time);
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"done\": %zu, \"per_second\": %.1f, \"p99_us\": %u, \"cpu_s\": %.3f}\n", load.done,
           (double)load.done * 1e9 / (double)took_ns, load.done == 0 ? 0 : load.times_us[(load.done - 1) * 99 / 100],
           seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
}

static void read_arguments(int argc, char **argv)
{
    static const struct option options[] = {
        { "port", required_argument, NULL, 'p' },    { "count", required_argument, NULL, 'c' },
        { "seconds", required_argument, NULL, 's' }, { "keys", required_argument, NULL, 'n' },
        { "key", required_argument, NULL, 'k' },     { "certificate", required_argument, NULL, 't' },
        { "ca", required_argument, NULL, 'a' },      { NULL, 0, NULL, 0 },
    };
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'p')
            load.port = (uint16_t)strtoul(optarg, NULL, 10);
        else if (option == 'c')
            load.count = strtoul(optarg, NULL, 10);
        else if (option == 's')
            load.seconds = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == 'n')
            load.keys = strtoul(optarg, NULL, 10);
        else if (option == 'k')
            load.key = optarg;
        else if (option == 't')
            load.certificate = optarg;
        else if (option == 'a')
            load.ca = optarg;
        else
            exit(64);
    }
    if (load.port == 0 || load.count == 0 || load.seconds == 0 || load.keys == 0 || load.key == NULL ||
        load.certificate == NULL || load.ca == NULL)
        fail("--port, --count, --seconds, --keys, --certificate, --key and --ca are needed");
}

int main(int argc, char **argv)
{
    struct epoll_event events[64];

    read_arguments(argc, argv);
    SSL_CTX *context = make_context();
    struct line *lines = calloc(load.count, sizeof *lines);
    load.times_us = calloc(TIMES_MAX, sizeof *load.times_us); /* untouched pages cost nothing */
    int poll = epoll_create1(0);
    if (lines == NULL || load.times_us == NULL || poll < 0)
        fail("the machine has none left");
    for (size_t i = 0; i < load.count; i++)
        open_line(&lines[i], context, poll);
    uint64_t begun_ns = now_ns(), end_ns = begun_ns + load.seconds * UINT64_C(1000000000);
    for (size_t i = 0; i < load.count; i++)
        ask(&lines[i]);
    while (now_ns() < end_ns) {
        int count = epoll_wait(poll, events, sizeof events / sizeof events[0], 100);
        for (int i = 0; i < count; i++)
            take(events[i].data.ptr);
    }
    report(now_ns() - begun_ns);
    return 0;
}
