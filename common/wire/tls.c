/* One TLS connection: bytes in, bytes out. */
#include "common/wire/tls_inner.h"

#include <arpa/inet.h>
#include <assert.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_MAX 16384u /* plaintext of one record */

/* Our server names, and addresses of servers, are checked against what the certificate says it is for. */
static bool expect_name(SSL *ssl, const char *name)
{
    uint8_t address[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1)
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1;
    return SSL_set1_host(ssl, name) == 1 && SSL_set_tlsext_host_name(ssl, name) == 1;
}

struct tls *tls_create(struct tls_context *context, const char *server_name, struct instant now)
{
    struct tls *tls = calloc(1, sizeof *tls);
    SSL *ssl = SSL_new(context->ssl);

    if (tls == NULL || ssl == NULL || !BIO_up_ref(context->bio))
        abort();
    SSL_set_bio(ssl, context->bio, context->bio);
    X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), (time_t)(now.us / SECOND_US));
    if (context->is_server)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    tls->context = context;
    tls->ssl = ssl;
    tls->sentence = "";
    context->connections++;
    if (context->verifies && server_name != NULL && !expect_name(ssl, server_name)) {
        tls->state = TLS_BROKEN;
        tls->problem = TLS_SERVER_NAME;
        tls->sentence = tls_problem_sentence(TLS_SERVER_NAME);
    }
    return tls;
}

void tls_destroy(struct tls *tls)
{
    if (tls == NULL)
        return;
    SSL_free(tls->ssl);
    tls->context->connections--;
    free(tls);
}

/* Lend the caller's memory to OpenSSL for the time of one call. */
static void lend(struct tls *tls, struct bytes in, struct buffer *out)
{
    tls->context->shared = (struct shared_buffers){ .in = in, .out = out };
    ERR_clear_error();
}

static void take_back(struct tls *tls)
{
    tls->context->shared = (struct shared_buffers){ 0 };
}

/* A call came back without success: more bytes are wanted, or it is over. */
static void look_why(struct tls *tls, int result)
{
    switch (SSL_get_error(tls->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return;
    case SSL_ERROR_ZERO_RETURN:
        tls->state = TLS_ENDED;
        return;
    case SSL_ERROR_SYSCALL: /* the BIO fails only when `out` is full */
        tls->problem = TLS_UNSENT;
        break;
    default:
        tls->problem = tls_problem_find(tls);
    }
    tls->state = TLS_BROKEN;
    tls->sentence = tls_problem_sentence(tls->problem);
}

static void remember_peer(struct tls *tls)
{
    X509 *certificate = SSL_get0_peer_certificate(tls->ssl);
    uint8_t *spki = NULL;

    if (certificate == NULL)
        return;
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &spki);
    if (size <= 0)
        abort();
    sha256(bytes_of(spki, (size_t)size), tls->key_hash);
    OPENSSL_free(spki);
    tls->expiry = certificate_end(certificate);
    tls->has_peer = true;
}

/* A server that ignores ALPN altogether is not one of ours. */
static bool speaks_ours(const struct tls *tls)
{
    const unsigned char *name;
    unsigned size;

    SSL_get0_alpn_selected(tls->ssl, &name, &size);
    return bytes_equal(bytes_of(name, size), bytes_of_text(TLS_PROTOCOL));
}

static void shake(struct tls *tls)
{
    int result = SSL_do_handshake(tls->ssl);

    if (result != 1) {
        look_why(tls, result);
    } else if (!speaks_ours(tls)) {
        tls->state = TLS_BROKEN;
        tls->problem = TLS_OTHER_PROTOCOL;
        tls->sentence = tls_problem_sentence(TLS_OTHER_PROTOCOL);
    } else {
        tls->state = TLS_OPEN;
        remember_peer(tls);
    }
}

enum tls_state tls_receive(struct tls *tls, struct bytes received, struct buffer *plain, struct buffer *out)
{
    lend(tls, received, out);
    if (tls->state == TLS_SHAKING)
        shake(tls);
    while (tls->state == TLS_OPEN) {
        uint8_t *space = buffer_reserve(plain, RECORD_MAX, plain->size + RECORD_MAX);
        if (space == NULL)
            abort();
        int result = SSL_read(tls->ssl, space, RECORD_MAX);
        if (result <= 0) {
            look_why(tls, result);
            break;
        }
        plain->size += (size_t)result;
    }
    take_back(tls);
    return tls->state;
}

enum tls_state tls_send(struct tls *tls, struct bytes plain, struct buffer *out)
{
    size_t written = 0;

    if (tls->state == TLS_BROKEN)
        return tls->state;
    assert((tls->state == TLS_OPEN || tls->state == TLS_ENDED) && !tls->ended);
    if (plain.size == 0)
        return tls->state;
    lend(tls, (struct bytes){ 0 }, out);
    int result = SSL_write_ex(tls->ssl, plain.data, plain.size, &written);
    if (result != 1)
        look_why(tls, result);
    else
        assert(written == plain.size);
    take_back(tls);
    return tls->state;
}

void tls_end(struct tls *tls, struct buffer *out)
{
    /* A broken connection has had its alert, and one that still shakes hands has nothing to end. */
    if (tls->ended || (tls->state != TLS_OPEN && tls->state != TLS_ENDED))
        return;
    tls->ended = true;
    lend(tls, (struct bytes){ 0 }, out);
    SSL_shutdown(tls->ssl);
    ERR_clear_error();
    take_back(tls);
}

enum tls_state tls_state_of(const struct tls *tls)
{
    return tls->state;
}

bool tls_waits_for_more(const struct tls *tls)
{
    /* When exactly a header has come in nothing is pending: it is taken, and its record is to be read. */
    return SSL_has_pending(tls->ssl) != 0 || strcmp(SSL_rstate_string(tls->ssl), "RB") == 0;
}

enum tls_problem tls_problem_of(const struct tls *tls)
{
    return tls->problem;
}

const char *tls_sentence(const struct tls *tls)
{
    return tls->sentence;
}

const uint8_t *tls_peer_key_hash(const struct tls *tls)
{
    return tls->has_peer ? tls->key_hash : NULL;
}

struct instant tls_peer_expiry(const struct tls *tls)
{
    return tls->expiry;
}

bool tls_begins(uint8_t first)
{
    return first == SSL3_RT_HANDSHAKE;
}
