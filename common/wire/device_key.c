/* Keys and requests by OpenSSL. What fails here fails for want of memory or randomness: a device must not go on. */
#include "common/wire/device_key.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <stdlib.h>

static void must(bool fine)
{
    if (!fine)
        abort();
}

static struct bytes copy_of(BIO *memory, struct arena *arena)
{
    char *data;
    long size = BIO_get_mem_data(memory, &data);

    must(size > 0);
    return bytes_of(arena_copy(arena, data, (size_t)size), (size_t)size);
}

/* The server gives the certificate its own subject; the request says only what sort of thing asks. */
static X509_REQ *request_of(EVP_PKEY *key)
{
    X509_REQ *request = X509_REQ_new();
    X509_NAME *name = X509_NAME_new();

    must(request != NULL && name != NULL);
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"caroline device", -1, -1, 0));
    must(X509_REQ_set_subject_name(request, name) && X509_REQ_set_pubkey(request, key));
    must(X509_REQ_sign(request, key, EVP_sha256()) > 0);
    X509_NAME_free(name);
    return request;
}

void device_key_create(struct arena *arena, struct bytes *key, struct bytes *request)
{
    EVP_PKEY *pair = EVP_EC_gen("P-256");
    BIO *text = BIO_new(BIO_s_secmem());
    BIO *der = BIO_new(BIO_s_mem());

    must(pair != NULL && text != NULL && der != NULL);
    X509_REQ *asked = request_of(pair);
    must(PEM_write_bio_PrivateKey(text, pair, NULL, NULL, 0, NULL, NULL) && i2d_X509_REQ_bio(der, asked));
    *key = copy_of(text, arena);
    *request = copy_of(der, arena);
    BIO_free(text);
    BIO_free(der);
    X509_REQ_free(asked);
    EVP_PKEY_free(pair);
}

bool certificate_to_pem(struct bytes der, struct arena *arena, struct bytes *pem)
{
    const uint8_t *at = der.data;
    X509 *certificate = d2i_X509(NULL, &at, (long)der.size);
    BIO *text;

    ERR_clear_error();
    if (certificate == NULL || at != der.data + der.size) {
        X509_free(certificate);
        return false;
    }
    text = BIO_new(BIO_s_mem());
    must(text != NULL && PEM_write_bio_X509(text, certificate));
    *pem = copy_of(text, arena);
    BIO_free(text);
    X509_free(certificate);
    return true;
}

void bytes_wipe(struct bytes secret)
{
    OPENSSL_cleanse((void *)(uintptr_t)secret.data, secret.size);
}
