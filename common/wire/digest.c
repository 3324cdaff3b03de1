/* SHA-256 and its HMAC, by OpenSSL. */
#include "common/wire/digest.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdlib.h>

static EVP_MD *method;
static EVP_MAC_CTX *mac; /* without a key: a copy takes one */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* OpenSSL 3 looks an algorithm up by name each time unless it is fetched once, and that look-up costs more than the
 * hash. */
static void fetch(void)
{
    char name[] = "SHA256";
    const OSSL_PARAM digest[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_END };
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);

    method = EVP_MD_fetch(NULL, name, NULL);
    mac = hmac == NULL ? NULL : EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac); /* the context keeps it */
    if (method == NULL || mac == NULL || !EVP_MAC_CTX_set_params(mac, digest))
        abort();
}

static void fetch_once(void)
{
    if (pthread_once(&once, fetch) != 0)
        abort();
}

void sha256_two(struct bytes a, struct bytes b, uint8_t digest[DIGEST_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    fetch_once();
    /* Only memory can be missing here, and a hash that was not made must never be used. */
    if (context == NULL || !EVP_DigestInit_ex2(context, method, NULL) || !EVP_DigestUpdate(context, a.data, a.size) ||
        !EVP_DigestUpdate(context, b.data, b.size) || !EVP_DigestFinal_ex(context, digest, NULL))
        abort();
    EVP_MD_CTX_free(context);
}

void sha256(struct bytes bytes, uint8_t digest[DIGEST_SIZE])
{
    sha256_two(bytes, (struct bytes){ 0 }, digest);
}

void hmac_sha256(struct bytes key, struct bytes message, uint8_t digest[DIGEST_SIZE])
{
    size_t size = 0;

    fetch_once();
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(mac);
    /* A key of no bytes is a key: OpenSSL takes a NULL for "the one before". */
    if (context == NULL || !EVP_MAC_init(context, key.size > 0 ? key.data : (const uint8_t *)"", key.size, NULL) ||
        !EVP_MAC_update(context, message.data, message.size) || !EVP_MAC_final(context, digest, &size, DIGEST_SIZE))
        abort();
    EVP_MAC_CTX_free(context);
    assert(size == DIGEST_SIZE);
}
