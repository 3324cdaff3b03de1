/* Listeners: opening them, taking them over from the service manager, and letting newcomers in. */
#include "server/net/inner.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/log.h"

#define FIRST_LISTEN_FD 3

static void on_connection(uv_stream_t *listener, int status)
{
    struct net *net = listener->data;

    if (status == 0) {
        conn_accept(net, listener);
        return;
    }
    /* libuv has closed what waited by means of a descriptor it holds in reserve, so that this does not spin. */
    net_complain_full(net, uv_strerror(status));
}

static void on_closed(uv_handle_t *handle)
{
    free(handle);
}

static const char *reason_of(int error)
{
    switch (error) {
    case UV_EADDRINUSE:
        return "the port is taken by another program";
    case UV_EADDRNOTAVAIL:
        return "this machine has no such address";
    case UV_EACCES:
        return "ports below 1024 need a right this program does not have";
    default:
        return uv_strerror(error);
    }
}

static void log_listening(uv_tcp_t *tcp)
{
    struct sockaddr_storage address = { 0 };
    int size = sizeof address;
    char text[SOURCE_TEXT];

    if (uv_tcp_getsockname(tcp, (struct sockaddr *)&address, &size) != 0)
        return;
    const char *whole = source_text(text, (struct sockaddr *)&address);
    const char *colon = strrchr(whole, ':');
    log_event(LOG_INFO, "listening", "address=%.*s port=%s", (int)(colon - whole), whole, colon + 1);
}

static uv_tcp_t *new_listener(struct net *net)
{
    uv_tcp_t *tcp = calloc(1, sizeof *tcp);

    if (tcp == NULL || uv_tcp_init(net->config.loop, tcp) != 0)
        abort();
    tcp->data = net;
    return tcp;
}

/* It listens, or is let go. */
static int start(struct net *net, uv_tcp_t *tcp, int error)
{
    if (error == 0 && net->listener_count == LISTENERS_MAX)
        error = UV_ENFILE;
    if (error == 0)
        error = uv_listen((uv_stream_t *)tcp, LISTEN_QUEUE, on_connection);
    if (error != 0) {
        uv_close((uv_handle_t *)tcp, on_closed);
        return error;
    }
    net->listeners[net->listener_count++] = tcp;
    log_listening(tcp);
    return 0;
}

/* Port 0 is one port for all the addresses of a setting: the first finds it. */
static void set_port(struct sockaddr *address, unsigned port)
{
    uint16_t number = htons((uint16_t)port);

    if (address->sa_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)address)->sin6_port = number;
    else
        ((struct sockaddr_in *)(void *)address)->sin_port = number;
}

static unsigned port_of(const uv_tcp_t *tcp)
{
    struct sockaddr_storage address = { 0 };
    int size = sizeof address;

    if (uv_tcp_getsockname(tcp, (struct sockaddr *)&address, &size) != 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)(const void *)&address)->sin6_port);
    return ntohs(((const struct sockaddr_in *)(const void *)&address)->sin_port);
}

bool net_listen(struct net *net, const char *setting, const char **problem)
{
    struct addrinfo *addresses = addresses_of(setting, problem);
    size_t before = net->listener_count;
    int error = 0;

    if (addresses == NULL)
        return false;
    for (const struct addrinfo *at = addresses; at != NULL; at = at->ai_next) {
        if (at->ai_family != AF_INET && at->ai_family != AF_INET6)
            continue;
        if (net->listener_count > before)
            set_port(at->ai_addr, port_of(net->listeners[before]));
        uv_tcp_t *tcp = new_listener(net);
        unsigned flags = at->ai_family == AF_INET6 ? UV_TCP_IPV6ONLY : 0;
        int result = start(net, tcp, uv_tcp_bind(tcp, at->ai_addr, flags));
        /* A machine without IPv6 is no machine without a network; a taken port is always an error. */
        if (result != 0 && (error == 0 || result == UV_EADDRINUSE))
            error = result;
    }
    freeaddrinfo(addresses);
    if (net->listener_count > before && error != UV_EADDRINUSE)
        return true;
    *problem = net_problem("could not listen on %s: %s", setting, reason_of(error != 0 ? error : UV_EADDRNOTAVAIL));
    return false;
}

static bool is_listening_socket(int fd)
{
    int type = 0, listens = 0, domain = 0;
    socklen_t size = sizeof type;

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0 &&
           getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && (domain == AF_INET || domain == AF_INET6);
}

bool net_adopt(struct net *net, size_t *count, const char **problem)
{
    const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

    *count = 0;
    if (pid == NULL || fds == NULL || strtol(pid, NULL, 10) != getpid())
        return true;
    long given = strtol(fds, NULL, 10);
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    for (int fd = FIRST_LISTEN_FD; fd < FIRST_LISTEN_FD + given; fd++) {
        if (!is_listening_socket(fd)) {
            *problem = net_problem("the service manager's descriptor %d is no listening TCP socket", fd);
            return false;
        }
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        uv_tcp_t *tcp = new_listener(net);
        int error = start(net, tcp, uv_tcp_open(tcp, fd));
        if (error != 0) {
            *problem = net_problem("could not take over the service manager's socket: %s", uv_strerror(error));
            return false;
        }
        ++*count;
    }
    return true;
}

unsigned net_port(const struct net *net)
{
    return net->listener_count > 0 ? port_of(net->listeners[0]) : 0;
}

void net_stop_listening(struct net *net)
{
    for (size_t i = 0; i < net->listener_count; i++)
        uv_close((uv_handle_t *)net->listeners[i], on_closed);
    net->listener_count = 0;
}
