/* TLS as a filter, a client and a server of ours: who is let in, how it ends, many that share their buffers. */
#include "tls_world.h"

#include <stdio.h>
#include <string.h>

#include "allocated.h"
#include "seed.h"

/* ---- who is let in ---- */

static void a_device_is_known_by_its_key_however_the_bytes_are_cut(void **state)
{
    static const size_t pieces[] = { 1, 2, 5, 7, 100, 16384, 1000000 };

    (void)state;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct pair pair = pair_of(authority_der(ours), "device", "server", "localhost");
        exchange(&pair.client, &pair.server, pieces[i]);
        assert_int_equal(tls_state_of(pair.client.tls), TLS_OPEN);
        assert_int_equal(tls_state_of(pair.server.tls), TLS_OPEN);
        assert_non_null(tls_peer_key_hash(pair.server.tls));
        assert_memory_equal(tls_peer_key_hash(pair.server.tls), device_hash, DIGEST_SIZE);
        assert_true(tls_peer_expiry(pair.server.tls).us == now.us + YEAR_US);
        say(&pair.client, "two rolls");
        say(&pair.client, " and a coffee");
        exchange(&pair.client, &pair.server, pieces[i]);
        assert_heard(&pair.server, "two rolls and a coffee");
        say(&pair.server, "4.20");
        exchange(&pair.client, &pair.server, pieces[i]);
        assert_heard(&pair.client, "4.20");
        pair_end(&pair);
    }
}

static void a_stranger_without_a_certificate_is_let_in_as_one(void **state)
{
    struct pair pair = pair_of(authority_der(ours), NULL, "server", "localhost");

    (void)state;
    exchange(&pair.client, &pair.server, 1000);
    assert_int_equal(tls_state_of(pair.server.tls), TLS_OPEN);
    assert_null(tls_peer_key_hash(pair.server.tls));
    pair_end(&pair);
}

static void who_has_no_authority_yet_verifies_nothing(void **state)
{
    struct pair pair = pair_of((struct bytes){ 0 }, NULL, "foreign_server", NULL);

    (void)state;
    exchange(&pair.client, &pair.server, 1000);
    assert_int_equal(tls_state_of(pair.client.tls), TLS_OPEN);
    pair_end(&pair);
}

static void an_expired_device_is_let_in_and_known_as_expired(void **state)
{
    struct pair pair = pair_of(authority_der(ours), "old_device", "server", "localhost");

    (void)state;
    exchange(&pair.client, &pair.server, 1000);
    assert_int_equal(tls_state_of(pair.server.tls), TLS_OPEN);
    assert_int_equal(tls_state_of(pair.client.tls), TLS_OPEN);
    assert_non_null(tls_peer_key_hash(pair.server.tls));
    assert_true(tls_peer_expiry(pair.server.tls).us < now.us);
    pair_end(&pair);
}

/* The client has finished by then: it learns of it at its first read. */
static void assert_device_refused(const char *file)
{
    struct pair pair = pair_of(authority_der(ours), file, "server", "localhost");

    exchange(&pair.client, &pair.server, 1000);
    assert_int_equal(tls_state_of(pair.server.tls), TLS_BROKEN);
    assert_int_equal(tls_problem_of(pair.server.tls), TLS_DEVICE_FOREIGN);
    assert_null(tls_peer_key_hash(pair.server.tls));
    assert_int_equal(tls_state_of(pair.client.tls), TLS_BROKEN);
    assert_int_equal(tls_problem_of(pair.client.tls), TLS_DEVICE_REFUSED);
    assert_string_equal(tls_sentence(pair.client.tls), "the server did not accept this device's certificate");
    pair_end(&pair);
}

static void a_foreign_device_ends_in_an_alert(void **state)
{
    (void)state;
    assert_device_refused("foreign_device");
}

static void a_servers_certificate_is_no_devices(void **state)
{
    (void)state;
    assert_device_refused("server");
}

static void a_server_is_judged_by_the_client(void **state)
{
    static const struct {
        const char *server, *name;
        enum tls_problem problem;
    } rows[] = {
        { "server", "localhost", TLS_FINE },
        { "server", "elsewhere", TLS_SERVER_NAME },
        { "server", "127.0.0.1", TLS_SERVER_NAME },
        { "address", "127.0.0.1", TLS_FINE },
        { "address", "127.0.0.2", TLS_SERVER_NAME },
        { "old_server", "localhost", TLS_SERVER_EXPIRED },
        { "early_server", "localhost", TLS_SERVER_EARLY },
        { "foreign_server", "localhost", TLS_SERVER_FOREIGN },
        { "device", "till 1", TLS_SERVER_FOREIGN }, /* a till must not play the server */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pair pair = pair_of(authority_der(ours), NULL, rows[i].server, rows[i].name);
        exchange(&pair.client, &pair.server, 1000);
        if (tls_problem_of(pair.client.tls) != rows[i].problem)
            fail_msg("%s as %s: %s", rows[i].server, rows[i].name, tls_sentence(pair.client.tls));
        assert_int_equal(tls_state_of(pair.client.tls), rows[i].problem == TLS_FINE ? TLS_OPEN : TLS_BROKEN);
        assert_int_equal(tls_state_of(pair.server.tls), rows[i].problem == TLS_FINE ? TLS_OPEN : TLS_BROKEN);
        assert_int_equal(strlen(tls_sentence(pair.client.tls)) > 0, rows[i].problem != TLS_FINE);
        pair_end(&pair);
    }
}

/* ---- how it ends ---- */

static void who_ends_is_heard_to_end(void **state)
{
    struct pair pair = pair_of(authority_der(ours), "device", "server", "localhost");

    (void)state;
    exchange(&pair.client, &pair.server, 1000);
    say(&pair.client, "good night");
    tls_end(pair.client.tls, &pair.client.out);
    tls_end(pair.client.tls, &pair.client.out);
    carry(&pair.client, &pair.server, 3);
    assert_heard(&pair.server, "good night");
    assert_int_equal(tls_state_of(pair.server.tls), TLS_ENDED);
    say(&pair.server, "you too"); /* it may still be told something */
    tls_end(pair.server.tls, &pair.server.out);
    carry(&pair.server, &pair.client, 1000);
    assert_heard(&pair.client, "you too");
    assert_int_equal(tls_state_of(pair.client.tls), TLS_ENDED);
    pair_end(&pair);
}

/* Its header alone, too, to the byte. */
static void a_record_that_is_not_whole_is_waited_for_from_its_first_byte(void **state)
{
    struct pair pair = pair_of(authority_der(ours), "device", "server", "localhost");

    (void)state;
    exchange(&pair.client, &pair.server, 1000);
    assert_false(tls_waits_for_more(pair.server.tls));
    for (size_t round = 0; round < 2; round++) {
        say(&pair.client, "12345678");
        for (size_t i = 0; i < pair.client.out.size; i++) {
            receive(&pair.server, bytes_of(pair.client.out.data + i, 1));
            assert_int_equal(tls_waits_for_more(pair.server.tls), i + 1 < pair.client.out.size);
        }
        buffer_clear(&pair.client.out);
        assert_heard(&pair.server, "12345678");
    }
    pair_end(&pair);
}

static void ending_before_the_handshake_is_done_says_nothing(void **state)
{
    struct tls_context *context = server_of("server");
    struct end server = { .tls = tls_create(context, NULL, now) };

    (void)state;
    tls_end(server.tls, &server.out);
    assert_int_equal(server.out.size, 0);
    let_go(&server);
    tls_context_destroy(context);
}

static void one_flipped_bit_breaks_the_connection(void **state)
{
    (void)state;
    for (size_t at = 0; at < 30; at++) {
        struct pair pair = pair_of(authority_der(ours), "device", "server", "localhost");
        exchange(&pair.client, &pair.server, 1000);
        say(&pair.client, "12345678");
        assert_int_equal(pair.client.out.size, 30);
        pair.client.out.data[at] ^= 1;
        carry(&pair.client, &pair.server, 1000);
        say(&pair.client, "a longer record, for a length that is larger now"); /* the bit may have been in the length */
        say(&pair.client, "and another");
        for (size_t i = 0; i < 20 && tls_state_of(pair.server.tls) == TLS_OPEN; i++) {
            say(&pair.client, "and another");
            carry(&pair.client, &pair.server, 1000);
        }
        assert_int_equal(tls_state_of(pair.server.tls), TLS_BROKEN);
        assert_int_equal(pair.server.plain.size, 0);
        assert_true(strlen(tls_sentence(pair.server.tls)) > 0);
        pair_end(&pair);
    }
}

static void a_handshake_garbled_anywhere_never_opens(void **state)
{
    struct tls_context *client_context = client_of(authority_der(ours), "device");
    struct tls_context *server_context = server_of("server");

    (void)state;
    for (size_t at = 0; at < 200; at++) {
        struct end client = { .tls = tls_create(client_context, "localhost", now) };
        struct end server = { .tls = tls_create(server_context, NULL, now) };
        receive(&client, (struct bytes){ 0 });
        /* The record's version is the one thing in it that nobody may look at, and nothing protects. */
        if (at != 1 && at != 2 && at < client.out.size) {
            client.out.data[at] ^= 0x55;
            exchange(&client, &server, 1000);
            assert_int_not_equal(tls_state_of(server.tls), TLS_OPEN);
        }
        let_go(&client);
        let_go(&server);
    }
    tls_context_destroy(client_context);
    tls_context_destroy(server_context);
}

/* A ClientHello of our own with bytes changed, added, cut or all made up: none opens anything, each ends
 * or waits for more, and says so in a sentence. */
static void ten_thousand_hellos_of_garbage(void **state)
{
    struct tls_context *client_context = client_of(authority_der(ours), "device");
    struct tls_context *server_context = server_of("server");
    struct end client = { .tls = tls_create(client_context, "localhost", now) };
    size_t broken = 0;
    uint64_t chance = test_seed();

    (void)state;
    receive(&client, (struct bytes){ 0 });
    assert_in_range(client.out.size, 100, 4000);
    for (size_t run = 0; run < 10000; run++) {
        struct end server = { .tls = tls_create(server_context, NULL, now) };
        uint8_t hello[4096];
        size_t size = client.out.size;

        memcpy(hello, client.out.data, size);
        for (size_t change = 0; change < 1 + run % 8; change++) {
            chance = chance * 6364136223846793005u + 1442695040888963407u;
            size_t at =
                3 + (chance >> 33) % (size - 3); /* the record's kind and version stay: else it is no TLS at all */
            uint8_t value = (uint8_t)(chance >> 25);

            if (run % 4 == 0)
                size = at + 1; /* cut */
            else if (run % 4 == 1)
                memset(hello + at, value, size - at); /* made up from there */
            else
                hello[at] = (uint8_t)(hello[at] ^ (value | 1));
        }
        receive(&server, bytes_of(hello, size));
        assert_int_not_equal(tls_state_of(server.tls), TLS_OPEN);
        assert_int_equal(server.plain.size, 0);
        if (tls_state_of(server.tls) == TLS_BROKEN) {
            assert_true(strlen(tls_sentence(server.tls)) > 0);
            broken++;
        }
        let_go(&server);
    }
    assert_true(broken > 3000); /* the others wait for the rest, or for a client that goes on from what it said */
    let_go(&client);
    tls_context_destroy(client_context);
    tls_context_destroy(server_context);
}

static void what_is_not_tls_is_called_so(void **state)
{
    static const char *const texts[] = { "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
                                         "hello, is this the bakery?", "CONNECT x:1 HTTP/1.0", "\x01\xffSMB\r\n\r\n" };
    struct tls_context *context = server_of("server");

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct end server = { .tls = tls_create(context, NULL, now) };
        assert_false(tls_begins((uint8_t)texts[i][0]));
        receive(&server, bytes_of_text(texts[i]));
        assert_int_equal(tls_state_of(server.tls), TLS_BROKEN);
        assert_int_equal(tls_problem_of(server.tls), TLS_NOT_TLS);
        let_go(&server);
    }
    assert_true(tls_begins(22));
    tls_context_destroy(context);
}

static void more_than_a_mebibyte_unsent_breaks_the_connection(void **state)
{
    struct pair pair = pair_of(authority_der(ours), "device", "server", "localhost");
    char *text = test_calloc(1, 60000);
    size_t sent = 0;

    (void)state;
    exchange(&pair.client, &pair.server, 1000);
    while (sent < 30 && tls_send(pair.server.tls, bytes_of(text, 60000), &pair.server.out) == TLS_OPEN)
        sent++;
    assert_int_equal(sent, 17);
    assert_int_equal(tls_problem_of(pair.server.tls), TLS_UNSENT);
    assert_true(pair.server.out.size <= TLS_OUT_MAX);
    assert_int_equal(tls_send(pair.server.tls, bytes_of(text, 1), &pair.server.out), TLS_BROKEN);
    tls_end(pair.server.tls, &pair.server.out);
    test_free(text);
    pair_end(&pair);
}

/* ---- many at once ---- */

static void connections_that_share_their_buffers_do_not_mix(void **state)
{
    enum { COUNT = 20 };
    struct tls_context *client_context = client_of(authority_der(ours), "device");
    struct tls_context *server_context = server_of("server");
    struct end clients[COUNT] = { 0 }, servers[COUNT] = { 0 };
    char text[16];

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        clients[i].tls = tls_create(client_context, "localhost", now);
        servers[i].tls = tls_create(server_context, NULL, now);
        receive(&clients[i], (struct bytes){ 0 });
    }
    /* Each step of all before the next step of any, cut in the middle of records. */
    for (size_t step = 0; step < 12; step++) {
        for (size_t i = 0; i < COUNT; i++)
            carry(&clients[i], &servers[i], 50 + i);
        for (size_t i = 0; i < COUNT; i++)
            carry(&servers[i], &clients[i], 50 + i);
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(tls_state_of(servers[i].tls), TLS_OPEN);
        snprintf(text, sizeof text, "till %zu", i);
        say(&clients[i], text);
    }
    for (size_t i = COUNT; i-- > 0;)
        carry(&clients[i], &servers[i], 7);
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "till %zu", i);
        assert_heard(&servers[i], text);
        let_go(&clients[i]);
        let_go(&servers[i]);
    }
    tls_context_destroy(client_context);
    tls_context_destroy(server_context);
}

/* DECISIONS: about 20 KiB with a client certificate, and nothing of it is a buffer. */
static void an_idle_connection_costs_little(void **state)
{
    enum { COUNT = 100, MOST = 20 * 1024 };
    struct tls_context *client_context = client_of(authority_der(ours), "device");
    struct tls_context *server_context = server_of("server");
    struct end clients[COUNT] = { 0 }, servers[COUNT] = { 0 };

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        clients[i].tls = tls_create(client_context, "localhost", now);
        servers[i].tls = tls_create(server_context, NULL, now);
        receive(&clients[i], (struct bytes){ 0 });
        exchange(&clients[i], &servers[i], 100000);
        say(&clients[i], "one request");
        exchange(&clients[i], &servers[i], 100000);
        say(&servers[i], "one reply");
        exchange(&clients[i], &servers[i], 100000);
        buffer_fini(&servers[i].plain); /* the loop's, in the server */
        assert_int_equal(tls_state_of(servers[i].tls), TLS_OPEN);
    }
    size_t before = allocated_bytes();
    for (size_t i = 0; i < COUNT; i++)
        let_go(&servers[i]);
    size_t each = (before - allocated_bytes()) / COUNT;
    print_message("           %zu bytes a connection\n", each);
    assert_true(each < MOST);
    for (size_t i = 0; i < COUNT; i++)
        let_go(&clients[i]);
    tls_context_destroy(client_context);
    tls_context_destroy(server_context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_is_known_by_its_key_however_the_bytes_are_cut),
        cmocka_unit_test(a_stranger_without_a_certificate_is_let_in_as_one),
        cmocka_unit_test(who_has_no_authority_yet_verifies_nothing),
        cmocka_unit_test(an_expired_device_is_let_in_and_known_as_expired),
        cmocka_unit_test(a_foreign_device_ends_in_an_alert),
        cmocka_unit_test(a_servers_certificate_is_no_devices),
        cmocka_unit_test(a_server_is_judged_by_the_client),
        cmocka_unit_test(who_ends_is_heard_to_end),
        cmocka_unit_test(a_record_that_is_not_whole_is_waited_for_from_its_first_byte),
        cmocka_unit_test(ending_before_the_handshake_is_done_says_nothing),
        cmocka_unit_test(one_flipped_bit_breaks_the_connection),
        cmocka_unit_test(a_handshake_garbled_anywhere_never_opens),
        cmocka_unit_test(ten_thousand_hellos_of_garbage),
        cmocka_unit_test(what_is_not_tls_is_called_so),
        cmocka_unit_test(more_than_a_mebibyte_unsent_breaks_the_connection),
        cmocka_unit_test(connections_that_share_their_buffers_do_not_mix),
        cmocka_unit_test(an_idle_connection_costs_little),
    };
    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
