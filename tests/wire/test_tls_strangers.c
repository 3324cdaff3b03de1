/* TLS as a filter against strangers made of plain OpenSSL; and what its files may be. */
#include "tls_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_protocols_and_old_versions_are_turned_away),
        cmocka_unit_test(nobody_gets_a_ticket),
        cmocka_unit_test(keys_may_change_on_the_way),
        cmocka_unit_test(what_is_wrong_with_the_files_is_said),
        cmocka_unit_test(a_reload_is_for_those_who_come_after),
    };
    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
