/* Where the network listens: addresses and what is wrong with them, and sockets that the service manager hands over. */
#include "net_world.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(what_is_wrong_with_an_address_is_said),
        NET_TEST(it_listens_on_both_kinds_of_address),
        cmocka_unit_test(a_socket_of_the_service_manager_is_taken_over),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
