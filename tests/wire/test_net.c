/* The network against clients: what the driver is handed, and what it costs to be slow, silent, rude or many. */
#include "net_world.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "allocated.h"

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
        assert_true(real_ms() < begin + 60000); /* 36 MB, under the sanitizer, beside others */
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

/* ---- who drips ---- */

/* The loop's own timer looks at what takes too long. */
static void sweep(void)
{
    for (int64_t begin = real_ms(); real_ms() < begin + 700;)
        uv_run(&loop, UV_RUN_ONCE);
}

static void drip(struct client *client, const void *data, size_t size)
{
    tls_send(client->tls, bytes_of(data, size), &client->out);
    UNTIL(client, client->out.size == 0);
    settle(client);
}

static void who_drips_a_frame_is_cut_after_thirty_seconds(void **state)
{
    static const uint8_t frame[] = { 0, 0, 1, 0, 'a' };
    struct client client = signed_in();

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        drip(&client, frame + i, 1);
        monotonic += 7 * SECOND_US;
        if (i < 4) {
            sweep();
            assert_int_equal(driver.closed, 0);
        }
    }
    UNTIL(&client, driver.closed == 1);
    assert_int_equal(driver.received, 0);
    client_end(&client);
}

static void a_frame_that_is_whole_in_time_gives_the_next_as_long(void **state)
{
    struct client client = signed_in();

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        drip(&client, "\0\0\0\2a", 5);
        monotonic += 29 * SECOND_US;
        sweep();
        assert_int_equal(driver.closed, 0);
        drip(&client, i < 3 ? "b\0" : "b", i < 3 ? 2 : 1);
        if (i < 3)
            drip(&client, "\0\0\1c", 4);
    }
    monotonic += 3600 * SECOND_US; /* nothing has begun */
    sweep();
    assert_int_equal(driver.closed, 0);
    client_end(&client);
}

static void who_drips_a_record_is_cut_likewise(void **state)
{
    struct client client = signed_in();

    (void)state;
    tls_send(client.tls, bytes_of_text("never all of it"), &client.out);
    client.out.size = 7;
    UNTIL(&client, client.out.size == 0);
    settle(&client);
    monotonic += 29 * SECOND_US;
    sweep();
    assert_int_equal(driver.closed, 0);
    monotonic += SECOND_US;
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
    size_t before = allocated_bytes();
    for (size_t i = 0; i < COUNT; i++)
        peers[i]->class->close(peers[i], true, "test");
    while (net_connections(net) > 0)
        uv_run(&loop, UV_RUN_NOWAIT);
    size_t each = (before - allocated_bytes()) / COUNT;
    print_message("           %zu bytes a connection\n", each);
    assert_in_range(each, 1000, 20 * 1024);
    for (size_t i = 0; i < COUNT; i++)
        client_end(&clients[i]);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* a client may write to a connection that the server has just closed */
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
        NET_TEST(who_drips_a_frame_is_cut_after_thirty_seconds),
        NET_TEST(a_frame_that_is_whole_in_time_gives_the_next_as_long),
        NET_TEST(who_drips_a_record_is_cut_likewise),
        NET_TEST(who_does_not_begin_within_ten_seconds_is_cut),
        NET_TEST(a_stranger_has_ten_seconds_and_a_device_has_all_day),
        NET_TEST(strangers_are_dropped_by_chance_from_the_tenth_and_surely_from_the_hundredth),
        NET_TEST(no_descriptor_left_is_survived),
        NET_TEST(closing_lets_everybody_have_what_was_sent),
        NET_TEST(an_idle_connection_costs_at_most_twenty_kibibytes),
    };
    return cmocka_run_group_tests(tests, make_world, end_world);
}
