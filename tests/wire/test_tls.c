/* TLS as a filter: a client and a server of ours joined by memory, and strangers made of plain OpenSSL. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#ifdef __SANITIZE_ADDRESS__
size_t __sanitizer_get_current_allocated_bytes(void); /* gcc 12 comes without the header */
#else
#include <malloc.h>
#endif

#include "certificates.h"
#include "common/wire/tls.h"

#define YEAR_US (365 * DAY_S * SECOND_US)
static const struct instant now = { 1795000000 * SECOND_US }; /* no test depends on the day it runs on */

static struct instant later(int64_t us)
{
    return (struct instant){ now.us + us };
}

static char directory[] = "/tmp/caroline-tls-XXXXXX";
static struct authority *ours, *foreign;
static uint8_t device_hash[DIGEST_SIZE];

static const char *path_of(const char *name)
{
    static char paths[8][128];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

static void issue(struct authority *authority, enum certificate_kind kind, const char *name, const char *file,
                  int64_t begin_us, int64_t end_us, uint8_t *key_hash)
{
    char certificate[64], key[64];

    snprintf(certificate, sizeof certificate, "%s.crt", file);
    snprintf(key, sizeof key, "%s.key", file);
    struct certificate_wish wish = {
        .kind = kind,
        .name = name,
        .begin = later(begin_us),
        .end = later(end_us),
        .certificate_path = path_of(certificate),
        .key_path = path_of(key),
    };
    authority_issue(authority, &wish, key_hash);
}

static int make_certificates(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    ours = authority_create("Our bakery", later(-YEAR_US), later(10 * YEAR_US));
    foreign = authority_create("Another bakery", later(-YEAR_US), later(10 * YEAR_US));
    issue(ours, CERTIFICATE_OF_SERVER, "localhost", "server", -YEAR_US, YEAR_US, NULL);
    issue(ours, CERTIFICATE_OF_SERVER, "127.0.0.1", "address", -YEAR_US, YEAR_US, NULL);
    issue(ours, CERTIFICATE_OF_SERVER, "localhost", "old_server", -YEAR_US, -SECOND_US, NULL);
    issue(ours, CERTIFICATE_OF_SERVER, "localhost", "early_server", SECOND_US, YEAR_US, NULL);
    issue(foreign, CERTIFICATE_OF_SERVER, "localhost", "foreign_server", -YEAR_US, YEAR_US, NULL);
    issue(ours, CERTIFICATE_OF_DEVICE, "till 1", "device", -YEAR_US, YEAR_US, device_hash);
    issue(ours, CERTIFICATE_OF_DEVICE, "till 2", "old_device", -YEAR_US, -SECOND_US, NULL);
    issue(foreign, CERTIFICATE_OF_DEVICE, "till 3", "foreign_device", -YEAR_US, YEAR_US, NULL);
    return 0;
}

static int remove_certificates(void **state)
{
    char command[64];

    (void)state;
    authority_destroy(ours);
    authority_destroy(foreign);
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

static struct tls_context *server_of(const char *file)
{
    char certificate[64], key[64];
    const char *problem = "";

    snprintf(certificate, sizeof certificate, "%s.crt", file);
    snprintf(key, sizeof key, "%s.key", file);
    struct tls_context *context = tls_server_create(path_of(certificate), path_of(key), authority_der(ours), &problem);
    if (context == NULL)
        fail_msg("%s", problem);
    return context;
}

/* file: NULL for a device that has no certificate. */
static struct tls_context *client_of(struct bytes ca, const char *file)
{
    char certificate[64], key[64];
    const char *problem = "";

    snprintf(certificate, sizeof certificate, "%s.crt", file != NULL ? file : "");
    snprintf(key, sizeof key, "%s.key", file != NULL ? file : "");
    struct tls_context *context =
        tls_client_create(ca, file != NULL ? path_of(certificate) : NULL, file != NULL ? path_of(key) : NULL, &problem);
    if (context == NULL)
        fail_msg("%s", problem);
    return context;
}

/* One end, with what it has said in plaintext and what is on its way from it. */
struct end {
    struct tls *tls;
    struct buffer plain, out;
};

static void receive(struct end *end, struct bytes bytes)
{
    tls_receive(end->tls, bytes, &end->plain, &end->out);
}

/* What one end has to send goes to the other, in pieces of at most `piece` bytes. */
static bool carry(struct end *from, struct end *to, size_t piece)
{
    struct buffer sent = from->out;

    if (sent.size == 0)
        return false;
    from->out = (struct buffer){ 0 };
    for (size_t at = 0; at < sent.size; at += piece) {
        size_t size = sent.size - at < piece ? sent.size - at : piece;
        /* Of its very own size, so that a read past its end is seen. */
        uint8_t *bytes = test_malloc(size);
        memcpy(bytes, sent.data + at, size);
        receive(to, bytes_of(bytes, size));
        test_free(bytes);
    }
    buffer_fini(&sent);
    return true;
}

static void exchange(struct end *client, struct end *server, size_t piece)
{
    bool moved = true;

    while (moved) {
        moved = carry(client, server, piece);
        moved = carry(server, client, piece) || moved;
    }
}

static void let_go(struct end *end)
{
    tls_destroy(end->tls);
    buffer_fini(&end->plain);
    buffer_fini(&end->out);
}

struct pair {
    struct tls_context *client_context, *server_context;
    struct end client, server;
};

static struct pair pair_of(struct bytes ca, const char *device, const char *server, const char *name)
{
    struct pair pair = { .client_context = client_of(ca, device), .server_context = server_of(server) };

    pair.client.tls = tls_create(pair.client_context, name, now);
    pair.server.tls = tls_create(pair.server_context, NULL, now);
    receive(&pair.client, (struct bytes){ 0 });
    return pair;
}

static void pair_end(struct pair *pair)
{
    let_go(&pair->client);
    let_go(&pair->server);
    tls_context_destroy(pair->client_context);
    tls_context_destroy(pair->server_context);
}

static void say(struct end *end, const char *text)
{
    tls_send(end->tls, bytes_of_text(text), &end->out);
}

static void assert_heard(struct end *end, const char *text)
{
    assert_int_equal(end->plain.size, strlen(text));
    assert_memory_equal(end->plain.data, text, end->plain.size);
    buffer_clear(&end->plain);
}

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

/* ---- strangers ---- */

/* A client of plain OpenSSL; what it has to say first. */
static SSL *stranger(SSL_CTX *context, const uint8_t *protocols, unsigned protocols_size)
{
    SSL *ssl = SSL_new(context);

    assert_int_equal(SSL_set_alpn_protos(ssl, protocols, protocols_size), 0);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl);
    assert_int_equal(SSL_do_handshake(ssl), -1);
    return ssl;
}

/* Returns the reason of the stranger's error; 0 when all went well. */
static int meet(SSL *ssl, struct end *server)
{
    int reason = 0;

    for (size_t i = 0; i < 4; i++) {
        char *bytes;
        long size = BIO_get_mem_data(SSL_get_wbio(ssl), &bytes);
        receive(server, bytes_of(bytes, (size_t)size));
        assert_int_equal(BIO_reset(SSL_get_wbio(ssl)), 1);
        BIO_write(SSL_get_rbio(ssl), server->out.data, (int)server->out.size);
        buffer_clear(&server->out);
        ERR_clear_error();
        SSL_do_handshake(ssl);
        if (reason == 0)
            reason = ERR_GET_REASON(ERR_peek_error());
    }
    return reason;
}

static void other_protocols_and_old_versions_are_turned_away(void **state)
{
    static const struct {
        const char *protocols;
        int version, alert;
        enum tls_problem problem;
    } rows[] = {
        { "", TLS1_3_VERSION, SSL_AD_NO_APPLICATION_PROTOCOL, TLS_OTHER_PROTOCOL },
        { "\x08http/1.1", TLS1_3_VERSION, SSL_AD_NO_APPLICATION_PROTOCOL, TLS_OTHER_PROTOCOL },
        { "\x0a"
          "caroline/2",
          TLS1_3_VERSION, SSL_AD_NO_APPLICATION_PROTOCOL, TLS_OTHER_PROTOCOL },
        { "\x0a"
          "caroline/1",
          TLS1_2_VERSION, SSL_AD_PROTOCOL_VERSION, TLS_OLD_VERSION },
        { "", TLS1_2_VERSION, SSL_AD_PROTOCOL_VERSION, TLS_OLD_VERSION },
        { "\x02h2\x0a"
          "caroline/1",
          TLS1_3_VERSION, 0, TLS_FINE },
    };
    struct tls_context *context = server_of("server");
    SSL_CTX *foreign_context = SSL_CTX_new(TLS_client_method());

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct end server = { .tls = tls_create(context, NULL, now) };
        SSL_CTX_set_max_proto_version(foreign_context, rows[i].version);
        SSL *ssl = stranger(foreign_context, (const uint8_t *)rows[i].protocols, (unsigned)strlen(rows[i].protocols));
        int reason = meet(ssl, &server);
        assert_int_equal(tls_problem_of(server.tls), rows[i].problem);
        assert_int_equal(tls_state_of(server.tls), rows[i].problem == TLS_FINE ? TLS_OPEN : TLS_BROKEN);
        assert_int_equal(reason, rows[i].alert != 0 ? SSL_AD_REASON_OFFSET + rows[i].alert : 0);
        SSL_free(ssl);
        let_go(&server);
    }
    SSL_CTX_free(foreign_context);
    tls_context_destroy(context);
}

static void nobody_gets_a_ticket(void **state)
{
    struct tls_context *context = server_of("server");
    SSL_CTX *foreign_context = SSL_CTX_new(TLS_client_method());
    struct end server = { .tls = tls_create(context, NULL, now) };
    SSL *ssl = stranger(foreign_context, (const uint8_t *)"\x0a" TLS_PROTOCOL, 11);
    char byte;

    (void)state;
    assert_int_equal(meet(ssl, &server), 0);
    assert_int_equal(SSL_is_init_finished(ssl), 1);
    assert_int_equal(SSL_read(ssl, &byte, 1), -1);
    assert_int_equal(SSL_SESSION_is_resumable(SSL_get0_session(ssl)), 0);
    assert_int_equal(SSL_get_max_early_data(ssl), 0);
    SSL_free(ssl);
    SSL_CTX_free(foreign_context);
    let_go(&server);
    tls_context_destroy(context);
}

static void keys_may_change_on_the_way(void **state)
{
    struct tls_context *context = server_of("server");
    SSL_CTX *foreign_context = SSL_CTX_new(TLS_client_method());
    struct end server = { .tls = tls_create(context, NULL, now) };
    SSL *ssl = stranger(foreign_context, (const uint8_t *)"\x0a" TLS_PROTOCOL, 11);
    char text[16];

    (void)state;
    assert_int_equal(meet(ssl, &server), 0);
    for (size_t i = 0; i < 40; i++) {
        assert_int_equal(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 1);
        assert_int_equal(SSL_write(ssl, "hello", 5), 5);
        assert_int_equal(meet(ssl, &server), 0);
        assert_heard(&server, "hello");
        say(&server, "good day");
        assert_int_equal(meet(ssl, &server), 0);
        assert_int_equal(SSL_read(ssl, text, sizeof text), 8);
    }
    SSL_free(ssl);
    SSL_CTX_free(foreign_context);
    let_go(&server);
    tls_context_destroy(context);
}

/* ---- files ---- */

static void what_is_wrong_with_the_files_is_said(void **state)
{
    static const struct {
        const char *certificate, *key, *problem;
    } rows[] = {
        { "none.crt", "server.key", "could not read the certificate file %s/none.crt: No such file or directory" },
        { "server.crt", "none.key", "could not read the key file %s/none.key: No such file or directory" },
        { "server.key", "server.key", "the file %s/server.key holds no certificate" },
        { "server.crt", "server.crt", "the file %s/server.crt holds no private key" },
        { "server.crt", "open.key", "the key file %s/open.key is open to others: chmod 600 %s/open.key" },
        { "server.crt", "device.key", "the key in %s/device.key does not belong to the certificate in %s/server.crt" },
    };

    (void)state;
    issue(ours, CERTIFICATE_OF_DEVICE, "till 9", "open", -YEAR_US, YEAR_US, NULL);
    assert_int_equal(chmod(path_of("open.key"), 0644), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char wanted[300];
        const char *problem = NULL;
        /* The pattern is one of the table above, with one or two directories. */
        size_t used = 0;
        for (const char *at = rows[i].problem; *at != 0; at++) {
            if (at[0] == '%' && at[1] == 's') {
                used += (size_t)snprintf(wanted + used, sizeof wanted - used, "%s", directory);
                at++;
            } else {
                wanted[used++] = *at;
            }
        }
        wanted[used] = 0;
        assert_null(
            tls_server_create(path_of(rows[i].certificate), path_of(rows[i].key), authority_der(ours), &problem));
        assert_string_equal(problem, wanted);
    }
    const char *problem = NULL;
    assert_null(tls_server_create(path_of("server.crt"), path_of("server.key"), bytes_of_text("no CA"), &problem));
    assert_string_equal(problem, "the shop's certificate authority could not be read: no certificate");
}

static void a_reload_is_for_those_who_come_after(void **state)
{
    struct pair pair = { 0 };
    const char *problem = NULL;
    struct end late = { 0 }, late_server = { 0 };

    (void)state;
    issue(ours, CERTIFICATE_OF_SERVER, "localhost", "renewed", -YEAR_US, YEAR_US, NULL);
    pair = pair_of(authority_der(ours), "device", "renewed", "localhost");
    exchange(&pair.client, &pair.server, 1000);
    assert_true(tls_context_expiry(pair.server_context).us == now.us + YEAR_US);

    issue(ours, CERTIFICATE_OF_SERVER, "bakery", "renewed", -YEAR_US, 2 * YEAR_US, NULL);
    assert_true(tls_server_reload(pair.server_context, &problem));
    assert_true(tls_context_expiry(pair.server_context).us == now.us + 2 * YEAR_US);
    assert_int_equal(unlink(path_of("renewed.key")), 0);
    assert_false(tls_server_reload(pair.server_context, &problem));
    assert_non_null(strstr(problem, "could not read the key file"));
    assert_true(tls_context_expiry(pair.server_context).us == now.us + 2 * YEAR_US);

    say(&pair.client, "still here");
    exchange(&pair.client, &pair.server, 1000);
    assert_heard(&pair.server, "still here");
    late.tls = tls_create(pair.client_context, "bakery", now);
    late_server.tls = tls_create(pair.server_context, NULL, now);
    receive(&late, (struct bytes){ 0 });
    exchange(&late, &late_server, 1000);
    assert_int_equal(tls_state_of(late.tls), TLS_OPEN);
    let_go(&late);
    let_go(&late_server);
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

/* What the allocator has given out, by its own account. */
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
    size_t before = in_use();
    for (size_t i = 0; i < COUNT; i++)
        let_go(&servers[i]);
    size_t each = (before - in_use()) / COUNT;
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
        cmocka_unit_test(ending_before_the_handshake_is_done_says_nothing),
        cmocka_unit_test(one_flipped_bit_breaks_the_connection),
        cmocka_unit_test(a_handshake_garbled_anywhere_never_opens),
        cmocka_unit_test(what_is_not_tls_is_called_so),
        cmocka_unit_test(more_than_a_mebibyte_unsent_breaks_the_connection),
        cmocka_unit_test(other_protocols_and_old_versions_are_turned_away),
        cmocka_unit_test(nobody_gets_a_ticket),
        cmocka_unit_test(keys_may_change_on_the_way),
        cmocka_unit_test(what_is_wrong_with_the_files_is_said),
        cmocka_unit_test(a_reload_is_for_those_who_come_after),
        cmocka_unit_test(connections_that_share_their_buffers_do_not_mix),
        cmocka_unit_test(an_idle_connection_costs_little),
    };
    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
