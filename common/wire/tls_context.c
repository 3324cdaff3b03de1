/* TLS contexts: certificates, keys, whom to trust, and what is insisted upon. */
#include "common/wire/tls_inner.h"

#include <assert.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const uint8_t protocol_list[] = "\x0a" TLS_PROTOCOL; /* as ALPN wants it: length, name */
#define PROTOCOL_LIST_SIZE (sizeof protocol_list - 1)

static _Thread_local char problem_text[512];

static bool __attribute__((format(printf, 2, 3))) wrong(const char **problem, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(problem_text, sizeof problem_text, format, arguments);
    va_end(arguments);
    ERR_clear_error();
    *problem = problem_text;
    return false;
}

struct instant certificate_end(const X509 *certificate)
{
    struct tm end = { 0 };

    if (!ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end))
        return (struct instant){ 0 };
    return (struct instant){ (int64_t)timegm(&end) * SECOND_US };
}

/* ---- what is insisted upon ---- */

/* Called for each thing that is wrong with a device's certificate. Expired is no reason for an alert, which tells a
 * person nothing: Hello says it as data, and the driver serves such a device nothing else. */
static int judge_device(int fine, X509_STORE_CTX *chain)
{
    if (!fine && X509_STORE_CTX_get_error(chain) == X509_V_ERR_CERT_HAS_EXPIRED &&
        X509_STORE_CTX_get_error_depth(chain) == 0)
        return 1;
    return fine;
}

/* Who does not offer our protocol has come to the wrong port: over before anything is computed. */
static int on_client_hello(SSL *ssl, int *alert, void *argument)
{
    const uint8_t *extension;
    size_t size;

    (void)argument;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &extension, &size))
        return SSL_CLIENT_HELLO_SUCCESS;
    /* An old version is told so, not that it lacks what it cannot know. */
    if (!SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_versions, &extension, &size))
        return SSL_CLIENT_HELLO_SUCCESS;
    *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
    return SSL_CLIENT_HELLO_ERROR;
}

static int choose_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *chosen_size,
                           const unsigned char *offered, unsigned offered_size, void *argument)
{
    unsigned char *found;

    (void)ssl;
    (void)argument;
    if (SSL_select_next_proto(&found, chosen_size, protocol_list, PROTOCOL_LIST_SIZE, offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *new_ssl(bool is_server)
{
    SSL_CTX *ssl = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());

    if (ssl == NULL || !SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) ||
        !SSL_CTX_set_max_proto_version(ssl, TLS1_3_VERSION) || !SSL_CTX_set_num_tickets(ssl, 0) ||
        !SSL_CTX_set_max_early_data(ssl, 0)) {
        SSL_CTX_free(ssl);
        return NULL;
    }
    SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    /* Without NO_AUTO_CHAIN a client sends the CA along, and the server keeps it for as long as the connection lives.
     */
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_max_cert_list(ssl, 16384);
    if (is_server) {
        SSL_CTX_set_client_hello_cb(ssl, on_client_hello, NULL);
        SSL_CTX_set_alpn_select_cb(ssl, choose_protocol, NULL);
        SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, judge_device);
        SSL_CTX_set_verify_depth(ssl, 0); /* the CA signs devices itself */
    } else if (SSL_CTX_set_alpn_protos(ssl, protocol_list, PROTOCOL_LIST_SIZE) != 0) {
        SSL_CTX_free(ssl);
        return NULL;
    }
    return ssl;
}

/* ---- certificates and keys ---- */

static X509 *parse_certificate(struct bytes bytes)
{
    const uint8_t *at = bytes.data;
    BIO *memory = BIO_new_mem_buf(bytes.data, (int)bytes.size);
    X509 *certificate = memory != NULL ? PEM_read_bio_X509(memory, NULL, NULL, NULL) : NULL;

    BIO_free(memory);
    return certificate != NULL ? certificate : d2i_X509(NULL, &at, (long)bytes.size);
}

static bool trust(struct tls_context *context, SSL_CTX *ssl, const char **problem)
{
    X509 *ca = parse_certificate(context->ca);
    bool fine = ca != NULL && X509_STORE_add_cert(SSL_CTX_get_cert_store(ssl), ca);

    X509_free(ca);
    return fine ? true : wrong(problem, "the shop's certificate authority could not be read: no certificate");
}

bool tls_key_is_private(const char *path, const char **problem)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return wrong(problem, "could not read the key file %s: %s", path, strerror(errno));
    if (status.st_mode & (S_IROTH | S_IWOTH | S_IWGRP))
        return wrong(problem, "the key file %s is open to others: chmod 600 %s", path, path);
    return true;
}

static bool load_own(struct tls_context *context, SSL_CTX *ssl, const char **problem)
{
    const char *certificate = context->certificate_path, *key = context->key_path;

    if (access(certificate, R_OK) != 0)
        return wrong(problem, "could not read the certificate file %s: %s", certificate, strerror(errno));
    if (!tls_key_is_private(key, problem))
        return false;
    if (!SSL_CTX_use_certificate_chain_file(ssl, certificate) &&
        !SSL_CTX_use_certificate_file(ssl, certificate, SSL_FILETYPE_ASN1))
        return wrong(problem, "the file %s holds no certificate", certificate);
    if (!SSL_CTX_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM)) {
        if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH)
            return wrong(problem, "the key in %s does not belong to the certificate in %s", key, certificate);
        return wrong(problem, "the file %s holds no private key", key);
    }
    if (!SSL_CTX_check_private_key(ssl))
        return wrong(problem, "the key in %s does not belong to the certificate in %s", key, certificate);
    context->expiry = certificate_end(SSL_CTX_get0_certificate(ssl));
    return true;
}

/* ---- contexts ---- */

static SSL_CTX *build(struct tls_context *context, const char **problem)
{
    SSL_CTX *ssl = new_ssl(context->is_server);

    if (ssl == NULL) {
        wrong(problem, "this machine's OpenSSL offers no TLS 1.3");
        return NULL;
    }
    if (!context->is_server)
        SSL_CTX_set_verify(ssl, context->verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    if ((context->verifies && !trust(context, ssl, problem)) ||
        (context->certificate_path != NULL && !load_own(context, ssl, problem))) {
        SSL_CTX_free(ssl);
        return NULL;
    }
    return ssl;
}

static char *copy_of(const char *text)
{
    char *copy = text != NULL ? strdup(text) : NULL;

    if (text != NULL && copy == NULL)
        abort();
    return copy;
}

static struct tls_context *create(bool is_server, const char *certificate_path, const char *key_path, struct bytes ca,
                                  const char **problem)
{
    struct tls_context *context = calloc(1, sizeof *context);
    uint8_t *kept = malloc(ca.size > 0 ? ca.size : 1);

    if (context == NULL || kept == NULL)
        abort();
    if (ca.size > 0)
        memcpy(kept, ca.data, ca.size);
    context->is_server = is_server;
    context->verifies = is_server || ca.size > 0;
    context->ca = (struct bytes){ .data = kept, .size = ca.size };
    context->certificate_path = copy_of(certificate_path);
    context->key_path = copy_of(key_path);
    context->bio = shared_bio_create(context);
    if (context->bio == NULL)
        abort();
    context->ssl = build(context, problem);
    if (context->ssl != NULL)
        return context;
    tls_context_destroy(context);
    return NULL;
}

struct tls_context *tls_server_create(const char *certificate_path, const char *key_path, struct bytes ca,
                                      const char **problem)
{
    return create(true, certificate_path, key_path, ca, problem);
}

struct tls_context *tls_client_create(struct bytes ca, const char *certificate_path, const char *key_path,
                                      const char **problem)
{
    return create(false, certificate_path, key_path, ca, problem);
}

bool tls_server_reload(struct tls_context *context, const char **problem)
{
    struct instant expiry = context->expiry;
    SSL_CTX *ssl = build(context, problem);

    assert(context->is_server);
    if (ssl == NULL) {
        context->expiry = expiry;
        return false;
    }
    SSL_CTX_free(context->ssl);
    context->ssl = ssl;
    return true;
}

struct instant tls_context_expiry(const struct tls_context *context)
{
    return context->expiry;
}

void tls_context_destroy(struct tls_context *context)
{
    if (context == NULL)
        return;
    assert(context->connections == 0);
    SSL_CTX_free(context->ssl);
    BIO_free(context->bio);
    BIO_meth_free(context->method);
    free(context->certificate_path);
    free(context->key_path);
    free((void *)(uintptr_t)context->ca.data);
    free(context);
}
