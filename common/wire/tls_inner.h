/* What the files of TLS share; nobody else includes it. */
#ifndef CAROLINE_WIRE_TLS_INNER_H
#define CAROLINE_WIRE_TLS_INNER_H

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "common/wire/tls.h"

/* What OpenSSL reads from and writes to during one call of tls.h. */
struct shared_buffers {
    struct bytes in;
    struct buffer *out;
};

struct tls_context {
    SSL_CTX *ssl; /* replaced by a reload; OpenSSL keeps the old one as long as a connection uses it */
    bool is_server, verifies;
    char *certificate_path, *key_path; /* NULL: none */
    struct bytes ca;                   /* a copy */
    struct instant expiry;
    BIO_METHOD *method;
    BIO *bio;
    struct shared_buffers shared;
    size_t connections;
};

struct tls {
    struct tls_context *context;
    SSL *ssl;
    enum tls_state state;
    enum tls_problem problem;
    bool ended; /* we have said that we send no more */
    bool has_peer;
    uint8_t key_hash[DIGEST_SIZE];
    struct instant expiry;
    const char *sentence;
};

/* A BIO over the context's shared buffers, with one reference. */
BIO *shared_bio_create(struct tls_context *context);

/* When a certificate ends. */
struct instant certificate_end(const X509 *certificate);

/* tls_words.c: what the last failed call meant, from OpenSSL's queue of errors, which is emptied. */
enum tls_problem tls_problem_find(const struct tls *tls);
const char *tls_problem_sentence(enum tls_problem problem);

#endif
